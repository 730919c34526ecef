import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { askAdmin, connectApp, FIXTURE_ROOT } from '../fixtures/buy.ts';
import { smallShop } from '../fixtures/small-shop.ts';
import { type LocalShopify, startLocalShopify } from '../local-shopify.ts';
import { addBlock, setEmbed } from '../theme/draft.ts';
import { themeDataOf } from '../theme/theme-data.ts';
import type { ThemeData } from '../theme/theme-schema.ts';

const UID = '8f1c8a57-0000-4000-8000-0000000000e1';
const GREETING = { type: `shopify://apps/fixture/blocks/greeting/${UID}`, handle: 'greeting' };
const CART_GREETING = {
  type: `shopify://apps/fixture/blocks/cart-greeting/${UID}`,
  handle: 'cart-greeting',
};

let browser: Browser;
let local: LocalShopify;
let folder: string;
let context: BrowserContext;
let page: Page;
let requests: string[];

const start = (): Promise<LocalShopify> =>
  startLocalShopify({
    port: 0,
    seed: smallShop(),
    appUrl: 'http://localhost:9',
    root: FIXTURE_ROOT,
    statePath: join(folder, 'state.json'),
  });

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
});
afterAll(() => browser.close());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'theme-'));
  local = await start();
  local.control.install();
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
  requests = [];
  page.on('request', (request) => requests.push(new URL(request.url()).pathname));
});
afterEach(async () => {
  await context.close();
  await local.stop();
  rmSync(folder, { recursive: true });
});

const put = (data: ThemeData): void => {
  local.shop.state.theme = data;
};
const withGreeting = (): ThemeData =>
  addBlock(themeDataOf(local.shop.state), { template: 'product', section: 'main' }, GREETING).data;
const ofExtension = (): string[] => requests.filter((path) => path.startsWith('/cdn/extensions/'));
async function violations(): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.map((one) => `${one.id}: ${one.nodes[0]?.html}`);
}

