/**
 * Builds what takes orders in: alone, and many of them together.
 *
 * In: platform, core, claims, promises, what happens to orders then. Out: the services. Part of the composition root:
 * build-connector.ts calls it.
 */
import type { ShopId } from './base/ids.ts';
import type { Core } from './build-core.ts';
import { offerHooks } from './build-offers.ts';
import { routingSettings } from './build-routing.ts';
import type { PlacedOrder } from './orders/orders.ts';
import { createIntakeService } from './orders/record/service.ts';
import { createTogetherIntake } from './orders/record/together/service.ts';
import type { RouteService } from './orders/route/service.ts';
import type { OrderService } from './orders/service.ts';
import type { OnOrderStep } from './orders/steps.ts';
import { sharingShop } from './platform/database.ts';
import type { Log } from './platform/log.ts';
import type { Outbox } from './platform/outbox.ts';
import type { Platform } from './platform/stand.ts';
import type { OrderClaimDependencies } from './stock/reservations/order-claims/allocation/service.ts';
import type { OrderClaimService } from './stock/reservations/order-claims/service.ts';

/** What it is built on. */
export type IntakeBuild = {
  readonly platform: Pick<Platform, 'db' | 'clock'>;
  readonly log: Log;
  readonly core: Pick<Core, 'stock' | 'policy'>;
  readonly outbox: Outbox;
  readonly claims: OrderClaimDependencies;
  readonly orderClaims: Pick<OrderClaimService, 'follow'>;
  readonly promises: Pick<OrderService, 'joinAll'>;
  readonly routeOrder: RouteService['routeOrder'];
  /** Has promises written to where their orders came from, soon. */
  readonly requestPublication: (shopId: ShopId) => Promise<void>;
  readonly onStep: OnOrderStep;
  readonly writesToShoppers: boolean;
};

/** Builds it. */
export function buildIntake(build: IntakeBuild) {
  const { core, outbox, promises, requestPublication, onStep, writesToShoppers } = build;
  const { db, clock } = build.platform;
  const joinAll = async (shopId: ShopId, orders: readonly PlacedOrder[]): Promise<void> => {
    // Read here, so that nobody asks for a second connection inside the transaction.
    await core.stock.open(shopId);
    const shared = orders.filter(isOfReceipts);
    if (shared.length > 0) await sharingShop(db, shopId, () => promises.joinAll(shopId, shared));
    const others = orders.filter((one) => !isOfReceipts(one));
    await promises.joinAll(shopId, others);
  };
  const intake = createIntakeService({
    ...{ db, clock, requestPublication, onStep, log: build.log },
    follow: build.orderClaims.follow,
    join: (shopId, placed) => joinAll(shopId, [placed]),
    routeOrder: build.routeOrder,
  });
  const takeInTogether = createTogetherIntake({
    ...{ db, clock, joinAll, requestPublication, onStep, log: build.log, claims: build.claims },
    ...{ openShop: core.stock.open, writesToShoppers },
    settingsOf: async (shopId) => routingSettings(await core.policy.read(shopId)),
    offers: offerHooks(),
    enqueueAll: (trx, jobs) => outbox.enqueueAll(trx, jobs),
  });
  return { ...intake, takeInTogether };
}

// All that its join asks of the database is promises and receipts: one transaction for what is read and written of them.
function isOfReceipts({ delivery, posted }: PlacedOrder): boolean {
  return delivery.kind === 'ship' && delivery.isOwnRate && posted === undefined;
}
