/**
 * One request made ready for choosing: merged lines, the nodes that have any of them, when each is ready.
 *
 * Inputs: snapshot, facts, request, the instant evaluated. Output: an `Ask`, all of whose answers are
 * plain numbers. Nodes are named by *source*: their position in the ascending list of nodes of the
 * request's channel that hold at least one wanted unit (or a usable incoming one).
 */
import { NEVER } from '../base/time.ts';
import { channelOf } from '../network/channels.ts';
import { resolveDestination } from '../network/destination.ts';
import { readyMinute } from '../network/ready.ts';
import type { CompiledChannel, Destination, Snapshot } from '../network/snapshot.ts';
import type { WorldProduct } from '../network/world.ts';
import type { Supply } from '../routing/routing.ts';
import { type FigureQuestion, positionsFor } from '../stock/figures/formula.ts';
import type { Positions } from '../stock/figures/position-table.ts';
import { type Facts, figure, loadOf } from '../stock/stock.ts';
import type { QuoteRequest } from './quote.ts';
import { shareComponents } from './quote-kits.ts';
import { bookOf, type Memory, memoryOf, type NodeBook } from './quote-memory.ts';
import { createScratch, type Scratch, takeList } from './quote-scratch.ts';

export type AskLine = {
  /** Index in `snapshot.products`. */
  readonly sku: number;
  readonly product: WorldProduct;
  readonly quantity: number;
  readonly positions: Positions | undefined;
  /** Its components are shared with another line; `positions` hold its part alone. */
  readonly isShared?: true;
};

export type Ask = {
  readonly snapshot: Snapshot;
  readonly facts: Facts;
  readonly request: QuoteRequest;
  readonly atMinute: number;
  readonly channel: CompiledChannel;
  /** Whose figures count. */
  readonly buyer: Omit<FigureQuestion, 'sku'>;
  readonly destination: Destination;
  /** The address has a point: its own, or its zone's. */
  readonly hasPoint: boolean;
  /** One per SKU, by SKU. */
  readonly lines: readonly AskLine[];
  /** The first SKU whose figure is below what is asked: then there is no option at all (rule 16). */
  readonly shortSku: string | undefined;
  readonly units: number;
  readonly grams: number;
  readonly cm3: number;
  readonly supply: Supply;
  /** Node of each source, ascending. */
  readonly nodes: Int32Array;
  readonly memory: Memory;
  readonly scratch: Scratch;
  /** What is known of each source's node. */
  readonly books: readonly NodeBook[];
  /** By source: whole metres to the destination and one; 0 not worked out yet. */
  readonly meters: Int32Array;
  /** By source: the last parcel waiting for incoming stock whose ready minute was asked for. */
  readonly lastWaiting: WaitingParcels;
};

/** One parcel of each source: its units (0: none yet), the instant it waits for and when it is ready. */
type WaitingParcels = {
  readonly units: Int32Array;
  readonly usableMinute: Int32Array;
  readonly readyMinute: Int32Array;
};

/** Opens a request at `atMinute`. Every SKU must be in the snapshot. */
export function openAsk(
  snapshot: Snapshot,
  facts: Facts,
  asked: { readonly request: QuoteRequest; readonly atMinute: number },
): Ask {
  const { request, atMinute } = asked;
  const channelIndex = channelOf(snapshot, request.channel);
  const channel = snapshot.channels[channelIndex];
  if (channel === undefined) throw new Error(`Bug: no channel ${channelIndex}`);
  const { nowMinute, customerTags } = request;
  const buyer = { channel: request.channel, customerTags, nowMinute, atMinute };
  const merged = mergeLines(snapshot, facts, { request, channel });
  const { lines, shortSku } = shareComponents(facts, merged, { channel, buyer });
  const destination = resolveDestination(snapshot, request.destination);
  const horizon =
    channel.incomingHorizonMinutes === null ? NEVER : atMinute + channel.incomingHorizonMinutes;
  const hasNoLots = channel.incomingHorizonMinutes === 0;
  const memory = memoryOf(snapshot, facts);
  const scratch = memory.spare.pop() ?? createScratch();
  const nodes = nodesWithStock(lines, channel, { horizon: hasNoLots ? -1 : horizon, scratch });
  let units = 0;
  let grams = 0;
  let cm3 = 0;
  for (const { product, quantity } of lines) {
    units += quantity;
    grams += quantity * product.weightGrams;
    cm3 += quantity * product.volumeCm3;
  }
  return {
    snapshot,
    facts,
    request,
    atMinute,
    channel,
    buyer,
    destination,
    hasPoint: destination.zoneIndex >= 0 || request.destination.lat !== undefined,
    lines,
    shortSku:
      lines.find(({ sku, quantity }) => figure(snapshot, facts, { sku, ...buyer }) < quantity)
        ?.product.sku ?? shortSku,
    units,
    grams,
    cm3,
    supply: supplyOf(lines, nodes, {
      atMinute,
      horizon: hasNoLots ? -1 : horizon,
      memory,
      scratch,
    }),
    nodes,
    memory,
    scratch,
    books: Array.from(nodes, (node) => bookOf(memory, node)),
    meters: takeList(scratch, nodes.length),
    lastWaiting: {
      units: takeList(scratch, nodes.length),
      usableMinute: takeList(scratch, nodes.length),
      readyMinute: takeList(scratch, nodes.length),
    },
  };
}

