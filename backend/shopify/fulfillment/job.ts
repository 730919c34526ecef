/**
 * When is an order followed to Shopify? When somebody enqueued it, and when the look over all orders finds it.
 */
import type { ShopId } from '../../base/ids.ts';
import type { JobDefinition } from '../../jobs/queue.ts';
import { FULFILLMENT_FOLLOW_JOB, parseOrderJob } from '../../orders/jobs.ts';
import type { Log } from '../../platform/log.ts';
import type { FulfillmentFollower } from './follow.ts';

// A run of many steps on a shop whose bucket is empty takes minutes; each step is short.
const EXPIRE_SECONDS = 300;
// Runs wait for Shopify nearly all of their time; its own limit is the scheduler's.
const AT_ONCE = 16;

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
    concurrency: 2,
    atOnce: AT_ONCE,
    handle: async (data) => {
      const { shopId, orderId } = parseOrderJob(data);
      await followOrder(shopId, orderId);
    },
  };
}

/** Has every order followed that was cut off or forgotten; one that cannot be is left for the next time. */
export async function followForgotten(
  { follower, log }: { readonly follower: FulfillmentFollower; readonly log: Pick<Log, 'warn'> },
  shopId: ShopId,
  isStarting = false,
): Promise<void> {
  for (const orderId of await follower.findUnfollowed(shopId, isStarting)) {
    await follower.followOrder(shopId, orderId).catch((error: unknown) => {
      log.warn({ event: 'order_not_followed', shop: shopId, error });
    });
  }
}
