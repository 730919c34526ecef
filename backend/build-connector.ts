/**
 * Builds the connector on the promise modules: what is provisioned, pushed, taken in, told, and what webhooks cause.
 *
 * In: the ground (build-shopify.ts), the core (build-core.ts), the queue. Out: routes' dependencies and job definitions.
 * What a module needs from Shopify meets here the function that supplies it: build-provision.ts, build-push.ts,
 * build-intake.ts and build-promises.ts build the parts. Part of the composition root.
 */
import type { ShopId } from './base/ids.ts';
import { buildClaims, RETURN_JOB, returnJob, shipmentsBookedBySystem } from './build-claims.ts';
import { type Core, SURFACES_SECTION } from './build-core.ts';
import { buildIntake } from './build-intake.ts';
import { buildPromises, placeOfCore } from './build-promises.ts';
import {
  buildProvision,
  IMPORT_JOB,
  PADDED_JOB,
  PICKUP_JOB,
  PROVISION_JOB,
  PROVISION_SCHEDULES,
  type Provision,
} from './build-provision.ts';
import { buildPush, type PushParts } from './build-push.ts';
import { routingSettings } from './build-routing.ts';
import { type ShopifyGround, type SurfacesOf, surfacesIn } from './build-shopify.ts';
import { type JobQueue, shopJob } from './jobs/queue.ts';
import { fulfillmentFollowJob, orderRouteJob } from './orders/jobs.ts';
import { createPostedOrders } from './orders/posted/service.ts';
import { withTimedHold } from './orders/record/timed-hold.ts';
import type { RouteService } from './orders/route/service.ts';
import type { OrderService } from './orders/service.ts';
import type { OnOrderStep } from './orders/steps.ts';
import type { Config } from './platform/config.ts';
import { withShop } from './platform/database.ts';
import type { Log } from './platform/log.ts';
import { createOutbox, type Outbox } from './platform/outbox.ts';
import type { Platform } from './platform/stand.ts';
import {
  createOrderIntake,
  type IntakeWhen,
  orderIntakeJob,
  orderIntakeJobDefinition,
} from './shopify/order-intake.ts';
import { createOrderReader, type OrderContext, type OrderReader } from './shopify/order-reader.ts';
import { createReconcile } from './shopify/reconcile.ts';
import { createRedaction } from './shopify/redaction.ts';
import { createSessionGate, type SessionGate } from './shopify/session-gate.ts';
import { subscribeShop } from './shopify/subscriptions.ts';
import { nodeOfLocation } from './shopify/surfaces.ts';
import { createWebhookStore } from './shopify/webhook-store.ts';
import type { WebhookWork } from './shopify/webhooks/handler.ts';
import { webhookJob } from './shopify/webhooks.ts';
import { createOrderClaims } from './stock/reservations/order-claims/service.ts';
import type { LiveShop } from './stock/service.ts';

/** What the connector is built on. */
export type ConnectorDependencies = {
  readonly platform: Platform;
  readonly config: Config;
  readonly log: Log;
  readonly core: Core;
  readonly ground: ShopifyGround;
  readonly queue: JobQueue;
  /** What happens to orders once they are taken in (build-orders.ts). */
  readonly works: OrderWorks;
  /** Told of each step of an order's life; absent: nobody. */
  readonly onStep?: OnOrderStep;
};

/** What intake causes: orders are settled, works of a node given back. */
export type OrderWorks = Pick<RouteService, 'routeOrder'> & {
  /** Works of this node that nobody has sent yet return to routing. */
  closeNode(shopId: ShopId, nodeId: string): Promise<void>;
  /** The shop as routing sees it: what is switched off takes no work. */
  openShop(shopId: ShopId): Promise<LiveShop | undefined>;
};

/** What `buildConnector` returns. */
export type Connector = ReturnType<typeof buildConnector>;

const SWEEP_JOB = 'shop_sweep';
const SCHEDULES = [...PROVISION_SCHEDULES, [SWEEP_JOB, '*/5 * * * *']] as const;
// Shopify tells of one change several times within a second or two.
const FOLLOW_SOON_SECONDS = 2;

