/**
 * What is remembered of a connection's requests: counts by the hour, refused events, answers to repeatable requests.
 *
 * In: what became of a request. Out: rows for the error view, and the earlier answer of a repeated request.
 * Invariants: all that one request leaves behind is written in one transaction, after the ledger has booked; a refused
 * event is one row however often it is sent, and is settled by the booking of the same event.
 */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { ShopId } from '../base/ids.ts';
import { toStorableJson } from '../base/stored-text.ts';
import { type JsonColumn, withShop } from '../platform/database.ts';
import type { RowRefusal } from './stock-rows.ts';

/** An event that was refused, as it was sent. */
export type RefusedRow = {
  readonly eventKey: string;
  readonly event: unknown;
  readonly reason: RowRefusal;
};

/** What a request leaves behind. */
export type RequestTrace = {
  readonly connectionId: string;
  readonly at: Temporal.Instant;
  readonly booked: number;
  readonly unchanged: number;
  readonly refused: readonly RefusedRow[];
  /** Ids of events that count now: an earlier refusal of theirs is settled. */
  readonly settledKeys: readonly string[];
  /** Set for a request with an Idempotency-Key. */
  readonly outcome?: { readonly idempotencyKey: string; readonly answer: unknown };
};

/** What is known of an Idempotency-Key when a request begins. */
export type Beginning =
  | { readonly state: 'new' }
  | { readonly state: 'running' }
  | { readonly state: 'other_request' }
  | { readonly state: 'done'; readonly answer: unknown };

type IntakeTables = {
  request_outcome: {
    shop_id: string;
    connection_id: string;
    idempotency_key: string;
    request_hash: string;
    started_at: Temporal.Instant | string;
    outcome: JsonColumn<unknown> | null;
  };
};

type Trx = Transaction<IntakeTables>;

/** A request that has not ended by then was cut off: reading and booking are bounded well below. */
const TAKE_OVER_AFTER_SECONDS = 60;

/** The store over a pool that runs as the application's role. */
export function createIntakeStore(database: Kysely<unknown>) {
  const db = database.withTables<IntakeTables>();
  return {
    /** Takes the key for this request, or says what became of the one that has it. */
    begin: (
      shopId: ShopId,
      asked: {
        readonly connectionId: string;
        readonly idempotencyKey: string;
        readonly requestHash: string;
        readonly at: Temporal.Instant;
      },
    ): Promise<Beginning> => withShop(db, shopId, (trx) => begin(trx, shopId, asked)),

    /** Writes what a request leaves behind. */
    record: (shopId: ShopId, trace: RequestTrace): Promise<void> =>
      withShop(db, shopId, async (trx) => {
        await countRequest(trx, shopId, trace);
        await keepRefused(trx, shopId, trace);
        await settle(trx, shopId, trace);
        if (trace.outcome !== undefined) await keepOutcome(trx, shopId, trace, trace.outcome);
      }),

    /** Counts a request that was refused as a whole. */
    recordFailure: (
      shopId: ShopId,
      failure: {
        readonly connectionId: string;
        readonly at: Temporal.Instant;
        readonly error: { readonly code: string; readonly detail: string };
      },
    ): Promise<void> =>
      withShop(db, shopId, async (trx) => {
        const { connectionId, at, error } = failure;
        await sql`
          insert into connection_activity
            (shop_id, connection_id, hour, requests, failures, last_error, last_error_at)
          values (${shopId}, ${connectionId}, ${hourOf(at)}, 1, 1,
            ${toStorableJson(error)}::jsonb, ${at.toString()})
          on conflict (shop_id, connection_id, hour) do update set
            requests = connection_activity.requests + 1,
            failures = connection_activity.failures + 1,
            last_error = excluded.last_error, last_error_at = excluded.last_error_at`.execute(trx);
      }),

    /** Lets a key be used again: the request ended without effect. */
    giveUp: (shopId: ShopId, connectionId: string, idempotencyKey: string): Promise<void> =>
      withShop(db, shopId, async (trx) => {
        await sql`
          delete from request_outcome where shop_id = ${shopId}
            and connection_id = ${connectionId} and idempotency_key = ${idempotencyKey}
            and outcome is null`.execute(trx);
      }),

    /** Drops answers and settled rows older than `before`, and activity older than `activityBefore`. */
    prune: (
      shopId: ShopId,
      before: Temporal.Instant,
      activityBefore: Temporal.Instant,
    ): Promise<void> =>
      withShop(db, shopId, async (trx) => {
        await sql`delete from request_outcome where shop_id = ${shopId}
          and started_at < ${before.toString()}`.execute(trx);
        await sql`delete from refused_event where shop_id = ${shopId}
          and last_at < ${before.toString()}`.execute(trx);
        await sql`delete from connection_activity where shop_id = ${shopId}
          and hour < ${activityBefore.toString()}`.execute(trx);
      }),
  };
}

