/**
 * Where do movements rest, and how are positions kept their sum?
 *
 * Everything runs in a transaction of one shop. Rows travel as arrays of a column each, one statement a batch. A cell's
 * row is locked by the write that changes it, in the order of `toCells`, and tells what it said before; parts are
 * read under that lock. The shop's clock is last, so its row is held for the commit only.
 * A planner that has no figures of a new shop yet takes it for empty, and would read all of a table for each row of a batch.
 * So tables are entered by their keys alone: `lateral` with a limit or offset, inserts that meet their row, and the settings
 * that `openBatch` makes for its transaction. Movements have two keys that begin with the shop, and for an empty table both
 * cost much the same: "the first from here to here" in a key's order, with sorting off, leaves only that key.
 */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import { arrayOf, namesOf, numbersOf } from './arrays.ts';
import type { BookedColumns, ChangedRow, CorrectedRow, Published } from './batch.ts';
import type { BatchCell, BatchCells, CellKey, StoredDelta, StoredPart } from './cells.ts';
import { partKey, usualChange } from './cells.ts';
import type { DescribedRows } from './described-rows.ts';
import type { Mark, StockType } from './ledger.ts';
import type { BookedEvent, SortedBatch } from './verdicts.ts';

/** A transaction of a shop (`withShop`), whatever tables it was typed with. */
export type ShopTransaction = Transaction<unknown> | Kysely<unknown>;

/** Movement numbers in one block: more than a batch has events. */
export const BLOCK_SIZE = 16_384;

/** The first number of a block that no other batch has, and whether the shop has shortages to look after. */
export async function openBatch(
  trx: ShopTransaction,
  shopId: ShopId,
): Promise<{ readonly firstMovement: number; readonly hasShortages: boolean }> {
  const { rows } = await sql<{ block: number; hasShortages: boolean }>`
    select nextval('stock_movement_block') as block,
      exists (select from stock_shortage where shop_id = ${shopId}) as "hasShortages",
      set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),
      set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
      set_config('enable_sort', 'off', true), set_config('jit', 'off', true)`.execute(trx);
  const row = rows[0];
  if (row === undefined) throw new Error('Bug: no movement numbers were given');
  return { firstMovement: row.block * BLOCK_SIZE, hasShortages: row.hasShortages };
}

/** Those of the batch's events that are booked already. */
export async function findBooked(
  trx: ShopTransaction,
  shopId: ShopId,
  { source, described }: { readonly source: string; readonly described: DescribedRows },
): Promise<readonly BookedEvent[]> {
  const { rows } = await sql<BookedEvent>`
    select m.* from unnest(string_to_array(${described.eventIdsByKey}, chr(31))) e(id)
    cross join lateral (
      select event_id as "eventId", kind, type, sku, node_id as "nodeId", quantity, lot,
        (extract(epoch from occurred_at) * 1000000)::bigint as micros,
        expected_at as "expectedAt", expected_on as "expectedOn"
      from stock_movement
      where shop_id = ${shopId} and source = ${source} and event_id >= e.id and event_id <= e.id
      order by stock_movement.event_id limit 1) m`.execute(trx);
  return rows;
}

/**
 * Locks the cells' rows, making those that are missing, and does to each what is right when nothing stored is later than
 * the batch and nothing in it was booked before; `correctRows` does the rest. A count of the same microsecond as the one in force is left to it too.
 */
