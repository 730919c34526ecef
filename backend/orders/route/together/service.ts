/**
 * How are many new orders placed, at the cost of one?
 *
 * In: orders that a caller's transaction has just made known, with nothing placed of them. Out: the rows that `routeOrder`
 * would write of each: works, decisions, offers, jobs, and the events, which the caller writes with its own; then what is to
 * be allocated. Each is decided as if it were alone, on the facts this replica holds, limits of days counted with the others
 * of the group. Invariants: route.ts; locks in the order of 0061-works.sql, each kind of all orders at once. What another
 * took meanwhile is refused by the claims, and its order routed alone.
 */
import { compareIds, type ShopId } from '../../../base/ids.ts';
import type { RoutingSettings } from '../../../routing/settings.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';
import type { OrderClaims } from '../../../stock/reservations/order-claims/order-claims.ts';
import type { LiveShop } from '../../../stock/service.ts';
import { fulfillmentFollowJob, type OrderJob, orderMessageJob } from '../../jobs.ts';
import type { OrderRecord } from '../../record/record.ts';
import type { OnOrderStep } from '../../steps.ts';
import type { OrderEvent } from '../../timeline/timeline.ts';
import { insertWorks, type NewWork, readWorks } from '../../works/store.ts';
import { limitedDays } from '../days/service.ts';
import { allocationChange, type PlacedUnits } from '../order-lines.ts';
import { planWrites, type Writes } from '../placing.ts';
import type { PromiseFacts } from '../question.ts';
import type { OfferHooks } from '../route.ts';
import {
  chosenNodes,
  type Deciding,
  decideOn,
  placedUnits,
  placingFacts,
  settleOrder,
} from '../run/service.ts';
import { countPlaced, type LoadedOrder, lockNodeDays } from '../store.ts';
import { loadPromises, saveDecisions } from './store.ts';

/** What it stands on. */
export type PlaceDependencies = {
  readonly offers: OfferHooks;
  readonly enqueueAll: (trx: ShopTransaction, jobs: readonly OrderJob[]) => Promise<void>;
  readonly onStep: OnOrderStep;
  /** Shoppers are written to: there is a mail server. */
  readonly writesToShoppers: boolean;
};

/** An order of which nothing is placed. */
export type NewOrder = { readonly record: OrderRecord; readonly stated: OrderClaims };

/** The shop as all of them are decided on. */
export type Ground = {
  readonly live: LiveShop;
  readonly settings: RoutingSettings;
  /** ISO instant. */
  readonly at: string;
};

/** What came of an order: what to tell, and what to allocate. */
export type PlacedOrder = NewOrder & {
  readonly events: readonly OrderEvent[];
  readonly asked: readonly PlacedUnits[];
};

/** Places them; undefined: the limits of a day leave no room for all, they are routed one by one. */
export async function placeNew(
  deps: PlaceDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  of: { readonly ground: Ground; readonly orders: readonly NewOrder[] },
): Promise<readonly PlacedOrder[] | undefined> {
  const orderIds = of.orders.map(({ record }) => record.orderId);
  const promises = await loadPromises(trx, shopId, orderIds);
  deps.onStep('route.read');
  const decided = await decideAll(trx, shopId, { ...of, promises });
  if (decided === undefined) return undefined;
  deps.onStep('route.decided');
  const planned = decided.map(planOf);
  await writeAll(deps, trx, shopId, { ...of, planned });
  const told = deps.writesToShoppers
    ? orderIds.filter((orderId) => promises.get(orderId)?.isShown === true)
    : [];
  await deps.enqueueAll(trx, [
    ...orderIds.map((orderId) => fulfillmentFollowJob(shopId, orderId)),
    // A message that was asked for when the promise was joined may have found no order.
    ...told.map((orderId) => orderMessageJob(shopId, orderId)),
  ]);
  deps.onStep('route.written');
  return of.orders.map((order, place) => ({
    ...order,
    events: planned[place]?.writes.events ?? [],
    asked: planned[place]?.asked ?? [],
  }));
}

type Deciders = {
  readonly ground: Ground;
  readonly orders: readonly NewOrder[];
  readonly promises: ReadonlyMap<string, PromiseFacts>;
};

