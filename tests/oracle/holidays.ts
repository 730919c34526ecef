/**
 * Which dates are public holidays: every local date a holiday of type `public` touches, whole.
 *
 * Inputs: country, region, day number. Output: yes or no. The library is asked on a UTC clock, so that what it calls
 * start and end are plain wall-clock times at the place and no clock change can bend them.
 * Source: docs/semantics.md, "Time".
 */
import Holidays from 'date-holidays';
import { MINUTES_PER_DAY } from './zone-table.ts';

const FIRST_YEAR = 2025;
const LAST_YEAR = 2029;

function holidaysOf(country: string, region: string | undefined): Set<number> {
  const book =
    region === undefined
      ? new Holidays(country, { timezone: 'UTC' })
      : new Holidays(country, region, { timezone: 'UTC' });
  const days = new Set<number>();
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year += 1) {
    for (const holiday of book.getHolidays(year)) {
      if (holiday.type !== 'public') continue;
      const first = Math.floor(holiday.start.getTime() / 60_000 / MINUTES_PER_DAY);
      const last = Math.ceil(holiday.end.getTime() / 60_000 / MINUTES_PER_DAY) - 1;
      for (let day = first; day <= last; day += 1) days.add(day);
    }
  }
  return days;
}

const books = new Map<string, Set<number>>();

/** True on every date a public holiday of the place touches. */
export function isHoliday(country: string, region: string | undefined, day: number): boolean {
  const key = `${country}/${region ?? ''}`;
  let days = books.get(key);
  if (days === undefined) {
    days = holidaysOf(country, region);
    books.set(key, days);
  }
  return days.has(day);
}
