/**
 * A seeded retailer of any size, for measuring: nodes, zones, services, stock and requests.
 *
 * Inputs: a seed and sizes. Outputs: a world that `parseWorld` accepts and as many distinct requests as asked for.
 * The same seed gives the same world and requests on every machine. Five countries; a tenth of the nodes are
 * warehouses, the rest stores that also ship; the catalogue comes in ranges, each range stocked by the same nodes, so
 * that most baskets (of one range) can leave one node and those of several ranges cannot.
 */

import { instantToMinuteFloor } from '../../../backend/base/time.ts';
import type { World, WorldInput } from '../../../backend/network/world.ts';
import { parseWorld } from '../../../backend/network/world-parse.ts';
import type { QuoteRequest } from '../../../backend/promise/quote.ts';

export type Sizes = {
  readonly nodes: number;
  readonly zones: number;
  /** Nodes that stock each SKU. */
  readonly nodesPerSku: number;
};

/** Chance that is the same everywhere (mulberry32). */
export type Chance = {
  readonly next: () => number;
  /** A whole number below `count`. */
  readonly below: (count: number) => number;
};

/** A stream of chance from a seed. */
export function chanceFrom(seed: number): Chance {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return { next, below: (count) => Math.floor(next() * count) };
}

const COUNTRIES = [
  { country: 'IT', timeZone: 'Europe/Rome', lat: 43, lng: 12 },
  { country: 'FR', timeZone: 'Europe/Paris', lat: 47, lng: 2.5 },
  { country: 'DE', timeZone: 'Europe/Berlin', lat: 51, lng: 10 },
  { country: 'ES', timeZone: 'Europe/Madrid', lat: 40, lng: -3.5 },
  { country: 'GB', timeZone: 'Europe/London', lat: 52.5, lng: -1.5 },
] as const;
type Country = (typeof COUNTRIES)[number];

/** Eight services: six to the door, two to pickup points. */
const SERVICES = [
  { code: 'economy', method: 'home', days: 3, times: ['17:00'] },
  { code: 'standard', method: 'home', days: 2, times: ['18:00'] },
  { code: 'express', method: 'home', days: 1, times: ['18:30'] },
  { code: 'express-10', method: 'home', days: 1, times: ['18:30'], deliverBy: '10:00' },
  { code: 'saturday', method: 'home', days: 2, times: ['12:00', '18:00'] },
  { code: 'bulky', method: 'home', days: 4, times: ['15:00'] },
  { code: 'points-a', method: 'pickup_point', days: 2, times: ['17:30'], network: 'a' },
  { code: 'points-b', method: 'pickup_point', days: 3, times: ['16:30'], network: 'b' },
] as const;

const RANGES = 40;
const SKUS_PER_RANGE = 30;
const POINTS_PER_COUNTRY = 300;

/** Days of requests, from the first: a fortnight with the change to winter time in it. */
export const FIRST_NOW = '2026-10-17T00:00:00+02:00';
export const REQUEST_DAYS = 14;

/** The retailer. */
export function bigWorld(seed: number, sizes: Sizes): World {
  const chance = chanceFrom(seed);
  const nodes = Array.from({ length: sizes.nodes }, (_, index) => nodeOf(chance, index));
  const zones = zonesOf(chance, sizes.zones);
  const world: WorldInput = {
    policy: { timeZone: 'Europe/Rome', currency: 'EUR' },
    policyVersion: 1,
    nodes,
    carriers: [{ id: 'carrier' }],
    services: SERVICES.map(serviceOf),
    lanes: lanesOf(chance, nodes, zones),
    zones,
    pickupPoints: COUNTRIES.flatMap((place) => pointsOf(chance, place)),
    products: productsOf(chance),
    stock: stockOf(chance, nodes, sizes.nodesPerSku),
  };
  const parsed = parseWorld(world);
  if (!parsed.ok)
    throw new Error(`the generated world is refused: ${JSON.stringify(parsed.refusal)}`);
  return parsed.value;
}

function pick<T>(chance: Chance, from: readonly [T, ...T[]]): T {
  return from[chance.below(from.length)] ?? from[0];
}

type NodeInput = WorldInput['nodes'][number];

function near(chance: Chance, place: Country) {
  return {
    lat: Math.round((place.lat + (chance.next() - 0.5) * 6) * 1e4) / 1e4,
    lng: Math.round((place.lng + (chance.next() - 0.5) * 6) * 1e4) / 1e4,
  };
}

