import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  askAdmin,
  callTokens,
  connectApp,
  exchange,
  type FakeApp,
  FIXTURE_ROOT,
  idTokenOf,
  openCheckout,
  post,
  SHOP_DOMAIN,
  startFakeApp,
  startSmallShop,
} from '../fixtures/buy.ts';
import { sampleVariables } from '../fixtures/variables.ts';
import type { LocalShopify } from '../local-shopify.ts';
import { adminSchema } from './execute.ts';

const DOCUMENTS = join(FIXTURE_ROOT, '..', '..', '..', '..', 'graphql', 'admin');

let app: FakeApp;
let local: LocalShopify;
let token: string;

beforeAll(async () => {
  app = await startFakeApp();
  local = await startSmallShop(app.url);
  local.control.changeSettings({ orderRouting: 'at once' });
  token = await connectApp(local);
  // Whatever the app asks for is granted here; what a missing scope does is tested apart.
  local.shop.state.grantedScopes = [
    ...['orders', 'products', 'shipping', 'delivery_customizations'].flatMap((one) => [
      `read_${one}`,
      `write_${one}`,
    ]),
    'read_locations',
    'read_locales',
    'read_inventory',
    'write_inventory',
    'write_order_edits',
    'read_merchant_managed_fulfillment_orders',
    'write_merchant_managed_fulfillment_orders',
    'read_fulfillments',
    'write_fulfillments',
  ];
  token = String((await exchange(local, idTokenOf(local))).body['access_token']);
  const { token: checkout } = await openCheckout(local, { variantIds: [2_000] });
  await post(`${local.url}/checkouts/${checkout}/pay`, {});
});
afterAll(async () => {
  await local.stop();
  await app.stop();
});

const orderId = (): string => `gid://shopify/Order/${local.shop.state.orders[0]?.id}`;

const COMMON = {
  first: 10,
  locationId: 'gid://shopify/Location/101',
  inventoryItemId: 'gid://shopify/InventoryItem/3000',
};

/** Variables each of the app's operations is tried with. */
const VARIABLES: Readonly<Record<string, () => object>> = {
  'carrier-service-create': () => ({
    input: {
      name: 'Kept',
      callbackUrl: 'https://kept.example.com/r',
      active: false,
      supportsServiceDiscovery: true,
    },
  }),
  'carrier-service-update': () => ({
    input: { id: 'gid://shopify/DeliveryCarrierService/1', active: true },
  }),
  'carrier-service-delete': () => ({ id: 'gid://shopify/DeliveryCarrierService/1' }),
  'delivery-customization-create': () => ({
    deliveryCustomization: { functionHandle: 'hello-function', title: 'Dates', enabled: true },
  }),
  'delivery-customization-update': () => ({
    id: 'gid://shopify/DeliveryCustomization/1',
    deliveryCustomization: { enabled: true },
  }),
  'delivery-profile-update': () => ({
    id: 'gid://shopify/DeliveryProfile/400',
    profile: { locationGroupsToUpdate: [] },
  }),
  'delivery-zones-read': () => ({
    profileId: 'gid://shopify/DeliveryProfile/400',
    locationGroupId: 'gid://shopify/DeliveryLocationGroup/401',
    first: 10,
  }),
  'fulfillment-order-read': () => ({
    id: `gid://shopify/FulfillmentOrder/${local.shop.state.orders[0]?.fulfillmentOrders[0]?.id}`,
  }),
  'inventory-activate': () => ({ available: null, key: randomUUID() }),
  'inventory-items-at-location-read': () => ({
    ids: [COMMON.inventoryItemId],
    locationId: COMMON.locationId,
    names: ['available', 'committed'],
  }),
  'inventory-levels-bulk-run': () => ({
    query: '{ inventoryItems { edges { node { id sku } } } }',
  }),
  'inventory-move-quantities': () => ({
    key: randomUUID(),
    input: {
      reason: 'safety_stock',
      referenceDocumentUri: 'gid://kept/Push/1',
      changes: [
        {
          inventoryItemId: COMMON.inventoryItemId,
          quantity: 1,
          from: { locationId: COMMON.locationId, name: 'available', changeFromQuantity: null },
          to: {
            locationId: COMMON.locationId,
            name: 'safety_stock',
            changeFromQuantity: null,
            ledgerDocumentUri: 'gid://kept/Push/1',
          },
        },
      ],
    },
  }),
  'inventory-set-quantities': () => ({
    key: randomUUID(),
    input: {
      name: 'available',
      reason: 'correction',
      quantities: [
        {
          inventoryItemId: COMMON.inventoryItemId,
          locationId: COMMON.locationId,
          quantity: 7,
          changeFromQuantity: null,
        },
      ],
    },
  }),
  'inventory-levels-read': () => ({ locationId: 'gid://shopify/Location/101', first: 50 }),
  'location-local-pickup-enable': () => ({
    localPickupSettings: {
      locationId: 'gid://shopify/Location/102',
      pickupTime: 'TWO_HOURS',
      instructions: 'Ring',
    },
  }),
  'location-local-pickup-disable': () => ({ locationId: 'gid://shopify/Location/101' }),
  'metafield-definition-create': () => ({
    definition: {
      key: 'promise',
      name: 'Promise',
      ownerType: 'ORDER',
      type: 'json',
      capabilities: { cartToOrderCopyable: { enabled: true } },
    },
  }),
  'metafield-definition-update': () => ({
    definition: { key: 'promise', ownerType: 'ORDER', name: 'P' },
  }),
  'metafield-definitions-read': () => ({ ownerType: 'ORDER' }),
  'metafields-set': () => ({
    metafields: [
      { ownerId: orderId(), namespace: '$app', key: 'promise', type: 'json', value: '{"v":1}' },
    ],
  }),
  'order-read': () => ({ id: orderId() }),
  'order-lines-read': () => ({ id: orderId(), after: 'MA==' }),
  'orders-updated-read': () => ({ first: 10, query: 'updated_at:>=2026-01-01T00:00:00Z' }),
};

