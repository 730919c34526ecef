/**
 * What has been committed to a shop's timeline since we last looked?
 *
 * Events carry the id of the transaction that wrote them. A reader keeps the oldest id that was still running when it
 * looked, and asks for what is not older: nothing that commits late is passed over, some is seen twice and known by its number.
 */
import { sql } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';
import type { StoredEvent } from '../../timeline/timeline.ts';

/** An event as the feed reads it. `xact` is the number of its transaction. */
export type FeedRow = Pick<StoredEvent, 'seq' | 'kind' | 'workId' | 'nodeId' | 'facts' | 'at'> & {
  readonly xact: string;
};

/** The oldest transaction still running: what it and later ones write is not read yet. */
export async function readHorizon(trx: ShopTransaction): Promise<string> {
  const { rows } = await sql<{ horizon: string }>`
    select pg_snapshot_xmin(pg_current_snapshot())::text as horizon`.execute(trx);
  const [row] = rows;
  if (row === undefined) throw new Error('Bug: a snapshot without a horizon');
  return row.horizon;
}

/** Events of works whose transactions are not older than `since`, by transaction; and the next horizon, of the same moment. */
export async function readSince(
  trx: ShopTransaction,
  shopId: ShopId,
  { since, limit }: { readonly since: string; readonly limit: number },
): Promise<{ readonly rows: readonly FeedRow[]; readonly horizon: string }> {
  const { rows } = await sql<{ horizon: string; events: readonly FeedRow[] }>`
    select pg_snapshot_xmin(pg_current_snapshot())::text as horizon,
      coalesce((select jsonb_agg(to_jsonb(e)) from (
        select seq, kind, work_id as "workId", node_id as "nodeId", facts, xact::text as xact,
          to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
        from order_event
        where shop_id = ${shopId} and xact >= ${since}::xid8 and work_id is not null
        order by order_event.xact, seq limit ${limit}) e), '[]'::jsonb) as events`.execute(trx);
  const [row] = rows;
  if (row === undefined) throw new Error('Bug: a snapshot without a horizon');
  return { rows: row.events, horizon: row.horizon };
}
