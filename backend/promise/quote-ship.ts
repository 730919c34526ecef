/**
 * One carrier service to one address or pickup point: who can send what, and when it arrives.
 *
 * Turns the network's questions (ready, departure, delivery day, hand-over) into the planner's
 * `PlanProblem`. Home deliveries are compared by delivery day (as `dayEnd` minutes), pickup points by
 * the instant the shopper can collect; both never fall when a departure is later.
 */
import { localDay, MINUTES_PER_DAY, NEVER, type ZoneTable } from '../base/time.ts';
import { firstAbove } from '../network/calendar.ts';
import { deliveryDay, deliveryWindow, HORIZON_MINUTES } from '../network/delivery.ts';
import { distanceMeters, type Point } from '../network/distance.ts';
import { pointHandOver } from '../network/hand-over.ts';
import { laneCostMinor } from '../network/lanes.ts';
import { billableGrams } from '../network/prices.ts';
import type { CompiledPoint, CompiledService, LaneTerms } from '../network/snapshot.ts';
import type { PlanProblem } from '../routing/routing.ts';
import { type Ask, type ParcelWork, readyAtSource } from './quote-ask.ts';

export type Ship = {
  readonly ask: Ask;
  readonly service: CompiledService;
  /** The pickup point, or `undefined` for a home delivery. */
  readonly point: CompiledPoint | undefined;
  readonly zoneIndex: number;
  readonly place: number;
  /** Zone of the window. */
  readonly zone: ZoneTable;
  /** Where it goes, for metres and CO2. */
  readonly to: Point;
  /** Sources with a lane and a pickup of the service, ascending; the first `sourceCount` count. */
  readonly sources: Int32Array;
  readonly sourceCount: number;
  /** By source: index in `snapshot.laneTerms`, −1 without a lane. */
  readonly terms: Int32Array;
  /** The last hand-over worked out: delivery day and instant. */
  readonly lastHandOver: { day: number; minute: number };
};

/** Where a service is asked to go. */
export type Target = {
  readonly service: CompiledService;
  readonly zoneIndex: number;
  readonly point: CompiledPoint | undefined;
};

/** The sources of the ask that can send with the service at all. */
export function openShip(ask: Ask, target: Target): Ship {
  const { snapshot } = ask;
  const { service, zoneIndex, point } = target;
  const sources = new Int32Array(ask.nodes.length);
  const terms = new Int32Array(ask.nodes.length).fill(-1);
  let sourceCount = 0;
  for (let source = 0; source < ask.nodes.length; source += 1) {
    const slot = (ask.nodes[source] ?? 0) * snapshot.services.length + service.index;
    const lane = (snapshot.laneRows[slot]?.[zoneIndex] ?? 0) - 1;
    if (lane < 0 || !hasPickup(ask, source, service)) continue;
    terms[source] = lane;
    sources[sourceCount] = source;
    sourceCount += 1;
  }
  const zone = snapshot.zones[zoneIndex];
  if (zone === undefined) throw new Error(`Bug: no zone ${zoneIndex}`);
  return {
    ask,
    service,
    point,
    zoneIndex,
    place: point?.place ?? zone.place,
    zone: point?.calendar.zone ?? zone.zone,
    to: point?.source ?? ask.destination,
    sources,
    sourceCount,
    terms,
    lastHandOver: { day: -1, minute: NEVER },
  };
}

/** The node has a pickup of the service configured, whether or not it falls in open hours. */
function hasPickup(ask: Ask, source: number, service: CompiledService): boolean {
  const node = ask.nodes[source] ?? 0;
  const departures = departuresOf(ask, source, service);
  if (departures === undefined || departures.length > 0) return departures !== undefined;
  const pickups = ask.snapshot.nodes[node]?.source.carrierPickups ?? [];
  return pickups.some(
    (row) =>
      row.serviceCode === service.code &&
      (row.extra.length > 0 || Object.values(row.weekly).some((times) => times.length > 0)),
  );
}

