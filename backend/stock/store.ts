/**
 * Where do positions, node loads and products rest, and which of them changed since?
 *
 * In: rows as `world.ts` describes them. Out: the same rows, and after a number of the shop's clock only those that changed,
 * all read in one snapshot of the database. Positions are written by the ledger alone (`ledger/`): a row that is saved
 * here is booked as counts of what it says.
 * Invariants: a write takes the next number of the shop's clock as its last statement, so a reader who asks for "after N"
 * misses nothing; whoever asks for more than is kept is given everything; absent defaults are never invented on reading.
 */
import { type Kysely, sql } from 'kysely';
import type { ShopId } from '../base/ids.ts';
import type { WorldProduct, WorldStockRow } from '../network/world.ts';
import { reachingPostgres, withShop } from '../platform/database.ts';
import { createHeldRows, type HeldRow, type HeldRows } from './held-rows.ts';
import type { CellKey } from './ledger/cells.ts';
import type { SaidRow } from './ledger/said-row.ts';
import { type SaidStamp, saySaidRows } from './ledger/said-rows/service.ts';
import { recordChange } from './ledger/service.ts';
import type { ShopTransaction } from './ledger/store.ts';
import type { NodeClaims } from './node-claims.ts';
import type { QuotaUseRow } from './stock.ts';

/** What a position is said to be; what is absent stays as it is. */
export type StockWrite = SaidRow & {
  readonly safetyStock?: number | undefined;
  readonly weeklySales?: number | undefined;
  /** A world's row has it; it is not taken over: only our own orders allocate. */
  readonly allocated?: number;
};

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

/** What is claimed of a SKU, whatever the node: every order and reservation once. */
export type SkuClaims = {
  readonly sku: string;
  /** Units of orders that wait for routing, known to us or only to Shopify. */
  readonly waiting: number;
  readonly reservations: readonly {
    readonly quantity: number;
    readonly channel: string;
    /** ISO instant. */
    readonly expiresAt: string;
  }[];
  /** Units of the SKU's quotas that reservations hold or orders took. */
  readonly quotaUses: readonly QuotaUseRow[];
};

/** Reads claims of some SKUs, or of all that have any, in the caller's snapshot. A SKU left out has none. */
export type LoadClaims = (
  trx: ShopTransaction,
  shopId: ShopId,
  skus: readonly string[] | 'all',
) => Promise<readonly SkuClaims[]>;

/** A SKU's claims with how often they changed. */
export type HeldClaims = SkuClaims & { readonly revision: number };

/** Everything that changed after a number, and the number up to which it is complete. */
export type StockChanges = {
  readonly version: number;
  /** All rows, when everything was read; else `stock` has those that changed. */
  readonly all: HeldRows | undefined;
  readonly stock: readonly HeldRow[];
  /** `version` counts the writes of a node's load. */
  readonly loads: readonly (NodeLoadRow & { readonly version: number })[];
  readonly products: readonly ProductRow[];
  readonly claims: readonly HeldClaims[];
  /** Of every node named by `loads` or claimed anew. */
  readonly nodeClaims: readonly HeldNodeClaims[];
};

/** Reads what is claimed of nodes, in the caller's snapshot: of each one asked for, or of all that ever were claimed. */
export type LoadNodeClaims = (
  trx: ShopTransaction,
  shopId: ShopId,
  nodeIds: readonly string[] | 'all',
) => Promise<readonly HeldNodeClaims[]>;

/** A node's claims with how often they changed. */
export type HeldNodeClaims = NodeClaims & { readonly revision: number };

/** How the claims of SKUs and of nodes are read; absent where nothing claims. */
export type ClaimReaders = {
  readonly loadClaims: LoadClaims;
  readonly loadNodeClaims: LoadNodeClaims;
};

/** Which cells and SKUs changed, for a consumer that keeps a cursor of its own. */
export type ChangedCells = {
  readonly version: number;
  /** True: too old to follow; everything may have changed and nothing is listed. */
  readonly isAll: boolean;
  readonly cells: readonly CellKey[];
  readonly claims: readonly string[];
};

// Rows in one page of a full read: some megabytes.
const PAGE_ROWS = 20_000;
// Following more movements than this costs more than reading everything.
const MOST_FOLLOWED = 400_000;

