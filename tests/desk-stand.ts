/**
 * Stores' desks over HTTP on a database of its own: the product's services, the network held as a world.
 *
 * In: works as routing would leave them, devices and people as a manager makes them. Out: answers as a desk gets them, what
 * the tables say. Jobs that would be enqueued are collected; offers and their feed are the real ones.
 */
import { createServer } from 'node:http';
import { sql } from 'kysely';
import type { ShopId } from '../backend/base/ids.ts';
import { offerMount } from '../backend/build-offers.ts';
import { createApp, type Mount } from '../backend/http/app.ts';
import { sendRefusal } from '../backend/http/problem.ts';
import type { Role } from '../backend/orders/desk/access/access.ts';
import { createDeskAccess } from '../backend/orders/desk/access/service.ts';
import { createPickupCodes } from '../backend/orders/desk/pickup/service.ts';
import { deskRoutes } from '../backend/orders/desk/routes.ts';
import { createDeskService } from '../backend/orders/desk/service.ts';
import { createDeskFeed } from '../backend/orders/offers/feed/service.ts';
import { DEFAULT_OUTCOME } from '../backend/orders/outcome/settings.ts';
import { createPickups } from '../backend/orders/pickups/service.ts';
import { saveOrder } from '../backend/orders/record/store.ts';
import { returnWork } from '../backend/orders/route/moves/service.ts';
import type { OrderStep } from '../backend/orders/steps.ts';
import { readTimeline } from '../backend/orders/timeline/store.ts';
import { insertWork, readWorks } from '../backend/orders/works/store.ts';
import { createLocalBus } from '../backend/platform/bus.ts';
import { fixedClock } from '../backend/platform/clock.ts';
import { withShop } from '../backend/platform/database.ts';
import { createLog } from '../backend/platform/log.ts';
import { createIdSource, createSigner } from '../backend/platform/signing.ts';
import { allocate } from '../backend/stock/reservations/order-claims/allocation/service.ts';
import { settleShipped } from '../backend/stock/reservations/order-claims/shipping/service.ts';
import { createTestDatabase } from './database.ts';
import { statedOrder } from './worlds/claims-orders.ts';
import { marketShop, marketWorld, openMarket, stockUp } from './worlds/offer-market.ts';
import { orderRecord } from './worlds/order-records.ts';

export const SHOP = 'desks.myshopify.com' as ShopId;
/** A Friday, 12:00 in Rome. */
export const NOON = Temporal.Instant.from('2026-11-27T11:00:00Z');
const KEYS = [{ id: 'test', key: Buffer.alloc(32, 7) }] as const;
const NODES = new Map([
  ['milan', 'Milano deposito'],
  ['s01', 'Milano Brera'],
  ['s02', 'Roma Condotti'],
  ['s03', 'Torino Lagrange'],
]);
const LOCATIONS: Readonly<Record<string, string>> = {
  ...{ '71': 's01', '72': 's02' },
  // Locations of the local Shopify's small shop.
  ...{ '101': 's01', '102': 's02' },
};

/** Headers by which a request says whose desk it is. */
export type DeskKeys = Readonly<Record<string, string>>;

/** A work as routing would leave it: placed at a node with its units. */
export type PlacedWork = {
  readonly orderId: string;
  readonly nodeId: string;
  readonly units: Readonly<Record<string, number>>;
  readonly kind?: 'ship' | 'pickup';
  readonly source?: 'shopify' | 'api';
  readonly holdReason?: string;
};

/** What `startDeskStand` returns. */
export type DeskStand = Awaited<ReturnType<typeof startDeskStand>>;

/** Whether this is a session token of the shop’s POS. */
type IsPosToken = (authorization: string) => boolean;

type Database = Awaited<ReturnType<typeof createTestDatabase>>['db'];

/** The services of desks over a database. */
function openDesks(db: Database, skus: readonly string[], isPosToken: IsPosToken) {
  const clock = fixedClock(NOON);
  const bus = createLocalBus();
  const live = marketShop(SHOP, marketWorld(3, skus), NOON);
  const steps = new Set<OrderStep>();
  const shared = {
    poke: (shopId: ShopId) => void bus.publish('desk', shopId),
    onStep: (step: OrderStep) => void steps.add(step),
  };
  const market = openMarket(db, { ...shared, shopId: SHOP, live, clock });
  const places = {
    nodesOf: async () => NODES,
    nodeOfLocation: async (_shop: ShopId, locationId: string) => LOCATIONS[locationId],
    shopOfPos: async (authorization: string | undefined) =>
      isPosToken(authorization ?? '') ? SHOP : undefined,
  };
  const access = createDeskAccess({
    ...{ ...places, db, clock, bus, newId: createIdSource(), signer: createSigner([...KEYS]) },
    monotonicMilliseconds: () => performance.now(),
  });
  const codes = createPickupCodes([...KEYS]);
  const claims = { db, clock, openShop: async () => live, announce: async () => undefined };
  const desk = createDeskService({
    ...{ ...claims, ...shared, isPickupCode: codes.isPickupCode, enqueue: market.moves.enqueue },
    returnWork: (trx, shopId, what) => returnWork(market.moves, trx, shopId, what),
    settleShipped: (trx, shopId, left) => settleShipped(claims, trx, shopId, left),
    onShortages: async () => undefined,
  });
  const pickups = createPickups({
    ...{ ...claims, enqueue: market.moves.enqueue, settingsOf: async () => DEFAULT_OUTCOME },
  });
  const log = createLog('silent', { write: () => undefined });
  const feed = createDeskFeed({ db, bus, log });
  const mounts: Mount[] = [
    {
      path: '/api/desk',
      router: deskRoutes({
        ...{ ...places, desk, access, sendRefusal, pickups },
        countOffers: async (shopId, nodeId) =>
          (await market.offers.list(shopId, nodeId)).offers.length,
      }),
      body: 'json',
    },
    offerMount({ offers: market.offers, feed }, access),
  ];
  return { ...shared, clock, steps, market, access, codes, claims, feed, log, mounts };
}

