/**
 * Builds how orders come to their promise and how it is told: in Shopify, by mail, on the buyer's pages.
 *
 * In: the ground (build-shopify.ts), the core (build-core.ts), the queue, how an order is read. Out: the service, its jobs
 * and what the intake asks of it. Part of the composition root: build-connector.ts calls it.
 */
import type { ShopId } from './base/ids.ts';
import type { Core } from './build-core.ts';
import type { ShopifyGround } from './build-shopify.ts';
import type { PickupPlace } from './contract/promise-api.ts';
import { type JobDefinition, type JobQueue, shopJob } from './jobs/queue.ts';
import type { Snapshot } from './network/snapshot.ts';
import { orderMessageJob, PROMISE_PUBLISH_JOB, parseOrderJob } from './orders/jobs.ts';
import type { RouteService } from './orders/route/service.ts';
import { createOrderService } from './orders/service.ts';
import type { OnOrderStep } from './orders/steps.ts';
import { createOrderStore } from './orders/store.ts';
import type { Config } from './platform/config.ts';
import type { Log } from './platform/log.ts';
import type { Outbox } from './platform/outbox.ts';
import type { Platform } from './platform/stand.ts';
import { publishPromises } from './shopify/order-publication.ts';
import type { OrderReader } from './shopify/order-reader.ts';
import { paddedPromise, requote, statedPromise } from './shopify/requote.ts';

/** What it is built on. */
export type PromisesBuild = {
  readonly platform: Platform;
  readonly config: Config;
  readonly log: Log;
  readonly core: Core;
  readonly ground: ShopifyGround;
  readonly queue: JobQueue;
  readonly outbox: Outbox;
  readonly readOrder: OrderReader['read'];
  readonly slotMinutesAt: (
    shopId: ShopId,
    nodeId: string,
    at: string,
  ) => Promise<number | undefined>;
  readonly routeOrder: RouteService['routeOrder'];
  readonly onStep: OnOrderStep;
};

const JOIN_JOB = 'order_join';
const RETRY_JOIN_SECONDS = 60;

/** Builds it. */
export function buildPromises(build: PromisesBuild) {
  const { queue, routeOrder, onStep } = build;
  const orders = createPromises(build);
  return {
    orders,
    requestPublication: createPublicationRequests(queue),
    jobs: [
      joinJob(async (shopId, orderId) => {
        if ((await orders.joinAgain(shopId, orderId)) === 'unchanged') return;
        await queue.runForShop(shopId, PROMISE_PUBLISH_JOB);
        await routeOrder(shopId, orderId, 'order_changed');
      }),
      shopJob(PROMISE_PUBLISH_JOB, async (shopId) => {
        await orders.publishLeftovers(shopId);
        onStep('intake.published');
      }),
    ],
  };
}

function createPromises(build: PromisesBuild) {
  const { platform, config, core, ground, log, queue, outbox } = build;
  const { promise, padded, stock } = core;
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
    readOrder: async (shopId, orderId) => (await build.readOrder(shopId, orderId))?.placed,
    publish: (shopId, rows) => publishPromises({ admin: ground.admin, log }, shopId, rows),
    paddedPromise: (shopId, order) => paddedPromise(asking, shopId, order),
    statedPromise: (shopId, order) => statedPromise(asking, shopId, order),
    requote: (shopId, order) => requote(asking, shopId, order),
    retryLater: async (shopId, orderId) => {
      const options = { startAfter: RETRY_JOIN_SECONDS, singletonKey: `${shopId} ${orderId}` };
      await queue.boss.send(JOIN_JOB, { shopId, orderId }, options);
    },
    pickupSlotMinutes: build.slotMinutesAt,
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

type Place = { readonly nodeId?: string | undefined; readonly pickupPointId?: string | undefined };

/** Name and address of a store or a pickup point, as the network holds them. */
export function placeOfCore({ stock }: Core) {
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
