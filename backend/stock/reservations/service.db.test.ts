import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/database.ts';
import {
  changesOf,
  claimsShop,
  countClaims,
  setPositions,
} from '../../../tests/worlds/claims-shop.ts';
import { oneWarehouse, romeStore, twoStoresOneWarehouse } from '../../../tests/worlds/worlds.ts';
import type { ShopId } from '../../base/ids.ts';
import type { WorldInput } from '../../network/world.ts';
import { fixedClock } from '../../platform/clock.ts';
import { withShop } from '../../platform/database.ts';
import { createIdSource } from '../../platform/signing.ts';
import { HOLD_MINUTES, LONGEST_HOLD_MINUTES, type ReservationAsk } from './reservations.ts';
import { createReservationService } from './service.ts';

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

/** A shop of this world (ten shirts in one warehouse) and what may be asked of it. */
async function shop(world: WorldInput = oneWarehouse()) {
  shops += 1;
  const shopId = `claims-${shops}.myshopify.com` as ShopId;
  const live = await claimsShop(database.db, { shopId, world, clock });
  const service = createReservationService({
    db: database.db,
    clock,
    newId: createIdSource(),
    openShop: async () => live,
    announce: async () => undefined,
  });
  return {
    shopId,
    service,
    changes: () => changesOf(database.db, shopId),
    reserve: (key: string, quantity: number, more: Partial<ReservationAsk> = {}) =>
      service.reserve(shopId, {
        channel: 'online',
        key,
        customerTags: [],
        lines: [{ sku: 'SHIRT', quantity }],
        ...more,
      }),
    count: () => countClaims(database.db, shopId, 'SHIRT'),
    states: async () => {
      const found = await withShop(database.db, shopId, (trx) =>
        sql<{ state: string }>`select state from reservation where shop_id = ${shopId}
          order by created_at, reservation_id`.execute(trx),
      );
      return found.rows.map(({ state }) => state);
    },
  };
}

const later = (minutes: number) => clock.set(clock.now().add({ minutes }));

function idOf(done: { readonly ok: boolean; readonly value?: { readonly reservationId: string } }) {
  expect(done.ok).toBe(true);
  return done.value?.reservationId ?? '';
}

test('what is reserved is gone for the next buyer of the same channel, to the last unit', async () => {
  const { reserve, count } = await shop();
  expect((await reserve('a', 9)).ok).toBe(true);
  expect(await reserve('b', 2)).toEqual({
    ok: false,
    refusal: { code: 'insufficient_stock', sku: 'SHIRT', wanted: 2, sellable: 1 },
  });
  expect((await reserve('b', 1)).ok).toBe(true);
  expect(await count()).toEqual({ onHand: 10, allocated: 0, waiting: 0, reserved: 10 });
});

test('a refused request leaves nothing behind', async () => {
  const { reserve, count, states, changes } = await shop();
  await reserve('a', 11);
  expect([await states(), await changes()]).toEqual([[], []]);
  expect(await count()).toEqual({ onHand: 10, allocated: 0, waiting: 0, reserved: 0 });
});

test('an unknown SKU is refused by its name, and so is a shop without a network', async () => {
  const { reserve } = await shop();
  const lines = [{ sku: 'HAT', quantity: 1 }];
  expect(await reserve('a', 1, { lines })).toEqual({
    ok: false,
    refusal: { code: 'unknown_sku', sku: 'HAT' },
  });
  const service = createReservationService({
    db: database.db,
    clock,
    newId: createIdSource(),
    openShop: async () => undefined,
    announce: async () => undefined,
  });
  const ask = { channel: 'online', key: 'a', customerTags: [], lines };
  expect(await service.reserve('none.myshopify.com' as ShopId, ask)).toEqual({
    ok: false,
    refusal: { code: 'no_network' },
  });
});

test('the same basket under the same key is the same reservation, extended', async () => {
  const { reserve, count, states } = await shop();
  const first = await reserve('a', 3);
  later(5);
  const second = await reserve('a', 3);
  expect(idOf(second)).toBe(idOf(first));
  expect(second.ok && second.value.expiresAt).toBe(`2026-11-30T10:${5 + 1 + HOLD_MINUTES}:00Z`);
  expect(await count()).toMatchObject({ reserved: 3 });
  expect(await states()).toEqual(['pending']);
});

test('another basket under the same key takes its place, or nothing changes', async () => {
  const { reserve, count } = await shop();
  const first = await reserve('a', 3);
  expect(idOf(await reserve('a', 10))).toBe(idOf(first));
  expect(await count()).toMatchObject({ reserved: 10 });
  expect(await reserve('a', 11)).toMatchObject({ ok: false, refusal: { sellable: 10 } });
  expect(await count()).toMatchObject({ reserved: 10 });
  await reserve('a', 2);
  expect(await count()).toMatchObject({ reserved: 2 });
});

