/**
 * The best nodes for one order, given what is left, or given what everything is worth.
 *
 * Exact up to `EXACT_LINES_MAX` lines: the cheapest node of every set of lines, then the cheapest way to
 * part the order into sets (dynamic programming over subsets). Where two sets fall to one node and do not
 * fit it together, the search is repeated node by node, exact again. Larger orders: `wide-order.ts`.
 * Source: shared by all planners here; Acimovic & Graves, M&SOM 17(1) 2015, for pricing what is left.
 */
import { type Board, chosenPoints, EXACT_LINES_MAX, priceOf } from './board.ts';
import { leastOfWide, searchWide } from './wide-order.ts';

/** What the search may use, and whether it pays for it. */
export type Terms = {
  /** Adds the prices of units to the points. */
  readonly isPriced: boolean;
  /** Against what stands at the beginning, as if no other order existed. */
  readonly isAlone: boolean;
};

/** Nothing priced, of what is left. */
export const LEFT: Terms = { isPriced: false, isAlone: false };
/** Priced, of what is left. */
export const LEFT_PRICED: Terms = { isPriced: true, isAlone: false };
/** As if alone, free. */
export const ALONE: Terms = { isPriced: false, isAlone: true };
/** As if alone, priced: the relaxed problem. */
const ALONE_PRICED: Terms = { isPriced: true, isAlone: true };

/** Writes the best nodes into `scratch.chosen`; returns their points, prices included. */
export function searchOrder(board: Board, order: number, terms: Terms): number {
  const lines = (board.lineStart[order + 1] ?? 0) - (board.lineStart[order] ?? 0);
  board.scratch.chosen.fill(-1);
  if (lines === 1) return searchLine(board, order, terms);
  if (lines <= EXACT_LINES_MAX) return searchSets(board, order, terms);
  return searchWide(board, order, terms);
}

/** As if alone, priced; the points are a bound that no choice for the order goes below. */
export function relaxOrder(board: Board, order: number): number {
  const points = searchOrder(board, order, ALONE_PRICED);
  const lines = (board.lineStart[order + 1] ?? 0) - (board.lineStart[order] ?? 0);
  return lines <= EXACT_LINES_MAX ? points : leastOfWide(board, order, ALONE_PRICED);
}

/** The best choice that fits what is left; returns its points without prices. */
export function chooseOrder(board: Board, order: number, terms: Terms): number {
  searchOrder(board, order, terms);
  if (overfullNode(board, order) >= 0) searchByNode(board, order, terms);
  return chosenPoints(board, order);
}

// The first chosen node whose lines together exceed its capacity, or −1. Two lines of one SKU are checked too.
function overfullNode(board: Board, order: number): number {
  const start = board.lineStart[order] ?? 0;
  const lines = (board.lineStart[order + 1] ?? 0) - start;
  const { chosen } = board.scratch;
  for (let line = 1; line < lines; line += 1) {
    const node = chosen[line] ?? -1;
    if (node < 0) continue;
    let units = 0;
    let ofSku = 0;
    for (let other = 0; other <= line; other += 1) {
      if (chosen[other] !== node) continue;
      const quantity = board.quantity[start + other] ?? 0;
      units += quantity;
      if (board.sku[start + other] === board.sku[start + line]) ofSku += quantity;
    }
    if (units > (board.capacityLeft[node] ?? 0)) return node;
    const cell = node * board.skuCount + (board.sku[start + line] ?? 0);
    if (ofSku > (board.stockLeft[cell] ?? 0)) return node;
  }
  return -1;
}

function searchLine(board: Board, order: number, terms: Terms): number {
  const { candidateNode, parcelPoints, linePoints, pointsStart, skuCount } = board;
  const stock = terms.isAlone ? board.stock : board.stockLeft;
  const capacity = terms.isAlone ? board.capacity : board.capacityLeft;
  const line = board.lineStart[order] ?? 0;
  const sku = board.sku[line] ?? 0;
  const quantity = board.quantity[line] ?? 0;
  let best = board.unfilledPoints;
  const end = board.candidateStart[order + 1] ?? 0;
  for (let at = board.candidateStart[order] ?? 0; at < end; at += 1) {
    const parcel = parcelPoints[at] ?? 0;
    // Candidates come by parcel points; line points and prices are never below 0.
    if (parcel >= best) break;
    const node = candidateNode[at] ?? 0;
    const cell = node * skuCount + sku;
    if ((stock[cell] ?? 0) < quantity || (capacity[node] ?? 0) < quantity) continue;
    let points = parcel + (linePoints[pointsStart[at] ?? 0] ?? 0);
    if (terms.isPriced) points += quantity * priceOf(board, node, cell);
    if (points < best) {
      best = points;
      board.scratch.chosen[0] = node;
    }
  }
  return best;
}

