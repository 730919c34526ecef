/**
 * One run of routing over one order: read under its locks, decide, write, allocate.
 *
 * The decision is made on the facts this replica holds while the order's own rows are locked; whether positions really have
 * the units is decided by the allocation, the last step of the transaction. Refused: the facts were older than the rows, so
 * everything is rolled back, the facts are read again and the order is decided anew, a bounded number of times.
 * Invariants: committed whole or not at all; locks in the order of 0061-works.sql; no lock is held while anything outside
 * the database is asked.
 */
import { compareIds, type ShopId } from '../../../base/ids.ts';
import { TransientError } from '../../../base/result.ts';
import type { Snapshot } from '../../../network/snapshot.ts';
import { withShop } from '../../../platform/database.ts';
import type { Log } from '../../../platform/log.ts';
import { decideRoute } from '../../../routing/decide.ts';
import type { RouteDecision, RoutingQuestion } from '../../../routing/decision.ts';
import { rulesFor } from '../../../routing/ruleset.ts';
import type { RoutingSettings } from '../../../routing/settings.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';
import { relocate as relocateUnits } from '../../../stock/reservations/order-claims/allocation/service.ts';
import type { LiveShop } from '../../../stock/service.ts';
import { fulfillmentFollowJob } from '../../jobs.ts';
import { placeParcel } from '../../offers/waves.ts';
import { insertPutBack } from '../../pickups/store.ts';
import { appendEvents } from '../../timeline/store.ts';
import { changeWork, insertWork, readWorks, replaceLines, type Work } from '../../works/store.ts';
import { haveRoom, limitedDays } from '../days/service.ts';
import { keptUnits } from '../kept.ts';
import { settleLate } from '../late/service.ts';
import { claimsOf, expiry, type MoveDependencies } from '../moves/service.ts';
import { neverPlaced } from '../never-placed.ts';
import {
  allocationChange,
  type PlacedUnits,
  type RoutedLine,
  routedLines,
} from '../order-lines.ts';
import { isToPlace, type Placed, planWrites, type WorkWrite, type Writes } from '../placing.ts';
import { promiseOf, routingQuestion, type ToPlace } from '../question.ts';
import type { RouteCause, RouteOutcome } from '../route.ts';
import { type Settled, settleWorks } from '../settle.ts';
import {
  countPlaced,
  type LoadedOrder,
  loadForRouting,
  lockForRouting,
  saveDecision,
} from '../store.ts';

/** What it stands on. */
export type RunDependencies = MoveDependencies & {
  readonly log: Log;
  /** Reads what changed of a shop's stock since this replica last did. */
  readonly refreshShop: (shopId: ShopId) => Promise<void>;
};

// Each refusal means that another order took the units: somebody got on. Past this many the job comes again later.
const ATTEMPTS = 8;
// From here on units whose allocation is gone are not asked for again where they were: they go back.
const STRICT_FROM = 2;

/** A plan made elsewhere for works that stand, as of these versions: carried out, or nothing is done. */
export type Anew = {
  readonly versions: ReadonlyMap<string, number>;
  readonly decision: RouteDecision;
};

type Asked = { readonly orderId: string; readonly cause: RouteCause; readonly anew?: Anew };

/** Settles an order. */
export async function routeOrder(
  deps: RunDependencies,
  shopId: ShopId,
  asked: Asked,
): Promise<RouteOutcome> {
  const settings = await deps.settingsOf(shopId);
  // A plan made elsewhere does not get better by being tried again.
  const attempts = asked.anew === undefined ? ATTEMPTS : 1;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const live = await deps.openShop(shopId);
    if (live === undefined) return { kind: 'unknown' };
    const ran = await runOnce(deps, shopId, { ...asked, live, settings, attempt });
    if (ran.kind === 'ended') {
      if (ran.stockVersion !== undefined) await deps.announce(shopId, ran.stockVersion);
      return ran.outcome;
    }
    await catchUp(deps, shopId, ran);
  }
  const { orderId } = asked;
  throw new TransientError('stock', `Order ${orderId} lost its units to others ${attempts} times.`);
}

/** Brings this replica to where the next attempt can begin. */
async function catchUp(
  deps: RunDependencies,
  shopId: ShopId,
  ran: Booked | { readonly kind: 'stale' | 'again' },
): Promise<void> {
  if (ran.kind === 'stale') await deps.refreshShop(shopId);
  if (ran.kind === 'booked') await deps.announce(shopId, ran.stockVersion);
}

type Run = Asked & {
  readonly live: LiveShop;
  readonly settings: RoutingSettings;
  readonly attempt: number;
};

