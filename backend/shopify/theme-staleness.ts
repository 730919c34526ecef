/**
 * How long may the storefront's first date stay earlier than the live one?
 *
 * The theme's first date stands in metafields (platform decision 20): a class per variant, 25 a call, 10 points a call,
 * worse news first. So of V variants that lost their date the last one is told when ceil(V / 25) calls have left, R / 10 of
 * them a second, R being the points a second that other lanes leave to resync. Beside it: what the table waits for stock
 * (60 s), what seeing the stock, making the table and one reply take, and the calls of an older table that were already
 * on their way. A class that got better may come later than this; nobody is told too early a date by it.
 */
import { CLASS_CALLS_AT_ONCE, CLASSES_A_CALL } from './class-publication.ts';

/** Points of one metafieldsSet. */
export const POINTS_A_CALL = 10;
/** A change of stock is in every replica's facts, and in a table that is due, this much later. */
const LIVE_SECONDS = 2;
/** `promise/padded/service.ts` makes a table of changed stock at most this often. */
const REFRESH_SECONDS = 60;
/** Making the table of a large network, reading what Shopify holds, settings and table themselves. */
const MAKE_SECONDS = 4;
/** One call there and back, twice what Shopify usually takes. */
const REPLY_SECONDS = 2;

export type ThemeLoad = {
  /** V: variants that lost their date since Shopify was last up to date. */
  readonly worseVariants: number;
  /** R: points a second of the shop's bucket that are left to resync. */
  readonly restoreRate: number;
};

/** The bound in whole seconds: `10 · (ceil(V / 25) + 32 + 2) / R + 68`. */
export function themeStalenessSeconds({ worseVariants, restoreRate }: ThemeLoad): number {
  const calls = Math.ceil(worseVariants / CLASSES_A_CALL) + CLASS_CALLS_AT_ONCE + SHOP_CALLS;
  const constant = LIVE_SECONDS + REFRESH_SECONDS + MAKE_SECONDS + REPLY_SECONDS;
  return Math.ceil((POINTS_A_CALL * calls) / restoreRate) + constant;
}

/** The shop's own metafields, before any class: the Function's settings with the theme's table, and room for a repeat. */
const SHOP_CALLS = 2;
