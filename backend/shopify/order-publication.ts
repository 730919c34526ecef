/**
 * Writes the promises of orders to Shopify, many in one call.
 *
 * In: rows as they are stored. Out: the orders' metafields. Shopify takes all of a call or nothing, so when one order
 * stands in the way (it was deleted) each is written alone, and that one is let go. Orders that were posted to us have
 * no metafield. Invariants: an outage is thrown and everything written again; nothing else is.
 */
import { MetafieldsSet } from '../../graphql/admin/generated/documents.ts';
import type { ShopId } from '../base/ids.ts';
import { ORDER_PROMISE_METAFIELD } from '../contract/order-promise.ts';
import type { OrderPromiseRow } from '../orders/store.ts';
import type { Log } from '../platform/log.ts';
import { type AdminClient, expectAnswer } from './admin-client.ts';
import { gidOf } from './gid.ts';
import { orderMetafieldValue } from './order-answer.ts';
import { isPostedOrder } from './order-intake.ts';

/** Writes the metafields of these orders. */
export async function publishPromises(
  deps: { readonly admin: AdminClient; readonly log: Log },
  shopId: ShopId,
  rows: readonly OrderPromiseRow[],
): Promise<void> {
  const metafields = rows.flatMap((row) => {
    const value = isPostedOrder(row.orderId) ? undefined : orderMetafieldValue(row);
    const ownerId = gidOf('Order', row.orderId);
    return value === undefined ? [] : [{ ...ORDER_PROMISE_METAFIELD, ownerId, value }];
  });
  if (metafields.length === 0) return;
  const written = await deps.admin.send(shopId, MetafieldsSet, { metafields });
  if (written.ok || written.refusal.code !== 'user_errors') {
    expectAnswer(written);
    return;
  }
  for (const metafield of metafields) {
    const one = await deps.admin.send(shopId, MetafieldsSet, { metafields: [metafield] });
    if (one.ok) continue;
    if (one.refusal.code !== 'user_errors') expectAnswer(one);
    deps.log.warn({ event: 'promise_not_written', shop: shopId, reason: metafield.ownerId });
  }
}
