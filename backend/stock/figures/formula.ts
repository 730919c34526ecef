/**
 * The numbers of rule 16, from a channel's nodes down to what it may sell.
 *
 * In: facts, a channel, a question. Out: every sum and deduction of the formula, in units. Kits follow
 * rule 18: a kit has the positions it can be built from, what claims a kit claims its components, and a
 * kit is never sold beyond what its components' other claims leave.
 */
import type { CompiledChannel, KitParts } from '../../network/snapshot.ts';
import type { Facts, QuotaUse } from '../stock.ts';
import { kitPositions } from './kit-positions.ts';
import { type Lot, type Positions, type PositionTable, viewOf } from './position-table.ts';

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

/** The figure and the sums that led to it, in units. */
export type FigureSums = {
  /** Σ n over the channel's nodes. */
  readonly onHand: number;
  readonly incoming: number;
  readonly waiting: number;
  readonly reservedElsewhere: number;
  /** Kits that other claims on the components leave impossible; 0 for anything but a kit. */
  readonly claimedOfParts: number;
  /** max(0, onHand + incoming − waiting − reservedElsewhere), less `claimedOfParts`. */
  readonly free: number;
  readonly quotasUnused: number;
  readonly ownQuotaUnused: number;
  /** max(0, free − quotasUnused). */
  readonly pool: number;
  /** floor(pool × share). */
  readonly shared: number;
  readonly visible: number;
  /** What may be sold: `visible`, or 0 below the channel's threshold. */
  readonly units: number;
};

/** A question and the channel it names. */
type Asked = { readonly channel: CompiledChannel; readonly question: FigureQuestion };

const BASIS_POINTS = 10_000;

/** Rule 16, its sums; `explainFigure` (stock.ts) adds the lines. */
export function figureSums(facts: Facts, asked: Asked): FigureSums {
  const { channel, question } = asked;
  const { sku } = question;
  const { onHand, incoming } = sumOfNodes(rowsOf(facts, sku, channel), channel, question);
  const waiting = waitingUnits(facts, sku);
  const reservedElsewhere = reservedUnits(facts, question);
  const unclaimed = Math.max(0, onHand + incoming - waiting - reservedElsewhere);
  const parts = facts.kits.get(sku);
  const free = parts === undefined ? unclaimed : Math.min(unclaimed, kitsLeft(facts, asked, parts));
  const quotas = quotaUnits(facts, question);
  const pool = Math.max(0, free - quotas.unused);
  const shared = Math.floor((pool * channel.shareBasisPoints) / BASIS_POINTS);
  const visible = Math.min(free, shared + quotas.own);
  return {
    onHand,
    incoming,
    waiting,
    reservedElsewhere,
    claimedOfParts: unclaimed - free,
    free,
    quotasUnused: quotas.unused,
    ownQuotaUnused: quotas.own,
    pool,
    shared,
    visible,
    units: visible >= channel.threshold ? visible : 0,
  };
}

/** A SKU's rows: `[from, to)` of some columns. */
export type Rows = {
  readonly from: number;
  readonly to: number;
  readonly nodes: Int32Array;
  readonly free: Int32Array;
  readonly lots: readonly (readonly Lot[] | undefined)[];
};

/** Where a SKU's units lie; a kit's where it can be built from what counts for the channel. */
export function rowsOf(facts: Facts, sku: number, channel: CompiledChannel): Rows {
  const { kits, table } = facts;
  if (kits.size > 0 && kits.has(sku)) {
    const positions = positionsFor(facts, sku, channel);
    if (positions === undefined) return NO_ROWS;
    return { from: 0, to: positions.count, ...positions };
  }
  const from = table.starts[sku] ?? 0;
  const { nodes, free } = table.columns;
  return { from, to: from + (table.counts[sku] ?? 0), nodes, free, lots: table.lots };
}

const NO_ROWS: Rows = {
  from: 0,
  to: 0,
  nodes: new Int32Array(0),
  free: new Int32Array(0),
  lots: [],
};

/** A SKU's rows as a quote reads them, a kit's worked out once and kept until a component changes. */
export function positionsIn(facts: Facts, sku: number): Positions | undefined {
  const { kits, table } = facts;
  const parts = kits.size === 0 ? undefined : kits.get(sku);
  return parts === undefined ? viewOf(table, sku) : kitView(table, sku, parts);
}

/** The same with those lots only that count for the channel by their source. */
export function positionsFor(
  facts: Facts,
  sku: number,
  { incomingSources }: CompiledChannel,
): Positions | undefined {
  const positions = positionsIn(facts, sku);
  if (incomingSources === undefined || positions === undefined) return positions;
  const counts = (lot: Lot) => lot.source === undefined || incomingSources.has(lot.source);
  const parts = facts.kits.get(sku);
  if (parts !== undefined) return kitPositions(facts.table, parts, counts);
  return { ...positions, lots: positions.lots.map((lots) => counted(lots, counts)) };
}

