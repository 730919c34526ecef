/**
 * Where do positions, node loads and products rest, and which of them changed since?
 *
 * In: rows as `world.ts` describes them. Out: the same rows with the shop's counter of the write.
 * Invariants: every write takes the next number of the shop's clock inside its own transaction and holds
 * the clock's row until it commits, so a reader who asks for "after N" misses nothing; absent defaults are
 * never invented on reading: what was stored is what comes back.
 */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { ShopId } from '../base/ids.ts';
import type { WorldProduct, WorldStockRow } from '../network/world.ts';
import { type InstantColumn, type JsonColumn, withShop } from '../platform/database.ts';

/** A stock row as written: positions of one SKU on one node. */
export type StockWrite = WorldStockRow;

/** How busy a node is, as the world describes it. */
export type NodeLoadRow = {
  readonly nodeId: string;
  readonly backlogUnits: number;
  /** ISO instant; required with a backlog. */
  readonly backlogAsOf?: string;
  readonly ordersByDate: Readonly<Record<string, number>>;
};

/** A product with Shopify's numbers, so that a callback's `variant_id` finds its SKU. */
export type ProductRow = {
  readonly product: WorldProduct;
  readonly variantId: string | null;
  readonly inventoryItemId: string | null;
};

/** Everything that changed after a number, and the number up to which it is complete. */
export type StockChanges = {
  readonly version: number;
  readonly stock: readonly (WorldStockRow & { readonly version: number })[];
  readonly loads: readonly (NodeLoadRow & { readonly version: number })[];
  readonly products: readonly ProductRow[];
};

type StockTables = {
  stock_clock: { shop_id: string; version: number };
  stock_position: {
    shop_id: string;
    sku: string;
    node_id: string;
    on_hand: number;
    unavailable: number;
    allocated: number;
    safety_stock: number | null;
    incoming: JsonColumn<WorldStockRow['incoming']>;
    version: number;
  };
  node_load: {
    shop_id: string;
    node_id: string;
    backlog_units: number;
    backlog_as_of: InstantColumn | null;
    orders_by_date: JsonColumn<Record<string, number>>;
    version: number;
  };
  product: {
    shop_id: string;
    sku: string;
    variant_id: string | null;
    inventory_item_id: string | null;
    product: JsonColumn<WorldProduct>;
    version: number;
  };
};

/** The store over a pool that runs as the application's role. */
export function createStockStore(database: Kysely<unknown>) {
  const db = database.withTables<StockTables>();
  return {
    /** All rows with a number above `version`; 0 reads everything. One snapshot of the database. */
    loadChanges: (shopId: ShopId, version: number): Promise<StockChanges> =>
      withShop(db, shopId, (trx) => loadChanges(trx, shopId, version)),

    /** Our SKU of Shopify's inventory item (its number); nothing when it was never imported. */
    skuOfInventoryItem: (shopId: ShopId, inventoryItemId: string): Promise<string | undefined> =>
      withShop(db, shopId, async (trx) => {
        const row = await trx
          .selectFrom('product')
          .select('sku')
          .where('shop_id', '=', shopId)
          .where('inventory_item_id', '=', inventoryItemId)
          .orderBy('sku')
          .executeTakeFirst();
        return row?.sku;
      }),

    /** Writes what is given as it is given; the rest stays. Returns the number of the write. */
    save: (
      shopId: ShopId,
      rows: {
        readonly stock?: readonly StockWrite[];
        readonly loads?: readonly NodeLoadRow[];
        readonly products?: readonly ProductRow[];
      },
    ): Promise<number> =>
      withShop(db, shopId, async (trx) => {
        const version = await nextVersion(trx, shopId);
        if (rows.products?.length) await saveProducts(trx, shopId, rows.products, version);
        if (rows.stock?.length) await savePositions(trx, shopId, rows.stock, version);
        if (rows.loads?.length) await saveLoads(trx, shopId, rows.loads, version);
        return version;
      }),
  };
}

/** What `createStockStore` returns. */
export type StockStore = ReturnType<typeof createStockStore>;

async function nextVersion(trx: Transaction<StockTables>, shopId: ShopId): Promise<number> {
  const { rows } = await sql<{ version: number }>`
    insert into stock_clock (shop_id, version) values (${shopId}, 1)
    on conflict (shop_id) do update set version = stock_clock.version + 1
    returning version`.execute(trx);
  const row = rows[0];
  if (row === undefined) throw new Error(`Bug: the stock clock of ${shopId} gave no number`);
  return row.version;
}

