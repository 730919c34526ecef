/** The frame of the merchant's pages: head, menu, toasts. */
import type { LocalShop } from '../shop.ts';
import { type Html, html, raw } from './html.ts';
import { renderPage } from './page.ts';

export type AdminPage = { title: string; main: Html; isFrame?: boolean };

/** A whole page of the admin around its main part. */
export function adminPage(shop: LocalShop, { title, main, isFrame = false }: AdminPage): string {
  const { name } = shop.config();
  const links = [
    ['/admin/orders', 'Orders'],
    ['/admin/inventory', 'Inventory'],
    ['/admin/locations', 'Locations'],
    ['/admin/themes/current/editor', 'Theme editor'],
    ['/admin/checkout-editor', 'Checkout editor'],
    ['/admin/apps/app', name],
  ] as const;
  const body = html`<a class="skip" href="#main">Skip to content</a>
<header class="admin-top"><a href="/admin">${shop.seed.shop.name}</a><span>Admin, local preview</span></header>
<div class="admin-columns">
<nav class="admin-nav" aria-label="Admin"><ul>${links.map(
    ([href, text]) => html`<li><a href="${href}">${text}</a></li>`,
  )}</ul><ul id="app-nav" aria-label="${name}"></ul></nav>
<main id="main" tabindex="-1" aria-label="${title}"${isFrame && raw(' class="has-frame"')}>${main}</main></div>
<div id="toasts" role="status"></div>`;
  return renderPage(shop, {
    title: `${title} · ${shop.seed.shop.name} · Admin`,
    language: 'en',
    look: 'admin',
    body,
    scripts: ['admin'],
    data: { 'admin-data': { appOrigin: new URL(shop.app.url).origin } },
  });
}
