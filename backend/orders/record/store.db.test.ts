// Orders as they are written and read, on a real server.
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/database.ts';
import { orderRecord } from '../../../tests/worlds/order-records.ts';
import type { ShopId } from '../../base/ids.ts';
import { withShop } from '../../platform/database.ts';
import { readTimeline } from '../timeline/store.ts';
import type { OrderRecord } from './record.ts';
import { markTakenIn, readCutOff, readOrder, readTakenIn, saveOrder } from './store.ts';

const NOW = Temporal.Instant.from('2026-11-30T10:00:30Z');
const AT = { now: NOW, actor: { kind: 'shopify', id: '' } } as const;
let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const newShop = () => `s${randomUUID()}.myshopify.com` as ShopId;
const save = (shopId: ShopId, record: OrderRecord) =>
  withShop(database.db, shopId, (trx) => saveOrder(trx, shopId, record, AT));
const read = (shopId: ShopId, orderId: string) =>
  withShop(database.db, shopId, (trx) => readOrder(trx, shopId, orderId));

test('an order is read as it was written, with one event however often it is heard of', async () => {
  const shop = newShop();
  const record = orderRecord('1', { tags: ['vip', "l'or"], promisedOn: '2026-12-02' });
  const outcomes = [await save(shop, record), await save(shop, record)].map((one) => one.outcome);
  expect(outcomes).toEqual(['new', 'unchanged']);
  const { placedAt, sourceUpdatedAt, ...rest } = record;
  const stored = await read(shop, '1');
  expect(stored).toMatchObject(rest);
  expect(Temporal.Instant.from(stored?.placedAt ?? '').toString()).toBe(placedAt);
  const events = await withShop(database.db, shop, (trx) => readTimeline(trx, shop, '1'));
  expect(events.map(({ kind }) => kind)).toEqual(['order_placed']);
});

test('readings in any order and number end in the newest', async () => {
  const readings = [0, 1, 2, 3].map((minute) =>
    orderRecord('1', {
      version: `v${minute}`,
      sourceUpdatedAt: `2026-11-30T10:0${minute}:00Z`,
      totalMinor: 1_000 + minute,
      ...(minute < 2 ? {} : { holdReason: 'payment' }),
    }),
  );
  const orders = fc.array(fc.constantFrom(...readings), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(orders, async (heard) => {
      const shop = newShop();
      for (const one of [...heard, readings[3] ?? orderRecord('1')]) await save(shop, one);
      expect(await read(shop, '1')).toMatchObject({ totalMinor: 1_003, holdReason: 'payment' });
    }),
    { numRuns: 20 },
  );
});

test('two readings of a new order at once are one order', async () => {
  const shop = newShop();
  const saved = await Promise.all([1, 2, 3].map(() => save(shop, orderRecord('1'))));
  expect(saved.map(({ outcome }) => outcome).toSorted()).toEqual(['new', 'unchanged', 'unchanged']);
});

test('an order that was stored and never worked in is found, and is not once it was', async () => {
  const shop = newShop();
  await save(shop, orderRecord('1'));
  const cutOff = (minutes: number) =>
    withShop(database.db, shop, (trx) => readCutOff(trx, shop, NOW.add({ minutes })));
  expect([await cutOff(0), await cutOff(1)]).toEqual([[], ['1']]);
  await withShop(database.db, shop, (trx) => markTakenIn(trx, shop, [orderRecord('1')]));
  expect(await cutOff(1)).toEqual([]);
  const isTakenIn = (sourceUpdatedAt: string) =>
    withShop(database.db, shop, (trx) => readTakenIn(trx, shop, { orderId: '1', sourceUpdatedAt }));
  expect(await isTakenIn('2026-11-30T10:00:00Z')).toBe(true);
  expect(await isTakenIn('2026-11-30T10:00:01Z')).toBe(false);
});

test('the work of an older version does not make a newer one done', async () => {
  const shop = newShop();
  await save(shop, orderRecord('1', { version: 'v2', sourceUpdatedAt: '2026-11-30T10:05:00Z' }));
  await withShop(database.db, shop, (trx) => markTakenIn(trx, shop, [orderRecord('1')]));
  const asked = { orderId: '1', sourceUpdatedAt: '2026-11-30T10:00:00Z' };
  expect(await withShop(database.db, shop, (trx) => readTakenIn(trx, shop, asked))).toBe(false);
});
