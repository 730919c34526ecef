/**
 * What the theme's blocks ask through the app proxy.
 *
 * `GET /promise?lines=<variant>:<quantity>,…&country=IT&postal=20121&currency=EUR&locale=it&cart=<token>` under `/proxy`.
 * The shop comes from Shopify's signature and from nothing else; a signed address is accepted for 90 s. Invariants: what
 * is said is what the receipt holds; an answer for a cart is never stored by a browser, one for a product half a minute
 * at most, which its margin covers; without a postal code nothing is said of places nearby, because none is near.
 */
import { type Request, type Response, Router } from 'express';
import type { ShopId } from '../../base/ids.ts';
import { type Result, refuseInput } from '../../base/result.ts';
import { writeMinute } from '../../base/time.ts';
import { linesFingerprint } from '../../contract/lines-fingerprint.ts';
import {
  MOST_STOREFRONT_LINES,
  type StorefrontAnswer,
  type StorefrontOption,
  type StorefrontStore,
} from '../../contract/storefront-promise.ts';
import type { LiveShop } from '../../stock/service.ts';
import type { QuotedOption } from '../quote.ts';
import type { PromisedOption } from '../receipt.ts';
import type { PromiseRouteRefusal } from '../routes.ts';
import {
  type Asked,
  earliestEnd,
  type Made,
  makeBothQuotes,
  nameLines,
  nowText,
  type SurfaceQuoting,
} from '../surface-quote.ts';
import { type NearbyStore, nearbyStores } from './stores.ts';

/** What the routes stand on; whatever is Shopify's or HTTP's is a function that `main.ts` supplies. */
export type StorefrontRouteDependencies = SurfaceQuoting & {
  /** The shop of a request that came through the app proxy. */
  readonly shopOfProxy: (request: Request) => Promise<ShopId | undefined>;
  readonly sendRefusal: (response: Response, refusal: PromiseRouteRefusal) => void;
};

// A page that is opened again, or a variant chosen back, asks nothing; margins are 15 minutes and more.
const PRODUCT_CACHE = 'private, max-age=30';

/** Routes under the app proxy. */
export function storefrontRoutes(deps: StorefrontRouteDependencies): Router {
  const router = Router();
  router.get('/promise', async (request, response) => {
    response.set('cache-control', 'no-store');
    const shopId = await deps.shopOfProxy(request);
    if (shopId === undefined) return deps.sendRefusal(response, { code: 'unauthorized' });
    const live = await deps.openShop(shopId);
    if (live === undefined) return deps.sendRefusal(response, { code: 'not_found' });
    const asked = parseAsk(live, request.query);
    if (!asked.ok) return deps.sendRefusal(response, asked.refusal);
    const answer = answerAsk(deps, live, asked.value);
    if (asked.value.cartToken === null && answer.options.length > 0) {
      response.set('cache-control', PRODUCT_CACHE);
    }
    response.json(answer);
  });
  return router;
}

/** What the storefront asks for one product or a cart. */
type StorefrontAsk = Asked & { readonly cartToken: string | null; readonly fingerprint: string };

function parseAsk(live: LiveShop, query: Request['query']): Result<StorefrontAsk> {
  const text = (name: string) => (typeof query[name] === 'string' ? query[name] : '');
  const rows = text('lines')
    .split(',')
    .map((row) => /^(\d{1,16}):([1-9]\d{0,5})$/.exec(row));
  if (rows.length > MOST_STOREFRONT_LINES || rows.some((row) => row === null)) {
    return refuseInput({
      pointer: '/lines',
      allowed: `1 to ${MOST_STOREFRONT_LINES} pairs <variant number>:<quantity> with commas between`,
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
  const { currency } = live.snapshot.policy;
  const value = {
    lines: named.lines,
    destination: { country: text('country'), postalCode: text('postal').trim() },
    currency: /^[A-Z]{3}$/.test(text('currency')) ? text('currency') : currency,
    locale: text('locale').slice(0, 20) || 'en',
    cartToken: text('cart').slice(0, 200) || null,
    fingerprint: linesFingerprint(lines),
  };
  return { ok: true, value };
}

function answerAsk(
  deps: StorefrontRouteDependencies,
  live: LiveShop,
  asked: StorefrontAsk,
): StorefrontAnswer {
  const evaluatedAt = nowText(deps.promise, live);
  const nothing = { evaluatedAt, signedReceipt: '', validUntil: evaluatedAt, options: [] };
  const both = makeBothQuotes(deps, live, asked);
  if (both === undefined) return { ...nothing, stores: [] };
  const stores = storesNear(live, asked, both.pickup);
  const shown = [...pairs(both.shipped), ...pairs(both.pickup)].filter(
    ({ quoted }) => quoted.method === 'home' || asked.destination.postalCode !== '',
  );
  if (shown.length === 0) return { ...nothing, stores };
  const options = shown.map(({ promised }) => promised);
  const receiptId = deps.promise.record(live, {
    surface: 'storefront',
    kind: 'live',
    fingerprint: asked.fingerprint,
    origin: '',
    checkoutToken: null,
    cartToken: asked.cartToken,
    request: both.shipped.request,
    options,
  });
  return {
    evaluatedAt,
    signedReceipt: deps.promise.signReceiptId(live.shopId, receiptId),
    validUntil: earliestEnd(options, evaluatedAt),
    options: shown.flatMap((pair) => toOption(live, pair)),
    stores,
  };
}

type Pair = { readonly quoted: QuotedOption; readonly promised: PromisedOption };

function pairs({ quote, options }: Made): Pair[] {
  return quote.options.flatMap((quoted, index) => {
    const promised = options[index];
    return promised === undefined ? [] : [{ quoted, promised }];
  });
}

function toOption(live: LiveShop, { quoted, promised }: Pair): StorefrontOption[] {
  const { window, promisedOn, timeZone, orderBy, validUntil } = promised;
  if (window === null || promisedOn === null || timeZone === null) return [];
  if (orderBy === null || validUntil === null) return [];
  return [
    {
      method: promised.method,
      code: promised.serviceCode,
      name: nameOf(live, quoted),
      promisedOn,
      window,
      timeZone,
      orderBy,
      validUntil,
      withinTwoHours: quoted.withinTwoHours,
    },
  ];
}

function nameOf({ snapshot }: LiveShop, option: QuotedOption): string {
  const node = snapshot.nodes[option.parcels[0]?.node ?? -1]?.source;
  if (option.method === 'store_pickup') return node?.name ?? node?.id ?? '';
  const service = snapshot.services[option.service]?.source;
  return snapshot.points[option.point]?.source.name ?? service?.name ?? option.serviceCode;
}

// Near is measured from the postal code's own point: the middle of a country is near to nobody.
function storesNear(live: LiveShop, asked: StorefrontAsk, pickup: Made): StorefrontStore[] {
  const { lat, lng } = pickup.request.destination;
  if (asked.destination.postalCode === '' || lat === undefined || lng === undefined) return [];
  return nearbyStores(live.snapshot, pickup.quote, { lat, lng }).map(toStore);
}

function toStore({ node, meters, hours }: NearbyStore): StorefrontStore {
  const { source, calendar } = node;
  const town = [source.postalCode, source.city].filter((part) => part !== undefined).join(' ');
  return {
    id: node.id,
    name: source.name ?? node.id,
    address: [source.address1 ?? '', town].filter((part) => part !== '').join(', '),
    meters,
    timeZone: calendar.zone.name,
    hours:
      hours === undefined
        ? null
        : {
            from: writeMinute(calendar.zone, hours.fromMinute),
            to: writeMinute(calendar.zone, hours.toMinute),
          },
  };
}
