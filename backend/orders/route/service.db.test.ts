// Orders settled on a real server, with facts that follow it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/database.ts';
import { left } from '../../../tests/worlds/claims-orders.ts';
import { routingStage } from '../../../tests/worlds/routing-stage.ts';
import { twoStoresOneWarehouse } from '../../../tests/worlds/worlds.ts';
import type { WorldInput } from '../../network/world.ts';
import { withShop } from '../../platform/database.ts';
import { changeWork, lockWorks } from '../works/store.ts';

let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

/** Shirts in Milan, Rome and London. */
function shirts(milan: number, rome: number, london = 0): WorldInput {
  return {
    ...twoStoresOneWarehouse(),
    stock: [
      { sku: 'SHIRT', nodeId: 'milan', onHand: milan },
      { sku: 'SHIRT', nodeId: 'rome', onHand: rome },
      { sku: 'SHIRT', nodeId: 'london', onHand: london },
    ],
  };
}

test('an order is placed where it keeps its promise, its units allocated there, once', async () => {
  const stage = await routingStage(database, shirts(10, 2));
  expect(await stage.order('1', { units: { SHIRT: 2 } })).toMatchObject({
    kind: 'changed',
    works: [{ workId: '1-1', state: 'placed', negotiation: 'assigned', nodeId: 'milan' }],
  });
  expect(await stage.breaches()).toEqual([]);
  expect(await stage.timeline('1')).toEqual(['order_placed', 'routed']);
  expect(stage.jobs.map(({ name }) => name)).toEqual(['fulfillment_follow']);
  expect(await stage.route.routeOrder(stage.shopId, '1', 'retry')).toMatchObject({
    kind: 'unchanged',
  });
  expect(await stage.timeline('1')).toHaveLength(2);
  stage.stop();
});

test('an order nobody told us of, or whose claims are not there yet, is unknown', async () => {
  const stage = await routingStage(database, shirts(10, 2));
  expect(await stage.route.routeOrder(stage.shopId, 'x', 'retry')).toEqual({ kind: 'unknown' });
  stage.stop();
});

test('what nobody has waits with a reason and until when, and is placed once there is stock', async () => {
  const stage = await routingStage(database, shirts(1, 0));
  await stage.order('1', { units: { SHIRT: 3 } });
  expect(await stage.works('1')).toMatchObject([
    { state: 'placed', nodeId: 'milan', lines: [{ quantity: 1 }] },
    {
      state: 'unplaced',
      nodeId: null,
      unplacedReason: 'no_stock',
      expiresAt: '2026-12-14T09:00:00.000000Z',
      lines: [{ quantity: 2 }],
    },
  ]);
  expect(await stage.breaches()).toEqual([]);
  await stage.route.sweep(stage.shopId);
  expect(await stage.works('1')).toHaveLength(2);
  await stage.stocked('SHIRT', 'rome', 5);
  expect(await stage.route.sweep(stage.shopId)).toMatchObject({ routed: 1 });
  expect(await stage.works('1')).toMatchObject([
    { nodeId: 'milan' },
    { state: 'placed', nodeId: 'rome', unplacedReason: null, expiresAt: null },
  ]);
  expect(await stage.breaches()).toEqual([]);
  stage.stop();
});

test('what has waited as long as it may is given up, and tried again only by an agent', async () => {
  const stage = await routingStage(database, shirts(0, 0), { unplacedExpiryDays: 2 });
  await stage.order('1', { units: { SHIRT: 1 } });
  stage.clock.set(stage.clock.now().add({ hours: 48 }));
  expect(await stage.route.sweep(stage.shopId)).toMatchObject({ gaveUp: 1 });
  expect(await stage.route.sweep(stage.shopId)).toMatchObject({ gaveUp: 0 });
  await stage.stocked('SHIRT', 'milan', 5);
  await stage.route.routeOrder(stage.shopId, '1', 'retry');
  expect(await stage.works('1')).toMatchObject([{ state: 'unplaced', expiresAt: null }]);
  await stage.route.routeOrder(stage.shopId, '1', 'agent');
  expect(await stage.works('1')).toMatchObject([{ state: 'placed', nodeId: 'milan' }]);
  expect(await stage.timeline('1')).toEqual(['order_placed', 'unplaced', 'gave_up', 'routed']);
  stage.stop();
});

