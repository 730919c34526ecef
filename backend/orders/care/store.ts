/**
 * Where does an agent's desk find orders, and where are his actions kept?
 *
 * Search takes one text and looks for it as whatever it may be: number, e-mail, name, postal code, SKU, tracking number.
 * Each is one index probe or one scan of the shop's own rows; the newest orders come first. Everything runs in a
 * caller's transaction of one shop.
 */
import { sql } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import type { ShopTransaction } from '../../stock/ledger/store.ts';
import { EXCEPTION_KINDS } from '../exceptions/exceptions.ts';
import { lockWorks, readWorks } from '../works/store.ts';
import type { Action, ActionGround, ActionState, Address, OrderLine } from './care.ts';

/** What a list shows of an order; personal fields are null when they are withheld. */
export type OrderRow = {
  readonly orderId: string;
  readonly name: string;
  readonly source: 'shopify' | 'api';
  readonly channel: string;
  readonly placedAt: string;
  readonly state: 'open' | 'canceled' | 'closed';
  readonly customerName: string | null;
  readonly country: string | null;
  readonly postalCode: string | null;
  readonly method: 'ship' | 'pickup' | 'none';
  readonly serviceCode: string | null;
  readonly holdReason: string | null;
  readonly currency: string;
  readonly totalMinor: number;
  readonly promisedOn: string | null;
  /** States of its works, each once. */
  readonly workStates: readonly string[];
  /** Why something of it has no place; null: everything has one. */
  readonly unplacedReason: string | null;
};

/** Which orders a list shows. */
export type OrderQueue = 'unplaced' | 'open' | 'all';

