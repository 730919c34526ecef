/**
 * What happens when a store answers an offer?
 *
 * `claim`: the first wins, by one conditional update of the work; units move to the winner in the same transaction, the
 * others' offers end with his name. `refuse`: with a reason that says what it means for the store's stock, booked in the
 * ledger in the same transaction; the node is not asked again. A store that has claimed may still refuse before it begins.
 * Invariants: exactly one offer of a work is won; a late accept never wins; who lost costs a reading, no lock on stock;
 * the same answer again is answered the same.
 */

import type { ShopId } from '../../../base/ids.ts';
import type { Result } from '../../../base/result.ts';
import type { Snapshot } from '../../../network/snapshot.ts';
import { withShop } from '../../../platform/database.ts';
import { appendMovements, recordChange } from '../../../stock/ledger/service.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';
import { fulfillmentFollowJob } from '../../jobs.ts';
import type { RelocationRefusal } from '../../route/route.ts';
import { appendEvents } from '../../timeline/store.ts';
import type { Actor } from '../../timeline/timeline.ts';
import { changeWork, lockWorks, type Work } from '../../works/store.ts';
import type { InTurn } from '../in-turn.ts';
import {
  type AmissUnits,
  amissUnits,
  compareInstants,
  decideClaim,
  endOf,
  NO_STOCK,
  type OfferedWork,
  type OfferRefusal,
  REFUSAL_REASONS,
  type RefusalReason,
} from '../offers.ts';
import {
  endOffers,
  lockPlaces,
  readOffered,
  readOffers,
  readPlan,
  setNext,
  settleWon,
  winWork,
} from '../store.ts';
import {
  claimedEvent,
  exclude,
  leavePlace,
  type OfferDependencies,
  orUndo,
  relocateTo,
  turnWork,
} from '../turns/service.ts';

/** A store's answer to an offer. */
export type OfferAnswer = {
  readonly offerId: string;
  /** The store that answers, as its desk is known. */
  readonly nodeId: string;
  /** Who of the store. */
  readonly person: string;
};

/** A work that is the store's now. */
export type ClaimedOffer = {
  readonly offerId: string;
  readonly workId: string;
  readonly orderId: string;
  readonly nodeId: string;
  /** ISO instant at which it was won. */
  readonly at: string;
  /** It had been won before by this same offer. */
  readonly isAgain: boolean;
};

type Claimed = {
  readonly answer: Result<ClaimedOffer, OfferRefusal>;
  readonly stockVersion?: number | undefined;
  /** The work whose next turn is due. */
  readonly turnOf?: string;
};

/** What `claim` needs besides. */
export type ClaimDependencies = OfferDependencies & {
  /** Claims of one work in this process, one at a time. */
  readonly inTurn: InTurn;
};

/** A store takes a work that it was offered. */
export async function claim(
  deps: ClaimDependencies,
  shopId: ShopId,
  ask: OfferAnswer,
): Promise<Result<ClaimedOffer, OfferRefusal>> {
  const at = deps.clock.now().toString();
  // Read without a lock first: most who ask have lost, and a reading is all it takes to say so.
  const seen = await withShop(deps.db, shopId, (trx) => readOffered(trx, shopId, ask.offerId));
  const verdict = decideClaim(seen, { ...ask, at });
  if (!verdict.ok) return verdict;
  if (seen === undefined) throw new Error('Bug: an offer that nobody read is to be had');
  const done = await deps.inTurn(`${shopId} ${seen.offer.workId}`, () =>
    withShop(deps.db, shopId, (trx) => claimIn(deps, trx, shopId, { ...ask, at })),
  );
  if (done.answer.ok && !done.answer.value.isAgain) {
    deps.onStep('claim.committed');
    deps.poke(shopId);
  }
  if (done.stockVersion !== undefined) await deps.announce(shopId, done.stockVersion);
  if (done.turnOf !== undefined) await turnWork(deps, shopId, done.turnOf);
  return done.answer;
}

type Asked = OfferAnswer & { readonly at: string };

