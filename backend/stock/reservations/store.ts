/**
 * Where do claims rest, and in which order are their rows locked?
 *
 * Everything here runs in a caller's transaction. The order of locks is the same everywhere (0035-claims.sql): order,
 * reservation, SKUs by name, buckets by name, positions by name, stock clock. What has expired by the caller's instant
 * is freed under the lock of its row before anything is read from it, so an expired claim never stands in the way,
 * job or no job; the header of somebody else's reservation is only ever locked without waiting, so no circle closes.
 */
import { type Kysely, sql, type Transaction } from 'kysely';
import { compareIds, type ShopId } from '../../base/ids.ts';
import type { Bucket, Hold, ReservationState } from './reservations.ts';

/** A transaction of a shop (`withShop`), whatever tables it was typed with. */
export type ShopTransaction = Transaction<unknown> | Kysely<unknown>;

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

/** Puts `after` in place of what a reservation held, counters included; the rows of all SKUs and buckets are locked. */
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
  if (before.length > 0) {
    await sql`delete from reservation_hold
      where shop_id = ${shopId} and reservation_id = ${reservation.reservationId}`.execute(trx);
  }
  if (after.length > 0) {
    await sql`
      insert into reservation_hold
        (shop_id, reservation_id, kind, holder, mark, quantity, channel, expires_at)
      select ${shopId}, ${reservation.reservationId}, h.kind, h.holder, h.mark, h.quantity,
        ${reservation.channel}, ${change.expiresAt?.toString() ?? null}
      from jsonb_to_recordset(${JSON.stringify(after)}::jsonb) as h(
        kind text, holder text, mark text, quantity int)`.execute(trx);
  }
  await addTaken(trx, shopId, [
    ...before.map((hold) => ({ ...hold, quantity: -hold.quantity })),
    ...after,
  ]);
}

// Guarded by the CHECKs: a counter below zero stops the transaction.
async function addTaken(
  trx: ShopTransaction,
  shopId: ShopId,
  changes: readonly Hold[],
): Promise<void> {
  const sums = new Map<string, Hold>();
  for (const change of changes) {
    const name = JSON.stringify([change.kind, change.holder, change.mark]);
    const quantity = (sums.get(name)?.quantity ?? 0) + change.quantity;
    sums.set(name, { ...change, quantity });
  }
  const moved = [...sums.values()].filter(({ quantity }) => quantity !== 0);
  const ofSkus = moved.filter(({ kind }) => kind === 'sku');
  const ofBuckets = moved.filter(({ kind }) => kind !== 'sku');
  if (ofSkus.length > 0) {
    await sql`
      update sku_claims s set reserved = s.reserved + c.quantity
      from jsonb_to_recordset(${JSON.stringify(ofSkus)}::jsonb) as c(holder text, quantity int)
      where s.shop_id = ${shopId} and s.sku = c.holder`.execute(trx);
  }
  if (ofBuckets.length > 0) {
    await sql`
      update bucket_claims b set taken = b.taken + c.quantity
      from jsonb_to_recordset(${JSON.stringify(ofBuckets)}::jsonb) as c(
        kind text, holder text, mark text, quantity int)
      where b.shop_id = ${shopId} and b.kind = c.kind and b.holder = c.holder
        and b.mark = c.mark`.execute(trx);
  }
}

/** What the locked rows say. */
export type LockedClaims = {
  readonly skus: ReadonlyMap<string, { waiting: number; unseen: number; reserved: number }>;
  /** By `bucketName`. */
  readonly buckets: ReadonlyMap<string, number>;
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
  const skus = new Map<string, { waiting: number; unseen: number; reserved: number }>();
  for (const row of await lockSkus(trx, shopId, names.toSorted(compareIds))) skus.set(row.sku, row);
  const buckets = new Map<string, number>();
  for (const row of await lockBuckets(trx, shopId, others)) buckets.set(bucketName(row), row.taken);
  for (const freed of await freeExpired(trx, shopId, { skus: names, buckets: others, now })) {
    const sku = freed.kind === 'sku' ? skus.get(freed.holder) : undefined;
    const name = bucketName(freed);
    if (sku !== undefined) sku.reserved -= freed.units;
    else buckets.set(name, (buckets.get(name) ?? 0) - freed.units);
  }
  return { skus, buckets };
}

