/**
 * Before which end can no plan come, however it is put together?
 *
 * Cheap sums over the sources of a problem; a search is made only where they leave room for one.
 */
import { NEVER } from '../base/time.ts';
import type { PlanProblem } from './routing.ts';

/** No plan ends before `any`, no undivided one before `whole`. */
export type Bounds = { readonly any: number; readonly whole: number };

/** Each line needs some source for a unit of it, and undivided one for all of it: the latest of the lines' earliest. */
export function boundsOf(problem: PlanProblem): Bounds {
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

/** Every line could be had by that date if each source sent all it has of it. */
export function hasUnitsBy(problem: PlanProblem, latestDate: number): boolean {
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
