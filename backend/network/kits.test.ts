import { expect, test } from 'vitest';
import { compileKits, relatedSkus } from './kits.ts';
import type { Snapshot } from './snapshot.ts';
import { productSchema } from './world.ts';

function kitsOf(products: Readonly<Record<string, Readonly<Record<string, number>>>>) {
  const parsed = Object.entries(products).map(([sku, needs]) => {
    const components = Object.entries(needs).map(([one, quantity]) => ({ sku: one, quantity }));
    return productSchema.parse({
      sku,
      weightGrams: 1,
      ...(components.length === 0 ? {} : { kit: { components } }),
    });
  });
  const skuIndex = new Map(parsed.map(({ sku }, index) => [sku, index]));
  return compileKits(parsed, skuIndex);
}

test('a kit knows its parts and each part its kits', () => {
  const { kits, kitsWith } = kitsOf({ a: {}, b: {}, k: { a: 2, b: 1 }, l: { a: 3 } });
  expect([...kits]).toEqual([
    [
      2,
      [
        { sku: 0, quantity: 2 },
        { sku: 1, quantity: 1 },
      ],
    ],
    [3, [{ sku: 0, quantity: 3 }]],
  ]);
  expect(kitsWith.get(0)).toEqual([
    { sku: 2, quantity: 2 },
    { sku: 3, quantity: 3 },
  ]);
});

test.each<[string, Record<string, number>]>([
  ['a SKU nobody knows', { a: 1, none: 1 }],
  ['another kit', { a: 1, l: 1 }],
])('a kit of %s has no parts: it can be built nowhere', (_, needs) => {
  const { kits } = kitsOf({ a: {}, l: { a: 1 }, k: needs });
  expect(kits.get(2)).toEqual([]);
});

test('a figure moves with its kits, its components and the other kits of those', () => {
  const compiled = kitsOf({ a: {}, b: {}, c: {}, k: { a: 1, b: 1 }, l: { b: 1 } });
  const snapshot = compiled as Snapshot;
  expect([...relatedSkus(snapshot, 0)].sort()).toEqual([0, 3]);
  expect([...relatedSkus(snapshot, 3)].sort()).toEqual([0, 1, 3, 4]);
  expect(relatedSkus(snapshot, 2)).toEqual([2]);
});
