/**
 * Where do orders rest?
 *
 * Everything runs in a caller's transaction of one shop (`withShop`). `saveOrder` locks the order's row first, decides on
 * what is there (record.ts) and writes order, lines and, when it is new, its first event together. The rows are named
 * customer_order; the claims of the same order (claimed_order) are a row of the stock module.
 */
import { sql } from 'kysely';
import { compareIds, type ShopId } from '../../base/ids.ts';
import type { ShopTransaction } from '../../stock/ledger/store.ts';
import { appendEvents } from '../timeline/store.ts';
import type { Actor, OrderEvent } from '../timeline/timeline.ts';
import type { Work } from '../works/store.ts';
import { decideRecord, type OrderRecord, type StoredOrder } from './record.ts';
import { TIMED_HOLDS, type TimedHold } from './timed-hold.ts';

/** What became of a reading. */
export type SavedOrder = {
  readonly outcome: 'new' | 'changed' | 'unchanged' | 'older';
  readonly order: StoredOrder;
};

/** Stores a reading of an order unless what is there is as new. */
export async function saveOrder(
  trx: ShopTransaction,
  shopId: ShopId,
  read: OrderRecord,
  at: { readonly now: Temporal.Instant; readonly actor: Actor },
): Promise<SavedOrder> {
  // Two readings of a new order at once: the second waits for the first's row and then decides on it.
  const made = await insertOrders(trx, shopId, [read], { now: at.now, isTakenIn: false });
  const isNew = made.has(read.orderId);
  const known = isNew ? undefined : await readOrder(trx, shopId, read.orderId, 'lock');
  const after = decideRecord(known, read);
  if (after === undefined) {
    if (known === undefined) throw new Error('Bug: an order is neither new nor known');
    return { outcome: known.version === read.version ? 'unchanged' : 'older', order: known };
  }
  if (!isNew) {
    await updateOrder(trx, shopId, after, at.now);
    await writeLines(trx, shopId, [after]);
  }
  await appendEvents(trx, shopId, eventsOf(known, after, at));
  const { isRedacted, takenInVersion, waivedHold } = known ?? NOTHING_YET;
  const order = { ...after, isRedacted, takenInVersion, waivedHold };
  return { outcome: isNew ? 'new' : 'changed', order };
}

const NOTHING_YET = { isRedacted: false, takenInVersion: null, waivedHold: null };

/** What the timeline tells of a reading. */
export function eventsOf(
  known: StoredOrder | undefined,
  after: OrderRecord,
  { now, actor }: { readonly now: Temporal.Instant; readonly actor: Actor },
): OrderEvent[] {
  const { orderId } = after;
  const events: OrderEvent[] = [];
  const units = after.lines.reduce((sum, line) => sum + line.quantity, 0);
  if (known === undefined) {
    const facts = { units, channel: after.channel, method: after.method };
    const what = { kind: 'order_placed', at: after.placedAt } as const;
    events.push({ ...what, orderId, eventId: 'order_placed', actor, facts });
  }
  const held = after.holdReason;
  if (held !== (known?.holdReason ?? null)) {
    const eventId = `${held === null ? 'released' : 'held'}:${after.version}`;
    const kind = held === null ? ('released' as const) : ('held' as const);
    const facts = { reason: held ?? known?.holdReason ?? '' };
    events.push({ orderId, eventId, at: now.toString(), kind, actor, facts });
  }
  if (after.state === 'canceled' && known?.state !== 'canceled') {
    const eventId = 'canceled:order';
    events.push({
      orderId,
      eventId,
      at: now.toString(),
      kind: 'canceled',
      actor,
      facts: { units },
    });
  }
  return events;
}

