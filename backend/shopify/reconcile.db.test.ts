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
  reconcile = createReconcile({
    admin: await createFakeAdmin(shop),
    store: createConnectorStore({ db: database.db, now: () => now }),
    log: { info: () => {}, warn: () => {}, error: () => {} },
    now: () => now,
    isKnown: async (_, orderId) => known.has(orderId),
    isFollowed: async (_, orderId, version) => followed.includes(`${orderId} ${version}`),
    followClaims: async (_, orderId) => {
      followed.push(`${orderId} ${updatedAtOf(orderId)}`);
    },
    intakeOrder: async (_, orderId) => {
      if (fails) throw new Error('away');
      known.add(orderId);
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
  expect([...known].toSorted()).toEqual(['1', '2']);
});

test('the next look begins ten minutes before the end of the last', async () => {
  await reconcile.run(shopId);
  order(1, '2026-11-23T11:49:59Z');
  order(2, '2026-11-23T11:50:00Z');
  now = now.add({ minutes: 5 });
  expect(await reconcile.run(shopId)).toBe(1);
  expect([...known]).toEqual(['2']);
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

test('the claims of an order are followed once for each change of it, known or not', async () => {
  order(1, '2026-11-23T11:59:00Z');
  known.add('1');
  await reconcile.run(shopId);
  await reconcile.run(shopId);
  order(1, '2026-11-23T11:59:40Z');
  await reconcile.run(shopId);
  expect(followed).toEqual(['1 2026-11-23T11:59:00Z', '1 2026-11-23T11:59:40Z']);
});
