/**
 * Who runs the work that changes have caused, and what recurs by the clock on the wall?
 *
 * In: job definitions exported by modules and edges. Out: workers over pg-boss that run each job at
 * least once, with retries that back off, and a dead-letter queue for what never succeeds.
 * Invariants: the owner makes the queue's schema, the application's role only uses it; a definition's
 * handler parses its own data; an unknown fault fails that job alone, never its batch.
 * Queue times are the database server's; a job that decides by time reads the injected clock.
 */
import { PgBoss } from 'pg-boss';
import { z } from 'zod';
import type { ShopId } from '../base/ids.ts';
import type { Log } from '../platform/log.ts';
import { APP_ROLE } from '../platform/postgres-server.ts';

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
  /** Workers in this process; each takes some jobs at a time. */
  readonly concurrency: number;
  /** Jobs that one worker runs at once; absent: one after the other. For work that mostly waits for others. */
  readonly atOnce?: number;
  /** Five-field cron in UTC; the job then also runs by itself, with `{}` as its data. */
  readonly schedule?: string;
  handle(data: unknown, signal: AbortSignal): Promise<void>;
};

/** A queue that was started. */
export type JobQueue = {
  readonly boss: PgBoss;
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
// More than 1, so that a backlog is drained without waiting for the next poll between batches.
const BATCH_SIZE = 5;
// New jobs wake a worker at once; a delayed one and a second try are found by polling alone.
const POLL_SECONDS = 1;

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

/** Starts the queue as the application's role. `assumesAppRole` as in `openDatabase`. */
export async function startJobQueue(options: {
  readonly url: string;
  readonly assumesAppRole: boolean;
  readonly log: Log;
}): Promise<JobQueue> {
  const { log } = options;
  const boss = new PgBoss({
    connectionString: options.url,
    schema: SCHEMA,
    migrate: false,
    createSchema: false,
    reindex: false,
    useListenNotify: true,
    max: 4,
    application_name: 'kept-jobs',
    ...(options.assumesAppRole ? { options: `-c role=${APP_ROLE}` } : {}),
  });
  boss.on('error', (error) => log.warn({ event: 'queue_fault', error }));
  await boss.start();
  return {
    boss,
    register: (definitions) => register(boss, definitions, log),
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
    },
    stop: () => boss.stop({ graceful: true, timeout: STOP_TIMEOUT_MILLISECONDS }),
  };
}

const shopSchema = z.object({ shopId: z.string().transform((text) => text as ShopId) });

/** Data of a job that is for one shop: what `scheduleForShop` and `runForShop` give it. */
export function parseShopJob(data: unknown): ShopId {
  return shopSchema.parse(data).shopId;
}

// pg-boss allows letters, digits and a few signs in the key of a schedule.
function scheduleKey(shopId: ShopId): string {
  return shopId.replace(/[^A-Za-z0-9_.-]/g, '_');
}

async function register(
  boss: PgBoss,
  definitions: readonly JobDefinition[],
  log: Log,
): Promise<void> {
  await boss.createQueue(DEAD_LETTER_QUEUE);
  for (const definition of definitions) {
    await makeQueue(boss, definition);
    await boss.work(
      definition.name,
      {
        batchSize: definition.atOnce ?? BATCH_SIZE,
        burstWhenBatchFull: true,
        perJobResults: true,
        localConcurrency: definition.concurrency,
        pollingIntervalSeconds: POLL_SECONDS,
        notifyPollingIntervalSeconds: POLL_SECONDS,
      },
      async (jobs) => {
        if (definition.atOnce !== undefined) {
          return await Promise.all(jobs.map((job) => runJob(definition, job, log)));
        }
        const results = [];
        for (const job of jobs) results.push(await runJob(definition, job, log));
        return results;
      },
    );
    if (definition.schedule !== undefined) {
      await boss.schedule(definition.name, definition.schedule, {}, { tz: 'UTC' });
    }
  }
}

// `createQueue` leaves an existing queue as it was, so new settings are written by `updateQueue`.
async function makeQueue(boss: PgBoss, definition: JobDefinition): Promise<void> {
  const settings = {
    retryLimit: definition.retryLimit,
    retryDelay: definition.retryDelaySeconds,
    retryBackoff: true,
    expireInSeconds: definition.expireInSeconds,
    deadLetter: DEAD_LETTER_QUEUE,
    notify: true,
  };
  await boss.createQueue(definition.name, { policy: definition.policy, ...settings });
  await boss.updateQueue(definition.name, settings);
}

async function runJob(
  definition: JobDefinition,
  job: { readonly id: string; readonly data: unknown; readonly signal: AbortSignal },
  log: Log,
): Promise<{ id: string; status: 'completed' | 'failed'; output?: { message: string } }> {
  try {
    await definition.handle(job.data, job.signal);
    return { id: job.id, status: 'completed' };
  } catch (error) {
    log.warn({ event: 'job_failed', job: definition.name, jobId: job.id, error });
    const message = error instanceof Error ? error.message : 'thrown value is no Error';
    return { id: job.id, status: 'failed', output: { message } };
  }
}
