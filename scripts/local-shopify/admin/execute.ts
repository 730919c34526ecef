/**
 * One operation from text to answer: read and checked against Shopify's schema, paid for, executed.
 *
 * The answer is what Shopify puts into the body: data, errors, and under `extensions.cost` what was asked, what it
 * came to and what the bucket holds. An operation that is refused before it runs costs nothing.
 */
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  parse,
  validate,
} from 'graphql';
import { loadShopifySchema } from '../../shopify-schemas.ts';
import { costOf, type Sizing } from './cost.ts';
import { type AdminContext, resolveField, resolveType } from './node.ts';
import { ROOT } from './operations.ts';
import { QUERY_COST_MAX, type Throttle } from './throttle.ts';

export const ADMIN_VERSIONS = ['2026-07', '2026-10'] as const;
export type AdminVersion = (typeof ADMIN_VERSIONS)[number];
const schemas = new Map<AdminVersion, Promise<GraphQLSchema>>();

const LIMITS_PAGE = 'https://shopify.dev/api/usage/rate-limits';

/** The schema of a version, read once per process. */
export function adminSchema(version: AdminVersion): Promise<GraphQLSchema> {
  const known = schemas.get(version);
  if (known) return known;
  const made = loadShopifySchema('admin', version);
  schemas.set(version, made);
  return made;
}

export type AdminCall = {
  query: string;
  variables?: Readonly<Record<string, unknown>> | null | undefined;
  operationName?: string | null | undefined;
};

/** An operation that may run, and what it may cost at most. */
export type Prepared = {
  schema: GraphQLSchema;
  document: DocumentNode;
  operationName: string | undefined;
  variables: Readonly<Record<string, unknown>>;
  sizing: Sizing;
  /** Its own name and its root fields', for faults and the log. */
  names: readonly string[];
  requestedCost: number;
};

/** Reads and checks an operation; the errors are those Shopify answers with status 200. */
export async function prepareCall(
  version: AdminVersion,
  { call, sizing }: { call: AdminCall; sizing: Sizing },
): Promise<{ ok: true; prepared: Prepared } | { ok: false; errors: readonly GraphQLError[] }> {
  const schema = await adminSchema(version);
  let document: DocumentNode;
  try {
    document = parse(call.query);
  } catch (error) {
    if (error instanceof GraphQLError) return { ok: false, errors: [error] };
    throw error;
  }
  const errors = validate(schema, document);
  if (errors.length > 0) return { ok: false, errors };
  const operationName = call.operationName ?? undefined;
  const variables = call.variables ?? {};
  const operation = getOperationAST(document, operationName);
  const fields = (operation?.selectionSet.selections ?? []).flatMap((one) =>
    one.kind === 'Field' ? [one.name.value] : [],
  );
  const own = operation?.name?.value;
  const ask = { schema, document, operationName, variables, sizing };
  const requestedCost = requestedCostOf(ask);
  const names = own === undefined ? fields : [own, ...fields];
  return { ok: true, prepared: { ...ask, names, requestedCost } };
}

function requestedCostOf(ask: Parameters<typeof costOf>[0]): number {
  try {
    return costOf(ask);
  } catch (error) {
    // A variable of the wrong type: executing says so better than counting could.
    if (error instanceof GraphQLError) return 0;
    throw error;
  }
}

/** Why an operation may not run at all, as a body; undefined: it may. */
export function costRefusal(prepared: Prepared): object | undefined {
  const { requestedCost: cost } = prepared;
  if (cost <= QUERY_COST_MAX) return undefined;
  const message = `Query cost is ${cost}, which exceeds the single query max cost limit (${QUERY_COST_MAX}). See ${LIMITS_PAGE} for more information on how the cost of a query is calculated.`;
  const extensions = {
    code: 'MAX_COST_EXCEEDED',
    cost,
    maxCost: QUERY_COST_MAX,
    documentation: LIMITS_PAGE,
  };
  return { errors: [{ message, extensions }] };
}

/** Shopify's answer to an operation the bucket does not hold the points for: no data, status 200. */
export function throttledBody(
  { requestedCost }: Prepared,
  throttleStatus: ReturnType<Throttle['status']>,
): object {
  return {
    errors: [
      { message: 'Throttled', extensions: { code: 'THROTTLED', documentation: LIMITS_PAGE } },
    ],
    extensions: {
      cost: { requestedQueryCost: requestedCost, actualQueryCost: null, throttleStatus },
    },
  };
}

/** Executes what was prepared and paid for; gives back the points it did not use. */
export async function executePrepared(
  prepared: Prepared,
  context: AdminContext,
): Promise<ExecutionResult> {
  const { schema, document, variables, operationName, requestedCost } = prepared;
  const result = await execute({
    schema,
    document,
    rootValue: ROOT,
    contextValue: context,
    variableValues: variables,
    operationName,
    fieldResolver: resolveField,
    typeResolver: resolveType,
  });
  const { throttle } = context.services;
  const actual = result.data ? Math.min(requestedCost, costOf(prepared, result.data)) : 0;
  throttle.refund(requestedCost - actual);
  const cost = {
    requestedQueryCost: requestedCost,
    actualQueryCost: actual,
    throttleStatus: throttle.status(),
  };
  return { ...result, extensions: { cost } };
}
