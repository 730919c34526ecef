import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import { saidAt } from '../../tests/worlds/live-shop.ts';
import type { ShopId } from '../base/ids.ts';
import type { NodeLoadRow, StockWrite } from './store.ts';
import { createStockStore } from './store.ts';

const SHOP = 'stock-one.myshopify.com' as ShopId;
const OTHER = 'stock-two.myshopify.com' as ShopId;

let database: TestDatabase<unknown>;
let store: ReturnType<typeof storeAt>;
function storeAt(db: TestDatabase<unknown>['db']) {
  const store = createStockStore(db);
  type Rows = { stock?: readonly StockWrite[]; loads?: readonly NodeLoadRow[] };
  return {
    ...store,
    save: (shopId: ShopId, rows: Rows) =>
      store.save(shopId, rows, saidAt(Temporal.Instant.from('2026-11-25T09:00:00Z'))),
  };
}
beforeAll(async () => {
  database = await createTestDatabase();
  store = storeAt(database.db);
});
afterAll(() => database.close());

const row = (sku: string, nodeId: string, onHand: number) => ({
  sku,
  nodeId,
  onHand,
  unavailable: 0,
  allocated: 0,
  incoming: [],
});

test('what is written comes back as written, with the number of its write', async () => {
  const position = {
    ...row('A', 'milan', 3),
    safetyStock: 1,
    incoming: [{ quantity: 5, expectedOn: '2026-12-01' }],
  };
  const load = {
    nodeId: 'milan',
    backlogUnits: 40,
    backlogAsOf: '2026-11-27T07:00:00Z',
    ordersByDate: { '2026-11-27': 12 },
  };
  const version = await store.save(SHOP, { stock: [position], loads: [load] });
  expect(await store.loadChanges(SHOP, version - 1)).toEqual({
    version,
    stock: [position],
    loads: [{ ...load, version: 1 }],
    products: [],
    claims: [],
    nodeClaims: [],
  });
});

test('a reader who holds a number is given only what was written after it', async () => {
  const first = await store.save(SHOP, { stock: [row('B', 'milan', 1), row('C', 'milan', 1)] });
  const second = await store.save(SHOP, { stock: [row('C', 'milan', 2)] });
  const changes = await store.loadChanges(SHOP, first);
  expect(changes.version).toBe(second);
  expect(changes.stock.map((position) => [position.sku, position.onHand])).toEqual([['C', 2]]);
});

test('twenty writers at once take twenty different numbers and none is missed by a reader', async () => {
  const before = (await store.loadChanges(SHOP, 0)).version;
  const versions = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      store.save(SHOP, { stock: [row(`W${index}`, 'rome', index)] }),
    ),
  );
  expect(new Set(versions).size).toBe(20);
  const changes = await store.loadChanges(SHOP, before);
  expect(changes.version).toBe(before + 20);
  expect(changes.stock).toHaveLength(20);
});

test('a shop reads none of the rows of another', async () => {
  await store.save(OTHER, { stock: [row('SECRET', 'paris', 9)] });
  const { stock } = await store.loadChanges(SHOP, 0);
  expect(stock.some((position) => position.sku === 'SECRET')).toBe(false);
});
