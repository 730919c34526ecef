/**
 * Nodes for an order of more lines than can be parted exactly (`EXACT_LINES_MAX`).
 *
 * A set of open nodes is all there is to choose: every line then goes to the cheapest of them that still has room and
 * stock for it, or to none. Begun with the parcel of the fewest points a line, again and again; then a node is opened,
 * closed or exchanged for another as long as that makes the order cheaper (local search for facility location: Arya et al.,
 * SIAM Journal on Computing 33(3) 2004). A line that found no room where it would be cheapest gets the first turn, and the
 * order is looked at again (Joslin & Clements, JAIR 10, 1999). Never more than there is; ties go to the earlier candidate.
 */
import { type Board, priceOf } from './board.ts';
import type { Terms } from './one-order.ts';

// A candidate looked at for an exchange costs open nodes × lines; past so many exchanges a round only opens and closes.
const EXCHANGES_MAX = 2_000;
const ROUNDS_MAX = 32;

/** An order over the candidates that could send any of it. */
type Wide = {
  readonly lines: number;
  readonly unfilledPoints: number;
  /** By line. */
  readonly sku: Int32Array;
  readonly quantity: Int32Array;
  /** By candidate. */
  readonly node: readonly number[];
  readonly parcelPoints: readonly number[];
  readonly room: readonly number[];
  /** By candidate × lines + line: points, prices included (Infinity: it cannot), and units it has. */
  readonly points: Float64Array;
  readonly units: Int32Array;
};

type Choice = {
  readonly open: readonly number[];
  readonly points: number;
  /** By line: the candidate or −1. */
  readonly sends: Int32Array;
};

/** Writes good nodes into `scratch.chosen`; returns their points, prices included. */
export function searchWide(board: Board, order: number, terms: Terms): number {
  const wide = openWide(board, order, terms);
  const { sends, points } = inBetterTurns(wide);
  for (const [line, candidate] of sends.entries()) {
    board.scratch.chosen[line] = wide.node[candidate] ?? -1;
  }
  return points;
}

/**
 * No choice for the order has fewer points: each line at its best, where a parcel's points are shared by all the lines
 * its node could send.
 */
export function leastOfWide(board: Board, order: number, terms: Terms): number {
  const wide = openWide(board, order, terms);
  const least = new Float64Array(wide.lines).fill(wide.unfilledPoints);
  for (const candidate of wide.node.keys()) {
    const from = candidate * wide.lines;
    const ofNode = wide.points.subarray(from, from + wide.lines);
    const able = ofNode.reduce((count, points) => count + (points < Infinity ? 1 : 0), 0);
    const share = (wide.parcelPoints[candidate] ?? 0) / able;
    for (const [line, points] of ofNode.entries()) {
      least[line] = Math.min(least[line] ?? 0, points + share);
    }
  }
  return least.reduce((sum, points) => sum + points, 0);
}

function openWide(board: Board, order: number, terms: Terms): Wide {
  const start = board.lineStart[order] ?? 0;
  const end = board.lineStart[order + 1] ?? 0;
  const lines = end - start;
  const sku = board.sku.subarray(start, end);
  const quantity = board.quantity.subarray(start, end);
  const stock = terms.isAlone ? board.stock : board.stockLeft;
  const capacity = terms.isAlone ? board.capacity : board.capacityLeft;
  const first = board.candidateStart[order] ?? 0;
  const candidates = (board.candidateStart[order + 1] ?? 0) - first;
  const points = new Float64Array(candidates * lines).fill(Infinity);
  const units = new Int32Array(candidates * lines);
  const [node, parcelPoints, room]: [number[], number[], number[]] = [[], [], []];
  for (let at = first; at < first + candidates; at += 1) {
    const index = board.candidateNode[at] ?? 0;
    const from = node.length * lines;
    let isAble = false;
    for (let line = 0; line < lines; line += 1) {
      const cell = index * board.skuCount + (sku[line] ?? 0);
      const wanted = quantity[line] ?? 0;
      if (Math.min(stock[cell] ?? 0, capacity[index] ?? 0) < wanted) continue;
      isAble = true;
      const price = terms.isPriced ? priceOf(board, index, cell) : 0;
      const ofLine = board.linePoints[(board.pointsStart[at] ?? 0) + line] ?? 0;
      points[from + line] = ofLine + wanted * price;
      units[from + line] = stock[cell] ?? 0;
    }
    if (!isAble) continue;
    node.push(index);
    parcelPoints.push(board.parcelPoints[at] ?? 0);
    room.push(capacity[index] ?? 0);
  }
  const { unfilledPoints } = board;
  return { lines, unfilledPoints, sku, quantity, node, parcelPoints, room, points, units };
}

