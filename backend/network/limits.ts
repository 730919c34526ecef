/**
 * What a service does not carry: single items too large, parcels too heavy, products it refuses.
 */
import type { WorldProduct, WorldService } from './world.ts';

/** The service refuses the product for the destination country (by one of the product's tags). */
export function isRestricted(
  service: WorldService,
  product: WorldProduct,
  country: string,
): boolean {
  if (service.restrictions.length === 0 || product.tags.length === 0) return false;
  return service.restrictions.some(
    (row) => product.tags.includes(row.productTag) && (row.countries?.includes(country) ?? true),
  );
}

/** One unit alone is more than the service takes as an item, or as a parcel. */
export function breaksItemLimit(service: WorldService, product: WorldProduct): boolean {
  return (
    product.weightGrams > (service.maxItemGrams ?? Infinity) ||
    product.longestCm > (service.maxItemLongestCm ?? Infinity) ||
    product.volumeCm3 > (service.maxItemVolumeCm3 ?? Infinity) ||
    breaksParcelLimit(service, product.weightGrams, product.volumeCm3)
  );
}

/** A parcel of this actual weight and volume is more than the service takes. */
export function breaksParcelLimit(
  service: WorldService,
  grams: number,
  volumeCm3: number,
): boolean {
  return (
    grams > (service.maxParcelGrams ?? Infinity) ||
    volumeCm3 > (service.maxParcelVolumeCm3 ?? Infinity)
  );
}
