/**
 * Which HTTP answer does a refusal become?
 *
 * The only map from our codes to HTTP: every refusal that a route may send is a member of
 * `KnownRefusal`, and the switch below is exhaustive, so a new code does not compile until it has a
 * status here. Bodies follow RFC 9457: `type`, `title`, `status`, `detail`, `instance` (the request
 * id) and the refusal's own facts. Statuses of 500 and more carry no internal text.
 */
import type { Response } from 'express';
import { assertNever, type InvalidInput, type Refusal } from '../base/result.ts';
import type { ActionRefusal } from '../orders/care/care.ts';
import type { PolicyConflict } from '../policy/policy.ts';
import { type DeskProblem, describeDesk } from './desk-problems.ts';
import { describeAction } from './order-problems.ts';
import { describeReservation, type ReservationProblem } from './reservation-problems.ts';

/** What HTTP itself can refuse, before any module is asked. */
export type HttpRefusal =
  | { readonly code: 'malformed_json'; readonly reason: string }
  | { readonly code: 'malformed_request'; readonly reason: string }
  | { readonly code: 'body_too_large'; readonly limitBytes: number }
  | { readonly code: 'unsupported_media_type'; readonly reason: string }
  | { readonly code: 'unauthorized' }
  | { readonly code: 'forbidden' }
  | { readonly code: 'not_found' }
  | { readonly code: 'too_many_requests'; readonly retryAfterSeconds: number }
  | { readonly code: 'unavailable' }
  | { readonly code: 'internal_error' };

/** Why a connection's key does not open the door of `/v1`. */
type KeyRefusal =
  | { readonly code: 'missing_key' }
  | { readonly code: 'wrong_key' }
  | { readonly code: 'revoked_key'; readonly revokedAt: string }
  | { readonly code: 'ended_key'; readonly endedAt: string }
  | { readonly code: 'missing_scope'; readonly needed: string; readonly granted: readonly string[] }
  | { readonly code: 'foreign_channel'; readonly channel: string; readonly allowed: string };

/** What `/v1` and imports refuse besides: repetitions, too much at once, the wrong moment. */
type ConnectRefusal =
  | { readonly code: 'idempotency_key_reused'; readonly idempotencyKey: string }
  | {
      readonly code: 'request_in_progress';
      readonly idempotencyKey: string;
      readonly retryAfterSeconds: number;
    }
  | { readonly code: 'body_too_slow'; readonly limitSeconds: number }
  | { readonly code: 'busy'; readonly retryAfterSeconds: number }
  | { readonly code: 'import_state'; readonly state: string; readonly needed: string };

/** Every refusal that has an HTTP answer. */
export type KnownRefusal =
  | HttpRefusal
  | InvalidInput
  | PolicyConflict
  | KeyRefusal
  | ConnectRefusal
  | ReservationProblem
  | ActionRefusal
  | DeskProblem;

type Answer = { readonly status: number; readonly title: string; readonly detail: string };

/** A problem document: the fields of RFC 9457 and the facts of the refusal. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly [fact: string]: unknown;
};

/** The problem document of a refusal; `requestId` becomes `instance`. */
export function toProblem(refusal: KnownRefusal, requestId: string): Problem {
  const { code, ...facts } = refusal;
  const { status, title, detail } = describe(refusal);
  return { ...facts, type: `/problems/${code}`, title, status, detail, instance: requestId };
}

