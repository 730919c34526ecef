/**
 * The rows of an inventory write: each is checked for itself, then all, some or none are applied.
 *
 * Whether one bad row undoes the good ones nobody could verify: the `badRow` setting says, atomic by default. A row's
 * error names its place (`input`, `quantities`, `3`, `changeFromQuantity`) and a code of the mutation's own enum.
 */
import { GraphQLError } from 'graphql';
import { gid, idOf, type LocalShop, levelOf } from '../shop.ts';
import { type Level, newLevel, takeId } from '../state.ts';
import {
  changeLevel,
  connectLevel,
  type LevelDeltas,
  type LevelKey,
  type QuantityName,
  quantityOf,
} from '../stock/levels.ts';
import type { AdminContext, Arguments, Node, UserErrorFacts } from './node.ts';
import { toItem, toLocation } from './places.ts';

/** Shopify's list of reasons; anything else is INVALID_REASON. */
const REASONS: readonly string[] = [
  'correction',
  'cycle_count_available',
  'damaged',
  'movement_created',
  'movement_updated',
  'movement_received',
  'movement_canceled',
  'other',
  'promotion',
  'quality_control',
  'received',
  'reservation_created',
  'reservation_updated',
  'reservation_deleted',
  'restock',
  'safety_stock',
  'shrinkage',
];

export type Change = { name: QuantityName; delta: number; ledgerDocumentUri: string | null };
/** A row that can be applied: what it does to the stored states, and how the answer lists it. */
export type GoodRow = { ok: true; key: LevelKey; deltas: LevelDeltas; changes: readonly Change[] };
export type BadRow = { ok: false; error: UserErrorFacts };
export type Row = GoodRow | BadRow;

/** One bad row with its place below `input`. */
export function badRow(path: readonly (string | number)[], code: string, message: string): BadRow {
  return { ok: false, error: { field: ['input', ...path.map(String)], code, message } };
}

/** What is wrong with the call as a whole; every row stays undone. */
export function callErrors(input: Arguments): UserErrorFacts[] {
  const errors: UserErrorFacts[] = [];
  if (!REASONS.includes(String(input['reason']))) {
    const message = 'The specified reason is invalid.';
    errors.push({ field: ['input', 'reason'], code: 'INVALID_REASON', message });
  }
  const uri = input['referenceDocumentUri'];
  if (typeof uri === 'string' && !isDocumentUri(uri)) {
    const message = 'The specified reference document is invalid.';
    errors.push({
      field: ['input', 'referenceDocumentUri'],
      code: 'INVALID_REFERENCE_DOCUMENT',
      message,
    });
  }
  return errors;
}

/** A URI with scheme and content; a GID needs app, entity and id. */
export function isDocumentUri(text: string): boolean {
  if (text.startsWith('gid://')) return /^gid:\/\/[^/]+\/[^/]+\/.+$/.test(text);
  return /^[a-z][a-z0-9+.-]*:.*[^/:]/i.test(text);
}

/** `changeFromQuantity` must be there: a number to compare with, or null to say that nothing is compared. */
export function expectedOf(row: Arguments, where: string): number | null {
  const { changeFromQuantity } = row;
  if (changeFromQuantity === undefined) {
    throw new GraphQLError(
      `${where}: changeFromQuantity must be provided; pass null to skip the comparison.`,
      { extensions: { code: 'BAD_REQUEST' } },
    );
  }
  return changeFromQuantity === null ? null : Number(changeFromQuantity);
}

