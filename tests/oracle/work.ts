/**
 * From the order to *ready* at one node: rules 1 and 2, walked minute by minute.
 *
 * Inputs: a node of the world, its opening hours, an instant, units. Outputs: start of work and the ready instant.
 * A tick is 1 / unitsPerHour of a minute, so that a unit takes 60 ticks and a minute has unitsPerHour ticks: no
 * fraction is ever rounded before the end. Source: docs/semantics.md rules 1, 2 and 11.
 */
import type { WorldNode } from '../../backend/network/world.ts';
import { type Branch, type Count, SILENT } from './branches.ts';
import { NEVER, type OpenHours } from './open-hours.ts';
import {
  dayNumber,
  instantMinutes,
  MINUTES_PER_DAY,
  timeOfDayMinutes,
  weekdayOf,
} from './zone-table.ts';

/** Orders that are shipped, or handed over in the store. */
export type Kind = 'ship' | 'pickup';

export type NodeWork = {
  /** Rule 1: the first minute in which the order may be worked on, or `NEVER`. */
  startOfWork(atMinute: number, kind: Kind, count: Count): number;
  /** Rule 2: when work that starts then is ready, or `NEVER`. */
  ready(startMinute: number, units: number, kind: Kind, count: Count): number;
  /** True when the number of units changes `ready`. */
  readonly countsUnits: boolean;
};

type Limits = {
  readonly unitsPerHour: number | undefined;
  readonly unitsPerDay: number | undefined;
  /** No date after it is full. */
  readonly lastFullDay: number;
  isFull(day: number): boolean;
};

/** What one local date may spend. */
function dayTicks(limits: Limits): number {
  return (limits.unitsPerDay ?? Number.POSITIVE_INFINITY) * TICKS_PER_UNIT;
}

const TICKS_PER_UNIT = 60;

/** The state of a walk: what is left of the backlog and how many ticks each local date has spent. */
type Walk = { backlog: number; spent: Map<number, number> };

function cutOffTime(node: WorldNode, kind: Kind, day: number, hours: OpenHours) {
  const exception = hours.exceptionOf(day);
  const own = kind === 'ship' ? exception?.cutOff : exception?.pickupCutOff;
  const weekly = (kind === 'ship' ? node.cutOffs : node.pickupCutOffs)[weekdayOf(day)];
  return { time: own ?? weekly, isOwn: own !== undefined, isException: exception !== undefined };
}

/** The instant up to which an order counts for this open day. */
function cutOffInstant(node: WorldNode, kind: Kind, day: number, hours: OpenHours): number {
  const { time } = cutOffTime(node, kind, day, hours);
  if (time === undefined) return Math.max(...hours.openingsOf(day).map(([, closes]) => closes));
  return hours.zone.instant(day * MINUTES_PER_DAY + timeOfDayMinutes(time), 'earlier');
}

function countDay(
  node: WorldNode,
  hours: OpenHours,
  facts: { at: number; kind: Kind; day: number; count: Count },
): void {
  const { at, kind, day, count } = facts;
  const today = hours.zone.dayAt(at);
  const cutOff = cutOffTime(node, kind, day, hours);
  if (kind === 'pickup') {
    count(cutOff.time === undefined ? 'rule11.noPickupCutOff' : 'rule11.pickupCutOff');
    return;
  }
  if (day < today) count('rule1.cutOffYesterdayNightShift');
  if (day === today) count('rule1.cutOffToday');
  countCutOff(hours, cutOff, { day, count });
  for (let skipped = today; skipped < day; skipped += 1) count(whySkipped(hours, skipped));
}

/** Why an order does not count for a date that comes before the day it counts for. */
function whySkipped(hours: OpenHours, day: number): Branch {
  if (hours.openingsOf(day).length > 0) return 'rule1.cutOffPassed';
  const source = hours.sourceOf(day);
  if (source === 'weekly') return 'rule1.weeklyClosed';
  return source === 'holiday' ? 'rule1.holidayClosed' : 'rule1.exceptionClosed';
}

