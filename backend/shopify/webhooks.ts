/**
 * How do Shopify's webhooks come in and get done?
 *
 * `webhookRoutes` verifies the raw bytes, keeps the ids it needs, stores them under the delivery id and answers 200;
 * `webhookJob` does the work. A bad signature is 401 and nothing else; Postgres out of reach is 503, Shopify repeats.
 * Invariants: nothing is parsed before it is verified; a delivery does its work once however often it arrives; an
 * unknown topic or a body of another shape is answered 200 and logged, because a repeat could not cure it.
 * Source: https://shopify.dev/docs/apps/build/webhooks
 */
import express, { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { parseShopId, type ShopId } from '../base/ids.ts';
import type { JobDefinition } from '../jobs/queue.ts';
import type { Log } from '../platform/log.ts';
import type { Job } from '../platform/outbox.ts';
import { type AppSecrets, isSignedBody } from './signature.ts';
import type { NewDelivery, WebhookStore } from './webhook-store.ts';
import { WEBHOOK_JOB } from './webhook-store.ts';
import { appUninstalled } from './webhooks/app-uninstalled.ts';
import { carrierEvent } from './webhooks/carrier-event.ts';
import { catalogChanged } from './webhooks/catalog-changed.ts';
import { compliance } from './webhooks/compliance.ts';
import { fulfillmentOrderChanged } from './webhooks/fulfillment-order-changed.ts';
import type { WebhookDelivery, WebhookHandler, WebhookWork } from './webhooks/handler.ts';
import { orderChanged } from './webhooks/order-changed.ts';
import { orderGone } from './webhooks/order-gone.ts';
import { scopesChanged } from './webhooks/scopes-changed.ts';
import { shopChanged } from './webhooks/shop-changed.ts';
import { stockChanged } from './webhooks/stock-changed.ts';

// Shopify sends far less with include_fields; a larger body is no webhook of ours.
const MOST_BODY_BYTES = '1mb';

/** A handler with its payload's type closed over, so that a table can hold all of them. */
type AnyHandler = {
  readonly alsoAfterUninstall: boolean;
  keep(body: unknown, shopId: ShopId): object | undefined;
  jobOf(shopId: ShopId, topic: string, kept: unknown): Job | undefined;
  handle(work: WebhookWork, delivery: WebhookDelivery<unknown>): Promise<void>;
};

function close<Kept extends object>(handler: WebhookHandler<Kept>): [string, AnyHandler][] {
  const closed: AnyHandler = {
    alsoAfterUninstall: handler.alsoAfterUninstall,
    keep: handler.keep,
    jobOf: (shopId, topic, kept) => handler.jobOf?.(shopId, topic, kept as Kept),
    // What comes out of the store is what this very handler's `keep` put in.
    handle: (work, delivery) =>
      handler.handle(work, { ...delivery, payload: delivery.payload as Kept }),
  };
  return handler.topics.map((topic) => [topic, closed]);
}

/** Every topic we understand and who does its work. */
export const WEBHOOK_HANDLERS: ReadonlyMap<string, AnyHandler> = new Map([
  ...close(orderChanged),
  ...close(carrierEvent),
  ...close(orderGone),
  ...close(fulfillmentOrderChanged),
  ...close(shopChanged),
  ...close(stockChanged),
  ...close(catalogChanged),
  ...close(appUninstalled),
  ...close(scopesChanged),
  ...close(compliance),
]);

export type WebhookRoutesDeps = {
  readonly secrets: AppSecrets;
  readonly store: WebhookStore;
  readonly log: Log;
  readonly now: () => Temporal.Instant;
};

/** `POST /webhooks` and `POST /webhooks/compliance`; mount at the root, before any body parser. */
export function webhookRoutes(deps: WebhookRoutesDeps): Router {
  const router = Router();
  const readBytes = express.raw({ type: () => true, limit: MOST_BODY_BYTES });
  for (const path of ['/webhooks', '/webhooks/compliance']) {
    router.post(path, readBytes, (request, response) => receive(deps, request, response));
  }
  return router;
}

async function receive(
  deps: WebhookRoutesDeps,
  request: Request,
  response: Response,
): Promise<void> {
  const bytes: unknown = request.body;
  const rawBody = Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0);
  if (!isSignedBody(rawBody, request.get('X-Shopify-Hmac-Sha256'), deps.secrets)) {
    response.status(401).end();
    return;
  }
  const delivery = readDelivery(request, rawBody, deps.now());
  if (typeof delivery === 'string') {
    const topic = request.get('X-Shopify-Topic');
    deps.log.warn({
      event: 'webhook_not_understood',
      reason: delivery,
      ...(topic ? { topic } : {}),
    });
  } else if (!(await deps.store.accept(delivery))) {
    const { shopId, topic, deliveryId } = delivery;
    deps.log.info({ event: 'webhook_repeated', shop: shopId, topic, deliveryId });
  }
  response.status(200).end();
}

