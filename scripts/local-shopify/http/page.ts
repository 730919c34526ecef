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
  /** Which style sheet dresses the page. */
  look: 'shop' | 'checkout' | 'admin';
  body: Html;
  scripts?: readonly string[];
  data?: Readonly<Record<string, unknown>>;
};

const kebab = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** A whole document. */
export function renderPage(shop: LocalShop, parts: PageParts): string {
  const { settings } = shop.state;
  const attributes = SETTING_NAMES.map((name) =>
    raw(` data-setting-${kebab(name)}="${settings[name]}"`),
  );
  const scripts = ['control-bar', ...(parts.scripts ?? [])];
  const page = html`<!doctype html>
<html lang="${parts.language}"${attributes}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${parts.title}</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%23212b36'/%3E%3C/svg%3E">
<link rel="stylesheet" href="/assets/${parts.look}.css">
<link rel="stylesheet" href="/assets/control-bar.css">
</head>
<body class="look-${parts.look}">
${parts.body}
<div id="control-bar" data-language="${parts.language}"></div>
<footer class="settings-summary" aria-label="Settings of the local Shopify">
<p>Local Shopify, development stand-in · ${summarizeSettings(settings)}</p>
</footer>
${Object.entries(parts.data ?? {}).map(([id, value]) => jsonScript(id, value))}
${scripts.map((name) => raw(`<script type="module" src="/assets/${name}.js"></script>`))}
</body>
</html>`;
  return page.html;
}
