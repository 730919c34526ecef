/**
 * How many stock events a second does the ledger book, durably, and are positions the sum of their movements afterwards?
 *
 * `npm run -s bench -- stock-ingest [--json] [--events 2000000] [--million-events 500000] [--no-growth]`
 *
 * Through the ledger service on the project's own Postgres with its default settings, which are read back and printed. A
 * shop begins with one count for every position; then three systems send their events in batches of at most 10,000, two
 * batches in flight, 5 % twice and 20 % late (worlds/stock-events.ts). Every batch is one committed transaction of
 * movements, positions and the mark that replicas follow. Making the events is not measured. Afterwards SQL adds up every
 * movement of every position and part, counts movements against events sent, and movements against marks. The last line
 * is one JSON object; everything else goes to standard error.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Kysely } from 'kysely';
import pg from 'pg';
import type { ShopId } from '../../backend/base/ids.ts';
import { fixedClock } from '../../backend/platform/clock.ts';
import { openDatabase } from '../../backend/platform/database.ts';
import { migrateDatabase } from '../../backend/platform/migrations.ts';
import { startPostgresServer } from '../../backend/platform/postgres-server.ts';
import { createLedgerService, MOST_EVENTS } from '../../backend/stock/ledger/service.ts';
import { replaceDatabase } from '../../tests/setup/postgres.ts';
import { checkLedger, type LedgerCheck } from './worlds/stock-check.ts';
import {
  createStream,
  nodeOf,
  openingCounts,
  type SentEvent,
  SOURCES,
  type StreamSize,
} from './worlds/stock-events.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const SEED = 20_261_123;
const SHOP = 'bench-ingest.myshopify.com' as ShopId;
const NODES = 20;
const IN_FLIGHT = 2;
// Events are made so many at a time, outside the clock.
const CHUNK_EVENTS = 200_000;
const GROWTH_EVENTS = 400_000;
const NOW = '2026-11-23T12:00:00Z';

type Stage = {
  readonly ingest: ReturnType<typeof createLedgerService>['ingest'];
  readonly owner: pg.Client;
  stop(): Promise<void>;
};

async function prepare(): Promise<Stage> {
  const server = await startPostgresServer(ROOT, 'bench');
  const admin = new pg.Client({ connectionString: server.ownerUrl });
  await admin.connect();
  await admin.query('drop database if exists kept_bench_ingest with (force)');
  await admin.query('create database kept_bench_ingest');
  await admin.end();
  const ownerUrl = replaceDatabase(server.ownerUrl, 'kept_bench_ingest');
  await migrateDatabase(ownerUrl);
  const db: Kysely<unknown> = openDatabase({
    url: replaceDatabase(server.appUrl, 'kept_bench_ingest'),
    assumesAppRole: false,
    maxConnections: IN_FLIGHT + 1,
    onIdleError: (error) => process.stderr.write(`${error}\n`),
  });
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  const nodes = new Set(Array.from({ length: NODES }, (_, index) => nodeOf(index)));
  const { ingest } = createLedgerService({
    db,
    clock: fixedClock(Temporal.Instant.from(NOW)),
    knownNodes: async () => nodes,
    announce: async () => undefined,
  });
  const stop = async () => {
    await db.destroy();
    await owner.end();
    await server.stopIfUnused();
  };
  return { ingest, owner, stop };
}

/** Batches of one source each, as full as the chunk allows. */
function toBatches(chunk: readonly SentEvent[]) {
  return SOURCES.flatMap((source) => {
    const events = chunk.filter((sent) => sent.source === source).map((sent) => sent.event);
    return Array.from({ length: Math.ceil(events.length / MOST_EVENTS) }, (_, index) => ({
      source,
      actor: 'bench',
      events: events.slice(index * MOST_EVENTS, (index + 1) * MOST_EVENTS),
    }));
  });
}

/** Time by the wall, and by the processor of this process (Postgres is another one). */
type Spent = { wallMs: number; cpuMs: number };