function counted(lots: readonly Lot[] | undefined, counts: (lot: Lot) => boolean) {
  const kept = lots?.filter(counts);
  return kept === undefined || kept.length === 0 ? undefined : kept;
}

function kitView(table: PositionTable, sku: number, parts: KitParts): Positions | undefined {
  const known = table.views[sku];
  if (known !== undefined) return known;
  const made = kitPositions(table, parts);
  table.views[sku] = made;
  return made;
}

/** Which lots count for a channel: usable by a minute, and of its sources. */
export type Due = {
  readonly lastMinute: number;
  readonly sources: ReadonlySet<string> | undefined;
};

/** What counts of incoming for the channel, seen from `atMinute`. */
export function dueFor(channel: CompiledChannel, atMinute: number): Due {
  const { incomingHorizonMinutes, incomingSources } = channel;
  const lastMinute =
    incomingHorizonMinutes === 0 ? -Infinity : atMinute + (incomingHorizonMinutes ?? Infinity);
  return { lastMinute, sources: incomingSources };
}

/** Whether a lot counts. */
export function isDue(lot: Lot, { lastMinute, sources }: Due): boolean {
  if (lot.usableMinute > lastMinute) return false;
  return sources === undefined || lot.source === undefined || sources.has(lot.source);
}

/** Units of the lots that count. */
export function unitsDue(lots: readonly Lot[] | undefined, due: Due): number {
  let units = 0;
  if (lots === undefined) return units;
  for (const lot of lots) if (isDue(lot, due)) units += lot.quantity;
  return units;
}

function sumOfNodes(
  rows: Rows,
  channel: CompiledChannel,
  question: Pick<FigureQuestion, 'atMinute'>,
): { onHand: number; incoming: number } {
  const due = dueFor(channel, question.atMinute);
  const { hasNode } = channel;
  let onHand = 0;
  let incoming = 0;
  for (let row = rows.from; row < rows.to; row += 1) {
    if (hasNode[rows.nodes[row] ?? -1] !== 1) continue;
    onHand += rows.free[row] ?? 0;
    const lots = rows.lots[row];
    if (lots !== undefined) incoming += unitsDue(lots, due);
  }
  return { onHand, incoming };
}

/** Units of orders that wait for routing, those of kits that need the SKU included. */
function waitingUnits(facts: Facts, sku: number): number {
  let units = facts.waiting.get(sku) ?? 0;
  for (const kit of kitsWith(facts, sku)) {
    units += kit.quantity * (facts.waiting.get(kit.sku) ?? 0);
  }
  return units;
}

const NO_KITS: KitParts = [];

function kitsWith({ kitsWith: known }: Facts, sku: number): KitParts {
  return known.size === 0 ? NO_KITS : (known.get(sku) ?? NO_KITS);
}

/** Units of live reservations of other channels, those of kits that need the SKU included. */
function reservedUnits(
  facts: Facts,
  question: Pick<FigureQuestion, 'sku' | 'channel' | 'nowMinute'>,
): number {
  let units = reservedOf(facts, question, question.sku);
  for (const kit of kitsWith(facts, question.sku)) {
    units += kit.quantity * reservedOf(facts, question, kit.sku);
  }
  return units;
}

function reservedOf(
  facts: Facts,
  question: Pick<FigureQuestion, 'channel' | 'nowMinute'>,
  sku: number,
): number {
  let units = 0;
  for (const row of facts.reservations.get(sku) ?? []) {
    const isLive = row.expiresMinute > question.nowMinute;
    if (isLive && row.channel !== question.channel) units += row.quantity;
  }
  return units;
}

type Quotas = { readonly unused: number; readonly own: number };

/** Unused quotas of the SKU and of the kits that need it (`except` left out), and how much of them is the asker's. */
function quotaUnits(facts: Facts, question: FigureQuestion, except = -1): Quotas {
  if (facts.quotas.size === 0) return NO_QUOTAS;
  const { sku } = question;
  let { unused, own } = quotasOf(facts, question, sku);
  for (const kit of kitsWith(facts, sku)) {
    if (kit.sku === except) continue;
    const ofKit = quotasOf(facts, question, kit.sku);
    unused += kit.quantity * ofKit.unused;
    own += kit.quantity * ofKit.own;
  }
  return { unused, own };
}

const NO_QUOTAS: Quotas = { unused: 0, own: 0 };

