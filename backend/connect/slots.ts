/**
 * How many large requests are read and booked at once?
 *
 * In: the shop of a request, before its body is read. Out: a slot when its turn comes, or nothing: too many wait already,
 * or it waited too long; the caller answers 503 with Retry-After. Bodies in memory are bounded by the slots, per shop and
 * in all, so that one eager system slows down itself and nobody else.
 */
import type { ShopId } from '../base/ids.ts';

type SlotLimits = {
  /** Requests of one shop worked on at once: the ledger takes one writer's batches at a time, a second is read meanwhile. */
  readonly perShop: number;
  /** Requests of one shop that may wait for a slot, their bodies unread. */
  readonly waitingPerShop: number;
  /** Requests of all shops worked on at once. */
  readonly inAll: number;
  readonly waitMilliseconds: number;
};

/** Body limit × 16 is 128 MiB at worst; a shop's share of it is two. */
export const SLOT_LIMITS: SlotLimits = {
  perShop: 2,
  waitingPerShop: 8,
  inAll: 16,
  waitMilliseconds: 10_000,
};

type Waiting = { readonly shopId: ShopId; readonly take: () => void };

/** Builds the slots. */
export function createSlots(limits: SlotLimits) {
  const used = new Map<ShopId, number>();
  const waiting: Waiting[] = [];
  let usedInAll = 0;

  const isFree = (shopId: ShopId) =>
    usedInAll < limits.inAll && (used.get(shopId) ?? 0) < limits.perShop;
  const occupy = (shopId: ShopId) => {
    usedInAll += 1;
    used.set(shopId, (used.get(shopId) ?? 0) + 1);
  };
  // The first who waits and whose shop has room goes next: a full shop holds nobody else up.
  const release = (shopId: ShopId) => {
    usedInAll -= 1;
    const left = (used.get(shopId) ?? 1) - 1;
    if (left === 0) used.delete(shopId);
    else used.set(shopId, left);
    const next = waiting.findIndex((one) => isFree(one.shopId));
    if (next >= 0) waiting.splice(next, 1)[0]?.take();
  };
  const releaser = (shopId: ShopId) => {
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      release(shopId);
    };
  };
  return {
    /** A slot and how to give it back (once is enough, twice does no harm); undefined: busy. */
    take: (shopId: ShopId): Promise<(() => void) | undefined> => {
      if (isFree(shopId)) {
        occupy(shopId);
        return Promise.resolve(releaser(shopId));
      }
      const waitingHere = waiting.filter((one) => one.shopId === shopId).length;
      if (waitingHere >= limits.waitingPerShop) return Promise.resolve(undefined);
      return new Promise((resolve) => {
        const one: Waiting = {
          shopId,
          take: () => {
            clearTimeout(timer);
            occupy(shopId);
            resolve(releaser(shopId));
          },
        };
        const timer = setTimeout(() => {
          waiting.splice(waiting.indexOf(one), 1);
          resolve(undefined);
        }, limits.waitMilliseconds);
        waiting.push(one);
      });
    },
  };
}

/** What `createSlots` returns. */
export type Slots = ReturnType<typeof createSlots>;
