// The demo's past on a real Postgres: what the pages that read it make of it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ShopId } from '../../backend/base/ids.ts';
import {
  countOrders,
  countParcels,
  readScores,
} from '../../backend/orders/outcome/settled/store.ts';
import { withShop } from '../../backend/platform/database.ts';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import { DEMO_STARTS_AT } from './nodes.ts';
import { ordersUnderWay, pastOrders } from './past-orders.ts';
import { writePast } from './write-past.ts';

const SHOP = 'past.myshopify.com' as ShopId;
const to = Temporal.Instant.from(DEMO_STARTS_AT);
const span = { from: to.subtract({ hours: 24 * 70 }).toString(), to: to.toString() };

let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

test('the past is written once, and outcomes, lanes and scores are read from it', async () => {
  expect(await writePast(database.db, SHOP)).toBe(pastOrders().length + ordersUnderWay().length);
  expect(await writePast(database.db, SHOP)).toBe(0);
  const [orders, lanes, scores] = await withShop(
    database.db,
    SHOP,
    async (trx) =>
      [
        await countOrders(trx, SHOP, span),
        await countParcels(trx, SHOP, { ...span, by: 'lane' }),
        await readScores(trx, SHOP, span),
      ] as const,
  );
  expect(orders.orders).toBe(pastOrders().length);
  expect(orders.keptBasisPoints).toBeGreaterThan(9_500);
  expect(orders.keptBasisPoints).toBeLessThan(9_800);
  expect(lanes.length).toBeGreaterThan(20);
  expect(scores.some(({ refused }) => refused > 0)).toBe(true);
});
