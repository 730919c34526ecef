/**
 * What a postal code tells a form: coordinates, holiday region, time zone, and the public holidays ahead.
 */
import { formatDay, instantToMinuteFloor, MINUTES_PER_DAY } from '../base/time.ts';
import { geocode, type PostalPlaces } from '../network/geo/geocode.ts';
import { postalRegion } from '../network/geo/regions.ts';
import { createHolidayBook, isKnownPlace, knownRegions } from '../network/holidays.ts';
import type { PlaceHint } from './view.ts';

const DAYS_AHEAD = 365;
const holidays = createHolidayBook();

/** Everything known about a place; an unknown region answers without holidays. */
export function hintOf(
  places: readonly PostalPlaces[],
  asked: { readonly country: string; readonly postalCode: string; readonly region: string },
  now: Temporal.Instant,
): PlaceHint {
  const point = geocode(places, asked);
  const found = postalRegion(asked.country, asked.postalCode);
  const region = asked.region === '' ? found?.region : asked.region;
  return {
    ...(point === undefined ? {} : { lat: point.lat, lng: point.lng, precision: point.precision }),
    ...(found?.timeZone === undefined ? {} : { timeZone: found.timeZone }),
    ...(found?.region === undefined ? {} : { region: found.region }),
    regions: knownRegions(asked.country),
    holidays: holidaysAhead({ country: asked.country, region }, now),
  };
}

function holidaysAhead(
  place: { readonly country: string; readonly region: string | undefined },
  now: Temporal.Instant,
): string[] {
  if (!isKnownPlace(place)) return [];
  const days = holidays.of(place);
  const today = Math.floor(instantToMinuteFloor(now.toString()) / MINUTES_PER_DAY);
  return Array.from({ length: DAYS_AHEAD }, (_, index) => today + index)
    .filter((day) => days.has(day))
    .map(formatDay);
}
