/**
 * The frame of every page: head, settings printed as data attributes and in words, the control bar's place.
 */
import type { ShopLanguage } from '../seed.ts';
import { SETTING_NAMES, summarizeSettings } from '../settings.ts';
import type { LocalShop } from '../shop.ts';
import { type Html, html, jsonScript, raw } from './html.ts';

export type PageParts = {
  title: string;
  language: ShopLanguage;
  /** Which style sheet dresses the page; the shop's own pages are the theme's. */
  look: 'checkout' | 'admin' | 'pos';
  body: Html;
  scripts?: readonly string[];
  data?: Readonly<Record<string, unknown>>;
};

const kebab = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The settings as attributes of `<html>`: tests wait for them, people look them up. */
export function settingAttributes(shop: LocalShop): string {
  const { settings } = shop.state;
  return SETTING_NAMES.map((name) => ` data-setting-${kebab(name)}="${settings[name]}"`).join('');
}

/** The bar at the foot of every page with its style sheet and script, and the settings in words. */
export function controlBar(shop: LocalShop, language: ShopLanguage): Html {
  return html`<link rel="stylesheet" href="/assets/control-bar.css">
<div id="control-bar" data-language="${language}"></div>
<section class="settings-summary" aria-label="Settings of the local Shopify">
<p>Local Shopify, development stand-in · ${summarizeSettings(shop.state.settings)}</p>
</section>
<script type="module" src="/assets/control-bar.js"></script>`;
}

/** A whole document. */
export function renderPage(shop: LocalShop, parts: PageParts): string {
  const page = html`<!doctype html>
<html lang="${parts.language}"${raw(settingAttributes(shop))}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${parts.title}</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%23212b36'/%3E%3C/svg%3E">
<link rel="stylesheet" href="/assets/${parts.look}.css">
</head>
<body class="look-${parts.look}">
${parts.body}
${controlBar(shop, parts.language)}
${Object.entries(parts.data ?? {}).map(([id, value]) => jsonScript(id, value))}
${(parts.scripts ?? []).map((name) => raw(`<script type="module" src="/assets/${name}.js"></script>`))}
</body>
</html>`;
  return page.html;
}
