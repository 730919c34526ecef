/**
 * Which basket was a promise made for? One short string, the same for the same variants and quantities in
 * any order, and for a variant on one line or on several (a rate callback may split what a cart merges).
 *
 * Inputs: variant ids (GID or number) and quantities. Output: the sum of quantity x weight, as `2671662907`.
 * It guards against a stale promise, not against a forger: receipts are signed, this is not.
 * A plain sum of whole numbers below 2^53 on purpose: no sorting, no overflow, and only the last seven digits of an
 * id, because the Function pays for every instruction of every cart line.
 */

/** One cart line; `variantId` is `gid://shopify/ProductVariant/123`, `"123"` or `123`. */
export type FingerprintLine = { readonly variantId: string | number; readonly quantity: number };

const LAST_DIGITS = 10_000_000;

/**
 * What one unit of a variant adds to the sum, never 0: not proportional to its number, so that two variants differ and
 * two together differ from two others but by chance. NaN for what is not a number.
 */
export function variantWeight(variant: number): number {
  const digits = (variant % LAST_DIGITS) + 1;
  return variant >= 0 ? digits * ((digits % 997) + 1) : Number.NaN;
}

/** The fingerprint of a basket; `""` when a line has no variant, so that it equals no other basket. */
export function linesFingerprint(lines: readonly FingerprintLine[]): string {
  let sum = 0;
  for (const { variantId, quantity } of lines) {
    const digits = `${variantId}`.slice(`${variantId}`.lastIndexOf('/') + 1);
    sum += variantWeight(digits === '' ? Number.NaN : +digits) * quantity;
  }
  return sum > 0 ? `${sum}` : '';
}
