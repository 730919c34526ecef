import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalizePostalCode } from '../destination.ts';
import { geocode, postalCandidates } from './geocode.ts';
import { parseGeoNamesPostal } from './geonames.ts';
import { builtInPostalPlaces } from './prefix-centroids.ts';
import { postalRegion } from './regions.ts';

const builtIn = [builtInPostalPlaces()];

function kilometers(a: { lat: number; lng: number }, lat: number, lng: number): number {
  const x = (a.lng - lng) * Math.cos((lat * Math.PI) / 180);
  return 111.2 * Math.hypot(x, a.lat - lat);
}

// True points of well known addresses, from OpenStreetMap.
test.each([
  ['IT', '20121', 45.472, 9.192, 4],
  ['IT', '00187', 41.903, 12.488, 6],
  ['IT', '44100', 44.835, 11.62, 15],
  ['FR', '75008', 48.873, 2.312, 5],
  ['FR', '69002', 45.757, 4.832, 6],
  ['DE', '80331', 48.137, 11.573, 5],
  ['DE', '10117', 52.517, 13.389, 6],
  ['ES', '28001', 40.424, -3.685, 4],
  ['ES', '35002', 28.104, -15.415, 15],
  ['GB', 'W1B 5SQ', 51.513, -0.141, 3],
  ['GB', 'm2 7aq', 53.481, -2.245, 3],
  ['GB', 'BT1 5AB', 54.597, -5.93, 3],
])(
  '%s %s lies within a few kilometers of its built-in prefix',
  (country, postalCode, lat, lng, km) => {
    const point = geocode(builtIn, { country, postalCode });
    expect(point).toBeDefined();
    expect(kilometers(point ?? { lat: 0, lng: 0 }, lat, lng)).toBeLessThan(km);
  },
);

test('an exact code of an imported file beats the built-in prefix, and an unknown one falls back to it', () => {
  const imported = parseGeoNamesPostal(row('IT', '20121', '45.4720', '9.1920')).places;
  const tables = [imported, ...builtIn];
  expect(geocode(tables, { country: 'IT', postalCode: '20121' })).toEqual({
    lat: 45.472,
    lng: 9.192,
    precision: 'exact',
    matched: '20121',
  });
  expect(geocode(tables, { country: 'IT', postalCode: '20900' })).toMatchObject({
    precision: 'prefix',
    matched: '209',
  });
});

test('M1 1AE is in district M1, never in M11', () => {
  expect(postalCandidates('GB', 'M1 1AE')).toEqual(['M11AE', 'M1', 'M']);
  expect(postalCandidates('GB', 'M11 1AE')).toEqual(['M111AE', 'M11', 'M']);
  expect(postalCandidates('GB', 'SW1A 1AA')).toEqual(['SW1A1AA', 'SW1A', 'SW1', 'SW']);
});

test.each([
  ['IT', ''],
  ['IT', 'x'],
  ['ZZ', '20121'],
  ['GB', '20121'],
  ['FR', '!!'],
])('%s "%s" has no point rather than a wrong one', (country, postalCode) => {
  expect(geocode(builtIn, { country, postalCode })).toBeUndefined();
});

test('spelling does not matter: case, blanks and punctuation give the same point', () => {
  expect(normalizePostalCode(' sw1a-1aa ')).toBe('SW1A1AA');
  expect(geocode(builtIn, { country: 'GB', postalCode: 'ec2m7pp' })).toEqual(
    geocode(builtIn, { country: 'GB', postalCode: 'EC2M 7PP' }),
  );
});

test('any text whatsoever is answered with a point of its own country or with nothing', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('IT', 'FR', 'DE', 'ES', 'GB'),
      fc.string(),
      (country, postalCode) => {
        const point = geocode(builtIn, { country, postalCode });
        if (point === undefined) return;
        expect(point.lat).toBeGreaterThan(27);
        expect(point.lat).toBeLessThan(61);
        expect(normalizePostalCode(postalCode).startsWith(point.matched)).toBe(true);
      },
    ),
  );
});

function row(country: string, code: string, lat: string, lng: string): string {
  return [country, code, 'Place', 'Region', '01', 'Province', 'PR', '', '', lat, lng, '4'].join(
    '\t',
  );
}

test('a GeoNames file gives the median of a code’s rows and of every shorter prefix', () => {
  const text = `\uFEFF${row('IT', '20121', '45.1', '9.1')}\r\n${row('IT', '20121', '45.3', '9.3')}\n\n`;
  const imported = parseGeoNamesPostal(`${text}${row('IT', '20900', '46', '10')}\n`);
  expect(imported.codeCount).toBe(2);
  expect(imported.refused).toEqual([]);
  expect(imported.places.get('IT')?.get('20121')).toEqual({ lat: 45.2, lng: 9.2 });
  expect(imported.places.get('IT')?.get('20')).toEqual({ lat: 45.3, lng: 9.3 });
});

test('a bulk receiver counts for its own code and not for the prefix around it', () => {
  const imported = parseGeoNamesPostal(
    `${row('FR', '01000', '46', '5')}\n${row('FR', '01009 CEDEX 3', '48', '7')}`,
  );
  expect(imported.places.get('FR')?.get('01009')).toEqual({ lat: 48, lng: 7 });
  expect(imported.places.get('FR')?.get('01')).toEqual({ lat: 46, lng: 5 });
});

test('each line that is no GeoNames row is named with its number and reason', () => {
  const imported = parseGeoNamesPostal(
    [
      'postal code,place',
      row('it', '1', '1', '1'),
      row('IT', '20121', '95', '9'),
      row('IT', '!', '1', '1'),
    ].join('\n'),
  );
  expect(imported.codeCount).toBe(0);
  expect(imported.refused.map(({ line }) => line)).toEqual([1, 2, 3, 4]);
  expect(imported.refused[2]?.reason).toBe('latitude "95"; a number from -90 to 90');
});

test.each([
  ['DE', '80331', 'BY', 'Europe/Berlin'],
  ['DE', '63739', 'BY', 'Europe/Berlin'],
  ['DE', '63065', 'HE', 'Europe/Berlin'],
  ['DE', '04109', 'SN', 'Europe/Berlin'],
  ['DE', '04600', 'TH', 'Europe/Berlin'],
  ['DE', '21029', 'HH', 'Europe/Berlin'],
  ['ES', '08007', 'CT', 'Europe/Madrid'],
  ['ES', '38001', 'CN', 'Atlantic/Canary'],
  ['ES', '51001', 'CE', 'Africa/Ceuta'],
  ['GB', 'EH2 4AD', 'SCT', 'Europe/London'],
  ['GB', 'E1 6AN', 'ENG', 'Europe/London'],
  ['GB', 'BT1 5AB', 'NIR', 'Europe/London'],
  ['GB', 'CF10 2HX', 'WLS', 'Europe/London'],
  ['FR', '67000', '67', 'Europe/Paris'],
  ['FR', '75001', undefined, 'Europe/Paris'],
  ['IT', '39100', '32', 'Europe/Rome'],
  ['IT', '20121', undefined, 'Europe/Rome'],
])('%s %s keeps the holidays of %s and the clock of %s', (country, code, region, timeZone) => {
  expect(postalRegion(country, code)).toEqual(
    region === undefined ? { timeZone } : { region, timeZone },
  );
});

test('every German and Spanish prefix of the built-in table has a state of its own', () => {
  for (const country of ['DE', 'ES', 'GB']) {
    for (const prefix of builtInPostalPlaces().get(country)?.keys() ?? []) {
      expect(postalRegion(country, prefix)?.region, `${country} ${prefix}`).toBeDefined();
    }
  }
});
