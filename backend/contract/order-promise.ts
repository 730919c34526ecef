/**
 * The order metafield `$app:promise` (json), as the backend writes it once it has joined order and promise.
 *
 * Until then the same metafield holds the cart's copy (`cart-promise.ts`): namespace and key must be equal for
 * Shopify to copy it. The two are told apart by `kind`, which a cart promise never has. The point a
 * parcel goes to (platform decision 7) is here and nowhere else on the order.
 */
import {
  DAY,
  INSTANT,
  type Parsed,
  parseWith,
  readFilled,
  readJson,
  readMatch,
  readObject,
  readString,
  readWhole,
  refuse,
} from './parsed.ts';
import type { OrderPromiseKind } from './promise-api.ts';

export const ORDER_PROMISE_METAFIELD = { namespace: '$app', key: 'promise', type: 'json' } as const;

/**
 * `promised`: bound to what was shown. `changed`: what was shown could not be bound, this date holds instead.
 * `recomputed`: no promise was found; counted apart from the kept rate, never shown as a promise.
 */
export type OrderPromiseStatus = 'promised' | 'changed' | 'recomputed';

export type OrderPromise = {
  readonly v: 1;
  readonly kind: OrderPromiseKind;
  readonly status: OrderPromiseStatus;
  readonly promisedOn: string;
  readonly window: { readonly from: string; readonly to: string };
  readonly timeZone: string;
  /** Code of the bought shipping line. */
  readonly optionCode: string;
  /** Receipt, or `""` for `recomputed`. */
  readonly receiptId: string;
  readonly parcels: number;
  /** Pickup point: `<network>:<pointId>`. */
  readonly pointId?: string;
  /** Store pickup: our node. */
  readonly nodeId?: string;
  /** The day that had been shown, when `status` is `changed`. */
  readonly promisedBefore?: string;
};

/** The metafield's value. */
export function encodeOrderPromise(promise: OrderPromise): string {
  return JSON.stringify(promise);
}

/** Reads the metafield's value; a cart promise that was copied but not joined yet is refused at `/kind`. */
export function parseOrderPromise(text: string): Parsed<OrderPromise> {
  return parseWith(() => {
    const json = readObject(readJson(text), '');
    if (json['v'] !== 1) refuse('/v', json['v'], '1, the only version there is');
    const window = readObject(json['window'] ?? {}, '/window');
    return {
      v: 1,
      kind: readKind(json['kind']),
      status: readStatus(json['status']),
      promisedOn: readMatch(json['promisedOn'], '/promisedOn', DAY),
      window: {
        from: readMatch(window['from'], '/window/from', INSTANT),
        to: readMatch(window['to'], '/window/to', INSTANT),
      },
      timeZone: readFilled(json['timeZone'], '/timeZone', 60),
      optionCode: readString(json['optionCode'], '/optionCode', 255),
      receiptId: readString(json['receiptId'], '/receiptId', 200),
      parcels: readWhole(json['parcels'], '/parcels', { least: 1, most: 1_000 }),
      ...optional('pointId', json['pointId']),
      ...optional('nodeId', json['nodeId']),
      ...optional('promisedBefore', json['promisedBefore']),
    };
  });
}

function readKind(kind: unknown): OrderPromiseKind {
  if (kind === 'home' || kind === 'pickup_point' || kind === 'store_pickup') return kind;
  return refuse('/kind', kind, 'home, pickup_point or store_pickup');
}

function readStatus(status: unknown): OrderPromiseStatus {
  if (status === 'promised' || status === 'changed' || status === 'recomputed') return status;
  return refuse('/status', status, 'promised, changed or recomputed');
}

function optional<Key extends string>(key: Key, value: unknown): { [key in Key]?: string } {
  if (value === undefined) return {};
  const read: { [key in Key]?: string } = {};
  read[key] = readFilled(value, `/${key}`, 255);
  return read;
}
