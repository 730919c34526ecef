import AxeBuilder from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  askAdmin,
  connectApp,
  type FakeApp,
  openCheckout,
  post,
  startFakeApp,
  startSmallShop,
} from '../fixtures/buy.ts';
import type { LocalShopify } from '../local-shopify.ts';

// The bar looks every two seconds.
const BAR_LOOKS_MILLISECONDS = 6_000;

let browser: Browser;
let app: FakeApp;
let local: LocalShopify;
let context: BrowserContext;
let page: Page;
let bundles: string[];

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
  context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  page = await context.newPage();
  bundles = [];
  page.on('request', (request) => {
    if (request.url().includes('/local/bundles/')) bundles.push(request.url());
  });
});
afterEach(async () => {
  await context.close();
  await local.stop();
});

async function violations(): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.map((one) => `${one.id}: ${one.nodes[0]?.html}`);
}

describe('the checkout editor', () => {
  const checkoutShows = async (): Promise<number> => {
    const { token } = await openCheckout(local, { variantIds: [2_000] });
    bundles = [];
    await page.goto(`${local.url}/checkouts/${token}`);
    await page.locator('.option').first().waitFor();
    return page.locator('.extension-slot').count();
  };
  const set = async (label: string, isOn: boolean): Promise<void> => {
    await page.goto(`${local.url}/admin/checkout-editor`);
    await page.getByLabel(label).setChecked(isOn);
    await page.getByRole('button', { name: 'Save' }).click();
  };

  test('takes an extension out of checkout and puts it back; out, its bundle is not asked for', async () => {
    expect(await checkoutShows()).toBe(2);
    await set('Under each shipping option', false);
    expect(await checkoutShows()).toBe(0);
    expect(bundles).toEqual([]);
    await set('Under each shipping option', true);
    expect(await checkoutShows()).toBe(2);
  });

  test('leaves the pages after the order alone when a place inside checkout is taken out', async () => {
    await set('Under each shipping option', false);
    const { token } = await openCheckout(local, { variantIds: [2_000] });
    await post(`${local.url}/checkouts/${token}/pay`, {});
    await page.goto(`${local.url}/checkouts/${token}/thank-you`);
    await page.getByText(/^number [0-9A-F]{9}$/).waitFor();
    await page.goto(`${local.url}/admin/checkout-editor?page=thank-you`);
    await page.getByLabel('A block on the thank-you page').uncheck();
    await page.getByRole('button', { name: 'Save' }).click();
    expect(local.shop.state.placesOff.toSorted()).toEqual([
      'hello-checkout:purchase.checkout.shipping-option-item.render-after',
      'hello-checkout:purchase.thank-you.block.render',
    ]);
    await page.goto(`${local.url}/checkouts/${token}/thank-you`);
    await page.waitForSelector('body[data-ready]');
    expect(await page.locator('.extension-slot').count()).toBe(0);
  });

  test('shows the page as it is with the extension, and without it', async () => {
    await page.goto(`${local.url}/admin/checkout-editor`);
    const preview = page.frameLocator('.checkout-preview');
    await preview.locator('.extension-slot[data-extension]').first().waitFor();
    expect(await preview.locator('.bar').count()).toBe(0);
    expect(await violations()).toEqual([]);
    await set('Under each shipping option', false);
    await preview.locator('.option').first().waitFor();
    expect(await preview.locator('.extension-slot').count()).toBe(0);
    await page.goto(`${local.url}/admin/checkout-editor?page=order-status`);
    await page.frameLocator('.checkout-preview').getByText('There is no order yet').waitFor();
  });
});

describe('the inventory page', () => {
  test('tells what an order has committed, and sets what is for sale', async () => {
    local.control.changeSettings({ webhooks: 'prompt' });
    const { token } = await openCheckout(local, { variantIds: [2_000] });
    await post(`${local.url}/checkouts/${token}/pay`, {});
    await page.goto(`${local.url}/admin/inventory`);
    await page.getByLabel('SKU or product').fill('wool-coat-s');
    await page.locator('[name=location]').selectOption({ label: 'Milano warehouse' });
    await page.getByRole('button', { name: 'Show' }).click();
    const row = page.locator('tr[data-sku=WOOL-COAT-S]');
    const figures = async (): Promise<string[]> =>
      row.locator('[data-of]').evaluateAll((cells) => cells.map((one) => one.textContent ?? ''));
    expect(await figures()).toEqual(['1', '19', '20']);
    await row.getByLabel('Available').fill('7');
    await row.getByRole('button', { name: 'Set' }).click();
    await expect.poll(figures).toEqual(['1', '7', '8']);
    expect(new URL(page.url()).search).toContain('wool-coat-s');
    expect(await violations()).toEqual([]);
  });
});

