/**
 * What is told of the ledger: which facts a transaction changed, and where more is allocated than is left.
 *
 * A change takes the shop's next number as the last statement of its transaction, so numbers become visible in order and
 * the clock's row is held for the commit only. Whoever follows asks for changes "after N"; what is older than is kept
 * means: read everything.
 */
import { sql } from 'kysely';
import type { ShopId } from '../../../base/ids.ts';
import { arrayOf } from '../arrays.ts';
import type { Shortage } from '../batch.ts';
import type { CellKey } from '../cells.ts';
import type { ShopTransaction, StockChange } from '../store.ts';

/** Takes the shop's next number for this change. The last statement of a transaction: it holds the clock's row. */
export async function saveChange(
  trx: ShopTransaction,
  shopId: ShopId,
  { change, changedAt }: { readonly change: StockChange; readonly changedAt: string },
): Promise<number> {
  const { movements, cells = [], claims = [], products = [], loads = [] } = change;
  const pairs = cells.map(({ sku, nodeId }) => [sku, nodeId]);
  const { rows } = await sql<{ version: number }>`
    with clock as (
      insert into stock_clock as k (shop_id, version) values (${shopId}, 1)
      on conflict (shop_id) do update set version = k.version + 1 returning version),
    revised as (
      insert into claim_revision as r (shop_id, sku, revision)
      select distinct ${shopId}, sku, 1 from unnest(${arrayOrNull(claims)}::text[]) c(sku) order by sku
      on conflict (shop_id, sku) do update set revision = r.revision + 1)
    insert into stock_change (shop_id, version, changed_at, first_movement, last_movement, cells,
      claims, products, loads)
    select ${shopId}, version, ${changedAt}, ${movements?.first ?? null}, ${movements?.last ?? null},
      ${pairs.length === 0 ? null : JSON.stringify(pairs)}::jsonb,
      ${arrayOrNull(claims)}::text[], ${arrayOrNull(products)}::text[], ${arrayOrNull(loads)}::text[]
    from clock returning version`.execute(trx);
  const row = rows[0];
  if (row === undefined) throw new Error(`Bug: the stock clock of ${shopId} gave no number`);
  return row.version;
}

function arrayOrNull(values: readonly string[]): string | null {
  return values.length === 0 ? null : arrayOf(values);
}

/** Forgets changes up to `version`; whoever holds an older number loads everything. */
export async function pruneChanges(
  trx: ShopTransaction,
  shopId: ShopId,
  version: number,
): Promise<void> {
  await sql`
    with clock as (
      update stock_clock set pruned_to = ${version}
      where shop_id = ${shopId} and pruned_to < ${version} returning shop_id)
    delete from stock_change c using clock
    where c.shop_id = clock.shop_id and c.version <= ${version}`.execute(trx);
}

const SHORTAGE = sql`p.sku, p.node_id as "nodeId", p.on_hand as "onHand", p.unavailable, p.allocated,
  p.allocated - greatest(0, p.on_hand - p.unavailable) as missing`;
const IS_SHORT = sql`p.allocated > greatest(0, p.on_hand - p.unavailable)`;

/** All cells that are short now, the first found first. */
export async function listShortages(
  trx: ShopTransaction,
  shopId: ShopId,
  most: number,
): Promise<readonly (Shortage & { readonly foundAt: string })[]> {
  const { rows } = await sql<Shortage & { foundAt: Temporal.Instant }>`
    select ${SHORTAGE}, s.found_at as "foundAt"
    from stock_shortage s
    cross join lateral (
      select * from stock_position
      where shop_id = s.shop_id and sku = s.sku and node_id = s.node_id limit 1) p
    where s.shop_id = ${shopId} and ${IS_SHORT} order by s.found_at, p.sku, p.node_id
    limit ${most}`.execute(trx);
  return rows.map((row) => ({ ...row, foundAt: row.foundAt.toString() }));
}

/** Notes which of the cells are short and forgets those that no longer are. */
export async function saveShortages(
  trx: ShopTransaction,
  shopId: ShopId,
  { short, ended, foundAt }: ShortageNotes,
): Promise<void> {
  if (short.length > 0) {
    await sql`
      insert into stock_shortage (shop_id, sku, node_id, found_at)
      select ${shopId}, sku, node_id, ${foundAt} from unnest(
        ${arrayOf(short.map((cell) => cell.sku))}::text[],
        ${arrayOf(short.map((cell) => cell.nodeId))}::text[]) c(sku, node_id)
      on conflict do nothing`.execute(trx);
  }
  if (ended.length > 0) {
    await sql`
      delete from stock_shortage s using unnest(
        ${arrayOf(ended.map((cell) => cell.sku))}::text[],
        ${arrayOf(ended.map((cell) => cell.nodeId))}::text[]) c(sku, node_id)
      where s.shop_id = ${shopId} and s.sku = c.sku and s.node_id = c.node_id`.execute(trx);
  }
}

type ShortageNotes = {
  readonly short: readonly CellKey[];
  readonly ended: readonly CellKey[];
  readonly foundAt: string;
};
