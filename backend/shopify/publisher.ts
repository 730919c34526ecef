/**
 * What must Shopify hold so that a fallback can be dated without asking us?
 *
 * In: a shop's padded table with the class of each product, and the merchant's bindings. Out: three metafields: the
 * Function's settings with the table in them, the table for the theme, a class per variant (class-publication.ts).
 * Invariants: one publication a shop at a time, the newest table wins, at the next call already; when bindings and table
 * do not fit together the bindings go alone, because a missing date is better than a stale one. All calls are in the
 * scheduler's last lane. A failure is repeated with growing pauses, then given up until the next table comes (platform
 * decision 20).
 */
import type { Kysely } from 'kysely';
import { MetafieldsSet } from '../../graphql/admin/generated/documents.ts';
import type { MetafieldsSetInput } from '../../graphql/admin/generated/types.ts';
import type { ShopId } from '../base/ids.ts';
import { TransientError } from '../base/result.ts';
import type { EtaClass } from '../contract/eta-class.ts';
import {
  encodeFunctionSettings,
  FUNCTION_SETTINGS_METAFIELD,
} from '../contract/function-settings.ts';
import { type PaddedTableJson, paddedCountries } from '../contract/padded-table.ts';
import type { Log } from '../platform/log.ts';
import { type AdminClient, describeRefusal } from './admin-client.ts';
import { publishClasses } from './class-publication.ts';
import type { ConnectorStore } from './connector-store.ts';
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
      await publishAll(deps, shopId, { table, isOutdated });
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
  { table, isOutdated }: { table: PublishedTable | undefined; isOutdated: () => boolean },
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
    metafields.push({ ...PADDED_METAFIELD, ownerId: shopGid, value: themeTable(table.json) });
  }
  if (metafields.length > 0) await set(deps, shopId, metafields);
  if (table === undefined) return;
  await publishClasses(deps, shopId, {
    rows: [...catalog.skuOfVariant].map(([variantId, sku]) => ({
      variantId,
      class: table.classBySku.get(sku) ?? 'unknown',
    })),
    today: table.json.d.slice(0, 10),
    isOutdated,
  });
}

/** The theme's table: with the row of each country, because Liquid cannot search. */
function themeTable(json: PaddedTableJson): string {
  return JSON.stringify({ ...json, c: paddedCountries(json) });
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

// A refusal is logged; the next table tries again.
async function set(
  deps: PublisherDeps,
  shopId: ShopId,
  metafields: readonly MetafieldsSetInput[],
): Promise<void> {
  const variables = { metafields: [...metafields] };
  const answer = await deps.admin.send(shopId, MetafieldsSet, variables, { lane: 'resync' });
  if (answer.ok) return;
  const reason = describeRefusal(answer.refusal);
  deps.log.warn({ event: 'metafields_refused', shop: shopId, reason });
}
