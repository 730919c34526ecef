/**
 * Books what happened to stock, once, and keeps positions its sum.
 *
 * In: batches of events from other systems (`ingest`), or of our own modules inside their transaction
 * (`appendMovements`, then `recordChange` as its last statement). Out: one verdict an event; movements, positions and the
 * mark that tells replicas and the push what changed, committed together or not at all. Invariants: a batch sent again
 * changes nothing; an event that is refused never blocks another; writers of the same shop at once end in the same state
 * as one after the other. Source: docs/decisions/0050-a-ledger-that-keeps-pace.md.
 */
import type { Kysely } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import { type InvalidInput, type Result, refuseInput, TransientError } from '../../base/result.ts';
import type { Clock } from '../../platform/clock.ts';
import { withShop } from '../../platform/database.ts';
import {
  type BatchCell,
  type BookedCell,
  bookCell,
  type CellKey,
  lookBackTo,
  type Movement,
  publishParts,
  type StoredDelta,
  type StoredPart,
  toCells,
  withoutEvents,
} from './cells.ts';
import type { EventRules } from './check-event.ts';
import { readHistory } from './history/store.ts';
import {
  type EventVerdict,
  type Mark,
  type StockEvent,
  type TimedEvent,
  toMicros,
} from './ledger.ts';
import {
  listShortages,
  pruneChanges,
  type Shortage,
  saveChange,
  saveShortages,
} from './marks/store.ts';
import {
  appendRows,
  type BatchStamp,
  type ChangedRow,
  type CorrectedRow,
  changeRows,
  correctRows,
  findBooked,
  findLaterDeltas,
  loadParts,
  openBatch,
  publishCells,
  type ShopTransaction,
  type StockChange,
  saveParts,
} from './store.ts';
import { sortBatch } from './verdicts.ts';

/** Events in one batch, at most: what one block of movement numbers holds with room to spare. */
export const MOST_EVENTS = 10_000;
const LONGEST_SOURCE = 60;
const ATTEMPTS = 4;
const MOST_HISTORY = 500;
const MOST_SHORTAGES = 1_000;
// A consumer that is this many changes behind loads everything, which costs less than following.
const CHANGES_KEPT = 20_000;
const PRUNE_EVERY = 500;

/** What the service stands on. */
export type LedgerDependencies = {
  readonly db: Kysely<unknown>;
  readonly clock: Clock;
  /** The nodes of the shop's network. */
  readonly knownNodes: (shopId: ShopId) => Promise<ReadonlySet<string>>;
  /** Tells the replicas that there is something new, after the commit. */
  readonly announce: (shopId: ShopId, version: number) => Promise<void>;
  /** Told, after the commit, of positions that a batch left with more allocated than there is. */
  readonly onShortages?: (shopId: ShopId, shortages: readonly Shortage[]) => Promise<void>;
};

/** A batch of one source. */
export type StockBatch = {
  /** Whose event ids these are, as a connection's name. */
  readonly source: string;
  /** Who sent it: a person, a key, a job. */
  readonly actor: string;
  readonly events: readonly StockEvent[];
};

/** What became of a batch. `version` is the shop's stock clock after it; 0: nothing was booked. */
export type BookedBatch = {
  readonly verdicts: readonly EventVerdict[];
  readonly version: number;
};

