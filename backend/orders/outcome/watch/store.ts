/**
 * What is watched, and where do alerts, moved dates and outcomes rest?
 *
 * One scan per shop reads every work of an order that something is due for: a milestone near, a plan or a carrier behind
 * the promise, an end. Writes are inserts under the key of what they tell, so that two sweeps at once are one.
 */
import { sql } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import { instantOf } from '../../../base/time.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';
import type { Negotiation, WorkKind, WorkState } from '../../works/lifecycle.ts';
import { EXCEPTION_KINDS, type PartOutcome } from '../settled/outcomes.ts';
import type { ParcelState } from '../tracking/tracking.ts';
import { MILESTONES, type Milestone } from './milestones.ts';

/** A parcel of a work; minutes since 1970, null unknown. */
export type WatchedParcel = {
  readonly parcelId: string;
  readonly state: ParcelState;
  readonly serviceCode: string | null;
  readonly leftMinute: number | null;
  readonly deliveredMinute: number | null;
  readonly expectedMinute: number | null;
  /** The last word of a carrier other than its delivery. */
  readonly seenMinute: number | null;
};

/** A work as it is watched. */
export type WatchedRow = {
  readonly workId: string;
  readonly kind: WorkKind;
  readonly state: WorkState;
  readonly negotiation: Negotiation;
  readonly nodeId: string | null;
  readonly serviceCode: string | null;
  readonly startByMinute: number | null;
  readonly departureMinute: number | null;
  readonly plannedMinute: number | null;
  readonly readyMinute: number | null;
  readonly leftMinute: number | null;
  readonly deliveredMinute: number | null;
  readonly isWithdrawn: boolean;
  readonly parcels: readonly WatchedParcel[];
};

/** An order with its promise and all its works that are not settled. */
export type WatchedOrder = {
  readonly orderId: string;
  readonly placedAt: string;
  readonly joinedBy: number;
  readonly country: string | null;
  readonly postalCode: string | null;
  readonly method: 'home' | 'pickup_point' | 'store_pickup';
  readonly timeZone: string;
  /** As first shown: what we are judged by. */
  readonly first: { readonly on: string; readonly fromMinute: number; readonly toMinute: number };
  /** As it stands: what the shopper was told last. */
  readonly current: { readonly on: string; readonly fromMinute: number; readonly toMinute: number };
  readonly moves: number;
  readonly isSettled: boolean;
  /** Since when the forecast has been later than the promise; null: it is not. */
  readonly forecastSinceMinute: number | null;
  readonly works: readonly WatchedRow[];
};

const minute = (column: string) => sql`floor(extract(epoch from ${sql.ref(column)}) / 60)::float8`;

// What ends by itself is never looked at again; this many orders at once is what a sweep takes.
const MOST_ORDERS = 20_000;

/** Orders that something is due for. `aheadMinutes`: the longest alert before a milestone. */
export async function readWatched(
  trx: ShopTransaction,
  shopId: ShopId,
  at: { readonly now: string; readonly aheadMinutes: number; readonly orderId?: string },
): Promise<readonly WatchedOrder[]> {
  const { rows } = await sql<WatchedOrder>`
    with due as materialized (
      select distinct w.order_id from work w
      join order_promise p on p.shop_id = w.shop_id and p.order_id = w.order_id and p.window_to is not null
      where w.shop_id = ${shopId} and not w.is_settled
        and ${at.orderId === undefined ? nearBy(at) : sql`w.order_id = ${at.orderId}`}
      order by w.order_id limit ${MOST_ORDERS})
    select p.order_id as "orderId", p.placed_at::text as "placedAt", p.joined_by as "joinedBy", p.country,
      p.postal_code as "postalCode", p.method, coalesce(p.time_zone, 'UTC') as "timeZone",
      jsonb_build_object('on', coalesce(p.replaced_promised_on, p.promised_on),
        'fromMinute', ${minute('f.window_from')}, 'toMinute', ${minute('f.window_to')}) as first,
      jsonb_build_object('on', coalesce(m.promised_on, p.promised_on), 'fromMinute', ${minute('c.window_from')},
        'toMinute', ${minute('c.window_to')}) as current,
      coalesce(m.move_number, 0) as moves, o.order_id is not null as "isSettled",
      (select ${minute('a.raised_at')} from order_alert a where a.shop_id = p.shop_id and a.order_id = p.order_id
        and a.milestone = 'delivery' and a.cleared_at is null and (a.facts ->> 'isForecast')::boolean
        order by a.raised_at limit 1) as "forecastSinceMinute",
      (select jsonb_agg(${watchedWork()} order by w.work_id) from work w
        where w.shop_id = p.shop_id and w.order_id = p.order_id and not w.is_settled) as works
    from due join order_promise p on p.shop_id = ${shopId} and p.order_id = due.order_id
    left join order_outcome o on o.shop_id = p.shop_id and o.order_id = p.order_id
    left join lateral (select * from promise_move x where x.shop_id = p.shop_id and x.order_id = p.order_id
      order by x.move_number desc limit 1) m on true
    cross join lateral (select coalesce(p.replaced_from, p.window_from) as window_from,
      coalesce(p.replaced_to, p.window_to) as window_to) f
    cross join lateral (select coalesce(m.window_from, p.window_from) as window_from,
      coalesce(m.window_to, p.window_to) as window_to) c`.execute(trx);
  return rows;
}

