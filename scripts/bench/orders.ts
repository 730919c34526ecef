/**
 * How soon after its webhook is an order's stock allocated, when orders come fast and Shopify answers slowly?
 *
 *   npm run -s bench -- orders [--json] [--rate 50] [--seconds 60] [--reply 300]
 *
 * The real server as a process of its own, Postgres with fsync on, and a fake Shopify (orders-shopify.ts) as another, which
 * answers each call after 300 ms on the bucket of a Plus shop. Signed `orders/create` webhooks leave at a fixed rate,
 * whatever the server does: a tenth is sent twice (the same delivery, up to a second later), a twentieth out of its order by up
 * to two seconds. What is not answered 200 is sent again, as Shopify does, and counted. `allocatedMs`: from the instant a webhook was due to the first look, every 25 ms, that found all its units
 * in allocation rows. Lost and doubled are counted from the tables at the end. `shopifyFollowsP99Ms` is measured after it by
 * orders-follow.ts, with a resync running. The last line is one JSON object.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Kysely, sql } from 'kysely';
import pg from 'pg';
import type { ShopId } from '../../backend/base/ids.ts';
import { prepareJobs } from '../../backend/jobs/queue.ts';
import { systemClock } from '../../backend/platform/clock.ts';
import { parseConfig } from '../../backend/platform/config.ts';
import { openDatabase, withShop } from '../../backend/platform/database.ts';
import { migrateDatabase } from '../../backend/platform/migrations.ts';
import { startPostgresServer } from '../../backend/platform/postgres-server.ts';
import { createConnections } from '../../backend/shopify/connections.ts';
import { OPERATION_SCOPES } from '../../backend/shopify/scopes.ts';
import { createVault } from '../../backend/shopify/token-vault.ts';
import { CALLBACK_SECRET, fillShop, startKeptProcess } from '../../tests/kept-process.ts';
import { replaceDatabase } from '../../tests/setup/postgres.ts';
import { percentile } from './open-loop.ts';
import { measureFollowing } from './orders-follow.ts';
import type { FakeSettings } from './orders-shopify.ts';
import { type BenchOrder, ordersOf, ordersWorld, SEED } from './orders-world.ts';
import { chanceFrom } from './worlds/big-network.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const SHOP = 'bench-orders.myshopify.com' as ShopId;
const DATABASE = 'kept_bench_orders';
const PORT = 39_113;
const DUPLICATE_SHARE = 0.1;
const SHUFFLED_SHARE = 0.05;
const DUPLICATE_WITHIN_MS = 1_000;
const SHUFFLED_WITHIN_MS = 2_000;
// Shopify repeats eight times within four hours; here the first of them, soon.
const REPEATS_AFTER_MS = [1_000, 2_000, 4_000, 8_000];
const LOOK_EVERY_MS = 25;
const LAST_LOOK_AFTER_MS = 30_000;
// What Shopify gives a Plus shop.
const PLUS = { restorePerSecond: 1_000, capacity: 20_000 } as const;

const say = (text: string) => process.stderr.write(`${text}\n`);

async function openBench() {
  const server = await startPostgresServer(ROOT, 'bench');
  const owner = new pg.Client({ connectionString: server.ownerUrl });
  await owner.connect();
  await owner.query(`drop database if exists ${DATABASE} with (force)`);
  await owner.query(`create database ${DATABASE}`);
  await owner.end();
  const ownerUrl = replaceDatabase(server.ownerUrl, DATABASE);
  const appUrl = replaceDatabase(server.appUrl, DATABASE);
  await migrateDatabase(ownerUrl);
  await prepareJobs(ownerUrl);
  await fillShop(appUrl, SHOP, ordersWorld());
  await connectShop(appUrl);
  return { ownerUrl, appUrl, stop: () => server.stopIfUnused() };
}

type Db = Kysely<unknown>;

// As the application's role, under the shop's row security.
function openPool(url: string): Db {
  const one = { url, assumesAppRole: false, maxConnections: 1 };
  return openDatabase<unknown>({ ...one, onIdleError: () => undefined });
}

// A merchant who installed the app: a pair of tokens under the keys of a development server.
async function connectShop(appUrl: string): Promise<void> {
  const config = parseConfig({});
  if (!config.ok) throw new Error('a development server needs no variables');
  const db = openPool(appUrl);
  const scopes = [...new Set(Object.values(OPERATION_SCOPES).flat())].join(',');
  const pair = { accessToken: 'a', refreshToken: 'r', scopes };
  const expiry = { expiresInSeconds: 86_400, refreshExpiresInSeconds: 7_776_000 };
  const value = { ...pair, ...expiry };
  const connections = createConnections({
    db,
    vault: createVault(config.value.tokenKeys),
    now: () => systemClock().now(),
    endpoint: {
      exchange: async () => ({ ok: true, value }),
      refresh: async () => ({ ok: true, value }),
    },
  });
  const connected = await connections.connect(SHOP, 'session');
  if (!connected.ok) throw new Error('the shop could not be connected');
  await db.destroy();
}

async function startFake(settings: FakeSettings): Promise<{ child: ChildProcess; port: number }> {
  const file = path.join(import.meta.dirname, 'orders-shopify.ts');
  const child = fork(file, [JSON.stringify(settings)], { stdio: 'inherit' });
  const [said] = (await once(child, 'message')) as [{ port: number }];
  return { child, port: said.port };
}

/** One sending of a webhook. */
type Sending = {
  readonly atMs: number;
  readonly order: BenchOrder;
  readonly deliveryId: string;
  /** The first of its delivery. */
  readonly isFirst: boolean;
};

