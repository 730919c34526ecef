/**
 * Orders as Shopify answers, read whole, for tests of what is made of them.
 */
import type { LineNode, WholeOrder } from '../../backend/shopify/order-whole.ts';

/** A paid order from Milan to Milan without lines; parts may be given otherwise. */
export function wholeOrder(more: Partial<WholeOrder> = {}): WholeOrder {
  return {
    id: 'gid://shopify/Order/5',
    name: '#1005',
    createdAt: '2026-11-30T10:00:00Z',
    updatedAt: '2026-11-30T10:01:00Z',
    cancelledAt: null,
    closedAt: null,
    test: false,
    sourceName: 'web',
    currencyCode: 'EUR',
    presentmentCurrencyCode: 'EUR',
    displayFinancialStatus: 'PAID',
    paymentGatewayNames: ['shopify_payments'],
    tags: [],
    customerLocale: 'it-IT',
    email: 'giulia@example.com',
    phone: null,
    cartToken: 'cart',
    checkoutToken: 'token',
    totalPriceSet: { shopMoney: { amount: '98.00' } },
    risk: { recommendation: 'ACCEPT' },
    customAttributes: [],
    shippingAddress: {
      name: 'Giulia Bianchi',
      address1: 'Via Torino 1',
      address2: null,
      city: 'Milano',
      provinceCode: 'MI',
      zip: '20121',
      countryCodeV2: 'IT',
      phone: null,
    },
    shippingLines: { nodes: [] },
    promise: null,
    lines: [],
    fulfillmentOrders: [],
    fulfillments: [],
    ...more,
  };
}

/** A line of that order. */
export function lineNode(id: number, more: Partial<LineNode> = {}): LineNode {
  return {
    id: `gid://shopify/LineItem/${id}`,
    sku: `S${id}`,
    title: `Thing ${id}`,
    quantity: 1,
    unfulfilledQuantity: 1,
    requiresShipping: true,
    variant: { id: `gid://shopify/ProductVariant/${id}` },
    originalUnitPriceSet: { shopMoney: { amount: '49.00' } },
    ...more,
  };
}