function mergeLines(
  snapshot: Snapshot,
  facts: Facts,
  { request, channel }: { readonly request: QuoteRequest; readonly channel: CompiledChannel },
): AskLine[] {
  const quantities = new Map<number, number>();
  for (const { sku, quantity } of request.lines) {
    const index = snapshot.skuIndex.get(sku);
    if (index === undefined) throw new Error(`Bug: unchecked request, no SKU ${sku}`);
    quantities.set(index, (quantities.get(index) ?? 0) + quantity);
  }
  const lines: AskLine[] = [];
  for (const [sku, quantity] of [...quantities].sort((a, b) => a[0] - b[0])) {
    const product = snapshot.products[sku];
    if (product === undefined) throw new Error(`Bug: no product ${sku}`);
    lines.push({ sku, product, quantity, positions: positionsFor(facts, sku, channel) });
  }
  return lines;
}

/** Merges the lines' ascending lists of nodes; those of the channel with a unit on hand or a usable lot. */
function nodesWithStock(
  lines: readonly AskLine[],
  channel: CompiledChannel,
  within: { readonly horizon: number; readonly scratch: Scratch },
): Int32Array {
  const { horizon, scratch } = within;
  const cursors = takeList(scratch, lines.length);
  let most = 0;
  for (const line of lines) most += line.positions?.count ?? 0;
  const nodes = takeList(scratch, most);
  let count = 0;
  for (;;) {
    let node = NEVER;
    for (let line = 0; line < lines.length; line += 1) {
      const positions = lines[line]?.positions;
      const cursor = cursors[line] ?? 0;
      if (positions === undefined || cursor >= positions.count) continue;
      const next = positions.nodes[cursor] ?? NEVER;
      if (next < node) node = next;
    }
    if (node === NEVER) return nodes.subarray(0, count);
    if (takeNode(lines, { cursors, node, horizon }) && channel.hasNode[node] === 1) {
      nodes[count] = node;
      count += 1;
    }
  }
}

/** Moves the cursors past the node; true when some line has units there. */
function takeNode(
  lines: readonly AskLine[],
  at: { readonly cursors: Int32Array; readonly node: number; readonly horizon: number },
): boolean {
  let hasUnits = false;
  for (let line = 0; line < lines.length; line += 1) {
    const positions = lines[line]?.positions;
    const cursor = at.cursors[line] ?? 0;
    if (positions === undefined || cursor >= positions.count) continue;
    if (positions.nodes[cursor] !== at.node) continue;
    at.cursors[line] = cursor + 1;
    hasUnits ||= (positions.free[cursor] ?? 0) > 0 || hasUsableLot(positions, cursor, at.horizon);
  }
  return hasUnits;
}

function hasUsableLot(positions: Positions, cursor: number, horizon: number): boolean {
  const first = positions.lots[cursor]?.[0];
  return first !== undefined && first.usableMinute <= horizon;
}

