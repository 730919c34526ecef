/**
 * The promise API: what extensions and the storefront ask us, and what they are told.
 *
 * `POST /checkout` and `POST /order` under `/api/promise` (session token of checkout or customer account, open to
 * opaque origins: the token is the guard) and `GET /promise` under the app proxy (signed by Shopify). The shop comes
 * from the token or signature and from nothing else; bodies are untrusted, parsed by `contract/promise-api.ts`.
 * Invariants: what is said here is what a receipt holds; no date is said that another surface says differently
 * (checkout.ts); personal data is neither asked for nor kept.
 */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { ShopId } from '../base/ids.ts';
import { type InvalidInput, type Result, refuseInput } from '../base/result.ts';
import { localDay, writeDay, writeMinute } from '../base/time.ts';
import { encodeCartPromise } from '../contract/cart-promise.ts';
import { dayLabel, dayNumber } from '../contract/date-label.ts';
import { pickupKey, postalKey } from '../contract/destination.ts';
import { linesFingerprint } from '../contract/lines-fingerprint.ts';
import { orderByBucket } from '../contract/order-by-bucket.ts';
import {
  type AnsweredOption,
  type AnsweredPickup,
  type CheckoutPromiseAnswer,
  type CheckoutPromiseRequest,
  type OrderPromiseAnswer,
  type OrderPromiseRequest,
  parseCheckoutPromiseRequest,
  parseOrderPromiseRequest,
} from '../contract/promise-api.ts';
import type { LiveShop } from '../stock/service.ts';
import { type SaidOption, sayOptions, withoutAmbiguous } from './checkout.ts';
import type { Method, Quote, QuoteRequest } from './quote.ts';
import type { PromisedOption } from './receipt.ts';
import { type PromiseService, toPromisedOptions } from './service.ts';

/** What these routes may refuse with. */
export type PromiseRouteRefusal =
  | InvalidInput
  | { readonly code: 'unauthorized' }
  | { readonly code: 'not_found' };

/** What the routes stand on; whatever is Shopify's or HTTP's is a function that `main.ts` supplies. */
export type PromiseRouteDependencies = {
  readonly promise: PromiseService;
  readonly openShop: (shopId: ShopId) => Promise<LiveShop | undefined>;
  /** The shop of a checkout or customer-account session token; nothing when the token does not hold. */
  readonly shopOfBuyer: (request: Request) => Promise<ShopId | undefined>;
  /** The shop of a request that came through the app proxy. */
  readonly shopOfProxy: (request: Request) => Promise<ShopId | undefined>;
  /** Margin of shipped options on this shop's surfaces, minutes. */
  readonly shippedMarginMinutes: (live: LiveShop) => number;
  /** The merchant's own rates: code → Kept service (platform decision 4). */
  readonly bindingsOf: (live: LiveShop) => ReadonlyMap<string, string>;
  readonly readOrder: (shopId: ShopId, asked: OrderPromiseRequest) => Promise<OrderPromiseAnswer>;
  readonly sendRefusal: (response: Response, refusal: PromiseRouteRefusal) => void;
};

/** Store pickup never waits in Shopify's cache: dwell alone (docs/semantics.md, Time). */
export const PICKUP_MARGIN_MINUTES = 15;
/** Where extensions and the theme show options. */
const CHANNEL = 'online';
// Shopify keeps a rate 15 minutes; a page left open shows it longer, and `validUntil` ends what it says.
const SHOWN_RATE_MINUTES = 120;
// A title stays on one line in checkout.
const LABEL_LANGUAGES = new Set(['en', 'it', 'fr', 'de', 'es']);

