/**
 * How far, and how much CO2.
 *
 * Great circle between two points on a sphere of 6371.0088 km; CO2 by weight and distance, rounded
 * once per option (docs/semantics.md, rule 14).
 */

/** Degrees north and east. */
export type Point = { readonly lat: number; readonly lng: number };

const EARTH_RADIUS_KM = 6371.0088;
const RADIANS_PER_DEGREE = Math.PI / 180;

/** Great-circle distance in kilometres, unrounded. */
export function distanceKm(a: Point, b: Point): number {
  const sinLat = Math.sin(((b.lat - a.lat) * RADIANS_PER_DEGREE) / 2);
  const sinLng = Math.sin(((b.lng - a.lng) * RADIANS_PER_DEGREE) / 2);
  const cosines = Math.cos(a.lat * RADIANS_PER_DEGREE) * Math.cos(b.lat * RADIANS_PER_DEGREE);
  const h = sinLat * sinLat + cosines * sinLng * sinLng;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(Math.min(1, h)));
}

/** Great-circle distance in whole metres, halves up. */
export function distanceMeters(a: Point, b: Point): number {
  return Math.floor(distanceKm(a, b) * 1000 + 0.5);
}

/** What one parcel weighs (really) and how far it goes with which factor. */
export type Haul = {
  readonly grams: number;
  /** Great circle, unrounded. */
  readonly km: number;
  readonly kgPerTonneKm: number;
};

const GRAMS_PER_TONNE = 1_000_000;

/** CO2 of an option's parcels in whole grams, rounded half up once at the end. */
export function co2Grams(hauls: readonly Haul[], distanceFactor: number): number {
  let grams = 0;
  for (const haul of hauls) {
    grams += (haul.grams / GRAMS_PER_TONNE) * (haul.km * distanceFactor) * haul.kgPerTonneKm * 1000;
  }
  return Math.floor(grams + 0.5);
}
