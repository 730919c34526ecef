/**
 * The merchant's side: installing the app, the frame its embedded page runs in, pickup locations.
 *
 * The frame's address carries what Shopify puts there (shop, host, id_token, hmac); the page inside gets fresh id tokens
 * from App Bridge, which asks this page.
 */
import { type Request, Router } from 'express';
import { adminIdToken, signFrameQuery } from '../app/signing.ts';
import { PICKUP_TIME_WORDS } from '../checkout/pickup.ts';
import type { LocalControl } from '../control.ts';
import type { LocalShop } from '../shop.ts';
import { adminPage } from './admin-page.ts';
import { type Html, html } from './html.ts';

/** The one staff member of this shop. */
const STAFF_ID = 8_501;

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
function frameAddress(shop: LocalShop, path: string, locale: string): string {
  const { domain } = shop.seed.shop;
  const query = new URLSearchParams({
    embedded: '1',
    host: Buffer.from(`admin.shopify.com/store/${domain.split('.')[0]}`).toString('base64'),
    id_token: idToken(shop),
    locale,
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
  // The language of the person in the admin: `?locale=it`.
  const locale = typeof request.query['locale'] === 'string' ? request.query['locale'] : 'en';
  const main = html`<div class="frame-head"><h1>${name}</h1>
<form method="post" action="/admin/uninstall"><button class="plain">Remove app</button></form></div>
<iframe id="app-frame" title="${name}" src="${frameAddress(shop, path, locale)}" allow="clipboard-write"></iframe>`;
  return adminPage(shop, { title: name, main, isFrame: true });
}

function installCard(shop: LocalShop): Html {
  const { name, scopes } = shop.config();
  return html`<div class="card install"><h1>Install ${name}</h1>
<p>The app asks for these access scopes:</p>
<ul class="scopes">${scopes.map((scope) => html`<li><code>${scope}</code></li>`)}</ul>
<form method="post" action="/admin/install"><button class="primary">Install app</button></form></div>`;
}

function locationList(shop: LocalShop): Html {
  const rows = shop.seed.locations.map((location) => {
    const pickup = shop.state.localPickup[location.id];
    return html`<tr><td>${location.name}</td><td>${location.address1}, ${location.zip} ${location.city}, ${location.countryCode}</td>
<td>${pickup ? PICKUP_TIME_WORDS[pickup.pickupTime].en : 'off'}</td><td>${pickup?.instructions ?? ''}</td></tr>`;
  });
  return html`<h1>Locations</h1><div class="card"><table><thead><tr><th scope="col">Location</th><th scope="col">Address</th><th scope="col">Local pickup</th><th scope="col">Instructions</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
