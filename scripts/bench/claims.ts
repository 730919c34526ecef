/**
 * Does each offered work get exactly one winner, and how soon are the losers told?
 *
 *   npm run -s bench -- claims [--json] [--offers 10000] [--stores 20] [--rate 500]
 *
 * Two server processes of the product's desk endpoint (claims-server.ts), with paired devices and people on shift, over one
 * Postgres with fsync and synchronous_commit on, and no Redis and no common bus between them: what one commits the other
 * finds by reading. Every store asks for every work, in open loop: requests leave when they are due, whatever the servers do;
 * the stores of one work ask within a few moments of each other, half of them on each process. Desks listen on their process's
 * stream. Winners are counted afterwards from the stored timeline, and where the units are from the allocations.
 * `loserToldMs`: from the moment before the winner's commit to the event at the loser's desk; reading the streams shares its
 * process with the load. The last line is one JSON object; everything else goes to standard error.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Kysely, sql } from 'kysely';
import pg from 'pg';
import { prepareJobs, startJobQueue } from '../../backend/jobs/queue.ts';
import { createDeskAccess } from '../../backend/orders/desk/access/service.ts';
import { FULFILLMENT_FOLLOW_JOB } from '../../backend/orders/jobs.ts';
import { createLocalBus } from '../../backend/platform/bus.ts';
import { systemClock } from '../../backend/platform/clock.ts';
import { openDatabase, withShop } from '../../backend/platform/database.ts';
import { migrateDatabase } from '../../backend/platform/migrations.ts';
import { startPostgresServer } from '../../backend/platform/postgres-server.ts';
import { createIdSource, createSigner } from '../../backend/platform/signing.ts';
import { replaceDatabase } from '../../tests/setup/postgres.ts';
import { storeIds } from '../../tests/worlds/offer-market.ts';
import { DESK_KEY, type ServerSays, type ServerStart } from './claims-server.ts';
import { offerIdOf, SHOP, seedOffers } from './claims-world.ts';
import { type OpenLoopResult, percentile, runOpenLoop } from './open-loop.ts';
import { chanceFrom } from './worlds/big-network.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const SEED = 20_261_123;
const PROCESSES = 2;
const SOCKETS = 64;
// The stores of a work ask within so many requests of each other.
const SPREAD = 60;
const DATABASE = 'kept_bench_offers';
// Requests that wait behind a machine that is busy with something else are answered in the end.
const PATIENCE_MILLISECONDS = 600_000;
const LAST_EVENTS_MILLISECONDS = 5_000;

const say = (text: string) => process.stderr.write(`${text}\n`);
const now = () => performance.timeOrigin + performance.now();
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

type Options = { readonly offers: number; readonly stores: number; readonly rate: number };

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
  const queue = await startJobQueue({ url: appUrl, assumesAppRole: false, log: quiet });
  await queue.boss.createQueue(FULFILLMENT_FOLLOW_JOB, { policy: 'short' });
  await queue.stop();
  const db = openDatabase<unknown>({
    ...{ url: appUrl, assumesAppRole: false, maxConnections: 4 },
    onIdleError: () => undefined,
  });
  return { db, appUrl, ownerUrl, stop: () => server.stopIfUnused() };
}

// What the server would have done by itself in a shop that filled slowly.
async function analyze(ownerUrl: string): Promise<void> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  await owner.query('analyze');
  await owner.end();
}

type Server = { readonly child: ChildProcess; readonly port: number };

async function startServerProcess(start: ServerStart): Promise<Server> {
  const child = fork(path.join(import.meta.dirname, 'claims-server.ts'), { stdio: 'inherit' });
  child.send(start);
  const [said] = (await once(child, 'message')) as [ServerSays];
  if (!('port' in said)) throw new Error('a server says its port first');
  return { child, port: said.port };
}

async function commitsOf({ child }: Server): Promise<readonly (readonly [string, number])[]> {
  child.send('commits');
  const [said] = (await once(child, 'message')) as [ServerSays];
  if (!('commits' in said)) throw new Error('a server that is asked says its commits');
  return said.commits;
}

type Desk = {
  readonly store: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly server: Server;
};

/** Pairs a device and brings a person on shift at every store. */
async function openDesks(
  db: Kysely<unknown>,
  servers: readonly Server[],
  stores: number,
): Promise<readonly Desk[]> {
  const ids = storeIds(stores);
  const access = createDeskAccess({
    ...{ db, clock: systemClock(), bus: createLocalBus(), newId: createIdSource() },
    signer: createSigner([{ id: 'bench', key: DESK_KEY }]),
    monotonicMilliseconds: () => performance.now(),
    nodesOf: async () => new Map(ids.map((id) => [id, id])),
    nodeOfLocation: async () => undefined,
    shopOfPos: async () => undefined,
  });
  const must = <Value>(done: { ok: true; value: Value } | { ok: false }): Value => {
    if (done.ok) return done.value;
    throw new Error(`no desk: ${JSON.stringify(done)}`);
  };
  const desks: Desk[] = [];
  for (const [index, nodeId] of ids.entries()) {
    const asked = { nodeId, deviceName: 'Till' };
    const { code } = must(await access.createPairing(SHOP, asked, 'bench'));
    const { token: device } = must(await access.pair(SHOP, { text: code, kind: 'phone' }));
    const pin = '2580';
    const person = { nodeId, name: `Anna ${nodeId}`, role: 'staff', pin } as const;
    const { personId } = must(await access.addPerson(SHOP, person, 'bench'));
    const headers = { device, person: undefined, authorization: undefined, location: undefined };
    const known = must(await access.deviceOf(headers));
    const { token } = must(await access.identify(known, { personId, pin }));
    const server = servers[index % PROCESSES];
    if (server === undefined) throw new Error('every desk has a server');
    const own = { 'x-kept-device': device, 'x-kept-person': token };
    desks.push({ store: index + 1, headers: own, server });
  }
  access.stop();
  return desks;
}

