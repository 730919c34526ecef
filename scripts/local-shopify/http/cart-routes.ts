/**
 * The cart of the storefront: the forms of a theme and Shopify's Ajax API (`/cart.js`, `/cart/add.js`, …).
 *
 * A call that asks for JSON gets JSON, a form is sent back to the cart page. Attributes whose name starts with an
 * underscore are hidden from the shopper but kept like the others. Source: Shopify "Cart API reference".
 */
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { addToCart, setQuantity } from '../checkout/carts.ts';
import { startCheckout } from '../checkout/checkouts.ts';
import type { LocalShop } from '../shop.ts';
import type { Cart } from '../state.ts';
import { lineKey, liquidCart, type PageRequest } from '../theme/objects.ts';
import { cartOf, countryOf, customerIdOf, languageOf } from './session.ts';

/** What Shopify keeps of one attribute's value; longer ones are cut here and there. */
const ATTRIBUTE_CHARACTERS_MAX = 5_000;
const ATTRIBUTES_MAX = 100;

const wholeNumber = z.coerce.number().int();
const itemSchema = z.object({
  id: z.union([z.array(wholeNumber), wholeNumber]),
  quantity: wholeNumber.default(1),
});
const addSchema = z.object({ items: z.array(itemSchema).optional() }).loose();
const changeSchema = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  line: wholeNumber.optional(),
  quantity: wholeNumber.min(0).optional(),
});
const updateSchema = z.object({
  updates: z.union([z.array(wholeNumber), z.record(z.string(), wholeNumber)]).optional(),
  attributes: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
    .optional(),
  note: z.string().optional(),
});

export function cartFormRoutes(shop: LocalShop): Router {
  const router = Router();
  const answer = (request: Request, response: Response, body?: object): void => {
    shop.file.touch();
    if (!wantsJson(request)) response.redirect(303, '/cart');
    else response.json(body ?? cartJson(shop, request, response));
  };
  router.get(['/cart.js', '/cart.json'], (request, response) => {
    response.set('cache-control', 'no-store').json(cartJson(shop, request, response));
  });
  router.post(['/cart/add', '/cart/add.js'], (request, response) => {
    const parsed = addSchema.safeParse(request.body);
    const items = parsed.data?.items ?? itemsOf(request.body);
    const unknown = items.find(({ id }) => !shop.variants.has(lastOf(id)));
    if (unknown || items.length === 0) return refuse(request, response, 'Cannot find variant');
    const cart = cartOf(shop, request, response);
    for (const { id, quantity } of items) addToCart(cart, lastOf(id), Math.max(1, quantity));
    const ids = items.map(({ id }) => lastOf(id));
    const json = cartJson(shop, request, response, cart);
    const added = json.items.filter((line) => ids.includes(line.variant_id));
    answer(request, response, parsed.data?.items ? { items: added } : added[0]);
  });
  router.all(['/cart/change', '/cart/change.js'], (request, response) => {
    const parsed = changeSchema.safeParse({ ...request.query, ...request.body });
    if (!parsed.success) return refuse(request, response, z.prettifyError(parsed.error));
    const cart = cartOf(shop, request, response);
    const line = lineNamed(cart, parsed.data);
    if (!line) return refuse(request, response, 'no valid id or line parameter');
    setQuantity(cart, line.id, parsed.data.quantity ?? line.quantity);
    answer(request, response);
  });
  router.post(['/cart', '/cart/update', '/cart/update.js'], (request, response) => {
    const parsed = updateSchema.safeParse(fromForm(request.body));
    if (!parsed.success) return refuse(request, response, z.prettifyError(parsed.error));
    const cart = cartOf(shop, request, response);
    applyUpdate(cart, (id) => shop.variants.has(id), parsed.data);
    if (request.body.checkout !== undefined && cart.lines.length > 0) {
      const who = { customerId: customerIdOf(request), language: languageOf(shop, request) };
      const checkout = startCheckout(shop, cart, who);
      shop.file.touch();
      return response.redirect(303, `/checkouts/${checkout.token}`);
    }
    answer(request, response);
  });
  router.post(['/cart/clear', '/cart/clear.js'], (request, response) => {
    cartOf(shop, request, response).lines = [];
    answer(request, response);
  });
  return router;
}

