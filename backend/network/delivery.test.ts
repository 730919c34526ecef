import { expect, test } from 'vitest';
import {
  oneWarehouse,
  parsed,
  type ServiceInput,
  standardHome,
  zone,
} from '../../tests/worlds/worlds.ts';
import { formatDay, formatMinute, instantToMinuteFloor, NEVER } from '../base/time.ts';
import { deliveryDay, deliveryWindow } from './delivery.ts';
import { laneFor } from './lanes.ts';
import { compileNetwork } from './network.ts';
import type { World, WorldInput } from './world.ts';

type Delivered = {
  readonly departs: string;
  readonly transitDays?: number;
  readonly observations?: number[];
  readonly policy?: Partial<WorldInput['policy']>;
  readonly service?: Partial<ServiceInput>;
  readonly carrier?: Partial<WorldInput['carriers'][number]>;
  readonly to?: { readonly country: string; readonly region?: string; readonly timeZone: string };
};

/** The window of one parcel, on the destination's clock: from, to, promised day. */
function delivered(asked: Delivered): string {
  const to = asked.to ?? { country: 'IT', timeZone: 'Europe/Rome' };
  const base = oneWarehouse();
  const world: World = parsed({
    ...base,
    policy: { ...base.policy, ...asked.policy },
    carriers: [{ id: 'corriere', ...asked.carrier }],
    services: [{ ...standardHome(), ...asked.service }],
    zones: [
      { ...zone('all', to.country, to.timeZone, []), ...(to.region ? { region: to.region } : {}) },
    ],
    lanes: [
      {
        nodeIds: ['only'],
        zoneIds: ['all'],
        serviceCode: 'standard',
        crossesCustoms: true,
        transitDays: asked.transitDays ?? 1,
        observations: asked.observations ?? [],
      },
    ],
  });
  const departs = instantToMinuteFloor(asked.departs);
  const snapshot = compileNetwork(world, departs);
  const [place] = snapshot.zones;
  const [service] = snapshot.services;
  if (!place || !service) throw new Error('a world of one zone and one service');
  const terms = laneFor(snapshot, { node: 0, service: 0, zone: 0 });
  const day = deliveryDay(snapshot, {
    node: 0,
    service: 0,
    terms,
    place: place.place,
    zone: place.zone,
    departureMinute: departs,
  });
  if (day === NEVER) return 'never';
  const window = deliveryWindow(service, place.zone, day);
  const [from, until] = [window.fromMinute, window.toMinute].map((minute) =>
    formatMinute(minute, to.timeZone).slice(5, 16),
  );
  return `${from} ${until} ${formatDay(window.promisedOn)}`;
}

