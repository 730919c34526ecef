/**
 * How many of a kit can each node build, and from when?
 *
 * Rule 18: at a node, min over the components of floor(units / need); a kit is never put together from two
 * nodes. Incoming lots of components add kits at the instant from which the last component for one is
 * there. In: the table of positions and a kit's parts. Out: the kit's positions, read like any SKU's.
 */
import type { KitParts } from '../../network/snapshot.ts';
import { type Lot, type Positions, type PositionTable, viewOf } from './position-table.ts';

type Part = { readonly positions: Positions; readonly quantity: number; cursor: number };

/** Which lots count. */
type Counts = (lot: Lot) => boolean;

/** The kit's rows: the nodes that hold a row of every component. */
export function kitPositions(
  table: PositionTable,
  parts: KitParts,
  counts: Counts = () => true,
): Positions | undefined {
  const held: Part[] = [];
  for (const { sku, quantity } of parts) {
    const positions = viewOf(table, sku);
    if (positions === undefined) return undefined;
    held.push({ positions, quantity, cursor: 0 });
  }
  const [first] = held;
  if (first === undefined) return undefined;
  const nodes: number[] = [];
  const free: number[] = [];
  const lots: (readonly Lot[] | undefined)[] = [];
  for (let row = 0; row < first.positions.count; row += 1) {
    const node = first.positions.nodes[row] ?? 0;
    if (!held.every((part) => moveTo(part, node))) continue;
    const now = buildable(held, (part) => part.positions.free[part.cursor] ?? 0);
    nodes.push(node);
    free.push(now);
    lots.push(kitLots(held, { now, counts }));
  }
  if (nodes.length === 0) return undefined;
  return {
    count: nodes.length,
    nodes: Int32Array.from(nodes),
    free: Int32Array.from(free),
    lots,
  };
}

/** Moves the part's cursor to the node; false when it has no row there. Nodes are asked for ascending. */
function moveTo(part: Part, node: number): boolean {
  const { nodes, count } = part.positions;
  while (part.cursor < count && (nodes[part.cursor] ?? 0) < node) part.cursor += 1;
  return part.cursor < count && nodes[part.cursor] === node;
}

function buildable(parts: readonly Part[], unitsOf: (part: Part) => number): number {
  let least = Number.MAX_SAFE_INTEGER;
  for (const part of parts) least = Math.min(least, Math.floor(unitsOf(part) / part.quantity));
  return least;
}

/** The kits that incoming components add, by the instant that brings them. */
function kitLots(
  parts: readonly Part[],
  of: { readonly now: number; readonly counts: Counts },
): readonly Lot[] | undefined {
  const minutes = new Set<number>();
  for (const { positions, cursor } of parts) {
    for (const lot of positions.lots[cursor] ?? []) minutes.add(lot.usableMinute);
  }
  const lots: Lot[] = [];
  let built = of.now;
  for (const usableMinute of [...minutes].sort((a, b) => a - b)) {
    const then = buildable(parts, (part) => unitsBy(part, { usableMinute, counts: of.counts }));
    if (then > built) lots.push({ usableMinute, quantity: then - built });
    built = then;
  }
  return lots.length === 0 ? undefined : lots;
}

function unitsBy(
  { positions, cursor }: Part,
  by: { readonly usableMinute: number; readonly counts: Counts },
): number {
  let units = positions.free[cursor] ?? 0;
  for (const lot of positions.lots[cursor] ?? []) {
    if (lot.usableMinute <= by.usableMinute && by.counts(lot)) units += lot.quantity;
  }
  return units;
}