test('the same key on another channel is another reservation', async () => {
  const { reserve, count } = await shop();
  const one = idOf(await reserve('a', 3));
  expect(idOf(await reserve('a', 3, { channel: 'pos' }))).not.toBe(one);
  expect(await count()).toMatchObject({ reserved: 6 });
});

test('activity extends a reservation to an hour after it began, and not beyond', async () => {
  const { reserve, service, shopId } = await shop();
  const id = idOf(await reserve('a', 1));
  for (let minute = 0; minute < LONGEST_HOLD_MINUTES; minute += 6) {
    await service.extend(shopId, id);
    later(6);
  }
  const ended = { code: 'reservation_expired', reservationId: id };
  expect(await service.extend(shopId, id)).toEqual({ ok: true, value: expect.anything() });
  later(1);
  expect(await service.extend(shopId, id)).toEqual({ ok: false, refusal: ended });
});

test('one minute after its end a reservation is nobody’s, without any job', async () => {
  const { reserve, count, states } = await shop();
  await reserve('a', 10);
  later(HOLD_MINUTES);
  expect((await reserve('b', 1)).ok).toBe(false);
  later(1);
  expect((await reserve('b', 10)).ok).toBe(true);
  expect(await count()).toMatchObject({ reserved: 10 });
  expect((await states()).toSorted()).toEqual(['expired', 'pending']);
});

test('a key whose reservation has expired begins another', async () => {
  const { reserve, count, states } = await shop();
  const first = idOf(await reserve('a', 4));
  later(HOLD_MINUTES + 1);
  expect(idOf(await reserve('a', 4))).not.toBe(first);
  expect(await count()).toMatchObject({ reserved: 4 });
  expect((await states()).toSorted()).toEqual(['expired', 'pending']);
});

test('reserving and releasing leaves everything as it was, and releasing ends once', async () => {
  const { reserve, service, shopId, count, states } = await shop();
  const before = await count();
  const id = idOf(await reserve('a', 7));
  expect(await service.release(shopId, id)).toMatchObject({ ok: true, value: { state: 'voided' } });
  expect(await count()).toEqual(before);
  expect(await states()).toEqual(['voided']);
  const ended = { code: 'reservation_ended', reservationId: id, state: 'voided' };
  expect(await service.release(shopId, id)).toEqual({ ok: false, refusal: ended });
  expect(await service.extend(shopId, id)).toEqual({ ok: false, refusal: ended });
  const none = { ok: false, refusal: { code: 'not_found' } };
  expect(await service.release(shopId, 'no-such-one')).toEqual(none);
});

test('the sweep writes down what has expired and frees its rows', async () => {
  const { reserve, service, shopId, count, states, changes } = await shop();
  await reserve('a', 4);
  await reserve('b', 4);
  later(HOLD_MINUTES + 1);
  const before = (await changes()).length;
  expect(await service.sweep(shopId)).toBe(1);
  expect(await count()).toMatchObject({ reserved: 0 });
  expect(await states()).toEqual(['expired', 'expired']);
  expect((await changes()).slice(before)).toEqual(['SHIRT']);
  expect(await service.sweep(shopId)).toBe(0);
});

test('facts in memory that are too good do not grant what is not there', async () => {
  const { reserve, shopId } = await shop();
  await setPositions(database.db, shopId, [
    { sku: 'SHIRT', nodeId: 'only', onHand: 10, unavailable: 7 },
  ]);
  expect(await reserve('a', 4)).toMatchObject({ ok: false, refusal: { sellable: 3 } });
  expect((await reserve('a', 3)).ok).toBe(true);
});

test('orders that wait, known and unseen, are deducted', async () => {
  const { reserve, shopId } = await shop();
  await withShop(database.db, shopId, (trx) =>
    sql`insert into sku_claims (shop_id, sku, waiting, unseen) values (${shopId}, 'SHIRT', 4, 3)`.execute(
      trx,
    ),
  );
  expect(await reserve('a', 4)).toMatchObject({ ok: false, refusal: { sellable: 3 } });
});

test('incoming units are reserved as far as the channel sells them', async () => {
  const world = oneWarehouse();
  const incoming = [{ quantity: 5, expectedOn: '2026-12-03' }];
  const policy = {
    ...world.policy,
    channels: [{ code: 'now', incomingHorizonDays: 0 }, { code: 'soon' }],
  };
  const stock = [{ sku: 'SHIRT', nodeId: 'only', onHand: 1, incoming }];
  const { reserve } = await shop({ ...world, policy, stock });
  expect(await reserve('a', 2, { channel: 'now' })).toMatchObject({ refusal: { sellable: 1 } });
  expect((await reserve('b', 6, { channel: 'soon' })).ok).toBe(true);
  expect(await reserve('c', 1, { channel: 'soon' })).toMatchObject({ refusal: { sellable: 0 } });
});

