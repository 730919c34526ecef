// Claims as every replica sees them: the facts in memory, their versions, and what a quote may promise.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ShopId } from '../backend/base/ids.ts';
import { instantToMinuteFloor } from '../backend/base/time.ts';
import { productSchema } from '../backend/network/world.ts';
import { parseNetworkSection } from '../backend/network/world-parse.ts';
import { type Bus, createLocalBus } from '../backend/platform/bus.ts';
import { fixedClock } from '../backend/platform/clock.ts';
import { createIdSource } from '../backend/platform/signing.ts';
import { createPolicyService } from '../backend/policy/service.ts';
import type { PolicyTables } from '../backend/policy/store.ts';
import { answerFrom } from '../backend/promise/cache.ts';
import { quote } from '../backend/promise/quote.ts';
import { loadClaims, loadNodeClaims } from '../backend/stock/reservations/live-claims/store.ts';
import { createOrderClaims } from '../backend/stock/reservations/order-claims/service.ts';
import { createReservationService } from '../backend/stock/reservations/service.ts';
import {
  createStockService,
  factVersions,
  type LiveShop,
  NETWORK_SECTION,
} from '../backend/stock/service.ts';
import { figure } from '../backend/stock/stock.ts';
import { createStockStore } from '../backend/stock/store.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { left, statedOrder } from './worlds/claims-orders.ts';
import { quietLog } from './worlds/live-shop.ts';
import { oneWarehouse, pickupsOnWeekdays } from './worlds/worlds.ts';

const NOW = Temporal.Instant.from('2026-11-30T10:00:00Z');
const {
  products,
  stock: _,
  policyVersion: __,
  ...network
} = oneWarehouse({
  carrierPickups: [pickupsOnWeekdays('standard', '17:00')],
});

let database: TestDatabase<unknown>;
let stops: (() => void)[] = [];
let shops = 0;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(() => {
  for (const stop of stops) stop();
  stops = [];
});
afterAll(() => database.close());

function replica(bus: Bus, clock = fixedClock(NOW)) {
  const policy = createPolicyService({
    db: database.db.withTables<PolicyTables>(),
    bus,
    clock,
    log: quietLog,
    parsers: { [NETWORK_SECTION]: parseNetworkSection },
  });
  const stock = createStockService({
    store: createStockStore(database.db, {
      loadClaims,
      loadNodeClaims: (trx, shopId, nodeIds) =>
        loadNodeClaims(trx, shopId, { nodeIds, now: clock.now() }),
    }),
    policy,
    bus,
    clock,
    log: quietLog,
    monotonicMilliseconds: () => performance.now(),
  });
  const shared = { db: database.db, clock, openShop: stock.open, announce: stock.announce };
  policy.start();
  stock.start();
  stops.push(policy.stop, stock.stop);
  return {
    ...{ policy, stock, clock },
    reservations: createReservationService({ ...shared, newId: createIdSource() }),
    orders: createOrderClaims(shared),
  };
}

/** A shop of one warehouse with so many shirts, sold on two channels. */
async function shopWith(
  using: ReturnType<typeof replica>,
  onHand: number,
  more: object = {},
): Promise<ShopId> {
  shops += 1;
  const shopId = `live-claims-${shops}.myshopify.com` as ShopId;
  await using.policy.save(shopId, {
    basedOnVersion: 0,
    sections: { [NETWORK_SECTION]: { ...network, ...more } },
    author: 'test',
  });
  await using.stock.save(shopId, {
    products: products.map((product) => ({
      product: productSchema.parse(product),
      variantId: null,
      inventoryItemId: null,
    })),
    stock: [{ sku: 'SHIRT', nodeId: 'only', onHand, unavailable: 0, incoming: [] }],
  });
  await using.stock.open(shopId);
  return shopId;
}

function held(using: ReturnType<typeof replica>, shopId: ShopId): LiveShop {
  const live = using.stock.peek(shopId);
  if (live === undefined) throw new Error('the shop is not held');
  return live;
}

const minuteOf = (using: ReturnType<typeof replica>) =>
  instantToMinuteFloor(using.clock.now().toString());

