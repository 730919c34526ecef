/**
 * How does a work come to another node, or back to routing, with its units and at once?
 *
 * Both run in the caller's transaction, which has locked the works first; the units move by one conditional update of the
 * positions, so that no moment exists in which both nodes have them, or neither. Each locks the stock clock: one of them a
 * transaction, near its end. The caller tells the replicas when it has committed (`MovedWork.stockVersion`).
 */
import type { Kysely } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import type { Result } from '../../../base/result.ts';
import type { CompiledNode } from '../../../network/snapshot.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { RoutingSettings } from '../../../routing/settings.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';
import {
  type OrderClaimDependencies,
  relocate as relocateUnits,
} from '../../../stock/reservations/order-claims/allocation/service.ts';
import type { AllocationRefusal } from '../../../stock/reservations/order-claims/following.ts';
import type { LiveShop } from '../../../stock/service.ts';
import { type OrderJob, orderRouteJob } from '../../jobs.ts';
import type { OnOrderStep } from '../../steps.ts';
import { appendEvents } from '../../timeline/store.ts';
import type { OrderEvent } from '../../timeline/timeline.ts';
import { isOpen, statesAfter } from '../../works/lifecycle.ts';
import {
  changeWork,
  insertWork,
  lockWorks,
  readWorks,
  replaceLines,
  type Work,
  type WorkChange,
  type WorkLine,
} from '../../works/store.ts';
import { type RoutedLine, routedLines } from '../order-lines.ts';
import { NOT_BEGUN, planChange } from '../placing.ts';
import type { MovedWork, OfferHooks, Relocation, RelocationRefusal, WorkReturn } from '../route.ts';
import { type LoadedOrder, loadForRouting } from '../store.ts';

/** What it stands on. */
export type MoveDependencies = {
  readonly db: Kysely<unknown>;
  readonly clock: Clock;
  readonly openShop: (shopId: ShopId) => Promise<LiveShop | undefined>;
  /** Tells replicas of a change of stock and waits until this one uses it. */
  readonly announce: (shopId: ShopId, stockVersion: number) => Promise<void>;
  readonly enqueue: (trx: ShopTransaction, job: OrderJob) => Promise<void>;
  readonly offers: OfferHooks;
  /** The shop's routing settings, or what holds for a shop without any. */
  readonly settingsOf: (shopId: ShopId) => Promise<RoutingSettings>;
  readonly onStep: OnOrderStep;
  readonly shipmentsBookedBySystem?: OrderClaimDependencies['shipmentsBookedBySystem'];
};

/**
 * Puts a work on a node, or gives it to the one where it is. Writes `moved` (or `moved_in_shopify`) when the node changes,
 * unless a claim does it, which has an event of its own. Bringing Shopify after is the caller's to enqueue.
 */
export async function relocate(
  deps: MoveDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  to: Relocation,
): Promise<Result<MovedWork, RelocationRefusal>> {
  const { work, nodeId } = to;
  const live = await deps.openShop(shopId);
  const refusal = refusalOf(to, nodeIn(live, nodeId));
  if (refusal !== undefined || live === undefined) {
    return { ok: false, refusal: refusal ?? { code: 'unknown_node', nodeId } };
  }
  const isElsewhere = work.nodeId !== nodeId;
  const loaded = isElsewhere ? await loadForRouting(trx, shopId, work.orderId) : undefined;
  const moved =
    loaded === undefined
      ? { ok: true as const, value: undefined }
      : await moveUnits(deps, trx, shopId, { loaded, live, work, nodeId });
  if (!moved.ok) return moved;
  // Somebody else decides while stores compete: they are told. A claim ends its rivals' offers itself.
  if (work.negotiation === 'offered' && to.negotiation !== 'offered' && to.cause !== 'claimed') {
    await deps.offers.withdraw(trx, shopId, { work, why: to.cause, at: to.at });
  }
  const change = relocationChange(to, isElsewhere);
  if (!(await changeWork(trx, shopId, work, change))) {
    throw new Error(
      `Bug: work ${work.workId} is moved as of version ${work.version}, which is past`,
    );
  }
  if (isElsewhere && to.cause !== 'claimed') await appendEvents(trx, shopId, [movedEvent(to)]);
  deps.onStep('relocate.moved');
  const [after] = await readWorks(trx, shopId, { workIds: [work.workId] });
  if (after === undefined) throw new Error(`Bug: work ${work.workId} is not there any more`);
  return { ok: true, value: { work: after, stockVersion: moved.value } };
}

