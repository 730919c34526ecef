/**
 * What exists, what is spoken for, and how much of it one channel may sell.
 *
 * Stock rows, node loads, waiting orders and live reservations come in and are kept by SKU and node of
 * one snapshot (`Facts`, owned by the service, which applies changes as they arrive); out come a SKU's
 * positions for planning, its sellable figure line by line (figures/formula.ts, lines.ts) and the part
 * each location shows of it (figures/levels.ts), by docs/semantics.md 16 to 18. Units are whole; nothing
 * is read from a clock. Every change raises the version of all SKUs and nodes whose answers it touches.
 */
import { instantToMinuteCeil, instantToMinuteFloor, parseDay, wallToMinute } from '../base/time.ts';
import { channelOf } from '../network/channels.ts';
import { relatedSkus } from '../network/kits.ts';
import { type CompiledLoad, compileLoad, type NodeLoad } from '../network/load.ts';
import type { CompiledNode, KitParts, Snapshot } from '../network/snapshot.ts';
import type { World, WorldPolicy, WorldStockRow } from '../network/world.ts';
import {
  type FigureQuestion,
  type FigureSums,
  figureSums,
  positionsIn,
} from './figures/formula.ts';
import { type FigureLine, figureLines } from './figures/lines.ts';
import {
  createTable,
  findRow,
  type Lot,
  type Positions,
  type PositionTable,
  putCell,
  reserveRooms,
} from './figures/position-table.ts';
import { compileSafetyBook, type SafetyBook, safetyUnits } from './safety-stock.ts';

/** A claim with an expiry by one channel (its code). */
export type Reservation = {
  readonly quantity: number;
  readonly channel: string;
  /** It is live at every whole minute before this one. */
  readonly expiresMinute: number;
};

/** Units of a quota that a reservation holds, or that became an order's. */
export type QuotaUse = {
  /** `quotaMark` of the quota. */
  readonly mark: string;
  readonly quantity: number;
  readonly channel: string;
  /** A reservation's end, as in `Reservation`; `Infinity`: an order's. */
  readonly expiresMinute: number;
};

/** Uses as they are stored; no end: an order's. */
export type QuotaUseRow = Omit<QuotaUse, 'expiresMinute'> & {
  readonly expiresAt?: string | undefined;
};

/** How busy a node is, as it is written (`WorldNode`, or the shop's own table). */
export type LoadRow = Pick<World['nodes'][number], 'backlogUnits' | 'ordersByDate'> & {
  readonly nodeId: string;
  readonly backlogAsOf?: string | undefined;
  /** Local dates without room for any more units. */
  readonly fullDates?: readonly string[] | undefined;
  /** ISO instants of pickup slots without room. */
  readonly fullSlots?: readonly string[] | undefined;
};

/** All facts that change without a new policy, by index of one snapshot. Owned by one writer. */
export type Facts = {
  readonly snapshot: Snapshot;
  /** Every SKU's positions; read by `positionsOf` and the figures. */
  readonly table: PositionTable;
  /** The snapshot's kits; the facts of a receipt hold every kit as a SKU of its own and know none. */
  readonly kits: ReadonlyMap<number, KitParts>;
  readonly kitsWith: ReadonlyMap<number, KitParts>;
  readonly loads: (CompiledLoad | undefined)[];
  /** What `loads` was worked out from. */
  readonly nodeLoads: (NodeLoad | undefined)[];
  /** Units of orders that wait for routing, by SKU. */
  readonly waiting: Map<number, number>;
  readonly reservations: Map<number, readonly Reservation[]>;
  readonly quotas: ReadonlyMap<number, readonly Quota[]>;
  /** What is taken of the SKU's quotas, besides what the policy itself says is used. */
  readonly quotaUses: Map<number, readonly QuotaUse[]>;
  readonly sellingSafety: SafetyBook;
  readonly routingSafety: SafetyBook;
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
  readonly quotaUses?: readonly (QuotaUseRow & { readonly sku: string })[];
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
  putRows(facts, input.stock);
  for (const load of input.loads) applyLoad(facts, load);
  for (const row of input.waiting) {
    const sku = snapshot.skuIndex.get(row.sku);
    if (sku !== undefined) facts.waiting.set(sku, (facts.waiting.get(sku) ?? 0) + row.quantity);
  }
  for (const [sku, rows] of Map.groupBy(input.reservations, (row) => row.sku)) {
    applyReservations(facts, { sku, rows });
  }
  for (const [sku, rows] of Map.groupBy(input.quotaUses ?? [], (row) => row.sku)) {
    applyQuotaUses(facts, { sku, rows });
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
    table: createTable(snapshot.products.length),
    kits: snapshot.kits,
    kitsWith: snapshot.kitsWith,
    loads: new Array(snapshot.nodes.length),
    nodeLoads: new Array(snapshot.nodes.length),
    waiting: new Map(),
    reservations: new Map(),
    quotas,
    quotaUses: new Map(),
    sellingSafety: compileSafetyBook(snapshot.policy.safetyStock),
    routingSafety: compileSafetyBook(snapshot.policy.routingSafetyStock),
    skuVersions: new Float64Array(snapshot.products.length),
    nodeVersions: new Float64Array(snapshot.nodes.length),
  };
}

