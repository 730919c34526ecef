/**
 * Where do claims rest, and in which order are their rows locked?
 *
 * Everything here runs in a caller's transaction. The order of locks is the same everywhere (0035-claims.sql): order,
 * reservation, SKUs by name, buckets by name, positions by name, stock clock. What has expired by the caller's instant
 * is freed under the lock of its row before anything is read from it, so an expired claim never stands in the way,
 * job or no job; the header of somebody else's reservation is only ever locked without waiting, so no circle closes.
 */
import { sql } from 'kysely';
import { compareIds, type ShopId } from '../../base/ids.ts';
import type { ShopTransaction } from '../ledger/store.ts';
import type { Bucket, Hold, ReservationState } from './reservations.ts';

export type ReservationRow = {
  readonly reservationId: string;
  readonly channel: string;
  readonly key: string;
  readonly state: ReservationState;
  readonly expiresAt: Temporal.Instant;
  readonly latestAt: Temporal.Instant;
  readonly asked: string;
  readonly orderId: string | null;
};

const COLUMNS = sql`reservation_id as "reservationId", channel, key, state, expires_at as "expiresAt",
  expires_at_latest as "latestAt", asked, order_id as "orderId"`;

/** The pending reservation of a channel and key, locked; made now when there is none (then it has `fresh`'s id). */
export async function lockPending(
  trx: ShopTransaction,
  shopId: ShopId,
  fresh: Omit<ReservationRow, 'state' | 'orderId'> & { readonly createdAt: Temporal.Instant },
): Promise<ReservationRow> {
  const { rows } = await sql<ReservationRow>`
    insert into reservation (shop_id, reservation_id, channel, key, state, created_at, expires_at,
      expires_at_latest, asked)
    values (${shopId}, ${fresh.reservationId}, ${fresh.channel}, ${fresh.key}, 'pending',
      ${fresh.createdAt.toString()}, ${fresh.expiresAt.toString()}, ${fresh.latestAt.toString()},
      ${fresh.asked})
    on conflict (shop_id, channel, key) where state = 'pending' do update set key = excluded.key
    returning ${COLUMNS}`.execute(trx);
  const row = rows[0];
  if (row === undefined) throw new Error('Bug: a reservation was neither made nor found');
  return row;
}

/** A reservation by its id, locked; undefined: there is none. */
export async function lockById(
  trx: ShopTransaction,
  shopId: ShopId,
  reservationId: string,
): Promise<ReservationRow | undefined> {
  const { rows } = await sql<ReservationRow>`
    select ${COLUMNS} from reservation
    where shop_id = ${shopId} and reservation_id = ${reservationId} for update`.execute(trx);
  return rows[0];
}

/** The pending reservation of a key, locked; undefined: there is none. */
export async function lockByKey(
  trx: ShopTransaction,
  shopId: ShopId,
  { channel, key }: Pick<ReservationRow, 'channel' | 'key'>,
): Promise<ReservationRow | undefined> {
  const { rows } = await sql<ReservationRow>`
    select ${COLUMNS} from reservation
    where shop_id = ${shopId} and channel = ${channel} and key = ${key} and state = 'pending'
    for update`.execute(trx);
  return rows[0];
}

/** Writes what a pending reservation now asks and until when; its holds last as long. */
export async function writePending(
  trx: ShopTransaction,
  shopId: ShopId,
  row: Pick<ReservationRow, 'reservationId' | 'asked' | 'expiresAt'>,
): Promise<void> {
  const expiresAt = row.expiresAt.toString();
  await sql`
    with header as (
      update reservation set expires_at = ${expiresAt}, asked = ${row.asked}
      where shop_id = ${shopId} and reservation_id = ${row.reservationId} and state = 'pending')
    update reservation_hold set expires_at = ${expiresAt}
    where shop_id = ${shopId} and reservation_id = ${row.reservationId}`.execute(trx);
}

