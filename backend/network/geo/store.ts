/**
 * Where do imported postal codes rest?
 *
 * In: the points of one country, codes and prefixes, as `geonames.ts` reads them. Out: all countries imported.
 * Invariants: a country is replaced as a whole in one transaction, so no reader sees half of it; only the owner
 * writes (an import is the operator's, not a shop's), the application reads.
 */
import { type Kysely, sql } from 'kysely';
import { reachingPostgres } from '../../platform/database.ts';
import type { GeoPoint, PostalPlaces } from './geocode.ts';

type PostalTables = { postal_place: { country: string; code: string; lat: number; lng: number } };

/** The store; writing needs a pool of the owner. */
export function createPostalStore(database: Kysely<unknown>) {
  const db = database.withTables<PostalTables>();
  return {
    /** Every place that was imported. */
    load: (): Promise<PostalPlaces> =>
      reachingPostgres(async () => {
        const rows = await db.selectFrom('postal_place').selectAll().execute();
        const places = new Map<string, Map<string, GeoPoint>>();
        for (const { country, code, lat, lng } of rows) {
          const points = places.get(country) ?? new Map<string, GeoPoint>();
          places.set(country, points.set(code, { lat, lng }));
        }
        return places;
      }),

    /** Puts these points in place of all that were known of the country. */
    replace: (country: string, points: ReadonlyMap<string, GeoPoint>): Promise<void> =>
      reachingPostgres(() =>
        db.transaction().execute(async (trx) => {
          await trx.deleteFrom('postal_place').where('country', '=', country).execute();
          const rows = [...points].map(([code, { lat, lng }]) => ({ code, lat, lng }));
          await sql`
            insert into postal_place (country, code, lat, lng)
            select ${country}, r.code, r.lat, r.lng
            from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
              as r(code text, lat double precision, lng double precision)`.execute(trx);
        }),
      ),
  };
}

/** What `createPostalStore` returns. */
export type PostalStore = ReturnType<typeof createPostalStore>;
