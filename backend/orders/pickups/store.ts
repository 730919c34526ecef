/**
 * Where do the waits of pickups rest, and what is to be put back?
 *
 * Everything in a caller's transaction of one shop. A wait belongs to one instant of readiness: goods that became ready
 * again wait anew. What is to be put back is written with the change that gives it up and booked soon after.
 */
import { sql } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import type { ShopTransaction } from '../../stock/ledger/store.ts';
import type { Work } from '../works/store.ts';
import type { PutBack } from './pickups.ts';

/** A pickup that lies ready and is not waited for yet. */
export type ReadyPickup = {
  readonly workId: string;
  readonly nodeId: string;
  readonly readyAt: string;
};

const iso = (column: string) =>
  sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Ready pickups without a wait of this readiness. */
export async function readUnwaited(
  trx: ShopTransaction,
  shopId: ShopId,
  most: number,
): Promise<readonly ReadyPickup[]> {
  const { rows } = await sql<ReadyPickup>`
    select w.work_id as "workId", w.node_id as "nodeId", ${iso('w.ready_at')} as "readyAt"
    from work w left join pickup_wait p on p.shop_id = w.shop_id and p.work_id = w.work_id
    where w.shop_id = ${shopId} and w.state = 'ready' and w.ready_at is not null
      and p.ready_at is distinct from w.ready_at
    order by w.work_id limit ${most}`.execute(trx);
  return rows;
}

/** How long one is kept. */
export type PickupWait = Pick<ReadyPickup, 'workId' | 'readyAt'> & {
  readonly keepUntil: string;
  readonly remindAt: string;
};

/** Writes waits; one of an earlier readiness gives way. */
export async function saveWaits(
  trx: ShopTransaction,
  shopId: ShopId,
  waits: readonly PickupWait[],
): Promise<void> {
  if (waits.length === 0) return;
  await sql`
    insert into pickup_wait (shop_id, work_id, ready_at, keep_until, remind_at)
    select ${shopId}, w."workId", w."readyAt", w."keepUntil", w."remindAt"
    from jsonb_to_recordset(${JSON.stringify(waits)}::jsonb) w("workId" text, "readyAt" timestamptz,
      "keepUntil" timestamptz, "remindAt" timestamptz)
    on conflict (shop_id, work_id) do update set ready_at = excluded.ready_at, keep_until = excluded.keep_until,
      remind_at = excluded.remind_at, reminded_at = null, expired_at = null`.execute(trx);
}

/** A wait that something is due of. */
export type DueWait = {
  readonly workId: string;
  readonly orderId: string;
  readonly nodeId: string;
  readonly keepUntil: string;
};

/** Marks waits that are past their reminder, or past their end, and says which; each once. */
export async function markDue(
  trx: ShopTransaction,
  shopId: ShopId,
  { what, now }: { readonly what: 'reminded' | 'expired'; readonly now: string },
): Promise<readonly DueWait[]> {
  const due =
    what === 'reminded'
      ? sql`p.remind_at <= ${now} and p.reminded_at is null and p.expired_at is null`
      : sql`p.keep_until <= ${now} and p.expired_at is null`;
  const { rows } = await sql<DueWait>`
    update pickup_wait p set ${sql.ref(`${what}_at`)} = ${now}
    from work w
    where p.shop_id = ${shopId} and w.shop_id = p.shop_id and w.work_id = p.work_id and w.state = 'ready'
      and w.ready_at = p.ready_at and ${due}
    returning p.work_id as "workId", w.order_id as "orderId", w.node_id as "nodeId",
      ${iso('p.keep_until')} as "keepUntil"`.execute(trx);
  return rows;
}

/** Waits that are over: collected, taken back, canceled. Their exceptions end with them. */
export async function endWaits(trx: ShopTransaction, shopId: ShopId, now: string): Promise<void> {
  await sql`
    with over as (
      delete from pickup_wait p where p.shop_id = ${shopId} and not exists (select from work w
        where w.shop_id = p.shop_id and w.work_id = p.work_id and w.state = 'ready')
      returning p.work_id)
    update order_alert a set cleared_at = ${now} from over
    where a.shop_id = ${shopId} and a.work_id = over.work_id and a.milestone = 'uncollected'
      and a.cleared_at is null`.execute(trx);
}

