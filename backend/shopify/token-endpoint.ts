/**
 * What does Shopify's token endpoint answer?
 *
 * In: a session token to exchange, or a refresh token. Out: an offline access token that expires, with the token
 * that renews it; or why Shopify said no. An unreachable or failing endpoint is a `TransientError`.
 * Source: https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/token-exchange
 */
import { z } from 'zod';
import type { ShopId } from '../base/ids.ts';
import { type Result, TransientError } from '../base/result.ts';

/** A pair as Shopify gave it. Lifetimes are seconds from the answer. */
export type TokenPair = {
  readonly accessToken: string;
  readonly expiresInSeconds: number;
  readonly refreshToken: string;
  readonly refreshExpiresInSeconds: number;
  /** What the merchant granted, comma separated. */
  readonly scopes: string;
};

/**
 * `session_token_expired`: let App Bridge fetch a new one and repeat. `not_connected`: only a visit of the merchant
 * helps. `app_rejected`: our client id or secret is wrong.
 */
export type TokenRefusal = {
  readonly code: 'session_token_expired' | 'not_connected' | 'app_rejected';
  readonly reason: string;
};

/** Asks the endpoint; `main.ts` builds it from the configuration. */
export type TokenEndpoint = {
  exchange(shopId: ShopId, sessionToken: string): Promise<Result<TokenPair, TokenRefusal>>;
  refresh(shopId: ShopId, refreshToken: string): Promise<Result<TokenPair, TokenRefusal>>;
};

// Shopify answers in well under a second; a merchant waits on this at most twice.
const TIMEOUT_MS = 8_000;

const answerSchema = z.object({
  access_token: z.string().min(1),
  scope: z.string(),
  expires_in: z.number().positive(),
  refresh_token: z.string().min(1),
  refresh_token_expires_in: z.number().positive(),
});

/** `urlTemplate` holds `{shop}`, as `https://{shop}/admin/oauth/access_token`. */
export function createTokenEndpoint(options: {
  readonly urlTemplate: string;
  readonly clientId: string;
  readonly clientSecret: string;
}): TokenEndpoint {
  const ask = async (shopId: ShopId, grant: object): Promise<Result<TokenPair, TokenRefusal>> => {
    const url = options.urlTemplate.replace('{shop}', shopId);
    const body = JSON.stringify({
      client_id: options.clientId,
      client_secret: options.clientSecret,
      ...grant,
    });
    return readAnswer(await post(url, body));
  };
  return {
    exchange: (shopId, sessionToken) =>
      ask(shopId, {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: sessionToken,
        subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
        requested_token_type: 'urn:shopify:params:oauth:token-type:offline-access-token',
        expiring: '1',
      }),
    refresh: (shopId, refreshToken) =>
      ask(shopId, { grant_type: 'refresh_token', refresh_token: refreshToken }),
  };
}

async function post(url: string, body: string): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, text: await response.text() };
  } catch (cause) {
    throw new TransientError('shopify', 'The token endpoint did not answer in time.', { cause });
  }
}

function readAnswer(answer: { status: number; text: string }): Result<TokenPair, TokenRefusal> {
  const json = readJson(answer.text);
  if (answer.status >= 500 || answer.status === 429) {
    throw new TransientError('shopify', `The token endpoint answered ${answer.status}.`);
  }
  if (answer.status !== 200) return refuse(answer.status, json);
  const parsed = answerSchema.safeParse(json);
  if (!parsed.success) {
    throw new TransientError(
      'shopify',
      'The token endpoint answered without an expiring token pair.',
    );
  }
  const pair = parsed.data;
  return {
    ok: true,
    value: {
      accessToken: pair.access_token,
      expiresInSeconds: pair.expires_in,
      refreshToken: pair.refresh_token,
      refreshExpiresInSeconds: pair.refresh_token_expires_in,
      scopes: pair.scope,
    },
  };
}

const errorSchema = z.object({ error: z.string() });

function refuse(status: number, json: unknown): Result<never, TokenRefusal> {
  const parsed = errorSchema.safeParse(json);
  const reason = parsed.success ? parsed.data.error.slice(0, 60) : `http_${status}`;
  if (reason === 'invalid_subject_token') {
    return { ok: false, refusal: { code: 'session_token_expired', reason } };
  }
  if (reason === 'invalid_client' || reason === 'application_cannot_be_found') {
    return { ok: false, refusal: { code: 'app_rejected', reason } };
  }
  return { ok: false, refusal: { code: 'not_connected', reason } };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
