/**
 * An order keeps its promise, as shopper, stores, agent and Shopify see it: the demo retailer in the local Shopify, the
 * real service, a real mail server, Chromium. From a paid basket to a parcel on its way, and to a pickup handed over.
 *
 * Stores are paired as a manager would; nothing is written into tables by hand.
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
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { ShopId } from '../backend/base/ids.ts';
import { type RunningKept, startKept } from '../backend/main.ts';
import { parseConfig } from '../backend/platform/config.ts';
import { withShop } from '../backend/platform/database.ts';
import { buildConsole } from '../scripts/build-console.ts';
import { buildDesk } from '../scripts/build-desk.ts';
import { buildExtensions } from '../scripts/build-extensions.ts';
import { writeDemo } from '../scripts/demo/generate.ts';
import { locationIdOf, variantIdsOf } from '../scripts/demo/locations.ts';
import { STORY_SKUS } from '../scripts/demo/stock.ts';
import { DEMO_ADDRESSES } from '../scripts/demo/stories.ts';
import { type LocalShopify, startLocalShopify } from '../scripts/local-shopify/local-shopify.ts';
import { type MailCatcher, startMailCatcher } from '../scripts/mail-catcher/catcher.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { quietLog } from './worlds/live-shop.ts';

const run = promisify(execFile);
const SHOP = 'kept-demo.myshopify.com' as ShopId;
const ROOT = path.resolve(import.meta.dirname, '..');
// Where a person may look at what the tests saw.
const PICTURES = path.join(ROOT, '.data', 'pictures');
const TUESDAY = '2026-11-24T11:05:00+01:00';
const PHONE = { width: 390, height: 844 };
// What is to happen happens, or something is broken; this machine does ten things at once.
const PATIENCE_MS = 30_000;
const PIN = '2580';

let folder: string;
let database: TestDatabase<unknown>;
let local: LocalShopify;
let kept: RunningKept;
let keptUrl: string;
let catcher: MailCatcher;
let browser: Browser;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kept-orders-'));
  fs.mkdirSync(PICTURES, { recursive: true });
  writeDemo(folder);
  await Promise.all([buildExtensions(), buildConsole(), buildDesk()]);
  database = await createTestDatabase();
  catcher = await startMailCatcher({ port: 0, nowIso: () => local.clock.now() });
  const port = await freePort();
  keptUrl = `http://localhost:${port}`;
  const seed = path.join(folder, 'shop-seed.json');
  local = await startLocalShopify({ port: 0, seed, appUrl: keptUrl, keysPath: folder });
  local.clock.jump(TUESDAY);
  local.control.changeSettings({ plan: 'plus', wallet: 'off', origins: '1', rateCache: 'off' });
  kept = await startKept(configFor(port), quietLog);
  await run(process.execPath, [
    path.join(ROOT, 'scripts', 'demo', 'install.ts'),
    ...['--kept', keptUrl, '--shopify', local.url],
    ...['--world', path.join(folder, 'world.json')],
  ]);
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await kept?.stop();
  await local?.stop();
  await catcher?.stop();
  await database?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
});

function configFor(port: number) {
  const config = parseConfig({
    KEPT_ENV: 'test',
    PORT: String(port),
    KEPT_URL: keptUrl,
    DATABASE_URL: database.appUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
    SHOPIFY_ADMIN_URL_TEMPLATE: `${local.url}/{shop}/admin/api/{version}/graphql.json`,
    SHOPIFY_TOKEN_URL_TEMPLATE: `${local.url}/{shop}/admin/oauth/access_token`,
    KEPT_APP_BRIDGE_URL: `${local.url}/app-bridge.js`,
    KEPT_POLARIS_URL: `${local.url}/polaris.js`,
    KEPT_CLOCK_URL: `${local.url}/clock`,
    SMTP_URL: catcher.url,
    MAIL_FROM: 'orders@kept.example',
  });
  if (!config.ok) throw new Error(JSON.stringify(config.refusal));
  return config.value;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

// ---- who takes part ------------------------------------------------------------------------------

/** What the merchant does in Kept; the agent's page asks the same way. */
async function asMerchant(url: string, body?: object): Promise<unknown> {
  const session = await (await fetch(`${local.url}/admin/id-token`)).json();
  const response = await fetch(`${keptUrl}/api/admin${url}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${z.object({ token: z.string() }).parse(session).token}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

async function openPage(options: Parameters<Browser['newContext']>[0]): Promise<Page> {
  const context = await browser.newContext(options);
  contexts.push(context);
  context.setDefaultTimeout(PATIENCE_MS);
  return await context.newPage();
}

/** A store's phone, paired by a manager's link, with its person at work. */
async function phoneOf(nodeId: string, person: string): Promise<Page> {
  await asMerchant('/desks/people', { nodeId, name: person, pin: PIN });
  const made = await asMerchant('/desks/codes', { nodeId, deviceName: `Phone of ${person}` });
  const phone = await openPage({ viewport: PHONE, hasTouch: true, locale: 'en-GB' });
  await phone.goto(z.object({ url: z.string() }).parse(made).url);
  await phone.getByRole('button', { name: 'Pair' }).tap();
  await phone.getByRole('button', { name: person }).tap();
  await phone.getByLabel('PIN of').fill(PIN);
  await phone.getByRole('button', { name: 'Begin' }).tap();
  await phone.getByText('Live', { exact: true }).waitFor();
  return phone;
}

/** A shopper with one piece in the basket, at the checkout's options. */
async function shopperWith(sku: string, place: 'MILANO' | 'ROMA', language: string): Promise<Page> {
  const address = DEMO_ADDRESSES[place];
  const shopper = await openPage({ viewport: { width: 1280, height: 1000 } });
  await shopper.context().addCookies([{ name: 'language', value: language, url: local.url }]);
  const id = String(variantIdsOf(sku).variantId);
  await shopper.request.post(`${local.url}/cart/add`, { form: { id, quantity: '1' } });
  await shopper.goto(`${local.url}/cart`);
  await shopper.click('.totals .buy');
  await shopper.waitForSelector('body[data-ready]');
  await shopper.fill('input[type=email]', 'anna@example.com');
  await shopper.press('input[type=email]', 'Tab');
  await shopper.selectOption('[autocomplete=country]', address.countryCode);
  await shopper.fill('input[name=firstName]', address.firstName ?? '');
  await shopper.fill('input[name=lastName]', address.lastName ?? '');
  await shopper.fill('input[name=address1]', address.address1);
  await shopper.fill('input[name=zip]', address.zip);
  await shopper.fill('input[name=city]', address.city);
  await shopper.press('input[name=city]', 'Tab');
  await shopper.locator('.option').first().waitFor();
  return shopper;
}

/** Buys the option and answers with the order as Shopify has it. */
async function buy(
  shopper: Page,
  code: string,
): Promise<LocalShopify['shop']['state']['orders'][0]> {
  await shopper.locator(`.option[data-code="${code}"] input`).click();
  await shopper.locator(`.option.chosen[data-code="${code}"]`).waitFor();
  await shopper.locator('.pay:not([disabled])').click();
  await shopper.waitForURL('**/thank-you');
  const order = local.shop.state.orders.at(-1);
  if (order === undefined) throw new Error('Shopify has no order');
  return order;
}

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: path.join(PICTURES, `${name}.png`), fullPage: true });
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);
}

const said = (page: Page, text: string | RegExp) =>
  page.locator('.said', { hasText: text }).waitFor();

/** The stored promise's day, as the buyer's language writes it. */
async function promisedDay(orderId: string, locale: string): Promise<string> {
  const read = () =>
    withShop(database.db, SHOP, async (trx) => {
      const { rows } = await sql<{ day: string }>`
        select promised_on::text as day from order_promise
        where order_id = ${orderId} and promised_on is not null`.execute(trx);
      return rows[0]?.day;
    });
  await expect.poll(read, { timeout: PATIENCE_MS }).toBeDefined();
  return Temporal.PlainDate.from((await read()) ?? '').toLocaleString(locale, {
    ...{ weekday: 'long', day: 'numeric', month: 'long' },
  });
}

const mailsAbout = (name: string, subject: RegExp) =>
  catcher.mails().filter((mail) => mail.subject.includes(name) && subject.test(mail.subject));

test('two stores race for an order; one has it, packs and sends it, and everybody sees the same', async () => {
  const sku = STORY_SKUS.raced;
  const stores = { condotti: 'ST-ROMA-CONDOTTI', cola: 'ST-ROMA-COLADIRIENZO' };
  const condotti = await phoneOf(stores.condotti, 'Ada');
  const cola = await phoneOf(stores.cola, 'Bruno');
  const shopper = await shopperWith(sku, 'ROMA', 'it');
  const order = await buy(shopper, 'standard');
  const name = `#${order.number}`;
  const day = await promisedDay(String(order.id), 'it');

  const take = (phone: Page) => phone.getByRole('button', { name: /^We take/ });
  await Promise.all([take(condotti).waitFor(), take(cola).waitFor()]);
  await picture(condotti, 'orders-desk-offer');
  await expectAccessible(condotti);
  // Both at once: whoever is second is told by whom and when, not with a fault; his button may be gone by then.
  const buttons = await Promise.all([condotti, cola].map((phone) => take(phone).elementHandle()));
  await Promise.all(buttons.map((button) => button?.dispatchEvent('click')));
  const won = (phone: Page) => phone.getByRole('heading', { name }).isVisible();
  await expect
    .poll(async () => [await won(condotti), await won(cola)].filter(Boolean).length, {
      timeout: PATIENCE_MS,
    })
    .toBe(1);
  const [winner, loser, store] = (await won(condotti))
    ? [condotti, cola, stores.condotti]
    : [cola, condotti, stores.cola];
  await said(loser, /^Taken by .*Roma.*, \d\d:\d\d/);
  await picture(loser, 'orders-desk-lost');

  await winner.getByRole('button', { name: 'Begin', exact: true }).tap();
  await winner.getByLabel('Scan or type a SKU').fill(sku);
  await winner.keyboard.press('Enter');
  await picture(winner, 'orders-desk-pick');
  await winner.getByLabel('Carrier').fill('Corriere Nord');
  await winner.getByLabel('Tracking number').fill('CN-2026-4711');
  await winner.keyboard.press('Enter');
  await said(winner, 'The parcel is closed.');
  await winner.getByRole('button', { name: 'The carrier has it' }).tap();
  await said(winner, 'On its way.');

  // Shopify: the work moved to the winner, and fulfilled with the number.
  const atShopify = () => ({
    parcels: order.fulfillments.flatMap(({ tracking }) => tracking.map(({ number }) => number)),
    closedAt: order.fulfillmentOrders
      .filter((one) => one.status === 'CLOSED' && one.lines.length > 0)
      .map((one) => one.locationId),
  });
  await expect.poll(() => atShopify().parcels, { timeout: PATIENCE_MS }).toEqual(['CN-2026-4711']);
  expect(atShopify().closedAt).toContain(locationIdOf(store));

  // The buyer's mail and page: the stored day and where it is.
  await expect
    .poll(() => mailsAbout(name, /confermato/).map((mail) => mail.text.includes(day)), {
      timeout: PATIENCE_MS,
    })
    .toEqual([true]);
  await shopper.getByRole('link', { name: /stato/ }).click();
  await shopper.getByText(day).first().waitFor();
  await shopper.getByText('In viaggio').waitFor();
  await picture(shopper, 'orders-status-shipped');
  await expectAccessible(shopper);

  // The agent: who won, what left, and the promise.
  const page = await asMerchant(`/orders/${order.id}`);
  expect(page).toMatchObject({
    order: { name },
    state: 'shipped',
    parcels: [{ trackingNumber: 'CN-2026-4711' }],
  });
  const kinds = z
    .object({ timeline: z.array(z.object({ kind: z.string() })) })
    .parse(page)
    .timeline.map(({ kind }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(['offered', 'claimed', 'packed', 'shipped']));
  expect(kinds.filter((kind) => kind === 'claimed')).toHaveLength(1);
  const agent = await openPage({ viewport: { width: 1400, height: 1400 }, locale: 'en-GB' });
  await agent.goto(`${local.url}/admin/apps/app/orders/order/${order.id}`);
  await agent.frameLocator('iframe').first().getByText('CN-2026-4711').first().waitFor();
  await picture(agent, 'orders-agent');
}, 180_000);

test('a pickup: the code comes by mail and on the page; a wrong one hands over nothing, the right one does', async () => {
  const store = 'ST-MILANO-MONTENAPOLEONE';
  const phone = await phoneOf(store, 'Clara');
  const shopper = await shopperWith(STORY_SKUS.pickup, 'MILANO', 'en');
  await shopper.locator('.modes label', { hasText: /pick ?up/i }).click();
  // A pickup point of that name is among the deliveries, which stand until the stores are drawn.
  await shopper.locator('.modes label.chosen', { hasText: /pick ?up/i }).waitFor();
  await shopper.locator('.options[aria-busy=false]').waitFor();
  const flagship = shopper.locator('.option', { hasText: /Montenapoleone/i });
  const order = await buy(shopper, (await flagship.getAttribute('data-code')) ?? '');
  const name = `#${order.number}`;
  await shopper.getByRole('link', { name: /status/ }).click();

  await phone.getByRole('link', { name: /To prepare/ }).tap();
  await phone.getByRole('link', { name }).tap();
  await phone.getByRole('button', { name: 'Begin', exact: true }).tap();
  await phone.getByLabel('Scan or type a SKU').fill(STORY_SKUS.pickup);
  await phone.keyboard.press('Enter');
  await phone.getByRole('button', { name: 'Ready to collect' }).tap();
  await said(phone, 'The customer is told.');

  await expect
    .poll(() => mailsAbout(name, /ready to collect/).length, { timeout: PATIENCE_MS })
    .toBe(1);
  const [mail] = mailsAbout(name, /ready to collect/);
  const code = /\b\d{6}\b/.exec(mail?.text ?? '')?.[0] ?? '';
  expect(code).toMatch(/^\d{6}$/);
  await shopper.reload();
  await shopper.getByRole('heading', { name: code }).waitFor();
  await picture(shopper, 'orders-status-ready');
  await expectAccessible(shopper);

  const forged = code === '111111' ? '222222' : '111111';
  await phone.getByLabel('Pickup code').fill(forged);
  await phone.keyboard.press('Enter');
  await said(phone, 'Tries left: 4');
  await picture(phone, 'orders-desk-wrong-code');
  await phone.getByLabel('Pickup code').fill(code);
  await phone.keyboard.press('Enter');
  await said(phone, 'Handed over.');
  await expect
    .poll(async () => Object(await asMerchant(`/orders/${order.id}`)).state, {
      timeout: PATIENCE_MS,
    })
    .toBe('handed_over');
  await expect.poll(() => order.fulfillments.length, { timeout: PATIENCE_MS }).toBe(1);
}, 180_000);
