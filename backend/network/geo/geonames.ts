/**
 * Reads a GeoNames postal code file (`kept import postal`).
 *
 * Input: the text of one country file of https://download.geonames.org/export/zip/ : tab separated, no
 * header, twelve columns `country, postal code, place, admin1 name, admin1 code, admin2 name, admin2 code,
 * admin3 name, admin3 code, latitude, longitude, accuracy`. Output: one point per postal code and country
 * (the median of its rows) and of every shorter prefix; medians, because real files hold codes hundreds of
 * kilometers off; refused lines are returned, never dropped.
 * Codes of one bulk receiver (`01001 CEDEX`) count only for themselves, not for their prefixes.
 */
import { normalizePostalCode } from '../destination.ts';
import { type GeoPoint, type PostalPlaces, postalCandidates } from './geocode.ts';

/** A line that is not a GeoNames row, with the reason in words. `line` counts from 1. */
export type PostalLineRefusal = { readonly line: number; readonly reason: string };

/** What a file gave: places, how many codes they name, and the lines that were refused. */
export type PostalImport = {
  readonly places: PostalPlaces;
  readonly codeCount: number;
  readonly refused: readonly PostalLineRefusal[];
};

/** One row that was read: normalized code, and whether it stands for its neighborhood. */
export type PostalRow = GeoPoint & {
  readonly country: string;
  readonly postalCode: string;
  readonly isBulk: boolean;
};

/** Parses the text of a GeoNames postal file. Blank lines and a byte order mark are skipped. */
export function parseGeoNamesPostal(text: string): PostalImport {
  const rows: PostalRow[] = [];
  const refused: PostalLineRefusal[] = [];
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '') continue;
    const row = parseLine(line);
    if (typeof row === 'string') refused.push({ line: index + 1, reason: row });
    else rows.push(row);
  }
  const { places, codeCount } = postalPlacesOf(rows);
  return { places, codeCount, refused };
}

/** Medians of rows by code and by each shorter prefix. Coordinates are rounded to five decimals (1 m). */
export function postalPlacesOf(rows: readonly PostalRow[]): {
  readonly places: PostalPlaces;
  readonly codeCount: number;
} {
  const found = new Map<string, Map<string, GeoPoint[]>>();
  const codes = new Set<string>();
  for (const row of rows) {
    const country = found.get(row.country) ?? new Map<string, GeoPoint[]>();
    found.set(row.country, country);
    const candidates = postalCandidates(row.country, row.postalCode);
    codes.add(`${row.country} ${candidates[0]}`);
    for (const key of row.isBulk ? candidates.slice(0, 1) : candidates) addTo(country, key, row);
  }
  const places = new Map<string, ReadonlyMap<string, GeoPoint>>();
  for (const [country, pointsByKey] of found) {
    places.set(country, new Map([...pointsByKey].map(([key, points]) => [key, middleOf(points)])));
  }
  return { places, codeCount: codes.size };
}

function addTo(found: Map<string, GeoPoint[]>, key: string, point: GeoPoint): void {
  const points = found.get(key);
  if (points === undefined) found.set(key, [point]);
  else points.push(point);
}

const COLUMNS = 12;

function parseLine(line: string): PostalRow | string {
  const columns = line.split('\t');
  if (columns.length < COLUMNS - 1) {
    return `${columns.length} columns; a GeoNames postal file has ${COLUMNS}, separated by tabs`;
  }
  const country = columns[0] ?? '';
  if (!/^[A-Z]{2}$/.test(country)) return `country "${country}"; two capital letters, as IT`;
  const written = columns[1] ?? '';
  const postalCode = normalizePostalCode(written.replace(/ CEDEX.*$/i, ''));
  if (postalCode === '' || postalCode.length > 12) {
    return `postal code "${written}"; 1 to 12 letters and digits`;
  }
  const lat = parseDegrees(columns[9], 90);
  const lng = parseDegrees(columns[10], 180);
  if (lat === undefined) return `latitude "${columns[9]}"; a number from -90 to 90`;
  if (lng === undefined) return `longitude "${columns[10]}"; a number from -180 to 180`;
  return { country, postalCode, lat, lng, isBulk: / CEDEX/i.test(written) };
}

function parseDegrees(text: string | undefined, limit: number): number | undefined {
  if (text === undefined || !/^-?\d{1,3}(\.\d{1,12})?$/.test(text)) return undefined;
  const degrees = Number(text);
  return Math.abs(degrees) <= limit ? degrees : undefined;
}

function middleOf(points: readonly GeoPoint[]): GeoPoint {
  return { lat: median(points.map(({ lat }) => lat)), lng: median(points.map(({ lng }) => lng)) };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const low = sorted[(sorted.length - 1) >> 1] ?? 0;
  const high = sorted[sorted.length >> 1] ?? 0;
  return Math.round(((low + high) / 2) * 100_000) / 100_000;
}
