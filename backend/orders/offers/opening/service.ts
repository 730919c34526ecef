/**
 * How does a work come on offer, and off it again?
 *
 * Both run in the transaction of whoever places works or takes them back (routing), which holds their rows. In: a work
 * that stands at its fallback node with its units, and the plan of `placeParcel`. Out: offers to the first stores, the plan,
 * the timeline. What follows is done by the clock (../turns/service.ts).
 */
import type { ShopId } from '../../../base/ids.ts';
import { instantOf, instantToMinuteFloor } from '../../../base/time.ts';
import type { Snapshot } from '../../../network/snapshot.ts';
import type { ShopTransaction } from '../../../stock/ledger/store.ts';
import { appendEvents } from '../../timeline/store.ts';
import { changeWork, type Work } from '../../works/store.ts';
import { endOffers, insertOffers, type NewOffer, savePlan, setNext } from '../store.ts';
import { type Asked, nextTurn, type OfferPlan } from '../waves.ts';

/** A work that is put on offer. */
export type Opening = {
  /** As it is now: placed at its fallback node, in negotiation `none`. */
  readonly work: Work;
  readonly plan: OfferPlan;
  readonly snapshot: Snapshot;
  /** ISO instant. */
  readonly at: string;
};

/** Puts a placed work on offer. The work's version rises. */
export async function openOffers(
  newId: () => string,
  trx: ShopTransaction,
  shopId: ShopId,
  { work, plan, snapshot, at }: Opening,
): Promise<void> {
  const turn = nextTurn(
    snapshot,
    { plan, wavesOpened: 0, out: new Set(work.excludedNodes) },
    instantToMinuteFloor(at),
  );
  // A store that takes by itself has its units moved there, which is a transaction of its own: the clock does it at once.
  const nextAt = turn.kind === 'wait' ? instantOf(turn.minute) : at;
  await savePlan(trx, shopId, { work, plan, at, nextAt });
  if (turn.kind === 'ask') {
    await askStores(newId, trx, shopId, { work, plan, asked: turn.asked, at });
    return;
  }
  const changed = await changeWork(trx, shopId, work, { negotiation: 'offered' });
  if (!changed) throw new Error(`Bug: work ${work.workId} is put on offer while it changes`);
}

/** Opens a wave: the offers, when to look again, and the work that counts it. */
export async function askStores(
  newId: () => string,
  trx: ShopTransaction,
  shopId: ShopId,
  wave: {
    readonly work: Work;
    readonly plan: OfferPlan;
    readonly asked: readonly Asked[];
    readonly at: string;
  },
): Promise<void> {
  const { work, plan, asked, at } = wave;
  const number = work.wave + 1;
  const offers = asked.map(
    ({ candidate, expiresMinute }): NewOffer => ({
      offerId: newId(),
      nodeId: candidate.nodeId,
      expiresAt: instantOf(expiresMinute),
    }),
  );
  const change = { negotiation: 'offered', wave: number } as const;
  if (!(await changeWork(trx, shopId, work, change))) {
    throw new Error(`Bug: work ${work.workId} is offered while it changes`);
  }
  await insertOffers(trx, shopId, { work, wave: number, at, offers });
  const first = Math.min(...asked.map(({ expiresMinute }) => expiresMinute), plan.fallbackAtMinute);
  await setNext(trx, shopId, { workId: work.workId, nextAt: instantOf(first) });
  await appendEvents(trx, shopId, [
    {
      orderId: work.orderId,
      eventId: `offered:${work.workId}:${number}`,
      at,
      kind: 'offered',
      actor: { kind: 'system', id: 'offers' },
      workId: work.workId,
      facts: {
        wave: number,
        offers: Object.fromEntries(offers.map(({ nodeId, offerId }) => [nodeId, offerId])),
        expiresAt: Object.fromEntries(offers.map(({ nodeId, expiresAt }) => [nodeId, expiresAt])),
      },
    },
  ]);
}

/** Takes a work off offer, whatever it is in; says to the desks that were asked. A work that is not on offer stays as it is. */
export async function withdrawOffers(
  trx: ShopTransaction,
  shopId: ShopId,
  gone: {
    readonly work: Pick<Work, 'workId' | 'orderId' | 'version'>;
    /** canceled | fell_back | held | …: a word for the desks. */
    readonly why: string;
    readonly at: string;
  },
): Promise<void> {
  const { work, why, at } = gone;
  const { workId, orderId } = work;
  await setNext(trx, shopId, { workId, nextAt: null });
  const ended = await endOffers(trx, shopId, { workId, state: 'withdrawn', reason: why, at });
  if (ended.length === 0) return;
  await appendEvents(trx, shopId, [
    {
      orderId,
      eventId: `offers_withdrawn:${workId}:${ended[0]?.offerId}`,
      at,
      kind: 'offers_withdrawn',
      actor: { kind: 'system', id: 'offers' },
      workId,
      facts: {
        why,
        offers: Object.fromEntries(ended.map(({ nodeId, offerId }) => [nodeId, offerId])),
      },
    },
  ]);
}
