/**
 * The oracle itself against reasons, money, CO2 and figures worked out by hand: rules 9, 10, 13, 14, 16 and 17.
 * Everything is asked on Monday 2026-11-30 10:00 in Rome.
 */
import { expect, test } from 'vitest';
import type { WorldInput, WorldRequestInput } from '../../backend/network/world.ts';
import {
  answer,
  brief,
  lane,
  milan,
  type NodeInput,
  only,
  onWorkdays,
  type ServiceInput,
  standard,
  world,
} from './hand-world.ts';

const MONDAY_10 = '2026-11-30T10:00:00+01:00';

type StockInput = WorldInput['stock'][number];

function stock(nodeId: string, sku: string, onHand: number, more: Partial<StockInput> = {}) {
  return { nodeId, sku, onHand, ...more };
}

/** Milan and Rome with equal calendars; lanes of their own; SKUs A and B of 1 kg. */
function two(
  rows: StockInput[],
  change: Partial<WorldInput> = {},
  rome: Partial<NodeInput> = {},
): WorldInput {
  return world({
    nodes: [milan(), milan({ id: 'rome', ...rome })],
    lanes: [lane(), lane({ nodeIds: ['rome'] })],
    products: [
      { sku: 'A', weightGrams: 1_000 },
      { sku: 'B', weightGrams: 1_000 },
    ],
    stock: rows,
    ...change,
  });
}

function lines(...wanted: readonly (readonly [string, number])[]): Partial<WorldRequestInput> {
  return { lines: wanted.map(([sku, quantity]) => ({ sku, quantity })) };
}

function service(change: Partial<ServiceInput>): WorldInput {
  return world({ services: [standard(change)] });
}

const REASONS: readonly (readonly [string, WorldInput, Partial<WorldRequestInput>, string])[] = [
  [
    'no zone of that country',
    world(),
    { destination: { country: 'FR', postalCode: '75001' } },
    'no_lane',
  ],
  [
    'no prefix fits and the country has no rest',
    world(),
    { destination: { country: 'IT', postalCode: '90100' } },
    'no_lane',
  ],
  [
    'a zone of another customs area and a lane that does not cross',
    world({ zones: world().zones.map((zone) => ({ ...zone, customsArea: 'LIVIGNO' })) }),
    {},
    'no_lane',
  ],
  [
    'restricted comes before a limit',
    {
      ...service({ restrictions: [{ productTag: 'fire' }], maxItemGrams: 1 }),
      products: [{ sku: 'A', weightGrams: 1_000, tags: ['fire'] }],
    },
    {},
    'restricted',
  ],
  ['1,000 g are more than 999', service({ maxItemGrams: 999 }), {}, 'limit'],
  [
    'six units of 1 kg break a parcel of 4 kg, but only five are there: stock',
    service({ maxParcelGrams: 4_000 }),
    lines(['A', 6]),
    'no_stock',
  ],
  [
    'five units of 1 kg break a parcel of 4 kg',
    service({ maxParcelGrams: 4_000 }),
    lines(['A', 5]),
    'limit',
  ],
  [
    'the limit comes before the price',
    service({ maxParcelGrams: 4_000, prices: [] }),
    lines(['A', 5]),
    'limit',
  ],
  ['no price in that currency', world(), { currency: 'CHF' }, 'no_price'],
  [
    'tiers end at 1,000 g, exclusive',
    service({
      prices: [{ currency: 'EUR', tiers: [{ fromGrams: 0, toGrams: 1_000, priceMinor: 1 }] }],
    }),
    {},
    'no_price',
  ],
  [
    'no pickup is written down',
    world({ nodes: [milan({ carrierPickups: [] })] }),
    {},
    'no_departure no_pickup',
  ],
  [
    'no pickup comes before no stock',
    world({ nodes: [milan({ carrierPickups: [] })] }),
    lines(['A', 6]),
    'no_departure no_pickup',
  ],
  ['six of five', world(), lines(['A', 6]), 'no_stock'],
];

test.each(REASONS)('%s: absent', (_title, input, change, expected) => {
  const { options, absent } = answer(input, MONDAY_10, change);
  expect(options).toEqual([]);
  expect(absent.map(({ code, facts }) => [code, facts.why].filter(Boolean).join(' '))).toEqual([
    expected,
  ]);
});

