import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import type { ShopId } from '../base/ids.ts';
import { withShop } from '../platform/database.ts';
import { createOrderStore, type OrderPromiseRow } from './store.ts';

const NOW = Temporal.Instant.from('2026-11-23T10:00:05Z');
let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

function row(joinedBy: OrderPromiseRow['joinedBy'], promisedOn: string): OrderPromiseRow {
  return {
    orderId: '77',
    placedAt: '2026-11-23T10:00:00Z',
    status: joinedBy === 5 ? 'none' : 'promised',
    joinedBy,
    promise: {
      method: 'home',
      serviceCode: 'standard',
      promisedOn,
      window: { from: `${promisedOn}T00:00:00+01:00`, to: `${promisedOn}T23:00:00+01:00` },
      timeZone: 'Europe/Rome',
      parcels: 2,
      nodeId: undefined,
      pickupPointId: undefined,
    },
    replaced: undefined,
    receiptIds: ['r1'],
    checkoutToken: 'c1',
    copiedReceipt: null,
    country: 'IT',
    postalCode: '20121',
    orderVersion: 'v',
    publishedVersion: null,
  };
}

const shop = () => `s${randomUUID()}.myshopify.com` as ShopId;

test('a row comes back as it was written', async () => {
  const store = createOrderStore(database.db);
  const shopId = shop();
  expect(await store.save(shopId, row(2, '2026-11-24'), NOW)).toEqual(row(2, '2026-11-24'));
});

test.each([
  [2, 1, '2026-11-25'],
  [2, 2, '2026-11-25'],
  [2, 3, '2026-11-24'],
  [5, 4, '2026-11-25'],
  [1, 5, '2026-11-24'],
] as const)(
  'evidence %i, then evidence %i in a later commit: %s stands',
  async (first, second, stands) => {
    const store = createOrderStore(database.db);
    const shopId = shop();
    await store.save(shopId, row(first, '2026-11-24'), NOW);
    const saved = await store.save(shopId, row(second, '2026-11-25'), NOW);
    expect(saved.promise?.promisedOn).toBe(stands);
    expect(saved.joinedBy).toBe(Math.min(first, second));
  },
);

test('a date that was moved stands in its place, beside what was shown first, whatever is joined again', async () => {
  const store = createOrderStore(database.db);
  const shopId = shop();
  await store.save(shopId, row(2, '2026-11-24'), NOW);
  await withShop(database.db, shopId, (trx) =>
    sql`insert into promise_move (shop_id, order_id, move_number, moved_at, promised_on, window_from, window_to, cause)
      values (${shopId}, '77', 1, ${NOW.toString()}, '2026-11-26', '2026-11-25T23:00:00Z', '2026-11-26T23:00:00Z',
        'carrier')`.execute(trx),
  );
  const moved = {
    status: 'changed',
    promise: {
      promisedOn: '2026-11-26',
      window: { from: '2026-11-26T00:00:00+01:00', to: '2026-11-27T00:00:00+01:00' },
    },
    replaced: { promisedOn: '2026-11-24' },
  };
  expect(await store.load(shopId, { orderId: '77' })).toMatchObject(moved);
  expect(await store.save(shopId, row(2, '2026-11-24'), NOW)).toMatchObject(moved);
  // What is written to Shopify is what stands.
  expect(await store.unpublished(shopId, 5)).toMatchObject([moved]);
  expect(await store.loadMany(shopId, ['77'])).toMatchObject([moved]);
});

test('twenty jobs that commit at once leave the best evidence', async () => {
  const store = createOrderStore(database.db);
  const shopId = shop();
  const steps = Array.from({ length: 20 }, (_, index) => ((index % 5) + 1) as 1 | 2 | 3 | 4 | 5);
  await Promise.all(steps.map((step) => store.save(shopId, row(step, `2026-11-2${step}`), NOW)));
  expect(await store.load(shopId, { orderId: '77' })).toMatchObject({
    joinedBy: 1,
    promise: { promisedOn: '2026-11-21' },
  });
});

test('what was never published is found until it is marked', async () => {
  const store = createOrderStore(database.db);
  const shopId = shop();
  await store.save(shopId, row(3, '2026-11-24'), NOW);
  expect(await store.unpublished(shopId, 5)).toMatchObject([{ orderId: '77' }]);
  await store.markPublished(shopId, [{ orderId: '77', version: 'x' }]);
  expect(await store.unpublished(shopId, 5)).toEqual([]);
  await store.markUnpublished(shopId, '77');
  expect(await store.unpublished(shopId, 5)).toHaveLength(1);
});

test('who tells the buyer hears of a date in the transaction that stores it, of a recomputed one never', async () => {
  const shopId = shop();
  const told: string[] = [];
  const store = createOrderStore(database.db, async (trx, _shopId, orderId) => {
    const { rows } = await sql<{ day: string }>`select promised_on::text as day from order_promise
      where order_id = ${orderId}`.execute(trx);
    told.push(...rows.map(({ day }) => day));
    if (told.length > 1) throw new Error('the queue is away');
  });
  await store.save(shopId, row(5, '2026-11-24'), NOW);
  expect(told).toEqual([]);
  await store.save(shopId, row(2, '2026-11-25'), NOW);
  expect(told).toEqual(['2026-11-25']);
  await expect(store.save(shopId, row(1, '2026-11-26'), NOW)).rejects.toThrow('the queue is away');
  expect((await store.load(shopId, { orderId: '77' }))?.promise?.promisedOn).toBe('2026-11-25');
});