/** Builds the connector. */
export function buildConnector(dependencies: ConnectorDependencies) {
  const { platform, config, log, core, ground, queue, onStep = () => undefined } = dependencies;
  const { db, clock } = platform;
  const now = () => clock.now();
  const surfacesOf = async (shopId: ShopId) =>
    surfacesIn(await core.policy.read(shopId), SURFACES_SECTION);
  const claimsGround = {
    ...{ db, clock, openShop: core.stock.open, announce: core.stock.announceSoon },
    shipmentsBookedBySystem: shipmentsBookedBySystem(core),
  };
  const orderClaims = createOrderClaims(claimsGround);
  const pushParts = buildPush({
    platform,
    log,
    core,
    ground,
    surfacesOf,
    fetchOrders: async (shopId) => {
      await reconcile.run(shopId);
    },
    setUnseen: orderClaims.setUnseen,
  });
  const outbox = createOutbox(queue.boss, queue.wake);
  const claims = buildClaims({
    ...{ platform, log, core, orderClaims },
    routeAgain: (shopId, orderIds) =>
      withShop(db, shopId, async (trx) => {
        for (const orderId of orderIds) {
          await outbox.enqueue(trx, orderRouteJob(shopId, orderId, 'shortage'));
        }
      }),
  });
  const provision = buildProvision({ ...dependencies, surfacesOf, pushParts });
  const { services } = provision;
  const readOrder = orderReading(dependencies, surfacesOf);
  const promises = buildPromises({
    ...{ platform, config, log, core, ground, queue, outbox, readOrder, onStep },
    slotMinutesAt: services.pickup.slotMinutesAt,
    routeOrder: dependencies.works.routeOrder,
  });
  const { orders } = promises;
  const intake = buildIntake({
    ...{ platform, log, outbox, orderClaims, onStep },
    core: { ...core, stock: { ...core.stock, open: dependencies.works.openShop } },
    claims: claimsGround,
    promises: orders,
    routeOrder: dependencies.works.routeOrder,
    requestPublication: promises.requestPublication,
    writesToShoppers: config.mail !== undefined,
  });
  const requestIntake = async (shopId: ShopId, orderId: string, when: IntakeWhen) => {
    await withShop(db, shopId, (trx) => outbox.enqueue(trx, orderIntakeJob(shopId, orderId, when)));
  };
  const gate = createSessionGate({
    clientId: config.shopify.apiKey,
    secrets: config.shopify.apiSecrets,
    connections: ground.connections,
    log,
    now,
    onInstalled: (shopId) => install(queue, shopId),
  });
  const posted = postedOrders(dependencies, outbox, orders);
  const reconcile = createReconcile({
    admin: ground.admin,
    store: ground.store,
    log,
    now,
    isTakenIn: intake.isTakenIn,
    cutOff: intake.cutOff,
    ordersMissed: async (shopId) => {
      await subscribeShop({ admin: ground.admin, log, publicUrl: config.publicUrl }, shopId);
    },
    intakeOrder: (shopId, orderId) => requestIntake(shopId, orderId, 'now'),
  });
  const webhookStore = createWebhookStore({ db, outbox, now });
  const work = webhookWork(dependencies, {
    ...{ outbox, surfacesOf, pushParts, services, gate, requestIntake },
  });
  return {
    ...services,
    surfacesOf,
    orders,
    intake,
    posted,
    requestIntake,
    orderClaims,
    claims,
    pushParts,
    gate,
    webhookStore,
    jobs: [
      webhookJob({ store: webhookStore, work }),
      orderIntakeJobDefinition(
        createOrderIntake({
          intake,
          readOrder,
          readPosted: posted.reading,
          isInstalled: ground.connections.isInstalled,
          onStep,
        }),
      ),
      ...promises.jobs,
      returnJob(claims.returnShortages),
      shopJob(SWEEP_JOB, async (shopId) => {
        await orders.publishLeftovers(shopId);
        await claims.sweep(shopId);
        await reconcile.run(shopId);
        await webhookStore.prune(shopId);
      }),
      ...provision.jobs,
    ],
    /** The shops where the app is installed. */
    installedShops: () => queue.scheduledShops(PADDED_JOB),
    /** After the clock was set, or the network changed: what Shopify says of pickup may be wrong now. */
    lookAgain: (shopId: ShopId) => queue.runForShop(shopId, PICKUP_JOB),
    /** Nodes that were not there before have stock in Shopify; reading it ends with a look at pickup. */
    networkChanged: (shopId: ShopId) => queue.runForShop(shopId, IMPORT_JOB),
    /** Stock went below what is allocated: the newest allocations go back to routing now, not at the next sweep. */
    lookAtShortages: (shopId: ShopId) => queue.runForShop(shopId, RETURN_JOB),
    placeOf: placeOfCore(core),
  };
}

type WebhookParts = {
  readonly outbox: Outbox;
  readonly surfacesOf: SurfacesOf;
  readonly pushParts: PushParts;
  readonly services: Provision['services'];
  readonly gate: Pick<SessionGate, 'forget'>;
  readonly requestIntake: WebhookWork['requestIntake'];
};

