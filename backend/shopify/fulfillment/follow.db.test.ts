// Orders followed to Shopify on a real server: what is remembered, what is told, and that nothing is done twice.

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/database.ts';
import { createModelAdmin, type ModelFault } from '../../../tests/shopify-model/admin.ts';
import {
  createFulfillmentModel,
  type FirstPart,
  type FulfillmentModel,
  PLAIN_MODEL,
} from '../../../tests/shopify-model/fulfillment-orders.ts';
import type { ShopId } from '../../base/ids.ts';
import type { OrderStep } from '../../orders/steps.ts';
import { readTimeline } from '../../orders/timeline/store.ts';
import {
  changeWork,
  insertWork,
  type NewWork,
  readWorks,
  type WorkChange,
} from '../../orders/works/store.ts';
import { withShop } from '../../platform/database.ts';
import { createFulfillmentFollower } from './follow.ts';
import { createOrderLocks } from './order-locks.ts';
import { DEFAULT_FULFILLMENT } from './settings.ts';

const SHOP = 'follow.myshopify.com' as ShopId;
const AT = '2026-11-24T09:00:00Z';
const START_BY = '2026-11-24T15:30:00Z';
// Nodes are named after their location: 101 is rome's.
const LOCATIONS: Readonly<Record<string, string>> = { rome: '101', milan: '102', turin: '103' };

let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.close();
});

let lastOrder = 1_000;

type Setting = {
  readonly first?: readonly FirstPart[];
  readonly faultOf?: (operation: string, call: number) => ModelFault;
  readonly onStep?: (step: OrderStep) => void;
  /** Why a move by hand cannot be ours. */
  readonly refuses?: 'no_stock';
};

const ROME_ONLY: readonly FirstPart[] = [
  { locationId: '101', lines: [{ lineId: '1', quantity: 2 }] },
];

// One order with its model, and a follower as the process would build it.
function openOrder(setting: Setting = {}) {
  const orderId = String(++lastOrder);
  const model: FulfillmentModel = createFulfillmentModel(
    setting.first ?? ROME_ONLY,
    PLAIN_MODEL,
    lastOrder * 1_000,
  );
  const { admin, sent } = createModelAdmin(new Map([[orderId, model]]), setting.faultOf);
  const { db } = database;
  const caused: string[] = [];
  const follower = createFulfillmentFollower({
    ...{ db, admin, clock: { now: () => Temporal.Instant.from(AT) } },
    log: { info: () => {}, warn: () => {}, error: () => {} },
    locks: createOrderLocks(db),
    settingsOf: async () => DEFAULT_FULFILLMENT,
    placesOf: async () => ({
      locationOf: (nodeId) => LOCATIONS[nodeId] ?? null,
      nodeOf: (locationId) =>
        Object.entries(LOCATIONS).find(([, number]) => number === locationId)?.[0],
    }),
    resettle: async () => {
      caused.push('resettle');
    },
    again: async () => {
      caused.push('again');
    },
    enqueue: async (_trx, job) => {
      caused.push(job.name);
    },
    onStep: setting.onStep ?? (() => {}),
    route: {
      relocate: async (trx, shopId, { work, nodeId }) => {
        if (setting.refuses !== undefined) {
          return { ok: false, refusal: { code: setting.refuses, nodeId, lines: [] } };
        }
        await changeWork(trx, shopId, work, { nodeId });
        return { ok: true, value: { work: { ...work, nodeId }, stockVersion: undefined } };
      },
      announce: async () => {},
    },
  });
  return {
    ...{ orderId, model, sent, caused, follower },
    mutations: () => sent.filter((name) => !name.endsWith('Read')),
    follow: () => follower.followOrder(SHOP, orderId),
    read: () => follower.readFollow(SHOP, orderId),
    add: (work: Partial<NewWork> = {}) =>
      withShop(db, SHOP, (trx) =>
        insertWork(trx, SHOP, {
          ...{ workId: `${orderId}-1`, orderId, kind: 'ship', state: 'placed', nodeId: 'rome' },
          ...{ startBy: START_BY, createdAt: AT },
          lines: [{ lineId: '1', sku: 'SHIRT', quantity: 2 }],
          ...work,
        }),
      ),
    change: (change: WorkChange, workId = `${orderId}-1`) =>
      withShop(db, SHOP, async (trx) => {
        const [work] = await readWorks(trx, SHOP, { workIds: [workId] });
        if (work !== undefined) await changeWork(trx, SHOP, work, change);
      }),
    events: async () =>
      (await withShop(db, SHOP, (trx) => readTimeline(trx, SHOP, orderId))).map((one) => one.kind),
    pack: (number: string | null) =>
      withShop(db, SHOP, (trx) =>
        sql`insert into parcel (shop_id, parcel_id, order_id, work_id, state, carrier, tracking_number, lines, created_at)
          values (${SHOP}, ${`p-${orderId}`}, ${orderId}, ${`${orderId}-1`}, 'shipped', 'BRT', ${number},
            '[{"lineId":"1","sku":"SHIRT","quantity":2}]', ${AT})`.execute(trx),
      ),
    parcels: () =>
      withShop(db, SHOP, async (trx) => {
        const { rows } = await sql<{ state: string; number: string; fulfillmentId: string }>`
          select state, tracking_number as number, fulfillment_id as "fulfillmentId" from parcel
          where shop_id = ${SHOP} and order_id = ${orderId}`.execute(trx);
        return rows;
      }),
    places: () =>
      model
        .observe()
        .parts.filter(({ status }) => status !== 'CLOSED')
        .map(({ locationId }) => locationId),
  };
}

