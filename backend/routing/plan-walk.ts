/**
 * Which of the plans found at one end after another are kept, and which of those is the best?
 *
 * Rule 8: a plan is dropped when one of a lower class (divided or not, then parcels) ends less than
 * `splitOnlyIfDaysEarlier` dates later; of those kept the earliest, or within `maxDaysLaterForCost` dates the cheapest.
 */
import { classOf } from './plan-write.ts';
import type { Objective, Plan } from './routing.ts';

export type Step = { readonly endMinute: number; readonly date: number; readonly plan: Plan };

/** Steps seen so far: those a lower class may still drop, and those that stay. */
type Walk = {
  readonly open: Step[];
  readonly kept: Step[];
  readonly objective: Objective;
  readonly dateOf: (endMinute: number) => number;
};

/** A walk that has seen nothing; `dateOf` numbers the destination-local dates of ends. */
export function openWalk(objective: Objective, dateOf: Walk['dateOf']): Walk {
  return { open: [], kept: [], objective, dateOf };
}

/** Settles what lies far enough before `endMinute`; true when later ends cannot matter. */
export function isDone(walk: Walk, endMinute: number): boolean {
  const { splitOnlyIfDaysEarlier, maxDaysLaterForCost } = walk.objective;
  const date = walk.dateOf(endMinute);
  settle(walk.open, walk.kept, date - splitOnlyIfDaysEarlier);
  const first = walk.kept[0];
  if (first === undefined) return false;
  if (maxDaysLaterForCost === 0) return true;
  return date > first.date + maxDaysLaterForCost + splitOnlyIfDaysEarlier;
}

export function takeStep(walk: Walk, endMinute: number, plan: Plan | undefined): void {
  if (plan === undefined) return;
  dropHigherClasses(walk.open, plan);
  walk.open.push({ endMinute, date: walk.dateOf(endMinute), plan });
}

/** Moves the steps up to `date` from open to kept: no lower class can drop them any more. */
export function settle(open: Step[], kept: Step[], date: number): void {
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

export function rankKept(kept: readonly Step[], objective: Objective): Plan | undefined {
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
