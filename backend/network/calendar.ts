/**
 * Opening hours of a place over a span of days, as sorted whole minutes.
 *
 * A date is answered by the first that speaks: dated exception, public holiday, weekly hours
 * (docs/semantics.md, Time). Opening times convert to instants `later`, closings `earlier`; what is
 * empty after that is no opening; openings that touch or overlap are one. For rule 1 each minute
 * also keeps the day of the opening it came from (the earlier day where two overlap), so that a
 * night shift belongs whole to the evening it starts on.
 */
import {
  localDay,
  MINUTES_PER_DAY,
  NEVER,
  offsetAt,
  parseDay,
  parseTimeOfDay,
  wallToMinute,
  weekdayIndex,
  type ZoneTable,
} from '../base/time.ts';
import type { DaySet } from './holidays.ts';
import type { Calendar, CutOffs, OpenMinutes } from './snapshot.ts';
import { type Hours, WEEKDAYS, type Weekday } from './world.ts';

type Span = { readonly from: number; readonly to: number };
type Shift = Span & { readonly day: number };

/** What opening hours are compiled from. `holidays`: dates on which weekly hours do not hold. */
export type CalendarSource = {
  readonly hours: Hours;
  readonly zone: ZoneTable;
  readonly holidays: DaySet;
  readonly fromDay: number;
  /** Last day compiled. */
  readonly toDay: number;
};

/** The openings of every date from `fromDay` to `toDay`. */
export function compileCalendar(source: CalendarSource): Calendar {
  const { zone } = source;
  const shifts: Shift[] = [];
  const openDays: number[] = [];
  const lastClosing: number[] = [];
  const exceptions = new Map(source.hours.exceptions.map((row) => [parseDay(row.date), row]));
  for (let day = source.fromDay; day <= source.toDay; day += 1) {
    const intervals =
      exceptions.get(day)?.intervals ??
      (source.holidays.has(day) ? [] : (source.hours.weekly[weekdayOf(day)] ?? []));
    const spans = mergeSpans(intervals.flatMap((pair) => toSpan(zone, day, pair)));
    const last = spans.at(-1);
    if (last === undefined) continue;
    openDays.push(day);
    lastClosing.push(last.to);
    for (const span of spans) shifts.push({ ...span, day });
  }
  const openings = mergeSpans(shifts);
  const owned = ownMinutes(shifts);
  return {
    zone,
    fromMinute: wallToMinute(zone, source.fromDay, { timeOfDay: 0, side: 'later' }),
    toMinute: wallToMinute(zone, source.toDay + 1, { timeOfDay: 0, side: 'earlier' }),
    openFrom: Int32Array.from(openings, (span) => span.from),
    openTo: Int32Array.from(openings, (span) => span.to),
    minutes: cutAtMidnights(zone, openings),
    shiftFrom: Int32Array.from(owned, (shift) => shift.from),
    shiftTo: Int32Array.from(owned, (shift) => shift.to),
    shiftDay: Int32Array.from(owned, (shift) => shift.day),
    openDays: Int32Array.from(openDays),
    lastClosing: Int32Array.from(lastClosing),
  };
}

/** The weekday of a day number. */
export function weekdayOf(day: number): Weekday {
  return WEEKDAYS[weekdayIndex(day)] ?? 'mon';
}

function toSpan(zone: ZoneTable, day: number, pair: readonly [string, string]): Span[] {
  const from = wallToMinute(zone, day, { timeOfDay: parseTimeOfDay(pair[0]), side: 'later' });
  const to = wallToMinute(zone, day, { timeOfDay: parseTimeOfDay(pair[1]), side: 'earlier' });
  return from < to ? [{ from, to }] : [];
}

/** Sorted, touching and overlapping ones as one. */
function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: { from: number; to: number }[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    const last = merged.at(-1);
    if (last !== undefined && span.from <= last.to) last.to = Math.max(last.to, span.to);
    else merged.push({ from: span.from, to: span.to });
  }
  return merged;
}

/** Gives every open minute to the earliest day that opens it; sorted by time. */
function ownMinutes(shifts: readonly Shift[]): Shift[] {
  const owned: Shift[] = [];
  for (const shift of shifts) {
    let rest: Span[] = [{ from: shift.from, to: shift.to }];
    // An opening ends at most 48 hours after its day began: only the two days before can overlap.
    for (let index = owned.length - 1; index >= 0 && rest.length > 0; index -= 1) {
      const earlier = owned[index];
      if (earlier === undefined || earlier.day < shift.day - 2) break;
      rest = rest.flatMap((span) => without(span, earlier));
    }
    for (const span of rest) owned.push({ ...span, day: shift.day });
  }
  return owned.toSorted((a, b) => a.from - b.from);
}

