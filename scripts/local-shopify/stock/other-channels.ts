/**
 * An order that did not come through this shop's checkout: a marketplace's, a till's, one a merchant typed in.
 *
 * It changes stock exactly as Shopify would: from a named location, or from the ones routing picks; obeying what is
 * available, or past it when the channel had promised already (Shopify's DECREMENT_IGNORING_POLICY).
 */
import { entryOfSku, locationOfId } from '../catalog.ts';
import { commitStock, workLines } from '../checkout/orders.ts';
import { holds, type OriginGroup, planOrigins } from '../checkout/origins.ts';
import { handOver } from '../orders/handover.ts';
import type { Order, OrderRisk } from '../orders/order-state.ts';
import { announcePlaced, routeNow } from '../orders/routing.ts';
import { makeWork } from '../orders/work.ts';
import type { SeedAddress } from '../seed.ts';
import type { LocalShop } from '../shop.ts';
import { type CartLine, takeId } from '../state.ts';

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
  /** Payment is still to come. */
  isUnpaid?: boolean | undefined;
  /** What Shopify's look for fraud recommends. */
  risk?: OrderRisk | undefined;
  isTest?: boolean | undefined;
  /** Where it goes, in full; `countryCode` alone gives an address without street and town. */
  address?: SeedAddress | undefined;
  email?: string | undefined;
  /** The rate it was sold at, as its shipping line says it. */
  rate?: { code: string; title: string; priceMinor: number } | undefined;
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
  order.unrouted = groups.map((group) =>
    makeWork(shop, order, {
      locationId: group.locationId,
      methodType: 'SHIPPING',
      lines: workLines(order, group),
    }),
  );
  for (const group of groups) commitStock(shop, group);
  shop.state.orders.push(order);
  shop.file.touch();
  announcePlaced(shop, order);
  if (ask.isFulfilled === true) {
    routeNow(shop, order);
    const groups = order.fulfillmentOrders.map(({ id }) => ({ id }));
    const done = handOver(shop, { groups, actor: 'merchant' });
    if (!done.ok) throw new Error(done.message);
  }
  return order;
}

function originsOf(
  shop: LocalShop,
  ask: ChannelOrder,
  lines: CartLine[],
): OriginGroup[] | undefined {
  const country = ask.address?.countryCode ?? ask.countryCode ?? shop.seed.shop.countryCode;
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
    email: ask.email ?? '',
    phone: '',
    customerId: null,
    customerTags: [],
    address: ask.address ?? (ask.countryCode === undefined ? null : addressIn(ask.countryCode)),
    lines: lines.map(({ variantId, quantity }) => ({
      id: takeId(state),
      variantId,
      quantity,
      priceMinor: shop.variants.get(variantId)?.variant.priceMinor ?? 0,
      removed: 0,
    })),
    shippingLine: ask.rate ? { ...ask.rate, source: 'shopify', description: '' } : null,
    pickupLocationId: null,
    attributes: [],
    unrouted: [],
    fulfillmentOrders: [],
    fulfillments: [],
    refunds: [],
    cancelDue: null,
    cancelledAt: null,
    cancelReason: null,
    risk: ask.risk ?? 'NONE',
    isTest: ask.isTest === true,
    financialStatus: ask.isUnpaid === true ? 'PENDING' : 'PAID',
    note: null,
    tags: [],
    timeline: [],
  };
}

function addressIn(countryCode: string): SeedAddress {
  const blank = { firstName: '', lastName: '', company: '', address1: '', address2: '', phone: '' };
  return { ...blank, city: '', zip: '', provinceCode: '', countryCode };
}
