/**
 * What is one write of stock to Shopify, and what does its answer mean for each of its rows?
 *
 * In: levels with what they say and shall say. Out: the next step of each level, calls of at most 250 rows, Shopify's
 * input for a call, and after the answer which rows are done, stale, refused, not stocked or to be sent again.
 * Invariants: every write compares with what we knew; a bad row takes nobody down with it, whether Shopify applied the
 * others (the adjustment group is there) or nothing (it is null); an error that names no row halves the call until the
 * row is found. Source: https://shopify.dev/docs/api/admin-graphql/2026-07/mutations/inventorySetQuantities
 */
import { randomUUID } from 'node:crypto';
import type { UserError } from '../admin-client.ts';

/** Shopify takes at most this many rows in one call. */
export const MOST_ROWS = 250;

/** A level to look at: what Shopify says as far as we know, and what it shall say. */
export type LevelState = {
  readonly locationId: number;
  readonly itemId: number;
  /** Null: never read. */
  readonly available: number | null;
  readonly target: number;
  readonly knownParked: number;
  readonly parked: number;
  readonly isStocked: boolean;
};

export type CallKind = 'set' | 'move' | 'activate';
export type CallLane = 'sale' | 'resync';

/** One logical write, as it is kept until it is settled. Row `n` is the `n`th of every list. */
export type PushCall = {
  /** The idempotency key: the same for every try of this write. */
  readonly key: string;
  readonly kind: CallKind;
  readonly lane: CallLane;
  readonly locations: readonly number[];
  readonly items: readonly number[];
  /** `available` before and after. */
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** `safety_stock` before; afterwards it is this plus what left `available` (moves only). */
  readonly parked: readonly number[];
};

/** One row of a call. */
export type CallRow = {
  readonly locationId: number;
  readonly itemId: number;
  readonly from: number;
  readonly to: number;
  readonly parked: number;
};

/** What a level needs next: a row of a call, a read, or nothing. */
export type NextStep =
  | { readonly kind: CallKind; readonly row: CallRow }
  | { readonly kind: 'read' | 'none' };

/**
 * The next step of a level. With a parked share (platform decision 15) units move between `available` and
 * `safety_stock` first, and together they never pass what both shall be; without one it is a single write.
 */
export function nextStep(level: LevelState): NextStep {
  const { locationId, itemId, available, target, knownParked, parked } = level;
  const row = (to: number): CallRow => ({
    locationId,
    itemId,
    from: available ?? 0,
    to,
    parked: knownParked,
  });
  // Nothing to show is what Shopify shows there already: every item at every place would be 500,000 calls of one row.
  if (!level.isStocked && target === 0 && parked === 0) return { kind: 'none' };
  if (!level.isStocked) return { kind: 'activate', row: row(target) };
  if (available === null) return { kind: 'read' };
  const toPark = parked - knownParked;
  if (toPark > 0 && available < toPark) return { kind: 'set', row: row(target + toPark) };
  if (toPark !== 0) return { kind: 'move', row: row(available - toPark) };
  return available === target ? { kind: 'none' } : { kind: 'set', row: row(target) };
}

/** The code of such a refusal. */
export const TAKEN_OFF = 'taken_off_location';

/** A level whose item the merchant took off its location: that is his word, until a person says otherwise. */
export function takenOff(at: { readonly locationId: number; readonly itemId: number }): RefusedRow {
  const { locationId, itemId } = at;
  const message =
    'The item was taken off this location in Shopify; stock it there again or send it once more.';
  return { locationId, itemId, code: TAKEN_OFF, message };
}

/** Calls of these rows, full ones first. */
export function packCalls(
  kind: CallKind,
  lane: CallLane,
  rows: readonly CallRow[],
): readonly PushCall[] {
  const size = kind === 'activate' ? 1 : MOST_ROWS;
  const calls: PushCall[] = [];
  for (let start = 0; start < rows.length; start += size) {
    calls.push(callOf(kind, lane, rows.slice(start, start + size)));
  }
  return calls;
}

function callOf(kind: CallKind, lane: CallLane, rows: readonly CallRow[]): PushCall {
  return {
    key: randomUUID(),
    kind,
    lane,
    locations: rows.map((row) => row.locationId),
    items: rows.map((row) => row.itemId),
    from: rows.map((row) => row.from),
    to: rows.map((row) => row.to),
    parked: rows.map((row) => row.parked),
  };
}

function rowOf(call: PushCall, index: number): CallRow {
  return {
    locationId: call.locations[index] ?? 0,
    itemId: call.items[index] ?? 0,
    from: call.from[index] ?? 0,
    to: call.to[index] ?? 0,
    parked: call.parked[index] ?? 0,
  };
}

/** A row that Shopify will not take as it is. */
export type RefusedRow = {
  readonly locationId: number;
  readonly itemId: number;
  readonly code: string;
  readonly message: string;
};

/** What came of a call. Every row is in exactly one of the lists, or in one of the calls that follow. */
export type CallOutcome = {
  readonly call: PushCall;
  /** Shopify's instant of the change, ISO; undefined: nothing was changed. */
  readonly changedAt: string | undefined;
  readonly applied: readonly CallRow[];
  readonly stale: readonly CallRow[];
  readonly unstocked: readonly CallRow[];
  readonly refused: readonly RefusedRow[];
  /** New writes with keys of their own, to be begun when this one is settled. */
  readonly following: readonly PushCall[];
};

