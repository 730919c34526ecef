// The agent's desk on a real server, over routing as it runs; Shopify's part is what main.ts would supply.
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/database.ts';
import { routingStage } from '../../../tests/worlds/routing-stage.ts';
import { twoStoresOneWarehouse } from '../../../tests/worlds/worlds.ts';
import type { Result } from '../../base/result.ts';
import { withShop } from '../../platform/database.ts';
import { readCodeTries, saveCodeTry } from '../desk/store.ts';
import { raiseException } from '../exceptions/store.ts';
import { withdrawOffers } from '../offers/opening/service.ts';
import { restateOrder } from '../record/restate/service.ts';
import { changeWork } from '../works/store.ts';
import type { Outside } from './acts/service.ts';
import type { Action } from './care.ts';
import { createCare } from './service.ts';

let database: TestDatabase<unknown>;
const stops: (() => void)[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});
afterAll(() => database.close());

const PAGE = { offset: 0, limit: 50 };
const ADDRESS = {
  ...{ name: 'Paolo Bianchi', address1: 'Via Roma 1', address2: '', city: 'Roma', province: 'RM' },
  ...{ zip: '00118', country: 'IT' },
};

type Confirmed = Awaited<ReturnType<Outside['changeAddress']>>;

/** A desk over a stage with shirts in Milan and Rome; `said`: what Shopify was told. */
async function desk(confirmed: Confirmed = { ok: true, value: undefined }) {
  const stage = await routingStage(database, {
    ...twoStoresOneWarehouse(),
    stock: [
      { sku: 'SHIRT', nodeId: 'milan', onHand: 10 },
      { sku: 'SHIRT', nodeId: 'rome', onHand: 5 },
    ],
  });
  stops.push(stage.stop);
  const { db, clock, route, shopId } = stage;
  const said: string[] = [];
  const jobs: { name: string; data: object }[] = [];
  const tell = async (what: string, change: () => Promise<unknown>): Promise<Confirmed> => {
    said.push(what);
    if (confirmed.ok) await change();
    return confirmed;
  };
  const restating = { db, clock, follow: stage.claims.follow, routeOrder: route.routeOrder };
  const actor = { kind: 'agent', id: 'desk' } as const;
  const care = createCare({
    ...{ db, clock, route, withdrawOffers, extendPickup: async () => clock.now().toString() },
    enqueue: async (_, job) => void jobs.push(job),
    outside: {
      changeAddress: (shop, { orderId }, address) =>
        tell(`address ${address.zip}`, () =>
          restateOrder(restating, shop, {
            ...{ orderId, actor },
            change: () => ({ address, country: address.country, postalCode: address.zip }),
          }),
        ),
      leaveUnits: (_shop, { orderId }, lines) =>
        tell(`left ${lines.map(({ left }) => left).join()}`, () =>
          stage.order(orderId, {
            units: { SHIRT: 3 },
            canceled: { SHIRT: 3 - (lines[0]?.left ?? 0) },
          }),
        ),
    },
    readPromise: async () => undefined,
    readFollow: async () => ({ state: 'none', reason: null, facts: {} }),
    readAtRisk: async () => ({ rows: [], hasMore: false }),
    readForecast: async () => null,
    readMessages: async () => [],
  });
  const act = (action: Action, actionId = crypto.randomUUID()) =>
    care.act(shopId, '1001', { actionId, action, actor: 'user-7' });
  return { stage, care, said, jobs, act, shopId };
}

const codeOf = (result: Result<unknown, { readonly code: string }>) =>
  result.ok ? 'ok' : result.refusal.code;

test('an order is found by its number, e-mail, name, postal code, SKU and tracking number, and by no other shop', async () => {
  const { stage, care, shopId } = await desk();
  const record = { customerName: 'Ada Ferri', email: 'Ada@Example.com', postalCode: '20121' };
  await stage.order('1001', { units: { SHIRT: 3 }, record });
  await withShop(database.db, shopId, async (trx) => {
    const [work] = await stage.lock(trx, '1001-1');
    await sql`insert into parcel (shop_id, parcel_id, order_id, work_id, state, tracking_number, lines, created_at)
      values (${shopId}, 'p1', '1001', ${work?.workId}, 'packed', 'TRK-9', '[]', ${stage.clock.now().toString()})`.execute(
      trx,
    );
  });
  const found = async (text: string, shop = shopId) =>
    (await care.search(shop, { text, ...PAGE })).rows.map(({ orderId }) => orderId);
  for (const text of ['1001', '#1001', 'ada@example.com', 'ferri', '20 121', 'SHIRT', 'trk-9']) {
    expect(await found(text), text).toEqual(['1001']);
  }
  for (const text of ['1002', 'bob', '%', '_da', 'SHIR'])
    expect(await found(text), text).toEqual([]);
  expect(await found('1001', (await desk()).shopId)).toEqual([]);
});