test('what waits for stock that is on its way is not given up before that stock is as late as it may be', async () => {
  const stage = await routingStage(database, shirts(0, 0), { unplacedExpiryDays: 2 });
  await stage.order('1', { units: { SHIRT: 1 } });
  const expected = stage.clock.now().add({ hours: 24 * 6 });
  const expectedOn = expected.toString().slice(0, 10);
  await stage.stocked('SHIRT', 'milan', 0, [{ quantity: 5, expectedOn }]);
  stage.clock.set(expected.add({ hours: 48 }));
  expect(await stage.route.sweep(stage.shopId)).toMatchObject({ gaveUp: 0 });
  await stage.stocked('SHIRT', 'milan', 5);
  expect(await stage.route.sweep(stage.shopId)).toMatchObject({ gaveUp: 0, routed: 1 });
  expect(await stage.works('1')).toMatchObject([{ state: 'placed', nodeId: 'milan' }]);
  await stage.order('2', { units: { SHIRT: 5 } });
  await stage.stocked('SHIRT', 'milan', 0, [{ quantity: 5, expectedOn }]);
  stage.clock.set(expected.add({ hours: 24 * 5 }));
  expect(await stage.route.sweep(stage.shopId)).toMatchObject({ gaveUp: 1 });
  stage.stop();
});

test('canceled units leave what is unplaced first, then what nobody has begun, then the rest', async () => {
  const stage = await routingStage(database, shirts(1, 2));
  await stage.order('1', { units: { SHIRT: 4 } });
  const unitsOf = async () =>
    (await stage.works('1')).map(
      ({ nodeId, state, lines }) => `${nodeId ?? '-'} ${state} ${lines[0]?.quantity ?? 0}`,
    );
  const [milan] = (await stage.works('1')).filter(({ nodeId }) => nodeId === 'milan');
  await withShop(database.db, stage.shopId, async (trx) => {
    const workIds = [milan?.workId ?? ''];
    for (const work of await lockWorks(trx, stage.shopId, { workIds })) {
      await changeWork(trx, stage.shopId, work, { state: 'picking' });
    }
  });
  expect((await unitsOf()).toSorted()).toEqual([
    '- unplaced 1',
    'milan picking 1',
    'rome placed 2',
  ]);
  await stage.order('1', { units: { SHIRT: 4 }, canceled: { SHIRT: 2 } });
  expect((await unitsOf()).toSorted()).toEqual([
    '- canceled 1',
    'milan picking 1',
    'rome placed 1',
  ]);
  expect(await stage.breaches()).toEqual([]);
  await stage.order('1', { units: { SHIRT: 4 }, canceled: { SHIRT: 4 } });
  expect((await stage.works('1')).every(({ state }) => state === 'canceled')).toBe(true);
  expect(await stage.breaches()).toEqual([]);
  stage.stop();
});

test('an order to collect is work of its own store, and waits for a person when the store lacks it', async () => {
  const stage = await routingStage(database, shirts(10, 1));
  const record = { method: 'pickup', pickupNodeId: 'rome', serviceCode: null } as const;
  await stage.order('1', { units: { SHIRT: 1 }, record });
  await stage.order('2', { units: { SHIRT: 1 }, record });
  expect(await stage.works('1')).toMatchObject([
    { kind: 'pickup', state: 'placed', nodeId: 'rome', negotiation: 'assigned' },
  ]);
  expect(await stage.works('2')).toMatchObject([
    { kind: 'pickup', state: 'unplaced', unplacedReason: 'own_store_only' },
  ]);
  expect(await stage.breaches()).toEqual([]);
  stage.stop();
});

