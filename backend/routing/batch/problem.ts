/**
 * What a batch of orders wants, what the nodes have, and what every choice costs.
 *
 * The caller has applied the fences: an order's candidates are the nodes that may serve it at all, and
 * what remains is points. Points are integers from 0 to 2^38, of one currency: a parcel from a node (shipping,
 * packing, lateness, load, moving what a store has already seen), a line at a node (handling, weight),
 * and a line that nobody sends. A line is sent whole by one node or by none; who may divide a line
 * does so before the batch.
 */

/** One order of a batch. */
export type BatchOrder = {
  /** By line, the SKU's index in the problem. */
  readonly skus: readonly number[];
  /** By line, units wanted, at least 1. */
  readonly quantities: readonly number[];
  /** Nodes that may send some of it, ascending, fewer than 2^15. */
  readonly nodes: readonly number[];
  /** By candidate: points of opening a parcel there. */
  readonly parcelPoints: ArrayLike<number>;
  /** By candidate × lines + line: points of that line in it. */
  readonly linePoints: ArrayLike<number>;
};

/** Orders that share stock and capacity. */
export type BatchProblem = {
  readonly nodeCount: number;
  readonly skuCount: number;
  /** By node × skuCount + SKU: units that may be routed, never below 0. */
  readonly stock: ArrayLike<number>;
  /** By node: units it can still prepare. */
  readonly capacityUnits: ArrayLike<number>;
  readonly orders: readonly BatchOrder[];
  /** Points of a line that nobody sends. */
  readonly unfilledPoints: number;
};

/** Who sends what: by order and line, the node's index or −1. */
export type BatchPlan = {
  readonly nodesByOrder: readonly (readonly number[])[];
  /** Points of the whole plan. */
  readonly points: number;
};
