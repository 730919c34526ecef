/**
 * What does an order want, and which nodes have how much of it?
 *
 * In: the question's lines, the stock facts, what other orders of the same batch took. Out: lines in an order that does not
 * depend on how they were written, and by node the units routing may take (docs/semantics.md 17: after the routing safety
 * stock, which is not the selling one). A kit is its components: lines that need the same component draw on one *pool*,
 * and nothing is counted twice. Units the order itself holds already come back first.
 */
import { compareIds } from '../base/ids.ts';
import type { Snapshot } from '../network/snapshot.ts';
import type { WorldProduct } from '../network/world.ts';
import type { Facts } from '../stock/stock.ts';
import type { RoutingQuestion, WantedLine } from './decision.ts';

/** A line whose SKU exists. `parts`: units of each pool that one of its units takes. */
export type GoodsLine = WantedLine & {
  readonly product: WorldProduct;
  readonly isKit: boolean;
  readonly parts: readonly { readonly pool: number; readonly need: number }[];
};

export type Goods = {
  /** By SKU, then line id. */
  readonly lines: readonly GoodsLine[];
  readonly unknown: readonly WantedLine[];
  readonly unitCount: number;
  readonly valueMinor: number;
  /** The SKU of each pool. */
  readonly pools: readonly number[];
  /** Some pool serves several lines, or is needed by the dozen. */
  readonly isShared: boolean;
  readonly nodeCount: number;
  /** By pool × nodes + node: units that may be taken. */
  readonly free: Float64Array;
  /** Nodes with a unit of any pool, ascending. */
  readonly nodes: Int32Array;
};

/**
 * What other orders took that the facts do not know yet: units by SKU × nodes + node (below 0: given back), orders and
 * units to be prepared by node.
 */
export type Taken = {
  readonly units: Map<number, number>;
  readonly orders: Map<number, number>;
  readonly work: Map<number, number>;
};

/** Nothing taken yet. */
export function createTaken(): Taken {
  return { units: new Map(), orders: new Map(), work: new Map() };
}

/** Opens the goods of a question. */
export function openGoods(
  snapshot: Snapshot,
  facts: Facts,
  asked: { readonly question: RoutingQuestion; readonly taken: Taken | undefined },
): Goods {
  const { question, taken } = asked;
  const pools: number[] = [];
  const poolOf = (sku: number): number => {
    const known = pools.indexOf(sku);
    return known >= 0 ? known : pools.push(sku) - 1;
  };
  const known: { line: WantedLine; sku: number }[] = [];
  const unknown: WantedLine[] = [];
  for (const line of question.lines) {
    const sku = snapshot.skuIndex.get(line.sku);
    if (sku === undefined) unknown.push(line);
    else known.push({ line, sku });
  }
  known.sort((a, b) => a.sku - b.sku || compareIds(a.line.lineId, b.line.lineId));
  const lines = known.map(({ line, sku }): GoodsLine => {
    const product = snapshot.products[sku];
    if (product === undefined) throw new Error(`Bug: no product ${sku}`);
    const made = facts.kits.get(sku);
    const parts = made?.map((part) => ({ pool: poolOf(part.sku), need: part.quantity }));
    return {
      ...line,
      product,
      isKit: made !== undefined,
      parts: parts ?? [{ pool: poolOf(sku), need: 1 }],
    };
  });
  const ground = { snapshot, facts, pools, taken, own: question.ownAllocated ?? [] };
  const free = freeUnits(ground);
  return {
    lines,
    unknown: unknown.toSorted((a, b) => compareIds(a.lineId, b.lineId)),
    unitCount: lines.reduce((sum, line) => sum + line.quantity, 0),
    valueMinor: lines.reduce((sum, line) => sum + line.quantity * line.unitPriceMinor, 0),
    pools,
    isShared: lines.reduce((sum, line) => sum + line.parts.length, 0) > pools.length,
    nodeCount: snapshot.nodes.length,
    free,
    nodes: nodesWith(free, snapshot.nodes.length),
  };
}

