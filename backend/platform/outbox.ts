/**
 * How does a change cause work without either being lost when the process dies in between?
 *
 * A module enqueues in the very transaction that makes the change: both commit or neither does.
 * In: the open transaction and a job (name, data, optional key). Out: nothing; the job runs later,
 * at least once, so its handler must be repeatable.
 * Invariants: data carries ids and versions, never personal data; a key that already waits adds
 * nothing, and what waits begins only when this change is committed. Source: pg-boss, https://pgboss.io (transactional enqueue).
 */
import { type Kysely, sql } from 'kysely';
import { fromKysely, type PgBoss } from 'pg-boss';
import { compareIds } from '../base/ids.ts';
import { TransientError } from '../base/result.ts';
import { whenCommitted } from './database.ts';

/** One piece of work to be done later. */
export type Job = {
  /** Queue name in snake_case; a handler of that name is registered in `jobs/`. */
  readonly name: string;
  readonly data: object;
  /** While a job with this key waits in a queue of policy `short`, another adds nothing. */
  readonly key?: string;
  /** Earliest start, in seconds from now on the server's clock; absent means at once. */
  readonly delaySeconds?: number;
};

/** What a service gets from `main.ts` to cause later work. */
export type Outbox = {
  /** `trx` is the open transaction. */
  enqueue<Tables>(trx: Kysely<Tables>, job: Job): Promise<void>;
  /** As `enqueue` for each, in one statement a queue, by key: two who enqueue the same never wait in a circle. */
  enqueueAll<Tables>(trx: Kysely<Tables>, jobs: readonly Job[]): Promise<void>;
};

// Each more means that the one that waited has begun in that very moment.
const ROUNDS = 5;

/** Builds the outbox over a started queue; `wake` has a queue looked at when the change is committed. */
export function createOutbox(boss: PgBoss, wake: (name: string) => void = () => {}): Outbox {
  const insert = async <Tables>(trx: Kysely<Tables>, name: string, jobs: readonly Job[]) => {
    let open = jobs.toSorted((a, b) => compareIds(a.key ?? '', b.key ?? ''));
    for (let round = 0; open.length > 0; round += 1) {
      if (round === ROUNDS)
        throw new TransientError('queue', `Jobs of ${name} begin all the time.`);
      const options = { db: fromKysely(trx), returnId: true };
      const made = await boss.insert(name, open.map(toInsert), options);
      if (made?.length === open.length) return;
      const held = await holdWaiting(trx, name, open);
      open = open.filter(({ key }) => key !== undefined && !held.has(key));
    }
  };
  return {
    enqueue: async (trx, job) => {
      const { name, data, delaySeconds } = job;
      const id = await boss.send(name, data, { db: fromKysely(trx), ...optionsOf(job) });
      if (id === null && !(await holdWaiting(trx, name, [job])).has(job.key ?? '')) {
        await insert(trx, name, [job]);
      }
      if (delaySeconds === undefined) whenCommitted(() => wake(name));
    },
    enqueueAll: async (trx, jobs) => {
      for (const [name, ofQueue] of Map.groupBy(jobs, (job) => job.name)) {
        await insert(trx, name, ofQueue);
        const isDue = ofQueue.some(({ delaySeconds }) => delaySeconds === undefined);
        if (isDue) whenCommitted(() => wake(name));
      }
    },
  };
}

function optionsOf({ key, delaySeconds }: Job) {
  return {
    ...(key === undefined ? {} : { singletonKey: key }),
    ...(delaySeconds === undefined ? {} : { startAfter: delaySeconds }),
  };
}

function toInsert(job: Job) {
  return { data: job.data, ...optionsOf(job) };
}

/**
 * One that waited already does not begin before this change is committed: it would do its work without it, and no other
 * comes. Says which keys wait; one that has begun meanwhile does not. Many may hold it at once.
 */
async function holdWaiting<Tables>(
  trx: Kysely<Tables>,
  name: string,
  jobs: readonly Job[],
): Promise<ReadonlySet<string>> {
  const keys = jobs.flatMap(({ key }) => (key === undefined ? [] : [key]));
  if (keys.length === 0) return new Set();
  // As the index of pg-boss that keeps a second from waiting. What is fetched is locked for update, or skipped.
  const { rows } = await sql<{ key: string }>`
    select singleton_key as key from pgboss.job
    where name = ${name} and coalesce(singleton_key, '') = any(${keys}::text[]) and state = 'created' and policy = 'short'
    order by singleton_key for key share`.execute(trx);
  return new Set(rows.map(({ key }) => key));
}
