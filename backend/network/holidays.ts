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
import { compileZone, localDay, parseDay, yearOfDay } from '../base/time.ts';

/** Remembers the holidays of each country, state and year it was asked for. */
export type HolidayBook = {
  /** The public holidays of a known place. */
  readonly of: (place: Place) => DaySet;
};

/** Some dates, as day numbers. */
export type DaySet = { readonly has: (day: number) => boolean };

/** A country (ISO 3166) and, where its holidays differ, a state code of `date-holidays`. */
export type Place = { readonly country: string; readonly region: string | undefined };

const MS_PER_MINUTE = 60_000;

/** An empty book; it reads a year of a place when first asked about one of its days. */
export function createHolidayBook(): HolidayBook {
  const places = new Map<string, DaySet>();
  const of = (place: Place): DaySet => {
    const key = `${place.country}/${place.region ?? ''}`;
    const known = places.get(key) ?? holidaysOf(place);
    places.set(key, known);
    return known;
  };
  return { of };
}

function holidaysOf(place: Place): DaySet {
  const listings = new Map<number, readonly number[]>();
  const listedIn = (year: number) => {
    const listing = listings.get(year) ?? holidaysListedIn(place, year);
    listings.set(year, listing);
    return listing;
  };
  // The year asked about last; questions come day by day, so it is nearly always the right one.
  let days: ReadonlySet<number> = new Set();
  let firstDay = 0;
  let lastDay = -1;
  const has = (day: number) => {
    if (day < firstDay || day > lastDay) {
      const year = yearOfDay(day);
      firstDay = parseDay(`${year}-01-01`);
      lastDay = parseDay(`${year}-12-31`);
      // A feast of several days may begin in the year before, or at the sunset before New Year.
      days = new Set([...listedIn(year - 1), ...listedIn(year), ...listedIn(year + 1)]);
    }
    return days.has(day);
  };
  return { has };
}

// Codes that have a name in Unicode's list of regions but are no country: unions, pseudo regions.
const NO_COUNTRIES = new Set(['EU', 'EZ', 'QO', 'UN', 'XA', 'XB', 'ZZ']);

/** True for a country that exists, without a region or with one of its state codes. */
export function isKnownPlace(place: Place): boolean {
  const { country, region } = place;
  if (region !== undefined) return knownRegions(country).includes(region);
  if (Object.hasOwn(new Holidays().getCountries(), country)) return true;
  const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  return !NO_COUNTRIES.has(country) && names.of(country) !== undefined;
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
