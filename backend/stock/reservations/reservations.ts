/**
 * What may be reserved, for how long, and how a reservation ends.
 *
 * In: what is asked, the shop's live network and facts, and the claims as they stand under the lock of their rows.
 * Out: the holds to take (units of SKUs and quotas, orders and units of a node's date, a pickup slot), all of them or
 * a refusal. Every grant obeys docs/semantics.md 16 for its channel and customer, with *all* reservations deducted and
 * not only those of other channels (two buyers of one channel must not hold the same unit), and the hard rule
 * reserved + waiting + allocated ≤ stock, whatever facts in memory say. Decision record 0055.
 */
import { compareIds } from '../../base/ids.ts';
import { type Result, refuseInput } from '../../base/result.ts';
import { instantToMinuteCeil } from '../../base/time.ts';
import { relatedSkus } from '../../network/kits.ts';
import type { Snapshot } from '../../network/snapshot.ts';
import type { WorldPolicy } from '../../network/world.ts';
import { isOwnQuota, quotaMark } from '../figures/formula.ts';
import { explainFigure, type Facts, type Reservation } from '../stock.ts';

/** What is reserved: units, and with them a place in a node's day or a pickup slot when asked for. */
export type ReservationAsk = {
  readonly channel: string;
  /** Checkout token, or an API caller's own key: one pending reservation a channel and key. */
  readonly key: string;
  readonly customerTags: readonly string[];
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  /** Preparation of one order at a node on a local date (`YYYY-MM-DD`). */
  readonly capacity?: { readonly nodeId: string; readonly date: string } | undefined;
  /** A quarter hour at which the goods are fetched from a node; ISO instant. */
  readonly slot?: { readonly nodeId: string; readonly startsAt: string } | undefined;
};

/** A thing of which there is only so much. `mark`: '' for a SKU, else which quota, date or instant. */
export type Bucket = {
  readonly kind: 'sku' | 'quota' | 'orders' | 'units' | 'slot';
  /** SKU or node. */
  readonly holder: string;
  readonly mark: string;
};

/** Units of a bucket that one reservation holds. */
export type Hold = Bucket & { readonly quantity: number };

/** Why nothing was reserved. */
export type ReservationRefusal =
  | { readonly code: 'unknown_sku'; readonly sku: string }
  | { readonly code: 'unknown_node'; readonly nodeId: string }
  | {
      readonly code: 'insufficient_stock';
      readonly sku: string;
      readonly wanted: number;
      /** What this channel and customer could have now. */
      readonly sellable: number;
    }
  | {
      readonly code: 'slot_full';
      readonly nodeId: string;
      readonly startsAt: string;
      readonly capacity: number;
    }
  | {
      readonly code: 'capacity_full';
      readonly nodeId: string;
      readonly date: string;
      readonly limitedBy: 'ordersPerDay' | 'unitsPerDay';
      readonly limit: number;
    }
  | { readonly code: 'reservation_expired'; readonly reservationId: string }
  /** The shop has no network yet: nothing can be sold from it. */
  | { readonly code: 'no_network' };

/** Activity extends by so much … */
export const HOLD_MINUTES = 10;
/** … and altogether to no more than this after the first request; a checkout open longer asks anew. */
export const LONGEST_HOLD_MINUTES = 60;

/** Pending is the only state that anything follows; the others are ends. */
export const RESERVATION_STATES = {
  pending: ['posted', 'voided', 'expired'],
  posted: [],
  voided: [],
  expired: [],
} as const satisfies Record<string, readonly string[]>;

export type ReservationState = keyof typeof RESERVATION_STATES;

/** Whole minutes, so that rule 16's whole minute and the database's instant agree when it ends. */
export function expiryAfter(
  now: Temporal.Instant,
  latest: Temporal.Instant | undefined,
): { readonly expiresAt: Temporal.Instant; readonly latestAt: Temporal.Instant } {
  const minute = now.round({ smallestUnit: 'minute', roundingMode: 'ceil' });
  const latestAt = latest ?? minute.add({ minutes: LONGEST_HOLD_MINUTES });
  const wanted = minute.add({ minutes: HOLD_MINUTES });
  return {
    expiresAt: Temporal.Instant.compare(wanted, latestAt) < 0 ? wanted : latestAt,
    latestAt,
  };
}

/** The claims on what an ask touches, as the locked rows say. */
export type ClaimCounters = {
  /** Σ over nodes of max(0, on hand − unavailable) − allocated; may be below 0 after a recount. */
  stockOf(sku: string): number;
  /** Units of every lot on its way. */
  incomingOf(sku: string): number;
  /** Orders without a node, known and unseen. */
  waitingOf(sku: string): number;
  /** Units held of a bucket by live reservations, the asker's own included. */
  takenOf(bucket: Bucket): number;
  /** Orders on a node's date that other systems report. */
  ordersReported(nodeId: string, date: string): number;
};

