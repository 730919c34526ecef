/**
 * Which nodes send what, for many orders that want the same stock and capacity?
 *
 * In: a `BatchProblem` (fences applied, everything else in points) and an effort. Out: a plan that never
 * takes more than there is, with its points and a bound no plan can go below, so that its distance from
 * the best is known. Prices first (what is scarce is kept for who needs it most), then every order by how
 * much it would lose by waiting, then steps of taking out and putting back.
 * Invariants: same problem and seed, same plan; points never above those of taking the orders one by one.
 */
import { type Board, openBoard, planOf, pull, put, totalPoints } from './board.ts';
import { improve, seededRandom } from './improve.ts';
import { chooseOrder, LEFT, LEFT_PRICED, searchOrder, type Terms } from './one-order.ts';
import { learnPrices } from './prices.ts';
import type { BatchPlan, BatchProblem } from './problem.ts';

/** How long to search. */
export type BatchEffort = {
  readonly seed: number;
  /** Rounds of learning prices. */
  readonly priceRounds: number;
  /** Steps of taking out and putting back, for each order of the batch. */
  readonly stepsPerOrder: number;
};

/** What the routing job uses; `npm run -s bench -- routing` prints what it reaches. */
export const BATCH_EFFORT: BatchEffort = { seed: 7, priceRounds: 80, stepsPerOrder: 25 };

// Few orders are soon searched: a small batch looks as long as one of a hundred. A single order is planned by then.
const STEPS_LEAST = 2_500;
// Nearer to the bound than this nobody would notice: the search ends.
const ENOUGH_SHARE = 0.001;

/** A plan and how far it can be from the best. */
export type BoundedPlan = BatchPlan & {
  /** No plan has fewer points. */
  readonly leastPoints: number;
};

/** Plans all orders of the problem together. */
export function planBatch(problem: BatchProblem, effort = BATCH_EFFORT): BoundedPlan {
  const board = openBoard(problem);
  if (board.orderCount === 0) return { nodesByOrder: [], points: 0, leastPoints: 0 };
  fill(board, LEFT);
  const first = planOf(board);
  clear(board);
  const bound = learnPrices(board, { rounds: effort.priceRounds, upperPoints: first.points });
  fill(board, LEFT_PRICED);
  const improved = improve(board, {
    steps:
      board.orderCount === 1 ? 0 : Math.max(STEPS_LEAST, effort.stepsPerOrder * board.orderCount),
    enoughPoints: bound * (1 + ENOUGH_SHARE),
    random: seededRandom(effort.seed),
  });
  const best = improved.points < first.points ? improved : first;
  return { ...best, leastPoints: Math.min(best.points, Math.max(0, bound)) };
}

/** Puts every order on an empty board, who loses most by waiting first. Returns the points. */
export function fill(board: Board, terms: Terms): number {
  const loss = Float64Array.from({ length: board.orderCount }, (_, order) =>
    lossByWaiting(board, order, terms),
  );
  const turn = Array.from(loss.keys()).sort((a, b) => (loss[b] ?? 0) - (loss[a] ?? 0) || a - b);
  for (const order of turn) {
    chooseOrder(board, order, terms);
    put(board, order);
  }
  return totalPoints(board);
}

function clear(board: Board): void {
  for (let order = 0; order < board.orderCount; order += 1) pull(board, order);
}

// How much dearer the order gets when the dearest to lose of its nodes is gone.
function lossByWaiting(board: Board, order: number, terms: Terms): number {
  const points = searchOrder(board, order, terms);
  const lines = (board.lineStart[order + 1] ?? 0) - (board.lineStart[order] ?? 0);
  const nodes = new Set(board.scratch.chosen.subarray(0, lines));
  nodes.delete(-1);
  let most = 0;
  for (const node of nodes) {
    const units = board.capacityLeft[node] ?? 0;
    board.capacityLeft[node] = 0;
    most = Math.max(most, searchOrder(board, order, terms) - points);
    board.capacityLeft[node] = units;
  }
  return most;
}

/** The best plan for the only order of a problem; exact up to `EXACT_LINES_MAX` lines. */
export function planAlone(problem: BatchProblem): BatchPlan {
  const board = openBoard(withItsSkusAlone(problem));
  chooseOrder(board, 0, LEFT);
  put(board, 0);
  return planOf(board);
}

// A board copies the stock of every SKU; one order asks for a handful of them.
function withItsSkusAlone(problem: BatchProblem): BatchProblem {
  const [order] = problem.orders;
  if (order === undefined) return problem;
  const skus = [...new Set(order.skus)];
  const stock = new Int32Array(problem.nodeCount * skus.length);
  for (let node = 0; node < problem.nodeCount; node += 1) {
    for (const [at, sku] of skus.entries()) {
      stock[node * skus.length + at] = problem.stock[node * problem.skuCount + sku] ?? 0;
    }
  }
  const places = order.skus.map((sku) => skus.indexOf(sku));
  return { ...problem, skuCount: skus.length, stock, orders: [{ ...order, skus: places }] };
}