/** Builds the service. */
export function createLedgerService(deps: LedgerDependencies) {
  const { db } = deps;

  const bookOnce = (shopId: ShopId, batch: StockBatch, knownNodes: ReadonlySet<string>) =>
    withShop(db, shopId, async (trx) => {
      const now = deps.clock.now().toString();
      const appended = await appendMovements(trx, shopId, { ...batch, now, knownNodes });
      const { change, shortages, verdicts } = appended;
      if (change === undefined) return { verdicts, shortages, version: 0 };
      const version = await saveChange(trx, shopId, { change, changedAt: now });
      return { verdicts, shortages, version };
    });

  return {
    /** Books a batch in one transaction. Refuses as a whole only a batch that is too large or names no source. */
    ingest: async (shopId: ShopId, batch: StockBatch): Promise<Result<BookedBatch>> => {
      const refused = refuseBatch(batch);
      if (refused !== undefined) return refused;
      const knownNodes = await deps.knownNodes(shopId);
      const { shortages, ...value } = await retryRaces(() => bookOnce(shopId, batch, knownNodes));
      if (value.version > 0) {
        await deps.announce(shopId, value.version);
        if (value.version % PRUNE_EVERY === 0) {
          await withShop(db, shopId, (trx) =>
            pruneChanges(trx, shopId, value.version - CHANGES_KEPT),
          );
        }
      }
      if (shortages.length > 0) await deps.onShortages?.(shopId, shortages);
      return { ok: true, value };
    },

    /** A cell's movements, the newest booked first; `before` is the number of the last one that was read. */
    readMovements: (
      shopId: ShopId,
      {
        sku,
        nodeId,
        limit,
        before,
      }: CellKey & { readonly limit: number; readonly before?: number },
    ) =>
      withShop(db, shopId, (trx) =>
        readHistory(trx, shopId, { sku, nodeId, before, limit: Math.min(limit, MOST_HISTORY) }),
      ),

    /** A cell's unavailable units by kind and its incoming lots by reference, as they are stored. */
    readParts: (shopId: ShopId, cell: CellKey): Promise<readonly StoredPart[]> =>
      withShop(db, shopId, async (trx) => {
        const [parts] = await loadParts(trx, shopId, [cell]);
        return [...(parts?.values() ?? [])];
      }),

    /** Positions that have more allocated than is left of them. */
    readShortages: (shopId: ShopId) =>
      withShop(db, shopId, (trx) => listShortages(trx, shopId, MOST_SHORTAGES)),
  };
}

/** What `createLedgerService` returns. */
export type LedgerService = ReturnType<typeof createLedgerService>;

function refuseBatch({ source, events }: StockBatch): Result<never, InvalidInput> | undefined {
  if (events.length > MOST_EVENTS) {
    return refuseInput({
      pointer: '/events',
      value: events.length,
      allowed: `at most ${MOST_EVENTS} events in a batch`,
      remedy: 'Send the events in several batches; their order does not matter.',
    });
  }
  if (source.length >= 1 && source.length <= LONGEST_SOURCE && /^[\x21-\x7e]+$/.test(source)) {
    return undefined;
  }
  return refuseInput({
    pointer: '/source',
    value: source,
    allowed: `1 to ${LONGEST_SOURCE} visible ASCII characters`,
    remedy: 'Name the source as the connection is named.',
  });
}

// Two writers of the same event id for different cells, or of cells that wait for each other: one begins again.
async function retryRaces<Value>(book: () => Promise<Value>): Promise<Value> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await book();
    } catch (error) {
      if (attempt === ATTEMPTS || !isRace(error)) throw error;
    }
  }
}

function isRace(error: unknown): boolean {
  const cause = error instanceof TransientError ? error.cause : error;
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return false;
  return cause.code === '23505' || cause.code === '40P01';
}

/** What `appendMovements` did. `change` goes into `recordChange`; undefined: nothing was booked. */
export type Appended = {
  readonly verdicts: readonly EventVerdict[];
  readonly change: StockChange | undefined;
  /** Those of the batch's cells that now have more allocated than is left. */
  readonly shortages: readonly Shortage[];
};

/**
 * Books a batch inside a caller's transaction, which ends with `recordChange`. One event id booked for two cells at the
 * same time fails one of the transactions (unique violation).
 */
