/**
 * The local Shopify: a development stand-in for one shop, its checkout, its Admin API and its admin, on one port.
 *
 * Input: a port, a seed, the app's address and keys. Output: a running server and what a test may do to it. App and
 * stand-in know each other only by addresses and keys in the environment; what passes between them is what Shopify's
 * API, webhooks, metafields and bundles carry. It never certifies what fails in reality: see `settings.ts`.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { createBulkOperations } from './admin/bulk.ts';
import { adminSchema } from './admin/execute.ts';
import { createFaults } from './admin/faults.ts';
import { createIdempotency } from './admin/idempotency.ts';
import { adminApiRoutes } from './admin/routes.ts';
import type { AdminServices } from './admin/services.ts';
import { createThrottle } from './admin/throttle.ts';
import { readAppConfig } from './app/app-config.ts';
import { createWebhooks, type Webhooks } from './app/webhooks.ts';
import { elementCatalog } from './build/element-catalog.ts';
import { buildPages } from './build/pages.ts';
import { viewCatalog } from './catalog.ts';
import { functionSchema } from './checkout/function-input.ts';
import { createCustomize } from './checkout/functions.ts';
import { createRateCache } from './checkout/rate-cache.ts';
import type { RateAnswer } from './checkout/rate-client.ts';
import { createLocalClock, type LocalClock } from './clock.ts';
import { createControl, type LocalControl } from './control.ts';
import { adminRoutes } from './http/admin-routes.ts';
import { checkoutEditorRoutes } from './http/checkout-editor-routes.ts';
import { checkoutRoutes } from './http/checkout-routes.ts';
import { controlRoutes } from './http/control-routes.ts';
import { inventoryRoutes } from './http/inventory-routes.ts';
import { orderControlRoutes } from './http/order-control-routes.ts';
import { orderPageRoutes } from './http/order-page-routes.ts';
import { posRoutes } from './http/pos-routes.ts';
import { proxyRoutes } from './http/proxy-routes.ts';
import { stockControlRoutes } from './http/stock-control-routes.ts';
import { storefrontRoutes } from './http/storefront-routes.ts';
import { createThemeDrafts } from './http/theme-drafts.ts';
import { themeEditorRoutes } from './http/theme-editor-routes.ts';
import { resumeOrders } from './orders/routing.ts';
import { createStateFile, loadState } from './persistence.ts';
import { parseShopSeed, type ShopSeed } from './seed.ts';
import type { InstalledApp, LocalShop } from './shop.ts';
import { createShopState } from './state.ts';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Number of the app in reserved namespaces, as the partner side would have given it. */
const APP_ID = 260_711;

export type LocalShopifyOptions = {
  /** 0: any free port. */
  port: number;
  /** A seed, or the path of a JSON file that holds one. */
  seed: string | object;
  /** Public address of the app's backend. */
  appUrl: string;
  apiKey?: string;
  apiSecret?: string;
  /** What rate limits, bulk operations and idempotency keys count time by; absent: the host's. */
  wireMs?: () => number;
  /** Where the state is kept over restarts; absent: nowhere. */
  statePath?: string;
  /** Folder of the keys that a story's other systems speak to the app with; absent: none can. */
  keysPath?: string;
  /** Root of the project whose `shopify.app.toml` and bundles are used; absent: this one. */
  root?: string;
};

export type LocalShopify = {
  url: string;
  shop: LocalShop;
  clock: LocalClock;
  control: LocalControl;
  webhooks: Webhooks;
  stop(): Promise<void>;
};

