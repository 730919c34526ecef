/**
 * The rows of a file, one after the other.
 *
 * In: its text in pieces and its layout. Out: the cells of every row below the headings with the row's number (from 1) and
 * the line it ends on. Memory is bounded by one row. A row that cannot be taken apart (a quote that never ends, a cell of
 * many kilobytes) is the last one and says why.
 */
import { type CsvError, parse } from 'csv-parse';
import type { Layout } from './layout.ts';

/** A row as it stands in the file. */
export type FileRow = {
  readonly row: number;
  readonly line: number;
  readonly cells: readonly string[];
  /** Set on a row that could not be taken apart. */
  readonly fault?: string;
};

// A row of stock has a few hundred characters; a quote that never ends would swallow the file.
const ROW_CHARACTERS_MAX = 65_536;

type Recorded = { readonly record: string[]; readonly info: { readonly lines: number } };

/** Reads the rows. */
export async function* readRows(
  text: AsyncIterable<string>,
  { separator, linesBefore }: Pick<Layout, 'separator' | 'linesBefore'>,
): AsyncGenerator<FileRow> {
  let fault: CsvError | undefined;
  const parser = parse({
    delimiter: separator,
    from_line: linesBefore + 1,
    bom: true,
    info: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_quotes: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: ROW_CHARACTERS_MAX,
    // As an error a row that cannot be taken apart would throw away the rows that wait to be read before it.
    skip_records_with_error: true,
    on_skip: (error) => {
      fault ??= error;
      return undefined;
    },
  });
  let row = -1;
  let line = 0;
  const hasFault = () => fault !== undefined;
  void feed(parser, text, hasFault);
  for await (const { record, info } of parser as AsyncIterable<Recorded>) {
    // What stands behind a lost quotation mark is read in the wrong way.
    if (fault !== undefined && info.lines >= linesOf(fault)) break;
    line = info.lines;
    // The headings are the row before the first; a line of separators alone is an empty one.
    if (row >= 0 && record.every((cell) => cell.trim() === '')) continue;
    row += 1;
    if (row > 0) yield { row, line, cells: record };
  }
  if (fault !== undefined) {
    yield { row: Math.max(1, row + 1), line: linesOf(fault), cells: [], fault: faultOf(fault) };
  }
}

function linesOf(error: CsvError): number {
  return typeof error['lines'] === 'number' ? error['lines'] : 0;
}

async function feed(
  parser: ReturnType<typeof parse>,
  text: AsyncIterable<string>,
  hasFault: () => boolean,
): Promise<void> {
  try {
    for await (const piece of text) {
      if (parser.destroyed) return;
      if (hasFault()) break;
      if (!parser.write(piece)) await drained(parser);
    }
    parser.end();
  } catch (error) {
    parser.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

function drained(parser: ReturnType<typeof parse>): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      parser.off('drain', done);
      parser.off('close', done);
      resolve();
    };
    parser.once('drain', done);
    parser.once('close', done);
  });
}

function faultOf(error: CsvError): string {
  return error.code === 'CSV_QUOTE_NOT_CLOSED'
    ? 'A quotation mark is opened and never closed'
    : `The row has more than ${ROW_CHARACTERS_MAX} characters; most likely a quotation mark is missing`;
}
