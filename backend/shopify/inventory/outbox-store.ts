/**
 * Where do figures wait for Shopify, and what is open there?
 *
 * In: figures as they are planned, outcomes of calls, levels as they were read. Out: what to send next. Every function
 * is one transaction; lists go as arrays, so that a thousand levels cost a statement and not a thousand.
 * Invariants: a figure and the chunk that announces it are written together; a call is here from before it leaves until
 * its outcome is booked, and booked once (its row is deleted in the same transaction); a plan or a read that is older
 * than what is known changes nothing. Instants are parameters; rows are reached through `withShop` alone.
 */
import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import { assert } from '../../base/result.ts';
import { withShop } from '../../platform/database.ts';
import type { CallKind, CallLane, CallOutcome, LevelState, PushCall, RefusedRow } from './calls.ts';
import type { PlanCursor } from './figures.ts';

/** Which chunk is looked at first. */
export const CHUNK_LANES = { sale: 1, read: 2, resync: 3 } as const;
export type ChunkLane = keyof typeof CHUNK_LANES;

/** Figures worked out at one number of the stock clock; row `n` is the `n`th of every list. */
export type PlannedLevels = {
  readonly version: number;
  readonly lane: CallLane;
  readonly locations: readonly number[];
  readonly items: readonly number[];
  readonly targets: readonly number[];
  /** Units for `safety_stock`; absent: none. */
  readonly parked?: readonly number[];
};

/** A chunk with the levels in it that need something. */
export type OpenChunk = {
  readonly lane: ChunkLane;
  readonly seq: number;
  readonly levels: readonly LevelState[];
};

/** What a turn decided to begin, from the chunks it saw. */
export type Begun = {
  readonly calls: readonly PushCall[];
  readonly consumed: readonly number[];
  /** Levels to look at again, by lane. */
  readonly again: readonly { lane: ChunkLane; locations: number[]; items: number[] }[];
};

/** A level as Shopify just told. */
export type ReadLevel = {
  readonly locationId: number;
  readonly itemId: number;
  /** Null: not stocked there. */
  readonly quantities: {
    readonly available: number;
    readonly committed: number;
    readonly parked: number;
  } | null;
  /** ISO instant. */
  readonly updatedAt: string;
};

type Trx = Transaction<unknown>;

