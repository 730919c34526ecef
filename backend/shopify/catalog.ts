/**
 * From Shopify's catalogue and stock to ours: products with weight and tags, items, what stands where.
 *
 * The whole at the first load and every night; one product, one item or one level when Shopify says that it changed. A
 * variant without a SKU, or whose SKU another item has, is named after its number. For nodes whose stock is Shopify's
 * every level is booked as a count; of nodes whose stock is sent to us it is only remembered, for the push to compare
 * with. Committed units are never allocations: they tell how many orders we have not heard of. What Shopify does not
 * know (volume, length, incoming) is left as it stands with us.
 */
import {
  InventoryItemsAtLocationRead,
  InventoryLevelsRead,
  ProductVariantsRead,
} from '../../graphql/admin/generated/documents.ts';
import type { ProductVariantsReadQuery } from '../../graphql/admin/generated/types.ts';
import type { ShopId } from '../base/ids.ts';
import type { Log } from '../platform/log.ts';
import { type AdminClient, expectAnswer } from './admin-client.ts';
import type { ConnectorStore } from './connector-store.ts';
import { gidOf, numberOfGid } from './gid.ts';
import { itemGid } from './inventory/calls.ts';
import type { ReadLevel } from './inventory/chunk-rows.ts';
import type { ItemStore, MirroredItem } from './inventory/item-store.ts';
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
  readonly safetyStock: number | undefined;
};

/** A changed inventory level, by Shopify's numbers. */
export type LevelChange = { readonly inventoryItemId: string; readonly locationId: string };

export type CatalogDeps = {
  readonly admin: AdminClient;
  readonly store: ConnectorStore;
  readonly log: Log;
  readonly items: Pick<ItemStore, 'save' | 'skuOf' | 'itemsOf' | 'forget' | 'productOf'>;
  surfacesOf(shopId: ShopId): Promise<Surfaces>;
  nodeIdsOf(shopId: ShopId): Promise<ReadonlySet<string>>;
  /** Nodes whose stock is sent to us: Shopify's counts mean nothing there. */
  keptNodesOf(shopId: ShopId): Promise<ReadonlySet<string>>;
  saveProducts(shopId: ShopId, products: readonly ImportedProduct[]): Promise<void>;
  savePositions(shopId: ShopId, positions: readonly ImportedPosition[]): Promise<void>;
  /** Remembers levels as Shopify has them, and what it has committed. */
  bookLevels(shopId: ShopId, levels: readonly ReadLevel[]): Promise<void>;
  /** Works the figures of these SKUs out again. */
  replan(shopId: ShopId, skus: readonly string[]): Promise<void>;
};

export function createCatalog(deps: CatalogDeps) {
  return {
    /** Reads all products and, for every location that is a node, what it holds. */
    importAll: (shopId: ShopId) => importAll(deps, shopId),
    /** Reads one product with its items and their stock. */
    importProduct: (shopId: ShopId, productId: string) => importProduct(deps, shopId, productId),
    /** A product was deleted, with all its items. */
    forgetProduct: (shopId: ShopId, productId: string) =>
      saveItems(deps, shopId, { items: [], whole: { productId: Number(productId) } }),
    /** An item changed: its product is read, which names it. */
    importItem: async (shopId: ShopId, itemId: string): Promise<void> => {
      const productId = await deps.items.productOf(shopId, Number(itemId));
      if (productId !== undefined) await importProduct(deps, shopId, String(productId));
    },
    forgetItem: (shopId: ShopId, itemId: string) => deps.items.forget(shopId, Number(itemId)),
    /** Reads one level again. */
    importLevel: (shopId: ShopId, change: LevelChange) => importLevel(deps, shopId, change),
  };
}

/** What `createCatalog` returns. */
export type Catalog = ReturnType<typeof createCatalog>;

const VARIANTS_A_PAGE = 100;
const LEVELS_A_PAGE = 50;
const ITEMS_A_QUERY = 100;
// A quarter of a million variants, or levels of one location; the nightly comparison reads larger shops in bulk.
const MOST_VARIANT_PAGES = 2_500;
const MOST_LEVEL_PAGES = 5_000;
// A full read is the least urgent thing there is.
const LANE = { lane: 'resync' } as const;
const NAMES = [
  'available',
  'on_hand',
  'committed',
  'reserved',
  'damaged',
  'quality_control',
  'safety_stock',
];

/** A location that stands for a node. */
type Place = { readonly locationId: string; readonly nodeId: string; readonly isShopifys: boolean };

