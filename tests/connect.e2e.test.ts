/**
 * Other systems against the real service over HTTP: keys, batches, figures, files.
 *
 * Only Shopify is played: its token endpoint, so that a merchant's session opens the admin endpoints.
 */
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ShopId } from '../backend/base/ids.ts';
import { type RunningKept, startKept } from '../backend/main.ts';
import {
  DEVELOPMENT_API_KEY,
  DEVELOPMENT_API_SECRET,
  parseConfig,
} from '../backend/platform/config.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { fillShop } from './kept-process.ts';
import { quietLog } from './worlds/live-shop.ts';
import { twoStoresOneWarehouse } from './worlds/worlds.ts';

const SHOP = 'connected.myshopify.com' as ShopId;
const SKU_COUNT = 30;

let database: TestDatabase<unknown>;
let shopify: Server;
let kept: RunningKept;
let url: string;
/** The key of a connection that may do everything with stock. */
let key: string;

beforeAll(async () => {
  database = await createTestDatabase();
  shopify = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        access_token: 'a',
        scope: '',
        expires_in: 3_600,
        refresh_token: 'r',
        refresh_token_expires_in: 7_776_000,
      }),
    );
  });
  await new Promise<void>((resolve) => shopify.listen(0, resolve));
  const address = shopify.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const config = parseConfig({
    KEPT_ENV: 'test',
    DATABASE_URL: database.appUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
    SHOPIFY_ADMIN_URL_TEMPLATE: `http://localhost:${address.port}/{shop}`,
    SHOPIFY_TOKEN_URL_TEMPLATE: `http://localhost:${address.port}/{shop}/token`,
  });
  if (!config.ok) throw new Error(JSON.stringify(config.refusal));
  await fillShop(database.appUrl, SHOP, world());
  kept = await startKept({ ...config.value, port: 0 }, quietLog);
  url = `http://localhost:${kept.port}`;
  key = await newKey({ scopes: ['stock:write', 'stock:read'] });
});
afterAll(async () => {
  await kept?.stop();
  shopify?.close();
  await database?.close();
});

function world() {
  const base = twoStoresOneWarehouse();
  const [product] = base.products;
  if (product === undefined) throw new Error('the world has products');
  return {
    ...base,
    policy: {
      ...base.policy,
      channels: [...(base.policy.channels ?? []), { code: 'market', nodeIds: ['milan'] }],
    },
    products: Array.from({ length: SKU_COUNT }, (_, number) => ({ ...product, sku: sku(number) })),
    stock: [],
  };
}

const sku = (number: number) => `S-${String(number).padStart(2, '0')}`;

/** A session token as Shopify's admin makes it. */
function sessionToken(): string {
  const seconds = Math.floor(Date.now() / 1_000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: `https://${SHOP}/admin`,
    dest: `https://${SHOP}`,
    aud: DEVELOPMENT_API_KEY,
    sub: '7',
    exp: seconds + 60,
    nbf: seconds - 5,
    iat: seconds,
  };
  const text = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  const mac = createHmac('sha256', DEVELOPMENT_API_SECRET).update(text).digest('base64url');
  return `${text}.${mac}`;
}

type Answer = { readonly status: number; readonly headers: Headers; readonly body: unknown };

async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${url}${path}`, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text,
  };
}

function admin(path: string, body?: unknown): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${sessionToken()}`,
    'content-type': 'application/json',
  };
  const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  return ask(`/api/admin${path}`, { headers, ...sent });
}

async function newKey(changed: object): Promise<string> {
  const made = await admin('/connections', { name: 'ERP', kind: 'erp', ...changed });
  expect(made.status, JSON.stringify(made.body)).toBe(201);
  return (made.body as { key: string }).key;
}

const bearer = (using = key) => ({ authorization: `Bearer ${using}` });
const get = (path: string, using = key) => ask(path, { headers: bearer(using) });

function post(
  path: string,
  body: string | Buffer<ArrayBuffer>,
  headers: Record<string, string> = {},
) {
  const all = { ...bearer(), 'content-type': 'application/json', ...headers };
  return ask(path, { method: 'POST', headers: all, body });
}

let events = 0;
function event(changed: object = {}) {
  events += 1;
  return {
    eventId: `e-${events}`,
    sku: sku(0),
    nodeId: 'milan',
    quantity: 5,
    occurredAt: new Date().toISOString(),
    ...changed,
  };
}
const send = (...rows: unknown[]) => post('/v1/stock/movements', JSON.stringify({ events: rows }));

