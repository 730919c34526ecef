import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  attachCarrier,
  changeCheckoutOf,
  connectApp,
  type FakeApp,
  MILAN,
  openCheckout,
  startFakeApp,
  startSmallShop,
} from '../fixtures/buy.ts';
import type { LocalShopify } from '../local-shopify.ts';
import { createRateCache, rateCacheKey } from './rate-cache.ts';
import type { RateRequestBody } from './rate-request.ts';
import { mergeOrigins } from './rates.ts';
import type { CheckoutView } from './view.ts';

const RATE = {
  service_name: 'Kept standard',
  service_code: 'std',
  description: 'by 2026-11-26',
  currency: 'EUR',
  total_price: '450',
  min_delivery_date: '2026-11-26 00:00:00 +0100',
  max_delivery_date: '2026-11-26 23:59:59 +0100',
};

let app: FakeApp;
let local: LocalShopify;

beforeEach(async () => {
  app = await startFakeApp();
  local = await startSmallShop(app.url);
  const token = await connectApp(local);
  app.answers.set('/rates', { status: 200, body: { rates: [RATE] } });
  await attachCarrier(local, { token, callbackUrl: `${app.url}/rates` });
});
afterEach(async () => {
  await local.stop();
  await app.stop();
});

const calls = (): { headers: Record<string, unknown>; body: RateRequestBody; raw: string }[] =>
  app.received
    .filter((one) => one.path === '/rates')
    .map((one) => ({ headers: one.headers, body: JSON.parse(one.body), raw: one.body }));
const titles = (view: CheckoutView): string[] => view.delivery.shipping.map((one) => one.title);

describe('the call', () => {
  test('carries the items of its origin and neither shop, cart nor checkout', async () => {
    await openCheckout(local, { variantIds: [2_000, 2_011] });
    expect(calls()).toHaveLength(1);
    expect(calls()[0]?.body).toEqual({
      rate: {
        origin: expect.objectContaining({ country: 'IT', postal_code: '20138', city: 'Milano' }),
        destination: expect.objectContaining({
          country: 'IT',
          postal_code: '20121',
          name: 'Anna Rossi',
        }),
        items: [
          expect.objectContaining({
            sku: 'WOOL-COAT-S',
            quantity: 1,
            grams: 1_600,
            price: 24_900,
            variant_id: 2_000,
          }),
          expect.objectContaining({ sku: 'LINEN-SHIRT-M' }),
        ],
        currency: 'EUR',
        locale: 'en',
        order_totals: { subtotal_price: '32800', total_price: '32800', discount_amount: '0' },
      },
    });
    expect(calls()[0]?.headers['x-shopify-shop-domain']).toBe('kept-demo.myshopify.com');
  });

  test('is signed with the secret over the raw body, or not at all', async () => {
    await openCheckout(local, { variantIds: [2_000] });
    const [signed] = calls();
    const expected = createHmac('sha256', 'kept-dev-secret')
      .update(signed?.raw ?? '')
      .digest('base64');
    expect(signed?.headers['x-shopify-hmac-sha256']).toBe(expected);
    local.control.changeSettings({ carrierHmac: 'unsigned' });
    await openCheckout(local, { variantIds: [2_000] });
    expect(calls()[1]?.headers['x-shopify-hmac-sha256']).toBeUndefined();
  });

  test('is not made on a plan without carrier rates', async () => {
    local.control.changeSettings({ plan: 'basic' });
    const { view } = await openCheckout(local, { variantIds: [2_000] });
    expect(calls()).toEqual([]);
    expect(titles(view)).toEqual(['Standard', 'Express', 'Slow']);
  });
});

describe('the answer', () => {
  test('becomes an option with its code, price and description', async () => {
    const { view } = await openCheckout(local, { variantIds: [2_000] });
    expect(view.delivery.shipping[0]).toMatchObject({
      title: 'Kept standard',
      code: 'std',
      description: 'by 2026-11-26',
      price: { minor: 450, currency: 'EUR' },
      carrierName: 'Kept',
      timeInTransit: null,
    });
  });

  test.each([
    ['a 404', { status: 404, body: {} }],
    ['a 503', { status: 503, body: {} }],
    ['no JSON', { status: 200, body: 'sorry' }],
    [
      'a rate without code',
      { status: 200, body: { rates: [{ ...RATE, service_code: undefined }] } },
    ],
  ])('%s brings the backup rates', async (_name, answer) => {
    app.answers.set('/rates', answer);
    const { view } = await openCheckout(local, { variantIds: [2_000] });
    expect(titles(view)).toContain('Standard delivery');
  });

  test('no rates at all hides the service and brings no backup', async () => {
    app.answers.set('/rates', { status: 200, body: { rates: [] } });
    const { view } = await openCheckout(local, { variantIds: [2_000] });
    expect(titles(view)).toEqual(['Standard', 'Express']);
  });

  test('a late one brings the backup rates', { timeout: 8_000 }, async () => {
    app.answers.set('/rates', { status: 200, body: { rates: [RATE] }, delayMs: 3_300 });
    const { view } = await openCheckout(local, { variantIds: [2_000] });
    expect(titles(view)).toContain('Standard delivery');
    expect(calls()[0]?.headers['x-shopify-timeout']).toBe('3000');
  });

  test('in another currency is converted by the shop', async () => {
    app.answers.set('/rates', {
      status: 200,
      body: { rates: [{ ...RATE, currency: 'GBP', total_price: 860 }] },
    });
    const { view } = await openCheckout(local, { variantIds: [2_000] });
    expect(view.delivery.shipping.find((one) => one.code === 'std')?.price.minor).toBe(1_000);
  });
});

