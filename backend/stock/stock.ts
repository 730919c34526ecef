/**
 * What exists, what is spoken for, and how much of it one channel may sell.
 *
 * Stock rows, node loads, waiting orders and live reservations come in and are kept by SKU and node of
 * one snapshot (`Facts`, owned by the service, which applies changes as they arrive); out come a SKU's
 * positions for planning and its sellable figure, both by docs/semantics.md 16 and 17. Units are
 * whole; nothing is read from a clock. Every change raises the version of the SKU or node it touches.
 */
import { instantToMinuteCeil, instantToMinuteFloor, parseDay, wallToMinute } from '../base/time.ts';
import { channelOf } from '../network/channels.ts';
import { type CompiledLoad, compileLoad, type NodeLoad } from '../network/load.ts';
import type { CompiledChannel, CompiledNode, Snapshot } from '../network/snapshot.ts';
import type { World, WorldPolicy, WorldStockRow } from '../network/world.ts';
import { compileSafetyBook, type SafetyBook, safetyUnits } from './safety-stock.ts';

/** Incoming units and the instant from which they can be worked on (it may be past). */
export type Lot = { readonly usableMinute: number; readonly quantity: number };

/** One SKU's stock by node, in ascending order of node index. */
export type Positions = {
  readonly count: number;
  readonly nodes: Int32Array;
  /** n of rule 16: on hand − unavailable − safety stock − allocations, never below 0. */
  readonly free: Int32Array;
  /** Incoming by usable instant; undefined where none is due. */
  readonly lots: readonly (readonly Lot[] | undefined)[];
};

/** A claim with an expiry by one channel (its code). */
export type Reservation = {
  readonly quantity: number;
  readonly channel: string;
  /** It is live at every whole minute before this one. */
  readonly expiresMinute: number;
};

/** How busy a node is, as it is written (`WorldNode`, or the shop's own table). */
export type LoadRow = Pick<World['nodes'][number], 'backlogUnits' | 'ordersByDate'> & {
  readonly nodeId: string;
  readonly backlogAsOf?: string | undefined;
};

/** All facts that change without a new policy, by index of one snapshot. Owned by one writer. */
export type Facts = {
  readonly snapshot: Snapshot;
  readonly positions: (Positions | undefined)[];
  readonly loads: (CompiledLoad | undefined)[];
  /** What `loads` was worked out from. */
  readonly nodeLoads: (NodeLoad | undefined)[];
  /** Units of orders that wait for routing, by SKU. */
  readonly waiting: Map<number, number>;
  readonly reservations: Map<number, readonly Reservation[]>;
  readonly quotas: ReadonlyMap<number, readonly Quota[]>;
  readonly safetyBook: SafetyBook;
  /** Rise with every change of what a quote reads of the SKU or node. */
  readonly skuVersions: Float64Array;
  readonly nodeVersions: Float64Array;
};

type Quota = WorldPolicy['quotas'][number];

/** What `compileFacts` starts from; a world's own lists fit. */
export type FactsInput = {
  readonly stock: readonly WorldStockRow[];
  readonly loads: readonly LoadRow[];
  readonly waiting: readonly { readonly sku: string; readonly quantity: number }[];
  readonly reservations: WorldPolicy['reservations'];
};

/** The facts a world states. */
export function factsOfWorld(snapshot: Snapshot, world: Pick<World, 'stock' | 'nodes'>): Facts {
  return compileFacts(snapshot, {
    stock: world.stock,
    loads: world.nodes.map((node) => ({ ...node, nodeId: node.id })),
    waiting: snapshot.policy.waiting,
    reservations: snapshot.policy.reservations,
  });
}

/** Facts about a snapshot's SKUs and nodes; rows that name others are left out. */
export function compileFacts(snapshot: Snapshot, input: FactsInput): Facts {
  const facts = emptyFacts(snapshot);
  for (const [code, rows] of Map.groupBy(input.stock, (row) => row.sku)) {
    const sku = snapshot.skuIndex.get(code);
    if (sku === undefined) continue;
    const entries = rows.flatMap((row) => toEntry(facts, sku, row) ?? []);
    facts.positions[sku] = toPositions(entries.toSorted((a, b) => a.node - b.node));
  }
  for (const load of input.loads) applyLoad(facts, load);
  for (const row of input.waiting) {
    const sku = snapshot.skuIndex.get(row.sku);
    if (sku !== undefined) facts.waiting.set(sku, (facts.waiting.get(sku) ?? 0) + row.quantity);
  }
  for (const [sku, rows] of Map.groupBy(input.reservations, (row) => row.sku)) {
    applyReservations(facts, { sku, rows });
  }
  return facts;
}

