/**
 * Where do offers and the plans behind them rest?
 *
 * Everything runs in a transaction of one shop. Offers and plans change only while their work's row is held
 * (0065-offers.sql); reading needs no lock. Instants come and go as ISO text.
 */
import { type RawBuilder, sql } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import { instantOf } from '../../base/time.ts';
import type { ShopTransaction } from '../../stock/ledger/store.ts';
import type { Work } from '../works/store.ts';
import type { Offer, OfferedWork, OfferState } from './offers.ts';
import type { OfferCandidate, OfferPlan } from './waves.ts';

// To the microsecond, as Postgres keeps it.
const iso = (column: RawBuilder<unknown>) =>
  sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const OFFER = sql`
  o.offer_id as "offerId", o.work_id as "workId", o.order_id as "orderId", o.node_id as "nodeId", o.wave, o.state,
  ${iso(sql`o.sent_at`)} as "sentAt", ${iso(sql`o.expires_at`)} as "expiresAt", o.reason,
  ${iso(sql`o.answered_at`)} as "answeredAt", o.actor`;

type OfferRow = Offer & {
  readonly workState: Work['state'];
  readonly negotiation: Work['negotiation'];
  readonly placeId: string | null;
  readonly claimedAt: string | null;
  readonly holdReason: string | null;
  readonly version: number;
};

/** An offer and the work it is about, as one statement sees both. */
export async function readOffered(
  trx: ShopTransaction,
  shopId: ShopId,
  offerId: string,
): Promise<OfferedWork | undefined> {
  const { rows } = await sql<OfferRow>`
    select ${OFFER}, w.state as "workState", w.negotiation, w.node_id as "placeId",
      ${iso(sql`w.claimed_at`)} as "claimedAt", w.hold_reason as "holdReason", w.version
    from offer o join work w on w.shop_id = o.shop_id and w.work_id = o.work_id
    where o.shop_id = ${shopId} and o.offer_id = ${offerId}`.execute(trx);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { workState, negotiation, placeId, claimedAt, holdReason, version, ...offer } = row;
  const { workId } = offer;
  const work = { workId, state: workState, negotiation, nodeId: placeId, claimedAt, holdReason };
  return { offer, work: { ...work, version } };
}

/** All offers of a work, oldest wave first. */
export async function readOffers(
  trx: ShopTransaction,
  shopId: ShopId,
  workId: string,
): Promise<readonly Offer[]> {
  const { rows } = await sql<Offer>`
    select ${OFFER} from offer o where o.shop_id = ${shopId} and o.work_id = ${workId}
    order by o.wave, o.node_id`.execute(trx);
  return rows;
}

/** The open offers of a node, the first to end first; those whose time is over are not shown. */
export async function readOpenOffers(
  trx: ShopTransaction,
  shopId: ShopId,
  of: { readonly nodeId: string; readonly at: string; readonly limit: number },
): Promise<readonly Offer[]> {
  const { rows } = await sql<Offer>`
    select ${OFFER} from offer o
    where o.shop_id = ${shopId} and o.node_id = ${of.nodeId} and o.state = 'open'
      and o.expires_at > ${of.at}::timestamptz
    order by o.expires_at, o.offer_id limit ${of.limit}`.execute(trx);
  return rows;
}

