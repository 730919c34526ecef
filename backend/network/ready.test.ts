import { expect, test } from 'vitest';
import { type Asked, readyAt } from '../../tests/worlds/ready-at.ts';
import { type NodeInput, onWeekdays, weekdays } from '../../tests/worlds/worlds.ts';

const OFFICE = { hours: weekdays('08:00', '18:00'), cutOffs: onWeekdays('16:00') };
const RATED = { hours: weekdays('08:00', '18:00'), unitsPerHour: 60 };
const MONDAY_9 = '2026-11-30T09:00+01:00';

test.each<[string, Partial<NodeInput>, Asked, string]>([
  ['a unit at 60 an hour takes a minute', RATED, { at: MONDAY_9 }, '2026-11-30T09:01'],
  [
    '7 an hour: one unit is 8 4/7 minutes, raised',
    { ...RATED, unitsPerHour: 7 },
    { at: MONDAY_9 },
    '2026-11-30T09:09',
  ],
  [
    '7 an hour: seven units are an hour, exactly',
    { ...RATED, unitsPerHour: 7 },
    { at: MONDAY_9, units: 7 },
    '2026-11-30T10:00',
  ],
  [
    'a fraction is carried into the lead time, then raised once',
    { ...RATED, unitsPerHour: 7, leadTimeMinutes: 10 },
    { at: MONDAY_9 },
    '2026-11-30T09:19',
  ],
  [
    'many units a minute: 600 an hour, ten of them',
    { ...RATED, unitsPerHour: 600 },
    { at: MONDAY_9, units: 10 },
    '2026-11-30T09:01',
  ],
  [
    'eleven of them begin a second minute',
    { ...RATED, unitsPerHour: 600 },
    { at: MONDAY_9, units: 11 },
    '2026-11-30T09:02',
  ],
  [
    'backlog comes first',
    { ...RATED, backlogUnits: 30, backlogAsOf: MONDAY_9 },
    { at: MONDAY_9 },
    '2026-11-30T09:31',
  ],
  [
    'backlog is worked off meanwhile',
    { ...RATED, backlogUnits: 30, backlogAsOf: '2026-11-30T08:40+01:00' },
    { at: MONDAY_9 },
    '2026-11-30T09:11',
  ],
  [
    'a backlog worked off long ago costs nothing',
    { ...RATED, backlogUnits: 30, backlogAsOf: '2026-11-27T08:00+01:00' },
    { at: MONDAY_9 },
    '2026-11-30T09:01',
  ],
  [
    'a backlog of six weeks ago that takes today as well',
    { ...RATED, unitsPerHour: 1, backlogUnits: 310, backlogAsOf: '2026-10-19T08:00+02:00' },
    { at: MONDAY_9 },
    '2026-12-01T09:00',
  ],
  [
    'a backlog counted after the start of work is taken as of the start',
    { ...RATED, backlogUnits: 30, backlogAsOf: '2026-12-03T08:00+01:00' },
    { at: MONDAY_9 },
    '2026-11-30T09:31',
  ],
  [
    'unitsPerDay stops the day',
    { ...RATED, unitsPerDay: 5 },
    { at: MONDAY_9, units: 6 },
    '2026-12-01T08:01',
  ],
  [
    'unitsPerDay reached exactly is still today',
    { ...RATED, unitsPerDay: 5 },
    { at: MONDAY_9, units: 5 },
    '2026-11-30T09:05',
  ],
  [
    'backlog uses the day’s units too',
    { ...RATED, unitsPerDay: 5, backlogUnits: 5, backlogAsOf: MONDAY_9 },
    { at: MONDAY_9 },
    '2026-12-01T08:01',
  ],
  [
    'a backlog counted mid-day counts its day from 0',
    { ...RATED, unitsPerDay: 5, backlogUnits: 4, backlogAsOf: '2026-11-30T17:00+01:00' },
    { at: '2026-11-30T17:10+01:00' },
    '2026-11-30T17:11',
  ],
  [
    'a night shift counts by the date of the minute',
    { hours: weekdays('18:00', '30:00'), unitsPerHour: 60, unitsPerDay: 5 },
    { at: '2026-11-30T23:00+01:00', units: 6 },
    '2026-12-01T00:01',
  ],
  [
    'without a rate the day’s units go at its first open minute',
    { hours: weekdays('08:00', '18:00'), unitsPerDay: 5 },
    { at: MONDAY_9, units: 11 },
    '2026-12-02T08:00',
  ],
  [
    'without a rate or limit units and backlog take no time',
    { hours: weekdays('08:00', '18:00'), backlogUnits: 900, backlogAsOf: MONDAY_9 },
    { at: MONDAY_9, units: 11 },
    '2026-11-30T09:00',
  ],
  [
    'without a rate the backlog takes whole days first',
    { hours: weekdays('08:00', '18:00'), unitsPerDay: 5, backlogUnits: 12, backlogAsOf: MONDAY_9 },
    { at: MONDAY_9, units: 3 },
    '2026-12-02T08:00',
  ],
  [
    'and one unit more goes a day later',
    { hours: weekdays('08:00', '18:00'), unitsPerDay: 5, backlogUnits: 12, backlogAsOf: MONDAY_9 },
    { at: MONDAY_9, units: 4 },
    '2026-12-03T08:00',
  ],
  [
    'a full date is skipped',
    { ...OFFICE, ordersPerDay: 2, ordersByDate: { '2026-11-30': 2 } },
    { at: MONDAY_9 },
    '2026-12-01T08:00',
  ],
  [
    'a date with one order left is not full',
    { ...OFFICE, ordersPerDay: 2, ordersByDate: { '2026-11-30': 1 } },
    { at: MONDAY_9 },
    '2026-11-30T09:00',
  ],
  [
    'lead time skips a full date in the middle',
    { ...OFFICE, leadTimeMinutes: 600, ordersPerDay: 2, ordersByDate: { '2026-12-01': 2 } },
    { at: MONDAY_9 },
    '2026-12-02T09:00',
  ],
  [
    'a minute the backlog began on a full date is not carried into the next',
    {
      ...RATED,
      unitsPerHour: 7,
      backlogUnits: 73,
      backlogAsOf: MONDAY_9,
      ordersPerDay: 1,
      ordersByDate: { '2026-12-01': 1 },
    },
    { at: MONDAY_9 },
    '2026-12-02T08:09',
  ],
  [
    'nor is it under a daily limit',
    {
      ...RATED,
      unitsPerHour: 7,
      unitsPerDay: 100,
      backlogUnits: 73,
      backlogAsOf: MONDAY_9,
      ordersPerDay: 1,
      ordersByDate: { '2026-12-01': 1 },
    },
    { at: MONDAY_9 },
    '2026-12-02T08:09',
  ],
  [
    'backlog is still worked off on a full date',
    {
      ...RATED,
      backlogUnits: 600,
      backlogAsOf: '2026-11-30T08:00+01:00',
      ordersPerDay: 1,
      ordersByDate: { '2026-11-30': 1 },
    },
    { at: MONDAY_9 },
    '2026-12-01T08:01',
  ],
  [
    'incoming with an instant: work starts then',
    OFFICE,
    { at: MONDAY_9, usable: '2026-11-30T17:20+01:00' },
    '2026-11-30T17:20',
  ],
  [
    'incoming after closing waits for the next opening, without a cut-off',
    OFFICE,
    { at: MONDAY_9, usable: '2026-11-30T18:00+01:00' },
    '2026-12-01T08:00',
  ],
  [
    'incoming before the order’s own start changes nothing',
    OFFICE,
    { at: '2026-11-30T16:00+01:00', usable: '2026-11-30T17:00+01:00' },
    '2026-12-01T08:00',
  ],
])('rule 2: %s', (_fact, node, asked, expected) => {
  expect(readyAt(node, asked)).toBe(expected);
});

