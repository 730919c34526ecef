import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsed, twoStoresOneWarehouse } from '../../../tests/worlds/worlds.ts';
import { instantToMinuteFloor } from '../../base/time.ts';
import { createHolidayBook } from '../../network/holidays.ts';
import { compileNetwork } from '../../network/network.ts';
import type { WorldInput } from '../../network/world.ts';
import { explainFigure, factsOfWorld } from '../stock.ts';
import { aggregateUnits, levelUnits, parkedLevels } from './levels.ts';

const NOW = instantToMinuteFloor('2026-11-30T10:00:00+01:00');
const LIVE = '2026-12-01T10:00:00+01:00';
const HOLIDAYS = createHolidayBook();

// By index: london, milan, rome.
const NODES = ['london', 'milan', 'rome'];

type Policy = Partial<WorldInput['policy']>;
type Stock = WorldInput['stock'];

function worldOf(policy: Policy, stock: Stock, more: Partial<WorldInput> = {}) {
  const world = twoStoresOneWarehouse();
  const checked = parsed({ ...world, ...more, policy: { ...world.policy, ...policy }, stock });
  const snapshot = compileNetwork(checked, NOW, { holidays: HOLIDAYS });
  return { snapshot, facts: factsOfWorld(snapshot, checked) };
}

function ask(sku: number, nodes: readonly number[] = [0, 1, 2], channel = 'online') {
  return { sku, channel, nodes: Int32Array.from(nodes), nowMinute: NOW, atMinute: NOW };
}

function stock(london: number, milan: number, rome: number): Stock {
  const units = [london, milan, rome];
  return NODES.map((nodeId, index) => ({ sku: 'SHIRT', nodeId, onHand: units[index] ?? 0 }));
}

test.each<[string, Policy, Stock, number[]]>([
  ['each node shows what it has', {}, stock(3, 10, 2), [3, 10, 2]],
  [
    'orders that wait come off the largest node, then the next',
    { waiting: [{ sku: 'SHIRT', quantity: 12 }] },
    stock(3, 10, 2),
    [1, 0, 2],
  ],
  [
    'of equal nodes off the lower id',
    { waiting: [{ sku: 'SHIRT', quantity: 1 }] },
    stock(5, 5, 5),
    [4, 5, 5],
  ],
  [
    'reservations of others too',
    { reservations: [{ sku: 'SHIRT', quantity: 4, channel: 'pos', expiresAt: LIVE }] },
    stock(3, 10, 2),
    [3, 6, 2],
  ],
  [
    'a share is each node’s own, whole units by largest remainder',
    { channels: [{ code: 'online', shareBasisPoints: 5_000 }] },
    stock(3, 10, 3),
    [2, 5, 1],
  ],
  [
    'a quota of others is held back where most lies',
    { quotas: [{ sku: 'SHIRT', quantity: 7, channel: 'market' }] },
    stock(3, 10, 2),
    [3, 3, 2],
  ],
  [
    'an own quota is shown where it is held, whatever the share',
    {
      channels: [{ code: 'online', shareBasisPoints: 0 }],
      quotas: [{ sku: 'SHIRT', quantity: 7, channel: 'online' }],
    },
    stock(3, 10, 2),
    [0, 7, 0],
  ],
  [
    'under the threshold nothing is shown anywhere',
    { channels: [{ code: 'online', threshold: 16 }] },
    stock(3, 10, 2),
    [0, 0, 0],
  ],
  [
    'at it every node shows its part, however small',
    { channels: [{ code: 'online', threshold: 15 }] },
    stock(3, 10, 2),
    [3, 10, 2],
  ],
  [
    'nodes outside the pool show nothing',
    { channels: [{ code: 'online', kinds: ['store'] }] },
    stock(3, 10, 2),
    [3, 0, 2],
  ],
])('in mirror %s', (_fact, policy, rows, expected) => {
  const { snapshot, facts } = worldOf(policy, rows);
  expect([...levelUnits(snapshot, facts, ask(0))]).toEqual(expected);
});

test('incoming counts at its own node, and levels come in the order asked for', () => {
  const { snapshot, facts } = worldOf({}, [
    { sku: 'SHIRT', nodeId: 'milan', onHand: 1 },
    {
      sku: 'SHIRT',
      nodeId: 'rome',
      onHand: 0,
      incoming: [{ quantity: 7, expectedOn: '2026-12-09' }],
    },
  ]);
  expect([...levelUnits(snapshot, facts, ask(0, [2, 1]))]).toEqual([7, 1]);
});

test('a node that is not bound keeps its part; the others show no more for it', () => {
  const { snapshot, facts } = worldOf({}, stock(3, 10, 2));
  expect([...levelUnits(snapshot, facts, ask(0, [2]))]).toEqual([2]);
});

test('one location that stands for all shows the figure', () => {
  const { snapshot, facts } = worldOf(
    { channels: [{ code: 'online', shareBasisPoints: 8_000 }] },
    stock(3, 10, 2),
  );
  const { nodes: _, ...rest } = ask(0);
  expect(aggregateUnits(snapshot, facts, rest)).toBe(12);
});