function countCutOff(
  hours: OpenHours,
  cutOff: ReturnType<typeof cutOffTime>,
  { day, count }: { day: number; count: Count },
): void {
  if (cutOff.time === undefined) {
    count('rule1.lastClosing');
    return;
  }
  if (cutOff.isOwn) count('rule1.exceptionOwnCutOff');
  else if (cutOff.isException) count('rule1.exceptionWeekdayCutOff');
  const ofDay = timeOfDayMinutes(cutOff.time);
  if (ofDay >= MINUTES_PER_DAY) count('rule1.cutOffPast24');
  if (hours.zone.isTwofold(day * MINUTES_PER_DAY + ofDay)) count('time.twofoldCutOff');
}

/** The earliest open local day whose cut-off is after `at`, or undefined within the span. */
function countingDays(node: WorldNode, hours: OpenHours) {
  const known = { ship: new Map<number, number>(), pickup: new Map<number, number>() };
  const cutOff = (day: number, kind: Kind): number => {
    const instant = known[kind].get(day) ?? cutOffInstant(node, kind, day, hours);
    known[kind].set(day, instant);
    return instant;
  };
  return (at: number, kind: Kind): number | undefined => {
    const last = hours.zone.dayAt(hours.span.toMinute);
    for (let day = hours.zone.dayAt(at) - 3; day <= last; day += 1) {
      if (hours.openingsOf(day).length > 0 && at < cutOff(day, kind)) return day;
    }
    return undefined;
  };
}

/**
 * The first minute from `at` on that belongs to this day or a later one, or `NEVER`. None lies between an `at` once
 * asked about and its answer, so every instant between the two has the same answer.
 */
function firstMinutes(hours: OpenHours) {
  const known = new Map<number, { asked: number; minute: number }>();
  return (at: number, day: number): number => {
    const last = known.get(day);
    if (last !== undefined && at >= last.asked && at <= last.minute) return last.minute;
    let minute = hours.nextOpen(at);
    while (minute !== NEVER && hours.dayOf(minute) < day) minute = hours.nextOpen(minute + 1);
    known.set(day, { asked: at, minute });
    return minute;
  };
}

/** Where a walk begins: nothing before `minute` can serve the parcel. */
type Standing = { readonly minute: number; readonly walk: Walk };

/**
 * Works the backlog off from `backlogAsOf` and remembers how it stands at every open minute. Until the backlog is done
 * nothing else happens, so a start of work before that minute may as well begin there.
 */
function backlogTable(node: WorldNode, hours: OpenHours, limits: Limits) {
  const asOf =
    node.backlogAsOf === undefined ? NEVER : Math.floor(instantMinutes(node.backlogAsOf));
  const spentBefore = new Map<number, { backlog: number; spentToday: number }>();
  const all = node.backlogUnits * TICKS_PER_UNIT;
  const walk: Walk = { backlog: all, spent: new Map() };
  let next = asOf;
  let doneMinute: number | undefined;
  const walkOn = (until: number): void => {
    for (let m = hours.nextOpen(next); m <= until && m !== NEVER; m = hours.nextOpen(m + 1)) {
      const day = hours.dateAt(m);
      spentBefore.set(m, { backlog: walk.backlog, spentToday: walk.spent.get(day) ?? 0 });
      workOff(walk, day, limits);
      next = m + 1;
      if (walk.backlog === 0) doneMinute ??= m;
      if (doneMinute === m && until === NEVER) return;
    }
  };
  const standing = (start: number): Standing | undefined => {
    if (all === 0 || asOf >= start) {
      return { minute: start, walk: { backlog: all, spent: new Map() } };
    }
    if (doneMinute === undefined) walkOn(NEVER);
    if (doneMinute === undefined) return undefined;
    const minute = Math.max(start, doneMinute);
    walkOn(minute);
    const then = spentBefore.get(minute);
    if (then === undefined) throw new Error(`start of work ${minute} is not an open minute`);
    const spent = new Map([[hours.dateAt(minute), then.spentToday]]);
    return { minute, walk: { backlog: then.backlog, spent } };
  };
  return { asOf, standing };
}

