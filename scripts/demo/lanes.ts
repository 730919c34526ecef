/**
 * The demo's lanes: which node sends where by which service, how long it really took, and what it costs.
 *
 * Stated transit comes from country and distance; sixty days of history are then drawn for every lane, delivery by
 * delivery, from the habits of its carrier (some keep their word 97 times in 100, some 88), and the lane's
 * `observations` are the counts of exactly those deliveries. Small stores have few: their lanes are thin.
 * Great Britain is served from British nodes only; the Canaries, Ceuta and Melilla by economy with a customs
 * declaration. No way has two lanes.
 */
import type { WorldInput } from '../../backend/network/world.ts';
import { demoStores, HUBS, type Place, type StorePlace } from './places.ts';
import { randomOf } from './random.ts';
import type { DemoZone } from './zones.ts';

type Lane = WorldInput['lanes'][number];

/** One parcel of the past: the day it left, on which lane, and how many carrier days it took. */
export type PastDelivery = {
  readonly laneKey: string;
  readonly departedOn: string;
  readonly carrierDays: number;
};

const HISTORY_DAYS = 60;
const HISTORY_UNTIL = '2026-11-23';

type Way = {
  readonly nodes: readonly Place[];
  readonly zones: readonly DemoZone[];
  readonly serviceCode: string;
  readonly transitDays: number;
  readonly parcelsPerDay: number;
  readonly isDomestic: boolean;
  readonly crossesCustoms: boolean;
};

/** Lanes of all nodes to these zones, with measured transit. */
export function demoLanes(zones: readonly DemoZone[]): Lane[] {
  return allWays(zones).map((way) => ({
    nodeIds: way.nodes.map((node) => node.id),
    zoneIds: way.zones.map((entry) => entry.zone.id),
    serviceCode: way.serviceCode,
    transitDays: way.transitDays,
    observations: countByDays(historyOf(way)),
    crossesCustoms: way.crossesCustoms,
    costs: costsOf(way),
  }));
}

/** The sixty days of deliveries behind the lanes' observations. */
export function demoHistory(zones: readonly DemoZone[]): PastDelivery[] {
  return allWays(zones).flatMap(historyOf);
}

function allWays(zones: readonly DemoZone[]): Way[] {
  return [...HUBS.flatMap((hub) => hubWays(hub, zones)), ...storeWays(demoStores(), zones)];
}

type Service = { readonly code: string; readonly countries: readonly string[] };
const UNION = ['IT', 'FR', 'DE', 'ES'];
const HUB_SERVICES: readonly Service[] = [
  { code: 'express-10', countries: UNION },
  { code: 'standard', countries: UNION },
  { code: 'economy', countries: UNION },
  { code: 'counter', countries: ['IT', 'FR', 'ES'] },
  { code: 'locker', countries: ['DE', 'IT'] },
];
const BRITISH_SERVICES: readonly Service[] = [
  'express-10',
  'gb-standard',
  'gb-economy',
  'locker',
].map((code) => ({ code, countries: ['GB'] }));

function hubWays(hub: Place, zones: readonly DemoZone[]): Way[] {
  const services = hub.country === 'GB' ? BRITISH_SERVICES : HUB_SERVICES;
  return services.flatMap((service) => {
    const groups = new Map<string, DemoZone[]>();
    for (const entry of zones) {
      const days = service.countries.includes(entry.country)
        ? transitDays(hub, entry, service.code)
        : undefined;
      if (days === undefined) continue;
      const key = `${entry.country} ${days} ${entry.isRemote} ${entry.zone.customsArea ?? ''}`;
      groups.set(key, [...(groups.get(key) ?? []), entry]);
    }
    return [...groups.values()].map((group) => wayOf(hub, group, service.code));
  });
}

function wayOf(hub: Place, group: readonly DemoZone[], serviceCode: string): Way {
  const first = group[0];
  if (first === undefined) throw new Error('a way without zones');
  const isDomestic = first.country === hub.country;
  return {
    nodes: [hub],
    zones: group,
    serviceCode,
    transitDays: transitDays(hub, first, serviceCode) ?? 0,
    parcelsPerDay: (isDomestic ? 9 : 3) * group.length * (serviceCode === 'express-10' ? 0.4 : 1),
    isDomestic,
    crossesCustoms: first.zone.customsArea !== undefined,
  };
}

// Stores ship within their own country: at home in a day, elsewhere in two, to the islands in three.
function storeWays(stores: readonly StorePlace[], zones: readonly DemoZone[]): Way[] {
  const byZone = Map.groupBy(stores, (store) => zoneOf(store, zones));
  return [...byZone].flatMap(([home, inZone]) => {
    if (home === undefined) return [];
    // What leaves the Canaries crosses customs, which no carrier of the demo does from a store.
    const reachable = zones.filter(
      (entry) => entry.country === home.country && entry.zone.customsArea === home.zone.customsArea,
    );
    const near = [home];
    const far = reachable.filter((entry) => entry !== home && !entry.isRemote);
    const remote = reachable.filter((entry) => entry !== home && entry.isRemote);
    const standard = home.country === 'GB' ? 'gb-standard' : 'standard';
    const flagships = inZone.filter((store) => store.isFlagship);
    return [
      storeWay(inZone, near, standard, 1),
      storeWay(inZone, far, standard, 2),
      storeWay(inZone, remote, standard, 3),
      storeWay(flagships, [...near, ...far], 'express-10', 1),
      storeWay(flagships, remote, 'express-10', 2),
    ].filter((way) => way.nodes.length > 0 && way.zones.length > 0);
  });
}

