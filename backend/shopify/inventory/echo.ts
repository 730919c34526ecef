/**
 * Shopify says that a level changed: was it us, and if not, what follows?
 *
 * In: a level's new `available` as a webhook tells it, late, twice or out of order. Out: nothing for our own echo; for
 * a level we write, a read that finds out what happened; for a level of Shopify's, a read that is booked as a count.
 * Invariants: a value we know or are about to write, and anything older than what we know, costs no call and no write.
 */
import type { ShopId } from '../../base/ids.ts';
import type { LevelStore } from './level-store.ts';
import type { OutboxStore } from './outbox-store.ts';

/** A level as a webhook tells it; numbers are Shopify's. */
export type ToldLevel = {
  readonly itemId: number;
  readonly locationId: number;
  /** Undefined or null: the webhook did not say. */
  readonly available: number | null | undefined;
  /** ISO instant. */
  readonly updatedAt: string | undefined;
};

/** What a told level is. */
export type Told = 'echo' | 'ours_changed' | 'theirs_changed';

export type EchoDeps = {
  readonly levels: LevelStore;
  readonly outbox: OutboxStore;
  readonly now: () => Temporal.Instant;
  /** Tells the push that there is something to do. */
  readonly wake: (shopId: ShopId) => void;
};

/** Sorts a told level, and has a level of ours read again when it is not our echo. */
export async function takeTold(deps: EchoDeps, shopId: ShopId, told: ToldLevel): Promise<Told> {
  const known = await deps.levels.sortTold(shopId, told);
  if (known !== 'ours_changed') return known;
  const at = { locations: [told.locationId], items: [told.itemId] };
  await deps.outbox.announce(shopId, { lane: 'read', ...at }, deps.now());
  deps.wake(shopId);
  return known;
}
