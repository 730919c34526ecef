/**
 * What does the follower remember of an order, and where does it find the order's works and parcels?
 *
 * Everything in a transaction of one shop. A step is written before it is sent; while one is under way nothing is
 * `settled`, so that its effect is never taken for somebody else's.
 */
import { sql } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import { type LateUnits, readLate } from '../../orders/exceptions/store.ts';
import { readWorks, type Work } from '../../orders/works/store.ts';
import type { ShopTransaction } from '../../stock/ledger/store.ts';
import type { Settled } from './by-hand.ts';
import type { FollowedParcel } from './desired.ts';
import type { ObservedFulfillment, ObservedPart, Units } from './observed.ts';
import type { Step, Stuck } from './step.ts';

export type FollowState = 'pending' | 'done' | 'stuck';

/** What is remembered of an order. */
export type FollowRow = {
  readonly state: FollowState;
  readonly since: string;
  readonly seenVersion: number;
  readonly reason: string | null;
  readonly facts: Stuck['facts'];
  readonly settled: Settled | null;
  readonly fulfillments: Readonly<Record<string, string>>;
  readonly prepared: readonly string[];
  readonly parts: number;
  readonly lastStep: number;
};

/** An order as it stands with us. */
export type FollowedOrder = {
  readonly works: readonly Work[];
  readonly parcels: readonly FollowedParcel[];
  readonly row: FollowRow | undefined;
  /** What left though it was canceled: Shopify has nothing open of it, and is told nothing. */
  readonly late: readonly LateUnits[];
  /** Rises with every change of its works. */
  readonly version: number;
};

const rowColumns = sql`
  state, to_char(since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as since, seen_version as "seenVersion",
  reason, facts, settled, fulfillments, prepared, parts, last_step as "lastStep"`;

/** Reads it all. */
export async function loadFollowed(
  trx: ShopTransaction,
  shopId: ShopId,
  orderId: string,
): Promise<FollowedOrder> {
  const works = await readWorks(trx, shopId, { orderId });
  // One statement for both: a run is an order's and runs are many.
  const { rows } = await sql<{ parcels: readonly FollowedParcel[]; row: FollowRow | null }>`
    select coalesce((select jsonb_agg(p order by p."parcelId") from (
        select parcel_id as "parcelId", work_id as "workId", state, carrier, tracking_number as "trackingNumber",
          tracking_url as "trackingUrl", fulfillment_id as "fulfillmentId", lines
        from parcel where shop_id = ${shopId} and order_id = ${orderId}) p), '[]') as parcels,
      (select to_jsonb(f) from (
        select ${rowColumns} from fulfillment_follow
        where shop_id = ${shopId} and order_id = ${orderId}) f) as row`.execute(trx);
  const parcels = rows[0]?.parcels ?? [];
  const row = rows[0]?.row ?? undefined;
  const hasLeft = works.some(({ leftAt }) => leftAt !== null);
  const late = hasLeft ? await readLate(trx, shopId, orderId) : [];
  return { works, parcels, row, late, version: versionOf(works) };
}

/** The sum that rises with every change of works; a new work counts too. */
export function versionOf(works: readonly Pick<Work, 'version'>[]): number {
  return works.reduce((sum, { version }) => sum + version, works.length);
}

/** What is remembered, without the works. */
export async function readFollowRow(
  trx: ShopTransaction,
  shopId: ShopId,
  orderId: string,
): Promise<FollowRow | undefined> {
  const { rows } = await sql<FollowRow>`
    select ${rowColumns} from fulfillment_follow
    where shop_id = ${shopId} and order_id = ${orderId}`.execute(trx);
  return rows[0];
}

/** Notes that a run has begun; one that was cut off is found by it. */
export async function markPending(
  trx: ShopTransaction,
  shopId: ShopId,
  { orderId, at }: { readonly orderId: string; readonly at: string },
): Promise<void> {
  await sql`
    insert into fulfillment_follow (shop_id, order_id, state, since) values (${shopId}, ${orderId}, 'pending', ${at})
    on conflict (shop_id, order_id) do update set state = 'pending',
      since = case when fulfillment_follow.state = 'pending' then fulfillment_follow.since else excluded.since end`.execute(
    trx,
  );
}

