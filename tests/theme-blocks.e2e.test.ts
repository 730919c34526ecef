/**
 * The theme's blocks in Chromium, on pages drawn by the theme host, answered by the real service through the app proxy.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import AxeBuilder from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type BlockName, COAT, type Placed, startThemeHost, type ThemeHost } from './theme-host.ts';

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 375, height: 800 };
const PRODUCT_BLOCKS = { 'product-promise': {}, 'store-availability': {} };
const MAIN = { product: 'template--product__main', cart: 'template--cart__main' } as const;

let host: ThemeHost;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];
/** Paths asked for since the page was opened, proxied questions with their query. */
let asked: string[];

beforeAll(async () => {
  host = await startThemeHost();
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
});
afterAll(async () => {
  await browser?.close();
  await host?.stop();
});
beforeEach(async () => {
  host.place({});
  host.embed(false);
  await openContext();
});
afterEach(async () => {
  expect(faults).toEqual([]);
  await context.close();
});

async function openContext(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
  await context?.close();
  context = await browser.newContext({ viewport: WIDE, ...options });
  page = await context.newPage();
  faults = [];
  asked = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    const url = new URL(request.url());
    asked.push(url.pathname.startsWith('/apps/') ? `${url.pathname}${url.search}` : url.pathname);
  });
  await context.addInitScript({ path: join(import.meta.dirname, 'theme-probe.js') });
}

const questions = () => asked.filter((path) => path.startsWith('/apps/promise/'));
const promise = () => page.locator('kept-promise');
const rows = () => promise().locator('[data-part="rows"] li');
const open = (path = `/products/${COAT}`) => page.goto(host.local.url + path);

async function give(postal: string, block = 'kept-promise'): Promise<void> {
  await page.locator(`${block} [data-part="postal"]`).fill(postal);
  await page.locator(`${block} [data-part="show"]`).click();
}

async function putIntoCart(): Promise<void> {
  const form = { id: '2000', quantity: '1' };
  await context.request.post(`${host.local.url}/cart/add.js`, { data: form });
}

type Living = { listeners: number; timers: number; observers: number };
const living = (): Promise<Living> => page.evaluate('probe.living()');
const swapSection = (id: string) => page.evaluate(`probe.swap('${id}')`);
const setClock = (now: string) => page.evaluate(`probe.setClock('${now}')`);
/** By how many pixels a block is wider than its place. */
const tooWide = () =>
  page.evaluate(
    "Math.max(...[...document.querySelectorAll('.kept')].map((one) => one.scrollWidth - one.clientWidth))",
  );
/** The radio itself is drawn by its label. */
const chooseSize = (size: string) => page.getByRole('radio', { name: size }).check({ force: true });

const ELEMENTS: readonly (readonly [BlockName, string, keyof typeof MAIN])[] = [
  ['product-promise', 'kept-promise', 'product'],
  ['store-availability', 'kept-stores', 'product'],
  ['cart-promise', 'kept-cart', 'cart'],
];

