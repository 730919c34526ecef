/**
 * Who saved which version of the policy, and when: read for the merchant whose save came second.
 *
 * Reads the versions table of `policy` (migration 0003) under the shop's row-level security; writes nothing.
 */
import type { Kysely } from 'kysely';
import type { ShopId } from '../base/ids.ts';
import { type InstantColumn, withShop } from '../platform/database.ts';
import type { PolicyChangeView } from './view.ts';

type HistoryTables = {
  policy_version: { shop_id: string; version: number; author: string; created_at: InstantColumn };
};

/** More changes than this are not read one by one by anybody. */
const CHANGES_SHOWN = 20;

/** The versions after `sinceVersion`, newest first. */
export type ReadPolicyHistory = (
  shopId: ShopId,
  sinceVersion: number,
) => Promise<readonly PolicyChangeView[]>;

/** Builds the reader over a pool that runs as the application's role. */
export function createPolicyHistory(database: Kysely<unknown>): ReadPolicyHistory {
  const db = database.withTables<HistoryTables>();
  return (shopId, sinceVersion) =>
    withShop(db, shopId, async (trx) => {
      const rows = await trx
        .selectFrom('policy_version')
        .select(['version', 'author', 'created_at'])
        .where('shop_id', '=', shopId)
        .where('version', '>', sinceVersion)
        .orderBy('version', 'desc')
        .limit(CHANGES_SHOWN)
        .execute();
      return rows.map((row) => ({
        version: row.version,
        author: row.author,
        savedAt: row.created_at.toString(),
      }));
    });
}
