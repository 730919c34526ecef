import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ShopId } from '../base/ids.ts';
import { TransientError } from '../base/result.ts';
import type { CostReport } from './admin-bucket.ts';
import { createAdminScheduler, LANES, type Lane } from './admin-scheduler.ts';

const SHOP = 'kept-demo.myshopify.com' as ShopId;

/** Time that moves only when everybody waits for it. */
function virtualTime() {
  let nowMs = 0;
  let order = 0;
  const sleepers: { atMs: number; order: number; wake: () => void }[] = [];
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    now: () => nowMs,
    wait: (milliseconds: number) =>
      new Promise<void>((wake) => {
        sleepers.push({ atMs: nowMs + milliseconds, order: order++, wake });
      }),
    run: async (untilMs: number) => {
      for (;;) {
        await settle();
        const next = sleepers.toSorted((a, b) => a.atMs - b.atMs || a.order - b.order)[0];
        if (next === undefined || next.atMs > untilMs) break;
        sleepers.splice(sleepers.indexOf(next), 1);
        nowMs = Math.max(nowMs, next.atMs);
        next.wake();
      }
      nowMs = Math.max(nowMs, untilMs);
    },
  };
}

/** Shopify's side: the true bucket, which refuses what it does not hold. */
function trueBucket(
  capacity: number,
  restorePerSecond: number,
  startsWith: number,
  now: () => number,
) {
  let points = startsWith;
  let asOfMs = 0;
  const refill = () => {
    points = Math.min(capacity, points + ((now() - asOfMs) * restorePerSecond) / 1_000);
    asOfMs = now();
  };
  let overdraws = 0;
  return {
    charge: (requested: number, actual: number): CostReport => {
      refill();
      const isRefused = points < requested;
      if (isRefused) overdraws += 1;
      else points -= actual;
      const available = Math.floor(points);
      return {
        requested,
        actual: isRefused ? undefined : actual,
        available,
        capacity,
        restorePerSecond,
      };
    },
    overdraws: () => overdraws,
  };
}

type Call = { lane: Lane; points: number; atMs: number; latencyMs: number; saved: number };

async function play(
  calls: readonly Call[],
  shop: { capacity: number; rate: number; startsWith: number },
  untilMs = 10_000_000,
) {
  const time = virtualTime();
  const bucket = trueBucket(shop.capacity, shop.rate, shop.startsWith, time.now);
  const scheduler = createAdminScheduler({ nowMilliseconds: time.now, wait: time.wait });
  const left: { call: Call; atMs: number }[] = [];
  const done = calls.map(async (call) => {
    await time.wait(call.atMs);
    await scheduler.run(SHOP, {
      lane: call.lane,
      points: call.points,
      send: async () => {
        left.push({ call, atMs: time.now() });
        await time.wait(call.latencyMs / 2);
        const report = bucket.charge(call.points, call.points - Math.min(call.saved, call.points));
        await time.wait(call.latencyMs / 2);
        return { reply: undefined, report };
      },
    });
  });
  await time.run(untilMs);
  return { left, overdraws: bucket.overdraws(), done, scheduler, time };
}

const oneCall: fc.Arbitrary<Call> = fc.record({
  lane: fc.constantFrom(...LANES),
  points: fc.integer({ min: 1, max: 300 }),
  atMs: fc.integer({ min: 0, max: 20_000 }),
  latencyMs: fc.integer({ min: 2, max: 2_000 }),
  saved: fc.integer({ min: 0, max: 200 }),
});

