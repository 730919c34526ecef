/**
 * Builds the connector on the promise modules: provisioning, pickup, orders, webhooks and their jobs.
 *
 * In: the ground (build-shopify.ts), the core (build-core.ts), the queue. Out: routes' dependencies and
 * job definitions. What a module needs from Shopify meets here the function that supplies it. Part of the
 * composition root.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ShopId } from './base/ids.ts';
import { buildClaims, RETURN_JOB, returnJob, shipmentsBookedBySystem } from './build-claims.ts';
import { type Core, SURFACES_SECTION } from './build-core.ts';
import { buildIntake } from './build-intake.ts';
import { buildPush, type PushParts } from './build-push.ts';
import { routingSettings } from './build-routing.ts';
import { type ShopifyGround, surfacesIn } from './build-shopify.ts';
import type { PickupPlace } from './contract/promise-api.ts';
import { type JobDefinition, type JobQueue, parseShopJob } from './jobs/queue.ts';
import type { Snapshot } from './network/snapshot.ts';
import {
  fulfillmentFollowJob,
  orderMessageJob,
  orderRouteJob,
  PROMISE_PUBLISH_JOB,
  parseOrderJob,
} from './orders/jobs.ts';
import { createPostedOrders } from './orders/posted/service.ts';
import { withTimedHold } from './orders/record/timed-hold.ts';
import type { RouteService } from './orders/route/service.ts';
import { createOrderService } from './orders/service.ts';
import type { OnOrderStep } from './orders/steps.ts';
import { createOrderStore } from './orders/store.ts';
import type { Config } from './platform/config.ts';
import { withShop } from './platform/database.ts';
import type { Log } from './platform/log.ts';
import { createOutbox } from './platform/outbox.ts';
import type { Platform } from './platform/stand.ts';
import { createCarrier } from './shopify/carrier.ts';
import { createCatalog, type ImportedPosition, type ImportedProduct } from './shopify/catalog.ts';
import { type ReconcileLevelsDeps, reconcileLevels } from './shopify/inventory/reconcile-levels.ts';
import {
  createOrderIntake,
  type IntakeWhen,
  orderIntakeJob,
  orderIntakeJobDefinition,
} from './shopify/order-intake.ts';
import { publishPromises } from './shopify/order-publication.ts';
import { createOrderReader, type OrderContext, type OrderReader } from './shopify/order-reader.ts';
import { createPickupJob, PICKUP_SCHEDULE } from './shopify/pickup-job.ts';
import { createProvisioning } from './shopify/provisioning.ts';
import { createPublisher } from './shopify/publisher.ts';
import { createReconcile } from './shopify/reconcile.ts';
import { createRedaction } from './shopify/redaction.ts';
import { paddedPromise, requote, statedPromise } from './shopify/requote.ts';
import { createSessionGate } from './shopify/session-gate.ts';
import { subscribeShop } from './shopify/subscriptions.ts';
import { nodeOfLocation } from './shopify/surfaces.ts';
import { createWebhookStore } from './shopify/webhook-store.ts';
import type { WebhookWork } from './shopify/webhooks/handler.ts';
import { webhookJob } from './shopify/webhooks.ts';
import { createOrderClaims } from './stock/reservations/order-claims/service.ts';
import type { LiveShop } from './stock/service.ts';
import { loadOf } from './stock/stock.ts';

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

const PROVISION_JOB = 'shop_provision';
const IMPORT_JOB = 'catalog_import';
const PICKUP_JOB = 'pickup_settings';
const JOIN_JOB = 'order_join';
const PADDED_JOB = 'padded_table';
const SWEEP_JOB = 'shop_sweep';
const LEVELS_JOB = 'levels_reconcile';

const SCHEDULES = [
  [PICKUP_JOB, PICKUP_SCHEDULE],
  // A table is due when the shop's day changed, and a replica that just started has none.
  [PADDED_JOB, '*/10 * * * *'],
  [IMPORT_JOB, '17 2 * * *'],
  [SWEEP_JOB, '*/5 * * * *'],
  [LEVELS_JOB, '43 2 * * *'],
] as const;
const RETRY_JOIN_SECONDS = 60;
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
  const services = buildServices(dependencies, surfacesOf, pushParts);
  const reader = createOrderReader({
    admin: ground.admin,
    contextOf: (shopId) => orderContext(core, surfacesOf, shopId),
  });
  const readHeld = heldOrders({ platform, core, reader });
  const orders = buildOrderPromises(dependencies, {
    readOrder: readHeld,
    slotMinutesAt: services.pickup.slotMinutesAt,
  });
  const intake = buildIntake({
    ...{ platform, log, outbox, orderClaims, onStep },
    core: { ...core, stock: { ...core.stock, open: dependencies.works.openShop } },
    claims: claimsGround,
    promises: orders,
    routeOrder: dependencies.works.routeOrder,
    requestPublication: createPublicationRequests(queue),
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
  const posted = createPostedOrders({
    ...{ db, clock },
    hasSkuOf: async (shopId) => {
      const live = await core.stock.open(shopId);
      return (sku) => live?.snapshot.skuIndex.has(sku) ?? false;
    },
    requestIntake: (trx, shopId, orderId) =>
      outbox.enqueue(trx, orderIntakeJob(shopId, orderId, 'now')),
    readPromise: (shopId, orderId) => orders.read(shopId, { orderId }),
  });
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
  const work: WebhookWork = {
    admin: ground.admin,
    connections: ground.connections,
    redaction: createRedaction({ db, now }),
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
      if (nodeId !== undefined) await dependencies.works.closeNode(shopId, nodeId);
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
          readOrder: readHeld,
          readPosted: posted.reading,
          isInstalled: ground.connections.isInstalled,
          onStep,
        }),
      ),
      joinJob(async (shopId, orderId) => {
        if ((await orders.joinAgain(shopId, orderId)) === 'unchanged') return;
        await queue.runForShop(shopId, PROMISE_PUBLISH_JOB);
        await dependencies.works.routeOrder(shopId, orderId, 'order_changed');
      }),
      shopJob(PROMISE_PUBLISH_JOB, async (shopId) => {
        await orders.publishLeftovers(shopId);
        onStep('intake.published');
      }),
      returnJob(claims.returnShortages),
      shopJob(SWEEP_JOB, async (shopId) => {
        await orders.publishLeftovers(shopId);
        await claims.sweep(shopId);
        await reconcile.run(shopId);
        await webhookStore.prune(shopId);
      }),
      shopJob(LEVELS_JOB, async (shopId) => {
        await reconcileLevels(levelsDeps(dependencies, pushParts, services), shopId);
      }),
      ...shopJobs(dependencies, services, pushParts),
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