type Ended = {
  readonly kind: 'ended';
  readonly outcome: RouteOutcome;
  readonly stockVersion: number | undefined;
};
/** Stock was booked and nothing else: the order is settled on what it is now. */
type Booked = { readonly kind: 'booked'; readonly stockVersion: number };

// Thrown to roll back what was written on facts that are past; never leaves this file.
class PastFacts extends Error {
  readonly kind: 'stale' | 'again';

  constructor(kind: 'stale' | 'again') {
    super('Routing decided on facts that are past');
    this.kind = kind;
  }
}

async function runOnce(
  deps: RunDependencies,
  shopId: ShopId,
  run: Run,
): Promise<Ended | Booked | { readonly kind: 'stale' | 'again' }> {
  try {
    return await withShop(deps.db, shopId, (trx) => settleIn(deps, trx, shopId, run));
  } catch (error) {
    if (error instanceof PastFacts) return { kind: error.kind };
    throw error;
  }
}

async function settleIn(
  deps: RunDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  run: Run,
): Promise<Ended | Booked> {
  const ended = (outcome: RouteOutcome): Ended => ({
    ...{ kind: 'ended', outcome, stockVersion: undefined },
  });
  const locked = await lockForRouting(trx, shopId, run.orderId);
  if (!locked.isClaimed) return ended({ kind: 'unknown' });
  deps.onStep('route.locked');
  const works = await readWorks(trx, shopId, { orderId: run.orderId });
  // Works that came between the two locks are not locked: once more, then they are.
  if (works.length !== locked.workIds.length) throw new PastFacts('again');
  const loaded = await loadForRouting(trx, shopId, run.orderId);
  if (loaded === undefined) return ended({ kind: 'unknown' });
  if (loaded.order.method === 'none' && works.length === 0) return ended({ kind: 'none' });
  deps.onStep('route.read');
  const at = deps.clock.now().toString();
  const found = { ...run, works, loaded, at };
  if (!isAsOf(works, run.anew)) return ended({ kind: 'unchanged', works });
  const situation = settleOrder(found);
  const { late } = situation.settled;
  if (late.length > 0 && run.anew === undefined) {
    const stockVersion = await settleLate(deps, trx, shopId, { orderId: run.orderId, late, at });
    if (stockVersion !== undefined) return { kind: 'booked', stockVersion };
  }
  const decided = await decide(trx, shopId, { ...found, situation });
  deps.onStep('route.decided');
  return await writeRun(deps, trx, shopId, { ...found, situation, decided });
}

function isAsOf(works: readonly Work[], anew: Anew | undefined): boolean {
  if (anew === undefined) return true;
  const known = new Map(works.map(({ workId, version }) => [workId, version]));
  return [...anew.versions].every(([workId, version]) => known.get(workId) === version);
}

/** An order with all that is read of it. */
export type Found = Run & {
  readonly works: readonly Work[];
  readonly loaded: LoadedOrder;
  readonly at: string;
};

/** What is right before anything is placed, and what is to be placed. */
export type Situation = {
  readonly lines: readonly RoutedLine[];
  readonly settled: Settled;
  /** By line. */
  readonly pool: ReadonlyMap<string, number>;
};

/** Settles the works of an order on paper. */
export function settleOrder(
  found: Pick<Found, 'live' | 'loaded' | 'works' | 'cause' | 'attempt' | 'anew'>,
): Situation {
  const { live, loaded, works, cause, attempt } = found;
  const lines = routedLines(live.snapshot, loaded.sold, loaded.claims);
  const settled = settleWorks(lines, works, {
    isNode: (nodeId) => takesWork(live.snapshot, nodeId),
    holdReason: loaded.order.holdReason,
    promise: promiseText(loaded),
    isStrict: attempt >= STRICT_FROM,
    anew: new Set(found.anew?.versions.keys()),
  });
  const pool = new Map(settled.loose);
  for (const draft of settled.drafts) {
    if (!isToPlace(draft, cause)) continue;
    for (const [lineId, units] of draft.units) pool.set(lineId, (pool.get(lineId) ?? 0) + units);
  }
  return { lines, settled, pool };
}

/** The place is there and takes orders. */
export function takesWork({ nodes, nodeIndex }: Snapshot, nodeId: string): boolean {
  return nodes[nodeIndex.get(nodeId) ?? -1]?.takesOrders === true;
}

type Decided = {
  readonly decision: RouteDecision | undefined;
  readonly placed: Placed;
};

