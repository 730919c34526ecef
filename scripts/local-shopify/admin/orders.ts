import type { FulfillmentOrder, Order, Refund } from '../orders/order-state.ts';
import { onlyRemaining } from '../orders/work.ts';
import { gid, idOf, type LocalShop } from '../shop.ts';
import { toLine, toMoneyBag } from './line-view.ts';
import { metafieldFields } from './metafields.ts';
import { type AdminContext, type Arguments, type Node, toConnection, toPage } from './node.ts';
import { toLocation } from './places.ts';
import { fits, parseSearch } from './search.ts';
import { toFulfillment, toWork, type Viewer } from './work-view.ts';

/** What shows the things of an order needs the way back to it. */
export function viewerOf(shop: LocalShop): Viewer {
  return { shop, toOrder: (order) => toOrder(shop, order) };
}

export function toOrder(shop: LocalShop, order: Order): Node {
  const id = gid('Order', order.id);
  const mayRead = shop.state.settings.protectedData === 'granted';
  const itemsMinor = order.lines.reduce((sum, line) => sum + line.priceMinor * line.quantity, 0);
  const shippingMinor = order.shippingLine?.priceMinor ?? 0;
  return {
    __typename: 'Order',
    id,
    legacyResourceId: String(order.id),
    name: `#${order.number}`,
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
    processedAt: order.createdAt,
    cancelledAt: order.cancelledAt,
    sourceName: order.sourceName,
    currencyCode: shop.seed.shop.currency,
    presentmentCurrencyCode: order.currency,
    cartToken: shop.state.settings.cartTokenOnOrder === 'yes' ? order.cartToken || null : null,
    checkoutToken: order.checkoutToken === '' ? null : order.checkoutToken,
    customerLocale: order.language,
    email: mayRead ? order.email : null,
    phone: mayRead && order.phone !== '' ? order.phone : null,
    ...stateOf(order),
    displayFulfillmentStatus: fulfillmentStatus(order),
    customAttributes: order.attributes.map((one) => ({ __typename: 'Attribute', ...one })),
    totalPriceSet: toMoneyBag(shop, order, itemsMinor + shippingMinor),
    subtotalPriceSet: toMoneyBag(shop, order, itemsMinor),
    totalShippingPriceSet: toMoneyBag(shop, order, shippingMinor),
    shippingAddress: toAddress(order, mayRead),
    shippingLine: order.shippingLine ? toShippingLine(order) : null,
    shippingLines: (args: Arguments) =>
      toConnection(
        'ShippingLineConnection',
        order.shippingLine ? [toShippingLine(order)] : [],
        args,
      ),
    lineItems: (args: Arguments) =>
      toConnection(
        'LineItemConnection',
        order.lines.map((line) => toLine(shop, order, line)),
        args,
      ),
    fulfillmentOrders: (args: Arguments) =>
      toConnection(
        'FulfillmentOrderConnection',
        worksIn(order, args).map((one) => toWork(viewerOf(shop), { order, one })),
        args,
      ),
    fulfillments: ({ first }: Arguments) =>
      order.fulfillments
        .slice(0, typeof first === 'number' ? first : undefined)
        .map((one) => toFulfillment(viewerOf(shop), order, one)),
    refunds: ({ first }: Arguments) =>
      order.refunds
        .slice(0, typeof first === 'number' ? first : undefined)
        .map((one) => toRefund(shop, order, one)),
    ...metafieldFields(shop, id),
  };
}

/** What is the same for every order here beside what may change. */
function stateOf(order: Order): Readonly<Record<string, unknown>> {
  return {
    displayFinancialStatus: order.financialStatus,
    fullyPaid: order.financialStatus === 'PAID',
    cancelReason: order.cancelReason,
    closed: false,
    closedAt: null,
    test: order.isTest,
    paymentGatewayNames: [order.isTest ? 'bogus' : 'shopify_payments'],
    risk: { __typename: 'OrderRiskSummary', recommendation: order.risk },
    note: order.note,
    tags: order.tags,
    edited: false,
  };
}

function fulfillmentStatus(order: Order): string {
  const left = order.lines.some((line) => onlyRemaining(order, line.id) > 0);
  if (order.fulfillments.some((one) => one.status === 'SUCCESS')) {
    return left ? 'PARTIALLY_FULFILLED' : 'FULFILLED';
  }
  const open = order.fulfillmentOrders.filter((one) =>
    one.lines.some((line) => line.remaining > 0),
  );
  if (open.some((one) => one.status === 'IN_PROGRESS')) return 'IN_PROGRESS';
  return open.length > 0 && open.every((one) => one.status === 'ON_HOLD')
    ? 'ON_HOLD'
    : 'UNFULFILLED';
}