type Services = ReturnType<typeof buildServices>;

function buildServices(
  { platform, config, log, core, ground }: ConnectorDependencies,
  surfacesOf: SurfacesOf,
  pushParts: PushParts,
) {
  const { admin, store, rateTokens } = ground;
  const now = () => platform.clock.now();
  const openShop = core.stock.open;
  const base = { admin, store, log, now, surfacesOf };
  const carrier = createCarrier({
    ...base,
    rateTokens,
    publicUrl: config.publicUrl,
    hasLiveNetwork: async (shopId) => (await openShop(shopId)) !== undefined,
  });
  const provisioning = createProvisioning({ ...base, carrier, publicUrl: config.publicUrl });
  const catalog = createCatalog({
    ...base,
    nodeIdsOf: async (shopId) => new Set((await openShop(shopId))?.snapshot.nodeIndex.keys()),
    items: pushParts.items,
    keptNodesOf: pushParts.keptNodesOf,
    bookLevels: pushParts.bookLevels,
    replan: pushParts.replan,
    ...catalogWrites(core),
  });
  const pickup = createPickupJob({
    ...base,
    liveNetwork: async (shopId) => {
      const live = await openShop(shopId);
      if (live === undefined) return undefined;
      return { snapshot: live.snapshot, loadOf: (node) => loadOf(live.facts, node) };
    },
  });
  const publisher = createPublisher({
    ...base,
    db: platform.db,
    wait: async (milliseconds) => {
      await delay(milliseconds);
    },
    catalogOf: async (shopId) => {
      const live = await openShop(shopId);
      if (live === undefined) return undefined;
      const serviceCodes = [...live.snapshot.serviceIndex.keys()];
      return { serviceCodes, skuOfVariant: live.skuOfVariant };
    },
  });
  return { carrier, provisioning, catalog, pickup, publisher };
}

