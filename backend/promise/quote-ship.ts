/**
 * One carrier service to one address or pickup point: who can send what, and when it arrives.
 *
 * Turns the network's questions (ready, departure, delivery day, hand-over) into the planner's
 * `PlanProblem`. Home deliveries are compared by delivery day (in minutes), pickup points by the instant
 * the shopper can collect; both never fall when a departure is later. Departures are named by their index in
 * the node's timetable (quote-memory.ts).
 */
import { localDay, MINUTES_PER_DAY, NEVER, type ZoneTable } from '../base/time.ts';
import { nthCarrierDay } from '../network/carrier-days.ts';
import { deliveryDay, deliveryWindow, HORIZON_MINUTES } from '../network/delivery.ts';
import { distanceMeters, type Point } from '../network/distance.ts';
import { pointHandOver } from '../network/hand-over.ts';
import { laneCostMinor } from '../network/lanes.ts';
import { billableGrams } from '../network/prices.ts';
import type {
  CarrierDays,
  CompiledPoint,
  CompiledService,
  LaneTerms,
} from '../network/snapshot.ts';
import type { PlanProblem } from '../routing/routing.ts';
import { type Ask, type ParcelWork, readyAtSource } from './quote-ask.ts';
import {
  deadlineOfOne,
  departureIndex,
  indexFrom,
  type Leaving,
  type Timetable,
} from './quote-memory.ts';
import { takeList } from './quote-scratch.ts';

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
  /** By source: `arrivalAt` of one unit on hand. */
  readonly endOne: Int32Array;
  /** By source: index of the departure that one unit on hand makes. */
  readonly indexOne: Int32Array;
  readonly deliveryDays: CarrierDays | undefined;
  /** By source: whole metres to `to` and one; 0 not worked out yet. Home deliveries share the ask's. */
  readonly meters: Int32Array;
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
  const { snapshot, nodes } = ask;
  const { service, zoneIndex, point } = target;
  const zone = snapshot.zones[zoneIndex];
  if (zone === undefined) throw new Error(`Bug: no zone ${zoneIndex}`);
  const place = point?.place ?? zone.place;
  const terms = takeList(ask.scratch, nodes.length).fill(-1);
  const sources = takeList(ask.scratch, nodes.length);
  const { laneRows, services, departures } = snapshot;
  let sourceCount = 0;
  for (let source = 0; source < nodes.length; source += 1) {
    const slot = (nodes[source] ?? 0) * services.length + service.index;
    const lane = (laneRows[slot]?.[zoneIndex] ?? 0) - 1;
    const leaves = departures[slot];
    if (lane < 0 || leaves === undefined) continue;
    if (leaves.length === 0 && !hasPickup(ask, source, service)) continue;
    terms[source] = lane;
    sources[sourceCount] = source;
    sourceCount += 1;
  }
  const ship: Ship = {
    ask,
    service,
    point,
    zoneIndex,
    place,
    zone: point?.calendar.zone ?? zone.zone,
    to: point?.source ?? ask.destination,
    sources,
    sourceCount,
    terms,
    endOne: takeList(ask.scratch, nodes.length),
    indexOne: takeList(ask.scratch, nodes.length),
    meters: point === undefined ? ask.meters : takeList(ask.scratch, nodes.length),
    deliveryDays: snapshot.deliveryDays[service.index * snapshot.placeCount + place],
    lastHandOver: { day: -1, minute: NEVER },
  };
  fillEndOne(ship);
  return ship;
}

/** When one unit on hand would arrive, for every source: the bounds that most plans are decided by. */
function fillEndOne(ship: Ship): void {
  const { ask, service, sources, sourceCount, endOne } = ship;
  const { memory, atMinute, nodes } = ask;
  const { laneTerms, services } = ask.snapshot;
  const serviceCount = services.length;
  const horizon = atMinute + HORIZON_MINUTES;
  const days = ship.point === undefined ? ship.deliveryDays : undefined;
  for (let at = 0; at < sourceCount; at += 1) {
    const source = sources[at] ?? 0;
    const slot = (nodes[source] ?? 0) * serviceCount + service.index;
    const table = memory.timetables[slot];
    const count = table?.minutes.length ?? 0;
    let index = table === undefined ? 0 : indexFrom(table, atMinute);
    while (index < count && deadlineOfOne(memory, slot, index) < atMinute) index += 1;
    ship.indexOne[source] = index;
    const carrierDays = laneTerms[ship.terms[source] ?? 0]?.carrierDays ?? 0;
    if (carrierDays === 0 || days === undefined || table === undefined || index >= count) {
      endOne[source] = arrivalAt(ship, source, index);
    } else if ((table.minutes[index] ?? NEVER) >= horizon) endOne[source] = NEVER;
    else {
      const day = nthCarrierDay(days, table.days[index] ?? 0, carrierDays) ?? -1;
      endOne[source] = day < 0 ? NEVER : day * MINUTES_PER_DAY;
    }
  }
}

