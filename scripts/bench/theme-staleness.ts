/**
 * For how long may the storefront's first date be earlier than the live one, and is the stated bound kept?
 *
 *   npm run -s bench -- theme-staleness [--json] [--changes 100000] [--factor 20]
 *
 * A storm of class changes (worlds/theme-storm.ts) on the product's own path to Shopify, once on a standard shop (100
 * points a second) and once on Plus (1,000), buckets empty at the start, 0.5 % of replies lost after their effect.
 * `worstSeconds` is the longest time a date stood at Shopify that the engine no longer had; `boundSeconds` the formula
 * of `backend/shopify/theme-staleness.ts`. The last line is one JSON object; exits 1 when a bound is broken.
 */
import { parseArgs } from 'node:util';
import pg from 'pg';
import { openDatabase } from '../../backend/platform/database.ts';
import { migrateDatabase } from '../../backend/platform/migrations.ts';
import { startPostgresServer } from '../../backend/platform/postgres-server.ts';
import { replaceDatabase } from '../../tests/setup/postgres.ts';
import { ROOT } from '../build-extensions.ts';
import { playStorm, type StormResult } from './worlds/theme-storm.ts';

const SEED = 20_261_123;
const DATABASE = 'kept_theme_staleness';
const PLANS = { standard: 100, plus: 1_000 } as const;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    changes: { type: 'string', default: '100000' },
    factor: { type: 'string', default: '20' },
  },
});
const changes = Number(values.changes);
const say = (facts: { readonly event: string; readonly error?: unknown }) =>
  process.stderr.write(`${JSON.stringify({ ...facts, error: String(facts.error ?? '') })}\n`);
const log = { info: () => undefined, warn: say, error: say };
const server = await startPostgresServer(ROOT, 'bench-theme-staleness');
const results: Record<string, StormResult & { readonly keepsBound: boolean }> = {};
for (const [plan, restoreRate] of Object.entries(PLANS)) {
  const result = await onFreshDatabase((db) =>
    playStorm(
      db,
      {
        variants: changes,
        changes,
        lastsSeconds: 120,
        restoreRate,
        lostShare: 0.005,
        // Plus is ten times as fast for Shopify; the database's time is real.
        factor: plan === 'plus' ? Math.max(1, Number(values.factor) / 10) : Number(values.factor),
        seed: SEED,
      },
      log,
    ),
  );
  const keepsBound = result.stillWrong === 0 && result.worstSeconds <= result.boundSeconds;
  results[plan] = { ...result, keepsBound };
  process.stderr.write(`${plan}: ${JSON.stringify(results[plan])}\n`);
}
await server.stopIfUnused();
process.stdout.write(`${JSON.stringify(results)}\n`);
process.exitCode = Object.values(results).every(({ keepsBound }) => keepsBound) ? 0 : 1;

async function onFreshDatabase<Result>(
  run: (db: ReturnType<typeof openDatabase<unknown>>) => Promise<Result>,
): Promise<Result> {
  const owner = new pg.Client({ connectionString: server.ownerUrl });
  await owner.connect();
  await owner.query(`drop database if exists ${DATABASE} with (force)`);
  await owner.query(`create database ${DATABASE}`);
  await owner.end();
  const ownerUrl = replaceDatabase(server.ownerUrl, DATABASE);
  await migrateDatabase(ownerUrl);
  const db = openDatabase<unknown>({
    url: replaceDatabase(server.appUrl, DATABASE),
    assumesAppRole: false,
    maxConnections: 40,
    onIdleError: () => undefined,
  });
  try {
    return await run(db);
  } finally {
    await db.destroy();
  }
}
