/**
 * What does time do to works on offer?
 *
 * One work at a time, each turn a transaction: offers whose time is over count as refused; when nobody of a wave is left the
 * next is asked; before the latest start that keeps the promise the work is given to the node where it stands. A node that
 * is out of it does not keep the work's units: the best other one gets them, or routing decides anew.
 * Invariants: every replica may do this at once (a work that another holds is passed over); what has been decided is not
 * decided again; who has not answered is not asked for this work again.
 */
import { type Kysely, sql } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import type { Refusal, Result } from '../../../base/result.ts';
import { instantOf, instantToMinuteFloor } from '../../../base/time.ts';
import type { Clock } from '../../../platform/clock.ts';
import { withShop } from '../../../platform/database.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';
import type { LiveShop } from '../../../stock/service.ts';
import { fulfillmentFollowJob, type OrderJob } from '../../jobs.ts';
import type { MovedWork, RelocationRefusal } from '../../route/route.ts';
import type { RouteService } from '../../route/service.ts';
import type { OnOrderStep } from '../../steps.ts';
import { appendEvents } from '../../timeline/store.ts';
import type { Actor } from '../../timeline/timeline.ts';
import { changeWork, readWorks, type Work } from '../../works/store.ts';
import { compareInstants, NO_STOCK, type Offer } from '../offers.ts';
import { askStores, withdrawOffers } from '../opening/service.ts';
import {
  endOffers,
  insertOffers,
  readOffers,
  readPlan,
  type StoredPlan,
  setNext,
  settleWon,
  tryLockWork,
} from '../store.ts';
import { FALLBACK_LEAD_MINUTES, nextTurn, type OfferCandidate } from '../waves.ts';

/** What offers stand on. */
export type OfferDependencies = {
  readonly db: Kysely<unknown>;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly openShop: (shopId: ShopId) => Promise<LiveShop | undefined>;
  readonly route: Pick<RouteService, 'relocate' | 'returnWork'>;
  readonly enqueue: (trx: ShopTransaction, job: OrderJob) => Promise<void>;
  /** Tells replicas of a change of stock, after the commit. */
  readonly announce: (shopId: ShopId, stockVersion: number) => Promise<void>;
  /** Tells the desks, on every replica, that there is something to look at, after the commit. */
  readonly poke: (shopId: ShopId) => void;
  readonly onStep: OnOrderStep;
};

/** What a turn did. `isOver`: nothing more is to be done now. */
type TurnDone = { readonly isOver: boolean; readonly stockVersion?: number | undefined };

// A plan has at most so many turns at one instant: each one asks a wave or puts a candidate out.
const TURNS_MAX = 100;

/** Sees to one work until nothing more is due. */
export async function turnWork(
  deps: OfferDependencies,
  shopId: ShopId,
  workId: string,
): Promise<void> {
  const snapshot = (await deps.openShop(shopId))?.snapshot;
  if (snapshot === undefined) return;
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    const at = deps.clock.now().toString();
    const done = await withShop(deps.db, shopId, async (trx) => {
      if (!(await tryLockWork(trx, shopId, workId))) return { isOver: true };
      return await takeTurn(deps, trx, { shopId, workId, at, snapshot });
    });
    deps.onStep('turn.committed');
    deps.poke(shopId);
    if (done.stockVersion !== undefined) await deps.announce(shopId, done.stockVersion);
    if (done.isOver) return;
  }
}

type Asking = {
  readonly shopId: ShopId;
  readonly workId: string;
  readonly at: string;
  readonly snapshot: LiveShop['snapshot'];
};

