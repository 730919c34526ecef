import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { installWithScopes, levelAt, MILAN_ID, PARIS_ID } from '../fixtures/admin.ts';
import { type FakeApp, startFakeApp, startSmallShop } from '../fixtures/buy.ts';
import { type Answered, ask, COATS, openOf, placeTwoLines } from '../fixtures/work.ts';
import type { LocalShopify } from '../local-shopify.ts';
import { initialSettings } from '../settings.ts';
import { gid } from '../shop.ts';
import type { FulfillmentOrder, Order } from './order-state.ts';
import { actionsOf } from './work.ts';

let app: FakeApp;
let local: LocalShopify;
let token: string;
let order: Order;
let one: FulfillmentOrder;

beforeAll(async () => {
  app = await startFakeApp();
  local = await startSmallShop(app.url, 100_000);
  token = await installWithScopes(local);
});
afterAll(async () => {
  await local.stop();
  await app.stop();
});
beforeEach(() => {
  local.control.changeSettings({
    ...initialSettings(),
    webhooks: 'prompt',
    reportProgress: 'eligible',
  });
  ({ order, one } = placeTwoLines(local));
});

const workWebhooks = () => app.received.filter((each) => each.path === '/webhooks/work');
const id = () => gid('FulfillmentOrder', one.id);
const place = (locationId: number) => gid('Location', locationId);
const unit = (line: number, quantity: number) => ({
  id: gid('FulfillmentOrderLineItem', one.lines[line]?.id ?? 0),
  quantity,
});
const mutate = (name: Parameters<typeof ask>[2]['name'], variables: object = {}) =>
  ask(local, token, { name, id: id(), ...variables });
const why = ({ userErrors }: Answered) => userErrors[0]?.code ?? userErrors[0]?.message;
const committed = () => [MILAN_ID, PARIS_ID].map((where) => levelAt(local, where).committed);
const fulfill = (more: object = {}) =>
  mutate('fulfill', {
    fulfillment: { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: id(), ...more }] },
  });

