/**
 * Random nodes: hours, cut-offs, capacity, backlog, store pickup, carrier pickups. Every third node is like the one
 * before it, so that rule 8 has ties to break.
 */
import type { WorldInput } from '../../backend/network/world.ts';
import type { Random } from './random.ts';
import { randomCutOffs, randomHours, randomPickups } from './random-hours.ts';
import type { ServiceInput, Twin } from './random-services.ts';
import { isoNear, type Place, type Scene } from './scene.ts';
import { isoDay } from './zone-table.ts';

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
    ...(random.chance(0.35) ? { unitsPerDay: random.pick([1, 2, 4, 8, 15, 40]) } : {}),
    ...(random.chance(0.3)
      ? {
          ordersPerDay: random.pick([1, 2, 2, 3, 3, 5, 5, random.chance(0.2) ? 0 : 2]),
          ordersByDate,
        }
      : {}),
    ...(backlogUnits > 0
      ? { backlogUnits, backlogAsOf: isoNear(scene, -age, random.pick([0, 0, 40])) }
      : {}),
  };
}

function storeFields(random: Random, node: NodeInput): Partial<NodeInput> {
  return {
    offersPickup: random.chance(0.85),
    pickupCutOffs: randomCutOffs(random, node.hours, { share: 0.4, isClockChange: false }),
    pickupLeadMinutes: random.pick([0, 0, 15, 30, 45, 60, 120, 200]),
    lastHandOverMinutes: random.pick([0, 15, 15, 30, 60, 240, 600, 1_440]),
  };
}

const LEADS: readonly [number, ...number[]] = [0, 0, 15, 45, 60, 120, 240, 480, 1_000, 2_400];

/** One node; every third stands where the one before stands. */
function randomNode(scene: Scene, id: string, before: NodeInput | undefined): NodeInput {
  const node = plainNode(scene, id, before);
  return node.kind === 'store' ? { ...node, ...storeFields(scene.random, node) } : node;
}

type Situated = Omit<Place, 'prefix' | 'region'> & { readonly region?: string | undefined };

function plainNode(scene: Scene, id: string, before: NodeInput | undefined): NodeInput {
  const { random, places } = scene;
  const isTwin = before !== undefined && random.chance(0.35);
  const own = random.chance(0.75) ? places[0] : random.pick(places);
  const place: Situated = isTwin ? before : own;
  const kind = random.pick(['warehouse', 'warehouse', 'store', 'store', '3pl'] as const);
  const spread = random.pick([0.05, 0.1, 0.4, 1]);
  const hours = randomHours(random, scene);
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
    cutOffs: randomCutOffs(random, hours, { share: 0.6, isClockChange: scene.isClockChange }),
    leadTimeMinutes: random.chance(0.04) ? 60_000 : random.pick(LEADS),
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

type PickupRow = NonNullable<NodeInput['carrierPickups']>[number];

/** Pickups of each service; a twin service is picked up with the one it is the twin of. */
function pickupsAt(scene: Scene, services: readonly Twin<ServiceInput>[]): PickupRow[] {
  const { random, baseDay } = scene;
  const rows: PickupRow[] = [];
  for (const { value, of } of services) {
    const copies = rows
      .filter(({ serviceCode }) => serviceCode === of)
      .map((row) => ({ ...row, serviceCode: value.code }));
    const rowCount = random.pick([0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
    const own = Array.from({ length: rowCount }, () => randomPickups(random, value.code, baseDay));
    rows.push(...(copies.length > 0 ? copies : own));
  }
  return rows;
}

/** All nodes with their pickups. */
export function randomNodes(scene: Scene, services: readonly Twin<ServiceInput>[]): NodeInput[] {
  const nodes: NodeInput[] = [];
  for (const id of scene.nodeIds) {
    const node = randomNode(scene, id, nodes.at(-1));
    nodes.push({ ...node, carrierPickups: pickupsAt(scene, services) });
  }
  return nodes;
}
