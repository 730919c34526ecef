/**
 * Brings up what the process stands on, in the one order that works.
 *
 * In: the configuration. Out: an open database (migrated, with the rights of the application only), the
 * bus, the clock and the job queue, and one `stop` that closes them in reverse. A part that cannot
 * start stops what was started before it.
 */
import path from 'node:path';
import type { Kysely } from 'kysely';
import { type Bus, createLocalBus, createRedisBus } from './bus.ts';
import { type Clock, followClock, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { assertSafeRole, openDatabase } from './database.ts';
import type { Log } from './log.ts';
import { migrateDatabase } from './migrations.ts';
import { startPostgresServer } from './postgres-server.ts';
import { connectRedis, type RedisConnection } from './redis.ts';

/** Where the database is and how this process logs in. */
export type DatabaseAddress = {
  readonly ownerUrl: string;
  readonly appUrl: string;
  /** See `DatabaseOptions`. */
  readonly assumesAppRole: boolean;
};

/** What every service is built on. */
export type Platform = {
  readonly db: Kysely<unknown>;
  readonly address: DatabaseAddress;
  readonly bus: Bus;
  readonly clock: Clock;
  /** For the shared level of caches; absent without REDIS_URL. */
  readonly redis: RedisConnection | undefined;
  stop(): Promise<void>;
};

const CLONE_DIR = path.resolve(import.meta.dirname, '..', '..');

/** Starts the platform. Throws with the next step when a part is missing. */
export async function startPlatform(
  config: Config,
  log: Log,
  options: { readonly clockPatienceMilliseconds?: number } = {},
): Promise<Platform> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const address = await findDatabase(config, stops);
    const applied = await migrateDatabase(address.ownerUrl);
    if (applied.length > 0) log.info({ event: 'migrated', names: applied });
    const db = openDatabase<unknown>({
      url: address.appUrl,
      assumesAppRole: address.assumesAppRole,
      maxConnections: config.databaseConnections,
      onIdleError: (error) => log.warn({ event: 'postgres_connection_lost', error }),
    });
    stops.push(() => db.destroy());
    await assertSafeRole(db);
    const bus =
      config.redisUrl === undefined ? createLocalBus() : await createRedisBus(config.redisUrl, log);
    stops.push(() => bus.stop());
    const redis = await openRedis(config, log, stops);
    const clock = await startClock(config, log, { stops, ...options });
    return { db, address, bus, clock, redis, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function findDatabase(
  config: Config,
  stops: (() => Promise<void>)[],
): Promise<DatabaseAddress> {
  if (config.databaseUrl !== undefined) {
    return {
      ownerUrl: config.databaseOwnerUrl ?? config.databaseUrl,
      appUrl: config.databaseUrl,
      assumesAppRole: config.databaseOwnerUrl === undefined,
    };
  }
  const server = await startPostgresServer(CLONE_DIR, 'postgres');
  stops.push(async () => {
    await server.stopIfUnused();
  });
  return { ownerUrl: server.ownerUrl, appUrl: server.appUrl, assumesAppRole: false };
}

async function openRedis(
  config: Config,
  log: Log,
  stops: (() => Promise<void>)[],
): Promise<RedisConnection | undefined> {
  if (config.redisUrl === undefined) return undefined;
  const redis = await connectRedis(config.redisUrl, log);
  stops.push(() => redis.stop());
  return redis;
}

async function startClock(
  config: Config,
  log: Log,
  {
    stops,
    clockPatienceMilliseconds,
  }: {
    readonly stops: (() => Promise<void>)[];
    readonly clockPatienceMilliseconds?: number;
  },
): Promise<Clock> {
  if (config.clockUrl === undefined) return systemClock();
  const clock = await followClock(config.clockUrl, log, clockPatienceMilliseconds);
  stops.push(async () => clock.stop());
  return clock;
}
