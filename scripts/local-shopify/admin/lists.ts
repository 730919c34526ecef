/** Root queries over locations, variants, inventory items and levels: one by id, or a searched, sorted page. */
import type { CatalogEntry } from '../shop.ts';
import { idOf } from '../shop.ts';
import { parseLevelGid } from '../stock/levels.ts';
import { type AdminContext, type Arguments, type Node, notSimulated, toPage } from './node.ts';
import { findLevel, itemChangedAt, toItem, toLocation, toProduct, toVariant } from './places.ts';
import { fits, parseSearch } from './search.ts';

export function listLocations(args: Arguments, { shop }: AdminContext): Node {
  const shown = shop.seed.locations.filter(
    (one) => one.isActive || args['includeInactive'] === true,
  );
  const items = shown.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return toPage('LocationConnection', { items, make: (one) => toLocation(shop, one) }, args);
}

export function findLocation({ id }: Arguments, { shop }: AdminContext): Node | null {
  const location = shop.locations.get(idOf('Location', String(id)) ?? 0);
  return location ? toLocation(shop, location) : null;
}

export function listVariants(args: Arguments, context: AdminContext): Node {
  const { shop } = context;
  const terms = parseSearch(args['query'], ['id', 'sku', 'product_id', 'updated_at']);
  const isIn = ({ product, variant }: CatalogEntry): boolean =>
    fits(terms, (field) => {
      if (field === 'id') return variant.id;
      if (field === 'product_id') return product.id;
      return field === 'sku' ? variant.sku : itemChangedAt(shop, variant.inventoryItemId);
    });
  const source = {
    items: shop.byVariantId,
    isIn,
    make: (one: CatalogEntry) => toVariant(shop, one),
  };
  return toPage('ProductVariantConnection', source, args);
}

export function findVariant({ id }: Arguments, { shop }: AdminContext): Node | null {
  const found = shop.variants.get(idOf('ProductVariant', String(id)) ?? 0);
  return found ? toVariant(shop, found) : null;
}

export function listProducts(args: Arguments, { shop }: AdminContext): Node {
  const terms = parseSearch(args['query'], ['id']);
  const items = shop.seed.products
    .filter((one) => fits(terms, () => one.id))
    .sort((a, b) => a.id - b.id);
  return toPage('ProductConnection', { items, make: (one) => toProduct(shop, one) }, args);
}

export function findItem({ id }: Arguments, { shop }: AdminContext): Node | null {
  const found = shop.items.get(idOf('InventoryItem', String(id)) ?? 0);
  return found ? toItem(shop, found) : null;
}

export function listItems(args: Arguments, { shop }: AdminContext): Node {
  const terms = parseSearch(args['query'], ['id', 'sku', 'updated_at']);
  const isIn = ({ variant }: CatalogEntry): boolean =>
    fits(terms, (field) => {
      if (field === 'id') return variant.inventoryItemId;
      return field === 'sku' ? variant.sku : itemChangedAt(shop, variant.inventoryItemId);
    });
  const source = { items: shop.byItemId, isIn, make: (one: CatalogEntry) => toItem(shop, one) };
  return toPage('InventoryItemConnection', source, args);
}

export function readLevel({ id }: Arguments, { shop }: AdminContext): Node | null {
  const key = parseLevelGid(String(id));
  return key ? findLevel(shop, key) : null;
}

/** `nodes(ids:)` for things of the catalogue and of stock; null for what is not there. */
export function findNodes({ ids }: Arguments, context: AdminContext): (Node | null)[] {
  return (ids as readonly string[]).map((id) => {
    const [, type = ''] = /^gid:\/\/shopify\/(\w+)\//.exec(id) ?? [];
    const find = FINDERS[type];
    if (!find) throw notSimulated(`nodes(ids:) of ${type}`);
    return find({ id }, context);
  });
}

const FINDERS: Readonly<Record<string, (args: Arguments, context: AdminContext) => Node | null>> = {
  InventoryItem: findItem,
  InventoryLevel: readLevel,
  Location: findLocation,
  ProductVariant: findVariant,
};
