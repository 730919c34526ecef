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

/** Either a value or an expected refusal; branch on `ok`. */
export type Result<Value, R extends Refusal> = Ok<Value> | Refused<R>;

/**
 * One thing wrong with an input, pointing at it. `pointer` is an RFC 6901 JSON pointer (`""` is the
 * whole input); `message` names the value, what is allowed and the next step, for a person to read.
 */
export type InputProblem = { readonly pointer: string; readonly message: string };

/** The refusal of a parser: never empty, in the order found. */
export type InvalidInput = {
  readonly code: 'invalid_input';
  readonly problems: readonly InputProblem[];
};

/** Refuse an input for one reason. */
export function refuseInput(pointer: string, message: string): Refused<InvalidInput> {
  return { ok: false, refusal: { code: 'invalid_input', problems: [{ pointer, message }] } };
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
