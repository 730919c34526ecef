/**
 * Which rates does this basket get, with which date, when Shopify's checkout asks?
 *
 * In: the parsed question and the shop held live (or only its padded table). Out: rated options and what is recorded,
 * or that there is nothing to say.
 * Invariants (platform decision 1): the answer speaks of the asked items only; when no date can be given each priced
 * option is still there, undated; when no price can be given either, nothing is said and Shopify shows the merchant's
 * backup rates; an empty list means that a rule refuses the destination or the item.
 */

import { localDay, wallToMinute, writeMinute } from '../../base/time.ts';
import type { RateItem, RateRequest } from '../../contract/rate-callback.ts';
import { deliveryWindow } from '../../network/delivery.ts';
import { resolveDestination } from '../../network/destination.ts';
import { distanceMeters } from '../../network/distance.ts';
import { breaksItemLimit, isRestricted } from '../../network/limits.ts';
import { billableGrams, priceMinor } from '../../network/prices.ts';
import type { CompiledService, Snapshot } from '../../network/snapshot.ts';
import type { Absent, Quote, QuotedOption, QuoteRequest } from '../../promise/quote.ts';
import type { PromisedOption, ReceiptKind } from '../../promise/receipt.ts';
import { toPromisedOptions } from '../../promise/service.ts';
import type { RatedOption } from './answer.ts';

/** What is answered: rates and their receipt, or silence. */
export type Offer = {
  readonly kind: ReceiptKind;
  /** The engine was asked, and not the padded table in its place. */
  readonly isLive: boolean;
  readonly rated: readonly RatedOption[];
  readonly promised: readonly PromisedOption[];
};

/** `backup`: no price can be given, the merchant's backup rates should show. */
export type OfferOrBackup = Offer | 'backup';

/** The question in our words: SKUs for variants, and what could not be named. */
export type NamedBasket = {
  readonly request: QuoteRequest;
  /** An item that no product of ours stands for: no date can be given. */
  readonly hasUnknown: boolean;
  /** Grams of everything that is shipped, as Shopify states them: prices the unknown. */
  readonly grams: number;
};

/** Names the items by SKU. `channel` is where rates are shown; gift cards and services are left out. */
export function nameBasket(
  question: RateRequest,
  catalog: {
    readonly skuOfVariant: ReadonlyMap<string, string>;
    readonly skus: ReadonlyMap<string, number>;
  },
  at: Pick<QuoteRequest, 'nowMinute' | 'marginMinutes' | 'channel' | 'destination'>,
): NamedBasket {
  const lines: { sku: string; quantity: number }[] = [];
  let hasUnknown = false;
  let grams = 0;
  for (const item of question.items) {
    if (!item.requiresShipping) continue;
    grams += item.grams * item.quantity;
    const sku = skuOf(item, catalog);
    if (sku === undefined) hasUnknown = true;
    else lines.push({ sku, quantity: item.quantity });
  }
  return {
    request: {
      ...at,
      lines,
      currency: question.currency,
      locale: question.locale,
      customerTags: question.customerTags,
      methods: RATE_METHODS,
    },
    hasUnknown,
    grams,
  };
}

// Native pickup is never a rate (platform decision 6).
const RATE_METHODS = ['home', 'pickup_point'] as const;

function skuOf(
  item: RateItem,
  catalog: {
    readonly skuOfVariant: ReadonlyMap<string, string>;
    readonly skus: ReadonlyMap<string, number>;
  },
): string | undefined {
  const byVariant = catalog.skuOfVariant.get(String(item.variantId));
  if (byVariant !== undefined && catalog.skus.has(byVariant)) return byVariant;
  return catalog.skus.has(item.sku) ? item.sku : undefined;
}

/** The offer of a live quote. */
export function offerOfQuote(snapshot: Snapshot, basket: NamedBasket, quote: Quote): OfferOrBackup {
  const options = withNearestPoints(snapshot, basket.request, quote.options);
  const promised = toPromisedOptions(snapshot, basket.request, options);
  const rated = options.map((option, index): RatedOption => {
    const promise = promised[index];
    if (promise?.window == null || promise.promisedOn === null) {
      throw new Error('Bug: a quoted option has a date');
    }
    return {
      serviceCode: option.serviceCode,
      serviceName: nameOf(snapshot, option),
      method: option.method === 'pickup_point' ? 'pickup_point' : 'home',
      priceMinor: option.priceMinor,
      promise: { ...promise.window, promisedOn: promise.promisedOn, ...byTime(snapshot, option) },
    };
  });
  const undated = quote.absent.filter((absent) => isOnlyUndated(absent));
  const zoneIndex = resolveDestination(snapshot, basket.request.destination).zoneIndex;
  for (const { serviceCode } of undated) {
    const service = snapshot.services[snapshot.serviceIndex.get(serviceCode) ?? -1];
    const rate =
      service === undefined ? undefined : undatedRate(snapshot, { service, zoneIndex, basket });
    if (rate !== undefined) rated.push(rate);
  }
  if (rated.length > 0) {
    const kind = options.length > 0 ? 'live' : 'undated';
    return { kind, isLive: true, rated, promised };
  }
  return quote.absent.length > 0 && quote.absent.every(isRefusedByRule)
    ? { kind: 'undated', isLive: true, rated: [], promised: [] }
    : 'backup';
}

// Platform decision 7: the nearest points of all networks together; a list nobody reads hides the rest.
const POINTS_MAX = 5;

