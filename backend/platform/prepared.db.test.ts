import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import type { ShopId } from '../base/ids.ts';
import { TransientError } from '../base/result.ts';
import { openDatabase, withShop } from './database.ts';
import { createStatementNames } from './prepared.ts';

const SHOP = 'prepared.myshopify.com' as ShopId;

let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

function open(url: string) {
  const one = { url, assumesAppRole: false, maxConnections: 1 };
  return openDatabase<unknown>({ ...one, onIdleError: () => undefined });
}

test('a text with parameters is named from its second run on, one without never', () => {
  const names = createStatementNames();
  expect(names.nameOf('select $1', ['a'])).toBeUndefined();
  const name = names.nameOf('select $1', ['b']);
  expect(name).toMatch(/^k0_[0-9a-f]{32}$/);
  expect(names.nameOf('select $1', ['c'])).toBe(name);
  expect(createStatementNames().nameOf('commit', [])).toBeUndefined();
  expect(names.nameOf('commit', [])).toBeUndefined();
});

test('a name from before a plan went out of date is never used again', () => {
  const names = createStatementNames();
  const nameOf = () => names.nameOf('select $1', ['a']) ?? names.nameOf('select $1', ['a']);
  const before = nameOf();
  names.renew();
  const after = nameOf();
  expect(after).toMatch(/^k1_/);
  expect(after).not.toBe(before);
});

test('a kept plan whose table was changed fails as an outage, and the repeat reads the new columns', async () => {
  const owner = open(database.ownerUrl);
  const db = open(database.appUrl);
  await sql`create table planned (id int, word text)`.execute(owner);
  await sql`grant select on planned to kept_app`.execute(owner);
  await sql`insert into planned values (1, 'a')`.execute(owner);
  const read = () =>
    withShop(db, SHOP, async (trx) => {
      const { rows } = await sql`select * from planned where id = ${1}`.execute(trx);
      return rows;
    });
  await read();
  await read();
  expect(await read()).toEqual([{ id: 1, word: 'a' }]);
  await sql`alter table planned add column more int`.execute(owner);
  await expect(read()).rejects.toThrow(TransientError);
  expect(await read()).toEqual([{ id: 1, word: 'a', more: null }]);
  await sql`drop table planned`.execute(owner);
  await db.destroy();
  await owner.destroy();
});
