/**
 * A shop whose positions rest in Postgres while its network is held as a named world: what claims are tested on.
 *
 * Facts in memory are those of the world and do not follow the database: what a test proves about claims it proves
 * with facts that are as old as they can be.
 */
import { type Kysely, sql } from 'kysely';
import type { ShopId } from '../../backend/base/ids.ts';
import type { WorldInput } from '../../backend/network/world.ts';
import type { Clock } from '../../backend/platform/clock.ts';
import { withShop } from '../../backend/platform/database.ts';
import type { LiveShop } from '../../backend/stock/service.ts';
import { liveShopOf } from './live-shop.ts';
import { parsed } from './worlds.ts';

/** The world's shop, its positions written to the database. */
export async function claimsShop(
  db: Kysely<unknown>,
  at: { readonly shopId: ShopId; readonly world: WorldInput; readonly clock: Clock },
): Promise<LiveShop> {
  const live = liveShopOf(at.shopId, at.world, {
    now: at.clock.now(),
    confirmedAt: 0,
    skuOfVariant: new Map(),
  });
  await setPositions(db, at.shopId, parsed(at.world).stock);
  return live;
}

/** Puts positions in place of what was there; what is allocated stays. */
export async function setPositions(
  db: Kysely<unknown>,
  shopId: ShopId,
  rows: readonly {
    readonly sku: string;
    readonly nodeId: string;
    readonly onHand: number;
    readonly unavailable?: number;
    readonly incoming?: readonly object[];
  }[],
): Promise<void> {
  const records = rows.map((row) => ({ unavailable: 0, incoming: [], ...row }));
  await withShop(db, shopId, async (trx) => {
    await sql`
      insert into stock_position (shop_id, sku, node_id, on_hand, unavailable, incoming)
      select ${shopId}, r.sku, r."nodeId", r."onHand", r.unavailable, r.incoming
      from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as r(
        sku text, "nodeId" text, "onHand" int, unavailable int, incoming jsonb)
      on conflict (shop_id, sku, node_id) do update set on_hand = excluded.on_hand,
        unavailable = excluded.unavailable, incoming = excluded.incoming`.execute(trx);
  });
}

/** What the tables say of a SKU, counted from the rows themselves and from the counters. */
export type CountedClaims = {
  readonly onHand: number;
  readonly allocated: number;
  readonly waiting: number;
  readonly reserved: number;
};

/** Counts claims twice, from counters and from the rows behind them, and fails when the two differ. */
export async function countClaims(
  db: Kysely<unknown>,
  shopId: ShopId,
  sku: string,
): Promise<CountedClaims> {
  const counted = await withShop(db, shopId, (trx) =>
    sql<{ counters: CountedClaims; rows: CountedClaims }>`
      with p as (
        select coalesce(sum(on_hand), 0)::int as on_hand, coalesce(sum(allocated), 0)::int as allocated
        from stock_position where shop_id = ${shopId} and sku = ${sku}
      ), c as (
        select coalesce(sum(waiting), 0)::int as waiting, coalesce(sum(reserved), 0)::int as reserved
        from sku_claims where shop_id = ${shopId} and sku = ${sku}
      )
      select jsonb_build_object('onHand', p.on_hand, 'allocated', p.allocated,
          'waiting', c.waiting, 'reserved', c.reserved) as counters,
        jsonb_build_object('onHand', p.on_hand,
          'allocated', (select coalesce(sum(quantity), 0) from order_allocation
            where shop_id = ${shopId} and sku = ${sku}),
          'waiting', (select coalesce(sum(waiting), 0) from order_claim
            where shop_id = ${shopId} and sku = ${sku}),
          'reserved', (select coalesce(sum(quantity), 0) from reservation_hold
            where shop_id = ${shopId} and kind = 'sku' and holder = ${sku})) as rows
      from p, c`.execute(trx),
  );
  const row = counted.rows[0];
  if (row === undefined) throw new Error('Bug: counting gave no row');
  if (JSON.stringify(row.counters) !== JSON.stringify(row.rows)) {
    throw new Error(`counters ${JSON.stringify(row.counters)} ≠ rows ${JSON.stringify(row.rows)}`);
  }
  return row.counters;
}

/** Orders that Rome hands over in one quarter hour, where a test limits them. */
export const SLOT_CAPACITY = 5;

/** Slots and SKUs that in this very state of the database are promised beyond what there is; read in one statement. */
export async function overdrawn(db: Kysely<unknown>, shopId: ShopId): Promise<string[]> {
  const found = await withShop(db, shopId, (trx) =>
    sql<{ name: string }>`
      select 'slot ' || b.taken as name from bucket_claims b
      where b.shop_id = ${shopId} and b.kind = 'slot' and b.taken > ${SLOT_CAPACITY}
      union all
      select s.sku || ' ' || (s.waiting + s.reserved) || ' of ' || p.free
      from sku_claims s join (
        select sku, sum(on_hand - allocated) as free from stock_position
        where shop_id = ${shopId} group by sku) p using (sku)
      where s.shop_id = ${shopId} and s.waiting + s.reserved > p.free`.execute(trx),
  );
  return found.rows.map(({ name }) => name);
}

/** What was written down as changed, oldest first: `SKU` for its claims, `SKU node` for a position. */
export async function changesOf(db: Kysely<unknown>, shopId: ShopId): Promise<string[]> {
  const found = await withShop(db, shopId, (trx) =>
    sql<{ claims: string[] | null; cells: [string, string][] | null }>`
      select claims, cells from stock_change where shop_id = ${shopId} order by version`.execute(
      trx,
    ),
  );
  return found.rows.flatMap(({ claims, cells }) => [
    ...(claims ?? []),
    ...(cells ?? []).map((cell) => cell.join(' ')),
  ]);
}
