/**
 * The oracle itself against instants worked out by hand with a paper calendar: rules 1 to 3, clock changes, margin and
 * horizon. The arithmetic stands in the title of each row.
 */
import { expect, test } from 'vitest';
import type { WorldInput } from '../../backend/network/world.ts';
import {
  answer,
  type brief,
  clock,
  everyDay,
  milan,
  type NodeInput,
  only,
  onWorkdays,
  world,
} from './hand-world.ts';

type Row = readonly [
  title: string,
  input: WorldInput,
  now: string,
  expected: Partial<ReturnType<typeof brief>>,
];

const NIGHT: Partial<NodeInput> = {
  hours: { weekly: onWorkdays<[string, string][]>([['22:00', '30:00']]) },
  cutOffs: onWorkdays('26:30'),
  carrierPickups: [{ serviceCode: 'std', weekly: onWorkdays(['30:00']) }],
};
const ALWAYS = { weekly: everyDay<[string, string][]>([['00:00', '24:00']]) };

function opens(date: string, cutOff?: string): NodeInput['hours'] {
  const intervals: [string, string][] = [['08:00', '18:00']];
  const exception = cutOff === undefined ? { date, intervals } : { date, intervals, cutOff };
  return { ...milan().hours, exceptions: [exception] };
}

function closedFrom(day: number, days: number): NodeInput['hours'] {
  const dates = Array.from({ length: days }, (_, index) => day + index);
  const exceptions = dates.map((date) => ({
    date: `2026-12-${String(date).padStart(2, '0')}`,
    intervals: [],
  }));
  return { ...milan().hours, exceptions };
}

function node(change: Partial<NodeInput>): WorldInput {
  return world({ nodes: [milan(change)] });
}

