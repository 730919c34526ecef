/**
 * Bundles the stores' page: `backend/desk/screens` → one script and one style sheet.
 *
 * Usage: node scripts/build-desk.ts            writes backend/desk/dist/desk.js and desk.css
 * `buildDesk` gives both as text, for tests and for a start that builds in memory.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { DeskBundle } from '../backend/desk/page.ts';

const DESK = join(import.meta.dirname, '../backend/desk');

/** The page as a browser loads it. */
export async function buildDesk(): Promise<DeskBundle> {
  const result = await build({
    entryPoints: [join(DESK, 'screens/main.tsx')],
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
  const styles = readFileSync(join(DESK, 'screens/desk.css'), 'utf8');
  return { script: result.outputFiles[0]?.text ?? '', styles };
}

if (import.meta.main) {
  const bundle = await buildDesk();
  const folder = join(DESK, 'dist');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'desk.js'), bundle.script);
  writeFileSync(join(folder, 'desk.css'), bundle.styles);
  process.stderr.write(`${folder}: ${bundle.script.length} + ${bundle.styles.length} bytes\n`);
}
