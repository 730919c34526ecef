/**
 * The product under simulation: its own services on a real Postgres, with chance, time, Shopify and mail given to them.
 *
 * In: an open database, a clock, what runs jobs, Shopify, a mail client. Out: what the composition root builds of them and the
 * handlers of the jobs. Only ids, time and what is outside differ from build-*.ts: ids come of the seed, so that the same seed
 * gives the same log.
 */
import type { Kysely } from 'kysely';
import type { ShopId } from '../../backend/base/ids.ts';
import { createShortageReturns, RETURN_JOB } from '../../backend/build-claims.ts';
import type { MailClient } from '../../backend/messages/client.ts';
import { createMessageService } from '../../backend/messages/service.ts';
import { DEFAULT_MESSAGES } from '../../backend/messages/settings.ts';
import { builtInPostalPlaces } from '../../backend/network/geo/prefix-centroids.ts';
import { productSchema } from '../../backend/network/world.ts';
import { parseNetworkSection } from '../../backend/network/world-parse.ts';
import { createPickupCodes } from '../../backend/orders/desk/pickup/service.ts';
import { createDeskService } from '../../backend/orders/desk/service.ts';
import {
  FULFILLMENT_FOLLOW_JOB,
  fulfillmentFollowJob,
  ORDER_MESSAGE_JOB,
  ORDER_ROUTE_JOB,
  orderRouteJob,
  parseOrderJob,
} from '../../backend/orders/jobs.ts';
import { openOffers, withdrawOffers } from '../../backend/orders/offers/opening/service.ts';
import { createOfferService } from '../../backend/orders/offers/service.ts';
import { DEFAULT_OUTCOME } from '../../backend/orders/outcome/settings.ts';
import { createTrackingService } from '../../backend/orders/outcome/tracking/service.ts';
import { createWatchService } from '../../backend/orders/outcome/watch/service.ts';
import { createPostedOrders } from '../../backend/orders/posted/service.ts';
import { createIntakeService } from '../../backend/orders/record/service.ts';
import { createTogetherIntake } from '../../backend/orders/record/together/service.ts';
import type { OfferHooks } from '../../backend/orders/route/route.ts';
import { createRouteService } from '../../backend/orders/route/service.ts';
import { createOrderService } from '../../backend/orders/service.ts';
import type { OnOrderStep } from '../../backend/orders/steps.ts';
import { createOrderStore } from '../../backend/orders/store.ts';
import { createLocalBus } from '../../backend/platform/bus.ts';
import type { Clock } from '../../backend/platform/clock.ts';
import { withShop } from '../../backend/platform/database.ts';
import type { Log } from '../../backend/platform/log.ts';
import type { Job } from '../../backend/platform/outbox.ts';
import { createSigner } from '../../backend/platform/signing.ts';
import { createPolicyService } from '../../backend/policy/service.ts';
import type { PolicyTables } from '../../backend/policy/store.ts';
import { createPromiseService } from '../../backend/promise/service.ts';
import { createPromiseStore } from '../../backend/promise/store.ts';
import type { RoutingSettings } from '../../backend/routing/settings.ts';
import type { AdminClient } from '../../backend/shopify/admin-client.ts';
import { createConnectorStore } from '../../backend/shopify/connector-store.ts';
import { createFulfillmentFollower } from '../../backend/shopify/fulfillment/follow.ts';
import { createOrderLocks } from '../../backend/shopify/fulfillment/order-locks.ts';
import { DEFAULT_FULFILLMENT } from '../../backend/shopify/fulfillment/settings.ts';
import {
  createOrderIntake,
  ORDER_INTAKE_JOB,
  orderIntakeJob,
} from '../../backend/shopify/order-intake.ts';
import { createOrderReader } from '../../backend/shopify/order-reader.ts';
import { createReconcile } from '../../backend/shopify/reconcile.ts';
import { requote, statedPromise } from '../../backend/shopify/requote.ts';
import { DEFAULT_SURFACES } from '../../backend/shopify/surfaces.ts';
import { createLedgerService } from '../../backend/stock/ledger/service.ts';
import { loadClaims, loadNodeClaims } from '../../backend/stock/reservations/live-claims/store.ts';
import { createOrderClaims } from '../../backend/stock/reservations/order-claims/service.ts';
import { settleShipped } from '../../backend/stock/reservations/order-claims/shipping/service.ts';
import { createStockService, NETWORK_SECTION } from '../../backend/stock/service.ts';
import { createStockStore } from '../../backend/stock/store.ts';
import { quietLog } from '../worlds/live-shop.ts';
import { parsed } from '../worlds/worlds.ts';
import type { Handlers } from './agenda.ts';
import { RATE } from './shopify.ts';
import { locationOf, NODES, nodeOf, simulatedWorld } from './world.ts';

