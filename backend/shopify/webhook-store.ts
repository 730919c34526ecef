/**
 * Where does a webhook rest between its arrival and the job that works on it?
 *
 * In: the kept part of a delivery. Out: whether it is new. Stored and enqueued in one transaction: a 200 means that
 * the work will be done, a repeated delivery causes none.
 */
import type { Kysely } from 'kysely';
import type { ShopId } from '../base/ids.ts';
import {
  type InstantColumn,
  type JsonColumn,
  type NullableInstantColumn,
  withShop,
} from '../platform/database.ts';
import type { Job, Outbox } from '../platform/outbox.ts';

type WebhookTables = {
  webhook_delivery: {
    shop_id: string;
    delivery_id: string;
    topic: string;
    event_id: string | null;
    triggered_at: NullableInstantColumn;
    received_at: InstantColumn;
    payload: JsonColumn<unknown>;
    handled_at: NullableInstantColumn;
  };
};

/** A delivery that was verified and reduced to what is kept. */
export type NewDelivery = {
  readonly shopId: ShopId;
  readonly deliveryId: string;
  readonly topic: string;
  readonly eventId: string | undefined;
  readonly triggeredAt: Temporal.Instant;
  readonly payload: object;
  /** The job that does all of its work; undefined: a handler does it, in `WEBHOOK_JOB`. */
  readonly job?: Job | undefined;
};

/** A stored delivery. */
export type StoredDelivery = Omit<NewDelivery, 'job'> & {
  readonly handledAt: Temporal.Instant | null;
};

/** The queue that works deliveries off. */
export const WEBHOOK_JOB = 'shopify_webhook';

// Long enough for Shopify's last retry and for questions of a merchant; ids only, so no duty shortens it.
const KEPT_DAYS = 30;

export function createWebhookStore(deps: {
  readonly db: Kysely<unknown>;
  readonly outbox: Outbox;
  readonly now: () => Temporal.Instant;
}) {
  const db = deps.db.withTables<WebhookTables>();
  return {
    /** Stores a delivery and enqueues its work; false when it was stored before. */
    accept: (delivery: NewDelivery): Promise<boolean> =>
      withShop(db, delivery.shopId, async (trx) => {
        const inserted = await trx
          .insertInto('webhook_delivery')
          .values({
            shop_id: delivery.shopId,
            delivery_id: delivery.deliveryId,
            topic: delivery.topic,
            event_id: delivery.eventId ?? null,
            triggered_at: delivery.triggeredAt.toString(),
            received_at: deps.now().toString(),
            payload: JSON.stringify(delivery.payload),
            // Handed over in this very transaction: nothing is left to do for the delivery itself.
            handled_at: delivery.job === undefined ? null : deps.now().toString(),
          })
          .onConflict((conflict) => conflict.columns(['shop_id', 'delivery_id']).doNothing())
          .returning('delivery_id')
          .execute();
        if (inserted.length === 0) return false;
        const { shopId, deliveryId } = delivery;
        const own: Job = { name: WEBHOOK_JOB, data: { shopId, deliveryId } };
        await deps.outbox.enqueue<WebhookTables>(trx, delivery.job ?? own);
        return true;
      }),

    load: (shopId: ShopId, deliveryId: string): Promise<StoredDelivery | undefined> =>
      withShop(db, shopId, async (trx) => {
        const row = await trx
          .selectFrom('webhook_delivery')
          .selectAll()
          .where('shop_id', '=', shopId)
          .where('delivery_id', '=', deliveryId)
          .executeTakeFirst();
        if (row === undefined) return undefined;
        return {
          shopId,
          deliveryId,
          topic: row.topic,
          eventId: row.event_id ?? undefined,
          triggeredAt: row.triggered_at ?? row.received_at,
          payload: Object(row.payload),
          handledAt: row.handled_at,
        };
      }),

    markHandled: (shopId: ShopId, deliveryId: string): Promise<void> =>
      withShop(db, shopId, async (trx) => {
        await trx
          .updateTable('webhook_delivery')
          .set({ handled_at: deps.now().toString() })
          .where('shop_id', '=', shopId)
          .where('delivery_id', '=', deliveryId)
          .execute();
      }),

    /** Deletes what is older than 30 days and was handled. */
    prune: (shopId: ShopId): Promise<void> =>
      withShop(db, shopId, async (trx) => {
        const before = deps.now().subtract({ hours: 24 * KEPT_DAYS });
        await trx
          .deleteFrom('webhook_delivery')
          .where('shop_id', '=', shopId)
          .where('received_at', '<', before)
          .where('handled_at', 'is not', null)
          .execute();
      }),
  };
}

/** What `createWebhookStore` returns. */
export type WebhookStore = ReturnType<typeof createWebhookStore>;
