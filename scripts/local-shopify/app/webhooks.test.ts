import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installWithScopes } from '../fixtures/admin.ts';
import { askAdmin, type FakeApp, startFakeApp, startSmallShop } from '../fixtures/buy.ts';
import { COATS } from '../fixtures/work.ts';
import type { LocalShopify } from '../local-shopify.ts';
import { calmWebhooks } from '../state.ts';
import { topicOf } from './topics.ts';
import { befallen } from './webhook-chaos.ts';

let app: FakeApp;
let local: LocalShopify;
let token: string;

beforeAll(async () => {
  app = await startFakeApp();
  local = await startSmallShop(app.url);
  local.control.changeSettings({ webhooks: 'prompt', orderRouting: 'at once' });
  token = await installWithScopes(local);
});
afterAll(async () => {
  await local.stop();
  await app.stop();
});

const place = () =>
  local.control.placeOrder({ source: 'marketplace', lines: [{ sku: COATS, quantity: 1 }] }).order;
const settled = () => expect.poll(() => local.webhooks.pending()).toBe(0);
/** How often the app heard of a topic while this was done. */
const heard = async (topic: string, act: () => unknown): Promise<number> => {
  await settled();
  app.received.length = 0;
  await act();
  await settled();
  return app.received.filter(({ headers }) => headers['x-shopify-topic'] === topic).length;
};
const CREATE = `mutation Create($topic: WebhookSubscriptionTopic!, $uri: String!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: { uri: $uri, includeFields: ["id"] }) {
    webhookSubscription { id topic uri } userErrors { field message } } }`;
const create = async (topic: string, path = '/webhooks/api') => {
  const variables = { topic, uri: `${app.url}${path}` };
  const answer = await askAdmin(local, token, { query: CREATE, variables });
  return Object(answer.data?.['webhookSubscriptionCreate']);
};

describe('a subscription', () => {
  test('of the configuration that was dropped is silent until it is restored or made by the API', async () => {
    expect(await heard('orders/create', place)).toBe(1);
    local.control.dropSubscription('orders/create');
    expect(await heard('orders/create', place)).toBe(0);
    const made = await create('ORDERS_CREATE');
    expect(made).toMatchObject({ webhookSubscription: { topic: 'ORDERS_CREATE' }, userErrors: [] });
    expect(await heard('orders/create', place)).toBe(1);
    const byApi = app.received.find((one) => one.path === '/webhooks/api');
    expect(Object.keys(JSON.parse(byApi?.body ?? '{}'))).toEqual(['id']);
    local.control.restoreSubscription();
    expect(await heard('orders/create', place)).toBe(2);
    local.control.dropSubscription('orders/create');
    expect(local.shop.state.subscriptions).toEqual([]);
    local.control.restoreSubscription('orders/create');
  });

  test('is made once for an address, is listed, and is deleted by its id', async () => {
    const { webhookSubscription } = await create('REFUNDS_CREATE');
    expect((await create('REFUNDS_CREATE')).userErrors[0].message).toContain('already been taken');
    const query =
      '{ webhookSubscriptions(first: 5, topics: [REFUNDS_CREATE]) { nodes { id uri } } }';
    const list = async () => (await askAdmin(local, token, { query })).data;
    const { id, uri } = webhookSubscription;
    expect(await list()).toEqual({ webhookSubscriptions: { nodes: [{ id, uri }] } });
    const remove = `mutation { webhookSubscriptionDelete(id: "${id}") { deletedWebhookSubscriptionId userErrors { message } } }`;
    await askAdmin(local, token, { query: remove });
    expect(await list()).toEqual({ webhookSubscriptions: { nodes: [] } });
  });

  test('made by the API is deleted when eight tries in a row have failed', async () => {
    await create('ORDERS_UPDATED', '/webhooks/broken');
    app.answers.set('/webhooks/broken', { status: 500, body: {} });
    for (let i = 0; i < 8; i++) local.control.changeAddress(place().id, { zip: '20121' });
    await expect.poll(() => local.shop.state.subscriptions.length).toBe(0);
    // What was under way for it is given up.
    await expect.poll(() => local.webhooks.pending()).toBe(0);
  }, 20_000);

  test('of a topic whose scope was not granted is not made, and nothing of it is sent', async () => {
    const before = local.shop.state.grantedScopes;
    local.shop.state.grantedScopes = ['read_products'];
    expect(await heard('orders/create', place)).toBe(0);
    local.shop.state.grantedScopes = before;
    expect((await create('MARKETS_UPDATE')).userErrors).toEqual([]);
    local.shop.state.subscriptions = [];
    const poor = await installWithScopes(local, ['read_products']);
    const answer = await askAdmin(local, poor, {
      query: CREATE,
      variables: { topic: 'FULFILLMENTS_CREATE', uri: `${app.url}/webhooks/api` },
    });
    expect(JSON.stringify(answer.data)).toContain('do not have permission');
    local.shop.state.grantedScopes = before;
  });
});

describe('chaos', () => {
  test.each([
    [{ dropPercent: 100 }, 0],
    [{ duplicatePercent: 100 }, 2],
    [{ dropPercent: 100, topic: 'orders/updated' }, 1],
  ])('%o: the app hears of one order %i times', async (chaos, times) => {
    local.control.setWebhookChaos(chaos);
    expect(await heard('orders/create', place)).toBe(times);
    local.control.setWebhookChaos({});
  });

  test('befalls about its share, and the same deliveries every time', () => {
    const chaos = { ...calmWebhooks(), dropPercent: 10, duplicatePercent: 30 };
    const run = () => Array.from({ length: 2_000 }, (_, i) => befallen(chaos, 'orders/create', i));
    const all = run();
    expect(run()).toEqual(all);
    const share = (name: 'isDropped' | 'isDoubled') =>
      all.filter((one) => one[name]).length / all.length;
    expect(share('isDropped')).toBeGreaterThan(0.08);
    expect(share('isDropped')).toBeLessThan(0.12);
    expect(share('isDoubled')).toBeGreaterThan(0.26);
    expect(share('isDoubled')).toBeLessThan(0.34);
  });
});

test.each([
  ['FULFILLMENT_ORDERS_ORDER_ROUTING_COMPLETE', 'fulfillment_orders/order_routing_complete'],
  ['FULFILLMENT_HOLDS_ADDED', 'fulfillment_holds/added'],
  ['FULFILLMENTS_CREATE', 'fulfillments/create'],
  ['APP_SUBSCRIPTIONS_UPDATE', 'app_subscriptions/update'],
  ['APP_UNINSTALLED', 'app/uninstalled'],
])('%s is the topic %s', (name, topic) => {
  expect(topicOf(name)).toBe(topic);
});
