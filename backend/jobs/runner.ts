/**
 * How do waiting jobs get run soon, many at a time, at little cost to the database?
 *
 * In: queues of pg-boss and their handlers. Out: every queue is asked for as many jobs as have room, when it was woken or
 * when a look at all queues in one statement, once a second, found something; what is done is completed together.
 * Invariants: no more than `room` jobs of a queue run at once; a job that outlives its time is given up and tried again,
 * its place is free when it really ended; what cannot be completed runs again after its time (at least once).
 * Postgres's NOTIFY is not used: a transaction that notifies takes a lock of the whole database for its commit, so all
 * changes that cause work would be committed one after the other.
 */
import type { PgBoss } from 'pg-boss';
import type { Log } from '../platform/log.ts';

/** One queue and who works it off. */
export type RunnerQueue = {
  readonly name: string;
  /** Jobs that may run at once. */
  readonly room: number;
  readonly expireInSeconds: number;
  handle(data: unknown, signal: AbortSignal): Promise<void>;
};

/** What `startRunner` returns. */
export type Runner = {
  /** Looks after this queue from now on. */
  add(queue: RunnerQueue): void;
  /** Something was put into this queue. */
  wake(name: string): void;
  /** Begins nothing more; lets what runs end, within this time, then gives it back. */
  stop(withinMilliseconds: number): Promise<void>;
};

/** A job as it is fetched; its number of tries keeps a late word on it from counting for a later try. */
type FetchedJob = { readonly id: string; readonly retryCount: number; readonly data: unknown };

type Held = RunnerQueue & {
  readonly running: Map<string, { readonly job: FetchedJob; readonly abort: AbortController }>;
  done: FetchedJob[];
  fetchedAt: number;
  timer: NodeJS.Timeout | undefined;
  settling: NodeJS.Timeout | undefined;
  isFetching: boolean;
  isWoken: boolean;
};

// New jobs wake their queue; a delayed one, a second try and one of another process are found by this look.
const LOOK_MILLISECONDS = 1_000;
// Jobs that come in a stream are fetched together.
const FETCH_GAP_MILLISECONDS = 40;
const SETTLE_GAP_MILLISECONDS = 60;

/** Starts it with no queues. */
export function startRunner(boss: PgBoss, schema: string, log: Log): Runner {
  const state: State = { boss, schema, log, queues: new Map(), isStopping: false };
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= look(state).finally(() => (looking = undefined));
  }, LOOK_MILLISECONDS);
  return {
    add: (queue) => {
      const held: Held = {
        ...{ ...queue, running: new Map(), done: [], fetchedAt: -Infinity },
        ...{ timer: undefined, settling: undefined, isFetching: false, isWoken: false },
      };
      state.queues.set(queue.name, held);
      wake(state, held);
    },
    wake: (name) => {
      const held = state.queues.get(name);
      if (held !== undefined) wake(state, held);
    },
    stop: async (withinMilliseconds) => {
      clearInterval(timer);
      state.isStopping = true;
      await looking;
      await stopQueues(state, withinMilliseconds);
    },
  };
}

type State = {
  readonly boss: PgBoss;
  readonly schema: string;
  readonly log: Log;
  readonly queues: Map<string, Held>;
  isStopping: boolean;
};

// Every queue that has something to do, in one statement.
async function look(state: State): Promise<void> {
  const { boss, schema, log, queues } = state;
  const names = [...queues.keys()];
  if (names.length === 0) return;
  try {
    const { rows } = await boss.getDb().executeSql(
      `select q.name from unnest($1::text[]) q(name) where exists (
        select from ${schema}.job j where j.name = q.name and j.state < 'active' and not j.blocked
          and j.start_after <= ${schema}.job_now())`,
      [names],
    );
    for (const { name } of rows) {
      const held = queues.get(String(name));
      if (held !== undefined) wake(state, held);
    }
  } catch (error) {
    log.warn({ event: 'queue_fault', error });
  }
}

function wake(state: State, held: Held): void {
  held.isWoken = true;
  if (held.isFetching || held.timer !== undefined || state.isStopping) return;
  if (held.running.size >= held.room) return;
  const waitMs = held.fetchedAt + FETCH_GAP_MILLISECONDS - performance.now();
  held.timer = setTimeout(
    () => {
      held.timer = undefined;
      void fetchJobs(state, held);
    },
    Math.max(0, waitMs),
  );
}

async function fetchJobs(state: State, held: Held): Promise<void> {
  const room = held.room - held.running.size;
  if (room <= 0 || state.isStopping) return;
  held.isFetching = true;
  held.isWoken = false;
  held.fetchedAt = performance.now();
  try {
    const jobs = await state.boss.fetch<unknown>(held.name, { batchSize: room });
    for (const job of jobs) void run(state, held, job);
    // As many as were asked for: there may be more.
    if (jobs.length === room) held.isWoken = true;
  } catch (error) {
    state.log.warn({ event: 'queue_fault', job: held.name, error });
  } finally {
    held.isFetching = false;
    if (held.isWoken) wake(state, held);
  }
}

async function run(state: State, held: Held, job: FetchedJob): Promise<void> {
  const abort = new AbortController();
  held.running.set(job.id, { job, abort });
  const late = setTimeout(() => {
    abort.abort();
    void fail(state, held, job, new Error(`took longer than ${held.expireInSeconds} s`));
  }, held.expireInSeconds * 1_000);
  try {
    await held.handle(job.data, abort.signal);
    if (!abort.signal.aborted) complete(state, held, job);
  } catch (error) {
    if (!abort.signal.aborted) await fail(state, held, job, error);
  } finally {
    clearTimeout(late);
    held.running.delete(job.id);
    if (held.isWoken) wake(state, held);
  }
}

function complete(state: State, held: Held, job: FetchedJob): void {
  held.done.push(job);
  held.settling ??= setTimeout(() => void settle(state, held), SETTLE_GAP_MILLISECONDS);
}

async function settle({ boss, log }: State, held: Held): Promise<void> {
  clearTimeout(held.settling);
  held.settling = undefined;
  const jobs = held.done;
  held.done = [];
  if (jobs.length === 0) return;
  try {
    await boss.complete(
      held.name,
      jobs.map(({ id, retryCount }) => ({ id, retryCount })),
    );
  } catch (error) {
    log.warn({ event: 'queue_fault', job: held.name, error });
  }
}

async function fail({ boss, log }: State, held: Held, job: FetchedJob, error: unknown) {
  log.warn({ event: 'job_failed', job: held.name, jobId: job.id, error });
  const message = error instanceof Error ? error.message : 'thrown value is no Error';
  try {
    const { id, retryCount } = job;
    await boss.fail(held.name, [{ id, retryCount }], { message });
  } catch (fault) {
    log.warn({ event: 'queue_fault', job: held.name, error: fault });
  }
}

async function stopQueues(state: State, withinMilliseconds: number): Promise<void> {
  const queues = [...state.queues.values()];
  for (const held of queues) clearTimeout(held.timer);
  const isBusy = () => queues.some((held) => held.isFetching || held.running.size > 0);
  const until = performance.now() + withinMilliseconds;
  while (isBusy() && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  for (const held of queues) {
    for (const { job, abort } of held.running.values()) {
      abort.abort();
      await fail(state, held, job, new Error('the process was stopped'));
    }
    await settle(state, held);
  }
}
