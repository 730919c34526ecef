/**
 * What must exist in a shop so that a promise can be shown and kept with its order?
 *
 * Reads what is there, makes what is missing, records each item; run at the first load, after every change of plan,
 * places or scopes, and again at will: a second run changes nothing. One item that fails or that the plan forbids
 * does not stop the others. Never switches on anything a shopper sees but our Function, which touches no rate that
 * the merchant did not bind (platform decisions 4, 8, 10).
 */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import {
  DeliveryCustomizationCreate,
  DeliveryCustomizationsRead,
  LocationsRead,
  MetafieldDefinitionCreate,
  MetafieldDefinitionsRead,
  MetafieldDefinitionUpdate,
  MetafieldsSet,
  ShopRead,
} from '../../graphql/admin/generated/documents.ts';
import type { MetafieldDefinitionInput } from '../../graphql/admin/generated/types.ts';
import type { ShopId } from '../base/ids.ts';
import { ETA_METAFIELD } from '../contract/eta-class.ts';
import { ORDER_PROMISE_METAFIELD } from '../contract/order-promise.ts';
import { CONFIG_METAFIELD, type ExtensionConfig } from '../contract/promise-api.ts';
import type { Log } from '../platform/log.ts';
import { type AdminAnswer, type AdminClient, describeRefusal } from './admin-client.ts';
import type { Carrier } from './carrier.ts';
import type { ConnectorStore, SetupItem, ShopLocation } from './connector-store.ts';
import { numberOfGid } from './gid.ts';
import { mapAnswer, readPages } from './pages.ts';
import { planCapabilities, SHOP_ITEM, type ShopFacts } from './shop-facts.ts';

/** Handle of our delivery customization Function, as its extension's TOML names it. */
export const FUNCTION_HANDLE = 'delivery-options-function';
export const FUNCTION_ITEM = 'delivery_customization';
export const LOCATIONS_ITEM = 'locations';
export const CONFIG_ITEM = 'extension_config';
export const PADDED_METAFIELD = { namespace: '$app', key: 'padded', type: 'json' } as const;
const FUNCTION_TITLE = 'Kept: dates on delivery options';

/** The definitions we own; by API because `cartToOrderCopyable` cannot be said in shopify.app.toml. */
export const METAFIELD_DEFINITIONS: readonly MetafieldDefinitionInput[] = [
  {
    ...ORDER_PROMISE_METAFIELD,
    ownerType: 'ORDER',
    name: 'Delivery promise',
    description: 'The date promised to the buyer; copied from the cart, then confirmed by Kept.',
    access: { customerAccount: 'READ' },
    capabilities: { cartToOrderCopyable: { enabled: true } },
  },
  {
    ...CONFIG_METAFIELD,
    ownerType: 'SHOP',
    name: 'Kept address',
    description: 'Where the extensions of Kept ask for dates.',
    access: { storefront: 'PUBLIC_READ' },
  },
  {
    ...PADDED_METAFIELD,
    ownerType: 'SHOP',
    name: 'Kept fallback dates',
    description: 'Cautious dates by zone, used when Kept cannot be asked.',
    access: { storefront: 'PUBLIC_READ' },
  },
  {
    ...ETA_METAFIELD,
    ownerType: 'PRODUCTVARIANT',
    name: 'Kept availability class',
    description: 'Whether the fallback dates hold for this variant.',
    access: { storefront: 'PUBLIC_READ' },
  },
];

export type ProvisioningDeps = {
  readonly admin: AdminClient;
  readonly store: ConnectorStore;
  readonly carrier: Carrier;
  readonly publicUrl: string;
  readonly log: Log;
};

export function createProvisioning(deps: ProvisioningDeps) {
  return {
    /** Brings a shop up to date; says the items with their states. */
    provision: (shopId: ShopId) => provision(deps, shopId),
  };
}

/** What `createProvisioning` returns. */
export type Provisioning = ReturnType<typeof createProvisioning>;