export async function changeRows(
  trx: ShopTransaction,
  shopId: ShopId,
  { sorted, cells, firstMovement }: CellsOfBatch,
): Promise<readonly ChangedRow[]> {
  const changes = cells.first.map((place, index) =>
    toChange(sorted, cells.larger.get(index), place),
  );
  const { rows } = await sql<ChangedRow>`
    insert into stock_position as p (shop_id, sku, node_id, on_hand, counted_micros, counted_by,
      latest_micros, last_movement)
    select ${shopId}, * from unnest(
      string_to_array(${namesOf(changes, ({ event }) => event.sku)}, chr(31)),
      string_to_array(${namesOf(changes, ({ event }) => event.nodeId)}, chr(31)),
      ${numbersOf(changes, ({ units }) => units)}::bigint[],
      ${numbersOf(changes, ({ counted }) => counted?.micros)}::bigint[],
      string_to_array(${namesOf(changes, ({ counted }) => counted?.name ?? '')}, chr(31), ''),
      ${numbersOf(changes, ({ latestMicros }) => latestMicros)}::bigint[],
      ${numbersOf(changes, ({ last }) => firstMovement + last)}::bigint[])
    on conflict (shop_id, sku, node_id) do update set
      on_hand = case
        when excluded.counted_micros is null then p.on_hand + excluded.on_hand
        when excluded.counted_micros > coalesce(p.counted_micros, -1)
          and excluded.counted_micros >= coalesce(p.latest_micros, -1) then excluded.on_hand
        else p.on_hand end,
      counted_micros = case when excluded.counted_micros > coalesce(p.counted_micros, -1)
        then excluded.counted_micros else p.counted_micros end,
      counted_by = case when excluded.counted_micros > coalesce(p.counted_micros, -1)
        then excluded.counted_by else p.counted_by end,
      latest_micros = greatest(p.latest_micros, excluded.latest_micros),
      last_movement = excluded.last_movement,
      revision = p.revision + 1
    returning old.on_hand as "oldOnHand", old.counted_micros as "oldMicros",
      old.counted_by as "oldName", old.latest_micros as "oldLatest",
      old.last_movement as "oldMovement", new.on_hand as "onHand", new.unavailable,
      nullif(new.allocated, 0) as allocated`.execute(trx);
  if (rows.length !== changes.length)
    throw new Error('Bug: a cell was changed twice or not at all');
  return rows;
}

/** The cells of a batch, before anything is known of their rows. */
export type CellsOfBatch = {
  readonly sorted: SortedBatch;
  readonly cells: BatchCells;
  readonly firstMovement: number;
};

function toChange({ events, micros }: SortedBatch, larger: BatchCell | undefined, place: number) {
  const event = events[place];
  if (event === undefined) throw new Error('Bug: an event lost its place');
  if (larger !== undefined)
    return { event, last: larger.places.at(-1) ?? place, ...usualChange(larger) };
  const latestMicros = micros[place] ?? 0;
  return { event, last: place, units: event.quantity, counted: undefined, latestMicros };
}

/** Puts rows right where the usual change was not. The rows are locked. */
export async function correctRows(
  trx: ShopTransaction,
  shopId: ShopId,
  rows: readonly CorrectedRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const column = (read: (row: CorrectedRow) => string | number | null | undefined) =>
    arrayOf(rows.map(read));
  // Every row is there: an insert that always meets it finds it by its key, whatever the planner believes of the table.
  await sql`
    insert into stock_position as p (shop_id, sku, node_id, on_hand, counted_micros, counted_by,
      latest_micros, last_movement, revision)
    select ${shopId}, * from unnest(
      ${column((row) => row.sku)}::text[], ${column((row) => row.nodeId)}::text[],
      ${column((row) => row.onHand)}::bigint[], ${column((row) => row.counted?.micros)}::bigint[],
      ${column((row) => row.counted?.name)}::text[],
      ${column((row) => (row.latestMicros === -Infinity ? null : row.latestMicros))}::bigint[],
      ${column((row) => row.lastMovement)}::bigint[],
      ${column((row) => (row.isWritten ? 1 : -1))}::bigint[])
    on conflict (shop_id, sku, node_id) do update set on_hand = excluded.on_hand,
      counted_micros = excluded.counted_micros, counted_by = excluded.counted_by,
      latest_micros = excluded.latest_micros, last_movement = excluded.last_movement,
      revision = p.revision + excluded.revision`.execute(trx);
}

/** What is stored of on hand and of the latest occurrence of cells, in their order; undefined: there is no row. */
export async function loadKnown(
  trx: ShopTransaction,
  shopId: ShopId,
  cells: readonly CellKey[],
): Promise<readonly ({ onHand: number; latestMicros: number | null } | undefined)[]> {
  const { rows } = await sql<{ place: number; onHand: number; latestMicros: number | null }>`
    select c.place, p.on_hand as "onHand", p.latest_micros as "latestMicros"
    from unnest(${arrayOf(cells.map((cell) => cell.sku))}::text[],
      ${arrayOf(cells.map((cell) => cell.nodeId))}::text[]) with ordinality c(sku, node_id, place)
    cross join lateral (
      select on_hand, latest_micros from stock_position
      where shop_id = ${shopId} and sku = c.sku and node_id = c.node_id limit 1) p`.execute(trx);
  const known = new Map(rows.map((row) => [row.place, row]));
  return cells.map((_, index) => known.get(index + 1));
}

function markOf(micros: number | null, name: string | null): Mark | undefined {
  return micros === null || name === null ? undefined : { micros, name };
}