async function takeTurn(
  deps: OfferDependencies,
  trx: ShopTransaction,
  asking: Asking,
): Promise<TurnDone> {
  const { shopId, workId, at } = asking;
  const [work] = await readWorks(trx, shopId, { workIds: [workId] });
  const plan = await readPlan(trx, shopId, workId);
  if (work === undefined || plan === undefined) return { isOver: true };
  if (work.negotiation !== 'offered') {
    await withdrawOffers(trx, shopId, { work, why: 'placed', at });
    return { isOver: true };
  }
  if (instantToMinuteFloor(at) >= plan.fallbackAtMinute) {
    return await fallBack(deps, trx, { ...asking, work, plan });
  }
  if (work.holdReason !== null) return await waitForRelease(trx, { ...asking, work, plan });
  const offers = await readOffers(trx, shopId, workId);
  const late = offers.filter(
    ({ state, expiresAt }) => state === 'open' && compareInstants(expiresAt, at) <= 0,
  );
  const timed = await timeOut(trx, asking, { work, late });
  if (late.length > 0) deps.onStep('turn.timed_out');
  if (timed.nodeId !== null && timed.excludedNodes.includes(timed.nodeId)) {
    const moved = await leavePlace(deps, trx, { ...asking, work: timed, plan, cause: 'timed_out' });
    return { isOver: false, stockVersion: moved?.stockVersion };
  }
  const open = offers.filter((offer) => offer.state === 'open' && !late.includes(offer));
  if (open.length === 0) return await proceed(deps, trx, { ...asking, work: timed, plan });
  const expiries = open.map(({ expiresAt }) => expiresAt);
  const nextAt = [...expiries, instantOf(plan.fallbackAtMinute)].toSorted(compareInstants)[0];
  await setNext(trx, shopId, { workId, nextAt: nextAt ?? at });
  return { isOver: true };
}

// How often a work on hold is looked at, in case it was let go.
const HELD_MINUTES = 1;

/** Nobody can take a work on hold: it is on offer to nobody, who was asked may be asked again, the fallback stands. */
async function waitForRelease(
  trx: ShopTransaction,
  { shopId, workId, at, work, plan }: Negotiating,
): Promise<TurnDone> {
  await withdrawOffers(trx, shopId, { work, why: 'held', at });
  if (!(await changeWork(trx, shopId, work, {}))) throw new Error('Bug: changed under its lock');
  const look = Math.min(instantToMinuteFloor(at) + HELD_MINUTES, plan.fallbackAtMinute);
  await setNext(trx, shopId, { workId, nextAt: instantOf(look) });
  return { isOver: true };
}

/** Ends offers whose time is over; their nodes are not asked again. */
async function timeOut(
  trx: ShopTransaction,
  { shopId, workId, at }: Asking,
  { work, late }: { readonly work: Work; readonly late: readonly Offer[] },
): Promise<Work> {
  if (late.length === 0) return work;
  const offerIds = late.map(({ offerId }) => offerId);
  const end = { workId, offerIds, state: 'timed_out', reason: null, at } as const;
  const ended = await endOffers(trx, shopId, end);
  await appendEvents(
    trx,
    shopId,
    ended.map(({ offerId, orderId, nodeId, expiresAt }) => ({
      orderId,
      eventId: `timed_out:${offerId}`,
      at,
      kind: 'offer_timed_out',
      actor: SYSTEM,
      ...{ workId, nodeId },
      facts: { offerId, expiresAt },
    })),
  );
  return await exclude(
    trx,
    shopId,
    work,
    late.map(({ nodeId }) => nodeId),
  );
}

const SYSTEM: Actor = { kind: 'system', id: 'offers' };

/** Nodes that are not asked for a work again. The work is locked; gives it as it now is. */
export async function exclude(
  trx: ShopTransaction,
  shopId: ShopId,
  work: Work,
  nodeIds: readonly string[],
): Promise<Work> {
  const excludedNodes = [...new Set([...work.excludedNodes, ...nodeIds])];
  const isChanged = await changeWork(trx, shopId, work, { excludedNodes });
  if (!isChanged) throw new Error(`Bug: work ${work.workId} changed under its lock`);
  return { ...work, excludedNodes, version: work.version + 1 };
}

type Negotiating = Asking & { readonly work: Work; readonly plan: StoredPlan };

