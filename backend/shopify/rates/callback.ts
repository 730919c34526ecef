/**
 * Shopify's checkout asks for rates: who answers, and what if something we stand on is away?
 *
 * In: `POST /shopify/rates/<random token of the shop>`, straight from the HTTP server (Express in front would cost as
 * much as the quote). Out: within 400 ms always an answer: rates with live dates; with padded dates while the engine is
 * late, the queue is old or the facts are stale; priced rates without a date; 404 where no price can be given, so that
 * Shopify shows the backup rates; 401 and nothing more for what is forged or foreign. Never a 5xx.
 * Invariants: the body is read first, then one request is worked on per turn of the loop (platform/deadline-queue.ts);
 * nothing waits for a database but the first call of a shop; every answer with rates has its receipt.
 * Sources: fact sheet "CarrierService"; platform decisions 1–3, 7, 9; docs/decisions/0020-callback-server.md.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ShopId } from '../../base/ids.ts';
import { linesFingerprint } from '../../contract/lines-fingerprint.ts';
import { parseRateRequest, type RateRequest } from '../../contract/rate-callback.ts';
import { createDeadlineQueue } from '../../platform/deadline-queue.ts';
import type { Log } from '../../platform/log.ts';
import type { PromiseService } from '../../promise/service.ts';
import type { LiveShop } from '../../stock/service.ts';
import { type AppSecrets, isSignedBody } from '../signature.ts';
import { toRates } from './answer.ts';
import {
  type NamedBasket,
  nameBasket,
  type OfferOrBackup,
  offerOfQuote,
  offerOfTable,
  type PaddedDay,
} from './offer.ts';

/** How a shop takes rates. */
export type RateSettings = {
  /** The one published language (two letters), or null when several are published. */
  readonly language: string | null;
  /** Recorded capability: Shopify sends this shop's callbacks without a signature. */
  readonly isUnsigned: boolean;
  /** Margin of shipped options, minutes. */
  readonly marginMinutes: number;
};

/** What the callback stands on. */
export type RateCallbackDependencies = {
  readonly promise: PromiseService;
  /** The shop from memory, or nothing. */
  readonly peekShop: (shopId: ShopId) => LiveShop | undefined;
  /** The shop, loaded when it is not in memory. */
  readonly openShop: (shopId: ShopId) => Promise<LiveShop | undefined>;
  /** The shop that was given this token; from memory but for the first time. */
  readonly shopOfToken: (token: string) => Promise<ShopId | undefined>;
  readonly settingsOf: (live: LiveShop) => RateSettings;
  /** The published padded table's day for this basket and address, asked per service; nothing without a table. */
  readonly paddedDayOf: (live: LiveShop, basket: NamedBasket) => PaddedDay;
  readonly secrets: AppSecrets;
  readonly monotonicMilliseconds: () => number;
  readonly log: Log;
};

/** Path before the token. */
export const RATE_PATH = '/shopify/rates/';

// Read, parsed and answered in all. What waited longer than the limit gets the cheap answer, so that with the
// longest quote after it the whole stays under 400 ms.
const WAIT_LIMIT_MILLISECONDS = 200;
// The first call of a shop reads the database; then 50 ms are left to answer without it.
const LOOKUP_DEADLINE_MILLISECONDS = 350;
const QUEUE_LENGTH_MAX = 20_000;
// Lines × nodes: beyond it a quote may take longer than the time that is left (500 × 500 takes about a second).
const LIVE_WORK_MAX = 25_000;
// 500 lines with long titles are about 300 kB.
const BODY_BYTES_MAX = 1_048_576;

type Asked = {
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly token: string;
  readonly signature: string | undefined;
  readonly shopHeader: string | undefined;
  readonly arrivedAt: number;
};

