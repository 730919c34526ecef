/**
 * A stored stock file as a stream of rows: what looking and booking have in common.
 *
 * In: an import and what was decided of it. Out: its layout, its rows from the first one on, a reader that tells right
 * rows from wrong ones. Every reading begins at the start of the file (docs/decisions/0072).
 */
import type { Transaction } from 'kysely';
import type { ShopId } from '../base/ids.ts';
import { decodePieces } from './csv/encoding.ts';
import { guessLayout, type Layout, layoutOf } from './csv/layout.ts';
import { type FileRow, readRows } from './csv/reader.ts';
import { createRowReader, type ReadRow, type RowReader } from './csv/rows.ts';
import type { ImportOptions } from './import-options.ts';
import type { ImportError, ImportRow, ImportStore } from './import-store.ts';
import type { BookEvents, IntakeDependencies } from './intake.ts';
import { latestInstant, type RowRules } from './stock-rows.ts';

/** Where an import may be ended by anything; tests end it at each. */
export const IMPORT_STEPS = [
  'piece_stored',
  'upload_finished',
  'started',
  'batch_booked',
  'cursor_moved',
  'missing_booked',
  'finished',
] as const;
export type ImportStep = (typeof IMPORT_STEPS)[number];

/** Told of a step before the next begins. */
export type Step = (step: ImportStep) => void;

/** What imports stand on. */
export type ImportDependencies = Pick<IntakeDependencies, 'catalogOf' | 'stockedAt' | 'now'> & {
  readonly store: ImportStore;
  readonly book: BookEvents;
  readonly newId: () => string;
  /** Has the booking of this shop's imports done later, in the caller's transaction. */
  readonly enqueue: <Tables>(trx: Transaction<Tables>, shopId: ShopId) => Promise<void>;
  /** Told of every step before the next begins. */
  readonly atStep?: Step;
};

// The first lines, and surely the headings.
const HEAD_CHARACTERS = 64 * 1024;

async function* storedPieces(
  { store }: ImportDependencies,
  shopId: ShopId,
  importId: string,
): AsyncGenerator<Buffer> {
  for (let ordinal = 0; ; ordinal += 1) {
    const piece = await store.readPiece(shopId, importId, ordinal);
    if (piece === undefined) return;
    yield piece;
  }
}

/** How the file is read: as decided, or as guessed. */
export async function layoutOfFile(
  deps: ImportDependencies,
  shopId: ShopId,
  { importId, encoding }: ImportRow,
  options: ImportOptions | undefined,
): Promise<Layout> {
  let head = '';
  for await (const text of decodePieces(storedPieces(deps, shopId, importId), encoding)) {
    head += text;
    if (head.length >= HEAD_CHARACTERS) break;
  }
  if (options === undefined) return guessLayout(head);
  const { separator, linesBefore, mapping } = options;
  const text = linesBefore === 0 ? head : head.slice(head.indexOf('\n') + 1);
  return { ...layoutOf(text, separator, linesBefore), mapping };
}

/** The rows of the file, from the first. */
export function fileRows(
  deps: ImportDependencies,
  shopId: ShopId,
  { importId, encoding }: ImportRow,
  layout: Pick<Layout, 'separator' | 'linesBefore'>,
): AsyncGenerator<FileRow> {
  return readRows(decodePieces(storedPieces(deps, shopId, importId), encoding), layout);
}

/** Tells right rows from wrong ones, by what the shop knows now. */
export async function readerOf(
  deps: ImportDependencies,
  shopId: ShopId,
  row: ImportRow,
  options: ImportOptions,
): Promise<RowReader> {
  const catalog = await deps.catalogOf(shopId);
  const rules: RowRules = { latest: latestInstant(deps.now()), ...catalog, allowedNodes: [] };
  const { mapping, kind, nodeId, type } = options;
  const occurredAt = options.occurredAt ?? row.createdAt;
  return createRowReader(
    { mapping, kind, nodeId, type, occurredAt, idPrefix: row.importId },
    rules,
  );
}

/** A wrong row as it is kept and shown. */
export function toError(read: Extract<ReadRow, { refusal: unknown }>): ImportError {
  const { row, line, cells } = read.row;
  return { row, line, cells, reason: read.refusal };
}