/** One open minute of backlog; the ticks of the minute that are left over. */
function workOff(walk: Walk, day: number, limits: Limits): number {
  const room = limits.unitsPerHour ?? Number.POSITIVE_INFINITY;
  const spent = walk.spent.get(day) ?? 0;
  const done = Math.min(room, walk.backlog, dayTicks(limits) - spent);
  walk.backlog -= done;
  walk.spent.set(day, spent + done);
  return room - done;
}

type Job = {
  start: number;
  units: number;
  leadMinutes: number;
  count: Count;
};

/** The first open minute of a later local date. */
function nextDate(hours: OpenHours, minute: number): number {
  const midnight = (hours.dateAt(minute) + 1) * MINUTES_PER_DAY;
  return hours.nextOpen(hours.zone.instant(midnight, 'later'));
}

type Step = 'waits' | 'full' | 'spent' | 'works' | 'through';

/** One open minute of the parcel: its backlog, then its units. `room` is what is left of the minute's ticks. */
function workMinute(
  day: number,
  limits: Limits,
  walk: Walk,
  parcel: { units: number; room: number },
): Step {
  parcel.room = workOff(walk, day, limits);
  const isDaySpent = () => (walk.spent.get(day) ?? 0) === dayTicks(limits);
  if (walk.backlog > 0) return isDaySpent() ? 'spent' : 'waits';
  if (limits.isFull(day)) return 'full';
  const spent = walk.spent.get(day) ?? 0;
  const worked = Math.min(parcel.room, parcel.units, dayTicks(limits) - spent);
  parcel.units -= worked;
  parcel.room -= worked;
  walk.spent.set(day, spent + worked);
  if (parcel.units === 0) return 'through';
  return isDaySpent() ? 'spent' : 'works';
}

/**
 * From the start of work, minute by minute: backlog, then the parcel's units, then the lead time. A date that can give
 * nothing more is left at once for the next one.
 */
function walkToReady(hours: OpenHours, limits: Limits, walk: Walk, job: Job): number {
  const rate = limits.unitsPerHour;
  const parcel = { units: job.units * TICKS_PER_UNIT, room: 0 };
  let minute = job.start;
  while (minute !== NEVER) {
    const step = workMinute(hours.dateAt(minute), limits, walk, parcel);
    countStep(step, rate, job.count);
    if (step === 'through') {
      return leadFrom(hours, limits, { minute, room: rate === undefined ? 1 : parcel.room }, job);
    }
    const isDateOver = step === 'full' || step === 'spent';
    minute = isDateOver ? nextDate(hours, minute) : hours.nextOpen(minute + 1);
  }
  return NEVER;
}

function countStep(step: Step, rate: number | undefined, count: Count): void {
  if (step === 'through' && rate !== undefined) count('rule2.unitsPerHour');
  if (step === 'full') count('rule2.fullDate');
  if (step === 'waits') count('rule2.backlogWaits');
  if (step !== 'spent') return;
  count(rate === undefined ? 'rule2.unitsPerDayWithoutRate' : 'rule2.unitsPerDay');
}

/** The first open minute from this one on, on a date that is not full. */
function nextNotFull(hours: OpenHours, limits: Limits, from: number, count: Count): number {
  let minute = from;
  while (minute !== NEVER && limits.isFull(hours.dateAt(minute))) {
    count('rule2.fullDate');
    minute = nextDate(hours, minute);
  }
  return minute;
}

/** The lead time, from a minute of which so many ticks are left; ready is the end, rounded up to a minute. */
function leadFrom(
  hours: OpenHours,
  limits: Limits,
  from: { minute: number; room: number },
  job: Job,
): number {
  const rate = limits.unitsPerHour ?? 1;
  let lead = job.leadMinutes * rate;
  const isUntouched = lead === 0 && limits.unitsPerHour === undefined;
  if (isUntouched) return from.minute;
  lead -= Math.min(from.room, lead);
  let { minute } = from;
  while (lead > 0) {
    minute = nextNotFull(hours, limits, hours.nextOpen(minute + 1), job.count);
    if (minute === NEVER) return NEVER;
    if (hours.dateAt(minute) > limits.lastFullDay) {
      const last = hours.openMinutesLater(minute, Math.ceil(lead / rate) - 1);
      return last === NEVER ? NEVER : last + 1;
    }
    lead -= Math.min(rate, lead);
  }
  return minute + 1;
}

