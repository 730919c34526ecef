/**
 * What do outcomes, alerts and stores add up to?
 *
 * Read only, one statement a question. Evidence 5 (no promise was found, decision 11) is counted apart everywhere and never
 * in a kept rate.
 */
import { sql } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';
import type { ExceptionKind } from '../../exceptions/exceptions.ts';
import type { WorkKind, WorkState } from '../../works/lifecycle.ts';
import type { Milestone } from '../watch/milestones.ts';

/** Which outcomes: settled in `[from, to)`, ISO instants. */
export type OutcomesAsked = { readonly from: string; readonly to: string };

/** Outcomes by what they are grouped by. */
export const OUTCOME_GROUPS = ['lane', 'node', 'service'] as const;
export type OutcomeGroup = (typeof OUTCOME_GROUPS)[number];

/** Counts of one group, or of all orders. */
export type OutcomeRow = {
  /** `rome>IT-1:standard` for a lane, a node's id, a service's code; '' for all orders. */
  readonly key: string;
  readonly promised: number;
  readonly kept: number;
  readonly tooPadded: number;
  readonly late: number;
  readonly withdrawn: number;
  /** Counted apart: nobody said when it was there; the buyer canceled; no promise was found. */
  readonly unheard: number;
  readonly canceled: number;
  readonly unpromised: number;
  /** Kept and too padded of all promised, in basis points; null: none were promised. */
  readonly keptBasisPoints: number | null;
  /** Of late ones that came: minutes late, at the median, at 90 of 100, the most. */
  readonly lateMinutesP50: number | null;
  readonly lateMinutesP90: number | null;
  readonly lateMinutesMost: number | null;
  /** Of kept ones: dates earlier than promised, on average in hundredths, and how many of each (0, 1, 2, 3 and more). */
  readonly earlyDaysHundredths: number | null;
  readonly earlyDays: readonly number[];
};

const COUNTS = sql`
  count(*) filter (where r.is_promised)::int as promised,
  count(*) filter (where r.is_promised and r.outcome = 'kept')::int as kept,
  count(*) filter (where r.is_promised and r.outcome = 'too_padded')::int as "tooPadded",
  count(*) filter (where r.is_promised and r.outcome = 'late')::int as late,
  count(*) filter (where r.is_promised and r.outcome = 'withdrawn')::int as withdrawn,
  count(*) filter (where r.joined_by < 5 and r.outcome = 'unheard')::int as unheard,
  count(*) filter (where r.joined_by < 5 and r.outcome = 'canceled')::int as canceled,
  count(*) filter (where r.joined_by = 5)::int as unpromised,
  floor(10000.0 * count(*) filter (where r.is_promised and r.outcome in ('kept', 'too_padded'))
    / nullif(count(*) filter (where r.is_promised), 0))::int as "keptBasisPoints",
  percentile_disc(0.5) within group (order by r.late_minutes) filter (where r.is_promised and r.late_minutes is not null)
    as "lateMinutesP50",
  percentile_disc(0.9) within group (order by r.late_minutes) filter (where r.is_promised and r.late_minutes is not null)
    as "lateMinutesP90",
  max(r.late_minutes) filter (where r.is_promised) as "lateMinutesMost",
  round(100 * avg(r.early_days) filter (where r.is_promised))::int as "earlyDaysHundredths",
  array[count(*) filter (where r.is_promised and r.early_days = 0)::int,
    count(*) filter (where r.is_promised and r.early_days = 1)::int,
    count(*) filter (where r.is_promised and r.early_days = 2)::int,
    count(*) filter (where r.is_promised and r.early_days >= 3)::int] as "earlyDays"`;

// What was promised and could be judged: not the buyer's own cancellation, not what nobody told.
const IS_PROMISED = sql`joined_by < 5 and outcome in ('kept', 'too_padded', 'late', 'withdrawn') as is_promised`;

const KEYS: Readonly<Record<OutcomeGroup, ReturnType<typeof sql>>> = {
  lane: sql`coalesce(node_id, '?') || '>' || coalesce(zone_id, '?') || ':' || coalesce(service_code, '?')`,
  node: sql`coalesce(node_id, '?')`,
  service: sql`coalesce(service_code, '?')`,
};

// Lanes of a large network; the page shows the worst first.
const MOST_GROUPS = 500;

