/**
 * Which nodes should send what, for one order?
 *
 * Inputs: what is wanted and where it stands (`Supply`), one problem per way of sending it (a carrier
 * service to one destination), and an objective. Output: the best plan, or `undefined` when there is
 * none. The search is exact within the bounds of takes.ts and cover.ts; past them (a cart of hundreds of
 * lines) wide.ts answers with a plan that can be done, marked `isExact: false`; its dates are never untrue.
 * Invariants: Σ over parcels = what is wanted, never more than a source has; one parcel per source; the
 * answer does not depend on the order of lines or nodes (they come sorted by id). Source: rule 8.
 */
import { NEVER } from '../base/time.ts';
import { cheapestCover } from './cover.ts';
import { canDivide, type Space, spaceOf } from './takes.ts';
import { widePlan } from './wide.ts';

/** What is wanted and what each source has of it. Lines by SKU, sources by node id, both in code-unit order. */
export type Supply = {
  readonly lineCount: number;
  /** Units wanted of each line, at least 1. */
  readonly quantities: Int32Array;
  readonly gramsPerUnit: Int32Array;
  readonly cm3PerUnit: Int32Array;
  readonly sourceCount: number;
  /** By source × lineCount + line: units on hand, at most what is wanted. */
  readonly onHand: Int32Array;
  /** The same with the usable incoming units added, at most what is wanted. */
  readonly available: Int32Array;
  /** By source: how many lines it could send whole. */
  readonly wholeLines: Int32Array;
  /** From when `quantity` units (1 … available) of the line are at the source; 0 when on hand. Never falls with `quantity`. */
  usableMinute(source: number, line: number, quantity: number): number;
};

/** One way of sending: a service to a destination. */
export type PlanProblem = {
  readonly supply: Supply;
  /** The sources that may send this way, ascending; the first `sourceCount` entries count. */
  readonly sources: Int32Array;
  readonly sourceCount: number;
  readonly maxParcelGrams: number;
  readonly maxParcelCm3: number;
  /** When a parcel arrives (end of its window), or NEVER. Never falls with `units` or `usableMinute`. */
  endMinute(source: number, units: number, usableMinute: number): number;
  /** Cost of a parcel, or −1 when it is too heavy for the lane. Once −1, heavier parcels are too. */
  costMinor(source: number, grams: number, cm3: number): number;
  /** Whole metres to the destination. */
  distanceMeters(source: number): number;
  /** Number of the destination-local date on which a window with this end is promised. */
  dateOf(endMinute: number): number;
};

/** How plans are compared. Each later kind of objective is one more member of this union. */
export type Objective = {
  readonly kind: 'promise';
  readonly splitOnlyIfDaysEarlier: number;
  readonly maxDaysLaterForCost: number;
};

/**
 * Rule 8: earliest end, no divided line, fewest parcels, fewest incoming units, least cost, least metres,
 * node ids, lines by SKU with the lower node taking most; and the policy's two settings.
 */
export function quoteObjective(policy: {
  readonly splitOnlyIfDaysEarlier: number;
  readonly maxDaysLaterForCost: number;
}): Objective {
  return {
    kind: 'promise',
    splitOnlyIfDaysEarlier: policy.splitOnlyIfDaysEarlier,
    maxDaysLaterForCost: policy.maxDaysLaterForCost,
  };
}

export type PlanParcel = {
  readonly source: number;
  /** Units of each line, by line. */
  readonly quantities: readonly number[];
  readonly units: number;
  readonly incomingUnits: number;
  /** 0 when everything is on hand. */
  readonly usableMinute: number;
  readonly endMinute: number;
  readonly costMinor: number;
};

export type Plan = {
  /** Index of the problem it solves. */
  readonly problem: number;
  readonly endMinute: number;
  readonly isDivided: boolean;
  /** Ascending by source. */
  readonly parcels: readonly PlanParcel[];
  readonly incomingUnits: number;
  readonly costMinor: number;
  readonly distanceMeters: number;
  /** False when the order was too large for the exact search. */
  readonly isExact: boolean;
};

