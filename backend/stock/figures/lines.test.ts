import { expect, test } from 'vitest';
import { parsed, twoStoresOneWarehouse } from '../../../tests/worlds/worlds.ts';
import { instantToMinuteFloor } from '../../base/time.ts';
import { compileNetwork } from '../../network/network.ts';
import type { WorldInput } from '../../network/world.ts';
import { explainFigure, factsOfWorld } from '../stock.ts';

const NOW = instantToMinuteFloor('2026-11-30T10:00:00+01:00');
const LIVE = '2026-12-01T10:00:00+01:00';

function shop(change: Partial<WorldInput>, policy: Partial<WorldInput['policy']> = {}) {
  const world = twoStoresOneWarehouse();
  const checked = parsed({ ...world, ...change, policy: { ...world.policy, ...policy } });
  const snapshot = compileNetwork(checked, NOW);
  return { snapshot, facts: factsOfWorld(snapshot, checked) };
}

/** The lines of a figure as `code node units`, and the figure. */
function explain({ snapshot, facts }: ReturnType<typeof shop>, sku: string, channel: string) {
  const figure = explainFigure(snapshot, facts, {
    sku: snapshot.skuIndex.get(sku) ?? -1,
    channel,
    customerTags: [],
    nowMinute: NOW,
    atMinute: NOW,
  });
  const lines = figure.lines.map(({ code, nodeId, source, units }) =>
    [code, nodeId, source, units].filter((part) => part !== undefined).join(' '),
  );
  return { lines, units: figure.units };
}

test('two channels at one instant show different figures, each explained to the last unit', () => {
  const world = twoStoresOneWarehouse();
  const live = shop(
    {
      nodes: world.nodes.map((node) =>
        node.id === 'london' ? { ...node, takesOrders: false } : node,
      ),
      stock: [
        {
          sku: 'SHIRT',
          nodeId: 'milan',
          onHand: 20,
          unavailable: 2,
          allocated: 3,
          incoming: [{ quantity: 6, expectedOn: '2026-12-02' }],
        },
        { sku: 'SHIRT', nodeId: 'rome', onHand: 2, allocated: 3 },
        { sku: 'SHIRT', nodeId: 'london', onHand: 1 },
      ],
    },
    {
      safetyStock: [{ units: 1 }],
      waiting: [{ sku: 'SHIRT', quantity: 4 }],
      reservations: [{ sku: 'SHIRT', quantity: 2, channel: 'pos', expiresAt: LIVE }],
      quotas: [{ sku: 'SHIRT', quantity: 3, channel: 'market' }],
      channels: [
        { code: 'online' },
        { code: 'market', kinds: ['warehouse'], shareBasisPoints: 8_000, incomingHorizonDays: 0 },
      ],
    },
  );
  expect(explain(live, 'SHIRT', 'online')).toEqual({
    lines: [
      'on_hand london 1',
      'node_closed london -1',
      'on_hand milan 20',
      'unavailable milan -2',
      'safety_stock milan -1',
      'allocated milan -3',
      'incoming milan 6',
      'on_hand rome 2',
      'safety_stock rome -1',
      'allocated rome -3',
      'below_zero rome 2',
      'waiting -4',
      'reserved_elsewhere -2',
      'quotas -3',
    ],
    units: 11,
  });
  expect(explain(live, 'SHIRT', 'market')).toEqual({
    lines: [
      'on_hand london 1',
      'node_closed london -1',
      'on_hand milan 20',
      'unavailable milan -2',
      'safety_stock milan -1',
      'allocated milan -3',
      'on_hand rome 2',
      'outside_pool rome -2',
      'waiting -4',
      'reserved_elsewhere -2',
      'quotas -3',
      'share -1',
      'own_quota 3',
    ],
    units: 7,
  });
});

test('claims beyond what there is and a threshold not reached have lines of their own', () => {
  const live = shop(
    {},
    {
      waiting: [{ sku: 'SHIRT', quantity: 15 }],
      channels: [{ code: 'pos', nodeIds: ['rome'], threshold: 3 }],
    },
  );
  expect(explain(live, 'SHIRT', 'online').lines.slice(-2)).toEqual([
    'waiting -15',
    'claims_above_stock 2',
  ]);
  const calm = shop({}, { channels: [{ code: 'pos', nodeIds: ['rome'], threshold: 3 }] });
  expect(explain(calm, 'SHIRT', 'pos')).toEqual({
    lines: [
      'on_hand london 1',
      'outside_pool london -1',
      'on_hand milan 10',
      'outside_pool milan -10',
      'on_hand rome 2',
      'below_threshold -2',
    ],
    units: 0,
  });
});

test('incoming is told by where it comes from', () => {
  const lot = (quantity: number, source?: string) => ({
    quantity,
    expectedOn: '2026-12-02',
    ...(source === undefined ? {} : { source }),
  });
  const incoming = [lot(4, 'planned'), lot(3), lot(5, 'container'), lot(1, 'planned')];
  const live = shop(
    { stock: [{ sku: 'SHIRT', nodeId: 'milan', onHand: 1, incoming }] },
    { channels: [{ code: 'online', incomingSources: ['planned'] }] },
  );
  expect(explain(live, 'SHIRT', 'pos')).toEqual({
    lines: [
      'on_hand milan 1',
      'incoming milan 3',
      'incoming milan container 5',
      'incoming milan planned 5',
    ],
    units: 14,
  });
  expect(explain(live, 'SHIRT', 'online').lines.slice(1)).toEqual([
    'incoming milan 3',
    'incoming milan planned 5',
  ]);
});

test('a kit names where it can be built, and what claims its components', () => {
  const live = shop(
    {
      products: [
        { sku: 'HAT', weightGrams: 1 },
        { sku: 'SHIRT', weightGrams: 1 },
        {
          sku: 'SET',
          weightGrams: 2,
          kit: {
            components: [
              { sku: 'HAT', quantity: 1 },
              { sku: 'SHIRT', quantity: 2 },
            ],
          },
        },
      ],
      stock: [
        { sku: 'HAT', nodeId: 'milan', onHand: 4 },
        {
          sku: 'SHIRT',
          nodeId: 'milan',
          onHand: 5,
          incoming: [{ quantity: 9, expectedOn: '2026-12-02' }],
        },
        { sku: 'HAT', nodeId: 'rome', onHand: 9 },
        { sku: 'SHIRT', nodeId: 'rome', onHand: 2 },
        { sku: 'HAT', nodeId: 'london', onHand: 9 },
      ],
    },
    {
      waiting: [
        { sku: 'SHIRT', quantity: 7 },
        { sku: 'SET', quantity: 1 },
      ],
    },
  );
  // 16 shirts with those to come, 7 of orders for shirts and 2 of the one for a kit: 7 are left, 3 kits of the 4.
  expect(explain(live, 'SET', 'online')).toEqual({
    lines: [
      'kit_buildable milan 2',
      'incoming milan 2',
      'kit_buildable rome 1',
      'waiting -1',
      'components_claimed -1',
    ],
    units: 3,
  });
});