test.each<[string, Delivered, string]>([
  [
    'one day after Monday is Tuesday, the whole of it',
    { departs: '2026-11-30T17:00+01:00' },
    '12-01T00:00 12-02T00:00 2026-12-01',
  ],
  [
    'one day after Friday is Monday',
    { departs: '2026-11-27T17:00+01:00' },
    '11-30T00:00 12-01T00:00 2026-11-30',
  ],
  [
    'a public holiday at the destination is not counted',
    { departs: '2026-12-07T17:00+01:00' },
    '12-09T00:00 12-10T00:00 2026-12-09',
  ],
  [
    'the origin’s holiday does not matter there',
    { departs: '2026-12-07T17:00+01:00', to: { country: 'DE', timeZone: 'Europe/Berlin' } },
    '12-08T00:00 12-09T00:00 2026-12-08',
  ],
  [
    'a state’s holiday counts in that state: Epiphany in Bavaria',
    {
      departs: '2027-01-05T17:00+01:00',
      to: { country: 'DE', region: 'BY', timeZone: 'Europe/Berlin' },
    },
    '01-07T00:00 01-08T00:00 2027-01-07',
  ],
  [
    'and not in another',
    {
      departs: '2027-01-05T17:00+01:00',
      to: { country: 'DE', region: 'BE', timeZone: 'Europe/Berlin' },
    },
    '01-06T00:00 01-07T00:00 2027-01-06',
  ],
  [
    'a worked date delivers on a Sunday',
    {
      departs: '2026-11-28T12:00+01:00',
      service: { workedDates: [{ date: '2026-11-29', side: 'delivery' }] },
    },
    '11-29T00:00 11-30T00:00 2026-11-29',
  ],
  [
    'a closure is not counted',
    {
      departs: '2026-11-30T17:00+01:00',
      transitDays: 2,
      service: { closures: [{ date: '2026-12-01' }] },
    },
    '12-03T00:00 12-04T00:00 2026-12-03',
  ],
  [
    'the carrier’s closures and the service’s own count together',
    {
      departs: '2026-11-30T17:00+01:00',
      carrier: { closures: [{ date: '2026-12-01' }] },
      service: { closures: [{ date: '2026-12-02' }] },
    },
    '12-03T00:00 12-04T00:00 2026-12-03',
  ],
  [
    'and so do worked dates: Saturday by one, Sunday by the other',
    {
      departs: '2026-11-27T17:00+01:00',
      transitDays: 2,
      carrier: { workedDates: [{ date: '2026-11-28' }] },
      service: { workedDates: [{ date: '2026-11-29' }] },
    },
    '11-29T00:00 11-30T00:00 2026-11-29',
  ],
  [
    'the carrier’s week holds where the service states none',
    { departs: '2026-11-27T17:00+01:00', carrier: { workingDays: ['sat'] } },
    '11-28T00:00 11-29T00:00 2026-11-28',
  ],
  [
    'day 0 is the departure’s date at the origin',
    { departs: '2026-11-30T23:30Z' },
    '12-02T00:00 12-03T00:00 2026-12-02',
  ],
  [
    'and not at the destination',
    { departs: '2026-11-30T22:30Z', to: { country: 'NP', timeZone: 'Asia/Kathmandu' } },
    '12-01T00:00 12-02T00:00 2026-12-01',
  ],
  [
    'no carrier days: delivered on day 0 while deliver-by is after departure',
    { departs: '2026-11-30T11:59+01:00', transitDays: 0, service: { deliverBy: '12:00' } },
    '11-30T00:00 11-30T12:00 2026-11-30',
  ],
  [
    'at deliver-by it is the next working day',
    { departs: '2026-11-30T12:00+01:00', transitDays: 0, service: { deliverBy: '12:00' } },
    '12-01T00:00 12-01T12:00 2026-12-01',
  ],
  [
    'no carrier days on a Sunday: the Monday',
    { departs: '2026-11-29T08:00+01:00', transitDays: 0 },
    '11-30T00:00 12-01T00:00 2026-11-30',
  ],
  [
    'deliver-by is the destination’s clock',
    {
      departs: '2026-11-30T12:30+01:00',
      transitDays: 0,
      service: { deliverBy: '12:00' },
      to: { country: 'GB', timeZone: 'Europe/London' },
    },
    '11-30T00:00 11-30T12:00 2026-11-30',
  ],
  [
    'express hours show',
    { departs: '2026-11-30T17:00+01:00', service: { deliverFrom: '08:00', deliverBy: '10:00' } },
    '12-01T08:00 12-01T10:00 2026-12-01',
  ],
  [
    'evening hours past midnight are promised for the date of their last second',
    { departs: '2026-11-30T17:00+01:00', service: { deliverFrom: '20:00', deliverBy: '24:30' } },
    '12-01T20:00 12-02T00:30 2026-12-02',
  ],
  [
    'the day the clocks go back ends 25 hours after it began',
    { departs: '2026-10-23T17:00+02:00', service: { workingDays: ['sun'] } },
    '10-25T00:00 10-26T00:00 2026-10-25',
  ],
  [
    'deliver-by in the fold is the second time',
    { departs: '2026-10-24T17:00+02:00', service: { workingDays: ['sun'], deliverBy: '02:30' } },
    '10-25T00:00 10-25T02:30 2026-10-25',
  ],
  [
    'a from in the gap is after it',
    {
      departs: '2027-03-26T17:00+01:00',
      service: { workingDays: ['sun'], deliverFrom: '02:30', deliverBy: '10:00' },
      to: { country: 'ES', timeZone: 'Europe/Madrid' },
    },
    '03-28T03:30 03-28T10:00 2027-03-28',
  ],
  [
    'both in and just after the gap: still a window',
    {
      departs: '2027-03-26T17:00+01:00',
      service: { workingDays: ['sun'], deliverFrom: '02:30', deliverBy: '03:15' },
      to: { country: 'ES', timeZone: 'Europe/Madrid' },
    },
    '03-28T03:14 03-28T03:15 2027-03-28',
  ],
  [
    'Lord Howe’s half hour: midnight is midnight',
    {
      departs: '2026-10-02T05:00Z',
      to: { country: 'AU', timeZone: 'Australia/Lord_Howe' },
      service: { workingDays: ['sun'], deliverBy: '02:10' },
    },
    '10-04T00:00 10-04T02:40 2026-10-04',
  ],
  [
    'Apia is a day ahead',
    { departs: '2026-11-30T17:00+01:00', to: { country: 'WS', timeZone: 'Pacific/Apia' } },
    '12-01T00:00 12-02T00:00 2026-12-01',
  ],
  [
    'thirty observations speak: 29 of 30 in two days reach 95 %',
    { departs: '2026-11-30T17:00+01:00', observations: [0, 0, 29, 1] },
    '12-02T00:00 12-03T00:00 2026-12-02',
  ],
  [
    '28 of 30 do not',
    { departs: '2026-11-30T17:00+01:00', observations: [0, 0, 28, 2] },
    '12-03T00:00 12-04T00:00 2026-12-03',
  ],
  [
    '19 of 20 would, but twenty are too few',
    { departs: '2026-11-30T17:00+01:00', observations: [0, 0, 19, 1] },
    '12-01T00:00 12-02T00:00 2026-12-01',
  ],
  [
    'twenty-nine are too few',
    { departs: '2026-11-30T17:00+01:00', observations: [0, 0, 29] },
    '12-01T00:00 12-02T00:00 2026-12-01',
  ],
  [
    'a thin lane gets a day more only when the policy says so',
    {
      departs: '2026-11-30T17:00+01:00',
      observations: [0, 0, 29],
      policy: { thinLaneExtraDay: true },
    },
    '12-02T00:00 12-03T00:00 2026-12-02',
  ],
  [
    'exactly the service level is enough: 95 of 100',
    { departs: '2026-11-30T17:00+01:00', observations: [0, 95, 5] },
    '12-01T00:00 12-02T00:00 2026-12-01',
  ],
  [
    'a level of 0.07 is exactly 7 of 100',
    { departs: '2026-11-30T17:00+01:00', observations: [0, 7, 93], policy: { serviceLevel: 0.07 } },
    '12-01T00:00 12-02T00:00 2026-12-01',
  ],
  [
    'a level of 1 waits for the slowest',
    {
      departs: '2026-11-30T17:00+01:00',
      observations: [0, 99, 0, 0, 1],
      policy: { serviceLevel: 1 },
    },
    '12-04T00:00 12-05T00:00 2026-12-04',
  ],
  [
    'a service that works on one far date only delivers then',
    {
      departs: '2026-11-30T17:00+01:00',
      service: { workingDays: [], workedDates: [{ date: '2027-06-01' }] },
    },
    '06-01T00:00 06-02T00:00 2027-06-01',
  ],
  [
    'and after it never',
    {
      departs: '2026-11-30T17:00+01:00',
      transitDays: 2,
      service: { workingDays: [], workedDates: [{ date: '2027-06-01' }] },
    },
    'never',
  ],
])('rules 4 to 6: %s', (_fact, asked, expected) => {
  expect(delivered(asked)).toBe(expected);
});
