/**
 * One shop's Admin API in memory, executed by graphql-js on Shopify's real schema.
 *
 * For tests of the connector: every operation is parsed, validated by type and answered in its shape, so a test
 * cannot pass on an answer that Shopify could not give. It models what the connector does (carriers, zones, pickup,
 * definitions, metafields, customizations); the whole platform is modeled by scripts/local-shopify.
 */
import { type ExecutionResult, execute, type GraphQLSchema } from 'graphql';
import type { AdminClient, AdminRefusal } from '../backend/shopify/admin-client.ts';
import { loadShopifySchema } from '../scripts/shopify-schemas.ts';

export type FakeLocation = {
  id: string;
  name: string;
  isActive: boolean;
  fulfillsOnlineOrders: boolean;
  zip: string;
  address1: string;
  pickup: { pickupTime: string; instructions: string } | null;
};
export type FakeZone = {
  id: string;
  name: string;
  methods: { id: string; name: string; active: boolean; carrierId: string | null }[];
};
type Fields = Record<string, unknown>;
type Args = Record<string, Record<string, unknown>> & { id: string; ids: string[] };

/** The shop's state, free to be changed by a test. */
export class FakeAdminShop {
  plan = { publicDisplayName: 'Plus', shopifyPlus: true, partnerDevelopment: false };
  allowsCarriers = true;
  allowsFunctions = true;
  /** As Admin 2026-07 does: a new carrier service is attached to the General profile by itself. */
  attachesByItself = true;
  locales = [{ locale: 'it', primary: true }];
  locations: FakeLocation[] = [];
  zones: FakeZone[] = [];
  carriers: { id: string; name: string; callbackUrl: string; active: boolean }[] = [];
  customizations: { id: string; handle: string; enabled: boolean; settings: string | null }[] = [];
  definitions: Fields[] = [];
  metafields: Fields[] = [];
  orders = new Map<string, Fields>();
  variants: Fields[] = [];
  /** Quantities by `<inventory item number>:<location number>`. */
  levels = new Map<string, Record<string, number>>();
  /** Names of all operations sent, in order. */
  sent: string[] = [];
  private nextId = 100;

  gid(kind: string): string {
    return `gid://shopify/${kind}/${this.nextId++}`;
  }

  get writes(): string[] {
    return this.sent.filter((name) => !name.endsWith('Read'));
  }
}

let loaded: Promise<GraphQLSchema> | undefined;
function schemaOnce(): Promise<GraphQLSchema> {
  loaded ??= loadShopifySchema('admin', '2026-07');
  return loaded;
}

/** A client that asks the fake; userErrors are refusals as in the real one. */
export async function createFakeAdmin(shop: FakeAdminShop): Promise<AdminClient> {
  const schema = await schemaOnce();
  return {
    send: async (_shopId, document, variables) => {
      const definition = document.definitions[0];
      const name = definition?.kind === 'OperationDefinition' ? (definition.name?.value ?? '') : '';
      shop.sent.push(name);
      const result = await run(schema, shop, {
        document,
        variableValues: Object.fromEntries(Object.entries(variables)),
      });
      if (result.errors) throw new Error(`${name}: ${result.errors[0]?.message}`);
      // The round trip makes plain objects, as JSON over the wire would.
      const value = JSON.parse(JSON.stringify(result.data));
      const refusal = refusalOf(name, value);
      return refusal ? { ok: false, refusal } : { ok: true, value, withheld: [] };
    },
  };
}

async function run(
  schema: GraphQLSchema,
  shop: FakeAdminShop,
  ask: Pick<Parameters<typeof execute>[0], 'document' | 'variableValues'>,
): Promise<ExecutionResult> {
  return await execute({ schema, rootValue: { ...queries(shop), ...mutations(shop) }, ...ask });
}

function refusalOf(
  operation: string,
  data: Record<string, Fields | null>,
): AdminRefusal | undefined {
  const errors = Object.values(data).flatMap((payload) => {
    const found: unknown = payload?.['userErrors'];
    return Array.isArray(found) ? found : [];
  });
  return errors.length > 0 ? { code: 'user_errors', operation, errors } : undefined;
}

function page(nodes: readonly unknown[]) {
  return { nodes, pageInfo: { hasNextPage: false, endCursor: null } };
}

