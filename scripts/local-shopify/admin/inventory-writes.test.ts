import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  COAT,
  installWithScopes,
  levelAt,
  MILAN_ID,
  PARIS_ID,
  setQuantities,
  stockWebhooks,
} from '../fixtures/admin.ts';
import {
  askAdmin,
  type FakeApp,
  type GraphqlAnswer,
  startFakeApp,
  startSmallShop,
} from '../fixtures/buy.ts';
import type { LocalShopify } from '../local-shopify.ts';
import { variantOf } from '../shop.ts';

let app: FakeApp;
let local: LocalShopify;
let token: string;

beforeAll(async () => {
  app = await startFakeApp();
  local = await startSmallShop(app.url);
  local.control.changeSettings({ webhooks: 'prompt' });
  token = await installWithScopes(local);
});
afterAll(async () => {
  await local.stop();
  await app.stop();
});
beforeEach(() => {
  local.control.changeSettings({ badRow: 'atomic', failedKey: 'refused', incomingWrites: 'no' });
  local.control.clearFaults();
  for (const [key, level] of Object.entries(local.shop.state.levels)) {
    local.shop.state.levels[key] = {
      ...level,
      ...{ available: 20, committed: 3, damaged: 2, safety_stock: 0, incoming: 0 },
    };
  }
});

const itemGid = (id: number = COAT.itemId): string => `gid://shopify/InventoryItem/${id}`;
const locationGid = (id = MILAN_ID): string => `gid://shopify/Location/${id}`;
const codes = (errors: readonly { code: string }[]): string[] => errors.map((one) => one.code);

describe('inventorySetQuantities', () => {
  test('sets available, and on hand moves with it', async () => {
    const { payload } = await setQuantities(local, token, [{ quantity: 12 }]);
    expect(payload.userErrors).toEqual([]);
    expect(payload.inventoryAdjustmentGroup?.changes).toMatchObject([
      { name: 'available', delta: -8, quantityAfterChange: 12 },
      { name: 'on_hand', delta: -8, quantityAfterChange: 17 },
    ]);
    expect(levelAt(local).available).toBe(12);
  });

  test('on hand set leaves committed and damaged units where they are', async () => {
    await setQuantities(local, token, [{ quantity: 30, changeFromQuantity: 25 }], {
      name: 'on_hand',
    });
    expect(levelAt(local)).toMatchObject({ available: 25, committed: 3, damaged: 2 });
  });

  test('a quantity that was right already is no change and no group', async () => {
    const { payload } = await setQuantities(local, token, [{ quantity: 20 }]);
    expect(payload).toEqual({ inventoryAdjustmentGroup: null, userErrors: [] });
  });

  test('a stale compare names its row and changes nothing', async () => {
    const rows = [
      { quantity: 4, changeFromQuantity: 20 },
      { itemId: 3_001, quantity: 5, changeFromQuantity: 19 },
    ];
    const { payload } = await setQuantities(local, token, rows);
    expect(payload.userErrors).toMatchObject([
      {
        code: 'CHANGE_FROM_QUANTITY_STALE',
        field: ['input', 'quantities', '1', 'changeFromQuantity'],
      },
    ]);
    expect(levelAt(local).available).toBe(20);
  });

  test('with the setting "others applied" the good rows of a call are written', async () => {
    local.control.changeSettings({ badRow: 'others applied' });
    const rows = [
      { quantity: 4, changeFromQuantity: 20 },
      { itemId: 3_001, quantity: 5, changeFromQuantity: 19 },
    ];
    const { payload } = await setQuantities(local, token, rows);
    expect(codes(payload.userErrors)).toEqual(['CHANGE_FROM_QUANTITY_STALE']);
    expect(levelAt(local).available).toBe(4);
    expect(levelAt(local, MILAN_ID, 3_001).available).toBe(20);
  });

  test.each([
    ['an unknown item', { itemId: 42, quantity: 1 }, 'INVALID_INVENTORY_ITEM'],
    ['an unknown location', { locationId: 42, quantity: 1 }, 'INVALID_LOCATION'],
    ['a number above the limit', { quantity: 1_000_000_001 }, 'INVALID_QUANTITY_TOO_HIGH'],
    ['a number below the limit', { quantity: -1_000_000_001 }, 'INVALID_QUANTITY_TOO_LOW'],
  ])('%s is refused by its code', async (_what, row, code) => {
    const { payload } = await setQuantities(local, token, [row]);
    expect(codes(payload.userErrors)).toEqual([code]);
  });

  test('a reason outside the list is refused', async () => {
    const answer = await setQuantities(local, token, [{ quantity: 1 }], { reason: 'because' });
    expect(codes(answer.payload.userErrors)).toEqual(['INVALID_REASON']);
  });

  test('a name other than available and on_hand is refused', async () => {
    const answer = await setQuantities(local, token, [{ quantity: 1 }], { name: 'damaged' });
    expect(codes(answer.payload.userErrors)).toEqual(['INVALID_NAME']);
  });

  test('the same item and location twice in a call is refused', async () => {
    const { payload } = await setQuantities(local, token, [{ quantity: 1 }, { quantity: 2 }]);
    expect(codes(payload.userErrors)).toEqual(['NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR']);
  });

  test('an item not stocked there is refused until 2026-10, and stocked by the write since', async () => {
    delete local.shop.state.levels[`${COAT.itemId}:${PARIS_ID}`];
    const row = { locationId: PARIS_ID, quantity: 6 };
    const old = await setQuantities(local, token, [row]);
    expect(codes(old.payload.userErrors)).toEqual(['ITEM_NOT_STOCKED_AT_LOCATION']);
    const now = await setQuantities(local, token, [row], { version: '2026-10' });
    expect(now.payload.userErrors).toEqual([]);
    expect(levelAt(local, PARIS_ID).available).toBe(6);
  });

  test("a bundle's stock follows its parts and cannot be written", async () => {
    const { variant } = variantOf(local.shop, COAT.variantId);
    variant.requiresComponents = true;
    const { payload } = await setQuantities(local, token, [{ quantity: 1 }]);
    variant.requiresComponents = false;
    expect(codes(payload.userErrors)).toEqual(['NON_MUTABLE_INVENTORY_ITEM']);
  });

  test('a row without changeFromQuantity is an error of the whole call', async () => {
    const answer = await askAdmin(local, token, {
      query: `mutation { inventorySetQuantities(input: { name: "available", reason: "correction", quantities: [
        { inventoryItemId: "${itemGid()}", locationId: "${locationGid()}", quantity: 1 }] })
        @idempotent(key: "no-compare") { userErrors { code } } }`,
    });
    expect(answer.errors?.[0]?.message).toContain('changeFromQuantity must be provided');
    expect(levelAt(local).available).toBe(20);
  });

  test('251 rows are too many', async () => {
    const rows = Array.from({ length: 251 }, () => ({ quantity: 1 }));
    const answer = await setQuantities(local, token, rows);
    expect(answer.errors?.[0]?.extensions?.['code']).toBe('MAX_INPUT_SIZE_EXCEEDED');
  });

  test('without write_inventory nothing is written', async () => {
    const poor = await installWithScopes(local, ['read_inventory']);
    const answer = await setQuantities(local, poor, [{ quantity: 1 }]);
    token = await installWithScopes(local);
    expect(answer.errors?.[0]?.extensions?.['code']).toBe('ACCESS_DENIED');
    expect(levelAt(local).available).toBe(20);
  });

  test('the write comes back to the app as a webhook of its own making', async () => {
    await expect.poll(() => local.webhooks.pending()).toBe(0);
    app.received.length = 0;
    await setQuantities(local, token, [{ quantity: 9 }]);
    await expect.poll(() => local.webhooks.pending()).toBe(0);
    const [echo, ...more] = stockWebhooks(app);
    expect(more).toEqual([]);
    expect(echo).toMatchObject({
      topic: 'inventory_levels/update',
      body: { inventory_item_id: COAT.itemId, location_id: MILAN_ID, available: 9 },
    });
  });
});

