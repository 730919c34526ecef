/**
 * A seeded retailer with as many positions as asked for, for measuring figures: no lanes, no carriers.
 *
 * Inputs: a seed, how many positions. Outputs: a checked network of 400 nodes, products (one in forty a kit),
 * the four channels every shop has, safety stock, quotas and claims; its stock rows, a SKU at 5 to 45 nodes;
 * and a stream of changes. The same seed gives the same shop on every machine.
 */
import type { World, WorldInput, WorldStockRow } from '../../../backend/network/world.ts';
import { worldSchema } from '../../../backend/network/world.ts';
import { type Chance, chanceFrom } from './big-network.ts';

const NODES = 400;
const WAREHOUSES = 12;
const LEAST_NODES = 5;
const MOST_NODES = 45;
const KIT_EVERY = 40;
const CATEGORIES = ['shoes', 'coats', 'shirts', 'bags', 'home', 'toys'];
type Place = Pick<WorldInput['nodes'][number], 'country' | 'region' | 'timeZone' | 'lat' | 'lng'>;
const COUNTRIES: [Place, ...Place[]] = [
  { country: 'IT', region: '25', timeZone: 'Europe/Rome', lat: 45, lng: 9 },
  { country: 'FR', timeZone: 'Europe/Paris', lat: 48, lng: 2 },
  { country: 'DE', region: 'BY', timeZone: 'Europe/Berlin', lat: 48, lng: 11 },
  { country: 'ES', timeZone: 'Europe/Madrid', lat: 40, lng: -3 },
];
export const BENCH_NOW = '2026-11-27T08:00:00+01:00';
export const BENCH_CHANNELS = ['online', 'pos', 'market', 'app'];

export type SellableShop = {
  readonly world: Omit<World, 'stock'>;
  readonly stock: WorldStockRow[];
};

/** The shop; `positions` stock rows, each SKU × node once. */
export function sellableShop(seed: number, positions: number): SellableShop {
  const chance = chanceFrom(seed);
  const stock: WorldStockRow[] = [];
  const products: WorldInput['products'] = [];
  const plain: string[] = [];
  while (stock.length < positions) {
    const sku = `SKU-${String(products.length).padStart(6, '0')}`;
    const isKit = plain.length > 2 && products.length % KIT_EVERY === 0;
    products.push({ sku, ...productOf(chance), ...(isKit ? kitOf(chance, plain) : {}) });
    if (isKit) continue;
    plain.push(sku);
    const nodes = LEAST_NODES + chance.below(MOST_NODES - LEAST_NODES + 1);
    addRows(stock, chance, { sku, nodes: Math.min(nodes, positions - stock.length) });
  }
  const { stock: _, ...world } = worldSchema.parse({
    policy: policyOf(chance, plain),
    policyVersion: 1,
    nodes: Array.from({ length: NODES }, (__, index) => nodeOf(index)),
    carriers: [],
    services: [],
    lanes: [],
    zones: [],
    pickupPoints: [],
    products,
    stock: [],
  });
  return { world, stock };
}

function nodeOf(index: number): WorldInput['nodes'][number] {
  const place = COUNTRIES[index % COUNTRIES.length] ?? COUNTRIES[0];
  return {
    id: nodeId(index),
    kind: index < WAREHOUSES ? 'warehouse' : 'store',
    ...place,
    tags: index % 10 === 0 ? ['flagship'] : [],
    takesOrders: index % 97 !== 96,
    hours: { weekly: { mon: [['08:00', '20:00']], tue: [['08:00', '20:00']] } },
  };
}

function nodeId(index: number): string {
  return `n${String(index).padStart(3, '0')}`;
}

function productOf(chance: Chance) {
  const category = CATEGORIES[chance.below(CATEGORIES.length)] ?? 'shoes';
  return { weightGrams: 100 + chance.below(3_000), category };
}

function kitOf(chance: Chance, plain: readonly string[]) {
  const skus = new Set<string>();
  const wanted = 2 + chance.below(2);
  while (skus.size < wanted) skus.add(plain[chance.below(plain.length)] ?? '');
  const components = [...skus].map((sku) => ({ sku, quantity: 1 + chance.below(3) }));
  return { kit: { components } };
}

