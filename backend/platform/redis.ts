/**
 * How is Redis used so that losing it costs nothing but speed?
 *
 * In: its address. Out: a connection whose every use either answers within 40 ms or gives `undefined`
 * at once; it reconnects by itself. Nothing waits in a queue while Redis is away (a client that queues
 * holds a checkout for seconds), and no unit, slot or claim is ever decided here.
 */
import { createClient } from 'redis';
import type { Log } from './log.ts';

/** The client of the `redis` package, as used here. */
export type RedisClient = ReturnType<typeof makeClient>;

/** A connection that may be away. */
export type RedisConnection = {
  readonly isReady: boolean;
  /** Runs one use; `undefined` when Redis is away, late or refuses. */
  attempt<Value>(use: (client: RedisClient) => Promise<Value>): Promise<Value | undefined>;
  stop(): Promise<void>;
};

// A quote has 400 ms in all; an answer later than this is worth less than computing here.
const COMMAND_TIMEOUT_MILLISECONDS = 40;
const CONNECT_TIMEOUT_MILLISECONDS = 1_000;
const RECONNECT_MAX_MILLISECONDS = 1_000;

/**
 * Opens a connection; returns as soon as it is up or was refused once. `canWait` is for a subscriber:
 * its subscriptions wait for the connection instead of failing.
 */
export async function connectRedis(
  url: string,
  log: Log,
  options: { readonly canWait?: boolean } = {},
): Promise<RedisConnection> {
  const client = makeClient(url, options.canWait ?? false);
  let isReported = false;
  client.on('error', (error: unknown) => {
    if (isReported) return;
    isReported = true;
    log.warn({ event: 'redis_away', error });
  });
  client.on('ready', () => {
    if (isReported) log.info({ event: 'redis_back' });
    isReported = false;
  });
  const firstTry = new Promise<void>((resolve) => {
    client.once('ready', () => resolve());
    client.once('error', () => resolve());
  });
  void client.connect().catch(() => undefined);
  // A Redis that accepts and then says nothing is neither up nor refused.
  await withinTime(firstTry, CONNECT_TIMEOUT_MILLISECONDS);
  return {
    get isReady() {
      return client.isReady;
    },
    attempt: async (use) => {
      if (!client.isReady && !options.canWait) return undefined;
      const used = use(client).catch(() => undefined);
      return options.canWait ? await used : await withinTime(used, COMMAND_TIMEOUT_MILLISECONDS);
    },
    stop: async () => {
      client.destroy();
    },
  };
}

// The client's own command timeout ends with the sending; a server that hangs after it is seen here.
function withinTime<Value>(work: Promise<Value>, milliseconds: number): Promise<Value | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function makeClient(url: string, canWait: boolean) {
  return createClient({
    url,
    RESP: 3,
    disableOfflineQueue: !canWait,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MILLISECONDS,
      reconnectStrategy: (retries: number) =>
        Math.min(50 * 2 ** retries, RECONNECT_MAX_MILLISECONDS),
    },
  });
}
