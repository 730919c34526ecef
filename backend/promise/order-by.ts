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
import { deliveryWindow, HORIZON_MINUTES } from '../network/delivery.ts';
import { pointHandOver } from '../network/hand-over.ts';
import { laneCostMinor } from '../network/lanes.ts';
import { breaksParcelLimit } from '../network/limits.ts';
import { billableGrams } from '../network/prices.ts';
import {
  type Objective,
  type Plan,
  type PlanProblem,
  planOrder,
  quoteObjective,
} from '../routing/routing.ts';
import { canDivide, spaceOf } from '../routing/takes.ts';
import { type Ask, openAsk, type ParcelWork, readyAtSource } from './quote-ask.ts';
import { deadlineAt, deadlineOfOne } from './quote-memory.ts';
import {
  arrivalAt,
  arrivalDay,
  indexOf,
  leavingOf,
  openShip,
  problemOf,
  type Ship,
  slotOf,
  tableOf,
  termsOf,
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
  const lastIndexes = ships.map((ship) => new Int32Array(ship.ask.nodes.length).fill(NOT_ASKED));
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

/** Departures not looked up yet; −1 stands for "none in time". */
const NOT_ASKED = -2;

type InTime = {
  readonly endMinute: number;
  /** By source: index of the last departure that arrives by `endMinute`. */
  readonly lastIndexes: Int32Array | undefined;
};

/**
 * How long a ship makes it: `most`, which no plan can pass because some line lacks units by then, and `latest`,
 * a minute of at least `least` at which a plan is known: one source with everything, each line from the source
 * that has it whole for longest, or each line from whichever sources still make it.
 */
function reachOf(
  ship: Ship,
  inTime: InTime,
  least: number,
): { readonly most: number; readonly latest: number } {
  const { ask } = ship;
  const { supply } = ask;
  const { lineCount } = supply;
  const any = new Int32Array(lineCount).fill(-1);
  const whole = new Int32Array(lineCount).fill(-1);
  const wholeSource = new Int32Array(lineCount).fill(-1);
  let latest = least;
  for (let at = 0; at < ship.sourceCount; at += 1) {
    const source = ship.sources[at] ?? 0;
    const last = lastOfOne(ship, source, inTime);
    if (last <= latest) continue;
    if (supply.wholeLines[source] === lineCount) {
      latest = Math.max(latest, lastOfWhole(ship, source, inTime));
    }
    for (let line = 0; line < lineCount; line += 1) {
      const available = supply.available[source * lineCount + line] ?? 0;
      if (available === 0) continue;
      if (last > (any[line] ?? 0)) any[line] = last;
      if (available < (supply.quantities[line] ?? 0) || last <= (whole[line] ?? 0)) continue;
      whole[line] = last;
      wholeSource[line] = source;
    }
  }
  if (leastOf(any) <= latest) return { most: latest, latest };
  if (leastOf(whole) > latest) {
    const parcels = new Map<number, number[]>();
    for (let line = 0; line < lineCount; line += 1) {
      give(parcels, lineCount, {
        source: wholeSource[line] ?? 0,
        line,
        units: supply.quantities[line] ?? 0,
      });
    }
    latest = Math.max(latest, lastOfParcels(ship, parcels, inTime));
  }
  return reachDivided(ship, inTime, latest);
}

/** The last `at` at which one unit of the source arrives in time; −1 when none does. */
function lastOfOne(ship: Ship, source: number, inTime: InTime): number {
  if ((ship.endOne[source] ?? NEVER) > inTime.endMinute) return -1;
  const index = lastIndexBy(ship, source, inTime);
  return index < 0 ? -1 : deadlineOfOne(ship.ask.memory, slotOf(ship, source), index);
}

/** Adds up the sources that make it longest until each line has units enough; tries that plan. */
function reachDivided(
  ship: Ship,
  inTime: InTime,
  latest: number,
): { readonly most: number; readonly latest: number } {
  const { supply } = ship.ask;
  const { lineCount } = supply;
  const senders: { readonly source: number; readonly last: number }[] = [];
  for (let at = 0; at < ship.sourceCount; at += 1) {
    const source = ship.sources[at] ?? 0;
    const last = lastOfOne(ship, source, inTime);
    if (last > latest) senders.push({ source, last });
  }
  senders.sort((a, b) => b.last - a.last || a.source - b.source);
  const parcels = new Map<number, number[]>();
  let most = NEVER;
  for (let line = 0; line < lineCount; line += 1) {
    let missing = supply.quantities[line] ?? 0;
    for (const { source, last } of senders) {
      const units = Math.min(missing, supply.available[source * lineCount + line] ?? 0);
      if (units === 0) continue;
      give(parcels, lineCount, { source, line, units });
      missing -= units;
      most = Math.min(most, last);
      if (missing === 0) break;
    }
    if (missing > 0) return { most: latest, latest };
  }
  return { most, latest: Math.max(latest, lastOfParcels(ship, parcels, inTime)) };
}

function give(
  parcels: Map<number, number[]>,
  lineCount: number,
  given: { readonly source: number; readonly line: number; readonly units: number },
): void {
  const quantities = parcels.get(given.source) ?? new Array<number>(lineCount).fill(0);
  quantities[given.line] = given.units;
  parcels.set(given.source, quantities);
}

function leastOf(values: Int32Array): number {
  let least = NEVER;
  for (let at = 0; at < values.length; at += 1) least = Math.min(least, values[at] ?? 0);
  return least;
}

/** The last `at` at which a source that has everything still makes it alone; −1 when it never does. */
function lastOfWhole(ship: Ship, source: number, inTime: InTime): number {
  if (!fitsWhole(ship, source)) return -1;
  const { ask } = ship;
  const index = lastIndexBy(ship, source, inTime);
  return lastAtFor(ship, source, {
    units: ask.units,
    usableMinute: usableOfAll(ask, source),
    index,
  });
}

/** The same for a plan, given as units of each line by source; −1 when a parcel cannot be sent. */
function lastOfParcels(
  ship: Ship,
  parcels: ReadonlyMap<number, readonly number[]>,
  inTime: InTime,
): number {
  let latest = NEVER;
  for (const [source, quantities] of parcels) {
    latest = Math.min(latest, lastOfParcel(ship, { source, quantities }, inTime));
  }
  return latest;
}

function lastOfParcel(
  ship: Ship,
  parcel: { readonly source: number; readonly quantities: readonly number[] },
  inTime: InTime,
): number {
  const { ask, service } = ship;
  const { supply } = ask;
  const { source, quantities } = parcel;
  let units = 0;
  let grams = 0;
  let cm3 = 0;
  let usableMinute = 0;
  for (let line = 0; line < supply.lineCount; line += 1) {
    const quantity = quantities[line] ?? 0;
    units += quantity;
    grams += quantity * (supply.gramsPerUnit[line] ?? 0);
    cm3 += quantity * (supply.cm3PerUnit[line] ?? 0);
    if (quantity > (supply.onHand[source * supply.lineCount + line] ?? 0)) {
      usableMinute = Math.max(usableMinute, supply.usableMinute(source, line, quantity));
    }
  }
  if (breaksParcelLimit(service.source, grams, cm3)) return -1;
  const cost = laneCostMinor(termsOf(ship, source), billableGrams(service.source, grams, cm3));
  if (cost < 0) return -1;
  const index = lastIndexBy(ship, source, inTime);
  return lastAtFor(ship, source, { units, usableMinute, index });
}

function usableOfAll(ask: Ask, source: number): number {
  const { supply } = ask;
  let usable = 0;
  for (let line = 0; line < supply.lineCount; line += 1) {
    const quantity = supply.quantities[line] ?? 0;
    if (quantity <= (supply.onHand[source * supply.lineCount + line] ?? 0)) continue;
    usable = Math.max(usable, supply.usableMinute(source, line, quantity));
  }
  return usable;
}

function fitsWhole(ship: Ship, source: number): boolean {
  const { ask, service } = ship;
  return (
    !breaksParcelLimit(service.source, ask.grams, ask.cm3) &&
    laneCostMinor(termsOf(ship, source), billableGrams(service.source, ask.grams, ask.cm3)) >= 0
  );
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

/** The last `at` at which a parcel makes the departure at `index`. */
function lastAtFor(
  ship: Ship,
  source: number,
  parcel: ParcelWork & { readonly index: number },
): number {
  const { ask } = ship;
  const { units, usableMinute, index } = parcel;
  if (index < 0) return -1;
  const departure = tableOf(ship, source)?.minutes[index] ?? -1;
  // Incoming stock is there at its own instant whenever the order is placed: in time now, in time always.
  if (usableMinute > ask.atMinute && readyAtSource(ask, source, parcel) > departure) return -1;
  return deadlineAt(ask.memory, leavingOf(ship, source, units), index);
}

/** Index of the last departure of the source that arrives by `endMinute`; −1 when none does. */
function lastIndexBy(ship: Ship, source: number, { endMinute, lastIndexes }: InTime): number {
  const known = lastIndexes?.[source] ?? NOT_ASKED;
  if (known !== NOT_ASKED) return known;
  const count = tableOf(ship, source)?.minutes.length ?? 0;
  // Each later departure arrives later or together: go forward from the one that is made now.
  let last = -1;
  let index = ship.indexOne[source] ?? 0;
  while (index < count && arrivalAt(ship, source, index) <= endMinute) {
    last = index;
    index += 1;
  }
  if (lastIndexes !== undefined) lastIndexes[source] = last;
  return last;
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
  const sources = new Int32Array(ship.sourceCount);
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
    const index = lastIndexBy(ship, source, { endMinute, lastIndexes: undefined });
    next = Math.min(next, lastAtFor(ship, source, { units, usableMinute, index }) + 1);
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
function horizonReaches(ship: Ship, work: ParcelWork & { readonly source: number }): number {
  const { ask, point } = ship;
  const index = indexOf(ship, work.source, work);
  const departure = tableOf(ship, work.source)?.minutes[index] ?? NEVER;
  if (departure >= NEVER) return NEVER;
  if (departure >= ask.atMinute + HORIZON_MINUTES) return departure - HORIZON_MINUTES + 1;
  const day = arrivalDay(ship, work.source, index);
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
  const space = spaceOf(recording, Number.POSITIVE_INFINITY);
  space.ends(false);
  if (canDivide(recording)) space.ends(true);
  return found.values();
}
