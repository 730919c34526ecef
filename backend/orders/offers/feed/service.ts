/**
 * How does a store's desk hear of what happens, on whatever replica it is connected?
 *
 * In: desks that listen for a node. Out: what concerns each, once, as soon as it has been committed anywhere. One reading of
 * the timeline a shop serves all its desks of this process. A message on the bus makes it read at once; without one it
 * reads every `POLL_MILLISECONDS`. A desk that begins to listen hears what happens from then on, and asks for the rest.
 * Invariants: an event of a transaction that committed late is not passed over (store.ts); a shop without desks is not read.
 */
import type { Kysely } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import type { Bus } from '../../../platform/bus.ts';
import { withShop } from '../../../platform/database.ts';
import type { Log } from '../../../platform/log.ts';
import { type DeskEvent, deskEvents } from './desk-events.ts';
import { type FeedRow, readHorizon, readSince } from './store.ts';

/** The bus topic; its messages are shop ids. */
export const DESK_TOPIC = 'desk';

// A loser is told within a second, also when no message comes.
const POLL_MILLISECONDS = 200;
const ROWS_MAX = 2_000;

/** What the feed stands on. */
export type FeedDependencies = {
  readonly db: Kysely<unknown>;
  readonly bus: Bus;
  readonly log: Log;
};

type Listener = (event: DeskEvent) => void;

type ShopFeed = {
  readonly byNode: Map<string, Set<Listener>>;
  since: string | undefined;
  /** Numbers of events told already that may be read again, with their transaction. */
  readonly told: Map<number, bigint>;
  isReading: boolean;
  isAsked: boolean;
};

/** Builds the feed; `stop` ends its timer. */
export function createDeskFeed(deps: FeedDependencies) {
  const shops = new Map<ShopId, ShopFeed>();
  const stopping = new Set<() => void>();
  let isStopped = false;

  const look = (shopId: ShopId): void => {
    const shop = shops.get(shopId);
    if (shop === undefined) return;
    shop.isAsked = true;
    if (shop.isReading) return;
    shop.isReading = true;
    readOn(deps, shopId, shop)
      .catch((error: unknown) => {
        if (!isStopped) deps.log.warn({ event: 'desk_feed_fault', shop: shopId, error });
      })
      .finally(() => {
        shop.isReading = false;
      });
  };

  const stopHearing = deps.bus.subscribe(DESK_TOPIC, (shopId) => look(shopId as ShopId));
  const timer = setInterval(() => {
    for (const shopId of shops.keys()) look(shopId);
  }, POLL_MILLISECONDS);
  timer.unref();

  return {
    /** Hears what concerns a node from now on. Resolves when nothing can be missed any more; gives how to stop. */
    subscribe: async (shopId: ShopId, nodeId: string, listener: Listener): Promise<() => void> => {
      const shop = shops.get(shopId) ?? newShop();
      shops.set(shopId, shop);
      const listeners = shop.byNode.get(nodeId) ?? new Set();
      shop.byNode.set(nodeId, listeners.add(listener));
      const leave = () => {
        listeners.delete(listener);
        if (listeners.size === 0) shop.byNode.delete(nodeId);
        if (shop.byNode.size === 0) shops.delete(shopId);
      };
      try {
        const horizon = await withShop(deps.db, shopId, readHorizon);
        // Another desk may have begun meanwhile, and been told of something since.
        shop.since ??= horizon;
      } catch (error) {
        leave();
        throw error;
      }
      return leave;
    },
    /** Says, on every replica, that there is something to read. */
    poke: (shopId: ShopId): void => {
      void deps.bus.publish(DESK_TOPIC, shopId);
    },
    /** Calls back when the feed stops: streams end then, so that the process can. Gives how to forget it. */
    onStop: (listener: () => void): (() => void) => {
      // Who comes while the process ends is not kept either.
      if (isStopped) listener();
      stopping.add(listener);
      return () => stopping.delete(listener);
    },
    stop: (): void => {
      isStopped = true;
      clearInterval(timer);
      stopHearing();
      shops.clear();
      for (const listener of stopping) listener();
      stopping.clear();
    },
  };
}

/** What `createDeskFeed` returns. */
export type DeskFeed = ReturnType<typeof createDeskFeed>;

function newShop(): ShopFeed {
  return {
    byNode: new Map(),
    since: undefined,
    told: new Map(),
    isReading: false,
    isAsked: false,
  };
}

async function readOn(deps: FeedDependencies, shopId: ShopId, shop: ShopFeed): Promise<void> {
  while (shop.isAsked) {
    const { since } = shop;
    shop.isAsked = false;
    if (since === undefined) return;
    const read = await withShop(deps.db, shopId, (trx) =>
      readSince(trx, shopId, { since, limit: ROWS_MAX }),
    );
    for (const row of read.rows) tell(shop, row);
    const last = read.rows.at(-1);
    // More than one reading holds: on from the last one, whose transaction may have more.
    const isCut = read.rows.length === ROWS_MAX && last !== undefined && last.xact !== since;
    shop.since = isCut ? last.xact : read.horizon;
    if (isCut) shop.isAsked = true;
    forget(shop, BigInt(shop.since));
  }
}

function tell(shop: ShopFeed, row: FeedRow): void {
  if (shop.told.has(row.seq)) return;
  shop.told.set(row.seq, BigInt(row.xact));
  for (const [nodeId, event] of deskEvents(row)) {
    for (const listener of shop.byNode.get(nodeId) ?? []) listener(event);
  }
}

function forget(shop: ShopFeed, since: bigint): void {
  for (const [seq, xact] of shop.told) {
    if (xact < since) shop.told.delete(seq);
  }
}
