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
import type { Snapshot } from '../network/snapshot.ts';
import { type Facts, loadOf } from '../stock/stock.ts';

/** Parcels of more units are worked out anew each time; few orders have them. */
export const MAX_UNITS_KEPT = 12;
/** A deadline not worked out yet; a real one is −1 or more. */
export const UNKNOWN = -2;

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
  /** By service × (MAX_UNITS_KEPT + 1) + units (0 where units do not matter): a deadline per departure. */
  readonly deadlines: (Int32Array | undefined)[];
};

export type Memory = {
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  /** By node × services + service. */
  readonly timetables: (Timetable | undefined)[];
  readonly books: (NodeBook | undefined)[];
  /** Source of each node in the request being opened; −1 between requests. */
  readonly sourceOfNode: Int32Array;
};

const memories = new WeakMap<Facts, Memory>();

/** The memory of these facts. */
export function memoryOf(snapshot: Snapshot, facts: Facts): Memory {
  const known = memories.get(facts);
  if (known !== undefined && known.snapshot === snapshot) return known;
  const { nodes } = snapshot;
  const memory: Memory = {
    snapshot,
    facts,
    timetables: tablesOf(snapshot),
    books: new Array(nodes.length).fill(undefined),
    sourceOfNode: new Int32Array(nodes.length).fill(-1),
  };
  memories.set(facts, memory);
  return memory;
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

/** The deadlines of the departures, to be read through `deadlineAt`; `undefined` for sizes not kept. */
export function deadlinesOf(memory: Memory, leaving: Leaving): Int32Array | undefined {
  const { snapshot } = memory;
  const book = bookOf(memory, leaving.node);
  const units = book.isRated ? leaving.units : 0;
  if (units > MAX_UNITS_KEPT) return undefined;
  const slot = leaving.service * (MAX_UNITS_KEPT + 1) + units;
  const known = book.deadlines[slot];
  if (known !== undefined) return known;
  const table = memory.timetables[leaving.node * snapshot.services.length + leaving.service];
  const fresh = new Int32Array(table?.minutes.length ?? 0).fill(UNKNOWN);
  book.deadlines[slot] = fresh;
  return fresh;
}

/** The node's book; a load that is not the one it was made from starts a new one. */
export function bookOf(memory: Memory, node: number): NodeBook {
  const load = memory.facts.loads[node] ?? loadOf(memory.facts, node);
  const known = memory.books[node];
  if (known !== undefined && known.load === load) return known;
  const compiled = memory.snapshot.nodes[node];
  const isRated = compiled !== undefined && compiled.unitsPerHour + compiled.unitsPerDay > 0;
  const slots = memory.snapshot.services.length * (MAX_UNITS_KEPT + 1);
  const book = { load, isRated, deadlines: new Array(slots).fill(undefined) };
  memory.books[node] = book;
  return book;
}

/** The largest `at` at which the parcel makes the departure at `index`; −1 when none does. */
export function deadlineAt(memory: Memory, leaving: Leaving, index: number): number {
  const deadlines = deadlinesOf(memory, leaving);
  const known = deadlines?.[index] ?? UNKNOWN;
  if (known !== UNKNOWN) return known;
  const { snapshot, facts } = memory;
  const { node, service, units } = leaving;
  const table = memory.timetables[node * snapshot.services.length + service];
  const deadline = latestAtMinute(snapshot, {
    node,
    load: loadOf(facts, node),
    units,
    usableMinute: 0,
    kind: 'ship',
    departureMinute: table?.minutes[index] ?? 0,
  });
  if (deadlines !== undefined) deadlines[index] = deadline;
  return deadline;
}

/** Index of the departure the parcel makes when asked at `atMinute`; the number of departures when none. */
export function departureIndex(memory: Memory, leaving: Leaving, atMinute: number): number {
  const { snapshot } = memory;
  const table = memory.timetables[leaving.node * snapshot.services.length + leaving.service];
  if (table === undefined) return 0;
  const deadlines = deadlinesOf(memory, leaving);
  const count = table.minutes.length;
  let index = indexFrom(table, atMinute);
  for (; index < count; index += 1) {
    const known = deadlines?.[index] ?? UNKNOWN;
    const deadline = known === UNKNOWN ? deadlineAt(memory, leaving, index) : known;
    if (deadline >= atMinute) return index;
  }
  return index;
}
