/**
 * Quantities are whole units: nothing is sold, counted or promised by the fraction.
 *
 * Unknown value in, whole number out, or a refusal that names the value and what is allowed.
 */
import { type Result, refuseInput } from './result.ts';

/** Most units on one line or in one count; Shopify caps inventory at the same figure. */
export const MAX_QUANTITY = 1_000_000_000;

/** Units ordered on a line: 1 to 1,000,000,000, whole; else `invalid_input`. */
export function parseOrderedQuantity(value: unknown, pointer: string): Result<number> {
  return parseWholeNumber(value, { pointer, what: 'units ordered', min: 1, max: MAX_QUANTITY });
}

/** Units counted somewhere: 0 to 1,000,000,000, whole; else `invalid_input`. */
export function parseCountedQuantity(value: unknown, pointer: string): Result<number> {
  return parseWholeNumber(value, { pointer, what: 'units counted', min: 0, max: MAX_QUANTITY });
}

/**
 * A whole number within `[min, max]`, both included, or `invalid_input`. `what` is the noun of the
 * message ("a lead time in minutes"). Strings are never read as numbers.
 */
export function parseWholeNumber(
  value: unknown,
  field: {
    readonly pointer: string;
    readonly what: string;
    readonly min: number;
    readonly max: number;
  },
): Result<number> {
  if (typeof value === 'number' && Number.isSafeInteger(value)) {
    if (value >= field.min && value <= field.max) return { ok: true, value: value || 0 };
  }
  return refuseInput({
    pointer: field.pointer,
    value,
    allowed: `${field.what}: a whole number from ${field.min} to ${field.max}`,
    remedy: 'Correct the number; text is not read as a number.',
  });
}
