/**
 * What do the facts that replicas hold in memory say of claims?
 *
 * In: the tables of reservations and orders, in the reader's snapshot. Out: what is claimed of SKUs whatever the node.
 * Nothing is locked and nothing decided here: a grant stands on locked rows (`../service.ts`), a quote on this.
 */
import { type RawBuilder, sql } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import type { ShopTransaction } from '../../ledger/store.ts';
import type { QuotaUseRow } from '../../stock.ts';
import type { SkuClaims } from '../../store.ts';

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