/** Ends a pending reservation; false when it had ended already. */
export async function endReservation(
  trx: ShopTransaction,
  shopId: ShopId,
  end: {
    readonly reservationId: string;
    readonly state: Exclude<ReservationState, 'pending'>;
    readonly at: Temporal.Instant;
    readonly orderId?: string;
  },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update reservation set state = ${end.state}, ended_at = ${end.at.toString()},
      order_id = ${end.orderId ?? null}
    where shop_id = ${shopId} and reservation_id = ${end.reservationId} and state = 'pending'`.execute(
    trx,
  );
  return numAffectedRows === 1n;
}

/** Takes a header away that was made in this transaction and came to nothing. */
export async function dropHeader(
  trx: ShopTransaction,
  shopId: ShopId,
  reservationId: string,
): Promise<void> {
  await sql`delete from reservation
    where shop_id = ${shopId} and reservation_id = ${reservationId}`.execute(trx);
}

/** What a reservation holds. */
export async function loadHolds(
  trx: ShopTransaction,
  shopId: ShopId,
  reservationId: string,
): Promise<readonly Hold[]> {
  const { rows } = await sql<Hold>`
    select kind, holder, mark, quantity from reservation_hold
    where shop_id = ${shopId} and reservation_id = ${reservationId}
    order by kind, holder, mark`.execute(trx);
  return rows;
}

/**
 * Puts `after` in place of what a reservation held, counters included, in one statement. The rows of all its SKUs and
 * buckets are locked; a counter below zero is stopped by its CHECK.
 */
export async function replaceHolds(
  trx: ShopTransaction,
  shopId: ShopId,
  change: {
    readonly reservation: Pick<ReservationRow, 'reservationId' | 'channel'>;
    readonly before: readonly Hold[];
    readonly after: readonly Hold[];
    /** null: kept for good, the reservation became an order. */
    readonly expiresAt: Temporal.Instant | null;
  },
): Promise<void> {
  const { reservation, before, after } = change;
  const kept = new Set(after.map(bucketName));
  const gone = before.filter((hold) => !kept.has(bucketName(hold)));
  const moved = movedUnits(before, after);
  await sql`
    with gone as (
      delete from reservation_hold h
      using jsonb_to_recordset(${JSON.stringify(gone)}::jsonb) as g(
        kind text, holder text, mark text)
      where h.shop_id = ${shopId} and h.reservation_id = ${reservation.reservationId}
        and h.kind = g.kind and h.holder = g.holder and h.mark = g.mark
    ), held as (
      insert into reservation_hold
        (shop_id, reservation_id, kind, holder, mark, quantity, channel, expires_at)
      select ${shopId}, ${reservation.reservationId}, h.kind, h.holder, h.mark, h.quantity,
        ${reservation.channel}, ${change.expiresAt?.toString() ?? null}::timestamptz
      from jsonb_to_recordset(${JSON.stringify(after)}::jsonb) as h(
        kind text, holder text, mark text, quantity int)
      on conflict (shop_id, reservation_id, kind, holder, mark)
        do update set quantity = excluded.quantity, expires_at = excluded.expires_at
    ), moved as (
      select m.kind, m.holder, m.mark, m.quantity
      from jsonb_to_recordset(${JSON.stringify(moved)}::jsonb) as m(
        kind text, holder text, mark text, quantity int)
    ), of_skus as (
      update sku_claims s set reserved = s.reserved + m.quantity from moved m
      where s.shop_id = ${shopId} and m.kind = 'sku' and s.sku = m.holder
    )
    update bucket_claims b set taken = b.taken + m.quantity from moved m
    where b.shop_id = ${shopId} and b.kind = m.kind and b.holder = m.holder
      and b.mark = m.mark`.execute(trx);
}

function movedUnits(before: readonly Hold[], after: readonly Hold[]): Hold[] {
  const sums = new Map<string, Hold>();
  for (const [sign, holds] of [[-1, before] as const, [1, after] as const]) {
    for (const hold of holds) {
      const name = bucketName(hold);
      const quantity = (sums.get(name)?.quantity ?? 0) + sign * hold.quantity;
      sums.set(name, { ...hold, quantity });
    }
  }
  return [...sums.values()].filter(({ quantity }) => quantity !== 0);
}

/** What the locked rows say, and what there is of each SKU beyond what is allocated, summed over its nodes. */
export type LockedClaims = {
  readonly skus: ReadonlyMap<string, LockedSku>;
  /** By `bucketName`. */
  readonly buckets: ReadonlyMap<string, number>;
};

export type LockedSku = {
  readonly waiting: number;
  readonly unseen: number;
  readonly reserved: number;
  /** Σ over nodes of max(0, on hand − unavailable) − allocated. */
  readonly stock: number;
};

export function bucketName({ kind, holder, mark }: Bucket): string {
  return JSON.stringify([kind, holder, mark]);
}

function sortBuckets<Of extends Bucket>(buckets: readonly Of[]): Of[] {
  return buckets.toSorted(
    (a, b) =>
      compareIds(a.kind, b.kind) || compareIds(a.holder, b.holder) || compareIds(a.mark, b.mark),
  );
}

/**
 * Locks the rows of SKUs and buckets, in order, making those that are not there yet; frees what has expired of them;
 * says what is left. Quotas are guarded by the row of their SKU.
 */
export async function lockClaims(
  trx: ShopTransaction,
  shopId: ShopId,
  wanted: readonly Bucket[],
  now: Temporal.Instant,
): Promise<LockedClaims> {
  const names = [...new Set(wanted.flatMap((one) => (one.kind === 'sku' ? [one.holder] : [])))];
  const others = sortBuckets(wanted.filter(({ kind }) => kind !== 'sku'));
  const skus = new Map<string, LockedSku>();
  const locked = await lockSkus(trx, shopId, names.toSorted(compareIds));
  const buckets = new Map<string, number>();
  for (const row of await lockBuckets(trx, shopId, others)) buckets.set(bucketName(row), row.taken);
  const { freed, stock } = await freeExpired(trx, shopId, { skus: names, buckets: others, now });
  const stockOf = new Map(stock.map((row) => [row.sku, row.units]));
  for (const row of locked) skus.set(row.sku, { ...row, stock: stockOf.get(row.sku) ?? 0 });
  for (const row of freed) {
    const sku = row.kind === 'sku' ? skus.get(row.holder) : undefined;
    const name = bucketName(row);
    if (sku !== undefined) skus.set(row.holder, { ...sku, reserved: sku.reserved - row.units });
    else buckets.set(name, (buckets.get(name) ?? 0) - row.units);
  }
  return { skus, buckets };
}

type SkuRow = { sku: string; waiting: number; unseen: number; reserved: number };

/**
 * Locks the claims of SKUs by name; a row that is missing is made. One statement for both: to lock those that are there
 * and then make the others would take rows out of their order. `skus` are distinct and sorted.
 */
async function lockSkus(
  trx: ShopTransaction,
  shopId: ShopId,
  skus: readonly string[],
): Promise<readonly SkuRow[]> {
  const { rows } = await sql<SkuRow>`
    insert into sku_claims as s (shop_id, sku)
    select ${shopId}, sku from unnest(${skus}::text[]) with ordinality as w(sku, place)
    order by place
    on conflict (shop_id, sku) do update set sku = excluded.sku
    returning s.sku, s.waiting, s.unseen, s.reserved`.execute(trx);
  return rows;
}

type BucketRow = Bucket & { readonly taken: number };

async function lockBuckets(
  trx: ShopTransaction,
  shopId: ShopId,
  buckets: readonly Bucket[],
): Promise<readonly BucketRow[]> {
  if (buckets.length === 0) return [];
  const distinct = [...new Map(buckets.map((one) => [bucketName(one), one])).values()];
  const column = (of: keyof Bucket) => distinct.map((one) => one[of]);
  const { rows } = await sql<BucketRow>`
    insert into bucket_claims as b (shop_id, kind, holder, mark)
    select ${shopId}, w.kind, w.holder, w.mark
    from unnest(${column('kind')}::text[], ${column('holder')}::text[], ${column('mark')}::text[])
      with ordinality as w(kind, holder, mark, place)
    order by place
    on conflict (shop_id, kind, holder, mark) do update set mark = excluded.mark
    returning b.kind, b.holder, b.mark, b.taken`.execute(trx);
  return rows;
}

type FreedAndStock = {
  readonly freed: readonly (Bucket & { readonly units: number })[];
  readonly stock: readonly { readonly sku: string; readonly units: number }[];
};

// One statement, because its parts must see one state, and one round trip with the stock read after the locks: a header that is extended at this very moment is locked by its
// own transaction and skipped, or was extended before and is no longer past.
async function freeExpired(
  trx: ShopTransaction,
  shopId: ShopId,
  of: {
    readonly skus: readonly string[];
    readonly buckets: readonly Bucket[];
    readonly now: Temporal.Instant;
  },
): Promise<FreedAndStock> {
  const { rows } = await sql<FreedAndStock>`
    with due as (
      select h.reservation_id, h.kind, h.holder, h.mark
      from reservation_hold h join reservation r using (shop_id, reservation_id)
      where h.shop_id = ${shopId} and h.expires_at <= ${of.now.toString()}
        and r.expires_at <= ${of.now.toString()}
        and ((h.holder = any(${of.skus}) and h.kind in ('sku', 'quota'))
          or (h.kind, h.holder, h.mark) in (
            select w.kind, w.holder, w.mark
            from jsonb_to_recordset(${JSON.stringify(of.buckets)}::jsonb) as w(
              kind text, holder text, mark text)))
      for update of r skip locked
    ), ended as (
      update reservation r set state = 'expired', ended_at = r.expires_at
      where r.shop_id = ${shopId} and r.state = 'pending'
        and r.reservation_id in (select reservation_id from due)
    ), gone as (
      delete from reservation_hold h using due
      where h.shop_id = ${shopId} and h.reservation_id = due.reservation_id
        and h.kind = due.kind and h.holder = due.holder and h.mark = due.mark
      returning h.kind, h.holder, h.mark, h.quantity
    ), freed as (
      select kind, holder, mark, sum(quantity)::int as units from gone group by kind, holder, mark
    ), lowered as (
      update sku_claims s set reserved = s.reserved - f.units from freed f
      where s.shop_id = ${shopId} and f.kind = 'sku' and s.sku = f.holder
    ), emptied as (
      update bucket_claims b set taken = b.taken - f.units from freed f
      where b.shop_id = ${shopId} and b.kind = f.kind and b.holder = f.holder and b.mark = f.mark
    )
    select coalesce((select jsonb_agg(f) from freed f), '[]') as freed,
      coalesce((select jsonb_agg(s) from (
        select sku, sum(greatest(0, on_hand - unavailable) - allocated) as units
        from stock_position where shop_id = ${shopId} and sku = any(${of.skus}) group by sku
      ) s), '[]') as stock`.execute(trx);
  return rows[0] ?? { freed: [], stock: [] };
}

/** Buckets in which something has expired and still lies, oldest first. */
export async function findExpired(
  trx: ShopTransaction,
  shopId: ShopId,
  at: { readonly now: Temporal.Instant; readonly most: number },
): Promise<readonly Bucket[]> {
  const { rows } = await sql<Bucket>`
    select distinct kind, holder, mark from (
      select kind, holder, mark from reservation_hold
      where shop_id = ${shopId} and expires_at <= ${at.now.toString()}
      order by expires_at limit ${at.most}) as late`.execute(trx);
  return rows;
}

/**
 * Forgets reservations that ended before then, and places of days and slots that lie before it. One that became an order
 * stays while it counts against a quota, without the checkout it came from.
 */
export async function pruneEnded(
  trx: ShopTransaction,
  shopId: ShopId,
  before: Temporal.Instant,
): Promise<void> {
  const at = before.toString();
  await sql`
    with past as (
      delete from bucket_claims
      where shop_id = ${shopId} and kind in ('orders', 'units', 'slot')
        and mark::timestamptz < ${at})
    delete from reservation_hold
    where shop_id = ${shopId} and kind in ('orders', 'units', 'slot')
      and mark::timestamptz < ${at}`.execute(trx);
  await sql`
    delete from reservation r where r.shop_id = ${shopId} and r.ended_at < ${at}
      and not exists (select from reservation_hold h
        where h.shop_id = r.shop_id and h.reservation_id = r.reservation_id)`.execute(trx);
  await sql`
    update reservation set key = '' where shop_id = ${shopId} and ended_at < ${at}
      and key <> ''`.execute(trx);
}

/** Counts a change of what is claimed of nodes. Their rows come after all others and before the stock clock. */
export async function raiseNodes(
  trx: ShopTransaction,
  shopId: ShopId,
  nodeIds: readonly string[],
): Promise<void> {
  if (nodeIds.length === 0) return;
  await sql`
    insert into node_claims as c (shop_id, node_id, revision)
    select distinct ${shopId}, node_id, 1 from unnest(${nodeIds}::text[]) w(node_id) order by node_id
    on conflict (shop_id, node_id) do update set revision = c.revision + 1`.execute(trx);
}

/** Units of SKUs that are on their way. */
export async function readIncoming(
  trx: ShopTransaction,
  shopId: ShopId,
  skus: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (skus.length === 0) return new Map();
  const { rows } = await sql<{ sku: string; units: number }>`
    select sku, sum((lot->>'quantity')::int)::int as units
    from stock_position p, jsonb_array_elements(p.incoming) lot
    where p.shop_id = ${shopId} and p.sku = any(${skus}) group by sku`.execute(trx);
  return new Map(rows.map(({ sku, units }) => [sku, units]));
}

/** Orders of a node by local date as other systems report them; undefined: none ever did. */
export async function readReportedOrders(
  trx: ShopTransaction,
  shopId: ShopId,
  nodeId: string,
): Promise<Readonly<Record<string, number>> | undefined> {
  const { rows } = await sql<{ byDate: Record<string, number> }>`
    select orders_by_date as "byDate" from node_load
    where shop_id = ${shopId} and node_id = ${nodeId}`.execute(trx);
  return rows[0]?.byDate;
}
