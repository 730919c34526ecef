/**
 * A shop with orders to route: real Postgres, facts that follow it as on a replica, routing as it runs, nobody else.
 *
 * Offers are opened as they are in earnest; jobs are kept in a list. Several replicas of one shop may be built.
 */
import { sql } from 'kysely';
import type { ShopId } from '../../backend/base/ids.ts';
import { offerHooks } from '../../backend/build-offers.ts';
import { productSchema, type WorldInput } from '../../backend/network/world.ts';
import { parseNetworkSection } from '../../backend/network/world-parse.ts';
import type { OrderJob } from '../../backend/orders/jobs.ts';
import type { OrderRecord } from '../../backend/orders/record/record.ts';
import { saveOrder } from '../../backend/orders/record/store.ts';
import { createRouteService } from '../../backend/orders/route/service.ts';
import { createOrderStore, type OrderPromiseRow } from '../../backend/orders/store.ts';
import { readTimeline } from '../../backend/orders/timeline/store.ts';
import { lockWorks, readWorks } from '../../backend/orders/works/store.ts';
import { type Bus, createLocalBus } from '../../backend/platform/bus.ts';
import { type Clock, fixedClock } from '../../backend/platform/clock.ts';
import { withShop } from '../../backend/platform/database.ts';
import { createPolicyService } from '../../backend/policy/service.ts';
import type { PolicyTables } from '../../backend/policy/store.ts';
import {
  parseRoutingSettings,
  type RoutingSettings,
  type RoutingSettingsInput,
} from '../../backend/routing/settings.ts';
import type { ShopTransaction } from '../../backend/stock/ledger/store.ts';
import { loadClaims, loadNodeClaims } from '../../backend/stock/reservations/live-claims/store.ts';
import { createOrderClaims } from '../../backend/stock/reservations/order-claims/service.ts';
import { createStockService, NETWORK_SECTION } from '../../backend/stock/service.ts';
import { createStockStore } from '../../backend/stock/store.ts';
import type { TestDatabase } from '../database.ts';
import { orderBreaches } from '../order-invariants.ts';
import { quietLog } from './live-shop.ts';
import { parsed } from './worlds.ts';

/** Units of SKUs, by SKU. */
export type Units = Readonly<Record<string, number>>;

/** Monday morning. */
export const STAGE_NOW = Temporal.Instant.from('2026-11-30T09:00:00Z');

/** Sells one line a SKU, `l-SKU`; canceled units as they stand now. */
export type StageOrder = {
  readonly units: Units;
  readonly canceled?: Units;
  readonly shipped?: Parameters<ReturnType<typeof createOrderClaims>['follow']>[1]['shipped'];
  readonly unshipped?: readonly string[];
  /** Where Shopify has put it. */
  readonly assigned?: {
    readonly lineId: string;
    readonly nodeId: string;
    readonly quantity: number;
  }[];
  readonly record?: Partial<OrderRecord>;
};

let shops = 0;

/** What replicas of one stage share. */
type Shared = {
  readonly db: TestDatabase<unknown>['db'];
  readonly clock: Clock;
  readonly bus: Bus;
  readonly settings: RoutingSettings;
  readonly jobs: OrderJob[];
  readonly offered: string[];
  readonly withdrawn: string[];
  readonly stops: (() => void)[];
};

function replicaOf({ db, clock, bus, settings, jobs, offered, withdrawn, stops }: Shared) {
  const hooks = offerHooks();
  const policy = createPolicyService({
    ...{ db: db.withTables<PolicyTables>(), bus, clock, log: quietLog },
    parsers: { [NETWORK_SECTION]: parseNetworkSection },
  });
  const stock = createStockService({
    store: createStockStore(db, {
      loadClaims,
      loadNodeClaims: (trx, id, nodeIds) => loadNodeClaims(trx, id, { nodeIds, now: clock.now() }),
    }),
    ...{ policy, bus, clock, log: quietLog },
    monotonicMilliseconds: () => performance.now(),
  });
  stops.push(stock.stop, policy.stop);
  const shared = { db, clock, openShop: stock.open, announce: stock.announce };
  const route = createRouteService({
    ...shared,
    log: quietLog,
    refreshShop: stock.refresh,
    settingsOf: async () => settings,
    enqueue: async (_, job) => void jobs.push(job),
    offers: {
      open: async (trx, shopId, opening) => {
        offered.push(opening.work.workId);
        await hooks.open(trx, shopId, opening);
      },
      withdraw: async (trx, shopId, gone) => {
        withdrawn.push(`${gone.work.workId} ${gone.why}`);
        await hooks.withdraw(trx, shopId, gone);
      },
    },
    onStep: () => undefined,
  });
  return { policy, stock, route, claims: createOrderClaims(shared) };
}

async function openWorld(first: ReturnType<typeof replicaOf>, shopId: ShopId, world: WorldInput) {
  const { products, stock: _, policyVersion: __, ...network } = world;
  await first.policy.save(shopId, {
    ...{ basedOnVersion: 0, sections: { [NETWORK_SECTION]: network }, author: 'test' },
  });
  await first.stock.save(shopId, {
    products: products.map((product) => ({
      ...{ product: productSchema.parse(product), variantId: null, inventoryItemId: null },
    })),
    stock: parsed(world).stock,
  });
  await first.stock.open(shopId);
}