/** Answers a request with a refusal. */
export function sendRefusal(response: Response, refusal: KnownRefusal): void {
  const problem = toProblem(refusal, requestIdOf(response));
  if ('retryAfterSeconds' in refusal) {
    response.set('retry-after', String(refusal.retryAfterSeconds));
  }
  if (problem.status === 401) response.set('www-authenticate', 'Bearer');
  if (refusal.code === 'unavailable') response.set('retry-after', RETRY_AFTER_SECONDS);
  response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

/** The id that `createApp` gave the request. */
export function requestIdOf(response: Response): string {
  const id: unknown = response.locals['requestId'];
  return typeof id === 'string' ? id : 'unknown';
}

const RETRY_AFTER_SECONDS = '2';

function describe(refusal: KnownRefusal): Answer {
  switch (refusal.code) {
    case 'malformed_json':
      return answer(400, 'The body is not JSON', `The body could not be read: ${refusal.reason}.`);
    case 'malformed_request':
      return answer(400, 'The request is malformed', `It could not be read: ${refusal.reason}.`);
    case 'body_too_large':
      return answer(
        413,
        'The body is too large',
        `At most ${refusal.limitBytes} bytes are read; send less at once.`,
      );
    case 'unsupported_media_type':
      return answer(415, 'The body’s type is not supported', `${refusal.reason}; send UTF-8 JSON.`);
    case 'unauthorized':
      return answer(401, 'Not signed in', 'Send a valid session token or signature.');
    case 'forbidden':
      return answer(403, 'Not allowed', 'This identity may not do that in this shop.');
    case 'not_found':
      return answer(404, 'Not found', 'There is nothing at this address for this shop.');
    case 'too_many_requests':
      return answer(429, 'Too many requests', `Wait ${refusal.retryAfterSeconds} s and try again.`);
    case 'unavailable':
      return answer(503, 'Not available now', 'Something this depends on is away; try again.');
    case 'internal_error':
      return answer(500, 'Something went wrong here', 'It was recorded under the instance’s id.');
    case 'invalid_input':
      return answer(
        422,
        'The input cannot be used',
        `${refusal.pointer === '' ? 'The input' : refusal.pointer}: allowed is ${refusal.allowed}. ${refusal.remedy}`,
      );
    case 'policy_conflict':
      return answer(
        409,
        'Somebody else saved first',
        `The change is based on version ${refusal.basedOnVersion}, current is ${refusal.currentVersion}. Load it, look at the difference and save again.`,
      );
    default:
      return describeConnect(refusal);
  }
}

function describeKey(refusal: KeyRefusal): Answer {
  switch (refusal.code) {
    case 'missing_key':
      return answer(
        401,
        'No key was shown',
        'Send the connection’s key as "Authorization: Bearer kept_…"; the merchant makes one in Kept under Connections.',
      );
    case 'wrong_key':
      return answer(
        401,
        'The key is wrong',
        'No connection has this key. Copy it again, or let the merchant rotate it.',
      );
    case 'revoked_key':
      return answer(
        401,
        'The connection was revoked',
        `It ended at ${refusal.revokedAt}. Ask the merchant for a new connection.`,
      );
    case 'ended_key':
      return answer(
        401,
        'The key was rotated',
        `It ended at ${refusal.endedAt}. Use the key that was made in its place.`,
      );
    case 'missing_scope':
      return answer(
        403,
        'The connection may not do that',
        `It needs the scope ${refusal.needed} and has ${refusal.granted.join(', ')}. Let the merchant make a connection with it.`,
      );
    case 'foreign_channel':
      return answer(
        403,
        'Another channel’s figure',
        `This connection reads ${refusal.allowed}, not ${refusal.channel}.`,
      );
    default:
      return assertNever(refusal, 'the map from refusals of keys to HTTP');
  }
}

function describeConnect(
  refusal: KeyRefusal | ConnectRefusal | ReservationProblem | ActionRefusal | DeskProblem,
): Answer {
  switch (refusal.code) {
    case 'idempotency_key_reused':
      return answer(
        422,
        'The Idempotency-Key was used for another request',
        `${refusal.idempotencyKey} belongs to a request with another body. Use a new key for a new request.`,
      );
    case 'request_in_progress':
      return answer(
        409,
        'The same request is being worked on',
        `Wait ${refusal.retryAfterSeconds} s and send it again; it will not be done twice.`,
      );
    case 'body_too_slow':
      return answer(
        408,
        'The body came too slowly',
        `It did not end within ${refusal.limitSeconds} s. Send less at once.`,
      );
    case 'busy':
      return answer(
        503,
        'Too much at once from this shop',
        `Nothing was booked. Wait ${refusal.retryAfterSeconds} s and send it again, fewer requests at a time.`,
      );
    case 'import_state':
      return answer(
        409,
        'The import is in another state',
        `It is ${refusal.state}, needed is ${refusal.needed}. Load it and look.`,
      );
    case 'missing_key':
    case 'wrong_key':
    case 'revoked_key':
    case 'ended_key':
    case 'missing_scope':
    case 'foreign_channel':
      return describeKey(refusal);
    case 'order_unknown':
    case 'work_unknown':
    case 'parcel_left':
    case 'nothing_is_shipped':
    case 'nothing_open':
    case 'not_held':
    case 'units_gone':
    case 'no_plan':
    case 'no_exception':
    case 'nothing_ready':
    case 'code_not_locked':
    case 'move_refused':
      return describeAction(refusal);
    case 'no_network':
    case 'unknown_sku':
    case 'unknown_node':
    case 'insufficient_stock':
    case 'slot_full':
    case 'capacity_full':
    case 'reservation_expired':
    case 'reservation_ended':
      return describeReservation(refusal);
    default:
      return describeDesk(refusal);
  }
}

function answer(status: number, title: string, detail: string): Answer {
  return { status, title, detail };
}

/** What a module's routes are given to answer with their own refusals. */
export type SendRefusal<R extends Refusal> = (response: Response, refusal: R) => void;
