import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import { MIGRATIONS_DIR, migrateDatabase, readMigrationFiles } from './migrations.ts';

let database: TestDatabase<unknown>;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase();
  // The template is migrated: the real files first, then ours.
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kept-migrations-'));
  fs.cpSync(MIGRATIONS_DIR, folder, { recursive: true });
});
afterAll(async () => {
  await database.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

function write(file: string, text: string): void {
  fs.writeFileSync(path.join(folder, file), text);
}

test('a migrated database has nothing to apply', async () => {
  expect(await migrateDatabase(database.ownerUrl, folder)).toEqual([]);
});

test('of three starts at once one applies a new file, the others find it applied', async () => {
  write(
    '9001-once.sql',
    'create table only_once (shop_id text not null); select pg_advisory_xact_lock(9001);',
  );
  // The file cannot end before all three are there: one waits in it, the others for that one.
  const gate = new pg.Client({ connectionString: database.ownerUrl });
  await gate.connect();
  await gate.query('select pg_advisory_lock(9001)');
  const starts = Promise.all([1, 2, 3].map(() => migrateDatabase(database.ownerUrl, folder)));
  await expect
    .poll(async () => {
      const { rows } = await gate.query(
        "select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return rows[0].n;
    })
    .toBe(3);
  await gate.query('select pg_advisory_unlock(9001)');
  await gate.end();
  expect((await starts).flat()).toEqual(['9001-once']);
});

test('a file that fails leaves nothing behind and is named', async () => {
  write('9002-fails.sql', 'create table half_done (shop_id text not null); select 1 / 0;');
  await expect(migrateDatabase(database.ownerUrl, folder)).rejects.toThrow(
    'Migration 9002-fails failed: division by zero',
  );
  const client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  const { rows } = await client.query("select to_regclass('half_done') as found");
  await client.end();
  expect(rows).toEqual([{ found: null }]);
  fs.rmSync(path.join(folder, '9002-fails.sql'));
});

test('an applied file that was changed is refused with the way out', async () => {
  const file = path.join(folder, '9001-once.sql');
  const before = fs.readFileSync(file, 'utf8');
  write('9001-once.sql', `${before}\n-- a second thought`);
  await expect(migrateDatabase(database.ownerUrl, folder)).rejects.toThrow(
    /9001-once was changed after it was applied.*new migration/,
  );
  write('9001-once.sql', before);
});

test('a database that is newer than the program is refused', async () => {
  await expect(migrateDatabase(database.ownerUrl, MIGRATIONS_DIR)).rejects.toThrow(
    /9001-once was applied to this database but its file is gone/,
  );
});

test.each([
  ['12-short.sql', 'must be named like'],
  ['0001-again.sql', 'share a number'],
  ['9003-Capital.sql', 'must be named like'],
])('%s is refused by its name', (file, message) => {
  write(file, 'select 1;');
  expect(() => readMigrationFiles(folder)).toThrow(message);
  fs.rmSync(path.join(folder, file));
});
