/**
 * The wrong rows of a booked file as a file: to be corrected and sent again.
 *
 * In: an import. Out: CSV in the file's own columns and separator, each row as it stood, with what is wrong in a column
 * more. Rows are read a page at a time.
 */
import type { ShopId } from '../base/ids.ts';
import { type ImportDependencies, layoutOfFile } from './import-file.ts';
import type { ImportRow } from './import-store.ts';

const ERRORS_A_PAGE = 1_000;

/** The refused rows as they stood, with the reason in a column more: to be corrected and sent again. */
export async function* errorsCsv(
  deps: ImportDependencies,
  shopId: ShopId,
  row: ImportRow,
): AsyncGenerator<string> {
  const layout = await layoutOfFile(deps, shopId, row, row.options ?? undefined);
  const { separator, headings } = layout;
  const write = (cells: readonly string[]) =>
    `${cells.map((text) => quote(text, separator)).join(separator)}\r\n`;
  // With a byte order mark every spreadsheet reads it as UTF-8.
  yield `\ufeff${write([...headings, REASON_HEADING, LINE_HEADING])}`;
  let afterRow = 0;
  for (;;) {
    const page = { afterRow, limit: ERRORS_A_PAGE };
    const errors = await deps.store.listErrors(shopId, row.importId, page);
    for (const { cells, reason, line } of errors) {
      const padded = headings.map((_, column) => cells[column] ?? '');
      yield write([...padded, reason.detail, String(line)]);
    }
    afterRow = errors.at(-1)?.row ?? afterRow;
    if (errors.length < ERRORS_A_PAGE) return;
  }
}

// Headings that no field is named after, so that the corrected file can be sent as it is.
const REASON_HEADING = 'kept: problem';
const LINE_HEADING = 'kept: line';

function quote(text: string, separator: string): string {
  return text.includes(separator) || /["\r\n]/.test(text)
    ? `"${text.replaceAll('"', '""')}"`
    : text;
}
