/**
 * What time is it, for everything this process decides?
 *
 * In: nothing, or (never in production) the address of a clock that can jump and run faster. Out:
 * `now()`, and a way to learn that the clock was set. Time enters the program here and nowhere else;
 * SQL gets the instant as a parameter.
 * A followed clock is a line: it showed `now` when that was heard and since then runs `speed` times as
 * fast as this machine's. The line comes once by GET and each new one by server-sent events; while the
 * stream is broken the last line goes on and the address is asked again.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { TransientError } from '../base/result.ts';
import type { Log } from './log.ts';

/** The one source of time. */
export type Clock = {
  now(): Temporal.Instant;
  /** Calls back whenever the clock was set to another line; returns how to stop that. */
  onSet(listener: () => void): () => void;
};

/** The machine's own time. */
export function systemClock(): Clock {
  return { now: () => Temporal.Now.instant(), onSet: () => () => undefined };
}

/** A clock that stands still until it is set; for tests and for scripts that evaluate one instant. */
export function fixedClock(instant: Temporal.Instant): Clock & { set(to: Temporal.Instant): void } {
  const listeners = new Set<() => void>();
  let shown = instant;
  return {
    now: () => shown,
    onSet: (listener) => listen(listeners, listener),
    set: (to) => {
      shown = to;
      for (const listener of listeners) listener();
    },
  };
}

const readingSchema = z.object({
  now: z.iso.datetime({ offset: true }).transform((text) => Temporal.Instant.from(text)),
  speed: z.number().min(0).max(100_000),
});

/** A straight line of time, see the header; `heardAt` is this machine's time. */
export type ClockLine = z.output<typeof readingSchema> & { readonly heardAt: Temporal.Instant };

/** What a line shows at `machineNow`, to the nanosecond. */
export function readLine(line: ClockLine, machineNow: Temporal.Instant): Temporal.Instant {
  const passed = machineNow.epochNanoseconds - line.heardAt.epochNanoseconds;
  // Speeds are decimals: six places keep the product in whole numbers.
  const scaled = (passed * BigInt(Math.round(line.speed * 1_000_000))) / 1_000_000n;
  return Temporal.Instant.fromEpochNanoseconds(line.now.epochNanoseconds + scaled);
}

/** A followed clock and the end of following. */
export type FollowedClock = Clock & { stop(): void };

// The clock and this process may be started together.
const FIRST_ANSWER_MILLISECONDS = 15_000;
const ATTEMPT_MILLISECONDS = 2_000;
const RETRY_MILLISECONDS = 500;
const FIRST_RETRY_MILLISECONDS = 50;

/**
 * Follows the clock at `url` (GET `{now, speed}`, events at `url/stream`). Throws
 * `TransientError` when it gives no usable first answer within `patienceMilliseconds`.
 */
export async function followClock(
  url: string,
  log: Log,
  patienceMilliseconds: number = FIRST_ANSWER_MILLISECONDS,
): Promise<FollowedClock> {
  const listeners = new Set<() => void>();
  const stopping = new AbortController();
  let line = await fetchFirstLine(url, performance.now() + patienceMilliseconds);
  const set = (next: ClockLine) => {
    line = next;
    for (const listener of listeners) listener();
  };
  void followStream({ url, log, set, signal: stopping.signal });
  return {
    now: () => readLine(line, Temporal.Now.instant()),
    onSet: (listener) => listen(listeners, listener),
    stop: () => stopping.abort(),
  };
}

function listen(listeners: Set<() => void>, listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

async function fetchFirstLine(url: string, deadline: number): Promise<ClockLine> {
  for (;;) {
    try {
      return await fetchLine(url, AbortSignal.timeout(ATTEMPT_MILLISECONDS));
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(FIRST_RETRY_MILLISECONDS);
    }
  }
}

async function fetchLine(url: string, signal: AbortSignal): Promise<ClockLine> {
  try {
    const response = await fetch(url, { signal });
    const parsed = readingSchema.safeParse(await response.json());
    if (parsed.success) return { ...parsed.data, heardAt: Temporal.Now.instant() };
    throw new Error(`unusable answer: ${parsed.error.issues[0]?.message}`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TransientError(
      'clock',
      `The clock at ${url} (KEPT_CLOCK_URL) gave no time: ${reason}. Start it, or unset the variable.`,
      { cause },
    );
  }
}

type Following = {
  readonly url: string;
  readonly log: Log;
  readonly set: (line: ClockLine) => void;
  readonly signal: AbortSignal;
};

async function followStream(following: Following): Promise<void> {
  const { log, signal } = following;
  let isReported = false;
  while (!signal.aborted) {
    try {
      await readStream(following, () => {
        isReported = false;
      });
    } catch (error) {
      if (!isReported && !signal.aborted) log.warn({ event: 'clock_stream_lost', error });
      isReported = true;
    }
    await delay(RETRY_MILLISECONDS, undefined, { signal }).catch(() => undefined);
  }
}

async function readStream(following: Following, onOpen: () => void): Promise<void> {
  const { url, set, signal } = following;
  const headers = { accept: 'text/event-stream' };
  const response = await fetch(`${url}/stream`, { signal, headers });
  if (!response.ok || response.body === null) throw new Error(`status ${response.status}`);
  onOpen();
  // What was set while nobody listened.
  set(await fetchLine(url, signal));
  for await (const data of readEvents(response.body)) {
    const parsed = readingSchema.safeParse(parseJson(data));
    if (parsed.success) set({ ...parsed.data, heardAt: Temporal.Now.instant() });
  }
}

// The part of https://html.spec.whatwg.org/#event-stream-interpretation that a clock needs: `data:`
// lines up to an empty line make one event.
async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  let data: string[] = [];
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split(/\r\n|\n|\r/);
    rest = lines.pop() ?? '';
    for (const text of lines) {
      if (text.startsWith('data:')) data.push(text.slice(5).trimStart());
      if (text !== '' || data.length === 0) continue;
      yield data.join('\n');
      data = [];
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
