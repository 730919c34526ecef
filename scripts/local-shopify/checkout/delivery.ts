/**
 * The delivery step of a checkout: rates, pickup stores, then the delivery customizations, then what is selected.
 *
 * Output is what every surface of a checkout sees: options with handles that change with the title, codes that do not.
 * The cheapest shipping option is the one preselected, whatever the order a Function gave (App Store rule).
 */
import { createHash } from 'node:crypto';
import { convertMinor, currencyFor } from '../money.ts';
import type { Order } from '../orders/order-state.ts';
import type { SeedAddress, SeedLocation } from '../seed.ts';
import { type LocalShop, variantOf } from '../shop.ts';
import type { Cart, Checkout } from '../state.ts';
import { planOrigins } from './origins.ts';
import { pickupOffers } from './pickup.ts';
import type { RateCache } from './rate-cache.ts';
import type { RateAnswer } from './rate-client.ts';
import { collectRates, type ShippingRate } from './rates.ts';
import type { FunctionRun, ViewDelivery, ViewOption } from './view.ts';

/** An option on its way through Functions to the page. Prices in the shop's currency. */
export type DraftOption = {
  kind: 'shipping' | 'pickup';
  handle: string;
  code: string;
  title: string;
  description: string;
  priceMinor: number;
  carrierName: string | null;
  isRenamed: boolean;
  metafields: ShippingRate['metafields'];
  minDeliveryAt: string | null;
  maxDeliveryAt: string | null;
  location: SeedLocation | null;
};

export type DeliveryContext = { cart: Cart; checkout: Checkout; address: SeedAddress };
/** Runs the delivery customizations over the options. */
export type Customize = (
  options: readonly DraftOption[],
  context: DeliveryContext,
) => Promise<{ options: DraftOption[]; runs: FunctionRun[] }>;

export type Delivery = { view: ViewDelivery; drafts: DraftOption[]; runs: FunctionRun[] };

/** Everything the delivery step shows now. */
export async function computeDelivery(
  shop: LocalShop,
  context: { cart: Cart; checkout: Checkout },
  { cache, customize }: { cache: RateCache<RateAnswer>; customize: Customize },
): Promise<Delivery> {
  const { cart, checkout } = context;
  const { address } = checkout;
  if (!address || !isSufficient(address)) {
    return { view: emptyDelivery(checkout, 'no_address'), drafts: [], runs: [] };
  }
  const drafts = [
    ...(await shippingDrafts(shop, { cart, checkout, address }, cache)),
    ...pickupDrafts(shop, { cart, checkout, address }),
  ];
  const customized = await customize(drafts, { cart, checkout, address });
  const prefixed = customized.options.map((one) => prefixCarrier(shop, one));
  return {
    view: toView(shop, checkout, { address, drafts: prefixed }),
    drafts: prefixed,
    runs: customized.runs,
  };
}

/** Shopify asks for rates once country, postal code, city and street are there. */
function isSufficient(address: SeedAddress): boolean {
  return [address.countryCode, address.zip, address.city, address.address1].every(
    (part) => part.trim() !== '',
  );
}

function emptyDelivery(checkout: Checkout, status: ViewDelivery['status']): ViewDelivery {
  return { status, mode: checkout.mode, shipping: [], pickup: [] };
}

async function shippingDrafts(
  shop: LocalShop,
  { cart, checkout, address }: DeliveryContext,
  cache: RateCache<RateAnswer>,
): Promise<DraftOption[]> {
  const lines = cart.lines.filter(
    (line) => variantOf(shop, line.variantId).variant.requiresShipping,
  );
  const groups = planOrigins(shop, lines, address.countryCode);
  if (!groups || groups.length === 0) return [];
  const customer = shop.seed.customers.find((one) => one.id === checkout.customerId);
  const rates = await collectRates(
    shop,
    {
      groups,
      address,
      currency: currencyFor(shop.seed, address.countryCode),
      locale: checkout.language,
      subtotalMinor: subtotalOf(shop, cart),
      customer: customer ? { id: customer.id, tags: customer.tags } : undefined,
    },
    cache,
  );
  return rates.map((rate) => ({
    kind: 'shipping',
    handle: handleOf(rate.carrierServiceId ?? 0, rate.code, rate.name),
    code: rate.code,
    title: rate.name,
    description: rate.description,
    priceMinor: rate.priceMinor,
    carrierName: rate.carrierName,
    isRenamed: false,
    metafields: shop.state.settings.rateMetafields === 'yes' ? rate.metafields : [],
    minDeliveryAt: rate.minDeliveryAt,
    maxDeliveryAt: rate.maxDeliveryAt,
    location: null,
  }));
}

function pickupDrafts(
  shop: LocalShop,
  { cart, checkout, address }: DeliveryContext,
): DraftOption[] {
  const { language } = checkout;
  return pickupOffers(shop, { lines: cart.lines, near: address, language }).map((offer) => ({
    kind: 'pickup',
    handle: handleOf(offer.location.id, offer.location.name, offer.description),
    code: offer.location.name,
    title: offer.location.name,
    description: offer.description,
    priceMinor: 0,
    carrierName: null,
    isRenamed: false,
    metafields: [],
    minDeliveryAt: null,
    maxDeliveryAt: null,
    location: offer.location,
  }));
}

