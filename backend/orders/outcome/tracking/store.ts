/**
 * Where does what carriers say of parcels rest?
 *
 * In a caller's transaction, which holds the locks of the order's works. A thing said twice is one row; the parcel is
 * written from all that was said.
 */
import { sql } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';
import type { ParcelState, TrackedParcel, TrackingEvent } from './tracking.ts';

/** How a parcel is named by who tells of it. */
export type ParcelName =
  | { readonly trackingNumber: string }
  | { readonly fulfillmentId: string }
  | { readonly parcelId: string };

/** A parcel as stored, as far as tracking is concerned. */
export type StoredParcel = {
  readonly parcelId: string;
  readonly orderId: string;
  readonly workId: string | null;
  readonly state: ParcelState;
  readonly shippedAt: string | null;
  readonly deliveredAt: string | null;
  readonly expectedAt: string | null;
  readonly lines: readonly {
    readonly lineId: string;
    readonly sku: string;
    readonly quantity: number;
  }[];
};

const iso = (column: string) =>
  sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
const selected = sql`
  select x.parcel_id as "parcelId", x.order_id as "orderId", x.work_id as "workId", x.state,
    ${iso('x.shipped_at')} as "shippedAt", ${iso('x.delivered_at')} as "deliveredAt",
    ${iso('x.expected_at')} as "expectedAt", x.lines
  from parcel x`;

/** Which parcel is meant; with several names the first that fits. */
export async function findParcels(
  trx: ShopTransaction,
  shopId: ShopId,
  names: readonly ParcelName[],
): Promise<ReadonlyMap<ParcelName, { readonly parcelId: string; readonly orderId: string }>> {
  const asked = names.map((name, index) => ({ index, ...name }));
  const { rows } = await sql<{ index: number; parcelId: string; orderId: string }>`
    select n.index, x.parcel_id as "parcelId", x.order_id as "orderId"
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
      n(index int, "trackingNumber" text, "fulfillmentId" text, "parcelId" text)
    join lateral (select p.parcel_id, p.order_id from parcel p where p.shop_id = ${shopId}
      and (lower(p.tracking_number) = lower(n."trackingNumber") or p.fulfillment_id = n."fulfillmentId"
        or p.parcel_id = n."parcelId") order by p.created_at limit 1) x on true`.execute(trx);
  return new Map(
    rows.flatMap(({ index, ...found }) => {
      const name = names[index];
      return name === undefined ? [] : [[name, found] as const];
    }),
  );
}

/** The parcels of an order. */
export async function readParcels(
  trx: ShopTransaction,
  shopId: ShopId,
  orderId: string,
): Promise<readonly StoredParcel[]> {
  const { rows } = await sql<StoredParcel>`
    ${selected} where x.shop_id = ${shopId} and x.order_id = ${orderId} order by x.parcel_id`.execute(
    trx,
  );
  return rows;
}

/** Keeps what was said; says which event ids are new. */
export async function keepEvents(
  trx: ShopTransaction,
  shopId: ShopId,
  said: {
    readonly parcelId: string;
    readonly source: string;
    readonly events: readonly TrackingEvent[];
    readonly now: string;
  },
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ eventId: string }>`
    insert into parcel_event (shop_id, parcel_id, source, event_id, kind, occurred_at, told_at, expected_at)
    select ${shopId}, ${said.parcelId}, ${said.source}, e."eventId", e.kind, e."occurredAt", ${said.now}, e."expectedAt"
    from jsonb_to_recordset(${JSON.stringify(said.events)}::jsonb)
      e("eventId" text, kind text, "occurredAt" timestamptz, "expectedAt" timestamptz)
    on conflict do nothing returning event_id as "eventId"`.execute(trx);
  return new Set(rows.map((row) => row.eventId));
}

/** Everything that was said of a parcel. The id is made whole with its source: two tellers may use the same. */
export async function readEvents(
  trx: ShopTransaction,
  shopId: ShopId,
  parcelId: string,
): Promise<readonly TrackingEvent[]> {
  const { rows } = await sql<Omit<TrackingEvent, 'expectedAt'> & { expectedAt: string | null }>`
    select e.source || ' ' || e.event_id as "eventId", e.kind, ${iso('e.occurred_at')} as "occurredAt",
      ${iso('e.expected_at')} as "expectedAt"
    from parcel_event e where e.shop_id = ${shopId} and e.parcel_id = ${parcelId}`.execute(trx);
  return rows.map(({ expectedAt, ...event }) => ({
    ...event,
    ...(expectedAt === null ? {} : { expectedAt }),
  }));
}

/** Writes a parcel as its events leave it. */
export async function writeParcel(
  trx: ShopTransaction,
  shopId: ShopId,
  parcelId: string,
  { state, shippedAt, deliveredAt, expectedAt }: TrackedParcel,
): Promise<void> {
  await sql`
    update parcel set state = ${state}, shipped_at = ${shippedAt}, delivered_at = ${deliveredAt},
      expected_at = ${expectedAt}
    where shop_id = ${shopId} and parcel_id = ${parcelId}`.execute(trx);
}
