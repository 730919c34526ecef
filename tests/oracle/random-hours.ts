/**
 * Random opening hours, cut-offs, carrier pickups and dated exceptions around a base day, chosen so that the edges of
 * docs/semantics.md "Time" and rules 1–3 are met often: night shifts, cut-offs past 24:00, times inside clock changes,
 * closed and opened holidays, pickups at closing or while closed.
 */
import {
  type Hours,
  WEEKDAYS,
  type Weekday,
  type WorldInput,
} from '../../backend/network/world.ts';
import type { Random } from './random.ts';
import { isoDay } from './zone-table.ts';

type Interval = [string, string];
type DayHours = Interval[];
type NodeInput = WorldInput['nodes'][number];
type PickupRow = NonNullable<NodeInput['carrierPickups']>[number];

const WORKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri'];
const SHIFTS: readonly [DayHours, ...DayHours[]] = [
  [['08:00', '18:00']],
  [['08:00', '18:00']],
  [['09:30', '19:45']],
  [
    ['08:00', '12:00'],
    ['14:00', '19:00'],
  ],
  [['22:00', '30:00']],
  [['20:00', '27:30']],
  [['00:00', '24:00']],
  [['00:30', '03:30']],
  [['01:45', '09:00']],
  [['02:10', '16:00']],
  [
    ['01:15', '02:30'],
    ['03:00', '11:00'],
  ],
  [
    ['06:00', '14:00'],
    ['22:00', '26:15'],
  ],
  [['06:00', '24:00']],
  [['10:00', '31:00']],
  [['25:00', '30:00']],
  [['12:00', '47:00']],
  [
    ['08:00', '12:00'],
    ['12:00', '16:00'],
    ['15:00', '19:00'],
  ],
];
/** Times that the clock changes of Rome, London, New York or Lord Howe repeat or skip. */
const NIGHT_SHIFTS: readonly [DayHours, ...DayHours[]] = [
  [['01:20', '09:00']],
  [['02:10', '16:00']],
  [['01:45', '02:20']],
  [
    ['00:30', '01:50'],
    ['02:40', '12:00'],
  ],
  [['20:00', '26:15']],
];
const NIGHT_CUT_OFFS: readonly [string, ...string[]] = [
  '01:30',
  '01:50',
  '02:05',
  '02:30',
  '25:45',
  '26:20',
];
const CUT_OFFS: readonly [string, ...string[]] = [
  '12:00',
  '14:00',
  '16:30',
  '17:59',
  '18:00',
  '02:30',
  '01:40',
  '25:45',
  '23:00',
  '24:00',
  '25:00',
  '26:30',
  '29:00',
  '47:59',
];
const PICKUP_TIMES: readonly [string, ...string[]] = [
  '12:00',
  '17:00',
  '18:00',
  '18:00',
  '19:00',
  '20:30',
  '02:30',
  '24:00',
  '26:00',
  '09:15',
  '31:00',
  '47:30',
];

function openDays(random: Random): readonly Weekday[] {
  return random.pick([
    WORKDAYS,
    WORKDAYS,
    [...WORKDAYS, 'sat'],
    WEEKDAYS,
    WEEKDAYS,
    ['mon', 'wed', 'fri', 'sat', 'sun'],
  ]);
}

/** The day everything crowds around, and whether the clocks change about then. */
export type Around = { readonly baseDay: number; readonly isClockChange: boolean };

/** Weekly hours with dated exceptions near the base day. */
export function randomHours(random: Random, { baseDay, isClockChange }: Around): Hours {
  const isBent = isClockChange && random.chance(0.6);
  const usual = random.pick(isBent ? NIGHT_SHIFTS : SHIFTS);
  const weekly: Hours['weekly'] = {};
  for (const day of isBent ? WEEKDAYS : openDays(random)) {
    weekly[day] = random.chance(0.15) ? random.pick(SHIFTS) : usual;
  }
  const days = new Set(random.chance(0.45) ? [random.int(-3, 4), random.int(-1, 9)] : []);
  if (random.chance(0.1)) for (let day = 0; day < random.int(4, 20); day += 1) days.add(day);
  const exceptions = [...days].map((offset): Hours['exceptions'][number] => {
    const intervals = random.chance(0.4) ? [] : random.pick(SHIFTS);
    return {
      date: isoDay(baseDay + offset),
      intervals,
      ...(intervals.length > 0 && random.chance(0.5) ? { cutOff: random.pick(CUT_OFFS) } : {}),
      ...(intervals.length > 0 && random.chance(0.3)
        ? { pickupCutOff: random.pick(CUT_OFFS) }
        : {}),
    };
  });
  return { weekly, exceptions };
}

/** Cut-offs on some of the weekdays that are open. */
export function randomCutOffs(
  random: Random,
  hours: Pick<Hours, 'weekly'>,
  chosen: { readonly share: number; readonly isClockChange: boolean },
): Partial<Record<Weekday, string>> {
  const { share, isClockChange } = chosen;
  const usual = random.pick(isClockChange && random.chance(0.7) ? NIGHT_CUT_OFFS : CUT_OFFS);
  const cutOffs: Partial<Record<Weekday, string>> = {};
  if (!random.chance(share)) return cutOffs;
  for (const day of random.some(WEEKDAYS, 0.8)) {
    if (hours.weekly[day] === undefined) continue;
    cutOffs[day] = random.chance(0.2) ? random.pick(CUT_OFFS) : usual;
  }
  return cutOffs;
}

/** Pickups of a service, weekly and extra; sometimes a row that names none. */
export function randomPickups(random: Random, serviceCode: string, baseDay: number): PickupRow {
  const weekly: Partial<Record<Weekday, string[]>> = {};
  const usual = random.pick(PICKUP_TIMES);
  const isEmpty = random.chance(0.05);
  for (const day of isEmpty ? [] : random.some(WEEKDAYS, 0.85)) {
    weekly[day] = random.chance(0.25) ? [random.pick(PICKUP_TIMES), usual] : [usual];
    weekly[day] = [...new Set(weekly[day])];
  }
  const extra = random.chance(isEmpty ? 0 : 0.4)
    ? [-1, 0, 1, 2, 4]
        .filter(() => random.chance(0.5))
        .map((offset) => ({ date: isoDay(baseDay + offset), time: random.pick(PICKUP_TIMES) }))
    : [];
  return { serviceCode, weekly, extra };
}

/** Closures or worked dates near the base day. */
export function randomDates(random: Random, baseDay: number, share: number) {
  if (!random.chance(share)) return [];
  const offsets = new Set([random.int(-1, 6), random.int(0, 9)]);
  return [...offsets].map((offset) => ({
    date: isoDay(baseDay + offset),
    side: random.pick(['origin', 'delivery', 'both'] as const),
  }));
}

/** Working days of a carrier or service. */
export function randomWorkingDays(random: Random): Weekday[] | undefined {
  return random.pick<Weekday[] | undefined>([
    undefined,
    undefined,
    [...WORKDAYS],
    [...WORKDAYS, 'sat'],
    [...WEEKDAYS],
    ['tue', 'thu', 'sat'],
  ]);
}
