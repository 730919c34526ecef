/**
 * What do the facts that replicas hold in memory say of claims?
 *
 * In: the tables of reservations and orders, in the reader's snapshot. Out: what is claimed of SKUs whatever the node, and
 * of nodes: their dates, their work, their pickup slots.
 * Nothing is locked and nothing decided here: a grant stands on locked rows (`../service.ts`), a quote on this.
 */
import { type RawBuilder, sql } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import type { ShopTransaction } from '../../ledger/store.ts';
import type { QuotaUseRow } from '../../stock.ts';
import type { HeldNodeClaims, SkuClaims } from '../../store.ts';

/**
 * What is claimed of SKUs whatever the node, for the facts that replicas hold: orders that wait, and live reservations
 * added up by channel and end. What has expired and still lies there is told too: its end says that it is over.
 */
export async function loadClaims(
  trx: ShopTransaction,
  shopId: ShopId,
  skus: readonly string[] | 'all',
): Promise<readonly SkuClaims[]> {
  const isWanted = (column: 'sku' | 'holder') =>
    skus === 'all' ? sql`true` : sql`${sql.ref(column)} = any(${skus})`;
  const { rows: waiting } = await sql<{ sku: string; waiting: number }>`
    select sku, waiting + unseen as waiting from sku_claims
    where shop_id = ${shopId} and ${isWanted('sku')} and waiting + unseen > 0`.execute(trx);
  const { rows: held } = await sql<HeldUnits>`
    select holder as sku, channel, expires_at as "expiresAt", sum(quantity)::int as quantity
    from reservation_hold
    where shop_id = ${shopId} and kind = 'sku' and expires_at is not null and ${isWanted('holder')}
    group by holder, channel, expires_at order by holder, expires_at, channel`.execute(trx);
  const uses = await readQuotaUses(trx, shopId, isWanted('holder'));
  const claims = new Map(waiting.map(({ sku, waiting: units }) => [sku, emptyClaims(sku, units)]));
  for (const { sku, expiresAt, ...row } of held) {
    const claim = claims.get(sku) ?? emptyClaims(sku, 0);
    claims.set(sku, claim);
    claim.reservations.push({ ...row, expiresAt: expiresAt.toString() });
  }
  for (const { sku, expiresAt, ...row } of uses) {
    const claim = claims.get(sku) ?? emptyClaims(sku, 0);
    claims.set(sku, claim);
    claim.quotaUses.push({ ...row, expiresAt: expiresAt?.toString() });
  }
  return [...claims.values()];
}

type UsedUnits = {
  readonly sku: string;
  readonly mark: string;
  readonly channel: string;
  readonly quantity: number;
  readonly expiresAt: Temporal.Instant | null;
};

// What orders took is what the bucket counts beyond its reservations: their rows are as many as the orders.
async function readQuotaUses(
  trx: ShopTransaction,
  shopId: ShopId,
  isWanted: RawBuilder<unknown>,
): Promise<readonly UsedUnits[]> {
  const { rows } = await sql<UsedUnits>`
    with held as (
      select holder, mark, channel, expires_at, sum(quantity)::int as quantity
      from reservation_hold
      where shop_id = ${shopId} and kind = 'quota' and expires_at is not null and ${isWanted}
      group by holder, mark, channel, expires_at)
    select holder as sku, mark, channel, quantity, expires_at as "expiresAt" from held
    union all
    select holder, mark, '', taken - coalesce((select sum(h.quantity) from held h
      where h.holder = b.holder and h.mark = b.mark), 0)::int, null
    from bucket_claims b
    where shop_id = ${shopId} and kind = 'quota' and taken > 0 and ${isWanted}
    order by 1, 2, 5, 3`.execute(trx);
  return rows.filter(({ quantity }) => quantity > 0);
}

type HeldUnits = {
  readonly sku: string;
  readonly channel: string;
  readonly expiresAt: Temporal.Instant;
  readonly quantity: number;
};