/** Routes under `/api/promise`. */
export function promiseApiRoutes(deps: PromiseRouteDependencies): Router {
  const router = Router();
  router.use(allowOpaqueOrigins);
  router.post('/checkout', async (request, response) => {
    const shopId = await deps.shopOfBuyer(request);
    if (shopId === undefined) return deps.sendRefusal(response, { code: 'unauthorized' });
    const parsed = parseCheckoutPromiseRequest(request.body);
    if (!parsed.ok) return deps.sendRefusal(response, parsed.refusal);
    const live = await deps.openShop(shopId);
    if (live === undefined) return deps.sendRefusal(response, { code: 'not_found' });
    response.json(await answerCheckout(deps, live, parsed.value));
  });
  router.post('/order', async (request, response) => {
    const shopId = await deps.shopOfBuyer(request);
    if (shopId === undefined) return deps.sendRefusal(response, { code: 'unauthorized' });
    const parsed = parseOrderPromiseRequest(request.body);
    if (!parsed.ok) return deps.sendRefusal(response, parsed.refusal);
    response.json(await deps.readOrder(shopId, parsed.value));
  });
  return router;
}

/** What the storefront asks for one product or a cart, in the query of the proxied address. */
type StorefrontAsk = Asked & { readonly cartToken: string | null };

/** Routes under the app proxy. */
export function promiseProxyRoutes(deps: PromiseRouteDependencies): Router {
  const router = Router();
  router.get('/promise', async (request, response) => {
    const shopId = await deps.shopOfProxy(request);
    if (shopId === undefined) return deps.sendRefusal(response, { code: 'unauthorized' });
    const live = await deps.openShop(shopId);
    if (live === undefined) return deps.sendRefusal(response, { code: 'not_found' });
    const asked = parseStorefrontAsk(live, request.query);
    if (!asked.ok) return deps.sendRefusal(response, asked.refusal);
    response.set('cache-control', 'no-store');
    response.json(answerStorefront(deps, live, asked.value));
  });
  return router;
}

// Extensions run in a worker without an origin; there is no cookie to protect, the token alone decides.
const allowOpaqueOrigins: RequestHandler = (request, response, next) => {
  response.set({
    'access-control-allow-origin': '*',
    'access-control-allow-headers': 'authorization, content-type',
    'access-control-allow-methods': 'POST, OPTIONS',
    'access-control-max-age': '600',
    'cache-control': 'no-store',
  });
  if (request.method === 'OPTIONS') response.status(204).end();
  else next();
};

type Named = { readonly lines: QuoteRequest['lines']; readonly isWhole: boolean };

// A variant without product of ours makes the basket unknown: then nothing is said.
function nameLines(
  live: LiveShop,
  lines: readonly { readonly variantId: string; readonly quantity: number }[],
): Named {
  const named = lines.flatMap(({ variantId, quantity }) => {
    const sku = live.skuOfVariant.get(variantId.slice(variantId.lastIndexOf('/') + 1));
    return sku !== undefined && live.snapshot.skuIndex.has(sku) ? [{ sku, quantity }] : [];
  });
  return { lines: named, isWhole: named.length === lines.length };
}

type Asked = {
  readonly lines: QuoteRequest['lines'];
  readonly destination: { readonly country: string; readonly postalCode: string };
  readonly currency: string;
  readonly locale: string;
};

type Made = {
  readonly request: QuoteRequest;
  readonly quote: Quote;
  readonly options: PromisedOption[];
};

function makeQuote(
  deps: PromiseRouteDependencies,
  live: LiveShop,
  ask: Asked & { readonly marginMinutes: number; readonly methods: readonly Method[] },
): Made | undefined {
  const nowMinute = deps.promise.nowMinute();
  if (!deps.promise.canQuote(live, nowMinute + ask.marginMinutes)) return undefined;
  const { country, postalCode } = ask.destination;
  const request: QuoteRequest = {
    ...ask,
    nowMinute,
    destination: deps.promise.locate(country, postalCode),
    channel: CHANNEL,
    customerTags: [],
  };
  const quote = deps.promise.quote(live, request);
  deps.promise.holdFacts(live, request);
  return { request, quote, options: toPromisedOptions(live.snapshot, request, quote.options) };
}

