/**
 * What does a whole batch do, cell by cell?
 *
 * In: the cells of a batch, what the database said of their rows before and after the usual change, and which events turned
 * out to be booked. Out: what each event did, in columns by its place in the batch; the rows for which the usual change was
 * wrong; the parts that changed; where more is allocated than is left. Pure: the store reads and writes, this decides.
 * A cell of one delta is decided in place, without the lists that `bookCell` makes; the answer is the same.
 */
import {
  type BatchCell,
  type BatchCells,
  type BookedCell,
  bookCell,
  type CellBefore,
  type CellKey,
  lookBackTo,
  type PublishedLot,
  partKey,
  publishParts,
  type StoredDelta,
  type StoredPart,
  withoutEvents,
} from './cells.ts';
import type { Mark, StockEvent } from './ledger.ts';
import type { BookedEvents, SortedBatch } from './verdicts.ts';

/** What a cell's row said before the usual change, and says since. */
export type ChangedRow = {
  /** Null, as all that is old: the row was made. */
  readonly oldOnHand: number | null;
  readonly oldMicros: number | null;
  readonly oldName: string | null;
  readonly oldLatest: number | null;
  readonly oldMovement: number | null;
  readonly onHand: number;
  readonly unavailable: number;
  /** Null: none. */
  readonly allocated: number | null;
};

/** A row as it is after all. `isWritten` is false when its cell had nothing new. */
export type CorrectedRow = CellKey & {
  readonly onHand: number;
  readonly counted: Mark | undefined;
  readonly latestMicros: number;
  readonly lastMovement: number | null;
  readonly isWritten: boolean;
};

/** Movements, in columns by the place of their event. */
export type BookedColumns = BookedEvents & {
  readonly latestMicros: Float64Array;
  /** The movement before in the same cell; below 0: it is the first. */
  readonly previous: Float64Array;
};

/** A larger cell of the batch that has something new, with its row. */
export type LargerCell = {
  readonly index: number;
  /** Without what was booked before. */
  readonly cell: BatchCell;
  readonly before: CellBefore;
  readonly row: ChangedRow;
};

/** The batch under the lock of its cells. */
export type LockedBatch = {
  readonly sorted: SortedBatch;
  readonly firstMovement: number;
  readonly cells: BatchCells;
  readonly rows: readonly ChangedRow[];
  readonly larger: readonly LargerCell[];
};

/** What is known of larger cells beside their rows. */
export type KnownParts = {
  readonly stored: ReadonlyMap<number, ReadonlyMap<string, StoredPart>>;
  readonly later: ReadonlyMap<number, readonly StoredDelta[]>;
};

/** What a cell's row publishes of its parts. */
export type Published = CellKey & {
  readonly unavailable: number;
  readonly incoming: readonly PublishedLot[];
};

/** What a batch did. */
export type BookedBatchCells = {
  readonly columns: BookedColumns;
  readonly corrected: readonly CorrectedRow[];
  readonly parts: readonly (CellKey & StoredPart)[];
  /** By the cell's index. */
  readonly published: ReadonlyMap<number, Published>;
  /** By the cell's index, where it is not what the row said after the usual change. */
  readonly onHand: ReadonlyMap<number, number>;
};

const NO_PARTS: ReadonlyMap<string, StoredPart> = new Map();

/** The larger cells as they are to be booked. */
export function toLargerCells(
  { larger }: BatchCells,
  rows: readonly ChangedRow[],
  isBooked: (eventId: string) => boolean,
): LargerCell[] {
  return [...larger].map(([index, locked]) => {
    const row = rowAt(rows, index);
    const cell = withoutEvents(locked, ({ eventId }) => isBooked(eventId));
    return { index, cell, row, before: beforeOf(row) };
  });
}

function rowAt(rows: readonly ChangedRow[], index: number): ChangedRow {
  const row = rows[index];
  if (row === undefined) throw new Error('Bug: a cell without its row');
  return row;
}

function beforeOf(row: ChangedRow): CellBefore {
  return {
    onHand: { quantity: row.oldOnHand ?? 0, counted: countedOf(row) },
    latestMicros: row.oldLatest ?? -Infinity,
    lastMovement: row.oldMovement,
  };
}

function countedOf({ oldMicros, oldName }: ChangedRow): Mark | undefined {
  return oldMicros === null || oldName === null ? undefined : { micros: oldMicros, name: oldName };
}

/** The cells of which later deltas must be known, with the instant to look back to. */
export function toLookBacks(
  larger: readonly LargerCell[],
  stored: KnownParts['stored'],
): { readonly index: number; readonly sinceMicros: number; readonly lastMovement: number }[] {
  return larger.flatMap(({ index, cell, before }) => {
    const sinceMicros = lookBackTo(cell, before, stored.get(index) ?? NO_PARTS);
    const { lastMovement } = before;
    if (sinceMicros === undefined || lastMovement === null) return [];
    return [{ index, sinceMicros, lastMovement }];
  });
}

/** Decides the batch. */
export function bookBatch(batch: LockedBatch, known: KnownParts): BookedBatchCells {
  const size = batch.sorted.events.length;
  const columns: BookedColumns = {
    delta: new Float64Array(size),
    isSuperseded: new Uint8Array(size),
    latestMicros: new Float64Array(size),
    previous: new Float64Array(size),
  };
  const done: Corrections = { corrected: [], onHand: new Map() };
  bookDeltas(batch, columns, done);
  const parts: (CellKey & StoredPart)[] = [];
  const published = new Map<number, Published>();
  for (const one of batch.larger) {
    const { index, cell } = one;
    const { sku, nodeId } = cell;
    const stored = known.stored.get(index);
    const later = known.later.get(index) ?? [];
    const booked = bookCell(cell, one.before, { stored: stored ?? NO_PARTS, later });
    noteMovements(batch, columns, booked);
    const wrong = correctionOf(one, booked, batch.cells.larger.get(index));
    if (wrong !== undefined) done.corrected.push(wrong);
    done.onHand.set(index, booked.onHand.quantity);
    for (const part of booked.changed) parts.push({ ...part, sku, nodeId });
    if (stored === undefined) continue;
    published.set(index, { sku, nodeId, ...publishParts(withParts(stored, booked.changed)) });
  }
  return { columns, parts, published, ...done };
}

