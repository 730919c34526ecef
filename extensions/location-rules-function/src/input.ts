/** What the input query asks for and what may be answered, in the short names of the query. */
import type { LocationRanksJson } from '../../../backend/contract/location-ranks.ts';

export type Group = {
  readonly h: string;
  /** Locations that stock what is in the group. */
  readonly l: readonly string[];
  readonly a: { readonly countryCode: string | null; readonly zip: string | null } | null;
};

export type Input = {
  readonly shop: {
    readonly localTime: { readonly date: string };
    readonly ranks: { readonly jsonValue: LocationRanksJson } | null;
  };
  readonly locations: readonly { readonly h: string; readonly i: string }[];
  readonly fulfillmentGroups: readonly Group[];
};

export type Operation = {
  readonly fulfillmentGroupLocationRankingAdd: {
    readonly fulfillmentGroupHandle: string;
    readonly rankings: readonly { readonly locationHandle: string; readonly rank: number }[];
  };
};

export type Output = { readonly operations: readonly Operation[] };
