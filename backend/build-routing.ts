/**
 * Builds routing: the service that settles orders, its jobs, and what makes it look again.
 *
 * In: platform, core, queue. Out: the service, jobs and `stop`. By the minute a job looks after the works of all shops; where
 * works wait and stock changes, that shop is looked at within seconds. Part of the composition root.
 */
import type { ShopId } from './base/ids.ts';
import { shipmentsBookedBySystem } from './build-claims.ts';
import type { Core } from './build-core.ts';
import { offerHooks } from './build-offers.ts';
import type { JobDefinition, JobQueue } from './jobs/queue.ts';
import { withSwitchedOff } from './network/switched-off.ts';
import { ORDER_ROUTE_JOB, parseOrderJob, parseSweepJob, ROUTE_SWEEP_JOB } from './orders/jobs.ts';
import { createRouteService, type RouteService } from './orders/route/service.ts';
import type { OnOrderStep } from './orders/steps.ts';
import type { Log } from './platform/log.ts';
import type { Outbox } from './platform/outbox.ts';
import type { Platform } from './platform/stand.ts';
import type { Policy } from './policy/policy.ts';
import {
  DEFAULT_ROUTING,
  parseRoutingSettings,
  ROUTING_SECTION,
  type RoutingSettings,
} from './routing/settings.ts';
import type { LiveShop } from './stock/service.ts';

/** What it is built on. */
export type RoutingBuild = {
  readonly platform: Pick<Platform, 'db' | 'clock'>;
  readonly log: Log;
  readonly core: Pick<Core, 'stock' | 'policy'>;
  readonly queue: Pick<JobQueue, 'runForShop'>;
  readonly outbox: Outbox;
  readonly installedShops: () => Promise<readonly ShopId[]>;
  readonly onStep: OnOrderStep;
  /** Places whose location is switched off in the shop. */
  readonly switchedOff: (shopId: ShopId) => Promise<ReadonlySet<string>>;
};

/** Builds it. */
export function buildRouting(build: RoutingBuild) {
  const { platform, core, queue, outbox, log } = build;
  const openShop = openSwitchedOn(build);
  const route = createRouteService({
    ...{ db: platform.db, clock: platform.clock, log, onStep: build.onStep, offers: offerHooks() },
    openShop,
    refreshShop: core.stock.refresh,
    announce: core.stock.announceSoon,
    settingsOf: async (shopId) => routingSettings(await core.policy.read(shopId)),
    enqueue: (trx, job) => outbox.enqueue(trx, job),
    shipmentsBookedBySystem: shipmentsBookedBySystem(core),
  });
  const follower = followStock(core, (shopId) => {
    queue.runForShop(shopId, ROUTE_SWEEP_JOB).catch((error: unknown) => {
      log.warn({ event: 'stock_not_followed', shop: shopId, error });
    });
  });
  return {
    ...{ route, openShop },
    jobs: [routeJob(route), sweepJob(route, follower.setWaiting, build)],
    stop: follower.stop,
  };
}

/** Shops as routing sees them: what is switched off takes no work. The same shop and places give the same object. */
function openSwitchedOn({ core, switchedOff }: Pick<RoutingBuild, 'core' | 'switchedOff'>) {
  const seen = new WeakMap<
    LiveShop,
    { readonly off: ReadonlySet<string>; readonly live: LiveShop }
  >();
  return async (shopId: ShopId): Promise<LiveShop | undefined> => {
    const live = await core.stock.open(shopId);
    if (live === undefined) return undefined;
    const off = await switchedOff(shopId);
    if (off.size === 0) return live;
    const known = seen.get(live);
    if (known?.off === off) return known.live;
    const without = { ...live, snapshot: withSwitchedOff(live.snapshot, off) };
    seen.set(live, { off, live: without });
    return without;
  };
}

const read = new WeakMap<Policy, RoutingSettings>();

/** Parsed once a version; a section that an older program cannot read routes as if there were none. */
export function routingSettings(policy: Policy): RoutingSettings {
  const known = read.get(policy);
  if (known !== undefined) return known;
  const section = policy.sections.get(ROUTING_SECTION);
  const parsed = section === undefined ? undefined : parseRoutingSettings(section);
  const settings = parsed?.ok === true ? parsed.value : DEFAULT_ROUTING;
  read.set(policy, settings);
  return settings;
}

// Many changes come together, and each order that is placed is one.
const STOCK_PATIENCE_MILLISECONDS = 5_000;

/** Where works wait, a change of stock makes the shop looked at soon, once for all changes of some seconds. */
function followStock({ stock }: RoutingBuild['core'], look: (shopId: ShopId) => void) {
  const waiting = new Set<ShopId>();
  const timers = new Map<ShopId, NodeJS.Timeout>();
  const stopListening = stock.onChange(({ shopId }) => {
    if (!waiting.has(shopId) || timers.has(shopId)) return;
    const timer = setTimeout(() => {
      timers.delete(shopId);
      look(shopId);
    }, STOCK_PATIENCE_MILLISECONDS);
    timers.set(shopId, timer.unref());
  });
  return {
    setWaiting: (shopId: ShopId, works: number) => {
      if (works > 0) waiting.add(shopId);
      else waiting.delete(shopId);
    },
    stop: () => {
      stopListening();
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
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

// All shops, one after the other, so that a quiet one costs one look. One shop's fault is not another's.
function sweepJob(
  { sweep }: RouteService,
  setWaiting: (shopId: ShopId, works: number) => void,
  { installedShops, log }: Pick<RoutingBuild, 'installedShops' | 'log'>,
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
          const { waiting } = await sweep(shop);
          setWaiting(shop, waiting);
        } catch (error) {
          log.warn({ event: 'works_not_swept', shop, error });
        }
      }
    },
  };
}
