/**
 * What state is a parcel in after all that carriers have said of it?
 *
 * In: its events in any order, each once. Out: state, when it left, when it was delivered, what is expected.
 * Invariants: the answer depends on the set of events alone, never on the order in which they were told; delivered stays
 * delivered; an estimate holds until a later event says another or the parcel is there.
 */

/** What carriers say. */
export const TRACKING_KINDS = [
  'picked_up',
  'in_transit',
  'delayed',
  'out_for_delivery',
  'attempted',
  'delivered',
  'failed',
] as const;
export type TrackingKind = (typeof TRACKING_KINDS)[number];

/** One thing a carrier said; instants ISO with offset or Z. */
export type TrackingEvent = {
  /** The teller's own name of it: said again it counts once. */
  readonly eventId: string;
  readonly kind: TrackingKind;
  readonly occurredAt: string;
  readonly expectedAt?: string | undefined;
};

export type ParcelState =
  | 'packed'
  | 'shipped'
  | 'in_transit'
  | 'out_for_delivery'
  | 'delivered'
  | 'failed'
  | 'canceled';

/** A parcel as its events leave it; null: unknown. */
export type TrackedParcel = {
  readonly state: ParcelState;
  readonly shippedAt: string | null;
  readonly deliveredAt: string | null;
  readonly expectedAt: string | null;
};

const STATE_AFTER: Readonly<Record<TrackingKind, ParcelState>> = {
  picked_up: 'shipped',
  in_transit: 'in_transit',
  delayed: 'in_transit',
  attempted: 'in_transit',
  out_for_delivery: 'out_for_delivery',
  delivered: 'delivered',
  failed: 'failed',
};

/** The parcel after these events. `before` is what is known of it without them: packed or shipped by the store. */
export function applyTracking(
  before: Pick<TrackedParcel, 'state' | 'shippedAt'>,
  events: readonly TrackingEvent[],
): TrackedParcel {
  const sorted = events.toSorted(compareEvents);
  const last = sorted.at(-1);
  const delivered = sorted.find((event) => event.kind === 'delivered');
  const estimate = sorted.findLast((event) => event.expectedAt !== undefined);
  const first = sorted[0];
  if (before.state === 'canceled' || first === undefined || last === undefined) {
    return { ...before, deliveredAt: null, expectedAt: estimate?.expectedAt ?? null };
  }
  // It left at the latest when somebody first saw it under way.
  const shippedAt =
    before.shippedAt !== null && epoch(before.shippedAt) < epoch(first.occurredAt)
      ? before.shippedAt
      : first.occurredAt;
  if (delivered !== undefined) {
    return { state: 'delivered', shippedAt, deliveredAt: delivered.occurredAt, expectedAt: null };
  }
  const expectedAt = estimate?.expectedAt ?? null;
  return { state: STATE_AFTER[last.kind], shippedAt, deliveredAt: null, expectedAt };
}

// Same instant: the later step of a parcel's way; same step: any fixed order.
function compareEvents(a: TrackingEvent, b: TrackingEvent): number {
  return (
    epoch(a.occurredAt) - epoch(b.occurredAt) ||
    TRACKING_KINDS.indexOf(a.kind) - TRACKING_KINDS.indexOf(b.kind) ||
    compareText(a.expectedAt ?? '', b.expectedAt ?? '') ||
    compareText(a.eventId, b.eventId)
  );
}

function epoch(instant: string): number {
  return Temporal.Instant.from(instant).epochMilliseconds;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
