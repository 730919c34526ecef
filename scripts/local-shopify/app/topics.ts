/**
 * Webhook topics by their two names, and the scope each needs; any one of those listed is enough.
 *
 * Source: descriptions of `WebhookSubscriptionTopic` in the Admin schema 2026-07.
 */

const FULFILLMENT_ORDERS = [
  'read_merchant_managed_fulfillment_orders',
  'read_assigned_fulfillment_orders',
  'read_third_party_fulfillment_orders',
];

/** By what stands before the slash; absent: no scope. */
export const TOPIC_SCOPES: Readonly<Record<string, readonly string[]>> = {
  orders: ['read_orders'],
  refunds: ['read_orders'],
  fulfillment_orders: FULFILLMENT_ORDERS,
  fulfillment_holds: FULFILLMENT_ORDERS,
  fulfillments: ['read_fulfillments'],
  fulfillment_events: ['read_fulfillments'],
  locations: ['read_locations'],
  inventory_levels: ['read_inventory'],
  inventory_items: ['read_inventory'],
  products: ['read_products'],
  profiles: ['read_shipping'],
};

/** Subjects of topics, the longer before those they begin with. */
const SUBJECTS = [
  'app_subscriptions',
  'app',
  'bulk_operations',
  'fulfillment_events',
  'fulfillment_holds',
  'fulfillment_orders',
  'fulfillments',
  'inventory_items',
  'inventory_levels',
  'locations',
  'orders',
  'products',
  'profiles',
  'refunds',
  'shop',
];

/** `FULFILLMENT_ORDERS_MOVED` → `fulfillment_orders/moved`. */
export function topicOf(enumName: string): string {
  const lower = enumName.toLowerCase();
  const subject = SUBJECTS.find((one) => lower.startsWith(`${one}_`));
  return subject === undefined ? lower : `${subject}/${lower.slice(subject.length + 1)}`;
}

/** Scopes of which a topic needs one and has none; empty: it may be heard. */
export function missingScopes(granted: readonly string[], topic: string): readonly string[] {
  const needed = TOPIC_SCOPES[topic.split('/')[0] ?? ''] ?? [];
  return needed.some((scope) => granted.includes(scope)) ? [] : needed;
}
