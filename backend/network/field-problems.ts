/**
 * What a schema says of an input, as a person can act on it: place, value, what may stand there, what to do.
 *
 * In: zod's issues and the input they are about. Out: problems with RFC 6901 pointers; a field nobody knows is pointed at
 * itself. Values are shown when they are short; objects and lists are not repeated.
 */
import type { z } from 'zod';
import type { InvalidInput } from '../base/result.ts';
import { MAX_PROBLEMS, toPointer } from './problems.ts';

/** Every field that a schema refuses: at most `MAX_PROBLEMS`, in the order they were found. */
export function fieldProblems(error: z.ZodError, json: unknown): InvalidInput[] {
  return error.issues.slice(0, MAX_PROBLEMS).flatMap((issue) => toProblems(issue, json));
}

function toProblems(issue: z.core.$ZodIssue, json: unknown): InvalidInput[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      problemAt(json, [...issue.path, key], {
        allowed: 'no field of this name',
        remedy: 'Remove the field or correct its spelling; docs/cli.md lists every field.',
      }),
    );
  }
  return [problemAt(json, issue.path, allowedBy(issue))];
}

function problemAt(
  json: unknown,
  path: readonly PropertyKey[],
  says: { readonly allowed: string; readonly remedy: string },
): InvalidInput {
  const value = shownValue(valueAt(json, path));
  const pointer = toPointer(path);
  return { code: 'invalid_input', pointer, ...(value === undefined ? {} : { value }), ...says };
}

const ZODS_OWN = /^(Invalid|Too small|Too big|Unrecognized)/;

/** What may stand where the issue was found, and the next step. */
function allowedBy(issue: z.core.$ZodIssue): { readonly allowed: string; readonly remedy: string } {
  const correct = 'Correct the value.';
  // What a schema says in words of its own is better than what could be said of any.
  if (!ZODS_OWN.test(issue.message)) return { allowed: issue.message, remedy: correct };
  switch (issue.code) {
    case 'invalid_type':
      return { allowed: `${article(issue.expected)}`, remedy: 'Give the field in this type.' };
    case 'too_small':
      return { allowed: `${sizeWord(issue.origin)} at least ${issue.minimum}`, remedy: correct };
    case 'too_big':
      return { allowed: `${sizeWord(issue.origin)} at most ${issue.maximum}`, remedy: correct };
    case 'invalid_value':
      return {
        allowed: `one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`,
        remedy: correct,
      };
    case 'invalid_format':
      return {
        allowed: issue.format === 'date' ? 'a day as 2026-11-30' : issue.message,
        remedy: correct,
      };
    case 'invalid_key':
      return { allowed: 'a key that is a day, as 2026-11-30', remedy: 'Correct the key.' };
    default:
      return { allowed: issue.message, remedy: correct };
  }
}

function article(type: string): string {
  if (type === 'int') return 'a whole number';
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function sizeWord(origin: string): string {
  if (origin === 'string') return 'a text of length';
  return origin === 'array' ? 'a list of length' : 'a number of';
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  let value = json;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) {
      return undefined;
    }
    value = Reflect.get(value, step);
  }
  return value;
}

const MAX_SHOWN_LENGTH = 80;

/** Objects and lists are not repeated, long texts are cut. */
function shownValue(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) return undefined;
  return typeof value === 'string' && value.length > MAX_SHOWN_LENGTH
    ? `${value.slice(0, MAX_SHOWN_LENGTH)}…`
    : value;
}