/** Books a chunk with two batches in flight. */
async function book({ ingest }: Stage, chunk: readonly SentEvent[], spent: Spent): Promise<void> {
  const batches = toBatches(chunk);
  const started = performance.now();
  const startedCpu = process.cpuUsage();
  const work = Array.from({ length: IN_FLIGHT }, async () => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      const booked = await ingest(SHOP, batch);
      if (!booked.ok) throw new Error(JSON.stringify(booked.refusal));
      const wrong = booked.value.verdicts.find(({ verdict }) => verdict === 'refused');
      if (wrong !== undefined) throw new Error(JSON.stringify(wrong));
    }
  });
  await Promise.all(work);
  spent.wallMs += performance.now() - started;
  const { user, system } = process.cpuUsage(startedCpu);
  spent.cpuMs += (user + system) / 1_000;
}

type Run = LedgerCheck & {
  readonly eventsPerSecond: number;
  readonly openingEventsPerSecond: number;
  /** Of the service and its client; a busy machine changes it less than the rate. */
  readonly cpuMicrosPerEvent: number;
  readonly events: number;
  readonly duplicates: number;
  readonly outOfOrder: number;
};

/** A shop of so many positions, and so many events on it. */
async function run(positions: number, events: number, say: (text: string) => void): Promise<Run> {
  const stage = await prepare();
  try {
    const size: StreamSize = { skus: positions / NODES, nodes: NODES };
    const opening: Spent = { wallMs: 0, cpuMs: 0 };
    let chunk: SentEvent[] = [];
    for (const sent of openingCounts(size)) {
      if (chunk.push(sent) < CHUNK_EVENTS) continue;
      await book(stage, chunk, opening);
      chunk = [];
    }
    await book(stage, chunk, opening);
    say(`${positions} positions opened in ${Math.round(opening.wallMs)} ms`);
    const stream = createStream(SEED, size);
    const spent: Spent = { wallMs: 0, cpuMs: 0 };
    for (let sent = 0; sent < events; sent += CHUNK_EVENTS) {
      const next = stream.next(Math.min(CHUNK_EVENTS, events - sent));
      await book(stage, next, spent);
      say(
        `${sent + next.length} events, ${Math.round(((sent + next.length) / spent.wallMs) * 1_000)}/s`,
      );
    }
    const { fresh, duplicates, outOfOrder } = stream.told;
    say('adding up every movement');
    const check = await checkLedger(stage.owner, SHOP, { movements: positions + fresh });
    return {
      eventsPerSecond: Math.round((events / spent.wallMs) * 1_000),
      openingEventsPerSecond: Math.round((positions / opening.wallMs) * 1_000),
      cpuMicrosPerEvent: Math.round((spent.cpuMs / events) * 10_000) / 10,
      events,
      duplicates,
      outOfOrder,
      ...check,
    };
  } finally {
    await stage.stop();
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean' },
      events: { type: 'string', default: '2000000' },
      positions: { type: 'string', default: '100000' },
      'million-events': { type: 'string', default: '1000000' },
      'no-growth': { type: 'boolean' },
    },
  });
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const positions = Number(values.positions);
  const growth: Record<string, number> = {};
  if (values['no-growth'] !== true) {
    const few = Math.min(GROWTH_EVENTS, Number(values.events));
    growth[10_000] = (await run(10_000, few, say)).eventsPerSecond;
  }
  const first = await run(positions, Number(values.events), say);
  growth[positions] = first.eventsPerSecond;
  const million = values['no-growth'] === true ? undefined : Number(values['million-events']);
  const large = million === undefined ? undefined : await run(1_000_000, million, say);
  if (large !== undefined) growth[1_000_000] = large.eventsPerSecond;
  const { eventsPerSecond, ...rest } = first;
  process.stdout.write(
    `${JSON.stringify({
      seed: SEED,
      eventsPerSecond,
      atPositions: positions,
      ...(large === undefined ? {} : { atOneMillionPositions: large }),
      growth,
      batchEvents: MOST_EVENTS,
      inFlight: IN_FLIGHT,
      ...rest,
      rssMb: Math.round(process.memoryUsage.rss() / 1_048_576),
    })}\n`,
  );
  const wrong = [first, large].some(
    (one) => one !== undefined && one.mismatches + one.lostOrDoubled + one.unmarked > 0,
  );
  if (wrong) process.exitCode = 1;
}

await main();