/** Parcels and hand-overs by lane, node or service: the least kept first. */
export async function countParcels(
  trx: ShopTransaction,
  shopId: ShopId,
  { from, to, by }: OutcomesAsked & { readonly by: OutcomeGroup },
): Promise<readonly OutcomeRow[]> {
  const { rows } = await sql<OutcomeRow>`
    select r.key, ${COUNTS} from (select *, ${KEYS[by]} as key, ${IS_PROMISED} from parcel_outcome
      where shop_id = ${shopId} and settled_at >= ${from} and settled_at < ${to}) r
    group by r.key order by "keptBasisPoints" nulls last, promised desc, r.key limit ${MOST_GROUPS}`.execute(
    trx,
  );
  return rows;
}

/** All orders, with how many exceptions they had. */
export async function countOrders(
  trx: ShopTransaction,
  shopId: ShopId,
  { from, to }: OutcomesAsked,
): Promise<
  OutcomeRow & {
    readonly orders: number;
    readonly exceptions: number;
    /** Per 1,000 orders, rounded half up; null without orders. */
    readonly exceptionsPerThousand: number | null;
  }
> {
  const { rows } = await sql<Awaited<ReturnType<typeof countOrders>>>`
    select '' as key, ${COUNTS}, count(*)::int as orders, coalesce(sum(r.exceptions), 0)::int as exceptions,
      round(1000.0 * sum(r.exceptions) / nullif(count(*), 0))::int as "exceptionsPerThousand"
    from (select *, ${IS_PROMISED} from order_outcome
      where shop_id = ${shopId} and settled_at >= ${from} and settled_at < ${to}) r`.execute(trx);
  const [row] = rows;
  if (row === undefined) throw new Error('Bug: an aggregate without a row');
  return row;
}

/** How long carriers took: deliveries by lane and carrier day (index 0: the day it left), for the network's lanes. */
export type TransitRow = {
  readonly nodeId: string;
  readonly zoneId: string;
  readonly serviceCode: string;
  readonly observations: readonly number[];
};

// Rule 5 asks for no more: what takes longer is lost.
const MOST_CARRIER_DAYS = 60;

/** Observed transit, as `observations` of a lane takes it. */
export async function readTransit(
  trx: ShopTransaction,
  shopId: ShopId,
  { from, to }: OutcomesAsked,
): Promise<readonly TransitRow[]> {
  const { rows } = await sql<{
    nodeId: string;
    zoneId: string;
    serviceCode: string;
    days: number;
    count: number;
  }>`
    select node_id as "nodeId", zone_id as "zoneId", service_code as "serviceCode", carrier_days::int as days,
      count(*)::int as count
    from parcel_outcome where shop_id = ${shopId} and ended_at >= ${from} and ended_at < ${to}
      and carrier_days between 0 and ${MOST_CARRIER_DAYS} and node_id is not null and zone_id is not null
      and service_code is not null
    group by 1, 2, 3, 4 order by 1, 2, 3, 4`.execute(trx);
  const lanes = Map.groupBy(rows, (row) =>
    JSON.stringify([row.nodeId, row.zoneId, row.serviceCode]),
  );
  return [...lanes.values()].flatMap((ofLane) => {
    const last = ofLane.at(-1);
    if (last === undefined) return [];
    const observations = new Array<number>(last.days + 1).fill(0);
    for (const { days, count } of ofLane) observations[days] = count;
    const { nodeId, zoneId, serviceCode } = last;
    return { nodeId, zoneId, serviceCode, observations };
  });
}

/** One order of the at-risk queue. */
export type AtRiskRow = {
  readonly orderId: string;
  readonly name: string;
  readonly workId: string;
  readonly nodeId: string | null;
  readonly milestone: Milestone | ExceptionKind;
  readonly level: 'before' | 'missed';
  /** A plan or a carrier says that it will be late; else the clock does. */
  readonly isForecast: boolean;
  readonly dueAt: string;
  readonly raisedAt: string;
  readonly promisedOn: string | null;
  readonly unplacedReason: string | null;
  readonly holdReason: string | null;
};

/** The at-risk queue: missed first, then what is due soonest. */
export async function listAtRisk(
  trx: ShopTransaction,
  shopId: ShopId,
  asked: { readonly limit: number; readonly nodeId?: string; readonly untoldOnly?: boolean },
): Promise<readonly AtRiskRow[]> {
  const { nodeId, untoldOnly = false } = asked;
  const { rows } = await sql<AtRiskRow>`
    select a.order_id as "orderId", coalesce(o.name, a.order_id) as name, a.work_id as "workId", w.node_id as "nodeId",
      a.milestone, a.level, coalesce((a.facts ->> 'isForecast')::boolean, false) as "isForecast",
      to_char(a.due_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "dueAt",
      to_char(a.raised_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as "raisedAt",
      (select coalesce(max(m.promised_on), max(p.promised_on))::text from order_promise p left join promise_move m
        on m.shop_id = p.shop_id and m.order_id = p.order_id
        where p.shop_id = a.shop_id and p.order_id = a.order_id) as "promisedOn",
      w.unplaced_reason as "unplacedReason", w.hold_reason as "holdReason"
    from order_alert a
    left join customer_order o on o.shop_id = a.shop_id and o.order_id = a.order_id
    left join work w on w.shop_id = a.shop_id and w.work_id = a.work_id
    where a.shop_id = ${shopId} and a.cleared_at is null
      and (${nodeId ?? null}::text is null or w.node_id = ${nodeId ?? null})
      and (not ${untoldOnly} or a.told_at is null)
    order by a.level = 'missed' desc, a.due_at, a.order_id, a.work_id, a.milestone
    limit ${asked.limit}`.execute(trx);
  return rows;
}

