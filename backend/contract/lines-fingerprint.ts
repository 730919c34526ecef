/**
 * Which basket was a promise made for? One short string, the same for the same variants and quantities in
 * any order, and for a variant on one line or on several (a rate callback may split what a cart merges).
 *
 * Inputs: variant ids (GID or number) and quantities. Output: `<units>-<base 36>`, as `3-1h2k9fz`.
 * It guards against a stale promise, not against a forger: receipts are signed, this is not.
 * Linear on purpose (sum of quantity x mixed id, modulo 2^32): no sorting, one multiplication per line,
 * because the Function pays for every instruction of every cart line.
 */

/** One cart line; `variantId` is `gid://shopify/ProductVariant/123`, `"123"` or `123`. */
export type FingerprintLine = { readonly variantId: string | number; readonly quantity: number };

/** The number at the end of a variant's id; NaN when there is none. */
export function variantNumber(variantId: string | number): number {
  if (typeof variantId === 'number') return variantId;
  return +variantId.slice(variantId.lastIndexOf('/') + 1);
}

/** What one unit of a variant adds to the sum: 32 mixed bits of its number. */
export function variantWeight(number: number): number {
  // The id has up to 53 bits: fold the upper ones in, then two rounds of a multiplicative mixer.
  const folded = (number | 0) ^ Math.imul((number / 4294967296) | 0, -1640531527);
  const mixed = Math.imul(folded ^ (folded >>> 16), 73244475);
  return Math.imul(mixed ^ (mixed >>> 15), 73244475);
}

/** Writes a summed weight and the number of units as the fingerprint. */
export function fingerprintOf(units: number, sum: number): string {
  return `${units}-${(sum >>> 0).toString(36)}`;
}

/** The fingerprint of a basket; `""` when a line has no variant, so that it equals no other basket. */
export function linesFingerprint(lines: readonly FingerprintLine[]): string {
  let units = 0;
  let sum = 0;
  for (const line of lines) {
    const number = variantNumber(line.variantId);
    if (!(number > 0)) return '';
    units += line.quantity;
    sum = (sum + Math.imul(variantWeight(number), line.quantity)) | 0;
  }
  return units === 0 ? '' : fingerprintOf(units, sum);
}
