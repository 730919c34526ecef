/**
 * Shopify's Liquid objects that themes and app blocks use here: product, variant, cart, shop, localization, request …
 *
 * Plain objects with getters, so that a loop over sixty products makes only what the template reads. Money is minor
 * units of the shop's currency, as in Liquid; the `money` filter converts. Source: Shopify "Liquid objects".
 */
import { subtotalOf } from '../checkout/delivery.ts';
import { currencyFor } from '../money.ts';
import { localize, type SeedProduct, type SeedVariant, type ShopLanguage } from '../seed.ts';
import { gid, type LocalShop, variantOf } from '../shop.ts';
import type { Cart } from '../state.ts';
import { metafieldsOf } from './metafields.ts';

/** What a page is asked with. */
export type PageRequest = {
  language: ShopLanguage;
  countryCode: string;
  cart: Cart;
  customerId: number | null;
  path: string;
  /** The `?variant=` of the address. */
  variantId: number | undefined;
  isDesignMode: boolean;
  /** Whether the reader is the app's extension (it may say `$app`) or the theme. */
  isExtension: boolean;
};
type Scope = { shop: LocalShop; page: PageRequest };

/** Whether a shopper can buy this variant now. */
export function isAvailable(shop: LocalShop, variant: SeedVariant): boolean {
  return variant.inventoryPolicy === 'CONTINUE' || unitsOf(shop, variant) > 0;
}

/** Units for sale at all locations that sell online. */
function unitsOf(shop: LocalShop, variant: SeedVariant): number {
  return shop.seed.locations.reduce((sum, location) => {
    if (!location.isActive || !location.fulfillsOnlineOrders) return sum;
    return sum + (shop.state.levels[`${variant.inventoryItemId}:${location.id}`]?.available ?? 0);
  }, 0);
}

export function liquidVariant(
  { shop, page }: Scope,
  { product, variant }: { product: SeedProduct; variant: SeedVariant },
) {
  const title = variant.optionValues.join(' / ');
  const plain = {
    id: variant.id,
    title,
    option1: variant.optionValues[0] ?? null,
    option2: variant.optionValues[1] ?? null,
    option3: variant.optionValues[2] ?? null,
    options: [...variant.optionValues],
    sku: variant.sku,
    barcode: null,
    requires_shipping: variant.requiresShipping,
    taxable: variant.taxable,
    available: isAvailable(shop, variant),
    name: `${localize(product.title, page.language)} - ${title}`,
    public_title: title,
    price: variant.priceMinor,
    compare_at_price: null,
    weight: variant.weightGrams,
    inventory_management: 'shopify',
    requires_selling_plan: false,
    selling_plan_allocations: [],
  };
  return {
    ...plain,
    inventory_policy: variant.inventoryPolicy.toLowerCase(),
    weight_unit: 'g',
    weight_in_unit: variant.weightGrams,
    selected: page.variantId === variant.id,
    url: `/products/${product.handle}?variant=${variant.id}`,
    get inventory_quantity() {
      return unitsOf(shop, variant);
    },
    get product(): object {
      return liquidProduct({ shop, page }, product);
    },
    get metafields() {
      return metafieldsOf(shop, gid('ProductVariant', variant.id), page);
    },
    toJSON: () => plain,
  };
}

const imageOf = ({ shop: _, page }: Scope, product: SeedProduct) => ({
  src: `/images/${product.handle}.svg`,
  alt: localize(product.image.alt, page.language),
  width: 800,
  height: 1_000,
  aspect_ratio: 0.8,
  toString: () => `/images/${product.handle}.svg`,
});