/** Goods of a ready work that are not wanted any more. */
export type GivenUp = {
  readonly work: Work;
  readonly lines: readonly {
    readonly lineId: string;
    readonly sku: string;
    readonly quantity: number;
  }[];
  readonly at: string;
};

/** Writes down what a store has to put back. */
export async function insertPutBack(
  trx: ShopTransaction,
  shopId: ShopId,
  { work, lines, at }: GivenUp,
): Promise<void> {
  const { workId, orderId, nodeId, version } = work;
  if (lines.length === 0 || nodeId === null) return;
  await sql`
    insert into put_back (shop_id, put_back_id, work_id, order_id, node_id, lines, since)
    values (${shopId}, ${`${workId}:${version}`}, ${workId}, ${orderId}, ${nodeId}, ${JSON.stringify(lines)}::jsonb, ${at})
    on conflict do nothing`.execute(trx);
}

const putBack = sql`
  select p.put_back_id as "putBackId", p.work_id as "workId", p.order_id as "orderId",
    coalesce(o.name, p.order_id) as "orderName", p.node_id as "nodeId", ${iso('p.since')} as since, p.units,
    (select jsonb_agg(jsonb_build_object('lineId', l."lineId", 'sku', l.sku, 'quantity', l.quantity,
        'title', coalesce(c.title, l.sku)))
      from jsonb_to_recordset(p.lines) l("lineId" text, sku text, quantity int)
      left join customer_order_line c on c.shop_id = p.shop_id and c.order_id = p.order_id
        and c.line_id = l."lineId") as lines
  from put_back p left join customer_order o on o.shop_id = p.shop_id and o.order_id = p.order_id`;

/** What a store has to put back, the oldest first. */
export async function listPutBack(
  trx: ShopTransaction,
  shopId: ShopId,
  { nodeId, limit }: { readonly nodeId: string; readonly limit: number },
): Promise<readonly PutBack[]> {
  const { rows } = await sql<PutBack>`
    ${putBack} where p.shop_id = ${shopId} and p.node_id = ${nodeId} and p.done_at is null
    order by p.since, p.put_back_id limit ${limit}`.execute(trx);
  return rows;
}

/** Locks one that is open at a node. */
export async function lockPutBack(
  trx: ShopTransaction,
  shopId: ShopId,
  { putBackId, nodeId }: Pick<PutBack, 'putBackId' | 'nodeId'>,
): Promise<PutBack | undefined> {
  await sql`select 1 from put_back where shop_id = ${shopId} and put_back_id = ${putBackId} for update`.execute(
    trx,
  );
  const { rows } = await sql<PutBack>`
    ${putBack} where p.shop_id = ${shopId} and p.put_back_id = ${putBackId} and p.node_id = ${nodeId}
      and p.done_at is null`.execute(trx);
  return rows[0];
}

/** Locks those that are still for sale. */
export async function lockUnbooked(
  trx: ShopTransaction,
  shopId: ShopId,
  most: number,
): Promise<readonly PutBack[]> {
  await sql`select 1 from put_back where shop_id = ${shopId} and done_at is null and units is null
    order by put_back_id limit ${most} for update`.execute(trx);
  const { rows } = await sql<PutBack>`
    ${putBack} where p.shop_id = ${shopId} and p.done_at is null and p.units is null
    order by p.put_back_id limit ${most}`.execute(trx);
  return rows;
}

/** Remembers what was taken out of sale. */
export async function markBooked(
  trx: ShopTransaction,
  shopId: ShopId,
  {
    putBackId,
    units,
  }: { readonly putBackId: string; readonly units: NonNullable<PutBack['units']> },
): Promise<void> {
  await sql`update put_back set units = ${JSON.stringify(units)}::jsonb
    where shop_id = ${shopId} and put_back_id = ${putBackId}`.execute(trx);
}

/** They are on the shelf again. */
export async function markPutBack(
  trx: ShopTransaction,
  shopId: ShopId,
  done: { readonly putBackId: string; readonly at: string; readonly by: string },
): Promise<void> {
  await sql`update put_back set done_at = ${done.at}, done_by = ${done.by}
    where shop_id = ${shopId} and put_back_id = ${done.putBackId}`.execute(trx);
}

/** Keeps one until another instant; it may be reminded of and expire again. */
export async function keepWait(
  trx: ShopTransaction,
  shopId: ShopId,
  wait: PickupWait,
): Promise<void> {
  await saveWaits(trx, shopId, [wait]);
}