test('a work is moved where the agent says, with its units, and the page tells who did it', async () => {
  const { stage, care, act, shopId } = await desk();
  await stage.order('1001', { units: { SHIRT: 3 } });
  const move: Action = { kind: 'reallocate', workId: '1001-1', nodeId: 'rome' };
  expect(await care.preview(shopId, '1001', move)).toMatchObject({
    ok: true,
    value: { plan: [{ nodeId: 'rome', lines: [{ quantity: 3 }] }] },
  });
  const id = crypto.randomUUID();
  expect(await act(move, id)).toEqual({ ok: true, value: { state: 'done' } });
  expect(await act(move, id)).toEqual({ ok: true, value: { state: 'done' } });
  expect(await stage.allocations('1001')).toEqual(['l-SHIRT rome 3']);
  expect(await stage.breaches()).toEqual([]);
  const page = await care.readPage(shopId, '1001');
  expect(page).toMatchObject({
    state: 'placed',
    works: [{ nodeId: 'rome', negotiation: 'assigned' }],
    actions: [{ kind: 'reallocate', actor: 'user-7', state: 'done' }],
  });
  expect(page?.timeline.at(-1)).toMatchObject({
    kind: 'moved',
    actor: { kind: 'agent', id: 'user-7' },
  });
});

test('a place that has not got it refuses the move, in the preview and in the act, and nothing changes', async () => {
  const { stage, care, act, shopId } = await desk();
  await stage.order('1001', { units: { SHIRT: 7 } });
  const move: Action = { kind: 'reallocate', workId: '1001-1', nodeId: 'rome' };
  expect(codeOf(await care.preview(shopId, '1001', move))).toBe('move_refused');
  expect(codeOf(await act(move))).toBe('move_refused');
  expect(await stage.allocations('1001')).toEqual(['l-SHIRT milan 7']);
  expect((await care.readPage(shopId, '1001'))?.actions).toEqual([]);
});

test('an order is held and released, its works with it', async () => {
  const { stage, act } = await desk();
  await stage.order('1001', { units: { SHIRT: 3 } });
  expect(codeOf(await act({ kind: 'hold', reason: 'calls back at six' }))).toBe('ok');
  expect(await stage.works('1001')).toMatchObject([{ holdReason: 'agent' }]);
  expect(codeOf(await act({ kind: 'release' }))).toBe('ok');
  expect(await stage.works('1001')).toMatchObject([{ holdReason: null }]);
  expect(codeOf(await act({ kind: 'release' }))).toBe('not_held');
  expect((await stage.timeline('1001')).slice(-2)).toEqual(['held', 'released']);
});

test('canceled units are pending until Shopify confirms, and then what is left is what is allocated', async () => {
  const { stage, care, act, said, jobs, shopId } = await desk();
  await stage.order('1001', { units: { SHIRT: 3 } });
  const lines = [{ lineId: 'l-SHIRT', quantity: 2 }];
  const id = crypto.randomUUID();
  expect(await act({ kind: 'cancel', lines, reason: 'changed her mind' }, id)).toEqual({
    ok: true,
    value: { state: 'pending' },
  });
  expect(jobs.filter(({ name }) => name === 'order_action')).toHaveLength(1);
  await care.perform(shopId, id);
  await care.perform(shopId, id);
  expect(said).toEqual(['left 1']);
  expect(await stage.allocations('1001')).toEqual(['l-SHIRT milan 1']);
  expect(await stage.breaches()).toEqual([]);
  expect((await care.readPage(shopId, '1001'))?.actions).toMatchObject([{ state: 'done' }]);
  expect(codeOf(await act({ kind: 'cancel', lines, reason: '' }))).toBe('units_gone');
});

