import { expect, test } from 'vitest';
import { oneWarehouse } from '../../tests/worlds/worlds.ts';
import type { WorldInput } from './world.ts';
import { parseWorld } from './world-parse.ts';

test.each<[string, (world: WorldInput) => WorldInput, string[]]>([
  [
    'a channel of a node that does not exist',
    (world) => ({
      ...world,
      policy: { ...world.policy, channels: [{ code: 'pos', nodeIds: ['moon'] }] },
    }),
    ['/policy/channels/0/nodeIds/0'],
  ],
  [
    'a quota of nobody',
    (world) => ({ ...world, policy: { ...world.policy, quotas: [{ sku: 'SHIRT', quantity: 1 }] } }),
    ['/policy/quotas/0/channel'],
  ],
  [
    'safety stock that says nothing',
    (world) => ({
      ...world,
      policy: { ...world.policy, safetyStock: [{ nodeId: 'only', region: '25' }] },
    }),
    ['/policy/safetyStock/0/units', '/policy/safetyStock/0/region'],
  ],
  [
    'safety stock of a product, or at a place, named twice',
    (world) => ({
      ...world,
      policy: {
        ...world.policy,
        routingSafetyStock: [
          { category: 'a', productTag: 'b', units: 1 },
          { region: '25', nodeTag: 'city', kind: 'store', weeksOfSupply: 2 },
          { nodeId: 'moon', percent: 5 },
        ],
      },
    }),
    [
      '/policy/routingSafetyStock/0/productTag',
      '/policy/routingSafetyStock/1/nodeTag',
      '/policy/routingSafetyStock/1/kind',
      '/policy/routingSafetyStock/2/nodeId',
    ],
  ],
  [
    'a rule of store pickup that names no product, or what does not exist',
    (world) => ({
      ...world,
      policy: {
        ...world.policy,
        storePickup: {
          rules: [
            { effect: 'only', nodeId: 'only' },
            { effect: 'never', nodeId: 'moon' },
            { effect: 'only', sku: 'HAT' },
          ],
        },
      },
    }),
    [
      '/policy/storePickup/rules/0/sku',
      '/policy/storePickup/rules/1/nodeId',
      '/policy/storePickup/rules/2/sku',
    ],
  ],
  [
    'a kit of what does not exist, of a kit, of one SKU twice, or with stock of its own',
    (world) => ({
      ...world,
      products: [
        ...world.products,
        { sku: 'PAIR', weightGrams: 1, kit: { components: [{ sku: 'SHIRT', quantity: 2 }] } },
        {
          sku: 'BOX',
          weightGrams: 1,
          kit: {
            components: [
              { sku: 'HAT', quantity: 1 },
              { sku: 'PAIR', quantity: 1 },
              { sku: 'SHIRT', quantity: 1 },
              { sku: 'SHIRT', quantity: 1 },
            ],
          },
        },
      ],
      stock: [{ sku: 'PAIR', nodeId: 'only', onHand: 1 }],
    }),
    [
      '/products/2/kit/components/0/sku',
      '/products/2/kit/components/1/sku',
      '/products/2/kit/components/3/sku',
      '/stock/0/sku',
    ],
  ],
])('%s is refused in its place', (_what, change, expected) => {
  const result = parseWorld(change(oneWarehouse()));
  const pointers = result.ok ? [] : result.refusal.problems.map(({ pointer }) => pointer);
  expect(pointers).toEqual(expected);
});