/** The best plan over all problems (pooled: a tie goes to the earlier problem), or `undefined`. */
export function planOrder(
  problems: readonly PlanProblem[],
  objective: Objective,
): Plan | undefined {
  const pool: Entry[] = [];
  let first = NEVER;
  let bound = NEVER;
  for (let index = 0; index < problems.length; index += 1) {
    const problem = problems[index];
    if (problem === undefined) continue;
    const entry = openProblem(problem, index);
    pool.push(entry);
    first = Math.min(first, entry.firstWholeEnd);
    bound = Math.min(bound, entry.bounds.any);
  }
  const problem = pool[0]?.problem;
  if (problem === undefined || bound >= NEVER) return undefined;
  if (first < NEVER && objective.maxDaysLaterForCost === 0) {
    // Anything but one parcel must end so many dates earlier to be kept.
    const last = problem.dateOf(first) - objective.splitOnlyIfDaysEarlier;
    if (!pool.some((entry) => maySplitBy(entry, last))) return bestWhole(pool, first, objective);
  }
  return searchByDate(pool, objective, { first, bound });
}

type Entry = {
  readonly problem: PlanProblem;
  readonly index: number;
  readonly weight: Weight;
  /** Earliest end of one parcel with everything; NEVER when no source can send all. */
  readonly firstWholeEnd: number;
  readonly bounds: Bounds;
  /** Plans of wide.ts by end and kind: the same ends are come to again when later dates are let in. */
  readonly widePlans: Map<string, Plan | undefined>;
  space: Space | undefined;
};

/** The whole order as one parcel. */
type Weight = { readonly units: number; readonly grams: number; readonly cm3: number };

/** No plan ends before `any`, no undivided one before `whole`. */
type Bounds = { readonly any: number; readonly whole: number };

function openProblem(problem: PlanProblem, index: number): Entry {
  const weight = weightOfAll(problem.supply);
  return {
    problem,
    index,
    weight,
    firstWholeEnd: firstWholeEnd(problem, weight),
    bounds: boundsOf(problem),
    widePlans: new Map(),
    space: undefined,
  };
}

/** A plan of several parcels may end on `date` or before. */
function maySplitBy({ problem, bounds }: Entry, date: number): boolean {
  if (bounds.whole < NEVER && problem.dateOf(bounds.whole) <= date) return true;
  if (bounds.any >= NEVER || problem.dateOf(bounds.any) > date) return false;
  return canDivide(problem) && hasUnitsBy(problem, date);
}

function firstWholeEnd(problem: PlanProblem, weight: Weight): number {
  const { supply } = problem;
  let best = NEVER;
  if (weight.grams > problem.maxParcelGrams || weight.cm3 > problem.maxParcelCm3) return best;
  for (let at = 0; at < problem.sourceCount; at += 1) {
    const source = problem.sources[at] ?? 0;
    if (supply.wholeLines[source] !== supply.lineCount) continue;
    const end = wholeEnd(problem, weight, { source, before: best });
    if (end < best) best = end;
  }
  return best;
}

/** When one parcel with the whole order arrives from `source` (which has it all); NEVER unless before `before`. */
function wholeEnd(
  problem: PlanProblem,
  weight: Weight,
  from: { readonly source: number; readonly before: number },
): number {
  const { supply } = problem;
  const { source, before } = from;
  if (problem.endMinute(source, 1, 0) >= before) return NEVER;
  if (weight.grams > problem.maxParcelGrams || weight.cm3 > problem.maxParcelCm3) return NEVER;
  let usable = 0;
  for (let line = 0; line < supply.lineCount; line += 1) {
    const quantity = supply.quantities[line] ?? 0;
    if (quantity > (supply.onHand[source * supply.lineCount + line] ?? 0)) {
      usable = Math.max(usable, supply.usableMinute(source, line, quantity));
    }
  }
  const end = problem.endMinute(source, weight.units, usable);
  if (end >= before || problem.costMinor(source, weight.grams, weight.cm3) < 0) return NEVER;
  return end;
}

