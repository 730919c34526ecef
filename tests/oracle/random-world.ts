/**
 * Seeded random worlds with teeth, and requests at the instants where something happens.
 *
 * Inputs: a seed. Outputs: a world of 2–6 nodes, 1–4 services, 1–5 zones, 0–4 points, 1–4 SKUs, and 50 requests whose
 * instants crowd around cut-offs, closings, pickups, clock changes and holidays. The same seed gives the same case.
 */
import {
  requestSchema,
  type World,
  type WorldInput,
  type WorldRequest,
  type WorldRequestInput,
  worldSchema,
} from '../../backend/network/world.ts';
import { type Random, randomFrom } from './random.ts';
import { randomDates, randomHours, randomWorkingDays } from './random-hours.ts';
import { randomNodes } from './random-nodes.ts';
import { randomPolicy } from './random-policy.ts';
import { randomRequests } from './random-requests.ts';
import { randomLanes, randomServices } from './random-services.ts';
import { CURRENCY, isoNear, type Place, randomScene, type Scene } from './scene.ts';
import { isoDay } from './zone-table.ts';

export type Case = {
  readonly seed: number;
  readonly world: World;
  readonly requests: readonly WorldRequest[];
};

/** Country, region if any, and clock of a place. */
function situated({ country, region, timeZone }: Place) {
  return { country, timeZone, ...(region === undefined ? {} : { region }) };
}

function randomZones(scene: Scene): WorldInput['zones'] {
  const { random, places, zoneIds } = scene;
  const used = new Set<string>();
  return zoneIds.map((id, index) => {
    const place = index < 2 ? places[0] : random.pick(places);
    const isRest = index > 0 && !used.has(place.country) && random.chance(0.75);
    if (isRest) used.add(place.country);
    const prefixes = index === 0 ? [place.prefix] : [`${place.prefix}${index}`, `9${index}`];
    return {
      id,
      ...situated(place),
      postalPrefixes: isRest ? [] : prefixes,
      ...(random.chance(0.05) ? { customsArea: 'FREEPORT' } : {}),
      lat: place.lat,
      lng: place.lng,
    };
  });
}

function randomPoints(scene: Scene): WorldInput['pickupPoints'] {
  const { random, places } = scene;
  return Array.from({ length: scene.pointCount }, (_, index) => {
    const place = random.chance(0.9) ? places[0] : random.pick(places);
    return {
      // Points of two networks may have one name.
      ...(index === 3
        ? { id: 'p0', network: 'third' }
        : { id: `p${index}`, network: random.pick(['net', 'net', 'other']) }),
      name: `Point ${index}`,
      country: place.country,
      ...(place.region === undefined ? {} : { region: place.region }),
      postalCode: `${place.prefix}${random.int(0, 4)} 34`,
      timeZone: place.timeZone,
      lat: place.lat + (random.next() - 0.5) * 0.15,
      lng: place.lng + (random.next() - 0.5) * 0.15,
      hours: random.chance(0.25)
        ? { weekly: allDay(), exceptions: [] }
        : randomHours(random, scene),
      opensOnHolidays: random.chance(0.3),
    };
  });
}

function allDay(): Record<string, [string, string][]> {
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  return Object.fromEntries(days.map((day) => [day, [['00:00', '24:00']]]));
}

function randomProducts(scene: Scene): WorldInput['products'] {
  const { random, skus } = scene;
  return skus.map((sku) => ({
    sku,
    weightGrams: random.pick([200, 450, 1_000, 2_500, 6_000]),
    volumeCm3: random.pick([0, 900, 4_000, 15_000, 40_000]),
    longestCm: random.int(5, 160),
    ...(random.chance(0.6) ? { category: random.pick(['shoes', 'coats']) } : {}),
    tags: random.some(['fragile', 'hazmat'], 0.2),
    offersStorePickup: random.chance(0.9),
  }));
}

type StockInput = WorldInput['stock'][number];

