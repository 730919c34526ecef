/**
 * What must hold after each step of a simulation, and at its end.
 *
 * `afterStep` is one cheap statement on what is open: it is asked some thousand times a seed. The whole of
 * `order-invariants.ts` is asked every virtual day and at the end. `watching` is a
 * connection that has the shop set for its session, so that a look is one round trip. Each answer is sentences about what does not hold.
 */
import { type Kysely, sql } from 'kysely';
import { withShop } from '../../backend/platform/database.ts';
import { orderBreaches } from '../order-invariants.ts';
import { SHOP } from './services.ts';
import type { SimShopify } from './shopify.ts';
import { nodeOf } from './world.ts';

/** Counters are the sums of their rows, and a work has one winner. */
export async function afterStep(watching: Kysely<unknown>): Promise<readonly string[]> {
  return await sentences(
    watching,
    sql`
      select 'position ' || p.sku || ' at ' || p.node_id || ' counts ' || p.allocated || ', its rows '
        || coalesce(a.units, 0) as breach
      from stock_position p left join (select sku, node_id, sum(quantity)::int as units from order_allocation
        where shop_id = ${SHOP} group by sku, node_id) a using (sku, node_id)
      where p.shop_id = ${SHOP} and p.allocated <> coalesce(a.units, 0)
      union all
      select 'work ' || w.work_id || ' is ' || w.negotiation || ' and has ' || o.won || ' winners, '
        || o.open || ' open offers'
      from work w join (select f.work_id, count(*) filter (where f.state = 'won' and f.wave > p.waves_before) as won,
          count(*) filter (where f.state = 'open') as open
        from offer f join offer_plan p using (shop_id, work_id) where shop_id = ${SHOP} group by 1) o
        using (work_id)
      where w.shop_id = ${SHOP} and (o.won > 1 or (o.open > 0 and w.negotiation <> 'offered'))`,
  );
}

/** What of orders, works, allocations and stock does not hold right now. */
export function every(db: Kysely<unknown>): Promise<readonly string[]> {
  return orderBreaches(db, SHOP, 'always');
}

/** What holds when everything has come to its end. */
export async function atTheEnd(
  { db, watching }: { readonly db: Kysely<unknown>; readonly watching: Kysely<unknown> },
  shopify: SimShopify,
): Promise<readonly string[]> {
  const [settled, tables, places] = [
    await orderBreaches(db, SHOP, 'settled'),
    await unsettled(watching),
    await differsAtShopify(db, shopify),
  ];
  return [...settled, ...tables, ...places];
}

/** Orders that have not come to an end, promises without an outcome, ledgers that do not add up. */
export function unsettled(watching: Kysely<unknown>): Promise<readonly string[]> {
  return sentences(
    watching,
    sql`
      select 'work ' || w.work_id || ' is still ' || w.state || ' (' || w.negotiation || ' at '
        || coalesce(w.node_id, '-') || coalesce(', held: ' || w.hold_reason, '') || ')' as breach
      from work w where w.shop_id = ${SHOP} and (w.state in ('placed', 'picking', 'packed', 'ready')
        or (w.state = 'unplaced' and not exists (select 1 from order_event e where e.shop_id = w.shop_id
          and e.order_id = w.order_id and e.work_id = w.work_id and e.kind = 'gave_up')))
      union all
      select 'order ' || o.order_id || ' was never routed' from customer_order o
      where o.shop_id = ${SHOP} and not exists (select 1 from work w where w.shop_id = o.shop_id
          and w.order_id = o.order_id)
        and exists (select 1 from customer_order_line l where l.shop_id = o.shop_id
          and l.order_id = o.order_id and l.canceled < l.quantity)
      union all
      select 'promise of ' || p.order_id || ' has no outcome' from order_promise p
      where p.shop_id = ${SHOP} and p.status <> 'none' and not exists (select 1 from order_outcome x
        where x.shop_id = p.shop_id and x.order_id = p.order_id)
        -- canceled by its shopper before it was routed: nobody was to keep it
        and exists (select 1 from customer_order_line l where l.shop_id = p.shop_id
          and l.order_id = p.order_id and l.canceled < l.quantity)
      union all
      select 'the movements of ' || p.sku || ' at ' || p.node_id || ' sum to ' || coalesce(m.units, 0)
        || ', it has ' || p.on_hand
      from stock_position p left join (select sku, node_id, sum(delta)::int as units from stock_movement
        where shop_id = ${SHOP} and type = 'on_hand' group by sku, node_id) m using (sku, node_id)
      where p.shop_id = ${SHOP} and p.on_hand <> coalesce(m.units, 0)
      union all
      select 'message ' || kind || ' of ' || order_id || ' is still ' || state from message
      where shop_id = ${SHOP} and state in ('sending', 'retry')
      union all
      select 'following ' || order_id || ' is still pending' from fulfillment_follow
      where shop_id = ${SHOP} and state = 'pending'`,
  );
}

