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
import {
  randomCutOffs,
  randomDates,
  randomHours,
  randomPickups,
  randomWorkingDays,
} from './random-hours.ts';
import { randomPolicy } from './random-policy.ts';
import { randomRequests } from './random-requests.ts';
import { isoNear, PLACES, type Place, randomScene, type Scene } from './scene.ts';
import { isoDay } from './zone-table.ts';

export type Case = {
  readonly seed: number;
  readonly world: World;
  readonly requests: readonly WorldRequest[];
};

const CURRENCY = 'EUR';

type NodeInput = WorldInput['nodes'][number];

function capacity(scene: Scene): Partial<NodeInput> {
  const { random, baseDay } = scene;
  const age = random.pick([0, 0, 0, 1, 2, 3, 3, 9, 14, 40, -1, -2]);
  const most = random.pick(age < 0 ? [1, 5] : [1, 5, 12, 30, 80, 200]);
  const backlogUnits = random.chance(0.35) ? most : 0;
  const ordersByDate: Record<string, number> = {};
  for (let day = -1; day < 6; day += 1) {
    if (random.chance(0.5)) ordersByDate[isoDay(baseDay + day)] = random.int(0, 6);
  }
  return {
    ...(random.chance(0.45)
      ? { unitsPerHour: random.pick([2, 7, 13, 13, 20, 45, 60, 60, 90, 130]) }
      : {}),
    ...(random.chance(0.3) ? { unitsPerDay: random.pick([1, 4, 8, 15, 40, 40]) } : {}),
    ...(random.chance(0.3) ? { ordersPerDay: random.pick([1, 2, 3, 5]), ordersByDate } : {}),
    ...(backlogUnits > 0 ? { backlogUnits, backlogAsOf: isoNear(scene, -age) } : {}),
  };
}

function storeFields(random: Random, node: NodeInput): Partial<NodeInput> {
  return {
    offersPickup: random.chance(0.85),
    pickupCutOffs: randomCutOffs(random, node.hours, 0.4),
    pickupLeadMinutes: random.pick([0, 0, 15, 30, 45, 60, 120, 200]),
    lastHandOverMinutes: random.pick([0, 15, 15, 30, 60, 240]),
  };
}

const LEADS: readonly [number, ...number[]] = [0, 0, 15, 45, 60, 120, 240, 480, 1_000, 2_400];

function randomNode(scene: Scene, id: string, before: NodeInput | undefined): NodeInput {
  const node = plainNode(scene, id, before);
  return node.kind === 'store' ? { ...node, ...storeFields(scene.random, node) } : node;
}

type Situated = Omit<Place, 'prefix' | 'region'> & { readonly region?: string | undefined };

function plainNode(scene: Scene, id: string, before: NodeInput | undefined): NodeInput {
  const { random, baseDay, places } = scene;
  const isTwin = before !== undefined && random.chance(0.35);
  const own = random.chance(0.75) ? places[0] : random.pick(places);
  const place: Situated = isTwin ? before : own;
  const kind = random.pick(['warehouse', 'warehouse', 'store', 'store', '3pl'] as const);
  const spread = random.pick([0.05, 0.1, 0.4, 1]);
  const hours = randomHours(random, baseDay);
  return {
    id,
    kind,
    country: place.country,
    ...(place.region === undefined ? {} : { region: place.region }),
    timeZone: place.timeZone,
    lat: place.lat + (random.next() - 0.5) * spread,
    lng: place.lng + (random.next() - 0.5) * spread,
    tags: random.some(['a', 'b'], 0.5),
    ...(random.chance(0.06) ? { takesOrders: false } : {}),
    ...(random.chance(0.05) ? { customsArea: 'FREEPORT' } : {}),
    hours,
    cutOffs: randomCutOffs(random, hours, 0.6),
    leadTimeMinutes: random.chance(0.02) ? 60_000 : random.pick(LEADS),
    ...capacity(scene),
    ...(isTwin ? twinFields(random, before) : {}),
  };
}

/** The place, and sometimes the whole calendar, of the node before: ties of rule 8. */
function twinFields(random: Random, before: NodeInput): Partial<NodeInput> {
  const { lat, lng, hours, cutOffs, leadTimeMinutes } = before;
  const at = { lat, lng };
  if (random.chance(0.4)) return at;
  return { ...at, hours, cutOffs: cutOffs ?? {}, leadTimeMinutes: leadTimeMinutes ?? 0 };
}

type ServiceInput = WorldInput['services'][number];

