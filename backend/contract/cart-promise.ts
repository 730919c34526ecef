/**
 * The cart metafield `$app:promise` (json): what the checkout extension was told, in the shape the Function
 * can read for a few thousand instructions. Copied by Shopify onto the order under the same key.
 *
 * Written by the backend (`encodeCartPromise`), carried by the extension unread, read by the Function and,
 * from the order, by the connector (`parseCartPromise`). Short keys and strings because a Function pays per byte.
 * A Function believes it only when day, order-by bucket, destination and basket still hold (platform decision 5).
 */
import {
  DAY,
  type Parsed,
  parseWith,
  readFilled,
  readJson,
  readList,
  readMatch,
  readObject,
  readString,
  refuse,
} from './parsed.ts';

export const CART_PROMISE_METAFIELD = { namespace: '$app', key: 'promise', type: 'json' } as const;

/** What one delivery option was promised: a destination-local day and, ready-made, the words for it. */
export type CartPromiseOption = {
  readonly promisedOn: string;
  /** In the language of `language`, at most 60 characters, without `|`; absent: the reader writes the day. */
  readonly label?: string;
};

export type CartPromise = {
  /** Shop-local day on which it was made, `YYYY-MM-DD`. */
  readonly madeOn: string;
  /** Shop-local `HH:MM` of `orderByBucket` when an order-by falls on `madeOn`; `""` when none does. */
  readonly orderByBucket: string;
  readonly country: string;
  /** `postalKey` of the destination. */
  readonly postalKey: string;
  /** `linesFingerprint` of the basket. */
  readonly fingerprint: string;
  readonly signedReceipt: string;
  /** Language of the labels, two small letters. */
  readonly language: string;
  /** By the code of the shipping option (`service_code`), never by handle: a title change changes the handle. */
  readonly options: { readonly [code: string]: CartPromiseOption };
  /** Codes of options that cannot be done for this basket and address: the Function may hide them. */
  readonly hiddenCodes: readonly string[];
};

/** The metafield as the Function receives it from `jsonValue`. */
export type CartPromiseJson = {
  readonly v: 1;
  readonly d: string;
  readonly b: string;
  readonly c: string;
  readonly z: string;
  readonly f: string;
  readonly r: string;
  readonly l: string;
  readonly o: { readonly [code: string]: string };
  readonly h?: readonly string[];
};

/** Writes the metafield's value; above 10,000 bytes (some 150 options) a Function is given null. Non-ASCII letters stay as they are (they appear in labels only). */
export function encodeCartPromise(promise: CartPromise): string {
  const o: { [code: string]: string } = {};
  for (const [code, option] of Object.entries(promise.options)) {
    o[code] =
      option.label === undefined ? option.promisedOn : `${option.promisedOn}|${option.label}`;
  }
  const json: CartPromiseJson = {
    v: 1,
    d: promise.madeOn,
    b: promise.orderByBucket,
    c: promise.country,
    z: promise.postalKey,
    f: promise.fingerprint,
    r: promise.signedReceipt,
    l: promise.language,
    o,
    ...(promise.hiddenCodes.length > 0 ? { h: promise.hiddenCodes } : {}),
  };
  return JSON.stringify(json);
}

/** Reads the metafield's value back; refuses other versions, codes and days that do not fit. */
export function parseCartPromise(text: string): Parsed<CartPromise> {
  return parseWith(() => {
    const json = readObject(readJson(text), '');
    if (json['v'] !== 1) refuse('/v', json['v'], '1, the only version there is');
    const options: { [code: string]: CartPromiseOption } = {};
    for (const [code, value] of Object.entries(readObject(json['o'], '/o'))) {
      const at = `/o/${code}`;
      const [promisedOn, label] = splitOnce(readFilled(value, at, 80));
      readMatch(promisedOn, at, DAY);
      options[code] = label === undefined ? { promisedOn } : { promisedOn, label };
    }
    const hidden = readList(json['h'] ?? [], '/h', 100);
    return {
      madeOn: readMatch(json['d'], '/d', DAY),
      orderByBucket: readString(json['b'], '/b', 5),
      country: readString(json['c'], '/c', 2),
      postalKey: readString(json['z'], '/z', 10),
      fingerprint: readString(json['f'], '/f', 40),
      signedReceipt: readString(json['r'], '/r', 400),
      language: readString(json['l'], '/l', 5),
      options,
      hiddenCodes: hidden.map((code, index) => readFilled(code, `/h/${index}`, 120)),
    };
  });
}

function splitOnce(value: string): [string, string | undefined] {
  const bar = value.indexOf('|');
  return bar < 0 ? [value, undefined] : [value.slice(0, bar), value.slice(bar + 1)];
}
