// Works as they are written and read, on a real server.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tests/database.ts';
import type { ShopId } from '../../base/ids.ts';
import { withShop } from '../../platform/database.ts';
import { insertParcel } from '../desk/store.ts';
import { appendEvents, readTimeline } from '../timeline/store.ts';
import { changeWork, insertWork, lockWorks, type NewWork, readWorks } from './store.ts';

const SHOP = 'works.myshopify.com' as ShopId;
const NEW: NewWork = {
  workId: 'w1',
  orderId: '1001',
  kind: 'ship',
  state: 'placed',
  nodeId: 'rome',
  excludedNodes: ['milan'],
  promisedOn: '2026-11-27',
  promisedEnd: '2026-11-27T23:00:00Z',
  createdAt: '2026-11-25T09:00:00Z',
  lines: [{ lineId: 'l1', sku: 'SHIRT', quantity: 2 }],
};

let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.close();
});

test('a work is read as it was written, and a change on an older version changes nothing', async () => {
  await withShop(database.db, SHOP, async (trx) => {
    await insertWork(trx, SHOP, NEW);
    const [work] = await lockWorks(trx, SHOP, { orderId: '1001' });
    expect(work).toMatchObject({
      ...{
        nodeId: 'rome',
        negotiation: 'none',
        excludedNodes: ['milan'],
        costMinor: 0,
        version: 1,
      },
      promisedOn: '2026-11-27',
      promisedEnd: '2026-11-27T23:00:00.000000Z',
      lines: [{ lineId: 'l1', sku: 'SHIRT', quantity: 2, picked: 0 }],
    });
    const at = {
      workId: 'w1',
      version: 1,
      kind: 'ship',
      state: 'placed',
      negotiation: 'none',
    } as const;
    expect(await changeWork(trx, SHOP, at, { negotiation: 'claimed', claimedBy: 'rome' })).toBe(
      true,
    );
    expect(await changeWork(trx, SHOP, at, { negotiation: 'none' })).toBe(false);
    const [after] = await readWorks(trx, SHOP, { workIds: ['w1'] });
    expect(after).toMatchObject({ negotiation: 'claimed', claimedBy: 'rome', version: 2 });
  });
});

test('an event told twice is one event', async () => {
  await withShop(database.db, SHOP, async (trx) => {
    const event = {
      orderId: '1001',
      eventId: 'placed',
      at: '2026-11-25T09:00:00Z',
      kind: 'order_placed',
      actor: { kind: 'shopify', id: '' },
      facts: { units: 2 },
    } as const;
    expect(await appendEvents(trx, SHOP, [event])).toBe(1);
    expect(await appendEvents(trx, SHOP, [{ ...event, facts: { units: 3 } }])).toBe(0);
    expect(await readTimeline(trx, SHOP, '1001')).toMatchObject([
      { kind: 'order_placed', at: '2026-11-25T09:00:00Z', facts: { units: 2 }, workId: null },
    ]);
  });
});

test.each(['picking', 'placed', 'unplaced', 'canceled', 'shipped'] as const)(
  'a packed work that becomes %s otherwise than from its desk has its parcel opened, the number free',
  async (state) => {
    const workId = `packed-${state}`;
    const orderId = `2-${state}`;
    const parcel = async (id: string) =>
      await withShop(database.db, SHOP, (trx) =>
        insertParcel(trx, SHOP, {
          ...{ parcelId: id, orderId, workId, serviceCode: null, lines: [], carrier: null },
          ...{ trackingNumber: `T-${state}`, weightGrams: null, at: NEW.createdAt },
        }),
      );
    await withShop(database.db, SHOP, (trx) =>
      insertWork(trx, SHOP, { ...NEW, workId, orderId, state: 'packed' }),
    );
    await parcel(`${workId}-1`);
    await withShop(database.db, SHOP, async (trx) => {
      const [work] = await lockWorks(trx, SHOP, { workIds: [workId] });
      if (work === undefined) throw new Error('it was written');
      await changeWork(trx, SHOP, work, { state });
    });
    await parcel(`${workId}-2`);
    const { rows } = await withShop(database.db, SHOP, (trx) =>
      sql<{
        state: string;
      }>`select state from parcel where work_id = ${workId} order by parcel_id`.execute(trx),
    );
    expect(rows.map((row) => row.state)).toEqual(['canceled', 'packed']);
  },
);