/** Stores orders nobody told us of before, with their lines; says which were new. `isTakenIn`: all else is done of them too. */
export async function insertOrders(
  trx: ShopTransaction,
  shopId: ShopId,
  orders: readonly OrderRecord[],
  { now, isTakenIn }: { readonly now: Temporal.Instant; readonly isTakenIn: boolean },
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ orderId: string }>`
    insert into customer_order (shop_id, order_id, source, placed_at, channel, name, state, currency, total_minor,
      customer_name, email, phone, address, country, postal_code, locale, method, service_code, pickup_node_id, tags,
      hold_reason, hold_until, is_test, promised_on, reservation_key, version, source_updated_at, updated_at,
      taken_in_version)
    select ${shopId}, o."orderId", o.source, o."placedAt", o.channel, o.name, o.state, o.currency, o."totalMinor",
      o."customerName", o.email, o.phone, nullif(o.address, 'null'), o.country, o."postalCode", o.locale, o.method,
      o."serviceCode", o."pickupNodeId", o.tags, o."holdReason", o."holdUntil", o."isTest", o."promisedOn", o."reservationKey",
      o.version, o."sourceUpdatedAt", ${now.toString()}, case when ${isTakenIn} then o.version end
    from jsonb_to_recordset(${JSON.stringify(orders)}::jsonb) o("orderId" text, source text, "placedAt" timestamptz,
      channel text, name text, state text, currency text, "totalMinor" bigint, "customerName" text, email text,
      phone text, address jsonb, country text, "postalCode" text, locale text, method text, "serviceCode" text,
      "pickupNodeId" text, tags text[], "holdReason" text, "holdUntil" timestamptz, "isTest" boolean, "promisedOn" date,
      "reservationKey" text, version text, "sourceUpdatedAt" timestamptz)
    order by o."orderId"
    on conflict (shop_id, order_id) do nothing returning order_id as "orderId"`.execute(trx);
  const made = new Set(rows.map(({ orderId }) => orderId));
  await writeLines(
    trx,
    shopId,
    orders.filter(({ orderId }) => made.has(orderId)),
  );
  return made;
}

async function updateOrder(
  trx: ShopTransaction,
  shopId: ShopId,
  order: OrderRecord,
  now: Temporal.Instant,
): Promise<void> {
  const set = Object.entries(columnsOf(order, now)).map(
    ([name, value]) => sql`${sql.ref(name)} = ${value}`,
  );
  await sql`update customer_order set ${sql.join(set)}
    where shop_id = ${shopId} and order_id = ${order.orderId}`.execute(trx);
}

function columnsOf(order: OrderRecord, now: Temporal.Instant) {
  return {
    channel: order.channel,
    name: order.name,
    state: order.state,
    currency: order.currency,
    total_minor: order.totalMinor,
    customer_name: order.customerName,
    email: order.email,
    phone: order.phone,
    address: order.address === null ? null : JSON.stringify(order.address),
    country: order.country,
    postal_code: order.postalCode,
    locale: order.locale,
    method: order.method,
    service_code: order.serviceCode,
    pickup_node_id: order.pickupNodeId,
    tags: [...order.tags],
    hold_reason: order.holdReason,
    hold_until: isTimed(order.holdReason) ? (order.holdUntil ?? null) : null,
    is_test: order.isTest,
    promised_on: order.promisedOn,
    reservation_key: order.reservationKey,
    version: order.version,
    source_updated_at: order.sourceUpdatedAt,
    updated_at: now.toString(),
  };
}

async function writeLines(
  trx: ShopTransaction,
  shopId: ShopId,
  orders: readonly Pick<OrderRecord, 'orderId' | 'lines'>[],
): Promise<void> {
  const rows = orders.flatMap(({ orderId, lines }) => lines.map((line) => ({ orderId, ...line })));
  if (rows.length === 0) return;
  await sql`
    insert into customer_order_line (shop_id, order_id, line_id, sku, variant_id, title, quantity, canceled,
      unit_price_minor, needs_shipping)
    select ${shopId}, l."orderId", l."lineId", l.sku, l."variantId", l.title, l.quantity, l.canceled,
      l."unitPriceMinor", l."needsShipping"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) l("orderId" text, "lineId" text, sku text,
      "variantId" text, title text, quantity int, canceled int, "unitPriceMinor" bigint, "needsShipping" boolean)
    on conflict (shop_id, order_id, line_id) do update set sku = excluded.sku, variant_id = excluded.variant_id,
      title = excluded.title, quantity = excluded.quantity, canceled = excluded.canceled,
      unit_price_minor = excluded.unit_price_minor, needs_shipping = excluded.needs_shipping`.execute(
    trx,
  );
}