function nodeIn(live: LiveShop | undefined, nodeId: string): CompiledNode | undefined {
  return live?.snapshot.nodes[live.snapshot.nodeIndex.get(nodeId) ?? -1];
}

function refusalOf(
  { work, nodeId, actor }: Relocation,
  node: Pick<CompiledNode, 'isLocationOff'> | undefined,
): RelocationRefusal | undefined {
  if (node === undefined) return { code: 'unknown_node', nodeId };
  // Who moved it there in Shopify knows better than what was last read of the location.
  if (node.isLocationOff && work.nodeId !== nodeId && actor.kind !== 'shopify') {
    return { code: 'location_off', nodeId };
  }
  // Who collects at a store comes to that store: only a person who told him may say another.
  const isSilent = actor.kind !== 'agent' && actor.kind !== 'shopify';
  if (work.kind === 'pickup' && work.nodeId !== null && work.nodeId !== nodeId && isSilent) {
    return { code: 'own_store_only', nodeId };
  }
  const mayMove = isOpen(work.state) && statesAfter(work.state, work.kind).includes('placed');
  const isHere = work.nodeId === nodeId && isOpen(work.state);
  if (mayMove || isHere) return undefined;
  return { code: 'work_not_movable', workId: work.workId, state: work.state };
}

function relocationChange(to: Relocation, isElsewhere: boolean): WorkChange {
  const { work, nodeId, negotiation, at, claimedBy, plan } = to;
  const claim =
    negotiation === 'claimed' ? { claimedAt: at, claimedBy: claimedBy ?? null } : NO_CLAIM;
  const planned = plan === undefined ? (isElsewhere ? UNKNOWN_PLAN : {}) : planChange(plan);
  // A person who gives it to a place that was out of it knows better.
  const excludedNodes = work.excludedNodes.filter((id) => id !== nodeId);
  if (!isElsewhere) return { negotiation, excludedNodes, ...claim, ...planned };
  return {
    ...{ state: 'placed', nodeId, placedAt: at, unplacedReason: null, expiresAt: null },
    ...NOT_BEGUN,
    ...{ serviceCode: work.serviceCode, negotiation, excludedNodes },
    ...{ ...claim, ...planned },
  };
}

const NO_CLAIM = { claimedAt: null, claimedBy: null } as const;
const UNKNOWN_PLAN = { plannedEnd: null, plannedDeparture: null, startBy: null } as const;

function movedEvent({ work, nodeId, at, actor, cause }: Relocation): OrderEvent {
  const kind = actor.kind === 'shopify' ? 'moved_in_shopify' : 'moved';
  return {
    ...{ orderId: work.orderId, workId: work.workId, nodeId, at, kind, actor },
    eventId: `${kind}:${work.workId}:${work.version + 1}`,
    facts: { cause, ...(work.nodeId === null ? {} : { from: work.nodeId }) },
  };
}

type Moving = {
  readonly loaded: LoadedOrder;
  readonly live: LiveShop;
  readonly work: Work;
  readonly nodeId: string;
};

/** Moves a work's units; the order's other allocations are not touched. */
async function moveUnits(
  deps: MoveDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  { loaded, live, work, nodeId }: Moving,
): Promise<Result<number | undefined, RelocationRefusal>> {
  const lines = routedLines(live.snapshot, loaded.sold, loaded.claims);
  const units = claimUnits(lines, work.lines);
  const unclaimed = work.lines.filter(({ lineId }) => !units.some((one) => one.soldId === lineId));
  if (unclaimed.length > 0)
    return noStock(
      nodeId,
      unclaimed.map((line) => missing(line, 0)),
    );
  const at = (id: string) =>
    units.map(({ lineId, quantity }) => ({ lineId, nodeId: id, quantity }));
  const { value, version } = await relocateUnits(claimsOf(deps), trx, shopId, {
    orderId: work.orderId,
    given: work.nodeId === null ? [] : at(work.nodeId),
    asked: at(nodeId),
  });
  if (value.ok) return { ok: true, value: version };
  return refusedUnits(value.refusal, units, nodeId);
}