async function answerCheckout(
  deps: PromiseRouteDependencies,
  live: LiveShop,
  asked: CheckoutPromiseRequest,
): Promise<CheckoutPromiseAnswer> {
  const named = nameLines(live, asked.lines);
  const ask = { ...asked, lines: named.lines };
  const shipped = named.isWhole
    ? makeQuote(deps, live, {
        ...ask,
        marginMinutes: deps.shippedMarginMinutes(live),
        methods: ['home', 'pickup_point'],
      })
    : undefined;
  const pickup = named.isWhole
    ? makeQuote(deps, live, {
        ...ask,
        marginMinutes: PICKUP_MARGIN_MINUTES,
        methods: ['store_pickup'],
      })
    : undefined;
  if (shipped === undefined || pickup === undefined) return emptyAnswer(deps, live);
  const fingerprint = linesFingerprint(asked.lines);
  const said = sayOptions({
    codes: asked.options.map((option) => option.code),
    quote: shipped.quote,
    quoted: shipped.options,
    shown: await shownByCallback(deps, live, { asked, fingerprint }),
    bindings: deps.bindingsOf(live),
    isOwnCode: (code) => code.startsWith('pp:') || live.snapshot.serviceIndex.has(code),
    now: nowText(deps, live),
  });
  const receiptId = deps.promise.record(live, {
    surface: 'checkout',
    kind: 'live',
    fingerprint,
    origin: '',
    checkoutToken: asked.checkoutToken,
    cartToken: null,
    request: shipped.request,
    options: [...said.map((one) => ({ ...one.promise, serviceCode: one.code })), ...pickup.options],
  });
  const signedReceipt = deps.promise.signReceiptId(live.shopId, receiptId);
  return {
    receiptId,
    signedReceipt,
    evaluatedAt: nowText(deps, live),
    options: said.map((one) => toAnsweredOption(live, asked, one)),
    pickups: answerPickups(live, pickup),
    cartMetafield:
      said.length === 0
        ? ''
        : cartMetafieldOf(live, { asked, fingerprint, said, signedReceipt, made: shipped }),
    validUntil: earliestEnd(
      [...said.map((one) => one.promise), ...pickup.options],
      nowText(deps, live),
    ),
  };
}

// The dates our rates showed for this very basket and address, newest first; with the database away nothing is known.
async function shownByCallback(
  deps: PromiseRouteDependencies,
  live: LiveShop,
  basket: { readonly asked: CheckoutPromiseRequest; readonly fingerprint: string },
): Promise<ReadonlyMap<string, PromisedOption>> {
  const shown = new Map<string, PromisedOption>();
  const now = Temporal.Instant.from(nowText(deps, live));
  const [newest] = await deps.promise.receiptsOfCallback(live.shopId, {
    fingerprint: basket.fingerprint,
    country: basket.asked.destination.country,
    postalCode: basket.asked.destination.postalCode,
    madeFrom: now.subtract({ minutes: SHOWN_RATE_MINUTES }).toString(),
    madeTo: now.add({ minutes: 1 }).toString(),
  });
  if (newest === undefined) return shown;
  const options: PromisedOption[] = JSON.parse(newest.answer);
  for (const option of options) shown.set(option.serviceCode, option);
  return shown;
}

function nowText(deps: PromiseRouteDependencies, live: LiveShop): string {
  return writeMinute(live.snapshot.shopZone, deps.promise.nowMinute());
}

function emptyAnswer(deps: PromiseRouteDependencies, live: LiveShop): CheckoutPromiseAnswer {
  const now = nowText(deps, live);
  return {
    receiptId: '',
    signedReceipt: '',
    evaluatedAt: now,
    options: [],
    pickups: [],
    cartMetafield: '',
    validUntil: now,
  };
}

