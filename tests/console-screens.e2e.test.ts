import AxeBuilder from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { LANGUAGES } from '../backend/console/screens/texts/languages.ts';
import { TEXTS } from '../backend/console/screens/texts/text.ts';
import type { NetworkNames } from '../backend/console/view.ts';
import { type ConsoleHost, SHOP, startConsoleHost } from './console-host.ts';

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 375, height: 800 };

let host: ConsoleHost;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];

beforeAll(async () => {
  host = await startConsoleHost();
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
  faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('dialog', (dialog) => void dialog.accept());
});
afterEach(async () => {
  expect(faults).toEqual([]);
  await context.close();
});

async function open(path: string, { locale = 'en', user = 'ada' } = {}): Promise<void> {
  const query = new URLSearchParams({ shop: SHOP, locale, user });
  await page.goto(`${host.url}/app${path}?${query}`);
  await page.locator('s-page').waitFor();
  await page.locator('.waiting').first().waitFor({ state: 'detached' });
}

async function violations(): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.map((one) => `${one.id}: ${one.nodes[0]?.html}`);
}

const SCREENS = [
  ['', 's-section'],
  ['/network', '.tiles'],
  ['/network/nodes', 's-table-row'],
  ['/network/nodes/ST-BOLOGNA-FARINI', '.entry'],
  ['/network/carriers/strada', '.entry'],
  ['/network/services/express-10', '.entry'],
  ['/network/lanes/%233', '.entry'],
  ['/network/zones/IT-LOM', '.entry'],
  ['/network/pickupPoints/IT-MIL-01', '.entry'],
  ['/network/policy', '.entry'],
  ['/network/nodes/new', '.entry'],
  ['/channels', '.entry'],
  ['/channels/kept-back', '.entry'],
  ['/stock', 's-section'],
  ['/connections', 's-section'],
  ['/connections/import', '.file'],
  ['/connections/refused', '.empty'],
  ['/desks', 's-section'],
  ['/sync', '.refused'],
  ['/tester', '.question'],
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

test.each(LANGUAGES)(
  'in %s set-up, a place and the date tester speak it and stay accessible',
  async (locale) => {
    await open('', { locale });
    await page.getByRole('heading', { name: TEXTS[locale]['setup.title'], exact: true }).waitFor();
    expect(await violations()).toEqual([]);
    await open('/network/nodes/ST-MILANO-VERCELLI', { locale });
    await page.getByText(TEXTS[locale]['section.hours'], { exact: true }).waitFor();
    expect(await violations()).toEqual([]);
    await open('/tester', { locale });
    await page.getByText(TEXTS[locale]['tester.question'], { exact: true }).waitFor();
    expect(await violations()).toEqual([]);
  },
);

async function askForLoafers(): Promise<void> {
  await page.getByLabel('Postal code').fill('20121');
  await page.getByLabel('Add a product').fill('V-LF01-BOR-42');
  await page.locator('.hits button').first().click();
  await page.getByRole('button', { name: 'Test the dates' }).click();
  await page.locator('.option').first().waitFor();
}

test('the date tester shows dates, steps and the verdict on every place', async () => {
  await open('/tester');
  await askForLoafers();
  await page.getByText('10 options for 20121 IT').waitFor();
  const express = page.locator('.option', { hasText: 'Express by 10:00' }).first();
  expect(await express.locator('summary').first().textContent()).toContain(
    'Wednesday 25 November, by 10:00',
  );
  await express.locator('summary', { hasText: 'Every place, and why (47)' }).click();
  expect(await express.locator('tr.chosen').textContent()).toContain('Piacenza warehouse');
  await express.locator('summary', { hasText: 'Steps of Express by 10:00' }).click();
  const steps = await express.locator('table').first().textContent();
  expect(steps).toMatch(/Ordered\s*Tue 24 Nov, 10:20/);
  expect(steps).toMatch(/Leaves\s*Tue 24 Nov, 19:30/);
  expect(await express.getByRole('img').getAttribute('aria-label')).toContain('arrives Wed 25 Nov');
  expect(await violations()).toEqual([]);
});

test('a merchant asks the date tester with the keyboard alone', async () => {
  await open('/tester');
  await page.getByLabel('Postal code').focus();
  await page.keyboard.type('20121');
  await page.getByLabel('Add a product').focus();
  await page.keyboard.type('V-LF01-BOR-42');
  await page.locator('.hits button').first().waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.locator('.lines li').waitFor();
  await page.getByRole('button', { name: 'Test the dates' }).focus();
  await page.keyboard.press('Enter');
  await page.locator('.option').first().waitFor();
  expect(await page.locator('.option').count()).toBe(10);
});

test('a question without a product is not sent, and says what is missing', async () => {
  await open('/tester');
  await page.getByRole('button', { name: 'Test the dates' }).click();
  await page.getByText('Add at least one product.').waitFor();
  expect(await page.locator('.option').count()).toBe(0);
});

async function savedPolicy(): Promise<Record<string, unknown>> {
  const response = await host.ask('/network');
  const names: NetworkNames = JSON.parse(await response.text());
  return names.policy;
}

test('a merchant gives the app 80 % of the warehouses by clicks, in force within 5 s', async () => {
  await open('/channels');
  await page.getByRole('button', { name: 'Add a channel' }).click();
  const card = page.locator('fieldset.card').last();
  await card.getByLabel('Channel', { exact: true }).fill('app');
  await card.getByLabel('Share of the stock').fill('80');
  await card.locator('summary', { hasText: 'Kinds of places' }).click();
  await card.getByLabel('Warehouse', { exact: true }).check();
  await card.getByLabel('Stock on its way').selectOption('none');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText(/in force after/).waitFor();
  const { channels } = await savedPolicy();
  expect(channels).toContainEqual({
    code: 'app',
    shareBasisPoints: 8_000,
    kinds: ['warehouse'],
    incomingHorizonDays: 0,
  });
});

test('safety stock and click & collect are rows a merchant reads aloud', async () => {
  await open('/channels/kept-back');
  await page.getByRole('button', { name: 'Add a rule' }).first().click();
  const row = page.locator('.row.rule').first();
  await row.getByLabel('Of what').selectOption('category');
  await row.getByLabel('a category').fill('shirts');
  await row.getByLabel('Where').selectOption('kind');
  await row.getByLabel('a kind of place').selectOption('store');
  await row.getByLabel('How much').selectOption('percent');
  await row.getByLabel('% of on hand').fill('7');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText(/in force after/).waitFor();
  const { safetyStock } = await savedPolicy();
  expect(safetyStock).toContainEqual({ category: 'shirts', kind: 'store', percent: 7 });
});

test('every channel’s figure is explained line by line, and the lines add up', async () => {
  await open('/stock');
  await page.getByRole('searchbox', { name: 'Find a product' }).fill('V-LF01-BOR-42');
  await page.locator('.hits button').first().click();
  const marketplace = page.locator('.channels button', { hasText: 'marketplace' });
  const units = Number(await marketplace.locator('strong').textContent());
  await marketplace.click();
  const rows = await page.locator('.way tbody tr').allTextContents();
  const left = await page.locator('.way tbody tr td:nth-of-type(2)').allTextContents();
  expect(rows.length).toBeGreaterThan(2);
  expect(Number(left.at(-1))).toBe(units);
  expect(Number(left.at(-2))).toBe(units);
  await page.locator('.by-place summary').click();
  await page.getByRole('button', { name: 'Piacenza warehouse' }).click();
  await page.getByText('What happened at Piacenza warehouse').waitFor();
  expect(await page.locator('.movements tbody tr').count()).toBeGreaterThan(0);
  expect(await violations()).toEqual([]);
});

test('a key is shown once; revoking it is one click', async () => {
  await open('/connections');
  await page.getByLabel('Name', { exact: true }).fill('Gamma ERP');
  await page.getByRole('button', { name: 'Make the key' }).click();
  const key = await page.locator('code.key').textContent();
  expect(key).toMatch(/^kept_/);
  const section = page.locator('s-section', { hasText: 'never used' });
  expect(await section.textContent()).toContain('may send stock');
  expect(await violations()).toEqual([]);
  await open('/connections');
  expect(await page.locator('code.key').count()).toBe(0);
  await page.getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('Revoked', { exact: true }).waitFor();
});

test('a stock file is seen before it is booked; wrong rows come back as a file', async () => {
  await open('/connections/import');
  const text = [
    'Articolo;Sede;Giacenza;Timestamp',
    'V-LF01-BOR-42;WH-PIACENZA;31;2026-11-24T10:21:00+01:00',
    'V-LF01-BOR-42;NOWHERE;4;2026-11-24T10:21:00+01:00',
    'V-LF01-BOR-42;ST-MILANO-VERCELLI;2;2026-11-24T10:21:00+01:00',
  ].join('\r\n');
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'giacenze.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await page.getByText('2 rows are right. 1 row is wrong and will be left out.').waitFor();
  expect(await page.locator('.plain-table tr.wrong').textContent()).toContain('NOWHERE');
  expect(await violations()).toEqual([]);
  await page.getByRole('button', { name: 'Book 2 rows' }).click();
  await page.getByText('2 booked, 0 unchanged, 1 wrong.').waitFor();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Wrong rows as a file' }).click();
  expect((await download).suggestedFilename()).toBe('errors.csv');
  const rows = await (await host.ask('/stock?sku=V-LF01-BOR-42')).json();
  expect(rows).toContainEqual(expect.objectContaining({ nodeId: 'WH-PIACENZA', onHand: 31 }));
});

test('sync health names what Shopify refused and sends it again', async () => {
  await open('/sync');
  await page.getByText('the item is not stocked at the location').waitFor();
  await page.getByText('1,250').waitFor();
  await page.getByRole('button', { name: 'Send again: V-LF01-BOR-42' }).click();
  await page.getByText('a sale we had not heard of · written again').waitFor();
});

test('a merchant chooses which places Kept writes; what Shopify cannot show is refused with the reason', async () => {
  await open('/sync');
  await page.locator('summary', { hasText: 'Places Kept writes' }).click();
  await page.getByLabel('Piacenza warehouse').check();
  await page.getByLabel('How a figure becomes levels').selectOption('aggregate');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page
    .getByText(/Choose the location, or the topology mirror/)
    .first()
    .waitFor();
  await page.getByLabel('How a figure becomes levels').selectOption('parked');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect
    .poll(async () => (await (await host.ask('/inventory')).json()) as unknown)
    .toMatchObject({ inventory: { topology: 'parked', keptNodes: ['WH-PIACENZA'] } });
});

test('hours that cannot be read are said beside the field and never sent', async () => {
  await open('/network/nodes/ST-VERONA-MAZZINI');
  await page.getByLabel('Tuesday').first().fill('nine to five');
  await page.getByText('1 field needs another value').waitFor();
  let isSent = false;
  page.on('request', (request) => {
    isSent ||= request.url().endsWith('/network/edits');
  });
  await page.getByRole('button', { name: 'Save' }).click();
  await page
    .getByText('Write hours as 10:00–19:30, several with commas between.')
    .first()
    .waitFor();
  expect(isSent).toBe(false);
});

test('a saved change says when it is in force, and a refused one which field is wrong', async () => {
  await open('/network/nodes/ST-VERONA-MAZZINI');
  await page.getByLabel('Lead time', { exact: true }).fill('75');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/Saved as version \d+, in force after \d+\.\d s\./).waitFor();
  await page.getByLabel('Time zone').fill('Europe/Verona');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('1 field needs another value').waitFor();
  await page
    .getByText(/“Europe\/Verona” cannot be used/)
    .first()
    .waitFor();
  expect(await violations()).toEqual([]);
});

