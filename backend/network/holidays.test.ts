import { expect, test } from 'vitest';
import { formatDay, parseDay } from '../base/time.ts';
import { createHolidayBook, isKnownPlace, knownRegions } from './holidays.ts';

function holidaysIn(country: string, region: string | undefined, from: string, to: string) {
  const days = createHolidayBook().of({ country, region });
  const found: string[] = [];
  for (let day = parseDay(from); day <= parseDay(to); day += 1) {
    if (days.has(day)) found.push(formatDay(day).slice(5));
  }
  return found.join(' ');
}

test.each([
  ['IT', undefined, '2026-11-30', '2027-01-07', '12-08 12-25 12-26 01-01 01-06'],
  ['DE', undefined, '2026-11-30', '2027-01-07', '12-25 12-26 01-01'],
  ['DE', 'BY', '2026-11-30', '2027-01-07', '12-25 12-26 01-01 01-06'],
  ['GB', 'SCT', '2026-11-28', '2027-01-05', '11-30 12-25 12-26 12-28 01-01 01-02 01-04'],
  ['GB', 'ENG', '2026-11-28', '2027-01-05', '12-25 12-26 12-28 01-01'],
  ['ES', 'MD', '2026-12-01', '2026-12-31', '12-06 12-07 12-08 12-25'],
  ['US', undefined, '2026-11-20', '2026-11-30', '11-26'],
  ['NP', undefined, '2026-01-01', '2026-12-31', ''],
])('%s %s from %s to %s: %s', (country, region, from, to, expected) => {
  expect(holidaysIn(country, region, from, to)).toBe(expected);
});

test('a feast that begins at sunset closes that date too, and every date until it ends', () => {
  // date-holidays: 2027-03-08T15:00Z (18:00 in Istanbul) until 2027-03-12T09:00Z.
  expect(holidaysIn('TR', undefined, '2027-03-01', '2027-03-20')).toBe(
    '03-08 03-09 03-10 03-11 03-12',
  );
});

test('only public holidays count: 24 December is none in Germany, a bank holiday or not', () => {
  expect(holidaysIn('DE', undefined, '2026-12-24', '2026-12-24')).toBe('');
});

test('asking about an earlier year after a later one gives the same answer', () => {
  const days = createHolidayBook().of({ country: 'IT', region: undefined });
  const asked = ['2027-01-06', '2026-12-08', '2028-12-25', '2026-12-25', '2026-12-07'];
  expect(asked.map((day) => days.has(parseDay(day)))).toEqual([true, true, true, true, false]);
});

test.each([
  ['IT', undefined, true],
  ['IT', '25', true],
  ['IT', 'BY', false],
  ['DE', 'BY', true],
  ['DE', 'by', false],
  ['NP', undefined, true],
  ['NP', 'X', false],
  ['XX', undefined, false],
  ['ZZ', undefined, false],
])('%s %s is a place we know: %s', (country, region, expected) => {
  expect(isKnownPlace({ country, region })).toBe(expected);
});

test('the regions of a country are its state codes', () => {
  expect(knownRegions('AT')).toContain('9');
  expect(knownRegions('NP')).toEqual([]);
});
