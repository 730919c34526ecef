/**
 * Which numbered SQL files does this database still lack?
 *
 * In: the folder of `NNNN-title.sql` files and a connection as the owner. Out: the files applied now,
 * in order of their numbers, all in one transaction under an advisory lock, so two replicas starting
 * at once migrate once.
 * Invariants: an applied file never changes; a file whose content differs from what was applied, or a
 * number used twice, stops the start with the file's name and the next step.
 */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { type Migration, type MigrationProvider, Migrator } from 'kysely/migration';
import pg from 'pg';

/** The folder of the numbered files. */
export const MIGRATIONS_DIR = path.resolve(import.meta.dirname, '..', 'migrations');

const FILE_NAME = /^\d{4}-[a-z0-9]+(-[a-z0-9]+)*\.sql$/;

/** Brings the database at `ownerUrl` up to date; returns the names of the files applied now. */
export async function migrateDatabase(
  ownerUrl: string,
  directory: string = MIGRATIONS_DIR,
): Promise<readonly string[]> {
  const files = readMigrationFiles(directory);
  const pool = new pg.Pool({
    connectionString: ownerUrl,
    max: 1,
    application_name: 'kept-migrate',
  });
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    await assertUnchanged(db, files);
    const migrator = new Migrator({ db, provider: providerOf(files) });
    const { error, results } = await migrator.migrateToLatest();
    const failed = results?.find((result) => result.status === 'Error');
    if (error !== undefined) {
      const where = failed === undefined ? 'Migrating' : `Migration ${failed.migrationName}`;
      throw new Error(
        `${where} failed: ${error instanceof Error ? error.message : String(error)}`,
        {
          cause: error,
        },
      );
    }
    return (results ?? []).map((result) => result.migrationName);
  } finally {
    await db.destroy();
  }
}

/** One file: its name without `.sql`, its text and the checksum of that text. */
export type MigrationFile = {
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
};

/** Reads the folder; throws on a file name that is not `NNNN-title.sql` and on a number used twice. */
export function readMigrationFiles(directory: string): readonly MigrationFile[] {
  const numbers = new Map<string, string>();
  return fs
    .readdirSync(directory)
    .filter((file) => file.endsWith('.sql'))
    .toSorted()
    .map((file) => {
      if (!FILE_NAME.test(file)) {
        throw new Error(`Migration ${file} must be named like 0042-small-words.sql; rename it.`);
      }
      const number = file.slice(0, 4);
      const other = numbers.get(number);
      if (other !== undefined) {
        throw new Error(
          `Migrations ${other} and ${file} share a number; give one the next free one.`,
        );
      }
      numbers.set(number, file);
      const text = fs.readFileSync(path.join(directory, file), 'utf8');
      const checksum = createHash('sha256').update(text).digest('hex');
      return { name: file.slice(0, -'.sql'.length), text, checksum };
    });
}

function providerOf(files: readonly MigrationFile[]): MigrationProvider {
  const migrations: Record<string, Migration> = {};
  for (const { name, text, checksum } of files) {
    migrations[name] = {
      up: async (db) => {
        await sql.raw(text).execute(db);
        await sql`insert into migration_checksum (name, checksum) values (${name}, ${checksum})`.execute(
          db,
        );
      },
    };
  }
  return { getMigrations: async () => migrations };
}

async function assertUnchanged(
  db: Kysely<unknown>,
  files: readonly MigrationFile[],
): Promise<void> {
  // Two first starts at once both get here; the lock lets one make the table.
  await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext('kept migration_checksum'))`.execute(trx);
    await sql`create table if not exists migration_checksum (name text primary key, checksum text not null)`.execute(
      trx,
    );
  });
  const applied = await sql<{
    name: string;
    checksum: string;
  }>`select name, checksum from migration_checksum`.execute(db);
  const byName = new Map(files.map((file) => [file.name, file.checksum]));
  for (const { name, checksum } of applied.rows) {
    const present = byName.get(name);
    if (present === undefined) {
      throw new Error(
        `Migration ${name} was applied to this database but its file is gone. ` +
          'This program is older than the database: run the newer one.',
      );
    }
    if (present !== checksum) {
      throw new Error(
        `Migration ${name} was changed after it was applied (its checksum differs). ` +
          'Restore the file and put the change into a new migration.',
      );
    }
  }
}