/** Each line needs some source for a unit of it, and undivided one for all of it: the latest of the lines' earliest. */
function boundsOf(problem: PlanProblem): Bounds {
  const { supply } = problem;
  const { lineCount } = supply;
  const any = new Int32Array(lineCount).fill(NEVER);
  const whole = new Int32Array(lineCount).fill(NEVER);
  for (let at = 0; at < problem.sourceCount; at += 1) {
    const source = problem.sources[at] ?? 0;
    const end = problem.endMinute(source, 1, 0);
    if (end >= NEVER) continue;
    for (let line = 0; line < lineCount; line += 1) {
      if (end >= (whole[line] ?? 0)) continue;
      lowerLine(problem, { source, line, end }, { any, whole });
    }
  }
  let bounds = { any: 0, whole: 0 };
  for (let line = 0; line < lineCount; line += 1) {
    bounds = {
      any: Math.max(bounds.any, any[line] ?? 0),
      whole: Math.max(bounds.whole, whole[line] ?? 0),
    };
  }
  return bounds;
}

/** Lowers a line's earliest ends by what one source has of it; `end` is that of a unit on hand. */
function lowerLine(
  problem: PlanProblem,
  from: { readonly source: number; readonly line: number; readonly end: number },
  earliest: { readonly any: Int32Array; readonly whole: Int32Array },
): void {
  const { supply } = problem;
  const { source, line, end } = from;
  const cell = source * supply.lineCount + line;
  const available = supply.available[cell] ?? 0;
  if (available === 0) return;
  const onHand = supply.onHand[cell] ?? 0;
  const wanted = supply.quantities[line] ?? 0;
  const { any, whole } = earliest;
  if (end < (any[line] ?? 0)) {
    const some = onHand > 0 ? end : endOfUnits(problem, from, 1);
    if (some < (any[line] ?? 0)) any[line] = some;
  }
  if (available < wanted) return;
  const all = onHand >= wanted ? end : endOfUnits(problem, from, wanted);
  if (all < (whole[line] ?? 0)) whole[line] = all;
}

/** No parcel with `quantity` units of the line, some of them incoming, ends before this. */
function endOfUnits(
  problem: PlanProblem,
  from: { readonly source: number; readonly line: number },
  quantity: number,
): number {
  const { source, line } = from;
  return problem.endMinute(source, 1, problem.supply.usableMinute(source, line, quantity));
}

/** The best of the single parcels that end by `endMinute`. */
function bestWhole(
  pool: readonly Entry[],
  endMinute: number,
  objective: Objective,
): Plan | undefined {
  let best: Whole | undefined;
  for (const entry of pool) {
    const { problem, weight } = entry;
    const { supply } = problem;
    for (let at = 0; at < problem.sourceCount; at += 1) {
      const source = problem.sources[at] ?? 0;
      if (supply.wholeLines[source] !== supply.lineCount) continue;
      if (wholeEnd(problem, weight, { source, before: endMinute + 1 }) > endMinute) continue;
      const incoming = incomingOfAll(supply, source);
      const cost = problem.costMinor(source, weight.grams, weight.cm3);
      const isCostFirst = objective.maxDaysLaterForCost > 0;
      const first = isCostFirst ? cost : incoming;
      const second = isCostFirst ? incoming : cost;
      if (best !== undefined && !isBetterWhole(best, { problem, source, first, second })) continue;
      best = { entry, problem, source, first, second };
    }
  }
  return best && planOf(best.entry, [[best.source, best.problem.supply.quantities]], true);
}

type WholeKeys = {
  readonly problem: PlanProblem;
  readonly source: number;
  /** Incoming units and cost, or cost and incoming units. */
  readonly first: number;
  readonly second: number;
};
type Whole = WholeKeys & { readonly entry: Entry };

/** Strictly better: metres are asked for only where the rest is equal, sources and problems come in order. */
function isBetterWhole(best: Whole, rival: WholeKeys): boolean {
  if (rival.first !== best.first) return rival.first < best.first;
  if (rival.second !== best.second) return rival.second < best.second;
  const meters = rival.problem.distanceMeters(rival.source);
  const bestMeters = best.problem.distanceMeters(best.source);
  if (meters !== bestMeters) return meters < bestMeters;
  return rival.source < best.source;
}

function weightOfAll(supply: Supply): Weight {
  let units = 0;
  let grams = 0;
  let cm3 = 0;
  for (let line = 0; line < supply.lineCount; line += 1) {
    const quantity = supply.quantities[line] ?? 0;
    units += quantity;
    grams += quantity * (supply.gramsPerUnit[line] ?? 0);
    cm3 += quantity * (supply.cm3PerUnit[line] ?? 0);
  }
  return { units, grams, cm3 };
}

