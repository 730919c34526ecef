/** Random policies: service levels, split and cost settings, channels, quotas, safety stock, reservations. */
import type { WorldInput } from '../../backend/network/world.ts';
import { isoNear, type Scene } from './scene.ts';

type PolicyInput = WorldInput['policy'];

function randomChannels(scene: Scene): NonNullable<PolicyInput['channels']> {
  const { random, nodeIds, places } = scene;
  return random.some(['online', 'market'], 0.35).map((code) => ({
    code,
    ...(random.chance(0.25) ? { nodeIds: [...nodeIds.slice(0, -1)] } : {}),
    ...(random.chance(0.2) ? { kinds: ['warehouse' as const, 'store' as const] } : {}),
    ...(random.chance(0.15) ? { countries: [places[0].country] } : {}),
    ...(random.chance(0.15) ? { tags: ['a'] } : {}),
    shareBasisPoints: random.pick([10_000, 10_000, 9_000, 5_000, 3_333]),
    threshold: random.pick([0, 0, 2, 4]),
    incomingHorizonDays: random.pick([null, null, 0, 1, 3, 60]),
  }));
}

function randomSafetyStock(scene: Scene): NonNullable<PolicyInput['safetyStock']> {
  const { random, nodeIds, skus, places } = scene;
  if (!random.chance(0.3)) return [];
  return Array.from({ length: random.int(1, 4) }, () => {
    const what = random.pick<{ sku?: string; category?: string }>([
      {},
      { sku: random.pick([skus[0] ?? 'sku', ...skus]) },
      { category: random.pick(['shoes', 'coats']) },
    ]);
    const where = random.pick<{ nodeId?: string; region?: string }>([
      {},
      { nodeId: random.pick([nodeIds[0] ?? 'a', ...nodeIds]) },
      { region: places[0].region ?? 'ENG' },
    ]);
    const amount = random.chance(0.5)
      ? { units: random.int(0, 2) }
      : { percent: random.pick([7, 12.5, 28, 33.3, 57]) };
    return { ...what, ...where, ...amount };
  });
}

function randomQuotas(scene: Scene): NonNullable<PolicyInput['quotas']> {
  const { random, skus } = scene;
  if (!random.chance(0.25)) return [];
  return random.some(skus, 0.7).map((sku) => ({
    sku,
    quantity: random.int(1, 4),
    used: random.chance(0.3) ? random.int(0, 5) : 0,
    ...random.pick<{ channel?: string; customerTag?: string }>([
      { channel: 'market' },
      { channel: 'online' },
      { customerTag: 'vip' },
      { channel: 'online', customerTag: 'vip' },
    ]),
  }));
}

function randomReservations(scene: Scene): NonNullable<PolicyInput['reservations']> {
  const { random, skus } = scene;
  const expiresAt = () => isoNear(scene, random.int(0, 1), random.pick([0, 0, 20]));
  // Another channel holds much of everything for a while.
  if (random.chance(0.1)) {
    return skus.map((sku) => ({
      sku,
      quantity: random.int(5, 15),
      channel: 'pos',
      expiresAt: expiresAt(),
    }));
  }
  if (!random.chance(0.25)) return [];
  return Array.from({ length: 2 }, () => ({
    sku: random.pick([skus[0] ?? 'sku', ...skus]),
    quantity: random.int(1, 3),
    channel: random.pick(['market', 'online', 'pos']),
    expiresAt: expiresAt(),
  }));
}

/** Everything of a policy but its zone and currency. */
export function randomPolicy(scene: Scene): Omit<PolicyInput, 'timeZone' | 'currency'> {
  const { random, skus } = scene;
  const sku = () => random.pick([skus[0] ?? 'sku', ...skus]);
  return {
    serviceLevel: random.pick([0.95, 0.95, 0.95, 0.5, 0.8, 0.99, 1]),
    thinLaneExtraDay: random.chance(0.4),
    splitOnlyIfDaysEarlier: random.pick([1, 1, 2, 4, 8, 12]),
    maxDaysLaterForCost: random.pick([0, 0, 0, 1, 2, 3]),
    distanceFactor: random.pick([1.25, 1.25, 1, 1.4]),
    pickupPoints: {
      maxCount: random.int(1, 5),
      maxMeters: random.pick([2_000, 6_000, 12_000, 25_000]),
    },
    storePickup: { maxCount: random.int(1, 4), maxMeters: random.pick([8_000, 50_000, 50_000]) },
    channels: randomChannels(scene),
    quotas: randomQuotas(scene),
    safetyStock: randomSafetyStock(scene),
    waiting: random.chance(0.15) ? [{ sku: sku(), quantity: random.int(1, 3) }] : [],
    reservations: randomReservations(scene),
  };
}
