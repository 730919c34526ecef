import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../tests/database.ts';
import { left, statedOrder } from '../../../../tests/worlds/claims-orders.ts';
import {
  changesOf,
  claimsShop,
  countClaims,
  setPositions,
} from '../../../../tests/worlds/claims-shop.ts';
import { romeStore, twoStoresOneWarehouse } from '../../../../tests/worlds/worlds.ts';
import type { ShopId } from '../../../base/ids.ts';
import type { WorldInput } from '../../../network/world.ts';
import { fixedClock } from '../../../platform/clock.ts';
import { withShop } from '../../../platform/database.ts';
import { createIdSource } from '../../../platform/signing.ts';
import { HOLD_MINUTES } from '../reservations.ts';
import { createReservationService } from '../service.ts';
import { createOrderClaims } from './service.ts';

const NOW = Temporal.Instant.from('2026-11-30T10:00:30Z');

let database: TestDatabase<unknown>;
let clock = fixedClock(NOW);
let shops = 0;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(() => {
  clock = fixedClock(NOW);
});
afterAll(() => database.close());

const stockOf = (milan: number, rome: number): WorldInput['stock'] => [
  { sku: 'SHIRT', nodeId: 'milan', onHand: milan },
  { sku: 'SHIRT', nodeId: 'rome', onHand: rome },
];

/** A shop with ten shirts in Milan and fifteen in Rome, unless said otherwise. */
async function shop(
  stock = stockOf(10, 15),
  changes: Partial<WorldInput> = {},
  bookedBySystem: readonly string[] = [],
) {
  shops += 1;
  const shopId = `orders-${shops}.myshopify.com` as ShopId;
  const world = { ...twoStoresOneWarehouse(), stock, ...changes };
  const live = await claimsShop(database.db, { shopId, world, clock });
  const shared = {
    db: database.db,
    clock,
    openShop: async () => live,
    announce: async () => undefined,
  };
  const reservations = createReservationService({ ...shared, newId: createIdSource() });
  const orders = createOrderClaims({
    ...shared,
    shipmentsBookedBySystem: async () => new Set(bookedBySystem),
  });
  return {
    shopId,
    orders,
    reservations,
    changes: () => changesOf(database.db, shopId),
    follow: (...of: Parameters<typeof statedOrder>) => orders.follow(shopId, statedOrder(...of)),
    reserve: (key: string, quantity: number, more: object = {}) =>
      reservations.reserve(shopId, {
        channel: 'online',
        key,
        customerTags: [],
        lines: [{ sku: 'SHIRT', quantity }],
        ...more,
      }),
    count: (sku = 'SHIRT') => countClaims(database.db, shopId, sku),
    nodes: async () => {
      const found = await withShop(database.db, shopId, (trx) =>
        sql<{ nodeId: string; units: number }>`
          select node_id as "nodeId", sum(quantity)::int as units from order_allocation
          where shop_id = ${shopId} group by node_id order by node_id`.execute(trx),
      );
      return found.rows.map(({ nodeId, units }) => `${nodeId} ${units}`);
    },
    states: async () => {
      const found = await withShop(database.db, shopId, (trx) =>
        sql<{ state: string }>`select state from reservation where shop_id = ${shopId}`.execute(
          trx,
        ),
      );
      return found.rows.map(({ state }) => state);
    },
  };
}

const SHIRT_ON = (nodeId: string, quantity: number) => ({ lineId: 'l-SHIRT', nodeId, quantity });

test('an order is claimed once, however often it is heard of', async () => {
  const { follow, count } = await shop();
  for (let times = 0; times < 3; times += 1) await follow('1', { SHIRT: 4 });
  await follow('2', { SHIRT: 1 });
  expect(await count()).toEqual({ onHand: 25, allocated: 0, waiting: 5, reserved: 0 });
});

test('an order beyond stock is booked as it is, and said to be over-sold', async () => {
  const { follow, count } = await shop(stockOf(3, 2));
  expect(await follow('1', { SHIRT: 7 })).toMatchObject({
    beyond: [{ sku: 'SHIRT', backordered: 0, oversold: 2 }],
  });
  expect(await count()).toMatchObject({ waiting: 7 });
});

test('an order beyond stock that incoming units cover is backordered', async () => {
  const { follow } = await shop([
    {
      sku: 'SHIRT',
      nodeId: 'milan',
      onHand: 1,
      incoming: [{ quantity: 5, expectedOn: '2026-12-04' }],
    },
  ]);
  expect(await follow('1', { SHIRT: 3 })).toMatchObject({
    beyond: [{ sku: 'SHIRT', backordered: 2, oversold: 0 }],
  });
});

