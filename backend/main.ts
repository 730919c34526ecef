/**
 * The service: reads the configuration, builds everything, starts, and stops without losing work.
 *
 *   node backend/main.ts            configuration from the environment, see platform/config.ts
 *
 * The composition root, with the `build-*.ts` files beside it: nothing else constructs. Out: an HTTP
 * server, job workers and, in memory, every installed shop, so that the first question is answered live.
 * Order of stopping: no new requests, no new jobs, receipts written, then what it all stands on.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { ShopId } from './base/ids.ts';
import { buildAdmin } from './build-admin.ts';
import { buildCare } from './build-care.ts';
import { checkoutReservationMount, reservationMounts } from './build-claims.ts';
import { buildConnect } from './build-connect.ts';
import { buildConnector, type Connector } from './build-connector.ts';
import { buildCore, type Core, SURFACES_SECTION } from './build-core.ts';
import { buildDesk } from './build-desk.ts';
import { buildOrders, type Orders } from './build-orders.ts';
import { buildOutcome } from './build-outcome.ts';
import {
  buildShopifyGround,
  type ShopifyGround,
  surfacesIn,
  UNKNOWN_SHOP,
} from './build-shopify.ts';
import { createApp, type Mount } from './http/app.ts';
import { sendRefusal } from './http/problem.ts';
import { startServer } from './http/server.ts';
import { type JobQueue, prepareJobs, startJobQueue } from './jobs/queue.ts';
import { type Config, describeProblems, parseConfig } from './platform/config.ts';
import { createLog, type Log } from './platform/log.ts';
import { type Platform, startPlatform } from './platform/stand.ts';
import { promiseApiRoutes } from './promise/routes.ts';
import { storefrontRoutes } from './promise/storefront/routes.ts';
import { answerOrder } from './shopify/order-answer.ts';
import { createRateCallback, RATE_PATH, type RateCallback } from './shopify/rates/callback.ts';
import { webhookRoutes } from './shopify/webhooks.ts';
import type { LiveShop } from './stock/service.ts';
import { stockedSkuCount } from './stock/stock.ts';

/** A running service. */
export type RunningKept = { readonly port: number; stop(): Promise<void> };

// A receipt that cannot be written within this time is counted as lost; the process must end.
const RECEIPTS_PATIENCE_MILLISECONDS = 5_000;
const PLACES_AGE_MILLISECONDS = 60_000;
const READY_PATIENCE_MILLISECONDS = 1_000;

/** Builds and starts everything; `config.port` 0 takes any free port. */
export async function startKept(config: Config, log: Log): Promise<RunningKept> {
  const platform = await startPlatform(config, log);
  try {
    return await startOn(platform, config, log);
  } catch (error) {
    await platform.stop();
    throw error;
  }
}

async function startOn(platform: Platform, config: Config, log: Log): Promise<RunningKept> {
  await prepareJobs(platform.address.ownerUrl);
  const queue = await startJobQueue({
    url: platform.address.appUrl,
    assumesAppRole: platform.address.assumesAppRole,
    log,
    bus: platform.bus,
  });
  const parts = buildParts({ platform, config, log, queue });
  const { ground, core, connector, outcome, connect, orders, desk, care } = parts;
  core.policy.start();
  core.stock.start();
  await queue.register([
    ...connector.jobs,
    ...connect.jobs,
    ...orders.jobs,
    ...outcome.jobs,
    ...care.jobs,
  ]);
  const stopFollowing = followChanges({ platform, core, connector, orders, log });
  await warmUp({ core, connector, ground, log });

  const app = createApp({
    log,
    mounts: [
      ...connect.mounts,
      ...desk.mounts,
      care.mount,
      outcome.mount,
      ...mountAdmin(buildAdmin({ platform, config, log, core, ground, connector })),
      ...buildMounts(parts),
    ],
    checkReady: () => checkReady(platform),
  });
  const server = await startServer(withRates(ratesOf(parts), app), config.port);
  log.info({ event: 'listening', port: server.port, url: config.publicUrl });
  connect.resume().catch((error) => log.warn({ event: 'imports_not_resumed', error }));
  orders.follow.resume().catch((error) => log.warn({ event: 'orders_not_resumed', error }));
  return {
    port: server.port,
    stop: async () => {
      // Desks' streams end by themselves never, and a closing server waits for them.
      orders.stop();
      await server.close();
      await queue.stop();
      stopFollowing();
      ground.scheduler.stop();
      await connector.pushParts.push.stop();
      connect.connections.stop();
      desk.stop();
      core.stock.stop();
      core.policy.stop();
      const patience = delay(RECEIPTS_PATIENCE_MILLISECONDS, undefined, { ref: false });
      await Promise.race([core.promise.whenWritten(), patience]);
      await platform.stop();
      log.info({ event: 'stopped' });
    },
  };
}