export function liquidProduct(scope: Scope, product: SeedProduct) {
  const { shop, page } = scope;
  const variants = product.variants.map((variant) => liquidVariant(scope, { product, variant }));
  const prices = product.variants.map((one) => one.priceMinor);
  const selected = variants.find((one) => one.id === page.variantId) ?? null;
  const firstAvailable = variants.find((one) => one.available) ?? null;
  const plain = {
    id: product.id,
    title: localize(product.title, page.language),
    handle: product.handle,
    description: localize(product.description, page.language),
    vendor: product.vendor,
    type: product.productType,
    tags: product.tags,
    price: Math.min(...prices),
    price_min: Math.min(...prices),
    price_max: Math.max(...prices),
    price_varies: new Set(prices).size > 1,
    available: firstAvailable !== null,
    compare_at_price: null,
    options: product.options,
    variants,
    featured_image: `/images/${product.handle}.svg`,
    images: [`/images/${product.handle}.svg`],
    url: `/products/${product.handle}`,
  };
  return {
    ...plain,
    content: plain.description,
    featured_image: imageOf(scope, product),
    featured_media: imageOf(scope, product),
    images: [imageOf(scope, product)],
    has_only_default_variant: variants.length === 1 && product.options.length === 0,
    selected_variant: selected,
    first_available_variant: firstAvailable,
    selected_or_first_available_variant: selected ?? firstAvailable ?? variants[0],
    options_with_values: optionsOf(product, selected ?? firstAvailable ?? variants[0]),
    get metafields() {
      return metafieldsOf(shop, gid('Product', product.id), page);
    },
    toJSON: () => plain,
  };
}

function optionsOf(
  product: SeedProduct,
  chosen: { options: readonly string[]; available: boolean } | undefined,
) {
  return product.options.map((name, position) => ({
    name,
    position: position + 1,
    selected_value: chosen?.options[position] ?? null,
    values: [...new Set(product.variants.map((one) => one.optionValues[position] ?? ''))],
  }));
}

/** A collection: a brand of the seed, or `all`. */
export function liquidCollection(scope: Scope, handle: string) {
  const { shop, page } = scope;
  const brand = shop.seed.brands.find((one) => one.handle === handle);
  const own = shop.seed.products.filter((one) => !brand || one.vendor === brand.name);
  return {
    id: handle,
    handle,
    title: brand?.name ?? '',
    description: brand ? localize(brand.tagline, page.language) : '',
    url: `/collections/${handle}`,
    products_count: own.length,
    get products() {
      return own.map((product) => liquidProduct(scope, product));
    },
  };
}

export function liquidCart(scope: Scope) {
  const { shop, page } = scope;
  const { cart } = page;
  return {
    token: cart.token,
    note: cart.note ?? '',
    attributes: Object.fromEntries(cart.attributes.map(({ key, value }) => [key, value])),
    item_count: cart.lines.reduce((sum, line) => sum + line.quantity, 0),
    total_price: subtotalOf(shop, cart),
    original_total_price: subtotalOf(shop, cart),
    items_subtotal_price: subtotalOf(shop, cart),
    total_weight: cart.lines.reduce(
      (sum, line) => sum + line.quantity * variantOf(shop, line.variantId).variant.weightGrams,
      0,
    ),
    currency: { iso_code: shop.seed.shop.currency },
    requires_shipping: true,
    get items() {
      return cart.lines.map((line, at) => liquidLine(scope, { line, index: at + 1 }));
    },
  };
}

/** A line's `key`: the variant and a token of the line, as the Ajax API names it. */
export const lineKey = (line: Cart['lines'][number]): string =>
  `${line.variantId}:${line.id.replaceAll('-', '')}`;

function liquidLine(scope: Scope, { line, index }: { line: Cart['lines'][number]; index: number }) {
  const entry = variantOf(scope.shop, line.variantId);
  const variant = liquidVariant(scope, entry);
  return {
    key: lineKey(line),
    id: line.variantId,
    index,
    quantity: line.quantity,
    variant_id: line.variantId,
    product_id: entry.product.id,
    title: variant.name,
    sku: entry.variant.sku,
    vendor: entry.product.vendor,
    url: variant.url,
    image: imageOf(scope, entry.product),
    grams: entry.variant.weightGrams,
    properties: {},
    requires_shipping: entry.variant.requiresShipping,
    original_price: entry.variant.priceMinor,
    final_price: entry.variant.priceMinor,
    final_line_price: entry.variant.priceMinor * line.quantity,
    original_line_price: entry.variant.priceMinor * line.quantity,
    options_with_values: entry.product.options.map((name, at) => ({
      name,
      value: entry.variant.optionValues[at] ?? '',
    })),
    variant,
    get product() {
      return liquidProduct(scope, entry.product);
    },
  };
}

