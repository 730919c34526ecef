/**
 * Builds what brings Shopify's fulfillment orders to where the works are: the follower, its jobs, the look at the start.
 *
 * In: platform, core, ground, routing's moves. Out: the follower, its jobs, and `resume`, which takes up what a process
 * that died has left. Part of the composition root: build-orders.ts calls it.
 */
import { LRUCache } from 'lru-cache';
import type { ShopId } from './base/ids.ts';
import { type Core, SURFACES_SECTION } from './build-core.ts';
import { routingSettings } from './build-routing.ts';
import { type ShopifyGround, surfacesIn } from './build-shopify.ts';
import type { JobDefinition } from './jobs/queue.ts';
import { fulfillmentFollowJob } from './orders/jobs.ts';
import type { RouteService } from './orders/route/service.ts';
import type { OnOrderStep } from './orders/steps.ts';
import { withShop } from './platform/database.ts';
import type { Log } from './platform/log.ts';
import type { Outbox } from './platform/outbox.ts';
import type { Platform } from './platform/stand.ts';
import { createFulfillmentFollower } from './shopify/fulfillment/follow.ts';
import {
  followForgotten,
  fulfillmentFollowJobOf,
  fulfillmentSweepJob,
} from './shopify/fulfillment/job.ts';
import { createOrderLocks } from './shopify/fulfillment/order-locks.ts';
import type { Places } from './shopify/fulfillment/run.ts';
import {
  DEFAULT_FULFILLMENT,
  FULFILLMENT_SECTION,
  parseFulfillmentSettings,
} from './shopify/fulfillment/settings.ts';
import { type LocationRanksDeps, writeLocationRanks } from './shopify/location-ranks-writer.ts';
import { nodeOfLocation } from './shopify/surfaces.ts';

/** What it is built on. */
export type FollowBuild = {
  readonly platform: Pick<Platform, 'db' | 'clock'>;
  readonly log: Log;
  readonly core: {
    readonly policy: Pick<Core['policy'], 'read'>;
    readonly stock: Pick<Core['stock'], 'open'>;
  };
  readonly ground: Pick<ShopifyGround, 'admin'> & {
    readonly store: Pick<ShopifyGround['store'], 'readLocations' | 'readSetup'>;
  };
  readonly route: Pick<RouteService, 'relocate' | 'announce'>;
  readonly outbox: Outbox;
  readonly installedShops: () => Promise<readonly ShopId[]>;
  /** Has an order of Shopify read and taken in again. */
  readonly takeInAgain: (shopId: ShopId, orderId: string) => Promise<void>;
  readonly onStep: OnOrderStep;
};

// Moments after the other process has ended its step; a run is a few of them.
const AGAIN_SECONDS = 1;

/** Builds it. */
export function buildFollow(build: FollowBuild) {
  const { platform, log, core, ground, route, outbox, installedShops } = build;
  const { db, clock } = platform;
  const store = { ...ground.store, readLocations: rememberLocations(ground) };
  const remembering = { ...build, ground: { ...ground, store } };
  const settingsOf = async (shopId: ShopId) => {
    const section = (await core.policy.read(shopId)).sections.get(FULFILLMENT_SECTION);
    const parsed = section === undefined ? undefined : parseFulfillmentSettings(section);
    return parsed?.ok === true ? parsed.value : DEFAULT_FULFILLMENT;
  };
  const ranks: LocationRanksDeps = {
    ...{ admin: ground.admin, store: ground.store, now: () => clock.now() },
    isWanted: async (shopId) => (await settingsOf(shopId)).ranksLocations,
    networkOf: async (shopId) => (await core.stock.open(shopId))?.snapshot,
    settingsOf: async (shopId) => routingSettings(await core.policy.read(shopId)),
    locationsOf: async (shopId) => {
      const { locationOf } = await readPlaces(build, shopId);
      const nodes = (await core.stock.open(shopId))?.snapshot.nodes ?? [];
      return new Map(
        nodes.flatMap(({ id }) => {
          const locationId = locationOf(id);
          return locationId === null ? [] : [[id, locationId] as const];
        }),
      );
    },
  };
  const follower = createFulfillmentFollower({
    ...{ db, clock, log, route, admin: ground.admin, onStep: build.onStep },
    locks: createOrderLocks(db),
    settingsOf,
    placesOf: (shopId) => readPlaces(remembering, shopId),
    resettle: build.takeInAgain,
    again: (shopId, orderId) =>
      withShop(db, shopId, (trx) =>
        outbox.enqueue(trx, {
          ...fulfillmentFollowJob(shopId, orderId),
          delaySeconds: AGAIN_SECONDS,
        }),
      ),
    enqueue: (trx, job) => outbox.enqueue(trx, job),
  });
  const jobs: JobDefinition[] = [
    fulfillmentFollowJobOf(follower),
    fulfillmentSweepJob({ follower, installedShops, log }),
    ranksJob(ranks, installedShops, log),
  ];
  return {
    follower,
    jobs,
    /** Takes up every run that was cut off; not waited for by the start. */
    resume: async (): Promise<void> => {
      for (const shopId of await installedShops()) {
        await followForgotten({ follower, log }, shopId, true);
      }
    },
  };
}

