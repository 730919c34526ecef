/**
 * A plan by rule of thumb for an order too large to be searched (least.ts): a cart of dozens of lines.
 *
 * Begun twice: with the parcel that sends most of what is still missing, and with the one of the fewest points a unit, again
 * and again. Then one source, or two, are exchanged for another that can send all they alone could, as long as that costs
 * fewer points. Every parcel is priced whole, so a plan may have more points than the best one and still does what it says.
 * Deterministic and bounded: only so many parcels are priced, those of the cheapest sources first.
 */
import type { LeastParcel, LeastPlan, LeastQuestion } from './least.ts';

// Sources priced for each parcel, and parcels of a plan: more nobody would accept.
const PRICED_MAX = 24;
const PARCELS_MAX = 64;
// Plans priced while sources are exchanged: some 10 ms.
const TRIES_MAX = 400;

/** A plan that can be done; `units` may be fewer than wanted. */
export function fullestPlan(question: LeastQuestion): LeastPlan {
  const alone = pricesAlone(question);
  let best: Chosen | undefined;
  for (const isRival of [isFuller, isCheaperAUnit]) {
    const begun = chooseBy(question, alone, isRival);
    const chosen = exchange(question, alone, begun);
    if (best === undefined || isBetter(chosen, best)) best = chosen;
  }
  const parcels = (best?.parcels ?? []).toSorted((a, b) => a.source - b.source);
  return {
    parcels: parcels.map(({ source, quantities }) => ({ source, quantities })),
    points: best?.points ?? 0,
    units: best?.units ?? 0,
    isExact: false,
    restPoints: () => Infinity,
  };
}

/** Parcels in the order in which they took what was missing. */
type Chosen = {
  readonly parcels: readonly Filled[];
  readonly points: number;
  readonly units: number;
};

function chosenOf(parcels: readonly Filled[]): Chosen {
  return {
    parcels,
    points: parcels.reduce((sum, { points }) => sum + points, 0),
    units: parcels.reduce((sum, { units }) => sum + units, 0),
  };
}

function isBetter(plan: Chosen, rival: Chosen): boolean {
  if (plan.units !== rival.units) return plan.units > rival.units;
  if (plan.points !== rival.points) return plan.points < rival.points;
  return plan.parcels.length < rival.parcels.length;
}

/** By source: points of the parcel with all it could send, Infinity where that cannot be sent. */
function pricesAlone(question: LeastQuestion): Float64Array {
  const all = openAll(question);
  return Float64Array.from({ length: question.sourceCount }, (_, source) => {
    const units = unitsOf(question, all, source);
    return units.some((quantity) => quantity > 0) ? question.pointsOf(source, units) : Infinity;
  });
}

function openAll(question: LeastQuestion): Open {
  return {
    left: Int32Array.from(question.quantities),
    used: new Uint8Array(question.sourceCount),
  };
}

function takeFrom({ left, used }: Open, { source, quantities }: LeastParcel): void {
  used[source] = 1;
  for (const [line, quantity] of quantities.entries()) left[line] = (left[line] ?? 0) - quantity;
}

type IsRival = (parcel: Filled, best: Filled) => boolean;

const isFuller: IsRival = (parcel, best) =>
  parcel.units === best.units ? parcel.points < best.points : parcel.units > best.units;
const isCheaperAUnit: IsRival = (parcel, best) =>
  parcel.points * best.units < best.points * parcel.units;

function chooseBy(question: LeastQuestion, alone: Float64Array, isRival: IsRival): Chosen {
  const open = openAll(question);
  const parcels: Filled[] = [];
  while (parcels.length < Math.min(question.maxParcels, PARCELS_MAX)) {
    const best = nextParcel(question, open, { alone, isRival });
    if (best === undefined) break;
    takeFrom(open, best);
    parcels.push(best);
  }
  return chosenOf(parcels);
}

function nextParcel(
  question: LeastQuestion,
  open: Open,
  by: { readonly alone: Float64Array; readonly isRival: IsRival },
): Filled | undefined {
  const { alone, isRival } = by;
  const ranked: { source: number; units: number }[] = [];
  for (let source = 0; source < question.sourceCount; source += 1) {
    if (open.used[source] === 1) continue;
    const units = sumOf(unitsOf(question, open, source));
    if (units > 0) ranked.push({ source, units });
  }
  // What a source could add is known, what that costs is guessed by all it could send.
  const worth = ({ source, units }: { source: number; units: number }) =>
    isRival === isFuller ? -units : (alone[source] ?? Infinity) / units;
  ranked.sort(
    (a, b) =>
      worth(a) - worth(b) || (alone[a.source] ?? 0) - (alone[b.source] ?? 0) || a.source - b.source,
  );
  let best: Filled | undefined;
  for (const { source } of ranked.slice(0, PRICED_MAX)) {
    const filled = fill(question, open, source);
    if (filled !== undefined && (best === undefined || isRival(filled, best))) best = filled;
  }
  return best;
}

