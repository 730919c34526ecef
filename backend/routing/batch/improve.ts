/**
 * Makes a batch's plan better by taking a few orders out and planning them again.
 *
 * Each step takes an order that pays most for what it did not get, and some that hold what it would
 * like, and puts them back one by one, each exactly. A slightly dearer plan is kept now and then, less
 * and less (annealing), and the best one seen is what remains.
 * Source: ruin and recreate, Schrimpf et al., Journal of Computational Physics 159 (2000).
 */
import { type Board, planOf, pull, put, totalPoints } from './board.ts';
import { ALONE, chooseOrder, LEFT, LEFT_PRICED, searchOrder } from './one-order.ts';
import type { BatchPlan } from './problem.ts';

/** Numbers in [0, 1), the same for the same seed on every machine. */
export type Random = () => number;

/** mulberry32: all the randomness a search needs, repeatable. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// Of so many orders drawn the one furthest from its wish is taken first.
const DRAWN = 6;
const FEWEST_OUT = 2;
const MOST_OUT = 6;
// How often an order that holds nothing of interest is taken out too: it lets chains of moves begin.
const STRANGER_SHARE = 0.004;
// How often orders put back pay the learned prices too, so that they leave what is scarce to others.
const PRICED_SHARE = 0.25;
// A plan dearer by this share of an unfilled line is accepted at the start of a search in one of e tries.
const WARMTH_SHARE = 0.01;

type Search = {
  readonly board: Board;
  readonly random: Random;
  /** By order: points if no other order existed. */
  readonly wishPoints: Float64Array;
  /** By line: the node that would send it then, or −1. */
  readonly wishNode: Int32Array;
  /** By line: who sent it before it was taken out. */
  readonly before: Int32Array;
  /** By order: where it comes among those put back. */
  readonly turn: Float64Array;
  readonly isOut: Uint8Array;
};

/** Runs at most `steps` of taking out and putting back on a full board, until a plan has `enoughPoints`; the best seen. */
export function improve(
  board: Board,
  how: { readonly steps: number; readonly enoughPoints: number; readonly random: Random },
): BatchPlan {
  const search: Search = {
    board,
    random: how.random,
    wishPoints: new Float64Array(board.orderCount),
    wishNode: new Int32Array(board.assigned.length),
    before: new Int32Array(board.assigned.length),
    turn: new Float64Array(board.orderCount),
    isOut: new Uint8Array(board.orderCount),
  };
  for (let order = 0; order < board.orderCount; order += 1) {
    search.wishPoints[order] = searchOrder(board, order, ALONE);
    const start = board.lineStart[order] ?? 0;
    const lines = (board.lineStart[order + 1] ?? 0) - start;
    search.wishNode.set(board.scratch.chosen.subarray(0, lines), start);
  }
  let points = totalPoints(board);
  let best = planOf(board);
  const warmth = board.unfilledPoints * WARMTH_SHARE;
  for (let step = 0; step < how.steps && best.points > how.enoughPoints; step += 1) {
    const coolness = 1 - step / how.steps;
    const change = replan(search, -warmth * coolness * Math.log(how.random()));
    points += change;
    if (points < best.points - Number.EPSILON * best.points) best = planOf(board);
  }
  return best;
}

// Takes some out and puts them back; undone when that costs more than `tolerance`. Returns the change.
function replan(search: Search, tolerance: number): number {
  const { board, random, isOut } = search;
  const out = takeOut(search);
  let change = 0;
  for (const order of out) {
    change -= board.points[order] ?? 0;
    remember(search, order);
    pull(board, order);
  }
  const terms = random() < PRICED_SHARE ? LEFT_PRICED : LEFT;
  for (const order of inTurn(search, out)) {
    change += chooseOrder(board, order, terms);
    put(board, order);
  }
  for (const order of out) isOut[order] = 0;
  if (change <= tolerance) return change;
  for (const order of out) pull(board, order);
  for (const order of out) {
    const start = board.lineStart[order] ?? 0;
    const end = board.lineStart[order + 1] ?? 0;
    for (let line = start; line < end; line += 1) {
      board.scratch.chosen[line - start] = search.before[line] ?? -1;
    }
    put(board, order);
  }
  return 0;
}

function remember({ board, before }: Search, order: number): void {
  const end = board.lineStart[order + 1] ?? 0;
  for (let line = board.lineStart[order] ?? 0; line < end; line += 1) {
    before[line] = board.assigned[line] ?? -1;
  }
}

function takeOut(search: Search): readonly number[] {
  const { board, random, isOut } = search;
  const first = unhappyOrder(search);
  const out = [first];
  isOut[first] = 1;
  const wanted = wantedNode(search, first);
  const most = FEWEST_OUT + Math.floor(random() * (MOST_OUT - FEWEST_OUT + 1));
  const start = Math.floor(random() * board.orderCount);
  for (let at = 0; at < board.orderCount && out.length < most; at += 1) {
    const order = (start + at) % board.orderCount;
    if (isOut[order] === 1) continue;
    if (!uses(board, order, wanted) && random() >= STRANGER_SHARE) continue;
    isOut[order] = 1;
    out.push(order);
  }
  return out;
}

function unhappyOrder({ board, random, wishPoints }: Search): number {
  let unhappiest = 0;
  let most = -Infinity;
  for (let draw = 0; draw < DRAWN; draw += 1) {
    const order = Math.floor(random() * board.orderCount);
    const regret = (board.points[order] ?? 0) - (wishPoints[order] ?? 0);
    if (regret > most) {
      most = regret;
      unhappiest = order;
    }
  }
  return unhappiest;
}

// One of the nodes the order would use if it were alone; a third of the time one that it uses now may be drawn too.
function wantedNode({ board, random, wishNode }: Search, order: number): number {
  const start = board.lineStart[order] ?? 0;
  const end = board.lineStart[order + 1] ?? 0;
  const nodes: number[] = [];
  addNodes(nodes, wishNode, { start, end });
  if (random() < 1 / 3) addNodes(nodes, board.assigned, { start, end });
  if (nodes.length === 0) return Math.floor(random() * board.nodeCount);
  return nodes[Math.floor(random() * nodes.length)] ?? 0;
}

function addNodes(
  nodes: number[],
  nodeOfLine: Int32Array,
  lines: { readonly start: number; readonly end: number },
): void {
  for (let line = lines.start; line < lines.end; line += 1) {
    const node = nodeOfLine[line] ?? -1;
    if (node >= 0 && !nodes.includes(node)) nodes.push(node);
  }
}

function uses(board: Board, order: number, node: number): boolean {
  const end = board.lineStart[order + 1] ?? 0;
  for (let line = board.lineStart[order] ?? 0; line < end; line += 1) {
    if (board.assigned[line] === node) return true;
  }
  return false;
}

// Half the time in any order, else roughly by how much each pays for what it did not get.
function inTurn(search: Search, out: readonly number[]): number[] {
  const { board, random, wishPoints, turn } = search;
  const isAny = random() < 1 / 2;
  for (const order of out) {
    const regret = (board.points[order] ?? 0) - (wishPoints[order] ?? 0);
    turn[order] = isAny ? random() : -regret * (1 / 2 + random());
  }
  return out.toSorted((a, b) => (turn[a] ?? 0) - (turn[b] ?? 0));
}
