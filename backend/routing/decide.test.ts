// What routing decides for one order, and what it says of those that were not chosen.
import { describe, expect, test } from 'vitest';
import {
  MONDAY_NOON,
  order,
  promiseOn,
  routingSettings,
  type TownNode,
  town,
} from '../../tests/worlds/routing-town.ts';
import type { WorldInput } from '../network/world.ts';
import { decideRoute } from './decide.ts';
import type { RouteDecision, RoutingQuestion } from './decision.ts';
import type { RoutingSettingsInput } from './settings.ts';

function decide(
  nodes: Readonly<Record<string, TownNode>>,
  question: RoutingQuestion,
  more: {
    readonly settings?: RoutingSettingsInput;
    readonly world?: (world: WorldInput) => WorldInput;
  } = {},
): RouteDecision {
  const { snapshot, facts } = town(nodes, more.world);
  return decideRoute(snapshot, facts, routingSettings(more.settings), question);
}

/** `{milan: 'A2 B1'}` */
function sent({ parcels }: RouteDecision): Record<string, string> {
  return Object.fromEntries(
    parcels.map(({ nodeId, lines }) => [
      nodeId,
      lines.map(({ sku, quantity }) => `${sku}${quantity}`).join(' '),
    ]),
  );
}

const fenceOf = (decision: RouteDecision, nodeId: string) =>
  decision.candidates.find((one) => one.nodeId === nodeId)?.fence;
const store = { kind: 'store', offersPickup: true } as const;

describe('who sends what', () => {
  test('two sites that cover the order beat three of which one merely has most', () => {
    const one = { stock: { D1: 9, D2: 9, D3: 9 }, costMinor: 100 };
    const decision = decide(
      {
        a: one,
        b: { stock: { D1: 9, D2: 9, D4: 9 }, costMinor: 100 },
        c: { stock: { D4: 9, D5: 9 }, costMinor: 100 },
      },
      order({ D1: 1, D2: 1, D3: 1, D4: 1, D5: 1 }),
    );
    expect(sent(decision)).toEqual({ a: 'D11 D21 D31', c: 'D41 D51' });
  });

  test('13 of 10 and 15 are 13; 13 of 10 and 1 are 11, and two are said to be missing', () => {
    expect(
      decide({ a: { stock: { A: 10 } }, b: { stock: { A: 15 } } }, order({ A: 13 })),
    ).toMatchObject({ parcels: [{ nodeId: 'b', lines: [{ quantity: 13 }] }], unplaced: [] });
    const short = decide({ a: { stock: { A: 10 } }, b: { stock: { A: 1 } } }, order({ A: 13 }));
    expect(sent(short)).toEqual({ a: 'A10', b: 'A1' });
    expect(short.unplaced).toEqual([
      { lineId: 'line-A', sku: 'A', quantity: 2, reason: 'no_stock' },
    ]);
  });

  test('a line is divided only where nobody has it whole, though dividing were cheaper', () => {
    const nodes = { a: { stock: { A: 2 }, costMinor: 1 }, b: { stock: { A: 1 }, costMinor: 1 } };
    const whole = { ...nodes, c: { stock: { A: 3 }, costMinor: 5_000 } };
    expect(sent(decide(whole, order({ A: 3 })))).toEqual({ c: 'A3' });
    expect(sent(decide(nodes, order({ A: 3 })))).toEqual({ a: 'A2', b: 'A1' });
  });

  test('a cheaper place loses when it cannot keep the promise, and says by how much the others lost', () => {
    const decision = decide(
      {
        slow: { stock: { A: 9 }, costMinor: 100, days: 3 },
        near: { stock: { A: 9 }, costMinor: 700 },
        far: { stock: { A: 9 }, costMinor: 900 },
      },
      order({ A: 1 }, { promise: promiseOn('2026-11-17') }),
    );
    expect(sent(decision)).toEqual({ near: 'A1' });
    expect(decision.candidates).toMatchObject([
      { nodeId: 'far', verdict: 'outscored', behindPoints: 200 },
      { nodeId: 'near', verdict: 'chosen' },
      { nodeId: 'slow', verdict: 'fenced', fence: 'too_late' },
    ]);
    expect(decision.parcels[0]?.alternatives).toMatchObject([{ nodeId: 'far' }]);
  });

  test('nothing keeps the promise: the ladder is climbed one step, no further, and lateness is paid', () => {
    const decision = decide(
      { slow: { stock: { A: 9 }, days: 3 }, slower: { stock: { A: 9 }, days: 5, costMinor: 1 } },
      order({ A: 1 }, { promise: promiseOn('2026-11-17') }),
    );
    expect(decision).toMatchObject({ lateDays: 2, parcels: [{ nodeId: 'slow' }] });
    const late = decision.parcels[0]?.points.find(({ rule }) => rule === 'lateness');
    expect(late).toMatchObject({ points: 2_000, facts: { days: 2, after: 'promise' } });
  });

  test('work may begin until the cut-off of the last departure that keeps the promise', () => {
    const nodes = { a: { stock: { A: 9 }, more: { leadTimeMinutes: 60 } } };
    const [parcel] = decide(nodes, order({ A: 1 }, { promise: promiseOn('2026-11-18') })).parcels;
    // Tuesday 17:00 still arrives on Wednesday; an hour of work, and 16:01 is too late.
    expect(parcel?.departureMinute).toBe(MONDAY_NOON + 5 * 60);
    expect(parcel?.startByMinute).toBe(MONDAY_NOON + 28 * 60 + 1);
  });
});

