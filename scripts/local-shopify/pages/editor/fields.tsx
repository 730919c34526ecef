/** A form made from the settings of a schema. Each field tells its change at once; a field left empty is its default. */
import type { SettingValue } from '../../theme/draft.ts';
import type { EditorView } from '../../theme/editor-view.ts';
import type { SettingSchema } from '../../theme/extension.ts';

type Change = (change: { id: string; value: SettingValue }) => void;
type FormProps = {
  title: string;
  settings: readonly SettingSchema[];
  values: Readonly<Record<string, SettingValue>>;
  view: EditorView;
  change: Change;
};

export function SettingsForm({ title, settings, values, view, change }: FormProps) {
  return (
    <form class="te-form" onSubmit={(event) => event.preventDefault()}>
      <h2>{title}</h2>
      {settings.length === 0 && <p class="hint">Nothing to set here.</p>}
      {settings.map((setting, i) => {
        const { id } = setting;
        if (id === undefined) return <Words key={i} setting={setting} />;
        const value = values[id] ?? (setting.default as SettingValue | undefined) ?? null;
        return (
          <Field
            key={id}
            setting={{ ...setting, id }}
            value={value}
            view={view}
            change={(next) => change({ id, value: next })}
          />
        );
      })}
    </form>
  );
}

function Words({ setting }: { setting: SettingSchema }) {
  if (setting.type === 'header') return <h3>{setting.content}</h3>;
  return <p class="hint">{setting.content}</p>;
}

type FieldProps = {
  setting: SettingSchema & { id: string };
  value: SettingValue;
  view: EditorView;
  change(value: SettingValue): void;
};

function Field(props: FieldProps) {
  const { setting } = props;
  const id = `set-${setting.id}`;
  const info = setting.info && (
    <small id={`${id}-info`} class="hint">
      {setting.info}
    </small>
  );
  if (setting.type === 'checkbox') {
    return (
      <p class="te-field te-check">
        <Control {...props} id={id} /> <label for={id}>{setting.label}</label>
        {info}
      </p>
    );
  }
  return (
    <p class="te-field">
      <label for={id}>{setting.label}</label>
      <Control {...props} id={id} />
      {info}
    </p>
  );
}

const LONG_TEXTS = ['textarea', 'richtext', 'inline_richtext', 'html', 'liquid'];

function Control(props: FieldProps & { id: string }) {
  const { setting, value, view, change, id } = props;
  const described = setting.info ? { 'aria-describedby': `${id}-info` } : {};
  const options = optionsOf(setting, view);
  if (setting.type === 'range') {
    return <Range setting={setting} value={value} change={change} id={id} />;
  }
  if (setting.type === 'checkbox') {
    return (
      <input
        id={id}
        type="checkbox"
        checked={value === true}
        onChange={(event) => change(event.currentTarget.checked)}
        {...described}
      />
    );
  }
  if (!options) return <TextControl {...props} described={described} />;
  return (
    <select
      id={id}
      value={value === null ? '' : String(value)}
      onChange={(event) => change(event.currentTarget.value || null)}
      {...described}
    >
      {options.map((one) => (
        <option key={one.value} value={one.value}>
          {one.label}
        </option>
      ))}
    </select>
  );
}

const INPUT_TYPES: Readonly<Record<string, string>> = {
  color: 'color',
  number: 'number',
  url: 'url',
};

type TextProps = FieldProps & { id: string; described: object };

function TextControl({ setting, value, change, id, described }: TextProps) {
  const shared = {
    id,
    value: value === null ? '' : String(value),
    placeholder: setting.placeholder ?? '',
    ...described,
  };
  if (LONG_TEXTS.includes(setting.type)) {
    const onInput = (event: { currentTarget: HTMLTextAreaElement }): void =>
      change(event.currentTarget.value || null);
    return <textarea rows={4} onInput={onInput} {...shared} />;
  }
  const type = INPUT_TYPES[setting.type] ?? 'text';
  const onInput = (event: { currentTarget: HTMLInputElement }): void => {
    const typed = event.currentTarget.value;
    if (typed === '') change(null);
    else change(type === 'number' ? Number(typed) : typed);
  };
  return <input type={type} onInput={onInput} {...shared} />;
}

function Range({ setting, value, change, id }: Omit<FieldProps, 'view'> & { id: string }) {
  const { min = 0, max = 100, step = 1, unit = '' } = setting;
  return (
    <span class="te-range">
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={Number(value ?? min)}
        aria-valuetext={`${value} ${unit}`.trim()}
        onInput={(event) => change(Number(event.currentTarget.value))}
      />
      <output for={id}>
        {value} {unit}
      </output>
    </span>
  );
}

type Option = { value: string; label: string };

function optionsOf(setting: SettingSchema, view: EditorView): Option[] | undefined {
  switch (setting.type) {
    case 'select':
    case 'radio':
      return setting.options ?? [];
    case 'text_alignment':
      return ['left', 'center', 'right'].map((value) => ({ value, label: value }));
    case 'product':
      return [
        { value: '', label: setting.autofill ? 'The product of the page' : 'None' },
        ...view.products.map((one) => ({ value: one.handle, label: one.title })),
      ];
    case 'collection':
      return [
        { value: '', label: 'None' },
        ...view.collections.map((one) => ({ value: one.handle, label: one.title })),
      ];
    default:
      return undefined;
  }
}
