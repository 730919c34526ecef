/**
 * What carriers told Shopify of an order's parcels is told to the parcels here.
 *
 * In: the number of an order of which Shopify heard something. Out: every event there is, told under Shopify's id of it, so
 * that reading twice changes nothing. Shopify has words for what happens before a carrier has a parcel (label bought,
 * confirmed) and for store pickup: those are no news of a parcel under way and are left out.
 */
import { OrderCarrierEventsRead } from '../../graphql/admin/generated/documents.ts';
import type { ShopId } from '../base/ids.ts';
import { type JobDefinition, parseShopJob } from '../jobs/queue.ts';
import { parseOrderJob } from '../orders/jobs.ts';
import type { ToldEvent, TrackingService } from '../orders/outcome/tracking/service.ts';
import type { TrackingKind } from '../orders/outcome/tracking/tracking.ts';
import type { Job } from '../platform/outbox.ts';
import { type AdminClient, expectAnswer } from './admin-client.ts';
import { gidOf, numberOfGid } from './gid.ts';

/** The job's name. */
export const CARRIER_EVENTS_JOB = 'carrier_events';

// A carrier's scans come in bursts; a moment later one reading has them all.
const SOON_SECONDS = 2;

/** Has the carrier events of an order read, soon. */
export function carrierEventsJob(shopId: ShopId, orderId: string): Job {
  return {
    name: CARRIER_EVENTS_JOB,
    data: { shopId, orderId },
    key: `${shopId} ${orderId}`,
    delaySeconds: SOON_SECONDS,
  };
}

const KINDS: Readonly<Record<string, TrackingKind | undefined>> = {
  CARRIER_PICKED_UP: 'picked_up',
  IN_TRANSIT: 'in_transit',
  DELAYED: 'delayed',
  OUT_FOR_DELIVERY: 'out_for_delivery',
  ATTEMPTED_DELIVERY: 'attempted',
  DELIVERED: 'delivered',
  FAILURE: 'failed',
};

/** An order as Shopify answers; instants ISO. */
export type ReadOrder = {
  readonly fulfillments: readonly {
    readonly id: string;
    readonly events: {
      readonly nodes: readonly {
        readonly id: string;
        readonly status: string;
        readonly happenedAt: string;
        readonly estimatedDeliveryAt: string | null;
      }[];
    };
  }[];
};

/** The events of an order's parcels, in our words. */
export function fromShopifyEvents({ fulfillments }: ReadOrder): readonly ToldEvent[] {
  return fulfillments.flatMap(({ id, events }) =>
    events.nodes.flatMap((event): ToldEvent[] => {
      const kind = KINDS[event.status];
      if (kind === undefined) return [];
      const expectedAt = event.estimatedDeliveryAt ?? undefined;
      return [
        {
          parcel: { fulfillmentId: numberOfGid(id) },
          eventId: numberOfGid(event.id),
          kind,
          occurredAt: event.happenedAt,
          ...(expectedAt === undefined ? {} : { expectedAt }),
        },
      ];
    }),
  );
}

// Split shipments have a handful of parcels, a parcel a dozen scans; what is older was told before.
const MOST_FULFILLMENTS = 20;
const MOST_EVENTS = 20;
// News of a parcel changes dates, and never has to overtake a sale.
const LANE = { lane: 'provisioning' } as const;

/** The job. */
export function carrierEventsWork(deps: {
  readonly admin: AdminClient;
  readonly tracking: Pick<TrackingService, 'tellTracking'>;
}): JobDefinition {
  return {
    name: CARRIER_EVENTS_JOB,
    policy: 'short',
    retryLimit: 8,
    retryDelaySeconds: 5,
    expireInSeconds: 120,
    concurrency: 1,
    handle: async (data) => {
      const shopId = parseShopJob(data);
      const { orderId } = parseOrderJob(data);
      const id = gidOf('Order', orderId);
      const variables = { id, fulfillments: MOST_FULFILLMENTS, events: MOST_EVENTS };
      const answer = await deps.admin.send(shopId, OrderCarrierEventsRead, variables, LANE);
      const { order } = expectAnswer(answer);
      if (order === null) return;
      const told = fromShopifyEvents(order);
      if (told.length > 0) await deps.tracking.tellTracking(shopId, 'shopify', told);
    },
  };
}
