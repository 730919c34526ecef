/**
 * When may an answer given before be given again?
 *
 * Inputs: a request and the versions of every fact that could change its answer. Output: a key, and for a stored
 * entry whether it still speaks. Rule: an entry is a hit only when `now` lies inside the span in which the engine
 * says nothing changes, and when policy, engine and fact versions are those this replica holds itself; counters kept
 * in Redis are never believed. So a hit equals a fresh quote on the same facts, always.
 * Invariants: bounded (least recently used goes first); what is stored is never changed; the two instants of a quote
 * are those of the request that is answered now, not of the one that filled the entry.
 */
import { LRUCache } from 'lru-cache';
import { compareIds } from '../base/ids.ts';
import type { Quote, QuoteRequest } from './quote.ts';

/** Which versions of the facts an answer was made from: equal text, equal facts. */
export type FactVersions = string;

/** A stored answer and the span of `now` in which it holds. */
export type CachedQuote = {
  readonly versions: FactVersions;
  readonly quote: Quote;
};

// A quote with its parcels takes about 4 kB; 20,000 of them stay well under 100 MB.
export const CACHE_ENTRIES_MAX = 20_000;

/** An empty in-process level. */
export function createQuoteCache(maxEntries: number = CACHE_ENTRIES_MAX) {
  const entries = new LRUCache<string, CachedQuote>({ max: maxEntries });
  return {
    /** The answer at `nowMinute`, if a stored one still speaks. */
    find(key: string, versions: FactVersions, nowMinute: number): Quote | undefined {
      const entry = entries.get(key);
      return entry === undefined ? undefined : answerFrom(entry, versions, nowMinute);
    },
    /** Stores an answer under its key; an answer that holds for no later minute is kept for its own minute. */
    keep(key: string, entry: CachedQuote): void {
      entries.set(key, entry);
    },
    get size(): number {
      return entries.size;
    },
    clear(): void {
      entries.clear();
    },
  };
}

/** The in-process level. */
export type QuoteCache = ReturnType<typeof createQuoteCache>;

/** The entry's answer at `nowMinute`, or nothing when its span or its facts are not those of now. */
export function answerFrom(
  entry: CachedQuote,
  versions: FactVersions,
  nowMinute: number,
): Quote | undefined {
  const { quote } = entry;
  if (entry.versions !== versions) return undefined;
  if (nowMinute < quote.nowMinute || nowMinute >= quote.unchangedUntilMinute) return undefined;
  if (nowMinute === quote.nowMinute) return quote;
  return { ...quote, nowMinute, atMinute: nowMinute + (quote.atMinute - quote.nowMinute) };
}

/** What one answer depends on besides the facts. */
export type CacheScope = {
  readonly shopId: string;
  readonly engineVersion: string;
  readonly policyVersion: number;
  /** Customer tags that any rule of the policy names: other tags cannot change an answer. */
  readonly decidingTags: ReadonlySet<string>;
};

/**
 * The key: shop, engine and policy version, basket, destination, currency, channel, customer class, margin and
 * methods. Lines of one SKU are added up and sorted, so that one basket has one key. The locale is left out: it
 * changes text, never a date. Parts are JSON, so that no two requests share a key.
 */
export function cacheKey(scope: CacheScope, request: QuoteRequest): string {
  const { destination } = request;
  return JSON.stringify([
    scope.shopId,
    scope.engineVersion,
    scope.policyVersion,
    basketOf(request.lines),
    destination.country,
    destination.postalCode,
    destination.lat ?? null,
    destination.lng ?? null,
    request.currency,
    request.channel,
    customerClass(request.customerTags, scope.decidingTags),
    request.marginMinutes,
    request.methods ?? null,
  ]);
}

function basketOf(lines: QuoteRequest['lines']): (string | number)[] {
  const only = lines[0];
  if (lines.length === 1 && only !== undefined) return [only.sku, only.quantity];
  const quantityBySku = new Map<string, number>();
  for (const { sku, quantity } of lines) {
    quantityBySku.set(sku, (quantityBySku.get(sku) ?? 0) + quantity);
  }
  return [...quantityBySku].sort((a, b) => compareIds(a[0], b[0])).flat();
}

function customerClass(tags: readonly string[], deciding: ReadonlySet<string>): string[] {
  if (tags.length === 0 || deciding.size === 0) return [];
  return [...new Set(tags)].filter((tag) => deciding.has(tag)).sort(compareIds);
}