/** Nobody is left who could answer: the next wave, a store that takes it by itself, a wait, or the fallback. */
async function proceed(
  deps: OfferDependencies,
  trx: ShopTransaction,
  on: Negotiating,
): Promise<TurnDone> {
  const { shopId, workId, work, plan, at, snapshot } = on;
  const offers = await readOffers(trx, shopId, workId);
  // A withdrawn offer (a hold) was nobody's no.
  const asked = offers
    .filter(({ wave, state }) => wave > plan.wavesBefore && state !== 'withdrawn')
    .map(({ nodeId }) => nodeId);
  const out = new Set([...work.excludedNodes, ...asked]);
  const wavesOpened = work.wave - plan.wavesBefore;
  const turn = nextTurn(snapshot, { plan, wavesOpened, out }, instantToMinuteFloor(at));
  switch (turn.kind) {
    case 'ask':
      await askStores(deps.newId, trx, shopId, { work, plan, asked: turn.asked, at });
      deps.onStep('turn.asked');
      return { isOver: true };
    case 'wait':
      await setNext(trx, shopId, { workId, nextAt: instantOf(turn.minute) });
      return { isOver: true };
    case 'take':
      return await takeByItself(deps, trx, on, turn.candidate);
    default:
      return await fallBack(deps, trx, on);
  }
}

async function takeByItself(
  deps: OfferDependencies,
  trx: ShopTransaction,
  { shopId, workId, work, at }: Negotiating,
  candidate: OfferCandidate,
): Promise<TurnDone> {
  const offer = { offerId: deps.newId(), nodeId: candidate.nodeId, expiresAt: at };
  const wave = work.wave + 1;
  await insertOffers(trx, shopId, { work, wave, at, offers: [offer] });
  const counted = { ...work, wave, version: work.version + 1 };
  if (!(await changeWork(trx, shopId, work, { wave })))
    throw new Error('Bug: changed under its lock');
  const actor: Actor = { kind: 'store', id: AUTO };
  const moved = await orUndo(trx, async () => {
    const won = { offerId: offer.offerId, workId, nodeId: candidate.nodeId };
    await settleWon(trx, shopId, { offer: won, at, actor: AUTO });
    await appendEvents(trx, shopId, [claimedEvent({ work, offer, at, actor, lost: [], wave })]);
    await deps.enqueue(trx, fulfillmentFollowJob(shopId, work.orderId));
    return await relocateTo(deps, trx, shopId, {
      ...{ work: counted, candidate, at, actor },
      ...{ negotiation: 'claimed', claimedBy: AUTO, cause: 'claimed' },
    });
  });
  if (moved.ok) return { isOver: true, stockVersion: moved.value.stockVersion };
  const offerIds = [offer.offerId];
  const end = { workId, offerIds, state: 'refused', reason: NO_STOCK, at, actor: AUTO } as const;
  await endOffers(trx, shopId, end);
  await exclude(trx, shopId, counted, [candidate.nodeId]);
  return { isOver: false };
}

/** Who claims where nobody has to. */
export const AUTO = 'auto';

/** The event of a claim; it names who lost, so that their desks can say so. */
export function claimedEvent(claim: {
  readonly work: Pick<Work, 'workId' | 'orderId'>;
  readonly offer: Pick<Offer, 'offerId' | 'nodeId'>;
  readonly wave: number;
  readonly at: string;
  readonly actor: Actor;
  readonly lost: readonly Offer[];
}) {
  const { work, offer, wave, at, actor, lost } = claim;
  return {
    orderId: work.orderId,
    eventId: `claimed:${offer.offerId}`,
    at,
    kind: 'claimed',
    actor,
    workId: work.workId,
    nodeId: offer.nodeId,
    facts: {
      wave,
      offerId: offer.offerId,
      lost: Object.fromEntries(lost.map(({ nodeId, offerId }) => [nodeId, offerId])),
    },
  } as const;
}

