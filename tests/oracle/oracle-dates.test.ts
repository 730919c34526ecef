/**
 * The oracle itself against dates worked out by hand with a paper calendar: rules 4 to 6, 11 and 12, and incoming
 * stock. The arithmetic stands in the title of each row.
 */
import { expect, test } from 'vitest';
import type { WorldInput } from '../../backend/network/world.ts';
import {
  answer,
  type brief,
  everyDay,
  lane,
  milan,
  type NodeInput,
  only,
  onWorkdays,
  standard,
  world,
} from './hand-world.ts';

type Row = readonly [
  title: string,
  input: WorldInput,
  now: string,
  expected: Partial<ReturnType<typeof brief>>,
];

const ALWAYS = { weekly: everyDay<[string, string][]>([['00:00', '24:00']]) };

function opens(date: string, cutOff?: string): NodeInput['hours'] {
  const intervals: [string, string][] = [['08:00', '18:00']];
  const exception = cutOff === undefined ? { date, intervals } : { date, intervals, cutOff };
  return { ...milan().hours, exceptions: [exception] };
}

function incoming(lot: NonNullable<WorldInput['stock'][number]['incoming']>[number]): WorldInput {
  return world({ stock: [{ sku: 'A', nodeId: 'milan', onHand: 0, incoming: [lot] }] });
}

function transit(change: Parameters<typeof lane>[0], service: Parameters<typeof standard>[0] = {}) {
  return world({ lanes: [lane(change)], services: [standard(service)] });
}

/** Leaves at noon, so that a same-day delivery can be before or after it. */
function noon(service: Parameters<typeof standard>[0], observations = [40]): WorldInput {
  const pickups = [{ serviceCode: 'std', weekly: everyDay(['12:00']) }];
  return world({
    nodes: [milan({ carrierPickups: pickups })],
    services: [standard(service)],
    lanes: [lane({ observations })],
  });
}

const RULES_4_TO_6: readonly Row[] = [
  [
    'expected Tuesday 12:00:30 is usable at 12:01; + 60 = 13:01; leaves Tuesday',
    incoming({ quantity: 1, expectedAt: '2026-12-01T12:00:30+01:00' }),
    '2026-11-30T10:00:00+01:00',
    { ready: '12-01 13:01', departs: '12-01 17:00' },
  ],
  [
    'expected on Tuesday is usable from Wednesday 00:00: 08:00 + 60, leaves Wednesday',
    incoming({ quantity: 1, expectedOn: '2026-12-01' }),
    '2026-11-30T10:00:00+01:00',
    { ready: '12-02 09:00', departs: '12-02 17:00', promised: '12-03' },
  ],
  [
    'a receipt has no cut-off: usable Monday 16:30, the order of 10:00 starts then, 17:30 misses 17:00',
    incoming({ quantity: 1, expectedAt: '2026-11-30T16:30:00+01:00' }),
    '2026-11-30T10:00:00+01:00',
    { ready: '11-30 17:30', departs: '12-01 17:00' },
  ],
  [
    'Monday 7 December leaves 17:00; Tuesday 8 is a holiday of the destination: Wednesday 9',
    world(),
    '2026-12-07T10:00:00+01:00',
    { departs: '12-07 17:00', promised: '12-09' },
  ],
  [
    'worked on 8 December beats the holiday: Tuesday 8',
    transit({}, { workedDates: [{ date: '2026-12-08', side: 'delivery' }] }),
    '2026-12-07T10:00:00+01:00',
    { promised: '12-08' },
  ],
  [
    'a closure on 8 December beats the worked date: Wednesday 9',
    transit(
      {},
      {
        workedDates: [{ date: '2026-12-08' }],
        closures: [{ date: '2026-12-08', side: 'delivery' }],
      },
    ),
    '2026-12-07T10:00:00+01:00',
    { promised: '12-09' },
  ],
  [
    'a closure on the origin side alone moves the departure of Tuesday 1 to Wednesday 2',
    transit({}, { closures: [{ date: '2026-12-01', side: 'origin' }] }),
    '2026-12-01T10:00:00+01:00',
    { departs: '12-02 17:00', promised: '12-03' },
  ],
  [
    'n = 0, by 18:00: leaves Monday 12:00, before 18:00 the same day',
    noon({ deliverBy: '18:00' }),
    '2026-11-30T09:00:00+01:00',
    { departs: '11-30 12:00', from: '11-30 00:00', to: '11-30 18:00', promised: '11-30' },
  ],
  [
    'n = 0, by 12:00: not after the departure at 12:00, so Tuesday by 12:00',
    noon({ deliverBy: '12:00' }),
    '2026-11-30T09:00:00+01:00',
    { departs: '11-30 12:00', to: '12-01 12:00' },
  ],
  [
    'n = 0 from an extra pickup on Saturday 5, no delivery day: Monday 7',
    world({
      nodes: [
        milan({
          hours: opens('2026-12-05'),
          carrierPickups: [
            { serviceCode: 'std', weekly: {}, extra: [{ date: '2026-12-05', time: '11:00' }] },
          ],
        }),
      ],
      lanes: [lane({ observations: [40] })],
    }),
    '2026-12-04T10:00:00+01:00',
    { departs: '12-05 11:00', promised: '12-07' },
  ],
  [
    '57 of 60 within one day is 0.95, enough: Tuesday',
    transit({ observations: [0, 57, 3] }),
    '2026-11-30T10:00:00+01:00',
    { promised: '12-01' },
  ],
  [
    '56 of 60 within one day is 0.93, not enough: two days, Wednesday',
    transit({ observations: [0, 56, 4] }),
    '2026-11-30T10:00:00+01:00',
    { promised: '12-02' },
  ],
  [
    '29 observations are too few: the stated three days, Thursday',
    transit({ observations: [0, 29] }),
    '2026-11-30T10:00:00+01:00',
    { promised: '12-03' },
  ],
  [
    'the policy adds a day to a thin lane: Friday',
    {
      ...transit({ observations: [0, 29] }),
      policy: { timeZone: 'Europe/Rome', currency: 'EUR', thinLaneExtraDay: true },
    },
    '2026-11-30T10:00:00+01:00',
    { promised: '12-04' },
  ],
  [
    'without hours the window is the whole Tuesday, to Wednesday 00:00',
    world(),
    '2026-11-30T10:00:00+01:00',
    { from: '12-01 00:00', to: '12-02 00:00', promised: '12-01' },
  ],
  [
    '08:00–12:00 on the Tuesday',
    transit({}, { deliverFrom: '08:00', deliverBy: '12:00' }),
    '2026-11-30T10:00:00+01:00',
    { from: '12-01 08:00', to: '12-01 12:00', promised: '12-01' },
  ],
];

