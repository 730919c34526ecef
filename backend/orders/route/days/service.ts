/**
 * How many more orders does a node take today?
 *
 * A limit of orders on a local date has no row to update: whoever places at such a node counts again under a lock of that
 * node, so that two orders never share the last place. The lock ends with the transaction.
 */
import type { ShopId } from '../../../base/ids.ts';
import { formatMinute, instantToMinuteFloor, localDay, wallToMinute } from '../../../base/time.ts';
import type { Snapshot } from '../../../network/snapshot.ts';
import type { RoutingSettings } from '../../../routing/settings.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';
import { countPlaced, lockNodeDays, type NodeDay } from '../store.ts';

/** A node whose orders a day are limited, and when its date of now began. */
export type LimitedDay = NodeDay & { readonly cap: number };

/** The nodes whose orders a day are limited; one that takes none at all is routing's to leave out. */
export function limitedDays(
  { nodes }: Snapshot,
  { dailyOrderCap }: RoutingSettings,
  at: string,
): readonly LimitedDay[] {
  const { standard, byNode } = dailyOrderCap;
  if (standard === null && Object.values(byNode).every((cap) => cap === null)) return [];
  const now = instantToMinuteFloor(at);
  return nodes.flatMap(({ id, calendar: { zone } }) => {
    const cap = Object.hasOwn(byNode, id) ? (byNode[id] ?? null) : standard;
    if (cap === null || cap === 0) return [];
    const from = wallToMinute(zone, localDay(zone, now), { timeOfDay: 0, side: 'earlier' });
    return [{ nodeId: id, from: formatMinute(from, 'UTC'), cap }];
  });
}

/** True when each of these nodes takes one more order; until the transaction ends nobody else is told so. */
export async function haveRoom(
  trx: ShopTransaction,
  shopId: ShopId,
  { orderId, days }: { readonly orderId: string; readonly days: readonly LimitedDay[] },
): Promise<boolean> {
  if (days.length === 0) return true;
  await lockNodeDays(
    trx,
    shopId,
    days.map(({ nodeId }) => nodeId),
  );
  const placed = await countPlaced(trx, shopId, { orderId, days });
  return days.every(({ nodeId, cap }) => (placed[nodeId] ?? 0) < cap);
}
