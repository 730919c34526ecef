/**
 * Orders as their source states them, for tests of claims.
 */
import type { FollowedOrder } from '../../backend/stock/reservations/order-claims/following.ts';

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
