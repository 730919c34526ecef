import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createVault } from './token-vault.ts';

const OLD = { id: 'k1', key: new Uint8Array(32).fill(1) };
const NEW = { id: 'k2', key: new Uint8Array(32).fill(2) };

test('what was sealed opens again, and never looks the same twice', () => {
  const vault = createVault([NEW]);
  fc.assert(
    fc.property(fc.string(), (text) => {
      const sealed = vault.seal(text, 'shop:access');
      expect(vault.open(sealed, 'shop:access')).toBe(text);
      expect(vault.seal(text, 'shop:access')).not.toBe(sealed);
    }),
  );
});

test('a sealed text does not open in another place', () => {
  const vault = createVault([NEW]);
  const sealed = vault.seal('shpat_secret', 'one.myshopify.com:access');
  expect(() => vault.open(sealed, 'two.myshopify.com:access')).toThrow();
});

test('one changed character is noticed', () => {
  const vault = createVault([NEW]);
  const sealed = vault.seal('shpat_secret', 'p');
  for (let at = 3; at < sealed.length - 1; at++) {
    const other = sealed[at] === 'A' ? 'B' : 'A';
    expect(() => vault.open(sealed.slice(0, at) + other + sealed.slice(at + 1), 'p')).toThrow();
  }
});

test('after a rotation old texts open and are known to be stale', () => {
  const sealed = createVault([OLD]).seal('shpat_secret', 'p');
  const rotated = createVault([NEW, OLD]);
  expect(rotated.open(sealed, 'p')).toBe('shpat_secret');
  expect(rotated.isStale(sealed)).toBe(true);
  expect(rotated.isStale(rotated.seal('x', 'p'))).toBe(false);
  expect(() => createVault([NEW]).open(sealed, 'p')).toThrow(/k1/);
});

test('a key of the wrong length is refused at start', () => {
  expect(() => createVault([{ id: 'k1', key: new Uint8Array(16) }])).toThrow(/32 bytes/);
});