describe.each(ELEMENTS)('%s in the editor', (name, element, template) => {
  const set = (placed: Placed) => {
    host.place({ [name]: placed });
    return swapSection(MAIN[template]);
  };
  const opened = async (placed: Placed) => {
    if (template === 'cart') await putIntoCart();
    host.place({ [name]: placed });
    await open(template === 'cart' ? '/cart' : undefined);
  };

  test('on, off, on, set: it lives while it is on and leaves nothing behind', async () => {
    await opened({});
    const block = page.locator(element);
    await block.locator('[data-part="postal"]').fill('20121');
    await block.locator('[data-part="show"]').click();
    await page
      .getByText(/Milano Brera/)
      .first()
      .waitFor();
    const on = await living();
    expect(on.listeners).toBeGreaterThan(0);

    await set({ disabled: true });
    expect(await block.count()).toBe(0);
    expect(await living()).toEqual({ listeners: 0, timers: 0, observers: 0 });

    await set({});
    await page
      .getByText(/Milano Brera/)
      .first()
      .waitFor();
    expect((await living()).listeners).toBe(on.listeners);

    await set({ settings: { heading: 'When it comes', layout: 'boxed' } });
    expect(await block.locator('h2').innerText()).toBe('When it comes');
    await page
      .getByText(/Milano Brera/)
      .first()
      .waitFor();
    expect((await living()).listeners).toBe(on.listeners);
  });

  test('twenty changes in a row leak nothing', async () => {
    await opened({});
    await page.locator(element).waitFor();
    await expect.poll(living).toMatchObject({ observers: template === 'cart' ? 1 : 0 });
    const before = await living();
    for (let change = 0; change < 20; change += 1)
      await set({ settings: { rows: (change % 3) + 1 } });
    await expect.poll(living).toMatchObject({
      listeners: before.listeners,
      observers: before.observers,
    });
    expect((await living()).timers).toBeLessThanOrEqual(before.timers + 1);
  });

  test('while it is off nothing of it is loaded and nothing asked', async () => {
    await opened({ disabled: true });
    await page.waitForLoadState('networkidle');
    expect(asked.filter((path) => /kept|\/apps\//.test(path))).toEqual([]);
  });
});

describe('the product page', () => {
  beforeEach(() => host.place(PRODUCT_BLOCKS));

  test('has a first date without asking anybody, also without any script', async () => {
    await openContext({ javaScriptEnabled: false });
    await open();
    expect(await promise().locator('[data-part="first"]').innerText()).toMatch(/^Italy: by \w+ \d/);
    expect(questions()).toEqual([]);
  });

  test('asks once for both blocks, and what it says is what was answered', async () => {
    await open();
    await give('20121');
    await rows().getByText('Milano Brera').waitFor();
    await page.locator('kept-stores').getByText('Milano Brera').first().waitFor();
    expect(questions().filter((query) => query.includes('postal=20121'))).toHaveLength(1);
    expect(await rows().allInnerTexts()).toEqual([
      expect.stringMatching(/^Express\s+tomorrow, Tue,? 24 Nov, by 12:00$/),
      expect.stringMatching(/^Standard\s+Wed,? 25 Nov$/),
      expect.stringMatching(/^Pick up at Milano Brera\s+within 2 hours$/),
    ]);
    expect(await promise().locator('[data-part="order"]').innerText()).toMatch(
      /^Order within \d hrs? \d+ mins?$/,
    );
  });

  test('follows the chosen variant, and asks only for what it has not just been told', async () => {
    await open();
    await give('20121');
    await rows().getByText('Express').waitFor();
    await chooseSize('L');
    await rows().getByText('Express').waitFor({ state: 'detached' });
    await rows().getByText('Milano Brera').waitFor();
    const before = questions().length;
    await chooseSize('S');
    await rows().getByText('Express').waitFor();
    expect(questions()).toHaveLength(before);
  });

  test('gives up the question of a variant that is not wanted any more', async () => {
    await open();
    await rows().first().waitFor();
    const answers: (() => void)[] = [];
    await page.route('**/apps/promise/**', async (route) => {
      await new Promise<void>((resolve) => answers.push(resolve));
      await route.continue().catch(() => undefined);
    });
    const ended: string[] = [];
    page.on('requestfailed', (request) => ended.push(request.failure()?.errorText ?? ''));
    await chooseSize('L');
    await expect.poll(() => answers.length).toBe(1);
    await chooseSize('M');
    await expect.poll(() => ended).toEqual(['net::ERR_ABORTED']);
    for (const answer of answers) answer();
  });

  test('remembers the postal code, for both blocks and the next page', async () => {
    await open();
    await give('20121', 'kept-stores');
    await rows().getByText('Milano Brera').waitFor();
    expect(await promise().locator('[data-part="postal"]').inputValue()).toBe('20121');
    asked = [];
    await open('/products/knit-scarf');
    await rows().getByText('Milano Brera').waitFor();
    expect(questions().every((query) => query.includes('postal=20121'))).toBe(true);
  });

  test('keeps my store, and speaks of it first', async () => {
    await open();
    await give('20121');
    await page.locator('kept-stores summary').click();
    const navigli = page.getByRole('button', { name: 'My store: Milano Navigli' });
    await navigli.click();
    expect(await navigli.getAttribute('aria-pressed')).toBe('true');
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe(
      'My store: Milano Navigli',
    );
    const name = page.locator('kept-stores [data-part="name"]');
    expect(await name.innerText()).toBe('Milano Navigli');
    await page.reload();
    await expect.poll(() => name.innerText()).toBe('Milano Navigli');
  });

  test('says a postal code that cannot be one, and asks nothing', async () => {
    await open();
    await rows().first().waitFor();
    const before = questions().length;
    await give('<20121>');
    expect(await promise().getByRole('alert').innerText()).toBe('This cannot be a postal code.');
    expect(questions()).toHaveLength(before);
  });

  test('works by keyboard and says what changed to who cannot see it', async () => {
    await open();
    await promise().locator('[data-part="postal"]').focus();
    await page.keyboard.type('20121');
    await page.keyboard.press('Enter');
    const said = promise().getByRole('status');
    await expect.poll(() => said.innerText()).toMatch(/^Express: tomorrow/);
    expect(new URL(page.url()).pathname).toBe(`/products/${COAT}`);
  });
});

describe('when something is away', () => {
  beforeEach(async () => {
    host.place(PRODUCT_BLOCKS);
  });

  test('the first date stays until the shop’s day ends, then nothing is said', async () => {
    await page.route('**/apps/promise/**', (route) => route.abort());
    await open();
    const first = promise().locator('[data-part="first"]');
    await expect.poll(() => promise().getAttribute('aria-busy')).toBe('false');
    expect(await first.isVisible()).toBe(true);
    await setClock('2026-11-23T22:59:50Z');
    expect(await first.isVisible()).toBe(true);
    await setClock('2026-11-23T23:00:00Z');
    expect(await first.isVisible()).toBe(false);
    expect(await promise().locator('[data-part="note"]').innerText()).toMatch(/postal code/);
  });

  test('a date is shown up to the end of its validity and not a second longer', async () => {
    await open();
    await give('20121');
    await rows().getByText('Express').waitFor();
    await page.route('**/apps/promise/**', (route) => route.abort());
    // Ready 60 minutes before the pickup at 17:00: order by 15:31, the margin is 30 minutes, the clock runs 90 s ahead.
    await setClock('2026-11-23T15:00:00+01:00');
    expect(await rows().getByText('Express').isVisible()).toBe(true);
    await setClock('2026-11-23T17:00:00+01:00');
    await expect.poll(() => rows().count()).toBe(0);
    expect(await promise().locator('[data-part="order"]').innerText()).toBe('');
  });

  test('a page that comes back from the browser’s memory asks again', async () => {
    await open();
    await rows().first().waitFor();
    const before = questions().length;
    await page.waitForTimeout(1_100);
    await page.evaluate('probe.comeBack()');
    await expect.poll(() => questions().length).toBe(before + 1);
  });
});

describe('the cart', () => {
  const attribute = async (): Promise<string | undefined> => {
    const response = await context.request.get(`${host.local.url}/cart.js`);
    return (await response.json()).attributes['_kept_receipt'];
  };
  const receiptIn = async () => {
    await expect.poll(attribute).toMatch(/^[\w-]+\.[\w.-]+$/);
    return await attribute();
  };

  test('gets the signed receipt of what is shown, asked with its token', async () => {
    host.place({ 'cart-promise': {} });
    await putIntoCart();
    await open('/cart');
    await page.locator('kept-cart').getByText('Express').waitFor();
    await receiptIn();
    const token = (await (await context.request.get(`${host.local.url}/cart.js`)).json()).token;
    expect(questions().at(-1)).toContain(`cart=${token}`);
  });

  test('loses the receipt when its lines change, and gets another', async () => {
    host.place({ 'cart-promise': {} });
    await putIntoCart();
    await open('/cart');
    const first = await receiptIn();
    const written: unknown[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/cart/update.js')) {
        written.push(request.postDataJSON().attributes._kept_receipt);
      }
    });
    await page.locator('cart-lines input[type="number"]').first().fill('2');
    await page.keyboard.press('Tab');
    await expect.poll(() => written.length).toBe(2);
    expect(written[0]).toBe('');
    expect(written[1]).not.toBe(first);
    await expect.poll(attribute).toBe(written[1]);
  });

  test('has no receipt while the block is off', async () => {
    host.place({ 'cart-promise': { disabled: true } });
    await putIntoCart();
    await open('/cart');
    await page.waitForLoadState('networkidle');
    expect(await attribute()).toBeUndefined();
  });
});

