/**
 * What does it cost to hold units and to place an order, with 5, 50 and 500 nodes?
 *
 *   npm run -s bench -- reservations [--json] [--seconds 8] [--clients 4] [--nodes 5,50,500]
 *
 * The product's services on a real Postgres with fsync and synchronous_commit on. Each SKU is stocked at every node. A
 * client reserves a basket of one to three SKUs under a new key, then orders it; every tenth gives it up instead.
 * Measured one size after the other, each in a shop of its own; latencies include the wait for the shop's stock clock
 * behind the other clients. `perSecond` counts reservations and orders together, at the largest size. The last line is
 * one JSON object; everything else goes to standard error.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import type { ShopId } from '../../backend/base/ids.ts';
import { instantToMinuteFloor } from '../../backend/base/time.ts';
import { compileNetwork } from '../../backend/network/network.ts';
import { systemClock } from '../../backend/platform/clock.ts';
import { openDatabase } from '../../backend/platform/database.ts';
import { migrateDatabase } from '../../backend/platform/migrations.ts';
import { startPostgresServer } from '../../backend/platform/postgres-server.ts';
import { createIdSource } from '../../backend/platform/signing.ts';
import { createOrderClaims } from '../../backend/stock/reservations/order-claims/service.ts';
import { createReservationService } from '../../backend/stock/reservations/service.ts';
import type { LiveShop } from '../../backend/stock/service.ts';
import { factsOfWorld } from '../../backend/stock/stock.ts';
import { replaceDatabase } from '../../tests/setup/postgres.ts';
import { statedOrder } from '../../tests/worlds/claims-orders.ts';
import { setPositions } from '../../tests/worlds/claims-shop.ts';
import { oneWarehouse, parsed } from '../../tests/worlds/worlds.ts';
import { percentile } from './open-loop.ts';
import { type Chance, chanceFrom } from './worlds/big-network.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const SEED = 20_261_130;
const SKUS = 400;
const UNITS = 100_000;
const WARM_UP = 200;

const say = (text: string) => process.stderr.write(`${text}\n`);

async function openBench() {
  const server = await startPostgresServer(ROOT, 'bench');
  const owner = new pg.Client({ connectionString: server.ownerUrl });
  await owner.connect();
  await owner.query('drop database if exists kept_bench_claims with (force)');
  await owner.query('create database kept_bench_claims');
  await owner.end();
  await migrateDatabase(replaceDatabase(server.ownerUrl, 'kept_bench_claims'));
  const db = openDatabase<unknown>({
    url: replaceDatabase(server.appUrl, 'kept_bench_claims'),
    assumesAppRole: false,
    maxConnections: 16,
    onIdleError: () => undefined,
  });
  return { db, stop: () => server.stopIfUnused() };
}

type Bench = Awaited<ReturnType<typeof openBench>>;

function shopOf(shopId: ShopId, nodes: number): LiveShop {
  const world = oneWarehouse();
  const [node] = world.nodes;
  if (node === undefined) throw new Error('a world of one node');
  const ids = Array.from({ length: nodes }, (_, index) => `n${String(index).padStart(4, '0')}`);
  const skus = Array.from({ length: SKUS }, (_, index) => `sku-${index}`);
  const full = parsed({
    ...world,
    nodes: ids.map((id) => ({ ...node, id })),
    lanes: [{ nodeIds: ids, zoneIds: ['all'], serviceCode: 'standard', transitDays: 1 }],
    products: skus.map((sku) => ({ sku, weightGrams: 100 })),
    stock: skus.flatMap((sku) =>
      ids.map((nodeId) => ({ sku, nodeId, onHand: Math.ceil(UNITS / nodes) })),
    ),
  });
  const now = systemClock().now().toString();
  const snapshot = compileNetwork(full, instantToMinuteFloor(now));
  return {
    shopId,
    snapshot,
    facts: factsOfWorld(snapshot, full),
    skuOfVariant: new Map(),
    stockVersion: 1,
    loadVersion: 1,
    loadsUntilMinute: Number.MAX_SAFE_INTEGER,
    confirmedAt: 0,
  };
}

function servicesOf(bench: Bench, live: LiveShop) {
  const shared = {
    db: bench.db,
    clock: systemClock(),
    openShop: async () => live,
    announce: async () => undefined,
  };
  return {
    reservations: createReservationService({ ...shared, newId: createIdSource() }),
    orders: createOrderClaims(shared),
  };
}

/** A basket as shoppers have them: mostly one line, popular SKUs more often. */
function basket(chance: Chance) {
  const lines = 1 + Math.floor(chance.next() ** 2 * 3);
  const skus = new Set(
    Array.from({ length: lines }, () => `sku-${Math.floor(chance.next() ** 2 * SKUS)}`),
  );
  return [...skus].map((sku) => ({ sku, quantity: 1 + chance.below(2) }));
}