type Ground = {
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  readonly pools: readonly number[];
  readonly taken: Taken | undefined;
  readonly own: NonNullable<RoutingQuestion['ownAllocated']>;
};

function freeUnits({ snapshot, facts, pools, taken, own }: Ground): Float64Array {
  const nodeCount = snapshot.nodes.length;
  // Billions of units are more than 32 bits hold.
  const free = new Float64Array(pools.length * nodeCount);
  const { columns, starts, counts } = facts.table;
  for (const [pool, sku] of pools.entries()) {
    const first = starts[sku] ?? 0;
    const end = first + (counts[sku] ?? 0);
    for (let row = first; row < end; row += 1) {
      const node = columns.nodes[row] ?? 0;
      const kept =
        (columns.unavailable[row] ?? 0) +
        (columns.routingSafety[row] ?? 0) +
        (columns.allocated[row] ?? 0) +
        (taken?.units.get(sku * nodeCount + node) ?? 0);
      free[pool * nodeCount + node] = (columns.onHand[row] ?? 0) - kept;
    }
  }
  for (const { nodeId, sku, quantity } of own) {
    const pool = pools.indexOf(snapshot.skuIndex.get(sku) ?? -1);
    const node = snapshot.nodeIndex.get(nodeId);
    if (pool < 0 || node === undefined) continue;
    free[pool * nodeCount + node] = (free[pool * nodeCount + node] ?? 0) + quantity;
  }
  for (let at = 0; at < free.length; at += 1) if ((free[at] ?? 0) < 0) free[at] = 0;
  return free;
}

function nodesWith(free: Float64Array, nodeCount: number): Int32Array {
  const has = new Uint8Array(nodeCount);
  let count = 0;
  for (let at = 0; at < free.length; at += 1) {
    const node = at % nodeCount;
    if ((free[at] ?? 0) === 0 || has[node] === 1) continue;
    has[node] = 1;
    count += 1;
  }
  const nodes = new Int32Array(count);
  let at = 0;
  for (let node = 0; node < nodeCount; node += 1) {
    if (has[node] !== 1) continue;
    nodes[at] = node;
    at += 1;
  }
  return nodes;
}

/** Units of a line that the node could send if it sent nothing else, at most what is wanted. */
export function unitsAt(goods: Goods, line: GoodsLine, node: number): number {
  let units = line.parts.length === 0 ? 0 : line.quantity;
  for (const { pool, need } of line.parts) {
    const free = goods.free[pool * goods.nodeCount + node] ?? 0;
    units = Math.min(units, need === 1 ? free : Math.floor(free / need));
  }
  return units;
}

/** The node has all of these units at once; asked only where lines share a pool. */
export function hasTogether(goods: Goods, node: number, quantities: ArrayLike<number>): boolean {
  const used = new Float64Array(goods.pools.length);
  for (const [at, line] of goods.lines.entries()) {
    const quantity = quantities[at] ?? 0;
    if (quantity === 0) continue;
    for (const { pool, need } of line.parts) {
      used[pool] = (used[pool] ?? 0) + quantity * need;
      if ((used[pool] ?? 0) > (goods.free[pool * goods.nodeCount + node] ?? 0)) return false;
    }
  }
  return true;
}

/** Notes what a parcel takes. */
export function take(
  taken: Taken,
  goods: Goods,
  parcel: { readonly node: number; readonly quantities: ArrayLike<number> },
): void {
  const { node, quantities } = parcel;
  const add = (map: Map<number, number>, key: number, units: number) =>
    map.set(key, (map.get(key) ?? 0) + units);
  add(taken.orders, node, 1);
  for (const [at, line] of goods.lines.entries()) {
    const quantity = quantities[at] ?? 0;
    add(taken.work, node, quantity);
    for (const { pool, need } of line.parts) {
      add(taken.units, (goods.pools[pool] ?? 0) * goods.nodeCount + node, quantity * need);
    }
  }
}