function noStock(
  nodeId: string,
  lines: Extract<RelocationRefusal, { code: 'no_stock' }>['lines'],
): Result<never, RelocationRefusal> {
  return { ok: false, refusal: { code: 'no_stock', nodeId, lines } };
}

function missing(
  { lineId, sku, quantity }: Pick<WorkLine, 'lineId' | 'sku' | 'quantity'>,
  free: number,
) {
  return { lineId, sku, wanted: quantity, free };
}

type ClaimUnits = {
  readonly soldId: string;
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
};

/** Units of a work's lines in units of their claims. */
function claimUnits(
  lines: readonly RoutedLine[],
  wanted: readonly { readonly lineId: string; readonly quantity: number }[],
): ClaimUnits[] {
  return wanted.flatMap(({ lineId: soldId, quantity }) => {
    const parts = lines.find(({ lineId }) => lineId === soldId)?.parts ?? [];
    return parts.map(({ claim: { lineId, sku }, need }) => {
      return { soldId, lineId, sku, quantity: quantity * need };
    });
  });
}

function refusedUnits(
  refusal: AllocationRefusal,
  units: readonly ClaimUnits[],
  nodeId: string,
): Result<never, RelocationRefusal> {
  if (refusal.code === 'order_unknown') {
    throw new Error(`Bug: order ${refusal.orderId} has works and no claims`);
  }
  const lines = refusal.lines.flatMap(({ lineId, wanted, free }) => {
    const unit = units.find((one) => one.lineId === lineId);
    return unit === undefined ? [] : [{ lineId: unit.soldId, sku: unit.sku, wanted, free }];
  });
  return noStock(nodeId, lines);
}

/** What the stock module needs to move units. */
export function claimsOf({
  db,
  clock,
  openShop,
  announce,
  shipmentsBookedBySystem,
}: MoveDependencies): OrderClaimDependencies {
  const claims = { db, clock, openShop, announce };
  return shipmentsBookedBySystem === undefined ? claims : { ...claims, shipmentsBookedBySystem };
}

/** Gives a work, or some of its units, back to routing: nothing of them is allocated any more, and the order is settled soon. */
export async function returnWork(
  deps: MoveDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  what: WorkReturn,
): Promise<Result<MovedWork, RelocationRefusal>> {
  const [work] = await lockWorks(trx, shopId, { workIds: [what.workId] });
  const live = await deps.openShop(shopId);
  if (work === undefined || live === undefined || !isOpen(work.state)) {
    const state = work?.state ?? 'canceled';
    return { ok: false, refusal: { code: 'work_not_movable', workId: what.workId, state } };
  }
  const { back, stays } = divide(work, what.lines);
  if (work.negotiation === 'offered' && stays.length === 0) {
    await deps.offers.withdraw(trx, shopId, { work, why: what.cause, at: what.at });
  }
  const settings = await deps.settingsOf(shopId);
  const workId = await writeReturn(trx, shopId, { work, what, back, stays, settings });
  await appendEvents(trx, shopId, [returnedEvent(work, what, { workId, back })]);
  await deps.enqueue(trx, orderRouteJob(shopId, work.orderId, what.cause));
  const stockVersion = await releaseUnits(deps, trx, shopId, { work, live, back });
  deps.onStep('return.released');
  const [after] = await readWorks(trx, shopId, { workIds: [workId] });
  if (after === undefined) throw new Error(`Bug: work ${workId} was not written`);
  return { ok: true, value: { work: after, stockVersion } };
}

function divide(work: Work, lines: WorkReturn['lines']) {
  const asked = new Map(lines?.map(({ lineId, quantity }) => [lineId, quantity]));
  const backOf = ({ lineId, quantity }: WorkLine) =>
    lines === undefined ? quantity : Math.min(quantity, asked.get(lineId) ?? 0);
  const back = work.lines
    .map((line) => ({ ...line, quantity: backOf(line) }))
    .filter(({ quantity }) => quantity > 0);
  const stays = work.lines
    .map((line) => ({ ...line, quantity: line.quantity - backOf(line) }))
    .filter(({ quantity }) => quantity > 0)
    .map((line) => ({ ...line, picked: Math.min(line.picked, line.quantity) }));
  return { back, stays };
}

