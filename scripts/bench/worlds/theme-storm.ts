/**
 * A storm of classes: stock comes and goes for a hundred thousand variants while the storefront's first dates follow.
 *
 * Everything between a changed position and Shopify is the product's: padded tables, publisher, Admin client, scheduler,
 * their tables in Postgres. Replaced are the clock, which runs at a multiple of real time (harder for us, never kinder:
 * the database's time is real), and the transport: a Shopify with an exact bucket that starts empty, half of a
 * reply's time before the effect and half after, and some replies lost after their effect. Out: the longest time for which
 * Shopify held a date for a variant that the live engine had none for, and the bound that was stated for it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { ShopId } from '../../../backend/base/ids.ts';
import { instantToMinuteFloor } from '../../../backend/base/time.ts';
import { withShop } from '../../../backend/platform/database.ts';
import type { Log } from '../../../backend/platform/log.ts';
import { createIdSource, createSigner } from '../../../backend/platform/signing.ts';
import { createPaddedTables } from '../../../backend/promise/padded/service.ts';
import { createPromiseStore } from '../../../backend/promise/store.ts';
import { createAdminClient } from '../../../backend/shopify/admin-client.ts';
import { createAdminScheduler } from '../../../backend/shopify/admin-scheduler.ts';
import { createConnectorStore } from '../../../backend/shopify/connector-store.ts';
import { createPublisher } from '../../../backend/shopify/publisher.ts';
import { SHOP_ITEM } from '../../../backend/shopify/shop-facts.ts';
import { DEFAULT_SURFACES } from '../../../backend/shopify/surfaces.ts';
import { POINTS_A_CALL, themeStalenessSeconds } from '../../../backend/shopify/theme-staleness.ts';
import { applyStockRow } from '../../../backend/stock/stock.ts';
import { liveShopOf } from '../../../tests/worlds/live-shop.ts';
import { oneWarehouse, pickupsOnWeekdays } from '../../../tests/worlds/worlds.ts';

const SHOP = 'kept-storm.myshopify.com' as ShopId;
const START = Temporal.Instant.from('2026-11-23T09:00:00Z');
const REPLY_MS = 300;
const STEP_MS = 1_000;
/** A storm that is not over by then has lost something. */
const PATIENCE_MS = 3_600_000;

export type Storm = {
  readonly variants: number;
  /** Changes of class, better and worse, in all. */
  readonly changes: number;
  /** The first half comes at once, the rest within this time. */
  readonly lastsSeconds: number;
  readonly restoreRate: number;
  readonly lostShare: number;
  /** How many times faster than life the clock runs. */
  readonly factor: number;
  readonly seed: number;
};

export type StormResult = {
  readonly changes: number;
  readonly worseVariants: number;
  readonly calls: number;
  readonly lostReplies: number;
  readonly boundSeconds: number;
  readonly worstSeconds: number;
  readonly stillWrong: number;
  readonly tookSeconds: number;
};

/** Plays a storm on an empty, migrated database. */
export async function playStorm(db: Kysely<unknown>, storm: Storm, log: Log): Promise<StormResult> {
  const clock = scaledClock(storm.factor);
  const truth = createTruth(storm.variants, clock.now);
  const shopify = createShopify(storm, clock, truth);
  const live = stormShop(storm.variants);
  const padded = await buildProduct(db, { storm, clock, live, log, truth, fetch: shopify.fetch });
  const random = randomFrom(storm.seed);
  const worse = new Set<number>();
  const startedMs = clock.now();
  let stockVersion = live.stockVersion;
  for (const count of waves(storm)) {
    for (let change = 0; change < count; change += 1) {
      const variant = Math.floor(random() * storm.variants);
      if (!truth.toggle(variant)) worse.add(variant);
      applyStockRow(live.facts, stockRow(variant, truth.hasDate(variant) ? 10 : 0));
    }
    stockVersion += 1;
    void padded.refresh({ ...live, stockVersion });
    await clock.wait(STEP_MS);
  }
  while (!truth.isTold() && clock.now() - startedMs < PATIENCE_MS) await clock.wait(STEP_MS);
  return {
    changes: storm.changes,
    worseVariants: worse.size,
    calls: shopify.counts.calls,
    lostReplies: shopify.counts.lost,
    boundSeconds: themeStalenessSeconds({
      worseVariants: worse.size,
      restoreRate: storm.restoreRate,
    }),
    worstSeconds: Math.round(truth.worstMs() / 100) / 10,
    stillWrong: truth.wrong(),
    tookSeconds: Math.round((clock.now() - startedMs) / 1_000),
  };
}

