// Slots, dates and work that reservations and orders take of a node, as quotes on every replica see them.
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ShopId } from '../backend/base/ids.ts';
import { formatDay, formatMinute, instantToMinuteFloor, localDay } from '../backend/base/time.ts';
import { startOfWork } from '../backend/network/ready.ts';
import { productSchema } from '../backend/network/world.ts';
import { parseNetworkSection } from '../backend/network/world-parse.ts';
import { createLocalBus } from '../backend/platform/bus.ts';
import { fixedClock } from '../backend/platform/clock.ts';
import { createIdSource } from '../backend/platform/signing.ts';
import { createPolicyService } from '../backend/policy/service.ts';
import type { PolicyTables } from '../backend/policy/store.ts';
import { quote } from '../backend/promise/quote.ts';
import { factsConsidered, unpackFacts } from '../backend/promise/receipt-facts.ts';
import { loadClaims, loadNodeClaims } from '../backend/stock/reservations/live-claims/store.ts';
import { createOrderClaims } from '../backend/stock/reservations/order-claims/service.ts';
import type { ReservationAsk } from '../backend/stock/reservations/reservations.ts';
import { createReservationService } from '../backend/stock/reservations/service.ts';
import { createStockService, factVersions, NETWORK_SECTION } from '../backend/stock/service.ts';
import { loadOf } from '../backend/stock/stock.ts';
import { type ClaimReaders, createStockStore } from '../backend/stock/store.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { left, statedOrder } from './worlds/claims-orders.ts';
import { quietLog } from './worlds/live-shop.ts';
import { everyDay, type NodeInput, oneWarehouse, pickupsOnWeekdays } from './worlds/worlds.ts';

const NOW = Temporal.Instant.from('2026-11-30T10:00:00+01:00');
const PLENTY = 1_000;

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

/** A store open from 10 to 20 with these limits, held live by one replica that follows every change at once. */
async function store(limits: Partial<NodeInput>) {
  shops += 1;
  const shopId = `claims-load-${shops}.myshopify.com` as ShopId;
  const clock = fixedClock(NOW);
  const bus = createLocalBus();
  const {
    products,
    stock: _,
    policyVersion: __,
    ...network
  } = oneWarehouse({
    ...{ kind: 'store', hours: everyDay('10:00', '20:00'), offersPickup: true },
    carrierPickups: [pickupsOnWeekdays('standard', '18:00')],
    ...limits,
  });
  const policy = createPolicyService({
    db: database.db.withTables<PolicyTables>(),
    ...{ bus, clock, log: quietLog },
    parsers: { [NETWORK_SECTION]: parseNetworkSection },
  });
  const readers: ClaimReaders = {
    loadClaims,
    loadNodeClaims: (trx, shop, nodeIds) =>
      loadNodeClaims(trx, shop, { nodeIds, now: clock.now() }),
  };
  const live = createStockService({
    store: createStockStore(database.db, readers),
    ...{ policy, bus, clock, log: quietLog },
    monotonicMilliseconds: () => performance.now(),
  });
  stops.push(policy.stop, live.stop);
  await policy.save(shopId, {
    basedOnVersion: 0,
    sections: { [NETWORK_SECTION]: network },
    author: 'test',
  });
  await live.save(shopId, {
    products: products.map((product) => ({
      ...{ product: productSchema.parse(product), variantId: null, inventoryItemId: null },
    })),
    stock: [{ sku: 'SHIRT', nodeId: 'only', onHand: PLENTY, unavailable: 0, incoming: [] }],
  });
  const shared = { db: database.db, clock, openShop: live.open, announce: live.announce };
  const reservations = createReservationService({ ...shared, newId: createIdSource() });
  const held = async () => {
    const shop = await live.open(shopId);
    if (shop === undefined) throw new Error('the shop has a network');
    return shop;
  };
  const request = (method: 'home' | 'store_pickup') => ({
    nowMinute: instantToMinuteFloor(clock.now().toString()),
    marginMinutes: 0,
    lines: [{ sku: 'SHIRT', quantity: 1 }],
    destination: { country: 'IT', postalCode: '20121', lat: 45.4642, lng: 9.19 },
    ...{ currency: 'EUR', locale: 'it', channel: 'online', customerTags: [], methods: [method] },
  });
  return {
    ...{ shopId, clock, live, held, reservations, orders: createOrderClaims(shared) },
    /** Waits as the once-a-second look of every replica does. */
    tick: async (minutes: number) => {
      clock.set(clock.now().add({ minutes }));
      await live.refreshAll();
    },
    reserve: (key: string, more: Partial<ReservationAsk>) =>
      reservations.reserve(shopId, {
        ...{ channel: 'online', key, customerTags: [], lines: [{ sku: 'SHIRT', quantity: 1 }] },
        ...more,
      }),
    /** The instant at which the store hands over, as a quote says now; as local text and for a reservation. */
    handOver: async () => {
      const { snapshot, facts } = await held();
      const asked = request('store_pickup');
      const said = quote(snapshot, facts, asked).options[0]?.window.fromMinute ?? -1;
      const packed = unpackFacts(snapshot, factsConsidered(snapshot, facts, asked));
      expect(quote(snapshot, packed, asked).options[0]?.window.fromMinute).toBe(said);
      return said;
    },
    delivered: async () => {
      const { snapshot, facts } = await held();
      return quote(snapshot, facts, request('home')).options[0];
    },
    /** The date on which an order placed now is worked on. */
    workDate: async () => {
      const { snapshot, facts } = await held();
      const [node] = snapshot.nodes;
      if (node === undefined) throw new Error('one node');
      const atMinute = instantToMinuteFloor(clock.now().toString());
      const load = loadOf(facts, 0);
      const start = startOfWork(node, { load, atMinute, usableMinute: 0, kind: 'ship' });
      return formatDay(localDay(node.calendar.zone, start));
    },
  };
}

