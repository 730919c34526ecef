/// <reference types="@shopify/ui-extensions/purchase.checkout.pickup-location-option-item.render-after" />
import { signal } from '@preact/signals';
import { setUpExtension } from '@shopify/ui-extensions-tester';
import {
  createCartLine,
  createPickupLocation,
  createPickupLocationOption,
  createStorage,
} from '@shopify/ui-extensions-tester/checkout';
import { configure, waitFor } from '@testing-library/preact';
import { options } from 'preact';
import { expect, test, vi } from 'vitest';
import { pickupKey } from '../../../backend/contract/destination.ts';
import { speak } from './speech.ts';

// Preact's own scheduling leaves a timer that outlives jsdom and misses its cancelAnimationFrame.
options.requestAnimationFrame = (flush) => void setTimeout(flush);

const TARGET = 'purchase.checkout.pickup-location-option-item.render-after';
const FOLDER = `${process.cwd()}/extensions/promise-checkout`;
const store = { name: 'Milano Brera', postalCode: '20121', address1: 'Via Brera 10' };

const pickup = {
  key: pickupKey(store),
  from: '2099-11-27T11:00:00+01:00',
  to: '2099-11-27T19:30:00+01:00',
  timeZone: 'Europe/Rome',
  withinTwoHours: true,
};

// A busy machine may take its time; nothing here is about speed.
configure({ asyncUtilTimeout: 4_000 });

let states = 0;

function open(pickups: object[], address: { address1: string; zip: string }) {
  const extension = setUpExtension(TARGET);
  const { shopify } = extension;
  const option = createPickupLocationOption({
    handle: 'p',
    location: createPickupLocation({ name: 'MILANO BRERA', address }),
  });
  states++;
  Object.assign(shopify, {
    target: signal(option),
    isTargetSelected: signal(false),
    checkoutToken: signal(`pickup-${states}`),
    lines: signal([createCartLine({ quantity: 1 })]),
    deliveryGroups: signal([{ deliveryOptions: [option], groupType: 'oneTimePurchase' }]),
    localization: {
      language: signal({ isoCode: 'it' }),
      country: signal({ isoCode: 'IT' }),
      currency: signal({ isoCode: 'EUR' }),
      timezone: signal('Europe/Rome'),
    },
    appMetafields: signal([
      {
        target: { type: 'shop', id: 'gid://shopify/Shop/1' },
        metafield: {
          key: 'config',
          namespace: '$app',
          value: '{"v":1,"url":"https://app.example.com"}',
        },
      },
    ]),
    storage: createStorage(),
  });
  // The tester leaves out what needs approval, and refuses to set what it left out.
  Object.defineProperty(shopify, 'shippingAddress', {
    value: signal(undefined),
    configurable: true,
    writable: true,
  });
  Object.assign(shopify.i18n, speak(FOLDER, 'it'));
  shopify.sessionToken.get = vi.fn().mockResolvedValue('token');
  extension.fetch = vi.fn(async () =>
    Response.json({
      receiptId: 'r1',
      signedReceipt: 'r1.k1.s',
      evaluatedAt: '2099-11-27T09:00:00Z',
      options: [],
      pickups,
      cartMetafield: '',
      validUntil: '2099-11-27T15:30:00Z',
    }),
  );
  return extension;
}

const here = { address1: 'via Brera, 10', zip: '20121' };

test('a store found by name, postal code and street says when it is ready', async () => {
  using extension = open([pickup], here);
  await extension.render();
  await waitFor(() => expect(document.body.textContent).toBe('Pronto entro 2 ore, dalle 11:00'));
});

test.each([
  ['of two stores that cannot be told apart', [pickup, pickup], here],
  ['that is none of ours', [pickup], { address1: 'Via Dante 1', zip: '20121' }],
  ['without a promise', [], here],
])('a store %s says nothing', async (_title, pickups, address) => {
  using extension = open(pickups, address);
  await extension.render();
  await waitFor(() => expect(document.body.innerHTML).toBe(''));
});

test('the selected store holds the cart and the quarter hour it shows', async () => {
  using extension = open([pickup], here);
  Object.assign(extension.shopify, { isTargetSelected: signal(true) });
  await extension.render();
  await waitFor(() => expect(vi.mocked(extension.fetch).mock.calls).toHaveLength(2));
  const [url, init] = vi.mocked(extension.fetch).mock.calls[1] ?? [];
  expect(url).toBe('https://app.example.com/api/reservations/checkout');
  const body = JSON.parse(String(init?.body));
  expect(body.pickup).toEqual({ key: pickup.key, from: pickup.from });
});
