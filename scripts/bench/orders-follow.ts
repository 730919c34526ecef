/**
 * How soon after its webhook does Shopify say what our works say, while a resync takes every point that is left?
 *
 *   node scripts/bench/orders-follow.ts [--seconds 60]      also a part of `npm run -s bench -- orders`
 *
 * The product's scheduler, Admin client, follower, queue and tables on a Postgres of its own; replaced is the transport: a
 * Shopify in this process (tests/shopify-model) that answers each call after 300 ms on an exact bucket, takes what a call asks
 * for and gives back what it did not use. Points are counted as the local Shopify counts them (local-shopify/admin/cost.ts). Each order is read as intake reads it, its works are written with the job,
 * as routing does; the time is from the instant its webhook was due until the follower has nothing left to do. A resync
 * sends calls of 10 points without end. 60 of 100 orders are where Shopify put them, 25 elsewhere, 10 at two places, 5
 * on offer. Routing's own time is not in it: it is in `allocatedP99Ms`.
 */
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type DocumentNode, type GraphQLSchema, parse } from 'graphql';
import type { Kysely } from 'kysely';
import pg from 'pg';
import type { ShopId } from '../../backend/base/ids.ts';
import { prepareJobs, startJobQueue } from '../../backend/jobs/queue.ts';
import { fulfillmentFollowJob } from '../../backend/orders/jobs.ts';
import { insertWork } from '../../backend/orders/works/store.ts';
import { systemClock } from '../../backend/platform/clock.ts';
import { openDatabase, withShop } from '../../backend/platform/database.ts';
import type { Log } from '../../backend/platform/log.ts';
import { migrateDatabase } from '../../backend/platform/migrations.ts';
import { createOutbox, type Outbox } from '../../backend/platform/outbox.ts';
import { startPostgresServer } from '../../backend/platform/postgres-server.ts';
import { type AdminClient, createAdminClient } from '../../backend/shopify/admin-client.ts';
import { createAdminScheduler } from '../../backend/shopify/admin-scheduler.ts';
import { createFulfillmentFollower } from '../../backend/shopify/fulfillment/follow.ts';
import { fulfillmentFollowJobOf } from '../../backend/shopify/fulfillment/job.ts';
import { createOrderLocks } from '../../backend/shopify/fulfillment/order-locks.ts';
import { DEFAULT_FULFILLMENT } from '../../backend/shopify/fulfillment/settings.ts';

import {
  InventorySetQuantities,
  OrderIntakeRead,
} from '../../graphql/admin/generated/documents.ts';
import { ADMIN_API_VERSION } from '../../graphql/version.ts';
import { replaceDatabase } from '../../tests/setup/postgres.ts';
import { dataOf } from '../../tests/shopify-model/admin.ts';
import {
  createFulfillmentModel,
  type FulfillmentModel,
  PLAIN_MODEL,
} from '../../tests/shopify-model/fulfillment-orders.ts';
import { costOf } from '../local-shopify/admin/cost.ts';
import { loadShopifySchema } from '../shopify-schemas.ts';
import { percentile } from './open-loop.ts';
import { chanceFrom } from './worlds/big-network.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const SHOP = 'bench-follow.myshopify.com' as ShopId;
const DATABASE = 'kept_bench_follow';
const SEED = 20_261_123;
const REPLY_MS = 300;
const INTAKE_LANE = { lane: 'intake' } as const;
const RESYNC_AT_ONCE = 120;
// An order as intake reads it, as small as most are.
const INTAKE_POINTS = 30;
// The bucket is empty of what the resync may take before the first order comes.
const DRAIN_MS = 4_000;
const LAST_MS = 30_000;
const PLANS = {
  standardAt1PerSecond: { rate: 1, restorePerSecond: 100, capacity: 2_000 },
  plusAt10PerSecond: { rate: 10, restorePerSecond: 1_000, capacity: 20_000 },
} as const;
type Plan = (typeof PLANS)[keyof typeof PLANS];

const quiet: Log = {
  info: () => {},
  warn: (facts) =>
    process.stderr.write(`${JSON.stringify({ ...facts, error: String(facts.error) })}\n`),
  error: () => {},
};
const wait = async (milliseconds: number) => {
  await delay(milliseconds);
};

/** 99th percentile of milliseconds by plan, with what it was measured on. */
export async function measureFollowing(seconds: number) {
  const server = await startPostgresServer(ROOT, 'bench');
  const measured = [];
  for (const [name, plan] of Object.entries(PLANS)) {
    const owner = new pg.Client({ connectionString: server.ownerUrl });
    await owner.connect();
    await owner.query(`drop database if exists ${DATABASE} with (force)`);
    await owner.query(`create database ${DATABASE}`);
    await owner.end();
    const urls = {
      ownerUrl: replaceDatabase(server.ownerUrl, DATABASE),
      appUrl: replaceDatabase(server.appUrl, DATABASE),
    };
    measured.push([name, await runPlan(plan, seconds, urls)] as const);
  }
  await server.stopIfUnused();
  return Object.fromEntries(measured);
}

type Bucket = {
  take(points: number): boolean;
  giveBack(points: number): void;
  cost(requested: number, actual: number | null): object;
};

