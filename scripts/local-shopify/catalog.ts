/**
 * The catalogue and the locations as they are now, and what a merchant does to them in the admin: delete a product,
 * rename a SKU, open a location. The seed stays what it was; changes are kept beside it and laid over it.
 *
 * Whatever changes is told the app the way Shopify would tell it: products, inventory_items and locations topics.
 */
import type { SeedLocation, SeedProduct, ShopSeed } from './seed.ts';
import { type CatalogEntry, gid, type LocalShop } from './shop.ts';
import { type CatalogChanges, takeId } from './state.ts';

type CatalogView = Pick<
  LocalShop,
  'seed' | 'variants' | 'items' | 'byVariantId' | 'byItemId' | 'retired' | 'locations'
>;

/** The seed with the changes laid over it, and the lookups everything else uses. */
export function viewCatalog(first: ShopSeed, changes: CatalogChanges): CatalogView {
  const deleted = new Set(changes.deletedVariantIds);
  const products = first.products.flatMap((product): SeedProduct[] => {
    const variants = product.variants
      .filter((one) => !deleted.has(one.id))
      .map((one) => ({ ...one, sku: changes.skus[one.id] ?? one.sku }));
    return variants.length === 0 ? [] : [{ ...product, variants }];
  });
  const locations = [...first.locations, ...changes.addedLocations].map((one) => ({
    ...one,
    ...changes.locations[one.id],
  }));
  const seed: ShopSeed = { ...first, products, locations };
  const entries = entriesOf(seed);
  const retired = entriesOf(first).filter(({ variant }) => deleted.has(variant.id));
  return {
    seed,
    variants: new Map(entries.map((one) => [one.variant.id, one])),
    items: new Map(entries.map((one) => [one.variant.inventoryItemId, one])),
    byVariantId: entries.toSorted((a, b) => a.variant.id - b.variant.id),
    byItemId: entries.toSorted((a, b) => a.variant.inventoryItemId - b.variant.inventoryItemId),
    retired: new Map(retired.map((one) => [one.variant.id, one])),
    locations: new Map(locations.map((one) => [one.id, one])),
  };
}

function entriesOf(seed: ShopSeed): CatalogEntry[] {
  return seed.products.flatMap((product) =>
    product.variants.map((variant) => ({ product, variant })),
  );
}

/** The entry with this SKU; throws with its name when there is none. */
export function entryOfSku(shop: LocalShop, sku: string): CatalogEntry {
  const entry = [...shop.variants.values()].find((one) => one.variant.sku === sku);
  if (!entry) throw new Error(`no variant has the SKU ${sku}`);
  return entry;
}

/** The location with this id; throws with the known ones when there is none. */
export function locationOfId(shop: LocalShop, id: number): SeedLocation {
  const location = shop.locations.get(id);
  if (!location) {
    throw new Error(`no location ${id}; known: ${[...shop.locations.keys()].join(', ')}`);
  }
  return location;
}

/** Deletes variants with their levels; a product that loses its last one is deleted with it. */
export function deleteVariants(shop: LocalShop, variantIds: readonly number[]): void {
  const gone = variantIds.flatMap((id) => shop.variants.get(id) ?? []);
  shop.state.catalog.deletedVariantIds.push(...gone.map(({ variant }) => variant.id));
  for (const { variant } of gone) {
    for (const key of Object.keys(shop.state.levels)) {
      if (key.startsWith(`${variant.inventoryItemId}:`)) delete shop.state.levels[key];
    }
  }
  refresh(shop);
  for (const { variant } of gone) {
    const id = variant.inventoryItemId;
    shop.announce('inventory_items/delete', {
      id,
      admin_graphql_api_id: gid('InventoryItem', id),
    });
  }
  for (const productId of new Set(gone.map(({ product }) => product.id))) {
    const left = shop.seed.products.find((one) => one.id === productId);
    if (left) announceProduct(shop, left);
    else shop.announce('products/delete', { id: productId });
  }
}

/** Gives a variant another SKU. */
export function renameSku(shop: LocalShop, { from, to }: { from: string; to: string }): void {
  const { variant, product } = entryOfSku(shop, from);
  shop.state.catalog.skus[variant.id] = to;
  shop.state.catalog.changedAt[gid('InventoryItem', variant.inventoryItemId)] = shop.clock.now();
  refresh(shop);
  const { inventoryItemId: id } = variant;
  shop.announce('inventory_items/update', {
    id,
    sku: to,
    tracked: true,
    requires_shipping: variant.requiresShipping,
    updated_at: shop.clock.now(),
    admin_graphql_api_id: gid('InventoryItem', id),
  });
  const now = shop.seed.products.find((one) => one.id === product.id);
  if (now) announceProduct(shop, now);
}

function announceProduct(shop: LocalShop, product: SeedProduct): void {
  shop.announce('products/update', {
    id: product.id,
    admin_graphql_api_id: gid('Product', product.id),
    title: product.title.en,
    vendor: product.vendor,
    handle: product.handle,
    updated_at: shop.clock.now(),
    variants: product.variants.map((one) => ({
      id: one.id,
      sku: one.sku,
      inventory_item_id: one.inventoryItemId,
      inventory_policy: one.inventoryPolicy.toLowerCase(),
    })),
  });
}

/** Opens a location; it stocks nothing and ships to no zone until somebody says so. */
export function addLocation(
  shop: LocalShop,
  facts: Pick<SeedLocation, 'name' | 'address1' | 'city' | 'zip' | 'countryCode'> &
    Partial<SeedLocation>,
): SeedLocation {
  const location: SeedLocation = {
    address2: '',
    provinceCode: '',
    phone: '',
    isActive: true,
    fulfillsOnlineOrders: true,
    localPickup: null,
    ...facts,
    id: takeId(shop.state),
  };
  shop.state.catalog.addedLocations.push(location);
  shop.state.localPickup[location.id] = location.localPickup;
  refresh(shop);
  announceLocation(shop, 'locations/create', location);
  return location;
}

/** Renames a location, opens or closes it, lets it fulfill online orders or not. */
export function changeLocation(
  shop: LocalShop,
  id: number,
  change: NonNullable<CatalogChanges['locations'][string]>,
): SeedLocation {
  const before = locationOfId(shop, id);
  shop.state.catalog.locations[id] = { ...shop.state.catalog.locations[id], ...change };
  refresh(shop);
  const after = locationOfId(shop, id);
  announceLocation(shop, topicOf(before, after), after);
  return after;
}

function topicOf(before: SeedLocation, after: SeedLocation): string {
  if (before.isActive === after.isActive) return 'locations/update';
  return after.isActive ? 'locations/activate' : 'locations/deactivate';
}

function announceLocation(shop: LocalShop, topic: string, location: SeedLocation): void {
  const at = shop.clock.now();
  shop.state.catalog.changedAt[gid('Location', location.id)] = at;
  shop.announce(topic, {
    id: location.id,
    name: location.name,
    address1: location.address1,
    city: location.city,
    zip: location.zip,
    country_code: location.countryCode,
    active: location.isActive,
    updated_at: at,
    admin_graphql_api_id: gid('Location', location.id),
  });
}

function refresh(shop: LocalShop): void {
  Object.assign(shop, viewCatalog(shop.firstSeed, shop.state.catalog));
  shop.file.touch();
}
