/**
 * The list of what is wrong with an input, each with its place, value and remedy, bounded.
 */
import type { InvalidInput } from '../base/result.ts';

/** A longer list would not be read; the rest shows at the next try. */
export const MAX_PROBLEMS = 50;

/** Where something stands: keys and positions from the top. */
export type Path = readonly (string | number)[];

/** What may stand somewhere, and what to do. */
export type Says = { readonly value?: unknown; readonly allowed: string; readonly remedy: string };

/** Collects problems until `MAX_PROBLEMS`; what comes after is dropped. */
export type Problems = {
  readonly found: readonly InvalidInput[];
  readonly add: (path: Path, says: Says) => void;
};

/** An empty list. */
export function createProblems(): Problems {
  const found: InvalidInput[] = [];
  const add = (path: Path, says: Says) => {
    if (found.length < MAX_PROBLEMS) {
      found.push({ code: 'invalid_input', pointer: toPointer(path), ...says });
    }
  };
  return { found, add };
}

/** An RFC 6901 pointer: `/nodes/0/hours`; `~` and `/` in a key are escaped. */
export function toPointer(path: readonly PropertyKey[]): string {
  return path
    .map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

/** Refuses the second and every further use of a name; returns each name's first position. */
export function checkUnique(
  problems: Problems,
  names: readonly string[],
  at: { readonly list: Path; readonly field: string; readonly what: string },
): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const [index, name] of names.entries()) {
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, index);
    else {
      problems.add([...at.list, index, at.field], {
        value: name,
        allowed: `a ${at.what} no other entry has; entry ${earlier} has this one`,
        remedy: 'Rename one of the two or remove it.',
      });
    }
  }
  return first;
}

/** Refuses a name that is not among the known ones. */
export function checkKnown(
  problems: Problems,
  known: { readonly has: (name: string) => boolean },
  at: { readonly path: Path; readonly name: string; readonly what: string },
): void {
  if (known.has(at.name)) return;
  problems.add(at.path, {
    value: at.name,
    allowed: `the name of a ${at.what} of this world`,
    remedy: `Correct the name, or add the ${at.what}.`,
  });
}