async function provision(deps: ProvisioningDeps, shopId: ShopId): Promise<readonly SetupItem[]> {
  const steps: readonly (readonly [string, Step])[] = [
    [SHOP_ITEM, readShop],
    ...METAFIELD_DEFINITIONS.map(
      (definition) => [definitionItem(definition), defineMetafield(definition)] as const,
    ),
    [CONFIG_ITEM, writeConfig],
    [LOCATIONS_ITEM, readAllLocations],
    [FUNCTION_ITEM, installFunction],
  ];
  const items: SetupItem[] = [];
  for (const [item, step] of steps) {
    const answer = await step(deps, shopId);
    const made = toItem(item, answer);
    await deps.store.saveSetup(shopId, made);
    items.push(made);
    if (!answer.ok && answer.refusal.code === 'not_connected') return items;
  }
  // The carrier records its own item: the probe is also run on a click.
  await deps.carrier.probe(shopId);
  const states = items.map(({ item, state }) => `${item}=${state}`);
  deps.log.info({ event: 'shop_provisioned', shop: shopId, names: states });
  return items;
}

/** Makes one thing true; says its id and what is worth remembering. */
type Step = (deps: ProvisioningDeps, shopId: ShopId) => Promise<AdminAnswer<Made>>;
type Made = { readonly shopifyId?: string; readonly facts?: Readonly<Record<string, unknown>> };

function toItem(item: string, answer: AdminAnswer<Made>): SetupItem {
  if (answer.ok) {
    const { shopifyId, facts } = answer.value;
    return { item, state: 'done', shopifyId, facts: facts ?? {} };
  }
  const { refusal } = answer;
  const isPlan =
    refusal.code === 'user_errors' &&
    refusal.errors.some(({ code }) => code !== null && PLAN_CODES.has(code));
  return {
    item,
    state: isPlan ? 'unavailable' : 'failed',
    shopifyId: undefined,
    facts: { reason: describeRefusal(refusal) },
  };
}

// What Shopify says when a Function may not run in this shop.
const PLAN_CODES = new Set([
  'CUSTOM_APP_FUNCTION_NOT_ELIGIBLE',
  'DELIVERY_CUSTOMIZATION_FUNCTION_NOT_ELIGIBLE',
]);

const readShop: Step = async (deps, shopId) => {
  const answer = await deps.admin.send(shopId, ShopRead, {});
  if (!answer.ok) return answer;
  const { shop, shopLocales } = answer.value;
  const facts: ShopFacts = {
    shopGid: shop.id,
    name: shop.name,
    url: shop.url,
    timeZone: shop.ianaTimezone,
    currency: shop.currencyCode,
    plan: shop.plan.publicDisplayName,
    isPlus: shop.plan.shopifyPlus,
    isDevelopment: shop.plan.partnerDevelopment,
    primaryLanguage: shopLocales.find((locale) => locale.primary)?.locale ?? 'en',
    languages: shopLocales.map((locale) => locale.locale),
  };
  // Whether rates are allowed only the probe can say; what the checkout draws the plan says.
  const value = planCapabilities(facts).checkout_ui;
  await deps.store.saveCapability(shopId, { name: 'checkout_ui', value, source: 'plan' });
  return { ...answer, value: { shopifyId: shop.id, facts } };
};

function definitionItem(definition: MetafieldDefinitionInput): string {
  return `metafield_${definition.ownerType.toLowerCase()}_${definition.key}`;
}

function defineMetafield(definition: MetafieldDefinitionInput): Step {
  return async ({ admin }, shopId) => {
    const { ownerType, key } = definition;
    const read = await admin.send(shopId, MetafieldDefinitionsRead, { ownerType });
    if (!read.ok) return read;
    const there = read.value.metafieldDefinitions.nodes.find((one) => one.key === key);
    if (there === undefined) {
      return mapAnswer(
        await admin.send(shopId, MetafieldDefinitionCreate, { definition }),
        (data) => made(data.metafieldDefinitionCreate?.createdDefinition?.id),
      );
    }
    const copies = there.capabilities.cartToOrderCopyable.enabled;
    const shouldCopy = definition.capabilities?.cartToOrderCopyable?.enabled ?? false;
    if (copies === shouldCopy) return { ok: true, value: made(there.id), withheld: [] };
    const change = {
      namespace: '$app',
      key,
      ownerType,
      capabilities: { cartToOrderCopyable: { enabled: shouldCopy } },
    };
    return mapAnswer(
      await admin.send(shopId, MetafieldDefinitionUpdate, { definition: change }),
      () => made(there.id),
    );
  };
}