/** One or two sources for one that can send all they alone could, again and again, while that costs fewer points. */
function exchange(question: LeastQuestion, alone: Float64Array, begun: Chosen): Chosen {
  const cheapest = Array.from(alone.keys())
    .filter((source) => (alone[source] ?? Infinity) < Infinity)
    .sort((a, b) => (alone[a] ?? 0) - (alone[b] ?? 0) || a - b);
  const budget = { tries: TRIES_MAX };
  let best = begun;
  for (;;) {
    const next = firstBetter(question, { best, alone, cheapest, budget });
    if (next === undefined) return best;
    best = next;
  }
}

type Exchange = {
  readonly best: Chosen;
  readonly alone: Float64Array;
  readonly cheapest: readonly number[];
  readonly budget: { tries: number };
};

function firstBetter(question: LeastQuestion, of: Exchange): Chosen | undefined {
  const { best, alone, cheapest, budget } = of;
  const missing = sumOf(Array.from(question.quantities)) - best.units;
  for (const gone of goneTogether(best.parcels.length)) {
    const kept = best.parcels.filter((_, at) => !gone.includes(at)).map(({ source }) => source);
    const pays = gone.reduce((sum, at) => sum + (best.parcels[at]?.points ?? 0), 0);
    const open = openAll(question);
    for (const source of kept) {
      takeFrom(open, { source, quantities: unitsOf(question, open, source) });
    }
    for (const source of cheapest) {
      if ((alone[source] ?? Infinity) >= pays || budget.tries === 0) break;
      if (open.used[source] === 1 || unsentAfter(question, open, source) > missing) continue;
      budget.tries -= 1;
      const rival = fillInTurn(question, [...kept, source]);
      if (isBetter(rival, best)) return rival;
    }
  }
  return undefined;
}

/** Every parcel, then every two. */
function* goneTogether(count: number): Generator<readonly number[]> {
  for (let one = 0; one < count; one += 1) yield [one];
  for (let one = 0; one < count; one += 1) {
    for (let other = one + 1; other < count; other += 1) yield [one, other];
  }
}

/** Units of what is left that nobody sends after the source has. */
function unsentAfter(question: LeastQuestion, { left }: Open, source: number): number {
  let unsent = 0;
  for (let line = 0; line < left.length; line += 1) {
    const wanted = left[line] ?? 0;
    if (wanted === 0) continue;
    const able = question.able[source * left.length + line] ?? 0;
    if (question.divides[line] === 1) unsent += Math.max(0, wanted - able);
    else if (able < wanted) unsent += wanted;
  }
  return unsent;
}

/** Each source in its turn sends all it can of what is left. */
function fillInTurn(question: LeastQuestion, sources: readonly number[]): Chosen {
  const open = openAll(question);
  const parcels: Filled[] = [];
  for (const source of sources) {
    const filled = fill(question, open, source);
    if (filled === undefined) continue;
    takeFrom(open, filled);
    parcels.push(filled);
  }
  return chosenOf(parcels);
}

type Open = { readonly left: Int32Array; readonly used: Uint8Array };
type Filled = LeastParcel & { readonly points: number; readonly units: number };

function sumOf(quantities: readonly number[]): number {
  return quantities.reduce((a, b) => a + b, 0);
}

/** All the source could send of what is left, by line. */
function unitsOf(question: LeastQuestion, { left }: Open, source: number): number[] {
  return Array.from(left, (wanted, line) => {
    const able = question.able[source * left.length + line] ?? 0;
    if (question.divides[line] === 1) return Math.min(able, wanted);
    return able >= wanted ? wanted : 0;
  });
}

/** The parcel with all the source can add; where that cannot be sent, line by line as long as it can. */
function fill(question: LeastQuestion, open: Open, source: number): Filled | undefined {
  const all = unitsOf(question, open, source);
  if (sumOf(all) === 0) return undefined;
  const points = question.pointsOf(source, all);
  if (points < Infinity) return { source, quantities: all, points, units: sumOf(all) };
  const quantities = all.map(() => 0);
  let known = Infinity;
  for (const [line, most] of all.entries()) {
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
  return { source, quantities, points: known, units: sumOf(quantities) };
}
