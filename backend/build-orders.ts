/**
 * Builds what happens to orders after they are placed: routing, offers, the stores' desk, what follows in Shopify.
 *
 * In: platform, core, queue. Out: the services, their jobs and routes. What a module needs of another meets here the
 * function that supplies it. Part of the composition root.
 */
import type { Connector, OrderWorks } from './build-connector.ts';
import type { Core } from './build-core.ts';
import type { JobDefinition, JobQueue } from './jobs/queue.ts';
import { ORDER_ROUTE_JOB, parseOrderJob } from './orders/jobs.ts';
import type { Log } from './platform/log.ts';
import type { Platform } from './platform/stand.ts';

/** What it is built on. */
export type OrdersBuild = {
  readonly platform: Platform;
  readonly log: Log;
  readonly core: Core;
  readonly connector: Pick<Connector, 'installedShops'>;
  readonly queue: JobQueue;
};

/** What `buildOrders` returns. */
export type Orders = ReturnType<typeof buildOrders>;

/** Builds it. */
export function buildOrders(_build: OrdersBuild) {
  const works: OrderWorks = {
    routeOrder: async () => ({ kind: 'unknown' }),
    closeNode: async () => undefined,
  };
  const jobs: JobDefinition[] = [routeJob(works)];
  return {
    /** What intake causes. */
    works,
    jobs,
    /** Stops timers. */
    stop: (): void => undefined,
  };
}

function routeJob({ routeOrder }: OrderWorks): JobDefinition {
  return {
    name: ORDER_ROUTE_JOB,
    policy: 'short',
    retryLimit: 10,
    retryDelaySeconds: 2,
    expireInSeconds: 120,
    concurrency: 2,
    atOnce: 4,
    handle: async (data) => {
      const { shopId, orderId, cause } = parseOrderJob(data);
      await routeOrder(shopId, orderId, cause ?? 'retry');
    },
  };
}
