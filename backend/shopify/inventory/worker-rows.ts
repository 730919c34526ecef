/**
 * The one row a shop that says which replica pushes it, up to where it has planned and what is wrong.
 *
 * Every function runs in the caller's transaction, which has named the shop.
 */
import { sql, type Transaction } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import type { PlanCursor } from './figures.ts';

type Trx = Transaction<unknown>;

/**
 * Writers of a shop's levels go one after the other: plans, reads and outcomes touch the same rows in orders of their
 * own, and a deadlock is only found after a second, which is a sale's whole patience. Held until the commit.
 *
 * They reach rows by key. Left to itself Postgres reads and hashes all of a shop's levels to find a few thousand: right
 * after an import, before it has counted them, that was 90 ms for 250,000 levels where the rows alone take 30.
 */
export async function lockLevels(trx: Trx, shopId: ShopId): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`push ${shopId}`}, 0)),
    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
    set_config('jit', 'off', true)`.execute(trx);
}

/** Takes or keeps the shop until an instant; false: another holder has it. */
export async function hold(
  trx: Trx,
  shopId: ShopId,
  holder: string,
  { now, until }: { now: Temporal.Instant; until: Temporal.Instant },
): Promise<boolean> {
  const { rows } = await sql`
    insert into push_worker as w (shop_id, holder, held_until)
    values (${shopId}, ${holder}, ${until.toString()}::timestamptz)
    on conflict (shop_id) do update set holder = excluded.holder, held_until = excluded.held_until
      where w.holder = excluded.holder or w.held_until <= ${now.toString()}::timestamptz
    returning 1 as held`.execute(trx);
  return rows.length > 0;
}

/** Gives the shop back. */
export async function release(
  trx: Trx,
  shopId: ShopId,
  holder: string,
  now: Temporal.Instant,
): Promise<void> {
  await sql`update push_worker set held_until = ${now.toString()}::timestamptz
    where shop_id = ${shopId} and holder = ${holder}`.execute(trx);
}

/** Up to where changes are planned. */
export async function plannedTo(trx: Trx, shopId: ShopId): Promise<PlanCursor> {
  const { rows } = await sql<PlanCursor>`
    select stock_version as stock, policy_version as policy from push_worker
    where shop_id = ${shopId}`.execute(trx);
  return rows[0] ?? { stock: 0, policy: 0 };
}

/** Moves that mark, never back. */
export async function savePlannedTo(
  trx: Trx,
  shopId: ShopId,
  { stock, policy }: PlanCursor,
): Promise<void> {
  await sql`update push_worker set stock_version = greatest(stock_version, ${stock}),
    policy_version = greatest(policy_version, ${policy}) where shop_id = ${shopId}`.execute(trx);
}

/** Why nothing gets through, or null. */
export async function saveTrouble(trx: Trx, shopId: ShopId, trouble: string | null): Promise<void> {
  await sql`update push_worker set trouble = ${trouble}
    where shop_id = ${shopId} and trouble is distinct from ${trouble}`.execute(trx);
}
