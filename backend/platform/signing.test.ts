import { expect, test } from 'vitest';
import { createIdSource, createSigner } from './signing.ts';

const OLD = { id: 'old', key: Buffer.alloc(32, 1) };
const NEW = { id: 'new', key: Buffer.alloc(32, 2) };

test('a signature holds for its text and for no other', () => {
  const signer = createSigner([NEW]);
  const signature = signer.sign('a promise');
  expect(signer.isOurs('a promise', signature)).toBe(true);
  expect(signer.isOurs('a promise.', signature)).toBe(false);
});

test('what an older key signed still holds while that key is listed', () => {
  const signature = createSigner([OLD]).sign('a promise');
  expect(createSigner([NEW, OLD]).isOurs('a promise', signature)).toBe(true);
  expect(createSigner([NEW]).isOurs('a promise', signature)).toBe(false);
});

test.each([
  '',
  '.',
  'new.',
  'new',
  'other.AAAA',
  `new.${'A'.repeat(43)}`,
  `new.${'A'.repeat(500)}`,
])('%j is no signature', (signature) => {
  expect(createSigner([NEW]).isOurs('a promise', signature)).toBe(false);
});

test('any one changed character makes a signature false', () => {
  const signer = createSigner([NEW]);
  const signature = signer.sign('a promise');
  for (let at = 4; at < signature.length - 1; at += 1) {
    const other = signature[at] === 'A' ? 'B' : 'A';
    const forged = signature.slice(0, at) + other + signature.slice(at + 1);
    expect(signer.isOurs('a promise', forged)).toBe(false);
  }
});

test('ten thousand ids are all different and 22 characters long', () => {
  const ids = Array.from({ length: 10_000 }, createIdSource());
  expect(new Set(ids).size).toBe(10_000);
  expect(ids.every((id) => /^[\w-]{22}$/.test(id))).toBe(true);
});
