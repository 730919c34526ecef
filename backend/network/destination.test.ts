import { expect, test } from 'vitest';
import { oneWarehouse, parsed, zone } from '../../tests/worlds/worlds.ts';
import { instantToMinuteFloor } from '../base/time.ts';
import { normalizePostalCode, resolveDestination } from './destination.ts';
import { co2Grams, distanceKm, distanceMeters } from './distance.ts';
import { compileNetwork } from './network.ts';

const SNAPSHOT = compileNetwork(
  parsed({
    ...oneWarehouse(),
    lanes: [],
    zones: [
      zone('gb', 'GB', 'Europe/London', []),
      zone('london', 'GB', 'Europe/London', ['SW', 'SW1', 'W1']),
      zone('palace', 'GB', 'Europe/London', ['SW1A', 'SW1A1']),
      zone('milan', 'IT', 'Europe/Rome', ['201', '20']),
    ],
  }),
  instantToMinuteFloor('2026-11-30T10:00Z'),
);

test.each([
  ['GB', 'SW1A 1AA', 'palace', false],
  ['GB', 'sw1a-1aa', 'palace', false],
  ['GB', 'SW1B 1AA', 'london', false],
  ['GB', 'SW', 'london', false],
  ['GB', 'S', 'gb', true],
  ['GB', 'EH1 1YZ', 'gb', true],
  ['GB', '', 'gb', true],
  ['GB', '¿?', 'gb', true],
  ['IT', '20121', 'milan', false],
  ['IT', '10121', undefined, true],
  ['FR', '20121', undefined, true],
])('%s %s lies in %s (estimate: %s)', (country, postalCode, expected, isEstimate) => {
  const found = resolveDestination(SNAPSHOT, { country, postalCode });
  expect(SNAPSHOT.zones[found.zoneIndex]?.id).toBe(expected);
  expect(found.isEstimate).toBe(isEstimate);
});

test('a postal code is capitals and digits, whatever stands between them', () => {
  expect(normalizePostalCode(' sw1a–1aa.')).toBe('SW1A1AA');
});

test('the request’s own point speaks before the zone’s centroid', () => {
  const address = { country: 'IT', postalCode: '20121' };
  expect(resolveDestination(SNAPSHOT, address)).toMatchObject({ lat: 45, lng: 9 });
  expect(resolveDestination(SNAPSHOT, { ...address, lat: 45.4, lng: 9.2 })).toMatchObject({
    lat: 45.4,
    lng: 9.2,
  });
});

test.each([
  [{ lat: 0, lng: 0 }, { lat: 0, lng: 0 }, 0],
  // A quarter of the way around: π/2 × 6371.0088 km.
  [{ lat: 0, lng: 0 }, { lat: 90, lng: 0 }, 10_007_557],
  [{ lat: 0, lng: 179 }, { lat: 0, lng: -179 }, 222_390],
  [{ lat: 45.4642, lng: 9.19 }, { lat: 41.9028, lng: 12.4964 }, 476_885],
])('from %j to %j it is %i m', (a, b, expected) => {
  expect(distanceMeters(a, b)).toBe(expected);
  expect(distanceMeters(b, a)).toBe(expected);
});

test('antipodes are half a circle apart and never more', () => {
  expect(distanceKm({ lat: 90, lng: 0 }, { lat: -90, lng: 0 })).toBeCloseTo(Math.PI * 6371.0088, 6);
});

test.each([
  [[], 0],
  // 2 kg × 400 km × 1.25 × 0.1 kg/tkm = 0.1 kg
  [[{ grams: 2_000, km: 400, kgPerTonneKm: 0.1 }], 100],
  // two parcels of 0.25 g each are half a gram: rounded once, up
  [
    [
      { grams: 1_000, km: 2, kgPerTonneKm: 0.1 },
      { grams: 1_000, km: 2, kgPerTonneKm: 0.1 },
    ],
    1,
  ],
])('%j emit %i g', (hauls, expected) => {
  expect(co2Grams(hauls, 1.25)).toBe(expected);
});
