/**
 * Tells Shopify's own routing which location had better send where (extensions/location-rules-function).
 *
 * Only for shops that have the custom app with that Function and said so in the section `fulfillment`. In: network and
 * routing settings as they are now. Out: the shop's metafield `kept.location_ranks`, valid for a week and written every
 * hour, so that a backend that is away leaves Shopify to its own rules. Countries first; postal prefixes while they fit.
 */
import { MetafieldsSet } from '../../graphql/admin/generated/documents.ts';
import type { ShopId } from '../base/ids.ts';
import {
  encodeLocationRanks,
  LOCATION_RANKS_METAFIELD,
  LOCATION_RANKS_MOST_BYTES,
} from '../contract/location-ranks.ts';
import type { Snapshot } from '../network/snapshot.ts';
import { type NodeRanks, rankNodes } from '../routing/location-ranks.ts';
import type { RoutingSettings } from '../routing/settings.ts';
import { type AdminClient, expectAnswer } from './admin-client.ts';
import type { ConnectorStore } from './connector-store.ts';
import { SHOP_ITEM } from './shop-facts.ts';

export type LocationRanksDeps = {
  readonly admin: AdminClient;
  readonly store: Pick<ConnectorStore, 'readSetup'>;
  readonly now: () => Temporal.Instant;
  /** The merchant has the custom app. */
  readonly isWanted: (shopId: ShopId) => Promise<boolean>;
  readonly networkOf: (shopId: ShopId) => Promise<Snapshot | undefined>;
  readonly settingsOf: (shopId: ShopId) => Promise<RoutingSettings>;
  /** Number of the location of each node; those without one are left out. */
  readonly locationsOf: (shopId: ShopId) => Promise<ReadonlyMap<string, string>>;
};

const VALID_DAYS = 7;

/** Writes the ranks, or says why not. */
export async function writeLocationRanks(
  deps: LocationRanksDeps,
  shopId: ShopId,
): Promise<'written' | 'not_wanted' | 'nothing_to_rank'> {
  if (!(await deps.isWanted(shopId))) return 'not_wanted';
  const snapshot = await deps.networkOf(shopId);
  const ownerId = (await deps.store.readSetup(shopId)).get(SHOP_ITEM)?.shopifyId;
  if (snapshot === undefined || ownerId === undefined) return 'nothing_to_rank';
  const locations = await deps.locationsOf(shopId);
  const nodes = snapshot.nodes.filter(({ id }) => locations.has(id));
  const ranks = rankNodes(snapshot, await deps.settingsOf(shopId), nodes);
  const today = deps.now().toZonedDateTimeISO(snapshot.shopZone.name).toPlainDate();
  const validUntil = today.add({ days: VALID_DAYS }).toString();
  const value = encodeWhatFits(ranks, locations, validUntil);
  if (value === undefined) return 'nothing_to_rank';
  const metafields = [{ ...LOCATION_RANKS_METAFIELD, ownerId, value }];
  expectAnswer(await deps.admin.send(shopId, MetafieldsSet, { metafields }, { lane: 'resync' }));
  return 'written';
}

/** The longest beginning of the destinations that the metafield holds; undefined: not even one. */
export function encodeWhatFits(
  ranks: ReadonlyMap<string, NodeRanks>,
  locations: ReadonlyMap<string, string>,
  validUntil: string,
): string | undefined {
  const zones = [...ranks].map(
    ([destination, order]) =>
      [destination, order.map((ids) => ids.flatMap((id) => locations.get(id) ?? []))] as const,
  );
  const locationNumbers = [...new Set(zones.flatMap(([, order]) => order.flat()))].toSorted();
  const encode = (count: number) => {
    const first = Object.fromEntries(zones.slice(0, count));
    // Which end wins in Shopify is to be probed (fact sheet §2); the lowest until then.
    return encodeLocationRanks({ validUntil, highestWins: false, locationNumbers, zones: first });
  };
  // A destination is its name, a digit a location, quotes, colon and comma: counted first, so that it is written once.
  const rowBytes = locationNumbers.length + '"":"",'.length;
  const frame = encode(0);
  let left = frame.ok ? LOCATION_RANKS_MOST_BYTES - frame.value.length + 1 : 0;
  const fits = zones.findIndex(([destination]) => {
    left -= destination.length + rowBytes;
    return left < 0;
  });
  const encoded = encode(fits < 0 ? zones.length : fits);
  return encoded.ok && fits !== 0 && zones.length > 0 ? encoded.value : undefined;
}