function incomingOfAll(supply: Supply, source: number): number {
  let units = 0;
  for (let line = 0; line < supply.lineCount; line += 1) {
    const onHand = supply.onHand[source * supply.lineCount + line] ?? 0;
    units += Math.max(0, (supply.quantities[line] ?? 0) - onHand);
  }
  return units;
}

type Step = { readonly endMinute: number; readonly date: number; readonly plan: Plan };

/**
 * Looks at plans that end on the earliest possible date, then lets in later dates until the answer can no
 * longer change: most orders are settled on the first, and the parcels that would come later are never listed.
 */
function searchByDate(
  pool: readonly Entry[],
  objective: Objective,
  found: { readonly first: number; readonly bound: number },
): Plan | undefined {
  const { dateOf } = pool[0]?.problem ?? { dateOf: () => 0 };
  const { splitOnlyIfDaysEarlier, maxDaysLaterForCost } = objective;
  const lookAhead = maxDaysLaterForCost + splitOnlyIfDaysEarlier - 1;
  // Plans of several parcels that end no earlier than one parcel are never kept and drop no plan that is.
  const lastSplit = found.first < NEVER ? dateOf(found.first) - 1 : Number.POSITIVE_INFINITY;
  let reach = 0;
  for (;;) {
    const latestDate = dateOf(found.bound) + lookAhead + reach;
    for (const entry of pool) {
      entry.space = spaceOf(entry.problem, Math.min(latestDate, lastSplit));
    }
    const kept = scanEnds(pool, objective, latestDate);
    const best = rankKept(kept, objective);
    const isSettled = (kept[0]?.date ?? Number.POSITIVE_INFINITY) + lookAhead <= latestDate;
    const isAll = latestDate >= lastDate(pool, best !== undefined);
    if (isSettled || isAll) return best;
    reach = reach * 2 + 1;
  }
}

/** No parcel that could still matter ends on a later date than this. */
function lastDate(pool: readonly Entry[], hasPlan: boolean): number {
  let latest = 0;
  for (const { problem, space, weight } of pool) {
    if (space?.isCut() === true) return Number.POSITIVE_INFINITY;
    // Dividing was not looked at because units were missing by then: later there may be enough.
    const isUnlisted = !hasPlan && space?.isListed(true) === false && canDivide(problem);
    if (isUnlisted && hasUnitsBy(problem, Number.POSITIVE_INFINITY))
      return Number.POSITIVE_INFINITY;
    for (const end of wholeEnds(problem, weight)) latest = Math.max(latest, problem.dateOf(end));
  }
  return latest;
}

/**
 * Goes through the possible ends up to `latestDate`, earliest first. At each the plan of the lowest class
 * (divided or not, then parcels) is the only one that can be kept: a higher class would not end early enough.
 * A step is kept when no lower class follows within `splitOnlyIfDaysEarlier` dates. Lines are divided only
 * before the first end at which an undivided plan is possible.
 */
function scanEnds(pool: readonly Entry[], objective: Objective, latestDate: number): Step[] {
  const whole = undividedEnds(pool, latestDate);
  let firstAt = 0;
  let plan: Plan | undefined;
  for (; firstAt < whole.length && plan === undefined; firstAt += 1) {
    plan = undividedPlan(pool, whole[firstAt] ?? NEVER, objective);
  }
  const firstEnd = plan === undefined ? NEVER : (whole[firstAt - 1] ?? NEVER);
  const walk = openWalk(pool, objective);
  for (const endMinute of dividedEnds(pool, { firstEnd, latestDate, objective })) {
    if (isDone(walk, endMinute)) return walk.kept;
    takeStep(walk, endMinute, dividedPlan(pool, endMinute, objective));
  }
  for (let at = firstAt - 1; at >= 0 && at < whole.length && plan !== undefined; at += 1) {
    const endMinute = whole[at] ?? NEVER;
    if (isDone(walk, endMinute)) return walk.kept;
    takeStep(walk, endMinute, at < firstAt ? plan : undividedPlan(pool, endMinute, objective));
  }
  settle(walk.open, walk.kept, latestDate - objective.splitOnlyIfDaysEarlier + 1);
  const hasPlan = walk.open.length + walk.kept.length > 0;
  if (latestDate >= lastDate(pool, hasPlan)) {
    settle(walk.open, walk.kept, Number.POSITIVE_INFINITY);
  }
  return walk.kept;
}

