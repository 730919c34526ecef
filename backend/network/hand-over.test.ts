import { expect, test } from 'vitest';
import {
  milanPoint,
  type NodeInput,
  oneWarehouse,
  type PointInput,
  parsed,
  pointService,
  weekdays,
} from '../../tests/worlds/worlds.ts';
import { formatMinute, instantToMinuteFloor } from '../base/time.ts';
import { type HandOver, pickupHandOver, pointHandOver } from './hand-over.ts';
import { idleLoad } from './load.ts';
import { compileNetwork } from './network.ts';

function shown(handOver: HandOver | undefined, timeZone: string): string {
  if (handOver === undefined) return 'none';
  const { fromMinute, toMinute } = handOver;
  return `${formatMinute(fromMinute, timeZone).slice(5, 16)} ${formatMinute(toMinute, timeZone).slice(5, 16)}`;
}

function collected(node: Partial<NodeInput>, ready: string, at = ready): string {
  const atMinute = instantToMinuteFloor(at);
  const snapshot = compileNetwork(
    parsed(oneWarehouse({ kind: 'store', offersPickup: true, ...node })),
    atMinute,
  );
  const readyMinute = instantToMinuteFloor(ready);
  return shown(
    pickupHandOver(snapshot, { node: 0, readyMinute, atMinute, load: idleLoad(snapshot, 0) }),
    node.timeZone ?? 'Europe/Rome',
  );
}

const STORE = { hours: weekdays('10:00', '20:00') };

test.each<[string, Partial<NodeInput>, string, string]>([
  [
    'the first quarter hour after ready',
    STORE,
    '2026-11-30T10:01+01:00',
    '11-30T10:15 11-30T20:00',
  ],
  ['a quarter hour itself is it', STORE, '2026-11-30T10:15+01:00', '11-30T10:15 11-30T20:00'],
  ['before opening: the opening', STORE, '2026-11-30T07:01+01:00', '11-30T10:00 11-30T20:00'],
  [
    'an opening that is no quarter hour: the next quarter',
    { hours: weekdays('10:05', '20:00') },
    '2026-11-30T07:00+01:00',
    '11-30T10:15 11-30T20:00',
  ],
  [
    'a quarter of an hour before closing is still time',
    STORE,
    '2026-11-30T19:45+01:00',
    '11-30T19:45 11-30T20:00',
  ],
  [
    'a minute later is not: the next opening',
    STORE,
    '2026-11-30T19:46+01:00',
    '12-01T10:00 12-01T20:00',
  ],
  [
    'a store that wants an hour',
    { ...STORE, lastHandOverMinutes: 60 },
    '2026-11-30T19:01+01:00',
    '12-01T10:00 12-01T20:00',
  ],
  [
    'a store that wants none still needs to be open',
    { ...STORE, lastHandOverMinutes: 0 },
    '2026-11-30T19:50+01:00',
    '12-01T10:00 12-01T20:00',
  ],
  [
    'an opening shorter than it asks is passed over',
    {
      hours: {
        weekly: {
          mon: [
            ['10:00', '10:10'],
            ['12:00', '13:00'],
          ],
        },
      },
    },
    '2026-11-30T09:00+01:00',
    '11-30T12:00 11-30T13:00',
  ],
  [
    'the window ends when that opening closes: lunch',
    {
      hours: {
        weekly: {
          mon: [
            ['10:00', '13:00'],
            ['15:00', '19:00'],
          ],
        },
      },
    },
    '2026-11-30T11:00+01:00',
    '11-30T11:00 11-30T13:00',
  ],
  [
    'openings that touch at midnight are one',
    { hours: { weekly: { mon: [['10:00', '24:00']], tue: [['00:00', '02:00']] } } },
    '2026-11-30T23:55+01:00',
    '12-01T00:00 12-01T02:00',
  ],
  [
    'a store that never closes: at most 24 hours',
    {},
    '2026-11-30T11:00+01:00',
    '11-30T11:00 12-01T11:00',
  ],
  ['24 hours are elapsed ones', {}, '2026-10-24T12:00+02:00', '10-24T12:00 10-25T11:00'],
  [
    'Kathmandu’s quarters are its own clock’s',
    { ...STORE, country: 'NP', timeZone: 'Asia/Kathmandu' },
    '2026-11-30T04:16Z',
    '11-30T10:15 11-30T20:00',
  ],
  [
    'Lord Howe’s 02:00 is skipped, 02:30 is the next quarter',
    { country: 'AU', timeZone: 'Australia/Lord_Howe' },
    '2026-10-03T15:25Z',
    '10-04T02:30 10-05T02:30',
  ],
])('rule 11: %s', (_fact, node, ready, expected) => {
  expect(collected(node, ready)).toBe(expected);
});

test('a hand-over 60 × 24 hours after `at` does not exist, one minute less does', () => {
  const node: Partial<NodeInput> = {
    hours: { weekly: {}, exceptions: [{ date: '2027-01-29', intervals: [['10:00', '18:00']] }] },
  };
  expect(collected(node, '2026-12-01T00:00+01:00', '2026-11-30T10:01+01:00')).toBe(
    '01-29T10:00 01-29T18:00',
  );
  expect(collected(node, '2026-12-01T00:00+01:00', '2026-11-30T10:00+01:00')).toBe('none');
});

function atPoint(point: Partial<PointInput>, windowEnd: string, at = windowEnd): string {
  const world = oneWarehouse();
  const source = { ...milanPoint(), ...point };
  const atMinute = instantToMinuteFloor(at);
  const snapshot = compileNetwork(
    parsed({ ...world, services: [...world.services, pointService()], pickupPoints: [source] }),
    atMinute,
  );
  const toMinute = instantToMinuteFloor(windowEnd);
  return shown(pointHandOver(snapshot, { point: 0, toMinute, atMinute }), source.timeZone);
}

test.each<[string, Partial<PointInput>, string, string]>([
  [
    'midnight waits for the counter to open',
    {},
    '2026-12-01T00:00+01:00',
    '12-01T09:00 12-01T12:30',
  ],
  ['an open minute is it, to the minute', {}, '2026-12-01T10:07+01:00', '12-01T10:07 12-01T12:30'],
  ['at closing: after lunch', {}, '2026-12-01T12:30+01:00', '12-01T15:00 12-01T19:30'],
  ['a public holiday is waited out', {}, '2026-12-08T00:00+01:00', '12-09T09:00 12-09T12:30'],
  [
    'but not at a locker',
    { opensOnHolidays: true },
    '2026-12-08T00:00+01:00',
    '12-08T09:00 12-08T12:30',
  ],
  [
    'a locker that never closes: 24 hours',
    {
      hours: {
        weekly: Object.fromEntries(
          ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [
            day,
            [['00:00', '24:00']],
          ]),
        ),
      },
      opensOnHolidays: true,
    },
    '2026-12-08T00:00+01:00',
    '12-08T00:00 12-09T00:00',
  ],
])('rule 12: %s', (_fact, point, windowEnd, expected) => {
  expect(atPoint(point, windowEnd)).toBe(expected);
});

test('a point that opens 60 × 24 hours after `at` is none', () => {
  const hours = {
    weekly: {},
    exceptions: [
      { date: '2027-01-29', intervals: [['10:00', '18:00'] satisfies [string, string]] },
    ],
  };
  expect(atPoint({ hours }, '2026-12-02T00:00+01:00', '2026-11-30T10:01+01:00')).toBe(
    '01-29T10:00 01-29T18:00',
  );
  expect(atPoint({ hours }, '2026-12-02T00:00+01:00', '2026-11-30T10:00+01:00')).toBe('none');
});
