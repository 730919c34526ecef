/**
 * The built-in postal places: centroids of postal prefixes of Italy, France, Germany, Spain and Great Britain.
 *
 * Good to a few kilometers, so that distances, nearest stores and pickup points work before a merchant
 * imports a file of exact codes (`kept import postal`). Made by `scripts/demo/make-postal.ts` from
 * GeoNames postal files (CC BY 4.0, see docs/licenses.md); French overseas departments are not in them.
 */

import { POSTAL_PREFIXES } from './generated/postal-prefixes.ts';
import type { GeoPoint, PostalPlaces } from './geocode.ts';

let decoded: PostalPlaces | undefined;

/** The built-in table; decoded at the first call (about 6,000 prefixes), then the same immutable map. */
export function builtInPostalPlaces(): PostalPlaces {
  decoded ??= decodePostalPrefixes(POSTAL_PREFIXES);
  return decoded;
}

/**
 * Reads the compact form: per country one string of `prefix,latE2,lngE2` joined by blanks, degrees times
 * 100 as whole numbers; a country's list keeps a prefix only where it lies apart from its parent.
 */
export function decodePostalPrefixes(packed: Readonly<Record<string, string>>): PostalPlaces {
  const places = new Map<string, ReadonlyMap<string, GeoPoint>>();
  for (const [country, list] of Object.entries(packed)) {
    const points = new Map<string, GeoPoint>();
    for (const entry of list.split(' ')) {
      const [prefix = '', lat, lng] = entry.split(',');
      points.set(prefix, { lat: Number(lat) / 100, lng: Number(lng) / 100 });
    }
    places.set(country, points);
  }
  return places;
}
