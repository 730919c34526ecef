/**
 * How many carts can one worker answer, how fast, and what happens beyond that?
 *
 *   npm run -s bench -- callback [--json] [--nodes 500] [--offered 1000] [--seconds 15]
 *
 * One worker (`backend/main.ts`, as in production but for its keys) on a Postgres of its own with fsync on; every
 * answer's receipt is stored. An open-loop client sends distinct baskets at a fixed rate; latency counts from the
 * scheduled instant. Three questions: the capacity (highest rate with at most 1 % fallbacks and p99 ≤ 100 ms), the
 * offered rate for some seconds, and twice the capacity or 6,000/s, whichever is more. The last line is one JSON object.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import type { ShopId } from '../../backend/base/ids.ts';
import { prepareJobs } from '../../backend/jobs/queue.ts';
import { migrateDatabase } from '../../backend/platform/migrations.ts';
import { startPostgresServer } from '../../backend/platform/postgres-server.ts';
import type { QuoteRequest } from '../../backend/promise/quote.ts';
import { fillShop, signCallback, startKeptProcess } from '../../tests/kept-process.ts';
import { replaceDatabase } from '../../tests/setup/postgres.ts';
import { type OpenLoopResult, percentile, runOpenLoop } from './open-loop.ts';
import { bigRequests, bigWorld } from './worlds/big-network.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const SHOP = 'bench.myshopify.com' as ShopId;
const SEED = 20_261_127;
const ZONES = 2_000;
const PORT = 39_107;
const BASKETS = 40_000;
const CAPACITY_P99_MS = 100;
const CAPACITY_FALLBACK_SHARE = 0.01;
const CAPACITY_STEP_SECONDS = 5;
const OVERLOAD_RATE_MIN = 6_000;
const ANSWER_MS_MAX = 500;
// Enough connections for half a second of requests: the client must never be what makes them wait.
const SOCKETS_MIN = 256;
const SOCKETS_PER_RATE = 0.6;

type Bench = {
  readonly requests: readonly Buffer[];
  readonly db: pg.Pool;
};

async function prepare(nodes: number): Promise<Bench & { stop(): Promise<void> }> {
  const server = await startPostgresServer(ROOT, 'bench');
  const owner = new pg.Client({ connectionString: server.ownerUrl });
  await owner.connect();
  await owner.query('drop database if exists kept_bench with (force)');
  await owner.query('create database kept_bench');
  await owner.end();
  const ownerUrl = replaceDatabase(server.ownerUrl, 'kept_bench');
  const appUrl = replaceDatabase(server.appUrl, 'kept_bench');
  await migrateDatabase(ownerUrl);
  await prepareJobs(ownerUrl);
  const world = bigWorld(SEED, { nodes, zones: ZONES, nodesPerSku: 60 });
  const token = await fillShop(appUrl, SHOP, world);
  const worker = await startKeptProcess({ ownerUrl, appUrl, port: PORT });
  const db = new pg.Pool({ connectionString: ownerUrl, max: 1 });
  const stop = async () => {
    await worker.stop();
    await db.end();
    await server.stopIfUnused();
  };
  return { requests: buildRequests(token), db, stop };
}

/** Distinct carts as Shopify sends them, signed. */
function buildRequests(token: string): Buffer[] {
  const { products } = bigWorld(SEED, { nodes: 1, zones: ZONES, nodesPerSku: 1 });
  const variants = new Map(products.map((product, index) => [product.sku, index + 1]));
  const asked = bigRequests(SEED, { count: BASKETS, zones: ZONES });
  return asked.map((request) => toHttp(token, bodyOf(request, variants)));
}

function bodyOf(request: QuoteRequest, variants: ReadonlyMap<string, number>): string {
  const place = {
    province: null,
    city: 'Milano',
    name: 'A Buyer',
    address1: 'Via Roma 1',
    address2: null,
    phone: null,
    email: null,
    company_name: null,
  };
  const { country, postalCode } = request.destination;
  return JSON.stringify({
    rate: {
      origin: { ...place, country: 'IT', postal_code: '20121' },
      destination: { ...place, country, postal_code: postalCode },
      items: request.lines.map(({ sku, quantity }) => ({
        name: `Item ${sku}`,
        sku,
        quantity,
        grams: 400,
        price: 1_999,
        vendor: 'Vendor',
        requires_shipping: true,
        taxable: true,
        fulfillment_service: 'manual',
        properties: null,
        product_id: 1,
        variant_id: variants.get(sku) ?? 0,
      })),
      currency: request.currency,
      locale: request.locale,
    },
  });
}

