/**
 * Which lines of an order does nobody here know?
 *
 * A line whose SKU is not known claims nothing and is sent by nobody: the order's page says so. Pure.
 */
import type { FollowedOrder } from '../../stock/reservations/order-claims/following.ts';
import type { Actor, OrderEvent } from '../timeline/timeline.ts';
import type { OrderRecord } from './record.ts';

/** What the timeline tells of them, each once. */
export function unknownLines(
  { record, claims }: { readonly record: OrderRecord; readonly claims: FollowedOrder },
  { now, actor }: { readonly now: Temporal.Instant; readonly actor: Actor },
): readonly OrderEvent[] {
  const known = new Set(claims.lines.map(({ lineId }) => lineId));
  return record.lines
    .filter((line) => line.needsShipping && line.canceled < line.quantity)
    .filter(({ lineId }) => !known.has(lineId))
    .map(({ lineId, sku, quantity }) => ({
      orderId: record.orderId,
      eventId: `line_unknown:${lineId}`,
      at: now.toString(),
      kind: 'line_unknown',
      actor,
      facts: { lineId, sku, units: quantity },
    }));
}
