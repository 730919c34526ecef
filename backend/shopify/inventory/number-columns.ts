/**
 * How lists of numbers reach a statement: one array a column, so that a thousand rows cost a statement and not a
 * thousand.
 */
import { type RawBuilder, sql } from 'kysely';

export function bigints(values: readonly number[]): RawBuilder<unknown> {
  return sql`${values}::bigint[]`;
}

export function integers(values: readonly number[]): RawBuilder<unknown> {
  return sql`${values}::int[]`;
}

/** Rows of levels as two columns. */
export function refsOf(rows: readonly { readonly locationId: number; readonly itemId: number }[]) {
  return { locations: rows.map((one) => one.locationId), items: rows.map((one) => one.itemId) };
}
