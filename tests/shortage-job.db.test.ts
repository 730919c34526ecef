// A recount that leaves allocations without goods, from the ledger through the queue to orders that wait again.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ShopId } from '../backend/base/ids.ts';
import { createShortageReturns, RETURN_JOB, returnJob } from '../backend/build-claims.ts';
import { type JobQueue, startJobQueue } from '../backend/jobs/queue.ts';
import { fixedClock } from '../backend/platform/clock.ts';
import { withShop } from '../backend/platform/database.ts';
import { createLedgerService } from '../backend/stock/ledger/service.ts';
import { createOrderClaims } from '../backend/stock/reservations/order-claims/service.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { statedOrder } from './worlds/claims-orders.ts';
import { claimsShop, countClaims } from './worlds/claims-shop.ts';
import { quietLog } from './worlds/live-shop.ts';
import { oneWarehouse } from './worlds/worlds.ts';

const SHOP = 'shortages.myshopify.com' as ShopId;
const clock = fixedClock(Temporal.Instant.from('2026-11-30T10:00:00Z'));

let database: TestDatabase<unknown>;
let queue: JobQueue;
beforeAll(async () => {
  database = await createTestDatabase();
  queue = await startJobQueue({ url: database.appUrl, assumesAppRole: false, log: quietLog });
});
afterAll(async () => {
  await queue.stop();
  await database.close();
});

test('a recount below what is allocated sends the newest allocations back at once, by a job', async () => {
  const live = await claimsShop(database.db, { shopId: SHOP, world: oneWarehouse(), clock });
  const announce = async () => undefined;
  const orders = createOrderClaims({
    ...{ db: database.db, clock, announce },
    openShop: async () => live,
  });
  const ledger = createLedgerService({
    ...{ db: database.db, clock, announce },
    knownNodes: async () => new Set(['only']),
    onShortages: (shop) => queue.runForShop(shop, RETURN_JOB),
  });
  const again: string[] = [];
  const run = createShortageReturns({
    ...{ ledger, orderClaims: orders, log: quietLog },
    routeAgain: async (_shop, orderIds) => {
      again.push(...orderIds);
    },
  });
  const looked = new Promise<void>((resolve) => {
    const job = returnJob(async (shop) => {
      await run(shop);
      resolve();
    });
    void queue.register([job]);
  });
  const assigned = [{ lineId: 'l-SHIRT', nodeId: 'only', quantity: 4 }];
  for (const orderId of ['older', 'newer']) {
    await orders.follow(SHOP, statedOrder(orderId, { SHIRT: 4 }, { assigned }));
    clock.set(clock.now().add({ minutes: 1 }));
  }
  expect(await countClaims(database.db, SHOP, 'SHIRT')).toMatchObject({ allocated: 8, waiting: 0 });
  const booked = await ledger.ingest(SHOP, {
    ...{ source: 'wms', actor: 'test' },
    events: [
      {
        ...{ eventId: 'recount', kind: 'count', type: 'on_hand', sku: 'SHIRT', nodeId: 'only' },
        ...{ quantity: 5, reason: 'count', occurredAt: clock.now().toString() },
      },
    ],
  });
  expect(booked).toMatchObject({ ok: true, value: { verdicts: [{ verdict: 'booked' }] } });
  await looked;
  expect(await countClaims(database.db, SHOP, 'SHIRT')).toMatchObject({ allocated: 5, waiting: 3 });
  expect(again).toEqual(['newer']);
  const { rows } = await withShop(database.db, SHOP, (trx) =>
    sql<{ id: string; waiting: number }>`
      select order_id as id, waiting from order_claim where shop_id = ${SHOP} order by 1`.execute(
      trx,
    ),
  );
  expect(rows).toEqual([
    { id: 'newer', waiting: 3 },
    { id: 'older', waiting: 0 },
  ]);
});
