/**
 * What is changed about an order after it was placed: refunds, edits of quantities, the address, payment.
 *
 * `CANCEL` takes units out of open work, `RETURN` brings handed-over ones back to a shelf, `NO_RESTOCK` does the first
 * as far as it goes and lets the rest be. Shopify reprices and reroutes nothing when an address changes.
 */
import type { SeedAddress } from '../seed.ts';
import type { LocalShop } from '../shop.ts';
import { takeId } from '../state.ts';
import { announceOrder } from './announce.ts';
import { dropOpenUnits } from './cancel.ts';
import type { Order, OrderActor, OrderEdit, OrderLine, Refund } from './order-state.ts';
import { refundPayload } from './payloads.ts';
import {
  isActive,
  note,
  onlyRemaining,
  refuseWork,
  returnToShelf,
  type WorkRefusal,
} from './work.ts';

export type RefundAsk = {
  lines: readonly {
    orderLineId: number | undefined;
    quantity: number;
    restockType: Refund['lines'][number]['restockType'];
    locationId?: number | null | undefined;
  }[];
  note?: string | null;
  actor: OrderActor;
};

/** `refundCreate`: all lines or none. */
export function refundLines(
  shop: LocalShop,
  order: Order,
  ask: RefundAsk,
): { ok: true; refund: Refund } | WorkRefusal {
  for (const [i, line] of ask.lines.entries()) {
    const bought = order.lines.find((one) => one.id === line.orderLineId);
    const field = ['input', 'refundLineItems', String(i)];
    if (!bought)
      return refuseWork('Line item does not exist.', { field: [...field, 'lineItemId'] });
    const left = bought.quantity - bought.removed;
    const open = onlyRemaining(order, bought.id);
    const max = { CANCEL: open, RETURN: left - open, NO_RESTOCK: left }[line.restockType];
    if (line.quantity < 1 || line.quantity > max) {
      const message = `Quantity cannot refund more items than were purchased: line ${bought.id} has ${max} units left, not ${line.quantity}`;
      return refuseWork(message, { field: [...field, 'quantity'] });
    }
  }
  const refund: Refund = {
    id: takeId(shop.state),
    createdAt: shop.clock.now(),
    note: ask.note ?? null,
    lines: ask.lines.map((line) => takeBack(shop, order, line)),
  };
  order.refunds.push(refund);
  const units = refund.lines.reduce((sum, line) => sum + line.quantity, 0);
  note(shop, order, ask.actor, `Refunded ${units} units`);
  shop.announce('refunds/create', refundPayload(order, refund));
  announceOrder(shop, order, 'orders/updated');
  return { ok: true, refund };
}

function takeBack(
  shop: LocalShop,
  order: Order,
  line: RefundAsk['lines'][number],
): Refund['lines'][number] {
  const { restockType, quantity } = line;
  const orderLineId = Number(line.orderLineId);
  const shippedFrom = order.fulfillments.find((one) =>
    one.lines.some((each) => each.orderLineId === orderLineId),
  )?.locationId;
  const locationId = line.locationId ?? shippedFrom ?? null;
  const dropped =
    restockType === 'RETURN'
      ? 0
      : dropOpenUnits(shop, order, {
          orderLineId,
          quantity,
          restock: restockType === 'CANCEL',
          locationId: line.locationId,
        });
  const returned = quantity - dropped;
  boughtLine(order, orderLineId).removed += returned;
  if (restockType === 'RETURN' && locationId !== null) {
    returnToShelf(shop, { order, orderLineId, locationId }, returned);
  }
  return { id: takeId(shop.state), orderLineId, quantity, restockType, locationId };
}

function boughtLine(order: Order, id: number): OrderLine {
  const line = order.lines.find((one) => one.id === id);
  if (!line) throw new Error(`order ${order.id} has no line ${id}`);
  return line;
}

/** `orderEditBegin`. */
export function beginEdit(shop: LocalShop, order: Order): OrderEdit {
  const edit: OrderEdit = { id: takeId(shop.state), orderId: order.id, quantities: {} };
  shop.state.orderEdits.push(edit);
  shop.file.touch();
  return edit;
}

/** What a line has under an edit. */
export function editedQuantity(order: Order, edit: OrderEdit, lineId: number): number {
  const line = boughtLine(order, lineId);
  return edit.quantities[lineId]?.quantity ?? line.quantity - line.removed;
}