export async function appendMovements(
  trx: ShopTransaction,
  shopId: ShopId,
  batch: StockBatch & {
    /** ISO instant. */
    readonly now: string;
    /** Absent: one of our own modules says it, its nodes and instants are not checked. */
    readonly knownNodes?: ReadonlySet<string>;
  },
): Promise<Appended> {
  const rules: EventRules = {
    source: batch.source,
    knownNodes: batch.knownNodes,
    nowMicros: batch.knownNodes === undefined ? Infinity : toMicros(batch.now),
  };
  const sorted = sortBatch(batch.events, rules);
  if (sorted.fresh.size === 0) {
    return { verdicts: sorted.verdicts(new Map()), change: undefined, shortages: [] };
  }
  const { firstMovement, hasShortages } = await openBatch(trx, shopId);
  const locked = toCells([...sorted.fresh.values()], firstMovement);
  const rows = await changeRows(trx, shopId, locked);
  // Asked under the lock of the cells: a rival that books the same event has committed, or waits for us.
  const eventIds = [...sorted.fresh.keys()];
  for (const booked of await findBooked(trx, shopId, { source: batch.source, eventIds })) {
    sorted.meetBooked(booked);
  }
  const isBooked = (event: TimedEvent) => !sorted.fresh.has(event.eventId);
  const isAllFresh = sorted.fresh.size === eventIds.length;
  const cells = isAllFresh ? locked : locked.map((cell) => withoutEvents(cell, isBooked));
  const done = await bookCells(trx, shopId, { cells, locked, rows });
  if (done.movements.length === 0) {
    return { verdicts: sorted.verdicts(new Map()), change: undefined, shortages: [] };
  }
  const stamp: BatchStamp = { source: batch.source, actor: batch.actor, bookedAt: batch.now };
  await appendRows(trx, shopId, { movements: done.movements, stamp });
  const shortages = await noteShortages(trx, shopId, { ...done, hasShortages, foundAt: batch.now });
  const byEvent = new Map(done.movements.map((movement) => [movement.event, movement]));
  const movements = rangeOf(done.movements);
  return { verdicts: sorted.verdicts(byEvent), change: { movements }, shortages };
}

function rangeOf(movements: readonly Movement[]) {
  let first = Infinity;
  let last = 0;
  for (const { movement } of movements) {
    first = Math.min(first, movement);
    last = Math.max(last, movement);
  }
  return { first, last };
}

/** Marks what a transaction changed: its last statement. Returns the shop's number, to be announced after the commit. */
export async function recordChange(
  trx: ShopTransaction,
  shopId: ShopId,
  change: StockChange,
  changedAt: string,
): Promise<number> {
  return await saveChange(trx, shopId, { change, changedAt });
}

type Rows = {
  readonly cells: readonly BatchCell[];
  readonly rows: readonly ChangedRow[];
  readonly booked: readonly BookedCell[];
  readonly published: ReadonlyMap<BatchCell, { readonly unavailable: number }>;
};

// `cells` are the locked ones without what was booked before, in the same order.
async function bookCells(
  trx: ShopTransaction,
  shopId: ShopId,
  { cells, locked, rows }: Pick<Rows, 'cells' | 'rows'> & { readonly locked: readonly BatchCell[] },
): Promise<Rows & { readonly movements: readonly Movement[] }> {
  const stored = await loadStored(trx, shopId, cells);
  const later = await lookBack(trx, shopId, { cells, rows, stored });
  const booked = cells.map((cell, index) =>
    bookCell(cell, beforeOf(rows, index), {
      stored: stored.get(cell) ?? NO_PARTS,
      later: later.get(cell) ?? [],
    }),
  );
  await correctRows(trx, shopId, corrections({ cells, locked, rows, booked }));
  const published = await saveChangedParts(trx, shopId, { cells, booked, stored });
  const movements = booked.flatMap((cell) => cell.movements);
  return { cells, rows, booked, published, movements };
}

const NO_PARTS: ReadonlyMap<string, StoredPart> = new Map();

function beforeOf(rows: readonly ChangedRow[], index: number) {
  const row = rows[index];
  if (row === undefined) throw new Error('Bug: a cell without its row');
  return row.before;
}

// Most cells speak of on hand alone: their parts are not read.
async function loadStored(
  trx: ShopTransaction,
  shopId: ShopId,
  cells: readonly BatchCell[],
): Promise<ReadonlyMap<BatchCell, Map<string, StoredPart>>> {
  const others = cells.filter((cell) => cell.parts.some((part) => part.type !== 'on_hand'));
  const parts = await loadParts(trx, shopId, others);
  return new Map(others.map((cell, index) => [cell, parts[index] ?? new Map()]));
}

