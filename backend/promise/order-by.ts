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
import { firstAbove } from '../network/calendar.ts';
import { deliveryWindow, HORIZON_MINUTES } from '../network/delivery.ts';
import { pointHandOver } from '../network/hand-over.ts';
import { latestAtMinute } from '../network/ready.ts';
import {
  type Objective,
  type Plan,
  type PlanProblem,
  planOrder,
  quoteObjective,
} from '../routing/routing.ts';
import { spaceOf } from '../routing/takes.ts';
import { loadOf } from '../stock/stock.ts';
import { type Ask, openAsk, type ParcelWork, readyAt } from './quote-ask.ts';
import {
  arrivalDay,
  arrivalEnd,
  departureFrom,
  departuresOf,
  openShip,
  problemOf,
  type Ship,
} from './quote-ship.ts';

/** Looking ahead ends here (rule 7). */
export const ORDER_BY_CAP_MINUTES = 7 * MINUTES_PER_DAY;

/** An option as planned: the ships that were pooled and the plan of one of them. */
export type Planned = {
  readonly ships: readonly Ship[];
  readonly plan: Plan;
  readonly objective: Objective;
};

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
function isRankedByEnd({ ships, objective }: Planned): boolean {
  return (
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
  let ship = planned.ships[planned.plan.problem];
  let plan: Plan | undefined = planned.plan;
  const { endMinute } = planned.plan;
  const deadlines = planned.ships.map((one) => new Int32Array(one.ask.nodes.length));
  let latest = 0;
  while (ship !== undefined && plan !== undefined) {
    latest = Math.max(latest, lastAtOf(ship, plan, endMinute));
    if (latest + 1 >= cap) return cap;
    plan = anyPlanBy(planned.ships, { endMinute, atMinute: latest + 1, deadlines });
    ship = plan && planned.ships[plan.problem];
  }
  return latest + 1;
}

/** The last `at` at which every parcel of the plan still arrives by `endMinute`. */
function lastAtOf(ship: Ship, plan: Plan, endMinute: number): number {
  let latest = NEVER;
  for (const { source, units, usableMinute } of plan.parcels) {
    const departureMinute = lastDepartureBy(ship, source, endMinute);
    latest = Math.min(
      latest,
      lastAtFor(ship.ask, source, { units, usableMinute, departureMinute }),
    );
  }
  return latest;
}

function sameDeparturesUntil(ship: Ship, plan: Plan): number {
  let latest = NEVER;
  for (const { source, units, usableMinute } of plan.parcels) {
    const ready = readyAt(ship.ask, source, { units, usableMinute }, ship.ask.atMinute);
    const departures = departuresOf(ship.ask, source, ship.service);
    const departureMinute = departures?.[firstAbove(departures, ready - 1)] ?? NEVER;
    latest = Math.min(
      latest,
      lastAtFor(ship.ask, source, { units, usableMinute, departureMinute }),
    );
  }
  return latest + 1;
}

function lastAtFor(
  ask: Ask,
  source: number,
  parcel: ParcelWork & { readonly departureMinute: number },
): number {
  const node = ask.nodes[source] ?? 0;
  return latestAtMinute(ask.snapshot, {
    node,
    load: loadOf(ask.facts, node),
    kind: 'ship',
    units: parcel.units,
    usableMinute: parcel.usableMinute,
    departureMinute: parcel.departureMinute,
  });
}

/** The last departure of the source that arrives by `endMinute`; −1 when none does. */
function lastDepartureBy(ship: Ship, source: number, endMinute: number): number {
  const departures = departuresOf(ship.ask, source, ship.service);
  if (departures === undefined) return -1;
  let low = -1;
  let high = departures.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (arrivalEnd(ship, source, departures[middle] ?? NEVER) <= endMinute) low = middle;
    else high = middle;
  }
  return departures[low] ?? -1;
}

type MakesIt = {
  readonly endMinute: number;
  readonly atMinute: number;
  /** By ship and source: last departure that arrives in time, 0 not known yet. */
  readonly deadlines: readonly Int32Array[];
};

/** Some plan that arrives by `endMinute` when asked at `atMinute`; which one does not matter. */
function anyPlanBy(ships: readonly Ship[], wanted: MakesIt): Plan | undefined {
  const problems = ships.map((ship, index) => problemBy(ship, wanted, wanted.deadlines[index]));
  return planOrder(problems, quoteObjective({ splitOnlyIfDaysEarlier: 1, maxDaysLaterForCost: 0 }));
}

