import { expect, test } from 'vitest';
import {
  type NodeInput,
  oneWarehouse,
  parsed,
  pickupsOnWeekdays,
  type ServiceInput,
  standardHome,
  weekdays,
} from '../../tests/worlds/worlds.ts';
import { formatMinute, instantToMinuteFloor, NEVER } from '../base/time.ts';
import { departureMinute } from './delivery.ts';
import { compileNetwork } from './network.ts';

function departsAt(
  node: Partial<NodeInput>,
  asked: { ready: string; at?: string; carrier?: Partial<ServiceInput> },
): string {
  const world = oneWarehouse(node);
  const changed = { ...world, services: [{ ...standardHome(), ...asked.carrier }] };
  const atMinute = instantToMinuteFloor(asked.at ?? asked.ready);
  const snapshot = compileNetwork(parsed(changed), atMinute);
  const readyMinute = instantToMinuteFloor(asked.ready);
  const departure = departureMinute(snapshot, { node: 0, service: 0, readyMinute, atMinute });
  if (departure === NEVER) return 'never';
  return formatMinute(departure, node.timeZone ?? 'Europe/Rome').slice(0, 16);
}

const AT_FIVE = {
  hours: weekdays('08:00', '18:00'),
  carrierPickups: [pickupsOnWeekdays('standard', '12:00', '17:00')],
};
const EVERY_NIGHT: [string, string][] = [['00:00', '24:00']];