test('its reservation becomes the order: no unit is deducted twice, none twice given', async () => {
  const { follow, reserve, count, states } = await shop();
  await reserve('checkout-1', 25);
  expect(await follow('1', { SHIRT: 25 }, { reservationKey: 'checkout-1' })).toMatchObject({
    isPosted: true,
    beyond: [],
  });
  expect(await count()).toMatchObject({ waiting: 25, reserved: 0 });
  expect(await states()).toEqual(['posted']);
  expect(await follow('1', { SHIRT: 25 }, { reservationKey: 'checkout-1' })).toMatchObject({
    isPosted: false,
  });
  expect(await reserve('checkout-2', 1)).toMatchObject({ refusal: { sellable: 0 } });
});

test('an order of less than was reserved gives the rest back', async () => {
  const { follow, reserve, count } = await shop();
  await reserve('checkout-1', 9);
  await follow('1', { SHIRT: 2 }, { reservationKey: 'checkout-1' });
  expect(await count()).toMatchObject({ waiting: 2, reserved: 0 });
});

test('an order whose reservation has expired is claimed all the same', async () => {
  const { follow, reserve, count, states } = await shop();
  await reserve('checkout-1', 9);
  clock.set(NOW.add({ minutes: HOLD_MINUTES + 1 }));
  expect(await follow('1', { SHIRT: 9 }, { reservationKey: 'checkout-1' })).toMatchObject({
    isPosted: false,
  });
  expect(await count()).toMatchObject({ waiting: 9, reserved: 0 });
  expect(await states()).toEqual(['expired']);
});

test('13 wanted from 10 and 15 takes exactly 13', async () => {
  const { orders, shopId, follow, nodes, count } = await shop();
  await follow('1', { SHIRT: 13 });
  expect(
    await orders.allocateFrom(shopId, '1', [{ lineId: 'l-SHIRT', nodeIds: ['milan', 'rome'] }]),
  ).toEqual({ ok: true, value: [{ lineId: 'l-SHIRT', missing: 0 }] });
  expect(await nodes()).toEqual(['milan 10', 'rome 3']);
  expect(await count()).toEqual({ onHand: 25, allocated: 13, waiting: 0, reserved: 0 });
});

test('13 wanted from 10 and 1 takes 11 and says that 2 are missing', async () => {
  const { orders, shopId, follow, nodes, count } = await shop(stockOf(10, 1));
  await follow('1', { SHIRT: 13 });
  expect(
    await orders.allocateFrom(shopId, '1', [{ lineId: 'l-SHIRT', nodeIds: ['milan', 'rome'] }]),
  ).toEqual({ ok: true, value: [{ lineId: 'l-SHIRT', missing: 2 }] });
  expect(await nodes()).toEqual(['milan 10', 'rome 1']);
  expect(await count()).toMatchObject({ allocated: 11, waiting: 2 });
});

test('an allocation is granted whole or refused with every line that stands in the way', async () => {
  const { orders, shopId, follow, count } = await shop();
  await follow('1', { SHIRT: 13 });
  expect(await orders.allocate(shopId, '1', [SHIRT_ON('milan', 11), SHIRT_ON('rome', 14)])).toEqual(
    {
      ok: false,
      refusal: {
        code: 'allocation_refused',
        lines: [
          { lineId: 'l-SHIRT', nodeId: 'milan', wanted: 11, waiting: 13, free: 10 },
          { lineId: 'l-SHIRT', nodeId: 'rome', wanted: 14, waiting: 13, free: 15 },
        ],
      },
    },
  );
  expect(await count()).toMatchObject({ allocated: 0, waiting: 13 });
  expect(await orders.allocate(shopId, '1', [SHIRT_ON('milan', 6), SHIRT_ON('rome', 7)])).toEqual({
    ok: true,
    value: undefined,
  });
  expect(await orders.allocate(shopId, 'nobody', [])).toEqual({
    ok: false,
    refusal: { code: 'order_unknown', orderId: 'nobody' },
  });
});

test('of thirty orders at once no more are put on a node than it has', async () => {
  const { orders, shopId, follow, nodes, count } = await shop();
  const ids = Array.from({ length: 30 }, (_, n) => `${n}`);
  for (const id of ids) await follow(id, { SHIRT: 1 });
  const done = await Promise.all(
    ids.map((id) => orders.allocate(shopId, id, [SHIRT_ON('milan', 1)])),
  );
  expect(done.filter(({ ok }) => ok)).toHaveLength(10);
  expect(await nodes()).toEqual(['milan 10']);
  expect(await count()).toMatchObject({ allocated: 10, waiting: 20 });
});

