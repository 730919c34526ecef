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

/** One entry per minute of the span, built once; afterwards every question is a look at the table. */
export function openHours(place: Place, zone: ZoneTable, span: Span): OpenHours {
  const rules = dayRules(place, zone);
  const size = span.toMinute - span.fromMinute;
  const dayByMinute = new Int32Array(size).fill(CLOSED);
  for (let day = zone.dayAt(span.fromMinute) - 3; day <= zone.dayAt(span.toMinute); day += 1) {
    for (const [opens, closes] of rules.openingsOf(day)) {
      const last = Math.min(closes - span.fromMinute, size);
      for (let index = Math.max(opens - span.fromMinute, 0); index < last; index += 1) {
        if (dayByMinute[index] === CLOSED) dayByMinute[index] = day;
      }
    }
  }
  const dayOf = (minute: number): number => dayByMinute[minute - span.fromMinute] ?? CLOSED;

  const openMinutes: number[] = [];
  const positionOf = new Int32Array(size + 1);
  for (let index = 0; index < size; index += 1) {
    positionOf[index] = openMinutes.length;
    if (dayByMinute[index] !== CLOSED) openMinutes.push(span.fromMinute + index);
  }
  positionOf[size] = openMinutes.length;
  const closing = new Int32Array(size);
  for (let index = size - 1, next = NEVER; index >= 0; index -= 1) {
    if (dayByMinute[index] === CLOSED) next = span.fromMinute + index;
    closing[index] = next;
  }
  const position = (minute: number): number => {
    if (minute < span.fromMinute) throw new Error(`minute ${minute} before the oracle's span`);
    return positionOf[Math.min(minute - span.fromMinute, size)] ?? openMinutes.length;
  };
  const dates = new Int32Array(size + 1);
  for (let index = 0; index <= size; index += 1) dates[index] = zone.dayAt(span.fromMinute + index);
  return {
    zone,
    span,
    dayOf,
    dateAt: (minute) => dates[minute - span.fromMinute] ?? zone.dayAt(minute),
    isOpen: (minute) => dayOf(minute) !== CLOSED,
    nextOpen: (minute) => openMinutes[position(minute)] ?? NEVER,
    closingAfter: (minute) => closing[minute - span.fromMinute] ?? NEVER,
    openMinutesLater: (minute, count) => openMinutes[position(minute) + count] ?? NEVER,
    ...rules,
  };
}
