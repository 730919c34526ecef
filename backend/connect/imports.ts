/**
 * How does a stock file become booked rows, with a look at it first?
 *
 * In: a file as it arrives, then what the merchant decides. Out: a preview (import-preview.ts), the booking in batches
 * behind a cursor (import-booking.ts), and the wrong rows as a file (import-errors.ts).
 * Invariants (docs/decisions/0072): nothing is booked before `start`; every row ends booked, unchanged or refused, once,
 * whatever ends the process and whenever; a row's event id is the import's id and the row's number.
 */
import type { ShopId } from '../base/ids.ts';
import { type InvalidInput, type Result, refuseInput } from '../base/result.ts';
import type { KnownRefusal } from '../http/problem.ts';
import { watchEncoding } from './csv/encoding.ts';
import { missingFields } from './csv/layout.ts';
import { bookStarted } from './import-booking.ts';
import { errorsCsv } from './import-errors.ts';
import { fileRows, type ImportDependencies, type Step } from './import-file.ts';
import type { ImportOptions } from './import-options.ts';
import { type ImportPreview, previewImport } from './import-preview.ts';
import type { ImportRow } from './import-store.ts';

/** Whole megabytes are told to people. 64 MiB are about two million rows. */
export const FILE_LIMIT_BYTES = 64 * 1024 * 1024;
/** More rows are sent in several files: what a file counts is remembered while it is read. */
const ROWS_MAX = 500_000;
const PIECE_BYTES = 256 * 1024;

/** Builds the service. */
export function createImports(deps: ImportDependencies) {
  const step = deps.atStep ?? (() => undefined);
  return {
    upload: (shopId: ShopId, file: NewFile) => upload(deps, step, shopId, file),
    list: deps.store.list,
    read: (shopId: ShopId, importId: string) => readImport(deps, shopId, importId),
    /** A look at the file with these decisions, or with the guess. */
    preview: async (
      shopId: ShopId,
      importId: string,
      options?: ImportOptions,
    ): Promise<Result<ImportPreview, KnownRefusal>> => {
      const found = await readImport(deps, shopId, importId, 'ready');
      if (!found.ok) return found;
      return { ok: true, value: await previewImport(deps, shopId, found.value, options) };
    },
    /** Decides that the file is booked so. The work is done by a job. */
    start: (shopId: ShopId, importId: string, options: ImportOptions) =>
      start(deps, step, shopId, { importId, options }),
    cancel: async (shopId: ShopId, importId: string): Promise<Result<ImportRow, KnownRefusal>> => {
      const found = await readImport(deps, shopId, importId);
      if (!found.ok) return found;
      const { state } = found.value;
      const isOver = state === 'done' || state === 'canceled';
      const at = deps.now().toString();
      const end = { state: 'canceled', from: state, at } as const;
      if (isOver || !(await deps.store.finish(shopId, importId, end)))
        return wrongState(state, 'ready or booking');
      return await readImport(deps, shopId, importId);
    },
    errorsCsv: (shopId: ShopId, row: ImportRow) => errorsCsv(deps, shopId, row),
    /** Books what was started in this shop; true: there is more to do than fits into one run. */
    bookStarted: (shopId: ShopId, signal?: AbortSignal) => bookStarted(deps, step, shopId, signal),
    /** Whether anything waits to be booked. */
    hasStarted: async (shopId: ShopId): Promise<boolean> =>
      (await deps.store.listBooking(shopId)).length > 0,
    /** Drops files 30 days after they were done with. */
    prune: (shopId: ShopId): Promise<void> =>
      deps.store.prune(shopId, deps.now().subtract({ hours: KEPT_HOURS }).toString()),
  };
}

/** What `createImports` returns. */
export type Imports = ReturnType<typeof createImports>;

const KEPT_HOURS = 30 * 24;

/** A file as a route hands it over. */
export type NewFile = {
  readonly fileName: string;
  readonly author: string;
  readonly pieces: AsyncIterable<Buffer>;
};