describe('the bucket', () => {
  test('is never overdrawn, whatever is asked, however it was filled and however late answers come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(oneCall, { minLength: 1, maxLength: 80 }),
        fc.constantFrom([2_000, 100], [4_000, 200], [20_000, 1_000], [1_000, 50]),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (calls, [capacity = 1, rate = 1], full) => {
          // In order, as one connection after the other: what a call costs is taken in the order of sending.
          const sameLatency = calls.map((call) => ({ ...call, latencyMs: 300 }));
          const shop = { capacity, rate, startsWith: capacity * full };
          const played = await play(sameLatency, shop);
          expect(played.overdraws).toBe(0);
          expect(played.left).toHaveLength(calls.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('every call leaves in the end, also when answers overtake each other and Shopify refuses some', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(oneCall, { minLength: 1, maxLength: 60 }), async (calls) => {
        const played = await play(calls, { capacity: 2_000, rate: 100, startsWith: 0 });
        expect(played.left).toHaveLength(calls.length);
      }),
      { numRuns: 40 },
    );
  });

  test('calls leave as fast as points flow: 1,000 points a second keep 100 calls of 10 leaving', async () => {
    const calls = Array.from({ length: 4_000 }, () => ({
      lane: 'resync' as const,
      points: 10,
      atMs: 0,
      latencyMs: 300,
      saved: 0,
    }));
    const { left, overdraws } = await play(calls, { capacity: 20_000, rate: 1_000, startsWith: 0 });
    expect(overdraws).toBe(0);
    expect(left.at(-1)?.atMs).toBeLessThanOrEqual(41_000);
  });
});

describe('lanes', () => {
  test('a sale leaves before a full resync that came first, within the time of one call', async () => {
    const resync = Array.from({ length: 400 }, () => ({
      lane: 'resync' as const,
      points: 10,
      atMs: 0,
      latencyMs: 300,
      saved: 0,
    }));
    const sales = Array.from({ length: 20 }, (_, index) => ({
      lane: 'sale' as const,
      points: 10,
      atMs: 3_000 + index * 1_234,
      latencyMs: 300,
      saved: 0,
    }));
    const { left } = await play([...resync, ...sales], {
      capacity: 2_000,
      rate: 100,
      startsWith: 0,
    });
    const waits = left
      .filter(({ call }) => call.lane === 'sale')
      .map(({ call, atMs }) => atMs - call.atMs);
    expect(waits).toHaveLength(20);
    expect(Math.max(...waits)).toBeLessThanOrEqual(110);
  });

  test('of calls that wait together, the more urgent leave first', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(oneCall, { minLength: 2, maxLength: 30 }), async (calls) => {
        // One long call first, so that all others wait when points begin to flow.
        const waiting = calls.map((call) => ({ ...call, atMs: 1, latencyMs: 10, points: 10 }));
        const { left } = await play(waiting, { capacity: 2_000, rate: 100, startsWith: 0 }, 9_000);
        const ranks = left.map(({ call }) => LANES.indexOf(call.lane));
        expect(ranks.slice(1)).toEqual(ranks.slice(1).toSorted((a, b) => a - b));
      }),
      { numRuns: 40 },
    );
  });

  test('under endless urgent calls even a dear resync query has its turn, and delays nobody by more than a call', async () => {
    const urgent = Array.from({ length: 2_000 }, (_, index) => ({
      lane: 'sale' as const,
      points: 10,
      atMs: index * 90,
      latencyMs: 100,
      saved: 0,
    }));
    const dear = { lane: 'resync' as const, points: 400, atMs: 500, latencyMs: 100, saved: 0 };
    const { left } = await play([...urgent, dear], { capacity: 2_000, rate: 100, startsWith: 0 });
    const at = left.find(({ call }) => call.lane === 'resync')?.atMs;
    expect(at).toBeGreaterThan(10_000);
    expect(at).toBeLessThanOrEqual(60_000);
  });

  test('a shop that waits does not delay another', async () => {
    const time = virtualTime();
    const scheduler = createAdminScheduler({ nowMilliseconds: time.now, wait: time.wait });
    const other = 'kept-other.myshopify.com' as ShopId;
    const order: string[] = [];
    const send = (name: string) => async () => {
      order.push(name);
      return { reply: undefined, report: undefined };
    };
    void scheduler.run(SHOP, { lane: 'resync', points: 900, send: send('dear') });
    void scheduler.run(other, { lane: 'resync', points: 10, send: send('cheap') });
    await time.run(2_000);
    expect(order).toEqual(['cheap']);
  });
});

