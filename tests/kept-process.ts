/**
 * The real service as a process of its own, and a shop in its database, for tests and benches from outside.
 *
 * In: database addresses and a world. Out: a worker that answers HTTP, the shop's callback token, and callbacks signed
 * as Shopify signs them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import type { ShopId } from '../backend/base/ids.ts';
import {
  productSchema,
  stockSchema,
  type World,
  type WorldInput,
} from '../backend/network/world.ts';
import { parseNetworkSection } from '../backend/network/world-parse.ts';
import { createLocalBus } from '../backend/platform/bus.ts';
import { systemClock } from '../backend/platform/clock.ts';
import { openDatabase } from '../backend/platform/database.ts';
import { createPolicyService } from '../backend/policy/service.ts';
import type { PolicyTables } from '../backend/policy/store.ts';
import { createRateTokens } from '../backend/shopify/rate-tokens.ts';
import { NETWORK_SECTION } from '../backend/stock/service.ts';
import { createStockStore } from '../backend/stock/store.ts';
import { quietLog, saidAt } from './worlds/live-shop.ts';

/** The client secret the process is started with. */
export const CALLBACK_SECRET = 'a-secret-of-tests';

/** Writes a shop's network, products (variant numbers from 1) and stock as the product writes them; its rate token. */
export async function fillShop(
  appUrl: string,
  shopId: ShopId,
  world: World | WorldInput,
): Promise<string> {
  const db = openDatabase<unknown>({
    url: appUrl,
    assumesAppRole: false,
    maxConnections: 2,
    onIdleError: () => undefined,
  });
  const clock = systemClock();
  const { products, stock, policyVersion: _, ...network } = world;
  const policy = createPolicyService({
    db: db.withTables<PolicyTables>(),
    bus: createLocalBus(),
    clock,
    log: quietLog,
    parsers: { [NETWORK_SECTION]: parseNetworkSection },
  });
  const sections = { [NETWORK_SECTION]: network };
  const saved = await policy.save(shopId, { basedOnVersion: 0, sections, author: 'test' });
  if (!saved.ok) throw new Error(`the network is refused: ${JSON.stringify(saved.refusal)}`);
  await createStockStore(db).save(
    shopId,
    {
      stock: stock.map((row) => stockSchema.parse(row)),
      products: products.map((product, index) => ({
        product: productSchema.parse(product),
        variantId: String(index + 1),
        inventoryItemId: null,
      })),
    },
    saidAt(clock.now()),
  );
  const token = await createRateTokens({ db, now: () => clock.now() }).rotate(shopId);
  await db.destroy();
  return token;
}

/** A running worker. */
export type KeptProcess = {
  readonly url: string;
  readonly port: number;
  readonly child: ChildProcess;
  stop(): Promise<void>;
};

const READY_ATTEMPTS = 600;

/** Starts `backend/main.ts` and waits until it says it is ready. */
export async function startKeptProcess(options: {
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly port: number;
  readonly redisUrl?: string;
  /** Further variables of the environment. */
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<KeptProcess> {
  const main = path.resolve(import.meta.dirname, '..', 'backend', 'main.ts');
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      KEPT_ENV: 'test',
      KEPT_LOG_LEVEL: 'warn',
      PORT: String(options.port),
      DATABASE_URL: options.appUrl,
      DATABASE_OWNER_URL: options.ownerUrl,
      SHOPIFY_API_SECRET: CALLBACK_SECRET,
      ...options.environment,
      ...(options.redisUrl === undefined ? {} : { REDIS_URL: options.redisUrl }),
    },
  });
  const url = `http://127.0.0.1:${options.port}`;
  for (let attempt = 0; attempt < READY_ATTEMPTS; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`the worker ended with ${child.exitCode}`);
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) {
      const stop = async () => {
        if (child.exitCode !== null) return;
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        await ended;
      };
      return { url, port: options.port, child, stop };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the worker was not ready within a minute');
}

/** The signature Shopify puts on a callback's body. */
export function signCallback(body: string): string {
  return createHmac('sha256', CALLBACK_SECRET).update(body).digest('base64');
}
