/**
 * What work does a change of an order cause, and under which name is it enqueued?
 *
 * Makers of jobs for `Outbox.enqueue`, in the transaction of the change. One job of a kind waits per order: each handler
 * looks at the order as it is then, so a second would find nothing to do. Data carries ids and a cause, nothing else.
 * Whoever enqueues for several orders does so by order id: a key that another transaction enqueues is waited for.
 */
import { z } from 'zod';
import type { ShopId } from '../base/ids.ts';
import { ROUTE_CAUSES, type RouteCause } from './route/route.ts';

/** Settles an order: `RouteService.routeOrder`. */
export const ORDER_ROUTE_JOB = 'order_route';
/** Brings Shopify's fulfillment orders to where the works are. */
export const FULFILLMENT_FOLLOW_JOB = 'fulfillment_follow';
/** Sends the messages that are due. */
export const ORDER_MESSAGE_JOB = 'order_message';
/** Writes promises that changed to their orders' metafields, all that wait of a shop. */
export const PROMISE_PUBLISH_JOB = 'promise_publish';
/** Looks after a shop's works by the clock: what waits, what expired, what could go better. */
export const ROUTE_SWEEP_JOB = 'route_sweep';

/** A job about one order, in the shape of `platform/outbox.ts`. */
export type OrderJob = {
  readonly name: string;
  readonly data: {
    readonly shopId: ShopId;
    readonly orderId: string;
    readonly cause?: RouteCause;
  };
  readonly key: string;
};

/** A job about a shop, in the same shape. */
export type ShopJob = {
  readonly name: string;
  readonly data: { readonly shopId: ShopId };
  readonly key: string;
};

/** Has an order settled. */
export function orderRouteJob(shopId: ShopId, orderId: string, cause: RouteCause): OrderJob {
  return { ...orderJob(ORDER_ROUTE_JOB, shopId, orderId), data: { shopId, orderId, cause } };
}

/** Has Shopify brought to where the works of an order are. */
export function fulfillmentFollowJob(shopId: ShopId, orderId: string): OrderJob {
  return orderJob(FULFILLMENT_FOLLOW_JOB, shopId, orderId);
}

/** Has the messages of an order looked after. */
export function orderMessageJob(shopId: ShopId, orderId: string): OrderJob {
  return orderJob(ORDER_MESSAGE_JOB, shopId, orderId);
}

/**
 * Has promises that changed written to Shopify at once. The key is its own: a request of an intake that waits may begin
 * before this transaction is committed.
 */
export function promisePublishJob(shopId: ShopId): ShopJob {
  return { name: PROMISE_PUBLISH_JOB, data: { shopId }, key: `${shopId} moved` };
}

function orderJob(name: string, shopId: ShopId, orderId: string): OrderJob {
  return { name, data: { shopId, orderId }, key: `${shopId} ${orderId}` };
}

const schema = z.object({
  shopId: z.string().transform((text) => text as ShopId),
  orderId: z.string(),
  cause: z.enum(ROUTE_CAUSES).optional(),
});

/** The data of a job about one order, as a handler gets it. */
export function parseOrderJob(data: unknown): z.output<typeof schema> {
  return schema.parse(data);
}

/** The data of a sweep; without a shop it is for all. */
export function parseSweepJob(data: unknown): { readonly shopId?: ShopId | undefined } {
  return schema.pick({ shopId: true }).partial().parse(data);
}
