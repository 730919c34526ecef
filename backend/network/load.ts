/**
 * What a node is already busy with, and when that is worked off.
 *
 * Backlog units, the instant they were counted and the orders already booked per local date go in;
 * out comes where the backlog ends and on which dates a new parcel gets minutes (docs/semantics.md,
 * rule 2). Time inside a minute is kept in ticks of 1/unitsPerHour minute (a unit takes 60 of them),
 * so nothing is ever rounded before the end. Compiled once per change of a node's load.
 */
import { compileZone, localDay, NEVER, parseDay } from '../base/time.ts';
import { compileCalendar, firstAbove } from './calendar.ts';
import type { CompiledNode, OpenMinutes, Snapshot } from './snapshot.ts';

/** A node's load as facts. `ordersByDate`: orders by local date (`YYYY-MM-DD`) their work starts. */
export type NodeLoad = {
  readonly backlogUnits: number;
  /** When the backlog was counted; `undefined` only without a backlog. */
  readonly backlogAsOfMinute: number | undefined;
  readonly ordersByDate: Readonly<Record<string, number>>;
  /** Local dates (day numbers) that take no more, whatever their orders. */
  readonly fullDays?: readonly number[] | undefined;
  /** Quarter hours (minutes) at which no more orders can be fetched. */
  readonly fullSlots?: readonly number[] | undefined;
};

/** A place in a node's work: a minute, ticks into it, and what its local date has already given. */
export type WorkPoint = {
  readonly minute: number;
  /** Ticks (1/unitsPerHour minute) of that minute already used; 0 without a rate. */
  readonly ticks: number;
  /** The local date of the last work, and ticks (or units, without a rate) worked on it. */
  readonly day: number;
  readonly usedOnDay: number;
};

/** A load ready for questions at one node. */
export type CompiledLoad = {
  readonly backlogUnits: number;
  /** The walk begins here, or at the start of work when that is earlier. */
  readonly walkFromMinute: number;
  /** Where the backlog ends when walked from `walkFromMinute`; undefined: none in the horizon. */
  readonly backlogEnd: WorkPoint | undefined;
  /** Open minutes on the dates that still take orders. */
  readonly minutes: OpenMinutes;
  /** Some date is full. */
  readonly hasFullDates: boolean;
  /** Minutes at which no more orders can be fetched. */
  readonly fullSlots: ReadonlySet<number>;
};

const NO_ORDERS: NodeLoad = { backlogUnits: 0, backlogAsOfMinute: undefined, ordersByDate: {} };

/** The load of a node that is busy with nothing. */
export function idleLoad(snapshot: Snapshot, node: number): CompiledLoad {
  return compileLoad(snapshot, node, NO_ORDERS);
}

/** Works out a node's load. A backlog on a node without any rate or daily limit costs no time. */
export function compileLoad(snapshot: Snapshot, node: number, load: NodeLoad): CompiledLoad {
  const compiled = snapshot.nodes[node];
  if (compiled === undefined) throw new Error(`Bug: no node ${node}`);
  const minutes = minutesForOrders(compiled, load);
  const takesTime = compiled.unitsPerHour > 0 || compiled.unitsPerDay > 0;
  const backlogUnits = takesTime ? load.backlogUnits : 0;
  const walkFromMinute = backlogUnits > 0 ? (load.backlogAsOfMinute ?? NEVER) : NEVER;
  const reach = reachBackTo(snapshot, compiled, walkFromMinute);
  return {
    backlogUnits,
    walkFromMinute,
    backlogEnd:
      backlogUnits > 0 && walkFromMinute < compiled.calendar.toMinute
        ? walkBacklog(compiled, reach, { units: backlogUnits, fromMinute: walkFromMinute })
        : undefined,
    minutes,
    hasFullDates: minutes !== compiled.calendar.minutes,
    fullSlots: load.fullSlots === undefined ? NO_SLOTS : new Set(load.fullSlots),
  };
}

const NO_SLOTS: ReadonlySet<number> = new Set();

/** Local dates (day numbers) on which a node takes no more orders, as its load says. */
export function fullDaysOf(node: CompiledNode, load: NodeLoad): ReadonlySet<number> {
  const full = new Set(load.fullDays);
  const limit = node.source.ordersPerDay;
  if (limit === undefined) return full;
  for (const [date, orders] of Object.entries(load.ordersByDate)) {
    if (orders >= limit) full.add(parseDay(date));
  }
  return full;
}

function minutesForOrders(node: CompiledNode, load: NodeLoad): OpenMinutes {
  const full = fullDaysOf(node, load);
  const { minutes } = node.calendar;
  // A limit of 0 makes every date full, booked or not.
  const isNever = node.source.ordersPerDay === 0;
  if (full.size === 0 && !isNever) return minutes;
  const isFree = (day: number) => !isNever && !full.has(day);
  return minutes.day.every(isFree) ? minutes : keepMinutes(minutes, isFree);
}

/** Units of work, there from a minute on. */
export type WorkPart = { readonly units: number; readonly fromMinute: number };

/**
 * Work that came part by part as one backlog: all of it since the node last had nothing to do, counted as of then. A node
 * with units left on the date of the next part worked on at its daily limit goes on with that date's count.
 */
