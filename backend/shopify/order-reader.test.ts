import { beforeAll, beforeEach, expect, test } from 'vitest';
import { createFakeAdmin, FakeAdminShop } from '../../tests/fake-admin.ts';
import type { ShopId } from '../base/ids.ts';
import { encodeCartPromise } from '../contract/cart-promise.ts';
import { linesFingerprint } from '../contract/lines-fingerprint.ts';
import type { PlacedOrder } from '../orders/orders.ts';
import type { OrderReading } from '../orders/record/service.ts';
import type { OrderPromiseRow } from '../orders/store.ts';
import { orderMetafieldValue } from './order-answer.ts';
import { createOrderReader, type OrderReader } from './order-reader.ts';
import { DEFAULT_SURFACES } from './surfaces.ts';

const SHOP = 'kept-demo.myshopify.com' as ShopId;
const gid = (kind: string, id: number | string) => `gid://shopify/${kind}/${id}`;
const variant = (id: number, eta: object | null = null) => ({
  id: gid('ProductVariant', id),
  metafield: eta,
});
const page = (nodes: object[]) => ({ nodes, pageInfo: { hasNextPage: false, endCursor: null } });

let shop: FakeAdminShop;
let reader: OrderReader;
let lanes: (string | undefined)[];
beforeAll(async () => {
  // The schema is read once for the whole file.
  await createFakeAdmin(new FakeAdminShop());
}, 60_000);
beforeEach(async () => {
  shop = new FakeAdminShop();
  lanes = [];
  const real = await createFakeAdmin(shop);
  reader = createOrderReader({
    admin: {
      send: (shopId, document, variables, options) => {
        lanes.push(options?.lane);
        return real.send(shopId, document, variables, options);
      },
    },
    contextOf: async () => ({
      surfaces: {
        ...DEFAULT_SURFACES,
        rateBindings: [{ rateCode: 'Consegna', serviceCode: 'standard' }],
        locations: [{ locationId: '7', nodeId: 'rome' }],
      },
      nodeIds: new Set(['rome']),
      serviceCodes: new Set(['standard', 'express']),
      timeZone: 'Europe/Rome',
      skuOfVariant: new Map([
        ['1', 'S1'],
        ['2', 'S2'],
      ]),
      hasSku: (sku: string) => ['S1', 'S2'].includes(sku),
    }),
  });
});

const line = (id: number, quantity = 1, requiresShipping = true, eta: object | null = null) => ({
  id: gid('LineItem', id),
  quantity,
  sku: `S${id}`,
  title: `Thing ${id}`,
  unfulfilledQuantity: quantity,
  originalUnitPriceSet: { shopMoney: { amount: '49.00', currencyCode: 'EUR' } },
  requiresShipping,
  variant: variant(id, eta),
});
const shippingLine = (over: object = {}) => ({
  code: 'standard',
  title: 'Standard',
  source: 'Kept',
  carrierIdentifier: 'abc',
  deliveryCategory: null,
  ...over,
});
const routed = (
  id: number,
  methodType: string,
  location: number,
  lines: [number, number][] = [],
) => ({
  id: gid('FulfillmentOrder', id),
  status: 'OPEN',
  requestStatus: 'UNSUBMITTED',
  assignedLocation: { location: { id: gid('Location', location) } },
  deliveryMethod: { methodType, serviceCode: null, presentedName: null },
  fulfillmentHolds: [],
  lineItems: page(
    lines.map(([variantId, totalQuantity]) => ({
      id: gid('FulfillmentOrderLineItem', variantId),
      totalQuantity,
      remainingQuantity: totalQuantity,
      lineItem: { id: gid('LineItem', variantId) },
      variant: variant(variantId),
    })),
  ),
});

async function readWith(over: object): Promise<PlacedOrder | undefined> {
  return (await readAll(over))?.placed;
}