function* waves({ changes, lastsSeconds }: Storm): Generator<number> {
  const first = Math.ceil(changes / 2);
  yield first;
  const each = Math.ceil((changes - first) / lastsSeconds);
  for (let left = changes - first; left > 0; left -= each) yield Math.min(each, left);
}

type Clock = ReturnType<typeof scaledClock>;

function scaledClock(factor: number) {
  const startedAt = performance.now();
  return {
    now: () => (performance.now() - startedAt) * factor,
    wait: async (milliseconds: number) => {
      await delay(milliseconds / factor);
    },
  };
}

// mulberry32: small, seeded, good enough to spread changes.
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What is so, what Shopify was told, and for how long it said too much. */
function createTruth(variants: number, now: () => number) {
  const isSo = new Uint8Array(variants).fill(1);
  const isSaid = new Uint8Array(variants).fill(1);
  const wrongSinceMs = new Float64Array(variants).fill(Number.NaN);
  let worstMs = 0;
  const look = (variant: number) => {
    const isWrong = isSaid[variant] === 1 && isSo[variant] === 0;
    const since = wrongSinceMs[variant] ?? Number.NaN;
    if (isWrong && Number.isNaN(since)) wrongSinceMs[variant] = now();
    if (isWrong || Number.isNaN(since)) return;
    worstMs = Math.max(worstMs, now() - since);
    wrongSinceMs[variant] = Number.NaN;
  };
  const wrong = () => wrongSinceMs.reduce((sum, since) => sum + (Number.isNaN(since) ? 0 : 1), 0);
  return {
    hasDate: (variant: number) => isSo[variant] === 1,
    /** Turns a variant over; says whether it has a date now. */
    toggle: (variant: number): boolean => {
      isSo[variant] = 1 - (isSo[variant] ?? 0);
      look(variant);
      return isSo[variant] === 1;
    },
    tell: (variant: number, hasDate: boolean) => {
      isSaid[variant] = hasDate ? 1 : 0;
      look(variant);
    },
    isTold: () => isSo.every((so, variant) => so === isSaid[variant]),
    wrong,
    worstMs: () => (wrong() > 0 ? Number.POSITIVE_INFINITY : worstMs),
  };
}

type Truth = ReturnType<typeof createTruth>;

function createShopify(storm: Storm, clock: Clock, truth: Truth) {
  const capacity = storm.restoreRate * 20;
  const random = randomFrom(storm.seed + 1);
  const counts = { calls: 0, lost: 0 };
  let points = 0;
  let asOfMs = clock.now();
  const charge = (): boolean => {
    const nowMs = clock.now();
    points = Math.min(capacity, points + ((nowMs - asOfMs) * storm.restoreRate) / 1_000);
    asOfMs = nowMs;
    if (points < POINTS_A_CALL) return false;
    points -= POINTS_A_CALL;
    return true;
  };
  const cost = (isTaken: boolean) => ({
    cost: {
      requestedQueryCost: POINTS_A_CALL,
      actualQueryCost: isTaken ? POINTS_A_CALL : null,
      throttleStatus: {
        maximumAvailable: capacity,
        currentlyAvailable: Math.floor(points),
        restoreRate: storm.restoreRate,
      },
    },
  });
  const answer = (body: object) =>
    new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
  return {
    counts,
    fetch: async (_url: unknown, init?: RequestInit): Promise<Response> => {
      await clock.wait(REPLY_MS / 2);
      if (!charge()) {
        const errors = [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }];
        return answer({ errors, extensions: cost(false) });
      }
      counts.calls += 1;
      const { variables } = JSON.parse(String(init?.body));
      for (const { ownerId, value } of variables.metafields) {
        const [, number] = /ProductVariant\/(\d+)$/.exec(ownerId) ?? [];
        if (number !== undefined) truth.tell(Number(number) - 1, value.startsWith('n'));
      }
      await clock.wait(REPLY_MS / 2);
      if (random() < storm.lostShare) {
        counts.lost += 1;
        throw new TypeError('fetch failed: the reply was lost');
      }
      const metafieldsSet = { metafields: [], userErrors: [] };
      return answer({ data: { metafieldsSet }, extensions: cost(true) });
    },
  };
}

