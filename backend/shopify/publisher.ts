/**
 * What must Shopify hold so that a fallback can be dated without asking us?
 *
 * In: a shop's padded table with the class of each product, and the merchant's bindings. Out: three metafields: the
 * Function's settings with the table in them, the table for the theme, a class per variant.
 * Invariants: one publication a shop at a time, the newest table wins; a class is written only when it changed or is
 * about to expire (25 a call, Shopify's limit); when bindings and table do not fit together the bindings go alone,
 * because a missing date is better than a stale one. A failure is repeated with growing pauses, then given up until the
 * next table comes (platform decision 20).
 */
import { type Kysely, sql } from 'kysely';
import { MetafieldsSet } from '../../graphql/admin/generated/documents.ts';
import type { MetafieldsSetInput } from '../../graphql/admin/generated/types.ts';
import type { ShopId } from '../base/ids.ts';
import { TransientError } from '../base/result.ts';
import { ETA_METAFIELD, type EtaClass, encodeEtaClass } from '../contract/eta-class.ts';
import {
  encodeFunctionSettings,
  FUNCTION_SETTINGS_METAFIELD,
} from '../contract/function-settings.ts';
import type { PaddedTableJson } from '../contract/padded-table.ts';
import { withShop } from '../platform/database.ts';
import type { Log } from '../platform/log.ts';
import { type AdminClient, describeRefusal } from './admin-client.ts';
import type { ConnectorStore } from './connector-store.ts';
import { gidOf } from './gid.ts';
import { FUNCTION_ITEM, PADDED_METAFIELD } from './provisioning.ts';
import { SHOP_ITEM } from './shop-facts.ts';
import type { Surfaces } from './surfaces.ts';

/** A table as the promise module publishes it. */
export type PublishedTable = {
  readonly json: PaddedTableJson;
  readonly classBySku: ReadonlyMap<string, EtaClass>;
};

export type PublisherDeps = {
  readonly db: Kysely<unknown>;
  readonly admin: AdminClient;
  readonly store: ConnectorStore;
  readonly log: Log;
  readonly now: () => Temporal.Instant;
  readonly wait: (milliseconds: number) => Promise<void>;
  surfacesOf(shopId: ShopId): Promise<Surfaces>;
  /** Codes of our services, and variant number → SKU; undefined while the shop has no network. */
  catalogOf(shopId: ShopId): Promise<PublishedCatalog | undefined>;
};

export type PublishedCatalog = {
  readonly serviceCodes: readonly string[];
  readonly skuOfVariant: ReadonlyMap<string, string>;
};

// Shopify's limit of one metafieldsSet.
const METAFIELDS_A_CALL = 25;
// A class is believed for two weeks and written again with five days left: an outage of that length changes nothing.
const CLASS_DAYS = 14;
const REWRITE_DAYS_BEFORE = 5;
const PAUSES_MS = [1_000, 5_000, 30_000, 120_000];

export function createPublisher(deps: PublisherDeps) {
  const waiting = new Map<ShopId, PublishedTable | undefined>();
  const running = new Map<ShopId, Promise<void>>();

  // Publishes whatever is newest until nothing waits any more.
  const drain = async (shopId: ShopId): Promise<void> => {
    while (waiting.has(shopId)) {
      const table = waiting.get(shopId);
      waiting.delete(shopId);
      await attempt(deps, shopId, table, () => waiting.has(shopId));
    }
  };

  return {
    /** Takes a table (undefined: settings alone) to Shopify; returns when it, or a newer one, is there or given up. */
    publish: (shopId: ShopId, table: PublishedTable | undefined): Promise<void> => {
      waiting.set(shopId, table ?? waiting.get(shopId));
      const known = running.get(shopId);
      if (known !== undefined) return known;
      const started = drain(shopId).finally(() => running.delete(shopId));
      running.set(shopId, started);
      return started;
    },
  };
}

/** What `createPublisher` returns. */
export type Publisher = ReturnType<typeof createPublisher>;

async function attempt(
  deps: PublisherDeps,
  shopId: ShopId,
  table: PublishedTable | undefined,
  isOutdated: () => boolean,
): Promise<void> {
  for (const pauseMs of [...PAUSES_MS, undefined]) {
    try {
      await publishAll(deps, shopId, table);
      return;
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      deps.log.warn({ event: 'publication_failed', shop: shopId, error });
    }
    if (pauseMs === undefined || isOutdated()) return;
    await deps.wait(pauseMs);
  }
}