test('what the policy says is claimed elsewhere is deducted too', async () => {
  const world = oneWarehouse();
  const policy = {
    ...world.policy,
    waiting: [{ sku: 'SHIRT', quantity: 3 }],
    reservations: [
      { sku: 'SHIRT', quantity: 2, channel: 'online', expiresAt: '2026-11-30T11:00:00Z' },
      { sku: 'SHIRT', quantity: 4, channel: 'pos', expiresAt: '2026-11-30T09:00:00Z' },
    ],
  };
  const { reserve } = await shop({ ...world, policy });
  expect(await reserve('a', 6)).toMatchObject({ refusal: { sellable: 5 } });
});

test('a share and a threshold bound what a channel may reserve', async () => {
  const world = oneWarehouse();
  const channels = [
    { code: 'market', shareBasisPoints: 8_000 },
    { code: 'shy', threshold: 5 },
  ];
  const { reserve } = await shop({ ...world, policy: { ...world.policy, channels } });
  expect(await reserve('a', 9, { channel: 'market' })).toMatchObject({ refusal: { sellable: 8 } });
  await reserve('a', 6, { channel: 'market' });
  expect(await reserve('b', 1, { channel: 'shy' })).toMatchObject({ refusal: { sellable: 0 } });
});

test('customers of a tag reserve the units kept for them, others cannot', async () => {
  const world = oneWarehouse();
  const quotas = [{ sku: 'SHIRT', quantity: 4, customerTag: 'vip' }];
  const { reserve, service, shopId } = await shop({
    ...world,
    policy: { ...world.policy, quotas },
  });
  expect(await reserve('a', 7)).toMatchObject({ ok: false, refusal: { sellable: 6 } });
  expect((await reserve('a', 6)).ok).toBe(true);
  const vip = await reserve('b', 3, { customerTags: ['vip'] });
  expect(vip.ok).toBe(true);
  // Three of the four came out of the quota: one is left, for the tag only.
  expect(await reserve('c', 1)).toMatchObject({ ok: false, refusal: { sellable: 0 } });
  expect(await reserve('c', 2, { customerTags: ['vip'] })).toMatchObject({
    refusal: { sellable: 1 },
  });
  await service.release(shopId, idOf(vip));
  expect((await reserve('c', 4, { customerTags: ['vip'] })).ok).toBe(true);
});

/** Ten shirts and four hats, and a set of two shirts with a hat. */
function worldWithSet(policy: Partial<WorldInput['policy']> = {}): WorldInput {
  const world = oneWarehouse();
  const components = [
    { sku: 'SHIRT', quantity: 2 },
    { sku: 'HAT', quantity: 1 },
  ];
  return {
    ...world,
    policy: { ...world.policy, ...policy },
    products: [
      ...world.products,
      { sku: 'HAT', weightGrams: 1 },
      { sku: 'SET', weightGrams: 1, kit: { components } },
    ],
    stock: [...world.stock, { sku: 'HAT', nodeId: 'only', onHand: 4 }],
  };
}

test('a kit claims its components', async () => {
  const { reserve, count } = await shop(worldWithSet());
  const set = (quantity: number) => ({ lines: [{ sku: 'SET', quantity }] });
  expect(await reserve('a', 0, set(5))).toMatchObject({ refusal: { sku: 'SET', sellable: 4 } });
  expect((await reserve('a', 0, set(4))).ok).toBe(true);
  expect(await count()).toMatchObject({ reserved: 8 });
  expect(await reserve('b', 3)).toMatchObject({ refusal: { sku: 'SHIRT', sellable: 2 } });
});

test('units that a quota of a kit keeps are nobody’s to reserve as its component', async () => {
  const quotas = [{ sku: 'SET', quantity: 3, customerTag: 'vip' }];
  const { reserve } = await shop(worldWithSet({ quotas }));
  expect(await reserve('a', 5)).toMatchObject({ refusal: { sku: 'SHIRT', sellable: 4 } });
  const set = { lines: [{ sku: 'SET', quantity: 4 }], customerTags: ['vip'] };
  expect((await reserve('b', 0, set)).ok).toBe(true);
});

const SLOT = { nodeId: 'rome', startsAt: '2026-11-30T16:00:00+01:00' };

