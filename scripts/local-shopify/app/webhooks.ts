/**
 * Sends the app its webhooks: signed, at least once, after the page that caused them, retried when not answered in time.
 *
 * The `webhooks` setting makes them late, doubled, reordered, lost, or held until somebody lets them go; chaos does so
 * to a share of them. A delivery has one id over all its tries; every try carries the original body. Backoff follows
 * Shopify's 8 tries over 4 hours, shortened so that a person can watch it. A subscription made by the API is deleted
 * when 8 tries in a row have failed; one of the configuration never is. A topic whose scope is not granted is not sent.
 * Source: Shopify "Webhooks: delivery and retries".
 */
import { randomUUID } from 'node:crypto';
import { type LocalShop, recordExchange } from '../shop.ts';
import type { AppConfig } from './app-config.ts';
import { signBody } from './signing.ts';
import { missingScopes } from './topics.ts';
import { befallen } from './webhook-chaos.ts';

const TOTAL_LIMIT_MS = 5_000;
/** Eight tries; Shopify spreads them over four hours, here over about two minutes. */
const RETRY_AFTER_MS = [500, 1_000, 2_000, 5_000, 10_000, 20_000, 40_000, 60_000] as const;
/** A shopper sees the thank-you page before the app hears of the order. */
const AFTER_PAGE_MS = 1_200;
const LATE_MS = 15_000;
/** How far a reordered delivery falls behind. */
const BEHIND_MS = 2_500;
/** A doubled delivery comes this much later again. */
const DOUBLED_MS = 300;

/** Deliveries under way at once: a write of 250 levels is 250 deliveries, and Shopify too sends them in turn. */
const AT_ONCE_MAX = 20;
export type Webhooks = {
  /** Queues one delivery per subscription of the topic. */
  send(topic: string, payload: object): void;
  /** Sends what the setting `held` kept back, of one topic or of all; how many there were. */
  release(topic?: string): number;
  /** How many deliveries are not over yet; held ones apart. */
  pending(): number;
  held(): number;
  /** Forgets what is still waiting and sends no more. */
  stop(): void;
};

/** Tries in a row that must fail before Shopify deletes a subscription made by the API. */
const FAILURES_MAX = 8;

type Delivery = {
  topic: string;
  /** Of the subscription made by the API that it is for; null: one of the app's configuration. */
  subscriptionId: number | null;
  url: string;
  body: string;
  webhookId: string;
  eventId: string;
  triggeredAt: string;
  apiVersion: string;
  attempt: number;
};

/** Starts the sender of one shop. */
export function createWebhooks(shop: LocalShop): Webhooks {
  const timers = new Set<NodeJS.Timeout>();
  const due: Delivery[] = [];
  let held: Delivery[] = [];
  let running = 0;
  let sent = 0;
  let isStopped = false;
  const addresses = createAddressBook(shop);

  const drain = (): void => {
    while (running < AT_ONCE_MAX) {
      const delivery = due.shift();
      if (!delivery) return;
      running += 1;
      void deliver(shop, delivery)
        .then((isDone) => {
          const isKept = countFailure(shop, delivery, isDone);
          const retryMs = RETRY_AFTER_MS[delivery.attempt];
          if (isDone || !isKept || isStopped || retryMs === undefined) return;
          later(retryMs, { ...delivery, attempt: delivery.attempt + 1 });
        })
        .finally(() => {
          running -= 1;
          drain();
        });
    }
  };
  const later = (delayMs: number, delivery: Delivery): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      due.push(delivery);
      drain();
    }, delayMs);
    timers.add(timer);
  };

  const accept = (delivery: Delivery): void => {
    if (shop.state.settings.webhooks === 'held') held.push(delivery);
    else for (const delayMs of delaysOf(shop, delivery.topic, sent++)) later(delayMs, delivery);
  };

  return {
    send(topic, payload) {
      const isHeard = shop.state.isInstalled || topic === 'app/uninstalled';
      if (isHeard && !isStopped)
        toDeliveries(shop, addresses(), { topic, payload }).forEach(accept);
    },
    release(topic) {
      const isMeant = (one: Delivery): boolean => topic === undefined || one.topic === topic;
      const released = held.filter(isMeant);
      held = held.filter((one) => !isMeant(one));
      for (const delivery of released) later(0, delivery);
      return released.length;
    },
    pending: () => timers.size + due.length + running,
    held: () => held.length,
    stop() {
      isStopped = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      due.length = 0;
      held = [];
    },
  };
}

/** One delivery per subscription; what one cause brings shares an event id. */
function toDeliveries(
  shop: LocalShop,
  { apiVersion, of }: AddressBook,
  { topic, payload }: { topic: string; payload: object },
): Delivery[] {
  const eventId = randomUUID();
  return of(topic).map(({ url, includeFields, subscriptionId }) => ({
    topic,
    subscriptionId,
    url,
    body: JSON.stringify(cutTo(payload, includeFields)),
    webhookId: randomUUID(),
    eventId,
    triggeredAt: shop.clock.now(),
    apiVersion,
    attempt: 0,
  }));
}

