/**
 * When is an order followed to Shopify? When somebody enqueued it, and when the look over all orders finds it.
 */
import type { ShopId } from '../../base/ids.ts';
import type { JobDefinition } from '../../jobs/queue.ts';
import { FULFILLMENT_FOLLOW_JOB, parseOrderJob } from '../../orders/jobs.ts';
import type { Log } from '../../platform/log.ts';
import type { FulfillmentFollower } from './follow.ts';

/** Looks after orders whose run was cut off. */
const FULFILLMENT_SWEEP_JOB = 'fulfillment_sweep';
// A run of many steps on a shop whose bucket is empty takes minutes; each step is short.
const EXPIRE_SECONDS = 300;
const SWEEP_ROWS = 4;
// Runs wait for Shopify nearly all of their time, and none for another: each worker takes one at a time. 10 orders a
// second, each of four calls of 0.3 s, are 12 at once.
const WORKERS = 16;

/** The job: one waits an order, and runs follow each other (order-locks.ts). */
export function fulfillmentFollowJobOf({
  followOrder,
}: Pick<FulfillmentFollower, 'followOrder'>): JobDefinition {
  return {
    name: FULFILLMENT_FOLLOW_JOB,
    policy: 'short',
    retryLimit: 10,
    retryDelaySeconds: 2,
    expireInSeconds: EXPIRE_SECONDS,
    concurrency: WORKERS,
    atOnce: 1,
    handle: async (data) => {
      const { shopId, orderId } = parseOrderJob(data);
      await followOrder(shopId, orderId);
    },
  };
}

/** By the minute: every shop's orders that were cut off or forgotten. */
export function fulfillmentSweepJob(parts: {
  readonly follower: FulfillmentFollower;
  readonly installedShops: () => Promise<readonly ShopId[]>;
  readonly log: Pick<Log, 'warn'>;
}): JobDefinition {
  return {
    name: FULFILLMENT_SWEEP_JOB,
    policy: 'short',
    retryLimit: 0,
    retryDelaySeconds: 1,
    expireInSeconds: EXPIRE_SECONDS,
    concurrency: 1,
    schedule: '* * * * *',
    handle: async () => {
      for (const shopId of await parts.installedShops()) await followForgotten(parts, shopId);
    },
  };
}

/** Has every order followed that was cut off or forgotten; one that cannot be is left for the next time. */
export async function followForgotten(
  { follower, log }: { readonly follower: FulfillmentFollower; readonly log: Pick<Log, 'warn'> },
  shopId: ShopId,
  isStarting = false,
): Promise<void> {
  const orders = [...(await follower.findUnfollowed(shopId, isStarting))];
  // Nearly all of the time of each is Shopify's: several at once, one after the other in each row.
  const row = async () => {
    for (let orderId = orders.shift(); orderId !== undefined; orderId = orders.shift()) {
      await follower.followOrder(shopId, orderId).catch((error: unknown) => {
        log.warn({ event: 'order_not_followed', shop: shopId, error });
      });
    }
  };
  await Promise.all(Array.from({ length: SWEEP_ROWS }, row));
}
