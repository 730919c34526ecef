/** The three mutations that change quantities: set to a number, adjust by a delta, move between two states. */
import { type QuantityName, quantityOf, STORED_NAMES, type StoredName } from '../stock/levels.ts';
import {
  applyRows,
  badRow,
  type Change,
  callErrors,
  expectedOf,
  findRowLevel,
  isDocumentUri,
  type Row,
  staleError,
} from './inventory-rows.ts';
import {
  type AdminContext,
  type Arguments,
  type Node,
  type UserErrorFacts,
  userErrors,
} from './node.ts';

/** A quantity set is at most this, either way; an adjusted or moved one twice as much. */
const SET_MAX = 1_000_000_000;
const ADJUST_MAX = 2_000_000_000;

/** States an app may adjust or move; `committed` is Shopify's own, `incoming` is a setting. */
const WRITABLE: readonly StoredName[] = [
  'available',
  'reserved',
  'damaged',
  'quality_control',
  'safety_stock',
];

type Names = { payload: string; error: string };
const asRows = (value: unknown): Arguments[] => (Array.isArray(value) ? value : []);

function answer(
  names: Names,
  { group, errors }: { group: Node | null; errors: UserErrorFacts[] },
): Node {
  return {
    __typename: names.payload,
    inventoryAdjustmentGroup: group,
    userErrors: userErrors(names.error, ...errors),
  };
}

/** `inventorySetQuantities`: available or on hand becomes this number, if it still is what the caller believes. */
export function setQuantities(args: Arguments, context: AdminContext): Node {
  const names = {
    payload: 'InventorySetQuantitiesPayload',
    error: 'InventorySetQuantitiesUserError',
  };
  const input = args['input'] as Arguments;
  const { name } = input;
  const errors = callErrors(input);
  if (name !== 'available' && name !== 'on_hand') {
    const message = "The quantity name must be either 'available' or 'on_hand'.";
    errors.push({ field: ['input', 'name'], code: 'INVALID_NAME', message });
  }
  const list = asRows(input['quantities']);
  for (const row of list) expectedOf(row, 'InventoryQuantityInput');
  if (errors.length > 0 || (name !== 'available' && name !== 'on_hand')) {
    return answer(names, { group: null, errors });
  }
  const seen = new Set<string>();
  const rows = list.map((row, i): Row => {
    const pair = `${String(row['inventoryItemId'])} ${String(row['locationId'])}`;
    if (seen.has(pair)) {
      const message = 'The combination of inventoryItemId and locationId must be unique.';
      return badRow(['quantities', i], 'NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR', message);
    }
    seen.add(pair);
    return checkSetRow(context, { row, i, name });
  });
  return answer(names, applyRows(context, { rows, input }));
}

function checkSetRow(
  context: AdminContext,
  { row, i, name }: { row: Arguments; i: number; name: 'available' | 'on_hand' },
): Row {
  const path = ['quantities', i];
  const quantity = Number(row['quantity']);
  const limit = limitError(quantity, { max: SET_MAX, path: [...path, 'quantity'] });
  if (limit) return limit;
  if (name === 'on_hand' && quantity < 0) {
    const message = "The quantity can't be negative.";
    return badRow([...path, 'quantity'], 'INVALID_QUANTITY_NEGATIVE', message);
  }
  const found = findRowLevel(context, row, path);
  if (!found.ok) return found;
  const stale = staleError({ level: found.level, name }, expectedOf(row, ''), path);
  if (stale) return stale;
  const delta = quantity - quantityOf(found.level, name);
  return good(found.key, { available: delta }, null);
}

/** `inventoryAdjustQuantities`: one state changes by a delta. */
export function adjustQuantities(args: Arguments, context: AdminContext): Node {
  const names = {
    payload: 'InventoryAdjustQuantitiesPayload',
    error: 'InventoryAdjustQuantitiesUserError',
  };
  const input = args['input'] as Arguments;
  const list = asRows(input['changes']);
  for (const row of list) expectedOf(row, 'InventoryChangeInput');
  const errors = callErrors(input);
  const name = writableName(context, input['name']);
  if (name === undefined) errors.push(invalidName(['input', 'name']));
  const documents = new Set(list.map((row) => row['ledgerDocumentUri'] ?? null));
  if (documents.size > 1) {
    const message =
      'All changes must have the same ledger document URI or, in the case of adjusting available, no ledger document URI.';
    errors.push({ field: ['input', 'changes'], code: 'MAX_ONE_LEDGER_DOCUMENT', message });
  }
  if (errors.length > 0 || name === undefined) return answer(names, { group: null, errors });
  const rows = list.map((row, i): Row => {
    const path = ['changes', i];
    const found = findRowLevel(context, row, path);
    if (!found.ok) return found;
    const document = documentError(name, row['ledgerDocumentUri'], [...path, 'ledgerDocumentUri']);
    if (document) return document;
    const stale = staleError({ level: found.level, name }, expectedOf(row, ''), path);
    if (stale) return stale;
    const delta = Number(row['delta']);
    const after = quantityOf(found.level, name) + delta;
    const limit = limitError(after, { max: ADJUST_MAX, path: [...path, 'delta'] });
    return limit ?? good(found.key, { [name]: delta }, textOf(row['ledgerDocumentUri']));
  });
  return answer(names, applyRows(context, { rows, input }));
}