test('an order lies where Shopify assigned it, and moves when that does', async () => {
  const { follow, nodes, count } = await shop();
  await follow('1', { SHIRT: 4 }, { assigned: [SHIRT_ON('milan', 4)] });
  expect(await nodes()).toEqual(['milan 4']);
  await follow('1', { SHIRT: 4 }, { assigned: [SHIRT_ON('milan', 1), SHIRT_ON('rome', 3)] });
  expect(await nodes()).toEqual(['milan 1', 'rome 3']);
  expect(await count()).toMatchObject({ allocated: 4, waiting: 0 });
});

test('what the assigned node does not have waits, and is said', async () => {
  const { follow, count } = await shop();
  expect(await follow('1', { SHIRT: 12 }, { assigned: [SHIRT_ON('milan', 12)] })).toMatchObject({
    missing: [{ lineId: 'l-SHIRT', units: 2 }],
  });
  expect(await count()).toMatchObject({ allocated: 10, waiting: 2 });
});

test('canceled units are given back, from what waits before what is on a node', async () => {
  const { follow, nodes, count } = await shop();
  await follow('1', { SHIRT: 6 }, { assigned: [SHIRT_ON('rome', 4)] });
  await follow('1', { SHIRT: 6 }, { canceled: { SHIRT: 3 } });
  expect(await nodes()).toEqual(['rome 3']);
  expect(await count()).toMatchObject({ allocated: 3, waiting: 0 });
  await follow('1', { SHIRT: 6 }, { canceled: { SHIRT: 6 } });
  expect(await count()).toEqual({ onHand: 25, allocated: 0, waiting: 0, reserved: 0 });
});

test('an older statement that comes late takes nothing back', async () => {
  const { follow, count } = await shop();
  await follow('1', { SHIRT: 6 }, { canceled: { SHIRT: 5 } });
  await follow('1', { SHIRT: 2 });
  expect(await count()).toMatchObject({ waiting: 1 });
});

test('what has shipped leaves claims and on hand, once', async () => {
  const { follow, count } = await shop();
  const shipped = [left('f1', 'milan', 3)];
  await follow('1', { SHIRT: 4 }, { assigned: [SHIRT_ON('milan', 4)] });
  for (let times = 0; times < 3; times += 1) await follow('1', { SHIRT: 4 }, { shipped });
  expect(await count()).toEqual({ onHand: 22, allocated: 1, waiting: 0, reserved: 0 });
});

test('goods may leave a node that nobody allocated, even beyond the order', async () => {
  const { follow, count, nodes } = await shop();
  await follow('1', { SHIRT: 4 }, { assigned: [SHIRT_ON('milan', 4)] });
  await follow('1', { SHIRT: 4 }, { shipped: [left('f1', 'rome', 5)] });
  expect(await nodes()).toEqual([]);
  expect(await count()).toEqual({ onHand: 20, allocated: 0, waiting: 0, reserved: 0 });
});

test('a node found short sends its newest allocations back, and only those it lacks', async () => {
  const { orders, shopId, follow, nodes, count } = await shop();
  for (const [minute, id] of ['1', '2', '3'].entries()) {
    clock.set(NOW.add({ minutes: minute }));
    await follow(id, { SHIRT: 3 }, { assigned: [SHIRT_ON('milan', 3)] });
  }
  await setPositions(database.db, shopId, [{ sku: 'SHIRT', nodeId: 'milan', onHand: 5 }]);
  const shortage = [{ sku: 'SHIRT', nodeId: 'milan', missing: 4 }];
  const returned = await orders.returnToRouting(shopId, shortage);
  expect(returned.map(({ orderId, quantity }) => `${orderId}: ${quantity}`)).toEqual([
    '3: 3',
    '2: 1',
  ]);
  expect(await nodes()).toEqual(['milan 5']);
  expect(await count()).toMatchObject({ allocated: 5, waiting: 4 });
  expect(await orders.returnToRouting(shopId, shortage)).toEqual([]);
});

test('released units wait again', async () => {
  const { orders, shopId, follow, count } = await shop();
  await follow('1', { SHIRT: 4 }, { assigned: [SHIRT_ON('milan', 4)] });
  await orders.release(shopId, '1', [SHIRT_ON('milan', 3)]);
  expect(await count()).toMatchObject({ allocated: 1, waiting: 3 });
});

