/**
 * What a merchant or a carrier does to an order by hand: the admin's buttons, stories and tests, all by the same rules
 * as the API. A refusal is thrown with Shopify's words. An order that routing has not reached yet is routed first.
 */
import { entryOfSku } from '../catalog.ts';
import type { SeedAddress } from '../seed.ts';
import type { LocalShop } from '../shop.ts';
import { cancelNow, cancelRefusal } from './cancel.ts';
import { deleteOrder, markPaid, type RefundAsk, refundLines, updateOrder } from './changes.ts';
import { cancelFulfillment, changeTracking, handOver, tellEvent } from './handover.ts';
import type { Fulfillment, FulfillmentOrder, Order, Tracking } from './order-state.ts';
import { routeNow } from './routing.ts';
import { findWork, isActive, onlyRemaining, type Units, type WorkRefusal } from './work.ts';
import { holdWork, openWork, releaseWork, reportProgress } from './work-holds.ts';
import { moveWork, splitWork } from './work-moves.ts';

type Touched = { order: Order };
type TrackingByHand = { [Name in keyof Tracking]?: Tracking[Name] | undefined };
export type FulfillByHand = {
  fulfillmentOrderId?: number | undefined;
  /** Absent: all units that are left. */
  lines?: readonly { sku: string; quantity: number }[] | undefined;
  tracking?: TrackingByHand | undefined;
};
export type CarrierEvent = {
  /** By the fulfillment or by its tracking number. */
  fulfillmentId?: number | undefined;
  trackingNumber?: string | undefined;
  status: string;
  happenedAt?: string | null;
  estimatedDeliveryAt?: string | null;
  message?: string | null;
};

export type OrderControl = {
  fulfillOrder(orderId: number, ask?: number | FulfillByHand): Touched;
  cancelOrder(orderId: number, restock: boolean): Touched;
  refundOrder(
    orderId: number,
    refund: { sku: string; quantity: number; restock: boolean; locationId?: number | undefined },
  ): Touched;
  /** Takes units of a line out that were not handed over, as an edit of the order does. */
  cancelUnits(
    orderId: number,
    ask: { sku: string; quantity: number; restock?: boolean | undefined },
  ): Touched;
  /** Moves a fulfillment order, whole or some units, to a location. */
  moveWork(
    fulfillmentOrderId: number,
    to: {
      locationId: number;
      lines?: readonly { sku: string; quantity: number }[] | undefined;
    },
  ): Touched;
  splitWork(
    fulfillmentOrderId: number,
    lines: readonly { sku: string; quantity: number }[],
  ): Touched;
  holdWork(fulfillmentOrderId: number, ask: { reason?: string; notes?: string }): Touched;
  /** Every hold, or the one named. */
  releaseWork(fulfillmentOrderId: number, holdId?: number): Touched;
  reportProgress(fulfillmentOrderId: number): Touched;
  openWork(fulfillmentOrderId: number): Touched;
  cancelFulfillment(fulfillmentId: number): Touched;
  changeTracking(fulfillmentId: number, tracking: TrackingByHand): Touched;
  /** What a carrier says of a parcel. */
  carrierSays(event: CarrierEvent): Touched;
  changeAddress(orderId: number, address: Partial<SeedAddress>): Touched;
  markPaid(orderId: number): Touched;
  deleteOrder(orderId: number): { deleted: number };
  /** Makes the fulfillment orders that routing still owes, of one order or of all. */
  routeNow(orderId?: number): { routed: number };
};

/** The control over orders of one shop. */
export function createOrderControl(shop: LocalShop): OrderControl {
  return { ...orderActions(shop), ...workActions(shop), ...parcelActions(shop) };
}

function orderOf(shop: LocalShop, id: number): Order {
  const order = shop.state.orders.find((one) => one.id === id);
  if (!order) throw new Error(`there is no order ${id}`);
  routeNow(shop, order);
  return order;
}

/** What it did, or throws why it did not. */
function done<Outcome extends { ok: true } | WorkRefusal>(
  outcome: Outcome,
): Extract<Outcome, { ok: true }> {
  if (outcome.ok) return outcome as Extract<Outcome, { ok: true }>;
  throw new Error(outcome.message);
}

type OrderActions = Pick<
  OrderControl,
  | 'cancelOrder'
  | 'refundOrder'
  | 'cancelUnits'
  | 'changeAddress'
  | 'markPaid'
  | 'deleteOrder'
  | 'routeNow'
>;

function orderActions(shop: LocalShop): OrderActions {
  return {
    cancelOrder(orderId, restock) {
      const order = orderOf(shop, orderId);
      const refusal = cancelRefusal(order);
      if (refusal) throw new Error(`order ${orderId}: ${refusal.message}`);
      cancelNow(shop, order, { restock, reason: 'CUSTOMER', actor: 'merchant' });
      return { order };
    },
    refundOrder(orderId, { sku, quantity, restock, locationId }) {
      const order = orderOf(shop, orderId);
      const orderLineId = lineOfSku(shop, order, sku);
      // Units not handed over first, then returned ones, as the admin proposes it.
      const open = Math.min(quantity, onlyRemaining(order, orderLineId));
      const line = { orderLineId, locationId };
      const lines: RefundAsk['lines'] = restock
        ? [
            { ...line, quantity: open, restockType: 'CANCEL' },
            { ...line, quantity: quantity - open, restockType: 'RETURN' },
          ]
        : [{ ...line, quantity, restockType: 'NO_RESTOCK' }];
      const meant = lines.filter((one) => one.quantity > 0);
      done(refundLines(shop, order, { lines: meant, actor: 'merchant' }));
      return { order };
    },
    cancelUnits(orderId, { sku, quantity, restock = true }) {
      const order = orderOf(shop, orderId);
      const orderLineId = lineOfSku(shop, order, sku);
      const restockType = restock ? 'CANCEL' : 'NO_RESTOCK';
      done(
        refundLines(shop, order, {
          lines: [{ orderLineId, quantity, restockType }],
          actor: 'merchant',
        }),
      );
      return { order };
    },
    changeAddress(orderId, address) {
      const order = orderOf(shop, orderId);
      updateOrder(shop, order, { patch: { address }, actor: 'merchant' });
      return { order };
    },
    markPaid(orderId) {
      const order = orderOf(shop, orderId);
      markPaid(shop, order);
      return { order };
    },
    deleteOrder(orderId) {
      deleteOrder(shop, orderOf(shop, orderId));
      return { deleted: orderId };
    },
    routeNow(orderId) {
      const due = shop.state.orders.filter(
        (one) => one.unrouted.length > 0 && (orderId === undefined || one.id === orderId),
      );
      for (const order of due) routeNow(shop, order);
      return { routed: due.length };
    },
  };
}

