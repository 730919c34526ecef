/**
 * The checkout editor: on which pages each extension of the app stands, its settings, and the page as it is then.
 *
 * A place taken out is not drawn: its bundle is not loaded and nothing is asked. Every place is taken on the first day,
 * as with a default placement. Extensions inside checkout are a matter of the plan; the page says so.
 */
import { type Response, Router } from 'express';
import { addToCart } from '../checkout/carts.ts';
import { startCheckout } from '../checkout/checkouts.ts';
import type { LocalControl } from '../control.ts';
import { drawsCheckoutExtensions } from '../settings.ts';
import type { LocalShop } from '../shop.ts';
import type { Cart } from '../state.ts';
import { adminPage } from './admin-page.ts';
import { type Html, html, raw } from './html.ts';

const PAGES = [
  { page: 'checkout', title: 'Checkout', starts: 'purchase.checkout.' },
  { page: 'thank-you', title: 'Thank you', starts: 'purchase.thank-you.' },
  { page: 'order-status', title: 'Order status', starts: 'customer-account.order-status.' },
] as const;
type EditedPage = (typeof PAGES)[number];

/** Words for a target: `purchase.checkout.shipping-option-item.render-after` is "after each shipping option". */
const TARGET_WORDS: Readonly<Record<string, string>> = {
  'purchase.checkout.shipping-option-item.render-after': 'Under each shipping option',
  'purchase.checkout.pickup-location-option-item.render-after': 'Under each pickup location',
  'purchase.thank-you.block.render': 'A block on the thank-you page',
  'customer-account.order-status.block.render': 'A block on the order status page',
  'customer-account.order-status.fulfillment-details.render-after': 'After the delivery details',
};

/** How a place is kept in the shop's state. */
export const placeKey = (handle: string, target: string): string => `${handle}:${target}`;

export function checkoutEditorRoutes(shop: LocalShop, control: LocalControl): Router {
  const router = Router();
  router.get('/admin/checkout-editor', (request, response) => {
    const asked = PAGES.find((one) => one.page === request.query['page']) ?? PAGES[0];
    response.send(adminPage(shop, { title: 'Checkout editor', main: editor(shop, asked) }));
  });
  router.post('/admin/checkout-editor/:handle', (request, response) => {
    const { handle } = request.params;
    savePlaces(shop, handle, Object(request.body));
    control.setExtensionSettings(handle, Object(request.body));
    const asked = PAGES.find((one) => one.page === request.body.page) ?? PAGES[0];
    response.redirect(303, `/admin/checkout-editor?page=${asked.page}`);
  });
  router.get('/admin/checkout-editor/preview/:page', (request, response) => {
    if (request.params.page === 'checkout') response.redirect(303, sampleCheckout(shop));
    else sendToLastOrder(shop, response, request.params.page);
  });
  return router;
}

/** Only the places the form showed change; those of other pages stay. */
function savePlaces(
  shop: LocalShop,
  handle: string,
  fields: Readonly<Record<string, unknown>>,
): void {
  const shown = Object.keys(fields).filter((name) => name.startsWith('shown:'));
  const keys = shown.map((name) => placeKey(handle, name.slice('shown:'.length)));
  const off = keys.filter((_, i) => fields[shown[i]?.replace('shown:', 'place:') ?? ''] !== 'on');
  shop.state.placesOff = [...shop.state.placesOff.filter((key) => !keys.includes(key)), ...off];
  shop.file.touch();
}

/** A checkout to look at: the basket and address of the first story, else one piece and no address. */
function sampleCheckout(shop: LocalShop): string {
  const token = 'checkout-editor';
  const known = Object.values(shop.state.checkouts).find((one) => one.cartToken === token);
  if (known && known.orderId === null) return `/checkouts/${known.token}`;
  const cart: Cart = { token, lines: [], attributes: [], metafields: [] };
  shop.state.carts[token] = cart;
  const [story] = shop.seed.stories;
  const [first] = shop.variants.values();
  const wanted = story?.cart[0]?.sku;
  const entry = [...shop.variants.values()].find((one) => one.variant.sku === wanted) ?? first;
  if (entry) addToCart(cart, entry.variant.id, 1);
  const language = shop.seed.shop.languages[0] ?? 'en';
  const checkout = startCheckout(shop, cart, { customerId: null, language });
  checkout.address = story?.address ?? null;
  checkout.email = 'shopper@example.com';
  shop.file.touch();
  return `/checkouts/${checkout.token}`;
}

