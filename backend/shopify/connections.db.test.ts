import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import type { ShopId } from '../base/ids.ts';
import { type Result, TransientError } from '../base/result.ts';
import { withShop } from '../platform/database.ts';
import { type Connections, createConnections } from './connections.ts';
import type { TokenPair, TokenRefusal } from './token-endpoint.ts';
import { createVault } from './token-vault.ts';

const START = Temporal.Instant.from('2026-11-23T09:00:00Z');
const vault = createVault([{ id: 'k1', key: new Uint8Array(32).fill(7) }]);

let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

let now = START;
let calls: string[] = [];
/** What Shopify holds: the refresh tokens that work. A used new one ends its predecessor. */
let living: string[] = [];
let losesReplies = 0;
let shopId: ShopId;
let connections: Connections;
beforeEach(() => {
  now = START;
  calls = [];
  living = [];
  losesReplies = 0;
  shopId = `s${randomUUID()}.myshopify.com` as ShopId;
  connections = createConnections({
    db: database.db,
    vault,
    now: () => now,
    endpoint: { exchange: async (_, token) => give(`exchange ${token}`), refresh: renew },
  });
});

function give(call: string): Result<TokenPair, TokenRefusal> {
  calls.push(call);
  const refreshToken = `refresh-${calls.length}`;
  living.push(refreshToken);
  const value = {
    accessToken: `access-${calls.length}`,
    expiresInSeconds: 3_600,
    refreshToken,
    refreshExpiresInSeconds: 7_776_000,
    scopes: 'write_orders,read_locations',
  };
  return { ok: true, value };
}

async function renew(_: ShopId, refreshToken: string): Promise<Result<TokenPair, TokenRefusal>> {
  if (!living.includes(refreshToken)) {
    return { ok: false, refusal: { code: 'not_connected', reason: 'invalid_grant' } };
  }
  living = living.slice(living.indexOf(refreshToken));
  const answer = give('refresh');
  if (losesReplies > 0) {
    losesReplies--;
    throw new TransientError('shopify', 'reply lost');
  }
  return answer;
}

async function tokenNow(): Promise<string> {
  const token = await connections.accessToken(shopId);
  if (!token.ok) throw new Error(token.refusal.reason);
  return token.value;
}

test('the first authenticated load exchanges its session token, later ones do not', async () => {
  expect(await connections.connect(shopId, 'jwt')).toMatchObject({ value: { isNew: true } });
  expect(await connections.connect(shopId, 'jwt2')).toMatchObject({ value: { isNew: false } });
  expect(calls).toEqual(['exchange jwt']);
  expect(await tokenNow()).toBe('access-1');
});

test('a token is refreshed five minutes early and not before', async () => {
  await connections.connect(shopId, 'jwt');
  now = START.add({ seconds: 3_299 });
  expect(await tokenNow()).toBe('access-1');
  now = START.add({ seconds: 3_300 });
  expect(await tokenNow()).toBe('access-2');
});

test('twenty callers at once refresh once and all get the same living token', async () => {
  await connections.connect(shopId, 'jwt');
  now = START.add({ hours: 1 });
  const tokens = await Promise.all(Array.from({ length: 20 }, () => tokenNow()));
  expect(new Set(tokens)).toEqual(new Set(['access-2']));
  expect(calls).toEqual(['exchange jwt', 'refresh']);
});

test('a lost answer costs a retry, never the connection', async () => {
  await connections.connect(shopId, 'jwt');
  now = START.add({ hours: 1 });
  losesReplies = 1;
  await expect(connections.accessToken(shopId)).rejects.toThrow(TransientError);
  expect(await tokenNow()).toBe('access-3');
});

test('after a 401 the rejected token is replaced once, however many calls saw it', async () => {
  await connections.connect(shopId, 'jwt');
  const replaced = await Promise.all(
    [1, 2, 3].map(() => connections.replaceToken(shopId, 'access-1')),
  );
  expect(replaced).toEqual(Array(3).fill({ ok: true, value: 'access-2' }));
  expect(calls).toEqual(['exchange jwt', 'refresh']);
});

test('when Shopify no longer knows the refresh token, the merchant has to come back', async () => {
  await connections.connect(shopId, 'jwt');
  living = [];
  now = START.add({ hours: 1 });
  expect(await connections.accessToken(shopId)).toMatchObject({
    refusal: { code: 'not_connected', reason: 'invalid_grant' },
  });
  expect(await connections.connect(shopId, 'jwt')).toMatchObject({ ok: true });
  expect(await tokenNow()).toBe('access-2');
});

test('after an uninstall there is no token, and a new visit is a new installation', async () => {
  await connections.connect(shopId, 'jwt');
  expect(await connections.disconnect(shopId, START.add({ hours: 2 }))).toBe(true);
  expect(await connections.isInstalled(shopId)).toBe(false);
  expect(await connections.accessToken(shopId)).toMatchObject({ ok: false });
  now = START.add({ hours: 3 });
  expect(await connections.connect(shopId, 'jwt')).toMatchObject({ value: { isNew: true } });
});

test('an uninstall webhook older than the installation is ignored', async () => {
  now = START.add({ hours: 1 });
  await connections.connect(shopId, 'jwt');
  expect(await connections.disconnect(shopId, START)).toBe(false);
  expect(await tokenNow()).toBe('access-1');
});

test('the database holds no token in clear, and another shop sees no row', async () => {
  await connections.connect(shopId, 'jwt');
  const read = (shop: ShopId) =>
    withShop(database.db, shop, async (trx) => {
      const { rows } = await sql<{ text: string }>`
        select t::text as text from shopify_token t`.execute(trx);
      return rows.map((row) => row.text).join('\n');
    });
  const own = await read(shopId);
  expect(own).toContain(shopId);
  expect(own).not.toMatch(/access-1|refresh-1/);
  expect(await read('other.myshopify.com' as ShopId)).toBe('');
});

test('a write scope brings its read scope along', async () => {
  await connections.connect(shopId, 'jwt');
  expect(await connections.grantedScopes(shopId)).toEqual([
    'read_locations',
    'read_orders',
    'write_orders',
  ]);
});