describe('fences', () => {
  const two = {
    a: { stock: { A: 9 }, costMinor: 1, more: { tags: ['small'] } },
    b: { stock: { A: 9 } },
  };

  test.each<[string, Partial<RoutingQuestion>, RoutingSettingsInput, string]>([
    ['refused', { excluded: [{ nodeId: 'a', why: 'refused' }] }, {}, 'refused'],
    ['has a cap of 0', {}, { dailyOrderCap: { byNode: { a: 0 } } }, 'daily_cap'],
    [
      'has as many orders as it takes a day',
      { placedToday: { a: 2 } },
      { dailyOrderCap: { standard: 2 } },
      'daily_cap',
    ],
    [
      'is forbidden for the country',
      {},
      { countryRules: [{ effect: 'never', destinationCountries: ['IT'], nodeIds: ['a'] }] },
      'country_rule',
    ],
    [
      'carries a tag that keeps it from the country',
      {},
      { countryRules: [{ effect: 'never', destinationCountries: ['IT'], nodeTags: ['small'] }] },
      'country_rule',
    ],
    [
      'is not among those a ruleset leaves',
      { tags: ['vip'] },
      { rulesets: [{ name: 'vip', when: { orderTags: ['vip'] }, nodeIds: ['b'] }] },
      'not_in_ruleset',
    ],
  ])('a place that %s does not send', (_, more, settings, fence) => {
    const decision = decide(two, order({ A: 1 }, more), { settings });
    expect(sent(decision)).toEqual({ b: 'A1' });
    expect(fenceOf(decision, 'a')).toBe(fence);
  });

  test('an order that is counted in a cap already is not kept out by it', () => {
    const ownAllocated = [{ nodeId: 'a', sku: 'A', quantity: 1 }];
    const question = order({ A: 1 }, { placedToday: { a: 2 }, ownAllocated });
    expect(sent(decide(two, question, { settings: { dailyOrderCap: { standard: 2 } } }))).toEqual({
      a: 'A1',
    });
  });

  test.each(['constructor', 'toString', '__proto__'])('a place may be called %s', (id) => {
    const named = Object.fromEntries([[id, { stock: { A: 1 } }]]);
    for (const dailyOrderCap of [{}, { standard: 1 }]) {
      const decision = decide(named, order({ A: 1 }), { settings: { dailyOrderCap } });
      expect(decision.parcels).toMatchObject([{ nodeId: id }]);
      expect(decision.points).toBe(660);
    }
  });

  test('a product rule keeps its products at the places it names', () => {
    const world = (one: WorldInput) => ({
      ...one,
      products: one.products.map((product) =>
        product.sku === 'A' ? { ...product, tags: ['cold'] } : product,
      ),
    });
    const settings: RoutingSettingsInput = {
      productRules: [{ effect: 'only', productTags: ['cold'], nodeIds: ['b'] }],
    };
    const nodes = { a: { stock: { A: 9, B: 9 }, costMinor: 1 }, b: { stock: { A: 9 } } };
    const decision = decide(nodes, order({ A: 1, B: 1 }), { settings, world });
    expect(sent(decision)).toEqual({ a: 'B1', b: 'A1' });
    const nowhere = { productRules: [{ ...settings.productRules?.[0], nodeIds: ['elsewhere'] }] };
    const none = decide(nodes, order({ A: 1 }), { settings: nowhere as typeof settings, world });
    expect(none.unplaced).toMatchObject([{ reason: 'contradictory_rules' }]);
  });

  test('rules that are switched off keep nothing from a place', () => {
    const isOff = true;
    const settings: RoutingSettingsInput = {
      countryRules: [{ isOff, effect: 'never', destinationCountries: ['IT'], nodeIds: ['a'] }],
      productRules: [{ isOff, effect: 'never', nodeIds: ['a'] }],
      rulesets: [{ isOff, name: 'x', when: {}, nodeIds: ['b'] }],
    };
    const nodes = { a: { stock: { A: 9 }, costMinor: 1 }, b: { stock: { A: 9 } } };
    const decision = decide(nodes, order({ A: 1 }), { settings });
    expect(sent(decision)).toEqual({ a: 'A1' });
    expect(decision.ruleset).toBe('default');
  });

  test('units already allocated to this order come back; those of others do not', () => {
    const world = (one: WorldInput) => ({
      ...one,
      stock: one.stock.map((row) => ({ ...row, allocated: row.onHand })),
    });
    const ownAllocated = [{ nodeId: 'a', sku: 'A', quantity: 2 }];
    const question = order({ A: 3 }, { ownAllocated, seenAt: ['a'] });
    const decision = decide(two, question, { world });
    expect(sent(decision)).toEqual({ a: 'A2' });
    expect(decision.unplaced).toMatchObject([{ quantity: 1, reason: 'no_stock' }]);
  });

  test('a kit is built at one node of free components, and shares them with what else is ordered', () => {
    const world = (one: WorldInput) => ({
      ...one,
      products: [
        ...one.products,
        {
          sku: 'SET',
          weightGrams: 300,
          kit: {
            components: [
              { sku: 'A', quantity: 2 },
              { sku: 'B', quantity: 1 },
            ],
          },
        },
      ],
    });
    const nodes = { a: { stock: { A: 5, B: 9 } }, b: { stock: { A: 2, B: 1 }, costMinor: 1 } };
    // Two sets take four of A: with one more of A beside them the first node has just enough.
    expect(sent(decide(nodes, order({ SET: 2, A: 1 }), { world }))).toEqual({ a: 'A1 SET2' });
    // With two it has not, though it has each of the two lines by itself.
    expect(sent(decide(nodes, order({ SET: 2, A: 2 }), { world }))).toEqual({ a: 'SET2', b: 'A2' });
    expect(sent(decide(nodes, order({ SET: 3 }), { world }))).toEqual({});
    expect(
      sent(
        decide(nodes, order({ SET: 3 }), {
          world,
          settings: { split: { keepKitsTogether: false } },
        }),
      ),
    ).toEqual({ a: 'SET2', b: 'SET1' });
  });
});

