import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  LocationLocalPickupDisable,
  OrderLinesRead,
  ShopRead,
} from '../../graphql/admin/generated/documents.ts';
import type { ShopId } from '../base/ids.ts';
import { TransientError } from '../base/result.ts';
import { createAdminClient } from './admin-client.ts';
import { createAdminScheduler } from './admin-scheduler.ts';

const SHOP = 'kept-demo.myshopify.com' as ShopId;

type Script = (request: IncomingMessage, response: ServerResponse, body: string) => void;
let script: Script[] = [];
let seen: { token: string | undefined; body: string; url: string }[] = [];
let waits: number[] = [];
let laneWaits: number[] = [];

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString('utf8');
    const token = request.headers['x-shopify-access-token'];
    seen.push({ token: token?.toString(), body, url: request.url ?? '' });
    const next = script.shift();
    if (next) next(request, response, body);
    else response.writeHead(500).end();
  });
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  script = [];
  seen = [];
  waits = [];
  laneWaits = [];
});

// Time stands still but for what the scheduler waits.
function scheduler() {
  let nowMs = 0;
  return createAdminScheduler({
    nowMilliseconds: () => nowMs,
    wait: async (milliseconds) => {
      laneWaits.push(milliseconds);
      nowMs += milliseconds;
    },
  });
}

function client() {
  const { port } = server.address() as AddressInfo;
  return createAdminClient({
    urlTemplate: `http://127.0.0.1:${port}/{shop}/admin/api/{version}/graphql.json`,
    connections: {
      accessToken: async () => ({ ok: true, value: 'token-1' }),
      replaceToken: async () => ({ ok: true, value: 'token-2' }),
    },
    log: { info: () => {}, warn: () => {}, error: () => {} },
    scheduler: scheduler(),
    fetch,
    wait: async (milliseconds) => {
      waits.push(milliseconds);
    },
  });
}

function json(status: number, body: object): Script {
  return (_request, response) =>
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
const html502: Script = (_request, response) =>
  response.writeHead(502, { 'Content-Type': 'text/html' }).end('<html>Bad gateway</html>');
const hangUp: Script = (request) => request.socket.destroy();

const shopData = { data: { shop: { id: 'gid://shopify/Shop/1' }, shopLocales: [] } };
const readShop = () => client().send(SHOP, ShopRead, {});
const switchOff = () =>
  client().send(SHOP, LocationLocalPickupDisable, { locationId: 'gid://x/1' });
const denied = { message: 'Access denied', extensions: { code: 'ACCESS_DENIED' } };

test('asks the shop’s own address with its token and the pinned version', async () => {
  script = [json(200, shopData)];
  expect(await readShop()).toMatchObject({ ok: true, value: shopData.data, withheld: [] });
  expect(seen[0]).toMatchObject({
    token: 'token-1',
    url: '/kept-demo.myshopify.com/admin/api/2026-07/graphql.json',
  });
});

test('a throttled call waits until the bucket holds what it asked for', async () => {
  const cost = {
    requestedQueryCost: 300,
    throttleStatus: { maximumAvailable: 2_000, currentlyAvailable: 100, restoreRate: 100 },
  };
  const throttled = { errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }] };
  script = [json(200, { ...throttled, extensions: { cost } }), json(200, shopData)];
  expect(await readShop()).toMatchObject({ ok: true });
  // 200 points are missing, and the next order's reading must find its 80 beside it.
  expect(laneWaits.at(-1)).toBe(2_800);
});

test('a throttled mutation is repeated too: it certainly did not run', async () => {
  script = [json(429, {}), json(200, { data: { locationLocalPickupDisable: { userErrors: [] } } })];
  expect(await switchOff()).toMatchObject({ ok: true });
});

test('endless throttling ends in a TransientError, not in an endless wait', async () => {
  script = Array.from({ length: 100 }, () => json(429, {}));
  await expect(readShop()).rejects.toThrow(TransientError);
  expect(seen.length).toBeLessThanOrEqual(10);
});

