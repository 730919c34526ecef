/**
 * Bulk query operations: started by a mutation, run in the background, their result a JSONL file at an address.
 *
 * Five at a time. CREATED, RUNNING, then COMPLETED with a file, FAILED with part of one, or CANCELED; the app hears of
 * the end by `bulk_operations/finish`. Files live beside the process and go with it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { gid, idOf, type LocalShop } from '../shop.ts';
import { takeId } from '../state.ts';
import { type BulkQuery, parseBulkQuery } from './bulk-query.ts';
import { type BulkProgress, type BulkRun, runBulk } from './bulk-run.ts';
import {
  type AdminContext,
  type Arguments,
  type Node,
  toPage,
  type UserErrorFacts,
  userErrors,
} from './node.ts';
import { fits, parseSearch } from './search.ts';

const RUNNING_MAX = 5;
/** Even the smallest operation is seen running by a caller that polls. */
const SHORTEST_MS = 250;
/** Operations remembered; the oldest are forgotten with their files. */
const KEPT = 100;

type Status = 'CREATED' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELING' | 'CANCELED';
type Operation = BulkProgress & {
  id: number;
  query: string;
  status: Status;
  errorCode: 'ACCESS_DENIED' | 'INTERNAL_SERVER_ERROR' | null;
  createdAt: string;
  completedAt: string | null;
  fileSize: number | null;
};

export type BulkOperations = {
  run(args: Arguments, ask: BulkAsk): Node;
  find(id: unknown): Node | null;
  list(args: Arguments): Node;
  cancel(id: unknown): Node;
  /** Path of an operation's file. */
  fileOf(id: number): string | undefined;
  stop(): void;
};
/** Who asks, on which schema, and how a root field is answered for him. */
export type BulkAsk = { context: AdminContext; schema: GraphQLSchema; ask: BulkRun['ask'] };

