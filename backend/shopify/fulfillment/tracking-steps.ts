/**
 * What Shopify's order page still has to hear of parcels: their number, and where the carrier says they are. Pure.
 */
import type { CarrierState } from './desired.ts';
import type { MatchedShipments } from './shipments.ts';
import type { CarrierEvent, Step } from './step.ts';

type Matched = MatchedShipments['matched'];
type IsWanted = (step: Step) => boolean;

/** A number that Shopify lacks, or has an older one of. */
export function trackingStep(matched: Matched, isWanted: IsWanted): Step | undefined {
  for (const { shipment, fulfillment } of matched) {
    const { tracking } = shipment;
    if (tracking === null || tracking.number === fulfillment.tracking?.number) continue;
    // A number that somebody else wrote to a fulfillment of his own is left as it is.
    const isOurs = shipment.fulfillmentId === fulfillment.id;
    if (!isOurs && (fulfillment.tracking?.number ?? null) !== null) continue;
    const step = { kind: 'tracking', fulfillmentId: fulfillment.id, tracking } as const;
    if (isWanted(step)) return step;
  }
  return undefined;
}

const EVENTS: Readonly<Record<CarrierState, CarrierEvent | undefined>> = {
  none: undefined,
  in_transit: 'IN_TRANSIT',
  out_for_delivery: 'OUT_FOR_DELIVERY',
  delivered: 'DELIVERED',
  failed: 'FAILURE',
};

// How far a parcel is, by what Shopify shows; what is not listed is at the start.
const PROGRESS: Readonly<Record<string, number>> = {
  CARRIER_PICKED_UP: 1,
  IN_TRANSIT: 1,
  DELAYED: 1,
  OUT_FOR_DELIVERY: 2,
  ATTEMPTED_DELIVERY: 2,
  FAILURE: 3,
  NOT_DELIVERED: 3,
  DELIVERED: 4,
  PICKED_UP: 4,
};

/** How far the parcel is, when Shopify is behind. */
export function carrierStep(matched: Matched, isWanted: IsWanted): Step | undefined {
  for (const { shipment, fulfillment } of matched) {
    const status = EVENTS[shipment.carrier];
    if (status === undefined) continue;
    const shown = PROGRESS[fulfillment.displayStatus ?? ''] ?? 0;
    if ((PROGRESS[status] ?? 0) <= shown) continue;
    const step = { kind: 'event', fulfillmentId: fulfillment.id, status } as const;
    if (isWanted(step)) return step;
  }
  return undefined;
}
