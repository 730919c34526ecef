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