/** Steps seen so far: those a lower class may still drop, and those that stay. */
type Walk = {
  readonly open: Step[];
  readonly kept: Step[];
  readonly objective: Objective;
  readonly dateOf: (endMinute: number) => number;
};

function openWalk(pool: readonly Entry[], objective: Objective): Walk {
  const problem = pool[0]?.problem;
  return { open: [], kept: [], objective, dateOf: (end) => problem?.dateOf(end) ?? 0 };
}

/** Settles what lies far enough before `endMinute`; true when later ends cannot matter. */
function isDone(walk: Walk, endMinute: number): boolean {
  const { splitOnlyIfDaysEarlier, maxDaysLaterForCost } = walk.objective;
  const date = walk.dateOf(endMinute);
  settle(walk.open, walk.kept, date - splitOnlyIfDaysEarlier);
  const first = walk.kept[0];
  if (first === undefined) return false;
  if (maxDaysLaterForCost === 0) return true;
  return date > first.date + maxDaysLaterForCost + splitOnlyIfDaysEarlier;
}

function takeStep(walk: Walk, endMinute: number, plan: Plan | undefined): void {
  if (plan === undefined) return;
  dropHigherClasses(walk.open, plan);
  walk.open.push({ endMinute, date: walk.dateOf(endMinute), plan });
}

/** Moves the steps up to `date` from open to kept: no lower class can drop them any more. */
function settle(open: Step[], kept: Step[], date: number): void {
  while (open[0] !== undefined && open[0].date <= date) {
    const step = open.shift();
    if (step !== undefined) kept.push(step);
  }
}

function dropHigherClasses(open: Step[], plan: Plan): void {
  const rank = classOf(plan);
  while (open.length > 0) {
    const last = open[open.length - 1];
    if (last === undefined || classOf(last.plan) <= rank) return;
    open.pop();
  }
}

function rankKept(kept: readonly Step[], objective: Objective): Plan | undefined {
  const first = kept[0];
  if (first === undefined) return undefined;
  let best = first.plan;
  if (objective.maxDaysLaterForCost === 0) return best;
  for (const step of kept) {
    if (step.date > first.date + objective.maxDaysLaterForCost) break;
    if (step.plan.costMinor < best.costMinor) best = step.plan;
  }
  return best;
}

// More parcels than any order has: a divided plan ranks after every undivided one.
const DIVIDED_CLASS = 1_000_000;

/** Lower is better: no divided line before any, then fewer parcels. */
function classOf(plan: Plan): number {
  return plan.parcels.length + (plan.isDivided ? DIVIDED_CLASS : 0);
}

/** Ends of undivided parcels, ascending, up to `latestDate`. */
function undividedEnds(pool: readonly Entry[], latestDate: number): number[] {
  const ends = new Set<number>();
  for (const { problem, space, weight } of pool) {
    for (const end of space?.ends(false) ?? []) ends.add(end);
    for (const end of wholeEnds(problem, weight))
      if (problem.dateOf(end) <= latestDate) ends.add(end);
  }
  return [...ends].sort((a, b) => a - b);
}

function wholeEnds(problem: PlanProblem, weight: Weight): number[] {
  const ends: number[] = [];
  for (let at = 0; at < problem.sourceCount; at += 1) {
    const source = problem.sources[at] ?? 0;
    if (problem.supply.wholeLines[source] !== problem.supply.lineCount) continue;
    const end = wholeEnd(problem, weight, { source, before: NEVER });
    if (end < NEVER) ends.push(end);
  }
  return ends;
}

/** Ends at which dividing a line may pay: early enough before the first undivided plan, and with units enough. */
function dividedEnds(
  pool: readonly Entry[],
  asked: {
    readonly firstEnd: number;
    readonly latestDate: number;
    readonly objective: Objective;
  },
): number[] {
  const ends = new Set<number>();
  if (!pool.some((entry) => mayDivide(entry, asked))) return [];
  for (const { problem, space } of pool) {
    if (space === undefined || !canDivide(problem)) continue;
    // Divided plans that end too late to be kept still drop those of more parcels.
    for (const end of space.ends(true)) if (end < asked.firstEnd) ends.add(end);
  }
  return [...ends].sort((a, b) => a - b);
}