type Sellable = { figures: { sku: string; units: number }[]; cursor: string; hasMore: boolean };
async function sellable(query = ''): Promise<Sellable> {
  const answer = await get(`/v1/stock/sellable?channel=market${query}`);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body as Sellable;
}

test('without a key that holds nothing is said but what to do', async () => {
  const none = await ask('/v1/stock/sellable?channel=market');
  expect(none).toMatchObject({ status: 401, body: { type: '/problems/missing_key', status: 401 } });
  expect(none.headers.get('content-type')).toContain('application/problem+json');
  expect(none.headers.get('www-authenticate')).toBe('Bearer');
  for (const wrong of ['x', `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`]) {
    expect(await get('/v1/stock/sellable?channel=market', wrong)).toMatchObject({
      status: 401,
      body: { type: '/problems/wrong_key' },
    });
  }
});

test('a key does what its scopes say and nothing else', async () => {
  const reader = await newKey({ kind: 'marketplace', scopes: ['stock:read'], channel: 'market' });
  const written = await post('/v1/stock/movements', '{"events":[{}]}', bearer(reader));
  expect(written).toMatchObject({
    status: 403,
    body: { needed: 'stock:write', granted: ['stock:read'] },
  });
  expect((await get('/v1/stock/sellable?channel=market', reader)).status).toBe(200);
  expect(await get('/v1/stock/sellable?channel=online', reader)).toMatchObject({
    status: 403,
    body: { type: '/problems/foreign_channel', allowed: 'market' },
  });
});

