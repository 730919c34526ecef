/**
 * How fast is an answer that was given before, and is it ever a wrong one?
 *
 *   npm run -s bench -- cache [--json] [--keys 100000] [--accesses 400000]
 *
 * A seeded retailer, distinct questions asked again and again with a popular few, while stock, backlog and policy
 * change and the minute runs on. Of the hits a share is worked out anew at the very same instant on the very same
 * facts and compared, but for `readyMinute` (work in progress moves with the minute; docs/decisions/0021). Then the
 * rate of hits in process and over a Redis of its own is measured apart. The last line is one JSON object.
 */
import { isDeepStrictEqual, parseArgs } from 'node:util';
import type { ShopId } from '../../backend/base/ids.ts';
import { instantToMinuteFloor, MINUTES_PER_DAY } from '../../backend/base/time.ts';
import { compileNetwork } from '../../backend/network/network.ts';
import type { World, WorldStockRow } from '../../backend/network/world.ts';
import { fixedClock } from '../../backend/platform/clock.ts';
import { connectRedis } from '../../backend/platform/redis.ts';
import { createIdSource, createSigner } from '../../backend/platform/signing.ts';
import { createSharedQuotes } from '../../backend/promise/client.ts';
import { type Quote, type QuoteRequest, quote } from '../../backend/promise/quote.ts';
import { createPromiseService } from '../../backend/promise/service.ts';
import type { LiveShop } from '../../backend/stock/service.ts';
import { applyLoad, applyStockRow, factsOfWorld } from '../../backend/stock/stock.ts';
import { startRedis } from '../../tests/redis.ts';
import { bigRequests, bigWorld, chanceFrom, FIRST_NOW } from './worlds/big-network.ts';

const SEED = 20_261_127;
const NODES = 50;
const ZONES = 200;
// One of so many hits is worked out anew, so that more than 10,000 are.
const CHECK_EVERY = 4;
const STOCK_CHANGE_EVERY = 200;
const LOAD_CHANGE_EVERY = 4_000;
const POLICY_CHANGES = 4;
const MINUTE_EVERY = 8_000;
const REDIS_KEYS = 5_000;
const REDIS_AT_ONCE = 200;
const SHOP = 'bench.myshopify.com' as ShopId;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

type Growing = LiveShop & { stockVersion: number; loadVersion: number };

function compile(world: World): Growing {
  const snapshot = compileNetwork(world, instantToMinuteFloor(FIRST_NOW), { validDays: 10 });
  return {
    shopId: SHOP,
    snapshot,
    facts: factsOfWorld(snapshot, world),
    skuOfVariant: new Map(),
    stockVersion: 1,
    loadVersion: 1,
    loadsUntilMinute: Number.MAX_SAFE_INTEGER,
    confirmedAt: performance.now(),
  };
}

function service(shared?: ReturnType<typeof createSharedQuotes>) {
  return createPromiseService({
    // Nothing is recorded here: the cache alone is measured.
    store: refuseStore(),
    signer: createSigner([{ id: 'bench', key: Buffer.alloc(32, 1) }]),
    newId: createIdSource(),
    places: [],
    clock: fixedClock(Temporal.Instant.from(FIRST_NOW)),
    monotonicMilliseconds: () => performance.now(),
    log: quiet,
    usesCache: true,
    ...(shared === undefined ? {} : { shared }),
  });
}

function refuseStore(): Parameters<typeof createPromiseService>[0]['store'] {
  const refuse = async (): Promise<never> => {
    throw new Error('the cache bench stores nothing');
  };
  return {
    saveReceipts: refuse,
    receiptById: refuse,
    receiptsOfCallback: refuse,
    receiptsOfCheckout: refuse,
    receiptsOfCart: refuse,
    countReceipts: refuse,
    savePaddedTable: refuse,
    paddedTableAt: refuse,
  };
}

/** A few questions are asked often, most rarely: index by the cube of chance. */
function popular(chance: ReturnType<typeof chanceFrom>, count: number): number {
  return Math.floor(chance.next() ** 3 * count);
}

function comparable(answer: Quote): unknown {
  return {
    ...answer,
    unchangedUntilMinute: 0,
    options: answer.options.map((option) => ({
      ...option,
      parcels: option.parcels.map((parcel) => ({ ...parcel, readyMinute: 0 })),
    })),
  };
}

type Mixed = {
  hits: number;
  accesses: number;
  checked: number;
  changes: number;
  mismatches: number;
};