/** What Shopify's webhooks cause. */
function webhookWork(dependencies: ConnectorDependencies, parts: WebhookParts): WebhookWork {
  const { platform, log, core, ground, queue, works } = dependencies;
  const { outbox, surfacesOf, pushParts, services, gate, requestIntake } = parts;
  const { db, clock } = platform;
  return {
    admin: ground.admin,
    connections: ground.connections,
    redaction: createRedaction({ db, now: () => clock.now() }),
    log,
    requestIntake,
    requestFollow: async (shopId, orderId) => {
      const job = fulfillmentFollowJob(shopId, orderId);
      // A key of its own: what waits a little never keeps back what is wanted now.
      const later = { key: `${job.key} soon`, delaySeconds: FOLLOW_SOON_SECONDS };
      await withShop(db, shopId, (trx) => outbox.enqueue(trx, { ...job, ...later }));
    },
    orderOfFulfillmentOrder: async () => undefined,
    locationClosed: async (shopId, locationId) => {
      await ground.store.closeLocation(shopId, locationId);
      const nodeIds = new Set((await core.stock.open(shopId))?.snapshot.nodeIndex.keys());
      const nodeId = nodeOfLocation(await surfacesOf(shopId), locationId, nodeIds);
      if (nodeId !== undefined) await works.closeNode(shopId, nodeId);
    },
    requestProvisioning: (shopId) => queue.runForShop(shopId, PROVISION_JOB),
    catalog: services.catalog,
    tellLevel: pushParts.tellLevel,
    tellTakenOff: pushParts.tellTakenOff,
    importLevel: services.catalog.importLevel,
    requestImport: (shopId) => queue.runForShop(shopId, IMPORT_JOB),
    stopSchedules: async (shopId) => {
      await queue.unscheduleShop(shopId);
      await ground.rateTokens.end(shopId);
      gate.forget(shopId);
      await pushParts.push.end(shopId);
    },
  };
}

/** Orders that other systems post. */
function postedOrders(
  { platform, core }: ConnectorDependencies,
  outbox: Outbox,
  orders: Pick<OrderService, 'read'>,
) {
  return createPostedOrders({
    ...{ db: platform.db, clock: platform.clock },
    hasSkuOf: async (shopId) => {
      const live = await core.stock.open(shopId);
      return (sku) => live?.snapshot.skuIndex.has(sku) ?? false;
    },
    requestIntake: (trx, shopId, orderId) =>
      outbox.enqueue(trx, orderIntakeJob(shopId, orderId, 'now')),
    readPromise: (shopId, orderId) => orders.read(shopId, { orderId }),
  });
}

// A shop's recurring work begins with its first authenticated load and ends with its uninstall.
async function install(queue: JobQueue, shopId: ShopId): Promise<void> {
  for (const [name, cron] of SCHEDULES) await queue.scheduleForShop(shopId, name, cron);
  await queue.runForShop(shopId, PROVISION_JOB);
}

/** Orders as Shopify has them, with the hold that the shop gives them by itself. */
function orderReading(
  { platform, core, ground }: ConnectorDependencies,
  surfacesOf: SurfacesOf,
): OrderReader['read'] {
  const reader = createOrderReader({
    admin: ground.admin,
    contextOf: (shopId) => orderContext(core, surfacesOf, shopId),
  });
  return async (shopId: ShopId, orderId: string) => {
    const reading = await reader.read(shopId, orderId);
    const { hold } = routingSettings(await core.policy.read(shopId));
    if (reading === undefined || hold.editWindowMinutes + hold.giftDateAttribute.length === 0) {
      return reading;
    }
    const live = await core.stock.open(shopId);
    const timeZone = live?.snapshot.shopZone.name ?? 'UTC';
    return withTimedHold(reading, hold, { timeZone, now: platform.clock.now() });
  };
}

// What an order of Shopify has to be read with.
async function orderContext(
  { stock }: Core,
  surfacesOf: SurfacesOf,
  shopId: ShopId,
): Promise<OrderContext> {
  const live = await stock.open(shopId);
  return {
    surfaces: await surfacesOf(shopId),
    nodeIds: new Set(live?.snapshot.nodeIndex.keys()),
    serviceCodes: new Set(live?.snapshot.serviceIndex.keys()),
    timeZone: live?.snapshot.shopZone.name ?? 'UTC',
    skuOfVariant: live?.skuOfVariant ?? new Map<string, string>(),
    hasSku: (sku) => live?.snapshot.skuIndex.has(sku) ?? false,
  };
}
