/**
 * What lies on the desks when the demo opens: pickups at every store, parcels at the stores of Rome, a day's start at the
 * warehouses. Bought through the checkout, so each carries the promise its buyer saw.
 */
import type { WorldInput } from '../../backend/network/world.ts';
import { buyAs, type Wish } from './shopper.ts';
import { STORY_SKUS } from './stock.ts';
import { DEMO_ADDRESSES } from './stories.ts';

type Town = keyof typeof DEMO_ADDRESSES;
const TOWNS: readonly Town[] = ['MILANO', 'ROMA', 'PARIS', 'BERLIN', 'MADRID', 'LONDON'];
// The buyers' towns have a dozen stores within reach; what lies elsewhere is collected by nobody of them.
const PICKUPS_A_STORE = 1;
/** Parcels that the two stores of Rome are asked for. */
const RACES = 3;

/** The wishes, the same for the same world. */
export function openingWishes(world: WorldInput): Wish[] {
  const told = new Set<string>(Object.values(STORY_SKUS));
  const pickups = world.nodes
    .filter(({ kind }) => kind === 'store')
    .flatMap((node): Wish[] => {
      const place = TOWNS.find((town) => DEMO_ADDRESSES[town].city === node.city);
      if (place === undefined) return [];
      return world.stock
        .filter(({ sku, nodeId, onHand }) => nodeId === node.id && onHand > 1 && !told.has(sku))
        .slice(0, PICKUPS_A_STORE)
        .map(({ sku }) => ({ sku, place, pickupAt: node.id }));
    });
  const races = Array.from(
    { length: RACES },
    (): Wish => ({ sku: STORY_SKUS.raced, place: 'ROMA', service: 'standard' }),
  );
  const parcels = world.products
    .filter(({ sku }) => !told.has(sku))
    .filter((_, index) => index % 67 === 3)
    .map(({ sku }, index): Wish => {
      const place = TOWNS[index % TOWNS.length] ?? 'MILANO';
      return { sku, place, service: standardTo(place) };
    });
  return [...pickups, ...races, ...parcels];
}

/** What most buyers of a town take. */
export function standardTo(place: keyof typeof DEMO_ADDRESSES): string {
  return place === 'LONDON' ? 'gb-standard' : 'standard';
}

/** Buys them; says how many were bought. */
export async function fillDesks(shopify: string, wishes: readonly Wish[]): Promise<number> {
  let bought = 0;
  for (const wish of wishes) if (await buyAs(shopify, wish)) bought += 1;
  return bought;
}