test('two merchants at once: the second sees who was first and keeps what was typed', async () => {
  await open('/network/carriers/angolo');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Angolo Più');
  const other = await context.newPage();
  await other.goto(`${host.url}/app/network/carriers/angolo?shop=${SHOP}&user=bob`);
  await other.getByRole('textbox', { name: 'Name', exact: true }).fill('Angolo Uno');
  await other.getByRole('button', { name: 'Save' }).click();
  await other.getByText(/in force after/).waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Somebody else saved first').waitFor();
  await page.getByText(/by bob,/).waitFor();
  expect(await page.getByRole('textbox', { name: 'Name', exact: true }).inputValue()).toBe(
    'Angolo Più',
  );
  await page.getByRole('button', { name: 'Save mine on top' }).click();
  await page.getByText(/in force after/).waitFor();
});

test('a merchant moves an arrival and is told that dates count on it', async () => {
  await open('/stock');
  await page.getByRole('searchbox', { name: 'Find a product' }).fill('V-CT01-CAM-L');
  await page.locator('.hits button').first().click();
  await page.getByLabel('Add an arrival at').selectOption({ label: 'Milano Montenapoleone' });
  const lot = page.locator('form', { hasText: 'Arrival at Milano Montenapoleone' });
  await lot.getByLabel('Units').fill('30');
  await lot.getByLabel('Due on').fill('2026-12-10');
  await lot.getByRole('button', { name: 'Save' }).click();
  await lot.getByText('Saved. Dates count on it now.').waitFor();
  expect(await violations()).toEqual([]);
});

