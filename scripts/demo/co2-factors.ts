/**
 * CO2e of carrying goods, well to wheel, kilograms per tonne and kilometer: the one table the demo takes them from.
 *
 * Source: UK Government (DESNZ) greenhouse gas conversion factors 2025, Open Government Licence v3.0. Air includes
 * radiative forcing. Method (ISO 14083, docs/semantics.md rule 14): tonnes × km × factor.
 * A service that uses several vehicles states its mix by distance, so that anyone can check its one number.
 */
export const CO2_KG_PER_TONNE_KM = {
  dieselVan: 0.782,
  electricVan: 0.276,
  rigidTruck: 0.241,
  articulatedTruck: 0.096,
  allTrucks: 0.125,
  rail: 0.035,
  airShortHaul: 1.483,
} as const;

/** A vehicle of the table. */
export type Vehicle = keyof typeof CO2_KG_PER_TONNE_KM;

/** Share of the distance by vehicle; the shares sum to 1. */
export type VehicleMix = Readonly<Partial<Record<Vehicle, number>>>;

/** The factor of a mix, rounded to four decimals. */
export function mixedCo2KgPerTonneKm(mix: VehicleMix): number {
  let factor = 0;
  for (const [vehicle, share] of Object.entries(mix)) {
    factor += CO2_KG_PER_TONNE_KM[vehicle as Vehicle] * share;
  }
  return Math.round(factor * 10_000) / 10_000;
}
