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
import type { PolicyConflict } from '../policy/policy.ts';

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

/** Every refusal that has an HTTP answer. */
export type KnownRefusal = HttpRefusal | InvalidInput | PolicyConflict;

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
  if (refusal.code === 'too_many_requests') {
    response.set('retry-after', String(refusal.retryAfterSeconds));
  }
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
      return assertNever(refusal, 'the map from refusals to HTTP');
  }
}

function answer(status: number, title: string, detail: string): Answer {
  return { status, title, detail };
}

/** What a module's routes are given to answer with their own refusals. */
export type SendRefusal<R extends Refusal> = (response: Response, refusal: R) => void;
