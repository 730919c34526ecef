/**
 * Where the works of an order are, in the words the follower compares with Shopify's.
 *
 * In: works and parcels as stored, which location a node is. Out: what Shopify shall say: open works with their location,
 * whether they are held, begun or ready, and shipments, which are what has left. Pure.
 */
import type { LateUnits } from '../../orders/exceptions/store.ts';
import type { Work } from '../../orders/works/store.ts';
import { sumByLine, type Tracking, type Units } from './observed.ts';
import type { FulfillmentSettings } from './settings.ts';

/** Why nobody may work on it now: stores compete, it has no node yet, or somebody said so. */
export const HOLD_CAUSES = [
  'competing',
  'unplaced',
  'payment',
  'fraud',
  'address',
  'agent',
] as const;
export type HoldCause = (typeof HOLD_CAUSES)[number];

/** A work whose goods have not left. */
export type DesiredWork = {
  readonly workId: string;
  readonly kind: 'ship' | 'pickup';
  /** null: nowhere, or at a node that is no location of Shopify. */
  readonly locationId: string | null;
  /** Its node when that is no location. */
  readonly strangeNode: string | null;
  readonly hold: HoldCause | null;
  readonly isBegun: boolean;
  readonly isReady: boolean;
  /** ISO instant, or null. */
  readonly deadline: string | null;
  readonly lines: readonly Units[];
};

export const CARRIER_STATES = [
  'none',
  'in_transit',
  'out_for_delivery',
  'delivered',
  'failed',
] as const;
export type CarrierState = (typeof CARRIER_STATES)[number];

/** Units that left together. `shipmentId` is the parcel's id, or the work's when it has no parcel. */
export type Shipment = {
  readonly shipmentId: string;
  readonly workId: string;
  readonly kind: 'ship' | 'pickup';
  readonly locationId: string | null;
  readonly strangeNode: string | null;
  readonly lines: readonly Units[];
  readonly tracking: Tracking | null;
  readonly fulfillmentId: string | null;
  readonly carrier: CarrierState;
};

export type Desired = {
  readonly works: readonly DesiredWork[];
  readonly shipments: readonly Shipment[];
};

/** A parcel as far as Shopify is concerned. */
export type FollowedParcel = {
  readonly parcelId: string;
  readonly workId: string | null;
  readonly state: string;
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly trackingUrl: string | null;
  readonly fulfillmentId: string | null;
  readonly lines: readonly Units[];
};

const LEFT = new Set(['shipped', 'handed_over', 'delivered']);
const BEGUN = new Set(['picking', 'packed']);

/** What is known beside the works. */
export type DesiredContext = {
  readonly parcels: readonly FollowedParcel[];
  /** Fulfillments that shipments were found in before, also of works without a parcel. */
  readonly fulfillments: Readonly<Record<string, string>>;
  /** What left though it was canceled: Shopify cannot be told of it. */
  readonly late: readonly LateUnits[];
  readonly locationOf: (nodeId: string) => string | null;
  readonly settings: Pick<FulfillmentSettings, 'reportsProgress' | 'setsDeadlines'>;
};

/** What Shopify shall say of these works. */
export function desiredOf(works: readonly Work[], context: DesiredContext): Desired {
  const { locationOf, settings } = context;
  const placeOf = (work: Work) => {
    const locationId = work.nodeId === null ? null : locationOf(work.nodeId);
    return { locationId, strangeNode: locationId === null ? work.nodeId : null };
  };
  const open = works.filter(({ state }) => state !== 'canceled' && !LEFT.has(state));
  return {
    works: open.map((work) => ({
      workId: work.workId,
      kind: work.kind,
      ...placeOf(work),
      hold: holdOf(work),
      isBegun: settings.reportsProgress && isBegun(work),
      isReady: work.state === 'ready',
      deadline: settings.setsDeadlines ? work.startBy : null,
      lines: sumByLine(work.lines),
    })),
    shipments: works
      .filter(({ state }) => LEFT.has(state))
      .flatMap((work) => shipmentsOf(work, placeOf(work), context)),
  };
}

// A store that has claimed it counts on it: nobody moves it any more.
function isBegun({ state, negotiation }: Work): boolean {
  return BEGUN.has(state) || (state === 'placed' && negotiation === 'claimed');
}

function holdOf(work: Work): HoldCause | null {
  const { holdReason, negotiation, state } = work;
  // What the buyer may still change for some minutes is not worth two calls to Shopify.
  if (holdReason !== null && holdReason !== 'edit_window') {
    const cause = holdReason.replace(/^work:/, '');
    return HOLD_CAUSES.find((one) => one === cause) ?? 'agent';
  }
  if (negotiation === 'offered') return 'competing';
  return state === 'unplaced' ? 'unplaced' : null;
}

function shipmentsOf(
  work: Work,
  place: Pick<Shipment, 'locationId' | 'strangeNode'>,
  { parcels, fulfillments, late }: DesiredContext,
): Shipment[] {
  const { workId, kind } = work;
  const mine = parcels.filter((one) => one.workId === workId && one.state !== 'canceled');
  const inParcels = sumByLine(mine.flatMap(({ lines }) => lines));
  const packed = new Map(inParcels.map(({ lineId, quantity }) => [lineId, quantity]));
  // Handed over at the counter, or sent without a parcel's row: the rest left as one.
  const rest = sumByLine(work.lines).flatMap(({ lineId, quantity }) => {
    const left = quantity - (packed.get(lineId) ?? 0);
    return left > 0 ? [{ lineId, quantity: left }] : [];
  });
  const shipments = mine.map(
    (parcel): Shipment => ({
      ...{ shipmentId: parcel.parcelId, workId, kind, ...place, lines: sumByLine(parcel.lines) },
      tracking: trackingOf(parcel),
      fulfillmentId: parcel.fulfillmentId,
      carrier: CARRIER_STATES.find((state) => state === parcel.state) ?? 'none',
    }),
  );
  const canceled = late.find((one) => one.workId === workId)?.lines ?? [];
  if (rest.length === 0) return withoutLate(shipments, canceled);
  const whole = { shipmentId: workId, workId, kind, ...place, lines: rest };
  const fulfillmentId = fulfillments[workId] ?? null;
  return withoutLate(
    [...shipments, { ...whole, tracking: null, fulfillmentId, carrier: 'none' }],
    canceled,
  );
}

// Units that were canceled come off what Shopify has not been told of, the last first.
function withoutLate(shipments: readonly Shipment[], late: readonly Units[]): Shipment[] {
  if (late.length === 0) return [...shipments];
  const open = new Map(late.map(({ lineId, quantity }) => [lineId, quantity]));
  const cut = shipments.toReversed().map((shipment) => {
    if (shipment.fulfillmentId !== null) return shipment;
    const lines = shipment.lines.map(({ lineId, quantity }) => {
      const taken = Math.min(quantity, open.get(lineId) ?? 0);
      open.set(lineId, (open.get(lineId) ?? 0) - taken);
      return { lineId, quantity: quantity - taken };
    });
    return { ...shipment, lines: lines.filter(({ quantity }) => quantity > 0) };
  });
  return cut.filter(({ lines }) => lines.length > 0).toReversed();
}

function trackingOf(parcel: FollowedParcel): Tracking | null {
  const { carrier, trackingNumber, trackingUrl } = parcel;
  if (trackingNumber === null && trackingUrl === null) return null;
  return { company: carrier, number: trackingNumber, url: trackingUrl };
}