const iso = (column: string) =>
  sql`to_char(${sql.raw(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

const row = sql`
  select o.order_id as "orderId", o.name, o.source, o.channel, ${iso('o.placed_at')} as "placedAt", o.state,
    o.customer_name as "customerName", o.country, o.postal_code as "postalCode", o.method,
    o.service_code as "serviceCode", o.hold_reason as "holdReason", o.currency, o.total_minor as "totalMinor",
    (select p.promised_on::text from order_promise p
      where p.shop_id = o.shop_id and p.order_id = o.order_id and p.status <> 'none') as "promisedOn",
    coalesce((select array_agg(distinct w.state) from work w
      where w.shop_id = o.shop_id and w.order_id = o.order_id), '{}') as "workStates",
    (select min(w.unplaced_reason) from work w where w.shop_id = o.shop_id and w.order_id = o.order_id
      and w.state = 'unplaced') as "unplacedReason"
  from customer_order o`;

/** A page of orders and whether more follow. */
export type OrderRows = { readonly rows: readonly OrderRow[]; readonly hasMore: boolean };

/** One page of a list. */
export type PageAsked = { readonly offset: number; readonly limit: number };

/** The orders of a queue; unplaced ones first come first served, the others newest first. */
export async function listOrders(
  trx: ShopTransaction,
  shopId: ShopId,
  { queue, offset, limit }: PageAsked & { readonly queue: OrderQueue },
): Promise<OrderRows> {
  const which = {
    all: sql`true`,
    open: sql`o.state = 'open' and exists (select from work w where w.shop_id = o.shop_id and w.order_id = o.order_id
      and w.state in ('unplaced', 'placed', 'picking', 'packed', 'ready', 'shipped'))`,
    unplaced: sql`exists (select from work w where w.shop_id = o.shop_id and w.order_id = o.order_id
      and w.state = 'unplaced')`,
  }[queue];
  const { rows } = await sql<OrderRow>`
    ${row} where o.shop_id = ${shopId} and ${which}
    order by o.placed_at ${queue === 'unplaced' ? sql`asc` : sql`desc`}, o.order_id
    offset ${offset} limit ${limit + 1}`.execute(trx);
  return { rows: rows.slice(0, limit), hasMore: rows.length > limit };
}

/** Orders by id, in the order of the ids. */
export async function readOrderRows(
  trx: ShopTransaction,
  shopId: ShopId,
  orderIds: readonly string[],
): Promise<readonly OrderRow[]> {
  if (orderIds.length === 0) return [];
  const { rows } = await sql<OrderRow>`
    ${row} where o.shop_id = ${shopId} and o.order_id = any(${[...orderIds]}::text[])`.execute(trx);
  const byId = new Map(rows.map((found) => [found.orderId, found]));
  return orderIds.flatMap((orderId) => byId.get(orderId) ?? []);
}

/** Orders in which the text stands as a number, name, e-mail, postal code, SKU or tracking number. */
export async function searchOrders(
  trx: ShopTransaction,
  shopId: ShopId,
  { text, offset, limit }: PageAsked & { readonly text: string },
): Promise<OrderRows> {
  const wanted = text.trim().toLowerCase();
  const part = `%${wanted.replaceAll(/[\\%_]/gu, '\\$&')}%`;
  const bare = wanted.replace(/^#/u, '');
  const postal = wanted.replaceAll(/[\s-]/gu, '').toUpperCase();
  const { rows } = await sql<OrderRow>`
    ${row} where o.shop_id = ${shopId} and o.order_id in (
      select order_id from customer_order where shop_id = ${shopId} and (
        lower(name) in (${bare}, ${`#${bare}`}) or order_id = ${text.trim()} or lower(email) = ${wanted}
        or lower(customer_name) like ${part} or lower(email) like ${part}
        or upper(replace(replace(postal_code, ' ', ''), '-', '')) = ${postal})
      union
      select order_id from customer_order_line where shop_id = ${shopId} and sku = ${text.trim()}
      union
      select order_id from parcel where shop_id = ${shopId} and lower(tracking_number) = ${wanted})
    order by o.placed_at desc, o.order_id offset ${offset} limit ${limit + 1}`.execute(trx);
  return { rows: rows.slice(0, limit), hasMore: rows.length > limit };
}

/** The order's own row with what only its page shows. */
export type OrderDetail = OrderRow & {
  readonly email: string | null;
  readonly phone: string | null;
  readonly address: Readonly<Record<string, string | null>> | null;
  readonly locale: string | null;
  readonly pickupNodeId: string | null;
  readonly tags: readonly string[];
  readonly lines: readonly OrderLine[];
};

/** All of an order's row and its lines. */
export async function readDetail(
  trx: ShopTransaction,
  shopId: ShopId,
  orderId: string,
): Promise<OrderDetail | undefined> {
  const [summary] = await readOrderRows(trx, shopId, [orderId]);
  if (summary === undefined) return undefined;
  const { rows } = await sql<Omit<OrderDetail, keyof OrderRow>>`
    select o.email, o.phone, o.address, o.locale, o.pickup_node_id as "pickupNodeId", o.tags,
      coalesce((select jsonb_agg(jsonb_build_object('lineId', l.line_id, 'sku', l.sku, 'title', l.title,
        'quantity', l.quantity, 'canceled', l.canceled, 'unitPriceMinor', l.unit_price_minor,
        'needsShipping', l.needs_shipping) order by l.line_id)
        from customer_order_line l where l.shop_id = o.shop_id and l.order_id = o.order_id), '[]'::jsonb) as lines
    from customer_order o where o.shop_id = ${shopId} and o.order_id = ${orderId}`.execute(trx);
  const own = rows[0];
  return own === undefined ? undefined : { ...summary, ...own };
}

/** A parcel as an agent sees it. */
export type ParcelRow = {
  readonly parcelId: string;
  readonly workId: string | null;
  readonly state: string;
  readonly carrier: string | null;
  readonly serviceCode: string | null;
  readonly trackingNumber: string | null;
  readonly trackingUrl: string | null;
  readonly lines: readonly {
    readonly lineId: string;
    readonly sku: string;
    readonly quantity: number;
  }[];
  readonly shippedAt: string | null;
  readonly deliveredAt: string | null;
  readonly expectedAt: string | null;
};

/** The parcels of an order, oldest first. */
export async function readParcels(
  trx: ShopTransaction,
  shopId: ShopId,
  orderId: string,
): Promise<readonly ParcelRow[]> {
  const { rows } = await sql<ParcelRow>`
    select parcel_id as "parcelId", work_id as "workId", state, carrier, service_code as "serviceCode",
      tracking_number as "trackingNumber", tracking_url as "trackingUrl", lines, ${iso('shipped_at')} as "shippedAt",
      ${iso('delivered_at')} as "deliveredAt", ${iso('expected_at')} as "expectedAt"
    from parcel where shop_id = ${shopId} and order_id = ${orderId} order by created_at, parcel_id`.execute(
    trx,
  );
  return rows;
}

/** A stored decision of routing, newest first. */
export type DecisionRow = {
  readonly decisionId: string;
  readonly decidedAt: string;
  readonly cause: string;
  readonly decision: unknown;
};

/** The last decisions of an order; `limit` of them. */
export async function readDecisions(
  trx: ShopTransaction,
  shopId: ShopId,
  { orderId, limit }: { readonly orderId: string; readonly limit: number },
): Promise<readonly DecisionRow[]> {
  const { rows } = await sql<DecisionRow>`
    select decision_id as "decisionId", ${iso('decided_at')} as "decidedAt", cause, decision
    from routing_decision where shop_id = ${shopId} and order_id = ${orderId}
    order by decided_at desc, decision_id desc limit ${limit}`.execute(trx);
  return rows;
}

/** What was asked; an address is gone once it was confirmed, or its buyer forgotten. */
export type StoredAction =
  | Exclude<Action, { readonly kind: 'address' }>
  | { readonly kind: 'address'; readonly address?: Address };

/** An action as stored. */
export type ActionRow = {
  readonly actionId: string;
  readonly orderId: string;
  readonly kind: Action['kind'];
  readonly asked: StoredAction;
  /** Units that shall be left of each line of a cancellation. */
  readonly left: readonly { readonly lineId: string; readonly left: number }[] | null;
  readonly actor: string;
  readonly at: string;
  readonly state: ActionState;
  readonly reason: string | null;
  readonly attempts: number;
};

const action = sql`
  select action_id as "actionId", order_id as "orderId", kind, asked, units_left as "left", actor, ${iso('at')} as at, state, reason, attempts
  from order_action`;

/** Stores an action; false: this id is known already, and nothing is stored twice. */
export async function insertAction(
  trx: ShopTransaction,
  shopId: ShopId,
  {
    actionId,
    orderId,
    kind,
    asked,
    left,
    actor,
    at,
    state,
  }: Omit<ActionRow, 'reason' | 'attempts'>,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into order_action (shop_id, action_id, order_id, kind, asked, units_left, actor, at, state, ended_at)
    values (${shopId}, ${actionId}, ${orderId}, ${kind}, ${JSON.stringify(asked)}::jsonb,
      ${left === null ? null : JSON.stringify(left)}::jsonb, ${actor}, ${at}, ${state},
      ${state === 'pending' ? null : at})
    on conflict do nothing`.execute(trx);
  return numAffectedRows === 1n;
}