function withNearestPoints(
  snapshot: Snapshot,
  request: QuoteRequest,
  options: readonly QuotedOption[],
): readonly QuotedOption[] {
  const destination = resolveDestination(snapshot, request.destination);
  const meters = new Map<QuotedOption, number>();
  for (const option of options) {
    const point = snapshot.points[option.point]?.source;
    if (point !== undefined) meters.set(option, distanceMeters(destination, point));
  }
  if (meters.size <= POINTS_MAX) return options;
  const nearest = [...meters].sort((a, b) => a[1] - b[1]).slice(0, POINTS_MAX);
  const kept = new Set(nearest.map(([option]) => option));
  return options.filter((option) => !meters.has(option) || kept.has(option));
}

// Stock and time may be wrong or come back; a lane, a restriction, a limit or a price is a decision.
function isOnlyUndated(absent: Absent): boolean {
  return absent.method === 'home' && (absent.code === 'no_stock' || absent.code === 'no_departure');
}

function isRefusedByRule(absent: Absent): boolean {
  return absent.code === 'no_lane' || absent.code === 'restricted' || absent.code === 'limit';
}

/** What a padded table says for one service on the shop-local day of the order: the promised day, or nothing. */
export type PaddedDay = (serviceCode: string) => number | undefined;

/** The offer without the engine: every home service that may carry the basket, dated by the padded table where it can. */
export function offerOfTable(
  snapshot: Snapshot,
  basket: NamedBasket,
  paddedDay: PaddedDay,
): OfferOrBackup {
  const { request } = basket;
  const { zoneIndex } = resolveDestination(snapshot, request.destination);
  const zone = snapshot.zones[zoneIndex]?.zone;
  const rated: RatedOption[] = [];
  const promised: PromisedOption[] = [];
  let isRefused = snapshot.services.length > 0;
  for (const service of snapshot.services) {
    if (service.method !== 'home') continue;
    const reach =
      snapshot.channels[0]?.reach[service.index * snapshot.zones.length + zoneIndex] ?? 0;
    if (zone === undefined || reach === 0 || refusesItem(snapshot, basket, service)) continue;
    isRefused = false;
    const rate = undatedRate(snapshot, { service, zoneIndex, basket });
    if (rate === undefined) continue;
    const day = basket.hasUnknown ? undefined : paddedDay(service.code);
    if (day === undefined) {
      rated.push(rate);
      continue;
    }
    const window = deliveryWindow(service, zone, day);
    const from = writeMinute(zone, window.fromMinute);
    const to = writeMinute(zone, window.toMinute);
    const promisedOn = from.slice(0, 10);
    rated.push({ ...rate, promise: { from, to, promisedOn, ...byTimeOf(service) } });
    promised.push({
      method: 'home',
      serviceCode: service.code,
      window: { from, to },
      promisedOn,
      timeZone: zone.name,
      orderBy: null,
      validUntil: endOfDay(snapshot, request),
      priceMinor: rate.priceMinor,
      parcels: [],
    });
  }
  if (rated.length === 0)
    return isRefused ? { kind: 'undated', isLive: false, rated, promised } : 'backup';
  return { kind: promised.length > 0 ? 'padded' : 'undated', isLive: false, rated, promised };
}

function refusesItem(snapshot: Snapshot, basket: NamedBasket, service: CompiledService): boolean {
  const { country } = basket.request.destination;
  return basket.request.lines.some(({ sku }) => {
    const product = snapshot.products[snapshot.skuIndex.get(sku) ?? -1];
    if (product === undefined) return false;
    return (
      isRestricted(service.source, product, country) || breaksItemLimit(service.source, product)
    );
  });
}

function undatedRate(
  snapshot: Snapshot,
  ask: {
    readonly service: CompiledService;
    readonly zoneIndex: number;
    readonly basket: NamedBasket;
  },
): RatedOption | undefined {
  const { service, zoneIndex, basket } = ask;
  const price = priceMinor(snapshot, {
    service: service.index,
    zone: zoneIndex,
    currency: basket.request.currency,
    grams: weigh(snapshot, service, basket),
  });
  if (price < 0) return undefined;
  return {
    serviceCode: service.code,
    serviceName: service.source.name ?? service.code,
    method: 'home',
    priceMinor: price,
  };
}

// With an item we do not know, only Shopify's own grams cover the whole basket.
function weigh(snapshot: Snapshot, service: CompiledService, basket: NamedBasket): number {
  if (basket.hasUnknown) return basket.grams;
  let grams = 0;
  let cm3 = 0;
  for (const { sku, quantity } of basket.request.lines) {
    const product = snapshot.products[snapshot.skuIndex.get(sku) ?? -1];
    grams += (product?.weightGrams ?? 0) * quantity;
    cm3 += (product?.volumeCm3 ?? 0) * quantity;
  }
  return billableGrams(service.source, grams, cm3);
}

function nameOf(snapshot: Snapshot, option: QuotedOption): string {
  const point = snapshot.points[option.point];
  if (point !== undefined) return point.source.name;
  const service = snapshot.services[option.service];
  return service?.source.name ?? option.serviceCode;
}

function byTime(snapshot: Snapshot, option: QuotedOption): { byTime?: string } {
  const service = snapshot.services[option.service];
  if (service === undefined || option.method === 'pickup_point') return {};
  return byTimeOf(service);
}

function byTimeOf(service: CompiledService): { byTime?: string } {
  const { deliverBy } = service.source;
  return deliverBy === undefined || deliverBy >= '24:00' ? {} : { byTime: deliverBy };
}

/** The padded table promises the same to everyone who orders on this shop-local day. */
function endOfDay(snapshot: Snapshot, request: QuoteRequest): string {
  const zone = snapshot.shopZone;
  const tomorrow = localDay(zone, request.nowMinute) + 1;
  return writeMinute(zone, wallToMinute(zone, tomorrow, { timeOfDay: 0, side: 'earlier' }));
}
