/**
 * What of a shop's works does the clock alone bring about?
 *
 * Every minute: works that wait are tried again when stock of their SKUs changed, or after a quarter of an hour; those that
 * waited as long as they may are given up, unless stock is on its way for them; orders whose units wait in no work, and works
 * at places that are none any more, are settled. Every quarter of an hour what nobody has begun is moved where it stands
 * better (../better/service.ts).
 * Several replicas may do this at once: each order is settled under its own locks.
 */
import { compareIds, type ShopId } from '../../../base/ids.ts';
import { instantToMinuteFloor } from '../../../base/time.ts';
import { withShop } from '../../../platform/database.ts';
import { lastLotMinute } from '../../../stock/figures/position-table.ts';
import type { LiveShop } from '../../../stock/service.ts';
import { appendEvents } from '../../timeline/store.ts';
import { changeWork, lockWorks } from '../../works/store.ts';
import { moveToBetter } from '../better/service.ts';
import { announceMove, returnWork } from '../moves/service.ts';
import type { RouteCause } from '../route.ts';
import { type RunDependencies, routeOrder } from '../run/service.ts';
import {
  noteTried,
  readExpired,
  readUnpacked,
  readUnrouted,
  readWaiting,
  type WaitingWork,
} from './store.ts';

/** What a look after a shop's works did. */
export type SweptWorks = {
  readonly routed: number;
  readonly gaveUp: number;
  /** Works moved because it pays. */
  readonly moved: number;
  /** Works that waited before. */
  readonly waiting: number;
};

// What is left is found by the next sweep, a minute later.
const MOST_ORDERS = 200;
// Works of a sold-out article wait by the thousand; all are looked at, or the later ones would never hear of new stock.
const MOST_WAITING = 20_000;
const TRY_AGAIN_MINUTES = 15;
const BETTER_MINUTES = 15;
// An order that is being taken in is routed by whoever takes it in.
const SETTLE_SECONDS = 60;

/** Looks after a shop's works. */
export async function sweepWorks(deps: RunDependencies, shopId: ShopId): Promise<SweptWorks> {
  const live = await deps.openShop(shopId);
  if (live === undefined) return { routed: 0, gaveUp: 0, moved: 0, waiting: 0 };
  const now = deps.clock.now();
  const at = now.toString();
  const { due, waiting } = await withShop(deps.db, shopId, async (trx) => {
    const works = await readWaiting(trx, shopId, MOST_WAITING);
    const tried = works
      .map((work) => ({ ...work, triedStock: stockText(live, work.skus), before: work }))
      .filter((work) => isDue(work.before, work.triedStock, now))
      // What may have stock now goes before what is only tried again.
      .toSorted((a, b) => Number(hasNews(b)) - Number(hasNews(a)))
      .slice(0, MOST_ORDERS);
    await noteTried(trx, shopId, { at, works: tried });
    return { due: tried, waiting: works.length };
  });
  deps.onStep('sweep.noted');
  const unrouted = await withShop(deps.db, shopId, (trx) =>
    readUnrouted(trx, shopId, {
      nodeIds: live.snapshot.nodes.flatMap(({ id, takesOrders }) => (takesOrders ? [id] : [])),
      before: now.subtract({ seconds: SETTLE_SECONDS }).toString(),
      most: MOST_ORDERS,
    }),
  );
  const causes = new Map<string, RouteCause>(unrouted.map((orderId) => [orderId, 'retry']));
  for (const work of due) causes.set(work.orderId, hasNews(work) ? 'stock_appeared' : 'retry');
  let routed = 0;
  for (const [orderId, cause] of causes) {
    if (await isRouted(deps, shopId, { orderId, cause })) routed += 1;
  }
  // After all were tried: the stock somebody waited for may have come in his last minute.
  const gaveUp = await giveUp(deps, shopId, { live, now });
  const moved = isQuarterHour(now) ? await moveToBetter(deps, shopId) : 0;
  return { routed, gaveUp, moved, waiting };
}

/** One order that cannot be settled now keeps no other from it; the next sweep comes to it again. */
async function isRouted(
  deps: RunDependencies,
  shopId: ShopId,
  asked: { readonly orderId: string; readonly cause: RouteCause },
): Promise<boolean> {
  try {
    return (await routeOrder(deps, shopId, asked)).kind === 'changed';
  } catch (error) {
    deps.log.warn({ event: 'order_not_routed', shop: shopId, error });
    return false;
  }
}

