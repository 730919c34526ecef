/**
 * Starts the local Shopify by itself.
 *
 * Usage: node scripts/local-shopify/main.ts [--port 4000] [--seed FILE] [--app URL] [--state FILE] [--root DIR]
 *        [--keys DIR]
 */
import { parseArgs } from 'node:util';
import { smallShop } from './fixtures/small-shop.ts';
import { startLocalShopify, warmUp } from './local-shopify.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4000' },
    seed: { type: 'string' },
    app: { type: 'string', default: 'http://localhost:3000' },
    state: { type: 'string' },
    keys: { type: 'string' },
    root: { type: 'string' },
  },
});
// A first start downloads Shopify's schemas and reads its types; the first shopper should not wait for that.
await warmUp(values.root);
const running = await startLocalShopify({
  port: Number(values.port),
  seed: values.seed ?? smallShop(),
  appUrl: values.app,
  ...(values.root === undefined ? {} : { root: values.root }),
  ...(values.state === undefined ? {} : { statePath: values.state }),
  ...(values.keys === undefined ? {} : { keysPath: values.keys }),
});
process.stdout.write(`${running.url}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void running.stop().then(() => process.exit(0)));
}
