// How long a ready pickup is kept: opening days, not days.
import { expect, test } from 'vitest';
import { compileZone, formatMinute, instantToMinuteFloor, parseDay } from '../../base/time.ts';
import { keptUntil } from './pickups.ts';

const NOW = instantToMinuteFloor('2026-11-20T10:00:00Z');
const zone = compileZone('Europe/Rome', NOW - 60 * 1_440, NOW + 60 * 1_440);
// Friday 20 to Saturday 28 November, closed on Sunday 22 and Monday 23; each day closes at 19:00 (18:00 UTC).
const DAYS = ['20', '21', '24', '25', '26', '27', '28'].map((day) => `2026-11-${day}`);
const calendar = {
  zone,
  openDays: Int32Array.from(DAYS, parseDay),
  lastClosing: Int32Array.from(DAYS, (day) => instantToMinuteFloor(`${day}T18:00:00Z`)),
};
const until = (readyAt: string, days: number) =>
  formatMinute(keptUntil(calendar, instantToMinuteFloor(readyAt), days), 'Europe/Rome').slice(
    0,
    16,
  );

test.each([
  ['2026-11-20T10:00:00Z', 1, '2026-11-21T19:00'],
  ['2026-11-20T10:00:00Z', 2, '2026-11-24T19:00'],
  ['2026-11-20T10:00:00Z', 6, '2026-11-28T19:00'],
  // Ready on a closed day: the next opening day is the first.
  ['2026-11-22T10:00:00Z', 1, '2026-11-24T19:00'],
  // Ready after closing: the day is over all the same.
  ['2026-11-24T22:00:00Z', 1, '2026-11-25T19:00'],
  // Beyond what is known of its hours, days are just days.
  ['2026-11-27T10:00:00Z', 5, '2026-12-02T19:00'],
])('ready at %s, kept %i opening days: until %s', (readyAt, days, kept) => {
  expect(until(readyAt, days)).toBe(kept);
});

test('one day more is never earlier', () => {
  for (let days = 1; days < 12; days += 1) {
    const kept = keptUntil(calendar, NOW, days);
    expect(keptUntil(calendar, NOW, days + 1)).toBeGreaterThanOrEqual(kept);
  }
});