type Grounded = { readonly snapshot: Snapshot; readonly facts: Facts };

/** What a decision stands on. */
export type ReservationGrounds = Grounded & {
  readonly nowMinute: number;
  readonly counters: ClaimCounters;
  /** What this very reservation holds already: it is replaced, so it does not stand in its own way. */
  readonly own: readonly Hold[];
};

/** Everything asked for, or why not; never a part. */
export function decideHolds(
  ask: ReservationAsk,
  grounds: ReservationGrounds,
): Result<readonly Hold[], ReservationRefusal> {
  const lines = mergeLines(ask.lines);
  const unknown = lines.find(({ sku }) => !grounds.snapshot.skuIndex.has(sku));
  if (unknown !== undefined) {
    return { ok: false, refusal: { code: 'unknown_sku', sku: unknown.sku } };
  }
  const needed = componentsOf(grounds.snapshot, lines);
  const claims = claimsOn(ask, needed, grounds);
  for (const line of lines) {
    if (!grounds.snapshot.kits.has(grounds.snapshot.skuIndex.get(line.sku) ?? -1)) continue;
    const sellable = figureOf(ask, line.sku, claims.facts, grounds).units;
    if (line.quantity > sellable) return tooMany(line, sellable);
  }
  const holds: Hold[] = [];
  for (const line of needed) {
    const sellable = sellableUnits(ask, line.sku, claims.facts, grounds);
    if (line.quantity > sellable) return tooMany(line, sellable);
    holds.push(...holdUnits(ask, line, claims.quotas));
  }
  const decided = decidePlaces(ask, grounds);
  return decided.ok ? { ok: true, value: [...holds, ...decided.value] } : decided;
}

type AskedUnits = { readonly sku: string; readonly quantity: number };

function tooMany({ sku, quantity: wanted }: AskedUnits, sellable: number) {
  return {
    ok: false,
    refusal: { code: 'insufficient_stock', sku, wanted, sellable },
  } as const;
}

/** One line a SKU, by SKU. */
export function mergeLines(lines: readonly AskedUnits[]): AskedUnits[] {
  const bySku = new Map<string, number>();
  for (const { sku, quantity } of lines) bySku.set(sku, (bySku.get(sku) ?? 0) + quantity);
  return [...bySku]
    .map(([sku, quantity]) => ({ sku, quantity }))
    .toSorted((a, b) => compareIds(a.sku, b.sku));
}

/** What is taken from stock: a kit's components in its place, all else as it is. One line a SKU, by SKU. */
export function componentsOf(
  snapshot: Pick<Snapshot, 'skuIndex' | 'kits' | 'products'>,
  lines: readonly AskedUnits[],
): AskedUnits[] {
  return mergeLines(
    lines.flatMap((line) => {
      const parts = snapshot.kits.get(snapshot.skuIndex.get(line.sku) ?? -1);
      if (parts === undefined) return [line];
      return parts.map(({ sku, quantity }) => ({
        sku: snapshot.products[sku]?.sku ?? '',
        quantity: quantity * line.quantity,
      }));
    }),
  );
}

function holdUnits(
  ask: ReservationAsk,
  { sku, quantity: wanted }: AskedUnits,
  quotas: readonly CountedQuota[],
): Hold[] {
  const holds: Hold[] = [{ kind: 'sku', holder: sku, mark: '', quantity: wanted }];
  // The buyer's own quota first: it is kept for just this, and the pool stays for the others.
  let left = wanted;
  for (const { rule, unused, bucket } of quotas) {
    if (bucket.holder !== sku || !isOwnQuota(rule, ask)) continue;
    const quantity = Math.min(left, unused);
    if (quantity > 0) holds.push({ ...bucket, quantity });
    left -= quantity;
  }
  return holds;
}

type Quota = WorldPolicy['quotas'][number];
type CountedQuota = { readonly rule: Quota; readonly unused: number; readonly bucket: Bucket };

/** The bucket of a quota: rows of one SKU, channel and tag share it. */
export function quotaBucket(rule: Pick<Quota, 'sku' | 'channel' | 'customerTag'>): Bucket {
  return { kind: 'quota', holder: rule.sku, mark: quotaMark(rule) };
}

