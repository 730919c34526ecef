/**
 * What merchants, carriers and Shopify itself do to orders and webhooks by hand, over HTTP: for stories, tests and the bar.
 *
 * Each is one method of the control with its body checked; the answer carries the order as it is afterwards, with its
 * fulfillment orders and parcels.
 */
import { type Request, Router } from 'express';
import { z } from 'zod';
import { orderPayload } from '../checkout/orders.ts';
import type { LocalControl } from '../control.ts';
import type { Order } from '../orders/order-state.ts';
import { fulfillmentPayload } from '../orders/payloads.ts';
import { actionsOf } from '../orders/work.ts';
import { addressSchema } from '../seed.ts';
import { type LocalShop, variantOf } from '../shop.ts';
import { tried } from './tried.ts';

const quantity = z.int().min(1).max(1_000_000);
const lines = z.array(z.strictObject({ sku: z.string(), quantity })).min(1);
const tracking = z.strictObject({
  company: z.string().optional(),
  number: z.string().optional(),
  url: z.url().optional(),
});
/** As Shopify's enum has them. */
const EVENTS = [
  'ATTEMPTED_DELIVERY',
  'CARRIER_PICKED_UP',
  'CONFIRMED',
  'DELAYED',
  'DELIVERED',
  'FAILURE',
  'IN_TRANSIT',
  'LABEL_PRINTED',
  'LABEL_PURCHASED',
  'OUT_FOR_DELIVERY',
  'READY_FOR_PICKUP',
] as const;
const instant = z.iso.datetime({ offset: true });

const BODIES = {
  fulfill: z.strictObject({
    fulfillmentOrderId: z.int().optional(),
    lines: lines.optional(),
    tracking: tracking.optional(),
  }),
  cancel: z.strictObject({ restock: z.boolean().default(true) }),
  refund: z.strictObject({
    sku: z.string(),
    quantity,
    restock: z.boolean().default(true),
    locationId: z.int().optional(),
  }),
  cancelUnits: z.strictObject({ sku: z.string(), quantity, restock: z.boolean().default(true) }),
  address: addressSchema.partial(),
  move: z.strictObject({ locationId: z.int(), lines: lines.optional() }),
  split: z.strictObject({ lines }),
  hold: z.strictObject({ reason: z.string().default('OTHER'), notes: z.string().default('') }),
  release: z.strictObject({ holdId: z.int().optional() }),
  carrier: z.strictObject({
    fulfillmentId: z.int().optional(),
    trackingNumber: z.string().optional(),
    status: z.enum(EVENTS),
    happenedAt: instant.optional(),
    estimatedDeliveryAt: instant.optional(),
    message: z.string().optional(),
  }),
  topic: z.strictObject({ topic: z.string() }),
  maybeTopic: z.strictObject({ topic: z.string().optional() }),
  chaos: z.strictObject({
    topic: z.string().nullable().default(null),
    duplicatePercent: z.number().min(0).max(100).default(0),
    delayPercent: z.number().min(0).max(100).default(0),
    reorderPercent: z.number().min(0).max(100).default(0),
    dropPercent: z.number().min(0).max(100).default(0),
  }),
} as const;

type Touched = { order: Order };

export function orderControlRoutes(shop: LocalShop, control: LocalControl): Router {
  const router = Router();
  const acts: Readonly<Record<string, (id: number, body: unknown) => Touched>> = {
    'orders/:id/fulfill': (id, body) => control.fulfillOrder(id, BODIES.fulfill.parse(body)),
    'orders/:id/cancel': (id, body) => control.cancelOrder(id, BODIES.cancel.parse(body).restock),
    'orders/:id/refund': (id, body) => control.refundOrder(id, BODIES.refund.parse(body)),
    'orders/:id/cancel-units': (id, body) =>
      control.cancelUnits(id, BODIES.cancelUnits.parse(body)),
    'orders/:id/address': (id, body) => control.changeAddress(id, filled(BODIES.address, body)),
    'orders/:id/paid': (id) => control.markPaid(id),
    'fulfillment-orders/:id/move': (id, body) => control.moveWork(id, BODIES.move.parse(body)),
    'fulfillment-orders/:id/split': (id, body) =>
      control.splitWork(id, BODIES.split.parse(body).lines),
    'fulfillment-orders/:id/hold': (id, body) => control.holdWork(id, BODIES.hold.parse(body)),
    'fulfillment-orders/:id/release': (id, body) =>
      control.releaseWork(id, BODIES.release.parse(body).holdId),
    'fulfillment-orders/:id/progress': (id) => control.reportProgress(id),
    'fulfillment-orders/:id/open': (id) => control.openWork(id),
    'fulfillments/:id/cancel': (id) => control.cancelFulfillment(id),
    'fulfillments/:id/tracking': (id, body) => control.changeTracking(id, tracking.parse(body)),
  };
  for (const [path, act] of Object.entries(acts)) {
    router.post(`/local/${path}`, (request: Request, response) => {
      const id = Number(request.params['id']);
      tried(response, () => told(shop, act(id, request.body ?? {})));
    });
  }
  router.post('/local/orders/:id/delete', (request, response) => {
    tried(response, () => control.deleteOrder(Number(request.params.id)));
  });
  router.post('/local/orders/:id/route', (request, response) => {
    tried(response, () => control.routeNow(Number(request.params.id)));
  });
  router.post('/local/carrier-events', (request, response) => {
    tried(response, () => told(shop, control.carrierSays(filled(BODIES.carrier, request.body))));
  });
  webhookRoutes(router, control);
  return router;
}

/** A body without what it left out: nothing is set to undefined. */
function filled<Body extends object>(
  schema: z.ZodType<Body>,
  body: unknown,
): { [Key in keyof Body]: Exclude<Body[Key], undefined> } {
  const parsed = schema.parse(body ?? {});
  const entries = Object.entries(parsed).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof Body]: Exclude<Body[Key], undefined> };
}

/** The order afterwards: as its webhook has it, with its work and its parcels. */
function told(shop: LocalShop, { order }: Touched): object {
  return {
    order: orderPayload(shop, order),
    fulfillmentOrders: order.fulfillmentOrders.map((one) => ({
      id: one.id,
      status: one.status,
      locationId: one.locationId,
      actions: actionsOf(shop, { order, one }),
      holds: one.holds,
      fulfillBy: one.fulfillBy,
      lines: one.lines.map((line) => {
        const bought = order.lines.find((each) => each.id === line.orderLineId);
        const sku = bought ? variantOf(shop, bought.variantId).variant.sku : '';
        return { ...line, sku };
      }),
    })),
    fulfillments: order.fulfillments.map((one) => fulfillmentPayload(shop, order, one)),
  };
}

function webhookRoutes(router: Router, control: LocalControl): void {
  router.get('/local/webhooks', (_request, response) => {
    response.json(control.readWebhooks());
  });
  router.post('/local/webhooks/chaos', (request, response) => {
    tried(response, () => control.setWebhookChaos(BODIES.chaos.parse(request.body ?? {})));
  });
  router.post('/local/webhooks/drop-subscription', (request, response) => {
    tried(response, () => control.dropSubscription(BODIES.topic.parse(request.body).topic));
  });
  router.post('/local/webhooks/restore-subscription', (request, response) => {
    const { topic } = BODIES.maybeTopic.parse(request.body ?? {});
    tried(response, () => control.restoreSubscription(topic));
  });
  router.post('/local/webhooks/release', (request, response) => {
    const { topic } = BODIES.maybeTopic.parse(request.body ?? {});
    tried(response, () => control.releaseWebhooks(topic));
  });
}
