/**
 * What webhooks about work say, in Shopify's shapes: fulfillment orders by GID, fulfillments and refunds as in REST.
 *
 * Shapes that no page shows in full carry at least the ids; a receiver reads the order again anyway.
 */
import { gid, type LocalShop, variantOf } from '../shop.ts';
import type {
  Fulfillment,
  FulfillmentEvent,
  FulfillmentHold,
  FulfillmentOrder,
  Order,
  Refund,
} from './order-state.ts';
import { onlyRemaining } from './work.ts';

/** A fulfillment order inside a webhook. */
export function workPayload(one: FulfillmentOrder): Record<string, unknown> {
  return {
    id: gid('FulfillmentOrder', one.id),
    status: one.status.toLowerCase(),
    assigned_location_id: gid('Location', one.locationId),
  };
}

/** The named units inside a webhook. */
export function unitsPayload(units: readonly { id: number; quantity: number }[]): object[] {
  return units.map(({ id, quantity }) => ({ id: gid('FulfillmentOrderLineItem', id), quantity }));
}

/** One hold inside a webhook. */
export function holdPayload(hold: FulfillmentHold): Record<string, unknown> {
  return {
    id: gid('FulfillmentHold', hold.id),
    handle: hold.handle,
    reason: hold.reason.toLowerCase(),
    reason_notes: hold.notes,
    held_by_requesting_app: hold.heldBy === 'app',
  };
}

/** `fulfillments/create` and `fulfillments/update`. */
export function fulfillmentPayload(
  shop: LocalShop,
  order: Order,
  one: Fulfillment,
): Record<string, unknown> {
  const mayRead = shop.state.settings.protectedData === 'granted';
  return {
    id: one.id,
    admin_graphql_api_id: gid('Fulfillment', one.id),
    order_id: order.id,
    name: `#${order.number}.${one.place}`,
    location_id: one.locationId,
    status: one.status === 'CANCELLED' ? 'cancelled' : 'success',
    shipment_status: one.events.at(-1)?.status.toLowerCase() ?? null,
    service: 'manual',
    created_at: one.createdAt,
    updated_at: one.updatedAt,
    email: mayRead ? order.email : null,
    tracking_company: one.tracking[0]?.company ?? null,
    tracking_number: one.tracking[0]?.number ?? null,
    tracking_numbers: one.tracking.flatMap(({ number }) => number ?? []),
    tracking_url: one.tracking[0]?.url ?? null,
    tracking_urls: one.tracking.flatMap(({ url }) => url ?? []),
    line_items: one.lines.map((part) => {
      const line = order.lines.find((each) => each.id === part.orderLineId);
      const variant = line && variantOf(shop, line.variantId).variant;
      return {
        id: part.orderLineId,
        variant_id: variant?.id ?? null,
        sku: variant?.sku ?? null,
        quantity: part.quantity,
        fulfillable_quantity: line ? onlyRemaining(order, line.id) : 0,
      };
    }),
  };
}

/** `fulfillment_events/create`. */
export function eventPayload(
  order: Order,
  one: Fulfillment,
  event: FulfillmentEvent,
): Record<string, unknown> {
  return {
    id: event.id,
    admin_graphql_api_id: gid('FulfillmentEvent', event.id),
    fulfillment_id: one.id,
    order_id: order.id,
    status: event.status.toLowerCase(),
    message: event.message,
    happened_at: event.happenedAt,
    estimated_delivery_at: event.estimatedDeliveryAt,
    city: event.city,
    zip: event.zip,
    country: event.country,
    created_at: event.createdAt,
    updated_at: event.createdAt,
  };
}

/** `refunds/create`. */
export function refundPayload(order: Order, refund: Refund): Record<string, unknown> {
  return {
    id: refund.id,
    admin_graphql_api_id: gid('Refund', refund.id),
    order_id: order.id,
    created_at: refund.createdAt,
    processed_at: refund.createdAt,
    note: refund.note,
    refund_line_items: refund.lines.map((line) => ({
      id: line.id,
      line_item_id: line.orderLineId,
      quantity: line.quantity,
      restock_type: line.restockType.toLowerCase(),
      location_id: line.locationId,
    })),
  };
}
