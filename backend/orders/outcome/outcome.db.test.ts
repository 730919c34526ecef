// A promise watched from its order to its end, on a real server.
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/database.ts';
import type { ShopId } from '../../base/ids.ts';
import { withShop } from '../../platform/database.ts';
import type { OrderJob, ShopJob } from '../jobs.ts';
import { readTimeline } from '../timeline/store.ts';
import { changeWork, insertWork, lockWorks, type NewWork, readWorks } from '../works/store.ts';
import { DEFAULT_OUTCOME } from './settings.ts';
import { createOutcomeReports } from './settled/service.ts';
import { createTrackingService } from './tracking/service.ts';
import { createWatchService } from './watch/service.ts';

let database: TestDatabase<unknown>;
let db: Kysely<unknown>;
beforeAll(async () => {
  database = await createTestDatabase();
  db = database.db;
});
afterAll(async () => {
  await database.close();
});

let shop = 'watch-0.myshopify.com' as ShopId;
let number = 0;
let now = Temporal.Instant.from('2026-11-25T09:00:00Z');
let enqueued: (OrderJob | ShopJob)[] = [];
let left: string[] = [];
beforeEach(() => {
  number += 1;
  shop = `watch-${number}.myshopify.com` as ShopId;
  now = Temporal.Instant.from('2026-11-25T09:00:00Z');
  enqueued = [];
  left = [];
});

const clock = { now: () => now, onSet: () => () => undefined };
const enqueue = async (_trx: unknown, job: OrderJob | ShopJob) => void enqueued.push(job);
const watch = () =>
  createWatchService({
    db,
    clock,
    enqueue,
    openShop: async () => undefined,
    settingsOf: async () => DEFAULT_OUTCOME,
  });
const tracking = () =>
  createTrackingService({
    db,
    clock,
    enqueue,
    settleLeft: async (_trx, _shopId, { parcelId }) => {
      left.push(parcelId);
      return 7;
    },
    announce: async () => undefined,
  });

