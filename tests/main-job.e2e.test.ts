/**
 * The main job as a shopper sees it: the demo retailer in the local Shopify, the real service, the built extensions and
 * Function, Chromium. From a product to an address, to a dated option, to the promise on the order.
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import AxeBuilder from '@axe-core/playwright';
import { sql } from 'kysely';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ShopId } from '../backend/base/ids.ts';
import { type RunningKept, startKept } from '../backend/main.ts';
import { parseConfig } from '../backend/platform/config.ts';
import { withShop } from '../backend/platform/database.ts';
import { buildExtensions } from '../scripts/build-extensions.ts';
import { writeDemo } from '../scripts/demo/generate.ts';
import { DEMO_ADDRESSES } from '../scripts/demo/stories.ts';
import { type LocalShopify, startLocalShopify } from '../scripts/local-shopify/local-shopify.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { quietLog } from './worlds/live-shop.ts';

const run = promisify(execFile);
const SHOP = 'kept-demo.myshopify.com' as ShopId;
const ROOT = path.resolve(import.meta.dirname, '..');
// Where a person may look at what the tests saw.
const PICTURES = path.join(ROOT, '.data', 'pictures');
const TUESDAY = '2026-11-24T11:05:00+01:00';

let folder: string;
let database: TestDatabase<unknown>;
let local: LocalShopify;
let kept: RunningKept;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kept-demo-'));
  fs.mkdirSync(PICTURES, { recursive: true });
  writeDemo(folder);
  await buildExtensions();
  database = await createTestDatabase();
  const port = await freePort();
  const keptUrl = `http://localhost:${port}`;
  local = await startLocalShopify({
    port: 0,
    seed: path.join(folder, 'shop-seed.json'),
    appUrl: keptUrl,
  });
  local.clock.jump(TUESDAY);
  const config = parseConfig({
    KEPT_ENV: 'test',
    PORT: String(port),
    KEPT_URL: keptUrl,
    DATABASE_URL: database.appUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
    SHOPIFY_ADMIN_URL_TEMPLATE: `${local.url}/{shop}/admin/api/{version}/graphql.json`,
    SHOPIFY_TOKEN_URL_TEMPLATE: `${local.url}/{shop}/admin/oauth/access_token`,
    KEPT_CLOCK_URL: `${local.url}/clock`,
  });
  if (!config.ok) throw new Error(JSON.stringify(config.refusal));
  kept = await startKept(config.value, quietLog);
  await run(process.execPath, [
    path.join(ROOT, 'scripts', 'demo', 'install.ts'),
    ...['--kept', keptUrl, '--shopify', local.url],
    ...['--world', path.join(folder, 'world.json')],
  ]);
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await kept?.stop();
  await local?.stop();
  await database?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  local.control.changeSettings({
    plan: 'plus',
    wallet: 'off',
    origins: '1',
    webhooks: 'prompt',
  });
  context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
  page = await context.newPage();
});
afterEach(async () => {
  await context.close();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

type Address = (typeof DEMO_ADDRESSES)[keyof typeof DEMO_ADDRESSES];

/** Puts the first product into the cart and gives the address; returns when options are drawn. */
async function goToOptions(address: Address, language = 'en'): Promise<void> {
  await context.addCookies([{ name: 'language', value: language, url: local.url }]);
  await page.goto(local.url);
  await page.locator('a[href^="/products/"]').first().click();
  await page.click('.buy');
  await page.click('.totals .buy');
  await page.waitForSelector('body[data-ready]');
  await page.fill('input[type=email]', 'anna@example.com');
  await page.press('input[type=email]', 'Tab');
  await page.selectOption('[autocomplete=country]', address.countryCode);
  await page.fill('input[name=firstName]', address.firstName ?? '');
  await page.fill('input[name=lastName]', address.lastName ?? '');
  await page.fill('input[name=address1]', address.address1);
  await page.fill('input[name=zip]', address.zip);
  await page.fill('input[name=city]', address.city);
  await page.press('input[name=city]', 'Tab');
  await page.locator('.option').first().waitFor();
}

const slots = () => page.locator('.extension-slot[data-extension]');

async function picture(name: string): Promise<void> {
  await page.screenshot({ path: path.join(PICTURES, `${name}.png`), fullPage: true });
}

async function violations(): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.map((one) => `${one.id}: ${one.nodes[0]?.html}`);
}

/** The option of a service, as a shopper would pick it. */
async function choose(code: string): Promise<void> {
  const option = page.locator(`.option[data-code="${code}"]`);
  // The page shows what the server has chosen, so the click is not seen at once.
  await option.locator('input').click();
  await page.locator(`.option.chosen[data-code="${code}"]`).waitFor();
}

async function pay(): Promise<void> {
  await page.locator('.pay:not([disabled])').click();
  await page.waitForURL('**/thank-you');
}

/** What stands under each option: code → text of rate and extension. */
async function shownOptions(): Promise<Map<string, string>> {
  const cards = await page.locator('.option').all();
  const entries = cards.map(async (card) => {
    const code = (await card.getAttribute('data-code')) ?? '';
    return [code, await card.innerText()] as const;
  });
  return new Map(await Promise.all(entries));
}

async function extensionsDrawn(): Promise<void> {
  await expect
    .poll(async () => (await slots().allInnerTexts()).filter((text) => text !== '').length)
    .toBeGreaterThan(0);
}

const promisesStored = async () =>
  await withShop(database.db, SHOP, async (trx) => {
    const { rows } = await sql<{ order_id: string; status: string; promised_on: unknown }>`
      select order_id, status, promised_on::text from order_promise order by placed_at`.execute(
      trx,
    );
    return rows;
  });

