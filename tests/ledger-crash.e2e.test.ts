// Whatever statement a crash interrupts, sending the same batches again ends where an undisturbed run ends.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ShopId } from '../backend/base/ids.ts';
import { withShop } from '../backend/platform/database.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import type { WriterEnvironment } from './worlds/ledger-writer.ts';

const NEVER = 1_000;

let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

/** Runs the writer until its end, or until it kills itself; what it ended with. */
async function write(shopId: ShopId, killAt: number): Promise<'done' | 'killed'> {
  const told: WriterEnvironment = {
    DATABASE_URL: database.appUrl,
    SHOP: shopId,
    KILL_AT: String(killAt),
  };
  const child = fork(path.join(import.meta.dirname, 'worlds', 'ledger-writer.ts'), [], {
    env: { ...process.env, ...told },
    execArgv: [],
  });
  const [code, signal] = await once(child, 'exit');
  if (signal === 'SIGKILL') return 'killed';
  if (code !== 0) throw new Error(`the writer ended with ${code}`);
  return 'done';
}

/** What the shop holds, without the numbers of movements and instants of booking. */
function readShop(shopId: ShopId) {
  return withShop(database.db, shopId, async (trx) => {
    const { rows: positions } = await sql`
      select sku, node_id, on_hand, unavailable, incoming, counted_micros, counted_by, latest_micros
      from stock_position order by sku, node_id`.execute(trx);
    const { rows: parts } = await sql`
      select * from stock_part order by sku, node_id, type, lot`.execute(trx);
    const { rows: movements } = await sql`
      select event_id, sku, node_id, type, quantity, delta from stock_movement
      order by event_id`.execute(trx);
    const strip = (row: object) => ({ ...row, shop_id: '' });
    return { positions, parts: parts.map((row) => strip(row as object)), movements };
  });
}

/** Positions whose on hand is not the sum of their movements, and movements that no mark tells of. */
function findFaults(shopId: ShopId) {
  return withShop(database.db, shopId, async (trx) => {
    const { rows } = await sql<{ faults: number }>`
      select (
        select count(*) from stock_position p full join (
          select sku, node_id, sum(delta) filter (where type = 'on_hand') as total
          from stock_movement group by 1, 2) m using (sku, node_id)
        where p.on_hand is null or coalesce(m.total, 0) <> p.on_hand
      ) + (
        select count(*) from stock_movement m where not exists (
          select from stock_change c where m.movement between c.first_movement and c.last_movement)
      ) as faults`.execute(trx);
    return rows[0]?.faults;
  });
}

test('a writer killed before any of its statements leaves a whole state, and again ends in the same one', async () => {
  const calm = 'calm.myshopify.com' as ShopId;
  expect(await write(calm, NEVER)).toBe('done');
  const expected = await readShop(calm);
  expect(expected.movements).toHaveLength(8);
  let killAt = 1;
  for (; ; killAt += 1) {
    const shopId = `killed-${killAt}.myshopify.com` as ShopId;
    const ended = await write(shopId, killAt);
    expect(await findFaults(shopId)).toBe(0);
    if (ended === 'done') break;
    expect(await write(shopId, NEVER)).toBe('done');
    expect(await readShop(shopId)).toEqual(expected);
  }
  // Fewer steps than statements would mean that the writer was not killed inside its transactions.
  expect(killAt).toBeGreaterThan(20);
}, 300_000);