function storeWay(
  nodes: readonly Place[],
  zones: readonly DemoZone[],
  serviceCode: string,
  transit: number,
): Way {
  return {
    nodes,
    zones,
    serviceCode,
    transitDays: transit,
    parcelsPerDay: nodes.length * (serviceCode === 'express-10' ? 0.8 : 1.1),
    isDomestic: true,
    crossesCustoms: false,
  };
}

function zoneOf(store: Place, zones: readonly DemoZone[]): DemoZone | undefined {
  const code = store.postalCode.replace(/ /g, '');
  let best: { entry: DemoZone; length: number } | undefined;
  for (const entry of zones) {
    if (entry.country !== store.country) continue;
    for (const prefix of entry.zone.postalPrefixes) {
      const isLonger = prefix.length > (best?.length ?? 0);
      if (code.startsWith(prefix) && isLonger) best = { entry, length: prefix.length };
    }
  }
  return best?.entry;
}

/** Stated days of a hub's service to a zone; `undefined`: the service does not go there. */
function transitDays(hub: Place, entry: DemoZone, serviceCode: string): number | undefined {
  const isAcross = entry.zone.customsArea !== undefined;
  if (isAcross) return serviceCode === 'economy' ? 8 : undefined;
  const isDomestic = entry.country === hub.country;
  const distance = kilometers(hub, entry.zone);
  const remote = entry.isRemote ? 1 : 0;
  switch (serviceCode) {
    case 'express-10':
      return (isDomestic || entry.isCore ? 1 : 2) + remote;
    case 'standard':
    case 'gb-standard':
      return standardDays(isDomestic, distance) + remote;
    case 'economy':
    case 'gb-economy':
      return standardDays(isDomestic, distance) + (isDomestic ? 1 : 2) + remote * 2;
    default:
      return standardDays(isDomestic, distance) + remote;
  }
}

function standardDays(isDomestic: boolean, distance: number): number {
  if (isDomestic) return distance < 450 ? 1 : 2;
  if (distance < 650) return 2;
  return distance < 1_250 ? 3 : 4;
}

// Shares of parcels that come on the stated day, one later, two later; the rest three later.
const PUNCTUALITY: Readonly<Record<string, readonly [number, number, number]>> = {
  'express-10': [0.97, 0.025, 0.005],
  standard: [0.965, 0.025, 0.007],
  economy: [0.9, 0.07, 0.02],
  'gb-standard': [0.97, 0.02, 0.007],
  'gb-economy': [0.88, 0.09, 0.02],
  counter: [0.96, 0.03, 0.007],
  locker: [0.965, 0.028, 0.005],
};

function keyOf(way: Way): string {
  return `${way.serviceCode} ${way.nodes[0]?.id} ${way.zones[0]?.zone.id}`;
}

function historyOf(way: Way): PastDelivery[] {
  const laneKey = keyOf(way);
  const random = randomOf(`history ${laneKey}`);
  const punctuality = PUNCTUALITY[way.serviceCode] ?? [1, 0, 0];
  return WORKED_DAYS.flatMap((departedOn) => {
    const whole = Math.floor(way.parcelsPerDay);
    const parcels = whole + (random.chance(way.parcelsPerDay - whole) ? 1 : 0);
    return Array.from({ length: parcels }, () => ({
      laneKey,
      departedOn,
      carrierDays: way.transitDays + daysLate(random.next(), punctuality),
    }));
  });
}

const WORKED_DAYS: readonly string[] = Array.from({ length: HISTORY_DAYS }, (_, index) =>
  Temporal.PlainDate.from(HISTORY_UNTIL).subtract({ days: HISTORY_DAYS - 1 - index }),
)
  .filter((day) => day.dayOfWeek <= 5)
  .map((day) => day.toString());

function daysLate(
  draw: number,
  [onTime, oneLate, twoLate]: readonly [number, number, number],
): number {
  if (draw < onTime) return 0;
  if (draw < onTime + oneLate) return 1;
  return draw < onTime + oneLate + twoLate ? 2 : 3;
}

function countByDays(deliveries: readonly PastDelivery[]): number[] {
  const longest = Math.max(-1, ...deliveries.map((delivery) => delivery.carrierDays));
  const counts = Array.from({ length: longest + 1 }, () => 0);
  for (const { carrierDays } of deliveries) counts[carrierDays] = (counts[carrierDays] ?? 0) + 1;
  return counts;
}

const BASE_COST_MINOR: Readonly<Record<string, number>> = {
  'express-10': 980,
  standard: 420,
  economy: 295,
  'gb-standard': 410,
  'gb-economy': 300,
  counter: 260,
  locker: 245,
};

function costsOf(way: Way): Lane['costs'] {
  const isFromStore = way.nodes.every((node) => node.id.startsWith('ST-'));
  const isRemote = way.zones.some((entry) => entry.isRemote);
  const base =
    (BASE_COST_MINOR[way.serviceCode] ?? 0) * (way.isDomestic ? 1 : 1.6) * (isRemote ? 1.5 : 1) +
    // A store packs by hand and ships without a volume contract.
    (isFromStore ? 180 : 0) +
    (way.crossesCustoms ? 900 : 0);
  const steps = [0, 1_000, 3_000, 10_000, 31_000];
  return steps.slice(0, -1).map((fromGrams, index) => ({
    fromGrams,
    toGrams: steps[index + 1] ?? null,
    costMinor: Math.round(base * (1 + index * 0.3)),
  }));
}

function kilometers(a: { lat: number; lng: number }, b: { lat: number; lng: number }): number {
  const x = (a.lng - b.lng) * Math.cos((((a.lat + b.lat) / 2) * Math.PI) / 180);
  return 111.2 * Math.hypot(x, a.lat - b.lat);
}
