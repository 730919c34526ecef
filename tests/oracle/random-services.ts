/**
 * Random carrier services with prices, limits and restrictions, and their lanes. A service may be the one before under
 * another name, for the last tie of rule 8.
 */
import type { WorldInput } from '../../backend/network/world.ts';
import type { Random } from './random.ts';
import { randomDates, randomWorkingDays } from './random-hours.ts';
import { CURRENCY, PLACES, type Scene } from './scene.ts';

export type ServiceInput = WorldInput['services'][number];

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
    ...(isPoint ? { network: random.pick(['net', 'net', 'net', 'net', 'other', 'third']) } : {}),
    ...(workingDays === undefined ? {} : { workingDays }),
    workedDates: randomDates(random, baseDay, 0.2),
    closures: randomDates(random, baseDay, 0.2),
    ...deliveryHours(random),
    ...randomLimits(random),
    co2KgPerTonneKm: random.pick([0, 0.05, 0.05, 0.1, 0.8]),
    prices: randomPrices(random, zoneIds),
  };
}

function randomObservations({ random, isSameDay }: Scene): number[] {
  if (isSameDay && random.chance(0.8)) return [random.int(200, 900), random.int(0, 9)];
  if (random.chance(0.12)) return [0, 20, random.int(8, 11)];
  if (random.chance(0.25))
    return random.chance(0.5) ? [] : [0, random.int(1, 12), random.int(0, 9)];
  const first = random.chance(0.4) ? random.int(10, 900) : 0;
  return [first, random.int(5, 300), random.int(20, 200), random.int(0, 20), random.int(0, 5)];
}

/** Not in the order of their letters. */
const SERVICE_CODES = ['post', 's10', 's2', 'Express'] as const;

/** Services; some are the one before under another name, for the last tie of rule 8. */
export function randomServices(scene: Scene): Twin<ServiceInput>[] {
  const { random } = scene;
  const services: Twin<ServiceInput>[] = [];
  const count = random.int(1, 4);
  for (let index = 0; index < count; index += 1) {
    const code = SERVICE_CODES[index] ?? `s${index}`;
    const before = services.at(-1)?.value;
    if (before?.method === 'pickup_point' && random.chance(0.4)) {
      services.push({ value: { ...before, code }, of: before.code });
    } else {
      services.push({ value: randomService(scene, code), of: undefined });
    }
  }
  return services;
}

/** A value, and the name of the one it is like. */
export type Twin<T> = { readonly value: T; readonly of: string | undefined };

type LaneInput = WorldInput['lanes'][number];

/** Lanes of every node to most zones; those of a twin are the same. */
export function randomLanes(scene: Scene, services: readonly Twin<ServiceInput>[]): LaneInput[] {
  const { random, nodeIds, zoneIds } = scene;
  const lanes: LaneInput[] = [];
  for (const { value: service, of } of services) {
    const own = lanes.filter(({ serviceCode }) => serviceCode === of);
    if (of === undefined) lanes.push(...ownLanes(service));
    else lanes.push(...own.map((lane) => ({ ...lane, serviceCode: service.code })));
  }
  return lanes;

  function ownLanes(service: ServiceInput): LaneInput[] {
    if (random.chance(0.45)) {
      const near = random.some(zoneIds, 0.92);
      const shared = randomLane(scene, service.code);
      return near.length > 0 ? [{ nodeIds: [...nodeIds], zoneIds: near, ...shared }] : [];
    }
    return nodeIds.flatMap((nodeId) =>
      random.some(zoneIds, 0.92).map(
        (zoneId): LaneInput => ({
          nodeIds: [nodeId],
          zoneIds: [zoneId],
          ...randomLane(scene, service.code),
        }),
      ),
    );
  }
}

function randomLane(scene: Scene, serviceCode: string): Omit<LaneInput, 'nodeIds' | 'zoneIds'> {
  const { random } = scene;
  const middle = random.int(1_000, 8_000);
  const end = random.chance(0.15) ? random.int(9_000, 20_000) : null;
  const first = random.int(1, 6) * 100;
  return {
    serviceCode,
    transitDays: random.chance(0.03) ? 45 : random.pick([0, 0, 1, 1, 2, 3, 5]),
    observations: randomObservations(scene),
    crossesCustoms: random.chance(0.6),
    costs: [
      { fromGrams: 0, toGrams: middle, costMinor: first },
      { fromGrams: middle, toGrams: end, costMinor: first + random.int(0, 3) * 100 },
    ],
  };
}
