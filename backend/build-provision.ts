/**
 * Builds what sets a shop up and keeps it true: carrier, provisioning, catalog, pickup, what is published, levels at night.
 *
 * In: the ground (build-shopify.ts), the core (build-core.ts), the push (build-push.ts). Out: the services, their jobs and
 * when they run. Part of the composition root: build-connector.ts calls it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ShopId } from './base/ids.ts';
import type { Core } from './build-core.ts';
import type { PushParts } from './build-push.ts';
import type { ShopifyGround, SurfacesOf } from './build-shopify.ts';
import { type JobDefinition, type JobQueue, shopJob } from './jobs/queue.ts';
import type { Config } from './platform/config.ts';
import type { Log } from './platform/log.ts';
import type { Platform } from './platform/stand.ts';
import { createCarrier } from './shopify/carrier.ts';
import { createCatalog, type ImportedPosition, type ImportedProduct } from './shopify/catalog.ts';
import { type ReconcileLevelsDeps, reconcileLevels } from './shopify/inventory/reconcile-levels.ts';
import { createPickupJob, PICKUP_SCHEDULE } from './shopify/pickup-job.ts';
import { createProvisioning } from './shopify/provisioning.ts';
import { createPublisher } from './shopify/publisher.ts';
import { loadOf } from './stock/stock.ts';

/** What it is built on. */
export type ProvisionBuild = {
  readonly platform: Platform;
  readonly config: Config;
  readonly log: Log;
  readonly core: Core;
  readonly ground: ShopifyGround;
  readonly queue: JobQueue;
  readonly surfacesOf: SurfacesOf;
  readonly pushParts: PushParts;
};

export const PROVISION_JOB = 'shop_provision';
export const IMPORT_JOB = 'catalog_import';
export const PICKUP_JOB = 'pickup_settings';
export const PADDED_JOB = 'padded_table';
const LEVELS_JOB = 'levels_reconcile';

/** When they run in every shop. */
export const PROVISION_SCHEDULES = [
  [PICKUP_JOB, PICKUP_SCHEDULE],
  // A table is due when the shop's day changed, and a replica that just started has none.
  [PADDED_JOB, '*/10 * * * *'],
  [IMPORT_JOB, '17 2 * * *'],
  [LEVELS_JOB, '43 2 * * *'],
] as const;

type Services = ReturnType<typeof createServices>;

/** What `buildProvision` returns. */
export type Provision = ReturnType<typeof buildProvision>;

/** Builds it. */
export function buildProvision(build: ProvisionBuild) {
  const services = createServices(build);
  return { services, jobs: provisionJobs(build, services) };
}

function createServices(build: ProvisionBuild) {
  const { platform, config, log, core, ground, surfacesOf, pushParts } = build;
  const { admin, store, rateTokens } = ground;
  const now = () => platform.clock.now();
  const openShop = core.stock.open;
  const base = { admin, store, log, now, surfacesOf };
  const carrier = createCarrier({
    ...base,
    rateTokens,
    publicUrl: config.publicUrl,
    hasLiveNetwork: async (shopId) => (await openShop(shopId)) !== undefined,
  });
  const provisioning = createProvisioning({ ...base, carrier, publicUrl: config.publicUrl });
  const catalog = createCatalog({
    ...base,
    nodeIdsOf: async (shopId) => new Set((await openShop(shopId))?.snapshot.nodeIndex.keys()),
    items: pushParts.items,
    keptNodesOf: pushParts.keptNodesOf,
    bookLevels: pushParts.bookLevels,
    replan: pushParts.replan,
    ...catalogWrites(core),
  });
  const pickup = createPickupJob({
    ...base,
    liveNetwork: async (shopId) => {
      const live = await openShop(shopId);
      if (live === undefined) return undefined;
      return { snapshot: live.snapshot, loadOf: (node) => loadOf(live.facts, node) };
    },
  });
  const publisher = createPublisher({
    ...base,
    db: platform.db,
    wait: async (milliseconds) => {
      await delay(milliseconds);
    },
    catalogOf: async (shopId) => {
      const live = await openShop(shopId);
      if (live === undefined) return undefined;
      const serviceCodes = [...live.snapshot.serviceIndex.keys()];
      return { serviceCodes, skuOfVariant: live.skuOfVariant };
    },
  });
  return { carrier, provisioning, catalog, pickup, publisher };
}

