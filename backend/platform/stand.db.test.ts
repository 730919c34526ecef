import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import { startRedis } from '../../tests/redis.ts';
import { type Config, parseConfig } from './config.ts';
import { createLog } from './log.ts';
import { type Platform, startPlatform } from './stand.ts';

const SILENT = createLog('silent', { write: () => undefined });

let database: TestDatabase<unknown>;
const platforms: Platform[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const platform of platforms.splice(0)) await platform.stop();
});
afterAll(async () => {
  await database.close();
});

function configOf(environment: Record<string, string>): Config {
  const parsed = parseConfig({ KEPT_ENV: 'test', ...environment });
  if (!parsed.ok) throw new Error('the environment of this test is refused');
  return parsed.value;
}

async function start(environment: Record<string, string>): Promise<Platform> {
  const platform = await startPlatform(configOf(environment), SILENT);
  platforms.push(platform);
  return platform;
}

async function roleOf({ db }: Platform): Promise<unknown> {
  const { rows } = await sql`select current_user as role`.execute(db);
  return rows;
}

test('with both addresses the application logs in as itself', async () => {
  const platform = await start({
    DATABASE_URL: database.appUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
  });
  expect(await roleOf(platform)).toEqual([{ role: 'kept_app' }]);
});

test('with the owner’s address alone every statement still runs as the application', async () => {
  const platform = await start({ DATABASE_URL: database.ownerUrl });
  expect(await roleOf(platform)).toEqual([{ role: 'kept_app' }]);
  await expect(sql`create table mine (shop_id text)`.execute(platform.db)).rejects.toThrow(
    'permission denied',
  );
});

test('two platforms over one Redis hear each other; without Redis there is none', async () => {
  const redis = await startRedis();
  const environment = { DATABASE_URL: database.ownerUrl, REDIS_URL: redis.url };
  const [one, other] = await Promise.all([start(environment), start(environment)]);
  const heard = new Promise((resolve) => other.bus.subscribe('test', resolve));
  const repeat = setInterval(() => void one.bus.publish('test', 'hello'), 20);
  expect(await heard).toBe('hello');
  clearInterval(repeat);
  expect(one.redis?.isReady).toBe(true);
  expect((await start({ DATABASE_URL: database.ownerUrl })).redis).toBeUndefined();
  for (const platform of platforms.splice(0)) await platform.stop();
  await redis.stop();
});

test('a start that fails half-way leaves nothing open', async () => {
  const environment = {
    DATABASE_URL: database.ownerUrl,
    KEPT_CLOCK_URL: 'http://127.0.0.1:9/clock',
  };
  const connections = async () => {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from pg_stat_activity
      where datname = current_database() and application_name = 'kept'`.execute(database.db);
    return Number(rows[0]?.count);
  };
  const before = await connections();
  const starting = startPlatform(configOf(environment), SILENT, { clockPatienceMilliseconds: 0 });
  await expect(starting).rejects.toThrow('KEPT_CLOCK_URL');
  // Postgres lets go of a connection a moment after its client has; those of the tests before may still be going.
  await expect.poll(connections).toBeLessThanOrEqual(before);
});
