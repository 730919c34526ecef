/**
 * Where is this postal code?
 *
 * Country + postal code → a point, from one or more tables of postal places: the exact code if a table has it, else its
 * longest known prefix down to two characters (Great Britain: outward code, district, area). The tables are
 * tried code by code, not table by table: a merchant's imported file beats the built-in prefixes only where
 * it knows the code better.
 * Never: a guess across countries, a point for an unknown code (then the zone's centroid speaks,
 * docs/semantics.md rule 10), an exception for a malformed code. Great Britain is read from the right
 * (the inward part is always three characters), because M1 1AE is not in district M11.
 */

import { normalizePostalCode } from '../destination.ts';

/** Degrees, WGS 84. */
export type GeoPoint = { readonly lat: number; readonly lng: number };

/** Points by country, then by normalized postal code or prefix. */
export type PostalPlaces = ReadonlyMap<string, ReadonlyMap<string, GeoPoint>>;

/** `exact`: the code itself is known; `prefix`: only its first characters (`matched`) are. */
export type GeocodedPoint = GeoPoint & {
  readonly precision: 'exact' | 'prefix';
  readonly matched: string;
};

/**
 * The code and its meaningful prefixes, longest first. Great Britain: whole code, outward code, district
 * without its letter, area; elsewhere every length down to two characters. Empty for an empty code.
 */
export function postalCandidates(country: string, postalCode: string): string[] {
  const code = normalizePostalCode(postalCode).slice(0, MAX_CODE_LENGTH);
  if (country === 'GB') return britishCandidates(code);
  const candidates: string[] = [];
  for (let length = code.length; length >= MIN_PREFIX_LENGTH; length -= 1) {
    candidates.push(code.slice(0, length));
  }
  return candidates;
}

/** The best known point of a postal code, or `undefined` when no table knows even its prefix. */
export function geocode(
  tables: readonly PostalPlaces[],
  place: { readonly country: string; readonly postalCode: string },
): GeocodedPoint | undefined {
  const candidates = postalCandidates(place.country, place.postalCode);
  const whole = candidates[0];
  for (const matched of candidates) {
    for (const table of tables) {
      const point = table.get(place.country)?.get(matched);
      if (point === undefined) continue;
      return { ...point, matched, precision: matched === whole ? 'exact' : 'prefix' };
    }
  }
  return undefined;
}

// Shorter prefixes cover a fifth of a country: no place at all is more honest than that.
const MIN_PREFIX_LENGTH = 2;
// The longest real codes (Brazil, Iran) have ten characters; what follows cannot matter.
const MAX_CODE_LENGTH = 12;

function britishCandidates(code: string): string[] {
  const whole = /^([A-Z]{1,2}[0-9][A-Z0-9]?)[0-9][A-Z]{2}$/.exec(code);
  const outward = whole?.[1] ?? code;
  const district = /^[A-Z]{1,2}[0-9]{1,2}/.exec(outward)?.[0];
  const area = /^[A-Z]{1,2}/.exec(outward)?.[0];
  const candidates = [code, outward, district ?? '', area ?? ''];
  return [...new Set(candidates)].filter((candidate) => candidate !== '');
}
