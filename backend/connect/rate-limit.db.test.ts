import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRedis, type TestRedis } from '../../tests/redis.ts';
import { quietLog } from '../../tests/worlds/live-shop.ts';
import { connectRedis, type RedisConnection } from '../platform/redis.ts';
import { createRateLimit } from './rate-limit.ts';

const LIMIT = { requests: 10, windowSeconds: 3_600 };
const epochMilliseconds = () => 1_800_000_000_000;

let server: TestRedis;
let connections: RedisConnection[] = [];
beforeAll(async () => {
  server = await startRedis();
  connections = [
    await connectRedis(server.url, quietLog),
    await connectRedis(server.url, quietLog),
  ];
});
afterAll(async () => {
  for (const connection of connections) await connection.stop();
  await server.stop();
});

test('two replicas together let a caller through as often as one', async () => {
  const replicas = connections.map((redis) => createRateLimit({ redis, epochMilliseconds }));
  let allowed = 0;
  for (let count = 0; count < 15; count += 1) {
    for (const replica of replicas) {
      if ((await replica.take('shared', LIMIT)).isAllowed) allowed += 1;
    }
  }
  expect(allowed).toBe(10);
});

test('while Redis is away each replica counts for itself and nobody waits', async () => {
  const [redis] = connections;
  const replica = createRateLimit({ redis, epochMilliseconds });
  await server.kill();
  const startedAt = performance.now();
  let allowed = 0;
  for (let count = 0; count < 15; count += 1) {
    if ((await replica.take('alone', LIMIT)).isAllowed) allowed += 1;
  }
  expect(allowed).toBe(10);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
