/**
 * Fields of one value: text, number, yes or no, a choice, a time, and any text that stands for a structure.
 */
import { useState } from 'preact/hooks';
import { type Draft, type Path, textAt } from '../draft.ts';
import { readTime } from '../notes.ts';
import type { TextKey } from '../texts/en.ts';
import { type Facts, isKey, t } from '../texts/text.ts';

type FieldProps = {
  readonly draft: Draft;
  readonly path: Path;
  readonly label: TextKey;
  readonly facts?: Facts;
};

/** Optional properties are left out, not set to `undefined`, so that elements keep their defaults. */
export function given<Key extends string>(key: Key, value: string | undefined) {
  return value === undefined || value === '' ? {} : ({ [key]: value } as Record<Key, string>);
}

/** A label that only a screen reader reads, where a column shows it once. */
export function hidden(isHidden: boolean | undefined) {
  return isHidden === true ? { labelAccessibilityVisibility: 'exclusive' as const } : {};
}

export function helpOf(label: TextKey): string | undefined {
  const key = `${label}.help`;
  return isKey(key) ? t(key) : undefined;
}

/** A text; empty is no value. `isFixed`: only a new entry may set it. */
export function TextField(
  props: FieldProps & {
    readonly isFixed?: boolean;
    readonly isRequired?: boolean;
    readonly help?: TextKey;
    readonly isCapital?: boolean;
  },
) {
  const { draft, path, label, isFixed = false, isRequired = false } = props;
  return (
    <s-text-field
      label={t(label)}
      value={textAt(draft, path)}
      readOnly={isFixed}
      required={isRequired}
      {...given('details', props.help === undefined ? helpOf(label) : t(props.help))}
      {...given('error', draft.errorAt(path))}
      onInput={(event) => {
        const text = event.currentTarget.value;
        const value = props.isCapital === true ? text.toUpperCase() : text;
        draft.write(path, value === '' ? undefined : value);
      }}
    />
  );
}

/** A number; empty is no value. */
export function NumberField(
  props: FieldProps & {
    readonly suffix?: TextKey;
    readonly step?: number;
    readonly min?: number;
    readonly max?: number;
    /** What holds while it is empty. */
    readonly placeholder?: string;
  },
) {
  const { draft, path, label, suffix, step = 1, min = 0, max } = props;
  return (
    <s-number-field
      label={t(label, props.facts)}
      value={textAt(draft, path)}
      {...given('placeholder', props.placeholder)}
      step={step}
      min={min}
      {...(max === undefined ? {} : { max })}
      {...given('suffix', suffix === undefined ? undefined : t(suffix))}
      {...given('details', helpOf(label))}
      {...given('error', draft.errorAt(path))}
      onInput={(event) => {
        const text = event.currentTarget.value;
        draft.write(path, text === '' ? undefined : Number(text));
      }}
    />
  );
}

export function CheckField({ draft, path, label, isOn }: FieldProps & { readonly isOn?: boolean }) {
  const value = draft.read(path);
  return (
    <s-checkbox
      label={t(label)}
      checked={value === undefined ? isOn === true : value === true}
      {...given('details', helpOf(label))}
      {...given('error', draft.errorAt(path))}
      onChange={(event) => draft.write(path, event.currentTarget.checked)}
    />
  );
}

export type Choice = { readonly value: string; readonly label: string };

/** One of several; an empty value is no value. */
export function SelectField({
  draft,
  path,
  label,
  choices,
}: FieldProps & { readonly choices: readonly Choice[] }) {
  return (
    <s-select
      label={t(label)}
      value={textAt(draft, path)}
      {...given('details', helpOf(label))}
      {...given('error', draft.errorAt(path))}
      onChange={(event) => {
        const value = event.currentTarget.value;
        draft.write(path, value === '' ? undefined : value);
      }}
    >
      {choices.map((choice) => (
        <s-option key={choice.value} value={choice.value}>
          {choice.label}
        </s-option>
      ))}
    </s-select>
  );
}

type NoteProps<Value> = {
  readonly draft: Draft;
  readonly path: Path;
  readonly label: string;
  readonly write: (value: unknown) => string;
  /** `undefined`: the text is no value. */
  readonly read: (text: string) => Value | undefined;
  /** Stored as no field at all. */
  readonly isEmpty?: (value: Value) => boolean;
  readonly wrong: TextKey;
  readonly help?: string | undefined;
  readonly rows?: number;
  readonly isLabelHidden?: boolean;
  readonly placeholder?: string;
};

/** A text that stands for a value; what is typed stays as typed, also while it is no value yet. */
export function NoteField<Value>(props: NoteProps<Value>) {
  const { draft, path, label, rows = 1 } = props;
  const [typed, setTyped] = useState<string>();
  const text = typed ?? props.write(draft.read(path));
  const change = (next: string) => {
    setTyped(next);
    const value = props.read(next);
    draft.note(path, value === undefined ? t(props.wrong) : undefined);
    if (value === undefined) return;
    draft.write(path, props.isEmpty?.(value) === true ? undefined : value);
  };
  const shared = {
    label,
    value: text,
    ...given('details', props.help),
    ...given('error', draft.errorAt(path)),
    ...given('placeholder', props.placeholder),
    ...hidden(props.isLabelHidden),
  };
  if (rows > 1) {
    return (
      <s-text-area {...shared} rows={rows} onInput={(event) => change(event.currentTarget.value)} />
    );
  }
  return <s-text-field {...shared} onInput={(event) => change(event.currentTarget.value)} />;
}

/** A time of day; empty is no value. */
export function TimeField(
  props: FieldProps & { readonly name?: string; readonly isLabelHidden?: boolean },
) {
  const { draft, path, label, name, isLabelHidden = false } = props;
  return (
    <NoteField<string>
      draft={draft}
      path={path}
      label={name ?? t(label)}
      write={(value) => (typeof value === 'string' ? value : '')}
      read={(text) => (text.trim() === '' ? '' : readTime(text))}
      isEmpty={(value) => value === ''}
      wrong="field.time.wrong"
      help={name === undefined ? helpOf(label) : undefined}
      isLabelHidden={isLabelHidden}
    />
  );
}
