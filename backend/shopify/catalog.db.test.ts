import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import { createFakeAdmin, FakeAdminShop } from '../../tests/fake-admin.ts';
import type { ShopId } from '../base/ids.ts';
import {
  type Catalog,
  createCatalog,
  type ImportedPosition,
  type ImportedProduct,
  toGrams,
} from './catalog.ts';
import { createConnectorStore, type ShopLocation } from './connector-store.ts';
import type { ReadLevel } from './inventory/chunk-rows.ts';
import { createItemStore } from './inventory/item-store.ts';
import { DEFAULT_SURFACES } from './surfaces.ts';

let database: TestDatabase<unknown>;
let shop: FakeAdminShop;
let shopId: ShopId;
let catalog: Catalog;
let products: readonly ImportedProduct[];
let positions: ImportedPosition[];
let levels: ReadLevel[];
let replanned: string[];
let kept: Set<string>;

beforeAll(async () => {
  database = await createTestDatabase();
  await createFakeAdmin(new FakeAdminShop());
}, 60_000);
afterAll(() => database.close());
beforeEach(async () => {
  shop = new FakeAdminShop();
  shopId = `s${randomUUID()}.myshopify.com` as ShopId;
  products = [];
  positions = [];
  levels = [];
  replanned = [];
  kept = new Set();
  const store = createConnectorStore({
    db: database.db,
    now: () => Temporal.Instant.from('2026-11-23T09:00:00Z'),
  });
  await store.saveLocations(shopId, [location('7'), location('8')]);
  catalog = createCatalog({
    admin: await createFakeAdmin(shop),
    store,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    surfacesOf: async () => ({
      ...DEFAULT_SURFACES,
      locations: [{ locationId: '7', nodeId: 'rome' }],
    }),
    nodeIdsOf: async () => new Set(['rome']),
    saveProducts: async (_, rows) => {
      products = rows;
    },
    savePositions: async (_, rows) => {
      positions.push(...rows);
    },
    items: createItemStore(database.db),
    keptNodesOf: async () => kept,
    bookLevels: async (_, rows) => {
      levels.push(...rows);
    },
    replan: async (_, skus) => {
      replanned.push(...skus);
    },
  });
});

function location(locationId: string): ShopLocation {
  return {
    locationId,
    name: `Place ${locationId}`,
    isActive: true,
    fulfillsOnlineOrders: true,
    country: 'IT',
    postalCode: '00187',
    city: 'Roma',
    address1: 'Via Dante 1',
    lat: null,
    lng: null,
    pickupTime: null,
    pickupInstructions: null,
  };
}

function variant(number: number, sku: string | null, over: object = {}) {
  return {
    id: `gid://shopify/ProductVariant/${number}`,
    sku,
    displayName: `Shirt ${number}`,
    product: { id: 'gid://shopify/Product/1', productType: 'Shirts', tags: ['linen'] },
    inventoryItem: {
      id: `gid://shopify/InventoryItem/${number + 30}`,
      tracked: true,
      requiresShipping: true,
      measurement: { weight: { unit: 'KILOGRAMS', value: 0.1 } },
      ...over,
    },
  };
}

test('a variant becomes a product with its weight, tags and Shopify’s numbers', async () => {
  shop.variants = [variant(1, 'SHIRT')];
  await catalog.importAll(shopId);
  expect(products).toEqual([
    {
      sku: 'SHIRT',
      name: 'Shirt 1',
      weightGrams: 100,
      category: 'Shirts',
      tags: ['linen'],
      variantId: '1',
      inventoryItemId: '31',
    },
  ]);
});

test('a missing or taken SKU gives way to the variant’s number', async () => {
  shop.variants = [variant(1, 'SHIRT'), variant(2, 'SHIRT'), variant(3, null), variant(4, '  ')];
  await catalog.importAll(shopId);
  expect(products.map((one) => one.sku)).toEqual(['SHIRT', 'variant-2', 'variant-3', 'variant-4']);
});

test('what needs no delivery is no product of ours', async () => {
  shop.variants = [variant(1, 'GIFT-CARD', { requiresShipping: false })];
  await catalog.importAll(shopId);
  expect(products).toEqual([]);
});

const LEVEL = {
  available: 10,
  on_hand: 20,
  committed: 3,
  reserved: 1,
  damaged: 2,
  quality_control: 0,
  safety_stock: 4,
};