function randomPrices(random: Random, zoneIds: readonly string[]): ServiceInput['prices'] {
  const tiers = () => {
    const middle = random.int(500, 6_000);
    const end = random.chance(0.12) ? random.int(8_000, 30_000) : null;
    return [
      { fromGrams: 0, toGrams: middle, priceMinor: random.int(0, 9) * 100 },
      { fromGrams: middle, toGrams: end, priceMinor: random.int(5, 20) * 100 },
    ];
  };
  const named = random.some(zoneIds, 0.4);
  return [
    ...(random.chance(0.8) ? [{ currency: CURRENCY, tiers: tiers() }] : []),
    ...(named.length > 0 ? [{ currency: CURRENCY, zoneIds: named, tiers: tiers() }] : []),
    ...(random.chance(0.2) ? [{ currency: 'CHF', tiers: tiers() }] : []),
  ];
}

function randomLimits(random: Random): Partial<ServiceInput> {
  return {
    ...(random.chance(0.4) ? { volumetricDivisor: random.pick([4_000, 5_000, 333]) } : {}),
    ...(random.chance(0.08) ? { maxItemGrams: random.int(1_000, 12_000) } : {}),
    ...(random.chance(0.05) ? { maxItemLongestCm: random.int(30, 150) } : {}),
    ...(random.chance(0.05) ? { maxItemVolumeCm3: random.int(5_000, 60_000) } : {}),
    ...(random.chance(0.2) ? { maxParcelGrams: random.int(2_000, 15_000) } : {}),
    ...(random.chance(0.1) ? { maxParcelVolumeCm3: random.int(10_000, 80_000) } : {}),
    ...(random.chance(0.15)
      ? {
          restrictions: [
            {
              productTag: random.pick(['fragile', 'hazmat']),
              ...(random.chance(0.5) ? { countries: [random.pick(PLACES).country] } : {}),
            },
          ],
        }
      : {}),
  };
}

function deliveryHours(random: Random): Partial<ServiceInput> {
  return random.pick<Partial<ServiceInput>>([
    {},
    {},
    {},
    { deliverBy: '10:00' },
    { deliverBy: '18:00' },
    { deliverFrom: '08:00', deliverBy: '12:00' },
    { deliverFrom: '02:15', deliverBy: '22:30' },
    { deliverFrom: '18:00', deliverBy: '26:00' },
    { deliverBy: '02:30' },
  ]);
}

function randomService(scene: Scene, code: string): ServiceInput {
  const { random, baseDay, zoneIds } = scene;
  const isPoint = random.chance(scene.pointCount > 0 ? 0.5 : 0.1);
  const workingDays = randomWorkingDays(random);
  return {
    code,
    carrierId: random.pick(['c1', 'c2']),
    method: isPoint ? 'pickup_point' : 'home',
    ...(isPoint ? { network: random.pick(['net', 'net', 'net', 'net', 'net', 'other']) } : {}),
    ...(workingDays === undefined ? {} : { workingDays }),
    workedDates: randomDates(random, baseDay, 0.2),
    closures: randomDates(random, baseDay, 0.2),
    ...deliveryHours(random),
    ...randomLimits(random),
    co2KgPerTonneKm: random.pick([0, 0.05, 0.05, 0.1, 0.8]),
    prices: randomPrices(random, zoneIds),
  };
}

function randomObservations(random: Random): number[] {
  if (random.chance(0.25))
    return random.chance(0.5) ? [] : [0, random.int(1, 12), random.int(0, 9)];
  const first = random.chance(0.35) ? random.int(10, 400) : 0;
  return [first, random.int(5, 300), random.int(20, 200), random.int(0, 20), random.int(0, 5)];
}

/** Services; some are the one before under another name, for the last tie of rule 8. */
function randomServices(scene: Scene): Twin<ServiceInput>[] {
  const { random } = scene;
  const services: Twin<ServiceInput>[] = [];
  for (let index = 1; index <= random.int(1, 4); index += 1) {
    const code = `s${index}`;
    const before = services.at(-1)?.value;
    if (before?.method === 'pickup_point' && random.chance(0.4)) {
      services.push({ value: { ...before, code }, of: before.code });
    } else {
      services.push({ value: randomService(scene, code), of: undefined });
    }
  }
  return services;
}

type Twin<T> = { readonly value: T; readonly of: string | undefined };

type LaneInput = WorldInput['lanes'][number];

function randomLanes(scene: Scene, services: readonly Twin<ServiceInput>[]): LaneInput[] {
  const { random, nodeIds, zoneIds } = scene;
  const lanes: LaneInput[] = [];
  for (const { value: service, of } of services) {
    const own = lanes.filter(({ serviceCode }) => serviceCode === of);
    if (of === undefined) lanes.push(...ownLanes(service));
    else lanes.push(...own.map((lane) => ({ ...lane, serviceCode: service.code })));
  }
  return lanes;

  function ownLanes(service: ServiceInput): LaneInput[] {
    const isUniform = random.chance(0.45);
    const shared = randomLane(random, service.code);
    return nodeIds.flatMap((nodeId) =>
      random.some(zoneIds, 0.92).map((zoneId): LaneInput => {
        const terms = isUniform ? shared : randomLane(random, service.code);
        return { nodeIds: [nodeId], zoneIds: [zoneId], ...terms };
      }),
    );
  }
}