function provisionJobs(build: ProvisionBuild, services: Services): JobDefinition[] {
  const { core, ground, queue, pushParts } = build;
  const { provisioning, catalog, pickup } = services;
  const compareLevels = nightlyLevels(build, services);
  return [
    shopJob(PROVISION_JOB, async (shopId) => {
      await provisioning.provision(shopId);
      await ground.profiles.reload(shopId);
      await queue.runForShop(shopId, IMPORT_JOB);
    }),
    shopJob(IMPORT_JOB, async (shopId) => {
      await catalog.importAll(shopId);
      // The places are known only now: a network saved before them found nothing to write.
      await pushParts.startIfWritten(shopId);
      const live = await core.stock.open(shopId);
      // Not waited for: telling Shopify of every class may take minutes.
      if (live !== undefined) void core.padded.refreshNow(live);
      await queue.runForShop(shopId, PICKUP_JOB);
    }),
    shopJob(PICKUP_JOB, async (shopId) => {
      await pickup.run(shopId);
    }),
    shopJob(PADDED_JOB, async (shopId) => {
      const live = await core.stock.open(shopId);
      if (live !== undefined) await core.padded.refresh(live);
    }),
    shopJob(LEVELS_JOB, async (shopId) => {
      await compareLevels(shopId);
    }),
  ];
}

function nightlyLevels({ ground, platform, log, pushParts }: ProvisionBuild, services: Services) {
  const { reconcileStore, outbox, push } = pushParts;
  const deps: ReconcileLevelsDeps = {
    admin: ground.admin,
    store: reconcileStore,
    outbox,
    log,
    now: () => platform.clock.now(),
    wait: async (milliseconds) => {
      await delay(milliseconds);
    },
    fetch,
    onStep: () => {},
    importLevel: services.catalog.importLevel,
    wake: push.wake,
  };
  return (shopId: ShopId) => reconcileLevels(deps, shopId);
}

const SAID_BY_SHOPIFY = { source: 'shopify', actor: 'catalog import', reason: 'import' } as const;

// What Shopify does not know of a product or a position stays as it is with us.
function catalogWrites({ stock, stockStore }: Core) {
  return {
    saveProducts: async (shopId: ShopId, products: readonly ImportedProduct[]) => {
      const known = await stockStore.loadProducts(shopId);
      const bySku = new Map(known.map((row) => [row.product.sku, row]));
      const rows = products.map(({ variantId, inventoryItemId, category, ...product }) => {
        const before = bySku.get(product.sku)?.product;
        const defaults = { volumeCm3: 0, longestCm: 0, offersStorePickup: true };
        const merged = { ...defaults, ...before, ...product, tags: [...product.tags] };
        return {
          product: category === undefined ? merged : { ...merged, category },
          variantId,
          inventoryItemId,
        };
      });
      assertSaved(await stock.save(shopId, { products: rows }));
    },
    savePositions: async (shopId: ShopId, positions: readonly ImportedPosition[]) => {
      // What Shopify has committed is no allocation of ours; incoming lots stay as they are.
      const rows = positions.map(({ sku, nodeId, onHand, unavailable, safetyStock }) => ({
        ...{ sku, nodeId, onHand, unavailable },
        ...(safetyStock === undefined ? {} : { safetyStock }),
      }));
      assertSaved(await stock.save(shopId, { stock: rows }, SAID_BY_SHOPIFY));
    },
  };
}

function assertSaved(saved: { readonly ok: boolean }): void {
  if (!saved.ok) throw new Error('Bug: an import names a key twice');
}
