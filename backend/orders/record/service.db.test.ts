// Orders taken in from readings that come twice, late, in any order, or were cut off, on a real server.
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/database.ts';
import { claimsShop, countClaims } from '../../../tests/worlds/claims-shop.ts';
import { quietLog } from '../../../tests/worlds/live-shop.ts';
import { orderRecord } from '../../../tests/worlds/order-records.ts';
import { oneWarehouse } from '../../../tests/worlds/worlds.ts';
import type { ShopId } from '../../base/ids.ts';
import { fixedClock } from '../../platform/clock.ts';
import { withShop } from '../../platform/database.ts';
import { createOrderClaims } from '../../stock/reservations/order-claims/service.ts';
import type { PlacedOrder } from '../orders.ts';
import type { OrderStep } from '../steps.ts';
import { readTimeline } from '../timeline/store.ts';
import { createIntakeService, type OrderReading } from './service.ts';

const ACTOR = { kind: 'shopify', id: '' } as const;
const clock = fixedClock(Temporal.Instant.from('2026-11-30T10:00:30Z'));
let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

async function stage() {
  const shopId = `s${randomUUID()}.myshopify.com` as ShopId;
  const live = await claimsShop(database.db, { shopId, world: oneWarehouse(), clock });
  const { follow } = createOrderClaims({
    ...{ db: database.db, clock },
    openShop: async () => live,
    announce: async () => undefined,
  });
  const routed: string[] = [];
  const joined: string[] = [];
  let dies: OrderStep | undefined;
  const intake = createIntakeService({
    ...{ db: database.db, clock, log: quietLog, follow },
    join: async (_shop, { version }) => {
      joined.push(version);
    },
    routeOrder: async (_shop, _order, cause) => {
      routed.push(cause);
    },
    requestPublication: async () => undefined,
    onStep: (step) => {
      if (step === dies) throw new Error(`cut off at ${step}`);
    },
  });
  const dieAt = (step: OrderStep | undefined) => {
    dies = step;
  };
  return { shopId, intake, routed, joined, dieAt };
}

/** The order as it was read in this minute: two shirts, then three, then one of them canceled. */
function readingOf(minute: 0 | 1 | 2): OrderReading {
  const version = `v${minute}`;
  const quantity = minute === 0 ? 2 : 3;
  const canceled = minute === 2 ? 1 : 0;
  const base = orderRecord('1').lines[0];
  if (base === undefined) throw new Error('a record with a line');
  const record = orderRecord('1', {
    version,
    sourceUpdatedAt: `2026-11-30T10:0${minute}:00Z`,
    lines: [{ ...base, quantity, canceled }],
  });
  const placed: PlacedOrder = {
    ...{ orderId: '1', placedAt: record.placedAt, currency: 'EUR', lines: [], fingerprint: '' },
    ...{ partFingerprints: [], destination: null, checkoutToken: null, cartToken: null },
    delivery: { kind: 'ship', code: 'standard', serviceCode: 'standard', isOwnRate: true },
    ...{ copiedReceipt: null, isTableDated: false, storefrontReceipt: null, version },
  };
  const claims = {
    ...{ orderId: '1', source: 'shopify' as const, channel: 'online', placedAt: record.placedAt },
    lines: [{ lineId: 'l1', sku: 'SHIRT', quantity, canceled }],
    ...{ shipped: [], assigned: undefined, reservationKey: undefined, version },
  };
  return { record, placed, claims };
}

async function stateOf({ shopId, intake }: Awaited<ReturnType<typeof stage>>) {
  const order = await intake.read(shopId, '1');
  const events = await withShop(database.db, shopId, (trx) => readTimeline(trx, shopId, '1'));
  const kinds = events.map(({ kind }) => kind);
  return { order, kinds, claims: await countClaims(database.db, shopId, 'SHIRT') };
}

