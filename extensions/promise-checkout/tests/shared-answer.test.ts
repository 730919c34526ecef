// @vitest-environment node
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CheckoutState } from '../src/checkout-state.ts';

type SharedAnswer = typeof import('../src/shared-answer.ts');

const NOW = Date.parse('2026-11-27T09:00:00Z');
const answer = {
  receiptId: 'r1',
  signedReceipt: 'r1.k1.s',
  evaluatedAt: '2026-11-27T09:00:00Z',
  options: [],
  pickups: [],
  cartMetafield: '{}',
  validUntil: '2026-11-27T15:30:00Z',
};
const state: CheckoutState = {
  key: 'state 1',
  url: 'https://app.example.com',
  request: {
    checkoutToken: 'c1',
    lines: [{ variantId: 'gid://shopify/ProductVariant/1', quantity: 1 }],
    destination: { country: 'IT', postalCode: '20121' },
    locale: 'it',
    currency: 'EUR',
    options: [],
  },
};

let asked: { url: string; body: unknown; token: string | null }[] = [];
let reply: () => Promise<Response> = async () => Response.json(answer);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  asked = [];
  reply = async () => Response.json(answer);
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const { authorization } = init.headers as Record<string, string>;
    asked.push({ url, body: JSON.parse(String(init.body)), token: authorization ?? null });
    return new Promise((resolve, reject) => {
      init.signal?.addEventListener('abort', () => reject(new Error('aborted')));
      reply().then(resolve, reject);
    });
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Storage as Shopify has it: asynchronous, shared by every instance, without compare-and-set. */
function storage(latencyMs: number) {
  const entries = new Map<string, string>();
  const later = <Value>(give: () => Value) =>
    new Promise<Value>((resolve) => setTimeout(() => resolve(give()), latencyMs));
  return {
    read: async <Value>(key: string) =>
      later(() => (entries.has(key) ? (JSON.parse(entries.get(key) ?? '') as Value) : null)),
    write: async (key: string, value: unknown) =>
      later(() => void entries.set(key, JSON.stringify(value))),
    delete: async (key: string) => later(() => void entries.delete(key)),
  };
}

/** A worker of its own: a copy of the module with a memory of its own. */
async function worker(): Promise<SharedAnswer> {
  vi.resetModules();
  return import('../src/shared-answer.ts');
}

/** One after the other: two at once would be given one copy. */
async function workersOf(count: number): Promise<SharedAnswer[]> {
  const workers: SharedAnswer[] = [];
  for (let at = 0; at < count; at++) workers.push(await worker());
  expect(new Set(workers.map(({ sharedAnswer }) => sharedAnswer)).size).toBe(count);
  return workers;
}

const sessionToken = { get: async () => 'token' };

async function settled<Value>(all: readonly Promise<Value>[]): Promise<Value[]> {
  const done = Promise.all(all);
  await vi.advanceTimersByTimeAsync(5_000);
  return done;
}

