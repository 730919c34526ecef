import { randomUUID } from 'node:crypto';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import type { ShopId } from '../base/ids.ts';
import { TransientError } from '../base/result.ts';
import { openDatabase, withShop } from '../platform/database.ts';
import { createRateTokens, type RateTokens } from './rate-tokens.ts';

const START = Temporal.Instant.from('2026-11-23T09:00:00Z');
let database: TestDatabase<unknown>;
let now = START;
let shopId: ShopId;
let tokens: RateTokens;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(() => {
  now = START;
  shopId = `s${randomUUID()}.myshopify.com` as ShopId;
  tokens = createRateTokens({ db: database.db, now: () => now });
});

test('a token names its shop, on this replica and on another', async () => {
  const token = await tokens.rotate(shopId);
  expect(await tokens.shopOfRateToken(token)).toBe(shopId);
  const other = createRateTokens({ db: database.db, now: () => now });
  expect(await other.shopOfRateToken(token)).toBe(shopId);
});

test('the old token works for an hour after a rotation, the new one at once', async () => {
  const old = await tokens.rotate(shopId);
  const fresh = await tokens.rotate(shopId);
  expect(await tokens.shopOfRateToken(fresh)).toBe(shopId);
  now = START.add({ minutes: 59 });
  expect(await tokens.shopOfRateToken(old)).toBe(shopId);
  now = START.add({ minutes: 60 });
  expect(await tokens.shopOfRateToken(old)).toBeUndefined();
  expect(await tokens.shopOfRateToken(fresh)).toBe(shopId);
});

test('a token that another replica made is good here a second later', async () => {
  const replica = createRateTokens({ db: database.db, now: () => now });
  const first = await tokens.rotate(shopId);
  expect(await replica.shopOfRateToken(first)).toBe(shopId);
  const second = await tokens.rotate(shopId);
  now = START.add({ seconds: 1 });
  expect(await replica.shopOfRateToken(second)).toBe(shopId);
});

test('rotations at once leave one live token', async () => {
  const made = await Promise.all(Array.from({ length: 5 }, () => tokens.rotate(shopId)));
  now = START.add({ hours: 2 });
  const good = await Promise.all(made.map((token) => tokens.shopOfRateToken(token)));
  expect(good.filter((shop) => shop !== undefined)).toEqual([shopId]);
});

test('a token does not open another shop, nor does a guessed or a cut one', async () => {
  const token = await tokens.rotate(shopId);
  const other = `s${randomUUID()}.myshopify.com` as ShopId;
  await tokens.rotate(other);
  const random = token.slice(token.indexOf('~') + 1);
  const name = other.replace('.myshopify.com', '');
  const tries = [
    `${name}~${random}`,
    token.slice(0, -1),
    `${token}A`,
    random,
    '',
    '~',
    `~${random}`,
  ];
  for (const one of tries) expect(await tokens.shopOfRateToken(one)).toBeUndefined();
});

test('after an uninstall no token opens the shop', async () => {
  const token = await tokens.rotate(shopId);
  expect(await tokens.shopOfRateToken(token)).toBe(shopId);
  await tokens.end(shopId);
  expect(await tokens.shopOfRateToken(token)).toBeUndefined();
});

test('the database does not hold the token', async () => {
  const token = await tokens.rotate(shopId);
  const stored = await withShop(database.db, shopId, async (trx) => {
    const { rows } = await sql<{ text: string }>`select r::text as text from rate_token r`.execute(
      trx,
    );
    return rows.map((row) => row.text).join();
  });
  expect(stored).toContain(shopId);
  expect(stored).not.toContain(token.slice(token.indexOf('~') + 1));
});

test('a shop that was served once is served while Postgres is away', async () => {
  const postgres = new URL(database.appUrl);
  const proxy = await startProxy(Number(postgres.port));
  postgres.port = String(proxy.port);
  const db = openDatabase<unknown>({
    url: postgres.href,
    assumesAppRole: false,
    maxConnections: 2,
    onIdleError: () => undefined,
  });
  const replica = createRateTokens({ db, now: () => now });
  const token = await replica.rotate(shopId);
  expect(await replica.shopOfRateToken(token)).toBe(shopId);
  proxy.cut();
  now = START.add({ minutes: 5 });
  expect(await replica.shopOfRateToken(token)).toBe(shopId);
  const other = await tokens.rotate(`s${randomUUID()}.myshopify.com` as ShopId);
  await expect(replica.shopOfRateToken(other)).rejects.toThrow(TransientError);
  await db.destroy();
});

async function startProxy(to: number) {
  const sockets = new Set<Socket>();
  const server = createServer((incoming) => {
    const outgoing = connect(to, '127.0.0.1');
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
    incoming.pipe(outgoing).pipe(incoming);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
