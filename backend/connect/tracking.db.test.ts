// Carrier events as another system sends them: verdicts, what is kept, what heals.
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import type { ShopId } from '../base/ids.ts';
import { createTrackingService } from '../orders/outcome/tracking/service.ts';
import { withShop } from '../platform/database.ts';
import { createActivityStore } from './activity-store.ts';
import { createIntakeStore } from './intake-store.ts';
import { createTrackingIntake, healTracking } from './tracking.ts';

const SHOP = 'tracking.myshopify.com' as ShopId;
const CALLER = { shopId: SHOP, connectionId: 'c1' };
const NOW = Temporal.Instant.from('2026-11-25T12:00:00Z');

let database: TestDatabase<unknown>;
beforeAll(async () => {
  database = await createTestDatabase();
  await withShop(database.db, SHOP, (trx) =>
    sql`insert into connection (shop_id, connection_id, name, kind, scopes, created_at, created_by)
      values (${SHOP}, 'c1', 'Carrier', 'own_app', array['tracking:write'], ${NOW.toString()}, 'test')`.execute(
      trx,
    ),
  );
});
afterAll(() => database.close());

const intake = () =>
  createTrackingIntake({
    tracking: createTrackingService({
      db: database.db,
      clock: { now: () => NOW, onSet: () => () => undefined },
      enqueue: async () => undefined,
      settleLeft: async () => undefined,
      announce: async () => undefined,
    }),
    store: createIntakeStore(database.db),
    now: () => NOW,
  });

const row = (eventId: string, trackingNumber: string, change: object = {}) => ({
  ...{ eventId, trackingNumber, kind: 'in_transit', occurredAt: '2026-11-25T11:00:00+01:00' },
  ...change,
});

async function givenParcel(trackingNumber: string) {
  await withShop(database.db, SHOP, (trx) =>
    sql`insert into parcel (shop_id, parcel_id, order_id, state, tracking_number, lines, created_at)
      values (${SHOP}, ${`p-${trackingNumber}`}, 'o', 'shipped', ${trackingNumber}, '[]', ${NOW.toString()})`.execute(
      trx,
    ),
  );
}

test('each row has its verdict, and a wrong one blocks no other', async () => {
  await givenParcel('BRT-1');
  const answer = await intake().take(CALLER, [
    row('a', 'brt-1'),
    row('b', 'BRT-1', { kind: 'teleported' }),
    row('c', 'BRT-1', { occurredAt: '2026-11-27T11:00:00Z' }),
    row('d', 'BRT-404'),
    row('a', 'BRT-1'),
    'no object',
  ]);
  expect(answer).toMatchObject({ booked: 1, duplicate: 1, refused: 4 });
  expect(answer.verdicts.map(({ verdict, code, pointer }) => [verdict, code, pointer])).toEqual([
    ['booked', undefined, undefined],
    ['refused', 'invalid_row', '/events/1/kind'],
    ['refused', 'future_event', '/events/2/occurredAt'],
    ['refused', 'unknown_parcel', '/events/3/trackingNumber'],
    ['duplicate', undefined, undefined],
    ['refused', 'invalid_row', '/events/5'],
  ]);
});

test('an event that was faster than its parcel is kept, and booked by itself when the parcel is there', async () => {
  const activity = createActivityStore(database.db);
  await intake().take(CALLER, [row('early', 'BRT-2')]);
  const keys = async () =>
    (await activity.listRefused(SHOP, { limit: 100 })).map(({ eventKey }) => eventKey);
  expect(await keys()).toContain('tracking early');
  expect(await healTracking({ activity, intake: intake() }, SHOP)).toBe(0);
  await givenParcel('BRT-2');
  expect(await healTracking({ activity, intake: intake() }, SHOP)).toBe(1);
  expect(await keys()).not.toContain('tracking early');
});
