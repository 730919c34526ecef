/**
 * A carrier told Shopify something of a parcel: all that was said of the order's parcels is read and told to them.
 *
 * Only the order's id is taken from the webhook: events overtake each other, and a reading has them all.
 */
import { z } from 'zod';
import { carrierEventsJob } from '../carrier-events.ts';
import type { WebhookHandler } from './handler.ts';

type Kept = { readonly orderId: string };

const number = z.union([z.int().positive(), z.string().regex(/^\d{1,20}$/)]).transform(String);
const schema = z.object({ order_id: number });

export const carrierEvent: WebhookHandler<Kept> = {
  topics: ['fulfillment_events/create'],
  alsoAfterUninstall: false,
  keep: (body) => {
    const event = schema.safeParse(body);
    return event.success ? { orderId: event.data.order_id } : undefined;
  },
  jobOf: (shopId, _topic, { orderId }) => carrierEventsJob(shopId, orderId),
  handle: (work, { shopId, payload }) => work.requestIntake(shopId, payload.orderId, 'soon'),
};
