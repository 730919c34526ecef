/**
 * Runs many seeds: in some processes side by side, all on one database, each seed a shop of it.
 *
 * In: a server with a template (tests/setup/postgres.ts). Out: one result a seed, told as soon as it is there. Seeds beside
 * each other keep both Node and Postgres busy, and prove that shops keep apart; a connection's plans serve all of them.
 */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type { Kysely } from 'kysely';
import pg from 'pg';
import { openDatabase } from '../../backend/platform/database.ts';
import { replaceDatabase } from '../setup/postgres.ts';
import { watchCommits } from './at-commit.ts';
import { runSeed, type SeedAsked, type SeedResult } from './run.ts';

export type TestServer = {
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly template: string;
};

/** What a process is told: seeds one by one, nothing more when it gets `undefined`. */
export type SeedOrder = { readonly asked: SeedAsked };
/** What it answers. */
export type SeedAnswer = { readonly result: SeedResult };

const WORKER = path.join(import.meta.dirname, 'worker.ts');

/** Runs these seeds in so many processes, `atOnce` side by side in each. */
export async function runSeeds(
  server: TestServer,
  seeds: readonly SeedAsked[],
  told: {
    readonly processes: number;
    readonly atOnce: number;
    readonly done: (result: SeedResult) => void;
  },
): Promise<void> {
  await onDatabase(server, async ({ appUrl }) => {
    const waiting = [...seeds];
    const processes = Array.from({ length: Math.min(told.processes, seeds.length) }, () =>
      runIn(appUrl, { ...told, waiting }),
    );
    await Promise.all(processes);
  });
}

function runIn(
  appUrl: string,
  {
    waiting,
    atOnce,
    done,
  }: {
    readonly waiting: SeedAsked[];
    readonly atOnce: number;
    readonly done: (result: SeedResult) => void;
  },
): Promise<void> {
  const worker = fork(WORKER, [appUrl], { execArgv: [], serialization: 'advanced' });
  let open = 0;
  const next = () => {
    const asked = waiting.shift();
    if (asked !== undefined) {
      open += 1;
      worker.send({ asked } satisfies SeedOrder);
    } else if (open === 0 && worker.connected) worker.disconnect();
  };
  return new Promise((resolve, reject) => {
    worker.on('message', ({ result }: SeedAnswer) => {
      open -= 1;
      done(result);
      next();
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (code === 0 && open === 0) resolve();
      else reject(new Error(`A process of the simulation ended with ${code}, ${open} seeds open.`));
      // The others are not asked for more.
      waiting.length = 0;
    });
    next();
    // Each process has its first before any has its second.
    setImmediate(() => {
      for (let row = 1; row < atOnce; row += 1) next();
    });
  });
}

/** Runs these seeds here, all at once, on a database of their own; in their order. */
export async function runSeedsHere(
  server: TestServer,
  seeds: readonly SeedAsked[],
): Promise<readonly SeedResult[]> {
  return await onDatabase(server, async ({ appUrl }) => {
    const db = openForSeeds(appUrl);
    try {
      return await Promise.all(seeds.map((asked) => runSeed(db, asked)));
    } finally {
      await db.destroy();
    }
  });
}

/** The connections of one process that runs seeds. */
export function openForSeeds(appUrl: string): Kysely<unknown> {
  return openDatabase<unknown>({
    ...{ url: appUrl, assumesAppRole: false, maxConnections: CONNECTIONS },
    onIdleError: () => undefined,
  });
}

// A seed holds one for its lock of an order, one for a transaction, seldom a second.
const CONNECTIONS = 10;

/** Does it on a new database whose commits are watched. */
export async function onDatabase<Value>(
  server: TestServer,
  work: (urls: { readonly ownerUrl: string; readonly appUrl: string }) => Promise<Value>,
): Promise<Value> {
  const name = `t_${Math.floor(Date.now() / 1000)}_${randomBytes(6).toString('hex')}`;
  await asOwner(server, `create database ${name} template ${server.template} strategy wal_log`);
  try {
    const urls = {
      ownerUrl: replaceDatabase(server.ownerUrl, name),
      appUrl: replaceDatabase(server.appUrl, name),
    };
    await watchCommits(urls.ownerUrl);
    return await work(urls);
  } finally {
    await asOwner(server, `drop database ${name} with (force)`);
  }
}

async function asOwner({ ownerUrl }: TestServer, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
