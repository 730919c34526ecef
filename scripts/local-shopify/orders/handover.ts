/**
 * Goods that leave: a fulfillment takes its units out of committed (and so off hand), canceling it brings them back.
 *
 * One fulfillment is of one order and one location. What a carrier says comes as events; the last one is the state that
 * the order page shows.
 */
import type { LocalShop } from '../shop.ts';
import { takeId } from '../state.ts';
import { announceOrder } from './announce.ts';
import type { Fulfillment, Order, OrderActor, Tracking } from './order-state.ts';
import { eventPayload, fulfillmentPayload } from './payloads.ts';
import {
  actionsOf,
  changeStock,
  type FoundWork,
  findWork,
  isActive,
  isPartlyDone,
  lineOf,
  makeWorkLike,
  namedUnits,
  note,
  refuseWork,
  type Units,
  unitsLeft,
  type WorkRefusal,
} from './work.ts';

export type HandOverAsk = {
  groups: readonly { id: number | undefined; lines?: readonly Units[] | undefined }[];
  tracking?: readonly Tracking[];
  isCustomerNotified?: boolean;
  actor: OrderActor;
};
export type HandedOver = { ok: true; order: Order; fulfillment: Fulfillment };
type Part = { found: FoundWork; units: Units[] };

/** `fulfillmentCreate`: all of it or nothing. */
export function handOver(shop: LocalShop, ask: HandOverAsk): HandedOver | WorkRefusal {
  const parts = partsOf(shop, ask);
  if (!Array.isArray(parts)) return parts;
  const [first] = parts;
  if (!first) return refuseWork('No fulfillment orders were provided.', { field: FIELD });
  const { order, one } = first.found;
  const now = shop.clock.now();
  const fulfillment: Fulfillment = {
    id: takeId(shop.state),
    place: order.fulfillments.length + 1,
    locationId: one.locationId,
    status: 'SUCCESS',
    createdAt: now,
    updatedAt: now,
    isCustomerNotified: ask.isCustomerNotified ?? false,
    tracking: [...(ask.tracking ?? [])],
    events: [],
    lines: parts.flatMap((part) => takeOut(shop, part)),
  };
  order.fulfillments.push(fulfillment);
  const number = fulfillment.tracking[0]?.number;
  const place = shop.locations.get(one.locationId)?.name ?? '';
  note(shop, order, ask.actor, `Fulfilled from ${place}${number ? `, tracking ${number}` : ''}`);
  shop.announce('fulfillments/create', fulfillmentPayload(shop, order, fulfillment));
  const isAll = !order.fulfillmentOrders.some(isActive);
  announceOrder(shop, order, isAll ? 'orders/fulfilled' : 'orders/partially_fulfilled');
  return { ok: true, order, fulfillment };
}

const FIELD = ['fulfillment', 'lineItemsByFulfillmentOrder'];

function partsOf(shop: LocalShop, ask: HandOverAsk): Part[] | WorkRefusal {
  const parts: Part[] = [];
  for (const [i, group] of ask.groups.entries()) {
    const field = [...FIELD, String(i), 'fulfillmentOrderId'];
    const found = findWork(shop, group.id);
    if (!found) return refuseWork('Fulfillment order does not exist.', { field });
    const refused = partRefusal(shop, found, { first: parts[0]?.found, field });
    if (refused) return refused;
    const named = namedUnits(found.one, group.lines);
    if (!named.ok || named.units.length === 0) {
      const message = 'Invalid fulfillment order line item quantity requested.';
      return refuseWork(message, { field: ['fulfillment'] });
    }
    parts.push({ found, units: named.units });
  }
  return parts;
}

function partRefusal(
  shop: LocalShop,
  found: FoundWork,
  { first, field }: { first: FoundWork | undefined; field: readonly string[] },
): WorkRefusal | undefined {
  const { one, order } = found;
  if (first && first.order !== order) {
    return refuseWork('All fulfillment orders must belong to the same order.', { field });
  }
  if (first && first.one.locationId !== one.locationId) {
    return refuseWork('All fulfillment orders must be assigned to the same location.', { field });
  }
  if (actionsOf(shop, found).includes('CREATE_FULFILLMENT')) return undefined;
  const state = one.status.toLowerCase();
  return refuseWork(`Fulfillment order ${one.id} has an unfulfillable status= ${state}.`, {
    field: ['fulfillment'],
  });
}

function takeOut(shop: LocalShop, { found, units }: Part): Fulfillment['lines'] {
  const { order, one } = found;
  const lines = units.map(({ id, quantity }) => {
    const line = lineOf(one, id);
    const { orderLineId } = line;
    changeStock(shop, { order, orderLineId, locationId: one.locationId }, { committed: -quantity });
    line.remaining -= quantity;
    return { id: takeId(shop.state), orderLineId, quantity, fulfillmentOrderId: one.id };
  });
  one.status = unitsLeft(one) === 0 ? 'CLOSED' : 'IN_PROGRESS';
  if (one.status === 'CLOSED') one.isProgressReported = false;
  one.updatedAt = shop.clock.now();
  return lines;
}

