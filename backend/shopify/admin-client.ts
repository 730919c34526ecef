/**
 * How is the Admin API asked so that nothing is lost, doubled or half believed?
 *
 * In: a shop, a typed document and its variables. Out: the data, or a refusal: the shop is not connected, a scope is
 * missing, or Shopify's `userErrors`, which are checked for every mutation here and nowhere else.
 * Invariants: every call has a timeout and a budget; a throttled call waits exactly what the bucket needs; a query
 * is repeated after a failure, a mutation only when it certainly did not run; fields withheld for privacy come back
 * as null with their paths named, they are no error. A `TransientError` means: unclear, read again before redoing.
 * Source: https://shopify.dev/docs/api/usage/rate-limits
 */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { getOperationAST, print } from 'graphql';
import { GraphQLClient } from 'graphql-request';
import { z } from 'zod';
import { ADMIN_API_VERSION } from '../../graphql/version.ts';
import type { ShopId } from '../base/ids.ts';
import { type Result, TransientError } from '../base/result.ts';
import type { Log } from '../platform/log.ts';
import type { Connections } from './connections.ts';

/** One thing Shopify would not do, in its words. */
export type UserError = {
  readonly message: string;
  readonly field: readonly string[] | null;
  readonly code: string | null;
};

/** Why Shopify did not do it. */
export type AdminRefusal =
  | { readonly code: 'not_connected'; readonly reason: string }
  | { readonly code: 'access_denied'; readonly operation: string; readonly reason: string }
  | { readonly code: 'shop_unavailable'; readonly status: number }
  | {
      readonly code: 'user_errors';
      readonly operation: string;
      readonly errors: readonly UserError[];
    };

/** Data, and the paths Shopify left out because protected customer data is withheld. */
export type AdminAnswer<Data> =
  | { readonly ok: true; readonly value: Data; readonly withheld: readonly string[] }
  | { readonly ok: false; readonly refusal: AdminRefusal };

/** Asks one shop's Admin API. */
export type AdminClient = {
  send<Data, Variables extends object>(
    shopId: ShopId,
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
  ): Promise<AdminAnswer<Data>>;
};

export type AdminClientDeps = {
  /** Holds `{shop}` and `{version}`. */
  readonly urlTemplate: string;
  readonly connections: Pick<Connections, 'accessToken' | 'replaceToken'>;
  readonly log: Log;
  readonly wait: (milliseconds: number) => Promise<void>;
};

// Shopify gives a query 30 s at most; what takes longer than this is given up.
const TIMEOUT_MS = 20_000;
// Together with the first try, three: a fourth rarely helps and keeps a job's place occupied.
const MOST_REPEATS = 2;
const FIRST_PAUSE_MS = 500;
// The largest bucket refills in 20 s; waiting longer than twice that is the job queue's business.
const THROTTLE_BUDGET_MS = 40_000;

/** Builds the client. */
export function createAdminClient(deps: AdminClientDeps): AdminClient {
  return {
    send: async <Data, Variables extends object>(
      shopId: ShopId,
      document: TypedDocumentNode<Data, Variables>,
      variables: Variables,
    ): Promise<AdminAnswer<Data>> => {
      const operation = getOperationAST(document);
      const name = operation?.name?.value ?? 'unnamed';
      const call = { shopId, name, isQuery: operation?.operation === 'query' };
      const token = await deps.connections.accessToken(shopId);
      if (!token.ok) return notConnected(token.refusal.reason);
      const ask = (accessToken: string) => post(deps, shopId, document, variables, accessToken);
      const answer = await persist(deps, call, ask, token.value);
      return readAnswer(answer, name);
    },
  };
}

type Call = { readonly shopId: ShopId; readonly name: string; readonly isQuery: boolean };

/** What came over the wire: a status (0: nothing came) and a body when it was JSON of the right shape. */
type Reply = {
  readonly status: number;
  readonly body: z.infer<typeof bodySchema> | undefined;
  readonly fault?: unknown;
};

