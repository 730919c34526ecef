// A store's desk as a person sees it, on a phone: in Chromium, on real Postgres, with the real services behind.
import AxeBuilder from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { deskPageRoutes } from '../backend/desk/page.ts';
import { LANGUAGES } from '../backend/desk/screens/texts/languages.ts';
import { TEXTS } from '../backend/desk/screens/texts/text.ts';
import { buildDesk } from '../scripts/build-desk.ts';
import { shopifyFiles } from './console-host.ts';
import { type DeskStand, SHOP, startDeskStand } from './desk-stand.ts';

const PHONE = { width: 360, height: 740 };
const SKUS = Array.from({ length: 30 }, (_, index) => `SKU-${String(index).padStart(2, '0')}`);

let stand: DeskStand;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];
let turn = 0;

beforeAll(async () => {
  const bundle = await buildDesk();
  const files = await shopifyFiles();
  stand = await startDeskStand(SKUS, async (url) => [
    {
      path: '/desk',
      router: deskPageRoutes({ polarisUrl: `${url}/polaris.js`, bundle }),
      body: 'own',
    },
    { path: '/', router: files, body: 'own' },
  ]);
  await stand.addPerson('s01', 'Giulia');
  await stand.addPerson('s01', 'Marta', 'manager');
  await stand.addPerson('s02', 'Ugo');
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
});
afterAll(async () => {
  await browser.close();
  await stand.stop();
});
beforeEach(async () => {
  turn += 1;
  context = await browser.newContext({ viewport: PHONE, hasTouch: true, locale: 'en-GB' });
  faults = [];
  page = await newPage();
});
afterEach(async () => {
  expect(faults).toEqual([]);
  await context.close();
});

async function newPage(): Promise<Page> {
  const made = await context.newPage();
  made.on('pageerror', (error) => faults.push(error.message));
  return made;
}

/** Pairs the phone at a node and lets a person begin. */
async function begin(name = 'Giulia', nodeId = 's01', on = page): Promise<void> {
  const code = await stand.codeFor(nodeId);
  await on.goto(`${stand.url}/desk?shop=${SHOP}#pair=${code}`);
  await on.getByRole('button', { name: 'Pair' }).tap();
  await on.getByRole('button', { name }).tap();
  await on.getByLabel('PIN of').fill('2580');
  await on.getByRole('button', { name: 'Begin' }).tap();
  await on.getByRole('navigation').waitFor();
}

async function violations(on = page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page: on }).analyze();
  return found.map((one) => `${one.id}: ${one.nodes[0]?.html}`);
}

/** No accessibility fault, and nothing wider than the phone. */
async function expectGood(): Promise<void> {
  expect(await violations()).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(
    PHONE.width,
  );
}

const said = (text: string | RegExp, on = page) => on.locator('.said', { hasText: text }).waitFor();
const sku = () => SKUS[turn] ?? '';

test('a phone becomes a desk by a code and a PIN; a wrong PIN is said aloud', async () => {
  const code = await stand.codeFor('s01');
  await page.goto(`${stand.url}/desk?shop=${SHOP}`);
  await page.getByLabel('Pairing code').fill('BCDF-000-000');
  await page.getByRole('button', { name: 'Pair' }).tap();
  await page.getByRole('alert').filter({ hasText: 'unknown or was used' }).waitFor();
  await expectGood();
  await page.getByLabel('Pairing code').fill(code);
  await page.getByRole('button', { name: 'Pair' }).tap();
  await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
  await expectGood();
  await page.getByRole('button', { name: 'Giulia' }).tap();
  await page.getByLabel('PIN of Giulia').fill('0000');
  await page.getByRole('button', { name: 'Begin' }).tap();
  await page.getByRole('alert').filter({ hasText: 'Tries left: 4' }).waitFor();
  await expectGood();
  await page.getByLabel('PIN of Giulia').fill('2580');
  await page.keyboard.press('Enter');
  await page.getByText('No offers now').waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  await expectGood();
});