function levelsDeps(
  { ground, platform, log }: ConnectorDependencies,
  { reconcileStore, outbox, push }: PushParts,
  { catalog }: Services,
): ReconcileLevelsDeps {
  return {
    admin: ground.admin,
    store: reconcileStore,
    outbox,
    log,
    now: () => platform.clock.now(),
    wait: async (milliseconds) => {
      await delay(milliseconds);
    },
    fetch,
    onStep: () => {},
    importLevel: catalog.importLevel,
    wake: push.wake,
  };
}

// A shop's recurring work begins with its first authenticated load and ends with its uninstall.
async function install(queue: JobQueue, shopId: ShopId): Promise<void> {
  for (const [name, cron] of SCHEDULES) await queue.scheduleForShop(shopId, name, cron);
  await queue.runForShop(shopId, PROVISION_JOB);
}

function shopJobs(
  { core, ground, queue }: ConnectorDependencies,
  { provisioning, catalog, pickup }: Services,
  pushParts: PushParts,
): JobDefinition[] {
  return [
    shopJob(PROVISION_JOB, async (shopId) => {
      await provisioning.provision(shopId);
      await ground.profiles.reload(shopId);
      await queue.runForShop(shopId, IMPORT_JOB);
    }),
    shopJob(IMPORT_JOB, async (shopId) => {
      await catalog.importAll(shopId);
      // The places are known only now: a network saved before them found nothing to write.
      await pushParts.startIfWritten(shopId);
      const live = await core.stock.open(shopId);
      // Not waited for: telling Shopify of every class may take minutes.
      if (live !== undefined) void core.padded.refreshNow(live);
      await queue.runForShop(shopId, PICKUP_JOB);
    }),
    shopJob(PICKUP_JOB, async (shopId) => {
      await pickup.run(shopId);
    }),
    shopJob(PADDED_JOB, async (shopId) => {
      const live = await core.stock.open(shopId);
      if (live !== undefined) await core.padded.refresh(live);
    }),
  ];
}

/** A job for one shop; a waiting one is not doubled. */
function shopJob(name: string, run: (shopId: ShopId) => Promise<void>): JobDefinition {
  return {
    name,
    policy: 'short',
    retryLimit: 5,
    retryDelaySeconds: 5,
    expireInSeconds: 900,
    concurrency: 1,
    handle: (data) => run(parseShopJob(data)),
  };
}

// Promises are told a second later, many at a time. Who comes while a request is younger than half of that adds none:
// its promise is stored, and the job that waits has not begun.
const PUBLISH_AFTER_SECONDS = 1;
const PUBLISH_REQUEST_MILLISECONDS = 500;

function createPublicationRequests(queue: JobQueue) {
  const requestedAt = new Map<ShopId, number>();
  return async (shopId: ShopId): Promise<void> => {
    const now = performance.now();
    if (now - (requestedAt.get(shopId) ?? -Infinity) < PUBLISH_REQUEST_MILLISECONDS) return;
    requestedAt.set(shopId, now);
    const options = { singletonKey: shopId, startAfter: PUBLISH_AFTER_SECONDS };
    await queue.boss.send(PROMISE_PUBLISH_JOB, { shopId }, options);
  };
}