function randomLot(scene: Scene): NonNullable<StockInput['incoming']>[number] {
  const { random, baseDay } = scene;
  const isFar = random.chance(scene.isDry ? 0.9 : 0.15);
  const offset = isFar ? random.int(56, 63) : random.int(-2, 6);
  const quantity = random.int(1, 4);
  if (random.chance(0.5)) return { quantity, expectedOn: isoDay(baseDay + offset) };
  return { quantity, expectedAt: isoNear(scene, offset, random.pick([0, 0, 1, 30])) };
}

function randomStock(scene: Scene): WorldInput['stock'] {
  const { random, nodeIds, skus } = scene;
  const most = random.pick([2, 4, 6, 9]);
  return nodeIds.flatMap((nodeId) =>
    random.some(skus, 0.85).map((sku) => ({ sku, nodeId, ...randomPosition(scene, most) })),
  );
}

function randomPosition(scene: Scene, most: number): Omit<StockInput, 'sku' | 'nodeId'> {
  const { random, isDry } = scene;
  return {
    onHand: isDry ? 0 : random.int(0, most),
    unavailable: random.chance(0.15) ? 1 : 0,
    allocated: random.chance(0.15) ? random.int(1, 2) : 0,
    ...(random.chance(0.1) ? { safetyStock: random.int(0, 2) } : {}),
    incoming: randomLots(scene),
  };
}

function randomLots(scene: Scene): NonNullable<StockInput['incoming']> {
  const { random, isDry } = scene;
  if (!random.chance(isDry ? 0.95 : 0.4)) return [];
  return Array.from({ length: random.int(1, 3) }, () => randomLot(scene));
}

function randomWorld(scene: Scene): WorldInput {
  const { random, baseDay, places } = scene;
  const services = randomServices(scene);
  return {
    policy: { timeZone: places[0].timeZone, currency: CURRENCY, ...randomPolicy(scene) },
    policyVersion: 1,
    nodes: randomNodes(scene, services),
    carriers: ['c1', 'c2'].map((id) => {
      const workingDays = randomWorkingDays(random);
      return {
        id,
        ...(workingDays === undefined ? {} : { workingDays }),
        workedDates: randomDates(random, baseDay, 0.15),
        closures: randomDates(random, baseDay, 0.15),
      };
    }),
    services: services.map(({ value }) => value),
    lanes: randomLanes(scene, services),
    zones: randomZones(scene),
    pickupPoints: randomPoints(scene),
    products: randomProducts(scene),
    stock: randomStock(scene),
  };
}

type PickupRules = NonNullable<NonNullable<WorldInput['policy']['storePickup']>['rules']>;

/** What stores hand over; drawn last and apart, so that everything else of a seed stays what it was. */
function randomPickupRules(random: Random, { nodeIds, skus }: Scene): PickupRules {
  if (!random.chance(0.15)) return [];
  return Array.from({ length: random.int(1, 2) }, () => ({
    effect: random.pick(['only', 'never']),
    ...random.pick<Omit<PickupRules[number], 'effect'>>([
      { category: random.pick(['shoes', 'coats']) },
      { productTag: random.pick(['fragile', 'hazmat']) },
      { sku: random.pick([skus[0] ?? 'sku', ...skus]) },
    ]),
    ...random.pick<Omit<PickupRules[number], 'effect'>>([
      {},
      { nodeId: random.pick([nodeIds[0] ?? 'a', ...nodeIds]) },
      { nodeTag: random.pick(['a', 'b']) },
    ]),
  }));
}

/** Another stream of chance for the same seed. */
const RULES_APART = 7_000_003;

/** The case of a seed. */
export function randomCase(seed: number, instants: number): Case {
  const random = randomFrom(seed);
  const scene = randomScene(random);
  const drawn = randomWorld(scene);
  const rules = randomPickupRules(randomFrom(seed + RULES_APART), scene);
  const storePickup = { ...drawn.policy.storePickup, rules };
  const world = worldSchema.parse({ ...drawn, policy: { ...drawn.policy, storePickup } });
  const requests = randomRequests(scene, world, instants).map((request: WorldRequestInput) =>
    requestSchema.parse(request),
  );
  return { seed, world, requests };
}
