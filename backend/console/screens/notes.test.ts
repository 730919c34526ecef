import { expect, test } from 'vitest';
import {
  promisedTransit,
  readCounts,
  readExtraPickups,
  readIntervals,
  readMoney,
  readRestrictions,
  readTime,
  readTimes,
  writeIntervals,
  writeMoney,
} from './notes.ts';

test.each([
  [
    '10:00–13:00, 15:30–19:30',
    [
      ['10:00', '13:00'],
      ['15:30', '19:30'],
    ],
  ],
  ['9:00-18.30', [['09:00', '18:30']]],
  ['10:00 19:00', [['10:00', '19:00']]],
  ['18:00–26:00', [['18:00', '26:00']]],
  ['', []],
  ['10:00', undefined],
  ['10:00–25:61', undefined],
  ['closed', undefined],
])('the hours "%s" are read as they are meant', (text, intervals) => {
  expect(readIntervals(text)).toEqual(intervals);
});

test('hours written and read again are the same hours', () => {
  const hours = [
    ['09:30', '13:00'],
    ['15:30', '26:30'],
  ] as const;
  expect(readIntervals(writeIntervals(hours))).toEqual(hours);
});

test('times and counts may stand in any spacing, and a wrong one spoils the list', () => {
  expect(readTimes('14:00, 18:30')).toEqual(['14:00', '18:30']);
  expect(readTimes('')).toEqual([]);
  expect(readTimes('14:00, soon')).toBeUndefined();
  expect(readTime('7.05')).toBe('07:05');
  expect(readCounts('0 120  8,1')).toEqual([0, 120, 8, 1]);
  expect(readCounts('0 -1')).toBeUndefined();
});

test('extra pickups and restrictions are read line by line', () => {
  expect(readExtraPickups('2026-11-29 14:30\n\n')).toEqual([{ date: '2026-11-29', time: '14:30' }]);
  expect(readExtraPickups('29 November')).toBeUndefined();
  expect(readRestrictions('flammable\nfur GB FR\n')).toEqual([
    { productTag: 'flammable' },
    { productTag: 'fur', countries: ['GB', 'FR'] },
  ]);
});

test('an amount is read in minor units, exactly', () => {
  const read = (text: string) => readMoney(text, 2);
  expect(['5', '5.9', '5,90', '0.07', '', '5.999', '-1'].map(read)).toEqual([
    500,
    590,
    590,
    7,
    undefined,
    undefined,
    undefined,
  ]);
});

test('an amount has the decimals of its currency', () => {
  expect([readMoney('500', 0), readMoney('500.5', 0), readMoney('1.25', 3)]).toEqual([
    500,
    undefined,
    1_250,
  ]);
  expect([writeMoney(500, 0), writeMoney(500, 2), writeMoney(1_250, 3)]).toEqual([
    '500',
    '5.00',
    '1.250',
  ]);
});

test('the promised transit is the first day that holds for the level, and nothing under 30 deliveries', () => {
  expect(promisedTransit([0, 95, 5], 0.95)).toEqual({ total: 100, days: 1, share: 95 });
  expect(promisedTransit([0, 94, 6], 0.95)).toEqual({ total: 100, days: 2, share: 100 });
  expect(promisedTransit([0, 29], 0.95)).toMatchObject({ total: 29, days: undefined });
});
