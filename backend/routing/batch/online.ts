/**
 * Which nodes send this order, when the next ones are not known yet?
 *
 * What is scarce gets a price from orders like those still to come (past orders stand for them), and
 * each order is planned exactly at these prices, so that the last unit near a big city is not sent
 * across the country for a saving of cents. Prices are learned anew, from those there were, every few
 * orders and mixed with them, because stock and what is still to come have both changed.
 * Source: Acimovic & Graves, M&SOM 17(1) 2015.
 */
import { fill } from './batch.ts';
import { type Board, openBoard, pull, put } from './board.ts';
import { type Random, seededRandom } from './improve.ts';
import { chooseOrder, LEFT, LEFT_PRICED } from './one-order.ts';
import { learnPrices } from './prices.ts';
import type { BatchOrder, BatchProblem } from './problem.ts';

/** What is planned against: the nodes, and past orders that stand for those expected. */
export type OnlineSetting = Omit<BatchProblem, 'orders'> & {
  readonly history: readonly BatchOrder[];
  /** How many orders are expected on this stock. */
  readonly expectedOrders: number;
};

/** Plans orders as they come; keeps what they took. */
export type OnlinePlanner = {
  /** By line, the node or −1. Takes what it gives. */
  plan(order: BatchOrder): readonly number[];
};

const SEED = 11;
const FIRST_ROUNDS = 80;
const ROUNDS = 30;
const RELEARN_EVERY = 10;
const NEW_SHARE = 0.3;

/** Learns the first prices and waits for orders. */
export function createOnlinePlanner(setting: OnlineSetting): OnlinePlanner {
  const random = seededRandom(SEED);
  const board = openBoard({ ...setting, orders: setting.history });
  if (setting.history.length > 0) learnOn(board, FIRST_ROUNDS);
  const left = { stock: board.stock.slice(), capacityUnits: board.capacity.slice() };
  const prices = { capacity: board.capacityPrice, stock: board.stockPrice };
  let planned = 0;
  return {
    plan: (order) => {
      const isDue = planned > 0 && planned % RELEARN_EVERY === 0;
      const expected = setting.expectedOrders - planned;
      if (isDue && expected > 0 && setting.history.length > 0) {
        const sample = sampleOf(setting.history, expected, random);
        mixPrices(prices, { ...setting, ...left, orders: sample });
      }
      planned += 1;
      const one = openBoard({ ...setting, ...left, orders: [order] });
      one.capacityPrice.set(prices.capacity);
      one.stockPrice.set(prices.stock);
      chooseOrder(one, 0, LEFT_PRICED);
      put(one, 0);
      left.stock.set(one.stockLeft);
      left.capacityUnits.set(one.capacityLeft);
      return Array.from(one.assigned);
    },
  };
}

type Prices = { readonly capacity: Float64Array; readonly stock: Float64Array };

function mixPrices(prices: Prices, expected: BatchProblem): void {
  const board = openBoard(expected);
  board.capacityPrice.set(prices.capacity);
  board.stockPrice.set(prices.stock);
  learnOn(board, ROUNDS);
  mix(prices.capacity, board.capacityPrice);
  mix(prices.stock, board.stockPrice);
}

function mix(known: Float64Array, learned: Float64Array): void {
  for (let at = 0; at < known.length; at += 1) {
    known[at] = (1 - NEW_SHARE) * (known[at] ?? 0) + NEW_SHARE * (learned[at] ?? 0);
  }
}

function learnOn(board: Board, rounds: number): void {
  const upperPoints = fill(board, LEFT);
  for (let order = 0; order < board.orderCount; order += 1) pull(board, order);
  learnPrices(board, { rounds, upperPoints });
}

function sampleOf(
  history: readonly BatchOrder[],
  count: number,
  random: Random,
): readonly BatchOrder[] {
  const drawn: BatchOrder[] = [];
  for (let at = 0; at < count; at += 1) {
    const order = history[Math.floor(random() * history.length)];
    if (order !== undefined) drawn.push(order);
  }
  return drawn;
}
