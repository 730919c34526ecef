/**
 * Order routing in Shopify itself: ranks the locations of each fulfillment group as Kept would.
 *
 * Input: the answer of the input query. Output: one ranking for each group whose destination the metafield knows, or none
 * at all when anything is wrong or out of date: then Shopify's next rule decides. Only locations that stock the group are
 * ranked, and only where two or more of them have a rank. Nothing is computed here: ranks are made by the backend's routing
 * (backend/contract/location-ranks.ts). Whole body in one try: an uncaught error in Shopify's plugin can run away.
 */
import { postalKey } from '../../../backend/contract/destination.ts';
import type { LocationRanksJson } from '../../../backend/contract/location-ranks.ts';
import type { Group, Input, Operation, Output } from './input.ts';

const LOCATION_ID = 'gid://shopify/Location/';
// Locations looked up for all groups together: some 20,000 instructions each. Groups after them are left to the next rule.
const MOST_LOOKED_UP = 250;

export function cartFulfillmentGroupsLocationRankingsGenerateRun(input: Input): Output {
  try {
    const operations: Operation[] = [];
    const ranks = input.shop.ranks?.jsonValue;
    if (ranks?.v === 1 && input.shop.localTime.date <= ranks.u) {
      // The place of each location's rank in a row of ranks: by number, then by handle.
      const numbers: { [number: string]: number } = {};
      let place = 0;
      for (const number of ranks.l) numbers[number] = place++;
      const places: { [handle: string]: number | undefined } = {};
      for (const { h, i } of input.locations) places[h] = numbers[i.slice(LOCATION_ID.length)];
      let lookedUp = 0;
      for (const group of input.fulfillmentGroups) {
        lookedUp += group.l.length;
        if (lookedUp > MOST_LOOKED_UP) break;
        const row = rowFor(group, ranks);
        const rankings = row === undefined ? [] : rank(group, row, { places, ranks });
        if (rankings.length < 2) continue;
        operations.push({
          fulfillmentGroupLocationRankingAdd: { fulfillmentGroupHandle: group.h, rankings },
        });
      }
    }
    return { operations };
  } catch (error) {
    console.error(`Kept: ${error}`);
    return { operations: [] };
  }
}

/** The row of the longest key the destination begins with. */
function rowFor({ a }: Group, { z }: LocationRanksJson): string | undefined {
  if (!a?.countryCode) return undefined;
  const key = a.countryCode + postalKey(a.zip || '');
  for (let length = key.length; length >= 2; length--) {
    const row = z[key.slice(0, length)];
    if (row !== undefined) return row;
  }
  return undefined;
}

function rank(
  { l }: Group,
  row: string,
  of: {
    readonly places: { readonly [handle: string]: number | undefined };
    readonly ranks: LocationRanksJson;
  },
) {
  const rankings: { locationHandle: string; rank: number }[] = [];
  for (const locationHandle of l) {
    const place = of.places[locationHandle];
    // 0-9, A-Z, a-z as in the contract; "-" (45), and what is no location of ours (NaN), has no rank.
    const code = place === undefined ? 0 : row.charCodeAt(place);
    if (!(code >= 48)) continue;
    const best = code - (code < 58 ? 48 : code < 91 ? 55 : 61);
    rankings.push({ locationHandle, rank: of.ranks.h === 1 ? 61 - best : best });
  }
  return rankings;
}
