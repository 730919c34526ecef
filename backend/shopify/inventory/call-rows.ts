/**
 * Rows of calls that were begun and not settled, and what their outcomes do to the levels they wrote.
 *
 * Every function runs in the caller's transaction, which has named the shop. A call is settled once: its row is deleted
 * in the transaction that books it.
 */
import { sql, type Transaction } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import { assert } from '../../base/result.ts';
import {
  type CallKind,
  type CallOutcome,
  type PushCall,
  type RefusedRow,
  TAKEN_OFF,
} from './calls.ts';
import { addChunks, CHUNK_LANES } from './chunk-rows.ts';
import { bigints, integers, refsOf } from './number-columns.ts';

type Trx = Transaction<unknown>;

/** Writes calls down before they leave. */
export async function begin(
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

/** Calls that are open or unclear, oldest first. */
export async function openCalls(trx: Trx, shopId: ShopId): Promise<readonly PushCall[]> {
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

/** Books outcomes. Throws when another holder has booked one: nothing of the transaction may stand then. */
export async function settle(
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

/** Quarantines levels with their reasons. */
export async function refuse(
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

/** Levels that are there, as was just read: one that was refused as taken off its location was stocked there again. */
export async function freeRestocked(
  trx: Trx,
  shopId: ShopId,
  levels: readonly { readonly locationId: number; readonly itemId: number }[],
): Promise<void> {
  if (levels.length === 0) return;
  const { locations, items } = refsOf(levels);
  await sql`
    with freed as (
      delete from push_refusal r
      using unnest(${bigints(locations)}, ${bigints(items)}) as u(location_id, item_id)
      where r.shop_id = ${shopId} and r.location_id = u.location_id and r.item_id = u.item_id
        and r.code = ${TAKEN_OFF}
      returning r.location_id, r.item_id
    )
    update inventory_level l set is_refused = false from freed f
    where l.shop_id = ${shopId} and l.location_id = f.location_id and l.item_id = f.item_id`.execute(
    trx,
  );
}

/** Lets what was refused of these items be read, whatever we knew of it, and tried again. */
export async function retryItems(
  trx: Trx,
  shopId: ShopId,
  itemIds: readonly number[],
  now: Temporal.Instant,
): Promise<void> {
  const { rows } = await sql<{ locationId: number; itemId: number }>`
    with freed as (
      update inventory_level set is_refused = false, known_at = '-infinity'
      where shop_id = ${shopId} and item_id = any(${bigints(itemIds)}) and is_refused
      returning location_id, item_id
    ), forgotten as (
      delete from push_refusal r using freed f
      where r.shop_id = ${shopId} and r.location_id = f.location_id and r.item_id = f.item_id
    )
    select location_id as "locationId", item_id as "itemId" from freed`.execute(trx);
  await addChunks(trx, shopId, { lane: 'read', ...refsOf(rows) }, now);
}
