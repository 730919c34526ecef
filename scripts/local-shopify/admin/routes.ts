/**
 * The Admin API over HTTP: `/{shop}/admin/oauth/access_token` and `/{shop}/admin/api/{version}/graphql.json`.
 *
 * Status 200 with `errors` is Shopify's habit, for throttling too; 401 is for a token that is wrong or has run out.
 * Faults on demand stand where they would happen: before the effect, instead of it, or between it and the answer.
 */
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { type LocalShop, recordExchange } from '../shop.ts';
import {
  ADMIN_VERSIONS,
  type AdminVersion,
  costRefusal,
  executePrepared,
  type Prepared,
  prepareCall,
  throttledBody,
} from './execute.ts';
import type { AdminContext } from './node.ts';
import type { AdminServices } from './services.ts';
import { answerTokenCall, findAccess } from './tokens.ts';

const bodySchema = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

export function adminApiRoutes(shop: LocalShop, services: AdminServices): Router {
  const router = Router();
  router.post('/:shop/admin/oauth/access_token', (request, response) => {
    if (request.params.shop !== shop.seed.shop.domain) return void response.status(404).end();
    const answer = answerTokenCall(shop, Object(request.body));
    recordExchange(shop, {
      kind: 'token',
      title: `access token: ${answer.status === 200 ? 'granted' : String(answer.body['error'])}`,
      detail: String(Object(request.body)['grant_type']),
      isGood: answer.status === 200,
      tookMs: 0,
    });
    response.status(answer.status).json(answer.body);
  });
  router.post('/:shop/admin/api/:version/graphql.json', (request, response, next) => {
    answerGraphql({ shop, services }, request, response).catch(next);
  });
  // Shopify puts results on a storage host behind a signed address; here too no token is asked.
  router.get('/local/bulk/:file', (request, response) => {
    const path = services.bulk.fileOf(Number.parseInt(request.params.file, 10));
    if (path === undefined || !existsSync(path)) return void response.status(404).end();
    response.type('application/jsonl').sendFile(path);
  });
  return router;
}

type Deps = { shop: LocalShop; services: AdminServices };

async function answerGraphql(deps: Deps, request: Request, response: Response): Promise<void> {
  const { shop } = deps;
  const version = ADMIN_VERSIONS.find((one) => one === request.params['version']);
  if (request.params['shop'] !== shop.seed.shop.domain || !version) {
    response.status(404).json({ errors: 'Not Found' });
    return;
  }
  const token = findAccess(shop, request.get('x-shopify-access-token'));
  if (!token) {
    const errors = '[API] Invalid API key or access token (unrecognized login or wrong password)';
    response.status(401).json({ errors });
    return;
  }
  const body = bodySchema.safeParse(request.body);
  if (!body.success) {
    response.status(400).json({ errors: { query: 'Required parameter missing or invalid' } });
    return;
  }
  const startedMs = performance.now();
  const answer = await answerCall(deps, response, {
    call: body.data,
    version,
    scopes: new Set(token.scopes),
  });
  const [error] = answer.errors;
  recordExchange(shop, {
    kind: 'graphql',
    title: `${answer.name}${error ? `: ${error}` : ''}`,
    detail: JSON.stringify(body.data.variables ?? {}),
    isGood: !error,
    tookMs: Math.round(performance.now() - startedMs),
  });
  answer.send();
}

type Call = {
  call: z.infer<typeof bodySchema>;
  version: AdminVersion;
  scopes: ReadonlySet<string>;
};
type Answer = { name: string; errors: readonly string[]; send: () => void };

async function answerCall(
  { shop, services }: Deps,
  response: Response,
  { call, version, scopes }: Call,
): Promise<Answer> {
  const json = (name: string, body: object): Answer => ({
    name,
    errors: errorsOf(body),
    send: () => void response.set('x-shopify-api-version', version).json(body),
  });
  const sizing = shop.state.settings.connectionCost;
  const found = await prepareCall(version, { call, sizing });
  if (!found.ok) return json('operation', { errors: found.errors });
  const { prepared } = found;
  const [name = 'operation'] = prepared.names;
  const tooDear = costRefusal(prepared);
  if (tooDear) return json(name, tooDear);
  const throttled = takePoints(services, prepared);
  if (throttled) return json(name, throttled);
  const { faults, throttle } = services;
  if (faults.take('server_error', prepared.names)) {
    throttle.refund(prepared.requestedCost);
    return { name, errors: ['502'], send: () => void response.status(502).type('html').send(HTML) };
  }
  const context = toContext({ shop, services }, response, { prepared, version, scopes });
  const result = await executePrepared(prepared, context);
  if (response.closed) return { name, errors: ['the caller gave up'], send: () => {} };
  if (faults.take('reply_lost', prepared.names)) {
    return { name, errors: ['reply lost'], send: () => void response.socket?.destroy() };
  }
  return json(name, result);
}

const HTML = `<!DOCTYPE html>
<html><head><title>Something went wrong.</title></head>
<body><h1>502 Bad Gateway</h1><p>There was a problem loading this website. Try refreshing the page.</p></body></html>
`;

/** The body of a throttled answer; undefined: the points are taken and the operation runs. */
function takePoints({ faults, throttle }: AdminServices, prepared: Prepared): object | undefined {
  if (faults.take('throttled', prepared.names)) {
    return throttledBody(prepared, { ...throttle.status(), currentlyAvailable: 0 });
  }
  if (throttle.take(prepared.requestedCost)) return undefined;
  return throttledBody(prepared, throttle.status());
}

function toContext(
  { shop, services }: Deps,
  response: Response,
  {
    prepared,
    version,
    scopes,
  }: { prepared: Prepared; version: string; scopes: ReadonlySet<string> },
): AdminContext {
  const { faults } = services;
  const { names } = prepared;
  const isHung = faults.take('hang', names) !== undefined;
  const slow = faults.take('slow', names);
  const bad = faults.take('bad_row', names);
  let waited: Promise<void> | undefined;
  const wait = isHung
    ? () => untilClosed(response)
    : slow && (() => delay(slow.delayMs).then(() => {}));
  return {
    shop,
    services,
    scopes,
    version,
    ...(wait && {
      pause: () => {
        waited ??= wait();
        return waited;
      },
    }),
    ...(bad && {
      badRow: { rowIndex: (rows: number) => bad.fired % rows, code: bad.code },
    }),
  };
}

/** Rejects once the caller is gone: what waited for it has not happened. */
function untilClosed(response: Response): Promise<void> {
  return new Promise((_resolve, reject) => {
    response.once('close', () => reject(new Error('the caller gave up')));
  });
}

function errorsOf(body: object): readonly string[] {
  const { errors } = body as { errors?: readonly { message: string }[] };
  return (errors ?? []).map((one) => one.message);
}