/** How many alerts run. */
export async function countAtRisk(trx: ShopTransaction, shopId: ShopId): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(distinct order_id)::int as count from order_alert
    where shop_id = ${shopId} and cleared_at is null`.execute(trx);
  return rows[0]?.count ?? 0;
}

/** How a store did: what it was asked, what it took, how fast, and how its parcels ended. */
export type StoreScore = {
  readonly nodeId: string;
  readonly offered: number;
  readonly claimed: number;
  readonly refused: number;
  readonly timedOut: number;
  /** From the offer to this store's claim, at the median; null without claims. */
  readonly claimMinutesP50: number | null;
  readonly ended: number;
  readonly late: number;
};

/** Scores of the stores that were asked or that sent anything in the span. */
export async function readScores(
  trx: ShopTransaction,
  shopId: ShopId,
  { from, to }: OutcomesAsked,
): Promise<readonly StoreScore[]> {
  const { rows } = await sql<StoreScore>`
    with asked as (
      select node_id, count(*)::int as offered, count(*) filter (where state = 'won')::int as claimed,
        count(*) filter (where state = 'refused')::int as refused,
        count(*) filter (where state = 'timed_out')::int as timed_out,
        percentile_disc(0.5) within group (order by floor(extract(epoch from answered_at - sent_at) / 60)::int)
          filter (where state = 'won') as minutes
      from offer where shop_id = ${shopId} and sent_at >= ${from} and sent_at < ${to} group by node_id),
    ended as (
      select node_id, count(*)::int as ended, count(*) filter (where outcome = 'late')::int as late
      from parcel_outcome where shop_id = ${shopId} and settled_at >= ${from} and settled_at < ${to}
        and node_id is not null and joined_by < 5
      group by node_id)
    select coalesce(a.node_id, e.node_id) as "nodeId", coalesce(a.offered, 0) as offered,
      coalesce(a.claimed, 0) as claimed, coalesce(a.refused, 0) as refused, coalesce(a.timed_out, 0) as "timedOut",
      a.minutes as "claimMinutesP50", coalesce(e.ended, 0) as ended,
      coalesce(e.late, 0) as late
    from asked a full join ended e on e.node_id = a.node_id order by 1`.execute(trx);
  return rows;
}

/** What of an order its buyer may see. */
export type ProgressFacts = {
  readonly works: readonly {
    readonly workId: string;
    readonly kind: WorkKind;
    readonly state: WorkState;
  }[];
  readonly tracking: readonly { readonly url: string; readonly number: string }[];
};

// What a page shows; a larger order is in the shop's own pages.
const MOST_PARTS = 20;

/** Works and parcels of an order. */
export async function readProgressFacts(
  trx: ShopTransaction,
  shopId: ShopId,
  orderId: string,
): Promise<ProgressFacts> {
  const { rows } = await sql<ProgressFacts>`
    select coalesce((select jsonb_agg(jsonb_build_object('workId', w.work_id, 'kind', w.kind, 'state', w.state)
        order by w.work_id) from work w where w.shop_id = ${shopId} and w.order_id = ${orderId}), '[]'::jsonb) as works,
      coalesce((select jsonb_agg(jsonb_build_object('url', x.url, 'number', coalesce(x.tracking_number, '')))
        from (select y.tracking_number, case when y.tracking_url like 'https://%' and length(y.tracking_url) < 2000
            and y.tracking_url !~ '[\s"''<>]' then y.tracking_url else '' end as url
          from parcel y where y.shop_id = ${shopId} and y.order_id = ${orderId} and y.state not in ('canceled', 'packed')
          order by y.parcel_id limit ${MOST_PARTS}) x
        where x.url <> '' or coalesce(x.tracking_number, '') <> ''), '[]'::jsonb) as tracking`.execute(
    trx,
  );
  return rows[0] ?? { works: [], tracking: [] };
}
