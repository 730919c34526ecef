/**
 * Who brings a shop's figures to Shopify, and in which rhythm?
 *
 * One worker a shop on one replica at a time (a lease): it plans what changed, begins as many calls as the bucket can
 * take in the next half second, books what came back, reads what is unclear. In: the outbox, the scheduler's facts, a
 * wake-up when a figure was marked. Out: Shopify's levels. Invariants: a level is in one call at a time; a call leaves
 * full, because it costs the same with one row as with 250; a sale's rows come first and their call leaves first; after
 * a death every open call is asked again under its own key before anything else is begun.
 */
import { randomUUID } from 'node:crypto';
import type { ShopId } from '../../base/ids.ts';
import { TransientError } from '../../base/result.ts';
import type { AdminScheduler } from '../admin-scheduler.ts';
import type { CallOutcome, PushCall } from './calls.ts';
import type { OpenChunk } from './chunk-rows.ts';
import { decideTurn, keyOf } from './decide-turn.ts';
import type { Begun } from './outbox-store.ts';
import { planChanges, planDue } from './planner.ts';
import { type ReaderDeps, readWaiting } from './reader.ts';
import { type SenderDeps, sendCall } from './sender.ts';

export type PushDeps = ReaderDeps &
  Omit<SenderDeps, 'onTrouble'> & {
    readonly scheduler: Pick<AdminScheduler, 'facts'>;
  };

const POINTS_A_CALL = 10;
// Calls begun ahead of the bucket: enough that it never waits for the database (twice the time a turn takes lately, and
// a moment), few enough that a figure is fresh: a sale of a level that is in a begun call waits for that call.
const AHEAD_SECONDS = 0.3;
const TURN_MEMORY = 0.9;
const LEAST_AHEAD = 2;
const MOST_AHEAD = 48;
// Outcomes gathered before they are booked together; a sale does not wait for it.
const GATHER_MS = 40;
// Other replicas mark figures too, and an announcement may be lost: this often the outbox is looked at anyway.
const POLL_MS = 500;
const MOST_POLL_MS = 1_500;
const LEASE_SECONDS = 30;
const RENEW_SECONDS = 10;
const OUTAGE_PAUSE_MS = 1_000;
const PLAN_FIRST_MS = 50;
// Lots come within a horizon and reservations end at whole minutes.
const DUE_SECONDS = 60;

type Worker = {
  readonly shopId: ShopId;
  readonly busy: Set<string>;
  readonly outcomes: CallOutcome[];
  outstanding: number;
  isReading: boolean;
  isPlanning: boolean;
  mustPlan: boolean;
  isPlanningDue: boolean;
  /** Until when it was looked at what time alone changes; undefined: not yet by this holder. */
  dueUpTo: Temporal.Instant | undefined;
  /** How long turns take lately, slow ones remembered. */
  turnMs: number;
  pollMs: number;
  /** Levels may wait to be read. */
  mayRead: boolean;
  isStopped: boolean;
  /** Something may wait in the outbox. */
  isHinted: boolean;
  isUrgent: boolean;
  wake: () => void;
};

/** The pushing of all shops of this replica. */
export function createPush(deps: PushDeps) {
  const holder = randomUUID();
  const workers = new Map<ShopId, { worker: Worker; done: Promise<void> }>();
  return {
    /** Begins to push a shop, now or when no other replica does; repeatable. */
    start: (shopId: ShopId): void => {
      if (workers.has(shopId)) return;
      const worker = createWorker(shopId);
      workers.set(shopId, { worker, done: work(deps, worker, holder) });
    },
    /** A figure was marked or stock changed: look now. */
    wake: (shopId: ShopId): void => {
      const worker = workers.get(shopId)?.worker;
      if (worker === undefined) return;
      worker.isHinted = true;
      worker.isUrgent = true;
      worker.pollMs = POLL_MS;
      worker.wake();
    },
    /** The shop is gone: its push ends, what was open stays as it is. */
    end: async (shopId: ShopId): Promise<void> => {
      const known = workers.get(shopId);
      if (known === undefined) return;
      workers.delete(shopId);
      known.worker.isStopped = true;
      known.worker.wake();
      await known.done;
    },
    /** Ends; calls in flight are given up and asked again by the next holder. */
    stop: async (): Promise<void> => {
      const all = [...workers.values()];
      for (const { worker } of all) {
        worker.isStopped = true;
        worker.wake();
      }
      await Promise.all(all.map(({ done }) => done));
      workers.clear();
    },
  };
}

/** What `createPush` returns. */
export type Push = ReturnType<typeof createPush>;

function createWorker(shopId: ShopId): Worker {
  return {
    shopId,
    busy: new Set(),
    outcomes: [],
    outstanding: 0,
    isReading: false,
    isPlanning: false,
    mustPlan: false,
    isPlanningDue: false,
    dueUpTo: undefined,
    turnMs: 0,
    pollMs: POLL_MS,
    mayRead: true,
    isStopped: false,
    isHinted: true,
    isUrgent: false,
    wake: () => {},
  };
}

