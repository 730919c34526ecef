import { expect, test } from 'vitest';
import { instantOfWall } from './wall-clock.ts';

test.each([
  ['2026-11-27', '19:30', 'Europe/Rome', '2026-11-27T18:30:00.000Z'],
  ['2026-07-01', '09:00', 'Europe/London', '2026-07-01T08:00:00.000Z'],
  // The hour that is skipped in Rome, and the hour that comes twice.
  ['2027-03-28', '02:30', 'Europe/Rome', '2027-03-28T01:30:00.000Z'],
  ['2026-10-25', '02:30', 'Europe/Rome', '2026-10-25T00:30:00.000Z'],
  ['2026-10-25', '03:00', 'Europe/Rome', '2026-10-25T02:00:00.000Z'],
  ['2026-12-01', '00:00', 'Asia/Kathmandu', '2026-11-30T18:15:00.000Z'],
])('%s %s in %s is %s', (day, time, timeZone, instant) => {
  expect(instantOfWall(day, time, timeZone)).toBe(instant);
});