async function decideAll(
  trx: ShopTransaction,
  shopId: ShopId,
  { ground, orders, promises }: Deciders,
): Promise<readonly Deciding[] | undefined> {
  const days = limitedDays(ground.live.snapshot, ground.settings, ground.at);
  const before = await countPlaced(trx, shopId, { orderId: '', days });
  const own = new Map<string, number>();
  const withOwn = (counted: Readonly<Record<string, number>>) =>
    Object.fromEntries(
      days.map(({ nodeId }) => [nodeId, (counted[nodeId] ?? 0) + (own.get(nodeId) ?? 0)]),
    );
  const decided = orders.map((order): Deciding => {
    const { orderId } = order.record;
    const found = {
      ...({ ...ground, orderId, cause: 'order_placed', attempt: 0, works: [] } as const),
      loaded: loadedOf(order, promises.get(orderId)),
    };
    const asked = { ...found, situation: settleOrder(found) };
    const one = { ...asked, decided: decideOn(asked, withOwn(before)) };
    for (const nodeId of chosenNodes(one.decided)) own.set(nodeId, (own.get(nodeId) ?? 0) + 1);
    return one;
  });
  const limited = days.filter(({ nodeId }) => own.has(nodeId));
  if (limited.length === 0) return decided;
  // As `haveRoom`, for all of them at once.
  await lockNodeDays(
    trx,
    shopId,
    limited.map(({ nodeId }) => nodeId),
  );
  const placed = withOwn(await countPlaced(trx, shopId, { orderId: '', days: limited }));
  return limited.every(({ nodeId, cap }) => (placed[nodeId] ?? 0) <= cap) ? decided : undefined;
}

// As `loadForRouting` would read it back.
function loadedOf({ record, stated }: NewOrder, promise: PromiseFacts | undefined): LoadedOrder {
  const claims = [...stated.values()].map((line) => ({ ...line, ...NOTHING_YET }));
  const byLine = <Of extends { readonly lineId: string }>(lines: readonly Of[]) =>
    lines.toSorted((a, b) => compareIds(a.lineId, b.lineId));
  return {
    order: record,
    promise,
    sold: byLine(record.lines),
    claims: byLine(claims),
    decisions: 0,
  };
}

const NOTHING_YET = { allocations: [], left: [], unshipped: [] };

type Planned = {
  readonly deciding: Deciding;
  readonly writes: Writes;
  readonly asked: readonly PlacedUnits[];
};

const FIRST = 'd1';

function planOf(deciding: Deciding): Planned {
  const { situation, decided } = deciding;
  const writes = planWrites(situation.settled, decided.placed, placingFacts(deciding, FIRST));
  const { asked } = allocationChange(situation.lines, placedUnits(decided));
  return { deciding, writes, asked };
}

async function writeAll(
  deps: PlaceDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  { ground, planned }: { readonly ground: Ground; readonly planned: readonly Planned[] },
): Promise<void> {
  await insertWorks(trx, shopId, planned.flatMap(newWorks));
  await openAll(deps, trx, shopId, { ground, planned });
  await saveDecisions(trx, shopId, {
    at: ground.at,
    decisions: planned.flatMap(({ deciding: { orderId, cause, decided }, writes }) =>
      writes.isDecided && decided.decision !== undefined
        ? [{ orderId, decisionId: FIRST, cause, decision: decided.decision }]
        : [],
    ),
  });
}

function newWorks({ writes }: Planned): readonly NewWork[] {
  return writes.works.map((write) => {
    if (write.kind === 'new') return write.work;
    throw new Error(`Bug: a new order had the work ${write.work.workId}`);
  });
}

async function openAll(
  { offers }: PlaceDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  { ground, planned }: { readonly ground: Ground; readonly planned: readonly Planned[] },
): Promise<void> {
  const opened = planned.flatMap(({ writes }) => writes.opened);
  if (opened.length === 0) return;
  const workIds = opened.map(({ workId }) => workId);
  const works = await readWorks(trx, shopId, { workIds });
  for (const { workId, plan } of opened) {
    const work = works.find((one) => one.workId === workId);
    if (work === undefined) throw new Error(`Bug: work ${workId} was not written`);
    const { live, at } = ground;
    await offers.open(trx, shopId, { work, plan, snapshot: live.snapshot, at });
  }
}
