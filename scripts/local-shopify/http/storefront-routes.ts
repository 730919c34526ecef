/**
 * The shop before checkout: collection, product and cart pages. Plain HTML and forms; no script is needed to buy.
 */
import { type Request, type Response, Router } from 'express';
import { addToCart, setQuantity } from '../checkout/carts.ts';
import { startCheckout } from '../checkout/checkouts.ts';
import { subtotalOf } from '../checkout/delivery.ts';
import { convertMinor, currencyFor, formatMoney } from '../money.ts';
import { localize, type SeedProduct, type SeedVariant, type ShopLanguage } from '../seed.ts';
import { type LocalShop, variantOf } from '../shop.ts';
import type { Cart } from '../state.ts';
import { type Html, html } from './html.ts';
import { renderPage } from './page.ts';
import { cartOf, customerIdOf, isShopLanguage, languageOf, setLanguage } from './session.ts';
import { LANGUAGE_NAMES, type Texts, textsIn } from './texts.ts';

type PageFacts = { language: ShopLanguage; texts: Texts; cart: Cart };

export function storefrontRoutes(shop: LocalShop): Router {
  const router = Router();
  const facts = (request: Request, response: Response): PageFacts => {
    const language = languageOf(shop, request);
    return { language, texts: textsIn(language), cart: cartOf(shop, request, response) };
  };

  router.get('/', (request, response) => {
    const page = facts(request, response);
    response.send(
      shopPage(shop, page, { title: shop.seed.shop.name, main: collection(shop, page) }),
    );
  });
  router.get('/products/:handle', (request, response, next) => {
    const product = shop.seed.products.find((one) => one.handle === request.params.handle);
    if (!product) return next();
    const page = facts(request, response);
    const title = localize(product.title, page.language);
    response.send(shopPage(shop, page, { title, main: productMain(shop, page, product) }));
  });
  router.get('/images/:file', (request, response, next) => {
    const handle = request.params.file.replace(/\.svg$/, '');
    const product = shop.seed.products.find((one) => one.handle === handle);
    if (!product) return next();
    response.type('image/svg+xml').send(product.image.svg);
  });
  router.get('/cart', (request, response) => {
    const page = facts(request, response);
    response.send(shopPage(shop, page, { title: page.texts.cart, main: cartMain(shop, page) }));
  });
  router.post('/cart/add', (request, response) => {
    const variantId = Number(request.body.id);
    if (shop.variants.has(variantId)) {
      addToCart(
        cartOf(shop, request, response),
        variantId,
        Number(request.body.quantity ?? 1) || 1,
      );
      shop.file.touch();
    }
    response.redirect(303, '/cart');
  });
  router.post('/cart/change', (request, response) => {
    const cart = cartOf(shop, request, response);
    setQuantity(cart, String(request.body.id), Math.trunc(Number(request.body.quantity) || 0));
    shop.file.touch();
    response.redirect(303, '/cart');
  });
  router.post('/language', (request, response) => {
    const { language, back } = request.body;
    if (isShopLanguage(language)) setLanguage(response, language);
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
  return router;
}

function shopPage(
  shop: LocalShop,
  page: PageFacts,
  { title, main }: { title: string; main: Html },
): string {
  const { texts, language, cart } = page;
  const count = cart.lines.reduce((sum, line) => sum + line.quantity, 0);
  const [first, second] = shop.seed.brands;
  const body = html`<a class="skip" href="#main">${texts.skip}</a>
<header class="site">
  <a class="logo" href="/">${shop.seed.shop.name}</a>
  <nav aria-label="${texts.allProducts}"><a href="/#${first?.handle}">${first?.name}</a>${second && html`<a href="/#${second.handle}">${second.name}</a>`}</nav>
  <div class="tools">${languageForm(shop, { language, texts })}
  <a class="cart-link" href="/cart">${texts.cart} <span class="count">${count}</span></a></div>
</header>
<main id="main" tabindex="-1">${main}</main>`;
  return renderPage(shop, {
    title: `${title} · ${shop.seed.shop.name}`,
    language,
    look: 'shop',
    body,
  });
}

function languageForm(
  shop: LocalShop,
  { language, texts }: { language: ShopLanguage; texts: Texts },
): Html {
  return html`<form class="language" method="post" action="/language">
  <label for="language">${texts.language}</label>
  <select id="language" name="language" data-submit-on-change>${shop.seed.shop.languages.map(
    (one) =>
      html`<option value="${one}" lang="${one}"${one === language && html` selected`}>${LANGUAGE_NAMES[one]}</option>`,
  )}</select>
  <input type="hidden" name="back" value="" data-fill-path>
  <noscript><button>OK</button></noscript>
</form>`;
}

function price(shop: LocalShop, minor: number, language: ShopLanguage): string {
  const { code, rate } = currencyFor(shop.seed, shop.seed.shop.countryCode);
  return formatMoney(convertMinor(minor, rate), code, language);
}

function collection(shop: LocalShop, { language, texts }: PageFacts): Html {
  return html`<div class="hero"><h1>${texts.newIn}</h1></div>${shop.seed.brands.map((brand) => {
    const products = shop.seed.products.filter((one) => one.vendor === brand.name);
    return html`<section class="brand" id="${brand.handle}" aria-labelledby="${brand.handle}-title">
  <h2 id="${brand.handle}-title">${brand.name}</h2><p class="tagline">${localize(brand.tagline, language)}</p>
  <ul class="grid">${products.map((product) => productCard(shop, product, language))}</ul>
</section>`;
  })}`;
}

function productCard(shop: LocalShop, product: SeedProduct, language: ShopLanguage): Html {
  const prices = product.variants.map((variant) => variant.priceMinor);
  return html`<li class="card"><a href="/products/${product.handle}">
  <img src="/images/${product.handle}.svg" alt="" width="400" height="500" loading="lazy">
  <span class="name">${localize(product.title, language)}</span>
  <span class="price">${price(shop, Math.min(...prices), language)}</span></a></li>`;
}

function isAvailable(shop: LocalShop, variant: SeedVariant): boolean {
  if (variant.inventoryPolicy === 'CONTINUE') return true;
  return shop.seed.locations.some(
    (location) =>
      (shop.state.levels[`${variant.inventoryItemId}:${location.id}`]?.available ?? 0) > 0,
  );
}

function productMain(shop: LocalShop, { language, texts }: PageFacts, product: SeedProduct): Html {
  const first = product.variants.find((variant) => isAvailable(shop, variant));
  return html`<article class="product">
  <div class="picture"><img src="/images/${product.handle}.svg" alt="${localize(product.image.alt, language)}" width="600" height="750"></div>
  <div class="info">
    <p class="vendor">${product.vendor}</p>
    <h1>${localize(product.title, language)}</h1>
    <p class="price">${price(shop, (first ?? product.variants[0])?.priceMinor ?? 0, language)}</p>
    <p>${localize(product.description, language)}</p>
    <form method="post" action="/cart/add">
<fieldset class="sizes"><legend>${hasColors(product) ? `${texts.color}, ${texts.size}` : texts.size}</legend>${variantRows(shop, product, first)}</fieldset>
      <label class="quantity" for="quantity">${texts.quantity}</label>
      <input id="quantity" name="quantity" type="number" min="1" max="999" value="1" inputmode="numeric">
      <button class="buy"${!first && html` disabled`}>${first ? texts.addToCart : texts.soldOut}</button>
    </form>
  </div>
</article>`;
}

const hasColors = (product: SeedProduct): boolean => product.options.length > 1;

/** One row of sizes per color; a product of one color is one row. */
function variantRows(
  shop: LocalShop,
  product: SeedProduct,
  first: SeedVariant | undefined,
): Html[] {
  const colors = hasColors(product)
    ? [...new Set(product.variants.map((variant) => variant.optionValues[0] ?? ''))]
    : [''];
  return colors.map((color) => {
    const own = product.variants.filter(
      (variant) => color === '' || variant.optionValues[0] === color,
    );
    return html`<div class="row">${color !== '' && html`<span class="color">${color}</span>`}${own.map(
      (variant) => {
        const isFree = isAvailable(shop, variant);
        const size =
          color === ''
            ? variant.optionValues.join(' / ')
            : variant.optionValues.slice(1).join(' / ');
        return html`<label${!isFree && html` class="gone"`}><input type="radio" name="id" value="${variant.id}" required${variant === first && html` checked`}${!isFree && html` disabled`}><span>${color !== '' && html`<span class="hidden">${color} </span>`}${size}</span></label>`;
      },
    )}</div>`;
  });
}

function cartMain(shop: LocalShop, { language, texts, cart }: PageFacts): Html {
  if (cart.lines.length === 0) {
    return html`<div class="empty"><h1>${texts.cartEmpty}</h1><p><a class="button" href="/">${texts.continueShopping}</a></p></div>`;
  }
  const rows = cart.lines.map((line) => {
    const { product, variant } = variantOf(shop, line.variantId);
    const title = localize(product.title, language);
    return html`<li class="line">
  <img src="/images/${product.handle}.svg" alt="" width="96" height="120">
  <div><p class="vendor">${product.vendor}</p><h2><a href="/products/${product.handle}">${title}</a></h2><p>${texts.size} ${variant.optionValues.join(' / ')}</p>
  <form method="post" action="/cart/change"><input type="hidden" name="id" value="${line.id}">
    <label for="q-${line.id}">${texts.quantity}</label> <input id="q-${line.id}" name="quantity" type="number" min="0" max="999" value="${line.quantity}" inputmode="numeric">
    <button class="plain">${texts.update}</button></form>
  <form method="post" action="/cart/change"><input type="hidden" name="id" value="${line.id}"><input type="hidden" name="quantity" value="0"><button class="plain" aria-label="${texts.remove}: ${title}">${texts.remove}</button></form></div>
  <p class="price">${price(shop, variant.priceMinor * line.quantity, language)}</p></li>`;
  });
  return html`<div class="cart"><h1>${texts.cart}</h1><ul class="lines">${rows}</ul>
<div class="totals"><p><span>${texts.subtotal}</span> <strong>${price(shop, subtotalOf(shop, cart), language)}</strong></p><p class="hint">${texts.deliveryLater}</p>
<form method="post" action="/checkout"><button class="buy">${texts.checkout}</button></form></div></div>`;
}
