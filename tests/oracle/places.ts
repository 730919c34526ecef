/**
 * Where a request goes, how far that is, and whether customs lie between.
 *
 * Inputs: the world's zones, a country and postal code, coordinates. Outputs: the zone, metres, kilometers, customs
 * areas. Source: docs/semantics.md rules 9, 10 and 14.
 */
import type { World, WorldZone } from '../../backend/network/world.ts';

const EU_MEMBERS =
  'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE'.split(' ');

/** Its own, else EU for a member state, else the country. */
export function customsArea(place: { country: string; customsArea?: string | undefined }): string {
  if (place.customsArea !== undefined) return place.customsArea;
  return EU_MEMBERS.includes(place.country) ? 'EU' : place.country;
}

export type ResolvedZone = {
  readonly zone: WorldZone;
  /** Only the country's rest matched. */
  readonly isEstimate: boolean;
};

/** The zone with the longest prefix of the code, else the country's rest, else none. */
export function resolveZone(
  world: World,
  country: string,
  postalCode: string,
): ResolvedZone | undefined {
  const code = postalCode.toUpperCase().replace(/[^A-Z0-9]/g, '');
  const zones = world.zones.filter((zone) => zone.country === country);
  let best: { zone: WorldZone; length: number } | undefined;
  for (const zone of zones) {
    for (const prefix of zone.postalPrefixes) {
      if (code.startsWith(prefix) && prefix.length > (best?.length ?? 0)) {
        best = { zone, length: prefix.length };
      }
    }
  }
  if (best !== undefined) return { zone: best.zone, isEstimate: false };
  const rest = zones.find((zone) => zone.postalPrefixes.length === 0);
  return rest === undefined ? undefined : { zone: rest, isEstimate: true };
}

export type Point = { readonly lat: number; readonly lng: number };

const EARTH_RADIUS_KM = 6371.0088;

/** Great circle, in kilometers. */
export function kilometers(a: Point, b: Point): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const halfLat = Math.sin(radians(b.lat - a.lat) / 2);
  const halfLng = Math.sin(radians(b.lng - a.lng) / 2);
  const chord =
    halfLat * halfLat + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * halfLng * halfLng;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(Math.min(1, chord)));
}

/** Great circle in whole metres, half up. */
export function meters(a: Point, b: Point): number {
  return Math.floor(kilometers(a, b) * 1_000 + 0.5);
}
