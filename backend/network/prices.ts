/**
 * What an option costs the shopper: billable weight and price tiers (docs/semantics.md, rule 13).
 */
import type { PriceList, PriceRow, Snapshot } from './snapshot.ts';
import type { WorldService, WorldZone } from './world.ts';

/** The weight that is charged: the actual one, or the volume's when that is more. Whole grams. */
export function billableGrams(service: WorldService, grams: number, volumeCm3: number): number {
  const divisor = service.volumetricDivisor;
  if (divisor === undefined) return grams;
  const thousandths = volumeCm3 * 1000;
  const rest = thousandths % divisor;
  const volumetric = (thousandths - rest) / divisor + (rest > 0 ? 1 : 0);
  return Math.max(grams, volumetric);
}

/** The price in minor units, or −1 when the service has none for this zone, currency and weight. */
export function priceMinor(
  snapshot: Snapshot,
  question: {
    readonly service: number;
    readonly zone: number;
    readonly currency: string;
    /** Billable grams of all items of the request. */
    readonly grams: number;
  },
): number {
  const lists = snapshot.prices[question.service];
  const list = lists?.find((candidate) => candidate.currency === question.currency);
  const row = list?.rows[(list.rowOfZone[question.zone] ?? 0) - 1];
  return row === undefined ? -1 : tierValue(row.ends, row.priceMinor, question.grams);
}

/** The value of the tier `[previous end, end)` that holds `grams`; −1 beyond the last tier. */
export function tierValue(
  ends: readonly number[],
  values: readonly number[],
  grams: number,
): number {
  for (let index = 0; index < ends.length; index += 1) {
    if (grams < (ends[index] ?? 0)) return values[index] ?? -1;
  }
  return -1;
}

/** One list per currency; a row that names a zone speaks before the row that names none. */
export function compilePrices(
  service: WorldService,
  zones: readonly WorldZone[],
): readonly PriceList[] {
  const zoneIndex = new Map(zones.map((zone, index) => [zone.id, index]));
  const currencies = [...new Set(service.prices.map((row) => row.currency))];
  return currencies.map((currency) => {
    const sources = service.prices.filter((row) => row.currency === currency);
    const rows = sources.map(
      (row): PriceRow => ({
        ends: row.tiers.map((tier) => tier.toGrams ?? Infinity),
        priceMinor: row.tiers.map((tier) => tier.priceMinor),
      }),
    );
    const rowOfZone = new Uint16Array(zones.length);
    rowOfZone.fill(sources.findIndex((row) => row.zoneIds === undefined) + 1);
    for (const [index, row] of sources.entries()) {
      for (const id of row.zoneIds ?? []) rowOfZone[zoneIndex.get(id) ?? zones.length] = index + 1;
    }
    return { currency, rowOfZone, rows };
  });
}
