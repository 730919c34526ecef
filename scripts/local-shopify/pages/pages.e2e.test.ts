import AxeBuilder from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  askAdmin,
  connectApp,
  type FakeApp,
  startFakeApp,
  startSmallShop,
} from '../fixtures/buy.ts';
import type { LocalShopify } from '../local-shopify.ts';
import { SHOP_LANGUAGES } from '../seed.ts';

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 375, height: 800 };

let browser: Browser;
let app: FakeApp;
let local: LocalShopify;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  app = await startFakeApp();
});
afterAll(async () => {
  await browser.close();
  await app.stop();
});
beforeEach(async () => {
  local = await startSmallShop(app.url);
  context = await browser.newContext({ viewport: WIDE });
  page = await context.newPage();
});
afterEach(async () => {
  await context.close();
  await local.stop();
});

async function fillAddress(): Promise<void> {
  const fields = {
    firstName: 'Anna',
    lastName: 'Rossi',
    address1: 'Via Dante 3',
    zip: '20121',
    city: 'Milano',
  };
  await page.fill('input[type=email]', 'anna@example.com');
  for (const [name, value] of Object.entries(fields)) await page.fill(`input[name=${name}]`, value);
  await page.press('input[name=city]', 'Tab');
  await page.locator('.option').first().waitFor();
}

async function goToCheckout(): Promise<void> {
  await page.goto(`${local.url}/products/wool-coat`);
  await page.click('.buy');
  await page.click('.totals .buy');
  await page.waitForSelector('body[data-ready]');
}

const drawn = (): Promise<void> =>
  page.locator('.extension-slot[data-extension]').nth(1).waitFor({ state: 'attached' });

async function violations(): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.map((one) => `${one.id}: ${one.nodes[0]?.html}`);
}

test('a shopper buys with the keyboard alone', async () => {
  await page.goto(`${local.url}/products/wool-coat`);
  await page.focus('.sizes input');
  await page.keyboard.press('ArrowRight');
  expect(await page.isChecked('.sizes label:nth-of-type(2) input')).toBe(true);
  await page.focus('.buy');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/cart');
  await page.focus('.totals .buy');
  await page.keyboard.press('Enter');
  await page.waitForSelector('body[data-ready]');
  await page.focus('input[type=email]');
  const typed = ['anna@example.com', '', 'Anna', 'Rossi', 'Via Dante 3', '', '20121', 'Milano', ''];
  for (const text of typed) {
    if (text !== '') await page.keyboard.type(text);
    await page.keyboard.press('Tab');
  }
  await page.locator('.option').first().waitFor();
  await page.locator('.option input').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.locator('.option.chosen[data-code=Express]').waitFor();
  await page.focus('.pay');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/thank-you');
  expect(local.shop.state.orders[0]?.shippingLine?.code).toBe('Express');
});

describe('the checkout extension', () => {
  test('draws under each option in the language of the page', async () => {
    await goToCheckout();
    await fillAddress();
    await drawn();
    expect(await page.locator('.extension-slot').allInnerTexts()).toEqual([
      expect.stringContaining('Arrives Standard'),
      expect.stringContaining('Arrives Express'),
    ]);
    await context.addCookies([{ name: 'language', value: 'it', url: local.url }]);
    await page.reload();
    await drawn();
    expect(await page.locator('.extension-slot').first().textContent()).toContain(
      'Arriva Standard',
    );
  });

  test('follows what the merchant set in the checkout editor', async () => {
    await page.goto(`${local.url}/admin/checkout-editor`);
    await page.getByLabel('Shout').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await goToCheckout();
    await fillAddress();
    await drawn();
    expect(await page.locator('.extension-slot').first().textContent()).toContain(
      'ARRIVES STANDARD',
    );
  });

  test('is refused an element or value outside the official types, and the rest is drawn', async () => {
    const errors: string[] = [];
    page.on('console', (message) => errors.push(message.text()));
    await goToCheckout();
    await fillAddress();
    await drawn();
    expect(errors.join('\n')).toContain('<s-badge tone="neon"> is none of auto, neutral, critical');
    expect(errors.join('\n')).toContain('<div> is not available to this target');
    expect(await page.locator('.extension-slot s-badge').count()).toBe(0);
    expect(await page.locator('.extension-slot div').count()).toBe(0);
  });

  test('calls its backend from an opaque origin with a session token and has no storage of the page', async () => {
    const token = await connectApp(local);
    await askAdmin(local, token, {
      query: `mutation Set($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) { userErrors { message } } }`,
      variables: {
        m: [
          {
            ownerId: 'gid://shopify/Shop/1',
            key: 'config',
            type: 'json',
            value: JSON.stringify({ url: app.url }),
          },
        ],
      },
    });
    await goToCheckout();
    await fillAddress();
    await page.getByText('localStorage is not available to an extension').waitFor();
    const asked = app.received.find((one) => one.path === '/who' && one.method === 'OPTIONS');
    expect(asked?.headers.origin).toBe('null');
    expect(asked?.headers['access-control-request-headers']).toContain('authorization');
  });

  test('writes its cart metafield through the page', async () => {
    await goToCheckout();
    await fillAddress();
    await expect
      .poll(() => Object.values(local.shop.state.carts)[0]?.metafields)
      .toMatchObject([{ namespace: 'app--260711', key: 'promise', value: '{"v":1}' }]);
  });

  test.each([
    ['plan', 'advanced'],
    ['plan', 'basic'],
    ['wallet', 'on'],
  ])('is not drawn with %s %s', async (name, value) => {
    local.control.changeSettings({ [name]: value });
    await goToCheckout();
    await fillAddress();
    expect(await page.locator('.extension-slot').count()).toBe(0);
    expect(await page.getAttribute('html', `data-setting-${name}`)).toBe(value);
  });

  test('draws on the thank-you page on every plan', async () => {
    local.control.changeSettings({ plan: 'basic' });
    await goToCheckout();
    await fillAddress();
    await page.click('.pay');
    await page.waitForURL('**/thank-you');
    await page.getByText(/^number [0-9A-F]{9}$/).waitFor();
  });
});

