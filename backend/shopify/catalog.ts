/**
 * From Shopify's catalogue and stock to ours: products with weight and tags, positions by node.
 *
 * Run at the first load, every night and after changes of products; one inventory level at a time when Shopify says
 * that it changed. A variant without a SKU, or whose SKU another variant has taken, is named after its number. What
 * Shopify does not know (volume, length, incoming) is left as it stands with us. Committed units are spoken for, so
 * they are allocated; safety stock is a number of its own and never part of what is unavailable.
 */
import {
  InventoryLevelRead,
  InventoryLevelsRead,
  ProductVariantsRead,
} from '../../graphql/admin/generated/documents.ts';
import type { ShopId } from '../base/ids.ts';
import type { Log } from '../platform/log.ts';
import { type AdminClient, expectAnswer } from './admin-client.ts';
import type { ConnectorStore } from './connector-store.ts';
import { gidOf, numberOfGid } from './gid.ts';
import { mapAnswer, readPages } from './pages.ts';
import { nodeOfLocation, type Surfaces } from './surfaces.ts';

/** A product as Shopify describes it; the rest of what we know of it stays. */
export type ImportedProduct = {
  readonly sku: string;
  readonly name: string;
  readonly weightGrams: number;
  readonly category: string | undefined;
  readonly tags: readonly string[];
  readonly variantId: string;
  readonly inventoryItemId: string;
};

/** What one node holds of one SKU, by Shopify's count. */
export type ImportedPosition = {
  readonly sku: string;
  readonly nodeId: string;
  readonly onHand: number;
  readonly unavailable: number;
  readonly allocated: number;
  readonly safetyStock: number | undefined;
};

/** A changed inventory level, by Shopify's numbers. */
export type LevelChange = { readonly inventoryItemId: string; readonly locationId: string };

export type CatalogDeps = {
  readonly admin: AdminClient;
  readonly store: ConnectorStore;
  readonly log: Log;
  surfacesOf(shopId: ShopId): Promise<Surfaces>;
  nodeIdsOf(shopId: ShopId): Promise<ReadonlySet<string>>;
  saveProducts(shopId: ShopId, products: readonly ImportedProduct[]): Promise<void>;
  savePositions(shopId: ShopId, positions: readonly ImportedPosition[]): Promise<void>;
  /** Our SKU of an inventory item (number); undefined: not imported. */
  skuOfInventoryItem(shopId: ShopId, inventoryItemId: string): Promise<string | undefined>;
};

export function createCatalog(deps: CatalogDeps) {
  return {
    /** Reads all products and, for every location that is a node, what it holds. */
    importAll: (shopId: ShopId) => importAll(deps, shopId),
    /** Reads one level again. */
    importLevel: (shopId: ShopId, change: LevelChange) => importLevel(deps, shopId, change),
  };
}

/** What `createCatalog` returns. */
export type Catalog = ReturnType<typeof createCatalog>;

const VARIANTS_A_PAGE = 100;
const LEVELS_A_PAGE = 50;
// A quarter of a million variants, or levels of one location; larger catalogues need a bulk operation.
const MOST_VARIANT_PAGES = 2_500;
const MOST_LEVEL_PAGES = 5_000;

async function importAll(
  deps: CatalogDeps,
  shopId: ShopId,
): Promise<{ products: number; positions: number }> {
  const products = await readProducts(deps, shopId);
  await deps.saveProducts(shopId, products);
  const skuByItem = new Map(products.map((one) => [one.inventoryItemId, one.sku]));
  const surfaces = await deps.surfacesOf(shopId);
  const nodeIds = await deps.nodeIdsOf(shopId);
  let count = 0;
  for (const { locationId } of await deps.store.readLocations(shopId)) {
    const nodeId = nodeOfLocation(surfaces, locationId, nodeIds);
    if (nodeId === undefined) continue;
    const positions = await readPositions(deps, shopId, { locationId, nodeId, skuByItem });
    await deps.savePositions(shopId, positions);
    count += positions.length;
  }
  deps.log.info({ event: 'catalog_imported', shop: shopId, count: products.length });
  return { products: products.length, positions: count };
}