async function unseenOf(shopId: ShopId): Promise<number | undefined> {
  const found = await withShop(database.db, shopId, (trx) =>
    sql<{ unseen: number }>`select unseen from sku_claims where shop_id = ${shopId}`.execute(trx),
  );
  return found.rows[0]?.unseen;
}

test('what Shopify has committed beyond the orders we know is unseen, until they are heard of', async () => {
  const { orders, shopId, follow, reserve } = await shop(stockOf(10, 0));
  await follow('1', { SHIRT: 2 });
  await orders.setUnseen(shopId, [{ sku: 'SHIRT', committed: 5, asOf: '2026-11-30T10:05:00Z' }]);
  expect(await unseenOf(shopId)).toBe(3);
  expect(await reserve('a', 6)).toMatchObject({ refusal: { sellable: 5 } });
  // Placed before the count was read: part of what was unseen.
  await follow('2', { SHIRT: 1 }, { placedAt: '2026-11-30T10:04:00Z' });
  expect(await unseenOf(shopId)).toBe(2);
  // Placed after it: the count cannot have contained it.
  await follow('3', { SHIRT: 1 }, { placedAt: '2026-11-30T10:06:00Z' });
  expect(await unseenOf(shopId)).toBe(2);
  // An older count that comes late is no news.
  await orders.setUnseen(shopId, [{ sku: 'SHIRT', committed: 9, asOf: '2026-11-30T10:01:00Z' }]);
  expect(await unseenOf(shopId)).toBe(2);
});

test('an order keeps its pickup slot, and gives it up when it is canceled', async () => {
  const world = twoStoresOneWarehouse();
  const nodes = world.nodes.map((node) =>
    node.id === 'rome' ? { ...romeStore(), offersPickup: true, pickupsPerSlot: 1 } : node,
  );
  const { follow, reserve, count } = await shop(stockOf(10, 15), { nodes });
  const slot = { nodeId: 'rome', startsAt: '2026-12-01T15:00:00Z' };
  await reserve('a', 1, { slot });
  await follow('1', { SHIRT: 1 }, { reservationKey: 'a' });
  clock.set(NOW.add({ minutes: 3 * HOLD_MINUTES }));
  expect(await reserve('b', 1, { slot })).toMatchObject({ refusal: { code: 'slot_full' } });
  await follow('1', { SHIRT: 1 }, { canceled: { SHIRT: 1 }, reservationKey: 'a' });
  expect((await reserve('b', 1, { slot })).ok).toBe(true);
  expect(await count()).toMatchObject({ waiting: 0, reserved: 1 });
});

test('a month later nothing of a checkout is left, and a used quota is used still', async () => {
  const world = twoStoresOneWarehouse();
  const nodes = world.nodes.map((node) =>
    node.id === 'rome' ? { ...romeStore(), offersPickup: true, pickupsPerSlot: 1 } : node,
  );
  const quotas = [{ sku: 'SHIRT', quantity: 20, channel: 'online' }];
  const policy = { ...world.policy, quotas };
  const { shopId, follow, reserve, reservations } = await shop(stockOf(10, 15), { nodes, policy });
  await reserve('token-1', 4, { slot: { nodeId: 'rome', startsAt: '2026-12-01T15:00:00Z' } });
  await follow('1', { SHIRT: 4 }, { reservationKey: 'token-1' });
  clock.set(NOW.add({ hours: 24 * 40 }));
  await reservations.sweep(shopId);
  const found = await withShop(database.db, shopId, (trx) =>
    sql<{ key: string; kind: string; quantity: number; taken: number }>`
      select r.key, h.kind, h.quantity, b.taken from reservation r
      join reservation_hold h using (shop_id, reservation_id)
      join bucket_claims b using (shop_id, kind, holder, mark)
      where r.shop_id = ${shopId}`.execute(trx),
  );
  expect(found.rows).toEqual([{ key: '', kind: 'quota', quantity: 4, taken: 4 }]);
});

test('a kit is claimed, canceled and shipped by its components', async () => {
  const world = twoStoresOneWarehouse();
  const kit = { components: [{ sku: 'SHIRT', quantity: 2 }] };
  const products = [...world.products, { sku: 'PAIR', weightGrams: 1, kit }];
  const { follow, count } = await shop(stockOf(10, 15), { products });
  await follow('1', { PAIR: 3 }, { canceled: { PAIR: 1 } });
  expect(await count()).toMatchObject({ waiting: 4 });
  const shipped = [left('f1', 'milan', 1, 'PAIR')];
  await follow('1', { PAIR: 3 }, { canceled: { PAIR: 1 }, shipped });
  expect(await count()).toEqual({ onHand: 23, allocated: 0, waiting: 2, reserved: 0 });
});

