/**
 * A market of stores in which works are offered: the product's services on a real database, the network held as a world.
 *
 * In: how many stores, what each has. Out: `offer` puts an order's units at the warehouse and asks stores for it, as routing
 * does in its transaction; the services of offers; what the tables say of who has what. Jobs that would be enqueued are
 * collected, not run.
 */
import { type Kysely, sql } from 'kysely';
import type { ShopId } from '../../backend/base/ids.ts';
import { instantToMinuteFloor } from '../../backend/base/time.ts';
import type { WorldInput } from '../../backend/network/world.ts';
import type { OrderJob } from '../../backend/orders/jobs.ts';
import type { RefuseDependencies } from '../../backend/orders/offers/answers/service.ts';
import { openOffers, withdrawOffers } from '../../backend/orders/offers/opening/service.ts';
import { createOfferService } from '../../backend/orders/offers/service.ts';
import type { OfferCandidate, OfferPlan } from '../../backend/orders/offers/waves.ts';
import { relocate, returnWork } from '../../backend/orders/route/moves/service.ts';
import type { OnOrderStep } from '../../backend/orders/steps.ts';
import { insertWork, lockWorks } from '../../backend/orders/works/store.ts';
import type { Clock } from '../../backend/platform/clock.ts';
import { withShop } from '../../backend/platform/database.ts';
import { createIdSource } from '../../backend/platform/signing.ts';
import { DEFAULT_ROUTING } from '../../backend/routing/settings.ts';
import type { ShopTransaction } from '../../backend/stock/ledger/store.ts';
import { allocate } from '../../backend/stock/reservations/order-claims/allocation/service.ts';
import { createOrderClaims } from '../../backend/stock/reservations/order-claims/service.ts';
import type { LiveShop } from '../../backend/stock/service.ts';
import { statedOrder } from './claims-orders.ts';
import { setPositions } from './claims-shop.ts';
import { liveShopOf } from './live-shop.ts';
import { everyDay, milanWarehouse, romeStore, twoStoresOneWarehouse } from './worlds.ts';

/** Where works stand while stores compete. */
export const WAREHOUSE = 'milan';

/** Names of `count` stores. */
export function storeIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `s${String(index + 1).padStart(2, '0')}`);
}

/** One warehouse and `count` stores that are open 10:00 to 20:00 in Rome every day. */
export function marketWorld(count: number, skus: readonly string[]): WorldInput {
  const stores = storeIds(count).map((id) => ({
    ...romeStore(),
    id,
    hours: everyDay('10:00', '20:00'),
  }));
  const nodes = [milanWarehouse(), ...stores];
  const nodeIds = nodes.map(({ id }) => id);
  return {
    ...twoStoresOneWarehouse(),
    nodes,
    pickupPoints: [],
    lanes: [{ nodeIds, zoneIds: ['it'], serviceCode: 'standard', transitDays: 1 }],
    products: skus.map((sku) => ({ sku, weightGrams: 300 })),
    stock: [],
  };
}

/** What a market is opened with. */
export type MarketOptions = {
  readonly shopId: ShopId;
  readonly live: LiveShop;
  readonly clock: Clock;
  readonly onStep?: OnOrderStep;
  readonly poke?: (shopId: ShopId) => void;
  /** Absent: jobs are collected. */
  readonly enqueue?: (trx: ShopTransaction, job: OrderJob) => Promise<void>;
};

/** The world as a live shop. */
export function marketShop(shopId: ShopId, world: WorldInput, now: Temporal.Instant): LiveShop {
  return liveShopOf(shopId, world, { now, confirmedAt: 0, skuOfVariant: new Map() });
}

/** Opens the services over a database: a replica of the product. */
export function openMarket(db: Kysely<unknown>, options: MarketOptions) {
  const { shopId, live, clock, onStep = () => undefined } = options;
  const jobs: OrderJob[] = [];
  const shared = {
    ...{ db, clock, onStep },
    openShop: async () => live,
    announce: async () => undefined,
    enqueue:
      options.enqueue ??
      (async (_trx: ShopTransaction, job: OrderJob) => {
        jobs.push(job);
      }),
  };
  const newId = createIdSource();
  const moves = {
    ...shared,
    settingsOf: async () => DEFAULT_ROUTING,
    offers: {
      open: (trx: ShopTransaction, shop: ShopId, opening: Parameters<typeof openOffers>[3]) =>
        openOffers(newId, trx, shop, opening),
      withdraw: withdrawOffers,
    },
  };
  const deps: RefuseDependencies = {
    ...shared,
    newId,
    poke: options.poke ?? (() => undefined),
    onShortages: async () => undefined,
    route: {
      relocate: (trx, shop, to) => relocate(moves, trx, shop, to),
      returnWork: (trx, shop, what) => returnWork(moves, trx, shop, what),
    },
  };
  const claims = createOrderClaims(shared);
  return {
    jobs,
    claims,
    moves,
    offers: createOfferService(deps),
    /** Places an order of `units` at `at` (the warehouse) and asks the plan's stores. */
    offer: async (orderId: string, asked: Asked): Promise<string> => {
      const { units, at = WAREHOUSE } = asked;
      const placedAt = clock.now().toString();
      await claims.follow(shopId, statedOrder(orderId, units, { placedAt }));
      const lines = Object.entries(units).map(([sku, quantity]) => ({
        ...{ lineId: `l-${sku}`, sku, quantity },
      }));
      const workId = `${orderId}-1`;
      await withShop(db, shopId, async (trx) => {
        await insertOrder(trx, shopId, { orderId, lines, placedAt });
        const wanted = lines.map(({ lineId, quantity }) => ({ lineId, quantity, nodeId: at }));
        await insertWork(trx, shopId, {
          ...{ workId, orderId, lines, kind: 'ship', state: 'placed', nodeId: at },
          ...{ serviceCode: 'standard', createdAt: placedAt, placedAt },
        });
        const [work] = await lockWorks(trx, shopId, { workIds: [workId] });
        if (work === undefined) throw new Error('the work was written');
        const plan = planOf(asked, clock.now());
        await openOffers(newId, trx, shopId, { work, plan, snapshot: live.snapshot, at: placedAt });
        const done = await allocate(shared, trx, shopId, { orderId, asked: wanted });
        if (!done.value.ok) throw new Error(`no units for ${orderId}: ${done.value.refusal.code}`);
      });
      return workId;
    },
  };
}

