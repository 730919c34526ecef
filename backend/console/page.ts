/**
 * The embedded page of the admin app, `/app`: one document for all its screens, framed by the shop's admin alone.
 *
 * In: the query Shopify adds (`shop`, `host`, `locale`). Out: HTML that loads App Bridge first, then the Polaris
 * elements, then our one script; and the script and styles under a name that changes with their content.
 * Nothing of a shop is in the document: who asks is known only by the session token of each later request. Only the
 * admin of the named shop may frame it (Shopify: "Set up iframe protection").
 */
import { createHash } from 'node:crypto';
import { type Response, Router } from 'express';
import { parseShopId } from '../base/ids.ts';
import { sendRefusal } from '../http/problem.ts';
import { type Language, toLanguage } from './screens/texts/languages.ts';
import { TEXTS } from './screens/texts/text.ts';

/** The built files of `scripts/build-console.ts`. */
export type ConsoleBundle = { readonly script: string; readonly styles: string };

export type ConsolePageDependencies = {
  readonly apiKey: string;
  readonly appBridgeUrl: string;
  readonly polarisUrl: string;
  /** Origins that may frame the page besides the shop's own admin; the local Shopify in development. */
  readonly frameOrigins: readonly string[];
  readonly bundle: ConsoleBundle;
};

const ADMIN_ORIGIN = 'https://admin.shopify.com';
const YEAR_SECONDS = 31_536_000;

/** The router; `main.ts` mounts it at `/app`. */
export function consolePageRoutes(dependencies: ConsolePageDependencies): Router {
  const router = Router();
  const { bundle } = dependencies;
  const files = new Map([
    [`console-${hashOf(bundle.script)}.js`, { type: 'text/javascript', text: bundle.script }],
    [`console-${hashOf(bundle.styles)}.css`, { type: 'text/css', text: bundle.styles }],
  ]);
  const [script = '', styles = ''] = files.keys();
  router.get('/assets/:file', (request, response) => {
    const file = files.get(request.params.file);
    if (file === undefined) return sendRefusal(response, { code: 'not_found' });
    response
      .set('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`)
      .type(`${file.type}; charset=utf-8`)
      .send(file.text);
  });
  router.get('/{*screen}', (request, response) => {
    const shop = parseShopId(request.query['shop'], '/shop');
    protect(response, dependencies, shop.ok ? [`https://${shop.value}`, ADMIN_ORIGIN] : []);
    const language = toLanguage(String(request.query['locale'] ?? ''));
    response.type('html').send(documentOf(dependencies, { script, styles, language }));
  });
  return router;
}

// Without a shop in the query nobody but the development frame may show the page.
function protect(
  response: Response,
  { appBridgeUrl, polarisUrl, frameOrigins }: ConsolePageDependencies,
  ancestors: readonly string[],
): void {
  const allowed = [...ancestors, ...frameOrigins];
  const scripts = [appBridgeUrl, polarisUrl].map((url) => new URL(url).origin);
  const rules = [
    "default-src 'self'",
    `script-src 'self' ${[...new Set(scripts)].join(' ')}`,
    // Web components style themselves inside their shadow roots; Polaris brings a sheet of its own.
    `style-src 'self' 'unsafe-inline' ${[...new Set(scripts)].join(' ')}`,
    "img-src 'self' data: https://cdn.shopify.com",
    `connect-src 'self' ${[...new Set(scripts)].join(' ')}`,
    `frame-ancestors ${allowed.length === 0 ? "'none'" : allowed.join(' ')}`,
    "base-uri 'none'",
    "form-action 'self'",
  ];
  response.set({
    'content-security-policy': rules.join('; '),
    'cache-control': 'no-store',
    'referrer-policy': 'same-origin',
  });
}

function documentOf(
  { apiKey, appBridgeUrl, polarisUrl }: ConsolePageDependencies,
  page: { readonly script: string; readonly styles: string; readonly language: Language },
): string {
  const texts = TEXTS[page.language];
  const links = [
    ['/app', 'home', texts['nav.setup']],
    ['/app/orders', 'next', texts['nav.orders']],
    ['/app/network', 'next', texts['nav.network']],
    ['/app/channels', 'next', texts['nav.channels']],
    ['/app/stock', 'next', texts['nav.stock']],
    ['/app/routing', 'next', texts['nav.routing']],
    ['/app/outcomes', 'next', texts['nav.outcomes']],
    ['/app/connections', 'next', texts['nav.connections']],
    ['/app/desks', 'next', texts['nav.desks']],
    ['/app/sync', 'next', texts['nav.sync']],
    ['/app/tester', 'next', texts['nav.tester']],
  ]
    .map(([href, rel, text]) => `<a href="${href}" rel="${rel}">${text}</a>`)
    .join('\n');
  return `<!doctype html>
<html lang="${page.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="shopify-api-key" content="${escapeHtml(apiKey)}">
<title>Kept</title>
<link rel="icon" href="data:,">
<script src="${escapeHtml(appBridgeUrl)}"></script>
<script src="${escapeHtml(polarisUrl)}"></script>
<link rel="stylesheet" href="/app/assets/${page.styles}">
</head>
<body>
<s-app-nav>
${links}
</s-app-nav>
<main id="kept"></main>
<script type="module" src="/app/assets/${page.script}"></script>
</body>
</html>
`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