function figureOn(
  using: ReturnType<typeof replica>,
  shopId: ShopId,
  channel: string,
  customerTags: string[] = [],
): number {
  const { snapshot, facts } = held(using, shopId);
  const sku = snapshot.skuIndex.get('SHIRT') ?? -1;
  const nowMinute = minuteOf(using);
  return figure(snapshot, facts, {
    sku,
    channel,
    customerTags,
    nowMinute,
    atMinute: nowMinute,
  });
}

function quoteOn(using: ReturnType<typeof replica>, shopId: ShopId, channel: string) {
  const { snapshot, facts } = held(using, shopId);
  return quote(snapshot, facts, {
    nowMinute: minuteOf(using),
    marginMinutes: 0,
    lines: [{ sku: 'SHIRT', quantity: 1 }],
    destination: { country: 'IT', postalCode: '20121' },
    currency: 'EUR',
    locale: 'it',
    channel,
    customerTags: [],
    methods: ['home'],
  });
}

const ask = (channel: string, quantity: number) => ({
  channel,
  key: `${channel} buyer`,
  customerTags: [],
  lines: [{ sku: 'SHIRT', quantity }],
});

test('the last unit, reserved on one channel, is gone for the others and not for its own buyer', async () => {
  const using = replica(createLocalBus());
  const shopId = await shopWith(using, 1);
  expect((await using.reservations.reserve(shopId, ask('online', 1))).ok).toBe(true);
  expect(figureOn(using, shopId, 'online')).toBe(1);
  expect(figureOn(using, shopId, 'market')).toBe(0);
  expect(quoteOn(using, shopId, 'online').options).toHaveLength(1);
  expect(quoteOn(using, shopId, 'market').options).toEqual([]);
  expect(await using.reservations.reserve(shopId, ask('market', 1))).toMatchObject({
    refusal: { code: 'insufficient_stock', sellable: 0 },
  });
});

test('an answer without stock ends with the reservation that stood in its way', async () => {
  const using = replica(createLocalBus());
  const shopId = await shopWith(using, 1);
  const done = await using.reservations.reserve(shopId, ask('online', 1));
  const expiresAt = done.ok ? done.value.expiresAt : '';
  const without = quoteOn(using, shopId, 'market');
  expect(without.unchangedUntilMinute).toBe(instantToMinuteFloor(expiresAt));
  const entry = { versions: 'v', quote: without };
  expect(answerFrom(entry, 'v', instantToMinuteFloor(expiresAt) - 1)).toBeDefined();
  expect(answerFrom(entry, 'v', instantToMinuteFloor(expiresAt))).toBeUndefined();
  using.clock.set(Temporal.Instant.from(expiresAt));
  expect(figureOn(using, shopId, 'market')).toBe(1);
  expect(quoteOn(using, shopId, 'market').options).toHaveLength(1);
});

test('what is reserved, extended, released and ordered raises the version of its SKU', async () => {
  const using = replica(createLocalBus());
  const shopId = await shopWith(using, 5);
  const versions: string[] = [];
  const note = () => versions.push(factVersions(held(using, shopId), ['SHIRT']));
  note();
  const done = await using.reservations.reserve(shopId, ask('online', 1));
  note();
  using.clock.set(NOW.add({ minutes: 3 }));
  const id = done.ok ? done.value.reservationId : '';
  await using.reservations.extend(shopId, id);
  note();
  await using.reservations.release(shopId, id);
  note();
  await using.orders.follow(shopId, statedOrder('1', { SHIRT: 2 }));
  note();
  expect(new Set(versions).size).toBe(versions.length);
  expect(figureOn(using, shopId, 'online')).toBe(3);
});

test('an order is deducted once on its way from reserved to waiting, allocated and shipped', async () => {
  const using = replica(createLocalBus());
  const shopId = await shopWith(using, 5);
  await using.reservations.reserve(shopId, ask('online', 2));
  expect(figureOn(using, shopId, 'market')).toBe(3);
  const order = (more: object) => statedOrder('1', { SHIRT: 2 }, { ...more });
  await using.orders.follow(shopId, order({ reservationKey: 'online buyer' }));
  expect(figureOn(using, shopId, 'market')).toBe(3);
  const assigned = [{ lineId: 'l-SHIRT', nodeId: 'only', quantity: 2 }];
  await using.orders.follow(shopId, order({ assigned }));
  expect(figureOn(using, shopId, 'market')).toBe(3);
  await using.orders.follow(shopId, order({ shipped: [left('f1', 'only', 2)] }));
  expect([figureOn(using, shopId, 'market'), figureOn(using, shopId, 'online')]).toEqual([3, 3]);
});