function wantsJson(request: Request): boolean {
  return request.path.endsWith('.js') || request.is('application/json') !== false;
}

function refuse(request: Request, response: Response, description: string): void {
  if (!wantsJson(request)) {
    response.redirect(303, '/cart');
    return;
  }
  response.status(422).json({ status: 422, message: 'Cart Error', description });
}

/** A picker without script and its hidden field say the variant twice; the later one was chosen by hand. */
const lastOf = (id: number | number[]): number => (Array.isArray(id) ? (id.at(-1) ?? 0) : id);

function itemsOf(body: unknown): z.infer<typeof itemSchema>[] {
  const parsed = itemSchema.safeParse(body);
  return parsed.success ? [parsed.data] : [];
}

function lineNamed(
  cart: Cart,
  { id, line }: { id?: string | number | undefined; line?: number | undefined },
): Cart['lines'][number] | undefined {
  if (line !== undefined) return cart.lines[line - 1];
  return cart.lines.find(
    (one) => one.id === id || lineKey(one) === id || String(one.variantId) === String(id),
  );
}

/** Names of a form, `attributes[gift]` and `updates[]`, as the object JSON callers send. */
function fromForm(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const found: Record<string, unknown> = { ...body };
  const attributes: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) {
    const [, key] = /^attributes\[(.+)\]$/.exec(name) ?? [];
    if (key !== undefined) attributes[key] = value;
    if (name === 'updates[]') found['updates'] = Array.isArray(value) ? value : [value];
  }
  if (Object.keys(attributes).length > 0) found['attributes'] = attributes;
  return found;
}

type IsSold = (variantId: number) => boolean;

function applyUpdate(cart: Cart, isSold: IsSold, change: z.infer<typeof updateSchema>): void {
  const { updates, attributes, note } = change;
  if (Array.isArray(updates)) setByPosition(cart, updates);
  else setByName(cart, isSold, updates ?? {});
  if (note !== undefined) cart.note = note;
  for (const [key, value] of Object.entries(attributes ?? {})) setAttribute(cart, key, value);
}

/** Against the lines as they were: a line that leaves must not move the others. */
function setByPosition(cart: Cart, quantities: readonly number[]): void {
  const lines = [...cart.lines];
  for (const [i, quantity] of quantities.entries()) {
    const line = lines[i];
    if (line) setQuantity(cart, line.id, quantity);
  }
}

function setByName(cart: Cart, isSold: IsSold, quantities: Readonly<Record<string, number>>): void {
  for (const [id, quantity] of Object.entries(quantities)) {
    const line = lineNamed(cart, { id });
    if (line) setQuantity(cart, line.id, quantity);
    else if (quantity > 0 && isSold(Number(id))) addToCart(cart, Number(id), quantity);
  }
}

/** An empty value takes the attribute out, as Shopify does. */
function setAttribute(cart: Cart, key: string, value: unknown): void {
  cart.attributes = cart.attributes.filter((one) => one.key !== key);
  if (value === null || value === '' || cart.attributes.length >= ATTRIBUTES_MAX) return;
  cart.attributes.push({ key, value: String(value).slice(0, ATTRIBUTE_CHARACTERS_MAX) });
}

function cartJson(
  shop: LocalShop,
  request: Request,
  response: Response,
  cart = cartOf(shop, request, response),
) {
  const page: PageRequest = {
    language: languageOf(shop, request),
    countryCode: countryOf(shop, request),
    cart,
    customerId: customerIdOf(request),
    path: request.path,
    variantId: undefined,
    isDesignMode: false,
    isExtension: false,
  };
  const drawn = liquidCart({ shop, page });
  return {
    ...drawn,
    currency: drawn.currency.iso_code,
    items: drawn.items.map(({ variant, product, ...line }) => ({
      ...line,
      product_title: product.title,
      variant_title: variant.title,
      variant_options: variant.options,
      price: line.final_price,
      line_price: line.final_line_price,
      image: line.image.src,
    })),
  };
}
