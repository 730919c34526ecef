/**
 * Fulfillment orders: how one is made, what may be done with it now, and how units go from one to another.
 *
 * Invariants: a unit still to be handed over is in exactly one active fulfillment order and is `committed` at its
 * location; closed and canceled ones hold nothing. Whatever changes one says so in the order's timeline.
 * Source: docs/shopify-platform of the project's fact sheet, Admin schema 2026-07 (`FulfillmentOrder`).
 */
import type { SeedLocation } from '../seed.ts';
import { type LocalShop, levelOf, variantOf } from '../shop.ts';
import { takeId } from '../state.ts';
import { changeLevel, connectLevel, type LevelDeltas } from '../stock/levels.ts';
import type {
  FulfillmentOrder,
  FulfillmentOrderLine,
  Order,
  OrderActor,
  PlaceSnapshot,
} from './order-state.ts';

/** Why Shopify did not do it, as a userError; `code` null where the error type has none. */
export type WorkRefusal = {
  ok: false;
  code: string | null;
  field: readonly string[] | null;
  message: string;
};
/** Units of one line of a fulfillment order. */
export type Units = { id: number; quantity: number };
export type FoundWork = { order: Order; one: FulfillmentOrder };

/** A refusal; the field is where the input is wrong. */
export function refuseWork(
  message: string,
  { code = null, field = null }: { code?: string | null; field?: readonly string[] | null } = {},
): WorkRefusal {
  return { ok: false, code, field, message };
}

/** The fulfillment order with this number, once routing has made it. */
export function findWork(shop: LocalShop, id: number | undefined): FoundWork | undefined {
  for (const order of shop.state.orders) {
    const one = order.fulfillmentOrders.find((each) => each.id === id);
    if (one) return { order, one };
  }
  return undefined;
}

type WorkFacts = Pick<FulfillmentOrder, 'locationId' | 'methodType'> &
  Partial<Pick<FulfillmentOrder, 'minDeliveryAt' | 'maxDeliveryAt' | 'fulfillAt' | 'fulfillBy'>> & {
    lines: readonly { orderLineId: number; quantity: number }[];
  };

/** A new open fulfillment order, not yet put into the order. */
export function makeWork(shop: LocalShop, order: Order, facts: WorkFacts): FulfillmentOrder {
  const now = shop.clock.now();
  return {
    minDeliveryAt: null,
    maxDeliveryAt: null,
    fulfillAt: now,
    fulfillBy: null,
    ...facts,
    id: takeId(shop.state),
    assigned: placeOf(shop, facts.locationId),
    destination: facts.methodType === 'PICK_UP' ? null : order.address,
    status: 'OPEN',
    requestStatus: 'UNSUBMITTED',
    createdAt: now,
    updatedAt: now,
    holds: [],
    isProgressReported: false,
    isPrepared: false,
    lines: facts.lines.map(({ orderLineId, quantity }) => ({
      id: takeId(shop.state),
      orderLineId,
      quantity,
      remaining: quantity,
    })),
  };
}

/** A fulfillment order like another one, with other units. */
export function makeWorkLike(
  shop: LocalShop,
  { order, one }: FoundWork,
  lines: WorkFacts['lines'],
  locationId = one.locationId,
): FulfillmentOrder {
  const { methodType, minDeliveryAt, maxDeliveryAt, fulfillAt, fulfillBy } = one;
  const facts = { methodType, minDeliveryAt, maxDeliveryAt, fulfillAt, fulfillBy };
  return {
    ...makeWork(shop, order, { ...facts, locationId, lines }),
    destination: one.destination,
  };
}

/** A location as it is now, for later. */
export function placeOf(shop: LocalShop, locationId: number): PlaceSnapshot {
  const found: SeedLocation | undefined = shop.locations.get(locationId);
  if (!found) throw new Error(`there is no location ${locationId}`);
  const { name, address1, address2, city, zip, provinceCode, countryCode, phone } = found;
  return { name, address1, address2, city, zip, provinceCode, countryCode, phone };
}

/** Whether it still holds units to hand over. */
export function isActive(one: FulfillmentOrder): boolean {
  return one.status !== 'CLOSED' && one.status !== 'CANCELLED' && one.status !== 'INCOMPLETE';
}

export function unitsLeft(one: FulfillmentOrder): number {
  return one.lines.reduce((sum, line) => sum + line.remaining, 0);
}

/** Whether part of it has been handed over already. */
export function isPartlyDone(one: FulfillmentOrder): boolean {
  return one.lines.some((line) => line.remaining < line.quantity);
}

/** Units of an order's line that have not been handed over, routed or not. */
export function onlyRemaining(order: Order, orderLineId: number): number {
  return [...order.unrouted, ...order.fulfillmentOrders]
    .flatMap((one) => one.lines)
    .filter((line) => line.orderLineId === orderLineId)
    .reduce((sum, line) => sum + line.remaining, 0);
}

