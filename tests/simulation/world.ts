/**
 * The shop of a simulation: a warehouse and four stores in Italy, eight SKUs, not much of each.
 */
import type { WorldInput } from '../../backend/network/world.ts';
import { townWorld } from '../worlds/routing-town.ts';
import { everyDay, weekdays } from '../worlds/worlds.ts';

export const WAREHOUSE = 'w';
export const STORES = ['a', 'b', 'c', 'd'] as const;
export const NODES = [WAREHOUSE, ...STORES] as const;
export const SKUS = ['S0', 'S1', 'S2', 'S3', 'S4', 'S5', 'S6', 'S7'] as const;
export const POSTAL_CODES = ['20121', '00187', '10121', '50122', '80133'] as const;

/** Shopify's number of a node's location, and back. */
export const locationOf = (nodeId: string): string | null => {
  const index = NODES.findIndex((one) => one === nodeId);
  return index < 0 ? null : String(101 + index);
};
export const nodeOf = (locationId: string): string | undefined => NODES[Number(locationId) - 101];

/** The network. */
export function simulatedWorld(): WorldInput {
  const stock = (units: number) => Object.fromEntries(SKUS.map((sku) => [sku, units]));
  const store = (costMinor: number) => ({
    ...{ stock: stock(6), costMinor, days: 1 },
    more: {
      ...{ kind: 'store' as const, hours: everyDay('09:00', '20:00'), leadTimeMinutes: 60 },
      ...{ offersPickup: true, pickupLeadMinutes: 60 },
    },
  });
  return townWorld({
    [WAREHOUSE]: {
      ...{ stock: stock(25), costMinor: 600, days: 2 },
      more: { hours: weekdays('08:00', '18:00'), leadTimeMinutes: 60 },
    },
    a: store(400),
    b: store(450),
    c: store(500),
    d: store(550),
  });
}
