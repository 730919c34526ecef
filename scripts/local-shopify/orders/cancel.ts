/**
 * Units that will not be handed over: a whole order canceled, or some of a line taken out of open work.
 *
 * Their committed units go back to available, or with no restock off hand. An app's cancellation is a job of Shopify's:
 * the answer comes first, the effect a moment later.
 */
import type { LocalShop } from '../shop.ts';
import { announceOrder } from './announce.ts';
import type { FulfillmentOrder, FulfillmentOrderLine, Order, OrderActor } from './order-state.ts';
import { workPayload } from './payloads.ts';
import { changeStock, isActive, note, refuseWork, unitsLeft, type WorkRefusal } from './work.ts';

/** How long Shopify's job takes here. */
const JOB_MS = 400;

/** Why an order cannot be canceled; undefined: it can. */
export function cancelRefusal(order: Order): WorkRefusal | undefined {
  if (order.cancelledAt !== null || order.cancelDue) {
    return refuseWork('The order is canceled already.', { code: 'INVALID', field: ['orderId'] });
  }
  if (order.fulfillments.some((one) => one.status === 'SUCCESS')) {
    const message = 'Cannot cancel an order that has been handed over, whole or in part.';
    return refuseWork(message, { code: 'INVALID', field: ['orderId'] });
  }
  return undefined;
}

export type CancelAsk = { restock: boolean; reason: string };

/** `orderCancel`: asked for now, done a moment later. */
export function askCancel(shop: LocalShop, order: Order, ask: CancelAsk): void {
  order.cancelDue = ask;
  shop.file.touch();
  shop.later(JOB_MS, () => finishCancel(shop, order));
}

/** Does what was asked for, if anything was. */
export function finishCancel(shop: LocalShop, order: Order): void {
  const { cancelDue } = order;
  order.cancelDue = null;
  if (cancelDue && !cancelRefusal(order)) cancelNow(shop, order, { ...cancelDue, actor: 'app' });
}

/** Cancels everything that is still open of an order. */
export function cancelNow(
  shop: LocalShop,
  order: Order,
  { restock, reason, actor }: CancelAsk & { actor: OrderActor },
): void {
  order.fulfillmentOrders.push(...order.unrouted);
  order.unrouted = [];
  for (const one of order.fulfillmentOrders.filter(isActive)) {
    for (const line of one.lines) {
      const { quantity } = line;
      dropUnits(shop, { order, one, line, quantity: line.remaining, restock });
      // It still says what it was about.
      line.quantity = quantity;
    }
    endWork(shop, one, 'CANCELLED');
  }
  order.cancelledAt = shop.clock.now();
  order.cancelReason = reason;
  note(shop, order, actor, `Canceled: ${reason.toLowerCase()}`);
  announceOrder(shop, order, 'orders/cancelled');
}

export type DropAsk = {
  orderLineId: number;
  quantity: number;
  restock: boolean;
  /** Where they are taken from first. */
  locationId?: number | null | undefined;
};

/** Takes units of a line out of open fulfillment orders; how many there were to take. */
export function dropOpenUnits(shop: LocalShop, order: Order, ask: DropAsk): number {
  let taken = 0;
  const open = order.fulfillmentOrders
    .filter(isActive)
    .toSorted((a, b) => isAt(b, ask.locationId) - isAt(a, ask.locationId));
  for (const one of open) {
    const line = one.lines.find((each) => each.orderLineId === ask.orderLineId);
    const quantity = Math.min(ask.quantity - taken, line?.remaining ?? 0);
    if (!line || quantity === 0) continue;
    dropUnits(shop, { order, one, line, quantity, restock: ask.restock });
    taken += quantity;
    one.lines = one.lines.filter((each) => each.quantity > 0);
    one.updatedAt = shop.clock.now();
    if (unitsLeft(one) === 0) endWork(shop, one, hasLeft(order, one) ? 'CLOSED' : 'CANCELLED');
  }
  return taken;
}

/** Whether some of it was handed over. */
function hasLeft(order: Order, one: FulfillmentOrder): boolean {
  return order.fulfillments.some((each) =>
    each.lines.some((line) => line.fulfillmentOrderId === one.id),
  );
}

const isAt = (one: FulfillmentOrder, locationId: number | null | undefined): number =>
  one.locationId === locationId ? 1 : 0;

function endWork(shop: LocalShop, one: FulfillmentOrder, status: 'CLOSED' | 'CANCELLED'): void {
  one.status = status;
  one.holds = [];
  one.isProgressReported = false;
  one.updatedAt = shop.clock.now();
  if (status === 'CLOSED') return;
  shop.announce('fulfillment_orders/cancelled', {
    fulfillment_order: workPayload(one),
    replacement_fulfillment_order: null,
  });
}

function dropUnits(
  shop: LocalShop,
  facts: {
    order: Order;
    one: FulfillmentOrder;
    line: FulfillmentOrderLine;
    quantity: number;
    restock: boolean;
  },
): void {
  const { order, one, line, quantity, restock } = facts;
  const { orderLineId } = line;
  const bought = order.lines.find((each) => each.id === orderLineId);
  if (!bought || quantity === 0) return;
  const place = { order, orderLineId, locationId: one.locationId };
  changeStock(shop, place, { committed: -quantity, available: restock ? quantity : 0 });
  line.remaining -= quantity;
  line.quantity -= quantity;
  bought.removed += quantity;
}