/** The store over a pool that runs as the application's role. */
export function createStockStore(db: Kysely<unknown>, readers?: ClaimReaders) {
  return {
    /** What changed after `version`; 0 reads everything. One snapshot of the database. */
    readChanges: (shopId: ShopId, version: number): Promise<StockChanges> =>
      inSnapshot(db, shopId, (trx) => readChanges(trx, shopId, { after: version, readers })),

    /** The same as lists without revisions. */
    loadChanges: (shopId: ShopId, version: number) =>
      inSnapshot(db, shopId, async (trx) => {
        const { all, ...rest } = await readChanges(trx, shopId, { after: version, readers });
        const rows = all?.rows() ?? rest.stock;
        const stock = rows.map(({ revision: _, ...row }): WorldStockRow => row);
        return { ...rest, stock };
      }),

    /** A SKU's positions, by node. */
    loadSku: (shopId: ShopId, sku: string): Promise<readonly WorldStockRow[]> =>
      withShop(db, shopId, async (trx) => {
        const { rows } = await sql<PositionRow>`
          select ${POSITION} from stock_position p
          where p.shop_id = ${shopId} and p.sku = ${sku} order by p.node_id`.execute(trx);
        return rows.map(toHeldRow).map(({ revision: _, ...row }) => row);
      }),

    /** All products. */
    loadProducts: (shopId: ShopId): Promise<readonly ProductRow[]> =>
      withShop(db, shopId, (trx) => readProducts(trx, shopId)),

    /** Cells and SKUs that changed after `version`; nothing of them is read. */
    readChangedCells: (shopId: ShopId, version: number): Promise<ChangedCells> =>
      inSnapshot(db, shopId, async (trx) => {
        const clock = await readClock(trx, shopId, version);
        if (clock.isAll) return { version: clock.version, isAll: true, cells: [], claims: [] };
        const { rows } = await sql<CellKey>`
          select sku, "nodeId" from (${CHANGED_CELLS(shopId, version)}) c`.execute(trx);
        const { claims } = await readNames(trx, shopId, version);
        return { version: clock.version, isAll: false, cells: rows, claims };
      }),

    /** Our SKU of Shopify's inventory item (its number); nothing when it was never imported. */
    skuOfInventoryItem: (shopId: ShopId, inventoryItemId: string): Promise<string | undefined> =>
      withShop(db, shopId, async (trx) => {
        const { rows } = await sql<{ sku: string }>`
          select sku from product
          where shop_id = ${shopId} and inventory_item_id = ${inventoryItemId}
          order by sku limit 1`.execute(trx);
        return rows[0]?.sku;
      }),

    /** Writes what is given as it is given; the rest stays. Returns the number of the write. */
    save: (
      shopId: ShopId,
      rows: {
        readonly stock?: readonly StockWrite[];
        readonly loads?: readonly NodeLoadRow[];
        readonly products?: readonly ProductRow[];
      },
      stamp: SaidStamp,
    ): Promise<number> =>
      withShop(db, shopId, async (trx) => {
        const { stock = [], loads = [], products = [] } = rows;
        if (products.length > 0) await saveProducts(trx, shopId, products);
        if (loads.length > 0) await saveLoads(trx, shopId, loads);
        const said = await saySaidRows(trx, shopId, { rows: stock, stamp });
        const cells = await saveSettings(trx, shopId, stock);
        const change = {
          ...said,
          cells,
          products: products.map((row) => row.product.sku),
          loads: loads.map((row) => row.nodeId),
        };
        return await recordChange(trx, shopId, change, stamp.now);
      }),
  };
}

/** What `createStockStore` returns. */
export type StockStore = ReturnType<typeof createStockStore>;

// All statements see the same state; nothing decides by it, so no claim rests on this isolation level.
async function inSnapshot<Value>(
  db: Kysely<unknown>,
  shopId: ShopId,
  read: (trx: ShopTransaction) => Promise<Value>,
): Promise<Value> {
  return await reachingPostgres(() =>
    db
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(async (trx) => {
        await sql`
          select set_config('app.shop', ${shopId}, true), set_config('enable_seqscan', 'off', true),
            set_config('enable_bitmapscan', 'off', true), set_config('enable_hashjoin', 'off', true),
            set_config('enable_mergejoin', 'off', true)`.execute(trx);
        return await read(trx);
      }),
  );
}

type PositionRow = {
  sku: string;
  nodeId: string;
  onHand: number;
  unavailable: number;
  allocated: number;
  safetyStock: number | null;
  weeklySales: number | null;
  incoming: WorldStockRow['incoming'];
  revision: number;
};

const POSITION = sql`p.sku, p.node_id as "nodeId", p.on_hand as "onHand", p.unavailable, p.allocated,
  p.safety_stock as "safetyStock", p.weekly_sales as "weeklySales", p.incoming, p.revision`;

function toHeldRow(row: PositionRow): HeldRow {
  const { safetyStock, weeklySales, ...rest } = row;
  return {
    ...rest,
    ...(safetyStock === null ? {} : { safetyStock }),
    ...(weeklySales === null ? {} : { weeklySales }),
  };
}