function quotasOf(grounds: ReservationGrounds, sku: string): CountedQuota[] {
  const rules = grounds.facts.quotas.get(grounds.snapshot.skuIndex.get(sku) ?? -1) ?? [];
  const byMark = Map.groupBy(rules, (rule) => quotaBucket(rule).mark);
  return [...byMark.values()].flatMap((same) => {
    const [rule] = same;
    if (rule === undefined) return [];
    const bucket = quotaBucket(rule);
    const stated = same.reduce((sum, one) => sum + Math.max(0, one.quantity - one.used), 0);
    return [{ rule, bucket, unused: Math.max(0, stated - takenByOthers(grounds, bucket)) }];
  });
}

function takenByOthers({ counters, own }: ReservationGrounds, bucket: Bucket): number {
  const mine = own.find((hold) => isSameBucket(hold, bucket))?.quantity ?? 0;
  return counters.takenOf(bucket) - mine;
}

export function isSameBucket(a: Bucket, b: Bucket): boolean {
  return a.kind === b.kind && a.holder === b.holder && a.mark === b.mark;
}

// No channel has this code: its reservations are everybody else's.
const EVERYBODY = '\0everybody';

/** The facts with the claims of the locked rows in place of those in memory, every reservation as another's. */
function claimsOn(
  ask: ReservationAsk,
  needed: readonly AskedUnits[],
  grounds: ReservationGrounds,
): { readonly facts: Facts; readonly quotas: readonly CountedQuota[] } {
  const { snapshot, facts, counters } = grounds;
  const waiting = new Map<number, number>();
  const reservations = new Map<number, readonly Reservation[]>();
  const quotas = new Map<number, readonly Quota[]>();
  const counted: CountedQuota[] = [];
  const skus = new Set([...needed, ...ask.lines].map(({ sku }) => sku));
  for (const sku of skus) {
    const index = snapshot.skuIndex.get(sku) ?? -1;
    // Quotas of kits that need it keep its units too.
    for (const related of relatedSkus(snapshot, index)) {
      const ofKit = quotas.get(related) ?? facts.quotas.get(related);
      if (ofKit !== undefined) quotas.set(related, ofKit);
    }
    waiting.set(index, counters.waitingOf(sku) + statedWaiting(snapshot, sku));
    const quantity = takenByOthers(grounds, { kind: 'sku', holder: sku, mark: '' });
    const held = { quantity, channel: EVERYBODY, expiresMinute: Infinity };
    reservations.set(index, [held, ...statedReservations(snapshot, sku)]);
    const ofSku = quotasOf(grounds, sku);
    counted.push(...ofSku);
    quotas.set(
      index,
      ofSku.map(({ rule, unused }) => ({ ...rule, quantity: unused, used: 0 })),
    );
  }
  // What is taken of quotas is deducted above, by the locked rows.
  const claimed = { ...facts, waiting, reservations, quotas, quotaUses: new Map() };
  return { facts: claimed, quotas: counted };
}

/** Units that the policy itself says are waiting or reserved: other systems' claims, which no table of ours has. */
function statedWaiting({ policy }: Snapshot, sku: string): number {
  return policy.waiting.reduce((sum, row) => sum + (row.sku === sku ? row.quantity : 0), 0);
}

function statedReservations({ policy }: Snapshot, sku: string): Reservation[] {
  return policy.reservations
    .filter((row) => row.sku === sku)
    .map(({ quantity, expiresAt }) => ({
      quantity,
      channel: EVERYBODY,
      expiresMinute: instantToMinuteCeil(expiresAt),
    }));
}

function figureOf(ask: ReservationAsk, sku: string, facts: Facts, grounds: ReservationGrounds) {
  const { snapshot, nowMinute } = grounds;
  const { channel, customerTags } = ask;
  return explainFigure(snapshot, facts, {
    sku: snapshot.skuIndex.get(sku) ?? -1,
    channel,
    customerTags,
    nowMinute,
    atMinute: nowMinute,
  });
}

/** What rule 16 leaves for this asker once every other reservation is deducted, within what there really is. */
function sellableUnits(
  ask: ReservationAsk,
  sku: string,
  facts: Facts,
  grounds: ReservationGrounds,
): number {
  const { counters } = grounds;
  const figure = figureOf(ask, sku, facts, grounds);
  // Lots count as far as this channel may sell them, and only those the database still knows.
  const incoming = Math.min(figure.incoming, counters.incomingOf(sku));
  const reserved = takenByOthers(grounds, { kind: 'sku', holder: sku, mark: '' });
  const left = counters.stockOf(sku) + incoming - counters.waitingOf(sku) - reserved;
  return Math.max(0, Math.min(figure.units, left));
}

function decidePlaces(
  ask: ReservationAsk,
  grounds: ReservationGrounds,
): Result<readonly Hold[], ReservationRefusal> {
  const holds: Hold[] = [];
  for (const decide of [decideCapacity, decideSlot]) {
    const decided = decide(ask, grounds);
    if (!decided.ok) return decided;
    holds.push(...decided.value);
  }
  return { ok: true, value: holds };
}

