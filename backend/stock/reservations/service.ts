/**
 * How is a unit held for a buyer who has not ordered yet, and given back?
 *
 * In: what a checkout or an API caller asks to hold. Out: a reservation with its end, or why not. One transaction takes
 * units, quota, a place in a node's day and a pickup slot together, with one end. Asking again under the same key with
 * the same basket extends, with another basket replaces, all or nothing.
 * Invariants: nothing is granted beyond stock under any concurrency (reservations.ts decides under the lock of the
 * SKU's claims, on counters read after it); every reservation ends as posted, voided or expired, once; one that is past
 * its end counts no more for anybody, whether or not the sweep has come by. Decision record 0055.
 */
import type { Kysely } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import type { InvalidInput, Result } from '../../base/result.ts';
import { instantToMinuteFloor } from '../../base/time.ts';
import type { Clock } from '../../platform/clock.ts';
import { withShop } from '../../platform/database.ts';
import { recordChange } from '../ledger/service.ts';
import type { ShopTransaction } from '../ledger/store.ts';
import type { LiveShop } from '../service.ts';
import {
  askedText,
  bucketsOf,
  type ClaimCounters,
  checkSlot,
  componentsOf,
  decideHolds,
  expiryAfter,
  type Hold,
  type ReservationAsk,
  type ReservationRefusal,
  type ReservationState,
} from './reservations.ts';
import {
  bucketName,
  dropHeader,
  endReservation,
  findExpired,
  type LockedClaims,
  loadHolds,
  lockById,
  lockClaims,
  lockPending,
  pruneEnded,
  type ReservationRow,
  raiseNodes,
  readIncoming,
  readReportedOrders,
  replaceHolds,
  writePending,
} from './store.ts';

/** What the service stands on. */
export type ReservationDependencies = {
  readonly db: Kysely<unknown>;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly openShop: (shopId: ShopId) => Promise<LiveShop | undefined>;
  /** Tells the replicas that there is something new, after the commit. */
  readonly announce: (shopId: ShopId, version: number) => Promise<void>;
};

/** A reservation as its holder sees it. */
export type GrantedReservation = {
  readonly reservationId: string;
  readonly state: ReservationState;
  /** ISO instant, a whole minute; from here on it counts no more. */
  readonly expiresAt: string;
};

/** A reservation that is there no more, or never was. */
export type EndedRefusal =
  | { readonly code: 'not_found' }
  | { readonly code: 'reservation_expired'; readonly reservationId: string }
  | {
      readonly code: 'reservation_ended';
      readonly reservationId: string;
      readonly state: 'posted' | 'voided';
    };

/** Rows freed by one transaction of the sweep, so that it holds its locks for milliseconds. */
const SWEEP_BUCKETS = 200;
const SWEEP_ROUNDS_MAX = 1_000;
/** Ended ones are kept as long as a merchant may ask about them. */
const KEPT_DAYS = 30;

/** Builds the service. */
export function createReservationService(deps: ReservationDependencies) {
  return {
    /** Takes everything asked for, until the end it returns; the same key asked again extends or replaces. */
    reserve: async (
      shopId: ShopId,
      ask: ReservationAsk,
    ): Promise<Result<GrantedReservation, ReservationRefusal | InvalidInput>> => {
      const slot = checkSlot(ask.slot);
      if (!slot.ok) return slot;
      const live = await deps.openShop(shopId);
      if (live === undefined) return { ok: false, refusal: { code: 'no_network' } };
      const done = await withShop(deps.db, shopId, (trx) => reserve(deps, trx, { live, ask }));
      await announce(deps, shopId, done.version);
      return done.result;
    },

    /** Extends a reservation that has not ended. One whose key begins otherwise is somebody else's, and not found. */
    extend: async (
      shopId: ShopId,
      reservationId: string,
      keyPrefix = '',
    ): Promise<Result<GrantedReservation, EndedRefusal>> => {
      const done = await withShop(deps.db, shopId, async (trx) => {
        const row = ownRow(await lockById(trx, shopId, reservationId), keyPrefix);
        const ended = endOf(row, deps.clock.now());
        if (row === undefined || ended !== undefined) return refused(ended);
        return await extend(deps, trx, shopId, row);
      });
      await announce(deps, shopId, done.version);
      return done.result;
    },

    /** Gives everything back; one that has expired is over already. */
    release: async (
      shopId: ShopId,
      reservationId: string,
      keyPrefix = '',
    ): Promise<Result<GrantedReservation, EndedRefusal>> => {
      const done = await withShop(deps.db, shopId, async (trx) => {
        const row = ownRow(await lockById(trx, shopId, reservationId), keyPrefix);
        const ended = endOf(row, deps.clock.now());
        if (row === undefined || ended !== undefined) return refused(ended);
        return await giveBack(deps, trx, shopId, row);
      });
      await announce(deps, shopId, done.version);
      return done.result;
    },

    /** Frees the rows of what has expired; says how many buckets it looked at. Housekeeping: nothing waits for it. */
    sweep: async (shopId: ShopId): Promise<number> => {
      const now = deps.clock.now();
      let count = 0;
      for (let round = 0; round < SWEEP_ROUNDS_MAX; round += 1) {
        const swept = await withShop(deps.db, shopId, async (trx) => {
          const late = await findExpired(trx, shopId, { now, most: SWEEP_BUCKETS });
          if (late.length === 0) return { count: 0, version: undefined };
          await lockClaims(trx, shopId, late, now);
          const version = await record(trx, shopId, late, now);
          return { count: late.length, version };
        });
        await announce(deps, shopId, swept.version);
        count += swept.count;
        if (swept.count < SWEEP_BUCKETS) break;
      }
      const before = now.subtract({ hours: 24 * KEPT_DAYS });
      await withShop(deps.db, shopId, (trx) => pruneEnded(trx, shopId, before));
      return count;
    },
  };
}