async function loadChanges(
  trx: Transaction<StockTables>,
  shopId: ShopId,
  after: number,
): Promise<StockChanges> {
  // The clock first: a write that commits between these statements is seen again next time, never missed.
  const clock = await trx
    .selectFrom('stock_clock')
    .select('version')
    .where('shop_id', '=', shopId)
    .executeTakeFirst();
  const positions = await trx
    .selectFrom('stock_position')
    .selectAll()
    .where('shop_id', '=', shopId)
    .where('version', '>', after)
    .execute();
  const loads = await trx
    .selectFrom('node_load')
    .selectAll()
    .where('shop_id', '=', shopId)
    .where('version', '>', after)
    .execute();
  const products = await trx
    .selectFrom('product')
    .selectAll()
    .where('shop_id', '=', shopId)
    .where('version', '>', after)
    .execute();
  return {
    version: clock?.version ?? 0,
    stock: positions.map((row) => ({
      sku: row.sku,
      nodeId: row.node_id,
      onHand: row.on_hand,
      unavailable: row.unavailable,
      allocated: row.allocated,
      ...(row.safety_stock === null ? {} : { safetyStock: row.safety_stock }),
      incoming: row.incoming,
      version: row.version,
    })),
    loads: loads.map((row) => ({
      nodeId: row.node_id,
      backlogUnits: row.backlog_units,
      ...(row.backlog_as_of === null ? {} : { backlogAsOf: row.backlog_as_of.toString() }),
      ordersByDate: row.orders_by_date,
      version: row.version,
    })),
    products: products.map((row) => ({
      product: row.product,
      variantId: row.variant_id,
      inventoryItemId: row.inventory_item_id,
    })),
  };
}

// One statement a kind: the rows travel as one JSON text, so a batch costs one round trip.
async function savePositions(
  trx: Transaction<StockTables>,
  shopId: ShopId,
  rows: readonly StockWrite[],
  version: number,
): Promise<void> {
  await sql`
    insert into stock_position
      (shop_id, sku, node_id, on_hand, unavailable, allocated, safety_stock, incoming, version)
    select ${shopId}, r.sku, r."nodeId", r."onHand", r.unavailable, r.allocated, r."safetyStock",
      r.incoming, ${version}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(
      sku text, "nodeId" text, "onHand" int, unavailable int, allocated int, "safetyStock" int,
      incoming jsonb)
    order by r.sku, r."nodeId"
    on conflict (shop_id, sku, node_id) do update set
      on_hand = excluded.on_hand, unavailable = excluded.unavailable,
      allocated = excluded.allocated, safety_stock = excluded.safety_stock,
      incoming = excluded.incoming, version = excluded.version`.execute(trx);
}

async function saveLoads(
  trx: Transaction<StockTables>,
  shopId: ShopId,
  rows: readonly NodeLoadRow[],
  version: number,
): Promise<void> {
  await sql`
    insert into node_load (shop_id, node_id, backlog_units, backlog_as_of, orders_by_date, version)
    select ${shopId}, r."nodeId", r."backlogUnits", r."backlogAsOf", r."ordersByDate", ${version}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(
      "nodeId" text, "backlogUnits" int, "backlogAsOf" timestamptz, "ordersByDate" jsonb)
    order by r."nodeId"
    on conflict (shop_id, node_id) do update set
      backlog_units = excluded.backlog_units, backlog_as_of = excluded.backlog_as_of,
      orders_by_date = excluded.orders_by_date, version = excluded.version`.execute(trx);
}

async function saveProducts(
  trx: Transaction<StockTables>,
  shopId: ShopId,
  rows: readonly ProductRow[],
  version: number,
): Promise<void> {
  const records = rows.map((row) => ({ ...row, sku: row.product.sku }));
  await sql`
    insert into product (shop_id, sku, variant_id, inventory_item_id, product, version)
    select ${shopId}, r.sku, r."variantId", r."inventoryItemId", r.product, ${version}
    from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as r(
      sku text, "variantId" text, "inventoryItemId" text, product jsonb)
    order by r.sku
    on conflict (shop_id, sku) do update set
      variant_id = excluded.variant_id, inventory_item_id = excluded.inventory_item_id,
      product = excluded.product, version = excluded.version`.execute(trx);
}
