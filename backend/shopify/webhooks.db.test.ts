import { createHmac, randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import type { ShopId } from '../base/ids.ts';
import { withShop } from '../platform/database.ts';
import type { Job } from '../platform/outbox.ts';
import type { AdminClient } from './admin-client.ts';
import { type Connections, createConnections } from './connections.ts';
import { createOrderIntake, orderIntakeJobDefinition } from './order-intake.ts';
import { createRedaction } from './redaction.ts';
import { createVault } from './token-vault.ts';
import { createWebhookStore, type WebhookStore } from './webhook-store.ts';
import { webhookJob, webhookRoutes } from './webhooks.ts';

const NOW = Temporal.Instant.from('2026-11-23T09:00:00Z');
const SECRET = 'kept-dev-secret';

let database: TestDatabase<unknown>;
let server: Server;
let store: WebhookStore;
let connections: Connections;
let enqueued: Job[] = [];
let effects: string[] = [];
let shopId: ShopId;
const logged: unknown[] = [];
const log = {
  info: (facts: unknown) => logged.push(facts),
  warn: (facts: unknown) => logged.push(facts),
  error: (facts: unknown) => logged.push(facts),
};

beforeAll(async () => {
  database = await createTestDatabase();
  const outbox = {
    enqueueAll: async (_trx: unknown, jobs: readonly Job[]) => {
      enqueued.push(...jobs);
    },
  };
  store = createWebhookStore({ db: database.db, outbox, now: () => NOW });
  connections = createConnections({
    db: database.db,
    vault: createVault([{ id: 'k1', key: new Uint8Array(32) }]),
    now: () => NOW,
    endpoint: { exchange: async () => ({ ok: true, value: PAIR }), refresh: unexpected },
  });
  const app = express();
  app.use(webhookRoutes({ secrets: [SECRET], store, log, now: () => NOW }));
  await new Promise<void>((resolve) => {
    server = app.listen(0, '127.0.0.1', () => resolve());
  });
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await database.close();
});
beforeEach(async () => {
  enqueued = [];
  effects = [];
  logged.length = 0;
  shopId = newShop();
});

const PAIR = {
  accessToken: 'a',
  expiresInSeconds: 3_600,
  refreshToken: 'r',
  refreshExpiresInSeconds: 7_776_000,
  scopes: 'write_orders',
};

async function unexpected(): Promise<never> {
  throw new Error('not expected here');
}

function newShop(): ShopId {
  return `s${randomUUID()}.myshopify.com` as ShopId;
}

type Sent = {
  topic: string;
  body: object;
  deliveryId?: string;
  shop?: string;
  secret?: string;
  triggeredAt?: string;
};

async function send({ topic, body, deliveryId, shop, secret, triggeredAt }: Sent): Promise<number> {
  const { port } = server.address() as AddressInfo;
  const text = JSON.stringify(body);
  const path = /redact|data_request/.test(topic) ? '/webhooks/compliance' : '/webhooks';
  const signature = createHmac('sha256', secret ?? SECRET)
    .update(text)
    .digest('base64');
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    body: text,
    headers: {
      'Content-Type': 'application/json',
      'X-Shopify-Topic': topic,
      'X-Shopify-Shop-Domain': shop ?? shopId,
      'X-Shopify-Webhook-Id': deliveryId ?? randomUUID(),
      'X-Shopify-Triggered-At': triggeredAt ?? NOW.toString(),
      'X-Shopify-Hmac-Sha256': signature,
    },
  });
  return response.status;
}

function runJobs(): Promise<void> {
  const admin: AdminClient = { send: unexpected };
  const job = webhookJob({
    store,
    work: {
      admin,
      connections,
      log,
      redaction: createRedaction({ db: database.db, now: () => NOW }),
      requestIntake: async (_, orderId, when) => {
        effects.push(`order ${orderId} ${when}`);
      },
      requestFollow: async (_, orderId) => {
        effects.push(`follow ${orderId}`);
      },
      orderOfFulfillmentOrder: async (_, id) => (id === '4' ? '77' : undefined),
      locationClosed: async (_, locationId) => {
        effects.push(`closed ${locationId}`);
      },
      requestProvisioning: async () => {
        effects.push('provision');
      },
      catalog: {
        importProduct: async (_, id) => {
          effects.push(`product ${id}`);
        },
        forgetProduct: async (_, id) => {
          effects.push(`no product ${id}`);
        },
        importItem: async (_, id) => {
          effects.push(`item ${id}`);
        },
        forgetItem: async (_, id) => {
          effects.push(`no item ${id}`);
        },
      },
      tellLevel: async (_, { itemId, locationId, available, updatedAt }) => {
        effects.push(`told ${itemId} at ${locationId}: ${available} ${updatedAt}`);
        return available === 3 ? 'theirs_changed' : 'echo';
      },
      tellTakenOff: async (_, { itemId, locationId }) => {
        effects.push(`${itemId} taken off ${locationId}`);
      },
      importLevel: async (_, { inventoryItemId, locationId }) => {
        effects.push(`level ${inventoryItemId} at ${locationId}`);
      },
      requestImport: async () => {
        effects.push('import');
      },
      stopSchedules: async () => {
        effects.push('stop');
      },
    },
  });
  const intake = orderIntakeJobDefinition(
    createOrderIntake({
      intake: {
        takeIn: unexpected,
        takeInTogether: unexpected,
        takeOut: async (_, orderId) => {
          effects.push(`order ${orderId}`);
        },
      },
      readOrder: async () => undefined,
      readPosted: unexpected,
      isInstalled: connections.isInstalled,
      onStep: () => undefined,
    }),
  );
  const signal = new AbortController().signal;
  return enqueued.reduce(
    (before, { name, data }) =>
      before.then(() => (name === intake.name ? intake : job).handle(data, signal)),
    Promise.resolve(),
  );
}

