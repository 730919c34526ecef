/**
 * What is chosen for a random world before anything else: its places, its names and the day everything crowds around.
 */
import type { Random } from './random.ts';
import { dayNumber, isoInstant, zoneTable } from './zone-table.ts';

/** A place of the world a node, zone or point may be at. */
export type Place = {
  readonly country: string;
  readonly region?: string;
  readonly timeZone: string;
  readonly lat: number;
  readonly lng: number;
  readonly prefix: string;
};

/** Of lane costs and most prices. */
export const CURRENCY = 'EUR';

/** Everywhere. */
export const PLACES: readonly [Place, ...Place[]] = [
  { country: 'IT', timeZone: 'Europe/Rome', lat: 45.46, lng: 9.19, prefix: '20' },
  { country: 'IT', timeZone: 'Europe/Rome', lat: 41.9, lng: 12.5, prefix: '00' },
  { country: 'GB', region: 'ENG', timeZone: 'Europe/London', lat: 51.51, lng: -0.13, prefix: 'SW' },
  { country: 'GB', region: 'SCT', timeZone: 'Europe/London', lat: 55.95, lng: -3.19, prefix: 'EH' },
  { country: 'PT', timeZone: 'Europe/Lisbon', lat: 38.72, lng: -9.14, prefix: '1' },
  { country: 'DE', region: 'BY', timeZone: 'Europe/Berlin', lat: 48.14, lng: 11.58, prefix: '80' },
  { country: 'CH', region: 'TI', timeZone: 'Europe/Zurich', lat: 46.0, lng: 8.95, prefix: '69' },
  {
    country: 'US',
    region: 'NY',
    timeZone: 'America/New_York',
    lat: 40.71,
    lng: -74,
    prefix: '100',
  },
  {
    country: 'AU',
    region: 'NSW',
    timeZone: 'Australia/Lord_Howe',
    lat: -31.5,
    lng: 159,
    prefix: '28',
  },
  { country: 'TR', timeZone: 'Europe/Istanbul', lat: 41, lng: 29, prefix: '34' },
  { country: 'GB', timeZone: 'Asia/Kathmandu', lat: 27.72, lng: 85.32, prefix: 'KT' },
  { country: 'US', timeZone: 'Pacific/Apia', lat: -13.83, lng: -171.77, prefix: '968' },
];

/** About when the clocks change in Europe, New York and Lord Howe, in autumn and in spring. */
const CLOCK_CHANGES: readonly [string, ...string[]] = [
  '2026-10-25',
  '2026-10-25',
  '2026-10-24',
  '2027-03-28',
  '2027-03-28',
  '2027-03-27',
  '2026-11-01',
  '2027-03-14',
  '2026-10-03',
  '2027-04-03',
];
/** Holidays, bridges, year end, days with nothing special. */
const FOCUSES: readonly [string, ...string[]] = [
  '2026-12-24',
  '2026-12-26',
  '2026-12-31',
  '2027-01-05',
  '2026-11-27',
  '2027-03-26',
  '2027-04-30',
  '2026-08-14',
  '2026-09-15',
  '2027-02-17',
  '2027-03-10',
  '2027-05-17',
];

/** What is chosen for a world before anything else. */
export type Scene = {
  readonly random: Random;
  readonly baseDay: number;
  /** The clocks of some place change about then. */
  readonly isClockChange: boolean;
  /** Most lanes deliver on the day of departure. */
  readonly isSameDay: boolean;
  /** Nothing on hand; what comes comes in two months. */
  readonly isDry: boolean;
  readonly places: readonly [Place, ...Place[]];
  readonly skus: readonly string[];
  readonly nodeIds: readonly string[];
  readonly zoneIds: readonly string[];
  readonly pointCount: number;
};

/** The instant of a local minute of a base-relative day, on some place's clock, as ISO text. */
export function isoNear(scene: Scene, offsetDays: number, seconds = 0): string {
  const { random, baseDay, places } = scene;
  const zone = zoneTable(places[0].timeZone);
  const local = (baseDay + offsetDays) * 1_440 + random.int(0, 95) * 15;
  const text = isoInstant(zone.instant(local, 'later'), zone);
  return text.replace(/:00([+-]\d\d:\d\d)$/, `:${String(seconds).padStart(2, '0')}$1`);
}

/** How many names, in the order of nothing. */
function names(random: Random, from: readonly string[], count: number): string[] {
  const left = [...from];
  return Array.from(
    { length: count },
    () => left.splice(random.int(0, left.length - 1), 1)[0] ?? '',
  );
}

/** The scene of a seed. */
export function randomScene(random: Random): Scene {
  const home = random.pick(PLACES);
  const isClockChange = random.chance(0.6);
  const focus = random.pick(isClockChange ? CLOCK_CHANGES : FOCUSES);
  const zoneCount = random.int(1, 5);
  return {
    random,
    isClockChange,
    isSameDay: random.chance(0.15),
    isDry: random.chance(0.06),
    baseDay: dayNumber(focus) + random.int(-1, 1),
    places: [home, random.pick(PLACES), random.chance(0.5) ? home : random.pick(PLACES)],
    skus: names(random, ['sku', 'sku 10', 'sku 2', 'Sku3'], random.int(1, 4)),
    nodeIds: names(random, ['n1', 'n10', 'n2', 'N3', 'a', 'Z'], random.int(2, 6)),
    zoneIds: ['near', 'z10', 'z2', 'Z3', 'a'].slice(0, zoneCount),
    pointCount: random.int(0, 4),
  };
}