test('who keeps showing a wrong key is told to wait, while the right key of another shop goes on', async () => {
  const wrong = `kept_nobody_${'0'.repeat(56)}`;
  const statuses = new Set<number>();
  for (let count = 0; count < 62; count += 1) {
    const answer = await get('/v1/connection', wrong);
    statuses.add(answer.status);
    if (answer.status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  expect(statuses).toEqual(new Set([401, 429]));
  expect((await get('/v1/connection')).status).toBe(200);
});

test('what an ERP books is what a marketplace may sell at its next question', async () => {
  const before = await sellable();
  expect(before.figures).toHaveLength(SKU_COUNT);
  expect(before.hasMore).toBe(false);
  const sent = await send(event({ quantity: 7 }), event({ sku: sku(1), nodeId: 'rome' }));
  expect(sent).toMatchObject({ status: 200, body: { booked: 2, refused: 0 } });
  const after = await sellable(`&cursor=${before.cursor}`);
  // Rome is no node of this channel: its SKU is named as changed, its figure is what it was.
  expect(after.figures).toEqual([
    { sku: sku(0), units: 7 },
    { sku: sku(1), units: 0 },
  ]);
  expect((await sellable(`&cursor=${after.cursor}`)).figures).toEqual([]);
});

test('pages of figures end at every SKU once, and what changed meanwhile comes after', async () => {
  const seen: string[] = [];
  let cursor = '';
  for (;;) {
    const page = await sellable(`&limit=7&cursor=${cursor}`);
    seen.push(...page.figures.map((figure) => figure.sku));
    cursor = page.cursor;
    if (seen.length === 14) await send(event({ sku: sku(2), quantity: 1 }));
    if (!page.hasMore) break;
  }
  expect(seen).toEqual(Array.from({ length: SKU_COUNT }, (_, number) => sku(number)));
  const rest = await sellable(`&cursor=${cursor}`);
  expect(rest.figures.map((figure) => figure.sku)).toEqual([sku(2)]);
});

test('a figure is explained on request', async () => {
  await send(event({ sku: sku(3), quantity: 4 }));
  const { figures } = await sellable(`&sku=${sku(3)}&explain=true`);
  expect(figures).toMatchObject([{ sku: sku(3), units: 4, explanation: { units: 4 } }]);
});

test('a channel or a cursor that is not known is refused with what is', async () => {
  expect(await get('/v1/stock/sellable?channel=moon')).toMatchObject({
    status: 422,
    body: { pointer: '/channel', allowed: expect.stringContaining('market') },
  });
  expect(await get('/v1/stock/sellable?channel=market&cursor=AAAA')).toMatchObject({
    status: 422,
    body: { pointer: '/cursor' },
  });
});

test('a batch sent again under its Idempotency-Key gets the same answer', async () => {
  const body = JSON.stringify({ events: [event({ sku: sku(4) }), { eventId: 'bad' }] });
  const headers = { 'idempotency-key': 'batch-1' };
  const first = await post('/v1/stock/movements', body, headers);
  const again = await post('/v1/stock/movements', body, headers);
  expect(first.headers.get('idempotent-replayed')).toBeNull();
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  expect(again.body).toEqual(first.body);
  const other = await post('/v1/stock/movements', '{"events":[{}]}', headers);
  expect(other).toMatchObject({ status: 422, body: { type: '/problems/idempotency_key_reused' } });
});

test.each([
  ['no JSON at a row', '{"events":[{"eventId":"a"},{"eventId":}]}', 400, 'malformed_json'],
  ['nothing', '', 400, 'malformed_json'],
  ['no list', '{"events":{}}', 422, 'invalid_input'],
  ['an empty list', '{"events":[]}', 422, 'invalid_input'],
  ['a field nobody knows', '{"events":[{}],"mode":"x"}', 422, 'invalid_input'],
  ['10,001 rows', JSON.stringify({ events: new Array(10_001).fill({}) }), 422, 'invalid_input'],
  ['9 MB', JSON.stringify({ events: [{ reason: 'x'.repeat(9_000_000) }] }), 413, 'body_too_large'],
  ['latin letters', Buffer.from('{"events":["\xe9"]}', 'latin1'), 415, 'unsupported_media_type'],
])('a body with %s is refused whole, in words', async (_what, body, status, code) => {
  const answer = await post('/v1/stock/movements', body);
  expect(answer, JSON.stringify(answer.body)).toMatchObject({
    status,
    body: { type: `/problems/${code}`, detail: expect.stringMatching(/\.$/) },
  });
});

test('a body that is not said to be JSON is refused', async () => {
  const answer = await post('/v1/stock/movements', 'a=1', { 'content-type': 'text/csv' });
  expect(answer.status).toBe(415);
});

test('a packed body is unpacked; a bomb is refused at the limit', async () => {
  const packed = gzipSync(JSON.stringify({ events: [event({ sku: sku(5) })] }));
  const gzip = { 'content-encoding': 'gzip' };
  expect(await post('/v1/stock/movements', packed, gzip)).toMatchObject({ body: { booked: 1 } });
  const bomb = gzipSync(Buffer.alloc(200_000_000, ' '));
  expect(bomb.length).toBeLessThan(300_000);
  const startedAt = performance.now();
  expect((await post('/v1/stock/movements', bomb, gzip)).status).toBe(413);
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  const unpacked = await post('/v1/stock/movements', '{}', gzip);
  expect(unpacked).toMatchObject({ status: 400, body: { type: '/problems/malformed_request' } });
  const odd = await post('/v1/stock/movements', 'x', { 'content-encoding': 'zip' });
  expect(odd.status).toBe(415);
});

test('callers who went away in the middle of a body leave their slots behind', async () => {
  const { port } = kept;
  for (let count = 0; count < 12; count += 1) {
    const socket = connect(port, '127.0.0.1');
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    socket.write(
      `POST /v1/stock/movements HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${key}\r\n` +
        'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"events":',
    );
    socket.destroy();
  }
  // Far sooner than the 15 s after which a slow body is given up.
  const late = event({ sku: sku(6) });
  await expect.poll(async () => (await send(late)).status).toBe(200);
});

test('the ledger is read page by page, and as the history of one SKU at one node', async () => {
  await send(event({ sku: sku(7), quantity: 1 }), event({ sku: sku(7), quantity: 2 }));
  const history = await get(`/v1/stock/movements?sku=${sku(7)}&nodeId=milan&limit=1`);
  expect(history).toMatchObject({ body: { movements: [{ quantity: 2, delta: 2, actor: 'ERP' }] } });
  const { cursor } = history.body as { cursor: string };
  const next = await get(`/v1/stock/movements?sku=${sku(7)}&nodeId=milan&limit=1&cursor=${cursor}`);
  expect(next).toMatchObject({ body: { movements: [{ quantity: 1 }] } });
  const all = await get('/v1/stock/movements?limit=3');
  expect((all.body as { movements: object[] }).movements).toHaveLength(3);
  expect((await get(`/v1/stock/movements?sku=${sku(7)}`)).status).toBe(422);
});

test('a rotated key works beside the new one until its end; a revoked connection ends at once', async () => {
  const made = await admin('/connections', { name: 'WMS', kind: 'wms', scopes: ['stock:read'] });
  const { connectionId, key: first } = made.body as { connectionId: string; key: string };
  const rotated = await admin(`/connections/${connectionId}/rotate`, { overlapMinutes: 60 });
  const { key: second } = rotated.body as { key: string };
  for (const one of [first, second]) expect((await get('/v1/connection', one)).status).toBe(200);
  expect((await admin(`/connections/${connectionId}/revoke`, {})).status).toBe(204);
  for (const one of [first, second]) {
    expect(await get('/v1/connection', one)).toMatchObject({
      status: 401,
      body: { type: '/problems/revoked_key' },
    });
  }
});

test('the merchant sees what flowed, what did not, and tries it again', async () => {
  const mine = await newKey({ name: 'POS', kind: 'pos', scopes: ['stock:write'] });
  const rows = [event({ sku: sku(8) }), event({ eventId: 'wrong', quantity: 1.5 })];
  await post('/v1/stock/movements', JSON.stringify({ events: rows }), bearer(mine));
  await post('/v1/stock/movements', '{', bearer(mine));
  const listed = await admin('/connections');
  const pos = (
    listed.body as { connections: { name: string; connectionId: string }[] }
  ).connections.find((one) => one.name === 'POS');
  expect(pos).toMatchObject({ openRefused: 1, keys: [{ endsAt: null }] });
  const connectionId = pos?.connectionId ?? '';
  const activity = (await admin('/connections/activity')).body as { hours: object[] };
  expect(
    activity.hours.find((hour) => 'connectionId' in hour && hour.connectionId === connectionId),
  ).toMatchObject({
    requests: 2,
    booked: 1,
    refused: 1,
    failures: 1,
    lastError: { code: 'unreadable_body' },
  });
  expect(await admin(`/connections/refused?connectionId=${connectionId}`)).toMatchObject({
    body: { events: [{ eventKey: 'wrong', reason: { code: 'invalid_row' } }], hasMore: false },
  });
  const chosen = { connectionId, eventKeys: ['wrong'] };
  expect(await admin('/connections/refused/replay', chosen)).toMatchObject({
    body: { refused: 1 },
  });
  expect(await admin('/connections/refused/set-aside', chosen)).toMatchObject({
    body: { setAside: 1 },
  });
});

test('a file goes in through the admin app: seen first, booked by a job, its wrong rows returned', async () => {
  const text = `sku;node;qty\n${sku(9)};milan;12\n${sku(10)};milan;1,5\n${sku(11)};mars;1\n`;
  const uploaded = await ask('/api/admin/imports?fileName=stock.csv', {
    method: 'POST',
    headers: { authorization: `Bearer ${sessionToken()}`, 'content-type': 'text/csv' },
    body: text,
  });
  expect(uploaded).toMatchObject({ status: 201, body: { state: 'ready' } });
  const { importId } = uploaded.body as { importId: string };
  const looked = await admin(`/imports/${importId}/preview`, {});
  expect(looked).toMatchObject({ body: { rows: { total: 3, right: 1, wrong: 2 }, missing: [] } });
  const { separator, linesBefore, mapping } = (
    looked.body as { layout: { separator: string; linesBefore: number; mapping: object } }
  ).layout;
  const options = { separator, linesBefore, mapping };
  expect((await admin(`/imports/${importId}/start`, { options })).status).toBe(202);
  const done = await untilDone(importId);
  expect(done).toMatchObject({ rowsTotal: 3, booked: 1, refused: 2 });
  const errors = await admin(`/imports/${importId}/errors.csv`);
  expect(errors.headers.get('content-disposition')).toContain('attachment');
  expect(String(errors.body).split('\r\n').filter(Boolean)).toHaveLength(3);
  expect((await sellable(`&sku=${sku(9)}`)).figures).toEqual([{ sku: sku(9), units: 12 }]);
  expect((await admin(`/imports/${importId}/start`, { options })).status).toBe(409);
});

async function untilDone(importId: string): Promise<object> {
  for (let tries = 0; tries < 100; tries += 1) {
    const { body } = await admin(`/imports/${importId}`);
    if ((body as { state: string }).state === 'done') return body as object;
    await delay(100);
  }
  throw new Error('the import did not end');
}

type Ran = { readonly code: number | null; readonly answer: Record<string, unknown> };

/** Runs `kept import-stock`; `killAfter` ends it with kill -9 once it has said so many lines. */
async function importStock(args: readonly string[], killAfter = Infinity): Promise<Ran> {
  const script = join(import.meta.dirname, '../scripts/kept.ts');
  const all = [script, 'import-stock', ...args, '--shop', SHOP, '--url', url];
  const env = { ...process.env, KEPT_KEY: key };
  const child = spawn(process.execPath, all, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = 0;
  let out = '';
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data: Buffer) => {
    said += data.toString().split('\n').length - 1;
    if (said >= killAfter) child.kill('SIGKILL');
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, answer: out === '' ? {} : JSON.parse(out) };
}

function writeFile(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'kept-stock-')), 'stock.csv');
  writeFileSync(file, text);
  return file;
}

