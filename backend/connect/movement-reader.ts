/**
 * What was booked, for a system that asks: pages of the ledger, newest first.
 *
 * In: a shop, optionally one cell (a SKU at a node), and where the last page ended. Out: movements as they were booked.
 * Reads only. A cell's history is read link by link (stock_movement.previous), which needs no index of its own; a SKU
 * without its node would need one, so both are asked for or neither (stock-schemas.ts).
 */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { ShopId } from '../base/ids.ts';
import { withShop } from '../platform/database.ts';
import type { MovementsAnswer, MovementsQuery } from './stock-schemas.ts';

type Movement = MovementsAnswer['movements'][number];
type Row = Omit<Movement, 'occurredAt' | 'bookedAt'> & {
  readonly movement: number;
  readonly occurredAt: Temporal.Instant;
  readonly bookedAt: Temporal.Instant;
};

/** A query, and the nodes the connection may speak of (none: every node). */
export type MovementPage = MovementsQuery & { readonly nodeIds: readonly string[] };

const COLUMNS = sql`m.movement, m.source, m.event_id as "eventId", m.kind, m.type, m.sku,
  m.node_id as "nodeId", m.quantity, m.delta, m.reason, m.actor, m.occurred_at as "occurredAt",
  m.booked_at as "bookedAt"`;

/** Builds the reader. */
export function createMovementReader(db: Kysely<unknown>) {
  return async (shopId: ShopId, page: MovementPage): Promise<MovementsAnswer> => {
    const rows = await withShop(db, shopId, (trx) =>
      page.sku === undefined ? readAll(trx, shopId, page) : readCell(trx, shopId, page),
    );
    const movements = rows.map(({ movement: _, occurredAt, bookedAt, ...row }) => ({
      ...row,
      occurredAt: occurredAt.toString(),
      bookedAt: bookedAt.toString(),
    }));
    const cursor = rows.length < page.limit ? '' : String(rows.at(-1)?.movement ?? '');
    return { movements, cursor };
  };
}

const BEFORE_ALL = '9223372036854775807';

async function readAll(
  trx: Transaction<unknown>,
  shopId: ShopId,
  { cursor, limit, nodeIds }: MovementPage,
): Promise<readonly Row[]> {
  const ofNodes = nodeIds.length === 0 ? sql`` : sql`and m.node_id = any(${nodeIds})`;
  const { rows } = await sql<Row>`
    select ${COLUMNS} from stock_movement m
    where m.shop_id = ${shopId} and m.movement < ${cursor ?? BEFORE_ALL}::bigint ${ofNodes}
    order by m.movement desc limit ${limit}`.execute(trx);
  return rows;
}

// Without an order the walk goes no further than the page: each link leads to the movement before.
async function readCell(
  trx: Transaction<unknown>,
  shopId: ShopId,
  { sku, nodeId, cursor, limit, nodeIds }: MovementPage,
): Promise<readonly Row[]> {
  if (nodeIds.length > 0 && !nodeIds.includes(nodeId ?? '')) return [];
  const { rows } = await sql<Row>`
    with recursive walk as (
      select s.* from stock_movement s where s.shop_id = ${shopId} and s.movement = (
        select last_movement from stock_position
        where shop_id = ${shopId} and sku = ${sku} and node_id = ${nodeId})
      union all
      select s.* from walk w cross join lateral (
        select * from stock_movement where shop_id = ${shopId} and movement = w.previous limit 1) s
    )
    select ${COLUMNS} from walk m where m.movement < ${cursor ?? BEFORE_ALL}::bigint
    limit ${limit}`.execute(trx);
  return rows;
}

/** SKUs of which anything changed after one number of the shop's stock clock and up to another. */
export type ChangedSkus = (
  shopId: ShopId,
  span: { readonly after: number; readonly until: number },
) => Promise<ReadonlySet<string> | 'too_old'>;

/** Builds the reader of changes; what was pruned since (stock_clock.pruned_to) is too old to tell. */
export function createChangedReader(db: Kysely<unknown>): ChangedSkus {
  return (shopId, { after, until }) =>
    withShop(db, shopId, async (trx) => {
      const clock = await sql<{ prunedTo: number }>`
        select pruned_to as "prunedTo" from stock_clock where shop_id = ${shopId}`.execute(trx);
      if (after < (clock.rows[0]?.prunedTo ?? 0)) return 'too_old';
      const span = sql`c.shop_id = ${shopId} and c.version > ${after} and c.version <= ${until}`;
      const { rows } = await sql<{ sku: string }>`
        select m.sku from stock_change c cross join lateral (
          select sku from stock_movement where shop_id = ${shopId}
            and movement between c.first_movement and c.last_movement) m where ${span}
        union select cell ->> 0 from stock_change c cross join jsonb_array_elements(c.cells) cell
          where ${span}
        union select name from stock_change c cross join lateral (
          select unnest(c.claims) union all select unnest(c.products)) n(name)
          where ${span}`.execute(trx);
      return new Set(rows.map((row) => row.sku));
    });
}

/** SKUs with units on hand at a node, as the ledger has them. */
export function createStockedReader(db: Kysely<unknown>) {
  return (shopId: ShopId, nodeId: string): Promise<readonly string[]> =>
    withShop(db, shopId, async (trx) => {
      const { rows } = await sql<{ sku: string }>`
        select sku from stock_position
        where shop_id = ${shopId} and node_id = ${nodeId} and on_hand <> 0 order by sku`.execute(
        trx,
      );
      return rows.map((row) => row.sku);
    });
}
