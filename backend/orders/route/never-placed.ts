/**
 * What becomes of an order that was canceled whole before anything of it was placed?
 *
 * A work that was canceled before it began: so its promise has an end like any other, and the order's page a story. In: the
 * order's lines as sold. Out: the work, or undefined when something of it is still wanted or nothing is sent. Pure.
 */
import type { NewWork } from '../works/store.ts';
import type { SoldLine } from './order-lines.ts';
import type { PlacingFacts } from './placing.ts';

/** The work, of an order that has none. */
export function neverPlaced(
  sold: readonly SoldLine[],
  { orderId, kind, at, promise }: PlacingFacts,
): NewWork | undefined {
  const lines = sold.filter(({ needsShipping, quantity }) => needsShipping && quantity > 0);
  if (lines.length === 0 || lines.some(({ quantity, canceled }) => canceled < quantity)) {
    return undefined;
  }
  return {
    ...{ workId: `${orderId}-1`, orderId, kind, state: 'canceled', createdAt: at },
    ...{ promisedOn: promise?.on ?? null, promisedEnd: promise?.end ?? null },
    lines: lines.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity })),
  };
}
