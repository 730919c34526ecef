/**
 * How does a batch of stock rows become booked, every row with its own verdict?
 *
 * In: a caller, a checked envelope and its rows. Out: one verdict a row, in order, and what is remembered of it.
 * Invariants: wrong rows never block right ones; what the ledger booked is booked even if what follows fails, and sending
 * the batch again then says `duplicate`; an answer given once for an Idempotency-Key is given again, word for word.
 */
import { createHash } from 'node:crypto';
import type { ShopId } from '../base/ids.ts';
import type { Result } from '../base/result.ts';
import type { KnownRefusal } from '../http/problem.ts';
import type { Caller } from './connections.ts';
import type { IntakeStore, RefusedRow } from './intake-store.ts';
import {
  type CheckedRow,
  checkMovement,
  checkSnapshotRow,
  type LedgerEvent,
  latestInstant,
  missingRow,
  type RowRefusal,
  type RowRules,
} from './stock-rows.ts';
import type { BatchAnswer, RowVerdict, SnapshotEnvelope } from './stock-schemas.ts';

/** What the ledger says of one event. */
export type LedgerVerdict =
  | { readonly verdict: 'booked' | 'duplicate' | 'superseded' }
  | { readonly verdict: 'refused'; readonly code: string; readonly detail: string };

/** Books events in one transaction; one verdict an event, in order. */
export type BookEvents = (
  shopId: ShopId,
  batch: {
    /** Whose event ids these are. */
    readonly source: string;
    readonly actor: string;
    readonly events: readonly LedgerEvent[];
  },
) => Promise<readonly LedgerVerdict[]>;

/** What the shop knows. */
export type StockCatalog = {
  readonly hasSku: (sku: string) => boolean;
  readonly hasNode: (nodeId: string) => boolean;
};

/** What the intake stands on. */
export type IntakeDependencies = {
  readonly store: IntakeStore;
  readonly book: BookEvents;
  readonly catalogOf: (shopId: ShopId) => Promise<StockCatalog>;
  /** SKUs with units on hand at a node. */
  readonly stockedAt: (shopId: ShopId, nodeId: string) => Promise<readonly string[]>;
  readonly now: () => Temporal.Instant;
};

/** A batch as a route hands it over. */
export type Batch =
  | { readonly kind: 'movements'; readonly rows: readonly unknown[] }
  | {
      readonly kind: 'snapshot';
      readonly rows: readonly unknown[];
      readonly envelope: SnapshotEnvelope;
    };

/** How a repeatable request names itself. */
export type Repeatable = { readonly idempotencyKey: string; readonly requestHash: string };

/** The answer to a batch, and whether it was given before. */
export type Taken = { readonly answer: BatchAnswer; readonly isReplayed: boolean };

/** Builds the intake. */
export function createIntake(deps: IntakeDependencies) {
  return {
    /** Books a batch. Refuses as a whole only a repetition that does not fit. */
    take: async (
      caller: Caller,
      batch: Batch,
      repeatable?: Repeatable,
    ): Promise<Result<Taken, KnownRefusal>> => {
      if (repeatable === undefined) {
        return {
          ok: true,
          value: { answer: await bookBatch(deps, caller, batch), isReplayed: false },
        };
      }
      return await takeOnce(deps, { caller, batch, repeatable });
    },
  };
}

/** What `createIntake` returns. */
export type Intake = ReturnType<typeof createIntake>;

const RETRY_AFTER_SECONDS = 2;