const time = (minute: number) => formatMinute(minute, 'Europe/Rome').slice(11, 16);
const slotAt = (minute: number) => ({
  nodeId: 'only',
  startsAt: new Temporal.Instant(BigInt(minute) * 60_000_000_000n).toString(),
});

test('a full slot is not offered; the next quarter hour with room is, until the hold ends', async () => {
  const { handOver, reserve, tick, held } = await store({
    pickupLeadMinutes: 30,
    pickupsPerSlot: 1,
  });
  const versions: string[] = [];
  const offers: string[] = [];
  const note = async () => {
    const minute = await handOver();
    offers.push(time(minute));
    versions.push(factVersions(await held(), ['SHIRT']));
    return minute;
  };
  const first = await note();
  expect((await reserve('a', { slot: slotAt(first) })).ok).toBe(true);
  const second = await note();
  expect((await reserve('b', { slot: slotAt(second) })).ok).toBe(true);
  expect(await reserve('c', { slot: slotAt(first) })).toMatchObject({
    refusal: { code: 'slot_full' },
  });
  await note();
  await tick(9);
  await note();
  await tick(1);
  await note();
  expect(offers).toEqual(['10:30', '10:45', '11:00', '11:00', '10:45']);
  expect(new Set(versions.filter((_, at) => at !== 3)).size).toBe(4);
});

test('a date full of reserved orders is promised from the next one, until they end', async () => {
  const { delivered, reserve, tick, workDate } = await store({ ordersPerDay: 2 });
  const promised = await delivered();
  for (const key of ['a', 'b']) {
    const capacity = { nodeId: 'only', date: await workDate() };
    expect((await reserve(key, { capacity })).ok).toBe(true);
  }
  expect(await workDate()).toBe('2026-12-01');
  expect([promised?.promisedOn, (await delivered())?.promisedOn]).toEqual([
    '2026-12-01',
    '2026-12-02',
  ]);
  await tick(10);
  expect((await delivered())?.promisedOn).toBe(promised?.promisedOn);
});

test('work of a reservation, then of its order, is in the backlog once, and leaves with a cancellation', async () => {
  const { shopId, held, reserve, orders } = await store({ unitsPerHour: 10 });
  const backlog = async () => (await held()).facts.nodeLoads[0]?.backlogUnits;
  const lines = [{ sku: 'SHIRT', quantity: 7 }];
  await reserve('a', { lines, capacity: { nodeId: 'only', date: '2026-11-30' } });
  expect(await backlog()).toBe(7);
  const assigned = [{ lineId: 'l-SHIRT', nodeId: 'only', quantity: 7 }];
  await orders.follow(shopId, statedOrder('1', { SHIRT: 7 }, { reservationKey: 'a', assigned }));
  expect(await backlog()).toBe(7);
  // An order nobody held a place for: its allocation is the work.
  const other = [{ lineId: 'l-SHIRT', nodeId: 'only', quantity: 4 }];
  await orders.follow(shopId, statedOrder('2', { SHIRT: 4 }, { assigned: other }));
  expect(await backlog()).toBe(11);
  await orders.follow(shopId, statedOrder('2', { SHIRT: 4 }, { shipped: [left('f', 'only', 4)] }));
  expect(await backlog()).toBe(7);
  await orders.follow(shopId, statedOrder('1', { SHIRT: 7 }, { canceled: { SHIRT: 7 } }));
  expect(await backlog()).toBe(0);
});

test('claims of a node without limits change no answer and no version', async () => {
  const { held, reserve } = await store({});
  const before = (await held()).loadVersion;
  await reserve('a', { capacity: { nodeId: 'only', date: '2026-11-30' } });
  expect((await held()).loadVersion).toBe(before);
});

test('what a quote offers is never refused for slot or capacity while nobody else has taken it', {
  timeout: 120_000,
}, async () => {
  const buyer = fc.record({ wants: fc.constantFrom('slot', 'date'), waits: fc.nat(4) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(buyer, { minLength: 5, maxLength: 14 }),
      fc.record({
        perSlot: fc.integer({ min: 1, max: 2 }),
        perDay: fc.integer({ min: 1, max: 3 }),
      }),
      async (buyers, { perSlot, perDay }) => {
        const limits = { pickupsPerSlot: perSlot, ordersPerDay: perDay, unitsPerDay: perDay };
        const using = await store({ pickupLeadMinutes: 20, ...limits });
        for (const [index, { wants, waits }] of buyers.entries()) {
          const offered =
            wants === 'slot'
              ? { slot: slotAt(await using.handOver()) }
              : { capacity: { nodeId: 'only', date: await using.workDate() } };
          expect(await using.reserve(`buyer ${index}`, offered)).toMatchObject({ ok: true });
          await using.tick(waits);
        }
      },
    ),
    { numRuns: 15 },
  );
});
