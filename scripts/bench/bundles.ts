/**
 * How much does a shopper download? Built UI extensions, and script and style of the theme's blocks, after gzip, level 9.
 * Shopify's limit is 64 kB compressed for a UI extension and 10,000 bytes for a theme's script; ours is 16,384 bytes for
 * the first, 10,000 bytes of script and 5,000 bytes of style for the second.
 *
 * Usage: npm run -s bench -- bundles [--json]        last line: one JSON object
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { buildExtensions, buildThemes } from '../build-extensions.ts';

const gzipBytesOf = (file: string): number => gzipSync(readFileSync(file), { level: 9 }).length;

const sizes: Record<string, Record<string, number>> = {};
for (const { kind, handle, file, bytes } of await buildExtensions()) {
  if (kind !== 'ui_extension') continue;
  const gzipBytes = gzipBytesOf(file);
  process.stdout.write(`${handle}: ${bytes} B, ${gzipBytes} B after gzip\n`);
  sizes[handle] = { gzipBytes };
}
for (const { handle, script, style } of await buildThemes()) {
  const jsGzipBytes = gzipBytesOf(script);
  // As it is, before any compression.
  const cssBytes = readFileSync(style).length;
  process.stdout.write(`${handle}: script ${jsGzipBytes} B after gzip, style ${cssBytes} B\n`);
  sizes[handle] = { jsGzipBytes, cssBytes };
}
process.stdout.write(`${JSON.stringify(sizes)}\n`);