const RULES_1_TO_3: readonly Row[] = [
  [
    'Monday 10:00 + 60 min = 11:00, leaves 17:00, one day: Tuesday; counts until the cut-off at 16:00',
    world(),
    '2026-11-30T10:00:00+01:00',
    { ready: '11-30 11:00', departs: '11-30 17:00', promised: '12-01', orderBy: '11-30 16:00' },
  ],
  [
    '15:59 is before 16:00: 15:59 + 60 = 16:59, leaves 17:00',
    world(),
    '2026-11-30T15:59:59+01:00',
    { ready: '11-30 16:59', departs: '11-30 17:00', orderBy: '11-30 16:00' },
  ],
  [
    '16:00 is not before 16:00: Tuesday 08:00 + 60 = 09:00, leaves 17:00, Wednesday',
    world(),
    '2026-11-30T16:00:00+01:00',
    { ready: '12-01 09:00', departs: '12-01 17:00', promised: '12-02', orderBy: '12-01 16:00' },
  ],
  [
    'lead 90: 15:30 + 90 = 17:00 just leaves; 15:31 would be 17:01, so order by 15:31',
    node({ leadTimeMinutes: 90 }),
    '2026-11-30T15:30:00+01:00',
    { ready: '11-30 17:00', departs: '11-30 17:00', orderBy: '11-30 15:31' },
  ],
  [
    'lead 90: 15:31 + 90 = 17:01 misses 17:00 and leaves Tuesday 17:00',
    node({ leadTimeMinutes: 90 }),
    '2026-11-30T15:31:00+01:00',
    { ready: '11-30 17:01', departs: '12-01 17:00', promised: '12-02' },
  ],
  [
    'Friday 4 December 16:30 counts for Monday 7; leaves 17:00; Tuesday 8 is a holiday: Wednesday 9',
    world(),
    '2026-12-04T16:30:00+01:00',
    { ready: '12-07 09:00', departs: '12-07 17:00', promised: '12-09' },
  ],
  [
    'Monday 7 December 16:30: Tuesday 8 is closed (holiday), Wednesday 9 09:00, leaves, Thursday 10',
    world(),
    '2026-12-07T16:30:00+01:00',
    { ready: '12-09 09:00', departs: '12-09 17:00', promised: '12-10' },
  ],
  [
    'an exception opens holiday 8 December for the node, not for the carrier: leaves Wednesday 9',
    node({ hours: opens('2026-12-08') }),
    '2026-12-07T16:30:00+01:00',
    { ready: '12-08 09:00', departs: '12-09 17:00', promised: '12-10' },
  ],
  [
    "the exception of Monday cuts off at 12:00: 11:59 counts for Monday's 17:00",
    node({ hours: opens('2026-11-30', '12:00') }),
    '2026-11-30T11:59:00+01:00',
    { departs: '11-30 17:00', orderBy: '11-30 12:00' },
  ],
  [
    'the exception of Monday cuts off at 12:00: 12:00 counts for Tuesday',
    node({ hours: opens('2026-11-30', '12:00') }),
    '2026-11-30T12:00:00+01:00',
    { ready: '12-01 09:00', departs: '12-01 17:00' },
  ],
  [
    'no cut-off: 17:59 is before the last closing 18:00; lead 0, leaves as the node closes at 18:00',
    node({
      cutOffs: {},
      leadTimeMinutes: 0,
      carrierPickups: [{ serviceCode: 'std', weekly: onWorkdays(['18:00']) }],
    }),
    '2026-11-30T17:59:00+01:00',
    { ready: '11-30 17:59', departs: '11-30 18:00', orderBy: '11-30 18:00' },
  ],
  [
    'a pickup at 18:01 finds the node closed: never before Monday 7, when it stays open until 19:00',
    node({
      hours: {
        ...milan().hours,
        exceptions: [{ date: '2026-12-07', intervals: [['08:00', '19:00']] }],
      },
      carrierPickups: [{ serviceCode: 'std', weekly: onWorkdays(['18:01']) }],
    }),
    '2026-11-30T10:00:00+01:00',
    { departs: '12-07 18:01', promised: '12-09' },
  ],
  [
    'night shift: Tuesday 01:00 is before Monday 26:30, 01:00 + 60 = 02:00, leaves Monday 30:00 = Tuesday 06:00',
    node(NIGHT),
    '2026-12-01T01:00:00+01:00',
    { ready: '12-01 02:00', departs: '12-01 06:00', promised: '12-02', orderBy: '12-01 02:30' },
  ],
  [
    'night shift: Tuesday 02:30 is not before Monday 26:30; Tuesday 22:00 + 60 = 23:00, Wednesday 06:00',
    node(NIGHT),
    '2026-12-01T02:30:00+01:00',
    { ready: '12-01 23:00', departs: '12-02 06:00', promised: '12-03' },
  ],
  [
    'lead 600: Monday 10:00–18:00 is 480, the other 120 on Tuesday until 10:00',
    node({ leadTimeMinutes: 600 }),
    '2026-11-30T10:00:00+01:00',
    { ready: '12-01 10:00', departs: '12-01 17:00' },
  ],
  [
    'lead 480: the end at Monday 18:00 is the closing itself, ready then and not on Tuesday',
    node({ leadTimeMinutes: 480 }),
    '2026-11-30T10:00:00+01:00',
    { ready: '11-30 18:00', departs: '12-01 17:00' },
  ],
  [
    '20 backlog units at 10 an hour from 08:00: 10:00; one unit 6 min: 10:06; lead 60: 11:06',
    node({ unitsPerHour: 10, backlogUnits: 20, backlogAsOf: '2026-11-30T08:00:00+01:00' }),
    '2026-11-30T08:00:00+01:00',
    { ready: '11-30 11:06' },
  ],
  [
    'the same backlog counted on Friday 27 at 17:00: 10 units that hour, the rest until 09:00: 10:06',
    node({ unitsPerHour: 10, backlogUnits: 20, backlogAsOf: '2026-11-27T17:00:00+01:00' }),
    '2026-11-30T08:00:00+01:00',
    { ready: '11-30 10:06' },
  ],
  [
    'a backlog counted after the start of work is taken as of the start: 10:00 + 2 h + 6 min + 60 min',
    node({ unitsPerHour: 10, backlogUnits: 20, backlogAsOf: '2026-11-30T15:00:00+01:00' }),
    '2026-11-30T10:00:00+01:00',
    { ready: '11-30 13:06' },
  ],
  [
    'a backlog counted at 08:00:40 is one of 08:00: done at 10:00, + 6 min + 60 min',
    node({ unitsPerHour: 10, backlogUnits: 20, backlogAsOf: '2026-11-30T08:00:40+01:00' }),
    '2026-11-30T08:30:00+01:00',
    { ready: '11-30 11:06' },
  ],
  [
    'unitsPerDay 5 and a backlog of 5: Monday is spent, Tuesday 08:00 + 6 min + 60 min',
    node({
      unitsPerHour: 10,
      unitsPerDay: 5,
      backlogUnits: 5,
      backlogAsOf: '2026-11-30T08:00:00+01:00',
    }),
    '2026-11-30T10:00:00+01:00',
    { ready: '12-01 09:06' },
  ],
  [
    'without unitsPerHour unitsPerDay still counts: 7 backlog at 5 a day, the unit fits on Tuesday: 08:00 + 60',
    node({ unitsPerDay: 5, backlogUnits: 7, backlogAsOf: '2026-11-30T08:00:00+01:00' }),
    '2026-11-30T10:00:00+01:00',
    { ready: '12-01 09:00' },
  ],
  [
    '7 units an hour: one unit is 60/7 = 8.57 min, lead 0: 10:08.57 is ready at 10:09',
    node({ unitsPerHour: 7, leadTimeMinutes: 0 }),
    '2026-11-30T10:00:00+01:00',
    { ready: '11-30 10:09' },
  ],
  [
    '7 units an hour and lead 1: 8.57 + 1 = 9.57 min: the fraction is carried, ready at 10:10',
    node({ unitsPerHour: 7, leadTimeMinutes: 1 }),
    '2026-11-30T10:00:00+01:00',
    { ready: '11-30 10:10' },
  ],
  [
    'Monday already has its 2 orders: neither unit nor lead minutes, Tuesday 08:00 + 60',
    node({ ordersPerDay: 2, ordersByDate: { '2026-11-30': 2 } }),
    '2026-11-30T10:00:00+01:00',
    { ready: '12-01 09:00', departs: '12-01 17:00' },
  ],
  [
    'a full Tuesday gives no lead minutes: 120 on Monday 16:00–18:00, 60 on Wednesday until 09:00',
    node({
      cutOffs: {},
      leadTimeMinutes: 180,
      ordersPerDay: 1,
      ordersByDate: { '2026-12-01': 1 },
    }),
    '2026-11-30T16:00:00+01:00',
    { ready: '12-02 09:00', departs: '12-02 17:00' },
  ],
  [
    'an extra pickup on Saturday 5 counts though the carrier rests; the node opens by exception; one day: Monday 7',
    node({
      hours: opens('2026-12-05'),
      carrierPickups: [
        {
          serviceCode: 'std',
          weekly: onWorkdays(['17:00']),
          extra: [{ date: '2026-12-05', time: '11:00' }],
        },
      ],
    }),
    '2026-12-04T16:30:00+01:00',
    { ready: '12-05 09:00', departs: '12-05 11:00', promised: '12-07' },
  ],
  [
    'closed 7–18 December: the window stays the same for seven days, order by is capped at now + 7 × 24 h',
    node({ hours: closedFrom(7, 12) }),
    '2026-12-05T10:00:00+01:00',
    { departs: '12-21 17:00', promised: '12-22', orderBy: '12-12 10:00' },
  ],
];