function without(span: Span, taken: Span): Span[] {
  if (taken.to <= span.from || span.to <= taken.from) return [span];
  const left = { from: span.from, to: taken.from };
  const right = { from: taken.to, to: span.to };
  return [left, right].filter((piece) => piece.from < piece.to);
}

/** Cuts openings so that every piece lies within one local date. */
function cutAtMidnights(zone: ZoneTable, openings: readonly Span[]): OpenMinutes {
  const pieces: Shift[] = [];
  for (const opening of openings) {
    let from = opening.from;
    while (from < opening.to) {
      const day = localDay(zone, from);
      const to = Math.min(opening.to, endOfLocalDay(zone, from, day));
      pieces.push({ from, to, day });
      from = to;
    }
  }
  return openMinutes(pieces);
}

/** The first instant after `minute` whose local date is another one. */
function endOfLocalDay(zone: ZoneTable, minute: number, day: number): number {
  const midnight = (day + 1) * MINUTES_PER_DAY;
  let end = midnight - offsetAt(zone, minute);
  for (const start of zone.starts) {
    // A clock change before that midnight moves it; one that lands in another date is itself the end.
    if (start <= minute || start >= end) continue;
    if (localDay(zone, start) !== day) return start;
    end = midnight - offsetAt(zone, start);
  }
  return end;
}

/** Pieces (sorted, each within one local date) with the running total of open minutes. */
export function openMinutes(pieces: readonly Shift[]): OpenMinutes {
  const before = new Int32Array(pieces.length);
  let total = 0;
  for (const [index, piece] of pieces.entries()) {
    before[index] = total;
    total += piece.to - piece.from;
  }
  return {
    from: Int32Array.from(pieces, (piece) => piece.from),
    to: Int32Array.from(pieces, (piece) => piece.to),
    day: Int32Array.from(pieces, (piece) => piece.day),
    before,
  };
}

/** Cut-offs as they are written: by weekday, and a dated exception's own. */
export type CutOffSource = {
  readonly weekly: Partial<Record<Weekday, string>>;
  readonly byDate: ReadonlyMap<number, string>;
};

/**
 * Until when an order counts for each open day (rule 1): the dated exception's own cut-off, else the
 * weekday's, else the day's last closing. `until` is made to rise: an earlier day that still counts
 * at an instant speaks before a later one, which is what "the earliest open day" asks for.
 */
export function compileCutOffs(calendar: Calendar, source: CutOffSource): CutOffs {
  const until = new Int32Array(calendar.openDays.length);
  let latest = -NEVER;
  for (const [index, day] of calendar.openDays.entries()) {
    const written = source.byDate.get(day) ?? source.weekly[weekdayOf(day)];
    const own =
      written === undefined
        ? (calendar.lastClosing[index] ?? 0)
        : wallToMinute(calendar.zone, day, {
            timeOfDay: parseTimeOfDay(written),
            side: 'earlier',
          });
    latest = Math.max(latest, own);
    until[index] = latest;
  }
  return { day: calendar.openDays, until };
}

/** True when the place is open at `minute` or an opening closes at it. */
export function isOpenOrClosing(calendar: Calendar, minute: number): boolean {
  const index = firstAbove(calendar.openTo, minute - 1);
  return index < calendar.openTo.length && (calendar.openFrom[index] ?? NEVER) <= minute;
}

/**
 * Index of the first element greater than `value` in an ascending array; its length when none is.
 * Begins where the value would stand if the elements were evenly spread, as openings and departures
 * of weeks nearly are, and walks the few steps from there.
 */
export function firstAbove(sorted: Int32Array, value: number): number {
  const last = sorted.length - 1;
  const lowest = sorted[0] ?? NEVER;
  const highest = sorted[last] ?? -NEVER;
  if (value < lowest) return 0;
  if (value >= highest) return sorted.length;
  let index = Math.floor(((value - lowest) / (highest - lowest)) * last);
  while ((sorted[index] ?? NEVER) <= value) index += 1;
  while (index > 0 && (sorted[index - 1] ?? -NEVER) > value) index -= 1;
  return index;
}
