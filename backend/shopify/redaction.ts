/**
 * Forgetting, for good: one buyer's orders, or a whole shop; and handing over what we hold of a buyer.
 *
 * Invariants: `forgetShop` empties every table that has a `shop_id`, found in the catalog, so a table added
 * tomorrow is emptied too; it does nothing while the app is installed (a delivery may come late, after the merchant
 * came back). `forgetOrders` takes name, addresses and reach from the orders, place and tokens from their promises, and
 * deletes their receipts; the dates stay, they name nobody. A later reading of the order brings nothing back.
 */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { ShopId } from '../base/ids.ts';
import { withShop } from '../platform/database.ts';

/** Builds it over a pool that runs as the application's role. */
export function createRedaction(deps: {
  readonly db: Kysely<unknown>;
  readonly now: () => Temporal.Instant;
}) {
  const { db } = deps;
  return {
    forgetShop: (shopId: ShopId): Promise<void> =>
      withShop(db, shopId, (trx) => forgetShop(trx, shopId)),
    forgetOrders: (shopId: ShopId, orderIds: readonly string[]): Promise<void> =>
      withShop(db, shopId, (trx) => forgetOrders(trx, shopId, orderIds, deps.now())),
    /** Keeps a copy of what we hold of these orders for the merchant to hand over; the admin page shows it. */
    recordExport: (shopId: ShopId, orderIds: readonly string[]): Promise<void> =>
      withShop(db, shopId, async (trx) => {
        await sql`
          insert into privacy_export (shop_id, requested_at, body)
          select ${shopId}, ${deps.now().toString()}::timestamptz, coalesce(jsonb_agg(jsonb_build_object(
            'orderId', order_id, 'placedAt', coalesce(o.placed_at, p.placed_at), 'name', o.customer_name,
            'email', o.email, 'phone', o.phone, 'address', o.address, 'locale', o.locale,
            'country', coalesce(o.country, p.country), 'postalCode', coalesce(o.postal_code, p.postal_code),
            'promisedOn', p.promised_on, 'status', p.status) order by order_id), '[]')
          from (select * from order_promise where shop_id = ${shopId} and order_id = any(${[...orderIds]})) p
          full join (select * from customer_order where shop_id = ${shopId} and order_id = any(${[...orderIds]})) o
            using (order_id)`.execute(trx);
      }),
    /** The copies, newest first. */
    readExports: (shopId: ShopId) =>
      withShop(db, shopId, async (trx) => {
        const { rows } = await sql<{ requestedAt: Temporal.Instant; body: unknown }>`
          select requested_at as "requestedAt", body from privacy_export
          where shop_id = ${shopId} order by requested_at desc limit 100`.execute(trx);
        return rows;
      }),
  };
}

/** What `createRedaction` returns. */
export type Redaction = ReturnType<typeof createRedaction>;

async function forgetShop(trx: Transaction<unknown>, shopId: ShopId): Promise<void> {
  const installed = await sql`
    select 1 from shop where shop_id = ${shopId} and uninstalled_at is null`.execute(trx);
  if (installed.rows.length > 0) return;
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_class c
    join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'shop_id' and not a.attisdropped
    where c.relkind in ('r', 'p') and not c.relispartition`.execute(trx);
  // Tables that are pointed at come after those that point: repeat until nothing refuses.
  let left = rows.map((row) => row.name);
  while (left.length > 0) {
    const refused: string[] = [];
    for (const name of left) if (!(await deleteRows(trx, name, shopId))) refused.push(name);
    if (refused.length === left.length) {
      throw new Error(`Bug: rows of a shop cannot be deleted from ${refused.join(', ')}`);
    }
    left = refused;
  }
}

// False when another table's rows still point here.
async function deleteRows(
  trx: Transaction<unknown>,
  name: string,
  shopId: ShopId,
): Promise<boolean> {
  await sql`savepoint one_table`.execute(trx);
  try {
    await sql`delete from ${sql.table(name)} where shop_id = ${shopId}`.execute(trx);
    return true;
  } catch (error) {
    const isPointedAt = error instanceof Error && 'code' in error && error.code === '23503';
    if (!isPointedAt) throw error;
    await sql`rollback to savepoint one_table`.execute(trx);
    return false;
  }
}

async function forgetOrders(
  trx: Transaction<unknown>,
  shopId: ShopId,
  orderIds: readonly string[],
  now: Temporal.Instant,
): Promise<void> {
  await sql`
    update customer_order
    set customer_name = null, email = null, phone = null, address = null, country = null, postal_code = null,
      redacted_at = coalesce(redacted_at, ${now.toString()}::timestamptz)
    where shop_id = ${shopId} and order_id = any(${[...orderIds]})`.execute(trx);
  await sql`
    update order_action set asked = asked - 'address'
    where shop_id = ${shopId} and order_id = any(${[...orderIds]})`.execute(trx);
  await sql`
    delete from receipt r using order_promise o
    where o.shop_id = ${shopId} and o.order_id = any(${[...orderIds]})
      and r.shop_id = ${shopId}
      and (r.receipt_id = any(o.receipt_ids) or r.checkout_token = o.checkout_token)`.execute(trx);
  await sql`
    update reservation set key = ''
    where shop_id = ${shopId} and order_id = any(${[...orderIds]})`.execute(trx);
  await sql`
    update order_promise
    set country = null, postal_code = null, checkout_token = null,
      copied_receipt = null, receipt_ids = '{}'
    where shop_id = ${shopId} and order_id = any(${[...orderIds]})`.execute(trx);
}
