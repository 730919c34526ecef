/**
 * Every position of a shop in a few columns of numbers.
 *
 * A SKU's rows lie next to each other, by ascending node index, in columns shared by all SKUs: a million
 * positions are eight arrays, not a million objects. A row is changed where it lies; a SKU that outgrows
 * its room moves to the end, its old room is left empty. Quotes read a SKU through `viewOf`, two windows
 * on the same columns, made when first asked for and kept until the SKU moves or its lots change.
 * Invariants: nodes of a SKU are ascending and different; `free` is n of rule 16 and never below 0.
 */

/** Incoming units and the instant from which they can be worked on (it may be past). */
export type Lot = {
  readonly usableMinute: number;
  readonly quantity: number;
  /** Where they come from, if that was said. */
  readonly source?: string;
};

/** One SKU's stock by node, in ascending order of node index. */
export type Positions = {
  readonly count: number;
  readonly nodes: Int32Array;
  /** n of rule 16: on hand − unavailable − selling safety stock − allocations, never below 0. */
  readonly free: Int32Array;
  /** Incoming by usable instant; undefined where none is due. */
  readonly lots: readonly (readonly Lot[] | undefined)[];
};

/** What is known of one SKU at one node, in units. */
export type Cell = {
  readonly onHand: number;
  readonly unavailable: number;
  readonly allocated: number;
  /** Selling and routing safety stock: two numbers, never added. */
  readonly safety: number;
  readonly routingSafety: number;
  /** By usable instant. */
  readonly lots: readonly Lot[] | undefined;
};

/** The columns, by row. */
export type Columns = {
  readonly nodes: Int32Array;
  readonly onHand: Int32Array;
  readonly unavailable: Int32Array;
  readonly allocated: Int32Array;
  readonly safety: Int32Array;
  readonly routingSafety: Int32Array;
  readonly free: Int32Array;
};

export type PositionTable = {
  /** By SKU: first row, how many rows hold something, how many there is room for. */
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  readonly rooms: Int32Array;
  columns: Columns;
  /** By row, as long as the columns. */
  lots: (readonly Lot[] | undefined)[];
  /** Rows handed out, holes included. */
  used: number;
  /** By SKU; views of kits are worked out (kits.ts) and kept here too. */
  readonly views: (Positions | undefined)[];
};

const FIRST_ROWS = 64;
const LEAST_ROOM = 2;

/** A table of so many SKUs without a row. */
export function createTable(skuCount: number): PositionTable {
  return {
    starts: new Int32Array(skuCount),
    counts: new Int32Array(skuCount),
    rooms: new Int32Array(skuCount),
    columns: columnsOf(FIRST_ROWS),
    lots: lotsOf(FIRST_ROWS),
    used: 0,
    views: [],
  };
}

// Filled, so that it stays one dense block: a list with holes would be a slow dictionary.
function lotsOf(rows: number): (readonly Lot[] | undefined)[] {
  return new Array<readonly Lot[] | undefined>(rows).fill(undefined);
}

function columnsOf(rows: number): Columns {
  const column = () => new Int32Array(rows);
  return {
    nodes: column(),
    onHand: column(),
    unavailable: column(),
    allocated: column(),
    safety: column(),
    routingSafety: column(),
    free: column(),
  };
}

/** Makes room once for as many rows of each SKU as are about to be put; for an empty table. */
export function reserveRooms(table: PositionTable, rowsBySku: Int32Array): void {
  let used = 0;
  for (let sku = 0; sku < rowsBySku.length; sku += 1) {
    table.starts[sku] = used;
    table.rooms[sku] = rowsBySku[sku] ?? 0;
    used += rowsBySku[sku] ?? 0;
  }
  table.used = used;
  if (used <= table.columns.nodes.length) return;
  table.columns = columnsOf(used);
  table.lots = lotsOf(used);
}

/** Puts a row in place of what was known of the SKU at the node. */
export function putCell(
  table: PositionTable,
  at: { readonly sku: number; readonly node: number },
  cell: Cell,
): void {
  const { sku, node } = at;
  const found = findRow(table, sku, node);
  const row = found >= 0 ? found : insertRow(table, at, ~found);
  const { columns, lots } = table;
  columns.onHand[row] = capped(cell.onHand);
  columns.unavailable[row] = capped(cell.unavailable);
  columns.allocated[row] = capped(cell.allocated);
  columns.safety[row] = cell.safety;
  columns.routingSafety[row] = cell.routingSafety;
  columns.free[row] = capped(
    Math.max(0, cell.onHand - cell.unavailable - cell.safety - cell.allocated),
  );
  if (isSameLots(lots[row], cell.lots)) return;
  lots[row] = cell.lots;
  table.views[sku] = undefined;
}

