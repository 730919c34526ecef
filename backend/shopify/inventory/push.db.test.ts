import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  COAT,
  installWithScopes,
  levelAt,
  MILAN_ID,
  PARIS_ID,
} from '../../../scripts/local-shopify/fixtures/admin.ts';
import {
  type FakeApp,
  startFakeApp,
  startSmallShop,
} from '../../../scripts/local-shopify/fixtures/buy.ts';
import type { LocalShopify } from '../../../scripts/local-shopify/local-shopify.ts';
import { createTestDatabase, type TestDatabase } from '../../../tests/database.ts';
import {
  changed,
  emptyFigures,
  type FigureState,
  figuresOfSku,
  know,
  modelFigures,
  want,
} from '../../../tests/worlds/push-figures.ts';
import { knowItems, PUSH_SHOP, startPush } from '../../../tests/worlds/push-stage.ts';
import { withShop } from '../../platform/database.ts';

let app: FakeApp;
let local: LocalShopify;
let token: string;
let database: TestDatabase<unknown>;
let state: FigureState;
let push: ReturnType<typeof startPush>;
let fetches: string[] = [];
let minutesAhead = 0;

const OTHERS = [3_001, 3_002];

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
  fetches = [];
  minutesAhead = 0;
  local.control.clearFaults();
  local.control.changeSettings({ badRow: 'atomic' });
  for (const [key, level] of Object.entries(local.shop.state.levels)) {
    local.shop.state.levels[key] = {
      ...level,
      ...{ available: 20, committed: 0, damaged: 0, safety_stock: 0 },
    };
  }
  await knowItems(database.db, [COAT, ...OTHERS.map((itemId) => ({ itemId, sku: `S${itemId}` }))]);
});
afterEach(async () => {
  await push.stop();
  await database.close();
});

type Wire = (body: string, go: () => Promise<Response>) => Promise<Response>;

function start(wire: Wire = (_body, go) => go()) {
  push = startPush({
    db: database.db,
    url: local.url,
    token,
    figures: modelFigures(
      () => state,
      (next) => {
        state = next;
      },
      fetchOrders,
      now,
    ),
    now,
    fetch: (input, init) => {
      fetches.push(String(init?.body));
      return wire(String(init?.body), () => fetch(input, init));
    },
  });
  return push;
}

const now = () => Temporal.Now.instant().add({ minutes: minutesAhead });
let ordersToFetch: () => void = () => {};
const fetchOrders = async () => ordersToFetch();

function wantCoat(units: number, locationId = MILAN_ID, parked = 0) {
  want(state, { ...COAT, locationId, units, parked });
}

const settled = () => push.settled(state.version);
const sets = () => fetches.filter((body) => body.includes('InventorySetQuantities('));

async function refusals() {
  const { rows } = await withShop(database.db, PUSH_SHOP, (trx) =>
    sql`select item_id::int as item, code from push_refusal order by 1`.execute(trx),
  );
  return rows;
}