test('a parcel from the list to the carrier, with the keyboard alone', async () => {
  const orderId = `${1_000 + turn}`;
  await stand.place({ orderId, nodeId: 's01', units: { [sku()]: 2 } });
  await begin();
  await page.getByRole('link', { name: /To prepare/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: `#${orderId}` }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: `#${orderId}` }).waitFor();
  await page.getByRole('button', { name: 'Begin' }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('Scan or type a SKU').focus();
  await expectGood();
  await page.keyboard.type(`${sku().toLowerCase()}\n`);
  await said(`${sku()}: 1 of 2`);
  await page.keyboard.type('WRONG\n');
  await page.getByRole('alert').filter({ hasText: 'WRONG is not on this list' }).waitFor();
  await page.keyboard.type(`${sku()}\n`);
  await said(`${sku()}: 2 of 2`);
  await page.getByLabel('Carrier').fill('Corriere');
  await page.getByLabel('Tracking number').fill(`TRK-${orderId}`);
  await page.getByLabel('Weight in grams').fill('850');
  await page.keyboard.press('Enter');
  await said('The parcel is closed.');
  await expectGood();
  await page.getByRole('button', { name: 'The carrier has it' }).focus();
  await page.keyboard.press('Enter');
  await said('On its way.');
  await page.getByText('Nothing waits to leave').waitFor();
  expect(await stand.readWorks(orderId)).toMatchObject([{ state: 'shipped' }]);
});

test('what is not there is said with its reason and leaves the list', async () => {
  const [one, other] = [sku(), SKUS[turn + 15] ?? ''];
  const orderId = `${1_000 + turn}`;
  await stand.place({ orderId, nodeId: 's01', units: { [one]: 1, [other]: 1 } });
  await begin();
  await page.goto(`${stand.url}/desk?shop=${SHOP}#/work/${orderId}-1`);
  await page.getByRole('button', { name: 'Begin' }).tap();
  await page.getByRole('button', { name: `Not there Article ${one}` }).tap();
  await page.getByRole('group', { name: /not to be had/ }).waitFor();
  await expectGood();
  await page.getByRole('button', { name: 'Not found' }).tap();
  await said('Another place is asked for it.');
  await page.locator('.picks > li').waitFor();
  expect(await page.locator('.picks > li').count()).toBe(1);
  expect(await stand.position(one, 's01')).toMatchObject({ unavailable: 1, allocated: 0 });
});

test('goods are handed over for the code; a locked one waits for a manager', async () => {
  const orderId = `${1_000 + turn}`;
  const workId = await stand.place({
    ...{ orderId, nodeId: 's01', kind: 'pickup', units: { [sku()]: 1 } },
  });
  await begin();
  await page.goto(`${stand.url}/desk?shop=${SHOP}#/work/${workId}`);
  await page.getByRole('button', { name: 'Begin' }).tap();
  await page.getByRole('button', { name: `Take Article ${sku()}` }).tap();
  await page.getByRole('button', { name: 'Ready to collect' }).tap();
  await said('The customer is told.');
  await page.locator('main > p strong', { hasText: 'Giulia Bianchi' }).waitFor();
  const code = stand.codes.pickupCodeOf(SHOP, workId);
  const forged = code === '111111' ? '222222' : '111111';
  for (const left of ['4', '3', '2', '1']) {
    await page.getByLabel('Pickup code').fill(forged);
    await page.keyboard.press('Enter');
    await said(`Tries left: ${left}`);
  }
  await page.getByLabel('Pickup code').fill(forged);
  await page.keyboard.press('Enter');
  await page.getByText('The code was wrong too often').waitFor();
  await expectGood();
  expect(await page.getByRole('button', { name: 'Unlock the code' }).count()).toBe(0);

  const managers = await newPage();
  await managers.goto(`${stand.url}/desk`);
  await managers.getByRole('button', { name: 'Giulia: end' }).tap();
  await managers.getByRole('button', { name: 'Marta' }).tap();
  await managers.getByLabel('PIN of Marta').fill('2580');
  await managers.getByRole('button', { name: 'Begin' }).tap();
  await managers.getByRole('navigation').waitFor();
  await managers.goto(`${stand.url}/desk#/work/${workId}`);
  await managers.getByRole('button', { name: 'Unlock the code' }).tap();
  await said('may be tried again', managers);
  await managers.getByLabel('Pickup code').fill(code);
  await managers.keyboard.press('Enter');
  await said('Handed over.', managers);
});

