/** Orders and fulfillment orders as the Admin API shows them; protected fields are null when they are withheld. */
import { orderTotals } from '../checkout/orders.ts';
import { toDecimal } from '../money.ts';
import { gid, idOf, type LocalShop, variantOf } from '../shop.ts';
import type { Fulfillment, FulfillmentOrder, Order } from '../state.ts';
import { metafieldFields } from './metafields.ts';
import { type AdminContext, type Arguments, type Node, toConnection, toPage } from './node.ts';
import { toLocation, toVariant } from './places.ts';
import { fits, parseSearch } from './search.ts';

function toOrder(shop: LocalShop, order: Order): Node {
  const id = gid('Order', order.id);
  const mayRead = shop.state.settings.protectedData === 'granted';
  const { totalMinor } = orderTotals(shop, order);
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
    displayFinancialStatus: 'PAID',
    displayFulfillmentStatus: fulfillmentStatus(order),
    customAttributes: order.attributes.map((one) => ({ __typename: 'Attribute', ...one })),
    totalPriceSet: {
      __typename: 'MoneyBag',
      presentmentMoney: {
        __typename: 'MoneyV2',
        amount: toDecimal(totalMinor),
        currencyCode: order.currency,
      },
    },
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
        order.fulfillmentOrders.map((one) => toFulfillmentOrder(shop, order, one)),
        args,
      ),
    fulfillments: ({ first }: Arguments) =>
      order.fulfillments
        .slice(0, typeof first === 'number' ? first : undefined)
        .map((one) => toFulfillment(shop, order, one)),
    ...metafieldFields(shop, id),
  };
}

function fulfillmentStatus({ fulfillmentOrders }: Order): string {
  const closed = fulfillmentOrders.filter((one) => one.status === 'CLOSED').length;
  if (closed === 0) return 'UNFULFILLED';
  const isWhole = fulfillmentOrders.every((one) => ['CLOSED', 'CANCELLED'].includes(one.status));
  return isWhole ? 'FULFILLED' : 'PARTIALLY_FULFILLED';
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

function toLine(shop: LocalShop, order: Order, line: Order['lines'][number]): Node {
  const entry = variantOf(shop, line.variantId);
  return {
    __typename: 'LineItem',
    id: gid('LineItem', line.id),
    name: entry.product.title.en,
    title: entry.product.title.en,
    sku: entry.variant.sku,
    quantity: line.quantity,
    currentQuantity: line.quantity - line.removed,
    unfulfilledQuantity: order.fulfillmentOrders
      .flatMap((one) => one.lines)
      .filter((part) => part.orderLineId === line.id)
      .reduce((sum, part) => sum + part.remaining, 0),
    requiresShipping: entry.variant.requiresShipping,
    // A deleted variant is gone from its old orders too; name and SKU stay.
    variant: () => (shop.variants.has(line.variantId) ? toVariant(shop, entry) : null),
  };
}

function toFulfillmentOrder(shop: LocalShop, order: Order, one: FulfillmentOrder): Node {
  const location = shop.locations.get(one.locationId);
  return {
    __typename: 'FulfillmentOrder',
    id: gid('FulfillmentOrder', one.id),
    orderId: gid('Order', order.id),
    orderName: `#${order.number}`,
    order: () => toOrder(shop, order),
    status: one.status,
    requestStatus: one.requestStatus,
    fulfillAt: order.createdAt,
    fulfillBy: one.fulfillBy,
    assignedLocation: {
      __typename: 'FulfillmentOrderAssignedLocation',
      name: location?.name ?? '',
      address1: location?.address1 ?? null,
      city: location?.city ?? null,
      zip: location?.zip ?? null,
      countryCode: location?.countryCode ?? '',
      location: () => (location ? toLocation(shop, location) : null),
    },
    deliveryMethod: {
      __typename: 'DeliveryMethod',
      id: gid('DeliveryMethod', one.id),
      methodType: one.methodType,
      presentedName: order.shippingLine?.title ?? null,
      serviceCode: order.shippingLine?.code ?? null,
      sourceReference: null,
      minDeliveryDateTime: one.minDeliveryAt,
      maxDeliveryDateTime: one.maxDeliveryAt,
    },
    lineItems: (args: Arguments) =>
      toConnection(
        'FulfillmentOrderLineItemConnection',
        one.lines.map((line) => toPart(shop, order, line)),
        args,
      ),
  };
}

function toFulfillment(shop: LocalShop, order: Order, one: Fulfillment): Node {
  const location = shop.locations.get(one.locationId);
  return {
    __typename: 'Fulfillment',
    id: gid('Fulfillment', one.id),
    status: 'SUCCESS',
    createdAt: one.createdAt,
    updatedAt: one.createdAt,
    totalQuantity: one.lines.reduce((sum, line) => sum + line.quantity, 0),
    location: () => (location ? toLocation(shop, location) : null),
    fulfillmentLineItems: (args: Arguments) =>
      toPage(
        'FulfillmentLineItemConnection',
        {
          items: one.lines,
          make: ({ id, orderLineId, quantity }) => ({
            __typename: 'FulfillmentLineItem',
            id: gid('FulfillmentLineItem', id),
            quantity,
            lineItem: () => toLine(shop, order, lineOf(order, orderLineId)),
          }),
        },
        args,
      ),
  };
}

function lineOf(order: Order, id: number): Order['lines'][number] {
  const line = order.lines.find((one) => one.id === id);
  if (!line) throw new Error(`order ${order.id} has no line ${id}`);
  return line;
}

function toPart(shop: LocalShop, order: Order, part: FulfillmentOrder['lines'][number]): Node {
  const line = lineOf(order, part.orderLineId);
  const entry = variantOf(shop, line.variantId);
  return {
    __typename: 'FulfillmentOrderLineItem',
    id: gid('FulfillmentOrderLineItem', part.id),
    totalQuantity: part.quantity,
    remainingQuantity: part.remaining,
    sku: entry.variant.sku,
    inventoryItemId: gid('InventoryItem', entry.variant.inventoryItemId),
    lineItem: () => toLine(shop, order, line),
    // A deleted variant is gone from its old orders too; name and SKU stay.
    variant: () => (shop.variants.has(line.variantId) ? toVariant(shop, entry) : null),
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
    if (found) return toFulfillmentOrder(shop, order, found);
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