type PartRow = {
  sku: string;
  nodeId: string;
  type: StockType;
  lot: string;
  quantity: number;
  countedMicros: number | null;
  countedBy: string | null;
  statedMicros: number | null;
  statedBy: string | null;
  expectedAt: Temporal.Instant | null;
  expectedOn: Temporal.PlainDate | null;
};

/** All stored parts of these cells, by cell in their order, by part key. */
export async function loadParts(
  trx: ShopTransaction,
  shopId: ShopId,
  cells: readonly CellKey[],
): Promise<readonly Map<string, StoredPart>[]> {
  const byCell = cells.map(() => new Map<string, StoredPart>());
  if (cells.length === 0) return byCell;
  const { rows } = await sql<PartRow & { place: number }>`
    select c.place, s.type, s.lot, s.quantity, s.counted_micros as "countedMicros",
      s.counted_by as "countedBy", s.stated_micros as "statedMicros", s.stated_by as "statedBy",
      s.expected_at as "expectedAt", s.expected_on as "expectedOn"
    from unnest(${arrayOf(cells.map((cell) => cell.sku))}::text[],
      ${arrayOf(cells.map((cell) => cell.nodeId))}::text[]) with ordinality c(sku, node_id, place)
    cross join lateral (
      select * from stock_part
      where shop_id = ${shopId} and sku = c.sku and node_id = c.node_id offset 0) s`.execute(trx);
  for (const row of rows) {
    byCell[row.place - 1]?.set(partKey(row.type, row.lot), {
      type: row.type,
      lot: row.lot,
      quantity: row.quantity,
      counted: markOf(row.countedMicros, row.countedBy),
      stated: markOf(row.statedMicros, row.statedBy),
      expectedAt: row.expectedAt?.toString(),
      expectedOn: row.expectedOn?.toString(),
    });
  }
  return byCell;
}

/** Writes parts as they now are. Their cells' rows are locked. */
export async function saveParts(
  trx: ShopTransaction,
  shopId: ShopId,
  parts: readonly (CellKey & StoredPart)[],
): Promise<void> {
  if (parts.length === 0) return;
  await sql`
    insert into stock_part (shop_id, sku, node_id, type, lot, quantity, counted_micros, counted_by,
      stated_micros, stated_by, expected_at, expected_on)
    select ${shopId}, * from unnest(
      ${arrayOf(parts.map((part) => part.sku))}::text[],
      ${arrayOf(parts.map((part) => part.nodeId))}::text[],
      ${arrayOf(parts.map((part) => part.type))}::text[],
      ${arrayOf(parts.map((part) => part.lot))}::text[],
      ${arrayOf(parts.map((part) => part.quantity))}::bigint[],
      ${arrayOf(parts.map((part) => part.counted?.micros))}::bigint[],
      ${arrayOf(parts.map((part) => part.counted?.name))}::text[],
      ${arrayOf(parts.map((part) => part.stated?.micros))}::bigint[],
      ${arrayOf(parts.map((part) => part.stated?.name))}::text[],
      ${arrayOf(parts.map((part) => part.expectedAt))}::timestamptz[],
      ${arrayOf(parts.map((part) => part.expectedOn))}::date[])
    on conflict (shop_id, sku, node_id, type, lot) do update set quantity = excluded.quantity,
      counted_micros = excluded.counted_micros, counted_by = excluded.counted_by,
      stated_micros = excluded.stated_micros, stated_by = excluded.stated_by,
      expected_at = excluded.expected_at, expected_on = excluded.expected_on`.execute(trx);
}

/** Writes what cells' rows publish of their parts. The rows are locked. */
export async function publishCells(
  trx: ShopTransaction,
  shopId: ShopId,
  cells: readonly Published[],
): Promise<void> {
  if (cells.length === 0) return;
  await sql`
    insert into stock_position as p (shop_id, sku, node_id, on_hand, unavailable, incoming)
    select ${shopId}, c.sku, c.node_id, 0, c.unavailable, c.incoming from unnest(
      ${arrayOf(cells.map((cell) => cell.sku))}::text[],
      ${arrayOf(cells.map((cell) => cell.nodeId))}::text[],
      ${arrayOf(cells.map((cell) => cell.unavailable))}::bigint[],
      ${arrayOf(cells.map((cell) => JSON.stringify(cell.incoming)))}::jsonb[])
      c(sku, node_id, unavailable, incoming)
    on conflict (shop_id, sku, node_id) do update set unavailable = excluded.unavailable,
      incoming = excluded.incoming, revision = p.revision + 1`.execute(trx);
}

