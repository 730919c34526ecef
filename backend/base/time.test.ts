import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compileZone,
  formatDay,
  formatMinute,
  instantToMinuteCeil,
  instantToMinuteFloor,
  isTimeZone,
  localDay,
  localTimeOfDay,
  parseDay,
  parseTimeOfDay,
  type Side,
  wallToMinute,
  weekdayIndex,
  yearOfDay,
} from './time.ts';

const FROM = parseDay('2026-01-01') * 1_440;
const TO = parseDay('2028-01-01') * 1_440;
const ZONES_WITH_TEETH = [
  'Europe/London',
  'Europe/Rome',
  'Europe/Madrid',
  'Atlantic/Canary',
  'America/New_York',
  'America/Nuuk',
  'America/Havana',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Beirut',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
  'UTC',
];

test.each<[string, string, string, Side, string]>([
  // 2026-10-25 03:00 summer time becomes 02:00: 02:30 happens twice.
  ['Europe/Rome', '2026-10-25', '02:30', 'earlier', '2026-10-25T02:30:00+02:00'],
  ['Europe/Rome', '2026-10-25', '02:30', 'later', '2026-10-25T02:30:00+01:00'],
  ['Europe/Rome', '2026-10-25', '03:00', 'earlier', '2026-10-25T03:00:00+01:00'],
  ['Europe/Rome', '2026-10-25', '01:59', 'later', '2026-10-25T01:59:00+02:00'],
  ['Europe/Rome', '2026-10-24', '26:30', 'earlier', '2026-10-25T02:30:00+02:00'],
  // 2027-03-28 02:00 becomes 03:00: 02:30 does not happen.
  ['Europe/Rome', '2027-03-28', '02:30', 'earlier', '2027-03-28T01:30:00+01:00'],
  ['Europe/Rome', '2027-03-28', '02:30', 'later', '2027-03-28T03:30:00+02:00'],
  ['Europe/Rome', '2027-03-28', '02:00', 'earlier', '2027-03-28T01:00:00+01:00'],
  ['Europe/Rome', '2027-03-28', '03:00', 'later', '2027-03-28T03:00:00+02:00'],
  ['Europe/London', '2026-10-25', '01:30', 'later', '2026-10-25T01:30:00+00:00'],
  ['Atlantic/Canary', '2027-03-28', '01:30', 'later', '2027-03-28T02:30:00+01:00'],
  ['America/New_York', '2026-11-01', '01:30', 'earlier', '2026-11-01T01:30:00-04:00'],
  ['America/New_York', '2026-11-01', '01:30', 'later', '2026-11-01T01:30:00-05:00'],
  // Lord Howe moves by half an hour: 2026-10-04 02:00 becomes 02:30, 2027-04-04 02:00 becomes 01:30.
  ['Australia/Lord_Howe', '2026-10-04', '02:10', 'later', '2026-10-04T02:40:00+11:00'],
  ['Australia/Lord_Howe', '2026-10-04', '02:10', 'earlier', '2026-10-04T01:40:00+10:30'],
  ['Australia/Lord_Howe', '2027-04-04', '01:45', 'later', '2027-04-04T01:45:00+10:30'],
  ['Asia/Kathmandu', '2026-11-30', '10:00', 'later', '2026-11-30T10:00:00+05:45'],
  ['Pacific/Apia', '2026-12-31', '23:59', 'later', '2026-12-31T23:59:00+13:00'],
])('%s on %s at %s (%s) is %s', (name, day, time, side, expected) => {
  const zone = compileZone(name, FROM, TO);
  const minute = wallToMinute(zone, parseDay(day), { timeOfDay: parseTimeOfDay(time), side });
  expect(formatMinute(minute, name)).toBe(expected);
});

