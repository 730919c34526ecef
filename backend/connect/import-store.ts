/**
 * Where stock files rest while they are looked at and booked.
 *
 * In: bytes as they arrive, decisions, and what became of rows. Out: the file again, piece by piece, and its progress.
 * Invariants: the cursor, its counts and the errors of its rows move in one transaction, from where the writer saw it:
 * of two workers on one import one moves it and the other learns that it did not; states change along
 * uploading → ready → booking → done, or to canceled, and never back.
 */
import { type ColumnType, type Kysely, sql, type Transaction } from 'kysely';
import type { ShopId } from '../base/ids.ts';
import { toStorableJson } from '../base/stored-text.ts';
import {
  type InstantColumn,
  type JsonColumn,
  type NullableInstantColumn,
  withShop,
} from '../platform/database.ts';
import type { Encoding } from './csv/encoding.ts';
import type { ImportOptions } from './import-options.ts';
import type { RowRefusal } from './stock-rows.ts';

/** The states of an import. */
export type ImportState = 'uploading' | 'ready' | 'booking' | 'done' | 'canceled';

/** An import and how far it is; instants are ISO strings. */
export type ImportRow = {
  readonly importId: string;
  readonly fileName: string;
  readonly state: ImportState;
  readonly sizeBytes: number;
  readonly encoding: Encoding;
  readonly options: ImportOptions | null;
  readonly rowsTotal: number | null;
  /** Rows that are settled; booked + unchanged + refused. */
  readonly cursorRow: number;
  readonly booked: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
};

/** A row that was refused, as it stands in the file. */
export type ImportError = {
  readonly row: number;
  readonly line: number;
  readonly cells: readonly string[];
  readonly reason: RowRefusal;
};

/** What became of the rows after the cursor. */
export type CursorMove = {
  readonly importId: string;
  readonly fromRow: number;
  readonly toRow: number;
  readonly booked: number;
  readonly unchanged: number;
  readonly errors: readonly ImportError[];
};

type NullableJson<Value> = ColumnType<Value | null, string | null | undefined, string>;

type ImportTables = {
  stock_import: {
    shop_id: string;
    import_id: string;
    file_name: string;
    state: ImportState;
    size_bytes: number;
    encoding: Encoding | null;
    options: NullableJson<ImportOptions>;
    rows_total: number | null;
    cursor_row: number;
    booked: number;
    unchanged: number;
    refused: number;
    created_at: InstantColumn;
    created_by: string;
    started_at: NullableInstantColumn;
    finished_at: NullableInstantColumn;
  };
  stock_import_piece: { shop_id: string; import_id: string; ordinal: number; bytes: Buffer };
  stock_import_error: {
    shop_id: string;
    import_id: string;
    row_number: number;
    line: number;
    cells: JsonColumn<string[]>;
    reason: JsonColumn<RowRefusal>;
  };
};

type Trx = Transaction<ImportTables>;
const LISTED_MAX = 50;

