/// <reference types="@shopify/ui-extensions/customer-account.order-status.block.render" />
import { signal } from '@preact/signals';
import { setUpExtension } from '@shopify/ui-extensions-tester';
import { configure, waitFor } from '@testing-library/preact';
import { options } from 'preact';
import { expect, test, vi } from 'vitest';
import { config, promise, speakOrder } from './order.ts';

// A busy machine may take its time; nothing here is about speed.
configure({ asyncUtilTimeout: 4_000 });

// Preact's own scheduling leaves a timer that outlives jsdom and misses its cancelAnimationFrame.
options.requestAnimationFrame = (flush) => void setTimeout(flush);

const TARGET = 'customer-account.order-status.block.render';

function open(reply: object) {
  const extension = setUpExtension(TARGET);
  const { shopify } = extension;
  Object.assign(shopify, {
    appMetafields: signal([config]),
    order: signal({ id: 'gid://shopify/Order/1', name: '#1001' }),
    localization: { ...shopify.localization, language: signal({ isoCode: 'it' }) },
  });
  Object.assign(shopify.i18n, speakOrder('it'));
  shopify.sessionToken.get = vi.fn().mockResolvedValue('token');
  extension.fetch = vi.fn(async () => Response.json(reply));
  return extension;
}

test('the order is asked for by its id', async () => {
  using extension = open({ status: 'promised', promise });
  await extension.render();
  await waitFor(() => expect(document.body.textContent).toBe('Arriva marted\u00ec 1 dicembre'));
  const [, init] = vi.mocked(extension.fetch).mock.calls[0] ?? [];
  expect(JSON.parse(String(init?.body))).toEqual({
    orderId: 'gid://shopify/Order/1',
    locale: 'it',
  });
});

test('a date that changed is shown as changed, with the date it had been', async () => {
  const promisedBefore = {
    promisedOn: '2026-11-28',
    window: { from: '2026-11-28T00:00:00+01:00', to: '2026-11-29T00:00:00+01:00' },
  };
  using extension = open({
    status: 'changed',
    promise: { ...promise, parcels: 2, promisedBefore },
  });
  await extension.render();
  await waitFor(() => expect(document.body.querySelector('s-banner')).toBeTruthy());
  const banner = document.body.querySelector('s-banner');
  expect(banner?.getAttribute('heading')).toBe('La data \u00e8 cambiata');
  expect(banner?.textContent).toBe('Prima: sabato 28 novembre');
  expect(
    [...document.body.querySelectorAll('s-text')].map(({ textContent }) => textContent),
  ).toEqual([
    'Prima: sabato 28 novembre',
    'Arriva marted\u00ec 1 dicembre',
    '2 pacchi, l\u2019ultimo in questo giorno',
  ]);
});

const progress = {
  stage: 'ready',
  pickupCodes: ['481203'],
  tracking: [
    { url: 'https://track.example/BRT1', number: 'BRT1' },
    { url: '', number: 'CN-2' },
  ],
};

test('who knows the checkout’s token names it, and is shown code, stage and tracking page', async () => {
  using extension = open({ status: 'promised', promise, progress });
  Object.assign(extension.shopify, { checkoutToken: signal('checkout-1') });
  await extension.render();
  await waitFor(() => expect(document.body.querySelector('s-heading')).toBeTruthy());
  const [, init] = vi.mocked(extension.fetch).mock.calls[0] ?? [];
  expect(JSON.parse(String(init?.body))).toEqual({
    orderId: 'gid://shopify/Order/1',
    checkoutToken: 'checkout-1',
    locale: 'it',
  });
  expect(document.body.querySelector('s-heading')?.textContent).toBe('481203');
  expect(document.body.textContent).toContain('Pronto per il ritiro');
  const link = document.body.querySelector('s-link');
  expect(link?.getAttribute('href')).toBe('https://track.example/BRT1');
  expect(link?.textContent).toBe('Segui il pacco BRT1');
  // A carrier whose page is not known: the number alone.
  expect(document.body.textContent).toContain('Pacco CN-2');
});

test.each([
  ['it', 'In viaggio'],
  ['fr', 'En route'],
  ['en', 'On its way'],
  ['de', 'Unterwegs'],
  ['es', 'En camino'],
] as const)('in %s an order without a date still says where it is: %s', async (language, text) => {
  const shipped = { stage: 'shipped', pickupCodes: [], tracking: [] };
  using extension = open({ status: 'none', progress: shipped });
  Object.assign(extension.shopify.i18n, speakOrder(language));
  await extension.render();
  await waitFor(() => expect(document.body.textContent).toBe(text));
});
