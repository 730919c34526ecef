/**
 * Where the nightly comparison keeps its way and what it found.
 *
 * In: levels as the file has them, in batches. Out: those that differ from what we know, with the cause, written down
 * in the same transaction that asks for their repair. A level that was written or read after the file was begun is
 * known better by us and is left alone.
 */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import { withShop } from '../../platform/database.ts';
import type { BulkLevel } from './bulk-lines.ts';
import { addChunks } from './chunk-rows.ts';
import { bigints, integers, refsOf } from './number-columns.ts';

/** Why a level differs. */
export type DriftCause =
  | 'unseen_sale'
  | 'foreign_edit'
  | 'unknown_level'
  /** It was stocked there. */
  | 'taken_off'
  /** It never was. */
  | 'missing_level';

/** Names a level. */
export type LevelKey = { readonly locationId: number; readonly itemId: number };

/** A level of ours that Shopify has, as far as we know, or should have. */
export type ExpectedLevel = LevelKey & { readonly isStocked: boolean; readonly ours: number };

/** A level that differs. */
export type DriftRow = {
  readonly locationId: number;
  readonly itemId: number;
  readonly ours: number | null;
  /** Null: there is no such level. */
  readonly theirs: number | null;
  readonly cause: DriftCause;
  /** False: the level is Shopify's. */
  readonly isOurs: boolean;
};

/** A comparison: begun, maybe ended. */
export type ReconcileRun = {
  readonly runId: number;
  readonly bulkId: string;
  readonly startedAt: Temporal.Instant;
  readonly endedAt: Temporal.Instant | null;
  readonly levels: number;
  readonly drifted: number;
};

// What a person may still want to look up.
const RUNS_KEPT = 2;

export function createReconcileStore(db: Kysely<unknown>) {
  const inShop = <Value>(shopId: ShopId, work: (trx: Transaction<unknown>) => Promise<Value>) =>
    withShop(db, shopId, work);
  return {
    /** The newest comparison. */
    last: (shopId: ShopId) => inShop(shopId, (trx) => last(trx, shopId)),
    begin: (shopId: ShopId, bulkId: string, now: Temporal.Instant): Promise<void> =>
      inShop(shopId, async (trx) => {
        await sql`insert into reconcile_run (shop_id, bulk_id, started_at)
          values (${shopId}, ${bulkId}, ${now.toString()}::timestamptz)`.execute(trx);
      }),
    /** Compares a batch, writes down what differs and has our own levels read. */
    compare: (
      shopId: ShopId,
      run: ReconcileRun,
      levels: readonly BulkLevel[],
      now: Temporal.Instant,
    ) => inShop(shopId, (trx) => compare(trx, shopId, { run, levels, now })),
    /** Levels that the file must have, in the order of their keys. */
    expected: (
      shopId: ShopId,
      run: ReconcileRun,
      page: { readonly after: LevelKey | undefined; readonly most: number },
    ) => inShop(shopId, (trx) => expected(trx, shopId, { run, ...page })),
    /** Writes down levels that the file did not have, and has those read that were never stocked. */
    noteMissing: (
      shopId: ShopId,
      run: ReconcileRun,
      levels: readonly ExpectedLevel[],
      now: Temporal.Instant,
    ): Promise<void> => inShop(shopId, (trx) => noteMissing(trx, shopId, { run, levels, now })),
    end: (
      shopId: ShopId,
      run: ReconcileRun,
      levels: number,
      now: Temporal.Instant,
    ): Promise<void> =>
      inShop(shopId, async (trx) => {
        await sql`update reconcile_run r set ended_at = ${now.toString()}::timestamptz, levels = ${levels},
          drifted = (select count(*) from reconcile_row w where w.shop_id = r.shop_id and w.run_id = r.run_id)
          where shop_id = ${shopId} and run_id = ${run.runId}`.execute(trx);
        await sql`delete from reconcile_run where shop_id = ${shopId} and run_id not in (
          select run_id from reconcile_run where shop_id = ${shopId}
          order by run_id desc limit ${RUNS_KEPT})`.execute(trx);
      }),
    /** What the newest ended comparison found. */
    rows: (shopId: ShopId, most: number): Promise<readonly (DriftRow & { sku: string | null })[]> =>
      inShop(shopId, async (trx) => {
        const { rows } = await sql<DriftRow & { sku: string | null }>`
          select w.location_id as "locationId", w.item_id as "itemId", w.ours, w.theirs, w.cause,
            i.sku, l.target is not null as "isOurs"
          from reconcile_row w
          left join inventory_item i on i.shop_id = w.shop_id and i.item_id = w.item_id
          left join inventory_level l
            on l.shop_id = w.shop_id and l.location_id = w.location_id and l.item_id = w.item_id
          where w.shop_id = ${shopId} and w.run_id = (
            select max(run_id) from reconcile_run where shop_id = ${shopId} and ended_at is not null)
          order by w.location_id, w.item_id limit ${most}`.execute(trx);
        return rows;
      }),
  };
}