function decideCapacity(
  { capacity, lines }: ReservationAsk,
  grounds: ReservationGrounds,
): Result<readonly Hold[], ReservationRefusal> {
  if (capacity === undefined) return { ok: true, value: [] };
  const { nodeId, date } = capacity;
  const node = nodeOf(grounds, nodeId);
  if (node === undefined) return { ok: false, refusal: { code: 'unknown_node', nodeId } };
  const units = lines.reduce((sum, line) => sum + line.quantity, 0);
  const orders: Bucket = { kind: 'orders', holder: nodeId, mark: date };
  const work: Bucket = { kind: 'units', holder: nodeId, mark: date };
  const reported = grounds.counters.ordersReported(nodeId, date);
  const limits = [
    ['ordersPerDay', node.ordersPerDay, takenByOthers(grounds, orders) + reported + 1],
    ['unitsPerDay', node.unitsPerDay, takenByOthers(grounds, work) + units],
  ] as const;
  for (const [limitedBy, limit, after] of limits) {
    if (limit === undefined || after <= limit) continue;
    return { ok: false, refusal: { code: 'capacity_full', nodeId, date, limitedBy, limit } };
  }
  return {
    ok: true,
    value: [
      { ...orders, quantity: 1 },
      { ...work, quantity: units },
    ],
  };
}

function decideSlot(
  { slot }: ReservationAsk,
  grounds: ReservationGrounds,
): Result<readonly Hold[], ReservationRefusal> {
  if (slot === undefined) return { ok: true, value: [] };
  const { nodeId, startsAt } = slot;
  const node = nodeOf(grounds, nodeId);
  if (node === undefined || !node.offersPickup) {
    return { ok: false, refusal: { code: 'unknown_node', nodeId } };
  }
  const bucket = slotBucket(slot);
  const capacity = node.pickupsPerSlot;
  if (capacity !== undefined && takenByOthers(grounds, bucket) + 1 > capacity) {
    return { ok: false, refusal: { code: 'slot_full', nodeId, startsAt, capacity } };
  }
  return { ok: true, value: [{ ...bucket, quantity: 1 }] };
}

/** One spelling of an instant, so that one slot is one bucket. */
export function slotBucket(slot: NonNullable<ReservationAsk['slot']>): Bucket {
  const mark = Temporal.Instant.from(slot.startsAt).toString({ smallestUnit: 'minute' });
  return { kind: 'slot', holder: slot.nodeId, mark };
}

function nodeOf({ snapshot }: ReservationGrounds, nodeId: string) {
  return snapshot.nodes[snapshot.nodeIndex.get(nodeId) ?? -1]?.source;
}

/** Every bucket an ask may touch: what has to be locked before it is decided. */
export function bucketsOf({ snapshot, facts }: Grounded, ask: ReservationAsk): Bucket[] {
  const buckets = componentsOf(snapshot, ask.lines).flatMap(({ sku }): Bucket[] => {
    const quotas = facts.quotas.get(snapshot.skuIndex.get(sku) ?? -1) ?? [];
    return [{ kind: 'sku', holder: sku, mark: '' }, ...quotas.map(quotaBucket)];
  });
  const { capacity, slot } = ask;
  if (capacity !== undefined) {
    const { nodeId: holder, date: mark } = capacity;
    buckets.push({ kind: 'orders', holder, mark }, { kind: 'units', holder, mark });
  }
  if (slot !== undefined) buckets.push(slotBucket(slot));
  return buckets;
}

/** The same text for the same ask, whatever the order of its lines and tags. */
export function askedText(ask: ReservationAsk): string {
  const { capacity, slot } = ask;
  return JSON.stringify([
    mergeLines(ask.lines).map(({ sku, quantity }) => [sku, quantity]),
    [...new Set(ask.customerTags)].toSorted(compareIds),
    capacity === undefined ? null : [capacity.nodeId, capacity.date],
    slot === undefined ? null : [slot.nodeId, slotBucket(slot).mark],
  ]);
}

const QUARTER_MINUTES = 15;

/** Refuses a slot that is no whole quarter hour: rule 11 offers no other. */
export function checkSlot(slot: ReservationAsk['slot']): Result<undefined> {
  if (slot === undefined) return { ok: true, value: undefined };
  const at = Temporal.Instant.from(slot.startsAt);
  if (at.epochMilliseconds % (QUARTER_MINUTES * 60_000) === 0)
    return { ok: true, value: undefined };
  return refuseInput({
    pointer: '/slot/startsAt',
    value: slot.startsAt,
    allowed: 'an instant on a whole quarter hour',
    remedy: 'Take the instant of a store-pickup option as it was quoted.',
  });
}