describe('a figure', () => {
  test('that time alone changes reaches its level within a minute, and no sooner', async () => {
    start();
    wantCoat(12);
    await settled();
    // A lot comes within the horizon: the figure is another, and nobody says so.
    state.wanted[`${COAT.itemId}:${MILAN_ID}`] = { sku: COAT.sku, units: 30, parked: 0 };
    state.due.push({ at: now().add({ seconds: 90 }).toString(), sku: COAT.sku });
    push.wake();
    await settled();
    expect(levelAt(local).available).toBe(12);
    minutesAhead = 2;
    push.wake();
    await expect.poll(() => levelAt(local).available).toBe(30);
  });

  test('that time alone changed while nobody pushed is planned by the next holder', async () => {
    start();
    wantCoat(12);
    await settled();
    await push.stop();
    state.wanted[`${COAT.itemId}:${MILAN_ID}`] = { sku: COAT.sku, units: 7, parked: 0 };
    state.due.push({ at: now().toString(), sku: COAT.sku });
    start();
    await expect.poll(() => levelAt(local).available).toBe(7);
  });

  test('reaches its level, which is read first and then compared', async () => {
    start();
    wantCoat(12);
    await settled();
    expect(levelAt(local).available).toBe(12);
    expect(JSON.parse(sets()[0] ?? '').variables.input.quantities).toEqual([
      expect.objectContaining({ quantity: 12, changeFromQuantity: 20 }),
    ]);
  });

  test('that changed five times before it left is sent once, the newest', async () => {
    for (const units of [19, 3, 8, 5, 7]) wantCoat(units);
    start();
    await settled();
    expect(levelAt(local).available).toBe(7);
    expect(sets()).toHaveLength(1);
  });

  test('that changes while its call is under way is sent after it', async () => {
    let isFirst = true;
    start(async (body, go) => {
      if (body.includes('InventorySetQuantities(') && isFirst) {
        isFirst = false;
        wantCoat(5);
        push.wake();
        await push.outbox.openCalls(PUSH_SHOP);
      }
      return await go();
    });
    wantCoat(12);
    // What was wanted last was not yet when this wait began.
    await settled();
    await expect.poll(() => levelAt(local).available, { timeout: 30_000 }).toBe(5);
    expect(sets()).toHaveLength(2);
  });

  test('of an item that is not stocked at the location stocks it there', async () => {
    delete local.shop.state.levels[`${COAT.itemId}:${PARIS_ID}`];
    start();
    wantCoat(6, PARIS_ID);
    await settled();
    expect(levelAt(local, PARIS_ID).available).toBe(6);
  });

  test('with a parked share moves units to safety stock, and on hand stays what it was', async () => {
    start();
    wantCoat(12, MILAN_ID, 8);
    await settled();
    expect(levelAt(local)).toMatchObject({ available: 12, safety_stock: 8 });
    wantCoat(15, MILAN_ID, 5);
    await settled();
    expect(levelAt(local)).toMatchObject({ available: 15, safety_stock: 5 });
  });
});

describe('an order that Shopify took and nobody told us of (decision 14)', () => {
  const sell = (quantity: number) =>
    local.control.placeOrder({
      source: 'web',
      lines: [{ sku: COAT.sku, quantity }],
      locationId: MILAN_ID,
    });

  test('lands between read and write: deducted at once, and once for ever', async () => {
    start();
    wantCoat(10);
    await settled();
    // Its own sale comes, and while the call for it is on its way Shopify sells two.
    let isSold = false;
    await push.stop();
    start(async (body, go) => {
      if (body.includes('InventorySetQuantities(') && !isSold) {
        isSold = true;
        sell(2);
      }
      return await go();
    });
    const shown: number[] = [];
    wantCoat(9);
    await settled();
    shown.push(levelAt(local).available);
    // Nine are left to sell here, two of them are Shopify's now.
    expect(levelAt(local)).toMatchObject({ available: 7, committed: 2 });
    // Ten minutes later the webhook comes: the order is known, and nothing changes.
    know(state, COAT.sku, 2);
    await settled();
    shown.push(levelAt(local).available);
    expect(levelAt(local)).toMatchObject({ available: 7, committed: 2 });
    expect(figuresOfSku(state, COAT.sku)).toMatchObject([{ units: 7 }]);
    // One more sale of our own, with the order known: still once.
    wantCoat(6);
    await settled();
    expect(levelAt(local)).toMatchObject({ available: 6, committed: 2 });
    expect(Math.max(...shown)).toBeLessThanOrEqual(7);
  });

  test('and whose webhook was faster than our write is deducted once', async () => {
    start();
    wantCoat(10);
    await settled();
    sell(3);
    know(state, COAT.sku, 3);
    await settled();
    expect(levelAt(local)).toMatchObject({ available: 7, committed: 3 });
  });

  test('together with an edit that no order explains: the orders are fetched before anything is written', async () => {
    start();
    wantCoat(10);
    await settled();
    sell(1);
    local.control.setLevel({ sku: COAT.sku, locationId: MILAN_ID, available: 4 });
    let fetched = 0;
    ordersToFetch = () => {
      fetched += 1;
      expect(sets()).toHaveLength(2);
      if (fetched === 1) know(state, COAT.sku, 1);
    };
    wantCoat(8);
    await settled();
    ordersToFetch = () => {};
    expect(fetched).toBeGreaterThan(0);
    // The order took one of eight; the edit is no truth where we are the authority.
    expect(levelAt(local)).toMatchObject({ available: 7, committed: 1 });
  });
});

