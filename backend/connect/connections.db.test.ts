import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ConnectStand, connectStand, newCaller } from '../../tests/connect-stand.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import { startRedis } from '../../tests/redis.ts';
import { quietLog } from '../../tests/worlds/live-shop.ts';
import type { ShopId } from '../base/ids.ts';
import { createRedisBus } from '../platform/bus.ts';
import { withShop } from '../platform/database.ts';
import { parseAuthorization } from './key.ts';

const SHOP = 'keys.myshopify.com' as ShopId;
const OTHER = 'other.myshopify.com' as ShopId;

let database: TestDatabase<unknown>;
let stand: ConnectStand;
beforeAll(async () => {
  database = await createTestDatabase();
  stand = connectStand(database.appUrl);
});
afterAll(async () => {
  await stand.close();
  await database.close();
});

const show = (key: string, { connections } = stand) => {
  const shown = parseAuthorization(`Bearer ${key}`);
  if (shown === undefined) throw new Error('that is no key');
  return connections.authenticate(shown);
};

test('a key opens for its connection, with its scopes, nodes and shop', async () => {
  const { key, connectionId } = await newCaller(stand, SHOP, { nodeIds: ['ROMA'] });
  expect(await show(key)).toMatchObject({
    ok: true,
    value: { shopId: SHOP, connectionId, nodeIds: ['ROMA'], scopes: ['stock:write', 'stock:read'] },
  });
});

test('nothing that is stored opens the door', async () => {
  const { key } = await newCaller(stand, SHOP);
  const rows = await withShop(stand.db, SHOP, async (trx) => {
    const found = await sql`select k::text from connection_key k`.execute(trx);
    return found.rows;
  });
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toContain(key.slice(-48));
});

test('the same digits with another secret are a wrong key, and so is a shop that is not there', async () => {
  const { key } = await newCaller(stand, SHOP);
  const wrong = `${key.slice(0, -48)}${'0'.repeat(48)}`;
  expect(await show(wrong)).toEqual({ ok: false, refusal: { code: 'wrong_key' } });
  expect(await show(key.replace('kept_keys_', 'kept_other_'))).toEqual({
    ok: false,
    refusal: { code: 'wrong_key' },
  });
});

test('a revoked key says so to whoever has it, at once', async () => {
  const { key, connectionId } = await newCaller(stand, SHOP);
  expect((await show(key)).ok).toBe(true);
  expect((await stand.connections.revoke(SHOP, connectionId)).ok).toBe(true);
  expect(await show(key)).toMatchObject({ ok: false, refusal: { code: 'revoked_key' } });
  const again = await stand.connections.revoke(SHOP, connectionId);
  expect(again).toMatchObject({ ok: false, refusal: { code: 'not_found' } });
});

test('one shop cannot touch another’s connection', async () => {
  const { key, connectionId } = await newCaller(stand, SHOP);
  expect((await stand.connections.revoke(OTHER, connectionId)).ok).toBe(false);
  expect((await stand.connections.rotate(OTHER, connectionId, 5)).ok).toBe(false);
  expect((await show(key)).ok).toBe(true);
  expect(await stand.connections.list(OTHER)).toEqual([]);
});

test('after a rotation both keys work until the overlap ends, then the new one alone', async () => {
  const before = stand.clock.now();
  const { key, connectionId } = await newCaller(stand, SHOP);
  const rotated = await stand.connections.rotate(SHOP, connectionId, 60);
  if (!rotated.ok) throw new Error('not rotated');
  expect((await show(key)).ok).toBe(true);
  expect((await show(rotated.value.key)).ok).toBe(true);
  stand.clock.set(before.add({ minutes: 60 }));
  expect(await show(key)).toMatchObject({ ok: false, refusal: { code: 'ended_key' } });
  expect((await show(rotated.value.key)).ok).toBe(true);
  stand.clock.set(before);
});

test('of two rotations at once one key is left without an end', async () => {
  const { connectionId } = await newCaller(stand, SHOP);
  await Promise.all([1, 2].map(() => stand.connections.rotate(SHOP, connectionId, 60)));
  const row = (await stand.connections.list(SHOP)).find((one) => one.connectionId === connectionId);
  expect(row?.keys.map((key) => key.endsAt === null).toSorted()).toEqual([false, false, true]);
});

test('when a key was last used is written down, once a minute', async () => {
  const { key, connectionId } = await newCaller(stand, SHOP);
  for (let count = 0; count < 5; count += 1) await show(key);
  const lastUsed = async () =>
    (await stand.connections.list(SHOP)).find((one) => one.connectionId === connectionId)?.keys[0]
      ?.lastUsedAt;
  await expect.poll(lastUsed).toBe(stand.clock.now().toString());
});

test('a revocation reaches another replica over the bus before it looks again', async () => {
  const redis = await startRedis();
  const buses = [
    await createRedisBus(redis.url, quietLog),
    await createRedisBus(redis.url, quietLog),
  ];
  const [here, there] = buses.map((bus) => connectStand(database.appUrl, { bus }));
  if (here === undefined || there === undefined) throw new Error('two stands');
  const { key, connectionId } = await newCaller(here, SHOP);
  expect((await show(key, there)).ok).toBe(true);
  await here.connections.revoke(SHOP, connectionId);
  await expect.poll(async () => (await show(key, there)).ok).toBe(false);
  await Promise.all([here.close(), there.close(), ...buses.map((bus) => bus.stop())]);
  await redis.stop();
});
