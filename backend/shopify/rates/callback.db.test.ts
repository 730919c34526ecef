import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/database.ts';
import { liveShopOf, promiseServiceOf, quietLog } from '../../../tests/worlds/live-shop.ts';
import { twoStoresOneWarehouse } from '../../../tests/worlds/worlds.ts';
import type { ShopId } from '../../base/ids.ts';
import { TransientError } from '../../base/result.ts';
import type { Rate } from '../../contract/rate-callback.ts';
import type { WorldInput } from '../../network/world.ts';
import { fixedClock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { createPromiseStore, type PromiseStore } from '../../promise/store.ts';
import { createRateCallback, RATE_PATH } from './callback.ts';

const SHOP = 'rates.myshopify.com' as ShopId;
const TOKEN = 'rates~secret';
const SECRET = 'shared';
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

type Changes = {
  world?: (world: WorldInput) => WorldInput;
  /** Age of the facts in ms. */
  age?: number;
  /** What the clock that only runs forward shows; default the real one. */
  monotonic?: () => number;
  paddedDay?: number;
  isUnsigned?: boolean;
  language?: string | null;
  shopOfToken?: (token: string) => Promise<ShopId | undefined>;
};

async function callback(changes: Changes = {}) {
  const monotonic = changes.monotonic ?? (() => performance.now());
  const errors: unknown[] = [];
  const log: Log = { ...quietLog, error: (facts) => errors.push(facts.error) };
  const world = (changes.world ?? ((same) => same))(twoStoresOneWarehouse());
  const live = liveShopOf(SHOP, world, {
    now: NOW,
    confirmedAt: monotonic() - (changes.age ?? 0),
    skuOfVariant: new Map([['1', 'SHIRT']]),
  });
  const promise = promiseServiceOf(store, fixedClock(NOW));
  const rates = createRateCallback({
    promise,
    peekShop: () => live,
    openShop: async () => live,
    shopOfToken: changes.shopOfToken ?? (async (token) => (token === TOKEN ? SHOP : undefined)),
    settingsOf: () => ({
      language: changes.language === undefined ? 'en' : changes.language,
      isUnsigned: changes.isUnsigned ?? false,
      marginMinutes: 30,
    }),
    paddedDayOf: () => () => changes.paddedDay,
    secrets: [SECRET],
    monotonicMilliseconds: monotonic,
    log,
  });
  const server = createServer(rates.handle);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ask = async (body: unknown, headers: Record<string, string> = {}, token = TOKEN) => {
    const bytes = typeof body === 'string' ? body : JSON.stringify(body);
    const signature = createHmac('sha256', SECRET).update(bytes).digest('base64');
    const response = await fetch(`http://127.0.0.1:${port}${RATE_PATH}${token}`, {
      method: 'POST',
      body: bytes,
      headers: {
        'x-shopify-hmac-sha256': signature,
        'x-shopify-shop-domain': SHOP,
        ...headers,
      },
    });
    const text = await response.text();
    const answered: Rate[] = text === '' ? [] : JSON.parse(text).rates;
    return { status: response.status, text, rates: answered };
  };
  return { ask, promise, rates, errors };
}

const question = (changes: Record<string, unknown> = {}) => ({
  rate: {
    origin: { country: 'IT', postal_code: '20121', name: 'Milan', address1: 'Via Dante 1' },
    destination: { country: 'IT', postal_code: '20121', name: 'A. Rossi', address1: 'Via Po 2' },
    items: [{ sku: 'SHIRT', variant_id: 1, quantity: 1, grams: 300, price: 1000 }],
    currency: 'EUR',
    locale: 'it',
    ...changes,
  },
});

test('every option that can be done is there with its own absolute date', async () => {
  const { ask } = await callback();
  const { status, rates } = await ask(question());
  expect(status).toBe(200);
  expect(rates.map((rate) => [rate.service_code, rate.description, rate.total_price])).toEqual([
    ['standard', 'Arrives Thu 26 Nov', '590'],
    ['pp:punto:MI-1', 'At the point Fri 27 Nov', '390'],
  ]);
  expect(rates[0]?.max_delivery_date).toBe('2026-11-26 23:59:59 +0100');
});

test('the receipt of an answer is stored with country and postal code and without name or street', async () => {
  const { ask, promise } = await callback();
  const { rates } = await ask(question());
  await promise.whenWritten();
  const receiptId = rates[0]?.metafields?.[0]?.value ?? '';
  const receipt = await promise.receiptById(SHOP, receiptId);
  expect(receipt).toMatchObject({ kind: 'live', country: 'IT', postalCode: '20121' });
  expect(JSON.stringify(receipt)).not.toMatch(/Rossi|Via Po/);
});

test('an altered receipt is not genuine', async () => {
  const { ask, promise } = await callback();
  const { rates } = await ask(question());
  await promise.whenWritten();
  const receipt = await promise.receiptById(SHOP, rates[0]?.metafields?.[0]?.value ?? '');
  if (receipt === undefined) throw new Error('the receipt is there');
  expect(promise.isGenuine(SHOP, receipt)).toBe(true);
  expect(promise.isGenuine(SHOP, { ...receipt, answer: '[]' })).toBe(false);
  expect(promise.isGenuine('other.myshopify.com' as ShopId, receipt)).toBe(false);
});

test.each<[string, Record<string, string>, string | undefined]>([
  ['a wrong signature', { 'x-shopify-hmac-sha256': 'AAAA' }, undefined],
  ['the token of nobody', {}, 'rates~guessed'],
  ['another shop in the header', { 'x-shopify-shop-domain': 'evil.myshopify.com' }, undefined],
])('%s gets 401 and nothing more, and leaves no receipt', async (_, headers, token) => {
  const { ask, promise } = await callback();
  const { status, text } = await ask(question(), headers, token ?? TOKEN);
  expect([status, text]).toEqual([401, '']);
  expect(promise.receiptCounts().waiting).toBe(0);
});

test('an unsigned call counts only where Shopify is recorded to send none', async () => {
  const unsigned = { 'x-shopify-hmac-sha256': '' };
  const strict = await callback();
  expect((await strict.ask(question(), unsigned)).status).toBe(401);
});

test.each<[string, unknown]>([
  ['malformed JSON', '{"rate": {'],
  ['no destination', { rate: { items: [], currency: 'EUR' } }],
  ['an absurd quantity', question({ items: [{ sku: 'SHIRT', variant_id: 1, quantity: -3 }] })],
  [
    'more than 500 lines',
    question({ items: Array.from({ length: 501 }, () => ({ quantity: 1 })) }),
  ],
  ['a currency without prices', question({ currency: 'CHF' })],
])('%s from a genuine caller gives 404, so that the backup rates show', async (_, body) => {
  const { ask, errors } = await callback();
  const { status, text } = await ask(body);
  expect([status, text]).toEqual([404, '']);
  expect(errors).toEqual([]);
});

test('an unknown product leaves every option priced by Shopify’s grams and undated', async () => {
  const { ask } = await callback();
  const items = [{ sku: 'GIFT-WRAP', variant_id: 9, quantity: 1, grams: 6_000 }];
  const { rates } = await ask(question({ items }));
  expect(rates).toEqual([
    {
      service_name: 'standard',
      service_code: 'standard',
      description: '',
      currency: 'EUR',
      total_price: '1190',
    },
  ]);
});

test('what is not in stock stays priced and loses its date', async () => {
  const { ask } = await callback();
  const items = [{ sku: 'SHIRT', variant_id: 1, quantity: 13, grams: 300 }];
  const { rates } = await ask(question({ items }));
  expect(rates.map((rate) => [rate.service_code, rate.description])).toEqual([['standard', '']]);
});

test('a destination that no lane reaches gets an empty list', async () => {
  const { ask } = await callback();
  const { status, rates } = await ask(
    question({ destination: { country: 'JP', postal_code: '1' } }),
  );
  expect([status, rates]).toEqual([200, []]);
});

test('a basket of gift cards needs no rate', async () => {
  const { ask } = await callback();
  const items = [{ sku: 'CARD', variant_id: 5, quantity: 1, requires_shipping: false }];
  expect((await ask(question({ items }))).rates).toEqual([]);
});

test('facts confirmed 60 s ago give live dates, older ones the padded date or none', async () => {
  const padded = { paddedDay: 20_790, monotonic: () => 1_000_000 };
  const dates = async (age: number, changes: Changes) => {
    const { ask } = await callback({ ...changes, age });
    return (await ask(question())).rates.map((rate) => rate.description);
  };
  const now = performance.now();
  const monotonic = () => now;
  expect(await dates(59_000, { monotonic })).toEqual([
    'Arrives Thu 26 Nov',
    'At the point Fri 27 Nov',
  ]);
  expect(await dates(61_000, { monotonic, paddedDay: padded.paddedDay })).toEqual([
    'Arrives Thu 3 Dec',
  ]);
  expect(await dates(61_000, { monotonic })).toEqual(['']);
});

test('what waited longer than 200 ms is answered without the engine, and recorded as padded', async () => {
  let reads = 0;
  // The first look is at arrival; every later one is 300 ms on.
  const monotonic = () => {
    reads += 1;
    return reads <= 2 ? 0 : 300;
  };
  const { ask, rates, promise } = await callback({ monotonic, paddedDay: 20_790 });
  expect((await ask(question())).rates[0]?.description).toBe('Arrives Thu 3 Dec');
  expect(rates.counts()).toMatchObject({ late: 1, padded: 1, live: 0 });
  expect(promise.receiptCounts().waiting).toBe(1);
});

test('a database that is away when a shop is first seen costs the answer, never a 5xx', async () => {
  const { ask } = await callback({
    shopOfToken: async () => {
      throw new TransientError('postgres', 'down');
    },
  });
  expect((await ask(question())).status).toBe(401);
});

test('a database that hangs is waited for 350 ms at most', async () => {
  const { ask } = await callback({ shopOfToken: () => new Promise(() => undefined) });
  const startedAt = performance.now();
  expect((await ask(question())).status).toBe(401);
  expect(performance.now() - startedAt).toBeLessThan(500);
});

test('five hundred lines of one basket are answered', async () => {
  const { ask } = await callback({
    world: (world) => ({
      ...world,
      products: [{ sku: 'SHIRT', weightGrams: 10 }],
      stock: [{ sku: 'SHIRT', nodeId: 'milan', onHand: 1_000 }],
    }),
  });
  const items = Array.from({ length: 500 }, () => ({
    sku: 'SHIRT',
    variant_id: 1,
    quantity: 1,
    grams: 1,
  }));
  const { rates } = await ask(question({ items }));
  expect(rates.map((rate) => rate.service_code)).toContain('pp:punto:MI-1');
});
