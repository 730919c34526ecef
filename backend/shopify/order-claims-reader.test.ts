import { expect, test } from 'vitest';
import { type ClaimContext, fromShopifyOrder } from './order-claims-reader.ts';

type ShopifyOrder = Parameters<typeof fromShopifyOrder>[0];

const NO_MORE = { hasNextPage: false };
const at = (location: string) => ({ id: `gid://shopify/Location/${location}` });
const lineOf = (id: string) => ({ id: `gid://shopify/LineItem/${id}` });

const CONTEXT: ClaimContext = {
  surfaces: {
    rateBindings: [],
    locations: [{ locationId: '1', nodeId: 'milan' }],
  } as unknown as ClaimContext['surfaces'],
  nodeIds: new Set(['milan', 'location-2']),
  skuOfVariant: new Map([['77', 'SHIRT']]),
  hasSku: (sku) => ['SHIRT', 'HAT'].includes(sku),
};

function line(id: string, more: object = {}) {
  return {
    ...lineOf(id),
    sku: 'SHIRT-OLD',
    quantity: 3,
    unfulfilledQuantity: 3,
    requiresShipping: true,
    variant: { id: 'gid://shopify/ProductVariant/77' },
    ...more,
  };
}

function fulfillmentOrder(location: string, remaining: number, more: object = {}) {
  return {
    id: 'gid://shopify/FulfillmentOrder/1',
    status: 'OPEN' as const,
    assignedLocation: { location: at(location) },
    lineItems: {
      nodes: [{ remainingQuantity: remaining, lineItem: lineOf('1') }],
      pageInfo: NO_MORE,
    },
    ...more,
  };
}

function fulfillment(location: string, quantity: number, more: object = {}) {
  return {
    id: 'gid://shopify/Fulfillment/1',
    status: 'SUCCESS' as const,
    createdAt: '2026-11-30T12:00:00Z',
    location: at(location),
    fulfillmentLineItems: {
      nodes: [{ id: 'gid://shopify/FulfillmentLineItem/9', quantity, lineItem: lineOf('1') }],
      pageInfo: NO_MORE,
    },
    ...more,
  };
}

function order(more: object = {}): ShopifyOrder {
  return {
    id: 'gid://shopify/Order/5',
    createdAt: '2026-11-30T10:00:00Z',
    updatedAt: '2026-11-30T10:01:00Z',
    cancelledAt: null,
    checkoutToken: 'token',
    lineItems: { nodes: [line('1')], pageInfo: NO_MORE },
    fulfillmentOrders: { nodes: [fulfillmentOrder('1', 3)], pageInfo: NO_MORE },
    fulfillments: [],
    ...more,
  } as ShopifyOrder;
}

test('an order placed claims its lines where Shopify assigned them, by the variant’s SKU', () => {
  expect(fromShopifyOrder(order(), CONTEXT)).toEqual({
    orderId: '5',
    source: 'shopify',
    channel: 'online',
    placedAt: '2026-11-30T10:00:00Z',
    lines: [{ lineId: '1', sku: 'SHIRT', quantity: 3, canceled: 0 }],
    shipped: [],
    unshipped: [],
    assigned: [{ lineId: '1', nodeId: 'milan', quantity: 3 }],
    reservationKey: 'token',
    version: '2026-11-30T10:01:00Z',
  });
});

test('a deleted variant is claimed by its SKU, a SKU that is not ours is not claimed', () => {
  const nodes = [
    line('1', { variant: null, sku: 'HAT' }),
    line('2', { variant: null, sku: 'GIFT-CARD' }),
    line('3', { variant: null, sku: null }),
  ];
  const { lines } = fromShopifyOrder(order({ lineItems: { nodes, pageInfo: NO_MORE } }), CONTEXT);
  expect(lines.map(({ sku }) => sku)).toEqual(['HAT']);
});

test('what left is shipped from its node; what is neither open nor gone was canceled', () => {
  const read = fromShopifyOrder(
    order({
      lineItems: { nodes: [line('1', { unfulfilledQuantity: 1 })], pageInfo: NO_MORE },
      fulfillmentOrders: { nodes: [fulfillmentOrder('1', 1)], pageInfo: NO_MORE },
      fulfillments: [fulfillment('2', 1), fulfillment('1', 1, { status: 'CANCELLED' })],
    }),
    CONTEXT,
  );
  expect(read.lines).toMatchObject([{ quantity: 3, canceled: 1 }]);
  expect(read.shipped).toEqual([
    {
      fulfillmentLineId: '9',
      lineId: '1',
      nodeId: 'location-2',
      quantity: 1,
      shippedAt: '2026-11-30T12:00:00Z',
    },
  ]);
  expect(read.unshipped).toHaveLength(1);
});

test('a canceled order claims nothing but what had left', () => {
  const read = fromShopifyOrder(
    order({ cancelledAt: '2026-11-30T11:00:00Z', fulfillments: [fulfillment('1', 1)] }),
    CONTEXT,
  );
  expect(read.lines).toMatchObject([{ quantity: 3, canceled: 2 }]);
});

test.each([
  ['a location without a node', { assignedLocation: { location: at('999') } }],
  ['no location', { assignedLocation: { location: null } }],
  ['a fulfillment order that is over', { status: 'CLOSED' }],
])('%s is assigned nothing: the units wait', (_fact, more) => {
  const nodes = [fulfillmentOrder('1', 3, more)];
  const read = fromShopifyOrder(
    order({ fulfillmentOrders: { nodes, pageInfo: NO_MORE } }),
    CONTEXT,
  );
  expect(read.assigned).toEqual([]);
});

test('an order too large for one answer leaves its allocations as they are', () => {
  const pageInfo = { hasNextPage: true };
  const nodes = [fulfillmentOrder('1', 3)];
  expect(
    fromShopifyOrder(order({ fulfillmentOrders: { nodes, pageInfo } }), CONTEXT).assigned,
  ).toBeUndefined();
});
