/**
 * One question to the backend per checkout state, however many options checkout shows.
 *
 * Every option is an instance of this extension. Guaranteed: instances in one worker ask once (they share this
 * module). Instances in workers of their own share only Shopify's `storage`, which has no compare-and-set: they
 * write a claim, wait for the others' claims to land, and the last writer asks while the rest wait for its answer. Two
 * ask only when a claim takes longer than `SETTLE_MS` to become readable; the backend then gives both the same dates.
 * A state is asked again only when its answer has run out. Without storage each worker asks for itself, once.
 */
import {
  CHECKOUT_PROMISE_PATH,
  type CheckoutPromiseAnswer,
  parseCheckoutPromiseAnswer,
} from '../../../backend/contract/promise-api.ts';
import type { CheckoutState } from './checkout-state.ts';

/** An answer and when it arrived, on this device's clock: its age is measured, the clock itself not believed. */
export type HeldAnswer = { readonly answer: CheckoutPromiseAnswer; readonly receivedAt: number };

/** What instances tell each other: one record, overwritten by every new state. */
type Shared = {
  readonly key: string;
  readonly claim: string;
  readonly claimedAt: number;
  readonly receivedAt?: number;
  /** Absent while asked, null when nothing came. */
  readonly answer?: unknown;
};

type Services = Pick<typeof shopify, 'sessionToken' | 'storage'>;

const RECORD = 'kept-promise';
/** Until every other worker's claim can be read. */
const SETTLE_MS = 60;
const LOOK_EVERY_MS = 80;
/** Longest wait for the backend; the instance shows nothing afterwards. */
export const LIMIT_MS = 1_500;
/** A claim that brought nothing by now is a worker that died. */
const CLAIM_MS = 2 * LIMIT_MS;

type Asked = { readonly asking: Promise<HeldAnswer | undefined>; held?: HeldAnswer | undefined };

const asked = new Map<string, Asked>();
/** Tells this worker's claims from other workers'. */
const worker = `${Math.random()}`;

/** The answer for a state, asked for at most once; undefined when none came in time. Never rejects. */
export function sharedAnswer(
  services: Services,
  state: CheckoutState,
): Promise<HeldAnswer | undefined> {
  const known = asked.get(state.key);
  if (known) return known.asking;
  const asking = ask(services, state).catch(() => undefined);
  const entry: Asked = { asking };
  asked.set(state.key, entry);
  void asking.then((held) => {
    entry.held = held;
  });
  return asking;
}

/** Lets an answer that has run out be asked for again; another instance may have done so already. */
export function forgetAnswer(key: string, held: HeldAnswer): void {
  if (asked.get(key)?.held === held) asked.delete(key);
}

/** Instant by the backend's clock, in milliseconds: its own instant plus the time gone by here since. */
export function serverNow({ answer, receivedAt }: HeldAnswer): number {
  return Date.parse(answer.evaluatedAt) + Math.max(0, Date.now() - receivedAt);
}

/** When the answer has to be asked for again: the first order-by among its options, or its end. */
export function endOf({ answer }: HeldAnswer): number {
  const ends = answer.options.map(({ orderBy }) => Date.parse(orderBy ?? answer.validUntil));
  return Math.min(...ends, Date.parse(answer.validUntil));
}

async function ask(services: Services, state: CheckoutState): Promise<HeldAnswer | undefined> {
  const { storage } = services;
  const before = await readRecord(storage);
  if (before === 'unavailable') return fetchAnswer(services, state);
  const usable = before && before.key === state.key ? toHeld(before) : undefined;
  if (usable) return usable;
  const isAsked = before?.key === state.key && before.answer === undefined;
  if (!(isAsked && Date.now() - before.claimedAt < CLAIM_MS)) {
    await storage.write(RECORD, { key: state.key, claim: worker, claimedAt: Date.now() });
    await sleep(SETTLE_MS);
  }
  const now = await readRecord(storage);
  // A claim for a newer state may stand there: this state's question is still ours to ask.
  if (now === 'unavailable' || now?.key !== state.key || now.claim === worker) {
    const held = await fetchAnswer(services, state);
    await publish(storage, state.key, held);
    return held;
  }
  return waitForOther(storage, state.key);
}

async function publish(
  storage: Services['storage'],
  key: string,
  held: HeldAnswer | undefined,
): Promise<void> {
  const record = await readRecord(storage);
  if (record === 'unavailable' || record?.key !== key) return;
  const receivedAt = held?.receivedAt ?? Date.now();
  await storage.write(RECORD, { ...record, receivedAt, answer: held?.answer ?? null });
}

async function waitForOther(
  storage: Services['storage'],
  key: string,
): Promise<HeldAnswer | undefined> {
  for (let waited = 0; waited < LIMIT_MS; waited += LOOK_EVERY_MS) {
    const record = await readRecord(storage);
    if (record === 'unavailable' || record?.key !== key || record.answer === null) return undefined;
    const held = toHeld(record);
    if (held) return held;
    await sleep(LOOK_EVERY_MS);
  }
  return undefined;
}

/** The record's answer while it has not run out. */
function toHeld({ answer, receivedAt }: Shared): HeldAnswer | undefined {
  if (answer === undefined || answer === null || receivedAt === undefined) return undefined;
  const parsed = parseCheckoutPromiseAnswer(answer);
  if (!parsed.ok) return undefined;
  const held = { answer: parsed.value, receivedAt };
  return serverNow(held) < endOf(held) ? held : undefined;
}

async function readRecord(
  storage: Services['storage'],
): Promise<Shared | undefined | 'unavailable'> {
  try {
    return (await storage.read<Shared>(RECORD)) ?? undefined;
  } catch {
    return 'unavailable';
  }
}

async function fetchAnswer(
  { sessionToken }: Services,
  { url, request }: CheckoutState,
): Promise<HeldAnswer | undefined> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), LIMIT_MS);
  try {
    const response = await fetch(url + CHECKOUT_PROMISE_PATH, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await sessionToken.get()}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(request),
      signal: stop.signal,
    });
    if (!response.ok) return undefined;
    const parsed = parseCheckoutPromiseAnswer(await response.json());
    return parsed.ok ? { answer: parsed.value, receivedAt: Date.now() } : undefined;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
