/**
 * The moment between an order and its fulfillment orders: Shopify makes them after it, and says so when it is through.
 *
 * The units are committed with the order; only the fulfillment orders come later (setting `orderRouting`). Somebody in
 * the admin who acts on an order finds it routed. What was due when the program ended is done at the next start.
 */
import { orderPayload } from '../checkout/orders.ts';
import type { LocalShop } from '../shop.ts';
import { finishCancel } from './cancel.ts';
import type { Order } from './order-state.ts';
import { workPayload } from './payloads.ts';
import { note } from './work.ts';

/** Behind the page, and before the webhook of the order (which comes 1.2 s after it). */
const AFTER_PAGE_MS = 1_000;
/** Far behind the webhook of the order: a receiver finds an order without fulfillment orders. */
const LATE_MS = 6_000;

/** Tells the app of a new order, and of its fulfillment orders once they are made. */
export function announcePlaced(shop: LocalShop, order: Order): void {
  note(shop, order, 'shopify', `Placed (${order.sourceName})`);
  const { orderRouting } = shop.state.settings;
  if (orderRouting === 'at once') {
    const isNew = route(shop, order);
    shop.announce('orders/create', orderPayload(shop, order));
    if (isNew) announceRouted(shop, order);
    return;
  }
  shop.announce('orders/create', orderPayload(shop, order));
  shop.later(orderRouting === 'late' ? LATE_MS : AFTER_PAGE_MS, () => routeNow(shop, order));
}

/** Makes the fulfillment orders of an order that has none yet, and says so. */
export function routeNow(shop: LocalShop, order: Order): void {
  if (route(shop, order)) announceRouted(shop, order);
}

function route(shop: LocalShop, order: Order): boolean {
  if (order.unrouted.length === 0) return false;
  order.fulfillmentOrders.push(...order.unrouted);
  order.unrouted = [];
  note(shop, order, 'shopify', 'Fulfillment orders made');
  return true;
}

function announceRouted(shop: LocalShop, order: Order): void {
  for (const one of order.fulfillmentOrders) {
    shop.announce('fulfillment_orders/order_routing_complete', {
      fulfillment_order: workPayload(one),
    });
  }
}

/** At the start: what was due when the program ended comes a moment later. */
export function resumeOrders(shop: LocalShop): void {
  const due = shop.state.orders.filter((one) => one.unrouted.length > 0 || one.cancelDue);
  for (const order of due) {
    shop.later(AFTER_PAGE_MS, () => {
      routeNow(shop, order);
      finishCancel(shop, order);
    });
  }
}