test('an Italian sees a date under every option, buys one and finds it on the order', async () => {
  await goToOptions(DEMO_ADDRESSES.MILANO, 'it');
  await extensionsDrawn();
  await picture('checkout-it');
  const shown = await shownOptions();
  const standard = [...shown].find(([, text]) => text.includes('Standard'));
  expect(standard?.[1]).toMatch(/Arriva mer 25 nov/);
  expect(standard?.[1]).toMatch(/Ordina oggi entro le 16:00/);
  const express = [...shown].find(([, text]) => text.includes('10:00'));
  expect(express?.[1]).toMatch(/Arriva mer 25 nov, dalle 8:00 alle 10:00/);
  expect([...shown.keys()].filter((code) => code.startsWith('pp:')).length).toBeGreaterThan(2);
  expect(await violations()).toEqual([]);

  await choose(standard?.[0] ?? '');
  await pay();
  await page
    .getByText(/mercoledì 25 novembre/)
    .first()
    .waitFor();
  await picture('thank-you-it');
  expect(await violations()).toEqual([]);
  await page.getByRole('link', { name: /stato/ }).click();
  await page
    .getByText(/mercoledì 25 novembre/)
    .first()
    .waitFor();
  await picture('order-status-it');
  expect(await violations()).toEqual([]);
  expect((await promisesStored()).at(-1)).toMatchObject({
    status: 'promised',
    promised_on: '2026-11-25',
  });
});

test('a German in Berlin reads German dates, and the order keeps the one shown', async () => {
  await goToOptions(DEMO_ADDRESSES.BERLIN, 'de');
  await extensionsDrawn();
  await picture('checkout-de');
  const shown = await shownOptions();
  const dated = [...shown].filter(([, text]) => /\d{1,2}\. Nov/.test(text));
  expect(dated.length).toBeGreaterThan(2);
  const [code, text] = dated.find(([name]) => !name.startsWith('pp:')) ?? ['', ''];
  const iso = /2026-\d\d-\d\d/.exec(text)?.[0];
  await choose(code);
  await pay();
  await expect.poll(async () => (await promisesStored()).length).toBeGreaterThan(1);
  expect((await promisesStored()).at(-1)).toMatchObject({ status: 'promised', promised_on: iso });
});

test('a store that can hand over within two hours says so, and the order is promised the hour', async () => {
  await goToOptions(DEMO_ADDRESSES.MILANO, 'en');
  await page.locator('.modes label', { hasText: /pick ?up/i }).click();
  await page.locator('.modes label.chosen', { hasText: /pick ?up/i }).waitFor();
  await page.locator('.options[aria-busy=false] .option').first().waitFor();
  await extensionsDrawn();
  await picture('pickup-en');
  const shown = [...(await shownOptions())];
  expect(shown.some(([, text]) => /within 2 hours/i.test(text))).toBe(true);
  const [code] = shown.find(([, text]) => /within 2 hours/i.test(text)) ?? [''];
  await choose(code);
  await pay();
  await page
    .getByText(/Ready Tuesday, November 24 from/)
    .first()
    .waitFor();
  await picture('thank-you-pickup-en');
  expect((await promisesStored()).at(-1)).toMatchObject({
    status: 'promised',
    promised_on: '2026-11-24',
  });
});

describe('what the shop may do decides what a shopper sees', () => {
  const cases = [
    // The merchant's own rate, dated by the Function from the padded table.
    { plan: 'basic', wallet: 'off', hasDates: true, hasExtension: false },
    { plan: 'basic', wallet: 'on', hasDates: true, hasExtension: false },
    { plan: 'advanced', wallet: 'off', hasDates: true, hasExtension: false },
    { plan: 'advanced', wallet: 'on', hasDates: true, hasExtension: false },
    { plan: 'plus', wallet: 'on', hasDates: true, hasExtension: false },
    { plan: 'plus', wallet: 'off', hasDates: true, hasExtension: true },
  ];
  test.each(cases)(
    'plan $plan, wallet $wallet',
    async ({ plan, wallet, hasDates, hasExtension }) => {
      local.control.changeSettings({ plan, wallet, rateCache: 'off' });
      // The table that the Function reads gets there behind what is more urgent: a shopper may come before it.
      const areDated = async () => {
        await goToOptions(DEMO_ADDRESSES.PARIS, 'fr');
        if (hasExtension) await extensionsDrawn();
        const texts = [...(await shownOptions()).values()].join('\n');
        return /2026-1[12]-\d\d|· (lun|mar|mer|jeu|ven|sam)\. \d/.test(texts);
      };
      await expect.poll(areDated, { timeout: 60_000, interval: 1_000 }).toBe(hasDates);
      expect((await slots().count()) > 0).toBe(hasExtension);
      await picture(`plan-${plan}-wallet-${wallet}`);
    },
  );
});

test.each(['1', '2', '3'])(
  'with %s origins every date shown is one the order can be bound to',
  async (origins) => {
    local.control.changeSettings({ origins, rateCache: 'off' });
    await goToOptions(DEMO_ADDRESSES.MADRID, 'es');
    const shown = [...(await shownOptions())].filter(([, text]) => /2026-\d\d-\d\d/.test(text));
    expect(shown.length).toBeGreaterThan(0);
    const [code, text] = shown.find(([name]) => !name.startsWith('pp:')) ?? ['', ''];
    await choose(code);
    const before = (await promisesStored()).length;
    await pay();
    await expect.poll(async () => (await promisesStored()).length).toBe(before + 1);
    const stored = (await promisesStored()).at(-1);
    // With several origins Shopify may show one part's date; the order is promised the latest part, never an earlier one.
    const iso = /2026-\d\d-\d\d/.exec(text)?.[0] ?? '';
    expect(String(stored?.promised_on) >= iso).toBe(true);
  },
);