/** No stock anywhere, no load, nothing waiting; the policy's quotas hold. */
export function emptyFacts(snapshot: Snapshot): Facts {
  const quotas = new Map<number, Quota[]>();
  for (const quota of snapshot.policy.quotas) {
    const sku = snapshot.skuIndex.get(quota.sku);
    if (sku === undefined) continue;
    const list = quotas.get(sku);
    if (list === undefined) quotas.set(sku, [quota]);
    else list.push(quota);
  }
  return {
    snapshot,
    positions: new Array(snapshot.products.length),
    loads: new Array(snapshot.nodes.length),
    nodeLoads: new Array(snapshot.nodes.length),
    waiting: new Map(),
    reservations: new Map(),
    quotas,
    safetyBook: compileSafetyBook(snapshot.policy.safetyStock),
    skuVersions: new Float64Array(snapshot.products.length),
    nodeVersions: new Float64Array(snapshot.nodes.length),
  };
}

type Entry = { readonly node: number; readonly free: number; readonly lots: Lot[] | undefined };

function toEntry(facts: Facts, sku: number, row: WorldStockRow): Entry | undefined {
  const { snapshot } = facts;
  const node = snapshot.nodes[snapshot.nodeIndex.get(row.nodeId) ?? -1];
  const product = snapshot.products[sku];
  if (node === undefined || product === undefined) return undefined;
  const keptBack =
    row.safetyStock ??
    safetyUnits(facts.safetyBook, { product, node: node.source, onHand: row.onHand });
  return {
    node: node.index,
    free: Math.max(0, row.onHand - row.unavailable - keptBack - row.allocated),
    lots: row.incoming.length === 0 ? undefined : toLots(node, row.incoming),
  };
}

function toLots(node: CompiledNode, incoming: WorldStockRow['incoming']): Lot[] {
  const lots = incoming.map(
    (lot): Lot => ({ usableMinute: usableMinute(node, lot), quantity: lot.quantity }),
  );
  return lots.toSorted((a, b) => a.usableMinute - b.usableMinute);
}

/** Rule 1: the expected instant, or 00:00 of the day after the expected day where the node is. */
function usableMinute(node: CompiledNode, lot: WorldStockRow['incoming'][number]): number {
  if (lot.expectedAt !== undefined) return instantToMinuteCeil(lot.expectedAt);
  const day = parseDay(lot.expectedOn ?? '') + 1;
  return wallToMinute(node.calendar.zone, day, { timeOfDay: 0, side: 'later' });
}

function toPositions(entries: readonly Entry[]): Positions {
  return {
    count: entries.length,
    nodes: Int32Array.from(entries, (entry) => entry.node),
    free: Int32Array.from(entries, (entry) => entry.free),
    lots: entries.map((entry) => entry.lots),
  };
}

/** Puts one stock row in place of what was known of its SKU at its node. */
export function applyStockRow(facts: Facts, row: WorldStockRow, version?: number): void {
  const sku = facts.snapshot.skuIndex.get(row.sku);
  const entry = sku === undefined ? undefined : toEntry(facts, sku, row);
  if (sku === undefined || entry === undefined) return;
  const known = facts.positions[sku];
  const entries: Entry[] = [entry];
  for (let index = 0; index < (known?.count ?? 0); index += 1) {
    const node = known?.nodes[index] ?? -1;
    if (node === entry.node) continue;
    const lots = known?.lots[index];
    entries.push({ node, free: known?.free[index] ?? 0, lots: lots && [...lots] });
  }
  facts.positions[sku] = toPositions(entries.toSorted((a, b) => a.node - b.node));
  raise(facts.skuVersions, sku, version);
}

/** Puts a node's load in place of what was known of it. */
export function applyLoad(facts: Facts, row: LoadRow, version?: number): void {
  const node = facts.snapshot.nodeIndex.get(row.nodeId);
  if (node === undefined) return;
  const load: NodeLoad = {
    backlogUnits: row.backlogUnits,
    backlogAsOfMinute:
      row.backlogAsOf === undefined ? undefined : instantToMinuteFloor(row.backlogAsOf),
    ordersByDate: row.ordersByDate,
  };
  facts.nodeLoads[node] = load;
  facts.loads[node] = compileLoad(facts.snapshot, node, load);
  raise(facts.nodeVersions, node, version);
}

/** Sets how many units of a SKU are in orders that wait for routing. */
export function applyWaiting(
  facts: Facts,
  row: { readonly sku: string; readonly quantity: number },
  version?: number,
): void {
  const sku = facts.snapshot.skuIndex.get(row.sku);
  if (sku === undefined) return;
  facts.waiting.set(sku, row.quantity);
  raise(facts.skuVersions, sku, version);
}

/** Puts these reservations in place of all that were known of the SKU. */
export function applyReservations(
  facts: Facts,
  change: {
    readonly sku: string;
    readonly rows: readonly Omit<WorldPolicy['reservations'][number], 'sku'>[];
  },
  version?: number,
): void {
  const sku = facts.snapshot.skuIndex.get(change.sku);
  if (sku === undefined) return;
  const reservations = change.rows.map(
    (row): Reservation => ({
      quantity: row.quantity,
      channel: row.channel,
      expiresMinute: instantToMinuteCeil(row.expiresAt),
    }),
  );
  facts.reservations.set(sku, reservations);
  raise(facts.skuVersions, sku, version);
}

