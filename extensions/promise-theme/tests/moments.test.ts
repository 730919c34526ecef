import { describe, expect, test } from 'vitest';
import {
  dayOf,
  fill,
  HOUR_MS,
  isMidnight,
  MINUTE_MS,
  nowOf,
  sayDay,
  sayDistance,
  sayLeft,
  sayTime,
} from '../src/moments.ts';

const at = (text: string): number => Date.parse(text);
const ROME = { locale: 'it-IT', timeZone: 'Europe/Rome' };

describe('the clock of an answer', () => {
  const clock = { evaluatedAtMs: at('2026-11-23T09:00:00Z'), wallMs: 5_000, monotonicMs: 700 };

  test('starts at the latest instant the answer can have', () => {
    expect(nowOf(clock, 5_000, 700) - clock.evaluatedAtMs).toBe(90_000);
  });

  test.each([
    ['both went on alike', 65_000, 60_700, 60_000],
    ['the phone slept: the wall clock went on alone', 3_605_000, 900, HOUR_MS],
    ['the wall clock was set back', -900_000, 120_700, 120_000],
    ['both stood still', 5_000, 700, 0],
  ])('goes by the clock that went further: %s', (_, wallMs, monotonicMs, passedMs) => {
    expect(nowOf(clock, wallMs, monotonicMs) - nowOf(clock, 5_000, 700)).toBe(passedMs);
  });
});

describe('days', () => {
  test.each([
    ['2026-11-23', 'oggi'],
    ['2026-11-24', 'domani, mar 24 nov'],
    ['2026-11-25', 'mer 25 nov'],
    ['2026-11-22', 'dom 22 nov'],
  ])('%s is said as %s on 23 November', (day, words) => {
    expect(sayDay(day, at('2026-11-23T22:59:00Z'), ROME)).toBe(words);
  });

  // Half past midnight in Rome is still yesterday in London and Apia, and tomorrow nowhere.
  test.each([
    ['Europe/Rome', '2026-11-24'],
    ['Europe/London', '2026-11-23'],
    ['Pacific/Apia', '2026-11-24'],
    ['Asia/Kathmandu', '2026-11-24'],
    ['Australia/Lord_Howe', '2026-11-24'],
  ])('the day in %s is its own', (timeZone, day) => {
    expect(dayOf(at('2026-11-23T23:30:00Z'), timeZone)).toBe(day);
  });

  test.each([
    ['the night clocks go forward', '2026-03-28T23:30:00Z', '2026-03-30', 'domani, lun 30 mar'],
    ['the night clocks go back', '2026-10-24T23:30:00Z', '2026-10-26', 'domani, lun 26 ott'],
  ])('tomorrow is one date ahead on %s, however many hours that is', (_, now, day, words) => {
    expect(sayDay(day, at(now), ROME)).toBe(words);
  });

  test.each([
    ['en-GB', 'tomorrow, Tue 24 Nov'],
    ['en-US', 'tomorrow, Tue, Nov 24'],
    ['it-IT', 'domani, mar 24 nov'],
    ['fr-FR', 'demain, mar. 24 nov.'],
    ['de-DE', 'morgen, Di., 24. Nov.'],
    ['es-ES', 'mañana, mar, 24 nov'],
  ])('%s says tomorrow as %s', (locale, words) => {
    expect(sayDay('2026-11-24', at('2026-11-23T09:00:00Z'), { ...ROME, locale })).toBe(words);
  });
});

describe('times and what is left', () => {
  test('a time is the place’s own', () => {
    const instant = at('2026-11-23T14:31:00Z');
    expect(sayTime(instant, ROME)).toBe('15:31');
    expect(sayTime(instant, { ...ROME, timeZone: 'Europe/London' })).toBe('14:31');
  });

  test('elapsed time counts over a change of clocks, not the hands of the clock', () => {
    const left = at('2026-03-29T03:30:00+02:00') - at('2026-03-29T01:30:00+01:00');
    expect(sayLeft(left, 'en-GB')).toBe('1 hr');
  });

  test.each([
    [0, ''],
    [MINUTE_MS - 1, ''],
    [MINUTE_MS, '1 min'],
    [59 * MINUTE_MS + 59_999, '59 mins'],
    [HOUR_MS, '1 hr'],
    [3 * HOUR_MS + 19 * MINUTE_MS, '3 hrs 19 mins'],
  ])('%i ms are said as %j: never more than is left', (left, words) => {
    expect(sayLeft(left, 'en-GB')).toBe(words);
  });

  test.each([
    [0, '0 m'],
    [999, '999 m'],
    [1_000, '1 km'],
    [1_640, '1,6 km'],
    [12_400, '12 km'],
  ])('%i meters are said as %s', (meters, words) => {
    expect(sayDistance(meters, 'it-IT').replaceAll(' ', ' ')).toBe(words);
  });

  test('a window that ends at midnight ends with its day', () => {
    expect(isMidnight('2026-11-25T00:00:00+01:00')).toBe(true);
    expect(isMidnight('2026-11-24T12:00:00+01:00')).toBe(false);
  });
});

test('what is filled in is filled in as it is, and what is missing is left out', () => {
  expect(fill('[day] by [time]', { day: '<b>', time: '12:00' })).toBe('<b> by 12:00');
  expect(fill('[day] by [time]', { day: 'Tue' })).toBe('Tue by ');
});