describe('motion', () => {
  test('with reduced motion nothing counts down: the hour stands', async () => {
    await openContext({ reducedMotion: 'reduce' });
    host.place({ 'product-promise': {} });
    await open();
    await expect
      .poll(() => promise().locator('[data-part="order"]').innerText())
      .toMatch(/^Order by \d\d:\d\d, today$/);
  });

  test('without it the minutes count', async () => {
    host.place({ 'product-promise': {} });
    await open();
    const order = promise().locator('[data-part="order"]');
    await expect.poll(() => order.innerText()).toMatch(/^Order within/);
    const before = await order.innerText();
    const now = Number(await page.evaluate('Date.now()'));
    await setClock(new Date(now + 120_000).toISOString());
    expect(await order.innerText()).not.toBe(before);
  });
});

describe.each([
  ['en', 'Delivery'],
  ['it', 'Consegna'],
  ['fr', 'Livraison'],
  ['de', 'Lieferung'],
  ['es', 'Entrega'],
])('in %s', (language, heading) => {
  const speak = () =>
    context.request.post(`${host.local.url}/localization`, {
      form: { locale_code: language, country_code: 'IT', return_to: '/' },
    });

  test.each([WIDE, NARROW])('the pages have no accessibility fault at %o', async (viewport) => {
    await openContext({ viewport });
    host.place({ ...PRODUCT_BLOCKS, 'cart-promise': { settings: { layout: 'boxed' } } });
    await speak();
    await open();
    await give('20121');
    await rows().getByText('Express').waitFor();
    await page.locator('kept-stores summary').click();
    expect(await promise().locator('h2').innerText()).toBe(heading);
    expect(await violations()).toEqual([]);
    expect(await page.locator('main').innerText()).not.toContain('ranslation missing');
    await putIntoCart();
    await open('/cart');
    await page.locator('kept-cart').getByText('Express').waitFor();
    expect(await violations()).toEqual([]);
    expect(await tooWide()).toBe(0);
  });
});

