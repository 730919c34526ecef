/**
 * Builds the admin app's endpoints and page on the core and the connector. Part of the composition root.
 *
 * In: what `main.ts` has built. Out: two routers, `/api/admin` and `/app`.
 */
import type { ShopId } from './base/ids.ts';
import type { Connector } from './build-connector.ts';
import type { Core } from './build-core.ts';
import type { ShopifyGround } from './build-shopify.ts';
import { loadConsoleBundle } from './console/bundle.ts';
import { createDateTester } from './console/date-tester.ts';
import { consolePageRoutes } from './console/page.ts';
import { createPolicyHistory } from './console/policy-history.ts';
import { findProducts } from './console/product-search.ts';
import { consoleRoutes } from './console/routes.ts';
import type { NetworkSection } from './network/world.ts';
import { parseNetworkSection } from './network/world-parse.ts';
import type { Config } from './platform/config.ts';
import type { Log } from './platform/log.ts';
import type { Platform } from './platform/stand.ts';
import { createSetup } from './shopify/setup.ts';
import { NETWORK_SECTION } from './stock/service.ts';

export type ConsoleParts = {
  readonly platform: Platform;
  readonly config: Config;
  readonly log: Log;
  readonly core: Core;
  readonly connector: Connector;
  readonly ground: ShopifyGround;
};

/** Builds both routers; the page's bundle must have been built. */
export function buildConsole(parts: ConsoleParts) {
  const { platform, core, connector, ground, log } = parts;
  const known = (shopId: ShopId) => core.stockStore.loadChanges(shopId, 0);
  const setup = createSetup({
    store: ground.store,
    carrier: connector.carrier,
    provisioning: connector.provisioning,
    log,
    surfacesOf: connector.surfacesOf,
    networkOf: (shopId) => setupNetwork(core, shopId),
  });
  const api = consoleRoutes({
    authenticateAdmin: connector.gate.authenticateAdmin,
    clock: platform.clock,
    policy: core.policy,
    readHistory: createPolicyHistory(platform.db),
    versionInForce: async (shopId) => (await core.stock.open(shopId))?.snapshot.policyVersion ?? 0,
    testDates: createDateTester({
      places: core.places,
      readMargins: async (shopId) => ({
        shipped: (await ground.profiles.read(shopId)).marginMinutes,
        storePickup: STORE_PICKUP_MARGIN_MINUTES,
      }),
      loadInputs: async (shopId) => {
        const { version, section } = await networkOf(core, shopId);
        const { products, stock, loads } = await known(shopId);
        return {
          version,
          network: section,
          products: products.map((row) => row.product),
          stock,
          loads,
        };
      },
    }),
    searchProducts: async (shopId, search) => findProducts((await known(shopId)).products, search),
    importStock: async (shopId, rows) => {
      const bySku = new Map((await known(shopId)).products.map((row) => [row.product.sku, row]));
      const products = rows.products.map((product) => ({
        product,
        variantId: bySku.get(product.sku)?.variantId ?? null,
        inventoryItemId: bySku.get(product.sku)?.inventoryItemId ?? null,
      }));
      const loads = rows.loads.map(({ backlogAsOf, ...load }) =>
        backlogAsOf === undefined ? load : { ...load, backlogAsOf },
      );
      return await core.stock.save(shopId, { products, stock: rows.stock, loads });
    },
    readSetup: setup.read,
    runSetupAction: ({ shopId }, asked) => setup.run(shopId, asked),
    places: core.places,
  });
  return { api, page: buildPage(parts.config) };
}

// docs/semantics.md, Time: store pickup is asked with 15 minutes in hand on every surface.
const STORE_PICKUP_MARGIN_MINUTES = 15;

function buildPage({ environment, shopify }: Config) {
  // In development the admin that frames the page is wherever its App Bridge comes from.
  const isDevelopment = environment !== 'production';
  return consolePageRoutes({
    apiKey: shopify.apiKey,
    appBridgeUrl: shopify.appBridgeUrl,
    polarisUrl: shopify.polarisUrl,
    frameOrigins: isDevelopment ? [new URL(shopify.appBridgeUrl).origin] : [],
    bundle: loadConsoleBundle(),
  });
}

async function networkOf(
  { policy }: Core,
  shopId: ShopId,
): Promise<{ readonly version: number; readonly section: NetworkSection }> {
  const { version, sections } = await policy.read(shopId);
  const parsed = parseNetworkSection(sections.get(NETWORK_SECTION));
  return { version, section: parsed.ok ? parsed.value : EMPTY_NETWORK };
}

// A shop without a network is asked about all the same: everything is absent, and the tester says why.
const EMPTY_NETWORK: NetworkSection = (() => {
  const parsed = parseNetworkSection({
    policy: { timeZone: 'UTC', currency: 'EUR' },
    nodes: [],
    carriers: [],
    services: [],
    lanes: [],
    zones: [],
    pickupPoints: [],
  });
  if (!parsed.ok) throw new Error('Bug: the empty network is refused');
  return parsed.value;
})();

async function setupNetwork(core: Core, shopId: ShopId) {
  const [{ section }, { products, stock }] = await Promise.all([
    networkOf(core, shopId),
    core.stockStore.loadChanges(shopId, 0),
  ]);
  const stocked = new Set(stock.map((row) => row.sku));
  const countryByZone = new Map(section.zones.map((zone) => [zone.id, zone.country]));
  const nameByCode = new Map(section.services.map(({ code, name }) => [code, name ?? code]));
  return {
    nodeIds: new Set(section.nodes.map((node) => node.id)),
    products: products.filter((row) => stocked.has(row.product.sku)).length,
    optionsTo: (countries: readonly string[]) => {
      const codes = section.lanes
        .filter((lane) =>
          lane.zoneIds.some(
            (zoneId) =>
              countries.includes('*') || countries.includes(countryByZone.get(zoneId) ?? ''),
          ),
        )
        .map((lane) => lane.serviceCode);
      return [...new Set(codes.map((code) => nameByCode.get(code) ?? code))].toSorted();
    },
  };
}