test('an order on hold is placed and offered to nobody; free again, it is', async () => {
  const stage = await routingStage(database, shirts(5, 5), {
    offers: {
      mode: 'compete',
      nodeKinds: ['store', 'warehouse'],
      activeHours: 'always',
    },
  });
  await stage.order('1', { units: { SHIRT: 1 }, record: { holdReason: 'payment' } });
  expect(await stage.works('1')).toMatchObject([
    { state: 'placed', negotiation: 'none', holdReason: 'payment' },
  ]);
  expect(stage.offered).toEqual([]);
  await stage.order('1', { units: { SHIRT: 1 } });
  expect(await stage.works('1')).toMatchObject([
    { workId: '1-1', holdReason: null, negotiation: 'offered' },
  ]);
  expect(stage.offered).toEqual(['1-1']);
  await stage.order('1', { units: { SHIRT: 1 }, record: { holdReason: 'payment' } });
  expect(await stage.works('1')).toMatchObject([{ holdReason: 'payment', negotiation: 'none' }]);
  expect(stage.withdrawn).toEqual(['1-1 held']);
  expect(await stage.breaches()).toEqual([]);
  stage.stop();
});

test('a store’s refusal sends the work elsewhere and never back', async () => {
  const stage = await routingStage(database, shirts(1, 5));
  await stage.order('1', { units: { SHIRT: 1 } });
  const returned = await withShop(database.db, stage.shopId, (trx) =>
    stage.route.returnWork(trx, stage.shopId, {
      ...{ workId: '1-1', cause: 'refused', exclude: true, at: stage.clock.now().toString() },
      actor: { kind: 'store', id: 'milan' },
    }),
  );
  expect(returned).toMatchObject({ ok: true, value: { work: { state: 'unplaced' } } });
  expect(stage.jobs.at(-1)).toMatchObject({ name: 'order_route', data: { cause: 'refused' } });
  if (returned.ok) await stage.route.announce(stage.shopId, returned.value);
  expect(await stage.breaches()).toEqual([]);
  await stage.route.routeOrder(stage.shopId, '1', 'refused');
  expect(await stage.works('1')).toMatchObject([
    { workId: '1-1', nodeId: 'rome', excludedNodes: ['milan'] },
  ]);
  expect(await stage.breaches()).toEqual([]);
  expect(await stage.timeline('1')).toEqual(['order_placed', 'routed', 'unplaced', 'routed']);
  stage.stop();
});

test('units that were not found go elsewhere, the rest stays', async () => {
  const stage = await routingStage(database, shirts(3, 5));
  await stage.order('1', { units: { SHIRT: 3 } });
  const returned = await withShop(database.db, stage.shopId, (trx) =>
    stage.route.returnWork(trx, stage.shopId, {
      ...{ workId: '1-1', cause: 'short_pick', exclude: true, at: stage.clock.now().toString() },
      actor: { kind: 'store', id: 'milan' },
      lines: [{ lineId: 'l-SHIRT', quantity: 1 }],
    }),
  );
  if (returned.ok) await stage.route.announce(stage.shopId, returned.value);
  await stage.route.routeOrder(stage.shopId, '1', 'short_pick');
  expect(await stage.works('1')).toMatchObject([
    { workId: '1-1', nodeId: 'milan', lines: [{ quantity: 2 }] },
    { workId: '1-2', nodeId: 'rome', lines: [{ quantity: 1 }] },
  ]);
  expect(await stage.breaches()).toEqual([]);
  stage.stop();
});

test('a shortage takes the newest allocations, and their works go where there are goods', async () => {
  const stage = await routingStage(database, shirts(3, 5));
  await stage.order('1', { units: { SHIRT: 2 } });
  stage.clock.set(stage.clock.now().add({ minutes: 1 }));
  await stage.order('2', { units: { SHIRT: 1 } });
  await stage.stocked('SHIRT', 'milan', 2);
  await stage.claims.returnToRouting(stage.shopId, [{ sku: 'SHIRT', nodeId: 'milan', missing: 1 }]);
  await stage.route.routeOrder(stage.shopId, '2', 'shortage');
  expect(await stage.works('1')).toMatchObject([{ nodeId: 'milan' }]);
  expect(await stage.works('2')).toMatchObject([{ workId: '2-1', nodeId: 'rome' }]);
  expect(await stage.breaches()).toEqual([]);
  stage.stop();
});

