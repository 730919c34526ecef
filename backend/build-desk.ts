/**
 * Builds the stores' desks: who may work at one, what it does, its page, and what a manager decides about it.
 *
 * In: platform, core, routing's moves, offers with their feed, the gate of session tokens. Out: the services, mounts and
 * `stop`. Part of the composition root; main.ts calls it after build-orders.ts.
 */
import type { ShopId } from './base/ids.ts';
import { shipmentsBookedBySystem } from './build-claims.ts';
import type { Connector } from './build-connector.ts';
import type { Core } from './build-core.ts';
import { type Offers, offerMount } from './build-offers.ts';
import { deskAdminRoutes } from './desk/admin-routes.ts';
import { loadDeskBundle } from './desk/bundle.ts';
import { deskPageRoutes } from './desk/page.ts';
import type { Mount } from './http/app.ts';
import { sendRefusal } from './http/problem.ts';
import type { JobQueue } from './jobs/queue.ts';
import { createDeskAccess } from './orders/desk/access/service.ts';
import { createPickupCodes } from './orders/desk/pickup/service.ts';
import { deskRoutes } from './orders/desk/routes.ts';
import { createDeskService } from './orders/desk/service.ts';
import type { Pickups } from './orders/pickups/service.ts';
import type { RouteService } from './orders/route/service.ts';
import type { OnOrderStep } from './orders/steps.ts';
import type { Config } from './platform/config.ts';
import type { Log } from './platform/log.ts';
import { createOutbox } from './platform/outbox.ts';
import { createIdSource, createSigner } from './platform/signing.ts';
import type { Platform } from './platform/stand.ts';
import { nodeOfLocation } from './shopify/surfaces.ts';
import { settleShipped } from './stock/reservations/order-claims/shipping/service.ts';

/** What it is built on. */
export type DeskBuild = {
  readonly platform: Pick<Platform, 'db' | 'clock' | 'bus'>;
  readonly config: Pick<Config, 'environment' | 'publicUrl' | 'signingKeys' | 'shopify'>;
  readonly log: Log;
  readonly core: Pick<Core, 'stock' | 'policy' | 'monotonicMilliseconds'>;
  readonly connector: Pick<Connector, 'gate' | 'surfacesOf' | 'lookAtShortages'>;
  readonly orders: {
    readonly route: Pick<RouteService, 'returnWork'>;
    readonly offers: Pick<Offers, 'offers' | 'feed'>;
  };
  readonly pickups: Pick<Pickups, 'listPutBack' | 'confirmPutBack'>;
  readonly queue: Pick<JobQueue, 'boss' | 'wake'>;
  /** Told of each step; absent: nobody. */
  readonly onStep?: OnOrderStep;
};

/** What `buildDesk` returns. */
export type DeskParts = ReturnType<typeof buildDesk>;

/** Builds it. */
export function buildDesk(build: DeskBuild) {
  const { platform, config, core, connector, queue } = build;
  const { route, offers } = build.orders;
  const outbox = createOutbox(queue.boss, queue.wake);
  const { db, clock, bus } = platform;
  const places = placesOf(build);
  const access = createDeskAccess({
    ...{ ...places, db, clock, bus, newId: createIdSource() },
    signer: createSigner(config.signingKeys),
    monotonicMilliseconds: core.monotonicMilliseconds,
  });
  const codes = createPickupCodes(config.signingKeys);
  const announce = announceLater(build);
  const claims = {
    ...{ db, clock, announce, openShop: core.stock.open },
    shipmentsBookedBySystem: shipmentsBookedBySystem(core),
  };
  const desk = createDeskService({
    ...{ db, clock, announce, openShop: core.stock.open },
    returnWork: route.returnWork,
    settleShipped: (trx, shopId, left) => settleShipped(claims, trx, shopId, left),
    onShortages: connector.lookAtShortages,
    enqueue: (trx, job) => outbox.enqueue(trx, job),
    isPickupCode: codes.isPickupCode,
    poke: offers.feed.poke,
    onStep: build.onStep ?? (() => undefined),
  });
  const { authenticateAdmin } = connector.gate;
  const { publicUrl } = config;
  const admin = deskAdminRoutes({ authenticateAdmin, access, publicUrl, nodesOf: places.nodesOf });
  const mounts: Mount[] = [
    { path: '/api/admin/desks', router: admin, body: 'json' },
    {
      path: '/api/desk',
      router: deskRoutes({
        ...{ ...places, desk, access, sendRefusal, pickups: build.pickups },
        countOffers: async (shopId, nodeId) =>
          (await offers.offers.list(shopId, nodeId)).offers.length,
      }),
      body: 'json',
      isQuiet: true,
    },
    offerMount(offers, access),
    ...pageMount(build),
  ];
  return { access, desk, pickupCodeOf: codes.pickupCodeOf, mounts, stop: access.stop };
}

function placesOf({ core, connector }: DeskBuild) {
  const nodesOf = async (shopId: ShopId): Promise<ReadonlyMap<string, string>> => {
    const snapshot = (await core.stock.open(shopId))?.snapshot;
    return new Map(snapshot?.nodes.map(({ id, source }) => [id, source.name ?? id]) ?? []);
  };
  return {
    nodesOf,
    nodeOfLocation: async (shopId: ShopId, locationId: string) => {
      const nodeIds = new Set((await nodesOf(shopId)).keys());
      return nodeOfLocation(await connector.surfacesOf(shopId), locationId, nodeIds);
    },
    shopOfPos: connector.gate.shopOfPos,
  };
}

// A person at a counter does not wait for this replica's own facts.
function announceLater({ core, log }: DeskBuild) {
  return async (shop: ShopId, version: number): Promise<void> => {
    core.stock.announce(shop, version).catch((error: unknown) => {
      log.warn({ event: 'claims_not_announced', shop, error });
    });
  };
}

// Without a built page the endpoints still answer; in production a missing page is a broken release.
function pageMount({ config, log }: DeskBuild): Mount[] {
  try {
    const router = deskPageRoutes({
      polarisUrl: config.shopify.polarisUrl,
      bundle: loadDeskBundle(),
    });
    return [{ path: '/desk', router, body: 'own' }];
  } catch (error) {
    if (config.environment === 'production') throw error;
    log.warn({ event: 'desk_page_not_built', error });
    return [];
  }
}
