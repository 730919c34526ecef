/**
 * A basket in which two lines need the same component: what may each line take where?
 *
 * Inputs: the merged lines of a request. Output: the same lines; those that share a component (two kits, or
 * a kit and its component) get positions of their own in which no unit is counted twice, so that whatever
 * is then planned for them together exists. At each node kits come first; when a line is left short that
 * way, every line takes what it wants in all before any takes more. Such lines use no incoming stock.
 * Never more than there is; a basket that only another division would serve is refused (docs/semantics.md 18).
 */
import type { CompiledChannel, KitParts } from '../network/snapshot.ts';
import { type FigureQuestion, unclaimedUnits } from '../stock/figures/formula.ts';
import type { Positions } from '../stock/figures/position-table.ts';
import { type Facts, positionsOf } from '../stock/stock.ts';
import type { AskLine } from './quote-ask.ts';

type Asked = {
  readonly channel: CompiledChannel;
  readonly buyer: Omit<FigureQuestion, 'sku'>;
};

/** The lines, and the first SKU of which the components together are too few. */
export type SharedLines = { readonly lines: AskLine[]; readonly shortSku: string | undefined };

/** A line that shares a component with another. */
type Sharer = {
  readonly line: AskLine;
  readonly parts: KitParts;
  /** Units it may take, by node. */
  readonly given: Map<number, number>;
};

/** Divides shared components between lines; without any the lines are as they were. */
export function shareComponents(facts: Facts, lines: AskLine[], asked: Asked): SharedLines {
  const sharers = sharersOf(facts, lines);
  if (sharers.length === 0) return { lines, shortSku: undefined };
  const shortSku = shortTogether(facts, sharers, asked);
  if (shortSku === undefined) divide(facts, sharers, asked.channel);
  const byLine = new Map(sharers.map((sharer) => [sharer.line, sharer]));
  return {
    lines: lines.map((line) => {
      const sharer = byLine.get(line);
      if (sharer === undefined) return line;
      const positions = toPositions(sharer.given);
      return { ...line, positions, isShared: true };
    }),
    shortSku,
  };
}

function sharersOf(facts: Facts, lines: readonly AskLine[]): Sharer[] {
  if (facts.kits.size === 0 || !lines.some(({ sku }) => facts.kits.has(sku))) return [];
  const users = new Map<number, number>();
  const partsOf = ({ sku }: AskLine): KitParts => facts.kits.get(sku) ?? [{ sku, quantity: 1 }];
  for (const line of lines) {
    for (const { sku } of partsOf(line)) users.set(sku, (users.get(sku) ?? 0) + 1);
  }
  return lines
    .map((line) => ({ line, parts: partsOf(line), given: new Map<number, number>() }))
    .filter(({ parts }) => parts.some(({ sku }) => (users.get(sku) ?? 0) > 1))
    .sort((a, b) => b.parts.length - a.parts.length || a.line.sku - b.line.sku);
}

/** The first line a component of which the lines together want more than may be sold. */
function shortTogether(
  facts: Facts,
  sharers: readonly Sharer[],
  { channel, buyer }: Asked,
): string | undefined {
  const wanted = new Map<number, number>();
  for (const { line, parts } of sharers) {
    for (const { sku, quantity } of parts) {
      wanted.set(sku, (wanted.get(sku) ?? 0) + quantity * line.quantity);
    }
  }
  const short = sharers.find(({ parts }) =>
    parts.some(({ sku }) => {
      const left = unclaimedUnits(facts, { channel, question: { sku, ...buyer } });
      return left < (wanted.get(sku) ?? 0);
    }),
  );
  return short?.line.product.sku;
}

function divide(facts: Facts, sharers: readonly Sharer[], channel: CompiledChannel): void {
  const store = openStore(facts, sharers, channel);
  for (const sharer of sharers) for (const node of store.nodes) give(store, sharer, node);
  if (sharers.every(isServed)) return;
  const again = openStore(facts, sharers, channel);
  for (const sharer of sharers) {
    sharer.given.clear();
    const byMost = again.nodes.toSorted(
      (a, b) => buildable(again, sharer, b) - buildable(again, sharer, a) || a - b,
    );
    for (const node of byMost) give(again, sharer, node, sharer.line.quantity - givenIn(sharer));
  }
  for (const sharer of sharers) for (const node of again.nodes) give(again, sharer, node);
}

/** What the components have left, by node and component. */
type Store = { readonly nodes: readonly number[]; readonly left: Map<string, number> };

function openStore(facts: Facts, sharers: readonly Sharer[], channel: CompiledChannel): Store {
  const nodes = new Set<number>();
  const left = new Map<string, number>();
  for (const { sku } of sharers.flatMap(({ parts }) => parts)) {
    const positions = positionsOf(facts, sku);
    for (let row = 0; row < (positions?.count ?? 0); row += 1) {
      const node = positions?.nodes[row] ?? -1;
      if (channel.hasNode[node] !== 1) continue;
      nodes.add(node);
      left.set(cellOf(node, sku), positions?.free[row] ?? 0);
    }
  }
  return { nodes: [...nodes].sort((a, b) => a - b), left };
}

function cellOf(node: number, sku: number): string {
  return `${node}/${sku}`;
}

function buildable({ left }: Store, { parts }: Sharer, node: number): number {
  let least = Number.MAX_SAFE_INTEGER;
  for (const { sku, quantity } of parts) {
    least = Math.min(least, Math.floor((left.get(cellOf(node, sku)) ?? 0) / quantity));
  }
  return least;
}

/** Gives the line as many units at the node as it can use there, at most `most` more. */
function give(store: Store, sharer: Sharer, node: number, most = sharer.line.quantity): void {
  const already = sharer.given.get(node) ?? 0;
  const wanted = Math.min(most, sharer.line.quantity - already);
  const units = Math.min(wanted, buildable(store, sharer, node));
  if (units <= 0) return;
  sharer.given.set(node, already + units);
  for (const { sku, quantity } of sharer.parts) {
    const cell = cellOf(node, sku);
    store.left.set(cell, (store.left.get(cell) ?? 0) - units * quantity);
  }
}

function givenIn({ given }: Sharer): number {
  let units = 0;
  for (const here of given.values()) units += here;
  return units;
}

function isServed(sharer: Sharer): boolean {
  return givenIn(sharer) >= sharer.line.quantity;
}

function toPositions(given: ReadonlyMap<number, number>): Positions {
  const rows = [...given].sort((a, b) => a[0] - b[0]);
  return {
    count: rows.length,
    nodes: Int32Array.from(rows, ([node]) => node),
    free: Int32Array.from(rows, ([, units]) => units),
    lots: rows.map(() => undefined),
  };
}
