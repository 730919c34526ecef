/**
 * Which rows of a batch can be handed to the ledger, and what is wrong with the others?
 *
 * In: rows as they were sent, what the shop knows, who sends. Out: ledger events in order, each with its place in the
 * batch, and a refusal for every other row. Pure. A row is looked at alone: no row depends on another, so any split of a
 * batch into requests gives the same events.
 */
import type { z } from 'zod';
import { fieldProblems } from '../network/field-problems.ts';
import {
  movementSchema,
  type SnapshotEnvelope,
  type STOCK_TYPES,
  snapshotRowSchema,
} from './stock-schemas.ts';

/** An event as the ledger takes it (backend/stock/ledger/service.ts). */
export type LedgerEvent = {
  readonly eventId: string;
  readonly kind: 'delta' | 'count';
  readonly type: (typeof STOCK_TYPES)[number];
  readonly sku: string;
  readonly nodeId: string;
  readonly quantity: number;
  readonly reason: string;
  /** ISO instant in UTC. */
  readonly occurredAt: string;
  readonly lot?: {
    readonly reference: string;
    readonly expectedAt?: string;
    readonly expectedOn?: string;
  };
};

/** Why a row does not count: a code, where, and a sentence with the next step. */
export type RowRefusal = {
  readonly code: string;
  readonly pointer: string;
  readonly detail: string;
};

/** A row of a batch after its check. */
export type CheckedRow =
  | { readonly place: number; readonly event: LedgerEvent }
  | { readonly place: number; readonly eventId: string | null; readonly refusal: RowRefusal };

/** What rows are held against. */
export type RowRules = {
  /** The last instant at which something may have happened: see `latestInstant`. */
  readonly latest: Temporal.Instant;
  readonly hasSku: (sku: string) => boolean;
  readonly hasNode: (nodeId: string) => boolean;
  /** Nodes the connection may speak of; empty: every node. */
  readonly allowedNodes: readonly string[];
};

// Clocks of other systems are wrong by minutes or by a time zone; a day is neither, it is another mistake.
const AHEAD_HOURS = 24;

/** How far ahead of now another system's clock may be. */
export function latestInstant(now: Temporal.Instant): Temporal.Instant {
  return now.add({ hours: AHEAD_HOURS });
}

/** One event of `POST /v1/stock/movements`; its place is its index in the batch. */
export function checkMovement(row: unknown, place: number, rules: RowRules): CheckedRow {
  const parsed = movementSchema.safeParse(row);
  const at = `/events/${place}`;
  if (!parsed.success) {
    return { place, eventId: eventIdOf(row), refusal: invalidRow(parsed.error, row, at) };
  }
  return checkEvent(toEvent(parsed.data), { place, at, rules });
}

/** One row of a snapshot. Its event is named after the snapshot, so that a repetition is a duplicate. */
export function checkSnapshotRow(
  row: unknown,
  place: number,
  { envelope, rules }: { readonly envelope: SnapshotEnvelope; readonly rules: RowRules },
): CheckedRow {
  const parsed = snapshotRowSchema.safeParse(row);
  const at = `/rows/${place}`;
  if (!parsed.success) return { place, eventId: null, refusal: invalidRow(parsed.error, row, at) };
  const { sku, type, lot } = parsed.data;
  const parts = [envelope.snapshotId, type, ...(lot === undefined ? [] : [lot.reference]), sku];
  const event = toEvent({
    ...parsed.data,
    eventId: parts.join('/'),
    kind: 'count',
    nodeId: envelope.nodeId,
    occurredAt: envelope.takenAt,
  });
  return checkEvent(event, { place, at, rules });
}

/** What the ledger is told of a SKU that a full snapshot does not name. */
export function missingRow(sku: string, { snapshotId, nodeId, takenAt }: SnapshotEnvelope) {
  return {
    eventId: `${snapshotId}/on_hand/${sku}`,
    kind: 'count',
    type: 'on_hand',
    sku,
    nodeId,
    quantity: 0,
    reason: 'not in the full snapshot',
    occurredAt: Temporal.Instant.from(takenAt).toString(),
  } as const satisfies LedgerEvent;
}

