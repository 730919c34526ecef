/**
 * A shop held live without a database: a named world compiled for one instant, as the stock service would hold it.
 */
import type { ShopId } from '../../backend/base/ids.ts';
import { instantToMinuteFloor } from '../../backend/base/time.ts';
import { compileNetwork } from '../../backend/network/network.ts';
import type { WorldInput } from '../../backend/network/world.ts';
import type { Clock } from '../../backend/platform/clock.ts';
import type { Log } from '../../backend/platform/log.ts';
import { createIdSource, createSigner } from '../../backend/platform/signing.ts';
import { createPromiseService, type PromiseService } from '../../backend/promise/service.ts';
import type { PromiseStore } from '../../backend/promise/store.ts';
import type { LiveShop } from '../../backend/stock/service.ts';
import { factsOfWorld } from '../../backend/stock/stock.ts';
import { parsed } from './worlds.ts';

/** Says nothing to anybody. */
export const quietLog: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** How a test's rows are said to the stock store. */
export function saidAt(now: Temporal.Instant) {
  return { source: 'kept', actor: 'test', reason: 'correction', now: now.toString() } as const;
}

/** The world as a shop whose facts the database confirmed at `confirmedAt` (monotonic ms). */
export function liveShopOf(
  shopId: ShopId,
  input: WorldInput,
  at: {
    readonly now: Temporal.Instant;
    readonly confirmedAt: number;
    readonly skuOfVariant: ReadonlyMap<string, string>;
  },
): LiveShop {
  const world = parsed(input);
  const snapshot = compileNetwork(world, instantToMinuteFloor(at.now.toString()));
  return {
    shopId,
    snapshot,
    facts: factsOfWorld(snapshot, world),
    skuOfVariant: at.skuOfVariant,
    stockVersion: 1,
    loadVersion: 1,
    loadsUntilMinute: Number.MAX_SAFE_INTEGER,
    confirmedAt: at.confirmedAt,
  };
}

/** A promise service over a real store that knows where Milan's 20121 lies. */
export function promiseServiceOf(store: PromiseStore, clock: Clock): PromiseService {
  return createPromiseService({
    store,
    signer: createSigner([{ id: 'k', key: Buffer.alloc(32, 7) }]),
    newId: createIdSource(),
    places: [new Map([['IT', new Map([['20121', { lat: 45.46, lng: 9.19 }]])]])],
    clock,
    monotonicMilliseconds: () => performance.now(),
    log: quietLog,
    usesCache: true,
  });
}
