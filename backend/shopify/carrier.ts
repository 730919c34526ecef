/**
 * How do our rates get into a shop's checkout, and out again, without surprising anyone?
 *
 * `probe` registers the carrier service switched off, which also answers whether the plan allows it. `attach` switches
 * it on in the zones the merchant chose, after a preview that names rates which would then stand twice; zones where it
 * is on already stay. `detach` takes it out of every zone and switches it off, in one call (platform decision 8).
 * Attaching is always explicit, as from Admin 2026-10 on; zones that an older version attached by itself, while the
 * service was off, are taken out again.
 */
import {
  CarrierServiceCreate,
  CarrierServicesRead,
  CarrierServiceUpdate,
  DeliveryProfileUpdate,
} from '../../graphql/admin/generated/documents.ts';
import type { DeliveryProfileInput } from '../../graphql/admin/generated/types.ts';
import type { ShopId } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import {
  type AdminAnswer,
  type AdminClient,
  type AdminRefusal,
  describeRefusal,
} from './admin-client.ts';
import type { ConnectorStore } from './connector-store.ts';
import { mapAnswer, readPages } from './pages.ts';
import type { RateTokens } from './rate-tokens.ts';
import { readShippingZones, type ShippingZone } from './zones.ts';

/** Shown by Shopify as the source of our rates. */
export const CARRIER_NAME = 'Kept';
/** The set-up item that remembers the carrier service. */
export const CARRIER_ITEM = 'carrier_service';
const RATE_PATH = '/shopify/rates/';

export type CarrierDeps = {
  readonly admin: AdminClient;
  readonly store: ConnectorStore;
  readonly rateTokens: RateTokens;
  /** Public address of this service, without a slash at the end. */
  readonly publicUrl: string;
  /** True when the shop has a network that can quote: nothing is switched on before. */
  hasLiveNetwork(shopId: ShopId): Promise<boolean>;
};

/** A zone the merchant chose. */
export type ZoneChoice = {
  readonly profileId: string;
  readonly groupId: string;
  readonly zoneId: string;
};

/** Why nothing was switched on. */
export type AttachRefusal =
  | { readonly code: 'network_not_live' }
  | { readonly code: 'carrier_rates_unavailable' }
  | { readonly code: 'unknown_zone'; readonly zoneId: string }
  | AdminRefusal;

/** What attaching would change in one zone. */
export type ZonePreview = ShippingZone & {
  readonly isAttached: boolean;
  /** Active rates of the merchant that would stand beside ours: shoppers would see both. */
  readonly duplicates: readonly string[];
};

export function createCarrier(deps: CarrierDeps) {
  return {
    probe: (shopId: ShopId) => probe(deps, shopId),
    preview: (shopId: ShopId) => preview(deps, shopId),
    attach: (shopId: ShopId, chosen: readonly ZoneChoice[]) => attach(deps, shopId, chosen),
    detach: (shopId: ShopId) => detach(deps, shopId),
    /** A new secret address; the old one works an hour more. */
    rotateAddress: (shopId: ShopId) => rotateAddress(deps, shopId),
  };
}

/** What `createCarrier` returns. */
export type Carrier = ReturnType<typeof createCarrier>;

// Registers the service, switched off, unless it is there; records what the plan allows.
async function probe(deps: CarrierDeps, shopId: ShopId): Promise<AdminAnswer<string>> {
  const found = await findOurs(deps, shopId);
  if (!found.ok) return found;
  const { value: existing } = found;
  if (existing !== undefined && (await isOurAddress(deps, shopId, existing.callbackUrl))) {
    // A service that is there says nothing of the plan once Shopify has refused to switch it on: ask again.
    const { carrier_rates } = await deps.store.readCapabilities(shopId);
    const answer: AdminAnswer<string> =
      carrier_rates === 'unavailable'
        ? mapAnswer(await sendActive(deps, shopId, existing.id, existing.active), () => existing.id)
        : { ok: true, value: existing.id, withheld: [] };
    return await remember(deps, shopId, answer, existing.active);
  }
  const callbackUrl = await newAddress(deps, shopId);
  const answer =
    existing === undefined
      ? mapAnswer(
          await deps.admin.send(shopId, CarrierServiceCreate, {
            input: {
              name: CARRIER_NAME,
              callbackUrl,
              active: false,
              supportsServiceDiscovery: false,
            },
          }),
          (data) => data.carrierServiceCreate?.carrierService?.id ?? '',
        )
      : mapAnswer(
          await deps.admin.send(shopId, CarrierServiceUpdate, {
            input: { id: existing.id, callbackUrl },
          }),
          () => existing.id,
        );
  return await remember(deps, shopId, answer, existing?.active ?? false);
}