function problemBy(ship: Ship, wanted: MakesIt, deadlines: Int32Array | undefined): PlanProblem {
  return {
    ...problemOf(ship),
    endMinute: (source, units, usableMinute) => {
      let deadline = deadlines?.[source] ?? 0;
      if (deadline === 0) {
        deadline = lastDepartureBy(ship, source, wanted.endMinute);
        if (deadlines !== undefined) deadlines[source] = deadline;
      }
      if (deadline < wanted.atMinute) return NEVER;
      const ready = readyAt(ship.ask, source, { units, usableMinute }, wanted.atMinute);
      return ready <= deadline ? 0 : NEVER;
    },
    dateOf: () => 0,
  };
}

/** Goes from change to change until the choice has another window; also says when the first change comes. */
function firstOtherWindow(
  planned: Planned,
  cap: number,
): { readonly windowUntil: number; readonly firstChange: number } {
  const { endMinute } = planned.plan;
  let ships = planned.ships;
  let firstChange = 0;
  for (;;) {
    const next = nextChange(ships, cap);
    if (firstChange === 0) firstChange = next;
    if (next >= cap) return { windowUntil: cap, firstChange };
    ships = ships.map((ship) => shipAt(ship, next));
    const plan = planOrder(ships.map(problemOf), planned.objective);
    if (plan?.endMinute !== endMinute) return { windowUntil: next, firstChange };
  }
}

function shipAt(ship: Ship, atMinute: number): Ship {
  const { snapshot, facts, request } = ship.ask;
  const ask = openAsk(snapshot, facts, { request, atMinute });
  return openShip(ask, ship);
}

/** The next `at` at which some possible parcel arrives later, or stock or a departure comes into reach. */
function nextChange(ships: readonly Ship[], cap: number): number {
  let next = cap;
  for (const ship of ships) {
    next = Math.min(next, nextLotInReach(ship.ask), nextParcelChange(ship));
  }
  return next;
}

/** When the channel's horizon reaches the next incoming lot. */
export function nextLotInReach(ask: Ask): number {
  const horizon = ask.channel.incomingHorizonMinutes;
  let next = NEVER;
  if (horizon === null || horizon === 0) return next;
  for (const { positions } of ask.lines) {
    for (const [cursor, lots] of (positions?.lots ?? []).entries()) {
      if (ask.channel.hasNode[positions?.nodes[cursor] ?? -1] !== 1) continue;
      for (const { usableMinute } of lots ?? []) {
        if (usableMinute > ask.atMinute + horizon) next = Math.min(next, usableMinute - horizon);
      }
    }
  }
  return next;
}

function nextParcelChange(ship: Ship): number {
  let next = NEVER;
  for (const work of possibleWork(ship)) {
    const { source, units, usableMinute, endMinute } = work;
    if (endMinute >= NEVER) {
      next = Math.min(next, horizonReaches(ship, work));
      continue;
    }
    const departureMinute = lastDepartureBy(ship, source, endMinute);
    const last = lastAtFor(ship.ask, source, { units, usableMinute, departureMinute });
    next = Math.min(next, last + 1);
  }
  return Math.max(next, ship.ask.atMinute + 1);
}

/** The first `at` at which a ship without a plan may have one: its stock is in reach and a departure comes into the 60 days. */
export function horizonOpens(ship: Ship): number {
  let next = NEVER;
  for (const work of possibleWork(ship)) {
    if (work.endMinute >= NEVER) next = Math.min(next, horizonReaches(ship, work));
  }
  return next;
}

/** When the 60 days reach the departure or hand-over that a parcel lacks now; NEVER when there is none. */
export function horizonReaches(ship: Ship, work: ParcelWork & { readonly source: number }): number {
  const { ask, point } = ship;
  const readyMinute = readyAt(ask, work.source, work, ask.atMinute);
  const departure = departureFrom(ship, work.source, { readyMinute, atMinute: NEVER });
  if (departure >= NEVER) return NEVER;
  if (departure >= ask.atMinute + HORIZON_MINUTES) return departure - HORIZON_MINUTES + 1;
  const day = arrivalDay(ship, work.source, departure);
  if (point === undefined || day >= NEVER) return NEVER;
  const { toMinute } = deliveryWindow(ship.service, ship.zone, day);
  const handOver = pointHandOver(ask.snapshot, { point: point.index, toMinute, atMinute: NEVER });
  return handOver === undefined ? NEVER : handOver.fromMinute - HORIZON_MINUTES + 1;
}

type Work = ParcelWork & { readonly source: number; readonly endMinute: number };

/** Every parcel any plan could have, told apart by what decides its arrival. */
function possibleWork(ship: Ship): Iterable<Work> {
  const problem = problemOf(ship);
  const found = new Map<string, Work>();
  const recording = {
    ...problem,
    endMinute: (source: number, units: number, usableMinute: number) => {
      const endMinute = problem.endMinute(source, units, usableMinute);
      found.set(`${source}/${units}/${usableMinute}`, { source, units, usableMinute, endMinute });
      return endMinute;
    },
  };
  spaceOf(recording, Number.POSITIVE_INFINITY).ends();
  return found.values();
}
