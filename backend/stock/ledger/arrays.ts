/**
 * Columns of a batch as one text each, as Postgres reads an array: a batch of 10,000 rows is a statement with a few of them.
 */

/** An array as Postgres reads it; null where nothing is. */
export function arrayOf(values: readonly (string | number | null | undefined)[]): string {
  let text = '{';
  for (const [index, value] of values.entries()) {
    if (index > 0) text += ',';
    if (value === null || value === undefined) text += 'NULL';
    else text += typeof value === 'number' ? value : quoted(value);
  }
  return `${text}}`;
}

const PLAIN = /^[\w.:+-]+$/;

function quoted(value: string): string {
  if (PLAIN.test(value) && value.length !== 4) return value;
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/** Between names in a column of text: no name has a control character (check-event.ts). In SQL it is `chr(31)`. */
const SEPARATOR = '\u001f';

/**
 * A column of names as one text, for `string_to_array(…, chr(31), '')`: nothing to quote, a third of the work of `arrayOf`.
 * The empty text stands for null.
 */
export function namesOf<Row>(rows: readonly Row[], read: (row: Row) => string): string {
  return rows.map(read).join(SEPARATOR);
}

/** A column of numbers as Postgres reads an array; undefined is null. */
export function numbersOf<Row>(
  rows: readonly Row[],
  read: (row: Row) => number | undefined,
): string {
  return `{${rows.map((row) => read(row) ?? 'NULL').join(',')}}`;
}
