/**
 * How is the Admin API asked so that nothing is lost, doubled or half believed?
 *
 * In: a shop, a typed document and its variables. Out: the data, or a refusal: the shop is not connected, a scope is
 * missing, or Shopify's `userErrors`, which are checked for every mutation here and nowhere else.
 * Invariants: every call leaves through the shop's scheduler (admin-scheduler.ts), whose order is by lane; it has a
 * timeout; a throttled call waits exactly what the bucket needs, first in its lane; a query is repeated after a failure, a mutation only when it certainly did not run; fields withheld for privacy come back
 * as null with their paths named, they are no error. A `TransientError` means: unclear, read again before redoing.
 * Source: https://shopify.dev/docs/api/usage/rate-limits
 */
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type DocumentNode, getOperationAST, print } from 'graphql';
import { GraphQLClient } from 'graphql-request';
import { z } from 'zod';
import { LimitsRead } from '../../graphql/admin/generated/documents.ts';
import { ADMIN_API_VERSION } from '../../graphql/version.ts';
import type { ShopId } from '../base/ids.ts';
import { type Result, TransientError } from '../base/result.ts';
import type { Log } from '../platform/log.ts';
import type { CostReport } from './admin-bucket.ts';
import { createCostBook } from './admin-cost.ts';
import type { AdminScheduler, Lane, SentReport } from './admin-scheduler.ts';
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
      /** All that came beside the errors: some mutations do a part of what they were asked. */
      readonly data?: unknown;
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
    options?: SendOptions,
  ): Promise<AdminAnswer<Data>>;
};

/** How urgent a call is; without it, as urgent as setting a shop up. */
export type SendOptions = { readonly lane?: Lane };

export type AdminClientDeps = {
  /** Holds `{shop}` and `{version}`. */
  readonly urlTemplate: string;
  readonly connections: Pick<Connections, 'accessToken' | 'replaceToken'>;
  readonly log: Log;
  readonly scheduler: Pick<AdminScheduler, 'run' | 'facts'>;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** How bytes reach Shopify and come back. */
  readonly fetch: typeof fetch;
};

// Shopify gives a query 30 s at most; what takes longer than this is given up.
const TIMEOUT_MS = 20_000;
// Together with the first try, three: a fourth rarely helps and keeps a job's place occupied.
const MOST_REPEATS = 2;
const FIRST_PAUSE_MS = 500;
// At the slowest flow these take a fifth of a second.
const DEAR_POINTS = 10;
// Each refusal teaches the scheduler what is there; who is refused this often shares the bucket with a stranger.
const MOST_REFUSALS = 10;

/** Builds the client. */
export function createAdminClient(deps: AdminClientDeps): AdminClient {
  const costs = createCostBook();
  const learning = new Map<ShopId, Promise<unknown>>();
  // After a start the bucket counts as empty: a dear call would wait for points that are long there. One cheap call
  // tells what there is, and all others wait for that one.
  const learn = async (shopId: ShopId, points: number, accessToken: string): Promise<void> => {
    if (points <= DEAR_POINTS || deps.scheduler.facts(shopId).isLearned) return;
    const variables = {};
    const asked = { shopId, document: LimitsRead, variables, accessToken };
    const known =
      learning.get(shopId) ??
      deps.scheduler.run<Reply>(shopId, {
        lane: 'fulfillment',
        points: costs.expect(LimitsRead, variables),
        send: async () => {
          const reply = await post(deps, asked);
          return { reply, report: reportOf(reply) };
        },
      });
    learning.set(shopId, known);
    // Whatever becomes of it, the call itself says what is wrong.
    await known.catch(() => undefined);
    learning.delete(shopId);
  };
  return {
    send: async <Data, Variables extends object>(
      shopId: ShopId,
      document: TypedDocumentNode<Data, Variables>,
      variables: Variables,
      options: SendOptions = {},
    ): Promise<AdminAnswer<Data>> => {
      const operation = getOperationAST(document);
      const name = operation?.name?.value ?? 'unnamed';
      const call = { shopId, name, isQuery: operation?.operation === 'query' };
      const token = await deps.connections.accessToken(shopId);
      if (!token.ok) return notConnected(token.refusal.reason);
      const sized: Readonly<Record<string, unknown>> = Object.fromEntries(
        Object.entries(variables),
      );
      const ask = (accessToken: string, isRepeat: boolean) =>
        deps.scheduler.run<Reply>(shopId, {
          lane: options.lane ?? 'provisioning',
          points: costs.expect(document, sized),
          isRepeat,
          send: async () => {
            const reply = await post(deps, { shopId, document, variables, accessToken });
            const report = reportOf(reply);
            if (typeof report === 'object') costs.learn(document, sized, report.requested);
            return { reply, report };
          },
        });
      await learn(shopId, costs.expect(document, sized), token.value);
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
          actualQueryCost: z.number().nullish(),
          throttleStatus: z.object({
            maximumAvailable: z.number(),
            currentlyAvailable: z.number(),
            restoreRate: z.number(),
          }),
        })
        .optional(),
    })
    .optional(),
});

