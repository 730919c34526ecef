import { mkdtempSync, rmSync } from 'node:fs';
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
