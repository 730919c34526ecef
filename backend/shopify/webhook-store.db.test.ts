// Deliveries of a burst, stored together on a real server.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import type { ShopId } from '../base/ids.ts';
import { withShop } from '../platform/database.ts';
import type { Job } from '../platform/outbox.ts';
import { createWebhookStore } from './webhook-store.ts';

const NOW = Temporal.Instant.from('2026-11-27T09:00:00Z');
const SHOP = 'burst.myshopify.com' as ShopId;
let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const delivery = (deliveryId: string, payload: object = {}) => ({
  ...{ shopId: SHOP, deliveryId, topic: 'orders/create', eventId: undefined, triggeredAt: NOW },
  payload,
  job: { name: 'order_intake', data: { orderId: deliveryId }, key: deliveryId },
});

async function storedIds(): Promise<readonly string[]> {
  const { rows } = await withShop(database.db, SHOP, (trx) =>
    sql<{ id: string }>`select delivery_id as id from webhook_delivery order by 1`.execute(trx),
  );
  return rows.map(({ id }) => id);
}

test('of a burst each delivery is stored and enqueued once, and one that cannot be stored holds up no other', async () => {
  const groups: (readonly Job[])[] = [];
  const store = createWebhookStore({
    ...{ db: database.db, now: () => NOW },
    outbox: { enqueueAll: async (_trx, jobs) => void groups.push(jobs) },
  });
  // No instant that Postgres holds.
  const broken = {
    ...delivery('broken'),
    triggeredAt: Temporal.Instant.from('-271821-04-20T00:00:00Z'),
  };
  const burst = [delivery('a'), delivery('b'), delivery('b'), delivery('c')].map(store.accept);
  expect(await Promise.all(burst)).toEqual([true, true, false, true]);
  expect(groups.map((jobs) => jobs.map(({ key }) => key).toSorted())).toEqual([['a'], ['b', 'c']]);
  const mixed = [delivery('d'), delivery('e'), broken, delivery('c'), delivery('f')];
  const done = await Promise.allSettled(mixed.map(store.accept));
  expect(done.map((one) => (one.status === 'fulfilled' ? one.value : 'refused'))).toEqual([
    ...[true, true, 'refused', false, true],
  ]);
  expect(await storedIds()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});

test('a text that no database keeps comes in all the same, with the replacement character', async () => {
  const store = createWebhookStore({
    ...{ db: database.db, now: () => NOW },
    outbox: { enqueueAll: async () => undefined },
  });
  expect(await store.accept(delivery('cut', { note: 'thank you \ud83d', name: 'A\0' }))).toBe(true);
  const { rows } = await withShop(database.db, SHOP, (trx) =>
    sql<{ payload: unknown }>`
      select payload from webhook_delivery where delivery_id = 'cut'`.execute(trx),
  );
  expect(rows).toEqual([{ payload: { note: 'thank you \ufffd', name: 'A\ufffd' } }]);
});