async function remember(
  deps: CarrierDeps,
  shopId: ShopId,
  answer: AdminAnswer<string>,
  isActive: boolean,
): Promise<AdminAnswer<string>> {
  const item = CARRIER_ITEM;
  if (answer.ok) {
    const seen = { name: 'carrier_rates', value: 'available', source: 'probe' } as const;
    await deps.store.saveCapability(shopId, seen);
    const facts = { isActive };
    await deps.store.saveSetup(shopId, { item, state: 'done', shopifyId: answer.value, facts });
  } else if (answer.refusal.code === 'user_errors') {
    // Shopify's own words say what is missing: the plan, the yearly billing or the add-on.
    const seen = { name: 'carrier_rates', value: 'unavailable', source: 'probe' } as const;
    await deps.store.saveCapability(shopId, seen);
    const facts = { reason: describeRefusal(answer.refusal) };
    await deps.store.saveSetup(shopId, { item, state: 'unavailable', shopifyId: undefined, facts });
  }
  return answer;
}

async function findOurs(deps: CarrierDeps, shopId: ShopId) {
  const read = await readPages(
    async (after) =>
      mapAnswer(
        await deps.admin.send(shopId, CarrierServicesRead, { first: 25, after }),
        (data) => data.carrierServices,
      ),
    20,
  );
  return mapAnswer(read, (services) =>
    services.find(
      ({ name, callbackUrl }) => name === CARRIER_NAME || callbackUrl?.includes(RATE_PATH),
    ),
  );
}

async function isOurAddress(
  deps: CarrierDeps,
  shopId: ShopId,
  callbackUrl: string | null,
): Promise<boolean> {
  const start = `${deps.publicUrl}${RATE_PATH}`;
  if (callbackUrl === null || !callbackUrl.startsWith(start)) return false;
  return (await deps.rateTokens.shopOfRateToken(callbackUrl.slice(start.length))) === shopId;
}

async function newAddress(deps: CarrierDeps, shopId: ShopId): Promise<string> {
  return `${deps.publicUrl}${RATE_PATH}${await deps.rateTokens.rotate(shopId)}`;
}

async function rotateAddress(deps: CarrierDeps, shopId: ShopId): Promise<AdminAnswer<string>> {
  const probed = await probe(deps, shopId);
  if (!probed.ok) return probed;
  const callbackUrl = await newAddress(deps, shopId);
  const input = { id: probed.value, callbackUrl };
  return mapAnswer(await deps.admin.send(shopId, CarrierServiceUpdate, { input }), () => input.id);
}

async function preview(
  deps: CarrierDeps,
  shopId: ShopId,
): Promise<AdminAnswer<readonly ZonePreview[]>> {
  const carrier = (await deps.store.readSetup(shopId)).get(CARRIER_ITEM);
  const read = await readShippingZones(deps.admin, shopId, carrier?.shopifyId);
  return mapAnswer(read, ({ zones }) =>
    zones.map((zone) => ({
      ...zone,
      // Where Shopify attached a service that is off, nothing is shown and nobody chose it.
      isAttached: zone.ourMethodIds.length > 0 && carrier?.facts['isActive'] === true,
      duplicates: zone.merchantRates.flatMap((rate) => (rate.isActive ? rate.name : [])),
    })),
  );
}

async function attach(
  deps: CarrierDeps,
  shopId: ShopId,
  chosen: readonly ZoneChoice[],
): Promise<Result<{ attachedZones: number }, AttachRefusal>> {
  if (!(await deps.hasLiveNetwork(shopId))) {
    return { ok: false, refusal: { code: 'network_not_live' } };
  }
  const probed = await probe(deps, shopId);
  if (!probed.ok) return refuseAttach(probed.refusal);
  const before = (await deps.store.readSetup(shopId)).get(CARRIER_ITEM);
  const wasActive = before?.facts['isActive'] === true;
  const active = await setActive(deps, shopId, probed.value, true);
  if (!active.ok) {
    // After a downgrade the service is still there but may not be switched on.
    await remember(deps, shopId, active, false);
    return refuseAttach(active.refusal);
  }
  const read = await readShippingZones(deps.admin, shopId, probed.value);
  if (!read.ok) return read;
  const unknown = chosen.find((choice) => !read.value.zones.some((zone) => isSame(zone, choice)));
  if (unknown !== undefined) {
    return { ok: false, refusal: { code: 'unknown_zone', zoneId: unknown.zoneId } };
  }
  // Zones that are on stay on; a service that was off is on nowhere but in the chosen ones.
  const isChosen = (zone: ShippingZone) =>
    chosen.some((choice) => isSame(zone, choice)) || (wasActive && zone.ourMethodIds.length > 0);
  const changed = await changeZones(deps, shopId, read.value.zones, (zone) => ({
    adds: isChosen(zone) && zone.ourMethodIds.length === 0 ? probed.value : undefined,
    removes: isChosen(zone) ? zone.ourMethodIds.slice(1) : zone.ourMethodIds,
  }));
  return changed.ok ? { ok: true, value: { attachedZones: chosen.length } } : changed;
}

