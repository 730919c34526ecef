/**
 * What the oracle works out once per world: opening minutes, pickups, step functions of `at`.
 *
 * Inputs: a world and the span of instants asked about. Outputs: memoized pieces of the rules for a node, a service
 * and a target; each is found by the plain functions of `work.ts` and `carriage.ts`, here only kept.
 */
import type {
  World,
  WorldLane,
  WorldNode,
  WorldPickupPoint,
  WorldService,
} from '../../backend/network/world.ts';
import { type Count, SILENT } from './branches.ts';
import {
  type CarrierCalendar,
  carrierCalendar,
  deliveryWindow,
  HORIZON_MINUTES,
  type Pickups,
  pickupsOf,
  pointHandOver,
  type Region,
  storeHandOver,
  type Transit,
  transitOf,
  type Window,
} from './carriage.ts';
import { NEVER, type OpenHours, openHours, type Span } from './open-hours.ts';
import type { Point } from './places.ts';
import { type Position, positionsOf } from './stock.ts';
import { type Timeline, timeline } from './timeline.ts';
import { type Kind, type NodeWork, nodeWork } from './work.ts';
import { instantMinutes, MINUTES_PER_DAY, type ZoneTable, zoneTable } from './zone-table.ts';

/** Where parcels of an option arrive. */
export type Target = {
  /** Equal for equal targets. */
  readonly key: string;
  readonly region: Region;
  readonly clock: ZoneTable;
  readonly at: Point;
  readonly pickupPoint: WorldPickupPoint | undefined;
};

/** One parcel as time sees it. */
export type Leg = {
  readonly node: WorldNode;
  readonly service: WorldService;
  readonly lane: WorldLane;
  readonly target: Target;
  readonly units: number;
  /** The instant from which its last lot may be worked on. */
  readonly lotMinute: number | undefined;
};

export type Network = {
  readonly world: World;
  position(nodeId: string, sku: string): Position;
  hours(node: WorldNode): OpenHours;
  pointHours(point: WorldPickupPoint): OpenHours;
  pickups(node: WorldNode, service: WorldService): Pickups;
  transit(lane: WorldLane): Transit;
  /** Departure of a parcel by `at`: `NEVER` when it, or the hand-over at its point, is beyond the horizon. */
  departures(leg: Leg): Timeline;
  /** Start, ready, departure and window of a parcel, counting what decided. */
  trace(leg: Leg, atMinute: number, count: Count): Trace;
  window(leg: Leg, departureMinute: number): Window | undefined;
  /** Hand-over instant in a store by `at`. */
  handOvers(node: WorldNode, units: number): Timeline;
  traceStore(node: WorldNode, units: number, atMinute: number, count: Count): StoreTrace;
};

export type Trace = {
  readonly ownStart: number;
  readonly startMinute: number;
  readonly readyMinute: number;
  readonly departureMinute: number;
};

export type StoreTrace = {
  readonly readyMinute: number;
  readonly window: { readonly fromMinute: number; readonly toMinute: number } | undefined;
};

/** Remembers the answer for each key. */
function kept<K, V>(): (key: K, make: () => V) => V {
  const known = new Map<K, V>();
  return (key, make) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = make();
    known.set(key, made);
    return made;
  };
}

/** Calendars reach back to the oldest backlog and on past the last horizon. */
function calendarSpan(world: World, asked: Span): Span {
  const backlogs = world.nodes.flatMap((node) =>
    node.backlogAsOf === undefined ? [] : [Math.floor(instantMinutes(node.backlogAsOf))],
  );
  return {
    fromMinute: Math.min(asked.fromMinute, ...backlogs) - 4 * MINUTES_PER_DAY,
    toMinute: asked.toMinute + HORIZON_MINUTES + 5 * MINUTES_PER_DAY,
  };
}