const STORE = {
  hours: weekdays('10:00', '20:00'),
  cutOffs: onWeekdays('12:00'),
  leadTimeMinutes: 300,
  pickupLeadMinutes: 30,
};

test.each<[string, Partial<NodeInput>, string, string]>([
  [
    'pickup ignores the order cut-off and has its own lead time',
    STORE,
    '2026-11-30T19:00+01:00',
    '2026-11-30T19:30',
  ],
  [
    'its own cut-off holds: a minute before',
    { ...STORE, pickupCutOffs: { mon: '18:00' } },
    '2026-11-30T17:59+01:00',
    '2026-11-30T18:29',
  ],
  [
    'its own cut-off holds: at it',
    { ...STORE, pickupCutOffs: { mon: '18:00' } },
    '2026-11-30T18:00+01:00',
    '2026-12-01T10:30',
  ],
  [
    'a weekday without one takes orders until closing',
    { ...STORE, pickupCutOffs: { tue: '18:00' } },
    '2026-11-30T19:59+01:00',
    '2026-12-01T10:29',
  ],
  [
    'a dated exception’s pickup cut-off speaks first',
    {
      ...STORE,
      hours: {
        ...weekdays('10:00', '20:00'),
        exceptions: [
          { date: '2026-11-30', intervals: [['10:00', '20:00']], pickupCutOff: '11:00' },
        ],
      },
      pickupCutOffs: { mon: '18:00' },
    },
    '2026-11-30T11:00+01:00',
    '2026-12-01T10:30',
  ],
])('rule 11: %s', (_fact, node, at, expected) => {
  expect(readyAt(node, { at, kind: 'pickup' })).toBe(expected);
});