function emptyClaims(sku: string, waiting: number) {
  const reservations: { quantity: number; channel: string; expiresAt: string }[] = [];
  const quotaUses: QuotaUseRow[] = [];
  return { sku, waiting, reservations, quotaUses };
}

// Older work is done, or in the count that a system reports.
const WORK_DAYS = 14;

/**
 * What is claimed of nodes, for the loads that replicas hold: dates, slots and units of work that reservations hold or
 * orders took, and allocations of orders that hold no date there.
 */
export async function loadNodeClaims(
  trx: ShopTransaction,
  shopId: ShopId,
  of: { readonly nodeIds: readonly string[] | 'all'; readonly now: Temporal.Instant },
): Promise<readonly HeldNodeClaims[]> {
  const since = of.now.subtract({ hours: 24 * WORK_DAYS }).toString();
  const { rows } = await sql<HeldNodeClaims>`
    with node as (
      ${
        of.nodeIds === 'all'
          ? sql`select node_id, revision from node_claims where shop_id = ${shopId}`
          : sql`select w.node_id, coalesce(c.revision, 0) as revision
              from unnest(${of.nodeIds}::text[]) w(node_id)
              left join node_claims c on c.shop_id = ${shopId} and c.node_id = w.node_id`
      }),
    held as (
      select h.holder, h.kind, h.mark, h.quantity, h.expires_at, h.reservation_id, r.created_at
      from node n join reservation_hold h on h.shop_id = ${shopId} and h.holder = n.node_id
      join reservation r on r.shop_id = h.shop_id and r.reservation_id = h.reservation_id
      where h.kind in ('orders', 'units', 'slot') and r.created_at > ${since}),
    allocated as (
      select a.node_id, date_trunc('minute', a.allocated_at) as at, a.order_id, a.quantity
      from node n join order_allocation a on a.shop_id = ${shopId} and a.node_id = n.node_id
      join claimed_order o on o.shop_id = a.shop_id and o.order_id = a.order_id
      where a.allocated_at > ${since} and not exists (
        select from reservation_hold h where h.shop_id = o.shop_id and h.kind = 'units'
          and h.reservation_id = o.reservation_id and h.holder = a.node_id))
    select n.node_id as "nodeId", n.revision,
      coalesce((select jsonb_agg(d) from (
        select mark as date, expires_at as "expiresAt",
          coalesce(sum(quantity) filter (where kind = 'orders'), 0) as orders,
          coalesce(sum(quantity) filter (where kind = 'units'), 0) as units
        from held where holder = n.node_id and kind <> 'slot' group by mark, expires_at) d),
        '[]') as dates,
      coalesce((select jsonb_agg(s) from (
        select mark as "startsAt", expires_at as "expiresAt", sum(quantity) as taken
        from held where holder = n.node_id and kind = 'slot' group by mark, expires_at) s),
        '[]') as slots,
      coalesce((select jsonb_agg(w) from (
        select date_trunc('minute', created_at) as "claimedAt", expires_at as "expiresAt",
          sum(quantity) as units
        from held where holder = n.node_id and kind = 'units' group by 1, 2
        union all
        select at, null, sum(quantity) from allocated where node_id = n.node_id group by at) w),
        '[]') as work,
      coalesce((select jsonb_agg(a) from (
        select at, count(distinct order_id) as orders
        from allocated where node_id = n.node_id group by at) a), '[]') as allocated
    from node n order by n.node_id`.execute(trx);
  return rows.map((row) => ({
    ...row,
    dates: row.dates.map(withoutNull),
    slots: row.slots.map(withoutNull),
    work: row.work.map(withoutNull),
  }));
}

// JSON says null where an order's claim has no end.
function withoutNull<Of extends { readonly expiresAt?: string | null | undefined }>(row: Of) {
  return { ...row, expiresAt: row.expiresAt ?? undefined };
}