async function readAll(over: object): Promise<OrderReading | undefined> {
  shop.orders.set(gid('Order', 77), {
    id: gid('Order', 77),
    name: '#77',
    createdAt: '2026-11-23T10:00:00Z',
    updatedAt: '2026-11-23T10:00:01Z',
    cancelledAt: null,
    closedAt: null,
    test: false,
    currencyCode: 'EUR',
    displayFinancialStatus: 'PAID',
    paymentGatewayNames: ['shopify_payments'],
    tags: [],
    customerLocale: 'it-IT',
    email: 'giulia@example.com',
    phone: null,
    totalPriceSet: { shopMoney: { amount: '147.00', currencyCode: 'EUR' } },
    risk: { recommendation: 'NONE', assessments: [] },
    fulfillments: [],
    sourceName: 'web',
    presentmentCurrencyCode: 'EUR',
    cartToken: 'k1',
    checkoutToken: 'c1',
    customAttributes: [],
    shippingAddress: { countryCodeV2: 'IT', zip: '20121' },
    shippingLines: page([shippingLine()]),
    metafield: null,
    lineItems: page([line(1, 2), line(2)]),
    fulfillmentOrders: page([]),
    ...over,
  });
  return await reader.read(SHOP, '77');
}

test('an order is read before any stock is written: its units are part of every figure', async () => {
  await readWith({});
  expect(lanes).toEqual(['intake']);
});

test('an order for our own rate', async () => {
  expect(await readWith({})).toMatchObject({
    orderId: '77',
    placedAt: '2026-11-23T10:00:00Z',
    lines: [
      { variantId: '1', quantity: 2 },
      { variantId: '2', quantity: 1 },
    ],
    fingerprint: linesFingerprint([
      { variantId: 1, quantity: 2 },
      { variantId: 2, quantity: 1 },
    ]),
    destination: { country: 'IT', postalCode: '20121' },
    delivery: { kind: 'ship', serviceCode: 'standard', isOwnRate: true },
    checkoutToken: 'c1',
    cartToken: 'k1',
  });
});

test('there is no order of that number', async () => {
  expect(await reader.read(SHOP, '78')).toBeUndefined();
});

test.each([
  ['a bound rate of the merchant', { code: 'Consegna', source: 'shopify' }, 'standard', false],
  ['an unbound rate', { code: 'Altro', source: 'shopify' }, undefined, false],
  ['a flat rate named like our service', { source: 'shopify' }, undefined, false],
  ['a pickup point', { code: 'pp:net:1' }, 'pp:net:1', true],
])('%s', async (_name, over, serviceCode, isOwnRate) => {
  const flat = 'source' in over ? { carrierIdentifier: null } : {};
  const shippingLines = page([shippingLine({ ...flat, ...over })]);
  expect((await readWith({ shippingLines }))?.delivery).toMatchObject({ serviceCode, isOwnRate });
});

test('with protected data withheld, address and token are null and nothing throws', async () => {
  const withheld = await readWith({ shippingAddress: null, checkoutToken: null });
  expect(withheld).toMatchObject({ destination: null, checkoutToken: null });
  const blank = { countryCodeV2: 'IT', zip: null };
  expect((await readWith({ shippingAddress: blank }))?.destination).toEqual({
    country: 'IT',
    postalCode: '',
  });
});

test('a pickup order gets its store once it is routed', async () => {
  const fulfillmentOrders = page([routed(1, 'PICK_UP', 7)]);
  expect((await readWith({ fulfillmentOrders, shippingAddress: null }))?.delivery).toEqual({
    kind: 'pickup',
    nodeId: 'rome',
  });
  const elsewhere = page([routed(1, 'PICK_UP', 8)]);
  expect((await readWith({ fulfillmentOrders: elsewhere }))?.delivery).toEqual({
    kind: 'pickup',
    nodeId: undefined,
  });
});

test('lines that leave from two places are two parts', async () => {
  const fulfillmentOrders = page([
    routed(1, 'SHIPPING', 7, [[1, 2]]),
    routed(2, 'SHIPPING', 8, [[2, 1]]),
    { ...routed(3, 'SHIPPING', 9, [[2, 1]]), status: 'CANCELLED' },
  ]);
  expect((await readWith({ fulfillmentOrders }))?.partFingerprints).toEqual(
    [
      linesFingerprint([{ variantId: 1, quantity: 2 }]),
      linesFingerprint([{ variantId: 2, quantity: 1 }]),
    ].toSorted(),
  );
});

