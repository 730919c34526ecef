import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import type { ShopId } from '../base/ids.ts';
import { TransientError } from '../base/result.ts';
import {
  assertSafeRole,
  openDatabase,
  sharingShop,
  whenCommitted,
  withShared,
  withShop,
} from './database.ts';

const ONE = 'one.myshopify.com' as ShopId;
const TWO = 'two.myshopify.com' as ShopId;

let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.close();
});

function open(url: string, assumesAppRole: boolean) {
  return openDatabase<unknown>({
    url,
    assumesAppRole,
    maxConnections: 1,
    onIdleError: () => undefined,
  });
}

test('a shop sees its own rows and cannot see, change or add rows of another', async () => {
  const add = (shop: ShopId, row: string) =>
    withShop(database.db, shop, (trx) =>
      sql`insert into product (shop_id, sku, product) values (${row}, 'A', '{}')`.execute(trx),
    );
  await add(ONE, ONE);
  await add(TWO, TWO);
  await expect(add(ONE, TWO)).rejects.toThrow('row-level security');
  const seen = await withShop(database.db, ONE, (trx) =>
    sql<{ shop_id: string }>`select shop_id from product`.execute(trx),
  );
  expect(seen.rows).toEqual([{ shop_id: ONE }]);
  const changed = await withShop(database.db, ONE, (trx) =>
    sql`update product set product = '{"x":1}' where shop_id = ${TWO}`.execute(trx),
  );
  expect(changed.numAffectedRows).toBe(0n);
});

test('without a shop nothing is seen, also on a connection that served a shop before', async () => {
  const db = open(database.appUrl, false);
  await withShop(db, ONE, (trx) => sql`select 1`.execute(trx));
  const seen = await sql`select * from product`.execute(db);
  expect(seen.rows).toEqual([]);
  await db.destroy();
});

test('a thrown bug rolls the transaction back', async () => {
  const work = withShop(database.db, ONE, async (trx) => {
    await sql`insert into product (shop_id, sku, product) values (${ONE}, 'B', '{}')`.execute(trx);
    throw new Error('a bug');
  });
  await expect(work).rejects.toThrow('a bug');
  const seen = await withShop(database.db, ONE, (trx) =>
    sql`select 1 from product where sku = 'B'`.execute(trx),
  );
  expect(seen.rows).toEqual([]);
});

test('instants, dates and big integers are read exactly', async () => {
  const { rows } = await sql<Record<string, unknown>>`
    select timestamptz '2026-11-27 16:00:00.123456+01' as at, date '2026-11-30' as day,
      9007199254740991::bigint as big, null::timestamptz as never`.execute(database.db);
  expect(String(rows[0]?.['at'])).toBe('2026-11-27T15:00:00.123456Z');
  expect(String(rows[0]?.['day'])).toBe('2026-11-30');
  expect(rows[0]?.['big']).toBe(9007199254740991);
  expect(rows[0]?.['never']).toBeNull();
  await expect(sql`select 9007199254740993::bigint`.execute(database.db)).rejects.toThrow('exact');
});

test('the application’s role is accepted, and the owner assuming it', async () => {
  await assertSafeRole(database.db);
  const assuming = open(database.ownerUrl, true);
  await assertSafeRole(assuming);
  const { rows } = await sql<{ role: string }>`select current_user as role`.execute(assuming);
  expect(rows).toEqual([{ role: 'kept_app' }]);
  await assuming.destroy();
});

test('an unreachable server is an outage that may be repeated, not a bug', async () => {
  const gone = open('postgres://kept_app:x@127.0.0.1:9/kept', false);
  await expect(withShop(gone, ONE, async () => 1)).rejects.toThrow(TransientError);
  await gone.destroy();
});

test('what waits for the commit is done after it, and never after a rollback', async () => {
  const done: string[] = [];
  const rolledBack = withShop(database.db, ONE, async () => {
    whenCommitted(() => done.push('rolled back'));
    throw new Error('a bug');
  });
  await expect(rolledBack).rejects.toThrow('a bug');
  await withShop(database.db, ONE, async () => {
    whenCommitted(() => done.push('committed'));
    expect(done).toEqual([]);
  });
  expect(done).toEqual(['committed']);
});

test('a transaction without a statement, and one that begins with a statement of no shop, end as others do', async () => {
  const db = open(database.appUrl, false);
  await db.transaction().execute(async () => undefined);
  await expect(
    db.transaction().execute(async () => {
      throw new Error('before any statement');
    }),
  ).rejects.toThrow('before any statement');
  const ids = await db.transaction().execute(async (trx) => {
    const of = async () =>
      (await sql<{ id: string }>`select txid_current() as id`.execute(trx)).rows;
    return [await of(), await of()];
  });
  expect(ids[0]).toEqual(ids[1]);
  await db.destroy();
});

test('within a shared transaction reads of that shop see what it wrote, and those of another shop do not', async () => {
  const db = database.db;
  const skus = (shop: ShopId) =>
    withShared(db, shop, async (trx) => {
      const { rows } = await sql<{ sku: string }>`
        select sku from product where sku like 'SHARED%'`.execute(trx);
      return rows.map(({ sku }) => sku);
    });
  const write = () =>
    withShared(db, ONE, (trx) =>
      sql`insert into product (shop_id, sku, product) values (${ONE}, 'SHARED', '{}')`.execute(trx),
    );
  const failed = sharingShop(db, ONE, async () => {
    await write();
    expect(await skus(ONE)).toEqual(['SHARED']);
    expect(await skus(TWO)).toEqual([]);
    throw new Error('a bug');
  });
  await expect(failed).rejects.toThrow('a bug');
  expect(await skus(ONE)).toEqual([]);
  await sharingShop(db, ONE, write);
  expect(await skus(ONE)).toEqual(['SHARED']);
});
