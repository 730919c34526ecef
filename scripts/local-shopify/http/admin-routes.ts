/**
 * The merchant's side: installing the app, the frame its embedded page runs in, orders and pickup locations.
 *
 * The frame's address carries what Shopify puts there (shop, host, id_token, hmac); the page inside gets fresh id tokens
 * from App Bridge, which asks this page.
 */
import { type Request, Router } from 'express';
import { adminIdToken, signFrameQuery } from '../app/signing.ts';
import { orderTotals } from '../checkout/orders.ts';
import { PICKUP_TIME_WORDS } from '../checkout/pickup.ts';
import type { LocalControl } from '../control.ts';
import { formatMoney } from '../money.ts';
import type { Order } from '../orders/order-state.ts';
import { gid, type LocalShop, variantOf } from '../shop.ts';
import { adminPage } from './admin-page.ts';
import { type Html, html } from './html.ts';

/** The one staff member of this shop. */
const STAFF_ID = 8_501;

/** What a merchant may do to an order here. */
const ORDER_ACTS: readonly {
  name: string;
  title: string;
  run(control: LocalControl, orderId: number): unknown;
}[] = [
  { name: 'fulfill', title: 'Fulfill', run: (control, id) => control.fulfillOrder(id) },
  {
    name: 'cancel',
    title: 'Cancel and restock',
    run: (control, id) => control.cancelOrder(id, true),
  },
];

export function adminRoutes(shop: LocalShop, control: LocalControl): Router {
  const router = Router();
  router.get('/admin', (_request, response) => response.redirect(303, '/admin/apps/app'));
  router.get('/admin/id-token', (_request, response) => {
    response.json({ token: idToken(shop) });
  });
  router.get(['/admin/apps/app', '/admin/apps/app/*rest'], (request, response) => {
    response.send(appPage(shop, request));
  });
  router.post('/admin/install', (_request, response) => {
    control.install();
    response.redirect(303, '/admin/apps/app');
  });
  router.post('/admin/uninstall', (_request, response) => {
    control.uninstall();
    response.redirect(303, '/admin/apps/app');
  });
  router.get('/admin/orders', (_request, response) => {
    response.send(adminPage(shop, { title: 'Orders', main: orderList(shop) }));
  });
  router.get('/admin/orders/:id', (request, response, next) => {
    const order = shop.state.orders.find((one) => one.id === Number(request.params.id));
    if (!order) return next();
    response.send(
      adminPage(shop, { title: `Order #${order.number}`, main: orderDetail(shop, order) }),
    );
  });
  router.post('/admin/orders/:id/:act', (request, response) => {
    const { id, act } = request.params;
    const [{ name: _, title, run } = { name: '', title: '', run: undefined }] = ORDER_ACTS.filter(
      (one) => one.name === act,
    );
    try {
      run?.(control, Number(id));
      response.redirect(303, `/admin/orders/${id}`);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const main = html`<h1>${title}</h1><div class="card"><p role="alert">${why}</p><p><a href="/admin/orders/${id}">Back to the order</a></p></div>`;
      response.status(422).send(adminPage(shop, { title, main }));
    }
  });
  router.get('/admin/locations', (_request, response) => {
    response.send(adminPage(shop, { title: 'Locations', main: locationList(shop) }));
  });
  return router;
}

function idToken(shop: LocalShop): string {
  const { apiKey, apiSecret } = shop.app;
  const facts = { apiKey, apiSecret, shop: shop.seed.shop.domain, nowMs: shop.clock.nowMs() };
  return adminIdToken(facts, STAFF_ID);
}

/** The address the embedded page is opened at. */
function frameAddress(shop: LocalShop, path: string): string {
  const { domain } = shop.seed.shop;
  const query = new URLSearchParams({
    embedded: '1',
    host: Buffer.from(`admin.shopify.com/store/${domain.split('.')[0]}`).toString('base64'),
    id_token: idToken(shop),
    locale: 'en',
    session: 'local',
    shop: domain,
    timestamp: String(Math.floor(shop.clock.nowMs() / 1_000)),
  });
  query.set('hmac', signFrameQuery(shop.app.apiSecret, query));
  const { applicationPath } = shop.config();
  // The app's own links carry its path already.
  const isWhole = path === applicationPath || path.startsWith(`${applicationPath}/`);
  return `${shop.app.url}${isWhole ? path : `${applicationPath}${path}`}?${query}`;
}