const ENDONYMS: Readonly<Record<ShopLanguage, string>> = {
  en: 'English',
  it: 'Italiano',
  fr: 'Français',
  de: 'Deutsch',
  es: 'Español',
};

function liquidLanguage(shop: LocalShop, code: ShopLanguage) {
  return {
    iso_code: code,
    name: new Intl.DisplayNames('en', { type: 'language' }).of(code) ?? code,
    endonym_name: ENDONYMS[code],
    primary: code === shop.seed.shop.languages[0],
    root_url: '/',
  };
}

function liquidCountry({ shop, page }: Scope, code: string) {
  const currency = currencyFor(shop.seed, code);
  return {
    iso_code: code,
    name: new Intl.DisplayNames(page.language, { type: 'region' }).of(code) ?? code,
    currency: { iso_code: currency.code, symbol: currency.code },
    unit_system: 'metric',
    toString: () => code,
  };
}

/** The objects every template of the shop sees, by name. */
export function globalObjects(scope: Scope) {
  const { shop, page } = scope;
  const { seed } = shop;
  const customer = seed.customers.find((one) => one.id === page.customerId);
  const url = new URL(shop.url);
  return {
    shop: {
      id: seed.shop.id,
      name: seed.shop.name,
      email: seed.shop.email,
      domain: url.host,
      permanent_domain: seed.shop.domain,
      url: shop.url,
      secure_url: shop.url,
      currency: seed.shop.currency,
      locale: seed.shop.languages[0],
      published_locales: seed.shop.languages.map((code) => liquidLanguage(shop, code)),
      get metafields() {
        return metafieldsOf(shop, gid('Shop', seed.shop.id), page);
      },
    },
    request: {
      design_mode: page.isDesignMode,
      visual_preview_mode: false,
      host: url.host,
      origin: shop.url,
      path: page.path,
      locale: liquidLanguage(shop, page.language),
    },
    localization: {
      language: liquidLanguage(shop, page.language),
      country: liquidCountry(scope, page.countryCode),
      available_languages: seed.shop.languages.map((code) => liquidLanguage(shop, code)),
      available_countries: seed.shop.sellsTo.map((code) => liquidCountry(scope, code)),
    },
    customer: customer
      ? {
          id: customer.id,
          first_name: customer.firstName,
          last_name: customer.lastName,
          name: `${customer.firstName} ${customer.lastName}`,
          email: customer.email,
          tags: customer.tags,
          default_address: liquidAddress(customer.addresses[0]),
        }
      : null,
    routes: {
      root_url: '/',
      cart_url: '/cart',
      cart_add_url: '/cart/add',
      cart_change_url: '/cart/change',
      cart_update_url: '/cart/update',
      collections_url: '/collections',
      all_products_collection_url: '/collections/all',
    },
    canonical_url: `${shop.url}${page.path}`,
    get cart() {
      return liquidCart(scope);
    },
    collections: Object.fromEntries(
      ['all', ...seed.brands.map((one) => one.handle)].map((handle) => [
        handle,
        liquidCollection(scope, handle),
      ]),
    ),
  };
}

type Address = LocalShop['seed']['customers'][number]['addresses'][number];

function liquidAddress(address: Address | undefined) {
  if (!address) return null;
  return {
    zip: address.zip,
    city: address.city,
    country_code: address.countryCode,
    province_code: address.provinceCode,
    country: { iso_code: address.countryCode },
  };
}
