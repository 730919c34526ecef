/**
 * What was worked out for one request and holds for the next: the last minute to ask for each departure.
 *
 * A node's departure for an order is the first one whose *deadline* (the largest `at` at which the parcel is
 * ready in time, `latestAtMinute`) is not past. Deadlines depend on the network, the node's load and the number of
 * units, not on the request, so they are worked out once and kept: a quote then reads numbers instead of walking
 * calendars, forwards (which departure) and backwards (until when, rule 7).
 * Kept with the facts they come from, for as long as those live; a node whose load changed starts anew, so an answer
 * from here is always the one that `readyMinute` and `departureMinute` give. Bounded: one number per departure of
 * the calendars, for up to `MAX_UNITS_KEPT` parcel sizes where units take time.
 */
import { localDay, MINUTES_PER_DAY } from '../base/time.ts';
import type { CompiledLoad } from '../network/load.ts';
import { latestAtMinute } from '../network/ready.ts';
import type { CompiledNode, CompiledPoint, Snapshot } from '../network/snapshot.ts';
import { type Facts, loadOf } from '../stock/stock.ts';
import type { Scratch } from './quote-scratch.ts';

/** Parcels of more units are worked out anew each time; few orders have them. */
const MAX_UNITS_KEPT = 12;
/** A deadline not worked out yet; a real one is −1 or more. */
const UNKNOWN = -2;

/** Departures of one service at one node, ready for asking. */
export type Timetable = {
  readonly minutes: Int32Array;
  /** Local date of each departure. */
  readonly days: Int32Array;
  /** `first[d − firstDay]`: index of the first departure on UTC day d or later. */
  readonly first: Int32Array;
  readonly firstDay: number;
};

/** What is known of one node under its present load. */
export type NodeBook = {
  readonly load: CompiledLoad;
  /** Units decide when a parcel is ready. */
  readonly isRated: boolean;
  /** Deadlines of larger parcels of a rated node, by service × (MAX_UNITS_KEPT + 1) + units. */
  readonly larger: (Int32Array | undefined)[];
};

export type Memory = {
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  /** By node × services + service. */
  readonly timetables: (Timetable | undefined)[];
  readonly books: (NodeBook | undefined)[];
  /** Deadlines of one unit on hand (any number where units take no time), all in one: from `offsets[slot]` on. */
  readonly ofOne: Int32Array;
  readonly offsets: Int32Array;
  /** Source of each node in the request being opened; −1 between requests. */
  readonly sourceOfNode: Int32Array;
  /** Room handed back by the last request that was closed. */
  readonly spare: Scratch[];
  /** Pickup points by network and country, and stores by country, from south to north. */
  readonly points: ReadonlyMap<string, Belt<CompiledPoint>>;
  readonly stores: ReadonlyMap<string, Belt<CompiledNode>>;
};

/** Places in order of latitude, so that those near an address lie next to each other. */
export type Belt<Place> = { readonly lats: Float64Array; readonly places: readonly Place[] };

const memories = new WeakMap<Facts, Memory>();

/** The memory of these facts. */
export function memoryOf(snapshot: Snapshot, facts: Facts): Memory {
  const known = memories.get(facts);
  if (known !== undefined && known.snapshot === snapshot) return known;
  const { nodes } = snapshot;
  const timetables = tablesOf(snapshot);
  const offsets = new Int32Array(timetables.length + 1);
  for (let slot = 0; slot < timetables.length; slot += 1) {
    offsets[slot + 1] = (offsets[slot] ?? 0) + (timetables[slot]?.minutes.length ?? 0);
  }
  const memory: Memory = {
    snapshot,
    facts,
    timetables,
    books: new Array(nodes.length).fill(undefined),
    ofOne: new Int32Array(offsets[timetables.length] ?? 0).fill(UNKNOWN),
    offsets,
    sourceOfNode: new Int32Array(nodes.length).fill(-1),
    spare: [],
    points: beltsOf(snapshot.points, ({ source }) => pointBelt(source.network, source.country)),
    stores: beltsOf(
      nodes.filter((node) => node.offersPickup),
      ({ source }) => source.country,
    ),
  };
  memories.set(facts, memory);
  return memory;
}

/** The name of a network's points in a country. */
export function pointBelt(network: string, country: string): string {
  return `${country} ${network}`;
}

type Placed = { readonly source: { readonly lat: number; readonly lng: number } };

function beltsOf<Place extends Placed>(
  places: readonly Place[],
  nameOf: (place: Place) => string,
): ReadonlyMap<string, Belt<Place>> {
  const belts = new Map<string, Belt<Place>>();
  for (const [name, group] of Map.groupBy(places, nameOf)) {
    const sorted = group.sort((a, b) => a.source.lat - b.source.lat);
    const lats = Float64Array.from(sorted, ({ source }) => source.lat);
    belts.set(name, { lats, places: sorted });
  }
  return belts;
}

// A degree of latitude is 111,194.9 m on the sphere of rule 15: a little less keeps every place in reach.
const METERS_PER_DEGREE = 111_190;

/** The places of a belt whose latitude alone does not put them out of reach. */
export function placesNear<Place>(
  belt: Belt<Place> | undefined,
  lat: number,
  maxMeters: number,
): readonly Place[] {
  if (belt === undefined) return [];
  const { lats, places } = belt;
  const reach = (maxMeters + 1) / METERS_PER_DEGREE;
  let from = 0;
  let to = lats.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((lats[middle] ?? 0) < lat - reach) from = middle + 1;
    else to = middle;
  }
  while (to < lats.length && (lats[to] ?? 0) <= lat + reach) to += 1;
  return places.slice(from, to);
}

