import { expect, test } from 'vitest';
import {
  expiryAfter,
  HOLD_MINUTES,
  LONGEST_HOLD_MINUTES,
  RESERVATION_STATES,
  type ReservationState,
} from './reservations.ts';

test('a reservation ends once: from pending to one of three ends, from which nothing follows', () => {
  const states = Object.keys(RESERVATION_STATES) as ReservationState[];
  const ends: readonly string[] = RESERVATION_STATES.pending;
  expect(ends.toSorted()).toEqual(states.filter((state) => state !== 'pending').toSorted());
  for (const end of states.filter((state) => state !== 'pending')) {
    expect(RESERVATION_STATES[end]).toEqual([]);
  }
});

const at = (text: string) => Temporal.Instant.from(text);

test.each([
  ['10:00:00', '10:10:00'],
  ['10:00:01', '10:11:00'],
  ['10:00:59.999', '10:11:00'],
])(
  'asked for at %s it lasts until %s: a whole minute, never less than it was promised',
  (now, end) => {
    const { expiresAt, latestAt } = expiryAfter(at(`2026-11-30T${now}Z`), undefined);
    expect(expiresAt.toString()).toBe(`2026-11-30T${end}Z`);
    const beyond = LONGEST_HOLD_MINUTES - HOLD_MINUTES;
    expect(latestAt.toString()).toBe(expiresAt.add({ minutes: beyond }).toString());
  },
);

test('it is never extended beyond its latest end', () => {
  const latest = at('2026-11-30T10:12:00Z');
  expect(expiryAfter(at('2026-11-30T10:01:00Z'), latest).expiresAt.toString()).toBe(
    '2026-11-30T10:11:00Z',
  );
  expect(expiryAfter(at('2026-11-30T10:03:00Z'), latest).expiresAt.toString()).toBe(
    '2026-11-30T10:12:00Z',
  );
});
