/**
 * Which orders of a shop want routing to look again, by the clock?
 *
 * Readings of one moment, none of them locked: whoever acts on one settles the order under its locks and looks for himself.
 */
import { sql } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';

/** A work that waits for a place. */
export type WaitingWork = {
  readonly workId: string;
  readonly orderId: string;
  readonly skus: readonly string[];
  readonly triedAt: string | null;
  readonly triedStock: string | null;
  /** null: it was given up. */
  readonly expiresAt: string | null;
};

const iso = (column: string) =>
  sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Works that wait and were not given up, the oldest first. */
export async function readWaiting(
  trx: ShopTransaction,
  shopId: ShopId,
  most: number,
): Promise<readonly WaitingWork[]> {
  const { rows } = await sql<WaitingWork>`
    select w.work_id as "workId", w.order_id as "orderId", ${iso('w.tried_at')} as "triedAt",
      w.tried_stock as "triedStock", ${iso('w.expires_at')} as "expiresAt",
      (select array_agg(distinct l.sku) from work_line l
        where l.shop_id = w.shop_id and l.work_id = w.work_id) as skus
    from work w where w.shop_id = ${shopId} and w.state = 'unplaced' and w.expires_at is not null
    order by w.created_at, w.work_id limit ${most}`.execute(trx);
  return rows;
}

/** Remembers when works were looked at, and on what stock. No change of the work: its version stays. */
export async function noteTried(
  trx: ShopTransaction,
  shopId: ShopId,
  tried: {
    readonly at: string;
    readonly works: readonly { readonly workId: string; readonly triedStock: string }[];
  },
): Promise<void> {
  if (tried.works.length === 0) return;
  await sql`
    update work w set tried_at = ${tried.at}, tried_stock = t."triedStock"
    from jsonb_to_recordset(${JSON.stringify(tried.works)}::jsonb) t("workId" text, "triedStock" text)
    where w.shop_id = ${shopId} and w.work_id = t."workId" and w.state = 'unplaced'`.execute(trx);
}

/** Orders with units that wait in no work, or with works at places that are none any more; oldest first. */
export async function readUnrouted(
  trx: ShopTransaction,
  shopId: ShopId,
  of: {
    readonly nodeIds: readonly string[];
    /** Claimed since then: whoever took the order in is still at it. */
    readonly before: string;
    readonly most: number;
  },
): Promise<readonly string[]> {
  const { rows } = await sql<{ orderId: string }>`
    select o.order_id as "orderId" from customer_order o
    where o.shop_id = ${shopId} and o.method <> 'none' and o.updated_at <= ${of.before}::timestamptz
      and o.order_id in (
        select c.order_id from order_claim c
        where c.shop_id = ${shopId} and c.waiting > 0 and not exists (
          select 1 from work w where w.shop_id = c.shop_id and w.order_id = c.order_id
            and w.state = 'unplaced')
        union
        select w.order_id from work w
        where w.shop_id = ${shopId} and w.state = 'placed' and w.node_id <> all(${of.nodeIds}::text[]))
    order by o.placed_at, o.order_id limit ${of.most}`.execute(trx);
  return rows.map(({ orderId }) => orderId);
}

/** Works that have waited as long as they may. */
export async function readExpired(
  trx: ShopTransaction,
  shopId: ShopId,
  of: { readonly at: string; readonly most: number },
): Promise<readonly Pick<WaitingWork, 'workId' | 'skus' | 'triedStock'>[]> {
  const { rows } = await sql<Pick<WaitingWork, 'workId' | 'skus' | 'triedStock'>>`
    select w.work_id as "workId", w.tried_stock as "triedStock",
      (select array_agg(distinct l.sku) from work_line l
        where l.shop_id = w.shop_id and l.work_id = w.work_id) as skus
    from work w
    where w.shop_id = ${shopId} and w.state = 'unplaced' and w.expires_at <= ${of.at}::timestamptz
    order by w.expires_at, w.work_id limit ${of.most}`.execute(trx);
  return rows;
}

/** Works at a node that nobody has packed. */
export async function readUnpacked(
  trx: ShopTransaction,
  shopId: ShopId,
  nodeId: string,
): Promise<readonly { readonly workId: string; readonly orderId: string }[]> {
  const { rows } = await sql<{ workId: string; orderId: string }>`
    select work_id as "workId", order_id as "orderId" from work
    where shop_id = ${shopId} and node_id = ${nodeId} and state in ('placed', 'picking')
    order by work_id`.execute(trx);
  return rows;
}
