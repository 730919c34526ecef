/**
 * What must hold every virtual day of a simulation, and at its end; what each commit touched is looked at by at-commit.ts.
 *
 * Every day all of `order-invariants.ts` and all ledgers; at the end also that every order has settled, every promise has an
 * outcome and Shopify says what our works say. Each answer is sentences about what does not hold.
 */
import { type Kysely, sql } from 'kysely';
import type { ShopId } from '../../backend/base/ids.ts';
import { withShop } from '../../backend/platform/database.ts';
import { orderBreaches } from '../order-invariants.ts';
import type { SimShopify } from './shopify.ts';
import { nodeOf } from './world.ts';

/** A shop that is looked at. */
export type Looked = { readonly db: Kysely<unknown>; readonly shopId: ShopId };

/** What of orders, works, allocations and stock does not hold right now. */
export async function every(looked: Looked): Promise<readonly string[]> {
  const { db, shopId } = looked;
  return [...(await orderBreaches(db, shopId, 'always')), ...(await unbalanced(looked))];
}

/** What holds when everything has come to its end. */
export async function atTheEnd(looked: Looked, shopify: SimShopify): Promise<readonly string[]> {
  const { db, shopId } = looked;
  return [
    ...(await orderBreaches(db, shopId, 'settled')),
    ...(await unsettled(looked)),
    ...(await unbalanced(looked)),
    ...(await differsAtShopify(looked, shopify)),
  ];
}

/** Positions that do not have what their movements sum to. */
function unbalanced(looked: Looked): Promise<readonly string[]> {
  const { shopId } = looked;
  return sentences(
    looked,
    sql`
      select 'the movements of ' || p.sku || ' at ' || p.node_id || ' sum to ' || coalesce(m.units, 0)
        || ', it has ' || p.on_hand as breach
      from stock_position p left join (select sku, node_id, sum(delta)::int as units from stock_movement
        where shop_id = ${shopId} and type = 'on_hand' group by sku, node_id) m using (sku, node_id)
      where p.shop_id = ${shopId} and p.on_hand <> coalesce(m.units, 0)`,
  );
}

/** Orders that have not come to an end, promises without an outcome. */
export function unsettled(looked: Looked): Promise<readonly string[]> {
  const { shopId } = looked;
  return sentences(
    looked,
    sql`
      select 'work ' || w.work_id || ' is still ' || w.state || ' (' || w.negotiation || ' at '
        || coalesce(w.node_id, '-') || coalesce(', held: ' || w.hold_reason, '') || ')' as breach
      from work w where w.shop_id = ${shopId} and (w.state in ('placed', 'picking', 'packed', 'ready')
        or (w.state = 'unplaced' and not exists (select 1 from order_event e where e.shop_id = w.shop_id
          and e.order_id = w.order_id and e.work_id = w.work_id and e.kind = 'gave_up')))
      union all
      select 'order ' || o.order_id || ' was never routed' from customer_order o
      where o.shop_id = ${shopId} and not exists (select 1 from work w where w.shop_id = o.shop_id
          and w.order_id = o.order_id)
        and exists (select 1 from customer_order_line l where l.shop_id = o.shop_id
          and l.order_id = o.order_id and l.canceled < l.quantity)
      union all
      select 'promise of ' || p.order_id || ' has no outcome' from order_promise p
      where p.shop_id = ${shopId} and p.status <> 'none' and not exists (select 1 from order_outcome x
        where x.shop_id = p.shop_id and x.order_id = p.order_id)
      union all
      select 'parcel ' || x.parcel_id || ' is packed, its work ' || w.state from parcel x join work w using (shop_id, work_id)
      where x.shop_id = ${shopId} and x.state = 'packed' and w.state <> 'packed'
      union all
      select 'message ' || kind || ' of ' || order_id || ' is still ' || state from message
      where shop_id = ${shopId} and state in ('sending', 'retry')
      union all
      select 'following ' || order_id || ' is still pending' from fulfillment_follow
      where shop_id = ${shopId} and state = 'pending'`,
  );
}

/** Units that are open at other places in Shopify than here, and units that left twice. */
export async function differsAtShopify(
  { db, shopId }: Looked,
  shopify: Pick<SimShopify, 'orders'>,
): Promise<readonly string[]> {
  const { rows } = await withShop(db, shopId, (trx) =>
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
      where w.shop_id = ${shopId} and w.state <> 'canceled' group by 1, 2, 3, 4`.execute(trx),
  );
  const ours = new Map<string, number>();
  for (const { orderId, lineId, nodeId, hasLeft, units } of rows) {
    const where = hasLeft ? 'left' : (nodeId ?? 'nowhere');
    const key = `${orderId} ${lineId} ${where}`;
    ours.set(key, (ours.get(key) ?? 0) + units);
  }
  // Canceled there when it had left here: a person was told, Shopify cannot be.
  for (const { orderId, lineId, units } of await leftThoughCanceled({ db, shopId })) {
    const key = `${orderId} ${lineId} left`;
    ours.set(key, (ours.get(key) ?? 0) - units);
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

async function leftThoughCanceled({ db, shopId }: Pick<Looked, 'db' | 'shopId'>) {
  const { rows } = await withShop(db, shopId, (trx) =>
    sql<{ orderId: string; lineId: string; units: number }>`
      select a.order_id as "orderId", l."lineId", sum(l.quantity)::int as units
      from order_alert a cross join jsonb_to_recordset(a.facts -> 'lines') l("lineId" text, quantity int)
      where a.shop_id = ${shopId} and a.milestone = 'left_though_canceled' group by 1, 2`.execute(
      trx,
    ),
  );
  return rows;
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
  { db, shopId }: Looked,
  query: ReturnType<typeof sql<{ breach: string }>>,
): Promise<readonly string[]> {
  const { rows } = await withShop(db, shopId, (trx) => query.execute(trx));
  return rows.map(({ breach }) => breach);
}
