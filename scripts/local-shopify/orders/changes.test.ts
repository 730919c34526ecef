import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { installWithScopes, levelAt, PARIS_ID } from '../fixtures/admin.ts';
import {
  askAdmin,
  type FakeApp,
  openCheckout,
  post,
  startFakeApp,
  startSmallShop,
} from '../fixtures/buy.ts';
import { type Answered, ask, COATS, openOf, placeTwoLines } from '../fixtures/work.ts';
import type { LocalShopify } from '../local-shopify.ts';
import { initialSettings } from '../settings.ts';
import { gid } from '../shop.ts';
import type { FulfillmentOrder, Order } from './order-state.ts';

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

const id = () => gid('FulfillmentOrder', one.id);
const unit = (line: number, quantity: number) => ({
  id: gid('FulfillmentOrderLineItem', one.lines[line]?.id ?? 0),
  quantity,
});
const mutate = (name: Parameters<typeof ask>[2]['name'], variables: object = {}) =>
  ask(local, token, { name, id: id(), ...variables });
const why = ({ userErrors }: Answered) => userErrors[0]?.code ?? userErrors[0]?.message;
const fulfill = (more: object = {}) =>
  mutate('fulfill', {
    fulfillment: { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: id(), ...more }] },
  });

describe('a fulfillment', () => {
  test('takes units off hand, carries tracking and ends what it empties', async () => {
    const { available, committed: before } = levelAt(local);
    const trackingInfo = { company: 'BRT', number: 'BRT-1' };
    const answer = await mutate('fulfill', {
      fulfillment: { lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: id() }], trackingInfo },
    });
    expect(answer['fulfillment']).toMatchObject({
      status: 'SUCCESS',
      displayStatus: 'FULFILLED',
      trackingInfo: [{ number: 'BRT-1', company: 'BRT' }],
    });
    expect(levelAt(local)).toMatchObject({ available, committed: before - 2 });
    expect(one.status).toBe('CLOSED');
    expect((await fulfill()).userErrors[0]?.message).toContain('unfulfillable status= closed');
  });

  test('of two locations or two orders is refused whole', async () => {
    const other = placeTwoLines(local).one;
    local.control.splitWork(one.id, [{ sku: COATS, quantity: 1 }]);
    const split = order.fulfillmentOrders.at(-1);
    if (!split) throw new Error('nothing was split off');
    local.control.moveWork(split.id, { locationId: PARIS_ID });
    for (const [second, message] of [
      [split, 'same location'],
      [other, 'same order'],
    ] as const) {
      const ids = [id(), gid('FulfillmentOrder', second.id)];
      const rows = ids.map((fulfillmentOrderId) => ({ fulfillmentOrderId }));
      const answer = await mutate('fulfill', {
        fulfillment: { lineItemsByFulfillmentOrder: rows },
      });
      expect(answer.userErrors[0]?.message).toContain(message);
    }
    expect(order.fulfillments).toEqual([]);
  });

  test('canceled brings its units back as open work with a new id', async () => {
    const { committed: before } = levelAt(local);
    const made = Object((await fulfill())['fulfillment']).id;
    await mutate('unfulfill', { id: made });
    expect(openOf(local, order)).toEqual(['OPEN Milano: 2 coat, 1 shirt']);
    expect(order.fulfillmentOrders.map((each) => each.status)).toEqual(['CLOSED', 'OPEN']);
    expect(levelAt(local).committed).toBe(before);
    expect((await mutate('unfulfill', { id: made })).userErrors).toHaveLength(1);
  });

  test('is told of by the carrier, the last word counts', async () => {
    const fulfillmentId = Object((await fulfill())['fulfillment']).id;
    await mutate('track', { id: fulfillmentId, tracking: { number: 'DHL-7' } });
    const say = (status: string, more = {}) =>
      mutate('event', { event: { fulfillmentId, status, ...more } });
    await say('IN_TRANSIT', { estimatedDeliveryAt: '2026-11-27T12:00:00Z' });
    local.control.carrierSays({ trackingNumber: 'DHL-7', status: 'DELIVERED' });
    const answer = await askAdmin(local, token, {
      query: `query Read($id: ID!) { fulfillment(id: $id) { displayStatus deliveredAt estimatedDeliveryAt
        trackingInfo { number } events(first: 5) { nodes { status } } } }`,
      variables: { id: fulfillmentId },
    });
    expect(answer.data?.['fulfillment']).toMatchObject({
      displayStatus: 'DELIVERED',
      deliveredAt: expect.any(String),
      estimatedDeliveryAt: '2026-11-27T12:00:00Z',
      trackingInfo: [{ number: 'DHL-7' }],
      events: { nodes: [{ status: 'IN_TRANSIT' }, { status: 'DELIVERED' }] },
    });
  });
});