function raise(versions: Float64Array, index: number, version: number | undefined): void {
  const known = versions[index] ?? 0;
  versions[index] = version === undefined ? known + 1 : Math.max(known, version);
}

/** A SKU's stock by node; undefined: no row anywhere. */
export function positionsOf(facts: Facts, sku: number): Positions | undefined {
  return facts.positions[sku];
}

/** A node's load; worked out as idle when nothing was ever said of it. */
export function loadOf(facts: Facts, node: number): CompiledLoad {
  const known = facts.loads[node];
  if (known !== undefined) return known;
  const idle = compileLoad(facts.snapshot, node, IDLE);
  facts.loads[node] = idle;
  return idle;
}

const IDLE: NodeLoad = { backlogUnits: 0, backlogAsOfMinute: undefined, ordersByDate: {} };

/** Whose figure, and when. */
export type FigureQuestion = {
  /** Index of the SKU. */
  readonly sku: number;
  /** The channel's code as the request names it; the policy need not know it. */
  readonly channel: string;
  readonly customerTags: readonly string[];
  /** Reservations are live while they expire after this minute. */
  readonly nowMinute: number;
  /** The incoming horizon is counted from here. */
  readonly atMinute: number;
};

/** The figure and every deduction that led to it, each in units. */
export type Figure = {
  readonly onHand: number;
  readonly incoming: number;
  readonly waiting: number;
  readonly reservedElsewhere: number;
  /** max(0, onHand + incoming − waiting − reservedElsewhere). */
  readonly free: number;
  readonly quotasUnused: number;
  readonly ownQuotaUnused: number;
  /** max(0, free − quotasUnused). */
  readonly pool: number;
  readonly visible: number;
  /** What may be sold: `visible`, or 0 below the channel's threshold. */
  readonly units: number;
};

/** Rule 16: the sellable units of a SKU for one channel and customer. */
export function figure(snapshot: Snapshot, facts: Facts, question: FigureQuestion): number {
  return explainFigure(snapshot, facts, question).units;
}

const BASIS_POINTS = 10_000;

/** The same with its lines, for a person who asks why. */
export function explainFigure(snapshot: Snapshot, facts: Facts, question: FigureQuestion): Figure {
  const channel = snapshot.channels[channelOf(snapshot, question.channel)];
  if (channel === undefined) throw new Error('Bug: a snapshot without channels');
  const { onHand, incoming } = channelUnits(facts, channel, question);
  const waiting = facts.waiting.get(question.sku) ?? 0;
  const reservedElsewhere = reservedByOthers(facts, question);
  const free = Math.max(0, onHand + incoming - waiting - reservedElsewhere);
  const { quotasUnused, ownQuotaUnused } = quotaUnits(facts, question);
  const pool = Math.max(0, free - quotasUnused);
  const share = Math.floor((pool * channel.shareBasisPoints) / BASIS_POINTS);
  const visible = Math.min(free, share + ownQuotaUnused);
  return {
    onHand,
    incoming,
    waiting,
    reservedElsewhere,
    free,
    quotasUnused,
    ownQuotaUnused,
    pool,
    visible,
    units: visible >= channel.threshold ? visible : 0,
  };
}

function channelUnits(facts: Facts, channel: CompiledChannel, question: FigureQuestion) {
  const positions = facts.positions[question.sku];
  const lotsUntil =
    channel.incomingHorizonMinutes === 0
      ? -Infinity
      : question.atMinute + (channel.incomingHorizonMinutes ?? Infinity);
  let onHand = 0;
  let incoming = 0;
  for (let index = 0; index < (positions?.count ?? 0); index += 1) {
    if (channel.hasNode[positions?.nodes[index] ?? -1] !== 1) continue;
    onHand += positions?.free[index] ?? 0;
    incoming += unitsUntil(positions?.lots[index], lotsUntil);
  }
  return { onHand, incoming };
}

function unitsUntil(lots: readonly Lot[] | undefined, lastMinute: number): number {
  let units = 0;
  if (lots === undefined) return units;
  for (const lot of lots) if (lot.usableMinute <= lastMinute) units += lot.quantity;
  return units;
}

function reservedByOthers(facts: Facts, question: FigureQuestion): number {
  let units = 0;
  for (const row of facts.reservations.get(question.sku) ?? []) {
    const isLive = row.expiresMinute > question.nowMinute;
    if (isLive && row.channel !== question.channel) units += row.quantity;
  }
  return units;
}

function quotaUnits(facts: Facts, question: FigureQuestion) {
  let quotasUnused = 0;
  let ownQuotaUnused = 0;
  for (const quota of facts.quotas.get(question.sku) ?? []) {
    const unused = Math.max(0, quota.quantity - quota.used);
    quotasUnused += unused;
    const isOwn =
      (quota.channel === undefined || quota.channel === question.channel) &&
      (quota.customerTag === undefined || question.customerTags.includes(quota.customerTag));
    if (isOwn) ownQuotaUnused += unused;
  }
  return { quotasUnused, ownQuotaUnused };
}