type Base = {
  readonly platform: Platform;
  readonly config: Config;
  readonly log: Log;
  readonly queue: JobQueue;
};

type Parts = ReturnType<typeof buildParts>;

/** Everything, built and not started. What one part needs of a later one it asks for when it runs. */
function buildParts(base: Base) {
  const { platform, config, log, queue } = base;
  const ground = buildShopifyGround(platform, config, log);
  const settingsOf = (live: LiveShop) => ground.profiles.peek(live.shopId) ?? UNKNOWN_SHOP;
  const core = buildCore({
    platform,
    config,
    log,
    shippedMarginMinutes: (live) => settingsOf(live).marginMinutes,
    publishTable: (shopId, table) => connector.publisher.publish(shopId, table),
    shortagesFound: (shopId) => connector.lookAtShortages(shopId),
  });
  const connector: Connector = buildConnector({
    ...{ platform, config, log, core, ground, queue },
    works: {
      routeOrder: (...asked) => orders.works.routeOrder(...asked),
      closeNode: (...asked) => orders.works.closeNode(...asked),
      openShop: (...asked) => orders.works.openShop(...asked),
    },
  });
  const outcome = buildOutcome({ platform, config, log, core, ground, connector, queue });
  const connect = buildConnect({
    ...{ platform, log, core, connector, queue, ledger: core.ledger },
    moreRoutes: (gate) => [...reservationMounts(connector.claims)(gate), ...outcome.v1(gate)],
    tracking: outcome.trackingIntake,
  });
  const orders: Orders = buildOrders({ platform, log, core, ground, connector, queue });
  const desk = buildDesk({
    ...{ platform, config, log, core, connector, orders, queue, pickups: outcome.pickups },
  });
  const care = buildCare({ platform, log, ground, connector, orders, outcome, queue });
  return { ...base, ground, settingsOf, core, connector, outcome, connect, orders, desk, care };
}

function ratesOf({ core, ground, config, settingsOf, log }: Parts): RateCallback {
  return createRateCallback({
    promise: core.promise,
    peekShop: core.stock.peek,
    openShop: core.stock.open,
    shopOfToken: ground.rateTokens.shopOfRateToken,
    settingsOf,
    paddedDayOf: (live, basket) => (code) => core.padded.dayOf(live, basket.request, code),
    secrets: config.shopify.apiSecrets,
    monotonicMilliseconds: core.monotonicMilliseconds,
    log,
  });
}

type Listener = Parameters<typeof startServer>[0];

// Express costs as much as a quote: rates are answered before it.
function withRates(rates: RateCallback, app: Listener): Listener {
  return (request, response) => {
    if (request.url?.startsWith(RATE_PATH)) rates.handle(request, response);
    else app(request, response);
  };
}

function mountAdmin({ page, api }: ReturnType<typeof buildAdmin>): Mount[] {
  const mounts: Mount[] = [{ path: '/api/admin', router: api, body: 'json' }];
  if (page !== undefined) mounts.push({ path: '/app', router: page, body: 'own' });
  return mounts;
}

function buildMounts(parts: Parts): Mount[] {
  const { platform, config, core, connector, settingsOf, outcome, log } = parts;
  const { gate, orders, placeOf, webhookStore } = connector;
  const promiseDependencies = {
    promise: core.promise,
    openShop: core.stock.open,
    shopOfBuyer: gate.shopOfBuyer,
    shippedMarginMinutes: (live: LiveShop) => settingsOf(live).marginMinutes,
    bindingsOf: (live: LiveShop) => bindingsOf(core, live),
    readOrder: (shopId: ShopId, asked: Parameters<typeof answerOrder>[2]) =>
      answerOrder({ readOrderPromise: orders.read, placeOf, ...outcome.shopper }, shopId, asked),
    sendRefusal,
  };
  const webhooks = webhookRoutes({
    secrets: config.shopify.apiSecrets,
    store: webhookStore,
    log,
    now: () => platform.clock.now(),
  });
  return [
    checkoutReservationMount(core, connector),
    { path: '/api/promise', router: promiseApiRoutes(promiseDependencies), body: 'json' },
    {
      path: '/proxy',
      router: storefrontRoutes({ ...promiseDependencies, shopOfProxy: gate.shopOfProxy }),
      body: 'own',
    },
    { path: '/', router: webhooks, body: 'own' },
  ];
}

