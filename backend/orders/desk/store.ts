/**
 * Where does a desk read its works, and where do its parcels and tries at codes rest?
 *
 * Everything runs in a caller's transaction of one shop. What changes a work has locked it (`lockWorks`); reading needs no
 * lock. The list is bounded, most urgent first, and served by the index `work_by_node`.
 */
import { sql } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import type { ShopTransaction } from '../../stock/ledger/store.ts';
import type { DeskParcel, DeskWork } from './desk.ts';

const iso = (column: string, name: string) =>
  sql`to_char(w.${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as ${sql.ref(name)}`;

// Addresses go onto slips: works that are collected do not need them.
const selected = sql`
  select w.work_id as "workId", w.order_id as "orderId", coalesce(o.name, w.order_id) as "orderName", w.kind, w.state,
    coalesce(w.hold_reason, o.hold_reason) as "holdReason", w.version, w.service_code as "serviceCode",
    w.promised_on::text as "promisedOn", ${iso('start_by', 'startBy')},
    ${iso('planned_departure', 'plannedDeparture')}, o.customer_name as "customerName",
    case when w.kind = 'ship' then o.address end as address,
    coalesce((
      select jsonb_agg(jsonb_build_object('lineId', l.line_id, 'sku', l.sku, 'quantity', l.quantity, 'picked', l.picked,
        'title', coalesce(c.title, l.sku)) order by l.sku, l.line_id)
      from work_line l left join customer_order_line c
        on c.shop_id = l.shop_id and c.order_id = w.order_id and c.line_id = l.line_id
      where l.shop_id = w.shop_id and l.work_id = w.work_id), '[]'::jsonb) as lines,
    (select jsonb_build_object('parcelId', p.parcel_id, 'carrier', p.carrier, 'trackingNumber', p.tracking_number,
        'weightGrams', p.weight_grams)
      from parcel p where p.shop_id = w.shop_id and p.order_id = w.order_id and p.work_id = w.work_id
        and p.state = 'packed' order by p.created_at desc limit 1) as parcel,
    exists (select from pickup_code_try t where t.shop_id = w.shop_id and t.work_id = w.work_id
      and t.locked_at is not null) as "isCodeLocked"
  from work w left join customer_order o on o.shop_id = w.shop_id and o.order_id = w.order_id`;

/** The works of a node that are its to do, the first to begin first. */
export async function listWorks(
  trx: ShopTransaction,
  shopId: ShopId,
  { nodeId, limit }: { readonly nodeId: string; readonly limit: number },
): Promise<readonly DeskWork[]> {
  const { rows } = await sql<DeskWork>`
    ${selected} where w.shop_id = ${shopId} and w.node_id = ${nodeId}
      and w.state in ('placed', 'picking', 'packed', 'ready') and w.negotiation <> 'offered'
    order by coalesce(w.start_by, w.planned_departure, w.created_at), w.work_id limit ${limit}`.execute(
    trx,
  );
  return rows;
}

/** How many there are in each state, however many are shown. */
export async function countWorks(
  trx: ShopTransaction,
  shopId: ShopId,
  nodeId: string,
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ state: string; count: number }>`
    select state, count(*)::int as count from work where shop_id = ${shopId} and node_id = ${nodeId}
      and state in ('placed', 'picking', 'packed', 'ready') and negotiation <> 'offered'
    group by state`.execute(trx);
  return new Map(rows.map(({ state, count }) => [state, count]));
}

/** One work of a node, whatever its state. */
export async function readDeskWork(
  trx: ShopTransaction,
  shopId: ShopId,
  { nodeId, workId }: { readonly nodeId: string; readonly workId: string },
): Promise<DeskWork | undefined> {
  const { rows } = await sql<DeskWork>`
    ${selected} where w.shop_id = ${shopId} and w.work_id = ${workId} and w.node_id = ${nodeId}
      and w.negotiation <> 'offered'`.execute(trx);
  return rows[0];
}

/** What of the order an act must know besides the work. */
export async function readOrderOf(
  trx: ShopTransaction,
  shopId: ShopId,
  workId: string,
): Promise<{ readonly holdReason: string | null; readonly source: string } | undefined> {
  const { rows } = await sql<{ holdReason: string | null; source: string }>`
    select o.hold_reason as "holdReason", o.source from work w
    join customer_order o on o.shop_id = w.shop_id and o.order_id = w.order_id
    where w.shop_id = ${shopId} and w.work_id = ${workId}`.execute(trx);
  return rows[0];
}