test.each<[string, Partial<ServiceInput>, number, number]>([
  ['1,000 g in [0, 1,001): 400', { prices: tiers(1_001) }, 0, 400],
  ['1,000 g are not in [0, 1,000): 700', { prices: tiers(1_000) }, 0, 700],
  [
    '5,001 cm³ × 1,000 / 5,000 = 1,000.2, ceil 1,001 g: 700',
    { prices: tiers(1_001), volumetricDivisor: 5_000 },
    5_001,
    700,
  ],
  [
    '5,000 cm³ × 1,000 / 5,000 = 1,000 g: 400',
    { prices: tiers(1_001), volumetricDivisor: 5_000 },
    5_000,
    400,
  ],
  [
    'a row that names the zone beats the row for all zones: 50',
    {
      prices: [
        ...(tiers(1_001) ?? []),
        {
          currency: 'EUR',
          zoneIds: ['it'],
          tiers: [{ fromGrams: 0, toGrams: null, priceMinor: 50 }],
        },
      ],
    },
    0,
    50,
  ],
])('%s', (_title, change, volumeCm3, expected) => {
  const input = { ...service(change), products: [{ sku: 'A', weightGrams: 1_000, volumeCm3 }] };
  expect(answer(input, MONDAY_10).options.map(({ priceMinor }) => priceMinor)).toEqual([expected]);
});

function tiers(end: number): ServiceInput['prices'] {
  return [
    {
      currency: 'EUR',
      tiers: [
        { fromGrams: 0, toGrams: end, priceMinor: 400 },
        { fromGrams: end, toGrams: null, priceMinor: 700 },
      ],
    },
  ];
}

test('1 kg over one degree: 111.195 km × 1.25 × 0.1 kg/tkm = 13.9 g, rounded 14; 111,195 m', () => {
  const [option] = answer(service({ co2KgPerTonneKm: 0.1 }), MONDAY_10).options;
  expect(option).toMatchObject({ co2Grams: 14, greenest: true });
  expect(option?.parcels[0]?.distanceMeters).toBe(111_195);
});

test('the least CO2 is marked, every tie; the others are not', () => {
  const codes = ['a', 'b', 'c'];
  const input = world({
    nodes: [
      milan({
        carrierPickups: codes.map((code) => ({ serviceCode: code, weekly: onWorkdays(['17:00']) })),
      }),
    ],
    services: codes.map((code) => standard({ code, co2KgPerTonneKm: code === 'c' ? 0.2 : 0.1 })),
    lanes: codes.map((code) => lane({ serviceCode: code })),
  });
  const marks = answer(input, MONDAY_10).options.map(({ serviceCode, greenest }) => [
    serviceCode,
    greenest,
  ]);
  expect(marks).toEqual([
    ['a', true],
    ['b', true],
    ['c', false],
  ]);
});

test('confidence 29 of 100 is 0.29, though 0.29 × 100 is 28.999… in doubles; a thin lane has none', () => {
  const policy = { timeZone: 'Europe/Rome', currency: 'EUR', serviceLevel: 0.2 };
  const measured = answer(
    world({ policy, lanes: [lane({ observations: [0, 29, 71] })] }),
    MONDAY_10,
  );
  const thin = answer(world({ lanes: [lane({ observations: [0, 29] })] }), MONDAY_10);
  expect(measured.options.map(({ confidence, quality }) => [confidence, quality])).toEqual([
    [0.29, 'full'],
  ]);
  expect(thin.options.map(({ confidence, quality }) => [confidence, quality])).toEqual([
    [null, 'estimate'],
  ]);
});

test('two parcels at 57 of 60: 0.95 × 0.95 = 0.9025, floored 0.9', () => {
  const observations = [0, 57, 3];
  const input = two([stock('milan', 'A', 1), stock('rome', 'B', 1)], {
    lanes: [lane({ nodeIds: ['milan', 'rome'], observations })],
  });
  const [option] = answer(input, MONDAY_10, lines(['A', 1], ['B', 1])).options;
  expect(option?.confidence).toBe(0.9);
});

test('the longest prefix wins; a code no prefix fits is the rest of the country, an estimate', () => {
  const [zone] = world().zones;
  if (zone === undefined) throw new Error('no zone');
  const input = world({
    zones: [
      zone,
      { ...zone, id: 'center', postalPrefixes: ['201'] },
      { ...zone, id: 'rest', postalPrefixes: [] },
    ],
    lanes: [
      lane({ transitDays: 0 }),
      lane({ zoneIds: ['center'], observations: [0, 0, 40] }),
      lane({ zoneIds: ['rest'], observations: [0, 0, 0, 40] }),
    ],
  });
  const to = (postalCode: string) =>
    answer(input, MONDAY_10, { destination: { country: 'IT', postalCode } });
  expect(only(to('20-1 21')).promised).toBe('12-02');
  expect(only(to('29121')).promised).toBe('12-01');
  expect(only(to('00100')).promised).toBe('12-03');
  expect(to('00100').options[0]?.quality).toBe('estimate');
});

