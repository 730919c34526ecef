/** Fields of every kind. Each is its own form control: value in, `input` and `change` out. */
import type { Definition, StandIn } from './element.tsx';

const FIELD_PROPERTIES = {
  label: 'string',
  labelAccessibilityVisibility: 'string',
  name: 'string',
  value: 'string',
  defaultValue: 'string',
  placeholder: 'string',
  details: 'string',
  error: 'string',
  required: 'boolean',
  disabled: 'boolean',
  readOnly: 'boolean',
  autocomplete: 'string',
  minLength: 'number',
  maxLength: 'number',
  min: 'number',
  max: 'number',
  step: 'number',
  prefix: 'string',
  suffix: 'string',
  icon: 'string',
  rows: 'number',
  inputMode: 'string',
  view: 'string',
  currencyCode: 'string',
} as const;

const FIELD_CSS = `
label,.label,legend{display:block;font-size:var(--s-label-size,13px);margin-block-end:4px;padding:0}
.hidden{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%)}
.row{display:flex;align-items:center;gap:6px;border:1px solid var(--s-control-border,#8a8a8a);border-radius:var(--s-radius,8px);background:var(--s-surface,#fff);padding-inline:10px}
.row:focus-within{outline:2px solid var(--s-focus,#005bd3);outline-offset:1px}
.row.wrong{border-color:var(--s-critical,#8e1f0b)}
input,textarea,select{flex:1;min-inline-size:0;inline-size:100%;font:inherit;color:inherit;border:0;background:transparent;min-block-size:32px;padding:4px 0;outline:none}
.error{color:var(--s-critical,#8e1f0b);font-size:var(--s-small-size,12px);margin-block-start:4px}
.details{color:var(--s-subdued,#616161);font-size:var(--s-small-size,12px);margin-block-start:4px}
fieldset{border:0;padding:0;margin:0;min-inline-size:0}
label.choice{display:flex;gap:8px;align-items:flex-start;font-size:inherit;min-block-size:24px}
label.choice input{flex:none;inline-size:16px;min-block-size:0;block-size:16px;margin:3px 0 0}`;

const INPUT_TYPES: Readonly<Record<string, string>> = {
  's-text-field': 'text',
  's-email-field': 'email',
  's-url-field': 'url',
  's-search-field': 'search',
  's-password-field': 'password',
  's-phone-field': 'tel',
  's-number-field': 'number',
  's-money-field': 'number',
  's-date-field': 'date',
  's-color-field': 'text',
};

function current(element: StandIn): string {
  const value = element.read('value');
  return value === undefined || value === null ? element.text('defaultValue') : String(value);
}

function follow(element: StandIn, type: 'input' | 'change', value: string): void {
  element.write('value', value);
  element.emit(type);
}

function Label({ element }: { element: StandIn }) {
  const isHidden = element.text('labelAccessibilityVisibility') === 'exclusive';
  return (
    <label class={isHidden ? 'hidden' : ''} for="field">
      {element.text('label')}
    </label>
  );
}

function Notes({ element }: { element: StandIn }) {
  return (
    <>
      {element.text('error') !== '' && (
        <div class="error" id="error">
          {element.text('error')}
        </div>
      )}
      {element.text('details') !== '' && (
        <div class="details" id="details">
          {element.text('details')}
        </div>
      )}
    </>
  );
}

function noteIds(element: StandIn): string | undefined {
  const ids = [
    element.text('error') === '' ? '' : 'error',
    element.text('details') === '' ? '' : 'details',
  ].filter(Boolean);
  return ids.length === 0 ? undefined : ids.join(' ');
}

function fieldView(element: StandIn, type: string) {
  return (
    <>
      <Label element={element} />
      <div class={`row ${element.text('error') === '' ? '' : 'wrong'}`}>
        {element.text('prefix') !== '' && <span>{element.text('prefix')}</span>}
        <slot name="accessory" />
        <input
          id="field"
          type={type}
          value={current(element)}
          placeholder={element.text('placeholder') || undefined}
          required={element.flag('required')}
          disabled={element.flag('disabled')}
          readOnly={element.flag('readOnly')}
          min={element.text('min') || undefined}
          max={element.text('max') || undefined}
          step={element.text('step', type === 'number' ? 'any' : '') || undefined}
          maxLength={
            element.text('maxLength') === '' ? undefined : Number(element.text('maxLength'))
          }
          aria-invalid={element.text('error') !== ''}
          aria-describedby={noteIds(element)}
          onInput={(event) => {
            event.stopPropagation();
            follow(element, 'input', event.currentTarget.value);
          }}
          onChange={(event) => {
            event.stopPropagation();
            follow(element, 'change', event.currentTarget.value);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') element.internals.form?.requestSubmit();
          }}
        />
        {element.text('suffix') !== '' && <span>{element.text('suffix')}</span>}
      </div>
      <Notes element={element} />
    </>
  );
}

function areaView(element: StandIn) {
  return (
    <>
      <Label element={element} />
      <div class={`row ${element.text('error') === '' ? '' : 'wrong'}`}>
        <textarea
          id="field"
          rows={Number(element.text('rows', '3'))}
          value={current(element)}
          disabled={element.flag('disabled')}
          readOnly={element.flag('readOnly')}
          aria-invalid={element.text('error') !== ''}
          aria-describedby={noteIds(element)}
          onInput={(event) => {
            event.stopPropagation();
            follow(element, 'input', event.currentTarget.value);
          }}
          onChange={(event) => {
            event.stopPropagation();
            follow(element, 'change', event.currentTarget.value);
          }}
        />
      </div>
      <Notes element={element} />
    </>
  );
}