/** An order's fulfillment orders, those routing has made; `query` knows the status. */
function worksIn(order: Order, { query }: Arguments): FulfillmentOrder[] {
  const terms = parseSearch(query, ['status']);
  return order.fulfillmentOrders.filter((one) => fits(terms, () => one.status));
}

/** What was given back to the buyer. */
export function toRefund(shop: LocalShop, order: Order, refund: Refund): Node {
  return {
    __typename: 'Refund',
    id: gid('Refund', refund.id),
    legacyResourceId: String(refund.id),
    createdAt: refund.createdAt,
    processedAt: refund.createdAt,
    updatedAt: refund.createdAt,
    note: refund.note,
    order: () => toOrder(shop, order),
    refundLineItems: (args: Arguments) =>
      toPage(
        'RefundLineItemConnection',
        {
          items: refund.lines,
          make: (one) => {
            const line = order.lines.find((each) => each.id === one.orderLineId);
            const location = shop.locations.get(one.locationId ?? 0);
            return {
              __typename: 'RefundLineItem',
              id: gid('RefundLineItem', one.id),
              quantity: one.quantity,
              restockType: one.restockType,
              restocked: one.restockType !== 'NO_RESTOCK',
              location: location ? toLocation(shop, location) : null,
              lineItem: line ? toLine(shop, order, line) : null,
            };
          },
        },
        args,
      ),
  };
}

function toAddress(order: Order, mayRead: boolean): Node | null {
  const { address } = order;
  if (!address) return null;
  const shown = (text: string): string | null => (mayRead && text !== '' ? text : null);
  return {
    __typename: 'MailingAddress',
    firstName: shown(address.firstName),
    lastName: shown(address.lastName),
    name: shown(`${address.firstName} ${address.lastName}`.trim()),
    address1: shown(address.address1),
    address2: shown(address.address2),
    company: shown(address.company),
    city: shown(address.city),
    zip: shown(address.zip),
    phone: shown(address.phone),
    provinceCode: shown(address.provinceCode),
    countryCodeV2: mayRead ? address.countryCode : null,
  };
}

function toShippingLine(order: Order): Node {
  const line = order.shippingLine;
  if (!line) throw new Error(`order ${order.id} has no shipping line`);
  return {
    __typename: 'ShippingLine',
    id: gid('ShippingLine', order.id + 1),
    title: line.title,
    code: line.code,
    source: line.source,
    carrierIdentifier: null,
    deliveryCategory: order.pickupLocationId === null ? null : 'local_pickup',
    shippingRateHandle: null,
  };
}

export function findOrder({ id }: Arguments, { shop }: AdminContext): Node | null {
  const number = idOf('Order', String(id));
  const order = shop.state.orders.find((one) => one.id === number);
  return order ? toOrder(shop, order) : null;
}

export function findFulfillmentOrder({ id }: Arguments, { shop }: AdminContext): Node | null {
  const number = idOf('FulfillmentOrder', String(id));
  for (const order of shop.state.orders) {
    const found = order.fulfillmentOrders.find((one) => one.id === number);
    if (found) return toWork(viewerOf(shop), { order, one: found });
  }
  return null;
}

export function findFulfillment({ id }: Arguments, { shop }: AdminContext): Node | null {
  const number = idOf('Fulfillment', String(id));
  for (const order of shop.state.orders) {
    const found = order.fulfillments.find((one) => one.id === number);
    if (found) return toFulfillment(viewerOf(shop), order, found);
  }
  return null;
}

/** Orders by time of change or of making, oldest first unless reversed. */
export function listOrders(args: Arguments, { shop }: AdminContext): Node {
  const terms = parseSearch(args['query'], ['updated_at', 'created_at', 'id', 'source_name']);
  const isByChange = args['sortKey'] === 'UPDATED_AT';
  const timeOf = (order: Order): number =>
    Date.parse(isByChange ? order.updatedAt : order.createdAt);
  const items = shop.state.orders
    .filter((order) =>
      fits(terms, (field) => {
        if (field === 'id') return order.id;
        if (field === 'source_name') return order.sourceName;
        return field === 'updated_at' ? order.updatedAt : order.createdAt;
      }),
    )
    .sort((a, b) => timeOf(a) - timeOf(b) || a.id - b.id);
  return toPage('OrderConnection', { items, make: (order) => toOrder(shop, order) }, args);
}
