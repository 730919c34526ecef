/**
 * Keeps what was found out about shipments: which fulfillment each is, and whose was canceled.
 */
import { withShop } from '../../platform/database.ts';
import { cancelParcels, saveFulfillments } from './follow-store.ts';
import { missingUnits } from './next-step.ts';
import type { FollowDependencies, Look, Run } from './run.ts';
import { matchShipments } from './shipments.ts';

/** Writes it when there is something new. */
export async function keepFound(
  deps: FollowDependencies,
  { shopId, orderId }: Run,
  { order, desired, observed }: Look,
): Promise<void> {
  const fulfillments = observed.fulfillments ?? [];
  const { matched } = matchShipments(desired.shipments, fulfillments, (unsent) =>
    missingUnits(desired, observed.parts, unsent),
  );
  const isKnown = new Set([
    ...Object.values(order.row?.fulfillments ?? {}),
    ...order.parcels.flatMap(({ fulfillmentId }) => fulfillmentId ?? []),
  ]);
  const found = matched
    .filter(({ fulfillment }) => !isKnown.has(fulfillment.id))
    .map(({ shipment: { shipmentId, workId, kind, lines }, fulfillment }) => ({
      ...{ shipmentId, workId, kind, lines, fulfillment },
    }));
  const gone = fulfillments.filter(({ isCanceled }) => isCanceled).map(({ id }) => id);
  if (found.length === 0 && gone.length === 0) return;
  await withShop(deps.db, shopId, async (trx) => {
    await saveFulfillments(trx, shopId, { orderId, found });
    await cancelParcels(trx, shopId, { orderId, fulfillmentIds: gone });
  });
  deps.onStep('follow.found');
}