/** The store over a pool that runs as the application's role. */
export function createImportStore(database: Kysely<unknown>) {
  const db = database.withTables<ImportTables>();
  const inShop = <Value>(shopId: ShopId, work: (trx: Trx) => Promise<Value>) =>
    withShop(db, shopId, work);
  return {
    create: (shopId: ShopId, row: NewImport): Promise<void> =>
      inShop(shopId, (trx) => create(trx, shopId, row)),
    addPiece: (shopId: ShopId, importId: string, ordinal: number, bytes: Buffer): Promise<void> =>
      inShop(shopId, async (trx) => {
        const row = { shop_id: shopId, import_id: importId, ordinal, bytes };
        await trx.insertInto('stock_import_piece').values(row).execute();
      }),
    finishUpload: (
      shopId: ShopId,
      importId: string,
      file: { readonly sizeBytes: number; readonly encoding: Encoding },
    ): Promise<void> =>
      inShop(shopId, async (trx) => {
        await own(trx, shopId, importId)
          .set({ state: 'ready', size_bytes: file.sizeBytes, encoding: file.encoding })
          .where('state', '=', 'uploading')
          .execute();
      }),
    read: (shopId: ShopId, importId: string) =>
      inShop(shopId, (trx) => readImport(trx, shopId, importId)),
    list: (shopId: ShopId) => inShop(shopId, (trx) => listImports(trx, shopId)),
    /** The ids of imports that are to be booked, oldest first. */
    listBooking: (shopId: ShopId) => inShop(shopId, (trx) => listBooking(trx, shopId)),
    /** One piece of the file; nothing after the last. */
    readPiece: (shopId: ShopId, importId: string, ordinal: number) =>
      inShop(shopId, (trx) => readPiece(trx, { shopId, importId, ordinal })),
    /** Decides to book; `within` enqueues the work in the same transaction. False: it is in another state. */
    start: (shopId: ShopId, started: Started, within: Within): Promise<boolean> =>
      inShop(shopId, (trx) => start(trx, shopId, started, within)),
    /** Moves the cursor with its counts and errors. False: somebody else moved it, or the import was canceled. */
    moveCursor: (shopId: ShopId, move: CursorMove): Promise<boolean> =>
      inShop(shopId, (trx) => moveCursor(trx, shopId, move)),
    finish: (
      shopId: ShopId,
      importId: string,
      end: { readonly state: 'done' | 'canceled'; readonly from: ImportState; readonly at: string },
    ): Promise<boolean> =>
      inShop(shopId, async (trx) => {
        const done = await own(trx, shopId, importId)
          .set({ state: end.state, finished_at: end.at })
          .where('state', '=', end.from)
          .executeTakeFirst();
        return done.numUpdatedRows > 0n;
      }),
    /** Refused rows after a row, in order of the file. */
    listErrors: (shopId: ShopId, importId: string, page: ErrorPage) =>
      inShop(shopId, (trx) => listErrors(trx, { ...page, shopId, importId })),
    /** Drops imports that ended, or were never finished, before an instant. */
    prune: (shopId: ShopId, before: string): Promise<void> =>
      inShop(shopId, async (trx) => {
        await sql`delete from stock_import where shop_id = ${shopId} and state <> 'booking'
          and coalesce(finished_at, created_at) < ${before}`.execute(trx);
      }),
  };
}

/** What `createImportStore` returns. */
export type ImportStore = ReturnType<typeof createImportStore>;

function own(trx: Trx, shopId: ShopId, importId: string) {
  return trx
    .updateTable('stock_import')
    .where('shop_id', '=', shopId)
    .where('import_id', '=', importId);
}

async function listImports(trx: Trx, shopId: ShopId): Promise<readonly ImportRow[]> {
  const rows = await trx
    .selectFrom('stock_import')
    .selectAll()
    .where('shop_id', '=', shopId)
    .orderBy('created_at', 'desc')
    .limit(LISTED_MAX)
    .execute();
  return rows.map(toRow);
}

async function listBooking(trx: Trx, shopId: ShopId): Promise<readonly string[]> {
  const rows = await trx
    .selectFrom('stock_import')
    .select('import_id')
    .where('shop_id', '=', shopId)
    .where('state', '=', 'booking')
    .orderBy('started_at')
    .execute();
  return rows.map((row) => row.import_id);
}

async function readPiece(
  trx: Trx,
  asked: { readonly shopId: ShopId; readonly importId: string; readonly ordinal: number },
): Promise<Buffer | undefined> {
  const row = await trx
    .selectFrom('stock_import_piece')
    .select('bytes')
    .where('shop_id', '=', asked.shopId)
    .where('import_id', '=', asked.importId)
    .where('ordinal', '=', asked.ordinal)
    .executeTakeFirst();
  return row?.bytes;
}

type ErrorPage = { readonly afterRow: number; readonly limit: number };