/** The one conditional update that decides who wins: false when the work changed since `version`, or is not to be had. */
export async function winWork(
  trx: ShopTransaction,
  shopId: ShopId,
  of: {
    readonly workId: string;
    readonly version: number;
    readonly at: string;
    readonly claimedBy: string;
  },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update work set negotiation = 'claimed', claimed_at = ${of.at}, claimed_by = ${of.claimedBy},
      version = version + 1
    where shop_id = ${shopId} and work_id = ${of.workId} and version = ${of.version}
      and negotiation = 'offered' and state = 'placed' and hold_reason is null`.execute(trx);
  return numAffectedRows === 1n;
}

/** Ends offers of a work: one, or all that are open. Says which. */
export async function endOffers(
  trx: ShopTransaction,
  shopId: ShopId,
  end: {
    readonly workId: string;
    /** Absent: all of them. */
    readonly offerIds?: readonly string[];
    readonly from?: OfferState;
    readonly state: Exclude<OfferState, 'open'>;
    readonly reason: string | null;
    readonly at: string;
    readonly actor?: string;
  },
): Promise<readonly Offer[]> {
  const { workId, offerIds, from = 'open', state, reason, at, actor = '' } = end;
  const which =
    offerIds === undefined ? sql`` : sql`and o.offer_id = any(${[...offerIds]}::text[])`;
  const { rows } = await sql<Offer>`
    update offer o set state = ${state}, reason = ${reason}, answered_at = ${at}, actor = ${actor}
    where o.shop_id = ${shopId} and o.work_id = ${workId} and o.state = ${from} ${which}
    returning ${OFFER}`.execute(trx);
  return rows;
}

/** The open offers of a work end: one is won, the others are lost to its node; nothing more is due. Gives the lost ones. */
export async function settleWon(
  trx: ShopTransaction,
  shopId: ShopId,
  won: {
    readonly offer: Pick<Offer, 'offerId' | 'workId' | 'nodeId'>;
    readonly at: string;
    readonly actor: string;
  },
): Promise<readonly Offer[]> {
  const { offer, at, actor } = won;
  const { offerId, workId, nodeId } = offer;
  const { rows } = await sql<Offer>`
    with over as (
      update offer_plan set next_at = null where shop_id = ${shopId} and work_id = ${workId})
    update offer o set answered_at = ${at},
      state = case when o.offer_id = ${offerId} then 'won' else 'lost' end,
      reason = case when o.offer_id = ${offerId} then null else ${nodeId}::text end,
      actor = case when o.offer_id = ${offerId} then ${actor}::text else '' end
    where o.shop_id = ${shopId} and o.work_id = ${workId} and o.state = 'open'
    returning ${OFFER}`.execute(trx);
  if (rows.length === 0) throw new Error(`Bug: offer ${offerId} was won while it was not open`);
  return rows.filter((row) => row.offerId !== offerId);
}

/** An offer that is new; it is open. */
export type NewOffer = {
  readonly offerId: string;
  readonly nodeId: string;
  readonly expiresAt: string;
};

/** Writes the offers of a wave. */
export async function insertOffers(
  trx: ShopTransaction,
  shopId: ShopId,
  wave: {
    readonly work: Pick<Work, 'workId' | 'orderId'>;
    readonly wave: number;
    readonly at: string;
    readonly offers: readonly NewOffer[];
  },
): Promise<void> {
  const { workId, orderId } = wave.work;
  await sql`
    insert into offer (shop_id, offer_id, work_id, order_id, node_id, wave, state, sent_at, expires_at)
    select ${shopId}, o."offerId", ${workId}, ${orderId}, o."nodeId", ${wave.wave}, 'open', ${wave.at}, o."expiresAt"
    from jsonb_to_recordset(${JSON.stringify(wave.offers)}::jsonb)
      o("offerId" text, "nodeId" text, "expiresAt" timestamptz)`.execute(trx);
}

/** A plan as it is stored. */
export type StoredPlan = OfferPlan & {
  readonly workId: string;
  /** `work.wave` when it began. */
  readonly wavesBefore: number;
};

/** Writes the plan of a work, in the place of an older one. */
export async function savePlan(
  trx: ShopTransaction,
  shopId: ShopId,
  saved: {
    readonly work: Pick<Work, 'workId' | 'orderId' | 'wave'>;
    readonly plan: OfferPlan;
    readonly at: string;
    readonly nextAt: string;
  },
): Promise<void> {
  const { work, plan, at, nextAt } = saved;
  await sql`
    insert into offer_plan (shop_id, work_id, order_id, candidates, per_wave, waves, time_out_minutes,
      auto_claim_nodes, only_when_open, opened_at, fallback_at, waves_before, next_at)
    values (${shopId}, ${work.workId}, ${work.orderId}, ${JSON.stringify(plan.candidates)}::jsonb, ${plan.perWave},
      ${plan.waves}, ${plan.timeOutMinutes}, ${[...plan.autoClaimNodes]}::text[], ${plan.onlyWhenOpen}, ${at},
      ${instantOf(plan.fallbackAtMinute)}, ${work.wave}, ${nextAt})
    on conflict (shop_id, work_id) do update set candidates = excluded.candidates, per_wave = excluded.per_wave,
      waves = excluded.waves, time_out_minutes = excluded.time_out_minutes,
      auto_claim_nodes = excluded.auto_claim_nodes, only_when_open = excluded.only_when_open,
      opened_at = excluded.opened_at, fallback_at = excluded.fallback_at, waves_before = excluded.waves_before,
      next_at = excluded.next_at`.execute(trx);
}

/** Says when time alone next changes something; null: never again. */
export async function setNext(
  trx: ShopTransaction,
  shopId: ShopId,
  next: {
    readonly workId: string;
    readonly nextAt: string | null;
    readonly fallbackAtMinute?: number;
  },
): Promise<void> {
  const fallback =
    next.fallbackAtMinute === undefined
      ? sql``
      : sql`, fallback_at = ${instantOf(next.fallbackAtMinute)}`;
  await sql`
    update offer_plan set next_at = ${next.nextAt}::timestamptz ${fallback}
    where shop_id = ${shopId} and work_id = ${next.workId}`.execute(trx);
}

/** The plan of a work; undefined: it was never offered. */
export async function readPlan(
  trx: ShopTransaction,
  shopId: ShopId,
  workId: string,
): Promise<StoredPlan | undefined> {
  const { rows } = await sql<StoredPlan & { candidates: readonly OfferCandidate[] }>`
    select work_id as "workId", candidates, per_wave as "perWave", waves, time_out_minutes as "timeOutMinutes",
      auto_claim_nodes as "autoClaimNodes", only_when_open as "onlyWhenOpen",
      (extract(epoch from fallback_at) / 60)::bigint as "fallbackAtMinute", waves_before as "wavesBefore"
    from offer_plan where shop_id = ${shopId} and work_id = ${workId}`.execute(trx);
  return rows[0];
}

/** Works whose negotiation has something to do by `at`, the longest due first. */
export async function dueWorks(
  trx: ShopTransaction,
  shopId: ShopId,
  { at, limit }: { readonly at: string; readonly limit: number },
): Promise<readonly string[]> {
  const { rows } = await sql<{ workId: string }>`
    select work_id as "workId" from offer_plan
    where shop_id = ${shopId} and next_at <= ${at}::timestamptz
    order by next_at, work_id limit ${limit}`.execute(trx);
  return rows.map(({ workId }) => workId);
}

/** When the next negotiation of the shop has something to do; undefined: none is running. */
export async function firstDue(
  trx: ShopTransaction,
  shopId: ShopId,
): Promise<Temporal.Instant | undefined> {
  const { rows } = await sql<{ nextAt: Temporal.Instant | null }>`
    select min(next_at) as "nextAt" from offer_plan
    where shop_id = ${shopId} and next_at is not null`.execute(trx);
  return rows[0]?.nextAt ?? undefined;
}

/** Locks a work unless somebody else holds it: he is seeing to it. */
export async function tryLockWork(
  trx: ShopTransaction,
  shopId: ShopId,
  workId: string,
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from work where shop_id = ${shopId} and work_id = ${workId}
    for update skip locked`.execute(trx);
  return rows.length === 1;
}

