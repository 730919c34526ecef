/**
 * Which dates are public holidays of a country or one of its states.
 *
 * Country and state codes of `date-holidays` in, day numbers out. Only its type `public` counts;
 * every local date a holiday touches is one, from the date it begins on (a feast that begins at
 * sunset touches that date too) to the last date before it ends, in the zone the library itself
 * uses for the place. It ignores a wrong state in silence, so `isKnownPlace` refuses one. A country
 * without data there (Nepal, Samoa) has no holidays here: dated exceptions must say them.
 * A book remembers what it has read (a year takes a millisecond or two); keep one per process.
 */
import Holidays from 'date-holidays';
import { compileZone, localDay, yearOfDay } from '../base/time.ts';

/** Remembers the holidays of each country, state and year it was asked for. */
export type HolidayBook = {
  /** The public holidays of a known place from `fromDay` to `toDay`, both included. */
  readonly between: (place: Place, fromDay: number, toDay: number) => ReadonlySet<number>;
};

/** A country (ISO 3166) and, where its holidays differ, a state code of `date-holidays`. */
export type Place = { readonly country: string; readonly region: string | undefined };

const MS_PER_MINUTE = 60_000;

/** An empty book. */
export function createHolidayBook(): HolidayBook {
  const years = new Map<string, readonly number[]>();
  const ofYear = (place: Place, year: number): readonly number[] => {
    const key = `${place.country}/${place.region ?? ''}/${year}`;
    let days = years.get(key);
    if (days === undefined) {
      days = holidaysListedIn(place, year);
      years.set(key, days);
    }
    return days;
  };
  const between = (place: Place, fromDay: number, toDay: number): ReadonlySet<number> => {
    const found = new Set<number>();
    // The year before too: a feast of several days may begin in December.
    for (let year = yearOfDay(fromDay) - 1; year <= yearOfDay(toDay) + 1; year += 1) {
      for (const day of ofYear(place, year)) if (day >= fromDay && day <= toDay) found.add(day);
    }
    return found;
  };
  return { between };
}

/** True for a country that exists, without a region or with one of its state codes. */
export function isKnownPlace(place: Place): boolean {
  const all = new Holidays();
  if (place.region !== undefined) return knownRegions(place.country).includes(place.region);
  if (Object.hasOwn(all.getCountries(), place.country)) return true;
  return (
    new Intl.DisplayNames('en', { type: 'region', fallback: 'none' }).of(place.country) !==
    undefined
  );
}

/** The state codes of a country, for messages; empty when it has none. */
export function knownRegions(country: string): readonly string[] {
  return Object.keys(new Holidays().getStates(country) ?? {});
}

function holidaysListedIn(place: Place, year: number): readonly number[] {
  const calendar =
    place.region === undefined
      ? new Holidays(place.country)
      : new Holidays(place.country, place.region);
  const zoneName = calendar.getTimezones()[0];
  if (zoneName === undefined) return [];
  const days: number[] = [];
  for (const holiday of calendar.getHolidays(year)) {
    if (holiday.type !== 'public') continue;
    const from = Math.floor(holiday.start.getTime() / MS_PER_MINUTE);
    const to = Math.ceil(holiday.end.getTime() / MS_PER_MINUTE);
    const zone = compileZone(zoneName, from, to);
    const last = localDay(zone, to - 1);
    for (let day = localDay(zone, from); day <= last; day += 1) days.push(day);
  }
  return days;
}
