/**
 * Rows of rules in the merchant's words: of what, where, how much; one field each, the other names of a row go away.
 */
import { type Draft, isEntry, listAt, type Path, pointerOf } from '../draft.ts';
import { RemoveButton } from '../fields/calendar.tsx';
import { type Choice, given, hidden } from '../fields/simple.tsx';
import type { TextKey } from '../texts/en.ts';
import { t } from '../texts/text.ts';

/** One way to name a thing: the row's field that holds it, and what may stand there (absent: any text). */
export type Naming = {
  readonly field: string;
  readonly label: string;
  readonly choices?: readonly Choice[];
  readonly isNumber?: boolean;
};

/** One aspect of a row. `none`: the row may leave it open, and what that means. */
export type Aspect = {
  readonly label: TextKey;
  readonly namings: readonly Naming[];
  readonly none?: string;
};

/** Rows with several aspects; `fresh` is what a new row holds. */
export function RuleRows(props: {
  draft: Draft;
  path: Path;
  aspects: readonly Aspect[];
  fresh: Readonly<Record<string, unknown>>;
  add: TextKey;
  empty: TextKey;
}) {
  const { draft, path, aspects, fresh, add, empty } = props;
  const rows = listAt(draft, path).filter(isEntry);
  const replace = (next: readonly unknown[]) => draft.write(path, next);
  return (
    <s-stack gap="small">
      {rows.length === 0 ? <p class="empty">{t(empty)}</p> : null}
      {rows.map((row, index) => (
        <div class="row rule" key={`${index} of ${rows.length}`}>
          {aspects.map((aspect) => (
            <AspectField
              key={aspect.label}
              aspect={aspect}
              row={row}
              isLabelHidden={index > 0}
              error={errorOf(draft, [...path, index], aspect)}
              onChange={(next) => replace(rows.map((one, at) => (at === index ? next : one)))}
            />
          ))}
          <RemoveButton
            name={t('rules.row', { number: index + 1 })}
            onClick={() => replace(rows.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <div>
        <s-button icon="plus" onClick={() => replace([...rows, fresh])}>
          {t(add)}
        </s-button>
      </div>
    </s-stack>
  );
}

type Row = Readonly<Record<string, unknown>>;

function AspectField(props: {
  aspect: Aspect;
  row: Row;
  isLabelHidden: boolean;
  error: string | undefined;
  onChange: (row: Row) => void;
}) {
  const { aspect, row, isLabelHidden, error, onChange } = props;
  const { namings, none } = aspect;
  const used =
    namings.find(({ field }) => row[field] !== undefined) ??
    (none === undefined ? namings[0] : undefined);
  const use = (naming: Naming | undefined, value: unknown) => {
    const kept = Object.entries(row).filter(([field]) =>
      namings.every((one) => one.field !== field),
    );
    onChange(Object.fromEntries(naming === undefined ? kept : [...kept, [naming.field, value]]));
  };
  const label = t(aspect.label);
  return (
    <div class="aspect">
      {namings.length === 1 && none === undefined ? null : (
        <s-select
          label={label}
          {...hidden(isLabelHidden)}
          value={used?.field ?? ''}
          onChange={(event) => {
            const naming = namings.find(({ field }) => field === event.currentTarget.value);
            use(naming, naming === undefined ? undefined : firstValue(naming));
          }}
        >
          {none === undefined ? null : <s-option value="">{none}</s-option>}
          {namings.map((naming) => (
            <s-option key={naming.field} value={naming.field}>
              {naming.label}
            </s-option>
          ))}
        </s-select>
      )}
      {used === undefined ? null : (
        <NamedValue
          naming={used}
          label={namings.length === 1 ? label : used.label}
          isLabelHidden={namings.length > 1 || isLabelHidden}
          value={row[used.field]}
          error={error}
          onChange={(value) => use(used, value)}
        />
      )}
    </div>
  );
}

function firstValue({ choices, isNumber }: Naming): unknown {
  return isNumber === true ? 0 : (choices?.[0]?.value ?? '');
}

function NamedValue(props: {
  naming: Naming;
  label: string;
  isLabelHidden: boolean;
  value: unknown;
  error: string | undefined;
  onChange: (value: unknown) => void;
}) {
  const { naming, label, isLabelHidden, value, error, onChange } = props;
  const shared = {
    label,
    ...hidden(isLabelHidden),
    value: value === undefined ? '' : String(value),
    ...given('error', error),
  };
  if (naming.choices !== undefined) {
    return (
      <s-select {...shared} onChange={(event) => onChange(event.currentTarget.value)}>
        {naming.choices.map((choice) => (
          <s-option key={choice.value} value={choice.value}>
            {choice.label}
          </s-option>
        ))}
      </s-select>
    );
  }
  if (naming.isNumber === true) {
    return (
      <s-number-field
        {...shared}
        min={0}
        onInput={(event) => {
          const text = event.currentTarget.value;
          onChange(text === '' ? '' : Number(text));
        }}
      />
    );
  }
  return <s-text-field {...shared} onInput={(event) => onChange(event.currentTarget.value)} />;
}

// What is said of the whole row stands at its first aspect, because no field of its own shows it.
function errorOf(draft: Draft, path: Path, aspect: Aspect): string | undefined {
  for (const { field } of aspect.namings) {
    const error = draft.errorAt([...path, field]);
    if (error !== undefined) return error;
  }
  const own = draft.problems.value.find(({ pointer }) => pointer === pointerOf(path));
  return own === undefined || aspect.label !== 'rules.what' ? undefined : draft.errorAt(path);
}
