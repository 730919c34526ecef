/**
 * Which orders might stand better elsewhere?
 *
 * Read without locks: whoever moves a work looks at it again under its lock.
 */
import { sql } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';

/** Orders with works that were given to a place and that nobody has claimed or begun, begun soon left out; newest first. */
export async function readMovable(
  trx: ShopTransaction,
  shopId: ShopId,
  of: {
    /** Works to be begun before this instant stay. */
    readonly begunAfter: string;
    readonly most: number;
  },
): Promise<readonly string[]> {
  const { rows } = await sql<{ orderId: string }>`
    select w.order_id as "orderId" from work w
    where w.shop_id = ${shopId} and w.state = 'placed' and w.negotiation = 'assigned'
      and w.kind = 'ship' and w.hold_reason is null and w.node_id is not null
      and (w.start_by is null or w.start_by > ${of.begunAfter}::timestamptz)
    group by w.order_id order by max(w.placed_at) desc, w.order_id limit ${of.most}`.execute(trx);
  return rows.map(({ orderId }) => orderId);
}
