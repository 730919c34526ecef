// One order against every distribution of its units there is, priced by hand.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  order,
  promiseOn,
  routingSettings,
  type TownNode,
  town,
} from '../../tests/worlds/routing-town.ts';
import { decideRoute } from './decide.ts';

const SKUS = ['A', 'B'] as const;
const NODES = ['a', 'b', 'c'] as const;
const HANDLING = 60;
const SPLIT = 300;
const BALANCE = 100;
/** A unit weighs 100 g; above 250 g a parcel costs so much more. */
const HEAVY_MORE = 170;

type Drawn = {
  readonly nodes: Readonly<Record<string, { stock: Record<string, number>; costMinor: number }>>;
  readonly wanted: Readonly<Record<string, number>>;
};

const drawn: fc.Arbitrary<Drawn> = fc.record({
  nodes: fc.record(
    Object.fromEntries(
      NODES.map((id) => [
        id,
        fc.record({
          stock: fc.record({
            A: fc.integer({ min: 0, max: 3 }),
            B: fc.integer({ min: 0, max: 3 }),
          }),
          costMinor: fc.integer({ min: 50, max: 900 }),
        }),
      ]),
    ),
  ),
  wanted: fc.record({ A: fc.integer({ min: 1, max: 3 }), B: fc.integer({ min: 1, max: 3 }) }),
});

type Spread = Readonly<Record<string, readonly [number, number]>>;

/** Every way to take units of both SKUs from the nodes, never more than wanted. */
function* spreads({ nodes, wanted }: Drawn, at = 0, taken = [0, 0]): Generator<Spread> {
  const id = NODES[at];
  if (id === undefined) {
    yield {};
    return;
  }
  const stock = nodes[id]?.stock ?? {};
  const most = SKUS.map((sku, i) =>
    Math.min(stock[sku] ?? 0, (wanted[sku] ?? 0) - (taken[i] ?? 0)),
  );
  for (let a = 0; a <= (most[0] ?? 0); a += 1) {
    for (let b = 0; b <= (most[1] ?? 0); b += 1) {
      const next = [(taken[0] ?? 0) + a, (taken[1] ?? 0) + b];
      for (const rest of spreads({ nodes, wanted }, at + 1, next)) yield { [id]: [a, b], ...rest };
    }
  }
}

function worth({ nodes, wanted }: Drawn, spread: Spread) {
  let points = 0;
  let parcels = 0;
  let units = 0;
  let isWhole = true;
  for (const [id, taken] of Object.entries(spread)) {
    const sum = taken[0] + taken[1];
    if (sum === 0) continue;
    parcels += 1;
    units += sum;
    const { stock = {}, costMinor = 0 } = nodes[id] ?? {};
    const share = SKUS.reduce((all, sku, i) => all + (taken[i] ?? 0) / (stock[sku] || 1), 0);
    points += costMinor + (sum > 2 ? HEAVY_MORE : 0) + HANDLING + Math.round(BALANCE * share);
    for (const [i, sku] of SKUS.entries()) isWhole &&= [0, wanted[sku]].includes(taken[i]);
  }
  return { points: points + SPLIT * Math.max(0, parcels - 1), parcels, units, isWhole };
}

function best(drawnOne: Drawn) {
  let first: ReturnType<typeof worth> | undefined;
  for (const spread of spreads(drawnOne)) {
    const plan = worth(drawnOne, spread);
    // More units, then whole lines, then fewer points.
    if (first === undefined || isBefore(plan, first)) first = plan;
  }
  return first;
}

function isBefore(plan: ReturnType<typeof worth>, rival: ReturnType<typeof worth>): boolean {
  if (plan.units !== rival.units) return plan.units > rival.units;
  if (plan.isWhole !== rival.isWhole) return plan.isWhole;
  return (plan.points - rival.points || plan.parcels - rival.parcels) < 0;
}

test('the plan is the best of all by units, undivided lines, points and parcels', () => {
  fc.assert(
    fc.property(drawn, (one) => {
      const nodes: Record<string, TownNode> = { ...one.nodes };
      const { snapshot, facts } = town(nodes, (world) => ({
        ...world,
        lanes: world.lanes.map((lane) => ({
          ...lane,
          costs: (lane.costs ?? []).flatMap(({ costMinor }) => [
            { fromGrams: 0, toGrams: 250, costMinor },
            { fromGrams: 250, toGrams: null, costMinor: costMinor + HEAVY_MORE },
          ]),
        })),
        products: SKUS.map((sku) => ({ sku, weightGrams: 100 })),
      }));
      const question = order(one.wanted, { promise: promiseOn('2026-11-20') });
      const decision = decideRoute(snapshot, facts, routingSettings(), question);
      const lines = decision.parcels.flatMap((parcel) => parcel.lines);
      const expected = best(one);
      expect({
        units: lines.reduce((sum, { quantity }) => sum + quantity, 0),
        isWhole: lines.every(({ sku, quantity }) => quantity === one.wanted[sku]),
        points: decision.points,
        parcels: decision.parcels.length,
      }).toEqual(expected);
    }),
    { numRuns: 150 },
  );
}, 60_000);
