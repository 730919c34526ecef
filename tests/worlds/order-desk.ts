/**
 * The order desk over a running shop: real records, claims, routing, care and reports; what Shopify would confirm is done
 * at once. With a day of orders to look at: routed ones, one nobody can send, one in danger, and a month of ended promises.
 */
import { sql } from 'kysely';
import type { ShopId } from '../../backend/base/ids.ts';
import { offerHooks } from '../../backend/build-offers.ts';
import type { AuthenticateAdmin } from '../../backend/console/admin.ts';
import { orderRoutes } from '../../backend/console/orders/routes.ts';
import { outcomeRoutes } from '../../backend/console/outcome-routes.ts';
import { ORDER_ACTION_JOB } from '../../backend/orders/care/acts/service.ts';
import { createCare } from '../../backend/orders/care/service.ts';
import { withdrawOffers } from '../../backend/orders/offers/opening/service.ts';
import { DEFAULT_OUTCOME } from '../../backend/orders/outcome/settings.ts';
import { createOutcomeReports } from '../../backend/orders/outcome/settled/service.ts';
import { createPickups } from '../../backend/orders/pickups/service.ts';
import { restateOrder } from '../../backend/orders/record/restate/service.ts';
import { saveOrder } from '../../backend/orders/record/store.ts';
import { createRouteService } from '../../backend/orders/route/service.ts';
import { createOrderStore, type OrderPromiseRow } from '../../backend/orders/store.ts';
import type { Clock } from '../../backend/platform/clock.ts';
import { withShop } from '../../backend/platform/database.ts';
import type { PolicyService } from '../../backend/policy/service.ts';
import { DEFAULT_ROUTING, parseRoutingSettings } from '../../backend/routing/settings.ts';
import { createOrderClaims } from '../../backend/stock/reservations/order-claims/service.ts';
import type { StockService } from '../../backend/stock/service.ts';
import type { TestDatabase } from '../database.ts';
import { quietLog } from './live-shop.ts';
import { orderRecord } from './order-records.ts';

/** What it is built on. */
export type OrderDeskParts = {
  readonly db: TestDatabase<unknown>['db'];
  readonly stock: StockService;
  readonly policy: Pick<PolicyService, 'read'>;
  readonly clock: Clock;
  readonly authenticateAdmin: AuthenticateAdmin;
};

/** Builds it. */
export function buildOrderDesk({ db, stock, policy, clock, authenticateAdmin }: OrderDeskParts) {
  const shared = { db, clock, openShop: stock.open, announce: stock.announce };
  const claims = createOrderClaims(shared);
  const route = createRouteService({
    ...shared,
    log: quietLog,
    refreshShop: stock.refresh,
    settingsOf: async (shopId) => {
      const { sections } = await policy.read(shopId);
      const parsed = parseRoutingSettings(sections.get('routing') ?? {});
      return parsed.ok ? parsed.value : DEFAULT_ROUTING;
    },
    enqueue: async () => undefined,
    offers: offerHooks(),
    onStep: () => undefined,
  });
  const orders = createOrderStore(db);
  const restating = { db, clock, follow: claims.follow, routeOrder: route.routeOrder };
  const actor = { kind: 'agent', id: 'desk' } as const;
  const done = { ok: true, value: undefined } as const;
  const asked: string[] = [];
  const pickups = createPickups({
    ...{
      db,
      clock,
      openShop: stock.open,
      announce: stock.announce,
      enqueue: async () => undefined,
    },
    settingsOf: async () => DEFAULT_OUTCOME,
  });
  const care = createCare({
    ...{ db, clock, route, withdrawOffers, extendPickup: pickups.extendPickup },
    enqueue: async (_, { name, key }) => {
      if (name === ORDER_ACTION_JOB) asked.push(key);
    },
    outside: {
      changeAddress: async (shop, { orderId }, address) => {
        const change = () => ({ address, country: address.country, postalCode: address.zip });
        await restateOrder(restating, shop, { orderId, actor, change });
        return done;
      },
      leaveUnits: async () => done,
    },
    readPromise: (shopId, orderId) => orders.load(shopId, { orderId }),
    readFollow: async () => ({ state: 'pending', reason: null, facts: {} }),
    readAtRisk: async (shopId, { offset, limit }) => {
      const found = await reports.readAtRisk(shopId, { limit: offset + limit });
      return { rows: found.rows.slice(offset), hasMore: found.total > offset + limit };
    },
    readForecast: async () => '2026-11-28T09:00:00Z',
    readMessages: async () => [{ kind: 'confirmed', state: 'sent', at: clock.now().toString() }],
  });
  const reports = createOutcomeReports(db);
  // The queue's job, once the transaction that asked for it has ended.
  const act: typeof care.act = async (shopId, orderId, action) => {
    const acted = await care.act(shopId, orderId, action);
    for (const key of asked.splice(0)) await care.perform(shopId, key.split(' ')[1] ?? '');
    return acted;
  };
  return {
    orders: orderRoutes({ authenticateAdmin, care: { ...care, act }, route }),
    outcome: outcomeRoutes({
      ...{ authenticateAdmin, reports },
      messages: { isOn: false, list: async () => [] },
    }),
    /** Takes an order in and routes it, as intake and its job do. */
    take: async (shopId: ShopId, { orderId, sku, quantity }: Taken) => {
      const lines = [{ ...LINE, lineId: `l-${orderId}`, sku, title: sku, quantity }];
      const placedAt = clock.now().toString();
      const times = { placedAt, sourceUpdatedAt: placedAt };
      const record = orderRecord(orderId, { ...times, lines, serviceCode: null });
      const at = { now: clock.now(), actor: { kind: 'shopify', id: '' } } as const;
      await withShop(db, shopId, (trx) => saveOrder(trx, shopId, record, at));
      await claims.follow(shopId, {
        ...{ orderId, source: 'shopify', channel: 'online', placedAt: record.placedAt },
        ...{ lines: record.lines, shipped: [], unshipped: [], assigned: undefined },
        ...{ reservationKey: undefined, version: undefined },
      });
      await orders.save(shopId, promiseOf(orderId, placedAt), clock.now());
      await route.routeOrder(shopId, orderId, 'order_placed');
    },
    endangered: (shopId: ShopId, orderId: string) => endangered(db, shopId, orderId, clock),
    history: (shopId: ShopId) => history(db, shopId, clock),
  };
}

