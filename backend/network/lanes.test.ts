import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type LaneInput,
  oneWarehouse,
  parsed,
  standardHome,
  twoStoresOneWarehouse,
  zone,
} from '../../tests/worlds/worlds.ts';
import { instantToMinuteFloor } from '../base/time.ts';
import { compileTerms, customsAreaOf, laneCostMinor, laneFor, promiseConfidence } from './lanes.ts';
import { compileNetwork } from './network.ts';
import { LANE_EXISTS, type LaneTerms, PICKUP_EXISTS } from './snapshot.ts';
import type { WorldInput } from './world.ts';

const NOW = instantToMinuteFloor('2026-11-30T10:00Z');

function compiled(world: WorldInput) {
  return compileNetwork(parsed(world), NOW);
}

function termsOf(lane: Partial<LaneInput>): LaneTerms {
  const base = oneWarehouse();
  const world = parsed({
    ...base,
    lanes: [
      { nodeIds: ['only'], zoneIds: ['all'], serviceCode: 'standard', transitDays: 1, ...lane },
    ],
  });
  const [first] = world.lanes;
  if (first === undefined) throw new Error('a world of one lane');
  return compileTerms(first, world.policy);
}

test('a node serves the zones of its lanes and no others', () => {
  const snapshot = compiled(twoStoresOneWarehouse());
  const at = (node: string, service: string, zoneId: string) =>
    laneFor(snapshot, {
      node: snapshot.nodeIndex.get(node) ?? -1,
      service: snapshot.serviceIndex.get(service) ?? -1,
      zone: snapshot.zoneIndex.get(zoneId) ?? -1,
    });
  expect(snapshot.laneTerms[at('milan', 'standard', 'it-rm')]?.carrierDays).toBe(2);
  expect(snapshot.laneTerms[at('rome', 'standard', 'it-mi')]?.carrierDays).toBe(1);
  expect(at('london', 'standard', 'it')).toBe(-1);
  expect(at('rome', 'points', 'it')).toBe(-1);
  expect(laneFor(snapshot, { node: 0, service: 0, zone: -1 })).toBe(-1);
});

test.each([
  [{ country: 'IT' }, 'EU'],
  [{ country: 'GB' }, 'GB'],
  [{ country: 'CH' }, 'CH'],
  [{ country: 'HR' }, 'EU'],
  [{ country: 'ES', customsArea: 'IC' }, 'IC'],
])('the customs area of %j is %s', (place, expected) => {
  expect(customsAreaOf(place)).toBe(expected);
});

test('a lane leaves its customs area only when it says so', () => {
  const base = oneWarehouse();
  const lane: LaneInput = {
    nodeIds: ['only'],
    zoneIds: ['all', 'gb', 'fr'],
    serviceCode: 'standard',
    transitDays: 1,
  };
  const zones = [
    ...base.zones,
    zone('gb', 'GB', 'Europe/London', []),
    zone('fr', 'FR', 'Europe/Paris', []),
  ];
  const reaches = (crossesCustoms: boolean) => {
    const snapshot = compiled({ ...base, zones, lanes: [{ ...lane, crossesCustoms }] });
    return snapshot.zones
      .filter((_, index) => laneFor(snapshot, { node: 0, service: 0, zone: index }) >= 0)
      .map(({ id }) => id);
  };
  expect(reaches(false)).toEqual(['all', 'fr']);
  expect(reaches(true)).toEqual(['all', 'fr', 'gb']);
});

test('nodes with equal lanes share one row, and lanes with equal terms one entry', () => {
  const base = oneWarehouse();
  const [node] = base.nodes;
  if (node === undefined) throw new Error('a world of one node');
  const nodes = ['a', 'b', 'c'].map((id) => ({ ...node, id }));
  const lane = (nodeId: string, transitDays: number): LaneInput => ({
    nodeIds: [nodeId],
    zoneIds: ['all'],
    serviceCode: 'standard',
    transitDays,
  });
  const snapshot = compiled({
    ...base,
    nodes,
    stock: [],
    lanes: [lane('a', 1), lane('b', 1), lane('c', 2)],
  });
  expect(snapshot.laneRows[0]).toBe(snapshot.laneRows[1]);
  expect(snapshot.laneRows[2]).not.toBe(snapshot.laneRows[0]);
  expect(snapshot.laneTerms).toHaveLength(2);
  expect(snapshot.nodes[0]?.calendar).toBe(snapshot.nodes[2]?.calendar);
});