function addRows(
  stock: WorldStockRow[],
  chance: Chance,
  of: { readonly sku: string; readonly nodes: number },
): void {
  // A stride that shares no factor with 400 visits different nodes.
  const first = chance.below(NODES);
  for (let at = 0; at < of.nodes; at += 1) {
    stock.push(rowOf(chance, of.sku, nodeId((first + at * 89) % NODES)));
  }
}

const NO_LOTS: WorldStockRow['incoming'] = [];

/** What stands at one node: mostly a few units, sometimes some of them damaged, promised or on their way. */
function rowOf(chance: Chance, sku: string, node: string): WorldStockRow {
  return {
    sku,
    nodeId: node,
    onHand: chance.below(chance.below(10) === 0 ? 200 : 12),
    unavailable: chance.below(20) === 0 ? 1 + chance.below(2) : 0,
    allocated: chance.below(8) === 0 ? 1 + chance.below(3) : 0,
    weeklySales: chance.below(40) / 8,
    incoming: chance.below(10) === 0 ? lotsOf(chance) : NO_LOTS,
  };
}

function lotsOf(chance: Chance): WorldStockRow['incoming'] {
  const expectedOn = `2026-12-${String(1 + chance.below(28)).padStart(2, '0')}`;
  return [{ quantity: 1 + chance.below(60), expectedOn }];
}

function policyOf(chance: Chance, plain: readonly string[]): WorldInput['policy'] {
  const sku = () => plain[chance.below(plain.length)] ?? '';
  const soon = (minutes: number) =>
    `2026-11-27T${String(8 + Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}:00+01:00`;
  return {
    timeZone: 'Europe/Rome',
    currency: 'EUR',
    channels: [
      { code: 'online', incomingHorizonDays: 14 },
      { code: 'pos', kinds: ['store'], incomingHorizonDays: 0 },
      { code: 'market', kinds: ['warehouse'], shareBasisPoints: 8_000, threshold: 3 },
      { code: 'app', countries: ['IT', 'FR'], shareBasisPoints: 9_000 },
    ],
    quotas: Array.from({ length: 4_000 }, (_, index) => ({
      sku: sku(),
      quantity: 1 + chance.below(20),
      ...(index % 2 === 0 ? { channel: 'market' } : { customerTag: 'vip' }),
    })),
    safetyStock: [
      { units: 1 },
      { category: 'toys', percent: 12.5 },
      { category: 'shoes', kind: 'store', units: 2 },
      { kind: 'store', weeksOfSupply: 0.5 },
      { nodeTag: 'flagship', percent: 20 },
      ...Array.from({ length: 500 }, () => ({ sku: sku(), units: chance.below(6) })),
    ],
    waiting: Array.from({ length: 6_000 }, () => ({ sku: sku(), quantity: 1 + chance.below(4) })),
    reservations: Array.from({ length: 6_000 }, () => ({
      sku: sku(),
      quantity: 1 + chance.below(3),
      channel: BENCH_CHANNELS[chance.below(4)] ?? 'online',
      expiresAt: soon(chance.below(30)),
    })),
  };
}

/** One change: a row as it is from now on, or units of orders that now wait. */
export type StockEvent =
  | { readonly at: number; readonly row: WorldStockRow }
  | { readonly waiting: { readonly sku: string; readonly quantity: number } };

/** Changes spread over all positions: sales, counts and arrivals, slipping lots, orders placed. */
export function stockEvents(seed: number, shop: SellableShop, count: number): StockEvent[] {
  const chance = chanceFrom(seed);
  const { stock } = shop;
  const latest = new Map<number, WorldStockRow>();
  return Array.from({ length: count }, (): StockEvent => {
    const at = chance.below(stock.length);
    const before = latest.get(at) ?? stock[at];
    if (before === undefined) throw new Error('Bug: a shop without stock');
    const kind = chance.below(20);
    if (kind === 0) return { waiting: { sku: before.sku, quantity: chance.below(5) } };
    const row =
      kind === 1
        ? { ...before, incoming: lotsOf(chance) }
        : { ...before, onHand: Math.max(0, before.onHand - 3 + chance.below(9)) };
    latest.set(at, row);
    return { at, row };
  });
}
