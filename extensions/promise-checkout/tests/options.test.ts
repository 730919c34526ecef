/// <reference types="@shopify/ui-extensions/purchase.checkout.shipping-option-item.render-after" />
import { signal } from '@preact/signals';
import { setUpExtension } from '@shopify/ui-extensions-tester';
import {
  createCartLine,
  createShippingOption,
  createStorage,
} from '@shopify/ui-extensions-tester/checkout';
import { configure, waitFor } from '@testing-library/preact';
import { options } from 'preact';
import { describe, expect, test, vi } from 'vitest';
import { speak } from './speech.ts';

// Preact's own scheduling leaves a timer that outlives jsdom and misses its cancelAnimationFrame.
options.requestAnimationFrame = (flush) => void setTimeout(flush);

const TARGET = 'purchase.checkout.shipping-option-item.render-after';
const FOLDER = `${process.cwd()}/extensions/promise-checkout`;

const promised = {
  code: 'express',
  promisedOn: '2099-12-01',
  window: { from: '2099-12-01T00:00:00+01:00', to: '2099-12-01T10:00:00+01:00' },
  timeZone: 'Europe/Rome',
  orderBy: '2099-11-27T16:00:00+01:00',
  parcels: 2,
  co2Grams: 1_240,
  isGreenest: true,
  withinTwoHours: false,
  title: 'Express',
};
const answer = {
  receiptId: 'r1',
  signedReceipt: 'r1.k1.s',
  evaluatedAt: '2099-11-27T09:00:00Z',
  options: [promised],
  pickups: [],
  cartMetafield: '{"v":1}',
  validUntil: '2099-11-27T15:30:00Z',
};

// A busy machine may take its time; nothing here is about speed.
configure({ asyncUtilTimeout: 4_000 });

let states = 0;

type Words = {
  readonly code?: string;
  readonly isSelected?: boolean;
  readonly settings?: Record<string, boolean>;
  readonly reply?: () => Promise<Response>;
  readonly held?: string;
  readonly canWrite?: boolean;
  readonly url?: string;
};

const entry = (type: 'shop' | 'cart', key: string, value: string) => ({
  target: { type, id: `gid://shopify/${type}/1` },
  metafield: { namespace: '$app', key, value, type: 'json', valueType: 'json_string' as const },
});

/** A checkout of one option with the given words; each has a checkout token of its own. */
function open(words: Words = {}) {
  const { code = 'express', isSelected = false, reply = async () => Response.json(answer) } = words;
  const extension = setUpExtension(TARGET);
  const { shopify } = extension;
  const option = createShippingOption({ handle: 'h', code, title: 'Express', type: 'shipping' });
  states++;
  // The tester's own signals never change; these do.
  Object.assign(shopify, {
    target: signal(option),
    isTargetSelected: signal(isSelected),
    checkoutToken: signal(`checkout-${states}`),
    lines: signal([createCartLine({ quantity: 1 })]),
    deliveryGroups: signal([
      {
        deliveryOptions: [option],
        groupType: 'oneTimePurchase',
        isDeliveryRequired: true,
        targetedCartLines: [],
      },
    ]),
    localization: {
      language: signal({ isoCode: 'it' }),
      country: signal({ isoCode: 'IT' }),
      currency: signal({ isoCode: 'EUR' }),
      timezone: signal('Europe/Rome'),
    },
    appMetafields: signal([
      entry(
        'shop',
        'config',
        JSON.stringify({ v: 1, url: words.url ?? 'https://app.example.com' }),
      ),
      ...(words.held === undefined ? [] : [entry('cart', 'promise', words.held)]),
    ]),
    instructions: signal({
      metafields: { canSetCartMetafields: words.canWrite ?? true, canDeleteCartMetafield: true },
    }),
    settings: signal({
      show_order_by: true,
      show_parcels: true,
      show_co2: true,
      ...words.settings,
    }),
    storage: createStorage(),
    applyMetafieldChange: vi.fn().mockResolvedValue({ type: 'success' }),
  });
  // The tester leaves out what needs approval, and refuses to set what it left out.
  Object.defineProperty(shopify, 'shippingAddress', {
    value: signal({ countryCode: 'IT', zip: '20121' }),
    configurable: true,
    writable: true,
  });
  Object.assign(shopify.i18n, speak(FOLDER, 'it'));
  shopify.sessionToken.get = vi.fn().mockResolvedValue('token');
  extension.fetch = vi.fn(reply);
  return extension;
}

