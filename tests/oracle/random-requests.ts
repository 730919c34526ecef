/**
 * Random requests of one world: a few baskets and addresses, each asked at instants where something may change.
 */
import type { World, WorldRequestInput } from '../../backend/network/world.ts';
import type { Scene } from './scene.ts';
import {
  instantMinutes,
  isoInstant,
  MINUTES_PER_DAY,
  timeOfDayMinutes,
  zoneTable,
} from './zone-table.ts';

type Body = Omit<WorldRequestInput, 'now'>;

const BODIES = 6;
/** Keeps the number of ways to divide a basket over six nodes small enough to write all of them down. */
const MOST_DIVISIONS = 260;

/** Ways to divide `quantity` over `nodes`. */
function waysToDivide(quantity: number, nodes: number): number {
  let ways = 1;
  for (let step = 1; step < nodes; step += 1) ways = (ways * (quantity + step)) / step;
  return ways;
}

function randomLines(scene: Scene): Body['lines'] {
  const { random, skus, nodeIds } = scene;
  const lines: { sku: string; quantity: number }[] = [];
  let ways = 1;
  for (const sku of random.some(skus, 0.65)) {
    const quantity = random.pick([1, 1, 1, 2, 2, 3]);
    ways *= waysToDivide(quantity, nodeIds.length);
    if (ways <= MOST_DIVISIONS) lines.push({ sku, quantity });
  }
  const first = skus[0] ?? 'sku';
  if (lines.length === 0) return [{ sku: first, quantity: random.pick([1, 2, 3]) }];
  if (random.chance(0.1)) lines.push({ sku: lines[0]?.sku ?? first, quantity: 1 });
  return random.chance(0.5) ? lines : lines.reverse();
}

function randomDestination(scene: Scene, world: World): Body['destination'] {
  const { random, places } = scene;
  const place = random.chance(0.85) ? places[0] : random.pick(places);
  const zone = random.pick([world.zones[0], ...world.zones]);
  const prefix = zone?.postalPrefixes[0] ?? place.prefix;
  const postalCode = random.pick([
    `${place.prefix}${random.int(0, 4)}21`,
    `${place.prefix}${random.int(0, 4)}21`,
    `${prefix} ${random.int(0, 4)}`,
    `${prefix.toLowerCase()}-${random.int(0, 9)}ab`,
    random.chance(0.5) ? '' : 'XX99',
  ]);
  const near = {
    lat: place.lat + (random.next() - 0.5) * 0.2,
    lng: place.lng + (random.next() - 0.5) * 0.2,
  };
  const country = random.chance(0.02) ? 'JP' : place.country;
  return { country, postalCode, ...(random.chance(0.4) ? near : {}) };
}

function randomBody(scene: Scene, world: World): Body {
  const { random } = scene;
  return {
    lines: randomLines(scene),
    destination: randomDestination(scene, world),
    currency: random.chance(0.93) ? 'EUR' : 'CHF',
    channel: random.chance(0.75) ? 'online' : 'market',
    customerTags: random.chance(0.25) ? ['vip'] : [],
    marginMinutes: random.chance(0.03) ? 2_000 : random.pick([0, 0, 15, 30, 45]),
  };
}

/** Minutes around a clock change of a place or node. */
function clockChanges(scene: Scene, world: World): number[] {
  const found: number[] = [];
  const from = (scene.baseDay - 1) * MINUTES_PER_DAY;
  for (const { timeZone } of [...scene.places, ...world.nodes]) {
    const zone = zoneTable(timeZone);
    for (let minute = from; minute < from + 3 * MINUTES_PER_DAY; minute += 30) {
      if (zone.offsetAt(minute) === zone.offsetAt(minute + 30)) continue;
      for (let near = -240; near <= 120; near += 10) found.push(minute + 30 + near);
    }
  }
  return found;
}

