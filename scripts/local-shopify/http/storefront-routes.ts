/**
 * The shop before checkout: home, collection, product and cart pages, drawn by the theme; the forms of these pages; and
 * the Section Rendering API (`?section_id=`, `?sections=`). No script is needed to buy.
 */
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type Request, type Response, Router } from 'express';
import { startCheckout } from '../checkout/checkouts.ts';
import { localize } from '../seed.ts';
import type { LocalShop } from '../shop.ts';
import type { Cart } from '../state.ts';
import { readThemeExtensions } from '../theme/extension.ts';
import { liquidProduct } from '../theme/objects.ts';
import {
  type PageView,
  type RenderInput,
  renderSections,
  renderThemePage,
} from '../theme/render.ts';
import { THEME_FOLDER, themeDataOf } from '../theme/theme-data.ts';
import { cartFormRoutes } from './cart-routes.ts';
import { jsonScript } from './html.ts';
import { controlBar, settingAttributes } from './page.ts';
import {
  cartOf,
  countryOf,
  customerIdOf,
  isShopLanguage,
  languageOf,
  setCountry,
  setLanguage,
} from './session.ts';
import type { ThemeDrafts } from './theme-drafts.ts';

export function storefrontRoutes(shop: LocalShop, drafts: ThemeDrafts): Router {
  const router = Router();
  const show = (request: Request, response: Response, view: PageView): void =>
    sendPage({ shop, drafts }, { request, response }, view);

  router.get('/', (request, response) => {
    show(request, response, { template: 'index', title: shop.seed.shop.name });
  });
  router.get(['/collections', '/collections/:handle'], (request, response, next) => {
    const handle = text(request.params['handle']) ?? 'all';
    const brand = shop.seed.brands.find((one) => one.handle === handle);
    if (!brand && handle !== 'all') return next();
    show(request, response, {
      template: 'collection',
      title: brand?.name ?? '',
      collectionHandle: handle,
    });
  });
  router.get('/products/:file', (request, response, next) => {
    const [, handle, kind] = /^([a-z0-9-]+)(\.js)?$/.exec(request.params.file) ?? [];
    const product = shop.seed.products.find((one) => one.handle === handle);
    if (!product) return next();
    if (kind === '.js') {
      const page = requestOf({ shop, drafts }, { request, response });
      response.json(liquidProduct({ shop, page: { ...page, isExtension: false } }, product));
      return;
    }
    const title = localize(product.title, languageOf(shop, request));
    show(request, response, { template: 'product', title, product });
  });
  router.get('/images/:file', (request, response, next) => {
    const handle = request.params.file.replace(/\.svg$/, '');
    const product = shop.seed.products.find((one) => one.handle === handle);
    if (!product) return next();
    response.type('image/svg+xml').send(product.image.svg);
  });
  router.get('/cart', (request, response) => {
    show(request, response, { template: 'cart', title: '' });
  });
  router.use(cartFormRoutes(shop));
  sessionRoutes(router, shop);
  assetRoutes(router, shop);
  router.get('/*rest', (request, response, next) => {
    // Only what a person would read gets the theme's page; files and calls get a plain answer.
    if (extname(request.path) !== '' || !request.accepts('html')) return next();
    response.status(404);
    show(request, response, { template: '404', title: '' });
  });
  return router;
}

type Context = { shop: LocalShop; drafts: ThemeDrafts };
type Call = { request: Request; response: Response };

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

function requestOf({ shop, drafts }: Context, { request, response }: Call) {
  const cart: Cart = cartOf(shop, request, response);
  const variantId = Number(text(request.query['variant']));
  return {
    language: languageOf(shop, request),
    countryCode: countryOf(shop, request),
    cart,
    customerId: customerIdOf(request),
    path: request.path,
    variantId: shop.variants.has(variantId) ? variantId : undefined,
    isDesignMode: drafts.of(request) !== undefined,
  };
}

function sendPage(context: Context, call: Call, view: PageView): void {
  const { shop, drafts } = context;
  const { request, response } = call;
  const page = requestOf(context, call);
  const input: RenderInput = {
    request: page,
    view,
    data: drafts.of(request) ?? themeDataOf(shop.state),
  };
  if (sendSections(shop, call, input)) return;
  const html = renderThemePage(shop, {
    ...input,
    head: clockScript(shop),
    tail: page.isDesignMode
      ? '<script src="/assets/design-mode.js"></script>'
      : controlBar(shop, page.language).html,
  });
  response.send(html.replace('<html ', () => `<html${settingAttributes(shop)} `));
}

/** The Section Rendering API; false when the call asks for a whole page. */
function sendSections(shop: LocalShop, { request, response }: Call, input: RenderInput): boolean {
  const one = text(request.query['section_id']);
  const several = text(request.query['sections']);
  if (one !== undefined) {
    const part = renderSections(shop, input, [one])[one];
    // The editor must load what a block newly put on the page names.
    const files = encodeURIComponent(part?.files.join('') ?? '');
    if (input.request.isDesignMode) response.set('x-section-files', files);
    response.status(part ? 200 : 404).send(part?.html ?? '');
    return true;
  }
  if (several === undefined) return false;
  const found = Object.entries(renderSections(shop, input, several.split(',')));
  response.json(Object.fromEntries(found.map(([id, part]) => [id, part?.html ?? null])));
  return true;
}

/**
 * A shopper's own clock agrees with the shop's; here the shop's can be set, so the page's is set with it before any
 * script of theme or app runs.
 */
function clockScript(shop: LocalShop): string {
  const data = jsonScript('local-clock', shop.clock.read()).html;
  return `${data}<script src="/assets/page-clock.js"></script>`;
}

function sessionRoutes(router: Router, shop: LocalShop): void {
  router.post('/localization', (request, response) => {
    const { locale_code: language, country_code: country, return_to: back } = request.body;
    if (isShopLanguage(language)) setLanguage(response, language);
    if (shop.seed.shop.sellsTo.includes(country)) setCountry(response, country);
    response.redirect(303, typeof back === 'string' && /^\/[^/\\]/.test(back) ? back : '/');
  });
  router.post('/checkout', (request, response) => {
    const cart = cartOf(shop, request, response);
    if (cart.lines.length === 0) return response.redirect(303, '/cart');
    const checkout = startCheckout(shop, cart, {
      customerId: customerIdOf(request),
      language: languageOf(shop, request),
    });
    shop.file.touch();
    response.redirect(303, `/checkouts/${checkout.token}`);
  });
}

function assetRoutes(router: Router, shop: LocalShop): void {
  const send = (response: Response, path: string): void => {
    response.set('cache-control', 'no-cache').type(extname(path)).send(readFileSync(path));
  };
  router.get('/cdn/theme/assets/:file', (request, response) => {
    send(response, join(THEME_FOLDER, 'assets', fileName(request.params.file)));
  });
  router.get('/cdn/extensions/:uid/:handle/assets/:file', (request, response, next) => {
    const { uid, handle, file } = request.params;
    const found = readThemeExtensions(shop.root).find(
      (one) => one.uid === uid && one.handle === handle,
    );
    if (!found) return next();
    response.set('access-control-allow-origin', '*');
    send(response, join(found.directory, 'assets', fileName(file)));
  });
}

/** A name that stays in its folder. */
function fileName(asked: string): string {
  if (!/^[\w-][\w.-]*$/.test(asked)) throw new Error(`${asked} is no name of an asset`);
  return asked;
}
