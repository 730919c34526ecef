/**
 * A batch in flat arrays, and what is left of stock and capacity while it is being planned.
 *
 * `put` and `pull` are each other's inverse: whatever an order takes it gives back to the unit. Only
 * the planners of this folder hold a board; it is never shared.
 */
import type { BatchPlan, BatchProblem } from './problem.ts';

/** An order with more lines is planned by rule of thumb (`one-order.ts`): 3^8 ways to part them are still cheap. */
export const EXACT_LINES_MAX = 8;

/** The mutable face of a batch. Candidates of an order are sorted by what a parcel costs. */
export type Board = {
  readonly orderCount: number;
  readonly nodeCount: number;
  readonly skuCount: number;
  readonly unfilledPoints: number;
  /** By order: its first line; one more entry at the end. */
  readonly lineStart: Int32Array;
  readonly sku: Int32Array;
  readonly quantity: Int32Array;
  /** By order: its first candidate; one more entry at the end. */
  readonly candidateStart: Int32Array;
  readonly candidateNode: Int32Array;
  /** By order × nodeCount + node: its place among all candidates, or −1. */
  readonly candidateAt: Int32Array;
  readonly parcelPoints: Float64Array;
  /** By candidate: where its lines' points begin. */
  readonly pointsStart: Int32Array;
  readonly linePoints: Float64Array;
  readonly stock: Int32Array;
  readonly capacity: Int32Array;
  readonly stockLeft: Int32Array;
  readonly capacityLeft: Int32Array;
  /** What one more unit of capacity, or of a SKU at a node, is worth (`prices.ts`). */
  readonly capacityPrice: Float64Array;
  readonly stockPrice: Float64Array;
  /** By line: the node that sends it or −1. */
  readonly assigned: Int32Array;
  /** By order: points of what is assigned. */
  readonly points: Float64Array;
  readonly scratch: Scratch;
};

/** Working memory of the exact search over one order's lines. */
export type Scratch = {
  /** By line: the node chosen last by `one-order.ts`, or −1. */
  readonly chosen: Int32Array;
  readonly groupPoints: Float64Array;
  readonly groupNode: Int32Array;
  readonly setPoints: Float64Array;
  readonly setGroup: Int32Array;
  readonly subsetPoints: Float64Array;
  readonly subsetUnits: Int32Array;
  readonly linePoints: Float64Array;
};

/** Lays a problem out; nothing is assigned. */
export function openBoard(problem: BatchProblem): Board {
  const { orders, nodeCount, skuCount } = problem;
  const lineStart = startsOf(orders.map((order) => order.skus.length));
  const candidateStart = startsOf(orders.map((order) => order.nodes.length));
  const pointsStart = pointStarts(problem, candidateStart[orders.length] ?? 0);
  const board: Board = {
    orderCount: orders.length,
    nodeCount,
    skuCount,
    unfilledPoints: problem.unfilledPoints,
    lineStart,
    sku: Int32Array.from(orders.flatMap((order) => order.skus)),
    quantity: Int32Array.from(orders.flatMap((order) => order.quantities)),
    candidateStart,
    candidateNode: new Int32Array(candidateStart[orders.length] ?? 0),
    candidateAt: new Int32Array(orders.length * nodeCount).fill(-1),
    parcelPoints: new Float64Array(candidateStart[orders.length] ?? 0),
    pointsStart,
    linePoints: new Float64Array(pointsStart[pointsStart.length - 1] ?? 0),
    stock: Int32Array.from(problem.stock),
    capacity: Int32Array.from(problem.capacityUnits),
    stockLeft: Int32Array.from(problem.stock),
    capacityLeft: Int32Array.from(problem.capacityUnits),
    capacityPrice: new Float64Array(nodeCount),
    stockPrice: new Float64Array(nodeCount * skuCount),
    assigned: new Int32Array(lineStart[orders.length] ?? 0).fill(-1),
    points: new Float64Array(orders.length),
    scratch: openScratch(orders.reduce((most, order) => Math.max(most, order.skus.length), 0)),
  };
  for (let order = 0; order < orders.length; order += 1) layOut(board, problem, order);
  return board;
}

function startsOf(lengths: readonly number[]): Int32Array {
  const starts = new Int32Array(lengths.length + 1);
  for (const [index, length] of lengths.entries())
    starts[index + 1] = (starts[index] ?? 0) + length;
  return starts;
}

function pointStarts({ orders }: BatchProblem, candidates: number): Int32Array {
  const starts = new Int32Array(candidates + 1);
  let at = 0;
  for (const order of orders) {
    for (let candidate = 0; candidate < order.nodes.length; candidate += 1) {
      starts[at + 1] = (starts[at] ?? 0) + order.skus.length;
      at += 1;
    }
  }
  return starts;
}

