// The order desk, routing rules and kept promises in a browser, over routing as it runs.
import AxeBuilder from '@axe-core/playwright';
import {
  type Browser,
  type BrowserContext,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { LANGUAGES } from '../backend/console/screens/texts/languages.ts';
import { TEXTS } from '../backend/console/screens/texts/text.ts';
import { type ConsoleHost, SHOP, startConsoleHost } from './console-host.ts';

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 360, height: 800 };

let host: ConsoleHost;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];

beforeAll(async () => {
  host = await startConsoleHost();
  const { orders } = host;
  await orders.take(SHOP, { orderId: '1001', sku: 'V-LF01-BOR-42', quantity: 1 });
  await orders.take(SHOP, { orderId: '1002', sku: 'V-LF01-BOR-42', quantity: 100_000 });
  await orders.take(SHOP, { orderId: '1003', sku: 'V-LF01-BOR-43', quantity: 1 });
  await orders.endangered(SHOP, '1003');
  await orders.history(SHOP);
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
});
afterAll(async () => {
  await browser.close();
  await host.stop();
});
beforeEach(async () => {
  context = await browser.newContext({ viewport: WIDE });
  page = await context.newPage();
  page.setDefaultTimeout(8_000);
  faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
});
afterEach(async () => {
  expect(faults).toEqual([]);
  await context.close();
});

async function open(path: string, locale = 'en'): Promise<void> {
  const query = new URLSearchParams({ shop: SHOP, locale, user: 'ada' });
  await page.goto(`${host.url}/app${path}?${query}`);
  await page.locator('s-page').waitFor();
  await page.locator('.waiting').first().waitFor({ state: 'detached' });
}

async function violations(): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.map((one) => `${one.id}: ${one.nodes[0]?.html}`);
}

const SCREENS = [
  ['/orders', 'table.orders'],
  ['/orders/unplaced', 'table.orders'],
  ['/orders/order/1001', '.events'],
  ['/routing', '.entry'],
  ['/routing/try', 's-section'],
  ['/routing/messages', '.entry'],
  ['/routing/alerts', '.entry'],
  ['/routing/shopify', '.entry'],
  ['/outcomes', '.shares'],
] as const;

test.each(SCREENS)(
  'the screen %s has no accessibility fault, wide and narrow',
  async (path, part) => {
    await open(path);
    await page.locator(part).first().waitFor();
    expect(await violations()).toEqual([]);
    await page.setViewportSize(NARROW);
    expect(await violations()).toEqual([]);
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(NARROW.width);
  },
);

test.each(LANGUAGES)('in %s the order page tells what happened and why', async (locale) => {
  await open('/orders/order/1001', locale);
  const texts = TEXTS[locale];
  await page.getByText(texts['event.order_placed'], { exact: true }).first().waitFor();
  await page.getByRole('heading', { name: texts['order.decisions'], exact: true }).waitFor();
  // No fact stays unfilled, no key unwritten.
  expect(await page.locator('main').textContent()).not.toMatch(/\{\w+\}/);
  await page.setViewportSize(NARROW);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
});

test('the desk opens with what is in danger: what, why, when it was due and the next step', async () => {
  await open('/orders');
  const row = page.locator('tbody tr').first();
  await row.waitFor();
  const text = await row.textContent();
  for (const part of ['#1003', 'Missed', 'begin picking', '30 minutes ago', 'Call the store']) {
    expect(text).toContain(part);
  }
  await page.getByRole('link', { name: 'Without a place' }).click();
  await page.getByRole('link', { name: '#1002' }).waitFor();
});

test('an order is found with the keyboard alone, by its postal code', async () => {
  await open('/orders');
  await page.keyboard.press('/');
  await page.keyboard.type('00187');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: '#1001' }).waitFor();
  await page.getByRole('link', { name: '#1001' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Order #1001' }).waitFor();
});

test('an order that cannot be found says what was looked for', async () => {
  await open('/orders/search/nobody');
  await page.getByText(/No order has “nobody” as number/).waitFor();
});

