/**
 * Ends a run: what it came to is remembered, told on the timeline, and where units are missing the order is read again.
 */

import { appendEvents } from '../../orders/timeline/store.ts';
import type { OrderEvent } from '../../orders/timeline/timeline.ts';
import { withShop } from '../../platform/database.ts';
import type { Settled } from './by-hand.ts';
import type { Desired } from './desired.ts';
import {
  endRun,
  type FollowedOrder,
  type FollowRow,
  readFollowRow,
  versionOf,
} from './follow-store.ts';
import type { Observed } from './observed.ts';
import type { FollowDependencies, FollowOutcome, Run } from './run.ts';
import type { Stuck } from './step.ts';

// Reasons for which the order itself has to be read again: units are there or gone that we did not expect.
const RESETTLED = new Set<Stuck['reason']>(['units_missing', 'fulfillment_canceled']);

export type Ending = {
  readonly order: FollowedOrder;
  readonly observed?: Observed;
  readonly desired?: Desired;
  readonly stuck: Stuck | undefined;
};

/** Writes the end and says what it is. */
export async function finish(
  deps: FollowDependencies,
  run: Run,
  { order, observed, desired, stuck }: Ending,
): Promise<FollowOutcome> {
  const { shopId, orderId, steps } = run;
  const at = deps.clock.now().toString();
  const isNews = await withShop(deps.db, shopId, async (trx) => {
    const before = await readFollowRow(trx, shopId, orderId);
    const events = eventsOf(run, { stuck, before, at, version: versionOf(order.works) });
    await appendEvents(trx, shopId, events);
    await endRun(trx, shopId, {
      ...{ orderId, at, stuck, state: stuck === undefined ? 'done' : 'stuck' },
      settled: stuck === undefined && desired !== undefined ? settledOf(desired) : null,
      version: order.version,
      parts: observed?.parts.length ?? before?.parts ?? 0,
    });
    return isNew(stuck, before);
  });
  deps.onStep('follow.ended');
  if (stuck === undefined) return { kind: 'done', steps };
  deps.log.info({ event: 'fulfillment_stuck', shop: shopId, reason: stuck.reason });
  if (isNews && RESETTLED.has(stuck.reason)) await deps.resettle(shopId, orderId);
  return { kind: 'stuck', steps, stuck };
}

function isNew(stuck: Stuck | undefined, before: FollowRow | undefined): boolean {
  return stuck !== undefined && before?.reason !== stuck.reason;
}

function eventsOf(
  { orderId, steps }: Run,
  ended: {
    readonly stuck: Stuck | undefined;
    readonly before: FollowRow | undefined;
    readonly at: string;
    readonly version: number;
  },
): readonly OrderEvent[] {
  const { stuck, before, at, version } = ended;
  const told = { orderId, at, actor: { kind: 'system', id: 'shopify' } } as const;
  const stepNo = before?.lastStep ?? 0;
  if (stuck !== undefined && isNew(stuck, before)) {
    const eventId = `shopify_stuck:${stuck.reason}:${stepNo}:${version}`;
    const facts = { reason: stuck.reason, ...stuck.facts };
    return [{ ...told, kind: 'shopify_stuck', eventId, facts }];
  }
  if (stuck !== undefined || steps === 0) return [];
  const eventId = `shopify_followed:${stepNo}`;
  return [{ ...told, kind: 'shopify_followed', eventId, facts: { steps } }];
}

function settledOf({ works }: Desired): Settled {
  return Object.fromEntries(
    works.flatMap(({ workId, locationId }) => (locationId === null ? [] : [[workId, locationId]])),
  );
}