test('a claim moves the units to the winner, or says that they are not there', async () => {
  const stage = await routingStage(database, shirts(5, 1));
  await stage.order('1', { units: { SHIRT: 1 } });
  await stage.order('2', { units: { SHIRT: 1 } });
  const claim = (orderId: string) =>
    withShop(database.db, stage.shopId, async (trx) => {
      const [work] = await lockWorks(trx, stage.shopId, { orderId });
      if (work === undefined) throw new Error('no work');
      return await stage.route.relocate(trx, stage.shopId, {
        ...{ work, nodeId: 'rome', negotiation: 'claimed', claimedBy: 'anna', cause: 'claimed' },
        ...{ at: stage.clock.now().toString(), actor: { kind: 'store', id: 'rome' } },
      });
    });
  expect(await claim('1')).toMatchObject({
    ok: true,
    value: { work: { nodeId: 'rome', negotiation: 'claimed', claimedBy: 'anna' } },
  });
  expect(await claim('2')).toEqual({
    ok: false,
    refusal: {
      code: 'no_stock',
      nodeId: 'rome',
      lines: [{ lineId: 'l-SHIRT', sku: 'SHIRT', wanted: 1, free: 0 }],
    },
  });
  expect(await stage.breaches()).toEqual([]);
  stage.stop();
});

test('goods that left by another’s hand are work that has left; when they come back they are sent again', async () => {
  const stage = await routingStage(database, shirts(5, 5));
  await stage.order('1', { units: { SHIRT: 2 } });
  const shipped = [left('f1', 'rome', 1)];
  await stage.order('1', { units: { SHIRT: 2 }, shipped });
  expect(await stage.works('1')).toMatchObject([
    { workId: '1-1', state: 'placed', nodeId: 'milan', lines: [{ quantity: 1 }] },
    { workId: '1-2', state: 'shipped', nodeId: 'rome', lines: [{ quantity: 1 }] },
  ]);
  expect(await stage.breaches()).toEqual([]);
  await stage.order('1', { units: { SHIRT: 2 }, unshipped: ['f1'] });
  expect((await stage.works('1')).map(({ state }) => state)).toEqual(['placed', 'placed']);
  expect(await stage.breaches()).toEqual([]);
  stage.stop();
});

test('a line whose SKU nobody knows waits with that reason, the others go', async () => {
  const stage = await routingStage(database, shirts(5, 5));
  const line = { variantId: null, title: 'Hat', quantity: 1, canceled: 0, unitPriceMinor: 1_000 };
  const lines = [
    { ...line, lineId: 'l-SHIRT', sku: 'SHIRT', needsShipping: true },
    { ...line, lineId: 'l-HAT', sku: 'HAT', needsShipping: true },
    { ...line, lineId: 'l-CARD', sku: 'CARD', needsShipping: false },
  ];
  await stage.order('1', { units: { SHIRT: 1 }, record: { lines } });
  expect(await stage.works('1')).toMatchObject([
    { state: 'placed', lines: [{ sku: 'SHIRT' }] },
    { state: 'unplaced', lines: [{ sku: 'HAT' }] },
  ]);
  stage.stop();
});

test('trying without effect says what would be done and does nothing', async () => {
  const stage = await routingStage(database, shirts(5, 5));
  await stage.order('1', { units: { SHIRT: 2 } });
  const decision = await stage.route.dryRun(stage.shopId, '1');
  expect(decision?.parcels).toMatchObject([{ nodeId: 'milan', lines: [{ quantity: 2 }] }]);
  expect(await stage.route.previewMove(stage.shopId, '1-1', 'rome')).toMatchObject({
    nodeId: 'rome',
    plan: { serviceCode: 'standard' },
    refusal: undefined,
  });
  expect(await stage.route.previewMove(stage.shopId, '1-1', 'nowhere')).toMatchObject({
    refusal: { code: 'unknown_node' },
  });
  expect(await stage.timeline('1')).toHaveLength(2);
  stage.stop();
});