function toHttp(token: string, body: string): Buffer {
  return Buffer.from(
    `POST /shopify/rates/${token} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n` +
      `x-shopify-shop-domain: ${SHOP}\r\nx-shopify-hmac-sha256: ${signCallback(body)}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

let sentBefore = 0;

/** One run; every run goes on where the last one stopped, so that no basket repeats before all were sent. */
async function run(bench: Bench, ratePerSecond: number, seconds: number) {
  const from = sentBefore % bench.requests.length;
  sentBefore += ratePerSecond * seconds;
  let invalid = 0;
  const result = await runOpenLoop({
    host: '127.0.0.1',
    port: PORT,
    requests: [...bench.requests.slice(from), ...bench.requests.slice(0, from)],
    ratePerSecond,
    seconds,
    sockets: Math.max(SOCKETS_MIN, Math.ceil(ratePerSecond * SOCKETS_PER_RATE)),
    classify: (head) => /x-kept-source: (\w+)/.exec(head)?.[1] ?? 'unknown',
    inspectEvery: 1,
    inspect: (body, status) => {
      if (status !== 200 || !isValid(body)) invalid += 1;
    },
  });
  return { result, invalid };
}

function isValid(body: string): boolean {
  const { rates } = JSON.parse(body);
  return Array.isArray(rates) && rates.every((rate) => rate.service_code && rate.total_price);
}

function fallbackShare(result: OpenLoopResult): number {
  return 1 - (result.classCounts['engine'] ?? 0) / Math.max(1, result.answered);
}

function isWithin(result: OpenLoopResult): boolean {
  return (
    result.unanswered === 0 &&
    fallbackShare(result) <= CAPACITY_FALLBACK_SHARE &&
    percentile(result.latenciesMs, 0.99) <= CAPACITY_P99_MS
  );
}

// A neighbor on the machine can stall one try; a rate that fails twice is too much.
const TRIES = 2;

async function holdsAt(bench: Bench, rate: number): Promise<boolean> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const { result } = await run(bench, rate, CAPACITY_STEP_SECONDS);
    const p99 = Math.round(percentile(result.latenciesMs, 0.99));
    const share = Math.round(fallbackShare(result) * 1_000) / 10;
    process.stderr.write(`  ${rate}/s: p99 ${p99} ms, fallbacks ${share} %\n`);
    if (isWithin(result)) return true;
  }
  return false;
}

/** The highest rate that holds, to 5 %. */
async function findCapacity(bench: Bench): Promise<number> {
  let holds = 0;
  let breaks = Number.POSITIVE_INFINITY;
  let rate = 400;
  while (breaks / Math.max(holds, 1) > 1.05 && rate >= 50) {
    if (await holdsAt(bench, Math.round(rate))) holds = rate;
    else breaks = rate;
    rate = breaks === Number.POSITIVE_INFINITY ? rate * 1.5 : (holds + breaks) / 2;
  }
  return Math.round(holds);
}

/** Receipts of these answers, once the writer has caught up. */
async function receiptsSince(db: pg.Pool, before: number, expected: number): Promise<number> {
  let count = 0;
  for (let attempt = 0; attempt < 150 && count < expected; attempt += 1) {
    count = (await countReceipts(db)) - before;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return count;
}

async function countReceipts(db: pg.Pool): Promise<number> {
  const client = await db.connect();
  try {
    await client.query('begin');
    await client.query("select set_config('app.shop', $1, true)", [SHOP]);
    const { rows } = await client.query('select count(*)::int as n from receipt');
    await client.query('commit');
    return rows[0].n;
  } finally {
    client.release();
  }
}

const round = (milliseconds: number) => Math.round(milliseconds * 10) / 10;
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    nodes: { type: 'string', default: '500' },
    offered: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '15' },
  },
});
process.stderr.write('Filling a shop and starting one worker …\n');
const bench = await prepare(Number(values.nodes));
process.stderr.write('Warming up …\n');
await run(bench, 400, 20);
process.stderr.write('Looking for the capacity …\n');
const capacity = await findCapacity(bench);
const seconds = Number(values.seconds);
const rate = Number(values.offered);
process.stderr.write(`Offering ${rate}/s for ${seconds} s …\n`);
const before = await countReceipts(bench.db);
const offered = await run(bench, rate, seconds);
const receiptsStored = await receiptsSince(bench.db, before, offered.result.answered);
const overloadRate = Math.max(capacity * 2, OVERLOAD_RATE_MIN);
process.stderr.write(`Offering ${overloadRate}/s for ${seconds} s …\n`);
const overload = await run(bench, overloadRate, seconds);
await bench.stop();
const notOk = (result: OpenLoopResult) => result.answered - (result.statusCounts[200] ?? 0);
const live = (overload.result.classCounts['engine'] ?? 0) / seconds;
const result = {
  seed: SEED,
  nodes: Number(values.nodes),
  capacity,
  rate,
  p50Ms: round(percentile(offered.result.latenciesMs, 0.5)),
  p99Ms: round(percentile(offered.result.latenciesMs, 0.99)),
  non200: notOk(offered.result),
  unanswered: offered.result.unanswered,
  invalid: offered.invalid,
  fallbackShare: Math.round(fallbackShare(offered.result) * 10_000) / 10_000,
  answered: offered.result.answered,
  receiptsStored,
  overload: {
    offeredRate: overloadRate,
    answered: overload.result.answered,
    unanswered: overload.result.unanswered,
    liveShareOfCapacity: Math.round((live / capacity) * 1_000) / 1_000,
    maxMs: round(overload.result.latenciesMs.at(-1) ?? Number.NaN),
    answersOverLimit: overload.result.latenciesMs.filter((ms) => ms > ANSWER_MS_MAX).length,
    non200: notOk(overload.result),
    invalid: overload.invalid,
    connectErrors: overload.result.connectErrors,
  },
};
if (!values.json) process.stderr.write(`${JSON.stringify(result, null, 2)}\n`);
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);
