/// <reference types="@shopify/ui-extensions/purchase.thank-you.block.render" />
import { signal } from '@preact/signals';
import { setUpExtension } from '@shopify/ui-extensions-tester';
import { options } from 'preact';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LANGUAGES, readTexts } from '../../promise-checkout/tests/speech.ts';
import { config, FOLDER, pickupPromise, promise, speakOrder } from './order.ts';

// Preact's own scheduling leaves a timer that outlives jsdom and misses its cancelAnimationFrame.
options.requestAnimationFrame = (flush) => void setTimeout(flush);

const TARGET = 'purchase.thank-you.block.render';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function open(replies: readonly object[], language: (typeof LANGUAGES)[number] = 'it') {
  const extension = setUpExtension(TARGET);
  const { shopify } = extension;
  Object.assign(shopify, {
    appMetafields: signal([config]),
    checkoutToken: signal('checkout-1'),
    localization: { ...shopify.localization, language: signal({ isoCode: language }) },
  });
  Object.assign(shopify.i18n, speakOrder(language));
  shopify.sessionToken.get = vi.fn().mockResolvedValue('token');
  let asked = 0;
  extension.fetch = vi.fn(async () => {
    const reply = replies[Math.min(asked++, replies.length - 1)];
    return Response.json(reply);
  });
  return extension;
}

/** Whatever is under way without waiting for time to pass. */
const settle = () => vi.advanceTimersByTimeAsync(100);

const text = () => document.body.textContent?.replace(/[\u00a0\u202f]/g, ' ');

test('the promise is shown at once when it is there', async () => {
  using extension = open([{ status: 'promised', promise }]);
  await extension.render();
  await settle();
  expect(text()).toBe('Arriva marted\u00ec 1 dicembre');
  expect(document.body.querySelector('s-section')?.getAttribute('heading')).toBe('Consegna');
  const [url, init] = vi.mocked(extension.fetch).mock.calls[0] ?? [];
  expect(url).toBe('https://app.example.com/api/promise/order');
  expect(JSON.parse(String(init?.body))).toEqual({ checkoutToken: 'checkout-1', locale: 'it' });
});

test('while the order is being confirmed it says so, with a name for screen readers', async () => {
  using extension = open([
    { status: 'confirming' },
    { status: 'confirming' },
    { status: 'promised', promise },
  ]);
  await extension.render();
  expect(text()).toBe('Stiamo confermando la data di consegna.');
  expect(document.body.querySelector('s-spinner')?.getAttribute('accessibilitylabel')).toBe(
    'Stiamo confermando la data di consegna.',
  );
  await vi.advanceTimersByTimeAsync(2_000);
  await settle();
  expect(text()).toBe('Arriva marted\u00ec 1 dicembre');
  expect(extension.fetch).toHaveBeenCalledTimes(3);
});

test('after five seconds of confirming nothing is left', async () => {
  using extension = open([{ status: 'confirming' }]);
  await extension.render();
  await vi.advanceTimersByTimeAsync(4_900);
  expect(text()).toBe('Stiamo confermando la data di consegna.');
  await vi.advanceTimersByTimeAsync(200);
  await settle();
  expect(document.body.innerHTML).toBe('');
  const asked = vi.mocked(extension.fetch).mock.calls.length;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(vi.mocked(extension.fetch).mock.calls.length).toBe(asked);
});

test.each([
  ['there is no promise', [{ status: 'none' }]],
  ['the answer is not ours', [{ status: 'promised' }]],
])('nothing is shown when %s', async (_title, replies) => {
  using extension = open(replies);
  await extension.render();
  await settle();
  expect(document.body.innerHTML).toBe('');
});

test('nothing is shown when the backend cannot be reached', async () => {
  using extension = open([]);
  extension.fetch = vi.fn().mockRejectedValue(new TypeError('failed to fetch'));
  await extension.render();
  await settle();
  expect(document.body.innerHTML).toBe('');
});

test('a store pickup shows where, from when, until when and what to bring', async () => {
  using extension = open([{ status: 'promised', promise: pickupPromise }]);
  await extension.render();
  await settle();
  expect(document.body.querySelector('s-section')).toBeTruthy();
  expect(
    [...document.body.querySelectorAll('s-text, s-paragraph')].map(
      ({ textContent }) => textContent,
    ),
  ).toEqual([
    'Pronto marted\u00ec 1 dicembre dalle 17:15, aperto fino alle 19:30',
    'Dove ritirare',
    'Milano Brera',
    'Via Brera 10',
    '20121 Milano',
    'Porta un documento.',
  ]);
});

test.each([
  ['en', 'Arrives Tuesday, December 1'],
  ['it', 'Arriva marted\u00ec 1 dicembre'],
  ['fr', 'Livraison le mardi 1 d\u00e9cembre'],
  ['de', 'Lieferung am Dienstag, 1. Dezember'],
  ['es', 'Llega el martes, 1 de diciembre'],
] as const)('in %s: %s', async (language, words) => {
  using extension = open([{ status: 'promised', promise }], language);
  await extension.render();
  await settle();
  expect(text()).toBe(words);
});

test('every language has every text, with the same values in it', () => {
  const shape = (texts: object): unknown =>
    Object.fromEntries(
      Object.entries(texts)
        .sort()
        .map(([key, words]) => [
          key,
          typeof words === 'string'
            ? [...words.matchAll(/\{\{\w+\}\}/g)].map(String).sort()
            : shape(words),
        ]),
    );
  for (const language of LANGUAGES) {
    expect([language, shape(readTexts(FOLDER, language))]).toEqual([
      language,
      shape(readTexts(FOLDER, 'en')),
    ]);
  }
});
