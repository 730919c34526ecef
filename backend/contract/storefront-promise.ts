/**
 * What the theme's blocks ask through the app proxy, and what they are told.
 *
 * `GET /apps/promise/promise` on the shop's own domain, which Shopify signs and forwards. One question serves every
 * block of a page: the dates of all options and the stores nearby. Both sides hold these shapes, each treats the other
 * as untrusted. Instants are ISO 8601 with offset, days `YYYY-MM-DD` in `timeZone`.
 * Invariants: nothing may be said after `validUntil`; an answer never names a person.
 */
import {
  DAY,
  INSTANT,
  type JsonObject,
  type Parsed,
  parseWith,
  readBoolean,
  readList,
  readMatch,
  readObject,
  readString,
  readWhole,
  refuse,
} from './parsed.ts';

/** Cart attribute in which the cart block leaves its signed receipt; hidden from the buyer by its underscore. */
export const STOREFRONT_ATTRIBUTE = '_kept_receipt';

export const MOST_STOREFRONT_LINES = 500;
const MOST_OPTIONS = 100;
const MOST_METERS = 20_100_000;

export type StorefrontMethod = 'home' | 'pickup_point' | 'store_pickup';

export type StorefrontSpan = { readonly from: string; readonly to: string };

export type StorefrontOption = {
  readonly method: StorefrontMethod;
  readonly code: string;
  /** The service's, the point's or the store's own name. */
  readonly name: string;
  readonly promisedOn: string;
  readonly window: StorefrontSpan;
  readonly timeZone: string;
  /** Last instant (exclusive) at which the same window is still promised. */
  readonly orderBy: string;
  readonly validUntil: string;
  readonly withinTwoHours: boolean;
};

export type StorefrontStore = {
  /** The node's id; `store:<id>` is its option's code. */
  readonly id: string;
  readonly name: string;
  /** Street, postal code and town in one line. */
  readonly address: string;
  readonly meters: number;
  readonly timeZone: string;
  /** The opening that runs now, else the next one; null: none is known. */
  readonly hours: StorefrontSpan | null;
};

export type StorefrontAnswer = {
  /** The minute the answer was made in: the block's clock starts at its end, never at the shopper's own. */
  readonly evaluatedAt: string;
  /** `""` when no option is dated. */
  readonly signedReceipt: string;
  /** Earliest end of what the receipt binds; `evaluatedAt` when no option is dated. */
  readonly validUntil: string;
  readonly options: readonly StorefrontOption[];
  /** Stores nearby, nearest first, those that cannot hand over now among them. Empty without a postal code. */
  readonly stores: readonly StorefrontStore[];
};

/** Reads an answer; a block shows nothing when it does not fit. */
export function parseStorefrontAnswer(input: unknown): Parsed<StorefrontAnswer> {
  return parseWith(() => {
    const body = readObject(input, '');
    return {
      evaluatedAt: readMatch(body['evaluatedAt'], '/evaluatedAt', INSTANT),
      signedReceipt: readString(body['signedReceipt'], '/signedReceipt', 400),
      validUntil: readMatch(body['validUntil'], '/validUntil', INSTANT),
      options: readList(body['options'], '/options', MOST_OPTIONS).map((option, index) =>
        readOption(readObject(option, `/options/${index}`), `/options/${index}`),
      ),
      stores: readList(body['stores'], '/stores', MOST_OPTIONS).map((store, index) =>
        readStore(readObject(store, `/stores/${index}`), `/stores/${index}`),
      ),
    };
  });
}

function readOption(option: JsonObject, at: string): StorefrontOption {
  const method = option['method'];
  if (method !== 'home' && method !== 'pickup_point' && method !== 'store_pickup') {
    return refuse(`${at}/method`, method, 'home, pickup_point or store_pickup');
  }
  return {
    method,
    code: readString(option['code'], `${at}/code`, 255),
    name: readString(option['name'], `${at}/name`, 255),
    promisedOn: readMatch(option['promisedOn'], `${at}/promisedOn`, DAY),
    window: readSpan(option['window'], `${at}/window`),
    timeZone: readString(option['timeZone'], `${at}/timeZone`, 60),
    orderBy: readMatch(option['orderBy'], `${at}/orderBy`, INSTANT),
    validUntil: readMatch(option['validUntil'], `${at}/validUntil`, INSTANT),
    withinTwoHours: readBoolean(option['withinTwoHours'], `${at}/withinTwoHours`),
  };
}

function readStore(store: JsonObject, at: string): StorefrontStore {
  const hours = store['hours'];
  return {
    id: readString(store['id'], `${at}/id`, 255),
    name: readString(store['name'], `${at}/name`, 255),
    address: readString(store['address'], `${at}/address`, 500),
    meters: readWhole(store['meters'], `${at}/meters`, { least: 0, most: MOST_METERS }),
    timeZone: readString(store['timeZone'], `${at}/timeZone`, 60),
    hours: hours === null ? null : readSpan(hours, `${at}/hours`),
  };
}

function readSpan(input: unknown, at: string): StorefrontSpan {
  const span = readObject(input, at);
  return {
    from: readMatch(span['from'], `${at}/from`, INSTANT),
    to: readMatch(span['to'], `${at}/to`, INSTANT),
  };
}
