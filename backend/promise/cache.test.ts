import { expect, test } from 'vitest';
import { cacheKey, createQuoteCache } from './cache.ts';
import type { Quote, QuoteRequest } from './quote.ts';

const quoteAt = (nowMinute: number, unchangedUntilMinute: number): Quote => ({
  nowMinute,
  atMinute: nowMinute + 30,
  options: [],
  absent: [],
  unchangedUntilMinute,
});

test('an answer speaks from its own minute until the minute before something changes', () => {
  const cache = createQuoteCache();
  cache.keep('k', { versions: 'v1', quote: quoteAt(100, 160) });
  expect(cache.find('k', 'v1', 99)).toBeUndefined();
  expect(cache.find('k', 'v1', 100)?.atMinute).toBe(130);
  expect(cache.find('k', 'v1', 159)).toMatchObject({ nowMinute: 159, atMinute: 189 });
  expect(cache.find('k', 'v1', 160)).toBeUndefined();
});

test('an answer made from other facts is no answer', () => {
  const cache = createQuoteCache();
  cache.keep('k', { versions: 'v1', quote: quoteAt(100, 160) });
  expect(cache.find('k', 'v2', 120)).toBeUndefined();
});

test('the least recently used answer goes first', () => {
  const cache = createQuoteCache(2);
  for (const key of ['a', 'b']) cache.keep(key, { versions: 'v', quote: quoteAt(1, 9) });
  cache.find('a', 'v', 1);
  cache.keep('c', { versions: 'v', quote: quoteAt(1, 9) });
  expect(cache.find('a', 'v', 1)).toBeDefined();
  expect(cache.find('b', 'v', 1)).toBeUndefined();
});

const scope = {
  shopId: 'one.myshopify.com',
  engineVersion: '1',
  policyVersion: 4,
  decidingTags: new Set(['VIP']),
};
const request: QuoteRequest = {
  nowMinute: 1,
  marginMinutes: 30,
  lines: [
    { sku: 'A', quantity: 1 },
    { sku: 'B', quantity: 2 },
  ],
  destination: { country: 'IT', postalCode: '20121' },
  currency: 'EUR',
  locale: 'it',
  channel: 'online',
  customerTags: [],
};
const keyOf = (changes: Partial<QuoteRequest>) => cacheKey(scope, { ...request, ...changes });

test.each<[string, Partial<QuoteRequest>]>([
  ['the minute', { nowMinute: 2 }],
  ['the language', { locale: 'fr' }],
  ['a tag that no rule names', { customerTags: ['newsletter'] }],
  [
    'the order and splitting of lines',
    {
      lines: [
        { sku: 'B', quantity: 1 },
        { sku: 'A', quantity: 1 },
        { sku: 'B', quantity: 1 },
      ],
    },
  ],
])('%s does not change the key', (_, changes) => {
  expect(keyOf(changes)).toBe(keyOf({}));
});

test.each<[string, Partial<QuoteRequest>]>([
  ['a quantity', { lines: [{ sku: 'A', quantity: 1 }] }],
  ['the postal code', { destination: { country: 'IT', postalCode: '20122' } }],
  ['a point', { destination: { country: 'IT', postalCode: '20121', lat: 45, lng: 9 } }],
  ['the currency', { currency: 'GBP' }],
  ['the channel', { channel: 'pos' }],
  ['a tag that a quota names', { customerTags: ['VIP'] }],
  ['the margin', { marginMinutes: 15 }],
  ['the methods', { methods: ['store_pickup'] }],
])('%s changes the key', (_, changes) => {
  expect(keyOf(changes)).not.toBe(keyOf({}));
});
