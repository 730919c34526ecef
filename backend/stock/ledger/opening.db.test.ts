// A database from before the ledger: what stood in it opens the ledger, and nothing of it is lost.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { replaceDatabase } from '../../../tests/setup/postgres.ts';
import type { ShopId } from '../../base/ids.ts';
import { fixedClock } from '../../platform/clock.ts';
import { openDatabase, withShop } from '../../platform/database.ts';
import { MIGRATIONS_DIR, migrateDatabase } from '../../platform/migrations.ts';
import { createStockStore } from '../store.ts';
import type { StockEvent } from './ledger.ts';
import { createLedgerService } from './service.ts';

const SHOP = 'before-the-ledger.myshopify.com' as ShopId;
const FIRST_OF_THE_LEDGER = '0030';
const name = `t_${Math.floor(Date.now() / 1000)}_${randomBytes(6).toString('hex')}`;
const { ownerUrl, appUrl } = inject('testPostgres');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kept-opening-'));

const db = openDatabase<unknown>({
  url: replaceDatabase(appUrl, name),
  assumesAppRole: false,
  maxConnections: 2,
  onIdleError: () => undefined,
});

async function asOwner(database: string, run: (client: pg.Client) => Promise<unknown>) {
  const client = new pg.Client({ connectionString: replaceDatabase(ownerUrl, database) });
  await client.connect();
  await run(client);
  await client.end();
}

beforeAll(async () => {
  const maintenance = new URL(ownerUrl).pathname.slice(1);
  await asOwner(maintenance, (client) => client.query(`create database ${name}`));
  const files = fs.readdirSync(MIGRATIONS_DIR).filter((file) => file.endsWith('.sql'));
  for (const file of files.filter((one) => one < FIRST_OF_THE_LEDGER)) {
    fs.copyFileSync(path.join(MIGRATIONS_DIR, file), path.join(folder, file));
  }
  await migrateDatabase(replaceDatabase(ownerUrl, name), folder);
  await asOwner(name, async (client) => {
    await client.query("select set_config('app.shop', $1, false)", [SHOP]);
    await client.query(
      `insert into stock_position (shop_id, sku, node_id, on_hand, unavailable, allocated,
         safety_stock, incoming, version)
       values ($1, 'A', 'milan', 12, 3, 0, 2, $2, 7), ($1, 'A', 'rome', 0, 0, 0, null, '[]', 7),
         ($1, 'B', 'milan', -4, 0, 0, null, '[]', 9)`,
      [SHOP, JSON.stringify([{ quantity: 5, expectedOn: '2026-12-01' }])],
    );
    await client.query('insert into stock_clock (shop_id, version) values ($1, 9)', [SHOP]);
  });
  await migrateDatabase(replaceDatabase(ownerUrl, name), MIGRATIONS_DIR);
}, 60_000);
afterAll(async () => {
  await db.destroy();
  const maintenance = new URL(ownerUrl).pathname.slice(1);
  await asOwner(maintenance, (client) => client.query(`drop database ${name} with (force)`));
  fs.rmSync(folder, { recursive: true, force: true });
});

test('positions stand as they stood, and a replica that holds an older number reads them anew', async () => {
  const store = createStockStore(db);
  const { all } = await store.readChanges(SHOP, 9);
  const rows = all?.rows().map(({ revision: _, ...row }) => row);
  expect(rows).toEqual([
    {
      ...{ sku: 'A', nodeId: 'milan', onHand: 12, unavailable: 3, allocated: 0, safetyStock: 2 },
      incoming: [{ quantity: 5, expectedOn: '2026-12-01' }],
    },
    { sku: 'A', nodeId: 'rome', onHand: 0, unavailable: 0, allocated: 0, incoming: [] },
    { sku: 'B', nodeId: 'milan', onHand: -4, unavailable: 0, allocated: 0, incoming: [] },
  ]);
});

test('each of them is the sum of its opening movements', async () => {
  const { rows } = await withShop(db, SHOP, (trx) =>
    sql`select sku, node_id as "nodeId", type, sum(delta)::int as units from stock_movement
      where reason = 'opening' group by 1, 2, 3 order by 1, 2, 3`.execute(trx),
  );
  expect(rows).toEqual([
    { sku: 'A', nodeId: 'milan', type: 'incoming', units: 5 },
    { sku: 'A', nodeId: 'milan', type: 'on_hand', units: 12 },
    { sku: 'A', nodeId: 'milan', type: 'quality_control', units: 3 },
    { sku: 'A', nodeId: 'rome', type: 'on_hand', units: 0 },
    { sku: 'B', nodeId: 'milan', type: 'on_hand', units: -4 },
  ]);
});

test('what comes afterwards is booked on top, and the history reaches back to the opening', async () => {
  const later = Temporal.Now.instant().add({ hours: 1 });
  const ledger = createLedgerService({
    db,
    clock: fixedClock(later),
    knownNodes: async () => new Set(['milan']),
    announce: async () => undefined,
  });
  const sale: StockEvent = {
    ...{ eventId: 's1', kind: 'delta', type: 'on_hand', sku: 'A', nodeId: 'milan', quantity: -2 },
    ...{ reason: 'sold', occurredAt: later.toString() },
  };
  await ledger.ingest(SHOP, { source: 'pos', actor: 'test', events: [sale] });
  const history = await ledger.readMovements(SHOP, { sku: 'A', nodeId: 'milan', limit: 10 });
  expect(history.map(({ reason, delta }) => [reason, delta])).toEqual([
    ['sold', -2],
    ['opening', 3],
    ['opening', 12],
    ['opening', 5],
  ]);
});