/** What `createReconcileStore` returns. */
export type ReconcileStore = ReturnType<typeof createReconcileStore>;

async function last(trx: Transaction<unknown>, shopId: ShopId): Promise<ReconcileRun | undefined> {
  const { rows } = await sql<ReconcileRun>`
    select run_id as "runId", bulk_id as "bulkId", started_at as "startedAt", ended_at as "endedAt",
      levels, drifted
    from reconcile_run where shop_id = ${shopId} order by run_id desc limit 1`.execute(trx);
  return rows[0];
}

async function compare(
  trx: Transaction<unknown>,
  shopId: ShopId,
  of: {
    readonly run: ReconcileRun;
    readonly levels: readonly BulkLevel[];
    readonly now: Temporal.Instant;
  },
): Promise<readonly DriftRow[]> {
  const column = (pick: (level: BulkLevel) => number) => of.levels.map(pick);
  const { rows } = await sql<DriftRow>`
    with theirs as (
      select * from unnest(${column((one) => one.locationId)}::bigint[], ${column((one) => one.itemId)}::bigint[],
        ${column((one) => one.available)}::int[], ${column((one) => one.committed)}::int[])
        as t(location_id, item_id, available, committed)
    ), drift as (
      select t.location_id, t.item_id, l.available as ours, t.available as theirs,
        coalesce(l.target is not null, false) as is_ours,
        case when l.available is null then 'unknown_level'
          when l.available - t.available = t.committed - l.committed then 'unseen_sale'
          else 'foreign_edit' end as cause
      from theirs t
      join inventory_item i on i.shop_id = ${shopId} and i.item_id = t.item_id and not i.is_gone
      left join shopify_location b on b.shop_id = ${shopId} and b.location_id = t.location_id::text
      left join inventory_level l
        on l.shop_id = ${shopId} and l.location_id = t.location_id and l.item_id = t.item_id
      where (l.item_id is not null or b.location_id is not null)
        and (l.available is null or l.available <> t.available or l.committed <> t.committed)
        and coalesce(l.known_at < ${of.run.startedAt.toString()}::timestamptz, true)
    ), written as (
      insert into reconcile_row (shop_id, run_id, location_id, item_id, ours, theirs, cause)
      select ${shopId}, ${of.run.runId}, location_id, item_id, ours, theirs, cause from drift
      on conflict do nothing
    ), asked as (
      insert into push_chunk (shop_id, lane, marked_at, locations, items)
      select ${shopId}, 2, ${of.now.toString()}::timestamptz, array_agg(location_id), array_agg(item_id)
      from (select *, (row_number() over (order by location_id, item_id) - 1) / 250 as part
        from drift where is_ours) d
      group by part
    )
    select location_id as "locationId", item_id as "itemId", ours, theirs, cause, is_ours as "isOurs"
    from drift order by location_id, item_id`.execute(trx);
  return rows;
}

// What was read or written since the file was begun is known better by us; what was never read waits in the outbox.
async function expected(
  trx: Transaction<unknown>,
  shopId: ShopId,
  {
    run,
    after,
    most,
  }: { readonly run: ReconcileRun; readonly after: LevelKey | undefined; readonly most: number },
): Promise<readonly ExpectedLevel[]> {
  const { rows } = await sql<ExpectedLevel>`
    select l.location_id as "locationId", l.item_id as "itemId", l.is_stocked as "isStocked",
      l.available as ours
    from inventory_level l
    join inventory_item i on i.shop_id = ${shopId} and i.item_id = l.item_id and not i.is_gone
    where l.shop_id = ${shopId}
      and (l.location_id, l.item_id) > (${after?.locationId ?? -1}::bigint, ${after?.itemId ?? -1}::bigint)
      and l.target is not null and l.available is not null and not l.is_refused
      and (l.is_stocked or l.target > 0 or l.parked > 0)
      and l.known_at < ${run.startedAt.toString()}::timestamptz
    order by l.location_id, l.item_id limit ${most}`.execute(trx);
  return rows;
}

async function noteMissing(
  trx: Transaction<unknown>,
  shopId: ShopId,
  of: {
    readonly run: ReconcileRun;
    readonly levels: readonly ExpectedLevel[];
    readonly now: Temporal.Instant;
  },
): Promise<void> {
  const { locations, items } = refsOf(of.levels);
  await sql`
    insert into reconcile_row (shop_id, run_id, location_id, item_id, ours, theirs, cause)
    select ${shopId}, ${of.run.runId}, u.location_id, u.item_id, u.ours, null,
      case when u.is_stocked then 'taken_off' else 'missing_level' end
    from unnest(${bigints(locations)}, ${bigints(items)}, ${integers(of.levels.map((one) => one.ours))},
      ${of.levels.map((one) => one.isStocked)}::boolean[]) as u(location_id, item_id, ours, is_stocked)
    on conflict do nothing`.execute(trx);
  const never = refsOf(of.levels.filter((one) => !one.isStocked));
  await addChunks(trx, shopId, { lane: 'read', ...never }, of.now);
}