/** Equal departures are one array in the snapshot, and one timetable here. */
function tablesOf(snapshot: Snapshot): (Timetable | undefined)[] {
  const known = new Map<Int32Array, Timetable>();
  const count = snapshot.services.length;
  const tables = new Array<Timetable | undefined>(snapshot.nodes.length * count).fill(undefined);
  for (const node of snapshot.nodes) {
    for (let slot = node.index * count; slot < (node.index + 1) * count; slot += 1) {
      const minutes = snapshot.departures[slot];
      if (minutes === undefined) continue;
      const table = known.get(minutes) ?? timetableOf(minutes, node.calendar.zone);
      known.set(minutes, table);
      tables[slot] = table;
    }
  }
  return tables;
}

function timetableOf(minutes: Int32Array, zone: Parameters<typeof localDay>[0]): Timetable {
  const days = minutes.map((minute) => localDay(zone, minute));
  const firstDay = Math.floor((minutes[0] ?? 0) / MINUTES_PER_DAY);
  const lastDay = Math.floor((minutes[minutes.length - 1] ?? 0) / MINUTES_PER_DAY);
  const first = new Int32Array(lastDay - firstDay + 1);
  let index = 0;
  for (let day = 0; day < first.length; day += 1) {
    while ((minutes[index] ?? 0) < (firstDay + day) * MINUTES_PER_DAY) index += 1;
    first[day] = index;
  }
  return { minutes, days, first, firstDay };
}

/** Index of the first departure not before `minute`; the number of departures when there is none. */
export function indexFrom(table: Timetable, minute: number): number {
  const { minutes, first, firstDay } = table;
  const day = ((minute / MINUTES_PER_DAY) | 0) - firstDay;
  if (day >= first.length) return minutes.length;
  let index = day < 0 ? 0 : (first[day] ?? 0);
  while (index < minutes.length && (minutes[index] ?? 0) < minute) index += 1;
  return index;
}

/** A parcel of goods on hand at a node, to leave with a service. */
export type Leaving = { readonly node: number; readonly service: number; readonly units: number };

/** The node's book; a load that is not the one it was made from starts a new one. */
export function bookOf(memory: Memory, node: number): NodeBook {
  const load = memory.facts.loads[node] ?? loadOf(memory.facts, node);
  const known = memory.books[node];
  if (known !== undefined && known.load === load) return known;
  const compiled = memory.snapshot.nodes[node];
  const isRated = compiled !== undefined && compiled.unitsPerHour + compiled.unitsPerDay > 0;
  const book: NodeBook = { load, isRated, larger: [] };
  const services = memory.snapshot.services.length;
  const { ofOne, offsets } = memory;
  ofOne.fill(UNKNOWN, offsets[node * services] ?? 0, offsets[(node + 1) * services] ?? 0);
  memory.books[node] = book;
  return book;
}

/** The largest `at` at which the parcel makes the departure at `index`; −1 when none does. */
export function deadlineAt(memory: Memory, leaving: Leaving, index: number): number {
  const { node, service, units } = leaving;
  const slot = node * memory.snapshot.services.length + service;
  const count = memory.timetables[slot]?.minutes.length ?? 0;
  if (index < 0 || index >= count) return -1;
  const book = bookOf(memory, node);
  if (!book.isRated || units === 1) return deadlineOfOne(memory, slot, index);
  if (units > MAX_UNITS_KEPT) return workOut(memory, leaving, index);
  const place = service * (MAX_UNITS_KEPT + 1) + units;
  const kept = book.larger[place] ?? new Int32Array(count).fill(UNKNOWN);
  book.larger[place] = kept;
  const known = kept[index] ?? UNKNOWN;
  if (known !== UNKNOWN) return known;
  const deadline = workOut(memory, leaving, index);
  kept[index] = deadline;
  return deadline;
}

/** The same for one unit on hand, by slot (node × services + service). The node's book must be open. */
export function deadlineOfOne(memory: Memory, slot: number, index: number): number {
  const place = (memory.offsets[slot] ?? 0) + index;
  const known = memory.ofOne[place] ?? UNKNOWN;
  if (known !== UNKNOWN) return known;
  const services = memory.snapshot.services.length;
  const node = Math.floor(slot / services);
  const deadline = workOut(memory, { node, service: slot - node * services, units: 1 }, index);
  memory.ofOne[place] = deadline;
  return deadline;
}

function workOut(memory: Memory, leaving: Leaving, index: number): number {
  const { snapshot, facts } = memory;
  const { node, service, units } = leaving;
  const table = memory.timetables[node * snapshot.services.length + service];
  return latestAtMinute(snapshot, {
    node,
    load: loadOf(facts, node),
    units,
    usableMinute: 0,
    kind: 'ship',
    departureMinute: table?.minutes[index] ?? 0,
  });
}

/**
 * Index of the departure the parcel makes when asked at `atMinute`, not before `from` (what a smaller parcel makes);
 * the number of departures when it makes none.
 */
export function departureIndex(
  memory: Memory,
  leaving: Leaving,
  asked: { readonly atMinute: number; readonly from: number },
): number {
  const slot = leaving.node * memory.snapshot.services.length + leaving.service;
  const count = memory.timetables[slot]?.minutes.length ?? 0;
  let index = asked.from;
  while (index < count && deadlineAt(memory, leaving, index) < asked.atMinute) index += 1;
  return index;
}
