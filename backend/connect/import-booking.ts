/**
 * The booking of stock files, batch by batch behind a cursor.
 *
 * In: imports that were started. Out: every row booked, unchanged or refused, once. A batch is booked by the ledger, then
 * the cursor moves with its counts and errors in one transaction; a process that ends in between finds the batch booked
 * when it comes again, by the ids of its events (docs/decisions/0072).
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ShopId } from '../base/ids.ts';
import type { FileRow } from './csv/reader.ts';
import type { ReadRow, RowReader } from './csv/rows.ts';
import { fileRows, type ImportDependencies, readerOf, type Step, toError } from './import-file.ts';
import type { ImportOptions } from './import-options.ts';
import type { CursorMove, ImportError, ImportRow } from './import-store.ts';
import type { LedgerVerdict } from './intake.ts';
import type { LedgerEvent } from './stock-rows.ts';

const BATCH_ROWS = 5_000;
/** A run gives its worker back after this; the rest is another run's. */
const RUN_MILLISECONDS = 20_000;
const SOURCE = 'import';

/** Books what was started in this shop; true: there is more to do than fits into one run. */
export async function bookStarted(
  deps: ImportDependencies,
  step: Step,
  shopId: ShopId,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const endsAt = performance.now() + RUN_MILLISECONDS;
  const isOver = () => performance.now() > endsAt || signal?.aborted === true;
  for (const importId of await deps.store.listBooking(shopId)) {
    if (!(await bookImport(deps, step, shopId, { importId, isOver }))) return true;
  }
  return false;
}

/** Books one import from its cursor; true: to its end, or somebody else has it. */
async function bookImport(
  deps: ImportDependencies,
  step: Step,
  shopId: ShopId,
  run: { readonly importId: string; readonly isOver: () => boolean },
): Promise<boolean> {
  const row = await deps.store.read(shopId, run.importId);
  if (row?.state !== 'booking' || row.options === null) return true;
  const reader = await readerOf(deps, shopId, row, row.options);
  let cursor = row.cursorRow;
  for await (const batch of batchesOf(fileRows(deps, shopId, row, row.options), reader, cursor)) {
    const move = await bookRows(deps, shopId, { row, batch, cursor });
    step('batch_booked');
    if (!(await deps.store.moveCursor(shopId, move))) return true;
    step('cursor_moved');
    cursor = move.toRow;
    if (run.isOver()) return false;
  }
  if (row.options.isFull) await bookMissing(deps, shopId, { row, options: row.options, reader });
  step('missing_booked');
  const end = { state: 'done', from: 'booking', at: deps.now().toString() } as const;
  await deps.store.finish(shopId, row.importId, end);
  step('finished');
  return true;
}

// Rows up to the cursor are read again and remembered, so that a file that counts a thing twice is seen to.
async function* batchesOf(
  rows: AsyncIterable<FileRow>,
  reader: RowReader,
  cursor: number,
): AsyncGenerator<readonly ReadRow[]> {
  let batch: ReadRow[] = [];
  for await (const row of rows) {
    const read = reader.read(row);
    if (row.row % 1_000 === 0) await nextTurn();
    if (row.row <= cursor) continue;
    batch.push(read);
    if (batch.length < BATCH_ROWS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function bookRows(
  { book }: ImportDependencies,
  shopId: ShopId,
  work: { readonly row: ImportRow; readonly batch: readonly ReadRow[]; readonly cursor: number },
): Promise<CursorMove> {
  const { row, batch, cursor } = work;
  const events = batch.flatMap((read) => ('event' in read ? [read.event] : []));
  const verdicts =
    events.length === 0 ? [] : await book(shopId, { source: SOURCE, actor: row.createdBy, events });
  const counts = { booked: 0, unchanged: 0 };
  const errors: ImportError[] = [];
  let next = 0;
  for (const read of batch) {
    const outcome = 'event' in read ? settle(read, verdicts[next++]) : read;
    if ('refusal' in outcome) errors.push(toError(outcome));
    else if ('repeats' in outcome) counts.unchanged += 1;
    else counts.booked += 1;
  }
  const toRow = batch.at(-1)?.row.row ?? cursor;
  return { importId: row.importId, fromRow: cursor, toRow, ...counts, errors };
}

// A duplicate of our own event is one that was booked before the cursor moved: it is booked.
function settle(
  read: Extract<ReadRow, { event: LedgerEvent }>,
  verdict: LedgerVerdict | undefined,
): ReadRow {
  if (verdict === undefined)
    throw new Error(`Bug: the ledger gave no verdict for ${read.event.eventId}`);
  if (verdict.verdict !== 'refused')
    return verdict.verdict === 'superseded' ? { row: read.row, repeats: 0 } : read;
  const { code, detail } = verdict;
  return { row: read.row, refusal: { code, detail, pointer: '' } };
}

async function bookMissing(
  deps: ImportDependencies,
  shopId: ShopId,
  work: { readonly row: ImportRow; readonly options: ImportOptions; readonly reader: RowReader },
): Promise<void> {
  const { row, options, reader } = work;
  const occurredAt = options.occurredAt ?? row.createdAt;
  for (const [nodeId, named] of reader.named()) {
    const gone = (await deps.stockedAt(shopId, nodeId)).filter((sku) => !named.has(sku));
    for (let from = 0; from < gone.length; from += BATCH_ROWS) {
      const events = gone.slice(from, from + BATCH_ROWS).map((sku) => ({
        eventId: `${row.importId}/missing/${nodeId}/${sku}`,
        kind: 'count' as const,
        type: 'on_hand' as const,
        sku,
        nodeId,
        quantity: 0,
        reason: 'not in the complete file',
        occurredAt: Temporal.Instant.from(occurredAt).toString(),
      }));
      await deps.book(shopId, { source: SOURCE, actor: row.createdBy, events });
    }
  }
}
