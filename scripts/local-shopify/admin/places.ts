/** The shop itself, its locations, its catalogue and what each location holds: Shopify's objects, made when asked for. */
import type { SeedLocation, SeedProduct } from '../seed.ts';
import { type CatalogEntry, gid, idOf, type LocalShop, levelOf } from '../shop.ts';
import {
  isQuantityName,
  type LevelKey,
  levelGid,
  quantityOf,
  sellableOnline,
} from '../stock/levels.ts';
import { metafieldFields } from './metafields.ts';
import { type AdminContext, type Arguments, type Node, toPage } from './node.ts';
import { fits, parseSearch } from './search.ts';

/** When everything the seed brought was made; before any instant a test or a story plays at. */
const SHOP_OPENED_AT = '2026-01-05T09:00:00.000Z';

const PLAN_NAMES = { basic: 'Basic', advanced: 'Advanced', plus: 'Shopify Plus' } as const;

export function toShop(shop: LocalShop): Node {
  const { seed, state } = shop;
  const id = gid('Shop', seed.shop.id);
  return {
    __typename: 'Shop',
    id,
    name: seed.shop.name,
    email: seed.shop.email,
    myshopifyDomain: seed.shop.domain,
    url: shop.url,
    ianaTimezone: seed.shop.timeZone,
    currencyCode: seed.shop.currency,
    plan: {
      __typename: 'ShopPlan',
      displayName: PLAN_NAMES[state.settings.plan],
      publicDisplayName: PLAN_NAMES[state.settings.plan],
      shopifyPlus: state.settings.plan === 'plus',
      partnerDevelopment: false,
    },
    ...metafieldFields(shop, id),
  };
}

export function toLocales(shop: LocalShop): Node[] {
  const names = new Intl.DisplayNames('en', { type: 'language' });
  return shop.seed.shop.languages.map((locale, i) => ({
    __typename: 'ShopLocale',
    locale,
    name: names.of(locale) ?? locale,
    primary: i === 0,
    published: true,
  }));
}

export function toInstallation({ shop, scopes }: AdminContext): Node {
  const id = gid('AppInstallation', shop.app.id);
  return {
    __typename: 'AppInstallation',
    id,
    accessScopes: [...scopes].sort().map((handle) => ({ __typename: 'AccessScope', handle })),
    ...metafieldFields(shop, id),
  };
}

export function toLocation(shop: LocalShop, location: SeedLocation): Node {
  const id = gid('Location', location.id);
  const pickup = shop.state.localPickup[location.id];
  return {
    __typename: 'Location',
    id,
    legacyResourceId: String(location.id),
    name: location.name,
    isActive: location.isActive,
    fulfillsOnlineOrders: location.fulfillsOnlineOrders,
    shipsInventory: shop.state.groups.some((group) => group.locationIds.includes(location.id)),
    isFulfillmentService: false,
    address: {
      __typename: 'LocationAddress',
      address1: location.address1,
      address2: location.address2,
      city: location.city,
      zip: location.zip,
      countryCode: location.countryCode,
      provinceCode: location.provinceCode === '' ? null : location.provinceCode,
      phone: location.phone,
      latitude: location.latitude ?? null,
      longitude: location.longitude ?? null,
    },
    localPickupSettingsV2: pickup ? { __typename: 'DeliveryLocalPickupSettings', ...pickup } : null,
    createdAt: shop.state.catalog.changedAt[id] ?? SHOP_OPENED_AT,
    updatedAt: shop.state.catalog.changedAt[id] ?? SHOP_OPENED_AT,
    inventoryLevel: ({ inventoryItemId }: Arguments) =>
      findLevel(shop, {
        itemId: idOf('InventoryItem', String(inventoryItemId)) ?? 0,
        locationId: location.id,
      }),
    inventoryLevels: (args: Arguments) =>
      toLevelPage(shop, args, {
        items: shop.byItemId,
        keyOf: ({ variant }) => ({ itemId: variant.inventoryItemId, locationId: location.id }),
      }),
    ...metafieldFields(shop, id),
  };
}

/** The levels these things have, in their order; searchable as Shopify's connection is. */
function toLevelPage<Item>(
  shop: LocalShop,
  args: Arguments,
  { items, keyOf }: { items: readonly Item[]; keyOf: (item: Item) => LevelKey },
): Node {
  const terms = parseSearch(args['query'], ['updated_at', 'inventory_item_id']);
  const isIn = (item: Item): boolean => {
    const key = keyOf(item);
    const level = levelOf(shop, key.itemId, key.locationId);
    if (!level) return false;
    return fits(terms, (field) => (field === 'updated_at' ? level.updatedAt : key.itemId));
  };
  const make = (item: Item): Node => toLevel(shop, keyOf(item));
  return toPage('InventoryLevelConnection', { items, isIn, make }, args);
}