/** When each losing offer's desk was told, by offer id. */
async function listen(desks: readonly Desk[], toldAt: Map<string, number>) {
  const requests = await Promise.all(
    desks.map(
      ({ server, headers }) =>
        new Promise<http.ClientRequest>((resolve, reject) => {
          const address = { host: '127.0.0.1', port: server.port, path: '/api/desk/events' };
          const request = http.get({ ...address, headers }, (response) => {
            if (response.statusCode !== 200) reject(new Error(`${response.statusCode}`));
            let text = '';
            response.setEncoding('utf8').on('data', (chunk: string) => {
              const at = now();
              const parts = (text + chunk).split('\n\n');
              text = parts.pop() ?? '';
              for (const part of parts) noteLost(part, at, toldAt);
            });
            response.once('data', () => resolve(request));
          });
          request.once('error', reject);
        }),
    ),
  );
  return () => {
    for (const request of requests) request.on('error', () => undefined).destroy();
  };
}

const LOST = /^event: offer_lost\ndata: (.*)$/m;

function noteLost(part: string, at: number, toldAt: Map<string, number>): void {
  const data = LOST.exec(part)?.[1];
  if (data === undefined) return;
  const { offerId } = JSON.parse(data) as { offerId: string };
  // Told twice would be told wrong: only the first counts, and the count shows it.
  if (!toldAt.has(offerId)) toldAt.set(offerId, at);
}

/** Every store's request for every work, in the order in which they leave, by process. */
function requestsOf(desks: readonly Desk[], { offers }: Options, servers: readonly Server[]) {
  const chance = chanceFrom(SEED);
  const due: { readonly at: number; readonly work: number; readonly desk: Desk }[] = [];
  for (let work = 1; work <= offers; work += 1) {
    for (const desk of desks) {
      due.push({ at: work * desks.length + chance.next() * SPREAD, work, desk });
    }
  }
  due.sort((a, b) => a.at - b.at);
  return servers.map((server) =>
    due
      .filter(({ desk }) => desk.server === server)
      .map(({ work, desk }) => requestOf(desk, offerIdOf(work, desk.store))),
  );
}

function requestOf({ headers }: Desk, offerId: string): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(
    `POST /api/desk/offers/${offerId}/claim HTTP/1.1\r\nhost: desk\r\n${lines.join('')}content-type: application/json\r\ncontent-length: 2\r\n\r\n{}`,
  );
}