// The level changed since we looked, or Shopify cannot say what became of this key: read before writing again.
const READ_AGAIN = new Set(['CHANGE_FROM_QUANTITY_STALE', 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH']);
const NOT_STOCKED = 'ITEM_NOT_STOCKED_AT_LOCATION';
const TRY_LATER = 'IDEMPOTENCY_CONCURRENT_REQUEST';
const NEW_KEY = 'IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED';

/** True when the same key has to be asked again a little later: its first request still runs. */
export function isStillRunning(errors: readonly UserError[]): boolean {
  return errors.some(({ code }) => code === TRY_LATER);
}

/** Reads an answer; `changedAt` is there when Shopify made an adjustment group. */
export function readOutcome(
  call: PushCall,
  errors: readonly UserError[],
  changedAt: string | undefined,
): CallOutcome {
  const { byRow, unnamed } = sortErrors(call, errors);
  const empty = { call, changedAt, applied: [], stale: [], unstocked: [], refused: [] };
  if (byRow.size === 0 && unnamed !== undefined) {
    return { ...empty, ...ofWholeCall(call, unnamed), changedAt: undefined };
  }
  const good: CallRow[] = [];
  const sorted = {
    stale: [] as CallRow[],
    unstocked: [] as CallRow[],
    refused: [] as RefusedRow[],
  };
  for (let index = 0; index < call.items.length; index++) {
    const error = byRow.get(index);
    if (error === undefined) good.push(rowOf(call, index));
    else sortRow(sorted, rowOf(call, index), error);
  }
  const areApplied = errors.length === 0 || changedAt !== undefined;
  return {
    ...empty,
    ...sorted,
    applied: areApplied ? good : [],
    following: areApplied ? [] : packCalls(call.kind, call.lane, good),
  };
}

// The first error of each row, and one that names no row.
function sortErrors(call: PushCall, errors: readonly UserError[]) {
  const byRow = new Map<number, UserError>();
  let unnamed: UserError | undefined;
  for (const error of errors) {
    const index = indexOf(error, call);
    if (index === undefined) unnamed = error;
    else if (!byRow.has(index)) byRow.set(index, error);
  }
  return { byRow, unnamed };
}

function sortRow(
  sorted: { stale: CallRow[]; unstocked: CallRow[]; refused: RefusedRow[] },
  row: CallRow,
  error: UserError,
): void {
  if (error.code !== null && READ_AGAIN.has(error.code)) sorted.stale.push(row);
  else if (error.code === NOT_STOCKED) sorted.unstocked.push(row);
  else sorted.refused.push(refusedRow(row, error));
}

function refusedRow(row: CallRow, error: UserError): RefusedRow {
  return {
    locationId: row.locationId,
    itemId: row.itemId,
    code: error.code ?? 'refused',
    message: error.message.slice(0, 300),
  };
}

// An error about the call as a whole: a used key needs a new one; else the call is halved until the row is found.
function ofWholeCall(call: PushCall, error: UserError) {
  const rows = call.items.map((_, index) => rowOf(call, index));
  if (error.code !== null && READ_AGAIN.has(error.code)) return { stale: rows, following: [] };
  if (error.code === NEW_KEY) return { following: packCalls(call.kind, call.lane, rows) };
  const [only] = rows;
  if (rows.length === 1 && only !== undefined) {
    const sorted = { stale: [], unstocked: [], refused: [] };
    sortRow(sorted, only, error);
    return { ...sorted, following: [] };
  }
  const half = Math.ceil(rows.length / 2);
  const halves = [rows.slice(0, half), rows.slice(half)];
  return { following: halves.map((part) => callOf(call.kind, call.lane, part)) };
}

// ["input", "quantities", "17", "quantity"] or ["input", "changes", "17", …]; an activation has one row.
function indexOf(error: UserError, call: PushCall): number | undefined {
  if (call.kind === 'activate') return 0;
  const text = error.field?.find((part) => /^\d{1,3}$/.test(part));
  const index = Number(text);
  return text === undefined || index >= call.items.length ? undefined : index;
}

// Shown in the merchant's inventory history as the app's name.
const REFERENCE = 'gid://kept/StockPush/';

/** Shopify's input of a set of `available`. */
export function toSetInput(call: PushCall) {
  return {
    name: 'available',
    reason: 'correction',
    referenceDocumentUri: REFERENCE + call.key,
    quantities: call.items.map((itemId, index) => ({
      inventoryItemId: itemGid(itemId),
      locationId: locationGid(call.locations[index] ?? 0),
      quantity: call.to[index] ?? 0,
      changeFromQuantity: call.from[index] ?? 0,
    })),
  };
}

/** Shopify's input of a move between `available` and `safety_stock`. */
export function toMoveInput(call: PushCall) {
  const ledgerDocumentUri = REFERENCE + call.key;
  return {
    reason: 'safety_stock',
    referenceDocumentUri: REFERENCE + call.key,
    changes: call.items.map((itemId, index) => {
      const { locationId, from, to, parked } = rowOf(call, index);
      const at = { locationId: locationGid(locationId) };
      const available = { ...at, name: 'available', changeFromQuantity: from };
      // A ledger document is required for every state but `available`, and forbidden for that one.
      const kept = { ...at, name: 'safety_stock', changeFromQuantity: parked, ledgerDocumentUri };
      const isParking = from > to;
      return {
        inventoryItemId: itemGid(itemId),
        quantity: Math.abs(from - to),
        from: isParking ? available : kept,
        to: isParking ? kept : available,
      };
    }),
  };
}

/** The GID of a stocked thing by its number. */
export function itemGid(itemId: number): string {
  return `gid://shopify/InventoryItem/${itemId}`;
}

/** The GID of a location by its number. */
export function locationGid(locationId: number): string {
  return `gid://shopify/Location/${locationId}`;
}