type Times = { readonly reserve: number[]; readonly order: number[] };

async function runClients(
  bench: Bench,
  live: LiveShop,
  run: { readonly clients: number; readonly seconds: number; readonly count: number },
) {
  const { reservations, orders } = servicesOf(bench, live);
  const times: Times = { reserve: [], order: [] };
  const end = performance.now() + run.seconds * 1_000;
  let number = 0;
  const timed = async <Value>(into: number[], work: () => Promise<Value>) => {
    const before = performance.now();
    const value = await work();
    into.push(performance.now() - before);
    return value;
  };
  const client = async (index: number) => {
    const chance = chanceFrom(SEED + index);
    while (performance.now() < end && number < run.count) {
      number += 1;
      const key = `${run.count}-${index}-${number}`;
      const lines = basket(chance);
      const ask = { channel: 'online', key, customerTags: [], lines };
      const done = await timed(times.reserve, () => reservations.reserve(live.shopId, ask));
      if (!done.ok) throw new Error(`the bench ran out of stock: ${done.refusal.code}`);
      if (chance.below(10) === 0) {
        await reservations.release(live.shopId, done.value.reservationId);
        continue;
      }
      const units = Object.fromEntries(lines.map(({ sku, quantity }) => [sku, quantity]));
      const placedAt = systemClock().now().toString();
      const order = statedOrder(key, units, { reservationKey: key, placedAt });
      const followed = await timed(times.order, () => orders.follow(live.shopId, order));
      if (!followed.isPosted) throw new Error('Bug: a reservation did not become its order');
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: run.clients }, (_, index) => client(index)));
  const seconds = (performance.now() - started) / 1_000;
  return { times, perSecond: (times.reserve.length + times.order.length) / seconds };
}

const millis = (times: readonly number[], share: number) =>
  Math.round(percentile(Float64Array.from(times).sort(), share) * 100) / 100;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean' },
      seconds: { type: 'string', default: '8' },
      clients: { type: 'string', default: '4' },
      nodes: { type: 'string', default: '5,50,500' },
    },
  });
  const clients = Number(values.clients);
  const bench = await openBench();
  const byNodes: Record<string, object> = {};
  let perSecond = 0;
  let largest = 0;
  for (const nodes of values.nodes.split(',').map(Number)) {
    const live = shopOf(`bench-${nodes}.myshopify.com` as ShopId, nodes);
    say(`${nodes} nodes: positions`);
    for (let sku = 0; sku < SKUS; sku += 20) {
      const rows = live.snapshot.products.slice(sku, sku + 20).flatMap((product) =>
        live.snapshot.nodes.map(({ id: nodeId }) => ({
          sku: product.sku,
          nodeId,
          onHand: Math.ceil(UNITS / nodes),
        })),
      );
      await setPositions(bench.db, live.shopId, rows);
    }
    await runClients(bench, live, { clients, seconds: 30, count: WARM_UP });
    say(`${nodes} nodes: measuring`);
    const measured = await runClients(bench, live, {
      clients,
      seconds: Number(values.seconds),
      count: Infinity,
    });
    const { reserve, order } = measured.times;
    byNodes[nodes] = {
      p50Ms: millis(reserve, 0.5),
      p99Ms: millis(reserve, 0.99),
      order: { p50Ms: millis(order, 0.5), p99Ms: millis(order, 0.99) },
      count: reserve.length,
    };
    if (nodes < largest) continue;
    largest = nodes;
    perSecond = Math.round(measured.perSecond);
  }
  await bench.db.destroy();
  await bench.stop();
  process.stdout.write(`${JSON.stringify({ seed: SEED, clients, byNodes, perSecond })}\n`);
}

await main();