function randomLane(random: Random, serviceCode: string): Omit<LaneInput, 'nodeIds' | 'zoneIds'> {
  const middle = random.int(1_000, 8_000);
  const end = random.chance(0.15) ? random.int(9_000, 20_000) : null;
  const first = random.int(1, 6) * 100;
  return {
    serviceCode,
    transitDays: random.chance(0.03) ? 45 : random.pick([0, 0, 1, 1, 2, 3, 5]),
    observations: randomObservations(random),
    crossesCustoms: random.chance(0.6),
    costs: [
      { fromGrams: 0, toGrams: middle, costMinor: first },
      { fromGrams: middle, toGrams: end, costMinor: first + random.int(0, 3) * 100 },
    ],
  };
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
      country: place.country,
      ...(place.region === undefined ? {} : { region: place.region }),
      timeZone: place.timeZone,
      postalPrefixes: isRest ? [] : prefixes,
      ...(random.chance(0.05) ? { customsArea: 'FREEPORT' } : {}),
      lat: place.lat,
      lng: place.lng,
    };
  });
}

function randomPoints(scene: Scene): WorldInput['pickupPoints'] {
  const { random, places, baseDay } = scene;
  return Array.from({ length: scene.pointCount }, (_, index) => {
    const place = random.chance(0.9) ? places[0] : random.pick(places);
    return {
      id: `p${index}`,
      network: random.pick(['net', 'net', 'net', 'net', 'net', 'other']),
      name: `Point ${index}`,
      country: place.country,
      ...(place.region === undefined ? {} : { region: place.region }),
      postalCode: `${place.prefix}${random.int(0, 4)} 34`,
      timeZone: place.timeZone,
      lat: place.lat + (random.next() - 0.5) * 0.15,
      lng: place.lng + (random.next() - 0.5) * 0.15,
      hours: random.chance(0.25)
        ? { weekly: allDay(), exceptions: [] }
        : randomHours(random, baseDay),
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
  const offset = random.chance(0.15) ? random.int(55, 66) : random.int(-2, 6);
  const quantity = random.int(1, 4);
  if (random.chance(0.5)) return { quantity, expectedOn: isoDay(baseDay + offset) };
  return { quantity, expectedAt: isoNear(scene, offset, random.pick([0, 0, 1, 30])) };
}

function randomStock(scene: Scene): WorldInput['stock'] {
  const { random, nodeIds, skus } = scene;
  const most = random.pick([2, 4, 6, 9]);
  return nodeIds.flatMap((nodeId) =>
    random.some(skus, 0.85).map((sku): StockInput => {
      const onHand = random.int(0, most);
      return {
        sku,
        nodeId,
        onHand,
        unavailable: random.chance(0.15) ? 1 : 0,
        allocated: random.chance(0.15) ? random.int(1, 2) : 0,
        ...(random.chance(0.1) ? { safetyStock: random.int(0, 2) } : {}),
        incoming: random.chance(0.4)
          ? Array.from({ length: random.int(1, 3) }, () => randomLot(scene))
          : [],
      };
    }),
  );
}

function randomWorld(scene: Scene): WorldInput {
  const { random, baseDay, nodeIds, places } = scene;
  const services = randomServices(scene);
  const nodes: NodeInput[] = [];
  for (const id of nodeIds) {
    const node = randomNode(scene, id, nodes.at(-1));
    node.carrierPickups = [];
    for (const { value, of } of services) {
      const twin = node.carrierPickups.find(({ serviceCode }) => serviceCode === of);
      if (twin !== undefined) node.carrierPickups.push({ ...twin, serviceCode: value.code });
      else if (random.chance(0.92)) {
        node.carrierPickups.push(randomPickups(random, value.code, baseDay));
      }
    }
    nodes.push(node);
  }
  return {
    policy: { timeZone: places[0].timeZone, currency: CURRENCY, ...randomPolicy(scene) },
    policyVersion: 1,
    nodes,
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

/** The case of a seed. */
export function randomCase(seed: number, instants: number): Case {
  const random = randomFrom(seed);
  const scene = randomScene(random);
  const world = worldSchema.parse(randomWorld(scene));
  const requests = randomRequests(scene, world, instants).map((request: WorldRequestInput) =>
    requestSchema.parse(request),
  );
  return { seed, world, requests };
}