describe('a move', () => {
  test('of the whole keeps the id, and committed units go along', async () => {
    const before = committed();
    const answer = await mutate('move', { to: place(PARIS_ID) });
    expect(answer).toMatchObject({
      movedFulfillmentOrder: { id: id(), status: 'OPEN' },
      originalFulfillmentOrder: { id: id() },
      remainingFulfillmentOrder: null,
      userErrors: [],
    });
    expect(openOf(local, order)).toEqual(['OPEN Paris: 2 coat, 1 shirt']);
    expect(committed()).toEqual([Number(before[0]) - 2, Number(before[1]) + 2]);
  });

  test('of a part closes the old one; what moved and what stays have new ids', async () => {
    const answer = await mutate('move', { to: place(PARIS_ID), units: [unit(0, 1)] });
    expect(answer['originalFulfillmentOrder']).toEqual({ id: id(), status: 'CLOSED' });
    expect(openOf(local, order)).toEqual(['OPEN Paris: 1 coat', 'OPEN Milano: 1 coat, 1 shirt']);
    expect(order.fulfillmentOrders.filter((each) => each.id === one.id)).toHaveLength(1);
  });

  test('of a part may keep the id of what stays, by the setting', async () => {
    local.control.changeSettings({ partialMove: 'keeps id' });
    await mutate('move', { to: place(PARIS_ID), units: [unit(0, 1)] });
    expect(one.status).toBe('OPEN');
    expect(openOf(local, order)).toEqual(['OPEN Milano: 1 coat, 1 shirt', 'OPEN Paris: 1 coat']);
  });

  test.each([
    ['recreated', ['OPEN Paris: 2 coat, 1 shirt']],
    ['beside', ['OPEN Milano: 1 coat', 'OPEN Paris: 1 coat, 1 shirt']],
  ] as const)('to where another is open: %s', async (moveOntoOpen, expected) => {
    local.control.changeSettings({ moveOntoOpen });
    local.control.splitWork(one.id, [
      { sku: COATS, quantity: 1 },
      { sku: 'LINEN-SHIRT-S', quantity: 1 },
    ]);
    const other = order.fulfillmentOrders.at(-1);
    if (!other) throw new Error('nothing was split off');
    local.control.moveWork(other.id, { locationId: PARIS_ID });
    if (moveOntoOpen === 'recreated') await mutate('move', { to: place(PARIS_ID) });
    expect(openOf(local, order)).toEqual(expected);
    const ids = order.fulfillmentOrders.map((each) => each.id);
    expect(new Set(ids).size).toBe(moveOntoOpen === 'recreated' ? 3 : 2);
  });

  test.each([
    ['to a location that does not stock the item', () => ({ to: place(LYON) }), /isn't stocked/],
    ['to where it is already', () => ({ to: place(MILAN_ID) }), /already assigned/],
    ['to a location there is not', () => ({ to: place(1) }), /does not exist/],
    [
      'of more units than are left',
      () => ({ to: place(PARIS_ID), units: [unit(0, 3)] }),
      /quantity is invalid/,
    ],
  ])('%s is refused', async (_what, variables, message) => {
    const answer = await mutate('move', variables());
    expect(answer.userErrors[0]?.message).toMatch(message);
    expect(openOf(local, order)).toEqual(['OPEN Milano: 2 coat, 1 shirt']);
  });

  let LYON = 0;
  beforeAll(() => {
    const facts = { name: 'Lyon', address1: '1 rue X', city: 'Lyon', zip: '69001' };
    LYON = local.control.addLocation({ ...facts, countryCode: 'FR' }).location.id;
  });

  test('of reported progress is refused by its code until it is marked as open', async () => {
    await mutate('progress');
    expect(why(await mutate('move', { to: place(PARIS_ID) }))).toBe(
      'CANNOT_MOVE_FULFILLMENT_ORDER_WITH_REPORTED_PROGRESS',
    );
    await mutate('open');
    expect((await mutate('move', { to: place(PARIS_ID) })).userErrors).toEqual([]);
  });

  test.each([
    ['no', /on_hold and cannot be moved/, 'ON_HOLD Milano: 2 coat, 1 shirt'],
    ['yes', undefined, 'ON_HOLD Paris: 2 coat, 1 shirt'],
  ] as const)('on hold, with the setting %s', async (moveOnHold, message, after) => {
    local.control.changeSettings({ moveOnHold });
    local.control.holdWork(one.id, {});
    expect(actionsOf(local.shop, { order, one }).includes('MOVE')).toBe(moveOnHold === 'yes');
    const answer = await mutate('move', { to: place(PARIS_ID) });
    if (message) expect(answer.userErrors[0]?.message).toMatch(message);
    expect(openOf(local, order)).toEqual([after]);
  });

  test('of what was handed over in part leaves that part where it was', async () => {
    await fulfill({ fulfillmentOrderLineItems: [unit(0, 1)] });
    expect(one.status).toBe('IN_PROGRESS');
    await mutate('move', { to: place(PARIS_ID) });
    expect(openOf(local, order)).toEqual(['OPEN Paris: 1 coat, 1 shirt']);
    expect(one).toMatchObject({ status: 'CLOSED', locationId: MILAN_ID });
  });
});

describe('a split', () => {
  const splits = (...units: object[]) => ({
    splits: [{ fulfillmentOrderId: id(), fulfillmentOrderLineItems: units }],
  });

  test.each([
    ['rest', ['OPEN Milano: 1 coat, 1 shirt', 'OPEN Milano: 1 coat']],
    ['named', ['OPEN Milano: 1 coat', 'OPEN Milano: 1 coat, 1 shirt']],
  ] as const)('keeps the %s under the old id, by the setting', async (splitKeeps, expected) => {
    local.control.changeSettings({ splitKeeps });
    expect((await mutate('split', splits(unit(0, 1)))).userErrors).toEqual([]);
    expect(order.fulfillmentOrders[0]?.id).toBe(one.id);
    expect(openOf(local, order)).toEqual(expected);
  });

  test('of what was handed over in part gives a replacement', async () => {
    await fulfill({ fulfillmentOrderLineItems: [unit(0, 1)] });
    const answer = await mutate('split', splits(unit(1, 1)));
    expect(answer).toMatchObject({
      fulfillmentOrderSplits: [{ fulfillmentOrder: { status: 'CLOSED' } }],
    });
    expect(openOf(local, order).sort()).toEqual(['OPEN Milano: 1 coat', 'OPEN Milano: 1 shirt']);
  });

  test.each([
    ['of nothing', () => splits(), 'NO_LINE_ITEMS_PROVIDED_TO_SPLIT'],
    ['of all there is', () => splits(unit(0, 2), unit(1, 1)), 'INVALID_LINE_ITEM_QUANTITY'],
    ['of more than is left', () => splits(unit(0, 3)), 'INVALID_LINE_ITEM_QUANTITY'],
  ])('%s is refused', async (_what, variables, code) => {
    expect(why(await mutate('split', variables()))).toBe(code);
    expect(openOf(local, order)).toEqual(['OPEN Milano: 2 coat, 1 shirt']);
  });

  test('is undone by a merge at the same place, and by none elsewhere', async () => {
    await mutate('split', splits(unit(0, 1)));
    const mergeIntents = order.fulfillmentOrders.map((each) => ({
      fulfillmentOrderId: gid('FulfillmentOrder', each.id),
    }));
    expect((await mutate('merge', { sets: [{ mergeIntents }] })).userErrors).toEqual([]);
    expect(openOf(local, order)).toEqual(['OPEN Milano: 2 coat, 1 shirt']);
    expect((await mutate('merge', { sets: [{ mergeIntents }] })).userErrors).toHaveLength(1);
  });
});

describe('a hold', () => {
  const hold = (handle: string, more = {}) =>
    mutate('hold', { hold: { reason: 'OTHER', handle, ...more } });
  const holdId = (at: number) => gid('FulfillmentHold', one.holds[at]?.id ?? 0);

  test('stops everything but its release; a part is split off first', async () => {
    const answer = await hold('work-1', { fulfillmentOrderLineItems: [unit(0, 1)] });
    expect(answer['fulfillmentOrder']).toEqual({ id: id(), status: 'ON_HOLD' });
    expect(openOf(local, order)).toEqual([
      'ON_HOLD Milano: 1 coat',
      'OPEN Milano: 1 coat, 1 shirt',
    ]);
    expect(actionsOf(local.shop, { order, one })).toEqual(['HOLD', 'RELEASE_HOLD']);
    expect((await fulfill()).userErrors[0]?.message).toContain('unfulfillable status= on_hold');
  });

  test('has its handle once for each app, and ten at most', async () => {
    for (let i = 0; i < 10; i++) await hold(`work-${i}`);
    expect(why(await hold('work-3'))).toBe('DUPLICATE_FULFILLMENT_HOLD_HANDLE');
    expect(why(await hold('work-10'))).toBe('FULFILLMENT_ORDER_HOLD_LIMIT_REACHED');
    // The merchant's own do not count.
    local.control.holdWork(one.id, { reason: 'HIGH_RISK_OF_FRAUD' });
    expect(one.holds).toHaveLength(11);
  });

  test('of a merchant stays when the app releases its own, and cannot be named by it', async () => {
    local.control.holdWork(one.id, { reason: 'HIGH_RISK_OF_FRAUD' });
    await hold('work-1');
    expect(why(await mutate('release', { holdIds: [holdId(0)] }))).toBe('INVALID_ACCESS');
    await mutate('release', { holdIds: [holdId(1)] });
    expect(openOf(local, order)).toEqual(['ON_HOLD Milano: 2 coat, 1 shirt']);
  });

  test("released without ids ends them all, the merchant's too", async () => {
    local.control.holdWork(one.id, { reason: 'HIGH_RISK_OF_FRAUD' });
    await hold('work-1');
    await mutate('release');
    expect(one.holds).toEqual([]);
    expect(one.status).toBe('OPEN');
  });

  test('is told once when it starts and once when the last one ends', async () => {
    await expect.poll(() => local.webhooks.pending()).toBe(0);
    app.received.length = 0;
    await hold('a');
    await hold('b');
    await mutate('release');
    await expect.poll(() => local.webhooks.pending()).toBe(0);
    const topics = workWebhooks().map((each) => each.headers['x-shopify-topic']);
    const count = (topic: string) => topics.filter((each) => each === topic).length;
    expect(
      ['placed_on_hold', 'hold_released'].map((each) => count(`fulfillment_orders/${each}`)),
    ).toEqual([1, 1]);
    expect(['added', 'released'].map((each) => count(`fulfillment_holds/${each}`))).toEqual([2, 2]);
  });
});

describe('progress, deadline and readiness', () => {
  test.each([
    ['eligible', undefined, 'IN_PROGRESS'],
    ['not eligible', 'MARKETPLACE_APP_NOT_ELIGIBLE', 'OPEN'],
  ] as const)('in a shop where apps are %s', async (reportProgress, code, status) => {
    local.control.changeSettings({ reportProgress });
    expect(why(await mutate('progress'))).toBe(code);
    expect(one.status).toBe(status);
    expect(why(await mutate('open'))).toBe(
      status === 'OPEN' ? 'The fulfillment order is neither scheduled nor in progress.' : undefined,
    );
  });

  test('a deadline is fulfillBy, of all named or of none', async () => {
    const at = '2026-11-25T16:00:00Z';
    await mutate('deadline', { ids: [id()], at });
    expect(one.fulfillBy).toBe('2026-11-25T16:00:00.000Z');
    const bad = { ids: [id(), gid('FulfillmentOrder', 1)], at: '2026-11-26T16:00:00Z' };
    expect(why(await mutate('deadline', bad))).toBe('FULFILLMENT_ORDERS_NOT_FOUND');
    expect(one.fulfillBy).toBe('2026-11-25T16:00:00.000Z');
  });

  test('only a scheduled one can be rescheduled', async () => {
    expect((await mutate('reschedule', { at: '2026-12-01T09:00:00Z' })).userErrors).toHaveLength(1);
    one.status = 'SCHEDULED';
    expect(actionsOf(local.shop, { order, one })).toEqual(['MARK_AS_OPEN']);
    expect((await mutate('reschedule', { at: '2026-12-01T09:00:00Z' })).userErrors).toEqual([]);
    expect(one.fulfillAt).toBe('2026-12-01T09:00:00.000Z');
    await mutate('open');
    expect(one.status).toBe('OPEN');
  });

  test('a pickup is prepared once, is never moved, and work to be shipped is never prepared', async () => {
    const prepare = () =>
      mutate('prepare', {
        input: { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: id() }] },
      });
    const code = 'NO_LINE_ITEMS_TO_PREPARE_FOR_FULFILLMENT_ORDER';
    expect(why(await prepare())).toBe(code);
    one.methodType = 'PICK_UP';
    expect(actionsOf(local.shop, { order, one })).toEqual(['CREATE_FULFILLMENT', 'HOLD']);
    expect((await prepare()).userErrors).toEqual([]);
    expect(why(await prepare())).toBe(code);
  });
});

test('without its scope a mutation is denied and nothing changes', async () => {
  const poor = await installWithScopes(local, ['read_orders']);
  const denied = ask(local, poor, { name: 'move', id: id(), to: place(PARIS_ID) });
  await expect(denied).rejects.toThrow('`write_merchant_managed_fulfillment_orders`');
  expect(openOf(local, order)).toEqual(['OPEN Milano: 2 coat, 1 shirt']);
});