async function claimIn(
  deps: OfferDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  ask: Asked,
): Promise<Claimed> {
  const read = await readOffered(trx, shopId, ask.offerId);
  const first = await tryToWin(trx, shopId, ask, read);
  if (first !== 'changed')
    return await answerOf(deps, trx, shopId, { ask, seen: read, came: first });
  // Somebody changed the work in between: once more with its row held, so that it is decided for good.
  await lockWorks(trx, shopId, { workIds: [read?.offer.workId ?? ''] });
  const seen = await readOffered(trx, shopId, ask.offerId);
  const second = await tryToWin(trx, shopId, ask, seen);
  if (second === 'changed') throw new Error(`Bug: offer ${ask.offerId} changed under its lock`);
  return await answerOf(deps, trx, shopId, { ask, seen, came: second });
}

type Came = 'won' | { readonly refusal: OfferRefusal } | 'again';

async function tryToWin(
  trx: ShopTransaction,
  shopId: ShopId,
  ask: Asked,
  seen: OfferedWork | undefined,
): Promise<Came | 'changed'> {
  const verdict = decideClaim(seen, ask);
  if (!verdict.ok) return { refusal: verdict.refusal };
  if (verdict.value === 'again' || seen === undefined) return 'again';
  const { workId, version } = seen.work;
  const claimedBy = ask.person;
  const hasWon = await winWork(trx, shopId, { workId, version, at: ask.at, claimedBy });
  return hasWon ? 'won' : 'changed';
}

async function answerOf(
  deps: OfferDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  got: { readonly ask: Asked; readonly seen: OfferedWork | undefined; readonly came: Came },
): Promise<Claimed> {
  const { ask, seen, came } = got;
  if (typeof came === 'object') return { answer: { ok: false, refusal: came.refusal } };
  if (seen === undefined) throw new Error('Bug: an offer that nobody read was won');
  if (came === 'won') return await takeOver(deps, trx, shopId, { ask, seen });
  const { offer, work } = seen;
  const wonAt = offer.answeredAt ?? work.claimedAt ?? ask.at;
  return { answer: { ok: true, value: { ...wonBy(seen), at: wonAt, isAgain: true } } };
}

function wonBy({ offer: { offerId, workId, orderId, nodeId } }: OfferedWork) {
  return { offerId, workId, orderId, nodeId };
}

/** The winner gets the units, the others are told; or the units are gone, and with them this offer. */
async function takeOver(
  deps: OfferDependencies,
  trx: ShopTransaction,
  shopId: ShopId,
  { ask, seen }: { readonly ask: Asked; readonly seen: OfferedWork },
): Promise<Claimed> {
  deps.onStep('claim.won');
  const { at, person } = ask;
  const { workId, offerId, orderId, nodeId, wave } = seen.offer;
  const [work] = await lockWorks(trx, shopId, { workIds: [workId] });
  const plan = await readPlan(trx, shopId, workId);
  const candidate = plan?.candidates.find((one) => one.nodeId === nodeId);
  if (work === undefined || candidate === undefined) {
    throw new Error(`Bug: offer ${offerId} has no work or no plan`);
  }
  const actor: Actor = { kind: 'store', id: person };
  // The move is last: it holds the stock clock, for which every claim of the shop waits. Without it the rest is undone.
  const took = await orUndo(trx, async () => {
    const lost = await settleWon(trx, shopId, { offer: seen.offer, at, actor: person });
    await appendEvents(trx, shopId, [
      claimedEvent({ work, offer: seen.offer, wave, at, actor, lost }),
    ]);
    await deps.enqueue(trx, fulfillmentFollowJob(shopId, orderId));
    deps.onStep('claim.booked');
    return await relocateTo(deps, trx, shopId, {
      ...{ work, candidate, at, actor },
      ...{ negotiation: 'claimed', claimedBy: person, cause: 'claimed' },
    });
  });
  if (!took.ok) return await giveUp(trx, shopId, { ask, seen, work, refusal: took.refusal });
  deps.onStep('claim.moved');
  const value = { ...wonBy(seen), at, isAgain: false };
  return { answer: { ok: true, value }, stockVersion: took.value.stockVersion };
}

