/**
 * The body Shopify posts to a carrier service's callback: one per origin, with that origin's items only.
 *
 * Prices are whole minor units, absent texts are null, nothing names the shop, the cart or the checkout.
 * Source: Shopify Admin GraphQL, `carrierServiceCreate`, "Rate request".
 */
import { convertMinor } from '../money.ts';
import type { SeedAddress, SeedLocation } from '../seed.ts';
import { type LocalShop, variantOf } from '../shop.ts';
import type { OriginGroup } from './origins.ts';

type RateAddress = {
  country: string;
  postal_code: string | null;
  province: string | null;
  city: string | null;
  name: string | null;
  address1: string | null;
  address2: string | null;
  address3: null;
  latitude: number | null;
  longitude: number | null;
  phone: string | null;
  fax: null;
  email: null;
  address_type: null;
  company_name: string | null;
};
type RateItem = {
  name: string;
  sku: string;
  quantity: number;
  grams: number;
  price: number;
  vendor: string;
  requires_shipping: boolean;
  taxable: boolean;
  fulfillment_service: string;
  properties: null;
  product_id: number;
  variant_id: number;
};
export type RateRequestBody = {
  rate: {
    origin: RateAddress;
    destination: RateAddress;
    items: RateItem[];
    currency: string;
    locale: string;
    order_totals: { subtotal_price: string; total_price: string; discount_amount: string };
    customer?: { id: number; tags: string[] };
  };
};

export type RateAsk = {
  group: OriginGroup;
  address: SeedAddress;
  /** Currency of the request and its rate against the shop's. */
  currency: { code: string; rate: number };
  locale: string;
  /** Value of the whole basket in minor units of the shop's currency. */
  subtotalMinor: number;
  customer: { id: number; tags: string[] } | undefined;
};

/** The request for one origin. */
export function buildRateRequest(shop: LocalShop, ask: RateAsk): RateRequestBody {
  const origin = shop.locations.get(ask.group.locationId);
  if (!origin) throw new Error(`location ${ask.group.locationId} is not in this shop`);
  const subtotal = String(convertMinor(ask.subtotalMinor, ask.currency.rate));
  return {
    rate: {
      origin: fromLocation(origin, shop.seed.shop.name),
      destination: fromShopper(ask.address),
      items: ask.group.lines.map((line) => {
        const { product, variant } = variantOf(shop, line.variantId);
        return {
          name: product.title.en,
          sku: variant.sku,
          quantity: line.quantity,
          grams: variant.weightGrams,
          price: convertMinor(variant.priceMinor, ask.currency.rate),
          vendor: product.vendor,
          requires_shipping: variant.requiresShipping,
          taxable: variant.taxable,
          fulfillment_service: 'manual',
          properties: null,
          product_id: product.id,
          variant_id: variant.id,
        };
      }),
      currency: ask.currency.code,
      locale: ask.locale,
      order_totals: { subtotal_price: subtotal, total_price: subtotal, discount_amount: '0' },
      ...(ask.customer === undefined ? {} : { customer: ask.customer }),
    },
  };
}

const orNull = (text: string): string | null => (text === '' ? null : text);

function fromLocation(location: SeedLocation, company: string): RateAddress {
  return {
    country: location.countryCode,
    postal_code: orNull(location.zip),
    province: orNull(location.provinceCode),
    city: orNull(location.city),
    name: null,
    address1: orNull(location.address1),
    address2: location.address2,
    address3: null,
    latitude: location.latitude ?? null,
    longitude: location.longitude ?? null,
    phone: orNull(location.phone),
    fax: null,
    email: null,
    address_type: null,
    company_name: company,
  };
}

function fromShopper(address: SeedAddress): RateAddress {
  return {
    country: address.countryCode,
    postal_code: orNull(address.zip),
    province: orNull(address.provinceCode),
    city: orNull(address.city),
    name: orNull(`${address.firstName} ${address.lastName}`.trim()),
    address1: orNull(address.address1),
    address2: address.address2,
    address3: null,
    // Shopify geocodes destinations only sometimes; a carrier must do without.
    latitude: null,
    longitude: null,
    phone: orNull(address.phone),
    fax: null,
    email: null,
    address_type: null,
    company_name: orNull(address.company),
  };
}