function toAnsweredOption(
  live: LiveShop,
  asked: CheckoutPromiseRequest,
  { code, promise, today }: SaidOption,
): AnsweredOption {
  const service = live.snapshot.services[live.snapshot.serviceIndex.get(promise.serviceCode) ?? -1];
  const given = asked.options.find((option) => option.code === code);
  const { snapshot } = live;
  return {
    code,
    promisedOn: promise.promisedOn,
    window: promise.window,
    timeZone: promise.timeZone,
    // Today's order-by where today's quote still gives this date; else the one that was shown.
    ...(today === undefined
      ? promise.orderBy === null
        ? {}
        : { orderBy: promise.orderBy }
      : { orderBy: writeMinute(zoneNamed(snapshot, promise.timeZone), today.orderByMinute) }),
    parcels: Math.max(1, today?.parcels.length ?? promise.parcels.length),
    co2Grams: today?.co2Grams ?? 0,
    isGreenest: today?.isGreenest ?? false,
    withinTwoHours: false,
    title: service?.source.name ?? given?.title ?? code,
  };
}

function zoneNamed(snapshot: LiveShop['snapshot'], name: string) {
  const found =
    snapshot.zones.find(({ zone }) => zone.name === name)?.zone ??
    snapshot.points.find(({ calendar }) => calendar.zone.name === name)?.calendar.zone;
  return found ?? snapshot.shopZone;
}

function answerPickups(live: LiveShop, pickup: Made): AnsweredPickup[] {
  const places = pickup.quote.options.flatMap((option, index) => {
    const promised = pickup.options[index];
    const node = live.snapshot.nodes[option.parcels[0]?.node ?? -1]?.source;
    const key = pickupKey(node ?? {});
    if (key === undefined || promised?.window == null) return [];
    const { withinTwoHours, timeZone } = option;
    return [{ key, ...promised.window, timeZone, withinTwoHours }];
  });
  return withoutAmbiguous(places);
}

function cartMetafieldOf(
  live: LiveShop,
  facts: {
    readonly asked: CheckoutPromiseRequest;
    readonly fingerprint: string;
    readonly said: readonly SaidOption[];
    readonly signedReceipt: string;
    readonly made: Made;
  },
): string {
  const { asked, said, made } = facts;
  const language = asked.locale.slice(0, 2).toLowerCase();
  const zone = live.snapshot.shopZone;
  const madeOn = writeDay(localDay(zone, made.request.nowMinute));
  const ends = said.flatMap(({ promise }) => promise.orderBy ?? []);
  return encodeCartPromise({
    madeOn,
    orderByBucket: bucketOf(ends, { madeOn, timeZone: zone.name }),
    country: asked.destination.country,
    postalKey: postalKey(asked.destination.postalCode),
    fingerprint: facts.fingerprint,
    signedReceipt: facts.signedReceipt,
    language: LABEL_LANGUAGES.has(language) ? language : 'en',
    options: Object.fromEntries(
      said.map(({ code, promise }) => [
        code,
        {
          promisedOn: promise.promisedOn,
          label: dayLabel(dayNumber(promise.promisedOn), language),
        },
      ]),
    ),
    hiddenCodes: [],
  });
}

// The Function knows the shop's clock only: the first order-by of today, as one of the times it can tell apart.
function bucketOf(
  orderBys: readonly string[],
  shop: { readonly madeOn: string; readonly timeZone: string },
): string {
  const today = orderBys
    .map((orderBy) => Temporal.Instant.from(orderBy).toZonedDateTimeISO(shop.timeZone))
    .filter((moment) => moment.toPlainDate().toString() === shop.madeOn)
    .map((moment) => moment.toPlainTime().toString({ smallestUnit: 'minute' }))
    .sort();
  const [first] = today;
  return first === undefined ? '' : orderByBucket(first);
}

function earliestEnd(options: readonly PromisedOption[], now: string): string {
  const ends = options.flatMap((option) => option.validUntil ?? []);
  return ends.sort((a, b) => Temporal.Instant.compare(a, b))[0] ?? now;
}

const CART_LINES_MAX = 500;

