/**
 * The demo's pickup points: the counters' opening hours by country, and lockers that never close.
 *
 * Counters keep the hours of their trade (a café opens early, a bookshop at ten, Spanish shops rest at noon) and the
 * public holidays of their region; lockers stand outside and open at any hour, holidays too.
 */

import { postalRegion } from '../../backend/network/geo/regions.ts';
import type { WorldInput } from '../../backend/network/world.ts';
import { PICKUP_PLACES } from './pickup-places.ts';
import type { Hours } from './store-hours.ts';

type PointInput = WorldInput['pickupPoints'][number];
type Intervals = [string, string][];

/** All points of both networks. */
export function demoPickupPoints(): PointInput[] {
  const points: PointInput[] = [];
  let block = { country: '', network: '', city: '' };
  const countByBlock = new Map<string, number>();
  for (const line of PICKUP_PLACES.trim().split('\n')) {
    const fields = line.split('|');
    if (fields.length === 1) {
      const [country = '', network = '', ...city] = line.split(' ');
      block = { country, network, city: city.join(' ') };
      continue;
    }
    const prefix = `${block.country}-${block.city.slice(0, 3).toUpperCase()}`;
    const number = (countByBlock.get(prefix) ?? 0) + 1;
    countByBlock.set(prefix, number);
    points.push(pointOf(fields, block, `${prefix}-${String(number).padStart(2, '0')}`));
  }
  return points;
}

function pointOf(
  fields: readonly string[],
  block: { readonly country: string; readonly network: string; readonly city: string },
  id: string,
): PointInput {
  const [name = '', address1 = '', postalCode = '', lat, lng] = fields;
  const place = postalRegion(block.country, postalCode);
  const isLocker = block.network === 'kastenwerk';
  return {
    id: plainId(id),
    network: block.network,
    name,
    country: block.country,
    ...(place?.region === undefined ? {} : { region: place.region }),
    postalCode,
    address1,
    city: block.city,
    timeZone: place?.timeZone ?? '',
    lat: Number(lat),
    lng: Number(lng),
    hours: isLocker ? ALWAYS : counterHours(block.country, name),
    opensOnHolidays: isLocker,
  };
}

// Ids travel in service codes and URLs: MÜN becomes MUN.
function plainId(id: string): string {
  return id.normalize('NFD').replace(/[^A-Z0-9-]/g, '');
}

const EVERY_DAY = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const ALWAYS: Hours = {
  weekly: Object.fromEntries(EVERY_DAY.map((day) => [day, [['00:00', '24:00']]])),
};

function counterHours(country: string, name: string): Hours {
  const [workday, saturday] = hoursByTrade(country, name);
  const weekly = Object.fromEntries(
    EVERY_DAY.map((day) => [day, day === 'sun' ? [] : day === 'sat' ? saturday : workday]),
  );
  return { weekly };
}

function hoursByTrade(country: string, name: string): [Intervals, Intervals] {
  if (/^(Bar|Tabac|Edicola|Presse|Quiosc)/.test(name))
    return [[['07:00', '19:30']], [['07:30', '19:00']]];
  if (/^(Lib|Lli)/.test(name)) return [[['10:00', '20:00']], [['10:00', '20:00']]];
  if (country === 'ES') {
    const morning: [string, string] = ['09:30', '14:00'];
    return [[morning, ['17:00', '20:30']], [morning]];
  }
  if (country === 'IT') {
    const morning: [string, string] = ['09:00', '13:00'];
    return [[morning, ['15:30', '19:30']], [morning]];
  }
  return [[['09:00', '19:00']], [['09:30', '18:30']]];
}
