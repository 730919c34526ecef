/**
 * Where does a webhook rest between its arrival and the job that works on it?
 *
 * In: the kept part of a delivery. Out: whether it is new. Stored and enqueued in one transaction: a 200 means that
 * the work will be done, a repeated delivery causes none.
 */
import { type Kysely, sql } from 'kysely';
import type { ShopId } from '../base/ids.ts';
import { TransientError } from '../base/result.ts';
import { toStorableJson } from '../base/stored-text.ts';
import {
  type InstantColumn,
  type JsonColumn,
  type NullableInstantColumn,
  withShop,
} from '../platform/database.ts';
import type { Job, Outbox } from '../platform/outbox.ts';
import { createTogether } from '../platform/together.ts';

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
// One statement of some kilobytes.
const MOST_TOGETHER = 50;

export function createWebhookStore(deps: {
  readonly db: Kysely<unknown>;
  readonly outbox: Pick<Outbox, 'enqueueAll'>;
  readonly now: () => Temporal.Instant;
}) {
  const db = deps.db.withTables<WebhookTables>();
  const acceptAll = (shopId: ShopId, deliveries: readonly NewDelivery[]) =>
    withShop(db, shopId, async (trx) => {
      const fresh = await insertDeliveries(trx, shopId, deliveries, deps.now().toString());
      const own = ({ deliveryId }: NewDelivery) => ({
        name: WEBHOOK_JOB,
        data: { shopId, deliveryId },
      });
      await deps.outbox.enqueueAll<WebhookTables>(
        trx,
        [...fresh].map((delivery) => delivery.job ?? own(delivery)),
      );
      return deliveries.map((delivery) => fresh.has(delivery));
    });
  const together = createTogether<ShopId, NewDelivery, boolean>({
    most: MOST_TOGETHER,
    run: async (shopId, deliveries) => {
      try {
        return await acceptAll(shopId, deliveries);
      } catch (error) {
        if (error instanceof TransientError || deliveries.length === 1) throw error;
        // One of them cannot be stored; the others can.
        return await oneByOne(deliveries, (one) => acceptAll(shopId, [one]));
      }
    },
  });
  return {
    /** Stores a delivery and enqueues its work; false when it was stored before. Those of a burst are stored together. */
    accept: (delivery: NewDelivery): Promise<boolean> => together(delivery.shopId, delivery),

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

async function oneByOne(
  deliveries: readonly NewDelivery[],
  accept: (delivery: NewDelivery) => Promise<readonly boolean[]>,
): Promise<readonly Promise<boolean>[]> {
  const done: Promise<boolean>[] = [];
  for (const delivery of deliveries) {
    const accepted = accept(delivery).then(([isNew]) => isNew === true);
    done.push(accepted);
    await Promise.allSettled([accepted]);
  }
  return done;
}

/** Stores those that were not there before and says which; of one that came twice in the group, the first. */
async function insertDeliveries(
  trx: Kysely<WebhookTables>,
  shopId: ShopId,
  deliveries: readonly NewDelivery[],
  now: string,
): Promise<ReadonlySet<NewDelivery>> {
  const byId = new Map(deliveries.toReversed().map((one) => [one.deliveryId, one]));
  const rows = [...byId.values()].map(({ job, payload, triggeredAt, ...one }) => ({
    ...one,
    payload,
    triggeredAt: triggeredAt.toString(),
    // Handed over in this very transaction: nothing is left to do for the delivery itself.
    handledAt: job === undefined ? null : now,
  }));
  const inserted = await sql<{ deliveryId: string }>`
    insert into webhook_delivery (shop_id, delivery_id, topic, event_id, triggered_at, received_at, payload, handled_at)
    select ${shopId}, d."deliveryId", d.topic, d."eventId", d."triggeredAt", ${now}, d.payload, d."handledAt"
    from jsonb_to_recordset(${toStorableJson(rows)}::jsonb) d("deliveryId" text, topic text, "eventId" text,
      "triggeredAt" timestamptz, payload jsonb, "handledAt" timestamptz)
    order by d."deliveryId"
    on conflict (shop_id, delivery_id) do nothing
    returning delivery_id as "deliveryId"`.execute(trx);
  return new Set(
    inserted.rows.flatMap(({ deliveryId }) => {
      const delivery = byId.get(deliveryId);
      return delivery === undefined ? [] : [delivery];
    }),
  );
}

/** What `createWebhookStore` returns. */
export type WebhookStore = ReturnType<typeof createWebhookStore>;