async function publishAll(
  deps: PublisherDeps,
  shopId: ShopId,
  table: PublishedTable | undefined,
): Promise<void> {
  const catalog = await deps.catalogOf(shopId);
  if (catalog === undefined) return;
  const setup = await deps.store.readSetup(shopId);
  const customization = setup.get(FUNCTION_ITEM)?.shopifyId;
  const shopGid = setup.get(SHOP_ITEM)?.shopifyId;
  const settings = await settingsOf(deps, shopId, catalog, table?.json);
  const metafields: MetafieldsSetInput[] = [];
  if (customization !== undefined) {
    metafields.push({ ...FUNCTION_SETTINGS_METAFIELD, ownerId: customization, value: settings });
  }
  if (shopGid !== undefined && table !== undefined) {
    const value = JSON.stringify(table.json);
    metafields.push({ ...PADDED_METAFIELD, ownerId: shopGid, value });
  }
  if (metafields.length > 0) await set(deps, shopId, metafields);
  if (table !== undefined) await publishClasses(deps, shopId, table, catalog);
}

async function settingsOf(
  deps: PublisherDeps,
  shopId: ShopId,
  catalog: PublishedCatalog,
  paddedTable: PaddedTableJson | undefined,
): Promise<string> {
  const { rateBindings, sortsByDate } = await deps.surfacesOf(shopId);
  const bindings = Object.fromEntries(
    rateBindings.map(({ rateCode, serviceCode }) => [rateCode, serviceCode]),
  );
  const common = { bindings, ownCodes: catalog.serviceCodes, sortsByDate };
  const whole = encodeFunctionSettings({ ...common, paddedTable });
  if (whole.ok) return whole.value;
  deps.log.warn({ event: 'padded_table_too_large', shop: shopId, reason: whole.refusal.allowed });
  const alone = encodeFunctionSettings({ ...common, paddedTable: undefined });
  if (!alone.ok)
    throw new Error(`Bug: the bindings of ${shopId} do not fit: ${alone.refusal.allowed}`);
  return alone.value;
}

type ClassRow = { readonly variantId: string; readonly class: EtaClass };

async function publishClasses(
  deps: PublisherDeps,
  shopId: ShopId,
  table: PublishedTable,
  catalog: PublishedCatalog,
): Promise<void> {
  const today = Temporal.PlainDate.from(table.json.d.slice(0, 10));
  const validUntil = today.add({ days: CLASS_DAYS }).toString();
  const due = await dueClasses(deps, shopId, {
    rows: [...catalog.skuOfVariant].map(([variantId, sku]) => ({
      variantId,
      class: table.classBySku.get(sku) ?? 'unknown',
    })),
    believedFrom: today.add({ days: REWRITE_DAYS_BEFORE }).toString(),
  });
  for (let at = 0; at < due.length; at += METAFIELDS_A_CALL) {
    const batch = due.slice(at, at + METAFIELDS_A_CALL);
    const metafields = batch.map((row) => ({
      ...ETA_METAFIELD,
      ownerId: gidOf('ProductVariant', row.variantId),
      value: encodeEtaClass(row.class, validUntil),
    }));
    if (await set(deps, shopId, metafields)) await remember(deps, shopId, batch, validUntil);
  }
}

// The rows whose class Shopify does not hold, or holds only for a few days more.
async function dueClasses(
  deps: PublisherDeps,
  shopId: ShopId,
  wanted: { readonly rows: readonly ClassRow[]; readonly believedFrom: string },
): Promise<readonly ClassRow[]> {
  const held = await withShop(deps.db, shopId, async (trx) => {
    const { rows } = await sql<{ variantId: string; class: string }>`
      select variant_id as "variantId", class from published_eta
      where shop_id = ${shopId} and valid_until >= ${wanted.believedFrom}::date`.execute(trx);
    return new Map(rows.map((row) => [row.variantId, row.class]));
  });
  // A variant Shopify knows nothing of is `unknown` to the Function anyway.
  return wanted.rows.filter((row) => (held.get(row.variantId) ?? 'unknown') !== row.class);
}

async function remember(
  deps: PublisherDeps,
  shopId: ShopId,
  rows: readonly ClassRow[],
  validUntil: string,
): Promise<void> {
  await withShop(deps.db, shopId, async (trx) => {
    await sql`
      insert into published_eta (shop_id, variant_id, class, valid_until)
      select ${shopId}, r."variantId", r.class, ${validUntil}::date
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r("variantId" text, class text)
      on conflict (shop_id, variant_id) do update
      set class = excluded.class, valid_until = excluded.valid_until`.execute(trx);
  });
}

// False when Shopify refused; the reason is logged, the next table tries again.
async function set(
  deps: PublisherDeps,
  shopId: ShopId,
  metafields: readonly MetafieldsSetInput[],
): Promise<boolean> {
  const answer = await deps.admin.send(shopId, MetafieldsSet, { metafields: [...metafields] });
  if (answer.ok) return true;
  const reason = describeRefusal(answer.refusal);
  deps.log.warn({ event: 'metafields_refused', shop: shopId, reason });
  return false;
}