function joinJob(join: (shopId: ShopId, orderId: string) => Promise<void>): JobDefinition {
  return {
    name: JOIN_JOB,
    policy: 'standard',
    retryLimit: 8,
    retryDelaySeconds: 5,
    expireInSeconds: 120,
    concurrency: 1,
    atOnce: 8,
    handle: async (data) => {
      const { shopId, orderId } = parseOrderJob(data);
      await join(shopId, orderId);
    },
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

type SurfacesOf = (shopId: ShopId) => Promise<ReturnType<typeof surfacesIn>>;

type OrderParts = {
  readonly readOrder: OrderReader['read'];
  readonly slotMinutesAt: (
    shopId: ShopId,
    nodeId: string,
    at: string,
  ) => Promise<number | undefined>;
};

function buildOrderPromises(dependencies: ConnectorDependencies, parts: OrderParts) {
  const { platform, config, core, ground, log, queue } = dependencies;
  const { promise, padded, stock } = core;
  const outbox = createOutbox(queue.boss, queue.wake);
  const asking = { promise, openShop: stock.open, tableAt: padded.tableAt };
  return createOrderService({
    // Without a mail server there is nobody to tell.
    store: createOrderStore(
      platform.db,
      config.mail &&
        ((trx, shopId, orderId) => outbox.enqueue(trx, orderMessageJob(shopId, orderId))),
    ),
    receipts: { ...promise, isGenuine: (shopId, receipt) => isSigned(core, shopId, receipt) },
    log,
    now: () => platform.clock.now(),
    readOrder: async (shopId, orderId) => (await parts.readOrder(shopId, orderId))?.placed,
    publish: (shopId, rows) => publishPromises({ admin: ground.admin, log }, shopId, rows),
    paddedPromise: (shopId, order) => paddedPromise(asking, shopId, order),
    statedPromise: (shopId, order) => statedPromise(asking, shopId, order),
    requote: (shopId, order) => requote(asking, shopId, order),
    retryLater: async (shopId, orderId) => {
      const options = { startAfter: RETRY_JOIN_SECONDS, singletonKey: `${shopId} ${orderId}` };
      await queue.boss.send(JOIN_JOB, { shopId, orderId }, options);
    },
    pickupSlotMinutes: parts.slotMinutesAt,
  });
}

// Receipts read back through the promise service carry their signature; one without is not ours.
function isSigned(
  { promise }: Core,
  shopId: ShopId,
  receipt: Parameters<Parameters<typeof createOrderService>[0]['receipts']['isGenuine']>[1],
): boolean {
  return (
    'signature' in receipt &&
    typeof receipt.signature === 'string' &&
    promise.isGenuine(shopId, { ...receipt, signature: receipt.signature })
  );
}

const SAID_BY_SHOPIFY = { source: 'shopify', actor: 'catalog import', reason: 'import' } as const;

// What Shopify does not know of a product or a position stays as it is with us.
function catalogWrites({ stock, stockStore }: Core) {
  return {
    saveProducts: async (shopId: ShopId, products: readonly ImportedProduct[]) => {
      const known = await stockStore.loadProducts(shopId);
      const bySku = new Map(known.map((row) => [row.product.sku, row]));
      const rows = products.map(({ variantId, inventoryItemId, category, ...product }) => {
        const before = bySku.get(product.sku)?.product;
        const defaults = { volumeCm3: 0, longestCm: 0, offersStorePickup: true };
        const merged = { ...defaults, ...before, ...product, tags: [...product.tags] };
        return {
          product: category === undefined ? merged : { ...merged, category },
          variantId,
          inventoryItemId,
        };
      });
      assertSaved(await stock.save(shopId, { products: rows }));
    },
    savePositions: async (shopId: ShopId, positions: readonly ImportedPosition[]) => {
      // What Shopify has committed is no allocation of ours; incoming lots stay as they are.
      const rows = positions.map(({ sku, nodeId, onHand, unavailable, safetyStock }) => ({
        ...{ sku, nodeId, onHand, unavailable },
        ...(safetyStock === undefined ? {} : { safetyStock }),
      }));
      assertSaved(await stock.save(shopId, { stock: rows }, SAID_BY_SHOPIFY));
    },
  };
}

function assertSaved(saved: { readonly ok: boolean }): void {
  if (!saved.ok) throw new Error('Bug: an import names a key twice');
}

type Place = { readonly nodeId?: string | undefined; readonly pickupPointId?: string | undefined };

// Name and address of a store or a pickup point, as the network holds them.
function placeOfCore({ stock }: Core) {
  return async (shopId: ShopId, at: Place): Promise<PickupPlace | undefined> => {
    const live = await stock.open(shopId);
    const place = live === undefined ? undefined : findPlace(live.snapshot, at);
    if (place === undefined) return undefined;
    const town = [place.postalCode, place.city].filter((part) => part !== undefined).join(' ');
    const addressLines = [place.address1 ?? '', town].filter((line) => line !== '');
    return { name: place.name ?? place.id, addressLines, instructions: '' };
  };
}

function findPlace({ nodes, nodeIndex, points }: Snapshot, { nodeId, pickupPointId }: Place) {
  if (nodeId !== undefined) return nodes[nodeIndex.get(nodeId) ?? -1]?.source;
  return points.find(({ source }) => `${source.network}:${source.id}` === pickupPointId)?.source;
}

/** Orders as Shopify has them, with the hold that the shop gives them by itself. */
function heldOrders({
  platform,
  core,
  reader,
}: Pick<ConnectorDependencies, 'platform' | 'core'> & { readonly reader: OrderReader }) {
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