describe('splitting', () => {
  const nodes = {
    a: { stock: { A: 9 } },
    b: { stock: { B: 9 } },
    c: { stock: { C: 9 } },
    all: { stock: { A: 9, B: 9, C: 9 }, costMinor: 50_000 },
  };
  const question = order({ A: 1, B: 1, C: 1 });

  test('allowed, forbidden and limited', () => {
    expect(sent(decide(nodes, question))).toEqual({ a: 'A1', b: 'B1', c: 'C1' });
    const forbidden = decide(nodes, question, { settings: { split: { mode: 'forbid' } } });
    expect(sent(forbidden)).toEqual({ all: 'A1 B1 C1' });
    expect(fenceOf(forbidden, 'a')).toBe('split_forbidden');
    const limited = { split: { mode: 'limit', maxParcels: 2 } } as const;
    expect(
      decide(nodes, question, { settings: limited }).parcels.map(({ nodeId }) => nodeId),
    ).toEqual(['all']);
    const { all, ...few } = nodes;
    expect(all.costMinor).toBe(50_000);
    const part = decide(few, question, { settings: limited });
    expect(part.parcels).toHaveLength(2);
    expect(part.unplaced).toMatchObject([{ reason: 'split_forbidden' }]);
  });

  test('a parcel that is a part must be worth enough, and so must the rest', () => {
    const settings = { split: { minimumParcelValueMinor: 1_500 } };
    const decision = decide(nodes, question, { settings });
    expect(sent(decision)).toEqual({ all: 'A1 B1 C1' });
    expect(fenceOf(decision, 'a')).toBe('parcel_value');
    const rest = { split: { minimumRemainderValueMinor: 2_001 } };
    expect(sent(decide(nodes, question, { settings: rest }))).toEqual({ all: 'A1 B1 C1' });
  });

  test('parcels the order has elsewhere count in the limit', () => {
    const settings = { split: { mode: 'limit', maxParcels: 2 } } as const;
    const decision = decide(nodes, { ...question, parcelsElsewhere: 2 }, { settings });
    expect(decision.parcels).toEqual([]);
    expect(decision.unplaced.map(({ reason }) => reason)).toEqual(Array(3).fill('split_forbidden'));
  });
});

