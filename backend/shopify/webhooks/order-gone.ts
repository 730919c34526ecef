/**
 * An order was edited, or deleted from Shopify: it is read again; one that is there no more gives back what it held.
 *
 * An edit names its order beside its own id in a shape of its own; a deletion names nothing but the order.
 */
import { z } from 'zod';
import { orderIntakeJob } from '../order-intake.ts';
import type { WebhookHandler } from './handler.ts';

type Kept = { readonly orderId: string };

const number = z.union([z.int().positive(), z.string().regex(/^\d{1,20}$/)]).transform(String);
const editedSchema = z.object({ order_edit: z.object({ order_id: number }) });
const goneSchema = z.object({ id: number });

export const orderGone: WebhookHandler<Kept> = {
  topics: ['orders/edited', 'orders/delete'],
  alsoAfterUninstall: false,
  keep: (body) => {
    const edited = editedSchema.safeParse(body);
    if (edited.success) return { orderId: edited.data.order_edit.order_id };
    const gone = goneSchema.safeParse(body);
    return gone.success ? { orderId: gone.data.id } : undefined;
  },
  jobOf: (shopId, _topic, { orderId }) => orderIntakeJob(shopId, orderId, 'now'),
  handle: (work, { shopId, payload }) => work.requestIntake(shopId, payload.orderId, 'now'),
};
