/**
 * Runs many seeds, some at once, each on a database of its own.
 *
 * In: a server with a template (tests/setup/postgres.ts). Out: one result a seed, told as soon as it is there. Several at once
 * keep both Node and Postgres busy: a seed alone waits for the other half of its time.
 */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { openDatabase } from '../../backend/platform/database.ts';
import { replaceDatabase } from '../setup/postgres.ts';
import { runSeed, type SeedAsked, type SeedResult } from './run.ts';
import { SHOP } from './services.ts';

export type TestServer = {
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly template: string;
};

/** Runs these seeds, `atOnce` side by side. */
export async function runSeeds(
  server: TestServer,
  seeds: readonly number[],
  told: { readonly atOnce: number; readonly done: (result: SeedResult) => void },
): Promise<void> {
  const waiting = [...seeds];
  const row = async () => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
      told.done(await runSeedOn(server, { seed }));
    }
  };
  await Promise.all(Array.from({ length: told.atOnce }, row));
}

/** Runs one seed on a fresh copy of the template. */
export async function runSeedOn(server: TestServer, asked: SeedAsked): Promise<SeedResult> {
  const name = `t_${Math.floor(Date.now() / 1000)}_${randomBytes(6).toString('hex')}`;
  const asOwner = async (statement: string) => {
    const client = new pg.Client({ connectionString: server.ownerUrl });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await asOwner(`create database ${name} template ${server.template} strategy wal_log`);
  const open = (maxConnections: number) =>
    openDatabase<unknown>({
      ...{ url: replaceDatabase(server.appUrl, name), assumesAppRole: false, maxConnections },
      onIdleError: () => undefined,
    });
  const db = open(4);
  const watching = open(1);
  try {
    await sql`select set_config('app.shop', ${SHOP}, false)`.execute(watching);
    return await runSeed({ db, watching }, asked);
  } finally {
    await Promise.all([db.destroy(), watching.destroy()]);
    await asOwner(`drop database ${name} with (force)`);
  }
}
