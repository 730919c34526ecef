/**
 * HTTP bodies of the promise API, spoken by the checkout and order-status extensions.
 *
 * `POST /api/promise/checkout` (session token of a checkout): `CheckoutPromiseRequest` -> `CheckoutPromiseAnswer`.
 * `POST /api/promise/order` (session token of checkout or customer account): `OrderPromiseRequest` -> `OrderPromiseAnswer`.
 * The backend parses requests with the parsers here, the extensions parse answers with the parsers here; each side
 * treats the other as untrusted. Instants are ISO 8601 with offset, days `YYYY-MM-DD` in `timeZone`.
 */
import {
  COUNTRY,
  CURRENCY,
  DAY,
  INSTANT,
  type JsonObject,
  type Parsed,
  parseWith,
  readBoolean,
  readFilled,
  readList,
  readMatch,
  readObject,
  readString,
  readWhole,
  refuse,
} from './parsed.ts';

export const CHECKOUT_PROMISE_PATH = '/api/promise/checkout';
export const ORDER_PROMISE_PATH = '/api/promise/order';

/** The shop metafield `$app:config` (json, owner shop) that tells an extension where the backend answers. */
export const CONFIG_METAFIELD = { namespace: '$app', key: 'config', type: 'json' } as const;
export type ExtensionConfig = { readonly v: 1; readonly url: string };

export const MOST_LINES = 500;
const MOST_OPTIONS = 100;

export type RequestLine = { readonly variantId: string; readonly quantity: number };
export type RequestOption = {
  readonly handle: string;
  readonly code: string;
  readonly title: string;
};

export type CheckoutPromiseRequest = {
  readonly checkoutToken: string;
  readonly lines: readonly RequestLine[];
  readonly destination: { readonly country: string; readonly postalCode: string };
  /** BCP 47, as `it` or `fr-CA`. */
  readonly locale: string;
  readonly currency: string;
  /** The shipping options checkout shows; may be empty (pickup only, or not yet calculated). */
  readonly options: readonly RequestOption[];
};

export type TimeWindow = { readonly from: string; readonly to: string };

export type AnsweredOption = {
  readonly code: string;
  readonly promisedOn: string;
  readonly window: TimeWindow;
  readonly timeZone: string;
  /** Absent when the promise does not depend on ordering soon. */
  readonly orderBy?: string;
  readonly parcels: number;
  readonly co2Grams: number;
  readonly isGreenest: boolean;
  readonly withinTwoHours: boolean;
  /** What the option is called with us, for merchants; the shopper sees the option's own title. */
  readonly title: string;
};

export type AnsweredPickup = {
  /** `pickupKey` of the store. Two stores with one key are both left out by the backend. */
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly withinTwoHours: boolean;
};

export type CheckoutPromiseAnswer = {
  readonly receiptId: string;
  readonly signedReceipt: string;
  /** The instant the answer was computed at: the extension's clock starts here, not at the shopper's own. */
  readonly evaluatedAt: string;
  readonly options: readonly AnsweredOption[];
  readonly pickups: readonly AnsweredPickup[];
  /** Ready-made value of the cart metafield `$app:promise`; `""` when nothing may be written. */
  readonly cartMetafield: string;
  /** Until when an order placed on this answer is bound to it. */
  readonly validUntil: string;
};

/**
 * One of the two names the order. The checkout's token is known to its buyer alone: only who names it (too) is told how to
 * collect the goods and how to follow the parcel.
 */
export type OrderPromiseRequest = {
  readonly checkoutToken?: string;
  /** Order GID. */
  readonly orderId?: string;
  readonly locale: string;
};

export type OrderPromiseKind = 'home' | 'pickup_point' | 'store_pickup';

export type PickupPlace = {
  readonly name: string;
  /** Street, postal code and town, line by line. */
  readonly addressLines: readonly string[];
  /** What to bring and where to ask, in the shopper's language, from the merchant; `""` for nothing. */
  readonly instructions: string;
};

