import { expect, test } from 'vitest';
import {
  oneWarehouse,
  parsed,
  type ServiceInput,
  standardHome,
  zone,
} from '../../tests/worlds/worlds.ts';
import { instantToMinuteFloor } from '../base/time.ts';
import { breaksItemLimit, breaksParcelLimit, isRestricted } from './limits.ts';
import { compileNetwork } from './network.ts';
import { billableGrams, priceMinor } from './prices.ts';
import type { WorldProduct, WorldService } from './world.ts';

function service(changes: Partial<ServiceInput>): WorldService {
  const world = parsed({ ...oneWarehouse(), services: [{ ...standardHome(), ...changes }] });
  const [only] = world.services;
  if (only === undefined) throw new Error('a world of one service');
  return only;
}

test.each([
  [5_000, 300, 2_000, 400],
  [5_000, 500, 2_000, 500],
  [5_000, 0, 1, 1],
  [5_000, 0, 5, 1],
  [5_000, 0, 6, 2],
  [6_000, 0, 1_000_000_000, 166_666_667],
  [undefined, 300, 2_000_000, 300],
])('divisor %s: %i g and %i cm³ bill %i g', (volumetricDivisor, grams, volumeCm3, expected) => {
  const { volumetricDivisor: _, ...plain } = service({});
  const charged = volumetricDivisor === undefined ? plain : { ...plain, volumetricDivisor };
  expect(billableGrams(charged, grams, volumeCm3)).toBe(expected);
});

test.each([
  ['north', 'EUR', 0, 300],
  ['north', 'EUR', 999, 300],
  ['north', 'EUR', 1_000, 400],
  ['north', 'EUR', 999_999_999, 400],
  ['south', 'EUR', 0, 500],
  ['south', 'EUR', 2_000, -1],
  ['north', 'GBP', 0, 700],
  ['south', 'GBP', 0, -1],
  ['south', 'USD', 0, -1],
])('zone %s in %s at %i g: %i', (zoneId, currency, grams, expected) => {
  const world = {
    ...oneWarehouse(),
    zones: [zone('north', 'IT', 'Europe/Rome', ['2']), zone('south', 'IT', 'Europe/Rome', [])],
    lanes: [],
    services: [
      {
        ...standardHome(),
        prices: [
          { currency: 'EUR', tiers: [{ fromGrams: 0, toGrams: 2_000, priceMinor: 500 }] },
          {
            currency: 'EUR',
            zoneIds: ['north'],
            tiers: [
              { fromGrams: 0, toGrams: 1_000, priceMinor: 300 },
              { fromGrams: 1_000, toGrams: null, priceMinor: 400 },
            ],
          },
          {
            currency: 'GBP',
            zoneIds: ['north'],
            tiers: [{ fromGrams: 0, toGrams: null, priceMinor: 700 }],
          },
        ],
      },
    ],
  };
  const snapshot = compileNetwork(parsed(world), instantToMinuteFloor('2026-11-30T10:00Z'));
  const index = snapshot.zoneIndex.get(zoneId) ?? -1;
  expect(priceMinor(snapshot, { service: 0, zone: index, currency, grams })).toBe(expected);
});

const SHIRT: WorldProduct = {
  sku: 'SHIRT',
  weightGrams: 300,
  volumeCm3: 2_000,
  longestCm: 30,
  tags: ['battery'],
  offersStorePickup: true,
};

test.each<[Partial<ServiceInput>, boolean]>([
  [{}, false],
  [{ maxItemGrams: 300 }, false],
  [{ maxItemGrams: 299 }, true],
  [{ maxItemLongestCm: 30 }, false],
  [{ maxItemLongestCm: 29 }, true],
  [{ maxItemVolumeCm3: 1_999 }, true],
  [{ maxParcelGrams: 299 }, true],
  [{ maxParcelVolumeCm3: 1_999 }, true],
])('one unit against %j breaks a limit: %s', (limits, expected) => {
  expect(breaksItemLimit(service(limits), SHIRT)).toBe(expected);
});

test('a parcel at its limits goes, a gram or a cm³ more does not', () => {
  const limited = service({ maxParcelGrams: 1_000, maxParcelVolumeCm3: 500 });
  expect(breaksParcelLimit(limited, 1_000, 500)).toBe(false);
  expect(breaksParcelLimit(limited, 1_001, 500)).toBe(true);
  expect(breaksParcelLimit(limited, 1_000, 501)).toBe(true);
});

test.each<[ServiceInput['restrictions'], string, boolean]>([
  [[], 'GB', false],
  [[{ productTag: 'battery' }], 'GB', true],
  [[{ productTag: 'battery', countries: ['GB'] }], 'GB', true],
  [[{ productTag: 'battery', countries: ['GB'] }], 'IT', false],
  [[{ productTag: 'liquid' }], 'GB', false],
  [[{ productTag: 'battery', countries: [] }], 'GB', false],
])('restrictions %j to %s: %s', (restrictions, country, expected) => {
  expect(isRestricted(service({ restrictions }), SHIRT, country)).toBe(expected);
});