async function work(deps: PushDeps, worker: Worker, holder: string): Promise<void> {
  while (!worker.isStopped) {
    try {
      if (await holdLease(deps, worker, holder)) await workWhileHeld(deps, worker, holder);
      else await pause(deps, worker, POLL_MS);
    } catch (error) {
      deps.log.warn({ event: 'push_interrupted', shop: worker.shopId, error });
      await pause(deps, worker, OUTAGE_PAUSE_MS);
    }
  }
  await deps.outbox
    .release(worker.shopId, holder, deps.now())
    .catch((error) => deps.log.warn({ event: 'push_lease_kept', shop: worker.shopId, error }));
}

async function holdLease(deps: PushDeps, worker: Worker, holder: string): Promise<boolean> {
  const now = deps.now();
  const until = now.add({ seconds: LEASE_SECONDS });
  return await deps.outbox.hold(worker.shopId, holder, { now, until });
}

// One era: from taking the lease to losing it. Calls of an era that ended report to nobody.
async function workWhileHeld(deps: PushDeps, worker: Worker, holder: string): Promise<void> {
  const era = { isOver: false };
  worker.busy.clear();
  worker.outcomes.length = 0;
  worker.outstanding = 0;
  worker.dueUpTo = undefined;
  let renewAt = deps.now().add({ seconds: RENEW_SECONDS });
  try {
    dispatch(deps, worker, era, await deps.outbox.openCalls(worker.shopId));
    while (!worker.isStopped) {
      if (Temporal.Instant.compare(deps.now(), renewAt) > 0) {
        if (!(await holdLease(deps, worker, holder))) return;
        renewAt = deps.now().add({ seconds: RENEW_SECONDS });
      }
      lookAtDue(deps, worker);
      if (worker.isHinted || worker.isUrgent) await planFirst(deps, worker);
      await turn(deps, worker, era);
      if (worker.mayRead) read(deps, worker);
      await rest(deps, worker);
    }
  } finally {
    era.isOver = true;
  }
}

// Waits for something to do: a mark, an outcome, or the next look; outcomes are let gather for a moment.
async function rest(deps: PushDeps, worker: Worker): Promise<void> {
  if (worker.isUrgent) return;
  if (worker.outcomes.length === 0) {
    const isIdle = worker.outstanding === 0;
    worker.pollMs = isIdle ? Math.min(MOST_POLL_MS, worker.pollMs * 2) : POLL_MS;
    await pause(deps, worker, worker.pollMs);
    worker.isHinted = true;
    worker.mayRead = true;
  }
  if (!worker.isUrgent && worker.outcomes.length > 0) await deps.wait(GATHER_MS);
}

async function pause(deps: PushDeps, worker: Worker, milliseconds: number): Promise<void> {
  const woken = new Promise<void>((resolve) => {
    worker.wake = resolve;
  });
  await Promise.race([woken, deps.wait(milliseconds)]);
}

async function turn(deps: PushDeps, worker: Worker, era: { isOver: boolean }): Promise<void> {
  const wanted = callsWanted(deps, worker);
  const isLooking = worker.isUrgent || worker.isHinted || wanted > 0;
  const outcomes = worker.outcomes.splice(0);
  worker.isUrgent = false;
  worker.isHinted = false;
  if (outcomes.length === 0 && !isLooking) return;
  for (const { call } of outcomes) release(worker, call);
  for (const one of outcomes) for (const call of one.following) occupy(worker, call);
  const decide = (chunks: readonly OpenChunk[]): Begun => {
    const begun = decideTurn(chunks, wanted, worker.busy);
    if (begun.again.some(({ lane, items }) => lane === 'read' && items.length > 0)) {
      worker.mayRead = true;
    }
    return begun;
  };
  // One chunk more than wanted: what a sale's call has room for.
  const chunks = isLooking ? wanted + 1 : 0;
  const startedAt = deps.now();
  const calls = await deps.outbox.turn(worker.shopId, { outcomes, chunks, decide }, startedAt);
  const tookMs = deps.now().since(startedAt).total('milliseconds');
  worker.turnMs = Math.max(tookMs, worker.turnMs * TURN_MEMORY);
  if (outcomes.length > 0) deps.onStep('settled');
  if (calls.length > 0) deps.onStep('begun');
  dispatch(deps, worker, era, [...outcomes.flatMap((one) => one.following), ...calls]);
  if (calls.length > 0) worker.isHinted = true;
}

function callsWanted(deps: PushDeps, worker: Worker): number {
  const { restorePerSecond, waiting } = deps.scheduler.facts(worker.shopId);
  const seconds = AHEAD_SECONDS + (2 * worker.turnMs) / 1_000;
  const ahead = Math.ceil((restorePerSecond / POINTS_A_CALL) * seconds);
  const bounded = Math.min(MOST_AHEAD, Math.max(LEAST_AHEAD, ahead));
  return Math.max(0, bounded - waiting.resync - waiting.sale);
}