/** Every sending by the instant at which it is due. */
function sendingsOf(orders: readonly BenchOrder[], rate: number): readonly Sending[] {
  const chance = chanceFrom(SEED ^ 0x5e4d);
  return orders
    .flatMap((order, index): Sending[] => {
      const late = chance.next() < SHUFFLED_SHARE ? chance.next() * SHUFFLED_WITHIN_MS : 0;
      const atMs = (index / rate) * 1_000 + late;
      const first = { atMs, order, deliveryId: `d-${order.orderId}`, isFirst: true };
      if (chance.next() >= DUPLICATE_SHARE) return [first];
      return [
        first,
        { ...first, atMs: atMs + chance.next() * DUPLICATE_WITHIN_MS, isFirst: false },
      ];
    })
    .toSorted((a, b) => a.atMs - b.atMs);
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

function send({ order, deliveryId }: Sending): Promise<number> {
  const body = JSON.stringify({ id: Number(order.orderId), updated_at: '2026-11-30T10:00:00Z' });
  const signature = createHmac('sha256', CALLBACK_SECRET).update(body).digest('base64');
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        ...{ host: '127.0.0.1', port: PORT, path: '/webhooks', method: 'POST', agent },
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'x-shopify-topic': 'orders/create',
          'x-shopify-shop-domain': SHOP,
          'x-shopify-webhook-id': deliveryId,
          'x-shopify-hmac-sha256': signature,
        },
      },
      (response) => {
        response.resume();
        response.once('end', () => resolve(response.statusCode ?? 0));
      },
    );
    request.once('error', reject);
    request.end(body);
  });
}

/** Sends it until it is taken, as Shopify does: when it was first answered, and how often it was refused. */
async function sendUntilTaken(sending: Sending): Promise<{ answeredAt: number; refused: number }> {
  let status = await send(sending);
  const answeredAt = performance.now();
  let refused = status === 200 ? 0 : 1;
  for (const waitMs of REPEATS_AFTER_MS) {
    if (status === 200) break;
    await delay(waitMs);
    status = await send(sending);
    refused += status === 200 ? 0 : 1;
  }
  return { answeredAt, refused };
}

type Watch = {
  /** When each order's webhook was due, while its units are not all allocated. */
  readonly dueAt: Map<string, number>;
  readonly allocatedMs: number[];
  readonly answeredMs: number[];
  refused: number;
};

async function look(db: Db, watch: Watch, units: ReadonlyMap<string, number>): Promise<void> {
  if (watch.dueAt.size === 0) return;
  const asked = [...watch.dueAt.keys()];
  const { rows } = await withShop(db, SHOP, (trx) =>
    sql<{ id: string; units: number }>`
      select order_id as id, sum(quantity)::int as units from order_allocation
      where shop_id = ${SHOP} and order_id = any(${asked}::text[]) group by order_id`.execute(trx),
  );
  const at = performance.now();
  for (const { id, units: allocated } of rows) {
    const due = watch.dueAt.get(id);
    if (due === undefined || allocated < (units.get(id) ?? 0)) continue;
    watch.allocatedMs.push(at - due);
    watch.dueAt.delete(id);
  }
}