type Corrections = { readonly corrected: CorrectedRow[]; readonly onHand: Map<number, number> };

function bookDeltas(batch: LockedBatch, columns: BookedColumns, done: Corrections): void {
  for (const [index, place] of batch.cells.first.entries()) {
    if (batch.cells.larger.has(index)) continue;
    const wrong = bookDelta(batch, columns, { index, place });
    if (wrong === undefined) continue;
    done.corrected.push(wrong);
    done.onHand.set(index, wrong.onHand);
  }
}

function withParts(
  stored: ReadonlyMap<string, StoredPart>,
  changed: readonly StoredPart[],
): Iterable<StoredPart> {
  const all = new Map(stored);
  for (const part of changed) all.set(partKey(part.type, part.lot), part);
  return all.values();
}

/** Books a cell's only event, a delta of on hand; returns its row when the usual change was wrong. */
function bookDelta(
  { sorted, firstMovement, rows }: LockedBatch,
  columns: BookedColumns,
  { index, place }: { readonly index: number; readonly place: number },
): CorrectedRow | undefined {
  const row = rowAt(rows, index);
  const { quantity, sku, nodeId } = eventAt(sorted, place);
  const { oldOnHand, oldLatest, oldMicros, oldMovement } = row;
  const before = { sku, nodeId, onHand: oldOnHand ?? 0, counted: undefined };
  const latestBefore = oldLatest ?? -Infinity;
  if (!sorted.isFresh(place)) {
    const said = { latestMicros: latestBefore, lastMovement: oldMovement, isWritten: false };
    return { ...before, ...said, counted: countedOf(row) };
  }
  const micros = sorted.micros[place] ?? 0;
  const isSuperseded = oldMicros !== null && micros <= oldMicros;
  const latestMicros = Math.max(latestBefore, micros);
  columns.delta[place] = isSuperseded ? 0 : quantity;
  columns.isSuperseded[place] = isSuperseded ? 1 : 0;
  columns.latestMicros[place] = latestMicros;
  columns.previous[place] = oldMovement ?? -1;
  if (!isSuperseded) return undefined;
  const said = { latestMicros, lastMovement: firstMovement + place, isWritten: true };
  return { ...before, ...said, counted: countedOf(row) };
}

function eventAt({ events }: SortedBatch, place: number): StockEvent {
  const event = events[place];
  if (event === undefined) throw new Error('Bug: an event lost its place');
  return event;
}

function noteMovements(
  { firstMovement }: LockedBatch,
  columns: BookedColumns,
  { movements }: BookedCell,
): void {
  for (const { movement, delta, isSuperseded, latestMicros, previous } of movements) {
    const place = movement - firstMovement;
    columns.delta[place] = delta;
    columns.isSuperseded[place] = isSuperseded ? 1 : 0;
    columns.latestMicros[place] = latestMicros;
    columns.previous[place] = previous ?? -1;
  }
}

function correctionOf(
  { cell, before, row }: LargerCell,
  { onHand, movements }: BookedCell,
  locked: BatchCell | undefined,
): CorrectedRow | undefined {
  const isRight =
    cell === locked &&
    onHand.quantity === row.onHand &&
    !isTie(before.onHand.counted, onHand.counted);
  if (isRight) return undefined;
  const { sku, nodeId } = cell;
  const last = movements.at(-1);
  return {
    ...{ sku, nodeId, onHand: onHand.quantity, counted: onHand.counted },
    latestMicros: last?.latestMicros ?? before.latestMicros,
    lastMovement: last?.movement ?? before.lastMovement,
    isWritten: last !== undefined,
  };
}

// Two counts of one microsecond: which name is the greater is decided here, not by the database.
function isTie(before: Mark | undefined, after: Mark | undefined): boolean {
  return before?.micros === after?.micros && before?.name !== after?.name;
}

/** A position that has more allocated than is left of it. */
export type Shortage = CellKey & {
  readonly onHand: number;
  readonly unavailable: number;
  readonly allocated: number;
  /** Units allocated that are not there. */
  readonly missing: number;
};

/** Which of the batch's cells are short now, and which are not. */
export function findShortages(
  { sorted, cells, rows }: LockedBatch,
  { onHand, published }: BookedBatchCells,
): { readonly short: readonly Shortage[]; readonly ended: readonly CellKey[] } {
  const short: Shortage[] = [];
  const ended: CellKey[] = [];
  for (const [index, place] of cells.first.entries()) {
    const row = rowAt(rows, index);
    const { sku, nodeId } = eventAt(sorted, place);
    const allocated = row.allocated ?? 0;
    const units = onHand.get(index) ?? row.onHand;
    const unavailable = published.get(index)?.unavailable ?? row.unavailable;
    const missing = allocated - Math.max(0, units - unavailable);
    if (allocated > 0 && missing > 0) {
      short.push({ sku, nodeId, onHand: units, unavailable, allocated, missing });
    } else ended.push({ sku, nodeId });
  }
  return { short, ended };
}
