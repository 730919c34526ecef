/**
 * An order was placed, or its routing is complete: join it to its promise.
 *
 * Only ids are taken from the webhook; what the order says is read from the Admin API when the job runs, so a
 * late or repeated delivery works on the newest state.
 */
import { z } from 'zod';
import { FulfillmentOrderRead } from '../../../graphql/admin/generated/documents.ts';
import { expectAnswer } from '../admin-client.ts';
import { numberOfGid } from '../gid.ts';
import type { WebhookHandler } from './handler.ts';

type Kept = { readonly orderId: string } | { readonly fulfillmentOrderId: string };

const orderSchema = z.object({ id: z.union([z.int().positive(), z.string().regex(/^\d{1,20}$/)]) });
const routedSchema = z.object({
  fulfillment_order: z.object({
    id: z.string().regex(/^gid:\/\/shopify\/FulfillmentOrder\/\d{1,20}$/),
  }),
});

export const orderChanged: WebhookHandler<Kept> = {
  topics: ['orders/create', 'fulfillment_orders/order_routing_complete'],
  alsoAfterUninstall: false,
  keep: (body) => {
    const order = orderSchema.safeParse(body);
    if (order.success) return { orderId: String(order.data.id) };
    const routed = routedSchema.safeParse(body);
    return routed.success ? { fulfillmentOrderId: routed.data.fulfillment_order.id } : undefined;
  },
  handle: async (work, { shopId, payload }) => {
    if ('orderId' in payload) return await work.intakeOrder(shopId, payload.orderId);
    const variables = { id: payload.fulfillmentOrderId };
    const read = expectAnswer(
      await work.admin.send(shopId, FulfillmentOrderRead, variables, {
        lane: 'fulfillment',
      }),
    );
    // Moved or merged since: its successor sends a webhook of its own.
    if (read.fulfillmentOrder === null) return;
    await work.intakeOrder(shopId, numberOfGid(read.fulfillmentOrder.orderId));
  },
};
