/**
 * A chosen set of parcels written out as a plan, and plans compared where rule 8 still leaves a choice.
 */
import type { Objective, Plan, PlanParcel, PlanProblem } from './routing.ts';

// More parcels than any order has: a divided plan ranks after every undivided one.
const DIVIDED_CLASS = 1_000_000;

/** Lower is better: no divided line before any, then fewer parcels. */
export function classOf(plan: Plan): number {
  return plan.parcels.length + (plan.isDivided ? DIVIDED_CLASS : 0);
}

export function planOf(
  entry: { readonly problem: PlanProblem; readonly index: number },
  parcels: readonly (readonly [number, ArrayLike<number>])[],
  isExact: boolean,
): Plan {
  const { problem, index } = entry;
  const built = parcels
    .map(([source, quantities]) => parcelOf(problem, source, quantities))
    .sort((a, b) => a.source - b.source);
  const sum = (amountOf: (parcel: PlanParcel) => number) =>
    built.reduce((total, parcel) => total + amountOf(parcel), 0);
  return {
    problem: index,
    endMinute: built.reduce((latest, parcel) => Math.max(latest, parcel.endMinute), 0),
    isDivided: isDividedAmong(built, problem.supply.lineCount),
    parcels: built,
    incomingUnits: sum((parcel) => parcel.incomingUnits),
    costMinor: sum((parcel) => parcel.costMinor),
    distanceMeters: sum((parcel) => problem.distanceMeters(parcel.source)),
    isExact,
  };
}

function isDividedAmong(parcels: readonly PlanParcel[], lineCount: number): boolean {
  for (let line = 0; line < lineCount; line += 1) {
    const senders = parcels.filter((parcel) => (parcel.quantities[line] ?? 0) > 0);
    if (senders.length > 1) return true;
  }
  return false;
}

function parcelOf(problem: PlanProblem, source: number, quantities: ArrayLike<number>): PlanParcel {
  const { supply } = problem;
  const taken: number[] = [];
  let units = 0;
  let incomingUnits = 0;
  let usableMinute = 0;
  let grams = 0;
  let cm3 = 0;
  for (let line = 0; line < supply.lineCount; line += 1) {
    const quantity = quantities[line] ?? 0;
    taken.push(quantity);
    units += quantity;
    grams += quantity * (supply.gramsPerUnit[line] ?? 0);
    cm3 += quantity * (supply.cm3PerUnit[line] ?? 0);
    const incoming = quantity - (supply.onHand[source * supply.lineCount + line] ?? 0);
    if (incoming <= 0) continue;
    incomingUnits += incoming;
    usableMinute = Math.max(usableMinute, supply.usableMinute(source, line, quantity));
  }
  return {
    source,
    quantities: taken,
    units,
    incomingUnits,
    usableMinute,
    endMinute: problem.endMinute(source, units, usableMinute),
    costMinor: problem.costMinor(source, grams, cm3),
  };
}

/** Rule 8 from "fewest parcels" on, for plans that may both be kept at one end. */
export function compareInClass(a: Plan, b: Plan, objective: Objective): number {
  const byIncoming = a.incomingUnits - b.incomingUnits;
  const byCost = a.costMinor - b.costMinor;
  return (
    a.parcels.length - b.parcels.length ||
    (objective.maxDaysLaterForCost > 0 ? byCost || byIncoming : byIncoming || byCost) ||
    a.distanceMeters - b.distanceMeters ||
    compareSources(a, b) ||
    compareLines(a, b) ||
    a.problem - b.problem
  );
}

function compareSources(a: Plan, b: Plan): number {
  for (const [at, parcel] of a.parcels.entries()) {
    const other = b.parcels[at];
    if (other !== undefined && other.source !== parcel.source) return parcel.source - other.source;
  }
  return 0;
}

function compareLines(a: Plan, b: Plan): number {
  const lineCount = a.parcels[0]?.quantities.length ?? 0;
  for (let line = 0; line < lineCount; line += 1) {
    for (const [at, parcel] of a.parcels.entries()) {
      const more = (b.parcels[at]?.quantities[line] ?? 0) - (parcel.quantities[line] ?? 0);
      if (more !== 0) return more;
    }
  }
  return 0;
}