/** Asks routing about what is to be placed; the places it chose have room for one more order. */
async function decide(
  trx: ShopTransaction,
  shopId: ShopId,
  of: Found & { readonly situation: Situation },
): Promise<Decided> {
  const { orderId } = of;
  if (of.situation.pool.size === 0) return { decision: undefined, placed: NOTHING };
  const days = limitedDays(of.live.snapshot, of.settings, of.at);
  const decided = decideOn(of, await countPlaced(trx, shopId, { orderId, days }));
  const chosen = chosenNodes(decided);
  const limited = days.filter(({ nodeId }) => chosen.has(nodeId));
  if (!(await haveRoom(trx, shopId, { orderId, days: limited }))) throw new PastFacts('again');
  return decided;
}

/** The places a decision chose. */
export function chosenNodes({ decision }: Decided): ReadonlySet<string> {
  return new Set(decision?.parcels.map(({ nodeId }) => nodeId));
}

/** Asks routing about what is to be placed, and puts each parcel at its node or its fallback. */
export function decideOn(
  of: Found & { readonly situation: Situation },
  placedToday: Readonly<Record<string, number>>,
): Decided {
  const { situation, live, settings, loaded } = of;
  const question = questionOf(of, placedToday);
  const unknown = unknownUnits(situation);
  if (question.lines.length === 0) {
    return { decision: undefined, placed: { parcels: [], unplaced: unknown } };
  }
  const decision = of.anew?.decision ?? decideRoute(live.snapshot, live.facts, settings, question);
  const { offers } = rulesFor(settings, question);
  const excluded = question.excluded.map(({ nodeId }) => nodeId);
  const at = { snapshot: live.snapshot, excluded, nowMinute: question.nowMinute };
  const held = loaded.order.holdReason !== null;
  const parcels = decision.parcels
    .map((parcel) => ({
      parcel,
      placement: placeParcel(parcel, held ? { ...offers, mode: 'direct' } : offers, at),
    }))
    .filter((one) => !stands(situation.settled, one));
  return { decision, placed: { parcels, unplaced: [...decision.unplaced, ...unknown] } };
}

/** A work that was looked at anew and is where it should be stays as it is. */
function stands({ drafts }: Settled, { parcel, placement }: Placed['parcels'][number]): boolean {
  const same = drafts.find(
    ({ work, units, returned }) =>
      returned === 'reoptimised' &&
      work.nodeId === placement.at.nodeId &&
      units.size === parcel.lines.length &&
      parcel.lines.every(({ lineId, quantity }) => units.get(lineId) === quantity),
  );
  if (same !== undefined) same.returned = undefined;
  return same !== undefined;
}

const NOTHING: Placed = { parcels: [], unplaced: [] };

function unknownUnits({ lines, pool }: Situation) {
  return lines.flatMap(({ lineId, sku, parts }) => {
    const quantity = pool.get(lineId) ?? 0;
    if (quantity === 0 || parts.length > 0) return [];
    return [{ lineId, sku, quantity, reason: 'unknown_sku' as const }];
  });
}

/** The question about an order's units to place. */
export function questionOf(
  of: Pick<Found, 'live' | 'loaded' | 'at' | 'cause'> & { readonly situation: Situation },
  placedToday: Readonly<Record<string, number>>,
): RoutingQuestion {
  const { live, loaded, at, situation, cause } = of;
  const { lines, settled, pool } = situation;
  const kept = keptUnits(lines, settled.drafts);
  const toPlace = settled.drafts.filter((draft) => isToPlace(draft, cause));
  const excludedNodes = [...new Set(toPlace.flatMap(({ work }) => work.excludedNodes))];
  const asked: ToPlace = {
    units: pool,
    excludedNodes: excludedNodes.toSorted(compareIds),
    given: allocationChange(lines, kept).given,
    parcelsElsewhere: settled.drafts.filter(
      (draft) => !isToPlace(draft, cause) && draft.units.size > 0,
    ).length,
    placedToday,
    seenAt: toPlace.flatMap(({ work, returned }) =>
      returned === 'reoptimised' && work.nodeId !== null ? [work.nodeId] : [],
    ),
  };
  return routingQuestion(live.snapshot, { ...loaded, lines, toPlace: asked, at });
}

/** An order and what is decided of it. */
export type Deciding = Found & { readonly situation: Situation; readonly decided: Decided };

