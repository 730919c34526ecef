// What goes on between a parcel that left and the shop that has not heard of it, on a real server.
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/database.ts';
import { routingStage, STAGE_NOW } from '../../../tests/worlds/routing-stage.ts';
import { twoStoresOneWarehouse } from '../../../tests/worlds/worlds.ts';
import { withShop } from '../../platform/database.ts';
import { DEFAULT_OUTCOME } from '../outcome/settings.ts';
import { createOutcomeReports } from '../outcome/settled/service.ts';
import { createWatchService } from '../outcome/watch/service.ts';
import { createOrderStore } from '../store.ts';
import { changeWork, lockWorks } from '../works/store.ts';
import { endException, readLate } from './store.ts';

let database: TestDatabase<unknown>;
const stops: (() => void)[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});
afterAll(() => database.close());

/** Five shirts in Milan; the first work of an order may be sent, or handed over. */
async function stageOf() {
  const stage = await routingStage(
    database,
    { ...twoStoresOneWarehouse(), stock: [{ sku: 'SHIRT', nodeId: 'milan', onHand: 5 }] },
    { offers: { mode: 'direct' } },
  );
  stops.push(stage.stop);
  const { db, shopId, clock } = stage;
  // What happens is later than the count of what is there.
  clock.set(STAGE_NOW.add({ minutes: 10 }));
  const change = (orderId: string, to: Parameters<typeof changeWork>[3]) =>
    withShop(db, shopId, async (trx) => {
      const [work] = await lockWorks(trx, shopId, { orderId });
      if (work === undefined) throw new Error('there is no work');
      await changeWork(trx, shopId, work, to);
    });
  const position = async () => {
    const { rows } = await withShop(db, shopId, (trx) =>
      sql<{ onHand: number; allocated: number }>`select on_hand as "onHand", allocated
        from stock_position where shop_id = ${shopId} and sku = 'SHIRT' and node_id = 'milan'`.execute(
        trx,
      ),
    );
    return rows[0];
  };
  const watch = createWatchService({
    ...{ db, clock, openShop: stage.stock.open, enqueue: async () => undefined },
    settingsOf: async () => DEFAULT_OUTCOME,
  });
  const outcome = async (orderId: string) => {
    await watch.assess(shopId);
    const { rows } = await withShop(db, shopId, (trx) =>
      sql<{ outcome: string }>`select outcome from order_outcome
        where shop_id = ${shopId} and order_id = ${orderId}`.execute(trx),
    );
    return rows[0]?.outcome;
  };
  return {
    ...stage,
    ...{ position, outcome, watch },
    sent: (orderId: string) =>
      change(orderId, { state: 'shipped', leftAt: clock.now().toString() }),
    change,
    atRisk: async () => (await createOutcomeReports(db).readAtRisk(shopId)).rows,
  };
}

const TWO = { units: { SHIRT: 2 } };
const DAY = ['2026-12-02', '2026-12-02T23:00:00Z'] as const;

test('units canceled where they were sold when they had left leave the stock, and a person is told', async () => {
  const stage = await stageOf();
  const { shopId, db } = stage;
  await stage.order('1001', TWO);
  await stage.sent('1001');
  await stage.order('1001', { ...TWO, canceled: { SHIRT: 1 } });
  expect(await stage.position()).toEqual({ onHand: 4, allocated: 1 });
  expect(await stage.atRisk()).toMatchObject([
    { orderId: '1001', workId: '1001-1', milestone: 'left_though_canceled', level: 'missed' },
  ]);
  expect(await stage.timeline('1001')).toContain('left_though_canceled');
  // Told twice, late, or looked at again: it happened once.
  await stage.order('1001', { ...TWO, canceled: { SHIRT: 1 } });
  await stage.route.routeOrder(shopId, '1001', 'retry');
  expect(await stage.position()).toEqual({ onHand: 4, allocated: 1 });
  const late = () => withShop(db, shopId, (trx) => readLate(trx, shopId, '1001'));
  expect(await late()).toEqual([
    { workId: '1001-1', lines: [{ lineId: 'l-SHIRT', quantity: 1 }], isOpen: true },
  ]);
  // The watch over milestones leaves it alone; a person ends it.
  await stage.watch.assess(shopId);
  expect(await stage.atRisk()).toHaveLength(1);
  const of = { orderId: '1001', workId: '1001-1', kind: 'left_though_canceled' } as const;
  const end = () =>
    withShop(db, shopId, (trx) => endException(trx, shopId, { ...of, at: STAGE_NOW.toString() }));
  expect([await end(), await end()]).toEqual([true, false]);
  expect(await stage.atRisk()).toEqual([]);
  // The second unit is canceled too: it stands in the queue again, with both.
  await stage.order('1001', { ...TWO, canceled: { SHIRT: 2 } });
  expect(await stage.position()).toEqual({ onHand: 3, allocated: 0 });
  expect((await late())[0]?.lines).toEqual([{ lineId: 'l-SHIRT', quantity: 2 }]);
  expect(await stage.atRisk()).toHaveLength(1);
  expect(await stage.breaches()).toEqual([]);
});