type WorkActions = Pick<
  OrderControl,
  | 'fulfillOrder'
  | 'moveWork'
  | 'splitWork'
  | 'holdWork'
  | 'releaseWork'
  | 'reportProgress'
  | 'openWork'
>;

function workActions(shop: LocalShop): WorkActions {
  const unitsOf = (id: number, lines: FulfillByHand['lines']): Units[] | undefined =>
    lines?.map(({ sku, quantity }) => ({ id: partOfSku(shop, id, sku), quantity }));
  const actor = 'merchant' as const;
  return {
    fulfillOrder(orderId, ask = {}) {
      const order = orderOf(shop, orderId);
      const { fulfillmentOrderId, lines, tracking }: FulfillByHand =
        typeof ask === 'number' ? { fulfillmentOrderId: ask } : ask;
      const meant = openWorks(order).filter(
        (one) => fulfillmentOrderId === undefined || one.id === fulfillmentOrderId,
      );
      if (meant.length === 0) throw new Error(`order ${orderId} has nothing open to fulfill`);
      // One fulfillment per fulfillment order: several locations cannot share one.
      for (const { id } of meant) {
        const groups = [{ id, lines: unitsOf(id, lines) }];
        const parcels = tracking ? [trackingOf(tracking)] : [];
        done(handOver(shop, { groups, tracking: parcels, actor }));
      }
      return { order };
    },
    moveWork(id, { locationId, lines }) {
      const mustStock = false;
      return done(moveWork(shop, { id, locationId, lines: unitsOf(id, lines), actor, mustStock }));
    },
    splitWork: (id, lines) => done(splitWork(shop, { id, lines: unitsOf(id, lines) ?? [], actor })),
    holdWork(id, { reason = 'OTHER', notes = '' }) {
      // Each hold of a merchant is a hold of its own.
      const handle = `merchant-${findWork(shop, id)?.one.holds.length ?? 0}`;
      return done(holdWork(shop, { id, reason, notes, handle, heldBy: actor }));
    },
    releaseWork: (id, holdId) =>
      done(
        releaseWork(shop, { id, ...(holdId === undefined ? {} : { holdIds: [holdId] }), actor }),
      ),
    reportProgress: (id) => done(reportProgress(shop, { id, notes: null, actor })),
    openWork: (id) => done(openWork(shop, { id, actor })),
  };
}

type ParcelActions = Pick<OrderControl, 'cancelFulfillment' | 'changeTracking' | 'carrierSays'>;

function parcelActions(shop: LocalShop): ParcelActions {
  const actor = 'merchant' as const;
  return {
    cancelFulfillment: (id) => done(cancelFulfillment(shop, { id, actor })),
    changeTracking(id, tracking) {
      return done(changeTracking(shop, { id, tracking: [trackingOf(tracking)], actor }));
    },
    carrierSays({ fulfillmentId, trackingNumber, ...event }) {
      const parcel = parcelOf(shop, { fulfillmentId, trackingNumber });
      return done(tellEvent(shop, { ...event, id: parcel.id, actor: 'shopify' }));
    },
  };
}

function trackingOf({ company, number, url }: TrackingByHand): Tracking {
  return { company: company ?? null, number: number ?? null, url: url ?? null };
}

function parcelOf(
  shop: LocalShop,
  { fulfillmentId, trackingNumber }: Pick<CarrierEvent, 'fulfillmentId' | 'trackingNumber'>,
): Fulfillment {
  const found = shop.state.orders
    .flatMap((order) => order.fulfillments)
    .find((one) =>
      fulfillmentId === undefined
        ? one.tracking.some(({ number }) => number !== null && number === trackingNumber)
        : one.id === fulfillmentId,
    );
  if (!found) throw new Error(`there is no parcel ${fulfillmentId ?? trackingNumber}`);
  return found;
}

/** What of an order can still be handed over or moved. */
export function openWorks(order: Order): FulfillmentOrder[] {
  return order.fulfillmentOrders.filter(isActive);
}

function lineOfSku(shop: LocalShop, order: Order, sku: string): number {
  const { variant } = entryOfSku(shop, sku);
  const line = order.lines.find((one) => one.variantId === variant.id);
  if (!line) throw new Error(`order ${order.id} has no line of ${sku}`);
  return line.id;
}

function partOfSku(shop: LocalShop, workId: number, sku: string): number {
  const found = findWork(shop, workId);
  if (!found) throw new Error(`there is no fulfillment order ${workId}`);
  const orderLineId = lineOfSku(shop, found.order, sku);
  const part = found.one.lines.find((line) => line.orderLineId === orderLineId);
  if (!part) throw new Error(`fulfillment order ${workId} has no units of ${sku}`);
  return part.id;
}