// Instants as ISO text on the server's side, lines with the order: one statement.
const iso = (column: string) =>
  sql`to_char(o.${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
const selected = sql`
  select o.order_id as "orderId", o.source, o.channel, o.name, ${iso('placed_at')} as "placedAt", o.state, o.currency,
    o.total_minor as "totalMinor", o.customer_name as "customerName", o.email, o.phone, o.address, o.country,
    o.postal_code as "postalCode", o.locale, o.method, o.service_code as "serviceCode",
    o.pickup_node_id as "pickupNodeId", o.tags, o.hold_reason as "holdReason", ${iso('hold_until')} as "holdUntil", o.is_test as "isTest",
    o.promised_on::text as "promisedOn", o.reservation_key as "reservationKey", o.version, ${iso('source_updated_at')} as "sourceUpdatedAt",
    o.redacted_at is not null as "isRedacted", o.waived_hold as "waivedHold", o.taken_in_version as "takenInVersion",
    coalesce((select jsonb_agg(jsonb_build_object('lineId', l.line_id, 'sku', l.sku, 'variantId', l.variant_id,
      'title', l.title, 'quantity', l.quantity, 'canceled', l.canceled, 'unitPriceMinor', l.unit_price_minor,
      'needsShipping', l.needs_shipping) order by l.line_id) from customer_order_line l
      where l.shop_id = o.shop_id and l.order_id = o.order_id), '[]'::jsonb) as lines
  from customer_order o`;

/** Reads an order with its lines; `lock`: nobody else writes it until the transaction ends. */
export async function readOrder(
  trx: ShopTransaction,
  shopId: ShopId,
  orderId: string,
  mode?: 'lock',
): Promise<StoredOrder | undefined> {
  if (mode === 'lock') {
    await sql`select 1 from customer_order where shop_id = ${shopId} and order_id = ${orderId}
      for update`.execute(trx);
  }
  const { rows } = await sql<StoredOrder>`
    ${selected} where o.shop_id = ${shopId} and o.order_id = ${orderId}`.execute(trx);
  return rows[0];
}

/** Remembers that claims, promise and routing of these versions are done. */
export async function markTakenIn(
  trx: ShopTransaction,
  shopId: ShopId,
  done: readonly Pick<OrderRecord, 'orderId' | 'version'>[],
): Promise<void> {
  // Rows in one order, so that two who mark never wait for each other.
  const rows = done
    .map(({ orderId, version }) => ({ orderId, version }))
    .toSorted((a, b) => compareIds(a.orderId, b.orderId));
  await sql`
    update customer_order o set taken_in_version = d.version
    from (select o.order_id, d.version
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) d("orderId" text, version text)
      join customer_order o on o.shop_id = ${shopId} and o.order_id = d."orderId" and o.version = d.version
      order by o.order_id for update of o) d
    where o.shop_id = ${shopId} and o.order_id = d.order_id and o.version = d.version`.execute(trx);
}

/** True when the order was worked in whole, as it was at that instant of its source or later. */
export async function readTakenIn(
  trx: ShopTransaction,
  shopId: ShopId,
  asked: Pick<OrderRecord, 'orderId' | 'sourceUpdatedAt'>,
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from customer_order where shop_id = ${shopId} and order_id = ${asked.orderId}
      and taken_in_version = version and source_updated_at >= ${asked.sourceUpdatedAt}::timestamptz`.execute(
    trx,
  );
  return rows.length > 0;
}

/** The versions as which orders were worked in; null: as none yet. Orders that are not known are not there. */
export async function readTakenInVersions(
  trx: ShopTransaction,
  shopId: ShopId,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const { rows } = await sql<{ orderId: string; version: string | null }>`
    select order_id as "orderId", taken_in_version as version from customer_order
    where shop_id = ${shopId} and order_id = any(${[...orderIds]}::text[])`.execute(trx);
  return new Map(rows.map(({ orderId, version }) => [orderId, version]));
}

// A sweep takes this many at once; what is left is found by the next.
const MOST_CUT_OFF = 200;