async function takeOnce(
  deps: IntakeDependencies,
  asked: { readonly caller: Caller; readonly batch: Batch; readonly repeatable: Repeatable },
): Promise<Result<Taken, KnownRefusal>> {
  const { caller, batch, repeatable } = asked;
  const { shopId, connectionId } = caller;
  const { idempotencyKey } = repeatable;
  const begun = await deps.store.begin(shopId, { ...repeatable, connectionId, at: deps.now() });
  switch (begun.state) {
    case 'other_request':
      return { ok: false, refusal: { code: 'idempotency_key_reused', idempotencyKey } };
    case 'running': {
      const retryAfterSeconds = RETRY_AFTER_SECONDS;
      return {
        ok: false,
        refusal: { code: 'request_in_progress', idempotencyKey, retryAfterSeconds },
      };
    }
    case 'done': {
      const answer = unpackAnswer(begun.answer as PackedAnswer, eventIdsOf(batch));
      return { ok: true, value: { answer, isReplayed: true } };
    }
    default:
  }
  try {
    const answer = await bookBatch(deps, caller, batch, idempotencyKey);
    return { ok: true, value: { answer, isReplayed: false } };
  } catch (error) {
    // The next try need not wait for this one to grow old; if this fails too, it does.
    await deps.store.giveUp(shopId, connectionId, idempotencyKey).catch(() => undefined);
    throw error;
  }
}

async function bookBatch(
  deps: IntakeDependencies,
  caller: Caller,
  batch: Batch,
  idempotencyKey?: string,
): Promise<BatchAnswer> {
  const { shopId, connectionId } = caller;
  const at = deps.now();
  const catalog = await deps.catalogOf(shopId);
  const rules: RowRules = { latest: latestInstant(at), ...catalog, allowedNodes: caller.nodeIds };
  const checked = await checkRows(batch, rules);
  const events = checked.flatMap((row) => ('event' in row ? [row.event] : []));
  const missing = await missingRows(deps, shopId, { batch, rules });
  const all = [...events, ...missing];
  const verdicts =
    all.length === 0
      ? []
      : await deps.book(shopId, { source: connectionId, actor: caller.name, events: all });
  const answer = toAnswer(batch, checked, verdicts);
  await deps.store.record(shopId, {
    connectionId,
    at,
    booked: answer.booked,
    unchanged: answer.duplicate + answer.superseded,
    refused: refusedRows(batch, answer),
    settledKeys: answer.verdicts.flatMap((row) =>
      row.verdict === 'refused' || row.eventId === null ? [] : [row.eventId],
    ),
    ...(idempotencyKey === undefined
      ? {}
      : { outcome: { idempotencyKey, answer: packAnswer(answer) } }),
  });
  return answer;
}

// Checking 10,000 rows takes 30 ms; callbacks that arrive meanwhile are answered in between.
const ROWS_A_TURN = 1_000;