type FoundFulfillment = { order: Order; one: Fulfillment };

/** The fulfillment with this number. */
export function findFulfillment(
  shop: LocalShop,
  id: number | undefined,
): FoundFulfillment | undefined {
  for (const order of shop.state.orders) {
    const one = order.fulfillments.find((each) => each.id === id);
    if (one) return { order, one };
  }
  return undefined;
}

const missing = (field: readonly string[]): WorkRefusal =>
  refuseWork('Fulfillment does not exist.', { field });

/** `fulfillmentCancel`: the units are back, in their fulfillment order or in a new one in its place. */
export function cancelFulfillment(
  shop: LocalShop,
  { id, actor }: { id: number | undefined; actor: OrderActor },
): HandedOver | WorkRefusal {
  const found = findFulfillment(shop, id);
  if (!found) return missing(['id']);
  const { order, one } = found;
  if (one.status === 'CANCELLED') return refuseWork('The fulfillment is canceled already.');
  if (one.events.some((event) => event.status === 'DELIVERED')) {
    return refuseWork('A delivered fulfillment cannot be canceled.');
  }
  one.status = 'CANCELLED';
  one.updatedAt = shop.clock.now();
  for (const workId of new Set(one.lines.map((line) => line.fulfillmentOrderId))) {
    const lines = one.lines.filter((line) => line.fulfillmentOrderId === workId);
    putBack(shop, { order, workId, lines, locationId: one.locationId });
  }
  note(shop, order, actor, `Fulfillment ${one.place} canceled`);
  shop.announce('fulfillments/update', fulfillmentPayload(shop, order, one));
  announceOrder(shop, order, 'orders/updated');
  return { ok: true, order, fulfillment: one };
}

type PutBack = {
  order: Order;
  workId: number;
  lines: Fulfillment['lines'];
  locationId: number;
};

function putBack(shop: LocalShop, { order, workId, lines, locationId }: PutBack): void {
  const one = order.fulfillmentOrders.find((each) => each.id === workId);
  for (const { orderLineId, quantity } of lines) {
    changeStock(shop, { order, orderLineId, locationId }, { committed: quantity });
  }
  if (!one) return;
  if (!isActive(one)) {
    order.fulfillmentOrders.push(makeWorkLike(shop, { order, one }, lines, locationId));
    return;
  }
  for (const { orderLineId, quantity } of lines) {
    const line = one.lines.find((each) => each.orderLineId === orderLineId);
    if (line) line.remaining += quantity;
  }
  if (!isPartlyDone(one) && one.status === 'IN_PROGRESS') one.status = 'OPEN';
  one.updatedAt = shop.clock.now();
}

/** `fulfillmentTrackingInfoUpdate`. */
export function changeTracking(
  shop: LocalShop,
  ask: { id: number | undefined; tracking: readonly Tracking[]; actor: OrderActor },
): HandedOver | WorkRefusal {
  const found = findFulfillment(shop, ask.id);
  if (!found) return missing(['fulfillmentId']);
  const { order, one } = found;
  if (one.status === 'CANCELLED') return refuseWork('The fulfillment is canceled.');
  one.tracking = [...ask.tracking];
  one.updatedAt = shop.clock.now();
  note(shop, order, ask.actor, `Tracking is ${one.tracking[0]?.number ?? 'removed'}`);
  shop.announce('fulfillments/update', fulfillmentPayload(shop, order, one));
  announceOrder(shop, order, 'orders/updated');
  return { ok: true, order, fulfillment: one };
}

export type CarrierSays = {
  id: number | undefined;
  status: string;
  happenedAt?: string | null;
  estimatedDeliveryAt?: string | null;
  message?: string | null;
  city?: string | null;
  zip?: string | null;
  country?: string | null;
  actor: OrderActor;
};

/** `fulfillmentEventCreate`: what a carrier says of a parcel. */
export function tellEvent(shop: LocalShop, ask: CarrierSays): HandedOver | WorkRefusal {
  const found = findFulfillment(shop, ask.id);
  if (!found) return missing(['fulfillmentEvent', 'fulfillmentId']);
  const { order, one } = found;
  if (one.status === 'CANCELLED') return refuseWork('The fulfillment is canceled.');
  const now = shop.clock.now();
  const event = {
    id: takeId(shop.state),
    status: ask.status,
    happenedAt: ask.happenedAt ?? now,
    createdAt: now,
    estimatedDeliveryAt: ask.estimatedDeliveryAt ?? null,
    message: ask.message ?? null,
    city: ask.city ?? null,
    zip: ask.zip ?? null,
    country: ask.country ?? null,
  };
  one.events.push(event);
  one.updatedAt = now;
  note(shop, order, ask.actor, `Carrier: ${ask.status}${ask.message ? ` (${ask.message})` : ''}`);
  shop.announce('fulfillment_events/create', eventPayload(order, one, event));
  shop.announce('fulfillments/update', fulfillmentPayload(shop, order, one));
  return { ok: true, order, fulfillment: one };
}