const bodySchema = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(
      z.object({
        message: z.string(),
        path: z.array(z.union([z.string(), z.number()])).optional(),
        extensions: z.object({ code: z.string().optional() }).optional(),
      }),
    )
    .optional(),
  extensions: z
    .object({
      cost: z
        .object({
          requestedQueryCost: z.number(),
          throttleStatus: z.object({ currentlyAvailable: z.number(), restoreRate: z.number() }),
        })
        .optional(),
    })
    .optional(),
});

// Asks until there is an answer that settles the call: data, a refusal, or the budget is used up.
async function persist(
  deps: AdminClientDeps,
  call: Call,
  ask: (accessToken: string) => Promise<Reply>,
  firstToken: string,
): Promise<Reply> {
  let token = firstToken;
  const spent = { repeats: 0, waitedMs: 0 };
  for (;;) {
    const reply = await ask(token);
    if (reply.status === 401 && token === firstToken) {
      const replaced = await deps.connections.replaceToken(call.shopId, token);
      if (!replaced.ok) return reply;
      token = replaced.value;
      continue;
    }
    const pauseMs = pauseBeforeRepeat(reply, call, spent);
    if (pauseMs === undefined) return reply;
    if (throttlePauseMs(reply) !== undefined) {
      deps.log.info({ event: 'shopify_throttled', shop: call.shopId, operation: call.name });
    }
    await deps.wait(pauseMs);
  }
}

// How long to wait before asking again; undefined when the reply settles the call. Throws when the budget is spent.
function pauseBeforeRepeat(
  reply: Reply,
  call: Call,
  spent: { repeats: number; waitedMs: number },
): number | undefined {
  const throttleMs = throttlePauseMs(reply);
  if (throttleMs !== undefined) {
    spent.waitedMs += throttleMs;
    if (spent.waitedMs <= THROTTLE_BUDGET_MS) return throttleMs;
    throw new TransientError('shopify', `${call.name} stayed throttled beyond its budget.`);
  }
  if (!isFailure(reply)) return undefined;
  if (!call.isQuery || spent.repeats >= MOST_REPEATS) {
    const answer = reply.status === 0 ? 'did not come back' : `was answered ${reply.status}`;
    throw new TransientError('shopify', `${call.name} ${answer}.`, { cause: reply.fault });
  }
  return FIRST_PAUSE_MS * 2 ** spent.repeats++;
}

// The bucket leaks by restoreRate points a second; wait until what this call asked for is there.
function throttlePauseMs(reply: Reply): number | undefined {
  const isThrottled =
    reply.status === 429 ||
    reply.body?.errors?.some((error) => error.extensions?.code === 'THROTTLED');
  if (!isThrottled) return undefined;
  const cost = reply.body?.extensions?.cost;
  if (cost === undefined) return 2_000;
  const missing = cost.requestedQueryCost - cost.throttleStatus.currentlyAvailable;
  const seconds = missing / Math.max(1, cost.throttleStatus.restoreRate);
  return Math.max(100, Math.ceil(seconds * 1_000));
}

const SETTLED_STATUS = new Set([200, 401, 402, 403, 404, 423]);

function isFailure(reply: Reply): boolean {
  if (!SETTLED_STATUS.has(reply.status)) return true;
  if (reply.status !== 200) return false;
  if (reply.body === undefined) return true;
  const codes = reply.body.errors?.map((error) => error.extensions?.code) ?? [];
  return codes.includes('INTERNAL_SERVER_ERROR') || codes.includes('TIMEOUT');
}