const FIGURES: readonly (readonly [
  string,
  Partial<WorldInput['policy']>,
  Partial<StockInput>,
  Partial<WorldRequestInput>,
  boolean,
])[] = [
  [
    '5 on hand − 1 unavailable − 1 allocated − 1 safety = 2: two are sold',
    {},
    { unavailable: 1, allocated: 1, safetyStock: 1 },
    lines(['A', 2]),
    true,
  ],
  ['… three are not', {}, { unavailable: 1, allocated: 1, safetyStock: 1 }, lines(['A', 3]), false],
  [
    '21 % of 5 = 1.05, ceil 2: three are left',
    { safetyStock: [{ percent: 21 }] },
    {},
    lines(['A', 3]),
    true,
  ],
  ['… not four', { safetyStock: [{ percent: 21 }] }, {}, lines(['A', 4]), false],
  [
    'a SKU rule (1) beats a node rule (4): four are left',
    {
      safetyStock: [
        { sku: 'A', units: 1 },
        { nodeId: 'milan', units: 4 },
      ],
    },
    {},
    lines(['A', 4]),
    true,
  ],
  [
    'of two shop rules the larger (4) holds: not two',
    { safetyStock: [{ units: 1 }, { units: 4 }] },
    {},
    lines(['A', 2]),
    false,
  ],
  [
    '3 of 5 wait for routing: not three',
    { waiting: [{ sku: 'A', quantity: 3 }] },
    {},
    lines(['A', 3]),
    false,
  ],
  [
    '3 are reserved by another channel until 10:01: not three',
    {
      reservations: [
        { sku: 'A', quantity: 3, channel: 'pos', expiresAt: '2026-11-30T10:01:00+01:00' },
      ],
    },
    {},
    lines(['A', 3]),
    false,
  ],
  [
    '… until 10:00, gone at 10:00: three',
    { reservations: [{ sku: 'A', quantity: 3, channel: 'pos', expiresAt: MONDAY_10 }] },
    {},
    lines(['A', 3]),
    true,
  ],
  [
    'a market quota of 4, one used: pool 5 − 3 = 2, not three',
    { quotas: [{ sku: 'A', quantity: 4, used: 1, channel: 'market' }] },
    {},
    lines(['A', 3]),
    false,
  ],
  [
    'a quota of 4 for vip: a vip sees pool 1 + own 4 = 5',
    { quotas: [{ sku: 'A', quantity: 4, customerTag: 'vip' }] },
    {},
    { ...lines(['A', 5]), customerTags: ['vip'] },
    true,
  ],
  [
    '… anyone else sees 1',
    { quotas: [{ sku: 'A', quantity: 4, customerTag: 'vip' }] },
    {},
    lines(['A', 2]),
    false,
  ],
  [
    'a share of 50 % of 5 is 2.5, floor 2: not three',
    { channels: [{ code: 'online', shareBasisPoints: 5_000 }] },
    {},
    lines(['A', 3]),
    false,
  ],
  [
    '5 is under the threshold of 6: nothing',
    { channels: [{ code: 'online', threshold: 6 }] },
    {},
    lines(['A', 1]),
    false,
  ],
  [
    'one more due in 24 h is within a horizon of one day: six',
    { channels: [{ code: 'online', incomingHorizonDays: 1 }] },
    { incoming: [{ quantity: 1, expectedAt: '2026-12-01T10:00:00+01:00' }] },
    lines(['A', 6]),
    true,
  ],
  [
    '… due in 24 h and a minute it is not',
    { channels: [{ code: 'online', incomingHorizonDays: 1 }] },
    { incoming: [{ quantity: 1, expectedAt: '2026-12-01T10:01:00+01:00' }] },
    lines(['A', 6]),
    false,
  ],
];

test.each(FIGURES)('%s', (_title, policy, row, change, isSold) => {
  const input = world({
    policy: { timeZone: 'Europe/Rome', currency: 'EUR', ...policy },
    stock: [stock('milan', 'A', 5, row)],
  });
  const { options, absent } = answer(input, MONDAY_10, change);
  expect(options.map(brief).map(({ nodes }) => nodes)).toEqual(isSold ? ['milan'] : []);
  expect(absent.map(({ code }) => code)).toEqual(isSold ? [] : ['no_stock']);
});
