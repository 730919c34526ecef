import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import { liveShopOf, promiseServiceOf } from '../../tests/worlds/live-shop.ts';
import { twoStoresOneWarehouse } from '../../tests/worlds/worlds.ts';
import type { ShopId } from '../base/ids.ts';
import { parseCartPromise } from '../contract/cart-promise.ts';
import { linesFingerprint } from '../contract/lines-fingerprint.ts';
import { parseCheckoutPromiseAnswer } from '../contract/promise-api.ts';
import { fixedClock } from '../platform/clock.ts';
import { promiseApiRoutes } from './routes.ts';
import { toPromisedOptions } from './service.ts';
import { createPromiseStore, type PromiseStore } from './store.ts';

const SHOP = 'api.myshopify.com' as ShopId;
const NOW = Temporal.Instant.from('2026-11-25T09:00:00Z');
const VARIANT = 'gid://shopify/ProductVariant/1';

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

async function api() {
  const clock = fixedClock(NOW);
  const promise = promiseServiceOf(store, clock);
  const world = twoStoresOneWarehouse();
  const live = liveShopOf(SHOP, world, {
    now: NOW,
    confirmedAt: performance.now(),
    skuOfVariant: new Map([['1', 'SHIRT']]),
  });
  const deps = {
    promise,
    openShop: async () => live,
    shopOfBuyer: async (request: express.Request) =>
      request.get('authorization') === 'Bearer good' ? SHOP : undefined,
    shippedMarginMinutes: () => 30,
    bindingsOf: () => new Map([['Merchant standard', 'standard']]),
    readOrder: async () => ({ status: 'confirming' as const }),
    sendRefusal: (response: express.Response, refusal: { code: string }) => {
      response.status(refusal.code === 'unauthorized' ? 401 : 422).json(refusal);
    },
  };
  const app = express();
  app.use('/api/promise', express.json(), promiseApiRoutes(deps));
  const server = app.listen(0);
  servers.push(server);
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const post = async (path: string, body: unknown, token = 'good') => {
    const response = await fetch(`${base}/api/promise/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, headers: response.headers, json: await response.json() };
  };
  /** What the rate callback would have shown for one unit to 20121 at `now`. */
  const showRates = async (shift: { minutes: number }) => {
    const nowMinute = promise.nowMinute() - shift.minutes;
    const request = {
      nowMinute,
      marginMinutes: 30,
      lines: [{ sku: 'SHIRT', quantity: 1 }],
      destination: promise.locate('IT', '20121'),
      currency: 'EUR',
      locale: 'it',
      channel: 'online',
      customerTags: [],
      methods: ['home', 'pickup_point'] as const,
    };
    const quote = promise.quote(live, request);
    promise.record(live, {
      surface: 'rate_callback',
      kind: 'live',
      fingerprint: linesFingerprint([{ variantId: VARIANT, quantity: 1 }]),
      origin: 'IT|20121|',
      checkoutToken: null,
      cartToken: null,
      request,
      options: toPromisedOptions(live.snapshot, request, quote.options),
    });
    await promise.whenWritten();
  };
  return { post, base, promise, live, clock, showRates };
}

const checkout = (codes: readonly string[], changes: Record<string, unknown> = {}) => ({
  checkoutToken: 'checkout-1',
  lines: [{ variantId: VARIANT, quantity: 1 }],
  destination: { country: 'IT', postalCode: '20121' },
  locale: 'it-IT',
  currency: 'EUR',
  options: codes.map((code) => ({ handle: `h-${code}`, code, title: code })),
  ...changes,
});

async function ask(using: Awaited<ReturnType<typeof api>>, body: unknown) {
  const { status, json } = await using.post('checkout', body);
  expect(status).toBe(200);
  const parsed = parseCheckoutPromiseAnswer(json);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.refusal));
  return parsed.value;
}

test('a rate of ours is said with the date its callback showed, and today’s order-by beside it', async () => {
  const using = await api();
  await using.showRates({ minutes: 3 });
  const answer = await ask(using, checkout(['standard', 'pp:punto:MI-1']));
  expect(answer.options.map((option) => [option.code, option.promisedOn])).toEqual([
    ['standard', '2026-11-26'],
    ['pp:punto:MI-1', '2026-11-27'],
  ]);
  expect(answer.options[0]?.orderBy).toBe('2026-11-25T15:31:00+01:00');
});

test('a rate of ours that showed no date is said nothing about', async () => {
  const using = await api();
  const answer = await ask(
    using,
    checkout(['standard'], {
      checkoutToken: 'checkout-2',
      lines: [{ variantId: VARIANT, quantity: 2 }],
    }),
  );
  expect(answer.options).toEqual([]);
  expect(answer.cartMetafield).toBe('');
});

test('a rate that a merchant never bound is said nothing about, a bound one gets today’s date', async () => {
  const using = await api();
  const answer = await ask(using, checkout(['Merchant standard', 'Merchant drone']));
  expect(answer.options.map((option) => [option.code, option.promisedOn])).toEqual([
    ['Merchant standard', '2026-11-26'],
  ]);
});

test('the cart metafield carries the same dates, the basket and a receipt that is ours', async () => {
  const using = await api();
  const answer = await ask(using, checkout(['Merchant standard']));
  const cart = parseCartPromise(answer.cartMetafield);
  if (!cart.ok) throw new Error('the metafield is readable');
  expect(cart.value).toMatchObject({
    madeOn: '2026-11-25',
    orderByBucket: '15:30',
    country: 'IT',
    postalKey: '20121',
    options: { 'Merchant standard': { promisedOn: '2026-11-26', label: 'gio 26 nov' } },
  });
  expect(using.promise.openSignedReceipt(SHOP, cart.value.signedReceipt)).toBe(answer.receiptId);
  expect(
    using.promise.openSignedReceipt('other.myshopify.com' as ShopId, cart.value.signedReceipt),
  ).toBeUndefined();
});

test('the receipt of a checkout is found by its token', async () => {
  const using = await api();
  const answer = await ask(using, checkout(['Merchant standard'], { checkoutToken: 'by-token' }));
  await using.promise.whenWritten();
  const found = await using.promise.receiptsOfCheckout(SHOP, 'by-token');
  expect(found.map((receipt) => receipt.receiptId)).toEqual([answer.receiptId]);
});

test('a basket with a variant we do not know is said nothing about', async () => {
  const using = await api();
  const lines = [{ variantId: 'gid://shopify/ProductVariant/404', quantity: 1 }];
  const answer = await ask(using, checkout(['Merchant standard'], { lines }));
  expect(answer).toMatchObject({ options: [], pickups: [], receiptId: '' });
});

test('without a token that holds there is no answer', async () => {
  const { post } = await api();
  expect((await post('checkout', checkout([]), 'forged')).status).toBe(401);
  expect((await post('order', { checkoutToken: 'x', locale: 'it' }, 'forged')).status).toBe(401);
});

test('a worker without an origin may ask', async () => {
  const { base } = await api();
  const response = await fetch(`${base}/api/promise/checkout`, {
    method: 'OPTIONS',
    headers: { origin: 'null', 'access-control-request-headers': 'authorization,content-type' },
  });
  expect(response.status).toBe(204);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(response.headers.get('access-control-allow-headers')).toContain('authorization');
});