function sendToLastOrder(shop: LocalShop, response: Response, page: string): void {
  const order = shop.state.orders.findLast((one) => shop.state.checkouts[one.checkoutToken]);
  if (!order) {
    response.send(
      '<!doctype html><html lang="en"><title>No order yet</title><p>There is no order yet. Place one in the shop to see this page.</p></html>',
    );
    return;
  }
  const { checkoutToken } = order;
  response.redirect(
    303,
    page === 'thank-you' ? `/checkouts/${checkoutToken}/thank-you` : `/orders/${checkoutToken}`,
  );
}

type Extension = ReturnType<LocalShop['config']>['uiExtensions'][number];

function editor(shop: LocalShop, asked: EditedPage): Html {
  const here = shop
    .config()
    .uiExtensions.map((extension) => ({
      extension,
      targets: extension.targets.filter((target) => target.startsWith(asked.starts)),
    }))
    .filter(({ targets }) => targets.length > 0);
  const tabs = PAGES.map(
    (one) =>
      html`<a href="/admin/checkout-editor?page=${one.page}"${one === asked && raw(' aria-current="page"')}>${one.title}</a>`,
  );
  const isDrawn = asked.page !== 'checkout' || drawsCheckoutExtensions(shop.state.settings);
  return html`<h1>Checkout editor</h1>
<nav class="tabs" aria-label="Pages">${tabs}</nav>
${!isDrawn && html`<p class="hint">With these settings (${shop.state.settings.plan}, wallet ${shop.state.settings.wallet}) Shopify draws no extension inside checkout.</p>`}
<div class="editor-columns"><div>${here.map((one) => extensionForm(shop, { ...one, asked }))}
${here.length === 0 && html`<div class="card"><p>No extension of the app draws on this page.</p></div>`}
<p class="hint">Until it is saved once, an extension sees none of its settings.</p></div>
<iframe class="checkout-preview" title="Preview: ${asked.title}" src="/admin/checkout-editor/preview/${asked.page}"></iframe></div>`;
}

type FormFacts = { extension: Extension; targets: readonly string[]; asked: EditedPage };

function extensionForm(shop: LocalShop, { extension, targets, asked }: FormFacts): Html {
  const { handle } = extension;
  const places = targets.map((target) => {
    const id = `${handle}-${target}`;
    const isOn = !shop.state.placesOff.includes(placeKey(handle, target));
    return html`<p class="field"><input type="hidden" name="shown:${target}" value="1"><input type="checkbox" id="${id}" name="place:${target}" aria-describedby="${id}-target"${isOn && raw(' checked')}> <label for="${id}">${TARGET_WORDS[target] ?? target}</label><small id="${id}-target"><code>${target}</code></small></p>`;
  });
  return html`<form class="card" method="post" action="/admin/checkout-editor/${handle}"><h2>${handle}</h2>
<input type="hidden" name="page" value="${asked.page}">
<fieldset><legend>Where it stands</legend>${places}</fieldset>
<fieldset><legend>Settings</legend>${settingFields(shop, extension)}</fieldset>
<button class="primary">Save<span class="hidden"> ${handle}</span></button></form>`;
}

function settingFields(shop: LocalShop, { handle, settings }: Extension): Html {
  if (settings.length === 0) return html`<p class="hint">This extension has no settings.</p>`;
  const saved = shop.state.extensionSettings[handle] ?? {};
  return html`${settings.map((setting) => settingField(handle, setting, saved[setting.key]))}`;
}

type Setting = Extension['settings'][number];

function settingField(
  handle: string,
  { key, type, name, description }: Setting,
  value: string | number | boolean | undefined,
): Html {
  const id = `${handle}-${key}`;
  const info = html`<small id="${id}-info">${description}</small>`;
  const shared = html`id="${id}" name="${key}" aria-describedby="${id}-info"`;
  const label = html`<label for="${id}">${name}</label>`;
  if (type === 'boolean') {
    return html`<p class="field"><input type="checkbox" ${shared}${value === true && raw(' checked')}> ${label}${info}</p>`;
  }
  const text = String(value ?? '');
  if (type === 'multi_line_text_field') {
    return html`<p class="field">${label} <textarea rows="3" ${shared}>${text}</textarea>${info}</p>`;
  }
  return html`<p class="field">${label} <input type="${inputType(type)}" step="any" value="${text}" ${shared}>${info}</p>`;
}

function inputType(type: string): string {
  if (type.startsWith('number')) return 'number';
  return type === 'date' ? 'date' : 'text';
}
