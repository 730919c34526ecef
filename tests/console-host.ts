/**
 * The admin app on a database of its own with the demo's network, for tests over HTTP and in a browser.
 *
 * Policy, stock and date tester are the real ones; what `main.ts` injects is a stand-in here: who a token belongs to, the
 * connector's set-up model, the clock. Polaris is drawn by the local Shopify's elements, App Bridge is one object that
 * hands out the token of the query's `user`.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';
import { Router } from 'express';
import type { ShopId } from '../backend/base/ids.ts';
import { createActivityStore } from '../backend/connect/activity-store.ts';
import { connectionRoutes } from '../backend/connect/connection-routes.ts';
import { createConnectionStore } from '../backend/connect/connection-store.ts';
import { createConnectionService } from '../backend/connect/connections.ts';
import { importRoutes } from '../backend/connect/import-routes.ts';
import { createImportStore } from '../backend/connect/import-store.ts';
import { createImports } from '../backend/connect/imports.ts';
import { type BookEvents, createIntake } from '../backend/connect/intake.ts';
import { createIntakeStore } from '../backend/connect/intake-store.ts';
import { createStockedReader } from '../backend/connect/movement-reader.ts';
import { createReplay } from '../backend/connect/replay.ts';
import type { AuthenticateAdmin } from '../backend/console/admin.ts';
import { createDateTester } from '../backend/console/date-tester.ts';
import { figuresOf } from '../backend/console/figures.ts';
import { consolePageRoutes } from '../backend/console/page.ts';
import { createPolicyHistory } from '../backend/console/policy-history.ts';
import { consoleRoutes } from '../backend/console/routes.ts';
import type { SetupView, SetupZone } from '../backend/console/setup-view.ts';
import type { SyncView } from '../backend/console/sync-view.ts';
import { deskAdminRoutes } from '../backend/desk/admin-routes.ts';
import { createApp } from '../backend/http/app.ts';
import { parseMessageSettings } from '../backend/messages/settings.ts';
import { builtInPostalPlaces } from '../backend/network/geo/prefix-centroids.ts';
import type { World } from '../backend/network/world.ts';
import { parseNetworkSection, parseWorld } from '../backend/network/world-parse.ts';
import { createDeskAccess } from '../backend/orders/desk/access/service.ts';
import { parseOutcomeSettings } from '../backend/orders/outcome/settings.ts';
import { type Bus, createLocalBus } from '../backend/platform/bus.ts';
import { fixedClock } from '../backend/platform/clock.ts';
import { createLog } from '../backend/platform/log.ts';
import { createIdSource, createSigner } from '../backend/platform/signing.ts';
import { createPolicyService } from '../backend/policy/service.ts';
import type { PolicyTables } from '../backend/policy/store.ts';
import { parseRoutingSettings } from '../backend/routing/settings.ts';
import { parseFulfillmentSettings } from '../backend/shopify/fulfillment/settings.ts';
import { parseInventorySettings } from '../backend/shopify/inventory/settings.ts';
import { parseSurfaces } from '../backend/shopify/surfaces.ts';
import { createLedgerService } from '../backend/stock/ledger/service.ts';
import { loadClaims, loadNodeClaims } from '../backend/stock/reservations/live-claims/store.ts';
import { createStockService } from '../backend/stock/service.ts';
import { createStockStore } from '../backend/stock/store.ts';
import { buildConsole } from '../scripts/build-console.ts';
import { demoWorld } from '../scripts/demo/generate.ts';
import { createTestDatabase } from './database.ts';
import { buildOrderDesk } from './worlds/order-desk.ts';

export const SHOP = 'kept-demo.myshopify.com' as ShopId;
export const OTHER_SHOP = 'other.myshopify.com' as ShopId;

/** Who a token belongs to: two users of the demo shop and one of another shop. */
const USERS: Readonly<Record<string, { shopId: ShopId; userId: string }>> = {
  'token-ada': { shopId: SHOP, userId: 'ada' },
  'token-bob': { shopId: SHOP, userId: 'bob' },
  'token-eve': { shopId: OTHER_SHOP, userId: 'eve' },
};

export const NOW = Temporal.Instant.from('2026-11-24T10:20:00+01:00');
const PAGES = join(import.meta.dirname, '../scripts/local-shopify/pages');

/** A running admin app. */
export type ConsoleHost = {
  readonly url: string;
  readonly orders: ReturnType<typeof buildOrderDesk>;
  /** Asks an endpoint as a user; a body makes it a POST. */
  ask(path: string, options?: { body?: unknown; token?: string }): Promise<Response>;
  stop(): Promise<void>;
};

