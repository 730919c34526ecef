/**
 * Shopify's work on an order changed: routed, moved, split, merged, held, let go, begun, prepared.
 *
 * The bodies name fulfillment orders by GID, in several places by topic, and no order: the first named is enough, they
 * are all of one order. Which order that is, is known here from its last reading, or Shopify is asked. All but "routing
 * complete" mostly echo our own writes: they wait a little, so that many are one look, and only what Shopify has open is
 * looked at (shopify/fulfillment); it has the whole order read when units are missing there.
 */
import { FulfillmentOrderRead } from '../../../graphql/admin/generated/documents.ts';
import { expectAnswer } from '../admin-client.ts';
import { numberOfGid } from '../gid.ts';
import type { WebhookHandler } from './handler.ts';

type Kept = { readonly fulfillmentOrderId: string };

const ROUTED = 'fulfillment_orders/order_routing_complete';
const GID = /^gid:\/\/shopify\/FulfillmentOrder\/\d{1,20}$/;
// A body holds the id at most this deep: a list of merges, each with its parts.
const MOST_DEPTH = 4;

export const fulfillmentOrderChanged: WebhookHandler<Kept> = {
  topics: [
    ROUTED,
    'fulfillment_orders/moved',
    'fulfillment_orders/split',
    'fulfillment_orders/merged',
    'fulfillment_orders/placed_on_hold',
    'fulfillment_orders/hold_released',
    'fulfillment_orders/rescheduled',
    'fulfillment_orders/cancelled',
    'fulfillment_orders/progress_reported',
    'fulfillment_orders/line_items_prepared_for_pickup',
    'fulfillment_holds/added',
    'fulfillment_holds/released',
  ],
  alsoAfterUninstall: false,
  keep: (body) => {
    const fulfillmentOrderId = firstGid(body, MOST_DEPTH);
    return fulfillmentOrderId === undefined ? undefined : { fulfillmentOrderId };
  },
  handle: async (work, { shopId, topic, payload: { fulfillmentOrderId } }) => {
    const orderId =
      (await work.orderOfFulfillmentOrder(shopId, numberOfGid(fulfillmentOrderId))) ??
      (await ask(work, shopId, fulfillmentOrderId));
    // Gone since: its successor sends a webhook of its own.
    if (orderId === undefined) return;
    if (topic === ROUTED) await work.requestIntake(shopId, orderId, 'now');
    await work.requestFollow(shopId, orderId);
  },
};

async function ask(
  work: Parameters<typeof fulfillmentOrderChanged.handle>[0],
  shopId: Parameters<typeof work.requestIntake>[0],
  id: string,
): Promise<string | undefined> {
  const lane = { lane: 'fulfillment' } as const;
  const read = expectAnswer(await work.admin.send(shopId, FulfillmentOrderRead, { id }, lane));
  return read.fulfillmentOrder === null ? undefined : numberOfGid(read.fulfillmentOrder.orderId);
}

function firstGid(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return GID.test(value) ? value : undefined;
  if (typeof value !== 'object' || value === null || depth === 0) return undefined;
  for (const part of Object.values(value)) {
    const found = firstGid(part, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
