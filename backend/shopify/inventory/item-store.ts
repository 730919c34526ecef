/**
 * Which of Shopify's stocked things do we know, and which of them cannot be set?
 *
 * In: variants as Shopify describes them, ids that are gone. Out: SKU ↔ item. Invariants: an item that is gone, not
 * tracked or the parent of a bundle has no figure, so its levels are never sent; an item whose SKU changed keeps its
 * number, and both names are told to the caller, who reads its stock again.
 */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import { withShop } from '../../platform/database.ts';
import { lockLevels } from './worker-rows.ts';

/** A stocked thing and the variant it is sold as. */
export type MirroredItem = {
  readonly itemId: number;
  readonly sku: string;
  readonly variantId: number;
  readonly productId: number;
  readonly isTracked: boolean;
  readonly isParent: boolean;
};

/** Items that may be set, of a SKU. */
export type SkuItem = { readonly sku: string; readonly itemId: number };

export function createItemStore(db: Kysely<unknown>) {
  const inShop = <Value>(shopId: ShopId, work: (trx: Transaction<unknown>) => Promise<Value>) =>
    withShop(db, shopId, work);
  return {
    /** Writes items; `whole` says what they are all of, so that what is missing is gone. The SKUs that lost an item. */
    save: (
      shopId: ShopId,
      items: readonly MirroredItem[],
      whole: 'catalogue' | { readonly productId: number },
    ): Promise<readonly string[]> =>
      inShop(shopId, async (trx) => {
        const lost = await endMissing(trx, shopId, { items, whole });
        const renamed = await upsert(trx, shopId, items);
        await forgetFigures(trx, shopId);
        return [...new Set([...lost, ...renamed])];
      }),
    /** An item was deleted. */
    forget: (shopId: ShopId, itemId: number): Promise<void> =>
      inShop(shopId, async (trx) => {
        await sql`update inventory_item set is_gone = true
          where shop_id = ${shopId} and item_id = ${itemId}`.execute(trx);
        await forgetFigures(trx, shopId);
      }),
    productOf: (shopId: ShopId, itemId: number): Promise<number | undefined> =>
      inShop(shopId, async (trx) => {
        const { rows } = await sql<{ productId: number }>`select product_id as "productId"
          from inventory_item where shop_id = ${shopId} and item_id = ${itemId}`.execute(trx);
        const productId = rows[0]?.productId;
        return productId === 0 ? undefined : productId;
      }),
    /** Items of these SKUs that may be set. */
    itemsOf: (shopId: ShopId, skus: readonly string[]): Promise<readonly SkuItem[]> =>
      inShop(shopId, async (trx) => {
        const { rows } = await sql<SkuItem>`
          select sku, item_id as "itemId" from inventory_item
          where shop_id = ${shopId} and sku = any(${skus}::text[])
            and is_tracked and not is_parent and not is_gone
          order by sku, item_id`.execute(trx);
        return rows;
      }),
    /** Every SKU with an item that may be set. */
    allSkus: (shopId: ShopId): Promise<readonly string[]> =>
      inShop(shopId, async (trx) => {
        const { rows } = await sql<{ sku: string }>`
          select distinct sku from inventory_item
          where shop_id = ${shopId} and is_tracked and not is_parent and not is_gone
          order by sku`.execute(trx);
        return rows.map((row) => row.sku);
      }),
    /** The SKU of an item that is there. */
    skuOf: (shopId: ShopId, itemId: number): Promise<string | undefined> =>
      inShop(shopId, async (trx) => {
        const { rows } = await sql<{ sku: string }>`select sku from inventory_item
          where shop_id = ${shopId} and item_id = ${itemId} and not is_gone`.execute(trx);
        return rows[0]?.sku;
      }),
  };
}

/** What `createItemStore` returns. */
export type ItemStore = ReturnType<typeof createItemStore>;

async function endMissing(
  trx: Transaction<unknown>,
  shopId: ShopId,
  of: {
    readonly items: readonly MirroredItem[];
    readonly whole: 'catalogue' | { readonly productId: number };
  },
): Promise<readonly string[]> {
  const ids = of.items.map((one) => one.itemId);
  const productId = of.whole === 'catalogue' ? null : of.whole.productId;
  const { rows } = await sql<{ sku: string }>`
    update inventory_item set is_gone = true
    where shop_id = ${shopId} and not is_gone and not (item_id = any(${ids}::bigint[]))
      and (${productId}::bigint is null or product_id = ${productId}::bigint)
    returning sku`.execute(trx);
  return rows.map((row) => row.sku);
}

async function upsert(
  trx: Transaction<unknown>,
  shopId: ShopId,
  items: readonly MirroredItem[],
): Promise<readonly string[]> {
  if (items.length === 0) return [];
  const { rows } = await sql<{ sku: string | null }>`
    insert into inventory_item as i
      (shop_id, item_id, sku, variant_id, product_id, is_tracked, is_parent)
    select ${shopId}, u.* from unnest(${items.map((one) => one.itemId)}::bigint[],
      ${items.map((one) => one.sku)}::text[], ${items.map((one) => one.variantId)}::bigint[],
      ${items.map((one) => one.productId)}::bigint[], ${items.map((one) => one.isTracked)}::boolean[],
      ${items.map((one) => one.isParent)}::boolean[]) u
    on conflict (shop_id, item_id) do update set sku = excluded.sku, variant_id = excluded.variant_id,
      product_id = excluded.product_id, is_tracked = excluded.is_tracked,
      is_parent = excluded.is_parent, is_gone = false
    returning case when old.sku <> new.sku then old.sku end as sku`.execute(trx);
  return rows.flatMap(({ sku }) => (sku === null ? [] : [sku]));
}

// What cannot be set is not sent, and what was refused because of it is no longer an error.
async function forgetFigures(trx: Transaction<unknown>, shopId: ShopId): Promise<void> {
  await lockLevels(trx, shopId);
  await sql`
    with unset as (
      update inventory_level l set target = null, is_refused = false
      from inventory_item i
      where l.shop_id = ${shopId} and i.shop_id = l.shop_id and i.item_id = l.item_id
        and (i.is_gone or i.is_parent or not i.is_tracked) and (l.target is not null or l.is_refused)
      returning l.location_id, l.item_id
    )
    delete from push_refusal r using unset u
    where r.shop_id = ${shopId} and r.location_id = u.location_id and r.item_id = u.item_id`.execute(
    trx,
  );
}
