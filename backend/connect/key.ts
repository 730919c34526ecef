/**
 * What does a connection's key look like, and what of it is kept?
 *
 * `kept_<shop handle>_<8 hex digits><48 hex digits>`: the shop, so that its rows can be reached at all
 * (docs/decisions/0071), the digits that find the key's row, and 192 random bits of which only the SHA-256 is stored.
 * A text that is no such key is told apart without asking anybody.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { parseShopId, type ShopId } from '../base/ids.ts';

/** A key as it was shown by a caller: where to look, and the digest of its secret. */
export type ShownKey = {
  readonly shopId: ShopId;
  readonly lookup: string;
  readonly secretHash: string;
};

const LOOKUP_BYTES = 4;
const SECRET_BYTES = 24;
const KEY = /^kept_([a-z0-9][a-z0-9-]{0,59})_([0-9a-f]{8})([0-9a-f]{48})$/;
const DOMAIN = '.myshopify.com';

/** A new key of a shop. `key` is shown once; the rest is stored. */
export function makeKey(shopId: ShopId): ShownKey & { readonly key: string } {
  const lookup = randomBytes(LOOKUP_BYTES).toString('hex');
  const secret = randomBytes(SECRET_BYTES).toString('hex');
  const key = `kept_${shopId.slice(0, -DOMAIN.length)}_${lookup}${secret}`;
  return { key, shopId, lookup, secretHash: hashOf(secret) };
}

/** Reads `Authorization: Bearer kept_…`; undefined: no key of this form stands there. */
export function parseAuthorization(header: string | undefined): ShownKey | undefined {
  const text = /^Bearer +(\S{1,200})$/i.exec(header ?? '')?.[1];
  const match = KEY.exec(text ?? '');
  if (match === null) return undefined;
  const [, handle = '', lookup = '', secret = ''] = match;
  const shop = parseShopId(`${handle}${DOMAIN}`, '/key');
  return shop.ok ? { shopId: shop.value, lookup, secretHash: hashOf(secret) } : undefined;
}

/** Compares digests in the same time wherever they differ. */
export function isSameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, 'hex'), Buffer.from(b, 'hex')];
  return left.length === right.length && timingSafeEqual(left, right);
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
