import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  COAT,
  installWithScopes,
  levelAt,
  MILAN_ID,
} from '../../../scripts/local-shopify/fixtures/admin.ts';
import {
  type FakeApp,
  startFakeApp,
  startSmallShop,
} from '../../../scripts/local-shopify/fixtures/buy.ts';
import type { LocalShopify } from '../../../scripts/local-shopify/local-shopify.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/database.ts';
import { quietLog } from '../../../tests/worlds/live-shop.ts';
import {
  emptyFigures,
  type FigureState,
  modelFigures,
  want,
} from '../../../tests/worlds/push-figures.ts';
import { knowItems, PUSH_SHOP, startPush } from '../../../tests/worlds/push-stage.ts';
import { withShop } from '../../platform/database.ts';
import { takenOff } from './calls.ts';
import { type ToldLevel, takeTold } from './echo.ts';
import { createSyncHealth } from './health.ts';
import { reconcileLevels } from './reconcile-levels.ts';
import { createReconcileStore } from './reconcile-store.ts';

let app: FakeApp;
let local: LocalShopify;
let token: string;
let database: TestDatabase<unknown>;
let state: FigureState;
let push: ReturnType<typeof startPush>;
let imported: string[];

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
  state = emptyFigures();
  imported = [];
  for (const [key, level] of Object.entries(local.shop.state.levels)) {
    local.shop.state.levels[key] = {
      ...level,
      ...{ available: 20, committed: 0, damaged: 0, safety_stock: 0 },
    };
  }
  await knowItems(database.db, [
    COAT,
    { itemId: 3_001, sku: 'SECOND' },
    { itemId: 42, sku: 'GONE' },
  ]);
  const figures = modelFigures(
    () => state,
    (next) => {
      state = next;
    },
  );
  push = startPush({ db: database.db, url: local.url, token, figures });
  want(state, { ...COAT, locationId: MILAN_ID, units: 12 });
  await push.settled(state.version);
});
afterEach(async () => {
  await push.stop();
  await database.close();
});

const COAT_LEVEL = { itemId: COAT.itemId, locationId: MILAN_ID };

function told(over: Partial<ToldLevel> = {}) {
  const base = { itemId: COAT.itemId, locationId: MILAN_ID, available: 12 };
  const updatedAt = new Date().toISOString();
  return takeTold(push, PUSH_SHOP, { ...base, updatedAt, ...over });
}

async function chunks(): Promise<number> {
  const { rows } = await withShop(database.db, PUSH_SHOP, (trx) =>
    sql<{
      count: number;
    }>`select count(*)::int as count from push_chunk where shop_id = ${PUSH_SHOP}`.execute(trx),
  );
  return rows[0]?.count ?? -1;
}

function health() {
  const reconcile = createReconcileStore(database.db);
  return createSyncHealth({ ...push, db: database.db, reconcile });
}

function compare(): Promise<number> {
  const importLevel = async (
    _: unknown,
    change: { inventoryItemId: string; locationId: string },
  ) => {
    imported.push(`${change.inventoryItemId} at ${change.locationId}`);
  };
  const store = createReconcileStore(database.db);
  return reconcileLevels({ ...push, store, log: quietLog, fetch, importLevel }, PUSH_SHOP);
}

test('our own write coming back is an echo and costs nothing, also late and after a newer one', async () => {
  expect(await told()).toBe('echo');
  want(state, { ...COAT, locationId: MILAN_ID, units: 9 });
  await push.settled(state.version);
  expect(await told({ available: 12, updatedAt: '2020-01-01T00:00:00Z' })).toBe('echo');
  expect(await chunks()).toBe(0);
});

test('somebody else’s hand on a level we write is found at once and taken back', async () => {
  local.control.setLevel({ sku: COAT.sku, locationId: MILAN_ID, available: 50 });
  const at = new Date(Date.now() + 5_000).toISOString();
  expect(await told({ available: 50, updatedAt: at })).toBe('ours_changed');
  await push.settled(state.version);
  expect(levelAt(local).available).toBe(12);
});

test('a level that is Shopify’s is told as such', async () => {
  expect(await told({ itemId: 3_001, available: 4 })).toBe('theirs_changed');
});