describe('the cache', () => {
  test('answers for 15 minutes of the shop clock, whatever the language', async () => {
    const { token } = await openCheckout(local, { variantIds: [2_000] });
    local.clock.moveBy(14);
    await changeCheckoutOf(local, token, {});
    expect(calls()).toHaveLength(1);
    local.clock.moveBy(1.1);
    await changeCheckoutOf(local, token, {});
    expect(calls()).toHaveLength(2);
  });

  test('keeps a failure for 30 seconds', async () => {
    app.answers.set('/rates', { status: 500, body: {} });
    const { token } = await openCheckout(local, { variantIds: [2_000] });
    local.clock.moveBy(0.4);
    await changeCheckoutOf(local, token, {});
    expect(calls()).toHaveLength(1);
    local.clock.moveBy(0.2);
    await changeCheckoutOf(local, token, {});
    expect(calls()).toHaveLength(2);
  });

  test('is not asked across addresses', async () => {
    const { token } = await openCheckout(local, { variantIds: [2_000] });
    await changeCheckoutOf(local, token, { address: { ...MILAN, zip: '20122' } });
    expect(calls()).toHaveLength(2);
  });

  test('knows neither language, customer, currency nor time in its key', async () => {
    await openCheckout(local, { variantIds: [2_000] });
    const body = calls()[0]?.body;
    if (!body) throw new Error('no call');
    const other = structuredClone(body);
    Object.assign(other.rate, {
      locale: 'it',
      currency: 'GBP',
      customer: { id: 1, tags: ['VIP'] },
    });
    Object.assign(other.rate.order_totals, { total_price: '1' });
    expect(rateCacheKey(1, other)).toBe(rateCacheKey(1, body));
    const heavier = structuredClone(body);
    for (const item of heavier.rate.items) item.grams += 1;
    expect(rateCacheKey(1, heavier)).not.toBe(rateCacheKey(1, body));
    expect(rateCacheKey(2, body)).not.toBe(rateCacheKey(1, body));
  });

  test('holds nothing from the future when the clock goes back', () => {
    const cache = createRateCache<string>();
    cache.set('k', 'a', { nowMs: 1_000_000, isGood: true });
    expect(cache.get('k', 1_000_000)).toBe('a');
    expect(cache.get('k', 999_999)).toBeUndefined();
  });
});

describe('several origins', () => {
  test('are asked one by one and merged by name, prices added', async () => {
    local.control.changeSettings({ origins: '2' });
    const { view } = await openCheckout(local, { variantIds: [2_000, 2_011] });
    const cities = calls().map((one) => one.body.rate.origin.city);
    expect(cities.sort()).toEqual(['Milano', 'Paris']);
    expect(calls().every((one) => one.body.rate.items.length === 1)).toBe(true);
    expect(view.delivery.shipping.find((one) => one.code === 'std')?.price.minor).toBe(900);
  });

  const part = (name: string, priceMinor: number, day: string, flatId: number | null = null) => ({
    name,
    code: name,
    description: day,
    priceMinor,
    carrierName: flatId === null ? 'Kept' : null,
    carrierServiceId: null,
    minDeliveryAt: day,
    maxDeliveryAt: day,
    metafields: [],
    parts: 1,
    flatId,
  });

  test('offer only the names all of them offer', () => {
    const merged = mergeOrigins(
      [
        [part('A', 100, '2026-11-25'), part('B', 900, '2026-11-24')],
        [part('A', 200, '2026-11-27')],
      ],
      'first',
    );
    expect(merged).toMatchObject([{ name: 'A', priceMinor: 300, parts: 2 }]);
  });

  test.each([
    ['first', '2026-11-25'],
    ['latest', '2026-11-27'],
    ['none', ''],
  ] as const)('keep the description of %s', (details, expected) => {
    const merged = mergeOrigins(
      [[part('A', 100, '2026-11-25')], [part('A', 200, '2026-11-27')]],
      details,
    );
    expect(merged[0]?.description).toBe(expected);
  });

  test('without a common name leave one nameless option at the sum of the cheapest', () => {
    const merged = mergeOrigins(
      [[part('A', 100, ''), part('C', 50, '')], [part('B', 200, '')]],
      'first',
    );
    expect(merged).toMatchObject([{ name: 'Shipping', priceMinor: 250, description: '' }]);
  });

  test('charge a flat rate of their zone once', () => {
    const merged = mergeOrigins([[part('Flat', 500, '', 7)], [part('Flat', 500, '', 7)]], 'none');
    expect(merged).toMatchObject([{ name: 'Flat', priceMinor: 500 }]);
  });
});
