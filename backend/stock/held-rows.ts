/**
 * All positions of a shop as a replica holds them, in columns of numbers.
 *
 * In: rows as the database gives them. Out: the same rows again, for facts to be built from when the policy changes, and
 * for each SKU the sum of its rows' revisions: it rises with every change of any of them and is the same on every replica
 * that read the same snapshot. A million positions are ten arrays and a table of places, not a million objects.
 */
import type { WorldStockRow } from '../network/world.ts';

/** A row with how often it was written. */
export type HeldRow = WorldStockRow & { readonly revision: number };

/** The rows, and how to change them. */
export type HeldRows = ReturnType<typeof createHeldRows>;

const FIRST_ROWS = 256;
const NO_SAFETY = -1;
const LEAST_INT = -2_147_483_648;
const MOST_INT = 2_147_483_647;

type Columns = {
  readonly sku: Int32Array;
  readonly node: Int32Array;
  readonly onHand: Int32Array;
  readonly unavailable: Int32Array;
  readonly allocated: Int32Array;
  readonly safety: Int32Array;
  readonly revision: Float64Array;
};

/** An empty set of rows. */
export function createHeldRows() {
  const skus = createNames();
  const nodes = createNames();
  let columns = columnsOf(FIRST_ROWS);
  // Open addressing: a place holds row + 1; at most half the places are taken.
  let places = new Int32Array(FIRST_ROWS * 2);
  let count = 0;
  const revisions: number[] = [];
  // Few rows have these.
  const incoming = new Map<number, WorldStockRow['incoming']>();
  const weeklySales = new Map<number, number>();

  const placeOf = (sku: number, node: number): number => {
    const mask = places.length - 1;
    let place = mix(sku, node) & mask;
    for (;;) {
      const row = (places[place] ?? 0) - 1;
      if (row < 0 || (columns.sku[row] === sku && columns.node[row] === node)) return place;
      place = (place + 1) & mask;
    }
  };

  const grow = () => {
    columns = widened(columns);
    places = new Int32Array(columns.sku.length * 2);
    for (let row = 0; row < count; row += 1) {
      places[placeOf(columns.sku[row] ?? 0, columns.node[row] ?? 0)] = row + 1;
    }
  };

  const rowAt = (row: number): HeldRow => ({
    sku: skus.nameAt(columns.sku[row] ?? 0),
    nodeId: nodes.nameAt(columns.node[row] ?? 0),
    onHand: columns.onHand[row] ?? 0,
    unavailable: columns.unavailable[row] ?? 0,
    allocated: columns.allocated[row] ?? 0,
    incoming: incoming.get(row) ?? [],
    ...optional('safetyStock', columns.safety[row] === NO_SAFETY ? undefined : columns.safety[row]),
    ...optional('weeklySales', weeklySales.get(row)),
    revision: columns.revision[row] ?? 0,
  });

  return {
    /** Puts a row in place of what was held of its key; by how much the SKU's sum rose. */
    put: (held: HeldRow): number => {
      const sku = skus.indexOf(held.sku);
      const node = nodes.indexOf(held.nodeId);
      if (count === columns.sku.length) grow();
      const place = placeOf(sku, node);
      if (places[place] === 0) {
        columns.sku[count] = sku;
        columns.node[count] = node;
        count += 1;
        places[place] = count;
      }
      const row = (places[place] ?? 0) - 1;
      columns.onHand[row] = clamped(held.onHand);
      columns.unavailable[row] = clamped(held.unavailable);
      columns.allocated[row] = held.allocated;
      columns.safety[row] = held.safetyStock ?? NO_SAFETY;
      setOrDelete(incoming, row, held.incoming.length === 0 ? undefined : held.incoming);
      setOrDelete(weeklySales, row, held.weeklySales);
      const rise = held.revision - (columns.revision[row] ?? 0);
      columns.revision[row] = held.revision;
      revisions[sku] = (revisions[sku] ?? 0) + rise;
      return rise;
    },
    /** All rows, made anew. */
    rows: (): HeldRow[] => Array.from({ length: count }, (_, row) => rowAt(row)),
    /** Each SKU that has a row, with the sum of its rows' revisions. */
    revisions: function* (): Generator<readonly [string, number]> {
      for (const [sku, sum] of revisions.entries()) yield [skus.nameAt(sku), sum];
    },
  };
}

function setOrDelete<Value>(map: Map<number, Value>, row: number, value: Value | undefined): void {
  if (value === undefined) map.delete(row);
  else map.set(row, value);
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined) {
  return (value === undefined ? {} : { [key]: value }) as { [K in Key]?: Value };
}

function createNames() {
  const names: string[] = [];
  const indexes = new Map<string, number>();
  return {
    nameAt: (index: number): string => names[index] ?? '',
    indexOf: (name: string): number => {
      const known = indexes.get(name);
      if (known !== undefined) return known;
      indexes.set(name, names.length);
      return names.push(name) - 1;
    },
  };
}

function columnsOf(rows: number): Columns {
  const column = () => new Int32Array(rows);
  return {
    sku: column(),
    node: column(),
    onHand: column(),
    unavailable: column(),
    allocated: column(),
    safety: column(),
    revision: new Float64Array(rows),
  };
}

function widened(columns: Columns): Columns {
  const wider = columnsOf(columns.sku.length * 2);
  for (const name of Object.keys(wider) as (keyof Columns)[]) wider[name].set(columns[name]);
  return wider;
}

// Neighbouring SKUs and nodes land far apart (multipliers of MurmurHash3's finalizer).
function mix(sku: number, node: number): number {
  let hash = Math.imul(sku, 0x85ebca6b) ^ Math.imul(node + 1, 0xc2b2ae35);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

function clamped(units: number): number {
  return Math.max(LEAST_INT, Math.min(MOST_INT, units));
}
