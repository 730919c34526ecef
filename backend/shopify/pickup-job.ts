/**
 * Keeps what Shopify says of pickup true, store by store.
 *
 * Runs every quarter of an hour for each shop, after a change of the network, and when the clock is set. Reads nothing
 * from Shopify: what is set there is known from the last provisioning and from our own writes; what a merchant changes
 * by hand comes back with `locations/update`. A store that Shopify refuses does not stop the others.
 */
import {
  LocationLocalPickupDisable,
  LocationLocalPickupEnable,
} from '../../graphql/admin/generated/documents.ts';
import type { ShopId } from '../base/ids.ts';
import type { CompiledLoad } from '../network/load.ts';
import type { Snapshot } from '../network/snapshot.ts';
import type { Log } from '../platform/log.ts';
import { type AdminAnswer, type AdminClient, describeRefusal } from './admin-client.ts';
import type { ConnectorStore } from './connector-store.ts';
import { gidOf } from './gid.ts';
import { type PickupChange, planPickupSettings, slotMinutes } from './pickup-settings.ts';
import { nodeOfLocation, type Surfaces } from './surfaces.ts';

/** Every quarter of an hour, in pg-boss's cron. */
export const PICKUP_SCHEDULE = '*/15 * * * *';
// A quarter until the next run, a minute for its writes, and a quarter that a checkout stays open (store pickup's margin).
const SPAN_MINUTES = 31;

/** The shop's network with each node's load, as the quote uses them. */
export type LiveNetwork = { readonly snapshot: Snapshot; loadOf(node: number): CompiledLoad };

export type PickupJobDeps = {
  readonly admin: AdminClient;
  readonly store: ConnectorStore;
  readonly log: Log;
  readonly now: () => Temporal.Instant;
  surfacesOf(shopId: ShopId): Promise<Surfaces>;
  /** Undefined while the shop has no network. */
  liveNetwork(shopId: ShopId): Promise<LiveNetwork | undefined>;
};

export function createPickupJob(deps: PickupJobDeps) {
  return {
    /** Writes what must change now; says how many settings were written. */
    run: (shopId: ShopId) => run(deps, shopId),
    /** Within how many minutes Shopify then said an order at this node is ready; undefined: it said nothing. */
    slotMinutesAt: async (
      shopId: ShopId,
      nodeId: string,
      at: string,
    ): Promise<number | undefined> => {
      const locationId = await locationOfNode(deps, shopId, nodeId);
      if (locationId === undefined) return undefined;
      const said = await deps.store.pickupTimeAt(shopId, locationId, Temporal.Instant.from(at));
      return said === undefined ? undefined : slotMinutes(said);
    },
  };
}

/** What `createPickupJob` returns. */
export type PickupJob = ReturnType<typeof createPickupJob>;

async function run(deps: PickupJobDeps, shopId: ShopId): Promise<number> {
  const surfaces = await deps.surfacesOf(shopId);
  const live = surfaces.managesPickup ? await deps.liveNetwork(shopId) : undefined;
  if (live === undefined) return 0;
  const nodeIds = new Set(live.snapshot.nodeIndex.keys());
  const locations = await deps.store.readLocations(shopId);
  const stores = locations.flatMap((location) => {
    const nodeId = nodeOfLocation(surfaces, location.locationId, nodeIds);
    if (nodeId === undefined || !location.isActive) return [];
    const { locationId, pickupTime, pickupInstructions } = location;
    return [{ locationId, nodeId, pickupTime, instructions: pickupInstructions }];
  });
  const changes = planPickupSettings({
    ...live,
    stores,
    nowMinute: Math.floor(deps.now().epochMilliseconds / 60_000),
    spanMinutes: SPAN_MINUTES,
    units: surfaces.pickupBasketUnits,
    instructions: surfaces.pickupInstructions,
  });
  let written = 0;
  for (const change of changes) if (await write(deps, shopId, change)) written++;
  if (changes.length > 0) {
    deps.log.info({ event: 'pickup_settings_written', shop: shopId, count: written });
  }
  return written;
}

async function write(deps: PickupJobDeps, shopId: ShopId, change: PickupChange): Promise<boolean> {
  const answer = await send(deps.admin, shopId, change);
  if (answer.ok) {
    await deps.store.savePickupTime(shopId, change.locationId, change);
    return true;
  }
  const reason = describeRefusal(answer.refusal);
  deps.log.warn({ event: 'pickup_setting_refused', shop: shopId, nodeId: change.nodeId, reason });
  return false;
}

async function send(
  admin: AdminClient,
  shopId: ShopId,
  change: PickupChange,
): Promise<AdminAnswer<unknown>> {
  const locationId = gidOf('Location', change.locationId);
  const { pickupTime, instructions } = change;
  if (pickupTime === null) {
    return await admin.send(shopId, LocationLocalPickupDisable, { locationId });
  }
  const localPickupSettings = { locationId, pickupTime, instructions };
  return await admin.send(shopId, LocationLocalPickupEnable, { localPickupSettings });
}

async function locationOfNode(
  deps: PickupJobDeps,
  shopId: ShopId,
  nodeId: string,
): Promise<string | undefined> {
  const surfaces = await deps.surfacesOf(shopId);
  const locations = await deps.store.readLocations(shopId);
  const nodeIds = new Set([nodeId]);
  return locations.find(
    ({ locationId }) => nodeOfLocation(surfaces, locationId, nodeIds) === nodeId,
  )?.locationId;
}