// Asks until there is an answer that settles the call: data, a refusal, or the budget is used up.
async function persist(
  deps: AdminClientDeps,
  call: Call,
  ask: (accessToken: string, isRepeat: boolean) => Promise<Reply>,
  firstToken: string,
): Promise<Reply> {
  let token = firstToken;
  let isRepeat = false;
  const spent = { repeats: 0, refusals: 0 };
  for (;;) {
    const reply = await ask(token, isRepeat);
    isRepeat = true;
    if (reply.status === 401 && token === firstToken) {
      const replaced = await deps.connections.replaceToken(call.shopId, token);
      if (!replaced.ok) return reply;
      token = replaced.value;
      continue;
    }
    if (isThrottled(reply)) {
      deps.log.info({ event: 'shopify_throttled', shop: call.shopId, operation: call.name });
    }
    const pauseMs = pauseBeforeRepeat(reply, call, spent);
    if (pauseMs === undefined) return reply;
    if (pauseMs > 0) await deps.wait(pauseMs);
  }
}

// How long to wait before asking again (0: the scheduler waits); undefined when the reply settles the call. Throws when
// the budget is spent.
function pauseBeforeRepeat(
  reply: Reply,
  call: Call,
  spent: { repeats: number; refusals: number },
): number | undefined {
  if (isThrottled(reply)) {
    if (++spent.refusals < MOST_REFUSALS) return 0;
    throw new TransientError('shopify', `${call.name} stayed throttled beyond its budget.`);
  }
  if (!isFailure(reply)) return undefined;
  if (!call.isQuery || spent.repeats >= MOST_REPEATS) {
    const answer = reply.status === 0 ? 'did not come back' : `was answered ${reply.status}`;
    throw new TransientError('shopify', `${call.name} ${answer}.`, { cause: reply.fault });
  }
  return FIRST_PAUSE_MS * 2 ** spent.repeats++;
}

function isThrottled(reply: Reply): boolean {
  return (
    reply.status === 429 ||
    reply.body?.errors?.some((error) => error.extensions?.code === 'THROTTLED') === true
  );
}

/** What the reply says of its price and of the bucket. */
function reportOf(reply: Reply): SentReport {
  const cost = reply.body?.extensions?.cost;
  if (cost === undefined) return isThrottled(reply) ? 'refused_without_numbers' : undefined;
  const { maximumAvailable, currentlyAvailable, restoreRate } = cost.throttleStatus;
  const report: CostReport = {
    requested: cost.requestedQueryCost,
    actual: isThrottled(reply) ? undefined : (cost.actualQueryCost ?? cost.requestedQueryCost),
    available: currentlyAvailable,
    capacity: maximumAvailable,
    restorePerSecond: restoreRate,
  };
  return report;
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
    return { ok: false, refusal: { code: 'user_errors', operation, errors: found, data } };
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

type Post = {
  readonly shopId: ShopId;
  readonly document: DocumentNode;
  readonly variables: object;
  readonly accessToken: string;
};

const printed = new WeakMap<DocumentNode, string>();

// Documents are constants of the program: each is printed once.
function textOf(document: DocumentNode): string {
  let text = printed.get(document);
  if (text === undefined) {
    text = print(document);
    printed.set(document, text);
  }
  return text;
}

async function post(
  deps: AdminClientDeps,
  { shopId, document, variables, accessToken }: Post,
): Promise<Reply> {
  let reply: Reply = { status: 0, body: undefined };
  const url = deps.urlTemplate.replace('{shop}', shopId).replace('{version}', ADMIN_API_VERSION);
  const client = new GraphQLClient(url, {
    errorPolicy: 'all',
    headers: { 'X-Shopify-Access-Token': accessToken, Accept: 'application/json' },
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const response = await deps.fetch(input, { ...init, signal, redirect: 'error' });
      const text = await response.text();
      reply = { status: response.status, body: readBody(text) };
      return new Response(text, { status: response.status, headers: response.headers });
    },
  });
  try {
    await client.rawRequest(textOf(document), variables);
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