/** Writes a step before it is sent; its number. */
export async function beginStep(
  trx: ShopTransaction,
  shopId: ShopId,
  begun: {
    readonly orderId: string;
    readonly step: Step;
    readonly before: readonly ObservedPart[];
    readonly at: string;
  },
): Promise<number> {
  const { rows } = await sql<{ stepNo: number }>`
    update fulfillment_follow set last_step = last_step + 1, settled = null
    where shop_id = ${shopId} and order_id = ${begun.orderId} returning last_step as "stepNo"`.execute(
    trx,
  );
  const stepNo = rows[0]?.stepNo;
  if (stepNo === undefined) throw new Error(`Bug: ${begun.orderId} is sent steps unmarked`);
  await sql`
    insert into fulfillment_step (shop_id, order_id, step_no, kind, step, before, begun_at)
    values (${shopId}, ${begun.orderId}, ${stepNo}, ${begun.step.kind}, ${JSON.stringify(begun.step)}::jsonb,
      ${JSON.stringify(begun.before)}::jsonb, ${begun.at})`.execute(trx);
  return stepNo;
}

/** Writes what came of a step. */
export async function endStep(
  trx: ShopTransaction,
  shopId: ShopId,
  ended: {
    readonly orderId: string;
    readonly stepNo: number;
    readonly outcome: 'done' | 'refused' | 'unclear';
    readonly answer: string | null;
    readonly at: string;
  },
): Promise<void> {
  await sql`
    update fulfillment_step set outcome = ${ended.outcome}, answer = ${ended.answer}, ended_at = ${ended.at}
    where shop_id = ${shopId} and order_id = ${ended.orderId} and step_no = ${ended.stepNo}`.execute(
    trx,
  );
}

/** Remembers that the shopper of a pickup was told. */
export async function addPrepared(
  trx: ShopTransaction,
  shopId: ShopId,
  { orderId, partId }: { readonly orderId: string; readonly partId: string },
): Promise<void> {
  await sql`
    update fulfillment_follow set prepared = array_append(array_remove(prepared, ${partId}), ${partId})
    where shop_id = ${shopId} and order_id = ${orderId}`.execute(trx);
}

/** Ends a run. */
export async function endRun(
  trx: ShopTransaction,
  shopId: ShopId,
  ended: {
    readonly orderId: string;
    readonly state: 'done' | 'stuck';
    readonly stuck: Stuck | undefined;
    readonly settled: Settled | null;
    readonly version: number;
    readonly parts: number;
    readonly at: string;
  },
): Promise<void> {
  const settled = ended.settled === null ? null : JSON.stringify(ended.settled);
  await sql`
    update fulfillment_follow set state = ${ended.state}, since = ${ended.at}, seen_version = ${ended.version},
      reason = ${ended.stuck?.reason ?? null}, facts = ${JSON.stringify(ended.stuck?.facts ?? {})}::jsonb,
      settled = coalesce(${settled}::jsonb, settled), parts = ${ended.parts}
    where shop_id = ${shopId} and order_id = ${ended.orderId}`.execute(trx);
}

/** A shipment that Shopify has as this fulfillment. */
export type FoundFulfillment = {
  readonly shipmentId: string;
  readonly workId: string;
  readonly kind: 'ship' | 'pickup';
  readonly lines: readonly Units[];
  readonly fulfillment: ObservedFulfillment;
};

/**
 * Remembers which fulfillment a shipment is. A parcel gets its id; what left by somebody else's hand gets a parcel, so that
 * its number is known.
 */
export async function saveFulfillments(
  trx: ShopTransaction,
  shopId: ShopId,
  { orderId, found }: { readonly orderId: string; readonly found: readonly FoundFulfillment[] },
): Promise<void> {
  if (found.length === 0) return;
  const ids = Object.fromEntries(
    found.map(({ shipmentId, fulfillment }) => [shipmentId, fulfillment.id]),
  );
  await sql`
    update fulfillment_follow set fulfillments = fulfillments || ${JSON.stringify(ids)}::jsonb
    where shop_id = ${shopId} and order_id = ${orderId}`.execute(trx);
  for (const { shipmentId, workId, kind, lines, fulfillment } of found) {
    await sql`
      update parcel set fulfillment_id = ${fulfillment.id}
      where shop_id = ${shopId} and parcel_id = ${shipmentId} and fulfillment_id is distinct from ${fulfillment.id}`.execute(
      trx,
    );
    const { tracking } = fulfillment;
    if (shipmentId !== workId || kind !== 'ship' || tracking === null) continue;
    await sql`
      insert into parcel (shop_id, parcel_id, order_id, work_id, state, carrier, tracking_number, tracking_url,
        fulfillment_id, lines, created_at, shipped_at)
      select ${shopId}, ${`fulfillment-${fulfillment.id}`}, ${orderId}, ${workId}, 'shipped', ${tracking.company},
        ${tracking.number}, ${tracking.url}, ${fulfillment.id},
        (select jsonb_agg(jsonb_build_object('lineId', l."lineId", 'sku', w.sku, 'quantity', l.quantity))
          from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) l("lineId" text, quantity int)
          join work_line w on w.shop_id = ${shopId} and w.work_id = ${workId} and w.line_id = l."lineId"),
        ${fulfillment.createdAt}, ${fulfillment.createdAt}
      on conflict do nothing`.execute(trx);
  }
}