/** Questions, changes and the running minute, mixed; every fourth hit is checked. */
function runMixed(world: World, requests: readonly QuoteRequest[], accesses: number): Mixed {
  const chance = chanceFrom(SEED ^ 0xcac4e);
  const promise = service();
  let live = compile(world);
  let version = 1;
  const result: Mixed = { hits: 0, accesses, checked: 0, changes: 0, mismatches: 0 };
  const first = instantToMinuteFloor(FIRST_NOW) + MINUTES_PER_DAY;
  let known = new Map<number, Quote>();
  for (let access = 0; access < accesses; access += 1) {
    if (access % STOCK_CHANGE_EVERY === STOCK_CHANGE_EVERY - 1) {
      version += 1;
      applyStockRow(live.facts, changedRow(world, chance), version);
      live.stockVersion = version;
      result.changes += 1;
    }
    if (access % LOAD_CHANGE_EVERY === LOAD_CHANGE_EVERY - 1) {
      version += 1;
      applyLoad(live.facts, changedLoad(world, chance), version);
      live.loadVersion = version;
      result.changes += 1;
    }
    if (
      access % Math.floor(accesses / POLICY_CHANGES) ===
      Math.floor(accesses / POLICY_CHANGES) - 1
    ) {
      const policyVersion = live.snapshot.policyVersion + 1;
      live = compile({ ...world, policyVersion });
      known = new Map();
      result.changes += 1;
    }
    const index = popular(chance, requests.length);
    const base = requests[index];
    if (base === undefined) throw new Error('no request');
    const request = { ...base, nowMinute: first + Math.floor(access / MINUTE_EVERY) };
    const answered = promise.quote(live, request);
    // The engine answers with a new object each time, the cache with parts of one it gave before.
    const isHit = known.get(index)?.options === answered.options;
    known.set(index, answered);
    if (!isHit) continue;
    result.hits += 1;
    if (result.hits % CHECK_EVERY !== 0) continue;
    result.checked += 1;
    const fresh = quote(live.snapshot, live.facts, request);
    if (!isDeepStrictEqual(comparable(fresh), comparable(answered))) result.mismatches += 1;
  }
  return result;
}

function changedRow(world: World, chance: ReturnType<typeof chanceFrom>): WorldStockRow {
  const row = world.stock[chance.below(world.stock.length)];
  if (row === undefined) throw new Error('a world without stock');
  return { ...row, onHand: chance.below(12) };
}

function changedLoad(world: World, chance: ReturnType<typeof chanceFrom>) {
  const node = world.nodes[chance.below(world.nodes.length)];
  if (node === undefined) throw new Error('a world without nodes');
  const backlogAsOf = FIRST_NOW;
  return { nodeId: node.id, backlogUnits: chance.below(400), backlogAsOf, ordersByDate: {} };
}

/** Hits a second in process, all questions of one minute already answered. */
function measureHits(world: World, requests: readonly QuoteRequest[]): number {
  const promise = service();
  const live = compile(world);
  const nowMinute = instantToMinuteFloor(FIRST_NOW) + MINUTES_PER_DAY;
  const asked = requests.slice(0, 15_000).map((request) => ({ ...request, nowMinute }));
  for (const request of asked) promise.quote(live, request);
  const started = performance.now();
  let hits = 0;
  while (performance.now() - started < 3_000) {
    for (const request of asked) promise.quote(live, request);
    hits += asked.length;
  }
  return Math.round(hits / ((performance.now() - started) / 1_000));
}

/** Hits a second over Redis: one process asks for what another one stored. */
async function measureRedis(world: World, requests: readonly QuoteRequest[]): Promise<number> {
  const server = await startRedis();
  const writer = await connectRedis(server.url, quiet);
  const reader = await connectRedis(server.url, quiet);
  const live = compile(world);
  const nowMinute = instantToMinuteFloor(FIRST_NOW) + MINUTES_PER_DAY;
  const asked = requests.slice(0, REDIS_KEYS).map((request) => ({ ...request, nowMinute }));
  const filling = service(createSharedQuotes(writer));
  for (const [index, request] of asked.entries()) {
    filling.quote(live, request);
    if (index % REDIS_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await writer.attempt((client) => client.ping());
  const shared = createSharedQuotes(reader);
  let found = 0;
  const counting = {
    ...shared,
    find: async (key: string) => {
      const entry = await shared.find(key);
      if (entry !== undefined) found += 1;
      return entry;
    },
  };
  const started = performance.now();
  for (let round = 0; round < 4; round += 1) {
    const asking = service(counting);
    for (let from = 0; from < asked.length; from += REDIS_AT_ONCE) {
      const some = asked.slice(from, from + REDIS_AT_ONCE);
      await Promise.all(some.map((request) => asking.fetchShared(live, request)));
    }
  }
  const seconds = (performance.now() - started) / 1_000;
  await Promise.all([writer.stop(), reader.stop()]);
  await server.stop();
  return Math.round(found / seconds);
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    keys: { type: 'string', default: '100000' },
    accesses: { type: 'string', default: '400000' },
  },
});
const keys = Number(values.keys);
process.stderr.write(`Building a retailer of ${NODES} nodes and ${keys} distinct questions …\n`);
const world = bigWorld(SEED, { nodes: NODES, zones: ZONES, nodesPerSku: 20 });
const requests = bigRequests(SEED, { count: keys, zones: ZONES });
process.stderr.write('Asking, changing, checking …\n');
const mixed = runMixed(world, requests, Number(values.accesses));
process.stderr.write('Measuring hits …\n');
const hitsPerSecond = measureHits(world, requests);
const redisHitsPerSecond = await measureRedis(world, requests);
const result = {
  seed: SEED,
  distinctKeys: keys,
  hitsPerSecond,
  redisHitsPerSecond,
  hitShare: Math.round((mixed.hits / mixed.accesses) * 1_000) / 1_000,
  accesses: mixed.accesses,
  checked: mixed.checked,
  changesInjected: mixed.changes,
  mismatches: mixed.mismatches,
};
if (!values.json) process.stderr.write(`${JSON.stringify(result, null, 2)}\n`);
process.stdout.write(`${JSON.stringify(result)}\n`);
