/**
 * Where does this shop offer which rates: profiles, groups of locations, zones, and who prices there?
 *
 * Read afresh whenever it is shown or changed; a merchant edits shipping settings beside us.
 */

import {
  DeliveryProfilesRead,
  DeliveryZonesRead,
} from '../../graphql/admin/generated/documents.ts';
import type { ShopId } from '../base/ids.ts';
import type { AdminAnswer, AdminClient } from './admin-client.ts';
import { mapAnswer, type Page, readPages } from './pages.ts';

/** One zone of one group of locations of one profile. Ids are Shopify's, for handing back to it. */
export type ShippingZone = {
  readonly profileId: string;
  readonly profileName: string;
  readonly groupId: string;
  readonly zoneId: string;
  readonly name: string;
  /** Country codes; `*` is the rest of the world. */
  readonly countries: readonly string[];
  /** The methods through which our carrier service is asked here; normally none or one. */
  readonly ourMethodIds: readonly string[];
  readonly isOursActive: boolean;
  /** The merchant's own rates by name, as checkout shows them. */
  readonly merchantRates: readonly MerchantRate[];
  /** More merchant rates than were read. */
  readonly hasMoreRates: boolean;
};

/** A rate of the merchant's own. */
export type MerchantRate = { readonly name: string; readonly isActive: boolean };

/** Names of the locations of each group: where a group's parcels leave from. */
export type ShippingOrigins = ReadonlyMap<string, readonly string[]>;

const PROFILES_A_PAGE = 5;
const ZONES_A_PAGE = 5;
// Shopify allows 99 custom profiles; zones are bounded by the number of countries.
const MOST_PROFILE_PAGES = 25;
const MOST_ZONE_PAGES = 60;

/** All zones of the merchant's profiles; `carrierServiceId` says which method is ours (undefined: none can be). */
export async function readShippingZones(
  admin: AdminClient,
  shopId: ShopId,
  carrierServiceId: string | undefined,
): Promise<AdminAnswer<{ zones: readonly ShippingZone[]; origins: ShippingOrigins }>> {
  const profiles = await readPages(
    async (after) =>
      mapAnswer(
        await admin.send(shopId, DeliveryProfilesRead, { first: PROFILES_A_PAGE, after }),
        (data) => data.deliveryProfiles,
      ),
    MOST_PROFILE_PAGES,
  );
  if (!profiles.ok) return profiles;
  const zones: ShippingZone[] = [];
  const origins = new Map<string, readonly string[]>();
  for (const profile of profiles.value) {
    for (const { locationGroup } of profile.profileLocationGroups) {
      origins.set(
        locationGroup.id,
        locationGroup.locations.nodes.map((one) => one.name),
      );
      const read = await readZonesOfGroup(admin, shopId, profile.id, locationGroup.id);
      if (!read.ok) return read;
      const at = { profileId: profile.id, profileName: profile.name, groupId: locationGroup.id };
      zones.push(...read.value.map((zone) => ({ ...at, ...toZone(zone, carrierServiceId) })));
    }
  }
  return { ok: true, value: { zones, origins }, withheld: [] };
}

async function readZonesOfGroup(
  admin: AdminClient,
  shopId: ShopId,
  profileId: string,
  locationGroupId: string,
) {
  return await readPages(async (after): Promise<AdminAnswer<Page<ZoneNode>>> => {
    const variables = { profileId, locationGroupId, first: ZONES_A_PAGE, after };
    return mapAnswer(await admin.send(shopId, DeliveryZonesRead, variables), (data) => {
      const group = data.deliveryProfile?.profileLocationGroups[0];
      // Deleted between the two reads: it has no zones any more.
      return group?.locationGroupZones ?? NO_ZONES;
    });
  }, MOST_ZONE_PAGES);
}

const NO_ZONES: Page<ZoneNode> = { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };

type ZoneNode = {
  readonly zone: {
    readonly id: string;
    readonly name: string;
    readonly countries: readonly {
      readonly code: { readonly countryCode: string | null; readonly restOfWorld: boolean };
    }[];
  };
  readonly participants: {
    readonly nodes: readonly {
      readonly id: string;
      readonly active: boolean;
      readonly rateProvider: object;
    }[];
  };
  readonly merchantRates: {
    readonly nodes: readonly { readonly name: string; readonly active: boolean }[];
    readonly pageInfo: { readonly hasNextPage: boolean };
  };
};

function toZone(node: ZoneNode, carrierServiceId: string | undefined) {
  const ours = node.participants.nodes.filter(
    ({ rateProvider }) =>
      carrierServiceId !== undefined && carrierOf(rateProvider) === carrierServiceId,
  );
  return {
    zoneId: node.zone.id,
    name: node.zone.name,
    countries: node.zone.countries.map(({ code }) => code.countryCode ?? '*'),
    ourMethodIds: ours.map((method) => method.id),
    isOursActive: ours.some((method) => method.active),
    merchantRates: node.merchantRates.nodes.map(({ name, active }) => ({
      name,
      isActive: active,
    })),
    hasMoreRates: node.merchantRates.pageInfo.hasNextPage,
  };
}

function carrierOf(rateProvider: object): string | undefined {
  if (!('carrierService' in rateProvider)) return undefined;
  const carrier: unknown = rateProvider.carrierService;
  return typeof carrier === 'object' && carrier !== null && 'id' in carrier
    ? String(carrier.id)
    : undefined;
}
