/**
 * Lets go of orders whose own hold has ended.
 *
 * `sweep`, every minute: a gift whose day has come; an order whose minutes for changes are over, or whose promise cannot wait
 * for their end (the latest routing that keeps it, counted back by the milestones). In: a shop. Out: the hold taken off order and
 * works, the timeline, routing and Shopify asked to go on, in one transaction an order. What another hold has taken the place of
 * stays held. Releasing twice changes nothing; a later reading does not bring the hold back.
 */
import type { Kysely, Transaction } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import { instantToMinuteFloor } from '../../../base/time.ts';
import type { Snapshot } from '../../../network/snapshot.ts';
import type { Clock } from '../../../platform/clock.ts';
import { withShop } from '../../../platform/database.ts';
import type { LiveShop } from '../../../stock/service.ts';
import { fulfillmentFollowJob, type OrderJob, orderRouteJob } from '../../jobs.ts';
import type { OutcomeSettings } from '../../outcome/settings.ts';
import { milestonesOf } from '../../outcome/watch/milestones.ts';
import { appendEvents } from '../../timeline/store.ts';
import { lockWorks } from '../../works/store.ts';
import { endTimedHold, readTimedHolds, type TimedOrder } from '../store.ts';

/** What it stands on. */
export type TimedHoldDependencies = {
  readonly db: Kysely<unknown>;
  readonly clock: Clock;
  readonly openShop: (shopId: ShopId) => Promise<LiveShop | undefined>;
  readonly settingsOf: (shopId: ShopId) => Promise<OutcomeSettings>;
  readonly enqueue: (trx: Transaction<unknown>, job: OrderJob) => Promise<void>;
};

// What is left is found a minute later.
const MOST_ORDERS = 2_000;

/** Builds the service. */
export function createTimedHolds(deps: TimedHoldDependencies) {
  return {
    /** Lets go of what need not wait any more; says of how many. */
    sweep: async (shopId: ShopId): Promise<number> => {
      const held = await withShop(deps.db, shopId, (trx) =>
        readTimedHolds(trx, shopId, MOST_ORDERS),
      );
      if (held.length === 0) return 0;
      const snapshot = (await deps.openShop(shopId))?.snapshot;
      const settings = await deps.settingsOf(shopId);
      const nowMinute = instantToMinuteFloor(deps.clock.now().toString());
      const due = held.filter((one) => endOf(one, snapshot, settings) <= nowMinute);
      let released = 0;
      for (const { orderId } of due) if (await release(deps, shopId, orderId)) released += 1;
      return released;
    },
  };
}

/** What `createTimedHolds` returns. */
export type TimedHolds = ReturnType<typeof createTimedHolds>;

/** The minute at which the hold ends. */
function endOf(
  { reason, untilMinute, dueMinute, works }: TimedOrder,
  snapshot: Snapshot | undefined,
  settings: OutcomeSettings,
): number {
  if (reason !== 'edit_window') return untilMinute;
  const latest = works.flatMap(({ nodeId, dueMinute: due, ...work }) => {
    const end = dueMinute ?? due;
    if (end === null) return [];
    const node = snapshot?.nodes[snapshot.nodeIndex.get(nodeId ?? '') ?? -1];
    const [routing] = milestonesOf(
      {
        ...{ kind: work.kind, state: work.state, negotiation: work.negotiation, dueMinute: end },
        departureMinute: work.departureMinute ?? undefined,
        startByMinute: work.startByMinute ?? undefined,
        openings: node?.calendar,
      },
      settings,
    );
    return routing === undefined ? [] : [routing.dueMinute];
  });
  return Math.min(untilMinute, ...latest);
}

async function release(
  deps: TimedHoldDependencies,
  shopId: ShopId,
  orderId: string,
): Promise<boolean> {
  const at = deps.clock.now().toString();
  return await withShop(deps.db, shopId, async (trx) => {
    await lockWorks(trx, shopId, { orderId });
    const reason = await endTimedHold(trx, shopId, { orderId, at });
    if (reason === undefined) return false;
    await appendEvents(trx, shopId, [
      {
        ...{ orderId, at, kind: 'released', eventId: `released:${reason}` },
        actor: { kind: 'system', id: 'holds' },
        facts: { reason },
      },
    ]);
    await deps.enqueue(trx, orderRouteJob(shopId, orderId, 'retry'));
    await deps.enqueue(trx, fulfillmentFollowJob(shopId, orderId));
    return true;
  });
}
