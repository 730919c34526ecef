import { Router } from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { TransientError } from '../base/result.ts';
import { createLog } from '../platform/log.ts';
import { createApp } from './app.ts';
import { sendRefusal } from './problem.ts';
import { type HttpServer, startServer } from './server.ts';

let server: HttpServer;
let missing: string[] = [];
const lines: Record<string, unknown>[] = [];

beforeAll(async () => {
  const router = Router();
  router.post('/echo', (request, response) => {
    response.json(request.body);
  });
  router.get('/conflict', (_request, response) => {
    sendRefusal(response, { code: 'policy_conflict', basedOnVersion: 3, currentVersion: 5 });
  });
  router.get('/outage', async () => {
    throw new TransientError('postgres', 'password hunter2 refused');
  });
  router.get('/bug', async () => {
    throw new Error('secret table name');
  });
  router.get('/thing/:id', (_request, response) => {
    response.json({});
  });
  const raw = Router();
  raw.post('/', (request, response) => {
    response.send(`${request.body.length} ${request.body.toString('utf8')}`);
  });
  const app = createApp({
    log: createLog('info', { write: (line) => lines.push(JSON.parse(line)) }),
    mounts: [
      { path: '/json', router, body: 'json' },
      { path: '/raw', router: raw, body: 'raw' },
    ],
    checkReady: async () => missing,
  });
  server = await startServer(app, 0, '127.0.0.1');
});
afterAll(async () => {
  await server.close();
});

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${server.port}${path}`, init);
}

function post(path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return ask(path, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

async function problemOf(answer: Promise<Response>): Promise<Record<string, unknown>> {
  const response = await answer;
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const problem = z.looseObject({}).parse(await response.json());
  expect(problem['status']).toBe(response.status);
  expect(problem['instance']).toBe(response.headers.get('x-request-id'));
  expect(JSON.stringify(problem)).not.toMatch(/ at .*\.ts|node_modules|hunter2|secret table/);
  return problem;
}

test('broken JSON is a problem that names the place and never the content', async () => {
  const problem = await problemOf(post('/json/echo', '{"name": "Anna Rossi", oops}'));
  expect(problem).toMatchObject({ type: '/problems/malformed_json', status: 400 });
  expect(JSON.stringify(problem)).toContain('position');
  expect(JSON.stringify(problem)).not.toContain('Anna');
});

test('a body over the limit is refused with the limit', async () => {
  const body = JSON.stringify({ note: 'x'.repeat(600_000) });
  expect(await problemOf(post('/json/echo', body))).toMatchObject({
    type: '/problems/body_too_large',
    status: 413,
    limitBytes: 524_288,
  });
});

test.each([
  ['GET', '/nothing', 404, 'not_found'],
  ['GET', '/json/thing/%E0%A4%A', 400, 'malformed_request'],
  ['GET', '/json/thing/a%00', 400, 'malformed_request'],
  ['GET', '/json/thing/a?search=%00', 400, 'malformed_request'],
  ['GET', '/json/conflict', 409, 'policy_conflict'],
  ['GET', '/json/outage', 503, 'unavailable'],
  ['GET', '/json/bug', 500, 'internal_error'],
])('%s %s answers %i %s', async (method, path, status, code) => {
  const problem = await problemOf(ask(path, { method }));
  expect(problem).toMatchObject({ status, type: `/problems/${code}` });
});

test.each([
  ['gzip', '{}', '/problems/malformed_request'],
  ['deflate', '{}', '/problems/malformed_request'],
  ['br', 'no Brotli', '/problems/malformed_request'],
  ['zip', '{}', '/problems/unsupported_media_type'],
])(
  'a body that is not packed as its header %s says is the caller’s fault',
  async (encoding, body, type) => {
    const answer = post('/json/echo', body, { 'content-encoding': encoding });
    expect(await problemOf(answer)).toMatchObject({ type });
  },
);

test.each(['"\\u0000"', '"\\ud83d"', '{"a":["x\\ude00"]}'])(
  'a text that no database keeps is refused as such: %s',
  async (body) => {
    const text = body.startsWith('"') ? `{"text":${body}}` : body;
    expect(await problemOf(post('/json/echo', text))).toMatchObject({
      status: 400,
      detail: expect.stringContaining('U+0000 or half of a surrogate pair'),
    });
    expect((await post('/json/echo', '{"text":"\\ud83d\\ude00"}')).status).toBe(200);
  },
);

test('an unknown character set is refused', async () => {
  const answer = post('/json/echo', '{}', { 'content-type': 'application/json; charset=klingon' });
  expect(await problemOf(answer)).toMatchObject({ status: 415 });
});

test('a conflict carries its facts', async () => {
  const problem = await problemOf(ask('/json/conflict'));
  expect(problem).toMatchObject({ basedOnVersion: 3, currentVersion: 5 });
});

test('a bug is logged under the id that the caller was given, without the address asked for', async () => {
  const problem = await problemOf(ask('/json/bug?email=anna@example.com'));
  const line = lines.find((entry) => entry['requestId'] === problem['instance']);
  expect(line).toMatchObject({ event: 'bug' });
  expect(JSON.stringify(lines)).not.toContain('anna');
});

test('a raw body arrives as the bytes that were sent, none as no bytes', async () => {
  expect(await (await post('/raw', '{"a": 1 }')).text()).toBe('9 {"a": 1 }');
  expect(await (await ask('/raw', { method: 'POST' })).text()).toBe('0 ');
});

test('a sane request id of the caller is kept, another is replaced', async () => {
  const kept = await ask('/healthz', { headers: { 'x-request-id': 'edge-1234_5678' } });
  expect(kept.headers.get('x-request-id')).toBe('edge-1234_5678');
  const replaced = await ask('/healthz', { headers: { 'x-request-id': 'a b' } });
  expect(replaced.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test('health is about the process, readiness about what it needs', async () => {
  missing = ['postgres'];
  expect((await ask('/healthz')).status).toBe(200);
  const notReady = await ask('/readyz');
  expect([notReady.status, await notReady.json()]).toEqual([
    503,
    { status: 'not_ready', missing: ['postgres'] },
  ]);
  missing = [];
  expect((await ask('/readyz')).status).toBe(200);
});

test('a taken port is named with the way out', async () => {
  await expect(startServer(() => undefined, server.port, '127.0.0.1')).rejects.toThrow(
    `Cannot listen on port ${server.port}`,
  );
});
