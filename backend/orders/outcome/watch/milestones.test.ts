// Milestones counted back over calendars, and the alerts they raise.
import { expect, test } from 'vitest';
import { compileZone, formatMinute, instantToMinuteFloor, parseDay } from '../../../base/time.ts';
import { compileCalendar } from '../../../network/calendar.ts';
import { DEFAULT_OUTCOME } from '../settings.ts';
import { alertsOf, countBack, milestonesOf, type WatchedWork } from './milestones.ts';

function openingsIn(zoneName: string, holidays: readonly string[] = []) {
  const zone = compileZone(zoneName, instantToMinuteFloor('2026-01-01T00:00:00Z'), 40_000_000);
  const day = [['09:00', '18:00'] as [string, string]];
  const weekly = { mon: day, tue: day, wed: day, thu: day, fri: day };
  return compileCalendar({
    hours: { weekly, exceptions: [] },
    zone,
    holidays: new Set(holidays.map(parseDay)),
    fromDay: parseDay('2026-03-01'),
    toDay: parseDay('2026-12-31'),
  });
}

test.each([
  // within one opening
  ['Europe/Rome', '2026-11-25T15:00+01:00', 30, '2026-11-25T14:30:00+01:00'],
  // from the first minute of a day into the evening before
  ['Europe/Rome', '2026-11-25T09:00+01:00', 30, '2026-11-24T17:30:00+01:00'],
  // over a weekend
  ['Europe/Rome', '2026-11-30T09:10+01:00', 30, '2026-11-27T17:40:00+01:00'],
  // a start by that lies at night counts from the last closing
  ['Europe/Rome', '2026-11-25T03:00+01:00', 30, '2026-11-24T17:30:00+01:00'],
  // over the night in which Rome's clocks go back, and Lord Howe's go forward by half an hour
  ['Europe/Rome', '2026-10-26T09:00+01:00', 60, '2026-10-23T17:00:00+02:00'],
  ['Australia/Lord_Howe', '2026-10-05T09:30+11:00', 60, '2026-10-02T17:30:00+10:30'],
  ['Asia/Kathmandu', '2026-11-24T09:00+05:45', 60, '2026-11-23T17:00:00+05:45'],
  // several days
  ['America/New_York', '2026-11-25T12:00-05:00', 1_080, '2026-11-23T12:00:00-05:00'],
])('in %s, before %s there are %i opening minutes from %s on', (zone, end, minutes, expected) => {
  const back = countBack(openingsIn(zone), instantToMinuteFloor(end), minutes);
  expect(formatMinute(back, zone)).toBe(expected);
});

test('a public holiday is no time to claim in', () => {
  const openings = openingsIn('Europe/Rome', ['2026-12-08']);
  const end = instantToMinuteFloor('2026-12-09T09:00+01:00');
  expect(formatMinute(countBack(openings, end, 30), 'Europe/Rome')).toBe(
    '2026-12-07T17:30:00+01:00',
  );
});

const DUE = instantToMinuteFloor('2026-11-27T23:00:00Z');
const WORK: WatchedWork = {
  kind: 'ship',
  state: 'placed',
  negotiation: 'offered',
  dueMinute: DUE,
  departureMinute: instantToMinuteFloor('2026-11-25T16:00:00Z'),
  startByMinute: instantToMinuteFloor('2026-11-25T13:00:00Z'),
  openings: openingsIn('Europe/Rome'),
};

test('the milestones of an offered work rise from routing to delivery', () => {
  expect(
    milestonesOf(WORK, DEFAULT_OUTCOME).map(({ milestone, dueMinute, isReached }) => [
      milestone,
      formatMinute(dueMinute, 'Europe/Rome'),
      isReached,
    ]),
  ).toEqual([
    ['routing', '2026-11-25T12:30:00+01:00', true],
    ['claim', '2026-11-25T13:30:00+01:00', false],
    ['pick_start', '2026-11-25T14:00:00+01:00', false],
    ['departure', '2026-11-25T17:00:00+01:00', false],
    ['delivery', '2026-11-28T00:00:00+01:00', false],
  ]);
});

test.each([
  ['unplaced', 'none', ['routing']],
  ['placed', 'offered', ['claim']],
  ['placed', 'assigned', ['pick_start']],
  ['picking', 'claimed', ['departure']],
  ['packed', 'claimed', ['departure']],
  ['shipped', 'claimed', ['delivery']],
  ['delivered', 'claimed', []],
  ['canceled', 'none', []],
] as const)(
  'of a work that is %s and %s, only %j can be missed next',
  (state, negotiation, next) => {
    const milestones = milestonesOf({ ...WORK, state, negotiation }, DEFAULT_OUTCOME);
    const alerts = alertsOf(milestones, {
      nowMinute: DUE - 721,
      forecastMinute: undefined,
      settings: DEFAULT_OUTCOME,
    });
    expect(
      alerts.filter((one) => one.milestone !== 'delivery').map((one) => one.milestone),
    ).toEqual(next.filter((one) => one !== 'delivery'));
  },
);

test.each([
  [DUE - 721, undefined, undefined],
  [DUE - 720, undefined, 'before'],
  [DUE - 1, undefined, 'before'],
  [DUE, undefined, 'missed'],
  [DUE - 5_000, DUE, undefined],
  [DUE - 5_000, DUE + 1, 'before'],
])('at %i with a forecast of %s the delivery’s alert is %s', (nowMinute, forecastMinute, level) => {
  const milestones = milestonesOf({ ...WORK, state: 'shipped' }, DEFAULT_OUTCOME);
  const [alert] = alertsOf(milestones, { nowMinute, forecastMinute, settings: DEFAULT_OUTCOME });
  expect(alert?.level).toBe(level);
});

test('a pickup is late when it is not ready, and reached when it is', () => {
  const pickup: WatchedWork = { ...WORK, kind: 'pickup', state: 'ready', negotiation: 'assigned' };
  expect(milestonesOf(pickup, DEFAULT_OUTCOME).every((one) => one.isReached)).toBe(true);
  const picking = milestonesOf({ ...pickup, state: 'picking' }, DEFAULT_OUTCOME);
  expect(picking.filter((one) => !one.isReached)).toEqual([
    { milestone: 'departure', dueMinute: DUE, isReached: false },
    { milestone: 'delivery', dueMinute: DUE, isReached: false },
  ]);
});
