/**
 * Moving, splitting and merging fulfillment orders: units keep their line, ids do not keep theirs.
 *
 * A whole fulfillment order that nothing was handed over of moves with its id, unless the destination has an open one
 * of the same order. In every other case it closes and new ones hold its units (settings `partialMove`, `moveOntoOpen`,
 * `splitKeeps` for what the documentation leaves open). Committed units go along from location to location.
 */
import { gid, type LocalShop, levelOf, variantOf } from '../shop.ts';
import { takeId } from '../state.ts';
import { connectLevel } from '../stock/levels.ts';
import type { FulfillmentOrder, OrderActor } from './order-state.ts';
import { unitsPayload, workPayload } from './payloads.ts';
import {
  actionsOf,
  changeStock,
  closeWork,
  type FoundWork,
  findWork,
  isPartlyDone,
  isWhole,
  lineOf,
  makeWorkLike,
  mayMerge,
  namedUnits,
  note,
  placeOf,
  refuseWork,
  takeUnits,
  type Units,
  type WorkRefusal,
} from './work.ts';

export type MoveAsk = {
  id: number | undefined;
  locationId: number | undefined;
  lines?: readonly Units[] | undefined;
  actor: OrderActor;
  /** Until API 2026-10 the destination must stock the item; since then the move stocks it. */
  mustStock: boolean;
};
type Moved = {
  ok: true;
  order: FoundWork['order'];
  moved: FulfillmentOrder;
  original: FulfillmentOrder;
  remaining: FulfillmentOrder | null;
};

const REQUESTED = ['SUBMITTED', 'ACCEPTED', 'CANCELLATION_REQUESTED', 'CANCELLATION_REJECTED'];

/** `fulfillmentOrderMove`. */
export function moveWork(shop: LocalShop, ask: MoveAsk): Moved | WorkRefusal {
  const found = findWork(shop, ask.id);
  if (!found) return refuseWork('Fulfillment order does not exist.', { field: ['id'] });
  const refused = moveRefusal(shop, found, ask);
  if (refused) return refused;
  const { order, one } = found;
  const named = namedUnits(one, ask.lines);
  if (!named.ok) return unitsRefusal(named);
  const locationId = Number(ask.locationId);
  const unstocked = stockRefusal(shop, found, { units: named.units, locationId, ask });
  if (unstocked) return unstocked;
  const from = one.locationId;
  const requested = unitsPayload(named.units);
  shiftStock(shop, found, { units: named.units, to: locationId });
  const done = carryOver(shop, found, { units: named.units, locationId });
  const names = [from, locationId].map((id) => shop.locations.get(id)?.name ?? String(id));
  note(shop, order, ask.actor, `Moved from ${names[0]} to ${names[1]}`);
  shop.announce('fulfillment_orders/moved', {
    original_fulfillment_order: workPayload(done.original),
    moved_fulfillment_order: workPayload(done.moved),
    destination_location_id: gid('Location', locationId),
    fulfillment_order_line_items_requested: requested,
    source_location: { id: gid('Location', from) },
  });
  return { ok: true, order, ...done };
}

function moveRefusal(shop: LocalShop, found: FoundWork, ask: MoveAsk): WorkRefusal | undefined {
  const { one } = found;
  const location = shop.locations.get(ask.locationId ?? 0);
  if (!location?.isActive) {
    return refuseWork('Location does not exist or is not active.', { field: ['newLocationId'] });
  }
  if (one.status === 'CLOSED' || one.status === 'CANCELLED') {
    const state = one.status.toLowerCase();
    return refuseWork(`Cannot change location because the fulfillment order is ${state}.`);
  }
  if (one.isProgressReported) {
    return refuseWork(
      'Cannot move a fulfillment order that has had progress reported. To move it, mark it as open first.',
      { code: 'CANNOT_MOVE_FULFILLMENT_ORDER_WITH_REPORTED_PROGRESS', field: ['id'] },
    );
  }
  if (REQUESTED.includes(one.requestStatus)) {
    return refuseWork('Cannot change location: a fulfillment request is under way.');
  }
  if (one.locationId === location.id) {
    return refuseWork(`The fulfillment order is already assigned to ${location.name}.`, {
      field: ['newLocationId'],
    });
  }
  if (actionsOf(shop, found).includes('MOVE')) return undefined;
  return refuseWork(`The fulfillment order is ${one.status.toLowerCase()} and cannot be moved.`);
}

function unitsRefusal({ at, why }: { at: number; why: 'line' | 'quantity' }): WorkRefusal {
  const field = ['fulfillmentOrderLineItems', String(at), why === 'line' ? 'id' : 'quantity'];
  const text = why === 'line' ? 'does not exist' : 'quantity is invalid';
  return refuseWork(`Fulfillment order line item ${text}.`, { field });
}

