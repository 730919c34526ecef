/**
 * How does an order take, keep and give up units, from the moment it is placed until the goods have left?
 *
 * In: orders as their source states them, routing's wish to put units on nodes, goods that left, shortages. Out: claims
 * in the tables, and what could not be done. An order is booked as it is, because it has been sold: units beyond stock
 * are said to be over-sold, never turned away. An allocation is granted only up to what its position has.
 * Invariants: each order and line counts once, however often and in whatever order it is heard of; the reservation it
 * came from ends in the same transaction; goods that left lower on hand once. Decision record 0056.
 */
import type { ShopId } from '../../../base/ids.ts';
import type { Result } from '../../../base/result.ts';
import { withShop } from '../../../platform/database.ts';
import type { StockEvent } from '../../ledger/ledger.ts';
import type { ShopTransaction, StockChange } from '../../ledger/store.ts';
import type { Hold } from '../reservations.ts';
import { isPast, nodesOf, skusOf } from '../service.ts';
import {
  endReservation,
  type LockedClaims,
  loadHolds,
  lockById,
  lockByKey,
  lockClaims,
  type ReservationRow,
  readIncoming,
  replaceHolds,
} from '../store.ts';
import {
  allocate,
  allocatedCells,
  allocateFrom,
  changeOf,
  type OrderClaimDependencies,
  openFreeBook,
  record,
  release,
  returnToRouting,
  save,
  skuBuckets,
} from './allocation/service.ts';
import {
  type AllocatedUnits,
  type AllocationRefusal,
  type Assigned,
  assign,
  explode,
  type FollowedOrder,
  keptOf,
  newUnits,
} from './following.ts';
import { applyShipped, applyStated, applyUnshipped, type OrderClaims } from './order-claims.ts';
import { bookEvents, newlyShipped, ship } from './shipping/service.ts';
import {
  type CommittedUnits,
  cancelSettlements,
  explainUnseen,
  type LockedOrder,
  loadClaims,
  lockOrder,
  lockPositions,
  noteOrder,
  readVersion,
  saveUnseen,
} from './store.ts';

/** What came of it. */
export type FollowedClaims = {
  /** True when the order's reservation became its claims just now. */
  readonly isPosted: boolean;
  /** Units claimed of a SKU beyond its stock: `backordered` are on their way, `oversold` are nowhere. */
  readonly beyond: readonly {
    readonly sku: string;
    readonly backordered: number;
    readonly oversold: number;
  }[];
  /** Units that their assigned node does not have; they wait. */
  readonly missing: readonly { readonly lineId: string; readonly units: number }[];
};

/** Builds the service. */
export function createOrderClaims(deps: OrderClaimDependencies) {
  const run = async <Value>(
    shopId: ShopId,
    work: (trx: ShopTransaction) => Promise<{ value: Value; version: number | undefined }>,
  ): Promise<Value> => {
    // Asked here, so that nobody waits for it inside the transaction.
    await deps.openShop(shopId);
    const { value, version } = await withShop(deps.db, shopId, work);
    if (version !== undefined) await deps.announce(shopId, version);
    return value;
  };
  return {
    /** Takes in what an order says now. */
    follow: async (shopId: ShopId, order: FollowedOrder): Promise<FollowedClaims> => {
      const snapshot = (await deps.openShop(shopId))?.snapshot;
      const exploded = snapshot === undefined ? order : explode(snapshot, order);
      return await run(shopId, (trx) => follow(deps, trx, shopId, exploded));
    },

    /** True when the order was worked on in this version: nothing of it can be new. */
    isFollowed: (shopId: ShopId, orderId: string, version: string): Promise<boolean> =>
      withShop(
        deps.db,
        shopId,
        async (trx) => (await readVersion(trx, shopId, orderId)) === version,
      ),

    /** Puts waiting units on nodes, exactly as asked or not at all. */
    allocate: (
      shopId: ShopId,
      orderId: string,
      asked: readonly Assigned[],
    ): Promise<Result<undefined, AllocationRefusal>> =>
      run(shopId, (trx) => allocate(deps, trx, shopId, { orderId, asked })),

    /** Puts what waits of lines on the nodes given, first come first, as far as they have it; says what is missing. */
    allocateFrom: (
      shopId: ShopId,
      orderId: string,
      wishes: readonly { readonly lineId: string; readonly nodeIds: readonly string[] }[],
    ): Promise<Result<readonly { lineId: string; missing: number }[], AllocationRefusal>> =>
      run(shopId, (trx) => allocateFrom(deps, trx, shopId, { orderId, wishes })),

    /** Gives allocations back to routing: the units wait again. */
    release: (
      shopId: ShopId,
      orderId: string,
      given: readonly Assigned[],
    ): Promise<Result<undefined, AllocationRefusal>> =>
      run(shopId, (trx) => release(deps, trx, shopId, { orderId, given })),

    /** Positions that have less than is allocated on them: the newest allocations wait again. Says which. */
    returnToRouting: (
      shopId: ShopId,
      shortages: readonly {
        readonly sku: string;
        readonly nodeId: string;
        readonly missing: number;
      }[],
    ): Promise<readonly AllocatedUnits[]> =>
      run(shopId, (trx) => returnToRouting(deps, trx, shopId, shortages)),

    /** What Shopify has committed beyond the orders we know, from what it had committed altogether. */
    setUnseen: (shopId: ShopId, rows: readonly CommittedUnits[]): Promise<void> =>
      run(shopId, async (trx) => {
        const buckets = skuBuckets(rows.map(({ sku }) => sku));
        await lockClaims(trx, shopId, buckets, deps.clock.now());
        await saveUnseen(trx, shopId, rows);
        const claims = rows.map(({ sku }) => sku);
        return {
          value: undefined,
          version: await record(deps, trx, shopId, { claims, cells: [] }),
        };
      }),
  };
}