/** What `openMarket` returns. */
export type Market = ReturnType<typeof openMarket>;

/** An order, and whom to ask. */
export type Asked = {
  readonly units: Readonly<Record<string, number>>;
  readonly stores: readonly string[];
  /** Where the work stands until somebody claims. */
  readonly at?: string;
  readonly perWave?: number;
  readonly waves?: number;
  readonly timeOutMinutes?: number;
  readonly autoClaimNodes?: readonly string[];
  /** Minutes from now until the fallback. */
  readonly fallbackIn?: number;
};

function planOf(asked: Asked, now: Temporal.Instant): OfferPlan {
  const nowMinute = instantToMinuteFloor(now.toString());
  const { stores, perWave = stores.length, waves = 2, timeOutMinutes = 30 } = asked;
  const candidate = (nodeId: string): OfferCandidate => ({
    ...{ nodeId, serviceCode: 'standard', costMinor: 500 },
    endMinute: nowMinute + 3 * 1_440,
    departureMinute: nowMinute + 1_440,
    startByMinute: nowMinute + 1_440,
  });
  return {
    ...{ perWave, waves, timeOutMinutes, onlyWhenOpen: true },
    candidates: stores.map(candidate),
    autoClaimNodes: asked.autoClaimNodes ?? [],
    fallbackAtMinute: nowMinute + (asked.fallbackIn ?? 600),
  };
}

async function insertOrder(
  trx: ShopTransaction,
  shopId: ShopId,
  order: {
    readonly orderId: string;
    readonly placedAt: string;
    readonly lines: readonly {
      readonly lineId: string;
      readonly sku: string;
      readonly quantity: number;
    }[];
  },
): Promise<void> {
  const { orderId, placedAt, lines } = order;
  await sql`
    insert into customer_order (shop_id, order_id, source, channel, name, placed_at, currency, total_minor, country,
      postal_code, method, version, source_updated_at, updated_at)
    values (${shopId}, ${orderId}, 'shopify', 'online', ${`#${orderId}`}, ${placedAt}, 'EUR', 1000, 'IT', '50100',
      'ship', '1', ${placedAt}, ${placedAt})`.execute(trx);
  await sql`
    insert into customer_order_line (shop_id, order_id, line_id, sku, title, quantity)
    select ${shopId}, ${orderId}, l."lineId", l.sku, l.sku, l.quantity
    from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) l("lineId" text, sku text, quantity int)`.execute(
    trx,
  );
}

/** Gives nodes units of a SKU. */
export function stockUp(
  db: Kysely<unknown>,
  shopId: ShopId,
  sku: string,
  units: Readonly<Record<string, number>>,
): Promise<void> {
  const rows = Object.entries(units).map(([nodeId, onHand]) => ({ sku, nodeId, onHand }));
  return setPositions(db, shopId, rows);
}

/** A work, its offers and where its units are, as the tables say. */
export type WorkFound = {
  readonly state: string;
  readonly negotiation: string;
  readonly nodeId: string | null;
  readonly excluded: readonly string[];
  readonly offers: Readonly<Record<string, string>>;
  readonly allocated: Readonly<Record<string, number>>;
  readonly claimedEvents: number;
};

/** Reads it. `offers` by node: the state of the last one. */
export async function findWork(
  db: Kysely<unknown>,
  shopId: ShopId,
  workId: string,
): Promise<WorkFound> {
  const { rows } = await withShop(db, shopId, (trx) =>
    sql<WorkFound>`
      select w.state, w.negotiation, w.node_id as "nodeId", w.excluded_nodes as excluded,
        coalesce((select jsonb_object_agg(o.node_id, o.state order by o.wave) from offer o
          where o.shop_id = w.shop_id and o.work_id = w.work_id), '{}') as offers,
        coalesce((select jsonb_object_agg(node_id, units) from (
          select node_id, sum(quantity) as units from order_allocation a
          where a.shop_id = w.shop_id and a.order_id = w.order_id group by node_id) n), '{}') as allocated,
        (select count(*)::int from order_event e where e.shop_id = w.shop_id and e.order_id = w.order_id
          and e.work_id = w.work_id and e.kind = 'claimed') as "claimedEvents"
      from work w where w.shop_id = ${shopId} and w.work_id = ${workId}`.execute(trx),
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`no work ${workId}`);
  return row;
}

/** The id of a store's last offer of a work. */
export async function offerOf(
  db: Kysely<unknown>,
  shopId: ShopId,
  of: { readonly workId: string; readonly nodeId: string },
): Promise<string> {
  const { rows } = await withShop(db, shopId, (trx) =>
    sql<{ offerId: string }>`
      select offer_id as "offerId" from offer where shop_id = ${shopId} and work_id = ${of.workId}
        and node_id = ${of.nodeId} order by wave desc limit 1`.execute(trx),
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`${of.nodeId} was not asked for ${of.workId}`);
  return row.offerId;
}
