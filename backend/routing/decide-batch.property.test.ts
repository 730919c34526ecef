// Batches of orders on too little stock: what always holds.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MONDAY_NOON,
  order,
  routingSettings,
  type TownNode,
  town,
} from '../../tests/worlds/routing-town.ts';
import { decideRoute } from './decide.ts';
import { decideBatch } from './decide-batch.ts';
import type { RouteDecision, RoutingQuestion } from './decision.ts';
import { reoptimise } from './reoptimise.ts';

const NODES = ['a', 'b', 'c', 'd'] as const;
const SKUS = ['A', 'B', 'C'] as const;

const units = fc.integer({ min: 0, max: 4 });
const towns = fc.record(
  Object.fromEntries(
    NODES.map((id) => [
      id,
      fc.record({
        stock: fc.record({ A: units, B: units, C: units }),
        costMinor: fc.integer({ min: 100, max: 900 }),
        days: fc.integer({ min: 1, max: 3 }),
      }),
    ]),
  ),
) as fc.Arbitrary<Record<string, TownNode>>;

const orders: fc.Arbitrary<RoutingQuestion[]> = fc
  .array(
    fc.record({
      A: fc.integer({ min: 0, max: 3 }),
      B: fc.integer({ min: 0, max: 2 }),
      C: fc.integer({ min: 0, max: 2 }),
      age: fc.integer({ min: 0, max: 9 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((drawn) =>
    drawn.flatMap(({ age, ...wanted }, at) => {
      const lines = Object.fromEntries(Object.entries(wanted).filter(([, one]) => one > 0));
      if (Object.keys(lines).length === 0) return [];
      return [order(lines, { orderId: `o${at}`, placedMinute: MONDAY_NOON - age })];
    }),
  );

const caps = fc.record({ a: fc.constantFrom(null, 0, 1, 2), b: fc.constantFrom(null, 3) });

const placedUnits = (decisions: readonly RouteDecision[]) =>
  decisions
    .flatMap(({ parcels }) => parcels.flatMap(({ lines }) => lines))
    .reduce((sum, { quantity }) => sum + quantity, 0);

function expectWithinStock(
  nodes: Record<string, TownNode>,
  decisions: readonly RouteDecision[],
  byNode: Record<string, number | null>,
): void {
  for (const nodeId of NODES) {
    const parcels = decisions.flatMap((one) => one.parcels.filter((at) => at.nodeId === nodeId));
    expect(parcels.length).toBeLessThanOrEqual(byNode[nodeId] ?? Infinity);
    for (const sku of SKUS) {
      const taken = parcels
        .flatMap(({ lines }) => lines)
        .reduce((sum, line) => sum + (line.sku === sku ? line.quantity : 0), 0);
      expect(taken).toBeLessThanOrEqual(nodes[nodeId]?.stock[sku] ?? 0);
    }
  }
}

describe('a batch', { timeout: 60_000 }, () => {
  test('takes from no node more than it has or may, and accounts for every unit', () => {
    fc.assert(
      fc.property(towns, orders, caps, (nodes, questions, byNode) => {
        const { snapshot, facts } = town(nodes);
        const settings = routingSettings({ dailyOrderCap: { byNode } });
        const decisions = decideBatch(snapshot, facts, settings, questions);
        expectWithinStock(nodes, decisions, byNode);
        for (const [at, question] of questions.entries()) {
          const wanted = question.lines.reduce((sum, { quantity }) => sum + quantity, 0);
          const decision = decisions[at];
          const left = decision?.unplaced.reduce((sum, { quantity }) => sum + quantity, 0) ?? 0;
          expect(placedUnits(decision === undefined ? [] : [decision]) + left).toBe(wanted);
        }
      }),
      { numRuns: 80 },
    );
  });

  test('sends all that is wanted or all there is, when nothing else stands in the way', () => {
    fc.assert(
      fc.property(towns, orders, (nodes, questions) => {
        const { snapshot, facts } = town(nodes);
        const decisions = decideBatch(snapshot, facts, routingSettings(), questions);
        let most = 0;
        for (const sku of SKUS) {
          const wanted = questions
            .flatMap(({ lines }) => lines)
            .reduce((sum, line) => sum + (line.sku === sku ? line.quantity : 0), 0);
          const there = NODES.reduce((sum, id) => sum + (nodes[id]?.stock[sku] ?? 0), 0);
          most += Math.min(wanted, there);
        }
        expect(placedUnits(decisions)).toBe(most);
      }),
      { numRuns: 60 },
    );
  });

  test('is the same whatever order the questions come in', () => {
    fc.assert(
      fc.property(towns, orders, (nodes, questions) => {
        const { snapshot, facts } = town(nodes);
        const settings = routingSettings();
        const forth = decideBatch(snapshot, facts, settings, questions);
        const back = decideBatch(snapshot, facts, settings, questions.toReversed());
        expect(back.toReversed()).toEqual(forth);
      }),
      { numRuns: 40 },
    );
  });

  test('of one order is what that order alone would get', () => {
    fc.assert(
      fc.property(towns, orders, (nodes, [question]) => {
        if (question === undefined) return;
        const { snapshot, facts } = town(nodes);
        const settings = routingSettings();
        expect(decideBatch(snapshot, facts, settings, [question])).toEqual([
          decideRoute(snapshot, facts, settings, question),
        ]);
      }),
      { numRuns: 60 },
    );
  });
});

test('the last unit near goes to the order that has no other, not to the one that came first', () => {
  const { snapshot, facts } = town({
    near: { stock: { A: 1, B: 1 }, costMinor: 100 },
    far: { stock: { A: 1 }, costMinor: 200 },
  });
  const first = order({ A: 1 }, { orderId: 'first', placedMinute: MONDAY_NOON - 5 });
  const both = order({ A: 1, B: 1 }, { orderId: 'both' });
  const placed = decideBatch(snapshot, facts, routingSettings(), [first, both]).map(({ parcels }) =>
    parcels.map(({ nodeId }) => nodeId),
  );
  expect(placed).toEqual([['far'], ['near']]);
});

describe('works that nobody has begun', () => {
  const held = (nodeId: string, sku: string) => ({ nodeId, sku, quantity: 1 });
  const nodes = {
    near: { stock: { A: 1, B: 1 }, costMinor: 100 },
    far: { stock: { A: 1 }, costMinor: 300 },
  };

  test('change places when the whole is better for it', () => {
    const { snapshot, facts } = town(nodes, (world) => ({
      ...world,
      stock: world.stock.map((row) => ({ ...row, allocated: row.onHand })),
    }));
    const ground = { snapshot, facts, settings: routingSettings() };
    const one = order({ A: 1 }, { orderId: '1', ownAllocated: [held('near', 'A')] });
    const ownAllocated = [held('far', 'A'), held('near', 'B')];
    const other = order({ A: 1, B: 1 }, { orderId: '2', ownAllocated });
    const moved = reoptimise(ground, [one, other]);
    expect(moved).toMatchObject([{ isMoved: true }, { isMoved: true }]);
    expect(moved[0]?.gainPoints).toBe(-200);
    expect(moved.reduce((sum, { gainPoints }) => sum + gainPoints, 0)).toBeGreaterThan(400);
  });

  test('move to a cheaper place that has units again, and stay where a store has seen them', () => {
    const { snapshot, facts } = town(nodes, (world) => ({
      ...world,
      stock: world.stock.map((row) => ({ ...row, allocated: row.nodeId === 'far' ? 1 : 0 })),
    }));
    const ground = { snapshot, facts, settings: routingSettings() };
    const waiting = order({ A: 1 }, { ownAllocated: [held('far', 'A')] });
    expect(reoptimise(ground, [waiting])).toMatchObject([{ isMoved: true, gainPoints: 200 }]);
    expect(reoptimise(ground, [{ ...waiting, seenAt: ['far'] }])).toMatchObject([
      { isMoved: false, gainPoints: 0 },
    ]);
  });
});
