/**
 * The demo's six carriers and seven services: when they work, what they take, what they cost and emit.
 *
 * One express by 10:00 that flies, standard and economy on the road in the Union, standard and economy in Great
 * Britain, a network of counters and a network of lockers. All are invented; their habits are those of the trade:
 * express and standard Monday to Friday, economy and the British also on Saturday, extra Saturdays before
 * Christmas, no pickups on the afternoon of the eves. Prices are in EUR and GBP, by zone and weight.
 */
import type { WorldInput } from '../../backend/network/world.ts';
import { mixedCo2KgPerTonneKm } from './co2-factors.ts';
import { ADVENT_SUNDAYS, dayAfter, EVES } from './season.ts';
import type { DemoZone } from './zones.ts';

type Carrier = WorldInput['carriers'][number];
type Service = WorldInput['services'][number];
type PriceRow = NonNullable<Service['prices']>[number];

const MON_TO_SAT = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
// The Saturdays before the second, third and fourth Sunday of Advent.
const ADVENT_SATURDAYS = ADVENT_SUNDAYS.flatMap((sundays) =>
  sundays.slice(1).map((sunday) => dayAfter(sunday, -1)),
);

/** The six carriers. */
export function demoCarriers(): Carrier[] {
  return [
    {
      id: 'aquila',
      name: 'Aquila Express',
      closures: EVES.map((date) => ({ date, side: 'origin' })),
    },
    {
      id: 'strada',
      name: 'Strada',
      workedDates: ADVENT_SATURDAYS.map((date) => ({ date })),
      closures: EVES.map((date) => ({ date, side: 'delivery' })),
    },
    { id: 'lenta', name: 'Lenta Mail', workingDays: [...MON_TO_SAT] },
    { id: 'albion', name: 'Albion Parcels', workingDays: [...MON_TO_SAT] },
    { id: 'angolo', name: 'Angolo', workingDays: [...MON_TO_SAT] },
    { id: 'kastenwerk', name: 'Kastenwerk', workingDays: [...MON_TO_SAT] },
  ];
}

/** The services with their prices for these zones. */
export function demoServices(zones: readonly DemoZone[]): Service[] {
  return [...homeServices(zones), ...pointServices(zones)];
}

function homeServices(zones: readonly DemoZone[]): Service[] {
  return [
    {
      code: 'express-10',
      name: 'Express by 10:00',
      carrierId: 'aquila',
      method: 'home',
      deliverFrom: '08:00',
      deliverBy: '10:00',
      volumetricDivisor: 5_000,
      maxParcelGrams: 30_000,
      maxItemLongestCm: 120,
      restrictions: [{ productTag: 'flammable' }],
      co2KgPerTonneKm: mixedCo2KgPerTonneKm({ airShortHaul: 0.85, dieselVan: 0.15 }),
      prices: prices(zones, { EUR: [1_490, 1_990, 2_990], GBP: [1_290, 1_690, 2_490] }, 900),
    },
    {
      code: 'standard',
      name: 'Standard',
      carrierId: 'strada',
      method: 'home',
      volumetricDivisor: 6_000,
      maxParcelGrams: 30_000,
      co2KgPerTonneKm: mixedCo2KgPerTonneKm({
        articulatedTruck: 0.8,
        rigidTruck: 0.1,
        dieselVan: 0.1,
      }),
      prices: prices(zones, { EUR: [590, 790, 1_190], GBP: [495, 695, 995] }, 300),
    },
    {
      code: 'economy',
      name: 'Economy',
      carrierId: 'lenta',
      method: 'home',
      maxParcelGrams: 20_000,
      co2KgPerTonneKm: mixedCo2KgPerTonneKm({
        rail: 0.55,
        articulatedTruck: 0.35,
        electricVan: 0.1,
      }),
      prices: prices(zones, { EUR: [390, 490, 790], GBP: [345, 445, 695] }, 250),
    },
    {
      code: 'gb-standard',
      name: 'Standard',
      carrierId: 'albion',
      method: 'home',
      maxParcelGrams: 30_000,
      co2KgPerTonneKm: mixedCo2KgPerTonneKm({
        articulatedTruck: 0.75,
        rigidTruck: 0.1,
        dieselVan: 0.15,
      }),
      prices: prices(zones, { EUR: [590, 790, 1_190], GBP: [495, 695, 995] }, 300),
    },
    {
      code: 'gb-economy',
      name: 'Economy',
      carrierId: 'albion',
      method: 'home',
      maxParcelGrams: 20_000,
      co2KgPerTonneKm: mixedCo2KgPerTonneKm({ articulatedTruck: 0.85, electricVan: 0.15 }),
      prices: prices(zones, { EUR: [420, 520, 790], GBP: [350, 450, 695] }, 200),
    },
  ];
}

function pointServices(zones: readonly DemoZone[]): Service[] {
  return [
    {
      code: 'counter',
      name: 'Angolo pickup point',
      carrierId: 'angolo',
      method: 'pickup_point',
      network: 'angolo',
      maxParcelGrams: 20_000,
      maxItemLongestCm: 100,
      co2KgPerTonneKm: mixedCo2KgPerTonneKm({ articulatedTruck: 0.9, rigidTruck: 0.1 }),
      prices: prices(zones, { EUR: [350, 450, 690], GBP: [300, 400, 595] }, 150),
    },
    {
      code: 'locker',
      name: 'Kastenwerk locker',
      carrierId: 'kastenwerk',
      method: 'pickup_point',
      network: 'kastenwerk',
      maxParcelGrams: 10_000,
      maxItemLongestCm: 60,
      maxItemVolumeCm3: 60_000,
      co2KgPerTonneKm: mixedCo2KgPerTonneKm({ articulatedTruck: 0.9, electricVan: 0.1 }),
      prices: prices(zones, { EUR: [350, 450, 690], GBP: [295, 395, 595] }, 150),
    },
  ];
}

const WEIGHT_STEPS = [0, 2_000, 5_000, null] as const;

function prices(
  zones: readonly DemoZone[],
  byCurrency: Readonly<Record<string, readonly [number, number, number]>>,
  remoteExtraMinor: number,
): PriceRow[] {
  const remote = zones.filter((entry) => entry.isRemote).map((entry) => entry.zone.id);
  return Object.entries(byCurrency).flatMap(([currency, amounts]) => [
    { currency, tiers: tiersOf(amounts, 0) },
    { currency, zoneIds: remote, tiers: tiersOf(amounts, remoteExtraMinor) },
  ]);
}

function tiersOf(amounts: readonly number[], extraMinor: number): PriceRow['tiers'] {
  return amounts.map((amount, index) => ({
    fromGrams: WEIGHT_STEPS[index] ?? 0,
    toGrams: WEIGHT_STEPS[index + 1] ?? null,
    priceMinor: amount + extraMinor,
  }));
}