async function placesOf(deps: CatalogDeps, shopId: ShopId): Promise<readonly Place[]> {
  const [surfaces, nodeIds, kept, locations] = await Promise.all([
    deps.surfacesOf(shopId),
    deps.nodeIdsOf(shopId),
    deps.keptNodesOf(shopId),
    deps.store.readLocations(shopId),
  ]);
  return locations.flatMap(({ locationId }) => {
    const nodeId = nodeOfLocation(surfaces, locationId, nodeIds);
    return nodeId === undefined ? [] : [{ locationId, nodeId, isShopifys: !kept.has(nodeId) }];
  });
}

async function importAll(
  deps: CatalogDeps,
  shopId: ShopId,
): Promise<{ products: number; positions: number }> {
  const { products, items } = toProducts(await readVariants(deps, shopId, null), new Set());
  await deps.saveProducts(shopId, products);
  const places = await placesOf(deps, shopId);
  await emptyLost(deps, shopId, places, await deps.items.save(shopId, items, 'catalogue'));
  const skuByItem = new Map(products.map((one) => [one.inventoryItemId, one.sku]));
  let count = 0;
  for (const place of places) {
    const levels = await readLevelsAt(deps, shopId, place, skuByItem);
    await saveLevels(deps, shopId, place, levels);
    count += levels.length;
  }
  await deps.replan(
    shopId,
    products.map((one) => one.sku),
  );
  deps.log.info({ event: 'catalog_imported', shop: shopId, count: products.length });
  return { products: products.length, positions: count };
}

async function importProduct(deps: CatalogDeps, shopId: ShopId, productId: string): Promise<void> {
  const variants = await readVariants(deps, shopId, `product_id:${productId}`);
  const own = new Set(variants.map((one) => Number(numberOfGid(one.inventoryItem.id))));
  const skus = variants.map((one) => one.sku?.trim() ?? '');
  const owners = await deps.items.itemsOf(shopId, skus);
  const taken = new Set(owners.filter((one) => !own.has(one.itemId)).map((one) => one.sku));
  const { products, items } = toProducts(variants, taken);
  await deps.saveProducts(shopId, products);
  await saveItems(deps, shopId, { items, whole: { productId: Number(productId) } });
  for (const place of await placesOf(deps, shopId)) {
    await saveLevels(deps, shopId, place, await readItemsAt(deps, shopId, place, products));
  }
  await deps.replan(
    shopId,
    products.map((one) => one.sku),
  );
}

async function saveItems(
  deps: CatalogDeps,
  shopId: ShopId,
  saved: { readonly items: readonly MirroredItem[]; readonly whole: { productId: number } },
): Promise<void> {
  const lost = await deps.items.save(shopId, saved.items, saved.whole);
  await emptyLost(deps, shopId, await placesOf(deps, shopId), lost);
}

// A SKU that no item has any more stands nowhere of Shopify's; what is sent to us is said by who sends it.
async function emptyLost(
  deps: CatalogDeps,
  shopId: ShopId,
  places: readonly Place[],
  lost: readonly string[],
): Promise<void> {
  const named = new Set((await deps.items.itemsOf(shopId, lost)).map((one) => one.sku));
  const empty = lost.filter((sku) => !named.has(sku));
  const positions = places
    .filter((place) => place.isShopifys)
    .flatMap(({ nodeId }) =>
      empty.map((sku) => ({ sku, nodeId, onHand: 0, unavailable: 0, safetyStock: undefined })),
    );
  if (positions.length > 0) await deps.savePositions(shopId, positions);
}

type Variant = ProductVariantsReadQuery['productVariants']['nodes'][number];

async function readVariants(
  deps: CatalogDeps,
  shopId: ShopId,
  query: string | null,
): Promise<readonly Variant[]> {
  const read = await readPages(async (after) => {
    const variables = { first: VARIANTS_A_PAGE, after, query };
    return mapAnswer(
      await deps.admin.send(shopId, ProductVariantsRead, variables, LANE),
      (data) => data.productVariants,
    );
  }, MOST_VARIANT_PAGES);
  return expectAnswer(read);
}

