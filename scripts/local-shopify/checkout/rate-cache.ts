/**
 * Shopify's cache of carrier rates: 15 minutes after an answer, 30 seconds after a failure.
 *
 * The key is made of items (variant, quantity, weight), carrier service, origin and destination and of nothing else:
 * not the language, the customer, the currency, the stock or the time. So an answer may be shown 15 minutes late and
 * in another shopper's language; that is the point of playing it.
 * Source: Shopify Admin GraphQL, `carrierServiceCreate`, "Cache expiry".
 */
import { createHash } from 'node:crypto';
import type { RateRequestBody } from './rate-request.ts';

const KEPT_AFTER_SUCCESS_MS = 15 * 60_000;
const KEPT_AFTER_FAILURE_MS = 30_000;
/** Old entries are dropped beyond this; one checkout makes a handful. */
const ENTRIES_KEPT = 2_000;

/** What Shopify remembers an answer under. */
export function rateCacheKey(carrierServiceId: number, body: RateRequestBody): string {
  const { origin, destination, items } = body.rate;
  const place = (one: RateRequestBody['rate']['origin']): unknown => [
    one.country,
    one.province,
    one.postal_code,
    one.city,
    one.address1,
    one.address2,
  ];
  const signature = items
    .map((item) => `${item.variant_id}:${item.quantity}:${item.grams}`)
    .sort()
    .join(',');
  return createHash('sha256')
    .update(JSON.stringify([carrierServiceId, place(origin), place(destination), signature]))
    .digest('hex');
}

export type RateCache<Answer> = {
  get(key: string, nowMs: number): Answer | undefined;
  set(key: string, answer: Answer, entry: { nowMs: number; isGood: boolean }): void;
  clear(): void;
  readonly size: number;
};

/** An empty cache on the shop's clock; an entry from the future (the clock went back) is no entry. */
export function createRateCache<Answer>(): RateCache<Answer> {
  const entries = new Map<string, { answer: Answer; storedMs: number; expiresMs: number }>();
  return {
    get(key, nowMs) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      if (nowMs >= entry.storedMs && nowMs < entry.expiresMs) return entry.answer;
      entries.delete(key);
      return undefined;
    },
    set(key, answer, { nowMs, isGood }) {
      const expiresMs = nowMs + (isGood ? KEPT_AFTER_SUCCESS_MS : KEPT_AFTER_FAILURE_MS);
      entries.set(key, { answer, storedMs: nowMs, expiresMs });
      const [oldest] = entries.keys();
      if (entries.size > ENTRIES_KEPT && oldest !== undefined) entries.delete(oldest);
    },
    clear: () => entries.clear(),
    get size() {
      return entries.size;
    },
  };
}
