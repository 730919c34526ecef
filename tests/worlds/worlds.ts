/**
 * Named worlds for tests: small merchants with real calendars, built by functions.
 *
 * Each returns a plain `WorldInput` (what a person would write), so a test changes one fact and
 * parses it; `parsed` does that and fails loudly when a world is not sound.
 */
import type { World, WorldInput } from '../../backend/network/world.ts';
import { parseWorld } from '../../backend/network/world-parse.ts';

export type NodeInput = WorldInput['nodes'][number];
export type ServiceInput = WorldInput['services'][number];
export type LaneInput = WorldInput['lanes'][number];
export type ZoneInput = WorldInput['zones'][number];
export type PointInput = WorldInput['pickupPoints'][number];

/** Monday to Friday, `opens` to `closes`. */
export function weekdays(opens: string, closes: string): NodeInput['hours'] {
  const day: [string, string][] = [[opens, closes]];
  return { weekly: { mon: day, tue: day, wed: day, thu: day, fri: day } };
}

/** Every day, `opens` to `closes`. */
export function everyDay(opens: string, closes: string): NodeInput['hours'] {
  const day: [string, string][] = [[opens, closes]];
  return { weekly: { ...weekdays(opens, closes).weekly, sat: day, sun: day } };
}

/** Never closes. */
export function roundTheClock(): NodeInput['hours'] {
  return everyDay('00:00', '24:00');
}

/** The same time on Monday to Friday. */
export function onWeekdays(time: string): NonNullable<NodeInput['cutOffs']> {
  return { mon: time, tue: time, wed: time, thu: time, fri: time };
}

/** Carrier pickups Monday to Friday at the given times. */
export function pickupsOnWeekdays(
  serviceCode: string,
  ...times: string[]
): NonNullable<NodeInput['carrierPickups']>[number] {
  return { serviceCode, weekly: { mon: times, tue: times, wed: times, thu: times, fri: times } };
}

/** A warehouse in Milan: weekdays 08:00–18:00, cut-off 16:00, an hour's lead time. */
export function milanWarehouse(): NodeInput {
  return {
    id: 'milan',
    kind: 'warehouse',
    country: 'IT',
    region: '25',
    timeZone: 'Europe/Rome',
    lat: 45.4642,
    lng: 9.19,
    postalCode: '20121',
    hours: weekdays('08:00', '18:00'),
    cutOffs: onWeekdays('16:00'),
    leadTimeMinutes: 60,
    carrierPickups: [pickupsOnWeekdays('standard', '17:00'), pickupsOnWeekdays('points', '17:30')],
  };
}

/** A store in Rome: every day 10:00–20:00, hands over after half an hour, ships with `standard`. */
export function romeStore(): NodeInput {
  return {
    id: 'rome',
    kind: 'store',
    country: 'IT',
    region: '62',
    timeZone: 'Europe/Rome',
    lat: 41.9028,
    lng: 12.4964,
    postalCode: '00187',
    hours: everyDay('10:00', '20:00'),
    leadTimeMinutes: 120,
    offersPickup: true,
    pickupLeadMinutes: 30,
    carrierPickups: [pickupsOnWeekdays('standard', '18:00')],
  };
}

/** A store in London: Monday to Saturday 09:00–19:00, hands over after 45 minutes. */
export function londonStore(): NodeInput {
  const day: [string, string][] = [['09:00', '19:00']];
  return {
    id: 'london',
    kind: 'store',
    country: 'GB',
    region: 'ENG',
    timeZone: 'Europe/London',
    lat: 51.5072,
    lng: -0.1276,
    postalCode: 'W1B 5AH',
    hours: { weekly: { ...weekdays('09:00', '19:00').weekly, sat: day } },
    leadTimeMinutes: 90,
    offersPickup: true,
    pickupLeadMinutes: 45,
    carrierPickups: [pickupsOnWeekdays('standard', '17:30')],
  };
}

