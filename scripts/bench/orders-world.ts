/**
 * The orders of the bench `orders`: distinct, seeded, as shoppers place them; told by number, the same in every process.
 *
 * Baskets of one to three lines of the big retailer's catalogue, to addresses in its zones. Shopify's ids are made from the
 * order's number, so that the fake and the bench agree without speaking.
 */
import { bigRequests, bigWorld, chanceFrom } from './worlds/big-network.ts';

export const SEED = 20_261_127;
const SIZES = { nodes: 60, zones: 200, nodesPerSku: 12 } as const;
const FIRST_ORDER = 6_000_000_000_000;
// So much that no order waits for goods: what is measured is the way, not the lack.
const UNITS = 1_000_000;

/** The network, with goods for everybody. */
export function ordersWorld() {
  const world = bigWorld(SEED, SIZES);
  return { ...world, stock: world.stock.map((row) => ({ ...row, onHand: UNITS })) };
}

/** One order. */
export type BenchOrder = {
  readonly orderId: string;
  readonly country: string;
  readonly postalCode: string;
  readonly serviceCode: string;
  readonly lines: readonly {
    readonly lineId: string;
    readonly variantId: string;
    readonly sku: string;
    readonly quantity: number;
  }[];
};

/** So many orders, the same every time. */
export function ordersOf(count: number): readonly BenchOrder[] {
  const world = ordersWorld();
  const variants = new Map(world.products.map(({ sku }, index) => [sku, String(index + 1)]));
  const chance = chanceFrom(SEED ^ 0x0_4de4);
  // A postal code nobody knows is an estimate, not an order to measure.
  return bigRequests(SEED, { count: Math.ceil(count * 1.2), zones: SIZES.zones })
    .filter(({ destination }) => !destination.postalCode.startsWith('9'))
    .slice(0, count)
    .map(({ destination, lines }, index) => ({
      orderId: String(FIRST_ORDER + index),
      country: destination.country,
      postalCode: destination.postalCode,
      serviceCode: 'standard',
      lines: lines
        .slice(0, 1 + Math.floor(chance.next() ** 2 * 3))
        .map(({ sku, quantity }, line) => ({
          lineId: String((FIRST_ORDER + index) * 10 + line),
          variantId: variants.get(sku) ?? '0',
          sku,
          quantity,
        })),
    }));
}

/** The place of an order among `ordersOf`. */
export function indexOfOrder(orderId: string): number {
  return Number(orderId) - FIRST_ORDER;
}