test('readings twice, late and in any order end in the rows of the newest', async () => {
  const straight = await stage();
  for (const minute of [0, 1, 2] as const) {
    await straight.intake.takeIn(straight.shopId, readingOf(minute), ACTOR);
  }
  const expected = await stateOf(straight);
  expect(expected).toMatchObject({ claims: { waiting: 2 }, kinds: ['order_placed'] });
  const mixed = fc.array(fc.constantFrom(0 as const, 1 as const, 2 as const), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(mixed, async (minutes) => {
      const one = await stage();
      await Promise.all(
        minutes.map((minute) => one.intake.takeIn(one.shopId, readingOf(minute), ACTOR)),
      );
      await one.intake.takeIn(one.shopId, readingOf(2), ACTOR);
      expect(await stateOf(one)).toEqual(expected);
    }),
    { numRuns: 12 },
  );
});

test('an order that was worked in is not worked in again until something of it changes', async () => {
  const { shopId, intake, routed, joined } = await stage();
  const outcomes = [];
  for (const minute of [0, 0, 1, 0] as const) {
    outcomes.push(await intake.takeIn(shopId, readingOf(minute), ACTOR));
  }
  expect(outcomes).toEqual(['taken_in', 'known', 'taken_in', 'older']);
  expect([routed, joined]).toEqual([
    ['order_placed', 'order_changed'],
    ['v0', 'v1'],
  ]);
  expect(await intake.isTakenIn(shopId, '1', '2026-11-30T10:01:00Z')).toBe(true);
  expect(await intake.isTakenIn(shopId, '1', '2026-11-30T10:01:01Z')).toBe(false);
});

test.each(['intake.recorded', 'intake.followed', 'intake.joined', 'intake.routed'] as const)(
  'cut off at %s, the order is found, and taken in whole when it is read again',
  async (step) => {
    const one = await stage();
    one.dieAt(step);
    await expect(one.intake.takeIn(one.shopId, readingOf(2), ACTOR)).rejects.toThrow(step);
    clock.set(clock.now().add({ minutes: 5 }));
    expect(await one.intake.cutOff(one.shopId)).toEqual(['1']);
    expect(await one.intake.isTakenIn(one.shopId, '1', '2026-11-30T10:02:00Z')).toBe(false);
    one.dieAt(undefined);
    await one.intake.takeIn(one.shopId, readingOf(2), ACTOR);
    expect(await stateOf(one)).toMatchObject({ claims: { waiting: 2 }, kinds: ['order_placed'] });
    expect(await one.intake.cutOff(one.shopId)).toEqual([]);
  },
);

test('an order that was deleted gives everything back, once', async () => {
  const one = await stage();
  await one.intake.takeIn(one.shopId, readingOf(1), ACTOR);
  await one.intake.takeOut(one.shopId, '1', ACTOR);
  await one.intake.takeOut(one.shopId, '1', ACTOR);
  await one.intake.takeOut(one.shopId, 'unknown', ACTOR);
  expect(await stateOf(one)).toMatchObject({
    order: { state: 'canceled' },
    claims: { waiting: 0, allocated: 0 },
    kinds: ['order_placed', 'canceled'],
  });
  expect(one.routed).toEqual(['order_placed', 'order_changed']);
});

test('a line whose SKU nobody knows is said on the timeline, and the rest is claimed', async () => {
  const { shopId, intake } = await stage();
  const reading = readingOf(0);
  const [line] = reading.record.lines;
  if (line === undefined) throw new Error('a record with a line');
  const lines = [line, { ...line, lineId: 'l2', sku: 'NOBODY' }];
  await intake.takeIn(shopId, { ...reading, record: { ...reading.record, lines } }, ACTOR);
  const events = await withShop(database.db, shopId, (trx) => readTimeline(trx, shopId, '1'));
  expect(events.find(({ kind }) => kind === 'line_unknown')?.facts).toMatchObject({
    lineId: 'l2',
    sku: 'NOBODY',
  });
  expect((await countClaims(database.db, shopId, 'SHIRT')).waiting).toBe(2);
});