/** The level a row speaks of, or what is wrong with it. Since API 2026-10 an unstocked item is stocked by the write. */
export function findRowLevel(
  { shop, version }: AdminContext,
  row: Arguments,
  path: readonly (string | number)[],
): { ok: true; key: LevelKey; level: Level } | BadRow {
  const itemId = idOf('InventoryItem', String(row['inventoryItemId'])) ?? 0;
  const locationId = idOf('Location', String(row['locationId'])) ?? 0;
  const entry = shop.items.get(itemId);
  if (!entry) {
    const message = 'The specified inventory item could not be found.';
    return badRow([...path, 'inventoryItemId'], 'INVALID_INVENTORY_ITEM', message);
  }
  if (entry.variant.requiresComponents) {
    const message = 'The specified inventory item is not allowed to be adjusted via API.';
    return badRow([...path, 'inventoryItemId'], 'NON_MUTABLE_INVENTORY_ITEM', message);
  }
  if (shop.locations.get(locationId)?.isActive !== true) {
    const message = 'The specified location could not be found.';
    return badRow([...path, 'locationId'], 'INVALID_LOCATION', message);
  }
  const key = { itemId, locationId };
  const level = levelOf(shop, itemId, locationId);
  if (level) return { ok: true, key, level };
  if (version === '2026-07') {
    const message = 'The specified inventory item is not stocked at the location.';
    return badRow([...path, 'locationId'], 'ITEM_NOT_STOCKED_AT_LOCATION', message);
  }
  return { ok: true, key, level: newLevel(0, shop.clock.now()) };
}

/** Whether a row's expectation no longer holds, as an error; undefined when it does or nothing is compared. */
export function staleError(
  { level, name }: { level: Level; name: QuantityName },
  expected: number | null,
  path: readonly (string | number)[],
): BadRow | undefined {
  if (expected === null || expected === quantityOf(level, name)) return undefined;
  const message = 'The changeFromQuantity argument no longer matches the persisted quantity.';
  return badRow([...path, 'changeFromQuantity'], 'CHANGE_FROM_QUANTITY_STALE', message);
}

/** Applies what the rules let through; the answer's two fields. */
export function applyRows(
  context: AdminContext,
  { rows, input }: { rows: readonly Row[]; input: Arguments },
): { group: Node | null; errors: UserErrorFacts[] } {
  const { shop } = context;
  const checked = withFault(context, rows);
  const bad = checked.flatMap((row) => (row.ok ? [] : [row.error]));
  const isUndone = bad.length > 0 && shop.state.settings.badRow === 'atomic';
  const good = isUndone ? [] : checked.flatMap((row) => (row.ok ? [row] : []));
  const listed = good.flatMap((row) => {
    connectLevel(shop, row.key);
    const level = changeLevel(shop, row.key, row.deltas);
    return row.changes.map((change) => ({
      ...change,
      key: row.key,
      after: quantityOf(level, change.name),
    }));
  });
  const moved = listed.filter(({ delta }) => delta !== 0);
  return { group: moved.length === 0 ? null : toGroup(shop, moved, input), errors: bad };
}

/** With the fault "one bad row" one row is refused that nothing is wrong with. */
function withFault({ badRow: fault }: AdminContext, rows: readonly Row[]): readonly Row[] {
  if (!fault || rows.length === 0) return rows;
  const place = fault.rowIndex(rows.length);
  const message = 'Refused on demand.';
  return rows.map((row, i) =>
    i === place && row.ok ? badRow(['quantities', i, 'inventoryItemId'], fault.code, message) : row,
  );
}

type Listed = Change & { key: LevelKey; after: number };

function toGroup(shop: LocalShop, moved: readonly Listed[], input: Arguments): Node {
  return {
    __typename: 'InventoryAdjustmentGroup',
    id: gid('InventoryAdjustmentGroup', takeId(shop.state)),
    createdAt: shop.clock.now(),
    reason: String(input['reason']),
    referenceDocumentUri: input['referenceDocumentUri'] ?? null,
    changes: ({ quantityNames }: Arguments) =>
      moved
        .filter(({ name }) => !Array.isArray(quantityNames) || quantityNames.includes(name))
        .map((one) => toChange(shop, one)),
  };
}

function toChange(shop: LocalShop, { name, delta, after, key, ledgerDocumentUri }: Listed): Node {
  return {
    __typename: 'InventoryChange',
    name,
    delta,
    quantityAfterChange: after,
    ledgerDocumentUri,
    item: () => {
      const entry = shop.items.get(key.itemId);
      return entry ? toItem(shop, entry) : null;
    },
    location: () => {
      const location = shop.locations.get(key.locationId);
      return location ? toLocation(shop, location) : null;
    },
  };
}
