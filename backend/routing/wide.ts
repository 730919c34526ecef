/**
 * A plan that can be done for an order too large to search exactly (hundreds of lines, thousands of units).
 *
 * Repeatedly takes the parcel that adds most of what is still missing (never the source that merely has
 * most), started from each of several first sources; the plan with the fewest parcels stays. Every parcel is checked whole against stock, limits and the end asked for: the plan may have more parcels
 * or cost more than the best one, its date is true. Deterministic: ties go to fewer incoming units, then
 * lower cost, then the lower source.
 */
import type { Cover } from './cover.ts';
import type { PlanProblem } from './routing.ts';

// Plans begun from so many different first parcels; and parcels in a plan (a person would not accept more).
const FIRST_PARCELS = 16;
const MAX_PARCELS = 64;

export type WideQuestion = { readonly endMinute: number; readonly isDivided: boolean };

type Bag = {
  readonly source: number;
  readonly quantities: number[];
  readonly units: number;
  readonly incomingUnits: number;
  readonly costMinor: number;
};

/** Parcels that together are the order and all end by `endMinute`; `undefined` when none was found. */
export function widePlan(problem: PlanProblem, question: WideQuestion): Cover | undefined {
  const wanted = [...problem.supply.quantities];
  const firsts = bagsFor(problem, question, wanted).sort(byWorth).slice(0, FIRST_PARCELS);
  let best: Bag[] | undefined;
  for (const first of firsts) {
    const bags = complete(problem, question, first);
    if (bags !== undefined && (best === undefined || bags.length < best.length)) best = bags;
  }
  return best
    ?.sort((a, b) => a.source - b.source)
    .map((bag) => [bag.source, bag.quantities] as const);
}

/** More units first, then fewer incoming, cheaper, lower source. */
function byWorth(a: Bag, b: Bag): number {
  return (
    b.units - a.units ||
    a.incomingUnits - b.incomingUnits ||
    a.costMinor - b.costMinor ||
    a.source - b.source
  );
}

function complete(problem: PlanProblem, question: WideQuestion, first: Bag): Bag[] | undefined {
  const left = [...problem.supply.quantities];
  const bags = [first];
  subtract(left, first);
  while (left.some((quantity) => quantity > 0)) {
    if (bags.length >= MAX_PARCELS) return undefined;
    const used = new Set(bags.map((bag) => bag.source));
    let best: Bag | undefined;
    for (const bag of bagsFor(problem, question, left)) {
      if (used.has(bag.source)) continue;
      if (best === undefined || byWorth(bag, best) < 0) best = bag;
    }
    if (best === undefined) return undefined;
    bags.push(best);
    subtract(left, best);
  }
  return bags;
}

function subtract(left: number[], bag: Bag): void {
  for (const [line, quantity] of bag.quantities.entries()) {
    left[line] = (left[line] ?? 0) - quantity;
  }
}

function bagsFor(problem: PlanProblem, question: WideQuestion, left: readonly number[]): Bag[] {
  const bags: Bag[] = [];
  for (let at = 0; at < problem.sourceCount; at += 1) {
    const bag = fillBag(problem, question, { source: problem.sources[at] ?? 0, left });
    if (bag.units > 0) bags.push(bag);
  }
  return bags;
}

/** Fills one parcel line by line with as much of what is left as still fits and arrives in time. */
function fillBag(
  problem: PlanProblem,
  question: WideQuestion,
  from: { readonly source: number; readonly left: readonly number[] },
): Bag {
  const { supply } = problem;
  const { source, left } = from;
  const load = { units: 0, grams: 0, cm3: 0, usable: 0 };
  const quantities = left.map(() => 0);
  let incomingUnits = 0;
  for (const [line, missing] of left.entries()) {
    const cell = source * supply.lineCount + line;
    const most = Math.min(missing, supply.available[cell] ?? 0);
    const least = question.isDivided ? 1 : missing;
    if (missing === 0 || most < least) continue;
    const quantity = largestFit({ problem, question, source, line, load }, least, most);
    if (quantity === 0) continue;
    quantities[line] = quantity;
    Object.assign(load, loadWith(problem, { source, line, load }, quantity));
    incomingUnits += Math.max(0, quantity - (supply.onHand[cell] ?? 0));
  }
  const costMinor = problem.costMinor(source, load.grams, load.cm3);
  return { source, quantities, units: load.units, incomingUnits, costMinor };
}

type Load = { units: number; grams: number; cm3: number; usable: number };

function loadWith(
  problem: PlanProblem,
  to: { readonly source: number; readonly line: number; readonly load: Load },
  quantity: number,
): Load {
  const { supply } = problem;
  const { source, line, load } = to;
  const isOnHand = quantity <= (supply.onHand[source * supply.lineCount + line] ?? 0);
  const usable = isOnHand ? 0 : supply.usableMinute(source, line, quantity);
  return {
    units: load.units + quantity,
    grams: load.grams + quantity * (supply.gramsPerUnit[line] ?? 0),
    cm3: load.cm3 + quantity * (supply.cm3PerUnit[line] ?? 0),
    usable: Math.max(load.usable, usable),
  };
}

type Fit = {
  readonly problem: PlanProblem;
  readonly question: WideQuestion;
  readonly source: number;
  readonly line: number;
  readonly load: Load;
};

/** The largest quantity in `[least, most]` that may join the parcel, or 0. Fitting never comes back with more units. */
function largestFit(fit: Fit, least: number, most: number): number {
  if (!isFit(fit, least)) return 0;
  let low = least;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (isFit(fit, middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

function isFit(fit: Fit, quantity: number): boolean {
  const { problem, source } = fit;
  const load = loadWith(problem, fit, quantity);
  return (
    load.grams <= problem.maxParcelGrams &&
    load.cm3 <= problem.maxParcelCm3 &&
    problem.costMinor(source, load.grams, load.cm3) >= 0 &&
    problem.endMinute(source, load.units, load.usable) <= fit.question.endMinute
  );
}
