import AxeBuilder from '@axe-core/playwright';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connectApp, type FakeApp, startFakeApp, startSmallShop } from '../fixtures/buy.ts';
import type { LocalShopify } from '../local-shopify.ts';

let browser: Browser;
let app: FakeApp;
let local: LocalShopify;
let page: Page;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  app = await startFakeApp();
  local = await startSmallShop(app.url);
});
afterAll(async () => {
  await browser.close();
  await local.stop();
  await app.stop();
});
beforeEach(async () => {
  const context = await browser.newContext({ viewport: { width: 1_100, height: 900 } });
  page = await context.newPage();
  return () => context.close();
});

const tile = () => page.getByRole('button', { name: 'Hello' });

test('an app that is not installed has no tile', async () => {
  await page.goto(`${local.url}/pos`);
  await page.getByText('No extension of the app has a tile.').waitFor();
  expect((await fetch(`${local.url}/pos/session-token`)).status).toBe(403);
});

test('the tile opens the modal, which knows the place, the pinned person and the login', async () => {
  await connectApp(local);
  await page.goto(`${local.url}/pos?location=102&staff=8512&language=it`);
  await tile().waitFor();
  expect(await tile().textContent()).toContain('In attesa: 3');
  await tile().click();
  await page.getByText('at 102, pinned 8512, user 8510').waitFor();
  // An address without a host is the app's own, asked from an opaque origin: preflight first.
  await expect
    .poll(() => app.received.map(({ method, path }) => `${method} ${path}`))
    .toContain('OPTIONS /api/desk/me');
  const found = await new AxeBuilder({ page }).analyze();
  expect(found.violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);
});

test('toast, scanner, navigation and the closing window reach the till', async () => {
  await connectApp(local);
  await page.goto(`${local.url}/pos`);
  await tile().click();
  await page.getByText('nothing scanned').waitFor();
  await page.getByLabel('Scan a code').fill('WOOL-COAT-S');
  await page.getByRole('button', { name: 'Scan', exact: true }).click();
  await page.getByText('scanned WOOL-COAT-S').waitFor();
  await page.getByRole('button', { name: 'Claim' }).click();
  await page.getByRole('heading', { name: 'claimed by Milano' }).waitFor();
  await page.locator('.pos-toast', { hasText: 'Claimed' }).waitFor();
  await page.getByRole('button', { name: 'Leave' }).click();
  await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
  expect(await page.locator('html').getAttribute('data-setting-move-on-hold')).toBe('no');
});
