// Orders that other systems post, from the post to claims, on a real server.
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/database.ts';
import { claimsShop, countClaims } from '../../../tests/worlds/claims-shop.ts';
import { quietLog } from '../../../tests/worlds/live-shop.ts';
import { oneWarehouse } from '../../../tests/worlds/worlds.ts';
import type { ShopId } from '../../base/ids.ts';
import { fixedClock } from '../../platform/clock.ts';
import { withShop } from '../../platform/database.ts';
import { createOrderClaims } from '../../stock/reservations/order-claims/service.ts';
import { createIntakeService } from '../record/service.ts';
import { readTimeline } from '../timeline/store.ts';
import type { PostedOrder } from './posted.ts';
import { createPostedOrders } from './service.ts';

const clock = fixedClock(Temporal.Instant.from('2026-11-30T10:00:30Z'));
let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

/** Post and intake over real claims; routing and promises are counted. */
async function stage() {
  const shopId = `s${randomUUID()}.myshopify.com` as ShopId;
  const live = await claimsShop(database.db, { shopId, world: oneWarehouse(), clock });
  const requested: string[] = [];
  const routed: string[] = [];
  const posted = createPostedOrders({
    ...{ db: database.db, clock },
    hasSkuOf: async () => (sku) => live.snapshot.skuIndex.has(sku),
    requestIntake: async (_trx, _shop, orderId) => {
      requested.push(orderId);
    },
    readPromise: async () => undefined,
  });
  const { follow } = createOrderClaims({
    ...{ db: database.db, clock },
    openShop: async () => live,
    announce: async () => undefined,
  });
  const intake = createIntakeService({
    ...{ db: database.db, clock, log: quietLog, follow },
    join: async () => undefined,
    routeOrder: async (_shop, orderId, cause) => {
      routed.push(`${orderId} ${cause}`);
    },
    requestPublication: async () => undefined,
    onStep: () => undefined,
  });
  const work = async () => {
    for (const orderId of requested.splice(0)) {
      const reading = await posted.reading(shopId, orderId);
      if (reading !== undefined) await intake.takeIn(shopId, reading, { kind: 'api', id: 'con' });
    }
  };
  const post = (order: PostedOrder) => posted.post(shopId, 'con', order);
  return { shopId, posted, post, work, routed, requested };
}

let stand: Awaited<ReturnType<typeof stage>>;
beforeEach(async () => {
  stand = await stage();
});

const LINE = { lineId: '1', sku: 'SHIRT', title: 'Shirt', quantity: 3, canceled: 0 };
function order(minute: number, more: Partial<PostedOrder> = {}): PostedOrder {
  return {
    ...{ externalId: 'MP-1', name: 'MP-1', channel: 'marketplace', currency: 'EUR' },
    ...{ placedAt: '2026-11-30T10:00:00Z', updatedAt: `2026-11-30T10:0${minute}:00Z` },
    ...{ totalMinor: 14_700, isCanceled: false, hold: null, method: 'ship' },
    ...{ serviceCode: 'standard', pickupNodeId: null, email: null, phone: null, locale: 'it' },
    ...{ tags: [], promisedOn: null, reservationKey: null },
    address: {
      ...{ name: 'Giulia Bianchi', address1: 'Via Torino 1', address2: null },
      ...{ city: 'Milano', province: null, zip: '20123', country: 'IT' },
    },
    lines: [{ ...LINE, unitPriceMinor: 4_900 }],
    ...more,
  };
}
const units = (quantity: number, canceled = 0) => ({
  lines: [{ ...LINE, quantity, canceled, unitPriceMinor: 4_900 }],
});
const claimed = async () => (await countClaims(database.db, stand.shopId, 'SHIRT')).waiting;

test('a post is one order however often it comes, and its units are claimed once', async () => {
  const outcomes = [await stand.post(order(0)), await stand.post(order(0))];
  expect(outcomes).toEqual(['accepted', 'unchanged']);
  await stand.work();
  await stand.work();
  expect(await claimed()).toBe(3);
  expect(stand.routed).toEqual(['api:con:MP-1 order_placed']);
  expect(await stand.posted.view(stand.shopId, 'con', 'MP-1')).toMatchObject({
    order: { state: 'open', takenInVersion: expect.any(String) },
    works: [],
  });
});

test('units follow the latest post: more, fewer, none, and more again', async () => {
  const steps: [Partial<PostedOrder>, number][] = [
    [units(3), 3],
    [units(5), 5],
    [units(2), 2],
    [units(4, 1), 3],
    [{ lines: [{ ...LINE, lineId: '2', unitPriceMinor: 0, quantity: 1 }] }, 1],
    [{ ...units(2), isCanceled: true }, 0],
  ];
  for (const [minute, [more, expected]] of steps.entries()) {
    expect(await stand.post(order(minute, more))).toBe('accepted');
    await stand.work();
    expect([minute, await claimed()]).toEqual([minute, expected]);
  }
});

test('an older post changes nothing, and the same instant with other content is refused', async () => {
  await stand.post(order(5, units(1)));
  expect(await stand.post(order(4, units(2)))).toBe('older');
  expect(await stand.post(order(5, units(2)))).toBe('contradicts');
  await stand.work();
  expect(await claimed()).toBe(1);
});

test('what was posted while nobody worked is worked in as it was last posted', async () => {
  for (const minute of [1, 2, 3]) await stand.post(order(minute, units(minute)));
  await stand.work();
  expect(await claimed()).toBe(3);
  const events = await withShop(database.db, stand.shopId, (trx) =>
    readTimeline(trx, stand.shopId, 'api:con:MP-1'),
  );
  expect(events.map(({ kind, actor }) => [kind, actor.kind])).toEqual([['order_placed', 'api']]);
});

test('another connection does not see the order', async () => {
  await stand.post(order(0));
  expect(await stand.posted.view(stand.shopId, 'other', 'MP-1')).toBeUndefined();
});

test('a buyer’s name stands in one table only', async () => {
  await stand.post(order(0));
  await stand.work();
  const { rows } = await withShop(database.db, stand.shopId, (trx) =>
    sql<{ text: string }>`
      select e::text as text from order_event e union all select c::text from order_claim c
      union all select d::text from claimed_order d`.execute(trx),
  );
  expect(JSON.stringify(rows)).not.toMatch(/Giulia|Torino|20123/);
});
