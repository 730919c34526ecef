/**
 * Builds what happens to orders after they are placed: routing, offers, the stores' desk, what follows in Shopify.
 *
 * In: platform, core, queue. Out: the services, their jobs and routes. What a module needs of another meets here the
 * function that supplies it. Part of the composition root.
 */
import type { ShopId } from './base/ids.ts';
import type { Connector } from './build-connector.ts';
import type { Core } from './build-core.ts';
import { boundLocations, buildFollow } from './build-follow.ts';
import { buildOffers } from './build-offers.ts';
import { buildRouting } from './build-routing.ts';
import type { ShopifyGround } from './build-shopify.ts';
import type { JobQueue } from './jobs/queue.ts';
import type { OnOrderStep } from './orders/steps.ts';
import type { Log } from './platform/log.ts';
import { createOutbox } from './platform/outbox.ts';
import { createRefreshed, type Refreshed } from './platform/refreshed.ts';
import type { Platform } from './platform/stand.ts';

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
  const outbox = createOutbox(queue.boss, queue.wake);
  const off = switchedOffPlaces(build);
  const routing = buildRouting({
    ...{ platform, log, core, queue, outbox, onStep, switchedOff: off.read },
    installedShops: connector.installedShops,
  });
  const { route } = routing;
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
    works: {
      routeOrder: route.routeOrder,
      closeNode: async (shopId: ShopId, nodeId: string): Promise<void> => {
        await off.reload(shopId);
        await route.closeNode(shopId, nodeId);
      },
      openShop: routing.openShop,
    },
    jobs: [...routing.jobs, ...follow.jobs],
    /** Stops timers. */
    stop: (): void => {
      routing.stop();
      offers.stop();
    },
  };
}

// A place that is switched off is left out within these seconds, on every replica; works that came meanwhile are moved by the minute.
const OFF_SECONDS = 5;
const MOST_SHOPS = 10_000;

/** Places that are bound to a location and whose locations are all switched off in the shop. */
function switchedOffPlaces({ core, ground, log }: OrdersBuild): Refreshed<ShopId, Set<string>> {
  return createRefreshed({
    load: async (shopId: ShopId) => {
      const bound = await boundLocations({ core, ground }, shopId);
      const on = new Set(bound.flatMap(({ isActive, nodeId }) => (isActive ? [nodeId] : [])));
      return new Set(bound.flatMap(({ nodeId }) => (on.has(nodeId) ? [] : [nodeId])));
    },
    maxAgeMilliseconds: OFF_SECONDS * 1_000,
    maxKeys: MOST_SHOPS,
    monotonicMilliseconds: core.monotonicMilliseconds,
    onFault: (error) => log.warn({ event: 'locations_not_read', error }),
  });
}
