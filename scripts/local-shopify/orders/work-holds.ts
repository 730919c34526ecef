/**
 * Holds, progress, deadlines and readiness of a fulfillment order: everything that changes neither its place nor its units.
 *
 * A hold of a part splits it first. Releasing without naming holds releases every hold, the merchant's too; an app that
 * names one it did not place is refused. Reported progress blocks moves until it is marked as open.
 */
import type { LocalShop } from '../shop.ts';
import { takeId } from '../state.ts';
import type { FulfillmentHold, FulfillmentOrder, OrderActor } from './order-state.ts';
import { holdPayload, unitsPayload, workPayload } from './payloads.ts';
import {
  actionsOf,
  type FoundWork,
  findWork,
  isActive,
  isWhole,
  namedUnits,
  note,
  refuseWork,
  type Units,
  unitsLeft,
  type WorkRefusal,
} from './work.ts';
import { splitOff } from './work-moves.ts';

/** Holds of one app on one fulfillment order. */
const HOLDS_MAX = 10;
const HANDLE_MAX = 64;
const NOTES_MAX = 256;

export type Done = { ok: true; order: FoundWork['order']; one: FulfillmentOrder };
type Held = Done & { hold: FulfillmentHold; remaining: FulfillmentOrder | null };

const missing = (): WorkRefusal =>
  refuseWork('Fulfillment order does not exist.', {
    code: 'FULFILLMENT_ORDER_NOT_FOUND',
    field: ['id'],
  });

export type HoldAsk = {
  id: number | undefined;
  reason: string;
  notes?: string | null;
  handle?: string;
  externalId?: string | null;
  lines?: readonly Units[] | undefined;
  heldBy: 'app' | 'merchant';
};

/** `fulfillmentOrderHold`. */
export function holdWork(shop: LocalShop, ask: HoldAsk): Held | WorkRefusal {
  const found = findWork(shop, ask.id);
  if (!found) return missing();
  const { order, one } = found;
  const refused = holdRefusal(shop, found, ask);
  if (refused) return refused;
  const named = namedUnits(one, ask.lines);
  if (!named.ok) {
    const field = ['fulfillmentHold', 'fulfillmentOrderLineItems', String(named.at)];
    const message = 'Invalid fulfillment order line item quantity requested.';
    return refuseWork(message, { code: 'INVALID_LINE_ITEM_QUANTITY', field });
  }
  const isFirst = one.holds.length === 0;
  const remaining = isWhole(one, named.units)
    ? null
    : splitOff(shop, found, { units: named.units, keeps: 'named' });
  const hold: FulfillmentHold = {
    id: takeId(shop.state),
    handle: ask.handle ?? '',
    externalId: ask.externalId ?? null,
    reason: ask.reason,
    notes: ask.notes ?? null,
    heldBy: ask.heldBy,
  };
  one.holds.push(hold);
  one.status = 'ON_HOLD';
  one.updatedAt = shop.clock.now();
  note(shop, order, ask.heldBy, `On hold: ${ask.reason}${ask.notes ? ` (${ask.notes})` : ''}`);
  const facts = { fulfillment_order: workPayload(one), fulfillment_hold: holdPayload(hold) };
  if (isFirst) {
    shop.announce('fulfillment_orders/placed_on_hold', {
      fulfillment_order: workPayload(one),
      remaining_fulfillment_order: remaining && workPayload(remaining),
      held_fulfillment_order_line_items: unitsPayload(named.units),
      created_fulfillment_hold: holdPayload(hold),
    });
  }
  shop.announce('fulfillment_holds/added', facts);
  return { ok: true, order, one, hold, remaining };
}