/** Node × services + service of a source. */
export function slotOf(ship: Ship, source: number): number {
  const { nodes, snapshot } = ship.ask;
  return (nodes[source] ?? 0) * snapshot.services.length + ship.service.index;
}

/** The node has a pickup of the service configured, though none falls in open hours. */
function hasPickup(ask: Ask, source: number, service: CompiledService): boolean {
  const pickups = ask.snapshot.nodes[ask.nodes[source] ?? 0]?.source.carrierPickups ?? [];
  return pickups.some(
    (row) =>
      row.serviceCode === service.code &&
      (row.extra.length > 0 || Object.values(row.weekly).some((times) => times.length > 0)),
  );
}

/** Departures of the service at the source's node. */
export function tableOf(ship: Ship, source: number): Timetable | undefined {
  const { memory, nodes, snapshot } = ship.ask;
  return memory.timetables[(nodes[source] ?? 0) * snapshot.services.length + ship.service.index];
}

/** A parcel of the source as the memory knows it. */
export function leavingOf(ship: Ship, source: number, units: number): Leaving {
  return { node: ship.ask.nodes[source] ?? 0, service: ship.service.index, units };
}

/** Index of the departure a parcel makes; past the last one when it makes none. */
export function indexOf(ship: Ship, source: number, parcel: ParcelWork): number {
  const { ask } = ship;
  if (parcel.usableMinute <= ask.atMinute) {
    if (parcel.units === 1 || ask.books[source]?.isRated === false) {
      return ship.indexOne[source] ?? 0;
    }
    const from = ship.indexOne[source] ?? 0;
    const { atMinute } = ask;
    return departureIndex(ask.memory, leavingOf(ship, source, parcel.units), { atMinute, from });
  }
  const table = tableOf(ship, source);
  const ready = readyAtSource(ask, source, parcel);
  if (table === undefined || ready >= NEVER) return table?.minutes.length ?? 0;
  return indexFrom(table, ready);
}

/** Delivery day of the departure at `index`, horizon aside; NEVER when there is none. */
export function arrivalDay(ship: Ship, source: number, index: number): number {
  const table = tableOf(ship, source);
  const day0 = table?.days[index];
  if (table === undefined || day0 === undefined || ship.deliveryDays === undefined) return NEVER;
  const { carrierDays } = termsOf(ship, source);
  if (carrierDays > 0) return nthCarrierDay(ship.deliveryDays, day0, carrierDays) ?? NEVER;
  return deliveryDay(ship.ask.snapshot, {
    node: ship.ask.nodes[source] ?? 0,
    service: ship.service.index,
    terms: ship.terms[source] ?? 0,
    place: ship.place,
    zone: ship.zone,
    departureMinute: table.minutes[index] ?? NEVER,
  });
}

/** What plans are compared by: the delivery day in minutes, or the instant of collecting. NEVER: not at all. */
export function arrivalAt(ship: Ship, source: number, index: number): number {
  const departure = tableOf(ship, source)?.minutes[index] ?? NEVER;
  if (departure >= ship.ask.atMinute + HORIZON_MINUTES) return NEVER;
  const day = arrivalDay(ship, source, index);
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

/** When a parcel of the source arrives, as `arrivalAt`. */
export function endOf(ship: Ship, source: number, units: number, usableMinute: number): number {
  const { ask } = ship;
  if (usableMinute <= ask.atMinute && (units === 1 || ask.books[source]?.isRated === false)) {
    return ship.endOne[source] ?? NEVER;
  }
  return arrivalAt(ship, source, indexOf(ship, source, { units, usableMinute }));
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
    endMinute: (source, units, usableMinute) => endOf(ship, source, units, usableMinute),
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
  const known = ship.meters[source] ?? 0;
  if (known !== 0) return known - 1;
  const meters = metersFrom(ship, source);
  ship.meters[source] = meters + 1;
  return meters;
}

function metersFrom(ship: Ship, source: number): number {
  const node = ship.ask.snapshot.nodes[ship.ask.nodes[source] ?? 0];
  if (node === undefined) throw new Error(`Bug: no node of source ${source}`);
  return distanceMeters(node.source, ship.to);
}
