/**
 * What do we know of Shopify's levels, asked in other ways than the outbox does?
 *
 * In: levels or SKUs. Out: what was known of them before, what Shopify has committed of a SKU altogether.
 */
import { type Kysely, sql } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import { withShop } from '../../platform/database.ts';
import type { ReadLevel } from './chunk-rows.ts';
import type { Told, ToldLevel } from './echo.ts';
import type { CommittedSku } from './figures.ts';

/** A level before it was read, and whether more changed than a sale explains. */
export type KnownLevel = {
  readonly locationId: number;
  readonly itemId: number;
  readonly isUnexplained: boolean;
};

export function createLevelStore(db: Kysely<unknown>) {
  return {
    /** Compares what was read with what was known: a sale moves units from `available` to `committed`, no more. */
    known: (shopId: ShopId, read: readonly ReadLevel[]): Promise<readonly KnownLevel[]> =>
      withShop(db, shopId, async (trx) => {
        const { rows } = await sql<KnownLevel>`
          select l.location_id as "locationId", l.item_id as "itemId",
            l.target is not null and l.available is not null
              and l.available - r.available <> r.committed - l.committed as "isUnexplained"
          from unnest(${columns(read)}) as r(location_id, item_id, available, committed)
          join inventory_level l
            on l.shop_id = ${shopId} and l.location_id = r.location_id and l.item_id = r.item_id`.execute(
          trx,
        );
        return rows;
      }),
    /** Committed units by SKU over all its locations: as read for the levels read, as known for the others. */
    committedWith: (
      shopId: ShopId,
      read: readonly ReadLevel[],
      asOf: string,
    ): Promise<readonly CommittedSku[]> =>
      withShop(db, shopId, async (trx) => {
        const { rows } = await sql<{ sku: string; committed: number }>`
          with r as (
            select * from unnest(${columns(read)}) as r(location_id, item_id, available, committed)
          ), asked as (
            select distinct i.sku from r join inventory_item i on i.shop_id = ${shopId} and i.item_id = r.item_id
          )
          select i.sku, sum(coalesce(r.committed, l.committed, 0))::int as committed
          from asked
          join inventory_item i on i.shop_id = ${shopId} and i.sku = asked.sku
          left join inventory_level l on l.shop_id = ${shopId} and l.item_id = i.item_id
          left join r on r.location_id = l.location_id and r.item_id = l.item_id
          group by i.sku order by i.sku`.execute(trx);
        return rows.map((row) => ({ ...row, asOf }));
      }),
    /** Is this our own write coming back, a change of a level we write, or of one of Shopify's? */
    sortTold: (shopId: ShopId, told: ToldLevel): Promise<Told> =>
      withShop(db, shopId, async (trx) => {
        const { rows } = await sql<{ isEcho: boolean; isOurs: boolean }>`
          select l.target is not null as "isOurs",
            l.available = ${told.available ?? null}::int or l.target = ${told.available ?? null}::int
              or l.known_at > ${told.updatedAt ?? null}::timestamptz + interval '1 second' as "isEcho"
          from inventory_level l
          where l.shop_id = ${shopId} and l.location_id = ${told.locationId}
            and l.item_id = ${told.itemId}`.execute(trx);
        const [known] = rows;
        if (known?.isEcho === true) return 'echo';
        return known?.isOurs === true ? 'ours_changed' : 'theirs_changed';
      }),
  };
}

/** What `createLevelStore` returns. */
export type LevelStore = ReturnType<typeof createLevelStore>;

function columns(read: readonly ReadLevel[]) {
  const of = (pick: (level: ReadLevel) => number) => read.map(pick);
  return sql`${of((one) => one.locationId)}::bigint[], ${of((one) => one.itemId)}::bigint[],
    ${of((one) => one.quantities?.available ?? 0)}::int[], ${of((one) => one.quantities?.committed ?? 0)}::int[]`;
}
