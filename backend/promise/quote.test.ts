import { expect, test } from 'vitest';
import { parsed, twoStoresOneWarehouse } from '../../tests/worlds/worlds.ts';
import { formatMinute, instantToMinuteFloor } from '../base/time.ts';
import { compileNetwork } from '../network/network.ts';
import type { WorldInput } from '../network/world.ts';
import { applyLoad, applyStockRow, factsOfWorld } from '../stock/stock.ts';
import { type QuoteRequest, quote } from './quote.ts';

const MILAN = { country: 'IT', postalCode: '20121', lat: 45.4642, lng: 9.19 };
const ROME = { country: 'IT', postalCode: '00184', lat: 41.9, lng: 12.5 };

function shop(change: (world: WorldInput) => WorldInput = (world) => world) {
  const world = parsed(change(twoStoresOneWarehouse()));
  const snapshot = compileNetwork(world, instantToMinuteFloor('2026-11-30T00:00:00+01:00'));
  return { world, snapshot, facts: factsOfWorld(snapshot, world) };
}

function request(now: string, changes: Partial<QuoteRequest> = {}): QuoteRequest {
  return {
    nowMinute: instantToMinuteFloor(now),
    marginMinutes: 0,
    lines: [{ sku: 'SHIRT', quantity: 1 }],
    destination: MILAN,
    currency: 'EUR',
    locale: 'it',
    channel: 'online',
    customerTags: [],
    ...changes,
  };
}

test.each([
  // Rome hands over after 30 minutes, on a quarter hour: at 09:00 it opens at 10:00 and is ready at 10:30.
  ['2026-11-30T09:00:00+01:00', '10:30', true],
  ['2026-11-30T08:30:00+01:00', '10:30', true],
  ['2026-11-30T08:29:00+01:00', '10:30', false],
  ['2026-11-30T12:01:00+01:00', '12:45', true],
])('asked at %s the store hands over at %s, within two hours: %s', (now, at, isSoon) => {
  const { snapshot, facts } = shop();
  const answer = quote(snapshot, facts, request(now, { destination: ROME }));
  const store = answer.options.find(({ method }) => method === 'store_pickup');
  expect(formatMinute(store?.window.fromMinute ?? 0, 'Europe/Rome').slice(11, 16)).toBe(at);
  expect(store?.withinTwoHours).toBe(isSoon);
  expect(store).toMatchObject({ confidence: 1, co2Grams: 0, isGreenest: true, priceMinor: 0 });
});

test.each([
  ['no lane', (world: WorldInput) => ({ ...world, lanes: [] }), 'no_lane', {}],
  [
    'a product the service refuses',
    (world: WorldInput) => ({
      ...world,
      products: world.products.map((product) => ({ ...product, tags: ['hazmat'] })),
      services: world.services.map((one) => ({ ...one, restrictions: [{ productTag: 'hazmat' }] })),
    }),
    'restricted',
    {},
  ],
  [
    'an item too heavy',
    (world: WorldInput) => ({
      ...world,
      services: world.services.map((one) => ({ ...one, maxItemGrams: 299 })),
    }),
    'limit',
    { of: 'item' },
  ],
  [
    'no price in the currency',
    (world: WorldInput) => ({
      ...world,
      services: world.services.map((one) => ({ ...one, prices: [] })),
    }),
    'no_price',
    {},
  ],
  [
    'no pickup of the service',
    (world: WorldInput) => ({
      ...world,
      nodes: world.nodes.map((node) => ({ ...node, carrierPickups: [] })),
    }),
    'no_departure',
    { why: 'no_pickup' },
  ],
  ['no stock', (world: WorldInput) => ({ ...world, stock: [] }), 'no_stock', {}],
  [
    'work that outlasts the calendars',
    (world: WorldInput) => ({
      ...world,
      nodes: world.nodes.map((node) => ({ ...node, leadTimeMinutes: 900_000 })),
    }),
    'no_departure',
    { why: 'nothing_in_time' },
  ],
])('with %s the option is absent and says so', (_, change, code, facts) => {
  const { snapshot, facts: stock } = shop(change);
  const answer = quote(snapshot, stock, request('2026-11-30T10:00:00+01:00'));
  const absent = answer.absent.find(({ serviceCode }) => serviceCode === 'standard');
  expect(absent?.code).toBe(code);
  expect(absent?.facts).toMatchObject(facts);
});

test('after stock and load changed the answer is that of facts made anew', () => {
  const now = '2026-11-30T15:00:00+01:00';
  const { snapshot, facts } = shop((world) => ({
    ...world,
    nodes: world.nodes.map((node) => ({ ...node, unitsPerHour: 60 })),
  }));
  const before = quote(snapshot, facts, request(now));
  applyLoad(facts, {
    nodeId: 'milan',
    backlogUnits: 130,
    backlogAsOf: '2026-11-30T14:00:00+01:00',
    ordersByDate: {},
  });
  applyStockRow(facts, {
    sku: 'SHIRT',
    nodeId: 'rome',
    onHand: 0,
    unavailable: 0,
    allocated: 0,
    incoming: [],
  });
  const after = quote(snapshot, facts, request(now));
  const { snapshot: again, facts: fresh } = shop((world) => ({
    ...world,
    nodes: world.nodes.map((node) => ({
      ...node,
      unitsPerHour: 60,
      ...(node.id === 'milan'
        ? { backlogUnits: 130, backlogAsOf: '2026-11-30T14:00:00+01:00' }
        : {}),
    })),
    stock: world.stock.filter((row) => row.nodeId !== 'rome'),
  }));
  expect(after).toEqual(quote(again, fresh, request(now)));
  expect(after).not.toEqual(before);
  // 130 units at one a minute end at 16:10, ours at 16:11; an hour of lead time later the 17:00 pickup is gone.
  expect(before.options[0]?.promisedOn).toBe('2026-12-01');
  expect(after.options[0]?.promisedOn).toBe('2026-12-02');
});

test('two services of one network at one point are one option: the earlier of both', () => {
  const { snapshot, facts } = shop((world) => ({
    ...world,
    services: world.services.flatMap((one) =>
      one.code === 'points' ? [one, { ...one, code: 'points-fast' }] : [one],
    ),
    nodes: world.nodes.map((node) => ({
      ...node,
      carrierPickups: [
        ...(node.carrierPickups ?? []),
        { serviceCode: 'points-fast', weekly: { mon: ['17:30'] } },
      ],
    })),
    lanes: [
      ...world.lanes,
      { nodeIds: ['milan'], zoneIds: ['it-mi'], serviceCode: 'points-fast', transitDays: 0 },
    ],
  }));
  const now = '2026-11-30T10:00:00+01:00';
  const answer = quote(snapshot, facts, request(now, { methods: ['pickup_point'] }));
  expect(answer.options).toHaveLength(1);
  expect(answer.options[0]).toMatchObject({
    serviceCode: 'pp:punto:MI-1',
    parcels: [{ serviceCode: 'points-fast' }],
  });
});