// Nothing can be due for a work whose plan keeps the promise and whose milestones are all further away than any alert.
function nearBy({ now, aheadMinutes }: { readonly now: string; readonly aheadMinutes: number }) {
  const due = sql`case when p.method = 'store_pickup' then p.window_from else p.window_to end`;
  const ahead = sql`${now}::timestamptz + make_interval(mins => ${aheadMinutes})`;
  return sql`(w.state not in ('placed', 'picking', 'packed', 'shipped') or w.negotiation = 'offered'
    or least(w.start_by, w.planned_departure, ${due}) <= ${ahead}
    or w.planned_end > ${due}
    or exists (select from parcel x where x.shop_id = w.shop_id and x.order_id = w.order_id
      and (x.expected_at > ${due} or x.delivered_at is not null))
    or exists (select from order_alert a where a.shop_id = w.shop_id and a.order_id = w.order_id
      and a.cleared_at is null))`;
}

function watchedWork() {
  return sql`jsonb_build_object('workId', w.work_id, 'kind', w.kind, 'state', w.state, 'negotiation', w.negotiation,
    'nodeId', w.node_id, 'serviceCode', w.service_code, 'startByMinute', ${minute('w.start_by')},
    'departureMinute', ${minute('w.planned_departure')}, 'plannedMinute', ${minute('w.planned_end')},
    'readyMinute', ${minute('w.ready_at')}, 'leftMinute', ${minute('w.left_at')},
    'deliveredMinute', ${minute('w.delivered_at')},
    'isWithdrawn', w.state = 'canceled' and exists (select from order_event e where e.shop_id = w.shop_id
      and e.order_id = w.order_id and (e.kind = 'gave_up' or (e.kind = 'canceled' and e.actor_kind in
        ('store', 'agent') and (e.work_id is null or e.work_id = w.work_id)))),
    'parcels', coalesce((select jsonb_agg(jsonb_build_object('parcelId', x.parcel_id, 'state', x.state,
      'serviceCode', x.service_code, 'leftMinute', ${minute('x.shipped_at')},
      'deliveredMinute', ${minute('x.delivered_at')}, 'expectedMinute', ${minute('x.expected_at')},
      'seenMinute', (select max(${minute('v.occurred_at')}) from parcel_event v where v.shop_id = x.shop_id
        and v.parcel_id = x.parcel_id and v.kind <> 'delivered')) order by x.parcel_id)
      from parcel x where x.shop_id = w.shop_id and x.order_id = w.order_id and x.work_id = w.work_id
        and x.state <> 'canceled'), '[]'::jsonb))`;
}

/** An alert to be running. */
export type AlertRow = {
  readonly orderId: string;
  readonly workId: string;
  readonly milestone: Milestone;
  readonly level: 'before' | 'missed';
  readonly dueAt: string;
  readonly facts: Readonly<Record<string, unknown>>;
};

/**
 * Lets exactly these alerts run of the orders looked at. Says which are new: raised, raised to missed, or for another
 * instant. An alert of an order that is watched no more ends.
 */