async function giveUp(
  trx: ShopTransaction,
  shopId: ShopId,
  gone: {
    readonly ask: Asked;
    readonly seen: OfferedWork;
    readonly work: Work;
    readonly refusal: RelocationRefusal;
  },
): Promise<Claimed> {
  const { ask, seen, work, refusal } = gone;
  const { at, person } = ask;
  const { workId, offerId, orderId, nodeId } = seen.offer;
  const offered = { negotiation: 'offered', claimedAt: null, claimedBy: null } as const;
  const excludedNodes = [...new Set([...work.excludedNodes, nodeId])];
  if (!(await changeWork(trx, shopId, work, { ...offered, excludedNodes }))) {
    throw new Error(`Bug: work ${workId} changed under its lock`);
  }
  const end = { workId, offerIds: [offerId], state: 'refused', at, actor: person } as const;
  await endOffers(trx, shopId, { ...end, reason: NO_STOCK });
  await setNext(trx, shopId, { workId, nextAt: at });
  const skus = refusal.code === 'no_stock' ? refusal.lines.map(({ sku }) => sku) : [];
  await appendEvents(trx, shopId, [
    {
      ...{ orderId, workId, nodeId, at },
      eventId: `refused:${offerId}`,
      kind: 'refused',
      actor: { kind: 'system', id: 'offers' },
      facts: { offerId, reason: refusal.code, skus },
    },
  ]);
  return { answer: { ok: false, refusal: { code: 'no_stock', offerId, skus } }, turnOf: workId };
}

/** A store's no. */
export type OfferRefusing = OfferAnswer & {
  readonly reason: RefusalReason;
  /** Units that are missing or damaged; absent: all of the work. */
  readonly amiss?: readonly AmissUnits[];
};

/** A no that was taken in. */
export type RefusedOffer = {
  readonly offerId: string;
  readonly workId: string;
  readonly orderId: string;
  /** Units booked as missing or damaged at the store. */
  readonly booked: readonly AmissUnits[];
};

type Refused = {
  readonly answer: Result<RefusedOffer, OfferRefusal>;
  readonly stockVersion?: number | undefined;
  readonly hasShortages?: boolean;
  readonly turnOf?: string;
};

/** What `refuse` needs besides. */
export type RefuseDependencies = OfferDependencies & {
  /** Told, after the commit, of positions that a refusal left with more allocated than there is. */
  readonly onShortages: (shopId: ShopId) => Promise<void>;
};

/** A store does not take a work that it was offered, or gives back one that it took and has not begun. */
export async function refuse(
  deps: RefuseDependencies,
  shopId: ShopId,
  ask: OfferRefusing,
): Promise<Result<RefusedOffer, OfferRefusal>> {
  const snapshot = (await deps.openShop(shopId))?.snapshot;
  const at = deps.clock.now().toString();
  const done = await withShop(deps.db, shopId, (trx) =>
    refuseIn(deps, trx, { shopId, ask: { ...ask, at }, snapshot }),
  );
  if (done.answer.ok) {
    deps.onStep('refuse.committed');
    deps.poke(shopId);
  }
  if (done.stockVersion !== undefined) await deps.announce(shopId, done.stockVersion);
  if (done.hasShortages === true) await deps.onShortages(shopId);
  if (done.turnOf !== undefined) await turnWork(deps, shopId, done.turnOf);
  return done.answer;
}

type Refusing = {
  readonly shopId: ShopId;
  readonly ask: OfferRefusing & { readonly at: string };
  readonly snapshot: Snapshot | undefined;
};

async function refuseIn(
  deps: RefuseDependencies,
  trx: ShopTransaction,
  refusing: Refusing,
): Promise<Refused> {
  const { shopId, ask } = refusing;
  const { offerId, nodeId, at } = ask;
  const known = await readOffered(trx, shopId, offerId);
  if (known === undefined || known.offer.nodeId !== nodeId) {
    return { answer: { ok: false, refusal: { code: 'not_your_offer', offerId } } };
  }
  const [work] = await lockWorks(trx, shopId, { workIds: [known.offer.workId] });
  const seen = await readOffered(trx, shopId, offerId);
  if (work === undefined || seen === undefined) throw new Error('Bug: an offer lost its work');
  const { offer } = seen;
  const { workId, orderId } = offer;
  if (offer.state === 'refused' && offer.reason === ask.reason) {
    return { answer: { ok: true, value: { offerId, workId, orderId, booked: [] } } };
  }
  const isOwn = offer.state === 'won' && work.negotiation === 'claimed' && work.nodeId === nodeId;
  if (isOwn && work.state !== 'placed') {
    const refusal = { code: 'already_begun', offerId, state: work.state } as const;
    return { answer: { ok: false, refusal } };
  }
  if (!isOwn && (offer.state !== 'open' || compareInstants(at, offer.expiresAt) >= 0)) {
    return { answer: { ok: false, refusal: endOf(seen, at) } };
  }
  const left = await endOwn(deps, trx, refusing, { work, isOwn });
  deps.onStep('refuse.ended');
  return await bookRefusal(deps, trx, refusing, { work, ...left });
}

