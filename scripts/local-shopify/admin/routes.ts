/**
 * The Admin API over HTTP: `/{shop}/admin/oauth/access_token` and `/{shop}/admin/api/{version}/graphql.json`.
 *
 * Operations are parsed and validated by graphql-js on Shopify's own schema of the version asked for, then answered by
 * `operations.ts`. Status 200 with `errors` is Shopify's habit; 401 is for a token that is wrong or has run out.
 */
import { type Request, type Response, Router } from 'express';
import {
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql';
import { z } from 'zod';
import { loadShopifySchema } from '../../shopify-schemas.ts';
import { type LocalShop, recordExchange } from '../shop.ts';
import { type AdminContext, resolveField, resolveType } from './node.ts';
import { ROOT } from './operations.ts';
import { answerTokenCall, findAccess } from './tokens.ts';

const VERSIONS = ['2026-07', '2026-10'] as const;
type Version = (typeof VERSIONS)[number];
const schemas = new Map<Version, Promise<GraphQLSchema>>();

/** The schema of a version, read once per process. */
export function adminSchema(version: Version): Promise<GraphQLSchema> {
  const known = schemas.get(version);
  if (known) return known;
  const made = loadShopifySchema('admin', version);
  schemas.set(version, made);
  return made;
}

const bodySchema = z.object({
  query: z.string(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

export function adminApiRoutes(shop: LocalShop): Router {
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
    answerGraphql(shop, request, response).catch(next);
  });
  return router;
}

async function answerGraphql(shop: LocalShop, request: Request, response: Response): Promise<void> {
  const version = VERSIONS.find((one) => one === request.params['version']);
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
  const scopes = new Set(token.scopes);
  const result = await executeAdmin(body.data, { shop, scopes, version });
  const [error] = result.errors ?? [];
  recordExchange(shop, {
    kind: 'graphql',
    title: `${/(query|mutation)\s+(\w+)/.exec(body.data.query)?.[2] ?? 'operation'}${error ? `: ${error.message}` : ''}`,
    detail: JSON.stringify(body.data.variables ?? {}),
    isGood: !error,
    tookMs: Math.round(performance.now() - startedMs),
  });
  response.set('x-shopify-api-version', version).json({ ...result, extensions: { cost: COST } });
}

/** The bucket of a standard shop, always full: throttling is not played yet. */
const COST = {
  requestedQueryCost: 10,
  actualQueryCost: 10,
  throttleStatus: { maximumAvailable: 2_000, currentlyAvailable: 1_990, restoreRate: 100 },
};

/** Parses, validates and answers one operation. */
async function executeAdmin(
  { query, variables, operationName }: z.infer<typeof bodySchema>,
  context: AdminContext & { version: Version },
): Promise<ExecutionResult> {
  const schema = await adminSchema(context.version);
  try {
    const document = parse(query);
    const errors = validate(schema, document);
    if (errors.length > 0) return { errors };
    return await execute({
      schema,
      document,
      rootValue: ROOT,
      contextValue: context,
      variableValues: variables ?? {},
      operationName: operationName ?? undefined,
      fieldResolver: resolveField,
      typeResolver: resolveType,
    });
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
}
