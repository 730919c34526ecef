/**
 * How a hand-written parser of this folder answers: the same two shapes as `base/result.ts`, restated
 * here because `contract/` imports nothing and is bundled into extensions and Functions.
 */

/** Why an input cannot be used; `pointer` is an RFC 6901 JSON pointer, `''` the whole input. */
export type ContractRefusal = {
  readonly code: 'invalid_input';
  readonly pointer: string;
  readonly value?: unknown;
  readonly allowed: string;
  readonly remedy: string;
};

/** A parsed value, or the first thing that was wrong with the input. */
export type Parsed<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: ContractRefusal };

/** A JSON object whose members are not known yet. */
export type JsonObject = { readonly [key: string]: unknown };

/** Thrown inside a parser only, caught by `parseWith`: keeps the field readers short and flat. */
class Refused extends Error {
  readonly refusal: ContractRefusal;

  constructor(refusal: ContractRefusal) {
    super(refusal.allowed);
    this.refusal = refusal;
  }
}

/** Runs field readers over `input` and turns the first refusal into a value; other errors are bugs and pass. */
export function parseWith<Value>(read: () => Value): Parsed<Value> {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

/** Refuses what stands at `pointer`; long values are cut so that a refusal never carries a whole body. */
export function refuse(pointer: string, value: unknown, allowed: string): never {
  const shown = typeof value === 'string' && value.length > 80 ? `${value.slice(0, 80)}...` : value;
  const plain = typeof shown === 'object' && shown !== null ? undefined : shown;
  throw new Refused({
    code: 'invalid_input',
    pointer,
    ...(plain === undefined ? {} : { value: plain }),
    allowed,
    remedy: `Send ${allowed} at ${pointer === '' ? 'the top' : pointer}.`,
  });
}

/** The text as JSON, or a refusal of the whole input. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refuse('', text, 'well-formed JSON');
  }
}

export function readObject(value: unknown, pointer: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(pointer, value, 'a JSON object');
  }
  return value as JsonObject;
}

export function readList(value: unknown, pointer: string, most: number): readonly unknown[] {
  if (!Array.isArray(value)) return refuse(pointer, value, `a list of at most ${most} items`);
  if (value.length > most) {
    return refuse(pointer, value.length, `a list of at most ${most} items`);
  }
  return value;
}

export function readString(value: unknown, pointer: string, most: number): string {
  if (typeof value !== 'string' || value.length > most) {
    return refuse(pointer, value, `a string of at most ${most} characters`);
  }
  return value;
}

export function readFilled(value: unknown, pointer: string, most: number): string {
  if (typeof value !== 'string' || value.length === 0 || value.length > most) {
    return refuse(pointer, value, `a string of 1 to ${most} characters`);
  }
  return value;
}

/** A whole number in `[least, most]`; a string of digits counts when `isTolerant`. */
export function readWhole(
  value: unknown,
  pointer: string,
  range: { readonly least: number; readonly most: number; readonly isTolerant?: boolean },
): number {
  const number =
    range.isTolerant === true && typeof value === 'string' && /^\d{1,15}$/.test(value)
      ? Number(value)
      : value;
  if (typeof number === 'number' && Number.isInteger(number)) {
    if (number >= range.least && number <= range.most) return number;
  }
  return refuse(pointer, value, `a whole number from ${range.least} to ${range.most}`);
}

export function readBoolean(value: unknown, pointer: string): boolean {
  if (typeof value !== 'boolean') return refuse(pointer, value, 'true or false');
  return value;
}

/** A string that fits `pattern`; `allowed` says in words what fits. */
export function readMatch(
  value: unknown,
  pointer: string,
  rule: { readonly pattern: RegExp; readonly allowed: string },
): string {
  if (typeof value !== 'string' || !rule.pattern.test(value)) {
    return refuse(pointer, value, rule.allowed);
  }
  return value;
}

export const COUNTRY = { pattern: /^[A-Z]{2}$/, allowed: 'a two-letter country code in capitals' };
export const CURRENCY = {
  pattern: /^[A-Z]{3}$/,
  allowed: 'a three-letter currency code in capitals',
};
export const DAY = { pattern: /^\d{4}-\d{2}-\d{2}$/, allowed: 'a day as YYYY-MM-DD' };
export const INSTANT = {
  pattern: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/,
  allowed: 'an instant in ISO 8601 with an offset',
};