function stockRefusal(
  shop: LocalShop,
  { order, one }: FoundWork,
  { units, locationId, ask }: { units: readonly Units[]; locationId: number; ask: MoveAsk },
): WorkRefusal | undefined {
  for (const { id } of units) {
    const { orderLineId } = lineOf(one, id);
    const bought = order.lines.find((line) => line.id === orderLineId);
    if (!bought) continue;
    const { variant } = variantOf(shop, bought.variantId);
    if (levelOf(shop, variant.inventoryItemId, locationId)) continue;
    if (ask.mustStock) {
      const name = shop.locations.get(locationId)?.name;
      return refuseWork(`${variant.sku} isn't stocked at ${name}.`, { field: ['newLocationId'] });
    }
    connectLevel(shop, { itemId: variant.inventoryItemId, locationId });
  }
  return undefined;
}

function shiftStock(
  shop: LocalShop,
  { order, one }: FoundWork,
  { units, to }: { units: readonly Units[]; to: number },
): void {
  for (const { id, quantity } of units) {
    const { orderLineId } = lineOf(one, id);
    const from = { order, orderLineId, locationId: one.locationId };
    changeStock(shop, from, { committed: -quantity, available: quantity });
    changeStock(
      shop,
      { order, orderLineId, locationId: to },
      { committed: quantity, available: -quantity },
    );
  }
}

/** Who holds the units afterwards. */
function carryOver(
  shop: LocalShop,
  { order, one }: FoundWork,
  { units, locationId }: { units: readonly Units[]; locationId: number },
): Pick<Moved, 'moved' | 'original' | 'remaining'> {
  const { settings } = shop.state;
  const other = order.fulfillmentOrders.find(
    (each) =>
      each !== one &&
      each.status === 'OPEN' &&
      each.locationId === locationId &&
      each.methodType === one.methodType &&
      !each.isProgressReported,
  );
  const joins = settings.moveOntoOpen === 'recreated' ? other : undefined;
  const isAll = isWhole(one, units);
  if (isAll && !isPartlyDone(one) && !joins) {
    one.locationId = locationId;
    one.assigned = placeOf(shop, locationId);
    one.updatedAt = shop.clock.now();
    return { moved: one, original: one, remaining: null };
  }
  const isHeld = one.status === 'ON_HOLD';
  const { holds } = one;
  const lines = takeUnits(one, units);
  if (joins) {
    const rest = joins.lines.map(({ id, remaining }) => ({ id, quantity: remaining }));
    lines.push(
      ...takeUnits(
        joins,
        rest.filter((line) => line.quantity > 0),
      ),
    );
    closeWork(shop, joins);
  }
  const moved = makeWorkLike(shop, { order, one }, sumByLine(lines), locationId);
  order.fulfillmentOrders.push(moved);
  if (isHeld) Object.assign(moved, { status: 'ON_HOLD', holds });
  const remaining = isAll ? null : restOf(shop, { order, one }, settings.partialMove);
  if (isAll) closeWork(shop, one);
  return { moved, original: one, remaining };
}

/** What stays behind: the old one, or a new one in its place. */
function restOf(
  shop: LocalShop,
  { order, one }: FoundWork,
  how: 'new ids' | 'keeps id',
): FulfillmentOrder {
  if (how === 'keeps id') {
    one.updatedAt = shop.clock.now();
    return one;
  }
  const { holds } = one;
  const status = one.status === 'ON_HOLD' ? 'ON_HOLD' : 'OPEN';
  const rest = one.lines.filter((line) => line.remaining > 0);
  const taken = takeUnits(
    one,
    rest.map(({ id, remaining }) => ({ id, quantity: remaining })),
  );
  const next = makeWorkLike(shop, { order, one }, taken);
  Object.assign(next, { status, holds });
  closeWork(shop, one);
  order.fulfillmentOrders.push(next);
  return next;
}

/** Units of one line that come from two fulfillment orders stand in one row. */
function sumByLine(
  lines: readonly { orderLineId: number; quantity: number }[],
): { orderLineId: number; quantity: number }[] {
  const sums = new Map<number, number>();
  for (const { orderLineId, quantity } of lines) {
    sums.set(orderLineId, (sums.get(orderLineId) ?? 0) + quantity);
  }
  return [...sums].map(([orderLineId, quantity]) => ({ orderLineId, quantity }));
}

type Split = {
  ok: true;
  order: FoundWork['order'];
  one: FulfillmentOrder;
  remaining: FulfillmentOrder;
  replacement: FulfillmentOrder | null;
};