test('a work nobody has begun moves where it stands better, if that is worth more than the move', async () => {
  const run = async (movePenaltyPoints: number) => {
    const stage = await routingStage(database, shirts(0, 5), { movePenaltyPoints });
    await stage.order('1', { units: { SHIRT: 1 } });
    expect(await stage.works('1')).toMatchObject([{ nodeId: 'rome' }]);
    await stage.stocked('SHIRT', 'milan', 5);
    const { moved } = await stage.route.sweep(stage.shopId);
    expect(await stage.breaches()).toEqual([]);
    const [work] = await stage.works('1');
    stage.stop();
    return { moved, nodeId: work?.nodeId, workId: work?.workId };
  };
  expect(await run(0)).toEqual({ moved: 1, nodeId: 'milan', workId: '1-1' });
  expect(await run(100_000)).toEqual({ moved: 0, nodeId: 'rome', workId: '1-1' });
});

test('what waits because its places refused it waits on when the rest of its order moves', async () => {
  const stage = await routingStage(database, shirts(0, 2), { movePenaltyPoints: 0 });
  const giveBack = async (workId: string, nodeId: string) => {
    const returned = await withShop(database.db, stage.shopId, (trx) =>
      stage.route.returnWork(trx, stage.shopId, {
        ...{ workId, cause: 'short_pick', exclude: true, at: stage.clock.now().toString() },
        actor: { kind: 'store', id: nodeId },
        lines: [{ lineId: 'l-SHIRT', quantity: 1 }],
      }),
    );
    if (returned.ok) await stage.route.announce(stage.shopId, returned.value);
    await stage.route.routeOrder(stage.shopId, '1', 'short_pick');
  };
  await stage.order('1', { units: { SHIRT: 2 } });
  await giveBack('1-1', 'rome');
  await stage.stocked('SHIRT', 'milan', 5);
  await stage.route.routeOrder(stage.shopId, '1', 'retry');
  await giveBack('1-2', 'milan');
  await stage.route.sweep(stage.shopId);
  expect(await stage.works('1')).toMatchObject([
    { workId: '1-1', state: 'placed' },
    { workId: '1-2', state: 'unplaced', excludedNodes: ['rome', 'milan'] },
  ]);
  expect(await stage.breaches()).toEqual([]);
  stage.stop();
});

test('a place that takes no more work loses what nobody has packed', async () => {
  const stage = await routingStage(database, shirts(5, 5));
  await stage.order('1', { units: { SHIRT: 1 } });
  await stage.route.closeNode(stage.shopId, 'milan');
  expect(await stage.works('1')).toMatchObject([{ workId: '1-1', nodeId: 'rome' }]);
  expect(await stage.breaches()).toEqual([]);
  stage.stop();
});

test('an order that is allocated where Shopify assigned it is taken over, wherever it belongs', async () => {
  const stage = await routingStage(database, shirts(1, 5));
  const at = (nodeId: string) => [{ lineId: 'l-SHIRT', nodeId, quantity: 1 }];
  await stage.order('1', { units: { SHIRT: 1 }, assigned: at('milan') });
  await stage.order('2', { units: { SHIRT: 1 }, assigned: at('rome') });
  expect(await stage.works('1')).toMatchObject([{ nodeId: 'milan' }]);
  expect(await stage.works('2')).toMatchObject([{ nodeId: 'rome' }]);
  expect(await stage.breaches()).toEqual([]);
  stage.stop();
});

test('units that lose their allocation go on without the story of a cancellation', async () => {
  const stage = await routingStage(database, shirts(3, 5));
  await stage.order('1', { units: { SHIRT: 3 } });
  await stage.stocked('SHIRT', 'milan', 2);
  await stage.claims.returnToRouting(stage.shopId, [{ sku: 'SHIRT', nodeId: 'milan', missing: 1 }]);
  await stage.route.routeOrder(stage.shopId, '1', 'shortage');
  expect(await stage.works('1')).toMatchObject([
    { workId: '1-1', nodeId: 'milan', lines: [{ quantity: 2 }] },
    { workId: '1-2', nodeId: 'rome', lines: [{ quantity: 1 }] },
  ]);
  expect(await stage.timeline('1')).toEqual(['order_placed', 'routed', 'routed']);
  expect(await stage.breaches()).toEqual([]);
  stage.stop();
});

