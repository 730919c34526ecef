/**
 * How did the promise of an order end?
 *
 * In: what was first shown, and every work or parcel with what became of it. Out: an outcome for each part and one for the
 * order; undefined while it is open. Instants are epoch minutes, days day numbers of the destination.
 * Invariants: late if and only if a part was there after the promised end, or is known not to be there when that has
 * passed; one outcome is final; what a carrier never told is `unheard` and counted apart, never as kept.
 */
import type { WorkState } from '../../works/lifecycle.ts';

/**
 * `kept`, `late`; `too_padded`: kept so early that the date cost sales; `withdrawn`: we could not; `canceled`: the
 * buyer did not want it any more; `unheard`: it left, and nobody said when it was there.
 */
export const OUTCOMES = ['kept', 'late', 'too_padded', 'withdrawn', 'canceled', 'unheard'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** One parcel or hand-over. */
export type EndedPart = {
  readonly state: WorkState;
  /** When it was there; pickups: when it was ready. */
  readonly thereMinute: number | undefined;
  /** We ended it, not the buyer: only with `canceled`. */
  readonly isWithdrawn: boolean;
  /** The last minute at which somebody said that it was still under way. */
  readonly seenUnderWayMinute: number | undefined;
};

/** What was promised first, and how it is judged. */
export type Judged = {
  readonly dueMinute: number;
  /** Home deliveries end before it (half-open window); what is collected is ready at it. */
  readonly isExclusive: boolean;
  /** Date number of the promise in the destination's zone. */
  readonly promisedDay: number;
  readonly paddedDays: number;
  readonly settleAfterMinutes: number;
  /** Date number in the destination's zone. */
  readonly dayOf: (minute: number) => number;
};

/** The end of one part. */
export type PartOutcome = {
  readonly outcome: Outcome;
  readonly endedMinute: number | undefined;
  readonly lateMinutes: number | undefined;
  readonly earlyDays: number | undefined;
};

/** How one part ended by `nowMinute`; undefined: it has not. */
export function outcomeOfPart(
  part: EndedPart,
  judged: Judged,
  nowMinute: number,
): PartOutcome | undefined {
  if (part.state === 'canceled') {
    return { ...WITHOUT_END, outcome: part.isWithdrawn ? 'withdrawn' : 'canceled' };
  }
  if (part.thereMinute !== undefined) return ended(part.thereMinute, judged);
  if (nowMinute < judged.dueMinute) return undefined;
  const hasLeft = part.state === 'shipped' || part.state === 'handed_over';
  // What has not left cannot be there.
  if (!hasLeft) return { ...WITHOUT_END, outcome: 'late' };
  const seen = part.seenUnderWayMinute;
  if (seen !== undefined && seen >= judged.dueMinute) return { ...WITHOUT_END, outcome: 'late' };
  if (nowMinute < judged.dueMinute + judged.settleAfterMinutes) return undefined;
  return { ...WITHOUT_END, outcome: 'unheard' };
}

const WITHOUT_END = {
  endedMinute: undefined,
  lateMinutes: undefined,
  earlyDays: undefined,
} as const;

function ended(thereMinute: number, judged: Judged): PartOutcome {
  const isLate = thereMinute > judged.dueMinute - (judged.isExclusive ? 1 : 0);
  const lateMinutes = thereMinute - judged.dueMinute;
  const earlyDays = Math.max(0, judged.promisedDay - judged.dayOf(thereMinute));
  if (isLate) {
    return { outcome: 'late', endedMinute: thereMinute, lateMinutes, earlyDays: undefined };
  }
  const outcome = earlyDays >= judged.paddedDays ? 'too_padded' : 'kept';
  return { outcome, endedMinute: thereMinute, lateMinutes: undefined, earlyDays };
}

/**
 * The order's outcome; undefined while a part is open, unless another was late already: what is late is late. The worst
 * part decides; an order is too padded only when its last part was.
 */
export function outcomeOfOrder(
  parts: readonly (PartOutcome | undefined)[],
): PartOutcome | undefined {
  const known = parts.filter((one) => one !== undefined);
  const late = known.filter((one) => one.outcome === 'late');
  const isComplete = known.length === parts.length && parts.length > 0;
  if (late.length > 0) return lastOf(late, isComplete);
  if (!isComplete) return undefined;
  for (const outcome of ['withdrawn', 'unheard'] as const) {
    if (known.some((one) => one.outcome === outcome)) return { ...WITHOUT_END, outcome };
  }
  const there = known.filter((one) => one.outcome !== 'canceled');
  return there.length === 0 ? { ...WITHOUT_END, outcome: 'canceled' } : lastOf(there, true);
}

// How late is known only when every late part has come.
function lastOf(parts: readonly PartOutcome[], isComplete: boolean): PartOutcome | undefined {
  const latest = parts.reduce((last, one) =>
    (one.endedMinute ?? Number.POSITIVE_INFINITY) > (last.endedMinute ?? Number.POSITIVE_INFINITY)
      ? one
      : last,
  );
  const open = parts.find((one) => one.endedMinute === undefined);
  if (open !== undefined || !isComplete) return { ...WITHOUT_END, outcome: latest.outcome };
  return latest;
}

/** What went otherwise than planned, as the timeline names it: counted per 1,000 orders. */
export const EXCEPTION_KINDS = [
  'unplaced',
  'gave_up',
  'refused',
  'offer_timed_out',
  'picked_short',
  'promise_changed',
  'pickup_code_locked',
  'carrier_delayed',
  'delivery_failed',
  'shopify_stuck',
  'uncollected',
  'late',
] as const;
