import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import { createFakeAdmin, FakeAdminShop } from '../../tests/fake-admin.ts';
import type { ShopId } from '../base/ids.ts';
import { createConnectorStore } from './connector-store.ts';
import { createReconcile } from './reconcile.ts';

let database: TestDatabase<unknown>;
let shop: FakeAdminShop;
let shopId: ShopId;
let now = Temporal.Instant.from('2026-11-23T12:00:00Z');
let known: Set<string>;
let followed: string[];
let cutOff: string[] = [];
let missedLooks = 0;
let fails = false;
let reconcile: ReturnType<typeof createReconcile>;

beforeAll(async () => {
  database = await createTestDatabase();
  await createFakeAdmin(new FakeAdminShop());
}, 60_000);
afterAll(() => database.close());
beforeEach(async () => {
  shop = new FakeAdminShop();
  shopId = `s${randomUUID()}.myshopify.com` as ShopId;
  now = Temporal.Instant.from('2026-11-23T12:00:00Z');
  known = new Set();
  fails = false;
  followed = [];
  cutOff = [];
  missedLooks = 0;
  reconcile = createReconcile({
    admin: await createFakeAdmin(shop),
    store: createConnectorStore({ db: database.db, now: () => now }),
    log: { info: () => {}, warn: () => {}, error: () => {} },
    now: () => now,
    isTakenIn: async (_, orderId, version) =>
      known.has(orderId) || followed.includes(`${orderId} ${version}`),
    cutOff: async () => cutOff,
    ordersMissed: async () => {
      missedLooks += 1;
    },
    intakeOrder: async (_, orderId) => {
      if (fails) throw new Error('away');
      followed.push(`${orderId} ${updatedAtOf(orderId)}`);
    },
  });
});

function updatedAtOf(orderId: string): string {
  return String(shop.orders.get(`gid://shopify/Order/${orderId}`)?.['updatedAt']);
}

function order(number: number, updatedAt: string): void {
  const id = `gid://shopify/Order/${number}`;
  shop.orders.set(id, { id, updatedAt });
}

test('an order whose webhook was lost is taken in by the next look', async () => {
  order(1, '2026-11-23T11:59:00Z');
  order(2, '2026-11-23T11:59:30Z');
  known.add('2');
  expect(await reconcile.run(shopId)).toBe(1);
  expect(followed).toEqual(['1 2026-11-23T11:59:00Z']);
});

test('the next look begins ten minutes before the end of the last', async () => {
  await reconcile.run(shopId);
  order(1, '2026-11-23T11:49:59Z');
  order(2, '2026-11-23T11:50:00Z');
  now = now.add({ minutes: 5 });
  expect(await reconcile.run(shopId)).toBe(1);
  expect(followed).toEqual(['2 2026-11-23T11:50:00Z']);
});

test('a look that failed is made again from where it began', async () => {
  order(1, '2026-11-23T11:00:00Z');
  fails = true;
  await expect(reconcile.run(shopId)).rejects.toThrow('away');
  fails = false;
  now = now.add({ hours: 3 });
  expect(await reconcile.run(shopId)).toBe(1);
});

test('a clock that was set back does not hide orders', async () => {
  await reconcile.run(shopId);
  now = now.subtract({ hours: 24 });
  order(1, '2026-11-22T11:30:00Z');
  expect(await reconcile.run(shopId)).toBe(1);
});

test('an order is taken in once for each change of it, a cancellation as well', async () => {
  order(1, '2026-11-23T11:59:00Z');
  await reconcile.run(shopId);
  await reconcile.run(shopId);
  order(1, '2026-11-23T11:59:40Z');
  await reconcile.run(shopId);
  expect(followed).toEqual(['1 2026-11-23T11:59:00Z', '1 2026-11-23T11:59:40Z']);
});

test('an order whose work was cut off is taken in again, once, wherever it came from', async () => {
  order(1, '2026-11-23T11:59:00Z');
  cutOff = ['1', 'api:c1:77'];
  expect(await reconcile.run(shopId)).toBe(2);
  expect(followed.map((one) => one.split(' ')[0])).toEqual(['1', 'api:c1:77']);
});

test('orders that no webhook told of have the subscriptions looked at, but not when the shop is new', async () => {
  order(1, '2026-11-23T11:59:00Z');
  await reconcile.run(shopId);
  expect(missedLooks).toBe(0);
  await reconcile.run(shopId);
  expect(missedLooks).toBe(0);
  order(2, '2026-11-23T11:59:40Z');
  await reconcile.run(shopId);
  expect(missedLooks).toBe(1);
});
