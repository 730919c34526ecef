/**
 * How much may one caller ask in a while, over all replicas?
 *
 * In: a name (a connection, or an address that shows wrong keys) and its limit. Out: whether this request is within it,
 * else in how many seconds the next window begins. Windows are fixed and counted in Redis when there is one; without it,
 * or while it is away, each replica counts for itself. A limit protects the service; it never decides stock.
 */
import { LRUCache } from 'lru-cache';
import type { RedisConnection } from '../platform/redis.ts';

/** So many requests within so many seconds. */
export type Limit = { readonly requests: number; readonly windowSeconds: number };

/** Whether a request is within its limit. */
export type Allowance =
  | { readonly isAllowed: true }
  | { readonly isAllowed: false; readonly retryAfterSeconds: number };

type RateLimitDependencies = {
  readonly redis: RedisConnection | undefined;
  /** The machine's time: windows are the same on every replica. */
  readonly epochMilliseconds: () => number;
};

const MOST_COUNTED = 50_000;

/** Builds the limiter. */
export function createRateLimit({ redis, epochMilliseconds }: RateLimitDependencies) {
  const counts = new LRUCache<string, number>({ max: MOST_COUNTED });

  const windowOf = (name: string, { windowSeconds }: Limit) => {
    const seconds = epochMilliseconds() / 1_000;
    const window = Math.floor(seconds / windowSeconds);
    const retryAfterSeconds = Math.max(1, Math.ceil((window + 1) * windowSeconds - seconds));
    return { key: `${name} ${window}`, retryAfterSeconds };
  };
  const countHere = (key: string): number => {
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count;
  };
  const countShared = async (key: string, windowSeconds: number): Promise<number | undefined> => {
    const replies = await redis?.attempt((client) =>
      client
        .multi()
        .incr(`kept:rate:${key}`)
        .expire(`kept:rate:${key}`, windowSeconds * 2)
        .exec(),
    );
    const count = Number(replies?.[0]);
    return Number.isInteger(count) ? count : undefined;
  };
  return {
    /** Counts a request. */
    take: async (name: string, limit: Limit): Promise<Allowance> => {
      const { key, retryAfterSeconds } = windowOf(name, limit);
      const here = countHere(key);
      // Beyond the limit on this replica alone there is nothing to ask anybody.
      const count =
        here > limit.requests ? here : ((await countShared(key, limit.windowSeconds)) ?? here);
      return count <= limit.requests
        ? { isAllowed: true }
        : { isAllowed: false, retryAfterSeconds };
    },
    /** Whether the limit is used up on this replica, without counting. */
    isUsedUp: (name: string, limit: Limit): Allowance => {
      const { key, retryAfterSeconds } = windowOf(name, limit);
      return (counts.get(key) ?? 0) < limit.requests
        ? { isAllowed: true }
        : { isAllowed: false, retryAfterSeconds };
    },
  };
}

/** What `createRateLimit` returns. */
export type RateLimit = ReturnType<typeof createRateLimit>;
