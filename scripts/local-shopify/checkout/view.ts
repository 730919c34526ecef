/** What the checkout page is sent: types only, read by the server and by the browser. */
import type { SeedAddress, ShopLanguage } from '../seed.ts';
import type { Settings } from '../settings.ts';

/** A price: minor units and the currency the shopper pays in. */
export type Price = { minor: number; currency: string };

export type ViewLine = {
  id: string;
  variantId: number;
  productId: number;
  title: string;
  variantTitle: string;
  vendor: string;
  productType: string;
  sku: string;
  quantity: number;
  total: Price;
  imageUrl: string;
  imageAlt: string;
  options: { name: string; value: string }[];
  requiresShipping: boolean;
};

/** One option of the delivery step, after Functions. */
export type ViewOption = {
  kind: 'shipping' | 'pickup';
  /** Changes with the title, as Shopify's does. */
  handle: string;
  code: string;
  title: string;
  description: string;
  price: Price;
  carrierName: string | null;
  metafields: { namespace: string; key: string; value: string }[];
  timeInTransit: { lower: number; upper: number } | null;
  isSelected: boolean;
  location: { id: number; name: string; address: SeedAddress } | null;
};

export type ViewDelivery = {
  status: 'no_address' | 'ready' | 'no_options';
  mode: 'shipping' | 'pickup';
  shipping: ViewOption[];
  pickup: ViewOption[];
};

export type ViewMetafield = {
  owner: { type: 'shop' | 'product' | 'variant'; id: string };
  namespace: string;
  key: string;
  type: string;
  value: string;
};

/** What one delivery customization did, for the log under the options. */
export type FunctionRun = {
  title: string;
  operations: number;
  error: string | null;
  instructions: number | null;
};

export type CheckoutView = {
  token: string;
  cartToken: string;
  language: ShopLanguage;
  shop: { id: number; name: string; domain: string; url: string };
  countries: { code: string; name: string }[];
  email: string;
  address: SeedAddress | null;
  customerId: number | null;
  lines: ViewLine[];
  subtotal: Price;
  shippingPrice: Price | null;
  total: Price;
  delivery: ViewDelivery;
  functionRuns: FunctionRun[];
  cartMetafields: { namespace: string; key: string; type: string; value: string }[];
  /** The app's metafields on what else a checkout shows: the shop, its products and variants. */
  ownedMetafields: ViewMetafield[];
  attributes: { key: string; value: string }[];
  settings: Settings;
  shopTimeZone: string;
  orderId: number | null;
};

/** One extension as the browser must run it. */
export type ExtensionMount = {
  handle: string;
  target: string;
  bundleUrl: string;
  apiVersion: string;
  capabilities: string[];
  words: Record<string, unknown>;
  settings: Record<string, string | number | boolean>;
  metafields: { namespace: string; key: string }[];
};

/** What thank-you and order status pages are sent. */
export type OrderView = {
  orderId: number;
  name: string;
  confirmationNumber: string;
  createdAt: string;
  isCancelled: boolean;
  isFirstOrder: boolean;
  checkout: CheckoutView;
  /** Order metafields an extension of these pages may ask for. */
  orderMetafields: { namespace: string; key: string; type: string; value: string }[];
};
