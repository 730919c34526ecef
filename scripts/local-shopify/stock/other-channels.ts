/**
 * An order that did not come through this shop's checkout: a marketplace's, a till's, one a merchant typed in.
 *
 * It changes stock exactly as Shopify would: from a named location, or from the ones routing picks; obeying what is
 * available, or past it when the channel had promised already (Shopify's DECREMENT_IGNORING_POLICY).
 */
import { entryOfSku, locationOfId } from '../catalog.ts';
import { commitStock } from '../checkout/orders.ts';
import { holds, type OriginGroup, planOrigins } from '../checkout/origins.ts';
import type { SeedAddress } from '../seed.ts';
import type { LocalShop } from '../shop.ts';
import { type CartLine, type FulfillmentOrder, type Order, takeId } from '../state.ts';
import { announcePlaced, fulfillOrder } from './order-stock.ts';

export type ChannelOrder = {
  /** As `marketplace` or `pos`: the order's `sourceName`. */
  source: string;
  lines: readonly { sku: string; quantity: number }[];
  /** Where it ships from; absent: where Shopify's routing says. */
  locationId?: number | undefined;
  countryCode?: string | undefined;
  /** `ignore` sells past what is available. */
  stock?: 'obey' | 'ignore' | undefined;
  /** Handed over at once, as at a till. */
  isFulfilled?: boolean | undefined;
};

/** Places it; throws with the reason when Shopify would not take it. */
export function placeChannelOrder(shop: LocalShop, ask: ChannelOrder): Order {
  const lines = ask.lines.map(({ sku, quantity }, i) => ({
    id: String(i),
    variantId: entryOfSku(shop, sku).variant.id,
    quantity,
  }));
  const groups = originsOf(shop, ask, lines);
  if (!groups) throw new Error('out_of_stock');
  const order = buildOrder(shop, ask, lines);
  order.fulfillmentOrders = groups.map((group) => toFulfillmentOrder(shop, order, group));
  for (const group of groups) commitStock(shop, group);
  shop.state.orders.push(order);
  shop.file.touch();
  announcePlaced(shop, order);
  if (ask.isFulfilled === true) fulfillOrder(shop, order);
  return order;
}

function originsOf(
  shop: LocalShop,
  ask: ChannelOrder,
  lines: CartLine[],
): OriginGroup[] | undefined {
  const country = ask.countryCode ?? shop.seed.shop.countryCode;
  if (ask.locationId === undefined) return planOrigins(shop, lines, country);
  const { id } = locationOfId(shop, ask.locationId);
  const isHeld = ask.stock === 'ignore' || lines.every((line) => holds(shop, line, id));
  return isHeld ? [{ locationId: id, lines }] : undefined;
}

function buildOrder(shop: LocalShop, ask: ChannelOrder, lines: readonly CartLine[]): Order {
  const { state, seed, clock } = shop;
  const number = state.nextOrderNumber;
  state.nextOrderNumber += 1;
  const now = clock.now();
  return {
    id: takeId(state),
    number,
    createdAt: now,
    updatedAt: now,
    sourceName: ask.source,
    checkoutToken: '',
    cartToken: '',
    language: seed.shop.languages[0] ?? 'en',
    currency: seed.shop.currency,
    email: '',
    phone: '',
    customerId: null,
    customerTags: [],
    address: ask.countryCode === undefined ? null : addressIn(ask.countryCode),
    lines: lines.map(({ variantId, quantity }) => ({
      id: takeId(state),
      variantId,
      quantity,
      priceMinor: shop.variants.get(variantId)?.variant.priceMinor ?? 0,
      removed: 0,
    })),
    shippingLine: null,
    pickupLocationId: null,
    attributes: [],
    fulfillmentOrders: [],
    fulfillments: [],
    cancelledAt: null,
  };
}

function addressIn(countryCode: string): SeedAddress {
  const blank = { firstName: '', lastName: '', company: '', address1: '', address2: '', phone: '' };
  return { ...blank, city: '', zip: '', provinceCode: '', countryCode };
}

function toFulfillmentOrder(shop: LocalShop, order: Order, group: OriginGroup): FulfillmentOrder {
  return {
    id: takeId(shop.state),
    locationId: group.locationId,
    methodType: 'SHIPPING',
    status: 'OPEN',
    requestStatus: 'UNSUBMITTED',
    fulfillBy: null,
    minDeliveryAt: null,
    maxDeliveryAt: null,
    lines: group.lines.flatMap(({ variantId, quantity }) => {
      const line = order.lines.find((one) => one.variantId === variantId);
      return line
        ? [{ id: takeId(shop.state), orderLineId: line.id, quantity, remaining: quantity }]
        : [];
    }),
  };
}