const CHANGED_CELLS = (shopId: ShopId, after: number) => sql`
  select m.sku, m.node_id as "nodeId" from stock_change c cross join lateral (
    select sku, node_id from stock_movement
    where shop_id = ${shopId} and movement between c.first_movement and c.last_movement
    offset 0) m
  where c.shop_id = ${shopId} and c.version > ${after}
  union
  select cell ->> 0, cell ->> 1 from stock_change c cross join jsonb_array_elements(c.cells) cell
  where c.shop_id = ${shopId} and c.version > ${after}`;

type Reading = { readonly after: number; readonly readers: ClaimReaders | undefined };

async function readChanges(
  trx: ShopTransaction,
  shopId: ShopId,
  { after, readers }: Reading,
): Promise<StockChanges> {
  const { version, isAll } = await readClock(trx, shopId, after);
  if (isAll) {
    return {
      version,
      all: await readAllPositions(trx, shopId),
      stock: [],
      loads: await readLoads(trx, shopId),
      products: await readProducts(trx, shopId),
      claims: await readClaims(trx, shopId, { skus: 'all', readers }),
      nodeClaims: (await readers?.loadNodeClaims(trx, shopId, 'all')) ?? [],
    };
  }
  if (version === after) return { version, all: undefined, ...NOTHING };
  const names = await readNames(trx, shopId, after);
  const { rows } = await sql<PositionRow>`
    select p.* from (${CHANGED_CELLS(shopId, after)}) c cross join lateral (
      select ${POSITION} from stock_position p
      where p.shop_id = ${shopId} and p.sku = c.sku and p.node_id = c."nodeId" limit 1) p`.execute(
    trx,
  );
  return {
    version,
    all: undefined,
    stock: rows.map(toHeldRow),
    loads: names.loads.length === 0 ? [] : await readLoads(trx, shopId, names.loads),
    products: names.products.length === 0 ? [] : await readProducts(trx, shopId, names.products),
    claims: await readClaims(trx, shopId, { skus: names.claims, readers }),
    nodeClaims:
      names.loads.length === 0 || readers === undefined
        ? []
        : await readers.loadNodeClaims(trx, shopId, names.loads),
  };
}

const NOTHING = { stock: [], loads: [], products: [], claims: [], nodeClaims: [] };

/** The shop's number, and whether `after` is too old to follow. */
async function readClock(
  trx: ShopTransaction,
  shopId: ShopId,
  after: number,
): Promise<{ readonly version: number; readonly isAll: boolean }> {
  const { rows } = await sql<{ version: number; prunedTo: number }>`
    select version, pruned_to as "prunedTo" from stock_clock where shop_id = ${shopId}`.execute(
    trx,
  );
  const { version = 0, prunedTo = 0 } = rows[0] ?? {};
  if (after === 0 || after < prunedTo) return { version, isAll: true };
  const { rows: sizes } = await sql<{ movements: number }>`
    select coalesce(sum(last_movement - first_movement + 1), 0)::bigint as movements
    from stock_change where shop_id = ${shopId} and version > ${after}`.execute(trx);
  return { version, isAll: (sizes[0]?.movements ?? 0) > MOST_FOLLOWED };
}

type Names = Record<'claims' | 'products' | 'loads', readonly string[]>;

async function readNames(trx: ShopTransaction, shopId: ShopId, after: number): Promise<Names> {
  const { rows } = await sql<{ kind: keyof Names; name: string }>`
    select distinct kind, name from stock_change c cross join lateral (
      select 'claims', unnest(c.claims) union all select 'products', unnest(c.products)
      union all select 'loads', unnest(c.loads)) n(kind, name)
    where c.shop_id = ${shopId} and c.version > ${after}`.execute(trx);
  const names = { claims: [] as string[], products: [] as string[], loads: [] as string[] };
  for (const { kind, name } of rows) names[kind].push(name);
  return names;
}

async function readAllPositions(trx: ShopTransaction, shopId: ShopId): Promise<HeldRows> {
  const held = createHeldRows();
  let last: CellKey = { sku: '', nodeId: '' };
  for (;;) {
    const { rows } = await sql<PositionRow>`
      select ${POSITION} from stock_position p
      where p.shop_id = ${shopId} and (p.sku, p.node_id) > (${last.sku}, ${last.nodeId})
      order by p.sku, p.node_id limit ${PAGE_ROWS}`.execute(trx);
    for (const row of rows) held.put(toHeldRow(row));
    const end = rows.at(-1);
    if (end === undefined || rows.length < PAGE_ROWS) return held;
    last = end;
  }
}