/** What the tables say afterwards. */
async function countWinners(db: Kysely<unknown>) {
  const { rows } = await withShop(db, SHOP, (trx) =>
    sql<{ oneWinner: number; severalWinners: number; moved: number }>`
      with winners as (
        select work_id, count(*) as times, min(node_id) as node_id from order_event
        where shop_id = ${SHOP} and kind = 'claimed' group by work_id)
      select count(*) filter (where times = 1)::int as "oneWinner",
        count(*) filter (where times > 1)::int as "severalWinners",
        (select count(*)::int from winners w join work k on k.shop_id = ${SHOP} and k.work_id = w.work_id
          join order_allocation a on a.shop_id = ${SHOP} and a.order_id = k.order_id
          where a.node_id = w.node_id and k.node_id = w.node_id and a.quantity = 1) as moved
      from winners`.execute(trx),
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a count is a row');
  return row;
}

const round = (value: number) => Math.round(value * 10) / 10;

async function measure(options: Options, desks: readonly Desk[], servers: readonly Server[]) {
  const toldAt = new Map<string, number>();
  const stop = await listen(desks, toldAt);
  const lists = requestsOf(desks, options, servers);
  say(`${options.offers} works × ${options.stores} stores at ${options.rate}/s`);
  const results = await Promise.all(
    servers.map(({ port }, index) => {
      const requests = lists[index] ?? [];
      const ratePerSecond = (options.rate * requests.length) / (options.offers * options.stores);
      return runOpenLoop({
        ...{ host: '127.0.0.1', port, requests, ratePerSecond, sockets: SOCKETS },
        seconds: (requests.length + 0.5) / ratePerSecond,
        inspectEvery: Number.MAX_SAFE_INTEGER,
        graceMilliseconds: PATIENCE_MILLISECONDS,
      });
    }),
  );
  const losers = options.offers * (options.stores - 1);
  const deadline = now() + LAST_EVENTS_MILLISECONDS;
  while (toldAt.size < losers && now() < deadline) await delay(50);
  stop();
  const commits = new Map((await Promise.all(servers.map(commitsOf))).flat());
  return { results, toldAt, commits };
}

function toldMilliseconds(
  toldAt: ReadonlyMap<string, number>,
  commits: ReadonlyMap<string, number>,
) {
  const times: number[] = [];
  for (const [offerId, at] of toldAt) {
    const committed = commits.get(`o${offerId.split('-')[1]}`);
    if (committed === undefined) throw new Error(`nobody won what ${offerId} lost`);
    times.push(at - committed);
  }
  return Float64Array.from(times).sort();
}

function statusesOf(results: readonly OpenLoopResult[]) {
  const counts: Record<string, number> = {};
  for (const { statusCounts } of results) {
    for (const [status, count] of Object.entries(statusCounts)) {
      counts[status] = (counts[status] ?? 0) + count;
    }
  }
  return counts;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean' },
      offers: { type: 'string', default: '10000' },
      stores: { type: 'string', default: '20' },
      rate: { type: 'string', default: '500' },
    },
  });
  const options = {
    offers: Number(values.offers),
    stores: Number(values.stores),
    rate: Number(values.rate),
  };
  const bench = await openBench();
  const seededAt = systemClock().now();
  say('writing works and offers');
  await seedOffers(bench.db, { works: options.offers, stores: options.stores, now: seededAt });
  await analyze(bench.ownerUrl);
  const start = { appUrl: bench.appUrl, stores: options.stores, seededAt: seededAt.toString() };
  const servers = await Promise.all(
    Array.from({ length: PROCESSES }, () => startServerProcess(start)),
  );
  const desks = await openDesks(bench.db, servers, options.stores);
  const { results, toldAt, commits } = await measure(options, desks, servers);
  const counted = await countWinners(bench.db);
  for (const { child } of servers) child.kill();
  await bench.db.destroy();
  await bench.stop();
  const told = toldMilliseconds(toldAt, commits);
  const answers = Float64Array.from(results.flatMap(({ latenciesMs }) => [...latenciesMs])).sort();
  const report = {
    seed: SEED,
    ...{ offers: options.offers, storesPerOffer: options.stores, processes: PROCESSES },
    ...{ redis: false, ratePerSecond: options.rate },
    offersWithOneWinner: counted.oneWinner,
    offersWithSeveralWinners: counted.severalWinners,
    unitsAtWinner: counted.moved,
    losersTold: told.length,
    loserToldP50Ms: round(percentile(told, 0.5)),
    loserToldP99Ms: round(percentile(told, 0.99)),
    loserToldMaxMs: round(told.at(-1) ?? Number.NaN),
    answerP50Ms: round(percentile(answers, 0.5)),
    answerP99Ms: round(percentile(answers, 0.99)),
    statuses: statusesOf(results),
    unanswered: results.reduce((sum, { unanswered }) => sum + unanswered, 0),
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

await main();