/** Stored deltas of cells that happened after an instant, by cell in their order; read link by link from the newest. */
export async function findLaterDeltas(
  trx: ShopTransaction,
  shopId: ShopId,
  cells: readonly { readonly lastMovement: number; readonly sinceMicros: number }[],
): Promise<readonly StoredDelta[][]> {
  const byCell: StoredDelta[][] = cells.map(() => []);
  if (cells.length === 0) return byCell;
  const { rows } = await sql<{
    place: number;
    type: StockType;
    lot: string | null;
    quantity: number;
    micros: number;
  }>`
    with recursive walk as (
      select c.place, c.since, c.movement as next, null::text as type, null::text as kind,
        null::text as lot, 0 as quantity, 0::bigint as micros
      from unnest(${arrayOf(cells.map((cell) => cell.lastMovement))}::bigint[],
        ${arrayOf(cells.map((cell) => cell.sinceMicros))}::bigint[])
        with ordinality c(movement, since, place)
      union all
      select w.place, w.since, m.previous, m.type, m.kind, m.lot, m.quantity,
        (extract(epoch from m.occurred_at) * 1000000)::bigint
      from walk w cross join lateral (
        select * from stock_movement
        where shop_id = ${shopId} and movement >= w.next and movement <= w.next
        order by movement limit 1) m
      where m.latest_micros > w.since
    )
    select place, type, lot, quantity, micros from walk
    where kind = 'delta' and micros > since`.execute(trx);
  for (const row of rows) {
    const { micros, quantity } = row;
    byCell[row.place - 1]?.push({ part: partKey(row.type, row.lot ?? ''), micros, quantity });
  }
  return byCell;
}

/** Who says it, and when it is booked. */
export type BatchStamp = {
  readonly source: string;
  readonly actor: string;
  /** ISO instant. */
  readonly bookedAt: string;
};

/** Appends movements. An event id that was booked meanwhile breaks the unique key, and with it the transaction. */
export async function appendRows(
  trx: ShopTransaction,
  shopId: ShopId,
  {
    sorted,
    described,
    columns,
    stamp,
  }: {
    readonly sorted: SortedBatch;
    readonly described: DescribedRows;
    readonly columns: BookedColumns;
    readonly stamp: BatchStamp;
  },
): Promise<void> {
  const { places } = sorted;
  const { names, lots } = described;
  const { delta, latestMicros, previous } = columns;
  // An event without an effect, not even none, was booked before.
  const effects = numbersOf(places, (place) => (sorted.isFresh(place) ? delta[place] : undefined));
  await sql`
    insert into stock_movement (shop_id, source, actor, booked_at, movement, event_id, sku, node_id,
      type, kind, quantity, delta, reason, occurred_at, latest_micros, previous, lot, expected_at,
      expected_on)
    select ${shopId}, ${stamp.source}, ${stamp.actor}, ${stamp.bookedAt}::timestamptz, movement,
      event_id, sku, node_id, type, kind, quantity, delta, reason,
      timestamptz 'epoch' + micros * interval '1 microsecond', latest, nullif(previous, -1), lot,
      expected_at, expected_on
    from unnest(
      ${described.movement}::bigint[], string_to_array(${names.eventId}, chr(31)),
      string_to_array(${names.sku}, chr(31)), string_to_array(${names.nodeId}, chr(31)),
      string_to_array(${names.type}, chr(31)), string_to_array(${names.kind}, chr(31)),
      ${described.quantity}::int[], ${effects}::bigint[],
      string_to_array(${names.reason}, chr(31)), ${described.micros}::bigint[],
      ${numbersOf(places, (place) => latestMicros[place])}::bigint[],
      ${numbersOf(places, (place) => previous[place])}::bigint[],
      string_to_array(${lots?.reference ?? null}, chr(31), ''),
      string_to_array(${lots?.at ?? null}, chr(31), '')::timestamptz[],
      string_to_array(${lots?.on ?? null}, chr(31), '')::date[])
      e(movement, event_id, sku, node_id, type, kind, quantity, delta, reason, micros, latest,
        previous, lot, expected_at, expected_on)
    where delta is not null`.execute(trx);
}

/** What a transaction changed of what replicas hold. */
export type StockChange = {
  /** Movements appended, by their numbers; others in between do no harm. */
  readonly movements?: { readonly first: number; readonly last: number } | undefined;
  /** Positions changed without a movement, as by an allocation. */
  readonly cells?: readonly CellKey[];
  /** SKUs whose claims changed. */
  readonly claims?: readonly string[];
  readonly products?: readonly string[];
  /** Nodes whose load changed. */
  readonly loads?: readonly string[];
};
