/**
 * Something about an order changed: it is read and taken in again, whatever it was.
 *
 * Only the order's id is taken from the webhook; what the order says is read from the Admin API when the job runs, so
 * a late, repeated or overtaken delivery works on the newest state. Changes that mostly echo something we were told of,
 * or did ourselves, wait a little: many of them are one reading.
 */
import { z } from 'zod';
import { orderIntakeJob } from '../order-intake.ts';
import type { WebhookHandler } from './handler.ts';

type Kept = { readonly orderId: string };

const number = z.union([z.int().positive(), z.string().regex(/^\d{1,20}$/)]).transform(String);
const orderSchema = z.object({ id: number });
const partSchema = z.object({ order_id: number });

const ECHOES = new Set(['orders/updated', 'fulfillments/update']);

export const orderChanged: WebhookHandler<Kept> = {
  topics: [
    'orders/create',
    'orders/updated',
    'orders/paid',
    'orders/cancelled',
    'refunds/create',
    'fulfillments/create',
    'fulfillments/update',
  ],
  alsoAfterUninstall: false,
  keep: (body) => {
    // A refund and a fulfillment have an id of their own beside the order's.
    const part = partSchema.safeParse(body);
    if (part.success) return { orderId: part.data.order_id };
    const order = orderSchema.safeParse(body);
    return order.success ? { orderId: order.data.id } : undefined;
  },
  jobOf: (shopId, topic, { orderId }) =>
    orderIntakeJob(shopId, orderId, ECHOES.has(topic) ? 'soon' : 'now'),
  handle: (work, { shopId, payload }) => work.requestIntake(shopId, payload.orderId, 'now'),
};
