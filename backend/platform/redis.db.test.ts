import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRedis, type TestRedis } from '../../tests/redis.ts';
import { createRedisBus } from './bus.ts';
import { createLog } from './log.ts';
import { connectRedis, type RedisConnection } from './redis.ts';

const SILENT = createLog('silent', { write: () => undefined });

let redis: TestRedis;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(async () => {
  await redis.stop();
});

function ping(connection: RedisConnection): Promise<string | undefined> {
  return connection.attempt((client) => client.ping());
}

async function untilReady(connection: RedisConnection): Promise<void> {
  while ((await ping(connection)) === undefined) await new Promise(setImmediate);
}

test('a paused Redis gives nothing, and the connection works again when it answers', async () => {
  const connection = await connectRedis(redis.url, SILENT);
  expect(await ping(connection)).toBe('PONG');
  redis.pause();
  expect(await ping(connection)).toBeUndefined();
  redis.resume();
  await untilReady(connection);
  await connection.stop();
});

test('a killed Redis gives nothing, and the connection comes back by itself', async () => {
  const connection = await connectRedis(redis.url, SILENT);
  await redis.kill();
  expect(await ping(connection)).toBeUndefined();
  await redis.restart();
  await untilReady(connection);
  await connection.stop();
});

test('a Redis that is away at the start holds nobody up', async () => {
  const connection = await connectRedis('redis://127.0.0.1:9', SILENT);
  expect(connection.isReady).toBe(false);
  expect(await ping(connection)).toBeUndefined();
  await connection.stop();
});

async function hear(options: { readonly restartsFirst: boolean }): Promise<string> {
  const [one, other] = await Promise.all([
    createRedisBus(redis.url, SILENT),
    createRedisBus(redis.url, SILENT),
  ]);
  const heard = new Promise<string>((resolve) => other.subscribe('policy', resolve));
  if (options.restartsFirst) await redis.restart();
  const repeat = setInterval(() => void one.publish('policy', 'shop 2'), 20);
  const message = await heard;
  clearInterval(repeat);
  await Promise.all([one.stop(), other.stop()]);
  return message;
}

test('what one replica publishes another hears', async () => {
  expect(await hear({ restartsFirst: false })).toBe('shop 2');
});

test('a subscription outlives a crash of Redis', async () => {
  expect(await hear({ restartsFirst: true })).toBe('shop 2');
});

test('publishing while Redis is away is silent', async () => {
  const bus = await createRedisBus('redis://127.0.0.1:9', SILENT);
  await expect(bus.publish('policy', 'lost')).resolves.toBeUndefined();
  await bus.stop();
});