/** When a delivery is tried first; two moments are a duplicate, none is a loss. */
function delaysOf(shop: LocalShop, topic: string, count: number): number[] {
  const delays = ownDelaysOf(shop.state.settings.webhooks, count);
  const { isDropped, isDoubled, isLate, isBehind } = befallen(
    shop.state.webhookChaos,
    topic,
    count,
  );
  if (isDropped) return [];
  const moreMs = (isLate ? LATE_MS : 0) + (isBehind ? BEHIND_MS : 0);
  const [first] = delays;
  const doubled = isDoubled && first !== undefined ? [first + DOUBLED_MS] : [];
  return [...delays, ...doubled].map((delayMs) => delayMs + moreMs);
}

function ownDelaysOf(
  webhooks: LocalShop['state']['settings']['webhooks'],
  count: number,
): number[] {
  if (webhooks === 'dropped') return [];
  if (webhooks === 'prompt') return [0];
  if (webhooks === 'duplicated') return [AFTER_PAGE_MS, AFTER_PAGE_MS + DOUBLED_MS];
  // Every second delivery is overtaken by the next one.
  if (webhooks === 'reordered') return [AFTER_PAGE_MS + (count % 2 === 0 ? BEHIND_MS : 0)];
  return [webhooks === 'late' ? LATE_MS : AFTER_PAGE_MS];
}

type Address = {
  url: string;
  includeFields: readonly string[] | undefined;
  subscriptionId: number | null;
};
type AddressBook = { apiVersion: string; of: (topic: string) => Address[] };

/** Who subscribed to what; the app's files are read once for all that is sent in one go, and afresh the next time. */
function createAddressBook(shop: LocalShop): () => AddressBook {
  let book: AddressBook | undefined;
  return () => {
    if (book) return book;
    const config = shop.config();
    book = { apiVersion: config.webhookVersion, of: (topic) => addressesOf(shop, config, topic) };
    setImmediate(() => {
      book = undefined;
    });
    return book;
  };
}

function addressesOf(shop: LocalShop, config: AppConfig, topic: string): Address[] {
  const isSilent = shop.state.silencedTopics.includes(topic);
  const own = isSilent ? [] : config.webhooks.filter((one) => one.topic === topic);
  const byApi = shop.state.subscriptions.filter((one) => one.topic === topic);
  const addresses = [
    ...own.map((one) => ({ ...one, subscriptionId: null })),
    ...byApi.map(({ id, uri, includeFields }) => ({
      uri,
      includeFields: includeFields.length === 0 ? undefined : includeFields,
      subscriptionId: id,
    })),
  ].map(({ uri, includeFields, subscriptionId }) => ({
    url: uri.startsWith('/') ? `${shop.app.url}${uri}` : uri,
    includeFields,
    subscriptionId,
  }));
  const missing = addresses.length === 0 ? [] : missingScopes(shop.state.grantedScopes, topic);
  if (missing.length === 0) return addresses;
  recordExchange(shop, {
    kind: 'webhook',
    title: `${topic}: not sent, no scope`,
    detail: `The topic needs ${missing.join(' or ')}; the shop has granted none of them.`,
    isGood: false,
    tookMs: 0,
  });
  return [];
}

/** Counts failures in a row of a subscription made by the API; whether it still stands. */
function countFailure(shop: LocalShop, delivery: Delivery, isDone: boolean): boolean {
  const { subscriptionId } = delivery;
  if (subscriptionId === null) return true;
  const found = shop.state.subscriptions.find((one) => one.id === subscriptionId);
  if (!found) return false;
  found.failures = isDone ? 0 : found.failures + 1;
  if (found.failures < FAILURES_MAX) return true;
  shop.state.subscriptions = shop.state.subscriptions.filter((one) => one !== found);
  recordExchange(shop, {
    kind: 'webhook',
    title: `${found.topic}: subscription deleted`,
    detail: `${FAILURES_MAX} tries in a row at ${found.uri} have failed.`,
    isGood: false,
    tookMs: 0,
  });
  shop.file.touch();
  return false;
}

/** The payload with only the fields a subscription asks for. */
function cutTo(payload: object, fields: readonly string[] | undefined): object {
  if (!fields) return payload;
  return Object.fromEntries(Object.entries(payload).filter(([name]) => fields.includes(name)));
}

async function deliver(shop: LocalShop, delivery: Delivery): Promise<boolean> {
  const startedMs = performance.now();
  let outcome: string;
  let isGood = false;
  try {
    const response = await fetch(delivery.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-shopify-topic': delivery.topic,
        'x-shopify-hmac-sha256': signBody(shop.app.apiSecret, delivery.body),
        'x-shopify-shop-domain': shop.seed.shop.domain,
        'x-shopify-api-version': delivery.apiVersion,
        'x-shopify-webhook-id': delivery.webhookId,
        'x-shopify-event-id': delivery.eventId,
        'x-shopify-triggered-at': delivery.triggeredAt,
      },
      body: delivery.body,
      redirect: 'manual',
      signal: AbortSignal.timeout(TOTAL_LIMIT_MS),
    });
    await response.arrayBuffer();
    isGood = response.ok;
    outcome = `status ${response.status}`;
  } catch (error) {
    outcome =
      error instanceof Error && error.name === 'TimeoutError' ? 'too late' : 'no connection';
  }
  recordExchange(shop, {
    kind: 'webhook',
    title: `${delivery.topic}, try ${delivery.attempt + 1}: ${outcome}`,
    detail: delivery.body,
    isGood,
    tookMs: Math.round(performance.now() - startedMs),
  });
  return isGood;
}