describe('one order', () => {
  test('that is where it belongs costs one read and one mutation, and is done', async () => {
    const order = openOrder();
    await order.add();
    expect(await order.read()).toMatchObject({ state: 'pending' });
    expect(await order.follow()).toEqual({ kind: 'done', steps: 1 });
    expect(order.sent).toEqual(['OrderWorkRead', 'FulfillmentOrdersSetFulfillmentDeadline']);
    expect(await order.read()).toMatchObject({
      state: 'done',
      steps: [{ kind: 'deadline', outcome: 'done' }],
    });
    expect(await order.follow()).toEqual({ kind: 'done', steps: 0 });
    expect(await order.events()).toEqual(['shopify_followed']);
  });

  test('of another system, or without works, is not followed', async () => {
    const order = openOrder();
    expect(await order.follow()).toEqual({ kind: 'none' });
    expect(await order.follower.followOrder(SHOP, 'api:erp:77')).toEqual({ kind: 'none' });
    expect(order.sent).toEqual([]);
  });

  test('that Shopify has not routed yet is looked at again in a moment, and missed by nobody', async () => {
    const order = openOrder({ first: [] });
    await order.add();
    expect(await order.follow()).toEqual({ kind: 'unrouted' });
    expect([await order.events(), order.caused]).toEqual([[], ['again']]);
    expect(await order.read()).toMatchObject({ state: 'pending' });
  });

  test('goes the whole way: asked of stores, claimed elsewhere, sent, delivered', async () => {
    const order = openOrder();
    await order.add({ negotiation: 'offered' });
    await order.follow();
    await order.change({ negotiation: 'claimed', nodeId: 'milan' });
    expect(await order.read()).toMatchObject({ state: 'pending' });
    await order.follow();
    expect(order.mutations()).toEqual([
      'FulfillmentOrderHold',
      'FulfillmentOrderReleaseHold',
      'FulfillmentOrderMove',
      'FulfillmentOrdersSetFulfillmentDeadline',
      'FulfillmentOrderReportProgress',
    ]);
    await order.change({ state: 'shipped' });
    await order.pack('TN-1');
    await order.follow();
    const [fulfillment] = order.model.observe().fulfillments ?? [];
    expect(fulfillment).toMatchObject({ locationId: '102', tracking: { number: 'TN-1' } });
    expect(await order.parcels()).toMatchObject([{ fulfillmentId: fulfillment?.id }]);
    expect(await order.follow()).toEqual({ kind: 'done', steps: 0 });
  });

  test('that is too large for the first question is asked for with more room', async () => {
    const lines = (quantity: number) => [{ lineId: '1', quantity }];
    const first = Array.from({ length: 9 }, () => ({ locationId: '101', lines: lines(1) }));
    const order = openOrder({ first });
    await order.add({ lines: [{ lineId: '1', sku: 'SHIRT', quantity: 9 }] });
    expect(await order.follow()).toEqual({ kind: 'done', steps: 1 });
  });

  test('is followed by one at a time, in the order in which they came', async () => {
    const order = openOrder();
    await order.add();
    const outcomes = await Promise.all([order.follow(), order.follow(), order.follow()]);
    expect(outcomes.map((one) => ('steps' in one ? one.steps : -1))).toEqual([1, 0, 0]);
  });

  test('that another process follows comes back in a moment', async () => {
    const order = openOrder();
    await order.add();
    const other = createOrderLocks(database.db);
    const outcome = await other.run(`follow ${SHOP} ${order.orderId}`, () => order.follow());
    expect([outcome, order.caused]).toEqual([{ kind: 'busy' }, ['again']]);
    expect(await order.follow()).toMatchObject({ kind: 'done' });
  });
});

