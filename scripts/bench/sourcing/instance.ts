/**
 * A sourcing problem as other programs exchange it: orders on a map, locations with stock and capacity.
 *
 * Seeded: the same seed and sizes give the same instance on every machine. Customers and locations sit
 * on real Italian postal codes drawn by what a province weighs; baskets of 1–4 lines over SKUs of falling
 * popularity; everything else is synthetic. `history` follows the same law as the orders and uses up nothing.
 * Postal codes: © GeoNames, CC BY 4.0 (italy.csv; rounded to 3 decimals).
 */
import fs from 'node:fs';
import { type Chance, chanceFrom } from '../worlds/big-network.ts';

/** Somewhere on the map. */
export type Point = { readonly lat: number; readonly lng: number };

/** An order: where to, how soon, and what. Weights are kilograms of one unit. */
export type SourcingOrder = Point & {
  readonly id: string;
  readonly postalCode: string;
  readonly promiseDays: number;
  readonly lines: readonly { readonly sku: string; readonly qty: number; readonly kg: number }[];
};

/** A place that ships. Costs are cents; stock is units by SKU. */
export type SourcingLocation = Point & {
  readonly id: string;
  readonly type: 'warehouse' | 'store';
  readonly postalCode: string;
  readonly prepDays: number;
  readonly handlingCents: number;
  readonly packCents: number;
  readonly capacityUnits: number;
  readonly stock: Readonly<Record<string, number>>;
};

/** One instance; the field names are those of the exchange format. */
export type Instance = {
  readonly version: 1;
  readonly name: string;
  readonly seed: number;
  readonly zones: readonly {
    readonly maxKm: number;
    readonly baseCents: number;
    readonly perKgCents: number;
    readonly transitDays: number;
  }[];
  readonly latePackageCents: number;
  readonly lateDayCents: number;
  readonly unfilledLineCents: number;
  readonly skus: readonly string[];
  readonly locations: readonly SourcingLocation[];
  readonly orders: readonly SourcingOrder[];
  readonly history?: readonly SourcingOrder[];
};

/** How much there is for how many. */
export type Family = {
  readonly name: string;
  readonly stockFactor: number;
  readonly capacityFactor: number;
  readonly assortment: number;
};

/** From plenty to hardly enough. */
export const FAMILIES: readonly Family[] = [
  { name: 'easy', stockFactor: 6, capacityFactor: 3, assortment: 0.9 },
  { name: 'mid', stockFactor: 3, capacityFactor: 1.6, assortment: 0.75 },
  { name: 'tight', stockFactor: 1.8, capacityFactor: 1.2, assortment: 0.6 },
];

/** How many of each. */
export type Size = {
  readonly orders: number;
  readonly locations: number;
  readonly warehouses: number;
  readonly skus: number;
};

/** 200 orders over 50 locations. */
export const SIZE_M: Size = { orders: 200, locations: 50, warehouses: 4, skus: 250 };

const ZONES = [
  { maxKm: 60, baseCents: 390, perKgCents: 12, transitDays: 1 },
  { maxKm: 250, baseCents: 470, perKgCents: 18, transitDays: 1 },
  { maxKm: 550, baseCents: 560, perKgCents: 26, transitDays: 2 },
  { maxKm: 900, baseCents: 680, perKgCents: 38, transitDays: 2 },
  { maxKm: 99_999, baseCents: 890, perKgCents: 55, transitDays: 3 },
] as const;

// Millions of people by province where it is more or less than most (ISTAT, order of magnitude).
const PROVINCE_WEIGHTS: Readonly<Record<string, number>> = {
  MI: 3.2,
  RM: 4.2,
  NA: 3,
  TO: 2.2,
  BA: 1.2,
  PA: 1.2,
  BS: 1.25,
  CT: 1.07,
  BG: 1.1,
  SA: 1.06,
  BO: 1.02,
  FI: 0.99,
  PD: 0.93,
  VR: 0.93,
  VA: 0.88,
  CE: 0.9,
  TV: 0.88,
  VI: 0.85,
  VE: 0.84,
  GE: 0.82,
  MB: 0.87,
  LE: 0.77,
  MO: 0.7,
  CA: 0.42,
  PG: 0.64,
  LT: 0.56,
  FG: 0.6,
  ME: 0.6,
};
const OTHER_PROVINCE_WEIGHT = 0.4;
const BASKET_SHARES = [0.48, 0.28, 0.15, 0.09];
const PROMISE_DAYS = [1, 2, 2, 3, 3, 4];

type Place = Point & { readonly postalCode: string };
type Italy = {
  readonly provinces: readonly (readonly Place[])[];
  readonly weights: readonly number[];
};