async function lookBack(
  trx: ShopTransaction,
  shopId: ShopId,
  {
    cells,
    rows,
    stored,
  }: Pick<Rows, 'cells' | 'rows'> & {
    readonly stored: ReadonlyMap<BatchCell, ReadonlyMap<string, StoredPart>>;
  },
): Promise<ReadonlyMap<BatchCell, readonly StoredDelta[]>> {
  const asked = cells.flatMap((cell, index) => {
    const before = beforeOf(rows, index);
    const sinceMicros = lookBackTo(cell, before, stored.get(cell) ?? NO_PARTS);
    const { lastMovement } = before;
    if (sinceMicros === undefined || lastMovement === null) return [];
    return [{ cell, sinceMicros, lastMovement }];
  });
  const found = await findLaterDeltas(trx, shopId, asked);
  return new Map(asked.map(({ cell }, index) => [cell, found[index] ?? []]));
}

function corrections({
  cells,
  locked,
  rows,
  booked,
}: Pick<Rows, 'cells' | 'rows' | 'booked'> & { readonly locked: readonly BatchCell[] }) {
  return cells.flatMap((cell, index): CorrectedRow[] => {
    const { onHand, movements } = booked[index] ?? {};
    const row = rows[index];
    if (onHand === undefined || movements === undefined || row === undefined) return [];
    const isRight =
      cell === locked[index] &&
      onHand.quantity === row.onHand &&
      !isTie(row.before.onHand.counted, onHand.counted);
    if (isRight) return [];
    const { sku, nodeId } = cell;
    const last = movements.at(-1);
    const { latestMicros, lastMovement } = row.before;
    return [
      {
        ...{ sku, nodeId, onHand: onHand.quantity, counted: onHand.counted },
        latestMicros: last?.latestMicros ?? latestMicros,
        lastMovement: last?.movement ?? lastMovement,
        isWritten: last !== undefined,
      },
    ];
  });
}

// Two counts of one microsecond: which name is the greater is decided here, not by the database.
function isTie(before: Mark | undefined, after: Mark | undefined): boolean {
  return before?.micros === after?.micros && before?.name !== after?.name;
}

async function saveChangedParts(
  trx: ShopTransaction,
  shopId: ShopId,
  {
    cells,
    booked,
    stored,
  }: Pick<Rows, 'cells' | 'booked'> & {
    readonly stored: ReadonlyMap<BatchCell, Map<string, StoredPart>>;
  },
): Promise<Rows['published']> {
  const parts: (CellKey & StoredPart)[] = [];
  const published = new Map<BatchCell, ReturnType<typeof publishParts>>();
  for (const [index, cell] of cells.entries()) {
    const all = stored.get(cell);
    if (all === undefined) continue;
    const { sku, nodeId } = cell;
    for (const part of booked[index]?.changed ?? []) {
      parts.push({ ...part, sku, nodeId });
      all.set(`${part.type}\n${part.lot}`, part);
    }
    published.set(cell, publishParts(all.values()));
  }
  await saveParts(trx, shopId, parts);
  const rows = [...published].map(([{ sku, nodeId }, row]) => ({ sku, nodeId, ...row }));
  await publishCells(trx, shopId, rows);
  return published;
}

async function noteShortages(
  trx: ShopTransaction,
  shopId: ShopId,
  notes: Rows & { readonly hasShortages: boolean; readonly foundAt: string },
): Promise<readonly Shortage[]> {
  const short: Shortage[] = [];
  const ended: CellKey[] = [];
  for (const [index, cell] of notes.cells.entries()) {
    const row = notes.rows[index];
    const onHand = notes.booked[index]?.onHand.quantity ?? 0;
    const unavailable = notes.published.get(cell)?.unavailable ?? row?.unavailable ?? 0;
    const allocated = row?.allocated ?? 0;
    const missing = allocated - Math.max(0, onHand - unavailable);
    const { sku, nodeId } = cell;
    if (allocated > 0 && missing > 0) {
      short.push({ sku, nodeId, onHand, unavailable, allocated, missing });
    } else if (notes.hasShortages) ended.push({ sku, nodeId });
  }
  await saveShortages(trx, shopId, { short, ended, foundAt: notes.foundAt });
  return short;
}