describe('points', () => {
  test('the priority list puts the warehouse in Italy before a cheaper store, and abstains without rows', () => {
    const nodes = {
      shop: { stock: { A: 9 }, costMinor: 300, more: store },
      ware: { stock: { A: 9 }, costMinor: 450 },
    };
    const weights = { handling: 0 };
    expect(sent(decide(nodes, order({ A: 1 }), { settings: { weights } }))).toEqual({ shop: 'A1' });
    const priority = [{ nodeKind: 'warehouse', destinationCountry: 'IT' }] as const;
    const ranked = decide(nodes, order({ A: 1 }), {
      settings: { weights, priority: [...priority] },
    });
    expect(sent(ranked)).toEqual({ ware: 'A1' });
    expect(ranked.candidates[0]?.points.map(({ rule }) => rule)).toContain('priority');
    expect(ranked.candidates[1]?.points.map(({ rule }) => rule)).not.toContain('priority');
  });

  test('a weight of 0 silences a rule, a higher one makes it decide', () => {
    const nodes = {
      shop: { stock: { A: 9 }, costMinor: 100, more: store },
      ware: { stock: { A: 9 }, costMinor: 200 },
    };
    expect(sent(decide(nodes, order({ A: 1 })))).toEqual({ shop: 'A1' });
    expect(
      sent(decide(nodes, order({ A: 1 }), { settings: { weights: { handling: 5 } } })),
    ).toEqual({
      ware: 'A1',
    });
  });

  test('what a store has seen stays there unless moving pays', () => {
    const nodes = {
      a: { stock: { A: 9 }, costMinor: 800 },
      b: { stock: { A: 9 }, costMinor: 500 },
    };
    const seen = order({ A: 1 }, { seenAt: ['a'] });
    expect(sent(decide(nodes, seen))).toEqual({ a: 'A1' });
    expect(sent(decide(nodes, seen, { settings: { movePenaltyPoints: 299 } }))).toEqual({
      b: 'A1',
    });
  });

  test('the last unit is spared where another place has plenty', () => {
    const nodes = { few: { stock: { A: 1 } }, many: { stock: { A: 100 } } };
    const decision = decide(nodes, order({ A: 1 }));
    expect(sent(decision)).toEqual({ many: 'A1' });
    expect(decision.candidates[0]).toMatchObject({ nodeId: 'few', behindPoints: 99 });
  });

  test('a closed place pays for not being able to begin', () => {
    const closed = { ...store, hours: { weekly: { tue: [['09:00', '18:00']] } } } as const;
    const nodes = {
      open: { stock: { A: 9 }, more: store },
      shut: { stock: { A: 9 }, more: closed as Partial<typeof closed> as never },
    };
    const decision = decide(nodes, order({ A: 1 }));
    expect(decision.candidates[1]?.points.map(({ rule }) => rule)).toContain('cannot_prepare_now');
  });
});

