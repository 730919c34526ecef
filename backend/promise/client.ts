/**
 * How do replicas share answers they have already worked out?
 *
 * In: a Redis that may be away. Out: an answer another replica stored, if it still speaks by this replica's own facts
 * (cache.ts decides that, never Redis). One GET per question; a miss, a late answer, a foreign format or a dead Redis
 * are all the same: the quote is computed here.
 */
import type { RedisConnection } from '../platform/redis.ts';
import type { CachedQuote } from './cache.ts';

/** The shared level of the promise cache. */
export type SharedQuotes = {
  find(key: string): Promise<CachedQuote | undefined>;
  /** Does not wait and never throws. */
  keep(key: string, entry: CachedQuote): void;
};

// Longer than any span that matters: what has ended is not believed anyway, this only frees memory.
const KEEP_MINUTES_MAX = 15;

/** The shared level over a connection. Keys of a shop share a hash tag, so that a cluster keeps them together. */
export function createSharedQuotes(redis: RedisConnection): SharedQuotes {
  return {
    find: async (key) => {
      const text = await redis.attempt((client) => client.get(redisKey(key)));
      if (typeof text !== 'string') return undefined;
      return parseEntry(text);
    },
    keep: (key, entry) => {
      const { quote } = entry;
      const minutes = Math.min(quote.unchangedUntilMinute - quote.nowMinute, KEEP_MINUTES_MAX);
      const expiry = { type: 'PX' as const, value: minutes * 60_000 };
      void redis.attempt((client) =>
        client.set(redisKey(key), JSON.stringify(entry), { expiration: expiry }),
      );
    },
  };
}

// Keys begin with the shop in quotes (`cacheKey`): it becomes the hash tag.
function redisKey(key: string): string {
  const end = key.indexOf('"', 2);
  return `kept:quote:{${key.slice(2, end)}}:${key.slice(end)}`;
}

function parseEntry(text: string): CachedQuote | undefined {
  try {
    const entry: CachedQuote = JSON.parse(text);
    return typeof entry.versions === 'string' && entry.quote !== undefined ? entry : undefined;
  } catch {
    return undefined;
  }
}
