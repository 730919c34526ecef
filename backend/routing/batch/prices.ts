/**
 * What one more unit of stock or capacity is worth to a set of orders.
 *
 * Lagrangian relaxation: stock and capacity are no longer limits but cost a price, every order is then
 * planned alone, and prices rise where more is asked for than there is (subgradient steps). The
 * relaxed total is a lower bound of every plan. Source: Held, Wolfe and Crowder, Mathematical
 * Programming 6 (1974), for the step; Acimovic & Graves, M&SOM 17(1) 2015, for its use in fulfillment.
 */
import type { Board } from './board.ts';
import { relaxOrder } from './one-order.ts';

// A bound that did not rise for so many rounds: the steps are too long.
const STALL_ROUNDS = 3;

/** Learns prices onto the board, from those it has; returns the best lower bound seen. */
export function learnPrices(
  board: Board,
  how: { readonly rounds: number; readonly upperPoints: number },
): number {
  const scarce = scarceCells(board);
  const asked: Asked = {
    capacity: new Int32Array(board.nodeCount),
    stock: new Int32Array(board.nodeCount * board.skuCount),
  };
  let bound = -Infinity;
  let boldness = 1;
  let stalled = 0;
  for (let round = 0; round < how.rounds; round += 1) {
    const relaxed = relax(board, scarce, asked);
    if (relaxed > bound) {
      bound = relaxed;
      stalled = 0;
    } else {
      stalled += 1;
      if (stalled >= STALL_ROUNDS) {
        boldness /= 2;
        stalled = 0;
      }
    }
    const slope = squaredExcess(board, scarce, asked);
    if (slope === 0) break;
    const step = (boldness * Math.max(1, how.upperPoints - relaxed)) / slope;
    raisePrices(board, { scarce, asked, step });
  }
  return bound;
}

type Asked = { readonly capacity: Int32Array; readonly stock: Int32Array };

// Only what all orders together could exhaust can ever have a price.
function scarceCells(board: Board): Int32Array {
  const demand = new Int32Array(board.skuCount);
  for (const [line, sku] of board.sku.entries()) {
    demand[sku] = (demand[sku] ?? 0) + (board.quantity[line] ?? 0);
  }
  const cells: number[] = [];
  for (let cell = 0; cell < board.stock.length; cell += 1) {
    const stock = board.stock[cell] ?? 0;
    if (stock > 0 && (demand[cell % board.skuCount] ?? 0) > stock) cells.push(cell);
  }
  return Int32Array.from(cells);
}

// Plans every order alone at the prices; counts what is asked for; the relaxed total.
function relax(board: Board, scarce: Int32Array, asked: Asked): number {
  asked.capacity.fill(0);
  asked.stock.fill(0);
  const { chosen } = board.scratch;
  let total = 0;
  for (let order = 0; order < board.orderCount; order += 1) {
    total += relaxOrder(board, order);
    const start = board.lineStart[order] ?? 0;
    const end = board.lineStart[order + 1] ?? 0;
    for (let line = start; line < end; line += 1) {
      const node = chosen[line - start] ?? -1;
      if (node < 0) continue;
      const units = board.quantity[line] ?? 0;
      const cell = node * board.skuCount + (board.sku[line] ?? 0);
      asked.capacity[node] = (asked.capacity[node] ?? 0) + units;
      asked.stock[cell] = (asked.stock[cell] ?? 0) + units;
    }
  }
  for (let node = 0; node < board.nodeCount; node += 1) {
    total -= (board.capacityPrice[node] ?? 0) * (board.capacity[node] ?? 0);
  }
  for (const cell of scarce) total -= (board.stockPrice[cell] ?? 0) * (board.stock[cell] ?? 0);
  return total;
}

// A unit left over at price 0 asks for no change.
function squaredExcess(board: Board, scarce: Int32Array, asked: Asked): number {
  let sum = 0;
  for (let node = 0; node < board.nodeCount; node += 1) {
    const excess = (asked.capacity[node] ?? 0) - (board.capacity[node] ?? 0);
    if (excess > 0 || (board.capacityPrice[node] ?? 0) > 0) sum += excess * excess;
  }
  for (const cell of scarce) {
    const excess = (asked.stock[cell] ?? 0) - (board.stock[cell] ?? 0);
    if (excess > 0 || (board.stockPrice[cell] ?? 0) > 0) sum += excess * excess;
  }
  return sum;
}

function raisePrices(
  board: Board,
  by: { readonly scarce: Int32Array; readonly asked: Asked; readonly step: number },
): void {
  const { scarce, asked, step } = by;
  for (let node = 0; node < board.nodeCount; node += 1) {
    const excess = (asked.capacity[node] ?? 0) - (board.capacity[node] ?? 0);
    board.capacityPrice[node] = Math.max(0, (board.capacityPrice[node] ?? 0) + step * excess);
  }
  for (const cell of scarce) {
    const excess = (asked.stock[cell] ?? 0) - (board.stock[cell] ?? 0);
    board.stockPrice[cell] = Math.max(0, (board.stockPrice[cell] ?? 0) + step * excess);
  }
}