async function storedText(shop: ShopId = shopId): Promise<string> {
  return await withShop(database.db, shop, async (trx) => {
    const { rows } = await sql<{ text: string }>`
      select d::text as text from webhook_delivery d`.execute(trx);
    return rows.map((row) => row.text).join('\n');
  });
}

const ORDER = { topic: 'orders/create', body: { id: 77, email: 'buyer@example.com' } };

test('a delivery is stored, answered and worked off later', async () => {
  await connections.connect(shopId, 'jwt');
  expect(await send(ORDER)).toBe(200);
  expect(effects).toEqual([]);
  await runJobs();
  expect(effects).toEqual(['order 77']);
});

test.each(['orders/create', 'customers/redact', 'shop/redact', 'customers/data_request'])(
  'a forged %s is answered 401 and leaves nothing',
  async (topic) => {
    expect(await send({ topic, body: ORDER.body, secret: 'forger' })).toBe(401);
    expect(await storedText()).toBe('');
    expect(enqueued).toEqual([]);
  },
);

test('the same delivery a hundred times, at once, causes one piece of work', async () => {
  await connections.connect(shopId, 'jwt');
  const deliveryId = randomUUID();
  const statuses = await Promise.all(
    Array.from({ length: 100 }, () => send({ ...ORDER, deliveryId })),
  );
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(enqueued).toHaveLength(1);
});

test('a delivery from no year of ours counts from when it arrived', async () => {
  for (const triggeredAt of ['0000-01-01T00:00:00Z', '-271821-04-20T00:00:00Z', 'yesterday']) {
    expect(await send({ topic: 'orders/create', body: { id: 1 }, triggeredAt })).toBe(200);
  }
});

test('a job that runs twice works once', async () => {
  await connections.connect(shopId, 'jwt');
  await send({ topic: 'products/update', body: { id: 9 } });
  await runJobs();
  await runJobs();
  expect(effects).toEqual(['product 9']);
});

test('nothing of a buyer is stored or logged, whatever a body holds', async () => {
  const person = {
    email: 'canary@example.com',
    phone: '+39 333 1234567',
    address1: 'Via Canary 1',
  };
  await send({ topic: 'orders/create', body: { id: 1, ...person } });
  await send({ topic: 'shop/update', body: person });
  const customer = { id: 5, ...person };
  const shop_domain = shopId;
  const asked = { shop_domain, customer, orders_requested: [1] };
  await send({ topic: 'customers/data_request', body: asked });
  await send({ topic: 'unknown/topic', body: person });
  const everything = (await storedText()) + JSON.stringify(logged);
  expect(everything).toContain('customers/data_request');
  expect(everything).not.toMatch(/canary|333/i);
});

test.each([
  ['an unknown topic', { topic: 'carts/update', body: {} }],
  ['a body of another shape', { topic: 'orders/create', body: { id: 'x' } }],
  [
    'an uninstall that names another shop',
    { topic: 'app/uninstalled', body: { myshopify_domain: 'other.myshopify.com' } },
  ],
  [
    'a redaction of another shop',
    { topic: 'shop/redact', body: { shop_domain: 'other.myshopify.com' } },
  ],
  ['a header that names no shop', { ...ORDER, shop: 'evil.tld' }],
])('%s is answered 200 and causes nothing', async (_name, sent) => {
  expect(await send(sent)).toBe(200);
  expect(enqueued).toEqual([]);
  expect(await storedText()).toBe('');
});

test('work that waited while the app was removed is not done', async () => {
  await connections.connect(shopId, 'jwt');
  await send(ORDER);
  await connections.disconnect(shopId, NOW);
  await runJobs();
  expect(effects).toEqual([]);
});