async function detach(
  deps: CarrierDeps,
  shopId: ShopId,
): Promise<Result<{ detachedZones: number }, AdminRefusal>> {
  const found = await findOurs(deps, shopId);
  if (!found.ok) return found;
  if (found.value === undefined) return { ok: true, value: { detachedZones: 0 } };
  // Off first: if the rest fails, checkout no longer asks us all the same.
  const off = await setActive(deps, shopId, found.value.id, false);
  if (!off.ok) return off;
  const read = await readShippingZones(deps.admin, shopId, found.value.id);
  if (!read.ok) return read;
  const ours = read.value.zones.filter((zone) => zone.ourMethodIds.length > 0);
  const changed = await changeZones(deps, shopId, ours, (zone) => ({
    adds: undefined,
    removes: zone.ourMethodIds,
  }));
  return changed.ok ? { ok: true, value: { detachedZones: ours.length } } : changed;
}

function refuseAttach(refusal: AdminRefusal): Result<never, AttachRefusal> {
  if (refusal.code !== 'user_errors') return { ok: false, refusal };
  return { ok: false, refusal: { code: 'carrier_rates_unavailable' } };
}

async function sendActive(deps: CarrierDeps, shopId: ShopId, id: string, active: boolean) {
  return await deps.admin.send(shopId, CarrierServiceUpdate, { input: { id, active } });
}

async function setActive(deps: CarrierDeps, shopId: ShopId, id: string, active: boolean) {
  const answer = await sendActive(deps, shopId, id, active);
  const item = { item: CARRIER_ITEM, state: 'done', shopifyId: id, facts: { isActive: active } };
  if (answer.ok) await deps.store.saveSetup(shopId, { ...item, state: 'done' });
  return answer;
}

type ZoneChange = { readonly adds: string | undefined; readonly removes: readonly string[] };

// One update a profile: Shopify takes all its zones at once.
async function changeZones(
  deps: CarrierDeps,
  shopId: ShopId,
  zones: readonly ShippingZone[],
  change: (zone: ShippingZone) => ZoneChange,
): Promise<AdminAnswer<true>> {
  for (const profileId of new Set(zones.map((zone) => zone.profileId))) {
    const own = zones.filter((zone) => zone.profileId === profileId);
    const profile = toProfileInput(own, change);
    if (profile === undefined) continue;
    const answer = await deps.admin.send(shopId, DeliveryProfileUpdate, { id: profileId, profile });
    if (!answer.ok) return answer;
  }
  return { ok: true, value: true, withheld: [] };
}

function toProfileInput(
  zones: readonly ShippingZone[],
  change: (zone: ShippingZone) => ZoneChange,
): DeliveryProfileInput | undefined {
  const removes = zones.flatMap((zone) => change(zone).removes);
  const groups = [...new Set(zones.map((zone) => zone.groupId))].flatMap((id) => {
    const zonesToUpdate = zones.flatMap((zone) => {
      const { adds } = change(zone);
      if (zone.groupId !== id || adds === undefined) return [];
      const participant = { carrierServiceId: adds, adaptToNewServices: true };
      return { id: zone.zoneId, methodDefinitionsToCreate: [{ active: true, participant }] };
    });
    return zonesToUpdate.length > 0 ? [{ id, zonesToUpdate }] : [];
  });
  if (removes.length === 0 && groups.length === 0) return undefined;
  return {
    ...(groups.length > 0 ? { locationGroupsToUpdate: groups } : {}),
    ...(removes.length > 0 ? { methodDefinitionsToDelete: removes } : {}),
  };
}

function isSame(zone: ShippingZone, choice: ZoneChoice): boolean {
  return (
    zone.profileId === choice.profileId &&
    zone.groupId === choice.groupId &&
    zone.zoneId === choice.zoneId
  );
}