export const SHOP = 'simulation.myshopify.com' as ShopId;
const KEYS = [{ id: 'k', key: Buffer.alloc(32, 7) }] as const;

/** What is given to the product. */
export type Given = {
  readonly db: Kysely<unknown>;
  /** Absent: `SHOP`. */
  readonly shopId?: ShopId;
  /** Absent: what is logged is nobody's concern. */
  readonly log?: Log;
  /** Offers were opened, answered or have ended: the clock of offers looks again. */
  readonly poke?: () => void;
  readonly clock: Clock;
  readonly enqueue: (trx: unknown, job: Job) => Promise<void>;
  readonly admin: AdminClient;
  readonly mail: MailClient;
  readonly newId: () => string;
  readonly routing: () => RoutingSettings;
  /** Told of each step; absent: nobody. */
  readonly onStep?: OnOrderStep;
  /** The shop was filled before. */
  readonly isFilled?: boolean;
  /** Has promises published; absent: nobody reads them. */
  readonly requestPublication?: () => Promise<void>;
};

export type Services = Awaited<ReturnType<typeof openServices>>;

/** Builds the product's services and its shop. */
export async function openServices(given: Given) {
  const { db, clock, enqueue, admin, shopId: shop = SHOP, log = quietLog } = given;
  const poke = given.poke ?? (() => undefined);
  const monotonicMilliseconds = () => 0;
  const onStep = given.onStep ?? (() => undefined);
  const now = () => clock.now();
  const policy = createPolicyService({
    ...{ db: db.withTables<PolicyTables>(), bus: createLocalBus(), clock, log },
    parsers: { [NETWORK_SECTION]: parseNetworkSection },
  });
  const stock = createStockService({
    store: createStockStore(db, {
      loadClaims,
      loadNodeClaims: (trx, id, nodeIds) => loadNodeClaims(trx, id, { nodeIds, now: now() }),
    }),
    ...{ policy, bus: createLocalBus(), clock, log, monotonicMilliseconds },
  });
  if (given.isFilled !== true) await fill(shop, policy, stock);
  await stock.open(shop);
  const shared = { db, clock, openShop: stock.open, announce: stock.announce };
  const hooks: OfferHooks = {
    open: (trx, shopId, opening) => {
      poke();
      return openOffers(given.newId, trx, shopId, opening);
    },
    withdraw: withdrawOffers,
  };
  const route = createRouteService({
    ...{ ...shared, log, onStep, enqueue, refreshShop: stock.refresh },
    settingsOf: async () => given.routing(),
    offers: hooks,
  });
  const claims = createOrderClaims(shared);
  const ledger = createLedgerService({
    ...{ db, clock, announce: stock.announce, knownNodes: async () => new Set(NODES) },
    onShortages: async () => undefined,
  });
  const enqueueAlone = (job: Job) => withShop(db, shop, (trx) => enqueue(trx, job));
  const returnShortages = createShortageReturns({
    ...{ ledger, orderClaims: claims, log },
    routeAgain: async (shopId, orderIds) => {
      for (const orderId of orderIds) {
        await enqueue(undefined, orderRouteJob(shopId, orderId, 'shortage'));
      }
    },
  });
  const onShortages = async () => enqueue(undefined, { name: RETURN_JOB, data: {}, key: 'shop' });
  const offers = createOfferService({
    ...{ ...shared, route, onStep, enqueue, newId: given.newId, poke },
    onShortages,
  });
  const codes = createPickupCodes(KEYS);
  const settleLeft = (
    trx: Parameters<typeof settleShipped>[1],
    shopId: ShopId,
    left: Parameters<typeof settleShipped>[3],
  ) => settleShipped(shared, trx, shopId, left);
  const desk = createDeskService({
    ...{ ...shared, onStep, enqueue, onShortages, poke },
    ...{
      returnWork: route.returnWork,
      settleShipped: settleLeft,
      isPickupCode: codes.isPickupCode,
    },
  });
  const tracking = createTrackingService({ ...shared, enqueue, settleLeft });
  const watch = createWatchService({ ...shared, enqueue, settingsOf: async () => DEFAULT_OUTCOME });
  const messages = createMessageService({
    ...{ db, clock, mail: given.mail, pickupCodeOf: codes.pickupCodeOf },
    settingsOf: async () => DEFAULT_MESSAGES,
    senderOf: async () => ({ name: 'Shop', language: 'it', timeZone: 'Europe/Rome' }),
    placeOf: async () => ({ name: 'Store', addressLines: ['Via Roma 1'] }),
  });
  const taking = takingIn(given, {
    ...{ stock, claims, route, monotonicMilliseconds, offers: hooks, routing: given.routing },
  });
  const follower = createFulfillmentFollower({
    ...{ db, clock, admin, enqueue, onStep, route, log, locks: createOrderLocks(db) },
    settingsOf: async () => DEFAULT_FULFILLMENT,
    placesOf: async () => ({ locationOf, nodeOf }),
    resettle: async (shopId, orderId) => enqueueAlone(orderIntakeJob(shopId, orderId, 'now')),
    again: async (shopId, orderId) =>
      enqueueAlone({ ...fulfillmentFollowJob(shopId, orderId), delaySeconds: 1 }),
  });
  const connectors = createConnectorStore({ db, now });
  const reconcile = createReconcile({
    ...{ admin, now, log, store: connectors },
    ...{ isTakenIn: taking.intake.isTakenIn, cutOff: taking.intake.cutOff },
    ordersMissed: async () => undefined,
    intakeOrder: async (shopId, orderId) =>
      enqueue(undefined, orderIntakeJob(shopId, orderId, 'now')),
  });
  const ofOrder =
    (run: (shopId: ShopId, orderId: string) => Promise<unknown>) => async (data: unknown) => {
      const { shopId, orderId } = parseOrderJob(data);
      await run(shopId, orderId);
    };
  const handlers: Handlers = {
    [ORDER_INTAKE_JOB]: ofOrder(taking.run),
    [ORDER_ROUTE_JOB]: async (data) => {
      const { shopId, orderId, cause } = parseOrderJob(data);
      await route.routeOrder(shopId, orderId, cause ?? 'retry');
    },
    [FULFILLMENT_FOLLOW_JOB]: ofOrder(follower.followOrder),
    [ORDER_MESSAGE_JOB]: ofOrder(messages.sendDue),
    [RETURN_JOB]: () => returnShortages(shop),
    promise_publish: async () => {
      await taking.orders.publishLeftovers(shop);
      onStep('intake.published');
    },
    order_join: ofOrder(async (shopId, orderId) => {
      if ((await taking.orders.joinAgain(shopId, orderId)) === 'unchanged') return;
      await route.routeOrder(shopId, orderId, 'order_changed');
    }),
  };
  return {
    ...{ stock, route, offers, desk, tracking, watch, messages, follower, reconcile, codes },
    ...{ posted: taking.posted, handlers, returnShortages },
    stop: () => {
      stock.stop();
      policy.stop();
    },
  };
}

