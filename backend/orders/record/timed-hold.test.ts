// Holds that end by themselves: what an order says, what the shop decided, and the clock.
import { expect, test } from 'vitest';
import { orderRecord } from '../../../tests/worlds/order-records.ts';
import { timedHold } from './timed-hold.ts';

const PLACED = '2026-11-25T10:00:00Z';
const settings = { editWindowMinutes: 30, giftDateAttribute: 'Ship on' };
const hold = (
  at: string,
  gift: string | null = null,
  record: Partial<ReturnType<typeof orderRecord>> = {},
) =>
  timedHold({ ...orderRecord('1', { placedAt: PLACED }), ...record }, settings, {
    attributes: [{ key: 'Ship on', value: gift }],
    timeZone: 'Europe/Rome',
    now: Temporal.Instant.from(at),
  });
const GIFT = { reason: 'gift_date', until: '2026-11-30T23:00:00Z' };
const EDIT = { reason: 'edit_window', until: '2026-11-25T10:30:00Z' };

test.each([
  ['in its window', PLACED, null, EDIT],
  ['a second before the window ends', '2026-11-25T10:29:59Z', null, EDIT],
  ['when the window ends', '2026-11-25T10:30:00Z', null, undefined],
  ['a gift for December', '2026-11-26T10:00:00Z', '2026-12-01', GIFT],
  ['a gift goes before the window', PLACED, ' 2026-12-01 ', GIFT],
  [
    'on the morning of the gift’s day, in the shop’s zone',
    '2026-11-30T23:00:00Z',
    '2026-12-01',
    undefined,
  ],
  ['a day that does not exist', '2026-11-26T10:00:00Z', '2026-02-30', undefined],
  ['no day at all', '2026-11-26T10:00:00Z', 'next week', undefined],
  ['a day in a year', '2026-11-26T10:00:00Z', '2027-12-01', undefined],
])('%s', (_title, at, gift, expected) => {
  expect(hold(at, gift)).toEqual(expected);
});

test('canceled orders, tills and orders of other systems wait for nothing', () => {
  expect(hold(PLACED, null, { state: 'canceled' })).toBeUndefined();
  expect(hold(PLACED, null, { method: 'none' })).toBeUndefined();
  expect(hold(PLACED, null, { source: 'api' })).toBeUndefined();
});