/** What `createReservationService` returns. */
export type ReservationService = ReturnType<typeof createReservationService>;

type Done<Refusal extends { readonly code: string }> = {
  readonly result: Result<GrantedReservation, Refusal>;
  /** Absent: no fact changed. */
  readonly version: number | undefined;
};

async function announce(
  deps: ReservationDependencies,
  shopId: ShopId,
  version: number | undefined,
): Promise<void> {
  if (version !== undefined) await deps.announce(shopId, version);
}

function refused<Refusal extends { readonly code: string }>(
  refusal: Refusal | undefined,
): Done<Refusal | { readonly code: 'not_found' }> {
  return {
    result: { ok: false, refusal: refusal ?? { code: 'not_found' } },
    version: undefined,
  };
}

function ownRow(row: ReservationRow | undefined, keyPrefix: string): ReservationRow | undefined {
  return row?.key.startsWith(keyPrefix) === true ? row : undefined;
}

function endOf(row: ReservationRow | undefined, now: Temporal.Instant): EndedRefusal | undefined {
  if (row === undefined) return { code: 'not_found' };
  const { reservationId, state } = row;
  if (state === 'posted' || state === 'voided') {
    return { code: 'reservation_ended', reservationId, state };
  }
  return isPast(row, now) || state === 'expired'
    ? { code: 'reservation_expired', reservationId }
    : undefined;
}

/** True from the very instant of its end on. */
export function isPast(row: Pick<ReservationRow, 'expiresAt'>, now: Temporal.Instant): boolean {
  return Temporal.Instant.compare(row.expiresAt, now) <= 0;
}

async function reserve(
  deps: ReservationDependencies,
  trx: ShopTransaction,
  { live, ask }: { readonly live: LiveShop; readonly ask: ReservationAsk },
): Promise<Done<ReservationRefusal>> {
  const { shopId } = live;
  const now = deps.clock.now();
  const asked = askedText(ask);
  const { row, isNew } = await openReservation(deps, trx, shopId, { ask, asked, now });
  if (!isNew && row.asked === asked) return await extend(deps, trx, shopId, row);
  const before = isNew ? [] : await loadHolds(trx, shopId, row.reservationId);
  const locked = await lockClaims(trx, shopId, [...bucketsOf(live, ask), ...before], now);
  const decided = decideHolds(ask, {
    snapshot: live.snapshot,
    facts: live.facts,
    nowMinute: instantToMinuteFloor(now.toString()),
    own: before,
    counters: await readCounters(trx, { live, ask, locked, own: before }),
  });
  if (!decided.ok) {
    if (isNew) await dropHeader(trx, shopId, row.reservationId);
    return { result: decided, version: undefined };
  }
  const { expiresAt } = expiryAfter(now, row.latestAt);
  const after = decided.value;
  await replaceHolds(trx, shopId, { reservation: row, before, after, expiresAt });
  if (!isNew) {
    await writePending(trx, shopId, { reservationId: row.reservationId, asked, expiresAt });
  }
  const version = await record(trx, shopId, [...before, ...after], now);
  return { result: granted({ ...row, expiresAt }), version };
}

function granted(row: Pick<ReservationRow, 'reservationId' | 'expiresAt' | 'state'>) {
  const { reservationId, state } = row;
  return {
    ok: true,
    value: { reservationId, state, expiresAt: row.expiresAt.toString() },
  } as const;
}

/** The pending reservation of the key, locked. One whose time is over ends here, and another begins. */
async function openReservation(
  deps: ReservationDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  of: { readonly ask: ReservationAsk; readonly asked: string; readonly now: Temporal.Instant },
): Promise<{ readonly row: ReservationRow; readonly isNew: boolean }> {
  const { channel, key } = of.ask;
  const fresh = {
    reservationId: deps.newId(),
    channel,
    key,
    asked: of.asked,
    createdAt: of.now,
    ...expiryAfter(of.now, undefined),
  };
  const row = await lockPending(trx, shopId, fresh);
  if (row.reservationId === fresh.reservationId) return { row, isNew: true };
  if (!isPast(row, of.now)) return { row, isNew: false };
  const { reservationId, expiresAt } = row;
  await endReservation(trx, shopId, { reservationId, state: 'expired', at: expiresAt });
  return { row: await lockPending(trx, shopId, fresh), isNew: true };
}

