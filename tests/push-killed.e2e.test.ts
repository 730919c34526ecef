// The push is killed at every step it has, by name, and started again: Shopify ends as the figures say, every order
// deducted once, nothing left open.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { withShop } from '../backend/platform/database.ts';
import { PUSH_STEPS, type PushStep } from '../backend/shopify/inventory/steps.ts';
import {
  COAT,
  installWithScopes,
  levelAt,
  MILAN_ID,
} from '../scripts/local-shopify/fixtures/admin.ts';
import {
  type FakeApp,
  startFakeApp,
  startSmallShop,
} from '../scripts/local-shopify/fixtures/buy.ts';
import type { LocalShopify } from '../scripts/local-shopify/local-shopify.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { changed, emptyFigures, figuresOfSku, know, want } from './worlds/push-figures.ts';
import { compareLevels, loadFigures, saveFigures, stageOfFile } from './worlds/push-process.ts';
import { knowItems, PUSH_SHOP, startPush } from './worlds/push-stage.ts';

const ITEMS = [COAT, { sku: 'SECOND', itemId: 3_001 }, { sku: 'THIRD', itemId: 3_002 }];

let app: FakeApp;
let local: LocalShopify;
let token: string;
let database: TestDatabase<unknown>;
let folder: string;
let file: string;

beforeAll(async () => {
  app = await startFakeApp();
  local = await startSmallShop(app.url);
  local.control.changeSettings({ webhooks: 'prompt', plan: 'plus' });
  token = await installWithScopes(local);
});
afterAll(async () => {
  await local.stop();
  await app.stop();
});
beforeEach(async () => {
  database = await createTestDatabase();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kept-push-'));
  file = path.join(folder, 'figures.json');
  for (const [key, level] of Object.entries(local.shop.state.levels)) {
    local.shop.state.levels[key] = {
      ...level,
      ...{ available: 20, committed: 0, damaged: 0, safety_stock: 0 },
    };
  }
  await knowItems(database.db, ITEMS);
});
afterEach(async () => {
  await database.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

function wantAll(units: readonly number[]): void {
  const state = fs.existsSync(file) ? loadFigures(file) : emptyFigures();
  for (const [index, item] of ITEMS.entries()) {
    want(state, { ...item, locationId: MILAN_ID, units: units[index] ?? 0 });
  }
  saveFigures(file, state);
}

async function pushUntilSettled(compares: boolean): Promise<void> {
  const push = startPush(stageOfFile({ url: local.url, token, file }, database.db));
  await push.settled(loadFigures(file).version);
  if (compares) {
    await compareLevels(push, database.db);
    await push.settled(loadFigures(file).version);
  }
  await push.stop();
}

/** Runs the push until it kills itself; the signal it died of. */
async function runUntilKilled(step: PushStep): Promise<string | null> {
  const asked = JSON.stringify({ appUrl: database.appUrl, url: local.url, token, file, step });
  const script = path.join(import.meta.dirname, 'worlds', 'push-process.ts');
  const child = spawn(process.execPath, [script, asked], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [, signal] = await once(child, 'exit');
  return signal;
}

// A dead process keeps its lease until it ends; a test does not wait half a minute for that.
async function endLease(): Promise<void> {
  await withShop(database.db, PUSH_SHOP, async (trx) => {
    await sql`update push_worker set held_until = '2000-01-01T00:00:00Z' where shop_id = ${PUSH_SHOP}`.execute(
      trx,
    );
  });
}

test.each(PUSH_STEPS)(
  'killed at "%s" and started again, levels end equal and orders deducted once',
  async (step) => {
    wantAll([12, 7, 15]);
    await pushUntilSettled(false);
    expect(levelAt(local)).toMatchObject({ available: 12 });

    // Two units of the coat are sold by Shopify; nobody tells us. One level was edited by hand.
    const lines = [{ sku: COAT.sku, quantity: 2 }];
    local.control.placeOrder({ source: 'web', lines, locationId: MILAN_ID });
    local.shop.state.levels[`3001:${MILAN_ID}`] = {
      ...levelAt(local, MILAN_ID, 3_001),
      available: 18,
    };
    wantAll([11, 7, 9]);

    expect(await runUntilKilled(step)).toBe('SIGKILL');
    await endLease();
    await pushUntilSettled(true);

    const figures = loadFigures(file);
    expect(figuresOfSku(figures, COAT.sku)).toMatchObject([{ units: 9 }]);
    expect(levelAt(local)).toMatchObject({ available: 9, committed: 2 });
    expect(levelAt(local, MILAN_ID, 3_001)).toMatchObject({ available: 7, committed: 0 });
    expect(levelAt(local, MILAN_ID, 3_002)).toMatchObject({ available: 9, committed: 0 });

    // Ten minutes later the order is told, and nothing changes.
    know(figures, COAT.sku, 2);
    changed(figures, COAT.sku);
    saveFigures(file, figures);
    await pushUntilSettled(true);
    expect(levelAt(local)).toMatchObject({ available: 9, committed: 2 });
  },
);
