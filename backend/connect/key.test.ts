import { expect, test } from 'vitest';
import type { ShopId } from '../base/ids.ts';
import { isSameHash, makeKey, parseAuthorization } from './key.ts';

const SHOP = 'fashion-house.myshopify.com' as ShopId;

test('a key that was made is read back as its shop, its row and the digest of its secret', () => {
  const made = makeKey(SHOP);
  expect(made.key).toMatch(/^kept_fashion-house_[0-9a-f]{56}$/);
  expect(parseAuthorization(`Bearer ${made.key}`)).toEqual({
    shopId: SHOP,
    lookup: made.lookup,
    secretHash: made.secretHash,
  });
});

test('the stored parts do not hold the secret', () => {
  const made = makeKey(SHOP);
  const secret = made.key.slice(-48);
  expect(JSON.stringify([made.lookup, made.secretHash])).not.toContain(secret);
});

test('two keys of a shop share neither row nor secret', () => {
  const [first, second] = [makeKey(SHOP), makeKey(SHOP)];
  expect(first.lookup).not.toBe(second.lookup);
  expect(isSameHash(first.secretHash, second.secretHash)).toBe(false);
  expect(isSameHash(first.secretHash, first.secretHash)).toBe(true);
});

test.each([
  ['nothing', undefined],
  ['another scheme', 'Basic abc'],
  ['a session token', 'Bearer eyJhbGciOi.abc.def'],
  ['a key cut short', `Bearer ${makeKey(SHOP).key.slice(0, -1)}`],
  ['a key with a letter more', `Bearer ${makeKey(SHOP).key}a`],
  ['a shop name that is none', `Bearer kept_-x_${'0'.repeat(56)}`],
  ['a thousand characters', `Bearer kept_${'a'.repeat(1_000)}`],
])('%s is no key', (_what, header) => {
  expect(parseAuthorization(header)).toBeUndefined();
});

test('digests of different length are different, not an error', () => {
  expect(isSameHash('00', '0000')).toBe(false);
});
