import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/database.ts';
import { liveShopOf, quietLog } from '../../../tests/worlds/live-shop.ts';
import { twoStoresOneWarehouse } from '../../../tests/worlds/worlds.ts';
import type { ShopId } from '../../base/ids.ts';
import { instantToMinuteFloor, parseDay } from '../../base/time.ts';
import type { WorldInput } from '../../network/world.ts';
import { createIdSource, createSigner } from '../../platform/signing.ts';
import type { LiveShop } from '../../stock/service.ts';
import { createPromiseStore } from '../store.ts';
import { createPaddedTables, type TableInForce } from './service.ts';

const NOW = Temporal.Instant.from('2026-11-25T09:00:00Z');
let database: TestDatabase<unknown>;
let shopNumber = 0;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

function tables(
  clock: { now: Temporal.Instant; monotonic: number },
  publish?: () => Promise<void>,
) {
  const published: TableInForce[] = [];
  const timers: { readonly milliseconds: number; readonly run: () => void }[] = [];
  const service = createPaddedTables({
    store: createPromiseStore(database.db),
    signer: createSigner([{ id: 'k', key: Buffer.alloc(32, 9) }]),
    newId: createIdSource(),
    nowMinute: () => instantToMinuteFloor(clock.now.toString()),
    monotonicMilliseconds: () => clock.monotonic,
    marginMinutesOf: () => 30,
    publish:
      publish ??
      (async (_, table) => {
        published.push(table);
      }),
    later: (milliseconds, run) => timers.push({ milliseconds, run }),
    log: quietLog,
  });
  return { service, published, timers };
}

function shop(world: WorldInput = twoStoresOneWarehouse()): LiveShop & { stockVersion: number } {
  shopNumber += 1;
  const skuOfVariant = new Map<string, string>();
  const shopId = `padded-${shopNumber}.myshopify.com` as ShopId;
  return liveShopOf(shopId, world, { now: NOW, confirmedAt: 0, skuOfVariant });
}

const request = (quantity = 1, sku = 'SHIRT') => ({
  lines: [{ sku, quantity }],
  destination: { country: 'IT', postalCode: '20121' },
  nowMinute: instantToMinuteFloor(NOW.toString()),
});

test('a table is made once a day and policy, stored, signed and published', async () => {
  const clock = { now: NOW, monotonic: 0 };
  const { service, published } = tables(clock);
  const live = shop();
  await service.refresh(live);
  await service.refresh(live);
  expect(published).toHaveLength(1);
  const stored = await service.tableAt(live.shopId, '2026-11-26T12:00:00Z');
  expect(stored).toEqual(service.current(live.shopId)?.json);
});

test('the next shop-local day makes another table', async () => {
  const clock = { now: NOW, monotonic: 0 };
  const { service, published } = tables(clock);
  const live = shop();
  await service.refresh(live);
  clock.now = Temporal.Instant.from('2026-11-25T23:00:00Z');
  await service.refresh(live);
  expect(published.map((table) => table.json.d.slice(0, 10))).toEqual(['2026-11-25', '2026-11-26']);
});

test('changed stock makes another table, a minute after the last at the earliest', async () => {
  const clock = { now: NOW, monotonic: 0 };
  const { service, published } = tables(clock);
  const live = shop();
  await service.refresh(live);
  live.stockVersion += 1;
  clock.monotonic = 59_999;
  await service.refresh(live);
  expect(published).toHaveLength(1);
  clock.monotonic = 60_000;
  await service.refresh(live);
  expect(published).toHaveLength(2);
});

test('the end of an import does not wait for the minute to end', async () => {
  const clock = { now: NOW, monotonic: 0 };
  const { service, published } = tables(clock);
  const live = shop();
  await service.refresh(live);
  await service.refreshNow(live);
  expect(published).toHaveLength(1);
  await service.refreshNow({ ...live, stockVersion: 2 });
  expect(published.map((table) => table.stockVersion)).toEqual([1, 2]);
});