const names = readdirSync(DOCUMENTS)
  .filter((file) => file.endsWith('.graphql'))
  .map((file) => file.replace('.graphql', ''));

describe.each(['2026-07', '2026-10'])('Admin API %s', (version) => {
  test.each(names)('%s, as the app sends it, is answered', async (name) => {
    const query = readFileSync(join(DOCUMENTS, `${name}.graphql`), 'utf8');
    // An operation the app has gained since is tried with these; variables it does not declare are ignored.
    const needed = sampleVariables(await adminSchema('2026-07'), parse(query));
    const variables = { ...needed, ...COMMON, id: orderId(), ...VARIABLES[name]?.() };
    const answer = await askAdmin(local, token, { query, variables, version });
    expect(answer.errors).toBeUndefined();
    expect(answer.data).toBeTruthy();
  });
});

describe('what is not simulated', () => {
  test('a mutation says so by name', async () => {
    const answer = await askAdmin(local, token, {
      query:
        'mutation { orderClose(input: { id: "gid://shopify/Order/1" }) { userErrors { message } } }',
    });
    expect(answer.errors?.[0]?.message).toBe('not simulated: Mutation.orderClose');
  });

  test('a field of a known object says so by name', async () => {
    const answer = await askAdmin(local, token, { query: '{ shop { billingAddress { zip } } }' });
    expect(answer.errors?.[0]?.message).toBe('not simulated: Shop.billingAddress');
  });

  test("an operation outside Shopify's schema is refused by the schema", async () => {
    const answer = await askAdmin(local, token, { query: '{ shop { promise } }' });
    expect(answer.errors?.[0]?.message).toContain('Cannot query field "promise" on type "Shop"');
  });
});

describe('scopes', () => {
  test('a mutation without its scope is denied and nothing is changed', async () => {
    const before = local.shop.state.grantedScopes;
    local.shop.state.grantedScopes = ['read_orders'];
    const poor = String((await exchange(local, idTokenOf(local))).body['access_token']);
    local.shop.state.grantedScopes = before;
    const answer = await askAdmin(local, poor, {
      query:
        'mutation { locationLocalPickupDisable(locationId: "gid://shopify/Location/102") { locationId } }',
    });
    expect(answer.errors?.[0]?.extensions?.['code']).toBe('ACCESS_DENIED');
    expect(answer.errors?.[0]?.message).toContain('`write_shipping`');
    expect(local.shop.state.localPickup['102']).not.toBeNull();
  });
});