/** From ready to the window: pickups, transit, delivery days. */
function deliveries(world: World, asked: Span, places: Places) {
  const keptCalendar = kept<string, CarrierCalendar>();
  const keptPickups = kept<string, Pickups>();
  const keptWindow = kept<string, Map<number, Window | undefined>>();
  const keptTransit = kept<WorldLane, Transit>();
  const calendar = (service: WorldService) =>
    keptCalendar(service.code, () => carrierCalendar(world, service));
  const pickups = (node: WorldNode, service: WorldService) =>
    keptPickups(`${node.id}\n${service.code}`, () =>
      pickupsOf(node, service.code, places.nodeOf(node).hours, {
        calendar: calendar(service),
        fromMinute: asked.fromMinute,
      }),
    );
  const transit = (lane: WorldLane) => keptTransit(lane, () => transitOf(world, lane));
  const question = (leg: Leg, departureMinute: number) => ({
    service: leg.service,
    calendar: calendar(leg.service),
    days: transit(leg.lane).days,
    departureMinute,
    origin: zoneTable(leg.node.timeZone),
    destination: leg.target.clock,
    region: leg.target.region,
  });
  const way = (leg: Leg) => `${leg.node.id}\n${leg.service.code}\n${leg.target.key}`;
  const window = (leg: Leg, departureMinute: number): Window | undefined => {
    const windows = keptWindow(way(leg), () => new Map());
    if (!windows.has(departureMinute)) {
      windows.set(departureMinute, deliveryWindow(question(leg, departureMinute), SILENT));
    }
    return windows.get(departureMinute);
  };
  return { pickups, transit, question, way, window };
}

/** Everything about shipped parcels. */
function shipping(world: World, asked: Span, places: Places) {
  const keptDepartures = kept<string, Timeline>();
  const { pickups, transit, question, way, window } = deliveries(world, asked, places);
  const trace = (leg: Leg, atMinute: number, count: Count): Trace => {
    const { hours, start, ready } = places.nodeOf(leg.node).of('ship');
    const ownStart = start(atMinute, count);
    const from = Math.max(ownStart, leg.lotMinute ?? 0);
    const startMinute = from === NEVER ? NEVER : hours.nextOpen(from);
    if (startMinute === NEVER) {
      return { ownStart, startMinute, readyMinute: NEVER, departureMinute: NEVER };
    }
    const readyMinute = ready(startMinute, leg.units, count);
    if (readyMinute === NEVER) {
      return { ownStart, startMinute, readyMinute, departureMinute: NEVER };
    }
    const departureMinute = pickups(leg.node, leg.service).departure(readyMinute, count);
    if (count !== SILENT && departureMinute !== NEVER) {
      deliveryWindow(question(leg, departureMinute), count);
    }
    return { ownStart, startMinute, readyMinute, departureMinute };
  };
  /** The first `at` for which what leaves then, and its hand-over at a point, is before the horizon. */
  const soonestAt = (leg: Leg, departureMinute: number): number => {
    const { pickupPoint } = leg.target;
    const arrival = window(leg, departureMinute);
    if (arrival === undefined) return NEVER;
    if (pickupPoint === undefined) return departureMinute - HORIZON_MINUTES + 1;
    const handOver = pointHandOver(places.pointOf(pickupPoint).hours, arrival.toMinute, SILENT);
    return handOver === undefined ? NEVER : handOver.fromMinute - HORIZON_MINUTES + 1;
  };
  /** As `trace`, for the departure alone, with everything it needs at hand. */
  const departing = (leg: Leg) => {
    const { hours, start, ready } = places.nodeOf(leg.node).of('ship');
    const { departure } = pickups(leg.node, leg.service);
    return (atMinute: number): number => {
      const from = Math.max(start(atMinute, SILENT), leg.lotMinute ?? 0);
      const startMinute = from === NEVER ? NEVER : hours.nextOpen(from);
      const readyMinute = startMinute === NEVER ? NEVER : ready(startMinute, leg.units, SILENT);
      return readyMinute === NEVER ? NEVER : departure(readyMinute, SILENT);
    };
  };
  const inTime = (leg: Leg) => {
    const departureAt = departing(leg);
    const soonest = new Map<number, number>();
    return (atMinute: number): number => {
      const departureMinute = departureAt(atMinute);
      if (departureMinute >= atMinute + HORIZON_MINUTES) return NEVER;
      const since = soonest.get(departureMinute) ?? soonestAt(leg, departureMinute);
      soonest.set(departureMinute, since);
      return atMinute >= since ? departureMinute : NEVER;
    };
  };
  const departures = (leg: Leg) => {
    const units = places.nodeOf(leg.node).of('ship').countsUnits ? leg.units : 0;
    return keptDepartures(`${way(leg)}\n${units}\n${leg.lotMinute ?? ''}`, () =>
      timeline(asked, inTime(leg)),
    );
  };
  return { pickups, transit, window, trace, departures };
}

