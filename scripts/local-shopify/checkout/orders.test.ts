import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  askAdmin,
  connectApp,
  type FakeApp,
  openCheckout,
  post,
  type Received,
  startFakeApp,
  startSmallShop,
} from '../fixtures/buy.ts';
import type { LocalShopify } from '../local-shopify.ts';

let app: FakeApp;
let local: LocalShopify;
let token: string;

beforeEach(async () => {
  app = await startFakeApp();
  local = await startSmallShop(app.url);
  token = await connectApp(local);
  local.control.changeSettings({ webhooks: 'prompt' });
});
afterEach(async () => {
  await local.stop();
  await app.stop();
});

async function buy(variantIds: readonly number[] = [2_000]): Promise<string> {
  const { token: checkout } = await openCheckout(local, { variantIds });
  await post(`${local.url}/checkouts/${checkout}/metafield`, {
    namespace: '$app',
    key: 'promise',
    type: 'json',
    value: '{"v":1}',
  });
  const paid = await post(`${local.url}/checkouts/${checkout}/pay`, {});
  expect(paid.body).toEqual({ next: `/checkouts/${checkout}/thank-you` });
  return checkout;
}

const webhooks = (): Received[] => app.received.filter((one) => one.path === '/webhooks');
const whenHeard = (count: number): Promise<void> =>
  expect.poll(() => webhooks().length).toBeGreaterThanOrEqual(count);

describe('the order', () => {
  test('moves its units from available to committed and is placed once', async () => {
    const checkout = await buy();
    expect(local.shop.state.levels['3000:101']).toMatchObject({ available: 19, committed: 1 });
    await post(`${local.url}/checkouts/${checkout}/pay`, {});
    expect(local.shop.state.orders).toHaveLength(1);
  });

  test('keeps the shipping line as it was bought', async () => {
    await buy();
    expect(local.shop.state.orders[0]?.shippingLine).toEqual({
      title: 'Standard',
      code: 'Standard',
      source: 'shopify',
      priceMinor: 590,
      description: '3 to 5 working days',
    });
  });

  test('cannot be placed when the units are gone', async () => {
    const { token: checkout } = await openCheckout(local, { variantIds: [2_000] });
    for (const locationId of [101, 102, 103]) {
      local.control.setLevel({ sku: 'WOOL-COAT-S', locationId, available: 0 });
    }
    const paid = await post(`${local.url}/checkouts/${checkout}/pay`, {});
    expect(paid.status).toBe(422);
  });
});

describe("the cart's metafield", () => {
  const define = (enabled: boolean) =>
    askAdmin(local, token, {
      query: `mutation Define($d: MetafieldDefinitionInput!) {
        metafieldDefinitionCreate(definition: $d) { userErrors { message } } }`,
      variables: {
        d: {
          key: 'promise',
          name: 'Promise',
          ownerType: 'ORDER',
          type: 'json',
          capabilities: { cartToOrderCopyable: { enabled } },
        },
      },
    });
  const copied = (): string | undefined =>
    local.shop.state.metafields.find((one) => one.owner.startsWith('gid://shopify/Order/'))?.value;

  beforeEach(() => {
    local.shop.state.grantedScopes.push('write_orders');
    for (const one of local.shop.state.tokens) one.scopes.push('write_orders');
  });

  test('is copied to the order when its definition has the capability', async () => {
    await define(true);
    await buy();
    expect(copied()).toBe('{"v":1}');
  });

  test('is dropped in silence when the definition lacks the capability', async () => {
    await define(false);
    await buy();
    expect(copied()).toBeUndefined();
  });

  test('is dropped in silence without a definition', async () => {
    await buy();
    expect(copied()).toBeUndefined();
  });

  test('cannot be written in a wallet checkout', async () => {
    local.control.changeSettings({ wallet: 'on' });
    const { token: checkout } = await openCheckout(local, { variantIds: [2_000] });
    const answer = await post(`${local.url}/checkouts/${checkout}/metafield`, {
      key: 'promise',
      type: 'json',
      value: '{}',
    });
    expect(answer.body).toMatchObject({ result: { type: 'error' } });
  });
});

describe('webhooks', () => {
  test('are signed over the raw body and name topic, shop and delivery', async () => {
    await buy();
    await whenHeard(1);
    const [heard] = webhooks();
    const expected = createHmac('sha256', 'kept-dev-secret')
      .update(heard?.body ?? '')
      .digest('base64');
    expect(heard?.headers).toMatchObject({
      'x-shopify-topic': 'orders/create',
      'x-shopify-hmac-sha256': expected,
      'x-shopify-shop-domain': 'kept-demo.myshopify.com',
      'x-shopify-api-version': '2026-07',
      'x-shopify-webhook-id': expect.any(String),
    });
  });

  test('carry only the fields the subscription asks for', async () => {
    await buy();
    await whenHeard(1);
    expect(Object.keys(JSON.parse(webhooks()[0]?.body ?? '{}')).sort()).toEqual(['email', 'id']);
  });

  test('withhold what the app may not read', async () => {
    local.control.changeSettings({ protectedData: 'withheld' });
    await buy();
    await whenHeard(1);
    expect(JSON.parse(webhooks()[0]?.body ?? '{}')).toMatchObject({ email: null });
  });

  test('are tried again under the same id until answered', async () => {
    app.answers.set('/webhooks', { status: 503, body: {} });
    await buy();
    await whenHeard(1);
    app.answers.delete('/webhooks');
    await whenHeard(2);
    const ids = webhooks().map((one) => one.headers['x-shopify-webhook-id']);
    expect(new Set(ids).size).toBe(1);
    expect(webhooks()[1]?.body).toBe(webhooks()[0]?.body);
  });

  test('come twice when they are duplicated, and never when they are dropped', async () => {
    local.control.changeSettings({ webhooks: 'dropped' });
    await buy();
    expect(local.webhooks.pending()).toBe(0);
    local.control.changeSettings({ webhooks: 'duplicated' });
    await buy();
    await whenHeard(2);
    const ids = webhooks().map((one) => one.headers['x-shopify-webhook-id']);
    expect(ids[0]).toBe(ids[1]);
  });

  test('come after the thank-you page unless told otherwise', async () => {
    local.control.changeSettings({ webhooks: 'after page' });
    const checkout = await buy();
    const page = await fetch(`${local.url}/checkouts/${checkout}/thank-you`);
    expect(page.status).toBe(200);
    expect(webhooks()).toEqual([]);
    expect(local.webhooks.pending()).toBeGreaterThan(0);
  });
});