/** Opens the stage. */
export async function routingStage(
  database: TestDatabase<unknown>,
  world: WorldInput,
  routing: RoutingSettingsInput = {},
) {
  shops += 1;
  const shopId = `routing-${shops}.myshopify.com` as ShopId;
  const clock = fixedClock(STAGE_NOW);
  const lists = { jobs: [], offered: [], withdrawn: [], stops: [] };
  const shared: Shared = {
    ...{ db: database.db, clock, bus: createLocalBus(), settings: settingsOf(routing) },
    ...lists,
  };
  const { jobs, offered, withdrawn, stops } = shared;
  const replica = () => replicaOf(shared);
  const first = replica();
  await openWorld(first, shopId, world);

  /** Takes an order in as intake does: its record, then its claims. */
  const take = async (orderId: string, order: StageOrder, using = first) => {
    const record = recordOf(orderId, order, clock.now());
    const at = { now: clock.now(), actor: { kind: 'shopify', id: '' } } as const;
    await withShop(database.db, shopId, (trx) => saveOrder(trx, shopId, record, at));
    await using.claims.follow(shopId, {
      ...{ orderId, source: 'shopify', channel: 'online', placedAt: record.placedAt },
      lines: record.lines,
      shipped: order.shipped ?? [],
      unshipped: order.unshipped ?? [],
      assigned: order.assigned,
      ...{ reservationKey: undefined, version: undefined },
    });
  };
  return {
    ...{ shopId, clock, jobs, offered, withdrawn, replica, take, db: database.db },
    ...first,
    /** Takes an order in and settles it. */
    order: async (orderId: string, order: StageOrder) => {
      await take(orderId, order);
      return await first.route.routeOrder(shopId, orderId, 'order_placed');
    },
    works: (orderId: string) =>
      withShop(database.db, shopId, (trx) => readWorks(trx, shopId, { orderId })),
    timeline: async (orderId: string) => {
      const events = await withShop(database.db, shopId, (trx) =>
        readTimeline(trx, shopId, orderId),
      );
      return events.map(({ kind }) => kind);
    },
    /** Sets what is there, as a count. */
    stocked: async (
      sku: string,
      nodeId: string,
      onHand: number,
      incoming: readonly { readonly quantity: number; readonly expectedOn: string }[] = [],
    ) => {
      const row = { sku, nodeId, onHand, unavailable: 0, incoming };
      await first.stock.save(shopId, { stock: [row] });
    },
    lock: (trx: ShopTransaction, workId: string) => lockWorks(trx, shopId, { workIds: [workId] }),
    /** Writes an order's promise, as intake joins it. */
    promised: (orderId: string, on: string, end: string) =>
      createOrderStore(database.db).save(shopId, promiseRow(orderId, on, end), clock.now()),
    /** Where an order's units are allocated: `line node units`. */
    allocations: async (orderId: string) => {
      const { rows } = await withShop(database.db, shopId, (trx) =>
        sql<{ name: string }>`
          select line_id || ' ' || node_id || ' ' || quantity as name from order_allocation
          where shop_id = ${shopId} and order_id = ${orderId} order by 1`.execute(trx),
      );
      return rows.map(({ name }) => name);
    },
    /** Positions with more allocated than there is. */
    shortages: () =>
      withShop(database.db, shopId, (trx) =>
        sql<{ sku: string; nodeId: string; missing: number }>`
          select sku, node_id as "nodeId", allocated - greatest(0, on_hand - unavailable) as missing
          from stock_position where shop_id = ${shopId}
            and allocated > greatest(0, on_hand - unavailable) order by 1, 2`.execute(trx),
      ),
    breaches: (asked: 'always' | 'settled' = 'settled') =>
      orderBreaches(database.db, shopId, asked),
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}

function settingsOf(input: RoutingSettingsInput): RoutingSettings {
  const parsed = parseRoutingSettings(input);
  if (!parsed.ok) throw new Error(`not routing settings: ${JSON.stringify(parsed.refusal)}`);
  return parsed.value;
}

let versions = 0;

function recordOf(orderId: string, order: StageOrder, now: Temporal.Instant): OrderRecord {
  versions += 1;
  return {
    ...{ orderId, source: 'shopify', channel: 'online', name: `#${orderId}`, state: 'open' },
    ...{ currency: 'EUR', totalMinor: 1_000, customerName: null, email: null, phone: null },
    ...{ address: null, country: 'IT', postalCode: '20121', locale: 'it', method: 'ship' },
    ...{ serviceCode: 'standard', pickupNodeId: null, tags: [], holdReason: null },
    ...{ isTest: false, promisedOn: null, reservationKey: null, version: `v${versions}` },
    placedAt: STAGE_NOW.toString(),
    sourceUpdatedAt: now.toString(),
    lines: Object.entries(order.units).map(([sku, quantity]) => ({
      ...{ lineId: `l-${sku}`, sku, variantId: null, title: sku, quantity },
      ...{ canceled: order.canceled?.[sku] ?? 0, unitPriceMinor: 1_000, needsShipping: true },
    })),
    ...order.record,
  };
}

function promiseRow(orderId: string, on: string, end: string): OrderPromiseRow {
  return {
    ...{ orderId, placedAt: STAGE_NOW.toString(), status: 'promised', joinedBy: 1 },
    promise: {
      ...{ method: 'home', serviceCode: 'standard', promisedOn: on, timeZone: 'Europe/Rome' },
      window: { from: STAGE_NOW.toString(), to: end },
      ...{ parcels: 1, nodeId: undefined, pickupPointId: undefined },
    },
    ...{ replaced: undefined, receiptIds: [], checkoutToken: null, copiedReceipt: null },
    ...{ country: 'IT', postalCode: '20121', orderVersion: end, publishedVersion: null },
  };
}
