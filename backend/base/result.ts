/**
 * How a function says no, and how it says that it cannot know.
 *
 * Three kinds of failure, never mixed: a *refusal* is a value (`{ok: false, refusal}`) with a stable
 * snake_case `code` and the facts that led to it; a *bug* is thrown by `assert` and caught only at the
 * edge of the process; an *outage* is a `TransientError`, retried by jobs and answered with 503.
 * Invariants: a `Result` is two plain object shapes without methods; `null` never means "failed".
 */

/** What every refusal has: a stable code in snake_case; its facts stand beside it. */
export type Refusal = { readonly code: string };

/** Success carrying a value. */
export type Ok<Value> = { readonly ok: true; readonly value: Value };

/** An expected "no", carrying why. */
export type Refused<R extends Refusal> = { readonly ok: false; readonly refusal: R };

/** Either a value or an expected refusal (of the input, unless said otherwise); branch on `ok`. */
export type Result<Value, R extends Refusal = InvalidInput> = Ok<Value> | Refused<R>;

/**
 * An input that cannot be used. `pointer` is an RFC 6901 JSON pointer to what is wrong (`""` is the
 * whole input), `value` what stood there when that helps, `allowed` what may stand there and `remedy`
 * the next step, both whole sentences or phrases for a person to read.
 */
export type InvalidInput = {
  readonly code: 'invalid_input';
  readonly pointer: string;
  readonly value?: unknown;
  readonly allowed: string;
  readonly remedy: string;
};

/** Refuse an input because of what stands at `pointer`. */
export function refuseInput(problem: Omit<InvalidInput, 'code'>): Refused<InvalidInput> {
  return { ok: false, refusal: { code: 'invalid_input', ...problem } };
}

/**
 * Something we stand on (database, Redis, Shopify) did not answer in time or answered nonsense.
 * The same call may succeed later; `service` names who failed, for logs and metrics.
 */
export class TransientError extends Error {
  override readonly name = 'TransientError';
  readonly service: string;

  constructor(service: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.service = service;
  }
}

/** Throws when a thing that cannot be false is false: a bug, not an input error. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(`Bug: ${message}`);
}

/** Makes a `switch` exhaustive: the compiler accepts it only where no case is left. */
export function assertNever(value: never, what: string): never {
  throw new Error(`Bug: ${what} has no case for ${JSON.stringify(value)}`);
}