describe('@idempotent', () => {
  test('without it the mutation is an error and nothing is written', async () => {
    const answer = await askAdmin(local, token, {
      query: `mutation { inventorySetQuantities(input: { name: "available", reason: "correction", quantities: [
        { inventoryItemId: "${itemGid()}", locationId: "${locationGid()}", quantity: 1, changeFromQuantity: null }] })
        { userErrors { code } } }`,
    });
    expect(answer.errors?.[0]?.message).toContain('@idempotent directive is required');
    expect(levelAt(local).available).toBe(20);
  });

  test('a replay gives the first answer and writes nothing, even when the level has moved on', async () => {
    const key = randomUUID();
    const first = await setQuantities(local, token, [{ quantity: 12, changeFromQuantity: 20 }], {
      key,
    });
    local.control.setLevel({ sku: COAT.sku, locationId: MILAN_ID, available: 11 });
    const again = await setQuantities(local, token, [{ quantity: 12, changeFromQuantity: 20 }], {
      key,
    });
    expect(again.payload).toEqual(first.payload);
    expect(levelAt(local).available).toBe(11);
  });

  test('a key with other parameters is refused', async () => {
    const key = randomUUID();
    await setQuantities(local, token, [{ quantity: 12 }], { key });
    const other = await setQuantities(local, token, [{ quantity: 13 }], { key });
    expect(codes(other.payload.userErrors)).toEqual(['IDEMPOTENCY_KEY_PARAMETER_MISMATCH']);
    expect(levelAt(local).available).toBe(12);
  });

  test('the key of a refused call is spent, or with the setting answered as before', async () => {
    const key = randomUUID();
    const rows = [{ quantity: 12, changeFromQuantity: 1 }];
    await setQuantities(local, token, rows, { key });
    const again = await setQuantities(local, token, rows, { key });
    expect(codes(again.payload.userErrors)).toEqual(['IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED']);
    local.control.changeSettings({ failedKey: 'replayed' });
    const replayed = await setQuantities(local, token, rows, { key });
    expect(codes(replayed.payload.userErrors)).toEqual(['CHANGE_FROM_QUANTITY_STALE']);
  });

  test('a second call while the first runs is told so, and the first is done once', async () => {
    const key = randomUUID();
    const { fault } = local.control.addFault({ kind: 'slow', count: 1, delayMs: 300 });
    const first = setQuantities(local, token, [{ quantity: 12 }], { key });
    await expect.poll(() => fault.fired).toBe(1);
    const second = await setQuantities(local, token, [{ quantity: 12 }], { key });
    expect(codes(second.payload.userErrors)).toEqual(['IDEMPOTENCY_CONCURRENT_REQUEST']);
    expect((await first).payload.userErrors).toEqual([]);
    expect(levelAt(local).available).toBe(12);
  });
});

