// One Postgres server for all test files of a run, and one migrated template database, made once per
// content of the migrations. Files get their databases from `tests/database.ts`.
import { createHash } from 'node:crypto';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { prepareJobs } from '../../backend/jobs/queue.ts';
import {
  MIGRATIONS_DIR,
  migrateDatabase,
  readMigrationFiles,
} from '../../backend/platform/migrations.ts';
import { startPostgresServer } from '../../backend/platform/postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    testPostgres: { readonly ownerUrl: string; readonly appUrl: string; readonly template: string };
  }
}

const CLONE_DIR = path.resolve(import.meta.dirname, '..', '..');
// Tests of durability start clusters of their own; everything else may forget on a power cut.
const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
const STALE_AFTER_SECONDS = 3600;

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { stop, ...server } = await openTestServer();
  project.provide('testPostgres', server);
  return stop;
}

/** The server and the template, also for programs that are no tests. */
export async function openTestServer() {
  const server = await startPostgresServer(CLONE_DIR, 'test', { settings: FAST });
  // Runs go side by side, and some files use no database: as long as a run lasts, none other may stop the server.
  const hold = new pg.Client({ connectionString: server.ownerUrl });
  hold.on('error', () => undefined);
  await hold.connect();
  const template = await makeTemplate(server.ownerUrl);
  return {
    ...{ ownerUrl: server.ownerUrl, appUrl: server.appUrl, template },
    stop: async () => {
      await hold.end();
      await server.stopIfUnused();
    },
  };
}

async function makeTemplate(ownerUrl: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of readMigrationFiles(MIGRATIONS_DIR)) hash.update(file.checksum);
  const name = `template_${hash.digest('hex').slice(0, 16)}`;
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query("select pg_advisory_lock(hashtext('kept test template'))");
    await dropStaleDatabases(client);
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) {
      const draft = `draft_${name}`;
      await dropDatabase(client, draft);
      await client.query(`create database ${draft}`);
      const draftUrl = replaceDatabase(ownerUrl, draft);
      await migrateDatabase(draftUrl);
      await prepareJobs(draftUrl);
      await client.query(`alter database ${draft} rename to ${name}`);
    }
    return name;
  } finally {
    await client.end();
  }
}

// Databases of runs that were killed; names carry the second in which they were made.
async function dropStaleDatabases(client: pg.Client): Promise<void> {
  const found = await client.query<{ datname: string }>(
    "select datname from pg_database where datname ~ '^t_[0-9]+_'",
  );
  for (const { datname } of found.rows) {
    const madeAtSeconds = Number(datname.split('_')[1]);
    if (Date.now() / 1000 - madeAtSeconds < STALE_AFTER_SECONDS) continue;
    await dropDatabase(client, datname);
  }
}

// Postgres's own worker, a superuser's process no owner may end: autovacuum, which happens to be in the database.
const INSUFFICIENT_PRIVILEGE = '42501';

/** Drops a database whoever is in it. */
export async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  try {
    await client.query(`drop database if exists ${name} with (force)`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== INSUFFICIENT_PRIVILEGE) throw error;
    // Without force Postgres itself sends autovacuum away and waits for it; ours are gone by now.
    await client.query(`drop database if exists ${name}`);
  }
}

/** The same server, another database. */
export function replaceDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
