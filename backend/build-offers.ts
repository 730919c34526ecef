/**
 * Builds offers: what routing calls to put works on offer, the stores' answers, the clock, the desks' feed and routes.
 *
 * In: platform, core, routing's moves, the gate of desks. Out: the service, its routes and `stop`. Part of the composition
 * root: build-orders.ts calls it after routing, and gives `offerHooks()` to routing.
 */
import type { Router } from 'express';
import type { ShopId } from './base/ids.ts';
import type { Core } from './build-core.ts';
import type { Mount } from './http/app.ts';
import { sendRefusal } from './http/problem.ts';
import type { DeskAccess } from './orders/desk/access/service.ts';
import { deskHeaders } from './orders/desk/routes.ts';
import { createDeskFeed } from './orders/offers/feed/service.ts';
import { openOffers, withdrawOffers } from './orders/offers/opening/service.ts';
import { offerRoutes } from './orders/offers/routes.ts';
import { createOfferService, driveOffers } from './orders/offers/service.ts';
import type { OfferHooks } from './orders/route/route.ts';
import type { RouteService } from './orders/route/service.ts';
import type { OnOrderStep } from './orders/steps.ts';
import { openDatabase } from './platform/database.ts';
import type { Log } from './platform/log.ts';
import type { Outbox } from './platform/outbox.ts';
import { createIdSource } from './platform/signing.ts';
import type { Platform } from './platform/stand.ts';

/** What it is built on. */
export type OffersBuild = {
  readonly platform: Pick<Platform, 'db' | 'clock' | 'bus' | 'address'>;
  readonly log: Log;
  readonly core: { readonly stock: Pick<Core['stock'], 'open' | 'announce'> };
  readonly route: Pick<RouteService, 'relocate' | 'returnWork'>;
  readonly outbox: Outbox;
  readonly installedShops: () => Promise<readonly ShopId[]>;
  /** Told of positions with more allocated than there is. */
  readonly shortagesFound: (shopId: ShopId) => Promise<void>;
  readonly onStep: OnOrderStep;
};

/** What routing calls in its transaction. */
export function offerHooks(): OfferHooks {
  const newId = createIdSource();
  return {
    open: (trx, shopId, opening) => openOffers(newId, trx, shopId, opening),
    withdraw: withdrawOffers,
  };
}

/** What `buildOffers` returns. */
export type Offers = ReturnType<typeof buildOffers>;

// One reading a shop at a time; two shops do not wait for each other.
const FEED_CONNECTIONS = 2;

/** Builds it; the clock drives it until `stop`. */
export function buildOffers(build: OffersBuild) {
  const { platform, log, core, route, outbox } = build;
  const { db, clock, bus } = platform;
  // Of its own: who lost hears of it in time while claims wait for a connection.
  const readings = openDatabase<unknown>({
    url: platform.address.appUrl,
    assumesAppRole: platform.address.assumesAppRole,
    maxConnections: FEED_CONNECTIONS,
    onIdleError: (error) => log.warn({ event: 'postgres_connection_lost', error }),
  });
  const feed = createDeskFeed({ db: readings, bus, log });
  const offers = createOfferService({
    ...{ db, clock, route, onStep: build.onStep },
    newId: createIdSource(),
    openShop: core.stock.open,
    enqueue: (trx, job) => outbox.enqueue(trx, job),
    // A store that waits for its answer does not wait for this replica's own facts.
    announce: async (shop, version) => {
      core.stock.announce(shop, version).catch((error: unknown) => {
        log.warn({ event: 'claims_not_announced', shop, error });
      });
    },
    poke: feed.poke,
    onShortages: build.shortagesFound,
  });
  const stopClock = driveOffers({
    ...{ bus, log, tick: offers.tick, now: clock.now, onClockSet: clock.onSet },
    shops: build.installedShops,
  });
  return {
    offers,
    /** `subscribe(shopId, nodeId, listener)`; `poke(shopId)` after a commit that desks shall see at once. */
    feed,
    stop: () => {
      stopClock();
      feed.stop();
      readings.destroy().catch((error: unknown) => log.warn({ event: 'feed_not_closed', error }));
    },
  };
}

/** The routes of a desk's offers and events, beside the desk's own. */
export function offerMount(
  { offers, feed }: Pick<Offers, 'offers' | 'feed'>,
  access: Pick<DeskAccess, 'deskOf'>,
): Mount {
  const router: Router = offerRoutes({
    ...{ offers, feed, sendRefusal },
    deskOf: async (request) => {
      const desk = await access.deskOf(deskHeaders(request));
      if (!desk.ok) return desk;
      const { shopId, nodeId, person } = desk.value;
      return { ok: true, value: { shopId, nodeId, person: person.personId } };
    },
  });
  return { path: '/api/desk', router, body: 'json', isQuiet: true };
}