export type OrderPromiseFacts = {
  readonly kind: OrderPromiseKind;
  readonly promisedOn: string;
  readonly window: TimeWindow;
  readonly timeZone: string;
  readonly parcels: number;
  /** The promise shown before, when it changed. */
  readonly promisedBefore?: { readonly promisedOn: string; readonly window: TimeWindow };
  readonly place?: PickupPlace;
};

/** Where an order is, as its buyer sees it. */
export const ORDER_STAGES = [
  'confirmed',
  'preparing',
  'shipped',
  'delivered',
  'ready',
  'collected',
] as const;
export type OrderStage = (typeof ORDER_STAGES)[number];

export type OrderProgress = {
  readonly stage: OrderStage;
  /** To be shown when the goods are collected; only for the buyer. */
  readonly pickupCodes: readonly string[];
  /** Pages of carriers (https); only for the buyer. */
  /** `url` is '' when the carrier's page is not known; then there is a number. */
  readonly tracking: readonly { readonly url: string; readonly number: string }[];
};

/**
 * `confirming`: ask again soon. `none`: no date to show. `changed`: a date was shown before and another holds. Without
 * `progress` nothing is known of where it is.
 */
export type OrderPromiseAnswer =
  | { readonly status: 'confirming' | 'none'; readonly progress?: OrderProgress }
  | {
      readonly status: 'promised' | 'changed';
      readonly promise: OrderPromiseFacts;
      readonly progress?: OrderProgress;
    };

/** Reads the body of `POST /api/promise/checkout`. */
export function parseCheckoutPromiseRequest(input: unknown): Parsed<CheckoutPromiseRequest> {
  return parseWith(() => {
    const body = readObject(input, '');
    const destination = readObject(body['destination'], '/destination');
    const lines = readList(body['lines'], '/lines', MOST_LINES);
    if (lines.length === 0) refuse('/lines', 0, 'at least one line');
    return {
      checkoutToken: readFilled(body['checkoutToken'], '/checkoutToken', 200),
      lines: lines.map((line, index) => readLine(line, `/lines/${index}`)),
      destination: {
        country: readMatch(destination['country'], '/destination/country', COUNTRY),
        postalCode: readString(destination['postalCode'], '/destination/postalCode', 20),
      },
      locale: readFilled(body['locale'], '/locale', 20),
      currency: readMatch(body['currency'], '/currency', CURRENCY),
      options: readList(body['options'], '/options', MOST_OPTIONS).map((option, index) =>
        readOption(option, `/options/${index}`),
      ),
    };
  });
}

function readLine(input: unknown, at: string): RequestLine {
  const line = readObject(input, at);
  return {
    variantId: readMatch(line['variantId'], `${at}/variantId`, VARIANT),
    quantity: readWhole(line['quantity'], `${at}/quantity`, { least: 1, most: 1_000_000 }),
  };
}

const VARIANT = {
  pattern: /^gid:\/\/shopify\/ProductVariant\/\d{1,16}$/,
  allowed: 'a variant id as gid://shopify/ProductVariant/123',
};

function readOption(input: unknown, at: string): RequestOption {
  const option = readObject(input, at);
  return {
    handle: readFilled(option['handle'], `${at}/handle`, 500),
    code: readString(option['code'], `${at}/code`, 255),
    title: readString(option['title'], `${at}/title`, 255),
  };
}

/** Reads the answer of `POST /api/promise/checkout`; the extension shows nothing when it does not fit. */
export function parseCheckoutPromiseAnswer(input: unknown): Parsed<CheckoutPromiseAnswer> {
  return parseWith(() => {
    const body = readObject(input, '');
    return {
      receiptId: readString(body['receiptId'], '/receiptId', 200),
      signedReceipt: readString(body['signedReceipt'], '/signedReceipt', 400),
      evaluatedAt: readMatch(body['evaluatedAt'], '/evaluatedAt', INSTANT),
      options: readList(body['options'], '/options', MOST_OPTIONS).map((option, index) =>
        readAnsweredOption(option, `/options/${index}`),
      ),
      pickups: readList(body['pickups'], '/pickups', MOST_OPTIONS).map((pickup, index) =>
        readAnsweredPickup(pickup, `/pickups/${index}`),
      ),
      cartMetafield: readString(body['cartMetafield'], '/cartMetafield', 10_000),
      validUntil: readMatch(body['validUntil'], '/validUntil', INSTANT),
    };
  });
}