describe('tokens', () => {
  test('an offline token lives one hour and its refresh gives a new pair', async () => {
    const { body } = await exchange(local, idTokenOf(local));
    expect(body).toMatchObject({ expires_in: 3_600 });
    local.clock.moveBy(61);
    const late = await askAdmin(local, String(body['access_token']), { query: '{ shop { id } }' });
    expect(late.errors).toContain('Invalid API key');
    const next = await callTokens(local, {
      grant_type: 'refresh_token',
      refresh_token: body['refresh_token'],
    });
    expect(next.status).toBe(200);
    const fresh = await askAdmin(local, String(next.body['access_token']), {
      query: '{ shop { id } }',
    });
    expect(fresh.data).toEqual({ shop: { id: 'gid://shopify/Shop/1' } });
    token = String(next.body['access_token']);
  });

  test('the old refresh token works until the new one has been used', async () => {
    const first = (await exchange(local, idTokenOf(local))).body['refresh_token'];
    const refresh = (refreshToken: unknown) =>
      callTokens(local, { grant_type: 'refresh_token', refresh_token: refreshToken });
    const second = (await refresh(first)).body['refresh_token'];
    expect((await refresh(first)).status).toBe(200);
    expect((await refresh(second)).status).toBe(200);
    expect((await refresh(first)).body).toMatchObject({ error: 'invalid_grant' });
  });

  test('an expired or foreign session token is not exchanged', async () => {
    const old = idTokenOf(local, local.clock.nowMs() - 120_000);
    expect((await exchange(local, old)).body).toMatchObject({ error: 'invalid_subject_token' });
    const wrong = `${idTokenOf(local).slice(0, -4)}AAAA`;
    expect((await exchange(local, wrong)).body).toMatchObject({ error: 'invalid_subject_token' });
  });

  test('tokens without expiry are refused, as for every new public app', async () => {
    const answer = await exchange(local, idTokenOf(local), { expiring: '0' });
    expect(answer.status).toBe(400);
  });

  test('before the app is installed there is no token', async () => {
    const bare = await startSmallShop(app.url);
    expect((await exchange(bare, idTokenOf(bare))).body).toMatchObject({
      error: 'app_not_installed',
    });
    await bare.stop();
  });

  test('a wrong secret is told apart from a wrong token', async () => {
    const answer = await post(`${local.url}/${SHOP_DOMAIN}/admin/oauth/access_token`, {
      client_id: 'kept-dev',
      client_secret: 'guess',
    });
    expect(answer.body).toMatchObject({ error: 'invalid_client' });
  });
});

describe('userErrors', () => {
  const set = async (field: object): Promise<unknown> => {
    const answer = await askAdmin(local, token, {
      query: `mutation Set($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) {
        metafields { key } userErrors { field code message elementIndex } } }`,
      variables: {
        m: [{ ownerId: 'gid://shopify/Shop/1', key: 'padded', type: 'json', value: '{}' }, field],
      },
    });
    return answer.data?.['metafieldsSet'];
  };

  test('one bad metafield of a call keeps the good ones out too', async () => {
    const bad = { ownerId: 'gid://shopify/Shop/1', key: 'x', type: 'json', value: '{' };
    expect(await set(bad)).toMatchObject({
      metafields: null,
      userErrors: [{ code: 'INVALID_VALUE', field: ['metafields', '1', 'value'], elementIndex: 1 }],
    });
    expect(local.shop.state.metafields.some((one) => one.key === 'padded')).toBe(false);
  });

  test('a stale digest is refused', async () => {
    const stale = {
      ownerId: 'gid://shopify/Shop/1',
      key: 'y',
      type: 'json',
      value: '{}',
      compareDigest: 'old',
    };
    expect(await set(stale)).toMatchObject({ userErrors: [{ code: 'STALE_OBJECT' }] });
  });

  test('a carrier service cannot be made on a plan without carrier rates', async () => {
    local.control.changeSettings({ plan: 'basic' });
    const answer = await askAdmin(local, token, {
      query: `mutation Create($input: DeliveryCarrierServiceCreateInput!) {
        carrierServiceCreate(input: $input) { carrierService { id } userErrors { message } } }`,
      variables: {
        input: {
          name: 'Other',
          callbackUrl: 'https://x.example.com',
          active: true,
          supportsServiceDiscovery: false,
        },
      },
    });
    local.control.changeSettings({ plan: 'plus' });
    expect(answer.data).toMatchObject({
      carrierServiceCreate: {
        carrierService: null,
        userErrors: [{ message: 'Carrier Calculated Shipping must be enabled for your store.' }],
      },
    });
  });
});
