/**
 * Fields of lists: several of many names, words, and cards that are added, moved and removed.
 */
import type { ComponentChild } from 'preact';
import { useState } from 'preact/hooks';
import { type Draft, isEntry, listAt, type Path, pointerOf } from '../draft.ts';
import type { TextKey } from '../texts/en.ts';
import { t } from '../texts/text.ts';
import { Picker } from './amounts.tsx';
import { RemoveButton } from './calendar.tsx';
import { type Choice, given, helpOf } from './simple.tsx';

/** Several of many. An empty list would mean "none"; nobody chosen means "all", which is no field at all. */
export function ListField(props: {
  draft: Draft;
  path: Path;
  label: TextKey;
  choices: readonly Choice[];
  /** What nothing chosen means. */
  empty?: TextKey;
}) {
  const { draft, path, label, choices, empty = 'channels.all' } = props;
  return (
    <Picker
      label={t(label)}
      empty={t(empty)}
      choices={choices}
      chosen={listAt(draft, path).map(String)}
      error={draft.errorAt(path)}
      onChange={(chosen) => draft.write(path, chosen.length === 0 ? undefined : chosen)}
    />
  );
}

/** Words separated by commas; none is no field at all. */
export function WordsField(props: {
  draft: Draft;
  path: Path;
  label: TextKey;
  /** Absent: the help of the label. */
  help?: TextKey;
}) {
  const { draft, path, label, help } = props;
  return (
    <s-text-field
      label={t(label)}
      {...given('details', help === undefined ? helpOf(label) : t(help))}
      value={listAt(draft, path).join(', ')}
      {...given('error', draft.errorAt(path))}
      onChange={(event) => {
        const words = event.currentTarget.value.split(',').map((word) => word.trim());
        const kept = [...new Set(words)].filter((word) => word !== '');
        draft.write(path, kept.length === 0 ? undefined : kept);
      }}
    />
  );
}

/** Kinds of places, as settings name them. */
export const KINDS = ['warehouse', 'store', '3pl'] as const;

/** The same in the merchant's words. */
export function kindChoices(): Choice[] {
  return KINDS.map((value) => ({ value, label: t(`field.kind.${value}`) }));
}

type Entry = Readonly<Record<string, unknown>>;

/** A list of cards. `isOrdered`: the first counts most, so cards can be moved. */
export function Cards(props: {
  draft: Draft;
  path: Path;
  nameOf: (entry: Entry, index: number) => string;
  fresh: Entry;
  add: TextKey;
  empty: TextKey;
  isOrdered?: boolean;
  card: (path: Path, entry: Entry) => ComponentChild;
}) {
  const { draft, path, nameOf, fresh, add, empty, isOrdered = false, card } = props;
  // Cards are drawn anew when one is moved or removed: what was typed belongs to its entry, not to its place.
  const [moves, setMoves] = useState(0);
  const entries = listAt(draft, path).filter(isEntry);
  const replace = (next: readonly unknown[]) => {
    draft.forget(path);
    draft.problems.value = [];
    draft.write(path, next);
    setMoves(moves + 1);
  };
  return (
    <s-stack gap="base">
      {entries.length === 0 ? <p class="empty">{t(empty)}</p> : null}
      {entries.map((entry, index) => {
        const name = nameOf(entry, index);
        const own = draft.problems.value.some(
          ({ pointer }) => pointer === pointerOf([...path, index]),
        );
        return (
          <fieldset class="card" key={`${index} after ${moves}`}>
            <legend>{name}</legend>
            {own ? (
              <p class="error" role="alert">
                {draft.errorAt([...path, index])}
              </p>
            ) : null}
            {card([...path, index], entry)}
            <div class="buttons">
              {isOrdered ? (
                <MoveButtons
                  path={path}
                  index={index}
                  name={name}
                  entries={entries}
                  onMove={replace}
                />
              ) : null}
              <RemoveButton
                name={name}
                onClick={() => replace(entries.filter((_, at) => at !== index))}
              />
            </div>
          </fieldset>
        );
      })}
      <div>
        <s-button icon="plus" onClick={() => draft.write(path, [...entries, fresh])}>
          {t(add)}
        </s-button>
      </div>
    </s-stack>
  );
}

/** Moves an entry one place; the keyboard goes with it. */
export function MoveButtons(props: {
  path: Path;
  index: number;
  name: string;
  entries: readonly Entry[];
  onMove: (next: readonly Entry[]) => void;
}) {
  const { path, index, name, entries, onMove } = props;
  const idOf = (way: 'up' | 'down', at: number) => `${pointerOf(path)}-${way}-${at}`;
  const move = (way: 'up' | 'down') => {
    const to = index + (way === 'up' ? -1 : 1);
    onMove(moved(entries, index, to));
    // At an end that way's button sleeps: the keyboard goes to the other one.
    const next = to === 0 ? 'down' : to === entries.length - 1 ? 'up' : way;
    requestAnimationFrame(() => document.getElementById(idOf(next, to))?.focus());
  };
  return (
    <>
      <s-button
        id={idOf('up', index)}
        variant="tertiary"
        icon="arrow-up"
        accessibilityLabel={`${t('rules.up')}: ${name}`}
        disabled={index === 0}
        onClick={() => move('up')}
      >
        {t('rules.up')}
      </s-button>
      <s-button
        id={idOf('down', index)}
        variant="tertiary"
        icon="arrow-down"
        accessibilityLabel={`${t('rules.down')}: ${name}`}
        disabled={index === entries.length - 1}
        onClick={() => move('down')}
      >
        {t('rules.down')}
      </s-button>
    </>
  );
}

function moved<One>(list: readonly One[], from: number, to: number): One[] {
  const rest = list.toSpliced(from, 1);
  return rest.toSpliced(to, 0, ...list.slice(from, from + 1));
}