/** Starts it; the demo's network, products and stock go in through its own endpoints. */
export async function startConsoleHost(): Promise<ConsoleHost> {
  const database = await createTestDatabase();
  const log = createLog('silent', { write: () => undefined });
  const clock = fixedClock(NOW);
  const bus = createLocalBus();
  const policy = createPolicyService({
    db: database.db.withTables<PolicyTables>(),
    bus,
    clock,
    log,
    parsers: {
      network: parseNetworkSection,
      surfaces: parseSurfaces,
      inventory: parseInventorySettings,
      routing: parseRoutingSettings,
      messages: parseMessageSettings,
      outcome: parseOutcomeSettings,
      fulfillment: parseFulfillmentSettings,
    },
  });
  const store = createStockStore(database.db, {
    loadClaims,
    loadNodeClaims: (trx, id, nodeIds) => loadNodeClaims(trx, id, { nodeIds, now: clock.now() }),
  });
  const stock = createStockService({
    store,
    policy,
    bus,
    clock,
    log,
    monotonicMilliseconds: () => performance.now(),
  });
  policy.start();
  stock.start();
  const ledger = buildLedger({ database: database.db, stock, bus, clock });
  const api = buildApi({ database: database.db, policy, stock, store, ledger, clock });
  const connect = buildConnections({ database: database.db, stock, ledger, bus, clock });
  const desks = buildDesks({ database: database.db, stock, bus, clock });
  const orders = buildOrderDesk({ db: database.db, policy, stock, clock, authenticateAdmin });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `http://localhost:${address.port}`;
  const page = consolePageRoutes({
    apiKey: 'kept-test',
    appBridgeUrl: `${url}/app-bridge.js`,
    polarisUrl: `${url}/polaris.js`,
    frameOrigins: [],
    bundle: await buildConsole(),
  });
  const mounts = [
    { path: '/api/admin/connections', router: connect.connections, body: 'json' },
    { path: '/api/admin/imports', router: connect.imports, body: 'own' },
    { path: '/api/admin/orders', router: orders.orders, body: 'json' },
    { path: '/api/admin/outcome', router: orders.outcome, body: 'json' },
    { path: '/api/admin/desks', router: desks.router, body: 'json' },
    { path: '/api/admin', router: api, body: 'json' },
    { path: '/app', router: page, body: 'own' },
    { path: '/', router: await shopifyFiles(), body: 'own' },
  ] as const;
  server.on('request', createApp({ log, mounts, checkReady: async () => [] }));
  const host: ConsoleHost = {
    url,
    orders,
    ask: (path, { body, token = 'token-ada' } = {}) =>
      fetch(`${url}/api/admin${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      connect.stop();
      desks.stop();
      stock.stop();
      policy.stop();
      await database.close();
    },
  };
  await importDemo(host);
  return host;
}

type Parts = {
  readonly database: Parameters<typeof createPolicyHistory>[0];
  readonly policy: ReturnType<typeof createPolicyService>;
  readonly stock: ReturnType<typeof createStockService>;
  readonly store: ReturnType<typeof createStockStore>;
  readonly ledger: ReturnType<typeof buildLedger>;
  readonly clock: ReturnType<typeof fixedClock>;
};

const authenticateAdmin: AuthenticateAdmin = async (request) => {
  const user = USERS[request.get('authorization')?.replace('Bearer ', '') ?? ''];
  if (user === undefined) return { ok: false, refusal: { code: 'unauthorized' } };
  return { ok: true, value: user };
};

function buildLedger(parts: Pick<Parts, 'database' | 'stock' | 'clock'> & { bus: Bus }) {
  const { database, stock, bus, clock } = parts;
  return createLedgerService({
    db: database,
    clock,
    knownNodes: async (shopId) =>
      new Set((await stock.open(shopId))?.snapshot.nodeIndex.keys() ?? []),
    announce: (shopId, version) => bus.publish('stock', JSON.stringify([shopId, version])),
  });
}

function buildDesks(parts: Pick<Parts, 'database' | 'stock' | 'clock'> & { bus: Bus }) {
  const { database: db, stock, clock, bus } = parts;
  const nodesOf = async (shopId: ShopId) => {
    const nodes = (await stock.open(shopId))?.snapshot.nodes ?? [];
    return new Map(nodes.map(({ id, source }) => [id, source.name ?? id]));
  };
  const access = createDeskAccess({
    ...{ db, clock, bus, nodesOf, newId: createIdSource() },
    signer: createSigner([{ id: 'test', key: Buffer.alloc(32, 7) }]),
    monotonicMilliseconds: () => performance.now(),
    nodeOfLocation: async () => undefined,
    shopOfPos: async () => undefined,
  });
  const publicUrl = 'https://kept.example.com';
  const router = deskAdminRoutes({ authenticateAdmin, access, nodesOf, publicUrl });
  return { router, stop: access.stop };
}

const BOOK_EVERY_MILLISECONDS = 50;

// Connections, their refused events and stock files on the real ledger; the queue that books files is a short timer here.
function buildConnections(
  parts: Pick<Parts, 'database' | 'stock' | 'ledger' | 'clock'> & { bus: Bus },
) {
  const { database, stock, ledger, bus, clock } = parts;
  const now = () => clock.now();
  const newId = createIdSource();
  const snapshotOf = async (shopId: ShopId) => (await stock.open(shopId))?.snapshot;
  const nodesOf = async (shopId: ShopId) => [
    ...((await snapshotOf(shopId))?.nodeIndex.keys() ?? []),
  ];
  const catalogOf = async (shopId: ShopId) => {
    const snapshot = await snapshotOf(shopId);
    return {
      hasSku: (sku: string) => snapshot?.skuIndex.has(sku) ?? false,
      hasNode: (nodeId: string) => snapshot?.nodeIndex.has(nodeId) ?? false,
    };
  };
  const book: BookEvents = async (shopId, batch) => {
    const booked = await ledger.ingest(shopId, batch);
    if (!booked.ok) throw new Error(`Bug: the ledger refused a batch: ${booked.refusal.pointer}`);
    return booked.value.verdicts;
  };
  const stockedAt = createStockedReader(database);
  const connections = createConnectionService({
    store: createConnectionStore(database),
    ...{ bus, newId, now },
    monotonicMilliseconds: () => performance.now(),
    log: createLog('silent', { write: () => undefined }),
  });
  const store = createIntakeStore(database);
  const intake = createIntake({ store, book, catalogOf, stockedAt, now });
  const activity = createActivityStore(database);
  const imports = createImports({
    store: createImportStore(database),
    ...{ book, catalogOf, stockedAt, now, newId },
    enqueue: async () => undefined,
  });
  const giveUp = new AbortController();
  const timer = setInterval(
    () => void imports.bookStarted(SHOP, giveUp.signal),
    BOOK_EVERY_MILLISECONDS,
  );
  const replay = createReplay({ connections, activity, intake });
  return {
    connections: connectionRoutes({
      ...{ authenticateAdmin, connections, activity, replay, nodesOf, now },
    }),
    imports: importRoutes({ authenticateAdmin, imports }),
    stop: () => {
      clearInterval(timer);
      giveUp.abort();
      connections.stop();
    },
  };
}

function buildApi({ database, policy, stock, store, ledger, clock }: Parts): Router {
  const places = [builtInPostalPlaces()];
  return consoleRoutes({
    authenticateAdmin,
    clock,
    policy,
    readHistory: createPolicyHistory(database),
    versionInForce: async (shopId) => (await stock.open(shopId))?.snapshot.policyVersion ?? 0,
    testDates: createDateTester({
      places,
      readMargins: async () => ({ shipped: 30, storePickup: 15 }),
      loadInputs: async (shopId) => {
        const current = await policy.read(shopId);
        const parsed = parseNetworkSection(current.sections.get('network'));
        if (!parsed.ok) throw new Error('the test shop has no network');
        const { products, ...rows } = await store.loadChanges(shopId, 0);
        return {
          ...rows,
          version: current.version,
          network: parsed.value,
          products: products.map((row) => row.product),
        };
      },
    }),
    searchProducts: async (shopId, { text, limit }) =>
      (await store.loadChanges(shopId, 0)).products
        .map(({ product }) => ({ sku: product.sku, name: product.name ?? product.sku }))
        .filter(({ sku, name }) => `${sku} ${name}`.toLowerCase().includes(text.toLowerCase()))
        .slice(0, limit),
    readMovements: ledger.readMovements,
    readSync: async () => SYNC,
    retryLevels: async () => SYNC.refusedCount,
    readFigures: async (shopId, asked) => {
      const live = await stock.open(shopId);
      return live === undefined ? undefined : figuresOf(live, { ...asked, now: NOW.toString() });
    },
    readStock: async (shopId, sku) =>
      (await store.loadChanges(shopId, 0)).stock.filter((row) => row.sku === sku),
    importStock: async ({ shopId }, { products, stock: rows, loads }) =>
      await stock.save(shopId, {
        stock: rows,
        loads: loads.map(({ backlogAsOf, ...load }) =>
          backlogAsOf === undefined ? load : { ...load, backlogAsOf },
        ),
        products: products.map((product) => ({ product, variantId: null, inventoryItemId: null })),
      }),
    readSetup: async () => SETUP,
    runSetupAction: async (_identity, { action }) => ({
      ok: true,
      value: action === 'attach' ? ATTACHED : { ...SETUP, zones: ZONES },
    }),
    places,
  });
}

async function importDemo(host: ConsoleHost): Promise<void> {
  const parsed = parseWorld(JSON.parse(JSON.stringify(demoWorld())));
  if (!parsed.ok) throw new Error('the demo world was refused');
  const { products, stock, policyVersion: _, ...network } = parsed.value;
  const body = { basedOnVersion: 0, sections: { network } };
  const steps: [string, unknown][] = [
    ['/policy', body],
    ['/stock', { products, loads: loadsOf(network.nodes) }],
    ['/stock', { stock: stock.slice(0, 4_000) }],
    ['/stock', { stock: stock.slice(4_000) }],
  ];
  for (const [path, step] of steps) {
    const response = await host.ask(path, { body: step });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
  }
}

function loadsOf(nodes: World['nodes']) {
  return nodes.flatMap(({ id, backlogUnits, backlogAsOf }) =>
    backlogAsOf === undefined ? [] : [{ nodeId: id, backlogUnits, backlogAsOf }],
  );
}

/** Stand-ins for what pages load from Shopify: Polaris, App Bridge. */
export async function shopifyFiles(): Promise<Router> {
  const result = await build({
    entryPoints: [join(PAGES, 'polaris.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  });
  const polaris = result.outputFiles[0]?.text ?? '';
  const sheet = readFileSync(join(PAGES, 'polaris.css'), 'utf8');
  const bridge = `window.shopify = {
    idToken: async () => 'token-' + (new URLSearchParams(location.search).get('user') ?? 'ada'),
  };`;
  const router = Router();
  router.get('/polaris.js', (_request, response) => response.type('text/javascript').send(polaris));
  router.get('/assets/polaris.css', (_request, response) => response.type('text/css').send(sheet));
  router.get('/app-bridge.js', (_request, response) =>
    response.type('text/javascript').send(bridge),
  );
  return router;
}

const SYNC: SyncView = {
  waiting: { sale: 0, read: 2, resync: 1_250 },
  lagSeconds: 4,
  openCalls: 3,
  lastPushAt: NOW.subtract({ seconds: 2 }).toString(),
  trouble: null,
  unplannedChanges: 1,
  refusedCount: 1,
  refused: [
    {
      locationId: 70_001,
      itemId: 90_001,
      sku: 'V-LF01-BOR-42',
      code: 'ITEM_NOT_STOCKED_AT_LOCATION',
      message: 'The quantity could not be set: the item is not stocked at the location.',
      refusedAt: NOW.subtract({ minutes: 5 }).toString(),
      tries: 2,
    },
  ],
  bucket: { points: 1_830, capacity: 2_000, restorePerSecond: 100, isLearned: true },
  reconcile: {
    last: { startedAt: NOW.toString(), endedAt: NOW.toString(), levels: 8_460, drifted: 1 },
    rows: [
      {
        ...{ locationId: 70_001, itemId: 90_002, sku: 'V-LF01-BOR-43', ours: 4, theirs: 3 },
        ...{ cause: 'unseen_sale', isOurs: true },
      },
    ],
  },
  storefront: { variants: 1_200, boundSeconds: 77 },
};

const SETUP: SetupView = {
  shop: SHOP,
  planName: 'Advanced',
  originCount: 2,
  rates: 'registered',
  capabilities: [
    { code: 'carrier_rates', allowance: 'available' },
    { code: 'checkout_block', allowance: 'unavailable', reason: 'plan_plus' },
    { code: 'pickup_points', allowance: 'unknown', reason: 'not_probed' },
  ],
  steps: [
    { code: 'installed', state: 'done', facts: {} },
    { code: 'locations', state: 'problem', facts: { bound: 46, total: 47 } },
    { code: 'preview', state: 'next', facts: {} },
    { code: 'active', state: 'later', facts: {} },
  ],
};
const ZONES: readonly SetupZone[] = [
  {
    profileId: 'p',
    groupId: 'g',
    zoneId: 'eu',
    profileName: 'General profile',
    name: 'European Union',
    countries: ['IT', 'FR', 'DE', 'ES'],
    isAttached: false,
    ourOptions: ['Economy', 'Express by 10:00', 'Standard'],
    merchantRates: ['Standard shipping'],
    duplicates: ['Standard shipping'],
  },
];
const ATTACHED: SetupView = {
  ...SETUP,
  rates: 'active',
  zones: ZONES.map((zone) => ({ ...zone, isAttached: true })),
};