test('two stores race: one has it, the other reads by whom and when, without touching anything', async () => {
  const orderId = `${1_000 + turn}`;
  await stand.place({ orderId: `${orderId}0`, nodeId: 's01', units: { [sku()]: 1 } });
  await stand.place({ orderId: `${orderId}1`, nodeId: 's02', units: { [sku()]: 1 } });
  const others = await (await browser.newContext({ viewport: PHONE, hasTouch: true })).newPage();
  await begin();
  await begin('Ugo', 's02', others);
  const offer = { units: { [sku()]: 1 }, at: 's01', stores: ['s01', 's02'] };
  await stand.market.offer(orderId, offer);
  stand.poke();
  await page.getByRole('button', { name: /^We take/ }).waitFor();
  await page.getByText(/^\d+:\d\d left$/).waitFor();
  await expectGood();
  await others.getByRole('button', { name: /^We take/ }).tap();
  await said(/is yours/, others);
  await said(/^Taken by Roma Condotti, \d\d:\d\d/);
  await page.getByText('No offers now').waitFor();
  await others.getByRole('heading', { name: `#${orderId}` }).waitFor();
  await others.context().close();
});

test('an offer is refused with a reason', async () => {
  const orderId = `${1_000 + turn}`;
  await stand.place({ orderId: `${orderId}0`, nodeId: 's01', units: { [sku()]: 1 } });
  await begin();
  await stand.market.offer(orderId, { units: { [sku()]: 1 }, at: 's01', stores: ['s01', 's02'] });
  stand.poke();
  await page.getByRole('button', { name: /^Not us/ }).tap();
  await expectGood();
  await page.getByRole('button', { name: 'Too busy' }).tap();
  await said('Another store is asked');
  await page.getByText('No offers now').waitFor();
});

test('a phone that was taken off says so and asks for a new code', async () => {
  await begin();
  for (const { deviceId } of await stand.access.listDevices(SHOP)) {
    await stand.access.revokeDevice(SHOP, deviceId);
  }
  await page.reload();
  await page.getByRole('heading', { name: 'Pair this phone' }).waitFor();
  await said('This phone was taken off');
});

test.each(LANGUAGES)('in %s the desk speaks it, and fits', async (locale) => {
  const orderId = `${1_000 + turn}`;
  const workId = await stand.place({ orderId, nodeId: 's01', units: { [sku()]: 2 } });
  const keys = await stand.open('s01');
  await page.goto(`${stand.url}/desk?locale=${locale}`);
  await page.evaluate(
    ([device = '', person = '']) => {
      localStorage.setItem('kept-desk-device', device);
      localStorage.setItem('kept-desk-person', person);
    },
    [keys['x-kept-device'], keys['x-kept-person']],
  );
  await page.goto(`${stand.url}/desk?locale=${locale}#/pick`);
  await page.reload();
  await page.getByRole('heading', { name: TEXTS[locale]['nav.pick'] }).waitFor();
  await expectGood();
  await page.goto(`${stand.url}/desk?locale=${locale}#/work/${workId}`);
  await page.getByRole('button', { name: TEXTS[locale]['work.begin'], exact: true }).tap();
  await page.getByLabel(TEXTS[locale]['work.scan']).waitFor();
  await expectGood();
});