// 2026-11-30 is a Monday; 8 December is a public holiday in Italy.
test.each<[string, Partial<NodeInput>, Parameters<typeof departsAt>[1], string]>([
  [
    'ready at the pickup’s minute makes it',
    AT_FIVE,
    { ready: '2026-11-30T17:00+01:00' },
    '2026-11-30T17:00',
  ],
  [
    'a minute later takes the next working day’s first',
    AT_FIVE,
    { ready: '2026-11-30T17:01+01:00' },
    '2026-12-01T12:00',
  ],
  [
    'a weekend without pickups is waited for',
    AT_FIVE,
    { ready: '2026-11-27T17:01+01:00' },
    '2026-11-30T12:00',
  ],
  [
    'a pickup on the carrier’s holiday does not happen, though the node opens',
    {
      ...AT_FIVE,
      hours: {
        ...weekdays('08:00', '18:00'),
        exceptions: [{ date: '2026-12-08', intervals: [['08:00', '18:00']] }],
      },
    },
    { ready: '2026-12-07T18:00+01:00' },
    '2026-12-09T12:00',
  ],
  [
    'it does when the carrier works that date at the origin',
    {
      ...AT_FIVE,
      hours: {
        ...weekdays('08:00', '18:00'),
        exceptions: [{ date: '2026-12-08', intervals: [['08:00', '18:00']] }],
      },
    },
    {
      ready: '2026-12-07T18:00+01:00',
      carrier: { workedDates: [{ date: '2026-12-08', side: 'origin' }] },
    },
    '2026-12-08T12:00',
  ],
  [
    'a date worked on the delivery side only does not help the pickup',
    {
      ...AT_FIVE,
      hours: {
        ...weekdays('08:00', '18:00'),
        exceptions: [{ date: '2026-12-08', intervals: [['08:00', '18:00']] }],
      },
    },
    {
      ready: '2026-12-07T18:00+01:00',
      carrier: { workedDates: [{ date: '2026-12-08', side: 'delivery' }] },
    },
    '2026-12-09T12:00',
  ],
  [
    'a closure beats a worked date',
    { ...AT_FIVE },
    {
      ready: '2026-11-30T18:00+01:00',
      carrier: {
        workedDates: [{ date: '2026-12-01' }],
        closures: [{ date: '2026-12-01', side: 'origin' }],
      },
    },
    '2026-12-02T12:00',
  ],
  [
    'a closure on the delivery side leaves the pickup alone',
    { ...AT_FIVE },
    {
      ready: '2026-11-30T18:00+01:00',
      carrier: { closures: [{ date: '2026-12-01', side: 'delivery' }] },
    },
    '2026-12-01T12:00',
  ],
  [
    'the service’s own pattern replaces Monday to Friday',
    {
      hours: { weekly: { sat: [['08:00', '18:00']] } },
      carrierPickups: [{ serviceCode: 'standard', weekly: { sat: ['10:00'] } }],
    },
    { ready: '2026-11-30T08:00+01:00', carrier: { workingDays: ['sat'] } },
    '2026-12-05T10:00',
  ],
  [
    'a Saturday pickup of a Monday-to-Friday service never happens',
    {
      hours: { weekly: { sat: [['08:00', '18:00']] } },
      carrierPickups: [{ serviceCode: 'standard', weekly: { sat: ['10:00'] } }],
    },
    { ready: '2026-11-30T08:00+01:00' },
    'never',
  ],
  [
    'an extra pickup counts on any day',
    {
      hours: { weekly: { sat: [['08:00', '18:00']] } },
      carrierPickups: [
        { serviceCode: 'standard', weekly: {}, extra: [{ date: '2026-12-05', time: '10:00' }] },
      ],
    },
    { ready: '2026-11-30T08:00+01:00' },
    '2026-12-05T10:00',
  ],
  [
    'an extra pickup needs the node open',
    {
      ...AT_FIVE,
      carrierPickups: [
        {
          ...pickupsOnWeekdays('standard', '12:00'),
          extra: [{ date: '2026-12-05', time: '10:00' }],
        },
      ],
    },
    { ready: '2026-12-04T13:00+01:00' },
    '2026-12-07T12:00',
  ],
  [
    'a pickup at the closing minute happens',
    { hours: weekdays('08:00', '18:00'), carrierPickups: [pickupsOnWeekdays('standard', '18:00')] },
    { ready: '2026-11-30T18:00+01:00' },
    '2026-11-30T18:00',
  ],
  [
    'a minute after closing it does not',
    { hours: weekdays('08:00', '18:00'), carrierPickups: [pickupsOnWeekdays('standard', '18:01')] },
    { ready: '2026-11-30T18:00+01:00' },
    'never',
  ],
  [
    'a pickup at the opening minute happens',
    { hours: weekdays('08:00', '18:00'), carrierPickups: [pickupsOnWeekdays('standard', '08:00')] },
    { ready: '2026-11-30T07:00+01:00' },
    '2026-11-30T08:00',
  ],
  [
    'in the lunch break it does not',
    {
      hours: {
        weekly: {
          mon: [
            ['08:00', '12:00'],
            ['13:00', '18:00'],
          ],
        },
      },
      carrierPickups: [{ serviceCode: 'standard', weekly: { mon: ['12:30', '13:00'] } }],
    },
    { ready: '2026-11-30T12:00+01:00' },
    '2026-11-30T13:00',
  ],
  [
    'a pickup past 24:00 goes by its own date: Friday 25:00 is Saturday',
    {
      hours: { weekly: { fri: [['18:00', '30:00']] } },
      carrierPickups: [{ serviceCode: 'standard', weekly: { fri: ['25:00'] } }],
    },
    { ready: '2026-11-27T18:00+01:00' },
    'never',
  ],
  [
    'Thursday 25:00 is Friday and happens',
    {
      hours: { weekly: { thu: [['18:00', '30:00']] } },
      carrierPickups: [{ serviceCode: 'standard', weekly: { thu: ['25:00'] } }],
    },
    { ready: '2026-11-26T18:00+01:00' },
    '2026-11-27T01:00',
  ],
  [
    'a pickup in the fold is the first of the two',
    {
      hours: { weekly: { sun: EVERY_NIGHT } },
      carrierPickups: [{ serviceCode: 'standard', weekly: { sun: ['02:30'] } }],
    },
    { ready: '2026-10-25T02:31+02:00', carrier: { workingDays: ['sun'] } },
    '2026-11-08T02:30',
  ],
  [
    'and ready before it makes it',
    {
      hours: { weekly: { sun: EVERY_NIGHT } },
      carrierPickups: [{ serviceCode: 'standard', weekly: { sun: ['02:30'] } }],
    },
    { ready: '2026-10-25T02:30+02:00', carrier: { workingDays: ['sun'] } },
    '2026-10-25T02:30',
  ],
  [
    'a pickup in the gap is an hour early',
    {
      timeZone: 'Europe/Madrid',
      country: 'ES',
      hours: { weekly: { sun: EVERY_NIGHT } },
      carrierPickups: [{ serviceCode: 'standard', weekly: { sun: ['02:30'] } }],
    },
    { ready: '2027-03-27T12:00+01:00', carrier: { workingDays: ['sun'] } },
    '2027-03-28T01:30',
  ],
  [
    'just under 60 × 24 hours after `at` it exists',
    {
      hours: { weekly: {}, exceptions: [{ date: '2027-01-29', intervals: [['08:00', '18:00']] }] },
      carrierPickups: [
        { serviceCode: 'standard', weekly: {}, extra: [{ date: '2027-01-29', time: '10:00' }] },
      ],
    },
    { ready: '2026-12-01T00:00+01:00', at: '2026-11-30T10:01+01:00' },
    '2027-01-29T10:00',
  ],
  [
    'at 60 × 24 hours it does not',
    {
      hours: { weekly: {}, exceptions: [{ date: '2027-01-29', intervals: [['08:00', '18:00']] }] },
      carrierPickups: [
        { serviceCode: 'standard', weekly: {}, extra: [{ date: '2027-01-29', time: '10:00' }] },
      ],
    },
    { ready: '2026-12-01T00:00+01:00', at: '2026-11-30T10:00+01:00' },
    'never',
  ],
])('rule 3: %s', (_fact, node, asked, expected) => {
  expect(departsAt(node, asked)).toBe(expected);
});
