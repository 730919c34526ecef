/**
 * Unknown JSON in, a checked world or request out, or every problem found (the first 50).
 *
 * Each problem names the place (RFC 6901 JSON pointer), the value that stood there, what may stand
 * there and what to do. First every field on its own (world.ts), then what crosses fields
 * (world-check.ts); the second only once the first is clean, so that no problem is reported twice.
 */
import type { z } from 'zod';
import type { InvalidInput, Result } from '../base/result.ts';
import { MAX_PROBLEMS, toPointer } from './problems.ts';
import {
  type NetworkSection,
  networkSectionSchema,
  requestSchema,
  type World,
  type WorldRequest,
  worldSchema,
} from './world.ts';
import { checkRequest, checkWorld } from './world-check.ts';

/** The first problem, and with it all that were found, at most `MAX_PROBLEMS`. */
export type WorldRefusal = InvalidInput & { readonly problems: readonly InvalidInput[] };

/** A whole world, as `kept quote --world` reads it. */
export function parseWorld(json: unknown): Result<World, WorldRefusal> {
  const parsed = worldSchema.safeParse(json);
  if (!parsed.success) return refuse(fieldProblems(parsed.error, json));
  return settle(parsed.data, checkWorld(parsed.data));
}

/** A shop's network section: a world without products and stock, which live in tables of their own. */
export function parseNetworkSection(json: unknown): Result<NetworkSection, WorldRefusal> {
  const parsed = networkSectionSchema.safeParse(json);
  if (!parsed.success) return refuse(fieldProblems(parsed.error, json));
  return settle(parsed.data, checkWorld(parsed.data));
}

/** A shopper's question. Whether its SKUs exist is for the engine to say, which knows them. */
export function parseRequest(json: unknown): Result<WorldRequest, WorldRefusal> {
  const parsed = requestSchema.safeParse(json);
  if (!parsed.success) return refuse(fieldProblems(parsed.error, json));
  return settle(parsed.data, checkRequest(parsed.data));
}

function settle<Value>(
  value: Value,
  problems: readonly InvalidInput[],
): Result<Value, WorldRefusal> {
  return problems.length === 0 ? { ok: true, value } : refuse(problems);
}

function refuse<Value>(problems: readonly InvalidInput[]): Result<Value, WorldRefusal> {
  const [first] = problems;
  if (first === undefined) throw new Error('Bug: refused without a problem');
  return { ok: false, refusal: { ...first, problems: problems.slice(0, MAX_PROBLEMS) } };
}

function fieldProblems(error: z.ZodError, json: unknown): InvalidInput[] {
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

/** What may stand where the issue was found, and the next step. */
function allowedBy(issue: z.core.$ZodIssue): { readonly allowed: string; readonly remedy: string } {
  const correct = 'Correct the value.';
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
