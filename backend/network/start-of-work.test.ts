import { expect, test } from 'vitest';
import { readyAt } from '../../tests/worlds/ready-at.ts';
import { type NodeInput, onWeekdays, weekdays } from '../../tests/worlds/worlds.ts';

const OFFICE = { hours: weekdays('08:00', '18:00'), cutOffs: onWeekdays('16:00') };
// In Italy both days around the spring change of 2027 are Easter; in Spain as a whole neither is a holiday.
const MADRID = { timeZone: 'Europe/Madrid', country: 'ES' };
const DAY: [string, string][] = [['08:00', '18:00']];

// 2026-11-30 is a Monday; 8 December is a public holiday in Italy.
test.each<[string, Partial<NodeInput>, string, string]>([
  [
    'a minute before the cut-off counts today',
    OFFICE,
    '2026-11-30T15:59+01:00',
    '2026-11-30T15:59',
  ],
  [
    'seconds before the cut-off count today',
    OFFICE,
    '2026-11-30T15:59:59+01:00',
    '2026-11-30T15:59',
  ],
  [
    'the cut-off itself counts for the next day',
    OFFICE,
    '2026-11-30T16:00+01:00',
    '2026-12-01T08:00',
  ],
  ['before opening, work starts at opening', OFFICE, '2026-11-30T06:00+01:00', '2026-11-30T08:00'],
  [
    'Friday after the cut-off waits for Monday',
    OFFICE,
    '2026-11-27T16:00+01:00',
    '2026-11-30T08:00',
  ],
  ['a holiday is skipped', OFFICE, '2026-12-07T16:00+01:00', '2026-12-09T08:00'],
  [
    'an exception with hours opens a holiday, with the weekday’s cut-off',
    {
      ...OFFICE,
      hours: {
        ...weekdays('08:00', '18:00'),
        exceptions: [{ date: '2026-12-08', intervals: [['09:00', '12:00']] }],
      },
    },
    '2026-12-08T09:30+01:00',
    '2026-12-08T09:30',
  ],
  [
    'an exception’s own cut-off speaks before the weekday’s',
    {
      ...OFFICE,
      hours: {
        ...weekdays('08:00', '18:00'),
        exceptions: [{ date: '2026-12-01', intervals: [['08:00', '18:00']], cutOff: '10:00' }],
      },
    },
    '2026-12-01T10:00+01:00',
    '2026-12-02T08:00',
  ],
  [
    'an exception without hours closes the date',
    {
      ...OFFICE,
      hours: { ...weekdays('08:00', '18:00'), exceptions: [{ date: '2026-12-01', intervals: [] }] },
    },
    '2026-11-30T16:00+01:00',
    '2026-12-02T08:00',
  ],
  [
    'without a cut-off the last closing is it: a minute before',
    { hours: weekdays('08:00', '18:00') },
    '2026-11-30T17:59+01:00',
    '2026-11-30T17:59',
  ],
  [
    'without a cut-off the last closing is it: at closing',
    { hours: weekdays('08:00', '18:00') },
    '2026-11-30T18:00+01:00',
    '2026-12-01T08:00',
  ],
  [
    'a cut-off after closing still goes to the next day',
    { hours: weekdays('08:00', '18:00'), cutOffs: onWeekdays('20:00') },
    '2026-11-30T19:00+01:00',
    '2026-12-01T08:00',
  ],
  [
    'a cut-off past 24:00 counts for yesterday’s shift',
    { hours: weekdays('18:00', '27:00'), cutOffs: onWeekdays('26:30') },
    '2026-12-01T02:29+01:00',
    '2026-12-01T02:29',
  ],
  [
    'at a cut-off past 24:00 the next shift begins',
    { hours: weekdays('18:00', '27:00'), cutOffs: onWeekdays('26:30') },
    '2026-12-01T02:30+01:00',
    '2026-12-01T18:00',
  ],
  [
    'a holiday does not cut last night’s shift',
    { hours: weekdays('18:00', '27:00') },
    '2026-12-08T02:59+01:00',
    '2026-12-08T02:59',
  ],
  [
    'but it closes the shift that would begin on it',
    { hours: weekdays('18:00', '27:00') },
    '2026-12-08T03:00+01:00',
    '2026-12-09T18:00',
  ],
  [
    'a late cut-off of yesterday speaks before an early one of today',
    { hours: weekdays('08:00', '18:00'), cutOffs: { mon: '47:00', tue: '10:00' } },
    '2026-12-01T12:00+01:00',
    '2026-12-01T12:00',
  ],
  [
    'once it has passed, today’s early one has passed too',
    { hours: weekdays('08:00', '24:00'), cutOffs: { mon: '47:00', tue: '10:00' } },
    '2026-12-01T23:00+01:00',
    '2026-12-02T08:00',
  ],
  [
    'a lunch break is not worked',
    {
      hours: {
        weekly: {
          mon: [
            ['08:00', '12:00'],
            ['13:00', '18:00'],
          ],
        },
      },
      leadTimeMinutes: 60,
    },
    '2026-11-30T11:30+01:00',
    '2026-11-30T13:30',
  ],
  [
    'a lead time that ends at the lunch break is ready then',
    {
      hours: {
        weekly: {
          mon: [
            ['08:00', '12:00'],
            ['13:00', '18:00'],
          ],
        },
      },
      leadTimeMinutes: 30,
    },
    '2026-11-30T11:30+01:00',
    '2026-11-30T12:00',
  ],
  [
    'a lead time runs on over nights',
    { hours: weekdays('08:00', '18:00'), leadTimeMinutes: 660 },
    '2026-11-30T17:00+01:00',
    '2026-12-01T18:00',
  ],
  [
    'the day the clocks go back has 25 hours',
    { leadTimeMinutes: 1_440 },
    '2026-10-25T00:00+02:00',
    '2026-10-25T23:00',
  ],
  [
    'the day they go forward has 23',
    { ...MADRID, leadTimeMinutes: 1_440 },
    '2027-03-28T00:00+01:00',
    '2027-03-29T01:00',
  ],
  [
    'an opening in the gap is an opening after it',
    { ...MADRID, hours: { weekly: { sun: [['02:30', '12:00']] } }, leadTimeMinutes: 10 },
    '2027-03-28T00:00+01:00',
    '2027-03-28T03:40',
  ],
  [
    'an opening inside the gap is no opening',
    { ...MADRID, hours: { weekly: { sun: [['02:10', '02:50']], mon: DAY } } },
    '2027-03-28T00:00+01:00',
    '2027-03-29T08:00',
  ],
  [
    'a closing in the fold is the first one',
    { hours: { weekly: { sun: [['00:00', '02:30']], mon: DAY } }, leadTimeMinutes: 160 },
    '2026-10-25T00:00+02:00',
    '2026-10-26T08:10',
  ],
  [
    'a cut-off in the fold is the first one: before',
    { hours: { weekly: { sun: [['00:00', '12:00']], mon: DAY } }, cutOffs: { sun: '02:30' } },
    '2026-10-25T02:29+02:00',
    '2026-10-25T02:29',
  ],
  [
    'a cut-off in the fold is the first one: after',
    { hours: { weekly: { sun: [['00:00', '12:00']], mon: DAY } }, cutOffs: { sun: '02:30' } },
    '2026-10-25T02:30+02:00',
    '2026-10-26T08:00',
  ],
])('rule 1: %s', (_fact, node, at, expected) => {
  expect(readyAt(node, { at })).toBe(expected);
});

test.each<[string, string, string, string]>([
  ['Asia/Kathmandu', 'NP', '2026-11-30T10:15Z', '2026-12-01T08:00'],
  ['Asia/Kathmandu', 'NP', '2026-11-30T10:14Z', '2026-11-30T15:59'],
  ['Australia/Lord_Howe', 'AU', '2026-11-30T05:00Z', '2026-12-01T08:00'],
  ['Australia/Lord_Howe', 'AU', '2026-11-30T04:59Z', '2026-11-30T15:59'],
  ['Pacific/Apia', 'WS', '2026-11-30T02:59Z', '2026-11-30T15:59'],
  ['Pacific/Apia', 'WS', '2026-11-30T03:00Z', '2026-12-01T08:00'],
  ['Atlantic/Canary', 'ES', '2026-11-30T15:59Z', '2026-11-30T15:59'],
  ['America/New_York', 'US', '2026-11-30T20:59Z', '2026-11-30T15:59'],
])('rule 1: 16:00 in %s is that clock’s 16:00 (%s, %s)', (timeZone, country, at, expected) => {
  expect(readyAt({ ...OFFICE, timeZone, country }, { at })).toBe(expected);
});