test('what Shopify refuses has failed, with its words, and the order is as before', async () => {
  const { stage, care, act, shopId } = await desk({
    ok: false,
    refusal: { code: 'shopify_refused', reason: 'The address is invalid' },
  });
  await stage.order('1001', { units: { SHIRT: 3 } });
  const id = crypto.randomUUID();
  await act({ kind: 'address', address: ADDRESS }, id);
  await care.perform(shopId, id);
  const page = await care.readPage(shopId, '1001');
  expect(page?.actions).toMatchObject([{ state: 'failed', reason: 'The address is invalid' }]);
  // Nobody needs the address any more.
  expect(page?.actions[0]?.asked).toEqual({ kind: 'address' });
  expect(page?.order.postalCode).toBe('20121');
});

test('a new address is quoted first, and what nobody has begun is routed to it anew', async () => {
  const { stage, care, act, jobs, shopId } = await desk();
  await stage.order('1001', { units: { SHIRT: 3 } });
  const action: Action = { kind: 'address', address: ADDRESS };
  expect(await care.preview(shopId, '1001', action)).toMatchObject({ ok: true });
  expect(
    codeOf(
      await care.preview(shopId, '1001', {
        kind: 'address',
        address: { ...ADDRESS, country: 'JP' },
      }),
    ),
  ).toBe('no_plan');
  const id = crypto.randomUUID();
  await act(action, id);
  await care.perform(shopId, id);
  expect((await care.readPage(shopId, '1001'))?.order.postalCode).toBe('00118');
  expect(jobs.map(({ name }) => name)).toContain('order_route');
  await stage.route.routeOrder(shopId, '1001', 'agent');
  expect(await stage.breaches()).toEqual([]);
  expect(await stage.timeline('1001')).toContain('address_changed');
});

test('what only a person can end is ended once, with who did it, and Shopify is followed again', async () => {
  const { stage, care, act, jobs, shopId } = await desk();
  await stage.order('1001', { units: { SHIRT: 3 } });
  const at = stage.clock.now().toString();
  const of = { orderId: '1001', workId: '1001-1', kind: 'left_though_canceled' } as const;
  await withShop(database.db, shopId, (trx) =>
    raiseException(trx, shopId, { ...of, at, facts: { lines: [] } }),
  );
  const seen: Action = {
    kind: 'seen_to',
    workId: '1001-1',
    exception: 'left_though_canceled',
  };
  expect((await care.readPage(shopId, '1001'))?.alerts).toMatchObject([
    { milestone: 'left_though_canceled' },
  ]);
  const id = crypto.randomUUID();
  expect(codeOf(await act({ ...seen, exception: 'uncollected' }))).toBe('no_exception');
  expect(await act(seen, id)).toEqual({ ok: true, value: { state: 'done' } });
  expect(await act(seen, id)).toEqual({ ok: true, value: { state: 'done' } });
  expect(codeOf(await act(seen))).toBe('no_exception');
  const page = await care.readPage(shopId, '1001');
  expect(page?.alerts).toEqual([]);
  expect(page?.timeline.at(-1)).toMatchObject({ kind: 'seen_to', actor: { id: 'user-7' } });
  expect(jobs.map(({ name }) => name)).toEqual(['fulfillment_follow']);
});

test('an agent unlocks a pickup code that was guessed too often, and no other', async () => {
  const { stage, act, shopId } = await desk();
  const record = { method: 'pickup', pickupNodeId: 'milan', serviceCode: null } as const;
  await stage.order('1001', { units: { SHIRT: 1 }, record });
  const unlock: Action = { kind: 'unlock', workId: '1001-1' };
  const at = stage.clock.now().toString();
  await withShop(database.db, shopId, async (trx) => {
    const [work] = await stage.lock(trx, '1001-1');
    if (work === undefined) throw new Error('there is no work');
    await changeWork(trx, shopId, work, { state: 'ready', readyAt: at });
  });
  const tries = (wrongTries: number, lockedAt: string | null) =>
    withShop(database.db, shopId, (trx) =>
      saveCodeTry(trx, shopId, { workId: '1001-1', wrongTries, lockedAt }),
    );
  await tries(4, null);
  expect(codeOf(await act(unlock))).toBe('code_not_locked');
  await tries(5, at);
  expect(codeOf(await act(unlock))).toBe('ok');
  expect(await withShop(database.db, shopId, (trx) => readCodeTries(trx, shopId, '1001-1'))).toBe(
    0,
  );
  expect(await stage.timeline('1001')).toContain('pickup_code_unlocked');
});