test('parked is what is there and not shown: withheld share, safety stock, quotas; not what is claimed', () => {
  const { snapshot, facts } = worldOf(
    {
      channels: [{ code: 'online', shareBasisPoints: 5_000, kinds: ['warehouse'] }],
      safetyStock: [{ nodeId: 'milan', units: 2 }],
      waiting: [{ sku: 'SHIRT', quantity: 2 }],
    },
    [
      { sku: 'SHIRT', nodeId: 'milan', onHand: 12, unavailable: 1, allocated: 1 },
      { sku: 'SHIRT', nodeId: 'rome', onHand: 4 },
    ],
  );
  // 12 − 1 − 1 − 2 kept back − 2 waiting = 6, half is shown; 3 and the 2 kept back are parked.
  const { available, parked } = parkedLevels(snapshot, facts, ask(0));
  expect([...available]).toEqual([0, 3, 0]);
  expect([...parked]).toEqual([0, 5, 4]);
});

const KIT: Partial<WorldInput> = {
  products: [
    { sku: 'HAT', weightGrams: 100 },
    {
      sku: 'SET',
      weightGrams: 300,
      kit: {
        components: [
          { sku: 'HAT', quantity: 1 },
          { sku: 'SHIRT', quantity: 2 },
        ],
      },
    },
    { sku: 'SHIRT', weightGrams: 100 },
  ],
};

test('a kit is shown where it can be built', () => {
  const hats = (london: number, milan: number, rome: number): Stock =>
    stock(london, milan, rome).map((row) => ({ ...row, sku: 'HAT' }));
  const { snapshot, facts } = worldOf({}, [...stock(5, 9, 4), ...hats(1, 9, 0)], KIT);
  expect([...levelUnits(snapshot, facts, ask(1))]).toEqual([1, 4, 0]);
});

const units = fc.nat({ max: 30 });
const drawnWorld = fc.record({
  london: units,
  milan: units,
  rome: units,
  hats: units,
  lot: units,
  waiting: fc.nat({ max: 20 }),
  waitingKits: fc.nat({ max: 4 }),
  reserved: fc.nat({ max: 20 }),
  mine: fc.nat({ max: 20 }),
  theirs: fc.nat({ max: 20 }),
  share: fc.oneof(fc.constant(10_000), fc.nat({ max: 10_000 })),
  threshold: fc.nat({ max: 20 }),
  horizon: fc.constantFrom(null, 0, 5),
});

type Drawn = typeof drawnWorld extends fc.Arbitrary<infer World> ? World : never;

function drawn(of: Drawn) {
  return worldOf(
    {
      channels: [
        {
          code: 'online',
          shareBasisPoints: of.share,
          threshold: of.threshold,
          incomingHorizonDays: of.horizon,
        },
      ],
      waiting: [
        { sku: 'SHIRT', quantity: of.waiting },
        { sku: 'SET', quantity: of.waitingKits },
      ],
      reservations: [{ sku: 'SHIRT', quantity: of.reserved, channel: 'pos', expiresAt: LIVE }],
      quotas: [
        { sku: 'SHIRT', quantity: of.mine, channel: 'online' },
        { sku: 'SET', quantity: of.theirs, channel: 'market' },
      ],
    },
    [
      ...stock(of.london, of.milan, of.rome).map((row) => ({
        ...row,
        incoming: of.lot === 0 ? [] : [{ quantity: of.lot, expectedOn: '2026-12-02' }],
      })),
      { sku: 'HAT', nodeId: 'milan', onHand: of.hats },
      { sku: 'HAT', nodeId: 'rome', onHand: of.hats },
    ],
    KIT,
  );
}

test('locations together show the figure, and any of them never more', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(drawnWorld, fc.subarray([0, 1, 2]), (of, bound) => {
      const { snapshot, facts } = drawn(of);
      for (const sku of [0, 1, 2]) {
        const question = { sku, channel: 'online', nowMinute: NOW, atMinute: NOW };
        const { units: figure } = explainFigure(snapshot, facts, { ...question, customerTags: [] });
        const sum = (levels: Int32Array) => levels.reduce((all, one) => all + one, 0);
        const every = levelUnits(snapshot, facts, ask(sku));
        expect(sum(every)).toBe(figure);
        const some = levelUnits(snapshot, facts, ask(sku, bound));
        expect(sum(some)).toBeLessThanOrEqual(figure);
        expect([...some]).toEqual(bound.map((node) => every[node]));
        expect(every.every((level) => level >= 0)).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

test('the lines of every figure add up to it', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(drawnWorld, fc.constantFrom('online', 'market', 'pos'), (of, channel) => {
      const { snapshot, facts } = drawn(of);
      for (const sku of [0, 1, 2]) {
        const { units: figure, lines } = explainFigure(snapshot, facts, {
          sku,
          channel,
          customerTags: [],
          nowMinute: NOW,
          atMinute: NOW,
        });
        expect(lines.reduce((sum, line) => sum + line.units, 0)).toBe(figure);
        expect(lines.every((line) => line.units !== 0)).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});