function openScratch(mostLines: number): Scratch {
  const sets = 1 << Math.min(mostLines, EXACT_LINES_MAX);
  return {
    chosen: new Int32Array(mostLines),
    groupPoints: new Float64Array(sets),
    groupNode: new Int32Array(sets),
    setPoints: new Float64Array(sets),
    setGroup: new Int32Array(sets),
    subsetPoints: new Float64Array(sets),
    subsetUnits: new Int32Array(sets),
    linePoints: new Float64Array(mostLines),
  };
}

// Candidates of one order at most: with points below 2^38 the sort key stays a whole number.
const CANDIDATES_MAX = 2 ** 15;

// Cheapest parcel first, so that a search may stop early; equal ones by node.
function layOut(board: Board, problem: BatchProblem, order: number): void {
  const source = problem.orders[order];
  if (source === undefined) return;
  const lines = source.skus.length;
  const keys = new Float64Array(source.nodes.length);
  for (let candidate = 0; candidate < keys.length; candidate += 1) {
    keys[candidate] = (source.parcelPoints[candidate] ?? 0) * CANDIDATES_MAX + candidate;
  }
  keys.sort();
  const start = board.candidateStart[order] ?? 0;
  for (let rank = 0; rank < keys.length; rank += 1) {
    const candidate = (keys[rank] ?? 0) % CANDIDATES_MAX;
    const at = start + rank;
    const node = source.nodes[candidate] ?? 0;
    board.candidateNode[at] = node;
    board.candidateAt[order * board.nodeCount + node] = at;
    board.parcelPoints[at] = source.parcelPoints[candidate] ?? 0;
    const first = board.pointsStart[at] ?? 0;
    for (let line = 0; line < lines; line += 1) {
      board.linePoints[first + line] = source.linePoints[candidate * lines + line] ?? 0;
    }
  }
  board.points[order] = lines * problem.unfilledPoints;
}

/** Assigns `scratch.chosen` to an order that has nothing assigned. */
export function put(board: Board, order: number): void {
  const start = board.lineStart[order] ?? 0;
  const end = board.lineStart[order + 1] ?? 0;
  for (let line = start; line < end; line += 1) {
    const node = board.scratch.chosen[line - start] ?? -1;
    board.assigned[line] = node;
    if (node >= 0) move(board, { line, node, sign: -1 });
  }
  board.points[order] = chosenPoints(board, order);
}

/** Takes everything of an order back; its last assignment stays readable until the next `put`. */
export function pull(board: Board, order: number): void {
  const end = board.lineStart[order + 1] ?? 0;
  for (let line = board.lineStart[order] ?? 0; line < end; line += 1) {
    const node = board.assigned[line] ?? -1;
    if (node >= 0) move(board, { line, node, sign: 1 });
  }
}

function move(board: Board, to: { line: number; node: number; sign: 1 | -1 }): void {
  const { line, node, sign } = to;
  const units = sign * (board.quantity[line] ?? 0);
  const cell = node * board.skuCount + (board.sku[line] ?? 0);
  board.stockLeft[cell] = (board.stockLeft[cell] ?? 0) + units;
  board.capacityLeft[node] = (board.capacityLeft[node] ?? 0) + units;
}

/** Points of `scratch.chosen` for an order, without prices. */
export function chosenPoints(board: Board, order: number): number {
  const { chosen } = board.scratch;
  const lines = (board.lineStart[order + 1] ?? 0) - (board.lineStart[order] ?? 0);
  let points = 0;
  for (let line = 0; line < lines; line += 1) {
    const node = chosen[line] ?? -1;
    if (node < 0) {
      points += board.unfilledPoints;
      continue;
    }
    const candidate = board.candidateAt[order * board.nodeCount + node] ?? -1;
    if (candidate < 0) throw new Error(`Bug: node ${node} is no candidate of order ${order}`);
    points += board.linePoints[(board.pointsStart[candidate] ?? 0) + line] ?? 0;
    if (chosen.indexOf(node) === line) points += board.parcelPoints[candidate] ?? 0;
  }
  return points;
}

/** The price of a unit that the node sends; `cell`: the node and the SKU. */
export function priceOf(board: Board, node: number, cell: number): number {
  return (board.capacityPrice[node] ?? 0) + (board.stockPrice[cell] ?? 0);
}

/** What is assigned now, as a plan. */
export function planOf(board: Board): BatchPlan {
  const nodesByOrder = Array.from({ length: board.orderCount }, (_, order) =>
    Array.from(board.assigned.subarray(board.lineStart[order], board.lineStart[order + 1])),
  );
  return { nodesByOrder, points: totalPoints(board) };
}

/** Points of everything assigned. */
export function totalPoints(board: Board): number {
  let points = 0;
  for (const ofOrder of board.points) points += ofOrder;
  return points;
}
