/**
 * `/v1`: what other systems send to a shop and read from it.
 *
 * In: requests with a connection's key. Out: JSON, or a problem document. A batch of stock is answered with 200 and a
 * verdict for every row when its envelope could be read, whatever its rows are; 422 says that the envelope is wrong and
 * nothing was looked at. docs/connect.md shows each call; docs/openapi.json is the contract.
 */
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import type { ShopId } from '../base/ids.ts';
import { instantToMinuteFloor } from '../base/time.ts';
import { parseInput } from '../console/input.ts';
import { type KnownRefusal, sendRefusal, toProblem } from '../http/problem.ts';
import type { LiveShop } from '../stock/service.ts';
import { readJsonBody } from './body.ts';
import type { Caller } from './connections.ts';
import { asCaller, type CallerHandler, type GateDependencies } from './gate.ts';
import type { Batch, Intake, Repeatable } from './intake.ts';
import type { IntakeStore } from './intake-store.ts';
import type { ChangedSkus } from './movement-reader.ts';
import { listSellable } from './sellable.ts';
import type { Slots } from './slots.ts';
import {
  type MovementsAnswer,
  type MovementsQuery,
  movementsEnvelope,
  movementsQuery,
  sellableQuery,
  snapshotEnvelope,
} from './stock-schemas.ts';

/** What the endpoints stand on. */
export type ConnectDependencies = GateDependencies & {
  readonly intake: Intake;
  readonly store: Pick<IntakeStore, 'recordFailure'>;
  readonly slots: Slots;
  readonly openShop: (shopId: ShopId) => Promise<LiveShop | undefined>;
  readonly changedSkus: ChangedSkus;
  readonly readMovements: (
    shopId: ShopId,
    query: MovementsQuery & { readonly nodeIds: readonly string[] },
  ) => Promise<MovementsAnswer>;
  readonly now: () => Temporal.Instant;
  /** The OpenAPI document, as text. */
  readonly openapi: string;
};

/** The router; `main.ts` mounts it at `/v1`, bodies its own. */
export function connectRoutes(deps: ConnectDependencies): Router {
  const router = Router();
  const guarded = (scope: Parameters<typeof asCaller>[1], handle: CallerHandler) =>
    asCaller(deps, scope, handle);
  router.get('/openapi.json', (_request, response) => {
    response.type('application/json').send(deps.openapi);
  });
  router.get('/connection', guarded('any', sayConnection));
  router.post('/stock/movements', guarded('stock:write', takeBatch(deps, toMovements)));
  router.post('/stock/snapshots', guarded('stock:write', takeBatch(deps, toSnapshot)));
  router.get('/stock/sellable', guarded('stock:read', readSellable(deps)));
  router.get('/stock/movements', guarded('stock:read', readMovements(deps)));
  return router;
}

// A system's first call: is the key right, and what may it do?
const sayConnection: CallerHandler = async (caller, _request, response) => {
  const { connectionId, name, kind, scopes, nodeIds, channel, shopId } = caller;
  response.json({ shop: shopId, connectionId, name, kind, scopes, nodeIds, channel });
};

type ToBatch = (json: unknown) => ReturnType<typeof parseInput<Batch>>;

const toMovements: ToBatch = (json) => {
  const parsed = parseInput(movementsEnvelope, json);
  if (!parsed.ok) return parsed;
  return { ok: true, value: { kind: 'movements', rows: parsed.value.events } };
};

const toSnapshot: ToBatch = (json) => {
  const parsed = parseInput(snapshotEnvelope, json);
  if (!parsed.ok) return parsed;
  const { rows } = parsed.value;
  return { ok: true, value: { kind: 'snapshot', rows, envelope: parsed.value } };
};

const BUSY = { code: 'busy', retryAfterSeconds: 2 } as const;

function takeBatch(deps: ConnectDependencies, toBatch: ToBatch): CallerHandler {
  return async (caller, request, response) => {
    const release = await deps.slots.take(caller.shopId);
    if (release === undefined) return await refuse(deps, { caller, response, refusal: BUSY });
    try {
      // Its caller went away while it waited: nobody is there to read from or to answer.
      if (request.destroyed) return;
      await takeWithSlot(deps, { caller, request, response, toBatch });
    } catch (fault) {
      await recordFault(deps, caller, fault);
      throw fault;
    } finally {
      release();
    }
  };
}