describe('an order that changes', () => {
  const orderId = () => gid('Order', order.id);
  const coats = () => gid('LineItem', order.lines[0]?.id ?? 0);
  const refund = (quantity: number, restockType: string) =>
    mutate('refund', {
      key: randomUUID(),
      input: {
        orderId: orderId(),
        refundLineItems: [{ lineItemId: coats(), quantity, restockType }],
      },
    });

  test.each([
    ['CANCEL takes open units', 'CANCEL', 1, 'OPEN Milano: 1 coat, 1 shirt'],
    ['NO_RESTOCK takes open units too', 'NO_RESTOCK', 2, 'OPEN Milano: 1 shirt'],
  ])('a refund with %s', async (_what, restockType, quantity, after) => {
    const { available } = levelAt(local);
    expect((await refund(quantity, restockType)).userErrors).toEqual([]);
    expect(openOf(local, order)).toEqual([after]);
    expect(levelAt(local).available).toBe(available + (restockType === 'CANCEL' ? quantity : 0));
  });

  test.each([
    ['CANCEL', 3],
    ['RETURN', 1],
  ])('a refund with %s of units that are not there is refused', async (restockType, quantity) => {
    const answer = await refund(quantity, restockType);
    expect(answer.userErrors[0]?.message).toContain('more items than were purchased');
    expect(order.refunds).toEqual([]);
  });

  test('an address is changed for the order, and for its work only by the setting', async () => {
    const move = (zip: string) =>
      mutate('address', {
        input: { id: orderId(), shippingAddress: { zip, city: 'Torino', countryCode: 'IT' } },
      });
    expect(await move('10121')).toMatchObject({ order: { shippingAddress: { zip: '10121' } } });
    expect(one.destination).toBeNull();
    local.control.changeSettings({ addressOnWork: 'follows' });
    await move('10122');
    expect(one.destination).toMatchObject({ zip: '10122', city: 'Torino' });
  });

  test('an edit takes effect when it is committed, and never below what has left', async () => {
    await fulfill({ fulfillmentOrderLineItems: [unit(0, 1)] });
    const { calculatedOrder } = await mutate('begin', { id: orderId() });
    const edit: { id: string; lineItems: { nodes: { id: string }[] } } = Object(calculatedOrder);
    const set = (quantity: number) =>
      mutate('setQuantity', { id: edit.id, line: edit.lineItems.nodes[0]?.id, quantity });
    expect((await set(0)).userErrors[0]?.message).toContain('1 units that are fulfilled');
    expect(await set(1)).toMatchObject({ calculatedLineItem: { quantity: 1 }, userErrors: [] });
    expect(openOf(local, order)).toEqual(['IN_PROGRESS Milano: 1 coat, 1 shirt']);
    await mutate('commit', { id: edit.id });
    expect(openOf(local, order)).toEqual(['IN_PROGRESS Milano: 1 shirt']);
    expect((await mutate('commit', { id: edit.id })).userErrors).toHaveLength(1);
  });

  test('a cancellation is a job: the answer first, then the effect', async () => {
    expect(await mutate('cancel', { id: orderId() })).toMatchObject({ job: { done: false } });
    expect(order.cancelledAt).toBeNull();
    await expect.poll(() => order.cancelledAt).not.toBeNull();
    expect(openOf(local, order)).toEqual([]);
    expect(why(await mutate('cancel', { id: orderId() }))).toBe('INVALID');
  });

  test('a cancellation of what has left in part is refused', async () => {
    await fulfill({ fulfillmentOrderLineItems: [unit(0, 1)] });
    expect(why(await mutate('cancel', { id: orderId() }))).toBe('INVALID');
    expect(order.cancelDue).toBeNull();
  });
});

describe('routing', () => {
  const buy = async () => {
    const { token: checkout } = await openCheckout(local, { variantIds: [2_000] });
    await post(`${local.url}/checkouts/${checkout}/pay`, {});
    const placed = local.shop.state.orders.at(-1);
    if (!placed) throw new Error('nothing was placed');
    return placed;
  };

  test.each([
    ['at once', 1],
    ['after page', 0],
    ['late', 0],
  ] as const)('%s: the order has its fulfillment orders then', async (orderRouting, count) => {
    local.control.changeSettings({ orderRouting });
    const placed = await buy();
    expect(placed.fulfillmentOrders).toHaveLength(count);
    local.control.routeNow(placed.id);
    expect(placed.fulfillmentOrders).toHaveLength(1);
  });

  test('comes by itself, with a webhook, and the units count as unfulfilled before', async () => {
    app.received.length = 0;
    const placed = await buy();
    const read = () =>
      askAdmin(local, token, {
        query: `query Read($id: ID!) { order(id: $id) { lineItems(first: 5) { nodes { unfulfilledQuantity } }
          fulfillmentOrders(first: 5) { nodes { status } } } }`,
        variables: { id: gid('Order', placed.id) },
      });
    const lineItems = { nodes: [{ unfulfilledQuantity: 1 }] };
    expect((await read()).data).toEqual({ order: { lineItems, fulfillmentOrders: { nodes: [] } } });
    await expect.poll(() => placed.fulfillmentOrders.length).toBe(1);
    expect((await read()).data).toEqual({
      order: { lineItems, fulfillmentOrders: { nodes: [{ status: 'OPEN' }] } },
    });
    const hasCome = () =>
      app.received.some(
        ({ headers }) => headers['x-shopify-topic'] === 'fulfillment_orders/order_routing_complete',
      );
    await expect.poll(hasCome).toBe(true);
  });
});
