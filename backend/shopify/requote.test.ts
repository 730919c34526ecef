import { expect, test } from 'vitest';
import { liveShopOf } from '../../tests/worlds/live-shop.ts';
import { twoStoresOneWarehouse } from '../../tests/worlds/worlds.ts';
import type { ShopId } from '../base/ids.ts';
import { encodePaddedTable } from '../contract/padded-table.ts';
import type { PlacedOrder } from '../orders/orders.ts';
import { quote } from '../promise/quote.ts';
import { paddedPromise, type RequoteDeps, requote } from './requote.ts';

const SHOP = 'kept-demo.myshopify.com' as ShopId;
// A Monday, 10:00 in Milan.
const NOW = Temporal.Instant.from('2026-11-30T09:00:00Z');
const world = twoStoresOneWarehouse();
const sku = world.products[0]?.sku ?? '';
const live = liveShopOf(SHOP, world, {
  now: NOW,
  confirmedAt: 0,
  skuOfVariant: new Map([['1', sku]]),
});

const encoded = encodePaddedTable({
  id: 't1',
  firstDay: '2026-11-30',
  validUntil: '2026-12-07',
  serviceCodes: ['standard'],
  zones: { IT: [[4, 4, 4, 4, 4, null, null]] },
});
if (!encoded.ok) throw new Error('the fixture’s table is refused');
const table = encoded.value;

const DEPS: RequoteDeps = {
  promise: {
    quote: (shop, request) => quote(shop.snapshot, shop.facts, request),
    locate: (country, postalCode) => ({ country, postalCode }),
    canQuote: () => true,
  },
  openShop: async () => live,
  tableAt: async () => table,
};

const ORDER: PlacedOrder = {
  orderId: '77',
  placedAt: '2026-11-30T09:30:00Z',
  currency: 'EUR',
  lines: [{ variantId: '1', quantity: 1 }],
  fingerprint: '1-a',
  partFingerprints: ['1-a'],
  destination: { country: 'IT', postalCode: '20121' },
  delivery: { kind: 'ship', code: 'standard', serviceCode: 'standard', isOwnRate: true },
  checkoutToken: null,
  cartToken: null,
  copiedReceipt: null,
  isTableDated: true,
  storefrontReceipt: null,
  version: 'v',
};

test('an order is quoted as of its own minute, for the option it bought', async () => {
  const promised = await requote(DEPS, SHOP, ORDER);
  expect(promised).toMatchObject({
    method: 'home',
    serviceCode: 'standard',
    timeZone: 'Europe/Rome',
  });
  const late = await requote(DEPS, SHOP, { ...ORDER, placedAt: '2026-11-30T16:30:00Z' });
  expect(late?.promisedOn.localeCompare(promised?.promisedOn ?? '')).toBe(1);
});

test('a pickup order is quoted at its own store, wherever the buyer lives', async () => {
  const pickup: PlacedOrder = {
    ...ORDER,
    destination: null,
    delivery: { kind: 'pickup', nodeId: 'rome' },
  };
  expect(await requote(DEPS, SHOP, pickup)).toMatchObject({
    method: 'store_pickup',
    serviceCode: 'store:rome',
    nodeId: 'rome',
    promisedOn: '2026-11-30',
  });
});

test.each<[string, Partial<PlacedOrder>]>([
  ['an unknown variant', { lines: [{ variantId: '9', quantity: 1 }] }],
  ['no line', { lines: [] }],
  ['no destination', { destination: null }],
  ['a country nobody ships to', { destination: { country: 'NZ', postalCode: '1010' } }],
  ['more than there is', { lines: [{ variantId: '1', quantity: 999_999 }] }],
  ['a pickup that was not routed', { delivery: { kind: 'pickup', nodeId: undefined } }],
  [
    'a rate nobody bound',
    { delivery: { kind: 'ship', code: 'X', serviceCode: undefined, isOwnRate: false } },
  ],
])('%s cannot be quoted', async (_name, over) => {
  expect(await requote(DEPS, SHOP, { ...ORDER, ...over })).toBeUndefined();
});

const BOUND: PlacedOrder = {
  ...ORDER,
  delivery: { kind: 'ship', code: 'Consegna', serviceCode: 'standard', isOwnRate: false },
};

test('a bound rate showed the table’s day, whole, in the destination’s zone', async () => {
  expect(await paddedPromise(DEPS, SHOP, BOUND)).toEqual({
    method: 'home',
    serviceCode: 'standard',
    promisedOn: '2026-12-04',
    window: { from: '2026-12-04T00:00:00+01:00', to: '2026-12-05T00:00:00+01:00' },
    timeZone: 'Europe/Rome',
    validUntil: null,
    parcels: 1,
    nodeId: undefined,
  });
});

test('the table’s day is the shop’s: half past midnight in Rome is tomorrow', async () => {
  const night = { ...BOUND, placedAt: '2026-11-30T23:30:00Z' };
  expect((await paddedPromise(DEPS, SHOP, night))?.promisedOn).toBe('2026-12-04');
  const saturday = { ...BOUND, placedAt: '2026-12-05T10:00:00Z' };
  expect(await paddedPromise(DEPS, SHOP, saturday)).toBeUndefined();
});

test.each<[string, Partial<PlacedOrder>, RequoteDeps]>([
  ['our own rate', { delivery: ORDER.delivery }, DEPS],
  ['a variant that was not normal', { isTableDated: false }, DEPS],
  ['a withheld address', { destination: null }, DEPS],
  ['no table at that time', {}, { ...DEPS, tableAt: async () => undefined }],
  ['a country the table leaves out', { destination: { country: 'GB', postalCode: 'W1B' } }, DEPS],
])('%s was not dated by the table', async (_name, over, deps) => {
  expect(await paddedPromise(deps, SHOP, { ...BOUND, ...over })).toBeUndefined();
});