/** Lead time alone, where neither units nor dates limit the work: a look at the table of open minutes. */
function leadOnly(hours: OpenHours, job: Job): number {
  if (job.leadMinutes === 0) {
    job.count('rule2.nothingToDo');
    return job.start;
  }
  const last = hours.openMinutesLater(job.start, job.leadMinutes - 1);
  if (last === NEVER) return NEVER;
  const isUnbroken = last + 1 - job.start === job.leadMinutes;
  job.count(isUnbroken ? 'rule2.leadWithin' : 'rule2.leadOverClosing');
  return last + 1;
}

function limitsOf(node: WorldNode): Limits {
  const most = node.ordersPerDay ?? Number.POSITIVE_INFINITY;
  const full = new Set(
    Object.entries(node.ordersByDate)
      .filter(([, orders]) => orders >= most)
      .map(([day]) => dayNumber(day)),
  );
  return {
    unitsPerHour: node.unitsPerHour,
    unitsPerDay: node.unitsPerDay,
    lastFullDay: most === 0 ? NEVER : Math.max(-NEVER, ...full),
    isFull: (day) => full.has(day) || most === 0,
  };
}

/** Rules 1 and 2 of one node. */
export function nodeWork(node: WorldNode, hours: OpenHours): NodeWork {
  const limits = limitsOf(node);
  const countsUnits = node.unitsPerHour !== undefined || node.unitsPerDay !== undefined;
  const hasLimits = countsUnits || node.ordersPerDay !== undefined;
  const backlog = backlogTable(node, hours, limits);
  const countingDay = countingDays(node, hours);
  const firstMinute = firstMinutes(hours);
  return {
    countsUnits,
    startOfWork(atMinute, kind, count) {
      const day = countingDay(atMinute, kind);
      if (day === undefined) return NEVER;
      if (count !== SILENT) countDay(node, hours, { at: atMinute, kind, day, count });
      const minute = firstMinute(atMinute, day);
      if (count !== SILENT && minute !== NEVER) countOpening(hours, minute, count);
      return minute;
    },
    ready(startMinute, units, kind, count) {
      const leadMinutes = kind === 'ship' ? node.leadTimeMinutes : node.pickupLeadMinutes;
      const job = { start: startMinute, units, leadMinutes, count };
      return hasLimits ? readyWithin(node, hours, { limits, backlog, job }) : leadOnly(hours, job);
    },
  };
}

type Workload = {
  readonly limits: Limits;
  readonly backlog: ReturnType<typeof backlogTable>;
  readonly job: Job;
};

/** Rule 2 with everything: full dates, backlog, units, lead time. */
function readyWithin(
  node: WorldNode,
  hours: OpenHours,
  { limits, backlog, job }: Workload,
): number {
  const { count } = job;
  const decided = new Set<Branch>();
  const note: Count = count === SILENT ? SILENT : (branch) => decided.add(branch);
  const start = nextNotFull(hours, limits, job.start, note);
  const standing = start === NEVER ? undefined : backlog.standing(start);
  if (standing === undefined) return NEVER;
  const { minute, walk } = standing;
  if (node.backlogUnits > 0) {
    if (backlog.asOf >= start) note('rule2.backlogFromStart');
    if (walk.backlog === 0) note('rule2.backlogDone');
    if (minute > start) note('rule2.backlogWaits');
  }
  const result = walkToReady(hours, limits, walk, { ...job, start: minute, count: note });
  for (const branch of decided) count(branch);
  return result;
}

function countOpening(hours: OpenHours, minute: number, count: Count): void {
  const day = hours.dayOf(minute);
  if (hours.isHolidayOpened(day)) count('rule1.exceptionOpensHoliday');
  if (hours.isBent(day)) count('time.twofoldOpening');
}
