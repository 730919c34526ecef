/** The shop itself, its locations, its catalogue and what each location holds. */
import type { PickupTime, SeedLocation, SeedProduct, SeedVariant } from '../seed.ts';
import { PICKUP_TIMES } from '../seed.ts';
import { gid, idOf, type LocalShop } from '../shop.ts';
import { type Level, onHandOf } from '../state.ts';
import { metafieldFields } from './metafields.ts';
import {
  type AdminContext,
  type Arguments,
  type Node,
  toConnection,
  type UserErrorFacts,
  userErrors,
} from './node.ts';

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
    inventoryLevels: (args: Arguments) =>
      toConnection('InventoryLevelConnection', levelsOf(shop, location), args),
    ...metafieldFields(shop, id),
  };
}

export function listLocations(args: Arguments, { shop }: AdminContext): Node {
  const shown = shop.seed.locations.filter(
    (one) => one.isActive || args['includeInactive'] === true,
  );
  const byName = shown.sort((a, b) => (a.name < b.name ? -1 : 1));
  return toConnection(
    'LocationConnection',
    byName.map((one) => toLocation(shop, one)),
    args,
  );
}

export function findLocation({ id }: Arguments, { shop }: AdminContext): Node | null {
  const location = shop.locations.get(idOf('Location', String(id)) ?? 0);
  return location ? toLocation(shop, location) : null;
}

function levelsOf(shop: LocalShop, location: SeedLocation): Node[] {
  return [...shop.variants.values()].flatMap(({ product, variant }) => {
    const level = shop.state.levels[`${variant.inventoryItemId}:${location.id}`];
    return level ? [toLevel(shop, { product, variant, level, location })] : [];
  });
}

type LevelParts = {
  product: SeedProduct;
  variant: SeedVariant;
  level: Level;
  location: SeedLocation;
};

function toLevel(shop: LocalShop, { product, variant, level, location }: LevelParts): Node {
  return {
    __typename: 'InventoryLevel',
    id: `${gid('InventoryLevel', location.id)}?inventory_item_id=${variant.inventoryItemId}`,
    updatedAt: level.updatedAt,
    item: () => toItem(shop, { product, variant }),
    location: () => toLocation(shop, location),
    quantities: ({ names }: Arguments) =>
      (names as string[]).map((name) => ({
        __typename: 'InventoryQuantity',
        id: `${gid('InventoryQuantity', variant.inventoryItemId)}?name=${name}`,
        name,
        quantity: quantityOf(level, name),
        updatedAt: level.updatedAt,
      })),
  };
}

function quantityOf(level: Level, name: string): number {
  if (name === 'on_hand') return onHandOf(level);
  const quantity: unknown = Object(level)[name];
  if (typeof quantity !== 'number') throw new Error(`${name} is no quantity name`);
  return quantity;
}

function toItem(
  shop: LocalShop,
  { product, variant }: { product: SeedProduct; variant: SeedVariant },
): Node {
  return {
    __typename: 'InventoryItem',
    id: gid('InventoryItem', variant.inventoryItemId),
    sku: variant.sku,
    tracked: true,
    requiresShipping: variant.requiresShipping,
    measurement: {
      __typename: 'InventoryItemMeasurement',
      weight: { __typename: 'Weight', unit: 'GRAMS', value: variant.weightGrams },
    },
    variant: () => toVariant(shop, { product, variant }),
    inventoryLevel: ({ locationId }: Arguments) => {
      const location = shop.locations.get(idOf('Location', String(locationId)) ?? 0);
      const level = location && shop.state.levels[`${variant.inventoryItemId}:${location.id}`];
      return level ? toLevel(shop, { product, variant, level, location }) : null;
    },
  };
}