describe('a page of the shop', () => {
  test('carries an app block with its settings, words and wrapper, and its files once', async () => {
    const twice = addBlock(withGreeting(), { template: 'product', section: 'main' }, GREETING);
    put(twice.data);
    await context.addCookies([{ name: 'language', value: 'it', url: local.url }]);
    await page.goto(`${local.url}/products/wool-coat`);
    expect(await page.locator('#shopify-block-greeting').textContent()).toContain(
      'Che bello, Wool coat.',
    );
    expect(await page.locator('.hello-stars').first().textContent()).toBe('★★★');
    expect(await page.locator('.shopify-app-block').count()).toBe(2);
    expect(ofExtension().map((path) => path.split('/').at(-1))).toEqual(['hello.css', 'hello.js']);
  });

  test('loads nothing of an extension while its block is hidden, and nothing of it once its app is gone', async () => {
    const data = withGreeting();
    const block = data.templates['product']?.sections['main']?.blocks['greeting'];
    if (block) block.disabled = true;
    put(data);
    await page.goto(`${local.url}/products/wool-coat`);
    expect(ofExtension()).toEqual([]);
    put(withGreeting());
    local.control.uninstall();
    await page.reload();
    expect(await page.locator('.shopify-app-block').count()).toBe(0);
    expect(ofExtension()).toEqual([]);
  });

  test('draws a block only where its schema lets it, and only while available_if holds', async () => {
    const data = themeDataOf(local.shop.state);
    const cart = addBlock(data, { template: 'cart', section: 'main' }, GREETING).data;
    put(addBlock(cart, { template: 'cart', section: 'main' }, CART_GREETING).data);
    await page.goto(`${local.url}/products/wool-coat`);
    await page.click('.buy');
    await page.waitForURL('**/cart');
    expect(await page.locator('.shopify-app-block').count()).toBe(0);
    const token = await connectApp(local);
    await askAdmin(local, token, {
      query: `mutation Set($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) { userErrors { message } } }`,
      variables: {
        m: [
          {
            ownerId: `gid://shopify/AppInstallation/${local.shop.app.id}`,
            namespace: 'flags',
            key: 'cart',
            type: 'boolean',
            value: 'true',
          },
        ],
      },
    });
    await page.reload();
    expect(await page.locator('.hello-cart').textContent()).toBe('One piece');
  });

  test("shows an app's variant metafield only when its definition opens it to storefronts", async () => {
    put(withGreeting());
    const { state, app } = local.shop;
    const field = { namespace: `app--${app.id}`, key: 'eta', type: 'single_line_text_field' };
    const at = local.clock.now();
    state.metafields.push({
      ...field,
      id: 1,
      owner: 'gid://shopify/ProductVariant/2000',
      value: 'on Friday',
      createdAt: at,
      updatedAt: at,
    });
    await page.goto(`${local.url}/products/wool-coat`);
    expect(await page.locator('.hello-field').count()).toBe(0);
    state.definitions.push({
      ...field,
      id: 2,
      ownerType: 'PRODUCTVARIANT',
      name: 'Arrival',
      description: null,
      isCartToOrderCopyable: false,
      access: { admin: null, storefront: 'PUBLIC_READ', customerAccount: null },
    });
    await page.reload();
    expect(await page.locator('.hello-field').textContent()).toBe('on Friday');
    await page.goto(`${local.url}/products/wool-coat?variant=2001`);
    expect(await page.locator('.hello-field').count()).toBe(0);
  });

  test.each(['dawn', 'horizon'])('tells a change of variant as %s does', async (style) => {
    const data = withGreeting();
    put({ ...data, settings: { ...data.settings, variant_events: style } });
    await page.goto(`${local.url}/products/wool-coat`);
    await page.evaluate(() => {
      const heard: string[] = [];
      Object(globalThis)['heard'] = heard;
      for (const name of ['change', 'variant:update']) {
        document.addEventListener(name, (event) =>
          heard.push(
            `${name} ${Object(event.target)['value'] ?? Object(event)['detail'].resource.id}`,
          ),
        );
      }
    });
    await page.click('.sizes label:nth-of-type(2)');
    await page.waitForURL('**/wool-coat?variant=2001');
    const own = ['change M', 'change 2001'];
    await expect
      .poll(() => page.evaluate(() => Object(globalThis)['heard']))
      .toEqual(
        style === 'dawn' ? own.toReversed() : [...own.toReversed(), 'variant:update 2001'].sort(),
      );
  });

  test("has the shop's clock, and follows it when it is moved", async () => {
    await page.goto(`${local.url}/products/wool-coat`);
    const now = (): Promise<string> => page.evaluate(() => new Date().toISOString().slice(0, 10));
    expect(await now()).toBe('2026-11-23');
    local.clock.jump('2026-12-24T10:00:00Z');
    await expect.poll(now).toBe('2026-12-24');
  });
});