test.each([
  ['an HTML 502', html502],
  ['a cut connection', hangUp],
  ['a server error', json(500, {})],
  [
    'an internal error',
    json(200, { errors: [{ message: 'x', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] }),
  ],
])('a query survives %s', async (_name, failure) => {
  script = [failure, failure, json(200, shopData)];
  expect(await readShop()).toMatchObject({ ok: true });
  expect(waits).toEqual([500, 1_000]);
});

test('a query gives up after three tries', async () => {
  script = [html502, html502, html502, json(200, shopData)];
  await expect(readShop()).rejects.toThrow(TransientError);
  expect(seen).toHaveLength(3);
});

test.each([
  ['an HTML 502', html502],
  ['a cut connection', hangUp],
])('a mutation is never repeated after %s: it may have run', async (_name, failure) => {
  script = [failure, json(200, { data: {} })];
  await expect(switchOff()).rejects.toThrow(TransientError);
  expect(seen).toHaveLength(1);
});

test('a 401 replaces the token once', async () => {
  script = [json(401, { errors: 'Invalid API key or access token' }), json(200, shopData)];
  expect(await readShop()).toMatchObject({ ok: true });
  expect(seen.map(({ token }) => token)).toEqual(['token-1', 'token-2']);
});

test('a second 401 means that the shop is not connected', async () => {
  script = [json(401, {}), json(401, {}), json(200, shopData)];
  expect(await readShop()).toMatchObject({ refusal: { code: 'not_connected' } });
});

test('userErrors of a mutation are a refusal in Shopify’s words', async () => {
  const userErrors = [{ field: ['id'], message: 'The location was not found.' }];
  script = [json(200, { data: { locationLocalPickupDisable: { locationId: null, userErrors } } })];
  expect(await switchOff()).toEqual({
    ok: false,
    refusal: {
      code: 'user_errors',
      operation: 'LocationLocalPickupDisable',
      errors: [{ field: ['id'], message: 'The location was not found.', code: null }],
      data: { locationLocalPickupDisable: { locationId: null, userErrors } },
    },
  });
});

const throttleStatus = { maximumAvailable: 2_000, currentlyAvailable: 1_900, restoreRate: 100 };
const cost = { requestedQueryCost: 1, actualQueryCost: 1, throttleStatus };
const limits = json(200, { data: { shop: { id: 'gid://shopify/Shop/1' } }, extensions: { cost } });

test('a dear call after a start waits for one cheap call, not until the slowest flow has filled the bucket', async () => {
  const lines = { order: { lineItems: { nodes: [], pageInfo: {} } } };
  script = [limits, json(200, { data: lines }), json(200, { data: lines })];
  const { send } = client();
  const ask = () => send(SHOP, OrderLinesRead, { id: 'gid://o/1', after: 'x' });
  expect((await Promise.all([ask(), ask()])).map(({ ok }) => ok)).toEqual([true, true]);
  expect(seen.map(({ body }) => /query (\w+)/.exec(body)?.[1])).toEqual([
    'LimitsRead',
    'OrderLinesRead',
    'OrderLinesRead',
  ]);
  expect(Math.max(...laneWaits)).toBeLessThan(100);
});

test('fields withheld for privacy are named, and the rest is data', async () => {
  const data = { order: { lineItems: { nodes: [], pageInfo: {} } } };
  const errors = [{ ...denied, path: ['order', 'shippingAddress'] }];
  script = [limits, json(200, { data, errors })];
  const answer = await client().send(SHOP, OrderLinesRead, { id: 'gid://o/1', after: 'x' });
  expect(answer).toEqual({ ok: true, value: data, withheld: ['order.shippingAddress'] });
});

test('a missing scope is a refusal that names the operation', async () => {
  const errors = [{ ...denied, path: ['locationLocalPickupDisable'] }];
  script = [json(200, { data: { locationLocalPickupDisable: null }, errors })];
  expect(await switchOff()).toMatchObject({
    refusal: { code: 'access_denied', operation: 'LocationLocalPickupDisable' },
  });
});

test.each([402, 423, 404])('status %i: the shop is not available', async (status) => {
  script = [json(status, {})];
  expect(await readShop()).toMatchObject({ refusal: { code: 'shop_unavailable', status } });
});
