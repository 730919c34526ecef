/**
 * The market in which `bench -- claims` lets stores compete: works on offer, written as routing would have left them.
 *
 * In: a database, how many works, how many stores each. Out: rows of orders, claims, positions, works, plans and offers,
 * consistent among themselves: each order's unit is allocated at the warehouse until a store claims it. Seeded.
 */
import { type Kysely, sql } from 'kysely';
import type { ShopId } from '../../backend/base/ids.ts';
import { withShop } from '../../backend/platform/database.ts';
import type { ShopTransaction } from '../../backend/stock/ledger/store.ts';
import { marketShop, marketWorld, storeIds, WAREHOUSE } from '../../tests/worlds/offer-market.ts';

export const SHOP = 'kept-bench.myshopify.com' as ShopId;
const SKU_COUNT = 500;
const SKUS = Array.from({ length: SKU_COUNT }, (_, index) => `sku-${index}`);

/** The network, for every process alike. */
export function benchShop(stores: number, now: Temporal.Instant) {
  return marketShop(SHOP, marketWorld(stores, SKUS), now);
}

/** The id of a store's offer of a work: the bench asks for it without reading. */
export function offerIdOf(work: number, store: number): string {
  return `o-${work}-${store}`;
}

/** Writes the works and their offers. */
export async function seedOffers(
  db: Kysely<unknown>,
  of: { readonly works: number; readonly stores: number; readonly now: Temporal.Instant },
): Promise<void> {
  const { works, stores } = of;
  const at = of.now.toString();
  const expiresAt = of.now.add({ hours: 2 }).toString();
  const fallbackAt = of.now.add({ hours: 4 }).toString();
  await withShop(db, SHOP, async (trx) => {
    await seedOrders(trx, { works, at });
    await seedStock(trx, { works, nodes: storeIds(stores) });
    await sql`
      insert into work (shop_id, work_id, order_id, kind, state, negotiation, node_id, service_code, created_at, placed_at,
        start_by, wave)
      select ${SHOP}, 'o' || n || '-1', 'o' || n, 'ship', 'placed', 'offered', ${WAREHOUSE}, 'standard', ${at}, ${at},
        ${fallbackAt}, 1 from generate_series(1, ${works}::int) n`.execute(trx);
    await sql`
      insert into work_line (shop_id, work_id, line_id, sku, quantity)
      select ${SHOP}, 'o' || n || '-1', 'l', 'sku-' || n % ${SKU_COUNT}::int, 1 from generate_series(1, ${works}::int) n`.execute(
      trx,
    );
    const candidates = storeIds(stores).map((nodeId) => candidateOf(nodeId, of.now));
    await sql`
      insert into offer_plan (shop_id, work_id, order_id, candidates, per_wave, waves, time_out_minutes, only_when_open,
        opened_at, fallback_at, waves_before, next_at)
      select ${SHOP}, 'o' || n || '-1', 'o' || n, ${JSON.stringify(candidates)}::jsonb, ${stores}::int, 2, 120, false,
        ${at}, ${fallbackAt}, 0, ${expiresAt} from generate_series(1, ${works}::int) n`.execute(
      trx,
    );
    await sql`
      insert into offer (shop_id, offer_id, work_id, order_id, node_id, wave, state, sent_at, expires_at)
      select ${SHOP}, 'o-' || n || '-' || s, 'o' || n || '-1', 'o' || n, 's' || lpad(s::text, 2, '0'), 1, 'open', ${at},
        ${expiresAt}
      from generate_series(1, ${works}::int) n, generate_series(1, ${stores}::int) s`.execute(trx);
  });
}

function candidateOf(nodeId: string, now: Temporal.Instant) {
  const minute = Math.floor(now.epochMilliseconds / 60_000);
  const end = { endMinute: minute + 4_320, departureMinute: minute + 1_440 };
  return { nodeId, serviceCode: 'standard', costMinor: 500, startByMinute: minute + 600, ...end };
}

async function seedOrders(
  trx: ShopTransaction,
  { works, at }: { readonly works: number; readonly at: string },
): Promise<void> {
  await sql`
    insert into customer_order (shop_id, order_id, source, channel, name, placed_at, currency, total_minor, country,
      postal_code, method, version, source_updated_at, updated_at)
    select ${SHOP}, 'o' || n, 'shopify', 'online', '#' || n, ${at}, 'EUR', 1000 + n % 9000, 'IT',
      lpad((n % 99999)::text, 5, '0'), 'ship', '1', ${at}, ${at} from generate_series(1, ${works}::int) n`.execute(
    trx,
  );
  await sql`
    insert into customer_order_line (shop_id, order_id, line_id, sku, title, quantity)
    select ${SHOP}, 'o' || n, 'l', 'sku-' || n % ${SKU_COUNT}::int, 'A shirt', 1
    from generate_series(1, ${works}::int) n`.execute(trx);
  await sql`
    insert into claimed_order (shop_id, order_id, source, channel, placed_at)
    select ${SHOP}, 'o' || n, 'shopify', 'online', ${at} from generate_series(1, ${works}::int) n`.execute(
    trx,
  );
  await sql`
    insert into order_claim (shop_id, order_id, line_id, sku, quantity, waiting, allocated, settled, canceled)
    select ${SHOP}, 'o' || n, 'l', 'sku-' || n % ${SKU_COUNT}::int, 1, 0, 1, 0, 0
    from generate_series(1, ${works}::int) n`.execute(trx);
  await sql`
    insert into order_allocation (shop_id, order_id, line_id, node_id, sku, quantity, allocated_at)
    select ${SHOP}, 'o' || n, 'l', ${WAREHOUSE}, 'sku-' || n % ${SKU_COUNT}::int, 1, ${at}
    from generate_series(1, ${works}::int) n`.execute(trx);
}

async function seedStock(
  trx: ShopTransaction,
  { works, nodes }: { readonly works: number; readonly nodes: readonly string[] },
): Promise<void> {
  await sql`
    insert into stock_position (shop_id, sku, node_id, on_hand, unavailable, allocated, incoming)
    select ${SHOP}, sku, ${WAREHOUSE}, units + 10, 0, units, '[]' from (
      select 'sku-' || n % ${SKU_COUNT}::int as sku, count(*) as units from generate_series(1, ${works}::int) n
      group by 1) s`.execute(trx);
  await sql`
    insert into stock_position (shop_id, sku, node_id, on_hand, unavailable, incoming)
    select ${SHOP}, 'sku-' || k, node_id, ${works}::int, 0, '[]'
    from generate_series(0, ${SKU_COUNT - 1}::int) k, unnest(${[...nodes]}::text[]) node_id`.execute(
    trx,
  );
  await sql`
    insert into sku_claims (shop_id, sku)
    select ${SHOP}, 'sku-' || k from generate_series(0, ${SKU_COUNT - 1}::int) k`.execute(trx);
}