test.each([
  [0, 100],
  [999, 100],
  [1_000, 200],
  [4_999, 200],
  [5_000, -1],
])('%i billable grams cost %i', (grams, expected) => {
  const terms = termsOf({
    costs: [
      { fromGrams: 0, toGrams: 1_000, costMinor: 100 },
      { fromGrams: 1_000, toGrams: 5_000, costMinor: 200 },
    ],
  });
  expect(laneCostMinor(terms, grams)).toBe(expected);
});

test('a lane without stated costs costs nothing at any weight', () => {
  expect(laneCostMinor(termsOf({}), 1_000_000_000)).toBe(0);
});

test.each<[string, number[][], number | null]>([
  ['29 of 100 is 0.29', [[0, 29, 71]], null],
  ['95 of 100', [[0, 95, 5]], 0.95],
  [
    'two parcels multiply and are cut: 0.9025',
    [
      [0, 95, 5],
      [0, 95, 5],
    ],
    0.9,
  ],
  ['29/30 is cut to 0.96', [[0, 29, 1]], 0.96],
  [
    'a thin lane has none',
    [
      [0, 95, 5],
      [0, 3],
    ],
    null,
  ],
  ['all in time is 1', [[0, 40]], 1],
])('confidence: %s', (fact, lanes, expected) => {
  const terms = lanes.map((observations) => termsOf({ observations }));
  if (fact.startsWith('29 of 100')) {
    const [lane] = terms;
    if (lane === undefined) throw new Error('one lane');
    // The level asks for more than 29 %, so state the counts as they would stand at n = 1.
    expect(promiseConfidence([{ ...lane, onTimeCount: 29 }])).toBe(0.29);
    return;
  }
  expect(promiseConfidence(terms)).toBe(expected);
});

test('the promised carrier days are the fewest that reach the service level', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 100 }),
      (observations, percent) => {
        const total = observations.reduce((sum, count) => sum + count, 0);
        fc.pre(total >= 30);
        const base = oneWarehouse();
        const world = parsed({
          ...base,
          policy: { ...base.policy, serviceLevel: percent / 100 },
          lanes: [
            {
              nodeIds: ['only'],
              zoneIds: ['all'],
              serviceCode: 'standard',
              transitDays: 1,
              observations,
            },
          ],
        });
        const [lane] = world.lanes;
        if (lane === undefined) throw new Error('a world of one lane');
        const { carrierDays } = compileTerms(lane, world.policy);
        const within = (days: number) =>
          observations.slice(0, days + 1).reduce((sum, count) => sum + count, 0);
        expect(within(carrierDays) * 100).toBeGreaterThanOrEqual(percent * total);
        if (carrierDays > 0) expect(within(carrierDays - 1) * 100).toBeLessThan(percent * total);
      },
    ),
  );
});

test('where a channel’s nodes have lanes and pickups is known per service and zone', () => {
  const base = twoStoresOneWarehouse();
  const snapshot = compiled({
    ...base,
    policy: { ...base.policy, channels: [{ code: 'uk', countries: ['GB'] }] },
    services: [...base.services, { ...standardHome(), code: 'unserved' }],
    lanes: [
      ...base.lanes,
      { nodeIds: ['milan'], zoneIds: ['it'], serviceCode: 'unserved', transitDays: 1 },
    ],
  });
  const reach = (channel: number, service: string, zoneId: string) =>
    snapshot.channels[channel]?.reach[
      (snapshot.serviceIndex.get(service) ?? 0) * snapshot.zones.length +
        (snapshot.zoneIndex.get(zoneId) ?? 0)
    ];
  expect(reach(0, 'standard', 'it')).toBe(LANE_EXISTS | PICKUP_EXISTS);
  expect(reach(0, 'unserved', 'it')).toBe(LANE_EXISTS);
  expect(reach(0, 'unserved', 'gb')).toBe(0);
  expect(reach(1, 'standard', 'it')).toBe(0);
  expect(reach(1, 'standard', 'gb')).toBe(LANE_EXISTS | PICKUP_EXISTS);
});