test('a recount that takes the allocation of what has left sends nothing twice, and ends when the news comes', async () => {
  const stage = await stageOf();
  const { shopId } = stage;
  await stage.order('1001', TWO);
  await stage.sent('1001');
  await stage.stocked('SHIRT', 'milan', 0);
  const { rows } = await stage.shortages();
  await stage.claims.returnToRouting(shopId, rows);
  await stage.route.routeOrder(shopId, '1001', 'shortage');
  expect(await stage.works('1001')).toMatchObject([{ state: 'shipped', nodeId: 'milan' }]);
  const shippedAt = stage.clock.now().toString();
  const line = { lineId: 'l-SHIRT', nodeId: 'milan', quantity: 2, shippedAt };
  await stage.order('1001', { ...TWO, shipped: [{ ...line, fulfillmentLineId: 'f1' }] });
  expect(await stage.works('1001')).toHaveLength(1);
  expect(await stage.breaches()).toEqual([]);
});

test('a fulfillment that was canceled brings its units back, also when no place can take them', async () => {
  const stage = await stageOf();
  await stage.order('1001', TWO);
  await stage.sent('1001');
  const shippedAt = stage.clock.now().toString();
  const line = { lineId: 'l-SHIRT', nodeId: 'milan', quantity: 2, shippedAt };
  const shipped = [{ ...line, fulfillmentLineId: 'f1' }];
  await stage.order('1001', { ...TWO, shipped });
  await stage.change('1001', { state: 'delivered', deliveredAt: STAGE_NOW.toString() });
  stage.clock.set(STAGE_NOW.add({ minutes: 15 }));
  await stage.order('1001', { ...TWO, shipped, unshipped: ['f1'] });
  const [work] = await stage.works('1001');
  expect(work).toMatchObject({ deliveredAt: null, leftAt: null });
  expect(['placed', 'unplaced']).toContain(work?.state);
  expect(await stage.breaches()).toEqual([]);
});

test('an order that was canceled before it was routed has an end: the buyer did not want it any more', async () => {
  const stage = await stageOf();
  await stage.take('1001', { ...TWO, canceled: { SHIRT: 2 }, record: { state: 'canceled' } });
  await stage.promised('1001', ...DAY);
  await stage.route.routeOrder(stage.shopId, '1001', 'order_placed');
  await stage.route.routeOrder(stage.shopId, '1001', 'retry');
  expect(await stage.works('1001')).toMatchObject([
    { workId: '1001-1', state: 'canceled', lines: [{ sku: 'SHIRT', quantity: 2 }] },
  ]);
  expect(await stage.outcome('1001')).toBe('canceled');
  expect(await stage.breaches()).toEqual([]);
});

test('units that the buyer canceled after routing are canceled, not withdrawn', async () => {
  const stage = await stageOf();
  await stage.order('1001', TWO);
  await stage.promised('1001', ...DAY);
  await stage.order('1001', { ...TWO, canceled: { SHIRT: 2 }, record: { state: 'canceled' } });
  expect(await stage.outcome('1001')).toBe('canceled');
});

test('a date that is found when nobody watches any more is watched to its end', async () => {
  const stage = await stageOf();
  const { shopId, db } = stage;
  await stage.order('1001', TWO);
  const store = createOrderStore(db);
  await stage.promised('1001', ...DAY);
  const row = await store.load(shopId, { orderId: '1001' });
  if (row === undefined) throw new Error('there is no promise');
  await withShop(db, shopId, (trx) =>
    sql`delete from order_promise where shop_id = ${shopId}`.execute(trx),
  );
  const nothing = { ...row, status: 'none', joinedBy: 5, promise: undefined } as const;
  await store.save(shopId, nothing, stage.clock.now());
  await stage.sent('1001');
  await stage.change('1001', { state: 'delivered', deliveredAt: STAGE_NOW.toString() });
  stage.clock.set(STAGE_NOW.add({ hours: 30 }));
  expect(await stage.outcome('1001')).toBeUndefined();
  await store.save(shopId, row, stage.clock.now(), nothing);
  expect(await stage.outcome('1001')).toBe('too_padded');
});
