/**
 * Shopify's global ids and the plain numbers that our words use instead.
 *
 * A GID is `gid://shopify/Order/123`; inside, an order is `123`. GIDs never leave this folder, `graphql/` and
 * `contract/`.
 */

/** The number at the end of a GID; throws on anything else: Shopify does not send such. */
export function numberOfGid(gid: string): string {
  const number = /^gid:\/\/shopify\/[A-Za-z]+\/(\d{1,20})(\?.*)?$/.exec(gid)?.[1];
  if (number === undefined) throw new Error(`Bug: ${gid.slice(0, 80)} is no GID of Shopify`);
  return number;
}

export type ShopifyKind =
  | 'Order'
  | 'Location'
  | 'ProductVariant'
  | 'Shop'
  | 'InventoryItem'
  | 'FulfillmentOrder'
  | 'FulfillmentOrderLineItem'
  | 'FulfillmentHold'
  | 'Fulfillment';

/** The GID of a thing, as `gidOf('Order', '123')`. */
export function gidOf(kind: ShopifyKind, id: string): string {
  if (!/^\d{1,20}$/.test(id)) throw new Error(`Bug: ${id.slice(0, 80)} is no number of a ${kind}`);
  return `gid://shopify/${kind}/${id}`;
}
