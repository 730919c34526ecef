/**
 * How do rows reach the database after the answer that made them has gone out?
 *
 * In: rows of a shop, handed over without waiting. Out: batches, one `write` at a time per shop, at most
 * `gatherMilliseconds` after the first row of a batch. While the database is out of reach rows are kept and the
 * batch is repeated; a row older than `keepMilliseconds` is dropped and counted, and so is a row beyond the bound.
 * Invariants: rows of a shop are written in the order given; a batch is repeated until it is written or too old
 * (`write` must bear a repetition whose first reply was lost); memory is bounded; nothing here is on the answer's path.
 */
import type { ShopId } from '../base/ids.ts';
import { TransientError } from '../base/result.ts';

export type WriteBehindOptions<Row> = {
  readonly write: (shopId: ShopId, rows: readonly Row[]) => Promise<unknown>;
  /** A clock that only runs forward, in milliseconds. */
  readonly monotonicMilliseconds: () => number;
  /** Told of rows that were lost and why. */
  readonly onDrop: (shopId: ShopId, count: number, why: 'too_old' | 'too_many' | 'refused') => void;
  readonly gatherMilliseconds: number;
  readonly keepMilliseconds: number;
  readonly rowsMax: number;
};

// A statement of this many rows takes a few tens of milliseconds; more would make one slow transaction.
const BATCH_ROWS_MAX = 1_000;
// The database answers in milliseconds or is down: trying again four times a second costs nothing.
const RETRY_MILLISECONDS = 250;

type Waiting<Row> = { readonly row: Row; readonly givenAt: number };
type Lane<Row> = { rows: Waiting<Row>[]; isWriting: boolean };

/** A writer for rows of many shops. */
export function createWriteBehind<Row>(options: WriteBehindOptions<Row>) {
  const lanes = new Map<ShopId, Lane<Row>>();
  const counts = { written: 0, dropped: 0, waiting: 0 };
  const idle: (() => void)[] = [];

  const laneOf = (shopId: ShopId): Lane<Row> => {
    let lane = lanes.get(shopId);
    if (lane === undefined) {
      lane = { rows: [], isWriting: false };
      lanes.set(shopId, lane);
    }
    return lane;
  };

  const drop = (shopId: ShopId, count: number, why: 'too_old' | 'too_many' | 'refused') => {
    counts.dropped += count;
    options.onDrop(shopId, count, why);
  };

  const settle = (count: number) => {
    counts.waiting -= count;
    if (counts.waiting === 0) for (const wake of idle.splice(0)) wake();
  };

  function dropTooOld(shopId: ShopId, lane: Lane<Row>): void {
    const limit = options.monotonicMilliseconds() - options.keepMilliseconds;
    const firstKept = lane.rows.findIndex((waiting) => waiting.givenAt > limit);
    const count = firstKept === -1 ? lane.rows.length : firstKept;
    if (count === 0) return;
    lane.rows.splice(0, count);
    drop(shopId, count, 'too_old');
    settle(count);
  }

  async function writeOnce(shopId: ShopId, lane: Lane<Row>): Promise<void> {
    const batch = lane.rows.slice(0, BATCH_ROWS_MAX);
    try {
      await options.write(
        shopId,
        batch.map((waiting) => waiting.row),
      );
      counts.written += batch.length;
    } catch (error) {
      if (error instanceof TransientError) {
        await delay(RETRY_MILLISECONDS);
        dropTooOld(shopId, lane);
        return;
      }
      // A bug in one row must not stop the rows behind it: the batch is given up and counted.
      drop(shopId, batch.length, 'refused');
    }
    lane.rows.splice(0, batch.length);
    settle(batch.length);
  }

  async function drain(shopId: ShopId, lane: Lane<Row>): Promise<void> {
    await delay(options.gatherMilliseconds);
    while (lane.rows.length > 0) await writeOnce(shopId, lane);
    lane.isWriting = false;
  }

  return {
    /** Hands a row over; returns at once. */
    add(shopId: ShopId, row: Row): void {
      if (counts.waiting >= options.rowsMax) {
        drop(shopId, 1, 'too_many');
        return;
      }
      counts.waiting += 1;
      const lane = laneOf(shopId);
      lane.rows.push({ row, givenAt: options.monotonicMilliseconds() });
      if (lane.isWriting) return;
      lane.isWriting = true;
      void drain(shopId, lane);
    },
    /** Resolves when nothing waits any more: at shutdown and in tests. */
    whenIdle(): Promise<void> {
      if (counts.waiting === 0) return Promise.resolve();
      return new Promise((resolve) => idle.push(resolve));
    },
    /** Since the start: rows written, dropped, waiting now. */
    counts(): Readonly<typeof counts> {
      return { ...counts };
    },
  };
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