// The delivery, or in one word what is wrong with it.
function readDelivery(
  request: Request,
  rawBody: Buffer,
  now: Temporal.Instant,
): NewDelivery | 'shop' | 'topic' | 'delivery_id' | 'body' {
  const shop = parseShopId(request.get('X-Shopify-Shop-Domain'), '/X-Shopify-Shop-Domain');
  if (!shop.ok) return 'shop';
  const topic = request.get('X-Shopify-Topic') ?? '';
  const handler = WEBHOOK_HANDLERS.get(topic);
  if (handler === undefined) return 'topic';
  const deliveryId = request.get('X-Shopify-Webhook-Id') ?? '';
  if (!/^[\w-]{1,100}$/.test(deliveryId)) return 'delivery_id';
  const payload = handler.keep(readJson(rawBody), shop.value);
  if (payload === undefined) return 'body';
  return {
    shopId: shop.value,
    deliveryId,
    topic,
    eventId: request.get('X-Shopify-Event-Id')?.slice(0, 100),
    triggeredAt: readInstant(request.get('X-Shopify-Triggered-At')) ?? now,
    payload,
    job: handler.jobOf(shop.value, topic, payload),
  };
}

const jobSchema = z.object({ shopId: z.string(), deliveryId: z.string() });

/** The job that works a stored delivery off. */
export function webhookJob(deps: {
  readonly store: WebhookStore;
  readonly work: WebhookWork;
}): JobDefinition {
  return {
    name: WEBHOOK_JOB,
    policy: 'standard',
    // With doubling waits from 5 s the last try comes about an hour after the first.
    retryLimit: 10,
    retryDelaySeconds: 5,
    expireInSeconds: 120,
    concurrency: 2,
    // Most of it waits for Shopify's answers.
    atOnce: 10,
    handle: async (data) => {
      const { shopId: shop, deliveryId } = jobSchema.parse(data);
      const shopId = parseShopId(shop, '/shopId');
      if (!shopId.ok) throw new Error('Bug: a webhook job names no shop');
      await workOff(deps, shopId.value, deliveryId);
    },
  };
}

async function workOff(
  deps: { readonly store: WebhookStore; readonly work: WebhookWork },
  shopId: ShopId,
  deliveryId: string,
): Promise<void> {
  const delivery = await deps.store.load(shopId, deliveryId);
  if (delivery === undefined || delivery.handledAt !== null) return;
  const handler = WEBHOOK_HANDLERS.get(delivery.topic);
  if (handler === undefined) throw new Error(`Bug: ${delivery.topic} was stored without a handler`);
  const runs = handler.alsoAfterUninstall || (await deps.work.connections.isInstalled(shopId));
  if (runs) await handler.handle(deps.work, delivery);
  await deps.store.markHandled(shopId, deliveryId);
}

function readJson(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    return undefined;
  }
}

// Of an instant nobody's clock shows, when it arrived says more.
function readInstant(text: string | undefined): Temporal.Instant | undefined {
  try {
    return text?.startsWith('20') ? Temporal.Instant.from(text) : undefined;
  } catch {
    return undefined;
  }
}