function supplyOf(
  lines: readonly AskLine[],
  nodes: Int32Array,
  when: {
    readonly atMinute: number;
    readonly horizon: number;
    readonly memory: Memory;
    readonly scratch: Scratch;
  },
): Supply {
  const lineCount = lines.length;
  const { scratch } = when;
  const onHand = takeList(scratch, nodes.length * lineCount);
  const available = takeList(scratch, nodes.length * lineCount);
  const wholeLines = takeList(scratch, nodes.length);
  const { sourceOfNode } = when.memory;
  for (let source = 0; source < nodes.length; source += 1)
    sourceOfNode[nodes[source] ?? 0] = source;
  for (let line = 0; line < lineCount; line += 1) {
    const { positions, quantity } = lines[line] ?? { positions: undefined, quantity: 0 };
    for (let cursor = 0; cursor < (positions?.count ?? 0); cursor += 1) {
      const source = sourceOfNode[positions?.nodes[cursor] ?? 0] ?? -1;
      if (source < 0 || positions === undefined) continue;
      const free = Math.min(quantity, positions.free[cursor] ?? 0);
      const incoming = free < quantity ? incomingUnits(positions, cursor, when.horizon) : 0;
      const total = Math.min(quantity, free + incoming);
      onHand[source * lineCount + line] = free;
      available[source * lineCount + line] = total;
      if (total === quantity) wholeLines[source] = (wholeLines[source] ?? 0) + 1;
    }
  }
  for (let source = 0; source < nodes.length; source += 1) sourceOfNode[nodes[source] ?? 0] = -1;
  return {
    lineCount,
    quantities: Int32Array.from(lines, (line) => line.quantity),
    gramsPerUnit: Int32Array.from(lines, (line) => line.product.weightGrams),
    cm3PerUnit: Int32Array.from(lines, (line) => line.product.volumeCm3),
    sourceCount: nodes.length,
    onHand,
    available,
    wholeLines,
    usableMinute: (source, line, quantity) =>
      Math.max(when.atMinute, lotMinute(lines[line]?.positions, nodes[source] ?? 0, quantity)),
  };
}

function incomingUnits(positions: Positions, cursor: number, horizon: number): number {
  const lots = positions.lots[cursor];
  if (lots === undefined) return 0;
  let units = 0;
  for (const lot of lots) if (lot.usableMinute <= horizon) units += lot.quantity;
  return units;
}

/** When the lot arrives that brings the node's units of the SKU to `quantity`. */
function lotMinute(positions: Positions | undefined, node: number, quantity: number): number {
  const cursor = positions === undefined ? -1 : cursorOf(positions, node);
  if (positions === undefined || cursor < 0) return NEVER;
  let units = positions.free[cursor] ?? 0;
  if (units >= quantity) return 0;
  for (const lot of positions.lots[cursor] ?? []) {
    units += lot.quantity;
    if (units >= quantity) return lot.usableMinute;
  }
  return NEVER;
}

/** Position of a node in a SKU's rows, or −1. */
export function cursorOf(positions: Positions, node: number): number {
  let low = 0;
  let high = positions.count - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = positions.nodes[middle] ?? 0;
    if (found === node) return middle;
    if (found < node) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Gives the ask's room to the next one. Nothing of the ask may be used any more. */
export function closeAsk(ask: Ask): void {
  ask.scratch.used = 0;
  if (ask.memory.spare.length === 0) ask.memory.spare.push(ask.scratch);
}

/** What of a parcel decides when it is ready. */
export type ParcelWork = { readonly units: number; readonly usableMinute: number };

/** When a parcel is ready to leave the source, asked at the ask's own instant. */
export function readyAtSource(ask: Ask, source: number, parcel: ParcelWork): number {
  const { units, usableMinute } = parcel;
  const last = ask.lastWaiting;
  if (last.units[source] === units && last.usableMinute[source] === usableMinute) {
    return last.readyMinute[source] ?? NEVER;
  }
  const ready = readyAt(ask, source, parcel, ask.atMinute);
  last.units[source] = units;
  last.usableMinute[source] = usableMinute;
  last.readyMinute[source] = ready;
  return ready;
}

/** The same asked at any instant. */
export function readyAt(ask: Ask, source: number, parcel: ParcelWork, atMinute: number): number {
  const node = ask.nodes[source] ?? 0;
  return readyMinute(ask.snapshot, {
    node,
    load: loadOf(ask.facts, node),
    atMinute,
    units: parcel.units,
    usableMinute: parcel.usableMinute,
    kind: 'ship',
  });
}
