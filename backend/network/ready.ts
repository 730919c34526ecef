/**
 * When a parcel is ready at a node, and the last moment to ask for it.
 *
 * Rules 1 and 2 of docs/semantics.md for shipped parcels, and the same with the store's own cut-off
 * and lead time for store pickup (rule 11 before its quarter hour). Integer arithmetic on compiled
 * tables; a later question is never ready earlier, which `latestAtMinute` (its exact inverse) rests on.
 */
import { NEVER } from '../base/time.ts';
import { firstAbove } from './calendar.ts';
import {
  type CompiledLoad,
  TICKS_PER_UNIT,
  type WorkPoint,
  walkBacklog,
  walkDates,
  walkTicks,
} from './load.ts';
import type { CompiledNode, CutOffs, OpenMinutes, Snapshot } from './snapshot.ts';

/** What is to be made ready. */
export type ReadyQuestion = {
  readonly node: number;
  readonly load: CompiledLoad;
  readonly atMinute: number;
  /** Units in the parcel, at least 1. */
  readonly units: number;
  /** The instant the last incoming unit it uses can be worked on; any past minute when it uses none. */
  readonly usableMinute: number;
  readonly kind: 'ship' | 'pickup';
};

/** The minute the parcel is ready, or `NEVER` when that is beyond the compiled span. */
export function readyMinute(snapshot: Snapshot, question: ReadyQuestion): number {
  const node = snapshot.nodes[question.node];
  if (node === undefined) throw new Error(`Bug: no node ${question.node}`);
  const start = startOfWork(node, question);
  if (start === NEVER) return NEVER;
  const lead = question.kind === 'ship' ? node.leadTimeMinutes : node.pickupLeadMinutes;
  if (node.unitsPerHour === 0 && node.unitsPerDay === 0) {
    return afterOpenMinutes(question.load.minutes, start, lead);
  }
  return afterUnits(node, question, { start, lead });
}

/** Rule 2: backlog, the parcel's units and the lead time, from the start of work on. */
function afterUnits(
  node: CompiledNode,
  { load, units }: ReadyQuestion,
  from: { readonly start: number; readonly lead: number },
): number {
  const { start, lead } = from;
  const backlog = backlogBefore(node, load, start);
  if (backlog === undefined) return NEVER;
  if (node.unitsPerDay === 0) {
    // Nothing stops the work but closing: units and lead time are one stretch of open minutes.
    // A minute the backlog has begun is shared, unless it lies on a date that takes no orders.
    const begin = backlog.minute < start ? start : firstOpenMinute(load.minutes, backlog.minute);
    const shared = begin === backlog.minute ? backlog.ticks : 0;
    const ticks = shared + units * TICKS_PER_UNIT;
    return afterOpenMinutes(load.minutes, begin, Math.ceil(ticks / node.unitsPerHour) + lead);
  }
  const done = workUnits(node, { load, units, start, backlog });
  if (done === undefined) return NEVER;
  // A minute begun is finished with the lead time's own: together they end at the same whole minute.
  return afterOpenMinutes(load.minutes, done.minute, done.ticks > 0 ? lead + 1 : lead);
}

/**
 * Rule 1: the first minute the order may be worked on: after any incoming stock it waits for, on a
 * date that still takes orders.
 */
export function startOfWork(
  node: CompiledNode,
  question: Pick<ReadyQuestion, 'load' | 'atMinute' | 'usableMinute' | 'kind'>,
): number {
  const cutOffs = question.kind === 'ship' ? node.cutOffs : node.pickupCutOffs;
  const { load, usableMinute } = question;
  const start = startForOrder(node, cutOffs, question.atMinute);
  if (start === NEVER) return NEVER;
  // Its own start is an open minute; a date that is full, or stock still to come, moves it on.
  if (usableMinute <= start && !load.hasFullDates) return start;
  return firstOpenMinute(load.minutes, Math.max(start, usableMinute));
}

