/**
 * Seeded random worlds for figures: few units, so that every edge is near; no services, because nothing is sent.
 *
 * Inputs: a seed. Outputs: 1–5 nodes of three kinds in three zones, 1–4 SKUs and 0–2 kits of them, a policy in which
 * every filter, rule, quota and claim is likely, and the instants of lots and reservations around `BASE`.
 */
import { type World, type WorldInput, worldSchema } from '../../backend/network/world.ts';
import { type Random, randomFrom } from './random.ts';

type Policy = WorldInput['policy'];

export const SELLABLE_AT = '2026-11-30T10:00:00+01:00';
export const SELLABLE_CHANNELS = ['online', 'pos', 'market', 'app'];

type Place = Pick<WorldInput['nodes'][number], 'country' | 'region' | 'timeZone' | 'lat' | 'lng'>;

const PLACES: readonly [Place, ...Place[]] = [
  { country: 'IT', region: '25', timeZone: 'Europe/Rome', lat: 45, lng: 9 },
  { country: 'GB', region: 'ENG', timeZone: 'Europe/London', lat: 51, lng: 0 },
  { country: 'US', region: 'NY', timeZone: 'America/New_York', lat: 40, lng: -74 },
];
const TAGS = ['city', 'outlet'];
const INSTANTS = [
  '2026-11-30T09:59:00+01:00',
  '2026-11-30T10:00:00+01:00',
  '2026-11-30T10:00:01+01:00',
  '2026-12-01T10:00:00+01:00',
  '2026-12-01T10:00:30+01:00',
  '2026-12-03T10:00:00+01:00',
];
const DAYS = ['2026-11-29', '2026-11-30', '2026-12-02', '2026-12-09'];

type Scene = { readonly random: Random; readonly nodes: string[]; readonly skus: string[] };

/** The world of a seed. */
export function randomSellable(seed: number): World {
  const random = randomFrom(seed);
  const nodes = Array.from({ length: random.int(1, 5) }, (_, index) => `n${index}`);
  const plain = Array.from({ length: random.int(1, 4) }, (_, index) => `s${index}`);
  const kits = Array.from({ length: random.int(0, 2) }, (_, index) => `kit${index}`);
  const scene: Scene = { random, nodes, skus: [...plain, ...kits] };
  return worldSchema.parse({
    policy: { timeZone: 'Europe/Rome', currency: 'EUR', ...policyOf(scene) },
    policyVersion: 1,
    nodes: nodes.map((id) => nodeOf(random, id)),
    carriers: [],
    services: [],
    lanes: [],
    zones: [],
    pickupPoints: [],
    products: [
      ...plain.map((sku) => ({ sku, ...goods(random) })),
      ...kits.map((sku) => ({
        sku,
        ...goods(random),
        kit: { components: partsOf(random, plain) },
      })),
    ],
    stock: nodes.flatMap((nodeId) =>
      random.some(plain, 0.85).map((sku) => ({ sku, nodeId, ...rowOf(random) })),
    ),
  });
}

function nodeOf(random: Random, id: string): WorldInput['nodes'][number] {
  const { region, ...place } = random.pick(PLACES);
  return {
    id,
    kind: random.pick(['warehouse', 'store', 'store', '3pl']),
    ...place,
    ...(region !== undefined && random.chance(0.8) ? { region } : {}),
    tags: random.some(TAGS, 0.4),
    takesOrders: random.chance(0.9),
    hours: { weekly: { mon: [['08:00', '18:00']] } },
  };
}

function goods(random: Random) {
  return {
    weightGrams: 1,
    ...(random.chance(0.7) ? { category: random.pick(['shoes', 'coats']) } : {}),
    tags: random.some(['heavy', 'new'], 0.3),
  };
}

function partsOf(random: Random, plain: readonly string[]) {
  const chosen = random.some(plain, 0.6);
  const skus = chosen.length === 0 ? plain.slice(0, 1) : chosen;
  return skus.map((sku) => ({ sku, quantity: random.int(1, 3) }));
}

