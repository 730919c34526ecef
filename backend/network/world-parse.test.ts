import { expect, test } from 'vitest';
import {
  milanWarehouse,
  oneWarehouse,
  twoStoresOneWarehouse,
  weekdays,
  zone,
} from '../../tests/worlds/worlds.ts';
import type { WorldInput } from './world.ts';
import { parseNetworkSection, parseRequest, parseWorld } from './world-parse.ts';

/** Pointers of all problems, in order. */
function pointers(result: ReturnType<typeof parseWorld | typeof parseRequest>): string[] {
  return result.ok ? [] : result.refusal.problems.map((problem) => problem.pointer);
}

const REQUEST = {
  now: '2026-11-30T10:00:00+01:00',
  lines: [{ sku: 'SHIRT', quantity: 1 }],
  destination: { country: 'IT', postalCode: '20121' },
  currency: 'EUR',
};

test('a sound world comes back with its defaults', () => {
  const result = parseWorld(twoStoresOneWarehouse());
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  expect(result.value.policy).toMatchObject({
    serviceLevel: 0.95,
    splitOnlyIfDaysEarlier: 1,
    pickupPoints: { maxCount: 5, maxMeters: 25_000 },
  });
  expect(result.value.nodes[0]).toMatchObject({ lastHandOverMinutes: 15, takesOrders: true });
  expect(result.value.lanes[0]?.costs).toEqual([{ fromGrams: 0, toGrams: null, costMinor: 0 }]);
});

test('a world that was parsed parses again to itself', () => {
  const once = parseWorld(twoStoresOneWarehouse());
  if (!once.ok) throw new Error('a sound world');
  expect(parseWorld(JSON.parse(JSON.stringify(once.value)))).toEqual(once);
});

test('a problem names its place, its value, what is allowed and the remedy', () => {
  const world = oneWarehouse({ timeZone: 'Europe/Roma' });
  expect(
    parseWorld({
      ...world,
      policy: { ...world.policy, timeZone: 'UTC' },
      zones: [zone('all', 'IT', 'Europe/Rome', [])],
    }),
  ).toEqual({
    ok: false,
    refusal: expect.objectContaining({
      code: 'invalid_input',
      pointer: '/nodes/0/timeZone',
      value: 'Europe/Roma',
      allowed: 'an IANA time zone in its usual spelling, as Europe/Rome',
      remedy: expect.stringContaining('summer time'),
    }),
  });
});

test('what is no object at all is refused at the root', () => {
  for (const json of [null, undefined, 7, 'world', []]) {
    expect(pointers(parseWorld(json))).toEqual(['']);
  }
});

test.each<[string, (world: WorldInput) => unknown, string[]]>([
  ['a missing field', ({ nodes: _, ...world }) => world, ['/nodes']],
  ['an unknown field', (world) => ({ ...world, nodez: [] }), ['/nodez']],
  [
    'a negative number',
    (world) => ({ ...world, nodes: [{ ...milanWarehouse(), leadTimeMinutes: -1 }] }),
    ['/nodes/0/leadTimeMinutes'],
  ],
  [
    'half a minute',
    (world) => ({ ...world, nodes: [{ ...milanWarehouse(), leadTimeMinutes: 0.5 }] }),
    ['/nodes/0/leadTimeMinutes'],
  ],
  [
    'a time of day past 47:59',
    (world) => ({ ...world, nodes: [{ ...milanWarehouse(), cutOffs: { mon: '48:00' } }] }),
    ['/nodes/0/cutOffs/mon'],
  ],
  [
    'a weekday in another language',
    (world) => ({ ...world, nodes: [{ ...milanWarehouse(), cutOffs: { lun: '16:00' } }] }),
    ['/nodes/0/cutOffs/lun'],
  ],
  [
    '30 February',
    (world) => ({
      ...world,
      nodes: [
        {
          ...milanWarehouse(),
          hours: {
            ...weekdays('08:00', '18:00'),
            exceptions: [{ date: '2027-02-30', intervals: [] }],
          },
        },
      ],
    }),
    ['/nodes/0/hours/exceptions/0/date'],
  ],
  [
    'an instant on 30 February',
    (world) => ({ ...world, nodes: [{ ...milanWarehouse(), backlogAsOf: '2027-02-30T10:00Z' }] }),
    ['/nodes/0/backlogAsOf'],
  ],
  [
    'an instant without offset',
    (world) => ({ ...world, nodes: [{ ...milanWarehouse(), backlogAsOf: '2027-02-20T10:00' }] }),
    ['/nodes/0/backlogAsOf'],
  ],
  [
    'a key that is no day',
    (world) => ({ ...world, nodes: [{ ...milanWarehouse(), ordersByDate: { 'a/b~c': 1 } }] }),
    ['/nodes/0/ordersByDate/a~1b~0c'],
  ],
  [
    'a lot with neither day nor instant',
    (world) => ({
      ...world,
      stock: [{ sku: 'SHIRT', nodeId: 'only', onHand: 1, incoming: [{ quantity: 1 }] }],
    }),
    ['/stock/0/incoming/0'],
  ],
  [
    'no cost tiers',
    (world) => ({ ...world, lanes: world.lanes.map((lane) => ({ ...lane, costs: [] })) }),
    ['/lanes/0/costs'],
  ],
])('%s is refused in its place', (_what, change, expected) => {
  expect(pointers(parseWorld(change(oneWarehouse())))).toEqual(expected);
});

