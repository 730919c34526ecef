import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ShopId } from '../base/ids.ts';
import { TransientError } from '../base/result.ts';
import { createTokenEndpoint, type TokenEndpoint } from './token-endpoint.ts';

const SHOP = 'kept-demo.myshopify.com' as ShopId;
let answer = { status: 200, body: '{}' };
let asked: { url: string; body: Record<string, unknown> }[] = [];
let endpoint: TokenEndpoint;

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    asked.push({ url: request.url ?? '', body });
    response.writeHead(answer.status, { location: 'https://evil.tld/' }).end(answer.body);
  });
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  endpoint = createTokenEndpoint({
    urlTemplate: `http://127.0.0.1:${port}/{shop}/admin/oauth/access_token`,
    clientId: 'kept-dev',
    clientSecret: 'kept-dev-secret',
  });
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  asked = [];
});

const PAIR = {
  access_token: 'shpat_1',
  scope: 'write_orders,read_locations',
  expires_in: 3_600,
  refresh_token: 'shprt_1',
  refresh_token_expires_in: 7_776_000,
};

test('a session token is exchanged for an offline pair that expires', async () => {
  answer = { status: 200, body: JSON.stringify(PAIR) };
  expect(await endpoint.exchange(SHOP, 'jwt')).toEqual({
    ok: true,
    value: {
      accessToken: 'shpat_1',
      expiresInSeconds: 3_600,
      refreshToken: 'shprt_1',
      refreshExpiresInSeconds: 7_776_000,
      scopes: 'write_orders,read_locations',
    },
  });
  expect(asked[0]).toMatchObject({
    url: '/kept-demo.myshopify.com/admin/oauth/access_token',
    body: {
      client_id: 'kept-dev',
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: 'jwt',
      requested_token_type: 'urn:shopify:params:oauth:token-type:offline-access-token',
      expiring: '1',
    },
  });
});

test('a refresh sends the refresh token', async () => {
  answer = { status: 200, body: JSON.stringify(PAIR) };
  await endpoint.refresh(SHOP, 'shprt_0');
  expect(asked[0]?.body).toMatchObject({ grant_type: 'refresh_token', refresh_token: 'shprt_0' });
});

test.each([
  ['invalid_subject_token', 400, 'session_token_expired'],
  ['invalid_client', 400, 'app_rejected'],
  ['invalid_grant', 400, 'not_connected'],
])('%s is the refusal %3$s', async (error, status, code) => {
  answer = { status, body: JSON.stringify({ error }) };
  expect(await endpoint.refresh(SHOP, 'x')).toEqual({
    ok: false,
    refusal: { code, reason: error },
  });
});

test.each([
  ['a server error', { status: 503, body: '<html>' }],
  ['too many requests', { status: 429, body: '{}' }],
  ['a token that never expires', { status: 200, body: '{"access_token":"x","scope":""}' }],
  ['a redirect to somewhere else', { status: 302, body: '' }],
])('%s is an outage, not a verdict', async (_name, given) => {
  answer = given;
  await expect(endpoint.exchange(SHOP, 'jwt')).rejects.toThrow(TransientError);
});
