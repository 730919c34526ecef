/**
 * One run of following an order: what it stands on, what it knows so far, and how it looks at both sides.
 */
import type { Kysely } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import type { OnOrderStep } from '../../orders/steps.ts';
import type { Clock } from '../../platform/clock.ts';
import { withShop } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import type { AdminClient } from '../admin-client.ts';
import type { AdoptDependencies } from './adopt.ts';
import { type Desired, desiredOf } from './desired.ts';
import { type FollowedOrder, loadFollowed } from './follow-store.ts';
import { keepFound } from './found.ts';
import { nextStep } from './next-step.ts';
import type { Observed } from './observed.ts';
import type { OrderLocks } from './order-locks.ts';
import { readFulfillments, readParts } from './send.ts';
import type { FulfillmentSettings } from './settings.ts';
import type { Learned, Stuck } from './step.ts';

/** What following stands on. */
export type FollowDependencies = AdoptDependencies & {
  readonly db: Kysely<unknown>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly admin: AdminClient;
  readonly locks: OrderLocks;
  readonly settingsOf: (shopId: ShopId) => Promise<FulfillmentSettings>;
  /** Node → location and back, as the shop has bound them. */
  readonly placesOf: (shopId: ShopId) => Promise<Places>;
  /** Shopify has other units open than we: its order is read again and settled anew. */
  readonly resettle: (shopId: ShopId, orderId: string) => Promise<void>;
  /** Another process follows it now: comes back in a moment. */
  readonly again: (shopId: ShopId, orderId: string) => Promise<void>;
  readonly onStep: OnOrderStep;
};

export type Places = {
  readonly locationOf: (nodeId: string) => string | null;
  readonly nodeOf: (locationId: string) => string | undefined;
};

/** What a run came to. `none`: nothing of it is followed. */
export type FollowOutcome =
  | { readonly kind: 'none' | 'busy' }
  /** Shopify has no fulfillment orders of it yet; it is looked at again in a moment. */
  | { readonly kind: 'unrouted' }
  | { readonly kind: 'done'; readonly steps: number }
  | { readonly kind: 'stuck'; readonly steps: number; readonly stuck: Stuck };

/** What a run has so far. */
export type Run = {
  readonly shopId: ShopId;
  readonly orderId: string;
  readonly places: Places;
  readonly settings: FulfillmentSettings;
  learned: Learned;
  /** Key of the last step that was refused, so that a second refusal ends the run. */
  refusedKey: string | undefined;
  steps: number;
  unclear: number;
};

/** One look at both sides. */
export type Look = {
  readonly order: FollowedOrder;
  readonly desired: Desired;
  readonly observed: Observed;
};

/**
 * Reads both sides; what Shopify confirmed without changing ids (`known`) need not be read again, nor what was loaded a
 * moment ago (`loaded`).
 */
export async function lookAt(
  deps: FollowDependencies,
  run: Run,
  {
    known,
    loaded,
  }: { readonly known?: Observed | undefined; readonly loaded?: FollowedOrder | undefined },
): Promise<Look | Stuck | 'gone' | 'unrouted'> {
  const { shopId, orderId } = run;
  const order =
    loaded ?? (await withShop(deps.db, shopId, (trx) => loadFollowed(trx, shopId, orderId)));
  const desired = desiredOf(order.works, {
    parcels: order.parcels,
    fulfillments: order.row?.fulfillments ?? {},
    late: order.late,
    locationOf: run.places.locationOf,
    settings: run.settings,
  });
  run.learned = { ...run.learned, prepared: order.row?.prepared ?? [] };
  const observed = known ?? (await readOrder(deps, run, order));
  if (typeof observed === 'string' || 'reason' in observed) return observed;
  deps.onStep('follow.read');
  const isEnough = nextStep(desired, observed, run.learned).kind !== 'look';
  if (isEnough) return { order, desired, observed };
  const size = { parts: desired.shipments.length + 3, lines: linesIn(order) };
  const fulfillments = await readFulfillments(deps.admin, { shopId, orderId, size });
  if (fulfillments === 'too_large') return { reason: 'order_too_large', facts: {} };
  const whole = { ...observed, fulfillments: fulfillments === 'gone' ? [] : fulfillments };
  await keepFound(deps, run, { order, desired, observed: whole });
  return { order, desired, observed: whole };
}

async function readOrder(
  deps: FollowDependencies,
  { shopId, orderId }: Run,
  order: FollowedOrder,
): Promise<Observed | Stuck | 'gone' | 'unrouted'> {
  const size = {
    parts: Math.max(order.works.length, order.row?.parts ?? 0) + 1,
    lines: linesIn(order),
  };
  const parts = await readParts(deps.admin, { shopId, orderId, size });
  if (parts === 'too_large') return { reason: 'order_too_large', facts: {} };
  // Shopify makes fulfillment orders a moment after the order; one that is gone has nothing to be followed.
  if (parts === 'gone' || parts.length === 0) return parts === 'gone' ? 'gone' : 'unrouted';
  return { parts, fulfillments: undefined };
}

function linesIn({ works }: FollowedOrder): number {
  return new Set(works.flatMap(({ lines }) => lines.map(({ lineId }) => lineId))).size + 1;
}