test('a promise that is known late binds the works, and moves what could not keep it', async () => {
  // From Rome to Rome takes two days, as from Milan; only the pickup of the day differs.
  const stage = await routingStage(database, shirts(5, 5), { priority: [{ nodeKind: 'store' }] });
  await stage.order('1', { units: { SHIRT: 1 } });
  expect(await stage.works('1')).toMatchObject([{ promisedEnd: null }]);
  await stage.promised('1', '2026-12-09', '2026-12-09T23:00:00Z');
  expect(await stage.route.routeOrder(stage.shopId, '1', 'order_changed')).toMatchObject({
    works: [{ promisedOn: '2026-12-09', promisedEnd: '2026-12-09T23:00:00.000000Z', version: 2 }],
  });
  expect(await stage.timeline('1')).toEqual(['order_placed', 'routed']);
  await stage.promised('1', '2026-11-30', '2026-11-30T12:00:00Z');
  await stage.route.routeOrder(stage.shopId, '1', 'order_changed');
  expect(await stage.works('1')).toMatchObject([
    { state: 'placed', promisedOn: '2026-11-30', allowedLateDays: 2 },
  ]);
  expect(await stage.route.routeOrder(stage.shopId, '1', 'order_changed')).toMatchObject({
    kind: 'unchanged',
  });
  expect(await stage.breaches()).toEqual([]);
  stage.stop();
});

test('an order that was claimed and never routed is found by the clock', async () => {
  const stage = await routingStage(database, shirts(5, 5));
  await stage.take('1', { units: { SHIRT: 1 } });
  stage.clock.set(stage.clock.now().add({ seconds: 61 }));
  expect(await stage.route.sweep(stage.shopId)).toMatchObject({ routed: 1 });
  expect(await stage.works('1')).toMatchObject([{ state: 'placed' }]);
  stage.stop();
});

test('no more orders are placed at a node on a day than its cap', async () => {
  const stage = await routingStage(database, shirts(5, 5), {
    dailyOrderCap: { byNode: { milan: 2 } },
    weights: { node_load: 0 },
  });
  await Promise.all(['1', '2', '3', '4'].map((id) => stage.order(id, { units: { SHIRT: 1 } })));
  const nodes = await Promise.all(['1', '2', '3', '4'].map((id) => stage.works(id)));
  expect(nodes.map(([work]) => work?.nodeId).toSorted()).toEqual([
    ...['milan', 'milan', 'rome', 'rome'],
  ]);
  stage.stop();
});

test('a kit is placed as it was sold and allocated by its components', async () => {
  const product = { weightGrams: 300, volumeCm3: 2_000, longestCm: 30 };
  const stage = await routingStage(database, {
    ...twoStoresOneWarehouse(),
    products: [
      { ...product, sku: 'SHIRT' },
      { ...product, sku: 'TIE' },
      {
        ...product,
        sku: 'SET',
        kit: {
          components: [
            { sku: 'SHIRT', quantity: 1 },
            { sku: 'TIE', quantity: 2 },
          ],
        },
      },
    ],
    stock: [
      { sku: 'SHIRT', nodeId: 'milan', onHand: 5 },
      { sku: 'TIE', nodeId: 'milan', onHand: 3 },
      { sku: 'SHIRT', nodeId: 'rome', onHand: 2 },
      { sku: 'TIE', nodeId: 'rome', onHand: 4 },
    ],
  });
  await stage.order('1', { units: { SET: 2 } });
  expect(await stage.works('1')).toMatchObject([
    { nodeId: 'rome', lines: [{ sku: 'SET', quantity: 2 }] },
  ]);
  expect(await stage.allocations('1')).toEqual(['l-SET/SHIRT rome 2', 'l-SET/TIE rome 4']);
  await stage.order('1', { units: { SET: 2 }, canceled: { SET: 1 } });
  expect(await stage.allocations('1')).toEqual(['l-SET/SHIRT rome 1', 'l-SET/TIE rome 2']);
  stage.stop();
});
