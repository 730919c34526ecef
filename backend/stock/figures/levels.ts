/**
 * Which part of a channel's figure stands at which location?
 *
 * Shopify has one level per item and location (platform decision 15). *Mirror*: a location shows its own
 * nodes' part; *aggregate*: one location shows the figure; *parked*: mirror, and beside it the units that
 * are there but not shown, so that Shopify's on hand stays what it is.
 * Rule 16: a location's part is what its nodes hold; what no node can be named for is taken from nodes by
 * largest n, ties by node id (waiting and reserved units first, then the channel's own quota, then the
 * quotas of others); of the pool that is left each node shows its share, cut to whole units so that the
 * parts add up to the channel's (largest remainder, ties by node id); an own quota is shown where it was
 * taken. Below the threshold nothing is shown anywhere.
 * Invariants: Σ over nodes ≤ figure; = figure when every node of the channel is asked for.
 */
import { channelOf } from '../../network/channels.ts';
import type { CompiledChannel, Snapshot } from '../../network/snapshot.ts';
import type { Facts } from '../stock.ts';
import {
  dueFor,
  type FigureSums,
  figureSums,
  positionsIn,
  type Rows,
  rowsOf,
  unitsDue,
} from './formula.ts';
import { findRow } from './position-table.ts';

/** Whose levels, at which nodes, and when. */
export type LevelAsk = {
  /** Index of the SKU. */
  readonly sku: number;
  /** The channel's code. */
  readonly channel: string;
  /** Nodes bound to locations, by index, none twice; those outside the channel show nothing. */
  readonly nodes: Int32Array;
  readonly nowMinute: number;
  readonly atMinute: number;
  /** Written over and given back in place of a new list, as long as `nodes`: for who keeps levels and renews them. */
  readonly into?: Int32Array | undefined;
};

/** Units to show and units to park, per node asked for and in that order. */
export type ParkedLevels = { readonly available: Int32Array; readonly parked: Int32Array };

/** What one location that stands for the whole channel shows: the channel's figure for anyone. */
export function aggregateUnits(
  snapshot: Snapshot,
  facts: Facts,
  ask: Omit<LevelAsk, 'nodes'>,
): number {
  const channel = compiledChannel(snapshot, ask.channel);
  return figureSums(facts, { channel, question: { ...ask, customerTags: [] } }).units;
}

/** Units each node shows, in the order asked for. */
export function levelUnits(snapshot: Snapshot, facts: Facts, ask: LevelAsk): Int32Array {
  return figureAndLevels(snapshot, facts, ask).levels;
}

/** The channel's figure for anyone, and the part of it each node shows; one pass for both. */
export function figureAndLevels(
  snapshot: Snapshot,
  facts: Facts,
  ask: LevelAsk,
): { readonly units: number; readonly levels: Int32Array } {
  const asked = openLevels(snapshot, facts, ask);
  return { units: asked.sums.units, levels: levelsOf(facts, asked) };
}

/** Zeros, one for each node asked for. */
function room({ into, nodes }: LevelAsk): Int32Array {
  return into?.fill(0) ?? new Int32Array(nodes.length);
}

function shownOf({ shown }: NodePart): number {
  return shown;
}

function claimedOf({ claimed }: NodePart): number {
  return claimed;
}

function levelsOf(facts: Facts, asked: Opened): Int32Array {
  const { ask, sums } = asked;
  if (sums.units === 0) return room(ask);
  // Most SKUs have nothing deducted: each node shows what it has.
  if (sums.units === sums.onHand + sums.incoming) return heldAt(facts, asked);
  return atNodes(partsOf(facts, asked), ask.nodes, { into: room(ask), unitsOf: shownOf });
}

/** The same, and what lies there besides: on hand that is neither unavailable, allocated nor claimed. */
export function parkedLevels(snapshot: Snapshot, facts: Facts, ask: LevelAsk): ParkedLevels {
  const parts = partsOf(facts, openLevels(snapshot, facts, ask));
  const { length } = ask.nodes;
  const into = new Int32Array(length);
  const claimed = atNodes(parts, ask.nodes, { into, unitsOf: claimedOf });
  const available = atNodes(parts, ask.nodes, { into: room(ask), unitsOf: shownOf });
  const parked = new Int32Array(length);
  for (const [at, node] of ask.nodes.entries()) {
    const there = unitsThere(facts, { sku: ask.sku, node });
    parked[at] = Math.max(0, there - (claimed[at] ?? 0) - (available[at] ?? 0));
  }
  return { available, parked };
}

function compiledChannel(snapshot: Snapshot, code: string): CompiledChannel {
  const channel = snapshot.channels[channelOf(snapshot, code)];
  if (channel === undefined) throw new Error('Bug: a snapshot without channels');
  return channel;
}

/** Units on hand at a node that nobody claimed there, safety stock included; of a kit, what can be built. */
function unitsThere(facts: Facts, at: { readonly sku: number; readonly node: number }): number {
  if (facts.kits.has(at.sku)) {
    const positions = positionsIn(facts, at.sku);
    return positions?.free[positions.nodes.indexOf(at.node)] ?? 0;
  }
  const row = findRow(facts.table, at.sku, at.node);
  if (row < 0) return 0;
  const { onHand, unavailable, allocated } = facts.table.columns;
  return (onHand[row] ?? 0) - (unavailable[row] ?? 0) - (allocated[row] ?? 0);
}