/** `inventoryMoveQuantities`: units change their state, never their location. */
export function moveQuantities(args: Arguments, context: AdminContext): Node {
  const names = {
    payload: 'InventoryMoveQuantitiesPayload',
    error: 'InventoryMoveQuantitiesUserError',
  };
  const input = args['input'] as Arguments;
  const list = asRows(input['changes']);
  for (const row of list) {
    expectedOf(row['from'] as Arguments, 'InventoryMoveQuantityTerminalInput');
    expectedOf(row['to'] as Arguments, 'InventoryMoveQuantityTerminalInput');
  }
  const errors = callErrors(input);
  if (errors.length > 0) return answer(names, { group: null, errors });
  const rows = list.map((row, i) => checkMoveRow(context, row, i));
  return answer(names, applyRows(context, { rows, input }));
}

function checkMoveRow(context: AdminContext, row: Arguments, i: number): Row {
  const path = ['changes', i];
  const from = row['from'] as Arguments;
  const to = row['to'] as Arguments;
  if (from['locationId'] !== to['locationId']) {
    const message = "The quantities can't be moved between different locations.";
    return badRow(path, 'DIFFERENT_LOCATIONS', message);
  }
  const fromName = writableName(context, from['name']);
  const toName = writableName(context, to['name']);
  if (!fromName)
    return { ok: false, error: invalidName(['input', ...path.map(String), 'from', 'name']) };
  if (!toName)
    return { ok: false, error: invalidName(['input', ...path.map(String), 'to', 'name']) };
  if (fromName === toName) {
    const message = "The quantity names for each change can't be the same.";
    return badRow(path, 'SAME_QUANTITY_NAME', message);
  }
  const quantity = Number(row['quantity']);
  if (quantity < 0) {
    const message = "The quantity can't be negative.";
    return badRow([...path, 'quantity'], 'INVALID_QUANTITY_NEGATIVE', message);
  }
  const asked = { inventoryItemId: row['inventoryItemId'], locationId: from['locationId'] };
  const found = findRowLevel(context, asked, path);
  if (!found.ok) return found;
  const fault =
    documentError(fromName, from['ledgerDocumentUri'], [...path, 'from', 'ledgerDocumentUri']) ??
    documentError(toName, to['ledgerDocumentUri'], [...path, 'to', 'ledgerDocumentUri']) ??
    staleError({ level: found.level, name: fromName }, expectedOf(from, ''), [...path, 'from']) ??
    staleError({ level: found.level, name: toName }, expectedOf(to, ''), [...path, 'to']);
  return fault ?? good(found.key, { [fromName]: -quantity, [toName]: quantity }, null);
}

/** A row that holds: the stored deltas, and on hand beside them when their sum is not nothing. */
function good(
  key: { itemId: number; locationId: number },
  deltas: Partial<Record<StoredName, number>>,
  ledgerDocumentUri: string | null,
): Row {
  const changes: Change[] = STORED_NAMES.flatMap((name) =>
    deltas[name] === undefined ? [] : [{ name, delta: deltas[name], ledgerDocumentUri }],
  );
  const onHand = changes
    .filter(({ name }) => name !== 'incoming')
    .reduce((sum, { delta }) => sum + delta, 0);
  if (onHand !== 0) changes.push({ name: 'on_hand', delta: onHand, ledgerDocumentUri: null });
  return { ok: true, key, deltas, changes };
}

function writableName({ shop }: AdminContext, name: unknown): StoredName | undefined {
  if (name === 'incoming' && shop.state.settings.incomingWrites === 'yes') return 'incoming';
  return WRITABLE.find((one) => one === name);
}

function invalidName(field: readonly string[]): UserErrorFacts {
  const message = 'The specified quantity name is invalid.';
  return { field, code: 'INVALID_QUANTITY_NAME', message };
}

/** A ledger document is forbidden for available and needed for every other state; never one of Shopify's own. */
function documentError(
  name: QuantityName,
  uri: unknown,
  path: readonly (string | number)[],
): Row | undefined {
  const isGiven = typeof uri === 'string';
  if (name === 'available') {
    if (!isGiven) return undefined;
    const message = 'A ledger document URI is not allowed when adjusting available.';
    return badRow(path, 'INVALID_AVAILABLE_DOCUMENT', message);
  }
  if (!isGiven) {
    const message = 'A ledger document URI is required except when adjusting available.';
    return badRow(path, 'INVALID_QUANTITY_DOCUMENT', message);
  }
  if (uri.startsWith('gid://shopify/')) {
    const message =
      'Internal (gid://shopify/) ledger documents are not allowed to be adjusted via API.';
    return badRow(path, 'INTERNAL_LEDGER_DOCUMENT', message);
  }
  if (isDocumentUri(uri)) return undefined;
  return badRow(path, 'INVALID_LEDGER_DOCUMENT', 'The specified ledger document is invalid.');
}

function limitError(
  quantity: number,
  { max, path }: { max: number; path: readonly (string | number)[] },
): Row | undefined {
  const limit = max.toLocaleString('en');
  if (quantity > max) {
    const message = `The quantity can't be higher than ${limit}.`;
    return badRow(path, 'INVALID_QUANTITY_TOO_HIGH', message);
  }
  if (quantity < -max) {
    const message = `The quantity can't be lower than -${limit}.`;
    return badRow(path, 'INVALID_QUANTITY_TOO_LOW', message);
  }
  return undefined;
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