function nodeOf(chance: Chance, index: number): NodeInput {
  const place = COUNTRIES[index % COUNTRIES.length] ?? COUNTRIES[0];
  const isWarehouse = index % 10 < 1;
  const opens = isWarehouse ? '06:00' : pick(chance, ['09:00', '09:30', '10:00']);
  const closes = isWarehouse ? '22:00' : pick(chance, ['19:00', '19:30', '20:00']);
  const days = isWarehouse ? (['mon', 'tue', 'wed', 'thu', 'fri'] as const) : WEEK;
  const cutOff = isWarehouse ? '17:00' : pick(chance, ['13:00', '14:00', '15:00']);
  const hasRate = chance.next() < 0.3;
  return {
    id: `node-${String(index).padStart(4, '0')}`,
    kind: isWarehouse ? 'warehouse' : 'store',
    country: place.country,
    timeZone: place.timeZone,
    ...near(chance, place),
    hours: { weekly: Object.fromEntries(days.map((day) => [day, [[opens, closes]]])) },
    cutOffs: Object.fromEntries(days.map((day) => [day, cutOff])),
    leadTimeMinutes: pick(chance, [60, 120, 180]),
    offersPickup: !isWarehouse,
    pickupLeadMinutes: 60,
    ...(hasRate
      ? {
          unitsPerHour: pick(chance, [20, 60]),
          backlogUnits: chance.below(80),
          backlogAsOf: '2026-10-16T08:00:00+02:00',
        }
      : {}),
    carrierPickups: SERVICES.map((service) => ({
      serviceCode: service.code,
      weekly: Object.fromEntries(days.slice(0, 5).map((day) => [day, [...service.times]])),
    })),
  };
}

const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

function serviceOf(service: (typeof SERVICES)[number]): WorldInput['services'][number] {
  return {
    code: service.code,
    carrierId: 'carrier',
    method: service.method,
    ...('network' in service ? { network: service.network } : {}),
    ...('deliverBy' in service ? { deliverFrom: '08:00', deliverBy: service.deliverBy } : {}),
    ...(service.code === 'saturday'
      ? { workingDays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const }
      : {}),
    volumetricDivisor: 5000,
    maxParcelGrams: 30_000,
    co2KgPerTonneKm: 0.1,
    prices: [
      {
        currency: 'EUR',
        tiers: [
          { fromGrams: 0, toGrams: 5_000, priceMinor: 490 },
          { fromGrams: 5_000, toGrams: null, priceMinor: 990 },
        ],
      },
    ],
  } as WorldInput['services'][number];
}

/** Three-digit prefixes over the five countries, and each country's rest. */
function zonesOf(chance: Chance, count: number): WorldInput['zones'] {
  return Array.from({ length: count }, (_, index) => {
    const place = COUNTRIES[index % COUNTRIES.length] ?? COUNTRIES[0];
    const number = Math.floor(index / COUNTRIES.length);
    return {
      id: `zone-${String(index).padStart(5, '0')}`,
      country: place.country,
      timeZone: place.timeZone,
      postalPrefixes: number === 0 ? [] : [String(99 + number)],
      ...near(chance, place),
    };
  });
}

function lanesOf(
  chance: Chance,
  nodes: readonly NodeInput[],
  zones: WorldInput['zones'],
): WorldInput['lanes'] {
  const lanes: WorldInput['lanes'][number][] = [];
  for (const service of SERVICES) {
    for (const from of COUNTRIES) {
      const inCountry = nodes.filter((node) => node.country === from.country);
      const warehouses = inCountry.filter((node) => node.kind === 'warehouse');
      for (const to of COUNTRIES) {
        const isHome = from.country === to.country;
        // Abroad only warehouses ship, and nobody ships over the customs border.
        if (!isHome && (from.country === 'GB') !== (to.country === 'GB')) continue;
        const senders = isHome ? inCountry : warehouses;
        const there = zones.filter((zone) => zone.country === to.country);
        // A near and a far half of the country, as transit tables are.
        for (const half of [0, 1]) {
          const zoneIds = there.filter((_, index) => index % 2 === half).map((zone) => zone.id);
          if (zoneIds.length === 0 || senders.length === 0) continue;
          const days = service.days + (isHome ? 0 : 2) + half;
          lanes.push({
            nodeIds: senders.map((node) => node.id),
            zoneIds,
            serviceCode: service.code,
            transitDays: days,
            observations: [...new Array<number>(days).fill(0), 90 + chance.below(100), 4, 1],
            costs: [
              { fromGrams: 0, toGrams: 3_000, costMinor: 300 + chance.below(300) },
              { fromGrams: 3_000, toGrams: null, costMinor: 700 + chance.below(300) },
            ],
          });
        }
      }
    }
  }
  return lanes;
}

function pointsOf(chance: Chance, place: Country): WorldInput['pickupPoints'] {
  return Array.from({ length: POINTS_PER_COUNTRY }, (_, index) => ({
    id: `point-${place.country}-${String(index).padStart(4, '0')}`,
    network: index % 2 === 0 ? 'a' : 'b',
    name: `Point ${index}`,
    country: place.country,
    postalCode: `${100 + chance.below(300)}00`,
    timeZone: place.timeZone,
    ...near(chance, place),
    hours: { weekly: Object.fromEntries(WEEK.map((day) => [day, [['08:00', '20:00']]])) },
  }));
}

function skuOf(range: number, index: number): string {
  return `SKU-${String(range).padStart(2, '0')}-${String(index).padStart(2, '0')}`;
}

