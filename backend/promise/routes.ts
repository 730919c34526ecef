/**
 * The promise API: what the extensions in checkout and customer accounts ask us, and what they are told.
 *
 * `POST /checkout` and `POST /order` under `/api/promise` (session token of checkout or customer account, open to
 * opaque origins: the token is the guard). The shop comes from the token and from nothing else; bodies are untrusted,
 * parsed by `contract/promise-api.ts`. The theme asks elsewhere: `storefront/routes.ts`.
 * Invariants: what is said here is what a receipt holds; no date is said that another surface says differently
 * (checkout.ts); personal data is neither asked for nor kept.
 */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { ShopId } from '../base/ids.ts';
import type { InvalidInput } from '../base/result.ts';
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
import type { PromisedOption } from './receipt.ts';
import {
  earliestEnd,
  type Made,
  makeBothQuotes,
  nameLines,
  nowText,
  type SurfaceQuoting,
} from './surface-quote.ts';

/** What these routes may refuse with. */
export type PromiseRouteRefusal =
  | InvalidInput
  | { readonly code: 'unauthorized' }
  | { readonly code: 'not_found' };

/** What the routes stand on; whatever is Shopify's or HTTP's is a function that `main.ts` supplies. */
export type PromiseRouteDependencies = SurfaceQuoting & {
  /** The shop of a checkout or customer-account session token; nothing when the token does not hold. */
  readonly shopOfBuyer: (request: Request) => Promise<ShopId | undefined>;
  /** The merchant's own rates: code → Kept service (platform decision 4). */
  readonly bindingsOf: (live: LiveShop) => ReadonlyMap<string, string>;
  readonly readOrder: (shopId: ShopId, asked: OrderPromiseRequest) => Promise<OrderPromiseAnswer>;
  readonly sendRefusal: (response: Response, refusal: PromiseRouteRefusal) => void;
};

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

async function answerCheckout(
  deps: PromiseRouteDependencies,
  live: LiveShop,
  asked: CheckoutPromiseRequest,
): Promise<CheckoutPromiseAnswer> {
  const named = nameLines(live, asked.lines);
  const both = named.isWhole
    ? makeBothQuotes(deps, live, { ...asked, lines: named.lines })
    : undefined;
  if (both === undefined) return emptyAnswer(deps, live);
  const { shipped, pickup } = both;
  const fingerprint = linesFingerprint(asked.lines);
  const said = sayOptions({
    codes: asked.options.map((option) => option.code),
    quote: shipped.quote,
    quoted: shipped.options,
    shown: await shownByCallback(deps, live, { asked, fingerprint }),
    bindings: deps.bindingsOf(live),
    isOwnCode: (code) => code.startsWith('pp:') || live.snapshot.serviceIndex.has(code),
    now: nowText(deps.promise, live),
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
    evaluatedAt: nowText(deps.promise, live),
    options: said.map((one) => toAnsweredOption(live, asked, one)),
    pickups: answerPickups(live, pickup),
    cartMetafield:
      said.length === 0
        ? ''
        : cartMetafieldOf(live, { asked, fingerprint, said, signedReceipt, made: shipped }),
    validUntil: earliestEnd(
      [...said.map((one) => one.promise), ...pickup.options],
      nowText(deps.promise, live),
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
  const now = Temporal.Instant.from(nowText(deps.promise, live));
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

function emptyAnswer(deps: PromiseRouteDependencies, live: LiveShop): CheckoutPromiseAnswer {
  const now = nowText(deps.promise, live);
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
