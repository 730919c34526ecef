/**
 * What happens to goods that were canceled where they were sold when they had left here?
 *
 * Nobody will ever tell us that they left: there is nothing left to fulfill. So they leave our stock now, their claims end
 * as those of goods that left, and a person is told to stop the parcel or to take it back. In the caller's transaction,
 * which holds the order's locks; it locks the stock clock, so nothing else is allocated in it.
 */
import type { ShopId } from '../../../base/ids.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';
import { settleShipped } from '../../../stock/reservations/order-claims/shipping/service.ts';
import { addLate } from '../../exceptions/store.ts';
import { fulfillmentFollowJob } from '../../jobs.ts';
import { appendEvents } from '../../timeline/store.ts';
import { claimsOf, type MoveDependencies } from '../moves/service.ts';
import type { Settled } from '../settle.ts';

/** Books them; says which change of stock to announce. */
export async function settleLate(
  deps: MoveDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  { orderId, late, at }: { readonly orderId: string; readonly at: string } & Pick<Settled, 'late'>,
): Promise<number | undefined> {
  let stockVersion: number | undefined;
  for (const [workId, rows] of Map.groupBy(late, ({ work }) => work.workId)) {
    const work = rows[0]?.work;
    if (work === undefined || work.nodeId === null) continue;
    const lines = rows.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity }));
    const units = await addLate(trx, shopId, { orderId, workId, lines, at });
    await appendEvents(trx, shopId, [
      {
        ...{ orderId, workId, nodeId: work.nodeId, at, kind: 'left_though_canceled' },
        eventId: `left_though_canceled:${workId}:${units}`,
        actor: { kind: 'system', id: 'routing' },
        facts: { lines, units },
      },
    ]);
    const left = { orderId, parcelId: `late-${workId}-${units}`, nodeId: work.nodeId, lines };
    const version = await settleShipped(claimsOf(deps), trx, shopId, {
      ...{ ...left, at: work.leftAt ?? at, wasCanceled: true },
    });
    stockVersion = version ?? stockVersion;
  }
  await deps.enqueue(trx, fulfillmentFollowJob(shopId, orderId));
  return stockVersion;
}
