/**
 * Placing the order: the shipping line as bought, stock from available to committed, fulfillment orders by origin, and
 * the cart's metafields copied to the order where a definition says they may be.
 */
import { convertMinor, currencyFor, toDecimal } from '../money.ts';
import type { FulfillmentOrder, Order } from '../orders/order-state.ts';
import { makeWork, onlyRemaining } from '../orders/work.ts';
import { gid, type LocalShop, levelOf, variantOf } from '../shop.ts';
import { type Cart, type Checkout, takeId } from '../state.ts';
import { changeLevel } from '../stock/levels.ts';
import type { Delivery, DraftOption } from './delivery.ts';
import { holds, type OriginGroup, planOrigins } from './origins.ts';

export type PlaceRefusal = {
  code: 'empty_cart' | 'no_email' | 'no_delivery' | 'out_of_stock' | 'already_placed';
};

/** Places the order, or says why it cannot be placed. */
export function placeOrder(
  shop: LocalShop,
  { cart, checkout }: { cart: Cart; checkout: Checkout },
  delivery: Delivery,
): { ok: true; order: Order } | { ok: false; refusal: PlaceRefusal } {
  if (checkout.orderId !== null) return refuse('already_placed');
  if (cart.lines.length === 0) return refuse('empty_cart');
  if (!checkout.email.includes('@')) return refuse('no_email');
  const option = selectedDraft(delivery);
  const { address } = checkout;
  if (!option || !address) return refuse('no_delivery');
  const groups = originsOf(shop, { cart, option, country: address.countryCode });
  if (!groups) return refuse('out_of_stock');

  const order = buildOrder(shop, { cart, checkout, option });
  order.unrouted = groups.map((group) => buildFulfillmentOrder(shop, { order, group, option }));
  for (const group of groups) commitStock(shop, group);
  copyMetafields(shop, cart, order);
  shop.state.orders.push(order);
  checkout.orderId = order.id;
  shop.file.touch();
  return { ok: true, order };
}

function refuse(code: PlaceRefusal['code']): { ok: false; refusal: PlaceRefusal } {
  return { ok: false, refusal: { code } };
}

function selectedDraft(delivery: Delivery): DraftOption | undefined {
  const { view } = delivery;
  const options = view.mode === 'pickup' ? view.pickup : view.shipping;
  const selected = options.find((one) => one.isSelected);
  return delivery.drafts.find(
    (one) => one.handle === selected?.handle && one.kind === selected.kind,
  );
}

function originsOf(
  shop: LocalShop,
  { cart, option, country }: { cart: Cart; option: DraftOption; country: string },
): OriginGroup[] | undefined {
  if (option.location) {
    // The page was drawn a while ago: somebody else may have had the last unit since.
    const { id } = option.location;
    return cart.lines.every((line) => holds(shop, line, id))
      ? [{ locationId: id, lines: cart.lines }]
      : undefined;
  }
  return planOrigins(shop, cart.lines, country);
}

function buildOrder(
  shop: LocalShop,
  { cart, checkout, option }: { cart: Cart; checkout: Checkout; option: DraftOption },
): Order {
  const { state, seed } = shop;
  const customer = seed.customers.find((one) => one.id === checkout.customerId);
  const number = state.nextOrderNumber;
  state.nextOrderNumber += 1;
  const now = shop.clock.now();
  return {
    id: takeId(state),
    number,
    createdAt: now,
    updatedAt: now,
    sourceName: 'web',
    checkoutToken: checkout.token,
    cartToken: cart.token,
    language: checkout.language,
    currency: currencyFor(seed, checkout.address?.countryCode ?? seed.shop.countryCode).code,
    email: checkout.email,
    phone: checkout.address?.phone ?? '',
    customerId: checkout.customerId,
    customerTags: customer?.tags ?? [],
    address: checkout.address,
    lines: cart.lines.map((line) => ({
      id: takeId(state),
      variantId: line.variantId,
      quantity: line.quantity,
      priceMinor: variantOf(shop, line.variantId).variant.priceMinor,
      removed: 0,
    })),
    shippingLine: {
      title: option.title,
      code: option.code,
      source: option.carrierName ?? 'shopify',
      priceMinor: option.priceMinor,
      description: option.description,
    },
    pickupLocationId: option.location?.id ?? null,
    attributes: cart.attributes,
    unrouted: [],
    fulfillmentOrders: [],
    fulfillments: [],
    refunds: [],
    cancelDue: null,
    cancelledAt: null,
    cancelReason: null,
    financialStatus: 'PAID',
    risk: 'NONE',
    isTest: false,
    note: null,
    tags: [],
    timeline: [],
  };
}

function buildFulfillmentOrder(
  shop: LocalShop,
  { order, group, option }: { order: Order; group: OriginGroup; option: DraftOption },
): FulfillmentOrder {
  const hasDates = shop.state.settings.carrierEstimate === 'yes';
  return makeWork(shop, order, {
    locationId: group.locationId,
    methodType: option.kind === 'pickup' ? 'PICK_UP' : 'SHIPPING',
    minDeliveryAt: hasDates ? option.minDeliveryAt : null,
    maxDeliveryAt: hasDates ? option.maxDeliveryAt : null,
    lines: workLines(order, group),
  });
}

/** The units of an order that ship from one origin. */
export function workLines(
  order: Order,
  group: OriginGroup,
): { orderLineId: number; quantity: number }[] {
  return group.lines.flatMap(({ variantId, quantity }) => {
    const line = order.lines.find((one) => one.variantId === variantId);
    return line ? [{ orderLineId: line.id, quantity }] : [];
  });
}