type Parsed = Omit<z.output<typeof movementSchema>, 'lot'> & {
  readonly lot?: z.output<typeof movementSchema>['lot'];
};

type Timed = { readonly event: LedgerEvent; readonly occurred: Temporal.Instant };

function toEvent({ lot, occurredAt, ...row }: Parsed): Timed {
  const occurred = Temporal.Instant.from(occurredAt);
  const event = { ...row, occurredAt: occurred.toString() };
  return { event: lot === undefined ? event : withLot(event, lot), occurred };
}

function withLot(
  event: Omit<LedgerEvent, 'lot'>,
  lot: NonNullable<z.output<typeof movementSchema>['lot']>,
): LedgerEvent {
  const { reference, expectedAt, expectedOn } = lot;
  return {
    ...event,
    lot: {
      reference,
      ...(expectedAt === undefined ? {} : { expectedAt }),
      ...(expectedOn === undefined ? {} : { expectedOn }),
    },
  };
}

function checkEvent(
  { event, occurred }: Timed,
  { place, at, rules }: { place: number; at: string; rules: RowRules },
): CheckedRow {
  const refusal =
    Temporal.Instant.compare(occurred, rules.latest) > 0
      ? futureEvent(event, at, rules)
      : refusalOf(event, at, rules);
  return refusal === undefined ? { place, event } : { place, eventId: event.eventId, refusal };
}

function futureEvent({ occurredAt }: LedgerEvent, at: string, { latest }: RowRules): RowRefusal {
  return {
    code: 'future_event',
    pointer: `${at}/occurredAt`,
    detail: `It says ${occurredAt}, allowed is up to ${latest}. Correct the instant or your clock.`,
  };
}

function refusalOf(event: LedgerEvent, at: string, rules: RowRules): RowRefusal | undefined {
  const { allowedNodes } = rules;
  if (allowedNodes.length > 0 && !allowedNodes.includes(event.nodeId)) {
    return {
      code: 'foreign_node',
      pointer: `${at}/nodeId`,
      detail: `This connection may speak of ${allowedNodes.join(', ')}, not of ${event.nodeId}. Let the merchant widen it.`,
    };
  }
  if (!rules.hasNode(event.nodeId)) {
    return {
      code: 'unknown_node',
      pointer: `${at}/nodeId`,
      detail: `The shop has no node ${event.nodeId}. Correct it, or add the node and replay.`,
    };
  }
  if (!rules.hasSku(event.sku)) {
    return {
      code: 'unknown_sku',
      pointer: `${at}/sku`,
      detail: `The shop has no SKU ${event.sku}. ${hintOfSku(event.sku)}`,
    };
  }
  return undefined;
}

// 1.23E+12 was a barcode before a spreadsheet took it for a number.
function hintOfSku(sku: string): string {
  return /^\d([.,]\d+)?E\+\d+$/i.test(sku)
    ? 'A spreadsheet turned it into a number; format the column as text.'
    : 'Correct it, or add the product in Shopify and replay.';
}

/** The first fault of a row that its schema refuses: what stands there, what is allowed. */
export function invalidRow(error: z.ZodError, row: unknown, at: string): RowRefusal {
  const [issue] = error.issues;
  const [problem] = fieldProblems(error, row);
  const value = valueAt(row, issue?.path ?? []);
  const given = value === undefined ? 'Nothing stands there' : `It says ${shorten(value)}`;
  return {
    code: 'invalid_row',
    pointer: `${at}${problem?.pointer ?? ''}`,
    detail: `${given}, allowed is ${problem?.allowed ?? 'a row as documented'}. Correct it and send the row again.`,
  };
}

function valueAt(row: unknown, path: readonly PropertyKey[]): unknown {
  let value = row;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

const SHOWN_CHARACTERS = 80;

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}

function eventIdOf(row: unknown): string | null {
  if (typeof row !== 'object' || row === null) return null;
  const eventId: unknown = Reflect.get(row, 'eventId');
  return typeof eventId === 'string' && eventId.length <= 200 ? eventId : null;
}
