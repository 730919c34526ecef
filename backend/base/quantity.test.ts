import { expect, test } from 'vitest';
import { MAX_QUANTITY, parseCountedQuantity, parseOrderedQuantity } from './quantity.ts';

test.each([
  [1, true],
  [MAX_QUANTITY, true],
  [0, false],
  [-1, false],
  [1.5, false],
  [MAX_QUANTITY + 1, false],
  [Number.NaN, false],
  ['1', false],
  [null, false],
])('%j units may be ordered: %s', (value, allowed) => {
  expect(parseOrderedQuantity(value, '/quantity').ok).toBe(allowed);
});

test('zero units may be counted, and minus zero is zero', () => {
  expect(parseCountedQuantity(0, '/onHand')).toEqual({ ok: true, value: 0 });
  expect(parseCountedQuantity(-0, '/onHand')).toEqual({ ok: true, value: 0 });
});

test('a refused quantity names the value, the range and where it stands', () => {
  expect(parseOrderedQuantity(0, '/lines/0/quantity')).toEqual({
    ok: false,
    refusal: {
      code: 'invalid_input',
      pointer: '/lines/0/quantity',
      value: 0,
      allowed: 'units ordered: a whole number from 1 to 1000000000',
      remedy: 'Correct the number; text is not read as a number.',
    },
  });
});
