import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  COAT,
  installWithScopes,
  levelAt,
  MILAN_ID,
  PARIS_ID,
  setQuantities,
  stockWebhooks,
} from '../fixtures/admin.ts';
import {
  askAdmin,
  type FakeApp,
  openCheckout,
  post,
  startFakeApp,
  startSmallShop,
} from '../fixtures/buy.ts';
import type { LocalShopify } from '../local-shopify.ts';
import { onHandOf } from '../state.ts';

let app: FakeApp;
let local: LocalShopify;
let token: string;

beforeAll(async () => {
  app = await startFakeApp();
});
afterAll(() => app.stop());
beforeEach(async () => {
  local = await startSmallShop(app.url);
  local.control.changeSettings({ webhooks: 'prompt' });
  token = await installWithScopes(local);
  app.received.length = 0;
  return () => local.stop();
});

const units = (locationId = MILAN_ID): [available: number, committed: number, onHand: number] => {
  const level = levelAt(local, locationId);
  return [level.available, level.committed, onHandOf(level)];
};
const marketplace = (quantity: number, more = {}) =>
  local.control.placeOrder({
    source: 'marketplace',
    lines: [{ sku: COAT.sku, quantity }],
    locationId: MILAN_ID,
    ...more,
  }).order;
const buy = async () => {
  const { token: checkout } = await openCheckout(local, { variantIds: [COAT.variantId] });
  return post(`${local.url}/checkouts/${checkout}/pay`, {});
};
const heard = async (): Promise<string[]> => {
  await expect.poll(() => local.webhooks.pending()).toBe(0);
  return stockWebhooks(app).map((one) => one.topic);
};

describe('the life of an order', () => {
  test('placing moves available to committed and leaves on hand', () => {
    marketplace(4);
    expect(units()).toEqual([16, 4, 20]);
  });

  test('fulfilling takes the units out of committed and off hand', async () => {
    const order = marketplace(4);
    local.control.fulfillOrder(order.id);
    expect(units()).toEqual([16, 0, 16]);
    const answer = await askAdmin(local, token, {
      query: `query Read($id: ID!) { order(id: $id) { displayFulfillmentStatus sourceName checkoutToken
        lineItems(first: 5) { nodes { quantity currentQuantity unfulfilledQuantity } }
        fulfillments(first: 5) { status location { id } fulfillmentLineItems(first: 5) { nodes { quantity lineItem { sku } } } } } }`,
      variables: { id: `gid://shopify/Order/${order.id}` },
    });
    expect(answer.data).toEqual({
      order: {
        displayFulfillmentStatus: 'FULFILLED',
        sourceName: 'marketplace',
        checkoutToken: null,
        lineItems: { nodes: [{ quantity: 4, currentQuantity: 4, unfulfilledQuantity: 0 }] },
        fulfillments: [
          {
            status: 'SUCCESS',
            location: { id: `gid://shopify/Location/${MILAN_ID}` },
            fulfillmentLineItems: { nodes: [{ quantity: 4, lineItem: { sku: COAT.sku } }] },
          },
        ],
      },
    });
  });

  test('canceling with restock gives the units back, without it they are gone', () => {
    local.control.cancelOrder(marketplace(4).id, true);
    expect(units()).toEqual([20, 0, 20]);
    local.control.cancelOrder(marketplace(4).id, false);
    expect(units()).toEqual([16, 0, 16]);
  });

  test('an order is canceled once, and not after it was handed over', () => {
    const order = marketplace(1);
    local.control.cancelOrder(order.id, true);
    expect(() => local.control.cancelOrder(order.id, true)).toThrow('canceled already');
    const shipped = marketplace(1, { isFulfilled: true });
    expect(() => local.control.cancelOrder(shipped.id, true)).toThrow('handed over');
  });

  test('a refund takes units not handed over first, then returned ones, to where they come back', () => {
    const order = marketplace(4);
    const refund = { sku: COAT.sku, quantity: 1, restock: true };
    local.control.refundOrder(order.id, refund);
    expect(units()).toEqual([17, 3, 20]);
    local.control.fulfillOrder(order.id);
    local.control.refundOrder(order.id, { ...refund, quantity: 2, locationId: PARIS_ID });
    expect(units()).toEqual([17, 0, 17]);
    expect(units(PARIS_ID)).toEqual([22, 0, 22]);
    expect(() => local.control.refundOrder(order.id, { ...refund, quantity: 2 })).toThrow(
      'has 1 units left, not 2',
    );
  });

  test('an order changed later is found by its time of change, not of making', async () => {
    const order = marketplace(1);
    local.clock.moveBy(30);
    const since = local.clock.now();
    const find = (from: string) =>
      askAdmin(local, token, {
        query: `{ orders(first: 5, sortKey: UPDATED_AT, query: "updated_at:>='${from}'") { nodes { id } } }`,
      });
    expect((await find(since)).data).toEqual({ orders: { nodes: [] } });
    local.control.cancelOrder(order.id, true);
    const nodes = [{ id: `gid://shopify/Order/${order.id}` }];
    expect((await find(since)).data).toEqual({ orders: { nodes } });
  });

  test('the app hears of the level and of the order', async () => {
    const order = marketplace(1);
    local.control.fulfillOrder(order.id);
    local.control.cancelOrder(marketplace(1).id, true);
    const topics = await heard();
    // Placed twice, canceled once; fulfilling leaves available alone and is not told by default.
    expect(topics.filter((one) => one === 'inventory_levels/update')).toHaveLength(3);
    expect(topics).toContain('orders/cancelled');
    expect(topics).toContain('orders/updated');
  });

  test('with the setting every change of a level is told', async () => {
    local.control.changeSettings({ levelWebhooks: 'every change' });
    local.control.fulfillOrder(marketplace(1).id);
    const topics = await heard();
    expect(topics.filter((one) => one === 'inventory_levels/update')).toHaveLength(2);
  });
});