const skuOf = (variant: number) => `V${variant + 1}`;
const stockRow = (variant: number, onHand: number) => ({
  sku: skuOf(variant),
  nodeId: 'only',
  onHand,
  unavailable: 0,
  allocated: 0,
  incoming: [],
});

function stormShop(variants: number) {
  const rows = Array.from({ length: variants }, (_, variant) => variant);
  const world = {
    ...oneWarehouse({ carrierPickups: [pickupsOnWeekdays('standard', '17:00')] }),
    products: rows.map((variant) => ({ sku: skuOf(variant), weightGrams: 300 })),
    stock: rows.map((variant) => ({ sku: skuOf(variant), nodeId: 'only', onHand: 10 })),
  };
  const skuOfVariant = new Map(rows.map((variant) => [String(variant + 1), skuOf(variant)]));
  return liveShopOf(SHOP, world, { now: START, confirmedAt: 0, skuOfVariant });
}

type Building = {
  readonly storm: Storm;
  readonly clock: Clock;
  readonly live: ReturnType<typeof stormShop>;
  readonly log: Log;
  readonly truth: Truth;
  readonly fetch: typeof globalThis.fetch;
};

/** The product from padded tables to the transport; Shopify holds a date for every variant, as it was told. */
async function buildProduct(
  db: Kysely<unknown>,
  { storm, clock, live, log, truth, fetch }: Building,
) {
  const store = createConnectorStore({ db, now: () => START });
  const shop = { item: SHOP_ITEM, state: 'done', facts: {} } as const;
  await store.saveSetup(SHOP, { ...shop, shopifyId: 'gid://shopify/Shop/1' });
  await withShop(db, SHOP, async (trx) => {
    await sql`
      insert into published_eta (shop_id, variant_id, class, valid_until)
      select ${SHOP}, n::text, 'normal', date '2026-12-07'
      from generate_series(1, ${storm.variants}) as n
      on conflict (shop_id, variant_id) do update set class = 'normal', valid_until = excluded.valid_until`.execute(
      trx,
    );
  });
  const connected = async () => ({ ok: true as const, value: 'token' });
  const admin = createAdminClient({
    urlTemplate: 'https://{shop}/{version}',
    connections: { accessToken: connected, replaceToken: connected },
    log,
    scheduler: createAdminScheduler({ nowMilliseconds: clock.now, wait: clock.wait }),
    wait: clock.wait,
    fetch,
  });
  const publisher = createPublisher({
    db,
    admin,
    store,
    log,
    now: () => START,
    wait: clock.wait,
    surfacesOf: async () => DEFAULT_SURFACES,
    catalogOf: async () => ({ serviceCodes: ['standard'], skuOfVariant: live.skuOfVariant }),
  });
  const padded = createPaddedTables({
    store: createPromiseStore(db),
    signer: createSigner([{ id: 'k', key: Buffer.alloc(32, 5) }]),
    newId: createIdSource(),
    nowMinute: () => instantToMinuteFloor(START.toString()) + Math.floor(clock.now() / 60_000),
    monotonicMilliseconds: clock.now,
    marginMinutesOf: () => 30,
    publish: (shopId, table) => publisher.publish(shopId, table),
    later: (milliseconds, run) => {
      void setTimeout(() => truth.isTold() || run(), milliseconds / storm.factor);
    },
    log,
  });
  // The worst moment to begin: a table was made just now, the next waits a whole minute.
  await padded.refresh(live);
  return padded;
}
