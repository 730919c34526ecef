import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BATCH_EFFORT, planAlone, planBatch } from './batch.ts';
import { createOnlinePlanner } from './online.ts';
import type { BatchOrder, BatchPlan, BatchProblem } from './problem.ts';

const UNFILLED = 3_000;

type Drawn = {
  readonly nodes: number;
  readonly skus: number;
  readonly stock: readonly number[];
  readonly capacity: readonly number[];
  readonly orders: readonly {
    readonly lines: readonly (readonly [number, number])[];
    readonly parcels: readonly number[];
    readonly handling: readonly number[];
  }[];
};

const drawn: fc.Arbitrary<Drawn> = fc
  .record({ nodes: fc.integer({ min: 1, max: 4 }), skus: fc.integer({ min: 1, max: 4 }) })
  .chain(({ nodes, skus }) =>
    fc.record({
      nodes: fc.constant(nodes),
      skus: fc.constant(skus),
      stock: fc.array(fc.integer({ min: 0, max: 3 }), {
        minLength: nodes * skus,
        maxLength: nodes * skus,
      }),
      capacity: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: nodes, maxLength: nodes }),
      orders: fc.array(
        fc.record({
          lines: fc.array(
            fc.tuple(fc.integer({ min: 0, max: skus - 1 }), fc.integer({ min: 1, max: 2 })),
            { minLength: 1, maxLength: 3 },
          ),
          parcels: fc.array(fc.integer({ min: 1, max: 900 }), {
            minLength: nodes,
            maxLength: nodes,
          }),
          handling: fc.array(fc.integer({ min: 0, max: 200 }), {
            minLength: nodes,
            maxLength: nodes,
          }),
        }),
        { minLength: 1, maxLength: 5 },
      ),
    }),
  );

function problemOf(of: Drawn): BatchProblem {
  return {
    nodeCount: of.nodes,
    skuCount: of.skus,
    stock: of.stock,
    capacityUnits: of.capacity,
    unfilledPoints: UNFILLED,
    orders: of.orders.map(
      ({ lines, parcels, handling }): BatchOrder => ({
        skus: lines.map(([sku]) => sku),
        quantities: lines.map(([, quantity]) => quantity),
        nodes: [...parcels.keys()],
        parcelPoints: parcels,
        linePoints: handling.flatMap((points) => lines.map(([, quantity]) => points * quantity)),
      }),
    ),
  };
}

/** Points of a plan counted from the problem alone; throws when it takes more than there is. */
function countPoints(problem: BatchProblem, nodesByOrder: BatchPlan['nodesByOrder']): number {
  const stock = Array.from(problem.stock);
  const capacity = Array.from(problem.capacityUnits);
  let points = 0;
  for (const [index, order] of problem.orders.entries()) {
    const nodes = nodesByOrder[index] ?? [];
    expect(nodes).toHaveLength(order.skus.length);
    for (const [line, node] of nodes.entries()) {
      if (node < 0) {
        points += problem.unfilledPoints;
        continue;
      }
      const candidate = order.nodes.indexOf(node);
      const cell = node * problem.skuCount + (order.skus[line] ?? 0);
      stock[cell] = (stock[cell] ?? 0) - (order.quantities[line] ?? 0);
      capacity[node] = (capacity[node] ?? 0) - (order.quantities[line] ?? 0);
      points += order.linePoints[candidate * order.skus.length + line] ?? Number.NaN;
      if (nodes.indexOf(node) === line) points += order.parcelPoints[candidate] ?? Number.NaN;
    }
  }
  expect(Math.min(0, ...stock, ...capacity)).toBe(0);
  return points;
}