const ADJUST = `mutation Adjust($input: InventoryAdjustQuantitiesInput!, $key: String!) {
  inventoryAdjustQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { changes { name delta } } userErrors { code field } } }`;

function adjust(name: string, change: object): Promise<GraphqlAnswer> {
  const changes = [
    {
      inventoryItemId: itemGid(),
      locationId: locationGid(),
      changeFromQuantity: null,
      delta: 1,
      ...change,
    },
  ];
  const variables = { key: randomUUID(), input: { name, reason: 'correction', changes } };
  return askAdmin(local, token, { query: ADJUST, variables });
}
const adjustErrors = (answer: GraphqlAnswer): unknown =>
  Object(answer.data?.['inventoryAdjustQuantities'])['userErrors'];

describe('inventoryAdjustQuantities', () => {
  test('changes one state by a delta', async () => {
    await adjust('damaged', { delta: 4, ledgerDocumentUri: 'gid://kept/Movement/1' });
    expect(levelAt(local)).toMatchObject({ damaged: 6, available: 20 });
  });

  test.each([
    [
      'a document for available',
      'available',
      { ledgerDocumentUri: 'gid://kept/M/1' },
      'INVALID_AVAILABLE_DOCUMENT',
    ],
    ['no document for damaged', 'damaged', {}, 'INVALID_QUANTITY_DOCUMENT'],
    [
      "a document of Shopify's own",
      'damaged',
      { ledgerDocumentUri: 'gid://shopify/Order/1' },
      'INTERNAL_LEDGER_DOCUMENT',
    ],
    ['committed', 'committed', { ledgerDocumentUri: 'gid://kept/M/1' }, 'INVALID_QUANTITY_NAME'],
    [
      'incoming while it is not settable',
      'incoming',
      { ledgerDocumentUri: 'gid://kept/M/1' },
      'INVALID_QUANTITY_NAME',
    ],
    ['a stale compare', 'available', { changeFromQuantity: 19 }, 'CHANGE_FROM_QUANTITY_STALE'],
  ])('%s is refused by its code', async (_what, name, change, code) => {
    expect(adjustErrors(await adjust(name, change))).toMatchObject([{ code }]);
  });

  test('incoming can be adjusted where the setting says so', async () => {
    local.control.changeSettings({ incomingWrites: 'yes' });
    await adjust('incoming', { delta: 8, ledgerDocumentUri: 'gid://kept/Transfer/1' });
    expect(levelAt(local).incoming).toBe(8);
  });
});

describe('inventoryMoveQuantities', () => {
  const move = (quantity: number, expected: number | null): Promise<GraphqlAnswer> =>
    askAdmin(local, token, {
      query: `mutation Move($input: InventoryMoveQuantitiesInput!, $key: String!) {
        inventoryMoveQuantities(input: $input) @idempotent(key: $key) {
          inventoryAdjustmentGroup { changes { name delta } } userErrors { code field } } }`,
      variables: {
        key: randomUUID(),
        input: {
          reason: 'safety_stock',
          referenceDocumentUri: 'gid://kept/Push/1',
          changes: [
            {
              inventoryItemId: itemGid(),
              quantity,
              from: { locationId: locationGid(), name: 'available', changeFromQuantity: expected },
              to: {
                locationId: locationGid(),
                name: 'safety_stock',
                changeFromQuantity: null,
                ledgerDocumentUri: 'gid://kept/Push/1',
              },
            },
          ],
        },
      },
    });

  test('parks units without touching on hand', async () => {
    const answer = await move(5, 20);
    expect(answer.data).toEqual({
      inventoryMoveQuantities: {
        inventoryAdjustmentGroup: {
          changes: [
            { name: 'available', delta: -5 },
            { name: 'safety_stock', delta: 5 },
          ],
        },
        userErrors: [],
      },
    });
    expect(levelAt(local)).toMatchObject({ available: 15, safety_stock: 5 });
  });

  test('a stale compare of the state it comes from is refused', async () => {
    expect((await move(5, 19)).data).toMatchObject({
      inventoryMoveQuantities: {
        userErrors: [
          {
            code: 'CHANGE_FROM_QUANTITY_STALE',
            field: ['input', 'changes', '0', 'from', 'changeFromQuantity'],
          },
        ],
      },
    });
  });
});