export function createOutboxStore(db: Kysely<unknown>) {
  const inShop = <Value>(shopId: ShopId, work: (trx: Trx) => Promise<Value>) =>
    withShop(db, shopId, work);
  return {
    /** Writes figures and announces those that changed; says how many did. */
    mark: (shopId: ShopId, planned: PlannedLevels, now: Temporal.Instant) =>
      inShop(shopId, (trx) => mark(trx, shopId, planned, now)),
    /** Announces levels without changing their figure. */
    announce: (
      shopId: ShopId,
      at: { lane: ChunkLane; locations: readonly number[]; items: readonly number[] },
      now: Temporal.Instant,
    ) => inShop(shopId, (trx) => addChunks(trx, shopId, at, now)),
    /** Books outcomes, looks at the next chunks and begins what `decide` makes of them; one transaction. */
    turn: (
      shopId: ShopId,
      turn: {
        readonly outcomes: readonly CallOutcome[];
        readonly chunks: number;
        readonly decide: (chunks: readonly OpenChunk[]) => Begun;
      },
      now: Temporal.Instant,
    ): Promise<readonly PushCall[]> =>
      inShop(shopId, async (trx) => {
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
    bookReads: (
      shopId: ShopId,
      read: {
        readonly levels: readonly ReadLevel[];
        readonly planned: PlannedLevels | undefined;
        readonly consumed: readonly number[];
      },
      now: Temporal.Instant,
    ) =>
      inShop(shopId, async (trx) => {
        await bookLevels(trx, shopId, read.levels);
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
      inShop(shopId, async (trx) => {
        await sql`update push_worker set held_until = ${now.toString()}::timestamptz
          where shop_id = ${shopId} and holder = ${holder}`.execute(trx);
      }),
    /** Up to where changes are planned. */
    plannedTo: (shopId: ShopId) => inShop(shopId, (trx) => plannedTo(trx, shopId)),
    savePlannedTo: (shopId: ShopId, { stock, policy }: PlanCursor) =>
      inShop(shopId, async (trx) => {
        await sql`update push_worker set stock_version = greatest(stock_version, ${stock}),
          policy_version = greatest(policy_version, ${policy}) where shop_id = ${shopId}`.execute(
          trx,
        );
      }),
    /** Quarantines levels for a reason of ours. */
    refuse: (shopId: ShopId, rows: readonly RefusedRow[], now: Temporal.Instant) =>
      inShop(shopId, (trx) => refuse(trx, shopId, rows, now)),
    /** Items changed: what was refused of them is read and tried again. */
    retryItems: (shopId: ShopId, itemIds: readonly number[], now: Temporal.Instant) =>
      inShop(shopId, (trx) => retryItems(trx, shopId, itemIds, now)),
    /** Why nothing can be sent at all, or null when it can. */
    saveTrouble: (shopId: ShopId, trouble: string | null) =>
      inShop(shopId, async (trx) => {
        await sql`update push_worker set trouble = ${trouble}
          where shop_id = ${shopId} and trouble is distinct from ${trouble}`.execute(trx);
      }),
  };
}

/** What `createOutboxStore` returns. */
export type OutboxStore = ReturnType<typeof createOutboxStore>;

// Sorted by key, so that two writers never wait for each other in a circle.
async function mark(
  trx: Trx,
  shopId: ShopId,
  planned: PlannedLevels,
  now: Temporal.Instant,
): Promise<number> {
  const { locations, items, targets, version } = planned;
  const parked = planned.parked ?? items.map(() => 0);
  const { rows } = await sql<{ marked: number }>`
    with changed as (
      insert into inventory_level as l (shop_id, location_id, item_id, target, parked, planned_version)
      select ${shopId}, u.location_id, u.item_id, u.target, u.parked, ${version}
      from unnest(${bigints(locations)}, ${bigints(items)}, ${integers(targets)}, ${integers(parked)})
        as u(location_id, item_id, target, parked)
      order by 2, 3
      on conflict (shop_id, location_id, item_id) do update
        set target = excluded.target, parked = excluded.parked, planned_version = excluded.planned_version
        where l.planned_version <= excluded.planned_version
          and (l.target is distinct from excluded.target or l.parked <> excluded.parked)
      returning location_id, item_id
    ), numbered as (
      select location_id, item_id, (row_number() over (order by location_id, item_id) - 1) / 250 as part
      from changed
    ), chunked as (
      insert into push_chunk (shop_id, lane, marked_at, locations, items)
      select ${shopId}, ${CHUNK_LANES[planned.lane]}, ${now.toString()}::timestamptz,
        array_agg(location_id order by location_id, item_id), array_agg(item_id order by location_id, item_id)
      from numbered group by part order by part
    )
    select count(*)::int as marked from changed`.execute(trx);
  return rows[0]?.marked ?? 0;
}

async function addChunks(
  trx: Trx,
  shopId: ShopId,
  at: { lane: ChunkLane; locations: readonly number[]; items: readonly number[] },
  now: Temporal.Instant,
): Promise<void> {
  if (at.items.length === 0) return;
  await sql`
    insert into push_chunk (shop_id, lane, marked_at, locations, items)
    select ${shopId}, ${CHUNK_LANES[at.lane]}, ${now.toString()}::timestamptz,
      array_agg(u.location_id order by n), array_agg(u.item_id order by n)
    from unnest(${bigints(at.locations)}, ${bigints(at.items)}) with ordinality as u(location_id, item_id, n)
    group by (n - 1) / 250 order by (n - 1) / 250`.execute(trx);
}

async function deleteChunks(trx: Trx, shopId: ShopId, seqs: readonly number[]): Promise<void> {
  await sql`delete from push_chunk where shop_id = ${shopId} and lane in (1, 2, 3)
    and seq = any(${bigints(seqs)})`.execute(trx);
}

// Levels come as one text a chunk: a tenth of the cost of a row each, on both sides. What needs nothing stays out; what
// was never read or is not stocked comes along, for `nextStep` to decide.
async function openChunks(trx: Trx, shopId: ShopId, resyncChunks: number) {
  const { rows } = await sql<{ lane: number; seq: number; levels: string | null }>`
    with c as (
      (select lane, seq, locations, items from push_chunk
        where shop_id = ${shopId} and lane = 1 order by seq limit 250)
      union all
      (select lane, seq, locations, items from push_chunk
        where shop_id = ${shopId} and lane = 3 order by seq limit ${resyncChunks})
    )
    select c.lane, c.seq, (
      select string_agg(concat_ws(':', l.location_id, l.item_id, coalesce(l.available::text, ''), l.target,
        l.known_parked, l.parked, l.is_stocked::int), ',' order by u.n)
      from unnest(c.locations, c.items) with ordinality as u(location_id, item_id, n)
      join inventory_level l
        on l.shop_id = ${shopId} and l.location_id = u.location_id and l.item_id = u.item_id
      where not l.is_refused and l.target is not null
        and (l.available is distinct from l.target or l.known_parked <> l.parked or not l.is_stocked)
    ) as levels
    from c order by c.lane, c.seq`.execute(trx);
  return rows.map(
    ({ lane, seq, levels }): OpenChunk => ({
      lane: lane === CHUNK_LANES.sale ? 'sale' : 'resync',
      seq,
      levels: levels === null ? [] : levels.split(',').map(parseLevel),
    }),
  );
}

function parseLevel(text: string): LevelState {
  const [locationId, itemId, available, target, knownParked, parked, isStocked] = text.split(':');
  return {
    locationId: Number(locationId),
    itemId: Number(itemId),
    available: available === '' ? null : Number(available),
    target: Number(target),
    knownParked: Number(knownParked),
    parked: Number(parked),
    isStocked: isStocked === '1',
  };
}

async function begin(
  trx: Trx,
  shopId: ShopId,
  calls: readonly PushCall[],
  now: Temporal.Instant,
): Promise<void> {
  if (calls.length === 0) return;
  const rows = calls.map(
    (call) => sql`(${shopId}, ${call.key}, ${call.kind}, ${CHUNK_LANES[call.lane]},
      ${now.toString()}::timestamptz, ${bigints(call.locations)}, ${bigints(call.items)},
      ${integers(call.from)}, ${integers(call.to)}, ${integers(call.parked)})`,
  );
  await sql`
    insert into push_call (shop_id, call_key, kind, lane, begun_at, locations, items, from_units, to_units, parked_units)
    values ${sql.join(rows)}`.execute(trx);
}

async function openCalls(trx: Trx, shopId: ShopId): Promise<readonly PushCall[]> {
  const { rows } = await sql<{
    key: string;
    kind: CallKind;
    lane: number;
    locations: string;
    items: string;
    from: string;
    to: string;
    parked: string;
  }>`
    select call_key as key, kind, lane, array_to_string(locations, ',') as locations,
      array_to_string(items, ',') as items, array_to_string(from_units, ',') as "from",
      array_to_string(to_units, ',') as "to", array_to_string(parked_units, ',') as parked
    from push_call where shop_id = ${shopId} order by begun_at, call_key`.execute(trx);
  const numbers = (text: string) => text.split(',').map(Number);
  return rows.map((row) => ({
    key: row.key,
    kind: row.kind,
    lane: row.lane === CHUNK_LANES.sale ? 'sale' : 'resync',
    locations: numbers(row.locations),
    items: numbers(row.items),
    from: numbers(row.from),
    to: numbers(row.to),
    parked: numbers(row.parked),
  }));
}

async function settle(
  trx: Trx,
  shopId: ShopId,
  outcomes: readonly CallOutcome[],
  now: Temporal.Instant,
): Promise<void> {
  if (outcomes.length === 0) return;
  const keys = outcomes.map(({ call }) => call.key);
  const ended =
    await sql`delete from push_call where shop_id = ${shopId} and call_key = any(${keys}::uuid[])`.execute(
      trx,
    );
  // Somebody else holds the shop now and has booked them: nothing of this turn may be written.
  assert(Number(ended.numAffectedRows) === keys.length, 'a call was settled by another holder');
  await settleApplied(trx, shopId, outcomes, now);
  const refused = outcomes.flatMap((one) => one.refused);
  await refuse(trx, shopId, refused, now);
  const unstocked = outcomes.flatMap((one) => one.unstocked);
  if (unstocked.length > 0) {
    await sql`update inventory_level l set is_stocked = false
      from unnest(${bigints(unstocked.map((one) => one.locationId))}, ${bigints(unstocked.map((one) => one.itemId))})
        as u(location_id, item_id)
      where l.shop_id = ${shopId} and l.location_id = u.location_id and l.item_id = u.item_id`.execute(
      trx,
    );
    await addChunks(trx, shopId, { lane: 'sale', ...refsOf(unstocked) }, now);
  }
  const stale = outcomes.flatMap((one) => one.stale);
  await addChunks(trx, shopId, { lane: 'read', ...refsOf(stale) }, now);
  const following = outcomes.flatMap((one) => one.following);
  await begin(trx, shopId, following, now);
}

function refsOf(rows: readonly { readonly locationId: number; readonly itemId: number }[]) {
  return { locations: rows.map((one) => one.locationId), items: rows.map((one) => one.itemId) };
}

// A level that Shopify changed after our write, as a webhook or a read told meanwhile, keeps what is newer and is read.
async function settleApplied(
  trx: Trx,
  shopId: ShopId,
  outcomes: readonly CallOutcome[],
  now: Temporal.Instant,
): Promise<void> {
  const done = outcomes.filter((one) => one.applied.length > 0);
  if (done.length === 0) return;
  const rows = done.flatMap((one) => one.applied);
  const nth = done.flatMap((one, index) => one.applied.map(() => index + 1));
  const ats = done.map((one) => one.changedAt ?? null);
  const { locations, items } = refsOf(rows);
  const booked = await sql`
    update inventory_level l set available = u.units, is_stocked = true, known_parked = u.parked,
      known_at = coalesce((${ats}::timestamptz[])[u.nth], l.known_at)
    from unnest(${bigints(locations)}, ${bigints(items)}, ${integers(rows.map((one) => one.to))},
      ${integers(done.flatMap(parkedAfter))}, ${integers(nth)})
      as u(location_id, item_id, units, parked, nth)
    where l.shop_id = ${shopId} and l.location_id = u.location_id and l.item_id = u.item_id
      and l.known_at <= coalesce((${ats}::timestamptz[])[u.nth], l.known_at)`.execute(trx);
  if (Number(booked.numAffectedRows) < rows.length) {
    await addChunks(trx, shopId, { lane: 'read', locations, items }, now);
  }
  const last =
    ats
      .filter((at) => at !== null)
      .toSorted()
      .at(-1) ?? null;
  await sql`update push_worker set last_push_at = greatest(last_push_at, ${last}::timestamptz)
    where shop_id = ${shopId}`.execute(trx);
  await announceUnfinished(trx, shopId, done, now);
}

function parkedAfter({ call, applied }: CallOutcome): number[] {
  return applied.map(({ from, to, parked }) =>
    call.kind === 'move' ? parked + from - to : parked,
  );
}

// A level with a parked share takes several steps; the next one is announced when the last is done.
async function announceUnfinished(
  trx: Trx,
  shopId: ShopId,
  done: readonly CallOutcome[],
  now: Temporal.Instant,
): Promise<void> {
  const stepping = done.filter(
    ({ call, applied }) => call.kind === 'move' || applied.some((row) => row.parked !== 0),
  );
  for (const { call, applied } of stepping) {
    await addChunks(trx, shopId, { lane: call.lane, ...refsOf(applied) }, now);
  }
}

async function refuse(
  trx: Trx,
  shopId: ShopId,
  refused: readonly RefusedRow[],
  now: Temporal.Instant,
): Promise<void> {
  if (refused.length === 0) return;
  const { locations, items } = refsOf(refused);
  await sql`
    insert into push_refusal as r (shop_id, location_id, item_id, code, message, refused_at)
    select ${shopId}, u.location_id, u.item_id, u.code, u.message, ${now.toString()}::timestamptz
    from unnest(${bigints(locations)}, ${bigints(items)}, ${refused.map((one) => one.code)}::text[],
      ${refused.map((one) => one.message)}::text[]) as u(location_id, item_id, code, message)
    on conflict (shop_id, location_id, item_id) do update
      set code = excluded.code, message = excluded.message, refused_at = excluded.refused_at,
        tries = r.tries + 1`.execute(trx);
  await sql`update inventory_level l set is_refused = true
    from unnest(${bigints(locations)}, ${bigints(items)}) as u(location_id, item_id)
    where l.shop_id = ${shopId} and l.location_id = u.location_id and l.item_id = u.item_id`.execute(
    trx,
  );
}

async function openReads(trx: Trx, shopId: ShopId, most: number) {
  const { rows } = await sql<{ seq: number; locations: string; items: string }>`
    select seq, array_to_string(locations, ',') as locations, array_to_string(items, ',') as items
    from push_chunk where shop_id = ${shopId} and lane = 2 order by seq limit ${most}`.execute(trx);
  const seqs = rows.map((row) => row.seq);
  const locations = rows.flatMap((row) => row.locations.split(',').map(Number));
  const items = rows.flatMap((row) => row.items.split(',').map(Number));
  return { seqs, locations, items };
}

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

// What was read and still does not say what it shall goes on at once: somebody waits for it.
async function announceDirty(
  trx: Trx,
  shopId: ShopId,
  levels: readonly ReadLevel[],
  now: Temporal.Instant,
): Promise<void> {
  if (levels.length === 0) return;
  const { locations, items } = refsOf(levels);
  await sql`
    with dirty as (
      select l.location_id, l.item_id, (row_number() over (order by l.location_id, l.item_id) - 1) / 250 as part
      from unnest(${bigints(locations)}, ${bigints(items)}) as u(location_id, item_id)
      join inventory_level l
        on l.shop_id = ${shopId} and l.location_id = u.location_id and l.item_id = u.item_id
      where l.target is not null and not l.is_refused
        and (l.available is distinct from l.target or l.known_parked <> l.parked or not l.is_stocked)
    )
    insert into push_chunk (shop_id, lane, marked_at, locations, items)
    select ${shopId}, 1, ${now.toString()}::timestamptz, array_agg(location_id), array_agg(item_id)
    from dirty group by part`.execute(trx);
}

async function hold(
  trx: Trx,
  shopId: ShopId,
  holder: string,
  { now, until }: { now: Temporal.Instant; until: Temporal.Instant },
): Promise<boolean> {
  const { rows } = await sql`
    insert into push_worker as w (shop_id, holder, held_until)
    values (${shopId}, ${holder}, ${until.toString()}::timestamptz)
    on conflict (shop_id) do update set holder = excluded.holder, held_until = excluded.held_until
      where w.holder = excluded.holder or w.held_until <= ${now.toString()}::timestamptz
    returning 1 as held`.execute(trx);
  return rows.length > 0;
}

async function plannedTo(trx: Trx, shopId: ShopId): Promise<PlanCursor> {
  const { rows } = await sql<PlanCursor>`
    select stock_version as stock, policy_version as policy from push_worker
    where shop_id = ${shopId}`.execute(trx);
  return rows[0] ?? { stock: 0, policy: 0 };
}

async function retryItems(
  trx: Trx,
  shopId: ShopId,
  itemIds: readonly number[],
  now: Temporal.Instant,
): Promise<void> {
  const { rows } = await sql<{ locationId: number; itemId: number }>`
    with freed as (
      update inventory_level set is_refused = false
      where shop_id = ${shopId} and item_id = any(${bigints(itemIds)}) and is_refused
      returning location_id, item_id
    ), forgotten as (
      delete from push_refusal r using freed f
      where r.shop_id = ${shopId} and r.location_id = f.location_id and r.item_id = f.item_id
    )
    select location_id as "locationId", item_id as "itemId" from freed`.execute(trx);
  await addChunks(trx, shopId, { lane: 'read', ...refsOf(rows) }, now);
}

function bigints(values: readonly number[]): RawBuilder<unknown> {
  return sql`${values}::bigint[]`;
}

function integers(values: readonly number[]): RawBuilder<unknown> {
  return sql`${values}::int[]`;
}
