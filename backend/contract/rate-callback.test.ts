import { describe, expect, test } from 'vitest';
import { parseRateRequest, rateDate, rateTotal } from './rate-callback.ts';

const place = { country: 'FR', postal_code: '69002', province: null, city: 'Lyon', address2: '' };
const item = {
  name: 'Tee',
  sku: 'T-1',
  quantity: 1,
  grams: 200,
  price: 1999,
  requires_shipping: true,
  properties: null,
  product_id: 1,
  variant_id: 2,
};
const rate = {
  origin: { ...place, postal_code: '75001', company_name: 'Shop', address1: '1 rue du Bac' },
  destination: { ...place, name: 'Jeanne', phone: '+33', email: 'j@example.com' },
  items: [item],
  currency: 'EUR',
  locale: 'fr',
  order_totals: { subtotal_price: '1999' },
  customer: { id: 207_119_551, tags: ['VIP'] },
};

const read = (part: object) => parseRateRequest({ rate: { ...rate, ...part } });

describe('a rate request', () => {
  test('is read without name, street, phone or e-mail of the buyer', () => {
    expect(parseRateRequest({ rate })).toEqual({
      ok: true,
      value: {
        origin: {
          country: 'FR',
          postalCode: '75001',
          province: '',
          city: 'Lyon',
          name: 'Shop',
          address1: '1 rue du Bac',
        },
        destination: { country: 'FR', postalCode: '69002', province: '', city: 'Lyon' },
        items: [
          {
            sku: 'T-1',
            variantId: 2,
            productId: 1,
            quantity: 1,
            grams: 200,
            priceMinor: 1999,
            requiresShipping: true,
          },
        ],
        currency: 'EUR',
        locale: 'fr',
        customerTags: ['VIP'],
      },
    });
  });

  test.each([
    ['numbers as strings', { items: [{ ...item, quantity: '2', grams: '5', variant_id: '9' }] }],
    ['no customer', { customer: null }],
    ['tags as one string', { customer: { tags: 'VIP, staff' } }],
    ['no locale', { locale: null }],
    ['a custom item', { items: [{ ...item, sku: null, variant_id: null, product_id: null }] }],
    ['a postal code that is missing', { destination: { country: 'ie' } }],
    ['no items', { items: [] }],
  ])('is read with %s', (_title, part) => {
    expect(read(part).ok).toBe(true);
  });

  test.each([
    ['', 7],
    ['/rate', {}],
    ['/rate/destination', { rate: { ...rate, destination: null } }],
    ['/rate/destination/country', { rate: { ...rate, destination: { country: 'France' } } }],
    ['/rate/items', { rate: { ...rate, items: undefined } }],
    ['/rate/items', { rate: { ...rate, items: Array.from({ length: 501 }, () => item) } }],
    ['/rate/items/0/quantity', { rate: { ...rate, items: [{ ...item, quantity: 0 }] } }],
    ['/rate/items/0/quantity', { rate: { ...rate, items: [{ ...item, quantity: 'many' }] } }],
    ['/rate/currency', { rate: { ...rate, currency: null } }],
  ])('is refused at %j otherwise', (pointer, body) => {
    const parsed = parseRateRequest(body);
    expect(parsed.ok ? undefined : parsed.refusal.pointer).toBe(pointer);
  });
});

test.each([
  ['2026-11-24T14:00:00+01:00', '2026-11-24 14:00:00 +0100'],
  ['2026-11-24T23:59:59-05:00', '2026-11-24 23:59:59 -0500'],
  ['2026-11-24T14:00Z', '2026-11-24 14:00:00 +0000'],
])('the instant %s is written %s', (instant, written) => {
  expect(rateDate(instant)).toBe(written);
});

test.each([
  [1999, 2, '1999'],
  [500, 0, '50000'],
  [12_345, 3, '1235'],
])('%i minor units with %i digits cost %s', (minor, digits, total) => {
  expect(rateTotal(minor, digits)).toBe(total);
});