/** Starts it; `pages` are mounted besides, given the address. */
export async function startDeskStand(
  skus: readonly string[],
  pages: (url: string) => Promise<readonly Mount[]> = async () => [],
  isPosToken: IsPosToken = (authorization) => authorization === 'Bearer pos',
) {
  const database = await createTestDatabase();
  const { db } = database;
  const desks = openDesks(db, skus, isPosToken);
  const { clock, steps, market, access, codes, claims, feed, log, mounts } = desks;
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `http://localhost:${address.port}`;
  const all = [...mounts, ...(await pages(url))];
  server.on('request', createApp({ log, mounts: all, checkReady: async () => [] }));

  return {
    ...{ url, db, clock, steps, access, market, codes },
    jobs: market.jobs,
    /** Wakes the desks that listen. */
    poke: () => desks.poke(SHOP),
    /** A pairing code of a node. */
    codeFor: async (nodeId: string): Promise<string> => {
      const made = await access.createPairing(SHOP, { nodeId, deviceName: 'Till' }, 'ada');
      if (!made.ok) throw new Error(made.refusal.allowed);
      return made.value.code;
    },
    /** A person of a node with the PIN 2580. */
    addPerson: async (nodeId: string, name: string, role: Role = 'staff'): Promise<string> => {
      const made = await access.addPerson(SHOP, { nodeId, name, role, pin: '2580' }, 'ada');
      if (!made.ok) throw new Error(made.refusal.allowed);
      return made.value.personId;
    },
    ask: (path: string, { keys = {}, body }: { keys?: DeskKeys; body?: unknown } = {}) =>
      askDesk(url, path, { keys, body }),
    /** A paired device with a person who has said who they are. */
    async open(nodeId: string, role: Role = 'staff'): Promise<DeskKeys> {
      const personId = await this.addPerson(nodeId, `Person of ${nodeId}`, role);
      const code = await this.codeFor(nodeId);
      const paired = await this.ask('/pair', { body: { shop: SHOP, code } });
      const device = { 'x-kept-device': String(paired.body['token']) };
      const known = await this.ask('/identify', { keys: device, body: { personId, pin: '2580' } });
      return { ...device, 'x-kept-person': String(known.body['token']) };
    },
    /** Puts a work on a desk. */
    place: (work: PlacedWork) => place({ db, clock, market, claims }, work),
    readWorks: (orderId: string) => withShop(db, SHOP, (trx) => readWorks(trx, SHOP, { orderId })),
    timeline: async (orderId: string) =>
      (await withShop(db, SHOP, (trx) => readTimeline(trx, SHOP, orderId))).map(({ kind }) => kind),
    /** Units of a SKU at a node. */
    position: async (sku: string, nodeId: string) => {
      const { rows } = await withShop(db, SHOP, (trx) =>
        sql<{ onHand: number; unavailable: number; allocated: number }>`
          select on_hand as "onHand", unavailable, allocated from stock_position
          where shop_id = ${SHOP} and sku = ${sku} and node_id = ${nodeId}`.execute(trx),
      );
      return rows[0];
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      feed.stop();
      access.stop();
      await database.close();
    },
  };
}

async function askDesk(
  url: string,
  path: string,
  { keys, body }: { readonly keys: DeskKeys; readonly body: unknown },
): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
  const response = await fetch(`${url}/api/desk${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...keys, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const said: Record<string, unknown> = JSON.parse(await response.text());
  return { status: response.status, body: said };
}

async function place(
  of: Pick<Parameters<typeof openMarket>[1], 'clock'> & {
    readonly db: Parameters<typeof openMarket>[0];
    readonly market: ReturnType<typeof openMarket>;
    readonly claims: Parameters<typeof allocate>[0];
  },
  work: PlacedWork,
): Promise<string> {
  const { orderId, nodeId, units, kind = 'ship', source = 'shopify', holdReason = null } = work;
  const at = of.clock.now();
  const placedAt = at.toString();
  for (const sku of Object.keys(units)) await stockUp(of.db, SHOP, sku, { [nodeId]: 5 });
  await of.market.claims.follow(SHOP, { ...statedOrder(orderId, units, { placedAt }), source });
  const lines = Object.entries(units).map(([sku, quantity]) => ({
    ...{ lineId: `l-${sku}`, sku, quantity },
  }));
  const workId = `${orderId}-1`;
  await withShop(of.db, SHOP, async (trx) => {
    const record = orderRecord(orderId, {
      ...{ source, placedAt, holdReason, method: kind, sourceUpdatedAt: placedAt },
      lines: lines.map((line) => ({
        ...{ ...line, title: `Article ${line.sku}`, canceled: 0, unitPriceMinor: 4_900 },
        ...{ variantId: null, needsShipping: true },
      })),
    });
    await saveOrder(trx, SHOP, record, { now: at, actor: { kind: 'system', id: 'test' } });
    await insertWork(trx, SHOP, {
      ...{ workId, orderId, lines, kind, nodeId, state: 'placed', negotiation: 'assigned' },
      ...{ serviceCode: kind === 'ship' ? 'standard' : null, createdAt: placedAt, placedAt },
      startBy: at.add({ hours: 3 }).toString(),
    });
    const asked = lines.map(({ lineId, quantity }) => ({ lineId, quantity, nodeId }));
    const done = await allocate(of.claims, trx, SHOP, { orderId, asked });
    if (!done.value.ok) throw new Error(`no units for ${orderId}: ${done.value.refusal.code}`);
  });
  return workId;
}