const unitsOf = async (number: number) =>
  (await sellable(`&sku=${sku(number)}`)).figures[0]?.units ?? 0;

test('kept import-stock looks at a file without sending it, then sends it, and again without effect', async () => {
  const errors = writeFile('');
  const file = writeFile(`SKU,Qty\n${sku(12)},9\n${sku(13)},1.5\nS-NONE,1\n`);
  const args = [file, '--node', 'milan'];
  const looked = await importStock([...args, '--preview']);
  expect(looked).toMatchObject({
    code: 1,
    answer: { rows: 3, booked: 2, refused: 1, columns: { sku: 'SKU', quantity: 'Qty' } },
  });
  expect(await unitsOf(12)).toBe(0);
  const sent = await importStock([...args, '--errors', errors]);
  expect(sent).toMatchObject({ code: 1, answer: { rows: 3, booked: 1, refused: 2 } });
  expect(readFileSync(errors, 'utf8').split('\r\n')).toHaveLength(4);
  expect(await unitsOf(12)).toBe(9);
  expect(await importStock(args)).toMatchObject({
    answer: { booked: 0, unchanged: 1, refused: 2 },
  });
});

test('kept import-stock that was ended by kill -9 goes on when it is run again: nothing lost, nothing doubled', async () => {
  const rows = Array.from({ length: 16_000 }, (_, row) => `${sku(14 + (row % 2))},milan,1`);
  const file = writeFile(`sku,node,qty\n${rows.join('\n')}\n`);
  const killed = await importStock([file, '--kind', 'delta'], 1);
  expect(killed.code).toBeNull();
  const again = await importStock([file, '--kind', 'delta']);
  expect(again).toMatchObject({ code: 0, answer: { rows: 16_000, refused: 0 } });
  expect(Number(again.answer['unchanged'])).toBeGreaterThanOrEqual(5_000);
  expect([await unitsOf(14), await unitsOf(15)]).toEqual([8_000, 8_000]);
});