/** The postal codes of Italy by province. */
export function readMap(): Italy {
  const text = fs.readFileSync(new URL('./italy.csv', import.meta.url), 'utf8');
  const places = text
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => {
      const [postalCode = '', lat, lng, province = ''] = row.split(',');
      return { postalCode, lat: Number(lat), lng: Number(lng), province };
    });
  const byProvince = Object.groupBy(places, (place) => place.province);
  return {
    provinces: Object.values(byProvince).map((list) => list ?? []),
    weights: Object.keys(byProvince).map((code) => PROVINCE_WEIGHTS[code] ?? OTHER_PROVINCE_WEIGHT),
  };
}

/** Draws an instance. */
export function makeInstance(
  map: Italy,
  of: {
    readonly name: string;
    readonly seed: number;
    readonly family: Family;
    readonly size: Size;
  },
): Instance {
  const { name, seed, family, size } = of;
  const chance = chanceFrom(seed);
  const skus = Array.from({ length: size.skus }, (_, index) => `S${index}`);
  const kilograms = skus.map(() => Number((0.1 + 4 * chance.next() ** 3).toFixed(2)));
  const popularity = skus.map((_, index) => 1 / (index + 3) ** 0.8);
  const draw = (prefix: string): SourcingOrder[] =>
    Array.from({ length: size.orders }, (_, index) => ({
      id: `${prefix}${index}`,
      ...placeOn(map, chance),
      promiseDays: PROMISE_DAYS[chance.below(PROMISE_DAYS.length)] ?? 2,
      lines: basketOf(chance, popularity).map((sku) => ({
        sku: skus[sku] ?? '',
        qty: chance.next() < 0.93 ? 1 : 2,
        kg: kilograms[sku] ?? 1,
      })),
    }));
  const orders = draw('O');
  const history = draw('H');
  return {
    version: 1,
    name,
    seed,
    zones: ZONES,
    latePackageCents: 400,
    lateDayCents: 200,
    unfilledLineCents: 3_000,
    skus,
    locations: makeLocations(map, chance, { size, family, skus, orders }),
    orders,
    history,
  };
}

function placeOn(map: Italy, chance: Chance): Place {
  const province = map.provinces[weighted(chance, map.weights)] ?? [];
  const place = province[chance.below(province.length)];
  if (place === undefined) throw new Error('italy.csv has a province without a postal code');
  return { postalCode: place.postalCode, lat: place.lat, lng: place.lng };
}

function weighted(chance: Chance, weights: readonly number[]): number {
  let left = chance.next() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return weights.length - 1;
}

function basketOf(chance: Chance, popularity: readonly number[]): number[] {
  const count = weighted(chance, BASKET_SHARES) + 1;
  const basket = new Set<number>();
  while (basket.size < count) basket.add(weighted(chance, popularity));
  return [...basket];
}

type Making = {
  readonly size: Size;
  readonly family: Family;
  readonly skus: readonly string[];
  readonly orders: readonly SourcingOrder[];
};

function makeLocations(map: Italy, chance: Chance, making: Making): SourcingLocation[] {
  const { size, family, skus, orders } = making;
  const isWarehouse = (index: number) => index < size.warehouses;
  const bare = Array.from({ length: size.locations }, (_, index) => ({
    id: `L${index}`,
    type: isWarehouse(index) ? ('warehouse' as const) : ('store' as const),
    ...placeOn(map, chance),
    prepDays: isWarehouse(index) ? 0 : chance.below(2),
    handlingCents: isWarehouse(index) ? 35 + chance.below(26) : 90 + chance.below(91),
    packCents: isWarehouse(index) ? 60 : 80 + chance.below(61),
    stock: {} as Record<string, number>,
  }));
  const lines = orders.flatMap((order) => order.lines);
  for (const sku of skus) {
    const demand = lines.reduce((sum, line) => sum + (line.sku === sku ? line.qty : 0), 0);
    const units = Math.max(1, Math.round(demand * family.stockFactor + chance.next()));
    const holders = bare.filter(
      (_, index) => chance.next() < family.assortment * (isWarehouse(index) ? 1 : 0.38),
    );
    const holding = holders.length > 0 ? holders : [bare[chance.below(bare.length)]];
    const weights = holding.map((one) => (one?.type === 'warehouse' ? 5 : 1));
    for (let unit = 0; unit < units; unit += 1) {
      const stock = holding[weighted(chance, weights)]?.stock ?? {};
      stock[sku] = (stock[sku] ?? 0) + 1;
    }
  }
  const shares = bare.map((_, index) => (isWarehouse(index) ? 6 : 1) * (0.6 + 0.8 * chance.next()));
  const shareSum = shares.reduce((sum, share) => sum + share, 0);
  const unitsWanted = lines.reduce((sum, line) => sum + line.qty, 0);
  return bare.map((location, index) => ({
    ...location,
    capacityUnits: Math.max(
      1,
      Math.round((unitsWanted * family.capacityFactor * (shares[index] ?? 0)) / shareSum),
    ),
  }));
}
