/**
 * A work that somebody moved in Shopify's admin is moved by us too, its units with it.
 *
 * The person decided; only where the goods are not there, or no node is, it stays and is told. Routing looks at the
 * order afterwards: offers that were open end, and what the node is held to is planned.
 */
import type { Kysely, Transaction } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import { orderRouteJob } from '../../orders/jobs.ts';
import type { RouteService } from '../../orders/route/service.ts';
import type { OnOrderStep } from '../../orders/steps.ts';
import { lockWorks } from '../../orders/works/store.ts';
import type { Clock } from '../../platform/clock.ts';
import { withShop } from '../../platform/database.ts';
import type { Job } from '../../platform/outbox.ts';

export type AdoptDependencies = {
  readonly db: Kysely<unknown>;
  readonly clock: Pick<Clock, 'now'>;
  readonly route: Pick<RouteService, 'relocate' | 'announce'>;
  readonly enqueue: (trx: Transaction<unknown>, job: Job) => Promise<void>;
  readonly onStep: OnOrderStep;
};

/** Why it stays where it is, a code of routing; undefined: it is moved. */
export async function adoptMove(
  deps: AdoptDependencies,
  moved: {
    readonly shopId: ShopId;
    readonly orderId: string;
    readonly workId: string;
    readonly nodeId: string;
    readonly to: string;
  },
): Promise<string | undefined> {
  const { shopId, orderId, workId, nodeId } = moved;
  const relocated = await withShop(deps.db, shopId, async (trx) => {
    const works = await lockWorks(trx, shopId, { orderId });
    const work = works.find((one) => one.workId === workId);
    if (work === undefined) return { ok: false, refusal: { code: 'work_not_movable' } } as const;
    await deps.enqueue(trx, orderRouteJob(shopId, orderId, 'shopify'));
    return await deps.route.relocate(trx, shopId, {
      ...{ work, nodeId, negotiation: 'assigned', cause: 'shopify' },
      at: deps.clock.now().toString(),
      actor: { kind: 'shopify', id: moved.to },
    });
  });
  if (!relocated.ok) return relocated.refusal.code;
  deps.onStep('follow.adopted');
  await deps.route.announce(shopId, relocated.value);
  return undefined;
}