function occupy(worker: Worker, call: PushCall): void {
  for (const [index, itemId] of call.items.entries()) {
    worker.busy.add(keyOf(call.locations[index] ?? 0, itemId));
  }
}

function release(worker: Worker, call: PushCall): void {
  worker.outstanding -= 1;
  for (const [index, itemId] of call.items.entries()) {
    worker.busy.delete(keyOf(call.locations[index] ?? 0, itemId));
  }
}

function dispatch(
  deps: PushDeps,
  worker: Worker,
  era: { isOver: boolean },
  calls: readonly PushCall[],
): void {
  const sender: SenderDeps = {
    ...deps,
    onTrouble: (shopId, trouble) => noteTrouble(deps, shopId, trouble),
  };
  for (const call of calls) {
    occupy(worker, call);
    worker.outstanding += 1;
    void sendCall(sender, worker.shopId, call, () => worker.isStopped || era.isOver)
      .then((outcome) => {
        if (outcome === undefined || era.isOver) return;
        worker.outcomes.push(outcome);
        if (outcome.stale.length > 0) worker.mayRead = true;
        if (outcome.stale.length > 0 || call.lane === 'sale') worker.isUrgent = true;
        worker.wake();
      })
      .catch((error) => {
        deps.log.error({
          event: 'push_call_failed',
          shop: worker.shopId,
          requestId: call.key,
          error,
        });
      });
  }
}

const troubles = new WeakMap<PushDeps, Map<ShopId, string | null>>();

// Told to the page once, not by every call that meets it.
function noteTrouble(deps: PushDeps, shopId: ShopId, trouble: string | null): void {
  const known = troubles.get(deps) ?? new Map<ShopId, string | null>();
  troubles.set(deps, known);
  if (known.get(shopId) === trouble) return;
  known.set(shopId, trouble);
  deps.outbox.saveTrouble(shopId, trouble).catch((error) => {
    known.delete(shopId);
    deps.log.warn({ event: 'push_trouble_not_saved', shop: shopId, error });
  });
}

// Reads run beside the turns: a level that is unclear delays none that is clear.
function read(deps: PushDeps, worker: Worker): void {
  if (worker.isReading) return;
  worker.isReading = true;
  worker.mayRead = false;
  void readWaiting(deps, worker.shopId)
    .then((count) => {
      if (count === 0) return;
      worker.mayRead = true;
      worker.isUrgent = true;
      worker.wake();
    })
    .catch((error) => logFault(deps, worker, 'push_read_failed', error))
    .finally(() => {
      worker.isReading = false;
    });
}

// A sale is planned in no time, and the turn that follows takes it along; a long plan goes on beside the turns.
async function planFirst(deps: PushDeps, worker: Worker): Promise<void> {
  const isUrgent = worker.isUrgent;
  const planned = plan(deps, worker);
  if (isUrgent) await Promise.race([planned, deps.wait(PLAN_FIRST_MS)]);
}

function plan(deps: PushDeps, worker: Worker): Promise<void> {
  // What changed while a plan was being made may not be in it.
  worker.mustPlan = worker.isPlanning;
  if (worker.isPlanning) return Promise.resolve();
  worker.isPlanning = true;
  return planChanges(deps, worker.shopId)
    .then((marked) => {
      if (marked === 0) return;
      worker.isUrgent = true;
      worker.wake();
    })
    .catch((error) => logFault(deps, worker, 'push_plan_failed', error))
    .finally(() => {
      worker.isPlanning = false;
      if (worker.mustPlan) void plan(deps, worker);
    });
}

// Beside the turns, like a long plan. After an outage it looks from where it had come to.
function lookAtDue(deps: PushDeps, worker: Worker): void {
  const { dueUpTo } = worker;
  const nextAt = dueUpTo?.add({ seconds: DUE_SECONDS });
  if (worker.isPlanningDue) return;
  if (nextAt !== undefined && Temporal.Instant.compare(deps.now(), nextAt) < 0) return;
  worker.isPlanningDue = true;
  void planDue(deps, worker.shopId, dueUpTo)
    .then(({ marked, upTo }) => {
      worker.dueUpTo = upTo;
      if (marked === 0) return;
      worker.isUrgent = true;
      worker.wake();
    })
    .catch((error) => logFault(deps, worker, 'push_plan_failed', error))
    .finally(() => {
      worker.isPlanningDue = false;
    });
}

function logFault(deps: PushDeps, { shopId }: Worker, event: string, error: unknown): void {
  if (error instanceof TransientError) deps.log.warn({ event, shop: shopId, error });
  else deps.log.error({ event, shop: shopId, error });
}
