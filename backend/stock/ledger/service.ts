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
  type BookedBatchCells,
  bookBatch,
  findShortages,
  type LockedBatch,
  type Shortage,
  toLargerCells,
  toLookBacks,
} from './batch.ts';
import { type CellKey, type StoredPart, toCells } from './cells.ts';
import { describeRows } from './described-rows.ts';
import { readHistory } from './history/store.ts';
import { createInstantReader, toMicros } from './instants.ts';
import type { EventVerdict, StockEvent } from './ledger.ts';
import { listShortages, pruneChanges, saveChange, saveShortages } from './marks/store.ts';
import {
  appendRows,
  type BatchStamp,
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
import { type SortedBatch, sortBatch } from './verdicts.ts';

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
      const { change } = appended;
      if (change === undefined) return { appended, version: 0 };
      return { appended, version: await saveChange(trx, shopId, { change, changedAt: now }) };
    });

  return {
    /** Books a batch in one transaction. Refuses as a whole only a batch that is too large or names no source. */
    ingest: async (shopId: ShopId, batch: StockBatch): Promise<Result<BookedBatch>> => {
      const refused = refuseBatch(batch);
      if (refused !== undefined) return refused;
      const knownNodes = await deps.knownNodes(shopId);
      const { appended, version } = await retryRaces(() => bookOnce(shopId, batch, knownNodes));
      if (version > 0) {
        await deps.announce(shopId, version);
        if (version % PRUNE_EVERY === 0) {
          await withShop(db, shopId, (trx) => pruneChanges(trx, shopId, version - CHANGES_KEPT));
        }
      }
      if (appended.shortages.length > 0) await deps.onShortages?.(shopId, appended.shortages);
      return { ok: true, value: { verdicts: appended.verdicts, version } };
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
  /** Made when they are asked for: nobody waits at the rows for what is said after the commit. */
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
  const sorted = sortBatch(batch.events, {
    knownNodes: batch.knownNodes,
    nowMicros: batch.knownNodes === undefined ? Infinity : toMicros(batch.now),
    readInstant: createInstantReader(),
  });
  const nothing = { delta: new Float64Array(), isSuperseded: new Uint8Array() };
  const none = () => ({ verdicts: sorted.verdicts(nothing), change: undefined, shortages: [] });
  if (sorted.places.length === 0) return none();
  const { source, actor } = batch;
  const { firstMovement, hasShortages } = await openBatch(trx, shopId);
  // All that can be made ready is made before the rows are locked: rivals wait from there to the commit.
  const cells = toCells(sorted, { source, firstMovement });
  const described = describeRows(sorted, firstMovement);
  const rows = await changeRows(trx, shopId, { sorted, cells, firstMovement });
  // Asked under the lock of the cells: a rival that books the same event has committed, or waits for us.
  const bookedBefore = await findBooked(trx, shopId, { source, described });
  for (const one of bookedBefore) sorted.meetBooked(one);
  const isBooked = new Set(bookedBefore.map(({ eventId }) => eventId));
  const larger = toLargerCells(cells, rows, (eventId) => isBooked.has(eventId));
  const locked: LockedBatch = { sorted, firstMovement, cells, rows, larger };
  const booked = await bookCells(trx, shopId, locked);
  const movements = rangeOf(sorted, firstMovement);
  if (movements === undefined) return none();
  const stamp: BatchStamp = { source, actor, bookedAt: batch.now };
  await appendRows(trx, shopId, { sorted, described, columns: booked.columns, stamp });
  const { short, ended } = findShortages(locked, booked);
  const notes = { short, ended: hasShortages ? ended : [], foundAt: batch.now };
  await saveShortages(trx, shopId, notes);
  return {
    get verdicts() {
      return sorted.verdicts(booked.columns);
    },
    change: { movements },
    shortages: short,
  };
}

/** Numbers of the movements that are new; undefined: there are none. */
function rangeOf({ places, isFresh }: SortedBatch, firstMovement: number) {
  const first = places.find(isFresh);
  const last = places.findLast(isFresh);
  if (first === undefined || last === undefined) return undefined;
  return { first: firstMovement + first, last: firstMovement + last };
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

async function bookCells(
  trx: ShopTransaction,
  shopId: ShopId,
  locked: LockedBatch,
): Promise<BookedBatchCells> {
  // Most cells speak of on hand alone: their parts are not read.
  const others = locked.larger.filter(({ cell }) => cell.parts.some(isOther));
  const parts = await loadParts(
    trx,
    shopId,
    others.map(({ cell }) => cell),
  );
  const stored = new Map(others.map(({ index }, place) => [index, parts[place] ?? new Map()]));
  const asked = toLookBacks(locked.larger, stored);
  const found = await findLaterDeltas(trx, shopId, asked);
  const later = new Map(asked.map(({ index }, place) => [index, found[place] ?? []]));
  const booked = bookBatch(locked, { stored, later });
  await correctRows(trx, shopId, booked.corrected);
  await saveParts(trx, shopId, booked.parts);
  await publishCells(trx, shopId, [...booked.published.values()]);
  return booked;
}

function isOther({ type }: { readonly type: string }): boolean {
  return type !== 'on_hand';
}