// Every hour, all shops: most have no use for it. One shop's fault is not another's.
function ranksJob(
  ranks: LocationRanksDeps,
  installedShops: () => Promise<readonly ShopId[]>,
  log: Log,
): JobDefinition {
  return {
    name: 'location_ranks',
    policy: 'short',
    retryLimit: 0,
    retryDelaySeconds: 1,
    expireInSeconds: 300,
    concurrency: 1,
    schedule: '23 * * * *',
    handle: async () => {
      for (const shop of await installedShops()) {
        try {
          await writeLocationRanks(ranks, shop);
        } catch (error) {
          log.warn({ event: 'location_ranks_not_written', shop, error });
        }
      }
    },
  };
}

// A burst of orders asks once; a location that is bound or closed meanwhile is seen by the next look.
const LOCATIONS_REMEMBERED_MILLISECONDS = 500;
const SHOPS_REMEMBERED = 1_000;

type Locations = Awaited<ReturnType<ShopifyGround['store']['readLocations']>>;

function rememberLocations({ store }: FollowBuild['ground']) {
  const known = new LRUCache<ShopId, Promise<Locations>>({
    ...{ max: SHOPS_REMEMBERED, ttl: LOCATIONS_REMEMBERED_MILLISECONDS },
  });
  return (shopId: ShopId): Promise<Locations> => {
    const before = known.get(shopId);
    if (before !== undefined) return before;
    const read = store.readLocations(shopId);
    known.set(shopId, read);
    // What failed is asked again.
    read.catch(() => known.delete(shopId));
    return read;
  };
}

// Which location each node is, as the shop has bound them; a location that is switched off takes no work.
async function readPlaces(build: FollowBuild, shopId: ShopId): Promise<Places> {
  const bound = await boundLocations(build, shopId);
  const active = bound.filter(({ isActive }) => isActive);
  const locations = new Map(active.map(({ nodeId, locationId }) => [nodeId, locationId]));
  const nodes = new Map(bound.map(({ nodeId, locationId }) => [locationId, nodeId]));
  return {
    locationOf: (nodeId) => locations.get(nodeId) ?? null,
    nodeOf: (locationId) => nodes.get(locationId),
  };
}

/** Locations of the shop that are bound to a place of the network. */
export async function boundLocations(
  { core, ground }: Pick<FollowBuild, 'core' | 'ground'>,
  shopId: ShopId,
) {
  const surfaces = surfacesIn(await core.policy.read(shopId), SURFACES_SECTION);
  const live = await core.stock.open(shopId);
  const nodeIds = new Set(live?.snapshot.nodeIndex.keys());
  return (await ground.store.readLocations(shopId)).flatMap(({ locationId, isActive }) => {
    const nodeId = nodeOfLocation(surfaces, locationId, nodeIds);
    return nodeId === undefined ? [] : [{ locationId, nodeId, isActive }];
  });
}