function readAnswer<Data>(reply: Reply, operation: string): AdminAnswer<Data> {
  if (reply.status === 401) return notConnected('token_rejected');
  if (reply.status === 402 || reply.status === 404 || reply.status === 423) {
    return { ok: false, refusal: { code: 'shop_unavailable', status: reply.status } };
  }
  const errors = reply.body?.errors ?? [];
  const denied = errors.filter((error) => error.extensions?.code === 'ACCESS_DENIED');
  const other = errors.find((error) => error.extensions?.code !== 'ACCESS_DENIED');
  // Our documents are proved valid, so an error of another kind is a fault of ours, not of the shop.
  if (other !== undefined) throw new Error(`Bug: ${operation}: ${other.message.slice(0, 300)}`);
  const data = reply.body?.data;
  const isWhole = denied.every((error) => (error.path?.length ?? 0) > 1);
  if (reply.status === 403 || !isWhole || typeof data !== 'object' || data === null) {
    const reason = denied[0]?.message.slice(0, 300) ?? `http_${reply.status}`;
    return { ok: false, refusal: { code: 'access_denied', operation, reason } };
  }
  const found = userErrorsOf(data);
  if (found.length > 0) {
    return { ok: false, refusal: { code: 'user_errors', operation, errors: found } };
  }
  const withheld = denied.map((error) => error.path?.join('.') ?? '');
  // The document fixes the shape: Shopify answers what was asked or an error.
  return { ok: true, value: data as Data, withheld };
}

const userErrorSchema = z.object({
  message: z.string(),
  field: z.array(z.string()).nullish(),
  code: z.string().nullish(),
});

function userErrorsOf(data: object): UserError[] {
  return Object.values(data).flatMap((payload: unknown) => {
    if (typeof payload !== 'object' || payload === null || !('userErrors' in payload)) return [];
    return z
      .array(userErrorSchema)
      .parse(payload.userErrors)
      .map(({ message, field, code }) => ({ message, field: field ?? null, code: code ?? null }));
  });
}

async function post<Data, Variables extends object>(
  deps: AdminClientDeps,
  shopId: ShopId,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  accessToken: string,
): Promise<Reply> {
  let reply: Reply = { status: 0, body: undefined };
  const url = deps.urlTemplate.replace('{shop}', shopId).replace('{version}', ADMIN_API_VERSION);
  const client = new GraphQLClient(url, {
    errorPolicy: 'all',
    headers: { 'X-Shopify-Access-Token': accessToken, Accept: 'application/json' },
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const response = await fetch(input, { ...init, signal, redirect: 'error' });
      const text = await response.text();
      reply = { status: response.status, body: readBody(text) };
      return new Response(text, { status: response.status, headers: response.headers });
    },
  });
  try {
    await client.rawRequest(print(document), variables);
  } catch (fault) {
    // graphql-request throws for every status but 200 and for bodies that are no GraphQL; we read them ourselves.
    if (reply.status === 0) return { status: 0, body: undefined, fault };
  }
  return reply;
}

function readBody(text: string): Reply['body'] {
  try {
    const parsed = bodySchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function notConnected(reason: string): { ok: false; refusal: AdminRefusal } {
  return { ok: false, refusal: { code: 'not_connected', reason } };
}

/** Turns a refusal that leaves a job nothing to do into an exception with its reason, for the job's record. */
export function expectAnswer<Data>(answer: Result<Data, AdminRefusal>): Data {
  if (answer.ok) return answer.value;
  throw new AdminRefusedError(answer.refusal);
}

/** A refusal of the Admin API on a path where nobody can act on it but the job's next run. */
export class AdminRefusedError extends Error {
  override readonly name = 'AdminRefusedError';
  readonly refusal: AdminRefusal;

  constructor(refusal: AdminRefusal) {
    super(describeRefusal(refusal));
    this.refusal = refusal;
  }
}

/** The refusal in one line for a merchant or a log; holds Shopify's words, no data of a person. */
export function describeRefusal(refusal: AdminRefusal): string {
  switch (refusal.code) {
    case 'not_connected':
      return `The shop is not connected (${refusal.reason}); open the app once in the admin.`;
    case 'access_denied':
      return `Shopify denied ${refusal.operation}: ${refusal.reason}`;
    case 'shop_unavailable':
      return `The shop is not available (status ${refusal.status}).`;
    case 'user_errors':
      return `${refusal.operation}: ${refusal.errors.map((error) => error.message).join(' ')}`;
  }
}