/** Puts many rows at once into empty facts: room for all of a SKU is made first. */
function putRows(facts: Facts, rows: readonly WorldStockRow[]): void {
  const { skuIndex, products } = facts.snapshot;
  const rowsBySku = new Int32Array(products.length);
  for (const row of rows) {
    const sku = skuIndex.get(row.sku);
    if (sku !== undefined) rowsBySku[sku] = (rowsBySku[sku] ?? 0) + 1;
  }
  reserveRooms(facts.table, rowsBySku);
  for (const row of rows) putRow(facts, row);
}

/** The SKU whose row it is; undefined when the snapshot lacks SKU or node, or the SKU is a kit, which has no stock. */
function putRow(facts: Facts, row: WorldStockRow): number | undefined {
  const { snapshot } = facts;
  const sku = snapshot.skuIndex.get(row.sku) ?? -1;
  const node = snapshot.nodes[snapshot.nodeIndex.get(row.nodeId) ?? -1];
  const product = snapshot.products[sku];
  if (node === undefined || product === undefined || facts.kits.has(sku)) return undefined;
  const { onHand, weeklySales = 0 } = row;
  const at = { product, node: node.source, onHand, weeklySales };
  putCell(
    facts.table,
    { sku, node: node.index },
    {
      onHand,
      unavailable: row.unavailable,
      allocated: row.allocated,
      safety: row.safetyStock ?? safetyUnits(facts.sellingSafety, at),
      routingSafety: safetyUnits(facts.routingSafety, at),
      lots: row.incoming.length === 0 ? undefined : toLots(node, row.incoming),
    },
  );
  return sku;
}

function toLots(node: CompiledNode, incoming: WorldStockRow['incoming']): Lot[] {
  const lots = incoming.map(
    ({ quantity, source, ...lot }): Lot => ({
      usableMinute: usableMinute(node, lot),
      quantity,
      ...(source === undefined ? {} : { source }),
    }),
  );
  return lots.toSorted((a, b) => a.usableMinute - b.usableMinute);
}

/** Rule 1: the expected instant, or 00:00 of the day after the expected day where the node is. */
function usableMinute(
  node: CompiledNode,
  lot: Pick<WorldStockRow['incoming'][number], 'expectedAt' | 'expectedOn'>,
): number {
  if (lot.expectedAt !== undefined) return instantToMinuteCeil(lot.expectedAt);
  const day = parseDay(lot.expectedOn ?? '') + 1;
  return wallToMinute(node.calendar.zone, day, { timeOfDay: 0, side: 'later' });
}

/** Puts one stock row in place of what was known of its SKU at its node. */
export function applyStockRow(facts: Facts, row: WorldStockRow, version?: number): void {
  const sku = putRow(facts, row);
  if (sku === undefined) return;
  for (const kit of facts.snapshot.kitsWith.get(sku) ?? []) facts.table.views[kit.sku] = undefined;
  raiseSku(facts, sku, version);
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
    fullDays: row.fullDates?.map(parseDay),
    fullSlots: row.fullSlots?.map(instantToMinuteFloor),
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
  raiseSku(facts, sku, version);
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
  raiseSku(facts, sku, version);
}