async function violations(): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .include('kept-promise, kept-stores, kept-cart')
    .analyze();
  return found.map((one) => `${one.id}: ${one.nodes[0]?.html}`);
}

test.each([WIDE, NARROW])('nothing moves when dates come, at %o', async (viewport) => {
  await openContext({ viewport });
  host.place({ ...PRODUCT_BLOCKS, 'cart-promise': {} });
  // The place is known from the first paint on, dates are late: all that can come comes after the page is drawn.
  const place = JSON.stringify({ country: 'IT', postal: '20121', store: '' });
  await context.addInitScript(`localStorage.setItem('kept-place', '${place}')`);
  await page.route('**/apps/promise/**', async (route) => {
    await delay(700);
    await route.continue();
  });
  await putIntoCart();
  for (const path of [`/products/${COAT}`, '/cart']) {
    await open(path);
    const block = page.locator('kept-promise, kept-cart');
    await block.scrollIntoViewIfNeeded();
    await block.getByText('Express').waitFor();
    await block.getByText(/Milano Brera/).waitFor();
    // In its first frames the theme's own checkout button takes its size; dates come 700 ms after they are asked for.
    expect(await page.evaluate('probe.shiftsSince(500)')).toEqual([]);
  }
});

test.each([WIDE, NARROW])(
  'a block is as high without script as with its dates, at %o',
  async (viewport) => {
    host.place({ ...PRODUCT_BLOCKS, 'cart-promise': {} });
    const heights = async (path: string, isScripted: boolean) => {
      await openContext({ viewport, javaScriptEnabled: isScripted });
      await putIntoCart();
      await open(path);
      const blocks = page.locator('kept-promise, kept-cart, kept-stores');
      await blocks.first().scrollIntoViewIfNeeded();
      if (isScripted) await page.getByText('Express').first().waitFor();
      const boxes = await Promise.all((await blocks.all()).map((block) => block.boundingBox()));
      return boxes.map((box) => Math.round(box?.height ?? 0));
    };
    for (const path of [`/products/${COAT}`, '/cart']) {
      expect(await heights(path, true)).toEqual(await heights(path, false));
    }
  },
);

test('search engines are told days by country, from the same table, only while the embed is on', async () => {
  host.place({ 'product-promise': {} });
  const details = () => page.locator('script[type="application/ld+json"]').allTextContents();
  await open();
  expect(await details()).toEqual([]);
  host.embed(true);
  await open();
  const [text = ''] = await details();
  const { offers } = JSON.parse(text);
  const days = offers.shippingDetails.find(
    (one: { shippingDestination: { addressCountry: string } }) =>
      one.shippingDestination.addressCountry === 'IT',
  ).deliveryTime.transitTime.maxValue;
  const said = await promise().locator('[data-part="first"]').textContent();
  const last = Temporal.PlainDate.from('2026-11-23').add({ days });
  expect(said).toContain(`${last.day} `);
});