/** `fulfillmentOrderSplit` of one fulfillment order. */
export function splitWork(
  shop: LocalShop,
  ask: { id: number | undefined; lines: readonly Units[]; actor: OrderActor },
): Split | WorkRefusal {
  const found = findWork(shop, ask.id);
  if (!found) {
    return refuseWork('Fulfillment order does not exist.', { code: 'FULFILLMENT_ORDER_NOT_FOUND' });
  }
  const { order, one } = found;
  if (ask.lines.length === 0) {
    return refuseWork('No line items provided to split.', {
      code: 'NO_LINE_ITEMS_PROVIDED_TO_SPLIT',
    });
  }
  if (!actionsOf(shop, found).includes('SPLIT')) {
    return refuseWork(`The fulfillment order is ${one.status.toLowerCase()} and cannot be split.`);
  }
  const named = namedUnits(one, ask.lines);
  if (!named.ok) return { ...unitsRefusal(named), code: 'INVALID_LINE_ITEM_QUANTITY' };
  if (isWhole(one, named.units)) {
    const message = 'At least one unit must stay in the fulfillment order.';
    return refuseWork(message, { code: 'INVALID_LINE_ITEM_QUANTITY' });
  }
  const lineIds = new Map(named.units.map(({ id }) => [id, lineOf(one, id).orderLineId]));
  const replacement = isPartlyDone(one) ? restOf(shop, found, 'new ids') : null;
  const holder = replacement ?? one;
  const units = named.units.map(({ id, quantity }) => {
    const line = holder.lines.find((each) => each.orderLineId === lineIds.get(id));
    return { id: line?.id ?? id, quantity };
  });
  const keeps = shop.state.settings.splitKeeps;
  const next = splitOff(shop, { order, one: holder }, { units, keeps });
  note(shop, order, ask.actor, `Split ${one.id}`);
  shop.announce('fulfillment_orders/split', {
    fulfillment_order: workPayload(one),
    remaining_fulfillment_order: workPayload(next),
    replacement_fulfillment_order: replacement && workPayload(replacement),
  });
  return { ok: true, order, one, remaining: next, replacement };
}

/** Makes a second fulfillment order at the same place; `keeps` says which units stay in the old one. */
export function splitOff(
  shop: LocalShop,
  { order, one }: FoundWork,
  { units, keeps }: { units: readonly Units[]; keeps: 'rest' | 'named' },
): FulfillmentOrder {
  const named = new Map(units.map(({ id, quantity }) => [id, quantity]));
  const others = one.lines
    .map(({ id, remaining }) => ({ id, quantity: remaining - (named.get(id) ?? 0) }))
    .filter((line) => line.quantity > 0);
  const next = makeWorkLike(
    shop,
    { order, one },
    takeUnits(one, keeps === 'rest' ? units : others),
  );
  one.updatedAt = shop.clock.now();
  order.fulfillmentOrders.push(next);
  return next;
}

/** `fulfillmentOrderMerge` of one set: the first stays and takes the units of the others. */
export function mergeWorks(
  shop: LocalShop,
  ask: { ids: readonly (number | undefined)[]; actor: OrderActor },
): { ok: true; order: FoundWork['order']; one: FulfillmentOrder } | WorkRefusal {
  const found = ask.ids.map((id) => findWork(shop, id));
  const [first, ...rest] = found;
  if (!first || rest.length === 0 || rest.includes(undefined)) {
    return refuseWork('Fulfillment order does not exist.', { code: 'FULFILLMENT_ORDER_NOT_FOUND' });
  }
  const { order, one } = first;
  const others = rest.flatMap((each) => each ?? []);
  if (!others.every((each) => each.order === order && mayMerge(one, each.one))) {
    return refuseWork('Only open fulfillment orders of one order at one location can be merged.');
  }
  for (const other of others) {
    const units = other.one.lines.map(({ id, remaining }) => ({ id, quantity: remaining }));
    for (const taken of takeUnits(other.one, units)) addUnits(shop, one, taken);
    closeWork(shop, other.one);
  }
  one.updatedAt = shop.clock.now();
  note(shop, order, ask.actor, `Merged ${others.length + 1} fulfillment orders`);
  shop.announce('fulfillment_orders/merged', {
    fulfillment_order_merges: [
      {
        fulfillment_order: workPayload(one),
        merge_intents: [first, ...others].map((each) => ({
          fulfillment_order_id: gid('FulfillmentOrder', each.one.id),
        })),
      },
    ],
  });
  return { ok: true, order, one };
}

function addUnits(
  shop: LocalShop,
  one: FulfillmentOrder,
  taken: { orderLineId: number; quantity: number },
): void {
  const line = one.lines.find((each) => each.orderLineId === taken.orderLineId);
  if (line) {
    line.quantity += taken.quantity;
    line.remaining += taken.quantity;
    return;
  }
  one.lines.push({ id: takeId(shop.state), ...taken, remaining: taken.quantity });
}