/** The least points of any plan, by trying all of them. */
function leastPoints(problem: BatchProblem): number {
  const lines = problem.orders.flatMap((order, index) => order.skus.map(() => index));
  let least = Infinity;
  const stock = Array.from(problem.stock);
  const capacity = Array.from(problem.capacityUnits);
  const chosen: number[][] = problem.orders.map(() => []);
  const visit = (at: number, points: number): void => {
    if (points >= least) return;
    const index = lines[at];
    if (index === undefined) {
      least = points;
      return;
    }
    const order = problem.orders[index];
    const nodes = chosen[index] ?? [];
    const line = nodes.length;
    for (const node of [-1, ...(order?.nodes ?? [])]) {
      const cell = node * problem.skuCount + (order?.skus[line] ?? 0);
      const units = order?.quantities[line] ?? 0;
      if (node >= 0 && ((stock[cell] ?? 0) < units || (capacity[node] ?? 0) < units)) continue;
      const candidate = order?.nodes.indexOf(node) ?? -1;
      const opens = node >= 0 && !nodes.includes(node) ? order?.parcelPoints[candidate] : 0;
      const ofLine =
        node < 0
          ? problem.unfilledPoints
          : (order?.linePoints[candidate * (order.skus.length ?? 0) + line] ?? 0);
      if (node >= 0) {
        stock[cell] = (stock[cell] ?? 0) - units;
        capacity[node] = (capacity[node] ?? 0) - units;
      }
      nodes.push(node);
      visit(at + 1, points + (opens ?? 0) + ofLine);
      nodes.pop();
      if (node >= 0) {
        stock[cell] = (stock[cell] ?? 0) + units;
        capacity[node] = (capacity[node] ?? 0) + units;
      }
    }
  };
  visit(0, 0);
  return least;
}

describe('one order alone', () => {
  test('is planned exactly, also where two of its lines meet the last unit or the last capacity', () => {
    fc.assert(
      fc.property(drawn, (of) => {
        const [order] = of.orders;
        if (order === undefined) return;
        const problem = problemOf({ ...of, orders: [order] });
        const plan = planAlone(problem);
        expect(plan.points).toBe(countPoints(problem, plan.nodesByOrder));
        expect(plan.points).toBe(leastPoints(problem));
      }),
      { numRuns: 500 },
    );
  });

  // features: ranking sites by what they cover in all, not by what each adds, takes three where two do.
  test('takes the two sites that cover it together, not first the one that covers most', () => {
    const sites = [
      [1, 1, 1, 0, 0],
      [1, 1, 0, 1, 0],
      [0, 0, 0, 1, 1],
    ];
    const plan = planAlone({
      nodeCount: 3,
      skuCount: 5,
      stock: sites.flat(),
      capacityUnits: [9, 9, 9],
      unfilledPoints: UNFILLED,
      orders: [
        {
          skus: [0, 1, 2, 3, 4],
          quantities: [1, 1, 1, 1, 1],
          nodes: [0, 1, 2],
          parcelPoints: [500, 400, 500],
          linePoints: new Array(15).fill(10),
        },
      ],
    });
    expect(plan.nodesByOrder).toEqual([[0, 0, 0, 2, 2]]);
  });

  test('of more lines than are searched exactly takes only what there is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 36, maxLength: 36 }),
        fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 3, maxLength: 3 }),
        (stock, capacityUnits) => {
          const problem: BatchProblem = {
            nodeCount: 3,
            skuCount: 12,
            stock,
            capacityUnits,
            unfilledPoints: UNFILLED,
            orders: [
              {
                skus: Array.from({ length: 12 }, (_, sku) => sku),
                quantities: new Array(12).fill(1),
                nodes: [0, 1, 2],
                parcelPoints: [500, 600, 700],
                linePoints: new Array(36).fill(50),
              },
            ],
          };
          const plan = planAlone(problem);
          expect(plan.points).toBe(countPoints(problem, plan.nodesByOrder));
        },
      ),
    );
  });
});

const WIDE_LINES = 10;
const WIDE_NODES = 5;