function queries(shop: FakeAdminShop) {
  return {
    shop: {
      id: 'gid://shopify/Shop/1',
      name: 'Demo',
      myshopifyDomain: 'kept-demo.myshopify.com',
      url: 'https://kept-demo.myshopify.com',
      ianaTimezone: 'Europe/Rome',
      currencyCode: 'EUR',
      plan: shop.plan,
      metafield: ({ key }: { key: string }) => metafieldOf(shop, 'gid://shopify/Shop/1', key),
    },
    shopLocales: shop.locales,
    locations: page(shop.locations.map(toLocation)),
    carrierServices: page(shop.carriers.map(toCarrier)),
    deliveryProfiles: page([profile(shop)]),
    deliveryProfile: profile(shop),
    deliveryCustomizations: page(
      shop.customizations.map((one) => ({
        ...one,
        title: 'x',
        shopifyFunction: { handle: one.handle },
        metafield: one.settings === null ? null : { value: one.settings },
      })),
    ),
    metafieldDefinitions: ({ ownerType }: { ownerType: string }) =>
      page(shop.definitions.filter((one) => one['ownerType'] === ownerType).map(toDefinition)),
    productVariants: ({ query }: { query: string | null }) =>
      page(
        shop.variants
          .map((one) => ({ requiresComponents: false, ...one }))
          .filter((one) => isOfProduct(one, query)),
      ),
    nodes: ({ ids }: Args) => ids.map((id) => itemNode(shop, id)),
    location: ({ id }: Args) => ({ id, inventoryLevels: page(levelsAt(shop, id)) }),
    order: ({ id }: Args) => shop.orders.get(id) ?? null,
    orders: ({ query }: { query: string }) => {
      const from = /^updated_at:>='(.+)'$/.exec(query)?.[1] ?? '';
      return page([...shop.orders.values()].filter((one) => String(one['updatedAt']) >= from));
    },
  };
}

function numberIn(gid: string): string {
  return gid.slice(gid.lastIndexOf('/') + 1);
}

function isOfProduct(variant: Fields, query: string | null): boolean {
  const asked = /^product_id:(\d+)$/.exec(query ?? '')?.[1];
  return asked === undefined || String(Object(variant['product']).id).endsWith(`/${asked}`);
}

function itemNode(shop: FakeAdminShop, id: string) {
  return {
    __typename: 'InventoryItem',
    id,
    inventoryLevel: ({ locationId }: { locationId: string }) => {
      const level = shop.levels.get(`${numberIn(id)}:${numberIn(locationId)}`);
      return level === undefined ? null : { updatedAt: LEVEL_AT, quantities: toQuantities(level) };
    },
  };
}

const LEVEL_AT = '2026-11-23T09:00:00Z';

function levelsAt(shop: FakeAdminShop, locationGid: string) {
  return [...shop.levels].flatMap(([key, level]) => {
    const [itemNumber, location] = key.split(':');
    if (location !== numberIn(locationGid)) return [];
    const id = `gid://shopify/InventoryItem/${itemNumber}`;
    const item = { id, sku: null };
    return [{ item, updatedAt: LEVEL_AT, quantities: toQuantities(level) }];
  });
}

function toQuantities(level: Record<string, number>) {
  return ({ names }: { names: string[] }) =>
    names.map((name) => ({ id: name, name, quantity: level[name] ?? 0 }));
}

function metafieldOf(shop: FakeAdminShop, ownerId: string, key: string) {
  return shop.metafields.find((one) => one['ownerId'] === ownerId && one['key'] === key) ?? null;
}

function toLocation(location: FakeLocation) {
  const { zip, address1, pickup, ...rest } = location;
  return {
    ...rest,
    shipsInventory: true,
    isFulfillmentService: false,
    address: { zip, address1, city: 'Milano', countryCode: 'IT', latitude: 45.4, longitude: 9.1 },
    localPickupSettingsV2: pickup,
  };
}

function toCarrier(carrier: FakeAdminShop['carriers'][number]) {
  return { ...carrier, supportsServiceDiscovery: false };
}

function toDefinition(definition: Fields) {
  const capabilities = Object(definition['capabilities']);
  return {
    ...definition,
    type: { name: definition['type'] },
    access: { storefront: 'NONE', customerAccount: 'NONE' },
    capabilities: {
      cartToOrderCopyable: { enabled: capabilities.cartToOrderCopyable?.enabled ?? false },
    },
  };
}

function profile(shop: FakeAdminShop) {
  const locations = page(shop.locations.map(toLocation));
  return {
    id: 'gid://shopify/DeliveryProfile/1',
    name: 'General profile',
    default: true,
    profileLocationGroups: [
      {
        locationGroup: { id: 'gid://shopify/DeliveryLocationGroup/1', locations },
        locationGroupZones: page(shop.zones.map((zone) => toZone(shop, zone))),
      },
    ],
  };
}

function toZone(shop: FakeAdminShop, zone: FakeZone) {
  return {
    zone: {
      id: zone.id,
      name: zone.name,
      countries: [{ code: { countryCode: 'IT', restOfWorld: false } }],
    },
    methodDefinitions: ({ type }: { type: string }) =>
      page(
        zone.methods
          .filter(({ carrierId }) => (carrierId !== null) === (type === 'PARTICIPANT'))
          .map((method) => toMethod(shop, method)),
      ),
  };
}

function toMethod(shop: FakeAdminShop, method: FakeZone['methods'][number]) {
  const carrier = shop.carriers.find(({ id }) => id === method.carrierId);
  const rateProvider = carrier
    ? {
        __typename: 'DeliveryParticipant',
        id: 'gid://shopify/DeliveryParticipant/1',
        carrierService: toCarrier(carrier),
      }
    : {
        __typename: 'DeliveryRateDefinition',
        id: 'gid://shopify/DeliveryRateDefinition/1',
        price: { amount: '5.00', currencyCode: 'EUR' },
      };
  return { id: method.id, name: method.name, active: method.active, rateProvider };
}