function productsOf(chance: Chance): WorldInput['products'] {
  return Array.from({ length: RANGES * SKUS_PER_RANGE }, (_, index) => ({
    sku: skuOf(Math.floor(index / SKUS_PER_RANGE), index % SKUS_PER_RANGE),
    weightGrams: 200 + chance.below(1_500),
    volumeCm3: 500 + chance.below(4_000),
    longestCm: 20 + chance.below(40),
  }));
}

/** The last third of each range is mostly incoming; the nodes of a range differ a little from SKU to SKU. */
function stockOf(
  chance: Chance,
  nodes: readonly NodeInput[],
  nodesPerSku: number,
): WorldInput['stock'] {
  const stock: WorldInput['stock'][number][] = [];
  for (let range = 0; range < RANGES; range += 1) {
    const order = shuffled(chance, nodes.length);
    for (let index = 0; index < SKUS_PER_RANGE; index += 1) {
      const isIncoming = index >= (SKUS_PER_RANGE * 2) / 3;
      // A tenth of the nodes of a SKU are others than its range's.
      const holders = new Set<number>();
      for (const node of order) {
        if (holders.size >= Math.min(nodesPerSku, nodes.length)) break;
        holders.add(chance.next() < 0.1 ? chance.below(nodes.length) : node);
      }
      for (const node of holders) {
        const hasOnHand = !isIncoming || chance.next() < 0.03;
        stock.push({
          sku: skuOf(range, index),
          nodeId: nodes[node]?.id ?? '',
          onHand: hasOnHand ? 1 + chance.below(12) : 0,
          incoming: isIncoming ? [{ quantity: 20, expectedOn: dayAfter(chance.below(9)) }] : [],
        });
      }
    }
  }
  return stock;
}

function dayAfter(days: number): string {
  return Temporal.PlainDate.from('2026-10-18').add({ days }).toString();
}

function shuffled(chance: Chance, count: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  for (let at = count - 1; at > 0; at -= 1) {
    const other = chance.below(at + 1);
    const kept = order[at] ?? 0;
    order[at] = order[other] ?? 0;
    order[other] = kept;
  }
  return order;
}

/**
 * Shares of requests with each trait, drawn apart from each other. Of the baskets over two ranges some still leave one
 * node and some cannot be had at all: of all quotes about a fifth then need a split (`splitShare` says how many).
 */
export const REQUEST_SHARES = { incoming: 0.3, split: 0.32, pickup: 0.15, unknownCode: 0.05 };

/** Distinct requests of four lines each. */
export function bigRequests(
  seed: number,
  asked: { readonly count: number; readonly zones: number },
): QuoteRequest[] {
  const chance = chanceFrom(seed ^ 0x5eed);
  const first = instantToMinuteFloor(FIRST_NOW);
  const seen = new Set<string>();
  const requests: QuoteRequest[] = [];
  while (requests.length < asked.count) {
    const request = requestOf(chance, first, asked.zones);
    const key = JSON.stringify(request);
    if (seen.has(key)) continue;
    seen.add(key);
    requests.push(request);
  }
  return requests;
}

function requestOf(chance: Chance, first: number, zones: number): QuoteRequest {
  const place = COUNTRIES[chance.below(COUNTRIES.length)] ?? COUNTRIES[0];
  const isSplit = chance.next() < REQUEST_SHARES.split;
  const isIncoming = chance.next() < REQUEST_SHARES.incoming;
  const isUnknown = chance.next() < REQUEST_SHARES.unknownCode;
  const isPickup = chance.next() < REQUEST_SHARES.pickup;
  const perCountry = Math.max(1, Math.floor(zones / COUNTRIES.length) - 1);
  const prefix = isUnknown ? '9' : String(100 + chance.below(perCountry));
  return {
    nowMinute: first + chance.below(REQUEST_DAYS * 1_440),
    marginMinutes: 30,
    lines: basketOf(chance, isSplit, isIncoming),
    destination: { country: place.country, postalCode: `${prefix}${chance.below(10)}0` },
    currency: 'EUR',
    locale: 'en',
    channel: 'online',
    customerTags: [],
    methods: isPickup ? ['home', 'pickup_point', 'store_pickup'] : ['home'],
  };
}

function basketOf(chance: Chance, isSplit: boolean, isIncoming: boolean): QuoteRequest['lines'] {
  const range = chance.below(RANGES);
  const other = (range + 1 + chance.below(RANGES - 1)) % RANGES;
  const onHand = (SKUS_PER_RANGE * 2) / 3;
  const skus = new Set<string>();
  if (isIncoming) skus.add(skuOf(range, onHand + chance.below(SKUS_PER_RANGE - onHand)));
  if (isSplit) skus.add(skuOf(other, chance.below(onHand)));
  while (skus.size < 4) skus.add(skuOf(range, chance.below(onHand)));
  return [...skus].map((sku) => ({ sku, quantity: 1 + chance.below(2) }));
}