/** Ends a pending action, once; what was asked stays, but not an address. */
export async function endAction(
  trx: ShopTransaction,
  shopId: ShopId,
  ended: {
    readonly actionId: string;
    readonly state: 'done' | 'failed';
    readonly reason: string | null;
    readonly at: string;
  },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update order_action set state = ${ended.state}, reason = ${ended.reason}, ended_at = ${ended.at},
      asked = asked - 'address'
    where shop_id = ${shopId} and action_id = ${ended.actionId} and state = 'pending'`.execute(trx);
  return numAffectedRows === 1n;
}

/** Counts one more try and reads the action; undefined when it is pending no more. */
export async function tryAction(
  trx: ShopTransaction,
  shopId: ShopId,
  actionId: string,
): Promise<ActionRow | undefined> {
  await sql`update order_action set attempts = attempts + 1
    where shop_id = ${shopId} and action_id = ${actionId} and state = 'pending'`.execute(trx);
  const { rows } = await sql<ActionRow>`
    ${action} where shop_id = ${shopId} and action_id = ${actionId} and state = 'pending'`.execute(
    trx,
  );
  return rows[0];
}

/** The actions of an order, newest first. */
export async function readActions(
  trx: ShopTransaction,
  shopId: ShopId,
  orderId: string,
): Promise<readonly ActionRow[]> {
  const { rows } = await sql<ActionRow>`
    ${action} where shop_id = ${shopId} and order_id = ${orderId} order by at desc, action_id limit 50`.execute(
    trx,
  );
  return rows;
}

/** Actions that have been pending since before `before`; their job may have been lost. */
export async function pendingActions(
  trx: ShopTransaction,
  shopId: ShopId,
  before: string,
): Promise<readonly Pick<ActionRow, 'actionId' | 'orderId'>[]> {
  const { rows } = await sql<Pick<ActionRow, 'actionId' | 'orderId'>>`
    select action_id as "actionId", order_id as "orderId" from order_action
    where shop_id = ${shopId} and state = 'pending' and at < ${before} order by at limit 100`.execute(
    trx,
  );
  return rows;
}

/** Sets or takes away the hold of an order and of its works that have not left; says how many works changed. */
export async function setHold(
  trx: ShopTransaction,
  shopId: ShopId,
  { orderId, reason }: { readonly orderId: string; readonly reason: string | null },
): Promise<number> {
  await sql`update customer_order set hold_reason = ${reason}, hold_until = null
    where shop_id = ${shopId} and order_id = ${orderId}`.execute(trx);
  const { numAffectedRows } = await sql`
    update work set hold_reason = ${reason}, version = version + 1
    where shop_id = ${shopId} and order_id = ${orderId} and hold_reason is distinct from ${reason}
      and state in ('unplaced', 'placed', 'picking', 'packed', 'ready')`.execute(trx);
  return Number(numAffectedRows ?? 0n);
}

/** A milestone that is near or was missed. */
export type AlertView = {
  readonly orderId: string;
  readonly workId: string | null;
  /** Where that work is; null: nowhere, or of no single work. */
  readonly nodeId: string | null;
  readonly milestone: string;
  readonly level: 'before' | 'missed';
  /** A plan or a carrier says that it will be late; else the clock does. */
  readonly isForecast: boolean;
  readonly dueAt: string;
};

/** What runs of an order's alerts, the most urgent first. */
export async function readAlerts(
  trx: ShopTransaction,
  shopId: ShopId,
  orderId: string,
): Promise<readonly AlertView[]> {
  const { rows } = await sql<AlertView>`
    select order_id as "orderId", work_id as "workId", milestone, level,
      (select w.node_id from work w where w.shop_id = a.shop_id and w.work_id = a.work_id) as "nodeId",
      coalesce((facts ->> 'isForecast')::boolean, false) as "isForecast", ${iso('due_at')} as "dueAt"
    from order_alert a where shop_id = ${shopId} and order_id = ${orderId} and cleared_at is null
    order by due_at, work_id, milestone`.execute(trx);
  return rows;
}

/** What actions are decided on. */
export async function readGround(
  trx: ShopTransaction,
  shopId: ShopId,
  orderId: string,
  mode?: 'lock',
) {
  const works = await (mode === 'lock' ? lockWorks : readWorks)(trx, shopId, { orderId });
  const order = await readDetail(trx, shopId, orderId);
  if (order === undefined) return undefined;
  const isHeld = order.holdReason !== null || works.some(({ holdReason }) => holdReason !== null);
  const { method, source, lines } = order;
  const beside = await readBeside(trx, shopId, orderId);
  return { orderId, method, source, isHeld, lines, works, ...beside };
}

async function readBeside(trx: ShopTransaction, shopId: ShopId, orderId: string) {
  const { rows } = await sql<Pick<ActionGround, 'exceptions' | 'lockedCodes'>>`
    select coalesce((select jsonb_agg(jsonb_build_object('workId', a.work_id, 'kind', a.milestone))
        from order_alert a where a.shop_id = ${shopId} and a.order_id = ${orderId} and a.cleared_at is null
          and a.milestone = any(${[...EXCEPTION_KINDS]}::text[])), '[]'::jsonb) as exceptions,
      coalesce((select jsonb_agg(t.work_id) from pickup_code_try t join work w
          on w.shop_id = t.shop_id and w.work_id = t.work_id
        where w.shop_id = ${shopId} and w.order_id = ${orderId} and w.state = 'ready'
          and t.locked_at is not null), '[]'::jsonb) as "lockedCodes"`.execute(trx);
  return rows[0] ?? { exceptions: [], lockedCodes: [] };
}

/** The ground of actions as read. */
export type Ground = NonNullable<Awaited<ReturnType<typeof readGround>>>;
