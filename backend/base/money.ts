/**
 * Amounts of money, exact.
 *
 * An amount is a whole number of the currency's minor unit (cents for EUR, yen for JPY) beside its
 * ISO 4217 code; there is no floating point and no conversion between currencies anywhere.
 * Decimal strings (as in Shopify's API) are parsed exactly or refused; parts always sum to the whole.
 */
import { assert, type Result, refuseInput } from './result.ts';

/** An ISO 4217 code in capitals, such as `EUR`. */
export type Currency = string;

/** A whole number of minor units and the currency they count. */
export type Money = { readonly amountMinor: number; readonly currency: Currency };

// ISO 4217 exponents that differ from 2 (list of 2024-06, currencies in circulation).
const ZERO_DECIMALS = new Set(
  'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' '),
);
const THREE_DECIMALS = new Set('BHD IQD JOD KWD LYD OMR TND'.split(' '));

/** How many decimals the currency has: 0, 2 or 3. */
export function minorUnitDigits(currency: Currency): 0 | 2 | 3 {
  if (ZERO_DECIMALS.has(currency)) return 0;
  return THREE_DECIMALS.has(currency) ? 3 : 2;
}

/** Largest amount in minor units: the largest whole number a double holds exactly. */
export const MAX_AMOUNT_MINOR = Number.MAX_SAFE_INTEGER;

/**
 * Reads a decimal string such as `"12.90"` in the given currency into minor units (1290), exactly.
 * Zeros beyond the currency's decimals are allowed (`"5.00"` in JPY is 5); any other digit there is
 * refused with `invalid_input`, because rounding a price is never ours to do.
 */
export function parseDecimalMinor(
  value: unknown,
  currency: Currency,
  pointer: string,
): Result<number> {
  const match = typeof value === 'string' ? /^(-?)(\d{1,16})(?:\.(\d{1,8}))?$/.exec(value) : null;
  if (match === null) {
    return refuseInput({
      pointer,
      value,
      allowed: 'a decimal string with at most 16 digits before and 8 after the point',
      remedy: 'Write the amount like "12.90", with a point and without separators.',
    });
  }
  const digits = minorUnitDigits(currency);
  const fraction = match[3] ?? '';
  const kept = fraction.slice(0, digits).padEnd(digits, '0');
  if (/[1-9]/.test(fraction.slice(digits))) {
    return refuseInput({
      pointer,
      value,
      allowed: `at most ${digits} decimals in ${currency}`,
      remedy: 'Round the amount where it is decided; it is never rounded here.',
    });
  }
  const amountMinor = Number(`${match[2] ?? ''}${kept}`);
  if (amountMinor > MAX_AMOUNT_MINOR) {
    return refuseInput({
      pointer,
      value,
      allowed: `at most ${MAX_AMOUNT_MINOR} minor units`,
      remedy: 'Check the amount.',
    });
  }
  // `|| 0` turns -0 (from "-0.00") into 0.
  return { ok: true, value: (match[1] === '-' ? -amountMinor : amountMinor) || 0 };
}

/** The exact decimal string of an amount in minor units: 1290 in EUR is `"12.90"`, in JPY `"1290"`. */
export function formatDecimal(amountMinor: number, currency: Currency): string {
  assert(Number.isSafeInteger(amountMinor), `${amountMinor} is not a whole number of minor units`);
  const digits = minorUnitDigits(currency);
  const sign = amountMinor < 0 ? '-' : '';
  const text = Math.abs(amountMinor)
    .toString()
    .padStart(digits + 1, '0');
  if (digits === 0) return `${sign}${text}`;
  return `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/**
 * Divides `amountMinor` in proportion to `weights` (whole, not negative) by largest remainder; equal
 * remainders go to the earlier part. The parts always sum to the amount. With all weights zero the
 * amount is divided as if they were equal. At least one weight.
 */
export function splitMinor(amountMinor: number, weights: readonly number[]): number[] {
  assert(Number.isSafeInteger(amountMinor), `${amountMinor} is not a whole number of minor units`);
  assert(weights.length > 0, 'an amount cannot be split into no parts');
  for (const weight of weights) {
    assert(Number.isSafeInteger(weight) && weight >= 0, `${weight} is not a whole weight`);
  }
  const given = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  const shares = given === 0n ? weights.map(() => 1n) : weights.map((weight) => BigInt(weight));
  const total = given === 0n ? BigInt(weights.length) : given;
  const sign = amountMinor < 0 ? -1 : 1;
  const whole = BigInt(Math.abs(amountMinor));
  const parts = shares.map((share, index) => ({
    index,
    amount: Number((whole * share) / total),
    remainder: (whole * share) % total,
  }));
  const left = Math.abs(amountMinor) - parts.reduce((sum, part) => sum + part.amount, 0);
  const byRemainder = parts.toSorted((a, b) => {
    if (a.remainder === b.remainder) return a.index - b.index;
    return a.remainder > b.remainder ? -1 : 1;
  });
  for (const part of byRemainder.slice(0, left)) part.amount += 1;
  return parts.map((part) => sign * part.amount || 0);
}
