/**
 * Install, provision, sell, join: the connector against the local Shopify, through real HTTP on both sides.
 *
 * One process plays Kept as `backend/main.ts` builds it, the local Shopify plays the platform: token exchange at the
 * first load, webhooks signed and delivered after the thank-you page, Admin API on Shopify's own schema.
 */
import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ShopId } from '../backend/base/ids.ts';
import { type RunningKept, startKept } from '../backend/main.ts';
import type { WorldInput } from '../backend/network/world.ts';
import { parseConfig } from '../backend/platform/config.ts';
import {
  idTokenOf,
  MILAN,
  openCheckout,
  post,
  SHOP_DOMAIN,
} from '../scripts/local-shopify/fixtures/buy.ts';
import { smallShop } from '../scripts/local-shopify/fixtures/small-shop.ts';
import { type LocalShopify, startLocalShopify } from '../scripts/local-shopify/local-shopify.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { countClaims } from './worlds/claims-shop.ts';
import { everyDay, onWeekdays, pickupsOnWeekdays, weekdays } from './worlds/worlds.ts';

const run = promisify(execFile);

let database: TestDatabase<unknown>;
let local: LocalShopify;
let kept: RunningKept;
let keptUrl: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const port = await freePort();
  keptUrl = `http://localhost:${port}`;
  local = await startLocalShopify({ port: 0, seed: smallShop(), appUrl: keptUrl });
  // One origin: what several do to a promise has tests of its own.
  local.control.changeSettings({ origins: '1', webhooks: 'prompt' });
  const config = parseConfig({
    KEPT_ENV: 'test',
    PORT: String(port),
    KEPT_URL: keptUrl,
    DATABASE_URL: database.appUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
    SHOPIFY_ADMIN_URL_TEMPLATE: `${local.url}/{shop}/admin/api/{version}/graphql.json`,
    SHOPIFY_TOKEN_URL_TEMPLATE: `${local.url}/{shop}/admin/oauth/access_token`,
    KEPT_CLOCK_URL: `${local.url}/clock`,
  });
  if (!config.ok) throw new Error(JSON.stringify(config.refusal));
  kept = await startKept(config.value, quiet);
});
afterAll(async () => {
  await kept?.stop();
  await local?.stop();
  await database?.close();
});

const lines: string[] = [];
const write = (facts: object) => {
  lines.push(JSON.stringify(facts));
};
const quiet = { info: write, warn: write, error: write };

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Asks until the answer is right; the jobs of a queue need a moment. */
async function until<Value>(ask: () => Promise<Value | undefined>, what: string): Promise<Value> {
  for (let tries = 0; tries < 150; tries++) {
    const value = await ask();
    if (value !== undefined) return value;
    await delay(200);
  }
  throw new Error(`${what} did not come about. Last lines:\n${lines.slice(-20).join('\n')}`);
}

