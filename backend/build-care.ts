/**
 * Builds the agent's desk: search, the page of an order, actions and the job that confirms them.
 *
 * In: platform, the connector, routing, outcomes, messages, what follows in Shopify. Out: the service, its jobs, its
 * routes. Orders of other systems have no Shopify to confirm a change: they are stated anew here. Part of the
 * composition root.
 */
import { z } from 'zod';
import type { ShopId } from './base/ids.ts';
import type { Result } from './base/result.ts';
import type { Connector } from './build-connector.ts';
import type { Orders } from './build-orders.ts';
import type { OutcomeParts } from './build-outcome.ts';
import type { ShopifyGround } from './build-shopify.ts';
import { orderRoutes } from './console/orders/routes.ts';
import type { Mount } from './http/app.ts';
import type { JobDefinition, JobQueue } from './jobs/queue.ts';
import { ORDER_ACTION_JOB, type Outside } from './orders/care/acts/service.ts';
import { type CareService, createCare, type FollowView } from './orders/care/service.ts';
import { withdrawOffers } from './orders/offers/opening/service.ts';
import { type RestateDependencies, restateOrder } from './orders/record/restate/service.ts';
import type { Log } from './platform/log.ts';
import { createOutbox } from './platform/outbox.ts';
import type { Platform } from './platform/stand.ts';
import { createOrderActions } from './shopify/order-actions.ts';

/** What it is built on. */
export type CareBuild = {
  readonly platform: Platform;
  readonly log: Log;
  readonly ground: Pick<ShopifyGround, 'admin'>;
  readonly connector: Pick<
    Connector,
    'gate' | 'orders' | 'orderClaims' | 'requestIntake' | 'installedShops'
  >;
  readonly orders: Pick<Orders, 'route' | 'follow'>;
  readonly outcome: Pick<OutcomeParts, 'watch' | 'reports' | 'messages' | 'pickups'>;
  readonly queue: JobQueue;
};

const SWEEP_JOB = 'order_action_sweep';

/** Builds it. */
export function buildCare(build: CareBuild) {
  const { platform, connector, orders, outcome, queue } = build;
  const outbox = createOutbox(queue.boss, queue.wake);
  const care = createCare({
    db: platform.db,
    clock: platform.clock,
    enqueue: (trx, job) => outbox.enqueue(trx, job),
    route: orders.route,
    extendPickup: outcome.pickups.extendPickup,
    withdrawOffers,
    outside: outsideOf(build),
    readPromise: (shopId, orderId) => connector.orders.read(shopId, { orderId }),
    readFollow: async (shopId, orderId) =>
      followView(await orders.follow.follower.readFollow(shopId, orderId)),
    readAtRisk: async (shopId, { offset, limit }) => {
      const last = offset + limit;
      const { rows } = await outcome.reports.readAtRisk(shopId, { limit: last + 1 });
      return { rows: rows.slice(offset, last), hasMore: rows.length > last };
    },
    readForecast: async (shopId, orderId) =>
      (await outcome.watch.readForecast(shopId, orderId))?.expectedAt ?? null,
    readMessages: (shopId, orderId) => outcome.messages.list(shopId, { orderId }),
  });
  const mount: Mount = {
    path: '/api/admin/orders',
    router: orderRoutes({
      authenticateAdmin: connector.gate.authenticateAdmin,
      care,
      route: orders.route,
    }),
    body: 'json',
  };
  return { care, mount, jobs: [actionJob(care), sweepJob(care, build)] };
}

function followView(
  view: Awaited<ReturnType<Orders['follow']['follower']['readFollow']>>,
): FollowView {
  if (view.state === 'none') return { state: 'none', reason: null, facts: {} };
  const { reason = null, facts = {} } = view.stuck ?? {};
  return { state: view.state, reason, facts };
}

// Shopify confirms what is its own, before anything here is stated anew.
function outsideOf({ platform, ground, connector, orders }: CareBuild): Outside {
  const shopify = createOrderActions(ground.admin);
  const restating: RestateDependencies = {
    db: platform.db,
    clock: platform.clock,
    follow: connector.orderClaims.follow,
    routeOrder: orders.route.routeOrder,
  };
  return {
    changeAddress: async (shopId, { orderId, source }, address) => {
      const confirmed =
        source === 'shopify' ? await shopify.changeAddress(shopId, orderId, address) : undefined;
      if (confirmed?.ok === false) return confirmed;
      const { updatedAt } = confirmed?.value ?? {};
      await restateOrder(restating, shopId, {
        orderId,
        actor: DESK,
        ...(updatedAt === undefined ? {} : { sourceUpdatedAt: updatedAt }),
        change: () => ({ address, country: address.country, postalCode: address.zip }),
      });
      return DONE;
    },
    leaveUnits: async (shopId, { orderId, source }, lines) => {
      if (source === 'shopify') {
        const confirmed = await shopify.leaveUnits(shopId, orderId, lines);
        // What it has left is read at once: claims and works shrink by what the order then says.
        if (confirmed.ok) await connector.requestIntake(shopId, orderId, 'now');
        return confirmed;
      }
      const left = new Map(lines.map((line) => [line.lineId, line.left]));
      await restateOrder(restating, shopId, {
        orderId,
        actor: DESK,
        change: (order) => ({
          lines: order.lines.map((line) => ({
            ...line,
            canceled: Math.max(
              line.canceled,
              line.quantity - (left.get(line.lineId) ?? line.quantity),
            ),
          })),
        }),
      });
      return DONE;
    },
  };
}

const DESK = { kind: 'agent', id: 'order desk' } as const;
const DONE: Result<undefined, never> = { ok: true, value: undefined };

const actionData = z.object({
  shopId: z.string().transform((text) => text as ShopId),
  actionId: z.string(),
});

function actionJob({ perform }: CareService): JobDefinition {
  return {
    name: ORDER_ACTION_JOB,
    policy: 'short',
    retryLimit: 10,
    retryDelaySeconds: 2,
    expireInSeconds: 120,
    concurrency: 2,
    handle: async (data) => {
      const { shopId, actionId } = actionData.parse(data);
      await perform(shopId, actionId);
    },
  };
}

// One shop's fault is not another's.
function sweepJob({ sweep }: CareService, { connector, log }: CareBuild): JobDefinition {
  return {
    name: SWEEP_JOB,
    policy: 'short',
    retryLimit: 0,
    retryDelaySeconds: 1,
    expireInSeconds: 120,
    concurrency: 1,
    schedule: '*/2 * * * *',
    handle: async () => {
      for (const shopId of await connector.installedShops()) {
        try {
          await sweep(shopId);
        } catch (error) {
          log.warn({ event: 'actions_not_swept', shop: shopId, error });
        }
      }
    },
  };
}
