import { expect, test } from 'vitest';
import { lineNode, wholeOrder } from '../../tests/worlds/shopify-orders.ts';
import { type ClaimContext, fromShopifyOrder } from './order-claims-reader.ts';
import type { LineNode, PartNode, WholeOrder } from './order-whole.ts';

const NO_MORE = { hasNextPage: false, endCursor: null };
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

const line = (id: number, more: Partial<LineNode> = {}): LineNode =>
  lineNode(id, {
    sku: 'SHIRT-OLD',
    quantity: 3,
    unfulfilledQuantity: 3,
    variant: { id: 'gid://shopify/ProductVariant/77' },
    ...more,
  });

function fulfillmentOrder(
  location: string,
  remaining: number,
  more: Partial<PartNode> = {},
): PartNode {
  return {
    id: 'gid://shopify/FulfillmentOrder/1',
    status: 'OPEN' as const,
    assignedLocation: { location: at(location) },
    deliveryMethod: null,
    lineItems: {
      nodes: [
        {
          id: 'gid://shopify/FulfillmentOrderLineItem/1',
          totalQuantity: remaining,
          remainingQuantity: remaining,
          lineItem: lineOf('1'),
          variant: null,
        },
      ],
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
    lines: [{ id: 'gid://shopify/FulfillmentLineItem/9', quantity, lineItem: lineOf('1') }],
    ...more,
  };
}

const order = (more: Partial<WholeOrder> = {}): WholeOrder =>
  wholeOrder({ lines: [line(1)], ...more });

test('an order placed claims its lines where Shopify assigned them, by the variant’s SKU', () => {
  expect(fromShopifyOrder(order(), [fulfillmentOrder('1', 3)], CONTEXT)).toEqual({
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
  const lines = [
    line(1, { variant: null, sku: 'HAT' }),
    line(2, { variant: null, sku: 'GIFT-CARD' }),
    line(3, { variant: null, sku: null }),
  ];
  const read = fromShopifyOrder(order({ lines }), undefined, CONTEXT);
  expect(read.lines.map(({ sku }) => sku)).toEqual(['HAT']);
});

test('what left is shipped from its node; what is neither open nor gone was canceled', () => {
  const read = fromShopifyOrder(
    order({
      lines: [line(1, { unfulfilledQuantity: 1 })],
      fulfillments: [fulfillment('2', 1), fulfillment('1', 1, { status: 'CANCELLED' })],
    }),
    [fulfillmentOrder('1', 1)],
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
    undefined,
    CONTEXT,
  );
  expect(read.lines).toMatchObject([{ quantity: 3, canceled: 2 }]);
});

test.each<[string, Partial<PartNode>]>([
  ['a location without a node', { assignedLocation: { location: at('999') } }],
  ['no location', { assignedLocation: { location: null } }],
  ['a fulfillment order that is over', { status: 'CLOSED' }],
])('%s is assigned nothing: the units wait', (_fact, more) => {
  const read = fromShopifyOrder(order(), [fulfillmentOrder('1', 3, more)], CONTEXT);
  expect(read.assigned).toEqual([]);
});

test('an order that we route leaves its allocations where its works are', () => {
  expect(fromShopifyOrder(order(), undefined, CONTEXT).assigned).toBeUndefined();
});