function romeWithSlots(pickupsPerSlot: number, more: object = {}): WorldInput {
  const world = twoStoresOneWarehouse();
  const nodes = world.nodes.map((node) =>
    node.id === 'rome' ? { ...romeStore(), offersPickup: true, pickupsPerSlot, ...more } : node,
  );
  return { ...world, nodes };
}

test('a pickup slot is promised as often as its node can serve it', async () => {
  const { reserve, count, service, shopId } = await shop(romeWithSlots(2));
  const one = await reserve('a', 1, { slot: SLOT });
  // The same instant written otherwise is the same slot.
  expect((await reserve('b', 1, { slot: { ...SLOT, startsAt: '2026-11-30T15:00:00Z' } })).ok).toBe(
    true,
  );
  expect(await reserve('c', 1, { slot: SLOT })).toEqual({
    ok: false,
    refusal: { code: 'slot_full', nodeId: 'rome', startsAt: SLOT.startsAt, capacity: 2 },
  });
  expect(await count()).toMatchObject({ reserved: 2 });
  await service.release(shopId, idOf(one));
  expect((await reserve('c', 1, { slot: SLOT })).ok).toBe(true);
});

test('when stock runs out no slot is held, when the slot is full no unit is', async () => {
  const { reserve, count } = await shop(romeWithSlots(1));
  expect(await reserve('a', 14, { slot: SLOT })).toMatchObject({
    refusal: { code: 'insufficient_stock' },
  });
  expect((await reserve('b', 1, { slot: SLOT })).ok).toBe(true);
  expect(await reserve('c', 1, { slot: SLOT })).toMatchObject({ refusal: { code: 'slot_full' } });
  expect(await count()).toMatchObject({ reserved: 1 });
});

test('slot and unit end together', async () => {
  const { reserve } = await shop(romeWithSlots(1));
  await reserve('a', 13, { slot: SLOT });
  later(HOLD_MINUTES + 1);
  expect((await reserve('b', 13, { slot: SLOT })).ok).toBe(true);
});

test('a slot is a whole quarter hour at a node that hands over', async () => {
  const { reserve } = await shop(romeWithSlots(1));
  expect(
    await reserve('a', 1, { slot: { ...SLOT, startsAt: '2026-11-30T16:05:00Z' } }),
  ).toMatchObject({
    refusal: { code: 'invalid_input', pointer: '/slot/startsAt' },
  });
  expect(await reserve('a', 1, { slot: { ...SLOT, nodeId: 'milan' } })).toMatchObject({
    refusal: { code: 'unknown_node', nodeId: 'milan' },
  });
});

test('a node’s day takes orders and units up to its limits, reported orders included', async () => {
  const date = '2026-12-01';
  const { reserve } = await shop(
    romeWithSlots(9, { ordersPerDay: 3, unitsPerDay: 5, ordersByDate: { [date]: 1 } }),
  );
  const capacity = { nodeId: 'rome', date };
  expect((await reserve('a', 3, { capacity })).ok).toBe(true);
  expect(await reserve('b', 3, { capacity })).toEqual({
    ok: false,
    refusal: {
      code: 'capacity_full',
      nodeId: 'rome',
      date,
      limitedBy: 'unitsPerDay',
      limit: 5,
    },
  });
  expect((await reserve('b', 2, { capacity })).ok).toBe(true);
  expect(await reserve('c', 1, { capacity })).toMatchObject({
    refusal: { code: 'capacity_full', limitedBy: 'ordersPerDay', limit: 3 },
  });
  expect((await reserve('c', 1, { capacity: { ...capacity, date: '2026-12-02' } })).ok).toBe(true);
});

test('changed claims are written down for the replicas, also when only their end moved', async () => {
  const { reserve, changes } = await shop();
  await reserve('a', 1);
  later(1);
  await reserve('a', 1);
  expect(await changes()).toEqual(['SHIRT', 'SHIRT']);
});

test('of forty buyers at once no more get a unit than there are', async () => {
  const { reserve, count } = await shop();
  const done = await Promise.all(Array.from({ length: 40 }, (_, n) => reserve(`k${n}`, 1)));
  expect(done.filter(({ ok }) => ok)).toHaveLength(10);
  expect(await count()).toMatchObject({ reserved: 10 });
});

test('one key asked for many times at once is one reservation', async () => {
  const { reserve, count, states } = await shop();
  const done = await Promise.all(
    Array.from({ length: 20 }, (_, n) => reserve('same', 1 + (n % 3))),
  );
  expect(new Set(done.map(idOf)).size).toBe(1);
  expect(await states()).toEqual(['pending']);
  expect((await count()).reserved).toBeLessThanOrEqual(3);
});
