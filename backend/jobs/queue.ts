/**
 * Who runs the work that changes have caused, and what recurs by the clock on the wall?
 *
 * In: job definitions exported by modules and edges. Out: a runner (runner.ts) over pg-boss that runs each job at
 * least once, with retries that back off, and a dead-letter queue for what never succeeds.
 * Invariants: the owner makes the queue's schema, the application's role only uses it; a definition's
 * handler parses its own data; an unknown fault fails that job alone, never its batch.
 * Queue times are the database server's; a job that decides by time reads the injected clock.
 */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { ShopId } from '../base/ids.ts';
import type { Bus } from '../platform/bus.ts';
import type { Log } from '../platform/log.ts';
import { APP_ROLE } from '../platform/postgres-server.ts';
import { createStatementNames, queryPrepared } from '../platform/prepared.ts';
import { giveBackAbandoned } from './abandoned.ts';
import { type Runner, startRunner } from './runner.ts';

/** A kind of work and how it is run. */
export type JobDefinition = {
  /** Queue name in snake_case, unique. */
  readonly name: string;
  /** `standard`: every job runs. `short`: at most one waits per key, for work that may be merged. */
  readonly policy: 'standard' | 'short';
  /** Tries after the first; waits double from `retryDelaySeconds`. */
  readonly retryLimit: number;
  readonly retryDelaySeconds: number;
  /** A run that takes longer is given up and tried again. */
  readonly expireInSeconds: number;
  /** Jobs that run at once in this process, times `atOnce`. */
  readonly concurrency: number;
  /** For work that mostly waits for others; absent: 1. */
  readonly atOnce?: number;
  /** Five-field cron in UTC; the job then also runs by itself, with `{}` as its data. */
  readonly schedule?: string;
  handle(data: unknown, signal: AbortSignal): Promise<void>;
};

/** A queue that was started. */
export type JobQueue = {
  readonly boss: PgBoss;
  /** Something was put into the queue of this name: it is looked at now, here and in the other processes. */
  wake(name: string): void;
  /** Creates the queues and starts their workers. Call once with every definition. */
  register(definitions: readonly JobDefinition[]): Promise<void>;
  /** Runs a job for this shop by cron (UTC) from now on, with `{shopId}` as its data. Repeatable. */
  scheduleForShop(shopId: ShopId, name: string, cron: string): Promise<void>;
  /** The shops that have this schedule: those where the app is installed. */
  scheduledShops(name: string): Promise<readonly ShopId[]>;
  /** Ends every schedule of this shop. */
  unscheduleShop(shopId: ShopId): Promise<void>;
  /** Runs a job for this shop as soon as a worker is free; while one waits, another adds nothing. */
  runForShop(shopId: ShopId, name: string): Promise<void>;
  /** Lets running jobs end, within `STOP_TIMEOUT_MILLISECONDS`. */
  stop(): Promise<void>;
};

/** Where jobs end that failed more often than they may. */
export const DEAD_LETTER_QUEUE = 'dead_letter';

const SCHEMA = 'pgboss';
const STOP_TIMEOUT_MILLISECONDS = 10_000;

/** Makes or updates the queue's tables as the owner, and lets the application's role use them. */
export async function prepareJobs(ownerUrl: string): Promise<void> {
  const boss = new PgBoss({
    connectionString: ownerUrl,
    schema: SCHEMA,
    supervise: false,
    schedule: false,
    max: 2,
  });
  const faults: Error[] = [];
  boss.on('error', (error) => faults.push(error));
  await boss.start();
  try {
    const database = boss.getDb();
    await database.executeSql(`
      grant usage on schema ${SCHEMA} to ${APP_ROLE};
      grant select, insert, update, delete on all tables in schema ${SCHEMA} to ${APP_ROLE};
      grant usage, select on all sequences in schema ${SCHEMA} to ${APP_ROLE};
      grant execute on all functions in schema ${SCHEMA} to ${APP_ROLE};
    `);
  } finally {
    await boss.stop({ graceful: false });
  }
  const [fault] = faults;
  if (fault !== undefined) throw fault;
}

/** What the queue stands on. */
export type JobQueueOptions = {
  readonly url: string;
  readonly assumesAppRole: boolean;
  readonly log: Log;
  /** Tells other processes that there is work; absent: they find it within a second. */
  readonly bus?: Pick<Bus, 'publish' | 'subscribe'>;
};

