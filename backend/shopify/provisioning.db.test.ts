import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import { createFakeAdmin, FakeAdminShop } from '../../tests/fake-admin.ts';
import type { ShopId } from '../base/ids.ts';
import type { AdminClient } from './admin-client.ts';
import { type Carrier, createCarrier } from './carrier.ts';
import { type ConnectorStore, createConnectorStore } from './connector-store.ts';
import { createProvisioning, type Provisioning } from './provisioning.ts';
import { createRateTokens, type RateTokens } from './rate-tokens.ts';
import { shopFactsOf, singleLanguage } from './shop-facts.ts';

const NOW = Temporal.Instant.from('2026-11-23T09:00:00Z');
const now = () => NOW;

let database: TestDatabase<unknown>;
let shop: FakeAdminShop;
let shopId: ShopId;
let store: ConnectorStore;
let tokens: RateTokens;
let carrier: Carrier;
let provisioning: Provisioning;
let isNetworkLive = true;
let publicUrl = 'https://kept.example.com';

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  shop = new FakeAdminShop();
  shopId = `s${randomUUID()}.myshopify.com` as ShopId;
  isNetworkLive = true;
  publicUrl = 'https://kept.example.com';
  shop.locations = [location('1', 'Milano'), location('2', 'Roma')];
  shop.zones = [zone('1', 'Italia', ['Standard']), zone('2', 'Europa', [])];
  build(await createFakeAdmin(shop));
});

function build(admin: AdminClient): void {
  store = createConnectorStore({ db: database.db, now });
  tokens = createRateTokens({ db: database.db, now });
  const hasLiveNetwork = async () => isNetworkLive;
  carrier = createCarrier({ admin, store, rateTokens: tokens, publicUrl, hasLiveNetwork });
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  provisioning = createProvisioning({ admin, store, carrier, publicUrl, log });
}

function location(number: string, name: string) {
  return {
    id: `gid://shopify/Location/${number}`,
    name,
    isActive: true,
    fulfillsOnlineOrders: true,
    zip: '20121',
    address1: 'Via Dante 1',
    pickup: null,
  };
}

function zone(number: string, name: string, rates: string[]) {
  const methods = rates.map((rate, index) => ({
    id: `gid://shopify/DeliveryMethodDefinition/${number}${index}`,
    name: rate,
    active: true,
    carrierId: null,
  }));
  return { id: `gid://shopify/DeliveryZone/${number}`, name, methods };
}

async function states(): Promise<Record<string, string>> {
  const setup = await store.readSetup(shopId);
  return Object.fromEntries([...setup.values()].map(({ item, state }) => [item, state]));
}

const PROFILE = 'gid://shopify/DeliveryProfile/1';
const GROUP = 'gid://shopify/DeliveryLocationGroup/1';
const choice = (zoneId: string) => ({ profileId: PROFILE, groupId: GROUP, zoneId });
const ITALY = choice('gid://shopify/DeliveryZone/1');
const EUROPE = choice('gid://shopify/DeliveryZone/2');
const oursIn = (index: number) =>
  shop.zones[index]?.methods.filter(({ carrierId }) => carrierId !== null).length;

test('a first run makes everything, a second run writes nothing but the address', async () => {
  await provisioning.provision(shopId);
  expect(await states()).toEqual({
    shop: 'done',
    metafield_order_promise: 'done',
    metafield_shop_config: 'done',
    metafield_shop_padded: 'done',
    metafield_productvariant_eta: 'done',
    extension_config: 'done',
    locations: 'done',
    delivery_customization: 'done',
    carrier_service: 'done',
  });
  shop.sent = [];
  await provisioning.provision(shopId);
  expect(shop.writes).toEqual(['MetafieldsSet']);
});