async function checkRows(batch: Batch, rules: RowRules): Promise<readonly CheckedRow[]> {
  const checked: CheckedRow[] = [];
  for (const [place, row] of batch.rows.entries()) {
    if (place > 0 && place % ROWS_A_TURN === 0) await nextTurn();
    checked.push(
      batch.kind === 'movements'
        ? checkMovement(row, place, rules)
        : checkSnapshotRow(row, place, { envelope: batch.envelope, rules }),
    );
  }
  return checked;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

// A SKU named by a wrong row is not missing: its count is unknown, and unknown is not zero.
async function missingRows(
  deps: IntakeDependencies,
  shopId: ShopId,
  { batch, rules }: { readonly batch: Batch; readonly rules: RowRules },
): Promise<readonly LedgerEvent[]> {
  if (batch.kind !== 'snapshot' || !batch.envelope.isFull) return [];
  const { envelope, rows } = batch;
  const isAllowed = checkSnapshotRow({ sku: '?', quantity: 0 }, 0, {
    envelope,
    rules: { ...rules, hasSku: () => true },
  });
  if (!('event' in isAllowed)) return [];
  const named = new Set(rows.map(skuOf));
  const stocked = await deps.stockedAt(shopId, envelope.nodeId);
  return stocked.filter((sku) => !named.has(sku)).map((sku) => missingRow(sku, envelope));
}

function skuOf(row: unknown): unknown {
  return typeof row === 'object' && row !== null ? Reflect.get(row, 'sku') : undefined;
}

function toAnswer(
  batch: Batch,
  checked: readonly CheckedRow[],
  verdicts: readonly LedgerVerdict[],
): BatchAnswer {
  const counts = { booked: 0, duplicate: 0, superseded: 0, refused: 0 };
  const list = batch.kind === 'movements' ? 'events' : 'rows';
  let next = 0;
  const rows = checked.map((row): RowVerdict => {
    const verdict =
      'event' in row
        ? ofLedger(row.event.eventId, verdicts[next++], `/${list}/${row.place}`)
        : ofCheck(row);
    counts[verdict.verdict] += 1;
    return verdict;
  });
  return { ...counts, verdicts: rows };
}

function ofCheck({
  eventId,
  refusal,
}: {
  eventId: string | null;
  refusal: RowRefusal;
}): RowVerdict {
  return { eventId, verdict: 'refused', ...refusal };
}

function ofLedger(
  eventId: string,
  verdict: LedgerVerdict | undefined,
  pointer: string,
): RowVerdict {
  if (verdict === undefined) throw new Error(`Bug: the ledger gave no verdict for ${pointer}`);
  if (verdict.verdict !== 'refused') return { eventId, verdict: verdict.verdict };
  const { code, detail } = verdict;
  return { eventId, verdict: 'refused', code, detail, pointer };
}

/** What is kept of the rows that were refused, each as an event that can be sent again alone. */
function refusedRows(batch: Batch, answer: BatchAnswer): RefusedRow[] {
  return answer.verdicts.flatMap(({ eventId, verdict, code, detail, pointer }, place) => {
    if (verdict !== 'refused') return [];
    const event = asSent(batch, place);
    const reason = { code: code ?? '', detail: detail ?? '', pointer: pointer ?? '' };
    return [{ eventKey: eventId ?? hashOf(event), event, reason }];
  });
}

// A snapshot's row is kept with what its envelope says, so that it stands alone.
function asSent(batch: Batch, place: number): unknown {
  const row = batch.rows[place] ?? null;
  if (batch.kind === 'movements') return row;
  const { snapshotId, nodeId, takenAt } = batch.envelope;
  return { snapshotId, nodeId, takenAt, row };
}

function hashOf(event: unknown): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(event)).digest('hex')}`;
}

/** An answer as it is kept: equal verdicts in a row as one, refused ones whole. The ids are the request's own. */
type PackedAnswer = {
  readonly runs: readonly (
    | readonly [Exclude<RowVerdict['verdict'], 'refused'>, number]
    | RowVerdict
  )[];
};

/** Packs an answer: ten thousand booked rows are one pair. */
export function packAnswer({ verdicts }: BatchAnswer): PackedAnswer {
  const runs: ([Exclude<RowVerdict['verdict'], 'refused'>, number] | RowVerdict)[] = [];
  for (const row of verdicts) {
    const last = runs.at(-1);
    if (row.verdict === 'refused') runs.push(row);
    else if (Array.isArray(last) && last[0] === row.verdict) last[1] += 1;
    else runs.push([row.verdict, 1]);
  }
  return { runs };
}

/** The answer as it was given, the ids from the same request. */
export function unpackAnswer(
  { runs }: PackedAnswer,
  eventIds: readonly (string | null)[],
): BatchAnswer {
  const counts = { booked: 0, duplicate: 0, superseded: 0, refused: 0 };
  const verdicts: RowVerdict[] = [];
  for (const run of runs) {
    const isRun = Array.isArray(run);
    const times = isRun ? run[1] : 1;
    for (let time = 0; time < times; time += 1) {
      const eventId = eventIds[verdicts.length] ?? null;
      const row: RowVerdict = isRun ? { eventId, verdict: run[0] } : (run as RowVerdict);
      verdicts.push(row);
      counts[row.verdict] += 1;
    }
  }
  return { ...counts, verdicts };
}

// The ids do not depend on what the shop knows.
const ANYTHING: RowRules = {
  latest: Temporal.Instant.from('2999-01-01T00:00:00Z'),
  hasSku: () => true,
  hasNode: () => true,
  allowedNodes: [],
};

function eventIdsOf(batch: Batch): readonly (string | null)[] {
  return batch.rows.map((row, place) => {
    const checked =
      batch.kind === 'movements'
        ? checkMovement(row, place, ANYTHING)
        : checkSnapshotRow(row, place, { envelope: batch.envelope, rules: ANYTHING });
    return 'event' in checked ? checked.event.eventId : checked.eventId;
  });
}
