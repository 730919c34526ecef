/**
 * What cannot be true of a place: a zone of time or region that does not exist, hours that never
 * open, a cut-off on a day that is never open, a backlog nobody knows the age of.
 */
import { isTimeZone, parseDay, parseTimeOfDay } from '../base/time.ts';
import { weekdayOf } from './calendar.ts';
import { isKnownPlace, knownRegions } from './holidays.ts';
import { checkKnown, type Path, type Problems } from './problems.ts';
import { type Hours, WEEKDAYS, type WorldNode, type WorldPickupPoint } from './world.ts';

type Situated = {
  readonly country: string;
  readonly region?: string | undefined;
  readonly timeZone: string;
};

/** Remembers what it has already looked up: thousands of places share a few countries. */
export type PlaceCheck = (path: Path, place: Situated) => void;

/** Refuses unknown countries, regions and zones of time. */
export function createPlaceCheck(problems: Problems): PlaceCheck {
  const places = new Map<string, boolean>();
  const zones = new Map<string, boolean>();
  const isKnown = (country: string, region: string | undefined) => {
    const key = `${country}/${region ?? ''}`;
    const known = places.get(key) ?? isKnownPlace({ country, region });
    places.set(key, known);
    return known;
  };
  return (path, place) => {
    if (!isKnown(place.country, undefined)) {
      problems.add([...path, 'country'], {
        value: place.country,
        allowed: 'an ISO 3166 country code in capitals that is in use, as IT',
        remedy: 'Correct the code.',
      });
    } else if (place.region !== undefined && !isKnown(place.country, place.region)) {
      const regions = knownRegions(place.country);
      problems.add([...path, 'region'], {
        value: place.region,
        allowed: regions.length > 0 ? `one of ${regions.join(', ')}` : 'no region for this country',
        remedy: 'Use the state code of date-holidays, or leave the region out.',
      });
    }
    checkTimeZone(problems, zones, { path: [...path, 'timeZone'], name: place.timeZone });
  };
}

/** Refuses a zone of time that is not an IANA name in its usual spelling. */
export function checkTimeZone(
  problems: Problems,
  known: Map<string, boolean>,
  at: { readonly path: Path; readonly name: string },
): void {
  const isKnown = known.get(at.name) ?? isTimeZone(at.name);
  known.set(at.name, isKnown);
  if (isKnown) return;
  problems.add(at.path, {
    value: at.name,
    allowed: 'an IANA time zone in its usual spelling, as Europe/Rome',
    remedy: 'Use the name of a city of the zone; offsets as +01:00 do not know summer time.',
  });
}

/** Everything about one node that crosses fields. */
export function checkNode(
  problems: Problems,
  node: WorldNode,
  at: { readonly path: Path; readonly services: { readonly has: (code: string) => boolean } },
): void {
  const { path } = at;
  checkHours(problems, [...path, 'hours'], node.hours);
  checkCutOffs(problems, { path: [...path, 'cutOffs'], hours: node.hours, times: node.cutOffs });
  checkCutOffs(problems, {
    path: [...path, 'pickupCutOffs'],
    hours: node.hours,
    times: node.pickupCutOffs,
  });
  if (node.backlogUnits > 0 && node.backlogAsOf === undefined) {
    problems.add([...path, 'backlogAsOf'], {
      allowed: 'the instant the backlog was counted, required with backlogUnits above 0',
      remedy: 'Give backlogAsOf, or set backlogUnits to 0.',
    });
  }
  for (const [index, row] of node.carrierPickups.entries()) {
    checkKnown(problems, at.services, {
      path: [...path, 'carrierPickups', index, 'serviceCode'],
      name: row.serviceCode,
      what: 'service',
    });
  }
}

/** Everything about one pickup point that crosses fields. */
export function checkPoint(problems: Problems, point: WorldPickupPoint, path: Path): void {
  checkHours(problems, [...path, 'hours'], point.hours);
}

function checkHours(problems: Problems, path: Path, hours: Hours): void {
  let opens = false;
  const checkIntervals = (where: Path, intervals: Hours['exceptions'][number]['intervals']) => {
    for (const [index, [from, to]] of intervals.entries()) {
      opens = true;
      if (parseTimeOfDay(from) < parseTimeOfDay(to)) continue;
      problems.add([...where, index], {
        value: `${from}–${to}`,
        allowed: 'a closing time after the opening time',
        remedy: 'Write a closing after midnight past 24:00, as 26:00 for 02:00 of the next date.',
      });
    }
  };
  for (const weekday of WEEKDAYS) {
    checkIntervals([...path, 'weekly', weekday], hours.weekly[weekday] ?? []);
  }
  const seen = new Set<string>();
  for (const [index, row] of hours.exceptions.entries()) {
    const where = [...path, 'exceptions', index];
    checkIntervals([...where, 'intervals'], row.intervals);
    if (seen.has(row.date)) {
      problems.add([...where, 'date'], {
        value: row.date,
        allowed: 'a date that no other exception of this place has',
        remedy: 'Put both into one exception.',
      });
    }
    seen.add(row.date);
    for (const field of ['cutOff', 'pickupCutOff'] as const) {
      if (row.intervals.length > 0 || row[field] === undefined) continue;
      problems.add([...where, field], {
        value: row[field],
        allowed: 'no cut-off on a date that is closed',
        remedy: 'Give the date its openings, or leave the cut-off out.',
      });
    }
  }
  if (!opens) {
    problems.add(path, {
      allowed: 'at least one opening: this place is never open',
      remedy: 'Give weekly hours or a dated exception with openings, or remove the place.',
    });
  }
}

/** A weekday's cut-off needs the weekday to be open, weekly or on some date. */
function checkCutOffs(
  problems: Problems,
  at: { readonly path: Path; readonly hours: Hours; readonly times: WorldNode['cutOffs'] },
): void {
  for (const weekday of WEEKDAYS) {
    const time = at.times[weekday];
    if (time === undefined || (at.hours.weekly[weekday] ?? []).length > 0) continue;
    const opensOnce = at.hours.exceptions.some(
      (row) => row.intervals.length > 0 && weekdayOf(parseDay(row.date)) === weekday,
    );
    if (opensOnce) continue;
    problems.add([...at.path, weekday], {
      value: time,
      allowed: 'a cut-off only on a weekday that is open',
      remedy: 'Give the weekday hours, or remove its cut-off.',
    });
  }
}
