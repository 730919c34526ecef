import { expect, test } from 'vitest';
import { compareIds, MAX_ID_LENGTH, parseId, parseShopId } from './ids.ts';

test.each(['A', 'SKU 12/34', 'é', 'x'.repeat(MAX_ID_LENGTH)])('%j is an id', (value) => {
  expect(parseId(value, '/id')).toEqual({ ok: true, value });
});

test.each(['', ' A', 'A ', 'A\nB', 'A\u0000', 'x'.repeat(MAX_ID_LENGTH + 1), 7, null])(
  '%j is not an id and the refusal points at it',
  (value) => {
    expect(parseId(value, '/lines/0/sku')).toMatchObject({
      ok: false,
      refusal: { code: 'invalid_input', pointer: '/lines/0/sku' },
    });
  },
);

test('ids are ordered by code unit, so capitals come before small letters everywhere', () => {
  expect(['b', 'a', 'B', 'é', 'z'].toSorted(compareIds)).toEqual(['B', 'a', 'b', 'z', 'é']);
});

test.each([
  ['kept-demo.myshopify.com', true],
  ['Kept-demo.myshopify.com', false],
  ['evil.com/kept-demo.myshopify.com', false],
  ['kept-demo.myshopify.com.evil.com', false],
  ['kept-demo.myshopify.com\n', false],
])('%j is a shop: %s', (value, isShop) => {
  expect(parseShopId(value, '/shop').ok).toBe(isShop);
});