describe('pickup at a store', () => {
  const nodes = {
    rome: { stock: { A: 1 }, more: store },
    milan: { stock: { A: 9, B: 1 }, more: store },
  };

  test('is the store’s own work, or nobody’s', () => {
    const pickup = {
      method: 'store_pickup',
      pickupNodeId: 'rome',
      serviceCode: undefined,
    } as const;
    const decision = decide(nodes, order({ A: 1 }, pickup));
    expect(decision.parcels).toMatchObject([
      { nodeId: 'rome', serviceCode: null, alternatives: [] },
    ]);
    expect(fenceOf(decision, 'milan')).toBe('own_store_only');
    expect(decide(nodes, order({ B: 1 }, pickup)).unplaced).toMatchObject([
      { reason: 'own_store_only' },
    ]);
    const lost = order({ A: 1 }, { ...pickup, pickupNodeId: 'naples' });
    expect(decide(nodes, lost).unplaced).toMatchObject([{ reason: 'unknown_node' }]);
  });
});

describe('what cannot be routed says why', () => {
  const nodes = { a: { stock: { A: 9 } } };
  test.each<[string, RoutingQuestion, string]>([
    ['a SKU nobody knows', order({ X: 1 }), 'unknown_sku'],
    ['no address', order({ A: 1 }, { destination: null }), 'no_address'],
    [
      'an address in no zone',
      order({ A: 1 }, { destination: { country: 'BR', postalCode: '' } }),
      'no_lane',
    ],
    [
      'a zone without a lane',
      order({ A: 1 }, { destination: { country: 'FR', postalCode: '' } }),
      'no_lane',
    ],
    ['a service that is gone', order({ A: 1 }, { serviceCode: 'express' }), 'no_lane'],
    [
      'too late whatever is tried',
      order({ A: 1 }, { promise: promiseOn('2026-11-01') }),
      'too_late',
    ],
  ])('%s', (_, question, reason) => {
    const decision = decide(nodes, question);
    expect(decision.parcels).toEqual([]);
    expect(decision.unplaced).toMatchObject([{ quantity: 1, reason }]);
  });

  test('stock on its way is named, with when it would arrive', () => {
    const world = (one: WorldInput) => ({
      ...one,
      stock: [
        { sku: 'A', nodeId: 'a', onHand: 0, incoming: [{ quantity: 5, expectedOn: '2026-11-18' }] },
      ],
    });
    expect(decide(nodes, order({ A: 2 }), { world }).unplaced).toMatchObject([
      {
        reason: 'no_stock',
        expected: { nodeId: 'a', endMinute: promiseOn('2026-11-20').endMinute },
      },
    ]);
  });
});