/** Rules 1 and 2 of one place for one kind of order; without a count every result is kept. */
type WorkPlace = {
  readonly hours: OpenHours;
  readonly countsUnits: boolean;
  start(atMinute: number, count: Count): number;
  ready(startMinute: number, units: number, count: Count): number;
};

type Places = {
  pointOf(point: WorldPickupPoint): { readonly hours: OpenHours };
  nodeOf(node: WorldNode): { readonly hours: OpenHours; of(kind: Kind): WorkPlace };
};

function workPlace(
  work: NodeWork,
  facts: { hours: OpenHours; asked: Span; kind: Kind },
): WorkPlace {
  const { hours, asked, kind } = facts;
  const { countsUnits } = work;
  const starts = timeline(asked, (minute) => work.startOfWork(minute, kind, SILENT));
  const readyByUnits = new Map<number, Map<number, number>>();
  return {
    hours,
    countsUnits,
    start: (atMinute, count) =>
      count === SILENT ? starts.valueAt(atMinute) : work.startOfWork(atMinute, kind, count),
    ready(startMinute, units, count) {
      if (count !== SILENT) return work.ready(startMinute, units, kind, count);
      const counted = countsUnits ? units : 0;
      const known = readyByUnits.get(counted) ?? new Map<number, number>();
      readyByUnits.set(counted, known);
      let minute = known.get(startMinute);
      if (minute === undefined) {
        minute = work.ready(startMinute, units, kind, SILENT);
        known.set(startMinute, minute);
      }
      return minute;
    },
  };
}

/** Opening minutes, start of work and ready instants. */
function placesOf(world: World, asked: Span): Places {
  const span = calendarSpan(world, asked);
  const keptPoints = kept<WorldPickupPoint, { hours: OpenHours }>();
  const keptNodes = kept<WorldNode, { hours: OpenHours; of(kind: Kind): WorkPlace }>();
  const hoursOf = (place: WorldNode | WorldPickupPoint) =>
    openHours(place, zoneTable(place.timeZone), span);
  const nodeOf = (node: WorldNode) =>
    keptNodes(node, () => {
      const hours = hoursOf(node);
      const work = nodeWork(node, hours);
      const ship = workPlace(work, { hours, asked, kind: 'ship' });
      const pickup = workPlace(work, { hours, asked, kind: 'pickup' });
      return { hours, of: (kind) => (kind === 'ship' ? ship : pickup) };
    });
  const pointOf = (point: WorldPickupPoint) => keptPoints(point, () => ({ hours: hoursOf(point) }));
  return { nodeOf, pointOf };
}

/** The oracle's tables for one world and the instants `at` in the span. */
export function networkOf(world: World, asked: Span): Network {
  const places = placesOf(world, asked);
  const keptHandOvers = kept<string, Timeline>();
  const keptHandOver = kept<WorldNode, Map<number, StoreTrace['window']>>();
  const handOver = (node: WorldNode, readyMinute: number): StoreTrace['window'] => {
    const known = keptHandOver(node, () => new Map());
    if (!known.has(readyMinute)) {
      const { hours } = places.nodeOf(node);
      known.set(readyMinute, storeHandOver(hours, node.lastHandOverMinutes, readyMinute, SILENT));
    }
    return known.get(readyMinute);
  };
  const traceStore: Network['traceStore'] = (node, units, atMinute, count) => {
    const { hours, start, ready } = places.nodeOf(node).of('pickup');
    const startMinute = start(atMinute, count);
    if (startMinute === NEVER) return { readyMinute: NEVER, window: undefined };
    const readyMinute = ready(startMinute, units, count);
    if (readyMinute === NEVER) return { readyMinute, window: undefined };
    if (count !== SILENT) storeHandOver(hours, node.lastHandOverMinutes, readyMinute, count);
    return { readyMinute, window: handOver(node, readyMinute) };
  };
  return {
    world,
    position: positionsOf(world, (node) => zoneTable(node.timeZone)),
    hours: (node) => places.nodeOf(node).hours,
    pointHours: (point) => places.pointOf(point).hours,
    ...shipping(world, asked, places),
    handOvers(node, units) {
      const counted = places.nodeOf(node).of('pickup').countsUnits ? units : 0;
      return keptHandOvers(`${node.id}\n${counted}`, () =>
        timeline(asked, (minute) => {
          const from = traceStore(node, units, minute, SILENT).window?.fromMinute ?? NEVER;
          return from < minute + HORIZON_MINUTES ? from : NEVER;
        }),
      );
    },
    traceStore,
  };
}