test('the night’s comparison repairs drift and reports item, location, ours, theirs and cause', async () => {
  local.shop.state.levels[`${COAT.itemId}:${MILAN_ID}`] = { ...levelAt(local), available: 15 };
  expect(await compare()).toBeGreaterThan(0);
  await push.settled(state.version);
  expect(levelAt(local).available).toBe(12);
  const { reconcile } = await health().facts(PUSH_SHOP);
  expect(reconcile.last).toMatchObject({ endedAt: expect.anything() });
  expect(reconcile.rows).toContainEqual({
    locationId: MILAN_ID,
    itemId: COAT.itemId,
    sku: COAT.sku,
    ours: 12,
    theirs: 15,
    cause: 'foreign_edit',
    isOurs: true,
  });
  expect(await compare()).toBe(0);
});

test('a sale that nobody told of is found by the night’s comparison and deducted', async () => {
  const lines = [{ sku: COAT.sku, quantity: 2 }];
  local.control.placeOrder({ source: 'web', lines, locationId: MILAN_ID });
  await compare();
  await push.settled(state.version);
  expect(levelAt(local)).toMatchObject({ available: 10, committed: 2 });
  const { reconcile } = await health().facts(PUSH_SHOP);
  expect(reconcile.rows).toMatchObject([{ ours: 12, theirs: 10, cause: 'unseen_sale' }]);
});

test('a level of ours that was taken off its location is found by the night’s comparison and waits for a person', async () => {
  const key = `${COAT.itemId}:${MILAN_ID}`;
  const was = levelAt(local);
  delete local.shop.state.levels[key];
  try {
    expect(await compare()).toBe(1);
    await push.settled(state.version);
    expect(local.shop.state.levels[key]).toBeUndefined();
    const facts = await health().facts(PUSH_SHOP);
    expect(facts.reconcile.rows).toMatchObject([{ ours: 12, theirs: null, cause: 'taken_off' }]);
    expect(facts.refused).toMatchObject([{ ...COAT_LEVEL, code: 'taken_off_location' }]);
    expect(await compare()).toBe(0);
    await health().retryErrors(PUSH_SHOP, [COAT_LEVEL]);
    await push.settled(state.version);
    expect(levelAt(local).available).toBe(12);
  } finally {
    local.shop.state.levels[key] ??= was;
  }
});

test('an item that was taken off a location and is stocked there again is written again', async () => {
  await push.outbox.refuse(PUSH_SHOP, [takenOff(COAT_LEVEL)], push.now());
  want(state, { ...COAT, locationId: MILAN_ID, units: 9 });
  await push.settled(state.version);
  expect(levelAt(local).available).toBe(12);
  local.control.setLevel({ sku: COAT.sku, locationId: MILAN_ID, available: 0 });
  await told({ available: 0, updatedAt: new Date(Date.now() + 5_000).toISOString() });
  await push.settled(state.version);
  expect(levelAt(local).available).toBe(9);
  expect((await health().facts(PUSH_SHOP)).refusedCount).toBe(0);
});

test('a bulk read that fails is begun anew the next time', async () => {
  local.control.addFault({ kind: 'bulk_failed', count: 1 });
  await expect(compare()).rejects.toThrow('ended FAILED');
  local.control.clearFaults();
  expect(await compare()).toBe(0);
});

test('sync health names what is refused and why, and sends it again when a person says so', async () => {
  want(state, { itemId: 42, locationId: MILAN_ID, sku: 'GONE', units: 3 });
  await push.settled(state.version);
  const facts = await health().facts(PUSH_SHOP);
  expect(facts).toMatchObject({ refusedCount: 1, openCalls: 0, lagSeconds: null, trouble: null });
  expect(facts.refused).toMatchObject([{ itemId: 42, sku: 'GONE', locationId: MILAN_ID }]);
  expect(facts.lastPushAt).not.toBeNull();
  expect(facts.bucket).toMatchObject({ isLearned: true, restorePerSecond: 1_000 });
  expect(await health().retryErrors(PUSH_SHOP, [{ itemId: 42, locationId: MILAN_ID }])).toBe(1);
  await push.settled(state.version);
  // It is still gone: refused again, for the same reason.
  expect((await health().facts(PUSH_SHOP)).refusedCount).toBe(1);
  expect(await health().retryErrors(PUSH_SHOP, 'all')).toBe(1);
  await push.settled(state.version);
});