test('stock that changed within the minute is in the table at its end, the newest state alone', async () => {
  const clock = { now: NOW, monotonic: 0 };
  const { service, published, timers } = tables(clock);
  const live = shop();
  await service.refresh(live);
  clock.monotonic = 20_000;
  for (const stockVersion of [2, 3]) await service.refresh({ ...live, stockVersion });
  expect(timers.map(({ milliseconds }) => milliseconds)).toEqual([40_000]);
  clock.monotonic = 60_000;
  timers[0]?.run();
  await expect.poll(() => published.map((table) => table.stockVersion)).toEqual([1, 3]);
});

test('a table that dates nothing is made anew within a second of stock that changed', async () => {
  const clock = { now: NOW, monotonic: 0 };
  const { service, published, timers } = tables(clock);
  const empty = shop({ ...twoStoresOneWarehouse(), stock: [] });
  await service.refresh(empty);
  expect([...(service.current(empty.shopId)?.classBySku.values() ?? [])]).not.toContain('normal');
  await service.refresh({ ...empty, stockVersion: 2 });
  expect(timers.map(({ milliseconds }) => milliseconds)).toEqual([1_000]);
  clock.monotonic = 1_000;
  timers[0]?.run();
  await expect.poll(() => published.map((table) => table.stockVersion)).toEqual([1, 2]);
});

test('what comes while a table is made is looked at when that one is made, urgent or in its time', async () => {
  const clock = { now: NOW, monotonic: 0 };
  const { service, published, timers } = tables(clock);
  const live = shop();
  const first = service.refresh(live);
  await service.refreshNow({ ...live, stockVersion: 2 });
  await first;
  await expect.poll(() => published.map((table) => table.stockVersion)).toEqual([1, 2]);
  expect(timers).toEqual([]);
});

test('what waited for the minute to end is not made after what came later', async () => {
  const clock = { now: NOW, monotonic: 0 };
  const { service, published, timers } = tables(clock);
  const live = shop();
  await service.refresh(live);
  await service.refresh({ ...live, stockVersion: 2 });
  await service.refreshNow({ ...live, stockVersion: 3 });
  clock.monotonic = 120_000;
  for (const { run } of timers) run();
  expect(service.current(live.shopId)?.stockVersion).toBe(3);
  expect(published.map((table) => table.stockVersion)).toEqual([1, 3]);
});

test('a publication that goes on holds up no newer table', async () => {
  const clock = { now: NOW, monotonic: 0 };
  const goesOn = Promise.withResolvers<void>();
  let begun = 0;
  const { service } = tables(clock, async () => {
    begun += 1;
    await goesOn.promise;
  });
  const live = shop();
  const first = service.refresh(live);
  await expect.poll(() => begun).toBe(1);
  clock.monotonic = 60_000;
  const second = service.refresh({ ...live, stockVersion: 2 });
  await expect.poll(() => begun).toBe(2);
  goesOn.resolve();
  await Promise.all([first, second]);
});

test('a basket of normal products has a padded day, later than the live date; others have none', async () => {
  const { service } = tables({ now: NOW, monotonic: 0 });
  const live = shop();
  await service.refresh(live);
  const day = service.dayOf(live, request(), 'standard');
  expect(day).toBeGreaterThan(parseDay('2026-11-26'));
  expect(service.dayOf(live, request(1, 'GHOST'), 'standard')).toBeUndefined();
  expect(service.dayOf(live, request(), 'points')).toBeUndefined();
});

test('a week later the table says nothing any more', async () => {
  const { service } = tables({ now: NOW, monotonic: 0 });
  const live = shop();
  await service.refresh(live);
  const later = { ...request(), nowMinute: request().nowMinute + 7 * 1_440 };
  expect(service.dayOf(live, later, 'standard')).toBeUndefined();
  expect(await service.tableAt(live.shopId, '2026-12-02T12:00:00Z')).toBeUndefined();
});

test('a Shopify that is away does not keep the table from this replica', async () => {
  const { service } = tables({ now: NOW, monotonic: 0 }, async () => {
    throw new Error('away');
  });
  const live = shop();
  await service.refresh(live);
  expect(service.dayOf(live, request(), 'standard')).toBeDefined();
});