export function createBulkOperations(shop: LocalShop): BulkOperations {
  const operations = new Map<number, Operation>();
  const folder = mkdtempSync(join(tmpdir(), 'local-shopify-bulk-'));
  const fileOf = (id: number): string => join(folder, `${id}.jsonl`);
  const node = (one: Operation): Node => toNode(shop, one);
  return {
    run({ query, groupObjects }, ask) {
      const text = String(query);
      const running = [...operations.values()].filter((one) => one.completedAt === null);
      if (running.length >= RUNNING_MAX) {
        const message = 'Bulk operations limit reached. Please try again later.';
        return started(null, { field: null, code: 'LIMIT_REACHED', message });
      }
      const parsed = parseBulkQuery(ask.schema, text);
      if (!parsed.ok) {
        return started(null, { field: ['query'], code: 'INVALID', message: parsed.message });
      }
      const operation = newOperation(shop, text);
      operations.set(operation.id, operation);
      forgetOldest(operations, fileOf);
      const path = fileOf(operation.id);
      void runOperation(shop, operation, {
        ...ask,
        query: parsed.query,
        path,
        groupObjects: groupObjects === true,
      });
      return started(node(operation));
    },
    find(id) {
      const operation = operations.get(idOf('BulkOperation', String(id)) ?? 0);
      return operation ? node(operation) : null;
    },
    list(args) {
      const terms = parseSearch(args['query'], ['id', 'status', 'operation_type', 'created_at']);
      const items = [...operations.values()]
        .filter((one) =>
          fits(terms, (field) => {
            if (field === 'id') return one.id;
            if (field === 'created_at') return one.createdAt;
            return field === 'status' ? one.status : 'query';
          }),
        )
        .reverse();
      return toPage('BulkOperationConnection', { items, make: node }, args);
    },
    cancel(id) {
      const operation = operations.get(idOf('BulkOperation', String(id)) ?? 0);
      if (operation && operation.completedAt === null) operation.status = 'CANCELING';
      const missing = { field: ['id'], message: 'Bulk operation does not exist' };
      return {
        __typename: 'BulkOperationCancelPayload',
        bulkOperation: operation ? node(operation) : null,
        userErrors: userErrors('UserError', ...(operation ? [] : [missing])),
      };
    },
    fileOf: (id) => (operations.get(id)?.fileSize ? fileOf(id) : undefined),
    stop() {
      for (const one of operations.values()) {
        if (one.completedAt === null) one.status = 'CANCELING';
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function newOperation(shop: LocalShop, query: string): Operation {
  return {
    id: takeId(shop.state),
    query,
    status: 'CREATED',
    errorCode: null,
    createdAt: shop.clock.now(),
    completedAt: null,
    fileSize: null,
    objectCount: 0,
    rootObjectCount: 0,
  };
}

function forgetOldest(operations: Map<number, Operation>, fileOf: (id: number) => string): void {
  for (const [id, one] of operations) {
    if (operations.size <= KEPT) return;
    if (one.completedAt === null) continue;
    operations.delete(id);
    rmSync(fileOf(id), { force: true });
  }
}

function started(operation: Node | null, ...errors: UserErrorFacts[]): Node {
  return {
    __typename: 'BulkOperationRunQueryPayload',
    bulkOperation: operation,
    userErrors: userErrors('BulkOperationUserError', ...errors),
  };
}

type Job = BulkAsk & { query: BulkQuery; path: string; groupObjects: boolean };

async function runOperation(shop: LocalShop, operation: Operation, job: Job): Promise<void> {
  await delay(SHORTEST_MS);
  if (operation.status === 'CREATED') operation.status = 'RUNNING';
  const isDoomed = job.context.services.faults.take('bulk_failed', [job.query.root.name.value]);
  const checkpoint = (page: number): void => {
    if (operation.status === 'CANCELING') throw new Error('canceled');
    if (isDoomed && page > 0) throw new Error('failed on demand');
  };
  let file: FileHandle | undefined;
  try {
    file = await open(job.path, 'w');
    await runBulk({ ...job, file, checkpoint, progress: operation });
    // A result of one page has no second one to fail before.
    if (isDoomed) throw new Error('failed on demand');
    operation.status = 'COMPLETED';
  } catch (error) {
    operation.status = operation.status === 'CANCELING' ? 'CANCELED' : 'FAILED';
    if (operation.status === 'FAILED') operation.errorCode = errorCodeOf(error);
    // The reason is nobody's business but the developer's who reads this program's output.
    if (operation.errorCode === 'INTERNAL_SERVER_ERROR' && !isDoomed) console.error(error);
  } finally {
    await file?.close();
  }
  const size = await stat(job.path).then(
    (found) => found.size,
    () => 0,
  );
  operation.fileSize = size;
  operation.completedAt = shop.clock.now();
  shop.announce('bulk_operations/finish', {
    admin_graphql_api_id: gid('BulkOperation', operation.id),
    created_at: operation.createdAt,
    completed_at: operation.completedAt,
    error_code: operation.errorCode?.toLowerCase() ?? null,
    status: operation.status.toLowerCase(),
    type: 'query',
  });
}

function errorCodeOf(error: unknown): NonNullable<Operation['errorCode']> {
  const isDenied = error instanceof GraphQLError && error.extensions['code'] === 'ACCESS_DENIED';
  return isDenied ? 'ACCESS_DENIED' : 'INTERNAL_SERVER_ERROR';
}

function toNode(shop: LocalShop, one: Operation): Node {
  const address = one.fileSize ? `${shop.url}/local/bulk/${one.id}.jsonl` : null;
  return {
    __typename: 'BulkOperation',
    id: gid('BulkOperation', one.id),
    type: 'QUERY',
    query: one.query,
    status: one.status,
    errorCode: one.errorCode,
    createdAt: one.createdAt,
    completedAt: one.completedAt,
    fileSize: one.fileSize === null ? null : String(one.fileSize),
    objectCount: String(one.objectCount),
    rootObjectCount: String(one.rootObjectCount),
    url: one.status === 'COMPLETED' ? address : null,
    partialDataUrl: one.status === 'FAILED' ? address : null,
  };
}