test('lines that need no delivery are left out; an order of only such lines needs no promise', async () => {
  const gift = line(3, 1, false);
  const order = await readWith({ lineItems: page([line(1), gift]) });
  expect(order?.lines).toEqual([{ variantId: '1', quantity: 1 }]);
  expect(await readWith({ lineItems: page([gift]) })).toMatchObject({ delivery: { kind: 'none' } });
});

const CART = encodeCartPromise({
  madeOn: '2026-11-23',
  orderByBucket: '',
  country: 'IT',
  postalKey: '20121',
  fingerprint: '3-x',
  signedReceipt: 'r1.k.signature',
  language: 'it',
  options: {},
  hiddenCodes: [],
});

test('the copied cart metafield gives its receipt; our own in its place gives none', async () => {
  expect((await readWith({ metafield: { value: CART, updatedAt: 'x' } }))?.copiedReceipt).toBe(
    'r1.k.signature',
  );
  const row: OrderPromiseRow = {
    orderId: '77',
    placedAt: '2026-11-23T10:00:00Z',
    status: 'promised',
    joinedBy: 1,
    promise: {
      method: 'home',
      serviceCode: 'standard',
      promisedOn: '2026-11-24',
      window: { from: '2026-11-24T00:00:00+01:00', to: '2026-11-25T00:00:00+01:00' },
      timeZone: 'Europe/Rome',
      parcels: 1,
      nodeId: undefined,
      pickupPointId: undefined,
    },
    replaced: undefined,
    receiptIds: ['r1'],
    checkoutToken: 'c1',
    copiedReceipt: 'r1.k.signature',
    country: 'IT',
    postalCode: '20121',
    orderVersion: 'v',
    publishedVersion: null,
  };
  const value = orderMetafieldValue(row);
  expect((await readWith({ metafield: { value, updatedAt: 'x' } }))?.copiedReceipt).toBeNull();
  const garbage = { value: '{"v":9}', updatedAt: 'x' };
  expect((await readWith({ metafield: garbage }))?.copiedReceipt).toBeNull();
});

test('the storefront’s receipt comes by its cart attribute', async () => {
  const customAttributes = [
    { key: 'gift', value: 'yes' },
    { key: '_kept_receipt', value: 'r4.k.signature' },
  ];
  expect((await readWith({ customAttributes }))?.storefrontReceipt).toBe('r4.k.signature');
});

const before = '2026-11-23T09:00:00Z';
test.each([
  ['normal since before the order', { value: 'n2026-12-01', updatedAt: before }, true],
  ['changed after the order', { value: 'n2026-12-01', updatedAt: '2026-11-23T10:00:01Z' }, false],
  ['late', { value: 'l2026-12-01', updatedAt: before }, false],
  ['expired', { value: 'n2026-11-23', updatedAt: before }, false],
  ['unknown', null, false],
])('a variant %s can be dated by the table: %#', async (_name, eta, isTableDated) => {
  const normal = { value: 'n2026-12-01', updatedAt: before };
  const lineItems = page([line(1, 1, true, normal), line(2, 1, true, eta)]);
  const flat = { code: 'Consegna', source: 'shopify', carrierIdentifier: null };
  const shippingLines = page([shippingLine(flat)]);
  expect((await readWith({ lineItems, shippingLines }))?.isTableDated).toBe(isTableDated);
});

test('the version changes with what could change the join, and with nothing else', async () => {
  const first = (await readWith({}))?.version;
  expect((await readWith({ name: '#other' }))?.version).toBe(first);
  expect(
    (await readWith({ shippingAddress: { countryCodeV2: 'IT', zip: '00187' } }))?.version,
  ).not.toBe(first);
});

test('an order of 400 lines is read to its last one: none is left out of what it claims', async () => {
  const all = Array.from({ length: 400 }, (_, index) => ({
    ...line(1 + (index % 2)),
    id: gid('LineItem', 1_000 + index),
  }));
  const lineItems = ({ first, after }: { first: number; after?: string | null }) => {
    const from = Number(after ?? 0);
    const end = Math.min(all.length, from + first);
    const pageInfo = { hasNextPage: end < all.length, endCursor: String(end) };
    return { nodes: all.slice(from, end), pageInfo };
  };
  const read = await readAll({ lineItems });
  expect(read?.claims.lines).toHaveLength(400);
  expect(new Set(read?.claims.lines.map(({ lineId }) => lineId)).size).toBe(400);
});