describe('one checkout state', () => {
  test('is asked once by many instances of one worker', async () => {
    const { sharedAnswer } = await worker();
    const services = { sessionToken, storage: storage(5) };
    const all = await settled([1, 2, 3, 4, 5].map(() => sharedAnswer(services, state)));
    expect(asked).toEqual([
      {
        url: 'https://app.example.com/api/promise/checkout',
        body: state.request,
        token: 'Bearer token',
      },
    ]);
    expect(new Set(all.map((held) => held?.answer.receiptId))).toEqual(new Set(['r1']));
  });

  test.each([0, 1, 5, 25])(
    'is asked once by eight workers that share a storage %i ms away',
    async (latency) => {
      const services = { sessionToken, storage: storage(latency) };
      const workers = await workersOf(8);
      const all = await settled(workers.map(({ sharedAnswer }) => sharedAnswer(services, state)));
      expect(asked).toHaveLength(1);
      for (const held of all) expect(held?.answer).toEqual(answer);
    },
  );

  test('is not asked again by a worker that comes later', async () => {
    const services = { sessionToken, storage: storage(1) };
    const [first, second] = await workersOf(2);
    if (!first || !second) throw new Error('two workers');
    await settled([first.sharedAnswer(services, state)]);
    const [held] = await settled([second.sharedAnswer(services, state)]);
    expect(asked).toHaveLength(1);
    expect(held?.answer).toEqual(answer);
  });

  test('is asked again when it changes', async () => {
    const services = { sessionToken, storage: storage(1) };
    const { sharedAnswer } = await worker();
    await settled([sharedAnswer(services, state)]);
    await settled([sharedAnswer(services, { ...state, key: 'state 2' })]);
    expect(asked).toHaveLength(2);
  });

  test('is asked again when its answer has run out, and only then', async () => {
    const services = { sessionToken, storage: storage(1) };
    const one = await worker();
    const [held] = await settled([one.sharedAnswer(services, state)]);
    if (!held) throw new Error('an answer');
    one.forgetAnswer(state.key, held);
    const [again] = await settled([one.sharedAnswer(services, state)]);
    expect(asked).toHaveLength(1);
    if (!again) throw new Error('the answer again');
    vi.setSystemTime(one.endOf(again) + 10_000);
    one.forgetAnswer(state.key, again);
    await settled([one.sharedAnswer(services, state)]);
    expect(asked).toHaveLength(2);
  });

  test('is asked once per worker where there is no storage', async () => {
    const broken = { ...storage(0), read: () => Promise.reject(new Error('no storage')) };
    const services = { sessionToken, storage: broken };
    const workers = await workersOf(2);
    const all = await settled(
      workers.flatMap(({ sharedAnswer }) => [1, 2].map(() => sharedAnswer(services, state))),
    );
    expect(asked).toHaveLength(2);
    expect(all.every((held) => held?.answer.receiptId === 'r1')).toBe(true);
  });

  test('is asked by another worker when the one that claimed it died', async () => {
    const shared = storage(1);
    void shared.write('kept-promise', { key: state.key, claim: 'gone', claimedAt: NOW - 10_000 });
    await vi.advanceTimersByTimeAsync(10);
    const { sharedAnswer } = await worker();
    const [held] = await settled([sharedAnswer({ sessionToken, storage: shared }, state)]);
    expect(asked).toHaveLength(1);
    expect(held?.answer).toEqual(answer);
  });
});

describe('nothing comes, and nobody waits longer than 1.5 s', () => {
  test.each<[string, () => Promise<Response>]>([
    ['when the backend is slow', () => new Promise(() => undefined)],
    ['when the backend cannot be reached', () => Promise.reject(new TypeError('failed to fetch'))],
    ['when the backend fails', async () => new Response('', { status: 503 })],
    ['when the answer is not JSON', async () => new Response('<html>')],
    ['when the answer is not ours', async () => Response.json({ ...answer, options: 'many' })],
  ])('%s', async (_title, broken) => {
    reply = broken;
    const services = { sessionToken, storage: storage(1) };
    const workers = await workersOf(2);
    const ends: number[] = [];
    const all = workers.map(({ sharedAnswer }) =>
      sharedAnswer(services, state).finally(() => ends.push(Date.now() - NOW)),
    );
    expect(await settled(all)).toEqual([undefined, undefined]);
    expect(asked).toHaveLength(1);
    for (const end of ends) expect(end).toBeLessThanOrEqual(1_800);
  });

  test('when there is no session token', async () => {
    const { sharedAnswer } = await worker();
    const refusing = { get: () => Promise.reject(new Error('no token')) };
    const all = await settled([
      sharedAnswer({ sessionToken: refusing, storage: storage(1) }, state),
    ]);
    expect(all).toEqual([undefined]);
  });
});

test('time goes by the backend\u2019s clock, whatever this device\u2019s says', async () => {
  vi.setSystemTime(Date.parse('1999-12-31T23:00:00Z'));
  const { sharedAnswer, serverNow } = await worker();
  const [held] = await settled([sharedAnswer({ sessionToken, storage: storage(1) }, state)]);
  if (!held) throw new Error('an answer');
  const received = held.receivedAt;
  vi.setSystemTime(received + 60_000);
  expect(new Date(serverNow(held)).toISOString()).toBe('2026-11-27T09:01:00.000Z');
});
