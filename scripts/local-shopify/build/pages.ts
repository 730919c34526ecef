/**
 * Bundles the browser's side of the local Shopify: pages, the extension worker, and the stand-ins for Shopify's CDN.
 *
 * Everything is built in memory when a process starts (a fraction of a second) and served from there.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const PAGES = join(dirname(dirname(fileURLToPath(import.meta.url))), 'pages');

/** Name of each file under `/assets/` and where it is made from. */
const SCRIPTS: Readonly<Record<string, string>> = {
  'control-bar': 'control-bar.tsx',
  checkout: 'checkout.tsx',
  order: 'order.tsx',
  admin: 'admin.tsx',
  pos: 'pos.tsx',
  'extension-worker': 'extension/worker.ts',
  polaris: 'polaris.ts',
  'app-bridge': 'app-bridge.ts',
  'page-clock': 'page-clock.ts',
  'design-mode': 'design-mode.ts',
  'theme-editor': 'theme-editor.tsx',
};
const STYLES = [
  'pos.css',
  'theme-editor.css',
  'checkout.css',
  'admin.css',
  'control-bar.css',
  'polaris.css',
];

let built: Promise<ReadonlyMap<string, string>> | undefined;

/** Every asset by file name; built once per process. */
export function buildPages(): Promise<ReadonlyMap<string, string>> {
  built ??= bundlePages();
  return built;
}

async function bundlePages(): Promise<ReadonlyMap<string, string>> {
  const result = await build({
    entryPoints: Object.entries(SCRIPTS).map(([out, path]) => ({ in: join(PAGES, path), out })),
    outdir: '/assets',
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'error',
    loader: { '.css': 'text' },
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const assets = new Map(
    result.outputFiles.map((file) => [file.path.slice(file.path.lastIndexOf('/') + 1), file.text]),
  );
  for (const name of STYLES) assets.set(name, readFileSync(join(PAGES, name), 'utf8'));
  return assets;
}