/** Starts the queue as the application's role. `assumesAppRole` as in `openDatabase`. */
export async function startJobQueue(options: JobQueueOptions): Promise<JobQueue> {
  const { log } = options;
  const pool = openPool(options);
  const names = createStatementNames();
  const boss = new PgBoss({
    db: { executeSql: (text, values = []) => queryPrepared(names, pool, text, values) },
    schema: SCHEMA,
    migrate: false,
    createSchema: false,
    reindex: false,
  });
  boss.on('error', (error) => log.warn({ event: 'queue_fault', error }));
  await boss.start();
  const givenBack = (count: number) => log.warn({ event: 'jobs_given_back', count });
  const living = await giveBackAbandoned(pool, SCHEMA, givenBack);
  if (living.count > 0) givenBack(living.count);
  const runner = startRunner(boss, SCHEMA, log);
  const others = tellOthers(options.bus, runner);
  const wake = (name: string) => {
    runner.wake(name);
    others.tell(name);
  };
  return {
    boss,
    wake,
    register: (definitions) => register({ boss, runner, definitions }),
    scheduleForShop: (shopId, name, cron) =>
      boss.schedule(name, cron, { shopId }, { tz: 'UTC', key: scheduleKey(shopId) }),
    scheduledShops: async (name) =>
      (await boss.getSchedules(name)).flatMap(({ data }) => {
        const shopId = shopSchema.safeParse(data);
        return shopId.success ? [shopId.data.shopId] : [];
      }),
    unscheduleShop: async (shopId) => {
      const key = scheduleKey(shopId);
      for (const schedule of await boss.getSchedules()) {
        if (schedule.key === key) await boss.unschedule(schedule.name, key);
      }
    },
    runForShop: async (shopId, name) => {
      await boss.send(name, { shopId }, { singletonKey: shopId });
      wake(name);
    },
    stop: async () => {
      others.stop();
      await runner.stop(STOP_TIMEOUT_MILLISECONDS);
      await boss.stop({ graceful: true, timeout: STOP_TIMEOUT_MILLISECONDS });
      living.leave();
      await pool.end();
    },
  };
}

function openPool({ url, assumesAppRole, log }: JobQueueOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    // One of them says that this process lives (abandoned.ts).
    max: 5,
    keepAlive: true,
    application_name: 'kept-jobs',
    ...(assumesAppRole ? { options: `-c role=${APP_ROLE}` } : {}),
  });
  const onFault = (error: Error) => log.warn({ event: 'queue_fault', error });
  pool.on('error', onFault);
  // The pool listens only to idle connections; one that breaks while it is in use would end the process.
  pool.on('connect', (client) => client.on('error', onFault));
  return pool;
}

const TOPIC = 'jobs';
// In a stream of changes others are told together.
const TELL_GAP_MILLISECONDS = 50;

/** Wakes the queues of other processes, and is woken by them. */
function tellOthers(bus: JobQueueOptions['bus'], runner: Runner) {
  const self = randomUUID();
  const names = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const publish = () => {
    timer = undefined;
    void bus?.publish(TOPIC, [self, ...names].join(' '));
    names.clear();
  };
  const unsubscribe = bus?.subscribe(TOPIC, (message) => {
    const [from, ...woken] = message.split(' ');
    if (from !== self) for (const name of woken) runner.wake(name);
  });
  return {
    tell: (name: string) => {
      names.add(name);
      if (bus !== undefined) timer ??= setTimeout(publish, TELL_GAP_MILLISECONDS).unref();
    },
    stop: () => {
      clearTimeout(timer);
      unsubscribe?.();
    },
  };
}

const shopSchema = z.object({ shopId: z.string().transform((text) => text as ShopId) });

/** Data of a job that is for one shop: what `scheduleForShop` and `runForShop` give it. */
export function parseShopJob(data: unknown): ShopId {
  return shopSchema.parse(data).shopId;
}

/** A job for one shop; a waiting one is not doubled. */
export function shopJob(name: string, run: (shopId: ShopId) => Promise<void>): JobDefinition {
  return {
    name,
    policy: 'short',
    retryLimit: 5,
    retryDelaySeconds: 5,
    expireInSeconds: 900,
    concurrency: 1,
    handle: (data) => run(parseShopJob(data)),
  };
}

// pg-boss allows letters, digits and a few signs in the key of a schedule.
function scheduleKey(shopId: ShopId): string {
  return shopId.replace(/[^A-Za-z0-9_.-]/g, '_');
}

async function register({ boss, runner, definitions }: Registering): Promise<void> {
  await boss.createQueue(DEAD_LETTER_QUEUE);
  for (const definition of definitions) {
    await makeQueue(boss, definition);
    const { name, expireInSeconds, concurrency, atOnce = 1, handle, schedule } = definition;
    runner.add({ name, expireInSeconds, room: concurrency * atOnce, handle });
    if (schedule !== undefined) await boss.schedule(name, schedule, {}, { tz: 'UTC' });
  }
}

type Registering = {
  readonly boss: PgBoss;
  readonly runner: Runner;
  readonly definitions: readonly JobDefinition[];
};

// `createQueue` leaves an existing queue as it was, so new settings are written by `updateQueue`.
async function makeQueue(boss: PgBoss, definition: JobDefinition): Promise<void> {
  const settings = {
    retryLimit: definition.retryLimit,
    retryDelay: definition.retryDelaySeconds,
    retryBackoff: true,
    expireInSeconds: definition.expireInSeconds,
    deadLetter: DEAD_LETTER_QUEUE,
    // See runner.ts: a queue made by an older program may have it on.
    notify: false,
  };
  await boss.createQueue(definition.name, { policy: definition.policy, ...settings });
  await boss.updateQueue(definition.name, settings);
}