/** Parcels whose fulfillment was canceled and whose work is open again: they did not leave after all. */
export async function cancelParcels(
  trx: ShopTransaction,
  shopId: ShopId,
  {
    orderId,
    fulfillmentIds,
  }: { readonly orderId: string; readonly fulfillmentIds: readonly string[] },
): Promise<void> {
  if (fulfillmentIds.length === 0) return;
  await sql`
    update parcel p set state = 'canceled', tracking_number = null
    from work w
    where p.shop_id = ${shopId} and p.order_id = ${orderId} and p.fulfillment_id = any(${[...fulfillmentIds]}::text[])
      and p.state <> 'canceled' and w.shop_id = p.shop_id and w.work_id = p.work_id
      and w.state not in ('shipped', 'handed_over', 'delivered')`.execute(trx);
}

/**
 * Orders whose run was begun before `before` and has not ended, those whose works changed since the last one, and those
 * that were stuck before `stuckBefore`: what was in the way may be gone.
 */
export async function findUnfollowed(
  trx: ShopTransaction,
  shopId: ShopId,
  asked: { readonly before: string; readonly stuckBefore: string; readonly limit: number },
): Promise<readonly string[]> {
  const { before, stuckBefore, limit } = asked;
  const { rows } = await sql<{ orderId: string }>`
    select order_id as "orderId" from fulfillment_follow
    where shop_id = ${shopId}
      and (state = 'pending' and since <= ${before}
        -- what only a person ends is followed again when he has
        or state = 'stuck' and since <= ${stuckBefore} and reason <> 'left_though_canceled')
    union
    select w.order_id from (
      select distinct order_id from work
      where shop_id = ${shopId} and state in ('unplaced', 'placed', 'picking', 'packed', 'ready')
        and created_at <= ${before}) open
    join work w on w.shop_id = ${shopId} and w.order_id = open.order_id
    left join fulfillment_follow f on f.shop_id = ${shopId} and f.order_id = open.order_id
    where open.order_id ~ '^[0-9]+$'
    group by w.order_id, f.seen_version
    having sum(w.version) + count(*) is distinct from f.seen_version
    limit ${limit}`.execute(trx);
  return rows.map(({ orderId }) => orderId);
}

/** The last steps of an order, newest first. */
export async function readSteps(
  trx: ShopTransaction,
  shopId: ShopId,
  { orderId, limit }: { readonly orderId: string; readonly limit: number },
): Promise<
  readonly {
    readonly stepNo: number;
    readonly kind: Step['kind'];
    readonly begunAt: string;
    readonly outcome: 'done' | 'refused' | 'unclear' | null;
    readonly answer: string | null;
  }[]
> {
  const { rows } = await sql<{
    stepNo: number;
    kind: Step['kind'];
    begunAt: Temporal.Instant;
    outcome: 'done' | 'refused' | 'unclear' | null;
    answer: string | null;
  }>`
    select step_no as "stepNo", kind, begun_at as "begunAt", outcome, answer from fulfillment_step
    where shop_id = ${shopId} and order_id = ${orderId} order by step_no desc limit ${limit}`.execute(
    trx,
  );
  return rows.map(({ begunAt, ...row }) => ({ ...row, begunAt: begunAt.toString() }));
}

/** Orders that wait for a person, oldest first. */
export async function findStuck(
  trx: ShopTransaction,
  shopId: ShopId,
  limit: number,
): Promise<readonly (Stuck & { readonly orderId: string; readonly since: string })[]> {
  const { rows } = await sql<Stuck & { orderId: string; since: Temporal.Instant }>`
    select order_id as "orderId", reason, facts, since from fulfillment_follow
    where shop_id = ${shopId} and state = 'stuck' order by since limit ${limit}`.execute(trx);
  return rows.map(({ since, ...row }) => ({ ...row, since: since.toString() }));
}