type Taken = { readonly orderId: string; readonly sku: string; readonly quantity: number };

const LINE = { variantId: null, canceled: 0, unitPriceMinor: 4_900, needsShipping: true };

function promiseOf(orderId: string, placedAt: string): OrderPromiseRow {
  const window = { from: '2026-11-26T23:00:00Z', to: '2026-11-27T23:00:00Z' };
  return {
    ...{ orderId, placedAt, status: 'promised', joinedBy: 1 },
    promise: {
      ...{ method: 'home', serviceCode: 'standard', promisedOn: '2026-11-27' },
      ...{ timeZone: 'Europe/Rome', window, parcels: 1 },
      ...{ nodeId: undefined, pickupPointId: undefined },
    },
    ...{ replaced: undefined, receiptIds: [], checkoutToken: null, copiedReceipt: null },
    ...{ country: 'IT', postalCode: '00187', orderVersion: placedAt, publishedVersion: null },
  };
}

async function endangered(
  db: OrderDeskParts['db'],
  shopId: ShopId,
  orderId: string,
  clock: Clock,
): Promise<void> {
  const due = clock.now().subtract({ minutes: 30 }).toString();
  await withShop(db, shopId, (trx) =>
    sql`insert into order_alert (shop_id, order_id, work_id, milestone, level, due_at, raised_at)
      select ${shopId}, order_id, work_id, 'pick_start', 'missed', ${due}, ${due} from work
      where shop_id = ${shopId} and order_id = ${orderId}`.execute(trx),
  );
}

async function history(db: OrderDeskParts['db'], shopId: ShopId, clock: Clock): Promise<void> {
  const day = clock.now().subtract({ hours: 72 }).toString();
  await withShop(db, shopId, (trx) =>
    sql`insert into parcel_outcome (shop_id, order_id, unit_id, outcome, joined_by, node_id, zone_id, service_code,
        due_at, ended_at, late_minutes, early_days, carrier_days, settled_at)
      select ${shopId}, 'h' || n, 'p', case n % 10 when 0 then 'late' when 1 then 'too_padded' else 'kept' end, 1,
        'WH-PIACENZA', 'IT-LOM', 'standard', ${day}, ${day}, case n % 10 when 0 then 300 end,
        case n % 10 when 0 then null else n % 3 end, 1, ${day}
      from generate_series(1, 40) n`.execute(trx),
  );
  await withShop(db, shopId, (trx) =>
    sql`insert into order_outcome (shop_id, order_id, outcome, joined_by, placed_at, due_at, promised_on, was_moved,
        exceptions, late_minutes, early_days, settled_at)
      select ${shopId}, 'h' || n, case n % 10 when 0 then 'late' when 1 then 'too_padded' else 'kept' end, 1,
        ${day}, ${day}, ${day.slice(0, 10)}, false, case n % 20 when 0 then 1 else 0 end, case n % 10 when 0 then 300 end, case n % 10 when 0 then null else n % 3 end, ${day}
      from generate_series(1, 40) n`.execute(trx),
  );
}