/** Units that are open at other places in Shopify than here, and units that left twice. */
export async function differsAtShopify(
  db: Kysely<unknown>,
  shopify: SimShopify,
): Promise<readonly string[]> {
  const { rows } = await withShop(db, SHOP, (trx) =>
    sql<{
      orderId: string;
      lineId: string;
      nodeId: string | null;
      hasLeft: boolean;
      units: number;
    }>`
      select w.order_id as "orderId", l.line_id as "lineId", w.node_id as "nodeId",
        w.state in ('shipped', 'handed_over', 'delivered') as "hasLeft", sum(l.quantity)::int as units
      from work w join work_line l using (shop_id, work_id)
      where w.shop_id = ${SHOP} and w.state <> 'canceled' group by 1, 2, 3, 4`.execute(trx),
  );
  const ours = new Map<string, number>();
  for (const { orderId, lineId, nodeId, hasLeft, units } of rows) {
    const where = hasLeft ? 'left' : (nodeId ?? 'nowhere');
    const key = `${orderId} ${lineId} ${where}`;
    ours.set(key, (ours.get(key) ?? 0) + units);
  }
  const theirs = new Map<string, number>();
  const add = (key: string, units: number) => {
    if (units > 0) theirs.set(key, (theirs.get(key) ?? 0) + units);
  };
  for (const { number, model } of shopify.orders.values()) {
    const seen = model?.observe();
    for (const part of seen?.parts ?? []) {
      const where = nodeOf(part.locationId ?? '') ?? '-';
      for (const { lineId, remaining } of part.lines)
        add(`${number} ${lineId} ${where}`, remaining);
    }
    for (const one of seen?.fulfillments ?? []) {
      if (one.isCanceled) continue;
      for (const { lineId, quantity } of one.lines) add(`${number} ${lineId} left`, quantity);
    }
  }
  return differences(ours, theirs);
}

// Units that no place has may be anywhere in Shopify: there they are held.
function differences(
  ours: ReadonlyMap<string, number>,
  theirs: ReadonlyMap<string, number>,
): readonly string[] {
  const nowhere = new Map<string, number>();
  for (const [key, units] of ours) {
    if (key.endsWith(' nowhere')) nowhere.set(key.slice(0, -' nowhere'.length), units);
  }
  const keys = new Set([...ours.keys(), ...theirs.keys()]);
  const found: string[] = [];
  for (const key of [...keys].toSorted()) {
    if (key.startsWith('api:') || key.endsWith(' nowhere')) continue;
    const line = key.slice(0, key.lastIndexOf(' '));
    const [here, there] = [ours.get(key) ?? 0, theirs.get(key) ?? 0];
    const excused = Math.min(Math.max(0, there - here), nowhere.get(line) ?? 0);
    if (excused > 0 && !key.endsWith(' left'))
      nowhere.set(line, (nowhere.get(line) ?? 0) - excused);
    if (here + (key.endsWith(' left') ? 0 : excused) === there) continue;
    found.push(`${key}: works have ${here}, Shopify ${there}`);
  }
  for (const [line, units] of nowhere) {
    if (units > 0 && !line.startsWith('api:')) found.push(`${line}: ${units} wait, not in Shopify`);
  }
  return found;
}

async function sentences(
  watching: Kysely<unknown>,
  query: ReturnType<typeof sql<{ breach: string }>>,
): Promise<readonly string[]> {
  return (await query.execute(watching)).rows.map(({ breach }) => breach);
}