/** `orderEditSetQuantity`: fewer units of a line, never fewer than were handed over. */
export function setEditQuantity(
  { order, edit }: { order: Order; edit: OrderEdit },
  ask: { lineId: number; quantity: number; restock: boolean },
): { ok: true } | WorkRefusal {
  const line = boughtLine(order, ask.lineId);
  const now = line.quantity - line.removed;
  const handedOver = now - onlyRemaining(order, line.id);
  if (ask.quantity < handedOver) {
    const message = `Quantity cannot be less than the ${handedOver} units that are fulfilled.`;
    return refuseWork(message, { field: ['quantity'] });
  }
  edit.quantities[ask.lineId] = { quantity: ask.quantity, restock: ask.restock };
  return { ok: true };
}

/** `orderEditCommit`: what changed takes effect at once. */
export function commitEdit(
  shop: LocalShop,
  order: Order,
  { edit, staffNote, actor }: { edit: OrderEdit; staffNote: string | null; actor: OrderActor },
): void {
  const removals: { id: number; delta: number }[] = [];
  for (const [id, { quantity, restock }] of Object.entries(edit.quantities)) {
    const line = boughtLine(order, Number(id));
    const delta = line.quantity - line.removed - quantity;
    if (delta <= 0) continue;
    dropOpenUnits(shop, order, { orderLineId: line.id, quantity: delta, restock });
    removals.push({ id: line.id, delta });
  }
  shop.state.orderEdits = shop.state.orderEdits.filter((one) => one !== edit);
  note(shop, order, actor, `Edited${staffNote ? `: ${staffNote}` : ''}`);
  shop.announce('orders/edited', {
    order_edit: {
      id: edit.id,
      app_id: shop.app.id,
      created_at: shop.clock.now(),
      notify_customer: false,
      order_id: order.id,
      staff_note: staffNote,
      user_id: null,
      line_items: { additions: [], removals },
    },
  });
  announceOrder(shop, order, 'orders/updated');
}

export type OrderPatch = {
  address?: Partial<SeedAddress>;
  email?: string;
  phone?: string;
  note?: string;
  tags?: readonly string[];
  attributes?: readonly { key: string; value: string }[];
};

/** `orderUpdate`: what is not named stays; nothing is rerouted. */
export function updateOrder(
  shop: LocalShop,
  order: Order,
  { patch, actor }: { patch: OrderPatch; actor: OrderActor },
): void {
  if (patch.address) {
    order.address = { ...blankAddress(shop), ...order.address, ...patch.address };
    if (shop.state.settings.addressOnWork === 'follows') {
      for (const one of order.fulfillmentOrders.filter(isActive)) one.destination = order.address;
    }
    const { zip, city } = order.address;
    note(shop, order, actor, `Address is now ${`${zip} ${city}`.trim()}`);
  }
  if (patch.email !== undefined) order.email = patch.email;
  if (patch.phone !== undefined) order.phone = patch.phone;
  if (patch.note !== undefined) order.note = patch.note;
  if (patch.tags) order.tags = [...patch.tags];
  if (patch.attributes) order.attributes = [...patch.attributes];
  announceOrder(shop, order, 'orders/updated');
}

function blankAddress(shop: LocalShop): SeedAddress {
  const names = { firstName: '', lastName: '', company: '', phone: '' };
  const place = { address1: '', address2: '', city: '', zip: '', provinceCode: '' };
  return { ...names, ...place, countryCode: shop.seed.shop.countryCode };
}

/** The payment of an order that was placed without one has come in. */
export function markPaid(shop: LocalShop, order: Order): void {
  if (order.financialStatus === 'PAID') throw new Error(`order ${order.id} is paid already`);
  order.financialStatus = 'PAID';
  note(shop, order, 'merchant', 'Marked as paid');
  announceOrder(shop, order, 'orders/paid');
}

/** Deletes a canceled or finished order; the app hears of its number only. */
export function deleteOrder(shop: LocalShop, order: Order): void {
  if (order.fulfillmentOrders.some(isActive) || order.unrouted.length > 0) {
    throw new Error(`order ${order.id} has open work: cancel it first`);
  }
  shop.state.orders = shop.state.orders.filter((one) => one !== order);
  shop.announce('orders/delete', { id: order.id });
  shop.file.touch();
}
