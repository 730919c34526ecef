/**
 * How near to Shopify's limit does a full push run, and how soon is a single sale seen meanwhile?
 *
 *   npm run -s bench -- push [--json] [--levels 1000000] [--standard-factor 4] [--plus-factor 1] [--only plus] [--no-atomic]
 *
 * The product's scheduler, Admin client, outbox, worker and tables on a Postgres of its own with fsync on; replaced are
 * the clock and the transport. The clock of the standard plan runs at a stated multiple of real time: that is harder
 * for us, never kinder, for the database's time is real. Shopify is a process of its own (push-shopify.ts): what is
 * measured as memory is the process with our code. All levels are changed and waiting before the clock starts, written
 * by the product's `mark`. `ceilingShare` = what the points alone would take, by what it took until the last outcome
 * was booked. The headline is where Shopify applies the rows beside a bad one; `atomic` where one bad row means that
 * nothing of its call is applied. The last line is one JSON object.
 */
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Kysely, sql } from 'kysely';
import pg from 'pg';
import type { ShopId } from '../../backend/base/ids.ts';
import { openDatabase, withShop } from '../../backend/platform/database.ts';
import type { Log } from '../../backend/platform/log.ts';
import { migrateDatabase } from '../../backend/platform/migrations.ts';
import { startPostgresServer } from '../../backend/platform/postgres-server.ts';
import { createAdminClient } from '../../backend/shopify/admin-client.ts';
import { createAdminScheduler } from '../../backend/shopify/admin-scheduler.ts';
import { createLevelStore } from '../../backend/shopify/inventory/level-store.ts';
import {
  createOutboxStore,
  type OutboxStore,
} from '../../backend/shopify/inventory/outbox-store.ts';
import { createPush, type Push } from '../../backend/shopify/inventory/push-worker.ts';
import { replaceDatabase } from '../../tests/setup/postgres.ts';
import { type Fake, startFake } from './push-fake.ts';
import { type BenchFigures, createBenchFigures } from './push-figures.ts';
import {
  type FakeReport,
  type FakeSettings,
  FIRST_ITEM,
  FIRST_LOCATION,
  isBad,
  shareOf,
  unitsBefore,
  unitsWanted,
} from './push-shopify.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const SHOP = 'kept-bench.myshopify.com' as ShopId;
const SEED = 20_261_123;
const LOCATIONS = 20;
const MARK_ROWS = 10_000;
const POINTS_A_CALL = 10;
const ROWS_A_CALL = 250;
const SALES = 100;
const PLANS = {
  standard: { restorePerSecond: 100, capacity: 2_000 },
  plus: { restorePerSecond: 1_000, capacity: 20_000 },
} as const;

type Run = {
  readonly plan: keyof typeof PLANS;
  readonly levels: number;
  readonly factor: number;
  readonly isAtomic: boolean;
};

type Stage = {
  readonly db: Kysely<unknown>;
  readonly outbox: OutboxStore;
  readonly push: Push;
  readonly figures: BenchFigures;
  readonly fake: Fake;
  readonly settings: FakeSettings;
  /** Real milliseconds at which an outcome was booked last. */
  readonly lastSettledMs: () => number;
  stop(): Promise<void>;
};

const say = (text: string) => process.stderr.write(`${text}\n`);
const quiet: Log = {
  info: () => {},
  warn: (facts) => say(`warn ${JSON.stringify({ ...facts, error: String(facts.error ?? '') })}`),
  error: (facts) => say(`error ${JSON.stringify({ ...facts, error: String(facts.error ?? '') })}`),
};

async function openStage(run: Run, urls: { ownerUrl: string; appUrl: string }): Promise<Stage> {
  await migrateDatabase(urls.ownerUrl);
  const db = openDatabase<unknown>({
    url: urls.appUrl,
    assumesAppRole: false,
    maxConnections: 6,
    onIdleError: (error) => say(String(error)),
  });
  const items = run.levels / LOCATIONS;
  const settings: FakeSettings = {
    items,
    locations: LOCATIONS,
    seed: SEED,
    factor: run.factor,
    ...PLANS[run.plan],
    replyMs: 300,
    lostShare: 0.01,
    staleShare: 0.01,
    badShare: 1 / 250,
    isAtomic: run.isAtomic,
  };
  const figures = createBenchFigures({ items, locations: LOCATIONS });
  const outbox = createOutboxStore(db);
  await seed(db, outbox, figures, settings);
  const fake = startFake(settings);
  await fake.report();
  const wait = async (milliseconds: number) => {
    await delay(milliseconds / run.factor);
  };
  const scheduler = createAdminScheduler({
    nowMilliseconds: () => performance.now() * run.factor,
    wait,
  });
  const admin = createAdminClient({
    urlTemplate: 'https://{shop}/admin/api/{version}/graphql.json',
    connections: {
      accessToken: async () => ({ ok: true, value: 'token' }),
      replaceToken: async () => ({ ok: true, value: 'token' }),
    },
    log: quiet,
    scheduler,
    wait,
    fetch: fake.fetch,
  });
  let lastSettledMs = performance.now();
  const push = createPush({
    admin,
    scheduler,
    outbox,
    levels: createLevelStore(db),
    figures: figures.source,
    log: quiet,
    now: () =>
      Temporal.Instant.fromEpochMilliseconds(
        Math.round((performance.timeOrigin + performance.now()) * run.factor),
      ),
    wait,
    onStep: (step) => {
      if (step === 'settled' || step === 'read_booked') lastSettledMs = performance.now();
    },
  });
  const stop = async () => {
    await push.stop();
    fake.stop();
    await db.destroy();
  };
  return { db, outbox, push, figures, fake, settings, lastSettledMs: () => lastSettledMs, stop };
}

