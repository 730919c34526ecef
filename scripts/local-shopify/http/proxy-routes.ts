/**
 * The app proxy: `/apps/<subpath>/…` of the storefront, forwarded to the app with Shopify's signature.
 *
 * Shopify adds shop, path_prefix, timestamp, the logged-in customer and the signature, and strips cookies both ways.
 * Source: Shopify "Authenticate app proxy requests".
 */
import { type Request, type Response, Router } from 'express';
import { signProxyQuery } from '../app/signing.ts';
import { type LocalShop, recordExchange } from '../shop.ts';
import { customerIdOf } from './session.ts';

/** Shopify gives an app this long. */
const LIMIT_MS = 10_000;

export function proxyRoutes(shop: LocalShop): Router {
  const router = Router();
  router.use((request, response, next) => {
    const proxy = shop.config().proxy;
    const prefix = proxy ? `/${proxy.prefix}/${proxy.subpath}` : undefined;
    const isProxied =
      prefix !== undefined && (request.path === prefix || request.path.startsWith(`${prefix}/`));
    if (!proxy || prefix === undefined || !isProxied) return next();
    const rest = request.path.slice(prefix.length);
    forward(shop, {
      request,
      response,
      prefix,
      target: `${shop.app.url}${proxy.path}${rest}`,
    }).catch(next);
  });
  return router;
}

type Forwarded = { request: Request; response: Response; prefix: string; target: string };

async function forward(
  shop: LocalShop,
  { request, response, prefix, target }: Forwarded,
): Promise<void> {
  const query = new URL(request.originalUrl, shop.url).searchParams;
  const customerId = customerIdOf(request);
  query.set('logged_in_customer_id', customerId === null ? '' : String(customerId));
  query.set('shop', shop.seed.shop.domain);
  query.set('path_prefix', prefix);
  query.set('timestamp', String(Math.floor(shop.clock.nowMs() / 1_000)));
  query.delete('signature');
  query.set('signature', signProxyQuery(shop.app.apiSecret, query));
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  const startedMs = performance.now();
  try {
    const answer = await fetch(`${target}?${query}`, {
      method: request.method,
      headers: {
        accept: request.get('accept') ?? '*/*',
        'accept-language': request.get('accept-language') ?? '',
        ...(hasBody ? { 'content-type': request.get('content-type') ?? 'application/json' } : {}),
      },
      ...(hasBody ? { body: JSON.stringify(request.body) } : {}),
      redirect: 'manual',
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    record(shop, { target, status: answer.status, startedMs });
    response.status(answer.status);
    response.type(answer.headers.get('content-type') ?? 'text/plain');
    response.send(Buffer.from(await answer.arrayBuffer()));
  } catch {
    record(shop, { target, status: 503, startedMs });
    response.status(503).send('There was an error in the third-party application.');
  }
}

function record(
  shop: LocalShop,
  { target, status, startedMs }: { target: string; status: number; startedMs: number },
): void {
  recordExchange(shop, {
    kind: 'proxy',
    title: `${new URL(target).pathname}: status ${status}`,
    detail: target,
    isGood: status < 400,
    tookMs: Math.round(performance.now() - startedMs),
  });
}