function holdRefusal(shop: LocalShop, found: FoundWork, ask: HoldAsk): WorkRefusal | undefined {
  const { one } = found;
  const handle = ask.handle ?? '';
  if (!actionsOf(shop, found).includes('HOLD')) {
    const state = one.isProgressReported ? 'in progress' : one.status.toLowerCase();
    return refuseWork(`The fulfillment order is ${state} and cannot be put on hold.`);
  }
  if (handle.length > HANDLE_MAX) {
    const field = ['fulfillmentHold', 'handle'];
    return refuseWork(`Handle is too long (maximum is ${HANDLE_MAX} characters)`, { field });
  }
  if (one.holds.length > 0 && (ask.lines ?? []).length > 0) {
    return refuseWork('The fulfillment order is not in a splittable state.', {
      code: 'FULFILLMENT_ORDER_NOT_SPLITTABLE',
    });
  }
  const own = one.holds.filter((hold) => hold.heldBy === ask.heldBy);
  if (own.some((hold) => hold.handle === handle)) {
    const message = 'The handle provided for the fulfillment hold is already in use.';
    return refuseWork(message, {
      code: 'DUPLICATE_FULFILLMENT_HOLD_HANDLE',
      field: ['fulfillmentHold', 'handle'],
    });
  }
  if (own.length < HOLDS_MAX) return undefined;
  return refuseWork('The maximum number of fulfillment holds has been reached.', {
    code: 'FULFILLMENT_ORDER_HOLD_LIMIT_REACHED',
  });
}

export type ReleaseAsk = {
  id: number | undefined;
  /** Absent: every hold of the fulfillment order, whoever placed it. */
  holdIds?: readonly (number | undefined)[] | undefined;
  externalId?: string | undefined;
  actor: 'app' | 'merchant';
};

/** `fulfillmentOrderReleaseHold`. */
export function releaseWork(shop: LocalShop, ask: ReleaseAsk): Done | WorkRefusal {
  const found = findWork(shop, ask.id);
  if (!found) return missing();
  const { order, one } = found;
  const isNamed = ask.holdIds !== undefined || ask.externalId !== undefined;
  const meant = one.holds.filter(
    (hold) =>
      !isNamed || ask.holdIds?.includes(hold.id) || hold.externalId === (ask.externalId ?? ''),
  );
  if (isNamed && ask.actor === 'app' && meant.some((hold) => hold.heldBy !== 'app')) {
    const message = "The app doesn't have access to release the fulfillment hold.";
    return refuseWork(message, { code: 'INVALID_ACCESS', field: ['holdIds'] });
  }
  if (meant.length === 0) {
    return refuseWork('The fulfillment order has no such hold.', { field: ['holdIds'] });
  }
  one.holds = one.holds.filter((hold) => !meant.includes(hold));
  if (one.holds.length === 0) one.status = 'OPEN';
  one.updatedAt = shop.clock.now();
  note(shop, order, ask.actor, `Released ${meant.length} of its holds`);
  for (const hold of meant) {
    shop.announce('fulfillment_holds/released', {
      fulfillment_order: workPayload(one),
      fulfillment_hold: holdPayload(hold),
    });
  }
  if (one.holds.length === 0) {
    shop.announce('fulfillment_orders/hold_released', { fulfillment_order: workPayload(one) });
  }
  return { ok: true, order, one };
}

/** `fulfillmentOrderReportProgress`. */
export function reportProgress(
  shop: LocalShop,
  ask: { id: number | undefined; notes: string | null; actor: OrderActor },
): Done | WorkRefusal {
  const found = findWork(shop, ask.id);
  if (!found) return missing();
  const { order, one } = found;
  if (ask.actor === 'app' && shop.state.settings.reportProgress === 'not eligible') {
    return refuseWork('Marketplace apps are not eligible to report progress.', {
      code: 'MARKETPLACE_APP_NOT_ELIGIBLE',
    });
  }
  if (one.methodType !== 'SHIPPING') {
    return refuseWork('Progress cannot be reported for this delivery method.', {
      code: 'FULFILLMENT_ORDER_INVALID_DELIVERY_METHOD',
    });
  }
  if (one.status !== 'OPEN' && one.status !== 'IN_PROGRESS') {
    const message = `The fulfillment order is ${one.status.toLowerCase()}.`;
    return refuseWork(message, { code: 'FULFILLMENT_ORDER_STATUS_INVALID', field: ['id'] });
  }
  if ((ask.notes ?? '').length > NOTES_MAX) {
    const field = ['progressReport', 'reasonNotes'];
    return refuseWork(`Reason notes is too long (maximum is ${NOTES_MAX} characters)`, { field });
  }
  one.status = 'IN_PROGRESS';
  one.isProgressReported = true;
  one.updatedAt = shop.clock.now();
  note(shop, order, ask.actor, `In progress${ask.notes ? `: ${ask.notes}` : ''}`);
  shop.announce('fulfillment_orders/progress_reported', { fulfillment_order: workPayload(one) });
  return { ok: true, order, one };
}