function startForOrder(node: CompiledNode, cutOffs: CutOffs, atMinute: number): number {
  const { shiftFrom, shiftTo, shiftDay } = node.calendar;
  const countsFor = cutOffs.day[firstAbove(cutOffs.until, atMinute)];
  if (countsFor === undefined) return NEVER;
  let index = firstAbove(shiftTo, atMinute);
  while ((shiftDay[index] ?? NEVER) < countsFor) index += 1;
  const opens = shiftFrom[index] ?? NEVER;
  return Math.max(opens, atMinute);
}

/** The first open minute not before `minute`, or `NEVER`. */
export function firstOpenMinute(minutes: OpenMinutes, minute: number): number {
  const index = firstAbove(minutes.to, minute);
  return Math.max(minute, minutes.from[index] ?? NEVER);
}

/** Rule 2 without the lead time, under a daily limit: where the parcel's last unit is done. */
function workUnits(
  node: CompiledNode,
  work: {
    readonly load: CompiledLoad;
    readonly units: number;
    readonly start: number;
    readonly backlog: WorkPoint;
  },
): WorkPoint | undefined {
  const { backlog, start, units } = work;
  const { minutes } = work.load;
  if (node.unitsPerHour === 0) {
    return walkDates(node, minutes, { units, start: backlog, after: start });
  }
  const later = backlog.minute >= start ? backlog : { ...backlog, minute: start, ticks: 0 };
  return walkTicks(node, minutes, { units, start: later });
}

/** Where the backlog ends; a point before everything when there is none. */
function backlogBefore(
  node: CompiledNode,
  load: CompiledLoad,
  start: number,
): WorkPoint | undefined {
  if (load.backlogUnits === 0) return NOTHING_DONE;
  if (start >= load.walkFromMinute) return load.backlogEnd;
  return walkBacklog(node, node.calendar.minutes, { units: load.backlogUnits, fromMinute: start });
}

const NOTHING_DONE: WorkPoint = { minute: -NEVER, ticks: 0, day: -NEVER, usedOnDay: 0 };

/** The first instant by which `count` open minutes have passed since `minute`; `NEVER` beyond the span. */
export function afterOpenMinutes(minutes: OpenMinutes, minute: number, count: number): number {
  if (count === 0) return minute;
  const { from, to, before } = minutes;
  let index = firstAbove(to, minute);
  if (index === to.length) return NEVER;
  const passed = Math.max(0, minute - (from[index] ?? 0));
  const target = (before[index] ?? 0) + passed + count;
  while (index + 1 < to.length && (before[index + 1] ?? 0) < target) index += 1;
  const end = (from[index] ?? 0) + target - (before[index] ?? 0);
  return end <= (to[index] ?? 0) ? end : NEVER;
}

/** A departure (or hand-over) and the parcel that should make it. */
export type LatestAtQuestion = Omit<ReadyQuestion, 'atMinute'> & {
  readonly departureMinute: number;
};

/**
 * The largest `at` at which the parcel is still ready by `departureMinute`; −1 when none is. Exact:
 * one minute later it is not. Facts stay as they are.
 */
export function latestAtMinute(snapshot: Snapshot, question: LatestAtQuestion): number {
  const node = snapshot.nodes[question.node];
  if (node === undefined) throw new Error(`Bug: no node ${question.node}`);
  const { departureMinute } = question;
  const makesIt = (atMinute: number) =>
    readyMinute(snapshot, { ...question, atMinute }) <= departureMinute;
  const { until } = question.kind === 'ship' ? node.cutOffs : node.pickupCutOffs;
  // Readiness only steps back where an order begins to count for a later day; find that day first.
  let index = Math.min(firstAbove(until, departureMinute), until.length - 1);
  let high = departureMinute + 1;
  while (index >= 0 && !makesIt(Math.min(departureMinute, (until[index] ?? 0) - 1))) {
    high = Math.min(departureMinute, (until[index] ?? 0) - 1);
    index -= 1;
  }
  if (index < 0) return -1;
  let low = Math.min(departureMinute, (until[index] ?? 0) - 1);
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (makesIt(middle)) low = middle;
    else high = middle;
  }
  return low;
}