function appPage(shop: LocalShop, request: Request): string {
  const { name } = shop.config();
  if (!shop.state.isInstalled) return adminPage(shop, { title: name, main: installCard(shop) });
  const path = request.path.slice('/admin/apps/app'.length);
  const main = html`<div class="frame-head"><h1>${name}</h1>
<form method="post" action="/admin/uninstall"><button class="plain">Remove app</button></form></div>
<iframe id="app-frame" title="${name}" src="${frameAddress(shop, path)}" allow="clipboard-write"></iframe>`;
  return adminPage(shop, { title: name, main, isFrame: true });
}

function installCard(shop: LocalShop): Html {
  const { name, scopes } = shop.config();
  return html`<div class="card install"><h1>Install ${name}</h1>
<p>The app asks for these access scopes:</p>
<ul class="scopes">${scopes.map((scope) => html`<li><code>${scope}</code></li>`)}</ul>
<form method="post" action="/admin/install"><button class="primary">Install app</button></form></div>`;
}

function orderList(shop: LocalShop): Html {
  if (shop.state.orders.length === 0) {
    return html`<h1>Orders</h1><div class="card"><p>No orders yet. <a href="/">Place one in the shop.</a></p></div>`;
  }
  const rows = shop.state.orders.toReversed().map((order) => {
    const { totalMinor } = orderTotals(shop, order);
    return html`<tr><td><a href="/admin/orders/${order.id}">#${order.number}</a></td>
<td>${order.createdAt.slice(0, 16).replace('T', ' ')} UTC</td>
<td>${order.address ? `${order.address.firstName} ${order.address.lastName}` : ''}</td>
<td>${order.shippingLine?.title ?? ''}</td><td>${formatMoney(totalMinor, order.currency, 'en')}</td></tr>`;
  });
  return html`<h1>Orders</h1><div class="card"><table><thead><tr><th scope="col">Order</th><th scope="col">Date</th><th scope="col">Customer</th><th scope="col">Delivery</th><th scope="col">Total</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function orderDetail(shop: LocalShop, order: Order): Html {
  const fields = shop.state.metafields.filter((one) => one.owner === gid('Order', order.id));
  const { address } = order;
  return html`<h1>Order #${order.number}</h1>
<p class="hint">${order.createdAt} · ${order.checkoutToken === '' ? `sold on ${order.sourceName}` : html`<a href="/orders/${order.checkoutToken}">order status page</a>`}</p>
${order.cancelledAt ? html`<p class="hint">Canceled ${order.cancelledAt}.</p>` : html`<div class="acts">${ORDER_ACTS.map(({ name, title }) => html`<form method="post" action="/admin/orders/${order.id}/${name}"><button class="secondary">${title}</button></form>`)}</div>`}
<div class="card"><h2>Items</h2><ul>${order.lines.map((line) => {
    const { product, variant } = variantOf(shop, line.variantId);
    return html`<li>${line.quantity} × ${product.title.en}, ${variant.optionValues.join(' / ')} <code>${variant.sku}</code></li>`;
  })}</ul></div>
<div class="card"><h2>Delivery</h2><p>${order.shippingLine?.title ?? 'none'} <code>${order.shippingLine?.code ?? ''}</code></p>
<p>${order.shippingLine?.description ?? ''}</p>
${address && html`<p>${address.firstName} ${address.lastName}, ${address.address1}, ${address.zip} ${address.city}, ${address.countryCode}</p>`}</div>
<div class="card"><h2>Fulfillment orders</h2><ul>${order.fulfillmentOrders.map(
    (one) =>
      html`<li><code>${one.id}</code> ${one.methodType} ${one.status} at ${shop.locations.get(one.locationId)?.name ?? ''}</li>`,
  )}</ul></div>
<div class="card"><h2>Metafields</h2>${
    fields.length === 0
      ? html`<p>None.</p>`
      : fields.map(
          (one) => html`<h3><code>${one.namespace}.${one.key}</code></h3><pre>${one.value}</pre>`,
        )
  }</div>`;
}

function locationList(shop: LocalShop): Html {
  const rows = shop.seed.locations.map((location) => {
    const pickup = shop.state.localPickup[location.id];
    return html`<tr><td>${location.name}</td><td>${location.address1}, ${location.zip} ${location.city}, ${location.countryCode}</td>
<td>${pickup ? PICKUP_TIME_WORDS[pickup.pickupTime].en : 'off'}</td><td>${pickup?.instructions ?? ''}</td></tr>`;
  });
  return html`<h1>Locations</h1><div class="card"><table><thead><tr><th scope="col">Location</th><th scope="col">Address</th><th scope="col">Local pickup</th><th scope="col">Instructions</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
