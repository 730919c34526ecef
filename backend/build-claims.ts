/**
 * Builds what is spoken for: reservations of checkouts and other systems, claims of Shopify's orders.
 *
 * In: platform, core. Out: the services, housekeeping, and the routes.
 * Part of the composition root.
 */
import type { Router } from 'express';
import type { ShopId } from './base/ids.ts';
import type { Connector } from './build-connector.ts';
import type { Core } from './build-core.ts';
import { readJsonBody } from './connect/body.ts';
import { asCaller, type GateDependencies } from './connect/gate.ts';
import type { Mount } from './http/app.ts';
import { sendRefusal } from './http/problem.ts';
import { type JobDefinition, parseShopJob } from './jobs/queue.ts';
import type { Log } from './platform/log.ts';
import { createIdSource } from './platform/signing.ts';
import type { Platform } from './platform/stand.ts';
import { INVENTORY_SECTION, parseInventorySettings } from './shopify/inventory/settings.ts';
import type { LedgerService } from './stock/ledger/service.ts';
import type { OrderClaimService } from './stock/reservations/order-claims/service.ts';
import { checkoutReservationRoutes, reservationRoutes } from './stock/reservations/routes.ts';
import { createReservationService } from './stock/reservations/service.ts';

/** What it is built on. */
export type ClaimsBuild = {
  readonly platform: Platform;
  readonly log: Log;
  readonly core: Pick<Core, 'stock' | 'ledger'>;
  readonly orderClaims: OrderClaimService;
  /** Has these orders settled: units of theirs wait again. */
  readonly routeAgain: (shopId: ShopId, orderIds: readonly string[]) => Promise<void>;
};

/** What `buildClaims` returns. */
export type Claims = ReturnType<typeof buildClaims>;

/** Builds it. */
export function buildClaims(build: ClaimsBuild) {
  const { platform, log, core, orderClaims } = build;
  const { stock, ledger } = core;
  const reservations = createReservationService({
    db: platform.db,
    clock: platform.clock,
    newId: createIdSource(),
    openShop: stock.open,
    // Nobody who reserves waits for this replica's own facts: grants are decided on the locked rows.
    announce: async (shop, version) => {
      stock.announce(shop, version).catch((error: unknown) => {
        log.warn({ event: 'claims_not_announced', shop, error });
      });
    },
  });
  const returnShortages = createShortageReturns({
    ...{ ledger, orderClaims, log },
    routeAgain: build.routeAgain,
  });
  return {
    reservations,
    returnShortages,
    /** Housekeeping of every few minutes: expired rows, and shortages that nobody was told of. */
    sweep: async (shopId: ShopId): Promise<void> => {
      await reservations.sweep(shopId);
      await returnShortages(shopId);
    },
  };
}

/** The job that sends back what a recount has left without goods. */
export const RETURN_JOB = 'return_to_routing';

/** The job, once a shop: it looks at all shortages there are, so one that waits already will see this one too. */
export function returnJob(run: (shopId: ShopId) => Promise<void>): JobDefinition {
  return {
    name: RETURN_JOB,
    policy: 'short',
    retryLimit: 5,
    retryDelaySeconds: 5,
    expireInSeconds: 300,
    concurrency: 1,
    handle: (data) => run(parseShopJob(data)),
  };
}

/** Sends allocations that have no goods any more back to routing, in a transaction of its own (decision record 0056). */
export function createShortageReturns(parts: {
  readonly ledger: Pick<LedgerService, 'readShortages'>;
  readonly orderClaims: Pick<OrderClaimService, 'returnToRouting'>;
  readonly routeAgain: (shopId: ShopId, orderIds: readonly string[]) => Promise<void>;
  readonly log: Log;
}) {
  return async (shopId: ShopId): Promise<void> => {
    const shortages = await parts.ledger.readShortages(shopId);
    if (shortages.length === 0) return;
    const returned = await parts.orderClaims.returnToRouting(shopId, shortages);
    parts.log.warn({ event: 'allocations_returned', shop: shopId, count: returned.length });
    // By id: two who enqueue the same orders never wait for each other in a circle.
    const orderIds = new Set(returned.map(({ orderId }) => orderId));
    await parts.routeAgain(shopId, [...orderIds].toSorted());
  };
}

/** Nodes whose system books what leaves them, as the shop's policy says. */
export function shipmentsBookedBySystem({ policy }: Pick<Core, 'policy'>) {
  return async (shopId: ShopId): Promise<ReadonlySet<string>> => {
    const stored = (await policy.read(shopId)).sections.get(INVENTORY_SECTION);
    const settings = stored === undefined ? undefined : parseInventorySettings(stored);
    return new Set(settings?.ok === true ? settings.value.shipmentsBookedBySystem : []);
  };
}

/** The checkout's route. */
export function checkoutReservationMount(
  { stock }: Pick<Core, 'stock'>,
  { claims, gate }: Pick<Connector, 'claims' | 'gate'>,
): Mount {
  const router = checkoutReservationRoutes({
    reservations: claims.reservations,
    openShop: stock.open,
    shopOfBuyer: gate.shopOfBuyer,
    sendRefusal,
  });
  return { path: '/api/reservations', router, body: 'json' };
}

/** The routes of other systems, for `buildConnect`. */
export function reservationMounts({ reservations }: Pick<Claims, 'reservations'>) {
  return (gate: GateDependencies): readonly { path: string; router: Router }[] => [
    {
      path: '/v1/reservations',
      router: reservationRoutes({
        reservations,
        asCaller: (handle) => asCaller(gate, 'reservations:write', handle),
        readJson: async (request, response) => {
          const body = await readJsonBody(request, response);
          if (body.ok) return body.value;
          sendRefusal(response, body.refusal);
          return undefined;
        },
        sendRefusal,
      }),
    },
  ];
}
