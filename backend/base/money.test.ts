import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDecimal, minorUnitDigits, parseDecimalMinor, splitMinor } from './money.ts';

test.each([
  ['12.90', 'EUR', 1290],
  ['12.9', 'EUR', 1290],
  ['0', 'EUR', 0],
  ['-0.00', 'EUR', 0],
  ['-3.05', 'GBP', -305],
  ['5.00', 'JPY', 5],
  ['1.234', 'KWD', 1234],
  ['90071992547409.91', 'EUR', 9007199254740991],
])('%s %s is exactly %i minor units', (text, currency, amountMinor) => {
  expect(parseDecimalMinor(text, currency, '/price')).toEqual({ ok: true, value: amountMinor });
});

test.each([
  ['12.905', 'EUR'],
  ['5.5', 'JPY'],
  ['1e3', 'EUR'],
  ['', 'EUR'],
  ['1,20', 'EUR'],
  ['90071992547409.92', 'EUR'],
  [12.9, 'EUR'],
])('%s in %s is refused, not rounded', (text, currency) => {
  expect(parseDecimalMinor(text, currency, '/price')).toMatchObject({
    ok: false,
    refusal: { code: 'invalid_input', pointer: '/price' },
  });
});

test('writing an amount and reading it back gives the same amount', () => {
  const currency = fc.constantFrom('EUR', 'JPY', 'KWD');
  fc.assert(
    fc.property(fc.maxSafeInteger(), currency, (amountMinor, code) => {
      const text = formatDecimal(amountMinor, code);
      expect(parseDecimalMinor(text, code, '')).toEqual({ ok: true, value: amountMinor || 0 });
      expect(text.includes('.')).toBe(minorUnitDigits(code) > 0);
    }),
  );
});

test('ten cents over three equal parts is 4, 3, 3', () => {
  expect(splitMinor(10, [1, 1, 1])).toEqual([4, 3, 3]);
  expect(splitMinor(-10, [1, 1, 1])).toEqual([-4, -3, -3]);
  expect(splitMinor(10, [0, 0])).toEqual([5, 5]);
});

test('the parts of an amount always sum to it and never differ from their share by a whole unit', () => {
  const weights = fc.array(fc.nat({ max: 1_000_000 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 1e12 }), weights, (amountMinor, given) => {
      const parts = splitMinor(amountMinor, given);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(amountMinor);
      const total = given.reduce((sum, weight) => sum + weight, 0);
      if (total === 0) return;
      for (const [index, weight] of given.entries()) {
        expect(
          Math.abs((parts[index] ?? Number.NaN) - (amountMinor * weight) / total),
        ).toBeLessThan(1.001);
      }
    }),
  );
});