export async function writeAlerts(
  trx: ShopTransaction,
  shopId: ShopId,
  looked: {
    readonly orderIds: readonly string[];
    readonly alerts: readonly AlertRow[];
    readonly now: string;
    /** Also end those of orders that were not looked at and are settled. */
    readonly clearsSettled: boolean;
  },
): Promise<{ readonly raised: readonly AlertRow[]; readonly cleared: number }> {
  const { orderIds, alerts, now } = looked;
  const json = JSON.stringify(alerts);
  const { rows } = await sql<Pick<AlertRow, 'orderId' | 'workId' | 'milestone'>>`
    insert into order_alert as a (shop_id, order_id, work_id, milestone, level, due_at, raised_at, facts)
    select ${shopId}, r."orderId", r."workId", r.milestone, r.level, r."dueAt", ${now}, r.facts
    from jsonb_to_recordset(${json}::jsonb) r("orderId" text, "workId" text, milestone text, level text,
      "dueAt" timestamptz, facts jsonb)
    order by r."orderId", r."workId", r.milestone
    on conflict (shop_id, order_id, work_id, milestone) do update set level = excluded.level,
      due_at = excluded.due_at, raised_at = excluded.raised_at, cleared_at = null, told_at = null,
      facts = excluded.facts
    where a.cleared_at is not null or a.level <> excluded.level or a.due_at <> excluded.due_at
      or a.facts -> 'isForecast' is distinct from excluded.facts -> 'isForecast'
    returning a.order_id as "orderId", a.work_id as "workId", a.milestone`.execute(trx);
  const cleared = await sql`
    update order_alert a set cleared_at = ${now}
    where a.shop_id = ${shopId} and a.cleared_at is null and a.milestone = any(${[...MILESTONES]}::text[])
      and (a.order_id = any(${[...orderIds]}::text[]) or (${looked.clearsSettled} and not exists (select from work w
        where w.shop_id = a.shop_id and w.order_id = a.order_id and w.work_id = a.work_id and not w.is_settled)))
      and not exists (select from jsonb_to_recordset(${json}::jsonb) r("orderId" text, "workId" text, milestone text)
        where r."orderId" = a.order_id and r."workId" = a.work_id and r.milestone = a.milestone)`.execute(
    trx,
  );
  const isNew = new Set(rows.map((row) => `${row.orderId} ${row.workId} ${row.milestone}`));
  return {
    raised: alerts.filter((row) => isNew.has(`${row.orderId} ${row.workId} ${row.milestone}`)),
    cleared: Number(cleared.numAffectedRows ?? 0n),
  };
}

/** A date that takes the promise's place. */
export type PromiseMove = {
  readonly orderId: string;
  /** One more than the newest that was read: another writer's move makes this one void. */
  readonly moveNumber: number;
  readonly promisedOn: string;
  readonly windowFrom: string;
  readonly windowTo: string;
  readonly cause: 'carrier' | 'routing' | 'agent';
};