type Returning = {
  readonly work: Work;
  readonly what: WorkReturn;
  readonly back: readonly WorkLine[];
  readonly stays: readonly WorkLine[];
  readonly settings: RoutingSettings;
};

/** Everything goes back: the work itself waits. Some units: they become a work of their own. Says which work waits. */
async function writeReturn(
  trx: ShopTransaction,
  shopId: ShopId,
  { work, what, back, stays, settings }: Returning,
): Promise<string> {
  const { nodeId } = work;
  const isExcluded = what.exclude && nodeId !== null && !work.excludedNodes.includes(nodeId);
  const excludedNodes = isExcluded ? [...work.excludedNodes, nodeId] : work.excludedNodes;
  const waits = { ...WAITS, unplacedReason: what.cause, excludedNodes } as const;
  const expiresAt = work.expiresAt ?? expiry(what.at, settings);
  if (stays.length === 0) {
    await mustChange(trx, shopId, work, { ...waits, ...NOT_BEGUN, nodeId: null, expiresAt });
    return work.workId;
  }
  await mustChange(trx, shopId, work, {});
  await replaceLines(trx, shopId, work.workId, stays);
  const { orderId, kind, promisedOn, promisedEnd, holdReason, serviceCode } = work;
  const works = await readWorks(trx, shopId, { orderId });
  const workId = `${orderId}-${works.length + 1}`;
  const asBefore = { orderId, kind, promisedOn, promisedEnd, holdReason, serviceCode };
  const own = { workId, createdAt: what.at, expiresAt, lines: back };
  await insertWork(trx, shopId, { ...waits, ...asBefore, ...own });
  return workId;
}

const WAITS = {
  ...{ state: 'unplaced', negotiation: 'none', plannedEnd: null, plannedDeparture: null },
  ...{ startBy: null, costMinor: 0 },
} as const satisfies WorkChange;

/** When units that wait from `at` on are given up. */
export function expiry(at: string, { unplacedExpiryDays }: RoutingSettings): string {
  return Temporal.Instant.from(at)
    .add({ hours: 24 * unplacedExpiryDays })
    .toString();
}

async function mustChange(
  trx: ShopTransaction,
  shopId: ShopId,
  work: Work,
  change: WorkChange,
): Promise<void> {
  if (await changeWork(trx, shopId, work, change)) return;
  throw new Error(`Bug: work ${work.workId} changed under its lock`);
}

function returnedEvent(
  work: Work,
  { at, actor, cause }: WorkReturn,
  of: { readonly workId: string; readonly back: readonly WorkLine[] },
): OrderEvent {
  return {
    ...{ orderId: work.orderId, workId: of.workId, at, actor, kind: 'unplaced' as const },
    eventId: `unplaced:${work.workId}:${work.version + 1}`,
    ...(work.nodeId === null ? {} : { nodeId: work.nodeId }),
    facts: {
      reason: cause,
      lines: of.back.map(({ lineId, sku, quantity }) => ({ lineId, sku, quantity })),
    },
  };
}

async function releaseUnits(
  deps: MoveDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  of: { readonly work: Work; readonly live: LiveShop; readonly back: readonly WorkLine[] },
): Promise<number | undefined> {
  const { orderId, nodeId } = of.work;
  const loaded = nodeId === null ? undefined : await loadForRouting(trx, shopId, orderId);
  if (nodeId === null || loaded === undefined) return undefined;
  const lines = routedLines(of.live.snapshot, loaded.sold, loaded.claims);
  const given = claimUnits(lines, of.back).map(({ lineId, quantity }) => ({
    ...{ lineId, nodeId, quantity },
  }));
  const { version } = await relocateUnits(claimsOf(deps), trx, shopId, {
    ...{ orderId, given, asked: [] },
  });
  return version;
}

/** Told when the transaction of a move has committed. */
export async function announceMove(
  deps: Pick<MoveDependencies, 'announce'>,
  shopId: ShopId,
  { stockVersion }: MovedWork,
): Promise<void> {
  if (stockVersion !== undefined) await deps.announce(shopId, stockVersion);
}