test('nothing goes to checkout before the preview was seen and the zones were chosen', async () => {
  await open('');
  expect(await page.getByRole('button', { name: 'Activate in the chosen zones' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Preview the checkout' }).click();
  await page.getByText(/Shoppers would also see the shop’s own rate “Standard shipping”/).waitFor();
  await page.getByRole('button', { name: 'Activate in the chosen zones' }).click();
  await page.getByText('Kept’s rates are shown at checkout.').waitFor();
  await page.getByRole('button', { name: 'Detach' }).waitFor();
  expect(await violations()).toEqual([]);
});

test('a manager makes a code for a device and a person with a PIN; a weak PIN is refused with the rule', async () => {
  await open('/desks');
  await page.getByLabel('Name of the device').fill('Till 1');
  await page.getByRole('button', { name: 'Make a pairing code' }).click();
  const code = await page.locator('code.key').first().textContent();
  expect(code).toMatch(/^[A-Z0-9]{4}-\d{3}-\d{3}$/);
  const link = await page.locator('code.key').nth(1).textContent();
  expect(link).toBe(`https://kept.example.com/desk?shop=${SHOP}#pair=${code}`);
  await page.getByLabel('Name', { exact: true }).fill('Giulia');
  await page.getByLabel('PIN', { exact: true }).fill('1234');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByText('neither all the same nor a run').first().waitFor();
  await page.getByLabel('PIN', { exact: true }).fill('2580');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByText('Giulia').waitFor();
  expect(await violations()).toEqual([]);
});
