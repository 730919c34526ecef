/**
 * Which basket was a promise made for? One short string, the same for the same variants and quantities in
 * any order, and for a variant on one line or on several (a rate callback may split what a cart merges).
 *
 * Inputs: variant ids (GID or number) and quantities. Output: `<units>-<sum>`, as `3-2871662907`.
 * It guards against a stale promise, not against a forger: receipts are signed, this is not.
 * Linear on purpose (sum of quantity x mixed id, modulo 2^32): no sorting, one multiplication per line,
 * because the Function pays for every instruction of every cart line.
 */

/** One cart line; `variantId` is `gid://shopify/ProductVariant/123`, `"123"` or `123`. */
export type FingerprintLine = { readonly variantId: string | number; readonly quantity: number };

/**
 * What one unit of a variant adds to the sum: 32 bits of its number, mixed one to one, so that two variants differ
 * and two together differ from two others but by chance. NaN for what is not a number.
 */
export function variantWeight(variant: number): number {
  const mixed = Math.imul(variant, 73244475);
  return variant >= 0 ? mixed ^ (mixed >>> 15) : Number.NaN;
}

/** The fingerprint of a basket; `""` when a line has no variant, so that it equals no other basket. */
export function linesFingerprint(lines: readonly FingerprintLine[]): string {
  let units = 0;
  let sum = 0;
  for (const { variantId, quantity } of lines) {
    const digits = `${variantId}`.slice(`${variantId}`.lastIndexOf('/') + 1);
    units += quantity;
    sum += variantWeight(digits === '' ? Number.NaN : +digits) * quantity;
  }
  return units > 0 && !Number.isNaN(sum) ? fingerprintOf(units, sum) : '';
}

/** Writes the number of units and the summed weight as the fingerprint. */
export function fingerprintOf(units: number, sum: number): string {
  return `${units}-${sum >>> 0}`;
}
