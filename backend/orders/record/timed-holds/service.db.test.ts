// Holds that end by themselves, over routing as it runs, on a real server.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../tests/database.ts';
import { routingStage, STAGE_NOW } from '../../../../tests/worlds/routing-stage.ts';
import { twoStoresOneWarehouse } from '../../../../tests/worlds/worlds.ts';
import { withShop } from '../../../platform/database.ts';
import { DEFAULT_OUTCOME } from '../../outcome/settings.ts';
import { readOrder } from '../store.ts';
import type { TimedHold } from '../timed-hold.ts';
import { createTimedHolds } from './service.ts';

let database: TestDatabase<unknown>;
const stops: (() => void)[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});
afterAll(() => database.close());

async function stageOf() {
  const stage = await routingStage(
    database,
    { ...twoStoresOneWarehouse(), stock: [{ sku: 'SHIRT', nodeId: 'milan', onHand: 5 }] },
    { offers: { mode: 'direct' } },
  );
  stops.push(stage.stop);
  const { db, clock, shopId } = stage;
  const jobs: string[] = [];
  const holds = createTimedHolds({
    ...{ db, clock, openShop: stage.stock.open, settingsOf: async () => DEFAULT_OUTCOME },
    enqueue: async (_, { name }) => void jobs.push(name),
  });
  const held = (orderId: string, holdReason: TimedHold | 'payment', minutes: number) =>
    stage.order(orderId, {
      units: { SHIRT: 1 },
      record: { holdReason, holdUntil: STAGE_NOW.add({ minutes }).toString() },
    });
  const after = async (minutes: number) => {
    clock.set(STAGE_NOW.add({ minutes }));
    return await holds.sweep(shopId);
  };
  const read = (orderId: string) => withShop(db, shopId, (trx) => readOrder(trx, shopId, orderId));
  return { ...stage, jobs, held, after, read };
}

test('an order the buyer may still change is planned and not given to anybody, until its minutes are over', async () => {
  const stage = await stageOf();
  const { shopId, held, after, jobs } = stage;
  await held('1001', 'edit_window', 30);
  expect(await stage.works('1001')).toMatchObject([
    { state: 'placed', negotiation: 'none', holdReason: 'edit_window' },
  ]);
  expect([await after(29), jobs]).toEqual([0, []]);
  expect(await after(30)).toBe(1);
  expect(jobs).toEqual(['order_route', 'fulfillment_follow']);
  await stage.route.routeOrder(shopId, '1001', 'retry');
  expect(await stage.works('1001')).toMatchObject([
    { state: 'placed', negotiation: 'assigned', holdReason: null },
  ]);
  expect(await after(31)).toBe(0);
  // A reading from within the window that comes late does not bring it back.
  await held('1001', 'edit_window', 30);
  expect(await stage.read('1001')).toMatchObject({ holdReason: null, waivedHold: 'edit_window' });
  expect(await stage.breaches()).toEqual([]);
});

test('a promise that cannot wait ends the minutes for changes, a gift waits for its day', async () => {
  const stage = await stageOf();
  const { held, after } = stage;
  for (const [orderId, reason] of [
    ['1001', 'edit_window'],
    ['1002', 'gift_date'],
  ] as const) {
    await stage.take(orderId, { units: { SHIRT: 1 }, record: { holdReason: null } });
    await stage.promised(orderId, '2026-12-01', '2026-12-01T23:00:00Z');
    await held(orderId, reason, 24 * 60);
  }
  const [work] = await stage.works('1001');
  const startBy = Temporal.Instant.from(work?.startBy ?? '');
  const minutes = Math.floor(startBy.since(STAGE_NOW).total('minutes'));
  expect(minutes).toBeLessThan(24 * 60);
  expect(await after(minutes)).toBe(1);
  expect(await stage.read('1002')).toMatchObject({ holdReason: 'gift_date' });
  expect(await after(24 * 60)).toBe(1);
});

test('what its source holds is not let go by the clock', async () => {
  const stage = await stageOf();
  await stage.held('1001', 'edit_window', 30);
  await stage.held('1001', 'payment', 30);
  expect(await stage.after(60)).toBe(0);
  expect(await stage.read('1001')).toMatchObject({ holdReason: 'payment', holdUntil: null });
  expect(await stage.works('1001')).toMatchObject([{ holdReason: 'payment' }]);
});
