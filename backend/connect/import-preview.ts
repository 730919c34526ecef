/**
 * A look at a stock file before anything is booked.
 *
 * In: a stored file and decisions, or none. Out: how it is read, its first rows, how many rows are right, the first wrong
 * ones with their reasons. Writes nothing.
 */
import type { ShopId } from '../base/ids.ts';
import { type Layout, missingFields } from './csv/layout.ts';
import type { ReadRow } from './csv/rows.ts';
import {
  fileRows,
  type ImportDependencies,
  layoutOfFile,
  readerOf,
  toError,
} from './import-file.ts';
import type { ImportOptions } from './import-options.ts';
import type { ImportError, ImportRow } from './import-store.ts';

/** What a look at a file shows. */
export type ImportPreview = {
  readonly import: ImportRow;
  readonly layout: Layout;
  /** Fields that no column and no decision gives; nothing can be booked before they are. */
  readonly missing: readonly string[];
  readonly firstRows: readonly PreviewRow[];
  readonly rows: { readonly total: number; readonly right: number; readonly wrong: number };
  /** The first wrong rows. */
  readonly errors: readonly ImportError[];
};

type PreviewRow = {
  readonly row: number;
  readonly line: number;
  readonly cells: readonly string[];
  readonly problem: string | null;
};

const FIRST_ROWS = 20;
const ERRORS_SHOWN = 50;

/** Looks at the file with these decisions, or with the guess. */
export async function previewImport(
  deps: ImportDependencies,
  shopId: ShopId,
  row: ImportRow,
  options: ImportOptions | undefined,
): Promise<ImportPreview> {
  const layout = await layoutOfFile(deps, shopId, row, options);
  const decided = options ?? { ...decisionsOf(layout), mapping: layout.mapping };
  const missing = missingFields(decided.mapping, decided.nodeId !== undefined);
  const reader = await readerOf(deps, shopId, row, decided);
  const seen: Seen = { rows: { total: 0, right: 0, wrong: 0 }, firstRows: [], errors: [] };
  for await (const fileRow of fileRows(deps, shopId, row, decided)) {
    // Without its columns a file has no right or wrong rows yet.
    const read = missing.length === 0 ? reader.read(fileRow) : { row: fileRow, repeats: 0 };
    take(seen, read);
  }
  if (missing.length > 0) seen.rows.right = 0;
  return { import: row, layout, missing, ...seen };
}

type Seen = {
  readonly rows: { total: number; right: number; wrong: number };
  readonly firstRows: PreviewRow[];
  readonly errors: ImportError[];
};

function take({ rows, firstRows, errors }: Seen, read: ReadRow): void {
  const isWrong = 'refusal' in read;
  rows.total += 1;
  rows[isWrong ? 'wrong' : 'right'] += 1;
  if (firstRows.length < FIRST_ROWS) {
    const { row, line, cells } = read.row;
    firstRows.push({ row, line, cells, problem: isWrong ? read.refusal.detail : null });
  }
  if (isWrong && errors.length < ERRORS_SHOWN) errors.push(toError(read));
}

/** What is decided when nobody has decided anything. */
function decisionsOf({ separator, mapping, linesBefore }: Layout): ImportOptions {
  const type = mapping.expectedAt ?? mapping.expectedOn;
  return {
    separator,
    linesBefore,
    mapping,
    kind: 'count',
    type: type === undefined || mapping.type !== undefined ? 'on_hand' : 'incoming',
    isFull: false,
  };
}