/** Value of the basket in minor units of the shop's currency. */
export function subtotalOf(shop: LocalShop, cart: Cart): number {
  return cart.lines.reduce(
    (sum, line) => sum + variantOf(shop, line.variantId).variant.priceMinor * line.quantity,
    0,
  );
}

/** A handle as opaque as Shopify's; another title is another handle. */
export function handleOf(source: number, code: string, title: string): string {
  return createHash('sha256').update(`${source}|${code}|${title}`).digest('hex').slice(0, 32);
}

function prefixCarrier(shop: LocalShop, option: DraftOption): DraftOption {
  const setting = shop.state.settings.carrierNamePrefix;
  if (option.carrierName === null || setting === 'never') return option;
  if (setting === 'renamed' && !option.isRenamed) return option;
  return { ...option, title: `${option.carrierName} ${option.title}` };
}

function toView(
  shop: LocalShop,
  checkout: Checkout,
  { address, drafts }: { address: SeedAddress; drafts: readonly DraftOption[] },
): ViewDelivery {
  const currency = currencyFor(shop.seed, address.countryCode);
  const shipping = drafts.filter((one) => one.kind === 'shipping');
  const pickup = drafts.filter((one) => one.kind === 'pickup');
  const chosen = selectShipping(shipping, checkout.selectedCode);
  const store = pickup.find((one) => one.location?.id === checkout.selectedPickupId) ?? pickup[0];
  const show = (one: DraftOption, isSelected: boolean): ViewOption => ({
    kind: one.kind,
    handle: one.handle,
    code: one.code,
    title: one.title,
    description: one.description,
    price: { minor: convertMinor(one.priceMinor, currency.rate), currency: currency.code },
    carrierName: one.carrierName,
    metafields: one.metafields,
    timeInTransit: transitOf(shop, one),
    isSelected,
    location: one.location
      ? { id: one.location.id, name: one.location.name, address: addressOf(one.location) }
      : null,
  });
  return {
    status: drafts.length === 0 ? 'no_options' : 'ready',
    mode: pickup.length === 0 ? 'shipping' : checkout.mode,
    shipping: shipping.map((one) => show(one, one === chosen)),
    pickup: pickup.map((one) => show(one, one === store)),
  };
}

/** The shopper's own choice while it is still offered, else the cheapest. */
function selectShipping<Option extends { code: string; priceMinor: number }>(
  options: readonly Option[],
  selectedCode: string | null,
): Option | undefined {
  const chosen = options.find((one) => one.code === selectedCode);
  if (chosen) return chosen;
  return options.reduce<Option | undefined>(
    (best, one) => (best === undefined || one.priceMinor < best.priceMinor ? one : best),
    undefined,
  );
}

function transitOf(shop: LocalShop, option: DraftOption): { lower: number; upper: number } | null {
  if (shop.state.settings.carrierEstimate === 'no') return null;
  const from = Date.parse(option.minDeliveryAt ?? '');
  const to = Date.parse(option.maxDeliveryAt ?? '');
  if (Number.isNaN(from) || Number.isNaN(to)) return null;
  const seconds = (ms: number): number =>
    Math.max(0, Math.round((ms - shop.clock.nowMs()) / 1_000));
  return { lower: seconds(from), upper: seconds(to) };
}

function addressOf(location: SeedLocation): SeedAddress {
  return {
    firstName: '',
    lastName: '',
    company: location.name,
    address1: location.address1,
    address2: location.address2,
    city: location.city,
    zip: location.zip,
    provinceCode: location.provinceCode,
    countryCode: location.countryCode,
    phone: location.phone,
  };
}

/** The delivery step as it was bought: one option, chosen. The pages after the order ask nobody again. */
export function deliveryOfOrder(shop: LocalShop, order: Order): Delivery {
  const line = order.shippingLine;
  const currency = currencyFor(shop.seed, order.address?.countryCode ?? shop.seed.shop.countryCode);
  const store = order.pickupLocationId === null ? null : shop.locations.get(order.pickupLocationId);
  const kind = store ? 'pickup' : 'shipping';
  const options: ViewOption[] = line
    ? [
        {
          kind,
          handle: handleOf(order.id, line.code, line.title),
          code: line.code,
          title: line.title,
          description: line.description,
          price: { minor: convertMinor(line.priceMinor, currency.rate), currency: currency.code },
          carrierName: line.source === 'shopify' ? null : line.source,
          metafields: [],
          timeInTransit: null,
          isSelected: true,
          location: store ? { id: store.id, name: store.name, address: addressOf(store) } : null,
        },
      ]
    : [];
  const view: ViewDelivery = {
    status: 'ready',
    mode: kind,
    shipping: store ? [] : options,
    pickup: store ? options : [],
  };
  return { view, drafts: [], runs: [] };
}
