/**
 * Everything the local Shopify remembers: one plain object, saved as JSON, so that a restart changes nothing.
 *
 * Ids are numbers as in Shopify's GIDs; records are keyed by their id or token. What the seed says of the shop is
 * copied only where it can change (levels, local pickup, zones' methods); names and pictures stay in the seed.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Order, OrderEdit } from './orders/order-state.ts';
import type {
  FlatRate,
  PickupTime,
  SeedAddress,
  SeedLocation,
  ShopLanguage,
  ShopSeed,
} from './seed.ts';
import { initialSettings, type Settings } from './settings.ts';
import type { ThemeData } from './theme/theme-schema.ts';

/** Quantities of one inventory item at one location, by Shopify's names. */
export type Level = {
  available: number;
  committed: number;
  reserved: number;
  damaged: number;
  safety_stock: number;
  quality_control: number;
  incoming: number;
  updatedAt: string;
};

export type Metafield = {
  id: number;
  owner: string;
  namespace: string;
  key: string;
  type: string;
  value: string;
  createdAt: string;
  updatedAt: string;
};

export type MetafieldDefinition = {
  id: number;
  ownerType: string;
  namespace: string;
  key: string;
  name: string;
  description: string | null;
  type: string;
  isCartToOrderCopyable: boolean;
  access: { admin: string | null; storefront: string | null; customerAccount: string | null };
};

export type CarrierService = {
  id: number;
  name: string;
  callbackUrl: string;
  active: boolean;
  supportsServiceDiscovery: boolean;
};

/** How a zone prices delivery: a flat rate of the merchant, or a carrier service that is asked. */
export type MethodDefinition = {
  id: number;
  name: string;
  active: boolean;
  rate:
    | { kind: 'flat'; flat: FlatRate }
    | {
        kind: 'carrier';
        participantId: number;
        carrierServiceId: number;
        adaptsToNewServices: boolean;
        services: { name: string; active: boolean }[];
        fixedFeeMinor: number;
        percentageOfRateFee: number;
      };
};

export type ProfileZone = {
  id: number;
  name: string;
  countries: string[];
  methods: MethodDefinition[];
};
export type ProfileGroup = { id: number; locationIds: number[]; zones: ProfileZone[] };

export type DeliveryCustomization = {
  id: number;
  functionHandle: string;
  title: string;
  enabled: boolean;
};

/** A subscription an app made by the API; Shopify deletes it after too many failures in a row. */
export type WebhookSubscription = {
  id: number;
  /** As `orders/create`. */
  topic: string;
  uri: string;
  failures: number;
  includeFields: string[];
  filter: string | null;
  createdAt: string;
};
/** Percent of deliveries each thing befalls, of one topic or of all. */
export type WebhookChaos = {
  topic: string | null;
  duplicatePercent: number;
  delayPercent: number;
  reorderPercent: number;
  dropPercent: number;
};

export type CartLine = { id: string; variantId: number; quantity: number };
export type Cart = {
  token: string;
  lines: CartLine[];
  attributes: { key: string; value: string }[];
  metafields: { namespace: string; key: string; type: string; value: string }[];
  note?: string;
};

export type Checkout = {
  token: string;
  cartToken: string;
  language: ShopLanguage;
  email: string;
  address: SeedAddress | null;
  mode: 'shipping' | 'pickup';
  /** Codes, not handles: a handle changes with the title. */
  selectedCode: string | null;
  selectedPickupId: number | null;
  customerId: number | null;
  orderId: number | null;
};

/** One access token pair of the installed app. Times are milliseconds of the shop's clock. */
export type AppToken = {
  kind: 'offline' | 'online';
  accessToken: string;
  expiresAt: number;
  refreshToken: string | null;
  refreshExpiresAt: number;
  /** The refresh token before this one; it stays valid until the new one has been used. */
  isSuperseded: boolean;
  scopes: string[];
};

/** What happened to the catalogue and the locations since the seed. */
export type CatalogChanges = {
  /** By variant id. */
  skus: Record<string, string>;
  deletedVariantIds: number[];
  addedLocations: SeedLocation[];
  /** By location id. */
  locations: Record<
    string,
    Partial<Pick<SeedLocation, 'name' | 'isActive' | 'fulfillsOnlineOrders'>>
  >;
  /** When a thing last changed, by its GID. */
  changedAt: Record<string, string>;
};

