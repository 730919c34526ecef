/**
 * Builds what happens to orders after they are placed: routing, offers, the stores' desk, what follows in Shopify.
 *
 * In: platform, core, queue. Out: the services, their jobs and routes. What a module needs of another meets here the
 * function that supplies it. Part of the composition root.
 */
import type { ShopId } from './base/ids.ts';
import type { Connector } from './build-connector.ts';
import type { Core } from './build-core.ts';
import { buildFollow } from './build-follow.ts';
import { buildOffers, offerHooks } from './build-offers.ts';
import type { ShopifyGround } from './build-shopify.ts';
import type { JobDefinition, JobQueue } from './jobs/queue.ts';
import { ORDER_ROUTE_JOB, parseOrderJob, parseSweepJob, ROUTE_SWEEP_JOB } from './orders/jobs.ts';
import { createRouteService, type RouteService } from './orders/route/service.ts';
import type { OnOrderStep } from './orders/steps.ts';
import type { Log } from './platform/log.ts';
import { createOutbox } from './platform/outbox.ts';
import type { Platform } from './platform/stand.ts';
import type { Policy } from './policy/policy.ts';
import {
  DEFAULT_ROUTING,
  parseRoutingSettings,
  ROUTING_SECTION,
  type RoutingSettings,
} from './routing/settings.ts';

/** What it is built on. */
export type OrdersBuild = {
  readonly platform: Platform;
  readonly log: Log;
  readonly core: Core;
  readonly ground: ShopifyGround;
  readonly connector: Pick<Connector, 'installedShops' | 'lookAtShortages' | 'requestIntake'>;
  readonly queue: JobQueue;
  /** Told of each step of an order's life; absent: nobody. */
  readonly onStep?: OnOrderStep;
};

/** What `buildOrders` returns. */
export type Orders = ReturnType<typeof buildOrders>;

/** Builds it. */
export function buildOrders(build: OrdersBuild) {
  const { platform, log, core, ground, connector, queue, onStep = () => undefined } = build;
  const { db, clock } = platform;
  const outbox = createOutbox(queue.boss);
  const route = createRouteService({
    ...{ db, clock, onStep, offers: offerHooks() },
    openShop: core.stock.open,
    refreshShop: core.stock.refresh,
    announce: core.stock.announce,
    settingsOf: async (shopId) => routingSettings(await core.policy.read(shopId)),
    enqueue: (trx, job) => outbox.enqueue(trx, job),
  });
  const offers = buildOffers({
    ...{ platform, log, core, route, outbox, onStep },
    installedShops: connector.installedShops,
    shortagesFound: connector.lookAtShortages,
  });
  const follow = buildFollow({
    ...{ platform, log, core, ground, route, outbox, onStep },
    installedShops: connector.installedShops,
    takeInAgain: (shopId, orderId) => connector.requestIntake(shopId, orderId, 'now'),
  });
  return {
    route,
    offers,
    follow,
    /** What intake causes. */
    works: { routeOrder: route.routeOrder, closeNode: route.closeNode },
    jobs: [routeJob(route), sweepJob(route, connector.installedShops, log), ...follow.jobs],
    /** Stops timers. */
    stop: (): void => offers.stop(),
  };
}

const read = new WeakMap<Policy, RoutingSettings>();

// Parsed once a version; a section that an older program cannot read routes as if there were none.
function routingSettings(policy: Policy): RoutingSettings {
  const known = read.get(policy);
  if (known !== undefined) return known;
  const section = policy.sections.get(ROUTING_SECTION);
  const parsed = section === undefined ? undefined : parseRoutingSettings(section);
  const settings = parsed?.ok === true ? parsed.value : DEFAULT_ROUTING;
  read.set(policy, settings);
  return settings;
}

function routeJob({ routeOrder }: RouteService): JobDefinition {
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

// By the minute: all shops, one after the other, so that a quiet one costs one look. One shop's fault is not another's.
function sweepJob(
  { sweep }: RouteService,
  installedShops: () => Promise<readonly ShopId[]>,
  log: Log,
): JobDefinition {
  return {
    name: ROUTE_SWEEP_JOB,
    policy: 'short',
    retryLimit: 0,
    retryDelaySeconds: 1,
    expireInSeconds: 300,
    concurrency: 1,
    schedule: '* * * * *',
    handle: async (data) => {
      const { shopId } = parseSweepJob(data);
      for (const shop of shopId === undefined ? await installedShops() : [shopId]) {
        try {
          await sweep(shop);
        } catch (error) {
          log.warn({ event: 'works_not_swept', shop, error });
        }
      }
    },
  };
}
