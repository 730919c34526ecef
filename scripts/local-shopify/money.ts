/**
 * Prices in the shop's currency and in the one the shopper pays in. Minor units inside, decimal text outside.
 */
import type { ShopSeed } from './seed.ts';

/** The currency a country's shoppers pay in and its rate against the shop's. */
export function currencyFor(seed: ShopSeed, countryCode: string): { code: string; rate: number } {
  const other = seed.shop.presentmentCurrencies.find((one) => one.countries.includes(countryCode));
  return other ? { code: other.code, rate: other.rate } : { code: seed.shop.currency, rate: 1 };
}

/** Units of a currency for one unit of the shop's; undefined when the shop does not know it. */
export function rateOf(seed: ShopSeed, code: string): number | undefined {
  if (code === seed.shop.currency) return 1;
  return seed.shop.presentmentCurrencies.find((one) => one.code === code)?.rate;
}

/** Minor units of the shop's currency into another one, rounded half up. */
export function convertMinor(minor: number, rate: number): number {
  return Math.floor(minor * rate + 0.5);
}

/** `12.50` from 1250. */
export function toDecimal(minor: number): string {
  const sign = minor < 0 ? '-' : '';
  const digits = String(Math.abs(minor)).padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** A price as people of a language write it. */
export function formatMoney(minor: number, currency: string, language: string): string {
  return new Intl.NumberFormat(language, { style: 'currency', currency }).format(minor / 100);
}