// A sum of deltas may be more than a column holds; so many units are as good as more, and never fewer than none.
const MOST_UNITS = 2 ** 31 - 1;

function capped(units: number): number {
  return Math.min(units, MOST_UNITS);
}

function isSameLots(a: readonly Lot[] | undefined, b: readonly Lot[] | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((lot, at) => isSameLot(lot, b[at]));
}

function isSameLot(a: Lot, b: Lot | undefined): boolean {
  return a.usableMinute === b?.usableMinute && a.quantity === b.quantity && a.source === b.source;
}

/** When the last of a SKU's incoming units are usable, wherever; undefined: none are on their way. */
export function lastLotMinute(table: PositionTable, sku: number): number | undefined {
  const start = table.starts[sku] ?? 0;
  let last: number | undefined;
  for (let row = start; row < start + (table.counts[sku] ?? 0); row += 1) {
    for (const { usableMinute } of table.lots[row] ?? []) {
      last = Math.max(last ?? usableMinute, usableMinute);
    }
  }
  return last;
}

/** The row of a SKU at a node, or −1 − the row where it belongs. */
export function findRow(table: PositionTable, sku: number, node: number): number {
  const { nodes } = table.columns;
  const start = table.starts[sku] ?? 0;
  let low = start;
  let high = start + (table.counts[sku] ?? 0) - 1;
  // Rows mostly come by node: the place after the last one is looked at first.
  if (high < low || (nodes[high] ?? 0) < node) return ~(high + 1);
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = nodes[middle] ?? 0;
    if (found === node) return middle;
    if (found < node) low = middle + 1;
    else high = middle - 1;
  }
  return ~low;
}

/** Opens an empty row at `place`, the SKU moved when its room is full. */
function insertRow(
  table: PositionTable,
  at: { readonly sku: number; readonly node: number },
  place: number,
): number {
  const { sku, node } = at;
  const count = table.counts[sku] ?? 0;
  const before = table.starts[sku] ?? 0;
  if (count >= (table.rooms[sku] ?? 0)) moveSku(table, sku, Math.max(LEAST_ROOM, count * 2));
  const start = table.starts[sku] ?? 0;
  const row = start + place - before;
  const end = start + count;
  if (row < end) {
    for (const column of Object.values(table.columns)) column.copyWithin(row + 1, row, end);
    table.lots.copyWithin(row + 1, row, end);
  }
  table.lots[row] = undefined;
  table.columns.nodes[row] = node;
  table.counts[sku] = count + 1;
  table.views[sku] = undefined;
  return row;
}

function moveSku(table: PositionTable, sku: number, room: number): void {
  const from = table.starts[sku] ?? 0;
  const count = table.counts[sku] ?? 0;
  const to = table.used;
  if (to + room > table.columns.nodes.length) growColumns(table, to + room);
  for (const column of Object.values(table.columns)) column.copyWithin(to, from, from + count);
  table.lots.copyWithin(to, from, from + count);
  table.lots.fill(undefined, from, from + count);
  table.starts[sku] = to;
  table.rooms[sku] = room;
  table.used = to + room;
}

function growColumns(table: PositionTable, rows: number): void {
  const size = Math.max(rows, Math.ceil(table.used * 1.5));
  const grown = columnsOf(size);
  const old = table.columns;
  grown.nodes.set(old.nodes);
  grown.onHand.set(old.onHand);
  grown.unavailable.set(old.unavailable);
  grown.allocated.set(old.allocated);
  grown.safety.set(old.safety);
  grown.routingSafety.set(old.routingSafety);
  grown.free.set(old.free);
  table.columns = grown;
  table.lots = table.lots.concat(lotsOf(size - table.lots.length));
  // The windows of every view look at the columns left behind.
  table.views.length = 0;
}

/** A SKU's rows as a quote reads them; undefined: no row anywhere. */
export function viewOf(table: PositionTable, sku: number): Positions | undefined {
  const known = table.views[sku];
  if (known !== undefined) return known;
  const count = table.counts[sku] ?? 0;
  if (count === 0) return undefined;
  const start = table.starts[sku] ?? 0;
  const view: Positions = {
    count,
    nodes: table.columns.nodes.subarray(start, start + count),
    free: table.columns.free.subarray(start, start + count),
    lots: Array.from({ length: count }, (_, row) => table.lots[start + row]),
  };
  table.views[sku] = view;
  return view;
}