test.each(RULES_1_TO_3)('%s', (_title, input, now, expected) => {
  expect(only(answer(input, now))).toMatchObject(expected);
});

const CLOCK_CHANGES: readonly Row[] = [
  [
    'Sunday 25 October 02:30 is twice: the cut-off is the first, 00:30 UTC; 00:29 UTC counts for it',
    node({ hours: ALWAYS, cutOffs: { sun: '02:30' }, leadTimeMinutes: 0 }),
    '2026-10-25T00:29:00Z',
    { ready: '10-25 02:29' },
  ],
  [
    'at 00:30 UTC, the first 02:30, the cut-off has passed: Monday 00:00',
    node({ hours: ALWAYS, cutOffs: { sun: '02:30' }, leadTimeMinutes: 0 }),
    '2026-10-25T00:30:00Z',
    { ready: '10-26 00:00' },
  ],
  [
    '28 March 02:30 does not exist: an opening then is 03:30 summer time; 03:30 + 60 = 04:30',
    node({
      hours: {
        weekly: milan().hours.weekly,
        exceptions: [{ date: '2027-03-28', intervals: [['02:30', '12:00']] }],
      },
    }),
    '2027-03-28T00:00:00+01:00',
    { ready: '03-28 04:30' },
  ],
  [
    '28 March 01:30 + 120 elapsed minutes is 04:30 on the clock',
    node({
      hours: { ...ALWAYS, exceptions: [{ date: '2027-03-28', intervals: [['00:00', '24:00']] }] },
      cutOffs: {},
      leadTimeMinutes: 120,
    }),
    '2027-03-28T01:30:00+01:00',
    { ready: '03-28 04:30' },
  ],
  [
    'a night shift 22:00–30:00 over 25 October is nine hours: 480 min of lead from 22:00 end at 05:00',
    node({
      hours: { weekly: everyDay<[string, string][]>([['22:00', '30:00']]) },
      cutOffs: {},
      leadTimeMinutes: 480,
      carrierPickups: [{ serviceCode: 'std', weekly: everyDay(['30:00']) }],
    }),
    '2026-10-24T22:00:00+02:00',
    { ready: '10-25 05:00' },
  ],
];

test.each(CLOCK_CHANGES)('%s', (_title, input, now, expected) => {
  expect(only(answer(input, now))).toMatchObject(expected);
});

test('margin 30: 15:30 is evaluated at 16:00 and counts for Tuesday; order by Tuesday 15:30', () => {
  const found = answer(world(), '2026-11-30T15:30:00+01:00', { marginMinutes: 30 });
  expect(clock(found.evaluatedAt)).toBe('11-30 16:00');
  expect(only(found)).toMatchObject({ departs: '12-01 17:00', orderBy: '12-01 15:30' });
});

test('a departure 60 × 24 h after the instant does not exist, a minute before it does', () => {
  const extra = [{ date: '2027-01-29', time: '10:00' }];
  const input = node({ carrierPickups: [{ serviceCode: 'std', weekly: {}, extra }] });
  const late = answer(input, '2026-11-30T10:00:00+01:00');
  expect(late.absent).toEqual([
    { method: 'home', serviceCode: 'std', code: 'no_departure', facts: { why: 'nothing_in_time' } },
  ]);
  expect(only(answer(input, '2026-11-30T10:01:00+01:00')).departs).toBe('01-29 10:00');
});