function searchSets(board: Board, order: number, terms: Terms): number {
  const start = board.lineStart[order] ?? 0;
  const lines = (board.lineStart[order + 1] ?? 0) - start;
  const full = (1 << lines) - 1;
  const { groupPoints, subsetUnits } = board.scratch;
  for (let set = 1; set <= full; set += 1) {
    groupPoints[set] = Infinity;
    const lowest = 31 - Math.clz32(set & -set);
    subsetUnits[set] = (subsetUnits[set & (set - 1)] ?? 0) + (board.quantity[start + lowest] ?? 0);
  }
  const end = board.candidateStart[order + 1] ?? 0;
  for (let at = board.candidateStart[order] ?? 0; at < end; at += 1) {
    // Candidates come by parcel points: from here on a parcel alone is no cheaper than everything from one node.
    if ((board.parcelPoints[at] ?? 0) >= (groupPoints[full] ?? 0)) break;
    const able = ableLines(board, order, { at, terms });
    if (able !== 0) offerSets(board, { at, able, terms });
  }
  return partOrder(board, full);
}

// Which lines the candidate could send, as bits; their points, prices included, go to the scratch.
function ableLines(board: Board, order: number, by: { at: number; terms: Terms }): number {
  const { at, terms } = by;
  const stock = terms.isAlone ? board.stock : board.stockLeft;
  const start = board.lineStart[order] ?? 0;
  const lines = (board.lineStart[order + 1] ?? 0) - start;
  const node = board.candidateNode[at] ?? 0;
  const room = (terms.isAlone ? board.capacity : board.capacityLeft)[node] ?? 0;
  const firstPoints = board.pointsStart[at] ?? 0;
  let able = 0;
  for (let line = 0; line < lines; line += 1) {
    const quantity = board.quantity[start + line] ?? 0;
    const cell = node * board.skuCount + (board.sku[start + line] ?? 0);
    if ((stock[cell] ?? 0) < quantity || room < quantity) continue;
    able |= 1 << line;
    const price = terms.isPriced ? quantity * priceOf(board, node, cell) : 0;
    board.scratch.linePoints[line] = (board.linePoints[firstPoints + line] ?? 0) + price;
  }
  return able;
}

function offerSets(board: Board, by: { at: number; able: number; terms: Terms }): void {
  const { at, able, terms } = by;
  const { subsetPoints, subsetUnits, groupPoints, groupNode, linePoints } = board.scratch;
  const node = board.candidateNode[at] ?? 0;
  const room = (terms.isAlone ? board.capacity : board.capacityLeft)[node] ?? 0;
  subsetPoints[0] = board.parcelPoints[at] ?? 0;
  // Ascending over the subsets of `able`: what is left without its lowest line was written before.
  for (let set = able & -able; set !== 0; set = (set - able) & able) {
    const lowest = 31 - Math.clz32(set & -set);
    const points = (subsetPoints[set & (set - 1)] ?? 0) + (linePoints[lowest] ?? 0);
    subsetPoints[set] = points;
    if (points < (groupPoints[set] ?? 0) && (subsetUnits[set] ?? 0) <= room) {
      groupPoints[set] = points;
      groupNode[set] = node;
    }
  }
}

