/**
 * A plan that can be done for an order too large to search exactly (hundreds of lines, thousands of units).
 *
 * Repeatedly takes the parcel that adds most of what is still missing (never the source that merely has
 * most), begun from several first sources; the plan with the fewest parcels stays. Every parcel is checked
 * whole against stock, limits and the end asked for: the plan may have more parcels or cost more than the
 * best one, its date is true. Deterministic: ties go to fewer incoming units, then lower cost, then the
 * lower source. Bounded: fewer first sources the larger the order, so that no cart holds up the others.
 */
import type { Cover } from './cover.ts';
import type { PlanProblem } from './routing.ts';

// Plans begun from so many different first parcels; and parcels in a plan (a person would not accept more).
const FIRST_PARCELS = 16;
const MAX_PARCELS = 64;
// Sources × lines looked at for all first parcels together: some 5 ms. At least one plan is always tried.
const MAX_CELLS = 400_000;

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
  const bags = bagsFor(problem, question, wanted).sort(byWorth);
  if (!haveAll(problem, bags)) return undefined;
  const cells = Math.max(1, bags.length * wanted.length);
  const firsts = Math.min(FIRST_PARCELS, Math.max(1, Math.floor(MAX_CELLS / cells)));
  let best: Bag[] | undefined;
  for (const first of bags.slice(0, firsts)) {
    const plan = complete(problem, question, { first, bags });
    if (plan !== undefined && (best === undefined || plan.length < best.length)) best = plan;
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

/** Quick no: the sources that send anything in time do not have enough of some line. */
function haveAll(problem: PlanProblem, bags: readonly Bag[]): boolean {
  const { available, lineCount, quantities } = problem.supply;
  const had = new Float64Array(lineCount);
  for (const { source } of bags) {
    for (let line = 0; line < lineCount; line += 1) {
      had[line] = (had[line] ?? 0) + (available[source * lineCount + line] ?? 0);
    }
  }
  return had.every((units, line) => units >= (quantities[line] ?? 0));
}

/**
 * Goes on from a first parcel. The fullest parcel of a source never grows while the order shrinks, so sources are
 * asked again in the order of their last fullest parcel, and only until one stays ahead of the rest.
 */
function complete(
  problem: PlanProblem,
  question: WideQuestion,
  from: { readonly first: Bag; readonly bags: readonly Bag[] },
): Bag[] | undefined {
  const left = [...problem.supply.quantities];
  const plan = [from.first];
  subtract(left, from.first);
  let open = from.bags.filter((bag) => bag !== from.first);
  while (left.some((quantity) => quantity > 0)) {
    if (plan.length >= MAX_PARCELS) return undefined;
    const best = fullestOf(problem, question, { open, left });
    if (best === undefined) return undefined;
    plan.push(best);
    subtract(left, best);
    open = open.filter((bag) => bag.source !== best.source && bag.units > 0);
  }
  return plan;
}

/** The best parcel for what is left; bags asked again are replaced in `open`, which stays sorted. */
function fullestOf(
  problem: PlanProblem,
  question: WideQuestion,
  from: { readonly open: Bag[]; readonly left: readonly number[] },
): Bag | undefined {
  const { open, left } = from;
  let best: Bag | undefined;
  for (let at = 0; at < open.length; at += 1) {
    const bag = open[at];
    if (bag === undefined || (best !== undefined && bag.units < best.units)) break;
    const again = fillBag(problem, question, { source: bag.source, left });
    open[at] = again;
    if (again.units > 0 && (best === undefined || byWorth(again, best) < 0)) best = again;
  }
  open.sort(byWorth);
  return best;
}

function subtract(left: number[], bag: Bag): void {
  for (const [line, quantity] of bag.quantities.entries()) {
    left[line] = (left[line] ?? 0) - quantity;
  }
}

function bagsFor(problem: PlanProblem, question: WideQuestion, left: readonly number[]): Bag[] {
  const bags: Bag[] = [];
  for (let at = 0; at < problem.sourceCount; at += 1) {
    const source = problem.sources[at] ?? 0;
    if (problem.endMinute(source, 1, 0) > question.endMinute) continue;
    const bag = fillBag(problem, question, { source, left });
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