test('a level that is not our echo is read again when it is Shopify’s; what was taken off a location is told', async () => {
  await connections.connect(shopId, 'jwt');
  const level = { inventory_item_id: 5, location_id: 7, updated_at: '2026-11-23T09:00:00Z' };
  await send({ topic: 'inventory_levels/update', body: { ...level, available: 3 } });
  await send({ topic: 'inventory_levels/update', body: { ...level, available: 4 } });
  await send({ topic: 'inventory_levels/disconnect', body: level });
  await runJobs();
  expect(effects).toEqual([
    'told 5 at 7: 3 2026-11-23T09:00:00Z',
    'level 5 at 7',
    'told 5 at 7: 4 2026-11-23T09:00:00Z',
    '5 taken off 7',
  ]);
});

test('a changed product or item is read by itself, a deleted one is forgotten', async () => {
  await connections.connect(shopId, 'jwt');
  await send({ topic: 'products/update', body: { id: 9 } });
  await send({ topic: 'products/delete', body: { id: 9 } });
  await send({ topic: 'inventory_items/update', body: { id: 5 } });
  await send({ topic: 'inventory_items/delete', body: { id: 5 } });
  await send({ topic: 'products/update', body: {} });
  await runJobs();
  expect(effects).toEqual(['product 9', 'no product 9', 'item 5', 'no item 5', 'import']);
});

test.each([
  ['orders/cancelled', { id: 77, email: 'buyer@example.com' }],
  ['orders/paid', { id: 77 }],
  ['orders/delete', { id: 77 }],
  ['orders/edited', { order_edit: { id: 3, order_id: 77 } }],
  ['refunds/create', { id: 5, order_id: 77 }],
  ['fulfillments/create', { id: 6, order_id: '77' }],
])('%s has its order taken in, by one job that waits under its name', async (topic, body) => {
  await connections.connect(shopId, 'jwt');
  await send({ topic, body });
  expect(enqueued).toMatchObject([{ key: `${shopId} 77` }]);
  await runJobs();
  expect(effects).toEqual(['order 77']);
});

test.each(['orders/updated', 'fulfillments/update'])(
  '%s waits a little, and never keeps back what is urgent',
  async (topic) => {
    await send({ topic, body: { id: 6, order_id: 77 } });
    expect(enqueued).toMatchObject([{ key: `${shopId} 77 soon`, delaySeconds: 2 }]);
  },
);

const FULFILLMENT_ORDER = { id: 'gid://shopify/FulfillmentOrder/4', status: 'open' };
test.each([
  [
    'order_routing_complete',
    { fulfillment_order: FULFILLMENT_ORDER },
    ['order 77 now', 'follow 77'],
  ],
  ['moved', { original_fulfillment_order: FULFILLMENT_ORDER }, ['follow 77']],
  [
    'merged',
    { fulfillment_order_merges: [{ fulfillment_order: FULFILLMENT_ORDER }] },
    ['follow 77'],
  ],
  ['placed_on_hold', { fulfillment_order: FULFILLMENT_ORDER, held_by_app: {} }, ['follow 77']],
])('fulfillment_orders/%s has its order looked after', async (action, body, expected) => {
  await connections.connect(shopId, 'jwt');
  await send({ topic: `fulfillment_orders/${action}`, body });
  await runJobs();
  expect(effects).toEqual(expected);
});

test('what a location that was closed had to send returns to routing', async () => {
  await connections.connect(shopId, 'jwt');
  await send({ topic: 'locations/update', body: { id: 7 } });
  await send({ topic: 'locations/deactivate', body: { id: 7 } });
  await runJobs();
  expect(effects).toEqual(['provision', 'provision', 'closed 7']);
});

test('an uninstall ends the connection and the schedules', async () => {
  await connections.connect(shopId, 'jwt');
  await send({ topic: 'app/uninstalled', body: { myshopify_domain: shopId } });
  await runJobs();
  expect(await connections.isInstalled(shopId)).toBe(false);
  expect(effects).toEqual(['stop']);
});

test('any order, repetition and delay of deliveries ends in the same state', async () => {
  const deliveries: Sent[] = [
    { ...ORDER, deliveryId: 'd-1' },
    { topic: 'orders/create', body: { id: 78 }, deliveryId: 'd-2' },
    { topic: 'app/scopes_update', body: { current: ['read_orders'] }, deliveryId: 'd-3' },
    { topic: 'shop/update', body: {}, deliveryId: 'd-4' },
  ];
  const shuffled = fc.shuffledSubarray([...deliveries, ...deliveries, ...deliveries], {
    minLength: deliveries.length * 3,
  });
  await fc.assert(
    fc.asyncProperty(shuffled, async (sequence) => {
      shopId = newShop();
      enqueued = [];
      effects = [];
      await connections.connect(shopId, 'jwt');
      for (const delivery of sequence) await send(delivery);
      await runJobs();
      expect(effects.toSorted()).toEqual(['order 77', 'order 78', 'provision', 'provision']);
      expect(await connections.grantedScopes(shopId)).toEqual(['read_orders']);
    }),
    { numRuns: 25 },
  );
});