async function extend(
  deps: ReservationDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  row: ReservationRow,
): Promise<Done<never>> {
  const now = deps.clock.now();
  const { expiresAt } = expiryAfter(now, row.latestAt);
  if (Temporal.Instant.compare(expiresAt, row.expiresAt) <= 0) {
    return { result: granted(row), version: undefined };
  }
  const { reservationId, asked } = row;
  await writePending(trx, shopId, { reservationId, asked, expiresAt });
  const holds = await loadHolds(trx, shopId, reservationId);
  const version = await record(trx, shopId, holds, now);
  return { result: granted({ ...row, expiresAt }), version };
}

async function giveBack(
  deps: ReservationDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  row: ReservationRow,
): Promise<Done<never>> {
  const now = deps.clock.now();
  const before = await loadHolds(trx, shopId, row.reservationId);
  await lockClaims(trx, shopId, before, now);
  await replaceHolds(trx, shopId, { reservation: row, before, after: [], expiresAt: null });
  const { reservationId } = row;
  await endReservation(trx, shopId, { reservationId, state: 'voided', at: now });
  const version = await record(trx, shopId, before, now);
  return { result: granted({ ...row, state: 'voided' }), version };
}

async function readCounters(
  trx: ShopTransaction,
  on: {
    readonly live: LiveShop;
    readonly ask: ReservationAsk;
    readonly locked: LockedClaims;
    readonly own: readonly Hold[];
  },
): Promise<ClaimCounters> {
  const { live, locked } = on;
  const incoming = await readIncoming(trx, live.shopId, shortSkus(on));
  const reported = await reportedOrders(trx, on);
  return {
    stockOf: (sku) => locked.skus.get(sku)?.stock ?? 0,
    incomingOf: (sku) => incoming.get(sku) ?? 0,
    waitingOf: (sku) => {
      const row = locked.skus.get(sku);
      return row === undefined ? 0 : row.waiting + row.unseen;
    },
    takenOf: (bucket) =>
      bucket.kind === 'sku'
        ? (locked.skus.get(bucket.holder)?.reserved ?? 0)
        : (locked.buckets.get(bucketName(bucket)) ?? 0),
    ordersReported: (_nodeId, date) => reported?.[date] ?? 0,
  };
}

/** SKUs whose stock alone does not do: only for them does it matter what is on its way. */
function shortSkus(on: {
  readonly live: LiveShop;
  readonly ask: ReservationAsk;
  readonly locked: LockedClaims;
  readonly own: readonly Hold[];
}): string[] {
  const needed = componentsOf(on.live.snapshot, on.ask.lines);
  const short = needed.filter(({ sku, quantity }) => {
    const row = on.locked.skus.get(sku);
    if (row === undefined) return false;
    const mine = on.own.find((hold) => hold.kind === 'sku' && hold.holder === sku)?.quantity ?? 0;
    return row.stock - row.waiting - row.unseen - row.reserved + mine < quantity;
  });
  return short.map(({ sku }) => sku);
}

async function reportedOrders(
  trx: ShopTransaction,
  on: { readonly live: LiveShop; readonly ask: ReservationAsk },
): Promise<Readonly<Record<string, number>> | undefined> {
  const nodeId = on.ask.capacity?.nodeId;
  if (nodeId === undefined) return undefined;
  const { snapshot, shopId } = on.live;
  const stated = snapshot.nodes[snapshot.nodeIndex.get(nodeId) ?? -1]?.source.ordersByDate;
  return (await readReportedOrders(trx, shopId, nodeId)) ?? stated;
}

/** Marks the SKUs and nodes of holds as changed: every replica reads their claims again. */
async function record(
  trx: ShopTransaction,
  shopId: ShopId,
  holds: readonly Pick<Hold, 'kind' | 'holder'>[],
  now: Temporal.Instant,
): Promise<number> {
  const loads = nodesOf(holds);
  await raiseNodes(trx, shopId, loads);
  return await recordChange(trx, shopId, { claims: skusOf(holds), loads }, now.toString());
}

/** The nodes that holds are of, each once. */
export function nodesOf(holds: readonly Pick<Hold, 'kind' | 'holder'>[]): string[] {
  const ofNodes = holds.filter(({ kind }) => kind !== 'sku' && kind !== 'quota');
  return [...new Set(ofNodes.map(({ holder }) => holder))];
}

/** The SKUs that holds are of, each once. */
export function skusOf(holds: readonly Pick<Hold, 'kind' | 'holder'>[]): string[] {
  const ofSkus = holds.filter(({ kind }) => kind === 'sku' || kind === 'quota');
  return [...new Set(ofSkus.map(({ holder }) => holder))];
}