describe('the last unit', () => {
  beforeEach(() => {
    for (const locationId of local.shop.locations.keys()) {
      const available = locationId === MILAN_ID ? 1 : 0;
      local.control.setLevel({ sku: COAT.sku, locationId, available });
    }
  });

  test('is sold to whoever comes first: the checkout that was open is refused', async () => {
    const { token: checkout } = await openCheckout(local, { variantIds: [COAT.variantId] });
    marketplace(1);
    const paid = await post(`${local.url}/checkouts/${checkout}/pay`, {});
    expect(paid.status).toBe(422);
    expect(local.shop.state.orders).toHaveLength(1);
    expect(units()).toEqual([0, 1, 1]);
  });

  test('once sold in the shop is refused to the marketplace', async () => {
    expect((await buy()).status).toBe(200);
    expect(() => marketplace(1)).toThrow('out_of_stock');
    expect(units()).toEqual([0, 1, 1]);
  });

  test('can be oversold by a channel that does not ask', () => {
    marketplace(3, { stock: 'ignore' });
    expect(units()).toEqual([-2, 3, 1]);
  });

  test('sold between the read and the write makes the compare stale', async () => {
    await heard();
    app.received.length = 0;
    local.control.changeSettings({ webhooks: 'held' });
    marketplace(1);
    const { payload } = await setQuantities(local, token, [{ quantity: 5, changeFromQuantity: 1 }]);
    expect(payload.userErrors).toMatchObject([{ code: 'CHANGE_FROM_QUANTITY_STALE' }]);
    // The webhook comes when somebody lets it go, ten minutes or a day later.
    expect(await heard()).toEqual([]);
    local.clock.moveBy(10);
    expect(local.control.releaseWebhooks('orders/create').released).toBe(1);
    expect(local.control.releaseWebhooks().released).toBe(1);
    expect(await heard()).toEqual(['inventory_levels/update']);
  });
});

test('a variant that may be sold without stock is sold', async () => {
  for (const product of local.shop.seed.products) {
    for (const variant of product.variants) variant.inventoryPolicy = 'CONTINUE';
  }
  for (const locationId of local.shop.locations.keys()) {
    local.control.setLevel({ sku: COAT.sku, locationId, available: 0 });
  }
  expect((await buy()).status).toBe(200);
  expect(units()).toEqual([-1, 1, 0]);
});

