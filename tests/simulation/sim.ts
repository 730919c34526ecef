/**
 * What everybody in a simulation shares: chance, time, the product, Shopify, what was counted and told.
 */
import type { Kysely } from 'kysely';
import type { ShopId } from '../../backend/base/ids.ts';
import type { Random } from '../oracle/random.ts';
import type { Agenda } from './agenda.ts';
import type { Count } from './faults.ts';
import type { Services } from './services.ts';
import type { SimShopify } from './shopify.ts';

export type Sim = {
  readonly db: Kysely<unknown>;
  readonly shopId: ShopId;
  readonly random: Random;
  readonly agenda: Agenda;
  readonly services: Services;
  readonly shopify: SimShopify;
  readonly count: Count;
  /** A line of the seed's log. */
  readonly tell: (text: string) => void;
  /** Virtual minutes in which orders are placed. */
  readonly minutes: number;
};

/** Days of orders. */
export const DAYS = 14;
export const DAY = 1_440;

/** Has something done again and again until the end, waits in minutes given anew each time. */
export function recur(sim: Sim, wait: () => number, run: () => Promise<void>): void {
  const again = () => {
    sim.agenda.after(wait(), async () => {
      if (sim.agenda.minute() > sim.minutes) return;
      await run();
      again();
    });
  };
  again();
}

/** The local hour of the shop's day, 0 to 23. */
export function hourOf({ agenda }: Pick<Sim, 'agenda'>): number {
  return agenda.instantAt(agenda.minute()).toZonedDateTimeISO('Europe/Rome').hour;
}
