import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/database.ts';
import { liveShopOf, promiseServiceOf } from '../../../tests/worlds/live-shop.ts';
import { romeStore, twoStoresOneWarehouse } from '../../../tests/worlds/worlds.ts';
import type { ShopId } from '../../base/ids.ts';
import { parseStorefrontAnswer } from '../../contract/storefront-promise.ts';
import { fixedClock } from '../../platform/clock.ts';
import { createPromiseStore, type PromiseStore } from '../store.ts';
import { storefrontRoutes } from './routes.ts';

const SHOP = 'front.myshopify.com' as ShopId;
const NOW = Temporal.Instant.from('2026-11-25T09:00:00Z');

let database: TestDatabase<unknown>;
let store: PromiseStore;
let servers: Server[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  store = createPromiseStore(database.db);
});
afterEach(() => {
  for (const server of servers) server.close();
  servers = [];
});
afterAll(() => database.close());

/** Two stores in Milan: one has a shirt, the nearer one has none. */
function storesInMilan() {
  const world = twoStoresOneWarehouse();
  const brera = { ...romeStore(), id: 'brera', name: 'Brera', lat: 45.47, lng: 9.19 };
  const duomo = { ...romeStore(), id: 'duomo', lat: 45.461, lng: 9.19 };
  return {
    ...world,
    nodes: [...world.nodes, brera, duomo],
    stock: [...(world.stock ?? []), { sku: 'SHIRT', nodeId: 'brera', onHand: 1 }],
  };
}

type Setting = { readonly now?: Temporal.Instant; readonly shippedMarginMinutes?: number };

function storefront({ now = NOW, shippedMarginMinutes = 30 }: Setting = {}) {
  const promise = promiseServiceOf(store, fixedClock(now));
  const live = liveShopOf(SHOP, storesInMilan(), {
    now,
    confirmedAt: performance.now(),
    skuOfVariant: new Map([['1', 'SHIRT']]),
  });
  const app = express();
  app.use(
    '/proxy',
    storefrontRoutes({
      promise,
      openShop: async () => live,
      shopOfProxy: async (request) => (request.query['signature'] === 'good' ? SHOP : undefined),
      shippedMarginMinutes: () => shippedMarginMinutes,
      sendRefusal: (response, refusal) => {
        response.status(refusal.code === 'unauthorized' ? 401 : 422).json(refusal);
      },
    }),
  );
  const server = app.listen(0);
  servers.push(server);
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/proxy/promise`;
  const get = (query: string, signature = 'good') =>
    fetch(`${base}?signature=${signature}&country=IT&${query}`);
  const ask = async (query: string) => {
    const parsed = parseStorefrontAnswer(await (await get(query)).json());
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.refusal));
    return parsed.value;
  };
  return { promise, get, ask };
}

test('a product gets every option of its place, each with what it is called and until when it holds', async () => {
  const answer = await storefront().ask('lines=1:1&postal=20121');
  expect(answer.options.map(({ code, name, promisedOn }) => [code, name, promisedOn])).toEqual([
    ['standard', 'standard', '2026-11-26'],
    ['pp:punto:MI-1', 'Edicola Centrale', '2026-11-27'],
    ['store:brera', 'Brera', '2026-11-25'],
  ]);
  expect(answer.options[0]).toMatchObject({
    orderBy: '2026-11-25T15:31:00+01:00',
    validUntil: '2026-11-25T16:01:00+01:00',
  });
});

test('a shop whose rates do not come from the callback has half the margin', async () => {
  const both = [30, 15].map((shippedMarginMinutes) => storefront({ shippedMarginMinutes }));
  const answers = await Promise.all(both.map(({ ask }) => ask('lines=1:1&postal=20121')));
  expect(answers.map(({ options }) => options[0]?.orderBy)).toEqual([
    '2026-11-25T15:31:00+01:00',
    '2026-11-25T15:46:00+01:00',
  ]);
  // Store pickup waits in no cache of Shopify's: its margin is the same in both.
  const pickups = answers.map(({ options }) =>
    options.find((one) => one.method === 'store_pickup'),
  );
  expect(pickups[0]).toEqual(pickups[1]);
});

test('stores come nearest first with their hours, those that cannot hand over now among them', async () => {
  const { stores, options } = await storefront().ask('lines=1:1&postal=20121');
  expect(stores.map(({ id, name, meters }) => [id, name, meters])).toEqual([
    ['duomo', 'duomo', 111],
    ['brera', 'Brera', 1_112],
  ]);
  expect(options.flatMap(({ method, code }) => (method === 'store_pickup' ? code : []))).toEqual([
    'store:brera',
  ]);
  expect(stores[0]?.hours).toEqual({
    from: '2026-11-25T10:00:00+01:00',
    to: '2026-11-25T20:00:00+01:00',
  });
});

test('without a postal code nothing is near: home delivery alone', async () => {
  const { stores, options } = await storefront().ask('lines=1:1&postal=');
  expect(stores).toEqual([]);
  expect(options.map(({ method }) => method)).toEqual(['home']);
});

test('a quote for a cart is found by its token, and no browser keeps it', async () => {
  const { promise, get } = storefront();
  const response = await get('lines=1:2&postal=20121&cart=c1');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const body = Object(await response.json());
  await promise.whenWritten();
  const found = await promise.receiptsOfCart(SHOP, 'c1');
  expect(found).toHaveLength(1);
  expect(promise.openSignedReceipt(SHOP, body.signedReceipt)).toBe(found[0]?.receiptId);
});

test('a quote for a product may be kept half a minute, less than any margin', async () => {
  const response = await storefront().get('lines=1:1&postal=20121');
  expect(response.headers.get('cache-control')).toBe('private, max-age=30');
});

test('what no service may promise has no receipt', async () => {
  const { ask } = storefront();
  const answer = await ask('lines=1:900000&postal=20121');
  expect(answer).toMatchObject({ options: [], signedReceipt: '' });
  expect(answer.validUntil).toBe(answer.evaluatedAt);
});

test('a question that Shopify did not sign is not answered', async () => {
  expect((await storefront().get('lines=1:1&postal=20121', 'forged')).status).toBe(401);
});

test.each([
  'lines=',
  'lines=x',
  'lines=1:0',
  'lines=1:0x',
  'lines=404:1',
  'lines=1:1&country=Italy',
])('a question with %s is refused with what is allowed', async (query) => {
  const response = await storefront().get(query);
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({ allowed: expect.stringMatching(/\w/) });
  expect(response.headers.get('cache-control')).toBe('no-store');
});
