/**
 * Which fulfillment of Shopify's is which shipment of ours?
 *
 * A fulfillment cannot be created under a key, so whether an unclear one was done is seen by looking: by its id when we
 * know it, else by the same units under the same tracking number, else by the same units from the same location when
 * Shopify has that many fewer open than works have. Whoever made it, those goods have left once. What left by another's
 * hand is one work of ours and may be several fulfillments there: they come before our own parcels. Invariants: a fulfillment
 * stands for one shipment at most, and a shipment that has one is never sent again.
 */
import type { Shipment } from './desired.ts';
import type { ObservedFulfillment, Units } from './observed.ts';

export type MatchedShipments = {
  readonly matched: readonly {
    readonly shipment: Shipment;
    readonly fulfillment: ObservedFulfillment;
  }[];
  /** Not in Shopify yet. */
  readonly unsent: readonly Shipment[];
  /** Had a fulfillment that was canceled in Shopify. */
  readonly canceled: readonly Shipment[];
  /** Nobody here knows of it. */
  readonly foreign: readonly ObservedFulfillment[];
};

type Rule = (shipment: Shipment, fulfillment: ObservedFulfillment) => boolean;

const SURE: readonly Rule[] = [
  (shipment, { id }) => shipment.fulfillmentId === id,
  (shipment, { lines, tracking }) =>
    trackedAs(shipment.tracking?.number) !== undefined &&
    trackedAs(shipment.tracking?.number) === trackedAs(tracking?.number) &&
    areSame(shipment.lines, lines),
];

/**
 * Matches them, the surest sign first. `missing` says, for shipments not matched, how many units of a line Shopify has no
 * more although works have them: without any missing, the like of a shipment is another one that left before.
 */
export function matchShipments(
  shipments: readonly Shipment[],
  fulfillments: readonly ObservedFulfillment[],
  missing: (unsent: readonly Shipment[]) => Map<string, number>,
): MatchedShipments {
  const canceledIds = new Set(fulfillments.filter((one) => one.isCanceled).map(({ id }) => id));
  const isCanceled = ({ fulfillmentId }: Shipment) =>
    fulfillmentId !== null && canceledIds.has(fulfillmentId);
  const canceled = shipments.filter(isCanceled);
  let state: Matching = {
    matched: [],
    unsent: shipments.filter((one) => !isCanceled(one)),
    foreign: fulfillments.filter((one) => !one.isCanceled),
  };
  for (const isSame of SURE) state = matchBy(isSame, state);
  const gone = missing(state.unsent);
  for (const shipment of state.unsent) state = matchPieces(state, shipment, gone);
  const isLikely: Rule = (shipment, { lines, locationId }) =>
    (locationId === shipment.locationId || locationId === null) &&
    areSame(shipment.lines, lines) &&
    takeAll(gone, lines);
  return { ...matchBy(isLikely, state), canceled };
}

type Matching = Omit<MatchedShipments, 'canceled'>;

/** Goods without a parcel of ours, left as one or more fulfillments that are exactly their units together. */
function matchPieces(state: Matching, shipment: Shipment, gone: Map<string, number>): Matching {
  const { lines, locationId, tracking, shipmentId, workId } = shipment;
  if (tracking !== null || shipmentId !== workId) return state;
  const open = new Map(lines.map(({ lineId, quantity }) => [lineId, quantity]));
  const pieces = state.foreign.filter(
    (one) => (one.locationId === locationId || one.locationId === null) && takeAll(open, one.lines),
  );
  const isWhole = [...open.values()].every((units) => units === 0);
  if (pieces.length === 0 || !isWhole || !takeAll(gone, lines)) return state;
  return {
    matched: [
      ...state.matched,
      ...pieces.map((fulfillment) => ({
        shipment: { ...shipment, lines: fulfillment.lines },
        fulfillment,
      })),
    ],
    unsent: state.unsent.filter((one) => one !== shipment),
    foreign: state.foreign.filter((one) => !pieces.includes(one)),
  };
}

function matchBy(isSame: Rule, { matched, unsent, foreign }: Matching): Matching {
  const found: { shipment: Shipment; fulfillment: ObservedFulfillment }[] = [];
  let free = foreign;
  for (const shipment of unsent) {
    const fulfillment = free.find((one) => isSame(shipment, one));
    if (fulfillment === undefined) continue;
    found.push({ shipment, fulfillment });
    free = free.filter((one) => one !== fulfillment);
  }
  const taken = new Set(found.map(({ shipment }) => shipment));
  return {
    matched: [...matched, ...found],
    unsent: unsent.filter((one) => !taken.has(one)),
    foreign: free,
  };
}

/** Takes these units out of what is there, all or none. */
export function takeAll(from: Map<string, number>, lines: readonly Units[]): boolean {
  if (lines.some(({ lineId, quantity }) => (from.get(lineId) ?? 0) < quantity)) return false;
  for (const { lineId, quantity } of lines) from.set(lineId, (from.get(lineId) ?? 0) - quantity);
  return true;
}

function trackedAs(number: string | null | undefined): string | undefined {
  return number?.replace(/\s/g, '').toUpperCase() || undefined;
}

function areSame(a: readonly Units[], b: readonly Units[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ lineId, quantity }) =>
      b.some((other) => other.lineId === lineId && other.quantity === quantity),
    )
  );
}