const wide = fc.record({
  has: fc.array(fc.boolean(), {
    minLength: WIDE_LINES * WIDE_NODES,
    maxLength: WIDE_LINES * WIDE_NODES,
  }),
  parcels: fc.array(fc.integer({ min: 300, max: 1_500 }), {
    minLength: WIDE_NODES,
    maxLength: WIDE_NODES,
  }),
  handling: fc.array(fc.integer({ min: 0, max: 400 }), {
    minLength: WIDE_LINES * WIDE_NODES,
    maxLength: WIDE_LINES * WIDE_NODES,
  }),
});
type WideDrawn = typeof wide extends fc.Arbitrary<infer One> ? One : never;

function wideProblem({ has, parcels, handling }: WideDrawn): BatchProblem {
  return {
    nodeCount: WIDE_NODES,
    skuCount: WIDE_LINES,
    stock: has.map((one) => (one ? 1 : 0)),
    capacityUnits: new Array(WIDE_NODES).fill(WIDE_LINES),
    unfilledPoints: UNFILLED,
    orders: [
      {
        skus: Array.from({ length: WIDE_LINES }, (_, sku) => sku),
        quantities: new Array(WIDE_LINES).fill(1),
        nodes: [...parcels.keys()],
        parcelPoints: parcels,
        linePoints: handling,
      },
    ],
  };
}

/** The least points over every set of nodes, each line at the cheapest of the set. */
function leastOverNodes({ has, parcels, handling }: WideDrawn): number {
  let least = Infinity;
  for (let set = 0; set < 1 << WIDE_NODES; set += 1) {
    const open = [...parcels.keys()].filter((node) => (set >> node) & 1);
    let points = open.reduce((sum, node) => sum + (parcels[node] ?? 0), 0);
    for (let line = 0; line < WIDE_LINES; line += 1) {
      const costs = open.flatMap((node) => {
        const at = node * WIDE_LINES + line;
        return has[at] === true ? [handling[at] ?? 0] : [];
      });
      points += Math.min(UNFILLED, ...costs);
    }
    least = Math.min(least, points);
  }
  return least;
}

describe('an order of more lines than are searched exactly', () => {
  test('is nearly always at the cheapest set of nodes all the same', () => {
    let best = 0;
    let all = 0;
    fc.assert(
      fc.property(wide, (one) => {
        const { points } = planAlone(wideProblem(one));
        const least = leastOverNodes(one);
        expect(points).toBeGreaterThanOrEqual(least);
        all += 1;
        if (points === least) best += 1;
      }),
      { numRuns: 300, seed: 4 },
    );
    expect(best / all).toBeGreaterThan(0.98);
  });

  test('has a bound that holds', () => {
    fc.assert(
      fc.property(wide, (one) => {
        const bound = planBatch(wideProblem(one)).leastPoints;
        expect(bound).toBeLessThanOrEqual(leastOverNodes(one) + 1e-6);
      }),
    );
  });

  test('gives the line without another place the room that others want as well', () => {
    // One node has a room of five for ten lines; the other has all but the last line.
    const plan = planAlone({
      nodeCount: 2,
      skuCount: WIDE_LINES,
      stock: [...new Array(WIDE_LINES).fill(1), ...new Array(WIDE_LINES - 1).fill(1), 0],
      capacityUnits: [5, 5],
      unfilledPoints: UNFILLED,
      orders: [
        {
          skus: Array.from({ length: WIDE_LINES }, (_, sku) => sku),
          quantities: new Array(WIDE_LINES).fill(1),
          nodes: [0, 1],
          parcelPoints: [300, 900],
          linePoints: [...new Array(WIDE_LINES).fill(10), ...new Array(WIDE_LINES).fill(90)],
        },
      ],
    });
    expect(plan.nodesByOrder[0]).not.toContain(-1);
    expect(plan.nodesByOrder[0]?.at(-1)).toBe(0);
  });
});