// `lines=<variant>:<quantity>,…`, `country`, `postal`, `currency`, `locale`, `cart`.
function parseStorefrontAsk(
  live: LiveShop,
  query: Request['query'],
): Result<StorefrontAsk & { readonly fingerprint: string }> {
  const text = (name: string) => (typeof query[name] === 'string' ? query[name] : '');
  const rows = text('lines')
    .split(',')
    .map((row) => /^(\d{1,16}):(\d{1,6})$/.exec(row));
  if (rows.length > CART_LINES_MAX || rows.some((row) => row === null)) {
    return refuseInput({
      pointer: '/lines',
      allowed: `1 to ${CART_LINES_MAX} pairs <variant number>:<quantity> with commas between`,
      remedy: 'Write lines=123:1,456:2.',
    });
  }
  if (!/^[A-Z]{2}$/.test(text('country')) || text('postal').length > 20) {
    return refuseInput({
      pointer: '/country',
      value: text('country'),
      allowed: 'a country of two capital letters, and a postal code of at most 20 characters',
      remedy: 'Write country=IT&postal=20121.',
    });
  }
  const lines = rows.map((row) => ({ variantId: row?.[1] ?? '', quantity: Number(row?.[2]) }));
  const named = nameLines(live, lines);
  if (!named.isWhole) {
    return refuseInput({
      pointer: '/lines',
      allowed: 'variants of this shop that Kept knows',
      remedy: 'Import the products, then ask again.',
    });
  }
  const value = {
    lines: named.lines,
    destination: { country: text('country'), postalCode: text('postal') },
    currency: /^[A-Z]{3}$/.test(text('currency'))
      ? text('currency')
      : live.snapshot.policy.currency,
    locale: text('locale').slice(0, 20) || 'en',
    cartToken: text('cart').slice(0, 200) || null,
    fingerprint: linesFingerprint(lines),
  };
  return { ok: true, value };
}

function answerStorefront(
  deps: PromiseRouteDependencies,
  live: LiveShop,
  asked: StorefrontAsk & { readonly fingerprint: string },
) {
  const shipped = makeQuote(deps, live, {
    ...asked,
    marginMinutes: deps.shippedMarginMinutes(live),
    methods: ['home', 'pickup_point'],
  });
  const pickup = makeQuote(deps, live, {
    ...asked,
    marginMinutes: PICKUP_MARGIN_MINUTES,
    methods: ['store_pickup'],
  });
  const made = [shipped, pickup].filter((one) => one !== undefined);
  const options = made.flatMap((one) => one.options);
  const [first] = made;
  if (first === undefined || options.length === 0) {
    return { evaluatedAt: nowText(deps, live), options: [], signedReceipt: '' };
  }
  const receiptId = deps.promise.record(live, {
    surface: 'storefront',
    kind: 'live',
    fingerprint: asked.fingerprint,
    origin: '',
    checkoutToken: null,
    cartToken: asked.cartToken,
    request: first.request,
    options,
  });
  const quoted = made.flatMap((one) => one.quote.options);
  return {
    evaluatedAt: nowText(deps, live),
    signedReceipt: deps.promise.signReceiptId(live.shopId, receiptId),
    options: options.map((option, index) => ({
      method: option.method,
      code: option.serviceCode,
      name: nameOfOption(live, quoted[index]),
      promisedOn: option.promisedOn,
      window: option.window,
      timeZone: option.timeZone,
      orderBy: option.orderBy,
      validUntil: option.validUntil,
      withinTwoHours: quoted[index]?.withinTwoHours ?? false,
    })),
  };
}

function nameOfOption(live: LiveShop, option: Quote['options'][number] | undefined): string {
  if (option === undefined) return '';
  const { snapshot } = live;
  const node = snapshot.nodes[option.parcels[0]?.node ?? -1]?.source;
  if (option.method === 'store_pickup') return node?.name ?? node?.id ?? '';
  const service = snapshot.services[option.service]?.source;
  return snapshot.points[option.point]?.source.name ?? service?.name ?? option.serviceCode;
}
