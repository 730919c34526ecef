/**
 * How is the way to Shopify: what waits, what is refused, what was sent last?
 *
 * In: the shop. Out: facts for the page, and the one thing a person can do: have refused levels sent again.
 */
import { type Kysely, sql } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import { withShop } from '../../platform/database.ts';
import type { AdminScheduler, SchedulerFacts } from '../admin-scheduler.ts';
import type { DriftRow, ReconcileRun, ReconcileStore } from './reconcile-store.ts';
import { lockLevels } from './worker-rows.ts';

/** A level that is not sent, and why. */
export type RefusedLevel = {
  readonly locationId: number;
  readonly itemId: number;
  readonly sku: string | null;
  readonly code: string;
  readonly message: string;
  readonly refusedAt: Temporal.Instant;
  readonly tries: number;
};

/** Facts of a shop's sync. */
export type SyncFacts = {
  /** Levels announced and not yet in a call, by lane; some may need nothing. */
  readonly waiting: { readonly sale: number; readonly read: number; readonly resync: number };
  /** How long the oldest of them waits, in seconds; null: none does. */
  readonly lagSeconds: number | null;
  readonly openCalls: number;
  readonly lastPushAt: Temporal.Instant | null;
  /** Why nothing gets through at all; null: it does. */
  readonly trouble: string | null;
  /** Changes of stock that are not planned yet. */
  readonly unplannedChanges: number;
  readonly refusedCount: number;
  readonly refused: readonly RefusedLevel[];
  readonly bucket: SchedulerFacts;
  readonly reconcile: {
    readonly last: ReconcileRun | undefined;
    readonly rows: readonly (DriftRow & { readonly sku: string | null })[];
  };
};

const MOST_ROWS_SHOWN = 200;

export type HealthDeps = {
  readonly db: Kysely<unknown>;
  readonly scheduler: Pick<AdminScheduler, 'facts'>;
  readonly reconcile: ReconcileStore;
  readonly now: () => Temporal.Instant;
  readonly wake: (shopId: ShopId) => void;
};

export function createSyncHealth(deps: HealthDeps) {
  return {
    facts: (shopId: ShopId): Promise<SyncFacts> => readFacts(deps, shopId),
    /** Sends refused levels again, those named or all; says how many. */
    retryErrors: async (
      shopId: ShopId,
      levels: readonly { readonly locationId: number; readonly itemId: number }[] | 'all',
    ): Promise<number> => {
      const retried = await retry(deps, shopId, levels);
      if (retried > 0) deps.wake(shopId);
      return retried;
    },
  };
}

/** What `createSyncHealth` returns. */
export type SyncHealth = ReturnType<typeof createSyncHealth>;

type Counts = {
  sale: number;
  read: number;
  resync: number;
  oldest: Temporal.Instant | null;
  openCalls: number;
  lastPushAt: Temporal.Instant | null;
  trouble: string | null;
  unplanned: number;
  refused: number;
};

async function readFacts(deps: HealthDeps, shopId: ShopId): Promise<SyncFacts> {
  const [counts, refused, last, rows] = await Promise.all([
    withShop(deps.db, shopId, async (trx) => {
      const { rows } = await sql<Counts>`
        select
          coalesce(sum(cardinality(items)) filter (where lane = 1), 0)::int as sale,
          coalesce(sum(cardinality(items)) filter (where lane = 2), 0)::int as read,
          coalesce(sum(cardinality(items)) filter (where lane = 3), 0)::int as resync,
          min(marked_at) as oldest,
          (select count(*)::int from push_call where shop_id = ${shopId}) as "openCalls",
          (select last_push_at from push_worker where shop_id = ${shopId}) as "lastPushAt",
          (select trouble from push_worker where shop_id = ${shopId}) as trouble,
          greatest(0, coalesce((select version from stock_clock where shop_id = ${shopId}), 0)
            - coalesce((select stock_version from push_worker where shop_id = ${shopId}), 0))::int as unplanned,
          (select count(*)::int from push_refusal where shop_id = ${shopId}) as refused
        from push_chunk where shop_id = ${shopId}`.execute(trx);
      return rows[0];
    }),
    readRefused(deps, shopId),
    deps.reconcile.last(shopId),
    deps.reconcile.rows(shopId, MOST_ROWS_SHOWN),
  ]);
  if (counts === undefined) throw new Error('Bug: counts gave no row');
  const { oldest, sale, read, resync } = counts;
  return {
    waiting: { sale, read, resync },
    lagSeconds: oldest === null ? null : Math.ceil(deps.now().since(oldest).total('seconds')),
    openCalls: counts.openCalls,
    lastPushAt: counts.lastPushAt,
    trouble: counts.trouble,
    unplannedChanges: counts.unplanned,
    refusedCount: counts.refused,
    refused,
    bucket: deps.scheduler.facts(shopId),
    reconcile: { last, rows },
  };
}

function readRefused(deps: HealthDeps, shopId: ShopId): Promise<readonly RefusedLevel[]> {
  return withShop(deps.db, shopId, async (trx) => {
    const { rows } = await sql<RefusedLevel>`
      select r.location_id as "locationId", r.item_id as "itemId", i.sku, r.code, r.message,
        r.refused_at as "refusedAt", r.tries
      from push_refusal r
      left join inventory_item i on i.shop_id = r.shop_id and i.item_id = r.item_id
      where r.shop_id = ${shopId}
      order by r.refused_at desc, r.location_id, r.item_id limit ${MOST_ROWS_SHOWN}`.execute(trx);
    return rows;
  });
}

// Read before it is sent: what was refused may not be what we think any more. Whatever the read says is believed: a level
// that is gone has no instant of its own, and would be older than what we knew of it.
function retry(
  deps: HealthDeps,
  shopId: ShopId,
  levels: readonly { readonly locationId: number; readonly itemId: number }[] | 'all',
): Promise<number> {
  const isAll = levels === 'all';
  const named = isAll ? [] : levels;
  return withShop(deps.db, shopId, async (trx) => {
    await lockLevels(trx, shopId);
    const { rows } = await sql<{ retried: number }>`
      with freed as (
        update inventory_level l set is_refused = false, known_at = '-infinity'
        where l.shop_id = ${shopId} and l.is_refused and (${isAll} or (l.location_id, l.item_id) in (
          select * from unnest(${named.map((one) => one.locationId)}::bigint[],
            ${named.map((one) => one.itemId)}::bigint[])))
        returning l.location_id, l.item_id
      ), forgotten as (
        delete from push_refusal r using freed f
        where r.shop_id = ${shopId} and r.location_id = f.location_id and r.item_id = f.item_id
      ), announced as (
        insert into push_chunk (shop_id, lane, marked_at, locations, items)
        select ${shopId}, 2, ${deps.now().toString()}::timestamptz, array_agg(location_id), array_agg(item_id)
        from (select *, (row_number() over (order by location_id, item_id) - 1) / 250 as part from freed) f
        group by part
      )
      select count(*)::int as retried from freed`.execute(trx);
    return rows[0]?.retried ?? 0;
  });
}