// Bodies that could not be read are thrown by the parser with a `type`; the app answers them.
async function recordFault(deps: ConnectDependencies, caller: Caller, fault: unknown) {
  const isBody = fault instanceof Error && 'type' in fault && typeof fault.type === 'string';
  if (!isBody) return;
  const error = { code: 'unreadable_body', detail: `The body could not be read: ${fault.type}.` };
  await record(deps, caller, error);
}

type Asked = {
  readonly caller: Caller;
  readonly request: Request;
  readonly response: Response;
  readonly toBatch: ToBatch;
};

async function takeWithSlot(deps: ConnectDependencies, asked: Asked): Promise<void> {
  const { caller, request, response, toBatch } = asked;
  const repeatable = parseIdempotencyKey(request);
  if (!repeatable.ok) return await refuse(deps, { ...asked, refusal: repeatable.refusal });
  const body = await readJsonBody(request, response);
  if (!body.ok) return await refuse(deps, { ...asked, refusal: body.refusal });
  const batch = toBatch(body.value.json);
  if (!batch.ok) return await refuse(deps, { ...asked, refusal: batch.refusal });
  const key = repeatable.value;
  const named: Repeatable | undefined =
    key === undefined ? undefined : { idempotencyKey: key, requestHash: body.value.hash };
  const taken = await deps.intake.take(caller, batch.value, named);
  if (!taken.ok) return await refuse(deps, { ...asked, refusal: taken.refusal });
  if (taken.value.isReplayed) response.set('idempotent-replayed', 'true');
  response.json(taken.value.answer);
}

const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, '1 to 200 visible ASCII characters')
  .optional();

function parseIdempotencyKey(request: Request) {
  const parsed = parseInput(z.object({ 'Idempotency-Key': idempotencyKey }), {
    'Idempotency-Key': request.get('idempotency-key'),
  });
  return parsed.ok ? { ok: true as const, value: parsed.value['Idempotency-Key'] } : parsed;
}

// The merchant sees in the error view what a system got wrong; a count that cannot be written costs the answer nothing.
async function refuse(
  deps: ConnectDependencies,
  failed: { readonly caller: Caller; readonly response: Response; readonly refusal: KnownRefusal },
): Promise<void> {
  const { caller, response, refusal } = failed;
  sendRefusal(response, refusal);
  const { title, detail } = toProblem(refusal, '');
  await record(deps, caller, { code: refusal.code, detail: `${title}. ${detail}` });
}

async function record(
  { store, now }: ConnectDependencies,
  { shopId, connectionId }: Caller,
  error: { readonly code: string; readonly detail: string },
): Promise<void> {
  await store.recordFailure(shopId, { connectionId, at: now(), error }).catch(() => undefined);
}

function readSellable(deps: ConnectDependencies): CallerHandler {
  return async (caller, request, response) => {
    const query = parseInput(sellableQuery, request.query);
    if (!query.ok) return sendRefusal(response, query.refusal);
    const { channel } = query.value;
    if (caller.channel !== null && caller.channel !== channel) {
      const allowed = caller.channel;
      return sendRefusal(response, { code: 'foreign_channel', channel, allowed });
    }
    const live = await deps.openShop(caller.shopId);
    if (live === undefined) return sendRefusal(response, { code: 'not_found' });
    const nowMinute = instantToMinuteFloor(deps.now().toString());
    const listed = await listSellable(live, { query: query.value, nowMinute }, deps.changedSkus);
    if (listed.ok) response.json(listed.value);
    else sendRefusal(response, listed.refusal);
  };
}

function readMovements(deps: ConnectDependencies): CallerHandler {
  return async (caller, request, response) => {
    const query = parseInput(movementsQuery, request.query);
    if (!query.ok) return sendRefusal(response, query.refusal);
    const { shopId, nodeIds } = caller;
    response.json(await deps.readMovements(shopId, { ...query.value, nodeIds }));
  };
}