/** Orders whose work was cut off: stored before `before` and never worked in as they are. */
export async function readCutOff(
  trx: ShopTransaction,
  shopId: ShopId,
  before: Temporal.Instant,
): Promise<readonly string[]> {
  const { rows } = await sql<{ orderId: string }>`
    select order_id as "orderId" from customer_order
    where shop_id = ${shopId} and taken_in_version is distinct from version
      and updated_at < ${before.toString()}::timestamptz
    order by updated_at limit ${MOST_CUT_OFF}`.execute(trx);
  return rows.map(({ orderId }) => orderId);
}

/** Lets go of an order that its source holds (payment, fraud): the agent answers for it, the same hold does not come back. */
export async function waiveHold(
  trx: ShopTransaction,
  shopId: ShopId,
  orderId: string,
  now: Temporal.Instant,
): Promise<void> {
  await sql`update customer_order set waived_hold = hold_reason, hold_reason = null, hold_until = null, updated_at = ${now.toString()}
    where shop_id = ${shopId} and order_id = ${orderId} and hold_reason is not null`.execute(trx);
}

function isTimed(reason: string | null): boolean {
  return TIMED_HOLDS.some((one) => one === reason);
}

/** An order that is held until an instant; minutes since 1970, null unknown. */
export type TimedOrder = {
  readonly orderId: string;
  readonly reason: TimedHold;
  readonly untilMinute: number;
  /** When what was promised must be there. */
  readonly dueMinute: number | null;
  readonly works: readonly (Pick<Work, 'kind' | 'state' | 'negotiation' | 'nodeId'> & {
    readonly dueMinute: number | null;
    readonly departureMinute: number | null;
    readonly startByMinute: number | null;
  })[];
};

const minute = (column: string) => sql`floor(extract(epoch from ${sql.ref(column)}) / 60)::float8`;

/** Orders that are held until an instant, the first to end first. */
export async function readTimedHolds(
  trx: ShopTransaction,
  shopId: ShopId,
  most: number,
): Promise<readonly TimedOrder[]> {
  const { rows } = await sql<TimedOrder>`
    select o.order_id as "orderId", o.hold_reason as reason, ${minute('o.hold_until')} as "untilMinute",
      (select case when p.method = 'store_pickup' then ${minute('p.window_from')} else ${minute('p.window_to')} end
        from order_promise p where p.shop_id = o.shop_id and p.order_id = o.order_id) as "dueMinute",
      coalesce((select jsonb_agg(jsonb_build_object('kind', w.kind, 'state', w.state, 'negotiation', w.negotiation,
          'nodeId', w.node_id, 'dueMinute', ${minute('w.promised_end')}, 'departureMinute', ${minute('w.planned_departure')},
          'startByMinute', ${minute('w.start_by')}) order by w.work_id)
        from work w where w.shop_id = o.shop_id and w.order_id = o.order_id
          and w.state in ('unplaced', 'placed')), '[]'::jsonb) as works
    from customer_order o
    where o.shop_id = ${shopId} and o.hold_until is not null and o.hold_reason = any(${[...TIMED_HOLDS]}::text[])
    order by o.hold_until, o.order_id limit ${most}`.execute(trx);
  return rows;
}

/** Takes a timed hold off an order and its works, for good; says which it was. Its works are locked. */
export async function endTimedHold(
  trx: ShopTransaction,
  shopId: ShopId,
  { orderId, at }: { readonly orderId: string; readonly at: string },
): Promise<string | undefined> {
  const { rows } = await sql<{ reason: string }>`
    update customer_order set waived_hold = hold_reason, hold_reason = null, hold_until = null, updated_at = ${at}
    where shop_id = ${shopId} and order_id = ${orderId} and hold_reason = any(${[...TIMED_HOLDS]}::text[])
    returning waived_hold as reason`.execute(trx);
  const reason = rows[0]?.reason;
  if (reason === undefined) return undefined;
  await sql`update work set hold_reason = null, version = version + 1
    where shop_id = ${shopId} and order_id = ${orderId} and hold_reason = ${reason}`.execute(trx);
  return reason;
}