test('kept import-stock says what is missing instead of guessing', async () => {
  const file = writeFile('a,b\n1,2\n');
  const refused = await importStock([file]);
  expect(refused).toMatchObject({
    code: 2,
    answer: { detail: expect.stringContaining('its headings are: a, b') },
  });
});

test('the admin endpoints ask for a session of Shopify’s admin', async () => {
  for (const path of ['/connections', '/connections/activity', '/imports']) {
    expect((await ask(`/api/admin${path}`, { headers: bearer() })).status, path).toBe(401);
  }
});

test('the contract is served as it is committed', async () => {
  const served = await ask('/v1/openapi.json');
  expect(served).toMatchObject({ status: 200, body: { openapi: '3.1.0' } });
});

test('a body nested without end is refused before it is read, and names no shop has are not found', async () => {
  const deep = `{"events":[{"lot":${'['.repeat(100_000)}${']'.repeat(100_000)}}]}`;
  expect(await post('/v1/stock/movements', deep)).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining('nested too deeply') },
  });
  const text = JSON.stringify({ events: [event({ reason: '[[{{'.repeat(30) })] });
  expect(await post('/v1/stock/movements', text)).toMatchObject({ body: { booked: 1 } });
  const orders = await newKey({ scopes: ['orders:write'] });
  for (const name of ['%01', 'x'.repeat(500), '%20']) {
    expect((await get(`/v1/orders/${name}`, orders)).status).toBe(404);
  }
});
