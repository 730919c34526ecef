/**
 * Builds the admin app: its page, its endpoints, and what they ask of the modules and the connector.
 *
 * In: core, ground and connector. Out: the routers to mount. Part of the composition root.
 */
import type { Router } from 'express';
import type { ShopId } from './base/ids.ts';
import type { Connector } from './build-connector.ts';
import type { Core } from './build-core.ts';
import type { ShopifyGround } from './build-shopify.ts';
import type { AdminIdentity } from './console/admin.ts';
import { loadConsoleBundle } from './console/bundle.ts';
import { createDateTester, type TesterInputs } from './console/date-tester.ts';
import { figuresOf } from './console/figures.ts';
import type { StockImport } from './console/input.ts';
import type { ConsoleBundle } from './console/page.ts';
import { consolePageRoutes } from './console/page.ts';
import { createPolicyHistory } from './console/policy-history.ts';
import { consoleRoutes } from './console/routes.ts';
import type { SyncView } from './console/sync-view.ts';
import type { ProductHit } from './console/view.ts';
import { parseNetworkSection } from './network/world-parse.ts';
import type { Config } from './platform/config.ts';
import type { Log } from './platform/log.ts';
import type { Platform } from './platform/stand.ts';
import { PICKUP_MARGIN_MINUTES } from './promise/surface-quote.ts';
import type { SyncFacts } from './shopify/inventory/health.ts';
import type { ReconcileRun } from './shopify/inventory/reconcile-store.ts';
import { createSetup, type SetupNetwork } from './shopify/setup.ts';
import { themeStalenessSeconds } from './shopify/theme-staleness.ts';
import { type LiveShop, NETWORK_SECTION } from './stock/service.ts';
import { stockedSkuCount } from './stock/stock.ts';

/** What the admin app is built on. */
export type AdminDependencies = {
  readonly platform: Platform;
  readonly config: Config;
  readonly log: Log;
  readonly core: Core;
  readonly ground: ShopifyGround;
  readonly connector: Connector;
};

/** The page at `/app`, when it was built, and the endpoints at `/api/admin`. */
export function buildAdmin(dependencies: AdminDependencies): { page?: Router; api: Router } {
  const { platform, config, log, core, ground, connector } = dependencies;
  const { policy, stock, places } = core;
  const setup = createSetup({
    store: ground.store,
    carrier: connector.carrier,
    provisioning: connector.provisioning,
    log,
    surfacesOf: connector.surfacesOf,
    networkOf: async (shopId) => networkOf(await stock.open(shopId)),
  });
  const testDates = createDateTester({
    loadInputs: (shopId) => loadInputs(core, shopId),
    readMargins: async (shopId) => ({
      shipped: (await ground.profiles.read(shopId)).marginMinutes,
      storePickup: PICKUP_MARGIN_MINUTES,
    }),
    places,
  });
  const api = consoleRoutes({
    authenticateAdmin: connector.gate.authenticateAdmin,
    clock: platform.clock,
    policy,
    readHistory: createPolicyHistory(platform.db),
    versionInForce: async (shopId) => (await stock.open(shopId))?.snapshot.policyVersion ?? 0,
    testDates,
    searchProducts: async (shopId, search) => searchProducts(await stock.open(shopId), search),
    readStock: (shopId, sku) => core.stockStore.loadSku(shopId, sku),
    readMovements: core.ledger.readMovements,
    readSync: async (shopId) => {
      const facts = await connector.pushParts.health.facts(shopId);
      return toSyncView(facts, (await stock.open(shopId))?.skuOfVariant.size ?? 0);
    },
    retryLevels: connector.pushParts.health.retryErrors,
    readFigures: async (shopId, asked) => {
      const live = await stock.open(shopId);
      const now = platform.clock.now().toString();
      return live === undefined ? undefined : figuresOf(live, { ...asked, now });
    },
    importStock: (who, rows) => importStock(core, who, rows),
    readSetup: setup.read,
    runSetupAction: async ({ shopId }, asked) => {
      const done = await setup.run(shopId, asked);
      await ground.profiles.reload(shopId);
      return done;
    },
    places,
  });
  const { apiKey, appBridgeUrl, polarisUrl, frameOrigins } = config.shopify;
  const bundle = findBundle(config, log);
  if (bundle === undefined) return { api };
  const page = consolePageRoutes({ apiKey, appBridgeUrl, polarisUrl, frameOrigins, bundle });
  return { page, api };
}

