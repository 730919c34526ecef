/**
 * Who calls `/v1`, may they do this, and not too often?
 *
 * In: a request before its body is read. Out: its caller, or a problem document with the next step: 401 without a key
 * that holds, 403 without the scope, 429 beyond the limit. An address that keeps showing wrong keys of a shop is refused
 * without asking the database; what it calls for other shops goes on, because integrators serve many from one address.
 */
import type { Request, RequestHandler, Response } from 'express';
import type { Result } from '../base/result.ts';
import { type KnownRefusal, sendRefusal } from '../http/problem.ts';
import type { Caller, ConnectionService } from './connections.ts';
import { parseAuthorization } from './key.ts';
import type { Allowance, Limit, RateLimit } from './rate-limit.ts';
import type { Scope } from './scopes.ts';

/** 20 requests a second over a minute: with full batches four times what the ledger books. */
export const CALLER_LIMIT: Limit = { requests: 1_200, windowSeconds: 60 };

/** Wrong keys of one shop from one address; a system with an old key retries, a guesser goes on. */
export const WRONG_KEY_LIMIT: Limit = { requests: 60, windowSeconds: 60 };

/** Built by `build-connect.ts`. */
export type GateDependencies = {
  readonly connections: Pick<ConnectionService, 'authenticate'>;
  readonly rateLimit: RateLimit;
};

/** A handler that knows its caller; what it throws goes to the app's fault handler. */
export type CallerHandler = (caller: Caller, request: Request, response: Response) => Promise<void>;

/** Lets only callers with the scope through; `any`: whoever has a key that holds. */
export function asCaller(
  deps: GateDependencies,
  scope: Scope | 'any',
  handle: CallerHandler,
): RequestHandler {
  return async (request, response) => {
    response.set('cache-control', 'no-store');
    const known = await identify(deps, scope, request);
    if (known.ok) await handle(known.value, request, response);
    else sendRefusal(response, known.refusal);
  };
}

async function identify(
  { connections, rateLimit }: GateDependencies,
  scope: Scope | 'any',
  request: Request,
): Promise<Result<Caller, KnownRefusal>> {
  const header = request.get('authorization');
  if (header === undefined) return { ok: false, refusal: { code: 'missing_key' } };
  const shown = parseAuthorization(header);
  // What is no key costs nothing to refuse.
  if (shown === undefined) return { ok: false, refusal: { code: 'wrong_key' } };
  const guesser = `wrong-key ${request.ip} ${shown.shopId}`;
  const isBarred = rateLimit.isUsedUp(guesser, WRONG_KEY_LIMIT);
  if (!isBarred.isAllowed) return tooMany(isBarred);
  const found = await connections.authenticate(shown);
  if (!found.ok) {
    await rateLimit.take(guesser, WRONG_KEY_LIMIT);
    return found;
  }
  const caller = found.value;
  const allowance = await rateLimit.take(`connection ${caller.connectionId}`, CALLER_LIMIT);
  if (!allowance.isAllowed) return tooMany(allowance);
  if (scope === 'any' || caller.scopes.includes(scope)) return { ok: true, value: caller };
  return { ok: false, refusal: { code: 'missing_scope', needed: scope, granted: caller.scopes } };
}

function tooMany({ retryAfterSeconds }: Extract<Allowance, { isAllowed: false }>) {
  return { ok: false, refusal: { code: 'too_many_requests', retryAfterSeconds } } as const;
}
