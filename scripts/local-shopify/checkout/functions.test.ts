import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  askAdmin,
  attachCarrier,
  changeCheckoutOf,
  connectApp,
  type FakeApp,
  openCheckout,
  post,
  startFakeApp,
  startSmallShop,
} from '../fixtures/buy.ts';
import type { LocalShopify } from '../local-shopify.ts';
import type { CheckoutView } from './view.ts';

let app: FakeApp;
let local: LocalShopify;
let token: string;
let customization: string;

beforeAll(async () => {
  app = await startFakeApp();
  local = await startSmallShop(app.url);
  token = await connectApp(local);
  const made = await askAdmin(local, token, {
    query: `mutation Create($d: DeliveryCustomizationInput!) { deliveryCustomizationCreate(deliveryCustomization: $d) {
      deliveryCustomization { id } userErrors { message } } }`,
    variables: { d: { functionHandle: 'hello-function', title: 'Dates', enabled: true } },
  });
  customization = String(
    Object(made.data?.['deliveryCustomizationCreate']).deliveryCustomization.id,
  );
  await setField('variables', { tags: ['bulky'] });
});
afterAll(async () => {
  await local.stop();
  await app.stop();
});
beforeEach(() => local.clock.jump('2026-11-23T10:00:00+01:00'));

async function setField(key: string, value: unknown): Promise<void> {
  await askAdmin(local, token, {
    query: `mutation Set($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) { userErrors { message } } }`,
    variables: {
      m: [
        {
          ownerId: customization,
          namespace: '$app',
          key,
          type: 'json',
          value: JSON.stringify(value),
        },
      ],
    },
  });
}

async function run(config: unknown): Promise<CheckoutView> {
  await setField('config', config);
  return (await openCheckout(local, { variantIds: [2_000] })).view;
}

const titles = (view: CheckoutView): string[] => view.delivery.shipping.map((one) => one.title);

/** What the Function was given, from its own log in the exchange record. */
function lastInput(): Record<string, unknown> {
  const last = local.shop.exchanges.findLast((one) => one.kind === 'function');
  return JSON.parse(last?.detail ?? '{}').input;
}

test('an option keeps its code when it is renamed and gets another handle', async () => {
  const before = await run({});
  const after = await run({ rename: [['Standard', 'Tuesday']] });
  expect(titles(after)).toEqual(['Tuesday', 'Express']);
  expect(after.delivery.shipping[0]?.code).toBe('Standard');
  expect(after.delivery.shipping[0]?.handle).not.toBe(before.delivery.shipping[0]?.handle);
  expect(after.functionRuns).toMatchObject([{ title: 'Dates', operations: 1, error: null }]);
});

test('the cheapest option stays preselected wherever it is moved', async () => {
  const view = await run({ move: [['Express', 0]] });
  expect(titles(view)).toEqual(['Express', 'Standard']);
  expect(view.delivery.shipping.find((one) => one.isSelected)?.code).toBe('Standard');
});

test('a hidden option is gone', async () => {
  expect(titles(await run({ hide: ['Express'] }))).toEqual(['Standard']);
});

describe.each([
  ['a Function that throws', { throws: true }],
  ['an operation with two members', { both: 'Standard' }],
])('%s', (_name, config) => {
  test('changes nothing and is told', async () => {
    const view = await run(config);
    expect(titles(view)).toEqual(['Standard', 'Express']);
    expect(view.functionRuns[0]?.error).toBeTruthy();
  });
});

test('pickup options are left alone unless the platform allows it', async () => {
  await setField('config', { hide: ['Paris Marais'] });
  const paris = {
    firstName: 'A',
    lastName: 'B',
    company: '',
    address1: '1 rue Dupetit',
    address2: '',
    city: 'Paris',
    zip: '75003',
    provinceCode: '',
    countryCode: 'FR',
    phone: '',
  };
  const { token: checkout, view } = await openCheckout(local, {
    variantIds: [2_000],
    address: paris,
  });
  expect(view.delivery.pickup.map((one) => one.title)).toEqual(['Paris Marais']);
  local.control.changeSettings({ pickupRename: 'yes' });
  const open = await changeCheckoutOf(local, checkout, {});
  local.control.changeSettings({ pickupRename: 'no' });
  expect(open.delivery.pickup).toEqual([]);
});

test("the input comes through the Function's own query, on the shop's wall clock", async () => {
  await run({});
  expect(lastInput()).toMatchObject({
    shop: { localTime: { date: '2026-11-23', morning: true, evening: false, late: false } },
    localization: { language: { isoCode: 'EN' } },
    cart: {
      promise: null,
      lines: [
        {
          quantity: 1,
          merchandise: { __typename: 'ProductVariant', product: { hasAnyTag: false } },
        },
      ],
      deliveryGroups: [{ deliveryAddress: { zip: '20121', countryCode: 'IT' } }],
    },
  });
  local.clock.jump('2026-12-01T19:00:00+01:00');
  await run({});
  expect(lastInput()).toMatchObject({
    shop: { localTime: { date: '2026-12-01', morning: false, evening: true, late: true } },
  });
});

test('with protected data withheld the postal code is null and the country stays', async () => {
  local.control.changeSettings({ protectedData: 'withheld' });
  await run({});
  local.control.changeSettings({ protectedData: 'granted' });
  expect(lastInput()).toMatchObject({
    cart: { deliveryGroups: [{ deliveryAddress: { zip: null, countryCode: 'IT' } }] },
  });
});

test('a metafield above 10,000 bytes reaches the Function as null', async () => {
  const { token: checkout } = await openCheckout(local, { variantIds: [2_000] });
  await post(`${local.url}/checkouts/${checkout}/metafield`, {
    namespace: '$app',
    key: 'promise',
    type: 'json',
    value: JSON.stringify({ text: 'x'.repeat(10_001) }),
  });
  expect(lastInput()).toMatchObject({ cart: { promise: null } });
});

test("a carrier's name stands before a renamed title", async () => {
  app.answers.set('/rates', {
    status: 200,
    body: {
      rates: [
        {
          service_name: 'Economy',
          service_code: 'eco',
          description: '',
          currency: 'EUR',
          total_price: '400',
        },
      ],
    },
  });
  await attachCarrier(local, { token, callbackUrl: `${app.url}/rates` });
  const view = await run({ rename: [['eco', 'Economy, Tuesday']] });
  expect(titles(view)).toContain('Kept Economy, Tuesday');
  local.control.changeSettings({ carrierNamePrefix: 'never' });
  expect(titles(await run({ rename: [['eco', 'Economy, Tuesday']] }))).toContain(
    'Economy, Tuesday',
  );
  local.control.changeSettings({ carrierNamePrefix: 'always' });
  expect(titles(await run({}))).toContain('Kept Economy');
});
