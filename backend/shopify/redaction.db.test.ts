// What of a buyer is handed over, and what is left of him once he is forgotten.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import { orderRecord } from '../../tests/worlds/order-records.ts';
import type { ShopId } from '../base/ids.ts';
import { readOrder, saveOrder } from '../orders/record/store.ts';
import { withShop } from '../platform/database.ts';
import { createRedaction } from './redaction.ts';

const SHOP = 'forgotten.myshopify.com' as ShopId;
const NOW = Temporal.Instant.from('2026-11-30T10:00:30Z');
const PERSON = /Giulia|Corso|00187|example\.com|1234567/;
let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const save = (orderId: string, more: Parameters<typeof orderRecord>[1] = {}) =>
  withShop(database.db, SHOP, (trx) =>
    saveOrder(trx, SHOP, orderRecord(orderId, more), {
      now: NOW,
      actor: { kind: 'shopify', id: '' },
    }),
  );
const read = (orderId: string) =>
  withShop(database.db, SHOP, (trx) => readOrder(trx, SHOP, orderId));

test('a buyer’s orders are handed over whole, and forgotten for good', async () => {
  const redaction = createRedaction({ db: database.db, now: () => NOW });
  await save('1');
  await save('2');
  await redaction.recordExport(SHOP, ['1']);
  const [copy] = await redaction.readExports(SHOP);
  expect(copy?.body).toMatchObject([{ orderId: '1', name: 'Giulia Bianchi', postalCode: '00187' }]);

  await redaction.forgetOrders(SHOP, ['1']);
  expect(JSON.stringify(await read('1'))).not.toMatch(PERSON);
  await save('1', { version: 'v2', sourceUpdatedAt: '2026-11-30T12:00:00Z', totalMinor: 1 });
  const later = await read('1');
  expect(later?.totalMinor).toBe(1);
  expect(JSON.stringify(later)).not.toMatch(PERSON);
  expect(JSON.stringify(await read('2'))).toMatch(PERSON);
});