/** An order promised for the 27th, placed at Rome, to be started by 13:00 of the 25th. */
async function givenOrder(
  orderId: string,
  work: Partial<NewWork> = {},
  promise: { readonly joinedBy?: number } = {},
) {
  await withShop(db, shop, async (trx) => {
    await sql`insert into customer_order (shop_id, order_id, source, channel, name, placed_at, currency, total_minor,
        method, version, source_updated_at, updated_at)
      values (${shop}, ${orderId}, 'shopify', 'online', ${`#${orderId}`}, '2026-11-25T08:00:00Z', 'EUR', 100, 'ship', '1',
        '2026-11-25T08:00:00Z', '2026-11-25T08:00:00Z')`.execute(trx);
    await sql`insert into order_promise (shop_id, order_id, placed_at, status, joined_by, method, service_code,
        promised_on, window_from, window_to, time_zone, country, postal_code, order_version, updated_at, parcels,
        published_version)
      values (${shop}, ${orderId}, '2026-11-25T08:00:00Z', ${promise.joinedBy === 5 ? 'none' : 'promised'},
        ${promise.joinedBy ?? 1}, 'home', 'standard', '2026-11-27', '2026-11-26T23:00:00Z', '2026-11-27T23:00:00Z',
        'Europe/Rome', 'IT', '00184', '1', '2026-11-25T08:00:00Z', 1, 'v1')`.execute(trx);
    await insertWork(trx, shop, {
      workId: `w-${orderId}`,
      orderId,
      kind: 'ship',
      state: 'placed',
      negotiation: 'assigned',
      nodeId: 'rome',
      serviceCode: 'standard',
      promisedEnd: '2026-11-27T23:00:00Z',
      plannedEnd: '2026-11-27T23:00:00Z',
      plannedDeparture: '2026-11-25T16:00:00Z',
      startBy: '2026-11-25T13:00:00Z',
      createdAt: '2026-11-25T08:00:00Z',
      lines: [{ lineId: 'l1', sku: 'SHIRT', quantity: 1 }],
      ...work,
    });
  });
}

async function givenParcel(orderId: string, trackingNumber: string, parcelId = `p-${orderId}`) {
  const lines = JSON.stringify([{ lineId: 'l1', sku: 'SHIRT', quantity: 1 }]);
  await withShop(db, shop, (trx) =>
    sql`insert into parcel (shop_id, parcel_id, order_id, work_id, state, carrier, service_code, tracking_number, lines,
        created_at)
      values (${shop}, ${parcelId}, ${orderId}, ${`w-${orderId}`}, 'packed', 'bartolini', 'standard', ${trackingNumber},
        ${lines}::jsonb, '2026-11-25T12:00:00Z')`.execute(trx),
  );
}

const say = (
  eventId: string,
  kind: 'picked_up' | 'in_transit' | 'delayed' | 'delivered',
  occurredAt: string,
  expectedAt?: string,
) => ({
  parcel: { trackingNumber: 'brt1' },
  eventId,
  kind,
  occurredAt,
  ...(expectedAt === undefined ? {} : { expectedAt }),
});

const timelineOf = (orderId: string) =>
  withShop(db, shop, async (trx) =>
    (await readTimeline(trx, shop, orderId)).map((event) => event.kind),
  );
const outcomeOf = async (orderId: string) =>
  await withShop(db, shop, async (trx) => {
    const { rows } = await sql<
      Record<string, unknown>
    >`select outcome, late_minutes as late, early_days as early
      from order_outcome where shop_id = ${shop} and order_id = ${orderId}`.execute(trx);
    return rows[0];
  });

test('an order whose milestones are far away is not looked at', async () => {
  await givenOrder('1', {
    startBy: '2026-12-20T13:00:00Z',
    plannedDeparture: '2026-12-20T16:00:00Z',
  });
  await withShop(db, shop, (trx) =>
    sql`update order_promise set window_from = '2026-12-22T23:00:00Z', window_to = '2026-12-23T23:00:00Z'
      where shop_id = ${shop}`.execute(trx),
  );
  expect(await watch().assess(shop)).toMatchObject({ watched: 0, raised: 0 });
});

test('an alert runs once before a milestone, once when it is missed, and ends when it is reached', async () => {
  await givenOrder('1');
  now = Temporal.Instant.from('2026-11-25T12:30:00Z');
  expect(await watch().assess(shop)).toMatchObject({ raised: 1, cleared: 0 });
  expect(await watch().assess(shop)).toMatchObject({ raised: 0, cleared: 0 });
  const reports = createOutcomeReports(db);
  expect(await reports.readAtRisk(shop)).toMatchObject({
    total: 1,
    rows: [{ orderId: '1', name: '#1', milestone: 'pick_start', level: 'before', nodeId: 'rome' }],
  });
  now = Temporal.Instant.from('2026-11-25T13:00:00Z');
  expect(await watch().assess(shop)).toMatchObject({ raised: 1, cleared: 0 });
  expect((await reports.readAtRisk(shop)).rows[0]?.level).toBe('missed');
  await withShop(db, shop, async (trx) => {
    for (const work of await lockWorks(trx, shop, { workIds: ['w-1'] })) {
      await changeWork(trx, shop, work, { state: 'picking' });
    }
  });
  expect(await watch().assess(shop)).toMatchObject({ raised: 0, cleared: 1 });
  expect(await reports.readAtRisk(shop)).toMatchObject({ total: 0, rows: [] });
  expect(await timelineOf('1')).toEqual(['at_risk', 'at_risk']);
});

test('a carrier’s delay moves the date after a quarter of an hour, once, and tells the shopper', async () => {
  await givenOrder('1');
  await givenParcel('1', 'BRT1');
  await tracking().tellTracking(shop, 'brt', [say('a', 'picked_up', '2026-11-25T16:00:00Z')]);
  now = Temporal.Instant.from('2026-11-26T08:00:00Z');
  await tracking().tellTracking(shop, 'brt', [
    say('b', 'delayed', '2026-11-26T07:00:00Z', '2026-11-30T17:00:00Z'),
  ]);
  expect(await watch().assess(shop)).toMatchObject({ raised: 1, moved: 0 });
  expect(await watch().readForecast(shop, '1')).toMatchObject({
    promisedOn: '2026-11-27',
    expectedAt: '2026-11-30T18:00:00+01:00',
    isLate: true,
    source: 'carrier',
  });
  enqueued = [];
  now = now.add({ minutes: 15 });
  expect(await watch().assess(shop)).toMatchObject({ moved: 1 });
  expect(enqueued.map((job) => job.name)).toEqual(['order_message', 'promise_publish']);
  expect(await watch().assess(shop)).toMatchObject({ moved: 0 });
  expect(await watch().readForecast(shop, '1')).toMatchObject({
    promisedOn: '2026-11-30',
    isLate: false,
  });
  const { rows } = await withShop(db, shop, (trx) =>
    sql`select m.promised_on::text as day, m.cause, p.published_version as published
      from promise_move m join order_promise p using (shop_id, order_id) where shop_id = ${shop}`.execute(
      trx,
    ),
  );
  // The metafield is to be written again.
  expect(rows).toEqual([{ day: '2026-11-30', cause: 'carrier', published: null }]);
  // Judged by what was first shown: late, although the new date was kept.
  await tracking().tellTracking(shop, 'brt', [say('c', 'delivered', '2026-11-30T15:00:00Z')]);
  now = Temporal.Instant.from('2026-11-30T16:00:00Z');
  await watch().assess(shop);
  expect(await outcomeOf('1')).toMatchObject({ outcome: 'late', late: 2 * 1440 + 16 * 60 });
});

test('a date nobody was shown is not moved, and its outcome is counted apart', async () => {
  await givenOrder('1', {}, { joinedBy: 5 });
  await givenParcel('1', 'BRT1');
  await tracking().tellTracking(shop, 'brt', [
    say('b', 'delayed', '2026-11-26T07:00:00Z', '2026-11-30T17:00:00Z'),
  ]);
  now = Temporal.Instant.from('2026-11-26T08:00:00Z');
  await watch().assess(shop);
  now = now.add({ minutes: 30 });
  expect(await watch().assess(shop)).toMatchObject({ moved: 0 });
  now = Temporal.Instant.from('2026-11-28T08:00:00Z');
  await tracking().tellTracking(shop, 'brt', [say('c', 'delivered', '2026-11-28T07:00:00Z')]);
  await watch().assess(shop);
  const report = await createOutcomeReports(db).readOutcomes(shop, {
    from: '2026-11-01T00:00:00Z',
    to: '2026-12-01T00:00:00Z',
    by: 'node',
  });
  expect(report.orders).toMatchObject({ promised: 0, unpromised: 1, keptBasisPoints: null });
});

test('carrier events in any order, twice and all at once leave parcel and work the same', async () => {
  const said = [
    say('a', 'picked_up', '2026-11-25T16:00:00Z'),
    say('b', 'in_transit', '2026-11-26T04:00:00Z'),
    say('c', 'delivered', '2026-11-26T10:00:00Z'),
  ];
  const ends = [];
  for (const order of [said, said.toReversed(), [...said, ...said]]) {
    number += 1;
    shop = `watch-order-${number}.myshopify.com` as ShopId;
    await givenOrder('1');
    await givenParcel('1', 'BRT1');
    for (const event of order) await tracking().tellTracking(shop, 'brt', [event]);
    const [work] = await withShop(db, shop, (trx) => readWorks(trx, shop, { orderId: '1' }));
    ends.push([work?.state, work?.deliveredAt, (await timelineOf('1')).toSorted()]);
  }
  expect(ends[0]).toEqual([
    'delivered',
    '2026-11-26T10:00:00.000000Z',
    ['delivered', 'in_transit', 'in_transit', 'shipped'],
  ]);
  expect(ends[1]?.slice(0, 2)).toEqual(ends[0]?.slice(0, 2));
  expect(ends[2]).toEqual(ends[0]);
});

test('each event has its verdict: new, told before, of no parcel of ours', async () => {
  await givenOrder('1');
  await givenParcel('1', 'BRT1');
  const a = say('a', 'picked_up', '2026-11-25T16:00:00Z');
  const unknown = { ...a, eventId: 'z', parcel: { trackingNumber: 'NOPE' } };
  expect(await tracking().tellTracking(shop, 'brt', [a, a, unknown])).toEqual([
    { verdict: 'booked' },
    { verdict: 'duplicate' },
    { verdict: 'refused', code: 'unknown_parcel' },
  ]);
  expect(await tracking().tellTracking(shop, 'brt', [a])).toEqual([{ verdict: 'duplicate' }]);
  // The same id of another teller is another event.
  expect(await tracking().tellTracking(shop, 'shopify', [a])).toEqual([{ verdict: 'booked' }]);
});

test('a scan of goods of an order that no shop system tells of ends their claims', async () => {
  await givenOrder('api:c1:9');
  await givenParcel('api:c1:9', 'BRT1');
  await tracking().tellTracking(shop, 'brt', [say('a', 'picked_up', '2026-11-25T16:00:00Z')]);
  expect(left).toEqual(['p-api:c1:9']);
});

test('each order is settled once; what never left is late when its day has passed, and learns later how late', async () => {
  await givenOrder('1');
  await givenParcel('1', 'BRT1');
  now = Temporal.Instant.from('2026-11-27T23:00:00Z');
  expect(await watch().assess(shop)).toMatchObject({ settled: 1 });
  expect(await watch().assess(shop)).toMatchObject({ settled: 0 });
  expect(await outcomeOf('1')).toEqual({ outcome: 'late', late: null, early: null });
  // The promise is over, the work is not: somebody has to see to it until it has left.
  const stillAtRisk = async () =>
    (await createOutcomeReports(db).readAtRisk(shop)).rows.map(
      ({ milestone, level }) => `${milestone} ${level}`,
    );
  expect(await stillAtRisk()).toEqual(['pick_start missed', 'delivery missed']);
  await tracking().tellTracking(shop, 'brt', [say('c', 'delivered', '2026-11-28T01:00:00Z')]);
  now = Temporal.Instant.from('2026-11-28T02:00:00Z');
  expect(await watch().assess(shop)).toMatchObject({ settled: 0 });
  expect(await outcomeOf('1')).toEqual({ outcome: 'late', late: 120, early: null });
  expect(await stillAtRisk()).toEqual([]);
  // Nothing is left to be watched.
  expect(await watch().assess(shop)).toMatchObject({ watched: 0 });
  expect((await timelineOf('1')).filter((kind) => kind === 'outcome')).toHaveLength(1);
});

test('what left and was never heard of again is unheard, and no kept promise', async () => {
  await givenOrder('1', { state: 'shipped', leftAt: '2026-11-25T16:00:00Z' });
  now = Temporal.Instant.from('2026-11-28T00:00:00Z');
  expect(await watch().assess(shop)).toMatchObject({ settled: 0 });
  now = Temporal.Instant.from('2026-11-29T23:00:00Z');
  expect(await watch().assess(shop)).toMatchObject({ settled: 1 });
  expect(await outcomeOf('1')).toMatchObject({ outcome: 'unheard' });
});

test('the report adds up kept, padded, late and exceptions, per lane and for all orders', async () => {
  const delivered = ['2026-11-27T10:00:00Z', '2026-11-25T20:00:00Z', '2026-11-28T01:00:00Z'];
  for (const [index, deliveredAt] of delivered.entries()) {
    await givenOrder(`${index}`, {
      state: 'delivered',
      leftAt: '2026-11-25T16:00:00Z',
      deliveredAt,
    });
  }
  now = Temporal.Instant.from('2026-11-28T02:00:00Z');
  expect(await watch().assess(shop)).toMatchObject({ settled: 3 });
  const { orders, rows } = await createOutcomeReports(db).readOutcomes(shop, {
    from: '2026-11-01T00:00:00Z',
    to: '2026-12-01T00:00:00Z',
    by: 'lane',
  });
  expect(orders).toMatchObject({
    ...{ promised: 3, kept: 1, tooPadded: 1, late: 1, withdrawn: 0, keptBasisPoints: 6_666 },
    ...{ lateMinutesP50: 120, lateMinutesMost: 120, earlyDays: [1, 0, 1, 0], orders: 3 },
  });
  expect(rows).toMatchObject([{ key: 'rome>?:standard', promised: 3, kept: 1 }]);
  expect(await createOutcomeReports(db).readScores(shop, OUT)).toMatchObject([
    { nodeId: 'rome', ended: 3, late: 1, offered: 0 },
  ]);
});

const OUT = { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' };