/** What `createIntakeStore` returns. */
export type IntakeStore = ReturnType<typeof createIntakeStore>;

function hourOf(at: Temporal.Instant): string {
  return at.round({ smallestUnit: 'hour', roundingMode: 'floor' }).toString();
}

async function begin(
  trx: Trx,
  shopId: ShopId,
  asked: {
    readonly connectionId: string;
    readonly idempotencyKey: string;
    readonly requestHash: string;
    readonly at: Temporal.Instant;
  },
): Promise<Beginning> {
  const { connectionId, idempotencyKey, requestHash, at } = asked;
  const cutOffBefore = at.subtract({ seconds: TAKE_OVER_AFTER_SECONDS }).toString();
  // Two at once: the second waits for the first's row and then finds it running.
  const taken = await sql`
    insert into request_outcome
      (shop_id, connection_id, idempotency_key, request_hash, started_at)
    values (${shopId}, ${connectionId}, ${idempotencyKey}, ${requestHash}, ${at.toString()})
    on conflict (shop_id, connection_id, idempotency_key) do update
      set started_at = excluded.started_at
      where request_outcome.outcome is null
        and request_outcome.request_hash = excluded.request_hash
        and request_outcome.started_at < ${cutOffBefore}
    returning 1`.execute(trx);
  if (taken.rows.length > 0) return { state: 'new' };
  const known = await trx
    .selectFrom('request_outcome')
    .select(['request_hash', 'outcome'])
    .where('shop_id', '=', shopId)
    .where('connection_id', '=', connectionId)
    .where('idempotency_key', '=', idempotencyKey)
    .executeTakeFirstOrThrow();
  if (known.request_hash !== requestHash) return { state: 'other_request' };
  return known.outcome === null ? { state: 'running' } : { state: 'done', answer: known.outcome };
}

async function countRequest(trx: Trx, shopId: ShopId, trace: RequestTrace): Promise<void> {
  const { connectionId, at, booked, unchanged, refused } = trace;
  const last = refused.at(-1)?.reason;
  const error =
    last === undefined ? null : toStorableJson({ code: last.code, detail: last.detail });
  const errorAt = last === undefined ? null : at.toString();
  await sql`
    insert into connection_activity
      (shop_id, connection_id, hour, requests, booked, unchanged, refused, last_error, last_error_at)
    values (${shopId}, ${connectionId}, ${hourOf(at)}, 1, ${booked}, ${unchanged},
      ${refused.length}, ${error}::jsonb, ${errorAt}::timestamptz)
    on conflict (shop_id, connection_id, hour) do update set
      requests = connection_activity.requests + 1,
      booked = connection_activity.booked + excluded.booked,
      unchanged = connection_activity.unchanged + excluded.unchanged,
      refused = connection_activity.refused + excluded.refused,
      last_error = coalesce(excluded.last_error, connection_activity.last_error),
      last_error_at = coalesce(excluded.last_error_at, connection_activity.last_error_at)`.execute(
    trx,
  );
}

async function keepRefused(trx: Trx, shopId: ShopId, trace: RequestTrace): Promise<void> {
  if (trace.refused.length === 0) return;
  // The same wrong event twice in one request is one row; the later text of it holds.
  const rows = [...new Map(trace.refused.map((row) => [row.eventKey, row])).values()];
  await sql`
    insert into refused_event
      (shop_id, connection_id, event_key, event, reason, first_at, last_at)
    select ${shopId}, ${trace.connectionId}, r."eventKey", coalesce(r.event, 'null'::jsonb),
      r.reason, ${trace.at.toString()}, ${trace.at.toString()}
    from jsonb_to_recordset(${toStorableJson(rows)}::jsonb) as r("eventKey" text, event jsonb, reason jsonb)
    order by r."eventKey"
    on conflict (shop_id, connection_id, event_key) do update set
      event = excluded.event, reason = excluded.reason, state = 'open', settled_at = null,
      times = refused_event.times + 1, last_at = excluded.last_at`.execute(trx);
}

async function settle(trx: Trx, shopId: ShopId, trace: RequestTrace): Promise<void> {
  if (trace.settledKeys.length === 0) return;
  // The partial index on open rows is read, not the ten thousand ids: most connections have no open row at all.
  await sql`
    update refused_event set state = 'booked', settled_at = ${trace.at.toString()}
    where shop_id = ${shopId} and connection_id = ${trace.connectionId} and state = 'open'
      and event_key = any(${trace.settledKeys})`.execute(trx);
}

async function keepOutcome(
  trx: Trx,
  shopId: ShopId,
  { connectionId }: RequestTrace,
  { idempotencyKey, answer }: { readonly idempotencyKey: string; readonly answer: unknown },
): Promise<void> {
  await sql`
    update request_outcome set outcome = ${toStorableJson(answer)}::jsonb
    where shop_id = ${shopId} and connection_id = ${connectionId}
      and idempotency_key = ${idempotencyKey}`.execute(trx);
}
