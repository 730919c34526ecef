/**
 * A question of a shopper's surface as a quote: what all surfaces that ask us by HTTP do alike.
 *
 * In: a shop held live, lines named by variant, a country and postal code, the margin of the options asked for. Out: the
 * quote and its options as a receipt keeps them, or nothing when no live date may be given (semantics, Time; design,
 * static stability). Pure but for the promise service it is handed.
 */
import type { ShopId } from '../base/ids.ts';
import { writeMinute } from '../base/time.ts';
import type { LiveShop } from '../stock/service.ts';
import type { Method, Quote, QuoteRequest } from './quote.ts';
import type { PromisedOption } from './receipt.ts';
import { type PromiseService, toPromisedOptions } from './service.ts';

/** What is needed to make a surface's quote. */
export type SurfaceQuoting = {
  readonly promise: PromiseService;
  readonly openShop: (shopId: ShopId) => Promise<LiveShop | undefined>;
  /** Margin of shipped options on this shop's surfaces, minutes. */
  readonly shippedMarginMinutes: (live: LiveShop) => number;
};

/** Store pickup never waits in Shopify's cache: dwell alone (docs/semantics.md, Time). */
export const PICKUP_MARGIN_MINUTES = 15;
/** Where extensions and the theme show options. */
const CHANNEL = 'online';

/** A surface's question with its lines named as we name them. */
export type Asked = {
  readonly lines: QuoteRequest['lines'];
  readonly destination: { readonly country: string; readonly postalCode: string };
  readonly currency: string;
  readonly locale: string;
};

export type Made = {
  readonly request: QuoteRequest;
  readonly quote: Quote;
  readonly options: PromisedOption[];
};

/** The lines by SKU; `isWhole` is false when a variant is none of ours: then nothing may be said of the basket. */
export function nameLines(
  live: LiveShop,
  lines: readonly { readonly variantId: string; readonly quantity: number }[],
): { readonly lines: QuoteRequest['lines']; readonly isWhole: boolean } {
  const named = lines.flatMap(({ variantId, quantity }) => {
    const sku = live.skuOfVariant.get(variantId.slice(variantId.lastIndexOf('/') + 1));
    return sku !== undefined && live.snapshot.skuIndex.has(sku) ? [{ sku, quantity }] : [];
  });
  return { lines: named, isWhole: named.length === lines.length };
}

/** Quotes shipped options and store pickup apart, because their margins differ; nothing when no live date may be given. */
export function makeBothQuotes(
  quoting: SurfaceQuoting,
  live: LiveShop,
  asked: Asked,
): { readonly shipped: Made; readonly pickup: Made } | undefined {
  const marginMinutes = quoting.shippedMarginMinutes(live);
  const shipped = makeQuote(quoting.promise, live, {
    ...asked,
    marginMinutes,
    methods: ['home', 'pickup_point'],
  });
  const pickup = makeQuote(quoting.promise, live, {
    ...asked,
    marginMinutes: PICKUP_MARGIN_MINUTES,
    methods: ['store_pickup'],
  });
  return shipped === undefined || pickup === undefined ? undefined : { shipped, pickup };
}

function makeQuote(
  promise: PromiseService,
  live: LiveShop,
  ask: Asked & { readonly marginMinutes: number; readonly methods: readonly Method[] },
): Made | undefined {
  const nowMinute = promise.nowMinute();
  if (!promise.canQuote(live, nowMinute + ask.marginMinutes)) return undefined;
  const { country, postalCode } = ask.destination;
  const request: QuoteRequest = {
    ...ask,
    nowMinute,
    destination: promise.locate(country, postalCode),
    channel: CHANNEL,
    customerTags: [],
  };
  const quote = promise.quote(live, request);
  promise.holdFacts(live, request);
  return { request, quote, options: toPromisedOptions(live.snapshot, request, quote.options) };
}

/** The service's minute in the shop's zone. */
export function nowText(promise: PromiseService, live: LiveShop): string {
  return writeMinute(live.snapshot.shopZone, promise.nowMinute());
}

/** The first `validUntil` of these options, else `now`. */
export function earliestEnd(options: readonly PromisedOption[], now: string): string {
  const ends = options.flatMap((option) => option.validUntil ?? []);
  return ends.sort((a, b) => Temporal.Instant.compare(a, b))[0] ?? now;
}