export function mergeWork(
  snapshot: Snapshot,
  node: CompiledNode,
  parts: readonly WorkPart[],
): WorkPart {
  const [first, ...rest] = parts.toSorted((a, b) => a.fromMinute - b.fromMinute);
  if (first === undefined) throw new Error('Bug: no work to merge');
  const minutes = reachBackTo(snapshot, node, first.fromMinute);
  const { zone } = node.calendar;
  let busy = first;
  for (const part of rest) {
    const end = walkBacklog(node, minutes, busy);
    const isIdle =
      end !== undefined &&
      end.minute < part.fromMinute &&
      (node.unitsPerDay === 0 || end.day < localDay(zone, part.fromMinute));
    busy = isIdle ? part : { ...busy, units: busy.units + part.units };
  }
  return busy;
}

/** Only the pieces on dates that `isKept` accepts. */
function keepMinutes(minutes: OpenMinutes, isKept: (day: number) => boolean): OpenMinutes {
  const kept: number[] = [];
  for (const [index, day] of minutes.day.entries()) if (isKept(day)) kept.push(index);
  const take = (values: Int32Array) => Int32Array.from(kept, (index) => values[index] ?? 0);
  const from = take(minutes.from);
  const to = take(minutes.to);
  const before = new Int32Array(kept.length);
  for (let index = 1; index < kept.length; index += 1) {
    before[index] = (before[index - 1] ?? 0) + (to[index - 1] ?? 0) - (from[index - 1] ?? 0);
  }
  return { from, to, day: take(minutes.day), before };
}

/** The node's open minutes, reaching back to a backlog counted before the compiled span. */
function reachBackTo(snapshot: Snapshot, node: CompiledNode, minute: number): OpenMinutes {
  const { calendar, source } = node;
  if (minute >= calendar.fromMinute) return calendar.minutes;
  const zone = compileZone(calendar.zone.name, minute - 3 * 1_440, calendar.toMinute);
  return compileCalendar({
    hours: source.hours,
    zone,
    holidays: snapshot.holidays.of({ country: source.country, region: source.region }),
    fromDay: localDay(zone, minute) - 2,
    toDay: localDay(zone, calendar.toMinute),
  }).minutes;
}

/**
 * Works `units` of backlog off from `fromMinute` on: in open minutes at the node's rate, or without a
 * rate at once at the first open minute of each date; at most unitsPerDay per local date.
 * `undefined`: not worked off within the compiled span.
 */
export function walkBacklog(
  node: CompiledNode,
  minutes: OpenMinutes,
  backlog: { readonly units: number; readonly fromMinute: number },
): WorkPoint | undefined {
  const start = { minute: backlog.fromMinute, ticks: 0, day: -NEVER, usedOnDay: 0 };
  if (node.unitsPerHour > 0) return walkTicks(node, minutes, { units: backlog.units, start });
  return walkDates(node, minutes, { units: backlog.units, start, after: backlog.fromMinute });
}

/** Work to do, and where it begins. */
export type Work = { readonly units: number; readonly start: WorkPoint };

/** A minute has unitsPerHour ticks, an hour makes unitsPerHour units. */
export const TICKS_PER_UNIT = 60;

/** Works units at the node's rate from a point on; `undefined` when the minutes run out. */
export function walkTicks(
  node: CompiledNode,
  minutes: OpenMinutes,
  work: Work,
): WorkPoint | undefined {
  const { from, to, day } = minutes;
  const rate = node.unitsPerHour;
  const perDay = node.unitsPerDay > 0 ? node.unitsPerDay * TICKS_PER_UNIT : Infinity;
  let left = work.units * TICKS_PER_UNIT;
  let minute = work.start.minute;
  let ticks = work.start.ticks;
  let workedOn = work.start.day;
  let used = work.start.usedOnDay;
  for (let index = firstAbove(to, minute); index < to.length; index += 1) {
    const opens = from[index] ?? NEVER;
    if (opens > minute) {
      minute = opens;
      ticks = 0;
    }
    const date = day[index] ?? 0;
    if (date !== workedOn) {
      workedOn = date;
      used = 0;
    }
    const closes = to[index] ?? NEVER;
    const possible = Math.min((closes - minute) * rate - ticks, perDay - used);
    if (left <= possible) {
      const end = ticks + left;
      const whole = Math.floor(end / rate);
      return {
        minute: minute + whole,
        ticks: end - whole * rate,
        day: date,
        usedOnDay: used + left,
      };
    }
    left -= possible;
    used += possible;
    minute = closes;
    ticks = 0;
  }
  return undefined;
}

/**
 * Works units without a rate: each local date takes up to unitsPerDay of them at its first open
 * minute not before `after`. The point returned is that minute of the date that takes the last one.
 */
export function walkDates(
  node: CompiledNode,
  minutes: OpenMinutes,
  work: Work & { readonly after: number },
): WorkPoint | undefined {
  const { from, to, day } = minutes;
  const { start } = work;
  let left = work.units;
  let date = -NEVER;
  for (let index = firstAbove(to, work.after); index < to.length; index += 1) {
    const next = day[index] ?? 0;
    if (next === date) continue;
    date = next;
    const used = date === start.day ? start.usedOnDay : 0;
    const possible = date < start.day ? 0 : node.unitsPerDay - used;
    if (left <= possible) {
      const minute = Math.max(work.after, from[index] ?? NEVER);
      return { minute, ticks: 0, day: date, usedOnDay: used + left };
    }
    left -= Math.max(0, possible);
  }
  return undefined;
}
