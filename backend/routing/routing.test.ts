import { expect, test } from 'vitest';
import { type Plan, type PlanProblem, planOrder, quoteObjective, type Supply } from './routing.ts';

const RULE_8 = quoteObjective({ splitOnlyIfDaysEarlier: 1, maxDaysLaterForCost: 0 });

/** Sources with whole stock on hand; every parcel arrives on day 1 unless `days` says otherwise. */
function order(
  quantities: readonly number[],
  stock: readonly (readonly number[])[],
  days: readonly number[] = [],
): PlanProblem {
  const lineCount = quantities.length;
  const cells = stock.flatMap((row) =>
    row.map((units, line) => Math.min(units, quantities[line] ?? 0)),
  );
  const supply: Supply = {
    lineCount,
    quantities: Int32Array.from(quantities),
    gramsPerUnit: new Int32Array(lineCount).fill(100),
    cm3PerUnit: new Int32Array(lineCount).fill(100),
    sourceCount: stock.length,
    onHand: Int32Array.from(cells),
    available: Int32Array.from(cells),
    wholeLines: Int32Array.from(
      stock.map((row) => row.filter((units, line) => units >= (quantities[line] ?? 0)).length),
    ),
    usableMinute: () => 0,
  };
  return {
    supply,
    sources: Int32Array.from(stock.keys()),
    sourceCount: stock.length,
    maxParcelGrams: Number.POSITIVE_INFINITY,
    maxParcelCm3: Number.POSITIVE_INFINITY,
    endMinute: (source) => (days[source] ?? 1) * 1440,
    costMinor: () => 500,
    distanceMeters: () => 1_000,
    dateOf: (end) => end / 1440,
  };
}

function sent(plan: Plan | undefined): Record<number, readonly number[]> | undefined {
  return (
    plan && Object.fromEntries(plan.parcels.map((parcel) => [parcel.source, parcel.quantities]))
  );
}

test('13 wanted from nodes with 10 and 15 come from the node with 15, not 23 from both', () => {
  expect(sent(planOrder([order([13], [[10], [15]])], RULE_8))).toEqual({ 1: [13] });
});

test('13 wanted from nodes with 10 and 1 are refused, not sent as 11', () => {
  expect(planOrder([order([13], [[10], [1]])], RULE_8)).toBeUndefined();
});

test('13 wanted from nodes with 10 and 3 are divided, 10 from the lower node', () => {
  expect(sent(planOrder([order([13], [[10], [3]])], RULE_8))).toEqual({ 0: [10], 1: [3] });
});

test('what is free goes to the lower node: 13 from 12, 12 and nowhere whole', () => {
  expect(sent(planOrder([order([13], [[12], [12]])], RULE_8))).toEqual({ 0: [12], 1: [1] });
});

test('lines 1–5 with sites {1,2,3}, {1,2,4}, {4,5} need two parcels, not three', () => {
  const stock = [
    [1, 1, 1, 0, 0],
    [1, 1, 0, 1, 0],
    [0, 0, 0, 1, 1],
  ];
  expect(sent(planOrder([order([1, 1, 1, 1, 1], stock)], RULE_8))).toEqual({
    0: [1, 1, 1, 0, 0],
    2: [0, 0, 0, 1, 1],
  });
});

test('a split that ends on the same date as one parcel is not made', () => {
  const stock = [
    [1, 1],
    [1, 0],
    [0, 1],
  ];
  expect(sent(planOrder([order([1, 1], stock)], RULE_8))).toEqual({ 0: [1, 1] });
});

test('a split one date earlier wins, and not when two dates are asked for', () => {
  const stock = [
    [1, 1],
    [1, 0],
    [0, 1],
  ];
  const problem = order([1, 1], stock, [2, 1, 1]);
  expect(sent(planOrder([problem], RULE_8))).toEqual({ 1: [1, 0], 2: [0, 1] });
  const patient = quoteObjective({ splitOnlyIfDaysEarlier: 2, maxDaysLaterForCost: 0 });
  expect(sent(planOrder([problem], patient))).toEqual({ 0: [1, 1] });
});

test('three whole parcels come before a divided line in two, at one end', () => {
  const stock = [
    [2, 1, 0, 0],
    [0, 1, 2, 1],
    [0, 2, 0, 0],
    [0, 0, 0, 1],
  ];
  expect(sent(planOrder([order([2, 2, 2, 1], stock)], RULE_8))).toEqual({
    0: [2, 0, 0, 0],
    1: [0, 0, 2, 1],
    2: [0, 2, 0, 0],
  });
});

test('a cheaper plan one date later is taken only when the policy allows a day for cost', () => {
  const problem = {
    ...order([1], [[1], [1]], [1, 2]),
    costMinor: (source: number) => (source === 0 ? 900 : 300),
  };
  expect(sent(planOrder([problem], RULE_8))).toEqual({ 0: [1] });
  const thrifty = quoteObjective({ splitOnlyIfDaysEarlier: 1, maxDaysLaterForCost: 1 });
  expect(sent(planOrder([problem], thrifty))).toEqual({ 1: [1] });
});

test('500 lines over 500 nodes get a plan that can be done, marked as not exact', () => {
  const quantities = new Array<number>(500).fill(2);
  // Line l stands at every fifth node, so that ten nodes hold everything between them.
  const stock = Array.from({ length: 500 }, (_, node) =>
    quantities.map((_, line) => (line % 10 === node % 10 ? 2 : 0)),
  );
  const plan = planOrder([order(quantities, stock)], RULE_8);
  expect(plan?.isExact).toBe(false);
  const totals = quantities.map((_, line) =>
    (plan?.parcels ?? []).reduce((sum, parcel) => sum + (parcel.quantities[line] ?? 0), 0),
  );
  expect(totals).toEqual(quantities);
  expect(plan?.parcels.length).toBe(10);
});
