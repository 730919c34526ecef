/**
 * Units of an order were canceled, refunded or shipped: its claims on stock are read and settled again.
 *
 * Only the order's id is taken from the webhook; what holds now is read when the job runs, so deliveries that come late,
 * twice or out of order end in the same claims.
 */
import { z } from 'zod';
import type { WebhookHandler } from './handler.ts';

type Kept = { readonly orderId: string };

const number = z.union([z.int().positive(), z.string().regex(/^\d{1,20}$/)]).transform(String);
const orderSchema = z.object({ id: number });
const partSchema = z.object({ order_id: number });

export const orderClaims: WebhookHandler<Kept> = {
  topics: ['orders/cancelled', 'refunds/create', 'fulfillments/create'],
  alsoAfterUninstall: false,
  keep: (body) => {
    // A refund and a fulfillment have an id of their own beside the order's.
    const part = partSchema.safeParse(body);
    if (part.success) return { orderId: part.data.order_id };
    const order = orderSchema.safeParse(body);
    return order.success ? { orderId: order.data.id } : undefined;
  },
  handle: (work, { shopId, payload }) => work.followClaims(shopId, payload.orderId),
};