const text = () => document.body.textContent?.replace(/[\u00a0\u202f]/g, ' ');

describe('under a shipping option', () => {
  test('stand day and hour, order-by, parcels, CO2 and the greenest mark', async () => {
    using extension = open();
    await extension.render();
    expect(document.body.querySelector('s-skeleton-paragraph')).toBeTruthy();
    await waitFor(() => expect(document.body.querySelector('s-badge')).toBeTruthy());
    const lines = [...document.body.querySelectorAll('s-text, s-badge')].map(({ textContent }) =>
      textContent?.replace(/[\u00a0\u202f]/g, ' '),
    );
    expect(lines).toEqual([
      'Arriva mar 1 dic entro le 10:00',
      'Ordina oggi entro le 16:00',
      '2 pacchi, l\u2019ultimo mar 1 dic',
      'Circa 1,2 kg di CO\u2082',
      'Meno CO\u2082',
    ]);
  });

  test('asks the backend with what checkout knows', async () => {
    using extension = open();
    await extension.render();
    await waitFor(() => expect(text()).toContain('Arriva'));
    expect(extension.fetch).toHaveBeenCalledTimes(1);
    const [url, init] = vi.mocked(extension.fetch).mock.calls[0] ?? [];
    expect(url).toBe('https://app.example.com/api/promise/checkout');
    expect(JSON.parse(String(init?.body))).toMatchObject({
      destination: { country: 'IT', postalCode: '20121' },
      locale: 'it',
      currency: 'EUR',
      options: [{ handle: 'h', code: 'express', title: 'Express' }],
    });
  });

  test.each([
    ['show_order_by', 'Ordina'],
    ['show_parcels', 'pacchi'],
    ['show_co2', 'CO\u2082'],
  ])('the merchant can hide %s', async (key, word) => {
    using extension = open({ settings: { [key]: false } });
    await extension.render();
    await waitFor(() => expect(text()).toContain('Arriva'));
    expect(text()).not.toContain(word);
  });

  test.each<[string, Words]>([
    ['the backend fails', { reply: async () => new Response('', { status: 500 }) }],
    ['the backend has nothing for this option', { code: 'economy' }],
    ['the shop does not say where the backend is', { url: 'not an address' }],
  ])('nothing stands when %s', async (_title, words) => {
    using extension = open(words);
    await extension.render();
    await waitFor(() => expect(document.body.innerHTML).toBe(''));
  });

  test('an order-by is a time of day, nothing is counted down', async () => {
    using extension = open();
    await extension.render();
    await waitFor(() => expect(text()).toContain('Ordina'));
    expect(text()).not.toMatch(/\d+ ?(min|ore|h)\b/);
  });

  async function rename(
    extension: ReturnType<typeof open>,
    more: { title?: string; description?: string },
  ) {
    const option = createShippingOption({
      handle: 'h2',
      code: 'express',
      type: 'shipping',
      ...more,
    });
    Object.assign(extension.shopify.target, { value: option });
    Object.assign(extension.shopify.deliveryGroups, {
      value: [
        {
          deliveryOptions: [option],
          groupType: 'oneTimePurchase',
          isDeliveryRequired: true,
          targetedCartLines: [],
        },
      ],
    });
    await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
  }

  test('a changed title asks nothing: it was our own Function', async () => {
    using extension = open();
    await extension.render();
    await waitFor(() => expect(text()).toContain('Arriva'));
    await rename(extension, { title: 'Express \u00b7 mar 1 dic' });
    expect(extension.fetch).toHaveBeenCalledTimes(1);
    expect(text()).toContain('Arriva');
  });

  test('a changed description asks again: the rate has another date', async () => {
    using extension = open();
    await extension.render();
    await waitFor(() => expect(text()).toContain('Arriva'));
    await rename(extension, { title: 'Express', description: '2099-12-02' });
    await waitFor(() => expect(extension.fetch).toHaveBeenCalledTimes(2));
  });
});

