/**
 * Which of Shopify's locations stands for what, and which of them does Kept write?
 *
 * In: the settings, the locations as last read, the network's nodes. Out: one binding a location that stands for
 * something, and what cannot be, each with the reason for the page. Invariants: a location has one binding; a location
 * is written only when its node's stock is sent to us (`kept`), or when it stands for a whole channel.
 */
import type { ShopLocation } from '../connector-store.ts';
import { nodeOfLocation, type Surfaces } from '../surfaces.ts';
import type { InventorySettings } from './settings.ts';

/** A location and what its level means. */
export type LevelBinding = {
  readonly locationId: number;
  readonly channel: string;
  /** The node it stands for; undefined: all nodes of the channel. */
  readonly nodeId: string | undefined;
  readonly isWritten: boolean;
};

/** What a merchant asked for and Shopify cannot express. */
export type ImpossibleBinding = { readonly locationId: string; readonly reason: string };

export type Bindings = {
  readonly levels: readonly LevelBinding[];
  readonly impossible: readonly ImpossibleBinding[];
};

/** Binds every active location. */
export function bindLevels(
  settings: InventorySettings,
  shop: {
    readonly surfaces: Surfaces;
    readonly locations: readonly ShopLocation[];
    readonly nodeIds: ReadonlySet<string>;
  },
): Bindings {
  const levels: LevelBinding[] = [];
  const impossible: ImpossibleBinding[] = [];
  for (const { locationId, isActive, fulfillsOnlineOrders } of shop.locations) {
    if (!isActive) continue;
    const nodeId = nodeOfLocation(shop.surfaces, locationId, shop.nodeIds);
    const own = settings.locations.find((one) => one.locationId === locationId)?.channel;
    const reason = whyImpossible(settings, { locationId, nodeId, own, fulfillsOnlineOrders });
    if (reason !== undefined) impossible.push({ locationId, reason });
    else levels.push(...bindingOf(settings, { locationId, nodeId, own }));
  }
  return { levels, impossible };
}

function bindingOf(
  settings: InventorySettings,
  location: {
    readonly locationId: string;
    readonly nodeId: string | undefined;
    readonly own: string | undefined;
  },
): LevelBinding[] {
  const { nodeId, own } = location;
  const locationId = Number(location.locationId);
  const channel = own ?? settings.channel;
  const isWhole = own !== undefined || settings.onlineLocationId === location.locationId;
  if (isWhole) return [{ locationId, channel, nodeId: undefined, isWritten: true }];
  if (nodeId === undefined) return [];
  return [{ locationId, channel, nodeId, isWritten: isNodeWritten(settings, nodeId) }];
}

// With one location that shows everything, the places themselves are not written: their units would be sold twice.
function isNodeWritten(settings: InventorySettings, nodeId: string): boolean {
  return settings.topology !== 'aggregate' && settings.keptNodes.includes(nodeId);
}

function whyImpossible(
  settings: InventorySettings,
  location: {
    readonly locationId: string;
    readonly nodeId: string | undefined;
    readonly own: string | undefined;
    readonly fulfillsOnlineOrders: boolean;
  },
): string | undefined {
  const { nodeId, own, fulfillsOnlineOrders } = location;
  const isOnline = settings.onlineLocationId === location.locationId;
  if (nodeId !== undefined && (isOnline || own !== undefined)) {
    return (
      'Shopify keeps one quantity for an item at a location: this one stands for the node ' +
      `${nodeId} and cannot also show the figure of ${own ?? settings.channel}. ` +
      'Add a location for the channel, or unbind the node.'
    );
  }
  if (settings.topology === 'aggregate' && nodeId !== undefined && fulfillsOnlineOrders) {
    return (
      `The location of ${nodeId} fulfills online orders beside the one that shows all units, so they would be sold ` +
      'twice. Switch "Fulfill online orders from this location" off in Shopify.'
    );
  }
  return undefined;
}
