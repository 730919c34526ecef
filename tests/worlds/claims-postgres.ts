/**
 * Claims kept by the product itself on a real Postgres, for stories that a model is told as well.
 *
 * Positions live in the database alone; facts in memory say that there is plenty, so that the hard rule decides.
 */
import type { Kysely } from 'kysely';
import type { ShopId } from '../../backend/base/ids.ts';
import type { Clock } from '../../backend/platform/clock.ts';
import { createIdSource } from '../../backend/platform/signing.ts';
import type { StockEvent } from '../../backend/stock/ledger/ledger.ts';
import { createLedgerService } from '../../backend/stock/ledger/service.ts';
import { createOrderClaims } from '../../backend/stock/reservations/order-claims/service.ts';
import { createReservationService } from '../../backend/stock/reservations/service.ts';
import { storyWorld } from './claims-model.ts';
import { countClaims } from './claims-shop.ts';
import { type ClaimsKeeper, STORY_NODES } from './claims-story.ts';
import { liveShopOf } from './live-shop.ts';

/** The two services over `db`, for a shop of the story's world. */
export function storyServices(db: Kysely<unknown>, shopId: ShopId, clock: Clock) {
  const live = liveShopOf(shopId, storyWorld(), {
    now: clock.now(),
    confirmedAt: 0,
    skuOfVariant: new Map(),
  });
  const shared = {
    db,
    clock,
    openShop: async () => live,
    announce: async () => undefined,
  };
  return {
    reservations: createReservationService({ ...shared, newId: createIdSource() }),
    orders: createOrderClaims(shared),
  };
}

/** A keeper of claims on Postgres. */
export function postgresKeeper(
  db: Kysely<unknown>,
  shopId: ShopId,
  clock: Clock & { set(to: Temporal.Instant): void },
): ClaimsKeeper {
  const { reservations, orders } = storyServices(db, shopId, clock);
  const ids = new Map<string, string>();
  let counts = 0;
  const ledger = createLedgerService({
    db,
    clock,
    knownNodes: async () => new Set(STORY_NODES),
    announce: async () => undefined,
  });
  const book = async (event: Omit<StockEvent, 'type' | 'occurredAt'>) => {
    const events = [{ ...event, type: 'on_hand' as const, occurredAt: clock.now().toString() }];
    const booked = await ledger.ingest(shopId, { source: 'story', actor: 'test', events });
    if (!booked.ok) throw new Error('the ledger refused a story');
  };
  return {
    reserve: async (ask) => {
      const done = await reservations.reserve(shopId, { ...ask, customerTags: [] });
      if (!done.ok) return done.refusal.code;
      ids.set(ask.key, done.value.reservationId);
      return 'granted';
    },
    release: async (key) => {
      await reservations.release(shopId, ids.get(key) ?? 'none');
    },
    follow: async (order) => {
      await orders.follow(shopId, order);
    },
    receive: async ({ eventId, sku, nodeId, units }) => {
      const happened = { kind: 'delta', quantity: units, reason: 'received' } as const;
      await book({ ...happened, eventId, sku, nodeId });
    },
    recount: async ({ sku, nodeId, units }) => {
      counts += 1;
      const happened = { kind: 'count', quantity: units, reason: 'recount' } as const;
      await book({ ...happened, eventId: `count-${counts}`, sku, nodeId });
      await orders.returnToRouting(shopId, await ledger.readShortages(shopId));
    },
    setTime: (now) => clock.set(now),
    sweep: async () => {
      await reservations.sweep(shopId);
    },
    count: (sku) => countClaims(db, shopId, sku),
  };
}
