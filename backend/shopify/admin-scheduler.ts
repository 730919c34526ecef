/**
 * In which order do calls to a shop's Admin API leave, and when?
 *
 * One queue a shop with five lanes (platform decision 16): what new orders say, for stock is decided by it, then
 * fulfillment and refunds, then the stock of a single sale, then provisioning, then resync. A call leaves when the bucket's model holds its points, highest lane first, and
 * between any two calls the order is decided anew. Invariants: the model is never overdrawn; the two lower lanes leave
 * a reserve and places in flight, so that a sale waits for nobody; for a lane that got nothing for ten seconds a tenth
 * of the flow is saved, so that nothing waits for ever; after `stop` nothing leaves, and who waits is told so.
 */
import type { ShopId } from '../base/ids.ts';
import { TransientError } from '../base/result.ts';
import {
  type Bucket,
  type CostReport,
  createBucket,
  emptyBucket,
  millisecondsUntil,
  pointsNow,
  type SentCall,
  settleCall,
  takePoints,
} from './admin-bucket.ts';

/** From the most to the least urgent. */
export const LANES = ['intake', 'fulfillment', 'sale', 'provisioning', 'resync'] as const;
export type Lane = (typeof LANES)[number];

/** What came of a call, for the bucket: its report, or that Shopify refused without numbers. */
export type SentReport = CostReport | 'refused_without_numbers' | undefined;

/** A call to make: its lane, its points, and how to send it. */
export type Ask<Reply> = {
  readonly lane: Lane;
  readonly points: number;
  /** It waited before and was throttled: it goes first in its lane. */
  readonly isRepeat?: boolean;
  readonly send: () => Promise<{ readonly reply: Reply; readonly report: SentReport }>;
};

/** What the page of sync health shows of a shop's scheduler. */
export type SchedulerFacts = {
  readonly points: number;
  readonly capacity: number;
  readonly restorePerSecond: number;
  /** False until Shopify's first answer. */
  readonly isLearned: boolean;
  readonly inFlight: number;
  readonly waiting: Readonly<Record<Lane, number>>;
};

export type SchedulerDeps = {
  readonly nowMilliseconds: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
};

// An order's reading asks for about this much, and a sale's two writes for less: whatever the lower lanes do, one of them
// leaves at once and not when its points have flowed in behind a resync.
const RESERVE_POINTS = 80;
// 1,000 points a second are 100 calls, and one takes 0.3 s: three times what runs, to make up for a moment lost.
const MOST_IN_FLIGHT = 108;
const KEPT_FOR_UPPER_LANES = 8;
const STARVED_AFTER_MS = 10_000;
const STARVED_SHARE = 0.1;

type Waiting = {
  readonly points: number;
  /** Its turn has come, with its points already taken; or it never will. */
  readonly start: (call: SentCall) => void;
  readonly giveUp: (error: Error) => void;
};
type Queue = {
  readonly bucket: Bucket;
  readonly lanes: Record<Lane, Waiting[]>;
  readonly servedAtMs: Record<Lane, number>;
  inFlight: number;
  wakeAtMs: number;
};

export function createAdminScheduler(deps: SchedulerDeps) {
  const queues = new Map<ShopId, Queue>();
  let isStopped = false;

  const queueOf = (shopId: ShopId): Queue => {
    let queue = queues.get(shopId);
    if (queue === undefined) {
      queue = createQueue(deps.nowMilliseconds());
      queues.set(shopId, queue);
    }
    return queue;
  };

  // Points are taken here, in the same turn in which they were seen to be there.
  const pump = (queue: Queue): void => {
    for (;;) {
      const nowMs = deps.nowMilliseconds();
      const next = nextTurn(queue, nowMs);
      if (next === undefined || queue.inFlight >= placesFor(next.lane)) return;
      const needed = Math.min(next.head.points + next.leaves, queue.bucket.capacity);
      const waitMs = millisecondsUntil(queue.bucket, needed, nowMs);
      if (waitMs > 0) {
        wakeLater(queue, nowMs + waitMs, nowMs);
        return;
      }
      queue.lanes[next.lane].shift();
      queue.servedAtMs[next.lane] = nowMs;
      queue.inFlight += 1;
      next.head.start(takePoints(queue.bucket, next.head.points, nowMs));
    }
  };

  // One waker, for the earliest instant anybody needs; a later one that was set before only looks and goes.
  const wakeLater = (queue: Queue, atMs: number, nowMs: number): void => {
    if (queue.wakeAtMs > nowMs && queue.wakeAtMs <= atMs) return;
    queue.wakeAtMs = atMs;
    void deps.wait(atMs - nowMs).then(() => {
      if (queue.wakeAtMs === atMs) queue.wakeAtMs = 0;
      pump(queue);
    });
  };

  return {
    /** Sends when it is the call's turn. Throws what `send` throws, and `TransientError` when stopped. */
    run: async <Reply>(shopId: ShopId, ask: Ask<Reply>): Promise<Reply> => {
      if (isStopped) throw stopped();
      const queue = queueOf(shopId);
      const call = await turnOf(queue, ask, pump);
      let report: SentReport;
      try {
        const sent = await ask.send();
        report = sent.report;
        return sent.reply;
      } finally {
        queue.inFlight -= 1;
        const nowMs = deps.nowMilliseconds();
        if (report === 'refused_without_numbers') emptyBucket(queue.bucket, nowMs);
        else settleCall(queue.bucket, call, report, nowMs);
        pump(queue);
      }
    },
    /** How things stand in a shop. */
    facts: (shopId: ShopId): SchedulerFacts => factsOf(queueOf(shopId), deps.nowMilliseconds()),
    /** Lets nothing leave any more; calls in flight end by themselves. */
    stop: (): void => {
      isStopped = true;
      for (const { lanes } of queues.values()) {
        for (const lane of LANES) for (const one of lanes[lane].splice(0)) one.giveUp(stopped());
      }
    },
  };
}

