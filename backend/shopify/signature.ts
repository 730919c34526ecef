/**
 * Did Shopify really send this?
 *
 * In: what arrived, byte for byte, and the app's secrets (two while one is being replaced). Out: yes or no,
 * or for a proxied storefront request the shop it came through.
 * Invariants: checked over raw bytes before anything is parsed; compared in constant time; a missing, short or
 * twice-given value is a no, never an exception.
 * Sources: https://shopify.dev/docs/apps/build/webhooks/subscribe/https and
 * https://shopify.dev/docs/apps/build/online-store/app-proxies/authenticate-app-proxies
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { parseShopId, type ShopId } from '../base/ids.ts';

/** The app's client secret, and the one before it during a rotation. Never empty. */
export type AppSecrets = readonly [current: string, ...previous: string[]];

/** True when `signature` (base64, of a webhook or a rate callback) was made over these bytes with one of our secrets. */
export function isSignedBody(
  rawBody: Uint8Array,
  signature: string | undefined,
  secrets: AppSecrets,
): boolean {
  if (!signature) return false;
  const given = Buffer.from(signature, 'utf8');
  return secrets.some((secret) => {
    const made = createHmac('sha256', secret).update(rawBody).digest('base64');
    return isSameBytes(Buffer.from(made, 'utf8'), given);
  });
}

// Shopify's own library accepts a proxied request for this long; longer would let a stolen URL live.
const MOST_PROXY_AGE_SECONDS = 90;

// Given twice, these could mean one thing to the signature and another to the handler.
const SINGLE_PARAMETERS = ['shop', 'signature', 'timestamp', 'hmac'];

/**
 * The shop a storefront request came through, when its query (`URLSearchParams` as it arrived) is signed, names
 * one shop and is at most 90 s away from `nowSeconds` (whole seconds of the epoch); else `undefined`.
 * Says nothing of the buyer: `logged_in_customer_id` is blank for guests.
 */
export function shopOfSignedQuery(
  query: URLSearchParams,
  secrets: AppSecrets,
  nowSeconds: number,
): ShopId | undefined {
  if (SINGLE_PARAMETERS.some((name) => query.getAll(name).length > 1)) return undefined;
  const signature = query.get('signature');
  const timestamp = query.get('timestamp');
  if (!signature || !timestamp || !/^\d{1,12}$/.test(timestamp)) return undefined;
  if (Math.abs(nowSeconds - Number(timestamp)) > MOST_PROXY_AGE_SECONDS) return undefined;
  const given = Buffer.from(signature, 'utf8');
  const text = signedText(query);
  const isSigned = secrets.some((secret) => {
    const made = createHmac('sha256', secret).update(text).digest('hex');
    return isSameBytes(Buffer.from(made, 'utf8'), given);
  });
  if (!isSigned) return undefined;
  const shop = parseShopId(query.get('shop'), '/shop');
  return shop.ok ? shop.value : undefined;
}

// key=value by key, several values of a key joined with commas, nothing between the pairs.
function signedText(query: URLSearchParams): string {
  const names = [...new Set(query.keys())].filter(
    (name) => name !== 'signature' && name !== 'hmac',
  );
  return names
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((name) => `${name}=${query.getAll(name).join(',')}`)
    .join('');
}

function isSameBytes(made: Buffer, given: Buffer): boolean {
  return made.length === given.length && timingSafeEqual(made, given);
}
