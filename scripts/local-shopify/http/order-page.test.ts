import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { PARIS_ID } from '../fixtures/admin.ts';
import { post, startSmallShop } from '../fixtures/buy.ts';
import { COATS, openOf, placeTwoLines } from '../fixtures/work.ts';
import type { LocalShopify } from '../local-shopify.ts';
import type { FulfillmentOrder, Order } from '../orders/order-state.ts';

let local: LocalShopify;
let order: Order;
let one: FulfillmentOrder;

beforeAll(async () => {
  local = await startSmallShop('http://localhost:9', 1_000);
});
afterAll(() => local.stop());
beforeEach(() => {
  ({ order, one } = placeTwoLines(local));
});

/** Presses a button of the order's page. */
const press = (name: string, fields: Record<string, string> = {}) =>
  fetch(`${local.url}/admin/orders/${order.id}/${name}`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams(fields),
  });
const page = async (): Promise<string> =>
  (await fetch(`${local.url}/admin/orders/${order.id}`)).text();

describe("the order's page", () => {
  test('moves, holds, releases and fulfills with tracking', async () => {
    const workId = String(one.id);
    await press('move', { workId, locationId: String(PARIS_ID) });
    await press('hold', { workId, reason: 'INCORRECT_ADDRESS', notes: 'call the buyer' });
    expect(openOf(local, order)).toEqual(['ON_HOLD Paris: 2 coat, 1 shirt']);
    expect(await page()).toContain('On hold by merchant: incorrect address call the buyer');
    await press('release', { workId, holdId: String(one.holds[0]?.id) });
    await press('fulfill', { workId, company: 'BRT', number: 'BRT-9', url: '' });
    expect(order.fulfillments).toMatchObject([
      { tracking: [{ company: 'BRT', number: 'BRT-9', url: null }] },
    ]);
    const fulfillmentId = String(order.fulfillments[0]?.id);
    await press('carrier', { fulfillmentId, status: 'DELIVERED', estimatedDeliveryAt: '' });
    expect(await page()).toContain('Parcel 1 from Paris Marais: delivered');
  });

  test('takes units out, with and without restock, and edits the address', async () => {
    await press('cancel-units', { sku: COATS, quantity: '1', restock: 'on' });
    await press('refund', { sku: COATS, quantity: '1' });
    expect(order.refunds.map((each) => each.lines[0]?.restockType)).toEqual([
      'CANCEL',
      'NO_RESTOCK',
    ]);
    await press('address', {
      address1: 'Via Po 1',
      city: 'Torino',
      zip: '10121',
      countryCode: 'IT',
    });
    expect(order.address).toMatchObject({ zip: '10121', city: 'Torino' });
  });

  test("says Shopify's words when it cannot be done, and changes nothing", async () => {
    local.control.reportProgress(one.id);
    const answer = await press('move', { workId: String(one.id), locationId: String(PARIS_ID) });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('has had progress reported');
    expect(openOf(local, order)).toEqual(['IN_PROGRESS Milano: 2 coat, 1 shirt']);
  });

  test('offers only what may be done, and is listed by its number', async () => {
    expect(await page()).toContain('Change location');
    await press('cancel', { restock: 'on' });
    expect(await page()).not.toContain('Change location');
    const list = await fetch(`${local.url}/admin/orders?q=${order.number}`);
    expect(await list.text()).toContain('Canceled');
  });
});

describe('by HTTP, for stories and tests', () => {
  const act = (path: string, body: object = {}) => post(`${local.url}/local/${path}`, body);

  test('an order is placed with address, rate and payment, moved, shipped and told of', async () => {
    const { body } = await act('orders', {
      source: 'marketplace',
      lines: [{ sku: COATS, quantity: 2 }],
      locationId: 101,
      isUnpaid: true,
      email: 'anna@example.com',
      address: { address1: 'Via Po 1', city: 'Torino', zip: '10121', countryCode: 'IT' },
      rate: { code: 'standard', title: 'Standard' },
    });
    const { id } = Object(body['order']);
    expect(body['order']).toMatchObject({
      financial_status: 'pending',
      shipping_lines: [{ code: 'standard' }],
      shipping_address: { zip: '10121' },
    });
    expect((await act(`orders/${id}/paid`)).body['order']).toMatchObject({
      financial_status: 'paid',
    });
    const work = local.shop.state.orders.at(-1)?.fulfillmentOrders[0]?.id;
    const units = [{ sku: COATS, quantity: 1 }];
    const moved = await act(`fulfillment-orders/${work}/move`, {
      locationId: PARIS_ID,
      lines: units,
    });
    const at = (moved.body['fulfillmentOrders'] as { locationId: number; status: string }[])
      .filter((each) => each.status === 'OPEN')
      .map((each) => each.locationId);
    expect(at).toEqual([PARIS_ID, 101]);
    const shipped = await act(`orders/${id}/fulfill`, { tracking: { number: 'X-1' } });
    expect(shipped.body['fulfillments']).toHaveLength(2);
    const told = await act('carrier-events', { trackingNumber: 'X-1', status: 'IN_TRANSIT' });
    expect(told.body['fulfillments']).toMatchObject([{ shipment_status: 'in_transit' }, {}]);
  });

  test.each([
    ['orders/1/fulfill', {}, 'there is no order 1'],
    ['carrier-events', { trackingNumber: 'none', status: 'DELIVERED' }, 'there is no parcel none'],
    ['carrier-events', { trackingNumber: 'none', status: 'LOST' }, 'status'],
    ['webhooks/drop-subscription', { topic: 'markets/update' }, 'no subscription'],
    ['webhooks/chaos', { dropPercent: 101 }, 'dropPercent'],
  ])('%s with %o is refused with the reason', async (path, body, reason) => {
    const answer = await act(path, body);
    expect(answer.status).toBe(400);
    expect(String(answer.body['detail'])).toContain(reason);
  });
});
