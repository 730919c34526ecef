// The search against every plan there is, on questions small enough to try them all.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fullestPlan } from './fullest.ts';
import { type LeastPlan, type LeastQuestion, leastPlan } from './least.ts';

type Drawn = {
  readonly quantities: readonly number[];
  readonly able: readonly (readonly number[])[];
  readonly divides: readonly boolean[];
  readonly maxParcels: number;
  readonly seed: number;
};

const drawn: fc.Arbitrary<Drawn> = fc
  .record({ lines: fc.integer({ min: 1, max: 3 }), sources: fc.integer({ min: 1, max: 4 }) })
  .chain(({ lines, sources }) =>
    fc.record({
      quantities: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: lines, maxLength: lines }),
      able: fc.array(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: lines, maxLength: lines }),
        { minLength: sources, maxLength: sources },
      ),
      divides: fc.array(fc.boolean(), { minLength: lines, maxLength: lines }),
      maxParcels: fc.oneof(fc.constant(9), fc.integer({ min: 1, max: 3 })),
      seed: fc.integer({ min: 0, max: 1_000_000 }),
    }),
  );

/** Prices without any shape: dearer or cheaper for more units, now and then not at all. */
function priceOf(seed: number, source: number, quantities: ArrayLike<number>): number {
  let hash = seed ^ (source * 7_919);
  for (let line = 0; line < quantities.length; line += 1) {
    hash = Math.imul(hash ^ ((quantities[line] ?? 0) + 17 * line), 2_654_435_761);
    hash ^= hash >>> 15;
  }
  const value = (hash >>> 0) % 100;
  return value < 8 ? Infinity : value;
}

function questionOf({ quantities, able, divides, maxParcels, seed }: Drawn): LeastQuestion {
  const sources = able.map((row) =>
    row.map((units, line) => Math.min(units, quantities[line] ?? 0)),
  );
  return {
    quantities,
    able: Int32Array.from(sources.flat()),
    sourceCount: sources.length,
    divides: Uint8Array.from(divides, (one) => (one ? 1 : 0)),
    maxParcels,
    pointsOf: (source, units) => priceOf(seed, source, units),
  };
}

/** Tries every parcel of every source, source by source. */
function everyPlan(question: LeastQuestion): { units: number; points: number; parcels: number } {
  const lines = question.quantities.length;
  let best = { units: 0, points: 0, parcels: 0 };
  const visit = (source: number, left: number[], sum: typeof best) => {
    const order = best.units - sum.units || sum.points - best.points || sum.parcels - best.parcels;
    if (order < 0) best = sum;
    if (source === question.sourceCount) return;
    for (const parcel of parcelsFrom(question, source, left)) {
      const units = parcel.reduce((a, b) => a + b, 0);
      if (units === 0) {
        visit(source + 1, left, sum);
        continue;
      }
      const points = question.pointsOf(source, parcel);
      if (points === Infinity || sum.parcels === question.maxParcels) continue;
      visit(
        source + 1,
        left.map((one, line) => one - (parcel[line] ?? 0)),
        { units: sum.units + units, points: sum.points + points, parcels: sum.parcels + 1 },
      );
    }
  };
  visit(
    0,
    Array.from({ length: lines }, (_, line) => question.quantities[line] ?? 0),
    best,
  );
  return best;
}

function parcelsFrom(question: LeastQuestion, source: number, left: readonly number[]): number[][] {
  let parcels: number[][] = [[]];
  for (const [line, wanted] of left.entries()) {
    const able = question.able[source * left.length + line] ?? 0;
    const choices: number[] = [0];
    if (question.divides[line] === 1) {
      for (let units = 1; units <= Math.min(able, wanted); units += 1) choices.push(units);
    } else if (wanted > 0 && able >= wanted) choices.push(wanted);
    parcels = parcels.flatMap((parcel) => choices.map((units) => [...parcel, units]));
  }
  return parcels;
}

function expectSound(question: LeastQuestion, plan: LeastPlan): void {
  const lines = question.quantities.length;
  expect(plan.parcels.length).toBeLessThanOrEqual(question.maxParcels);
  expect(new Set(plan.parcels.map(({ source }) => source)).size).toBe(plan.parcels.length);
  let points = 0;
  for (const { source, quantities } of plan.parcels) {
    points += question.pointsOf(source, quantities);
    for (const [line, units] of quantities.entries()) {
      expect(units).toBeLessThanOrEqual(question.able[source * lines + line] ?? 0);
    }
  }
  for (let line = 0; line < lines; line += 1) {
    const sent = plan.parcels.reduce((sum, one) => sum + (one.quantities[line] ?? 0), 0);
    expect(sent).toBeLessThanOrEqual(question.quantities[line] ?? 0);
  }
  expect(plan.points).toBe(points);
}

test('no plan sends more units, or as many for fewer points or in fewer parcels', () => {
  fc.assert(
    fc.property(drawn, (one) => {
      const question = questionOf(one);
      const plan = leastPlan(question);
      expect(plan).toBeDefined();
      if (plan === undefined) return;
      expectSound(question, plan);
      const best = everyPlan(question);
      expect({ units: plan.units, points: plan.points, parcels: plan.parcels.length }).toEqual(
        best,
      );
    }),
    { numRuns: 3_000 },
  );
});

test('a rule-of-thumb plan is one that can be done and never sends more than the best', () => {
  fc.assert(
    fc.property(drawn, (one) => {
      const question = questionOf(one);
      const plan = fullestPlan(question);
      expectSound(question, plan);
      expect(plan.units).toBeLessThanOrEqual(everyPlan(question).units);
    }),
  );
});

test('a rule-of-thumb plan that sends as much as the best seldom has more points', () => {
  let [same, cheapest] = [0, 0];
  fc.assert(
    fc.property(drawn, (one) => {
      const question = questionOf(one);
      const best = everyPlan(question);
      const { units, points } = fullestPlan(question);
      if (units !== best.units) return;
      same += 1;
      if (points === best.points) cheapest += 1;
    }),
    { numRuns: 1_000, seed: 6 },
  );
  expect(cheapest / same).toBeGreaterThan(0.92);
});

test('the cheapest of many places that all have everything is found, wherever it stands', () => {
  const sourceCount = 60;
  const question: LeastQuestion = {
    quantities: new Array(14).fill(1),
    able: new Int32Array(sourceCount * 14).fill(1),
    sourceCount,
    divides: new Uint8Array(14),
    maxParcels: 9,
    pointsOf: (source) => 1_000 - source,
  };
  expect(fullestPlan(question)).toMatchObject({
    points: 941,
    parcels: [{ source: sourceCount - 1 }],
  });
});

test('more states than can be searched are left to the rule of thumb', () => {
  const quantities = [40, 40, 40];
  const question: LeastQuestion = {
    quantities,
    able: Int32Array.from([...quantities, ...quantities]),
    sourceCount: 2,
    divides: new Uint8Array(3).fill(1),
    maxParcels: 9,
    pointsOf: () => 1,
  };
  expect(leastPlan(question)).toBeUndefined();
  expect(fullestPlan(question)).toMatchObject({ units: 120, points: 1, isExact: false });
});
