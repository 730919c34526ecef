/**
 * Where do figures wait for Shopify, and what is open there?
 *
 * In: figures as they are planned, outcomes of calls, levels as they were read. Out: what to send next. Every function
 * is one transaction; lists go as arrays, so that a thousand levels cost a statement and not a thousand.
 * Invariants: a figure and the chunk that announces it are written together; a call is here from before it leaves until
 * its outcome is booked, and booked once (its row is deleted in the same transaction); a plan or a read that is older
 * than what is known changes nothing. Instants are parameters; rows are reached through `withShop` alone.
 */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import { withShop } from '../../platform/database.ts';
import { begin, freeRestocked, openCalls, refuse, retryItems, settle } from './call-rows.ts';
import type { CallOutcome, PushCall, RefusedRow } from './calls.ts';
import {
  addChunks,
  announceDirty,
  type ChunkLane,
  deleteChunks,
  mark,
  type OpenChunk,
  openChunks,
  openReads,
  type PlannedLevels,
  type ReadLevel,
} from './chunk-rows.ts';
import type { PlanCursor } from './figures.ts';
import { bigints, integers, refsOf } from './number-columns.ts';
import { hold, lockLevels, plannedTo, release, savePlannedTo, saveTrouble } from './worker-rows.ts';

/** What a turn decided to begin, from the chunks it saw. */
export type Begun = {
  readonly calls: readonly PushCall[];
  readonly consumed: readonly number[];
  /** Levels to look at again, by lane. */
  readonly again: readonly { lane: ChunkLane; locations: number[]; items: number[] }[];
};

/** What came back, how many chunks to look at beside those of sales, and what decides. */
type Turn = {
  readonly outcomes: readonly CallOutcome[];
  readonly chunks: number;
  readonly decide: (chunks: readonly OpenChunk[]) => Begun;
};

/** Levels as read, the figures worked out after the read, and the chunks that asked for it. */
type BookedRead = {
  readonly levels: readonly ReadLevel[];
  readonly planned: PlannedLevels | undefined;
  readonly consumed: readonly number[];
};

type Trx = Transaction<unknown>;