describe('the cart', () => {
  const call = (path: string, body: object): Promise<Record<string, unknown>> =>
    page.evaluate(
      async ([address, json]) => {
        const answer = await fetch(address ?? '', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: json ?? '',
        });
        return Object.assign({ status: answer.status }, await answer.json());
      },
      [path, JSON.stringify(body)],
    );

  test('is written by the Ajax API: lines, quantities, attributes, note', async () => {
    await page.goto(local.url);
    await call('/cart/add.js', { items: [{ id: 2000, quantity: 2 }, { id: 2010 }] });
    const updated = await call('/cart/update.js', {
      attributes: { _promise: 'r4.k.signature', gift: 'yes' },
      note: 'Ring twice',
    });
    expect(updated).toMatchObject({
      item_count: 3,
      note: 'Ring twice',
      attributes: { _promise: 'r4.k.signature', gift: 'yes' },
      total_price: 2 * 24_900 + 7_900,
    });
    const [line] = Object(updated['items']);
    const changed = await call('/cart/change.js', { id: line.key, quantity: 0 });
    expect(changed).toMatchObject({ item_count: 1 });
    expect(await call('/cart/update.js', { attributes: { gift: '' } })).toMatchObject({
      attributes: { _promise: 'r4.k.signature' },
    });
    expect(await call('/cart/add.js', { id: 1 })).toMatchObject({ status: 422 });
  });

  test('changes a quantity without leaving the page and says the new sum', async () => {
    await page.goto(`${local.url}/products/wool-coat`);
    await page.click('.buy');
    await page.waitForURL('**/cart');
    await page.fill('.lines input', '3');
    await page.keyboard.press('Tab');
    await expect.poll(() => page.locator('.totals strong').textContent()).toBe('€747.00');
    expect(await page.locator('[data-cart-status]').textContent()).toContain('€747.00');
    await page.locator('[data-remove]').click();
    await page.getByRole('heading', { name: 'Your cart is empty' }).waitFor();
  });

  test('is bought without any script', async () => {
    const plain = await browser.newContext({ javaScriptEnabled: false });
    const bare = await plain.newPage();
    await bare.goto(`${local.url}/products/wool-coat`);
    await bare.selectOption('#plain-variant', '2002');
    await bare.click('.buy');
    await bare.fill('.lines input', '2');
    await bare.getByRole('button', { name: 'Update' }).click();
    expect(await bare.locator('.line').textContent()).toContain('€498.00');
    await bare.click('.totals .buy');
    expect(bare.url()).toContain('/checkouts/');
    await plain.close();
  });

  test('is priced in the currency of the chosen country', async () => {
    await page.goto(`${local.url}/products/wool-coat`);
    await page.selectOption('[name=country_code]', 'GB');
    await expect.poll(() => page.locator('.info .price').textContent()).toBe('£214.14');
    expect(new URL(page.url()).pathname).toBe('/products/wool-coat');
  });
});