/** Puts these uses in place of all that were known of the SKU's quotas. */
export function applyQuotaUses(
  facts: Facts,
  change: { readonly sku: string; readonly rows: readonly QuotaUseRow[] },
  version?: number,
): void {
  const sku = facts.snapshot.skuIndex.get(change.sku);
  if (sku === undefined || (change.rows.length === 0 && !facts.quotaUses.has(sku))) return;
  const uses = change.rows.map(
    ({ mark, quantity, channel, expiresAt }): QuotaUse => ({
      mark,
      quantity,
      channel,
      expiresMinute: expiresAt === undefined ? Infinity : instantToMinuteCeil(expiresAt),
    }),
  );
  facts.quotaUses.set(sku, uses);
  raiseSku(facts, sku, version);
}

/** Notes that the answers of a SKU, and of the kits and components bound to it, are of this version. */
export function raiseSku(facts: Facts, sku: number, version?: number): void {
  raise(facts.skuVersions, sku, version);
  if (!facts.kits.has(sku) && !facts.kitsWith.has(sku)) return;
  for (const related of relatedSkus(facts.snapshot, sku)) {
    if (related !== sku) raise(facts.skuVersions, related, version);
  }
}

function raise(versions: Float64Array, index: number, version: number | undefined): void {
  const known = versions[index] ?? 0;
  versions[index] = version === undefined ? known + 1 : Math.max(known, version);
}

/** A SKU's stock by node, a kit's where it can be built; undefined: no row anywhere. */
export function positionsOf(facts: Facts, sku: number): Positions | undefined {
  return positionsIn(facts, sku);
}

/**
 * Units of a SKU that routing may take at a node: on hand − unavailable − routing safety stock −
 * allocations, never below 0; of a kit what can be built of such units. What is kept back from sale does
 * not count here, nor this there.
 */
export function routableUnits(facts: Facts, at: { sku: number; node: number }): number {
  const parts = facts.kits.get(at.sku);
  if (parts === undefined) return routableAt(facts, at);
  if (parts.length === 0) return 0;
  return Math.min(
    ...parts.map(({ sku, quantity }) =>
      Math.floor(routableAt(facts, { sku, node: at.node }) / quantity),
    ),
  );
}

function routableAt(facts: Facts, at: { sku: number; node: number }): number {
  const row = findRow(facts.table, at.sku, at.node);
  if (row < 0) return 0;
  const { onHand, unavailable, routingSafety, allocated } = facts.table.columns;
  const kept = (unavailable[row] ?? 0) + (routingSafety[row] ?? 0) + (allocated[row] ?? 0);
  return Math.max(0, (onHand[row] ?? 0) - kept);
}

/** How many SKUs have a row somewhere. */
export function stockedSkuCount(facts: Facts): number {
  let skus = 0;
  for (const rows of facts.table.counts) if (rows > 0) skus += 1;
  return skus;
}

/** Facts without a row in which kits are SKUs like any other, and a way to state each SKU's positions. */
export function emptyPackedFacts(snapshot: Snapshot): Facts {
  return { ...emptyFacts(snapshot), kits: new Map(), kitsWith: new Map() };
}

/** Puts one node's free units and lots into packed facts. */
export function putFree(
  facts: Facts,
  at: { readonly sku: number; readonly node: number },
  held: { readonly free: number; readonly lots: readonly Lot[] | undefined },
): void {
  putCell(facts.table, at, {
    onHand: held.free,
    unavailable: 0,
    allocated: 0,
    safety: 0,
    routingSafety: 0,
    lots: held.lots,
  });
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

/** The figure, every sum that led to it and the lines that add up to it. */
export type Figure = FigureSums & { readonly lines: readonly FigureLine[] };

/** Rule 16: the sellable units of a SKU for one channel and customer. */
export function figure(snapshot: Snapshot, facts: Facts, question: FigureQuestion): number {
  const channel = snapshot.channels[channelOf(snapshot, question.channel)];
  if (channel === undefined) throw new Error('Bug: a snapshot without channels');
  return figureSums(facts, { channel, question }).units;
}

/** The same with its lines, for a person who asks why. */
export function explainFigure(snapshot: Snapshot, facts: Facts, question: FigureQuestion): Figure {
  const channel = snapshot.channels[channelOf(snapshot, question.channel)];
  if (channel === undefined) throw new Error('Bug: a snapshot without channels');
  const sums = figureSums(facts, { channel, question });
  return { ...sums, lines: figureLines(snapshot, facts, { channel, question, sums }) };
}