describe('a bad row', () => {
  const wantAll = (units: number) => {
    wantCoat(units);
    for (const itemId of OTHERS) {
      want(state, { itemId, locationId: MILAN_ID, sku: `S${itemId}`, units });
    }
  };

  test.each(['atomic', 'others applied'])(
    'blocks nobody when Shopify answers "%s"',
    async (badRow) => {
      local.control.changeSettings({ badRow });
      start();
      wantAll(15);
      await settled();
      fetches = [];
      local.control.addFault({
        kind: 'bad_row',
        operation: 'InventorySetQuantities',
        count: 1,
        code: 'NON_MUTABLE_INVENTORY_ITEM',
      });
      wantAll(11);
      await settled();
      const units = [COAT.itemId, ...OTHERS].map(
        (itemId) => levelAt(local, MILAN_ID, itemId).available,
      );
      expect(units.toSorted()).toEqual([11, 11, 15]);
      expect(await refusals()).toMatchObject([{ code: 'NON_MUTABLE_INVENTORY_ITEM' }]);
      expect(sets()).toHaveLength(badRow === 'atomic' ? 2 : 1);
    },
  );

  test('that names no row is found by halving', async () => {
    start();
    wantAll(15);
    await settled();
    let isFirst = true;
    await push.stop();
    start(async (body, go) => {
      if (!body.includes('InventorySetQuantities(') || !isFirst) return await go();
      isFirst = false;
      const errors = [
        { code: 'INVALID_QUANTITY_TOO_HIGH', field: ['input'], message: 'Too high.' },
      ];
      const payload = { inventoryAdjustmentGroup: null, userErrors: errors };
      return Response.json({ data: { inventorySetQuantities: payload } });
    });
    wantAll(11);
    await settled();
    expect(levelAt(local).available).toBe(11);
    expect(await refusals()).toEqual([]);
  });

  test('of an item that is gone is quarantined, and sent again when a person says so', async () => {
    start();
    want(state, { itemId: 42, locationId: MILAN_ID, sku: 'GONE', units: 3 });
    await knowItems(database.db, [{ itemId: 42, sku: 'GONE' }]);
    changed(state, 'GONE');
    wantCoat(9);
    await settled();
    expect(levelAt(local).available).toBe(9);
    expect(await refusals()).toMatchObject([{ item: 42 }]);
  });
});

describe('on a bad day at Shopify', () => {
  test.each([
    ['a reply is lost after its effect', { kind: 'reply_lost', count: 2 }],
    ['the page is HTML', { kind: 'server_error', count: 2 }],
    ['the bucket is empty', { kind: 'throttled', count: 2 }],
  ] as const)('%s: the level says what it shall, under one key', async (_name, fault) => {
    start();
    wantCoat(10);
    await settled();
    fetches = [];
    local.control.addFault({ ...fault, operation: 'InventorySetQuantities' });
    wantCoat(9);
    await settled();
    expect(levelAt(local).available).toBe(9);
    const keys = sets().map((body) => JSON.parse(body).variables.key);
    expect(keys.length).toBeGreaterThan(1);
    expect(new Set(keys).size).toBe(1);
  });

  test('a call hangs: it is asked again under its key', async () => {
    let isFirst = true;
    start(async (body, go) => {
      if (!body.includes('InventorySetQuantities(') || !isFirst) return await go();
      isFirst = false;
      await go();
      throw new DOMException('The operation was aborted due to timeout', 'TimeoutError');
    });
    wantCoat(9);
    await settled();
    expect(levelAt(local).available).toBe(9);
    expect(new Set(sets().map((body) => JSON.parse(body).variables.key)).size).toBe(1);
  });

  test('a stranger’s write makes ours stale: it is read, and overwritten with the newest figure', async () => {
    start();
    wantCoat(10);
    await settled();
    local.control.setLevel({ sku: COAT.sku, locationId: MILAN_ID, available: 33 });
    wantCoat(9);
    await settled();
    expect(levelAt(local).available).toBe(9);
  });
});
