/**
 * Builds what other systems speak with: connections and their keys, `/v1`, stock files, the error view.
 *
 * In: platform, core, connector, ledger and queue. Out: mounts, jobs, and how to go on with what a crash cut off. Part of
 * the composition root.
 */
import type { Router } from 'express';
import type { ShopId } from './base/ids.ts';
import type { Connector } from './build-connector.ts';
import type { Core } from './build-core.ts';
import { createActivityStore } from './connect/activity-store.ts';
import { connectionRoutes } from './connect/connection-routes.ts';
import { createConnectionStore } from './connect/connection-store.ts';
import { createConnectionService } from './connect/connections.ts';
import { importRoutes } from './connect/import-routes.ts';
import { createImportStore } from './connect/import-store.ts';
import { createImports } from './connect/imports.ts';
import { type BookEvents, createIntake } from './connect/intake.ts';
import { createIntakeStore } from './connect/intake-store.ts';
import { connectJobs, IMPORT_JOB } from './connect/jobs.ts';
import {
  createChangedReader,
  createMovementReader,
  createStockedReader,
} from './connect/movement-reader.ts';
import { openApiText } from './connect/openapi.ts';
import { orderRoutes } from './connect/order-routes.ts';
import { createRateLimit } from './connect/rate-limit.ts';
import { createReplay, replayHealed } from './connect/replay.ts';
import { connectRoutes } from './connect/routes.ts';
import { createSlots, SLOT_LIMITS } from './connect/slots.ts';
import type { TrackingIntake } from './connect/tracking.ts';
import type { Mount } from './http/app.ts';
import type { JobQueue } from './jobs/queue.ts';
import type { Log } from './platform/log.ts';
import { createOutbox } from './platform/outbox.ts';
import { createIdSource } from './platform/signing.ts';
import type { Platform } from './platform/stand.ts';
import type { LedgerService } from './stock/ledger/service.ts';

/** What it is built on. */
export type ConnectBuild = {
  readonly platform: Platform;
  readonly log: Log;
  readonly core: Pick<Core, 'stock' | 'monotonicMilliseconds'>;
  readonly connector: {
    readonly gate: Pick<Connector['gate'], 'authenticateAdmin'>;
    readonly installedShops: Connector['installedShops'];
    readonly posted: Connector['posted'];
  };
  readonly queue: Pick<JobQueue, 'boss' | 'runForShop' | 'wake'>;
  readonly ledger: Pick<LedgerService, 'ingest'>;
  /** Where refused events of parcels go when they are tried again. */
  readonly tracking?: TrackingIntake;
  /** Endpoints of other modules under `/v1`, such as reservations; each checks its own scope. */
  readonly moreRoutes?: (
    gate: ReturnType<typeof buildGate>,
  ) => readonly { path: string; router: Router }[];
};

/** What `buildConnect` returns. */
export type Connect = ReturnType<typeof buildConnect>;

// Answers to repeated requests and refused events; activity by the hour is small and worth a look back over a quarter.
const KEPT_HOURS = 30 * 24;
const ACTIVITY_HOURS = 92 * 24;

/** Builds it. */
export function buildConnect(build: ConnectBuild) {
  const { platform, core, connector, queue, log } = build;
  const book = bookWith(build.ledger);
  const { db, clock } = platform;
  const now = () => clock.now();
  const newId = createIdSource();
  const gate = buildGate(build, newId);
  const catalogOf = (shopId: ShopId) => readCatalog(core, shopId);
  const stockedAt = createStockedReader(db);
  const intakeStore = createIntakeStore(db);
  const intake = createIntake({ store: intakeStore, book, catalogOf, stockedAt, now });
  const outbox = createOutbox(queue.boss, queue.wake);
  const imports = createImports({
    store: createImportStore(db),
    book,
    catalogOf,
    stockedAt,
    now,
    newId,
    enqueue: (trx, shopId) =>
      outbox.enqueue(trx, { name: IMPORT_JOB, data: { shopId }, key: shopId }),
  });
  const activity = createActivityStore(db);
  const { tracking } = build;
  const replay = createReplay({ connections: gate.connections, activity, intake, tracking });
  const { jobs, resume } = connectJobs({
    imports,
    replayHealed: (shopId) => replayHealed({ activity, catalogOf, replay }, shopId),
    pruneIntake: (shopId) => {
      const at = now();
      const before = at.subtract({ hours: KEPT_HOURS });
      return intakeStore.prune(shopId, before, at.subtract({ hours: ACTIVITY_HOURS }));
    },
    installedShops: connector.installedShops,
    runForShop: queue.runForShop,
    log,
  });
  const { authenticateAdmin } = connector.gate;
  const v1 = connectRoutes({
    ...gate,
    intake,
    store: intakeStore,
    slots: createSlots(SLOT_LIMITS),
    openShop: core.stock.open,
    changedSkus: createChangedReader(db),
    readMovements: createMovementReader(db),
    now,
    openapi: openApiText(),
  });
  const nodesOf = async (shopId: ShopId) => [
    ...((await core.stock.open(shopId))?.snapshot.nodeIndex.keys() ?? []),
  ];
  const admin = connectionRoutes({
    ...{ authenticateAdmin, activity, replay, nodesOf, now },
    connections: gate.connections,
  });
  const orders = orderRoutes({
    ...{ ...gate, now, posted: connector.posted },
    store: intakeStore,
    openShop: core.stock.open,
  });
  const more = build.moreRoutes?.(gate) ?? [];
  const mounts: Mount[] = [
    { path: '/v1/orders', router: orders, body: 'own' },
    ...more.map(({ path, router }): Mount => ({ path, router, body: 'own' })),
    { path: '/v1', router: v1, body: 'own' },
    { path: '/api/admin/connections', router: admin, body: 'json' },
    {
      path: '/api/admin/imports',
      router: importRoutes({ authenticateAdmin, imports }),
      body: 'own',
    },
  ];
  return { mounts, jobs, resume, imports, connections: gate.connections };
}

function bookWith({ ingest }: ConnectBuild['ledger']): BookEvents {
  return async (shopId, batch) => {
    const booked = await ingest(shopId, batch);
    // Size and source are ours; what else may be wrong is a verdict.
    if (!booked.ok) throw new Error(`Bug: the ledger refuses ${booked.refusal.pointer} of a batch`);
    return booked.value.verdicts;
  };
}

/** Keys and their limits: what every endpoint under `/v1` asks first. */
function buildGate({ platform, core, log }: ConnectBuild, newId: () => string) {
  const { db, bus, clock, redis } = platform;
  const connections = createConnectionService({
    store: createConnectionStore(db),
    bus,
    newId,
    now: () => clock.now(),
    monotonicMilliseconds: core.monotonicMilliseconds,
    log,
  });
  // The machine's time, not the shop's clock: a limit protects the machine.
  const rateLimit = createRateLimit({ redis, epochMilliseconds: () => Date.now() });
  return { connections, rateLimit };
}

async function readCatalog({ stock }: Pick<Core, 'stock'>, shopId: ShopId) {
  const live = await stock.open(shopId);
  return {
    hasSku: (sku: string) => live?.snapshot.skuIndex.has(sku) ?? false,
    hasNode: (nodeId: string) => live?.snapshot.nodeIndex.has(nodeId) ?? false,
  };
}