describe('what goes wrong', () => {
  test('a fulfillment whose reply was lost is found by reading, and made once', async () => {
    let isLost = true;
    const order = openOrder({
      faultOf: (operation) => {
        if (operation !== 'FulfillmentCreate' || !isLost) return undefined;
        isLost = false;
        return 'lost';
      },
    });
    await order.add({ state: 'shipped', nodeId: 'rome' });
    await order.pack('TN-2');
    expect(await order.follow()).toMatchObject({ kind: 'done' });
    expect(order.model.observe().fulfillments).toHaveLength(1);
    expect(await order.read()).toMatchObject({ steps: [{ kind: 'fulfill', outcome: 'unclear' }] });
  });

  test('a Shopify that answers nothing leaves the order pending, and the next run ends it', async () => {
    let isDown = true;
    const order = openOrder({
      faultOf: (operation) => (isDown && operation.endsWith('Move') ? 'unsent' : undefined),
    });
    await order.add({ nodeId: 'milan' });
    await expect(order.follow()).rejects.toThrow(/did not arrive/);
    expect(await order.read()).toMatchObject({ state: 'pending' });
    expect(await order.follower.findUnfollowed(SHOP, true)).toContain(order.orderId);
    isDown = false;
    await order.follow();
    expect(order.places()).toEqual(['102']);
    expect(await order.follower.findUnfollowed(SHOP, true)).not.toContain(order.orderId);
  });

  test('cut off at any point, the order ends as it would have', async () => {
    const seen = new Set<OrderStep>();
    let cutAt = '';
    for (let round = 0; round < 40; round++) {
      const order = openOrder({
        first: [{ locationId: '101', lines: [{ lineId: '1', quantity: 3 }] }],
        onStep: (step) => {
          if (cutAt !== '' || seen.has(step)) return;
          seen.add(step);
          cutAt = step;
          throw new Error(`cut off at ${step}`);
        },
      });
      cutAt = '';
      await order.add({ negotiation: 'offered' });
      const lines = [{ lineId: '1', sku: 'SHIRT', quantity: 1 }];
      await order.add({ workId: `${order.orderId}-2`, nodeId: 'turin', lines });
      const follow = () => order.follow().catch(() => order.follow());
      await follow();
      await order.change({ negotiation: 'claimed', nodeId: 'milan' });
      await follow();
      await order.change({ state: 'shipped' });
      await order.pack(`C-${round}`);
      await follow();
      expect(order.places(), cutAt).toEqual(['103']);
      expect(order.model.observe().fulfillments, cutAt).toHaveLength(1);
      expect(await order.read()).toMatchObject({ state: 'done' });
      if (cutAt === '') break;
    }
    expect([...seen].toSorted()).toEqual([
      ...['follow.answered', 'follow.ended', 'follow.found', 'follow.fulfill_sent'],
      ...['follow.hold_sent', 'follow.intent', 'follow.marked', 'follow.move_sent', 'follow.read'],
      ...['follow.split_sent', 'follow.told_sent'],
    ]);
  });

  test('a place that does not stock the item is given it first', async () => {
    const order = openOrder();
    order.model.byHand.unstock('102', '91');
    await order.add({ nodeId: 'milan', startBy: null });
    await order.follow();
    expect(order.mutations()).toEqual([
      'FulfillmentOrderMove',
      'InventoryActivate',
      'FulfillmentOrderMove',
    ]);
    expect(order.places()).toEqual(['102']);
  });

  test('a hold of the merchant is told once, and the order goes on when it is gone', async () => {
    const order = openOrder();
    await order.add({ nodeId: 'milan' });
    const [part] = order.model.observe().parts;
    order.model.byHand.hold(part?.id ?? '');
    expect(await order.follow()).toMatchObject({ stuck: { reason: 'merchant_hold' } });
    await order.follow();
    expect(await order.events()).toEqual(['shopify_stuck']);
    const stuck = await order.follower.readStuck(SHOP, 100);
    expect(stuck).toContainEqual(
      expect.objectContaining({ orderId: order.orderId, reason: 'merchant_hold' }),
    );
    order.model.byHand.release(part?.id ?? '');
    expect(await order.follow()).toMatchObject({ kind: 'done' });
    expect(await order.read()).toMatchObject({ state: 'done', stuck: undefined });
  });

  test('units that were canceled in Shopify have the order read again, once', async () => {
    const order = openOrder();
    await order.add();
    order.model.byHand.cancelUnits('1', 1);
    expect(await order.follow()).toMatchObject({ stuck: { reason: 'units_missing' } });
    await order.follow();
    expect(order.caused).toEqual(['resettle']);
  });
});