function toProducts(
  variants: readonly Variant[],
  takenElsewhere: ReadonlySet<string>,
): { readonly products: readonly ImportedProduct[]; readonly items: readonly MirroredItem[] } {
  const taken = new Set(takenElsewhere);
  const products: ImportedProduct[] = [];
  const items: MirroredItem[] = [];
  for (const variant of variants) {
    const { id, product, inventoryItem } = variant;
    if (!inventoryItem.requiresShipping) continue;
    const variantId = numberOfGid(id);
    const own = variant.sku?.trim() ?? '';
    const sku = own === '' || taken.has(own) ? `variant-${variantId}` : own;
    taken.add(sku);
    const inventoryItemId = numberOfGid(inventoryItem.id);
    products.push({
      sku,
      name: variant.displayName.slice(0, 200),
      weightGrams: toGrams(inventoryItem.measurement.weight),
      category: product.productType === '' ? undefined : product.productType.slice(0, 60),
      tags: product.tags.map((tag) => tag.slice(0, 60)).slice(0, 50),
      variantId,
      inventoryItemId,
    });
    items.push({
      itemId: Number(inventoryItemId),
      sku,
      variantId: Number(variantId),
      productId: Number(numberOfGid(product.id)),
      isTracked: inventoryItem.tracked,
      isParent: variant.requiresComponents,
    });
  }
  return { products, items };
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
type FoundLevel = {
  readonly sku: string;
  readonly itemId: number;
  /** Undefined: not stocked there. */
  readonly level: { readonly updatedAt: string; readonly quantities: Quantities } | undefined;
};

async function readLevelsAt(
  deps: CatalogDeps,
  shopId: ShopId,
  place: Place,
  skuByItem: ReadonlyMap<string, string>,
): Promise<readonly FoundLevel[]> {
  const locationId = gidOf('Location', place.locationId);
  const read = await readPages(async (after) => {
    const variables = { locationId, first: LEVELS_A_PAGE, after };
    return mapAnswer(
      await deps.admin.send(shopId, InventoryLevelsRead, variables, LANE),
      (data) => data.location?.inventoryLevels ?? NO_LEVELS,
    );
  }, MOST_LEVEL_PAGES);
  return expectAnswer(read).flatMap(({ item, ...level }) => {
    const itemId = numberOfGid(item.id);
    const sku = skuByItem.get(itemId);
    return sku === undefined ? [] : [{ sku, itemId: Number(itemId), level }];
  });
}

const NO_LEVELS = { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };

async function readItemsAt(
  deps: CatalogDeps,
  shopId: ShopId,
  place: Place,
  products: readonly Pick<ImportedProduct, 'sku' | 'inventoryItemId'>[],
): Promise<readonly FoundLevel[]> {
  const found: FoundLevel[] = [];
  for (let start = 0; start < products.length; start += ITEMS_A_QUERY) {
    const some = products.slice(start, start + ITEMS_A_QUERY);
    const ids = some.map((one) => itemGid(Number(one.inventoryItemId)));
    const variables = { ids, locationId: gidOf('Location', place.locationId), names: NAMES };
    const read = await deps.admin.send(shopId, InventoryItemsAtLocationRead, variables);
    const { nodes } = expectAnswer(read);
    for (const { sku, inventoryItemId } of some) {
      const node = nodes.find(
        (one) => one && 'id' in one && numberOfGid(one.id) === inventoryItemId,
      );
      const level = node && 'id' in node ? (node.inventoryLevel ?? undefined) : undefined;
      found.push({ sku, itemId: Number(inventoryItemId), level });
    }
  }
  return found;
}

async function saveLevels(
  deps: CatalogDeps,
  shopId: ShopId,
  place: Place,
  levels: readonly FoundLevel[],
): Promise<void> {
  if (levels.length === 0) return;
  if (place.isShopifys) {
    const positions = levels.map(({ sku, level }) =>
      toPosition(sku, place.nodeId, level?.quantities ?? []),
    );
    await deps.savePositions(shopId, positions);
  }
  await deps.bookLevels(
    shopId,
    levels.map((one) => toReadLevel(Number(place.locationId), one)),
  );
}

function quantityIn(quantities: Quantities, name: string): number {
  return quantities.find((one) => one.name === name)?.quantity ?? 0;
}

function toPosition(sku: string, nodeId: string, quantities: Quantities): ImportedPosition {
  const of = (name: string) => Math.max(0, quantityIn(quantities, name));
  const safetyStock = of('safety_stock');
  return {
    sku,
    nodeId,
    onHand: of('on_hand'),
    unavailable: of('reserved') + of('damaged') + of('quality_control'),
    safetyStock: safetyStock > 0 ? safetyStock : undefined,
  };
}

// A level that is not there is not known to be later than anything.
const NEVER = '1970-01-01T00:00:00Z';

function toReadLevel(locationId: number, { itemId, level }: FoundLevel): ReadLevel {
  if (level === undefined) return { locationId, itemId, quantities: null, updatedAt: NEVER };
  const of = (name: string) => quantityIn(level.quantities, name);
  return {
    locationId,
    itemId,
    quantities: {
      available: of('available'),
      committed: of('committed'),
      parked: of('safety_stock'),
    },
    updatedAt: level.updatedAt,
  };
}

async function importLevel(deps: CatalogDeps, shopId: ShopId, change: LevelChange): Promise<void> {
  const places = await placesOf(deps, shopId);
  const place = places.find((one) => one.locationId === change.locationId);
  const sku = await deps.items.skuOf(shopId, Number(change.inventoryItemId));
  if (place === undefined || sku === undefined) return;
  const item = { sku, inventoryItemId: change.inventoryItemId };
  await saveLevels(deps, shopId, place, await readItemsAt(deps, shopId, place, [item]));
}
