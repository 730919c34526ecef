/**
 * Where policies are kept: one row per version, one row per section that a version wrote.
 *
 * Every statement runs inside `withShop`. A save is granted by one conditional insert: the primary key
 * lets one of two savers have the next version, whatever the isolation level.
 */
import { type Kysely, sql } from 'kysely';
import type { ShopId } from '../base/ids.ts';
import {
  type InstantColumn,
  type JsonColumn,
  reachingPostgres,
  withShop,
} from '../platform/database.ts';
import type { Policy, PolicyChange } from './policy.ts';

/** The tables of migration 0003. */
export type PolicyTables = {
  policy_version: { shop_id: string; version: number; author: string; created_at: InstantColumn };
  policy_section: { shop_id: string; section: string; version: number; value: JsonColumn<unknown> };
};

/** Reads and writes policies; private to `service.ts`. */
export type PolicyStore = ReturnType<typeof createPolicyStore>;

/** Builds the store. */
export function createPolicyStore(db: Kysely<PolicyTables>) {
  return {
    load: (shopId: ShopId) => load(db, shopId),
    save: (shopId: ShopId, change: PolicyChange, savedAt: Temporal.Instant) =>
      save(db, shopId, { change, savedAt }),
    currentVersions: (shopIds: readonly ShopId[]) => currentVersions(db, shopIds),
  };
}

// One statement sees one moment: version and sections belong together.
async function load(db: Kysely<PolicyTables>, shopId: ShopId): Promise<Policy> {
  return await withShop(db, shopId, async (trx) => {
    const { rows } = await sql<{ version: number; sections: Record<string, unknown> | null }>`
      select
        (select coalesce(max(version), 0) from policy_version where shop_id = ${shopId}) as version,
        (select jsonb_object_agg(section, value) from (
          select distinct on (section) section, value from policy_section
          where shop_id = ${shopId} order by section, version desc
        ) newest) as sections`.execute(trx);
    const row = rows[0];
    return { version: row?.version ?? 0, sections: new Map(Object.entries(row?.sections ?? {})) };
  });
}

/** The granted version, or the current one when somebody else has saved since. */
async function save(
  db: Kysely<PolicyTables>,
  shopId: ShopId,
  { change, savedAt }: { readonly change: PolicyChange; readonly savedAt: Temporal.Instant },
): Promise<{ granted: number } | { current: number }> {
  const version = change.basedOnVersion + 1;
  return await withShop(db, shopId, async (trx) => {
    const granted = await sql`
      insert into policy_version (shop_id, version, author, created_at)
      select ${shopId}, ${version}, ${change.author}, ${savedAt.toString()}
      where (select coalesce(max(version), 0) from policy_version where shop_id = ${shopId})
        = ${change.basedOnVersion}
      on conflict do nothing`.execute(trx);
    if (granted.numAffectedRows !== 1n) {
      const current = await trx
        .selectFrom('policy_version')
        .select((eb) => eb.fn.max('version').as('version'))
        .where('shop_id', '=', shopId)
        .executeTakeFirst();
      return { current: current?.version ?? 0 };
    }
    const sections = Object.entries(change.sections).map(([section, value]) => ({
      shop_id: shopId,
      section,
      version,
      value: JSON.stringify(value),
    }));
    await trx.insertInto('policy_section').values(sections).execute();
    return { granted: version };
  });
}

async function currentVersions(
  db: Kysely<PolicyTables>,
  shopIds: readonly ShopId[],
): Promise<ReadonlyMap<string, number>> {
  const { rows } = await reachingPostgres(() =>
    sql<{ shop: string; version: number }>`
      select shop, version from current_policy_versions(${shopIds})`.execute(db),
  );
  return new Map(rows.map((row) => [row.shop, row.version]));
}
