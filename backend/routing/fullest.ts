/**
 * A plan by rule of thumb for an order too large to be searched (least.ts): a cart of dozens of lines.
 *
 * Again and again the parcel that sends most of what is still missing, a tie to the fewest points; every parcel is priced
 * whole, so a plan may have more points than the best one and still does what it says. Never the source that merely *has*
 * most: what it adds counts. Deterministic and bounded: of the sources that could add most, the first few are priced.
 */
import type { LeastParcel, LeastPlan, LeastQuestion } from './least.ts';

// Sources priced for each parcel, and parcels of a plan: more nobody would accept.
const PRICED_MAX = 24;
const PARCELS_MAX = 64;

/** A plan that can be done; `units` may be fewer than wanted. */
export function fullestPlan(question: LeastQuestion): LeastPlan {
  const left = Int32Array.from(question.quantities);
  const used = new Uint8Array(question.sourceCount);
  const parcels: LeastParcel[] = [];
  let points = 0;
  let units = 0;
  while (parcels.length < Math.min(question.maxParcels, PARCELS_MAX)) {
    const best = fullestParcel(question, { left, used });
    if (best === undefined) break;
    used[best.source] = 1;
    for (const [line, quantity] of best.quantities.entries()) {
      left[line] = (left[line] ?? 0) - quantity;
    }
    parcels.push({ source: best.source, quantities: best.quantities });
    points += best.points;
    units += best.units;
  }
  parcels.sort((a, b) => a.source - b.source);
  return { parcels, points, units, isExact: false, restPoints: () => Infinity };
}

type Open = { readonly left: Int32Array; readonly used: Uint8Array };
type Filled = LeastParcel & { readonly points: number; readonly units: number };

function fullestParcel(question: LeastQuestion, open: Open): Filled | undefined {
  const ranked: { source: number; units: number }[] = [];
  for (let source = 0; source < question.sourceCount; source += 1) {
    if (open.used[source] === 1) continue;
    const units = couldAdd(question, open, source);
    if (units > 0) ranked.push({ source, units });
  }
  ranked.sort((a, b) => b.units - a.units || a.source - b.source);
  let best: Filled | undefined;
  for (const [at, { source, units }] of ranked.entries()) {
    // Nobody further down can add more than this one has.
    if (best !== undefined && (units < best.units || at >= PRICED_MAX)) break;
    const filled = fill(question, open, source);
    if (filled === undefined) continue;
    const order =
      best === undefined ? -1 : best.units - filled.units || filled.points - best.points;
    if (order < 0) best = filled;
  }
  return best;
}

function ableOf(question: LeastQuestion, { left }: Open, at: { source: number; line: number }) {
  const able = question.able[at.source * left.length + at.line] ?? 0;
  const wanted = left[at.line] ?? 0;
  if (question.divides[at.line] === 1) return Math.min(able, wanted);
  return able >= wanted ? wanted : 0;
}

function couldAdd(question: LeastQuestion, open: Open, source: number): number {
  let units = 0;
  for (let line = 0; line < open.left.length; line += 1) {
    units += ableOf(question, open, { source, line });
  }
  return units;
}

/** The parcel with all the source can add; where that cannot be sent, line by line as long as it can. */
function fill(question: LeastQuestion, open: Open, source: number): Filled | undefined {
  const lines = Array.from(open.left.keys());
  const all = lines.map((line) => ableOf(question, open, { source, line }));
  const points = question.pointsOf(source, all);
  const sum = (quantities: readonly number[]) => quantities.reduce((a, b) => a + b, 0);
  if (points < Infinity) return { source, quantities: all, points, units: sum(all) };
  const quantities = lines.map(() => 0);
  let known = Infinity;
  for (const line of lines) {
    const most = all[line] ?? 0;
    if (most === 0) continue;
    const least = question.divides[line] === 1 ? 1 : most;
    for (let units = most; units >= least; units = Math.floor(units / 2)) {
      quantities[line] = units;
      const priced = question.pointsOf(source, quantities);
      if (priced < Infinity) {
        known = priced;
        break;
      }
      quantities[line] = 0;
    }
  }
  if (known === Infinity) return undefined;
  return { source, quantities, points: known, units: sum(quantities) };
}
