/**
 * The signatures Shopify puts on what it sends: webhooks and rate callbacks (HMAC of the raw body), app proxy calls and
 * the app frame's address (HMAC of the query), session tokens (JWT, HS256). All with the app's client secret.
 *
 * Sources: Shopify "Verify webhooks", "Authenticate app proxy requests", "Session tokens".
 */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

/** Base64 HMAC-SHA256 of a raw body: `X-Shopify-Hmac-Sha256`. */
export function signBody(secret: string, body: string | Buffer): string {
  return createHmac('sha256', secret).update(body).digest('base64');
}

/** Hex signature of an app proxy call: sorted `key=value` pairs put together without any separator. */
export function signProxyQuery(secret: string, query: URLSearchParams): string {
  const names = [...new Set(query.keys())].sort();
  const text = names.map((name) => `${name}=${query.getAll(name).join(',')}`).join('');
  return createHmac('sha256', secret).update(text).digest('hex');
}

/** Hex `hmac` of the address an embedded app is opened at: sorted pairs joined by `&`. */
export function signFrameQuery(secret: string, query: URLSearchParams): string {
  const pairs = [...query.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  const text = pairs.map(([name, value]) => `${name}=${value}`).join('&');
  return createHmac('sha256', secret).update(text).digest('hex');
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWT signed with HS256. */
function signJwt(secret: string, claims: Readonly<Record<string, unknown>>): string {
  const unsigned = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${unsigned}.${createHmac('sha256', secret).update(unsigned).digest('base64url')}`;
}

/** Claims of a JWT whose signature holds and whose time has not run out; undefined otherwise. */
export function verifyJwt(
  secret: string,
  token: string,
  nowMs: number,
): Record<string, unknown> | undefined {
  const [header, payload, signature, ...rest] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) {
    return undefined;
  }
  const expected = createHmac('sha256', secret).update(`${header}.${payload}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const claims: Record<string, unknown> = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const seconds = nowMs / 1_000;
  const { exp, nbf } = claims;
  if (typeof exp !== 'number' || exp + CLOCK_SKEW_SECONDS < seconds) return undefined;
  if (typeof nbf === 'number' && nbf - CLOCK_SKEW_SECONDS > seconds) return undefined;
  return claims;
}

/** Shopify's libraries allow this much difference between two clocks. */
const CLOCK_SKEW_SECONDS = 10;
const ADMIN_TOKEN_SECONDS = 60;
const SHOPPER_TOKEN_SECONDS = 300;

export type TokenFacts = { apiKey: string; apiSecret: string; shop: string; nowMs: number };

/** The id token App Bridge hands to the embedded app: names the staff member, lives a minute. */
export function adminIdToken(facts: TokenFacts, userId: number): string {
  const seconds = Math.floor(facts.nowMs / 1_000);
  return signJwt(facts.apiSecret, {
    iss: `https://${facts.shop}/admin`,
    dest: `https://${facts.shop}`,
    aud: facts.apiKey,
    sub: String(userId),
    exp: seconds + ADMIN_TOKEN_SECONDS,
    nbf: seconds,
    iat: seconds,
    jti: randomUUID(),
    sid: randomUUID(),
  });
}

/** The token of a checkout or customer account extension; `sub` only for a buyer who is logged in. */
export function shopperToken(facts: TokenFacts, customerId: number | null): string {
  const seconds = Math.floor(facts.nowMs / 1_000);
  return signJwt(facts.apiSecret, {
    dest: facts.shop,
    aud: facts.apiKey,
    exp: seconds + SHOPPER_TOKEN_SECONDS,
    nbf: seconds,
    iat: seconds,
    jti: randomUUID(),
    ...(customerId === null ? {} : { sub: `gid://shopify/Customer/${customerId}` }),
  });
}
