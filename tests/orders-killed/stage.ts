/**
 * A stage for kill tests: Shopify that stays, a database that stays, and a process of the product that comes and goes.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import { openDatabase } from '../../backend/platform/database.ts';
import type { TestDatabase } from '../database.ts';
import { randomFrom } from '../oracle/random.ts';
import { orderBreaches } from '../order-invariants.ts';
import { differsAtShopify } from '../simulation/checks.ts';
import { SHOP } from '../simulation/services.ts';
import { createSimShopify, type SimOrder } from '../simulation/shopify.ts';

/** Monday, 11:00 in Rome. */
const WEEK_HOURS = 7 * 24;
const START = Temporal.Instant.from('2026-11-16T10:00:00Z');

/** The process was killed while it did what it was told. */
export const KILLED = Symbol('killed');

export type Stage = Awaited<ReturnType<typeof openStage>>;

/** Opens it without a process. */
export async function openStage(database: TestDatabase<unknown>) {
  let now = START;
  const heard: string[] = [];
  const agenda = {
    minute: () => now.since(START).total('minutes'),
    instantAt: (at: number) => START.add({ seconds: Math.round(at * 60) }),
    waiting: () => 0,
    after: (_minutes: number, run: () => Promise<void>) => void run(),
    next: async () => false,
  };
  // Nothing goes wrong by chance here.
  const random = { ...randomFrom(1), chance: () => false };
  const shopify = createSimShopify({
    ...{ agenda, random, count: () => undefined },
    arrived: async (orderId) => void heard.push(orderId),
  });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { operation, variables } = JSON.parse(Buffer.concat(chunks).toString());
      response.end(JSON.stringify(shopify.answer(operation, variables)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { watching, endWatching } = await openWatching(database);
  let child: Running | undefined;
  let isFilled = false;
  const running = () => {
    if (child === undefined) throw new Error('no process runs');
    return child;
  };
  /** Tells it what Shopify has said since. */
  const hear = async (): Promise<void> => {
    while (heard.length > 0 && child !== undefined && !child.isDead()) {
      const [orderId = ''] = heard;
      // What is not answered is sent again.
      if ((await child.ask('heard', orderId)) === KILLED) return;
      heard.shift();
    }
  };
  return {
    ...{ shopify, watching, hear, database },
    start: async (): Promise<void> => {
      child = await startProcess({
        ...{ appUrl: database.appUrl, shopifyUrl: `http://127.0.0.1:${address.port}` },
        ...{ isFilled, now: now.toString() },
      });
      isFilled = true;
    },
    isDead: () => running().isDead(),
    arm: (step: string) => running().ask('arm', step),
    act: (name: string, args: object = {}) => running().ask('act', name, args),
    passed: () => running().ask('passed', ''),
    /** Lets time go on. */
    later: async (minutes: number): Promise<void> => {
      now = now.add({ minutes });
      await running().ask('clock', now.toString());
    },
    /** Lets time go on to the next Monday, 11:00 in Rome in winter. */
    untilMonday: async (): Promise<void> => {
      const weeks = Math.floor(now.since(START).total('hours') / WEEK_HOURS) + 1;
      now = START.add({ hours: weeks * WEEK_HOURS });
      await running().ask('clock', now.toString());
    },
    now: () => now,
    place: (order: SimOrder, locationId: string) => shopify.place(order, locationId),
    stop: async (): Promise<void> => {
      await child?.stop();
      server.closeAllConnections();
      server.close();
      await endWatching();
    },
  };
}

/** One connection that sees the shop. It is kept: a pool lets an idle one go, and the next would see nothing. */
async function openWatching(database: TestDatabase<unknown>) {
  const pool = openDatabase<unknown>({
    ...{ url: database.appUrl, assumesAppRole: false, maxConnections: 1 },
    onIdleError: () => undefined,
  });
  const opened = Promise.withResolvers<Kysely<unknown>>();
  const ended = Promise.withResolvers<void>();
  const held = pool.connection().execute(async (pinned) => {
    await sql`select set_config('app.shop', ${SHOP}, false)`.execute(pinned);
    opened.resolve(pinned);
    await ended.promise;
  });
  held.catch(opened.reject);
  return {
    watching: await opened.promise,
    endWatching: async (): Promise<void> => {
      ended.resolve();
      await held;
      await pool.destroy();
    },
  };
}

type Running = Awaited<ReturnType<typeof startProcess>>;

async function startProcess(asked: object) {
  const script = path.join(import.meta.dirname, 'service-process.ts');
  const child: ChildProcess = fork(script, [JSON.stringify(asked)], {
    ...{ execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
  });
  const waiting = new Map<number, (value: unknown) => void>();
  let number = 0;
  let isDead = false;
  child.on('exit', () => {
    isDead = true;
    for (const resolve of waiting.values()) resolve(KILLED);
  });
  await new Promise<void>((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`the process ended with ${code}`)));
    child.on(
      'message',
      (said: { ready?: boolean; id?: number; value?: unknown; error?: string }) => {
        if (said.ready === true) return resolve();
        const resolver = waiting.get(said.id ?? -1);
        waiting.delete(said.id ?? -1);
        if (said.error !== undefined) process.stderr.write(`the process: ${said.error}\n`);
        resolver?.(said.value);
      },
    );
  });
  return {
    isDead: () => isDead,
    ask: (kind: string, name: string, args: object = {}): Promise<unknown> => {
      if (isDead) return Promise.resolve(KILLED);
      number += 1;
      const id = number;
      return new Promise((resolve) => {
        waiting.set(id, resolve);
        child.send({ id, kind, name, args }, (error) => {
          if (error !== null) resolve(KILLED);
        });
      });
    },
    stop: async (): Promise<void> => {
      if (isDead) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** What does not hold yet: jobs that run or are due soon, and everything that must hold of settled orders. */
export async function openEnds({
  watching,
  shopify,
  database,
}: Pick<Stage, 'watching' | 'shopify' | 'database'>): Promise<readonly string[]> {
  const jobs = await waitingJobs(watching);
  if (jobs.length > 0) return jobs;
  return [
    ...(await orderBreaches(database.db, SHOP, 'settled')),
    ...(await differsAtShopify({ db: database.db, shopId: SHOP }, shopify)),
  ];
}

async function waitingJobs(watching: Kysely<unknown>): Promise<readonly string[]> {
  const { rows } = await sql<{ job: string }>`
    select name || ' is ' || state as job from pgboss.job
    where state in ('created', 'retry', 'active') and start_after < now() + interval '10 seconds'
      -- which looks a minute later whether better evidence of the promise has come
      and name <> 'order_join' and name not like '\\_\\_%'`.execute(watching);
  return rows.map(({ job }) => job);
}

/** Waits until nothing is open; what still is when the time is over. */
export async function settleWithin(
  stage: Stage,
  milliseconds: number,
): Promise<{ readonly took: number; readonly open: readonly string[] }> {
  const begun = performance.now();
  for (;;) {
    await stage.hear();
    const open = stage.isDead() ? ['the process is dead'] : await openEnds(stage);
    const took = performance.now() - begun;
    if (open.length === 0 || took > milliseconds || stage.isDead()) return { took, open };
    await delay(40);
  }
}