async function readClaims(
  trx: ShopTransaction,
  shopId: ShopId,
  { skus, readers }: { readonly skus: readonly string[] | 'all' } & Pick<Reading, 'readers'>,
): Promise<readonly HeldClaims[]> {
  if (skus !== 'all' && skus.length === 0) return [];
  const claims = new Map(
    (await readers?.loadClaims(trx, shopId, skus))?.map((claim) => [claim.sku, claim] as const),
  );
  const { rows } = await sql<{ sku: string; revision: number }>`
    select sku, revision from claim_revision
    where shop_id = ${shopId} ${skus === 'all' ? sql`` : sql`and sku = any(${skus})`}`.execute(trx);
  return rows.map(({ sku, revision }) => {
    const { waiting = 0, reservations = [], quotaUses = [] } = claims.get(sku) ?? {};
    return { sku, waiting, reservations, quotaUses, revision };
  });
}

async function readLoads(
  trx: ShopTransaction,
  shopId: ShopId,
  nodeIds?: readonly string[],
): Promise<StockChanges['loads']> {
  const { rows } = await sql<{
    nodeId: string;
    backlogUnits: number;
    backlogAsOf: Temporal.Instant | null;
    ordersByDate: Record<string, number>;
    version: number;
  }>`
    select node_id as "nodeId", backlog_units as "backlogUnits", backlog_as_of as "backlogAsOf",
      orders_by_date as "ordersByDate", version
    from node_load where shop_id = ${shopId}
      ${nodeIds === undefined ? sql`` : sql`and node_id = any(${nodeIds})`}`.execute(trx);
  return rows.map(({ backlogAsOf, ...row }) =>
    backlogAsOf === null ? row : { ...row, backlogAsOf: backlogAsOf.toString() },
  );
}

async function readProducts(
  trx: ShopTransaction,
  shopId: ShopId,
  skus?: readonly string[],
): Promise<readonly ProductRow[]> {
  const { rows } = await sql<ProductRow>`
    select product, variant_id as "variantId", inventory_item_id as "inventoryItemId"
    from product where shop_id = ${shopId}
      ${skus === undefined ? sql`` : sql`and sku = any(${skus})`} order by sku`.execute(trx);
  return rows;
}

// What is no movement: kept back from sale at this position, and how fast it sells. Returns whose row changed.
async function saveSettings(
  trx: ShopTransaction,
  shopId: ShopId,
  rows: readonly StockWrite[],
): Promise<readonly CellKey[]> {
  const given = rows.filter((row) => 'safetyStock' in row || 'weeklySales' in row);
  if (given.length === 0) return [];
  // Every row is there: the insert meets it by its key.
  const { rows: changed } = await sql<CellKey>`
    insert into stock_position as p (shop_id, sku, node_id, on_hand, safety_stock, weekly_sales)
    select ${shopId}, r.sku, r."nodeId", 0, r."safetyStock", r."weeklySales"
    from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as r(
      sku text, "nodeId" text, "safetyStock" int, "weeklySales" double precision)
    order by r.sku, r."nodeId"
    on conflict (shop_id, sku, node_id) do update set
      safety_stock = coalesce(excluded.safety_stock, p.safety_stock),
      weekly_sales = coalesce(excluded.weekly_sales, p.weekly_sales), revision = p.revision + 1
    where p.safety_stock is distinct from coalesce(excluded.safety_stock, p.safety_stock)
      or p.weekly_sales is distinct from coalesce(excluded.weekly_sales, p.weekly_sales)
    returning p.sku, p.node_id as "nodeId"`.execute(trx);
  return changed;
}

async function saveLoads(
  trx: ShopTransaction,
  shopId: ShopId,
  rows: readonly NodeLoadRow[],
): Promise<void> {
  await sql`
    insert into node_load as l (shop_id, node_id, backlog_units, backlog_as_of, orders_by_date, version)
    select ${shopId}, r."nodeId", r."backlogUnits", r."backlogAsOf", r."ordersByDate", 1
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(
      "nodeId" text, "backlogUnits" int, "backlogAsOf" timestamptz, "ordersByDate" jsonb)
    order by r."nodeId"
    on conflict (shop_id, node_id) do update set
      backlog_units = excluded.backlog_units, backlog_as_of = excluded.backlog_as_of,
      orders_by_date = excluded.orders_by_date, version = l.version + 1`.execute(trx);
}

async function saveProducts(
  trx: ShopTransaction,
  shopId: ShopId,
  rows: readonly ProductRow[],
): Promise<void> {
  const records = rows.map((row) => ({ ...row, sku: row.product.sku }));
  await sql`
    insert into product as p (shop_id, sku, variant_id, inventory_item_id, product, version)
    select ${shopId}, r.sku, r."variantId", r."inventoryItemId", r.product, 1
    from jsonb_to_recordset(${JSON.stringify(records)}::jsonb) as r(
      sku text, "variantId" text, "inventoryItemId" text, product jsonb)
    order by r.sku
    on conflict (shop_id, sku) do update set
      variant_id = excluded.variant_id, inventory_item_id = excluded.inventory_item_id,
      product = excluded.product, version = p.version + 1`.execute(trx);
}