describe('the control bar', () => {
  const openBar = async (): Promise<void> => {
    await page.goto(local.url);
    await page.click('.bar-toggle');
    await page.locator('.bar-faults').waitFor();
  };

  test('drops a subscription and says which topic is silent', async () => {
    await openBar();
    const panel = page.locator('.bar-webhooks');
    await panel.getByLabel('Topic').selectOption('orders/create');
    await panel.getByRole('button', { name: 'Drop subscription' }).click();
    await panel.getByText('silent: orders/create').waitFor();
    await panel.getByLabel('Lost, percent').fill('25');
    await panel.getByRole('button', { name: 'Set', exact: true }).click();
    await panel.getByText('So be it.').waitFor();
    expect(local.shop.state.webhookChaos).toMatchObject({ dropPercent: 25, delayPercent: 0 });
    await panel.getByRole('button', { name: 'Restore all' }).click();
    await expect.poll(() => local.shop.state.silencedTopics).toEqual([]);
  });

  test('adds a fault, counts whom it befell, and clears it', async () => {
    const token = await connectApp(local);
    await openBar();
    await page.locator('.bar-faults select').selectOption({ label: 'Throttled' });
    await page.getByRole('spinbutton', { name: 'Times' }).fill('1');
    await page.getByRole('button', { name: 'Add fault' }).click();
    await page.getByRole('rowheader', { name: 'Throttled' }).waitFor();
    const answer = await askAdmin(local, token, { query: '{ shop { name } }' });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'THROTTLED' });
    const cells = page.locator('.bar-faults tbody td');
    await expect
      .poll(async () => (await cells.allTextContents()).slice(2, 5), {
        timeout: BAR_LOOKS_MILLISECONDS,
      })
      .toEqual(['1', '1', '0']);
    expect(await violations()).toEqual([]);
    await page.getByRole('button', { name: 'Clear Throttled' }).click();
    await page.getByRole('rowheader', { name: 'Throttled' }).waitFor({ state: 'detached' });
    expect(local.control.readFaults().faults).toEqual([]);
  });

  test('sells on a marketplace, and says why it could not', async () => {
    await openBar();
    await page.getByLabel('SKU').fill('KNIT-SCARF-M');
    await page.getByRole('button', { name: 'Sell' }).click();
    await page.getByText('Sold: order #1001.').waitFor();
    expect(local.shop.state.orders[0]?.sourceName).toBe('marketplace');
    await page.getByLabel('SKU').fill('NOTHING');
    await page.getByRole('button', { name: 'Sell' }).click();
    await page.getByText('Not sold: no variant has the SKU NOTHING').waitFor();
  });

  test('leads to every page there is', async () => {
    await page.goto(local.url);
    await page.locator('.bar nav a').first().waitFor();
    const links = await page
      .locator('.bar nav a')
      .evaluateAll((all) => all.map((one) => (one as HTMLAnchorElement).href));
    expect(links).toHaveLength(8);
    for (const link of links) expect((await fetch(link)).status, link).toBe(200);
  });
});

test('an order is fulfilled from its page, and from a page that is out of date it says why not', async () => {
  const { token } = await openCheckout(local, { variantIds: [2_000] });
  await post(`${local.url}/checkouts/${token}/pay`, {});
  const order = local.shop.state.orders[0];
  if (!order) throw new Error('nothing was placed');
  await page.goto(`${local.url}/admin/orders/${order.id}`);
  await page.getByText('Shopify is still routing this order.').waitFor();
  await page.getByRole('button', { name: 'Route now' }).click();
  const fulfill = page.getByRole('button', { name: 'Fulfill', exact: true });
  await fulfill.waitFor();
  const stale = await context.newPage();
  await stale.goto(page.url());
  await page.getByLabel('Tracking number').fill('BRT-1');
  await fulfill.click();
  await page.getByRole('heading', { name: /Parcel 1 from/ }).waitFor();
  expect(order.fulfillments[0]?.tracking[0]?.number).toBe('BRT-1');
  expect(await violations()).toEqual([]);
  await stale.getByRole('button', { name: 'Fulfill', exact: true }).click();
  await stale.getByRole('alert').waitFor();
});