// Deciding many orders anew takes its time, and what pays now still pays in some minutes.
function isQuarterHour(now: Temporal.Instant): boolean {
  return Math.floor(now.epochMilliseconds / 60_000) % BETTER_MINUTES === 0;
}

/** How often what is known of these SKUs has changed. */
function stockText({ snapshot, facts }: LiveShop, skus: readonly string[]): string {
  return skus
    .toSorted(compareIds)
    .map((sku) => facts.skuVersions[snapshot.skuIndex.get(sku) ?? -1] ?? '-')
    .join(',');
}

function hasNews({ before, triedStock }: { before: WaitingWork; triedStock: string }): boolean {
  return before.triedStock !== null && before.triedStock !== triedStock;
}

function isDue(work: WaitingWork, stock: string, now: Temporal.Instant): boolean {
  if (work.triedAt === null || work.triedStock !== stock) return true;
  const again = Temporal.Instant.from(work.triedAt).add({ minutes: TRY_AGAIN_MINUTES });
  return Temporal.Instant.compare(again, now) <= 0;
}

/** Works that waited as long as they may: nobody tries any more, and people are told. */
async function giveUp(
  deps: RunDependencies,
  shopId: ShopId,
  { live, now }: { readonly live: LiveShop; readonly now: Temporal.Instant },
): Promise<number> {
  const at = now.toString();
  const { unplacedExpiryDays } = await deps.settingsOf(shopId);
  const since = now.subtract({ hours: 24 * unplacedExpiryDays });
  return await withShop(deps.db, shopId, async (trx) => {
    const expired = await readExpired(trx, shopId, { at, most: MOST_WAITING });
    const workIds = expired
      .filter(({ skus, triedStock }) => triedStock === stockText(live, skus))
      .filter(({ skus }) => !isAwaited(live, skus, since))
      .slice(0, MOST_ORDERS)
      .map(({ workId }) => workId);
    if (workIds.length === 0) return 0;
    const works = await lockWorks(trx, shopId, { workIds });
    const over = works.filter(
      ({ state, expiresAt }) =>
        state === 'unplaced' &&
        expiresAt !== null &&
        Temporal.Instant.compare(Temporal.Instant.from(expiresAt), now) <= 0,
    );
    for (const work of over) await changeWork(trx, shopId, work, { expiresAt: null });
    await appendEvents(
      trx,
      shopId,
      over.map((work) => ({
        ...{ orderId: work.orderId, workId: work.workId, at, kind: 'gave_up' as const },
        eventId: `gave_up:${work.workId}:${work.version}`,
        actor: { kind: 'system', id: 'routing' },
        facts: { reason: work.unplacedReason, lines: work.lines },
      })),
    );
    deps.onStep('sweep.expired');
    return over.length;
  });
}

/** Units of one of these SKUs, or of a part of it, are expected after that instant. */
function isAwaited(
  { snapshot, facts }: LiveShop,
  skus: readonly string[],
  since: Temporal.Instant,
) {
  const sinceMinute = instantToMinuteFloor(since.toString());
  return skus
    .map((sku) => snapshot.skuIndex.get(sku) ?? -1)
    .flatMap((sku) => [sku, ...(facts.kits.get(sku)?.map((part) => part.sku) ?? [])])
    .some((sku) => (lastLotMinute(facts.table, sku) ?? -Infinity) > sinceMinute);
}

/** A place takes no work any more: what nobody has packed there goes elsewhere, one order after the other. */
export async function closeNode(
  deps: RunDependencies,
  shopId: ShopId,
  nodeId: string,
): Promise<void> {
  const works = await withShop(deps.db, shopId, (trx) => readUnpacked(trx, shopId, nodeId));
  for (const { workId, orderId } of works) {
    const at = deps.clock.now().toString();
    const actor = { kind: 'shopify', id: nodeId } as const;
    const returned = await withShop(deps.db, shopId, (trx) =>
      returnWork(deps, trx, shopId, { workId, cause: 'node_closed', exclude: true, at, actor }),
    );
    if (!returned.ok) continue;
    await announceMove(deps, shopId, returned.value);
    await routeOrder(deps, shopId, { orderId, cause: 'node_closed' });
  }
}
