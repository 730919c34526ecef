// A store's desk in Shopify POS: the built extension in the local Shopify's till, the real desk behind it.
import AxeBuilder from '@axe-core/playwright';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifySessionToken } from '../backend/shopify/session-token.ts';
import { buildExtensions, ROOT } from '../scripts/build-extensions.ts';
import { smallShop } from '../scripts/local-shopify/fixtures/small-shop.ts';
import { type LocalShopify, startLocalShopify } from '../scripts/local-shopify/local-shopify.ts';
import { type DeskStand, startDeskStand } from './desk-stand.ts';

let stand: DeskStand;
let local: LocalShopify;
let browser: Browser;
let page: Page;

// The till's token is a real one: signed by the local Shopify for the app, and about a user of its shop.
function isPosToken(authorization: string): boolean {
  const { apiKey, apiSecret } = local.shop.app;
  const rules = {
    ...{ clientId: apiKey, secrets: [apiSecret] as [string], surface: 'admin' as const },
    nowSeconds: Math.trunc(local.clock.nowMs() / 1_000),
  };
  return verifySessionToken(authorization.replace('Bearer ', ''), rules).ok;
}

beforeAll(async () => {
  await buildExtensions();
  stand = await startDeskStand(['SHIRT'], undefined, isPosToken);
  local = await startLocalShopify({ port: 0, seed: smallShop({}), appUrl: stand.url, root: ROOT });
  local.control.install();
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  const context = await browser.newContext({ viewport: { width: 1_100, height: 900 } });
  page = await context.newPage();
});
afterAll(async () => {
  await browser?.close();
  await local?.stop();
  await stand.stop();
});

const said = (text: string | RegExp) => page.locator('.pos-toast', { hasText: text }).waitFor();
const press = (name: string) => page.getByRole('button', { name, exact: true }).click();

test('a till is paired, its person takes an offer, scans, packs and sends', async () => {
  await stand.addPerson('s01', 'Giulia');
  await stand.place({ orderId: '900', nodeId: 's01', units: { SHIRT: 1 } });
  await stand.market.offer('901', { units: { SHIRT: 1 }, at: 's01', stores: ['s01', 's02'] });
  await page.goto(`${local.url}/pos?location=101&language=en`);
  const tile = page.getByRole('button', { name: 'Store desk' });
  await tile.filter({ hasText: 'Pair this device' }).waitFor();
  await tile.click();
  await page.getByLabel('Pairing code').fill(await stand.codeFor('s01'));
  await press('Pair');
  await press('Giulia');
  await page.getByLabel('PIN of Giulia').fill('2580');
  await press('Begin');
  await press('We take it');
  await said('901 is yours.');
  // Looked at once the work is drawn: between list and work a button may stand without its text.
  await page.getByRole('heading', { name: '#901' }).waitFor();
  await page.getByRole('button', { name: 'Begin', exact: true }).waitFor();
  const found = await new AxeBuilder({ page }).analyze();
  expect(found.violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);
  await press('Begin');
  await page.getByText('0 of 1').waitFor();
  await page.getByLabel('Scan a code').fill('shirt');
  await page.getByRole('button', { name: 'Scan', exact: true }).click();
  await page.getByText('1 of 1').waitFor();
  await page.getByLabel('Tracking number').fill('POS-901');
  await press('Close the parcel');
  await said('The parcel is closed.');
  await press('The carrier has it');
  await said('On its way.');
  expect(await stand.readWorks('901')).toMatchObject([
    { state: 'shipped', nodeId: 's01', negotiation: 'claimed' },
  ]);
});

test('the same till at another location is no desk of that store', async () => {
  await page.goto(`${local.url}/pos?location=102&language=en`);
  const tile = page.getByRole('button', { name: 'Store desk' });
  await tile.filter({ hasText: 'Pair this device' }).waitFor();
});