export type ShopState = {
  format: 1;
  /** Of the seed this shop was made from, and the variants it sells. */
  seedDigest: string;
  variantIds: number[];
  nextId: number;
  nextOrderNumber: number;
  settings: Settings;
  clock: { now: string; speed: number } | null;
  catalog: CatalogChanges;
  levels: Record<string, Level>;
  localPickup: Record<string, { pickupTime: PickupTime; instructions: string } | null>;
  groups: ProfileGroup[];
  carrierServices: CarrierService[];
  customizations: DeliveryCustomization[];
  metafields: Metafield[];
  definitions: MetafieldDefinition[];
  subscriptions: WebhookSubscription[];
  /** Topics of the app's own configuration that Shopify has stopped to deliver. */
  silencedTopics: string[];
  webhookChaos: WebhookChaos;
  orderEdits: OrderEdit[];
  /** What the merchant set in the checkout editor, by extension and field. */
  extensionSettings: Record<string, Record<string, string | number | boolean>>;
  /** Places of extensions the merchant took out in the checkout editor, as `<handle>:<target>`. */
  placesOff: string[];
  /** What the merchant saved in the theme editor; null: the theme as its files have it. */
  theme: ThemeData | null;
  carts: Record<string, Cart>;
  checkouts: Record<string, Checkout>;
  orders: Order[];
  isInstalled: boolean;
  grantedScopes: string[];
  tokens: AppToken[];
};

/** Ids made here start far above anything a seed uses. */
const FIRST_OWN_ID = 9_000_000_001;
const FIRST_ORDER_NUMBER = 1_001;

/** The state of a shop on its first day. */
export function createShopState(seed: ShopSeed, now: string): ShopState {
  const state: ShopState = {
    format: 1,
    seedDigest: digestOf(seed),
    variantIds: seed.products.flatMap((product) => product.variants.map((one) => one.id)),
    nextId: FIRST_OWN_ID,
    nextOrderNumber: FIRST_ORDER_NUMBER,
    settings: initialSettings(),
    clock: null,
    catalog: {
      skus: {},
      deletedVariantIds: [],
      addedLocations: [],
      locations: {},
      changedAt: {},
    },
    levels: {},
    localPickup: {},
    groups: [],
    carrierServices: [],
    customizations: [],
    metafields: [],
    definitions: [],
    subscriptions: [],
    silencedTopics: [],
    webhookChaos: calmWebhooks(),
    orderEdits: [],
    extensionSettings: {},
    placesOff: [],
    theme: seed.theme ?? null,
    carts: {},
    checkouts: {},
    orders: [],
    isInstalled: false,
    grantedScopes: [],
    tokens: [],
  };
  for (const product of seed.products) {
    for (const variant of product.variants) {
      for (const [locationId, available] of Object.entries(variant.available)) {
        state.levels[`${variant.inventoryItemId}:${locationId}`] = newLevel(available, now);
      }
    }
  }
  for (const location of seed.locations) state.localPickup[location.id] = location.localPickup;
  state.groups = seed.deliveryProfile.locationGroups.map((group) => ({
    id: group.id,
    locationIds: [...group.locationIds],
    zones: group.zones.map((zone) => ({
      id: zone.id,
      name: zone.name,
      countries: [...zone.countries],
      methods: zone.rates.map((flat) => ({
        id: flat.id,
        name: flat.name,
        active: true,
        rate: { kind: 'flat', flat },
      })),
    })),
  }));
  return state;
}

/** No delivery is befallen by anything. */
export function calmWebhooks(): WebhookChaos {
  return {
    topic: null,
    duplicatePercent: 0,
    delayPercent: 0,
    reorderPercent: 0,
    dropPercent: 0,
  };
}

/** Tells two seeds apart. */
function digestOf(seed: ShopSeed): string {
  return createHash('sha256').update(JSON.stringify(seed)).digest('hex');
}

/** A level with these units for sale and nothing else. */
export function newLevel(available: number, updatedAt: string): Level {
  return {
    available,
    committed: 0,
    reserved: 0,
    damaged: 0,
    safety_stock: 0,
    quality_control: 0,
    incoming: 0,
    updatedAt,
  };
}

/** Shopify's rule: on hand is everything physically there, for sale or not. */
export function onHandOf(level: Level): number {
  const { available, committed, reserved, damaged, safety_stock, quality_control } = level;
  return available + committed + reserved + damaged + safety_stock + quality_control;
}

/** The next free id. */
export function takeId(state: ShopState): number {
  const id = state.nextId;
  state.nextId += 1;
  return id;
}

/** A random token as Shopify puts into cart and checkout addresses. */
export function newToken(): string {
  return randomBytes(16).toString('hex');
}