test('another replica follows a reservation made elsewhere', async () => {
  const bus = createLocalBus();
  const one = replica(bus);
  const two = replica(bus);
  const shopId = await shopWith(one, 1);
  await two.stock.open(shopId);
  const followed = new Promise<void>((resolve) => {
    two.stock.onChange(() => {
      if (figureOn(two, shopId, 'market') === 0) resolve();
    });
  });
  await one.reservations.reserve(shopId, ask('online', 1));
  await followed;
  expect(factVersions(held(two, shopId), ['SHIRT'])).toBe(
    factVersions(held(one, shopId), ['SHIRT']),
  );
});

test('a shop opened later holds what was claimed before', async () => {
  const one = replica(createLocalBus());
  const shopId = await shopWith(one, 4);
  await one.reservations.reserve(shopId, ask('online', 1));
  await one.orders.follow(shopId, statedOrder('1', { SHIRT: 2 }));
  const late = replica(createLocalBus());
  await late.stock.open(shopId);
  expect(figureOn(late, shopId, 'market')).toBe(1);
});

test('units of a quota are nobody’s twice: held by one VIP, then ordered, then given back', async () => {
  const using = replica(createLocalBus());
  const quotas = [{ sku: 'SHIRT', quantity: 4, customerTag: 'vip' }];
  const shopId = await shopWith(using, 10, { policy: { ...network.policy, quotas } });
  const shown = () =>
    ['online', 'market'].map((channel) => [
      figureOn(using, shopId, channel),
      figureOn(using, shopId, channel, ['vip']),
    ]);
  // 6 for everyone, 4 more for the tag: what is held of them changes nobody’s 6.
  const left = (units: number) => [
    [6, 6 + units],
    [6, 6 + units],
  ];
  expect(shown()).toEqual(left(4));
  const vip = { ...ask('online', 3), customerTags: ['vip'] };
  const done = await using.reservations.reserve(shopId, vip);
  expect(shown()).toEqual(left(1));
  const late = replica(createLocalBus(), using.clock);
  await late.stock.open(shopId);
  expect(figureOn(late, shopId, 'market', ['vip'])).toBe(7);
  await using.orders.follow(
    shopId,
    statedOrder('1', { SHIRT: 3 }, { reservationKey: 'online buyer' }),
  );
  expect(shown()).toEqual(left(1));
  const second = await using.reservations.reserve(shopId, {
    ...vip,
    key: 'second',
    lines: [{ sku: 'SHIRT', quantity: 1 }],
  });
  expect(shown()).toEqual(left(0));
  expect([done.ok, second.ok]).toEqual([true, true]);
  if (second.ok) using.clock.set(Temporal.Instant.from(second.value.expiresAt));
  expect(shown()).toEqual(left(1));
  const canceled = { canceled: { SHIRT: 3 }, reservationKey: 'online buyer' };
  await using.orders.follow(shopId, statedOrder('1', { SHIRT: 3 }, canceled));
  expect(shown()).toEqual(left(4));
});

test('a figure promises a VIP what a reservation then grants, however quota and pool are held', async () => {
  const using = replica(createLocalBus());
  const quotas = [{ sku: 'SHIRT', quantity: 4, customerTag: 'vip' }];
  const shopId = await shopWith(using, 10, { policy: { ...network.policy, quotas } });
  const holding = [
    { ...ask('pos', 2), customerTags: ['vip'] },
    { ...ask('pos', 3), key: 'anybody' },
  ];
  for (const one of holding) expect((await using.reservations.reserve(shopId, one)).ok).toBe(true);
  for (const customerTags of [[], ['vip']]) {
    const sellable = figureOn(using, shopId, 'market', customerTags);
    expect(sellable).toBe(customerTags.length === 0 ? 3 : 5);
    const asked = { ...ask('market', sellable + 1), customerTags };
    expect(await using.reservations.reserve(shopId, asked)).toMatchObject({
      refusal: { sellable },
    });
  }
});
