/**
 * Does Shopify still tell us of this shop's orders, and what if not?
 *
 * The app's configuration subscribes every shop; what it says cannot be listed. So the sign that something is wrong is an
 * order that no webhook told of: then the topics that move orders are subscribed to for this shop alone, those that are
 * missing (Shopify deletes one whose address failed eight times). Being told twice is one reading of the order.
 * Source: https://shopify.dev/docs/apps/build/webhooks/subscribe
 */
import {
  WebhookSubscriptionCreate,
  WebhookSubscriptionsRead,
} from '../../graphql/admin/generated/documents.ts';
import type { ShopId } from '../base/ids.ts';
import type { Log } from '../platform/log.ts';
import { type AdminClient, expectAnswer } from './admin-client.ts';

/** The topics without which orders would only be found by looking. */
export const ORDER_TOPICS = ['ORDERS_CREATE', 'ORDERS_UPDATED', 'ORDERS_CANCELLED'] as const;

/** What it stands on. */
export type SubscriptionDeps = {
  readonly admin: AdminClient;
  readonly log: Log;
  /** Where Shopify reaches this service; no slash at the end. */
  readonly publicUrl: string;
};

/** Subscribes this shop to the topics of orders it is not subscribed to by itself; says to how many. */
export async function subscribeShop(deps: SubscriptionDeps, shopId: ShopId): Promise<number> {
  const uri = `${deps.publicUrl}/webhooks`;
  const asked = { topics: [...ORDER_TOPICS], uri };
  const read = expectAnswer(await deps.admin.send(shopId, WebhookSubscriptionsRead, asked));
  const known = new Set(read.webhookSubscriptions.nodes.map(({ topic }) => topic));
  const missing = ORDER_TOPICS.filter((topic) => !known.has(topic));
  for (const topic of missing) {
    const webhookSubscription = { uri, includeFields: ['id', 'updated_at'] };
    const made = await deps.admin.send(shopId, WebhookSubscriptionCreate, {
      topic,
      webhookSubscription,
    });
    // Another replica may have been faster; what else is wrong shows as orders missed at the next look.
    if (!made.ok && made.refusal.code === 'user_errors') {
      deps.log.warn({ event: 'subscription_refused', shop: shopId, reason: topic });
    } else expectAnswer(made);
  }
  if (missing.length > 0) {
    deps.log.warn({ event: 'shop_subscribed', shop: shopId, count: missing.length });
  }
  return missing.length;
}
