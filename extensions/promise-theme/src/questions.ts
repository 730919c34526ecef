/**
 * Asks the app proxy, once for all blocks that want to know the same.
 *
 * In: an address on the shop's own domain. Out: the answer with the clocks at its arrival, or nothing when it failed or
 * does not fit; never a rejection. A question that nobody waits for any more is given up.
 */
import {
  parseStorefrontAnswer,
  type StorefrontAnswer,
} from '../../../backend/contract/storefront-promise.ts';
import type { Clock } from './moments.ts';

export type Received = { readonly answer: StorefrontAnswer; readonly clock: Clock };

/** A question asked; `release` says that its answer is not wanted any more. */
export type Question = {
  readonly answer: Promise<Received | undefined>;
  readonly release: () => void;
};

type Entry = {
  users: number;
  isAnswered: boolean;
  readonly startedMs: number;
  readonly stop: AbortController;
  readonly answer: Promise<Received | undefined>;
};

// As long as the answer itself may be kept; a block that comes later asks anew.
const SHARED_MS = 30_000;
// Blocks that look again at the same moment share the second answer too.
const FRESH_MS = 1_000;
const PATIENCE_MS = 8_000;
const entries = new Map<string, Entry>();

/** Asks, or joins who asked already; `isForced` takes no answer that came before. */
export function ask(url: string, isForced = false): Question {
  const known = entries.get(url);
  const maxAgeMs = isForced ? FRESH_MS : SHARED_MS;
  const entry =
    known && performance.now() - known.startedMs < maxAgeMs ? known : start(url, isForced);
  entry.users += 1;
  let isReleased = false;
  return {
    answer: entry.answer,
    release: () => {
      if (isReleased) return;
      isReleased = true;
      entry.users -= 1;
      // An answer that is there may be wanted again: a variant chosen back.
      if (entry.users === 0 && !entry.isAnswered) entry.stop.abort();
    },
  };
}

function start(url: string, isForced: boolean): Entry {
  const stop = new AbortController();
  const entry: Entry = {
    users: 0,
    isAnswered: false,
    startedMs: performance.now(),
    stop,
    answer: send(url, stop.signal, isForced),
  };
  entries.set(url, entry);
  const forget = () => {
    if (entries.get(url) === entry) entries.delete(url);
  };
  stop.signal.addEventListener('abort', forget);
  void entry.answer.then((received) => {
    entry.isAnswered = true;
    if (received === undefined) forget();
  });
  return entry;
}

async function send(
  url: string,
  signal: AbortSignal,
  isForced: boolean,
): Promise<Received | undefined> {
  try {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const response = await fetch(url, {
      // What a browser kept is what this page already had, or half a minute old at most.
      cache: isForced ? 'reload' : 'default',
      headers: { accept: 'application/json' },
      signal: AbortSignal.any ? AbortSignal.any([signal, patience]) : signal,
    });
    if (!response.ok) return undefined;
    const parsed = parseStorefrontAnswer(await response.json());
    if (!parsed.ok) return undefined;
    const evaluatedAtMs = Date.parse(parsed.value.evaluatedAt);
    const clock = { evaluatedAtMs, wallMs: Date.now(), monotonicMs: performance.now() };
    return { answer: parsed.value, clock };
  } catch {
    return undefined;
  }
}

/** What a page asks about. */
export type Asked = {
  readonly lines: readonly { readonly variant: string; readonly quantity: number }[];
  readonly country: string;
  readonly postal: string;
  readonly currency: string;
  readonly locale: string;
  readonly cart?: string;
};

// `subpath` and `prefix` of shopify.app.toml; the path of the app proxy knows no language.
const PATH = '/apps/promise/promise';

/** The address of a question; the same question always has the same address. */
export function addressOf(asked: Asked): string {
  const lines = asked.lines.map(({ variant, quantity }) => `${variant}:${quantity}`);
  const query = new URLSearchParams({
    lines: lines.sort().join(),
    country: asked.country,
    postal: asked.postal,
    currency: asked.currency,
    locale: asked.locale,
  });
  if (asked.cart) query.set('cart', asked.cart);
  return `${PATH}?${query}`;
}