/** Minutes at which a cut-off, an opening, a closing, a pickup, a lot or a reservation falls. */
function edges(scene: Scene, world: World): number[] {
  const found: number[] = [];
  for (const node of world.nodes) {
    const zone = zoneTable(node.timeZone);
    const times = [
      ...Object.values(node.cutOffs),
      ...Object.values(node.pickupCutOffs),
      ...Object.values(node.hours.weekly).flat(2),
      ...node.hours.exceptions.flatMap((row) => [row.cutOff ?? '24:00', ...row.intervals.flat()]),
      ...node.carrierPickups.flatMap((row) => Object.values(row.weekly).flat()),
    ];
    for (const time of new Set(times)) {
      for (let day = -1; day < 3; day += 1) {
        const local = (scene.baseDay + day) * MINUTES_PER_DAY + timeOfDayMinutes(time);
        found.push(zone.instant(local, 'earlier'), zone.instant(local, 'later'));
      }
    }
  }
  found.push(...stockEdges(world));
  const from = (scene.baseDay - 1) * MINUTES_PER_DAY;
  const to = (scene.baseDay + 3) * MINUTES_PER_DAY;
  return found.filter((minute) => minute >= from && minute < to);
}

/** Minutes at which a reservation expires or a lot becomes usable, or so many days before it. */
function stockEdges(world: World): number[] {
  const found: number[] = [];
  for (const { expiresAt } of world.policy.reservations) {
    const gone = Math.ceil(instantMinutes(expiresAt));
    for (let near = -20; near <= 4; near += 2) found.push(gone + near);
  }
  for (const lot of world.stock.flatMap(({ incoming }) => incoming)) {
    if (lot.expectedAt === undefined) continue;
    const usable = Math.ceil(instantMinutes(lot.expectedAt));
    for (const days of [0, 1, 3, 60]) found.push(usable - days * MINUTES_PER_DAY);
  }
  return found;
}

/** Pickups and openings of the next days, an hour around them: sixty days later they are at the horizon. */
function horizonEdges(scene: Scene, world: World): number[] {
  const found: number[] = [];
  for (const place of [...world.nodes, ...world.pickupPoints]) {
    const zone = zoneTable(place.timeZone);
    const pickups = 'carrierPickups' in place ? place.carrierPickups : [];
    const times = new Set([
      ...pickups.flatMap(({ weekly }) => Object.values(weekly).flat()),
      ...Object.values(place.hours.weekly).flatMap((openings) => openings.map(([opens]) => opens)),
    ]);
    for (const time of times) {
      for (let day = -1; day < 3; day += 1) {
        const local = (scene.baseDay + day) * MINUTES_PER_DAY + timeOfDayMinutes(time);
        const minute = zone.instant(local, 'earlier');
        found.push(minute - 60, minute, minute + 60);
      }
    }
  }
  return found;
}

/** So many requests, in no order. */
export function randomRequests(
  scene: Scene,
  world: World,
  instants: number,
): readonly WorldRequestInput[] {
  const { random, baseDay, places } = scene;
  const bodies = Array.from({ length: BODIES }, () => randomBody(scene, world));
  const changes = clockChanges(scene, world);
  const others = scene.isDry ? horizonEdges(scene, world) : edges(scene, world);
  const zone = zoneTable(places[0].timeZone);
  return Array.from({ length: instants }, (_, index) => {
    const body = bodies[index % BODIES] ?? randomBody(scene, world);
    const anywhere = (baseDay - 1) * MINUTES_PER_DAY + random.int(0, 3 * MINUTES_PER_DAY);
    const crowd = changes.length > 0 && random.chance(0.35) ? changes : others;
    const isEdge = random.chance(0.7) && crowd.length > 0;
    const edge = crowd[random.int(0, crowd.length - 1)] ?? anywhere;
    const shift =
      random.pick([-2, -1, -1, 0, 0, 1]) - (random.chance(0.6) ? (body.marginMinutes ?? 0) : 0);
    const minute = isEdge ? edge + shift : anywhere;
    const seconds = random.pick(['00', '00', '01', '59']);
    const now = isoInstant(minute, zone).replace(/:00([+-]\d\d:\d\d)$/, `:${seconds}$1`);
    return { ...body, now };
  });
}