async function fill(
  shop: ShopId,
  policy: ReturnType<typeof createPolicyService>,
  stock: ReturnType<typeof createStockService>,
): Promise<void> {
  const world = simulatedWorld();
  const { products, stock: _, policyVersion: __, ...network } = world;
  const saved = await policy.save(shop, {
    ...{ basedOnVersion: 0, sections: { [NETWORK_SECTION]: network }, author: 'simulation' },
  });
  if (!saved.ok) throw new Error(`the network is refused: ${JSON.stringify(saved.refusal)}`);
  await stock.save(shop, {
    products: products.map((product, index) => ({
      ...{ product: productSchema.parse(product), inventoryItemId: null },
      variantId: String(index + 1),
    })),
    stock: parsed(world).stock,
  });
}

// From an order that was heard of to its record, claims and promise.
function takingIn(
  {
    db,
    clock,
    admin,
    enqueue,
    log = quietLog,
    onStep = () => undefined,
    requestPublication,
  }: Given,
  built: {
    readonly stock: ReturnType<typeof createStockService>;
    readonly claims: ReturnType<typeof createOrderClaims>;
    readonly route: ReturnType<typeof createRouteService>;
    readonly monotonicMilliseconds: () => number;
    readonly offers: OfferHooks;
    readonly routing: () => RoutingSettings;
  },
) {
  const { stock, claims, route, monotonicMilliseconds } = built;
  const promise = createPromiseService({
    ...{ store: createPromiseStore(db), signer: createSigner(KEYS), newId: () => 'none', clock },
    ...{ monotonicMilliseconds, log, usesCache: false, places: [builtInPostalPlaces()] },
  });
  const quoting = { promise, openShop: stock.open, tableAt: async () => undefined };
  const reader = createOrderReader({ admin, contextOf: contextOf(stock) });
  const orders = createOrderService({
    ...{ store: createOrderStore(db), log, now: () => clock.now() },
    receipts: {
      receiptById: async () => undefined,
      receiptsOfCallback: async () => [],
      receiptsOfCheckout: async () => [],
      receiptsOfCart: async () => [],
      openSignedReceipt: () => undefined,
      isGenuine: () => false,
    },
    readOrder: async (shopId, orderId) => (await reader.read(shopId, orderId))?.placed,
    publish: async () => undefined,
    // The merchant's bound rate showed what the engine said.
    paddedPromise: (shopId, order) => requote(quoting, shopId, order),
    statedPromise: (shopId, order) => statedPromise(quoting, shopId, order),
    requote: (shopId, order) => requote(quoting, shopId, order),
    retryLater: (shopId, orderId) =>
      enqueue(undefined, {
        ...{ name: 'order_join', data: { shopId, orderId }, delaySeconds: 60 },
        key: `${shopId} ${orderId}`,
      }),
    pickupSlotMinutes: async () => 120,
  });
  const publish = requestPublication ?? (async () => undefined);
  const intake = createIntakeService({
    ...{ db, clock, log, follow: claims.follow, join: orders.join },
    ...{ routeOrder: route.routeOrder, onStep },
    requestPublication: publish,
  });
  const posted = createPostedOrders({
    ...{ db, clock },
    hasSkuOf: async () => (sku) => sku.startsWith('S'),
    requestIntake: (trx, shopId, orderId) => enqueue(trx, orderIntakeJob(shopId, orderId, 'now')),
    readPromise: (shopId, orderId) => orders.read(shopId, { orderId }),
  });
  const takeInTogether = createTogetherIntake({
    ...{ db, clock, log: quietLog, onStep, openShop: stock.open },
    claims: { db, clock, openShop: stock.open, announce: stock.announce },
    ...{ settingsOf: async () => built.routing(), writesToShoppers: false },
    joinAll: async (shopId, placed) => {
      for (const one of placed) await orders.join(shopId, one);
    },
    requestPublication: publish,
    offers: built.offers,
    enqueueAll: async (trx, jobs) => {
      for (const job of jobs) await enqueue(trx, job);
    },
  });
  const run = createOrderIntake({
    ...{
      intake: { ...intake, takeInTogether },
      readOrder: reader.read,
      readPosted: posted.reading,
      onStep,
    },
    isInstalled: async () => true,
  });
  return { intake, posted, orders, run };
}

function contextOf(stock: ReturnType<typeof createStockService>) {
  return async (shopId: ShopId) => {
    const live = await stock.open(shopId);
    if (live === undefined) throw new Error('the shop has a network');
    return {
      surfaces: {
        ...DEFAULT_SURFACES,
        locations: NODES.map((nodeId) => ({ nodeId, locationId: locationOf(nodeId) ?? '' })),
        rateBindings: [{ rateCode: RATE, serviceCode: 'standard' }],
      },
      nodeIds: new Set<string>(NODES),
      skuOfVariant: live.skuOfVariant,
      hasSku: (sku: string) => live.snapshot.skuIndex.has(sku),
      serviceCodes: new Set(live.snapshot.serviceIndex.keys()),
      timeZone: 'Europe/Rome',
    };
  };
}