/** `fulfillmentOrderOpen`: a scheduled one is due, or reported progress is taken back. */
export function openWork(
  shop: LocalShop,
  ask: { id: number | undefined; actor: OrderActor },
): Done | WorkRefusal {
  const found = findWork(shop, ask.id);
  if (!found) return refuseWork('Fulfillment order does not exist.', { field: ['id'] });
  const { order, one } = found;
  if (!actionsOf(shop, found).includes('MARK_AS_OPEN')) {
    return refuseWork('The fulfillment order is neither scheduled nor in progress.');
  }
  const wasReported = one.isProgressReported;
  one.status = 'OPEN';
  one.isProgressReported = false;
  one.updatedAt = shop.clock.now();
  note(shop, order, ask.actor, 'Marked as open');
  const topic = wasReported
    ? 'manually_reported_progress_stopped'
    : 'scheduled_fulfillment_order_ready';
  shop.announce(`fulfillment_orders/${topic}`, { fulfillment_order: workPayload(one) });
  return { ok: true, order, one };
}

/** `fulfillmentOrderReschedule`: only a scheduled one has a day to change. */
export function rescheduleWork(
  shop: LocalShop,
  ask: { id: number | undefined; fulfillAt: string; actor: OrderActor },
): Done | WorkRefusal {
  const found = findWork(shop, ask.id);
  if (!found) return missing();
  const { order, one } = found;
  if (one.status !== 'SCHEDULED') {
    return refuseWork('The fulfillment order is not scheduled.', { field: ['id'] });
  }
  one.fulfillAt = ask.fulfillAt;
  one.updatedAt = shop.clock.now();
  note(shop, order, ask.actor, `Rescheduled to ${ask.fulfillAt}`);
  shop.announce('fulfillment_orders/rescheduled', {
    fulfillment_order: { ...workPayload(one), fulfill_at: one.fulfillAt },
  });
  return { ok: true, order, one };
}

/** `fulfillmentOrdersSetFulfillmentDeadline`; all of them or none. */
export function setDeadline(
  shop: LocalShop,
  ask: { ids: readonly (number | undefined)[]; deadline: string },
): { ok: true } | WorkRefusal {
  const found = ask.ids.map((id) => findWork(shop, id));
  const active = found.flatMap((each) => (each && isActive(each.one) ? [each] : []));
  if (active.length < ask.ids.length || active.length === 0) {
    return refuseWork('The fulfillment orders could not be found.', {
      code: 'FULFILLMENT_ORDERS_NOT_FOUND',
      field: ['fulfillmentOrderIds'],
    });
  }
  for (const { one } of active) {
    one.fulfillBy = new Date(ask.deadline).toISOString();
    one.updatedAt = shop.clock.now();
  }
  shop.file.touch();
  return { ok: true };
}

/** `fulfillmentOrderLineItemsPreparedForPickup`: Shopify mails the buyer; all of them or none. */
export function prepareForPickup(
  shop: LocalShop,
  ask: { ids: readonly (number | undefined)[]; actor: OrderActor },
): { ok: true } | WorkRefusal {
  const found: FoundWork[] = [];
  for (const [i, id] of ask.ids.entries()) {
    const each = findWork(shop, id);
    const field = ['input', 'lineItemsByFulfillmentOrder', String(i), 'fulfillmentOrderId'];
    if (!each) {
      const message = 'Invalid fulfillment order ID provided.';
      return refuseWork(message, { code: 'FULFILLMENT_ORDER_INVALID', field });
    }
    const { one } = each;
    const isReady = one.methodType === 'PICK_UP' && isActive(one) && one.status !== 'ON_HOLD';
    if (!isReady || one.isPrepared || unitsLeft(one) === 0) {
      const message = 'The fulfillment order does not have any line items that can be prepared.';
      const code = 'NO_LINE_ITEMS_TO_PREPARE_FOR_FULFILLMENT_ORDER';
      return refuseWork(message, { code, field });
    }
    found.push(each);
  }
  for (const { order, one } of found) {
    one.isPrepared = true;
    one.updatedAt = shop.clock.now();
    note(shop, order, ask.actor, 'Ready for pickup; the buyer was told');
    shop.announce('fulfillment_orders/line_items_prepared_for_pickup', {
      fulfillment_order: workPayload(one),
    });
  }
  return { ok: true };
}
