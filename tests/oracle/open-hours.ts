/**
 * When is a place open, minute by minute, and which local day does each minute count for.
 *
 * Inputs: weekly hours, dated exceptions, holidays, a time zone, a span of instants. Output: one entry per minute of the
 * span: the day number the minute counts for, or `CLOSED`. Dated exception speaks before holiday, holiday before
 * weekly hours; a night shift belongs whole to the day it starts on; a minute two days claim is the earlier day's.
 * Source: docs/semantics.md, "Time" and rule 1.
 */
import type { Hours } from '../../backend/network/world.ts';
import { isHoliday } from './holidays.ts';
import {
  dayNumber,
  MINUTES_PER_DAY,
  timeOfDayMinutes,
  weekdayOf,
  type ZoneTable,
} from './zone-table.ts';

/** No day: the minute is not open. */
export const CLOSED = -1_000_000;
/** Later than any instant. */
export const NEVER = 2_147_483_647;

export type Span = { readonly fromMinute: number; readonly toMinute: number };

/** Why a date has the hours it has. */
export type DaySource = 'exception' | 'holiday' | 'weekly';

export type OpenHours = {
  readonly zone: ZoneTable;
  readonly span: Span;
  /** The day this minute counts for, or `CLOSED`. */
  dayOf(minute: number): number;
  isOpen(minute: number): boolean;
  /** Local date of the minute itself. */
  dateAt(minute: number): number;
  /** First open minute ≥ this one, or `NEVER`. */
  nextOpen(minute: number): number;
  /** First minute after this open one that is not open; `NEVER` when the span ends before. */
  closingAfter(minute: number): number;
  /** The open minute `count` open minutes after this open one, or `NEVER`. */
  openMinutesLater(minute: number, count: number): number;
  /** The surviving openings of a date, as instants. */
  openingsOf(day: number): readonly (readonly [number, number])[];
  sourceOf(day: number): DaySource;
  exceptionOf(day: number): Hours['exceptions'][number] | undefined;
  /** A dated exception opens this public holiday. */
  isHolidayOpened(day: number): boolean;
  /** A clock change repeats or skips an opening or closing time of this date. */
  isBent(day: number): boolean;
};

type Place = {
  readonly hours: Hours;
  readonly country: string;
  readonly region?: string | undefined;
  readonly opensOnHolidays?: boolean;
};

function dayRules(place: Place, zone: ZoneTable) {
  const exceptions = new Map(place.hours.exceptions.map((row) => [dayNumber(row.date), row]));
  const openings = new Map<number, readonly (readonly [number, number])[]>();
  const sourceOf = (day: number): DaySource => {
    if (exceptions.has(day)) return 'exception';
    if (place.opensOnHolidays !== true && isHoliday(place.country, place.region, day)) {
      return 'holiday';
    }
    return 'weekly';
  };
  const timesOf = (day: number): readonly (readonly [string, string])[] => {
    const source = sourceOf(day);
    if (source === 'exception') return exceptions.get(day)?.intervals ?? [];
    if (source === 'holiday') return [];
    return place.hours.weekly[weekdayOf(day)] ?? [];
  };
  const openingsOf = (day: number): readonly (readonly [number, number])[] => {
    const known = openings.get(day);
    if (known !== undefined) return known;
    const midnight = day * MINUTES_PER_DAY;
    const found = timesOf(day)
      .map(
        ([opens, closes]) =>
          [
            zone.instant(midnight + timeOfDayMinutes(opens), 'later'),
            zone.instant(midnight + timeOfDayMinutes(closes), 'earlier'),
          ] as const,
      )
      .filter(([opens, closes]) => closes > opens);
    openings.set(day, found);
    return found;
  };
  const isTwofold = (day: number, time: string): boolean =>
    zone.isTwofold(day * MINUTES_PER_DAY + timeOfDayMinutes(time));
  return {
    openingsOf,
    sourceOf,
    exceptionOf: (day: number) => exceptions.get(day),
    isHolidayOpened: (day: number) =>
      (exceptions.get(day)?.intervals.length ?? 0) > 0 &&
      isHoliday(place.country, place.region, day),
    isBent: (day: number) => timesOf(day).some((times) => times.some((at) => isTwofold(day, at))),
  };
}

/** The day each minute of the span counts for; a minute two days claim is the earlier day's, so that one comes last. */
function daysByMinute(openingsOf: OpenHours['openingsOf'], zone: ZoneTable, span: Span) {
  const days = new Int32Array(span.toMinute - span.fromMinute).fill(CLOSED);
  const first = zone.dayAt(span.fromMinute) - 3;
  for (let day = zone.dayAt(span.toMinute); day >= first; day -= 1) {
    for (const [opens, closes] of openingsOf(day)) {
      const from = Math.max(opens - span.fromMinute, 0);
      days.fill(day, from, Math.max(closes - span.fromMinute, from));
    }
  }
  return days;
}

/** The open minutes of the span in order, and how many of them come before each minute. */
function openMinutesOf(days: Int32Array, fromMinute: number) {
  const minutes = new Int32Array(days.length);
  const before = new Int32Array(days.length + 1);
  let count = 0;
  for (let index = 0; index < days.length; index += 1) {
    before[index] = count;
    if (days[index] === CLOSED) continue;
    minutes[count] = fromMinute + index;
    count += 1;
  }
  before[days.length] = count;
  return { minutes: minutes.subarray(0, count), before };
}

/** For each minute the first one from it on that is not open. */
function closings(days: Int32Array, fromMinute: number): Int32Array {
  const closing = new Int32Array(days.length);
  let next = NEVER;
  for (let index = days.length - 1; index >= 0; index -= 1) {
    if (days[index] === CLOSED) next = fromMinute + index;
    closing[index] = next;
  }
  return closing;
}

/** Local date of each minute. */
function datesOf(zone: ZoneTable, span: Span): Int32Array {
  const dates = new Int32Array(span.toMinute - span.fromMinute);
  for (let index = 0; index < dates.length; index += 1) {
    dates[index] = zone.dayAt(span.fromMinute + index);
  }
  return dates;
}

/** One entry per minute of the span, built once; afterwards every question is a look at the table. */
export function openHours(place: Place, zone: ZoneTable, span: Span): OpenHours {
  const { fromMinute } = span;
  const rules = dayRules(place, zone);
  const days = daysByMinute(rules.openingsOf, zone, span);
  const { minutes, before } = openMinutesOf(days, fromMinute);
  let closing: Int32Array | undefined;
  let dates: Int32Array | undefined;
  const position = (minute: number): number => {
    if (minute < fromMinute) throw new Error(`minute ${minute} before the oracle's span`);
    return before[minute - fromMinute] ?? minutes.length;
  };
  const dayOf = (minute: number): number => days[minute - fromMinute] ?? CLOSED;
  return {
    zone,
    span,
    dayOf,
    isOpen: (minute) => dayOf(minute) !== CLOSED,
    dateAt(minute) {
      dates ??= datesOf(zone, span);
      return dates[minute - fromMinute] ?? zone.dayAt(minute);
    },
    nextOpen: (minute) => minutes[position(minute)] ?? NEVER,
    closingAfter(minute) {
      closing ??= closings(days, fromMinute);
      return closing[minute - fromMinute] ?? NEVER;
    },
    openMinutesLater: (minute, count) => minutes[position(minute) + count] ?? NEVER,
    ...rules,
  };
}