function rowOf(random: Random) {
  return {
    onHand: random.pick([0, 1, 2, 3, 5, 8, 13]),
    unavailable: random.chance(0.2) ? random.int(1, 3) : 0,
    allocated: random.chance(0.25) ? random.int(1, 4) : 0,
    ...(random.chance(0.1) ? { safetyStock: random.int(0, 3) } : {}),
    ...(random.chance(0.5) ? { weeklySales: random.pick([0.4, 1, 1.25, 3]) } : {}),
    incoming: random.chance(0.4)
      ? Array.from({ length: random.int(1, 3) }, () => ({
          quantity: random.int(1, 6),
          ...(random.chance(0.5) ? { source: random.pick(['order', 'container']) } : {}),
          ...(random.chance(0.5)
            ? { expectedAt: random.pick(['', ...INSTANTS]) || '2026-12-01T10:00:00+01:00' }
            : { expectedOn: random.pick(['2026-11-30', ...DAYS]) }),
        }))
      : [],
  };
}

function policyOf({ random, nodes, skus }: Scene): Omit<Policy, 'timeZone' | 'currency'> {
  const sku = () => random.pick([skus[0] ?? 's0', ...skus]);
  const channel = () => random.pick(['online', 'market', 'pos']);
  const some = <T>(share: number, most: number, make: () => T): T[] =>
    random.chance(share) ? Array.from({ length: random.int(1, most) }, make) : [];
  return {
    channels: random.some(['online', 'pos', 'market'], 0.7).map((code) => ({
      code,
      ...(random.chance(0.15) ? { nodeIds: random.some(nodes, 0.7) } : {}),
      ...(random.chance(0.2)
        ? { kinds: random.some(['warehouse' as const, 'store' as const], 0.7) }
        : {}),
      ...(random.chance(0.15) ? { countries: random.some(['IT', 'GB', 'US'], 0.6) } : {}),
      ...(random.chance(0.15) ? { tags: random.some(TAGS, 0.7) } : {}),
      shareBasisPoints: random.pick([10_000, 10_000, 8_000, 5_000, 3_333, 1, 0]),
      threshold: random.pick([0, 0, 0, 2, 5]),
      incomingHorizonDays: random.pick([null, 0, 1, 3, 9]),
      ...(random.chance(0.25) ? { incomingSources: random.some(['order', 'container'], 0.5) } : {}),
    })),
    quotas: some(0.5, 4, () => {
      const quantity = random.int(1, 6);
      return {
        sku: sku(),
        quantity,
        used: random.chance(0.4) ? random.int(0, quantity + 1) : 0,
        ...random.pick<{ channel?: string; customerTag?: string }>([
          { channel: channel() },
          { customerTag: 'vip' },
          { channel: channel(), customerTag: 'vip' },
        ]),
      };
    }),
    safetyStock: some(0.6, 4, () => safetyRow(random, nodes, sku())),
    routingSafetyStock: some(0.3, 3, () => safetyRow(random, nodes, sku())),
    waiting: some(0.4, 3, () => ({ sku: sku(), quantity: random.int(1, 6) })),
    reservations: some(0.4, 3, () => ({
      sku: sku(),
      quantity: random.int(1, 4),
      channel: channel(),
      expiresAt: random.pick(['2026-11-30T10:00:00+01:00', ...INSTANTS]),
    })),
  };
}

type SafetyRow = NonNullable<Policy['safetyStock']>[number];

function safetyRow(random: Random, nodes: readonly string[], sku: string): SafetyRow {
  return {
    ...random.pick<SafetyRow>([
      {},
      { sku },
      { category: random.pick(['shoes', 'coats']) },
      { productTag: random.pick(['heavy', 'new']) },
    ]),
    ...random.pick<SafetyRow>([
      {},
      { nodeId: random.pick([nodes[0] ?? 'n0', ...nodes]) },
      { region: random.pick(['25', 'ENG', 'NY']) },
      { nodeTag: random.pick(['city', 'outlet']) },
      { kind: random.pick<'store' | 'warehouse'>(['store', 'warehouse']) },
    ]),
    ...random.pick<{ units?: number; percent?: number; weeksOfSupply?: number }>([
      { units: random.int(0, 4) },
      { percent: random.pick([7, 12.5, 33.3, 50, 100]) },
      { weeksOfSupply: random.pick([0.5, 1, 2.4]) },
      { units: 1, percent: 20, weeksOfSupply: 1 },
    ]),
  };
}