function quotasOf(facts: Facts, question: FigureQuestion, sku: number): Quotas {
  const quotas = facts.quotas.get(sku);
  if (quotas === undefined) return NO_QUOTAS;
  const uses = facts.quotaUses.get(sku);
  if (uses !== undefined) return quotasInUse(quotas, uses, question);
  let unused = 0;
  let own = 0;
  for (const quota of quotas) {
    const left = Math.max(0, quota.quantity - quota.used);
    unused += left;
    if (isOwnQuota(quota, question)) own += left;
  }
  return { unused, own };
}

/** Whose a quota is. */
type QuotaOwner = {
  readonly channel?: string | undefined;
  readonly customerTag?: string | undefined;
};

/** Which quota of its SKU it is: rows of one channel and tag are one. */
export function quotaMark(quota: QuotaOwner): string {
  return JSON.stringify([quota.channel ?? null, quota.customerTag ?? null]);
}

/** Whether a quota is kept for this asker. */
export function isOwnQuota(
  quota: QuotaOwner,
  asker: Pick<FigureQuestion, 'channel' | 'customerTags'>,
): boolean {
  return (
    (quota.channel === undefined || quota.channel === asker.channel) &&
    (quota.customerTag === undefined || asker.customerTags.includes(quota.customerTag))
  );
}

/**
 * The same where units of the quotas are taken. What a reservation of the asker's own channel holds is still in Free
 * (rule 16 deducts those of others), so it stays off the pool; nobody is given it a second time all the same.
 */
function quotasInUse(
  quotas: NonNullable<ReturnType<Facts['quotas']['get']>>,
  uses: readonly QuotaUse[],
  question: FigureQuestion,
): Quotas {
  let unused = 0;
  let own = 0;
  for (const [mark, rows] of Map.groupBy(quotas, quotaMark)) {
    let left = 0;
    for (const { quantity, used } of rows) left += Math.max(0, quantity - used);
    const { gone, heldHere } = unitsTaken(uses, mark, question);
    unused += Math.max(0, left - gone);
    const [rule] = rows;
    if (rule !== undefined && isOwnQuota(rule, question)) {
      own += Math.max(0, left - gone - heldHere);
    }
  }
  return { unused, own };
}

/** Units of a quota that are gone, and those that reservations of the asker's own channel hold. */
function unitsTaken(
  uses: readonly QuotaUse[],
  mark: string,
  { channel, nowMinute }: FigureQuestion,
): { readonly gone: number; readonly heldHere: number } {
  let gone = 0;
  let heldHere = 0;
  for (const use of uses) {
    if (use.mark !== mark || use.expiresMinute <= nowMinute) continue;
    const isHere = use.expiresMinute !== Infinity && use.channel === channel;
    if (isHere) heldHere += use.quantity;
    else gone += use.quantity;
  }
  return { gone, heldHere };
}

/** How many kits the components leave once their own claims and the quotas of others are taken off. */
function kitsLeft(facts: Facts, asked: Asked, parts: KitParts): number {
  const { channel, question } = asked;
  let least = parts.length === 0 ? 0 : Number.MAX_SAFE_INTEGER;
  for (const { sku, quantity } of parts) {
    const ofPart = { channel, question: { ...question, sku } };
    least = Math.min(least, Math.floor(unclaimedUnits(facts, ofPart, question.sku) / quantity));
  }
  return least;
}

/** A SKU's units that no order, reservation or quota of another claims; `exceptKit`: whose quotas do not count. */
export function unclaimedUnits(facts: Facts, asked: Asked, exceptKit = -1): number {
  const { channel, question } = asked;
  const sum = sumOfNodes(rowsOf(facts, question.sku, channel), channel, question);
  const claimed = waitingUnits(facts, question.sku) + reservedUnits(facts, question);
  const { unused, own } = quotaUnits(facts, question, exceptKit);
  return Math.max(0, sum.onHand + sum.incoming - claimed - (unused - own));
}

/**
 * What a SKU's free units lack of its nodes' units when it stands alone, without the kits and components it
 * is bound to: claims, theirs included, and the quotas of kits that are not the asker's.
 */
export function spokenForUnits(facts: Facts, asked: Asked): number {
  const { question } = asked;
  const { sku } = question;
  const claimed = waitingUnits(facts, sku) + reservedUnits(facts, question);
  if (!facts.kits.has(sku) && !facts.kitsWith.has(sku)) return claimed;
  const ofItself = quotasOf(facts, question, sku);
  const withKits = quotaUnits(facts, question);
  const ofKits = withKits.unused - withKits.own - (ofItself.unused - ofItself.own);
  return claimed + figureSums(facts, asked).claimedOfParts + ofKits;
}
