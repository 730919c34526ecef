/**
 * What a location holds of an item, by Shopify's quantity names, and every way it changes.
 *
 * On hand is never stored: it is available + committed + the unavailable states. A change is one call with the deltas
 * of the stored states, and the app hears of it by `inventory_levels/update`, its own writes included.
 */
import type { SeedVariant } from '../seed.ts';
import { gid, type LocalShop, levelOf } from '../shop.ts';
import { type Level, newLevel, onHandOf } from '../state.ts';

/** States with a number of their own. */
export const STORED_NAMES = [
  'available',
  'committed',
  'incoming',
  'reserved',
  'damaged',
  'quality_control',
  'safety_stock',
] as const;
export type StoredName = (typeof STORED_NAMES)[number];

/** Every name `InventoryLevel.quantities` answers. */
export const QUANTITY_NAMES = [...STORED_NAMES, 'on_hand'] as const;
export type QuantityName = (typeof QUANTITY_NAMES)[number];

export type LevelKey = { itemId: number; locationId: number };
export type LevelDeltas = Partial<Record<StoredName, number>>;

/** Whether this text names a quantity. */
export function isQuantityName(text: unknown): text is QuantityName {
  return QUANTITY_NAMES.some((one) => one === text);
}

/** One quantity of a level. */
export function quantityOf(level: Level, name: QuantityName): number {
  return name === 'on_hand' ? onHandOf(level) : level[name];
}

/** Adds the deltas to a level the item has there; throws when it is not stocked there. */
export function changeLevel(shop: LocalShop, key: LevelKey, deltas: LevelDeltas): Level {
  const level = levelOf(shop, key.itemId, key.locationId);
  if (!level) throw new Error(`item ${key.itemId} is not stocked at location ${key.locationId}`);
  const before = { ...level };
  for (const name of STORED_NAMES) level[name] += deltas[name] ?? 0;
  const changed = STORED_NAMES.filter((name) => level[name] !== before[name]);
  if (changed.length === 0) return level;
  level.updatedAt = shop.clock.now();
  const isTold = shop.state.settings.levelWebhooks === 'every change';
  if (isTold || changed.includes('available')) announceLevel(shop, 'update', key);
  shop.file.touch();
  return level;
}

/** Stocks an item at a location; where it is stocked already nothing happens. */
export function connectLevel(shop: LocalShop, key: LevelKey, deltas: LevelDeltas = {}): Level {
  const known = levelOf(shop, key.itemId, key.locationId);
  if (known) return known;
  const level = newLevel(0, shop.clock.now());
  for (const name of STORED_NAMES) level[name] += deltas[name] ?? 0;
  shop.state.levels[`${key.itemId}:${key.locationId}`] = level;
  announceLevel(shop, 'connect', key);
  shop.file.touch();
  return level;
}

/** Takes an item off a location with all its quantities. */
export function disconnectLevel(shop: LocalShop, key: LevelKey): void {
  delete shop.state.levels[`${key.itemId}:${key.locationId}`];
  shop.announce('inventory_levels/disconnect', {
    inventory_item_id: key.itemId,
    location_id: key.locationId,
  });
  shop.file.touch();
}

function announceLevel(shop: LocalShop, what: 'update' | 'connect', key: LevelKey): void {
  const level = levelOf(shop, key.itemId, key.locationId);
  shop.announce(`inventory_levels/${what}`, {
    inventory_item_id: key.itemId,
    location_id: key.locationId,
    available: level?.available ?? 0,
    updated_at: level?.updatedAt ?? shop.clock.now(),
    admin_graphql_api_id: levelGid(key),
  });
}

/** An inventory level's GID names the location in its path and the item in its query. */
export function levelGid({ itemId, locationId }: LevelKey): string {
  return `${gid('InventoryLevel', locationId)}?inventory_item_id=${itemId}`;
}

/** Location and item inside an inventory level's GID; undefined when it is not one. */
export function parseLevelGid(text: string): LevelKey | undefined {
  const found = /^gid:\/\/shopify\/InventoryLevel\/(\d+)\?inventory_item_id=(\d+)$/.exec(text);
  return found ? { locationId: Number(found[1]), itemId: Number(found[2]) } : undefined;
}

/** Units of a variant the online store counts: available at active locations that fulfill online orders. */
export function sellableOnline(shop: LocalShop, variant: SeedVariant): number {
  let units = 0;
  for (const location of shop.locations.values()) {
    if (!location.isActive || !location.fulfillsOnlineOrders) continue;
    units += levelOf(shop, variant.inventoryItemId, location.id)?.available ?? 0;
  }
  return units;
}