/** Value of an option or choice, upgraded already or not. */
function valueIn(child: Element): string {
  const own: unknown = Reflect.get(child, 'value');
  if (typeof own === 'string' && own !== '') return own;
  return child.getAttribute('value') ?? child.textContent ?? '';
}

function selectView(element: StandIn) {
  const options = [...element.querySelectorAll('s-option')];
  const chosen = current(element) || valueIn(options[0] ?? element);
  return (
    <>
      <Label element={element} />
      <div class={`row ${element.text('error') === '' ? '' : 'wrong'}`}>
        <select
          id="field"
          disabled={element.flag('disabled')}
          aria-invalid={element.text('error') !== ''}
          aria-describedby={noteIds(element)}
          onChange={(event) => {
            event.stopPropagation();
            follow(element, 'input', event.currentTarget.value);
            follow(element, 'change', event.currentTarget.value);
          }}
        >
          {options.map((option) => (
            <option
              key={valueIn(option)}
              value={valueIn(option)}
              selected={valueIn(option) === chosen}
            >
              {option.textContent}
            </option>
          ))}
        </select>
      </div>
      <Notes element={element} />
    </>
  );
}

function tickView(element: StandIn, role: 'checkbox' | 'switch') {
  const isOn =
    element.read('checked') === undefined
      ? element.flag('defaultChecked')
      : element.flag('checked');
  return (
    <>
      <label class="choice">
        <input
          type="checkbox"
          role={role === 'switch' ? 'switch' : undefined}
          checked={isOn}
          disabled={element.flag('disabled')}
          aria-describedby={noteIds(element)}
          onChange={(event) => {
            event.stopPropagation();
            element.write('checked', event.currentTarget.checked);
            element.emit('input');
            element.emit('change');
          }}
        />
        <span>{element.text('label', element.text('accessibilityLabel'))}</span>
      </label>
      <Notes element={element} />
    </>
  );
}

/** Values chosen in a choice list: its own, else the choices that say they are selected. */
function chosenValues(list: StandIn): string[] {
  const own = list.read('values');
  if (Array.isArray(own)) return own.map(String);
  const choices = [...list.querySelectorAll('s-choice')];
  return choices
    .filter((choice) => Reflect.get(choice, 'selected') === true || choice.hasAttribute('selected'))
    .map((choice) => valueIn(choice));
}

function choiceListView(element: StandIn) {
  const isMultiple = element.flag('multiple');
  const chosen = chosenValues(element);
  const choices = [...element.querySelectorAll('s-choice')];
  const choose = (value: string, isOn: boolean): void => {
    const kept = isMultiple ? chosen.filter((one) => one !== value) : [];
    element.write('values', isOn ? [...kept, value] : kept);
    element.emit('input');
    element.emit('change');
  };
  const isHidden = element.text('labelAccessibilityVisibility') === 'exclusive';
  return (
    <fieldset aria-describedby={noteIds(element)}>
      <legend class={isHidden ? 'hidden' : ''}>{element.text('label')}</legend>
      {choices.map((choice) => {
        const value = valueIn(choice);
        return (
          <label key={value} class="choice">
            <input
              type={isMultiple ? 'checkbox' : 'radio'}
              name="choice"
              checked={chosen.includes(value)}
              disabled={element.flag('disabled') || Reflect.get(choice, 'disabled') === true}
              onChange={(event) => {
                event.stopPropagation();
                choose(value, event.currentTarget.checked);
              }}
            />
            <span>{choice.textContent}</span>
          </label>
        );
      })}
      <Notes element={element} />
    </fieldset>
  );
}

export const FORMS: readonly Definition[] = [
  ...Object.entries(INPUT_TYPES).map(
    ([tag, type]): Definition => ({
      tag,
      properties: FIELD_PROPERTIES,
      css: FIELD_CSS,
      view: (element) => fieldView(element, type),
    }),
  ),
  { tag: 's-text-area', properties: FIELD_PROPERTIES, css: FIELD_CSS, view: areaView },
  {
    tag: 's-select',
    properties: FIELD_PROPERTIES,
    css: FIELD_CSS,
    view: selectView,
    isWatchingChildren: true,
  },
  {
    tag: 's-option',
    properties: { value: 'string', selected: 'boolean', disabled: 'boolean' },
    css: ':host{display:none}',
    view: () => <slot />,
  },
  {
    tag: 's-option-group',
    properties: { label: 'string' },
    css: ':host{display:none}',
    view: () => <slot />,
  },
  ...(['checkbox', 'switch'] as const).map(
    (kind): Definition => ({
      tag: `s-${kind}`,
      properties: {
        label: 'string',
        accessibilityLabel: 'string',
        name: 'string',
        value: 'string',
        checked: 'boolean',
        defaultChecked: 'boolean',
        indeterminate: 'boolean',
        disabled: 'boolean',
        required: 'boolean',
        error: 'string',
        details: 'string',
        labelAccessibilityVisibility: 'string',
      },
      css: FIELD_CSS,
      view: (element) => tickView(element, kind),
    }),
  ),
  {
    tag: 's-choice-list',
    properties: {
      label: 'string',
      labelAccessibilityVisibility: 'string',
      name: 'string',
      values: 'list',
      multiple: 'boolean',
      disabled: 'boolean',
      error: 'string',
      details: 'string',
    },
    css: FIELD_CSS,
    view: choiceListView,
    isWatchingChildren: true,
  },
  {
    tag: 's-choice',
    properties: {
      value: 'string',
      selected: 'boolean',
      defaultSelected: 'boolean',
      disabled: 'boolean',
      accessibilityLabel: 'string',
    },
    css: ':host{display:none}',
    view: () => <slot />,
  },
  { tag: 's-form', properties: {}, view: () => <slot /> },
];