function createBucket({ capacity, restorePerSecond }: Plan): Bucket {
  let points: number = capacity;
  let countedAtMs = performance.now();
  const count = () => {
    const nowMs = performance.now();
    points = Math.min(capacity, points + ((nowMs - countedAtMs) / 1_000) * restorePerSecond);
    countedAtMs = nowMs;
  };
  return {
    take: (requested) => {
      count();
      if (points < requested) return false;
      points -= requested;
      return true;
    },
    giveBack: (unused) => {
      count();
      points = Math.min(capacity, points + unused);
    },
    cost: (requested, actual) => ({
      cost: {
        requestedQueryCost: requested,
        actualQueryCost: actual,
        throttleStatus: {
          maximumAvailable: capacity,
          currentlyAvailable: Math.floor(points),
          restoreRate: restorePerSecond,
        },
      },
    }),
  };
}

type Asked = { readonly query: string; readonly variables: Record<string, unknown> };

// Shopify, in this process: half of a reply's time passes before the effect, half after.
function createFake(
  plan: Plan,
  models: ReadonlyMap<string, FulfillmentModel>,
  schema: GraphQLSchema,
) {
  const bucket = createBucket(plan);
  const documents = new Map<string, DocumentNode>();
  const counts = { throttled: 0, resync: 0, calls: 0 };
  const answer = async ({ query, variables }: Asked): Promise<object> => {
    const document = documents.get(query) ?? parse(query);
    documents.set(query, document);
    const ask = {
      schema,
      document,
      operationName: undefined,
      variables,
      sizing: 'measured',
    } as const;
    const requested = costOf(ask);
    await delay(REPLY_MS / 2);
    if (!bucket.take(requested)) {
      counts.throttled += 1;
      const errors = [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }];
      return { errors, extensions: bucket.cost(requested, null) };
    }
    const operation = /^(?:query|mutation) (\w+)/.exec(query)?.[1] ?? '';
    const data = effectOf(models, operation, variables);
    const points = operation === 'OrderIntakeRead' ? INTAKE_POINTS : costOf(ask, data);
    bucket.giveBack(requested - points);
    if (operation === 'InventorySetQuantities') counts.resync += 1;
    else counts.calls += 1;
    await delay(REPLY_MS / 2);
    return { data, extensions: bucket.cost(requested, points) };
  };
  const fetchFake: typeof fetch = async (_url, init) => {
    const body = await answer(JSON.parse(String(init?.body)));
    const headers = { 'Content-Type': 'application/json' };
    return new Response(JSON.stringify(body), { status: 200, headers });
  };
  return { fetch: fetchFake, counts };
}

function effectOf(
  models: ReadonlyMap<string, FulfillmentModel>,
  operation: string,
  variables: Record<string, unknown>,
): Readonly<Record<string, unknown>> {
  // What intake reads is not what is measured: it is asked for, paid and waited for.
  if (operation === 'OrderIntakeRead') return { order: null };
  if (operation === 'InventorySetQuantities') return {};
  const data = dataOf(models, operation, variables);
  if ('order' in data) return data;
  const message = 'message' in data ? String(data['message']) : undefined;
  return { done: { userErrors: message === undefined ? [] : [{ message, field: null }] } };
}

type Urls = { readonly ownerUrl: string; readonly appUrl: string };

async function runPlan(plan: Plan, seconds: number, urls: Urls) {
  await migrateDatabase(urls.ownerUrl);
  await prepareJobs(urls.ownerUrl);
  const db = openDatabase<unknown>({
    ...{ url: urls.appUrl, assumesAppRole: false, maxConnections: 10 },
    onIdleError: (error) => process.stderr.write(`${error}\n`),
  });
  const models = new Map<string, FulfillmentModel>();
  const fake = createFake(plan, models, await loadShopifySchema('admin', ADMIN_API_VERSION));
  const scheduler = createAdminScheduler({ nowMilliseconds: () => performance.now(), wait });
  const admin = createAdminClient({
    urlTemplate: 'https://{shop}/admin/api/{version}/graphql.json',
    connections: {
      accessToken: async () => ({ ok: true, value: 'token' }),
      replaceToken: async () => ({ ok: true, value: 'token' }),
    },
    ...{ log: quiet, scheduler, wait, fetch: fake.fetch },
  });
  const queue = await startJobQueue({ url: urls.appUrl, assumesAppRole: false, log: quiet });
  const dueAt = new Map<string, number>();
  const followedMs: number[] = [];
  const { followOrder } = createFollower(db, admin);
  await queue.register([
    fulfillmentFollowJobOf({
      followOrder: async (shopId, orderId) => {
        const outcome = await followOrder(shopId, orderId);
        const due = dueAt.get(orderId);
        if (outcome.kind === 'done' && due !== undefined) {
          followedMs.push(performance.now() - due);
          dueAt.delete(orderId);
        }
        return outcome;
      },
    }),
  ]);
  // What Shopify asks for each document is known from its first answer; a server that runs has had them all.
  await takeIn(admin, '1');
  const resync = startResync(admin);
  await delay(DRAIN_MS);
  const started = performance.now();
  const orders = Math.floor(plan.rate * seconds);
  await arrive(
    { db, admin, outbox: createOutbox(queue.boss, queue.wake), models, dueAt },
    plan.rate,
    orders,
  );
  const patience = performance.now() + LAST_MS;
  while (dueAt.size > 0 && performance.now() < patience) await delay(REPLY_MS);
  const took = (performance.now() - started + DRAIN_MS) / 1_000;
  await resync.stop();
  scheduler.stop();
  await queue.stop();
  await db.destroy();
  const resyncPerSecond = Math.round(fake.counts.resync / took);
  return { orders, ...percentiles(followedMs), ...fake.counts, resyncPerSecond };
}

