/**
 * Offers: one work asked of several stores, the first to claim has it.
 *
 * In: answers of stores, the clock. Out: what became of each, exactly one winner or the fallback, with the units where the
 * winner is. What opens and withdraws offers in routing's transaction: opening/service.ts; who is asked when: waves.ts; what
 * a store's answer does: answers/service.ts; what time does: turns/service.ts; how desks hear of it: feed/service.ts.
 */
import type { ShopId } from '../../base/ids.ts';
import type { Result } from '../../base/result.ts';
import type { Bus } from '../../platform/bus.ts';
import { withShop } from '../../platform/database.ts';
import type { Log } from '../../platform/log.ts';
import { readWorks, type Work, type WorkLine } from '../works/store.ts';
import {
  type ClaimedOffer,
  claim,
  type OfferAnswer,
  type OfferRefusing,
  type RefuseDependencies,
  type RefusedOffer,
  refuse,
} from './answers/service.ts';
import { DESK_TOPIC } from './feed/service.ts';
import { createInTurn } from './in-turn.ts';
import type { Offer, OfferRefusal } from './offers.ts';
import { dueWorks, firstDue, type OrderNames, readNames, readOpenOffers } from './store.ts';
import { turnWork } from './turns/service.ts';

// What a screen of one store shows; more than a store can do in a day.
const LIST_MAX = 200;
const TURNS_A_TICK = 100;

/** An open offer with the work it is about. */
export type ListedOffer = Offer & {
  /** What people call the order. */
  readonly orderName: string;
  readonly work: Pick<Work, 'kind' | 'serviceCode' | 'promisedOn' | 'promisedEnd'> & {
    readonly lines: readonly (WorkLine & { readonly title: string })[];
  };
};

export type OfferService = {
  /** The open offers of a store, the first to end first, at most `LIST_MAX`; `at` is the instant the list is of. */
  list(
    shopId: ShopId,
    nodeId: string,
  ): Promise<{ readonly at: string; readonly offers: readonly ListedOffer[] }>;
  claim(shopId: ShopId, answer: OfferAnswer): Promise<Result<ClaimedOffer, OfferRefusal>>;
  refuse(shopId: ShopId, answer: OfferRefusing): Promise<Result<RefusedOffer, OfferRefusal>>;
  /** Does what time has made due, and says when to look again; undefined: nothing is on offer. */
  tick(shopId: ShopId): Promise<Temporal.Instant | undefined>;
};

/** Builds the service. */
export function createOfferService(deps: RefuseDependencies): OfferService {
  const inTurn = createInTurn();
  return {
    list: (shopId, nodeId) =>
      withShop(deps.db, shopId, async (trx) => {
        const at = deps.clock.now().toString();
        const open = await readOpenOffers(trx, shopId, { nodeId, at, limit: LIST_MAX });
        const workIds = open.map(({ workId }) => workId);
        const works = new Map(
          (await readWorks(trx, shopId, { workIds })).map((work) => [work.workId, work]),
        );
        const names = await readNames(
          trx,
          shopId,
          open.map(({ orderId }) => orderId),
        );
        const offers = open.flatMap((offer): ListedOffer[] => {
          const work = works.get(offer.workId);
          if (work === undefined || work.negotiation !== 'offered') return [];
          return [listed(offer, work, names.get(offer.orderId))];
        });
        return { at, offers };
      }),
    claim: (shopId, answer) => claim({ ...deps, inTurn }, shopId, answer),
    refuse: (shopId, answer) => refuse(deps, shopId, answer),
    tick: async (shopId) => {
      const at = deps.clock.now().toString();
      const { due, next } = await withShop(deps.db, shopId, async (trx) => {
        const works = await dueWorks(trx, shopId, { at, limit: TURNS_A_TICK });
        return { due: works, next: works.length > 0 ? undefined : await firstDue(trx, shopId) };
      });
      if (due.length === 0) return next;
      for (const workId of due) await turnWork(deps, shopId, workId);
      return await withShop(deps.db, shopId, (trx) => firstDue(trx, shopId));
    },
  };
}

function listed(offer: Offer, work: Work, names: OrderNames | undefined): ListedOffer {
  const { kind, serviceCode, promisedOn, promisedEnd } = work;
  const lines = work.lines.map((line) => ({
    ...line,
    title: names?.titles[line.lineId] ?? line.sku,
  }));
  const orderName = names?.name ?? offer.orderId;
  return { ...offer, orderName, work: { lines, kind, serviceCode, promisedOn, promisedEnd } };
}

/** What drives offers by the clock. */
export type OfferClockDependencies = {
  readonly tick: OfferService['tick'];
  readonly now: () => Temporal.Instant;
  readonly onClockSet: (listener: () => void) => () => void;
  readonly bus: Bus;
  readonly log: Log;
  /** Shops where the app is installed. */
  readonly shops: () => Promise<readonly ShopId[]>;
};

const TICK_MILLISECONDS = 1_000;
// A shop that told nothing is asked this seldom: a message may have been lost.
const ROUNDS_BETWEEN_LOOKS = 5;

/** Ticks every second the shops that have something due, all shops now and then. Returns how to stop. */
export function driveOffers(deps: OfferClockDependencies): () => void {
  const next = new Map<ShopId, Temporal.Instant | undefined>();
  let round = 0;
  let isRunning = false;

  const isDue = (shopId: ShopId) => {
    const due = next.get(shopId);
    if (!next.has(shopId) || round % ROUNDS_BETWEEN_LOOKS === 0) return true;
    return due !== undefined && Temporal.Instant.compare(due, deps.now()) <= 0;
  };
  const runAll = async () => {
    for (const shopId of await deps.shops()) {
      if (!isDue(shopId)) continue;
      try {
        next.set(shopId, await deps.tick(shopId));
      } catch (error) {
        deps.log.warn({ event: 'offers_tick_failed', shop: shopId, error });
      }
    }
  };
  const run = () => {
    if (isRunning) return;
    isRunning = true;
    round += 1;
    runAll()
      .catch((error: unknown) => deps.log.warn({ event: 'offers_tick_failed', error }))
      .finally(() => {
        isRunning = false;
      });
  };

  const stopHearing = deps.bus.subscribe(DESK_TOPIC, (shopId) => next.delete(shopId as ShopId));
  const stopSetting = deps.onClockSet(run);
  const timer = setInterval(run, TICK_MILLISECONDS);
  timer.unref();
  return () => {
    clearInterval(timer);
    stopHearing();
    stopSetting();
  };
}
