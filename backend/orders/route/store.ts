/**
 * What does routing read of an order, and where does its decision rest?
 *
 * Everything runs in a caller's transaction of one shop. `lockForRouting` takes an order's works by id and then its claims'
 * row, the order of locks of 0061-works.sql; what `loadForRouting` reads after it nobody else changes.
 */
import { sql } from 'kysely';
import type { ShopId } from '../../base/ids.ts';
import type { RouteDecision } from '../../routing/decision.ts';
import type { ShopTransaction } from '../../stock/ledger/store.ts';
import type { ClaimedLine, SoldLine } from './order-lines.ts';
import type { OrderFacts, PromiseFacts } from './question.ts';

/** Locks the works of an order, then the row of its claims. Says which works there were, and whether it is claimed. */
export async function lockForRouting(
  trx: ShopTransaction,
  shopId: ShopId,
  orderId: string,
): Promise<{ readonly workIds: readonly string[]; readonly isClaimed: boolean }> {
  const { rows: works } = await sql<{ workId: string }>`
    select work_id as "workId" from work where shop_id = ${shopId} and order_id = ${orderId}
    order by work_id for update`.execute(trx);
  const { rows } = await sql`
    select 1 from claimed_order where shop_id = ${shopId} and order_id = ${orderId}
    for update`.execute(trx);
  return { workIds: works.map(({ workId }) => workId), isClaimed: rows.length > 0 };
}

/** An order as routing finds it. */
export type LoadedOrder = {
  readonly order: OrderFacts;
  readonly promise: PromiseFacts | undefined;
  readonly sold: readonly SoldLine[];
  readonly claims: readonly ClaimedLine[];
  readonly decisions: number;
};

type LoadedRow = { loaded: Omit<LoadedOrder, 'promise'> & { promise: PromiseFacts | null } };

const iso = (column: string) =>
  sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Reads an order, its promise, its lines and claims in one statement; undefined: no such order. */
export async function loadForRouting(
  trx: ShopTransaction,
  shopId: ShopId,
  orderId: string,
): Promise<LoadedOrder | undefined> {
  const { rows } = await sql<LoadedRow>`
    select jsonb_build_object(
      'order', jsonb_build_object('orderId', o.order_id, 'source', o.source, 'channel', o.channel,
        'placedAt', ${iso('o.placed_at')}, 'method', o.method, 'serviceCode', o.service_code,
        'pickupNodeId', o.pickup_node_id, 'tags', o.tags, 'holdReason', o.hold_reason,
        'country', o.country, 'postalCode', o.postal_code),
      'promise', (select jsonb_build_object('method', p.method, 'serviceCode', p.service_code,
          'promisedOn', p.promised_on, 'windowTo', ${iso('p.window_to')}, 'nodeId', p.node_id)
        from order_promise p where p.shop_id = o.shop_id and p.order_id = o.order_id),
      'sold', coalesce((select jsonb_agg(jsonb_build_object('lineId', l.line_id, 'sku', l.sku,
          'quantity', l.quantity, 'canceled', l.canceled, 'unitPriceMinor', l.unit_price_minor,
          'needsShipping', l.needs_shipping) order by l.line_id collate "C")
        from customer_order_line l where l.shop_id = o.shop_id and l.order_id = o.order_id), '[]'),
      'claims', coalesce((select jsonb_agg(jsonb_build_object('lineId', c.line_id, 'sku', c.sku,
          'quantity', c.quantity, 'waiting', c.waiting, 'canceled', c.canceled,
          'allocations', coalesce((
            select jsonb_agg(jsonb_build_object('nodeId', a.node_id, 'quantity', a.quantity)
              order by a.node_id collate "C")
            from order_allocation a where a.shop_id = c.shop_id and a.order_id = c.order_id
              and a.line_id = c.line_id), '[]'),
          'left', case when c.settled = 0 then '[]' else coalesce((
            select jsonb_agg(jsonb_build_object('nodeId', s.node_id, 'quantity', s.quantity)
              order by s.fulfillment_line_id collate "C")
            from order_settlement s where s.shop_id = c.shop_id and s.order_id = c.order_id
              and s.line_id = c.line_id and s.canceled_at is null), '[]') end,
          'unshipped', case when c.waiting = 0 then '[]' else coalesce((
            select jsonb_agg(jsonb_build_object('nodeId', s.node_id, 'quantity', s.quantity,
              'at', ${iso('s.canceled_at')}) order by s.fulfillment_line_id collate "C")
            from order_settlement s where s.shop_id = c.shop_id and s.order_id = c.order_id
              and s.line_id = c.line_id and s.canceled_at is not null), '[]') end)
          order by c.line_id collate "C")
        from order_claim c where c.shop_id = o.shop_id and c.order_id = o.order_id), '[]'),
      'decisions', (select count(*) from routing_decision d
        where d.shop_id = o.shop_id and d.order_id = o.order_id)) as loaded
    from customer_order o where o.shop_id = ${shopId} and o.order_id = ${orderId}`.execute(trx);
  const loaded = rows[0]?.loaded;
  return loaded && { ...loaded, promise: loaded.promise ?? undefined };
}

/** Writes a decision down. */
export async function saveDecision(
  trx: ShopTransaction,
  shopId: ShopId,
  row: {
    readonly orderId: string;
    readonly decisionId: string;
    readonly at: string;
    readonly cause: string;
    readonly decision: RouteDecision;
  },
): Promise<void> {
  await sql`
    insert into routing_decision (shop_id, order_id, decision_id, decided_at, cause, decision)
    values (${shopId}, ${row.orderId}, ${row.decisionId}, ${row.at}, ${row.cause},
      ${JSON.stringify(row.decision)}::jsonb)`.execute(trx);
}

/** From when on works count for a node's local date of now. */
export type NodeDay = { readonly nodeId: string; readonly from: string };

/** Other orders placed at nodes since the beginning of their date. */
export async function countPlaced(
  trx: ShopTransaction,
  shopId: ShopId,
  of: { readonly orderId: string; readonly days: readonly NodeDay[] },
): Promise<Readonly<Record<string, number>>> {
  if (of.days.length === 0) return {};
  const { rows } = await sql<{ nodeId: string; orders: number }>`
    select d."nodeId", count(distinct w.order_id)::int as orders
    from jsonb_to_recordset(${JSON.stringify(of.days)}::jsonb) d("nodeId" text, "from" timestamptz)
    join work w on w.shop_id = ${shopId} and w.node_id = d."nodeId" and w.placed_at >= d."from"
      and w.state <> 'canceled' and w.order_id <> ${of.orderId}
    group by d."nodeId"`.execute(trx);
  return Object.fromEntries(rows.map(({ nodeId, orders }) => [nodeId, orders]));
}

/** Until the transaction ends nobody else places orders at these nodes, whose days are limited. */
export async function lockNodeDays(
  trx: ShopTransaction,
  shopId: ShopId,
  nodeIds: readonly string[],
): Promise<void> {
  if (nodeIds.length === 0) return;
  await sql`select pg_advisory_xact_lock(hashtextextended(n.name, 0)) from (
    select 'node day ' || ${shopId} || ' ' || id as name
    from unnest(${[...nodeIds].toSorted()}::text[]) with ordinality u(id, place) order by place) n`.execute(
    trx,
  );
}
