/**
 * The names of things, kept apart by type so that a node is never taken for a SKU.
 *
 * An id is a string that we did not necessarily choose (a merchant may import his own), so it is
 * checked once, at the boundary, by `parseId`; inside, the type is trusted. Ids are compared by code
 * unit, never by locale. Shopify's GIDs are not ids: they live in `shopify/`, `graphql/`, `contract/`.
 */
import { type Result, refuseInput } from './result.ts';

declare const brand: unique symbol;

/** A string that names one kind of thing. */
export type Id<Kind extends string> = string & { readonly [brand]: Kind };

/** A shop, by its permanent domain such as `fashion-house.myshopify.com`. */
export type ShopId = Id<'shop'>;
/** A place that ships or hands over goods. */
export type NodeId = Id<'node'>;
/** A stocked thing (Shopify: inventory item). */
export type SkuId = Id<'sku'>;
/** An order as the shop knows it. */
export type OrderId = Id<'order'>;
/** A firm that carries parcels. */
export type CarrierId = Id<'carrier'>;
/** A carrier's product; the `serviceCode` of an option. */
export type ServiceCode = Id<'service'>;
/** A set of destinations. */
export type ZoneId = Id<'zone'>;
/** A third-party counter or locker. */
export type PickupPointId = Id<'pickup_point'>;
/** A promise as it was shown and stored. */
export type ReceiptId = Id<'receipt'>;
/** A claim with an expiry, before the order. */
export type ReservationId = Id<'reservation'>;
/** Where goods are sold: online store, POS, a marketplace. */
export type ChannelId = Id<'channel'>;

/** Longest id accepted: Shopify's own SKU limit, so that no real code is refused. */
export const MAX_ID_LENGTH = 255;

const CONTROL_CHARACTER = /\p{Cc}/u;

/**
 * Turns an unknown value into an id: 1 to 255 characters, no control characters, no blank at either
 * end. Refuses with `invalid_input`, pointing at `pointer`.
 */
export function parseId<Kind extends string>(value: unknown, pointer: string): Result<Id<Kind>> {
  if (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= MAX_ID_LENGTH &&
    value.trim() === value &&
    !CONTROL_CHARACTER.test(value)
  ) {
    return { ok: true, value: value as Id<Kind> };
  }
  return refuseInput({
    pointer,
    value,
    allowed: `a string of 1 to ${MAX_ID_LENGTH} characters without control characters or blanks at its ends`,
    remedy: 'Give the id as it stands in your system, trimmed.',
  });
}

/** Total order of ids by code unit: the same on every machine and in every language. */
export function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

const SHOP_DOMAIN = /^[a-z0-9][a-z0-9-]{0,59}\.myshopify\.com$/;

/** A shop's permanent domain, lower case, such as `kept-demo.myshopify.com`; else `invalid_input`. */
export function parseShopId(value: unknown, pointer: string): Result<ShopId> {
  if (typeof value !== 'string' || !SHOP_DOMAIN.test(value)) {
    return refuseInput({
      pointer,
      value,
      allowed: 'a permanent shop domain like kept-demo.myshopify.com, in small letters',
      remedy: 'Use the *.myshopify.com domain, not the shop’s public one.',
    });
  }
  return { ok: true, value: value as ShopId };
}
