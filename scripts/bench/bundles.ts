/**
 * How much does a shopper download? The built UI extensions after gzip, level 9. Shopify's limit is 64 kB compressed
 * per extension; ours is 16,384 bytes.
 *
 * Usage: npm run -s bench -- bundles [--json]        last line: one JSON object
 */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { buildExtensions } from '../build-extensions.ts';

const sizes: Record<string, { gzipBytes: number }> = {};
for (const { kind, handle, file, bytes } of await buildExtensions()) {
  if (kind !== 'ui_extension') continue;
  const gzipBytes = gzipSync(readFileSync(file), { level: 9 }).length;
  process.stdout.write(`${handle}: ${bytes} B, ${gzipBytes} B after gzip\n`);
  sizes[handle] = { gzipBytes };
}
process.stdout.write(`${JSON.stringify(sizes)}\n`);