/** Units that a node has of SKUs and that are not unavailable already. The positions are locked, by SKU. */
export async function lockPlaces(
  trx: ShopTransaction,
  shopId: ShopId,
  at: { readonly nodeId: string; readonly skus: readonly string[] },
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ sku: string; units: number }>`
    select sku, greatest(0, on_hand - unavailable)::int as units from stock_position
    where shop_id = ${shopId} and node_id = ${at.nodeId} and sku = any(${[...at.skus]}::text[])
    order by sku for update`.execute(trx);
  return new Map(rows.map(({ sku, units }) => [sku, units]));
}

/** What people call an order and its lines. */
export type OrderNames = {
  readonly name: string;
  /** By line. */
  readonly titles: Readonly<Record<string, string>>;
};

/** Names of orders by their id. */
export async function readNames(
  trx: ShopTransaction,
  shopId: ShopId,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, OrderNames>> {
  const { rows } = await sql<OrderNames & { readonly orderId: string }>`
    select o.order_id as "orderId", o.name,
      coalesce((select jsonb_object_agg(l.line_id, l.title) from customer_order_line l
        where l.shop_id = o.shop_id and l.order_id = o.order_id), '{}'::jsonb) as titles
    from customer_order o
    where o.shop_id = ${shopId} and o.order_id = any(${[...orderIds]}::text[])`.execute(trx);
  return new Map(rows.map((row) => [row.orderId, row]));
}