describe('the cart promise', () => {
  const written = (extension: ReturnType<typeof open>) =>
    vi.mocked(extension.shopify.applyMetafieldChange).mock.calls;

  test('is written by the selected option, as the backend made it', async () => {
    using extension = open({ isSelected: true });
    await extension.render();
    await waitFor(() => expect(written(extension)).toHaveLength(1));
    expect(written(extension)[0]).toEqual([
      {
        type: 'updateCartMetafield',
        metafield: { namespace: '$app', key: 'promise', type: 'json', value: '{"v":1}' },
      },
    ]);
  });

  test.each<[string, Words]>([
    ['another option is selected', { isSelected: false }],
    ['the cart holds it already', { isSelected: true, held: '{"v":1}' }],
    ['checkout does not allow it', { isSelected: true, canWrite: false }],
    [
      'the backend gives none',
      { isSelected: true, reply: async () => Response.json({ ...answer, cartMetafield: '' }) },
    ],
  ])('is not written when %s', async (_title, words) => {
    using extension = open(words);
    await extension.render();
    await waitFor(() => expect(text()).toContain('Arriva'));
    expect(written(extension)).toEqual([]);
  });

  test('is written once for a state, however often its option is selected', async () => {
    using extension = open({ isSelected: true });
    await extension.render();
    await waitFor(() => expect(written(extension)).toHaveLength(1));
    for (const value of [false, true, false, true]) {
      Object.assign(extension.shopify.isTargetSelected, { value });
      await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
    }
    expect(written(extension)).toHaveLength(1);
  });
});

describe('the cart', () => {
  const HOLD = 'https://app.example.com/api/reservations/checkout';
  const asked = (extension: ReturnType<typeof open>) =>
    vi.mocked(extension.fetch).mock.calls.filter(([url]) => url === HOLD);

  test('is held by the selected option, under the checkout’s token', async () => {
    using extension = open({ isSelected: true });
    await extension.render();
    await waitFor(() => expect(asked(extension)).toHaveLength(1));
    const body = JSON.parse(String(asked(extension)[0]?.[1]?.body));
    expect(body).toEqual({
      checkoutToken: `checkout-${states}`,
      lines: [{ variantId: expect.stringContaining('ProductVariant'), quantity: 1 }],
    });
  });

  test('is not held by the others', async () => {
    using extension = open();
    await extension.render();
    await waitFor(() => expect(text()).toContain('Arriva'));
    expect(asked(extension)).toEqual([]);
  });

  test('is held once for a state, however often its option is selected', async () => {
    using extension = open({ isSelected: true });
    await extension.render();
    await waitFor(() => expect(asked(extension)).toHaveLength(1));
    for (const value of [false, true, false, true]) {
      Object.assign(extension.shopify.isTargetSelected, { value });
      await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
    }
    expect(asked(extension)).toHaveLength(1);
  });

  test.each<[string, () => Promise<Response>]>([
    ['is refused', async () => new Response('', { status: 409 })],
    ['never comes back', () => new Promise(() => undefined)],
    ['cannot be reached', () => Promise.reject(new TypeError('network'))],
  ])('shows its date all the same when holding %s', async (_title, hold) => {
    using extension = open({ isSelected: true });
    extension.fetch = vi.fn(async (url: RequestInfo | URL) =>
      String(url) === HOLD ? await hold() : Response.json(answer),
    );
    await extension.render();
    await waitFor(() => expect(asked(extension)).toHaveLength(1));
    expect(text()).toContain('Arriva mar 1 dic entro le 10:00');
  });
});
