import { expect, test } from 'vitest';
import {
  type NodeInput,
  oneWarehouse,
  onWeekdays,
  parsed,
  weekdays,
} from '../../tests/worlds/worlds.ts';
import { formatMinute, instantToMinuteFloor } from '../base/time.ts';
import { compileLoad } from './load.ts';
import { compileNetwork } from './network.ts';
import { latestAtMinute, type ReadyQuestion, readyMinute } from './ready.ts';

type Asked = {
  readonly at: string;
  readonly units?: number;
  readonly usable?: string;
  readonly kind?: ReadyQuestion['kind'];
};

/** When one parcel asked for at `at` is ready at a node, as the node's own wall clock shows it. */
function readyAt(node: Partial<NodeInput>, asked: Asked): string {
  const world = parsed(oneWarehouse(node));
  const [source] = world.nodes;
  if (source === undefined) throw new Error('a world of one node');
  const atMinute = instantToMinuteFloor(asked.at);
  const snapshot = compileNetwork(world, atMinute);
  const load = compileLoad(snapshot, 0, {
    backlogUnits: source.backlogUnits,
    backlogAsOfMinute: source.backlogAsOf ? instantToMinuteFloor(source.backlogAsOf) : undefined,
    ordersByDate: source.ordersByDate,
  });
  const question: Omit<ReadyQuestion, 'atMinute'> = {
    node: 0,
    load,
    units: asked.units ?? 1,
    usableMinute: asked.usable ? instantToMinuteFloor(asked.usable) : 0,
    kind: asked.kind ?? 'ship',
  };
  const ready = readyMinute(snapshot, { ...question, atMinute });
  // The inverse agrees: asked then it is ready by then, and the last moment is not before it.
  const latest = latestAtMinute(snapshot, { ...question, departureMinute: ready });
  expect(latest).toBeGreaterThanOrEqual(atMinute);
  expect(readyMinute(snapshot, { ...question, atMinute: latest })).toBe(ready);
  expect(readyMinute(snapshot, { ...question, atMinute: latest + 1 })).toBeGreaterThan(ready);
  return formatMinute(ready, source.timeZone).slice(0, 16);
}

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
