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
import { type Bounds, boundsOf, hasUnitsBy } from './plan-bounds.ts';
import { isDone, openWalk, rankKept, type Step, settle, takeStep } from './plan-walk.ts';
import {
  firstWholeEnd,
  incomingOfAll,
  type Weight,
  weightOfAll,
  wholeEnd,
  wholeEnds,
} from './plan-whole.ts';
import { compareInClass, planOf } from './plan-write.ts';
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
  const walk = openWalk(objective, (end) => pool[0]?.problem.dateOf(end) ?? 0);
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
