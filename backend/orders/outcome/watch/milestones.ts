/**
 * By when must what have happened to a work so that its promise is kept, and what of it is in danger?
 *
 * Counted back from the promise: delivery, the carrier's pickup, start of picking, the latest claim, the latest routing. The
 * plan says the carrier's pickup and the latest start (routing counted them over calendars); the claim is counted back in
 * opening minutes of the node, so that nobody is asked to claim at night. Instants are epoch minutes.
 * Invariants: milestones rise in time from routing to delivery; of those before delivery only the first that is not
 * reached can be in danger, because the others wait for it.
 */
import type { Negotiation, WorkKind, WorkState } from '../../works/lifecycle.ts';
import type { OutcomeSettings } from '../settings.ts';

/** In the order in which they are due. */
export const MILESTONES = ['routing', 'claim', 'pick_start', 'departure', 'delivery'] as const;
export type Milestone = (typeof MILESTONES)[number];

/** When a place is open, as sorted spans that do not touch: `[from[i], to[i])`. A network calendar's openings. */
export type Openings = { readonly openFrom: Int32Array; readonly openTo: Int32Array };

/** A work as far as its milestones go. */
export type WatchedWork = {
  readonly kind: WorkKind;
  readonly state: WorkState;
  readonly negotiation: Negotiation;
  /** The instant until which it must be there; pickups: at which it must be ready. */
  readonly dueMinute: number;
  /** The carrier's pickup that was planned; undefined: no plan, or collected. */
  readonly departureMinute: number | undefined;
  /** The latest start of work that still keeps the promise at its node. */
  readonly startByMinute: number | undefined;
  /** Of its node; undefined: no node, or one that is gone. */
  readonly openings: Openings | undefined;
};

/** A milestone, and whether the work has reached it. */
export type DueMilestone = {
  readonly milestone: Milestone;
  readonly dueMinute: number;
  readonly isReached: boolean;
};

/** The last minute t such that at least `minutes` opening minutes lie in [t, end); elapsed minutes where no opening is known. */
export function countBack(openings: Openings | undefined, end: number, minutes: number): number {
  if (openings === undefined) return end - minutes;
  let left = minutes;
  for (let index = openings.openFrom.length - 1; index >= 0; index -= 1) {
    const from = openings.openFrom[index] ?? 0;
    const to = Math.min(openings.openTo[index] ?? 0, end);
    if (to <= from) continue;
    if (to - from >= left) return to - left;
    left -= to - from;
  }
  // Before the calendar begins nothing is known to be closed.
  return Math.min(end, openings.openFrom[0] ?? end) - left;
}

/** The milestones of a work, in the order in which they are due. */
export function milestonesOf(
  work: WatchedWork,
  settings: Pick<
    OutcomeSettings,
    'claimLeadMinutes' | 'routingLeadMinutes' | 'unplacedLeadMinutes'
  >,
): readonly DueMilestone[] {
  const { dueMinute, kind, state } = work;
  const departure = Math.min(
    dueMinute,
    kind === 'pickup' ? dueMinute : (work.departureMinute ?? dueMinute),
  );
  const start = Math.min(departure, work.startByMinute ?? dueMinute - settings.unplacedLeadMinutes);
  const claim = countBack(work.openings, start, settings.claimLeadMinutes);
  const hasBegun = !['unplaced', 'placed'].includes(state);
  const hasLeft = ['shipped', 'handed_over', 'delivered'].includes(state);
  const isThere = state === 'delivered' || state === 'handed_over';
  const reached: Record<Milestone, boolean> = {
    routing: state !== 'unplaced',
    claim: hasBegun || (state === 'placed' && work.negotiation !== 'offered'),
    pick_start: hasBegun,
    departure: hasLeft || (kind === 'pickup' && state === 'ready'),
    delivery: isThere || (kind === 'pickup' && state === 'ready'),
  };
  const due: Record<Milestone, number> = {
    routing: claim - settings.routingLeadMinutes,
    claim,
    pick_start: start,
    departure,
    delivery: dueMinute,
  };
  return MILESTONES.map((milestone) => ({
    milestone,
    dueMinute: due[milestone],
    isReached: state === 'canceled' || reached[milestone],
  }));
}

/** An alert that should run now. */
export type Alert = {
  readonly milestone: Milestone;
  readonly level: 'before' | 'missed';
  readonly dueMinute: number;
  /** The forecast, not the clock, raised it. */
  readonly isForecast: boolean;
};

/** Which alerts run at `nowMinute`. `forecastMinute`: when it will be there; undefined: nobody knows. */
export function alertsOf(
  milestones: readonly DueMilestone[],
  at: {
    readonly nowMinute: number;
    readonly forecastMinute: number | undefined;
    readonly settings: Pick<OutcomeSettings, 'alerts'>;
  },
): readonly Alert[] {
  const next = milestones.find((one) => !one.isReached);
  const last = milestones.at(-1);
  const looked = next === last ? [last] : [next, last];
  return looked.flatMap((one) => {
    if (one === undefined || one.isReached) return [];
    const { milestone, dueMinute } = one;
    const { beforeMinutes, afterMinutes } = at.settings.alerts[milestone];
    const isForecast =
      milestone === 'delivery' && at.forecastMinute !== undefined && at.forecastMinute > dueMinute;
    if (at.nowMinute >= dueMinute + afterMinutes) {
      return { milestone, level: 'missed' as const, dueMinute, isForecast };
    }
    if (isForecast || at.nowMinute >= dueMinute - beforeMinutes) {
      return { milestone, level: 'before' as const, dueMinute, isForecast };
    }
    return [];
  });
}