function wrongState(state: string, needed: string) {
  return { ok: false, refusal: { code: 'import_state', state, needed } } as const;
}

async function readImport(
  { store }: ImportDependencies,
  shopId: ShopId,
  importId: string,
  needed?: 'ready',
): Promise<Result<ImportRow, KnownRefusal>> {
  const row = await store.read(shopId, importId);
  if (row === undefined) return { ok: false, refusal: { code: 'not_found' } };
  if (needed !== undefined && row.state !== needed) return wrongState(row.state, needed);
  return { ok: true, value: row };
}

async function upload(
  deps: ImportDependencies,
  step: Step,
  shopId: ShopId,
  file: NewFile,
): Promise<Result<ImportRow, KnownRefusal>> {
  const { store } = deps;
  const importId = `imp_${deps.newId()}`;
  const { fileName, author } = file;
  const createdAt = deps.now().toString();
  await store.create(shopId, { importId, fileName, createdAt, createdBy: author });
  const watch = watchEncoding();
  let ordinal = 0;
  let sizeBytes = 0;
  for await (const piece of gatherPieces(file.pieces)) {
    sizeBytes += piece.length;
    if (sizeBytes > FILE_LIMIT_BYTES) {
      const end = { state: 'canceled', from: 'uploading', at: createdAt } as const;
      await store.finish(shopId, importId, end);
      return { ok: false, refusal: { code: 'body_too_large', limitBytes: FILE_LIMIT_BYTES } };
    }
    watch.look(piece);
    await store.addPiece(shopId, importId, ordinal, piece);
    ordinal += 1;
    step('piece_stored');
  }
  await store.finishUpload(shopId, importId, { sizeBytes, encoding: watch.decide() });
  step('upload_finished');
  return await readImport(deps, shopId, importId);
}

/** The same bytes in pieces of one size: a slow line sends hundreds of small ones. */
async function* gatherPieces(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const piece of pieces) {
    held.push(piece);
    size += piece.length;
    if (size < PIECE_BYTES) continue;
    yield Buffer.concat(held);
    held = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(held);
}

async function start(
  deps: ImportDependencies,
  step: Step,
  shopId: ShopId,
  asked: { readonly importId: string; readonly options: ImportOptions },
): Promise<Result<ImportRow, KnownRefusal>> {
  const { importId, options } = asked;
  const found = await readImport(deps, shopId, importId, 'ready');
  if (!found.ok) return found;
  const fitting = checkOptions(options);
  if (!fitting.ok) return fitting;
  let rowsTotal = 0;
  for await (const { row } of fileRows(deps, shopId, found.value, options)) rowsTotal = row;
  if (rowsTotal > ROWS_MAX) {
    return refuseInput({
      pointer: '',
      value: rowsTotal,
      allowed: `at most ${ROWS_MAX} rows in a file`,
      remedy: 'Divide it into several files.',
    });
  }
  const started = { importId, options, rowsTotal, at: deps.now().toString() };
  const isStarted = await deps.store.start(shopId, started, (trx) => deps.enqueue(trx, shopId));
  if (!isStarted) return wrongState('started', 'ready');
  step('started');
  return await readImport(deps, shopId, importId);
}

function checkOptions({
  mapping,
  nodeId,
  isFull,
  kind,
}: ImportOptions): Result<null, InvalidInput> {
  const [missing] = missingFields(mapping, nodeId !== undefined);
  if (missing !== undefined) {
    return refuseInput({
      pointer: `/mapping/${missing}`,
      allowed: 'the index of the column that says it, counted from 0',
      remedy:
        missing === 'nodeId'
          ? 'Choose the column, or one node for all rows.'
          : 'Choose the column.',
    });
  }
  if (isFull && kind === 'delta') {
    return refuseInput({
      pointer: '/isFull',
      value: true,
      allowed: 'false for a file of changes',
      remedy: 'Only a file of counts can be complete.',
    });
  }
  return { ok: true, value: null };
}
