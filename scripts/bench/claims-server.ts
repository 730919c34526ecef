/**
 * One server process of `bench -- claims`: the desk's endpoint of the product, over its own pool and bus.
 *
 * Started by claims.ts, which sends what to stand on. It says its port; asked for its commits, it says when each order's
 * claim was about to commit: taken inside the transaction, as its outbox is written, so that nothing is measured too short.
 */
import path from 'node:path';
import { buildOffers, offerHooks, offerMount } from '../../backend/build-offers.ts';
import { createApp } from '../../backend/http/app.ts';
import { startServer } from '../../backend/http/server.ts';
import { startJobQueue } from '../../backend/jobs/queue.ts';
import { createDeskAccess } from '../../backend/orders/desk/access/service.ts';
import { relocate, returnWork } from '../../backend/orders/route/moves/service.ts';
import { createLocalBus } from '../../backend/platform/bus.ts';
import { systemClock } from '../../backend/platform/clock.ts';
import { openDatabase } from '../../backend/platform/database.ts';
import type { Log } from '../../backend/platform/log.ts';
import { createOutbox } from '../../backend/platform/outbox.ts';
import { createIdSource, createSigner } from '../../backend/platform/signing.ts';
import { DEFAULT_ROUTING } from '../../backend/routing/settings.ts';
import { benchShop, SHOP } from './claims-world.ts';

/** What the process is told first. */
export type ServerStart = {
  readonly appUrl: string;
  readonly stores: number;
  readonly seededAt: string;
};
/** What it says. */
export type ServerSays =
  | { readonly port: number }
  | { readonly commits: readonly (readonly [string, number])[] };

export const DESK_KEY = Buffer.alloc(32, 7);

const loud: Log = {
  info: () => undefined,
  warn: (fact) => process.stderr.write(`${JSON.stringify(fact, errorText)}\n`),
  error: (fact) => process.stderr.write(`${JSON.stringify(fact, errorText)}\n`),
};

function errorText(_key: string, value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value;
}

async function serve({ appUrl, stores, seededAt }: ServerStart): Promise<void> {
  const db = openDatabase<unknown>({
    ...{ url: appUrl, assumesAppRole: false, maxConnections: 12 },
    onIdleError: () => undefined,
  });
  const queue = await startJobQueue({ url: appUrl, assumesAppRole: false, log: loud });
  const outbox = createOutbox(queue.boss, queue.wake);
  const live = benchShop(stores, Temporal.Instant.from(seededAt));
  const clock = systemClock();
  const bus = createLocalBus();
  const commits = new Map<string, number>();
  const moves = {
    ...{ db, clock, offers: offerHooks(), onStep: () => undefined },
    openShop: async () => live,
    announce: async () => undefined,
    settingsOf: async () => DEFAULT_ROUTING,
    enqueue: outbox.enqueue,
  };
  const built = buildOffers({
    ...{
      platform: { db, clock, bus, address: { ownerUrl: appUrl, appUrl, assumesAppRole: false } },
      log: loud,
      onStep: () => undefined,
    },
    core: { stock: { open: async () => live, announce: async () => undefined } },
    route: {
      relocate: (trx, shopId, to) => relocate(moves, trx, shopId, to),
      returnWork: (trx, shopId, what) => returnWork(moves, trx, shopId, what),
    },
    outbox: {
      ...outbox,
      enqueue: async (trx, job) => {
        await outbox.enqueue(trx, job);
        if ('orderId' in job.data) {
          commits.set(String(job.data.orderId), performance.timeOrigin + performance.now());
        }
      },
    },
    installedShops: async () => [SHOP],
    shortagesFound: async () => undefined,
  });
  const access = createDeskAccess({
    ...{ db, clock, bus, newId: createIdSource() },
    signer: createSigner([{ id: 'bench', key: DESK_KEY }]),
    monotonicMilliseconds: () => performance.now(),
    nodesOf: async () => new Map(live.snapshot.nodes.map(({ id }) => [id, id])),
    nodeOfLocation: async () => undefined,
    shopOfPos: async () => undefined,
  });
  const app = createApp({
    log: loud,
    mounts: [offerMount(built, access)],
    checkReady: async () => [],
  });
  const server = await startServer(app, 0, '127.0.0.1');
  say({ port: server.port });
  process.on('message', () => say({ commits: [...commits] }));
}

function say(message: ServerSays): void {
  process.send?.(message);
}

if (path.basename(process.argv[1] ?? '') === 'claims-server.ts') {
  // Whoever asked is gone.
  process.once('disconnect', () => process.exit());
  process.once('message', (start: ServerStart) => {
    serve(start).catch((error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
      process.exit(1);
    });
  });
}
