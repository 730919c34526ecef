/**
 * How does a change cause work without either being lost when the process dies in between?
 *
 * A module enqueues in the very transaction that makes the change: both commit or neither does.
 * In: the open transaction and a job (name, data, optional key). Out: nothing; the job runs later,
 * at least once, so its handler must be repeatable.
 * Invariants: data carries ids and versions, never personal data; a key that already waits adds
 * nothing. Source: pg-boss, https://pgboss.io (transactional enqueue).
 */
import type { Kysely } from 'kysely';
import { fromKysely, type PgBoss } from 'pg-boss';
import { compareIds } from '../base/ids.ts';
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

/** Builds the outbox over a started queue; `wake` has a queue looked at when the change is committed. */
export function createOutbox(boss: PgBoss, wake: (name: string) => void = () => {}): Outbox {
  return {
    enqueue: async (trx, { name, data, key, delaySeconds }) => {
      await boss.send(name, data, {
        db: fromKysely(trx),
        ...(key === undefined ? {} : { singletonKey: key }),
        ...(delaySeconds === undefined ? {} : { startAfter: delaySeconds }),
      });
      if (delaySeconds === undefined) whenCommitted(() => wake(name));
    },
    enqueueAll: async (trx, jobs) => {
      for (const [name, ofQueue] of Map.groupBy(jobs, (job) => job.name)) {
        const sorted = ofQueue.toSorted((a, b) => compareIds(a.key ?? '', b.key ?? ''));
        await boss.insert(name, sorted.map(toInsert), { db: fromKysely(trx) });
        const isDue = ofQueue.some(({ delaySeconds }) => delaySeconds === undefined);
        if (isDue) whenCommitted(() => wake(name));
      }
    },
  };
}

function toInsert({ data, key, delaySeconds }: Job) {
  return {
    data,
    ...(key === undefined ? {} : { singletonKey: key }),
    ...(delaySeconds === undefined ? {} : { startAfter: delaySeconds }),
  };
}
