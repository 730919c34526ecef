/**
 * When would one parcel with the whole order arrive?
 */
import { NEVER } from '../base/time.ts';
import type { PlanProblem, Supply } from './routing.ts';

/** The whole order as one parcel. */
export type Weight = { readonly units: number; readonly grams: number; readonly cm3: number };

export function firstWholeEnd(problem: PlanProblem, weight: Weight): number {
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
export function wholeEnd(
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

export function weightOfAll(supply: Supply): Weight {
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

export function incomingOfAll(supply: Supply, source: number): number {
  let units = 0;
  for (let line = 0; line < supply.lineCount; line += 1) {
    const onHand = supply.onHand[source * supply.lineCount + line] ?? 0;
    units += Math.max(0, (supply.quantities[line] ?? 0) - onHand);
  }
  return units;
}

export function wholeEnds(problem: PlanProblem, weight: Weight): number[] {
  const ends: number[] = [];
  for (let at = 0; at < problem.sourceCount; at += 1) {
    const source = problem.sources[at] ?? 0;
    if (problem.supply.wholeLines[source] !== problem.supply.lineCount) continue;
    const end = wholeEnd(problem, weight, { source, before: NEVER });
    if (end < NEVER) ends.push(end);
  }
  return ends;
}
