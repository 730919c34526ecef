/**
 * Shopify's carrier-service callback: what it sends and what it takes (fact sheet: CarrierService).
 *
 * The parser is tolerant where Shopify varies (numbers as strings, null or missing parts, unknown members)
 * and precise where a rate would become wrong (no country, no items, a quantity that is not one).
 * Name, street, phone and e-mail of the buyer are not even read: no promise needs them (platform decision 10).
 */
import {
  COUNTRY,
  CURRENCY,
  type JsonObject,
  type Parsed,
  parseWith,
  readFilled,
  readList,
  readMatch,
  readObject,
  readWhole,
} from './parsed.ts';

const MOST_ITEMS = 500;

export type RatePlace = {
  readonly country: string;
  /** As sent; `""` when the country has none or the buyer gave none. */
  readonly postalCode: string;
  readonly province: string;
  readonly city: string;
};

export type RateItem = {
  /** `""` when the merchant gave none. */
  readonly sku: string;
  /** 0 for a custom item without variant. */
  readonly variantId: number;
  readonly productId: number;
  readonly quantity: number;
  readonly grams: number;
  readonly priceMinor: number;
  readonly requiresShipping: boolean;
};

export type RateRequest = {
  /** Where Shopify would ship this group from; name and first address line help to find the node. */
  readonly origin: RatePlace & { readonly name: string; readonly address1: string };
  readonly destination: RatePlace;
  readonly items: readonly RateItem[];
  readonly currency: string;
  /** `""` when not sent. */
  readonly locale: string;
  readonly customerTags: readonly string[];
};

export type Rate = {
  readonly service_name: string;
  readonly description: string;
  readonly service_code: string;
  readonly currency: string;
  /** Hundredths of the currency, also for currencies without decimals. */
  readonly total_price: string;
  readonly phone_required?: boolean;
  /** `2026-11-24 14:00:00 +0100`, see `rateDate`. */
  readonly min_delivery_date?: string;
  readonly max_delivery_date?: string;
  readonly metafields?: readonly {
    readonly namespace: string;
    readonly key: string;
    readonly type: string;
    readonly value: string;
  }[];
};

export type RateAnswer = { readonly rates: readonly Rate[] };

/** Reads the body of a callback. */
export function parseRateRequest(input: unknown): Parsed<RateRequest> {
  return parseWith(() => {
    const rate = readObject(readObject(input, '')['rate'], '/rate');
    const origin = readObject(rate['origin'] ?? {}, '/rate/origin');
    const items = readList(rate['items'], '/rate/items', MOST_ITEMS);
    return {
      origin: {
        ...readPlace(origin, '/rate/origin'),
        name: text(origin['company_name']) || text(origin['name']),
        address1: text(origin['address1']),
      },
      destination: readPlace(
        readObject(rate['destination'], '/rate/destination'),
        '/rate/destination',
      ),
      items: items.map((item, index) => readItem(item, `/rate/items/${index}`)),
      currency: readMatch(rate['currency'], '/rate/currency', CURRENCY),
      locale: text(rate['locale']),
      customerTags: readTags(rate['customer']),
    };
  });
}

function readPlace(place: JsonObject, at: string): RatePlace {
  const country = place['country'] ?? place['country_code'];
  const capitals = typeof country === 'string' ? country.toUpperCase() : country;
  return {
    country: readMatch(capitals, `${at}/country`, COUNTRY),
    postalCode: text(place['postal_code'] ?? place['zip']),
    province: text(place['province']),
    city: text(place['city']),
  };
}

function readItem(input: unknown, at: string): RateItem {
  const item = readObject(input, at);
  return {
    sku: text(item['sku']),
    variantId: identity(item['variant_id'], `${at}/variant_id`),
    productId: identity(item['product_id'], `${at}/product_id`),
    quantity: readWhole(item['quantity'], `${at}/quantity`, {
      least: 1,
      most: 1_000_000,
      isTolerant: true,
    }),
    grams: readWhole(item['grams'] ?? 0, `${at}/grams`, { least: 0, most: 1e12, isTolerant: true }),
    priceMinor: readWhole(item['price'] ?? 0, `${at}/price`, {
      least: 0,
      most: 1e14,
      isTolerant: true,
    }),
    requiresShipping: item['requires_shipping'] !== false,
  };
}

function identity(value: unknown, at: string): number {
  if (value === undefined || value === null) return 0;
  return readWhole(value, at, { least: 0, most: Number.MAX_SAFE_INTEGER, isTolerant: true });
}

function readTags(customer: unknown): readonly string[] {
  if (customer === undefined || customer === null) return [];
  const tags = readObject(customer, '/rate/customer')['tags'] ?? [];
  // Shopify has sent both a list and one string with commas.
  if (typeof tags === 'string') {
    return tags
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== '');
  }
  return readList(tags, '/rate/customer/tags', 250).map((tag, index) =>
    readFilled(tag, `/rate/customer/tags/${index}`, 255),
  );
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? `${value}` : '';
}

/** An ISO instant with offset (`2026-11-24T14:00:00+01:00` or `Z`) the way rates carry it. */
export function rateDate(instant: string): string {
  const time = instant.slice(11, 16);
  const offset = instant.endsWith('Z') ? '+0000' : instant.slice(-6).replace(':', '');
  const seconds = instant.charAt(16) === ':' ? instant.slice(17, 19) : '00';
  return `${instant.slice(0, 10)} ${time}:${seconds} ${offset}`;
}

/** Minor units of a currency as the hundredths Shopify counts in: JPY 500 becomes `"50000"`. */
export function rateTotal(priceMinor: number, minorDigits: number): string {
  return `${minorDigits === 2 ? priceMinor : Math.round(priceMinor * 10 ** (2 - minorDigits))}`;
}