describe('the theme editor', () => {
  const preview = () => page.frameLocator('#preview');
  const inPreview = <Value>(script: () => Value): Promise<Value> => {
    const frame = page.frames().find((one) => one.url().includes('editor_draft'));
    if (!frame) throw new Error('there is no preview');
    return frame.evaluate(script);
  };
  const open = async (query = '?template=product'): Promise<void> => {
    await page.goto(`${local.url}/admin/themes/current/editor${query}`);
    await page.waitForSelector('body[data-ready]');
    await preview().locator('.site').waitFor();
  };
  const addGreeting = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Add block to Product' }).click();
    await page.getByRole('button', { name: 'Greeting' }).click();
    await preview().locator('hello-greeting[data-now]').waitFor();
  };
  const said = (text: string): Promise<void> =>
    page.locator('.te-status', { hasText: text }).waitFor();

  test('adds, sets, hides, shows, moves and removes a block; the shop changes only when it is saved', async () => {
    await open();
    await addGreeting();
    await page.getByLabel('Heading').fill('Arrives soon');
    await preview().getByRole('heading', { name: 'Arrives soon' }).waitFor();
    await page.getByRole('button', { name: 'Hide Greeting' }).click();
    await preview().locator('hello-greeting').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Show Greeting' }).click();
    await preview().getByRole('heading', { name: 'Arrives soon' }).waitFor();
    await expect.poll(() => inPreview(() => Object(globalThis)['helloAlive'])).toBe(1);

    const shopper = await context.newPage();
    await shopper.goto(`${local.url}/products/wool-coat`);
    expect(await shopper.locator('hello-greeting').count()).toBe(0);
    await page.getByRole('button', { name: 'Save' }).click();
    await said('Saved');
    await shopper.reload();
    expect(await shopper.locator('hello-greeting h2').textContent()).toBe('Arrives soon');

    await page.getByRole('button', { name: 'Remove Greeting' }).click();
    await preview().locator('hello-greeting').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await preview().getByRole('heading', { name: 'Arrives soon' }).waitFor();
  });

  test('is worked by the keyboard alone, and a moved row keeps the focus', async () => {
    await open();
    await addGreeting();
    const row = page.getByRole('button', { name: 'Greeting App', exact: true });
    await row.focus();
    for (const place of [6, 5, 4]) {
      await page.keyboard.press('Alt+ArrowUp');
      await said(`Greeting is now ${place} of 7.`);
    }
    expect(await row.evaluate((one) => one === document.activeElement)).toBe(true);
    await expect
      .poll(() =>
        inPreview(() => document.querySelector('hello-greeting')?.closest('.info') !== null),
      )
      .toBe(true);
    await page.keyboard.press('Delete');
    await said('Greeting removed.');
  });

  test("sends Shopify's events to the page", async () => {
    await open();
    await inPreview(() => {
      const heard: string[] = [];
      Object(globalThis)['heard'] = heard;
      const names = ['section:load', 'section:unload', 'section:select', 'section:deselect'];
      for (const name of [...names, 'block:select', 'block:deselect']) {
        document.addEventListener(`shopify:${name}`, (event) => {
          const { sectionId, blockId = '', load = '' } = Object(event)['detail'];
          heard.push(`${name} ${sectionId} ${blockId} ${load}`.trim());
        });
      }
    });
    expect(await inPreview(() => Object(globalThis)['Shopify'].designMode)).toBe(true);
    await addGreeting();
    await page.getByRole('button', { name: 'Title', exact: true }).click();
    const main = 'template--product__main';
    await expect
      .poll(() => inPreview(() => Object(globalThis)['heard']))
      .toEqual([
        `section:unload ${main}`,
        `section:load ${main}`,
        `section:select ${main}  true`,
        `block:select ${main} greeting true`,
        `block:deselect ${main} greeting`,
        `section:deselect ${main}`,
        `section:select ${main}  false`,
        `block:select ${main} title false`,
      ]);
  });

  test('has app embeds off until they are turned on, also by a deep link', async () => {
    await open(`?context=apps&template=product&activateAppId=${UID}/structured`);
    expect(await page.getByRole('checkbox', { name: /Structured facts/ }).isChecked()).toBe(true);
    const facts = 'script[type="application/ld+json"]';
    await expect.poll(() => preview().locator(facts).count()).toBe(1);
    expect(local.shop.state.theme).toBeNull();
    await page.getByRole('checkbox', { name: /Structured facts/ }).uncheck();
    await expect.poll(() => preview().locator(facts).count()).toBe(0);
  });

  test('adds the block a deep link names, by the api key of its app', async () => {
    await open('?template=product&addAppBlockId=kept-dev/greeting&target=newAppsSection');
    await preview().locator('hello-greeting[data-now]').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await said('Saved');
    expect(local.shop.state.theme?.templates['product']?.order).toEqual(['main', 'apps']);
  });

  test('is saved over a restart', async () => {
    put(setEmbed(withGreeting(), `shopify://apps/fixture/blocks/structured/${UID}`, true));
    await local.stop();
    local = await start();
    expect(Object.keys(local.shop.state.theme?.embeds ?? {})).toEqual(['structured']);
    const html = await (await fetch(`${local.url}/products/wool-coat`)).text();
    expect(html).toContain('<hello-greeting');
    expect(html).toContain('application/ld+json');
  });

  test.each([1440, 600])('has nothing axe would object to at %i px', async (width) => {
    await page.setViewportSize({ width, height: 900 });
    await open();
    await addGreeting();
    expect(await violations()).toEqual([]);
    await page.getByRole('button', { name: 'Add block to Product' }).click();
    expect(await violations()).toEqual([]);
    await page.keyboard.press('Escape');
    for (const panel of ['App embeds', 'Theme settings']) {
      await page.getByRole('button', { name: panel }).click();
      expect(await violations()).toEqual([]);
    }
  });
});

test('the pages of an app block shop have nothing axe would object to', async () => {
  put(withGreeting());
  for (const path of ['/products/wool-coat', '/collections/ardesia', '/nothing-here']) {
    await page.goto(`${local.url}${path}`);
    await page.locator('.bar').waitFor();
    expect(await violations(), path).toEqual([]);
  }
});
