import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  allocatedOf,
  applyAllocation,
  applyReturn,
  applyShipped,
  applyStated,
  differenceOf,
  type OrderClaims,
  spreadOver,
} from './order-claims.ts';

const NODES = ['a', 'b', 'c'];
const NONE: OrderClaims = new Map();
const units = fc.integer({ min: 0, max: 12 });
const node = fc.constantFrom(...NODES);

const stated = fc.record({ quantity: units, canceled: units });
type Step = (claims: OrderClaims) => OrderClaims;

/** Whatever may happen to one line, in any order. */
const step: fc.Arbitrary<Step> = fc.oneof(
  stated.map(
    (line): Step =>
      (claims) =>
        applyStated(claims, { lineId: 'l', sku: 'S', ...line }),
  ),
  fc.record({ nodeId: node, quantity: units }).map(
    (asked): Step =>
      (claims) =>
        applyAllocation(claims, { lineId: 'l', ...asked }).claims,
  ),
  fc.record({ nodeId: node, quantity: units }).map(
    (asked): Step =>
      (claims) =>
        applyReturn(claims, { lineId: 'l', ...asked }).claims,
  ),
  fc.record({ nodeId: node, quantity: fc.integer({ min: 1, max: 12 }) }).map(
    (left): Step =>
      (claims) =>
        applyShipped(claims, { lineId: 'l', fulfillmentLineId: 'f', ...left }).claims,
  ),
);

test('every unit of a line is in one state and one only, whatever happens', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let claims = NONE;
      for (const happen of steps) {
        claims = happen(claims);
        for (const line of claims.values()) {
          const { waiting, settled, canceled, quantity, allocations } = line;
          const parts = [waiting, settled, canceled, ...allocations.map((one) => one.quantity)];
          expect(Math.min(...parts)).toBeGreaterThanOrEqual(0);
          expect(waiting + settled + canceled + allocatedOf(line)).toBe(quantity);
          expect(new Set(allocations.map(({ nodeId }) => nodeId)).size).toBe(allocations.length);
        }
      }
    }),
  );
});

test('statements end alike in any order and number, as far as nothing else happened', () => {
  const lines = fc.array(stated, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(lines, fc.infiniteStream(fc.nat()), (rows, luck) => {
      const state = (list: readonly { quantity: number; canceled: number }[]) =>
        list.reduce(
          // What a source cancels it had ordered.
          (claims, { quantity, canceled }) =>
            applyStated(claims, {
              lineId: 'l',
              sku: 'S',
              quantity: Math.max(quantity, canceled),
              canceled,
            }),
          NONE,
        );
      const mixed = [...rows, ...rows].map((row) => ({ row, at: luck.next().value }));
      const again = mixed.toSorted((a, b) => a.at - b.at).map(({ row }) => row);
      expect(state(again)).toEqual(state(rows));
    }),
  );
});

test('put on a node and taken back, a line is as it was', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 10 }), node, units, (steps, nodeId, quantity) => {
      const before = steps.reduce((claims, happen) => happen(claims), NONE);
      const put = applyAllocation(before, { lineId: 'l', nodeId, quantity });
      const back = applyReturn(put.claims, { lineId: 'l', nodeId, quantity: put.units });
      expect(back.claims).toEqual(before);
    }),
  );
});

test('what is spread is what is wanted or what there is, and no node gives more than it has', () => {
  const nodes = fc.array(fc.integer({ min: -3, max: 12 }), { maxLength: 6 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 40 }), nodes, (wanted, free) => {
      const places = free.map((one, index) => ({ nodeId: `n${index}`, free: one }));
      const { takes, missing } = spreadOver(wanted, places);
      const taken = takes.reduce((sum, { quantity }) => sum + quantity, 0);
      const there = free.reduce((sum, one) => sum + Math.max(0, one), 0);
      expect(taken).toBe(Math.min(wanted, there));
      expect(missing).toBe(wanted - taken);
      for (const { nodeId, quantity } of takes) {
        expect(quantity).toBeLessThanOrEqual(free[Number(nodeId.slice(1))] ?? 0);
      }
    }),
  );
});

test.each([
  [13, [10, 15], [10, 3], 0],
  [13, [10, 1], [10, 1], 2],
  [13, [], [], 13],
  [0, [5], [], 0],
])('%i wanted from %j takes %j and misses %i', (wanted, free, takes, missing) => {
  const places = free.map((one, index) => ({ nodeId: `n${index}`, free: one }));
  const spread = spreadOver(wanted, places);
  expect(spread.takes.map(({ quantity }) => quantity)).toEqual(takes);
  expect(spread.missing).toBe(missing);
});

test('what changes between two states is what leads from the one to the other', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 8 }),
      fc.array(step, { maxLength: 8 }),
      (first, second) => {
        const before = first.reduce((claims, happen) => happen(claims), NONE);
        const after = second.reduce((claims, happen) => happen(claims), before);
        const { waiting, allocated } = differenceOf(before, after);
        const lineOf = (claims: OrderClaims) => claims.get('l');
        const more = (lineOf(after)?.waiting ?? 0) - (lineOf(before)?.waiting ?? 0);
        expect(waiting.reduce((sum, row) => sum + row.units, 0)).toBe(more);
        for (const nodeId of NODES) {
          const at = (claims: OrderClaims) =>
            lineOf(claims)?.allocations.find((one) => one.nodeId === nodeId)?.quantity ?? 0;
          const moved = allocated.find((row) => row.nodeId === nodeId)?.units ?? 0;
          expect(moved).toBe(at(after) - at(before));
        }
      },
    ),
  );
});