function partOrder(board: Board, full: number): number {
  const { groupPoints, groupNode, setPoints, setGroup, chosen } = board.scratch;
  setPoints[0] = 0;
  for (let set = 1; set <= full; set += 1) {
    const low = set & -set;
    const rest = set ^ low;
    let best = board.unfilledPoints + (setPoints[rest] ?? 0);
    let group = 0;
    // Every group of the lowest line, with any of the others.
    for (let others = rest; ; others = (others - 1) & rest) {
      const points = (groupPoints[low | others] ?? 0) + (setPoints[rest ^ others] ?? 0);
      if (points < best) {
        best = points;
        group = low | others;
      }
      if (others === 0) break;
    }
    setPoints[set] = best;
    setGroup[set] = group;
  }
  for (let set = full; set !== 0; ) {
    const group = setGroup[set] ?? 0;
    if (group === 0) {
      set &= set - 1;
      continue;
    }
    for (let bits = group; bits !== 0; bits &= bits - 1) {
      chosen[31 - Math.clz32(bits & -bits)] = groupNode[group] ?? -1;
    }
    set ^= group;
  }
  return setPoints[full] ?? 0;
}

// Two sets fell to one node and do not fit it together: exact again, but node by node, so that each is used once.
function searchByNode(board: Board, order: number, terms: Terms): void {
  const lines = (board.lineStart[order + 1] ?? 0) - (board.lineStart[order] ?? 0);
  const sets = 1 << lines;
  const first = board.candidateStart[order] ?? 0;
  const candidates = (board.candidateStart[order + 1] ?? 0) - first;
  const { setPoints, chosen } = board.scratch;
  const groups = new Int32Array(candidates * sets);
  for (let set = 0; set < sets; set += 1) setPoints[set] = countBits(set) * board.unfilledPoints;
  for (let candidate = 0; candidate < candidates; candidate += 1) {
    const at = first + candidate;
    const able = ableLines(board, order, { at, terms });
    if (able === 0) continue;
    // Largest first: what a set is compared with has not met this node yet.
    for (let set = sets - 1; set > 0; set -= 1) {
      groups[candidate * sets + set] = bestGroup(board, order, { at, able, set });
    }
  }
  chosen.fill(-1);
  let set = sets - 1;
  for (let candidate = candidates - 1; candidate >= 0; candidate -= 1) {
    const group = groups[candidate * sets + set] ?? 0;
    for (let bits = group; bits !== 0; bits &= bits - 1) {
      chosen[31 - Math.clz32(bits & -bits)] = board.candidateNode[first + candidate] ?? -1;
    }
    set ^= group;
  }
}

// The group of a set's lines that this node had better send, 0 for none; its points become the set's.
function bestGroup(
  board: Board,
  order: number,
  by: { readonly at: number; readonly able: number; readonly set: number },
): number {
  const { at, able, set } = by;
  const { setPoints, linePoints } = board.scratch;
  let best = setPoints[set] ?? 0;
  let chosenGroup = 0;
  const among = set & able;
  for (let group = among; group !== 0; group = (group - 1) & among) {
    let points = (board.parcelPoints[at] ?? 0) + (setPoints[set ^ group] ?? 0);
    for (let bits = group; bits !== 0; bits &= bits - 1) {
      points += linePoints[31 - Math.clz32(bits & -bits)] ?? 0;
    }
    if (points < best && fits(board, order, { at, group })) {
      best = points;
      chosenGroup = group;
    }
  }
  setPoints[set] = best;
  return chosenGroup;
}

function fits(board: Board, order: number, by: { at: number; group: number }): boolean {
  const start = board.lineStart[order] ?? 0;
  const node = board.candidateNode[by.at] ?? 0;
  let units = 0;
  for (let bits = by.group; bits !== 0; bits &= bits - 1) {
    const line = start + 31 - Math.clz32(bits & -bits);
    units += board.quantity[line] ?? 0;
    let ofSku = 0;
    for (let others = by.group; others !== 0; others &= others - 1) {
      const other = start + 31 - Math.clz32(others & -others);
      if (board.sku[other] === board.sku[line]) ofSku += board.quantity[other] ?? 0;
    }
    const cell = node * board.skuCount + (board.sku[line] ?? 0);
    if (ofSku > (board.stockLeft[cell] ?? 0)) return false;
  }
  return units <= (board.capacityLeft[node] ?? 0);
}

function countBits(set: number): number {
  let count = 0;
  for (let bits = set; bits !== 0; bits &= bits - 1) count += 1;
  return count;
}
