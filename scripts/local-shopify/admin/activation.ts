/** Where an item is stocked, and which locations are open: activating and deactivating both. */
import { changeLocation } from '../catalog.ts';
import { idOf, levelOf } from '../shop.ts';
import type { Level } from '../state.ts';
import { connectLevel, disconnectLevel, type LevelKey, parseLevelGid } from '../stock/levels.ts';
import {
  type AdminContext,
  type Arguments,
  type Node,
  notSimulated,
  type UserErrorFacts,
  userErrors,
} from './node.ts';
import { findLevel, toItem, toLocation } from './places.ts';

/** `inventoryActivate`: stocks an item at a location; where it is stocked already its quantities stay. */
export function activateInventory(args: Arguments, { shop }: AdminContext): Node {
  const { available, onHand } = args;
  const key = {
    itemId: idOf('InventoryItem', String(args['inventoryItemId'])) ?? 0,
    locationId: idOf('Location', String(args['locationId'])) ?? 0,
  };
  const errors: UserErrorFacts[] = [];
  if (!shop.items.has(key.itemId)) {
    errors.push({ field: ['inventoryItemId'], message: 'The product could not be found.' });
  }
  if (shop.locations.get(key.locationId)?.isActive !== true) {
    errors.push({ field: ['locationId'], message: 'The location could not be found.' });
  }
  const isKnown = levelOf(shop, key.itemId, key.locationId) !== undefined;
  const units = typeof available === 'number' ? available : onHand;
  if (isKnown && typeof units === 'number') {
    const message =
      'Not allowed to set available quantity when the item is already active at the location.';
    errors.push({ field: ['available'], message });
  }
  if (errors.length === 0) {
    connectLevel(shop, key, { available: typeof units === 'number' ? units : 0 });
  }
  return {
    __typename: 'InventoryActivatePayload',
    inventoryLevel: errors.length === 0 ? findLevel(shop, key) : null,
    userErrors: userErrors('UserError', ...errors),
  };
}

/** `inventoryDeactivate`: takes an item off a location that nothing is promised from. */
export function deactivateInventory({ inventoryLevelId }: Arguments, context: AdminContext): Node {
  const key = parseLevelGid(String(inventoryLevelId));
  const fault = key
    ? unstockFault(context, key)
    : { code: 'LOCATION_NOT_FOUND', message: "The inventory level couldn't be found." };
  if (key && !fault) disconnectLevel(context.shop, key);
  const errors = fault ? [{ field: ['inventoryLevelId'], message: fault.message }] : [];
  return {
    __typename: 'InventoryDeactivatePayload',
    userErrors: userErrors('UserError', ...errors),
  };
}

/** `inventoryBulkToggleActivation`: one item at many locations; no idempotency key, a repeat changes nothing. */
export function toggleActivation(args: Arguments, context: AdminContext): Node {
  const { shop } = context;
  const itemId = idOf('InventoryItem', String(args['inventoryItemId'])) ?? 0;
  const updates = args['inventoryItemUpdates'] as readonly Arguments[];
  const entry = shop.items.get(itemId);
  const errors: UserErrorFacts[] = entry
    ? updates.flatMap((one, i) => toggleFault(context, { itemId, update: one, i }))
    : [
        {
          field: ['inventoryItemId'],
          code: 'INVENTORY_ITEM_NOT_FOUND',
          message: 'The inventory item was not found.',
        },
      ];
  const touched = errors.length > 0 ? [] : updates.map((one) => toggle(context, itemId, one));
  return {
    __typename: 'InventoryBulkToggleActivationPayload',
    inventoryItem: entry && errors.length === 0 ? toItem(shop, entry) : null,
    inventoryLevels:
      errors.length > 0 ? null : touched.flatMap((key) => findLevel(shop, key) ?? []),
    userErrors: userErrors('InventoryBulkToggleActivationUserError', ...errors),
  };
}

function toggleFault(
  context: AdminContext,
  { itemId, update, i }: { itemId: number; update: Arguments; i: number },
): UserErrorFacts[] {
  const { shop } = context;
  const field = ['inventoryItemUpdates', String(i), 'locationId'];
  const locationId = idOf('Location', String(update['locationId'])) ?? 0;
  if (shop.locations.get(locationId)?.isActive !== true) {
    return [{ field, code: 'LOCATION_NOT_FOUND', message: 'The location was not found.' }];
  }
  const key = { itemId, locationId };
  if (update['activate'] === true || !levelOf(shop, itemId, locationId)) return [];
  const fault = unstockFault(context, key);
  return fault ? [{ field, ...fault }] : [];
}

