/**
 * A database of its own for one test file, migrated and empty.
 *
 * In: the server and the template that `tests/setup/postgres.ts` provides. Out: an open pool as the
 * application's role, the addresses of both roles, and `close`, which ends the pool and drops the
 * database. Use it in `beforeAll`/`afterAll` of `*.db.test.ts` and `*.e2e.test.ts` files.
 */
import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import pg from 'pg';
import { inject } from 'vitest';
import { openDatabase } from '../backend/platform/database.ts';
import { dropDatabase, replaceDatabase } from './setup/postgres.ts';

export type TestDatabase<Tables> = {
  /** Runs as kept_app: row-level security holds. */
  readonly db: Kysely<Tables>;
  readonly appUrl: string;
  readonly ownerUrl: string;
  close(): Promise<void>;
};

export async function createTestDatabase<Tables = unknown>(): Promise<TestDatabase<Tables>> {
  const { ownerUrl, appUrl, template } = inject('testPostgres');
  const name = `t_${Math.floor(Date.now() / 1000)}_${randomBytes(6).toString('hex')}`;
  await asOwner(ownerUrl, async (client) => {
    await client.query(`create database ${name} template ${template} strategy wal_log`);
  });
  const urls = {
    appUrl: replaceDatabase(appUrl, name),
    ownerUrl: replaceDatabase(ownerUrl, name),
  };
  const db = openDatabase<Tables>({
    url: urls.appUrl,
    assumesAppRole: false,
    maxConnections: 8,
    onIdleError: () => undefined,
  });
  return {
    ...urls,
    db,
    close: async () => {
      await db.destroy();
      await asOwner(ownerUrl, (client) => dropDatabase(client, name));
    },
  };
}

async function asOwner(url: string, act: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await act(client);
  } finally {
    await client.end();
  }
}