/** Builds the handler. */
export function createRateCallback(deps: RateCallbackDependencies) {
  const counts = { live: 0, padded: 0, undated: 0, backup: 0, empty: 0, refused: 0, late: 0 };

  const queue = createDeadlineQueue<Asked>({
    work: (asked) => void attempt(asked, true),
    giveUp: (asked) => {
      counts.late += 1;
      void attempt(asked, false);
    },
    monotonicMilliseconds: deps.monotonicMilliseconds,
    waitLimitMilliseconds: WAIT_LIMIT_MILLISECONDS,
    lengthLimit: QUEUE_LENGTH_MAX,
  });

  // A bug must not cost the merchant a checkout: it is logged loudly and the backup rates show.
  async function attempt(asked: Asked, mayQuote: boolean): Promise<void> {
    try {
      await work(asked, mayQuote);
    } catch (error) {
      deps.log.error({ event: 'rate_answer_failed', error });
      backUp(asked);
    }
  }

  async function work(asked: Asked, mayQuote: boolean): Promise<void> {
    const shopId = await withinDeadline(asked, deps.shopOfToken(asked.token));
    if (shopId === undefined || !isShopHeader(asked.shopHeader, shopId)) {
      refuse(asked);
      return;
    }
    const live = deps.peekShop(shopId) ?? (await withinDeadline(asked, deps.openShop(shopId)));
    if (live === undefined) backUp(asked);
    else await answer(asked, live, mayQuote);
  }

  // The databases' part of an answer: what does not come in time is as good as away.
  async function withinDeadline<Value>(
    asked: Asked,
    value: Promise<Value>,
  ): Promise<Value | undefined> {
    const left = LOOKUP_DEADLINE_MILLISECONDS - (deps.monotonicMilliseconds() - asked.arrivedAt);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), Math.max(0, left));
    });
    try {
      return await Promise.race([value, late]);
    } catch (error) {
      deps.log.warn({ event: 'rate_lookup_failed', error });
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  async function answer(asked: Asked, live: LiveShop, mayQuote: boolean): Promise<void> {
    const settings = deps.settingsOf(live);
    const isSigned = asked.signature !== undefined;
    if (
      isSigned ? !isSignedBody(asked.body, asked.signature, deps.secrets) : !settings.isUnsigned
    ) {
      refuse(asked);
      return;
    }
    const question = parseQuestion(asked.body);
    if (question === undefined) {
      backUp(asked);
      return;
    }
    const { country, postalCode } = question.destination;
    const at = {
      nowMinute: deps.promise.nowMinute(),
      marginMinutes: settings.marginMinutes,
      channel: RATE_CHANNEL,
      destination: deps.promise.locate(country, postalCode),
    };
    const catalog = { skuOfVariant: live.skuOfVariant, skus: live.snapshot.skuIndex };
    const basket = nameBasket(question, catalog, at);
    if (mayQuote && !basket.hasUnknown && deps.promise.asksShared()) {
      await withinDeadline(asked, deps.promise.fetchShared(live, basket.request));
    }
    const offer = makeOffer(live, basket, mayQuote);
    if (offer === 'backup') {
      backUp(asked);
      return;
    }
    if (offer.rated.length === 0) {
      counts.empty += 1;
      send(asked.response, 200, '{"rates":[]}', offer.isLive ? 'engine' : 'table');
      return;
    }
    const receiptId = deps.promise.record(live, {
      surface: 'rate_callback',
      kind: offer.kind,
      fingerprint: linesFingerprint(question.items.filter((item) => item.requiresShipping)),
      origin: originOf(question),
      checkoutToken: null,
      cartToken: null,
      request: basket.request,
      options: offer.promised,
    });
    counts[offer.kind] += 1;
    const { language } = settings;
    const rates = toRates(offer.rated, { currency: question.currency, language, receiptId });
    send(asked.response, 200, JSON.stringify({ rates }), offer.isLive ? 'engine' : 'table');
  }

  function makeOffer(live: LiveShop, basket: NamedBasket, mayQuote: boolean): OfferOrBackup {
    const { request } = basket;
    const atMinute = request.nowMinute + request.marginMinutes;
    if (request.lines.length === 0 && !basket.hasUnknown) {
      return { kind: 'undated', isLive: true, rated: [], promised: [] };
    }
    const canQuote =
      mayQuote &&
      !basket.hasUnknown &&
      request.lines.length * live.snapshot.nodes.length <= LIVE_WORK_MAX &&
      deps.promise.canQuote(live, atMinute);
    try {
      if (canQuote) {
        return offerOfQuote(live.snapshot, basket, deps.promise.quote(live, request));
      }
    } catch (error) {
      // The engine's bug, not the checkout's: the padded table answers.
      deps.log.error({ event: 'quote_failed', shop: live.shopId, error });
    }
    return offerOfTable(live.snapshot, basket, deps.paddedDayOf(live, basket));
  }

  function refuse(asked: Asked): void {
    counts.refused += 1;
    send(asked.response, 401, '');
  }

  function backUp(asked: Asked): void {
    counts.backup += 1;
    send(asked.response, 404, '');
  }

  return {
    /** Handles a request whose path begins with `RATE_PATH`. */
    handle(request: IncomingMessage, response: ServerResponse): void {
      const arrivedAt = deps.monotonicMilliseconds();
      const path = request.url ?? '';
      const query = path.indexOf('?');
      const token = path.slice(RATE_PATH.length, query < 0 ? undefined : query);
      if (request.method !== 'POST' || token === '' || token.length > 200) {
        response.setHeader('allow', 'POST');
        send(response, request.method === 'POST' ? 401 : 405, '');
        return;
      }
      const signature = request.headers['x-shopify-hmac-sha256'];
      const shopHeader = request.headers['x-shopify-shop-domain'];
      readBody(request, (body) => {
        if (body === undefined) {
          send(response, 413, '');
          return;
        }
        queue.push(
          {
            response,
            body,
            token,
            signature: one(signature),
            shopHeader: one(shopHeader),
            arrivedAt,
          },
          arrivedAt,
        );
      });
    },
    /** Answers by kind since the start; `late` ones waited too long and were answered without the engine. */
    counts: (): Readonly<typeof counts> => ({ ...counts }),
  };
}

/** What `createRateCallback` returns. */
export type RateCallback = ReturnType<typeof createRateCallback>;

/** The sales channel whose checkout asks for rates. */
export const RATE_CHANNEL = 'online';

function isShopHeader(header: string | undefined, shopId: ShopId): boolean {
  return header === undefined || header.toLowerCase() === shopId;
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function parseQuestion(body: Buffer): RateRequest | undefined {
  try {
    const parsed = parseRateRequest(JSON.parse(body.toString('utf8')));
    return parsed.ok ? parsed.value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

// Names the origin group of the part; no more of the address than that.
function originOf(question: RateRequest): string {
  const { country, postalCode, name } = question.origin;
  return `${country}|${postalCode}|${name}`.slice(0, 200);
}

function readBody(request: IncomingMessage, done: (body: Buffer | undefined) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isOver = false;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) {
      if (!isOver) done(undefined);
      isOver = true;
      return;
    }
    chunks.push(chunk);
  });
  request.on('end', () => {
    if (!isOver)
      done(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
  });
}

// `source` says who gave the dates: for benches and for whoever watches a shop; Shopify ignores it.
function send(
  response: ServerResponse,
  status: number,
  body: string,
  source: 'engine' | 'table' | 'none' = 'none',
): void {
  if (response.writableEnded || response.destroyed) return;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-kept-source': source,
  });
  response.end(body);
}
