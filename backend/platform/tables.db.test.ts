// What every table must have, asked of the catalog, so that a new migration cannot forget it.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import { openDatabase } from './database.ts';

let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.close();
});

async function query<Row>(statement: ReturnType<typeof sql<Row>>): Promise<Row[]> {
  return (await statement.execute(database.db)).rows;
}

function tablesWithoutShop() {
  return query(sql<{ name: string }>`
    select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and not exists (
      select from pg_attribute a where a.attrelid = c.oid and a.attname = 'shop_id' and a.attnotnull
    )`);
}

function securityOfTables() {
  return query(sql<{
    name: string;
    enabled: boolean;
    forced: boolean;
    policies: string[];
  }>`
    select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
      array(
        select concat_ws(' | ', p.polcmd, p.polpermissive, pg_get_expr(p.polqual, p.polrelid),
          pg_get_expr(p.polwithcheck, p.polrelid), p.polroles::text)
        from pg_policy p where p.polrelid = c.oid
      ) as policies
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'shop_id'
    where n.nspname = 'public' and c.relkind in ('r', 'p')
    order by 1`);
}

function uniqueKeys() {
  return query(sql<{ name: string; columns: string[] }>`
    select i.relname as name, array(
      select coalesce(a.attname::text, 'expression')
      from unnest(x.indkey) with ordinality k(number, place)
      left join pg_attribute a on a.attrelid = t.oid and a.attnum = k.number
      order by k.place
    ) as columns
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
    join pg_namespace n on n.oid = t.relnamespace
    where n.nspname = 'public' and x.indisunique
      and exists (select from pg_attribute a where a.attrelid = t.oid and a.attname = 'shop_id')`);
}

// Tables that belong to no shop. A table is either here, with the reason, or has a shop_id.
const SHOPLESS = new Set([
  'kysely_migration', // which files were applied
  'kysely_migration_lock',
  'migration_checksum', // and with what content
  'postal_place', // where postal codes lie: the operator's import, the same for every shop
]);

test('every table has a shop_id or is known to belong to no shop', async () => {
  const tables = await tablesWithoutShop();
  expect(tables.map((table) => table.name).filter((name) => !SHOPLESS.has(name))).toEqual([]);
});

test('every shop table has row-level security, forced, with one policy that also checks writes', async () => {
  const tables = await securityOfTables();
  expect(tables.length).toBeGreaterThan(5);
  const rule = "(shop_id = NULLIF(current_setting('app.shop'::text, true), ''::text))";
  for (const { name, ...security } of tables) {
    expect({ name, ...security }).toEqual({
      name,
      enabled: true,
      forced: true,
      policies: [`* | t | ${rule} | ${rule} | {0}`],
    });
  }
});

test('every unique key of a shop table begins with the shop', async () => {
  const keys = await uniqueKeys();
  expect(keys.length).toBeGreaterThan(5);
  expect(keys.filter((key) => key.columns[0] !== 'shop_id')).toEqual([]);
});

test('every foreign key of a shop table carries the shop', async () => {
  const keys = await query(sql<{ name: string; columns: string[] }>`
    select c.conname as name, array(
      select a.attname::text from unnest(c.conkey) k(number)
      join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.number
    ) as columns
    from pg_constraint c join pg_namespace n on n.oid = c.connamespace
    where n.nspname = 'public' and c.contype = 'f'`);
  expect(keys.filter((key) => !key.columns.includes('shop_id'))).toEqual([]);
});

test('nothing in the database runs with the rights of another role', async () => {
  const elevated = await query(sql`
    select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.prosecdef
    union all
    select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind = 'v'
      and not coalesce(c.reloptions @> '{security_invoker=true}', false)`);
  expect(elevated).toEqual([]);
});

test('the application’s role owns nothing, makes nothing and stands above nothing', async () => {
  const role = await query(sql`
    select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
      has_schema_privilege('kept_app', 'public', 'create') as "makesTables",
      (select count(*) from pg_class where relowner = r.oid) as owned,
      (select count(*) from pg_auth_members where member = r.oid) as memberships
    from pg_roles r where rolname = 'kept_app'`);
  expect(role).toEqual([
    {
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolreplication: false,
      makesTables: false,
      owned: 0,
      memberships: 0,
    },
  ]);
});

test('a careless table would be found', async () => {
  const owner = openDatabase<unknown>({
    url: database.ownerUrl,
    assumesAppRole: false,
    maxConnections: 1,
    onIdleError: () => undefined,
  });
  await sql`create table careless (shop_id text not null, code text unique)`.execute(owner);
  await sql`create table shopless (code text)`.execute(owner);
  expect((await tablesWithoutShop()).map((table) => table.name)).toContain('shopless');
  expect((await securityOfTables()).find(({ name }) => name === 'careless')).toEqual({
    name: 'careless',
    enabled: false,
    forced: false,
    policies: [],
  });
  expect((await uniqueKeys()).find(({ name }) => name === 'careless_code_key')?.columns).toEqual([
    'code',
  ]);
  await sql`drop table careless, shopless`.execute(owner);
  await owner.destroy();
});