/** What `createOrderClaims` returns. */
export type OrderClaimService = ReturnType<typeof createOrderClaims>;

async function follow(
  deps: OrderClaimDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  order: FollowedOrder,
): Promise<{ value: FollowedClaims; version: number | undefined }> {
  const now = deps.clock.now();
  const known = await lockOrder(trx, shopId, order);
  const before = known.isNew ? NO_CLAIMS : await loadOne(trx, shopId, order.orderId);
  const stated = order.lines.reduce(applyStated, before);
  const origin = await findOrigin(trx, shopId, { order, stated, known, now });
  const skus = [...stated.values()].map(({ sku }) => sku);
  const locked = await lockClaims(trx, shopId, [...skuBuckets(skus), ...origin.holds], now);
  const assigned = order.assigned?.flatMap(({ lineId, nodeId }) => {
    const line = stated.get(lineId);
    return line === undefined ? [] : [{ sku: line.sku, nodeId }];
  });
  const touched = [...allocatedCells(before), ...(assigned ?? [])];
  const { back, movements: came } = await takeBack(deps, trx, shopId, { order, known, touched });
  // Stated again: what had left could not be canceled, what is back can.
  const there = order.lines.reduce(applyStated, back.reduce(applyUnshipped, stated));
  const free = await openFreeBook(trx, shopId, touched);
  const shipped = await newlyShipped(trx, shopId, { order, claims: stated });
  const sent = shipped.reduce((claims, line) => applyShipped(claims, line).claims, there);
  const { claims: after, missing } = assign(sent, order.assigned, free);
  const reservation = await settleOrigin(trx, shopId, { order, origin, now });
  const { difference } = await save(deps, trx, shopId, {
    orderId: order.orderId,
    before,
    after,
    now,
  });
  const movements = spanOf(came, await ship(deps, trx, shopId, { order, shipped }));
  const explained = order.source === 'shopify' ? unseenSkus(locked) : [];
  if (explained.length > 0) {
    await explainUnseen(trx, shopId, { placedAt: order.placedAt, units: newUnits(before, stated) });
  }
  const { orderId, version } = order;
  await noteOrder(trx, shopId, { orderId, version, reservationId: reservation?.reservationId });
  const beyond = await unitsBeyond(trx, shopId, { locked, origin, changed: difference.waiting });
  const { claims, cells } = changeOf(difference);
  const change = {
    // What was unseen and is allocated at once changes no waiting units; replicas must hear of it all the same.
    claims: [...claims, ...explained, ...skusOf(origin.holds)],
    loads: nodesOf(origin.holds),
    ...{ cells, movements },
  };
  return {
    value: { isPosted: reservation !== undefined, beyond, missing },
    version: await record(deps, trx, shopId, change),
  };
}

function unseenSkus(locked: Awaited<ReturnType<typeof lockClaims>>): string[] {
  return [...locked.skus].flatMap(([sku, { unseen }]) => (unseen > 0 ? [sku] : []));
}

/** Where an order came from: the reservation that ends with it, or the places it kept and now gives up. */
type Origin = {
  readonly row: ReservationRow | undefined;
  readonly holds: readonly Hold[];
  readonly kept: readonly Hold[];
};

const NO_CLAIMS: OrderClaims = new Map();

async function loadOne(
  trx: ShopTransaction,
  shopId: ShopId,
  orderId: string,
): Promise<OrderClaims> {
  return (await loadClaims(trx, shopId, [orderId])).get(orderId) ?? NO_CLAIMS;
}

const NO_ORIGIN: Origin = { row: undefined, holds: [], kept: [] };

