/**
 * On which dates a carrier service works, at the place it collects (origin) or delivers.
 *
 * Order of speech: closure, worked date, public holiday of the place, weekly pattern
 * (docs/semantics.md, Time). A service's weekly pattern replaces its carrier's (Monday to Friday
 * when neither states one); dated rows of both count together.
 */
import { parseDay } from '../base/time.ts';
import { weekdayOf } from './calendar.ts';
import type { DaySet } from './holidays.ts';
import type { CarrierDays } from './snapshot.ts';
import type { Weekday, WorldCarrier, WorldService } from './world.ts';

/** Where a carrier's day is asked about. */
export type CarrierSide = 'origin' | 'delivery';

/** A service's days on one side, before holidays: those belong to a place. */
export type CarrierWeek = {
  readonly pattern: ReadonlySet<Weekday>;
  readonly closures: ReadonlySet<number>;
  readonly workedDates: ReadonlySet<number>;
};

const MONDAY_TO_FRIDAY: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri'];

/** Longest search for a delivery day, in dates after day 0: beyond it there is none. */
export const DELIVERY_SEARCH_DAYS = 730;

/** The weekly pattern and dated rows of a service (with its carrier's) on one side. */
export function carrierWeek(
  service: WorldService,
  carrier: WorldCarrier,
  side: CarrierSide,
): CarrierWeek {
  const onSide = (rows: WorldCarrier['closures']) =>
    rows.filter((row) => row.side === side || row.side === 'both').map((row) => parseDay(row.date));
  return {
    pattern: new Set(service.workingDays ?? carrier.workingDays ?? MONDAY_TO_FRIDAY),
    closures: new Set([...onSide(service.closures), ...onSide(carrier.closures)]),
    workedDates: new Set([...onSide(service.workedDates), ...onSide(carrier.workedDates)]),
  };
}

/** True when the service works on `day` where `holidays` are the place's public holidays. */
export function isCarrierDay(week: CarrierWeek, holidays: DaySet, day: number): boolean {
  if (week.closures.has(day)) return false;
  if (week.workedDates.has(day)) return true;
  return !holidays.has(day) && week.pattern.has(weekdayOf(day));
}

/** The working days as a table: counts up to each day 0, and the days themselves further out. */
export function compileCarrierDays(
  week: CarrierWeek,
  holidays: DaySet,
  span: { readonly firstDay: number; readonly lastDay: number; readonly longestTransit: number },
): CarrierDays {
  const upTo = new Uint16Array(span.lastDay - span.firstDay + 1);
  const days: number[] = [];
  for (let day = span.firstDay; day <= span.lastDay + DELIVERY_SEARCH_DAYS; day += 1) {
    if (isCarrierDay(week, holidays, day)) days.push(day);
    if (day <= span.lastDay) upTo[day - span.firstDay] = days.length;
    else if (days.length > (upTo.at(-1) ?? 0) + span.longestTransit) break;
  }
  return { firstDay: span.firstDay, upTo, days: Int32Array.from(days) };
}

/**
 * The n-th working day after `day`; n = 0 asks for `day` itself. `undefined` when there is none
 * within the search, or when n = 0 and `day` is not a working day.
 */
export function nthCarrierDay(table: CarrierDays, day: number, n: number): number | undefined {
  const index = day - table.firstDay;
  const upToDay = table.upTo[index] ?? 0;
  if (n > 0) {
    const found = table.days[upToDay + n - 1];
    return found !== undefined && found - day <= DELIVERY_SEARCH_DAYS ? found : undefined;
  }
  return table.days[upToDay - 1] === day ? day : undefined;
}