async function readProducts(
  deps: CatalogDeps,
  shopId: ShopId,
): Promise<readonly ImportedProduct[]> {
  const read = await readPages(
    async (after) =>
      mapAnswer(
        await deps.admin.send(shopId, ProductVariantsRead, { first: VARIANTS_A_PAGE, after }),
        (data) => data.productVariants,
      ),
    MOST_VARIANT_PAGES,
  );
  const taken = new Set<string>();
  return expectAnswer(read)
    .filter(({ inventoryItem }) => inventoryItem.requiresShipping)
    .map(({ id, sku, displayName, product, inventoryItem }) => {
      const variantId = numberOfGid(id);
      const own = sku?.trim() ?? '';
      const name = own === '' || taken.has(own) ? `variant-${variantId}` : own;
      taken.add(name);
      return {
        sku: name,
        name: displayName.slice(0, 200),
        weightGrams: toGrams(inventoryItem.measurement.weight),
        category: product.productType === '' ? undefined : product.productType.slice(0, 60),
        tags: product.tags.map((tag) => tag.slice(0, 60)).slice(0, 50),
        variantId,
        inventoryItemId: numberOfGid(inventoryItem.id),
      };
    });
}

const GRAMS = { GRAMS: 1, KILOGRAMS: 1_000, OUNCES: 28.349523125, POUNDS: 453.59237 } as const;

/** Whole grams, never fewer than the scale says; 0 when no weight was given. */
export function toGrams(
  weight: { readonly unit: keyof typeof GRAMS; readonly value: number } | null,
): number {
  if (weight === null) return 0;
  // Floating point makes 0.1 kg a hair more than 100 g; a thousandth of a gram is no gram.
  return Math.ceil(weight.value * GRAMS[weight.unit] - 0.001);
}

type Quantities = readonly { readonly name: string; readonly quantity: number }[];

async function readPositions(
  deps: CatalogDeps,
  shopId: ShopId,
  at: { locationId: string; nodeId: string; skuByItem: ReadonlyMap<string, string> },
): Promise<readonly ImportedPosition[]> {
  const locationId = gidOf('Location', at.locationId);
  const read = await readPages(async (after) => {
    const variables = { locationId, first: LEVELS_A_PAGE, after };
    return mapAnswer(
      await deps.admin.send(shopId, InventoryLevelsRead, variables),
      (data) => data.location?.inventoryLevels ?? NO_LEVELS,
    );
  }, MOST_LEVEL_PAGES);
  return expectAnswer(read).flatMap(({ item, quantities }) => {
    const sku = at.skuByItem.get(numberOfGid(item.id));
    return sku === undefined ? [] : [toPosition(sku, at.nodeId, quantities)];
  });
}

const NO_LEVELS = { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };

function toPosition(sku: string, nodeId: string, quantities: Quantities): ImportedPosition {
  const of = (name: string) =>
    Math.max(0, quantities.find((one) => one.name === name)?.quantity ?? 0);
  const safetyStock = of('safety_stock');
  return {
    sku,
    nodeId,
    onHand: of('on_hand'),
    unavailable: of('reserved') + of('damaged') + of('quality_control'),
    allocated: of('committed'),
    safetyStock: safetyStock > 0 ? safetyStock : undefined,
  };
}

async function importLevel(deps: CatalogDeps, shopId: ShopId, change: LevelChange): Promise<void> {
  const nodeId = nodeOfLocation(
    await deps.surfacesOf(shopId),
    change.locationId,
    await deps.nodeIdsOf(shopId),
  );
  const sku = await deps.skuOfInventoryItem(shopId, change.inventoryItemId);
  if (nodeId === undefined || sku === undefined) return;
  const variables = {
    inventoryItemId: `gid://shopify/InventoryItem/${change.inventoryItemId}`,
    locationId: gidOf('Location', change.locationId),
  };
  const read = expectAnswer(await deps.admin.send(shopId, InventoryLevelRead, variables));
  const quantities = read.inventoryItem?.inventoryLevel?.quantities ?? [];
  await deps.savePositions(shopId, [toPosition(sku, nodeId, quantities)]);
}
