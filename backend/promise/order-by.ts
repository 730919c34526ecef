/**
 * Until when is the same window promised, if the facts stay as they are?
 *
 * Rule 7: worked out backwards from the departures. Where plans are ranked by their end alone (the
 * default policy), the window holds as long as any plan makes it: take the last instant of the plan
 * chosen, ask whether another plan makes it one minute later, and go on from that one. Under other
 * policies a slower node can change the choice, so every instant at which any parcel would arrive
 * later is looked at in turn. Minutes of `at` inside; the caller subtracts the margin.
 */
import { MINUTES_PER_DAY, NEVER } from '../base/time.ts';
import { HORIZON_MINUTES } from '../network/delivery.ts';
import { type Plan, type PlanProblem, planOrder, quoteObjective } from '../routing/routing.ts';
import { firstOtherWindow, type Planned } from './order-by-changes.ts';
import { lastAtFor, lastIndexBy, NOT_ASKED, reachOf } from './order-by-reach.ts';
import { deadlineOfOne } from './quote-memory.ts';
import { takeList } from './quote-scratch.ts';
import { indexOf, problemOf, type Ship, slotOf } from './quote-ship.ts';

/** Looking ahead ends here (rule 7). */
export const ORDER_BY_CAP_MINUTES = 7 * MINUTES_PER_DAY;

export type Lasting = {
  /** First `at` with another window or none. */
  readonly windowUntil: number;
  /** Up to here nothing of the option changes: window, parcels, departures. At most `windowUntil`. */
  readonly unchangedUntil: number;
};

/** How long the window, and the whole option, stays as it is. */
export function lastingOf(planned: Planned): Lasting {
  const { ships, plan } = planned;
  const ship = ships[plan.problem];
  if (ship === undefined) throw new Error(`Bug: no ship ${plan.problem}`);
  const cap = ship.ask.atMinute + ORDER_BY_CAP_MINUTES;
  if (!plan.isExact) {
    const windowUntil = Math.min(cap, lastAtOf(ship, plan, plan.endMinute) + 1);
    return { windowUntil, unchangedUntil: ship.ask.atMinute + 1 };
  }
  const parcelsUntil = Math.min(cap, sameDeparturesUntil(ship, plan));
  if (isRankedByEnd(planned)) {
    return { windowUntil: latestWindow(planned, cap), unchangedUntil: parcelsUntil };
  }
  const changes = firstOtherWindow(planned, cap);
  return {
    windowUntil: changes.windowUntil,
    unchangedUntil: Math.min(parcelsUntil, changes.firstChange),
  };
}

/**
 * With the default settings, every incoming lot in reach and dates that differ whenever ends differ, a
 * later `at` only takes plans away: the window changes when the last plan that makes it is gone.
 */
function isRankedByEnd({ ships, plan, objective }: Planned): boolean {
  const { atMinute } = ships[0]?.ask ?? { atMinute: 0 };
  return (
    // A departure that comes into the 60 days is of no use to a window that ends before it.
    plan.endMinute < atMinute + HORIZON_MINUTES - 2 * MINUTES_PER_DAY &&
    objective.splitOnlyIfDaysEarlier === 1 &&
    objective.maxDaysLaterForCost === 0 &&
    ships.every(
      (ship) =>
        ship.ask.channel.incomingHorizonMinutes === null &&
        // A point's window by an hour of the day may fall on either side of its opening hours.
        (ship.point === undefined || ship.service.deliverBy === MINUTES_PER_DAY),
    )
  );
}

function latestWindow(planned: Planned, cap: number): number {
  const { ships, plan } = planned;
  const { endMinute } = plan;
  const lastIndexes = ships.map((ship) =>
    takeList(ship.ask.scratch, ship.ask.nodes.length).fill(NOT_ASKED),
  );
  const chosen = ships[plan.problem];
  let latest = chosen === undefined ? 0 : lastAtOf(chosen, plan, endMinute);
  let most = 0;
  for (const [index, ship] of ships.entries()) {
    const reach = reachOf(ship, { endMinute, lastIndexes: lastIndexes[index] }, latest);
    latest = reach.latest;
    most = Math.max(most, reach.most);
  }
  while (latest + 1 < cap && latest < most) {
    const next = anyPlanBy(ships, { endMinute, atMinute: latest + 1, lastIndexes });
    const ship = ships[next?.problem ?? -1];
    if (next === undefined || ship === undefined) return latest + 1;
    latest = lastAtOf(ship, next, endMinute);
  }
  return Math.min(cap, latest + 1);
}

/** The last `at` at which every parcel of the plan still arrives by `endMinute`. */
function lastAtOf(ship: Ship, plan: Plan, endMinute: number): number {
  let latest = NEVER;
  for (const { source, units, usableMinute } of plan.parcels) {
    const index = lastIndexBy(ship, source, { endMinute, lastIndexes: undefined });
    latest = Math.min(latest, lastAtFor(ship, source, { units, usableMinute, index }));
  }
  return latest;
}

function sameDeparturesUntil(ship: Ship, plan: Plan): number {
  let latest = NEVER;
  for (const { source, units, usableMinute } of plan.parcels) {
    const index = indexOf(ship, source, { units, usableMinute });
    latest = Math.min(latest, lastAtFor(ship, source, { units, usableMinute, index }));
  }
  return latest + 1;
}

type MakesIt = {
  readonly endMinute: number;
  readonly atMinute: number;
  /** By ship, as in `InTime`. */
  readonly lastIndexes: readonly Int32Array[];
};

/** Some plan that arrives by `endMinute` when asked at `atMinute`; which one does not matter. */
function anyPlanBy(ships: readonly Ship[], wanted: MakesIt): Plan | undefined {
  const problems = ships.map((ship, index) => problemBy(ship, wanted, wanted.lastIndexes[index]));
  return planOrder(problems, ANY_PLAN);
}

const ANY_PLAN = quoteObjective({ splitOnlyIfDaysEarlier: 1, maxDaysLaterForCost: 0 });

/** The ship's problem with only the sources that still make it with one unit on hand, and ends in time or never. */
function problemBy(ship: Ship, wanted: MakesIt, lastIndexes: Int32Array | undefined): PlanProblem {
  const { endMinute, atMinute } = wanted;
  const sources = takeList(ship.ask.scratch, ship.sourceCount);
  let sourceCount = 0;
  for (let at = 0; at < ship.sourceCount; at += 1) {
    const source = ship.sources[at] ?? 0;
    if ((ship.endOne[source] ?? NEVER) > endMinute) continue;
    const index = lastIndexBy(ship, source, { endMinute, lastIndexes });
    if (index < 0 || deadlineOfOne(ship.ask.memory, slotOf(ship, source), index) < atMinute)
      continue;
    sources[sourceCount] = source;
    sourceCount += 1;
  }
  return {
    ...problemOf(ship),
    sources,
    sourceCount,
    endMinute: (source, units, usableMinute) => {
      if (units === 1 && usableMinute <= ship.ask.atMinute) return 0;
      const index = lastIndexBy(ship, source, { endMinute, lastIndexes });
      return lastAtFor(ship, source, { units, usableMinute, index }) >= atMinute ? 0 : NEVER;
    },
    dateOf: () => 0,
  };
}
