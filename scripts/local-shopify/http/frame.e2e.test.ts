import AxeBuilder from '@axe-core/playwright';
import { type Browser, chromium, type FrameLocator, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { signFrameQuery, signProxyQuery, verifyJwt } from '../app/signing.ts';
import { type FakeApp, startFakeApp, startSmallShop } from '../fixtures/buy.ts';
import type { LocalShopify } from '../local-shopify.ts';

let browser: Browser;
let app: FakeApp;
let local: LocalShopify;
let page: Page;
let frame: FrameLocator;

/** A page as an embedded app writes it, with the two scripts of Shopify's CDN replaced. */
const embedded = (
  origin: string,
): string => `<!doctype html><html lang="en"><head><title>Set-up</title>
<meta name="shopify-api-key" content="kept-dev">
<script src="${origin}/app-bridge.js"></script><script src="${origin}/polaris.js"></script></head><body>
<s-app-nav><s-link href="/">Home</s-link><s-link href="/network">Network</s-link></s-app-nav>
<main><s-page heading="Set-up"><s-section heading="Cut-off">
<form data-save-bar><s-text-field label="Warehouse cut-off" name="cutOff" value="15:00"></s-text-field>
<s-select label="Carrier" name="carrier"><s-option value="a">Alpha</s-option><s-option value="b">Beta</s-option></s-select>
<s-checkbox label="Open on Sunday" name="sunday"></s-checkbox>
<s-choice-list label="Kind" name="kind"><s-choice value="x" selected>One</s-choice><s-choice value="y">Two</s-choice></s-choice-list></form>
<s-button id="ask" variant="primary">Ask</s-button><s-button commandFor="more" command="--show">More</s-button>
<s-modal id="more" heading="More about it"><s-paragraph>Inside</s-paragraph></s-modal>
<s-table><s-table-header-row><s-table-header>Node</s-table-header></s-table-header-row><s-table-body><s-table-row><s-table-cell>Piacenza</s-table-cell></s-table-row></s-table-body></s-table>
<p id="said"></p></s-section></s-page></main>
<script>document.getElementById('ask').addEventListener('click', async () => {
  await fetch('/api/admin/setup'); shopify.toast.show('Asked');
});
const said = (text) => { document.getElementById('said').textContent = text; };
document.querySelector('s-text-field').addEventListener('input', (event) => said(event.currentTarget.value));
document.querySelector('s-select').addEventListener('change', (event) => said(event.currentTarget.value));
document.querySelector('s-checkbox').addEventListener('change', (event) => said(String(event.currentTarget.checked)));
document.querySelector('s-choice-list').addEventListener('change', (event) => said(event.currentTarget.values.join()));
document.querySelector('form').addEventListener('submit', (event) => { event.preventDefault(); said('saved ' + new FormData(event.target).get('cutOff')); });
</script></body></html>`;

beforeAll(async () => {
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
  app = await startFakeApp();
  local = await startSmallShop(app.url);
  app.answers.set('/', { status: 200, body: embedded(local.url), type: 'text/html' });
  page = await (await browser.newContext()).newPage();
  await page.goto(`${local.url}/admin`);
  await page.getByRole('button', { name: 'Install app' }).click();
});
afterAll(async () => {
  await browser.close();
  await local.stop();
  await app.stop();
});
beforeEach(async () => {
  await page.goto(`${local.url}/admin/apps/app`);
  frame = page.frameLocator('#app-frame');
  await frame.getByRole('heading', { name: 'Set-up' }).waitFor();
});

describe('the app frame', () => {
  test('opens at a signed address with shop, host and an id token', () => {
    const query = new URLSearchParams(app.received.findLast((one) => one.path === '/')?.query);
    const hmac = query.get('hmac');
    query.delete('hmac');
    expect(signFrameQuery('kept-dev-secret', query)).toBe(hmac);
    expect(query.get('shop')).toBe('kept-demo.myshopify.com');
    const claims = verifyJwt('kept-dev-secret', query.get('id_token') ?? '', local.clock.nowMs());
    expect(claims).toMatchObject({ aud: 'kept-dev', iss: 'https://kept-demo.myshopify.com/admin' });
  });

  test('opens in the language of the person in the admin', async () => {
    await page.goto(`${local.url}/admin/apps/app?locale=it`);
    await frame.getByRole('heading', { name: 'Set-up' }).waitFor();
    const query = new URLSearchParams(app.received.findLast((one) => one.path === '/')?.query);
    expect(query.get('locale')).toBe('it');
  });

  test("signs the app's own calls with a fresh id token and shows its toasts", async () => {
    await frame.getByRole('button', { name: 'Ask' }).click();
    await page.locator('.toast', { hasText: 'Asked' }).waitFor();
    const asked = app.received.findLast((one) => one.path === '/api/admin/setup');
    const token = asked?.headers.authorization?.replace('Bearer ', '') ?? '';
    expect(verifyJwt('kept-dev-secret', token, local.clock.nowMs())).toMatchObject({
      dest: 'https://kept-demo.myshopify.com',
    });
  });

  test("lists the app's pages in the admin's own menu", async () => {
    expect(await page.locator('#app-nav a').allInnerTexts()).toEqual(['Home', 'Network']);
  });

  test('has form elements that type, tell and submit', async () => {
    const said = frame.locator('#said');
    await frame.getByLabel('Warehouse cut-off').fill('16:30');
    await expect.poll(() => said.textContent()).toBe('16:30');
    await frame.getByLabel('Carrier').selectOption('b');
    await expect.poll(() => said.textContent()).toBe('b');
    await frame.getByLabel('Open on Sunday').check();
    await expect.poll(() => said.textContent()).toBe('true');
    await frame.getByLabel('Two').check();
    await expect.poll(() => said.textContent()).toBe('y');
    await frame.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => said.textContent()).toBe('saved 16:30');
    expect(await frame.getByRole('button', { name: 'Save' }).isVisible()).toBe(false);
  });

  test('opens and closes a modal by command', async () => {
    await frame.getByRole('button', { name: 'More' }).click();
    await frame.getByRole('dialog', { name: 'More about it' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => frame.getByRole('dialog').isVisible()).toBe(false);
  });

  test('has nothing axe would object to', async () => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([]);
  });
});

describe('the app proxy', () => {
  test('forwards with shop, prefix, time, customer and a signature over all of them, without cookies', async () => {
    const answer = await fetch(`${local.url}/apps/promise/promise?zip=20121&line=1&line=2`, {
      headers: { cookie: 'customer=701; cart=secret' },
    });
    expect(answer.status).toBe(200);
    const sent = app.received.findLast((one) => one.path === '/proxy/promise');
    const query = new URLSearchParams(sent?.query);
    const signature = query.get('signature');
    query.delete('signature');
    expect(signProxyQuery('kept-dev-secret', query)).toBe(signature);
    expect(Object.fromEntries(query)).toMatchObject({
      zip: '20121',
      shop: 'kept-demo.myshopify.com',
      path_prefix: '/apps/promise',
      logged_in_customer_id: '701',
    });
    expect(sent?.headers.cookie).toBeUndefined();
  });
});

test('removing the app ends its tokens, its carrier services and tells it', async () => {
  local.control.changeSettings({ webhooks: 'prompt' });
  await page.getByRole('button', { name: 'Remove app' }).click();
  await page.getByRole('heading', { name: 'Install Fixture' }).waitFor();
  expect(local.shop.state.tokens).toEqual([]);
  await expect
    .poll(
      () => app.received.findLast((one) => one.path === '/webhooks')?.headers['x-shopify-topic'],
    )
    .toBe('app/uninstalled');
});