async function run(db: Db, orders: readonly BenchOrder[], rate: number): Promise<Watch> {
  const sendings = sendingsOf(orders, rate);
  const units = new Map(
    orders.map(({ orderId, lines }) => [
      orderId,
      lines.reduce((sum, one) => sum + one.quantity, 0),
    ]),
  );
  const watch: Watch = { dueAt: new Map(), allocatedMs: [], answeredMs: [], refused: 0 };
  const started = performance.now();
  const answers: Promise<void>[] = [];
  let isSending = true;
  const looking = (async () => {
    const patience = () => performance.now() - started - (sendings.at(-1)?.atMs ?? 0);
    while (isSending || (watch.dueAt.size > 0 && patience() < LAST_LOOK_AFTER_MS)) {
      await look(db, watch, units);
      await delay(LOOK_EVERY_MS);
    }
  })();
  for (const sending of sendings) {
    const due = started + sending.atMs;
    const waitMs = due - performance.now();
    if (waitMs > 0) await delay(waitMs);
    if (sending.isFirst) watch.dueAt.set(sending.order.orderId, due);
    answers.push(
      sendUntilTaken(sending).then(({ refused, answeredAt }) => {
        watch.answeredMs.push(answeredAt - due);
        watch.refused += refused;
      }),
    );
  }
  isSending = false;
  await Promise.all(answers);
  await looking;
  return watch;
}

/** What the tables say afterwards: orders with fewer units than ordered, and with more, in allocations or works. */
async function countUnits(db: Db, orders: readonly BenchOrder[]) {
  const wanted = orders.map(({ orderId, lines }) => ({
    id: orderId,
    units: lines.reduce((sum, line) => sum + line.quantity, 0),
  }));
  const { rows } = await withShop(db, SHOP, (trx) =>
    sql<{ lost: number; doubled: number }>`
      with w as (select * from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) w(id text, units int)),
        a as (select order_id, sum(quantity) as units from order_allocation where shop_id = ${SHOP} group by 1),
        k as (select w.order_id, sum(l.quantity) as units from work w
          join work_line l on l.shop_id = w.shop_id and l.work_id = w.work_id
          where w.shop_id = ${SHOP} and w.state <> 'canceled' group by 1),
        e as (select order_id, count(*) as times from order_event
          where shop_id = ${SHOP} and kind = 'order_placed' group by 1)
      select count(*) filter (where coalesce(a.units, 0) < w.units or coalesce(k.units, 0) < w.units)::int as lost,
        count(*) filter (where a.units > w.units or k.units > w.units or e.times > 1)::int as doubled
      from w left join a on a.order_id = w.id left join k on k.order_id = w.id
        left join e on e.order_id = w.id`.execute(trx),
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a count is a row');
  return row;
}

const round = (value: number) => Math.round(value * 10) / 10;
const at = (times: readonly number[], share: number) =>
  round(percentile(Float64Array.from(times).sort(), share));

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean' },
      rate: { type: 'string', default: '50' },
      seconds: { type: 'string', default: '60' },
      reply: { type: 'string', default: '300' },
    },
  });
  const [rate, seconds, replyMs] = [values.rate, values.seconds, values.reply].map(Number);
  if (rate === undefined || seconds === undefined || replyMs === undefined) return;
  const orders = ordersOf(rate * seconds);
  say(`${orders.length} orders; writing the shop`);
  const bench = await openBench();
  const fake = await startFake({ orders: orders.length, replyMs, ...PLUS });
  const worker = await startKeptProcess({
    ...{ ownerUrl: bench.ownerUrl, appUrl: bench.appUrl, port: PORT },
    environment: {
      SHOPIFY_ADMIN_URL_TEMPLATE: `http://127.0.0.1:${fake.port}/{shop}/{version}/graphql.json`,
    },
  });
  const db = openPool(bench.appUrl);
  say(`${rate} orders a second for ${seconds} s, Shopify answers in ${replyMs} ms`);
  const watch = await run(db, orders, rate);
  const counted = await countUnits(db, orders);
  const report = {
    ...{ seed: SEED, rate, seconds, orders: orders.length, shopifyRepliesInMs: replyMs },
    ...{ duplicateShare: DUPLICATE_SHARE, shuffledShare: SHUFFLED_SHARE },
    answeredP99Ms: at(watch.answeredMs, 0.99),
    allocatedP50Ms: at(watch.allocatedMs, 0.5),
    allocatedP99Ms: at(watch.allocatedMs, 0.99),
    allocatedMaxMs: at(watch.allocatedMs, 1),
    ...{ allocated: watch.allocatedMs.length, refused: watch.refused, ...counted },
  };
  agent.destroy();
  await worker.stop();
  fake.child.kill();
  await db.destroy();
  await bench.stop();
  say('how soon Shopify follows, with a resync running');
  const follows = await measureFollowing(seconds);
  const shopifyFollowsP99Ms = Object.fromEntries(
    Object.entries(follows).map(([plan, { p99Ms }]) => [plan, p99Ms]),
  );
  process.stdout.write(`${JSON.stringify({ ...report, shopifyFollowsP99Ms, follows })}\n`);
}

await main();
