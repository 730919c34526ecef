/**
 * What must hold of orders, works, allocations and stock in every committed state, asked of the tables themselves.
 *
 * One statement, so that it sees one state. Each row is a sentence about what does not hold; none: all is well.
 * `settled` asks more: what holds once every order has been settled and nobody is at work.
 */
import { type Kysely, sql } from 'kysely';
import type { ShopId } from '../backend/base/ids.ts';
import { withShop } from '../backend/platform/database.ts';

/** What does not hold in this very state. */
export async function orderBreaches(
  db: Kysely<unknown>,
  shopId: ShopId,
  asked: 'always' | 'settled' = 'always',
): Promise<readonly string[]> {
  const { rows } = await withShop(db, shopId, (trx) =>
    sql<{ breach: string }>`
      with over_position as (
        select 'position ' || sku || ' at ' || node_id || ' has ' || allocated || ' allocated of '
          || (on_hand - unavailable) as breach
        from stock_position where shop_id = ${shopId} and allocated > greatest(0, on_hand - unavailable)
          and ${asked} = 'settled'
      ), counters as (
        select 'position ' || p.sku || ' at ' || p.node_id || ' counts ' || p.allocated
          || ' allocated, its rows ' || coalesce(a.units, 0) as breach
        from stock_position p left join (
          select sku, node_id, sum(quantity)::int as units from order_allocation
          where shop_id = ${shopId} group by sku, node_id) a using (sku, node_id)
        where p.shop_id = ${shopId} and p.allocated <> coalesce(a.units, 0)
      ), claim as (
        -- a line claimed as it was sold; components of kits are lines of their own
        select c.order_id, c.line_id, c.quantity - c.canceled as wanted, c.waiting, c.settled
        from order_claim c join customer_order_line l using (shop_id, order_id, line_id)
        join customer_order o using (shop_id, order_id)
        where c.shop_id = ${shopId} and l.needs_shipping and o.method <> 'none'
      ), unit as (
        select w.order_id, l.line_id, w.node_id, w.state, l.quantity
        from work w join work_line l using (shop_id, work_id)
        where w.shop_id = ${shopId} and w.state <> 'canceled'
      ), lines as (
        select 'order ' || c.order_id || ' line ' || c.line_id || ' wants ' || c.wanted
          || ', its works have ' || coalesce(u.units, 0) as breach
        from claim c left join (
          select order_id, line_id, sum(quantity)::int as units from unit group by 1, 2) u
          using (order_id, line_id)
        where c.wanted <> coalesce(u.units, 0) and ${asked} = 'settled'
      ), open_at as (
        select order_id, line_id, node_id, sum(quantity)::int as units from unit
        where state in ('placed', 'picking', 'packed', 'ready') group by 1, 2, 3
      ), allocated as (
        select coalesce(u.order_id, a.order_id) as order_id, coalesce(u.line_id, a.line_id) as line_id,
          coalesce(u.node_id, a.node_id) as node_id, coalesce(u.units, 0) as units,
          coalesce(a.quantity, 0) as allocated
        from open_at u full join (
          select a.* from order_allocation a join claim c using (order_id, line_id)
          where a.shop_id = ${shopId}) a using (order_id, line_id, node_id)
      ), places as (
        select 'order ' || order_id || ' line ' || line_id || ' at ' || node_id || ': works '
          || units || ', allocated ' || allocated as breach
        from allocated p
        where units <> allocated and ${asked} = 'settled'
          -- what has left and is not settled yet keeps its allocation
          and not exists (select 1 from unit g where g.order_id = p.order_id and g.line_id = p.line_id
            and g.node_id = p.node_id and g.state in ('shipped', 'handed_over', 'delivered'))
      ), waits as (
        select 'order ' || c.order_id || ' line ' || c.line_id || ' waits with ' || c.waiting
          || ', its unplaced works have ' || coalesce(u.units, 0) as breach
        from claim c left join (
          select order_id, line_id, sum(quantity)::int as units from unit
          where state = 'unplaced' group by 1, 2) u using (order_id, line_id)
        where c.waiting <> coalesce(u.units, 0) and ${asked} = 'settled'
      ), kinds as (
        select 'work ' || work_id || ' of an order to collect is at ' || w.node_id as breach
        from work w join customer_order o using (shop_id, order_id)
        where w.shop_id = ${shopId} and o.method = 'pickup' and w.node_id <> o.pickup_node_id
          and w.state in ('placed', 'picking', 'ready')
      ), again as (
        select 'work ' || work_id || ' is at ' || node_id || ', which is out of it' as breach
        from work where shop_id = ${shopId} and state = 'placed' and negotiation <> 'offered'
          and node_id = any(excluded_nodes)
      )
      select breach from over_position union all select breach from counters
      union all select breach from lines union all select breach from places
      union all select breach from waits union all select breach from kinds
      union all select breach from again order by 1`.execute(trx),
  );
  return rows.map(({ breach }) => breach);
}