test('many problems come together, the first fifty of them', () => {
  const world = oneWarehouse();
  const lanes = Array.from({ length: 80 }, (_, index) => ({
    nodeIds: ['only'],
    zoneIds: [`mars${index}`],
    serviceCode: 'standard',
    transitDays: 1,
  }));
  const result = parseWorld({ ...world, lanes });
  expect(pointers(result)).toHaveLength(50);
  expect(result).toMatchObject({ refusal: { pointer: '/lanes/0/zoneIds/0' } });
});

test('a long value is cut, an object is not repeated', () => {
  const result = parseWorld({
    ...oneWarehouse(),
    policyVersion: 'x'.repeat(500),
    carriers: { many: 'things' },
  });
  if (result.ok) throw new Error('refused');
  expect(result.refusal.problems.map(({ value }) => value)).toEqual([
    `${'x'.repeat(80)}…`,
    undefined,
  ]);
});

test('a shop’s network section needs neither products nor stock', () => {
  const { products: _p, stock: _s, policyVersion: _v, ...section } = twoStoresOneWarehouse();
  expect(parseNetworkSection(section).ok).toBe(true);
  const quotas = [{ sku: 'UNKNOWN-HERE', quantity: 1, channel: 'pos' }];
  expect(parseNetworkSection({ ...section, policy: { ...section.policy, quotas } }).ok).toBe(true);
});

test('a request comes back with its defaults', () => {
  const result = parseRequest({ ...REQUEST, destination: { country: 'IT' } });
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  expect(result.value).toMatchObject({
    destination: { postalCode: '' },
    channel: 'online',
    locale: 'en',
    customerTags: [],
    marginMinutes: 0,
  });
});

test.each<[string, object, string[]]>([
  ['no lines', { lines: [] }, ['/lines']],
  [
    '501 lines',
    { lines: Array.from({ length: 501 }, () => ({ sku: 'SHIRT', quantity: 1 })) },
    ['/lines'],
  ],
  ['nothing of something', { lines: [{ sku: 'SHIRT', quantity: 0 }] }, ['/lines/0/quantity']],
  ['an absurd quantity', { lines: [{ sku: 'SHIRT', quantity: 1_000_001 }] }, ['/lines/0/quantity']],
  ['half a point', { destination: { country: 'IT', lat: 45 } }, ['/destination/lng']],
  ['a country in small letters', { destination: { country: 'it' } }, ['/destination/country']],
  ['a margin of more than a week', { marginMinutes: 10_081 }, ['/marginMinutes']],
  ['an instant in 1999', { now: '1999-12-31T23:59:59Z' }, ['/now']],
])('a request with %s is refused in its place', (_what, change, expected) => {
  expect(pointers(parseRequest({ ...REQUEST, ...change }))).toEqual(expected);
});
