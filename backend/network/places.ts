/**
 * What many nodes, zones and points have in common while a network is compiled: zones of time,
 * countries and regions, opening hours, cut-offs. Equal ones are worked out once and shared.
 */
import { compileZone, MINUTES_PER_DAY, parseDay, type ZoneTable } from '../base/time.ts';
import { compileCalendar, compileCutOffs } from './calendar.ts';
import { DELIVERY_SEARCH_DAYS } from './carrier-days.ts';
import type { DaySet, HolidayBook, Place } from './holidays.ts';
import type { Calendar, CutOffs } from './snapshot.ts';
import type { Hours, WorldNode } from './world.ts';

type Situated = {
  readonly country: string;
  readonly region?: string | undefined;
  readonly timeZone: string;
};

/** One compilation's shared parts. */
export type PlaceBook = {
  readonly fromDay: number;
  readonly toDay: number;
  readonly holidays: HolidayBook;
  readonly zone: (name: string) => ZoneTable;
  readonly placeOf: (source: Omit<Situated, 'timeZone'>) => Place;
  /** The number of a country and region. */
  readonly place: (source: Omit<Situated, 'timeZone'>) => number;
  readonly placeCount: () => number;
  readonly calendar: (
    source: Situated & { readonly hours: Hours },
    opensOnHolidays: boolean,
  ) => Calendar;
  readonly calendarNumber: (calendar: Calendar) => number;
  readonly cutOffs: (calendar: Calendar, node: WorldNode, kind: 'ship' | 'pickup') => CutOffs;
};

const NO_HOLIDAYS: DaySet = { has: () => false };

/** An empty book for the days from `fromDay` to `toDay`. */
export function createPlaceBook(span: {
  readonly fromDay: number;
  readonly toDay: number;
  readonly holidays: HolidayBook;
}): PlaceBook {
  const { fromDay, toDay, holidays } = span;
  const zones = new Map<string, ZoneTable>();
  const places = new Map<string, number>();
  const calendars = new Map<string, Calendar>();
  const numbers = new Map<Calendar, number>();
  const cutOffTables = new Map<string, CutOffs>();

  const zone = (name: string) =>
    remember(zones, name, () =>
      compileZone(
        name,
        (fromDay - 3) * MINUTES_PER_DAY,
        (toDay + DELIVERY_SEARCH_DAYS + 3) * MINUTES_PER_DAY,
      ),
    );
  const placeOf = (source: Omit<Situated, 'timeZone'>): Place => ({
    country: source.country,
    region: source.region,
  });
  const place = (source: Omit<Situated, 'timeZone'>) =>
    remember(places, `${source.country}/${source.region ?? ''}`, () => places.size);
  const calendar = (source: Situated & { readonly hours: Hours }, opensOnHolidays: boolean) => {
    const closedOn = opensOnHolidays ? '' : `${source.country}/${source.region ?? ''}`;
    const key = `${source.timeZone} ${closedOn} ${JSON.stringify(source.hours)}`;
    const compiled = remember(calendars, key, () =>
      compileCalendar({
        hours: source.hours,
        zone: zone(source.timeZone),
        holidays: opensOnHolidays ? NO_HOLIDAYS : holidays.of(placeOf(source)),
        fromDay,
        toDay,
      }),
    );
    remember(numbers, compiled, () => numbers.size);
    return compiled;
  };
  const calendarNumber = (compiled: Calendar) => numbers.get(compiled) ?? -1;
  const cutOffs = (compiled: Calendar, node: WorldNode, kind: 'ship' | 'pickup') => {
    const weekly = kind === 'ship' ? node.cutOffs : node.pickupCutOffs;
    const key = `${calendarNumber(compiled)} ${kind} ${JSON.stringify(weekly)}`;
    return remember(cutOffTables, key, () =>
      compileCutOffs(compiled, { weekly, byDate: datedCutOffs(node.hours, kind) }),
    );
  };
  const placeCount = () => places.size;
  return {
    fromDay,
    toDay,
    holidays,
    zone,
    placeOf,
    place,
    placeCount,
    calendar,
    calendarNumber,
    cutOffs,
  };
}

function datedCutOffs(hours: Hours, kind: 'ship' | 'pickup'): ReadonlyMap<number, string> {
  const byDate = new Map<number, string>();
  for (const row of hours.exceptions) {
    const own = kind === 'ship' ? row.cutOff : row.pickupCutOff;
    if (own !== undefined) byDate.set(parseDay(row.date), own);
  }
  return byDate;
}

function remember<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}