/** The best of a few searches, each with the line first that had most to lose in the one before. */
function inBetterTurns(wide: Wide): Choice {
  let turn: readonly number[] = Array.from({ length: wide.lines }, (_, line) => line);
  let last = improveOpen(wide, openByPointsALine(wide, turn), turn);
  let best = last;
  for (let round = 0; round < wide.lines; round += 1) {
    const line = mostCrowdedOut(wide, last);
    if (line < 0) return best;
    turn = [line, ...turn.filter((one) => one !== line)];
    last = improveOpen(wide, last.open, turn);
    if (last.points < best.points) best = last;
  }
  return best;
}

/** The line that pays most for room or stock that others took at an open node; −1: none does. */
function mostCrowdedOut(wide: Wide, { open, sends }: Choice): number {
  let most = 0;
  let line = -1;
  for (const [at, candidate] of sends.entries()) {
    const pays = candidate < 0 ? wide.unfilledPoints : wide.points[candidate * wide.lines + at];
    const least = Math.min(...open.map((one) => wide.points[one * wide.lines + at] ?? Infinity));
    if ((pays ?? 0) - least <= most) continue;
    most = (pays ?? 0) - least;
    line = at;
  }
  return line;
}

/** Candidates opened one by one, each time the one with the fewest points a line that is still unsent. */
function openByPointsALine(wide: Wide, turn: readonly number[]): number[] {
  const open: number[] = [];
  let unsent = turn;
  for (;;) {
    let least = wide.unfilledPoints;
    let best = -1;
    for (const candidate of wide.node.keys()) {
      if (open.includes(candidate)) continue;
      const { sends, points } = choose(wide, [candidate], unsent);
      const sent = sends.filter((one) => one === candidate).length;
      const left = unsent.length - sent;
      if (sent === 0 || (points - left * wide.unfilledPoints) / sent >= least) continue;
      least = (points - left * wide.unfilledPoints) / sent;
      best = candidate;
    }
    if (best < 0) return open;
    open.push(best);
    const { sends } = choose(wide, open, turn);
    unsent = turn.filter((line) => (sends[line] ?? -1) < 0);
  }
}

/** Opens, closes and exchanges as long as the order gets cheaper. */
function improveOpen(wide: Wide, begun: readonly number[], turn: readonly number[]): Choice {
  let best = choose(wide, begun, turn);
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const { open, points } = best;
    for (const rival of neighborsOf(wide, open)) {
      const choice = choose(wide, rival, turn);
      if (choice.points < best.points) best = choice;
    }
    if (best.points >= points) return best;
  }
  return best;
}

function* neighborsOf(wide: Wide, open: readonly number[]): Generator<readonly number[]> {
  const doesExchange = wide.node.length * open.length <= EXCHANGES_MAX;
  for (const candidate of open) yield open.filter((one) => one !== candidate);
  for (const candidate of wide.node.keys()) {
    if (open.includes(candidate)) continue;
    yield [...open, candidate];
    if (!doesExchange) continue;
    for (const closed of open) yield open.map((one) => (one === closed ? candidate : one));
  }
}

/** Each line in its turn at the cheapest open candidate that still has room and stock for it; who sends nothing costs nothing. */
function choose(wide: Wide, open: readonly number[], turn: readonly number[]): Choice {
  const { lines } = wide;
  const sends = new Int32Array(lines).fill(-1);
  let points = 0;
  for (const line of turn) {
    let least = wide.unfilledPoints;
    for (const candidate of open) {
      const ofLine = wide.points[candidate * lines + line] ?? Infinity;
      if (ofLine >= least || !hasRoom(wide, sends, { line, candidate })) continue;
      least = ofLine;
      sends[line] = candidate;
    }
    points += least;
  }
  for (const candidate of open) {
    if (sends.includes(candidate)) points += wide.parcelPoints[candidate] ?? 0;
  }
  return { open, points, sends };
}

/** What the other lines leave of the candidate's room, and of its stock of the line's SKU, is enough for the line. */
function hasRoom(
  { lines, quantity, sku, room, units }: Wide,
  sends: Int32Array,
  { line, candidate }: { readonly line: number; readonly candidate: number },
): boolean {
  const wanted = quantity[line] ?? 0;
  let spaceLeft = room[candidate] ?? 0;
  let unitsLeft = units[candidate * lines + line] ?? 0;
  for (let other = 0; other < lines; other += 1) {
    if (sends[other] !== candidate || other === line) continue;
    spaceLeft -= quantity[other] ?? 0;
    if (sku[other] === sku[line]) unitsLeft -= quantity[other] ?? 0;
  }
  return spaceLeft >= wanted && unitsLeft >= wanted;
}
