/**
 * How long does a stock file of 100,000 rows take from its first byte to its last booked row?
 *
 * `npm run -s bench -- csv-import [--json] [--rows 100000]`
 *
 * Through the import service and the ledger on the project's own Postgres with its default settings (fsync and
 * synchronous_commit on, read back and printed): upload, preview of every row, start, booking in batches. Rows are distinct
 * SKUs over 20 nodes with quoted names, seeded; one in 500 is wrong. Afterwards SQL holds the positions against the file.
 * The last line is one JSON object; everything else goes to standard error.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import type { ShopId } from '../../backend/base/ids.ts';
import { importOptionsSchema } from '../../backend/connect/import-options.ts';
import { migrateDatabase } from '../../backend/platform/migrations.ts';
import { startPostgresServer } from '../../backend/platform/postgres-server.ts';
import { type ConnectStand, connectStand, skuOf } from '../../tests/connect-stand.ts';
import { replaceDatabase } from '../../tests/setup/postgres.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
const DATABASE = 'kept_bench_import';
const SHOP = 'bench-import.myshopify.com' as ShopId;
const SEED = 20_261_127;
const NODES = 20;
const WRONG_EVERY = 500;
const PIECE_BYTES = 64 * 1024;

type File = { readonly bytes: Buffer; readonly wrong: number; readonly units: number };

// Mulberry32: the same file every time.
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const nodeOf = (number: number) => `N-${String(number).padStart(2, '0')}`;

function makeFile(rows: number): File {
  const next = random(SEED);
  const lines = ['Codice articolo;Descrizione;Magazzino;Giacenza;Motivo'];
  let wrong = 0;
  let units = 0;
  for (let row = 0; row < rows; row += 1) {
    const quantity = Math.floor(next() * 120);
    const isWrong = row % WRONG_EVERY === WRONG_EVERY - 1;
    if (isWrong) wrong += 1;
    else units += quantity;
    const name = `"Maglia ""Nord""; taglia ${Math.floor(next() * 60)}"`;
    const said = isWrong ? `${quantity},5` : String(quantity);
    lines.push(`${skuOf(row)};${name};${nodeOf(Math.floor(next() * NODES))};${said};inventario`);
  }
  return { bytes: Buffer.from(`\ufeff${lines.join('\r\n')}\r\n`), wrong, units };
}

async function* piecesOf(bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}

function orThrow<Value>(done: { ok: true; value: Value } | { ok: false; refusal: object }): Value {
  if (!done.ok) throw new Error(JSON.stringify(done.refusal));
  return done.value;
}

/** Runs the import; seconds of each part. */
async function run({ imports }: ConnectStand, { bytes }: File) {
  const seconds: Record<string, number> = {};
  const timed = async <Value>(name: string, work: () => Promise<Value>): Promise<Value> => {
    const startedAt = performance.now();
    const value = await work();
    seconds[name] = Math.round(performance.now() - startedAt) / 1_000;
    return value;
  };
  const file = { fileName: 'stock.csv', author: 'bench', pieces: piecesOf(bytes) };
  const { importId } = orThrow(await timed('upload', () => imports.upload(SHOP, file)));
  const { layout, rows } = orThrow(await timed('preview', () => imports.preview(SHOP, importId)));
  const { separator, linesBefore, mapping } = layout;
  const options = importOptionsSchema.parse({ separator, linesBefore, mapping });
  await timed('start', async () => orThrow(await imports.start(SHOP, importId, options)));
  await timed('book', async () => {
    while (await imports.bookStarted(SHOP));
  });
  return { seconds, rows, done: orThrow(await imports.read(SHOP, importId)) };
}

async function openStand(rows: number) {
  const server = await startPostgresServer(ROOT, 'bench');
  const admin = new pg.Client({ connectionString: server.ownerUrl });
  await admin.connect();
  await admin.query(`drop database if exists ${DATABASE} with (force)`);
  await admin.query(`create database ${DATABASE}`);
  await admin.end();
  const ownerUrl = replaceDatabase(server.ownerUrl, DATABASE);
  await migrateDatabase(ownerUrl);
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  const stand = connectStand(replaceDatabase(server.appUrl, DATABASE), { skus: rows });
  for (let node = 0; node < NODES; node += 1) stand.known.nodes.add(nodeOf(node));
  const stop = async () => {
    await stand.close();
    await owner.end();
    await server.stopIfUnused();
  };
  return { stand, owner, stop };
}

/** Positions against the file, and the settings that make a commit durable. */
async function check(owner: pg.Client) {
  // The owner is bound by row-level security too.
  await owner.query("select set_config('app.shop', $1, false)", [SHOP]);
  const { rows } = await owner.query<{ units: string; positions: string }>(
    'select coalesce(sum(on_hand), 0) as units, count(*) as positions from stock_position',
  );
  const settings = await owner.query<{ name: string; setting: string }>(
    "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit')",
  );
  return {
    units: Number(rows[0]?.units),
    positions: Number(rows[0]?.positions),
    settings: Object.fromEntries(settings.rows.map(({ name, setting }) => [name, setting])),
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean' }, rows: { type: 'string', default: '100000' } },
  });
  const rows = Number(values.rows);
  const say = (text: string) => process.stderr.write(`${text}\n`);
  const { stand, owner, stop } = await openStand(rows);
  const file = makeFile(rows);
  say(`${rows} rows, ${(file.bytes.length / 1_048_576).toFixed(1)} MB`);
  const baseline = process.memoryUsage.rss();
  const { seconds, rows: seen, done } = await run(stand, file);
  const rssMb = Math.round(process.memoryUsage.rss() / 1_048_576);
  const found = await check(owner);
  await stop();
  const total = Object.values(seconds).reduce((sum, one) => sum + one, 0);
  say(JSON.stringify({ parts: seconds, baselineMb: Math.round(baseline / 1_048_576), ...found }));
  const isRight =
    done.state === 'done' &&
    done.booked === rows - file.wrong &&
    done.refused === file.wrong &&
    seen.wrong === file.wrong &&
    found.units === file.units &&
    found.positions === rows - file.wrong;
  const result = {
    rows,
    seconds: Math.round(total * 100) / 100,
    rowsPerSecond: Math.round(rows / total),
    rssMb,
    booked: done.booked,
    refused: done.refused,
    isRight,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  if (!isRight) process.exitCode = 1;
}

await main();
