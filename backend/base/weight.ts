/**
 * What a carrier weighs: grams on the scale, or grams of space, whichever is more.
 *
 * Whole grams and whole cubic centimeters in, whole grams out; rounding is always up, so that a
 * parcel is never priced under what the carrier will bill. Source: docs/semantics.md rule 13.
 */
import { assert } from './result.ts';

/**
 * Billable grams of a parcel: max(actual, ceil(cm³ × 1000 / divisor)). `divisorCm3PerKg` is the
 * carrier's (5000 is common), at least 1; `null` when the carrier bills the scale alone.
 */
export function billableGrams(
  actualGrams: number,
  volumeCm3: number,
  divisorCm3PerKg: number | null,
): number {
  assert(actualGrams >= 0 && volumeCm3 >= 0, 'weight and volume are never negative');
  if (divisorCm3PerKg === null) return actualGrams;
  assert(divisorCm3PerKg >= 1, `the volumetric divisor ${divisorCm3PerKg} is under 1`);
  return Math.max(actualGrams, Math.ceil((volumeCm3 * 1000) / divisorCm3PerKg));
}
