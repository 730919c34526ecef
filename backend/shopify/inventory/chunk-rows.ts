/**
 * Rows that name levels to look at: written with the figures they announce, opened at the head, deleted when taken.
 *
 * Every function runs in the caller's transaction, which has named the shop.
 */
import { sql, type Transaction } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import { type CallLane, type LevelState, MOST_ROWS } from './calls.ts';
import { bigints, integers, refsOf } from './number-columns.ts';

type Trx = Transaction<unknown>;

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

/** Writes figures and announces those that changed; says how many did. */
// Sorted by key, so that two writers never wait for each other in a circle.
export async function mark(
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

/** Announces levels. */
export async function addChunks(
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

/** Ends chunks. */
export async function deleteChunks(
  trx: Trx,
  shopId: ShopId,
  seqs: readonly number[],
): Promise<void> {
  await sql`delete from push_chunk where shop_id = ${shopId} and lane in (1, 2, 3)
    and seq = any(${bigints(seqs)})`.execute(trx);
}

// A call of sales is filled up from a chunk and leaves a remnant of it: so many remnants are gathered into full calls.
const MOST_REMNANTS = 64;

// Levels come as one text a chunk: a tenth of the cost of a row each, on both sides. What needs nothing stays out; what
// was never read or is not stocked comes along, for `nextStep` to decide.
export async function openChunks(trx: Trx, shopId: ShopId, resyncChunks: number) {
  const { rows } = await sql<{ lane: number; seq: number; levels: string | null }>`
    with c as (
      (select lane, seq, locations, items from push_chunk
        where shop_id = ${shopId} and lane = 1 order by seq limit 250)
      union all
      (select lane, seq, locations, items from (
        select lane, seq, locations, items,
          sum(cardinality(items)) over (order by seq) - cardinality(items) as before
        from (select lane, seq, locations, items from push_chunk
          where shop_id = ${shopId} and lane = 3
          order by seq limit ${resyncChunks + MOST_REMNANTS}) q
      ) w where before < ${resyncChunks * MOST_ROWS})
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

/** Up to `most` chunks of levels to read. */
export async function openReads(trx: Trx, shopId: ShopId, most: number) {
  const { rows } = await sql<{ seq: number; locations: string; items: string }>`
    select seq, array_to_string(locations, ',') as locations, array_to_string(items, ',') as items
    from push_chunk where shop_id = ${shopId} and lane = 2 order by seq limit ${most}`.execute(trx);
  const seqs = rows.map((row) => row.seq);
  const locations = rows.flatMap((row) => row.locations.split(',').map(Number));
  const items = rows.flatMap((row) => row.items.split(',').map(Number));
  return { seqs, locations, items };
}

// What was read and still does not say what it shall goes on at once: somebody waits for it.
export async function announceDirty(
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
