import { expect, test } from 'vitest';
import { endAt } from './format.ts';

test.each([
  ['an end within a day', '2026-11-25T17:30:00Z', 'Europe/Rome', 'Wed 25 Nov, 18:30'],
  ['a midnight ends the day before', '2026-11-25T23:00:00Z', 'Europe/Rome', 'Wed 25 Nov, 24:00'],
  ['a day that began an hour late', '2026-03-29T22:00:00Z', 'Europe/Rome', 'Sun 29 Mar, 24:00'],
])('%s', (_, instant, timeZone, said) => {
  expect(endAt(instant, timeZone)).toBe(said);
});