function readAnsweredOption(input: unknown, at: string): AnsweredOption {
  const option = readObject(input, at);
  const orderBy = option['orderBy'];
  return {
    code: readFilled(option['code'], `${at}/code`, 255),
    promisedOn: readMatch(option['promisedOn'], `${at}/promisedOn`, DAY),
    window: readWindow(option['window'], `${at}/window`),
    timeZone: readFilled(option['timeZone'], `${at}/timeZone`, 60),
    ...(orderBy === undefined || orderBy === null
      ? {}
      : { orderBy: readMatch(orderBy, `${at}/orderBy`, INSTANT) }),
    parcels: readWhole(option['parcels'], `${at}/parcels`, { least: 1, most: 1_000 }),
    co2Grams: readWhole(option['co2Grams'], `${at}/co2Grams`, { least: 0, most: 1e9 }),
    isGreenest: readBoolean(option['isGreenest'], `${at}/isGreenest`),
    withinTwoHours: readBoolean(option['withinTwoHours'], `${at}/withinTwoHours`),
    title: readString(option['title'], `${at}/title`, 255),
  };
}

function readAnsweredPickup(input: unknown, at: string): AnsweredPickup {
  const pickup = readObject(input, at);
  return {
    key: readFilled(pickup['key'], `${at}/key`, 400),
    from: readMatch(pickup['from'], `${at}/from`, INSTANT),
    to: readMatch(pickup['to'], `${at}/to`, INSTANT),
    timeZone: readFilled(pickup['timeZone'], `${at}/timeZone`, 60),
    withinTwoHours: readBoolean(pickup['withinTwoHours'], `${at}/withinTwoHours`),
  };
}

function readWindow(input: unknown, at: string): TimeWindow {
  const window = readObject(input, at);
  return {
    from: readMatch(window['from'], `${at}/from`, INSTANT),
    to: readMatch(window['to'], `${at}/to`, INSTANT),
  };
}

/** Reads the body of `POST /api/promise/order`. */
export function parseOrderPromiseRequest(input: unknown): Parsed<OrderPromiseRequest> {
  return parseWith(() => {
    const body = readObject(input, '');
    const locale = readFilled(body['locale'], '/locale', 20);
    const hasToken = body['checkoutToken'] !== undefined;
    const hasOrder = body['orderId'] !== undefined;
    if (!hasToken && !hasOrder) refuse('', undefined, 'checkoutToken, orderId or both');
    return {
      locale,
      ...(hasToken
        ? { checkoutToken: readFilled(body['checkoutToken'], '/checkoutToken', 200) }
        : {}),
      ...(hasOrder ? { orderId: readMatch(body['orderId'], '/orderId', ORDER) } : {}),
    };
  });
}

const ORDER = {
  pattern: /^gid:\/\/shopify\/(Order|OrderIdentity)\/\d{1,16}$/,
  allowed: 'an order id as gid://shopify/Order/123',
};

/** Reads the answer of `POST /api/promise/order`. */
export function parseOrderPromiseAnswer(input: unknown): Parsed<OrderPromiseAnswer> {
  return parseWith(() => {
    const body = readObject(input, '');
    const status = body['status'];
    const progress = readProgress(body['progress']);
    if (status === 'confirming' || status === 'none') return { status, ...progress };
    if (status !== 'promised' && status !== 'changed') {
      return refuse('/status', status, 'confirming, promised, changed or none');
    }
    return { status, promise: readFacts(readObject(body['promise'], '/promise')), ...progress };
  });
}

