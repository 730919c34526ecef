/**
 * The names of things, kept apart by type so that a node is never taken for a SKU.
 *
 * An id is a string that we did not necessarily choose (a merchant may import his own), so it is
 * checked once, at the boundary, by `parseId`; inside, the type is trusted. Ids are compared by code
 * unit, never by locale. Shopify's GIDs are not ids: they live in `shopify/`, `graphql/`, `contract/`.
 */
import { type InvalidInput, type Result, refuseInput } from './result.ts';

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
export function parseId<Kind extends string>(
  value: unknown,
  pointer: string,
): Result<Id<Kind>, InvalidInput> {
  if (typeof value !== 'string') {
    return refuseInput(pointer, `An id must be a string, got ${typeof value}.`);
  }
  if (value.length === 0 || value.length > MAX_ID_LENGTH) {
    return refuseInput(
      pointer,
      `An id has 1 to ${MAX_ID_LENGTH} characters, this one has ${value.length}; shorten it or fill it in.`,
    );
  }
  if (CONTROL_CHARACTER.test(value) || value.trim() !== value) {
    return refuseInput(
      pointer,
      `The id ${JSON.stringify(value)} has a control character, or a blank at an end; remove it.`,
    );
  }
  return { ok: true, value: value as Id<Kind> };
}

/** Total order of ids by code unit: the same on every machine and in every language. */
export function compareIds(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

const SHOP_DOMAIN = /^[a-z0-9][a-z0-9-]{0,59}\.myshopify\.com$/;

/** A shop's permanent domain, lower case, such as `kept-demo.myshopify.com`; else `invalid_input`. */
export function parseShopId(value: unknown, pointer: string): Result<ShopId, InvalidInput> {
  if (typeof value !== 'string' || !SHOP_DOMAIN.test(value)) {
    return refuseInput(
      pointer,
      `${JSON.stringify(value)} is not a shop; expected its permanent domain, like kept-demo.myshopify.com.`,
    );
  }
  return { ok: true, value: value as ShopId };
}