test('stock is read where the location is a node; committed is remembered, safety stock stands apart', async () => {
  shop.variants = [variant(1, 'SHIRT')];
  shop.levels.set('31:7', LEVEL);
  shop.levels.set('31:8', LEVEL);
  shop.levels.set('99:7', LEVEL);
  expect(await catalog.importAll(shopId)).toEqual({ products: 1, positions: 1 });
  expect(positions).toEqual([
    { sku: 'SHIRT', nodeId: 'rome', onHand: 20, unavailable: 3, safetyStock: 4 },
  ]);
  expect(levels).toEqual([
    {
      locationId: 7,
      itemId: 31,
      quantities: { available: 10, committed: 3, parked: 4 },
      updatedAt: '2026-11-23T09:00:00Z',
    },
  ]);
  expect(replanned).toEqual(['SHIRT']);
});

test('of a node whose stock is sent to us Shopify’s count is remembered and not booked', async () => {
  kept.add('rome');
  shop.variants = [variant(1, 'SHIRT')];
  shop.levels.set('31:7', LEVEL);
  await catalog.importAll(shopId);
  expect(positions).toEqual([]);
  expect(levels).toMatchObject([{ itemId: 31, quantities: { available: 10 } }]);
});

test('a count below zero is read as nothing', async () => {
  shop.variants = [variant(1, 'SHIRT')];
  shop.levels.set('31:7', { on_hand: -5, committed: -1 });
  await catalog.importAll(shopId);
  expect(positions).toMatchObject([{ onHand: 0, safetyStock: undefined }]);
});

test('one changed level is read again, and only where it means something', async () => {
  shop.variants = [variant(1, 'SHIRT')];
  await catalog.importAll(shopId);
  positions = [];
  shop.levels.set('31:7', { on_hand: 9 });
  await catalog.importLevel(shopId, { inventoryItemId: '31', locationId: '7' });
  await catalog.importLevel(shopId, { inventoryItemId: '31', locationId: '8' });
  await catalog.importLevel(shopId, { inventoryItemId: '99', locationId: '7' });
  expect(positions).toMatchObject([{ sku: 'SHIRT', nodeId: 'rome', onHand: 9 }]);
});

test('a level that is gone holds nothing', async () => {
  shop.variants = [variant(1, 'SHIRT')];
  await catalog.importAll(shopId);
  await catalog.importLevel(shopId, { inventoryItemId: '31', locationId: '7' });
  expect(positions).toMatchObject([{ sku: 'SHIRT', onHand: 0 }]);
  expect(levels).toMatchObject([{ itemId: 31, quantities: null }]);
});

test('a SKU that was changed takes its stock with it; the old name stands nowhere', async () => {
  shop.variants = [variant(1, 'SHIRT')];
  shop.levels.set('31:7', { on_hand: 9 });
  await catalog.importAll(shopId);
  positions = [];
  shop.variants = [variant(1, 'SHIRT-NEW')];
  await catalog.importItem(shopId, '31');
  expect(positions).toMatchObject([
    { sku: 'SHIRT', nodeId: 'rome', onHand: 0 },
    { sku: 'SHIRT-NEW', nodeId: 'rome', onHand: 9 },
  ]);
});

test('a deleted product, and a variant that is no longer in its product, stand nowhere', async () => {
  shop.variants = [variant(1, 'SHIRT'), variant(2, 'SOCK')];
  await catalog.importAll(shopId);
  shop.variants = [variant(1, 'SHIRT')];
  await catalog.importProduct(shopId, '1');
  expect(positions.filter((one) => one.sku === 'SOCK')).toMatchObject([{ onHand: 0 }]);
  await catalog.forgetProduct(shopId, '1');
  expect(positions.at(-1)).toMatchObject({ sku: 'SHIRT', onHand: 0 });
});

test('items that cannot be set have no SKU to plan: parents of bundles, untracked ones, those that are gone', async () => {
  const items = createItemStore(database.db);
  shop.variants = [
    variant(1, 'SHIRT'),
    { ...variant(2, 'SET'), requiresComponents: true },
    variant(3, 'FREE', { tracked: false }),
  ];
  await catalog.importAll(shopId);
  expect(await items.allSkus(shopId)).toEqual(['SHIRT']);
  await catalog.forgetItem(shopId, '31');
  expect(await items.allSkus(shopId)).toEqual([]);
});

test.each([
  ['GRAMS', 250, 250],
  ['GRAMS', 250.2, 251],
  ['KILOGRAMS', 0.1, 100],
  ['KILOGRAMS', 1.005, 1_005],
  ['POUNDS', 1, 454],
  ['OUNCES', 1, 29],
] as const)('%s %d is %i g', (unit, value, grams) => {
  expect(toGrams({ unit, value })).toBe(grams);
});

test('no weight is 0 g', () => {
  expect(toGrams(null)).toBe(0);
});