/** Writes works, decision, timeline, offers and jobs, and allocates last: nothing waits while the stock clock is held. */
async function writeRun(
  deps: RunDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  of: Deciding,
): Promise<Ended> {
  const { situation, decided, loaded, orderId, works } = of;
  const decisionId = `d${loaded.decisions + 1}`;
  const facts = placingFacts(of, decisionId);
  const planned = planWrites(situation.settled, decided.placed, facts);
  const never = works.length === 0 ? neverPlaced(loaded.sold, facts) : undefined;
  const writes =
    never === undefined ? planned : { ...planned, works: [{ kind: 'new', work: never } as const] };
  const kept = keptUnits(situation.lines, situation.settled.drafts);
  const change = allocationChange(situation.lines, [...kept, ...placedUnits(decided)]);
  const isAllocated = change.given.length + change.asked.length === 0;
  if (writes.works.length === 0 && isAllocated) {
    return { kind: 'ended', outcome: { kind: 'unchanged', works }, stockVersion: undefined };
  }
  await writeWorks(deps, trx, shopId, { of, writes });
  const decision = writes.isDecided ? decided.decision : undefined;
  if (decision !== undefined) {
    await saveDecision(trx, shopId, { ...of, decisionId, decision });
  }
  await appendEvents(trx, shopId, writes.events);
  if (loaded.order.source === 'shopify') {
    await deps.enqueue(trx, fulfillmentFollowJob(shopId, orderId));
  }
  const after = await readWorks(trx, shopId, { orderId });
  deps.onStep('route.written');
  const stockVersion = isAllocated ? undefined : await allocate(deps, trx, shopId, { of, change });
  deps.onStep('route.allocated');
  return { kind: 'ended', outcome: { kind: 'changed', works: after, decision }, stockVersion };
}

/** Where its units come to be. */
export function placedUnits({ placed }: Decided): readonly PlacedUnits[] {
  return placed.parcels.flatMap(({ parcel, placement }) =>
    parcel.lines.map(({ lineId, quantity }) => ({
      ...{ lineId, quantity, nodeId: placement.at.nodeId },
    })),
  );
}

/** What its works are written with. */
export function placingFacts(of: Deciding, decisionId: string) {
  const { loaded, decided, settings, works, cause, at, orderId } = of;
  const { order } = loaded;
  return {
    ...{ orderId, cause, at, decisionId, worksMade: works.length },
    kind: order.method === 'pickup' ? ('pickup' as const) : ('ship' as const),
    holdReason: order.holdReason,
    promise: promiseText(loaded),
    expiresAt: expiry(at, settings),
    lateDays: decided.decision?.lateDays ?? 0,
  };
}

function promiseText({ promise }: LoadedOrder) {
  const on = promiseOf(promise)?.on;
  const end = promise?.windowTo ?? null;
  return end === null || on === undefined ? undefined : { end, on };
}

async function writeWorks(
  deps: RunDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  { of, writes }: { readonly of: Deciding; readonly writes: Writes },
): Promise<void> {
  for (const { work, why } of writes.withdrawn) {
    await deps.offers.withdraw(trx, shopId, { work, why, at: of.at });
  }
  for (const write of writes.works) {
    await writeWork(trx, shopId, write);
    if (write.kind === 'change' && write.work.state === 'ready') {
      await insertPutBack(trx, shopId, { work: write.work, lines: givenUp(write), at: of.at });
    }
  }
  if (writes.opened.length === 0) return;
  const workIds = writes.opened.map(({ workId }) => workId);
  const placed = await readWorks(trx, shopId, { workIds });
  for (const { workId, plan } of writes.opened) {
    const work = placed.find((one) => one.workId === workId);
    if (work === undefined) throw new Error(`Bug: work ${workId} was not written`);
    await deps.offers.open(trx, shopId, { work, plan, snapshot: of.live.snapshot, at: of.at });
  }
}

// What lay ready and is not wanted any more has to go back to its shelf.
function givenUp({ work, change, lines }: Extract<WorkWrite, { kind: 'change' }>) {
  const isCanceled = change.state === 'canceled';
  if (!isCanceled && change.state !== undefined) return [];
  const stays = new Map(
    isCanceled ? [] : (lines ?? work.lines).map((row) => [row.lineId, row.quantity]),
  );
  return work.lines.flatMap(({ lineId, sku, quantity: before }) => {
    const quantity = before - (stays.get(lineId) ?? 0);
    return quantity > 0 ? [{ lineId, sku, quantity }] : [];
  });
}

async function writeWork(trx: ShopTransaction, shopId: ShopId, write: WorkWrite): Promise<void> {
  if (write.kind === 'new') {
    await insertWork(trx, shopId, write.work);
    return;
  }
  const { work, change, lines } = write;
  if (!(await changeWork(trx, shopId, work, change))) {
    throw new Error(`Bug: work ${work.workId} changed under its lock`);
  }
  if (lines !== undefined) await replaceLines(trx, shopId, work.workId, lines);
}

async function allocate(
  deps: RunDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  { of, change }: { readonly of: Deciding; readonly change: ReturnType<typeof allocationChange> },
): Promise<number | undefined> {
  const { orderId } = of;
  const { value, version } = await relocateUnits(claimsOf(deps), trx, shopId, {
    ...{ orderId, ...change },
  });
  if (!value.ok) throw new PastFacts('stale');
  return version;
}