/** So many of each line are in the basket. */
export async function savePicked(
  trx: ShopTransaction,
  shopId: ShopId,
  of: {
    readonly workId: string;
    readonly lines: readonly { readonly lineId: string; readonly picked: number }[];
  },
): Promise<void> {
  await sql`
    update work_line l set picked = a.picked
    from jsonb_to_recordset(${JSON.stringify(of.lines)}::jsonb) a("lineId" text, picked int)
    where l.shop_id = ${shopId} and l.work_id = ${of.workId} and l.line_id = a."lineId"`.execute(
    trx,
  );
}

/** A parcel as it is packed. A number that another parcel has is a unique violation (`parcel_by_tracking`). */
export async function insertParcel(
  trx: ShopTransaction,
  shopId: ShopId,
  parcel: DeskParcel & {
    readonly orderId: string;
    readonly workId: string;
    readonly serviceCode: string | null;
    readonly lines: readonly {
      readonly lineId: string;
      readonly sku: string;
      readonly quantity: number;
    }[];
    readonly at: string;
  },
): Promise<void> {
  await sql`
    insert into parcel (shop_id, parcel_id, order_id, work_id, state, carrier, service_code, tracking_number,
      weight_grams, lines, created_at)
    values (${shopId}, ${parcel.parcelId}, ${parcel.orderId}, ${parcel.workId}, 'packed', ${parcel.carrier},
      ${parcel.serviceCode}, ${parcel.trackingNumber}, ${parcel.weightGrams},
      ${JSON.stringify(parcel.lines)}::jsonb, ${parcel.at})`.execute(trx);
}

/** The packed parcel of a work leaves; what is said of carrier and number now goes before what was. */
export async function shipParcel(
  trx: ShopTransaction,
  shopId: ShopId,
  of: {
    readonly orderId: string;
    readonly workId: string;
    readonly carrier: string | null;
    readonly trackingNumber: string | null;
    readonly at: string;
    /** What is in it as it leaves. */
    readonly lines: readonly {
      readonly lineId: string;
      readonly sku: string;
      readonly quantity: number;
    }[];
  },
): Promise<string | undefined> {
  const { rows } = await sql<{ parcelId: string }>`
    update parcel set state = 'shipped', shipped_at = ${of.at}, lines = ${JSON.stringify(of.lines)}::jsonb, carrier = coalesce(${of.carrier}, carrier),
      tracking_number = coalesce(${of.trackingNumber}, tracking_number)
    where shop_id = ${shopId} and order_id = ${of.orderId} and work_id = ${of.workId} and state = 'packed'
    returning parcel_id as "parcelId"`.execute(trx);
  return rows[0]?.parcelId;
}

/** Wrong codes shown for a work so far, under its lock. */
export async function readCodeTries(
  trx: ShopTransaction,
  shopId: ShopId,
  workId: string,
): Promise<number> {
  const { rows } = await sql<{ wrongTries: number }>`
    select wrong_tries as "wrongTries" from pickup_code_try
    where shop_id = ${shopId} and work_id = ${workId}`.execute(trx);
  return rows[0]?.wrongTries ?? 0;
}

/** Remembers a wrong code. */
export async function saveCodeTry(
  trx: ShopTransaction,
  shopId: ShopId,
  of: { readonly workId: string; readonly wrongTries: number; readonly lockedAt: string | null },
): Promise<void> {
  await sql`
    insert into pickup_code_try (shop_id, work_id, wrong_tries, locked_at)
    values (${shopId}, ${of.workId}, ${of.wrongTries}, ${of.lockedAt})
    on conflict (shop_id, work_id) do update set wrong_tries = excluded.wrong_tries,
      locked_at = excluded.locked_at`.execute(trx);
}

/** The work's code may be tried again. */
export async function forgetCodeTries(
  trx: ShopTransaction,
  shopId: ShopId,
  workId: string,
): Promise<void> {
  await sql`delete from pickup_code_try where shop_id = ${shopId} and work_id = ${workId}`.execute(
    trx,
  );
}
