/**
 * Orders as their source states them, and a ledger reduced to what claims need of it: for tests of claims.
 */
import { sql } from 'kysely';
import type { ShopId } from '../../backend/base/ids.ts';
import type { ShippedMovement } from '../../backend/stock/reservations/order-claims/allocation/service.ts';
import type { FollowedOrder } from '../../backend/stock/reservations/order-claims/following.ts';
import type { ShopTransaction } from '../../backend/stock/reservations/store.ts';

type Units = Readonly<Record<string, number>>;

/** An order of one line a SKU (`l-SKU`), as Shopify states it; parts may be given otherwise. */
export function statedOrder(
  orderId: string,
  units: Units,
  more: Partial<FollowedOrder> & { readonly canceled?: Units } = {},
): FollowedOrder {
  const { canceled = {}, ...rest } = more;
  return {
    orderId,
    source: 'shopify',
    channel: 'online',
    placedAt: '2026-11-30T10:00:00Z',
    lines: Object.entries(units).map(([sku, quantity]) => ({
      lineId: `l-${sku}`,
      sku,
      quantity,
      canceled: canceled[sku] ?? 0,
    })),
    shipped: [],
    assigned: undefined,
    reservationKey: undefined,
    version: undefined,
    ...rest,
  };
}

/** One line that left a node. */
export function left(fulfillmentLineId: string, nodeId: string, quantity: number, sku = 'SHIRT') {
  const shippedAt = '2026-11-30T12:00:00Z';
  return { fulfillmentLineId, lineId: `l-${sku}`, nodeId, quantity, shippedAt };
}

/** Lowers on hand as the ledger would. */
export async function lowerOnHand(
  trx: ShopTransaction,
  shopId: ShopId,
  movements: readonly ShippedMovement[],
): Promise<void> {
  for (const { sku, nodeId, units } of movements) {
    await sql`
      insert into stock_position as p (shop_id, sku, node_id, on_hand)
      values (${shopId}, ${sku}, ${nodeId}, ${-units})
      on conflict (shop_id, sku, node_id) do update set on_hand = p.on_hand - ${units}`.execute(
      trx,
    );
  }
}