test('the order’s definition copies from the cart; one that lost the capability gets it back', async () => {
  await provisioning.provision(shopId);
  const promise = shop.definitions.find((one) => one['key'] === 'promise');
  expect(promise).toMatchObject({
    ownerType: 'ORDER',
    capabilities: { cartToOrderCopyable: { enabled: true } },
    access: { customerAccount: 'READ' },
  });
  Object.assign(promise ?? {}, { capabilities: { cartToOrderCopyable: { enabled: false } } });
  await provisioning.provision(shopId);
  expect(shop.definitions.find((one) => one['key'] === 'promise')).toMatchObject({
    capabilities: { cartToOrderCopyable: { enabled: true } },
  });
});

test('the extensions learn where we answer', async () => {
  await provisioning.provision(shopId);
  expect(shop.metafields).toMatchObject([
    {
      ownerId: 'gid://shopify/Shop/1',
      key: 'config',
      value: '{"v":1,"url":"https://kept.example.com"}',
    },
  ]);
});

test('the carrier service is registered switched off, at an address that names the shop', async () => {
  await provisioning.provision(shopId);
  expect(shop.carriers).toMatchObject([{ name: 'Kept', active: false }]);
  const url = shop.carriers[0]?.callbackUrl ?? '';
  expect(url).toMatch(/^https:\/\/kept\.example\.com\/shopify\/rates\/[a-z0-9-]+~[\w-]{32}$/);
  expect(await tokens.shopOfRateToken(url.slice(url.lastIndexOf('/') + 1))).toBe(shopId);
  expect(await store.readCapabilities(shopId)).toMatchObject({ carrier_rates: 'available' });
});

test('a plan without carrier rates is recorded in Shopify’s words and stops nothing else', async () => {
  shop.allowsCarriers = false;
  shop.plan = { publicDisplayName: 'Basic', shopifyPlus: false, partnerDevelopment: false };
  await provisioning.provision(shopId);
  expect(await states()).toMatchObject({ carrier_service: 'unavailable', locations: 'done' });
  expect(await store.readCapabilities(shopId)).toEqual({
    carrier_rates: 'unavailable',
    checkout_ui: 'unavailable',
    delivery_function: 'available',
  });
  expect((await store.readSetup(shopId)).get('carrier_service')?.facts).toEqual({
    reason: 'CarrierServiceCreate: Carrier calculated shipping must be enabled for your store.',
  });
});

test('an upgrade of the plan is noticed by the next run', async () => {
  shop.allowsCarriers = false;
  await provisioning.provision(shopId);
  shop.allowsCarriers = true;
  await provisioning.provision(shopId);
  expect(await store.readCapabilities(shopId)).toMatchObject({ carrier_rates: 'available' });
});

test('a shop where our Function may not run is told so', async () => {
  shop.allowsFunctions = false;
  await provisioning.provision(shopId);
  expect(await states()).toMatchObject({ delivery_customization: 'unavailable' });
  expect(await store.readCapabilities(shopId)).toMatchObject({ delivery_function: 'unavailable' });
});