type Left = { readonly stockVersion: number | undefined; readonly isOver: boolean };

/** Ends the store's offer, and gets the units away from it. */
async function endOwn(
  deps: RefuseDependencies,
  trx: ShopTransaction,
  { shopId, ask, snapshot }: Refusing,
  { work, isOwn }: { readonly work: Work; readonly isOwn: boolean },
): Promise<Left> {
  const { offerId, nodeId, reason, at, person } = ask;
  const { workId } = work;
  const actor: Actor = { kind: 'store', id: person };
  const from = isOwn ? 'won' : 'open';
  const end = { workId, offerIds: [offerId], from, state: 'refused', reason, at } as const;
  await endOffers(trx, shopId, { ...end, actor: person });
  if (isOwn) {
    const back = { workId, cause: 'refused', exclude: true, at, actor } as const;
    const returned = await deps.route.returnWork(trx, shopId, back);
    if (!returned.ok)
      throw new Error(`Bug: a work nobody began went not back: ${returned.refusal.code}`);
    return { stockVersion: returned.value.stockVersion, isOver: true };
  }
  const left = await exclude(trx, shopId, work, [nodeId]);
  const plan = await readPlan(trx, shopId, workId);
  if (work.nodeId === nodeId && plan !== undefined && snapshot !== undefined) {
    const on = { shopId, workId, at, snapshot, work: left, plan, cause: 'refused', actor } as const;
    const moved = await leavePlace(deps, trx, on);
    return { stockVersion: moved?.stockVersion, isOver: false };
  }
  const open = (await readOffers(trx, shopId, workId)).filter(({ state }) => state === 'open');
  if (open.length === 0) await setNext(trx, shopId, { workId, nextAt: at });
  return { stockVersion: undefined, isOver: open.length > 0 };
}

/** The refusal in the timeline, and what it means for the store's stock in the ledger. */
async function bookRefusal(
  deps: RefuseDependencies,
  trx: ShopTransaction,
  { shopId, ask, snapshot }: Refusing,
  { work, stockVersion, isOver }: Left & { readonly work: Work },
): Promise<Refused> {
  const { offerId, nodeId, reason, at, person } = ask;
  const { workId, orderId } = work;
  const effect = REFUSAL_REASONS[reason];
  // Only what the work is about has been looked for.
  const amiss = ask.amiss?.filter(({ sku }) => work.lines.some((line) => line.sku === sku));
  const wanted = amissUnits(snapshot, amiss ?? work.lines);
  const skus = [...wanted.keys()];
  const there =
    effect === 'none' ? new Map<string, number>() : await lockPlaces(trx, shopId, { nodeId, skus });
  // No more can be missing than is there; who has nothing left misses all of it.
  const booked = [...there].flatMap(([sku, units]) => {
    const quantity = effect === 'nothing_left' ? units : Math.min(units, wanted.get(sku) ?? 0);
    return quantity > 0 ? [{ sku, quantity }] : [];
  });
  await appendEvents(trx, shopId, [
    {
      ...{ orderId, workId, nodeId, at },
      eventId: `refused:${offerId}`,
      kind: 'refused',
      actor: { kind: 'store', id: person },
      facts: { offerId, reason, effect, booked },
    },
  ]);
  const answer = { ok: true, value: { offerId, workId, orderId, booked } } as const;
  const turn = isOver ? {} : { turnOf: workId };
  if (booked.length === 0 || effect === 'none') return { answer, stockVersion, ...turn };
  const type = effect === 'nothing_left' ? 'recount' : effect;
  const { change, shortages } = await appendMovements(trx, shopId, {
    ...{ source: 'desk', actor: person, now: at },
    events: booked.map(({ sku, quantity }) => ({
      ...({ kind: 'delta', type, sku, nodeId, quantity, occurredAt: at } as const),
      eventId: `refused:${offerId}:${sku}`,
      reason: effect === 'damaged' ? 'damaged' : 'recount',
    })),
  });
  deps.onStep('refuse.booked');
  const version = change === undefined ? stockVersion : await recordChange(trx, shopId, change, at);
  return { answer, stockVersion: version, hasShortages: shortages.length > 0, ...turn };
}