/** Moves a date and has Shopify's metafield written again; false: another was faster. */
export async function writeMove(
  trx: ShopTransaction,
  shopId: ShopId,
  move: PromiseMove,
  now: string,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into promise_move (shop_id, order_id, move_number, moved_at, promised_on, window_from, window_to, cause)
    values (${shopId}, ${move.orderId}, ${move.moveNumber}, ${now}, ${move.promisedOn}, ${move.windowFrom},
      ${move.windowTo}, ${move.cause})
    on conflict do nothing`.execute(trx);
  if (numAffectedRows !== 1n) return false;
  await sql`update order_promise set published_version = null
    where shop_id = ${shopId} and order_id = ${move.orderId}`.execute(trx);
  return true;
}

/** One part of an order that ended. */
export type EndedPartRow = {
  readonly unitId: string;
  readonly nodeId: string | null;
  readonly zoneId: string | null;
  readonly serviceCode: string | null;
  readonly leftAt: string | null;
  readonly carrierDays: number | null;
  readonly outcome: PartOutcome;
};

/** What of an order ended. */
export type EndedOrder = {
  readonly order: Pick<WatchedOrder, 'orderId' | 'placedAt' | 'joinedBy' | 'moves'> & {
    readonly promisedOn: string;
    readonly dueAt: string;
  };
  readonly parts: readonly EndedPartRow[];
  readonly outcome: PartOutcome | undefined;
  /** Nothing of it is left to be watched. */
  readonly isOver: boolean;
};

/**
 * Writes how parts and orders ended. A row that is there keeps its outcome and learns only when it ended. Says which orders
 * were settled by this very call. All of a sweep in three statements: what is late and has not come is looked at every minute.
 */
export async function writeOutcomes(
  trx: ShopTransaction,
  shopId: ShopId,
  ended: readonly EndedOrder[],
  now: string,
): Promise<ReadonlySet<string>> {
  if (ended.length === 0) return new Set();
  const parts = ended.flatMap(({ order, parts: rows }) =>
    rows.map(({ outcome, ...row }) => ({
      ...{ ...row, ...endOf(outcome), outcome: outcome.outcome },
      ...{ orderId: order.orderId, joinedBy: order.joinedBy, dueAt: order.dueAt },
    })),
  );
  await sql`
    insert into parcel_outcome as o (shop_id, order_id, unit_id, outcome, joined_by, node_id, zone_id, service_code,
      due_at, left_at, ended_at, late_minutes, early_days, carrier_days, settled_at)
    select ${shopId}, r."orderId", r."unitId", r.outcome, r."joinedBy", r."nodeId", r."zoneId", r."serviceCode",
      r."dueAt", r."leftAt", r."endedAt", r."lateMinutes", r."earlyDays", r."carrierDays", ${now}
    from jsonb_to_recordset(${JSON.stringify(parts)}::jsonb) r("orderId" text, "unitId" text, outcome text,
      "joinedBy" smallint, "nodeId" text, "zoneId" text, "serviceCode" text, "dueAt" timestamptz, "leftAt" timestamptz,
      "endedAt" timestamptz, "lateMinutes" int, "earlyDays" int, "carrierDays" int)
    order by r."orderId", r."unitId"
    on conflict (shop_id, order_id, unit_id) do update set ended_at = excluded.ended_at,
      left_at = excluded.left_at, late_minutes = excluded.late_minutes, carrier_days = excluded.carrier_days
    where o.outcome = 'late' and o.ended_at is null and excluded.ended_at is not null`.execute(trx);
  const settled = await settleOrders(trx, shopId, ended, now);
  const over = ended.filter(({ isOver }) => isOver).map(({ order }) => order.orderId);
  if (over.length > 0) {
    await sql`update work set is_settled = true
      where shop_id = ${shopId} and order_id = any(${over}::text[]) and not is_settled`.execute(
      trx,
    );
  }
  return settled;
}

async function settleOrders(
  trx: ShopTransaction,
  shopId: ShopId,
  ended: readonly EndedOrder[],
  now: string,
): Promise<ReadonlySet<string>> {
  const orders = ended.flatMap(({ order: { moves, ...order }, outcome }) =>
    outcome === undefined
      ? []
      : [{ ...order, ...endOf(outcome), outcome: outcome.outcome, wasMoved: moves > 0 }],
  );
  if (orders.length === 0) return new Set();
  const { rows } = await sql<{ orderId: string; isNew: boolean }>`
    insert into order_outcome as o (shop_id, order_id, outcome, joined_by, placed_at, due_at, promised_on, ended_at,
      late_minutes, early_days, was_moved, exceptions, settled_at)
    select ${shopId}, r."orderId", r.outcome, r."joinedBy", r."placedAt", r."dueAt", r."promisedOn", r."endedAt",
      r."lateMinutes", r."earlyDays", r."wasMoved",
      (select count(*) from order_event e where e.shop_id = ${shopId} and e.order_id = r."orderId"
        and e.kind = any(${[...EXCEPTION_KINDS]}::text[])), ${now}
    from jsonb_to_recordset(${JSON.stringify(orders)}::jsonb) r("orderId" text, outcome text, "joinedBy" smallint,
      "placedAt" timestamptz, "dueAt" timestamptz, "promisedOn" date, "endedAt" timestamptz, "lateMinutes" int,
      "earlyDays" int, "wasMoved" boolean)
    order by r."orderId"
    on conflict (shop_id, order_id) do update set ended_at = excluded.ended_at, late_minutes = excluded.late_minutes
    where o.outcome = 'late' and o.ended_at is null and excluded.ended_at is not null
    returning o.order_id as "orderId", old.order_id is null as "isNew"`.execute(trx);
  return new Set(rows.flatMap(({ orderId, isNew }) => (isNew ? [orderId] : [])));
}

function endOf({ endedMinute, lateMinutes, earlyDays }: PartOutcome) {
  return {
    endedAt: endedMinute === undefined ? null : instantOf(endedMinute),
    lateMinutes: lateMinutes ?? null,
    earlyDays: earlyDays ?? null,
  };
}

/** Works that ended and were never promised a date: nothing of them is to be watched. */
export async function settleUnpromised(
  trx: ShopTransaction,
  shopId: ShopId,
  placedBefore: string,
): Promise<void> {
  await sql`
    update work w set is_settled = true
    where w.shop_id = ${shopId} and not w.is_settled and w.created_at < ${placedBefore}
      and w.state in ('delivered', 'handed_over', 'canceled')
      and not exists (select from order_promise p where p.shop_id = w.shop_id and p.order_id = w.order_id
        and p.window_to is not null)`.execute(trx);
}
