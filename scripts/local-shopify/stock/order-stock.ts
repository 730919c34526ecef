/**
 * What an order does to stock after it was placed: fulfilling takes its units out of committed (and so off hand),
 * canceling or refunding with restock gives them back to available.
 *
 * Each change tells the app of the order as Shopify does, after the levels have changed.
 */
import { orderPayload } from '../checkout/orders.ts';
import { gid, type LocalShop, levelOf, variantOf } from '../shop.ts';
import { type Fulfillment, type FulfillmentOrder, type Order, takeId } from '../state.ts';
import { changeLevel, connectLevel, type LevelDeltas } from './levels.ts';

/** Hands over everything still open at one fulfillment order, or at all of them. */
export function fulfillOrder(shop: LocalShop, order: Order, fulfillmentOrderId?: number): void {
  const open = order.fulfillmentOrders.filter(
    (one) => isOpen(one) && (fulfillmentOrderId === undefined || one.id === fulfillmentOrderId),
  );
  if (open.length === 0) throw new Error(`order ${order.id} has nothing open to fulfill`);
  for (const one of open) handOver(shop, order, one);
  const isWhole = !order.fulfillmentOrders.some(isOpen);
  announceOrder(shop, order, isWhole ? 'orders/fulfilled' : 'orders/partially_fulfilled');
}

function handOver(shop: LocalShop, order: Order, one: FulfillmentOrder): void {
  const { locationId } = one;
  const fulfillment: Fulfillment = {
    id: takeId(shop.state),
    locationId,
    createdAt: shop.clock.now(),
    lines: [],
  };
  for (const { line, variantId } of partsOf(order, one)) {
    if (line.remaining === 0) continue;
    const { orderLineId, remaining: quantity } = line;
    fulfillment.lines.push({ id: takeId(shop.state), orderLineId, quantity });
    move(shop, { variantId, locationId }, { committed: -quantity });
    line.remaining = 0;
  }
  one.status = 'CLOSED';
  order.fulfillments.push(fulfillment);
  shop.announce('fulfillments/create', {
    id: fulfillment.id,
    order_id: order.id,
    location_id: locationId,
    status: 'success',
    created_at: fulfillment.createdAt,
    updated_at: fulfillment.createdAt,
  });
}

/** Cancels what has not been handed over; without restock its units are gone from the location. */
export function cancelOrder(
  shop: LocalShop,
  order: Order,
  { restock }: { restock: boolean },
): void {
  if (order.cancelledAt !== null) throw new Error(`order ${order.id} is canceled already`);
  const open = order.fulfillmentOrders.filter(isOpen);
  if (open.length === 0) throw new Error(`order ${order.id} has been handed over`);
  for (const one of open) {
    for (const { line } of partsOf(order, one)) {
      giveBack(shop, { order, one, line, quantity: line.remaining, restock });
    }
    one.status = 'CANCELLED';
  }
  order.cancelledAt = shop.clock.now();
  announceOrder(shop, order, 'orders/cancelled');
}

type Refund = {
  lineId: number;
  quantity: number;
  restock: boolean;
  /** Where returned units come back to; absent: where they were shipped from. */
  locationId?: number | undefined;
};

/** Takes units of a line out: first those not handed over, then returned ones, restocked where they come back. */
export function refundUnits(shop: LocalShop, order: Order, refund: Refund): void {
  const line = order.lines.find((one) => one.id === refund.lineId);
  if (!line) throw new Error(`order ${order.id} has no line ${refund.lineId}`);
  const left = line.quantity - line.removed;
  if (refund.quantity > left) {
    throw new Error(`line ${line.id} has ${left} units left, not ${refund.quantity}`);
  }
  const returned = refund.quantity - takeFromOpen(shop, order, refund);
  const locationId = refund.locationId ?? order.fulfillmentOrders[0]?.locationId ?? null;
  line.removed += returned;
  if (refund.restock && returned > 0 && locationId !== null) {
    returnUnits(shop, { line, locationId, quantity: returned });
  }
  const kind = refund.restock ? 'return' : 'no_restock';
  const { quantity } = refund;
  shop.announce('refunds/create', {
    id: order.id,
    order_id: order.id,
    created_at: shop.clock.now(),
    refund_line_items: [
      { line_item_id: line.id, quantity, restock_type: kind, location_id: locationId },
    ],
  });
  announceOrder(shop, order, 'orders/updated');
}

