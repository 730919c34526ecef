import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BulkLevel, readBulkLevels } from './bulk-lines.ts';

function line(itemId: number, locationId: number, available: number): string {
  const quantities = [
    { name: 'available', quantity: available },
    { name: 'committed', quantity: 2 },
    { name: 'safety_stock', quantity: 1 },
  ];
  const location = { id: `gid://shopify/Location/${locationId}` };
  const __parentId = `gid://shopify/InventoryItem/${itemId}`;
  const id = `gid://shopify/InventoryLevel/${locationId}?inventory_item_id=${itemId}`;
  const updatedAt = '2026-11-23T09:00:00Z';
  return JSON.stringify({ id, location, quantities, updatedAt, __parentId });
}

async function read(chunks: readonly Uint8Array[]): Promise<BulkLevel[]> {
  const levels: BulkLevel[] = [];
  const source = (async function* () {
    yield* chunks;
  })();
  for await (const level of readBulkLevels(source)) levels.push(level);
  return levels;
}

test('a file cut anywhere, in the middle of a letter too, gives the same levels', async () => {
  const text = [
    '{"id":"gid://shopify/InventoryItem/7","name":"Größe"}',
    line(7, 1, 5),
    line(7, 2, -3),
  ];
  const bytes = new TextEncoder().encode(`${text.join('\n')}\n`);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: bytes.length })), async (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
      const chunks = places.slice(1).map((to, index) => bytes.subarray(places[index], to));
      const levels = await read(chunks);
      expect(levels.map((one) => [one.itemId, one.locationId, one.available])).toEqual([
        [7, 1, 5],
        [7, 2, -3],
      ]);
    }),
  );
});

test('a file without its last line break is whole', async () => {
  expect(await read([new TextEncoder().encode(line(7, 1, 5))])).toHaveLength(1);
});

test('a broken line is a fault of the file, not a level of nothing', async () => {
  await expect(read([new TextEncoder().encode('{"id":\n')])).rejects.toThrow('no JSON');
  await expect(read([new Uint8Array(200_000).fill(97)])).rejects.toThrow('too long');
});
