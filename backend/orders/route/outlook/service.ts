/**
 * What would routing do, without doing it?
 *
 * `dryRun`: the decision about what can still be placed of an order, everything nobody has begun included. `previewMove`: what
 * it would mean to have a work done at another node: the date, the cost, or why it cannot be. Both read and write nothing.
 */
import type { ShopId } from '../../../base/ids.ts';
import { instantToMinuteCeil, MINUTES_PER_DAY } from '../../../base/time.ts';
import { withShop } from '../../../platform/database.ts';
import { decideRoute } from '../../../routing/decide.ts';
import type { RouteDecision, RoutingQuestion } from '../../../routing/decision.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';
import type { LiveShop } from '../../../stock/service.ts';
import { isUnbegun } from '../../works/lifecycle.ts';
import { readWorks, type Work } from '../../works/store.ts';
import { limitedDays } from '../days/service.ts';
import type { MovePreview } from '../route.ts';
import { questionOf, type RunDependencies, settleOrder } from '../run/service.ts';
import { countPlaced, type LoadedOrder, loadForRouting } from '../store.ts';

/** An order as it was read, not locked. */
export type Seen = {
  readonly live: LiveShop;
  readonly loaded: LoadedOrder;
  readonly works: readonly Work[];
  readonly at: string;
  readonly placedToday: Readonly<Record<string, number>>;
};

/** Reads an order for a question about it; undefined: no such order. */
export async function see(
  deps: RunDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  orderId: string,
): Promise<Seen | undefined> {
  const live = await deps.openShop(shopId);
  const loaded = await loadForRouting(trx, shopId, orderId);
  if (live === undefined || loaded === undefined) return undefined;
  const works = await readWorks(trx, shopId, { orderId });
  const at = deps.clock.now().toString();
  const days = limitedDays(live.snapshot, await deps.settingsOf(shopId), at);
  const placedToday = await countPlaced(trx, shopId, { orderId, days });
  return { live, loaded, works, at, placedToday };
}

/**
 * The decision that would be made now of everything of the order that nobody has begun; undefined: no such order.
 * `destination`: as if it went there.
 */
export async function dryRun(
  deps: RunDependencies,
  shopId: ShopId,
  { orderId, destination }: { readonly orderId: string; readonly destination?: Destination },
): Promise<RouteDecision | undefined> {
  const seen = await withShop(deps.db, shopId, (trx) => see(deps, trx, shopId, orderId));
  if (seen === undefined) return undefined;
  const begun = seen.works.filter(({ state }) => !isUnbegun(state));
  const asked = questionWithout(seen, begun);
  const open = seen.works.filter(({ state }) => isUnbegun(state));
  const excluded = [...new Set(open.flatMap(({ excludedNodes }) => excludedNodes))].map(
    (nodeId) => ({ nodeId, why: 'refused' as const }),
  );
  const question = { ...asked, excluded, ...(destination === undefined ? {} : { destination }) };
  return decideRoute(seen.live.snapshot, seen.live.facts, await deps.settingsOf(shopId), question);
}

type Destination = NonNullable<RoutingQuestion['destination']>;

/** The question about all units of the order that are in none of `works`. */
export function questionWithout(seen: Seen, works: readonly Work[]): RoutingQuestion {
  const found = { ...seen, works, cause: 'agent', attempt: 0 } as const;
  return questionOf({ ...found, situation: settleOrder(found) }, seen.placedToday);
}

/** What moving a work to a node would mean; undefined: no such work. */
export async function previewMove(
  deps: RunDependencies,
  shopId: ShopId,
  { workId, nodeId }: { readonly workId: string; readonly nodeId: string },
): Promise<MovePreview | undefined> {
  const found = await withShop(deps.db, shopId, async (trx) => {
    const [work] = await readWorks(trx, shopId, { workIds: [workId] });
    if (work === undefined) return undefined;
    const seen = await see(deps, trx, shopId, work.orderId);
    return seen && { work, seen };
  });
  if (found === undefined) return undefined;
  const { work, seen } = found;
  const { snapshot, facts } = seen.live;
  if (!snapshot.nodeIndex.has(nodeId)) {
    return { ...NO_MOVE, nodeId, refusal: { code: 'unknown_node', nodeId } };
  }
  const others = seen.works.filter((one) => one.workId !== workId);
  const asked = questionWithout(seen, others);
  // Only this node is asked, and how late it would be is what is wanted to know.
  const elsewhere = snapshot.nodes.filter(({ id }) => id !== nodeId);
  const question: RoutingQuestion = {
    ...asked,
    lines: asked.lines.flatMap((line) => {
      const quantity = work.lines.find(({ lineId }) => lineId === line.lineId)?.quantity ?? 0;
      return quantity === 0 ? [] : [{ ...line, quantity }];
    }),
    promise: undefined,
    pickupNodeId: asked.pickupNodeId === undefined ? undefined : nodeId,
    excluded: elsewhere.map(({ id }) => ({ nodeId: id, why: 'agent' })),
  };
  const decision = decideRoute(snapshot, facts, await deps.settingsOf(shopId), question);
  return previewOf(work, nodeId, decision);
}

const NO_MOVE = { plan: undefined, lateDays: undefined, costDifferenceMinor: undefined };

function previewOf(work: Work, nodeId: string, decision: RouteDecision): MovePreview {
  const [parcel] = decision.parcels;
  const [left] = decision.unplaced;
  if (parcel === undefined || left !== undefined) {
    const candidate = decision.candidates.find((one) => one.nodeId === nodeId);
    const code = candidate?.fence ?? left?.reason ?? 'no_stock';
    return { ...NO_MOVE, nodeId, refusal: { code } };
  }
  const { serviceCode, endMinute, departureMinute, startByMinute, costMinor } = parcel;
  return {
    nodeId,
    plan: { serviceCode, endMinute, departureMinute, startByMinute, costMinor },
    lateDays: lateDaysOf(work, endMinute),
    costDifferenceMinor: costMinor - work.costMinor,
    refusal: undefined,
  };
}

function lateDaysOf({ promisedEnd }: Work, endMinute: number): number | undefined {
  if (promisedEnd === null) return undefined;
  const late = endMinute - instantToMinuteCeil(promisedEnd);
  return Math.max(0, Math.ceil(late / MINUTES_PER_DAY));
}