describe('what people do in Shopify', () => {
  test('a move by hand becomes ours', async () => {
    const order = openOrder();
    await order.add();
    await order.follow();
    order.model.byHand.move(order.model.observe().parts[0]?.id ?? '', '103');
    await order.follow();
    const [work] = await withShop(database.db, SHOP, (trx) =>
      readWorks(trx, SHOP, { orderId: order.orderId }),
    );
    expect(work?.nodeId).toBe('turin');
    expect(order.caused).toEqual(['order_route']);
    expect(order.places()).toEqual(['103']);
  });

  test('a move to where the goods are not is told, and never moved back by us', async () => {
    const order = openOrder({ refuses: 'no_stock' });
    await order.add();
    await order.follow();
    order.model.byHand.move(order.model.observe().parts[0]?.id ?? '', '103');
    expect(await order.follow()).toMatchObject({
      stuck: { reason: 'moved_where_it_cannot_be_done', facts: { code: 'no_stock' } },
    });
    expect(order.places()).toEqual(['103']);
    await order.change({ nodeId: 'milan' });
    await order.follow();
    expect(order.places()).toEqual(['102']);
  });

  test('a move of ours that was cut off is never taken for one by hand', async () => {
    let isCut = false;
    const order = openOrder({
      onStep: (step) => {
        if (step === 'follow.move_sent' && isCut) throw new Error('cut off');
      },
    });
    await order.add();
    await order.follow();
    await order.change({ nodeId: 'milan' });
    isCut = true;
    await expect(order.follow()).rejects.toThrow('cut off');
    isCut = false;
    await order.change({ nodeId: 'rome' });
    await order.follow();
    expect([order.places(), order.caused]).toEqual([['101'], []]);
  });

  test('a fulfillment by hand is no second one of ours, and its number becomes a parcel', async () => {
    const order = openOrder();
    await order.add();
    await order.follow();
    order.model.byHand.fulfill(order.model.observe().parts[0]?.id ?? '', 'HAND-1', AT);
    expect(await order.follow()).toMatchObject({ stuck: { reason: 'units_missing' } });
    // Routing settles what left by somebody else's hand.
    await order.change({ state: 'shipped' });
    expect(await order.follow()).toEqual({ kind: 'done', steps: 0 });
    expect(await order.parcels()).toMatchObject([{ state: 'shipped', number: 'HAND-1' }]);
    expect(order.model.observe().fulfillments).toHaveLength(1);
  });

  test('a fulfillment canceled in Shopify is not made again by us', async () => {
    const order = openOrder();
    await order.add({ state: 'shipped' });
    await order.pack('TN-9');
    await order.follow();
    const [fulfillment] = order.model.observe().fulfillments ?? [];
    order.model.byHand.cancelFulfillment(fulfillment?.id ?? '');
    expect(await order.follow()).toMatchObject({ stuck: { reason: 'fulfillment_canceled' } });
    expect(order.caused).toEqual(['resettle']);
    await order.change({ state: 'placed' });
    expect(await order.follow()).toMatchObject({ kind: 'done' });
    expect(order.model.observe().fulfillments).toHaveLength(1);
  });
});
