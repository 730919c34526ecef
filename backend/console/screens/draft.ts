/**
 * An entry while it is edited: its values by path, what is wrong with them, and whether anything changed.
 *
 * A path is the keys from the entry down (`['hours', 'weekly', 'mon']`); its pointer is what the server uses in its
 * problems. `wrong` holds texts that are no value yet (a time being typed); such a draft is not sent.
 */
import { signal } from '@preact/signals';
import type { EditProblem } from '../view.ts';
import { problemText } from './parts.tsx';

export type Path = readonly (string | number)[];
export type Entry = Record<string, unknown>;

/** An entry while it is edited. */
export type Draft = ReturnType<typeof createDraft>;

/** The JSON pointer of a path. */
export function pointerOf(path: Path): string {
  return path
    .map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

/** Starts editing. */
export function createDraft(stored: Entry) {
  const entry = signal<Entry>(stored);
  const wrong = signal<ReadonlyMap<string, string>>(new Map());
  const problems = signal<readonly EditProblem[]>([]);
  return {
    entry,
    wrong,
    problems,
    isChanged: () => JSON.stringify(entry.value) !== JSON.stringify(stored) || wrong.value.size > 0,
    read: (path: Path): unknown => readAt(entry.value, path),
    /** `undefined` removes the field. */
    write: (path: Path, value: unknown): void => {
      const written = writeAt(entry.value, path, value);
      if (isEntry(written)) entry.value = written;
    },
    /** A text that is no value: what to say, or `undefined` when it is one. */
    note: (path: Path, message: string | undefined): void => {
      const notes = new Map(wrong.value);
      if (message === undefined) notes.delete(pointerOf(path));
      else notes.set(pointerOf(path), message);
      wrong.value = notes;
    },
    /** Gives up texts that are no value below a path: what held them is gone, or stands elsewhere. */
    forget: (path: Path): void => {
      const below = `${pointerOf(path)}/`;
      wrong.value = new Map([...wrong.value].filter(([pointer]) => !pointer.startsWith(below)));
    },
    /** What to say beside a field: its own text first, then what the server said of it or of what is in it. */
    errorAt: (path: Path): string | undefined => {
      const pointer = pointerOf(path);
      const noted = wrong.value.get(pointer);
      if (noted !== undefined) return noted;
      const problem = problems.value.find(
        (one) => one.pointer === pointer || one.pointer.startsWith(`${pointer}/`),
      );
      return problem === undefined ? undefined : problemText(problem);
    },
  };
}

export function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A list at a path, or none. */
export function listAt(draft: Draft, path: Path): readonly unknown[] {
  const value = draft.read(path);
  return Array.isArray(value) ? value : [];
}

/** Text of a value at a path; empty when there is none. */
export function textAt(draft: Draft, path: Path): string {
  const value = draft.read(path);
  return value === undefined || value === null ? '' : String(value);
}

function readAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Reflect.get(found, step);
  }
  return found;
}

function writeAt(value: unknown, path: Path, written: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return written;
  if (Array.isArray(value) || typeof step === 'number') {
    const list = Array.isArray(value) ? [...value] : [];
    list[Number(step)] = writeAt(list[Number(step)], rest, written);
    return list;
  }
  const entry: Entry = isEntry(value) ? { ...value } : {};
  const inside = writeAt(entry[step], rest, written);
  if (inside === undefined) delete entry[step];
  else entry[step] = inside;
  return entry;
}
