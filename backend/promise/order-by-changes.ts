/**
 * When does anything that an option could be made of change next?
 *
 * For policies under which a slower node can change the choice (a split that must be days earlier, days given away
 * for cost, an incoming horizon): every instant at which some possible parcel arrives later, or stock or a departure
 * comes into reach, is looked at in turn.
 */
import { NEVER } from '../base/time.ts';
import { deliveryWindow, HORIZON_MINUTES } from '../network/delivery.ts';
import { pointHandOver } from '../network/hand-over.ts';
import { type Objective, type Plan, planOrder } from '../routing/routing.ts';
import { canDivide, spaceOf } from '../routing/takes.ts';
import { lastAtFor, lastIndexBy } from './order-by-reach.ts';
import { type Ask, closeAsk, openAsk, type ParcelWork } from './quote-ask.ts';
import { arrivalDay, indexOf, openShip, problemOf, type Ship, tableOf } from './quote-ship.ts';

/** An option as planned: the ships that were pooled and the plan of one of them. */
export type Planned = {
  readonly ships: readonly Ship[];
  readonly plan: Plan;
  readonly objective: Objective;
};

/** Goes from change to change until the choice has another window; also says when the first change comes. */
export function firstOtherWindow(
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
    const before = ships;
    ships = before.map((ship) => shipAt(ship, next));
    if (before !== planned.ships) for (const ship of before) closeAsk(ship.ask);
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
