/**
 * Access tokens as Shopify gives them: token exchange against a session token, one-hour offline tokens, rotation.
 *
 * A refresh gives a new pair; the old refresh token works until the new one has been used. A shop that has not installed
 * the app, a wrong secret and an expired session token are refused with Shopify's error codes.
 * Source: Shopify "Token exchange", "Expiring offline access tokens".
 */

import { verifyJwt } from '../app/signing.ts';
import type { LocalShop } from '../shop.ts';
import { type AppToken, newToken } from '../state.ts';

const ACCESS_SECONDS = 3_600;
const REFRESH_SECONDS = 90 * 86_400;
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const OFFLINE = 'urn:shopify:params:oauth:token-type:offline-access-token';
const ONLINE = 'urn:shopify:params:oauth:token-type:online-access-token';

export type TokenAnswer = { status: number; body: Readonly<Record<string, unknown>> };

const refuse = (status: number, error: string, description: string): TokenAnswer => ({
  status,
  body: { error, error_description: description },
});

/** Answers a call of `/admin/oauth/access_token`. */
export function answerTokenCall(
  shop: LocalShop,
  body: Readonly<Record<string, unknown>>,
): TokenAnswer {
  const { client_id: clientId, client_secret: secret, grant_type: grant } = body;
  if (clientId !== shop.app.apiKey || secret !== shop.app.apiSecret) {
    return refuse(400, 'invalid_client', 'The client credentials are invalid.');
  }
  if (!shop.state.isInstalled) {
    return refuse(400, 'app_not_installed', 'The app is not installed on this shop.');
  }
  if (grant === EXCHANGE) return exchange(shop, body);
  if (grant === 'refresh_token') return refresh(shop, String(body['refresh_token']));
  return refuse(400, 'unsupported_grant_type', `Grant type ${String(grant)} is not supported.`);
}

function exchange(shop: LocalShop, body: Readonly<Record<string, unknown>>): TokenAnswer {
  const claims = verifyJwt(shop.app.apiSecret, String(body['subject_token']), shop.clock.nowMs());
  const isForShop = claims?.['dest'] === `https://${shop.seed.shop.domain}`;
  if (!claims || !isForShop || claims['aud'] !== shop.app.apiKey) {
    return refuse(400, 'invalid_subject_token', 'The session token is invalid or has expired.');
  }
  const kind = body['requested_token_type'];
  if (kind === ONLINE) {
    const token = issue(shop, 'online');
    return {
      status: 200,
      body: { ...describe(shop, token), associated_user: { id: claims['sub'] } },
    };
  }
  if (kind !== OFFLINE) return refuse(400, 'invalid_request', 'requested_token_type is invalid.');
  if (body['expiring'] !== '1' && body['expiring'] !== 1) {
    return refuse(400, 'invalid_request', 'Public apps must request expiring offline tokens.');
  }
  return { status: 200, body: describe(shop, issue(shop, 'offline')) };
}

function refresh(shop: LocalShop, refreshToken: string): TokenAnswer {
  const known = shop.state.tokens.find((one) => one.refreshToken === refreshToken);
  if (!known || known.refreshExpiresAt <= shop.clock.nowMs()) {
    return refuse(400, 'invalid_grant', 'The refresh token is invalid or has expired.');
  }
  // Using the newest token ends the one before it.
  if (!known.isSuperseded) {
    shop.state.tokens = shop.state.tokens.filter((one) => !one.isSuperseded);
  }
  known.isSuperseded = true;
  return { status: 200, body: describe(shop, issue(shop, 'offline')) };
}

function issue(shop: LocalShop, kind: AppToken['kind']): AppToken {
  const nowMs = shop.clock.nowMs();
  const token: AppToken = {
    kind,
    accessToken: `${kind === 'offline' ? 'shpat' : 'shpua'}_${newToken()}`,
    expiresAt: nowMs + ACCESS_SECONDS * 1_000,
    refreshToken: kind === 'offline' ? `shprt_${newToken()}` : null,
    refreshExpiresAt: nowMs + REFRESH_SECONDS * 1_000,
    isSuperseded: false,
    scopes: [...shop.state.grantedScopes],
  };
  shop.state.tokens = shop.state.tokens.filter((one) => one.refreshExpiresAt > nowMs);
  shop.state.tokens.push(token);
  shop.file.touch();
  return token;
}

function describe(shop: LocalShop, token: AppToken): Record<string, unknown> {
  return {
    access_token: token.accessToken,
    scope: shop.state.grantedScopes.join(','),
    expires_in: ACCESS_SECONDS,
    ...(token.refreshToken === null
      ? {}
      : { refresh_token: token.refreshToken, refresh_token_expires_in: REFRESH_SECONDS }),
  };
}

/** The token behind an access token that is known and not expired. */
export function findAccess(shop: LocalShop, accessToken: string | undefined): AppToken | undefined {
  const nowMs = shop.clock.nowMs();
  return shop.state.tokens.find((one) => one.accessToken === accessToken && one.expiresAt > nowMs);
}