/** What `createAdminScheduler` returns. */
export type AdminScheduler = ReturnType<typeof createAdminScheduler>;

function stopped(): TransientError {
  return new TransientError('shopify', 'The service is stopping; the call was not made.');
}

function turnOf(
  queue: Queue,
  ask: { readonly lane: Lane; readonly points: number; readonly isRepeat?: boolean },
  pump: (queue: Queue) => void,
): Promise<SentCall> {
  return new Promise((start, giveUp) => {
    const waiting = { points: ask.points, start, giveUp };
    const lane = queue.lanes[ask.lane];
    if (ask.isRepeat === true) lane.unshift(waiting);
    else lane.push(waiting);
    pump(queue);
  });
}

function createQueue(nowMs: number): Queue {
  return {
    bucket: createBucket(nowMs),
    lanes: { intake: [], fulfillment: [], sale: [], provisioning: [], resync: [] },
    servedAtMs: {
      intake: nowMs,
      fulfillment: nowMs,
      sale: nowMs,
      provisioning: nowMs,
      resync: nowMs,
    },
    inFlight: 0,
    wakeAtMs: 0,
  };
}

type Turn = {
  readonly lane: Lane;
  readonly head: Waiting;
  /** Points that must stay in the bucket when this one has left. */
  readonly leaves: number;
};

// The most urgent lane that waits. Beside it, a lower one that got nothing for too long saves up: a tenth of the flow
// is left in the bucket for it until its call can be paid, so that even a dear query has its turn and delays no sale.
function nextTurn(queue: Queue, nowMs: number): Turn | undefined {
  let first: Turn | undefined;
  for (const lane of LANES) {
    const head = queue.lanes[lane][0];
    if (head === undefined) {
      queue.servedAtMs[lane] = nowMs;
      continue;
    }
    if (first === undefined) {
      first = { lane, head, leaves: isUpper(lane) ? 0 : RESERVE_POINTS };
      continue;
    }
    const starvedMs = nowMs - queue.servedAtMs[lane] - STARVED_AFTER_MS;
    const saved = (starvedMs / 1_000) * queue.bucket.restorePerSecond * STARVED_SHARE;
    if (saved >= head.points) return { lane, head, leaves: 0 };
    if (saved > 0) return { ...first, leaves: Math.max(first.leaves, saved) };
  }
  return first;
}

function isUpper(lane: Lane): boolean {
  return lane === 'intake' || lane === 'fulfillment' || lane === 'sale';
}

function placesFor(lane: Lane): number {
  return isUpper(lane) ? MOST_IN_FLIGHT : MOST_IN_FLIGHT - KEPT_FOR_UPPER_LANES;
}

function factsOf(queue: Queue, nowMs: number): SchedulerFacts {
  const { bucket, lanes, inFlight } = queue;
  return {
    points: Math.floor(pointsNow(bucket, nowMs)),
    capacity: bucket.capacity,
    restorePerSecond: bucket.restorePerSecond,
    isLearned: bucket.isLearned,
    inFlight,
    waiting: {
      intake: lanes.intake.length,
      fulfillment: lanes.fulfillment.length,
      sale: lanes.sale.length,
      provisioning: lanes.provisioning.length,
      resync: lanes.resync.length,
    },
  };
}
