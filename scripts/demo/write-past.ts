/**
 * Writes the demo's past orders into Kept's tables, as they would stand there had Kept settled them itself.
 *
 * Usage: node scripts/demo/write-past.ts            the database of `npm start`, or DATABASE_URL
 *
 * The one part of the demo that comes in by no door: nothing outside can tell Kept what it did itself. One transaction, a
 * statement a table; orders that are there already end it before anything is written, so twice is once. They are orders of
 * another system (`api:past:…`): Shopify is never asked about them, and their units were never in the demo's stock.
 */
import path from 'node:path';
import { type Kysely, sql } from 'kysely';
import type { ShopId } from '../../backend/base/ids.ts';
import { openDatabase, withShop } from '../../backend/platform/database.ts';
import { startPostgresServer } from '../../backend/platform/postgres-server.ts';
import { ordersUnderWay, type PastOrder, pastOrders } from './past-orders.ts';
import { CATEGORY_NAMES, COLORS } from './styles.ts';

const SHOP = 'kept-demo.myshopify.com' as ShopId;
const ROOT = path.resolve(import.meta.dirname, '..', '..');

type Row = Readonly<Record<string, unknown>>;
type Transaction = Parameters<Parameters<typeof withShop<unknown, void>>[2]>[0];

/** Writes them unless they are there; says how many were written. */
export async function writePast(db: Kysely<unknown>, shopId: ShopId): Promise<number> {
  return await withShop(db, shopId, async (trx) => {
    const { rows } =
      await sql`select 1 from customer_order where order_id like 'api:past:%' limit 1`.execute(trx);
    if (rows.length > 0) return 0;
    const orders = [...pastOrders(), ...ordersUnderWay()];
    for (const [table, write] of Object.entries(TABLES)) {
      const written = orders.flatMap(write);
      await insert(
        trx,
        table,
        written.map((row) => ({ shop_id: shopId, ...row })),
      );
    }
    return orders.length;
  });
}

// Columns that a row does not name keep their defaults: all rows of a table name the same ones.
async function insert(trx: Transaction, table: string, rows: readonly Row[]): Promise<void> {
  const columns = sql.join(Object.keys(rows[0] ?? {}).map((name) => sql.ref(name)));
  await sql`insert into ${sql.table(table)} (${columns})
    select ${columns} from jsonb_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(rows)}::jsonb)`.execute(
    trx,
  );
}

/** Tables in the order in which they refer to each other. */
const TABLES: Readonly<Record<string, (order: PastOrder) => readonly Row[]>> = {
  customer_order: (order) => [orderRow(order)],
  customer_order_line: (order) => [lineRow(order)],
  order_promise: (order) => [promiseRow(order)],
  work: (order) => [workRow(order)],
  work_line: (order) => [
    {
      ...{ work_id: workOf(order), line_id: '1', sku: order.variant.sku },
      ...{ quantity: order.quantity, picked: order.quantity },
    },
  ],
  offer: offerRows,
  parcel: (order) => (order.method === 'ship' ? [parcelRow(order)] : []),
  order_event: eventRows,
  order_outcome: (order) =>
    order.isUnderWay ? [] : [{ ...outcomeRow(order), ...wholeOutcome(order) }],
  parcel_outcome: (order) => (order.isUnderWay ? [] : [parcelOutcomeRow(order)]),
};
const idOf = ({ number }: PastOrder) => `api:past:${number}`;
const workOf = (order: PastOrder) => `${idOf(order)}-1`;
const isCollected = ({ method }: PastOrder) => method === 'pickup';