/** Placing an order moves its units from available to committed where it ships from. */
export function commitStock(shop: LocalShop, group: OriginGroup): void {
  for (const line of group.lines) {
    const { variant } = variantOf(shop, line.variantId);
    const key = { itemId: variant.inventoryItemId, locationId: group.locationId };
    if (!levelOf(shop, key.itemId, key.locationId)) continue;
    changeLevel(shop, key, { available: -line.quantity, committed: line.quantity });
  }
}

/**
 * A cart metafield reaches the order only when an ORDER definition of the same namespace and key has the capability
 * `cartToOrderCopyable`; without it Shopify drops the value in silence.
 */
function copyMetafields(shop: LocalShop, cart: Cart, order: Order): void {
  const at = shop.clock.now();
  for (const field of cart.metafields) {
    const definition = shop.state.definitions.find(
      (one) =>
        one.ownerType === 'ORDER' && one.namespace === field.namespace && one.key === field.key,
    );
    if (!definition?.isCartToOrderCopyable || definition.type !== field.type) continue;
    shop.state.metafields.push({
      ...field,
      id: takeId(shop.state),
      owner: gid('Order', order.id),
      createdAt: at,
      updatedAt: at,
    });
  }
}

/** What the order costs in minor units of the currency it was paid in. */
export function orderTotals(
  shop: LocalShop,
  order: Order,
): { subtotalMinor: number; shippingMinor: number; totalMinor: number; rate: number } {
  const { rate } = currencyFor(shop.seed, order.address?.countryCode ?? shop.seed.shop.countryCode);
  const subtotalMinor = order.lines.reduce(
    (sum, line) => sum + convertMinor(line.priceMinor * line.quantity, rate),
    0,
  );
  const shippingMinor = convertMinor(order.shippingLine?.priceMinor ?? 0, rate);
  return { subtotalMinor, shippingMinor, totalMinor: subtotalMinor + shippingMinor, rate };
}

/** The order as the REST-shaped webhook payload, with protected fields withheld when the app may not see them. */
export function orderPayload(shop: LocalShop, order: Order): Record<string, unknown> {
  const mayRead = shop.state.settings.protectedData === 'granted';
  const { subtotalMinor, shippingMinor, totalMinor, rate } = orderTotals(shop, order);
  const hasCartToken = shop.state.settings.cartTokenOnOrder === 'yes';
  return {
    id: order.id,
    admin_graphql_api_id: gid('Order', order.id),
    name: `#${order.number}`,
    order_number: order.number,
    created_at: order.createdAt,
    updated_at: order.updatedAt,
    processed_at: order.createdAt,
    cancelled_at: order.cancelledAt,
    checkout_token: order.checkoutToken === '' ? null : order.checkoutToken,
    cart_token: hasCartToken ? order.cartToken : null,
    currency: shop.seed.shop.currency,
    presentment_currency: order.currency,
    customer_locale: order.language,
    email: mayRead ? order.email : null,
    phone: mayRead ? order.phone : null,
    test: order.isTest,
    financial_status: order.financialStatus.toLowerCase(),
    fulfillment_status: fulfillmentStatusOf(order),
    cancel_reason: order.cancelReason?.toLowerCase() ?? null,
    note: order.note,
    tags: order.tags.join(', '),
    source_name: order.sourceName,
    subtotal_price: toDecimal(subtotalMinor),
    total_shipping_price_set: { presentment_money: { amount: toDecimal(shippingMinor) } },
    total_price: toDecimal(totalMinor),
    note_attributes: order.attributes.map(({ key, value }) => ({ name: key, value })),
    customer:
      mayRead && order.customerId !== null
        ? { id: order.customerId, email: order.email, tags: order.customerTags.join(', ') }
        : null,
    shipping_address: shippingAddressPayload(order, mayRead),
    shipping_lines: order.shippingLine
      ? [
          {
            id: order.id + 1,
            title: order.shippingLine.title,
            code: order.shippingLine.code,
            source: order.shippingLine.source,
            carrier_identifier: null,
            price: toDecimal(convertMinor(order.shippingLine.priceMinor, rate)),
          },
        ]
      : [],
    line_items: order.lines.map((line) => linePayload(shop, order, line)),
  };
}

function shippingAddressPayload(order: Order, mayRead: boolean): Record<string, unknown> | null {
  if (!order.address) return null;
  const { address } = order;
  // Withheld: what names or locates a person is null; the country stays.
  const shown = (text: string): string | null => (mayRead && text !== '' ? text : null);
  return {
    first_name: shown(address.firstName),
    last_name: shown(address.lastName),
    address1: shown(address.address1),
    address2: shown(address.address2),
    company: shown(address.company),
    city: shown(address.city),
    zip: shown(address.zip),
    phone: shown(address.phone),
    province_code: shown(address.provinceCode),
    country_code: address.countryCode,
  };
}

/** As REST says it: null until something was handed over. */
function fulfillmentStatusOf(order: Order): 'fulfilled' | 'partial' | null {
  if (!order.fulfillments.some((one) => one.status === 'SUCCESS')) return null;
  return order.lines.every((line) => onlyRemaining(order, line.id) === 0) ? 'fulfilled' : 'partial';
}

function linePayload(
  shop: LocalShop,
  order: Order,
  line: Order['lines'][number],
): Record<string, unknown> {
  const { product, variant } = variantOf(shop, line.variantId);
  return {
    id: line.id,
    admin_graphql_api_id: gid('LineItem', line.id),
    variant_id: variant.id,
    product_id: product.id,
    sku: variant.sku,
    title: product.title.en,
    variant_title: variant.optionValues.join(' / '),
    vendor: product.vendor,
    quantity: line.quantity,
    current_quantity: line.quantity - line.removed,
    fulfillable_quantity: onlyRemaining(order, line.id),
    grams: variant.weightGrams,
    price: toDecimal(line.priceMinor),
    requires_shipping: variant.requiresShipping,
  };
}