test.each(ZONES_WITH_TEETH)('%s converts both ways as Temporal does', (name) => {
  const zone = compileZone(name, FROM, TO);
  // Half of the samples lie within two hours of a change of the clocks.
  const changes = [...zone.starts].slice(1);
  const anyMinute = fc.integer({ min: FROM + 2_880, max: TO - 2_880 });
  const nearChange =
    changes.length === 0
      ? anyMinute
      : fc
          .tuple(fc.constantFrom(...changes), fc.integer({ min: -120, max: 120 }))
          .map(([change, offset]) => change + offset)
          .filter((minute) => minute > FROM + 2_880 && minute < TO - 2_880);
  fc.assert(
    fc.property(
      fc.oneof(anyMinute, nearChange),
      fc.constantFrom<Side>('earlier', 'later'),
      (minute, side) => {
        const zoned = Temporal.Instant.fromEpochMilliseconds(minute * 60_000).toZonedDateTimeISO(
          name,
        );
        expect(formatDay(localDay(zone, minute))).toBe(zoned.toPlainDate().toString());
        expect(localTimeOfDay(zone, minute)).toBe(zoned.hour * 60 + zoned.minute);
        const day = localDay(zone, minute);
        // The wall time of a neighbouring zone's clock hits gaps as well as folds.
        for (const shift of [0, 30, 60]) {
          const local = new Temporal.PlainDate(1970, 1, 1)
            .add({ days: day })
            .toPlainDateTime()
            .add({ minutes: localTimeOfDay(zone, minute) + shift });
          const expected = local.toZonedDateTime(name, { disambiguation: side });
          const timeOfDay = localTimeOfDay(zone, minute) + shift;
          expect(wallToMinute(zone, day, { timeOfDay, side })).toBe(
            expected.epochMilliseconds / 60_000,
          );
        }
      },
    ),
    { numRuns: 400 },
  );
});

test.each([
  ['2026-11-30T10:00:59.999999999Z', '2026-11-30T10:00:00Z', '2026-11-30T10:01:00Z'],
  ['2026-11-30T10:00:00Z', '2026-11-30T10:00:00Z', '2026-11-30T10:00:00Z'],
  ['2026-11-30T10:00:00.000000001Z', '2026-11-30T10:00:00Z', '2026-11-30T10:01:00Z'],
  ['2026-11-30T10:00+05:45', '2026-11-30T04:15:00Z', '2026-11-30T04:15:00Z'],
])('%s is cut to %s and raised to %s', (text, cut, raised) => {
  expect(instantToMinuteFloor(text)).toBe(Date.parse(cut) / 60_000);
  expect(instantToMinuteCeil(text)).toBe(Date.parse(raised) / 60_000);
});

test.each([
  ['Europe/Rome', true],
  ['UTC', true],
  ['America/Argentina/Buenos_Aires', true],
  ['europe/rome', false],
  ['Europe/Roma', false],
  ['+01:00', false],
  ['', false],
])('%s is a zone name: %s', (name, expected) => {
  expect(isTimeZone(name)).toBe(expected);
});

test('days are counted from 1970-01-01, a Thursday, and leap days count', () => {
  expect([parseDay('1970-01-01'), weekdayIndex(0)]).toEqual([0, 3]);
  expect(parseDay('2028-03-01') - parseDay('2028-02-28')).toBe(2);
  expect(weekdayIndex(parseDay('2026-11-30'))).toBe(0);
  expect(formatDay(parseDay('2026-12-31') + 1)).toBe('2027-01-01');
  expect(weekdayIndex(parseDay('1969-12-28'))).toBe(6);
});

test('every date of 600 years is written and read as Temporal does', () => {
  let date = new Temporal.PlainDate(1600, 1, 1);
  // 1970-01-01 is day 0, and it is that many days after 1600-01-01.
  const first = date.until(new Temporal.PlainDate(1970, 1, 1), { largestUnit: 'day' }).days;
  for (let day = -first; date.year < 2200; day += 1) {
    const text = date.toString();
    if (formatDay(day) !== text) expect(formatDay(day)).toBe(text);
    if (parseDay(text) !== day) expect(parseDay(text)).toBe(day);
    date = date.add({ days: 1 });
  }
  expect(yearOfDay(parseDay('2026-12-31'))).toBe(2026);
  expect(yearOfDay(parseDay('2027-01-01'))).toBe(2027);
});

test('a time of day may pass midnight', () => {
  expect([parseTimeOfDay('00:00'), parseTimeOfDay('24:00'), parseTimeOfDay('47:59')]).toEqual([
    0, 1_440, 2_879,
  ]);
});
