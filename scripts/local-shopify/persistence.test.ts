import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { attachCarrier, connectApp, FIXTURE_ROOT, openCheckout, post } from './fixtures/buy.ts';
import { smallShop } from './fixtures/small-shop.ts';
import { type LocalShopify, startLocalShopify } from './local-shopify.ts';
import type { ShopSeedInput } from './seed.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'local-shopify-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const start = (seed: ShopSeedInput): Promise<LocalShopify> =>
  startLocalShopify({
    port: 0,
    seed,
    appUrl: 'http://localhost:9',
    root: FIXTURE_ROOT,
    statePath: join(folder, 'state.json'),
  });

test('a restart changes nothing: orders, settings, stock, tokens and the clock go on', async () => {
  const first = await start(smallShop());
  const token = await connectApp(first);
  await attachCarrier(first, { token, callbackUrl: 'http://localhost:9/rates' });
  const { token: checkout } = await openCheckout(first, { variantIds: [2_000] });
  await post(`${first.url}/checkouts/${checkout}/pay`, {});
  first.control.changeSettings({ plan: 'advanced' });
  first.clock.jump('2026-12-24T18:00:00+01:00');
  await first.stop();

  const second = await start(smallShop());
  expect(second.shop.state).toEqual({ ...first.shop.state, clock: expect.anything() });
  expect(second.clock.now().slice(0, 16)).toBe('2026-12-24T17:00');
  await second.stop();
});

test('what the merchant changed in the catalogue is there after a restart, also over another seed', async () => {
  const first = await start(smallShop());
  first.control.deleteSku('WOOL-COAT-S', false);
  first.control.renameSku('WOOL-COAT-M', 'COAT-M');
  const { location } = first.control.addLocation({ ...LYON, fulfillsOnlineOrders: false });
  first.control.setLevel({ sku: 'COAT-M', locationId: location.id, available: 6 });
  await first.stop();

  const seed = smallShop();
  for (const next of [seed, { ...seed, shop: { ...seed.shop, name: 'Casa Nuova' } }]) {
    const { shop, stop } = await start(next);
    expect(shop.variants.has(2_000)).toBe(false);
    expect(shop.variants.get(2_001)?.variant.sku).toBe('COAT-M');
    expect(shop.locations.get(location.id)).toMatchObject({ name: 'Lyon' });
    expect(shop.state.levels[`3001:${location.id}`]).toMatchObject({ available: 6 });
    await stop();
  }
});

test('an order of a file from before says where it came from and when it changed', async () => {
  const first = await start(smallShop());
  first.control.placeOrder({ source: 'web', lines: [{ sku: 'WOOL-COAT-S', quantity: 1 }] });
  await first.stop();
  const path = join(folder, 'state.json');
  const saved = JSON.parse(readFileSync(path, 'utf8'));
  for (const order of saved.orders) {
    delete order.updatedAt;
    delete order.sourceName;
    delete order.fulfillments;
    for (const line of order.lines) delete line.removed;
  }
  delete saved.catalog;
  writeFileSync(path, JSON.stringify(saved));

  const { shop, stop } = await start(smallShop());
  const [order] = shop.state.orders;
  expect(order).toMatchObject({ sourceName: 'web', updatedAt: order?.createdAt, fulfillments: [] });
  expect(order?.lines).toMatchObject([{ removed: 0 }]);
  await stop();
});

const LYON = {
  name: 'Lyon',
  address1: 'Rue Mercière 1',
  city: 'Lyon',
  zip: '69002',
  countryCode: 'FR',
};

test('with another seed what the app did stays, and what is no longer sold goes', async () => {
  const first = await start(smallShop());
  const token = await connectApp(first);
  await attachCarrier(first, { token, callbackUrl: 'http://localhost:9/rates' });
  const { token: checkout } = await openCheckout(first, { variantIds: [2_000] });
  await post(`${first.url}/checkouts/${checkout}/pay`, {});
  await first.stop();

  const seed = smallShop();
  const second = await start({ ...seed, products: seed.products.slice(1) });
  const { state } = second.shop;
  expect(state.orders).toEqual([]);
  expect(state.levels['3000:101']).toBeUndefined();
  expect(state.levels['3010:101']).toMatchObject({ available: 20 });
  expect(state.isInstalled).toBe(true);
  const kinds = state.groups[0]?.zones[0]?.methods.map((one) => one.rate.kind);
  expect(kinds).toEqual(['flat', 'flat', 'flat', 'carrier']);
  await second.stop();
});