function bindingsOf({ policy }: Core, live: LiveShop): ReadonlyMap<string, string> {
  const current = policy.peek(live.shopId);
  if (current === undefined) return new Map();
  const { rateBindings } = surfacesIn(current, SURFACES_SECTION);
  return new Map(rateBindings.map(({ rateCode, serviceCode }) => [rateCode, serviceCode]));
}

// What follows from a change here: the padded table (and with it the Function's settings) from stock and
// policy, pickup at Shopify from policy and clock. Both decide themselves whether anything is due.
function followChanges(following: {
  readonly platform: Platform;
  readonly core: Core;
  readonly connector: Connector;
  readonly orders: Orders;
  readonly log: Log;
}): () => void {
  const { platform, core, connector, orders, log } = following;
  const warn = (shop: ShopId) => (error: unknown) =>
    log.warn({ event: 'change_not_followed', shop, error });
  const versions = new Map<ShopId, number>();
  const stops = [
    core.stock.onChange((live) => {
      void core.padded.refresh(live);
      const { shopId, snapshot, facts } = live;
      connector.pushParts.push.wake(shopId);
      const known = versions.get(shopId);
      if (known === snapshot.policyVersion) return;
      versions.set(shopId, snapshot.policyVersion);
      connector.pushParts.startIfWritten(shopId).catch(warn(shopId));
      // A shop that was only loaded has its stock; a new network, or a changed one, may lack some.
      const isLoaded = known === undefined && stockedSkuCount(facts) > 0;
      const follow = isLoaded ? connector.lookAgain : connector.networkChanged;
      follow(shopId).catch(warn(shopId));
    }),
    platform.clock.onSet(() => {
      for (const shopId of versions.keys()) connector.lookAgain(shopId).catch(warn(shopId));
    }),
    followPlaces(core, log),
    orders.stop,
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

// Imported postal codes: at the start, and again often enough that an import is in use within a minute.
function followPlaces(core: Core, log: Log): () => void {
  const load = () => {
    core.loadPlaces().catch((error) => log.warn({ event: 'postal_places_not_loaded', error }));
  };
  load();
  const timer = setInterval(load, PLACES_AGE_MILLISECONDS).unref();
  return () => clearInterval(timer);
}

// Every installed shop is in memory before the first question; one that cannot be loaded is loaded by it.
async function warmUp(warming: {
  readonly core: Core;
  readonly connector: Connector;
  readonly ground: ShopifyGround;
  readonly log: Log;
}): Promise<void> {
  const { core, connector, ground, log } = warming;
  for (const shopId of await connector.installedShops()) {
    try {
      await ground.profiles.read(shopId);
      await core.stock.open(shopId);
    } catch (error) {
      log.warn({ event: 'shop_not_loaded', shop: shopId, error });
    }
  }
}

async function checkReady({ db }: Platform): Promise<readonly string[]> {
  const late = delay(READY_PATIENCE_MILLISECONDS, false, { ref: false });
  const asked = sql`select 1`.execute(db).then(
    () => true,
    () => false,
  );
  return (await Promise.race([asked, late])) ? [] : ['postgres'];
}

async function run(): Promise<void> {
  const config = parseConfig(process.env);
  if (!config.ok) {
    process.stderr.write(`${describeProblems(config.refusal)}\n`);
    process.exitCode = 2;
    return;
  }
  const log = createLog(config.value.logLevel, process.stdout);
  const kept = await startKept(config.value, log);
  const stop = async () => {
    await kept.stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
}

if (import.meta.main) {
  // A fault that nothing caught: the state is unknown, so the process ends and is started again.
  process.on('uncaughtException', (error) => {
    createLog('error', process.stdout).error({ event: 'crashed', error });
    process.exit(70);
  });
  run().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
}