describe('what a merchant does in the admin', () => {
  test('a level changed by hand drifts away from what the app believes', async () => {
    await post(`${local.url}/local/levels`, {
      sku: COAT.sku,
      locationId: MILAN_ID,
      available: 3,
      damaged: 2,
    });
    expect(levelAt(local)).toMatchObject({ available: 3, damaged: 2 });
    expect(await heard()).toEqual(['inventory_levels/update']);
  });

  test('a deleted variant is gone with its levels, its old orders still name it', async () => {
    const order = marketplace(2);
    await post(`${local.url}/local/variants/${COAT.sku}/delete`, {});
    const answer = await askAdmin(local, token, {
      query: `query Read($id: ID!, $item: ID!) { inventoryItem(id: $item) { id }
        productVariants(first: 1, query: "sku:${COAT.sku}") { nodes { id } }
        order(id: $id) { lineItems(first: 1) { nodes { sku variant { id } } } } }`,
      variables: {
        id: `gid://shopify/Order/${order.id}`,
        item: `gid://shopify/InventoryItem/${COAT.itemId}`,
      },
    });
    expect(answer.data).toEqual({
      inventoryItem: null,
      productVariants: { nodes: [] },
      order: { lineItems: { nodes: [{ sku: COAT.sku, variant: null }] } },
    });
    const { payload } = await setQuantities(local, token, [{ quantity: 1 }]);
    expect(payload.userErrors).toMatchObject([{ code: 'INVALID_INVENTORY_ITEM' }]);
    const topics = await heard();
    expect(topics).toContain('inventory_items/delete');
    expect(topics).toContain('products/update');
  });

  test('a product deleted with all its variants is told as deleted', async () => {
    await post(`${local.url}/local/variants/${COAT.sku}/delete`, { wholeProduct: true });
    expect(local.shop.seed.products.map((one) => one.handle)).not.toContain('wool-coat');
    expect(await heard()).toContain('products/delete');
  });

  test('a renamed SKU is the same item under another name', async () => {
    const since = local.clock.now();
    await post(`${local.url}/local/variants/${COAT.sku}/rename`, { to: 'COAT-NEW' });
    const answer = await askAdmin(local, token, {
      query: `{ inventoryItems(first: 5, query: "updated_at:>='${since}'") { nodes { id sku } } }`,
    });
    expect(answer.data).toEqual({
      inventoryItems: { nodes: [{ id: 'gid://shopify/InventoryItem/3000', sku: 'COAT-NEW' }] },
    });
    expect(await heard()).toEqual(['inventory_items/update', 'products/update']);
  });

  test('a new location stocks nothing until an item is activated there', async () => {
    const made = await post(`${local.url}/local/locations`, { name: 'Lyon', countryCode: 'FR' });
    const { id } = Object(made.body['location']);
    const activate = `mutation { inventoryActivate(inventoryItemId: "gid://shopify/InventoryItem/3000",
      locationId: "gid://shopify/Location/${id}", available: 4) @idempotent(key: "a1") {
      inventoryLevel { quantities(names: ["available", "on_hand"]) { quantity } } userErrors { message } } }`;
    expect((await askAdmin(local, token, { query: activate })).data).toEqual({
      inventoryActivate: {
        inventoryLevel: { quantities: [{ quantity: 4 }, { quantity: 4 }] },
        userErrors: [],
      },
    });
    expect(await heard()).toEqual(['locations/create', 'inventory_levels/connect']);
  });

  test('an item with committed units is not taken off its location', async () => {
    marketplace(1);
    const toggle = `mutation { inventoryBulkToggleActivation(inventoryItemId: "gid://shopify/InventoryItem/3000",
      inventoryItemUpdates: [{ locationId: "gid://shopify/Location/${MILAN_ID}", activate: false },
        { locationId: "gid://shopify/Location/${PARIS_ID}", activate: false }]) { userErrors { code field } } }`;
    expect((await askAdmin(local, token, { query: toggle })).data).toMatchObject({
      inventoryBulkToggleActivation: {
        userErrors: [
          {
            code: 'COMMITTED_INVENTORY_AT_LOCATION',
            field: ['inventoryItemUpdates', '0', 'locationId'],
          },
        ],
      },
    });
    expect(units(PARIS_ID)).toEqual([20, 0, 20]);
  });

  test('a location kept from online orders is no origin any more', async () => {
    const edit = `mutation { locationEdit(id: "gid://shopify/Location/${MILAN_ID}", input: { fulfillsOnlineOrders: false }) {
      location { fulfillsOnlineOrders } userErrors { message } } }`;
    expect((await askAdmin(local, token, { query: edit })).data).toMatchObject({
      locationEdit: { location: { fulfillsOnlineOrders: false } },
    });
    expect((await buy()).status).toBe(200);
    expect(units()).toEqual([20, 0, 20]);
    expect(units(PARIS_ID)).toEqual([19, 1, 20]);
  });

  test('what was asked wrongly is refused by name and changes nothing', async () => {
    const refused = await post(`${local.url}/local/orders`, {
      source: 'marketplace',
      lines: [{ sku: 'NO-SUCH', quantity: 1 }],
    });
    expect(refused).toEqual({ status: 400, body: { detail: 'no variant has the SKU NO-SUCH' } });
    expect(local.shop.state.orders).toEqual([]);
  });
});

test('every state of a level is read under its name', async () => {
  local.control.setLevel({
    sku: COAT.sku,
    locationId: MILAN_ID,
    ...{ committed: 1, incoming: 9, reserved: 2, damaged: 3, quality_control: 4, safety_stock: 5 },
  });
  const answer = await askAdmin(local, token, {
    query: `{ inventoryLevel(id: "gid://shopify/InventoryLevel/${MILAN_ID}?inventory_item_id=${COAT.itemId}") {
      quantities(names: ["available", "committed", "on_hand", "incoming", "reserved", "damaged", "quality_control", "safety_stock"]) {
        name quantity } } }`,
  });
  const { quantities } = Object(answer.data?.['inventoryLevel']);
  const read = quantities.map((one: { name: string; quantity: number }) => [
    one.name,
    one.quantity,
  ]);
  expect(Object.fromEntries(read)).toEqual({
    available: 20,
    committed: 1,
    // Everything physically there; what is on its way is not.
    on_hand: 35,
    incoming: 9,
    reserved: 2,
    damaged: 3,
    quality_control: 4,
    safety_stock: 5,
  });
});
