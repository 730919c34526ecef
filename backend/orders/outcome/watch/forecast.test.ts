// When it will be there, and where a date moves to.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileZone, formatMinute, instantToMinuteFloor } from '../../../base/time.ts';
import { dueMinuteOf, type ForecastPart, forecastOrder, movedWindow } from './forecast.ts';

const NOW = instantToMinuteFloor('2026-11-25T12:00:00Z');
const at = instantToMinuteFloor;
const zone = compileZone('Europe/Rome', NOW - 600_000, NOW + 600_000);
const PART: ForecastPart = {
  kind: 'ship',
  state: 'shipped',
  plannedMinute: NOW + 1_000,
  expectedMinute: undefined,
  thereMinute: undefined,
};

test.each([
  ['a plan holds', {}, { endMinute: NOW + 1_000, source: 'plan' }],
  [
    'a carrier’s word beats the plan',
    { expectedMinute: NOW + 9 },
    { endMinute: NOW + 9, source: 'carrier' },
  ],
  [
    'a plan that has passed says nothing',
    { plannedMinute: NOW - 1 },
    { endMinute: undefined, source: 'overdue' },
  ],
  ['what is there is there', { thereMinute: NOW - 5 }, { endMinute: NOW - 5, source: 'there' }],
  [
    'what has no place has no end',
    { state: 'unplaced' },
    { endMinute: undefined, source: 'unplaced' },
  ],
] as const)('%s', (_title, part, expected) => {
  expect(forecastOrder([{ ...PART, ...part }], NOW)).toEqual(expected);
});

test('an order ends with its last part, and what is canceled is no part', () => {
  const parts = [PART, { ...PART, plannedMinute: NOW + 2_000 }];
  const gone = { ...PART, state: 'canceled', plannedMinute: NOW + 9_000 } as const;
  expect(forecastOrder([...parts, gone], NOW)?.endMinute).toBe(NOW + 2_000);
  expect(forecastOrder([gone], NOW)).toBeUndefined();
});

const HOME = {
  method: 'home',
  fromMinute: at('2026-11-26T23:00:00Z'),
  toMinute: at('2026-11-27T23:00:00Z'),
} as const;

test.each([
  ['2026-11-27T23:00:00Z', undefined],
  ['2026-11-27T23:01:00Z', '2026-11-28'],
  // Midnight in Rome: the whole of the 28th was enough.
  ['2026-11-28T23:00:00Z', '2026-11-28'],
  ['2026-11-28T23:01:00Z', '2026-11-29'],
])('a home delivery expected by %s moves to %s', (forecast, day) => {
  expect(
    movedWindow(HOME, at(forecast), { zone, openings: undefined, isCarriersWord: false })
      ?.promisedOn,
  ).toBe(day);
});

test('a moved window never ends before the forecast, and never earlier than the promise', () => {
  fc.assert(
    fc.property(fc.integer({ min: NOW, max: NOW + 60_000 }), (forecast) => {
      const moved = movedWindow(HOME, forecast, {
        zone,
        openings: undefined,
        isCarriersWord: false,
      });
      expect(moved === undefined).toBe(forecast <= dueMinuteOf(HOME));
      expect(moved?.toMinute ?? forecast).toBeGreaterThanOrEqual(forecast);
      expect(moved?.toMinute ?? Infinity).toBeGreaterThan(HOME.toMinute);
    }),
  );
});

test('a pickup point keeps its hours on the new date, and a carrier’s later hour counts', () => {
  const point = {
    method: 'pickup_point',
    fromMinute: at('2026-11-27T09:00:00Z'),
    toMinute: at('2026-11-27T18:30:00Z'),
  } as const;
  const move = (forecast: string, isCarriersWord: boolean) => {
    const moved = movedWindow(point, at(forecast), { zone, openings: undefined, isCarriersWord });
    return moved && [formatMinute(moved.fromMinute, 'UTC'), formatMinute(moved.toMinute, 'UTC')];
  };
  // The plan’s own end is when the point closes: a plan as promised moves nothing.
  expect(move('2026-11-27T18:30:00Z', false)).toBeUndefined();
  expect(move('2026-11-30T18:30:00Z', false)).toEqual([
    '2026-11-30T09:00:00+00:00',
    '2026-11-30T18:30:00+00:00',
  ]);
  expect(move('2026-11-30T13:05:00Z', true)).toEqual([
    '2026-11-30T13:15:00+00:00',
    '2026-11-30T18:30:00+00:00',
  ]);
});

test('a pickup moves to the first quarter hour in which the store is open, until it closes', () => {
  const openings = {
    openFrom: Int32Array.from([at('2026-11-27T09:00:00Z'), at('2026-11-28T09:00:00Z')]),
    openTo: Int32Array.from([at('2026-11-27T18:00:00Z'), at('2026-11-28T18:00:00Z')]),
  };
  const pickup = {
    method: 'store_pickup',
    fromMinute: at('2026-11-27T10:00:00Z'),
    toMinute: at('2026-11-27T18:00:00Z'),
  } as const;
  const move = (forecast: string) => {
    const moved = movedWindow(pickup, at(forecast), { zone, openings, isCarriersWord: false });
    if (moved === undefined) return undefined;
    return [moved.fromMinute, moved.toMinute].map((minute) => formatMinute(minute, 'UTC'));
  };
  expect(move('2026-11-27T10:00:00Z')).toBeUndefined();
  expect(move('2026-11-27T10:01:00Z')).toEqual([
    '2026-11-27T10:15:00+00:00',
    '2026-11-27T18:00:00+00:00',
  ]);
  expect(move('2026-11-27T18:00:00Z')).toEqual([
    '2026-11-28T09:00:00+00:00',
    '2026-11-28T18:00:00+00:00',
  ]);
});