/** Builds the pages, restores the state and listens. */
export async function startLocalShopify(options: LocalShopifyOptions): Promise<LocalShopify> {
  const seed = readSeed(options.seed);
  const saved = loadState(options.statePath, seed);
  const clock = createLocalClock(saved?.clock?.now ?? seed.startsAt);
  if (saved?.clock) clock.setSpeed(saved.clock.speed);
  const state = saved ?? createShopState(seed, clock.now());
  const root = resolve(options.root ?? ROOT);
  const timers = new Set<NodeJS.Timeout>();
  const shop: LocalShop = {
    firstSeed: seed,
    ...viewCatalog(seed, state.catalog),
    state,
    clock,
    file: createStateFile(options.statePath, state, () => {
      state.clock = clock.read();
    }),
    app: describeApp(options),
    url: '',
    root,
    config: () => readAppConfig(root),
    wireMs: options.wireMs ?? (() => performance.now()),
    later: (delayMs, task) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        task();
      }, delayMs);
      timers.add(timer);
    },
    announce: (topic, payload) => webhooks.send(topic, payload),
    exchanges: [],
  };
  const cache = createRateCache<RateAnswer>();
  const webhooks = createWebhooks(shop);
  const services = createAdminServices(shop);
  const control = createControl(shop, { cache, webhooks, services });
  const { keysPath } = options;
  const parts = { assets: await buildPages(), cache, services, control, keysPath };
  const app = createApp(shop, parts);
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, resolve);
  });
  const { port } = server.address() as AddressInfo;
  shop.url = `http://localhost:${port}`;
  resumeOrders(shop);
  return {
    url: shop.url,
    shop,
    clock,
    control,
    webhooks,
    async stop() {
      webhooks.stop();
      for (const timer of timers) clearTimeout(timer);
      services.bulk.stop();
      shop.file.touch();
      shop.file.flush();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function createAdminServices(shop: LocalShop): AdminServices {
  const { wireMs, state } = shop;
  return {
    throttle: createThrottle({ plan: () => state.settings.plan, nowMs: wireMs }),
    faults: createFaults(),
    idempotency: createIdempotency(),
    bulk: createBulkOperations(shop),
  };
}

/** Makes or reads everything that is slow the first time: schemas, element lists, pages. */
export async function warmUp(root: string = ROOT): Promise<void> {
  for (const { targets } of readAppConfig(resolve(root)).uiExtensions) {
    for (const target of targets) elementCatalog(target);
  }
  await Promise.all([adminSchema('2026-07'), functionSchema(), buildPages()]);
}

function readSeed(seed: string | object): ShopSeed {
  return parseShopSeed(typeof seed === 'string' ? JSON.parse(readFileSync(seed, 'utf8')) : seed);
}

function describeApp(options: LocalShopifyOptions): InstalledApp {
  return {
    url: options.appUrl.replace(/\/$/, ''),
    apiKey: options.apiKey ?? 'kept-dev',
    apiSecret: options.apiSecret ?? 'kept-dev-secret',
    name: 'Kept',
    id: APP_ID,
  };
}

type Parts = {
  assets: ReadonlyMap<string, string>;
  cache: ReturnType<typeof createRateCache<RateAnswer>>;
  services: AdminServices;
  control: LocalControl;
  keysPath: string | undefined;
};

function createApp(
  shop: LocalShop,
  { assets, cache, services, control, keysPath }: Parts,
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json({ limit: '4mb' }));
  app.use(express.urlencoded({ extended: false }));
  app.get('/assets/:file', (request, response, next) =>
    sendAsset(assets, request.params.file, { response, next }),
  );
  // The two addresses that stand in for cdn.shopify.com.
  app.get('/app-bridge.js', (_request, response, next) =>
    sendAsset(assets, 'app-bridge.js', { response, next }),
  );
  app.get('/polaris.js', (_request, response, next) =>
    sendAsset(assets, 'polaris.js', { response, next }),
  );
  app.use(controlRoutes(shop, control, keysPath));
  app.use(stockControlRoutes(shop, control));
  app.use(orderControlRoutes(shop, control));
  app.use(adminApiRoutes(shop, services));
  const customize = createCustomize(shop);
  app.use(checkoutRoutes({ shop, cache, customize }));
  app.use(adminRoutes(shop, control));
  app.use(orderPageRoutes(shop, control));
  app.use(inventoryRoutes(shop, control));
  app.use(checkoutEditorRoutes(shop, control));
  app.use(posRoutes(shop));
  const drafts = createThemeDrafts();
  app.use(themeEditorRoutes(shop, drafts));
  app.use(proxyRoutes(shop));
  app.use(storefrontRoutes(shop, drafts));
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    const detail = error instanceof Error ? error.message : String(error);
    console.error(error);
    response.status(500).json({ detail });
  });
  return app;
}

const TYPES: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css' };

function sendAsset(
  assets: ReadonlyMap<string, string>,
  file: string,
  { response, next }: { response: Response; next: NextFunction },
): void {
  const text = assets.get(file);
  if (text === undefined) {
    next();
    return;
  }
  response.set('access-control-allow-origin', '*').set('cache-control', 'no-cache');
  response.type(TYPES[file.slice(file.lastIndexOf('.') + 1)] ?? 'text/plain').send(text);
}
