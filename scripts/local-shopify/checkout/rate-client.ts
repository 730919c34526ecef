/**
 * Asks one carrier service for rates the way Shopify does: signed, with a time limit, once, remembering the answer.
 *
 * 2xx with rates: those. 2xx without: the service does not apply. 4xx, 5xx, too late, a redirect to another host or a
 * body that is not what the documentation asks for: the merchant's backup rates. There is no second try.
 */
import { z } from 'zod';
import { signBody } from '../app/signing.ts';
import { type LocalShop, recordExchange } from '../shop.ts';
import type { CarrierService } from '../state.ts';
import { type RateCache, rateCacheKey } from './rate-cache.ts';
import type { RateRequestBody } from './rate-request.ts';

const rateSchema = z.object({
  service_name: z.string().min(1),
  description: z.string(),
  service_code: z.string().min(1),
  currency: z.string().regex(/^[A-Z]{3}$/),
  total_price: z.union([z.string().regex(/^\d+$/), z.int().min(0)]),
  phone_required: z.boolean().optional(),
  min_delivery_date: z.string().nullish(),
  max_delivery_date: z.string().nullish(),
  metafields: z
    .array(
      z.object({
        namespace: z.string(),
        key: z.string(),
        type: z.string().optional(),
        value: z.string(),
      }),
    )
    .optional(),
});
/** One rate as the app answered it. */
export type CarrierRate = z.infer<typeof rateSchema>;
const answerSchema = z.object({ rates: z.array(rateSchema) });

/** What came of asking: rates (maybe none), or a failure that brings the backup rates. */
export type RateAnswer =
  | { ok: true; rates: CarrierRate[]; isCached: boolean }
  | { ok: false; why: string; isCached: boolean };

const LIMITS_MS = { '3s': 3_000, '5s': 5_000, '10s': 10_000 } as const;

/** The cached answer, else a call. */
export async function fetchRates(
  shop: LocalShop,
  service: CarrierService,
  { body, cache }: { body: RateRequestBody; cache: RateCache<RateAnswer> },
): Promise<RateAnswer> {
  const key = rateCacheKey(service.id, body);
  const isCaching = shop.state.settings.rateCache === 'on';
  const cached = isCaching ? cache.get(key, shop.clock.nowMs()) : undefined;
  if (cached) {
    recordExchange(shop, {
      ...describe(service, cached),
      detail: 'from the rate cache',
      tookMs: 0,
    });
    return { ...cached, isCached: true };
  }
  const startedMs = performance.now();
  const answer = await callBack(shop, service, body);
  const tookMs = Math.round(performance.now() - startedMs);
  if (isCaching) cache.set(key, answer, { nowMs: shop.clock.nowMs(), isGood: answer.ok });
  recordExchange(shop, { ...describe(service, answer), detail: JSON.stringify(body), tookMs });
  return answer;
}

function describe(
  service: CarrierService,
  answer: RateAnswer,
): { kind: 'rates'; title: string; isGood: boolean } {
  const title = answer.ok
    ? `${service.name}: ${answer.rates.length} rates`
    : `${service.name}: backup rates, ${answer.why}`;
  return { kind: 'rates', title, isGood: answer.ok };
}

async function callBack(
  shop: LocalShop,
  service: CarrierService,
  body: RateRequestBody,
): Promise<RateAnswer> {
  const limitMs = LIMITS_MS[shop.state.settings.carrierLoad];
  const text = JSON.stringify(body);
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json',
    'x-shopify-shop-domain': shop.seed.shop.domain,
    'x-shopify-timeout': String(limitMs),
  };
  if (shop.state.settings.carrierHmac === 'signed') {
    headers['x-shopify-hmac-sha256'] = signBody(shop.app.apiSecret, text);
  }
  try {
    const response = await fetch(service.callbackUrl, {
      method: 'POST',
      headers,
      body: text,
      // A redirect to another host counts as a failure; no carrier needs one at all.
      redirect: 'manual',
      signal: AbortSignal.timeout(limitMs),
    });
    if (!response.ok) return { ok: false, why: `status ${response.status}`, isCached: false };
    const parsed = answerSchema.safeParse(await response.json());
    if (!parsed.success) {
      const why = `malformed answer (${z.prettifyError(parsed.error).replaceAll('\n', ' ')})`;
      return { ok: false, why, isCached: false };
    }
    return { ok: true, rates: parsed.data.rates, isCached: false };
  } catch (error) {
    return { ok: false, why: failureOf(error, limitMs), isCached: false };
  }
}

function failureOf(error: unknown, limitMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') return `no answer in ${limitMs} ms`;
  if (error instanceof SyntaxError) return 'answer is not JSON';
  return 'no connection';
}