describe('accessibility', () => {
  const found: Record<string, string[]> = {};
  const look = async (name: string): Promise<void> => {
    await page.locator('.bar').waitFor();
    const faults = await violations();
    if (faults.length > 0) found[name] = faults;
  };

  test.each([
    ...SHOP_LANGUAGES.map((language) => ({ language, viewport: WIDE })),
    // The language with the longest words on the narrowest screen.
    { language: 'de' as const, viewport: NARROW },
  ])(
    'axe finds nothing on a page of the shop, $language, $viewport.width px',
    async ({ language, viewport }) => {
      await page.setViewportSize(viewport);
      await context.addCookies([{ name: 'language', value: language, url: local.url }]);
      await page.goto(local.url);
      await look('home');
      await page.goto(`${local.url}/products/linen-shirt`);
      await look('product');
      await page.click('.buy');
      await look('cart');
      await page.click('.totals .buy');
      await page.waitForSelector('body[data-ready]');
      await fillAddress();
      await drawn();
      await look('checkout');
      await page.click('.pay');
      await page.waitForURL('**/thank-you');
      await look('thank-you');
      await page.click('.after .button');
      await page.waitForURL('**/orders/**');
      await look('order status');
      expect(found).toEqual({});
    },
  );

  test('axe finds nothing on the bar and the admin', async () => {
    await page.goto(local.url);
    await page.click('.bar-toggle');
    await page.locator('.bar-panel').waitFor();
    await look('control bar');
    await page.click('.bar-toggle');
    await page.goto(`${local.url}/admin`);
    await look('install');
    for (const part of ['orders', 'inventory', 'locations', 'checkout-editor']) {
      await page.goto(`${local.url}/admin/${part}`);
      await look(part);
    }
    expect(found).toEqual({});
  });
});

describe('the control bar', () => {
  test('moves the clock of the shop and of everyone who listens', async () => {
    await page.goto(local.url);
    const before = local.clock.nowMs();
    await page.click('.bar-toggle');
    await page.getByRole('button', { name: '+1 h', exact: true }).click();
    await expect.poll(() => Math.round((local.clock.nowMs() - before) / 60_000)).toBe(60);
    await page.locator('.bar-clock', { hasText: '11:0' }).waitFor();
  });

  test('plays a story: clock, basket, address', async () => {
    await page.goto(local.url);
    await page.click('.bar-toggle');
    await page.getByRole('button', { name: 'A quiet Monday' }).click();
    await page.waitForURL('**/checkouts/**');
    await page.locator('.option').first().waitFor();
    expect(await page.inputValue('input[name=zip]')).toBe('20121');
    expect(await page.locator('.summary-lines').textContent()).toContain('Knit scarf');
  });

  test('changes what this Shopify is like, and the page says so', async () => {
    await page.goto(local.url);
    await page.click('.bar-toggle');
    await page.selectOption('[data-setting=plan]', 'basic');
    await page.waitForSelector('html[data-setting-plan=basic]');
    expect(await page.textContent('.settings-summary')).toContain('plan=basic');
  });
});