async function listErrors(
  trx: Trx,
  asked: ErrorPage & { readonly shopId: ShopId; readonly importId: string },
): Promise<readonly ImportError[]> {
  const rows = await trx
    .selectFrom('stock_import_error')
    .selectAll()
    .where('shop_id', '=', asked.shopId)
    .where('import_id', '=', asked.importId)
    .where('row_number', '>', asked.afterRow)
    .orderBy('row_number')
    .limit(asked.limit)
    .execute();
  return rows.map(({ row_number, line, cells, reason }) => {
    return { row: row_number, line, cells, reason };
  });
}

type Within = (trx: Trx) => Promise<void>;
type Started = {
  readonly importId: string;
  readonly options: ImportOptions;
  readonly rowsTotal: number;
  readonly at: string;
};

async function start(trx: Trx, shopId: ShopId, started: Started, within: Within): Promise<boolean> {
  const done = await own(trx, shopId, started.importId)
    .set({
      state: 'booking',
      options: JSON.stringify(started.options),
      rows_total: started.rowsTotal,
      started_at: started.at,
    })
    .where('state', '=', 'ready')
    .executeTakeFirst();
  if (done.numUpdatedRows === 0n) return false;
  await within(trx);
  return true;
}

type NewImport = Pick<ImportRow, 'importId' | 'fileName' | 'createdAt' | 'createdBy'>;

async function create(trx: Trx, shopId: ShopId, row: NewImport): Promise<void> {
  await trx
    .insertInto('stock_import')
    .values({
      shop_id: shopId,
      import_id: row.importId,
      file_name: row.fileName,
      state: 'uploading',
      size_bytes: 0,
      cursor_row: 0,
      booked: 0,
      unchanged: 0,
      refused: 0,
      created_at: row.createdAt,
      created_by: row.createdBy,
    })
    .execute();
}

async function readImport(
  trx: Trx,
  shopId: ShopId,
  importId: string,
): Promise<ImportRow | undefined> {
  const row = await trx
    .selectFrom('stock_import')
    .selectAll()
    .where('shop_id', '=', shopId)
    .where('import_id', '=', importId)
    .executeTakeFirst();
  return row === undefined ? undefined : toRow(row);
}

type Stored = {
  readonly import_id: string;
  readonly file_name: string;
  readonly state: ImportState;
  readonly size_bytes: number;
  readonly encoding: Encoding | null;
  readonly options: ImportOptions | null;
  readonly rows_total: number | null;
  readonly cursor_row: number;
  readonly booked: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly created_at: Temporal.Instant;
  readonly created_by: string;
  readonly started_at: Temporal.Instant | null;
  readonly finished_at: Temporal.Instant | null;
};

function toRow(row: Stored): ImportRow {
  return {
    importId: row.import_id,
    fileName: row.file_name,
    state: row.state,
    sizeBytes: row.size_bytes,
    encoding: row.encoding ?? 'utf-8',
    options: row.options,
    rowsTotal: row.rows_total,
    cursorRow: row.cursor_row,
    booked: row.booked,
    unchanged: row.unchanged,
    refused: row.refused,
    createdAt: row.created_at.toString(),
    createdBy: row.created_by,
    startedAt: row.started_at?.toString() ?? null,
    finishedAt: row.finished_at?.toString() ?? null,
  };
}

async function moveCursor(trx: Trx, shopId: ShopId, move: CursorMove): Promise<boolean> {
  const { importId, fromRow, toRow, booked, unchanged, errors } = move;
  const moved = await own(trx, shopId, importId)
    .set({
      cursor_row: toRow,
      booked: sql`booked + ${booked}`,
      unchanged: sql`unchanged + ${unchanged}`,
      refused: sql`refused + ${errors.length}`,
    })
    .where('state', '=', 'booking')
    .where('cursor_row', '=', fromRow)
    .executeTakeFirst();
  if (moved.numUpdatedRows === 0n) return false;
  if (errors.length > 0) {
    await sql`
      insert into stock_import_error (shop_id, import_id, row_number, line, cells, reason)
      select ${shopId}, ${importId}, r.row, r.line, r.cells, r.reason
      from jsonb_to_recordset(${toStorableJson(errors)}::jsonb)
        as r("row" integer, line integer, cells jsonb, reason jsonb)`.execute(trx);
  }
  return true;
}
