import { expect, test } from 'vitest';
import type { ShopId } from '../../../base/ids.ts';
import { createPickupCodes } from './service.ts';

const SHOP = 'codes.myshopify.com' as ShopId;
const OTHER = 'other.myshopify.com' as ShopId;
const OLD = { id: 'old', key: Buffer.alloc(32, 1) };
const NEW = { id: 'new', key: Buffer.alloc(32, 2) };

test('a code is six digits, the same each time, and another for each work and shop', () => {
  const { pickupCodeOf } = createPickupCodes([OLD]);
  const works = Array.from({ length: 200 }, (_, index) => `w${index}`);
  const codes = works.map((workId) => pickupCodeOf(SHOP, workId));
  expect(codes.every((code) => /^\d{6}$/.test(code))).toBe(true);
  expect(works.map((workId) => pickupCodeOf(SHOP, workId))).toEqual(codes);
  expect(new Set(codes).size).toBeGreaterThan(195);
  expect(pickupCodeOf(OTHER, 'w0')).not.toBe(codes[0]);
});

test('a code given before the keys were rotated still opens; one of a key that is gone does not', () => {
  const before = createPickupCodes([OLD]).pickupCodeOf(SHOP, 'w1');
  const rotated = createPickupCodes([NEW, OLD]);
  expect(rotated.pickupCodeOf(SHOP, 'w1')).not.toBe(before);
  expect(rotated.isPickupCode(SHOP, 'w1', before)).toBe(true);
  expect(createPickupCodes([NEW]).isPickupCode(SHOP, 'w1', before)).toBe(false);
});

test.each(['', '12345', '1234567', 'abcdef', '１２３４５６'])('%j opens nothing', (shown) => {
  expect(createPickupCodes([OLD]).isPickupCode(SHOP, 'w1', shown)).toBe(false);
});

test('spaces and dashes that people write do not matter', () => {
  const { pickupCodeOf, isPickupCode } = createPickupCodes([OLD]);
  const code = pickupCodeOf(SHOP, 'w1');
  expect(isPickupCode(SHOP, 'w1', ` ${code.slice(0, 3)}-${code.slice(3)} `)).toBe(true);
});
