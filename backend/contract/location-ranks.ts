/**
 * The metafield the location-rules Function reads: `kept.location_ranks` (json) on the shop.
 *
 * Which location had better send to which destinations, worked out by routing and written by the backend; the Function
 * only looks it up. It stands on the shop under a name of ours, not of one app, because the custom app that carries the
 * Function is another app than Kept and holds nothing else (docs/install.md). At most 10,000 bytes: Shopify hands a Function
 * null above that, and then its next rule decides.
 */
import { type Parsed, parseWith, refuse } from './parsed.ts';

export const LOCATION_RANKS_METAFIELD = {
  namespace: 'kept',
  key: 'location_ranks',
  type: 'json',
} as const;
/** Shopify hands a Function null above this. */
export const LOCATION_RANKS_MOST_BYTES = 10_000;
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const UNRANKED = '-';

/** As the Function receives it. */
export type LocationRanksJson = {
  readonly v: 1;
  /** The last local date of the shop on which it holds. */
  readonly u: string;
  /** Numbers of the locations, as at the end of their ids. */
  readonly l: readonly string[];
  /** 1: the highest number wins; else the lowest (which of the two Shopify means is to be probed). */
  readonly h?: 1;
  /** Country, or country and the beginning of a postal code -> a digit (base 62) for each location, "-" for none. */
  readonly z: { readonly [destination: string]: string };
};

export type LocationRanks = {
  readonly validUntil: string;
  readonly highestWins: boolean;
  readonly locationNumbers: readonly string[];
  /** By destination: locations, best first; equal ones in one list. Those left out are not ranked. */
  readonly zones: { readonly [destination: string]: readonly (readonly string[])[] };
};

/** The metafield's value, or what does not fit. */
export function encodeLocationRanks(ranks: LocationRanks): Parsed<string> {
  return parseWith(() => {
    const z: { [destination: string]: string } = {};
    for (const [destination, order] of Object.entries(ranks.zones)) {
      if (!/^[A-Z]{2}[A-Z0-9]{0,10}$/.test(destination)) {
        refuse(
          `/zones/${destination}`,
          destination,
          'a country and the beginning of a postal code',
        );
      }
      z[destination] = rowOf(ranks, { destination, order });
    }
    const json: LocationRanksJson = {
      v: 1,
      u: ranks.validUntil,
      l: ranks.locationNumbers,
      ...(ranks.highestWins ? { h: 1 } : {}),
      z,
    };
    const text = JSON.stringify(json);
    // Digits and capitals only: a character is a byte.
    if (text.length > LOCATION_RANKS_MOST_BYTES) {
      refuse(
        '/zones',
        text.length,
        `destinations and locations in ${LOCATION_RANKS_MOST_BYTES} bytes`,
      );
    }
    return text;
  });
}

function rowOf(
  { locationNumbers }: LocationRanks,
  of: { readonly destination: string; readonly order: readonly (readonly string[])[] },
): string {
  const { destination, order } = of;
  if (order.length > DIGITS.length) {
    refuse(`/zones/${destination}`, order.length, `at most ${DIGITS.length} ranks`);
  }
  const row = locationNumbers.map(() => UNRANKED);
  for (const [rank, numbers] of order.entries()) {
    for (const number of numbers) {
      const place = locationNumbers.indexOf(number);
      if (place < 0) refuse(`/zones/${destination}`, number, 'a number of locationNumbers');
      row[place] = DIGITS[rank] ?? UNRANKED;
    }
  }
  return row.join('');
}
