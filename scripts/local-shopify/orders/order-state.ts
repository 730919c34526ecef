/**
 * What the local Shopify remembers of an order: its lines, its fulfillment orders, what left, what was given back.
 *
 * A fulfillment order's id is not forever: moves, splits and merges close some and make others. Every unit still to be
 * handed over is in exactly one that is neither closed nor canceled.
 */
import type { SeedAddress, SeedLocation, ShopLanguage } from '../seed.ts';

export type OrderLine = {
  id: number;
  variantId: number;
  quantity: number;
  priceMinor: number;
  /** Units a refund or a cancellation took out again. */
  removed: number;
};
export type FulfillmentOrderStatus =
  | 'OPEN'
  | 'IN_PROGRESS'
  | 'ON_HOLD'
  | 'SCHEDULED'
  | 'INCOMPLETE'
  | 'CLOSED'
  | 'CANCELLED';
/** Who did something to an order: the installed app, or somebody in the admin. */
export type OrderActor = 'app' | 'merchant' | 'shopify';
/** Work stopped on purpose; an app may release what it holds itself, the merchant everything. */
export type FulfillmentHold = {
  id: number;
  handle: string;
  externalId: string | null;
  reason: string;
  notes: string | null;
  heldBy: 'app' | 'merchant';
};
export type FulfillmentOrderLine = {
  id: number;
  orderLineId: number;
  quantity: number;
  remaining: number;
};
export type FulfillmentOrder = {
  id: number;
  locationId: number;
  /** The location as it was when it was assigned: a later rename does not change it. */
  assigned: PlaceSnapshot;
  /** Where it goes, as it was when it was made. */
  destination: SeedAddress | null;
  methodType: 'SHIPPING' | 'PICK_UP';
  status: FulfillmentOrderStatus;
  requestStatus: string;
  createdAt: string;
  updatedAt: string;
  fulfillAt: string | null;
  fulfillBy: string | null;
  minDeliveryAt: string | null;
  maxDeliveryAt: string | null;
  holds: FulfillmentHold[];
  /** Somebody said that work has begun; it blocks moves until it is marked as open again. */
  isProgressReported: boolean;
  /** Ready for pickup, and the buyer told so by Shopify. */
  isPrepared: boolean;
  lines: FulfillmentOrderLine[];
};
export type PlaceSnapshot = Pick<
  SeedLocation,
  'name' | 'address1' | 'address2' | 'city' | 'zip' | 'provinceCode' | 'countryCode' | 'phone'
>;
export type Tracking = { company: string | null; number: string | null; url: string | null };
export type FulfillmentEvent = {
  id: number;
  status: string;
  happenedAt: string;
  createdAt: string;
  estimatedDeliveryAt: string | null;
  message: string | null;
  city: string | null;
  zip: string | null;
  country: string | null;
};
/** Goods handed over from one location. */
export type Fulfillment = {
  id: number;
  /** As in `#1001-F2`. */
  place: number;
  locationId: number;
  status: 'SUCCESS' | 'CANCELLED';
  createdAt: string;
  updatedAt: string;
  isCustomerNotified: boolean;
  tracking: Tracking[];
  events: FulfillmentEvent[];
  lines: { id: number; orderLineId: number; quantity: number; fulfillmentOrderId: number }[];
};
export type Refund = {
  id: number;
  createdAt: string;
  note: string | null;
  lines: {
    id: number;
    orderLineId: number;
    quantity: number;
    restockType: 'CANCEL' | 'RETURN' | 'NO_RESTOCK';
    locationId: number | null;
  }[];
};
/** An edit that was begun and not committed yet: what each line shall have. */
export type OrderEdit = {
  id: number;
  orderId: number;
  quantities: Record<string, { quantity: number; restock: boolean }>;
};
export type ShippingLine = {
  title: string;
  code: string;
  source: string;
  priceMinor: number;
  description: string;
};
export type OrderRisk = 'NONE' | 'ACCEPT' | 'INVESTIGATE' | 'CANCEL';
export type Order = {
  id: number;
  number: number;
  createdAt: string;
  updatedAt: string;
  /** `web` for this shop's own checkout; a marketplace's or `pos` for an order that came another way. */
  sourceName: string;
  /** Empty for an order that never had a checkout. */
  checkoutToken: string;
  cartToken: string;
  language: ShopLanguage;
  currency: string;
  email: string;
  phone: string;
  customerId: number | null;
  customerTags: string[];
  address: SeedAddress | null;
  lines: OrderLine[];
  shippingLine: ShippingLine | null;
  pickupLocationId: number | null;
  attributes: { key: string; value: string }[];
  /** What Shopify's routing has yet to show; an order's fulfillment orders come a while after it. */
  unrouted: FulfillmentOrder[];
  fulfillmentOrders: FulfillmentOrder[];
  fulfillments: Fulfillment[];
  refunds: Refund[];
  /** Asked to be canceled; it happens a moment after the answer. */
  cancelDue: { restock: boolean; reason: string } | null;
  cancelledAt: string | null;
  cancelReason: string | null;
  financialStatus: 'PAID' | 'PENDING';
  /** What Shopify recommends after looking for fraud. */
  risk: OrderRisk;
  isTest: boolean;
  note: string | null;
  tags: string[];
  /** What happened to it, for the admin's page. */
  timeline: { at: string; actor: OrderActor; text: string }[];
};
