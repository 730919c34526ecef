/**
 * One process of several that reserve, release and order the same few units at the same time.
 *
 * Started by `fork` with DATABASE_URL, SHOP, SEED and ATTEMPTS. Works as many attempts off as it was told, eight at a
 * time, and says what it was granted: the parent counts the tables and compares.
 */

import type { ShopId } from '../../backend/base/ids.ts';
import { systemClock } from '../../backend/platform/clock.ts';
import { openDatabase } from '../../backend/platform/database.ts';
import { chanceFrom } from '../../scripts/bench/worlds/big-network.ts';
import { statedOrder } from './claims-orders.ts';
import { storyServices } from './claims-postgres.ts';
import { overdrawn } from './claims-shop.ts';
import { STORY_NODES, STORY_SKUS } from './claims-story.ts';

/** What a rival tells its parent in the end. */
export type RivalReport = {
  readonly attempts: number;
  readonly granted: number;
  readonly refused: number;
  /** What it saw promised beyond what there is, while they fought. */
  readonly overdrawn: readonly string[];
};

const env = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
};

const AT_ONCE = 8;
const LOOK_EVERY = 25;
const shopId = env('SHOP') as ShopId;
const chance = chanceFrom(Number(env('SEED')));
const db = openDatabase<unknown>({
  url: env('DATABASE_URL'),
  assumesAppRole: false,
  maxConnections: AT_ONCE,
  onIdleError: () => undefined,
});
const { reservations, orders } = storyServices(db, shopId, systemClock());
const report: { attempts: number; granted: number; refused: number; overdrawn: string[] } = {
  attempts: 0,
  granted: 0,
  refused: 0,
  overdrawn: [],
};
const mine: { readonly id: string; readonly key: string; readonly skus: readonly string[] }[] = [];

async function attempt(number: number): Promise<void> {
  const first = chance.below(STORY_SKUS.length);
  const skus = [0, 1].map((step) => STORY_SKUS[(first + step) % STORY_SKUS.length] ?? '');
  // Every fourth key is fought over by all processes.
  const key = number % 4 === 0 ? `shared-${number % 40}` : `${process.pid}-${number}`;
  const lines = skus.map((sku) => ({ sku, quantity: 1 + chance.below(2) }));
  const slot = number % 3 === 0 ? { nodeId: 'rome', startsAt: '2099-11-30T15:00:00Z' } : undefined;
  const asked = { channel: 'online', key, customerTags: [], lines, slot };
  const done = await reservations.reserve(shopId, asked);
  report.attempts += 1;
  if (!done.ok) {
    report.refused += 1;
  } else {
    report.granted += 1;
    mine.push({ id: done.value.reservationId, key, skus });
  }
  if (number % LOOK_EVERY === 0) report.overdrawn.push(...(await overdrawn(db, shopId)));
  const roll = chance.next();
  const [one] = mine.splice(chance.below(Math.max(1, mine.length)), roll < 0.5 ? 1 : 0);
  if (one === undefined) return;
  // An order is booked whatever there is: only one whose reservation is surely its own proves anything here.
  if (roll < 0.4 || one.key.startsWith('shared')) await reservations.release(shopId, one.id);
  else {
    const units = Object.fromEntries(one.skus.map((sku) => [sku, 1]));
    const orderId = `${process.pid}-${number}`;
    await orders.follow(shopId, statedOrder(orderId, units, { reservationKey: one.key }));
    const wishes = one.skus.map((sku) => ({ lineId: `l-${sku}`, nodeIds: STORY_NODES }));
    await orders.allocateFrom(shopId, orderId, wishes);
    // An order that is canceled makes room for others, so that the fight goes on.
    if (chance.next() < 0.8)
      await orders.follow(shopId, statedOrder(orderId, units, { canceled: units }));
  }
}

let next = 0;
const total = Number(env('ATTEMPTS'));
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    while (next < total) {
      next += 1;
      await attempt(next);
    }
  }),
);
await db.destroy();
process.send?.(report satisfies RivalReport);