/** Units taken from fulfillment orders that are still open. */
function takeFromOpen(
  shop: LocalShop,
  order: Order,
  { lineId, quantity, restock }: Refund,
): number {
  let taken = 0;
  for (const one of order.fulfillmentOrders.filter(isOpen)) {
    for (const line of one.lines.filter((each) => each.orderLineId === lineId)) {
      const units = Math.min(quantity - taken, line.remaining);
      giveBack(shop, { order, one, line, quantity: units, restock });
      taken += units;
    }
    if (one.lines.every((line) => line.remaining === 0)) one.status = 'CANCELLED';
  }
  return taken;
}

function returnUnits(
  shop: LocalShop,
  {
    line,
    locationId,
    quantity,
  }: { line: Order['lines'][number]; locationId: number; quantity: number },
): void {
  const { variant } = variantOf(shop, line.variantId);
  // A variant that was deleted meanwhile has no level to come back to.
  if (!shop.variants.has(variant.id)) return;
  const key = { itemId: variant.inventoryItemId, locationId };
  connectLevel(shop, key);
  changeLevel(shop, key, { available: quantity });
}

type GiveBack = {
  order: Order;
  one: FulfillmentOrder;
  line: FulfillmentOrder['lines'][number];
  quantity: number;
  restock: boolean;
};

function giveBack(shop: LocalShop, { order, one, line, quantity, restock }: GiveBack): void {
  const bought = order.lines.find((each) => each.id === line.orderLineId);
  if (!bought || quantity === 0) return;
  move(
    shop,
    { variantId: bought.variantId, locationId: one.locationId },
    { committed: -quantity, available: restock ? quantity : 0 },
  );
  line.remaining -= quantity;
  bought.removed += quantity;
}

/** Tells the app of an order's change; `orders/updated` comes beside the topic that says what happened. */
function announceOrder(shop: LocalShop, order: Order, topic: string): void {
  order.updatedAt = shop.clock.now();
  shop.announce(topic, orderPayload(shop, order));
  if (topic !== 'orders/updated') shop.announce('orders/updated', orderPayload(shop, order));
  shop.file.touch();
}

/** Tells the app of a new order and, once Shopify has routed it, of its fulfillment orders. */
export function announcePlaced(shop: LocalShop, order: Order): void {
  shop.announce('orders/create', orderPayload(shop, order));
  for (const one of order.fulfillmentOrders) {
    shop.announce('fulfillment_orders/order_routing_complete', {
      fulfillment_order: { id: gid('FulfillmentOrder', one.id), status: one.status.toLowerCase() },
    });
  }
}

function isOpen(one: FulfillmentOrder): boolean {
  return one.status !== 'CLOSED' && one.status !== 'CANCELLED';
}

function partsOf(
  order: Order,
  one: FulfillmentOrder,
): { line: FulfillmentOrder['lines'][number]; variantId: number }[] {
  return one.lines.flatMap((line) => {
    const bought = order.lines.find((each) => each.id === line.orderLineId);
    return bought ? [{ line, variantId: bought.variantId }] : [];
  });
}

function move(
  shop: LocalShop,
  { variantId, locationId }: { variantId: number; locationId: number },
  deltas: LevelDeltas,
): void {
  const { variant } = variantOf(shop, variantId);
  if (!levelOf(shop, variant.inventoryItemId, locationId)) return;
  changeLevel(shop, { itemId: variant.inventoryItemId, locationId }, deltas);
}
