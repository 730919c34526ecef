/**
 * When the demo's stores are open: the habits of each country, and the dates that differ.
 *
 * Weekly hours by habit; dated exceptions: patron days (they are in no list of public holidays), Sundays of Advent,
 * Black Friday evening, the two eves, Italian shops open on 8 December. A dated exception beats a public holiday,
 * which beats the weekly hours (docs/semantics.md, Time).
 */
import type { WorldInput } from '../../backend/network/world.ts';
import type { StorePlace } from './places.ts';
import { ADVENT_SUNDAYS, BLACK_FRIDAYS, type Day, EVES, everyYear, weekdayOf } from './season.ts';

export type Hours = WorldInput['nodes'][number]['hours'];
type Intervals = [string, string][];

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Opening hours by the custom of a country and kind of street. */
export type Habit =
  | 'it-city'
  | 'it-lunch'
  | 'fr-paris'
  | 'fr-town'
  | 'de-city'
  | 'es-city'
  | 'es-madrid'
  | 'es-siesta'
  | 'gb-london'
  | 'gb-town';

type HabitHours = {
  /** Monday to Saturday unless a day is named. */
  readonly usual: Intervals;
  readonly byDay?: Readonly<Partial<Record<(typeof DAYS)[number], Intervals>>>;
  readonly sunday: Intervals;
  /** Sundays of Advent where Sundays are else closed; index 0 is the first. */
  readonly advent: readonly number[];
  readonly adventHours: Intervals;
  readonly blackFriday?: Intervals;
  readonly eve: Intervals;
};

const HABITS: Readonly<Record<Habit, HabitHours>> = {
  'it-city': {
    usual: [['10:00', '19:30']],
    sunday: [['10:30', '19:30']],
    advent: [],
    adventHours: [],
    blackFriday: [['09:30', '21:30']],
    eve: [['09:30', '18:00']],
  },
  'it-lunch': {
    usual: [
      ['09:30', '13:00'],
      ['15:30', '19:30'],
    ],
    byDay: { mon: [['15:30', '19:30']], sat: [['09:30', '19:30']] },
    sunday: [],
    advent: [0, 1, 2, 3],
    adventHours: [['10:30', '19:30']],
    blackFriday: [['09:30', '21:00']],
    eve: [['09:30', '18:00']],
  },
  'fr-paris': {
    usual: [['10:00', '19:30']],
    sunday: [['11:00', '19:00']],
    advent: [],
    adventHours: [],
    blackFriday: [['09:30', '21:00']],
    eve: [['10:00', '18:00']],
  },
  'fr-town': {
    usual: [['10:00', '19:00']],
    sunday: [],
    advent: [1, 2, 3],
    adventHours: [['11:00', '19:00']],
    blackFriday: [['09:30', '20:30']],
    eve: [['10:00', '17:30']],
  },
  'de-city': {
    usual: [['10:00', '19:00']],
    sunday: [],
    advent: [],
    adventHours: [['13:00', '18:00']],
    eve: [['10:00', '14:00']],
  },
  'es-city': {
    usual: [['10:00', '20:30']],
    sunday: [],
    advent: [0, 2, 3],
    adventHours: [['11:00', '20:00']],
    blackFriday: [['10:00', '22:00']],
    eve: [['10:00', '18:00']],
  },
  'es-madrid': {
    usual: [['10:00', '21:00']],
    sunday: [['11:00', '20:00']],
    advent: [],
    adventHours: [],
    blackFriday: [['10:00', '22:30']],
    eve: [['10:00', '18:30']],
  },
  'es-siesta': {
    usual: [
      ['10:00', '14:00'],
      ['17:00', '20:30'],
    ],
    sunday: [],
    advent: [2, 3],
    adventHours: [['11:00', '20:00']],
    blackFriday: [['10:00', '21:30']],
    eve: [['10:00', '18:00']],
  },
  'gb-london': {
    usual: [['10:00', '20:00']],
    byDay: { thu: [['10:00', '21:00']] },
    sunday: [['12:00', '18:00']],
    advent: [],
    adventHours: [],
    blackFriday: [['09:00', '22:00']],
    eve: [['10:00', '17:00']],
  },
  'gb-town': {
    usual: [['10:00', '18:00']],
    byDay: { thu: [['10:00', '20:00']] },
    sunday: [['11:00', '17:00']],
    advent: [],
    adventHours: [],
    blackFriday: [['09:00', '20:00']],
    eve: [['10:00', '16:30']],
  },
};

// Feast of the town's patron, `MM-DD`; where Madrid and Barcelona keep two local days, both.
const PATRON_DAYS: Readonly<Record<string, readonly string[]>> = {
  Milano: ['12-07'],
  Roma: ['06-29'],
  Firenze: ['06-24'],
  Torino: ['06-24'],
  Bologna: ['10-04'],
  Venezia: ['11-21'],
  Verona: ['05-21'],
  Napoli: ['09-19'],
  Palermo: ['07-15'],
  Madrid: ['11-09', '05-15'],
  Barcelona: ['09-24'],
  Valencia: ['01-22'],
  Sevilla: ['05-30'],
  'Las Palmas de Gran Canaria': ['06-24'],
};

// Sundays on which the town lets German shops open.
const GERMAN_SUNDAYS: Readonly<Record<string, readonly number[]>> = {
  Berlin: [1, 3],
  Leipzig: [1],
};
// Bavaria closes all shops at 20:00 by law, so Munich has no Black Friday evening.
const GERMAN_BLACK_FRIDAY: Intervals = [['10:00', '21:00']];

/** Weekly hours and dated exceptions of a store. */
export function storeHours(store: StorePlace): Hours {
  const habit = HABITS[store.habit];
  const weekly = Object.fromEntries(
    DAYS.map((day) => [day, day === 'sun' ? habit.sunday : (habit.byDay?.[day] ?? habit.usual)]),
  );
  return { weekly, exceptions: exceptionsOf(store, habit) };
}

type Exception = { readonly date: Day; readonly intervals: Intervals };

// Later lists speak louder: a patron day shuts a shop even on a Black Friday.
function exceptionsOf(store: StorePlace, habit: HabitHours): { date: Day; intervals: Intervals }[] {
  const on = (days: readonly Day[], intervals: Intervals): Exception[] =>
    days.map((date) => ({ date, intervals }));
  const isEveningAllowed = store.country !== 'DE' || store.city === 'München';
  const evening = isEveningAllowed ? habit.blackFriday : GERMAN_BLACK_FRIDAY;
  const advent = GERMAN_SUNDAYS[store.city] ?? habit.advent;
  const sundays = ADVENT_SUNDAYS.flatMap((year) => advent.map((index) => year[index] ?? ''));
  const immacolata = store.country === 'IT' ? everyYear('12-08') : [];
  const spoken = [
    ...(evening === undefined ? [] : on(BLACK_FRIDAYS, evening)),
    ...on(sundays, habit.adventHours),
    ...on(immacolata, [['10:30', '19:30']]),
    ...on(
      EVES.filter((day) => weekdayOf(day) !== 7),
      habit.eve,
    ),
    ...on((PATRON_DAYS[store.city] ?? []).flatMap(everyYear), []),
  ];
  const byDate = new Map(spoken.map((exception) => [exception.date, exception.intervals]));
  return [...byDate]
    .map(([date, intervals]) => ({ date, intervals }))
    .toSorted((a, b) => (a.date < b.date ? -1 : 1));
}
