import { expect, test } from 'vitest';
import { billableGrams } from './weight.ts';

test.each([
  // actual, cm³, divisor → billable (docs/semantics.md rule 13)
  [500, 0, 5000, 500],
  [500, 2500, 5000, 500],
  [500, 2501, 5000, 501],
  [500, 10_000, 5000, 2000],
  [500, 10_000, null, 500],
  [0, 1, 6000, 1],
])('%i g and %i cm³ with divisor %s bill %i g', (grams, cm3, divisor, expected) => {
  expect(billableGrams(grams, cm3, divisor)).toBe(expected);
});

test('a divisor under 1 is a bug of the caller', () => {
  expect(() => billableGrams(1, 1, 0)).toThrow('divisor');
});