/** The level of an item at a location; null where it is not stocked. */
export function findLevel(shop: LocalShop, key: LevelKey): Node | null {
  const isKnown = shop.items.has(key.itemId) && shop.locations.has(key.locationId);
  return isKnown && levelOf(shop, key.itemId, key.locationId) ? toLevel(shop, key) : null;
}

function toLevel(shop: LocalShop, key: LevelKey): Node {
  const entry = shop.items.get(key.itemId);
  const location = shop.locations.get(key.locationId);
  const level = levelOf(shop, key.itemId, key.locationId);
  if (!entry || !location || !level) throw new Error(`no level ${levelGid(key)}`);
  // As it is now: a page is a reading of one moment.
  const read = { ...level };
  return {
    __typename: 'InventoryLevel',
    id: levelGid(key),
    isActive: true,
    createdAt: SHOP_OPENED_AT,
    updatedAt: read.updatedAt,
    canDeactivate: read.committed === 0 && read.incoming === 0,
    item: () => toItem(shop, entry),
    location: () => toLocation(shop, location),
    quantities: ({ names }: Arguments) =>
      (names as readonly string[]).map((name) => {
        if (!isQuantityName(name)) throw new Error(`${name} is no quantity name`);
        return {
          __typename: 'InventoryQuantity',
          id: `${gid('InventoryQuantity', key.locationId)}?inventory_item_id=${key.itemId}&name=${name}`,
          name,
          quantity: quantityOf(read, name),
          updatedAt: read.updatedAt,
        };
      }),
  };
}

/** The stocked thing behind a variant. */
export function toItem(shop: LocalShop, { product, variant }: CatalogEntry): Node {
  const itemId = variant.inventoryItemId;
  const id = gid('InventoryItem', itemId);
  return {
    __typename: 'InventoryItem',
    id,
    legacyResourceId: String(itemId),
    sku: variant.sku,
    tracked: true,
    requiresShipping: variant.requiresShipping,
    createdAt: SHOP_OPENED_AT,
    updatedAt: itemChangedAt(shop, itemId),
    measurement: {
      __typename: 'InventoryItemMeasurement',
      weight: { __typename: 'Weight', unit: 'GRAMS', value: variant.weightGrams },
    },
    variant: () => toVariant(shop, { product, variant }),
    inventoryLevel: ({ locationId }: Arguments) =>
      findLevel(shop, { itemId, locationId: idOf('Location', String(locationId)) ?? 0 }),
    inventoryLevels: (args: Arguments) =>
      toLevelPage(shop, args, {
        items: shop.seed.locations,
        keyOf: (location) => ({ itemId, locationId: location.id }),
      }),
  };
}

/** When an item itself (not its levels) last changed. */
export function itemChangedAt(shop: LocalShop, itemId: number): string {
  return shop.state.catalog.changedAt[gid('InventoryItem', itemId)] ?? SHOP_OPENED_AT;
}

export function toVariant(shop: LocalShop, { product, variant }: CatalogEntry): Node {
  const id = gid('ProductVariant', variant.id);
  return {
    __typename: 'ProductVariant',
    id,
    legacyResourceId: String(variant.id),
    sku: variant.sku,
    title: variant.optionValues.join(' / '),
    displayName: `${product.title.en} - ${variant.optionValues.join(' / ')}`,
    requiresComponents: variant.requiresComponents,
    inventoryPolicy: variant.inventoryPolicy,
    inventoryQuantity: sumAvailable(shop, variant.inventoryItemId),
    sellableOnlineQuantity: sellableOnline(shop, variant),
    updatedAt: itemChangedAt(shop, variant.inventoryItemId),
    product: () => toProduct(shop, product),
    inventoryItem: () => toItem(shop, { product, variant }),
    ...metafieldFields(shop, id),
  };
}

function sumAvailable(shop: LocalShop, itemId: number): number {
  return [...shop.locations.keys()].reduce(
    (sum, locationId) => sum + (levelOf(shop, itemId, locationId)?.available ?? 0),
    0,
  );
}

export function toProduct(shop: LocalShop, product: SeedProduct): Node {
  const id = gid('Product', product.id);
  return {
    __typename: 'Product',
    id,
    legacyResourceId: String(product.id),
    handle: product.handle,
    title: product.title.en,
    vendor: product.vendor,
    productType: product.productType,
    tags: product.tags,
    status: 'ACTIVE',
    variants: (args: Arguments) =>
      toPage(
        'ProductVariantConnection',
        {
          items: product.variants,
          make: (variant) => toVariant(shop, { product, variant }),
        },
        args,
      ),
    ...metafieldFields(shop, id),
  };
}