async function askKept(path: string, body?: object): Promise<Record<string, unknown>> {
  const headers = {
    authorization: `Bearer ${idTokenOf(local)}`,
    'content-type': 'application/json',
  };
  const response = await fetch(`${keptUrl}/api/admin${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text);
}

function network(): Omit<WorldInput, 'stock' | 'products' | 'policyVersion'> {
  return {
    policy: { timeZone: 'Europe/Rome', currency: 'EUR' },
    nodes: [
      {
        id: '101',
        name: 'Milano warehouse',
        kind: 'warehouse',
        country: 'IT',
        timeZone: 'Europe/Rome',
        lat: 45.44,
        lng: 9.24,
        postalCode: '20138',
        hours: weekdays('08:00', '18:00'),
        cutOffs: onWeekdays('16:00'),
        leadTimeMinutes: 60,
        carrierPickups: [pickupsOnWeekdays('kept-standard', '17:00')],
      },
      {
        id: '102',
        name: 'Paris Marais',
        kind: 'store',
        country: 'FR',
        timeZone: 'Europe/Paris',
        lat: 48.86,
        lng: 2.36,
        postalCode: '75003',
        address1: '12 rue de Bretagne',
        city: 'Paris',
        hours: everyDay('10:00', '20:00'),
        offersPickup: true,
        pickupLeadMinutes: 30,
      },
    ],
    carriers: [{ id: 'corriere' }],
    services: [
      {
        code: 'kept-standard',
        name: 'Home delivery',
        carrierId: 'corriere',
        method: 'home',
        prices: [{ currency: 'EUR', tiers: [{ fromGrams: 0, toGrams: null, priceMinor: 490 }] }],
      },
    ],
    lanes: [
      { nodeIds: ['101'], zoneIds: ['it', 'fr'], serviceCode: 'kept-standard', transitDays: 1 },
    ],
    zones: [
      {
        id: 'it',
        country: 'IT',
        timeZone: 'Europe/Rome',
        postalPrefixes: ['20'],
        lat: 45.46,
        lng: 9.19,
      },
      {
        id: 'fr',
        country: 'FR',
        timeZone: 'Europe/Paris',
        postalPrefixes: ['75'],
        lat: 48.86,
        lng: 2.35,
      },
    ],
    pickupPoints: [],
  };
}

test('the first authenticated load installs the app and provisions the shop', async () => {
  local.control.install();
  // A database that was just made may need a second try on a busy machine.
  await until(async () => await askKept('/setup').catch(() => undefined), 'the first load');
  const setup = await until(async () => {
    const view = await askKept('/setup');
    return view['rates'] === 'registered' ? view : undefined;
  }, 'provisioning');
  expect(setup).toMatchObject({ shop: SHOP_DOMAIN, rates: 'registered' });
  expect(local.shop.state.carrierServices).toMatchObject([{ name: 'Kept', active: false }]);
  const definition = local.shop.state.definitions.find((one) => one.key === 'promise');
  expect(definition?.isCartToOrderCopyable).toBe(true);
});

test('the Function and the extensions find what they read', async () => {
  const config = local.shop.state.metafields.find((one) => one.key === 'config');
  expect(JSON.parse(config?.value ?? '{}')).toEqual({ v: 1, url: keptUrl });
  expect(local.shop.state.customizations).toMatchObject([
    { functionHandle: 'delivery-options-function', enabled: true },
  ]);
});

test('a request without a session token, or with one of another app, is let into nothing', async () => {
  const bare = await fetch(`${keptUrl}/api/admin/setup`);
  const forged = await fetch(`${keptUrl}/api/admin/setup`, {
    headers: { authorization: `Bearer ${idTokenOf(local)}x` },
  });
  expect([bare.status, forged.status]).toEqual([401, 401]);
});

test('a network makes the shop live: stock is read, rates are attached, pickup is set', async () => {
  const version = Number((await askKept('/network'))['version'] ?? 0);
  await askKept('/policy', { basedOnVersion: version, sections: { network: network() } });
  await askKept('/setup/check', {});
  await until(async () => {
    const view = await askKept('/setup');
    const steps = view['steps'] as { code: string; state: string }[];
    return steps.find(({ code }) => code === 'stock')?.state === 'done' ? view : undefined;
  }, 'the import of stock');
  const preview = await askKept('/setup/preview', {});
  const zones = preview['zones'] as { name: string; ourOptions: string[] }[];
  expect(zones.map(({ name, ourOptions }) => [name, ourOptions])).toEqual([
    ['Europe', ['Home delivery']],
    ['United Kingdom', []],
  ]);
  const attached = await askKept('/setup/attach', { zones: [zones[0]].map(toChoice) });
  expect(attached).toMatchObject({ rates: 'active' });
  // Paris, 10:00 on a Monday: ready after half an hour.
  const said = await until(
    async () => local.shop.state.localPickup['102']?.pickupTime === 'ONE_HOUR' || undefined,
    'native pickup',
  );
  expect(said).toBe(true);
  const settings = await until(async () => {
    const found = local.shop.state.metafields.find((one) => one.key === 'settings');
    return found === undefined ? undefined : JSON.parse(found.value);
  }, 'the Function’s settings');
  expect(settings).toMatchObject({ v: 1, b: { 'kept-standard': -1 } });
});

function toChoice(zone: unknown): object {
  const { profileId, groupId, zoneId } = Object(zone);
  return { profileId, groupId, zoneId };
}

const COAT_S = 2_000;

async function pay(token: string): Promise<void> {
  await post(`${local.url}/checkouts/${token}/pay`, {});
}

type Settled = { status: string; value: Record<string, unknown> };

async function promiseOf(orderNumber: number): Promise<Settled | undefined> {
  const owner = `gid://shopify/Order/${orderNumber}`;
  const metafield = local.shop.state.metafields.find(
    (one) => one.owner === owner && one.key === 'promise',
  );
  const value = metafield === undefined ? undefined : JSON.parse(metafield.value);
  return typeof value?.kind === 'string' ? { status: value.status, value } : undefined;
}

test('a rate with its date is bought, and the order carries the promise the buyer saw', async () => {
  const { token, view } = await openCheckout(local, { variantIds: [COAT_S] });
  const ours = view.delivery.shipping.find((option) => option.code === 'kept-standard');
  // Monday 10:00, ready 11:00, collected 17:00, one carrier day.
  expect(ours).toMatchObject({
    carrierName: 'Kept',
    description: expect.stringContaining('2026-11-24'),
  });
  await post(`${local.url}/checkouts/${token}/change`, { selectedCode: 'kept-standard' });
  await pay(token);
  const order = local.shop.state.orders.at(-1);
  const promise = await until(() => promiseOf(order?.id ?? 0), 'the order’s promise');
  expect(promise).toMatchObject({
    status: 'promised',
    value: { kind: 'home', promisedOn: '2026-11-24', optionCode: 'kept-standard' },
  });
  const answer = await askAsBuyer(token, { checkoutToken: token, locale: 'it' });
  expect(answer).toMatchObject({ status: 'promised', promise: { promisedOn: '2026-11-24' } });
});

async function askAsBuyer(token: string, body: object): Promise<unknown> {
  const session = await (await fetch(`${local.url}/checkouts/${token}/session-token`)).json();
  const bearer = { authorization: `Bearer ${Object(session).token}` };
  return (await post(`${keptUrl}/api/promise/order`, body, bearer)).body;
}

test('a pickup order is promised the exact time at its store', async () => {
  const address = { ...PARIS_BUYER };
  const { token } = await openCheckout(local, { variantIds: [COAT_S], address });
  const changed = await post(`${local.url}/checkouts/${token}/change`, { mode: 'pickup' });
  const pickup = Object(changed.body['delivery']).pickup as { location: { id: number } }[];
  const selectedPickupId = pickup.find(({ location }) => location.id === 102)?.location.id;
  await post(`${local.url}/checkouts/${token}/change`, { selectedPickupId });
  await pay(token);
  const order = local.shop.state.orders.at(-1);
  const promise = await until(() => promiseOf(order?.id ?? 0), 'the pickup promise');
  expect(promise).toMatchObject({
    status: 'promised',
    value: { kind: 'store_pickup', nodeId: '102', promisedOn: '2026-11-23' },
  });
});

const PARIS_BUYER = {
  firstName: 'Claire',
  lastName: 'Martin',
  company: '',
  address1: '3 rue Charlot',
  address2: '',
  city: 'Paris',
  zip: '75003',
  provinceCode: '',
  countryCode: 'FR',
  phone: '',
};

test('with protected data withheld orders are still taken in, and nothing throws', async () => {
  local.control.changeSettings({ protectedData: 'withheld' });
  const { token } = await openCheckout(local, { variantIds: [COAT_S] });
  await post(`${local.url}/checkouts/${token}/change`, { selectedCode: 'kept-standard' });
  await pay(token);
  await until(
    async () => lines.filter((line) => line.includes('order_joined')).length >= 3 || undefined,
    'the third order',
  );
  expect(lines.filter((line) => line.includes('job_failed'))).toEqual([]);
  local.control.changeSettings({ protectedData: 'granted' });
});

test('a basket from two origins is asked in two parts and promised as one, by the latest', async () => {
  const version = Number((await askKept('/network'))['version']);
  const world = network();
  const [milan, paris] = world.nodes;
  if (milan === undefined || paris === undefined) throw new Error('the fixture lacks its nodes');
  // Paris ships as well, but its lane takes three days.
  const nodes = [
    milan,
    { ...paris, carrierPickups: [pickupsOnWeekdays('kept-standard', '17:00')] },
  ];
  const slow = { nodeIds: ['102'], zoneIds: ['it'], serviceCode: 'kept-standard', transitDays: 3 };
  const lanes = [...world.lanes, slow];
  const sections = { network: { ...world, nodes, lanes } };
  await askKept('/policy', { basedOnVersion: version, sections });
  local.control.changeSettings({ origins: '2' });
  const { token, view } = await openCheckout(local, { variantIds: [COAT_S, COAT_S + 10] });
  expect(view.delivery.shipping.map((option) => option.code)).toContain('kept-standard');
  await post(`${local.url}/checkouts/${token}/change`, { selectedCode: 'kept-standard' });
  await pay(token);
  const order = local.shop.state.orders.at(-1);
  // Shopify makes them a moment after the order.
  const work = await until(
    async () => (order?.unrouted.length === 0 ? order.fulfillmentOrders : undefined),
    'the fulfillment orders',
  );
  expect(new Set(work.map((one) => one.locationId)).size).toBe(2);
  const promise = await until(async () => {
    const found = await promiseOf(order?.id ?? 0);
    return found?.status === 'promised' ? found : undefined;
  }, 'the promise of two parts');
  expect(promise.value).toMatchObject({ parcels: 2, promisedOn: '2026-11-24' });
  local.control.changeSettings({ origins: '1' });
});

async function coats() {
  const { onHand, allocated, waiting, reserved } = await countClaims(
    database.db,
    SHOP_DOMAIN as ShopId,
    'WOOL-COAT-S',
  );
  return { onHand, open: allocated + waiting, reserved };
}

/** A coat in a checkout that is held, and then bought. */
async function buyHeldCoat(): Promise<number> {
  const { token } = await openCheckout(local, { variantIds: [COAT_S] });
  await post(`${local.url}/checkouts/${token}/change`, { selectedCode: 'kept-standard' });
  const session = await (await fetch(`${local.url}/checkouts/${token}/session-token`)).json();
  const bearer = { authorization: `Bearer ${Object(session).token}` };
  const lines = [{ variantId: `gid://shopify/ProductVariant/${COAT_S}`, quantity: 1 }];
  const asked = { checkoutToken: token, lines };
  expect((await post(`${keptUrl}/api/reservations/checkout`, asked, bearer)).body).toEqual({
    held: true,
  });
  expect((await coats()).reserved).toBe(1);
  await pay(token);
  return local.shop.state.orders.at(-1)?.id ?? 0;
}

test('a coat is spoken for from checkout to parcel, once: held, sold, then canceled or shipped', async () => {
  // Every coat sold before is claimed by now, and stays so.
  const sold = local.shop.state.orders
    .flatMap((order) => order.lines)
    .filter((line) => line.variantId === COAT_S).length;
  const claimed = (open: number) => async () => {
    const now = await coats();
    return now.open === open && now.reserved === 0 ? now : undefined;
  };
  const before = await until(claimed(sold), 'the claims of the orders before');
  const canceled = await buyHeldCoat();
  await until(claimed(sold + 1), 'the claim of the order');
  local.control.cancelOrder(canceled, true);
  await until(claimed(sold), 'the claim given back');
  const shipped = await buyHeldCoat();
  await until(claimed(sold + 1), 'the claim of the next order');
  local.control.fulfillOrder(shipped);
  await until(async () => {
    const now = await coats();
    return now.open === sold && now.onHand === before.onHand - 1 ? now : undefined;
  }, 'the coat that left');
});

async function ourRate(address = MILAN): Promise<{ description: string } | undefined> {
  const { view } = await openCheckout(local, { variantIds: [COAT_S + 1], address });
  return view.delivery.shipping.find((option) => option.code === 'kept-standard');
}

test('units that are gone in Shopify are not promised any more', async () => {
  expect(await ourRate()).toMatchObject({ description: '2026-11-24' });
  local.control.setLevel({ sku: 'WOOL-COAT-M', locationId: 101, available: 0 });
  await until(async () => {
    local.control.clearRateCache();
    return (await ourRate())?.description === '2026-11-24' ? undefined : true;
  }, 'the change of stock');
  local.control.setLevel({ sku: 'WOOL-COAT-M', locationId: 101, available: 20 });
  await until(async () => {
    local.control.clearRateCache();
    return (await ourRate())?.description === '2026-11-24' || undefined;
  }, 'the stock that came back');
});

test('unsigned rate callbacks are refused until a probe has recorded that Shopify signs none', async () => {
  local.control.changeSettings({ carrierHmac: 'unsigned' });
  expect(await ourRate()).toBeUndefined();
  const { stdout } = await run(
    process.execPath,
    ['scripts/capability.ts', '--shop', SHOP_DOMAIN, 'rate_signature', 'unsigned'],
    { env: { DATABASE_URL: database.appUrl, DATABASE_OWNER_URL: database.ownerUrl } },
  );
  expect(JSON.parse(stdout)).toMatchObject({ rate_signature: 'unsigned' });
  await until(async () => {
    local.control.clearRateCache();
    return await ourRate();
  }, 'the recorded capability');
  local.control.changeSettings({ carrierHmac: 'signed' });
});

test('detaching takes our rates away at once', async () => {
  expect(await askKept('/setup/detach', {})).toMatchObject({ rates: 'registered' });
  const { view } = await openCheckout(local, { variantIds: [COAT_S] });
  expect(view.delivery.shipping.map((option) => option.carrierName)).not.toContain('Kept');
});

test('no line of the log names a buyer', () => {
  expect(lines.length).toBeGreaterThan(5);
  expect(lines.join('\n')).not.toMatch(/Rossi|Martin|Via Dante|Charlot|example\.com/);
});

test('after an uninstall nothing of the shop can be asked any more', async () => {
  const { token } = await openCheckout(local, { variantIds: [COAT_S] });
  const session = await (await fetch(`${local.url}/checkouts/${token}/session-token`)).json();
  local.control.uninstall();
  const status = await until(async () => {
    const response = await fetch(`${keptUrl}/api/promise/order`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${Object(session).token}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ checkoutToken: token, locale: 'it' }),
    });
    return response.status === 401 ? response.status : undefined;
  }, 'the end of the connection');
  expect(status).toBe(401);
});