function toSyncView(facts: SyncFacts, variants: number): SyncView {
  const { lastPushAt, refused, reconcile, bucket } = facts;
  const { last, rows } = reconcile;
  const boundSeconds = themeStalenessSeconds({
    worseVariants: variants,
    restoreRate: bucket.restorePerSecond,
  });
  return {
    ...facts,
    lastPushAt: lastPushAt?.toString() ?? null,
    refused: refused.map((row) => ({ ...row, refusedAt: row.refusedAt.toString() })),
    reconcile: {
      rows,
      ...(last === undefined ? {} : { last: toRunView(last) }),
    },
    storefront: { variants, boundSeconds },
  };
}

function toRunView({ startedAt, endedAt, levels, drifted }: ReconcileRun) {
  return {
    startedAt: startedAt.toString(),
    endedAt: endedAt?.toString() ?? null,
    levels,
    drifted,
  };
}

// Tests and benches of the callback start the service without a build; production never does.
function findBundle(config: Config, log: Log): ConsoleBundle | undefined {
  try {
    return loadConsoleBundle();
  } catch (error) {
    if (config.environment === 'production') throw error;
    log.warn({ event: 'console_not_built', error });
    return undefined;
  }
}

function networkOf(live: LiveShop | undefined): SetupNetwork {
  if (live === undefined) {
    return { nodeIds: new Set(), products: 0, optionsTo: () => [] };
  }
  const { snapshot } = live;
  return {
    nodeIds: new Set(snapshot.nodeIndex.keys()),
    products: stockedSkuCount(live.facts),
    optionsTo: (countries) => optionsTo(live, countries),
  };
}

// A service reaches a country when some node of the online channel has a lane to one of its zones.
function optionsTo({ snapshot }: LiveShop, countries: readonly string[]): string[] {
  const isAnywhere = countries.includes('*');
  const zones = snapshot.zones.filter(
    ({ source }) => isAnywhere || countries.includes(source.country),
  );
  const channel = snapshot.channels.find(({ code }) => code === 'online') ?? snapshot.channels[0];
  return snapshot.services
    .filter((service) =>
      zones.some(({ index }) => channel?.reach[service.index * snapshot.zones.length + index]),
    )
    .map((service) => service.source.name ?? service.code);
}

async function loadInputs({ policy, stockStore }: Core, shopId: ShopId): Promise<TesterInputs> {
  const current = await policy.read(shopId);
  const parsed = parseNetworkSection(current.sections.get(NETWORK_SECTION));
  if (!parsed.ok) throw new Error('Bug: a stored network section is refused now');
  const { products, stock, loads } = await stockStore.loadChanges(shopId, 0);
  return {
    version: current.version,
    network: parsed.value,
    products: products.map((row) => row.product),
    stock,
    loads,
  };
}

// A product keeps the Shopify numbers it has; one that Shopify's catalogue never named has none.
async function importStock(
  { stock, stockStore }: Core,
  { shopId, userId }: AdminIdentity,
  { products, stock: positions, loads }: StockImport,
) {
  const known = products.length === 0 ? [] : await stockStore.loadProducts(shopId);
  const bySku = new Map(known.map((row) => [row.product.sku, row]));
  const rows = {
    stock: positions.map(({ safetyStock, ...row }) =>
      safetyStock === undefined ? row : { ...row, safetyStock },
    ),
    loads: loads.map(({ backlogAsOf, ...load }) =>
      backlogAsOf === undefined ? load : { ...load, backlogAsOf },
    ),
    products: products.map((product) => {
      const before = bySku.get(product.sku);
      return {
        product,
        variantId: before?.variantId ?? null,
        inventoryItemId: before?.inventoryItemId ?? null,
      };
    }),
  };
  return await stock.save(shopId, rows, { source: 'console', actor: userId });
}

function searchProducts(
  live: LiveShop | undefined,
  { text, limit }: { readonly text: string; readonly limit: number },
): ProductHit[] {
  const wanted = text.toLowerCase();
  const found = (live?.snapshot.products ?? []).filter(({ sku, name }) =>
    `${sku} ${name ?? ''}`.toLowerCase().includes(wanted),
  );
  return found.slice(0, limit).map(({ sku, name }) => ({ sku, name: name ?? sku }));
}
