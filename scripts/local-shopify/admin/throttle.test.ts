import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { COAT, installWithScopes, levelAt, setQuantities } from '../fixtures/admin.ts';
import { FIXTURE_ROOT, SHOP_DOMAIN } from '../fixtures/buy.ts';
import { smallShop } from '../fixtures/small-shop.ts';
import { type LocalShopify, startLocalShopify } from '../local-shopify.ts';
import { createThrottle } from './throttle.ts';

type Cost = {
  requestedQueryCost: number;
  actualQueryCost: number | null;
  throttleStatus: { maximumAvailable: number; currentlyAvailable: number; restoreRate: number };
};
type Body = {
  data?: Record<string, unknown> | null;
  errors?: { message: string; extensions?: { code?: string; cost?: number; maxCost?: number } }[];
  extensions?: { cost: Cost };
};

let nowMs = 1_000;
let local: LocalShopify;
let token: string;

beforeAll(async () => {
  const options = { port: 0, seed: smallShop(), appUrl: 'http://localhost:1', root: FIXTURE_ROOT };
  local = await startLocalShopify({ ...options, wireMs: () => nowMs });
  token = await installWithScopes(local);
});
afterAll(() => local.stop());
beforeEach(() => {
  local.control.clearFaults();
  local.control.changeSettings({ plan: 'basic', connectionCost: 'in full' });
  // A minute fills any bucket.
  nowMs += 60_000;
});