function percentiles(followedMs: readonly number[]) {
  const times = Float64Array.from(followedMs).sort();
  const at = (share: number) => Math.round(percentile(times, share));
  return { followed: times.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

type Arriving = {
  readonly db: Kysely<unknown>;
  readonly admin: AdminClient;
  readonly outbox: Outbox;
  readonly models: Map<string, FulfillmentModel>;
  readonly dueAt: Map<string, number>;
};

// At a fixed rate, whatever has become of those before.
async function arrive(to: Arriving, rate: number, orders: number): Promise<void> {
  const chance = chanceFrom(SEED);
  const started = performance.now();
  const arrivals: Promise<void>[] = [];
  for (let index = 0; index < orders; index++) {
    const due = started + (index * 1_000) / rate;
    await delay(Math.max(0, due - performance.now()));
    const orderId = String(7_000_000 + index);
    to.dueAt.set(orderId, due);
    const works = placeOrder(to.models, orderId, index, chance.next());
    arrivals.push(
      takeIn(to.admin, orderId).then(() =>
        withShop(to.db, SHOP, async (trx) => {
          for (const one of works) await insertWork(trx, SHOP, one);
          await to.outbox.enqueue(trx, fulfillmentFollowJob(SHOP, orderId));
        }),
      ),
    );
  }
  await Promise.all(arrivals);
}

async function takeIn(admin: AdminClient, orderId: string): Promise<void> {
  const id = `gid://shopify/Order/${orderId}`;
  await admin.send(SHOP, OrderIntakeRead, { id }, INTAKE_LANE);
}

function createFollower(db: Kysely<unknown>, admin: AdminClient) {
  const places = ['101', '102', '103'];
  return createFulfillmentFollower({
    ...{ db, admin, clock: systemClock(), log: quiet, locks: createOrderLocks(db) },
    settingsOf: async () => DEFAULT_FULFILLMENT,
    placesOf: async () => ({
      locationOf: (nodeId) => (places.includes(nodeId) ? nodeId : null),
      nodeOf: (locationId) => locationId,
    }),
    resettle: async () => {},
    again: async () => {},
    enqueue: async () => {},
    onStep: () => {},
    route: {
      relocate: async () => {
        throw new Error('nobody moves anything by hand here');
      },
      announce: async () => {},
    },
  });
}

// Where Shopify put it and where our works are.
function placeOrder(
  models: Map<string, FulfillmentModel>,
  orderId: string,
  index: number,
  kind: number,
) {
  const lines = [
    { lineId: `${orderId}1`, quantity: 1 + (index % 3) },
    { lineId: `${orderId}2`, quantity: 1 },
  ];
  models.set(
    orderId,
    createFulfillmentModel([{ locationId: '101', lines }], PLAIN_MODEL, 1_000 * (index + 1)),
  );
  const skus = lines.map(({ lineId, quantity }) => ({ lineId, quantity, sku: lineId }));
  const common = { orderId, kind: 'ship', state: 'placed' } as const;
  const at = new Date().toISOString();
  const startBy = new Date(Date.now() + 86_400_000).toISOString();
  const work = (place: number, nodeId: string, of: typeof skus) => ({
    ...{ ...common, workId: `${orderId}-${place}`, nodeId, lines: of, createdAt: at, startBy },
    negotiation: kind > 0.95 ? ('offered' as const) : ('assigned' as const),
  });
  if (kind < 0.6 || kind > 0.95) return [work(1, '101', skus)];
  if (kind < 0.85) return [work(1, '102', skus)];
  return [work(1, '102', skus.slice(0, 1)), work(2, '103', skus.slice(1))];
}

function startResync(admin: AdminClient) {
  let isStopped = false;
  const input = { name: 'available', reason: 'correction', quantities: [] };
  const one = async (row: number) => {
    for (let call = 0; !isStopped; call++) {
      const variables = { input, key: `${row}-${call}` };
      await admin.send(SHOP, InventorySetQuantities, variables, { lane: 'resync' }).catch(() => {});
    }
  };
  const rows = Array.from({ length: RESYNC_AT_ONCE }, (_, row) => one(row));
  return {
    stop: async () => {
      isStopped = true;
      await Promise.all(rows);
    },
  };
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' } } });
  const measured = await measureFollowing(Number(values.seconds));
  process.stdout.write(`${JSON.stringify({ seed: SEED, replyMs: REPLY_MS, ...measured })}\n`);
}
