import { expect, test } from 'vitest';
import { parsed, twoStoresOneWarehouse } from '../../tests/worlds/worlds.ts';
import { instantToMinuteFloor } from '../base/time.ts';
import { compileNetwork } from '../network/network.ts';
import type { WorldInput } from '../network/world.ts';
import { percentOf } from './safety-stock.ts';
import { factsOfWorld, positionsOf } from './stock.ts';

const NOW = instantToMinuteFloor('2026-11-30T10:00:00+01:00');

function factsOf(world: WorldInput) {
  const checked = parsed(world);
  const snapshot = compileNetwork(checked, NOW);
  return { snapshot, facts: factsOfWorld(snapshot, checked) };
}

type PolicyInput = WorldInput['policy'];

test.each<[string, NonNullable<PolicyInput['safetyStock']>, number | undefined, number]>([
  ['none', [], undefined, 100],
  ['the shop’s', [{ units: 5 }], undefined, 95],
  ['the region’s before the shop’s', [{ units: 5 }, { region: '25', units: 6 }], undefined, 94],
  [
    'the node’s before the region’s',
    [
      { region: '25', units: 6 },
      { nodeId: 'milan', units: 7 },
    ],
    undefined,
    93,
  ],
  [
    'the category’s before the node’s',
    [
      { nodeId: 'milan', units: 7 },
      { category: 'shirts', units: 8 },
    ],
    undefined,
    92,
  ],
  [
    'category and region before the category',
    [
      { category: 'shirts', units: 8 },
      { category: 'shirts', region: '25', units: 9 },
    ],
    undefined,
    91,
  ],
  [
    'category and node before that',
    [
      { category: 'shirts', region: '25', units: 9 },
      { category: 'shirts', nodeId: 'milan', units: 10 },
    ],
    undefined,
    90,
  ],
  [
    'the SKU before all categories',
    [
      { category: 'shirts', nodeId: 'milan', units: 10 },
      { sku: 'SHIRT', units: 11 },
    ],
    undefined,
    89,
  ],
  [
    'SKU and region before the SKU',
    [
      { sku: 'SHIRT', units: 11 },
      { sku: 'SHIRT', region: '25', units: 12 },
    ],
    undefined,
    88,
  ],
  [
    'SKU and node before that',
    [
      { sku: 'SHIRT', region: '25', units: 12 },
      { sku: 'SHIRT', nodeId: 'milan', units: 13 },
    ],
    undefined,
    87,
  ],
  [
    'more specific wins although it is less',
    [{ units: 50 }, { sku: 'SHIRT', units: 1 }],
    undefined,
    99,
  ],
  [
    'of equal rank the larger',
    [
      { sku: 'SHIRT', units: 3 },
      { sku: 'SHIRT', percent: 4 },
      { sku: 'SHIRT', units: 2 },
    ],
    undefined,
    96,
  ],
  [
    'the stock row’s own before every rule, even 0',
    [{ sku: 'SHIRT', nodeId: 'milan', units: 13 }],
    0,
    100,
  ],
  ['percent of on hand, raised', [{ percent: 2.1 }], undefined, 97],
  ['percent exactly: 7 of 100', [{ percent: 7 }], undefined, 93],
  ['another node’s rule', [{ nodeId: 'rome', units: 13 }], undefined, 100],
])('rule 17: %s', (_fact, safetyStock, ofRow, expected) => {
  const world = twoStoresOneWarehouse();
  const row = {
    sku: 'SHIRT',
    nodeId: 'milan',
    onHand: 100,
    ...(ofRow === undefined ? {} : { safetyStock: ofRow }),
  };
  const { facts } = factsOf({
    ...world,
    policy: { ...world.policy, safetyStock },
    products: [{ sku: 'SHIRT', weightGrams: 1, category: 'shirts' }],
    stock: [row],
  });
  expect(positionsOf(facts, 0)?.free[0]).toBe(expected);
});

test.each([
  [0, 1_000, 0],
  [100, 1_000, 1_000],
  [0.1, 1, 1],
  [7, 100, 7],
  [2.3, 1_000, 23],
  [2.31, 1_000, 24],
  [33.333333, 3, 1],
  [33.34, 3, 2],
])('%s %% of %i units is %i', (percent, units, expected) => {
  expect(percentOf(percent, units)).toBe(expected);
});