async function fillShop(shop: ShopId): Promise<void> {
  await connections.connect(shop, 'jwt');
  await send({ ...ORDER, shop });
  await withShop(database.db, shop, async (trx) => {
    const at = NOW.toString();
    await sql`insert into policy_version values (${shop}, 1, 'test', ${at})`.execute(trx);
    await sql`insert into policy_section values (${shop}, 'network', 1, '{}')`.execute(trx);
    await sql`
      insert into receipt (shop_id, made_on, receipt_id, made_at, surface, kind, fingerprint, country,
        postal_code, checkout_token, policy_version, engine_version, request, answer, facts, signature)
      values (${shop}, '2026-11-23', 'r1', ${at}, 'checkout', 'live', '1-x', 'IT', '20121', 'c1', 1, '1',
        '{}', '[]', '', 's'), (${shop}, '2026-11-23', 'r2', ${at}, 'checkout', 'live', '1-x', 'IT',
        '20122', 'c2', 1, '1', '{}', '[]', '', 's')`.execute(trx);
    await sql`
      insert into order_promise (shop_id, order_id, placed_at, status, joined_by, receipt_ids,
        checkout_token, country, postal_code, order_version, updated_at)
      values (${shop}, '77', ${at}, 'none', 5, '{r1}', 'c1', 'IT', '20121', 'v', ${at})`.execute(
      trx,
    );
  });
}

async function rowsOf(shop: ShopId): Promise<Record<string, number>> {
  return await withShop(database.db, shop, async (trx) => {
    const { rows } = await sql<{ name: string }>`
      select table_name as name from information_schema.columns
      where table_schema = 'public' and column_name = 'shop_id'`.execute(trx);
    const counts: Record<string, number> = {};
    for (const { name } of rows) {
      const counted = await sql<{ count: number }>`
        select count(*)::int as count from ${sql.table(name)}`.execute(trx);
      const count = counted.rows[0]?.count ?? 0;
      if (count > 0) counts[name] = count;
    }
    return counts;
  });
}

test('shop/redact leaves no row of the shop in any table, and every row of others', async () => {
  const other = newShop();
  await fillShop(shopId);
  await fillShop(other);
  const before = await rowsOf(other);
  await connections.disconnect(shopId, NOW);
  await send({ topic: 'shop/redact', body: { shop_domain: shopId } });
  await runJobs();
  expect(await rowsOf(shopId)).toEqual({});
  expect(await rowsOf(other)).toEqual(before);
});

test('a late shop/redact does not empty a shop that came back', async () => {
  await fillShop(shopId);
  await send({ topic: 'shop/redact', body: { shop_domain: shopId } });
  await runJobs();
  expect(await rowsOf(shopId)).toMatchObject({ receipt: 2, policy_section: 1 });
});

test('customers/redact takes place, token and receipts of these orders, and only of these', async () => {
  await fillShop(shopId);
  await withShop(database.db, shopId, (trx) =>
    sql`insert into reservation (shop_id, reservation_id, channel, key, state, created_at,
        expires_at, expires_at_latest, ended_at, order_id, asked)
      select ${shopId}, 'r' || o, 'online', 'c' || (o - 76), 'posted', ${NOW.toString()},
        ${NOW.toString()}, ${NOW.toString()}, ${NOW.toString()}, o::text, '[]'
      from unnest(array[77, 78]) o`.execute(trx),
  );
  await send({ topic: 'customers/redact', body: { shop_domain: shopId, orders_to_redact: [77] } });
  await runJobs();
  const left = await withShop(database.db, shopId, async (trx) => {
    const { rows } = await sql<{ text: string }>`
      select o::text as text from order_promise o union all select r::text from receipt r
      union all select v::text from reservation v`.execute(trx);
    return rows.map((row) => row.text).join('\n');
  });
  expect(left).toContain('20122');
  expect(left).not.toMatch(/20121|,c1,/);
});

test('customers/data_request keeps a copy for the merchant', async () => {
  await fillShop(shopId);
  await send({
    topic: 'customers/data_request',
    body: { shop_domain: shopId, orders_requested: [77] },
  });
  await runJobs();
  const redaction = createRedaction({ db: database.db, now: () => NOW });
  expect(await redaction.readExports(shopId)).toMatchObject([
    { body: [{ orderId: '77', country: 'IT', postalCode: '20121' }] },
  ]);
});