export function toVariant(
  shop: LocalShop,
  { product, variant }: { product: SeedProduct; variant: SeedVariant },
): Node {
  const id = gid('ProductVariant', variant.id);
  return {
    __typename: 'ProductVariant',
    id,
    sku: variant.sku,
    title: variant.optionValues.join(' / '),
    displayName: `${product.title.en} - ${variant.optionValues.join(' / ')}`,
    inventoryPolicy: variant.inventoryPolicy,
    product: () => toProduct(shop, product),
    inventoryItem: () => toItem(shop, { product, variant }),
    ...metafieldFields(shop, id),
  };
}

function toProduct(shop: LocalShop, product: SeedProduct): Node {
  const id = gid('Product', product.id);
  return {
    __typename: 'Product',
    id,
    handle: product.handle,
    title: product.title.en,
    vendor: product.vendor,
    productType: product.productType,
    tags: product.tags,
    ...metafieldFields(shop, id),
  };
}

export function listVariants(args: Arguments, { shop }: AdminContext): Node {
  const all = [...shop.variants.values()].sort((a, b) => a.variant.id - b.variant.id);
  return toConnection(
    'ProductVariantConnection',
    all.map((one) => toVariant(shop, one)),
    args,
  );
}

const isPickupTime = (text: unknown): text is PickupTime =>
  PICKUP_TIMES.some((one) => one === text);

export function findItem({ id }: Arguments, { shop }: AdminContext): Node | null {
  const number = idOf('InventoryItem', String(id));
  const found = [...shop.variants.values()].find((one) => one.variant.inventoryItemId === number);
  return found ? toItem(shop, found) : null;
}

export function findVariant({ id }: Arguments, { shop }: AdminContext): Node | null {
  const found = shop.variants.get(idOf('ProductVariant', String(id)) ?? 0);
  return found ? toVariant(shop, found) : null;
}

/** `locationLocalPickupEnable`: also how the time and the words of an enabled location are changed. */
export function enablePickup(args: Arguments, { shop }: AdminContext): Node {
  const input = args['localPickupSettings'] as Readonly<Record<string, unknown>>;
  const location = shop.locations.get(idOf('Location', String(input['locationId'])) ?? 0);
  const { pickupTime, instructions } = input;
  const payload = (...errors: UserErrorFacts[]): Node => ({
    __typename: 'LocationLocalPickupEnablePayload',
    localPickupSettings:
      errors.length === 0 ? { ...shop.state.localPickup[location?.id ?? 0] } : null,
    userErrors: userErrors('DeliveryLocationLocalPickupSettingsError', ...errors),
  });
  if (!location?.isActive) {
    const message = 'Unable to find an active location for location ID.';
    return payload({
      field: ['localPickupSettings', 'locationId'],
      message,
      code: 'ACTIVE_LOCATION_NOT_FOUND',
    });
  }
  if (!isPickupTime(pickupTime)) {
    const message = 'Custom pickup time is not allowed for local pickup settings.';
    return payload({
      field: ['localPickupSettings', 'pickupTime'],
      message,
      code: 'CUSTOM_PICKUP_TIME_NOT_ALLOWED',
    });
  }
  const words = typeof instructions === 'string' ? instructions : '';
  shop.state.localPickup[location.id] = { pickupTime, instructions: words };
  shop.file.touch();
  return payload();
}

export function disablePickup({ locationId }: Arguments, { shop }: AdminContext): Node {
  const location = shop.locations.get(idOf('Location', String(locationId)) ?? 0);
  if (location) {
    shop.state.localPickup[location.id] = null;
    shop.file.touch();
  }
  const message = 'Unable to find an active location for location ID.';
  const missing = { field: ['locationId'], message, code: 'ACTIVE_LOCATION_NOT_FOUND' };
  return {
    __typename: 'LocationLocalPickupDisablePayload',
    locationId: location ? gid('Location', location.id) : null,
    userErrors: userErrors(
      'DeliveryLocationLocalPickupSettingsError',
      ...(location ? [] : [missing]),
    ),
  };
}