test('after a move of the service the carrier is given the new address', async () => {
  await provisioning.provision(shopId);
  publicUrl = 'https://new.example.com';
  build(await createFakeAdmin(shop));
  await provisioning.provision(shopId);
  expect(shop.carriers).toHaveLength(1);
  expect(shop.carriers[0]?.callbackUrl).toMatch(/^https:\/\/new\.example\.com\//);
});

test('nothing is switched on before a network is live', async () => {
  isNetworkLive = false;
  await provisioning.provision(shopId);
  expect(await carrier.attach(shopId, [ITALY])).toMatchObject({
    refusal: { code: 'network_not_live' },
  });
  expect(shop.carriers[0]?.active).toBe(false);
});

test('attaching puts us into exactly the chosen zones, also where Shopify attached by itself', async () => {
  await provisioning.provision(shopId);
  expect([oursIn(0), oursIn(1)]).toEqual([1, 1]);
  expect(await carrier.attach(shopId, [ITALY])).toEqual({ ok: true, value: { attachedZones: 1 } });
  expect([oursIn(0), oursIn(1), shop.carriers[0]?.active]).toEqual([1, 0, true]);
  await carrier.attach(shopId, [EUROPE]);
  expect([oursIn(0), oursIn(1)]).toEqual([1, 1]);
});

test('attaching again changes nothing', async () => {
  shop.attachesByItself = false;
  await provisioning.provision(shopId);
  await carrier.attach(shopId, [ITALY, EUROPE]);
  const before = structuredClone(shop.zones);
  await carrier.attach(shopId, [ITALY, EUROPE]);
  expect(shop.zones).toEqual(before);
});

test('one call takes us out of every zone and off', async () => {
  await provisioning.provision(shopId);
  await carrier.attach(shopId, [ITALY, EUROPE]);
  expect(await carrier.detach(shopId)).toEqual({ ok: true, value: { detachedZones: 2 } });
  expect([oursIn(0), oursIn(1), shop.carriers[0]?.active]).toEqual([0, 0, false]);
  expect(shop.zones[0]?.methods.map(({ name }) => name)).toEqual(['Standard']);
});

test('where Shopify attached a service that is off, the preview says it is not attached', async () => {
  await provisioning.provision(shopId);
  const isAttached = async () => {
    const preview = await carrier.preview(shopId);
    return preview.ok && preview.value.map((zone) => zone.isAttached);
  };
  expect(await isAttached()).toEqual([false, false]);
  await carrier.attach(shopId, [ITALY]);
  expect(await isAttached()).toEqual([true, false]);
});

test('the preview names the rates that shoppers would see twice', async () => {
  shop.attachesByItself = false;
  await provisioning.provision(shopId);
  const preview = await carrier.preview(shopId);
  expect(preview).toMatchObject({
    value: [
      { name: 'Italia', isAttached: false, duplicates: ['Standard'] },
      { name: 'Europa', isAttached: false, duplicates: [] },
    ],
  });
});

test('a zone that is gone is refused by its id', async () => {
  await provisioning.provision(shopId);
  const gone = choice('gid://shopify/DeliveryZone/99');
  expect(await carrier.attach(shopId, [gone])).toMatchObject({
    refusal: { code: 'unknown_zone', zoneId: 'gid://shopify/DeliveryZone/99' },
  });
});

test('a plan without carrier rates refuses to attach', async () => {
  shop.allowsCarriers = false;
  expect(await carrier.attach(shopId, [ITALY])).toMatchObject({
    refusal: { code: 'carrier_rates_unavailable' },
  });
});

test('after a downgrade the click says so, and the page knows', async () => {
  await provisioning.provision(shopId);
  shop.allowsCarriers = false;
  expect(await carrier.attach(shopId, [ITALY])).toMatchObject({
    refusal: { code: 'carrier_rates_unavailable' },
  });
  await provisioning.provision(shopId);
  expect(await store.readCapabilities(shopId)).toMatchObject({ carrier_rates: 'unavailable' });
  expect(await states()).toMatchObject({ carrier_service: 'unavailable' });
  shop.allowsCarriers = true;
  await provisioning.provision(shopId);
  expect(await states()).toMatchObject({ carrier_service: 'done' });
});

test('dates are written in words only where one language is published', async () => {
  await provisioning.provision(shopId);
  const one = shopFactsOf(await store.readSetup(shopId));
  expect(one && singleLanguage(one)).toBe('it');
  shop.locales.push({ locale: 'en', primary: false });
  await provisioning.provision(shopId);
  const two = shopFactsOf(await store.readSetup(shopId));
  expect(two && singleLanguage(two)).toBeNull();
});

test('a probe on a real store is not overruled by later guesses', async () => {
  const name = 'rate_signature';
  await store.saveCapability(shopId, { name, value: 'unsigned', source: 'probe' });
  await store.saveCapability(shopId, { name, value: 'signed', source: 'seen' });
  expect(await store.readCapabilities(shopId)).toEqual({ rate_signature: 'unsigned' });
});
