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
const SERVICE = 'standard';

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
  const isSendable = sendable(world);
  // A postal code nobody knows is an estimate, and what no place can send waits: neither is an order to measure.
  return bigRequests(SEED, { count: Math.ceil(count * 1.3) + 50, zones: SIZES.zones })
    .filter(({ destination }) => !destination.postalCode.startsWith('9'))
    .map(({ destination, lines }) => ({
      destination,
      lines: lines.slice(0, 1 + Math.floor(chance.next() ** 2 * 3)),
    }))
    .filter(({ destination, lines }) => lines.every(({ sku }) => isSendable(sku, destination)))
    .slice(0, count)
    .map(({ destination, lines }, index) => ({
      orderId: String(FIRST_ORDER + index),
      country: destination.country,
      postalCode: destination.postalCode,
      serviceCode: SERVICE,
      lines: lines.map(({ sku, quantity }, line) => ({
        lineId: String((FIRST_ORDER + index) * 10 + line),
        variantId: variants.get(sku) ?? '0',
        sku,
        quantity,
      })),
    }));
}

/** Some place that has the SKU sends to that country. */
function sendable({ lanes, zones, stock }: ReturnType<typeof ordersWorld>) {
  const countries = new Map(zones.map(({ id, country }) => [id, country]));
  const ways = new Set(
    lanes
      .filter(({ serviceCode }) => serviceCode === SERVICE)
      .flatMap(({ nodeIds, zoneIds }) => {
        const to = new Set(zoneIds.map((zoneId) => countries.get(zoneId)));
        return nodeIds.flatMap((nodeId) => [...to].map((country) => `${nodeId} ${country}`));
      }),
  );
  const places = Map.groupBy(stock, ({ sku }) => sku);
  return (sku: string, { country }: { readonly country: string }) =>
    (places.get(sku) ?? []).some(({ nodeId }) => ways.has(`${nodeId} ${country}`));
}

/** The place of an order among `ordersOf`. */
export function indexOfOrder(orderId: string): number {
  return Number(orderId) - FIRST_ORDER;
}