function readProgress(input: unknown): { readonly progress?: OrderProgress } {
  if (input === undefined || input === null) return {};
  const at = '/progress';
  const progress = readObject(input, at);
  const stage = ORDER_STAGES.find((one) => one === progress['stage']);
  if (stage === undefined) {
    return refuse(`${at}/stage`, progress['stage'], ORDER_STAGES.join(', '));
  }
  const codes = readList(progress['pickupCodes'], `${at}/pickupCodes`, MOST_PARTS);
  const tracking = readList(progress['tracking'], `${at}/tracking`, MOST_PARTS);
  return {
    progress: {
      stage,
      pickupCodes: codes.map((code, index) => readFilled(code, `${at}/pickupCodes/${index}`, 20)),
      tracking: tracking.map((entry, index) => {
        const link = readObject(entry, `${at}/tracking/${index}`);
        return {
          url:
            link['url'] === ''
              ? ''
              : readMatch(link['url'], `${at}/tracking/${index}/url`, TRACKING_PAGE),
          number: readString(link['number'], `${at}/tracking/${index}/number`, 120),
        };
      }),
    },
  };
}

/** Parcels and hand-overs of one order that a page shows. */
const MOST_PARTS = 20;
const TRACKING_PAGE = {
  pattern: /^https:\/\/[^\s"'<>]{1,2000}$/,
  allowed: 'an https address',
};

function readFacts(facts: JsonObject): OrderPromiseFacts {
  const kind = facts['kind'];
  if (kind !== 'home' && kind !== 'pickup_point' && kind !== 'store_pickup') {
    return refuse('/promise/kind', kind, 'home, pickup_point or store_pickup');
  }
  return {
    kind,
    promisedOn: readMatch(facts['promisedOn'], '/promise/promisedOn', DAY),
    window: readWindow(facts['window'], '/promise/window'),
    timeZone: readFilled(facts['timeZone'], '/promise/timeZone', 60),
    parcels: readWhole(facts['parcels'], '/promise/parcels', { least: 1, most: 1_000 }),
    ...readBefore(facts['promisedBefore']),
    ...readPlace(facts['place']),
  };
}

function readBefore(input: unknown): Pick<OrderPromiseFacts, 'promisedBefore'> {
  if (input === undefined || input === null) return {};
  const at = '/promise/promisedBefore';
  const before = readObject(input, at);
  const promisedOn = readMatch(before['promisedOn'], `${at}/promisedOn`, DAY);
  return { promisedBefore: { promisedOn, window: readWindow(before['window'], `${at}/window`) } };
}

function readPlace(input: unknown): Pick<OrderPromiseFacts, 'place'> {
  if (input === undefined || input === null) return {};
  const place = readObject(input, '/promise/place');
  const lines = readList(place['addressLines'], '/promise/place/addressLines', 6);
  return {
    place: {
      name: readFilled(place['name'], '/promise/place/name', 200),
      addressLines: lines.map((line, index) =>
        readString(line, `/promise/place/addressLines/${index}`, 200),
      ),
      instructions: readString(place['instructions'], '/promise/place/instructions', 2_000),
    },
  };
}

/** Where the backend answers, from the value of `$app:config`; https, or http on the own machine. */
export function parseExtensionConfig(input: unknown): Parsed<ExtensionConfig> {
  return parseWith(() => {
    const json = readObject(typeof input === 'string' ? parseText(input) : input, '');
    if (json['v'] !== 1) refuse('/v', json['v'], '1, the only version there is');
    return { v: 1, url: readMatch(json['url'], '/url', BASE_URL) };
  });
}

const BASE_URL = {
  pattern: /^(https:\/\/[^/?#@\s]+|http:\/\/(localhost|127\.0\.0\.1)(:\d{1,5})?)$/,
  allowed: 'an https origin without a path',
};

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return refuse('', text, 'well-formed JSON');
  }
}
