/**
 * The page of a store's desk on a phone, `/desk`: one document for all its screens, in no frame.
 *
 * In: `?shop=` of the link a manager gives. Out: HTML that loads the Polaris elements and our one script; script and styles
 * under names that change with their content. Nothing of a shop is in the document: the device and the person are known
 * only by the headers of each later request (`/api/desk`). It speaks the language of the phone.
 */
import { createHash } from 'node:crypto';
import { type Response, Router } from 'express';
import { sendRefusal } from '../http/problem.ts';
import { toLanguage } from './screens/texts/languages.ts';

/** The built files of `scripts/build-desk.ts`. */
export type DeskBundle = { readonly script: string; readonly styles: string };

export type DeskPageDependencies = { readonly polarisUrl: string; readonly bundle: DeskBundle };

const YEAR_SECONDS = 31_536_000;

/** The router; `main.ts` mounts it at `/desk`. */
export function deskPageRoutes({ polarisUrl, bundle }: DeskPageDependencies): Router {
  const router = Router();
  const files = new Map([
    [`desk-${hashOf(bundle.script)}.js`, { type: 'text/javascript', text: bundle.script }],
    [`desk-${hashOf(bundle.styles)}.css`, { type: 'text/css', text: bundle.styles }],
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
  router.get('/', (request, response) => {
    protect(response, polarisUrl);
    const wanted = String(request.query['locale'] ?? request.get('accept-language') ?? '');
    const language = toLanguage(wanted);
    response.type('html').send(documentOf({ polarisUrl, script, styles, language }));
  });
  return router;
}

function protect(response: Response, polarisUrl: string): void {
  const { origin } = new URL(polarisUrl);
  const rules = [
    "default-src 'self'",
    `script-src 'self' ${origin}`,
    // Web components style themselves inside their shadow roots; Polaris brings a sheet of its own.
    `style-src 'self' 'unsafe-inline' ${origin}`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ];
  response.set({
    'content-security-policy': rules.join('; '),
    'cache-control': 'no-store',
    vary: 'accept-language',
    // A pairing link names the shop: nobody else is told.
    'referrer-policy': 'no-referrer',
  });
}

function documentOf(page: {
  readonly polarisUrl: string;
  readonly script: string;
  readonly styles: string;
  readonly language: string;
}): string {
  return `<!doctype html>
<html lang="${page.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="theme-color" content="#0b4f3c">
<title>Kept</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/desk/assets/${page.styles}">
<script src="${escapeHtml(page.polarisUrl)}" defer></script>
<script type="module" src="/desk/assets/${page.script}"></script>
</head>
<body>
<div id="desk"></div>
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
