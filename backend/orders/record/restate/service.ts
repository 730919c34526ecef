/**
 * How is an order stated anew before, or without, a reading of its source?
 *
 * Orders of other systems are ours to change once they are in: a new address, units given up; of Shopify's orders, what
 * it has just confirmed and will tell in a moment. Out: record, claims and works as if its source had said so. Repeatable: what shall hold is stated, never a difference.
 */
import type { Kysely } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import type { Clock } from '../../../platform/clock.ts';
import { withShop } from '../../../platform/database.ts';
import type { FollowedOrder } from '../../../stock/reservations/order-claims/following.ts';
import type { RouteCause } from '../../route/route.ts';
import type { Actor } from '../../timeline/timeline.ts';
import type { OrderRecord } from '../record.ts';
import { markTakenIn, readOrder, saveOrder } from '../store.ts';

/** What it stands on. */
export type RestateDependencies = {
  readonly db: Kysely<unknown>;
  readonly clock: Pick<Clock, 'now'>;
  readonly follow: (shopId: ShopId, order: FollowedOrder) => Promise<unknown>;
  readonly routeOrder: (shopId: ShopId, orderId: string, cause: RouteCause) => Promise<unknown>;
};

/** What of a record may be stated anew. */
export type Restated = Pick<OrderRecord, 'address' | 'country' | 'postalCode' | 'lines'>;

/** States an order anew; false: it is not known, or nothing of it changes. */
export async function restateOrder(
  deps: RestateDependencies,
  shopId: ShopId,
  restated: {
    readonly orderId: string;
    readonly actor: Actor;
    /** When its source took the change; absent: now, we are its source. */
    readonly sourceUpdatedAt?: string;
    readonly change: (order: OrderRecord) => Partial<Restated>;
  },
): Promise<boolean> {
  const { orderId, actor, change, sourceUpdatedAt } = restated;
  const now = deps.clock.now();
  const known = await withShop(deps.db, shopId, (trx) => readOrder(trx, shopId, orderId));
  if (known === undefined) return false;
  const { isRedacted: _r, takenInVersion: _t, waivedHold: _w, ...record } = known;
  const changed = { ...record, ...change(record) };
  if (JSON.stringify(changed) === JSON.stringify(record)) return false;
  const order: OrderRecord = {
    ...changed,
    version: `${now.toString()} ${actor.kind}`,
    sourceUpdatedAt: sourceUpdatedAt ?? now.toString(),
  };
  const saved = await withShop(deps.db, shopId, (trx) =>
    saveOrder(trx, shopId, order, { now, actor }),
  );
  if (order.source === 'shopify') return true;
  await deps.follow(shopId, {
    ...{ orderId, source: order.source, channel: order.channel, placedAt: order.placedAt },
    // What has no SKU was never claimed.
    lines: order.lines.filter(({ sku }) => sku !== ''),
    shipped: [],
    assigned: undefined,
    reservationKey: undefined,
    version: order.version,
  });
  await deps.routeOrder(shopId, orderId, 'order_changed');
  await withShop(deps.db, shopId, (trx) => markTakenIn(trx, shopId, [saved.order]));
  return true;
}
