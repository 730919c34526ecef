/**
 * What happened in a cell, newest first: read link by link, each movement names the one before it.
 */
import { sql } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import type { CellKey } from '../cells.ts';
import type { StockType } from '../ledger.ts';
import type { ShopTransaction } from '../store.ts';

/** A movement as it is stored, for a person or another system to read. */
export type MovementRow = {
  readonly movement: number;
  readonly source: string;
  readonly eventId: string;
  readonly type: StockType;
  readonly kind: 'delta' | 'count';
  readonly quantity: number;
  readonly delta: number;
  readonly reason: string;
  readonly actor: string;
  readonly occurredAt: string;
  readonly bookedAt: string;
  readonly lot: string | null;
  readonly expectedAt: string | null;
  readonly expectedOn: string | null;
};

/** Movements of a cell, the newest booked first, older than `before` when given. */
export async function readHistory(
  trx: ShopTransaction,
  shopId: ShopId,
  {
    sku,
    nodeId,
    limit,
    before,
  }: CellKey & { readonly limit: number; readonly before?: number | undefined },
): Promise<readonly MovementRow[]> {
  type Read = Omit<MovementRow, 'occurredAt' | 'bookedAt' | 'expectedAt' | 'expectedOn'> & {
    occurredAt: Temporal.Instant;
    bookedAt: Temporal.Instant;
    expectedAt: Temporal.Instant | null;
    expectedOn: Temporal.PlainDate | null;
  };
  const start =
    before === undefined
      ? sql`select last_movement as next from stock_position
          where shop_id = ${shopId} and sku = ${sku} and node_id = ${nodeId}`
      : sql`select previous as next from stock_movement
          where shop_id = ${shopId} and movement = ${before} and sku = ${sku} and node_id = ${nodeId}`;
  const { rows } = await sql<Read>`
    with recursive walk as (
      select 0 as place, next from (${start}) s
      union all
      select w.place + 1, m.previous from walk w cross join lateral (
        select previous from stock_movement
        where shop_id = ${shopId} and movement = w.next limit 1) m
      where w.place < ${limit}
    )
    select m.movement, m.source, m.event_id as "eventId", m.type, m.kind, m.quantity, m.delta, m.reason,
      m.actor, m.occurred_at as "occurredAt", m.booked_at as "bookedAt", m.lot,
      m.expected_at as "expectedAt", m.expected_on as "expectedOn"
    from walk w cross join lateral (
      select * from stock_movement where shop_id = ${shopId} and movement = w.next limit 1) m
    where w.place < ${limit} order by w.place`.execute(trx);
  return rows.map((row) => ({
    ...row,
    occurredAt: row.occurredAt.toString(),
    bookedAt: row.bookedAt.toString(),
    expectedAt: row.expectedAt?.toString() ?? null,
    expectedOn: row.expectedOn?.toString() ?? null,
  }));
}