describe('refusals', () => {
  test('a throttled call waits exactly what is missing', async () => {
    const time = virtualTime();
    const scheduler = createAdminScheduler({ nowMilliseconds: time.now, wait: time.wait });
    const status = { capacity: 2_000, restorePerSecond: 100 };
    const report = { requested: 300, actual: undefined, available: 100, ...status };
    const first = scheduler.run(SHOP, {
      lane: 'sale',
      points: 10,
      send: async () => ({ reply: 'throttled', report }),
    });
    await time.run(200);
    expect(await first).toBe('throttled');
    let leftAtMs = -1;
    void scheduler.run(SHOP, {
      lane: 'sale',
      points: 300,
      isRepeat: true,
      send: async () => {
        leftAtMs = time.now();
        return { reply: undefined, report: undefined };
      },
    });
    await time.run(10_000);
    expect(leftAtMs).toBe(200 + 2_000);
  });

  test('what somebody else spends is seen in the next answer', async () => {
    const time = virtualTime();
    const scheduler = createAdminScheduler({ nowMilliseconds: time.now, wait: time.wait });
    const status = { capacity: 2_000, restorePerSecond: 100 };
    const answer = (available: number) => ({
      lane: 'sale' as const,
      points: 10,
      send: async () => ({
        reply: undefined,
        report: { requested: 10, actual: 10, available, ...status },
      }),
    });
    void scheduler.run(SHOP, answer(1_990));
    await time.run(1_000);
    expect(scheduler.facts(SHOP).points).toBe(2_000);
    void scheduler.run(SHOP, answer(50));
    await time.run(1_001);
    expect(scheduler.facts(SHOP).points).toBe(50);
  });

  test('after the end nothing leaves, and who waits is told', async () => {
    const { scheduler, time } = await play([], { capacity: 2_000, rate: 100, startsWith: 0 }, 10);
    let isSent = false;
    const send = async () => {
      isSent = true;
      return { reply: undefined, report: undefined };
    };
    const waiting = scheduler.run(SHOP, { lane: 'resync', points: 500, send });
    scheduler.stop();
    await expect(waiting).rejects.toThrow(TransientError);
    await expect(scheduler.run(SHOP, { lane: 'sale', points: 1, send })).rejects.toThrow(
      'stopping',
    );
    await time.run(100_000);
    expect(isSent).toBe(false);
  });
});

describe('two replicas that share a bucket', () => {
  test.each([
    { plan: 'a standard shop', capacity: 2_000, rate: 100 },
    { plan: 'a Plus shop', capacity: 20_000, rate: 1_000 },
  ])(
    'of $plan use all of it, and a full resync of one delays no order that the other reads',
    async ({ capacity, rate }) => {
      const seconds = 60;
      const time = virtualTime();
      const bucket = trueBucket(capacity, rate, 0, time.now);
      const replica = () => createAdminScheduler({ nowMilliseconds: time.now, wait: time.wait });
      let spent = 0;
      /** Asks until Shopify does it, as the client does; milliseconds. */
      const ask = async (
        scheduler: ReturnType<typeof replica>,
        call: { lane: Lane; points: number },
      ) => {
        const fromMs = time.now();
        for (let isRepeat = false; ; isRepeat = true) {
          const isDone = await scheduler.run(SHOP, {
            ...call,
            isRepeat,
            send: async () => {
              await time.wait(150);
              const report = bucket.charge(call.points, call.points);
              await time.wait(150);
              return { reply: report.actual !== undefined, report };
            },
          });
          if (!isDone) continue;
          spent += call.points;
          return time.now() - fromMs;
        }
      };
      const pushing = replica();
      const reading = replica();
      const resync = async () => {
        for (;;) await ask(pushing, { lane: 'resync', points: 10 });
      };
      for (let parallel = 0; parallel < rate / 8; parallel += 1) void resync();
      const waits: number[] = [];
      const orders = Math.floor((seconds * rate) / 200);
      for (let order = 0; order < orders; order += 1) {
        void time
          .wait(5_000 + (order * (seconds - 10) * 1_000) / orders)
          .then(() => ask(reading, { lane: 'intake', points: 60 }))
          .then((waited) => waits.push(waited));
      }
      await time.run(seconds * 1_000);
      expect(waits).toHaveLength(orders);
      expect(Math.max(...waits)).toBeLessThan(4_000);
      expect(bucket.overdraws()).toBeLessThan(orders / 10);
      expect(spent / (rate * seconds)).toBeGreaterThan(0.95);
    },
  );
});