/** Instants at which the service leaves the source, ascending. */
export function departuresOf(
  ask: Ask,
  source: number,
  service: CompiledService,
): Int32Array | undefined {
  const { snapshot } = ask;
  return snapshot.departures[(ask.nodes[source] ?? 0) * snapshot.services.length + service.index];
}

/** The first departure at or after `readyMinute` within the horizon of `atMinute`, or NEVER. */
export function departureFrom(
  ship: Ship,
  source: number,
  when: { readonly readyMinute: number; readonly atMinute: number },
): number {
  const departures = departuresOf(ship.ask, source, ship.service);
  if (departures === undefined || when.readyMinute >= NEVER) return NEVER;
  const departure = departures[firstAbove(departures, when.readyMinute - 1)] ?? NEVER;
  return departure < when.atMinute + HORIZON_MINUTES ? departure : NEVER;
}

/** Delivery day of a departure, or NEVER. */
export function arrivalDay(ship: Ship, source: number, departureMinute: number): number {
  return deliveryDay(ship.ask.snapshot, {
    node: ship.ask.nodes[source] ?? 0,
    service: ship.service.index,
    terms: ship.terms[source] ?? 0,
    place: ship.place,
    zone: ship.zone,
    departureMinute,
  });
}

/** What plans are compared by: the delivery day in minutes, or the instant of collecting. NEVER: not at all. */
export function arrivalEnd(ship: Ship, source: number, departureMinute: number): number {
  if (departureMinute >= NEVER) return NEVER;
  const day = arrivalDay(ship, source, departureMinute);
  if (day >= NEVER) return NEVER;
  return ship.point === undefined ? day * MINUTES_PER_DAY : collectMinute(ship, ship.point, day);
}

function collectMinute(ship: Ship, point: CompiledPoint, day: number): number {
  const last = ship.lastHandOver;
  if (last.day === day) return last.minute;
  const { snapshot, atMinute } = ship.ask;
  const { toMinute } = deliveryWindow(ship.service, ship.zone, day);
  const handOver = pointHandOver(snapshot, { point: point.index, toMinute, atMinute });
  last.day = day;
  last.minute = handOver?.fromMinute ?? NEVER;
  return last.minute;
}

/** When a parcel of the source arrives, as `arrivalEnd`. */
export function endOf(ship: Ship, source: number, parcel: ParcelWork): number {
  const readyMinute = readyAtSource(ship.ask, source, parcel);
  const { atMinute } = ship.ask;
  return arrivalEnd(ship, source, departureFrom(ship, source, { readyMinute, atMinute }));
}

/** The planner's view. */
export function problemOf(ship: Ship): PlanProblem {
  const { ask, service } = ship;
  const limits = service.source;
  return {
    supply: ask.supply,
    sources: ship.sources,
    sourceCount: ship.sourceCount,
    maxParcelGrams: limits.maxParcelGrams ?? Number.POSITIVE_INFINITY,
    maxParcelCm3: limits.maxParcelVolumeCm3 ?? Number.POSITIVE_INFINITY,
    endMinute: (source, units, usableMinute) => endOf(ship, source, { units, usableMinute }),
    costMinor: (source, grams, cm3) => {
      const terms = termsOf(ship, source);
      return laneCostMinor(terms, billableGrams(limits, grams, cm3));
    },
    distanceMeters: (source) => metersTo(ship, source),
    dateOf: (end) =>
      ship.point === undefined ? Math.floor(end / MINUTES_PER_DAY) : localDay(ship.zone, end),
  };
}

/** What the lane of a source of the ship says. */
export function termsOf(ship: Ship, source: number): LaneTerms {
  const terms = ship.ask.snapshot.laneTerms[ship.terms[source] ?? -1];
  if (terms === undefined) throw new Error(`Bug: source ${source} has no lane`);
  return terms;
}

/** Whole metres from the source's node to where the ship goes. */
export function metersTo(ship: Ship, source: number): number {
  const node = ship.ask.snapshot.nodes[ship.ask.nodes[source] ?? 0];
  if (node === undefined) throw new Error(`Bug: no node of source ${source}`);
  return distanceMeters(node.source, ship.to);
}