test('a hold is previewed, confirmed and said, and its release too', async () => {
  await open('/orders/order/1001');
  await page.getByRole('button', { name: 'Hold', exact: true }).click();
  await page.getByLabel('Reason').fill('call first');
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByText('No date changes.').waitFor();
  await page.getByRole('button', { name: 'Do it' }).click();
  await page.getByRole('status').getByText('Done.').waitFor();
  await page.getByText('Held: an agent').first().waitFor();
  await page
    .locator('.events')
    .getByText(/call first/)
    .waitFor();
  await page.getByRole('button', { name: 'Release', exact: true }).click();
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByRole('button', { name: 'Do it' }).click();
  await page.getByRole('status').getByText('Done.').waitFor();
  await page.getByRole('button', { name: 'Hold', exact: true }).waitFor();
});

test('a move that a place cannot do is refused in words before anything happens', async () => {
  await open('/orders/order/1002');
  await page.getByRole('button', { name: 'Move to another place' }).click();
  await page.getByLabel('Where to').selectOption('WH-PIACENZA');
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByText(/Piacenza warehouse cannot take it: /).waitFor();
  expect(await page.getByRole('button', { name: 'Do it' }).count()).toBe(0);
});

test('a new address shows where it comes from and when, before it is asked of Shopify', async () => {
  await open('/orders/order/1001');
  await page.getByRole('button', { name: 'Change the address' }).click();
  await page.getByLabel('Postal code').fill('20121');
  await page.getByLabel('City').fill('Milano');
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByText('What it would mean').waitFor();
  await page
    .getByText(/sends 1 × V-LF01-BOR-42/)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Do it' }).click();
  await page.getByText('Asked for. Pending until Shopify confirms.').waitFor();
  await page.getByText('20121 Milano').first().waitFor();
});

async function routingStored(): Promise<{ section: Record<string, unknown> }> {
  return JSON.parse(await (await host.ask('/sections/routing')).text());
}

test('weights are saved by clicks and in force within five seconds', async () => {
  await open('/routing');
  await page.getByLabel('Splitting', { exact: true }).first().fill('2');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText(/in force after/).waitFor();
  expect((await routingStored()).section['weights']).toEqual({ split: 2 });
});

test('a place gets a number of orders a day of its own, chosen by its name', async () => {
  await open('/routing');
  await page.getByRole('button', { name: 'Add a place' }).click();
  const row = page.locator('.row', { has: page.getByLabel('Orders a day') });
  await row.getByLabel('Place').selectOption({ label: 'Piacenza warehouse' });
  await row.getByLabel('Orders a day').fill('25');
  await page.getByText('How large each one is').click();
  await page.getByLabel('Packing in: Store (EUR)').fill('1.75');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText(/in force after/).waitFor();
  expect((await routingStored()).section).toMatchObject({
    dailyOrderCap: { byNode: { 'WH-PIACENZA': 25 } },
    rates: { handlingMinor: { store: 175, warehouse: 60 } },
  });
});

test('rules that contradict each other are said at their field, and nothing is saved', async () => {
  const before = await routingStored();
  await open('/routing');
  await page.getByLabel('Days late tried in turn').fill('0 5 2');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page
    .getByRole('alert')
    .getByText(/more days than the step before \(5\)/)
    .waitFor();
  expect(await violations()).toEqual([]);
  expect(await routingStored()).toEqual(before);
});

/** Opens a picker of a card and chooses by name. */
async function choose(card: Locator, picker: string, ...names: readonly string[]): Promise<void> {
  const list = card.locator('details.picker', { hasText: picker });
  await list.locator('summary').click();
  for (const name of names) await list.getByLabel(name, { exact: true }).check();
}