function toggle({ shop }: AdminContext, itemId: number, update: Arguments): LevelKey {
  const key = { itemId, locationId: idOf('Location', String(update['locationId'])) ?? 0 };
  if (update['activate'] === true) connectLevel(shop, key);
  else if (levelOf(shop, itemId, key.locationId)) disconnectLevel(shop, key);
  return key;
}

/** Why an item cannot be taken off a location; undefined: it can. */
function unstockFault(
  { shop }: AdminContext,
  key: LevelKey,
): { code: string; message: string } | undefined {
  const level = levelOf(shop, key.itemId, key.locationId);
  if (!level) {
    return {
      code: 'FAILED_TO_UNSTOCK_FROM_LOCATION',
      message: 'Failed to unstock this inventory item from this location.',
    };
  }
  const stocked = [...shop.locations.keys()].filter((id) => levelOf(shop, key.itemId, id));
  if (stocked.length === 1) {
    return {
      code: 'CANNOT_DEACTIVATE_FROM_ONLY_LOCATION',
      message: 'Cannot unstock an inventory item from the only location at which it is stocked.',
    };
  }
  return heldFault(level);
}

function heldFault(level: Level): { code: string; message: string } | undefined {
  const because = (words: string): string =>
    `Cannot unstock this inventory item from this location because it has ${words} quantities.`;
  if (level.committed !== 0) {
    return { code: 'COMMITTED_INVENTORY_AT_LOCATION', message: because('committed') };
  }
  if (level.incoming !== 0) {
    return { code: 'INCOMING_INVENTORY_AT_LOCATION', message: because('incoming') };
  }
  const { reserved, damaged, quality_control, safety_stock } = level;
  if (reserved + damaged + quality_control + safety_stock !== 0) {
    return { code: 'RESERVED_INVENTORY_AT_LOCATION', message: because('unavailable') };
  }
  return undefined;
}

/** `locationActivate`. */
export function activateLocation(args: Arguments, context: AdminContext): Node {
  return setActive(args, context, { isActive: true, name: 'Activate' });
}

/** `locationDeactivate`; moving what is there to another location is not played. */
export function deactivateLocation(args: Arguments, context: AdminContext): Node {
  if (typeof args['destinationLocationId'] === 'string') {
    throw notSimulated('locationDeactivate with a destinationLocationId');
  }
  return setActive(args, context, { isActive: false, name: 'Deactivate' });
}

function setActive(
  { locationId }: Arguments,
  { shop }: AdminContext,
  { isActive, name }: { isActive: boolean; name: 'Activate' | 'Deactivate' },
): Node {
  const location = shop.locations.get(idOf('Location', String(locationId)) ?? 0);
  const errors: UserErrorFacts[] = [];
  const field = ['locationId'];
  if (!location) errors.push({ field, code: 'LOCATION_NOT_FOUND', message: 'Location not found.' });
  const id = location?.id ?? 0;
  const holdsStock = Object.entries(shop.state.levels).some(
    ([key, level]) => key.endsWith(`:${id}`) && level.available + level.committed !== 0,
  );
  if (!isActive && holdsStock) {
    const message =
      'Location could not be deactivated without specifying where to relocate inventory at the location.';
    errors.push({ field, code: 'HAS_ACTIVE_INVENTORY_ERROR', message });
  }
  const done =
    location && errors.length === 0 ? changeLocation(shop, location.id, { isActive }) : null;
  const list = `location${name}UserErrors`;
  return {
    __typename: `Location${name}Payload`,
    location: done ? toLocation(shop, done) : null,
    [list]: userErrors(`Location${name}UserError`, ...errors),
  };
}

/** `locationEdit`: the name, and whether it fulfills online orders; the rest is not played. */
export function editLocation(args: Arguments, { shop }: AdminContext): Node {
  const { name, fulfillsOnlineOrders, ...rest } = args['input'] as Arguments;
  const [other] = Object.keys(rest);
  if (other !== undefined) throw notSimulated(`LocationEditInput.${other}`);
  const location = shop.locations.get(idOf('Location', String(args['id'])) ?? 0);
  const done = location
    ? changeLocation(shop, location.id, {
        ...(typeof name === 'string' ? { name } : {}),
        ...(typeof fulfillsOnlineOrders === 'boolean' ? { fulfillsOnlineOrders } : {}),
      })
    : null;
  const missing = { field: ['id'], code: 'NOT_FOUND', message: 'Location not found.' };
  return {
    __typename: 'LocationEditPayload',
    location: done ? toLocation(shop, done) : null,
    userErrors: userErrors('LocationEditUserError', ...(done ? [] : [missing])),
  };
}
