import { expect, test } from 'vitest';
import {
  everyDay,
  milanPoint,
  oneWarehouse,
  standardHome,
  weekdays,
  zone,
} from '../../tests/worlds/worlds.ts';
import type { WorldInput } from './world.ts';
import { parseWorld } from './world-parse.ts';

/** Pointers of all problems, in order. */
function pointers(result: ReturnType<typeof parseWorld>): string[] {
  return result.ok ? [] : result.refusal.problems.map((problem) => problem.pointer);
}

const NIGHT: [string, string][] = [['22:00', '06:00']];

test.each<[string, (world: WorldInput) => WorldInput, string[]]>([
  [
    'a country that does not exist',
    (world) => ({ ...world, zones: [...world.zones, zone('xx', 'XX', 'UTC', [])] }),
    ['/zones/1/country'],
  ],
  ['a region of another country', () => oneWarehouse({ region: 'BY' }), ['/nodes/0/region']],
  [
    'a zone of time that is an offset',
    (world) => ({ ...world, policy: { ...world.policy, timeZone: '+01:00' } }),
    ['/policy/timeZone'],
  ],
  ['a node that is never open', () => oneWarehouse({ hours: { weekly: {} } }), ['/nodes/0/hours']],
  [
    'a node whose only exception is closed',
    () =>
      oneWarehouse({ hours: { weekly: {}, exceptions: [{ date: '2026-12-01', intervals: [] }] } }),
    ['/nodes/0/hours'],
  ],
  [
    'a closing that is not after its opening',
    () => oneWarehouse({ hours: { weekly: { mon: NIGHT } } }),
    ['/nodes/0/hours/weekly/mon/0'],
  ],
  [
    'two exceptions for one date',
    () =>
      oneWarehouse({
        hours: {
          ...everyDay('08:00', '18:00'),
          exceptions: [
            { date: '2026-12-01', intervals: [] },
            { date: '2026-12-01', intervals: [['08:00', '09:00']] },
          ],
        },
      }),
    ['/nodes/0/hours/exceptions/1/date'],
  ],
  [
    'a cut-off on a closed date',
    () =>
      oneWarehouse({
        hours: {
          ...everyDay('08:00', '18:00'),
          exceptions: [
            { date: '2026-12-01', intervals: [], cutOff: '12:00', pickupCutOff: '13:00' },
          ],
        },
      }),
    ['/nodes/0/hours/exceptions/0/cutOff', '/nodes/0/hours/exceptions/0/pickupCutOff'],
  ],
  [
    'a cut-off on a weekday that is never open',
    () =>
      oneWarehouse({ hours: weekdays('08:00', '18:00'), cutOffs: { mon: '16:00', sun: '16:00' } }),
    ['/nodes/0/cutOffs/sun'],
  ],
  [
    'a pickup cut-off on such a weekday',
    () => oneWarehouse({ hours: weekdays('08:00', '18:00'), pickupCutOffs: { sat: '16:00' } }),
    ['/nodes/0/pickupCutOffs/sat'],
  ],
  ['a backlog of unknown age', () => oneWarehouse({ backlogUnits: 5 }), ['/nodes/0/backlogAsOf']],
  [
    'a pickup of a service that does not exist',
    () => oneWarehouse({ carrierPickups: [{ serviceCode: 'drone', weekly: {} }] }),
    ['/nodes/0/carrierPickups/0/serviceCode'],
  ],
  [
    'a second node with one id',
    (world) => ({ ...world, nodes: [...world.nodes, ...world.nodes] }),
    ['/nodes/1/id'],
  ],
  [
    'a carrier that does not exist',
    (world) => ({ ...world, services: [{ ...standardHome(), carrierId: 'nobody' }] }),
    ['/services/0/carrierId'],
  ],
  [
    'a code that names stores',
    (world) => ({
      ...world,
      services: [...world.services, { ...standardHome(), code: 'store:rome' }],
    }),
    ['/services/1/code'],
  ],
  [
    'points without a network',
    (world) => ({ ...world, services: [{ ...standardHome(), method: 'pickup_point' }] }),
    ['/services/0/network'],
  ],
  [
    'home delivery with one',
    (world) => ({ ...world, services: [{ ...standardHome(), network: 'punto' }] }),
    ['/services/0/network'],
  ],
  [
    'hours that end before they begin',
    (world) => ({
      ...world,
      services: [{ ...standardHome(), deliverFrom: '12:00', deliverBy: '12:00' }],
    }),
    ['/services/0/deliverFrom'],
  ],
  [
    'a service that never delivers',
    (world) => ({
      ...world,
      services: [
        {
          ...standardHome(),
          workingDays: [],
          workedDates: [{ date: '2026-12-01', side: 'origin' }],
        },
      ],
    }),
    ['/services/0/workingDays'],
  ],
  [
    'a carrier without working days',
    (world) => ({ ...world, carriers: [{ id: 'corriere', workingDays: [] }] }),
    ['/services/0/workingDays'],
  ],
  [
    'tiers with a gap',
    (world) => ({
      ...world,
      services: [
        {
          ...standardHome(),
          prices: [
            {
              currency: 'EUR',
              tiers: [
                { fromGrams: 0, toGrams: 10, priceMinor: 1 },
                { fromGrams: 11, toGrams: null, priceMinor: 2 },
              ],
            },
          ],
        },
      ],
    }),
    ['/services/0/prices/0/tiers/1/fromGrams'],
  ],
  [
    'tiers that do not begin at 0',
    (world) => ({
      ...world,
      lanes: world.lanes.map((lane) => ({
        ...lane,
        costs: [{ fromGrams: 1, toGrams: null, costMinor: 1 }],
      })),
    }),
    ['/lanes/0/costs/0/fromGrams'],
  ],
  [
    'a tier after the open one',
    (world) => ({
      ...world,
      lanes: world.lanes.map((lane) => ({
        ...lane,
        costs: [
          { fromGrams: 0, toGrams: null, costMinor: 1 },
          { fromGrams: 5, toGrams: null, costMinor: 1 },
        ],
      })),
    }),
    ['/lanes/0/costs/1/fromGrams'],
  ],
  [
    'an empty tier',
    (world) => ({
      ...world,
      lanes: world.lanes.map((lane) => ({
        ...lane,
        costs: [{ fromGrams: 0, toGrams: 0, costMinor: 1 }],
      })),
    }),
    ['/lanes/0/costs/0/toGrams'],
  ],
  [
    'two prices for one zone',
    (world) => ({
      ...world,
      services: [
        {
          ...standardHome(),
          prices: [
            {
              currency: 'EUR',
              zoneIds: ['all'],
              tiers: [{ fromGrams: 0, toGrams: null, priceMinor: 1 }],
            },
            {
              currency: 'EUR',
              zoneIds: ['all'],
              tiers: [{ fromGrams: 0, toGrams: null, priceMinor: 2 }],
            },
          ],
        },
      ],
    }),
    ['/services/0/prices/1/zoneIds/0'],
  ],
  [
    'two prices for the rest',
    (world) => ({
      ...world,
      services: [
        {
          ...standardHome(),
          prices: [
            { currency: 'EUR', tiers: [{ fromGrams: 0, toGrams: null, priceMinor: 1 }] },
            { currency: 'EUR', tiers: [{ fromGrams: 0, toGrams: null, priceMinor: 2 }] },
          ],
        },
      ],
    }),
    ['/services/0/prices/1'],
  ],
  [
    'a price for a zone that does not exist',
    (world) => ({
      ...world,
      services: [
        {
          ...standardHome(),
          prices: [
            {
              currency: 'EUR',
              zoneIds: ['mars'],
              tiers: [{ fromGrams: 0, toGrams: null, priceMinor: 1 }],
            },
          ],
        },
      ],
    }),
    ['/services/0/prices/0/zoneIds/0'],
  ],
  [
    'lanes of names that do not exist',
    (world) => ({
      ...world,
      lanes: [
        { nodeIds: ['only', 'moon'], zoneIds: ['mars'], serviceCode: 'drone', transitDays: 1 },
      ],
    }),
    ['/lanes/0/serviceCode', '/lanes/0/nodeIds/1', '/lanes/0/zoneIds/0'],
  ],
  [
    'two lanes for one way',
    (world) => ({ ...world, lanes: [...world.lanes, ...world.lanes] }),
    ['/lanes/1/zoneIds/0'],
  ],
  [
    'two zones with one prefix',
    (world) => ({
      ...world,
      zones: [
        ...world.zones,
        zone('a', 'IT', 'Europe/Rome', ['20']),
        zone('b', 'IT', 'Europe/Rome', ['21', '20']),
      ],
    }),
    ['/zones/2/postalPrefixes/1'],
  ],
  [
    'two rests of one country',
    (world) => ({ ...world, zones: [...world.zones, zone('rest', 'IT', 'Europe/Rome', [])] }),
    ['/zones/1/postalPrefixes'],
  ],
  [
    'a point that never opens',
    (world) => ({ ...world, pickupPoints: [{ ...milanPoint(), hours: { weekly: {} } }] }),
    ['/pickupPoints/0/hours'],
  ],
  [
    'SKUs that do not exist',
    (world) => ({
      ...world,
      policy: { ...world.policy, waiting: [{ sku: 'HAT', quantity: 1 }] },
      stock: [{ sku: 'HAT', nodeId: 'only', onHand: 1 }],
    }),
    ['/policy/waiting/0/sku', '/stock/0/sku'],
  ],
  [
    'two stock rows for one SKU and node',
    (world) => ({ ...world, stock: [...world.stock, ...world.stock] }),
    ['/stock/1/sku'],
  ],
])('%s is refused in its place', (_what, change, expected) => {
  expect(pointers(parseWorld(change(oneWarehouse())))).toEqual(expected);
});

test('a cut-off on a weekday opened only by an exception is fine', () => {
  const hours = {
    ...weekdays('08:00', '18:00'),
    exceptions: [
      { date: '2026-12-06', intervals: [['10:00', '14:00'] satisfies [string, string]] },
    ],
  };
  expect(pointers(parseWorld(oneWarehouse({ hours, cutOffs: { sun: '12:00' } })))).toEqual([]);
});

test('a point may have the id of a point in another network', () => {
  const world = oneWarehouse();
  const pickupPoints = [milanPoint(), { ...milanPoint(), network: 'altro' }];
  expect(pointers(parseWorld({ ...world, pickupPoints }))).toEqual([]);
  expect(pointers(parseWorld({ ...world, pickupPoints: [milanPoint(), milanPoint()] }))).toEqual([
    '/pickupPoints/1/id',
  ]);
});
