// What the console is told of promises after the order.
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../tests/database.ts';
import type { ShopId } from '../base/ids.ts';
import { createOutcomeReports } from '../orders/outcome/settled/service.ts';
import { withShop } from '../platform/database.ts';
import { outcomeRoutes } from './outcome-routes.ts';

const SHOP = 'report.myshopify.com' as ShopId;
let database: TestDatabase<unknown>;
let server: Server;
beforeAll(async () => {
  database = await createTestDatabase();
  await withShop(database.db, SHOP, (trx) =>
    sql`insert into parcel_outcome (shop_id, order_id, unit_id, outcome, joined_by, node_id, zone_id, service_code,
        due_at, ended_at, carrier_days, settled_at)
      select ${SHOP}, 'o' || n, 'p', 'kept', 1, 'rome', 'IT-1', 'standard', '2026-11-27T23:00:00Z',
        '2026-11-27T10:00:00Z', n % 2 + 1, '2026-11-27T11:00:00Z' from generate_series(1, 5) n`.execute(
      trx,
    ),
  );
  const app = express();
  app.use(
    outcomeRoutes({
      authenticateAdmin: async (request) =>
        request.get('authorization') === 'Bearer good'
          ? { ok: true, value: { shopId: SHOP, userId: '1' } }
          : { ok: false, refusal: { code: 'unauthorized' } },
      reports: createOutcomeReports(database.db),
      messages: { isOn: false, list: async () => [] },
    }),
  );
  server = app.listen(0);
});
afterAll(async () => {
  server.close();
  await database.close();
});

async function get(path: string, token = 'good') {
  const { port } = server.address() as AddressInfo;
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers });
  return { status: response.status, body: await response.json() };
}
const SPAN = 'from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z';

test('kept rates by lane, and transit as a lane’s observations take it', async () => {
  expect((await get(`/report?${SPAN}`)).body).toMatchObject({
    orders: { orders: 0, keptBasisPoints: null },
    rows: [{ key: 'rome>IT-1:standard', promised: 5, kept: 5, keptBasisPoints: 10_000 }],
  });
  expect((await get(`/transit?${SPAN}`)).body).toEqual({
    lanes: [{ nodeId: 'rome', zoneId: 'IT-1', serviceCode: 'standard', observations: [0, 2, 3] }],
  });
  expect((await get(`/scores?${SPAN}`)).body).toMatchObject({
    stores: [{ nodeId: 'rome', ended: 5, late: 0 }],
  });
});

test('messages that are off are said to be off', async () => {
  expect((await get('/messages')).body).toEqual({ isOn: false, messages: [] });
});

test.each([
  ['/report?from=yesterday&to=2026-12-01T00:00:00Z', 'good', 422],
  [`/report?${SPAN}&by=color`, 'good', 422],
  ['/transit?from=2026-12-01T00:00:00Z&to=2026-11-01T00:00:00Z', 'good', 422],
  ['/messages', 'bad', 401],
])('%s with a %s token is refused with %i', async (path, token, status) => {
  expect((await get(path, token)).status).toBe(status);
});