/** What may not be possible: what it did is undone then, and the transaction goes on. */
export async function orUndo<Value, R extends Refusal>(
  trx: ShopTransaction,
  act: () => Promise<Result<Value, R>>,
): Promise<Result<Value, R>> {
  await sql`savepoint offer_move`.execute(trx);
  const done = await act();
  if (!done.ok) await sql`rollback to savepoint offer_move`.execute(trx);
  return done;
}

/** A work goes to a candidate, on its terms. */
export async function relocateTo(
  deps: Pick<OfferDependencies, 'route'>,
  trx: ShopTransaction,
  shopId: ShopId,
  to: {
    readonly work: Work;
    readonly candidate: OfferCandidate;
    readonly negotiation: 'claimed' | 'offered';
    readonly claimedBy?: string;
    readonly at: string;
    readonly actor: Actor;
    readonly cause: 'claimed' | 'refused' | 'timed_out';
  },
): Promise<Result<MovedWork, RelocationRefusal>> {
  const { candidate, ...rest } = to;
  const { nodeId, ...plan } = candidate;
  return await deps.route.relocate(trx, shopId, { ...rest, nodeId, plan });
}

// Each try locks positions; who is further down the list has seldom more than those before him.
const PLACES_TRIED = 5;

/**
 * The node where a work on offer stands is out of it: the units go to the best other candidate that has them, and the work
 * stays on offer; with none it goes back to routing.
 */
export async function leavePlace(
  deps: OfferDependencies,
  trx: ShopTransaction,
  on: Negotiating & { readonly cause: 'refused' | 'timed_out'; readonly actor?: Actor },
): Promise<MovedWork | undefined> {
  const { shopId, workId, work, plan, at, cause, actor = SYSTEM } = on;
  const nowMinute = instantToMinuteFloor(at);
  const candidates = plan.candidates.filter(
    ({ nodeId, startByMinute }) =>
      !work.excludedNodes.includes(nodeId) && startByMinute > nowMinute,
  );
  for (const candidate of candidates.slice(0, PLACES_TRIED)) {
    const to = { work, candidate, negotiation: 'offered', at, cause, actor } as const;
    const moved = await orUndo(trx, () => relocateTo(deps, trx, shopId, to));
    if (!moved.ok) continue;
    const fallbackAtMinute = Math.min(
      plan.fallbackAtMinute,
      candidate.startByMinute - FALLBACK_LEAD_MINUTES,
    );
    await setNext(trx, shopId, { workId, nextAt: at, fallbackAtMinute });
    deps.onStep('turn.place_left');
    return moved.value;
  }
  await withdrawOffers(trx, shopId, { work, why: cause, at });
  const back = { workId, cause, exclude: true, at, actor } as const;
  const returned = await deps.route.returnWork(trx, shopId, back);
  return returned.ok ? returned.value : undefined;
}

/** The work is given to the node where it stands; nobody else may claim it any more. */
async function fallBack(
  deps: OfferDependencies,
  trx: ShopTransaction,
  on: Negotiating,
): Promise<TurnDone> {
  const { shopId, workId, work, at } = on;
  const { nodeId } = work;
  if (nodeId === null || work.excludedNodes.includes(nodeId)) {
    const moved = await leavePlace(deps, trx, { ...on, cause: 'timed_out' });
    return { isOver: false, stockVersion: moved?.stockVersion };
  }
  await withdrawOffers(trx, shopId, { work, why: 'fell_back', at });
  if (!(await changeWork(trx, shopId, work, { negotiation: 'assigned' }))) {
    throw new Error(`Bug: work ${workId} changed under its lock`);
  }
  await appendEvents(trx, shopId, [
    {
      orderId: work.orderId,
      eventId: `assigned:${workId}:${work.wave}`,
      at,
      kind: 'assigned',
      actor: SYSTEM,
      ...{ workId, nodeId },
      facts: { waves: work.wave - on.plan.wavesBefore, startBy: work.startBy },
    },
  ]);
  await deps.enqueue(trx, fulfillmentFollowJob(shopId, work.orderId));
  deps.onStep('turn.fell_back');
  return { isOver: true };
}