async function ask(query: string): Promise<{ status: number; text: string; body: Body }> {
  const response = await fetch(`${local.url}/${SHOP_DOMAIN}/admin/api/2026-07/graphql.json`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-shopify-access-token': token },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  return { status: response.status, text, body: text.startsWith('{') ? JSON.parse(text) : {} };
}

// 250 variants with their product and item are asked for, twelve are there.
const DEAR = '{ productVariants(first: 250) { nodes { id product { id } inventoryItem { id } } } }';
const SHOP = '{ shop { id } }';

describe('the bucket', () => {
  test.each([
    ['basic', 100, 2_000],
    ['advanced', 200, 4_000],
    ['plus', 1_000, 20_000],
  ] as const)('of plan %s restores %i points a second and holds %i', (plan, rate, size) => {
    let now = 0;
    const throttle = createThrottle({ plan: () => plan, nowMs: () => now });
    expect(throttle.take(size)).toBe(true);
    now += 500;
    expect(throttle.status()).toEqual({
      maximumAvailable: size,
      currentlyAvailable: rate / 2,
      restoreRate: rate,
    });
    expect(throttle.take(rate / 2 + 1)).toBe(false);
    expect(throttle.take(rate / 2)).toBe(true);
  });

  test('never holds more than its size', () => {
    let now = 0;
    const throttle = createThrottle({ plan: () => 'basic', nowMs: () => now });
    now += 3_600_000;
    throttle.refund(500);
    expect(throttle.status().currentlyAvailable).toBe(2_000);
  });
});

describe('an answer', () => {
  test('says what was requested, what it came to and what is left', async () => {
    const { body } = await ask(DEAR);
    expect(body.extensions?.cost).toEqual({
      requestedQueryCost: 750,
      actualQueryCost: 36,
      throttleStatus: { maximumAvailable: 2_000, currentlyAvailable: 1_964, restoreRate: 100 },
    });
  });

  test('is THROTTLED with status 200 and no data when the requested points are not there', async () => {
    // Each leaves 36 points behind; the rest comes back with the answer.
    while ((await ask(DEAR)).body.data) nowMs += 0;
    const { status, body } = await ask(DEAR);
    expect(status).toBe(200);
    expect('data' in body).toBe(false);
    expect(body.errors).toMatchObject([
      { message: 'Throttled', extensions: { code: 'THROTTLED' } },
    ]);
    const cost = body.extensions?.cost;
    expect(cost).toMatchObject({ requestedQueryCost: 750, actualQueryCost: null });
    const missing = 750 - (cost?.throttleStatus.currentlyAvailable ?? 0);
    expect(missing).toBeGreaterThan(0);
    // Waiting exactly as long as Shopify's numbers say is long enough.
    nowMs += (missing / 100) * 1_000;
    expect((await ask(DEAR)).body.data).toBeTruthy();
  });

  test('does not come from a jump of the shop clock', async () => {
    while ((await ask(DEAR)).body.data) nowMs += 0;
    local.clock.moveBy(5);
    expect((await ask(DEAR)).body.errors?.[0]?.extensions?.code).toBe('THROTTLED');
  });

  test('a query above 1,000 points never runs, however full the bucket', async () => {
    const query =
      '{ locations(first: 50) { nodes { inventoryLevels(first: 30) { nodes { id } } } } }';
    expect((await ask(query)).body.errors).toMatchObject([
      { extensions: { code: 'MAX_COST_EXCEEDED', cost: 1_550, maxCost: 1_000 } },
    ]);
  });

  test('an inventory write of any size costs ten points', async () => {
    const before = (await ask(SHOP)).body.extensions?.cost.throttleStatus.currentlyAvailable ?? 0;
    await setQuantities(local, token, [{ quantity: 3 }, { itemId: 3_001, quantity: 3 }]);
    const after = (await ask(SHOP)).body.extensions?.cost.throttleStatus.currentlyAvailable ?? 0;
    // One point is the question itself.
    expect(before - after).toBe(11);
  });
});

describe('faults on demand', () => {
  test('throttled: as when the bucket is empty, for the named operation alone', async () => {
    local.control.addFault({ kind: 'throttled', operation: 'shop', count: 1 });
    expect((await ask('{ locations(first: 1) { nodes { id } } }')).body.data).toBeTruthy();
    const { body } = await ask(SHOP);
    expect(body.errors?.[0]?.extensions?.code).toBe('THROTTLED');
    expect(body.extensions?.cost.throttleStatus.currentlyAvailable).toBe(0);
    expect((await ask(SHOP)).body.data).toBeTruthy();
  });

  test('a server error is a page, not JSON', async () => {
    local.control.addFault({ kind: 'server_error', count: 1 });
    const { status, text } = await ask(SHOP);
    expect(status).toBe(502);
    expect(text).toContain('<!DOCTYPE html>');
  });

  test('a reply can be lost after the write was made; its key gives the answer later', async () => {
    local.control.addFault({ kind: 'reply_lost', operation: 'inventorySetQuantities', count: 1 });
    const write = () => setQuantities(local, token, [{ quantity: 17 }], { key: 'lost-reply' });
    await expect(write()).rejects.toThrow('fetch failed');
    expect(levelAt(local).available).toBe(17);
    local.control.setLevel({ sku: COAT.sku, locationId: 101, available: 4 });
    expect((await write()).payload.userErrors).toEqual([]);
    expect(levelAt(local).available).toBe(4);
  });

  test('a call that hangs has done nothing when the caller gives up, and its key is free', async () => {
    local.control.setLevel({ sku: COAT.sku, locationId: 101, available: 4 });
    const { fault } = local.control.addFault({ kind: 'hang', count: 1 });
    const abort = new AbortController();
    const hung = fetch(`${local.url}/${SHOP_DOMAIN}/admin/api/2026-07/graphql.json`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-shopify-access-token': token },
      body: JSON.stringify({
        query: `mutation { inventorySetQuantities(input: { name: "available", reason: "correction", quantities: [
          { inventoryItemId: "gid://shopify/InventoryItem/3000", locationId: "gid://shopify/Location/101", quantity: 9, changeFromQuantity: null }] })
          @idempotent(key: "hung") { userErrors { code } } }`,
      }),
      signal: abort.signal,
    });
    await expect.poll(() => fault.fired).toBe(1);
    abort.abort();
    await expect(hung).rejects.toThrow();
    expect(levelAt(local).available).toBe(4);
    const { payload } = await setQuantities(local, token, [{ quantity: 9 }], { key: 'hung' });
    expect(payload.userErrors).toEqual([]);
    expect(levelAt(local).available).toBe(9);
  });

  test('one bad row in 250 undoes the call and names itself', async () => {
    local.control.addFault({ kind: 'bad_row', code: 'NON_MUTABLE_INVENTORY_ITEM', count: 1 });
    const rows = [{ quantity: 1 }, { itemId: 3_001, quantity: 1 }, { itemId: 3_002, quantity: 1 }];
    const { payload } = await setQuantities(local, token, rows);
    expect(payload.userErrors).toMatchObject([
      {
        code: 'NON_MUTABLE_INVENTORY_ITEM',
        field: ['input', 'quantities', '1', 'inventoryItemId'],
      },
    ]);
    expect(payload.inventoryAdjustmentGroup).toBeNull();
    expect((await setQuantities(local, token, rows)).payload.userErrors).toEqual([]);
  });

  test('a rate befalls every n-th call, evenly, and is counted', async () => {
    local.control.addFault({ kind: 'server_error', operation: 'shop', rate: 0.25 });
    const statuses: number[] = [];
    for (let i = 0; i < 8; i += 1) statuses.push((await ask(SHOP)).status);
    expect(statuses).toEqual([200, 200, 200, 502, 200, 200, 200, 502]);
    const listed = (await (await fetch(`${local.url}/local/faults`)).json()) as {
      kinds: { kind: string; title: string }[];
      faults: unknown[];
    };
    expect(listed.faults).toMatchObject([
      { kind: 'server_error', operation: 'shop', rate: 0.25, left: null, seen: 8, fired: 2 },
    ]);
    expect(listed.kinds.map((one) => one.kind)).toContain('reply_lost');
  });

  test('a rate outside its range is refused with the range', () => {
    expect(() => local.control.addFault({ kind: 'slow', rate: 1.5 })).toThrow(
      'rate cannot be 1.5; it is above 0 and at most 1.',
    );
  });
});