export function createOutboxStore(db: Kysely<unknown>) {
  const inShop = <Value>(shopId: ShopId, work: (trx: Trx) => Promise<Value>) =>
    withShop(db, shopId, work);
  const writingLevels = <Value>(shopId: ShopId, work: (trx: Trx) => Promise<Value>) =>
    inShop(shopId, async (trx) => {
      await lockLevels(trx, shopId);
      return await work(trx);
    });
  return {
    /** Writes figures and announces those that changed; says how many did. */
    mark: (shopId: ShopId, planned: PlannedLevels, now: Temporal.Instant) =>
      writingLevels(shopId, (trx) => mark(trx, shopId, planned, now)),
    /** Announces levels without changing their figure. */
    announce: (
      shopId: ShopId,
      at: { lane: ChunkLane; locations: readonly number[]; items: readonly number[] },
      now: Temporal.Instant,
    ) => inShop(shopId, (trx) => addChunks(trx, shopId, at, now)),
    /** Books outcomes, looks at the next chunks and begins what `decide` makes of them; one transaction. */
    turn: (shopId: ShopId, turn: Turn, now: Temporal.Instant): Promise<readonly PushCall[]> =>
      writingLevels(shopId, async (trx) => {
        await settle(trx, shopId, turn.outcomes, now);
        const chunks = turn.chunks === 0 ? [] : await openChunks(trx, shopId, turn.chunks);
        const { calls, consumed, again } = turn.decide(chunks);
        await begin(trx, shopId, calls, now);
        if (consumed.length > 0) await deleteChunks(trx, shopId, consumed);
        for (const refs of again) await addChunks(trx, shopId, refs, now);
        return calls;
      }),
    /** Calls that were begun and never settled, oldest first. */
    openCalls: (shopId: ShopId) => inShop(shopId, (trx) => openCalls(trx, shopId)),
    /** Up to `most` read chunks. */
    openReads: (shopId: ShopId, most: number) =>
      inShop(shopId, (trx) => openReads(trx, shopId, most)),
    /** Books levels as read, with the figures worked out after the read, and ends the chunks that asked for it. */
    bookReads: (shopId: ShopId, read: BookedRead, now: Temporal.Instant) =>
      writingLevels(shopId, async (trx) => {
        await bookLevels(trx, shopId, read.levels);
        const there = read.levels.filter(({ quantities }) => quantities !== null);
        await freeRestocked(trx, shopId, there);
        if (read.planned !== undefined) await mark(trx, shopId, read.planned, now);
        await announceDirty(trx, shopId, read.levels, now);
        await deleteChunks(trx, shopId, read.consumed);
      }),
    /** True when this holder has the shop until `until`; takes it when nobody does. */
    hold: (
      shopId: ShopId,
      holder: string,
      at: { now: Temporal.Instant; until: Temporal.Instant },
    ) => inShop(shopId, (trx) => hold(trx, shopId, holder, at)),
    /** Gives the shop back. */
    release: (shopId: ShopId, holder: string, now: Temporal.Instant) =>
      inShop(shopId, (trx) => release(trx, shopId, holder, now)),
    /** Up to where changes are planned. */
    plannedTo: (shopId: ShopId) => inShop(shopId, (trx) => plannedTo(trx, shopId)),
    savePlannedTo: (shopId: ShopId, cursor: PlanCursor) =>
      inShop(shopId, (trx) => savePlannedTo(trx, shopId, cursor)),
    /** Quarantines levels for a reason of ours. */
    refuse: (shopId: ShopId, rows: readonly RefusedRow[], now: Temporal.Instant) =>
      writingLevels(shopId, (trx) => refuse(trx, shopId, rows, now)),
    /** Items changed: what was refused of them is read and tried again. */
    retryItems: (shopId: ShopId, itemIds: readonly number[], now: Temporal.Instant) =>
      writingLevels(shopId, (trx) => retryItems(trx, shopId, itemIds, now)),
    /** Why nothing can be sent at all, or null when it can. */
    saveTrouble: (shopId: ShopId, trouble: string | null) =>
      inShop(shopId, (trx) => saveTrouble(trx, shopId, trouble)),
  };
}

/** What `createOutboxStore` returns. */
export type OutboxStore = ReturnType<typeof createOutboxStore>;

// Shopify dates a level to the second: a read in the second of our own write is not older than it.
async function bookLevels(trx: Trx, shopId: ShopId, levels: readonly ReadLevel[]): Promise<void> {
  if (levels.length === 0) return;
  const { locations, items } = refsOf(levels);
  const of = (pick: (q: NonNullable<ReadLevel['quantities']>) => number) =>
    integers(levels.map(({ quantities }) => (quantities === null ? 0 : pick(quantities))));
  await sql`
    insert into inventory_level as l
      (shop_id, location_id, item_id, available, known_parked, committed, known_at, is_stocked)
    select ${shopId}, u.location_id, u.item_id, u.available, u.parked, u.committed, u.known_at, u.is_stocked
    from unnest(${bigints(locations)}, ${bigints(items)}, ${of((q) => q.available)}, ${of((q) => q.parked)},
      ${of((q) => q.committed)}, ${levels.map((one) => one.updatedAt)}::timestamptz[],
      ${levels.map((one) => one.quantities !== null)}::boolean[])
      as u(location_id, item_id, available, parked, committed, known_at, is_stocked)
    order by 2, 3
    on conflict (shop_id, location_id, item_id) do update
      set available = excluded.available, known_parked = excluded.known_parked, committed = excluded.committed,
        known_at = greatest(l.known_at, excluded.known_at), is_stocked = excluded.is_stocked
      where l.known_at <= excluded.known_at + interval '1 second'`.execute(trx);
}