function orderRow(order: PastOrder): Row {
  const { near, buyer, variant, quantity } = order;
  const address = { address1: near.address1, address2: null, city: near.city, province: null };
  return {
    ...{ order_id: idOf(order), source: 'api', channel: 'online', name: `#V${order.number}` },
    ...{ placed_at: order.placedAt, state: order.isUnderWay ? 'open' : 'closed', currency: 'EUR' },
    ...{ total_minor: variant.style.priceMinor * quantity, customer_name: buyer },
    ...{ email: order.email, locale: order.locale, method: order.method, tags: [], is_test: false },
    address: { name: buyer, ...address, zip: near.postalCode, country: near.country },
    ...{ country: near.country, postal_code: near.postalCode, service_code: order.serviceCode },
    pickup_node_id: isCollected(order) ? order.nodeId : null,
    ...{ version: 'past', taken_in_version: 'past' },
    ...{ source_updated_at: order.leftAt, updated_at: order.leftAt },
  };
}

function lineRow(order: PastOrder): Row {
  const { style, color, sku } = order.variant;
  return {
    ...{ order_id: idOf(order), line_id: '1', sku, quantity: order.quantity },
    title: `${style.model} ${style.kind[0] ?? CATEGORY_NAMES[style.category]}, ${COLORS[color].en}`,
    ...{ unit_price_minor: style.priceMinor, canceled: 0, needs_shipping: true },
  };
}

function promiseRow(order: PastOrder): Row {
  const [from, to] = order.window;
  return {
    ...{ order_id: idOf(order), placed_at: order.placedAt, status: 'promised', joined_by: 1 },
    ...{ method: isCollected(order) ? 'store_pickup' : 'home', service_code: order.serviceCode },
    ...{ promised_on: order.promisedOn, window_from: from, window_to: to, parcels: 1 },
    ...{ time_zone: order.timeZone, node_id: isCollected(order) ? order.nodeId : null },
    ...{ country: order.near.country, postal_code: order.near.postalCode, receipt_ids: [] },
    ...{ order_version: 'past', published_version: 'past', updated_at: order.placedAt },
  };
}

function workRow(order: PastOrder): Row {
  const [from, to] = order.window;
  const end = isCollected(order) ? from : to;
  const isClaimed = order.offers.length > 0;
  return {
    ...{ work_id: workOf(order), order_id: idOf(order), kind: order.method, node_id: order.nodeId },
    state: stateOf(order),
    negotiation: isClaimed ? 'claimed' : 'assigned',
    ...{ service_code: order.serviceCode, excluded_nodes: [], promised_on: order.promisedOn },
    ...{ promised_end: end, planned_end: end, planned_departure: order.leftAt, version: 8 },
    ...{ created_at: order.placedAt, placed_at: order.placedAt, left_at: order.leftAt },
    ...{ claimed_at: isClaimed ? claimedAt(order) : null, allowed_late_days: 0, cost_minor: 0 },
    delivered_at: stateOf(order) === 'delivered' ? order.endedAt : null,
    ...{ wave: isClaimed ? 1 : 0, is_settled: order.isUnderWay !== true },
  };
}

function stateOf(order: PastOrder): 'shipped' | 'handed_over' | 'delivered' {
  if (order.isUnderWay) return 'shipped';
  return isCollected(order) ? 'handed_over' : 'delivered';
}

function claimedAt({ placedAt, offers }: PastOrder): string {
  const minutes = offers.find(({ state }) => state === 'won')?.minutes ?? 0;
  return Temporal.Instant.from(placedAt).add({ minutes }).toString();
}

function offerRows(order: PastOrder): readonly Row[] {
  const sent = Temporal.Instant.from(order.placedAt);
  return order.offers.map(({ nodeId, state, minutes }) => ({
    ...{ offer_id: `${workOf(order)}-${nodeId}`, work_id: workOf(order), order_id: idOf(order) },
    ...{ node_id: nodeId, wave: 1, state, sent_at: order.placedAt },
    expires_at: sent.add({ minutes: 60 }).toString(),
    reason: state === 'refused' ? 'too_busy' : null,
    ...{ answered_at: sent.add({ minutes }).toString(), actor: state === 'lost' ? '' : nodeId },
  }));
}

