/**
 * `kept import postal FILE…`: where postal codes lie, from GeoNames postal files, for every shop of this installation.
 *
 * The database is the configured one (DATABASE_OWNER_URL, else DATABASE_URL), else the built-in server. Answers with
 * the countries taken in and every line that was refused; a country in a file replaces what was known of it. Running
 * services use the new places within a minute.
 */
import path from 'node:path';
import { parseGeoNamesPostal } from '../backend/network/geo/geonames.ts';
import { createPostalStore } from '../backend/network/geo/store.ts';
import { describeProblems, parseConfig } from '../backend/platform/config.ts';
import { openDatabase } from '../backend/platform/database.ts';
import { migrateDatabase } from '../backend/platform/migrations.ts';
import { startPostgresServer } from '../backend/platform/postgres-server.ts';

/** What an import says: one row a country, and the lines that are no GeoNames rows. */
export type PostalImportAnswer = {
  readonly countries: readonly { readonly country: string; readonly points: number }[];
  readonly codes: number;
  readonly refused: readonly { readonly line: number; readonly reason: string }[];
};

// A wrong file would otherwise print itself.
const REFUSED_SHOWN_MAX = 50;

/** Takes the text of a file into the database at the owner's address. */
export async function importPostal(text: string, ownerUrl: string): Promise<PostalImportAnswer> {
  const { places, codeCount, refused } = parseGeoNamesPostal(text);
  const db = openDatabase<unknown>({
    url: ownerUrl,
    assumesAppRole: false,
    maxConnections: 1,
    onIdleError: () => undefined,
  });
  try {
    const store = createPostalStore(db);
    for (const [country, points] of places) await store.replace(country, points);
  } finally {
    await db.destroy();
  }
  return {
    countries: [...places].map(([country, points]) => ({ country, points: points.size })),
    codes: codeCount,
    refused: refused.slice(0, REFUSED_SHOWN_MAX),
  };
}

/** The owner's address of the configured database, migrated; starts the built-in server where none is named. */
export async function ownerDatabase(): Promise<string> {
  const config = parseConfig(process.env);
  if (!config.ok) throw new Error(describeProblems(config.refusal));
  const given = config.value.databaseOwnerUrl ?? config.value.databaseUrl;
  const ownerUrl =
    given ??
    (await startPostgresServer(path.resolve(import.meta.dirname, '..'), 'postgres')).ownerUrl;
  await migrateDatabase(ownerUrl);
  return ownerUrl;
}