const writeConfig: Step = async ({ admin, store, publicUrl }, shopId) => {
  const ownerId = (await store.readSetup(shopId)).get(SHOP_ITEM)?.shopifyId;
  if (ownerId === undefined) {
    return { ok: false, refusal: { code: 'not_connected', reason: 'shop_unread' } };
  }
  const config: ExtensionConfig = { v: 1, url: publicUrl };
  const metafield = { ...CONFIG_METAFIELD, ownerId, value: JSON.stringify(config) };
  return mapAnswer(await admin.send(shopId, MetafieldsSet, { metafields: [metafield] }), () =>
    made(undefined),
  );
};

const LOCATIONS_A_PAGE = 50;
// A shop has at most 1,000 locations, those of fulfillment services not counted.
const MOST_LOCATION_PAGES = 60;

const readAllLocations: Step = async ({ admin, store }, shopId) => {
  const read = await readPages(
    async (after) =>
      mapAnswer(
        await admin.send(shopId, LocationsRead, { first: LOCATIONS_A_PAGE, after }),
        (data) => data.locations,
      ),
    MOST_LOCATION_PAGES,
  );
  if (!read.ok) return read;
  const locations = read.value.map(toLocation);
  await store.saveLocations(shopId, locations);
  return { ...read, value: { facts: { count: locations.length } } };
};

type LocationNode = ResultOf<typeof LocationsRead>['locations']['nodes'][number];
type ResultOf<Document> =
  Document extends TypedDocumentNode<infer Data, infer _Variables> ? Data : never;

function toLocation(node: LocationNode): ShopLocation {
  const { address } = node;
  return {
    locationId: numberOfGid(node.id),
    name: node.name,
    isActive: node.isActive,
    fulfillsOnlineOrders: node.fulfillsOnlineOrders && node.shipsInventory,
    country: address.countryCode ?? '',
    postalCode: address.zip ?? '',
    city: address.city ?? '',
    address1: address.address1 ?? '',
    lat: address.latitude,
    lng: address.longitude,
    pickupTime: node.localPickupSettingsV2?.pickupTime ?? null,
    pickupInstructions: node.localPickupSettingsV2?.instructions ?? null,
  };
}

const installFunction: Step = async ({ admin, store }, shopId) => {
  const read = await readPages(
    async (after) =>
      mapAnswer(
        await admin.send(shopId, DeliveryCustomizationsRead, { first: 25, after }),
        (data) => data.deliveryCustomizations,
      ),
    4,
  );
  if (!read.ok) return read;
  const ours = read.value.find((one) => one.shopifyFunction.handle === FUNCTION_HANDLE);
  if (ours !== undefined) return { ok: true, value: made(ours.id), withheld: [] };
  const deliveryCustomization = {
    functionHandle: FUNCTION_HANDLE,
    title: FUNCTION_TITLE,
    enabled: true,
  };
  const created = await admin.send(shopId, DeliveryCustomizationCreate, { deliveryCustomization });
  const value = created.ok ? 'available' : 'unavailable';
  if (created.ok || created.refusal.code === 'user_errors') {
    const seen = { name: 'delivery_function', value, source: 'probe' } as const;
    await store.saveCapability(shopId, seen);
  }
  return mapAnswer(created, (data) =>
    made(data.deliveryCustomizationCreate?.deliveryCustomization?.id),
  );
};

function made(shopifyId: string | undefined): Made {
  return shopifyId === undefined ? {} : { shopifyId };
}