/** What may be done with it now, as `supportedActions` lists it. */
export function actionsOf(shop: LocalShop, { order, one }: FoundWork): string[] {
  if (!isActive(one) || order.cancelledAt !== null) return [];
  const ships = one.methodType === 'SHIPPING';
  const isOnHold = one.status === 'ON_HOLD';
  if (isOnHold) {
    const moves = ships && shop.state.settings.moveOnHold === 'yes';
    return [...(moves ? ['MOVE'] : []), 'HOLD', 'RELEASE_HOLD'];
  }
  if (one.status === 'SCHEDULED') return ['MARK_AS_OPEN'];
  if (one.isProgressReported) return ['CREATE_FULFILLMENT', 'MARK_AS_OPEN', 'REPORT_PROGRESS'];
  const mergeable = order.fulfillmentOrders.filter((each) => mayMerge(one, each));
  return [
    'CREATE_FULFILLMENT',
    ...(ships ? ['REPORT_PROGRESS', 'MOVE'] : []),
    'HOLD',
    ...(ships && unitsLeft(one) > 1 ? ['SPLIT'] : []),
    ...(mergeable.length > 0 ? ['MERGE'] : []),
  ];
}

/** Whether two fulfillment orders of one order could be one. */
export function mayMerge(one: FulfillmentOrder, other: FulfillmentOrder): boolean {
  return (
    one !== other &&
    other.status === 'OPEN' &&
    one.status === 'OPEN' &&
    other.locationId === one.locationId &&
    other.methodType === one.methodType &&
    !one.isProgressReported &&
    !other.isProgressReported
  );
}

type NamedUnits =
  | { ok: true; units: Units[] }
  | { ok: false; at: number; why: 'line' | 'quantity' };

/** The units meant: those named, or all that are left. */
export function namedUnits(one: FulfillmentOrder, named: readonly Units[] | undefined): NamedUnits {
  if (named === undefined || named.length === 0) {
    const rest = one.lines.filter((line) => line.remaining > 0);
    return { ok: true, units: rest.map(({ id, remaining }) => ({ id, quantity: remaining })) };
  }
  const seen = new Set<number>();
  for (const [at, { id, quantity }] of named.entries()) {
    const line = one.lines.find((each) => each.id === id);
    if (!line || seen.has(id)) return { ok: false, at, why: 'line' };
    if (quantity < 1 || quantity > line.remaining) return { ok: false, at, why: 'quantity' };
    seen.add(id);
  }
  return { ok: true, units: [...named] };
}

/** Whether these units are all that is left of it. */
export function isWhole(one: FulfillmentOrder, units: readonly Units[]): boolean {
  return units.reduce((sum, { quantity }) => sum + quantity, 0) === unitsLeft(one);
}

/** Takes units out of a fulfillment order; what was taken, by order line. */
export function takeUnits(
  one: FulfillmentOrder,
  units: readonly Units[],
): { orderLineId: number; quantity: number }[] {
  const taken = units.map(({ id, quantity }) => {
    const line = lineOf(one, id);
    line.quantity -= quantity;
    line.remaining -= quantity;
    return { orderLineId: line.orderLineId, quantity };
  });
  one.lines = one.lines.filter((line) => line.quantity > 0);
  return taken;
}

/** Closes it; units it still held have gone to others. */
export function closeWork(shop: LocalShop, one: FulfillmentOrder): void {
  one.status = 'CLOSED';
  one.holds = [];
  one.isProgressReported = false;
  one.updatedAt = shop.clock.now();
}

export function lineOf(one: FulfillmentOrder, id: number): FulfillmentOrderLine {
  const line = one.lines.find((each) => each.id === id);
  if (!line) throw new Error(`fulfillment order ${one.id} has no line ${id}`);
  return line;
}

/** Changes what a location holds of the variant of an order line; a deleted or unstocked one holds nothing. */
export function changeStock(
  shop: LocalShop,
  { order, orderLineId, locationId }: { order: Order; orderLineId: number; locationId: number },
  deltas: LevelDeltas,
): void {
  const bought = order.lines.find((line) => line.id === orderLineId);
  if (!bought) throw new Error(`order ${order.id} has no line ${orderLineId}`);
  const { variant } = variantOf(shop, bought.variantId);
  if (!levelOf(shop, variant.inventoryItemId, locationId)) return;
  changeLevel(shop, { itemId: variant.inventoryItemId, locationId }, deltas);
}

/** Puts units back into what a location sells, stocking the item there if need be. */
export function returnToShelf(
  shop: LocalShop,
  { order, orderLineId, locationId }: { order: Order; orderLineId: number; locationId: number },
  quantity: number,
): void {
  const bought = order.lines.find((line) => line.id === orderLineId);
  // A variant that was deleted meanwhile has no level to come back to.
  if (!bought || !shop.variants.has(bought.variantId)) return;
  const { variant } = variantOf(shop, bought.variantId);
  const key = { itemId: variant.inventoryItemId, locationId };
  connectLevel(shop, key);
  changeLevel(shop, key, { available: quantity });
}

/** Remembers what happened to an order, for the admin's page. */
export function note(shop: LocalShop, order: Order, actor: OrderActor, text: string): void {
  order.timeline.push({ at: shop.clock.now(), actor, text });
  order.updatedAt = shop.clock.now();
  shop.file.touch();
}