/** One node of the channel with units of the SKU. */
type NodePart = {
  readonly node: number;
  /** n of rule 16. */
  readonly n: number;
  /** What is left at the node while deductions go on. */
  left: number;
  /** Waiting and reserved units taken here. */
  claimed: number;
  /** Own quota taken here. */
  own: number;
  shown: number;
};

/** An ask with its channel and the sums of its figure. */
type Opened = {
  readonly ask: LevelAsk;
  readonly channel: CompiledChannel;
  readonly sums: FigureSums;
};

function openLevels(snapshot: Snapshot, facts: Facts, ask: LevelAsk): Opened {
  const channel = compiledChannel(snapshot, ask.channel);
  const question = { ...ask, customerTags: [] };
  return { ask, channel, sums: figureSums(facts, { channel, question }) };
}

function partsOf(facts: Facts, { ask, channel, sums }: Opened): readonly NodePart[] {
  const parts = heldBy(rowsOf(facts, ask.sku, channel), channel, ask.atMinute);
  const claimed = sums.onHand + sums.incoming - sums.free;
  const quotas = sums.free - sums.pool;
  if (claimed > 0 || quotas > 0) {
    const byLargest = parts.toSorted((a, b) => b.n - a.n || a.node - b.node);
    take(byLargest, claimed, (part, units) => {
      part.claimed = units;
    });
    const own = Math.min(quotas, sums.ownQuotaUnused);
    take(byLargest, own, (part, units) => {
      part.own = units;
    });
    take(byLargest, quotas - own, () => {});
  }
  if (sums.units > 0) show(parts, channel.shareBasisPoints, sums.shared);
  return parts;
}

/** What each node asked for holds for the channel, nothing deducted. */
function heldAt(facts: Facts, { ask, channel }: Opened): Int32Array {
  const { nodes } = ask;
  const rows = rowsOf(facts, ask.sku, channel);
  const due = dueFor(channel, ask.atMinute);
  const units = room(ask);
  let row = rows.from;
  for (let at = 0; at < nodes.length; at += 1) {
    const node = nodes[at] ?? -1;
    row = rowFrom(rows, row, node);
    if (row === rows.to || rows.nodes[row] !== node || channel.hasNode[node] !== 1) continue;
    units[at] = (rows.free[row] ?? 0) + unitsDue(rows.lots[row], due);
  }
  return units;
}

/** The first row of the node or a later one. Nodes are mostly asked for in ascending order, as the rows are. */
function rowFrom(rows: Rows, hint: number, node: number): number {
  let row = hint > rows.from && (rows.nodes[hint - 1] ?? 0) >= node ? rows.from : hint;
  while (row < rows.to && (rows.nodes[row] ?? 0) < node) row += 1;
  return row;
}

/** The channel's nodes with units, by node. */
function heldBy(rows: Rows, channel: CompiledChannel, atMinute: number): NodePart[] {
  const due = dueFor(channel, atMinute);
  const parts: NodePart[] = [];
  for (let row = rows.from; row < rows.to; row += 1) {
    const node = rows.nodes[row] ?? -1;
    if (channel.hasNode[node] !== 1) continue;
    const n = rows.free[row] ?? 0;
    const left = n + unitsDue(rows.lots[row], due);
    if (left > 0) parts.push({ node, n, left, claimed: 0, own: 0, shown: 0 });
  }
  return parts;
}

/** Takes units from the parts in their order, as many from each as it has. */
function take(
  parts: readonly NodePart[],
  units: number,
  note: (part: NodePart, taken: number) => void,
): void {
  let open = units;
  for (const part of parts) {
    if (open === 0) return;
    const taken = Math.min(part.left, open);
    if (taken === 0) continue;
    part.left -= taken;
    open -= taken;
    note(part, taken);
  }
}

const BASIS_POINTS = 10_000;

/** Each part shows its share of what is left and its own quota; whole units, `shared` in all by largest remainder. */
function show(parts: readonly NodePart[], shareBasisPoints: number, shared: number): void {
  let open = shared;
  for (const part of parts) {
    const units = Math.floor((part.left * shareBasisPoints) / BASIS_POINTS);
    part.shown = units + part.own;
    open -= units;
  }
  if (open === 0) return;
  const remainder = (part: NodePart) => (part.left * shareBasisPoints) % BASIS_POINTS;
  const byRemainder = parts.toSorted((a, b) => remainder(b) - remainder(a) || a.node - b.node);
  for (const part of byRemainder.slice(0, open)) part.shown += 1;
}

function atNodes(
  parts: readonly NodePart[],
  nodes: Int32Array,
  of: { readonly into: Int32Array; readonly unitsOf: (part: NodePart) => number },
): Int32Array {
  let next = 0;
  for (let at = 0; at < nodes.length; at += 1) {
    const node = nodes[at] ?? -1;
    // Nodes are mostly asked for in ascending order, as the parts are; else the search begins anew.
    if (next > 0 && (parts[next - 1]?.node ?? 0) >= node) next = 0;
    while (next < parts.length && (parts[next]?.node ?? 0) < node) next += 1;
    const part = parts[next];
    if (part?.node === node) of.into[at] = of.unitsOf(part);
  }
  return of.into;
}
