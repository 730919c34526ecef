/**
 * The storefront cart: lines, attributes, and the metafields a checkout extension may write.
 */
import { randomUUID } from 'node:crypto';
import type { LocalShop } from '../shop.ts';
import { resolveNamespace } from '../shop.ts';
import { type Cart, newToken } from '../state.ts';

/** Shopify's own ceiling of one line. */
const LINE_QUANTITY_MAX = 999;
/** Shopify's own ceiling of lines in a cart. */
const CART_LINES_MAX = 500;

/** The cart of this token, else a new empty one. */
export function openCart(shop: LocalShop, token: string | undefined): Cart {
  const known = token === undefined ? undefined : shop.state.carts[token];
  if (known) return known;
  const cart: Cart = { token: newToken(), lines: [], attributes: [], metafields: [] };
  shop.state.carts[cart.token] = cart;
  return cart;
}

/** Adds units of a variant; the same variant stays one line. */
export function addToCart(cart: Cart, variantId: number, quantity: number): void {
  const line = cart.lines.find((one) => one.variantId === variantId);
  if (line) setQuantity(cart, line.id, line.quantity + quantity);
  else if (cart.lines.length < CART_LINES_MAX && quantity > 0) {
    const id = randomUUID();
    cart.lines.push({ id, variantId, quantity: Math.min(quantity, LINE_QUANTITY_MAX) });
  }
}

/** Sets a line's quantity; 0 takes the line out. */
export function setQuantity(cart: Cart, lineId: string, quantity: number): void {
  const line = cart.lines.find((one) => one.id === lineId);
  if (!line) return;
  line.quantity = Math.min(Math.max(0, quantity), LINE_QUANTITY_MAX);
  cart.lines = cart.lines.filter((one) => one.quantity > 0);
}

/** Writes a cart metafield as an extension does; the answer is Shopify's `MetafieldChangeResult`. */
export function writeCartMetafield(
  shop: LocalShop,
  cart: Cart,
  change: { namespace?: string | undefined; key: string; type?: string; value?: string },
): { type: 'success' } | { type: 'error'; message: string } {
  if (shop.state.settings.wallet === 'on') {
    return {
      type: 'error',
      message: 'Cart metafields cannot be changed in an accelerated checkout.',
    };
  }
  const namespace = resolveNamespace(shop.app, change.namespace);
  cart.metafields = cart.metafields.filter(
    (one) => one.namespace !== namespace || one.key !== change.key,
  );
  if (change.value === undefined) return { type: 'success' };
  const { key, value, type = '' } = change;
  const fault = metafieldFault(type, value);
  if (fault !== undefined) return { type: 'error', message: fault };
  cart.metafields.push({ namespace, key, type, value });
  return { type: 'success' };
}

/** What Shopify would say against a metafield's type or value; undefined when it takes them. */
export function metafieldFault(type: string, value: string): string | undefined {
  if (type === '') return "Type can't be blank";
  if (value === '') return "Value can't be blank";
  const limit = type === 'json' ? 128_000 : 64_000;
  if (Buffer.byteLength(value) > limit) return `Value is too long (maximum is ${limit} bytes)`;
  if (type === 'json' && !isJson(value)) return 'Value must be valid JSON';
  if (type === 'number_integer' && !/^-?\d+$/.test(value)) return 'Value must be an integer';
  return undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
