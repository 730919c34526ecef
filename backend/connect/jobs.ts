/**
 * The work that connections and imports cause later: files are booked, what was refused too early is tried again, what is
 * old is dropped.
 *
 * In: services and the queue. Out: job definitions. A file whose worker was ended is picked up by the next run: at the
 * start of a service, when the queue gives the job up, at the latest by the sweep.
 */
import type { ShopId } from '../base/ids.ts';
import { type JobDefinition, type JobQueue, parseShopJob } from '../jobs/queue.ts';
import type { Log } from '../platform/log.ts';
import type { Imports } from './imports.ts';

/** The queue of files to book. */
export const IMPORT_JOB = 'stock_import';
const SWEEP_JOB = 'connect_sweep';

type JobDependencies = {
  readonly imports: Pick<Imports, 'bookStarted' | 'hasStarted' | 'prune'>;
  readonly replayHealed: (shopId: ShopId) => Promise<number>;
  readonly pruneIntake: (shopId: ShopId) => Promise<void>;
  readonly installedShops: () => Promise<readonly ShopId[]>;
  readonly runForShop: JobQueue['runForShop'];
  readonly log: Log;
};

/** The definitions; `resume` is for the start of a service. */
export function connectJobs(deps: JobDependencies): {
  readonly jobs: readonly JobDefinition[];
  readonly resume: () => Promise<void>;
} {
  const resume = async () => {
    for (const shopId of await deps.installedShops()) {
      if (await deps.imports.hasStarted(shopId)) await deps.runForShop(shopId, IMPORT_JOB);
    }
  };
  return { jobs: [importJob(deps), sweepJob(deps, resume)], resume };
}

function importJob({ imports, runForShop }: JobDependencies): JobDefinition {
  return {
    name: IMPORT_JOB,
    policy: 'short',
    retryLimit: 8,
    retryDelaySeconds: 2,
    // A run ends itself after 20 s; one that was ended from outside is tried again after a minute.
    expireInSeconds: 60,
    concurrency: 1,
    handle: async (data, signal) => {
      const shopId = parseShopJob(data);
      if (await imports.bookStarted(shopId, signal)) await runForShop(shopId, IMPORT_JOB);
    },
  };
}

function sweepJob(deps: JobDependencies, resume: () => Promise<void>): JobDefinition {
  return {
    name: SWEEP_JOB,
    policy: 'short',
    retryLimit: 0,
    retryDelaySeconds: 1,
    expireInSeconds: 300,
    concurrency: 1,
    schedule: '*/5 * * * *',
    handle: async () => {
      await resume();
      for (const shopId of await deps.installedShops()) {
        const booked = await deps.replayHealed(shopId);
        if (booked > 0)
          deps.log.info({ event: 'refused_events_booked', shop: shopId, count: booked });
        await deps.imports.prune(shopId);
        await deps.pruneIntake(shopId);
      }
    },
  };
}