describe('a batch', () => {
  test('never takes more than there is, and counts its points right', () => {
    fc.assert(
      fc.property(drawn, (of) => {
        const problem = problemOf(of);
        const plan = planBatch(problem);
        expect(plan.points).toBe(countPoints(problem, plan.nodesByOrder));
      }),
      { numRuns: 300 },
    );
  });

  test('small enough to try every plan, has the fewest points nearly always and a bound that holds', () => {
    let best = 0;
    let all = 0;
    fc.assert(
      fc.property(drawn, (of) => {
        const problem = problemOf({ ...of, orders: of.orders.slice(0, 3) });
        const plan = planBatch(problem);
        const least = leastPoints(problem);
        expect(plan.points).toBeGreaterThanOrEqual(least);
        expect(plan.leastPoints).toBeLessThanOrEqual(least + 1e-6);
        all += 1;
        if (plan.points === least) best += 1;
      }),
      { numRuns: 300, seed: 1 },
    );
    expect(best / all).toBeGreaterThan(0.98);
  });

  test('is the same plan each time it is made', () => {
    fc.assert(
      fc.property(drawn, (of) => {
        expect(planBatch(problemOf(of))).toEqual(planBatch(problemOf(of)));
      }),
      { numRuns: 50 },
    );
  });

  test('is never worse than the orders one by one', () => {
    fc.assert(
      fc.property(drawn, (of) => {
        const problem = problemOf(of);
        const oneByOne = createOnlinePlanner({ ...problem, history: [], expectedOrders: 0 });
        const singly = problem.orders.map((order) => oneByOne.plan(order));
        const effort = { ...BATCH_EFFORT, stepsPerOrder: 40 };
        const together = planBatch(problem, effort).points;
        expect(together).toBeLessThanOrEqual(countPoints(problem, singly) + 1e-6);
      }),
      { numRuns: 100, seed: 3 },
    );
  });

  test('gives the last unit to the order that pays most for going without', () => {
    const order = (parcelPoints: readonly number[]): BatchOrder => ({
      skus: [0],
      quantities: [1],
      nodes: [0, 1],
      parcelPoints,
      linePoints: [0, 0],
    });
    const plan = planBatch({
      nodeCount: 2,
      skuCount: 1,
      stock: [1, 5],
      capacityUnits: [9, 9],
      unfilledPoints: UNFILLED,
      orders: [order([400, 450]), order([400, 900])],
    });
    expect(plan.nodesByOrder).toEqual([[1], [0]]);
  });

  test('without orders is an empty plan', () => {
    const empty = { nodeCount: 1, skuCount: 1, stock: [1], capacityUnits: [1], unfilledPoints: 1 };
    expect(planBatch({ ...empty, orders: [] })).toEqual({
      nodesByOrder: [],
      points: 0,
      leastPoints: 0,
    });
  });
});

describe('orders one at a time', () => {
  test('never take more than there is', () => {
    fc.assert(
      fc.property(drawn, (of) => {
        const problem = problemOf(of);
        const planner = createOnlinePlanner({
          ...problem,
          history: problem.orders,
          expectedOrders: problem.orders.length,
        });
        countPoints(
          problem,
          problem.orders.map((order) => planner.plan(order)),
        );
      }),
      { numRuns: 100 },
    );
  });

  test('keep the last unit beside the big city for the orders still to come', () => {
    const far: BatchOrder = {
      skus: [0],
      quantities: [1],
      nodes: [0, 1],
      parcelPoints: [400, 450],
      linePoints: [0, 0],
    };
    const near: BatchOrder = { ...far, parcelPoints: [300, 1_500] };
    const setting = {
      nodeCount: 2,
      skuCount: 1,
      stock: [1, 9],
      capacityUnits: [9, 9],
      unfilledPoints: UNFILLED,
    };
    const planner = createOnlinePlanner({ ...setting, history: [near, far], expectedOrders: 2 });
    expect(planner.plan(far)).toEqual([1]);
    expect(planner.plan(near)).toEqual([0]);
    const blind = createOnlinePlanner({ ...setting, history: [], expectedOrders: 0 });
    expect(blind.plan(far)).toEqual([0]);
  });
});
