/**
 * Makes `backend/network/geo/generated/postal-prefixes.ts`, the built-in centroids of postal prefixes.
 *
 * Usage: node scripts/demo/make-postal.ts <folder>
 * The folder holds GeoNames postal files reduced to `code,lat,lng,…` with a header, one gzipped CSV per country
 * (IT.csv.gz FR.csv.gz DE.csv.gz ES.csv.gz GB.csv.gz; GB by outward code).
 * Kept: two- and three-character prefixes (GB: areas and outward codes), each the median of its codes without bulk
 * receivers, rounded to 0.01° (about 1 km); a longer prefix only where it lies more than 2 km from its parent.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type GeoPoint, postalCandidates } from '../../backend/network/geo/geocode.ts';
import { type PostalRow, postalPlacesOf } from '../../backend/network/geo/geonames.ts';

const COUNTRIES = ['IT', 'FR', 'DE', 'ES', 'GB'];
const TARGET = join(import.meta.dirname, '../../backend/network/geo/generated/postal-prefixes.ts');
const MAX_DISTANCE_KM = 2;

function readRows(folder: string, country: string): PostalRow[] {
  const text = gunzipSync(readFileSync(join(folder, `${country}.csv.gz`))).toString('utf8');
  const rows: PostalRow[] = [];
  for (const line of text.trim().split('\n').slice(1)) {
    const [postalCode = '', lat, lng] = line.split(',');
    const isBulk = postalCode.includes('CEDEX');
    if (isBulk) continue;
    rows.push({ country, postalCode, lat: Number(lat), lng: Number(lng), isBulk });
  }
  return rows;
}

function isApart(a: GeoPoint, b: GeoPoint | undefined): boolean {
  if (b === undefined) return true;
  const kmPerDegree = 111.2;
  const x = (a.lng - b.lng) * Math.cos((a.lat * Math.PI) / 180) * kmPerDegree;
  return Math.hypot(x, (a.lat - b.lat) * kmPerDegree) > MAX_DISTANCE_KM;
}

function packCountry(folder: string, country: string): string {
  const points = postalPlacesOf(readRows(folder, country)).places.get(country) ?? new Map();
  const longest = country === 'GB' ? 4 : 3;
  const kept = new Map<string, GeoPoint>();
  const keys = [...points.keys()].filter((key) => key.length <= longest);
  for (const key of keys.sort((a, b) => a.length - b.length || (a < b ? -1 : 1))) {
    const point = points.get(key);
    const parent = postalCandidates(country, key)
      .slice(1)
      .find((prefix) => kept.has(prefix));
    if (point === undefined) continue;
    if (parent === undefined || isApart(point, kept.get(parent))) kept.set(key, point);
  }
  return [...kept]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, { lat, lng }]) => `${key},${Math.round(lat * 100)},${Math.round(lng * 100)}`)
    .join(' ');
}

const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write(
    'usage: node scripts/demo/make-postal.ts <folder of GeoNames postal files>\n',
  );
  process.exit(2);
}
const entries = COUNTRIES.map((country) => `  ${country}:\n    '${packCountry(folder, country)}',`);
const source = `// Made by scripts/demo/make-postal.ts from GeoNames postal files (CC BY 4.0, state 2026-03-30). Do not edit.
/** By country: \`prefix,latitude × 100,longitude × 100\` joined by blanks. */
export const POSTAL_PREFIXES: Readonly<Record<string, string>> = {
${entries.join('\n')}
};
`;
writeFileSync(TARGET, source);
process.stderr.write(`${TARGET}: ${source.length} bytes\n`);