/** A divided plan may end early enough to be kept. */
function mayDivide({ problem, bounds }: Entry, asked: Parameters<typeof dividedEnds>[1]): boolean {
  if (!canDivide(problem) || bounds.any >= NEVER) return false;
  const last =
    asked.firstEnd < NEVER
      ? problem.dateOf(asked.firstEnd) - asked.objective.splitOnlyIfDaysEarlier
      : asked.latestDate;
  return problem.dateOf(bounds.any) <= last && hasUnitsBy(problem, last);
}

/** Every line could be had by that date if each source sent all it has of it. */
function hasUnitsBy(problem: PlanProblem, latestDate: number): boolean {
  const { supply } = problem;
  const had = new Int32Array(supply.lineCount);
  for (let at = 0; at < problem.sourceCount; at += 1) {
    const source = problem.sources[at] ?? 0;
    const end = problem.endMinute(source, 1, 0);
    if (end >= NEVER || problem.dateOf(end) > latestDate) continue;
    for (let line = 0; line < supply.lineCount; line += 1) {
      had[line] = (had[line] ?? 0) + unitsBy(problem, { source, line, latestDate });
    }
  }
  return had.every((units, line) => units >= (supply.quantities[line] ?? 0));
}

function unitsBy(
  problem: PlanProblem,
  asked: { readonly source: number; readonly line: number; readonly latestDate: number },
): number {
  const { supply } = problem;
  const { source, line, latestDate } = asked;
  const cell = source * supply.lineCount + line;
  const onHand = supply.onHand[cell] ?? 0;
  const available = supply.available[cell] ?? 0;
  if (available === onHand) return onHand;
  const end = problem.endMinute(source, 1, supply.usableMinute(source, line, onHand + 1));
  return end < NEVER && problem.dateOf(end) <= latestDate ? available : onHand;
}

/** The best undivided plan with the fewest parcels that ends by `endMinute`. */
function undividedPlan(
  pool: readonly Entry[],
  endMinute: number,
  objective: Objective,
): Plan | undefined {
  if (pool.some((entry) => entry.firstWholeEnd <= endMinute)) {
    return bestWhole(pool, endMinute, objective);
  }
  return bestCover(pool, { endMinute, isDivided: false, objective });
}

function dividedPlan(
  pool: readonly Entry[],
  endMinute: number,
  objective: Objective,
): Plan | undefined {
  return bestCover(pool, { endMinute, isDivided: true, objective });
}

function bestCover(pool: readonly Entry[], question: CoverQuestion): Plan | undefined {
  let best: Plan | undefined;
  for (const entry of pool) {
    const plan = coverPlan(entry, question);
    if (plan === undefined) continue;
    if (best === undefined || compareInClass(plan, best, question.objective) < 0) best = plan;
  }
  return best;
}

type CoverQuestion = {
  readonly endMinute: number;
  readonly isDivided: boolean;
  readonly objective: Objective;
};

function coverPlan(entry: Entry, question: CoverQuestion): Plan | undefined {
  const { endMinute, isDivided, objective } = question;
  if (entry.space === undefined || (isDivided && !canDivide(entry.problem))) return undefined;
  const isCostFirst = objective.maxDaysLaterForCost > 0;
  if (!isDivided && endMinute < entry.bounds.whole) return undefined;
  const found = cheapestCover(entry.space, { endMinute, isDivided, isCostFirst });
  if (found !== 'too_large') return found && planOf(entry, found, true);
  const key = `${endMinute}/${isDivided}`;
  if (entry.widePlans.has(key)) return entry.widePlans.get(key);
  const wide = widePlan(entry.problem, { endMinute, isDivided });
  const plan = wide && planOf(entry, wide, false);
  entry.widePlans.set(key, plan);
  return plan;
}

function planOf(
  entry: Entry,
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
function compareInClass(a: Plan, b: Plan, objective: Objective): number {
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