test('an order already worked on in a version is not worked on again', async () => {
  const { orders, shopId, follow } = await shop();
  await follow('1', { SHIRT: 3 }, { version: 'v1' });
  expect(await orders.isFollowed(shopId, '1', 'v1')).toBe(true);
  expect(await orders.isFollowed(shopId, '1', 'v2')).toBe(false);
  expect(await orders.isFollowed(shopId, '2', 'v1')).toBe(false);
});

test('changes are written down: the SKU when more or less waits, the position when it is allocated', async () => {
  const { follow, changes } = await shop();
  await follow('1', { SHIRT: 4 }, { assigned: [SHIRT_ON('milan', 3)] });
  expect(await changes()).toEqual(['SHIRT', 'SHIRT milan']);
  await follow('1', { SHIRT: 4 }, { assigned: [SHIRT_ON('milan', 3)] });
  expect(await changes()).toHaveLength(2);
});

test('a canceled fulfillment puts its units back once, on hand and on their node', async () => {
  const { follow, count, nodes } = await shop(stockOf(3, 0));
  const assigned = [{ lineId: 'l-SHIRT', nodeId: 'milan', quantity: 3 }];
  const shipped = [left('f1', 'milan', 3)];
  await follow('1', { SHIRT: 3 }, { assigned });
  await follow('1', { SHIRT: 3 }, { shipped });
  expect(await count()).toMatchObject({ onHand: 0, allocated: 0, waiting: 0 });
  for (let times = 0; times < 2; times += 1) {
    await follow('1', { SHIRT: 3 }, { unshipped: ['f1'], assigned });
    expect(await count()).toMatchObject({ onHand: 3, allocated: 3, waiting: 0 });
  }
  // Heard of late, it changes nothing; shipped again it is another fulfillment.
  await follow('1', { SHIRT: 3 }, { shipped, assigned });
  expect(await nodes()).toEqual(['milan 3']);
  await follow('1', { SHIRT: 3 }, { shipped: [left('f2', 'milan', 3)] });
  expect(await count()).toMatchObject({ onHand: 0, allocated: 0, waiting: 0 });
});

test('what a canceled fulfillment brought back can be canceled, in one statement too', async () => {
  const { follow, count } = await shop(stockOf(3, 0));
  await follow('1', { SHIRT: 3 }, { shipped: [left('f1', 'milan', 3)] });
  await follow('1', { SHIRT: 3 }, { unshipped: ['f1'], canceled: { SHIRT: 3 } });
  expect(await count()).toMatchObject({ onHand: 3, allocated: 0, waiting: 0 });
});

test('a node whose own system books what leaves is not lowered twice', async () => {
  const { follow, count } = await shop(stockOf(10, 15), {}, ['milan']);
  const assigned = ['milan', 'rome'].map((nodeId) => ({ lineId: 'l-SHIRT', nodeId, quantity: 2 }));
  await follow('1', { SHIRT: 4 }, { assigned });
  await follow('1', { SHIRT: 4 }, { shipped: [left('f1', 'milan', 2), left('f2', 'rome', 2)] });
  expect(await count()).toMatchObject({ onHand: 23, allocated: 0, waiting: 0 });
});

test('an order reserved at one node and done at another frees the first one’s date', async () => {
  const world = twoStoresOneWarehouse();
  const nodes = world.nodes.map((node) =>
    node.id === 'milan' || node.id === 'rome' ? { ...node, ordersPerDay: 1 } : node,
  );
  const { shopId, orders, follow, reserve } = await shop(stockOf(10, 15), { nodes });
  const capacity = { nodeId: 'milan', date: '2026-12-01' };
  expect((await reserve('a', 2, { capacity })).ok).toBe(true);
  expect(await reserve('b', 2, { capacity })).toMatchObject({ refusal: { code: 'capacity_full' } });
  await follow('1', { SHIRT: 2 }, { reservationKey: 'a' });
  await orders.allocate(shopId, '1', [{ lineId: 'l-SHIRT', nodeId: 'rome', quantity: 2 }]);
  expect((await reserve('b', 2, { capacity })).ok).toBe(true);
});