type SkuRow = { sku: string; waiting: number; unseen: number; reserved: number };

/** Locks the claims of SKUs by name; a row that is missing is made. `skus` are distinct and sorted. */
async function lockSkus(
  trx: ShopTransaction,
  shopId: ShopId,
  skus: readonly string[],
): Promise<readonly SkuRow[]> {
  const lock = () =>
    sql<SkuRow>`
      select sku, waiting, unseen, reserved from sku_claims
      where shop_id = ${shopId} and sku = any(${skus}) order by sku for update`.execute(trx);
  const { rows } = await lock();
  if (rows.length === skus.length) return rows;
  // Rows of a first claim are made in the same order in which they are locked.
  await sql`
    insert into sku_claims (shop_id, sku) select ${shopId}, sku
    from unnest(${skus}::text[]) as sku order by sku on conflict do nothing`.execute(trx);
  return (await lock()).rows;
}

type BucketRow = Bucket & { readonly taken: number };

async function lockBuckets(
  trx: ShopTransaction,
  shopId: ShopId,
  buckets: readonly Bucket[],
): Promise<readonly BucketRow[]> {
  if (buckets.length === 0) return [];
  const text = JSON.stringify(buckets);
  await sql`
    insert into bucket_claims (shop_id, kind, holder, mark)
    select distinct ${shopId}, w.kind, w.holder, w.mark
    from jsonb_to_recordset(${text}::jsonb) as w(kind text, holder text, mark text)
    order by 2, 3, 4 on conflict do nothing`.execute(trx);
  const { rows } = await sql<BucketRow>`
    select b.kind, b.holder, b.mark, b.taken from bucket_claims b
    where b.shop_id = ${shopId} and (b.kind, b.holder, b.mark) in (
      select w.kind, w.holder, w.mark
      from jsonb_to_recordset(${text}::jsonb) as w(kind text, holder text, mark text))
    order by b.kind, b.holder, b.mark for update`.execute(trx);
  return rows;
}

type Freed = Bucket & { readonly units: number };

// One statement, because its parts must see one state: a header that is extended at this very moment is locked by its
// own transaction and skipped, or was extended before and is no longer past.
async function freeExpired(
  trx: ShopTransaction,
  shopId: ShopId,
  of: {
    readonly skus: readonly string[];
    readonly buckets: readonly Bucket[];
    readonly now: Temporal.Instant;
  },
): Promise<readonly Freed[]> {
  const { rows } = await sql<Freed>`
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
    select kind, holder, mark, units from freed`.execute(trx);
  return rows;
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

/** Forgets reservations that ended before then. */
export async function pruneEnded(
  trx: ShopTransaction,
  shopId: ShopId,
  before: Temporal.Instant,
): Promise<void> {
  // One that became an order keeps its places and its share of a quota: its row stays with them.
  await sql`
    delete from reservation r where r.shop_id = ${shopId} and r.ended_at < ${before.toString()}
      and not exists (select from reservation_hold h
        where h.shop_id = r.shop_id and h.reservation_id = r.reservation_id)`.execute(trx);
}

/** What SKUs have on hand beyond what is allocated, summed over their nodes, and units on their way. */
export async function readStock(
  trx: ShopTransaction,
  shopId: ShopId,
  skus: readonly string[],
): Promise<ReadonlyMap<string, { readonly stock: number; readonly incoming: number }>> {
  const { rows } = await sql<{ sku: string; stock: number; incoming: number }>`
    select sku, sum(greatest(0, on_hand - unavailable) - allocated)::int as stock,
      coalesce(sum((select sum((lot->>'quantity')::int) from jsonb_array_elements(incoming) lot)), 0)::int
        as incoming
    from stock_position where shop_id = ${shopId} and sku = any(${skus})
    group by sku`.execute(trx);
  return new Map(rows.map((row) => [row.sku, row]));
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
