/**
 * A checkout from the cart to the pay button: what the shopper typed and chose, and the view the page draws.
 */
import { convertMinor, currencyFor } from '../money.ts';
import { localize, type SeedAddress, type ShopLanguage } from '../seed.ts';
import { gid, type LocalShop, variantOf } from '../shop.ts';
import { type Cart, type Checkout, newToken } from '../state.ts';
import { type Delivery, subtotalOf } from './delivery.ts';
import type { CheckoutView, ViewLine, ViewMetafield } from './view.ts';

/** Starts a checkout for a cart, with the customer's own address when one is logged in. */
export function startCheckout(
  shop: LocalShop,
  cart: Cart,
  { customerId, language }: { customerId: number | null; language: ShopLanguage },
): Checkout {
  const customer = shop.seed.customers.find((one) => one.id === customerId);
  const checkout: Checkout = {
    token: newToken(),
    cartToken: cart.token,
    language,
    email: customer?.email ?? '',
    address: customer?.addresses[0] ?? null,
    mode: 'shipping',
    selectedCode: null,
    selectedPickupId: null,
    customerId: customer?.id ?? null,
    orderId: null,
  };
  shop.state.checkouts[checkout.token] = checkout;
  return checkout;
}

export type CheckoutChange = {
  email?: string | undefined;
  address?: SeedAddress | undefined;
  mode?: 'shipping' | 'pickup' | undefined;
  selectedCode?: string | undefined;
  selectedPickupId?: number | undefined;
};

/** Takes over what the shopper changed; a paid checkout changes no more. */
export function changeCheckout(checkout: Checkout, change: CheckoutChange): void {
  if (checkout.orderId !== null) return;
  if (change.email !== undefined) checkout.email = change.email;
  if (change.address !== undefined) checkout.address = change.address;
  if (change.mode !== undefined) checkout.mode = change.mode;
  if (change.selectedCode !== undefined) checkout.selectedCode = change.selectedCode;
  if (change.selectedPickupId !== undefined) checkout.selectedPickupId = change.selectedPickupId;
}

/** The page's data. */
export function viewCheckout(
  shop: LocalShop,
  { cart, checkout }: { cart: Cart; checkout: Checkout },
  delivery: Delivery,
): CheckoutView {
  const { language } = checkout;
  const country = checkout.address?.countryCode ?? shop.seed.shop.countryCode;
  const currency = currencyFor(shop.seed, country);
  const subtotalMinor = convertMinor(subtotalOf(shop, cart), currency.rate);
  const options = delivery.view.mode === 'pickup' ? delivery.view.pickup : delivery.view.shipping;
  const shippingPrice = options.find((one) => one.isSelected)?.price ?? null;
  const names = new Intl.DisplayNames(language, { type: 'region' });
  return {
    token: checkout.token,
    cartToken: cart.token,
    language,
    shop: {
      id: shop.seed.shop.id,
      name: shop.seed.shop.name,
      domain: shop.seed.shop.domain,
      url: shop.url,
    },
    countries: shop.seed.shop.sellsTo.map((code) => ({ code, name: names.of(code) ?? code })),
    email: checkout.email,
    address: checkout.address,
    customerId: checkout.customerId,
    lines: cart.lines.map((line) => viewLine(shop, line, { currency, language })),
    subtotal: { minor: subtotalMinor, currency: currency.code },
    shippingPrice,
    total: { minor: subtotalMinor + (shippingPrice?.minor ?? 0), currency: currency.code },
    delivery: delivery.view,
    functionRuns: delivery.runs,
    cartMetafields: cart.metafields,
    ownedMetafields: ownedMetafields(shop, cart),
    attributes: cart.attributes,
    settings: shop.state.settings,
    shopTimeZone: shop.seed.shop.timeZone,
    orderId: checkout.orderId,
  };
}

function viewLine(
  shop: LocalShop,
  line: { id: string; variantId: number; quantity: number },
  { currency, language }: { currency: { code: string; rate: number }; language: ShopLanguage },
): ViewLine {
  const { product, variant } = variantOf(shop, line.variantId);
  return {
    id: gid('CartLine', line.id),
    variantId: variant.id,
    productId: product.id,
    title: localize(product.title, language),
    variantTitle: variant.optionValues.join(' / '),
    vendor: product.vendor,
    productType: product.productType,
    sku: variant.sku,
    quantity: line.quantity,
    total: {
      minor: convertMinor(variant.priceMinor * line.quantity, currency.rate),
      currency: currency.code,
    },
    imageUrl: `/images/${product.handle}.svg`,
    imageAlt: localize(product.image.alt, language),
    options: product.options.map((name, i) => ({ name, value: variant.optionValues[i] ?? '' })),
    requiresShipping: variant.requiresShipping,
  };
}

function ownedMetafields(shop: LocalShop, cart: Cart): ViewMetafield[] {
  const owners = new Map<string, ViewMetafield['owner']['type']>([
    [gid('Shop', shop.seed.shop.id), 'shop'],
  ]);
  for (const line of cart.lines) {
    owners.set(gid('ProductVariant', line.variantId), 'variant');
    owners.set(gid('Product', variantOf(shop, line.variantId).product.id), 'product');
  }
  return shop.state.metafields.flatMap(({ owner, namespace, key, type, value }) => {
    const kind = owners.get(owner);
    return kind ? [{ owner: { type: kind, id: owner }, namespace, key, type, value }] : [];
  });
}