// Items and what Shopify says by a statement; what it shall say by the product's own `mark`.
async function seed(
  db: Kysely<unknown>,
  outbox: OutboxStore,
  figures: BenchFigures,
  settings: FakeSettings,
): Promise<void> {
  const { items, locations } = settings;
  const size = items * locations;
  for (let index = 0; index < size; index++) figures.wanted[index] = unitsWanted(SEED, index);
  await withShop(db, SHOP, async (trx) => {
    await sql`insert into inventory_item (shop_id, item_id, sku, variant_id, is_tracked)
      select ${SHOP}, ${FIRST_ITEM}::bigint + n, n::text, n, true from generate_series(0, ${items - 1}) n`.execute(
      trx,
    );
  });
  const now = Temporal.Now.instant();
  for (let start = 0; start < size; start += MARK_ROWS) {
    const rows = Array.from({ length: Math.min(MARK_ROWS, size - start) }, (_, at) => start + at);
    const at = {
      locations: rows.map((index) => FIRST_LOCATION + Math.floor(index / items)),
      items: rows.map((index) => FIRST_ITEM + (index % items)),
    };
    await withShop(db, SHOP, async (trx) => {
      await sql`insert into inventory_level (shop_id, location_id, item_id, available)
        select ${SHOP}, u.* from unnest(${at.locations}::bigint[], ${at.items}::bigint[],
          ${rows.map((index) => unitsBefore(SEED, index))}::int[]) u`.execute(trx);
    });
    const targets = rows.map((index) => unitsWanted(SEED, index));
    await outbox.mark(SHOP, { version: 1, lane: 'resync', ...at, targets }, now);
  }
}

/** Sells one unit of a level every so often; the longest time until Shopify showed it, on the bench's clock. */
async function sellMeanwhile(stage: Stage, everyMs: number): Promise<number[]> {
  const { figures, fake, push, settings } = stage;
  const seen: Promise<number>[] = [];
  for (let sale = 0; sale < SALES; sale++) {
    await delay(everyMs / settings.factor);
    const index = saleLevel(stage, sale);
    const soldAtMs = performance.timeOrigin + performance.now();
    figures.sell(index);
    const units = shownUnits(stage, index);
    seen.push(fake.watch(index, units).then((atMs) => (atMs - soldAtMs) * settings.factor));
    push.wake(SHOP);
  }
  return await Promise.all(seen);
}

function saleLevel({ figures, settings }: Stage, sale: number): number {
  const size = settings.items * settings.locations;
  for (let attempt = 0; ; attempt++) {
    const index = Math.floor(shareOf(SEED, sale * 1_000 + attempt, 5) * size);
    if ((figures.wanted[index] ?? 0) > 0 && !isBad(settings, index)) return index;
  }
}

function shownUnits({ figures, settings }: Stage, index: number): number {
  const level = figures.levelsOf(index % settings.items)[Math.floor(index / settings.items)];
  return level?.units ?? 0;
}

async function drained({ db, figures }: Stage): Promise<void> {
  for (;;) {
    await delay(200);
    const left = await withShop(db, SHOP, async (trx) => {
      const { rows } = await sql<{ open: boolean }>`
        select exists (select 1 from push_chunk where shop_id = ${SHOP})
          or exists (select 1 from push_call where shop_id = ${SHOP})
          or not exists (select 1 from push_worker where shop_id = ${SHOP} and stock_version >= ${figures.version()})
          as open`.execute(trx);
      return rows[0]?.open === true;
    });
    if (!left) return;
  }
}

/** Levels that differ between Shopify, our tables and the figures; units by SKU sold once. */
async function compare(stage: Stage, report: FakeReport) {
  const { db, figures, settings } = stage;
  const { items, locations } = settings;
  const { rows } = await withShop(db, SHOP, (trx) =>
    sql<{ ours: string; refused: number }>`
      select string_agg(coalesce(available, -1)::text, ',' order by location_id, item_id) as ours,
        count(*) filter (where is_refused)::int as refused
      from inventory_level where shop_id = ${SHOP}`.execute(trx),
  );
  const ours = (rows[0]?.ours ?? '').split(',').map(Number);
  const found = { unequal: 0, lost: 0, doubled: 0, bad: 0 };
  for (let item = 0; item < items; item++) {
    const levels = figures.levelsOf(item).map(({ units }, location) => {
      const index = location * items + item;
      return { index, units, isBad: isBad(settings, index) };
    });
    const good = levels.filter((level) => !level.isBad);
    found.bad += locations - good.length;
    found.unequal += good.filter(
      ({ index, units }) => report.available[index] !== units || ours[index] !== units,
    ).length;
    if (good.length < locations) continue;
    // Every sale of Shopify's own is deducted from the figures once: what is there and committed is what was wanted.
    const there = (index: number) =>
      (report.available[index] ?? 0) + (report.committed[index] ?? 0);
    const difference = good.reduce(
      (sum, { index }) => sum + there(index) - (figures.wanted[index] ?? 0),
      0,
    );
    if (difference > 0) found.lost += 1;
    if (difference < 0) found.doubled += 1;
  }
  return { ...found, refused: rows[0]?.refused ?? 0 };
}

