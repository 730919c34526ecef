/**
 * How do many new orders claim their units and get them allocated, at the cost of one?
 *
 * In: orders nobody told us of before, and where routing puts their units. Out: the same rows as one `follow` and one
 * `relocate` each would write, in a caller's transaction: `beginClaims` first, `claimTogether` as its last step, which holds
 * SKUs, positions and the stock clock for a moment only. Nothing here decides what is not plain: an order that is known, that
 * comes of a reservation, whose SKU is oversold or whose position has less than was thought is said and left to be taken in
 * alone. Locks in the order of 0035-claims.sql, each kind of all orders at once.
 */
import type { ShopId } from '../../../../base/ids.ts';
import type { Snapshot } from '../../../../network/snapshot.ts';
import type { ShopTransaction } from '../../../ledger/store.ts';
import { type LockedClaims, lockClaims } from '../../store.ts';
import {
  type OrderClaimDependencies,
  openFreeBook,
  record,
  skuBuckets,
} from '../allocation/service.ts';
import {
  type Assigned,
  type ClaimedOrder,
  decideAllocation,
  explode,
  type FollowedOrder,
  newUnits,
} from '../following.ts';
import { applyStated, differenceOf, type OrderClaims } from '../order-claims.ts';
import {
  explainUnseen,
  findKnown,
  insertClaimedOrders,
  insertClaims,
  moveUnits,
} from '../store.ts';

const NO_CLAIMS: OrderClaims = new Map();

/** What a new order claims before any of it is placed: all of it waits. */
export function statedClaims(snapshot: Snapshot, order: FollowedOrder): OrderClaims {
  return explode(snapshot, order).lines.reduce(applyStated, NO_CLAIMS);
}

/** True when nothing but lines is said of it: nothing has left, nothing is assigned. */
export function isPlainOrder(order: FollowedOrder): boolean {
  const { lines, shipped, unshipped = [], assigned, version } = order;
  const isUntouched = shipped.length + unshipped.length === 0 && assigned === undefined;
  return isUntouched && lines.length > 0 && version !== undefined;
}

/** Those of the orders that are claimed already or have a reservation to come of. */
export function knownOrders(
  trx: ShopTransaction,
  shopId: ShopId,
  orders: readonly FollowedOrder[],
): Promise<ReadonlySet<string>> {
  return findKnown(trx, shopId, orders);
}

/** Makes the orders known; says which were new. */
export async function beginClaims(
  trx: ShopTransaction,
  shopId: ShopId,
  orders: readonly (ClaimedOrder & Pick<FollowedOrder, 'version'>)[],
): Promise<ReadonlySet<string>> {
  return await insertClaimedOrders(trx, shopId, orders);
}

/** A new order, its stated claims, and where routing puts units of it. */
export type NewClaims = {
  readonly order: ClaimedOrder;
  readonly stated: OrderClaims;
  readonly asked: readonly Assigned[];
};

/** Claims and allocates all of them, or says who stands in the way; then nothing may be committed. */
export async function claimTogether(
  deps: OrderClaimDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  orders: readonly NewClaims[],
): Promise<
  | { readonly ok: true; readonly version: number | undefined }
  | { readonly ok: false; readonly refused: ReadonlySet<string> }
> {
  const now = deps.clock.now();
  const skus = orders.flatMap(({ stated }) => [...stated.values()].map(({ sku }) => sku));
  const locked = await lockClaims(trx, shopId, skuBuckets(skus), now);
  const free = await openFreeBook(trx, shopId, orders.flatMap(cellsOf));
  const decided = orders.map((one) => ({
    ...one,
    after: decideAllocation(one.stated, one.asked, free),
  }));
  const oversold = oversoldSkus(locked, orders);
  const granted = decided.flatMap(({ order, stated, after }) => {
    const isOversold = [...stated.values()].some(({ sku }) => oversold.has(sku));
    return after.ok && !isOversold ? [{ order, stated, after: after.value }] : [];
  });
  if (granted.length < orders.length) {
    const kept = new Set(granted.map(({ order }) => order.orderId));
    const all = orders.map(({ order }) => order.orderId);
    return { ok: false, refused: new Set(all.filter((id) => !kept.has(id))) };
  }
  const explained = [...locked.skus].flatMap(([sku, { unseen }]) => (unseen > 0 ? [sku] : []));
  for (const { order, stated } of explained.length > 0 ? granted : []) {
    const units = newUnits(NO_CLAIMS, stated);
    await explainUnseen(trx, shopId, { placedAt: order.placedAt, units });
  }
  const lines = granted.flatMap(({ order: { orderId }, after }) =>
    [...after.values()].map((line) => ({ orderId, line })),
  );
  await insertClaims(trx, shopId, lines, now);
  const difference = differenceOf(
    NO_CLAIMS,
    new Map(lines.map(({ line }, place) => [`${place}`, line])),
  );
  await moveUnits(trx, shopId, difference);
  const claims = [...difference.waiting.map(({ sku }) => sku), ...explained];
  const version = await record(deps, trx, shopId, { claims, cells: difference.allocated });
  return { ok: true, version };
}

function cellsOf({ stated, asked }: NewClaims) {
  return asked.flatMap(({ lineId, nodeId }) => {
    const line = stated.get(lineId);
    return line === undefined ? [] : [{ sku: line.sku, nodeId }];
  });
}

/** SKUs of which the orders claim more than there is beyond what is claimed already. */
function oversoldSkus({ skus }: LockedClaims, orders: readonly NewClaims[]): ReadonlySet<string> {
  const wanted = new Map<string, number>();
  for (const { stated } of orders) {
    for (const { sku, waiting } of stated.values()) {
      wanted.set(sku, (wanted.get(sku) ?? 0) + waiting);
    }
  }
  return new Set(
    [...wanted].flatMap(([sku, units]) => {
      const row = skus.get(sku);
      if (row === undefined || units === 0) return [];
      return row.waiting + units + row.unseen + row.reserved > row.stock ? [sku] : [];
    }),
  );
}
