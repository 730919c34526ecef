/**
 * Bundles the admin app: `backend/console/screens` → one script and one style sheet.
 *
 * Usage: node scripts/build-console.ts            writes backend/console/dist/console.js and console.css
 * `buildConsole` gives both as text, for tests and for a start that builds in memory.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { ConsoleBundle } from '../backend/console/page.ts';

const CONSOLE = join(import.meta.dirname, '../backend/console');

/** In the order in which they are read. */
const STYLES = ['console.css', 'tester.css', 'orders.css'];

/** The admin app as a browser loads it. */
export async function buildConsole(): Promise<ConsoleBundle> {
  const result = await build({
    entryPoints: [join(CONSOLE, 'screens/main.tsx')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    minify: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const styles = STYLES.map((name) => readFileSync(join(CONSOLE, 'screens', name), 'utf8'));
  return { script: result.outputFiles[0]?.text ?? '', styles: styles.join('\n') };
}

if (import.meta.main) {
  const bundle = await buildConsole();
  const folder = join(CONSOLE, 'dist');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'console.js'), bundle.script);
  writeFileSync(join(folder, 'console.css'), bundle.styles);
  process.stderr.write(`${folder}: ${bundle.script.length} + ${bundle.styles.length} bytes\n`);
}