async function measure(run: Run, urls: { ownerUrl: string; appUrl: string }) {
  say(`${run.plan}${run.isAtomic ? ', atomic' : ''}: writing ${run.levels} changed levels`);
  const seededAt = performance.now();
  const stage = await openStage(run, urls);
  const seedSeconds = Math.round((performance.now() - seededAt) / 1_000);
  const idealSeconds =
    ((run.levels / ROWS_A_CALL) * POINTS_A_CALL) / PLANS[run.plan].restorePerSecond;
  let rssMb = 0;
  const rssBeforeMb = Math.round(process.memoryUsage.rss() / 1_048_576);
  const sampler = setInterval(() => {
    rssMb = Math.max(rssMb, Math.round(process.memoryUsage.rss() / 1_048_576));
  }, 200);
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  stage.push.start(SHOP);
  const visible = await sellMeanwhile(stage, (idealSeconds * 1_000 * 0.95) / SALES);
  await drained(stage);
  const tookSeconds = ((stage.lastSettledMs() - startedMs) / 1_000) * run.factor;
  const used = process.cpuUsage(cpu);
  clearInterval(sampler);
  const report = await stage.fake.report();
  const found = await compare(stage, report);
  await stage.stop();
  const { available: _, committed: __, ...counts } = report;
  return {
    clockFactor: run.factor,
    levels: run.levels,
    badRows: run.isAtomic ? 'nothing applied' : 'others applied',
    idealSeconds,
    tookSeconds: Math.round(tookSeconds * 100) / 100,
    ceilingShare: Math.floor((idealSeconds / tookSeconds) * 1_000) / 1_000,
    saleVisibleMs: Math.round(Math.max(...visible)),
    ...found,
    rssMb,
    rssBeforeMb,
    seedSeconds,
    cpuShare: Math.round(((used.user + used.system) / 10_000 / tookSeconds) * run.factor) / 100,
    shopify: counts,
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean' },
      levels: { type: 'string', default: '1000000' },
      'standard-factor': { type: 'string', default: '4' },
      'plus-factor': { type: 'string', default: '1' },
      only: { type: 'string' },
      'no-atomic': { type: 'boolean' },
    },
  });
  const levels = Number(values.levels);
  const server = await startPostgresServer(ROOT, 'bench-push');
  const withDatabase = async (run: Run) => {
    const owner = new pg.Client({ connectionString: server.ownerUrl });
    await owner.connect();
    await owner.query('drop database if exists kept_push with (force)');
    await owner.query('create database kept_push');
    await owner.end();
    const urls = {
      ownerUrl: replaceDatabase(server.ownerUrl, 'kept_push'),
      appUrl: replaceDatabase(server.appUrl, 'kept_push'),
    };
    const result = await measure(run, urls);
    say(JSON.stringify(result));
    return result;
  };
  const factor = Number(values['standard-factor']);
  const plusFactor = Number(values['plus-factor']);
  const isWanted = (name: string) => values.only === undefined || values.only === name;
  const plus = isWanted('plus')
    ? await withDatabase({ plan: 'plus', levels, factor: plusFactor, isAtomic: false })
    : undefined;
  const standard = isWanted('standard')
    ? await withDatabase({ plan: 'standard', levels, factor, isAtomic: false })
    : undefined;
  const atomicLevels = Math.min(levels, 250_000);
  const atomic =
    isWanted('atomic') && values['no-atomic'] !== true
      ? await withDatabase({
          plan: 'plus',
          levels: atomicLevels,
          factor: plusFactor,
          isAtomic: true,
        })
      : undefined;
  await server.stopIfUnused();
  const runs = [standard, plus].filter((one) => one !== undefined);
  const sum = (pick: (one: (typeof runs)[number]) => number) =>
    runs.reduce((total, one) => total + pick(one), 0);
  process.stdout.write(
    `${JSON.stringify({
      seed: SEED,
      badRows: 'others applied',
      standard,
      plus,
      lost: sum((one) => one.lost + one.unequal),
      doubled: sum((one) => one.doubled + one.shopify.keysAppliedTwice),
      rssMb: Math.max(...runs.map((one) => one.rssMb)),
      rssOf: 'the process with scheduler, client, outbox and worker; Shopify and Postgres apart',
      atomic,
      node: process.version,
    })}\n`,
  );
}

await main();
