/**
 * Who is asking, when a page, an extension or the checkout sends Shopify's session token?
 *
 * In: the bearer token, our client id, our secrets and the time. Out: the shop (and for the admin the user, for
 * a logged-in buyer the customer), or the refusal `invalid_session_token` with why.
 * Invariants: HS256 and nothing else; `aud` is us; `exp` and `nbf` hold within 10 s; the shop of `dest` is a
 * permanent shop domain and, for the admin, the same as the one of `iss`. Nothing else in a request names a shop.
 * Source: https://shopify.dev/docs/apps/build/authentication-authorization/session-tokens
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { parseShopId, type ShopId } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import type { AppSecrets } from './signature.ts';

/** Where a token was made: the admin frame, or checkout, thank-you and customer account pages. */
export type SessionSurface = 'admin' | 'checkout';

/** A token that holds. `subject`: admin: the user's number; checkout: the customer's GID when logged in. */
export type Session = {
  readonly shopId: ShopId;
  readonly surface: SessionSurface;
  readonly subject: string | undefined;
  /** Whole seconds of the epoch. */
  readonly expiresAtSeconds: number;
};

/** Why a token was refused; `why` is for logs and tests, never for the caller's eyes. */
export type InvalidSessionToken = {
  readonly code: 'invalid_session_token';
  readonly why:
    | 'malformed'
    | 'algorithm'
    | 'signature'
    | 'audience'
    | 'expired'
    | 'not_yet_valid'
    | 'shop'
    | 'issuer';
};

export type SessionTokenRules = {
  readonly clientId: string;
  readonly secrets: AppSecrets;
  readonly surface: SessionSurface;
  readonly nowSeconds: number;
};

// Shopify's clocks and ours may differ by this much.
const LEEWAY_SECONDS = 10;
// Longer than any token of Shopify's (about 1 kB); keeps a hostile header from being parsed.
const MOST_TOKEN_CHARACTERS = 4_096;

/** Verifies a session token; see the header for what must hold. */
export function verifySessionToken(
  token: string,
  rules: SessionTokenRules,
): Result<Session, InvalidSessionToken> {
  if (token.length > MOST_TOKEN_CHARACTERS) return refuse('malformed');
  const parts = token.split('.');
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || !header || !payload || !signature) return refuse('malformed');
  const head = readJson(header);
  if (head === undefined) return refuse('malformed');
  if (head['alg'] !== 'HS256' || 'crit' in head) return refuse('algorithm');
  if (!isSignedToken(`${header}.${payload}`, signature, rules.secrets)) return refuse('signature');
  const claims = readJson(payload);
  return claims === undefined ? refuse('malformed') : checkClaims(claims, rules);
}

type Claims = { readonly [name: string]: unknown };

function checkClaims(
  claims: Claims,
  rules: SessionTokenRules,
): Result<Session, InvalidSessionToken> {
  const { aud, exp, nbf, iss, dest, sub } = claims;
  if (aud !== rules.clientId) return refuse('audience');
  if (!isSeconds(exp) || exp + LEEWAY_SECONDS <= rules.nowSeconds) return refuse('expired');
  if (!isSeconds(nbf) || nbf - LEEWAY_SECONDS > rules.nowSeconds) return refuse('not_yet_valid');
  const shopId = shopOf(dest, '');
  if (shopId === undefined) return refuse('shop');
  // Only the admin's tokens name an issuer.
  if (rules.surface === 'admin' && shopOf(iss, '/admin') !== shopId) return refuse('issuer');
  return {
    ok: true,
    value: {
      shopId,
      surface: rules.surface,
      subject: typeof sub === 'string' ? sub : undefined,
      expiresAtSeconds: exp,
    },
  };
}

// `https://shop.myshopify.com` (+ suffix) in the admin, the bare domain in checkout.
function shopOf(value: unknown, suffix: string): ShopId | undefined {
  if (typeof value !== 'string') return undefined;
  const bare = value.startsWith('https://') ? value.slice('https://'.length) : value;
  if (!bare.endsWith(suffix)) return undefined;
  const shop = parseShopId(bare.slice(0, bare.length - suffix.length), '/dest');
  return shop.ok ? shop.value : undefined;
}

function isSignedToken(text: string, signature: string, secrets: AppSecrets): boolean {
  const given = Buffer.from(signature, 'base64url');
  // One signature has one spelling: without this, trailing bits could be changed unnoticed.
  if (given.toString('base64url') !== signature) return false;
  return secrets.some((secret) => {
    const made = createHmac('sha256', secret).update(text).digest();
    return made.length === given.length && timingSafeEqual(made, given);
  });
}

function readJson(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Claims)
      : undefined;
  } catch {
    return undefined;
  }
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function refuse(why: InvalidSessionToken['why']): Result<never, InvalidSessionToken> {
  return { ok: false, refusal: { code: 'invalid_session_token', why } };
}