async function findOrigin(
  trx: ShopTransaction,
  shopId: ShopId,
  of: {
    readonly order: FollowedOrder;
    readonly stated: OrderClaims;
    readonly known: LockedOrder;
    readonly now: Temporal.Instant;
  },
): Promise<Origin> {
  const { order, stated } = of;
  const { reservationId } = of.known;
  if (reservationId !== null) {
    const isOver = [...stated.values()].every((line) => line.canceled === line.quantity);
    const row = isOver ? await lockById(trx, shopId, reservationId) : undefined;
    if (row === undefined) return NO_ORIGIN;
    return { row, holds: await loadHolds(trx, shopId, reservationId), kept: [] };
  }
  const { channel, reservationKey: key } = order;
  const row = key === undefined ? undefined : await lockByKey(trx, shopId, { channel, key });
  if (row === undefined) return NO_ORIGIN;
  // What an expired one still holds is freed by whoever locks its SKUs next, here or elsewhere.
  if (isPast(row, of.now)) return { row, holds: [], kept: [] };
  const holds = await loadHolds(trx, shopId, row.reservationId);
  return { row, holds, kept: keptOf(holds, stated) };
}

/** Ends the reservation with its order; says which became it now. One that expired meanwhile ends as expired. */
async function settleOrigin(
  trx: ShopTransaction,
  shopId: ShopId,
  of: { readonly order: FollowedOrder; readonly origin: Origin; readonly now: Temporal.Instant },
): Promise<ReservationRow | undefined> {
  const { row, kept } = of.origin;
  if (row === undefined) return undefined;
  const { reservationId, expiresAt, state } = row;
  if (state === 'pending' && isPast(row, of.now)) {
    await endReservation(trx, shopId, { reservationId, state: 'expired', at: expiresAt });
    return undefined;
  }
  await replaceHolds(trx, shopId, {
    reservation: row,
    before: of.origin.holds,
    after: kept,
    expiresAt: null,
  });
  const end = { reservationId, at: of.now, orderId: of.order.orderId };
  return (await endReservation(trx, shopId, { ...end, state: 'posted' })) ? row : undefined;
}

/** Books what did not leave after all, each fulfillment line once, before anything is put on those positions again. */
async function takeBack(
  deps: OrderClaimDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  of: {
    readonly order: FollowedOrder;
    readonly known: LockedOrder;
    readonly touched: readonly { readonly sku: string; readonly nodeId: string }[];
  },
) {
  const { unshipped: fulfillmentLineIds = [] } = of.order;
  if (of.known.isNew || fulfillmentLineIds.length === 0) return { back: [], movements: undefined };
  const now = deps.clock.now();
  const back = await cancelSettlements(trx, shopId, { fulfillmentLineIds, now });
  // All rows in their order, before the ledger locks some of them.
  if (back.length > 0) await lockPositions(trx, shopId, [...of.touched, ...back]);
  const events = back.map((line) => backEvent(line, now.toString()));
  return { back, movements: await bookEvents(deps, trx, shopId, { order: of.order, events }) };
}

function spanOf(a: StockChange['movements'], b: StockChange['movements']) {
  if (a === undefined || b === undefined) return a ?? b;
  return { first: Math.min(a.first, b.first), last: Math.max(a.last, b.last) };
}

/** A new row: what was booked stays booked. */
function backEvent(
  line: Awaited<ReturnType<typeof cancelSettlements>>[number],
  occurredAt: string,
): StockEvent {
  const { fulfillmentLineId, sku, nodeId, quantity } = line;
  const eventId = `unshipped-${fulfillmentLineId}`;
  const what = { kind: 'delta', type: 'on_hand', reason: 'correction' } as const;
  return { ...what, eventId, sku, nodeId, quantity, occurredAt };
}

/** Units claimed beyond stock of SKUs of which more is claimed now than before. */
async function unitsBeyond(
  trx: ShopTransaction,
  shopId: ShopId,
  of: {
    readonly locked: LockedClaims;
    readonly origin: Origin;
    readonly changed: readonly { readonly sku: string; readonly units: number }[];
  },
): Promise<FollowedClaims['beyond']> {
  const over = of.changed.flatMap(({ sku, units }) => {
    const row = of.locked.skus.get(sku);
    if (row === undefined || units <= 0) return [];
    const own = of.origin.holds.find((hold) => hold.kind === 'sku' && hold.holder === sku);
    const reserved = row.reserved - (own?.quantity ?? 0);
    const beyond = row.waiting + units + row.unseen + reserved - row.stock;
    return beyond > 0 ? [{ sku, beyond }] : [];
  });
  const incoming = await readIncoming(
    trx,
    shopId,
    over.map(({ sku }) => sku),
  );
  return over.map(({ sku, beyond }) => {
    const backordered = Math.min(beyond, incoming.get(sku) ?? 0);
    return { sku, backordered, oversold: beyond - backordered };
  });
}
