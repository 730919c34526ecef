// Goods that lie ready and that nobody fetches, over routing as it runs, on a real server.
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/database.ts';
import { routingStage, STAGE_NOW } from '../../../tests/worlds/routing-stage.ts';
import { everyDay, twoStoresOneWarehouse } from '../../../tests/worlds/worlds.ts';
import { withShop } from '../../platform/database.ts';
import { lookAfter } from '../care/aftercare/service.ts';
import { DEFAULT_OUTCOME } from '../outcome/settings.ts';
import { createOutcomeReports } from '../outcome/settled/service.ts';
import { changeWork, lockWorks } from '../works/store.ts';
import { createPickups } from './service.ts';

let database: TestDatabase<unknown>;
const stops: (() => void)[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});
afterAll(() => database.close());

const PICKUP = { record: { method: 'pickup', pickupNodeId: 'milan', serviceCode: null } } as const;

/** Two shirts of order 1001 lie ready in Milan, which opens every day. */
async function readyStage() {
  const world = twoStoresOneWarehouse();
  const stage = await routingStage(database, {
    ...world,
    nodes: world.nodes.map((node) =>
      node.id === 'milan'
        ? { ...node, offersPickup: true, hours: everyDay('09:00', '19:00') }
        : node,
    ),
    stock: [{ sku: 'SHIRT', nodeId: 'milan', onHand: 5 }],
  });
  stops.push(stage.stop);
  const { db, clock, shopId } = stage;
  const jobs: string[] = [];
  const pickups = createPickups({
    ...{ db, clock, openShop: stage.stock.open, announce: stage.stock.announce },
    settingsOf: async () => DEFAULT_OUTCOME,
    enqueue: async (_, { name }) => void jobs.push(name),
  });
  clock.set(STAGE_NOW.add({ minutes: 10 }));
  await stage.order('1001', { units: { SHIRT: 2 }, ...PICKUP });
  const change = (to: Parameters<typeof changeWork>[3]) =>
    withShop(db, shopId, async (trx) => {
      const [work] = await lockWorks(trx, shopId, { orderId: '1001' });
      if (work === undefined) throw new Error('there is no work');
      await changeWork(trx, shopId, work, to);
    });
  await change({ state: 'ready', readyAt: clock.now().toString() });
  const after = async (days: number) => {
    clock.set(STAGE_NOW.add({ hours: 24 * days }));
    await pickups.sweep(shopId);
    await pickups.sweep(shopId);
  };
  const position = async () => {
    const { rows } = await withShop(db, shopId, (trx) =>
      sql<{ onHand: number; unavailable: number; allocated: number }>`
        select on_hand as "onHand", unavailable, allocated from stock_position
        where shop_id = ${shopId} and sku = 'SHIRT' and node_id = 'milan'`.execute(trx),
    );
    return rows[0];
  };
  const atRisk = async () => (await createOutcomeReports(db).readAtRisk(shopId)).rows;
  return { ...stage, pickups, jobs, change, after, position, atRisk };
}

const ofPickups = (kinds: readonly string[]) =>
  kinds.filter((kind) => ['pickup_reminder', 'uncollected', 'put_back'].includes(kind));

test('the shopper is reminded once, and after seven opening days an agent is asked; nothing is canceled', async () => {
  const stage = await readyStage();
  const { after, atRisk, jobs } = stage;
  await after(4);
  expect(ofPickups(await stage.timeline('1001'))).toEqual([]);
  await after(6);
  expect(ofPickups(await stage.timeline('1001'))).toEqual(['pickup_reminder']);
  expect(jobs).toEqual(['order_message']);
  expect(await atRisk()).toEqual([]);
  await after(8);
  expect(ofPickups(await stage.timeline('1001'))).toEqual(['pickup_reminder', 'uncollected']);
  expect(await atRisk()).toMatchObject([{ orderId: '1001', milestone: 'uncollected' }]);
  expect(await stage.works('1001')).toMatchObject([{ state: 'ready' }]);
  expect(await stage.position()).toEqual({ onHand: 5, unavailable: 0, allocated: 2 });
});

test('more days end the exception, and after them it stands again', async () => {
  const stage = await readyStage();
  const { db, shopId, clock, pickups } = stage;
  await stage.after(8);
  await withShop(db, shopId, async (trx) => {
    const [work] = await lockWorks(trx, shopId, { orderId: '1001' });
    if (work === undefined) throw new Error('there is no work');
    const action = { kind: 'extend', workId: work.workId, days: 5 } as const;
    const care = { work, action, actionId: 'a1', actor: 'anna', at: clock.now().toString() };
    expect(await lookAfter(pickups.extendPickup, trx, shopId, care)).toBeUndefined();
  });
  expect(await stage.atRisk()).toEqual([]);
  await stage.after(12);
  expect(await stage.atRisk()).toEqual([]);
  await stage.after(15);
  expect(await stage.atRisk()).toHaveLength(1);
  expect(await stage.timeline('1001')).toContain('pickup_extended');
});

test('what is fetched in the end is no exception any more', async () => {
  const stage = await readyStage();
  await stage.after(8);
  await stage.change({ state: 'handed_over', leftAt: stage.clock.now().toString() });
  await stage.after(9);
  expect(await stage.atRisk()).toEqual([]);
});

test('canceled, its goods are out of sale until the store says that they are back on the shelf, once', async () => {
  const stage = await readyStage();
  const { pickups, shopId } = stage;
  await stage.after(8);
  await stage.order('1001', { units: { SHIRT: 2 }, canceled: { SHIRT: 2 }, ...PICKUP });
  await stage.after(8);
  expect(await stage.position()).toEqual({ onHand: 5, unavailable: 2, allocated: 0 });
  expect(await stage.atRisk()).toEqual([]);
  const [one] = await pickups.listPutBack(shopId, 'milan');
  expect(one).toMatchObject({ orderName: '#1001', lines: [{ sku: 'SHIRT', quantity: 2 }] });
  expect(await pickups.listPutBack(shopId, 'rome')).toEqual([]);
  const put = (nodeId: string) =>
    pickups.confirmPutBack(shopId, {
      ...{ putBackId: one?.putBackId ?? '', nodeId, personId: 'paolo' },
    });
  expect([await put('rome'), await put('milan'), await put('milan')]).toEqual([false, true, false]);
  expect(await stage.position()).toEqual({ onHand: 5, unavailable: 0, allocated: 0 });
  expect(await pickups.listPutBack(shopId, 'milan')).toEqual([]);
  expect(ofPickups(await stage.timeline('1001')).at(-1)).toBe('put_back');
  expect(await stage.breaches()).toEqual([]);
});

test('a unit less of what lies ready goes back alone', async () => {
  const stage = await readyStage();
  await stage.order('1001', { units: { SHIRT: 2 }, canceled: { SHIRT: 1 }, ...PICKUP });
  await stage.after(1);
  expect(await stage.works('1001')).toMatchObject([{ state: 'ready', lines: [{ quantity: 1 }] }]);
  expect(await stage.position()).toEqual({ onHand: 5, unavailable: 1, allocated: 1 });
});