/** Italy by two prefixes and a rest, and Great Britain; `standard` home delivery and one point. */
export function twoStoresOneWarehouse(): WorldInput {
  return {
    policy: { timeZone: 'Europe/Rome', currency: 'EUR' },
    policyVersion: 1,
    nodes: [milanWarehouse(), romeStore(), londonStore()],
    carriers: [{ id: 'corriere' }],
    services: [standardHome(), pointService()],
    lanes: [
      {
        nodeIds: ['milan', 'rome'],
        zoneIds: ['it-mi', 'it'],
        serviceCode: 'standard',
        transitDays: 1,
      },
      { nodeIds: ['milan', 'rome'], zoneIds: ['it-rm'], serviceCode: 'standard', transitDays: 2 },
      { nodeIds: ['london'], zoneIds: ['gb'], serviceCode: 'standard', transitDays: 1 },
      {
        nodeIds: ['milan'],
        zoneIds: ['it-mi', 'it-rm', 'it'],
        serviceCode: 'points',
        transitDays: 1,
      },
    ],
    zones: [
      zone('it-mi', 'IT', 'Europe/Rome', ['20']),
      zone('it-rm', 'IT', 'Europe/Rome', ['00']),
      zone('it', 'IT', 'Europe/Rome', []),
      zone('gb', 'GB', 'Europe/London', []),
    ],
    pickupPoints: [milanPoint()],
    products: [{ sku: 'SHIRT', weightGrams: 300, volumeCm3: 2_000, longestCm: 30 }],
    stock: [
      { sku: 'SHIRT', nodeId: 'milan', onHand: 10 },
      { sku: 'SHIRT', nodeId: 'rome', onHand: 2 },
      { sku: 'SHIRT', nodeId: 'london', onHand: 1 },
    ],
  };
}

/** One warehouse that never closes, in one country, with whatever a test changes about it. */
export function oneWarehouse(changes: Partial<NodeInput> = {}): WorldInput {
  const node: NodeInput = {
    id: 'only',
    kind: 'warehouse',
    country: 'IT',
    timeZone: 'Europe/Rome',
    lat: 45.4642,
    lng: 9.19,
    hours: roundTheClock(),
    ...changes,
  };
  return {
    policy: { timeZone: node.timeZone, currency: 'EUR' },
    policyVersion: 1,
    nodes: [node],
    carriers: [{ id: 'corriere' }],
    services: [standardHome()],
    lanes: [{ nodeIds: ['only'], zoneIds: ['all'], serviceCode: 'standard', transitDays: 1 }],
    zones: [zone('all', node.country, node.timeZone, [])],
    pickupPoints: [],
    products: [{ sku: 'SHIRT', weightGrams: 300 }],
    stock: [{ sku: 'SHIRT', nodeId: 'only', onHand: 10 }],
  };
}

/** Home delivery Monday to Friday, EUR and GBP prices by weight. */
export function standardHome(): ServiceInput {
  const tiers = [
    { fromGrams: 0, toGrams: 5_000, priceMinor: 590 },
    { fromGrams: 5_000, toGrams: 30_000, priceMinor: 1_190 },
  ];
  return {
    code: 'standard',
    carrierId: 'corriere',
    method: 'home',
    volumetricDivisor: 5_000,
    co2KgPerTonneKm: 0.1,
    prices: [
      { currency: 'EUR', tiers },
      { currency: 'GBP', tiers },
    ],
  };
}

/** Delivery to the points of network `punto`. */
export function pointService(): ServiceInput {
  return {
    code: 'points',
    carrierId: 'corriere',
    method: 'pickup_point',
    network: 'punto',
    prices: [{ currency: 'EUR', tiers: [{ fromGrams: 0, toGrams: null, priceMinor: 390 }] }],
  };
}

/** A counter in Milan, Monday to Saturday 09:00–12:30 and 15:00–19:30. */
export function milanPoint(): PointInput {
  const day: [string, string][] = [
    ['09:00', '12:30'],
    ['15:00', '19:30'],
  ];
  return {
    id: 'MI-1',
    network: 'punto',
    name: 'Edicola Centrale',
    country: 'IT',
    region: '25',
    postalCode: '20122',
    timeZone: 'Europe/Rome',
    lat: 45.46,
    lng: 9.195,
    hours: { weekly: { mon: day, tue: day, wed: day, thu: day, fri: day, sat: day } },
  };
}

/** A destination zone with its centroid somewhere plausible. */
export function zone(
  id: string,
  country: string,
  timeZone: string,
  postalPrefixes: string[],
): ZoneInput {
  return { id, country, timeZone, postalPrefixes, lat: 45, lng: 9 };
}

/** The world as the engine takes it; throws with every problem when it is not sound. */
export function parsed(world: WorldInput): World {
  const result = parseWorld(world);
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.refusal.problems, null, 2));
}
