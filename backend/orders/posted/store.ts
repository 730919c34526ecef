/**
 * What becomes of a posted order, as its system asks for it.
 *
 * In the caller's transaction. Works and parcels are read as they stand; nothing of the buyer is among it.
 */
import { sql } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import type { ShopTransaction } from '../../stock/ledger/store.ts';

/** Units of a line. */
export type PostedUnits = {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
};

/** One work, as other systems see it. Instants ISO. */
export type PostedWork = {
  readonly workId: string;
  readonly state: string;
  readonly nodeId: string | null;
  readonly serviceCode: string | null;
  readonly unplacedReason: string | null;
  readonly holdReason: string | null;
  readonly plannedEnd: string | null;
  readonly lines: readonly PostedUnits[];
};

/** One parcel. */
export type PostedParcel = {
  readonly parcelId: string;
  readonly state: string;
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  readonly trackingUrl: string | null;
  readonly shippedAt: string | null;
  readonly deliveredAt: string | null;
  readonly lines: readonly PostedUnits[];
};

const iso = (column: string) =>
  sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

/** Works that are not given up, and parcels, of one order. */
export async function readProgress(
  trx: ShopTransaction,
  shopId: ShopId,
  orderId: string,
): Promise<{ readonly works: readonly PostedWork[]; readonly parcels: readonly PostedParcel[] }> {
  const works = await sql<PostedWork>`
    select w.work_id as "workId", w.state, w.node_id as "nodeId", w.service_code as "serviceCode",
      w.unplaced_reason as "unplacedReason", w.hold_reason as "holdReason", ${iso('w.planned_end')} as "plannedEnd",
      coalesce((select jsonb_agg(jsonb_build_object('lineId', l.line_id, 'sku', l.sku, 'quantity', l.quantity)
        order by l.line_id) from work_line l where l.shop_id = w.shop_id and l.work_id = w.work_id), '[]') as lines
    from work w where w.shop_id = ${shopId} and w.order_id = ${orderId} and w.state <> 'canceled'
    order by w.work_id`.execute(trx);
  const parcels = await sql<PostedParcel>`
    select p.parcel_id as "parcelId", p.state, p.carrier, p.tracking_number as "trackingNumber",
      p.tracking_url as "trackingUrl", ${iso('p.shipped_at')} as "shippedAt",
      ${iso('p.delivered_at')} as "deliveredAt", p.lines
    from parcel p where p.shop_id = ${shopId} and p.order_id = ${orderId} order by p.created_at, p.parcel_id`.execute(
    trx,
  );
  return { works: works.rows, parcels: parcels.rows };
}