test('a rule for countries is added by clicks, switched off, and refused at its card when it leaves nobody', async () => {
  await open('/routing');
  const rules = page.locator('s-section', {
    has: page.getByRole('heading', { name: 'Rules for countries' }),
  });
  await rules.getByRole('button', { name: 'Add a rule for countries' }).click();
  const first = rules.locator('fieldset.card').first();
  await choose(first, 'Countries of delivery', 'FR', 'DE');
  await choose(first, 'Kinds of places', 'Warehouse');
  await rules.getByRole('button', { name: 'Add a rule for countries' }).click();
  const second = rules.locator('fieldset.card').nth(1);
  await second.getByLabel('Who may send').selectOption('never');
  await choose(second, 'Countries of delivery', 'DE');
  await choose(second, 'Kinds of places', 'Warehouse');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await second
    .getByRole('alert')
    .getByText(/leaves some place for DE: with rule 1 of the list none is left/)
    .waitFor();
  await second.getByLabel('In force').uncheck();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText(/in force after/).waitFor();
  const inFrance = { effect: 'only', destinationCountries: ['FR', 'DE'], nodeKinds: ['warehouse'] };
  expect((await routingStored()).section['countryRules']).toEqual([
    { isOff: false, ...inFrance },
    { isOff: true, effect: 'never', destinationCountries: ['DE'], nodeKinds: ['warehouse'] },
  ]);
  expect(await violations()).toEqual([]);
  await second.getByRole('button', { name: 'Remove Rule 2, switched off' }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText(/in force after/).waitFor();
  expect((await routingStored()).section['countryRules']).toEqual([{ isOff: false, ...inFrance }]);
});

test('kinds of orders get rules of their own and another rank by the keyboard', async () => {
  await open('/routing');
  const kinds = page.locator('s-section', {
    has: page.getByRole('heading', { name: 'Kinds of orders' }),
  });
  for (const [index, name] of ['large', 'gifts'].entries()) {
    await kinds.getByRole('button', { name: 'Add a kind of orders' }).click();
    await kinds.locator('fieldset.card').nth(index).getByLabel('Name').fill(name);
  }
  const large = kinds.locator('fieldset.card').first();
  await large.getByLabel('Worth at least').fill('250');
  await large.getByLabel('Other rules for splitting').check();
  await large.getByLabel('Splitting', { exact: true }).selectOption('forbid');
  await large.getByRole('button', { name: 'Move down: large' }).focus();
  await page.keyboard.press('Enter');
  // At the end only the way back is left, and the keyboard is there.
  await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('/rulesets-up-1');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText(/in force after/).waitFor();
  expect((await routingStored()).section['rulesets']).toMatchObject([
    { name: 'gifts', when: {} },
    { name: 'large', when: { minimumValueMinor: 25_000 }, split: { mode: 'forbid' } },
  ]);
  expect(await violations()).toEqual([]);
});

test('a real order is tried with rules that are not saved, and nothing is saved', async () => {
  const before = await routingStored();
  await open('/routing');
  const trial = page.locator('s-section', {
    has: page.getByRole('heading', { name: 'What would happen?' }),
  });
  const tryIt = async () => {
    await trial.getByLabel('Order number').fill('1001');
    await page.keyboard.press('Enter');
  };
  await tryIt();
  await trial.getByText('With the rules as saved.').waitFor();
  const rules = page.locator('s-section', {
    has: page.getByRole('heading', { name: 'Rules for products' }),
  });
  await rules.getByRole('button', { name: 'Add a rule for products' }).click();
  await tryIt();
  await rules
    .getByRole('alert')
    .getByText(/a rule that names places/)
    .waitFor();
  await choose(rules.locator('fieldset.card'), 'Kinds of places', 'Logistics partner');
  await tryIt();
  await trial.getByText('With rules that are not saved.').waitFor();
  await trial
    .getByText(/V-LF01-BOR-42 wait|Leipzig/)
    .first()
    .waitFor();
  expect(await routingStored()).toEqual(before);
});

test('what Shopify is told is chosen by clicks', async () => {
  await open('/routing/shopify');
  await page.getByLabel('Shopify writes to the buyer when a parcel leaves').uncheck();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText(/in force after/).waitFor();
  const stored = JSON.parse(await (await host.ask('/sections/fulfillment')).text());
  expect(stored.section).toMatchObject({ notifiesShopper: false, setsDeadlines: true });
});

test('a real order is tried without effect, with the reason of each other place', async () => {
  await open('/routing/try');
  await page.getByLabel('Order number').fill('1002');
  await page.getByRole('button', { name: 'Try', exact: true }).click();
  await page
    .getByText(/\d+ × V-LF01-BOR-42 wait/)
    .first()
    .waitFor();
  await page
    .locator('summary', { hasText: /other places, and why not/ })
    .first()
    .click();
  expect(await page.locator('.sentences').last().locator('li').count()).toBeGreaterThan(5);
});

test('kept promises are a figure, a picture and a table of the same', async () => {
  await open('/outcomes');
  await page.getByText('36 of 40 promises').waitFor();
  await page.getByText('90 %').first().waitFor();
  const table = await page.getByRole('table', { name: 'How promises ended' }).textContent();
  expect((table ?? '').replaceAll(/\s+/g, ' ')).toMatch(
    /Kept ?32 ?80 %.*Too padded ?4 ?10 %.*Late ?4 ?10 %/,
  );
  await page.getByText('Piacenza warehouse → IT-LOM, standard').waitFor();
});