test.each(RULES_4_TO_6)('%s', (_title, input, now, expected) => {
  expect(only(answer(input, now))).toMatchObject(expected);
});

function shop(change: Partial<NodeInput> = {}): WorldInput {
  const store: Partial<NodeInput> = { kind: 'store', offersPickup: true, carrierPickups: [] };
  const zone = world().zones.map((row) => ({ ...row, lat: 45.1 }));
  return world({ nodes: [milan({ ...store, ...change })], services: [], lanes: [], zones: zone });
}

function point(hours: NodeInput['hours']): WorldInput {
  return world({
    services: [standard({ method: 'pickup_point', network: 'net' })],
    pickupPoints: [
      {
        id: 'bar',
        network: 'net',
        name: 'Bar',
        country: 'IT',
        postalCode: '20100',
        timeZone: 'Europe/Rome',
        lat: 46,
        lng: 9,
        hours,
      },
    ],
  });
}

const MORNINGS = { weekly: onWorkdays<[string, string][]>([['09:00', '12:00']]) };

const RULES_11_AND_12: readonly Row[] = [
  [
    'ready at once at 10:07, next quarter 10:15, until closing 18:00; at 10:16 it would be 10:30',
    shop(),
    '2026-11-30T10:07:00+01:00',
    { from: '11-30 10:15', to: '11-30 18:00', orderBy: '11-30 10:16', promised: '11-30' },
  ],
  [
    '17:45 is the last hand-over, 18:00 − 15: 17:40 is handed over at 17:45',
    shop(),
    '2026-11-30T17:40:00+01:00',
    { from: '11-30 17:45', to: '11-30 18:00', orderBy: '11-30 17:46' },
  ],
  [
    '17:46 has no quarter up to 17:45: Tuesday 08:00',
    shop(),
    '2026-11-30T17:46:00+01:00',
    { from: '12-01 08:00', to: '12-01 18:00' },
  ],
  [
    'own cut-off 12:00: 12:00 counts for Tuesday, 08:00 + 30 = 08:30',
    shop({ pickupCutOffs: onWorkdays('12:00'), pickupLeadMinutes: 30 }),
    '2026-11-30T12:00:00+01:00',
    { from: '12-01 08:30' },
  ],
  [
    'the order cut-off at 16:00 does not matter in the store: 16:30 is handed over at 16:30',
    shop(),
    '2026-11-30T16:30:00+01:00',
    { from: '11-30 16:30' },
  ],
  [
    'delivered by Tuesday 24:00; the point opens Wednesday 09:00–12:00',
    point(MORNINGS),
    '2026-11-30T10:00:00+01:00',
    { from: '12-02 09:00', to: '12-02 12:00', promised: '12-02', orderBy: '11-30 16:00' },
  ],
  [
    'delivered by Friday 4 24:00; the point opens on Monday 7',
    point(MORNINGS),
    '2026-12-03T10:00:00+01:00',
    { from: '12-07 09:00', to: '12-07 12:00', promised: '12-07' },
  ],
  [
    'a point that never closes hands over from Wednesday 00:00, for at most 24 h',
    point(ALWAYS),
    '2026-11-30T10:00:00+01:00',
    { from: '12-02 00:00', to: '12-03 00:00', promised: '12-02' },
  ],
];

test.each(RULES_11_AND_12)('%s', (_title, input, now, expected) => {
  expect(only(answer(input, now))).toMatchObject(expected);
});

test('within two hours is 120 elapsed minutes after now, margin included', () => {
  const soon = answer(shop({ pickupLeadMinutes: 120 }), '2026-11-30T10:00:00+01:00');
  const late = answer(shop({ pickupLeadMinutes: 120 }), '2026-11-30T10:00:00+01:00', {
    marginMinutes: 15,
  });
  expect(soon.options.map(({ withinTwoHours }) => withinTwoHours)).toEqual([true]);
  expect(late.options.map(({ withinTwoHours }) => withinTwoHours)).toEqual([false]);
});
