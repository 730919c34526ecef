import { expect, test } from 'vitest';
import type { ShopId } from '../base/ids.ts';
import { TransientError } from '../base/result.ts';
import { createWriteBehind } from './write-behind.ts';

const SHOP = 'write-one.myshopify.com' as ShopId;
const OTHER = 'write-two.myshopify.com' as ShopId;

function writer(changes: {
  write?: (shopId: ShopId, rows: readonly number[]) => Promise<unknown>;
  clock?: { now: number };
  rowsMax?: number;
}) {
  const batches: [ShopId, readonly number[]][] = [];
  const drops: [number, string][] = [];
  const behind = createWriteBehind<number>({
    write:
      changes.write ??
      (async (shopId, rows) => {
        batches.push([shopId, rows]);
      }),
    monotonicMilliseconds: () => changes.clock?.now ?? performance.now(),
    onDrop: (_, count, why) => drops.push([count, why]),
    gatherMilliseconds: 1,
    keepMilliseconds: 60_000,
    rowsMax: changes.rowsMax ?? 100_000,
  });
  return { behind, batches, drops };
}

test('rows given together are written together, in order, each shop apart', async () => {
  const { behind, batches } = writer({});
  for (const row of [1, 2, 3]) behind.add(SHOP, row);
  behind.add(OTHER, 9);
  await behind.whenIdle();
  expect(batches).toEqual([
    [SHOP, [1, 2, 3]],
    [OTHER, [9]],
  ]);
});

test('rows given during an outage are written once the database is back, none twice', async () => {
  let outages = 2;
  const written: number[] = [];
  const { behind, drops } = writer({
    write: async (_, rows) => {
      if (outages > 0) {
        outages -= 1;
        throw new TransientError('postgres', 'down');
      }
      written.push(...rows);
    },
  });
  for (const row of [1, 2]) behind.add(SHOP, row);
  await behind.whenIdle();
  expect(written).toEqual([1, 2]);
  expect(drops).toEqual([]);
  expect(behind.counts()).toEqual({ written: 2, dropped: 0, waiting: 0 });
});

test('a row that waited 60 s is dropped and counted', async () => {
  const clock = { now: 0 };
  const { behind, drops } = writer({
    clock,
    write: async () => {
      clock.now = 60_000;
      throw new TransientError('postgres', 'down');
    },
  });
  behind.add(SHOP, 1);
  await behind.whenIdle();
  expect(drops).toEqual([[1, 'too_old']]);
});

test('beyond its bound a row is dropped and counted, the ones before it are kept', async () => {
  const { behind, drops, batches } = writer({ rowsMax: 2 });
  for (const row of [1, 2, 3]) behind.add(SHOP, row);
  await behind.whenIdle();
  expect(drops).toEqual([[1, 'too_many']]);
  expect(batches).toEqual([[SHOP, [1, 2]]]);
});

test('a batch that the database refuses does not stop the rows behind it', async () => {
  const written: number[] = [];
  const { behind, drops } = writer({
    write: async (_, rows) => {
      if (rows.includes(1)) throw new Error('a bug');
      written.push(...rows);
    },
  });
  behind.add(SHOP, 1);
  await behind.whenIdle();
  behind.add(SHOP, 2);
  await behind.whenIdle();
  expect(written).toEqual([2]);
  expect(drops).toEqual([[1, 'refused']]);
});