function mutations(shop: FakeAdminShop) {
  return { ...carrierMutations(shop), ...profileMutations(shop), ...otherMutations(shop) };
}

function carrierMutations(shop: FakeAdminShop) {
  return {
    carrierServiceCreate: ({ input }: Args) => {
      if (!shop.allowsCarriers) {
        const message = 'Carrier calculated shipping must be enabled for your store.';
        return { carrierService: null, userErrors: [{ field: null, message }] };
      }
      const carrier = { ...Object(input), id: shop.gid('DeliveryCarrierService') };
      shop.carriers.push(carrier);
      if (shop.attachesByItself) for (const zone of shop.zones) attach(shop, zone, carrier.id);
      return { carrierService: toCarrier(carrier), userErrors: [] };
    },
    carrierServiceUpdate: ({ input }: Args) => {
      const found = shop.carriers.find(({ id }) => id === input?.['id']);
      if (found === undefined) {
        return { carrierService: null, userErrors: [{ field: null, message: 'Not found.' }] };
      }
      if (!shop.allowsCarriers) {
        const message = 'Carrier calculated shipping must be enabled for your store.';
        return { carrierService: null, userErrors: [{ field: null, message }] };
      }
      Object.assign(found, input);
      return { carrierService: toCarrier(found), userErrors: [] };
    },
  };
}

function attach(shop: FakeAdminShop, zone: FakeZone, carrierId: string): void {
  const id = shop.gid('DeliveryMethodDefinition');
  zone.methods.push({ id, name: '', active: true, carrierId });
}

function profileMutations(shop: FakeAdminShop) {
  return {
    deliveryProfileUpdate: ({ profile: input }: Args) => {
      const change = Object(input);
      const removed: string[] = change.methodDefinitionsToDelete ?? [];
      for (const zone of shop.zones) {
        zone.methods = zone.methods.filter(({ id }) => !removed.includes(id));
      }
      const groups: Fields[] = change.locationGroupsToUpdate ?? [];
      for (const zone of groups.flatMap((group) => Object(group['zonesToUpdate']))) {
        const found = shop.zones.find(({ id }) => id === zone.id);
        const [method] = zone.methodDefinitionsToCreate;
        if (found) attach(shop, found, method.participant.carrierServiceId);
      }
      return { profile: profile(shop), userErrors: [] };
    },
    locationLocalPickupEnable: ({ localPickupSettings }: Args) => {
      const { locationId, pickupTime, instructions } = Object(localPickupSettings);
      const found = shop.locations.find(({ id }) => id === locationId);
      if (!found?.isActive) {
        const error = { code: 'ACTIVE_LOCATION_NOT_FOUND', field: null, message: 'Not active.' };
        return { localPickupSettings: null, userErrors: [error] };
      }
      found.pickup = { pickupTime, instructions };
      return { localPickupSettings: found.pickup, userErrors: [] };
    },
    locationLocalPickupDisable: ({ locationId }: { locationId: string }) => {
      const found = shop.locations.find(({ id }) => id === locationId);
      if (found) found.pickup = null;
      return { locationId, userErrors: [] };
    },
  };
}

function otherMutations(shop: FakeAdminShop) {
  return {
    metafieldDefinitionCreate: ({ definition }: Args) => {
      const created = { ...definition, id: shop.gid('MetafieldDefinition') };
      shop.definitions.push(created);
      return { createdDefinition: toDefinition(created), userErrors: [] };
    },
    metafieldDefinitionUpdate: ({ definition }: Args) => {
      const found = shop.definitions.find((one) => one['key'] === definition?.['key']);
      Object.assign(found ?? {}, definition);
      return { updatedDefinition: found && toDefinition(found), userErrors: [] };
    },
    metafieldsSet: ({ metafields }: { metafields: Fields[] }) => {
      for (const metafield of metafields) {
        shop.metafields = shop.metafields.filter(
          (one) => one['ownerId'] !== metafield['ownerId'] || one['key'] !== metafield['key'],
        );
        shop.metafields.push({
          ...metafield,
          id: shop.gid('Metafield'),
          updatedAt: '2026-11-23T09:00:00Z',
        });
      }
      return { metafields: shop.metafields.slice(-metafields.length), userErrors: [] };
    },
    deliveryCustomizationCreate: ({ deliveryCustomization }: Args) => {
      if (!shop.allowsFunctions) {
        const code = 'CUSTOM_APP_FUNCTION_NOT_ELIGIBLE';
        const error = { code, field: null, message: 'Shopify Plus only.' };
        return { deliveryCustomization: null, userErrors: [error] };
      }
      const { functionHandle, enabled } = Object(deliveryCustomization);
      const id = shop.gid('DeliveryCustomization');
      shop.customizations.push({ id, handle: functionHandle, enabled, settings: null });
      return { deliveryCustomization: { id, enabled }, userErrors: [] };
    },
  };
}