function parcelRow(order: PastOrder): Row {
  return {
    ...{ parcel_id: `${workOf(order)}-p`, order_id: idOf(order), work_id: workOf(order) },
    ...{
      state: order.isUnderWay ? 'in_transit' : 'delivered',
      carrier: CARRIERS[order.serviceCode ?? ''] ?? 'Corriere',
    },
    ...{ service_code: order.serviceCode },
    tracking_number: order.trackingNumber ?? `VT${order.number}`,
    lines: [{ lineId: '1', sku: order.variant.sku, quantity: order.quantity }],
    ...{ created_at: order.leftAt, shipped_at: order.leftAt },
    delivered_at: order.isUnderWay ? null : order.endedAt,
  };
}

// Invented, as everything of this retailer.
const CARRIERS: Readonly<Record<string, string>> = {
  ...{ 'express-10': 'Lampo', standard: 'Corriere', economy: 'Lento' },
  ...{ 'gb-standard': 'Roundel', 'gb-economy': 'Towpath' },
};

function eventRows(order: PastOrder): readonly Row[] {
  const workId = workOf(order);
  const store = { actor_kind: 'store', actor: order.nodeId };
  const system = (actor: string) => ({ actor_kind: 'system', actor });
  const event = (kind: string, at: string, by: Row, facts: Row = {}) => ({
    ...{ order_id: idOf(order), event_id: `past:${kind}`, at, kind, work_id: workId },
    ...{ node_id: order.nodeId, facts, ...by },
  });
  const taken =
    order.offers.length > 0 ? [event('claimed', claimedAt(order), store, { wave: 1 })] : [];
  const gone = isCollected(order)
    ? [event('ready', order.endedAt, store), event('handed_over', order.endedAt, store)]
    : [
        event('shipped', order.leftAt, store),
        event('delivered', order.endedAt, { actor_kind: 'carrier', actor: 'tracking' }),
      ];
  const { outcome, promisedOn, lateMinutes, earlyDays, quantity: units } = order;
  const facts = { outcome, promisedOn, lateMinutes, earlyDays };
  const told = [
    event('order_placed', order.placedAt, { actor_kind: 'api', actor: 'past' }, { units }),
    event('routed', order.placedAt, system('routing'), { cause: 'order_placed', units }),
    ...taken,
    ...gone,
    event('outcome', order.endedAt, system('watch'), facts),
  ];
  const notYet = order.isUnderWay ? ['delivered', 'outcome'] : [];
  return told.filter(({ kind }) => !notYet.includes(kind));
}

function outcomeRow(order: PastOrder): Row {
  const [from, to] = order.window;
  return {
    ...{ order_id: idOf(order), outcome: order.outcome, joined_by: 1, ended_at: order.endedAt },
    ...{ due_at: isCollected(order) ? from : to, late_minutes: order.lateMinutes },
    ...{ early_days: order.earlyDays, settled_at: order.endedAt },
  };
}

function parcelOutcomeRow(order: PastOrder): Row {
  return {
    ...{ ...outcomeRow(order), unit_id: `${workOf(order)}-p`, node_id: order.nodeId },
    ...{ zone_id: order.zoneId, service_code: order.serviceCode },
    ...{ left_at: order.leftAt, carrier_days: order.carrierDays },
  };
}

function wholeOutcome(order: PastOrder): Row {
  return {
    ...{ placed_at: order.placedAt, promised_on: order.promisedOn },
    ...{ was_moved: order.outcome === 'late', exceptions: order.exceptions },
  };
}

if (import.meta.main) {
  const url = process.env['DATABASE_URL'];
  const server = url === undefined ? await startPostgresServer(ROOT, 'postgres') : undefined;
  const isOwner = server === undefined && process.env['DATABASE_OWNER_URL'] === undefined;
  const db = openDatabase<unknown>({
    url: server?.appUrl ?? url ?? '',
    ...{ assumesAppRole: isOwner, maxConnections: 1, onIdleError: () => undefined },
  });
  const count = await writePast(db, SHOP);
  await db.destroy();
  await server?.stopIfUnused();
  process.stderr.write(
    count === 0 ? 'demo: the past is there already\n' : `demo: ${count} settled orders written\n`,
  );
}
